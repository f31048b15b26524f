package store

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"crosswalk/progress"
)

// TestFullDisk fills a small file system to its last byte while many save, and makes room again.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("crosswalk-test", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	db := open(t, filepath.Join(dir, "c.db"), func(o *Options) { o.Checkpoint = 10 * time.Millisecond })
	s := sat(t, db, 10, addLearner(t, db).ID, 80, 0)
	ballast := filepath.Join(dir, "ballast")
	fill := func() {
		t.Helper()
		f, err := os.OpenFile(ballast, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for block := make([]byte, 4096); err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, unix.ENOSPC) {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	acked, kept, refused := map[int]int64{}, 0, 0
	stop := savers(db, s, func(a savedItem) {
		mu.Lock()
		defer mu.Unlock()
		acked[a.pos] = max(acked[a.pos], a.seq)
		kept++
	}, func(err error, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		refused++
		if !errors.Is(err, progress.ErrUnavailable) || took > 5*time.Second {
			t.Errorf("got %v after %s, want ErrUnavailable soon", err, took)
		}
	})
	counts := func() (int, int) {
		mu.Lock()
		defer mu.Unlock()
		return kept, refused
	}
	waitFor := func(what string, ok func(k, r int) bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !ok(counts()); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	for range 3 {
		_, before := counts()
		// Emptying the log makes room, and slow savers would live on that: it is taken from them until one is refused.
		waitFor("the disk is full and no save was refused", func(_, r int) bool { fill(); return r > before })
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		had, _ := counts()
		waitFor("saving does not go on when there is room again", func(k, _ int) bool { return k > had+20 })
	}
	stop()
	if lost := missing(t, db, s, acked); lost > 0 {
		t.Errorf("%d acknowledged changes are lost", lost)
	}
	intact(t, db)
	k, r := counts()
	t.Logf("%d kept, %d refused", k, r)
}
