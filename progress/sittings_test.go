package progress_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// sitBank has n questions of E/M, sit-00 on, and exams of four of them that differ in one thing each. The right option is the first,
// "right", unless mended says that of sit-00 it is the second; reworded gives sit-00 another text.
func sitBank(t testing.TB, n int, mended, reworded bool) *quizzes.Bank {
	t.Helper()
	var b strings.Builder
	b.WriteString("---\narea: em\ncode_year: 2026\n---\n\n")
	for i := range n {
		stem, marks := fmt.Sprintf("Stem %d.", i), []string{"x", " ", " "}
		if i == 0 && mended {
			marks = []string{" ", "x", " "}
		}
		if i == 0 && reworded {
			stem = "Another stem."
		}
		fmt.Fprintf(&b, "## em-sit-%02d {difficulty=1 cites=x}\n\n%s\n\n- [%s] right\n  > why\n- [%s] wrong\n  > why\n- [%s] not right either\n  > why\n\n> r\n\n", i, stem, marks[0], marks[1], marks[2])
	}
	files := fstest.MapFS{"bank/em/a.md": {Data: []byte(b.String())}}
	for id, change := range map[string][2]string{
		"plain":   {"", ""},
		"open":    {"minutes: 60\n", "minutes: 0\n"},
		"forward": {"navigation: free", "navigation: forward"},
		"each":    {"feedback: after", "feedback: each"},
		"breaks":  {"navigation: free", "navigation: free\nbreaks: {count: 2, minutes: 10}"},
		"locking": {"navigation: free", "navigation: free\nbreaks: {count: 1, minutes: 10, lock: true}"},
		"fixed":   {fourOfEM, "questions: [em-sit-00, em-sit-01]"},
	} {
		files["exams/"+id+".yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(composed(id, fourOfEM), change[0], change[1], 1))}
	}
	bank, problems := quizzes.Load(files, markdown.New(nil, nil), nil)
	if errs := markdown.Errors(problems); len(errs) > 0 && n >= 4 {
		t.Fatal(errs)
	}
	return bank
}

// room is a house with sitBank and a learner in it.
type room struct {
	*house
	lea progress.Actor
	seq int64
}

func newRoom(t *testing.T) *room {
	t.Helper()
	h := newHouse(t)
	h.SetContent(sitBank(t, 12, false, false))
	_, err := h.KeepContent(t.Context())
	h.must(err)
	return &room{house: h, lea: h.user("lea", progress.RoleLearner, "")}
}

func body(t testing.TB, st progress.ItemState) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// author is the state of an item answered with an option by its place in the bank.
func author(x progress.Sitting, pos, option int) progress.ItemState {
	return progress.ItemState{Answer: grading.ItemAnswer{Options: []int{slices.Index(x.Form[pos].Shuffle, option)}}}
}

// put keeps a state under the next number.
func (r *room) put(x progress.Sitting, pos int, st progress.ItemState) (progress.SaveOutcome, error) {
	r.seq++
	out, _, err := r.SaveItems(context.Background(), r.lea, x.ID, []progress.ItemSave{{Pos: pos, Seq: r.seq, Body: body(r.t, st)}})
	if err != nil {
		return progress.SaveOutcome{}, err
	}
	return out[0], nil
}

// answer puts the option that is first in the bank.
func (r *room) answer(x progress.Sitting, positions ...int) {
	r.t.Helper()
	for _, pos := range positions {
		o, err := r.put(x, pos, author(x, pos, 0))
		r.must(err)
		if !o.Kept {
			r.t.Fatalf("item %d was not kept: %+v", pos, o)
		}
	}
}

func (r *room) now(x progress.Sitting) progress.Sitting {
	r.t.Helper()
	x, err := r.Sitting(r.t.Context(), r.lea, x.ID)
	r.must(err)
	return x
}

// attempts are those of a sitting, by position.
func (r *room) attempts(x progress.Sitting) []progress.Graded {
	r.t.Helper()
	gs, n, err := r.Attempts(r.t.Context(), r.lea, progress.AttemptFilter{Context: progress.Context{Kind: progress.InExam, Ref: string(x.ID)}, Limit: 500})
	r.must(err)
	if n != len(gs) {
		r.t.Fatalf("%d attempts of %d", len(gs), n)
	}
	out := make([]progress.Graded, len(x.Form))
	for _, g := range gs {
		if g.Attempt.Context.Ref != string(x.ID) {
			continue
		}
		pos := posOf(x, g.Attempt.Item)
		if out[pos].Attempt.ID != "" {
			r.t.Errorf("two attempts at item %d", pos)
		}
		out[pos] = g
	}
	return out
}

func (r *room) start(exam, key string, extra int) (progress.Sitting, error) {
	return r.StartSitting(r.t.Context(), r.lea, progress.SittingStart{Exam: exam, ClientKey: key, OwnExtra: extra})
}

func TestStartingTwiceIsOneSitting(t *testing.T) {
	r := newRoom(t)
	first, err := r.start("plain", "client-key-first", 0)
	r.must(err)
	again, err := r.start("plain", "client-key-first", 0)
	r.must(err)
	same(t, "the same key", again.ID, first.ID)
	other, err := r.start("plain", "client-key-other-window", 0)
	r.must(err)
	same(t, "another window while it is open", other.ID, first.ID)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			if x, err := r.start("open", fmt.Sprintf("client-key-at-once-%d", n), 0); err != nil || x.Exam != "open" {
				t.Errorf("one of eight at once: %v", err)
			}
		})
	}
	wg.Wait()
	xs, err := r.Sittings(t.Context(), r.lea, "open")
	r.must(err)
	same(t, "eight windows at once", len(xs), 1)

	_, err = r.start("forward", "client-key-first", 0)
	wantField(t, "the key of another exam", err, "client_key")
	_, err = r.start("nothing", "client-key-nothing", 0)
	wantErr(t, "no such exam", err, progress.ErrNotFound)

	_, err = r.HandIn(t.Context(), r.lea, first.ID)
	r.must(err)
	again, err = r.start("plain", "client-key-first", 0)
	r.must(err)
	same(t, "the same key after handing in", again.ID, first.ID)
	second, err := r.start("plain", "client-key-second", 0)
	r.must(err)
	if second.ID == first.ID || second.HandedInAt != nil {
		t.Errorf("after handing in: %+v, want a new sitting", second)
	}
	for _, f := range second.Form {
		if posOf(first, f.ID) >= 0 {
			t.Errorf("%s comes again although eight others were not seen", f.ID)
		}
	}

	r.SetContent(sitBank(t, 3, false, false))
	_, err = r.HandIn(t.Context(), r.lea, second.ID)
	r.must(err)
	if _, err = r.start("plain", "client-key-third", 0); err == nil {
		t.Error("an exam of four was drawn from three")
	}
}

