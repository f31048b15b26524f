package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

func insertMark(tx *gorm.DB, learner progress.LearnerID, lesson string) error {
	return tx.Create(&markRow{OrgID: string(progress.DefaultOrg), LearnerID: string(learner), Lesson: lesson}).Error
}

func addLearner(t testing.TB, db *DB) progress.Learner {
	t.Helper()
	l := storetest.Account(1)
	if err := db.AddLearner(context.Background(), l.Org, l, "", nil, nil); err != nil {
		t.Fatal(err)
	}
	return l
}

func lessons(t testing.TB, db *DB, l progress.LearnerID) map[string]progress.LessonMark {
	t.Helper()
	m, err := db.LessonMarks(context.Background(), progress.DefaultOrg, l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// hold keeps the writer busy until release is called, so that what is written meanwhile makes one group.
func hold(t testing.TB, db *DB) (release func()) {
	t.Helper()
	started, gate := make(chan struct{}, 1), make(chan struct{})
	go db.write(context.Background(), "hold", func(*gorm.DB) error {
		select {
		case started <- struct{}{}:
		default: // it runs a second time when the group is broken up
		}
		<-gate
		return nil
	})
	<-started
	return func() { close(gate) }
}

// waitQueued waits until n jobs stand in the queue.
func waitQueued(t testing.TB, db *DB, n int) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); len(db.w.jobs) < n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d jobs queued, want %d", len(db.w.jobs), n)
		}
	}
}

func TestConcurrentWritesShareCommits(t *testing.T) {
	engines(t, func(t *testing.T, place func(t testing.TB) func(*Options)) {
		here := place(t)
		db := open(t, "", here, oneLane)
		l := addLearner(t, db)
		const writers, each = 64, 10
		before := db.Stats()
		var wg sync.WaitGroup
		var acked sync.Map
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					lesson := fmt.Sprintf("%d-%d", w, i)
					if err := db.MarkLesson(t.Context(), l.Org, l.ID, lesson, true, storetest.T0); err != nil {
						t.Errorf("%s: %v", lesson, err)
						return
					}
					acked.Store(lesson, true)
				}
			})
		}
		wg.Wait()
		after := db.Stats()
		if n := after.Writes - before.Writes; n != writers*each {
			t.Errorf("%d writes counted, want %d", n, writers*each)
		}
		if n := after.Commits - before.Commits; n > writers*each/4 {
			t.Errorf("%d commits for %d writes of %d writers: they were not grouped", n, writers*each, writers)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		m := lessons(t, open(t, "", here, oneLane), l.ID)
		acked.Range(func(k, _ any) bool {
			if !m[k.(string)].Done {
				t.Errorf("%s was acknowledged and is not there", k)
			}
			return true
		})
	})
}

func TestAFailingJobFailsAlone(t *testing.T) {
	engines(t, func(t *testing.T, place func(t testing.TB) func(*Options)) {
		db := open(t, "", place(t), oneLane)
		l := addLearner(t, db)
		if err := db.write(t.Context(), "first", func(tx *gorm.DB) error { return insertMark(tx, l.ID, "there already") }); err != nil {
			t.Fatal(err)
		}
		own := errors.New("own mind")
		var lost atomic.Bool
		jobs := []struct {
			name string
			work func(tx *gorm.DB) error
			want error // nil: it must be stored
		}{
			{"one", nil, nil},
			{"twice", func(tx *gorm.DB) error {
				if err := insertMark(tx, l.ID, "twice"); err != nil {
					return err
				}
				return insertMark(tx, l.ID, "there already")
			}, progress.ErrDuplicate},
			{"two", nil, nil},
			{"nobody", func(tx *gorm.DB) error { return insertMark(tx, "nobody", "x") }, progress.ErrNotFound},
			{"panics", func(tx *gorm.DB) error {
				if err := insertMark(tx, l.ID, "panics"); err != nil {
					return err
				}
				panic("at the disco")
			}, errAny},
			{"changes its mind", func(tx *gorm.DB) error { return errors.Join(insertMark(tx, l.ID, "changes its mind"), own) }, own},
			{"three", nil, nil},
			// SQLite undoes a whole transaction on its own when the disk is full or fails; here a job does it.
			{"loses the transaction", func(tx *gorm.DB) error {
				if lost.CompareAndSwap(false, true) {
					return tx.Exec("ROLLBACK").Error
				}
				return insertMark(tx, l.ID, "loses the transaction")
			}, nil},
			{"four", nil, nil},
		}
		for _, broken := range []bool{false, true} {
			lost.Store(!broken)
			release := hold(t, db)
			var wg sync.WaitGroup
			before := db.Stats().Commits
			for i, j := range jobs {
				work := j.work
				if work == nil || j.name == "loses the transaction" && !broken {
					work = func(tx *gorm.DB) error { return insertMark(tx, l.ID, fmt.Sprint(j.name, broken)) }
				}
				wg.Go(func() {
					err := db.write(t.Context(), j.name, work)
					switch {
					case j.want == nil && err != nil, j.want == errAny && err == nil, j.want != nil && j.want != errAny && !errors.Is(err, j.want):
						t.Errorf("broken %v, %s: got %v, want %v", broken, j.name, err, j.want)
					}
				})
				waitQueued(t, db, i+1)
			}
			release()
			wg.Wait()
			if n := db.Stats().Commits - before; !broken && n > 2 {
				t.Errorf("%d commits: the jobs were not in one group", n)
			}
			m := lessons(t, db, l.ID)
			for _, j := range jobs {
				name := fmt.Sprint(j.name, broken)
				if broken && j.name == "loses the transaction" {
					name = j.name
				}
				if _, there := m[name]; there != (j.want == nil) {
					t.Errorf("broken %v: %s is stored: %v, want %v", broken, name, there, j.want == nil)
				}
			}
			for _, undone := range []string{"twice", "panics", "changes its mind"} {
				if _, there := m[undone]; there {
					t.Errorf("broken %v: %q was undone and is stored", broken, undone)
				}
			}
		}
	})
}

