package progress

import (
	"context"

	"crosswalk/quizzes"
)

// DemoOf is Demo with the first n of the class.
func (s *Service) DemoOf(ctx context.Context, seed uint64, n int, lessons ...string) ([]DemoAccount, error) {
	return s.demo(ctx, seed, demoLearners[:n], lessons)
}

// CaseAt is the case of the nth drill of a run.
var CaseAt = caseAt

// HoldTurns takes all turns at drawing and grading until it is let go.
func (s *Service) HoldTurns() (release func()) {
	for range mostHeavy {
		s.heavy <- struct{}{}
	}
	return func() {
		for range mostHeavy {
			<-s.heavy
		}
	}
}

// CandidateForm draws the form of a candidate's next try.
func (s *Service) CandidateForm(ctx context.Context, x Assessment, c Candidate) (quizzes.Form, error) {
	return s.candidateForm(ctx, x, c)
}
