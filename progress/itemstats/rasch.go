package itemstats

import "math"

// Rasch is an item under the model of package ability: a right answer has the chance c + (1-c) / (1 + exp(b-θ)), with the floor of guessing c known.
//
// Difficulties b and the spread of abilities θ, which are normal with mean 0, are estimated together by marginal maximum likelihood with the EM algorithm (R. D.
// Bock and M. Aitkin, Psychometrika 46, 1981); nobody's ability is taken as known. So each may have had other items, and all right or all
// wrong is no trouble. A difficulty that the answers leave open is held by a wide prior (normal, 4 logits).
//
// Infit and Outfit are the mean squares of B. D. Wright and G. N. Masters, "Rating Scale Analysis", 1982: of the residuals, weighted by their
// variance, and of the standardised residuals, averaged over what the answers say of each person's ability (M. L. Wu, "The development and
// application of a fit test for use with marginal maximum likelihood estimation", 1997, as in ConQuest). Where the model holds both
// are 1 on average, however short the form. Z is by the transformation of E. B. Wilson and M. M. Hilferty, 1931; since the average over ability
// varies less than the formula's, it is cautious. Above 1 there is noise: the strong miss the item or the weak get it; below 1 it follows ability
// more closely than the model.
type Rasch struct {
	N          int      `json:"n"`
	Difficulty float64  `json:"difficulty"` // logits, 0 is the mean ability of these persons
	SE         float64  `json:"se"`
	Infit      *float64 `json:"infit"` // nil for an item with scores between 0 and 1, to which the formula does not apply
	Outfit     *float64 `json:"outfit"`
	InfitZ     *float64 `json:"infit_z"`
	OutfitZ    *float64 `json:"outfit_z"`
}

// Model is what the estimation found about the persons.
type Model struct {
	Persons     int     `json:"persons"`
	SD          float64 `json:"sd"`          // of ability, logits
	Reliability float64 `json:"reliability"` // variance of the estimated abilities over that and the mean variance of their errors
	Iterations  int     `json:"iterations"`
}

const (
	nodes     = 41   // points of ability, from 5 SD below the mean to 5 above
	mostRound = 80   // of EM
	settled   = 2e-4 // logits: the greatest step of a difficulty in the last round
	priorSD   = 4.0  // logits
)

// model holds the estimates and what E found last.
type model struct {
	t          *table
	sd         float64
	b          []float64
	weight     [nodes]float64 // of the points under the normal, logarithms
	logRight   [][nodes]float64
	logWrong   [][nodes]float64
	chance     [][nodes]float64
	expected   [][nodes]float64 // persons at each point who answered the item
	rights     [][nodes]float64 // of their scores
	post       [][nodes]float64 // by person
	iterations int
}

func (m *model) theta(q int) float64 { return m.sd * (float64(q) - (nodes-1)/2) * 10 / (nodes - 1) }

// fit estimates the model; nil where fewer persons than Limits.Rasch have answered two items.
func (t *table) fit() *model {
	able := 0
	for _, p := range t.persons {
		if len(p.marks) > 1 {
			able++
		}
	}
	if able < t.lim.Rasch || len(t.items) < 2 {
		return nil
	}
	n := len(t.items)
	m := &model{t: t, sd: 1, b: make([]float64, n), logRight: make([][nodes]float64, n), logWrong: make([][nodes]float64, n), chance: make([][nodes]float64, n),
		expected: make([][nodes]float64, n), rights: make([][nodes]float64, n), post: make([][nodes]float64, len(t.persons))}
	sum := 0.0
	for q := range m.weight {
		x := (float64(q) - (nodes-1)/2) * 10 / (nodes - 1)
		m.weight[q] = math.Exp(-x * x / 2)
		sum += m.weight[q]
	}
	for q := range m.weight {
		m.weight[q] = math.Log(m.weight[q] / sum)
	}
	for i, it := range t.items { // start where the share right says
		if len(t.of[i]) > 0 {
			p := min(0.98, max(0.02, (mean(t.scores(i))-it.Floor)/(1-it.Floor)))
			m.b[i] = -math.Log(p / (1 - p))
		}
	}
	for m.iterations = 1; ; m.iterations++ {
		m.expect()
		if moved := m.maximise(); moved < settled || m.iterations == mostRound {
			break
		}
	}
	m.expect() // what is read from now on goes with the last estimates
	return m
}

// tables are the chances of each item at each point.
func (m *model) tables() {
	for i, it := range m.t.items {
		for q := range nodes {
			p := it.Floor + (1-it.Floor)/(1+math.Exp(m.b[i]-m.theta(q)))
			p = min(1-1e-12, max(1e-12, p))
			m.chance[i][q], m.logRight[i][q], m.logWrong[i][q] = p, math.Log(p), math.Log(1-p)
		}
	}
}

