package progress_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crosswalk/grading"
	"crosswalk/progress"
)

func TestSubmitQuestion(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	started := h.clock.now().Add(-95 * time.Second)
	in := progress.QuestionSubmission{ClientKey: "page-key-1", Question: "em-1", Context: progress.Context{Kind: progress.InLesson, Ref: "l1"}, Shown: []int{2, 0, 3, 1},
		Answer: grading.ItemAnswer{Options: []int{0}}, StartedAt: &started}
	g, err := h.SubmitQuestion(ctx, a, in)
	h.must(err)
	if g.Duplicate || !g.Grading.Correct || g.Grading.Percent10 != 1000 || g.Grading.Earned != 100 || g.Grading.Possible != 100 || g.Attempt.Seconds != 95 {
		t.Errorf("graded %+v", g)
	}
	got, err := h.Attempt(ctx, a, g.Attempt.ID)
	h.must(err)
	same(t, "stored", got, g)
	same(t, "order shown", got.Attempt.Order(), in.Shown)
	same(t, "context", got.Attempt.Context, in.Context)
	r, err := got.Grading.ItemResult()
	h.must(err)
	if !r.Correct {
		t.Errorf("result %+v", r)
	}
	for _, hash := range []string{"shown of em-1", "key of em-1"} {
		v, err := h.Version(ctx, a, hash)
		h.must(err)
		same(t, "version", v.Body, "source of em-1")
	}

	// Sent again, with another answer and after the question is gone, it is the first result.
	h.SwapContent(newBank().without("em-1"))
	in.Answer.Options = []int{1}
	again, err := h.SubmitQuestion(ctx, a, in)
	h.must(err)
	if !again.Duplicate {
		t.Error("the second sending is not marked as a duplicate")
	}
	again.Duplicate = false
	same(t, "second sending", again, g)
	_, n, err := h.Attempts(ctx, a, progress.AttemptFilter{})
	h.must(err)
	same(t, "attempts", n, 1)
	in.Question = "em-2"
	_, err = h.SubmitQuestion(ctx, a, in)
	wantField(t, "the same key for another question", err, "client_key")
	if v, err := h.Version(ctx, a, "key of em-1"); err != nil || v.Item != "em-1" {
		t.Errorf("version of a deleted question: %+v, %v", v, err)
	}
}

