package progress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The bounds of links and accommodations.
const (
	MaxCandidateDays  = 180  // that a link is good for
	MaxCandidates     = 5000 // of one test
	MaxExtraBreaks    = 10
	extraBreakMinutes = 10 // how long an extra break may last where the test has none
)

// declined stands in Candidate.ConsentHash of somebody who said no.
const declined = "declined"

// CandidateState is where a candidate stands.
type CandidateState string

// The states of a candidate.
const (
	CandidateInvited  CandidateState = "invited"  // has not agreed yet
	CandidateAgreed   CandidateState = "agreed"   // and has not begun
	CandidateSitting  CandidateState = "sitting"  // a sitting is under way
	CandidateDone     CandidateState = "done"     // handed in
	CandidateDeclined CandidateState = "declined" // said no
	CandidateRevoked  CandidateState = "revoked"  // the link was taken back
	CandidateExpired  CandidateState = "expired"  // the link ran out before a sitting began
	CandidateErased   CandidateState = "erased"
)

// CandidateView is a candidate with where they stand.
type CandidateView struct {
	Candidate
	State  CandidateState `json:"state"`
	Newest *Sitting       `json:"newest,omitempty"` // the newest sitting, without its form
	Events int            `json:"events"`           // how many are logged; only where one candidate is asked for
}

// stateOf says where a candidate stands; newest is the newest sitting, nil for none.
func (c Candidate) stateOf(newest *Sitting, now time.Time) CandidateState {
	switch {
	case c.ErasedAt != nil:
		return CandidateErased
	case newest != nil && (newest.HandedInAt != nil || !newest.Open(now)):
		return CandidateDone
	case newest != nil && c.RevokedAt == nil:
		return CandidateSitting
	case c.RevokedAt != nil && c.ConsentHash == declined:
		return CandidateDeclined
	case c.RevokedAt != nil:
		return CandidateRevoked
	case !now.Before(c.LinkUntil):
		return CandidateExpired
	case c.ConsentAt != nil:
		return CandidateAgreed
	}
	return CandidateInvited
}

// CandidateLink is a candidate with the secret of the link. It is told once, when the link is made: what is kept is a hash.
type CandidateLink struct {
	Candidate
	Token Token `json:"token"`
}

// CandidateInvite is what a form of invitations brings.
type CandidateInvite struct {
	ClientKey string // of the form: sent twice, it invites once, and the links of the second answer are those that are good
	People    []byte // as ParseCandidates reads it
	Days      int    // that the links are good for, 1 to MaxCandidateDays

	ExtraPercent int // extra time of those whose line does not say, 0 to MaxExtraPercent
	ExtraBreaks  int // and their extra breaks, 0 to MaxExtraBreaks
}

// testFor is a hiring test that the actor may see candidates of. Another's is ErrNotFound.
func (s *Service) testFor(ctx context.Context, a Actor, id AssessmentID) (Assessment, error) {
	x, err := s.Assessment(ctx, a, id)
	if errors.Is(err, ErrForbidden) {
		err = fmt.Errorf("assessment %s: %w", id, ErrNotFound)
	}
	return x, err
}

// candidateFor is a candidate of a test of the actor's. Another's is ErrNotFound.
func (s *Service) candidateFor(ctx context.Context, a Actor, x AssessmentID, id CandidateID) (Assessment, Candidate, error) {
	t, err := s.testFor(ctx, a, x)
	if err != nil {
		return t, Candidate{}, err
	}
	c, err := s.st.Candidate(ctx, a.org(), id)
	if err == nil && c.Assessment != x {
		err = ErrNotFound
	}
	if err != nil {
		return t, Candidate{}, fmt.Errorf("candidate %s: %w", id, err)
	}
	return t, c, nil
}

