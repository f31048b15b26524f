package progress_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

func TestRetakeRule(t *testing.T) {
	x := newHiring(t, func(t *progress.Assessment) { t.Spec.Tries, t.Spec.RetryDays = 2, 3 })
	ctx := t.Context()
	ann := x.invite("Ann")[0]
	a, first := x.seated(ann)
	_, err := x.HandIn(ctx, a, first.ID)
	x.must(err)
	if _, _, err := x.StartCandidateSitting(ctx, ann.Token, home); !errors.Is(err, progress.ErrNotYet) {
		t.Errorf("at once: %v", err)
	}
	x.clock.add(3*24*time.Hour + time.Minute)
	second, _, err := x.StartCandidateSitting(ctx, ann.Token, home)
	x.must(err)
	for _, f := range second.Form {
		for _, g := range first.Form {
			if f.ID == g.ID {
				t.Errorf("%s came in both tries", f.ID)
			}
		}
	}
}

// TestTheSecondTryIsKept: the day of erasing that the first try set does not come in the middle of the second.
func TestTheSecondTryIsKept(t *testing.T) {
	x := newHiring(t, func(t *progress.Assessment) { t.Spec.Tries, t.Spec.RetryDays, t.Spec.KeepDays = 2, 3, 4 })
	ctx := t.Context()
	ann := x.invite("Ann")[0]
	a, first := x.seated(ann)
	_, err := x.HandIn(ctx, a, first.ID)
	x.must(err)
	x.clock.add(4*24*time.Hour - 10*time.Minute)
	second, _, err := x.StartCandidateSitting(ctx, ann.Token, home)
	x.must(err)
	x.clock.add(20 * time.Minute)
	if n, err := x.EraseDue(ctx); n != 0 || err != nil {
		t.Errorf("%d erased while they sit: %v", n, err)
	}
	seat, err := x.CandidateByToken(ctx, ann.Token, home)
	x.must(err)
	if seat.Open() != second.ID || !seat.EraseOn.Equal(*x.view(ann.ID).EraseOn) {
		t.Errorf("the second try: %s, promised %v, kept %v", seat.State, seat.EraseOn, x.view(ann.ID).EraseOn)
	}
}

// TestStartedTwiceAtOnce: two devices that begin at the same moment are in one sitting, which has begun once.
func TestStartedTwiceAtOnce(t *testing.T) {
	x := newHiring(t, func(t *progress.Assessment) { t.Spec.Tries = 3 })
	ann := x.invite("Ann")[0]
	_, _, err := x.Consent(t.Context(), ann.Token, home, "Words.", "")
	x.must(err)
	var at [6]progress.SittingID
	var all sync.WaitGroup
	for i := range at {
		all.Go(func() {
			s, _, err := x.StartCandidateSitting(context.Background(), ann.Token, home)
			if err != nil {
				t.Errorf("device %d: %v", i, err)
			}
			at[i] = s.ID
		})
	}
	all.Wait()
	for i, id := range at {
		if id != at[0] {
			t.Errorf("device %d sits %s, the first %s", i, id, at[0])
		}
	}
	if n := len(x.view(ann.ID).Sittings); n != 1 {
		t.Errorf("%d sittings, want 1", n)
	}
	log, err := x.AuditLog(t.Context(), x.admin, progress.AuditFilter{Action: "candidate.begin"})
	x.must(err)
	if len(log) != 1 {
		t.Errorf("%d entries of beginning, want 1", len(log))
	}
}

