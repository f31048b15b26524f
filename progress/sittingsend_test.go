package progress_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"crosswalk/progress"
)

// TestTheEnd: a save on its way when the clock runs out is taken for ten seconds more; then the sitting is closed by whoever sees it, and
// graded as it stands.
func TestTheEnd(t *testing.T) {
	r := newRoom(t)
	x := r.sit(r.lea, "plain")
	r.answer(x, 0, 1)
	r.clock.set(x.EndsAt.Add(progress.SittingGrace))
	r.answer(x, 2)
	if at := r.now(x).HandedInAt; at != nil {
		t.Errorf("closed in the grace, at %s", at)
	}
	r.clock.add(time.Millisecond)
	_, err := r.put(x, 3, author(x, 3, 0))
	wantErr(t, "a save after the grace", err, progress.ErrSittingClosed)
	got := r.now(x)
	if got.HandedInAt == nil || !got.HandedInAt.Equal(*x.EndsAt) || got.HandedInBy != progress.HandedInByClock || got.GradedAt == nil {
		t.Errorf("after the end: handed in %v by %q, graded %v", got.HandedInAt, got.HandedInBy, got.GradedAt)
	}
	same(t, "tally", got.Tally, progress.Tally{Correct: 300, Scored: 400, Percent10: 750, Passed: true})
	if n, err := r.CloseDue(t.Context()); n != 0 || err != nil {
		t.Errorf("the sweeper closed %d more, %v", n, err)
	}
	for pos, g := range r.attempts(x) {
		if g.Grading.Correct != (pos < 3) || g.Attempt.SubmittedAt != *x.EndsAt {
			t.Errorf("item %d: %+v", pos, g)
		}
	}
	// Handing in when the clock has run out, as the page does, and not by hand.
	y := r.sit(r.lea, "forward")
	r.clock.set(*y.EndsAt)
	y, err = r.HandIn(t.Context(), r.lea, y.ID)
	r.must(err)
	if y.HandedInBy != progress.HandedInByClock || y.Tally.Correct != 0 || y.GradedAt == nil {
		t.Errorf("handed in by the page at the end: %+v", y)
	}
	// No clock, no end.
	z := r.sit(r.lea, "open")
	r.clock.add(1000 * time.Hour)
	if z.EndsAt != nil || r.now(z).HandedInAt != nil {
		t.Errorf("an exam without a clock ended: %+v", z)
	}
}