func TestTermsOfSittings(t *testing.T) {
	t0 := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		rules []progress.RuleDraft
		extra int           // the learner's own wish
		after time.Duration // since t0 when it is started
		lasts time.Duration
		err   error
	}{
		{name: "no rule", lasts: time.Hour},
		{name: "own extra time", extra: 50, lasts: 90 * time.Minute},
		{name: "no such share of extra time", extra: 73, lasts: time.Hour},
		{name: "a rule fixes extra time", rules: []progress.RuleDraft{{Kind: progress.RuleForPerson, ExtraPercent: ptr(25)}}, extra: 100, lasts: 75 * time.Minute},
		{name: "person before everyone", rules: []progress.RuleDraft{{Kind: progress.RuleForEveryone, ExtraPercent: ptr(10)}, {Kind: progress.RuleForPerson, ExtraPercent: ptr(50)}}, lasts: 90 * time.Minute},
		{name: "before the window", rules: []progress.RuleDraft{{Kind: progress.RuleForEveryone, OpensAt: ptr(t0.Add(time.Hour))}}, err: progress.ErrNotYet},
		{name: "as the window opens", rules: []progress.RuleDraft{{Kind: progress.RuleForEveryone, OpensAt: ptr(t0.Add(time.Hour))}}, after: time.Hour, lasts: time.Hour},
		{name: "as the window closes", rules: []progress.RuleDraft{{Kind: progress.RuleForEveryone, ClosesAt: ptr(t0.Add(time.Hour))}}, after: time.Hour, lasts: time.Hour},
		{name: "after the window", rules: []progress.RuleDraft{{Kind: progress.RuleForEveryone, ClosesAt: ptr(t0.Add(time.Hour))}}, after: time.Hour + time.Millisecond, err: progress.ErrSittingClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t)
			admin := r.user("ada", progress.RoleAdmin, "")
			for _, d := range c.rules {
				d.Exam = "plain"
				if d.Kind == progress.RuleForPerson {
					d.Ref = string(r.lea.Learner)
				}
				_, err := r.SaveRule(t.Context(), admin, d)
				r.must(err)
			}
			r.clock.set(t0.Add(c.after))
			x, err := r.start("plain", "client-key-start", c.extra)
			wantErr(t, "start", err, c.err)
			if c.err == nil {
				same(t, "it lasts", x.EndsAt.Sub(x.StartedAt), c.lasts)
				same(t, "it starts", x.StartedAt, t0.Add(c.after))
			}
		})
	}
}

