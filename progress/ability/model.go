package ability

import (
	"errors"
	"fmt"
	"math"
)

// Prior says what is assumed of a learner before the first answer.
type Prior struct {
	Mean        float64 `json:"mean"`        // logits; 0 is the ability that meets an item of the middle level
	SD          float64 `json:"sd"`          // logits, between learners in one area; above 0
	Correlation float64 `json:"correlation"` // between any two areas of one learner, 0 to 0.9
}

// DefaultPrior is a learner of middle ability, with one logit of spread and a correlation of 0.6 between areas: our assumption, on the low
// side of what is found between subtests of one professional exam, so that an area is not judged by the others too soon.
func DefaultPrior() Prior { return Prior{SD: 1, Correlation: 0.6} }

// ErrPrior is what every error about a prior is.
var ErrPrior = errors.New("prior cannot be used")

func (p Prior) check() error {
	var bad []error
	if !(math.Abs(p.Mean) <= hardest) {
		bad = append(bad, fmt.Errorf("%w: mean %g logits, but must lie from -%d to %d", ErrPrior, p.Mean, hardest, hardest))
	}
	if !(p.SD >= 0.1 && p.SD <= 3) {
		bad = append(bad, fmt.Errorf("%w: standard deviation %g logits, but must lie from 0.1 to 3", ErrPrior, p.SD))
	}
	if !(p.Correlation >= 0 && p.Correlation <= 0.9) {
		bad = append(bad, fmt.Errorf("%w: correlation %g, but must lie from 0 to 0.9", ErrPrior, p.Correlation))
	}
	return errors.Join(bad...)
}

const (
	points  = 121 // of an area's ability
	shared  = 61  // of z
	reach   = 5.0 // standard deviations to either side
	between = 2 * reach / (points - 1)
	tail    = 6.0 // standard deviations beyond which an ability given z is left out
)

// Model holds the quadrature for one prior. It is immutable; all learners share it.
type Model struct {
	prior     Prior
	theta     [points]float64         // abilities in logits
	decline   [points]float64         // exp(-theta)
	weight    [shared]float64         // of the points of z, summing to 1
	logWeight [shared]float64         // their logarithms
	given     [shared][points]float64 // of theta given z, each row summing to 1
	from, to  [shared]int             // the part of the row that is not 0
	empty     moments                 // of an area without answers
}

// moments of an area's ability given each point of z, weighted by the likelihood of its answers.
type moments struct {
	logMarginal [shared]float64 // of the answers
	mean        [shared]float64
	variance    [shared]float64
}

// NewModel prepares the quadrature. The error names all that is wrong with the prior (ErrPrior).
func NewModel(p Prior) (*Model, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	m := &Model{prior: p}
	var x [points]float64
	for i := range x {
		x[i] = -reach + float64(i)*between
		m.theta[i] = p.Mean + p.SD*x[i]
		m.decline[i] = math.Exp(-m.theta[i])
	}
	sum := 0.0
	for g := range m.weight {
		z := -reach + float64(g)*2*reach/(shared-1)
		m.weight[g] = math.Exp(-z * z / 2)
		sum += m.weight[g]
		row := &m.given[g]
		centre, spread := math.Sqrt(p.Correlation)*z, math.Sqrt(1-p.Correlation)
		rowSum := 0.0
		for i := range row {
			d := (x[i] - centre) / spread
			if math.Abs(d) > tail {
				continue
			}
			if m.to[g] == 0 {
				m.from[g] = i
			}
			m.to[g] = i + 1
			row[i] = math.Exp(-d * d / 2)
			rowSum += row[i]
		}
		for i := range row {
			row[i] /= rowSum
		}
	}
	for g := range m.weight {
		m.weight[g] /= sum
		m.logWeight[g] = math.Log(m.weight[g])
	}
	var flat [points]float64
	m.fill(&m.empty, &flat)
	return m, nil
}

// Prior returns the prior of the model.
func (m *Model) Prior() Prior { return m.prior }

// fill works the moments out from the log likelihood of an area's answers.
func (m *Model) fill(out *moments, logLikelihood *[points]float64) {
	top := logLikelihood[0]
	for _, v := range logLikelihood {
		top = max(top, v)
	}
	var l0, l1, l2 [points]float64
	for i, v := range logLikelihood {
		l0[i] = math.Exp(v - top)
		l1[i] = l0[i] * m.theta[i]
		l2[i] = l1[i] * m.theta[i]
	}
	for g := range out.mean {
		row := m.given[g][m.from[g]:m.to[g]]
		a0, a1, a2 := l0[m.from[g]:][:len(row)], l1[m.from[g]:][:len(row)], l2[m.from[g]:][:len(row)]
		var s0, s1, s2, t0, t1, t2 float64
		i := 0
		for ; i+1 < len(row); i += 2 { // two sums at a time: the additions of one would wait for each other
			k, n := row[i], row[i+1]
			s0 += k * a0[i]
			s1 += k * a1[i]
			s2 += k * a2[i]
			t0 += n * a0[i+1]
			t1 += n * a1[i+1]
			t2 += n * a2[i+1]
		}
		if i < len(row) {
			s0 += row[i] * a0[i]
			s1 += row[i] * a1[i]
			s2 += row[i] * a2[i]
		}
		s0, s1, s2 = s0+t0, s1+t1, s2+t2
		// Where z makes the answers impossible, its weight will be 0 and the moments do not matter, but must be numbers.
		s0 = max(s0, 1e-300)
		mean := s1 / s0
		out.logMarginal[g] = top + math.Log(s0)
		out.mean[g] = mean
		out.variance[g] = max(s2/s0-mean*mean, 0)
	}
}
