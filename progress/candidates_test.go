package progress_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"crosswalk/progress"
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
