package progress_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// mendedKey is the bank with the second option of em-1 in the place of the first.
func mendedKey(n int) bank {
	return newBank().change("em-1", func(it *progress.Item) {
		it.KeyHash = fmt.Sprintf("key %d of em-1", n)
		it.Question = &grading.ItemKey{Kind: grading.Single, Options: 4, Correct: []int{1}}
	})
}

// lanes is how many answers record puts into the record at a time. PostgreSQL refuses two of one learner at a time.
const lanes = 64

// record puts many attempts at an item into the record, as the grader judged them then: i, i+lanes and so on one after another.
func (h *house) record(n int, of func(i int) (progress.Attempt, progress.Grading)) {
	h.t.Helper()
	errs := make(chan error, lanes)
	for k := range lanes {
		go func() {
			var err error
			for i := k; i < n && err == nil; i += lanes {
				a, g := of(i)
				_, _, err = h.db.RecordAttempt(context.Background(), a.Org, nil, a, g, false)
			}
			errs <- err
		}()
	}
	for range lanes {
		h.must(<-errs)
	}
}

// manyAnswers records n answers of some learners to em-1, of which every third took the second option.
func (h *house) manyAnswers(n int) {
	at := h.clock.now()
	var learners [lanes]progress.LearnerID
	for k := range learners {
		learners[k] = h.guest().Learner
	}
	h.record(n, func(i int) (progress.Attempt, progress.Grading) {
		option := 0
		if i%3 == 0 {
			option = 1
		}
		r := grading.GradeItem(&grading.ItemKey{Kind: grading.Single, Options: 4, Correct: []int{0}}, grading.ItemAnswer{Options: []int{option}})
		answer, _ := json.Marshal(grading.ItemAnswer{Options: []int{option}})
		result, _ := json.Marshal(r)
		id := fmt.Sprintf("01940000-0000-7000-8000-%012d", i)
		att := progress.Attempt{
			ID: progress.AttemptID(id), Org: progress.DefaultOrg, Learner: learners[i%lanes], ClientKey: "many-" + id, Kind: progress.KindQuestion, Item: "em-1", Areas: []string{"em"},
			Context: progress.Context{Kind: progress.Alone}, ShownHash: "shown of em-1", KeyHash: "key of em-1", Answer: answer, SubmittedAt: at,
		}
		g := progress.Grading{
			ID: progress.GradingID("0194" + id[4:9] + "0001" + id[13:]), Attempt: att.ID, Org: att.Org, Seq: 1, KeyHash: att.KeyHash, GraderVersion: grading.Version, Scheme: "learning",
			Result: result, Earned: int(r.Earned), Possible: int(r.Possible), Percent10: int(r.Earned) * 10, Correct: r.Correct, Reason: "submitted", By: "grader", At: at,
		}
		return att, g
	})
}

// TestRegradeGoesOn: a regrade is interrupted in every way there is, and gone on with: what is done is not done again, nothing is done
// twice, and in the end all of it is done.
func TestRegradeGoesOn(t *testing.T) { onBothEngines(t, regradeGoesOn) }

