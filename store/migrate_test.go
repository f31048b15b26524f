package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

func shipped(t testing.TB) []migration {
	t.Helper()
	ms, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

// schema is what a database consists of, by the words that made it.
func schema(t testing.TB, path string) map[string]string {
	t.Helper()
	db, err := sql.Open(driverName, dsn(path, "mode=ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		out[name] = strings.Join(strings.Fields(text), " ")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func copies(t testing.TB, path string) []string {
	t.Helper()
	found, err := filepath.Glob(path + ".before-migration-*")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(found, func(f string) bool { return strings.HasSuffix(f, "-wal") || strings.HasSuffix(f, "-shm") })
}

// saved makes a database as the version with the first n migrations left it, with rows in it.
func saved(t testing.TB, ms []migration, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "saved.db")
	db := open(t, path, func(o *Options) { o.migrations = ms[:n] })
	l := storetest.Account(1)
	a, g := storetest.Attempt(1, l.ID, "q1", true)
	if _, err := db.KeepVersions(context.Background(), l.Org, storetest.Versions(a)); err != nil {
		t.Fatal(err)
	}
	// By the columns of the first version: what this program writes has more.
	learner, att, grad := rowOfLearner(l.Org, l, "hash"), rowOfAttempt(l.Org, a), rowOfGrading(l.Org, g)
	if err := db.write(context.Background(), "record", func(tx *gorm.DB) error {
		return errors.Join(tx.Create(&learner).Error, tx.Create(&att).Error, tx.Create(&grad).Error)
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMigrateAnEmptyFileAndASavedDatabase(t *testing.T) {
	later := append(shipped(t), migration{len(shipped(t)) + 1, "later", "CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY); ALTER TABLE learners ADD COLUMN pronouns TEXT NOT NULL DEFAULT '';"})
	withLater := func(o *Options) { o.migrations = later }

	fresh := filepath.Join(t.TempDir(), "fresh.db")
	if err := os.WriteFile(fresh, nil, 0o600); err != nil { // an empty file is a new database
		t.Fatal(err)
	}
	open(t, fresh, withLater)
	if c := copies(t, fresh); len(c) != 0 {
		t.Errorf("a new database was copied: %v", c)
	}

	old := saved(t, later, len(later)-1)
	db := open(t, old, withLater)
	if d := cmp.Diff(schema(t, fresh), schema(t, old)); d != "" {
		t.Errorf("schemas of a fresh and a migrated database differ (-fresh +migrated):\n%s", d)
	}
	l := storetest.Account(1)
	if got, err := db.Learner(t.Context(), l.Org, l.ID); err != nil || got != l {
		t.Errorf("learner after migration: %+v, %v", got, err)
	}
	if hist, err := db.History(t.Context(), l.Org, l.ID); err != nil || len(hist) != 1 {
		t.Errorf("history after migration: %v, %v", hist, err)
	}

	c := copies(t, old)
	if len(c) != 1 {
		t.Fatalf("copies made before migrating: %v, want one", c)
	}
	if _, there := schema(t, c[0])["later"]; there {
		t.Error("the copy was made after the migration")
	}
	if got, err := open(t, c[0], func(o *Options) { o.migrations = later[:len(later)-1] }).Learner(t.Context(), l.Org, l.ID); err != nil || got != l {
		t.Errorf("learner in the copy: %+v, %v", got, err)
	}
	open(t, old, withLater) // nothing left to do
	if c := copies(t, old); len(c) != 1 {
		t.Errorf("copies after opening again: %v, want still one", c)
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	newer := append(shipped(t), migration{len(shipped(t)) + 1, "newer", "CREATE TABLE newer (id TEXT NOT NULL PRIMARY KEY)"})
	path := saved(t, newer, len(newer))
	_, err := Open(t.Context(), Options{URL: path, Logger: quiet})
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "install the newer version") {
		t.Errorf("got %v, want ErrNewer with words", err)
	}
}

func TestAFailingMigrationChangesNothing(t *testing.T) {
	bad := append(shipped(t), migration{len(shipped(t)) + 1, "bad", "CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1);"})
	path := saved(t, bad, len(bad)-1)
	before := schema(t, path)
	_, err := Open(t.Context(), Options{URL: path, Logger: quiet, migrations: bad})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("migration %04d_bad", len(bad))) {
		t.Errorf("got %v, want the name of the migration", err)
	}
	if d := cmp.Diff(before, schema(t, path)); d != "" {
		t.Errorf("the schema changed (-before +after):\n%s", d)
	}
	if l, err := open(t, path).Learner(t.Context(), progress.DefaultOrg, storetest.Account(1).ID); err != nil {
		t.Errorf("learner after a failed migration: %+v, %v", l, err)
	}
}

func TestMigrationFilesAreNumbered(t *testing.T) {
	for name, files := range map[string][]string{
		"gap": {"0001_a.sql", "0003_b.sql"}, "no number": {"start.sql"}, "twice": {"0001_a.sql", "0001_b.sql"},
	} {
		fsys := fstest.MapFS{}
		for _, f := range files {
			fsys["migrations/"+f] = &fstest.MapFile{}
		}
		if _, err := migrations(fsys); err == nil {
			t.Errorf("%s: %v were taken", name, files)
		}
	}
}

// TestCommonSQL keeps words out of the migrations that only one of SQLite and PostgreSQL knows.
func TestCommonSQL(t *testing.T) {
	for _, m := range shipped(t) {
		for i, line := range strings.Split(m.sql, "\n") {
			line, _, _ = strings.Cut(line, "--")
			for _, word := range []string{"AUTOINCREMENT", "WITHOUT ROWID", "DATETIME", "BOOLEAN", "BLOB", "SERIAL", "JSONB", "STRICT", "PRAGMA", "strftime", "ifnull"} {
				if strings.Contains(strings.ToUpper(line), strings.ToUpper(word)) {
					t.Errorf("%04d_%s.sql:%d: %s is not in the common subset", m.version, m.name, i+1, word)
				}
			}
		}
	}
}
