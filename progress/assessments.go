package progress

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"crosswalk/quizzes"
)

// AssessmentInput is a hiring test as a form or file brings it.
type AssessmentInput struct {
	ID        AssessmentID // of the test that is changed, "" for a new one
	From      int          // the revision that was edited
	ClientKey string       // of a new one
	Spec      AssessmentSpec
	Confirm   bool // somebody confirms that the own charts in it hold no identifiers
}

// AssessmentInfo is a test with its candidates counted.
type AssessmentInfo struct {
	Assessment
	AssessmentTally
}

// SaveAssessment keeps a new test as a draft, or a change of one; what says the same is not kept again, and the same client key is the same
// test. Of a test that has been opened name, window, blindness and a shorter retention change and nothing else. Employers and admins, else
// ErrForbidden; ErrNotFound for another's. InputErrors are of name, minutes, pass, questions, charts, weight, bills, settings, areas, cases,
// from, until, tries, retry, keep, job, tasks; of spec for what is frozen; of revision when it was changed elsewhere.
func (s *Service) SaveAssessment(ctx context.Context, a Actor, in AssessmentInput) (Assessment, error) {
	fail := func(err error) (Assessment, error) { return Assessment{}, fmt.Errorf("save hiring test: %w", err) }
	if !a.hires() {
		return fail(ErrForbidden)
	}
	spec := in.Spec.tidied()
	now := s.now().Truncate(time.Millisecond)
	x, old, err := s.assessmentDraft(ctx, a, in, now)
	if err != nil {
		return Assessment{}, err
	}
	problems := spec.problems()
	spec.Deidentified = x.Spec.Deidentified
	if len(problems) == 0 && in.Confirm {
		spec.Deidentified = spec.Deidentified.confirm(s.checkSpec(spec).Own, a.Learner, now)
	}
	if old != nil {
		if sameSpec(old.Spec, spec) { // the days may not have followed when it was said before
			return *old, s.KeepShorter(ctx, a, old.ID)
		}
		problems = append(problems, old.changeProblems(in.From, spec)...)
	}
	if err := asInput(problems); err != nil {
		return Assessment{}, err
	}
	x.Spec = spec
	if x.State() == AssessmentDraft {
		x.Blueprint = *spec.blueprint(x.ID)
	} else {
		x.Blueprint.Name = spec.Name
	}
	kept, err := s.keepAssessment(ctx, a, x, "hire.save")
	if err == nil && old != nil && kept.Spec.KeepDays < old.Spec.KeepDays {
		err = s.KeepShorter(ctx, a, kept.ID)
	}
	return kept, err
}

// assessmentDraft is the test that is about to be saved, with the next revision and without the new spec; old is nil for a new one.
func (s *Service) assessmentDraft(ctx context.Context, a Actor, in AssessmentInput, now time.Time) (x Assessment, old *Assessment, _ error) {
	if in.ID != "" {
		x, err := s.Assessment(ctx, a, in.ID)
		if err != nil {
			return Assessment{}, nil, err
		}
		before := x
		x.Revision++
		return x, &before, nil
	}
	if a.Learner == "" {
		return Assessment{}, nil, &InputError{"name", "Sign in to compose a hiring test: it needs an owner."}
	}
	if err := checkSubmission(a, in.ClientKey); err != nil {
		return Assessment{}, nil, err
	}
	own, err := s.st.Assessments(ctx, a.org(), a.Learner)
	if err != nil {
		return Assessment{}, nil, fmt.Errorf("save hiring test: %w", err)
	}
	n := 0
	for _, o := range own {
		if o.State() != AssessmentClosed {
			n++
		}
	}
	if n >= MaxAssessments {
		return Assessment{}, nil, &InputError{"name", fmt.Sprintf("You have %d hiring tests that are not closed, which is the most: close some first.", n)}
	}
	id, err := s.newID(now)
	if err != nil {
		return Assessment{}, nil, err
	}
	return Assessment{ID: AssessmentID(id), Org: a.org(), Owner: a.Learner, ClientKey: in.ClientKey, Revision: 1, CreatedAt: now}, nil, nil
}

