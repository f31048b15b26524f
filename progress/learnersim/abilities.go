package learnersim

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"crosswalk/progress/ability"
)

// Error gathers estimates of an ability against the truth, in logits.
type Error struct {
	N      int
	RMSE   float64 // root of the mean square distance from the truth
	Said   float64 // root of the mean square of the posterior's own standard deviation
	Bias   float64 // mean of estimate less truth
	Inside float64 // share of truths in the 90 % interval

	square, said float64
}

func (e *Error) add(est ability.Estimate, truth float64) {
	e.N++
	d := est.Mean - truth
	e.square += d * d
	e.said += est.SD * est.SD
	e.Bias += d
	if est.Low <= truth && truth <= est.High {
		e.Inside++
	}
}

func (e *Error) settle() {
	if n := float64(e.N); n > 0 {
		e.RMSE, e.Said, e.Bias, e.Inside = math.Sqrt(e.square/n), math.Sqrt(e.said/n), e.Bias/n, e.Inside/n
	}
}

// Recovery is the error of ability after a number of answers.
type Recovery struct {
	Answers int
	Overall Error // of the mean over the areas by the items of the exam
	Areas   Error // of each area
}

// marks are the numbers of answers at which Recovered looks.
var marks = []int{10, 25, 50, 100, 200, 400}