var errAny = errors.New("any error")

func TestAJobWhoseCallerHasGoneIsNotDone(t *testing.T) {
	engines(t, func(t *testing.T, place func(t testing.TB) func(*Options)) {
		db := open(t, "", place(t), oneLane)
		l := addLearner(t, db)
		release := hold(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- db.write(ctx, "gone", func(tx *gorm.DB) error { return insertMark(tx, l.ID, "gone") })
		}()
		waitQueued(t, db, 1)
		cancel()
		release()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		if _, there := lessons(t, db, l.ID)["gone"]; there {
			t.Error("it was answered with an error and is stored")
		}
	})
}

func TestCloseAnswersWhatWasHandedIn(t *testing.T) {
	engines(t, func(t *testing.T, place func(t testing.TB) func(*Options)) {
		here := place(t)
		db := open(t, "", here, oneLane)
		l := addLearner(t, db)
		release := hold(t, db)
		done := make(chan error, 1)
		go func() { done <- db.MarkLesson(context.Background(), l.Org, l.ID, "last", true, storetest.T0) }()
		waitQueued(t, db, 1)
		closed := make(chan error, 1)
		go func() { closed <- db.Close() }()
		release()
		if err := <-done; err != nil {
			t.Errorf("a write handed in before closing: %v", err)
		}
		if err := <-closed; err != nil {
			t.Errorf("close: %v", err)
		}
		if err := db.MarkLesson(context.Background(), l.Org, l.ID, "late", true, storetest.T0); !errors.Is(err, progress.ErrUnavailable) {
			t.Errorf("a write after closing: got %v, want ErrUnavailable", err)
		}
		if err := db.Health(context.Background()); err == nil {
			t.Error("health after closing: no error")
		}
		if !lessons(t, open(t, "", here, oneLane), l.ID)["last"].Done {
			t.Error("the acknowledged write is not there after opening again")
		}
	})
}

func TestTheWritingConnectionIsRenewed(t *testing.T) {
	engines(t, func(t *testing.T, place func(t testing.TB) func(*Options)) {
		db := open(t, "", place(t), oneLane)
		l := addLearner(t, db)
		if err := db.w.lanes[0].conn.Close(); err != nil {
			t.Fatal(err)
		}
		if err := db.MarkLesson(t.Context(), l.Org, l.ID, "a", true, storetest.T0); err != nil {
			t.Fatalf("write after the connection was lost: %v", err)
		}
	})
}

// BenchmarkWrites compares writers that share commits with one who commits each write by itself.
func BenchmarkWrites(b *testing.B) {
	for _, writers := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("group/%d", writers), func(b *testing.B) {
			db := openNew(b)
			l := addLearner(b, db)
			before := db.Stats()
			var n atomic.Int64
			b.ResetTimer()
			var wg sync.WaitGroup
			for range writers {
				wg.Go(func() {
					for {
						i := n.Add(1)
						if i > int64(b.N) {
							return
						}
						if err := db.SavePosition(context.Background(), l.Org, l.ID, fmt.Sprint(i%1000), "x", 1, storetest.T0); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			after := db.Stats()
			b.ReportMetric(float64(after.Writes-before.Writes)/b.Elapsed().Seconds(), "writes/s")
			b.ReportMetric(float64(after.Writes-before.Writes)/float64(after.Commits-before.Commits), "writes/commit")
		})
	}
	b.Run("single/64", func(b *testing.B) { // the same statements through a mutex, a commit each
		db := openNew(b)
		l := addLearner(b, db)
		var n atomic.Int64
		var mu sync.Mutex
		b.ResetTimer()
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
					mu.Lock()
					err := db.SavePosition(context.Background(), l.Org, l.ID, fmt.Sprint(i%1000), "x", 1, storetest.T0)
					mu.Unlock()
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
}

// BenchmarkHistory reads the record of a learner who has answered 5,000 questions.
func BenchmarkHistory(b *testing.B) {
	db := openNew(b)
	l := addLearner(b, db)
	var wg sync.WaitGroup
	for w := range 50 {
		wg.Go(func() {
			for i := range 100 {
				a, g := storetest.Attempt(w*100+i, l.ID, fmt.Sprintf("q%d", i), i%3 > 0)
				if _, _, err := db.RecordAttempt(context.Background(), l.Org, storetest.Versions(a), a, g, false); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportAllocs()
	for b.Loop() {
		h, err := db.History(context.Background(), l.Org, l.ID)
		if err != nil || len(h) != 5000 {
			b.Fatal(len(h), err)
		}
	}
}
