package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

// work leaves rows in most tables, a guest who went over to an account with a later id among them.
func work(t testing.TB, db *DB) {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	guest, l := storetest.Guest(1), storetest.Account(2)
	must(db.AddLearner(ctx, guest.Org, guest, "", nil, nil))
	must(db.AddLearner(ctx, l.Org, l, "hash", nil, &progress.AuditEntry{ID: progress.EntryID(storetest.ID(90)), Actor: l.ID, Action: "add", At: storetest.T0}))
	for n := range 40 {
		a, g := storetest.Attempt(n, guest.ID, fmt.Sprintf("q%d", n%7), n%2 == 0)
		a.Answer = json.RawMessage(fmt.Sprintf(`{"words":"é %d \u0000"}`, n))
		if _, _, err := db.RecordAttempt(ctx, l.Org, storetest.Versions(a), a, g, false); err != nil {
			t.Fatal(err)
		}
	}
	must(db.OpenSession(ctx, l.Org, storetest.Session(3, l), guest.ID))
	must(db.MarkLesson(ctx, l.Org, l.ID, "lesson", true, storetest.T0))
	_, err := db.SaveDraft(ctx, l.Org, l.ID, progress.Draft{Item: "c1", Body: json.RawMessage(`{"a":"'"}`), UpdatedAt: storetest.T0})
	must(err)
	_, err = db.SaveNote(ctx, l.Org, l.ID, progress.BookNote{NotePlace: progress.NotePlace{Part: "icd10cm", Ref: "E11.9"}, Title: "T", Text: "two\nlines", UpdatedAt: storetest.T0})
	must(err)
	must(db.AddDrill(ctx, l.Org, l.ID, progress.Drill{ID: progress.DrillID(storetest.ID(5)), Items: []string{"q1"}, Seed: 1<<64 - 1, CreatedAt: storetest.T0}))
	_, err = db.Take(ctx, storetest.T0, []string{"k"}, []progress.Limit{{Burst: 3, Every: 1000000}})
	must(err)
}

