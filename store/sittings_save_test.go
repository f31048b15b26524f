package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

// TestNewerWins delivers the changes of two windows in any order, some twice, in requests of any size: what is kept is the newest of each
// item, and each window is told the truth about its change.
func TestNewerWins(t *testing.T) {
	engines(t, func(t *testing.T, place func(testing.TB) func(*Options)) {
		db := open(t, "", place(t))
		l := addLearner(t, db)
		for seed := range uint64(20) {
			dice := rand.New(rand.NewPCG(seed, 7))
			const items = 6
			s := sat(t, db, 100+int(seed), l.ID, items, 0)
			var sent []progress.ItemSave
			for n := range 60 {
				c := change(dice.IntN(items), int64(1+2*n+dice.IntN(2))) // one window's numbers are mostly odd
				sent = append(sent, c)
				if dice.IntN(4) == 0 {
					sent = append(sent, c)
				}
			}
			dice.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
			newest := map[int]progress.ItemSave{}
			for len(sent) > 0 {
				n := min(1+dice.IntN(4), len(sent))
				request := sent[:n]
				sent = sent[n:]
				out, err := save(db, s, request...)
				if err != nil || len(out) != n {
					t.Fatalf("seed %d: %d outcomes for %d changes, %v", seed, len(out), n, err)
				}
				for _, c := range request {
					if c.Seq > newest[c.Pos].Seq {
						newest[c.Pos] = c
					}
				}
				for i, c := range request {
					o := out[i]
					switch {
					case o.Pos != c.Pos:
						t.Fatalf("seed %d: outcome of item %d for %d", seed, o.Pos, c.Pos)
					case c.Seq == newest[c.Pos].Seq && (!o.Kept || o.Seq != c.Seq):
						t.Errorf("seed %d: the newest change %d of item %d: %+v", seed, c.Seq, c.Pos, o)
					case !o.Kept && (o.Now == nil || o.Now.Seq != newest[c.Pos].Seq || o.Seq != o.Now.Seq || string(o.Now.Body) != string(newest[c.Pos].Body)):
						t.Errorf("seed %d: change %d of item %d was not kept and is told %+v, newest is %d", seed, c.Seq, c.Pos, o, newest[c.Pos].Seq)
					}
				}
			}
			got, err := db.ItemStates(t.Context(), s.Org, s.ID)
			if err != nil || len(got) != len(newest) {
				t.Fatalf("seed %d: %d answers, want %d, %v", seed, len(got), len(newest), err)
			}
			for _, it := range got {
				if w := newest[it.Pos]; it.Seq != w.Seq || string(it.Body) != string(w.Body) || it.Locked {
					t.Errorf("seed %d: item %d is kept as %d %s, want %d %s", seed, it.Pos, it.Seq, it.Body, w.Seq, w.Body)
				}
			}
		}
	})
}

// serversAt are those that can share a database: one of SQLite, two of PostgreSQL.
func serversAt(t *testing.T, at func(*Options)) []*DB {
	out := []*DB{open(t, "", at)}
	if out[0].target.Postgres() {
		out = append(out, open(t, "", at))
	}
	return out
}

// TestNewerWinsAtOnce is the same with everything sent at the same moment; with PostgreSQL by two servers.
func TestNewerWinsAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, place func(testing.TB) func(*Options)) {
		servers := serversAt(t, place(t))
		db := servers[0]
		const items, each = 5, 40
		s := sat(t, db, 10, addLearner(t, db).ID, items, 0)
		var wg sync.WaitGroup
		for n := range items * each {
			wg.Go(func() {
				c := change(n%items, int64(1+n/items))
				if out, err := save(servers[n%len(servers)], s, c); err != nil || !out[0].Kept && out[0].Seq <= c.Seq {
					t.Errorf("change %d: %+v, %v", n, out, err)
				}
			})
		}
		wg.Wait()
		all := map[int]int64{}
		for pos := range items {
			all[pos] = each
		}
		if lost := missing(t, db, s, all); lost > 0 {
			t.Errorf("of %d items an older change is kept", lost)
		}
	})
}