// InviteCandidates adds candidates to an open test and gives each a link. It is all or nothing: what is wrong comes as InputErrors of the
// fields people (each with its line), days, extra_percent and extra_breaks. Whom the same form invited before keeps the accommodation they
// have. ErrNotFound: no such test of the actor's.
func (s *Service) InviteCandidates(ctx context.Context, a Actor, x AssessmentID, in CandidateInvite) ([]CandidateLink, error) {
	t, err := s.testFor(ctx, a, x)
	if err != nil {
		return nil, err
	}
	fail := func(err error) ([]CandidateLink, error) {
		return nil, fmt.Errorf("invite to assessment %s: %w", x, err)
	}
	people, problems := ParseCandidates(in.People)
	if e := checkKey(in.ClientKey); e != nil {
		problems = append(problems, e)
	}
	if in.Days < 1 || in.Days > MaxCandidateDays {
		problems = append(problems, &InputError{"days", fmt.Sprintf("A link is good for 1 to %d days.", MaxCandidateDays)})
	}
	problems = append(problems, checkAccommodation(in.ExtraPercent, in.ExtraBreaks)...)
	if t.State() != AssessmentOpen {
		problems = append(problems, &InputError{"people", "The test is not open. Open it first, then invite."})
	}
	have, err := s.st.Candidates(ctx, a.org(), x)
	if err != nil {
		return fail(err)
	}
	if len(have)+len(people) > MaxCandidates {
		problems = append(problems, &InputError{"people", fmt.Sprintf("A test can have %d candidates. Copy the test for more.", MaxCandidates)})
	}
	now := s.now()
	problems = append(problems, invitedBefore(have, people, in.ClientKey, now)...)
	if err := asInput(problems); err != nil {
		return nil, err
	}
	out, cs := make([]CandidateLink, len(people)), make([]Candidate, len(people))
	for i, p := range people {
		if out[i], err = s.newCandidate(a, t, inviteKey(in.ClientKey, p), now); err != nil {
			return fail(err)
		}
		c := &out[i].Candidate
		c.Name, c.Email, c.Ref, c.LinkUntil = p.Name, p.Email, p.Ref, linkEnd(t, now, in.Days)
		c.ExtraPercent, c.ExtraBreaks = in.ExtraPercent, in.ExtraBreaks
		if p.ExtraPercent != nil {
			c.ExtraPercent = *p.ExtraPercent
		}
		if p.ExtraBreaks != nil {
			c.ExtraBreaks = *p.ExtraBreaks
		}
		on := c.LinkUntil.AddDate(0, 0, t.Spec.KeepDays)
		c.EraseOn = &on
		cs[i] = *c
	}
	entry, err := s.entry(a, "candidate.invite", string(x), fmt.Sprintf("%d candidates", len(cs)))
	if err != nil {
		return fail(err)
	}
	kept, err := s.st.AddCandidates(ctx, a.org(), x, cs, entry)
	if err != nil {
		return fail(err)
	}
	for i := range kept {
		out[i].Candidate = kept[i]
	}
	return out, nil
}

// inviteKey is the client key of one person of a form.
func inviteKey(form string, p CandidateLine) string {
	h := sha256.Sum256([]byte(strings.Join([]string{form, p.Name, p.Email, p.Ref}, "\x00")))
	return "form:" + hex.EncodeToString(h[:16])
}

// invitedBefore says who of a list has a place in the test already, but for those whom the same form invited.
func invitedBefore(have []Candidate, people []CandidateLine, form string, now time.Time) InputErrors {
	byEmail, byRef := map[string]Candidate{}, map[string]Candidate{}
	for _, c := range have {
		if c.ErasedAt == nil {
			byEmail[c.Email], byRef[c.Ref] = c, c
		}
	}
	var out InputErrors
	for _, p := range people {
		for _, what := range []struct {
			text string
			in   map[string]Candidate
		}{{p.Email, byEmail}, {p.Ref, byRef}} {
			if c, ok := what.in[what.text]; ok && what.text != "" && c.ClientKey != inviteKey(form, p) {
				out = append(out, &InputError{"people", fmt.Sprintf("Line %d: %s was invited before. Make a new link on the page of that candidate.", p.Line, what.text)})
				break
			}
		}
	}
	return out
}

