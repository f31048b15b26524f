package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct{ in, want, err string }{
		{"data/x.db", "data/x.db", ""},
		{"/var/lib/x.db", "/var/lib/x.db", ""},
		{"./a:b.db", "a:b.db", ""},
		{"file:x.db", "x.db", ""},
		{"file:/var/x.db", "/var/x.db", ""},
		{"file:///var/x.db", "/var/x.db", ""},
		{"file://localhost/var/x.db", "/var/x.db", ""},
		{"sqlite:data/x.db", "data/x.db", ""},
		{"sqlite://data.db", "data.db", ""},
		{"sqlite://./data/x.db", "data/x.db", ""},
		{"sqlite:///var/my%20data/x.db", "/var/my data/x.db", ""},
		{"SQLite:x.db", "x.db", ""},
		{"", "", "-db is empty"},
		{"sqlite:", "", "in memory"},
		{":memory:", "", "in memory"},
		{"file::memory:", "", "in memory"},
		{"file:x.db?mode=memory", "", "options after ?"},
		{"sqlite://host/x.db", "", `"host" names a machine`},
		{"postgres://u:secret@h/db", "postgres://u@h:5432/db", ""},
		{"postgresql://u@h:5433/db?sslmode=disable", "postgres://u@h:5433/db", ""},
		{"postgres:///db?host=/run/postgresql&user=u", "postgres://u@/db?host=/run/postgresql", ""},
		{"PostgreSQL://u@h", "postgres://u@h:5432/u", ""},
		{"postgres:u:secret@h/db", "", "cannot be read"},
		{"postgres://u:secret/@h/db", "", "cannot be read"},
		{"postgres://u:%zzsecret@h/db", "", "cannot be read"},
		{"postgres://u:secret@h:port/db", "", "cannot be read"},
		{"postgres://u:secret@h/db?sslmode=secret", "", "option that cannot be used"},
		{"mysql://h/db", "", `"mysql" is not known`},
	} {
		got, err := ParseURL(c.in)
		switch {
		case c.err == "" && (err != nil || got.String() != c.want):
			t.Errorf("%q: got %q, %v; want %q", c.in, got.String(), err, c.want)
		case c.err != "" && (!errors.Is(err, ErrURL) || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%q: got error %v, want one with %q", c.in, err, c.err)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%q: the error shows the password: %v", c.in, err)
		}
	}
}

func TestOddPaths(t *testing.T) {
	for _, name := range []string{"with blank.db", "100%.db", "what?.db", "no#1.db", "a%20b.db", "ümlaut&x=1.db"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		db := open(t, path)
		addLearner(t, db)
		if _, err := db.Learner(t.Context(), progress.DefaultOrg, storetest.Account(1).ID); err != nil {
			t.Errorf("%s: reading back: %v", name, err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: the database is not at its path: %v", name, err)
		}
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	write := func(t *testing.T, path, text string) string {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name string
		opts func(t *testing.T, dir string) Options
		want string
		is   error
	}{
		{"a missing folder with -db", func(t *testing.T, dir string) Options {
			return Options{URL: filepath.Join(dir, "typo", "x.db")}
		}, "does not exist: make it", nil},
		{"a folder in place of a file", func(t *testing.T, dir string) Options { return Options{URL: dir} }, "is a folder: name a file in it", nil},
		{"a file in place of the data folder", func(t *testing.T, dir string) Options {
			return Options{Path: filepath.Join(write(t, filepath.Join(dir, "data"), "x"), "x.db")}
		}, "data", nil},
		{"a text file", func(t *testing.T, dir string) Options {
			return Options{URL: write(t, filepath.Join(dir, "x.db"), "this is not a database, it is prose")}
		}, "is not an SQLite database: name another", nil},
		{"a short file", func(t *testing.T, dir string) Options {
			return Options{URL: write(t, filepath.Join(dir, "x.db"), "x")}
		}, "is not an SQLite database", nil},
		{"a damaged database", func(t *testing.T, dir string) Options {
			return Options{URL: write(t, filepath.Join(dir, "x.db"), header+strings.Repeat("garbage ", 1000))}
		}, "not a database or is damaged: restore a backup", nil},
		{"another program's database", func(t *testing.T, dir string) Options {
			path := filepath.Join(dir, "x.db")
			raw, err := sql.Open(driverName, path)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			if _, err := raw.Exec("CREATE TABLE bookmarks (url TEXT)"); err != nil {
				t.Fatal(err)
			}
			return Options{URL: path}
		}, "database of another program", nil},
		{"no database where one must be", func(t *testing.T, dir string) Options {
			return Options{Path: filepath.Join(dir, "none", "x.db"), MustExist: true}
		}, "there is no database at", ErrNoDatabase},
		{"a locked database", func(t *testing.T, dir string) Options {
			path := filepath.Join(dir, "x.db")
			raw, err := sql.Open(driverName, dsn(path, "_pragma=locking_mode(EXCLUSIVE)&_pragma=journal_mode(DELETE)"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { raw.Close() })
			raw.SetMaxOpenConns(1)
			if _, err := raw.Exec("CREATE TABLE t (x)"); err != nil {
				t.Fatal(err)
			}
			return Options{URL: path, BusyWait: 20 * time.Millisecond}
		}, "held by another program: stop that program", nil},
		{"nothing named", func(t *testing.T, dir string) Options { return Options{} }, "no database is named", ErrURL},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			o := c.opts(t, dir)
			o.Logger = quiet
			db, err := Open(t.Context(), o)
			if err == nil {
				db.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want it to say %q", err, c.want)
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got %v, want %v", err, c.is)
			}
		})
	}
	t.Run("a file that may not be written", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		open(t, path).Close()
		if err := os.Chmod(path, 0o400); err != nil {
			t.Fatal(err)
		}
		if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
			f.Close()
			t.Skip("this account may write every file")
		}
		if _, err := Open(t.Context(), Options{URL: path, Logger: quiet}); err == nil || !strings.Contains(err.Error(), "cannot be opened for reading and writing") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("reading commands make nothing", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "none")
		if _, err := Open(t.Context(), Options{Path: filepath.Join(dir, "x.db"), MustExist: true, Logger: quiet}); err == nil {
			t.Error("it opened")
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Error("the folder was made")
		}
	})
}

func TestFilesBelongToTheirOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "data")
	db := open(t, filepath.Join(dir, "x.db"))
	addLearner(t, db)
	backup := filepath.Join(dir, "copy.db")
	if err := db.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "x.db"): 0o600, filepath.Join(dir, "x.db-wal"): 0o600, backup: 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestBackupIsAWholeDatabase(t *testing.T) {
	db := openNew(t)
	l := addLearner(t, db)
	path := filepath.Join(t.TempDir(), "b.db")
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(t.Context(), path); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("backup over a file: %v", err)
	}
	got, err := open(t, path).Learner(t.Context(), l.Org, l.ID)
	if err != nil || got != l {
		t.Errorf("from the backup: %+v, %v", got, err)
	}
}

// TestPragmas looks at two connections of each pool, because settings hold for a connection.
func TestPragmas(t *testing.T) {
	db := openNew(t)
	type want map[string]string
	check := func(name string, c *sql.Conn, w want) {
		for pragma, value := range w {
			var got string
			if err := c.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != value {
				t.Errorf("%s: %s is %q (%v), want %q", name, pragma, got, err, value)
			}
		}
	}
	for i := range 2 {
		c, err := db.readPool.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close() // both are held, so they are two
		check(fmt.Sprintf("reader %d", i+1), c, want{"busy_timeout": "5000", "journal_mode": "wal", "foreign_keys": "1"})
		if _, err := c.ExecContext(t.Context(), "DELETE FROM learners"); err == nil {
			t.Errorf("reader %d can write", i+1)
		}
	}
	// The pool of the writer has one connection; two are opened by its DSN.
	second, err := sql.Open(driverName, dsn(db.target.path, writeParams(5*time.Second)))
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	writing := want{"busy_timeout": "5000", "journal_mode": "wal", "foreign_keys": "1", "synchronous": "2", "secure_delete": "1", "journal_size_limit": fmt.Sprint(journalLimit), "wal_autocheckpoint": fmt.Sprint(checkpointPages)}
	for i := range 2 {
		c, err := second.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		check(fmt.Sprintf("writer %d", i+1), c, writing)
	}
	if err := db.w.between(func(_ context.Context, c *sql.Conn) error { check("the writer", c, writing); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestTheLogIsEmptied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := open(t, path, func(o *Options) { o.Checkpoint = 20 * time.Millisecond })
	l := addLearner(t, db)
	for i := range 50 {
		if err := db.MarkLesson(t.Context(), l.Org, l.ID, fmt.Sprint(i), true, storetest.T0); err != nil {
			t.Fatal(err)
		}
	}
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the write-ahead log has still %d bytes", info.Size())
		}
	}
	if err := db.MarkLesson(t.Context(), l.Org, l.ID, "last", true, storetest.T0); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		t.Errorf("after closing the log has %d bytes", info.Size())
	}
}

func TestFaults(t *testing.T) {
	db := openNew(t)
	l := addLearner(t, db)
	// A limit on pages is how a full disk is had without one.
	err := db.w.between(func(ctx context.Context, c *sql.Conn) error {
		var pages int
		if err := c.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
			return err
		}
		_, err := c.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	big := []progress.ContentVersion{{Hash: "h", Body: strings.Repeat("x", 1<<20)}}
	if _, err := db.KeepVersions(t.Context(), l.Org, big); !errors.Is(err, progress.ErrUnavailable) || db.d.fault(err) != full {
		t.Errorf("disk full: got %v, want ErrUnavailable", err)
	}
	// What was there can still be changed, and the writer still answers.
	if err := db.Health(t.Context()); err != nil {
		t.Errorf("health after a full disk: %v", err)
	}
	err = db.w.between(func(ctx context.Context, c *sql.Conn) error {
		_, err := c.ExecContext(ctx, "PRAGMA max_page_count = 1000000")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := db.KeepVersions(t.Context(), l.Org, big); err != nil || n != 1 {
		t.Errorf("after making room: %d, %v", n, err)
	}

	held, err := sql.Open(driverName, dsn(db.target.path, "_txlock=immediate"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	tx, err := held.Begin()
	if err != nil {
		t.Fatal(err)
	}
	err = db.w.between(func(ctx context.Context, c *sql.Conn) error {
		_, err := c.ExecContext(ctx, "PRAGMA busy_timeout = 10")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.MarkLesson(t.Context(), l.Org, l.ID, "a", true, storetest.T0); !errors.Is(err, progress.ErrUnavailable) || db.d.fault(err) != busy {
		t.Errorf("locked: got %v, want ErrUnavailable", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := db.MarkLesson(t.Context(), l.Org, l.ID, "a", true, storetest.T0); err != nil {
		t.Errorf("after the lock is gone: %v", err)
	}
}
