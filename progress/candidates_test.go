package progress_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// hiring is a house with an open hiring test of an employer, and another employer.
type hiring struct {
	*house
	boss, rival, admin, teacher progress.Actor
	test                        progress.Assessment
	seq                         int64
}

func newHiring(t *testing.T, change func(*progress.Assessment)) *hiring {
	t.Helper()
	h := newHouse(t)
	bank := sitBank(t, 12, false, false)
	h.SetContent(bank)
	_, err := h.KeepContent(t.Context())
	h.must(err)
	x := &hiring{
		house: h, boss: h.user("boss", progress.RoleEmployer, ""), rival: h.user("rival", progress.RoleEmployer, ""), admin: h.user("admin", progress.RoleAdmin, ""), teacher: h.user("teacher", progress.RoleInstructor, ""),
	}
	x.test = x.open(x.boss, "0000000000aa", change)
	return x
}

// open puts an open test of four questions and an hour into the storage.
func (x *hiring) open(owner progress.Actor, id string, change func(*progress.Assessment)) progress.Assessment {
	x.t.Helper()
	bank := sitBank(x.t, 12, false, false)
	bp, err := bank.Blueprint("plain")
	x.must(err)
	now := x.clock.now()
	t := progress.Assessment{
		ID: progress.AssessmentID("0197a000-0000-7000-8000-" + id), Org: progress.DefaultOrg, Owner: owner.Learner, ClientKey: "key-of-test-" + id, Revision: 1, CreatedAt: now,
		Spec: progress.AssessmentSpec{Name: "Office coder", Minutes: bp.Minutes, PassPercent: 70, Tries: 1, KeepDays: 30}, Blueprint: *bp,
	}
	t.Blueprint.ID, t.Blueprint.Name = t.Exam(), t.Spec.Name
	if change != nil {
		change(&t)
	}
	entry := progress.AuditEntry{ID: progress.EntryID("e1-" + id), Org: t.Org, At: now}
	x.must(x.db.SaveAssessment(x.t.Context(), t.Org, t, entry))
	plan, short := bank.Strata(&t.Blueprint)
	if short != "" {
		x.t.Fatal(short)
	}
	t.Frozen.Plan = plan
	t.Revision, t.OpenedAt, entry.ID = 2, &now, progress.EntryID("e2-"+id)
	x.must(x.db.SaveAssessment(x.t.Context(), t.Org, t, entry))
	return t
}

func (x *hiring) invite(people string) []progress.CandidateLink {
	x.t.Helper()
	links, err := x.InviteCandidates(context.Background(), x.boss, x.test.ID, progress.CandidateInvite{ClientKey: x.key(), People: []byte(people), Days: 14})
	x.must(err)
	return links
}

const home = "203.0.113.9"

// seated is a candidate who has agreed and begun.
func (x *hiring) seated(l progress.CandidateLink) (progress.Actor, progress.Sitting) {
	x.t.Helper()
	_, _, err := x.Consent(context.Background(), l.Token, home, "Words of the consent.", "America/Chicago")
	x.must(err)
	s, session, err := x.StartCandidateSitting(context.Background(), l.Token, home)
	x.must(err)
	who, err := x.Session(context.Background(), session)
	x.must(err)
	return who.Actor(), s
}

func (x *hiring) give(a progress.Actor, s progress.Sitting, seconds int, positions ...int) {
	x.t.Helper()
	for _, pos := range positions {
		st := author(s, pos, 0)
		st.Seconds = seconds
		x.seq++
		_, _, err := x.SaveItems(context.Background(), a, s.ID, []progress.ItemSave{{Pos: pos, Seq: x.seq, Body: body(x.t, st)}})
		x.must(err)
	}
}

func (x *hiring) view(id progress.CandidateID) progress.CandidateView {
	x.t.Helper()
	v, err := x.Candidate(context.Background(), x.boss, x.test.ID, id)
	x.must(err)
	return v
}