func TestAttemptsAreCounted(t *testing.T) {
	r := newRoom(t)
	_, err := r.SaveRule(t.Context(), r.user("ada", progress.RoleAdmin, ""), progress.RuleDraft{Exam: "plain", Kind: progress.RuleForEveryone, Attempts: ptr(2)})
	r.must(err)
	for n := range 2 {
		x, err := r.start("plain", fmt.Sprintf("client-key-%d-of-two", n), 0)
		r.must(err)
		again, err := r.start("plain", fmt.Sprintf("client-key-%d-of-two", n), 0)
		r.must(err)
		same(t, "sent twice", again.ID, x.ID)
		if n == 0 {
			_, err = r.HandIn(t.Context(), r.lea, x.ID)
			r.must(err)
		} else {
			r.clock.add(2 * time.Hour) // the clock hands the other in
		}
	}
	_, err = r.start("plain", "client-key-three", 0)
	wantErr(t, "a third attempt", err, progress.ErrNoAttemptLeft)
	_, err = r.start("forward", "client-key-four", 0)
	wantErr(t, "another exam", err, nil)
}

// steered is a storage whose clock tests set.
type steered struct {
	progress.Storage
	at *clock
}

func (s steered) Clock() time.Time { return s.at.now() }

// TestExamsGoByTheClockOfTheStorage: neither the start nor the end of a sitting nor what is saved looks at the machine's clock.
func TestExamsGoByTheClockOfTheStorage(t *testing.T) {
	h := newHouse(t)
	lea := h.user("lea", progress.RoleLearner, "")
	c := &clock{t: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)}
	s := progress.New(steered{h.db, c}, sitBank(t, 12, false, false), emptyBook(t), progress.Options{Passphrase: cheap})
	x, err := s.StartSitting(t.Context(), lea, progress.SittingStart{Exam: "plain", ClientKey: "client-key-clock"})
	h.must(err)
	same(t, "start", x.StartedAt, c.now())
	same(t, "end", *x.EndsAt, c.now().Add(time.Hour))
	save := func() error {
		_, now, err := s.SaveItems(t.Context(), lea, x.ID, []progress.ItemSave{{Pos: 0, Seq: 1, Body: json.RawMessage(`{}`)}})
		same(t, "the clock that the page is told", now, c.now())
		return err
	}
	c.set(x.EndsAt.Add(progress.SittingGrace))
	wantErr(t, "at the end of the grace", save(), nil)
	c.add(time.Millisecond)
	if n, err := s.CloseDue(t.Context()); n != 1 || err != nil {
		t.Errorf("%d were closed, %v", n, err)
	}
	x, err = s.Sitting(t.Context(), lea, x.ID)
	h.must(err)
	if x.HandedInAt == nil || !x.HandedInAt.Equal(*x.EndsAt) || x.HandedInBy != progress.HandedInByClock || x.GradedAt == nil {
		t.Errorf("after the end: %+v", x)
	}
}

