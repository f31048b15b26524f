package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// driverName is modernc's SQLite, which needs no C compiler.
const driverName = "sqlite"

// journalLimit is the size to which a write-ahead log shrinks after a checkpoint. Without it, it keeps the size of its greatest load.
const journalLimit = 32 << 20

// sqliteDialect is SQLite through modernc.org/sqlite under gorm.io/driver/sqlite.
type sqliteDialect struct{ path string }

func (sqliteDialect) gorm(pool gorm.ConnPool) gorm.Dialector {
	return gormsqlite.New(gormsqlite.Config{DriverName: driverName, Conn: pool})
}

func (sqliteDialect) prepare() bool { return true }

// One connection writes at a time, whatever one does.
func (sqliteDialect) lanes() int { return 1 }

func (sqliteDialect) shared() bool { return false }

// Nothing but the disk can keep a statement waiting, and busy_timeout bounds the wait for other programs.
func (sqliteDialect) patience() time.Duration { return 0 }

// A transaction that reads first and writes later would fail with SQLITE_BUSY when another program writes in between.
func (sqliteDialect) begin() string { return "BEGIN IMMEDIATE" }

// One transaction writes at a time, so what it reads stays.
func (sqliteDialect) forShare() string { return "" }

// The database is a file of this machine, and so is the clock.
func (sqliteDialect) clock(context.Context, *sql.DB) (time.Time, error) {
	return time.Now().Round(0), nil
}

func (sqliteDialect) local() bool { return true }

func (sqliteDialect) commit(ctx context.Context, c *sql.Conn) error {
	_, err := c.ExecContext(ctx, "COMMIT")
	return err
}

func (sqliteDialect) rebind(text string) string { return text }

func (sqliteDialect) ddl(text string) string { return text }

// The transaction is an immediate one and so alone already.
func (sqliteDialect) migrateAlone() string { return "" }

// tidy empties the write-ahead log into the database.
func (sqliteDialect) tidy(ctx context.Context, c *sql.Conn) error {
	_, _, err := checkpoint(ctx, c, "TRUNCATE")
	return err
}