// linkEnd is until when a link made now is good: not beyond the window of the test.
func linkEnd(t Assessment, now time.Time, days int) time.Time {
	end := now.AddDate(0, 0, days)
	if !t.Spec.Until.IsZero() && t.Spec.Until.Before(end) {
		end = t.Spec.Until
	}
	return end
}

// newCandidate makes a candidate with the secret of the link.
func (s *Service) newCandidate(a Actor, t Assessment, key string, now time.Time) (CandidateLink, error) {
	id, err := s.newID(now)
	if err != nil {
		return CandidateLink{}, err
	}
	token, err := s.newSecret()
	if err != nil {
		return CandidateLink{}, err
	}
	return CandidateLink{Candidate{ID: CandidateID(id), Org: a.org(), Assessment: t.ID, ClientKey: key, TokenHash: token.hash(), CreatedAt: now}, token}, nil
}

// Candidates lists the candidates of a test with where they stand, the oldest first, erased ones too. ErrNotFound: no such test of the actor's.
func (s *Service) Candidates(ctx context.Context, a Actor, x AssessmentID) ([]CandidateView, error) {
	if _, err := s.testFor(ctx, a, x); err != nil {
		return nil, err
	}
	cs, err := s.st.Candidates(ctx, a.org(), x)
	if err != nil {
		return nil, fmt.Errorf("candidates of %s: %w", x, err)
	}
	sat, err := s.st.Sittings(ctx, a.org(), SittingFilter{Exam: AssessmentExam(x)})
	if err != nil {
		return nil, fmt.Errorf("candidates of %s: %w", x, err)
	}
	newest := map[LearnerID]*Sitting{}
	for i := range slices.Backward(sat) { // newest first, so that it stays
		newest[sat[i].Learner] = &sat[i]
	}
	out, now := make([]CandidateView, len(cs)), s.clock()
	for i, c := range cs {
		out[i] = CandidateView{Candidate: c}
		if c.Learner != "" {
			out[i].Newest = newest[c.Learner]
		}
		out[i].State = c.stateOf(out[i].Newest, now)
	}
	return out, nil
}

// Candidate gives one candidate of a test with where they stand. ErrNotFound also for another's.
func (s *Service) Candidate(ctx context.Context, a Actor, x AssessmentID, id CandidateID) (CandidateView, error) {
	_, c, err := s.candidateFor(ctx, a, x, id)
	if err != nil {
		return CandidateView{}, err
	}
	return s.viewOf(ctx, c)
}

// viewOf reads where a candidate stands; a sitting whose time is up is closed first.
func (s *Service) viewOf(ctx context.Context, c Candidate) (CandidateView, error) {
	v := CandidateView{Candidate: c}
	if n := len(c.Sittings); n > 0 {
		x, err := s.st.SittingHead(ctx, c.Org, c.Sittings[n-1])
		if err == nil {
			x, err = s.upToDate(ctx, x)
		}
		if err != nil {
			return v, fmt.Errorf("candidate %s: %w", c.ID, err)
		}
		x.Form = nil
		v.Newest = &x
	}
	es, err := s.st.CandidateEvents(ctx, c.Org, c.ID)
	if err != nil {
		return v, fmt.Errorf("candidate %s: %w", c.ID, err)
	}
	v.State, v.Events = c.stateOf(v.Newest, s.clock()), len(es)
	return v, nil
}

// CandidateEvents lists what was logged in a candidate's sittings, the oldest first. ErrNotFound also for another's.
func (s *Service) CandidateEvents(ctx context.Context, a Actor, x AssessmentID, id CandidateID) ([]CandidateEvent, error) {
	if _, _, err := s.candidateFor(ctx, a, x, id); err != nil {
		return nil, err
	}
	es, err := s.st.CandidateEvents(ctx, a.org(), id)
	if err != nil {
		return nil, fmt.Errorf("events of candidate %s: %w", id, err)
	}
	return es, nil
}