func TestChangesThatAreNone(t *testing.T) {
	r := newRoom(t)
	x := r.sit(r.lea, "plain")
	now := r.clock.now().UnixMilli()
	long := strings.Repeat("x", 70<<10)
	for name, saves := range map[string][]progress.ItemSave{
		"nothing":             nil,
		"no state":            {{Pos: 0, Seq: 1}},
		"no JSON":             {{Pos: 0, Seq: 1, Body: json.RawMessage(`{"note":`)}},
		"another form":        {{Pos: 0, Seq: 1, Body: json.RawMessage(`[1]`)}},
		"before the first":    {{Pos: -1, Seq: 1, Body: json.RawMessage(`{}`)}},
		"no number":           {{Pos: 0, Seq: 0, Body: json.RawMessage(`{}`)}},
		"a number far ahead":  {{Pos: 0, Seq: now + (6 * time.Minute).Milliseconds(), Body: json.RawMessage(`{}`)}},
		"too long":            {{Pos: 0, Seq: 1, Body: json.RawMessage(`{"note":"` + long + `"}`)}},
		"a note too long":     {{Pos: 0, Seq: 1, Body: json.RawMessage(`{"note":"` + long[:5000] + `"}`)}},
		"less than no time":   {{Pos: 0, Seq: 1, Body: json.RawMessage(`{"secs":-1}`)}},
		"one good, one wrong": {{Pos: 0, Seq: 1, Body: json.RawMessage(`{}`)}, {Pos: 1, Seq: 1, Body: json.RawMessage(`x`)}},
	} {
		_, _, err := r.SaveItems(t.Context(), r.lea, x.ID, saves)
		wantField(t, name, err, "items")
	}
	in, err := r.Room(t.Context(), r.lea, x.ID, false)
	r.must(err)
	same(t, "kept of all this", len(in.Items), 0)
	_, _, err = r.SaveItems(t.Context(), progress.Actor{}, x.ID, []progress.ItemSave{{Pos: 0, Seq: 1, Body: json.RawMessage(`{}`)}})
	wantErr(t, "by nobody", err, progress.ErrNoSession)
	for name, a := range map[string]progress.Actor{"another learner": r.guest(), "staff": r.user("ina", progress.RoleInstructor, "")} {
		_, _, err = r.SaveItems(t.Context(), a, x.ID, []progress.ItemSave{{Pos: 0, Seq: 1, Body: json.RawMessage(`{}`)}})
		wantErr(t, name, err, progress.ErrNotFound)
		_, err = r.HandIn(t.Context(), a, x.ID)
		wantErr(t, name+" hands in", err, progress.ErrNotFound)
	}
}

// TestTwoWindows: both save, the newer change of an item stays, and each window is told what is kept.
func TestTwoWindows(t *testing.T) {
	r := newRoom(t)
	x := r.sit(r.lea, "plain")
	for want := 1; want <= 2; want++ {
		in, err := r.Room(t.Context(), r.lea, x.ID, true)
		r.must(err)
		same(t, "windows", in.Sitting.Opens, want)
	}
	save := func(seq int64, note string) progress.SaveOutcome {
		t.Helper()
		out, _, err := r.SaveItems(t.Context(), r.lea, x.ID, []progress.ItemSave{{Pos: 2, Seq: seq, Body: body(t, progress.ItemState{Note: note})}})
		r.must(err)
		return out[0]
	}
	same(t, "the second window's change", save(20, "newer").Kept, true)
	o := save(10, "older, and late")
	if o.Kept || o.Seq != 20 || o.Now == nil || o.Now.State().Note != "newer" {
		t.Errorf("the first window is told %+v", o)
	}
	same(t, "sent again", save(20, "newer").Kept, true)
	same(t, "the first window again", save(21, "newest").Kept, true)
	in, err := r.Room(t.Context(), r.lea, x.ID, false)
	r.must(err)
	kept := map[int]string{}
	for _, it := range in.Items {
		kept[it.Pos] = it.State().Note
	}
	if !maps.Equal(kept, map[int]string{2: "newest"}) {
		t.Errorf("kept is %v", kept)
	}
}