// changeProblems says why a test cannot be changed into what a spec says.
func (x Assessment) changeProblems(from int, spec AssessmentSpec) (out InputErrors) {
	if from != x.Revision {
		return InputErrors{{"revision", "The test was changed elsewhere since this page was opened: open it again to see it, and change that."}}
	}
	switch x.State() {
	case AssessmentClosed:
		out = append(out, &InputError{"spec", "This test is closed. Copy it to make another one."})
	case AssessmentOpen:
		if !sameDecides(x.Spec, spec) {
			out = append(out, &InputError{"spec", "This test has been opened: pass line, items, time, book, retakes and the note of the job stay as they are, so that all candidates are judged alike. Copy it to make another one."})
		}
		if spec.KeepDays > x.Spec.KeepDays {
			out = append(out, &InputError{"keep", fmt.Sprintf("Candidates were promised that results are erased after %d days: the time can become shorter, and not longer.", x.Spec.KeepDays)})
		}
	case AssessmentDraft:
	}
	return out
}

// keepAssessment keeps a revision with its entry in the log.
func (s *Service) keepAssessment(ctx context.Context, a Actor, x Assessment, action string) (Assessment, error) {
	entry, err := s.entry(a, action, string(x.ID), fmt.Sprintf("revision %d", x.Revision))
	if err != nil {
		return Assessment{}, fmt.Errorf("%s: %w", action, err)
	}
	err = s.st.SaveAssessment(ctx, x.Org, x, entry)
	switch {
	case errors.Is(err, ErrDuplicate) && x.Revision == 1: // the same form twice
		return s.st.AssessmentByKey(ctx, x.Org, x.Owner, x.ClientKey)
	case errors.Is(err, ErrDuplicate):
		return Assessment{}, &InputError{"revision", "The test was changed elsewhere at the same moment: open it again to see it, and change that."}
	case err != nil:
		return Assessment{}, fmt.Errorf("%s %s: %w", action, x.ID, err)
	}
	return x, nil
}

// Assessment gives a test to its owner and to admins. ErrForbidden for those who do not hire, ErrNotFound also for another's and
// for a preview.
func (s *Service) Assessment(ctx context.Context, a Actor, id AssessmentID) (Assessment, error) {
	if !a.hires() {
		return Assessment{}, fmt.Errorf("hiring test: %w", ErrForbidden)
	}
	x, err := s.st.Assessment(ctx, a.org(), id)
	if err == nil && (!a.hiresFor(x.Owner) || x.PreviewOf != "") {
		err = ErrNotFound
	}
	if err != nil {
		return Assessment{}, fmt.Errorf("hiring test %s: %w", id, err)
	}
	return x, nil
}

// Assessments lists the actor's tests, and for an admin all of the organisation: open ones first, then drafts, then closed ones, each the
// newest first. ErrForbidden for those who do not hire.
func (s *Service) Assessments(ctx context.Context, a Actor) ([]AssessmentInfo, error) {
	fail := func(err error) ([]AssessmentInfo, error) { return nil, fmt.Errorf("hiring tests: %w", err) }
	if !a.hires() {
		return fail(ErrForbidden)
	}
	owner, ok := a.staffOwner()
	if !ok {
		return nil, nil
	}
	xs, err := s.st.Assessments(ctx, a.org(), owner)
	if err != nil {
		return fail(err)
	}
	tallies, err := s.st.AssessmentTallies(ctx, a.org())
	if err != nil {
		return fail(err)
	}
	var out []AssessmentInfo
	for _, state := range []AssessmentState{AssessmentOpen, AssessmentDraft, AssessmentClosed} {
		for _, x := range xs {
			if x.State() == state {
				out = append(out, AssessmentInfo{x, tallies[x.ID]})
			}
		}
	}
	return out, nil
}

