package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// A backup is an SQLite database with the tables of this package, whichever database it was made from. It can be served as it stands, and
// restored into either.

// table is a table as both databases have it.
type table struct {
	name    string
	columns []string
	key     []string // columns of the primary key
}

// tablesOf lists the tables of an SQLite database in the order in which they were made: what others refer to comes first.
func tablesOf(ctx context.Context, pool *sql.DB) ([]table, error) {
	rows, err := pool.QueryContext(ctx, `SELECT m.name, c.name, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid, c.cid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []table
	for rows.Next() {
		var name, column string
		var pk int
		if err := rows.Scan(&name, &column, &pk); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, table{name: name})
		}
		t := &out[len(out)-1]
		if t.columns = append(t.columns, column); pk > 0 {
			t.key = append(t.key, column)
		}
	}
	return out, rows.Err()
}

func (t table) selectAll() string {
	return "SELECT " + strings.Join(t.columns, ", ") + " FROM " + t.name + " ORDER BY " + strings.Join(t.key, ", ")
}

func (t table) insert() string {
	return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
}

// rowsOf reads the rows of a table one by one.
type rowsOf struct {
	table
	rows    *sql.Rows
	values  []any
	dests   []any
	n       int64
	cleaned int64 // texts that were changed on the way
	clean   func(string) string
	err     error
}

type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// readTable begins to read a table. clean is applied to each text; nil leaves them alone.
func readTable(ctx context.Context, q querier, t table, clean func(string) string) *rowsOf {
	r := &rowsOf{table: t, values: make([]any, len(t.columns)), dests: make([]any, len(t.columns)), clean: clean}
	for i := range r.values {
		r.dests[i] = &r.values[i]
	}
	r.rows, r.err = q.QueryContext(ctx, t.selectAll())
	return r
}

// Next goes to the next row. False at the end and after an error.
func (r *rowsOf) Next() bool {
	if r.err != nil || !r.rows.Next() {
		return false
	}
	if r.err = r.rows.Scan(r.dests...); r.err != nil {
		return false
	}
	for i, v := range r.values {
		if b, ok := v.([]byte); ok {
			v = string(b)
			r.values[i] = v
		}
		if s, ok := v.(string); ok && r.clean != nil {
			if c := r.clean(s); c != s {
				r.values[i] = c
				r.cleaned++
			}
		}
	}
	r.n++
	return true
}

// Values are those of the row, good until the next.
func (r *rowsOf) Values() ([]any, error) { return r.values, nil }

// Err is what ended the reading before its time.
func (r *rowsOf) Err() error {
	if r.err == nil {
		r.err = r.rows.Err()
	}
	return r.err
}

func (r *rowsOf) close() {
	if r.rows != nil {
		r.rows.Close()
	}
}

// newFile makes a file that must not be there yet, for its owner alone.
func newFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("backup: %s is there already: name a new file", path)
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return f, nil
}

// Backup writes a whole and consistent copy of the database to a new file that only its owner can read, while the server works. The file
// is an SQLite database with the same tables, whichever database this is. A file that is there already is an error.
func (db *DB) Backup(ctx context.Context, path string) error {
	if !db.target.Postgres() {
		return vacuumInto(ctx, db.readPool, path)
	}
	f, err := newFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err = db.copyTo(ctx, path); err == nil {
		err = f.Sync()
	}
	if err != nil {
		os.Remove(path)
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return nil
}

func vacuumInto(ctx context.Context, pool *sql.DB, path string) error {
	f, err := newFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err = pool.ExecContext(ctx, "VACUUM INTO ?", path); err == nil {
		err = f.Sync()
	}
	if err != nil {
		os.Remove(path)
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return nil
}

// copyTo copies all tables into an empty SQLite file, in one snapshot of the database.
func (db *DB) copyTo(ctx context.Context, path string) error {
	to, err := sql.Open(driverName, dsn(path, "_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=foreign_keys(0)&_txlock=immediate"))
	if err != nil {
		return err
	}
	defer to.Close()
	to.SetMaxOpenConns(1)
	if err := migrate(ctx, sqliteDialect{path: path}, to, db.ms, nil); err != nil {
		return err
	}
	tables, err := tablesOf(ctx, to)
	if err != nil {
		return err
	}
	from, err := db.readPool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer from.Rollback()
	have, err := schemaVersion(ctx, db.d, from)
	if err != nil {
		return err
	}
	if have != len(db.ms) {
		return fmt.Errorf("the database went from schema %d to %d meanwhile: use the program that migrated it", len(db.ms), have)
	}
	c, err := to.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return fill(ctx, sqliteDialect{path: path}, c, tables, func(t table) *rowsOf { return readTable(ctx, from, t, nil) })
}

// loading implements dialect: a write transaction of SQLite is alone.
func (sqliteDialect) loading([]table) []string { return []string{"PRAGMA defer_foreign_keys = ON"} }

// load implements dialect.
func (sqliteDialect) load(ctx context.Context, c *sql.Conn, _ table, rows *rowsOf) error {
	insert, err := c.PrepareContext(ctx, rows.insert())
	if err != nil {
		return err
	}
	defer insert.Close()
	for rows.Next() {
		if _, err := insert.ExecContext(ctx, rows.values...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// checkKeys implements dialect.
func (sqliteDialect) checkKeys(ctx context.Context, c *sql.Conn) error {
	var child, parent string
	var row, key any
	switch err := c.QueryRowContext(ctx, "PRAGMA foreign_key_check").Scan(&child, &row, &parent, &key); {
	case err == nil:
		return fmt.Errorf("a row of %s belongs to one of %s that is not there", child, parent)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	return nil
}
