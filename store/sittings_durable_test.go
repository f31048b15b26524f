package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/store/storetest"
)

// sat starts a sitting of so many items for a learner that is there. It ends after the given time, 0 for never.
func sat(t testing.TB, db *DB, n int, l progress.LearnerID, items int, lasts time.Duration) progress.Sitting {
	t.Helper()
	form := make([]quizzes.FormItem, items)
	for i := range form {
		form[i] = quizzes.FormItem{ID: fmt.Sprintf("q-%d", i), Kind: quizzes.ItemQuestion, ShownHash: fmt.Sprintf("shown-%d", i), KeyHash: fmt.Sprintf("key-%d", i), Scored: true, Weight: 1}
	}
	s := progress.Sitting{
		ID: progress.SittingID(storetest.ID(n)), Org: storetest.Org, Learner: l, ClientKey: fmt.Sprintf("client-key-%d", n), Exam: fmt.Sprintf("exam-%d", n), Name: "Exam",
		Blueprint: quizzes.Blueprint{ID: fmt.Sprintf("exam-%d", n)}, Form: form, Seed: 1, StartedAt: db.Clock(),
	}
	if lasts > 0 {
		ends := s.StartedAt.Add(lasts)
		s.EndsAt = &ends
	}
	s, dup, err := db.AddSitting(t.Context(), s.Org, nil, s, 0)
	if err != nil || dup {
		t.Fatalf("start: %v, %v", err, dup)
	}
	return s
}