func TestACandidateFromInvitationToHandingIn(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	links := x.invite("Ann Rivers, ann@example.org, A-1\nBo Field\n")
	if len(links) != 2 || links[0].Ref != "A-1" || links[1].Email != "" || links[0].Token == links[1].Token || len(links[0].Token) != 43 {
		t.Fatalf("links %+v", links)
	}
	ann := links[0]
	if ann.TokenHash == string(ann.Token) || strings.Contains(ann.TokenHash, string(ann.Token)) {
		t.Error("the secret of a link is stored as it is")
	}
	seat, err := x.CandidateByToken(ctx, ann.Token, home)
	x.must(err)
	if seat.State != progress.CandidateInvited || !errors.Is(seat.Begins, progress.ErrForbidden) || seat.ByName != "boss" {
		t.Errorf("before consent: %s, %v, by %q", seat.State, seat.Begins, seat.ByName)
	}
	if _, _, err := x.StartCandidateSitting(ctx, ann.Token, home); !errors.Is(err, progress.ErrForbidden) {
		t.Errorf("beginning without consent: %v", err)
	}
	seat, _, err = x.Consent(ctx, ann.Token, home, "Words.", "")
	x.must(err)
	again, _, err := x.Consent(ctx, ann.Token, home, "Other words.", "")
	x.must(err)
	if seat.Candidate.ConsentHash != progress.ConsentHash("Words.") || again.Candidate.ConsentHash != seat.Candidate.ConsentHash || again.Candidate.Learner != seat.Candidate.Learner {
		t.Errorf("agreeing twice: %+v, then %+v", seat.Candidate, again.Candidate)
	}
	a, s := x.seated(ann)
	if a.Role != progress.RoleCandidate || s.Exam != x.test.Exam() || s.ResultsAt != nil {
		t.Fatalf("sitting %+v of %+v", s, a)
	}
	x.give(a, s, 60, 0, 1)
	// The browser crashed: the same link on another device leads to the same sitting with what was saved.
	other, session, err := x.StartCandidateSitting(ctx, ann.Token, "198.51.100.7")
	x.must(err)
	if other.ID != s.ID {
		t.Fatalf("after a crash the link leads to %s, want %s", other.ID, s.ID)
	}
	who, err := x.Session(ctx, session)
	x.must(err)
	room, err := x.Room(ctx, who.Actor(), s.ID, true)
	x.must(err)
	if len(room.Items) != 2 {
		t.Errorf("%d answers are there, want 2", len(room.Items))
	}
	x.clock.add(20 * time.Minute)
	done, err := x.HandIn(ctx, a, s.ID)
	x.must(err)
	if done.Percent10 != 0 || done.Scored != 0 {
		t.Errorf("the candidate sees the result: %+v", done.Tally)
	}
	v := x.view(ann.ID)
	if v.State != progress.CandidateDone || v.Newest.Percent10 != 500 {
		t.Errorf("the employer sees %s, %+v", v.State, v.Newest.Tally)
	}
	if want := x.clock.now().AddDate(0, 0, 30); !v.EraseOn.Equal(want) {
		t.Errorf("erased on %v, want %v", v.EraseOn, want)
	}
	if _, _, err := x.StartCandidateSitting(ctx, ann.Token, home); !errors.Is(err, progress.ErrNoAttemptLeft) {
		t.Errorf("a second try: %v", err)
	}
	all, err := x.Candidates(ctx, x.boss, x.test.ID)
	x.must(err)
	if len(all) != 2 || all[0].State != progress.CandidateDone || all[1].State != progress.CandidateInvited {
		t.Errorf("list %+v", all)
	}
}

func TestInvitingIsAllOrNothingAndOnce(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	in := progress.CandidateInvite{ClientKey: x.key(), People: []byte("Ann, ann@example.org\nBo, no address"), Days: 14}
	_, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in)
	var e *progress.InputError
	if !errors.As(err, &e) || e.Field != "people" || !strings.HasPrefix(e.Reason, "Line 2:") {
		t.Errorf("a wrong line: %v", err)
	}
	in.People = []byte("Ann, ann@example.org")
	first, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in)
	x.must(err)
	second, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in)
	x.must(err)
	if first[0].ID != second[0].ID {
		t.Error("the same form sent twice invited twice")
	}
	if _, err := x.CandidateByToken(ctx, first[0].Token, home); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("the link of the first answer: %v", err)
	}
	_, err = x.CandidateByToken(ctx, second[0].Token, home)
	x.must(err)
	in.ClientKey = x.key()
	if _, err = x.InviteCandidates(ctx, x.boss, x.test.ID, in); !errors.As(err, &e) {
		t.Errorf("the same person by another form: %v", err)
	}
}