// TestTheSweeperCloses what nobody looks at, of everyone.
func TestTheSweeperCloses(t *testing.T) {
	r := newRoom(t)
	var all []progress.Sitting
	for range 3 {
		r.lea = r.guest()
		x := r.sit(r.lea, "plain")
		r.answer(x, 0)
		all = append(all, x)
	}
	r.clock.set(all[0].EndsAt.Add(progress.SittingGrace))
	if n, err := r.CloseDue(t.Context()); n != 0 || err != nil {
		t.Errorf("closed in the grace: %d, %v", n, err)
	}
	r.clock.add(time.Millisecond)
	var wg sync.WaitGroup
	for range 4 { // as many servers
		wg.Go(func() {
			if _, err := r.CloseDue(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, x := range all {
		got, err := r.db.Sitting(t.Context(), x.Org, x.ID)
		r.must(err)
		if got.HandedInAt == nil || got.GradedAt == nil || got.Tally.Correct != 100 {
			t.Errorf("%+v", got)
		}
	}
}

func TestHandingInTwice(t *testing.T) {
	r := newRoom(t)
	for range 5 {
		r.lea = r.guest()
		x := r.sit(r.lea, "plain")
		r.answer(x, 0, 1, 2, 3)
		var mu sync.Mutex
		var got []progress.Sitting
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				y, err := r.HandIn(context.Background(), r.lea, x.ID)
				if err != nil {
					t.Errorf("hand in: %v", err)
				}
				mu.Lock()
				defer mu.Unlock()
				got = append(got, y)
			})
		}
		wg.Wait()
		for _, y := range got {
			if y.HandedInAt == nil || y.GradedAt == nil || *y.GradedAt != *got[0].GradedAt || y.Tally != got[0].Tally || y.Tally.Correct != 400 || y.HandedInBy != progress.HandedInByLearner {
				t.Errorf("two hand-ins give %+v and %+v", got[0], y)
			}
		}
		for pos, g := range r.attempts(x) {
			if g.Attempt.ID == "" || !g.Grading.Correct {
				t.Errorf("item %d: %+v", pos, g)
			}
		}
		_, err := r.put(x, 0, progress.ItemState{})
		wantErr(t, "a save afterwards", err, progress.ErrSittingClosed)
		r.clock.add(3 * time.Hour)
		same(t, "the same after the end", r.now(x).Tally, got[0].Tally)
	}
}

// TestAWholeClassAtOnce: more start and hand in than are drawn and graded at the same time. All are handed in, and graded in the end.
func TestAWholeClassAtOnce(t *testing.T) {
	r := newRoom(t)
	const class = 40
	learners, sittings := make([]progress.Actor, class), make([]progress.Sitting, class)
	for n := range class {
		learners[n] = r.guest()
	}
	all := func(do func(n int) error) {
		t.Helper()
		var wg sync.WaitGroup
		for n := range class {
			wg.Go(func() {
				if err := do(n); err != nil {
					t.Errorf("learner %d: %v", n, err)
				}
			})
		}
		wg.Wait()
	}
	all(func(n int) (err error) {
		sittings[n], err = r.StartSitting(context.Background(), learners[n], progress.SittingStart{Exam: "plain", ClientKey: "client-key-class"})
		return err
	})
	release := r.HoldTurns() // as if as many others were being graded
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	x, err := r.HandIn(short, learners[0], sittings[0].ID)
	if err != nil || x.HandedInAt == nil || x.GradedAt != nil {
		t.Errorf("while all turns are taken: %v, handed in %v, graded %v; want it handed in and not graded", err, x.HandedInAt, x.GradedAt)
	}
	short, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = r.StartSitting(short, learners[0], progress.SittingStart{Exam: "forward", ClientKey: "client-key-busy"})
	wantErr(t, "starting while all turns are taken", err, progress.ErrBusy)
	short, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if n, err := r.CloseDue(short); n != 0 || err != nil {
		t.Errorf("the sweeper closed %d, %v; want it to come again", n, err)
	}
	release()
	all(func(n int) error { _, err := r.HandIn(context.Background(), learners[n], sittings[n].ID); return err })
	for n := range class {
		if got, err := r.db.Sitting(t.Context(), sittings[n].Org, sittings[n].ID); err != nil || got.GradedAt == nil {
			t.Errorf("learner %d: graded %v, %v", n, got.GradedAt, err)
		}
	}
}

// TestCrashBetweenHandingInAndGrading: the hand-in is stored and the server dies before it has graded. Whoever comes next grades, once.
func TestCrashBetweenHandingInAndGrading(t *testing.T) {
	for name, next := range map[string]func(r *room, x progress.Sitting) error{
		"the learner looks":        func(r *room, x progress.Sitting) error { _, err := r.Sitting(t.Context(), r.lea, x.ID); return err },
		"the learner hands in":     func(r *room, x progress.Sitting) error { _, err := r.HandIn(t.Context(), r.lea, x.ID); return err },
		"the list is looked at":    func(r *room, x progress.Sitting) error { _, err := r.Sittings(t.Context(), r.lea, ""); return err },
		"the sweeper of a restart": func(r *room, x progress.Sitting) error { _, err := r.CloseDue(t.Context()); return err },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			x := r.sit(r.lea, "plain")
			r.answer(x, 0, 1)
			r.clock.add(time.Minute)
			first, err := r.db.HandIn(t.Context(), x.Org, x.ID, r.clock.now(), progress.HandedInByLearner)
			r.must(err)
			same(t, "it was the first", first, true)
			_, err = r.put(x, 2, author(x, 2, 0))
			wantErr(t, "a save meanwhile", err, progress.ErrSittingClosed)
			for range 2 {
				r.must(next(r, x))
			}
			got, err := r.db.Sitting(t.Context(), x.Org, x.ID)
			r.must(err)
			if got.GradedAt == nil || got.Tally.Correct != 200 || got.HandedInBy != progress.HandedInByLearner {
				t.Errorf("afterwards: %+v", got)
			}
			for pos, g := range r.attempts(x) {
				if g.Attempt.ID == "" || g.Grading.Correct != (pos < 2) {
					t.Errorf("item %d: %+v", pos, g)
				}
			}
		})
	}
}

