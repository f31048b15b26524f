package ability_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"crosswalk/progress/ability"
)

// TestFitPrior: learners who differ from the assumed prior are found out, and with the prior learnt from some of them the intervals of
// others cover as they should.
func TestFitPrior(t *testing.T) {
	skipSlow(t)
	names := []string{"a", "b", "c", "d", "e", "f"}
	for _, c := range []struct {
		name string
		true ability.Prior
	}{
		{"weaker, more spread and less correlated", ability.Prior{Mean: -0.5, SD: 1.25, Correlation: 0.35}},
	} {
		rnd := rand.New(rand.NewPCG(41, 1))
		type person struct {
			theta   map[string]float64
			answers []ability.Answer
		}
		someone := func() (p person) {
			p.theta = map[string]float64{}
			z := normal(rnd)
			for _, a := range names {
				p.theta[a] = c.true.Mean + c.true.SD*(math.Sqrt(c.true.Correlation)*z+math.Sqrt(1-c.true.Correlation)*normal(rnd))
			}
			for i := range 48 {
				it := authored(rnd, i, names[i%len(names)])
				p.answers = append(p.answers, ability.Answer{Item: it, Score: answer(rnd, it, p.theta[it.Area])})
			}
			return p
		}
		var records [][]ability.Answer
		for range 150 {
			records = append(records, someone().answers)
		}
		got, rounds, err := ability.FitPrior(ability.DefaultPrior(), records)
		if err != nil {
			t.Fatal(err)
		}
		var assumed, learnt tally
		before, after := model(t, ability.DefaultPrior()), model(t, got)
		for range 200 {
			p := someone()
			for s, m := range map[*tally]*ability.Model{&assumed: before, &learnt: after} {
				l := m.NewLearner(names...)
				for _, a := range p.answers {
					observe(t, l, a.Item, a.Score)
				}
				for _, a := range names {
					s.add(area(t, l, a), p.theta[a])
				}
			}
		}
		t.Logf("%s: %+v after %d rounds; areas RMSE %.3f covered %.1f %%, as assumed %.3f and %.1f %%",
			c.name, got, rounds, learnt.rmse(), 100*learnt.coverage(), assumed.rmse(), 100*assumed.coverage())
		near(t, c.name+", mean", got.Mean, c.true.Mean, 0.2)
		near(t, c.name+", sd", got.SD, c.true.SD, 0.15)
		near(t, c.name+", correlation", got.Correlation, c.true.Correlation, 0.15)
		if cover := learnt.coverage(); cover < 0.86 || cover > 0.94 || learnt.rmse() > assumed.rmse() {
			t.Errorf("%s: covered %.1f %%, RMSE %.3f, as assumed %.3f", c.name, 100*cover, learnt.rmse(), assumed.rmse())
		}
	}
}

func TestFitPriorKeepsStart(t *testing.T) {
	start := ability.Prior{Mean: 0.1, SD: 0.9, Correlation: 0.5}
	few := make([][]ability.Answer, 200)
	for i := range ability.MinLearners - 1 {
		few[i] = []ability.Answer{{Item: ability.Item{Area: "a"}, Score: 1}}
	}
	if got, rounds, err := ability.FitPrior(start, few); got != start || rounds != 0 || err != nil {
		t.Errorf("few learners: %+v, %d rounds, %v", got, rounds, err)
	}
	few[ability.MinLearners] = few[0]
	if got, rounds, err := ability.FitPrior(start, few); got.Mean <= start.Mean || got.Correlation != start.Correlation || rounds == 0 || err != nil {
		t.Errorf("enough learners of one area, all right: %+v, %d rounds, %v", got, rounds, err)
	}
	few[1] = []ability.Answer{{Item: ability.Item{ID: "q", Area: "a", Difficulty: 12}, Score: 3}}
	_, _, err := ability.FitPrior(start, few)
	if !errors.Is(err, ability.ErrItem) || !errors.Is(err, ability.ErrScore) || !strings.Contains(err.Error(), "record 2, answer 1") {
		t.Errorf("a bad answer: %v", err)
	}
	if _, _, err := ability.FitPrior(ability.Prior{}, few); !errors.Is(err, ability.ErrPrior) {
		t.Errorf("no prior: %v, want ErrPrior", err)
	}
}
