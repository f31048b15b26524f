package progress

import (
	"context"
	"fmt"
	"time"
)

// Clock is the moment it is for exams. See SittingStore.Clock.
func (s *Service) Clock() time.Time { return s.clock() }

// Exams lists the exams that the actor may sit, each on the actor's terms: those that ship, then the composed ones of OpenExams.
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
	for _, bp := range s.items().Blueprints() {
		out = append(out, Exam{Blueprint: bp, Terms: termsFor(rules, bp.ID), Shipped: true})
	}
	composed, err := s.OpenExams(ctx, a)
	return append(out, composed...), err
}

// wholeExam is the id of the exam that a half is of, and any other id as it is: a half asks for what the whole asks for.
func (s *Service) wholeExam(id string) string {
	if bp, err := s.items().Blueprint(id); err == nil && bp.Full != "" {
		return bp.Full
	}
	return id
}