// dump is all that a backup holds.
func dump(t testing.TB, path string) map[string][][]any {
	t.Helper()
	db, err := sql.Open(driverName, dsn(path, "mode=ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables, err := tablesOf(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][][]any{}
	for _, tab := range tables {
		if tab.name == "server_clock" { // it goes on by itself
			continue
		}
		r := readTable(t.Context(), db, tab, nil)
		for r.Next() {
			out[tab.name] = append(out[tab.name], append([]any(nil), r.values...))
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		r.close()
	}
	return out
}

func backupOf(t testing.TB, db *DB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBackupGoesRound takes a database from SQLite to PostgreSQL and back, and looks at every row.
func TestBackupGoesRound(t *testing.T) {
	first := openNew(t)
	work(t, first)
	a := backupOf(t, first)
	want := dump(t, a)
	for _, name := range []string{"learners", "attempts", "gradings", "sessions", "drafts", "book_notes", "drills", "audit_log", "rate_limits", "content_versions", "schema_migrations"} {
		if len(want[name]) == 0 {
			t.Errorf("the test leaves nothing in %s", name)
		}
	}
	again := openNew(t)
	if _, err := again.Restore(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, dump(t, backupOf(t, again))); d != "" {
		t.Errorf("SQLite to SQLite (-first +again):\n%s", d)
	}

	pg := openURL(t, storetest.Postgres(t))
	told, err := pg.Restore(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range told.Tables {
		if rows := want[r.Table]; rows != nil && int(r.Rows) != len(rows) {
			t.Errorf("%s: it tells of %d rows, there are %d", r.Table, r.Rows, len(rows))
		}
	}
	if told.Cleaned != 0 {
		t.Errorf("%d texts were changed", told.Cleaned)
	}
	b := backupOf(t, pg)
	if info, err := os.Stat(b); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %v, %v", info.Mode(), err)
	}
	if d := cmp.Diff(want, dump(t, b)); d != "" {
		t.Errorf("through PostgreSQL (-first +backup):\n%s", d)
	}
	back := openNew(t)
	if _, err := back.Restore(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, dump(t, backupOf(t, back))); d != "" {
		t.Errorf("and back (-first +back):\n%s", d)
	}
	l := storetest.Account(2)
	for _, db := range []*DB{pg, back} { // and it works on
		if h, err := db.History(t.Context(), l.Org, l.ID); err != nil || len(h) != 40 {
			t.Errorf("history: %d, %v", len(h), err)
		}
		if err := db.MarkLesson(t.Context(), l.Org, l.ID, "next", true, storetest.T0); err != nil {
			t.Error(err)
		}
	}
	if err := pg.Backup(t.Context(), b); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("backup over a file: %v", err)
	}
}

func TestRestoreRefuses(t *testing.T) {
	engines(t, func(t *testing.T, place func(testing.TB) func(*Options)) {
		full := openNew(t)
		work(t, full)
		good := backupOf(t, full)
		edit := func(statement string) string {
			t.Helper()
			path := filepath.Join(t.TempDir(), "edited.db")
			text, err := os.ReadFile(good)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			raw, err := sql.Open(driverName, path)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			if _, err := raw.Exec(statement); err != nil {
				t.Fatal(err)
			}
			return path
		}
		prose := filepath.Join(t.TempDir(), "prose.db")
		if err := os.WriteFile(prose, []byte("this is prose and no database at all"), 0o600); err != nil {
			t.Fatal(err)
		}
		db := open(t, "", place(t))
		for _, c := range []struct {
			name, path, want string
			is               error
		}{
			{"a file that is not there", filepath.Join(t.TempDir(), "none"), "cannot be read", os.ErrNotExist},
			{"prose", prose, "no backup of Crosswalk", nil},
			{"another program's database", edit("DROP TABLE schema_migrations"), "database of another program", nil},
			{"a newer version's", edit("INSERT INTO schema_migrations VALUES (999, 'later', 0)"), "install the newer version", ErrNewer},
			{"rows without an owner", edit("PRAGMA foreign_keys = 0; DELETE FROM learners"), "", nil},
			{"half of what belongs together", edit("PRAGMA foreign_keys = 0; DELETE FROM attempts WHERE item = 'q1'"), "", nil},
		} {
			_, err := db.Restore(t.Context(), c.path)
			if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
			}
			if any, err := db.AnyLearner(t.Context()); any || err != nil {
				t.Fatalf("%s: it was refused and left learners: %v", c.name, err)
			}
		}
		if err := db.Health(t.Context()); err != nil {
			t.Errorf("after refusals: %v", err)
		}
		if _, err := db.Restore(t.Context(), good); err != nil {
			t.Fatalf("after refusals a good one is refused: %v", err)
		}
		if _, err := db.Restore(t.Context(), good); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("a second time: %v, want ErrNotEmpty", err)
		}
		if p := db.target.path; p != "" {
			if _, err := db.Restore(t.Context(), p); err == nil || !strings.Contains(err.Error(), "the database itself") {
				t.Errorf("from itself: %v", err)
			}
		}
	})
}

func TestRestoreOfAnOlderVersion(t *testing.T) {
	engines(t, func(t *testing.T, place func(testing.TB) func(*Options)) {
		ms := shipped(t)
		old := saved(t, ms, 1)
		db := open(t, "", place(t))
		if _, err := db.Restore(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		l := storetest.Account(1)
		if got, err := db.Learner(t.Context(), l.Org, l.ID); err != nil || got != l {
			t.Errorf("learner: %+v, %v", got, err)
		}
		if v, err := schemaVersion(t.Context(), db.d, db.readPool); err != nil || v != len(ms) {
			t.Errorf("schema %d, %v; want %d", v, err, len(ms))
		}
	})
}
