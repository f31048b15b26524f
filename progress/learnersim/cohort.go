package learnersim

import (
	"math/rand/v2"

	"crosswalk/progress/ability"
)

// calibrate learns the difficulties of the bank from the first answers that learners of the school give in practice, as a batch of the
// program does: each answer is judged by the ability that the other half of the learner's answers come to.
func (s *school) calibrate(learners int, rnd *rand.Rand) error {
	if learners == 0 {
		return nil
	}
	m, err := assumed()
	if err != nil {
		return err
	}
	areas, _ := Trial{World: s.w}.areas()
	var responses []ability.Response
	for range learners {
		p := s.person(rand.New(rand.NewPCG(rnd.Uint64(), 1)))
		halves := [2]*ability.Learner{m.NewLearner(areas...), m.NewLearner(areas...)}
		var given [2][]Answer
		n := 0
		if _, err := p.study(func(a Answer) error {
			if a.Again || a.Context == "lesson" {
				return nil
			}
			half := n % 2
			n++
			given[half] = append(given[half], a)
			return halves[half].Observe(a.Item, score(a.Correct))
		}); err != nil {
			return err
		}
		for half, answers := range given {
			for _, a := range answers {
				e, err := halves[1-half].Area(a.Item.Area)
				if err != nil {
					return err
				}
				responses = append(responses, ability.Response{Item: a.Item.ID, Ability: e.Mean, SD: e.SD, Score: score(a.Correct)})
			}
		}
	}
	items := make([]ability.Item, len(s.items))
	at := map[string]int{}
	for i := range s.items {
		items[i] = s.items[i].Item
		at[items[i].ID] = i
	}
	learnt, err := ability.Recalibrate(items, responses)
	if err != nil {
		return err
	}
	s.spread = make([]float64, len(s.items))
	for _, c := range learnt {
		s.spread[at[c.Item]] = c.SD
		s.items[at[c.Item]].Difficulty = c.Difficulty
	}
	return nil
}