func TestWhatCannotBeSubmitted(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a, other := h.guest(), h.guest()
	drill, err := h.StartDrill(ctx, other, "em", 4, 1)
	h.must(err)
	own, err := h.StartDrill(ctx, a, "em", 1, 1)
	h.must(err)
	outside := "em-1"
	if own.Items[0] == outside {
		outside = "em-2"
	}
	base := progress.QuestionSubmission{ClientKey: "key-000001", Question: "em-1", Answer: grading.ItemAnswer{Options: []int{0}}}
	for _, c := range []struct {
		name  string
		set   func(*progress.QuestionSubmission)
		field string
		is    error
	}{
		{"no key", func(q *progress.QuestionSubmission) { q.ClientKey = "" }, "client_key", nil},
		{"key with a newline", func(q *progress.QuestionSubmission) { q.ClientKey = "key\n000001" }, "client_key", nil},
		{"unknown question", func(q *progress.QuestionSubmission) { q.Question = "em-9" }, "", progress.ErrNotFound},
		{"a case is no question", func(q *progress.QuestionSubmission) { q.Question = "c1" }, "", progress.ErrNotFound},
		{"order with a gap", func(q *progress.QuestionSubmission) { q.Shown = []int{0, 1, 3} }, "shown", nil},
		{"order with a repeat", func(q *progress.QuestionSubmission) { q.Shown = []int{0, 1, 1, 2} }, "shown", nil},
		{"order out of range", func(q *progress.QuestionSubmission) { q.Shown = []int{0, 1, 2, 4} }, "shown", nil},
		{"lesson without a name", func(q *progress.QuestionSubmission) { q.Context.Kind = progress.InLesson }, "context", nil},
		{"an exam", func(q *progress.QuestionSubmission) { q.Context = progress.Context{Kind: progress.InExam, Ref: "x"} }, "context", nil},
		{"another's drill", func(q *progress.QuestionSubmission) {
			q.Context = progress.Context{Kind: progress.InDrill, Ref: string(drill.ID)}
		}, "", progress.ErrNotFound},
		{"outside the drill", func(q *progress.QuestionSubmission) {
			q.Question, q.Context = outside, progress.Context{Kind: progress.InDrill, Ref: string(own.ID)}
		}, "context", nil},
	} {
		in := base
		c.set(&in)
		_, err := h.SubmitQuestion(ctx, a, in)
		if c.field != "" {
			wantField(t, c.name, err, c.field)
		} else {
			wantErr(t, c.name, err, c.is)
		}
	}
	var format grading.FormatErrors
	in := base
	in.Answer.Options = []int{7}
	if _, err := h.SubmitQuestion(ctx, a, in); !errors.As(err, &format) {
		t.Errorf("option that is not there: %v, want FormatErrors", err)
	}
	if _, err := h.SubmitCase(ctx, a, progress.CaseSubmission{ClientKey: h.key(), Case: "c1", Answer: caseAnswer("!!")}); !errors.As(err, &format) {
		t.Errorf("malformed code: %v, want FormatErrors", err)
	}
	_, err = h.SubmitCase(ctx, a, progress.CaseSubmission{ClientKey: h.key(), Case: "c1", Answer: caseAnswer("E11.22"), Scheme: "generous"})
	wantField(t, "unknown scheme", err, "scheme")
	_, err = h.SubmitQuestion(ctx, progress.Actor{}, base)
	wantErr(t, "nobody", err, progress.ErrForbidden)
	if _, n, err := h.Attempts(ctx, a, progress.AttemptFilter{}); err != nil || n != 0 {
		t.Errorf("%d attempts recorded (%v), want none", n, err)
	}
	_, err = h.SubmitQuestion(ctx, a, base) // the key that failed above can still be used
	h.must(err)
}

func TestStartTimes(t *testing.T) {
	h := newHouse(t)
	a := h.guest()
	for _, c := range []struct {
		name string
		ago  time.Duration
		want int
	}{{"a minute", time.Minute, 60}, {"the future", -time.Hour, 0}, {"last week", 7 * 24 * time.Hour, 0}} {
		at := h.clock.now().Add(-c.ago)
		g, err := h.SubmitQuestion(t.Context(), a, progress.QuestionSubmission{ClientKey: h.key(), Question: "em-1", Answer: grading.ItemAnswer{Options: []int{1}}, StartedAt: &at})
		h.must(err)
		if g.Attempt.Seconds != c.want || (g.Attempt.StartedAt != nil) != (c.want > 0) {
			t.Errorf("%s: %d s, start %v; want %d s", c.name, g.Attempt.Seconds, g.Attempt.StartedAt, c.want)
		}
	}
}

func TestSubmittingTwiceAtOnceCountsOnce(t *testing.T) {
	h := newHouse(t)
	a := h.guest()
	var fresh atomic.Int32
	var wg sync.WaitGroup
	ids := make([]progress.AttemptID, 16)
	for i := range ids {
		wg.Go(func() {
			g, err := h.SubmitQuestion(t.Context(), a, progress.QuestionSubmission{ClientKey: "double-click", Question: "em-1", Answer: grading.ItemAnswer{Options: []int{i % 4}}})
			if err != nil {
				t.Error(err)
				return
			}
			if !g.Duplicate {
				fresh.Add(1)
			}
			ids[i] = g.Attempt.ID
		})
	}
	wg.Wait()
	same(t, "recorded", fresh.Load(), int32(1))
	for _, id := range ids {
		same(t, "attempt id", id, ids[0])
	}
}