func TestLinksEnd(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	links := x.invite("Ann\nBo\nCy\nDi")
	look := func(l progress.Token) error { _, err := x.CandidateByToken(ctx, l, home); return err }
	x.must(x.RevokeCandidate(ctx, x.boss, x.test.ID, links[0].ID))
	if err := look(links[0].Token); !errors.Is(err, progress.ErrLinkOver) {
		t.Errorf("revoked: %v", err)
	}
	fresh, err := x.ReissueLink(ctx, x.boss, x.test.ID, links[0].ID, 7)
	x.must(err)
	x.must(look(fresh.Token))
	if err := look(links[0].Token); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("the link before: %v", err)
	}
	x.must(x.Decline(ctx, links[1].Token, home))
	if v := x.view(links[1].ID); v.State != progress.CandidateDeclined {
		t.Errorf("declined: %s", v.State)
	}
	_, bo := x.seated(links[2])
	x.clock.add(15 * 24 * time.Hour)
	if err := look(links[3].Token); !errors.Is(err, progress.ErrLinkOver) || x.view(links[3].ID).State != progress.CandidateExpired {
		t.Errorf("expired: %v", err)
	}
	x.must(look(links[2].Token)) // who has agreed can still see and erase what is kept
	if v := x.view(links[2].ID); v.State != progress.CandidateDone || v.Newest.ID != bo.ID || v.Newest.HandedInBy != progress.HandedInByClock {
		t.Errorf("the clock: %+v", v)
	}
	for _, bad := range []progress.Token{"", "short", progress.Token(strings.Repeat("A", 43))} {
		if err := look(bad); !errors.Is(err, progress.ErrNotFound) {
			t.Errorf("link %q: %v", bad, err)
		}
	}
}

func TestWrongLinksAreCounted(t *testing.T) {
	x := newHiring(t, nil)
	good := x.invite("Ann")[0].Token
	var wait *progress.ErrTooMany
	n := 0
	for ; n < 200; n++ {
		if _, err := x.CandidateByToken(t.Context(), progress.Token(fmt.Sprintf("%043d", n)), home); errors.As(err, &wait) {
			break
		}
	}
	if n < 20 || n == 200 {
		t.Errorf("%d wrong links were looked at", n)
	}
	if _, err := x.CandidateByToken(t.Context(), good, home); !errors.As(err, &wait) {
		t.Errorf("a good link from there: %v", err)
	}
	_, err := x.CandidateByToken(t.Context(), good, "198.51.100.1")
	x.must(err)
}

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

func TestAccommodation(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	ann := x.invite("Ann")[0]
	var e *progress.InputError
	if err := x.SetAccommodation(ctx, x.boss, x.test.ID, ann.ID, 301, -1); !errors.As(err, &e) {
		t.Errorf("impossible: %v", err)
	}
	x.must(x.SetAccommodation(ctx, x.boss, x.test.ID, ann.ID, 50, 2))
	_, s := x.seated(ann)
	if s.EndsAt.Sub(s.StartedAt) != 90*time.Minute || s.Blueprint.Breaks.Count != 2 || s.Blueprint.Breaks.Minutes != 10 {
		t.Errorf("%v with breaks %+v", s.EndsAt.Sub(s.StartedAt), s.Blueprint.Breaks)
	}
	if err := x.SetAccommodation(ctx, x.boss, x.test.ID, ann.ID, 100, 2); !errors.As(err, &e) {
		t.Errorf("during the sitting: %v", err)
	}
	// Given with the invitation: a line that says nothing has what is said for all.
	in := progress.CandidateInvite{ClientKey: x.key(), People: []byte("name,extra time,extra breaks\nBo,25,\nCy,,0"), Days: 14, ExtraPercent: 301, ExtraBreaks: 1}
	if _, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in); !errors.As(err, &e) || e.Field != "extra_percent" {
		t.Errorf("impossible for all: %v", err)
	}
	in.ExtraPercent = 100
	links, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in)
	x.must(err)
	x.must(x.SetAccommodation(ctx, x.boss, x.test.ID, links[1].ID, 10, 0))
	again, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in) // sent twice
	x.must(err)
	bo, cy := x.view(links[0].ID), x.view(links[1].ID)
	if bo.ExtraPercent != 25 || bo.ExtraBreaks != 1 || cy.ExtraPercent != 10 || cy.ExtraBreaks != 0 || again[1].ExtraPercent != 10 {
		t.Errorf("Bo %d %% and %d breaks, Cy %d %% and %d", bo.ExtraPercent, bo.ExtraBreaks, cy.ExtraPercent, cy.ExtraBreaks)
	}
}

