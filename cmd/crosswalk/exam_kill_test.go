package main

import (
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"crosswalk/cmd/examload/crowd"
	"crosswalk/progress"
	"crosswalk/store"
	"crosswalk/store/storetest"
)

// TestKilledServer lets a crowd sit an exam while the server is killed again and again: with SQLite one server, with PostgreSQL two of
// which each learner asks now this and now that. Whatever was acknowledged must be there afterwards, in the last acknowledged state or a
// newer one that was sent; no sitting is damaged; all can be handed in, while servers are killed, and are graded by what was kept.
//
// CROSSWALK_LONG=1 makes it 500 learners and twenty kills.
func TestKilledServer(t *testing.T) {
	t.Parallel() // beside the test that waits for a clock
	if testing.Short() {
		t.Skip("it takes its time")
	}
	learners, kills := 60, 4
	if os.Getenv("CROSSWALK_LONG") != "" {
		learners, kills = 500, 20
	}
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("sqlite", func(t *testing.T) {
		data := t.TempDir()
		path := filepath.Join(data, "crosswalk.db")
		k := newKilling(t, 1, binary, learners, "-data", data)
		k.run(kills)
		raw, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		var ok string
		if err := raw.QueryRow("PRAGMA integrity_check").Scan(&ok); err != nil || ok != "ok" {
			t.Errorf("integrity check: %q, %v", ok, err)
		}
		k.graded(path)
	})
	t.Run("postgres", func(t *testing.T) {
		url := storetest.Postgres(t)
		k := newKilling(t, 2, binary, learners, "-data", t.TempDir(), "-db", url)
		k.run(kills)
		k.graded(url)
	})
}

// killing is a crowd on servers that are killed.
type killing struct {
	t        *testing.T
	servers  []*crowd.Process
	clients  []*crowd.Client
	learners []*crowd.Learner
	ended    atomic.Bool // the crowd has saved enough
}

func newKilling(t *testing.T, servers int, binary string, learners int, args ...string) *killing {
	k := &killing{t: t}
	for range servers {
		p, err := crowd.NewProcess(binary, args...)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Stop)
		c, err := crowd.NewClient(p.Addr, "cpc", learners)
		if err != nil {
			t.Fatal(err)
		}
		k.servers, k.clients = append(k.servers, p), append(k.clients, c)
	}
	for n := range learners {
		k.learners = append(k.learners, k.clients[n%servers].Learner(n))
	}
	return k
}

// all does something with each learner, all at once.
func (k *killing) all(do func(n int, l *crowd.Learner) error) {
	k.t.Helper()
	var wg sync.WaitGroup
	for n, l := range k.learners {
		wg.Go(func() {
			if err := do(n, l); err != nil {
				k.t.Errorf("learner %d: %v", n, err)
			}
		})
	}
	wg.Wait()
	if k.t.Failed() {
		for i, p := range k.servers {
			k.t.Logf("server %d says at last:\n%s", i, p.Log())
		}
		k.t.FailNow()
	}
}

// patiently tries until it goes well, now at this server and now at that, for a minute.
func (k *killing) patiently(n int, l *crowd.Learner, do func() error) error {
	for try, end := 0, time.Now().Add(time.Minute); ; try++ {
		err := do()
		if err == nil || time.Now().After(end) {
			return err
		}
		time.Sleep(time.Duration(20+rand.IntN(60)) * time.Millisecond)
		l.Move(k.clients[(n+try)%len(k.clients)])
	}
}

// kill kills servers one after another, so many times, and starts each again.
func (k *killing) kill(times int, between time.Duration) {
	for n := range times {
		time.Sleep(between/2 + time.Duration(rand.Int64N(int64(between))))
		p := k.servers[n%len(k.servers)]
		p.Kill()
		if err := p.Start(); err != nil {
			k.t.Errorf("start after a kill: %v", err)
			return
		}
	}
}

