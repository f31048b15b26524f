package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

func TestPostgresFaults(t *testing.T) {
	state := func(code string) error { return fmt.Errorf("op: %w", &pgconn.PgError{Code: code}) }
	for _, c := range []struct {
		err  error
		want fault
	}{
		{state("23505"), duplicate},
		{state("23503"), foreignKey},
		{state("40001"), retry},
		{state("40P01"), retry},
		{state("55P03"), busy},
		{state("53100"), full},
		{state("53300"), unreachable},
		{state("57P01"), unreachable},
		{state("57P03"), unreachable},
		{state("08006"), unreachable},
		{state("25006"), unwritable},
		{state("XX001"), broken},
		{state("42601"), otherFault},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, unreachable},
		{fmt.Errorf("read: %w", io.ErrUnexpectedEOF), unreachable},
		{context.Canceled, otherFault},
		{errors.New("own mind"), otherFault},
		{nil, otherFault},
	} {
		if got := faultOfPostgres(c.err); got != c.want {
			t.Errorf("%v: got %d, want %d", c.err, got, c.want)
		}
	}
}

func TestRebindAndDDL(t *testing.T) {
	d := postgresDialect{}
	if got, want := d.rebind("INSERT INTO t VALUES (?, '?', ?) -- é"), "INSERT INTO t VALUES ($1, '?', $2) -- é"; got != want {
		t.Errorf("rebind: got %q, want %q", got, want)
	}
	got := d.ddl("CREATE TABLE a (id TEXT NOT NULL REFERENCES learners (id), n INTEGER, CONTEXT BIGINT)")
	if want := `CREATE TABLE a (id TEXT COLLATE "C" NOT NULL REFERENCES learners (id) DEFERRABLE, n BIGINT, CONTEXT BIGINT)`; got != want {
		t.Errorf("ddl: got %q, want %q", got, want)
	}
}

// with is a URL with something else in it.
func with(t testing.TB, place string, change func(u *url.URL, q url.Values)) string {
	t.Helper()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	change(u, q)
	u.RawQuery = q.Encode()
	return u.String()
}

func TestPostgresSaysWhatToDo(t *testing.T) {
	place := storetest.Postgres(t)
	newer := append(shipped(t), migration{len(shipped(t)) + 1, "newer", "CREATE TABLE newer (id TEXT NOT NULL PRIMARY KEY)"})
	for _, c := range []struct {
		name string
		opts func(t *testing.T) Options
		want string
		is   error
	}{
		{"no server", func(*testing.T) Options { return Options{URL: "postgres://u:secret@/db?host=" + t.TempDir()} }, "no server answers there", nil},
		{"a name that is none", func(*testing.T) Options { return Options{URL: "postgres://u:secret@nowhere.invalid/db"} }, "no server answers there", nil},
		{"no such database", func(t *testing.T) Options {
			return Options{URL: with(t, place, func(u *url.URL, _ url.Values) {
				u.User, u.Path = url.UserPassword(u.User.Username(), "secret"), "/missing-"+t.Name()
			})}
		}, "no database of that name: make it with CREATE DATABASE", nil},
		{"nobody by that name", func(t *testing.T) Options {
			return Options{URL: with(t, place, func(u *url.URL, _ url.Values) { u.User = url.UserPassword("nobody-by-that-name", "secret") })}
		}, "", nil},
		{"no schema", func(t *testing.T) Options {
			return Options{URL: with(t, place, func(_ *url.URL, q url.Values) { q.Set("search_path", "no_such_schema") })}
		}, "no schema to work in", nil},
		{"nothing kept where something must be", func(t *testing.T) Options { return Options{URL: place, MustExist: true} }, "start the server once", ErrNoDatabase},
		{"another program's tables", func(t *testing.T) Options {
			other := storetest.Postgres(t)
			execAt(t, other, "CREATE TABLE bookmarks (url TEXT)")
			return Options{URL: other}
		}, "database of another program", nil},
		{"a newer version", func(t *testing.T) Options {
			p := storetest.Postgres(t)
			openURL(t, p, func(o *Options) { o.migrations = newer }).Close()
			return Options{URL: p}
		}, "install the newer version", ErrNewer},
		{"a failing migration", func(t *testing.T) Options {
			return Options{URL: storetest.Postgres(t), migrations: append(shipped(t), migration{len(shipped(t)) + 1, "bad", "CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1);"})}
		}, "_bad", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := c.opts(t)
			o.Logger = quiet
			db, err := Open(t.Context(), o)
			if err == nil {
				db.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %q, want it to say %q and no passphrase", err, c.want)
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got %v, want %v", err, c.is)
			}
		})
	}
	t.Run("words for what a server says", func(t *testing.T) {
		for code, want := range map[string]string{"28P01": "passphrase of u is wrong", "42501": "owner of the database", "53300": "max_connections", "57P03": "starting up", "53100": "disk of the server is full"} {
			target, err := ParseURL("postgres://u:secret@h/db")
			if err != nil {
				t.Fatal(err)
			}
			if got := postgresInWords(target, &pgconn.PgError{Code: code}).Error(); !strings.Contains(got, want) || strings.Contains(got, "secret") {
				t.Errorf("%s: got %q, want it to say %q", code, got, want)
			}
		}
	})
}