func TestBreaksStopTheClock(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	x := r.sit(r.lea, "breaks")
	ends := *x.EndsAt
	r.clock.add(20 * time.Minute)
	x, err := r.TakeBreak(ctx, r.lea, x.ID)
	r.must(err)
	r.clock.add(4 * time.Minute)
	if left, ok := r.now(x).Left(r.clock.now()); !ok || left != 40*time.Minute {
		t.Errorf("at the break %s are left, want 40 min", left)
	}
	_, err = r.put(x, 0, author(x, 0, 0))
	wantErr(t, "a save at a break", err, progress.ErrSittingClosed)
	_, err = r.TakeBreak(ctx, r.lea, x.ID)
	wantErr(t, "a break in a break", err, progress.ErrSittingClosed)
	for range 2 { // the second is fine too
		x, err = r.EndBreak(ctx, r.lea, x.ID)
		r.must(err)
		same(t, "the end after four minutes of break", *x.EndsAt, ends.Add(4*time.Minute))
	}
	r.answer(x, 0)
	x, err = r.TakeBreak(ctx, r.lea, x.ID)
	r.must(err)
	r.clock.add(10 * time.Minute) // it is over now, also when nobody says so
	x = r.now(x)
	if x.BreakSince != nil || *x.EndsAt != ends.Add(14*time.Minute) {
		t.Errorf("after the longest break: since %v, ends %s, want %s", x.BreakSince, x.EndsAt, ends.Add(14*time.Minute))
	}
	_, err = r.TakeBreak(ctx, r.lea, x.ID)
	wantErr(t, "a third break of two", err, progress.ErrSittingClosed)
	x, err = r.HandIn(ctx, r.lea, x.ID)
	r.must(err)
	_, err = r.TakeBreak(ctx, r.lea, x.ID)
	wantErr(t, "a break after handing in", err, progress.ErrSittingClosed)

	// One who does not come back is closed in time, with the break taken off.
	y := r.sit(r.lea, "locking")
	r.answer(y, 0)
	_, err = r.TakeBreak(ctx, r.lea, y.ID)
	r.must(err)
	r.clock.add(5 * time.Hour)
	if n, err := r.CloseDue(ctx); n != 1 || err != nil {
		t.Errorf("closed %d, %v", n, err)
	}
	y = r.now(y)
	if y.HandedInAt == nil || y.Tally.Correct != 100 {
		t.Errorf("who did not come back: %+v", y)
	}
	// What was seen before the break is locked after it.
	r.clock.add(time.Hour)
	z := r.sit(r.lea, "locking")
	r.answer(z, 0)
	_, err = r.TakeBreak(ctx, r.lea, z.ID)
	r.must(err)
	_, err = r.EndBreak(ctx, r.lea, z.ID)
	r.must(err)
	o, err := r.put(z, 0, author(z, 0, 1))
	r.must(err)
	if o.Kept || !o.Locked || o.Now == nil {
		t.Errorf("an item from before the break: %+v", o)
	}
	r.answer(z, 1)
}

func TestForwardOnly(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	x := r.sit(r.lea, "forward")
	r.answer(x, 0)
	r.must(r.MoveOn(ctx, r.lea, x.ID, 2))
	r.must(r.MoveOn(ctx, r.lea, x.ID, 1)) // late, and without effect
	same(t, "reached", r.now(x).Reached, 2)
	for pos := range 2 {
		if o, err := r.put(x, pos, author(x, pos, 1)); err != nil || o.Kept || !o.Locked {
			t.Errorf("item %d behind: %+v, %v", pos, o, err)
		}
	}
	r.answer(x, 2)
	for _, beyond := range []int{-1, 5, 400} {
		wantField(t, "beyond the items", r.MoveOn(ctx, r.lea, x.ID, beyond), "reached")
	}
	same(t, "reached", r.now(x).Reached, 2)
	_, err := r.HandIn(ctx, r.lea, x.ID)
	r.must(err)
	same(t, "right", r.now(x).Tally.Correct, 200)
	wantErr(t, "moving on afterwards", r.MoveOn(ctx, r.lea, x.ID, 3), progress.ErrSittingClosed)
	wantField(t, "where one may go back", r.MoveOn(ctx, r.lea, r.sit(r.lea, "plain").ID, 1), "reached")
}

func TestRevealMakesAnAnswerFinal(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	x := r.sit(r.lea, "each")
	_, err := r.Reveal(ctx, r.lea, x.ID, 0)
	wantField(t, "nothing is answered", err, "answer")
	r.answer(x, 0)
	for range 2 {
		g, err := r.Reveal(ctx, r.lea, x.ID, 0)
		r.must(err)
		same(t, "right", g.Grading.Correct, true)
	}
	if o, err := r.put(x, 0, author(x, 0, 1)); err != nil || o.Kept || !o.Locked {
		t.Errorf("after it was shown: %+v, %v", o, err)
	}
	for _, pos := range []int{-1, 4} {
		_, err = r.Reveal(ctx, r.lea, x.ID, pos)
		wantErr(t, "an item that is not there", err, progress.ErrNotFound)
	}
	y := r.sit(r.lea, "plain")
	r.answer(y, 0)
	_, err = r.Reveal(ctx, r.lea, y.ID, 0)
	wantErr(t, "in another exam", err, progress.ErrNotYet)
	_, err = r.HandIn(ctx, r.lea, x.ID)
	r.must(err)
	same(t, "right", r.now(x).Tally.Correct, 100)
}

