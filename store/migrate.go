package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// ErrNewer: the database was made by a newer version of Crosswalk.
var ErrNewer = errors.New("the database is newer than this program: install the newer version, or restore a backup made before it")

// migration is one numbered file.
type migration struct {
	version int
	name    string
	sql     string
}

// migrations reads the files of a folder; they are numbered from 1 without a gap: 0001_start.sql.
func migrations(fsys fs.FS) ([]migration, error) {
	files, err := fs.Glob(fsys, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var out []migration
	for i, f := range files { // sorted by name
		base := strings.TrimSuffix(path.Base(f), ".sql")
		number, name, ok := strings.Cut(base, "_")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n != i+1 {
			return nil, fmt.Errorf("%s: want number %04d and a name, as in 0001_start.sql", f, i+1)
		}
		text, err := fs.ReadFile(fsys, f)
		if err != nil {
			return nil, err
		}
		out = append(out, migration{version: n, name: name, sql: string(text)})
	}
	return out, nil
}

// schemaVersion is the newest migration that the database has; 0 for a new one. A database with tables of another program is refused.
func schemaVersion(ctx context.Context, d dialect, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (int, error) {
	var tables, ours int
	err := q.QueryRowContext(ctx, d.tables()).Scan(&tables, &ours)
	if err != nil {
		return 0, err
	}
	if tables == 0 {
		return 0, nil
	}
	if ours == 0 {
		return 0, errors.New("it is the database of another program: name another")
	}
	var v int
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM schema_migrations`).Scan(&v)
	return v, err
}

// migrate brings the database up to the newest of the migrations. copyTo, where not nil, is called once before an existing database is
// changed.
func migrate(ctx context.Context, d dialect, pool *sql.DB, ms []migration, copyTo func(from int) error) error {
	have, err := schemaVersion(ctx, d, pool)
	if err != nil {
		return err
	}
	if have > len(ms) {
		return fmt.Errorf("schema %d, this program knows up to %d: %w", have, len(ms), ErrNewer)
	}
	if have > 0 && have < len(ms) && copyTo != nil {
		if err := copyTo(have); err != nil {
			return fmt.Errorf("no copy could be made before migrating, so nothing was migrated: %w", err)
		}
	}
	for _, m := range ms {
		if err := apply(ctx, d, pool, m); err != nil {
			return fmt.Errorf("migration %04d_%s: %w", m.version, m.name, err)
		}
	}
	return nil
}

// apply runs one migration unless the database has it. The question is asked inside the write transaction: another server may start at
// the same moment.
func apply(ctx context.Context, d dialect, pool *sql.DB, m migration) error {
	tx, err := pool.BeginTx(ctx, nil) // immediate, by the DSN
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if alone := d.migrateAlone(); alone != "" {
		if _, err := tx.ExecContext(ctx, alone); err != nil {
			return err
		}
	}
	have, err := schemaVersion(ctx, d, tx)
	if err != nil || have >= m.version {
		return err
	}
	if m.version == 1 {
		if _, err := tx.ExecContext(ctx, d.ddl(`CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`)); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, d.ddl(m.sql)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, d.rebind(`INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)`), m.version, m.name, time.Now().UnixMilli()); err != nil {
		return err
	}
	return tx.Commit()
}
