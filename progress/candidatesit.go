package progress

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"crosswalk/quizzes"
)

// StartCandidateSitting opens the sitting of a candidate by the link, and a session for the browser at hand. A sitting under way is gone on
// with, on whatever device; else one begins, if the test and its retake rule allow it. Errors are those of CandidateByToken; ErrForbidden
// without consent; ErrNotYet, ErrSittingClosed, ErrLinkOver and ErrNoAttemptLeft as Seat.Begins has them; quizzes.ErrTooSmall.
func (s *Service) StartCandidateSitting(ctx context.Context, t Token, ip string) (Sitting, Token, error) {
	fail := func(err error) (Sitting, Token, error) {
		return Sitting{}, "", fmt.Errorf("start a candidate's sitting: %w", err)
	}
	c, err := s.candidateBy(ctx, t, ip)
	if err != nil {
		return Sitting{}, "", err
	}
	seat, err := s.seatOf(ctx, c)
	if err != nil {
		return Sitting{}, "", err
	}
	var x Sitting
	if id := seat.Open(); id != "" {
		x = *seat.Newest
	} else {
		if seat.Begins != nil {
			return fail(seat.Begins)
		}
		if x, err = s.beginCandidate(ctx, seat); err != nil {
			return fail(err)
		}
	}
	token, err := s.candidateSession(ctx, c)
	if err != nil {
		return fail(err)
	}
	return x, token, nil
}

// beginCandidate draws the form of a candidate's next try and starts its clock.
func (s *Service) beginCandidate(ctx context.Context, seat Seat) (Sitting, error) {
	done, err := s.takeTurn(ctx)
	if err != nil {
		return Sitting{}, err
	}
	defer done()
	c, t, now := seat.Candidate, seat.Assessment, s.clock()
	form, err := s.candidateForm(ctx, t, c)
	if err != nil {
		return Sitting{}, err
	}
	id, err := s.newID(now)
	if err != nil {
		return Sitting{}, err
	}
	x := Sitting{
		ID: SittingID(id), Org: c.Org, Learner: c.Learner, ClientKey: fmt.Sprintf("candidate:%s:%d", c.ID, seat.Used+1), Exam: t.Exam(), Name: t.Spec.Name, Blueprint: accommodated(t.Blueprint, c),
		Form: form.Items, Seed: form.Seed, ExtraPercent: c.ExtraPercent, StartedAt: now,
	}
	if m := seat.Minutes(); m > 0 {
		ends := now.Add(time.Duration(t.Blueprint.Minutes) * time.Minute * time.Duration(100+c.ExtraPercent) / 100)
		x.EndsAt = &ends
	}
	versions, err := s.formVersions(x.Form, now)
	if err != nil {
		return Sitting{}, err
	}
	out, begunBefore, err := s.st.AddSitting(ctx, x.Org, versions, x, t.Spec.Tries)
	if err != nil || begunBefore {
		return out, err
	}
	// The day of erasing moves with a new try: the one that was set by the try before may lie within this one.
	if err := s.st.SetEraseOn(ctx, c.Org, c.ID, promised(t, c, &out)); err != nil {
		return Sitting{}, err
	}
	return out, s.candidateEntry(ctx, c, "candidate.begin", string(out.ID))
}

// accommodated is the blueprint of a test with the extra breaks of a candidate in it. Answers are never shown after it.
func accommodated(bp quizzes.Blueprint, c Candidate) quizzes.Blueprint {
	bp.Feedback = feedbackNever
	if c.ExtraBreaks > 0 {
		bp.Breaks.Count += c.ExtraBreaks
		if bp.Breaks.Minutes == 0 {
			bp.Breaks.Minutes = extraBreakMinutes
		}
	}
	return bp
}

// formVersions are the revisions of all that a form shows.
func (s *Service) formVersions(form []quizzes.FormItem, now time.Time) ([]ContentVersion, error) {
	versions := make([]ContentVersion, 0, 2*len(form))
	for _, f := range form {
		it, err := s.item(kindOf(f), f.ID)
		if err != nil {
			return nil, err
		}
		versions = append(versions, it.versions(now)...)
		if f.ChartHash != "" {
			chart, err := s.item(KindCase, f.Group)
			if err != nil {
				return nil, err
			}
			versions = append(versions, chart.versions(now)...)
		}
	}
	return versions, nil
}

// forHire reports whether a sitting is of a hiring test.
func (x Sitting) forHire() bool { return strings.HasPrefix(x.Exam, string(AssessmentExam(""))) }

// ByLink reports whether a sitting of the organisation is one that a candidate's link opens. It tells nothing else of it, so that whoever has
// no session any more can be told what to do.
func (s *Service) ByLink(ctx context.Context, org OrgID, id SittingID) bool {
	x, err := s.st.SittingHead(ctx, org, id)
	return err == nil && x.forHire()
}

// maySeeSitting is maySee for a sitting: a candidate's is nobody's to see on the pages of exams but the candidate's own and an admin's.
// Employers see it through their tests.
func (a Actor) maySeeSitting(x Sitting) bool {
	if x.forHire() && a.Role != RoleAdmin {
		return x.Learner != "" && a.Learner == x.Learner
	}
	return a.maySee(x.Learner)
}

// candidateHandedIn does what follows a candidate's handing in: the day of erasing is set as it was promised, and items that were answered
// faster than they can be read are logged. It can be done again.
func (s *Service) candidateHandedIn(ctx context.Context, x Sitting, states map[int]StoredItem) error {
	if !x.forHire() {
		return nil
	}
	c, err := s.st.CandidateByLearner(ctx, x.Org, x.Learner)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.ErasedAt != nil {
		return nil
	}
	t, err := s.st.Assessment(ctx, x.Org, c.Assessment)
	if err != nil {
		return err
	}
	if err := s.st.SetEraseOn(ctx, x.Org, c.ID, promised(t, c, &x)); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	es, err := s.tooFast(c, x, states)
	if err != nil || len(es) == 0 {
		return err
	}
	if err := s.st.AddCandidateEvents(ctx, x.Org, es); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}