func TestSubmitCaseDropsTheDraft(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	rev, err := h.SaveDraft(ctx, a, progress.Draft{Item: "c1", Body: json.RawMessage(`{"diagnoses":[]}`)})
	h.must(err)
	g := h.code(a, "E11.22", "N18.32")
	if !g.Grading.Correct || g.Grading.Percent10 != 1000 || g.Grading.AuditTenths != 1000 || g.Grading.Scheme != "learning" || g.Grading.GraderVersion != grading.Version {
		t.Errorf("grading %+v", g.Grading)
	}
	_, err = h.Draft(ctx, a, "c1")
	wantErr(t, "draft", err, progress.ErrNotFound)
	_, err = h.SaveDraft(ctx, a, progress.Draft{Item: "c1", Body: json.RawMessage(`{"late":1}`), Rev: rev})
	wantErr(t, "a tab left open", err, progress.ErrStaleDraft)
	r, err := g.Grading.CaseResult()
	h.must(err)
	sum := 0
	for _, p := range r.Parts {
		sum += int(p.Earned)
	}
	same(t, "sum of the parts", sum, g.Grading.Earned)
	bad := h.code(a, "N18.30")
	if bad.Grading.Correct || len(bad.Grading.Findings) == 0 || bad.Grading.Percent10 >= 1000 {
		t.Errorf("grading of a poor answer %+v", bad.Grading)
	}
	st, err := h.CaseStates(ctx, a)
	h.must(err)
	same(t, "case states", st, map[string]progress.CaseState{"c1": {Tries: 2, BestTenths: 1000, LastTenths: bad.Grading.Percent10, Clean: true}})
}

func TestDraftLimits(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	_, err := h.SaveDraft(ctx, a, progress.Draft{Item: "c9", Body: json.RawMessage(`{}`)})
	wantErr(t, "unknown case", err, progress.ErrNotFound)
	_, err = h.SaveDraft(ctx, a, progress.Draft{Item: "c1", Body: json.RawMessage(`{`)})
	wantField(t, "broken JSON", err, "body")
	_, err = h.SaveDraft(ctx, a, progress.Draft{Item: "c1", Body: json.RawMessage(fmt.Sprintf(`"%0*d"`, progress.MaxDraft, 1))})
	wantField(t, "too long", err, "body")
	_, err = h.SaveDraft(ctx, progress.Actor{}, progress.Draft{Item: "c1", Body: json.RawMessage(`{}`)})
	wantErr(t, "nobody", err, progress.ErrForbidden)
	_, err = h.SaveDraft(ctx, a, progress.Draft{Item: "c1", Body: json.RawMessage(`{}`)})
	h.must(err)
	if ds, err := h.Drafts(ctx, a); err != nil || len(ds) != 1 {
		t.Errorf("drafts %v, %v", ds, err)
	}
	h.must(h.DiscardDraft(ctx, a, "c1"))
	wantField(t, "position", h.SavePosition(ctx, a, "l1", "x", 101), "position")
	wantField(t, "lesson without id", h.MarkLesson(ctx, a, "", true), "lesson")
}