// TestWhatEndsASitting: closing the test and the end of a link do not; revoking the link and erasing do, and a new link leads back.
func TestWhatEndsASitting(t *testing.T) {
	x := newHiring(t, func(t *progress.Assessment) { t.Spec.Minutes, t.Blueprint.Minutes = 30*24*60, 30*24*60 })
	ctx := t.Context()
	links := x.invite("Ann\nBo\nCy")
	ann, s := x.seated(links[0])
	x.give(ann, s, 60, 0)
	_, session, err := x.StartCandidateSitting(ctx, links[0].Token, home)
	x.must(err)
	sits := func() error { _, err := x.Session(ctx, session); return err }
	back := func(l progress.Token) {
		t.Helper()
		again, fresh, err := x.StartCandidateSitting(ctx, l, home)
		x.must(err)
		session = fresh
		room, err := x.Room(ctx, ann, again.ID, true)
		x.must(err)
		if again.ID != s.ID || len(room.Items) == 0 {
			t.Errorf("back in %s with %d answers, want %s", again.ID, len(room.Items), s.ID)
		}
	}
	x.must(x.RevokeCandidate(ctx, x.boss, x.test.ID, links[0].ID))
	if err := sits(); !errors.Is(err, progress.ErrNoSession) {
		t.Errorf("the session of a revoked link: %v", err)
	}
	if _, _, err := x.StartCandidateSitting(ctx, links[0].Token, home); !errors.Is(err, progress.ErrLinkOver) || x.view(links[0].ID).State != progress.CandidateRevoked {
		t.Errorf("by a revoked link: %v", err)
	}
	fresh, err := x.ReissueLink(ctx, x.boss, x.test.ID, links[0].ID, 7)
	x.must(err)
	back(fresh.Token)
	bo, other := x.seated(links[1])
	x.must(second(x.CloseAssessment(ctx, x.boss, x.test.ID)))
	back(fresh.Token)
	if _, _, err := x.Consent(ctx, links[2].Token, home, "Words.", ""); err != nil {
		t.Error(err)
	}
	if _, _, err := x.StartCandidateSitting(ctx, links[2].Token, home); !errors.Is(err, progress.ErrSittingClosed) {
		t.Errorf("beginning when the test is closed: %v", err)
	}
	x.clock.add(20 * 24 * time.Hour)
	back(fresh.Token) // the link ended days ago
	x.give(ann, s, 60, 1)
	x.must(x.EraseCandidate(ctx, x.boss, x.test.ID, links[1].ID))
	x.must(x.EraseCandidate(ctx, x.boss, x.test.ID, links[1].ID))
	st := author(other, 0, 0)
	if _, _, err := x.SaveItems(ctx, bo, other.ID, []progress.ItemSave{{Pos: 0, Seq: 99, Body: body(t, st)}}); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("saving once erased: %v", err)
	}
	x.clock.add(11 * 24 * time.Hour)
	if v := x.view(links[0].ID); v.State != progress.CandidateDone || v.Newest.Percent10 != 500 {
		t.Errorf("away until the clock ran out: %s, %+v", v.State, v.Newest.Tally)
	}
}

func TestEventsAreFactsAndBounded(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	ann := x.invite("Ann")[0]
	a, s := x.seated(ann)
	x.must(x.CandidateSeen(ctx, a, s, home, false, time.Time{}))
	x.must(x.CandidateSeen(ctx, a, s, "203.0.113.200", false, time.Time{})) // the same network
	x.must(x.CandidateSeen(ctx, a, s, "2001:db8:1:2::9", false, time.Time{}))
	x.clock.add(10 * time.Minute)
	in := []progress.EventIn{
		{Key: "key-away-1", Kind: progress.EventAway, Ago: time.Minute, Seconds: 40, Item: 2},
		{Key: "key-away-1", Kind: progress.EventAway, Ago: time.Minute, Seconds: 40, Item: 2},
		{Key: "key-paste-1", Kind: progress.EventPaste, Chars: 120, Item: 3},
		{Key: "key-verdict", Kind: "cheating", Seconds: 1},
		{Key: "key-fast-1", Kind: progress.EventFast, Seconds: 1}, // only the server says so
		{Key: "key-away-2", Kind: progress.EventAway, Ago: 48 * time.Hour, Seconds: 4},
		{Key: "key-away-3", Kind: progress.EventAway, Seconds: -4},
	}
	x.must(x.RecordEvents(ctx, a, s.ID, in))
	x.must(x.RecordEvents(ctx, a, s.ID, in))
	es, err := x.CandidateEvents(ctx, x.boss, x.test.ID, ann.ID)
	x.must(err)
	var got []string
	for _, e := range es {
		got = append(got, fmt.Sprintf("%s %d %s", e.Kind, e.Seconds, e.Detail))
	}
	want := []string{"address 0 203.0.113.0/24", "address 0 2001:db8:1::/48", "away 40 item=2", "paste 0 item=3 chars=120"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("events (want, got):\n%s", d)
	}
	var many []progress.EventIn
	for i := range progress.MaxEventsAtOnce {
		many = append(many, progress.EventIn{Key: fmt.Sprintf("key-copy-%04d", i), Kind: progress.EventCopy, Chars: 1})
	}
	for n := range 5 {
		for i := range many {
			many[i].Key = fmt.Sprintf("key-copy-%d-%d", n, i)
		}
		x.must(x.RecordEvents(ctx, a, s.ID, many))
	}
	es, err = x.CandidateEvents(ctx, x.boss, x.test.ID, ann.ID)
	x.must(err)
	if len(es) != len(want)+progress.MaxEventsOfKind {
		t.Errorf("%d events are kept, want %d", len(es), len(want)+progress.MaxEventsOfKind)
	}
	if err := x.RecordEvents(ctx, x.boss, s.ID, in); err != nil {
		t.Errorf("an employer's page: %v", err)
	}
	bo := x.invite("Bo")[0]
	b, _ := x.seated(bo)
	if err := x.RecordEvents(ctx, b, s.ID, in); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("another's sitting: %v", err)
	}
}

