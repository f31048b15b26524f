package progress_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/progress/ability"
	"crosswalk/progress/standing"
	"crosswalk/quizzes"
)

// place starts a placement test.
func (r *room) place(exam, key string) progress.Placement {
	r.t.Helper()
	p, err := r.StartPlacement(context.Background(), r.lea, progress.PlacementStart{Exam: exam, ClientKey: key})
	r.must(err)
	return p
}

// placed answers the question that is next; the first option is right.
func (r *room) placed(p progress.Placement, key string, option int) (progress.Placement, error) {
	return r.AnswerPlacement(context.Background(), r.lea, progress.PlacementAnswer{
		Placement: p.ID, ClientKey: key, Question: p.Next.ID, Answer: grading.ItemAnswer{Options: []int{option}},
	})
}

// finish answers until the test ends, rightly where right says so.
func (r *room) finish(p progress.Placement, right func(n int) bool) progress.Placement {
	r.t.Helper()
	for p.Next != nil {
		option := 1
		if right(p.Answered) {
			option = 0
		}
		var err error
		p, err = r.placed(p, r.key(), option)
		r.must(err)
	}
	return p
}

func (r *room) attemptsIn(kind progress.ContextKind) []progress.Graded {
	r.t.Helper()
	gs, _, err := r.Attempts(context.Background(), r.lea, progress.AttemptFilter{Context: progress.Context{Kind: kind}, Limit: 500})
	r.must(err)
	return gs
}

