package itemstats

import (
	"cmp"
	"math"
	"slices"
)

// Groups is the share of persons in the upper group and in the lower (Kelley 1939).
const Groups = 0.27

// Discrimination compares the upper group with the lower.
type Discrimination struct {
	Index   float64 `json:"index"` // Upper less Lower, -1 to 1
	Upper   float64 `json:"upper"` // mean score of the upper group
	Lower   float64 `json:"lower"`
	Persons float64 `json:"persons"` // in each group; persons with the same total share places, so it need not be whole
}

// Times says how long an item took, in seconds, those aside whose time is not known.
type Times struct {
	N      int     `json:"n"`
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	Pace   int     `json:"pace"` // what it should take, 0 where that is not known
}

// facility is the mean score with its range: Wilson's for right and wrong, else mean ± z standard errors.
func (t *table) facility(i int) *Range {
	n := len(t.of[i])
	if n < t.lim.Facility || n == 0 {
		return nil
	}
	scores := t.scores(i)
	m := mean(scores)
	if binary(scores) {
		low, high := Wilson(m, float64(n), Z90)
		return &Range{m, low, high}
	}
	half := 0.0
	if n > 1 {
		half = Z90 * math.Sqrt(variance(scores)/float64(n))
	}
	return &Range{m, max(0, m-half), min(1, m+half)}
}

func (t *table) scores(i int) []float64 {
	out := make([]float64, len(t.of[i]))
	for k, c := range t.of[i] {
		out[k] = c.r.Score
	}
	return out
}

func binary(scores []float64) bool {
	return !slices.ContainsFunc(scores, func(s float64) bool { return s != 0 && s != 1 })
}

// judged are the responses to an item of persons who answered enough else, with the score of each on that.
type judged struct {
	cells []cell
	score []float64
	rest  []float64
	upper []float64 // share of each person that belongs to the upper group, 0 to 1
	lower []float64
}

func (t *table) judge(i int) judged {
	var j judged
	var totals []float64
	for _, c := range t.of[i] {
		p := &t.persons[c.person]
		rest, ok := t.rest(p, i, c.r.Score)
		if !ok {
			continue
		}
		total, _ := p.total()
		j.cells, j.score, j.rest = append(j.cells, c), append(j.score, c.r.Score), append(j.rest, rest)
		totals = append(totals, total)
	}
	j.lower = places(totals, Groups)
	for k := range totals {
		totals[k] = -totals[k]
	}
	j.upper = places(totals, Groups)
	return j
}

// places gives each value its share of the places for the lowest: there are so many for the share of all, those with the same value share them.
func places(values []float64, share float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	out := make([]float64, len(values))
	left := share * float64(len(values))
	for from := 0; from < len(order) && left > 0; {
		to := from
		for to < len(order) && same(values[order[to]], values[order[from]]) {
			to++
		}
		each := min(1, left/float64(to-from))
		for _, i := range order[from:to] {
			out[i] = each
		}
		left -= each * float64(to-from)
		from = to
	}
	return out
}

// same takes totals for equal that differ by the dust of adding up in another order.
func same(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// weighted is the mean of values by weights; ok is false where they weigh nothing.
func weighted(values, weights []float64) (_ float64, ok bool) {
	sum, w := 0.0, 0.0
	for i, v := range values {
		sum += v * weights[i]
		w += weights[i]
	}
	if w < 1e-9 {
		return 0, false
	}
	return sum / w, true
}

func (j judged) discrimination() *Discrimination {
	u, ok := weighted(j.score, j.upper)
	l, ok2 := weighted(j.score, j.lower)
	if !ok || !ok2 {
		return nil
	}
	return &Discrimination{Index: u - l, Upper: u, Lower: l, Persons: Groups * float64(len(j.cells))}
}

// pointBiserial is the correlation of the item with the rest, with its range; nil where one does not vary.
func (j judged) pointBiserial() *Range {
	r, ok := correlation(j.score, j.rest)
	if !ok {
		return nil
	}
	low, high := fisher(r, len(j.score))
	return &Range{r, low, high}
}

// efficiency is the covariance of item and rest over that of both in order, -1 to 1; nil where one does not vary.
func (j judged) efficiency() *float64 {
	if _, ok := correlation(j.score, j.rest); !ok {
		return nil
	}
	s, r := slices.Clone(j.score), slices.Clone(j.rest)
	slices.Sort(s)
	slices.Sort(r)
	most := covariance(s, r)
	if most < 1e-12 {
		return nil
	}
	return ptr(covariance(j.score, j.rest) / most)
}

func (t *table) times(i int) *Times {
	var secs []float64
	for _, c := range t.of[i] {
		if c.r.Seconds > 0 {
			secs = append(secs, float64(c.r.Seconds))
		}
	}
	if len(secs) < t.lim.Times || len(secs) == 0 {
		return nil
	}
	slices.Sort(secs)
	return &Times{N: len(secs), Q1: quantile(secs, .25), Median: quantile(secs, .5), Q3: quantile(secs, .75), Pace: t.items[i].Pace}
}
