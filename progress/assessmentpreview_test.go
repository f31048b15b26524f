package progress_test

import (
	"errors"
	"testing"
	"time"

	"crosswalk/progress"
)

// trial is a preview that was sat and handed in with two right answers of four.
func (x *hiring) trial(a progress.Actor, id progress.AssessmentID) (progress.Actor, progress.Sitting) {
	x.t.Helper()
	token, err := x.SitPreview(x.t.Context(), a, id)
	x.must(err)
	who, s := x.seated(progress.CandidateLink{Token: token})
	s, err = x.db.Sitting(x.t.Context(), x.test.Org, s.ID) // one that is gone on with comes without its form
	x.must(err)
	x.give(who, s, 60, 0, 1)
	x.clock.add(10 * time.Minute)
	_, err = x.HandIn(x.t.Context(), who, s.ID)
	x.must(err)
	return who, s
}

// TestPreviewIsSatAndCountsNowhere: staff sit a test as a candidate does and read the report; neither the test's candidates and figures nor those of
// learners know of it, and deleting it leaves nothing.
func TestPreviewIsSatAndCountsNowhere(t *testing.T) {
	x := newHiring(t, func(t *progress.Assessment) { t.Spec.From = t.CreatedAt.AddDate(0, 1, 0) }) // a preview waits for no window
	ctx := t.Context()
	for who, want := range map[progress.Actor]error{x.rival: progress.ErrNotFound, x.teacher: progress.ErrForbidden, {}: progress.ErrForbidden} {
		wantErr(t, "sitting another's", second(x.SitPreview(ctx, who, x.test.ID)), want)
		wantErr(t, "looking at another's", second(x.Preview(ctx, who, x.test.ID)), want)
		wantErr(t, "the report of another's", second(x.PreviewReport(ctx, who, x.test.ID, progress.ReportFilter{})), want)
		wantErr(t, "dropping another's", x.DropPreview(ctx, who, x.test.ID), want)
	}
	_, err := x.Preview(ctx, x.boss, x.test.ID)
	wantErr(t, "before there is one", err, progress.ErrNotFound)
	x.must(x.DropPreview(ctx, x.boss, x.test.ID))

	first, err := x.SitPreview(ctx, x.boss, x.test.ID)
	x.must(err)
	seat, err := x.CandidateByToken(ctx, first, home)
	x.must(err)
	if seat.ByName != "boss" || seat.Assessment.PreviewOf != x.test.ID || seat.Assessment.Frozen.ContentHash != x.test.Frozen.ContentHash {
		t.Errorf("the seat of a preview: %+v", seat)
	}
	who, s := x.seated(progress.CandidateLink{Token: first})
	x.give(who, s, 60, 0)
	_, err = x.PreviewReport(ctx, x.boss, x.test.ID, progress.ReportFilter{})
	wantErr(t, "the report before handing in", err, progress.ErrNotYet)
	_, again := x.trial(x.boss, x.test.ID) // by a new link, on another device
	same(t, "gone on with", again.ID, s.ID)
	wantErr(t, "the link before", second(x.CandidateByToken(ctx, first, home)), progress.ErrNotFound)
	_, err = x.SitPreview(ctx, x.admin, x.test.ID)
	x.must(err)
	theirs, err := x.Preview(ctx, x.admin, x.test.ID)
	x.must(err)
	same(t, "an admin has a preview of their own", theirs.Candidate.State, progress.CandidateInvited)

	r, err := x.PreviewReport(ctx, x.boss, x.test.ID, progress.ReportFilter{})
	x.must(err)
	if r.Sitting.ID != string(s.ID) || r.Overall.Percent10 != 500 || r.Report.Candidate.Name != "Preview" {
		t.Errorf("the report: %+v, %+v", r.Sitting, r.Overall)
	}
	p, err := x.Preview(ctx, x.boss, x.test.ID)
	x.must(err)
	if p.Candidate.State != progress.CandidateDone || p.Changed || !p.Candidate.EraseOn.Equal(p.Assessment.CreatedAt.AddDate(0, 0, progress.PreviewDays)) {
		t.Errorf("the preview: %s, changed %v, erased on %v", p.Candidate.State, p.Changed, p.Candidate.EraseOn)
	}
	sat, err := x.PreviewSat(ctx, who)
	x.must(err)
	same(t, "what the hidden learner previews", sat, x.test.ID)

	x.uncounted(who, p)
	x.must(x.DropPreview(ctx, x.boss, x.test.ID))
	x.gone(who, s, p)
}

