package progress

import (
	"context"
	"errors"
	"fmt"
	"time"

	"crosswalk/quizzes"
)

// PreviewDays is how long a preview stays unless it is deleted before.
const PreviewDays = 7

// previewName is what the candidate of a preview is called.
const previewName = "Preview"

// Preview is a trial sitting: somebody of the staff sits a hiring test as a candidate would. It is a test of its own, frozen from what the other one was when
// it began, with one candidate in it; so nothing of it is in the candidates, statistics, use of items, evidence or webhooks of the test.
type Preview struct {
	Assessment Assessment
	Candidate  CandidateView
	Changed    bool             // the test asks for something else by now
	Log        []CandidateEvent // what was noticed while it was sat
}

// PreviewAssessment draws a form of a test as some candidate could have it. Errors are those of Assessment, and quizzes.ErrTooSmall.
func (s *Service) PreviewAssessment(ctx context.Context, a Actor, id AssessmentID, seed uint64) (Assessment, quizzes.Form, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return Assessment{}, quizzes.Form{}, err
	}
	plan := x.Frozen.Plan
	if x.State() == AssessmentDraft {
		var short string
		if plan, short = s.items().Strata(&x.Blueprint); short != "" {
			return x, quizzes.Form{}, fmt.Errorf("preview hiring test: %w: %s", quizzes.ErrTooSmall, short)
		}
	}
	form, err := s.items().DrawEquivalent(&x.Blueprint, plan, quizzes.Equivalent{Seed: seed})
	if err != nil {
		return x, quizzes.Form{}, fmt.Errorf("preview hiring test: %w", err)
	}
	return x, form, nil
}

// previewKey is the client key of the preview that a person has of a test: one at a time.
func previewKey(id AssessmentID) string { return "preview:" + string(id) }

// Preview is the actor's own preview of a test. Errors are those of Assessment; ErrNotFound also when there is none.
func (s *Service) Preview(ctx context.Context, a Actor, id AssessmentID) (Preview, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return Preview{}, err
	}
	p, c, err := s.previewOf(ctx, a, id)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{Assessment: p, Changed: !sameDecides(x.Spec, p.Spec)}
	if out.Candidate, err = s.viewOf(ctx, c); err != nil {
		return Preview{}, err
	}
	if out.Log, err = s.st.CandidateEvents(ctx, c.Org, c.ID); err != nil {
		return Preview{}, fmt.Errorf("preview of hiring test %s: %w", id, err)
	}
	return out, nil
}

// previewOf finds what the actor has as a preview of a test; ErrNotFound.
func (s *Service) previewOf(ctx context.Context, a Actor, id AssessmentID) (Assessment, Candidate, error) {
	fail := func(err error) (Assessment, Candidate, error) {
		return Assessment{}, Candidate{}, fmt.Errorf("preview of hiring test %s: %w", id, err)
	}
	p, err := s.st.AssessmentByKey(ctx, a.org(), a.Learner, previewKey(id))
	if err == nil && p.PreviewOf != id {
		err = ErrNotFound
	}
	if err != nil {
		return fail(err)
	}
	cs, err := s.st.Candidates(ctx, a.org(), p.ID)
	if err == nil && len(cs) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fail(err)
	}
	return p, cs[0], nil
}

// SitPreview gives the secret of a link by which the actor sits a test as a candidate would: as it is now, in whatever state. Where the actor has a
// preview of the test already, that is gone on with, and the link before is no longer good. Errors are those of Assessment; InputErrors of items when
// the bank cannot fill a form.
func (s *Service) SitPreview(ctx context.Context, a Actor, id AssessmentID) (Token, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return "", err
	}
	if a.Learner == "" {
		return "", &InputError{"preview", "Sign in to sit a preview: it belongs to somebody."}
	}
	_, c, err := s.previewOf(ctx, a, id)
	if errors.Is(err, ErrNotFound) {
		var link CandidateLink
		if link, err = s.addPreview(ctx, a, x); !errors.Is(err, ErrDuplicate) {
			return link.Token, err
		}
		_, c, err = s.previewOf(ctx, a, id) // sent twice at the same moment
	}
	if err != nil {
		return "", err
	}
	token, err := s.newSecret()
	if err != nil {
		return "", err
	}
	entry, err := s.entry(a, "hire.preview", string(id), "new link")
	if err != nil {
		return "", err
	}
	if err := s.st.SetLink(ctx, a.org(), c.ID, token.hash(), c.LinkUntil, nil, entry); err != nil {
		return "", fmt.Errorf("preview of hiring test %s: %w", id, err)
	}
	return token, nil
}