func (sqliteDialect) tables() string {
	return `SELECT COUNT(*), COALESCE(SUM(CASE WHEN name = 'schema_migrations' THEN 1 ELSE 0 END), 0) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
}

// fault reads the extended result code: https://www.sqlite.org/rescode.html. gorm's own translation does not know modernc's errors.
func (sqliteDialect) fault(err error) fault {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return otherFault
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE: // 1555, 2067
		return duplicate
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: // 787
		return foreignKey
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return busy
	case sqlite3.SQLITE_FULL:
		return full
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return unwritable
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR:
		return broken
	case sqlite3.SQLITE_CANTOPEN:
		return unopenable
	}
	return otherFault
}

// Settings hold for a connection, so they go into the DSN and never into a statement after opening. busy_timeout comes first, because
// switching to WAL takes a lock. synchronous(FULL) is what makes an acknowledged commit survive a power failure. LIKE
// tells case apart as PostgreSQL's does.
func writeParams(wait time.Duration) string {
	return fmt.Sprintf("_pragma=busy_timeout(%d)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=case_sensitive_like(1)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)&_pragma=journal_size_limit(%d)&_pragma=wal_autocheckpoint(%d)&_txlock=immediate&_time_format=sqlite",
		wait.Milliseconds(), journalLimit, checkpointPages)
}

func readParams(wait time.Duration) string {
	return fmt.Sprintf("mode=ro&_pragma=busy_timeout(%d)&_pragma=foreign_keys(1)&_pragma=case_sensitive_like(1)&_pragma=synchronous(FULL)&_time_format=sqlite", wait.Milliseconds())
}

// header begins every SQLite file: https://www.sqlite.org/fileformat.html section 1.3.
const header = "SQLite format 3\x00"

// prepareFile makes sure that there is a file that SQLite may open and write, and says in words what to do when there is not. It reports
// whether the file held a database. A new file belongs to its owner alone.
func prepareFile(path string, makeFolder, mustExist bool) (existing bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return false, fmt.Errorf("the database %s is a folder: name a file in it, such as %s", path, filepath.Join(path, "crosswalk.db"))
	case err == nil && !info.Mode().IsRegular():
		return false, fmt.Errorf("the database %s is no ordinary file: name another", path)
	case errors.Is(err, fs.ErrNotExist) && mustExist:
		return false, fmt.Errorf("there is no database at %s yet: start the server once, or name the right -data or -db: %w", path, ErrNoDatabase)
	case errors.Is(err, fs.ErrNotExist):
		if err := prepareFolder(filepath.Dir(path), makeFolder); err != nil {
			return false, err
		}
	case err != nil:
		return false, fmt.Errorf("the database %s cannot be looked at: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, fmt.Errorf("the database %s cannot be opened for reading and writing: give its owner's account the right to write it, or name another file: %w", path, err)
	}
	defer f.Close()
	var head [len(header)]byte
	n, err := io.ReadFull(f, head[:])
	if err == io.EOF {
		return false, nil // a new file
	}
	if err != nil && err != io.ErrUnexpectedEOF {
		return false, fmt.Errorf("the database %s cannot be read: %w", path, err)
	}
	if string(head[:n]) != header {
		return false, fmt.Errorf("%s is not an SQLite database: name another file with -db, or move this one away", path)
	}
	return true, nil
}

func prepareFolder(dir string, makeIt bool) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is a file, not a folder: name another place for the database", dir)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the folder %s cannot be looked at: %w", dir, err)
	case !makeIt:
		return fmt.Errorf("the folder %s does not exist: make it, or name another place with -db", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the data folder %s cannot be made: make it yourself or name another with -data: %w", dir, err)
	}
	return nil
}

// openSQLite opens the pools of a file. copyTo, for a database that was there, copies it beside itself.
func (db *DB) openSQLite(ctx context.Context, opts Options) (copyTo func(from int) error, err error) {
	path := db.target.path
	existing, err := prepareFile(path, opts.URL == "", opts.MustExist)
	if err != nil {
		return nil, err
	}
	if opts.Readers == 0 {
		opts.Readers = 4
	}
	db.d = sqliteDialect{path: path}
	if db.writePool, db.readPool, err = openPools(path, opts); err != nil {
		return nil, db.d.inWords(err)
	}
	if db.movePool, err = openWriting(path, opts); err != nil {
		db.readPool.Close()
		db.writePool.Close()
		return nil, db.d.inWords(err)
	}
	if !existing {
		return nil, nil
	}
	return func(from int) error {
		to := fmt.Sprintf("%s.before-migration-%04d-%s", path, from, time.Now().UTC().Format("20060102T150405.000"))
		db.log.Info("database copied before migration", "copy", filepath.Base(to), "schema", from)
		return vacuumInto(ctx, db.writePool, to)
	}, nil
}

// openPools opens the one writing connection and the reading pool.
func openPools(path string, opts Options) (write, read *sql.DB, err error) {
	if write, err = openWriting(path, opts); err != nil {
		return nil, nil, err
	}
	if read, err = sql.Open(driverName, dsn(path, readParams(opts.BusyWait)+opts.sqliteParams)); err != nil {
		write.Close()
		return nil, nil, err
	}
	read.SetMaxOpenConns(opts.Readers)
	read.SetMaxIdleConns(opts.Readers)
	read.SetConnMaxLifetime(0)
	return write, read, nil
}

// openWriting opens a pool of one connection that may write.
func openWriting(path string, opts Options) (*sql.DB, error) {
	pool, err := sql.Open(driverName, dsn(path, writeParams(opts.BusyWait)+opts.sqliteParams))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	pool.SetMaxIdleConns(1)
	pool.SetConnMaxLifetime(0)
	return pool, nil
}

func (d sqliteDialect) inWords(err error) error {
	path := d.path
	switch d.fault(err) {
	case busy:
		return fmt.Errorf("the database %s is held by another program: stop that program (another server, an open database browser) and try again: %w", path, err)
	case full:
		return fmt.Errorf("the disk of %s is full: make room and try again: %w", path, err)
	case unwritable:
		return fmt.Errorf("the database %s or its folder cannot be written: give the server's account the right to write both, or name another place: %w", path, err)
	case broken:
		return fmt.Errorf("%s is not a database or is damaged: restore a backup, or name another file: %w", path, err)
	case unopenable:
		return fmt.Errorf("the database %s cannot be opened: check that its folder exists and may be written: %w", path, err)
	}
	return fmt.Errorf("the database %s: %w", path, err)
}
