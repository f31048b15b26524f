package memory_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"crosswalk/progress/memory"
)

// states are the corners of what reviews lead to, and 300 from within.
func states() []memory.State {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := []memory.State{{Stability: 0.001, Difficulty: 1}, {Stability: 0.001, Difficulty: 10}, {Stability: 36500, Difficulty: 1}, {Stability: 36500, Difficulty: 10}}
	for range 300 {
		out = append(out, memory.State{Stability: math.Exp(rnd.Float64()*12 - 5), Difficulty: 1 + 9*rnd.Float64()})
	}
	return out
}

func TestRetrievabilityFalls(t *testing.T) {
	m := memory.Default()
	for _, s := range states() {
		near(t, "after one stability", m.Retrievability(s, s.Stability), 0.9, 1e-12)
		before := m.Retrievability(s, 0)
		if before != 1 || m.Retrievability(s, -3) != 1 {
			t.Fatalf("%+v: at 0 days and before, want 1", s)
		}
		for days := 0.25; days < 40000; days *= 2 {
			now := m.Retrievability(s, days)
			if !(now < before) || now <= 0 {
				t.Fatalf("%+v: %g at %g days, %g before", s, now, days, before)
			}
			before = now
		}
	}
}

// TestIntervalInverts: after the interval for a retention, recall is at that retention; surer means sooner.
func TestIntervalInverts(t *testing.T) {
	m := memory.Default()
	for _, s := range states() {
		last := math.Inf(1)
		for _, r := range []float64{0.5, 0.7, 0.8, 0.9, 0.95, 0.99} {
			days := m.Interval(s, r)
			near(t, "recall after the interval", m.Retrievability(s, days), r, 1e-9)
			if !(days < last) {
				t.Fatalf("%+v: %g days for %g, but %g for less", s, days, r, last)
			}
			last = days
		}
	}
}

// TestStabilityGrows: a success on a later day strengthens, a better grade more, a later success more, on an easier card more; a failure
// never strengthens, and makes difficult but at the top, where the pull back outweighs it.
func TestStabilityGrows(t *testing.T) {
	m := memory.Default()
	for _, s := range states() {
		if s.Stability > 30000 {
			continue // growth ends at 36,500 days
		}
		for _, days := range []int{1, 7, 60} {
			last := s.Stability
			for _, g := range []memory.Grade{memory.Hard, memory.Good, memory.Easy} {
				now := next(t, m, s, days, g)
				if !(now.Stability > last) && now.Stability != 36500 {
					t.Fatalf("%+v, %v after %d days: stability %g, want more than %g", s, g, days, now.Stability, last)
				}
				last = now.Stability
			}
			good := next(t, m, s, days, memory.Good).Stability
			if later := next(t, m, s, days+5, memory.Good).Stability; !(later > good) && later != 36500 {
				t.Fatalf("%+v: good after %d days gives %g, 5 days later %g", s, days, good, later)
			}
			if failed := next(t, m, s, days, memory.Again); failed.Stability > s.Stability || failed.Lapses != 1 || failed.Difficulty < min(s.Difficulty, 9.98) {
				t.Fatalf("%+v, failed after %d days: %+v", s, days, failed)
			}
		}
		if same := next(t, m, s, 0, memory.Good); same.Stability < s.Stability || next(t, m, s, -2, memory.Good) != same {
			t.Fatalf("%+v, good on the same day: %+v; a clock set back must count as the same day", s, same)
		}
	}
}

// TestHarderMeansShorter: of two cards of one stability, the more difficult is due again sooner after the same review.
func TestHarderMeansShorter(t *testing.T) {
	m := memory.Default()
	for _, g := range []memory.Grade{memory.Hard, memory.Good, memory.Easy} {
		last := math.MaxInt
		for d := 1.0; d <= 10; d++ {
			days := m.Days(next(t, m, memory.State{Stability: 20, Difficulty: d}, 20, g), memory.Policy{})
			if days >= last {
				t.Errorf("%v at difficulty %g: %d days, at %g: %d", g, d, days, d-1, last)
			}
			last = days
		}
	}
}

func TestDays(t *testing.T) {
	m := memory.Default()
	for _, c := range []struct {
		name string
		s    memory.State
		p    memory.Policy
		want int
	}{
		{"never reviewed", memory.State{}, memory.Policy{}, 0},
		{"at least a day", memory.State{Stability: 0.02, Difficulty: 5}, memory.Policy{}, 1},
		{"rounded", memory.State{Stability: 11.4, Difficulty: 5}, memory.Policy{}, 11},
		{"to the exam at most", memory.State{Stability: 400, Difficulty: 5}, memory.Policy{MaxDays: 30}, 30},
		{"surer", memory.State{Stability: 100, Difficulty: 5}, memory.Policy{Retention: 0.95}, 40},
		{"a century", memory.State{Stability: 36500, Difficulty: 5}, memory.Policy{Retention: 0.7}, 36500},
	} {
		if got := m.Days(c.s, c.p); got != c.want {
			t.Errorf("%s: %d days, want %d", c.name, got, c.want)
		}
	}
}

