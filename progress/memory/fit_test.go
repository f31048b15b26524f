package memory_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"crosswalk/progress/memory"
)

// learner is a set of weights far from the published ones: forgets along a steeper curve, from other first stabilities, and gains less.
func learner() memory.Weights {
	w := memory.DefaultWeights()
	w[0], w[1], w[2], w[3] = 0.6, 1.0, 1.4, 3
	w[4], w[8], w[9], w[11], w[14], w[20] = 7.2, 1.2, 0.3, 1.0, 1.0, 0.45
	return w
}

// reviews simulates cards of a learner whose memory follows FSRS under truth, asked at the days that the published weights propose, often
// late. Grades of a recalled card do not depend on the state, so that the simulation is no copy of the model's own update.
func reviews(t testing.TB, truth memory.Weights, cards, each int, seed uint64) [][]memory.Review {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 6))
	m, plan := model(t, truth), memory.Default()
	out := make([][]memory.Review, cards)
	for i := range out {
		var s, planned memory.State
		for range each {
			days := 0
			if !s.New() && rnd.Float64() > 0.1 {
				days = max(1, int(float64(plan.Days(planned, memory.Policy{Retention: 0.85, MaxDays: 120}))*(0.5+1.5*rnd.Float64())))
			}
			g := memory.Again
			if chance := m.Retrievability(s, float64(days)); s.New() && rnd.Float64() < 0.6 || rnd.Float64() < chance {
				g = []memory.Grade{memory.Hard, memory.Good, memory.Good, memory.Good, memory.Easy}[rnd.IntN(5)]
			}
			out[i] = append(out[i], memory.Review{Days: days, Grade: g})
			s = next(t, m, s, days, g)
			planned = next(t, plan, planned, days, g)
		}
	}
	return out
}

// TestSlope compares the derivatives of the search with central differences at the published weights and at others.
func TestSlope(t *testing.T) {
	histories := reviews(t, learner(), 60, 12, 1)
	for name, w := range map[string]memory.Weights{"published": memory.DefaultWeights(), "learner": learner()} {
		got := memory.Slope(w, histories)
		for i := range w {
			h := 1e-6 * max(w[i], 0.01)
			up, down := w, w
			up[i] += h
			down[i] -= h
			want := (memory.TotalLoss(up, histories) - memory.TotalLoss(down, histories)) / (2 * h)
			if math.Abs(got[i]-want) > 1e-3*(1+math.Abs(want)) {
				t.Errorf("%s, by weight %d: got %.6f, by differences %.6f", name, i, got[i], want)
			}
		}
	}
}

// TestFit: weights learnt from one history predict another of the same learner better than the published weights do.
func TestFit(t *testing.T) {
	f, err := memory.Fit(reviews(t, learner(), 150, 12, 2))
	if err != nil {
		t.Fatal(err)
	}
	if f.Outcome != memory.Learned || f.Loss >= f.DefaultLoss || f.Steps == 0 || f.Steps > 30 {
		t.Fatalf("fit: %+v", f)
	}
	if err := f.Weights.Check(); err != nil {
		t.Fatal(err)
	}
	fresh := reviews(t, learner(), 600, 12, 3)
	loss := func(w memory.Weights) float64 {
		mean, _ := model(t, w).Loss(fresh)
		return mean
	}
	published, own, truth := loss(memory.DefaultWeights()), loss(f.Weights), loss(learner())
	t.Logf("%d scored reviews, %d steps; log loss on fresh reviews: published %.4f, own %.4f, truth %.4f", f.Reviews, f.Steps, published, own, truth)
	if closed := (published - own) / (published - truth); closed < 0.8 {
		t.Errorf("the learnt weights close %.0f %% of the gap from the published (%.4f) to the true (%.4f) loss; want 80 %%", 100*closed, published, truth)
	}
	again, _ := memory.Fit(reviews(t, learner(), 150, 12, 2))
	if again != f {
		t.Errorf("the same history gave other weights:\n%+v\n%+v", f, again)
	}
}

// TestFitKeepsDefaults: short histories, empty ones, and a learner whose memory is as published.
func TestFitKeepsDefaults(t *testing.T) {
	for _, c := range []struct {
		name      string
		histories [][]memory.Review
		want      memory.Outcome
	}{
		{"none", nil, memory.TooFew},
		{"empty cards", [][]memory.Review{nil, {}}, memory.TooFew},
		{"first and same-day reviews only", [][]memory.Review{{{Grade: memory.Good}, {Grade: memory.Good}}}, memory.TooFew},
		{"short", reviews(t, learner(), 40, 12, 4), memory.TooFew},
	} {
		f, err := memory.Fit(c.histories)
		if err != nil || f.Outcome != c.want || f.Weights != memory.DefaultWeights() || math.IsNaN(f.Loss) || f.Loss != f.DefaultLoss {
			t.Errorf("%s: %+v, %v", c.name, f, err)
		}
	}
	// Whatever the outcome, weights learnt from a learner as published must cost next to nothing on fresh reviews.
	f, err := memory.Fit(reviews(t, memory.DefaultWeights(), 150, 12, 5))
	if err != nil {
		t.Fatal(err)
	}
	fresh := reviews(t, memory.DefaultWeights(), 600, 12, 6)
	own, _ := model(t, f.Weights).Loss(fresh)
	published, _ := memory.Default().Loss(fresh)
	t.Logf("a learner as published: %s; log loss on fresh reviews: published %.4f, own %.4f", f.Outcome, published, own)
	if own > published+0.005 {
		t.Errorf("log loss %.4f, with the published weights %.4f", own, published)
	}
}

// TestFitBounds: histories of one answer only must end, within bounds.
func TestFitBounds(t *testing.T) {
	for _, g := range grades {
		var histories [][]memory.Review
		for range 150 {
			h := []memory.Review{{Grade: g}}
			for range 6 {
				h = append(h, memory.Review{Days: 10, Grade: g})
			}
			histories = append(histories, h)
		}
		f, err := memory.Fit(histories)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Weights.Check(); err != nil || math.IsNaN(f.Loss) || f.Loss > f.DefaultLoss {
			t.Errorf("all %v: %+v, %v", g, f, err)
		}
	}
}

func TestFitNamesBadGrades(t *testing.T) {
	_, err := memory.Fit([][]memory.Review{{{Grade: 3}, {Days: 1, Grade: 0}}, {{Grade: 7}}})
	if !errors.Is(err, memory.ErrGrade) {
		t.Fatalf("got %v, want ErrGrade", err)
	}
	want := "card 1, review 2: no such grade: 0; use 1 (again), 2 (hard), 3 (good) or 4 (easy)\n" +
		"card 2, review 1: no such grade: 7; use 1 (again), 2 (hard), 3 (good) or 4 (easy)"
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func BenchmarkFit(b *testing.B) {

	histories := reviews(b, learner(), 400, 12, 2)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := memory.Fit(histories); err != nil {
			b.Fatal(err)
		}
	}
}
