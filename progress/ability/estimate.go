package ability

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Estimate is an ability as far as it is known, in logits.
type Estimate struct {
	Mean    float64 `json:"mean"`    // of the posterior (EAP)
	SD      float64 `json:"sd"`      // of the posterior
	Low     float64 `json:"low"`     // the true ability lies below with 5 %
	High    float64 `json:"high"`    // and above with 5 %: Low to High is the 90 % interval
	Answers int     `json:"answers"` // answers that the estimate is of; those in other areas are not counted though they are used
}

// Area estimates the ability in one area, from the answers in it and, by the correlation, in the others. Low and High are quantiles of the
// posterior, which is taken for normal once it is narrow (SD below a sixth of the prior's). The error is ErrArea.
func (l *Learner) Area(name string) (Estimate, error) {
	a, err := l.find(name)
	if err != nil {
		return Estimate{}, err
	}
	l.settle()
	e := Estimate{Answers: a.answers}
	e.Mean, e.SD = l.spreadOf(a)
	if e.SD < 2*between*l.m.prior.SD {
		// The posterior of many answers is normal, and too narrow for the points to show its quantiles.
		e.Low, e.High = e.Mean-normal90*e.SD, e.Mean+normal90*e.SD
		return e, nil
	}
	p := l.density(a)
	e.Low, e.High = l.m.quantile(&p, 0.05), l.m.quantile(&p, 0.95)
	return e, nil
}

func (l *Learner) spreadOf(a *area) (mean, sd float64) {
	square := 0.0
	for g, w := range l.posterior {
		mean += w * a.mean[g]
		square += w * (a.variance[g] + a.mean[g]*a.mean[g])
	}
	return mean, math.Sqrt(max(square-mean*mean, 0))
}

// density is the posterior of the ability in an area on the points, summing to 1.
func (l *Learner) density(a *area) (p [points]float64) {
	top := slices.Max(a.logLikelihood[:])
	for g, w := range l.posterior {
		if w < 1e-12 {
			continue
		}
		scale := w * math.Exp(top-a.logMarginal[g])
		from := l.m.from[g]
		row := l.m.given[g][from:l.m.to[g]]
		part := p[from:][:len(row)]
		for i, k := range row {
			part[i] += scale * k
		}
	}
	sum := 0.0
	for i := range p {
		p[i] *= math.Exp(a.logLikelihood[i] - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// quantile takes each point for a strip of even density around it.
func (m *Model) quantile(p *[points]float64, share float64) float64 {
	sum := 0.0
	for i, v := range p {
		if sum+v >= share {
			return m.theta[i] + (max(share-sum, 0)/v-0.5)*between*m.prior.SD
		}
		sum += v
	}
	return m.theta[points-1]
}

// normal90 is the 95 % quantile of the standard normal distribution.
const normal90 = 1.6448536269514722

// Overall estimates the mean ability over areas, weighted by shares as of an exam's blueprint (any scale; areas left out count 0; nil:
// all areas alike). Low and High take the posterior for normal. The error is ErrArea, for a share of an unknown area, below 0 or not a
// number, and if no share is above 0.
func (l *Learner) Overall(shares map[string]float64) (Estimate, error) {
	share, err := l.shares(shares)
	if err != nil {
		return Estimate{}, err
	}
	l.settle()
	var e Estimate
	square := 0.0
	for g, w := range l.posterior {
		mean, variance := 0.0, 0.0
		for i, a := range l.areas {
			mean += share[i] * a.mean[g]
			variance += share[i] * share[i] * a.variance[g]
		}
		e.Mean += w * mean
		square += w * (variance + mean*mean)
	}
	for i, a := range l.areas {
		if share[i] > 0 {
			e.Answers += a.answers
		}
	}
	e.SD = math.Sqrt(max(square-e.Mean*e.Mean, 0))
	e.Low, e.High = e.Mean-normal90*e.SD, e.Mean+normal90*e.SD
	return e, nil
}

// shares are those of the areas in order, summing to 1.
func (l *Learner) shares(by map[string]float64) ([]float64, error) {
	out := make([]float64, len(l.areas))
	sum := 0.0
	for name, v := range by {
		i, ok := l.index[name]
		if !ok || !(v >= 0) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%w, or no share of one: %q with share %g", ErrArea, name, v)
		}
		out[i] = v
	}
	for i := range out {
		if by == nil {
			out[i] = 1
		}
		sum += out[i]
	}
	if !(sum > 0) {
		return nil, fmt.Errorf("%w: give at least one area a share above 0", ErrArea)
	}
	for i := range out {
		out[i] /= sum
	}
	return out, nil
}

// Sampler draws abilities from the joint posterior, as simulated exams need them: those of one draw belong to one possible learner, with
// the correlation between areas. It is a copy; later answers do not change it.
type Sampler struct {
	m     *Model
	z     [shared]float64            // cumulative
	theta []*[shared][points]float64 // by area, cumulative given z
}

// Sampler prepares for drawing.
func (l *Learner) Sampler() *Sampler {
	l.settle()
	s := &Sampler{m: l.m}
	sum := 0.0
	for g, w := range l.posterior {
		sum += w
		s.z[g] = sum
	}
	for _, a := range l.areas {
		top := slices.Max(a.logLikelihood[:])
		var likelihood [points]float64
		for i, v := range &a.logLikelihood {
			likelihood[i] = math.Exp(v - top)
		}
		t := new([shared][points]float64)
		for g := range t {
			if l.posterior[g] < 1e-12 {
				continue
			}
			sum := 0.0
			for i, k := range &l.m.given[g] {
				sum += k * likelihood[i]
				t[g][i] = sum
			}
		}
		s.theta = append(s.theta, t)
	}
	return s
}

// Draw fills abilities, in logits and in the order of Learner.Areas, with one draw. uniform must return numbers from 0 up to 1, as
// rand.Float64 does; a seeded source makes the draw repeatable. abilities must be as long as there are areas.
func (s *Sampler) Draw(uniform func() float64, abilities []float64) {
	g := pick(s.z[:], uniform())
	for a, t := range s.theta {
		i := pick(t[g][:], uniform())
		abilities[a] = s.m.theta[i] + (uniform()-0.5)*between*s.m.prior.SD
	}
}

// pick finds the first place where the cumulative sum passes the share u of its end.
func pick(cumulative []float64, u float64) int {
	at := u * cumulative[len(cumulative)-1]
	i := sort.Search(len(cumulative), func(i int) bool { return cumulative[i] > at })
	return min(i, len(cumulative)-1)
}
