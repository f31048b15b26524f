package store

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

// quiet is a logger for tests that provoke what would be logged.
var quiet = slog.New(slog.DiscardHandler)

func open(t testing.TB, path string, opts ...func(*Options)) *DB {
	t.Helper()
	o := Options{Path: path, Logger: quiet}
	for _, f := range opts {
		f(&o)
	}
	db, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

func openNew(t testing.TB) *DB { return open(t, filepath.Join(t.TempDir(), "data", "crosswalk.db")) }

// openURL opens a place of a PostgreSQL server.
func openURL(t testing.TB, url string, opts ...func(*Options)) *DB {
	t.Helper()
	return open(t, "", append(opts, func(o *Options) { o.URL = url })...)
}

// engines runs a test on each database: place names a new one, for open to open once or more often.
func engines(t *testing.T, test func(t *testing.T, place func(t testing.TB) func(*Options))) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, func(t testing.TB) func(*Options) {
			path := filepath.Join(t.TempDir(), "c.db")
			return func(o *Options) { o.URL = path }
		})
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, func(t testing.TB) func(*Options) {
			url := storetest.Postgres(t)
			return func(o *Options) { o.URL = url }
		})
	})
}

// oneLane makes PostgreSQL write with one connection, so that what is written while it is held makes one group.
func oneLane(o *Options) { o.writers = 1 }

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t testing.TB) progress.Storage { return openURL(t, storetest.Postgres(t)) })
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) progress.Storage { return openNew(t) })
}