func TestPlacement(t *testing.T) {
	r := newReady(t, 40)
	ctx := t.Context()
	p := r.place("mini", "placement-1")
	if p.Next == nil || p.Answered != 0 || p.Result != nil || p.EndedAt != nil || p.Name != "Mini exam" {
		t.Fatalf("a new test %+v", p)
	}
	if again := r.place("mini", "placement-1"); again.ID != p.ID || again.Next.ID != p.Next.ID {
		t.Errorf("the same key made another test: %+v", again)
	}
	if open := r.place("mini", "placement-2"); open.ID != p.ID {
		t.Errorf("beside an open test another was started: %+v", open)
	}

	first := p.Next.ID
	p, err := r.placed(p, "answer-key-1", 0)
	r.must(err)
	if p.Answered != 1 || p.Next == nil || p.Next.ID == first {
		t.Fatalf("after one answer %+v", p)
	}
	twice, err := r.AnswerPlacement(ctx, r.lea, progress.PlacementAnswer{Placement: p.ID, ClientKey: "answer-key-1", Question: first, Answer: grading.ItemAnswer{Options: []int{1}}})
	if err != nil || twice.Answered != 1 || twice.Next.ID != p.Next.ID {
		t.Errorf("the same answer sent twice: %+v, %v", twice, err)
	}
	var input *progress.InputError
	for name, in := range map[string]progress.PlacementAnswer{
		"an answered question under a new key": {Placement: p.ID, ClientKey: "answer-key-2", Question: first, Answer: grading.ItemAnswer{Options: []int{0}}},
		"a used key for another question":      {Placement: p.ID, ClientKey: "answer-key-1", Question: p.Next.ID, Answer: grading.ItemAnswer{Options: []int{0}}},
		"a key that is none":                   {Placement: p.ID, ClientKey: "x", Question: p.Next.ID, Answer: grading.ItemAnswer{Options: []int{0}}},
		"an order of options that is none":     {Placement: p.ID, ClientKey: "answer-key-3", Question: p.Next.ID, Shown: []int{0, 0, 1, 2}, Answer: grading.ItemAnswer{Options: []int{0}}},
	} {
		if _, err := r.AnswerPlacement(ctx, r.lea, in); !errors.As(err, &input) {
			t.Errorf("%s: %v, want an *InputError", name, err)
		}
	}
	var format grading.FormatErrors
	if _, err := r.placed(p, "answer-key-4", 9); !errors.As(err, &format) {
		t.Errorf("an option that is none: %v", err)
	}

	// Nothing tells how a running test goes.
	if gs, _, err := r.Attempts(ctx, r.lea, progress.AttemptFilter{Limit: 500}); err != nil || len(gs) != 0 {
		t.Errorf("the record shows %d answers of a running test, %v", len(gs), err)
	}
	if st, err := r.LearnerStanding(ctx, r.lea, r.lea.Learner); err != nil || st.Entries() != 0 {
		t.Errorf("the standing has %d entries, %v", st.Entries(), err)
	}

	// A restart, and another server: the test is as it was.
	fresh := progress.New(r.db, readyBank(t, 40), emptyBook(t), progress.Options{Now: r.clock.now, Passphrase: cheap})
	back, err := fresh.Placement(ctx, r.lea, p.ID)
	r.must(err)
	if back.Answered != p.Answered || back.Next == nil || back.Next.ID != p.Next.ID || !back.StartedAt.Equal(p.StartedAt) {
		t.Errorf("after a restart %+v, want %+v", back, p)
	}

	p = r.finish(p, func(n int) bool { return n%3 > 0 })
	if p.Answered < progress.LeastPlaced || p.Answered > progress.MostPlaced || p.EndedAt == nil || p.Result == nil {
		t.Fatalf("at the end %+v", p)
	}
	gs := r.attemptsIn(progress.InPlacement)
	if len(gs) != p.Answered || len(p.Result.Items) != p.Answered {
		t.Errorf("%d attempts and %d results of %d answers", len(gs), len(p.Result.Items), p.Answered)
	}
	if res := p.Result; !(0 < res.Low && res.Low < res.Share && res.Share < res.High && res.High < 1) {
		t.Errorf("a share of %g between %g and %g", res.Share, res.Low, res.High)
	}
	right := 0
	var asked []string
	for _, it := range p.Result.Items {
		asked = append(asked, it.Question)
		if it.Correct {
			right++
		}
		if g, err := r.Attempt(ctx, r.lea, it.Attempt); err != nil || g.Attempt.Item != it.Question || g.Grading.Correct != it.Correct || g.Attempt.Context.Ref != string(p.ID) {
			t.Errorf("attempt of %s: %+v, %v", it.Question, g.Attempt, err)
		}
		if it.Area != "em" && it.Area != "cpt-20000" {
			t.Errorf("a question of %s, which the exam does not have", it.Area)
		}
	}
	if slices.Sort(asked); len(slices.Compact(asked)) != p.Answered || right != p.Result.Right || right == 0 || len(p.Result.Areas) != 2 {
		t.Errorf("result %+v", p.Result)
	}
	if p.Result.Stop == ability.Sure && p.Result.Level.SD > 0.38 {
		t.Errorf("sure at an sd of %g", p.Result.Level.SD)
	}
	st, err := r.LearnerStanding(ctx, r.lea, r.lea.Learner)
	r.must(err)
	if got := st.Totals().Placed; got != p.Answered {
		t.Errorf("the standing has %d answers of placement tests, want %d", got, p.Answered)
	}
	if level, err := st.Ability(progress.StudyDayNumber(r.clock.now(), r.clock.now().Location())).Overall(map[string]float64{"em": 12, "cpt-20000": 8}); err != nil || level != p.Result.Level {
		t.Errorf("the record comes to %+v, the test found %+v, %v", level, p.Result.Level, err)
	}
	if _, err := r.AnswerPlacement(ctx, r.lea, progress.PlacementAnswer{Placement: p.ID, ClientKey: "answer-late", Question: first, Answer: grading.ItemAnswer{Options: []int{0}}}); !errors.As(err, &input) {
		t.Errorf("an answer after the end: %v", err)
	}
	if late, err := r.AnswerPlacement(ctx, r.lea, progress.PlacementAnswer{Placement: p.ID, ClientKey: "answer-key-1", Question: first, Answer: grading.ItemAnswer{Options: []int{0}}}); err != nil || late.Answered != p.Answered {
		t.Errorf("an answer sent again after the end: %+v, %v", late, err)
	}
	if again, err := r.Placement(ctx, r.lea, p.ID); err != nil || cmp.Diff(p, again) != "" || len(r.attemptsIn(progress.InPlacement)) != p.Answered {
		t.Errorf("looked at again it is another: %v\n%s", err, cmp.Diff(p, again))
	}
	if next := r.place("mini", "placement-3"); next.ID == p.ID || slices.Contains(asked, next.Next.ID) {
		t.Errorf("the next test %+v asks what was asked", next)
	}
	if all, err := r.Placements(ctx, r.lea); err != nil || len(all) != 2 || all[1].ID != p.ID || all[1].Result == nil {
		t.Errorf("placement tests %+v, %v", all, err)
	}
}