func regradeGoesOn(t *testing.T, h *house) {
	ctx := t.Context()
	ines := h.user("ines", progress.RoleInstructor, "")
	const n = 1100
	h.manyAnswers(n)
	h.SwapContent(mendedKey(2))
	r, err := h.StartRegrade(ctx, ines, progress.RegradeInput{Item: "em-1", Reason: "The second option is right."})
	h.must(err)
	same(t, "expected", []any{r.Expected, r.State, r.Percent()}, []any{n, progress.RegradeOpen, 0})
	again, err := h.StartRegrade(ctx, ines, progress.RegradeInput{Item: "em-1", Reason: "Started twice."})
	h.must(err)
	same(t, "started twice", again.ID, r.ID)

	// The context ends after the first batch.
	ended, cancel := context.WithCancel(ctx)
	got, err := h.ContinueRegrade(ended, ines, r.ID, func(progress.RegradeRun) { cancel() })
	wantErr(t, "interrupted", err, context.Canceled)
	same(t, "after the first batch", []int{got.Attempts, got.Graded, got.Raised, got.Lowered}, []int{250, 250, 83, 167})

	// The program dies in the second: nothing is said, and nobody can go on until the hold has run out.
	func() {
		defer func() { _ = recover() }()
		_, _ = h.ContinueRegrade(ctx, ines, r.ID, func(progress.RegradeRun) { panic("killed") })
	}()
	_, err = h.ContinueRegrade(ctx, ines, r.ID, nil)
	wantErr(t, "while it is held", err, progress.ErrUnderWay)
	h.clock.add(time.Minute)

	// A person stops it in the third.
	got, err = h.ContinueRegrade(ctx, ines, r.ID, func(progress.RegradeRun) {
		_, err := h.StopRegrade(ctx, ines, r.ID)
		h.must(err)
	})
	wantErr(t, "stopped", err, progress.ErrConflict)
	same(t, "after three batches", []any{got.Attempts, got.State}, []any{750, progress.RegradeStopped})

	// One of the attempts is decided by hand while its batch is judged.
	batches := 0
	first, _, err := h.Attempts(ctx, ines, progress.AttemptFilter{Item: "em-1", Limit: 500, Before: "01940000-0000-7000-8000-000000000051"})
	h.must(err)
	got, err = h.ContinueRegrade(ctx, ines, r.ID, func(progress.RegradeRun) {
		if batches++; batches == 1 {
			h.must(ignore(h.OverrideLine(ctx, ines, progress.OverrideInput{Attempt: first[0].Attempt.ID, Seq: 1, Earned: 100, Reason: "The screen hung, as the room noted."})))
		}
	})
	h.must(err)
	same(t, "done", []any{got.State, got.Attempts, got.Graded, got.Same, got.Raised + got.Lowered, got.Percent()}, []any{progress.RegradeDone, n, n, 0, n - 1, 100}) // the one that was decided by hand keeps its figure
	for _, id := range []int{0, 1, 50, 700, 1099} {
		gs, err := h.Gradings(ctx, ines, progress.AttemptID(fmt.Sprintf("01940000-0000-7000-8000-%012d", id)))
		h.must(err)
		if want := 2 + bit(id == 50); len(gs) != want || gs[len(gs)-1].Correct != (id%3 == 0 || id == 50) {
			t.Errorf("attempt %d has %d gradings, want %d: %+v", id, len(gs), want, gs)
		}
	}
	_, err = h.ContinueRegrade(ctx, ines, r.ID, nil)
	wantErr(t, "at its end", err, progress.ErrConflict)
	_, err = h.StopRegrade(ctx, ines, r.ID)
	wantErr(t, "stop at its end", err, progress.ErrConflict)
	log, err := h.AuditLog(ctx, progress.Operator(""), progress.AuditFilter{Limit: 20})
	h.must(err)
	var acts []string
	for _, e := range log {
		acts = append(acts, e.Action)
	}
	same(t, "audit log", acts, []string{"regrade", "grading.override", "regrade.continue", "regrade.stop", "regrade.continue", "regrade.continue", "regrade.start", "user.add"})
}

func ignore[T any](_ T, err error) error { return err }

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestTwoStartsDoNoDoubleWork: two at once, and one of them does it all.
func TestTwoStartsDoNoDoubleWork(t *testing.T) { onBothEngines(t, twoStarts) }

func twoStarts(t *testing.T, h *house) {
	ctx := t.Context()
	ines := h.user("ines", progress.RoleInstructor, "")
	h.manyAnswers(600)
	h.SwapContent(mendedKey(2))
	type end struct {
		run progress.RegradeRun
		err error
	}
	ends := make(chan end, 4)
	for range cap(ends) {
		go func() {
			r, err := h.StartRegrade(ctx, ines, progress.RegradeInput{Item: "em-1", Reason: "The second option is right."})
			if err == nil {
				r, err = h.ContinueRegrade(ctx, ines, r.ID, nil)
			}
			ends <- end{r, err}
		}()
	}
	done := 0
	for range cap(ends) {
		e := <-ends
		switch {
		case e.err == nil && e.run.State == progress.RegradeDone && e.run.Graded == 600:
			done++
		case e.err == nil && e.run.Graded == 0 && e.run.Same == 600: // it came after the end and found nothing to do
		case errors.Is(e.err, progress.ErrUnderWay), errors.Is(e.err, progress.ErrConflict):
		default:
			t.Errorf("one of them: %+v, %v", e.run, e.err)
		}
	}
	same(t, "did it", done, 1)
	uses, err := h.db.KeyUses(ctx, progress.DefaultOrg, "em-1")
	h.must(err)
	if len(uses) != 1 || uses[0].KeyHash != "key 2 of em-1" || uses[0].Attempts != 600 {
		t.Errorf("keys %+v", uses)
	}
	gs, err := h.Gradings(ctx, ines, "01940000-0000-7000-8000-000000000000")
	h.must(err)
	same(t, "gradings of one", len(gs), 2)
}

