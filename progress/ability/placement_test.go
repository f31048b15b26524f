package ability_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"crosswalk/progress/ability"
)

// pool is a bank of n items over areas, as authors make them. A third are written answers (codes, numbers, matches), as in our bank,
// which leave nothing to guess.
func pool(n int, areas ...string) []ability.Item {
	rnd := rand.New(rand.NewPCG(21, 1))
	out := make([]ability.Item, n)
	for i := range out {
		out[i] = authored(rnd, i, areas[i%len(areas)])
		if rnd.IntN(3) == 0 {
			out[i].Options = 0
		}
	}
	return out
}

// choices is the same bank with four options throughout.
func choices(bank []ability.Item) []ability.Item {
	out := slices.Clone(bank)
	for i := range out {
		out[i].Options = 4
	}
	return out
}

// test asks learners of the prior one item after another and returns the error of the mean ability over areas after each. Their common
// part is spread evenly over its distribution, so that chance in drawing learners does not blur the comparison.
func test(t *testing.T, m *ability.Model, areas []string, learners, items int, start func(*rand.Rand) func(*ability.Learner, int) ability.Item) []tally {
	t.Helper()
	people, luck := rand.New(rand.NewPCG(102, 1)), rand.New(rand.NewPCG(103, 1))
	rho := m.Prior().Correlation
	out := make([]tally, items)
	for i := range learners {
		theta, mean := map[string]float64{}, 0.0
		z := math.Sqrt2 * math.Erfinv(2*(float64(i)+0.5)/float64(learners)-1)
		for _, a := range areas {
			theta[a] = math.Sqrt(rho)*z + math.Sqrt(1-rho)*normal(people)
			mean += theta[a] / float64(len(areas))
		}
		l, choose := m.NewLearner(areas...), start(luck)
		for n := range items {
			it := choose(l, n)
			observe(t, l, it, answer(luck, it, theta[it.Area]))
			out[n].add(overall(t, l, nil), mean)
		}
	}
	return out
}

// reached is the number of items after which the expected error is down to want, taken between two items by the line between their
// errors.
func reached(after []tally, want float64) float64 {
	for n, s := range after {
		if now := s.claimed(); now <= want && n > 0 {
			before := after[n-1].claimed()
			return float64(n) + (before-want)/(before-now)
		}
	}
	return math.Inf(1)
}

// TestAdaptiveNeedsFewer: the error that a fixed form reaches with 40 items, the adaptive test reaches with at least 30 % fewer from a bank
// in which, as in ours, a third of the items leave nothing to guess; with 20 to 30 % fewer where all are choices of four. A fixed
// form is drawn from the same bank at random, by areas in turn. Compared are expected errors, the root of the mean posterior variance,
// which chance blurs little; that they are the errors against the truth is checked beside it. Where every
// item can be guessed, no choice of items saves as much: the items chosen tell 0.14 per logit² there, ones at random 0.105.
func TestAdaptiveNeedsFewer(t *testing.T) {
	skipSlow(t)
	one, eight := []string{"a"}, []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	for _, c := range []struct {
		name  string
		areas []string
		bank  []ability.Item
		fewer float64
	}{
		{"one area", one, pool(240, one...), 0.3},
		{"one area, all choices", one, choices(pool(240, one...)), 0.25},
		{"eight areas", eight, pool(320, eight...), 0.3},
		{"eight areas, all choices", eight, choices(pool(320, eight...)), 0.2},
	} {
		m := model(t, ability.DefaultPrior())
		const learners, items = 100, 40
		fixed := test(t, m, c.areas, learners, items, func(rnd *rand.Rand) func(*ability.Learner, int) ability.Item {
			order := rnd.Perm(len(c.bank) / len(c.areas))
			return func(_ *ability.Learner, n int) ability.Item {
				return c.bank[order[n/len(c.areas)]*len(c.areas)+n%len(c.areas)]
			}
		})
		adapted := test(t, m, c.areas, learners, items, func(*rand.Rand) func(*ability.Learner, int) ability.Item {
			goal, left := ability.Goal{Min: items, Max: items}, slices.Clone(c.bank)
			return func(l *ability.Learner, n int) ability.Item {
				step, err := goal.Next(l, n, left)
				if err != nil || step.Stop != "" {
					t.Fatalf("after %d items: %q, %v", n, step.Stop, err)
				}
				left = slices.Delete(left, step.Index, step.Index+1)
				return step.Item
			}
		})
		n := reached(adapted, fixed[items-1].claimed())
		t.Logf("%s: fixed with 40 items %.3f (against the truth %.3f); adaptive with 10, 25, 40 items %.3f, %.3f, %.3f (%.3f, %.3f, %.3f); as good with %.1f items, %.0f %% fewer", c.name,
			fixed[39].claimed(), fixed[39].rmse(), adapted[9].claimed(), adapted[24].claimed(), adapted[39].claimed(), adapted[9].rmse(), adapted[24].rmse(), adapted[39].rmse(), n, 100*(1-n/items))
		if n > (1-c.fewer)*items {
			t.Errorf("%s: adaptive needs %.1f items for the error of %d fixed ones, want %.0f %% fewer", c.name, n, items, 100*c.fewer)
		}
		for what, s := range map[string]tally{"fixed": fixed[39], "adaptive": adapted[39]} {
			if math.Abs(s.rmse()/s.claimed()-1) > 0.25 || s.coverage() < 0.8 || s.coverage() > 0.98 {
				t.Errorf("%s, %s: RMSE %.3f, claimed %.3f, covered %.1f %%", c.name, what, s.rmse(), s.claimed(), 100*s.coverage())
			}
		}
	}
}

