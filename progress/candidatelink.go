package progress

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// candidateLife is how long a candidate's session lasts without use: the link opens another.
const candidateLife = 24 * time.Hour

// KindConsent is the kind of the kept revisions of what candidates agreed to. They are found by the hash of the words.
const KindConsent ItemKind = "consent"

// ErrLinkOver: the link of a candidate has run out or was taken back. The page says whom to ask.
var ErrLinkOver = errors.New("this link is no longer good: ask the employer for a new one")

// Seat is a hiring test as its candidate sees it.
type Seat struct {
	Candidate  Candidate
	Assessment Assessment
	ByName     string // of whoever the test is by
	ByEmail    string
	State      CandidateState
	Newest     *Sitting // the newest sitting without its form and result, nil for none
	Used       int      // tries
	Left       int      // tries that are left
	NextAt     time.Time
	EraseOn    time.Time // when all that names the candidate is erased, as things stand
	Begins     error     // why a sitting cannot begin now; nil when it can
}

// Open is the sitting under way, "" for none.
func (x Seat) Open() SittingID {
	if x.State == CandidateSitting {
		return x.Newest.ID
	}
	return ""
}

// Minutes are how long a sitting of this candidate lasts, extra time in it; 0 without a clock.
func (x Seat) Minutes() int {
	return x.Assessment.Blueprint.Minutes * (100 + x.Candidate.ExtraPercent) / 100
}

// Breaks are the breaks that a sitting of this candidate has.
func (x Seat) Breaks() int { return x.Assessment.Blueprint.Breaks.Count + x.Candidate.ExtraBreaks }

// linkGood reports whether a candidate's link opens anything: until it ends for those who have not agreed, and else until they are erased.
func (c Candidate) linkGood(now time.Time) bool {
	return c.RevokedAt == nil && c.ErasedAt == nil && (c.ConsentAt != nil || now.Before(c.LinkUntil))
}

// CandidateByToken opens a candidate's link; whoever has it may. Wrong ones are counted by client address: *ErrTooMany. ErrNotFound: there is
// no such link. ErrLinkOver: it ran out or was taken back.
func (s *Service) CandidateByToken(ctx context.Context, t Token, ip string) (Seat, error) {
	c, err := s.candidateBy(ctx, t, ip)
	if err != nil {
		return Seat{}, err
	}
	return s.seatOf(ctx, c)
}

// candidateBy finds the candidate of a link that is in force. A try is counted before and given back when it was right, so that many at once gain nothing.
func (s *Service) candidateBy(ctx context.Context, t Token, ip string) (Candidate, error) {
	if len(t) != base64.RawURLEncoding.EncodedLen(32) {
		return Candidate{}, fmt.Errorf("candidate's link: %w", ErrNotFound)
	}
	keys, limits := []string{limitKey("sit-address", DefaultOrg, clientNet(ip))}, []Limit{{Burst: wrongLinkBurst, Every: wrongLinkEvery}}
	if err := s.take(ctx, keys, limits); err != nil {
		return Candidate{}, err
	}
	c, err := s.st.CandidateByToken(ctx, t.hash())
	if err != nil {
		return Candidate{}, fmt.Errorf("candidate's link: %w", err)
	}
	_ = s.st.Give(ctx, keys, limits, nil)
	if !c.linkGood(s.now()) {
		return Candidate{}, fmt.Errorf("candidate %s: %w", c.ID, ErrLinkOver)
	}
	return c, nil
}

// OwnSeat is the seat of the actor, who is a candidate's hidden learner. ErrNotFound for anybody else.
func (s *Service) OwnSeat(ctx context.Context, a Actor) (Seat, error) {
	if a.Role != RoleCandidate {
		return Seat{}, fmt.Errorf("own seat: %w", ErrNotFound)
	}
	c, err := s.st.CandidateByLearner(ctx, a.org(), a.Learner)
	if err != nil {
		return Seat{}, fmt.Errorf("own seat: %w", err)
	}
	return s.seatOf(ctx, c)
}

func (s *Service) seatOf(ctx context.Context, c Candidate) (Seat, error) {
	fail := func(err error) (Seat, error) { return Seat{}, fmt.Errorf("seat of candidate %s: %w", c.ID, err) }
	t, err := s.st.Assessment(ctx, c.Org, c.Assessment)
	if err != nil {
		return fail(err)
	}
	v, err := s.viewOf(ctx, c)
	if err != nil {
		return Seat{}, err
	}
	x := Seat{Candidate: c, Assessment: t, State: v.State, Newest: v.Newest, Used: len(c.Sittings), Left: max(0, t.Spec.Tries-len(c.Sittings))}
	if x.Newest != nil {
		x.Newest.Tally = Tally{}
	}
	owner := t.Owner
	if t.PreviewOf != "" { // candidates read by whom the test is, and not who tries it
		of, err := s.st.Assessment(ctx, c.Org, t.PreviewOf)
		if err != nil {
			return fail(err)
		}
		owner = of.Owner
	}
	if l, err := s.st.Learner(ctx, c.Org, owner); err == nil && l.ErasedAt == nil {
		x.ByName, x.ByEmail = l.Name, l.Email
	}
	x.EraseOn = promised(t, c, v.Newest)
	x.NextAt, x.Begins = s.mayBegin(x)
	return x, nil
}