// save lets a learner answer, at one server and the next in turn, until the crowd has saved enough.
func (k *killing) save(n int, l *crowd.Learner) error {
	for turn := 0; !k.ended.Load(); turn++ {
		l.Move(k.clients[(n+turn)%len(k.clients)])
		outcome, err := l.Save()
		switch {
		case err != nil:
			return err
		case outcome == crowd.Closed:
			return fmt.Errorf("sitting %s is closed", l.Sitting)
		case outcome != crowd.Kept:
			time.Sleep(time.Duration(20+rand.IntN(40)) * time.Millisecond)
		default:
			time.Sleep(time.Duration(rand.IntN(2*len(k.learners)/3)) * time.Millisecond) // so that the crowd does not take the whole machine
		}
	}
	return nil
}

func (k *killing) run(kills int) {
	k.t.Helper()
	k.all(func(_ int, l *crowd.Learner) error {
		for _, step := range []func() error{l.SignIn, l.Look, l.Start, l.Form, l.State} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		k.kill(kills, 700*time.Millisecond)
		k.ended.Store(true)
	}()
	k.all(k.save)
	<-done
	intact := func(n int, l *crowd.Learner) error {
		return k.patiently(n, l, func() error {
			damage, err := l.Damage()
			for _, line := range damage {
				k.t.Error(line)
			}
			return err
		})
	}
	k.all(intact)
	acked, unanswered := 0, 0
	for _, l := range k.learners {
		acked, unanswered = acked+l.Acked, unanswered+l.Unanswered
	}
	if acked < 5*len(k.learners) || unanswered == 0 {
		k.t.Errorf("%d changes were acknowledged and %d got no answer: nothing was tried", acked, unanswered)
	}
	// All hand in, some twice, while servers are killed.
	done = make(chan struct{})
	go func() {
		defer close(done)
		k.kill(max(1, kills/4), 200*time.Millisecond)
	}()
	k.all(func(n int, l *crowd.Learner) error {
		time.Sleep(time.Duration(rand.IntN(600)) * time.Millisecond)
		for range 1 + n%2 {
			if err := k.patiently(n, l, l.HandIn); err != nil {
				return err
			}
		}
		return nil
	})
	<-done
	k.all(intact)
	k.all(func(n int, l *crowd.Learner) error { return k.patiently(n, l, l.Report) })
	starts := 0
	for _, p := range k.servers {
		starts += p.Starts
		p.Stop()
	}
	k.t.Logf("%d learners, %d starts of %d servers: %d changes acknowledged, %d without an answer", len(k.learners), starts, len(k.servers), acked, unanswered)
}

// graded looks in the database whether each sitting was graded once, by the answers that are kept.
func (k *killing) graded(place string) {
	k.t.Helper()
	ctx := k.t.Context()
	db, err := store.Open(ctx, store.Options{URL: place, MustExist: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		k.t.Fatal(err)
	}
	defer db.Close()
	for _, l := range k.learners {
		x, err := db.Sitting(ctx, progress.DefaultOrg, progress.SittingID(l.Sitting))
		if err != nil {
			k.t.Fatal(err)
		}
		gs, n, err := db.Attempts(ctx, x.Org, progress.AttemptFilter{Learner: x.Learner, Context: progress.Context{Kind: progress.InExam, Ref: l.Sitting}, Limit: 500, Sealed: true})
		if err != nil || n != len(x.Form) || x.HandedInAt == nil || x.GradedAt == nil {
			k.t.Fatalf("sitting %s: handed in %v, graded %v, %d attempts at %d items, %v", l.Sitting, x.HandedInAt, x.GradedAt, n, len(x.Form), err)
		}
		states, err := db.ItemStates(ctx, x.Org, x.ID)
		if err != nil {
			k.t.Fatal(err)
		}
		seconds := map[string]int{}
		for _, st := range states {
			seconds[x.Form[st.Pos].ID] = st.State().Seconds
		}
		right := 0
		for _, g := range gs {
			if g.Attempt.Seconds != seconds[g.Attempt.Item] {
				k.t.Errorf("sitting %s: change %d of %s was graded, %d is kept", l.Sitting, g.Attempt.Seconds, g.Attempt.Item, seconds[g.Attempt.Item])
			}
			if g.Grading.Correct {
				right++
			}
		}
		if x.Correct != 100*right { // a CPC has no trial items and no charts to be coded
			k.t.Errorf("sitting %s: %d hundredths counted, %d items are right", l.Sitting, x.Correct, right)
		}
	}
}