// Recovered follows learners of a trial while they study and compares the abilities that the record comes to with those that they have at that
// moment. Not every learner gets to each number of answers.
func (t Trial) Recovered(ctx context.Context) ([]Recovery, error) {
	out := make([]Recovery, len(marks))
	for i, n := range marks {
		out[i].Answers = n
	}
	areas, shares := t.areas()
	for i := range t.Learners {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		s := newSchool(t.World, rand.New(rand.NewPCG(t.Seed, uint64(i/50)<<32|0xb00c)))
		p := s.person(rand.New(rand.NewPCG(t.Seed, uint64(i))))
		r, err := t.Record(areas)
		if err != nil {
			return nil, err
		}
		n := 0
		_, err = p.study(func(a Answer) error {
			if err := r.Apply(a); err != nil {
				return err
			}
			n++
			at := slices.Index(marks, n)
			if at < 0 {
				return nil
			}
			l, _, err := r.On(a.Day)
			if err != nil {
				return err
			}
			truth := 0.0
			for k, area := range areas {
				e, err := l.Area(area)
				if err != nil {
					return err
				}
				out[at].Areas.add(e, p.theta[k])
				truth += shares[area] * p.theta[k]
			}
			e, err := l.Overall(shares)
			if err == nil {
				out[at].Overall.add(e, truth)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("learner %d of %s: %w", i, t.World.Name, err)
		}
	}
	for i := range out {
		out[i].Overall.settle()
		out[i].Areas.settle()
	}
	return out, nil
}

// areas are those of the world with their shares of the exam.
func (t Trial) areas() (names []string, shares map[string]float64) {
	shares = map[string]float64{}
	all := 0
	for _, a := range t.World.Areas {
		all += a.Items
	}
	for _, a := range t.World.Areas {
		names = append(names, a.ID)
		shares[a.ID] = float64(a.Items) / float64(all)
	}
	return names, shares
}

// Placement compares two ways of choosing the items of a test.
type Placement struct {
	World    string
	Fixed    []Error // by items asked, from 1: a test drawn by the shares of the exam, the same for everybody of a school
	Adaptive []Error // chosen by ability.Goal.Next
	Items    float64 // after which the adaptive test is as near the truth as the fixed one at its end
	Fewer    float64 // share of items saved
	Stopped  float64 // mean length of the test that stops when it is sure enough
}

// perBank is how many learners of a comparison of placement tests have the same bank and the same fixed test.
const perBank = 40

// Place has the learners of a trial sit two tests of as many items. With Cohort the bank is calibrated before.
func (t Trial) Place(ctx context.Context, items int) (Placement, error) {
	out := Placement{World: t.World.Name, Fixed: make([]Error, items), Adaptive: make([]Error, items)}
	m, err := assumed()
	if err != nil {
		return out, err
	}
	areas, shares := t.areas()
	stopped := 0
	var s *school
	var fixed []int
	for i := range t.Learners {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		if i%perBank == 0 {
			s = newSchool(t.World, rand.New(rand.NewPCG(t.Seed, uint64(i/perBank)<<32|0xb00c)))
			if err := s.calibrate(t.Cohort, rand.New(rand.NewPCG(t.Seed, uint64(i/perBank)<<32|0xca1))); err != nil {
				return out, err
			}
			fixed = s.fixedTest(items, rand.New(rand.NewPCG(t.Seed, uint64(i/perBank)<<32|0xf1)))
		}
		p := s.person(rand.New(rand.NewPCG(t.Seed, uint64(i))))
		truth := 0.0
		for k, a := range areas {
			truth += shares[a] * p.theta[k]
		}
		one, other := m.NewLearner(areas...), m.NewLearner(areas...)
		pool := make([]ability.Item, len(s.items))
		for k := range s.items {
			pool[k] = s.items[k].Item
		}
		byID := map[string]int{}
		for k := range s.items {
			byID[s.items[k].ID] = k
		}
		ended := false
		for n := range items {
			it := &s.items[fixed[n]]
			if err := p.test(one, it, shares, truth, &out.Fixed[n]); err != nil {
				return out, err
			}
			step, err := ability.Goal{Shares: shares, Min: items, Max: items}.Next(other, n, pool)
			if err != nil || step.Stop != "" {
				return out, fmt.Errorf("item %d: %q, %w", n+1, step.Stop, err)
			}
			pool = slices.Delete(pool, step.Index, step.Index+1)
			if err := p.test(other, &s.items[byID[step.Item.ID]], shares, truth, &out.Adaptive[n]); err != nil {
				return out, err
			}
			if !ended {
				stop, err := ability.Goal{Shares: shares}.Next(other, n+1, pool)
				if err != nil {
					return out, err
				}
				if ended = stop.Stop != "" || n == items-1; ended {
					stopped += n + 1
				}
			}
		}
	}
	for n := range items {
		out.Fixed[n].settle()
		out.Adaptive[n].settle()
	}
	out.Stopped = float64(stopped) / float64(t.Learners)
	out.Items = reached(out.Adaptive, out.Fixed[items-1].RMSE)
	out.Fewer = 1 - out.Items/float64(items)
	return out, nil
}

// test asks an item without teaching anything.
func (p *person) test(l *ability.Learner, it *item, shares map[string]float64, truth float64, e *Error) error {
	right := p.rnd.Float64() < it.chance(p.theta[it.area], p.slip)
	if err := l.Observe(it.Item, score(right)); err != nil {
		return err
	}
	est, err := l.Overall(shares)
	e.add(est, truth)
	return err
}

// fixedTest draws a test in which each area has its share: area after area comes next whose share is least fulfilled.
func (s *school) fixedTest(items int, rnd *rand.Rand) []int {
	order := make([][]int, len(s.byArea))
	for a, own := range s.byArea {
		order[a] = slices.Clone(own)
		shuffle(rnd, order[a])
	}
	had := make([]int, len(order))
	var out []int
	for range items {
		best, need := -1, 0.0
		for a, area := range s.w.Areas {
			if had[a] == len(order[a]) {
				continue
			}
			if x := float64(area.Items) / float64(1+had[a]); x > need {
				best, need = a, x
			}
		}
		out = append(out, order[best][had[best]])
		had[best]++
	}
	return out
}

// reached is after how many items, fractions by the line between two, the error is down to want and stays there.
func reached(after []Error, want float64) float64 {
	n := len(after)
	for n > 0 && after[n-1].RMSE <= want {
		n--
	}
	if n == len(after) {
		return math.Inf(1)
	}
	if n == 0 {
		return 1
	}
	before, now := after[n-1].RMSE, after[n].RMSE
	return float64(n) + (before-want)/(before-now)
}