// TestRegradeOfAChangedKeyIsClosed: a run goes by one key. Where that changes before the end it is closed, and another begins.
func TestRegradeOfAChangedKeyIsClosed(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines := h.user("ines", progress.RoleInstructor, "")
	h.manyAnswers(300)
	h.SwapContent(mendedKey(2))
	r, err := h.StartRegrade(ctx, ines, progress.RegradeInput{Item: "em-1", Reason: "The second option is right."})
	h.must(err)
	ended, cancel := context.WithCancel(ctx)
	_, err = h.ContinueRegrade(ended, ines, r.ID, func(progress.RegradeRun) { cancel() })
	wantErr(t, "interrupted", err, context.Canceled)
	h.SwapContent(mendedKey(3))
	r, err = h.ContinueRegrade(ctx, ines, r.ID, nil)
	wantErr(t, "by another key", err, progress.ErrConflict)
	same(t, "state", r.State, progress.RegradeClosed)
	done, err := h.Regrade(ctx, ines, "em-1", "Once more.", false)
	h.must(err)
	same(t, "the next one", []int{len(done.Changes), done.Same}, []int{300, 0})
	items, err := h.RegradeItems(ctx, ines)
	h.must(err)
	same(t, "nothing is left to do", len(items), 0)
}

// TestRegradeOfAnErasedDispute: whoever disputed is gone before the regrade; those who disputed the same line are answered all the same.
func TestRegradeOfAnErasedDispute(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	lea, kim, ines := h.guest(), h.guest(), h.user("ines", progress.RoleInstructor, "")
	var said []progress.Dispute
	for _, a := range []progress.Actor{lea, kim} {
		d, err := h.Dispute(ctx, a, h.answer(a, "em-1", 1).Attempt.ID, "", "The second option is right.", "")
		h.must(err)
		said = append(said, d)
	}
	h.must(ignore(h.ResolveDispute(ctx, ines, said[0].ID, progress.DisputeAccepted, "You are right, the key was wrong.")))
	h.must(h.Erase(ctx, lea, lea.Learner))
	h.SwapContent(mendedKey(2))
	const reason = "The manual names the second option."
	r, err := h.StartRegrade(ctx, ines, progress.RegradeInput{Item: "em-1", Reason: reason, Dispute: said[0].ID})
	h.must(err)
	h.must(ignore(h.ContinueRegrade(ctx, ines, r.ID, nil)))
	of, err := h.OwnDisputes(ctx, kim, "")
	h.must(err)
	if len(of) != 1 || of[0].Status != progress.DisputeAccepted || of[0].Answer != reason || of[0].Run != r.ID {
		t.Errorf("the other's dispute: %+v", of)
	}
}

// TestRegradeByTheSameKeyChangesNothing: whatever was answered and decided by hand, a regrade by the key that graded leaves every grading
// and every figure as it is.
func TestRegradeByTheSameKeyChangesNothing(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines := h.user("ines", progress.RoleInstructor, "")
	rnd := rand.New(rand.NewPCG(8, 25))
	codes := []string{"E11.22", "N18.32", "N18.30", "I10", "E11.9", "R05.9"}
	var all []progress.AttemptID
	for range 8 {
		a := h.guest()
		for range 6 {
			var g progress.Graded
			switch rnd.IntN(3) {
			case 0:
				g = h.answer(a, "em-1", rnd.IntN(4))
			default:
				rnd.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
				g = h.code(a, codes[:1+rnd.IntN(4)]...)
			}
			all = append(all, g.Attempt.ID)
			if rnd.IntN(3) > 0 {
				continue
			}
			in := progress.OverrideInput{Attempt: g.Attempt.ID, Seq: 1, Earned: 100 * rnd.IntN(2), Reason: "decided by hand"}
			if g.Attempt.Kind == progress.KindCase {
				r, err := g.Grading.CaseResult()
				h.must(err)
				l := r.Lines()[rnd.IntN(len(r.Lines()))]
				in.Line, in.Earned = l.ID, rnd.IntN(1+int(l.Possible))
			}
			h.must(ignore(h.OverrideLine(ctx, ines, in)))
		}
	}
	state := func() (out []any) {
		for _, id := range all {
			gs, err := h.Gradings(ctx, ines, id)
			h.must(err)
			out = append(out, gs)
		}
		return out
	}
	before := state()
	for _, item := range []string{"em-1", "c1"} {
		plan, err := h.PlanRegrade(ctx, ines, item)
		h.must(err)
		done, err := h.Regrade(ctx, ines, item, "nothing changed", false)
		h.must(err)
		same(t, "changes", []int{len(plan.Changes), plan.Learners, len(done.Changes), done.Same - done.Attempts}, []int{0, 0, 0, 0})
	}
	same(t, "gradings", state(), before)
}

