package ability

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Learner is what the answers of one person say. It is not safe for use by several goroutines at once.
type Learner struct {
	m     *Model
	areas []*area // by name
	index map[string]int

	fresh     bool            // posterior holds
	posterior [shared]float64 // of z
}

type area struct {
	name          string
	answers       int
	logLikelihood [points]float64
	fresh         bool // moments hold
	moments
}

// ErrArea is what is returned for an area that the learner was not made with.
var ErrArea = errors.New("no such area")

// ErrScore is what is returned for a score outside 0 to 1.
var ErrScore = errors.New("score outside 0 to 1")

// ErrEvidence is what Restore returns for evidence of another prior or shape.
var ErrEvidence = errors.New("evidence does not fit the model")

// NewLearner is a learner without answers in the named areas. Their order and repetitions do not matter.
func (m *Model) NewLearner(areas ...string) *Learner {
	names := slices.Compact(slices.Sorted(slices.Values(areas)))
	l := &Learner{m: m, index: make(map[string]int, len(names))}
	for i, name := range names {
		l.areas = append(l.areas, &area{name: name, fresh: true, moments: m.empty})
		l.index[name] = i
	}
	return l
}

// Areas returns the names of the areas in order. Slices over areas, as those of Sampler, are in this order.
func (l *Learner) Areas() []string {
	out := make([]string, len(l.areas))
	for i, a := range l.areas {
		out[i] = a.name
	}
	return out
}

func (l *Learner) find(name string) (*area, error) {
	i, ok := l.index[name]
	if !ok {
		return nil, fmt.Errorf("%w: %q; name it when the learner is made", ErrArea, name)
	}
	return l.areas[i], nil
}

// Observe adds an answer. A score of 1 is right, 0 wrong; between them is partial credit, which counts as that share of a right answer
// and the rest of a wrong one. The order of answers changes the last digits at most; a rebuild in the order of the record gives the same
// bits. Errors: ErrArea, ErrScore, ErrItem; the answer is then not counted.
func (l *Learner) Observe(it Item, score float64) error { return l.ObserveWeighted(it, score, 1) }

// ObserveWeighted adds an answer that says less of the ability than a first answer in earnest does, such as one to a question seen before:
// its likelihood is raised to the power weight, 0 (says nothing, but is counted) to 1 (as Observe). The errors are those of Observe, and
// ErrScore also for a weight outside 0 to 1.
func (l *Learner) ObserveWeighted(it Item, score, weight float64) error {
	a, err := l.find(it.Area)
	if err != nil {
		return err
	}
	if err := it.check(); err != nil {
		return err
	}
	if !(score >= 0 && score <= 1) {
		return fmt.Errorf("%w: %g for %s", ErrScore, score, it.ID)
	}
	if !(weight >= 0 && weight <= 1) {
		return fmt.Errorf("%w: weight %g for %s", ErrScore, weight, it.ID)
	}
	c := it.Floor()
	lift := math.Exp(it.Difficulty)
	for i := range a.logLikelihood {
		p := 1 / (1 + lift*l.m.decline[i])
		switch score {
		case 1:
			a.logLikelihood[i] += weight * math.Log(c+(1-c)*p)
		case 0:
			a.logLikelihood[i] += weight * math.Log((1-c)*(1-p))
		default:
			a.logLikelihood[i] += weight * (score*math.Log(c+(1-c)*p) + (1-score)*math.Log((1-c)*(1-p)))
		}
	}
	a.answers++
	a.fresh, l.fresh = false, false
	return nil
}

// Clone is a learner of the same answers, which goes its own way from then on.
func (l *Learner) Clone() *Learner {
	c := *l
	c.areas = make([]*area, len(l.areas))
	all := make([]area, len(l.areas))
	for i, a := range l.areas {
		all[i] = *a
		c.areas[i] = &all[i]
	}
	return &c // the index by name holds for both, since it never changes
}

// Fade lets all evidence so far count for the share keep, 0 to 1 (moved there), of what it counted: estimates move towards the prior and
// become less sure. It stands in for a model of learning and forgetting (a power likelihood; Ibrahim and Chen, "Power prior distributions
// for regression models", Statistical Science 15, 2000): a half-life of answers is 0.5 to the power of the time gone by over it. Counts
// of answers stay.
func (l *Learner) Fade(keep float64) {
	keep = min(max(keep, 0), 1)
	for _, a := range l.areas {
		for i := range a.logLikelihood {
			a.logLikelihood[i] *= keep
		}
		a.fresh = false
	}
	l.fresh = false
}

// Evidence is what the answers in one area come to, for keeping between answers. It holds under the prior and the item difficulties that
// it was gathered with.
type Evidence struct {
	Prior         Prior     `json:"prior"`
	Answers       int       `json:"answers"`
	LogLikelihood []float64 `json:"logLikelihood"` // 121 natural logarithms, over abilities from 5 standard deviations below the mean to 5 above
}

// Evidence returns that of an area. The error is ErrArea.
func (l *Learner) Evidence(area string) (Evidence, error) {
	a, err := l.find(area)
	if err != nil {
		return Evidence{}, err
	}
	return Evidence{l.m.prior, a.answers, slices.Clone(a.logLikelihood[:])}, nil
}

// Restore puts evidence in place of what the learner has in an area. Estimates are then to the last bit those of the learner it came from.
// Errors: ErrArea, and ErrEvidence for another prior, another length or a value that is not a number.
func (l *Learner) Restore(area string, e Evidence) error {
	a, err := l.find(area)
	if err != nil {
		return err
	}
	if e.Prior != l.m.prior || len(e.LogLikelihood) != points || e.Answers < 0 {
		return fmt.Errorf("%w: %s: prior %+v and %d points, not %+v and %d; rebuild it from the answers",
			ErrEvidence, area, e.Prior, len(e.LogLikelihood), l.m.prior, points)
	}
	for _, v := range e.LogLikelihood {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%w: %s: log likelihood %g; rebuild it from the answers", ErrEvidence, area, v)
		}
	}
	copy(a.logLikelihood[:], e.LogLikelihood)
	a.answers = e.Answers
	a.fresh, l.fresh = false, false
	return nil
}

// settle brings the moments of all areas and the posterior of z up to date.
func (l *Learner) settle() {
	if l.fresh {
		return
	}
	log := l.m.logWeight
	for _, a := range l.areas {
		if !a.fresh {
			l.m.fill(&a.moments, &a.logLikelihood)
			a.fresh = true
		}
		if a.answers == 0 {
			continue // what is not asked says nothing of z
		}
		for g := range log {
			log[g] += a.logMarginal[g]
		}
	}
	top := slices.Max(log[:])
	sum := 0.0
	for g := range log {
		l.posterior[g] = math.Exp(log[g] - top)
		sum += l.posterior[g]
	}
	for g := range log {
		l.posterior[g] /= sum
	}
	l.fresh = true
}