func TestOneLearnerCannotReadAnothers(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	const school progress.OrgID = "00000000-0000-7000-8000-00000000000a"
	mine := h.user("mine", progress.RoleLearner, progress.DefaultOrg)
	g := h.answer(mine, "em-1", 0)
	_, err := h.SaveDraft(ctx, mine, progress.Draft{Item: "c1", Body: json.RawMessage(`{}`)})
	h.must(err)
	d, err := h.StartDrill(ctx, mine, "em", 1, 1)
	h.must(err)

	for _, who := range []struct {
		name  string
		a     progress.Actor
		reads bool
	}{
		{"another learner", h.user("other", progress.RoleLearner, progress.DefaultOrg), false},
		{"an employer", h.user("boss", progress.RoleEmployer, progress.DefaultOrg), false},
		{"nobody", progress.Actor{}, false},
		{"an instructor of another organisation", h.user("far", progress.RoleInstructor, school), false},
		{"an admin of another organisation", h.user("faradmin", progress.RoleAdmin, school), false},
		{"an instructor of the organisation", h.user("teacher", progress.RoleInstructor, progress.DefaultOrg), true},
		{"an admin of the organisation", h.user("admin", progress.RoleAdmin, progress.DefaultOrg), true},
		{"the learner", mine, true},
	} {
		check := func(what string, err error) {
			t.Helper()
			if who.reads && err != nil || !who.reads && !errors.Is(err, progress.ErrNotFound) {
				t.Errorf("%s, %s: %v", who.name, what, err)
			}
		}
		_, err := h.Attempt(ctx, who.a, g.Attempt.ID)
		check("attempt", err)
		_, err = h.Gradings(ctx, who.a, g.Attempt.ID)
		check("gradings", err)
		_, err = h.Summary(ctx, who.a, mine.Learner)
		check("summary", err)
		if who.a.Role != progress.RoleInstructor && who.a.Role != progress.RoleAdmin { // the bank is the same for staff of all organisations
			_, err = h.Version(ctx, who.a, g.Attempt.KeyHash)
			check("version", err)
		}
		_, err = h.Learner(ctx, who.a, mine.Learner)
		check("learner", err)
		if who.a.Role != progress.RoleInstructor { // an instructor lists, another's list is empty or refused
			_, n, err := h.Attempts(ctx, who.a, progress.AttemptFilter{Learner: mine.Learner})
			if !who.reads && n > 0 {
				t.Errorf("%s lists %d attempts (%v)", who.name, n, err)
			}
		}
		if _, n, err := h.Attempts(ctx, who.a, progress.AttemptFilter{}); !who.reads && n > 0 {
			t.Errorf("%s lists %d attempts without a filter (%v)", who.name, n, err)
		}
		if who.a != mine {
			if _, err := h.Draft(ctx, who.a, "c1"); !errors.Is(err, progress.ErrNotFound) {
				t.Errorf("%s, draft: %v", who.name, err)
			}
			if _, err := h.Drill(ctx, who.a, d.ID); !errors.Is(err, progress.ErrNotFound) {
				t.Errorf("%s, drill: %v", who.name, err)
			}
		}
		if _, err := h.Export(ctx, who.a, mine.Learner); (who.a == mine || who.a.Role == progress.RoleAdmin && who.reads) != (err == nil) {
			t.Errorf("%s, export: %v", who.name, err)
		}
		if who.a.Role != progress.RoleAdmin && who.a != mine {
			wantErr(t, who.name+", erase", h.Erase(ctx, who.a, mine.Learner), progress.ErrNotFound)
		}
	}
	// A learner reads no version that they were not given.
	h.answer(mine, "em-2", 0)
	reader := h.user("reader", progress.RoleLearner, progress.DefaultOrg)
	h.answer(reader, "em-1", 1)
	if _, err := h.Version(ctx, reader, "key of em-1"); err != nil {
		t.Errorf("version of an own attempt: %v", err)
	}
	_, err = h.Version(ctx, reader, "key of em-2")
	wantErr(t, "version of a question never answered", err, progress.ErrNotFound)
}

func TestKeepContent(t *testing.T) {
	h := newHouse(t)
	n, err := h.KeepContent(t.Context())
	h.must(err)
	same(t, "new versions", n, 14)
	n, err = h.KeepContent(t.Context())
	h.must(err)
	same(t, "new versions the second time", n, 0)
	v, err := h.Version(t.Context(), progress.Operator(progress.DefaultOrg), "key of em-4")
	h.must(err)
	same(t, "body", v.Body, "source of em-4")
}