// addPreview freezes a test as it is and puts one candidate into it. A window would only be waited for, so that there is none.
func (s *Service) addPreview(ctx context.Context, a Actor, x Assessment) (CandidateLink, error) {
	fail := func(err error) (CandidateLink, error) {
		return CandidateLink{}, fmt.Errorf("preview of hiring test %s: %w", x.ID, err)
	}
	now := s.now().Truncate(time.Millisecond)
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	p := x
	p.ID, p.PreviewOf, p.Owner, p.ClientKey, p.CreatedAt, p.OpenedAt, p.ClosedAt = AssessmentID(id), x.ID, a.Learner, previewKey(x.ID), now, &now, nil
	p.Spec.From, p.Spec.Until = time.Time{}, time.Time{}
	p.Blueprint.ID = p.Exam()
	if x.State() == AssessmentDraft {
		p.Blueprint = *p.Spec.blueprint(p.ID)
		check := s.checkSpec(p.Spec)
		if check.Short != "" {
			return CandidateLink{}, &InputError{"items", fmt.Sprintf("The bank has too little for this test: %s.", check.Short)}
		}
		if p.Frozen, err = s.frozen(p, check); err != nil {
			return fail(err)
		}
	}
	link, err := s.newCandidate(a, p, p.ClientKey, now)
	if err != nil {
		return fail(err)
	}
	until := now.AddDate(0, 0, PreviewDays)
	link.Name, link.LinkUntil, link.EraseOn = previewName, until, &until
	entry, err := s.entry(a, "hire.preview", string(x.ID), fmt.Sprintf("revision %d", x.Revision))
	if err != nil {
		return fail(err)
	}
	if err := s.st.AddPreview(ctx, a.org(), p, link.Candidate, entry); err != nil {
		return fail(err)
	}
	return link, nil
}

// DropPreview deletes the actor's preview of a test with all that was answered in it; where there is none, that is fine. Errors are those of
// Assessment.
func (s *Service) DropPreview(ctx context.Context, a Actor, id AssessmentID) error {
	if _, err := s.Assessment(ctx, a, id); err != nil {
		return err
	}
	_, c, err := s.previewOf(ctx, a, id)
	if err == nil {
		err = s.eraseCandidate(ctx, a, c, "preview deleted")
	}
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// PreviewReport is the report on the actor's preview of a test, as it would be on a candidate. Errors are those of Assessment and CandidateReport;
// ErrNotYet also when there is no preview.
func (s *Service) PreviewReport(ctx context.Context, a Actor, id AssessmentID, f ReportFilter) (CandidateReport, error) {
	if _, err := s.Assessment(ctx, a, id); err != nil {
		return CandidateReport{}, err
	}
	p, c, err := s.previewOf(ctx, a, id)
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("report of the preview of hiring test %s: %w", id, ErrNotYet)
	}
	if err != nil {
		return CandidateReport{}, err
	}
	return s.reportOn(ctx, p, c, f)
}

// PreviewSat is the test of which the actor, a candidate's hidden learner, sits a preview; "" for whoever sits none.
func (s *Service) PreviewSat(ctx context.Context, a Actor) (AssessmentID, error) {
	if a.Role != RoleCandidate {
		return "", nil
	}
	c, err := s.st.CandidateByLearner(ctx, a.org(), a.Learner)
	if err != nil {
		return "", fmt.Errorf("preview sat: %w", err)
	}
	x, err := s.st.Assessment(ctx, a.org(), c.Assessment)
	if err != nil {
		return "", fmt.Errorf("preview sat: %w", err)
	}
	return x.PreviewOf, nil
}
