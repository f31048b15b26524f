package progress

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestDefaultCosts(t *testing.T) {
	p := PassphraseParams{}.withDefaults()
	if p.MemoryKiB != 19456 || p.Passes != 2 || p.Lanes != 1 || p.AtOnce != 2 {
		t.Errorf("defaults %+v, want 19 MiB, 2 passes, 1 lane, 2 at once", p)
	}
}

func TestHash(t *testing.T) {
	p := PassphraseParams{MemoryKiB: 8, Passes: 1, Lanes: 1}.withDefaults()
	h := newHasher(p, rand.Reader)
	one, err := h.make(t.Context(), "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.make(t.Context(), "correct horse battery")
	if err != nil || one == two {
		t.Errorf("two hashes of one passphrase are the same (%v)", err)
	}
	for pass, want := range map[string]bool{"correct horse battery": true, "Correct horse battery": false, "correct horse battery ": false, "": false} {
		ok, stale, err := h.check(t.Context(), pass, one)
		if err != nil || ok != want || stale {
			t.Errorf("%q: %v, stale %v, %v; want %v", pass, ok, stale, err, want)
		}
	}
	if ok, _, err := h.check(t.Context(), "", h.dummy); ok || err != nil {
		t.Errorf("the stand-in for an unknown account: %v, %v; want false", ok, err)
	}
	for _, bad := range []string{
		"", "plain", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$a2V5", "$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$a2V5", strings.Replace(one, "t=1", "t=0", 1),
		strings.Replace(one, "p=1", "p=0", 1), strings.Replace(one, "m=8", "m=4294967295", 1), one[:len(one)-40], one + "$x", strings.Replace(one, "m=8", "m=x", 1),
	} {
		if ok, _, err := h.check(t.Context(), "correct horse battery", bad); ok || err == nil {
			t.Errorf("hash text %q: %v, %v; want an error", bad, ok, err)
		}
	}
}

// TestSlots: however many come at once, no more than the slots compute.
func TestSlots(t *testing.T) {
	h := newHasher(PassphraseParams{MemoryKiB: 8, Passes: 1, Lanes: 1, AtOnce: 2, Wait: 20 * time.Millisecond}.withDefaults(), rand.Reader)
	var now, most, done, busy atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			err := h.run(t.Context(), func() {
				n := now.Add(1)
				for {
					m := most.Load()
					if n <= m || most.CompareAndSwap(m, n) {
						break
					}
				}
				time.Sleep(15 * time.Millisecond)
				now.Add(-1)
				done.Add(1)
			})
			if errors.Is(err, ErrBusy) {
				busy.Add(1)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() > 2 || done.Load() < 2 || busy.Load() == 0 || done.Load()+busy.Load() != 50 {
		t.Errorf("at most %d at once, %d done, %d told to wait", most.Load(), done.Load(), busy.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	if err := h.run(ctx, func() {}); !errors.Is(err, context.Canceled) {
		t.Errorf("with nobody waiting any more: %v", err)
	}
}