func TestSavesThatAreNotKept(t *testing.T) {
	engines(t, func(t *testing.T, place func(testing.TB) func(*Options)) {
		db := open(t, "", place(t))
		l := addLearner(t, db)
		other := storetest.Account(2)
		if err := db.AddLearner(t.Context(), other.Org, other, "", nil, nil); err != nil {
			t.Fatal(err)
		}
		const items = 5
		const breakLasts = 10 * time.Minute
		ctx := t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range []struct {
			name    string
			prepare func(s progress.Sitting)
			who     progress.LearnerID
			org     progress.OrgID
			at      time.Duration // after the end, whole sittings last an hour
			saves   []progress.ItemSave
			want    []progress.SaveOutcome
			err     error
			stays   []int64 // numbers that are kept by item, 0 for none
		}{
			{name: "in time", at: -time.Hour, saves: []progress.ItemSave{change(0, 9), change(4, 9)}, want: []progress.SaveOutcome{{Pos: 0, Seq: 9, Kept: true}, {Pos: 4, Seq: 9, Kept: true}}, stays: []int64{9, 5, 0, 0, 9}},
			{name: "at the last millisecond of the grace", at: progress.SittingGrace, saves: []progress.ItemSave{change(0, 9)}, want: []progress.SaveOutcome{{Pos: 0, Seq: 9, Kept: true}}, stays: []int64{9, 5, 0, 0, 0}},
			{name: "a millisecond later", at: progress.SittingGrace + time.Millisecond, saves: []progress.ItemSave{change(0, 9)}, err: progress.ErrSittingClosed, stays: []int64{5, 5, 0, 0, 0}},
			{name: "handed in", prepare: func(s progress.Sitting) {
				_, err := db.HandIn(ctx, s.Org, s.ID, s.StartedAt, progress.HandedInByLearner)
				must(err)
			}, at: -time.Hour, saves: []progress.ItemSave{change(0, 9), change(3, 9)}, err: progress.ErrSittingClosed, stays: []int64{5, 5, 0, 0, 0}},
			{name: "handed in, and sent a second time", prepare: func(s progress.Sitting) {
				_, err := db.HandIn(ctx, s.Org, s.ID, s.StartedAt, progress.HandedInByLearner)
				must(err)
			}, at: -time.Hour, saves: []progress.ItemSave{change(0, 5)}, want: []progress.SaveOutcome{{Pos: 0, Seq: 5, Kept: true}}, stays: []int64{5, 5, 0, 0, 0}},
			{name: "handed in, and older than what is kept", prepare: func(s progress.Sitting) {
				_, err := db.HandIn(ctx, s.Org, s.ID, s.StartedAt, progress.HandedInByLearner)
				must(err)
			}, at: -time.Hour, saves: []progress.ItemSave{change(0, 4)}, err: progress.ErrSittingClosed, stays: []int64{5, 5, 0, 0, 0}},
			{name: "handed in, and locked", prepare: func(s progress.Sitting) {
				must(db.LockItems(ctx, s.Org, s.ID, nil))
				_, err := db.HandIn(ctx, s.Org, s.ID, s.StartedAt, progress.HandedInByLearner)
				must(err)
			}, at: -time.Hour, saves: []progress.ItemSave{change(0, 9)}, err: progress.ErrSittingClosed, stays: []int64{5, 5, 0, 0, 0}},
			{name: "at a break", prepare: func(s progress.Sitting) {
				must(db.StartBreak(ctx, s.Org, s.ID, s.StartedAt, 1, breakLasts))
			}, at: -time.Hour, saves: []progress.ItemSave{change(0, 9)}, err: progress.ErrSittingClosed, stays: []int64{5, 5, 0, 0, 0}},
			{name: "after a break that locked what was touched", prepare: func(s progress.Sitting) {
				must(db.StartBreak(ctx, s.Org, s.ID, s.StartedAt, 1, breakLasts))
				must(db.EndBreak(ctx, s.Org, s.ID, s.StartedAt.Add(time.Minute), breakLasts, true))
			}, at: -time.Hour, saves: []progress.ItemSave{change(0, 9), change(3, 9)}, want: []progress.SaveOutcome{{Pos: 0, Seq: 5, Locked: true}, {Pos: 3, Seq: 9, Kept: true}}, stays: []int64{5, 5, 0, 9, 0}},
			{name: "the time of a break counts", prepare: func(s progress.Sitting) {
				must(db.StartBreak(ctx, s.Org, s.ID, s.StartedAt, 1, breakLasts))
				must(db.EndBreak(ctx, s.Org, s.ID, s.StartedAt.Add(time.Minute), breakLasts, false))
			}, at: progress.SittingGrace + time.Minute, saves: []progress.ItemSave{change(0, 9)}, want: []progress.SaveOutcome{{Pos: 0, Seq: 9, Kept: true}}, stays: []int64{9, 5, 0, 0, 0}},
			{name: "after the end that a break moved", prepare: func(s progress.Sitting) {
				must(db.StartBreak(ctx, s.Org, s.ID, s.StartedAt, 1, breakLasts))
				must(db.EndBreak(ctx, s.Org, s.ID, s.StartedAt.Add(time.Minute), breakLasts, false))
			}, at: progress.SittingGrace + time.Minute + time.Millisecond, saves: []progress.ItemSave{change(0, 9)}, err: progress.ErrSittingClosed, stays: []int64{5, 5, 0, 0, 0}},
			{name: "left behind where one goes forward only", prepare: func(s progress.Sitting) { must(db.MoveOn(ctx, s.Org, s.ID, 2)) }, at: -time.Hour,
				saves: []progress.ItemSave{change(0, 9), change(2, 9)}, want: []progress.SaveOutcome{{Pos: 0, Seq: 5, Locked: true}, {Pos: 2, Seq: 9, Kept: true}}, stays: []int64{5, 5, 9, 0, 0}},
			{name: "left behind and never touched", prepare: func(s progress.Sitting) { must(db.MoveOn(ctx, s.Org, s.ID, 4)) }, at: -time.Hour,
				saves: []progress.ItemSave{change(3, 9)}, want: []progress.SaveOutcome{{Pos: 3, Locked: true}}, stays: []int64{5, 5, 0, 0, 0}},
			{name: "locked", prepare: func(s progress.Sitting) { must(db.LockItems(ctx, s.Org, s.ID, []int{1})) }, at: -time.Hour,
				saves: []progress.ItemSave{change(1, 9), change(0, 9)}, want: []progress.SaveOutcome{{Pos: 1, Seq: 5, Locked: true}, {Pos: 0, Seq: 9, Kept: true}}, stays: []int64{9, 5, 0, 0, 0}},
			{name: "older", at: -time.Hour, saves: []progress.ItemSave{change(0, 4)}, want: []progress.SaveOutcome{{Pos: 0, Seq: 5}}, stays: []int64{5, 5, 0, 0, 0}},
			{name: "another change of the same number", at: -time.Hour, saves: []progress.ItemSave{{Pos: 0, Seq: 5, Body: state(9, 9)}}, want: []progress.SaveOutcome{{Pos: 0, Seq: 5}}, stays: []int64{5, 5, 0, 0, 0}},
			{name: "an item that is not there", at: -time.Hour, saves: []progress.ItemSave{change(items, 9)}, err: progress.ErrNotFound, stays: []int64{5, 5, 0, 0, 0}},
			{name: "another's sitting", who: other.ID, at: -time.Hour, saves: []progress.ItemSave{change(0, 9)}, err: progress.ErrNotFound, stays: []int64{5, 5, 0, 0, 0}},
			{name: "of another organisation", org: storetest.Other, at: -time.Hour, saves: []progress.ItemSave{change(0, 9)}, err: progress.ErrNotFound, stays: []int64{5, 5, 0, 0, 0}},
		} {
			t.Run(c.name, func(t *testing.T) {
				s := sat(t, db, 100+i, l.ID, items, time.Hour)
				_, err := save(db, s, change(0, 5), change(1, 5))
				must(err)
				if c.prepare != nil {
					c.prepare(s)
				}
				if c.who == "" {
					c.who = l.ID
				}
				if c.org == "" {
					c.org = s.Org
				}
				out, err := db.SaveItems(ctx, c.org, c.who, s.ID, s.EndsAt.Add(c.at), c.saves)
				if !errors.Is(err, c.err) {
					t.Errorf("got error %v, want %v", err, c.err)
				}
				kept, err := db.ItemStates(ctx, s.Org, s.ID)
				must(err)
				got := make([]int64, items)
				for _, it := range kept {
					got[it.Pos] = it.Seq
				}
				if !slices.Equal(got, c.stays) {
					t.Errorf("kept are %v, want %v", got, c.stays)
				}
				if c.err != nil {
					return
				}
				for j := range out {
					if now := out[j].Now; now != nil && now.Seq != out[j].Seq {
						t.Errorf("outcome %d names number %d and holds %d", j, out[j].Seq, now.Seq)
					}
					if out[j].Now == nil && !out[j].Kept && got[out[j].Pos] != 0 {
						t.Errorf("outcome %d does not say what is kept instead", j)
					}
					out[j].Now = nil
				}
				if d := cmp.Diff(c.want, out); d != "" {
					t.Errorf("outcomes (-want +got):\n%s", d)
				}
			})
		}
	})
}

