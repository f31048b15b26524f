package ability_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"crosswalk/internal/testkit"
	"crosswalk/progress/ability"
)

// The tests in this file make learners from a known model and hold the estimates against the abilities that made the answers. Seeds are
// fixed; the figures are logged under -v.

func skipSlow(t *testing.T) {
	t.Helper()
	if testkit.Race {
		t.Skip("a simulation, without the race detector")
	}
}

func normal(rnd *rand.Rand) float64 { return rnd.NormFloat64() }

func answer(rnd *rand.Rand, it ability.Item, theta float64) float64 {
	if rnd.Float64() < it.Chance(theta) {
		return 1
	}
	return 0
}

// authored is an item as a bank of authors holds it: one of five levels, the middle ones oftener, a difficulty off what the level says,
// four options.
func authored(rnd *rand.Rand, id int, area string) ability.Item {
	level := []int{1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5}[rnd.IntN(12)]
	return ability.Item{ID: fmt.Sprintf("q-%04d", id), Area: area, Difficulty: ability.AuthorDifficulty(level) + ability.AuthorSpread*normal(rnd), Options: 4}
}

// A tally gathers estimates against the truth.
type tally struct{ n, off, square, sure, inside float64 }

func (s *tally) add(e ability.Estimate, truth float64) {
	s.n++
	s.off += e.Mean - truth
	s.square += (e.Mean - truth) * (e.Mean - truth)
	s.sure += e.SD * e.SD
	if e.Low <= truth && truth <= e.High {
		s.inside++
	}
}

func (s *tally) bias() float64     { return s.off / s.n }
func (s *tally) rmse() float64     { return math.Sqrt(s.square / s.n) }
func (s *tally) claimed() float64  { return math.Sqrt(s.sure / s.n) }
func (s *tally) coverage() float64 { return s.inside / s.n }

// TestRecovery: bias, RMSE and coverage by items answered, in one area, for 1,000 learners of the prior.
func TestRecovery(t *testing.T) {
	skipSlow(t)
	marks := []int{0, 5, 10, 20, 40, 80}
	m, rnd := model(t, ability.DefaultPrior()), rand.New(rand.NewPCG(11, 1))
	at := make([]tally, len(marks))
	for range 1000 {
		theta, l := normal(rnd), m.NewLearner("a")
		for i, n := 0, 0; i < len(marks); n++ {
			if n == marks[i] {
				at[i].add(area(t, l, "a"), theta)
				i++
			}
			it := authored(rnd, n, "a")
			observe(t, l, it, answer(rnd, it, theta))
		}
	}
	last := math.Inf(1)
	for i, s := range at {
		t.Logf("%3d items: bias %+.3f, RMSE %.3f (claimed %.3f), 90 %% interval covers %.1f %%", marks[i], s.bias(), s.rmse(), s.claimed(), 100*s.coverage())
		if math.Abs(s.bias()) > 0.06 {
			t.Errorf("%d items: bias %.3f logits", marks[i], s.bias())
		}
		if s.rmse() >= last || math.Abs(s.rmse()/s.claimed()-1) > 0.08 {
			t.Errorf("%d items: RMSE %.3f, claimed %.3f, with fewer items %.3f", marks[i], s.rmse(), s.claimed(), last)
		}
		if c := s.coverage(); c < 0.85 || c > 0.95 {
			t.Errorf("%d items: the 90 %% interval covers %.1f %%", marks[i], 100*c)
		}
		last = s.rmse()
	}
}

// TestRecoveryOfAreas: ten areas with 60 answers unevenly over them, for learners of the prior and of others than the model assumes. With
// six answers an area the prior carries much of an estimate, and where it is wrong the interval is a little off.
func TestRecoveryOfAreas(t *testing.T) {
	skipSlow(t)
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	for _, c := range []struct {
		name            string
		mean, sd, rho   float64
		lowest, highest float64 // coverage
		mustBeatAlone   bool
		maxOverallBias  float64
	}{
		{"as assumed", 0, 1, 0.6, 0.85, 0.95, true, 0.06},
		{"less correlated", 0, 1, 0.3, 0.8, 0.95, false, 0.06},
		{"more correlated", 0, 1, 0.85, 0.85, 0.98, true, 0.06},
		{"weaker and more spread", -0.4, 1.2, 0.6, 0.8, 0.95, true, 0.15},
	} {
		m, alone := model(t, ability.DefaultPrior()), model(t, ability.Prior{SD: 1})
		rnd := rand.New(rand.NewPCG(12, 2))
		var each, single, total tally
		for range 250 {
			theta, mean := map[string]float64{}, 0.0
			z := normal(rnd)
			for _, a := range names {
				theta[a] = c.mean + c.sd*(math.Sqrt(c.rho)*z+math.Sqrt(1-c.rho)*normal(rnd))
				mean += theta[a] / float64(len(names))
			}
			l, s := m.NewLearner(names...), alone.NewLearner(names...)
			for n := range 60 {
				a := names[min(rnd.IntN(len(names)), rnd.IntN(len(names)))] // more of the first
				it := authored(rnd, n, a)
				score := answer(rnd, it, theta[a])
				observe(t, l, it, score)
				observe(t, s, it, score)
			}
			for _, a := range names {
				each.add(area(t, l, a), theta[a])
				single.add(area(t, s, a), theta[a])
			}
			total.add(overall(t, l, nil), mean)
		}
		t.Logf("%s: areas RMSE %.3f (each by itself %.3f), covered %.1f %%; overall bias %+.3f, RMSE %.3f, covered %.1f %%",
			c.name, each.rmse(), single.rmse(), 100*each.coverage(), total.bias(), total.rmse(), 100*total.coverage())
		for what, s := range map[string]*tally{"areas": &each, "overall": &total} {
			if got := s.coverage(); got < c.lowest || got > c.highest {
				t.Errorf("%s, %s: the 90 %% interval covers %.1f %%", c.name, what, 100*got)
			}
		}
		if c.mustBeatAlone && each.rmse() > 0.9*single.rmse() {
			t.Errorf("%s: RMSE %.3f, with each area by itself %.3f: the correlation should help", c.name, each.rmse(), single.rmse())
		}
		if math.Abs(total.bias()) > c.maxOverallBias {
			t.Errorf("%s: overall bias %.3f", c.name, total.bias())
		}
	}
}
