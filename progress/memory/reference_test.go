package memory_test

import (
	"math"
	"testing"

	"crosswalk/progress/memory"
)

// The numbers in this file are those that the open-spaced-repetition projects publish in their own tests; each test names the repository
// and the test. fsrs-rs computes in 32 bits, so that its last digits differ from the sixth on.

const fourDecimals = 5e-5

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.7f, want %.7f", what, got, want)
	}
}

func next(t testing.TB, m memory.Model, s memory.State, days int, g memory.Grade) memory.State {
	t.Helper()
	after, err := m.Next(s, days, g)
	if err != nil {
		t.Fatalf("Next(%+v, %d, %v): %v", s, days, g, err)
	}
	return after
}

func model(t testing.TB, w memory.Weights) memory.Model {
	t.Helper()
	m, err := memory.NewModel(w)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var grades = [...]memory.Grade{memory.Again, memory.Hard, memory.Good, memory.Easy}

// TestFirstReview: ts-fsrs, packages/fsrs/__tests__/FSRS-6.test.ts, "first repeat".
func TestFirstReview(t *testing.T) {
	stability := [...]float64{0.212, 1.2931, 2.3065, 8.2956}
	difficulty := [...]float64{6.4133, 5.11217071, 2.11810397, 1}
	for i, g := range grades {
		s := next(t, memory.Default(), memory.State{}, 0, g)
		near(t, g.String()+" stability", s.Stability, stability[i], 1e-8)
		near(t, g.String()+" difficulty", s.Difficulty, difficulty[i], 1e-8)
	}
}

// TestMemoryState: fsrs-rs, src/inference.rs at 037345f, test_memory_state; the same numbers in ts-fsrs, FSRS-6.test.ts, "memory state
// [short-term]" and "[long-term]".
func TestMemoryState(t *testing.T) {
	frozen := memory.DefaultWeights()
	frozen[17], frozen[18], frozen[19] = 0, 0, 0
	for _, c := range []struct {
		name                  string
		w                     memory.Weights
		stability, difficulty float64
	}{
		{"same-day steps", memory.DefaultWeights(), 53.62691, 6.3574867},
		{"same-day steps frozen", frozen, 53.335106, 6.3574867},
	} {
		m, s := model(t, c.w), memory.State{}
		for i, g := range []memory.Grade{memory.Again, memory.Good, memory.Good, memory.Good, memory.Good, memory.Good} {
			s = next(t, m, s, []int{0, 0, 1, 3, 8, 21}[i], g)
		}
		near(t, c.name+", stability", s.Stability, c.stability, fourDecimals)
		near(t, c.name+", difficulty", s.Difficulty, c.difficulty, fourDecimals)
		if s.Reviews != 6 || s.Lapses != 0 {
			t.Errorf("%s: %d reviews and %d lapses, want 6 and 0: the first review is no lapse", c.name, s.Reviews, s.Lapses)
		}
	}
}

// TestMemoryStateFSRS5: fsrs-rs, src/inference.rs at 037345f, test_memo_state: 19 weights of FSRS-5, read as FSRS-6 with w19 = 0 and a
// decay of 0.5, as check_and_fill_parameters does.
func TestMemoryStateFSRS5(t *testing.T) {
	m := model(t, memory.Weights{0.6845422, 1.6790825, 4.7349424, 10.042885, 7.4410233, 0.64219797, 1.071918, 0.0025195254, 1.432437, 0.1544,
		0.8692766, 2.0696752, 0.0953, 0.2975, 2.4691248, 0.19542035, 3.201072, 0.18046261, 0.121442534, 0, 0.5})
	s := memory.State{}
	for i, g := range []memory.Grade{memory.Again, memory.Good, memory.Good, memory.Good, memory.Good} {
		s = next(t, m, s, []int{0, 1, 3, 8, 21}[i], g)
	}
	near(t, "stability", s.Stability, 31.722992, fourDecimals)
	near(t, "difficulty", s.Difficulty, 7.382128, fourDecimals)

	s = next(t, m, memory.State{Stability: 20.925528, Difficulty: 7.005062}, 21, memory.Good)
	near(t, "stability after 21 days", s.Stability, 40.87456, fourDecimals)
	near(t, "difficulty after 21 days", s.Difficulty, 6.9913807, fourDecimals)
}

// TestForward: fsrs-rs, src/model_v6.rs, test_forward: a first review, then the same grade again after 1 or 2 days.
func TestForward(t *testing.T) {
	for _, c := range []struct {
		g                     memory.Grade
		days                  int
		stability, difficulty float64
	}{
		{memory.Again, 1, 0.10088589, 8.806304},
		{memory.Hard, 1, 3.2494123, 6.7404594},
		{memory.Good, 1, 7.3153, 2.1112142},
		{memory.Easy, 1, 18.014914, 1},
		{memory.Again, 2, 0.112798266, 8.806304},
		{memory.Hard, 2, 4.4694576, 6.7404594},
	} {
		s := next(t, memory.Default(), memory.State{}, 0, c.g)
		s = next(t, memory.Default(), s, c.days, c.g)
		near(t, c.g.String()+" stability", s.Stability, c.stability, fourDecimals)
		near(t, c.g.String()+" difficulty", s.Difficulty, c.difficulty, fourDecimals)
	}
}

// TestNextDifficulty: ts-fsrs, __tests__/algorithm.test.ts, "next_difficulty"; fsrs-rs, src/model_v6.rs, test_next_difficulty.
func TestNextDifficulty(t *testing.T) {
	for i, g := range grades {
		s := next(t, memory.Default(), memory.State{Stability: 5, Difficulty: 5}, 1, g)
		near(t, g.String(), s.Difficulty, [...]float64{8.34176237, 6.66599536, 4.99022837, 3.31446137}[i], 1e-8)
	}
}

// TestSameDay: ts-fsrs, __tests__/algorithm.test.ts, "next_stability" (s_short_collection); fsrs-rs, src/model_v6.rs, test_next_stability.
func TestSameDay(t *testing.T) {
	for i, g := range grades {
		s := next(t, memory.Default(), memory.State{Stability: 5, Difficulty: 5}, 0, g)
		near(t, g.String(), s.Stability, [...]float64{1.596818, 5, 5, 8.12960956}[i], 1e-6)
	}
}

// TestRetrievability: fsrs-rs, src/model_v6.rs, test_power_forgetting_curve; ts-fsrs, __tests__/algorithm.test.ts, "retrievability".
func TestRetrievability(t *testing.T) {
	for _, c := range []struct{ days, stability, want float64 }{
		{0, 1, 1}, {1, 2, 0.9403443}, {2, 3, 0.9253786}, {3, 4, 0.9185229}, {4, 4, 0.9}, {5, 2, 0.8261359}, // fsrs-rs
		{0, 1, 1}, {1, 1, 0.9}, {2, 1, 0.84588465}, {3, 1, 0.8093881}, // ts-fsrs
		{8, 8.2956, 0.9024733}, // ts-fsrs, FSRS-6.test.ts, "return retrievability percentage for review cards"
	} {
		got := memory.Default().Retrievability(memory.State{Stability: c.stability, Difficulty: 5}, c.days)
		near(t, "retrievability", got, c.want, 1e-6)
	}
	if got := memory.Default().Retrievability(memory.State{}, 3); got != 0 {
		t.Errorf("a card never reviewed: %g, want 0", got)
	}
}

// TestIntervalByRetention: ts-fsrs, __tests__/algorithm.test.ts, "next_ivl" (64 bits, hence 3 days from fsrs-rs, test_next_interval, at
// 10 %). The last of theirs, a retention of 1, is left out: ours stops at 99 %.
func TestIntervalByRetention(t *testing.T) {
	for i, want := range []float64{3116769, 34793, 2508, 387, 90, 27, 9, 3, 1} {
		retention := float64(i+1) / 10
		got := math.Round(memory.Default().Interval(memory.State{Stability: 1, Difficulty: 5}, retention))
		if got != want {
			t.Errorf("retention %.1f: %g days, want %g", retention, got, want)
		}
	}
}

// TestIntervalHistory: ts-fsrs, __tests__/FSRS-6.test.ts, "ivl_history". Their learning steps of minutes show there as intervals of 0
// days; here the days to wait are not asked for at those reviews.
func TestIntervalHistory(t *testing.T) {
	m, s, wait := memory.Default(), memory.State{}, 0
	var got []int
	ratings := []memory.Grade{3, 3, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 3}
	want := []int{0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21}
	for i, g := range ratings {
		s = next(t, m, s, wait, g)
		if wait = 0; want[i] != 0 {
			wait = m.Days(s, memory.Policy{})
		}
		got = append(got, wait)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("intervals %v, want %v", got, want)
		}
	}
}

