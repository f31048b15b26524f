package learnersim

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/internal/testkit"
	"crosswalk/progress/ability"
)

// The tests in this file are the short form of what cmd/learnersim prints; docs/readiness.md has the figures of the long one. With fewer
// learners chance blurs more, and the tolerances beside the aims of the project say by how much.

func worlds() []World { return []World{Ours(), Differs()} }

// TestCalibration: what is foretold comes true about as often as was said, in a world as assumed and in one that differs.
func TestCalibration(t *testing.T) {
	learners := 500
	if testkit.Race || testing.Short() {
		learners = 60
	}
	for _, w := range worlds() {
		tr := Trial{World: w, Seed: 11, Learners: learners, Schools: learners / 10, Draws: 100, Record: Standing}
		sat, err := tr.Sat(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		c := Judge(tr, sat)
		t.Logf("%s: %d of %d foretold, error %.3f, Brier %.3f (rate %.3f); with mocks %.3f (rate %.3f, line %.3f, best curve %.3f); score in range %.1f %%, chance in range %.1f %%", w.Name, c.Foretold, c.Learners,
			c.Track.Error, c.Track.Brier, c.Track.RateOnly, c.Brier, c.BrierRate, c.BrierLine, c.BrierBest, 100*float64(c.Track.Inside)/float64(c.Foretold), 100*c.Chance)
		if c.Foretold < learners/2 {
			t.Errorf("%s: only %d of %d have the minimum of evidence", w.Name, c.Foretold, learners)
		}
		if testkit.Race || testing.Short() {
			continue
		}
		// With 70 learners in a bin a share is off by about 0.05 by chance alone, with 500 by 0.02: the aim is 0.05 and the expected
		// error of perfect forecasts for so few about 0.03.
		if c.Track.Error > 0.08 {
			t.Errorf("%s: expected calibration error %.3f", w.Name, c.Track.Error)
		}
		if c.Track.Brier >= c.Track.RateOnly || c.Brier >= c.BrierRate || c.Brier >= c.BrierLine || c.Brier >= c.BrierBest+0.005 {
			t.Errorf("%s: Brier scores %+v", w.Name, c)
		}
		// The aims are 85 to 95 %; a share of 500 is off by 1.5 points.
		if in := float64(c.Track.Inside) / float64(c.Foretold); in < 0.85 || in > 0.95 {
			t.Errorf("%s: the 90 %% range of the score holds %.1f %%", w.Name, 100*in)
		}
		if c.Chance < 0.83 || c.Chance > 0.96 {
			t.Errorf("%s: the 90 %% range of the chance holds %.1f %%", w.Name, 100*c.Chance)
		}
	}
}

// TestRecovered: more answers, less error; and what the estimates say of themselves is about true.
func TestRecovered(t *testing.T) {
	learners := 150
	if testkit.Race || testing.Short() {
		learners = 20
	}
	for _, w := range worlds() {
		rows, err := Trial{World: w, Seed: 12, Learners: learners, Record: Standing}.Recovered(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			t.Logf("%s, %d answers, %d learners: overall %.3f (said %.3f), areas %.3f (said %.3f), in the interval %.1f and %.1f %%",
				w.Name, r.Answers, r.Overall.N, r.Overall.RMSE, r.Overall.Said, r.Areas.RMSE, r.Areas.Said, 100*r.Overall.Inside, 100*r.Areas.Inside)
			if testkit.Race || testing.Short() {
				continue
			}
			if i > 0 && i < 5 && r.Areas.RMSE >= rows[i-1].Areas.RMSE {
				t.Errorf("%s: areas off by %.3f after %d answers, by %.3f before", w.Name, r.Areas.RMSE, r.Answers, rows[i-1].Areas.RMSE)
			}
			if r.Areas.Inside < 0.8 || r.Areas.Inside > 0.96 {
				t.Errorf("%s: after %d answers %.1f %% of the abilities are in their 90 %% interval", w.Name, r.Answers, 100*r.Areas.Inside)
			}
		}
	}
}

// TestPlace: the adaptive placement test is as near the truth as a fixed one with at least 30 % fewer items from a bank that learners have
// answered before, and with fewer from one whose difficulties are the authors' word.
func TestPlace(t *testing.T) {
	if testkit.Race || testing.Short() {
		t.Skip("a simulation of its own, without the race detector; the code under it is tested in package ability")
	}
	for _, w := range worlds() {
		p, err := Trial{World: w, Seed: 13, Learners: 240, Cohort: 80}.Place(context.Background(), 40)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: fixed of 40 items %.3f; adaptive of 25 items %.3f; as near after %.1f, %.0f %% fewer; stops after %.1f", w.Name, p.Fixed[39].RMSE, p.Adaptive[24].RMSE, p.Items, 100*p.Fewer, p.Stopped)
		// The errors of 240 learners are off by 5 %, which is four items or so: the aim is 30 %, the short form asks for 20.
		if p.Fewer < 0.2 {
			t.Errorf("%s: %.0f %% fewer items", w.Name, 100*p.Fewer)
		}
		if p.Stopped > 30 || p.Stopped < 12 {
			t.Errorf("%s: the test stops after %.1f items", w.Name, p.Stopped)
		}
	}
}

// TestCohort: answers of learners bring the difficulties of the bank nearer to the truth.
func TestCohort(t *testing.T) {
	for _, w := range worlds() {
		s := newSchool(w, rand.New(rand.NewPCG(6, 6)))
		off := func() float64 {
			var n, sum, square float64
			for _, it := range s.items {
				d := it.Difficulty - it.truth
				n++
				sum += d
				square += d * d
			}
			return math.Sqrt(square/n - sum*sum/n/n) // where the scale has its zero does not matter
		}
		before := off()
		learners := 60
		if testkit.Race {
			learners = 15
		}
		if err := s.calibrate(learners, rand.New(rand.NewPCG(7, 7))); err != nil {
			t.Fatal(err)
		}
		if after := off(); after > 0.85*before {
			t.Errorf("%s: difficulties are off by %.3f, before by %.3f", w.Name, after, before)
		}
	}
}

// TestSameSeed: a trial is a function of its seed, however many processors work on it.
func TestSameSeed(t *testing.T) {
	var first []Outcome
	for run := range 2 {
		got, err := Trial{World: Differs(), Seed: 3, Learners: 12, Draws: 50, Record: Standing}.Sat(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if run == 0 {
			first = got
		} else if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("the same seed twice (-first +second):\n%s", diff)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Trial{World: Ours(), Learners: 100, Record: Standing}).Sat(ctx); err == nil {
		t.Error("a trial that was called off gave no error")
	}
}

// TestTruth: the chance of passing that forecasts are held against is how often the person passes.
func TestTruth(t *testing.T) {
	for _, w := range worlds() {
		s := newSchool(w, rand.New(rand.NewPCG(1, 1)))
		for i := range 6 {
			p := s.person(rand.New(rand.NewPCG(2, uint64(i))))
			for a := range p.theta {
				p.theta[a] += 0.9 // where passing is not out of the question
			}
			want, passed := p.chance(), 0
			const sittings = 1500
			for range sittings {
				if p.sit() >= w.Pass-1e-9 {
					passed++
				}
			}
			if got := float64(passed) / sittings; math.Abs(got-want) > 0.045 {
				t.Errorf("%s, person %d: passes %.3f of the time, chance %.3f", w.Name, i, got, want)
			}
		}
	}
}

// TestWorlds: the people of our world are those that the model assumes, and the other world's are not.
func TestWorlds(t *testing.T) {
	for _, w := range worlds() {
		rnd := rand.New(rand.NewPCG(4, 4))
		var n, sum, square, pairs float64
		for range 40 {
			s := newSchool(w, rnd)
			for range 100 {
				p := s.person(rnd)
				all := 0.0
				for _, x := range p.theta {
					d := (x - w.Prior.Mean) / w.Prior.SD
					n++
					sum += d
					square += d * d
					all += d
				}
				k := float64(len(p.theta))
				own := 0.0
				for _, x := range p.theta {
					d := (x - w.Prior.Mean) / w.Prior.SD
					own += d * d
				}
				pairs += (all*all - own) / (k - 1)
			}
		}
		if math.Abs(sum/n) > 0.05 || math.Abs(square/n-1) > 0.06 || math.Abs(pairs/n-w.Prior.Correlation) > 0.06 {
			t.Errorf("%s: mean %.3f, variance %.3f, correlation %.3f", w.Name, sum/n, square/n, pairs/n)
		}
	}
	it := item{Item: ability.Item{Options: 4}, truth: 0.5, slope: 1, guess: 0.25}
	for theta := -3.0; theta < 3; theta++ {
		if got, want := it.chance(theta, 0), (ability.Item{Difficulty: 0.5, Options: 4}).Chance(theta); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g the chance is %g, in package ability %g", theta, got, want)
		}
		if got, want := it.chance(theta, 0.1), it.chance(theta, 0); got >= want {
			t.Errorf("at %g who slips has a chance of %g, who does not %g", theta, got, want)
		}
	}
}

func TestBestCurve(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	var x []float64
	var passed []bool
	want := 0.0
	for range 4000 {
		v := rnd.Float64()
		p := 1 / (1 + math.Exp(-8*(v-0.6)))
		x, passed = append(x, v), append(passed, rnd.Float64() < p)
		want += p * (1 - p) / 4000
	}
	if got := bestCurve(x, passed); math.Abs(got-want) > 0.01 {
		t.Errorf("Brier score of the best curve %.4f, of the true one %.4f", got, want)
	}
}
