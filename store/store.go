package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"crosswalk/progress"
)

// ErrNoDatabase: there is no database and none was to be made.
var ErrNoDatabase = errors.New("no database")

// Options say which database to open and how.
type Options struct {
	// URL is what -db says, see ParseURL. Its folder must exist. It wins over Path.
	URL string
	// Path is the database in the data folder. The folder is made when it is not there, for its owner alone (0700).
	Path string
	// MustExist refuses to make a new database, with ErrNoDatabase: for commands that only read.
	MustExist bool
	// Logger gets what goes wrong in the background; slog.Default() when nil.
	Logger *slog.Logger
	// Readers is the most connections that read at the same time (when 0: 4, with PostgreSQL 8).
	Readers int
	// BusyWait is how long to wait for a lock that another program holds (5 s when 0).
	BusyWait time.Duration
	// Checkpoint is how often SQLite's write-ahead log is emptied into the database (1 min when 0).
	Checkpoint time.Duration

	migrations []migration // those of this program when nil; tests have others
	writers    int         // connections that write to PostgreSQL (6 when 0); tests have others
	// sqliteParams are added to what SQLite is opened with; tests have others.
	sqliteParams string
}

// DB is an open database. It satisfies progress.Storage and is safe to share.
type DB struct {
	target    Target
	d         dialect
	log       *slog.Logger
	writePool *sql.DB
	readPool  *sql.DB
	movePool  *sql.DB // with SQLite, of the connection that empties the write-ahead log; else nil
	read      *gorm.DB
	w         *writer
	ms        []migration // that the database has
	clock     *steadyClock
	saveItem  string   // for this dialect
	kept      sync.Map // org and hash of content versions that are known to be stored
	limitKeys stripes

	sessionStmt atomic.Pointer[sql.Stmt] // see oneRow
	stop        chan struct{}
	timer       sync.WaitGroup
	closeOnce   sync.Once
	closeErr    error
}

var _ progress.Storage = (*DB)(nil)

// Open opens the database, makes it if need be, and migrates it. The errors say what to do. A database of a newer version is ErrNewer.
func Open(ctx context.Context, opts Options) (*DB, error) {
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	if opts.BusyWait == 0 {
		opts.BusyWait = 5 * time.Second
	}
	if opts.Checkpoint == 0 {
		opts.Checkpoint = time.Minute
	}
	target := Target{path: opts.Path}
	if opts.URL != "" {
		var err error
		if target, err = ParseURL(opts.URL); err != nil {
			return nil, err
		}
	}
	if opts.migrations == nil {
		var err error
		if opts.migrations, err = migrations(migrationFiles); err != nil {
			return nil, err
		}
	}
	db := &DB{target: target, ms: opts.migrations, log: opts.Logger, stop: make(chan struct{})}
	var copyTo func(from int) error
	var err error
	switch {
	case target.Postgres():
		err = db.openPostgres(ctx, opts)
	case target.path == "":
		err = fmt.Errorf("no database is named: %w", ErrURL)
	default:
		copyTo, err = db.openSQLite(ctx, opts)
	}
	if err != nil {
		return nil, err
	}
	fail := func(err error) (*DB, error) {
		db.readPool.Close()
		db.writePool.Close()
		if db.movePool != nil {
			db.movePool.Close()
		}
		return nil, db.d.inWords(err)
	}
	if err := migrate(ctx, db.d, db.writePool, opts.migrations, copyTo); err != nil {
		return fail(err)
	}
	if db.read, err = gorm.Open(db.d.gorm(db.readPool), gormConfig(db.d)); err != nil {
		return fail(err)
	}
	if db.w, err = newWriter(ctx, db.writePool, db.d, db.log); err != nil {
		return fail(err)
	}
	db.saveItem = fmt.Sprintf(saveItem, db.d.forShare())
	if err := db.openClock(ctx); err != nil {
		_ = db.w.close(func(context.Context, *sql.Conn) error { return nil })
		return fail(err)
	}
	db.timer.Go(func() { db.tidies(opts.Checkpoint) })
	db.timer.Go(db.followClock)
	if db.movePool != nil {
		m := &logMover{pool: db.movePool, w: db.w, log: db.log}
		db.timer.Go(func() { m.run(db.stop) })
	}
	return db, nil
}