func TestRegrade(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a, teacher := h.guest(), h.user("teacher", progress.RoleInstructor, progress.DefaultOrg)
	wrong, right := h.answer(a, "em-1", 1), h.answer(a, "em-1", 0)
	_, err := h.Regrade(ctx, a, "em-1", "because", false)
	wantErr(t, "as a learner", err, progress.ErrForbidden)
	_, err = h.Regrade(ctx, teacher, "em-9", "because", false)
	wantErr(t, "unknown item", err, progress.ErrNotFound)
	_, err = h.Regrade(ctx, teacher, "em-1", " ", false)
	wantField(t, "no reason", err, "reason")

	res, err := h.Regrade(ctx, teacher, "em-1", "nothing changed", false)
	h.must(err)
	same(t, "nothing changed", res, progress.Regraded{Item: "em-1", Attempts: 2, Same: 2})

	h.SwapContent(newBank().change("em-1", func(it *progress.Item) {
		it.KeyHash = "new key of em-1"
		it.Question = &grading.ItemKey{Kind: grading.Single, Options: 4, Correct: []int{1}}
	}))
	h.clock.add(time.Hour)
	dry, err := h.Regrade(ctx, teacher, "em-1", "", true)
	h.must(err)
	want := []progress.RegradeChange{
		{Attempt: right.Attempt.ID, Learner: a.Learner, Before: 1000, After: 0, WasCorrect: true},
		{Attempt: wrong.Attempt.ID, Learner: a.Learner, Before: 0, After: 1000, NowCorrect: true},
	}
	same(t, "dry run", dry, progress.Regraded{Item: "em-1", DryRun: true, Attempts: 2, Changes: want})
	if g, err := h.Attempt(ctx, a, wrong.Attempt.ID); err != nil || g.Grading.Correct {
		t.Errorf("a dry run changed the grade: %+v, %v", g.Grading, err)
	}
	res, err = h.Regrade(ctx, teacher, "em-1", "The key was wrong.", false)
	h.must(err)
	same(t, "changes", res.Changes, want)
	gs, err := h.Gradings(ctx, a, wrong.Attempt.ID)
	h.must(err)
	if len(gs) != 2 || gs[0].Correct || !gs[1].Correct || gs[1].Reason != "The key was wrong." || gs[1].By != string(teacher.Learner) || gs[1].KeyHash != "new key of em-1" {
		t.Errorf("gradings %+v", gs)
	}
	g, err := h.Attempt(ctx, a, wrong.Attempt.ID)
	h.must(err)
	same(t, "the submission", g.Attempt, wrong.Attempt)
	sum, err := h.Summary(ctx, a, a.Learner)
	h.must(err)
	same(t, "right answers by the newest gradings", sum.Correct, 1)
	if es, err := h.AuditLog(ctx, progress.Operator(progress.DefaultOrg), progress.AuditFilter{Action: "regrade"}); err != nil || len(es) != 1 {
		t.Errorf("audit log %+v, %v", es, err)
	}

	// Options that were shown in other words cannot be compared by their places.
	h.SwapContent(newBank().change("em-1", func(it *progress.Item) { it.ShownHash, it.KeyHash = "new text", "newest key" }))
	res, err = h.Regrade(ctx, teacher, "em-1", "New options.", false)
	h.must(err)
	same(t, "new text", res, progress.Regraded{Item: "em-1", Attempts: 2, Skipped: 2})
}

func BenchmarkSubmitQuestion(b *testing.B) {
	for _, learners := range []int{1, 64} {
		b.Run(fmt.Sprintf("learners=%d", learners), func(b *testing.B) {
			h := newHouse(b)
			actors := make([]progress.Actor, learners)
			for i := range actors {
				actors[i] = h.guest()
			}
			var n atomic.Int64
			before := h.db.Stats()
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for _, a := range actors {
				wg.Go(func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						_, err := h.SubmitQuestion(b.Context(), a, progress.QuestionSubmission{
							ClientKey: fmt.Sprintf("benchmark-%d", i), Question: "em-1", Shown: []int{3, 2, 1, 0}, Answer: grading.ItemAnswer{Options: []int{int(i % 4)}},
						})
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			after := h.db.Stats()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submissions/s")
			b.ReportMetric(float64(after.Writes-before.Writes)/float64(max(1, after.Commits-before.Commits)), "writes/commit")
		})
	}
}
