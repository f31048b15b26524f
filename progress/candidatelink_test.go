package progress_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"crosswalk/progress"
)

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

// TestInvitedAgain: the same list again is the same people for longer, but somebody who was erased is somebody new.
func TestInvitedAgain(t *testing.T) {
	x := newHiring(t, func(t *progress.Assessment) { t.Spec.KeepDays = 1 })
	ctx := t.Context()
	in := progress.CandidateInvite{ClientKey: x.key(), People: []byte("Ann\nBo"), Days: 3}
	first, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in)
	x.must(err)
	x.must(x.EraseCandidate(ctx, x.boss, x.test.ID, first[1].ID))
	x.clock.add(2 * 24 * time.Hour)
	for range 2 {
		again, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in)
		x.must(err)
		ann, bo := x.view(again[0].ID), x.view(again[1].ID)
		if ann.ID != first[0].ID || !ann.EraseOn.Equal(ann.LinkUntil.AddDate(0, 0, 1)) {
			t.Errorf("Ann: %s, erased on %v, link until %v", ann.ID, ann.EraseOn, ann.LinkUntil)
		}
		if bo.ID == first[1].ID || bo.Name != "Bo" {
			t.Errorf("Bo, who was erased: %+v", bo.Candidate)
		}
		_, err = x.CandidateByToken(ctx, again[1].Token, home)
		x.must(err)
	}
	if all, err := x.Candidates(ctx, x.boss, x.test.ID); err != nil || len(all) != 3 {
		t.Errorf("%d candidates, want 3: %v", len(all), err)
	}
	x.test = x.open(x.boss, "0000000000ee", func(t *progress.Assessment) { t.Spec.Until = x.clock.now().Add(time.Hour) })
	cy := x.invite("Cy")[0]
	x.clock.add(2 * time.Hour)
	var e *progress.InputError
	in.ClientKey = x.key()
	if _, err := x.InviteCandidates(ctx, x.boss, x.test.ID, in); !errors.As(err, &e) || e.Field != "days" {
		t.Errorf("a link when the window is over: %v", err)
	}
	if _, err := x.ReissueLink(ctx, x.boss, x.test.ID, cy.ID, 3); !errors.As(err, &e) || e.Field != "days" {
		t.Errorf("a new link when the window is over: %v", err)
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
