package progress

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	sessionFresh  = 5 * time.Second // how long a session is believed without asking the database
	sessionsKept  = 8192            // in each of the two halves of the cache
	sessionKeyLen = sha256.Size
)

// sessionCache remembers sessions for a few seconds, for what asks many times a second. It has two halves: when the young one is full it
// becomes the old one, and the old one is forgotten.
type sessionCache struct {
	mu         sync.Mutex
	young, old map[[sessionKeyLen]byte]heldSession
	dropped    int // how often sessions ended: one that was read before is not kept after
}

type heldSession struct {
	session Session
	until   time.Time
}

// get gives a session that is still believed at now.
func (c *sessionCache) get(key [sessionKeyLen]byte, now time.Time) (_ Session, ok bool, dropped int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.young[key]
	if !ok {
		h, ok = c.old[key]
	}
	if !ok || !now.Before(h.until) || now.Before(h.until.Add(-sessionFresh)) { // the last: the clock was set back
		return Session{}, false, c.dropped
	}
	return h.session, true, c.dropped
}

// put remembers a session that was read when dropped was as given.
func (c *sessionCache) put(key [sessionKeyLen]byte, s Session, now time.Time, dropped int) {
	until := now.Add(sessionFresh)
	if s.ExpiresAt.Before(until) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if dropped != c.dropped {
		return
	}
	if c.young == nil || len(c.young) >= sessionsKept {
		c.young, c.old = map[[sessionKeyLen]byte]heldSession{}, c.young
	}
	c.young[key] = heldSession{s, until}
}

// drop forgets everything: some session has ended. That is rare enough.
func (c *sessionCache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.young, c.old = nil, nil
	c.dropped++
}

// SessionCached is Session for what is asked so often that a read of the database each time would be too much: the answer may be up to five
// seconds old. A session that is ended through this Service is gone at once; one that another server ends is believed that long.
func (s *Service) SessionCached(ctx context.Context, t Token) (Session, error) {
	key, now := sha256.Sum256([]byte(t)), s.now()
	held, ok, dropped := s.sessions.get(key, now)
	if ok {
		return held, nil
	}
	sess, err := s.Session(ctx, t)
	if err != nil {
		return Session{}, err
	}
	s.sessions.put(key, sess, now, dropped)
	return sess, nil
}
