package progress

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// touchEvery is how old the last use of a session may be before it is written anew: not every page is a write.
const touchEvery = time.Hour

// newSession makes a token and the session that is stored for it.
func (s *Service) newSession(l Learner, at time.Time) (Token, StoredSession, error) {
	var secret [32]byte
	if _, err := io.ReadFull(s.rand, secret[:]); err != nil {
		return "", StoredSession{}, fmt.Errorf("random numbers: %w", err)
	}
	id, err := s.newID(at)
	if err != nil {
		return "", StoredSession{}, err
	}
	t := Token(base64.RawURLEncoding.EncodeToString(secret[:]))
	return t, StoredSession{ID: SessionID(id), Org: l.Org, Learner: l.ID, TokenHash: t.hash(), CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(s.life(l))}, nil
}

func (s *Service) life(l Learner) time.Duration {
	switch {
	case l.Guest:
		return s.opts.GuestLife
	case l.Role == RoleCandidate:
		return candidateLife
	}
	return s.opts.SessionLife
}

func (t Token) hash() string {
	h := sha256.Sum256([]byte(t))
	return hex.EncodeToString(h[:])
}

// csrf is derived from the token, so that it needs no column and a copy of the database does not hold it.
func (t Token) csrf() string {
	m := hmac.New(sha256.New, []byte(t))
	m.Write([]byte("crosswalk csrf 1"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// SameCSRF compares what a form brought with the session's, in constant time.
func (s Session) SameCSRF(sent string) bool {
	return s.CSRF != "" && subtle.ConstantTimeCompare([]byte(s.CSRF), []byte(sent)) == 1
}

// Session finds who a token belongs to and keeps the session alive. ErrNoSession: unknown, ended or expired.
func (s *Service) Session(ctx context.Context, t Token) (Session, error) {
	if len(t) != base64.RawURLEncoding.EncodedLen(32) {
		return Session{}, ErrNoSession
	}
	stored, l, err := s.st.SessionByHash(ctx, t.hash())
	if errors.Is(err, ErrNotFound) {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, fmt.Errorf("session: %w", err)
	}
	now := s.now()
	if !now.Before(stored.ExpiresAt) || l.ErasedAt != nil {
		return Session{}, ErrNoSession
	}
	if now.Sub(stored.SeenAt) >= touchEvery {
		stored.ExpiresAt = now.Add(s.life(l))
		// A session that cannot be prolonged just now is still a session.
		_ = s.st.TouchSession(ctx, l.Org, stored.ID, now, stored.ExpiresAt)
	}
	return Session{ID: stored.ID, CSRF: t.csrf(), Learner: l, CreatedAt: stored.CreatedAt, ExpiresAt: stored.ExpiresAt}, nil
}

// SignOut ends one session; an unknown token is fine.
func (s *Service) SignOut(ctx context.Context, t Token) error {
	if err := s.st.EndSession(ctx, t.hash()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	s.sessions.drop()
	return nil
}

// SignOutEverywhere ends all sessions of the actor.
func (s *Service) SignOutEverywhere(ctx context.Context, a Actor) error {
	if err := s.st.EndSessions(ctx, a.org(), a.Learner); err != nil {
		return fmt.Errorf("sign out everywhere: %w", err)
	}
	s.sessions.drop()
	return nil
}