// expect finds what the answers say of each person's ability, and adds up by item.
func (m *model) expect() {
	m.tables()
	clear(m.expected)
	clear(m.rights)
	for k := range m.t.persons {
		p := &m.t.persons[k]
		post := m.weight
		for _, x := range p.marks {
			s, right, wrong := x.r.Score, &m.logRight[x.item], &m.logWrong[x.item]
			switch s {
			case 1:
				for q := range post {
					post[q] += right[q]
				}
			case 0:
				for q := range post {
					post[q] += wrong[q]
				}
			default:
				for q := range post {
					post[q] += s*right[q] + (1-s)*wrong[q]
				}
			}
		}
		normalise(&post)
		m.post[k] = post
		for _, x := range p.marks {
			e, r := &m.expected[x.item], &m.rights[x.item]
			for q, w := range post {
				e[q] += w
				r[q] += w * x.r.Score
			}
		}
	}
}

// normalise turns logarithms into shares.
func normalise(p *[nodes]float64) {
	top, sum := math.Inf(-1), 0.0
	for _, v := range p {
		top = max(top, v)
	}
	for q, v := range p {
		p[q] = math.Exp(v - top)
		sum += p[q]
	}
	for q := range p {
		p[q] /= sum
	}
}

// maximise moves the spread and the difficulties and gives the greatest step.
func (m *model) maximise() (moved float64) {
	square, persons := 0.0, 0.0
	for k := range m.post {
		if len(m.t.persons[k].marks) < 2 {
			continue // one answer says next to nothing of how people differ
		}
		persons++
		for q, w := range m.post[k] {
			square += w * m.theta(q) * m.theta(q)
		}
	}
	sd := min(4, max(0.1, math.Sqrt(square/persons)))
	moved = math.Abs(sd - m.sd)
	for i := range m.b {
		b := m.b[i]
		for range 8 {
			slope, info := m.slope(i, b)
			step := min(1, max(-1, slope/info))
			b += step
			if math.Abs(step) < 1e-6 {
				break
			}
		}
		b = min(8, max(-8, b))
		moved = max(moved, math.Abs(b-m.b[i]))
		m.b[i] = b
	}
	m.sd = sd
	return moved
}

// slope is that of the expected logarithm of the likelihood by the difficulty of an item, and its information, the prior with both.
func (m *model) slope(i int, b float64) (slope, info float64) {
	c := m.t.items[i].Floor
	slope, info = -b/(priorSD*priorSD), 1/(priorSD*priorSD)
	for q, n := range m.expected[i] {
		if n < 1e-12 {
			continue
		}
		know := 1 / (1 + math.Exp(b-m.theta(q)))
		p := c + (1-c)*know
		d := -(1 - c) * know * (1 - know) // of the chance by b
		v := max(p*(1-p), 1e-12)
		slope += d * (m.rights[i][q] - n*p) / v
		info += n * d * d / v
	}
	return slope, info
}

// rasch is an item as the model found it; nil below the limit.
func (m *model) rasch(i int) *Rasch {
	n := len(m.t.of[i])
	if n < m.t.lim.Rasch {
		return nil
	}
	_, info := m.slope(i, m.b[i])
	out := &Rasch{N: n, Difficulty: m.b[i], SE: 1 / math.Sqrt(info)}
	if !binary(m.t.scores(i)) {
		return out
	}
	var square, weight, outfit, inVar, outVar float64
	for q, e := range m.expected[i] {
		p := m.chance[i][q]
		v := p * (1 - p)
		r := m.rights[i][q]
		res := r*(1-p)*(1-p) + (e-r)*p*p
		square += res
		weight += e * v
		outfit += res / v
		fourth := v * (1 - 3*v)
		inVar += e * (fourth - v*v)
		outVar += e * (fourth/(v*v) - 1)
	}
	k := float64(n)
	in, ou := square/weight, outfit/k
	inZ, outZ := hilferty(in, inVar/(weight*weight)), hilferty(ou, outVar/(k*k))
	out.Infit, out.Outfit, out.InfitZ, out.OutfitZ = &in, &ou, &inZ, &outZ
	return out
}

// hilferty makes a mean square of mean 1 and this variance about standard normal.
func hilferty(ms, variance float64) float64 {
	q := math.Sqrt(max(variance, 1e-12))
	return (math.Cbrt(ms)-1)*3/q + q/3
}

// summary is what the estimation found about the persons.
func (m *model) summary() *Model {
	var means []float64
	noise := 0.0
	for k := range m.post {
		if len(m.t.persons[k].marks) < 2 {
			continue
		}
		e, e2 := 0.0, 0.0
		for q, w := range m.post[k] {
			e += w * m.theta(q)
			e2 += w * m.theta(q) * m.theta(q)
		}
		means = append(means, e)
		noise += e2 - e*e
	}
	v := variance(means)
	return &Model{Persons: len(means), SD: m.sd, Reliability: v / (v + noise/float64(len(means))), Iterations: m.iterations}
}
