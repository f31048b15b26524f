package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"
)

// SQLite's write-ahead log is emptied into the database by a connection of its own, beside the commits. Where a commit does it, as SQLite
// would have it every thousand pages, all who save at that moment wait until thousands of pages are copied and synced.
const (
	movePages = 4000 // so many pages that wait in the log are worth a round
	wrapPages = 8000 // a log of so many is begun anew as soon as nothing waits in it
	// checkpointPages is the length at which a commit empties the log after all: the mover has not kept up.
	checkpointPages = 64_000
	moveEvery       = 50 * time.Millisecond
)

// logMover is what empties the log.
type logMover struct {
	pool *sql.DB // one connection, opened when it is first needed
	w    *writer
	log  *slog.Logger
	seen int64 // commits when it last looked
}

// run moves the log until stop is closed.
func (m *logMover) run(stop <-chan struct{}) {
	tick := time.NewTicker(moveEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := m.move(); err != nil && !errors.Is(err, errClosed) {
				m.log.Warn("write-ahead log not moved; it will be tried again", "error", err)
			}
		case <-stop:
			return
		}
	}
}

// move moves what is worth it. The log is begun anew by the first commit that finds all of it moved. While saves come thick there is
// always a little more, so the last of a long log is moved between two commits.
func (m *logMover) move() error {
	n := m.w.commits.Load()
	if n == m.seen {
		return nil
	}
	m.seen = n
	ctx := context.Background()
	pages, moved, err := checkpoint(ctx, m.pool, "NOOP")
	if err != nil || pages < wrapPages && pages-moved < movePages {
		return err
	}
	if pages, moved, err = checkpoint(ctx, m.pool, "PASSIVE"); err != nil || pages < wrapPages {
		return err
	}
	if pages-moved >= movePages { // somebody still reads what was there before
		return nil
	}
	return m.w.between(func(ctx context.Context, c *sql.Conn) error {
		_, _, err := checkpoint(ctx, c, "PASSIVE")
		return err
	})
}

// checkpoint moves pages of the log into the database, in one of the ways of https://www.sqlite.org/pragma.html#pragma_wal_checkpoint, and
// gives the pages in the log and how many of them are moved by now. NOOP moves nothing; PASSIVE waits for nobody and leaves what readers
// still need.
func checkpoint(ctx context.Context, c interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, mode string) (pages, moved int, err error) {
	var blocked int
	err = c.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&blocked, &pages, &moved)
	return pages, moved, err
}