// TestDeadlineRace: at the last millisecond many save and many hand in at once. One hands in; what was acknowledged is in what is graded,
// and what was refused is not.
func TestDeadlineRace(t *testing.T) {
	engines(t, func(t *testing.T, place func(testing.TB) func(*Options)) {
		servers := serversAt(t, place(t))
		db := servers[0]
		l := addLearner(t, db)
		kept, refused := 0, 0
		for round := range 30 {
			const items, sides = 8, 24
			s := sat(t, db, 100+round, l.ID, items, time.Hour)
			last := s.EndsAt.Add(progress.SittingGrace)
			var mu sync.Mutex
			var firsts int
			var graded [][]progress.StoredItem // what each that handed in finds to grade
			acked, no := map[int]int64{}, map[string]bool{}
			gate := make(chan struct{})
			var wg sync.WaitGroup
			for n := range sides {
				wg.Go(func() {
					<-gate
					srv := servers[n%len(servers)]
					c := change(n%items, int64(1+n))
					// The instant is as the server that took the request saw it, some before and some after the end.
					_, err := srv.SaveItems(context.Background(), s.Org, s.Learner, s.ID, last.Add(time.Duration(n%3-1)*time.Millisecond), []progress.ItemSave{c})
					mu.Lock()
					defer mu.Unlock()
					switch {
					case errors.Is(err, progress.ErrSittingClosed):
						no[string(c.Body)] = true
					case err != nil:
						t.Errorf("save: %v", err)
					default:
						acked[c.Pos] = max(acked[c.Pos], c.Seq)
					}
				})
			}
			for n := range 4 {
				wg.Go(func() {
					<-gate
					time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
					srv := servers[n%len(servers)]
					first, err := srv.HandIn(context.Background(), s.Org, s.ID, *s.EndsAt, progress.HandedInByClock)
					if err != nil {
						t.Errorf("hand in: %v", err)
						return
					}
					states, err := srv.ItemStates(context.Background(), s.Org, s.ID)
					if err != nil {
						t.Errorf("answers: %v", err)
					}
					mu.Lock()
					defer mu.Unlock()
					if first {
						firsts++
					}
					graded = append(graded, states)
				})
			}
			close(gate)
			wg.Wait()
			if firsts != 1 {
				t.Errorf("round %d: %d handed in first", round, firsts)
			}
			if lost := missing(t, db, s, acked); lost > 0 {
				t.Errorf("round %d: %d acknowledged changes are not there", round, lost)
			}
			end, err := db.ItemStates(t.Context(), s.Org, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range graded {
				if d := cmp.Diff(end, g); d != "" {
					t.Errorf("round %d: what was graded changed afterwards:\n%s", round, d)
				}
			}
			for _, it := range end {
				if no[string(it.Body)] {
					t.Errorf("round %d: the change %s was refused and is kept", round, it.Body)
				}
			}
			kept, refused = kept+len(acked), refused+len(no)
		}
		if kept == 0 || refused == 0 {
			t.Errorf("%d items with kept changes and %d refused changes: there was no race", kept, refused)
		}
		t.Logf("%d items with kept changes, %d refused changes", kept, refused)
	})
}