// TestPlanRegradeOfExams: a key that is mended moves sittings; one of them crosses the pass line, and a second regrade starts from what the
// first came to.
func TestPlanRegradeOfExams(t *testing.T) {
	h := reportHouse(t)
	ctx := t.Context()
	lea, kim, ines := h.guest(), h.guest(), h.user("ines", progress.RoleInstructor, "")
	sat := map[progress.LearnerID]progress.Sitting{}
	for a, choice := range map[progress.Actor]int{lea: 2, kim: 1} {
		x := h.sit(a, "fixed")
		h.save(a, x, "em-00", progress.ItemState{Answer: option(x, "em-00", 1)})
		h.save(a, x, "em-01", progress.ItemState{Answer: option(x, "em-01", choice)})
		h.must(ignore(h.HandIn(ctx, a, x.ID)))
		sat[a.Learner] = x
	}
	h.SetContent(reportBank(t, 2))
	check := func(what string, learnerUp, learnerDown progress.LearnerID) {
		t.Helper()
		p, err := h.PlanRegrade(ctx, ines, "em-01")
		h.must(err)
		up, down := p.Crossing()
		same(t, what, []int{p.Learners, up, down, len(p.Sittings), p.Raised(), p.Lowered()}, []int{2, 1, 1, 2, 1, 1})
		for _, c := range p.Sittings {
			want := []any{sat[c.Learner].ID, 1000, false}
			if c.Learner == learnerUp {
				want = []any{sat[c.Learner].ID, 500, true}
			}
			same(t, what+": a sitting", []any{c.Sitting, c.Before.Percent10, c.After.Passed}, want)
		}
		h.must(ignore(h.Regrade(ctx, ines, "em-01", "by the 2026 guideline", false)))
		for _, c := range p.Sittings {
			r, err := h.Report(ctx, ines, c.Sitting)
			h.must(err)
			same(t, what+": the report", r.Tally, c.After)
		}
	}
	check("mended", lea.Learner, kim.Learner)
	h.SetContent(reportBank(t, 1))
	check("and back", kim.Learner, lea.Learner)
}

func TestRegradeIsForStaff(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	lea := h.guest()
	g := h.answer(lea, "em-1", 1)
	h.SwapContent(mendedKey(2))
	ines, other := h.user("ines", progress.RoleInstructor, ""), h.user("otto", progress.RoleInstructor, "elsewhere")
	r, err := h.StartRegrade(ctx, ines, progress.RegradeInput{Item: "em-1", Reason: "The second option is right."})
	h.must(err)
	for who, c := range map[string]struct {
		a    progress.Actor
		want error
	}{
		"a learner":                       {lea, progress.ErrForbidden},
		"an employer":                     {h.user("emp", progress.RoleEmployer, ""), progress.ErrForbidden},
		"an instructor of somewhere else": {other, progress.ErrNotFound},
		"nobody":                          {progress.Actor{}, progress.ErrForbidden},
	} {
		wantErr(t, who+" reads a run", ignore(h.RegradeRun(ctx, c.a, r.ID)), c.want)
		wantErr(t, who+" goes on", ignore(h.ContinueRegrade(ctx, c.a, r.ID, nil)), c.want)
		wantErr(t, who+" stops", ignore(h.StopRegrade(ctx, c.a, r.ID)), c.want)
		wantErr(t, who+" decides by hand", ignore(h.OverrideLine(ctx, c.a, progress.OverrideInput{Attempt: g.Attempt.ID, Seq: 1, Earned: 100, Reason: "because I say so"})), c.want)
		if errors.Is(c.want, progress.ErrForbidden) {
			wantErr(t, who+" plans", ignore(h.PlanRegrade(ctx, c.a, "em-1")), c.want)
			wantErr(t, who+" lists items", ignore(h.RegradeItems(ctx, c.a)), c.want)
			wantErr(t, who+" lists runs", ignore(h.RegradeRuns(ctx, c.a, progress.RegradeFilter{})), c.want)
			wantErr(t, who+" starts", ignore(h.StartRegrade(ctx, c.a, progress.RegradeInput{Item: "em-1", Reason: "because I say so"})), c.want)
		}
	}
	// The key is everybody's, and the attempts are not.
	plan, err := h.PlanRegrade(ctx, other, "em-1")
	h.must(err)
	items, err := h.RegradeItems(ctx, other)
	h.must(err)
	same(t, "of somewhere else", []int{plan.Attempts, len(items)}, []int{0, 0})
	items, err = h.RegradeItems(ctx, ines)
	h.must(err)
	if len(items) != 1 || items[0].OtherKey != 1 || items[0].Run == nil || items[0].Run.ID != r.ID {
		t.Errorf("items %+v", items)
	}
}