// TestContentChangesDuringASitting: a mended key counts, a new text does not, and a question that is gone is graded as it was drawn.
func TestContentChangesDuringASitting(t *testing.T) {
	for name, c := range map[string]struct {
		n                int
		mended, reworded bool
		correct          int
	}{
		"as it was":           {12, false, false, 200},
		"the key was mended":  {12, true, false, 100},
		"the text was new":    {12, false, true, 200},
		"both":                {12, true, true, 200}, // another question by now
		"the question is off": {1, false, false, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			x := r.sit(r.lea, "fixed")
			r.answer(x, 0, 1)
			r.SetContent(sitBank(t, c.n, c.mended, c.reworded))
			_, err := r.KeepContent(t.Context())
			r.must(err)
			got, err := r.HandIn(t.Context(), r.lea, x.ID)
			r.must(err)
			same(t, "right, of 200", got.Tally.Correct, c.correct)
			text, err := r.Shown(t.Context(), x, 0)
			r.must(err)
			if wantKept := c.reworded; (text != "") != wantKept {
				t.Errorf("shown is %.30q, want a kept revision: %v", text, wantKept)
			}
			for pos, g := range r.attempts(x) {
				if g.Attempt.ShownHash != x.Form[pos].ShownHash {
					t.Errorf("item %d was recorded with another text", pos)
				}
			}
		})
	}
}

// TestDeadlineRace: many save and many hand in at the last moment. Every hand-in gives the same result, what was acknowledged is in it and
// what was refused is not.
func TestDeadlineRace(t *testing.T) {
	r := newRoom(t)
	refused := 0
	for round := range 15 {
		r.lea = r.guest()
		x := r.sit(r.lea, "plain")
		r.clock.set(x.EndsAt.Add(-time.Millisecond))
		var mu sync.Mutex
		kept := make([]int64, len(x.Form)) // the newest acknowledged change of each item
		no := map[int64]bool{}
		var tallies []progress.Tally
		var wg sync.WaitGroup
		gate := make(chan struct{})
		for n := range 24 {
			wg.Go(func() {
				<-gate
				pos, seq := n%len(x.Form), int64(n+1)
				st := author(x, pos, n/len(x.Form)%3)
				st.Seconds = int(seq)
				_, _, err := r.SaveItems(context.Background(), r.lea, x.ID, []progress.ItemSave{{Pos: pos, Seq: seq, Body: body(t, st)}})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case errors.Is(err, progress.ErrSittingClosed):
					no[seq] = true
				case err != nil:
					t.Errorf("save: %v", err)
				default:
					kept[pos] = max(kept[pos], seq)
				}
			})
		}
		for n := range 4 {
			wg.Go(func() {
				<-gate
				time.Sleep(time.Duration(n*round%7) * 200 * time.Microsecond)
				if n == 3 {
					r.clock.set(x.EndsAt.Add(progress.SittingGrace + time.Millisecond)) // and the clock runs out
				}
				y, err := r.HandIn(context.Background(), r.lea, x.ID)
				if err != nil {
					t.Errorf("hand in: %v", err)
				}
				mu.Lock()
				defer mu.Unlock()
				tallies = append(tallies, y.Tally)
			})
		}
		close(gate)
		wg.Wait()
		if slices.ContainsFunc(tallies, func(y progress.Tally) bool { return y != tallies[0] }) {
			t.Errorf("round %d: hand-ins give %+v", round, tallies)
		}
		right := 0
		for pos, g := range r.attempts(x) {
			if g.Attempt.ID == "" {
				t.Fatalf("round %d: no attempt at item %d", round, pos)
			}
			seq := int64(g.Attempt.Seconds) // which change was graded
			if seq < kept[pos] || no[seq] {
				t.Errorf("round %d: item %d was graded with change %d (refused: %v); change %d was acknowledged", round, pos, seq, no[seq], kept[pos])
			}
			var a struct{ Options []int }
			r.must(json.Unmarshal(g.Attempt.Answer, &a))
			if want := int(seq-1) / len(x.Form) % 3; seq > 0 && (len(a.Options) != 1 || a.Options[0] != want || g.Grading.Correct != (want == 0)) {
				t.Errorf("round %d: change %d was graded as %s", round, seq, g.Attempt.Answer)
			}
			if g.Grading.Correct {
				right += 100
			}
		}
		same(t, "the tally counts what is right", tallies[0].Correct, right)
		refused += len(no)
	}
	if refused == 0 || refused == 15*24 {
		t.Errorf("%d of %d changes were refused: there was no race", refused, 15*24)
	}
	t.Logf("%d of %d changes were refused", refused, 15*24)
}
