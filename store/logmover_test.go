package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"
)

// TestTheLogIsMovedBesideCommits: a long log is emptied without a commit that does it, and begun anew, but not under somebody who reads.
func TestTheLogIsMovedBesideCommits(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "log.db")
	opts := Options{Path: path, BusyWait: 5 * time.Second, Readers: 1}
	if _, err := prepareFile(path, true, false); err != nil {
		t.Fatal(err)
	}
	write, read, err := openPools(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close()
	defer read.Close()
	mover, err := openWriting(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer mover.Close()
	w, err := newWriter(ctx, write, sqliteDialect{path: path}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close(func(context.Context, *sql.Conn) error { return nil })
	m := &logMover{pool: mover, w: w, log: quiet}
	put := func(pages int) {
		t.Helper()
		if err := w.do(ctx, func(tx *gorm.DB) error {
			return tx.Exec(`INSERT INTO big (b) VALUES (zeroblob(?))`, 4096*pages).Error
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.do(ctx, func(tx *gorm.DB) error { return tx.Exec(`CREATE TABLE big (b BLOB)`).Error }); err != nil {
		t.Fatal(err)
	}
	state := func() (pages, moved int) {
		t.Helper()
		pages, moved, err := checkpoint(ctx, mover, "NOOP")
		if err != nil {
			t.Fatal(err)
		}
		return pages, moved
	}
	move := func() {
		t.Helper()
		if err := m.move(); err != nil {
			t.Fatal(err)
		}
	}

	put(100)
	move()
	if pages, moved := state(); pages < 100 || moved != 0 {
		t.Errorf("a short log: %d pages, %d moved; it is not worth a round", pages, moved)
	}
	put(movePages)
	move()
	if pages, moved := state(); pages < movePages || moved != pages {
		t.Errorf("a longer one: %d pages, %d moved; want all", pages, moved)
	}

	reader, err := read.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	count := func() int {
		t.Helper()
		n := 0
		if err := reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM big`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	put(wrapPages) // all was moved, so the log is begun anew here
	put(wrapPages)
	begun := time.Now()
	move()
	if took := time.Since(begun); took > opts.BusyWait/2 {
		t.Errorf("the mover waited %s for a reader", took)
	}
	if pages, moved := state(); pages < 2*wrapPages || moved == pages {
		t.Errorf("with a reader: %d pages, %d moved; what it reads must stay", pages, moved)
	}
	if n := count(); n != before {
		t.Errorf("the reader sees %d rows, before it were %d", n, before)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}

	put(1)
	move()
	if pages, moved := state(); pages < 2*wrapPages || moved != pages {
		t.Errorf("when nobody reads any more: %d pages, %d moved; want all", pages, moved)
	}
	put(1)
	if pages, _ := state(); pages > 10 {
		t.Errorf("the log has %d pages; the last commit should have begun it anew", pages)
	}
	var check string
	if err := read.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&check); err != nil || check != "ok" {
		t.Error(check, err)
	}
	rows := 0
	if err := read.QueryRowContext(ctx, `SELECT COUNT(*) FROM big`).Scan(&rows); err != nil || rows != before+4 {
		t.Errorf("%d rows, want %d; %v", rows, before+4, err)
	}
}