// TestStop: the test ends when sure, at its longest, or when nothing is left; never before Min.
func TestStop(t *testing.T) {
	m, bank := model(t, ability.DefaultPrior()), pool(200, "a", "b", "c", "d")
	for _, c := range []struct {
		name string
		goal ability.Goal
		bank []ability.Item
		want ability.Stop
		n    int // asked at the end; 0: not looked at
	}{
		{"at once where sure, but for Min", ability.Goal{SD: 5, Min: 7}, bank, ability.Sure, 7},
		{"at the longest", ability.Goal{SD: 0.01, Max: 12}, bank, ability.LongTest, 12},
		{"nothing left", ability.Goal{}, bank[:3], ability.NoneLeft, 3},
		{"as a rule", ability.Goal{}, bank, ability.Sure, 0},
	} {
		l, left, asked := m.NewLearner("a", "b", "c", "d"), slices.Clone(c.bank), 0
		for {
			step, err := c.goal.Next(l, asked, left)
			if err != nil {
				t.Fatal(err)
			}
			if step.Stop != "" {
				if step.Stop != c.want || c.n != 0 && asked != c.n || step.Index != -1 {
					t.Errorf("%s: %s after %d items, want %s after %d", c.name, step.Stop, asked, c.want, c.n)
				}
				if step.Stop == ability.Sure && step.Now.SD > max(c.goal.SD, 0.38) {
					t.Errorf("%s: sure at an sd of %g", c.name, step.Now.SD)
				}
				break
			}
			if step.Gain <= 0 {
				t.Fatalf("%s: an item without gain", c.name)
			}
			observe(t, l, step.Item, float64((asked+1)%2))
			left = slices.Delete(left, step.Index, step.Index+1)
			asked++
		}
	}
}

// TestPlacementLength is how long the placement test with the zero Goal is over ten areas, and how well it knows the learner.
func TestPlacementLength(t *testing.T) {
	skipSlow(t)
	areas := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	m, bank, rnd := model(t, ability.DefaultPrior()), pool(300, areas...), rand.New(rand.NewPCG(24, 1))
	var total tally
	var lengths []int
	touched := 0
	for range 150 {
		theta, mean, z := map[string]float64{}, 0.0, normal(rnd)
		for _, a := range areas {
			theta[a] = math.Sqrt(0.6)*z + math.Sqrt(0.4)*normal(rnd)
			mean += theta[a] / 10
		}
		l, left, asked, seen := m.NewLearner(areas...), slices.Clone(bank), 0, map[string]bool{}
		for {
			step, err := ability.Goal{}.Next(l, asked, left)
			if err != nil {
				t.Fatal(err)
			}
			if step.Stop != "" {
				break
			}
			observe(t, l, step.Item, answer(rnd, step.Item, theta[step.Item.Area]))
			seen[step.Item.Area] = true
			left = slices.Delete(left, step.Index, step.Index+1)
			asked++
		}
		touched += len(seen)
		lengths = append(lengths, asked)
		total.add(overall(t, l, nil), mean)
	}
	slices.Sort(lengths)
	t.Logf("items: shortest %d, median %d, longest %d; %.1f of 10 areas asked; RMSE %.3f (claimed %.3f), covered %.1f %%",
		lengths[0], lengths[75], lengths[149], float64(touched)/150, total.rmse(), total.claimed(), 100*total.coverage())
	if lengths[149] > 30 || lengths[75] < 12 || lengths[75] > 29 {
		t.Errorf("lengths %v", lengths)
	}
	if float64(touched)/150 < 8 {
		t.Errorf("only %.1f of 10 areas are asked", float64(touched)/150)
	}
	if c := total.coverage(); c < 0.85 || c > 0.96 {
		t.Errorf("the 90 %% interval covers %.1f %%", 100*c)
	}
}

