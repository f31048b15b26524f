package progress

import (
	"context"
	"fmt"
)

// MaxSittingsListed is how many sittings staff see in one list: the newest.
const MaxSittingsListed = 200

// SittingInfo is a sitting as staff see it in a list, with its tally also where results are not open. The form and the seed are left out.
type SittingInfo struct {
	Learner Learner // may be a guest, or erased
	Sitting Sitting
}

// ExamSittings lists who sat an exam of the organisation, or sits it, newest first and MaxSittingsListed at most. Instructors see those of
// shipped exams and of the composed ones that they own, by learners whose record they may read; admins all. ErrForbidden for learners and employers; ErrNotFound: there is no such
// exam, or it is another's.
func (s *Service) ExamSittings(ctx context.Context, a Actor, exam string) ([]SittingInfo, error) {
	if !a.MaySetExams() {
		return nil, fmt.Errorf("sittings of an exam: %w", ErrForbidden)
	}
	if _, err := s.items().Blueprint(exam); err != nil {
		if _, err := s.Composed(ctx, a, exam); err != nil {
			return nil, err
		}
	}
	xs, err := s.st.Sittings(ctx, a.org(), SittingFilter{Exam: exam, Limit: MaxSittingsListed})
	if err != nil {
		return nil, fmt.Errorf("sittings of exam %s: %w", exam, err)
	}
	if xs, err = s.readableSittings(ctx, a, xs); err != nil {
		return nil, fmt.Errorf("sittings of exam %s: %w", exam, err)
	}
	return s.sittingInfos(ctx, xs)
}

// LearnerSittings lists a learner's sittings of the exams that the actor may see, newest first, of the newest MaxSittingsListed.
// ErrForbidden for learners and employers; ErrNotFound: there is no such learner in the organisation.
func (s *Service) LearnerSittings(ctx context.Context, a Actor, l LearnerID) ([]SittingInfo, error) {
	fail := func(err error) ([]SittingInfo, error) {
		return nil, fmt.Errorf("sittings of learner %s: %w", l, err)
	}
	if !a.MaySetExams() {
		return fail(ErrForbidden)
	}
	if _, err := s.st.Learner(ctx, a.org(), l); err != nil {
		return fail(err)
	}
	if err := s.mayRead(ctx, a, l); err != nil {
		return fail(err)
	}
	all, err := s.st.Sittings(ctx, a.org(), SittingFilter{Learner: l, Limit: MaxSittingsListed})
	if err != nil || len(all) == 0 {
		if err != nil {
			return fail(err)
		}
		return nil, nil
	}
	composed, err := s.st.ComposedExams(ctx, a.org(), "")
	if err != nil {
		return fail(err)
	}
	hidden := map[string]bool{} // an exam that shipped once and does no longer is in neither list, and nobody's own
	for _, e := range composed {
		hidden[e.Exam] = !a.manages(e.Owner)
	}
	xs := all[:0]
	for _, x := range all {
		if !hidden[x.Exam] {
			xs = append(xs, x)
		}
	}
	return s.sittingInfos(ctx, xs)
}

// sittingInfos finds the people of sittings. It closes none: a class that has just run out of time is graded by CloseDue, not by whoever
// looks on.
func (s *Service) sittingInfos(ctx context.Context, xs []Sitting) ([]SittingInfo, error) {
	now := s.clock()
	known := map[LearnerID]Learner{}
	out := make([]SittingInfo, len(xs))
	for i, x := range xs {
		l, ok := known[x.Learner]
		if !ok {
			var err error
			if l, err = s.st.Learner(ctx, x.Org, x.Learner); err != nil {
				return nil, fmt.Errorf("learner of sitting %s: %w", x.ID, err)
			}
			known[x.Learner] = l
		}
		if x.BreakSince != nil && now.Sub(*x.BreakSince) >= x.longestBreak() {
			x.BreakSince = nil // it is over, and the clock runs
		}
		x.Form, x.Seed = nil, 0
		out[i] = SittingInfo{Learner: l, Sitting: x}
	}
	return out, nil
}