func TestWhoSeesPlacement(t *testing.T) {
	r := newReady(t, 20)
	p := r.place("mini", "placement-1")
	other, staff := r.user("other", progress.RoleLearner, ""), r.user("staff", progress.RoleInstructor, "")
	if _, err := r.Placement(t.Context(), other, p.ID); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("another learner: %v", err)
	}
	in := progress.PlacementAnswer{Placement: p.ID, ClientKey: "answer-key-1", Question: p.Next.ID, Answer: grading.ItemAnswer{Options: []int{0}}}
	for name, who := range map[string]progress.Actor{"another learner": other, "staff": staff} {
		if _, err := r.AnswerPlacement(t.Context(), who, in); !errors.Is(err, progress.ErrNotFound) {
			t.Errorf("%s answers: %v", name, err)
		}
		if _, err := r.EndPlacement(t.Context(), who, p.ID); !errors.Is(err, progress.ErrNotFound) {
			t.Errorf("%s ends it: %v", name, err)
		}
	}
	if seen, err := r.Placement(t.Context(), staff, p.ID); err != nil || seen.Next != nil || seen.Answered != 0 {
		t.Errorf("staff see %+v, %v", seen, err)
	}
	if _, err := r.StartPlacement(t.Context(), progress.Actor{}, progress.PlacementStart{Exam: "mini", ClientKey: "placement-9"}); !errors.Is(err, progress.ErrForbidden) {
		t.Errorf("a visitor: %v", err)
	}
	if _, err := r.StartPlacement(t.Context(), r.lea, progress.PlacementStart{Exam: "none", ClientKey: "placement-9"}); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("an unknown exam: %v", err)
	}
}

