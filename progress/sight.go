package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// mayRead says whether the actor may read the record of a learner as a whole: their own, an admin everybody's, an instructor those of
// learners in a cohort of theirs, closed ones too, and of learners whom no cohort has. A single result is another matter (maySee): keys are
// everybody's, and every instructor decides on disputes and lines. ErrNotFound.
func (s *Service) mayRead(ctx context.Context, a Actor, l LearnerID) error {
	if !a.maySee(l) {
		return fmt.Errorf("record of learner %s: %w", l, ErrNotFound)
	}
	if a.Learner == l || a.Role == RoleAdmin {
		return nil
	}
	if err := s.notACandidate(ctx, a, l); err != nil {
		return fmt.Errorf("record of learner %s: %w", l, err)
	}
	cs, err := s.st.CohortsOf(ctx, a.org(), l)
	if err == nil && len(cs) > 0 && !slices.ContainsFunc(cs, func(c Cohort) bool { return a.manages(c.Owner) }) {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("record of learner %s: %w", l, err)
	}
	return nil
}

// notACandidate is ErrNotFound where a learner is the hidden one who sits a hiring test. Those are their own and an admin's to see; an employer asks
// by the test.
func (s *Service) notACandidate(ctx context.Context, a Actor, l LearnerID) error {
	if a.Learner == l || a.Role == RoleAdmin {
		return nil
	}
	who, err := s.st.Learner(ctx, a.org(), l)
	if err == nil && who.Role == RoleCandidate {
		err = ErrNotFound
	}
	return err
}

// readable is Learner for what is made of the whole record.
func (s *Service) readable(ctx context.Context, a Actor, l LearnerID) (Learner, error) {
	if err := s.mayRead(ctx, a, l); err != nil {
		return Learner{}, err
	}
	return s.Learner(ctx, a, l)
}

// readableSittings leaves out the sittings of learners whose record the actor may not read.
func (s *Service) readableSittings(ctx context.Context, a Actor, xs []Sitting) ([]Sitting, error) {
	known := map[LearnerID]bool{}
	var out []Sitting
	for _, x := range xs {
		may, asked := known[x.Learner]
		if !asked {
			err := s.mayRead(ctx, a, x.Learner)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return nil, err
			}
			may = err == nil
			known[x.Learner] = may
		}
		if may {
			out = append(out, x)
		}
	}
	return out, nil
}
