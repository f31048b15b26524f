package storetest

import (
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// PreviewOf is a preview of a test by its owner.
func PreviewOf(n int, x progress.Assessment) progress.Assessment {
	p, when := AssessmentOf(n, x.Owner), T0
	p.PreviewOf, p.OpenedAt, p.ClientKey = x.ID, &when, "preview:"+string(x.ID)
	p.Frozen = progress.Frozen{ContentHash: "abc", CodeYear: 2026, Edition: "starter", Items: 40, Plan: quizzes.Strata{{Area: "icd10cm", Difficulty: 2, Count: 5}}}
	return p
}

// previews: they are found by their key alone, nobody is told of them, and nothing of them stays.
func previews(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a, b := Account(1), Account(2)
	add(t, st, a, b)
	x, gone := AssessmentOf(10, a.ID), AssessmentOf(11, a.ID)
	must(t, st.SaveAssessment(ctx, Org, x, hireEntry(100)))
	must(t, st.SaveAssessment(ctx, Org, gone, hireEntry(101)))
	must(t, st.AddWebhook(ctx, Org, WebhookOf(12, a.ID, progress.WebhookKinds...), hireEntry(102)))
	p, c := PreviewOf(20, x), CandidateOf(21, progress.AssessmentID(ID(20)))
	wantErr(t, "from another organisation", st.AddPreview(ctx, Other, p, c, hireEntry(103)), progress.ErrNotFound)
	ofNothing := p
	ofNothing.PreviewOf = progress.AssessmentID(ID(99))
	wantErr(t, "of no test", st.AddPreview(ctx, Org, ofNothing, c, hireEntry(103)), progress.ErrNotFound)
	must(t, st.AddPreview(ctx, Org, p, c, hireEntry(103)))
	wantErr(t, "a second of the same person", st.AddPreview(ctx, Org, PreviewOf(22, x), CandidateOf(23, progress.AssessmentID(ID(22))), hireEntry(104)), progress.ErrDuplicate)
	wantErr(t, "of a preview", st.AddPreview(ctx, Org, PreviewOf(24, p), CandidateOf(25, progress.AssessmentID(ID(24))), hireEntry(104)), progress.ErrNotFound)

	got, err := st.AssessmentByKey(ctx, Org, a.ID, p.ClientKey)
	must(t, err)
	same(t, "by its key", got, p)
	list, err := st.Assessments(ctx, Org, "")
	must(t, err)
	same(t, "tests", list, []progress.Assessment{gone, x})

	l := sits(t, st, p, c, 30)
	told, err := st.Deliveries(ctx, Org, progress.WebhookID(ID(12)), 10)
	must(t, err)
	same(t, "told of a preview", len(told), 0)
	answers, err := st.AnalysedAnswers(ctx, Org, progress.AnalysisQuery{})
	must(t, err)
	same(t, "answers of hidden learners to analyse", len(answers), 0)
	must(t, st.EraseCandidate(ctx, Org, c.ID, T0.Add(time.Hour), words{}, hireEntry(105)))
	wantErr(t, "erased again", st.EraseCandidate(ctx, Org, c.ID, T0.Add(time.Hour), words{}, hireEntry(106)), progress.ErrNotFound)
	left := func(what string) {
		t.Helper()
		_, err := st.Assessment(ctx, Org, p.ID)
		wantErr(t, what+": the preview", err, progress.ErrNotFound)
		_, err = st.Learner(ctx, Org, l.ID)
		wantErr(t, what+": its learner", err, progress.ErrNotFound)
		gs, _, err := st.Attempts(ctx, Org, progress.AttemptFilter{Learner: l.ID, Limit: 10, Sealed: true})
		must(t, err)
		same(t, what+": its answers", len(gs), 0)
	}
	left("erased")

	p, c = PreviewOf(40, gone), CandidateOf(41, progress.AssessmentID(ID(40)))
	must(t, st.AddPreview(ctx, Org, p, c, hireEntry(107)))
	l = sits(t, st, p, c, 50)
	must(t, st.DropAssessment(ctx, Org, gone.ID, hireEntry(108)))
	left("the test is dropped")

	x = opened(t, st, x, 109)
	p, c = PreviewOf(60, x), CandidateOf(61, progress.AssessmentID(ID(60)))
	p.Owner = b.ID
	must(t, st.AddPreview(ctx, Org, p, c, hireEntry(110)))
	l = sits(t, st, p, c, 70)
	must(t, st.Erase(ctx, Org, b.ID, T0.Add(time.Hour), words{}, hireEntry(111)))
	left("who tried it is erased")
	kept, err := st.Assessment(ctx, Org, x.ID)
	must(t, err)
	same(t, "the test itself", kept, x)
}

// sits lets the candidate of a preview hand in an answer. It is under no seal, so that only whose it is keeps it out of analyses.
func sits(t *testing.T, st progress.Storage, p progress.Assessment, c progress.Candidate, n int) progress.Learner {
	t.Helper()
	ctx := t.Context()
	l := hidden(n)
	_, err := st.ConsentCandidate(ctx, Org, c.ID, l, T0, "words")
	must(t, err)
	must(t, st.OpenSession(ctx, Org, Session(n+1, l), ""))
	s := progress.Sitting{ID: progress.SittingID(ID(n + 2)), Org: Org, Learner: l.ID, ClientKey: "sit", Exam: p.Exam(), Blueprint: p.Blueprint, Form: []quizzes.FormItem{{ID: "q1", Kind: quizzes.ItemQuestion}}, StartedAt: T0}
	_, _, err = st.AddSitting(ctx, Org, nil, s, 0)
	must(t, err)
	must(t, st.AddCandidateEvents(ctx, Org, []progress.CandidateEvent{{ID: progress.EventID(ID(n + 3)), Candidate: c.ID, Sitting: s.ID, ClientKey: "e1", At: T0, Kind: progress.EventAway}}))
	_, err = st.HandIn(ctx, Org, s.ID, T0.Add(time.Minute), progress.HandedInByLearner)
	must(t, err)
	at, g := Attempt(n+4, l.ID, "q1", true)
	record(t, st, at, g)
	return l
}