// TestDoubleSend: the same answer from many windows at once counts once.
func TestDoubleSend(t *testing.T) {
	r := newReady(t, 20)
	p := r.place("mini", "placement-1")
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { _, errs[i] = r.placed(p, "answer-key-1", 0) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if got, err := r.Placement(t.Context(), r.lea, p.ID); err != nil || got.Answered != 1 {
		t.Errorf("%+v, %v: want one answer", got, err)
	}
}

// TestPlacementKeepsOutOfExams: no question of an open exam is asked, one that comes into an exam makes way, and one that leaves the bank too.
func TestPlacementKeepsOutOfExams(t *testing.T) {
	r := newReady(t, 20)
	ctx := t.Context()
	p := r.place("mini", "placement-1")
	x, err := r.StartSitting(ctx, r.lea, progress.SittingStart{Exam: "mini", ClientKey: "sitting-1", Seed: 3})
	r.must(err)
	in := map[string]bool{}
	for _, f := range x.Form {
		in[f.ID] = true
	}
	for n := 0; p.Next != nil; n++ {
		if p, err = r.Placement(ctx, r.lea, p.ID); err != nil || p.Next == nil {
			break
		}
		if in[p.Next.ID] {
			t.Fatalf("question %d, %s, is in an open exam", n+1, p.Next.ID)
		}
		if p, err = r.placed(p, r.key(), n%2); err != nil {
			t.Fatal(err)
		}
	}
	r.must(err)
	if p.Result == nil || p.Answered < progress.LeastPlaced {
		t.Errorf("%+v", p)
	}

	// What was asked comes into an exam later: its answers are not told until that is handed in.
	late := &room{house: r.house, lea: r.user("lou", progress.RoleLearner, "")}
	o := late.place("mini", "placement-1")
	asked := o.Next.ID
	o, err = late.placed(o, "answer-key-1", 0)
	r.must(err)
	_, err = late.StartSitting(ctx, late.lea, progress.SittingStart{Exam: "mini", ClientKey: "sitting-2", Seed: seedOf(t, readyBank(t, 20), asked, o.Next.ID)})
	r.must(err)
	var input *progress.InputError
	if _, err := late.placed(o, "answer-key-2", 0); !errors.As(err, &input) {
		t.Errorf("a question of an exam begun since was answered: %v", err)
	}
	if o, err = late.EndPlacement(ctx, late.lea, o.ID); err != nil || len(o.Result.Items) != 0 || o.Answered != 1 {
		t.Errorf("the result tells how a question of an open exam was answered: %+v, %v", o.Result, err)
	}
	if all, err := late.Placements(ctx, late.lea); err != nil || len(all) != 1 || all[0].Result.Items != nil {
		t.Errorf("and so does the list: %+v, %v", all, err)
	}

	other := &room{house: r.house, lea: r.user("max", progress.RoleLearner, "")}
	q := other.place("mini", "placement-1")
	gone := q.Next.ID
	q, err = other.placed(q, "answer-key-1", 0)
	r.must(err)
	next := q.Next.ID
	r.SwapContent(without(t, 20, gone, next))
	if q, err = other.Placement(ctx, other.lea, q.ID); err != nil || q.Next == nil || q.Next.ID == next {
		t.Fatalf("after the next question left the bank: %+v, %v", q, err)
	}
	q, err = other.EndPlacement(ctx, other.lea, q.ID)
	r.must(err)
	if q.Result == nil || q.Result.Stop != progress.StoppedEarly || len(q.Result.Items) != 1 || q.Result.Items[0].Question != gone {
		t.Errorf("ended early %+v", q.Result)
	}
	if gs := other.attemptsIn(progress.InPlacement); len(gs) != 1 || gs[0].Attempt.Item != gone {
		t.Errorf("attempts %+v", gs)
	}
	if again, err := other.EndPlacement(ctx, other.lea, q.ID); err != nil || again.Answered != 1 {
		t.Errorf("ended twice: %+v, %v", again, err)
	}
}

// seedOf is a seed by which the exam mini holds some questions.
func seedOf(t testing.TB, bank *quizzes.Bank, ids ...string) uint64 {
	t.Helper()
	bp, err := bank.Blueprint("mini")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(200) {
		f, err := bank.Draw(bp, seed+1, nil)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, it := range f.Items {
			if slices.Contains(ids, it.ID) {
				n++
			}
		}
		if n == len(ids) {
			return seed + 1
		}
	}
	t.Fatal("no seed")
	return 0
}

// without is readyBank less some questions.
func without(t testing.TB, n int, ids ...string) progress.Content {
	t.Helper()
	full := progress.FromBank(readyBank(t, n))
	return lessContent{full, ids}
}

type lessContent struct {
	progress.Content
	gone []string
}

func (c lessContent) Item(kind progress.ItemKind, id string) (progress.Item, bool) {
	if slices.Contains(c.gone, id) {
		return progress.Item{}, false
	}
	return c.Content.Item(kind, id)
}

func (c lessContent) InArea(area string) []progress.Item {
	return slices.DeleteFunc(slices.Clone(c.Content.InArea(area)), func(it progress.Item) bool { return slices.Contains(c.gone, it.ID) })
}

// TestPlacementOfWhoKnowsTheBank: with nothing new to ask there is no test, and one that runs out of questions ends.
func TestPlacementOfWhoKnowsTheBank(t *testing.T) {
	r := newReady(t, 20)
	r.practise("em", 0, 17, 0.5)
	r.practise("cpt-20000", 0, 18, 0.5)
	p := r.finish(r.place("mini", "placement-1"), func(int) bool { return true })
	if p.Result.Stop != ability.NoneLeft || p.Answered != 5 || p.Result.Right != 5 {
		t.Errorf("with five questions left: %+v", p.Result)
	}
	var input *progress.InputError
	if _, err := r.StartPlacement(t.Context(), r.lea, progress.PlacementStart{Exam: "mini", ClientKey: "placement-2"}); !errors.As(err, &input) || !strings.Contains(fmt.Sprint(err), "seen every question") {
		t.Errorf("with none left: %v", err)
	}
}

// TestPlacementOfAGuest: a test that a guest has begun goes on in the account, and its answers are the account's.
func TestPlacementOfAGuest(t *testing.T) {
	r := newReady(t, 20)
	account := r.lea
	guest := r.guest()
	r.lea = guest
	p := r.place("mini", "placement-1")
	p, err := r.placed(p, "answer-key-1", 0)
	r.must(err)
	_, _, err = r.SignIn(t.Context(), progress.SignIn{Email: "lea@example.org", Passphrase: pass, Guest: guest})
	r.must(err)
	r.lea = account
	if p, err = r.Placement(t.Context(), account, p.ID); err != nil || p.Answered != 1 {
		t.Fatalf("in the account: %+v, %v", p, err)
	}
	p = r.finish(p, func(n int) bool { return n%2 == 0 })
	gs := r.attemptsIn(progress.InPlacement)
	if len(gs) != p.Answered {
		t.Errorf("%d attempts of %d answers", len(gs), p.Answered)
	}
	if _, ok := mustStanding(t, r).Item(standing.Question, p.Result.Items[0].Question); !ok {
		t.Error("the guest's answer is not in the account's standing")
	}
}

func mustStanding(t testing.TB, r *room) *standing.Standing {
	t.Helper()
	st, err := r.LearnerStanding(context.Background(), r.lea, r.lea.Learner)
	r.must(err)
	return st
}