// state is an item's state that tells which change it is.
func state(pos int, seq int64) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"note":"%d/%d"}`, pos, seq))
}

func change(pos int, seq int64) progress.ItemSave {
	return progress.ItemSave{Pos: pos, Seq: seq, Body: state(pos, seq)}
}

// save keeps changes at the clock's now.
func save(db *DB, s progress.Sitting, saves ...progress.ItemSave) ([]progress.SaveOutcome, error) {
	return db.SaveItems(context.Background(), s.Org, s.Learner, s.ID, db.Clock(), saves)
}

// savedItem is a change that was acknowledged.
type savedItem struct {
	pos int
	seq int64
}

// savers change items from many sides until stopped, each its own items so that it knows their last change. acked is told of each
// change that was acknowledged, failed of each error with how long it took to come.
func savers(db *DB, s progress.Sitting, acked func(savedItem), failed func(error, time.Duration)) (stop func()) {
	const sides = 8
	end := make(chan struct{})
	var wg sync.WaitGroup
	for side := range sides {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(side), 1))
			for seq := int64(1); ; seq++ {
				select {
				case <-end:
					return
				default:
				}
				c := change(side+sides*dice.IntN(len(s.Form)/sides), seq)
				begun := time.Now()
				out, err := save(db, s, c)
				switch {
				case err != nil:
					failed(err, time.Since(begun))
				case len(out) != 1 || !out[0].Kept:
					failed(fmt.Errorf("not kept: %+v", out), time.Since(begun))
				default:
					acked(savedItem{c.Pos, seq})
				}
			}
		})
	}
	return func() { close(end); wg.Wait() }
}

// missing are the acknowledged changes that a sitting does not hold, or a newer state of the same item in their place. A state that
// nobody sent is an error.
func missing(t testing.TB, db *DB, s progress.Sitting, acked map[int]int64) (lost int) {
	t.Helper()
	states, err := db.ItemStates(t.Context(), s.Org, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	there := map[int]int64{}
	for _, st := range states {
		there[st.Pos] = st.Seq
		if string(st.Body) != string(state(st.Pos, st.Seq)) {
			t.Errorf("item %d has number %d and the state %s", st.Pos, st.Seq, st.Body)
		}
	}
	for pos, seq := range acked {
		if there[pos] < seq {
			lost++
		}
	}
	return lost
}

func intact(t testing.TB, db *DB) {
	t.Helper()
	var ok string
	if err := db.readPool.QueryRow("PRAGMA integrity_check").Scan(&ok); err != nil || ok != "ok" {
		t.Errorf("integrity check: %q, %v", ok, err)
	}
}

// recordSaves lets many save on a disk that remembers, and gives the sitting and the list of what happened, acknowledgements in it.
func recordSaves(t *testing.T, params string, most int) (progress.Sitting, []diskEvent) {
	t.Helper()
	d := newDisk(t)
	db := open(t, filepath.Join(t.TempDir(), "c.db"), d.use, func(o *Options) {
		o.sqliteParams += params
		o.Checkpoint = 20 * time.Millisecond // so that moving the log into the database is seen too
	})
	s := sat(t, db, 10, addLearner(t, db).ID, 80, 0)
	enough := make(chan struct{})
	var mu sync.Mutex
	n := 0
	stop := savers(db, s, func(a savedItem) {
		d.note(a)
		mu.Lock()
		defer mu.Unlock()
		if n++; n == most {
			close(enough)
		}
	}, func(err error, _ time.Duration) { t.Error(err) })
	select {
	case <-enough:
	case <-time.After(30 * time.Second):
		t.Error("the saves take too long")
	}
	stop()
	events := d.recorded()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return s, events
}

// lostByPower cuts the power at many moments and counts the acknowledged changes that are gone then.
func lostByPower(t *testing.T, s progress.Sitting, events []diskEvent, cuts int) (lost int) {
	t.Helper()
	first := 0
	for events[first].kind != diskNote {
		first++
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range cuts {
		cut := first + 1 + dice.IntN(len(events)-first)
		acked := map[int]int64{}
		for _, e := range events[:cut] {
			if a, ok := e.note.(savedItem); ok {
				acked[a.pos] = max(acked[a.pos], a.seq)
			}
		}
		luck := dice
		if i%2 == 0 {
			luck = nil // nothing that was not synced is on the disk
		}
		dir := t.TempDir()
		if err := cutPower(events, cut, luck, dir); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), Options{URL: filepath.Join(dir, "c.db"), Logger: quiet})
		if err != nil {
			lost += len(acked)
			continue
		}
		intact(t, db)
		if n := missing(t, db, s, acked); n > 0 {
			lost += n
		} else if _, err := save(db, s, change(0, 1<<40)); err != nil {
			t.Errorf("saving after the power came back: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		os.RemoveAll(dir)
	}
	return lost
}

// TestPowerFailure: what was acknowledged is on the disk, not in a cache. A disk that drops whatever was not synced, or all but a random
// part of it, holds every acknowledged change at every moment. The same with a database that syncs now and then only (synchronous=NORMAL)
// shows that the test sees the difference.
func TestPowerFailure(t *testing.T) {
	s, events := recordSaves(t, "", 2000)
	syncs, acks, writes := 0, 0, 0
	for _, e := range events {
		switch e.kind {
		case diskSync:
			syncs++
		case diskNote:
			acks++
		case diskWrite:
			writes++
		}
	}
	if lost := lostByPower(t, s, events, 60); lost > 0 {
		t.Errorf("%d acknowledged changes are lost", lost)
	}
	t.Logf("%d changes acknowledged, %d writes, %d syncs", acks, writes, syncs)

	s, events = recordSaves(t, "&_pragma=synchronous(NORMAL)", 300)
	if lost := lostByPower(t, s, events, 10); lost == 0 {
		t.Error("nothing is lost where commits are not synced: this test sees nothing")
	}
}

// TestEveryAcknowledgementFollowsASync counts: between the write of a change and its acknowledgement the log was synced.
func TestEveryAcknowledgementFollowsASync(t *testing.T) {
	d := newDisk(t)
	db := open(t, filepath.Join(t.TempDir(), "c.db"), d.use)
	s := sat(t, db, 10, addLearner(t, db).ID, 10, 0)
	for seq := range int64(50) {
		before := len(d.recorded())
		if _, err := save(db, s, change(int(seq%10), seq+1)); err != nil {
			t.Fatal(err)
		}
		wrote, synced := -1, -1
		for i, e := range d.recorded()[before:] {
			switch {
			case e.file == "c.db-wal" && e.kind == diskWrite:
				wrote = i
			case e.file == "c.db-wal" && e.kind == diskSync:
				synced = i
			}
		}
		if wrote < 0 || synced < wrote {
			t.Fatalf("change %d was acknowledged after write %d and sync %d", seq, wrote, synced)
		}
	}
}

// TestFailingDisk: a disk that is full, or that fails to write or sync for a while, makes saves answer ErrUnavailable soon. Nothing that
// was acknowledged is lost, and saving goes on by itself when the disk works again.
func TestFailingDisk(t *testing.T) {
	const (
		sqliteFull   = 13
		ioerrWrite   = 10 | 3<<8
		ioerrFsync   = 10 | 4<<8
		ioerrTrunc   = 10 | 6<<8
		soon         = 5 * time.Second
		patience     = 30 * time.Second
		healthy, ill = 60 * time.Millisecond, 60 * time.Millisecond
	)
	for name, faulty := range map[string]func(kind diskKind, file string) int32{
		"full": func(kind diskKind, _ string) int32 {
			if kind == diskWrite {
				return sqliteFull
			}
			return 0
		},
		"no write to the log": func(kind diskKind, file string) int32 {
			if kind == diskWrite && file == "c.db-wal" {
				return ioerrWrite
			}
			return 0
		},
		"no sync": func(kind diskKind, _ string) int32 {
			if kind == diskSync {
				return ioerrFsync
			}
			return 0
		},
		"nothing at all": func(kind diskKind, _ string) int32 {
			return map[diskKind]int32{diskWrite: ioerrWrite, diskSync: ioerrFsync, diskTruncate: ioerrTrunc}[kind]
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t)
			db := open(t, filepath.Join(t.TempDir(), "c.db"), d.use, func(o *Options) { o.Checkpoint = 15 * time.Millisecond })
			s := sat(t, db, 10, addLearner(t, db).ID, 80, 0)
			var mu sync.Mutex
			acked, refused, late := map[int]int64{}, 0, time.Duration(0)
			kept := 0
			stop := savers(db, s, func(a savedItem) {
				d.note(a)
				mu.Lock()
				defer mu.Unlock()
				acked[a.pos] = max(acked[a.pos], a.seq)
				kept++
			}, func(err error, took time.Duration) {
				mu.Lock()
				defer mu.Unlock()
				refused++
				late = max(late, took)
				if !errors.Is(err, progress.ErrUnavailable) {
					t.Errorf("got %v, want ErrUnavailable", err)
				}
			})
			counts := func() (int, int) {
				mu.Lock()
				defer mu.Unlock()
				return kept, refused
			}
			// By what happens and not by the clock: a busy machine may save nothing for a while.
			await := func(what string, ok func(kept, refused int) bool) {
				t.Helper()
				for end := time.Now().Add(patience); !ok(counts()); time.Sleep(5 * time.Millisecond) {
					if time.Now().After(end) {
						t.Fatal(what)
					}
				}
			}
			for range 4 {
				time.Sleep(healthy)
				_, before := counts()
				d.fail(faulty)
				time.Sleep(ill)
				await("no save was refused while the disk failed", func(_, r int) bool { return r > before })
				d.fail(nil)
				mended, _ := counts()
				await("saving does not go on after the disk was mended", func(k, _ int) bool { return k > mended+10 })
			}
			stop()
			if late > soon {
				t.Errorf("a refusal took %s", late)
			}
			if lost := missing(t, db, s, acked); lost > 0 {
				t.Errorf("%d acknowledged changes are lost", lost)
			}
			intact(t, db)
			events := d.recorded()
			k, r := counts()
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			if lost := lostByPower(t, s, events, 12); lost > 0 {
				t.Errorf("after a power failure %d acknowledged changes are lost", lost)
			}
			t.Logf("%d kept, %d refused, the latest after %s", k, r, late.Round(time.Millisecond))
		})
	}
}
