package itemstats

import "math"

// Reliability says by which formula a form's reliability was found.
type Reliability string

// The formulas.
const (
	KR20  Reliability = "KR-20"    // all items right or wrong and of one weight (G. F. Kuder and M. W. Richardson, Psychometrika 2, 1937)
	Alpha Reliability = "alpha"    // any scores (L. J. Cronbach, Psychometrika 16, 1951)
	Drawn Reliability = "ICC(1,k)" // forms differ: see Form
)

// Form says how the whole test did. Scores are shares of the points that could be had, 0 to 1.
//
// Where everyone had the same items, Reliability is Cronbach's alpha, k/(k-1) (1 - Σ item variances / variance of totals), which is KR-20 for items that
// are right or wrong, and SEM is SD √(1 - reliability). Where forms differ, alpha has no meaning: there is no table of persons by the same
// items. Then it is the intraclass correlation of a mean over k random items, one-way, (MSB - MSW) / MSB (P. E. Shrout and J. L. Fleiss, "Intraclass
// correlations: uses in assessing rater reliability", Psychological Bulletin 86, 1979, ICC(1,k); in the theory of L. J. Cronbach and others, "The
// dependability of behavioral measurements", 1972, items nested in persons), and SEM is √(MSW / k), with k the mean number of items corrected for
// unequal numbers. It counts the luck of the draw as error, as it is for the one who drew a hard form; weights of items are left aside.
type Form struct {
	Persons     int         `json:"persons"`
	Items       float64     `json:"items"` // that count, on a form; a mean where forms differ
	SameItems   bool        `json:"same_items"`
	Mean        *float64    `json:"mean"`
	SD          *float64    `json:"sd"`
	Reliability *float64    `json:"reliability"`
	Formula     Reliability `json:"formula,omitempty"`
	SEM         *float64    `json:"sem"`    // standard error of a person's score
	Scores      []int       `json:"scores"` // persons by score: below 10 %, below 20 %, ... and from 90 % to 100 %

	without map[int]float64 // alpha by item, as if that were not there
}

// form looks at the persons who were shown two items or more that count.
func (t *table) form() Form {
	var f Form
	var rows []*person
	var totals []float64
	f.Scores = make([]int, 10)
	for i := range t.persons {
		p := &t.persons[i]
		if p.scored < 2 {
			continue
		}
		x, _ := p.total()
		rows, totals = append(rows, p), append(totals, x)
		f.Items += float64(p.scored)
		f.Scores[min(9, int(10*x+1e-9))]++
	}
	f.Persons = len(rows)
	if f.Persons == 0 {
		return f
	}
	f.Items /= float64(f.Persons)
	f.SameItems = t.sameItems(rows)
	if f.Persons < max(2, t.lim.Facility) {
		return f
	}
	f.Mean, f.SD = ptr(mean(totals)), ptr(math.Sqrt(variance(totals)))
	if f.Persons < t.lim.Form || *f.SD < 1e-9 {
		return f
	}
	if f.SameItems {
		t.alpha(&f, rows)
	} else {
		t.intraclass(&f, rows)
	}
	return f
}

// sameItems reports whether all were shown the same items, of those that count.
func (t *table) sameItems(rows []*person) bool {
	first := map[int]bool{}
	for _, m := range rows[0].marks {
		if t.items[m.item].Weight > 0 {
			first[m.item] = true
		}
	}
	for _, p := range rows {
		if p.scored != len(first) {
			return false
		}
		for _, m := range p.marks {
			if t.items[m.item].Weight > 0 && !first[m.item] {
				return false
			}
		}
	}
	return true
}

// alpha is for one form. Without one item, the variance of the totals is Var(X) + Var(i) - 2 Cov(i, X).
func (t *table) alpha(f *Form, rows []*person) {
	at := map[*person]int{}
	totals := make([]float64, len(rows))
	for k, p := range rows {
		at[p], totals[k] = k, p.earned
	}
	k, sum, whole := 0, 0.0, variance(totals)
	vars, covs := map[int]float64{}, map[int]float64{}
	f.Formula = KR20
	weight := 0.0
	for i, it := range t.items {
		if it.Weight == 0 || len(t.of[i]) == 0 {
			continue
		}
		points := make([]float64, len(rows))
		for _, c := range t.of[i] {
			if row, ok := at[&t.persons[c.person]]; ok {
				points[row] = it.Weight * c.r.Score
			}
		}
		if weight != 0 && weight != it.Weight || !binary(t.scores(i)) {
			f.Formula = Alpha
		}
		weight = it.Weight
		vars[i], covs[i] = variance(points), covariance(points, totals)
		sum += vars[i]
		k++
	}
	of := func(k int, sum, whole float64) float64 { return float64(k) / float64(k-1) * (1 - sum/whole) }
	a := of(k, sum, whole)
	f.Reliability, f.SEM = &a, ptr(*f.SD*math.Sqrt(max(0, 1-a)))
	f.without = map[int]float64{}
	for i, v := range vars {
		if left := whole + v - 2*covs[i]; k > 2 && left > 1e-9 {
			f.without[i] = of(k-1, sum-v, left)
		}
	}
}

// intraclass is for forms that differ, by a one-way analysis of variance of the scores of items between and within persons.
func (t *table) intraclass(f *Form, rows []*person) {
	var n, squares, grand float64
	means := make([]float64, len(rows))
	for k, p := range rows {
		for _, m := range p.marks {
			if t.items[m.item].Weight > 0 {
				means[k] += m.r.Score
			}
		}
		c := float64(p.scored)
		grand += means[k]
		means[k] /= c
		n += c
		squares += c * c
	}
	grand /= n
	between, within := 0.0, 0.0
	for k, p := range rows {
		between += float64(p.scored) * (means[k] - grand) * (means[k] - grand)
		for _, m := range p.marks {
			if t.items[m.item].Weight > 0 {
				within += (m.r.Score - means[k]) * (m.r.Score - means[k])
			}
		}
	}
	persons := float64(len(rows))
	if n <= persons {
		return
	}
	between /= persons - 1
	within /= n - persons
	if between < 1e-12 {
		return
	}
	size := (n - squares/n) / (persons - 1)
	f.Formula, f.Reliability, f.SEM = Drawn, ptr((between-within)/between), ptr(math.Sqrt(within/size))
}
