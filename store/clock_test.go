package store

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"crosswalk/store/storetest"
)

// bench is a machine whose clock can be set: its time since boot, and what its clock shows.
type bench struct {
	up   time.Duration
	wall time.Time
	log  bytes.Buffer
}

func newBench() *bench { return &bench{up: time.Hour, wall: storetest.T0} }

// pass lets time pass.
func (b *bench) pass(d time.Duration) { b.up += d; b.wall = b.wall.Add(d) }

func (b *bench) elapsed() time.Duration { return b.up }

func (b *bench) start(before *clockMark, boot string) *steadyClock {
	return startClock(b.wall, before, boot, b.elapsed, slog.New(slog.NewTextHandler(&b.log, nil)))
}

// mark is what the store keeps of a clock.
func (b *bench) mark(c *steadyClock, boot string) *clockMark {
	return &clockMark{At: ms(c.now()), Boot: boot, Uptime: b.up.Milliseconds()}
}

func wantClock(t *testing.T, what string, c *steadyClock, want time.Time) {
	t.Helper()
	if got := c.now(); !got.Equal(want) {
		t.Errorf("%s: the clock shows %s, want %s", what, got, want)
	}
}

// TestClockThatIsSetWhileTheServerRuns: an exam of four hours stays one of four hours, within 15 seconds, whatever is done to the
// machine's clock.
func TestClockThatIsSetWhileTheServerRuns(t *testing.T) {
	for name, set := range map[string]time.Duration{"back an hour": -time.Hour, "forward an hour": time.Hour, "back a year": -365 * 24 * time.Hour, "forward three seconds": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			b := newBench()
			c := b.start(nil, "boot")
			begun, last := c.now(), c.now()
			b.wall = b.wall.Add(set)
			const steps = int(4 * time.Hour / clockEvery)
			for range steps {
				b.pass(clockEvery)
				c.follow(b.wall)
				if c.now().Before(last) {
					t.Fatal("the clock ran backwards")
				}
				last = c.now()
			}
			off := c.now().Sub(begun) - 4*time.Hour
			if off.Abs() > 15*time.Second {
				t.Errorf("after four hours the clock is off by %s", off)
			}
			if want := min(max(set, -time.Duration(steps)*clockSlew), time.Duration(steps)*clockSlew); off != want {
				t.Errorf("the clock moved %s towards its source, want %s", off, want)
			}
			if n := strings.Count(b.log.String(), "the clock was set while the server runs"); n != 1 {
				t.Errorf("the log says %d times that the clock was set, want once:\n%s", n, &b.log)
			}
		})
	}
}

// TestClockFollowsItsSource: what time servers adjust is followed, so that servers that run for months stay right.
func TestClockFollowsItsSource(t *testing.T) {
	b := newBench()
	c := b.start(nil, "boot")
	for range 1000 { // the time since boot runs 1 part in 2000 slow
		b.pass(clockEvery)
		b.wall = b.wall.Add(clockEvery / 2000)
		c.follow(b.wall)
	}
	wantClock(t, "after 1000 looks", c, b.wall.Truncate(time.Millisecond))
	if b.log.Len() > 0 {
		t.Errorf("the log says %s", &b.log)
	}
}

// TestClockGoesByTheWall: the source counts as it reads, without the monotonic part that Go's time.Now carries, or the clock would follow
// itself.
func TestClockGoesByTheWall(t *testing.T) {
	real := time.Now()
	up := time.Duration(0)
	c := startClock(real, nil, "", func() time.Duration { return up }, quiet)
	for range 100 {
		up += clockEvery // the machine slept: the wall and the time since boot went on, the monotonic clock did not
		c.follow(real.Round(0).Add(up))
	}
	wantClock(t, "after sleeping", c, real.Round(0).Add(up).Truncate(time.Millisecond))
	if source, err := (sqliteDialect{}).clock(t.Context(), nil); err != nil || strings.Contains(source.String(), "m=") {
		t.Errorf("the source of SQLite's clock is %s (%v): it has a monotonic part", source, err)
	}
}