// gormConfig: nothing is logged (rows hold personal data), transactions are begun by the writer alone.
func gormConfig(d dialect) *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true, PrepareStmt: d.prepare(), DisableAutomaticPing: true, Logger: logger.Discard,
		NowFunc: func() time.Time { return time.Now().UTC() },
	}
}

// tidies does what the database wants done between two commits, on a timer.
func (db *DB) tidies(every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if err := db.w.between(db.d.tidy); err != nil && !errors.Is(err, errClosed) {
				db.log.Warn("write-ahead log not emptied; it will be tried again", "error", err)
			}
		case <-db.stop:
			return
		}
	}
}

// Close waits for the writes under way, empties SQLite's write-ahead log and closes the database. Later calls answer an error.
func (db *DB) Close() error {
	db.closeOnce.Do(func() {
		close(db.stop)
		db.timer.Wait()
		readErr := db.readPool.Close() // readers would keep the log from being emptied
		if db.movePool != nil {
			readErr = errors.Join(readErr, db.movePool.Close())
		}
		writeErr := db.w.close(db.d.tidy)
		db.closeErr = errors.Join(writeErr, readErr, db.writePool.Close())
	})
	return db.closeErr
}

// Health answers nil when the database reads and takes a write transaction.
func (db *DB) Health(ctx context.Context) error {
	var one int
	if err := db.readPool.QueryRowContext(ctx, "SELECT 1 FROM schema_migrations WHERE version = 1").Scan(&one); err != nil {
		return db.wrap("health", err)
	}
	return db.write(ctx, "health", func(*gorm.DB) error { return nil })
}

// oneRow reads a row by a statement that is run with every request. It is kept prepared where the database takes that; a pool of
// PostgreSQL's prepares by itself.
func (db *DB) oneRow(ctx context.Context, kept *atomic.Pointer[sql.Stmt], text string, args ...any) *sql.Row {
	st := kept.Load()
	if st == nil && db.d.prepare() {
		if fresh, err := db.readPool.PrepareContext(ctx, db.d.rebind(text)); err == nil {
			if st = fresh; !kept.CompareAndSwap(nil, fresh) {
				fresh.Close()
				st = kept.Load()
			}
		}
	}
	if st == nil {
		return db.readPool.QueryRowContext(ctx, db.d.rebind(text), args...)
	}
	return st.QueryRowContext(ctx, args...)
}

// Stats are counts since the database was opened.
type Stats struct {
	Writes  int64 // units of work that were committed
	Commits int64 // transactions that carried them
}

// Stats gives the counts.
func (db *DB) Stats() Stats {
	return Stats{Writes: db.w.writes.Load(), Commits: db.w.commits.Load()}
}

// write runs a unit of work and returns when it is durable or undone. The work may run more than once (see writer), so it must set, not
// add to, what it hands out.
func (db *DB) write(ctx context.Context, op string, work func(tx *gorm.DB) error) error {
	return db.wrap(op, db.w.do(ctx, work))
}

// writeAlone is write for work on rows that many people share: where several connections write, it gets a transaction of its own, so
// that nobody waits for the rows longer than need be.
func (db *DB) writeAlone(ctx context.Context, op string, work func(tx *gorm.DB) error) error {
	return db.wrap(op, db.w.doAlone(ctx, work))
}

// mapped gives what rows hold.
func mapped[R, T any](rows []R, of func(R) T) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = of(r)
	}
	return out
}

// wrap turns a database's error into the sentinels of progress, in one place.
func (db *DB) wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, gorm.ErrRecordNotFound) || errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", op, progress.ErrNotFound)
	}
	switch db.d.fault(err) {
	case duplicate:
		return fmt.Errorf("%s: %w: %w", op, progress.ErrDuplicate, err)
	case foreignKey: // the learner or attempt that the row belongs to is not there
		return fmt.Errorf("%s: %w: %w", op, progress.ErrNotFound, err)
	case retry, busy, full, unwritable, broken, unopenable, unreachable:
		return fmt.Errorf("%s: %w: %w", op, progress.ErrUnavailable, err)
	}
	if errors.Is(err, errClosed) || errors.Is(err, errTransaction) || errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("%s: %w: %w", op, progress.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", op, err)
}

// ms and at turn instants into the milliseconds that are stored and back.
func ms(t time.Time) int64 { return t.UnixMilli() }

func at(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func msp(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	n := t.UnixMilli()
	return &n
}

func atp(ms *int64) *time.Time {
	if ms == nil {
		return nil
	}
	t := at(*ms)
	return &t
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