// OpenAssessment opens a draft for candidates and freezes what decides its results; from is the revision that was looked at. Opening what is
// open is fine. Errors are those of Assessment. InputErrors are of items when the bank cannot give each candidate a form of their own in each
// try, of own when own charts are not confirmed to be without identifiers, of until when the window is over, of revision.
func (s *Service) OpenAssessment(ctx context.Context, a Actor, id AssessmentID, from int) (Assessment, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil || x.State() == AssessmentOpen {
		return x, err
	}
	now := s.now()
	check := s.checkSpec(x.Spec)
	if err := asInput(x.openProblems(check, from, now)); err != nil {
		return Assessment{}, err
	}
	x.Blueprint = *x.Spec.blueprint(x.ID)
	if x.Frozen, err = s.frozen(x, check); err != nil {
		return Assessment{}, fmt.Errorf("open hiring test: %w", err)
	}
	now = now.Truncate(time.Millisecond)
	x.OpenedAt, x.Revision = &now, x.Revision+1
	return s.keepAssessment(ctx, a, x, "hire.open")
}

func (x Assessment) openProblems(check AssessmentCheck, from int, now time.Time) (out InputErrors) {
	add := func(field, reason string, args ...any) {
		out = append(out, &InputError{field, fmt.Sprintf(reason, args...)})
	}
	switch {
	case x.State() == AssessmentClosed:
		add("revision", "This test is closed. Copy it to make another one.")
		return out
	case from != x.Revision:
		add("revision", "The test was changed elsewhere since this page was opened: look at it again before you open it.")
	}
	switch {
	case check.Short != "":
		add("items", "The bank has too little for this test: %s.", check.Short)
	case check.Forms < x.Spec.Tries && len(check.Strata) > 0:
		add("items", "There are %d forms without a common item, and a candidate may sit the test %d times: ask for less, or allow fewer tries.", check.Forms, x.Spec.Tries)
	case len(check.Strata) == 0 && x.Spec.Tries > 1:
		add("items", "Every form of this test is the same: allow one try, or let charts or questions be drawn.")
	}
	if !x.Spec.Deidentified.confirmed(check.Own) {
		add("own", "Confirm that your own charts hold nothing by which a patient could be known.")
	}
	if !x.Spec.Until.IsZero() && !x.Spec.Until.After(now) {
		add("until", "The last moment to begin is over: change the window first.")
	}
	return out
}

// CloseAssessment ends a test: no candidate is taken in and nobody begins any more. Sittings under way go on, and results stay. Closing
// twice is fine. Errors are those of Assessment; an InputError of revision for a draft, which is dropped and not closed.
func (s *Service) CloseAssessment(ctx context.Context, a Actor, id AssessmentID) (Assessment, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil || x.State() == AssessmentClosed {
		return x, err
	}
	if x.State() == AssessmentDraft {
		return Assessment{}, &InputError{"revision", "A draft is not open: delete it instead."}
	}
	now := s.now().Truncate(time.Millisecond)
	x.ClosedAt, x.Revision = &now, x.Revision+1
	return s.keepAssessment(ctx, a, x, "hire.close")
}

// DropAssessment deletes a draft. Errors are those of Assessment; ErrConflict for what has been opened.
func (s *Service) DropAssessment(ctx context.Context, a Actor, id AssessmentID) error {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return err
	}
	if x.State() != AssessmentDraft {
		return fmt.Errorf("drop hiring test %s: %w", id, ErrConflict)
	}
	entry, err := s.entry(a, "hire.drop", string(id), "")
	if err != nil {
		return err
	}
	if err := s.st.DropAssessment(ctx, a.org(), id, entry); err != nil {
		return fmt.Errorf("drop hiring test %s: %w", id, err)
	}
	return nil
}

