package progress

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"
)

// A session is believed for five seconds, is gone when one was dropped, and one that was read before the drop is not kept after it.
func TestSessionCache(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	key := sha256.Sum256([]byte("token"))
	sess := Session{ID: "s", ExpiresAt: now.Add(time.Hour)}
	var c sessionCache
	_, ok, dropped := c.get(key, now)
	if ok {
		t.Fatal("an empty cache has a session")
	}
	c.put(key, sess, now, dropped)
	for after, want := range map[time.Duration]bool{0: true, sessionFresh - 1: true, sessionFresh: false, -time.Second: false} {
		if _, ok, _ := c.get(key, now.Add(after)); ok != want {
			t.Errorf("after %s: believed %v, want %v", after, ok, want)
		}
	}
	c.drop()
	if _, ok, _ := c.get(key, now); ok {
		t.Error("a dropped session is still there")
	}
	c.put(key, sess, now, dropped)
	if _, ok, _ := c.get(key, now); ok {
		t.Error("a session read before the drop is kept after it")
	}
	_, _, dropped = c.get(key, now)
	c.put(key, Session{ExpiresAt: now.Add(time.Second)}, now, dropped)
	if _, ok, _ := c.get(key, now); ok {
		t.Error("a session is believed beyond its end")
	}
}

// However many sessions there are, the cache holds no more than two halves, and the newest are in it.
func TestSessionCacheIsBounded(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var c sessionCache
	var last [sessionKeyLen]byte
	for i := range 5 * sessionsKept {
		last = sha256.Sum256(fmt.Append(nil, i))
		c.put(last, Session{ExpiresAt: now.Add(time.Hour)}, now, 0)
	}
	if n := len(c.young) + len(c.old); n > 2*sessionsKept {
		t.Errorf("%d sessions are held, want at most %d", n, 2*sessionsKept)
	}
	if _, ok, _ := c.get(last, now); !ok {
		t.Error("the newest session is not held")
	}
}
