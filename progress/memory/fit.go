package memory

import (
	"errors"
	"fmt"
	"math"
)

// Review is one review in the history of a card.
type Review struct {
	Days  int   `json:"days"`  // whole study days since the card's review before; 0: the same day. Of the first review not looked at
	Grade Grade `json:"grade"` // as given or inferred
}

// MinReviews is the fewest scored reviews from which weights are learnt: 512, the size of one batch of py-fsrs, below which its optimiser
// returns the defaults too. A review is scored if the card was seen on an earlier day, for only then was there something to forget.
const MinReviews = 512

// Outcome says what became of a fit.
type Outcome string

// The outcomes of Fit.
const (
	Learned  Outcome = "learned"   // the weights are the learner's own
	TooFew   Outcome = "too-few"   // fewer than MinReviews scored reviews: the weights are the defaults
	NoBetter Outcome = "no-better" // learnt weights predicted cards kept apart no better: the weights are the defaults
)

// Fitted is the result of Fit. Losses are the mean over the scored reviews of the natural log loss of the predicted chance of recall:
// 0 is perfect, 0.693 is a coin.
type Fitted struct {
	Weights     Weights `json:"weights"`
	Outcome     Outcome `json:"outcome"`
	Reviews     int     `json:"reviews"`     // scored reviews
	Loss        float64 `json:"loss"`        // of Weights on the whole history
	DefaultLoss float64 `json:"defaultLoss"` // of the published weights on the whole history
	Steps       int     `json:"steps"`       // accepted steps of the search, at most 30
}

// Fit learns the weights of a learner from the histories of all cards, each oldest review first. It searches the weights that make the
// answers likeliest under a normal prior around the published ones (its spread is that between users, as fsrs-rs publishes it: a short
// history moves the weights little), within the bounds of Weights.Check, by Fisher scoring with Levenberg's damping on exact derivatives
// (Levenberg, Quarterly of Applied Mathematics 2, 1944). First every fifth card is kept apart: unless the weights learnt from the others predict those better than the published ones do, these
// stay. The same histories in the same order give the same weights. The error names every review whose grade is none of the four
// (ErrGrade).
func Fit(histories [][]Review) (Fitted, error) {
	var bad []error
	for i, h := range histories {
		for j, r := range h {
			if err := r.Grade.check(); err != nil {
				bad = append(bad, fmt.Errorf("card %d, review %d: %w", i+1, j+1, err))
			}
		}
	}
	if err := errors.Join(bad...); err != nil {
		return Fitted{}, err
	}
	published := DefaultWeights()
	loss, n := totalLoss(published, histories)
	f := Fitted{Weights: published, Outcome: TooFew, Reviews: n, Loss: loss / max(float64(n), 1)}
	f.DefaultLoss = f.Loss
	if n < MinReviews {
		return f, nil
	}
	var train, apart [][]Review
	for i, h := range histories {
		if i%5 == 4 {
			apart = append(apart, h)
		} else {
			train = append(train, h)
		}
	}
	trial, _ := search(train)
	before, _ := totalLoss(published, apart)
	if after, _ := totalLoss(trial, apart); !(after < before) {
		f.Outcome = NoBetter
		return f, nil
	}
	f.Outcome = Learned
	f.Weights, f.Steps = search(histories)
	loss, _ = totalLoss(f.Weights, histories)
	f.Loss = loss / float64(n)
	return f, nil
}

// Loss is the mean natural log loss of the model on the scored reviews of histories, and their number; 0 and 0 if there are none. Grades
// other than the four are an error of the caller and count as their nearest.
func (m Model) Loss(histories [][]Review) (mean float64, scored int) {
	total, n := totalLoss(m.w, histories)
	return total / max(float64(n), 1), n
}

// certain keeps one surprising answer from counting without limit.
const certain = 1e-4

func logLoss(recall float64, g Grade) float64 {
	recall = min(max(recall, certain), 1-certain)
	if g == Again {
		return -math.Log1p(-recall)
	}
	return -math.Log(recall)
}

func totalLoss(w Weights, histories [][]Review) (total float64, scored int) {
	m := newModel(w)
	for _, h := range histories {
		var s State
		for _, r := range h {
			g := min(max(r.Grade, Again), Easy)
			if !s.New() && r.Days > 0 {
				total += logLoss(m.recall(s.Stability, float64(r.Days)), g)
				scored++
			}
			s = m.next(s, r.Days, g)
		}
	}
	return total, scored
}

// penalty is minus the log of the prior, up to a constant.
func penalty(w Weights) float64 {
	published, sum := DefaultWeights(), 0.0
	for i := range w {
		d := (w[i] - published[i]) / spread[i]
		sum += d * d / 2
	}
	return sum
}

const (
	maxSteps = 30
	enough   = 1e-7 // relative gain of a step at which the search ends
)

func search(histories [][]Review) (w Weights, steps int) {
	published := DefaultWeights()
	w = published
	loss, _ := totalLoss(w, histories)
	at := loss + penalty(w)
	damping := 1e-3
	for steps < maxSteps {
		grad, info := slope(w, histories)
		for i := range w {
			grad[i] += (w[i] - published[i]) / (spread[i] * spread[i])
			info[i][i] += 1 / (spread[i] * spread[i])
		}
		// A weight at a bound that wants to cross it stays out of this step.
		for i := range w {
			if w[i] <= lowest[i] && grad[i] > 0 || w[i] >= highest[i] && grad[i] < 0 {
				for j := range w {
					info[i][j], info[j][i] = 0, 0
				}
				info[i][i], grad[i] = 1, 0
			}
		}
		gain := 0.0
		for range 12 {
			damped := info
			for i := range damped {
				damped[i][i] *= 1 + damping
			}
			if step, ok := solve(&damped, &grad); ok {
				try := w
				for i := range try {
					try[i] -= step[i]
				}
				try = try.bounded()
				loss, _ := totalLoss(try, histories)
				if there := loss + penalty(try); there < at {
					gain, at, w = at-there, there, try
					damping = max(damping/5, 1e-6)
					break
				}
			}
			damping *= 5
		}
		if gain == 0 {
			break
		}
		steps++
		if gain < enough*at {
			break
		}
	}
	return w, steps
}

// solve finds x in a x = b for a symmetric a by Cholesky's decomposition; ok is false if a is not positive definite.
func solve(a *[21][21]float64, b *Weights) (x Weights, ok bool) {
	const n = len(Weights{})
	var l [n][n]float64
	for i := range n {
		for j := range i + 1 {
			sum := a[i][j]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			switch {
			case i != j:
				l[i][j] = sum / l[j][j]
			case !(sum > 0):
				return x, false
			default:
				l[i][i] = math.Sqrt(sum)
			}
		}
	}
	for i := range n {
		sum := b[i]
		for k := range i {
			sum -= l[i][k] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		sum := x[i]
		for k := i + 1; k < n; k++ {
			sum -= l[k][i] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	return x, true
}
