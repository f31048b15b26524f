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

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) progress.Storage { return openNew(t) })
}