func TestTooFastToRead(t *testing.T) {
	x := newHiring(t, nil)
	x.SetContent(longBank(t))
	ctx := t.Context()
	ann := x.invite("Ann")[0]
	a, s := x.seated(ann)
	x.give(a, s, 3, 0)
	x.give(a, s, 60, 1)
	_, err := x.HandIn(ctx, a, s.ID)
	x.must(err)
	es, err := x.CandidateEvents(ctx, x.boss, x.test.ID, ann.ID)
	x.must(err)
	if len(es) != 1 || es[0].Kind != progress.EventFast || es[0].Seconds != 3 || es[0].Values()["item"] != 1 || es[0].Values()["floor"] < 10 {
		t.Errorf("events %+v", es)
	}
}

// longBank is sitBank with two hundred words more in each stem.
func longBank(t *testing.T) *quizzes.Bank {
	t.Helper()
	var b strings.Builder
	b.WriteString("---\narea: em\ncode_year: 2026\n---\n\n")
	for i := range 8 {
		fmt.Fprintf(&b, "## em-long-%02d {difficulty=1 cites=x}\n\nStem %d. %s\n\n- [x] right\n  > why\n- [ ] wrong\n  > why\n- [ ] not right either\n  > why\n\n> r\n\n", i, i, strings.Repeat("word ", 200))
	}
	bank, problems := quizzes.Load(fstest.MapFS{"bank/em/a.md": {Data: []byte(b.String())}}, markdown.New(nil, nil), nil)
	if errs := markdown.Errors(problems); len(errs) > 0 {
		t.Fatal(errs)
	}
	return bank
}

// TestReach: what a candidate's session may ask for, by address.
func TestReach(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	closed, _ := x.seated(x.invite("Ann")[0])
	x.test = x.open(x.boss, "0000000000cc", func(t *progress.Assessment) { t.Spec.Book = true })
	book, _ := x.seated(x.invite("Bo")[0])
	x.test = x.open(x.boss, "0000000000dd", func(t *progress.Assessment) { t.Spec.Book, t.Spec.FullLookup = true, true })
	full, _ := x.seated(x.invite("Cy")[0])
	for _, c := range []struct {
		method, path       string
		closed, book, full bool
	}{
		{"GET", "/sit", true, true, true},
		{"POST", "/sit/abc/start", true, true, true},
		{"GET", "/exams/sittings/1", true, true, true},
		{"GET", "/exams/sittings/1/", true, true, true},
		{"POST", "/exams/sittings/1/items/3", true, true, true},
		{"POST", "/exams/sittings/1/save", true, true, true},
		{"POST", "/exams/sittings/1/hand-in", true, true, true},
		{"GET", "/exams/sittings/1/report", true, true, true},
		{"GET", "/exams/sittings/1/report.pdf", false, false, false},
		{"GET", "/exams/sittings/1/report/items/1", false, false, false},
		{"POST", "/exams/sittings/1/reveal", false, false, false},
		{"POST", "/exams/sittings/1/items/3/dispute", false, false, false},
		{"GET", "/exams", false, false, false},
		{"POST", "/exams/cpc/start", false, false, false},
		{"GET", "/codebook", false, true, true},
		{"GET", "/codebook/icd10cm/I10", false, true, true},
		{"GET", "/codebook/search", false, false, true},
		{"GET", "/codebook/mine", false, false, false},
		{"POST", "/codebook/mine/note", false, false, false},
		{"GET", "/", false, false, false},
		{"GET", "/hire", false, false, false},
		{"GET", "/teach", false, false, false},
		{"GET", "/account", false, false, false},
		{"POST", "/account/erase", false, false, false},
		{"GET", "/practice", false, false, false},
		{"GET", "/progress", false, false, false},
		{"GET", "/sitting", false, false, false},
	} {
		for name, who := range map[string]struct {
			a    progress.Actor
			want bool
		}{"closed book": {closed, c.closed}, "open book": {book, c.book}, "full look-up": {full, c.full}, "employer": {x.boss, true}, "nobody": {progress.Actor{}, true}} {
			if err := x.Reaches(ctx, who.a, c.method, c.path); (err == nil) != who.want {
				t.Errorf("%s: %s %s: %v, want %v", name, c.method, c.path, err, who.want)
			}
		}
	}
}