// ReissueLink gives a candidate a new link; the old one is no longer good, and one that was revoked is in force again. ErrNotFound also for
// another's and one who is erased; *InputError of days.
func (s *Service) ReissueLink(ctx context.Context, a Actor, x AssessmentID, id CandidateID, days int) (CandidateLink, error) {
	t, c, err := s.candidateFor(ctx, a, x, id)
	if err != nil {
		return CandidateLink{}, err
	}
	fail := func(err error) (CandidateLink, error) {
		return CandidateLink{}, fmt.Errorf("new link for candidate %s: %w", id, err)
	}
	switch {
	case days < 1 || days > MaxCandidateDays:
		return CandidateLink{}, &InputError{"days", fmt.Sprintf("A link is good for 1 to %d days.", MaxCandidateDays)}
	case t.State() != AssessmentOpen && len(c.Sittings) == 0:
		return CandidateLink{}, &InputError{"days", "The test is closed: nobody can begin it any more."}
	}
	token, err := s.newSecret()
	if err != nil {
		return fail(err)
	}
	now := s.now()
	entry, err := s.entry(a, "candidate.link", string(id), "new link")
	if err != nil {
		return fail(err)
	}
	until := linkEnd(t, now, days)
	if err := s.st.SetLink(ctx, a.org(), id, token.hash(), until, nil, entry); err != nil {
		return fail(err)
	}
	c.LinkUntil, c.RevokedAt, c.TokenHash = until, nil, token.hash()
	if err := s.keepUntil(ctx, t, c); err != nil {
		return fail(err)
	}
	return CandidateLink{c, token}, nil
}

// RevokeCandidate ends a candidate's link and the sessions opened by it. A sitting under way cannot be gone on with; what was saved of it
// stays, and its clock hands it in. ErrNotFound also for another's and one who is erased.
func (s *Service) RevokeCandidate(ctx context.Context, a Actor, x AssessmentID, id CandidateID) error {
	_, c, err := s.candidateFor(ctx, a, x, id)
	if err != nil {
		return err
	}
	entry, err := s.entry(a, "candidate.revoke", string(id), "")
	if err != nil {
		return err
	}
	now := s.now()
	if err := s.st.SetLink(ctx, a.org(), id, "", c.LinkUntil, &now, entry); err != nil {
		return fmt.Errorf("revoke candidate %s: %w", id, err)
	}
	s.sessions.drop()
	return nil
}

// SetAccommodation gives a candidate more time, in per cent, and more breaks, in sittings that are yet to begin. ErrNotFound also for
// another's and one who is erased; InputErrors of extra_percent and extra_breaks, also when a sitting is under way.
func (s *Service) SetAccommodation(ctx context.Context, a Actor, x AssessmentID, id CandidateID, extraPercent, extraBreaks int) error {
	_, c, err := s.candidateFor(ctx, a, x, id)
	if err != nil {
		return err
	}
	problems := checkAccommodation(extraPercent, extraBreaks)
	v, err := s.viewOf(ctx, c)
	if err != nil {
		return err
	}
	if v.State == CandidateSitting {
		problems = append(problems, &InputError{"extra_percent", "The sitting is under way. What is set now would come too late for it."})
	}
	if err := asInput(problems); err != nil {
		return err
	}
	entry, err := s.entry(a, "candidate.accommodation", string(id), fmt.Sprintf("extra time %d %%, extra breaks %d", extraPercent, extraBreaks))
	if err != nil {
		return err
	}
	if err := s.st.SetAccommodation(ctx, a.org(), id, extraPercent, extraBreaks, entry); err != nil {
		return fmt.Errorf("accommodation of candidate %s: %w", id, err)
	}
	return nil
}

// checkAccommodation says what is wrong with extra time and breaks.
func checkAccommodation(extraPercent, extraBreaks int) (problems InputErrors) {
	if extraPercent < 0 || extraPercent > MaxExtraPercent {
		problems = append(problems, &InputError{"extra_percent", fmt.Sprintf("Extra time is 0 to %d per cent.", MaxExtraPercent)})
	}
	if extraBreaks < 0 || extraBreaks > MaxExtraBreaks {
		problems = append(problems, &InputError{"extra_breaks", fmt.Sprintf("Extra breaks are 0 to %d.", MaxExtraBreaks)})
	}
	return problems
}