// CopyAssessment makes a draft of the actor's that asks what another test asks. Window and confirmations are not taken over. The same client
// key is the same copy. Errors are those of Assessment.
func (s *Service) CopyAssessment(ctx context.Context, a Actor, id AssessmentID, clientKey string) (Assessment, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return Assessment{}, err
	}
	spec := x.Spec
	if spec.Name += ", copy"; len([]rune(spec.Name)) > maxAssessmentName {
		spec.Name = x.Spec.Name
	}
	spec.From, spec.Until, spec.Deidentified = time.Time{}, time.Time{}, Deidentified{}
	return s.SaveAssessment(ctx, a, AssessmentInput{ClientKey: clientKey, Spec: spec})
}

// mayShow reports whether a chart may come in a form of the test. Staff who preview it see their own charts before anybody has confirmed them.
func (x Assessment) mayShow(k *quizzes.Case) bool {
	return x.PreviewOf != "" || x.Spec.Deidentified.cleared(k)
}

// usedSittings is over how many of the newest sittings of a test the use of its items is evened out.
const usedSittings = 500

// candidateForm draws the form of a candidate's next try: by the strata of the test, of what came up least so far, and without a chart that
// the candidate has had or nobody has confirmed. quizzes.ErrTooSmall when there is none left.
func (s *Service) candidateForm(ctx context.Context, x Assessment, c Candidate) (quizzes.Form, error) {
	fail := func(err error) (quizzes.Form, error) {
		return quizzes.Form{}, fmt.Errorf("form of candidate %s: %w", c.ID, err)
	}
	use, err := s.st.ItemUse(ctx, x.Org, x.Exam(), usedSittings)
	if err != nil {
		return fail(err)
	}
	cat, err := s.catalogOf(ctx, x.Org)
	if err != nil {
		return fail(err)
	}
	had := map[string]bool{}
	if c.Learner != "" {
		if had, err = s.st.SeenItems(ctx, x.Org, c.Learner); err != nil {
			return fail(err)
		}
	}
	barred := func(id string) bool {
		k, err := s.items().Case(id)
		return err == nil && !slices.Contains(x.Spec.Charts.Cases, id) && (had[id] || !x.mayShow(k))
	}
	for _, id := range x.Spec.Charts.Cases {
		if k, err := s.items().Case(id); err == nil && !x.mayShow(k) {
			return fail(fmt.Errorf("%w: the own chart %s was changed since it was confirmed to be without identifiers", quizzes.ErrTooSmall, id))
		}
	}
	hard := func(id string) float64 {
		for _, kind := range []ItemKind{KindQuestion, KindCase} {
			if f, ok := cat.Facts(string(kind), id); ok {
				return f.Difficulty
			}
		}
		return 0
	}
	h := fnv.New64a()
	fmt.Fprint(h, c.ID, " ", len(c.Sittings)) // a hash never fails to write
	form, err := s.items().DrawEquivalent(&x.Blueprint, x.Frozen.Plan, quizzes.Equivalent{
		Seed: h.Sum64(), Barred: barred, Seen: func(id string) bool { return had[id] }, Use: use, Hard: hard,
	})
	if err != nil {
		return fail(err)
	}
	return form, nil
}

// HiringTests lists the hiring tests that come with the content. ErrForbidden for those who do not hire.
func (s *Service) HiringTests(a Actor) ([]*quizzes.HiringTest, error) {
	if !a.hires() {
		return nil, fmt.Errorf("shipped hiring tests: %w", ErrForbidden)
	}
	return s.items().HiringTests(), nil
}

// ShippedSpec is the shipped test of an id as one begins from it. ErrForbidden, quizzes.ErrNotFound.
func (s *Service) ShippedSpec(a Actor, id string) (AssessmentSpec, error) {
	if !a.hires() {
		return AssessmentSpec{}, fmt.Errorf("shipped hiring test: %w", ErrForbidden)
	}
	h, err := s.items().HiringTest(id)
	if err != nil {
		return AssessmentSpec{}, err
	}
	return SpecOf(h), nil
}