// TestRepeatedEasy: py-fsrs, tests/test_basic.py, test_repeated_correct_reviews.
func TestRepeatedEasy(t *testing.T) {
	s := memory.State{}
	for range 10 {
		s = next(t, memory.Default(), s, 0, memory.Easy)
	}
	if s.Difficulty != 1 {
		t.Errorf("difficulty after ten easy reviews on a day: %g, want 1", s.Difficulty)
	}
}

// TestStabilityAfterReview: ts-fsrs, __tests__/algorithm.test.ts, "next_stability"; fsrs-rs, src/model_v6.rs, test_next_stability. The
// vectors give the retrievability and not the days, so that the two formulas are asked by themselves.
func TestStabilityAfterReview(t *testing.T) {
	m := memory.Default()
	for i, g := range grades {
		s := memory.State{Stability: 5, Difficulty: float64(i + 1)}
		recall := []float64{0.9, 0.8, 0.7, 0.6}[i]
		near(t, g.String()+", recalled", memory.AfterSuccess(m, s, recall, g), []float64{25.60252118, 28.22657096, 58.65599107, 127.2266925}[i], fourDecimals)
		near(t, g.String()+", forgotten", memory.AfterFailure(m, s, recall), []float64{1.05253961, 1.18943295, 1.36808387, 1.58498896}[i], fourDecimals)
	}
}
