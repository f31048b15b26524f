package progress

import (
	"context"
	"fmt"
)

// Attempt gives an attempt with its newest grading. ErrNotFound also when the actor may not see it.
func (s *Service) Attempt(ctx context.Context, a Actor, id AttemptID) (Graded, error) {
	g, err := s.st.Attempt(ctx, a.org(), id)
	if err != nil {
		return Graded{}, fmt.Errorf("attempt %s: %w", id, err)
	}
	if !a.maySee(g.Attempt.Learner) {
		return Graded{}, fmt.Errorf("attempt %s: %w", id, ErrNotFound)
	}
	if err := s.notACandidate(ctx, a, g.Attempt.Learner); err != nil {
		return Graded{}, fmt.Errorf("attempt %s: %w", id, err)
	}
	if err := s.mayShow(ctx, a, g.Attempt); err != nil {
		return Graded{}, fmt.Errorf("attempt %s: %w", id, err)
	}
	return g, nil
}

// Attempts lists attempts, newest first, without those of exams whose answers are not open, and says how many the filter lets through in all. A learner's list holds their own, whatever
// the filter says; asking for another's is ErrNotFound.
func (s *Service) Attempts(ctx context.Context, a Actor, f AttemptFilter) ([]Graded, int, error) {
	if !a.teaches() {
		f.Sealed = false
		if f.Learner == "" {
			f.Learner = a.Learner
		}
		if !a.maySee(f.Learner) {
			return nil, 0, fmt.Errorf("attempts of %s: %w", f.Learner, ErrNotFound)
		}
	}
	if f.Learner != "" {
		if err := s.mayRead(ctx, a, f.Learner); err != nil {
			return nil, 0, fmt.Errorf("attempts: %w", err)
		}
	}
	f.Limit = limitOr(f.Limit, 50, 500)
	gs, n, err := s.st.Attempts(ctx, a.org(), f)
	if err != nil {
		return nil, 0, fmt.Errorf("attempts: %w", err)
	}
	return gs, n, nil
}

// Gradings lists all judgements of an attempt, oldest first. ErrNotFound also when the actor may not see the attempt.
func (s *Service) Gradings(ctx context.Context, a Actor, id AttemptID) ([]Grading, error) {
	if _, err := s.Attempt(ctx, a, id); err != nil {
		return nil, err
	}
	gs, err := s.st.Gradings(ctx, a.org(), id)
	if err != nil {
		return nil, fmt.Errorf("gradings of %s: %w", id, err)
	}
	return gs, nil
}