// uncounted wants a preview that was sat in no list and no figure.
func (x *hiring) uncounted(who progress.Actor, p progress.Preview) {
	x.t.Helper()
	ctx, t := x.t.Context(), x.t
	tests, err := x.Assessments(ctx, x.admin)
	x.must(err)
	if len(tests) != 1 || tests[0].AssessmentTally != (progress.AssessmentTally{}) {
		t.Errorf("tests: %+v", tests)
	}
	people, err := x.Candidates(ctx, x.boss, x.test.ID)
	x.must(err)
	beside, err := x.CompareCandidates(ctx, x.boss, x.test.ID, false)
	x.must(err)
	use, err := x.db.ItemUse(ctx, x.test.Org, x.test.Exam(), 500)
	x.must(err)
	sheet, err := x.Evidence(ctx, x.boss, x.test.ID)
	x.must(err)
	if len(people) != 0 || len(beside.Rows) != 0 || beside.Waiting != 0 || len(use) != 0 || sheet.Reliability.Candidates != 0 {
		t.Errorf("%d candidates, %d compared, %d waiting, %d items used, %d in the evidence", len(people), len(beside.Rows), beside.Waiting, len(use), sheet.Reliability.Candidates)
	}
	wantErr(t, "the preview as a test", second(x.Assessment(ctx, x.boss, p.Assessment.ID)), progress.ErrNotFound)
	wantErr(t, "candidates of the preview", second(x.Candidates(ctx, x.boss, p.Assessment.ID)), progress.ErrNotFound)
	wantErr(t, "a credential", second(x.IssueCredential(ctx, who, progress.CredentialRequest{Identify: progress.IdentifyByName, Base: "https://example.org"})), progress.ErrForbidden)

	area, err := x.AnalyseArea(ctx, x.admin, "", progress.AnalysisFilter{})
	x.must(err)
	learnt, err := x.Recalibrate(ctx, x.admin, true)
	x.must(err)
	if area.Persons != 0 || learnt.Learners != 0 {
		t.Errorf("%d persons analysed, %d calibrated by", area.Persons, learnt.Learners)
	}
}

// gone wants nothing left of a preview but the log.
func (x *hiring) gone(who progress.Actor, s progress.Sitting, p progress.Preview) {
	x.t.Helper()
	ctx, t := x.t.Context(), x.t
	wantErr(t, "the preview", second(x.Preview(ctx, x.boss, x.test.ID)), progress.ErrNotFound)
	wantErr(t, "its test", second(x.db.Assessment(ctx, x.test.Org, p.Assessment.ID)), progress.ErrNotFound)
	wantErr(t, "its candidate", second(x.db.Candidate(ctx, x.test.Org, p.Candidate.ID)), progress.ErrNotFound)
	wantErr(t, "its sitting", second(x.db.Sitting(ctx, x.test.Org, s.ID)), progress.ErrNotFound)
	wantErr(t, "its hidden learner", second(x.db.Learner(ctx, x.test.Org, who.Learner)), progress.ErrNotFound)
	gs, _, err := x.db.Attempts(ctx, x.test.Org, progress.AttemptFilter{Learner: who.Learner, Sealed: true, Limit: 10})
	x.must(err)
	same(t, "answers", len(gs), 0)
}

// TestPreviewOfADraft: the form is drawn from the draft as it is; a draft that changes says so, and what is dropped, erased or due takes previews along.
func TestPreviewOfADraft(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	spec := progress.AssessmentSpec{Name: "Draft", Minutes: 30, PassPercent: 60, Questions: []progress.AreaCount{{Area: "em", Count: 4}}, Tries: 1, KeepDays: 90}
	draft := x.assess(x.boss, spec)
	who, s := x.trial(x.boss, draft.ID)
	same(t, "items of the form", len(s.Form), 4)
	spec.Questions[0].Count = 5
	_, err := x.SaveAssessment(ctx, x.boss, progress.AssessmentInput{ID: draft.ID, From: 1, Spec: spec})
	x.must(err)
	p, err := x.Preview(ctx, x.boss, draft.ID)
	x.must(err)
	same(t, "changed since", p.Changed, true)
	x.must(x.DropPreview(ctx, x.boss, draft.ID))
	x.gone(who, s, p)
	who, s = x.trial(x.boss, draft.ID)
	same(t, "items of the form of the draft as it is now", len(s.Form), 5)
	p, err = x.Preview(ctx, x.boss, draft.ID)
	x.must(err)
	x.must(x.DropAssessment(ctx, x.boss, draft.ID))
	wantErr(t, "the preview of a dropped draft", second(x.db.Candidate(ctx, x.test.Org, p.Candidate.ID)), progress.ErrNotFound)

	spec.Questions[0].Count = 50
	big := x.assess(x.boss, spec)
	_, err = x.SitPreview(ctx, x.boss, big.ID)
	wantField(t, "what the bank cannot fill", err, "items")
	_, err = x.SitPreview(ctx, progress.Operator(x.boss.Org), x.test.ID)
	wantField(t, "somebody without a name", err, "preview")

	who, s = x.trial(x.boss, x.test.ID)
	p, err = x.Preview(ctx, x.boss, x.test.ID)
	x.must(err)
	x.clock.add((progress.PreviewDays*24 + 1) * time.Hour)
	n, err := x.EraseDue(ctx)
	x.must(err)
	same(t, "erased by itself", n, 1)
	x.gone(who, s, p)

	theirs, s := x.trial(x.admin, x.test.ID)
	token, err := x.SitPreview(ctx, x.admin, x.test.ID)
	x.must(err)
	x.must(x.EraseOwn(ctx, token, home)) // as a candidate would
	x.gone(theirs, s, p)
	theirs, s = x.trial(x.admin, x.test.ID)
	x.must(x.Erase(ctx, x.admin, x.admin.Learner))
	x.gone(theirs, s, p)
	if _, err := x.Assessment(ctx, x.boss, x.test.ID); err != nil || errors.Is(err, progress.ErrNotFound) {
		t.Errorf("the test itself: %v", err)
	}
}
