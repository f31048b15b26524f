package progress

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Clock is the moment it is for exams. See SittingStore.Clock.
func (s *Service) Clock() time.Time { return s.clock() }

// Exams lists the exams that the actor may sit, each on the actor's terms: those that ship, then composed ones that a rule opens to the actor.
// Drills are not among them, exams that the bank cannot fill are. A visitor sees what ships.
func (s *Service) Exams(ctx context.Context, a Actor) ([]Exam, error) {
	var rules []ExamRule
	if a.Learner != "" {
		var err error
		if rules, err = s.st.RulesFor(ctx, a.org(), a.Learner); err != nil {
			return nil, fmt.Errorf("exams: %w", err)
		}
	}
	var out []Exam
	shipped := map[string]bool{}
	for _, bp := range s.items().Blueprints() {
		shipped[bp.ID] = true
		out = append(out, Exam{Blueprint: bp, Terms: termsFor(rules, bp.ID), Shipped: true})
	}
	for _, r := range rules {
		if r.Exam == "" || shipped[r.Exam] {
			continue
		}
		shipped[r.Exam] = true // once
		e, err := s.Exam(ctx, a, r.Exam)
		if errors.Is(err, ErrNotFound) { // retired, say
			continue
		}
		if err != nil {
			return nil, err
		}
		if !e.Shipped { // a rule for a drill opens nothing new
			out = append(out, e)
		}
	}
	return out, nil
}
