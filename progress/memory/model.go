package memory

import (
	"errors"
	"fmt"
	"math"
)

const (
	minStability                 = 0.001 // days; S_MIN of fsrs-rs and ts-fsrs, STABILITY_MIN of py-fsrs
	maxStability                 = 36500 // days; S_MAX of fsrs-rs and ts-fsrs
	minDifficulty, maxDifficulty = 1, 10
)

// State is what is known of the memory of one card. The zero State is a card that was never reviewed.
type State struct {
	Stability  float64 `json:"stability"`  // days until recall falls to 90 %, 0.001 to 36,500; 0: never reviewed
	Difficulty float64 `json:"difficulty"` // 1 (easy) to 10; 0: never reviewed
	Reviews    int     `json:"reviews"`    // reviews so far, same-day ones included
	Lapses     int     `json:"lapses"`     // reviews after the first that were graded again
}

// New reports whether the card was never reviewed.
func (s State) New() bool { return s.Stability == 0 }

// ErrState is what Next returns for a state that no sequence of reviews leads to.
var ErrState = errors.New("impossible memory state")

func (s State) check() error {
	if s.New() && s.Difficulty == 0 {
		return nil
	}
	if !(s.Stability >= minStability && s.Stability <= maxStability && s.Difficulty >= minDifficulty && s.Difficulty <= maxDifficulty) {
		return fmt.Errorf("%w: stability %g days, difficulty %g; rebuild it from its reviews", ErrState, s.Stability, s.Difficulty)
	}
	return nil
}

// Model is FSRS-6 under given weights. It is immutable and safe for use by many goroutines.
type Model struct {
	w      Weights
	decay  float64 // the exponent of the forgetting curve, negative
	factor float64 // chosen so that recall after one stability is 90 %
	reach  float64 // e^w8, the rate of growth
	pull   float64 // the difficulty that all difficulties drift to
}

// NewModel returns the model under w. The error is that of Weights.Check.
func NewModel(w Weights) (Model, error) {
	if err := w.Check(); err != nil {
		return Model{}, err
	}
	return newModel(w), nil
}

// Default is the model under the published weights.
func Default() Model { return newModel(DefaultWeights()) }

func newModel(w Weights) Model {
	decay := -w[20]
	return Model{w: w, decay: decay, factor: math.Pow(0.9, 1/decay) - 1, reach: math.Exp(w[8]), pull: firstDifficulty(&w, Easy)}
}

// Weights returns the weights of the model.
func (m Model) Weights() Weights { return m.w }

// Retrievability is the chance, 0 to 1, that the card is recalled days (fractions allowed) after its last review: 1 at 0 days, 0.9 after
// one stability; 0 for a card never reviewed. Fewer than 0 days, as under a clock set back, count as 0.
func (m Model) Retrievability(s State, days float64) float64 {
	if s.New() {
		return 0
	}
	return m.recall(s.Stability, max(days, 0))
}

func (m Model) recall(stability, days float64) float64 {
	return math.Pow(1+m.factor*days/stability, m.decay)
}

// Interval is the time in days, fractions included and without limit, after which the chance of recall has fallen to retention. A
// retention outside 0.01 to 0.99 is moved there. At 0.9 the interval is the stability itself; a card never reviewed gives 0.
func (m Model) Interval(s State, retention float64) float64 {
	if s.New() {
		return 0
	}
	return s.Stability / m.factor * (math.Pow(min(max(retention, 0.01), 0.99), 1/m.decay) - 1)
}

// Next is the state after a review graded g, days whole study days after the last one: 0 is the same day; fewer, as under a clock set
// back, count as 0; for the first review days is not looked at. The error is ErrState or ErrGrade, and the state then comes back as it was.
func (m Model) Next(s State, days int, g Grade) (State, error) {
	if err := g.check(); err != nil {
		return s, err
	}
	if err := s.check(); err != nil {
		return s, err
	}
	return m.next(s, days, g), nil
}

func (m Model) next(s State, days int, g Grade) State {
	next := State{Reviews: s.Reviews + 1, Lapses: s.Lapses}
	if s.New() {
		next.Stability = boundStability(m.w[g-1])
		next.Difficulty = boundDifficulty(firstDifficulty(&m.w, g))
		return next
	}
	if g == Again {
		next.Lapses++
	}
	switch {
	case days <= 0:
		next.Stability = m.sameDay(s.Stability, g)
	case g == Again:
		next.Stability = m.failure(s, m.recall(s.Stability, float64(days)))
	default:
		next.Stability = m.success(s, m.recall(s.Stability, float64(days)), g)
	}
	next.Stability = boundStability(next.Stability)
	next.Difficulty = boundDifficulty(m.difficulty(s.Difficulty, g))
	return next
}

// firstDifficulty is not bounded: for easy it lies below 1, and the pull of later difficulties is towards that unbounded value
// (fsrs-rs, ts-fsrs, py-fsrs; an earlier py-fsrs bounded it, so that its older vectors differ in the second decimal).
func firstDifficulty(w *Weights, g Grade) float64 {
	return w[4] - math.Exp(w[5]*float64(g-1)) + 1
}

func (m Model) difficulty(d float64, g Grade) float64 {
	moved := d - m.w[6]*float64(g-Good)*(10-d)/9 // the nearer to 10, the smaller the step
	return m.w[7]*m.pull + (1-m.w[7])*moved
}

func (m Model) success(s State, recall float64, g Grade) float64 {
	growth := m.reach * (11 - s.Difficulty) * math.Pow(s.Stability, -m.w[9]) * math.Expm1((1-recall)*m.w[10])
	switch g {
	case Hard:
		growth *= m.w[15]
	case Easy:
		growth *= m.w[16]
	}
	return s.Stability * (1 + growth)
}

func (m Model) failure(s State, recall float64) float64 {
	long := m.w[11] * math.Pow(s.Difficulty, -m.w[12]) * (math.Pow(s.Stability+1, m.w[13]) - 1) * math.Exp((1-recall)*m.w[14])
	return min(long, s.Stability/math.Exp(m.w[17]*m.w[18])) // a failure never strengthens
}

// sameDay never weakens a memory that was recalled. That hard counts as recalled here follows ts-fsrs and the training of fsrs-rs;
// py-fsrs and the scalar path of fsrs-rs let hard weaken it.
func (m Model) sameDay(stability float64, g Grade) float64 {
	step := math.Exp(m.w[17]*(float64(g-Good)+m.w[18])) * math.Pow(stability, -m.w[19])
	if g >= Hard {
		step = max(step, 1)
	}
	return stability * step
}

func boundStability(s float64) float64  { return min(max(s, minStability), maxStability) }
func boundDifficulty(d float64) float64 { return min(max(d, minDifficulty), maxDifficulty) }