func TestOnlyTheEmployer(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	ann := x.invite("Ann")[0]
	a, s := x.seated(ann)
	for name, who := range map[string]progress.Actor{"rival": x.rival, "teacher": x.teacher, "candidate": a, "guest": x.guest(), "nobody": {}} {
		for what, err := range map[string]error{
			"list":          second(x.Candidates(ctx, who, x.test.ID)),
			"look":          second(x.Candidate(ctx, who, x.test.ID, ann.ID)),
			"events":        second(x.CandidateEvents(ctx, who, x.test.ID, ann.ID)),
			"export":        second(x.ExportCandidate(ctx, who, x.test.ID, ann.ID)),
			"invite":        second(x.InviteCandidates(ctx, who, x.test.ID, progress.CandidateInvite{ClientKey: x.key(), People: []byte("Eve"), Days: 1})),
			"reissue":       second(x.ReissueLink(ctx, who, x.test.ID, ann.ID, 7)),
			"revoke":        x.RevokeCandidate(ctx, who, x.test.ID, ann.ID),
			"accommodation": x.SetAccommodation(ctx, who, x.test.ID, ann.ID, 10, 0),
			"erase":         x.EraseCandidate(ctx, who, x.test.ID, ann.ID),
			"shorten":       x.KeepShorter(ctx, who, x.test.ID),
		} {
			if !errors.Is(err, progress.ErrNotFound) {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		if name != "candidate" {
			if _, err := x.Sitting(ctx, who, s.ID); !errors.Is(err, progress.ErrNotFound) {
				t.Errorf("%s looks at the sitting: %v", name, err)
			}
		}
	}
	// Nor does an instructor come to the hidden learner or to an answer by its id.
	x.give(a, s, 60, 0)
	_, err := x.HandIn(ctx, a, s.ID)
	x.must(err)
	answers, _, err := x.Attempts(ctx, x.admin, progress.AttemptFilter{Learner: a.Learner, Sealed: true})
	x.must(err)
	if len(answers) == 0 {
		t.Fatal("the admin sees no answers")
	}
	for what, err := range map[string]error{
		"learner": second(x.Learner(ctx, x.teacher, a.Learner)),
		"record":  second(x.Summary(ctx, x.teacher, a.Learner)),
		"answer":  second(x.Attempt(ctx, x.teacher, answers[0].Attempt.ID)),
		"grades":  second(x.Gradings(ctx, x.teacher, answers[0].Attempt.ID)),
	} {
		if !errors.Is(err, progress.ErrNotFound) {
			t.Errorf("an instructor, %s: %v", what, err)
		}
	}
	// A test of one's own does not open the candidates of another's.
	own := x.open(x.rival, "0000000000bb", nil)
	if _, err := x.Candidate(ctx, x.rival, own.ID, ann.ID); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("through a test of one's own: %v", err)
	}
	_, err = x.Candidates(ctx, x.admin, x.test.ID)
	x.must(err)
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

func TestErasedOnTheDayPromised(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	links := x.invite("Ann, ann@example.org\nBo, bo@example.org")
	a, s := x.seated(links[0])
	x.give(a, s, 60, 0)
	_, err := x.HandIn(ctx, a, s.ID)
	x.must(err)
	erase := func() int { n, err := x.EraseDue(ctx); x.must(err); return n }
	if n := erase(); n != 0 {
		t.Fatalf("%d erased at once", n)
	}
	x.clock.add(29 * 24 * time.Hour)
	if n := erase(); n != 0 || x.view(links[0].ID).Name != "Ann" {
		t.Fatalf("%d erased a day early", n)
	}
	x.clock.add(24*time.Hour + time.Minute)
	if n := erase(); n != 1 {
		t.Fatalf("%d erased on the day, want 1", n)
	}
	v := x.view(links[0].ID)
	if v.State != progress.CandidateErased || v.Name+v.Email+v.Ref+v.TokenHash != "" || v.Events != 0 {
		t.Errorf("left of the candidate: %+v", v)
	}
	if _, err := x.CandidateByToken(ctx, links[0].Token, home); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("the link: %v", err)
	}
	if _, err := x.Session(ctx, "x"); !errors.Is(err, progress.ErrNoSession) {
		t.Error(err)
	}
	// Who never came is erased as long after the link has run out.
	x.clock.add(14 * 24 * time.Hour)
	if n := erase(); n != 1 || x.view(links[1].ID).State != progress.CandidateErased {
		t.Errorf("who never came: %d", n)
	}
	// The second server of two does nothing while the first is at it.
	if n := erase(); n != 0 {
		t.Errorf("%d erased twice", n)
	}
	log, err := x.AuditLog(ctx, x.admin, progress.AuditFilter{Action: "candidate.erase"})
	x.must(err)
	if len(log) != 2 {
		t.Errorf("%d entries of erasing, want 2", len(log))
	}
}

func TestShorterRetention(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	spec := progress.AssessmentSpec{Name: "Kept for a month", Minutes: 30, PassPercent: 60, Questions: []progress.AreaCount{{Area: "em", Count: 4}}, Tries: 1, KeepDays: 30}
	x.test = x.house.open(x.boss, x.assess(x.boss, spec))
	links := x.invite("Ann\nBo\n")
	ann, bo := links[0], links[1]
	a, s := x.seated(ann)
	_, err := x.HandIn(ctx, a, s.ID)
	x.must(err)
	shorter := progress.AssessmentInput{ID: x.test.ID, From: x.test.Revision, Spec: x.test.Spec}
	shorter.Spec.KeepDays = 5
	_, err = x.SaveAssessment(ctx, x.boss, shorter)
	x.must(err)
	if want := x.clock.now().AddDate(0, 0, 5); !x.view(ann.ID).EraseOn.Equal(want) {
		t.Errorf("erased on %v, want %v", x.view(ann.ID).EraseOn, want)
	}
	if want := bo.LinkUntil.AddDate(0, 0, 5); !x.view(bo.ID).EraseOn.Equal(want) {
		t.Errorf("one who has not begun is erased on %v, want %v", x.view(bo.ID).EraseOn, want)
	}
	x.clock.add((5*24 + 1) * time.Hour)
	n, err := x.EraseDue(ctx)
	x.must(err)
	if n != 1 || x.view(ann.ID).State != progress.CandidateErased || x.view(bo.ID).State == progress.CandidateErased {
		t.Errorf("%d erased after five days", n)
	}
}

func TestExportAndErasingOnRequest(t *testing.T) {
	x := newHiring(t, nil)
	ctx := t.Context()
	ann := x.invite("Ann Rivers, ann@example.org, A-1")[0]
	a, s := x.seated(ann)
	x.give(a, s, 60, 0)
	x.must(x.CandidateSeen(ctx, a, s, home, false, time.Time{}))
	_, err := x.HandIn(ctx, a, s.ID)
	x.must(err)
	own, err := x.ExportOwn(ctx, ann.Token, home)
	x.must(err)
	theirs, err := x.ExportCandidate(ctx, x.boss, x.test.ID, ann.ID)
	x.must(err)
	text, err := json.Marshal(own)
	x.must(err)
	for _, want := range []string{"Ann Rivers", "ann@example.org", "A-1", "Words of the consent.", "203.0.113.0/24", string(s.ID)} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the export has no %q", want)
		}
	}
	for _, secret := range []string{string(ann.Token), ann.TokenHash, `"key of`, "token_hash"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the export has %q", secret)
		}
	}
	if len(own.Attempts) != 4 || own.Results != nil || own.Sittings[0].Percent10 != 0 || len(theirs.Results) != 4 || theirs.Sittings[0].Seed != 0 {
		t.Errorf("own: %d attempts, %d results; theirs: %d results", len(own.Attempts), len(own.Results), len(theirs.Results))
	}
	x.must(x.EraseOwn(ctx, ann.Token, home))
	if v := x.view(ann.ID); v.State != progress.CandidateErased {
		t.Errorf("after asking to be erased: %s", v.State)
	}
	x.must(x.EraseCandidate(ctx, x.boss, x.test.ID, ann.ID)) // twice is fine
	if _, err := x.Room(ctx, a, s.ID, false); err == nil && x.view(ann.ID).Newest == nil {
		t.Error("the graded sitting is gone")
	}
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
