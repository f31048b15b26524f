package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// ErrNotEmpty: the database has accounts or guests, which a restore would lose.
var ErrNotEmpty = errors.New("the database is not empty: a backup is restored into one in which nobody has worked yet")

// Restored says what a restore put into the database.
type Restored struct {
	Tables []TableRows
	// Cleaned is how many texts held a NUL or bytes that are no UTF-8, which PostgreSQL does not take; each became U+FFFD.
	Cleaned int64
}

// TableRows is how many rows a table got.
type TableRows struct {
	Table string
	Rows  int64
}

// Restore fills the database from a file that Backup wrote, of this version or an older one. All comes in or nothing. A database with
// learners is ErrNotEmpty; a file of a newer version is ErrNewer. No server may work on the database meanwhile.
func (db *DB) Restore(ctx context.Context, path string) (Restored, error) {
	out, err := db.restore(ctx, path)
	if err != nil {
		return Restored{}, fmt.Errorf("restore from %s: %w", path, err)
	}
	return out, nil
}

func (db *DB) restore(ctx context.Context, path string) (Restored, error) {
	if _, err := prepareBackup(path, db.target); err != nil {
		return Restored{}, err
	}
	from, done, err := openBackup(ctx, path, db.ms)
	if err != nil {
		return Restored{}, err
	}
	defer done()
	tables, err := tablesOf(ctx, from)
	if err != nil {
		return Restored{}, err
	}
	var clean func(string) string
	if db.target.Postgres() {
		clean = cleanText
	}
	var read []*rowsOf
	err = db.w.between(func(_ context.Context, c *sql.Conn) error {
		return fill(ctx, db.d, c, tables, func(t table) *rowsOf {
			r := readTable(ctx, from, t, clean)
			read = append(read, r)
			return r
		})
	})
	if err != nil {
		return Restored{}, err
	}
	db.kept.Clear()
	var out Restored
	for _, r := range read {
		out.Tables = append(out.Tables, TableRows{r.name, r.n})
		out.Cleaned += r.cleaned
	}
	return out, nil
}

// prepareBackup looks whether a file is an SQLite database and not the one that is to be filled.
func prepareBackup(path string, target Target) (os.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	if there, err := os.Stat(target.path); target.path != "" && err == nil && os.SameFile(info, there) {
		return nil, errors.New("it is the database itself: name a backup")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, len(header))
	if n, _ := f.Read(head); n < len(header) || string(head) != header {
		return nil, errors.New("it is no backup of Crosswalk: name a file that crosswalk backup wrote")
	}
	return info, nil
}

// openBackup opens a backup for reading. One of an older version is migrated in a copy of it.
func openBackup(ctx context.Context, path string, ms []migration) (pool *sql.DB, done func(), err error) {
	open := func(path, params string) (*sql.DB, error) {
		db, err := sql.Open(driverName, dsn(path, params))
		if err == nil {
			db.SetMaxOpenConns(1)
		}
		return db, err
	}
	d := sqliteDialect{path: path}
	if pool, err = open(path, "mode=ro"); err != nil {
		return nil, nil, err
	}
	var state string
	if err = pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&state); err == nil && state != "ok" {
		err = fmt.Errorf("it is damaged (%s): use another backup", state)
	}
	have := 0
	if err == nil {
		have, err = schemaVersion(ctx, d, pool)
	}
	if err == nil && have == 0 {
		err = errors.New("there is nothing in it")
	}
	if err == nil && have > len(ms) {
		err = fmt.Errorf("schema %d, this program knows up to %d: %w", have, len(ms), ErrNewer)
	}
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	if have == len(ms) {
		return pool, func() { pool.Close() }, nil
	}
	dir, err := os.MkdirTemp("", "crosswalk-restore-")
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	copied := filepath.Join(dir, "copy.db")
	err = vacuumInto(ctx, pool, copied)
	pool.Close()
	if err == nil {
		if pool, err = open(copied, "_pragma=foreign_keys(1)&_txlock=immediate"); err == nil {
			if err = migrate(ctx, d, pool, ms, nil); err != nil {
				pool.Close()
			}
		}
	}
	if err != nil {
		os.RemoveAll(dir)
		return nil, nil, err
	}
	return pool, func() { pool.Close(); os.RemoveAll(dir) }, nil
}

// fill empties tables and fills them with rows, in one transaction on a connection of the writer. ErrNotEmpty when there are learners.
func fill(ctx context.Context, d dialect, c *sql.Conn, tables []table, rows func(t table) *rowsOf) error {
	if _, err := c.ExecContext(ctx, d.begin()); err != nil {
		return err
	}
	defer c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // nothing to undo once it is committed
	for _, statement := range d.loading(tables) {
		if _, err := c.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := nobody(ctx, c); err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := c.ExecContext(ctx, "DELETE FROM "+t.name); err != nil {
			return err
		}
	}
	for _, t := range tables {
		r := rows(t)
		err := d.load(ctx, c, t, r)
		r.close()
		if err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	if err := d.checkKeys(ctx, c); err != nil {
		return err
	}
	return d.commit(ctx, c)
}

// loading implements dialect.
func (postgresDialect) loading(tables []table) []string {
	var out []string
	for _, t := range tables {
		out = append(out, "LOCK TABLE "+t.name+" IN EXCLUSIVE MODE")
	}
	return append(out, "SET CONSTRAINTS ALL DEFERRED")
}

// load implements dialect.
func (postgresDialect) load(ctx context.Context, c *sql.Conn, t table, rows *rowsOf) error {
	if err := rows.Err(); err != nil {
		return err
	}
	var n int64
	err := c.Raw(func(conn any) (err error) {
		n, err = conn.(*postgresConn).Conn.Conn().CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, rows)
		return err
	})
	if err == nil && n != rows.n {
		err = fmt.Errorf("%d rows were read and %d written", rows.n, n)
	}
	return err
}

// checkKeys implements dialect: deferred constraints are looked at now.
func (postgresDialect) checkKeys(ctx context.Context, c *sql.Conn) error {
	_, err := c.ExecContext(ctx, "SET CONSTRAINTS ALL IMMEDIATE")
	return err
}

// nobody answers ErrNotEmpty when there are learners.
func nobody(ctx context.Context, c *sql.Conn) error {
	var learners int
	if err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM learners").Scan(&learners); err != nil {
		return err
	}
	if learners > 0 {
		return ErrNotEmpty
	}
	return nil
}