func execAt(t testing.TB, place, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", place)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func TestPostgresSettings(t *testing.T) {
	place := with(t, storetest.Postgres(t), func(_ *url.URL, q url.Values) { q.Set("synchronous_commit", "off") })
	db := openURL(t, place)
	err := db.w.between(func(ctx context.Context, c *sql.Conn) error {
		var sync string
		if err := c.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&sync); err != nil || sync != "on" {
			t.Errorf("a writing connection has synchronous_commit %q, %v", sync, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.readPool.ExecContext(t.Context(), "DELETE FROM learners"); err == nil || db.d.fault(err) != unwritable {
		t.Errorf("a reading connection writes: %v", err)
	}
}

// TestServersStartTogether opens one empty database from many sides at once.
func TestServersStartTogether(t *testing.T) {
	place := storetest.Postgres(t)
	dbs := make([]*DB, 5)
	var wg sync.WaitGroup
	for i := range dbs {
		wg.Go(func() {
			var err error
			if dbs[i], err = Open(context.Background(), Options{URL: place, Logger: quiet, writers: 2, Readers: 1}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, db := range dbs {
		if db == nil {
			continue
		}
		if v, err := schemaVersion(t.Context(), db.d, db.readPool); err != nil || v != len(shipped(t)) {
			t.Errorf("schema %d, %v", v, err)
		}
		db.Close()
	}
}

// TestTwoServersCountTogether lets two programs change the same rows at the same time, by reading and then writing.
func TestTwoServersCountTogether(t *testing.T) {
	place := storetest.Postgres(t)
	dbs := []*DB{openURL(t, place), openURL(t, place)}
	l := addLearner(t, dbs[0])
	limit := []progress.Limit{{Burst: 7, Every: time.Minute}}
	a, g := storetest.Attempt(1, l.ID, "q1", true)
	if _, _, err := dbs[0].RecordAttempt(t.Context(), l.Org, storetest.Versions(a), a, g, false); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	through, first := 0, 0
	for i := range 60 {
		db := dbs[i%2]
		wg.Go(func() {
			wait, err := db.Take(context.Background(), storetest.T0, []string{"class", fmt.Sprint("person ", i)}, []progress.Limit{limit[0], {Burst: 1, Every: time.Minute}})
			if err != nil {
				t.Errorf("take: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if wait == 0 {
				through++
			}
		})
		wg.Go(func() { // everybody grades the same attempt again
			if i%5 > 0 {
				return
			}
			n := g
			n.ID = progress.GradingID(storetest.ID(1000 + i))
			if err := db.AppendGradings(context.Background(), l.Org, []progress.Grading{n}, nil); err != nil {
				t.Errorf("append: %v", err)
			}
		})
		wg.Go(func() { // and sends the same answer, with content that none of them has kept
			b, g := storetest.Attempt(5000+i, l.ID, "q2", true)
			b.ClientKey = "the-same-key"
			_, dup, err := db.RecordAttempt(context.Background(), l.Org, storetest.Versions(b), b, g, false)
			if err != nil {
				t.Errorf("record: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if err == nil && !dup {
				first++
			}
		})
	}
	wg.Wait()
	if through != 7 {
		t.Errorf("%d tries came through, want 7", through)
	}
	if first != 1 {
		t.Errorf("the same answer was recorded %d times", first)
	}
	gs, err := dbs[0].Gradings(t.Context(), l.Org, a.ID)
	if err != nil || len(gs) != 13 {
		t.Fatalf("%d gradings, %v; want 13", len(gs), err)
	}
	for i, g := range gs {
		if g.Seq != i+1 {
			t.Fatalf("grading %d has seq %d", i+1, g.Seq)
		}
	}
}

func TestARetireIsNotPassedBy(t *testing.T) {
	place := storetest.Postgres(t)
	one, two := openURL(t, place), openURL(t, place)
	l := addLearner(t, one)
	p := progress.Policy{ID: "p1", RevisionID: "p1", Revision: 1, Owner: l.ID, CreatedAt: storetest.T0}
	entry := progress.AuditEntry{ID: "e1", At: storetest.T0}
	if err := one.AddPolicy(t.Context(), l.Org, p, entry); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		next := p
		next.RevisionID, next.Revision = progress.RevisionID(fmt.Sprint("r", i)), 2
		var wg sync.WaitGroup
		var saved error
		wg.Go(func() {
			saved = one.AddPolicy(context.Background(), l.Org, next, progress.AuditEntry{ID: progress.EntryID(fmt.Sprint("a", i)), At: storetest.T0})
		})
		wg.Go(func() {
			if err := two.RetirePolicy(context.Background(), l.Org, p.ID, progress.AuditEntry{ID: progress.EntryID(fmt.Sprint("b", i)), At: storetest.T0}); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if saved != nil && !errors.Is(saved, progress.ErrNotFound) {
			t.Error(saved)
		}
		var left int
		if err := one.readPool.QueryRow("SELECT COUNT(*) FROM policies WHERE retired_at IS NULL").Scan(&left); err != nil || left > 0 {
			t.Fatalf("round %d: %d revisions are in force after the policy was retired (%v)", i, left, err)
		}
		execAt(t, place, "DELETE FROM policies WHERE revision > 1; UPDATE policies SET retired_at = NULL")
	}
}

// TestNothingUnstoredIsAcknowledged has work that passes over an error of a statement. PostgreSQL then undoes the transaction at its COMMIT
// and says so in a word, not in an error.
func TestNothingUnstoredIsAcknowledged(t *testing.T) {
	db := openURL(t, storetest.Postgres(t), oneLane)
	l := addLearner(t, db)
	careless := func(name string) func(tx *gorm.DB) error {
		return func(tx *gorm.DB) error {
			if err := insertMark(tx, l.ID, name); err != nil {
				return err
			}
			_ = insertMark(tx, "nobody", "x")
			return nil
		}
	}
	release := hold(t, db)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := db.write(t.Context(), "careless", careless("careless")); !errors.Is(err, progress.ErrUnavailable) {
			t.Errorf("in a group: got %v, want ErrUnavailable", err)
		}
	})
	waitQueued(t, db, 1)
	wg.Go(func() {
		if err := db.write(t.Context(), "careful", func(tx *gorm.DB) error { return insertMark(tx, l.ID, "careful") }); err != nil {
			t.Errorf("beside it: %v", err)
		}
	})
	waitQueued(t, db, 2)
	release()
	wg.Wait()
	if err := db.writeAlone(t.Context(), "careless", careless("alone")); !errors.Is(err, progress.ErrUnavailable) {
		t.Errorf("alone: got %v, want ErrUnavailable", err)
	}
	var names []string
	for name := range lessons(t, db, l.ID) {
		names = append(names, name)
	}
	if d := cmp.Diff([]string{"careful"}, names); d != "" {
		t.Errorf("stored (-want +got):\n%s", d)
	}
}

// TestLostConnections cuts all connections again and again under writers. What was acknowledged must be there.
func TestLostConnections(t *testing.T) {
	place := with(t, storetest.Postgres(t), func(_ *url.URL, q url.Values) {
		q.Set("application_name", "cut "+storetest.ID(time.Now().Nanosecond()))
	})
	name := with(t, place, func(*url.URL, url.Values) {})
	u, err := url.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	db := openURL(t, place)
	l := addLearner(t, db)
	var wg sync.WaitGroup
	var acked sync.Map
	stop := make(chan struct{})
	for w := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				lesson := fmt.Sprintf("%d-%d", w, i)
				switch err := db.MarkLesson(context.Background(), l.Org, l.ID, lesson, true, storetest.T0); {
				case err == nil:
					acked.Store(lesson, true)
				case !errors.Is(err, progress.ErrUnavailable):
					t.Errorf("a write while connections are cut: %v", err)
				}
			}
		})
	}
	for range 5 {
		time.Sleep(60 * time.Millisecond)
		execAt(t, strings.Replace(place, "application_name=", "application_name=cutter", 1), fmt.Sprintf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '%s'", u.Query().Get("application_name")))
	}
	close(stop)
	wg.Wait()
	if err := db.Health(t.Context()); err != nil {
		if err = db.Health(t.Context()); err != nil { // a reader may find out that its connection is gone
			t.Errorf("health afterwards: %v", err)
		}
	}
	m := lessons(t, db, l.ID)
	n := 0
	acked.Range(func(k, _ any) bool {
		if n++; !m[k.(string)].Done {
			t.Errorf("%s was acknowledged and is not there", k)
		}
		return true
	})
	if n == 0 {
		t.Error("nothing was acknowledged")
	}
}

func TestTextsThatPostgresDoesNotTake(t *testing.T) {
	db := openURL(t, storetest.Postgres(t))
	l := storetest.Account(1)
	l.Name = "a\x00b\xffc"
	if err := db.AddLearner(t.Context(), l.Org, l, "", nil, nil); err != nil {
		t.Fatal(err)
	}
	got, err := db.Learner(t.Context(), l.Org, l.ID)
	if err != nil || got.Name != "a\uFFFDb\uFFFDc" {
		t.Errorf("the name came back as %q, %v", got.Name, err)
	}
	if _, err := db.Learner(t.Context(), l.Org, "no\x00body"); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("an id with a NUL: got %v, want ErrNotFound", err)
	}
	if _, _, err := db.Learners(t.Context(), l.Org, progress.UserFilter{Text: "\x00"}); err != nil {
		t.Errorf("a search for a NUL: %v", err)
	}
}
