package storetest

import (
	"encoding/json"
	"testing"

	"crosswalk/progress"
)

// analysedAnswers: those of learners by their newest gradings, newest first, without what is not theirs to judge an item by.
func analysedAnswers(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	lea, ben, ines := Account(1), Account(2), Account(3)
	ines.Role = progress.RoleInstructor
	add(t, st, lea, ben, ines)
	put := func(n int, l progress.LearnerID, item string, correct bool, change func(a *progress.Attempt, g *progress.Grading)) progress.Attempt {
		a, g := Attempt(n, l, item, correct)
		if change != nil {
			change(&a, &g)
		}
		record(t, st, a, g)
		return a
	}
	first := put(10, lea.ID, "q1", false, nil)
	put(11, ben.ID, "q1", true, nil)
	chart := put(12, ben.ID, "c1", true, func(a *progress.Attempt, g *progress.Grading) {
		a.Kind, a.Areas, g.Result = progress.KindCase, []string{"cases"}, json.RawMessage(`{"v":1}`)
	})
	put(13, ines.ID, "q1", true, nil) // staff
	put(14, lea.ID, "q2", true, func(a *progress.Attempt, _ *progress.Grading) {
		a.Context = progress.Context{Kind: progress.InLesson, Ref: "some"}
	})
	put(15, lea.ID, "q3", true, func(_ *progress.Attempt, g *progress.Grading) { g.By = "import" })
	put(16, lea.ID, "c1", true, func(a *progress.Attempt, _ *progress.Grading) { a.Kind = progress.KindAudit })
	_, g := Attempt(10, lea.ID, "q1", true)
	g.ID, g.Seq, g.Reason = progress.GradingID(ID(900)), 0, "mended"
	must(t, st.AppendGradings(ctx, Org, []progress.Grading{g}, nil))

	list := func(org progress.OrgID, q progress.AnalysisQuery) (ids []progress.AttemptID, all []progress.AnalysedAnswer) {
		t.Helper()
		all, err := st.AnalysedAnswers(ctx, org, q)
		must(t, err)
		for _, a := range all {
			ids = append(ids, a.Attempt)
		}
		return ids, all
	}
	id := func(ns ...int) (out []progress.AttemptID) {
		for _, n := range ns {
			out = append(out, progress.AttemptID(ID(n)))
		}
		return out
	}
	ids, all := list(Org, progress.AnalysisQuery{})
	same(t, "everything", ids, id(12, 11, 10))
	same(t, "the graded anew", all[2], progress.AnalysedAnswer{
		Attempt: first.ID, Learner: lea.ID, ClientKey: first.ClientKey, Kind: progress.KindQuestion, Item: "q1", Areas: first.Areas, ShownHash: first.ShownHash, Answer: first.Answer,
		SubmittedAt: first.SubmittedAt, Seconds: 30, Percent10: 1000, Correct: true,
	})
	same(t, "a chart", all[0], progress.AnalysedAnswer{
		Attempt: chart.ID, Learner: ben.ID, ClientKey: chart.ClientKey, Kind: progress.KindCase, Item: "c1", Areas: chart.Areas, ShownHash: chart.ShownHash, Answer: chart.Answer,
		SubmittedAt: chart.SubmittedAt, Seconds: 30, Percent10: 1000, Correct: true, Result: json.RawMessage(`{"v":1}`),
	})
	ids, _ = list(Org, progress.AnalysisQuery{Limit: 2})
	same(t, "the newest two", ids, id(12, 11))
	ids, _ = list(Org, progress.AnalysisQuery{Exam: "cpc"})
	same(t, "an exam that nobody sat", ids, id())
	ids, _ = list(Other, progress.AnalysisQuery{})
	same(t, "another organisation", ids, id())

	cohort := progress.Cohort{ID: progress.CohortID(ID(500)), Org: Org, Owner: ines.ID, Name: "c", CreatedAt: T0}
	entry := func(n int) progress.AuditEntry {
		return progress.AuditEntry{ID: progress.EntryID(ID(n)), Org: Org, Actor: ines.ID, Action: "x", At: T0}
	}
	must(t, st.AddCohort(ctx, Org, cohort, entry(501)))
	must(t, st.SetMember(ctx, Org, cohort.ID, lea.ID, true, entry(502)))
	ids, _ = list(Org, progress.AnalysisQuery{Cohort: cohort.ID})
	same(t, "a cohort", ids, id(10))
}