// mayBegin says from when on the next sitting can begin, zero for at once, and why it cannot now.
func (s *Service) mayBegin(x Seat) (from time.Time, why error) {
	now, t := s.clock(), x.Assessment
	if x.Used > 0 && x.Newest.HandedInAt != nil {
		if from = x.Newest.HandedInAt.AddDate(0, 0, t.Spec.RetryDays); !now.Before(from) {
			from = time.Time{}
		}
	}
	switch {
	case x.Candidate.ConsentAt == nil:
		return from, fmt.Errorf("the candidate has not agreed: %w", ErrForbidden)
	case x.Left == 0:
		return from, ErrNoAttemptLeft
	case !now.Before(x.Candidate.LinkUntil):
		return from, ErrLinkOver
	case t.Begins(now) != nil:
		return from, t.Begins(now)
	case !from.IsZero():
		return from, ErrNotYet
	}
	return from, nil
}

// ConsentHash is the SHA-256 in hex of the words of a consent.
func ConsentHash(words string) string {
	h := sha256.Sum256([]byte(words))
	return hex.EncodeToString(h[:])
}

// Consent keeps that a candidate agreed to words as they were shown, and opens a session for the browser at hand. The words are kept under
// their hash. Agreeing again changes nothing and opens a session. Errors are those of CandidateByToken.
func (s *Service) Consent(ctx context.Context, t Token, ip, words, zone string) (Seat, Token, error) {
	fail := func(err error) (Seat, Token, error) { return Seat{}, "", fmt.Errorf("consent: %w", err) }
	c, err := s.candidateBy(ctx, t, ip)
	if err != nil {
		return Seat{}, "", err
	}
	now := s.now()
	if c.ConsentAt == nil {
		hidden, err := s.newLearner(c.Org, now)
		if err != nil {
			return fail(err)
		}
		if checkZone(zone) != nil || zone == "" {
			zone = "UTC"
		}
		hidden.Role, hidden.Name, hidden.Zone = RoleCandidate, c.BlindName(), zone
		hash := ConsentHash(words)
		if _, err := s.st.KeepVersions(ctx, c.Org, []ContentVersion{{Hash: hash, Kind: KindConsent, Item: string(c.Assessment), Body: words, At: now}}); err != nil {
			return fail(err)
		}
		if c, err = s.st.ConsentCandidate(ctx, c.Org, c.ID, hidden, now, hash); err != nil {
			return fail(err)
		}
		if err := s.candidateEntry(ctx, c, "candidate.consent", hash[:12]); err != nil {
			return fail(err)
		}
	}
	token, err := s.candidateSession(ctx, c)
	if err != nil {
		return fail(err)
	}
	x, err := s.seatOf(ctx, c)
	return x, token, err
}

// candidateEntry keeps in the audit log what a candidate did through the link.
func (s *Service) candidateEntry(ctx context.Context, c Candidate, action, detail string) error {
	e, err := s.entry(Actor{Org: c.Org, Learner: c.Learner, Role: RoleCandidate}, action, string(c.ID), detail)
	if err != nil {
		return err
	}
	return s.st.AddEntry(ctx, c.Org, e)
}

// candidateSession opens a session of a candidate who has agreed.
func (s *Service) candidateSession(ctx context.Context, c Candidate) (Token, error) {
	l, err := s.st.Learner(ctx, c.Org, c.Learner)
	if err != nil {
		return "", err
	}
	t, sess, err := s.newSession(l, s.now())
	if err != nil {
		return "", err
	}
	return t, s.st.OpenSession(ctx, c.Org, sess, "")
}

// Decline keeps that a candidate does not want to sit the test, and ends the link. Errors are those of CandidateByToken; ErrConflict: they
// have agreed before, and can ask to be erased instead.
func (s *Service) Decline(ctx context.Context, t Token, ip string) error {
	c, err := s.candidateBy(ctx, t, ip)
	if err != nil {
		return err
	}
	if c.ConsentAt != nil {
		return fmt.Errorf("decline: candidate %s has agreed: %w", c.ID, ErrConflict)
	}
	entry, err := s.entry(Actor{Org: c.Org, Role: RoleCandidate}, "candidate.decline", string(c.ID), "")
	if err != nil {
		return err
	}
	if err := s.st.DeclineCandidate(ctx, c.Org, c.ID, s.now(), declined, entry); err != nil {
		return fmt.Errorf("decline: %w", err)
	}
	return nil
}
