package progress_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/progress/ability"
)

// readable is a bank that can read the sources it has kept.
type readable struct{ bank }

func (b readable) Read(kind progress.ItemKind, body, area string) (progress.Item, bool) {
	id, ok := strings.CutPrefix(body, "source of ")
	if !ok {
		return progress.Item{}, false
	}
	it, ok := newBank().Item(kind, id)
	it.Areas = []string{area}
	return it, ok
}

// text is a learner's standing as the snapshot has it.
func (h *house) text(a progress.Actor) string {
	h.t.Helper()
	st, err := h.LearnerStanding(context.Background(), a, a.Learner)
	h.must(err)
	s, err := st.Snapshot()
	h.must(err)
	return s
}

// rebuilt is the same by a service that holds nothing, of a record without a snapshot.
func (h *house) rebuilt(a progress.Actor, content progress.Content) string {
	h.t.Helper()
	h.must(h.db.DropSnapshots(context.Background(), progress.DefaultOrg, a.Learner))
	fresh := &house{Service: progress.NewWithContent(h.db, content, emptyBook(h.t), progress.Options{Now: h.clock.now, Passphrase: cheap}), t: h.t}
	return fresh.text(a)
}

func TestStandingIsTheRecord(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	content := readable{newBank()}
	h.SwapContent(content)
	a, staff := h.guest(), h.user("staff", progress.RoleInstructor, progress.DefaultOrg)
	same := func(when string) {
		t.Helper()
		if got, want := h.text(a), h.rebuilt(a, content); got != want {
			t.Fatalf("%s: folded on it is another standing than folded anew", when)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	var terms []progress.ReviewID
	for i := range 120 {
		h.clock.add(time.Duration(r.IntN(500)) * time.Minute)
		switch r.IntN(9) {
		case 0:
			h.code(a, []string{"E11.22", "E11.21", "N18.32"}[r.IntN(3)])
		case 1:
			now := h.clock.now()
			id := progress.ReviewID(uuid7(now, i))
			_, _, err := h.db.AddReview(ctx, progress.DefaultOrg, progress.Review{ID: id, Learner: a.Learner, ClientKey: h.key(), Card: "term/x", Grade: 1 + r.IntN(4), At: now})
			h.must(err)
			terms = append(terms, id)
		case 2:
			if n := len(terms); n > 0 {
				now := h.clock.now()
				_, _, err := h.db.AddReview(ctx, progress.DefaultOrg, progress.Review{ID: progress.ReviewID(uuid7(now, i)), Learner: a.Learner, ClientKey: h.key(), Card: "term/x", Undoes: terms[n-1], At: now})
				if err != nil && !errors.Is(err, progress.ErrConflict) { // the clock went back: another is the latest
					t.Fatal(err)
				}
				terms = terms[:n-1]
			}
		case 3:
			h.clock.add(-time.Duration(r.IntN(2000)) * time.Minute) // a clock that goes back
		default:
			in := progress.QuestionSubmission{ClientKey: h.key(), Question: fmt.Sprintf("em-%d", 1+r.IntN(4)), Answer: grading.ItemAnswer{Options: []int{r.IntN(2)}}}
			_, err := h.SubmitQuestion(ctx, a, in)
			h.must(err)
			_, err = h.SubmitQuestion(ctx, a, in) // it arrives twice
			h.must(err)
		}
		if r.IntN(6) == 0 {
			same(fmt.Sprintf("step %d", i))
		}
	}
	same("at the end")

	before := h.text(a)
	mended := readable{content.change("em-1", func(it *progress.Item) {
		it.KeyHash = "another key"
		it.Question = &grading.ItemKey{Kind: grading.Single, Options: 4, Correct: []int{1}}
	})}
	h.SwapContent(mended)
	content = mended
	_, err := h.Regrade(ctx, staff, "em-1", "the key was wrong", false)
	h.must(err)
	if h.text(a) == before {
		t.Error("a regrade changed nothing")
	}
	same("after a regrade")

	acct := h.user("account", progress.RoleLearner, progress.DefaultOrg)
	h.text(acct)
	_, _, err = h.SignIn(ctx, progress.SignIn{Email: "account@example.org", Passphrase: pass, Guest: a})
	h.must(err)
	a = acct
	same("after the guest's record went over")
	if st, err := h.LearnerStanding(ctx, a, a.Learner); err != nil || st.Totals().Questions == 0 {
		t.Errorf("the account's standing is empty: %v", err)
	}
	content = readable{mended.without("em-2")}
	h.SwapContent(content)
	same("with a question deleted")
}

// uuid7 is an id of a moment.
func uuid7(at time.Time, n int) string {
	ms := at.UnixMilli()
	return fmt.Sprintf("%08x-%04x-7fff-8000-%012x", ms>>16, ms&0xffff, n)
}

func TestADeletedQuestionCountsAsItWas(t *testing.T) {
	h := newHouse(t)
	content := readable{newBank()}
	h.SwapContent(content)
	a := h.guest()
	h.answer(a, "em-1", 0)
	estimate := func() ability.Estimate {
		t.Helper()
		st, err := h.LearnerStanding(t.Context(), a, a.Learner)
		h.must(err)
		e, err := st.Ability(0).Area("em")
		h.must(err)
		return e
	}
	want := estimate()
	h.SwapContent(readable{content.without("em-1")})
	if got := estimate(); got != want || got.Mean <= 0 {
		t.Errorf("ability with the question deleted %+v, with it %+v", got, want)
	}
	// A text that cannot be read any more is tallied, and says nothing of ability.
	h.Service = progress.NewWithContent(h.db, content.without("em-1"), emptyBook(t), progress.Options{Now: h.clock.now, Passphrase: cheap})
	if got := estimate(); got.Answers != 0 {
		t.Errorf("ability by a question that nobody knows: %+v", got)
	}
}

func TestExamsThatAreNotOpenStayOut(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	h.answer(a, "em-1", 0)
	opens := time.Now().Add(1500 * time.Millisecond)
	start := h.clock.now()
	x := progress.Sitting{ID: progress.SittingID(uuid7(start, 1)), Learner: a.Learner, ClientKey: "sitting-1", Exam: "e", StartedAt: start, ResultsAt: &opens}
	_, _, err := h.db.AddSitting(ctx, progress.DefaultOrg, nil, x, 0)
	h.must(err)
	h.clock.add(time.Minute)
	now := h.clock.now()
	att := progress.Attempt{
		ID: progress.AttemptID(uuid7(now, 2)), Learner: a.Learner, ClientKey: "exam-item", Kind: progress.KindQuestion, Item: "em-2", Areas: []string{"em"},
		Context: progress.Context{Kind: progress.InExam, Ref: string(x.ID)}, ShownHash: "s", KeyHash: "k", Answer: json.RawMessage(`{}`), SubmittedAt: now,
	}
	g := progress.Grading{ID: progress.GradingID(uuid7(now, 3)), Attempt: att.ID, Seq: 1, Possible: 100, Result: json.RawMessage(`{}`), At: now}
	_, _, err = h.db.RecordAttempt(ctx, progress.DefaultOrg, nil, att, g, false)
	h.must(err)
	h.clock.add(time.Minute)
	h.answer(a, "em-3", 1)
	count := func() (questions, exams, cards int) {
		st, err := h.LearnerStanding(ctx, a, a.Learner)
		h.must(err)
		return st.Totals().Questions, st.Totals().Exams, len(st.Cards())
	}
	for range 2 { // the second time from what is held
		if q, e, c := count(); q != 2 || e != 0 || c != 1 {
			t.Errorf("%d answers, %d exams, %d cards; want those around the exam alone", q, e, c)
		}
	}
	time.Sleep(time.Until(opens) + 200*time.Millisecond)
	if q, e, c := count(); q != 3 || e != 1 || c != 2 {
		t.Errorf("once it is open: %d answers, %d exams, %d cards", q, e, c)
	}
	if h.text(a) != h.rebuilt(a, newBank()) {
		t.Error("the exam was not folded in its place")
	}
}

func TestStandingIsOnesOwn(t *testing.T) {
	h := newHouse(t)
	a, b, staff := h.guest(), h.guest(), h.user("staff", progress.RoleInstructor, progress.DefaultOrg)
	h.answer(a, "em-1", 0)
	_, err := h.LearnerStanding(t.Context(), b, a.Learner)
	wantErr(t, "another's standing", err, progress.ErrNotFound)
	if st, err := h.LearnerStanding(t.Context(), staff, a.Learner); err != nil || st.Totals().Questions != 1 {
		t.Errorf("an instructor sees %v", err)
	}
}
