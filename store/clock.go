package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// How the clock follows its source. One part in a thousand makes four hours 15 s longer or shorter at most.
const (
	clockEvery = 10 * time.Second      // how often it looks at its source
	clockSlew  = 10 * time.Millisecond // the most that it moves each time
	clockJump  = 2 * time.Second       // from here on the source was set, not adjusted
)

// steadyClock is an instant that no one can set while the server runs: it begins at what its source says (the machine's clock for SQLite,
// the server's for PostgreSQL) and goes on by the time since boot, sleep included. It follows the source by small steps only. Between two
// runs of the server on the same boot of the machine the time since boot counts as well; after a reboot the source is believed, but
// the clock never goes back behind what it showed before.
type steadyClock struct {
	log     *slog.Logger
	elapsed func() time.Duration // since any fixed moment

	mu     sync.Mutex
	base   time.Time // what it showed
	anchor time.Duration
	last   time.Time // what it was last seen to show
	jumped bool
}

// clockMark is what is kept of a clock between two runs.
type clockMark struct {
	At     int64
	Boot   string // names the boot of the machine, "" when there is no telling
	Uptime int64  // milliseconds since boot
}

// startClock starts a clock at its source, or at what the mark of the run before makes likelier.
func startClock(source time.Time, before *clockMark, boot string, elapsed func() time.Duration, log *slog.Logger) *steadyClock {
	now := elapsed()
	source = source.Round(0) // the wall alone, without the monotonic part that time.Now carries
	start := source
	if before != nil {
		last := at(before.At)
		if boot != "" && boot == before.Boot && now.Milliseconds() >= before.Uptime {
			if by := last.Add(now - time.Duration(before.Uptime)*time.Millisecond); by.Sub(source).Abs() > clockJump {
				log.Warn("the clock was set since the last run; exams go on by the time since boot", "off", source.Sub(by).Round(time.Second).String())
				start = by
			}
		}
		if start.Before(last) {
			log.Warn("the clock is behind what it showed at the last run; exams go on from there", "off", start.Sub(last).Round(time.Second).String())
			start = last
		}
	}
	return &steadyClock{log: log, elapsed: elapsed, base: start, anchor: now}
}

// now is the instant, in UTC and whole milliseconds.
func (c *steadyClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.read().UTC().Truncate(time.Millisecond); now.After(c.last) { // a step towards a source that is behind is waited for
		c.last = now
	}
	return c.last
}

func (c *steadyClock) read() time.Time { return c.base.Add(c.elapsed() - c.anchor) }

// follow moves the clock a small step towards its source.
func (c *steadyClock) follow(source time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	here := c.read()
	off := source.Round(0).Sub(here)
	if jumped := off.Abs() > clockJump; jumped != c.jumped {
		if c.jumped = jumped; jumped {
			c.log.Warn("the clock was set while the server runs; exams do not follow it", "off", off.Round(time.Second).String())
		}
	}
	c.base, c.anchor = here.Add(min(max(off, -clockSlew), clockSlew)), c.elapsed()
}

// Clock implements progress.SittingStore.
func (db *DB) Clock() time.Time { return db.clock.now() }

// openClock starts the clock of a database.
func (db *DB) openClock(ctx context.Context) error {
	source, err := db.d.clock(ctx, db.readPool)
	if err != nil {
		return err
	}
	var before *clockMark
	var m clockMark
	switch err := db.readPool.QueryRowContext(ctx, "SELECT at, boot, uptime FROM server_clock WHERE id = 1").Scan(&m.At, &m.Boot, &m.Uptime); {
	case err == nil:
		before = &m
	case !errors.Is(err, sql.ErrNoRows):
		db.log.Warn("what the clock showed at the last run cannot be read", "error", err)
	}
	boot := ""
	if db.d.local() { // the clock of another machine has nothing to do with this one's uptime
		boot = bootID()
	}
	db.clock = startClock(source, before, boot, sinceBoot, db.log)
	if err := db.keepClock(); err != nil {
		db.log.Warn("the clock could not be noted; it will be tried again", "error", err)
	}
	return nil
}

// keepClock notes what the clock shows, for the next run.
func (db *DB) keepClock() error {
	boot := ""
	if db.d.local() {
		boot = bootID()
	}
	now, up := db.clock.now(), sinceBoot()
	return db.w.doPlain(context.Background(), func(ctx context.Context, p *prepared) error {
		_, err := p.exec(ctx, `INSERT INTO server_clock (id, at, boot, uptime) VALUES (1, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET at = excluded.at, boot = excluded.boot, uptime = excluded.uptime WHERE excluded.at >= server_clock.at`, ms(now), boot, up.Milliseconds())
		return err
	})
}

// followClock keeps the clock near its source, and every minute notes what it shows.
func (db *DB) followClock() {
	t := time.NewTicker(clockEvery)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-t.C:
			ctx, cancel := context.WithTimeout(context.Background(), clockEvery/2)
			source, err := db.d.clock(ctx, db.readPool)
			cancel()
			if err != nil {
				continue // it goes on by itself
			}
			db.clock.follow(source)
			if n%6 == 0 {
				if err := db.keepClock(); err != nil && !errors.Is(err, errClosed) {
					db.log.Warn("the clock could not be noted; it will be tried again", "error", err)
				}
			}
		case <-db.stop:
			return
		}
	}
}
