package ability

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Answer is one answer of a record from which a prior is learnt.
type Answer struct {
	Item  Item    `json:"item"`
	Score float64 `json:"score"` // 0 to 1, as in Learner.Observe
}

// MinLearners is the fewest records from which a prior is learnt.
const MinLearners = 100

// FitPrior learns the prior from the records of many learners, one slice of answers each, so that someone with few answers is taken for
// one of those who study here. It maximises the likelihood of all answers by the EM algorithm (Bock and Aitkin, "Marginal maximum
// likelihood estimation of item parameters: application of an EM algorithm", Psychometrika 46, 1981, for the moments of ability), at most
// 30 rounds from start, keeping the mean within 3 logits of 0, the standard deviation from 0.3 to 2.5 and the correlation from 0 to 0.9.
// Every learner counts in every area that occurs. With fewer than MinLearners records that have an answer start comes back, and 0 rounds;
// with a single area its correlation stays. It is a batch: rebuild all learners after it. The same records in the same order give the
// same prior. Errors: ErrPrior for start; ErrItem and ErrScore name the record and the answer.
func FitPrior(start Prior, records [][]Answer) (p Prior, rounds int, err error) {
	if err := start.check(); err != nil {
		return start, 0, err
	}
	var areas []string
	var bad []error
	n := 0
	for i, r := range records {
		for j, a := range r {
			areas = append(areas, a.Item.Area)
			if err := a.Item.check(); err != nil {
				bad = append(bad, fmt.Errorf("record %d, answer %d: %w", i+1, j+1, err))
			}
			if !(a.Score >= 0 && a.Score <= 1) {
				bad = append(bad, fmt.Errorf("record %d, answer %d: %w: %g", i+1, j+1, ErrScore, a.Score))
			}
		}
		if len(r) > 0 {
			n++
		}
	}
	if err := errors.Join(bad...); err != nil || n < MinLearners {
		return start, 0, err
	}
	slices.Sort(areas)
	areas = slices.Compact(areas)
	p = start
	for rounds < 30 {
		m, err := NewModel(p)
		if err != nil {
			return start, 0, err
		}
		next, err := m.moved(areas, records)
		if err != nil {
			return start, 0, err
		}
		rounds++
		change := math.Abs(next.Mean-p.Mean) + math.Abs(next.SD-p.SD) + math.Abs(next.Correlation-p.Correlation)
		p = next
		if change < 0.003 {
			break
		}
	}
	return p, rounds, nil
}

// moved is the prior after one round: the moments of ability over all learners and areas, expected under the prior before.
func (m *Model) moved(areas []string, records [][]Answer) (Prior, error) {
	var one, square, pairs, n float64
	for _, r := range records {
		if len(r) == 0 {
			continue
		}
		l := m.NewLearner(areas...)
		for _, a := range r {
			if err := l.Observe(a.Item, a.Score); err != nil {
				return Prior{}, err
			}
		}
		l.settle()
		for g, w := range l.posterior {
			var sum, own float64
			for _, a := range l.areas {
				mean := a.mean[g]
				sum += mean
				own += mean * mean
				square += w * (a.variance[g] + mean*mean)
			}
			one += w * sum
			pairs += w * (sum*sum - own)
		}
		n++
	}
	k := float64(len(areas))
	p := m.prior
	p.Mean = min(max(one/(n*k), -3), 3)
	variance := square/(n*k) - p.Mean*p.Mean
	p.SD = min(max(math.Sqrt(max(variance, 0)), 0.3), 2.5)
	if k > 1 {
		p.Correlation = min(max((pairs/(n*k*(k-1))-p.Mean*p.Mean)/(p.SD*p.SD), 0), 0.9)
	}
	return p, nil
}
