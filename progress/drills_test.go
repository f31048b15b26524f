package progress_test

import (
	"fmt"
	"testing"

	"crosswalk/grading"
	"crosswalk/progress"
)

func TestDrillOrder(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	h.answer(a, "em-1", 0) // right
	h.answer(a, "em-2", 1) // wrong
	draw := func(n int, seed uint64) []string {
		t.Helper()
		d, err := h.StartDrill(ctx, a, "em", n, seed)
		h.must(err)
		return d.Items
	}
	orders := map[string]bool{}
	for seed := range uint64(20) {
		got := draw(10, seed)
		if len(got) != 4 || got[2] != "em-2" || got[3] != "em-1" {
			t.Fatalf("seed %d: %v, want the unseen two, then em-2 (wrong), then em-1 (right)", seed, got)
		}
		same(t, "the same seed again", draw(10, seed), got)
		same(t, "fewer of the same", draw(2, seed), got[:2])
		orders[fmt.Sprint(got)] = true
	}
	same(t, "different orders over the seeds", len(orders), 2)
	_, err := h.StartDrill(ctx, a, "anatomy", 5, 1)
	wantErr(t, "an area without questions", err, progress.ErrNotFound)
	_, err = h.StartDrill(ctx, a, "em", 0, 1)
	wantField(t, "no questions", err, "n")
	_, err = h.StartDrill(ctx, progress.Actor{}, "em", 1, 1)
	wantErr(t, "nobody", err, progress.ErrForbidden)
}

func TestDrillState(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.guest()
	d, err := h.StartDrill(ctx, a, "em", 3, 5)
	h.must(err)
	in := progress.Context{Kind: progress.InDrill, Ref: string(d.ID)}
	submit := func(i, option int) progress.Graded {
		t.Helper()
		g, err := h.SubmitQuestion(ctx, a, progress.QuestionSubmission{ClientKey: h.key(), Question: d.Items[i], Context: in, Answer: grading.ItemAnswer{Options: []int{option}}})
		h.must(err)
		return g
	}
	state := func() progress.DrillState {
		t.Helper()
		s, err := h.Drill(ctx, a, d.ID)
		h.must(err)
		return s
	}
	if s := state(); s.Next != d.Items[0] || len(s.Answered) != 0 || s.Done() {
		t.Errorf("new drill %+v", s)
	}
	first := submit(0, 1)
	submit(0, 0) // again from another tab: the first answer counts
	h.answer(a, d.Items[1], 0)
	s := state()
	if s.Next != d.Items[1] || s.Correct != 0 || s.Answered[d.Items[0]].Attempt.ID != first.Attempt.ID {
		t.Errorf("after one answer %+v", s)
	}
	submit(1, 0)
	h.SwapContent(newBank().without(d.Items[2]))
	if s := state(); !s.Done() || s.Correct != 1 {
		t.Errorf("with the last question gone from the bank %+v", s)
	}
	h.SwapContent(newBank())
	submit(2, 0)
	if s := state(); !s.Done() || s.Correct != 2 {
		t.Errorf("at the end %+v", s)
	}
	if ds, err := h.Drills(ctx, a); err != nil || len(ds) != 1 {
		t.Errorf("drills %v, %v", ds, err)
	}
}
