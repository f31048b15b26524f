package progress

import (
	"context"
	"fmt"
	"slices"

	"crosswalk/progress/ability"
	"crosswalk/progress/readiness"
)

// mayBePlaced reports whether a question can be asked now: it is in the bank and in no exam that the learner has open.
func (s *Service) mayBePlaced(ctx context.Context, a Actor, id string) (bool, error) {
	if _, ok := s.items().Item(KindQuestion, id); !ok {
		return false, nil
	}
	open, err := s.openItems(ctx, a)
	if err != nil {
		return false, fmt.Errorf("placement test: %w", err)
	}
	_, in := open[id]
	return !in, nil
}

// nextPlaced chooses the next question, or ends the test with its result.
func (s *Service) nextPlaced(ctx context.Context, a Actor, p StoredPlacement, body placementBody) (placementBody, error) {
	l, err := s.placedAbility(ctx, a, body)
	if err != nil {
		return body, err
	}
	x, err := s.examForm(ctx, a.org(), p.Exam)
	if err != nil {
		return body, err
	}
	pool, err := s.placementPool(ctx, a, x.form, body)
	if err != nil {
		return body, err
	}
	step, err := placementGoal(x.form).Next(l, len(body.Answers), pool)
	if err != nil {
		return body, fmt.Errorf("placement test %s: %w", p.ID, err)
	}
	body.Next = step.Item.ID
	if step.Stop != "" {
		body.Next = ""
		body.Result, err = s.placementResult(ctx, a, p, body, step.Stop)
	}
	return body, err
}

func placementGoal(f readiness.Form) ability.Goal {
	shares := map[string]float64{}
	for _, p := range f.Parts {
		shares[p.Area] += float64(p.Items)
	}
	return ability.Goal{Shares: shares, Min: LeastPlaced, Max: MostPlaced}
}

// placedAbility is the ability by the record and the answers of the test.
func (s *Service) placedAbility(ctx context.Context, a Actor, body placementBody) (*ability.Learner, error) {
	who, err := s.Learner(ctx, a, a.Learner)
	if err != nil {
		return nil, err
	}
	l, err := s.abilityNow(ctx, a.org(), who)
	if err != nil {
		return nil, err
	}
	cat, err := s.catalogOf(ctx, a.org())
	if err != nil {
		return nil, fmt.Errorf("placement test: %w", err)
	}
	for _, g := range body.Answers {
		it, ok := s.items().Item(KindQuestion, g.Attempt.Item)
		if !ok || body.Recorded {
			continue // gone since: the record has it when the test ends
		}
		score := 0.0
		if g.Grading.Correct {
			score = 1
		}
		if err := l.Observe(cat.abilityItem(it, it.Areas[0]), score); err != nil {
			return nil, fmt.Errorf("placement test: %w", err)
		}
	}
	return l, nil
}

// placementPool is what may be asked: questions of the exam's areas that the learner has never answered and that are in no open exam.
func (s *Service) placementPool(ctx context.Context, a Actor, form readiness.Form, body placementBody) ([]ability.Item, error) {
	seen, err := s.st.SeenItems(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("placement test: %w", err)
	}
	open, err := s.openItems(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("placement test: %w", err)
	}
	for _, g := range body.Answers {
		seen[g.Attempt.Item] = true
	}
	cat, err := s.catalogOf(ctx, a.org())
	if err != nil {
		return nil, fmt.Errorf("placement test: %w", err)
	}
	var out []ability.Item
	var done []string
	for _, p := range form.Parts {
		if slices.Contains(done, p.Area) || p.Items == 0 {
			continue
		}
		done = append(done, p.Area)
		for _, it := range s.items().InArea(p.Area) {
			if _, in := open[it.ID]; seen[it.ID] || in {
				continue
			}
			out = append(out, cat.abilityItem(it, p.Area))
		}
	}
	return out, nil
}

// placementResult says what the test found.
func (s *Service) placementResult(ctx context.Context, a Actor, p StoredPlacement, body placementBody, why ability.Stop) (*PlacementResult, error) {
	l, err := s.placedAbility(ctx, a, body)
	if err != nil {
		return nil, err
	}
	x, err := s.examForm(ctx, a.org(), p.Exam)
	if err != nil {
		return nil, err
	}
	out := &PlacementResult{Stop: why}
	if out.Level, err = l.Overall(placementGoal(x.form).Shares); err != nil {
		return nil, fmt.Errorf("placement test %s: %w", p.ID, err)
	}
	f, err := readiness.Predict(l, x.form, readiness.Evidence{}, readiness.Options{})
	if err != nil {
		return nil, fmt.Errorf("placement test %s: %w", p.ID, err)
	}
	out.Areas = f.Areas
	out.weighAreas()
	for _, g := range body.Answers {
		it := PlacedItem{Question: g.Attempt.Item, Attempt: g.Attempt.ID, Correct: g.Grading.Correct}
		if len(g.Attempt.Areas) > 0 {
			it.Area = g.Attempt.Areas[0]
		}
		if it.Correct {
			out.Right++
		}
		out.Items = append(out.Items, it)
	}
	return out, nil
}

// weighAreas says what the areas come to together. Around the level found, the share grows with the ability as it does within the areas' own
// ranges; how sure the level itself is gives the range.
func (r *PlacementResult) weighAreas() {
	slope := 0.0
	for _, a := range r.Areas {
		r.Share += a.Weight * a.Expected
		if wide := a.Ability.High - a.Ability.Low; wide > 0 {
			slope += a.Weight * (a.High - a.Low) / wide
		}
	}
	r.Low = max(0, r.Share-slope*(r.Level.Mean-r.Level.Low))
	r.High = min(1, r.Share+slope*(r.Level.High-r.Level.Mean))
}