// TestFuzz: the window is that of py-fsrs, every day of it comes up about as often, and a seed decides.
func TestFuzz(t *testing.T) {
	for _, c := range []struct{ days, max, low, high int }{
		{1, 0, 1, 1}, {2, 0, 2, 2}, {3, 0, 2, 4}, {10, 0, 8, 12}, {50, 0, 46, 54}, {100, 0, 93, 107}, {100, 95, 88, 95}, {400, 30, 27, 30},
	} {
		seen := map[int]int{}
		const draws = 4000
		for seed := range uint64(draws) {
			got := memory.Fuzz(c.days, c.max, seed)
			if got != memory.Fuzz(c.days, c.max, seed) {
				t.Fatal("the same seed gave two answers")
			}
			seen[got]++
		}
		for day, n := range seen {
			if day < c.low || day > c.high {
				t.Errorf("%d days (at most %d): fuzzed to %d, want %d to %d", c.days, c.max, day, c.low, c.high)
			}
			if even := draws / (c.high - c.low + 1); n < even*7/10 || n > even*13/10 {
				t.Errorf("%d days (at most %d): %d came up %d times, evenly %d", c.days, c.max, day, n, even)
			}
		}
		if len(seen) != c.high-c.low+1 {
			t.Errorf("%d days (at most %d): %d different days, want %d to %d", c.days, c.max, len(seen), c.low, c.high)
		}
	}
}

func TestInfer(t *testing.T) {
	const pace = 100 * time.Second
	for _, c := range []struct {
		name    string
		correct bool
		took    time.Duration
		pace    time.Duration
		want    memory.Grade
	}{
		{"wrong", false, 30 * time.Second, pace, memory.Again},
		{"wrong and slow", false, 300 * time.Second, pace, memory.Again},
		{"too fast to have read it", true, 9 * time.Second, pace, memory.Hard},
		{"quick", true, 10 * time.Second, pace, memory.Easy},
		{"half the pace", true, 50 * time.Second, pace, memory.Easy},
		{"a little more", true, 51 * time.Second, pace, memory.Good},
		{"nearly twice the pace", true, 199 * time.Second, pace, memory.Good},
		{"slow", true, 200 * time.Second, pace, memory.Hard},
		{"left open", true, 9 * time.Hour, pace, memory.Hard},
		{"no time", true, 0, pace, memory.Good},
		{"no pace", true, 10 * time.Second, 0, memory.Good},
	} {
		if got := memory.Infer(c.correct, c.took, c.pace); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPace(t *testing.T) {
	same := func(d time.Duration, n int) (out []time.Duration) {
		for range n {
			out = append(out, d)
		}
		return out
	}
	for _, c := range []struct {
		name    string
		assumed time.Duration
		times   []time.Duration
		want    time.Duration
	}{
		{"no times", 100 * time.Second, nil, 100 * time.Second},
		{"none assumed", 0, same(time.Minute, 3), 0},
		{"as many as assumed: the geometric mean", 100 * time.Second, same(25*time.Second, 5), 50 * time.Second},
		{"overnight counts as eight times", 100 * time.Second, same(10*time.Hour, 5), time.Duration(100 * math.Sqrt(8) * float64(time.Second))},
		{"times of nothing are left out", 100 * time.Second, append(same(25*time.Second, 5), 0, -time.Second), 50 * time.Second},
	} {
		if got := memory.Pace(c.assumed, c.times); (got - c.want).Abs() > time.Millisecond {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestBadInput(t *testing.T) {
	m := memory.Default()
	for _, c := range []struct {
		name string
		s    memory.State
		g    memory.Grade
		want error
	}{
		{"no grade", memory.State{}, 0, memory.ErrGrade},
		{"a fifth grade", memory.State{}, 5, memory.ErrGrade},
		{"difficulty of a new card", memory.State{Difficulty: 3}, 3, memory.ErrState},
		{"no difficulty", memory.State{Stability: 3}, 3, memory.ErrState},
		{"negative stability", memory.State{Stability: -1, Difficulty: 3}, 3, memory.ErrState},
		{"not a number", memory.State{Stability: math.NaN(), Difficulty: 3}, 3, memory.ErrState},
		{"endless", memory.State{Stability: math.Inf(1), Difficulty: 3}, 3, memory.ErrState},
	} {
		if _, err := m.Next(c.s, 1, c.g); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	w := memory.DefaultWeights()
	w[3], w[20] = -1, math.NaN()
	_, err := memory.NewModel(w)
	if want := "weights out of bounds: weight 3 is -1, but must lie from 0.001 to 100\nweights out of bounds: weight 20 is NaN, but must lie from 0.1 to 0.8"; !errors.Is(err, memory.ErrWeights) || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestStateJSON(t *testing.T) {
	s := next(t, memory.Default(), next(t, memory.Default(), memory.State{}, 0, memory.Good), 4, memory.Again)
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back memory.State
	if err := json.Unmarshal(raw, &back); err != nil || back != s {
		t.Errorf("%s came back as %+v, %v", raw, back, err)
	}
}

// FuzzNext: whatever the reviews, states stay within their bounds and can be reviewed further.
func FuzzNext(f *testing.F) {
	f.Add([]byte{3, 0, 3, 9, 1, 200, 4, 255})
	f.Fuzz(func(t *testing.T, in []byte) {
		m, s := memory.Default(), memory.State{}
		for i := 0; i+1 < len(in); i += 2 {
			after, err := m.Next(s, int(in[i+1])*int(in[i+1]), memory.Grade(in[i]%4+1))
			if err != nil {
				t.Fatal(err)
			}
			s = after
		}
	})
}

func BenchmarkNext(b *testing.B) {
	m, s := memory.Default(), memory.State{Stability: 10, Difficulty: 5}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Next(s, 9, memory.Good); err != nil {
			b.Fatal(err)
		}
	}
}