func TestClockBetweenTwoRuns(t *testing.T) {
	for _, c := range []struct {
		name string
		boot string                   // of the second run
		do   func(b *bench)           // between the runs, after ten minutes
		want func(b *bench) time.Time // what the second run begins at
		says string
	}{
		{"nothing happened", "one", func(*bench) {}, func(b *bench) time.Time { return storetest.T0.Add(10 * time.Minute) }, ""},
		{"set back on the same boot", "one", func(b *bench) { b.wall = b.wall.Add(-2 * time.Hour) }, func(*bench) time.Time { return storetest.T0.Add(10 * time.Minute) }, "set since the last run"},
		{"set forward on the same boot", "one", func(b *bench) { b.wall = b.wall.Add(2 * time.Hour) }, func(*bench) time.Time { return storetest.T0.Add(10 * time.Minute) }, "set since the last run"},
		{"adjusted on the same boot", "one", func(b *bench) { b.wall = b.wall.Add(time.Second) }, func(*bench) time.Time { return storetest.T0.Add(10*time.Minute + time.Second) }, ""},
		{"rebooted", "two", func(b *bench) { b.up = time.Second; b.wall = b.wall.Add(time.Minute) }, func(*bench) time.Time { return storetest.T0.Add(11 * time.Minute) }, ""},
		{"rebooted and set back", "two", func(b *bench) { b.up = time.Second; b.wall = b.wall.Add(-2 * time.Hour) }, func(*bench) time.Time { return storetest.T0 }, "behind what it showed"},
		{"no telling which boot, and set back", "", func(b *bench) { b.wall = b.wall.Add(-2 * time.Hour) }, func(*bench) time.Time { return storetest.T0 }, "behind what it showed"},
		{"the name of the boot is the same and the uptime less", "one", func(b *bench) { b.up = time.Second }, func(*bench) time.Time { return storetest.T0.Add(10 * time.Minute) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench()
			first := "one"
			if c.boot == "" {
				first = ""
			}
			mark := b.mark(b.start(nil, first), first)
			b.pass(10 * time.Minute)
			c.do(b)
			wantClock(t, "at the start of the second run", b.start(mark, c.boot), c.want(b))
			if said := b.log.String(); (c.says == "") != (said == "") || !strings.Contains(said, c.says) {
				t.Errorf("the log says %q, want %q in it", said, c.says)
			}
		})
	}
}

// TestClockOfTwoRuns: the clock never shows less after the database was opened again, and it is the time of day.
func TestClockOfTwoRuns(t *testing.T) {
	engines(t, func(t *testing.T, place func(testing.TB) func(*Options)) {
		at := place(t)
		var last time.Time
		for run := range 3 {
			db := open(t, "", at)
			now := db.Clock()
			if now.Before(last) {
				t.Errorf("run %d begins at %s, before %s", run+1, now, last)
			}
			if off := time.Until(now); off.Abs() > 5*time.Second {
				t.Errorf("run %d: the clock is off by %s", run+1, off)
			}
			if _, offset := now.Zone(); offset != 0 || now.Nanosecond()%int(time.Millisecond) != 0 {
				t.Errorf("run %d: the clock shows %s, want whole milliseconds in UTC", run+1, now)
			}
			last = db.Clock()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestClockIsKept: the next run does not go behind what the clock is known to have shown.
func TestClockIsKept(t *testing.T) {
	engines(t, func(t *testing.T, place func(testing.TB) func(*Options)) {
		at := place(t)
		db := open(t, "", at)
		later := db.Clock().Add(time.Hour)
		err := db.write(t.Context(), "another boot", func(tx *gorm.DB) error {
			return tx.Exec("UPDATE server_clock SET boot = 'another', at = ?", ms(later)).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if now := open(t, "", at).Clock(); now.Before(later) || now.After(later.Add(time.Minute)) {
			t.Errorf("the next run begins at %s, want %s", now, later)
		}
	})
}

// TestTwoServersShareAClock: servers on one database agree within the time of an exchange with it.
func TestTwoServersShareAClock(t *testing.T) {
	url := storetest.Postgres(t)
	a, b := openURL(t, url), openURL(t, url)
	for range 20 {
		x, y, z := a.Clock(), b.Clock(), a.Clock()
		if y.Sub(x) < -200*time.Millisecond || y.Sub(z) > 200*time.Millisecond {
			t.Errorf("one server shows %s, the other %s", x, y)
		}
	}
}

// TestClockNeverRunsBackwards, neither while it follows a source that is behind nor when many ask.
func TestClockNeverRunsBackwards(t *testing.T) {
	c := startClock(time.Now(), nil, "", sinceBoot, quiet)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for last := c.now(); ; {
				c.follow(time.Now().Add(-time.Second))
				now := c.now()
				if now.Before(last) {
					t.Errorf("the clock ran back from %s to %s", last, now)
				}
				if last = now; time.Until(last) < -100*time.Millisecond {
					return
				}
			}
		})
	}
	wg.Wait()
}
