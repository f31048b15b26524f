package learnersim

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/internal/testkit"
	"crosswalk/progress/ability"
	"crosswalk/progress/memory"
)

// TestPlannerBeatsDueFirst is the short form of `learnersim plan`: where minutes are short, the planner does better than both ways of reviewing
// what is due first, in both worlds, with intervals that leave nothing out.
func TestPlannerBeatsDueFirst(t *testing.T) {
	opt := PlanOptions{Seed: 3, Learners: 16, Minutes: []int{20, 45}, Days: []int{30}}
	if testkit.Race || testing.Short() {
		opt.Learners, opt.Minutes = 10, opt.Minutes[:1]
	}
	for _, w := range PlanWorlds() {
		cells, err := Plans(t.Context(), w, opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			t.Logf("%s, %d minutes, %d days: nothing %.3f, due first %.3f, by weight %.3f, planner %.3f; gains %+.4f and %+.4f", c.World, c.Minutes, c.Days, c.Nothing, c.DueFirst, c.ByWeight, c.Planner, c.Gain.Mean, c.GainByWeight.Mean)
			if !(c.Gain.Low > 0) || !(c.GainByWeight.Low > 0) {
				t.Errorf("%s, %d minutes: the gain of the planner is %+v over due first, %+v over that by weight", c.World, c.Minutes, c.Gain, c.GainByWeight)
			}
			most := float64(c.Minutes*c.Days) + 30 // the last day may end with a lesson
			for k, used := range c.Used {
				if used > most {
					t.Errorf("%s, %d minutes: way %d studied %g minutes, there are %g", c.World, c.Minutes, k, used, most)
				}
			}
			if c.DueFirst < c.Nothing+0.02 {
				t.Errorf("%s, %d minutes: due first gains nothing (%.3f, %.3f); the comparison is with nothing", c.World, c.Minutes, c.Nothing, c.DueFirst)
			}
		}
	}
}

func TestPlansAreRepeatable(t *testing.T) {
	opt := PlanOptions{Seed: 9, Learners: 2, Minutes: []int{30}, Days: []int{12}}
	a, err := Plans(t.Context(), PlanWorlds()[0], opt)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Plans(t.Context(), PlanWorlds()[0], opt)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("the same seed gave other figures:\n%s", diff)
	}
}

func TestPlansStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Plans(ctx, PlanWorlds()[0], PlanOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

// The memory of the study forgets, is strengthened by looks, and more by looks that are apart: else the comparison would show nothing of reviews.
func TestMemoryOfTheStudy(t *testing.T) {
	am, err := ability.NewModel(ability.DefaultPrior())
	if err != nil {
		t.Fatal(err)
	}
	c := newCourse(PlanWorlds()[0], rand.New(rand.NewPCG(1, 1)))
	recallAfter := func(days ...float64) float64 {
		s := c.student(am, rand.New(rand.NewPCG(2, 2)))
		for _, d := range days[:len(days)-1] {
			s.now = d
			s.look(0)
		}
		s.now = days[len(days)-1]
		return s.recall(0)
	}
	if got := recallAfter(10); got != 0 {
		t.Errorf("recall of what was never met is %g", got)
	}
	if day, month := recallAfter(0, 1), recallAfter(0, 30); !(day > month) {
		t.Errorf("recall is %g after a day and %g after a month", day, month)
	}
	if one, two := recallAfter(0, 30), recallAfter(0, 5, 30); !(two > one) {
		t.Errorf("recall on day 30 is %g after one look and %g after two", one, two)
	}
	if massed, spaced := recallAfter(0, 0.01, 0.02, 40), recallAfter(0, 5, 10, 40); !(spaced > massed) {
		t.Errorf("recall on day 40 is %g after three looks at once and %g after three that are apart", massed, spaced)
	}
}

// Nobody's score changes when time stands still, and a score is between guessing and certainty.
func TestScoreOfTheStudy(t *testing.T) {
	am, err := ability.NewModel(ability.DefaultPrior())
	if err != nil {
		t.Fatal(err)
	}
	c := newCourse(PlanWorlds()[1], rand.New(rand.NewPCG(1, 1)))
	s := c.student(am, rand.New(rand.NewPCG(2, 2)))
	low := s.score()
	for i := range c.lessons {
		s.study(i)
	}
	for f := range c.facts {
		if c.facts[f].kind != inLessons {
			s.answer(f, 0, memory.Default())
		}
	}
	s.now = 0.01
	high := s.score()
	if !(low > 0.25 && high > low+0.1 && high < 1-c.w.Slip+1e-9) || math.IsNaN(high) {
		t.Errorf("the score is %.3f before any study and %.3f after all of it", low, high)
	}
}