// BenchmarkRegrade is what a regrade of 10,000 attempts costs, dry and for good: of a chart of the shipped bank by the starter book, with an
// answer that is partly right, and of a question. Each is one attempt of one of 500 learners.
func BenchmarkRegrade(b *testing.B) {
	book, err := codebook.Starter()
	if err != nil {
		b.Fatal(err)
	}
	content, _ := quizzes.Load(quizzes.Content, markdown.New(anyTitle{}, anyTerm{}), book)
	keys := 0
	for _, what := range []string{"question", "chart"} {
		b.Run(what, func(b *testing.B) {
			h := newHouse(b)
			s := progress.New(h.db, content, func() *codebook.Book { return book }, progress.Options{Now: h.clock.now, Passphrase: cheap})
			var learners []progress.Actor
			for range 500 {
				learners = append(learners, h.guest())
			}
			var att progress.Attempt
			if what == "chart" {
				cs, err := content.Case("ed-colles-fracture")
				h.must(err)
				ans := grading.ModelAnswer(&cs.Key)
				ans.Diagnoses = append(ans.Diagnoses, grading.AnswerDiagnosis{Code: "I10"}, grading.AnswerDiagnosis{Code: "M25.531"})
				g, err := s.SubmitCase(b.Context(), learners[0], progress.CaseSubmission{ClientKey: "client-key-0", Case: cs.ID, Answer: ans})
				h.must(err)
				att = g.Attempt
			} else {
				var q *quizzes.Question
				for _, x := range content.Questions() {
					if x.Kind == grading.Single {
						q = x
						break
					}
				}
				g, err := s.SubmitQuestion(b.Context(), learners[0], progress.QuestionSubmission{ClientKey: "client-key-0", Question: q.ID, Answer: grading.ItemAnswer{Options: []int{1}}})
				h.must(err)
				att = g.Attempt
			}
			h.record(9_999, func(i int) (progress.Attempt, progress.Grading) {
				a := att
				a.ID, a.Learner = progress.AttemptID(fmt.Sprintf("01940000-0000-7000-8000-%012d", i)), learners[i%len(learners)].Learner
				a.ClientKey = "many-" + string(a.ID)
				g := progress.Grading{
					ID: progress.GradingID(fmt.Sprintf("01940000-0000-7001-8000-%012d", i)), Attempt: a.ID, Org: a.Org, Seq: 1, KeyHash: "an older key", GraderVersion: grading.Version,
					Scheme: "learning", Result: json.RawMessage(`{}`), Possible: 100, Reason: "submitted", By: "grader", At: a.SubmittedAt,
				}
				return a, g
			})
			b.Run("dry", func(b *testing.B) {
				for b.Loop() {
					p, err := s.PlanRegrade(b.Context(), progress.Operator(""), att.Item)
					h.must(err)
					same(b, "would be graded", len(p.Changes), 9_999)
				}
			})
			b.Run("for good", func(b *testing.B) {
				for b.Loop() {
					keys++ // a second regrade by the same key would find nothing to do
					s.SwapContent(rekeyed{progress.FromBank(content), att.Item, fmt.Sprintf("key %d", keys)})
					done, err := s.Regrade(b.Context(), progress.Operator(""), att.Item, "measured", false)
					h.must(err)
					same(b, "graded", len(done.Changes), 10_000)
				}
			})
		})
	}
}

// rekeyed is content with another hash of the key of one item.
type rekeyed struct {
	progress.Content
	item, key string
}

func (r rekeyed) Item(kind progress.ItemKind, id string) (progress.Item, bool) {
	it, ok := r.Content.Item(kind, id)
	if id == r.item {
		it.KeyHash = r.key
	}
	return it, ok
}