// TestNext: the item comes from where the goal is, meets the learner, and does not depend on the order of the pool.
func TestNext(t *testing.T) {
	m, bank := model(t, ability.Prior{SD: 1}), pool(100, "a", "b")
	l := m.NewLearner("a", "b")
	step, err := ability.Goal{Shares: map[string]float64{"b": 1}}.Next(l, 0, bank)
	if err != nil || step.Item.Area != "b" || step.Gain <= 0 || bank[step.Index] != step.Item {
		t.Errorf("goal in b: %+v, %v", step, err)
	}
	for range 15 {
		observe(t, l, ability.Item{Area: "b", Difficulty: 1, Options: 4}, 1)
	}
	harder, _ := ability.Goal{Shares: map[string]float64{"b": 1}}.Next(l, 0, bank)
	if harder.Item.Difficulty < step.Item.Difficulty+0.5 {
		t.Errorf("after 15 right answers an item of %.2f logits, before %.2f", harder.Item.Difficulty, step.Item.Difficulty)
	}
	twins := []ability.Item{{ID: "z", Area: "a"}, {ID: "b", Area: "a"}, {ID: "m", Area: "a"}}
	for range 3 {
		twins = append(twins[1:], twins[0])
		if step, _ := (ability.Goal{}).Next(l, 0, twins); step.Item.ID != "b" {
			t.Errorf("of equal items %s was taken, want b", step.Item.ID)
		}
	}
	for name, bad := range map[string]struct {
		pool []ability.Item
		goal ability.Goal
		want error
	}{
		"unknown area of an item": {[]ability.Item{{Area: "x"}}, ability.Goal{}, ability.ErrArea},
		"unusable item":           {[]ability.Item{{Area: "a", Difficulty: math.Inf(1)}}, ability.Goal{}, ability.ErrItem},
		"unknown area of a share": {twins, ability.Goal{Shares: map[string]float64{"x": 1}}, ability.ErrArea},
	} {
		if _, err := bad.goal.Next(l, 0, bad.pool); !errors.Is(err, bad.want) {
			t.Errorf("%s: %v, want %v", name, err, bad.want)
		}
	}
}

// BenchmarkNext chooses among 500 items for a learner of 22 areas.
func BenchmarkNext(b *testing.B) {
	l := crowd(b, 22, 12)
	bank := pool(500, l.Areas()...)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := (ability.Goal{}).Next(l, 0, bank); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleGoal_Next() {
	m, err := ability.NewModel(ability.DefaultPrior())
	if err != nil {
		panic(err)
	}
	l := m.NewLearner("icd10cm", "guidelines")
	pool := []ability.Item{
		{ID: "easy", Area: "icd10cm", Difficulty: ability.AuthorDifficulty(1), Options: 4},
		{ID: "middling", Area: "icd10cm", Difficulty: ability.AuthorDifficulty(3), Options: 4},
		{ID: "hard", Area: "guidelines", Difficulty: ability.AuthorDifficulty(5), Options: 4},
	}
	step, err := ability.Goal{}.Next(l, 0, pool)
	if err != nil {
		panic(err)
	}
	fmt.Println("ask", step.Item.ID)
	if err := l.Observe(step.Item, 1); err != nil {
		panic(err)
	}
	e, _ := l.Area("icd10cm")
	fmt.Printf("%.2f ± %.2f logits\n", e.Mean, e.SD)
	// Output:
	// ask middling
	// 0.25 ± 0.97 logits
}
