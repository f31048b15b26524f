package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
)

const (
	// oldestPostgres is the oldest server that is tried with the statements here.
	oldestPostgres = 13
	// postgresLanes is how many connections write. More do not commit more: they share the server's log.
	postgresLanes = 6
	// postgresReaders is how many connections read where Options do not say.
	postgresReaders = 8
	// migrationLock is the key of the advisory lock under which a database is migrated: "crosswal" in ASCII.
	migrationLock = 0x63726f737377616c
)

// postgresDialect is PostgreSQL through pgx under gorm.io/driver/postgres.
type postgresDialect struct {
	target  Target
	writers int
}

func (postgresDialect) gorm(pool gorm.ConnPool) gorm.Dialector {
	return gormpostgres.New(gormpostgres.Config{Conn: pool, WithoutReturning: true})
}

// pgx keeps prepared statements itself, a bounded number to a connection.
func (postgresDialect) prepare() bool { return false }

func (d postgresDialect) lanes() int { return d.writers }

func (postgresDialect) shared() bool { return true }

// A server that is gone without a word is otherwise noticed after a quarter of an hour.
func (postgresDialect) patience() time.Duration { return 30 * time.Second }

// READ WRITE makes a standby refuse at once, and holds against a default of the role.
func (postgresDialect) begin() string { return "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE" }

// commit looks at what the server says that it did: it answers ROLLBACK, and no error, to the COMMIT of a transaction that had failed.
func (postgresDialect) commit(ctx context.Context, c *sql.Conn) error {
	return c.Raw(func(conn any) error {
		tag, err := conn.(*postgresConn).Conn.Conn().Exec(ctx, "COMMIT")
		switch {
		case err != nil && faultOfPostgres(err) == unreachable:
			return fmt.Errorf("the connection was lost, so it is not known whether it is stored: %w", err)
		case err != nil:
			return err
		case tag.String() != "COMMIT":
			return errSpoiled
		}
		return nil
	})
}

func (postgresDialect) forShare() string { return " FOR SHARE" }

func (postgresDialect) rebind(text string) string {
	var b strings.Builder
	n, quoted := 0, false
	for _, c := range text {
		switch {
		case c == '\'':
			quoted = !quoted
		case c == '?' && !quoted:
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

var (
	textType    = regexp.MustCompile(`\bTEXT\b`)
	integerType = regexp.MustCompile(`\bINTEGER\b`)
	references  = regexp.MustCompile(`\bREFERENCES\s+\w+\s*\([^)]*\)`)
)

// ddl: SQLite compares texts by bytes and folds the case of ASCII alone, which is what the collation C does, and its integers have 64
// bits. Deferrable foreign keys are still checked at each statement, but a restored backup may come in any order.
func (postgresDialect) ddl(text string) string {
	text = textType.ReplaceAllString(text, `TEXT COLLATE "C"`)
	text = integerType.ReplaceAllString(text, "BIGINT")
	return references.ReplaceAllString(text, "$0 DEFERRABLE")
}

// The lock goes with the transaction. Another server's migration may take its time.
func (postgresDialect) migrateAlone() string {
	return fmt.Sprintf("SET LOCAL lock_timeout = '10min'; SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock(%d)", int64(migrationLock))
}

func (postgresDialect) tables() string {
	return `SELECT COUNT(*), COALESCE(SUM(CASE WHEN relname = 'schema_migrations' THEN 1 ELSE 0 END), 0) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')`
}

// Several servers go by the one clock that they share.
func (postgresDialect) clock(ctx context.Context, pool *sql.DB) (time.Time, error) {
	var now int64
	err := pool.QueryRowContext(ctx, "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)").Scan(&now)
	return at(now), err
}

func (postgresDialect) local() bool { return false }

func (postgresDialect) fault(err error) fault { return faultOfPostgres(err) }

func (d postgresDialect) inWords(err error) error { return postgresInWords(d.target, err) }

// PostgreSQL tidies up by itself.
func (postgresDialect) tidy(context.Context, *sql.Conn) error { return nil }

// openPostgres opens the pools of a server's database and looks whether it will do.
func (db *DB) openPostgres(ctx context.Context, opts Options) error {
	if opts.Readers == 0 {
		opts.Readers = postgresReaders
	}
	if opts.writers == 0 {
		opts.writers = postgresLanes
	}
	db.d = postgresDialect{target: db.target, writers: opts.writers}
	// remote_apply promises more than on, so it stays where somebody asked for it.
	db.writePool = postgresPool(db.target.pg, opts.writers, fmt.Sprintf(`SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply';
		SET lock_timeout = %d; SET idle_in_transaction_session_timeout = %d`, opts.BusyWait.Milliseconds(), 2*db.d.patience().Milliseconds()))
	db.readPool = postgresPool(db.target.pg, opts.Readers, "SET default_transaction_read_only = on")
	if err := db.lookAtPostgres(ctx, opts.MustExist); err != nil {
		db.readPool.Close()
		db.writePool.Close()
		return db.d.inWords(err)
	}
	return nil
}

func postgresPool(cfg *pgx.ConnConfig, conns int, settings string) *sql.DB {
	pool := sql.OpenDB(postgresConnector{stdlib.GetConnector(*cfg, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, settings)
		return err
	}))})
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool
}

// Errors of a database that cannot be used, beside those that the server words itself.
var (
	errOldPostgres = errors.New("too old")
	errEncoding    = errors.New("not UTF-8")
	errStandby     = errors.New("a standby")
	errNoSchema    = errors.New("no schema")
)

func (db *DB) lookAtPostgres(ctx context.Context, mustExist bool) error {
	var number int
	var encoding string
	var standby bool
	var schema *string
	err := db.writePool.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), pg_is_in_recovery(), current_schema()`).
		Scan(&number, &encoding, &standby, &schema)
	switch {
	case err != nil:
		return err
	case number < oldestPostgres*10000:
		return fmt.Errorf("%w: %d", errOldPostgres, number/10000)
	case encoding != "UTF8":
		return fmt.Errorf("%w: %s", errEncoding, encoding)
	case standby:
		return errStandby
	case schema == nil:
		return errNoSchema
	}
	if !mustExist {
		return nil
	}
	have, err := schemaVersion(ctx, db.d, db.writePool)
	if err == nil && have == 0 {
		err = ErrNoDatabase
	}
	return err
}

// postgresConnector makes connections that clean texts.
type postgresConnector struct{ driver.Connector }

func (c postgresConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &postgresConn{conn.(*stdlib.Conn)}, nil
}

// postgresConn is pgx's connection. PostgreSQL takes neither NUL nor bytes that are no UTF-8 in a text, and would refuse a whole answer
// for one of them, so each becomes U+FFFD on its way.
type postgresConn struct{ *stdlib.Conn }

// CheckNamedValue implements driver.NamedValueChecker.
func (c *postgresConn) CheckNamedValue(v *driver.NamedValue) error {
	switch x := v.Value.(type) {
	case string:
		v.Value = cleanText(x)
	case *string:
		if x != nil {
			v.Value = cleanText(*x)
		}
	case nil, int, int64, *int64:
	default:
		if r := reflect.ValueOf(x); r.Kind() == reflect.String {
			v.Value = cleanText(r.String())
		}
	}
	return c.Conn.CheckNamedValue(v)
}

// cleanText is a text as PostgreSQL takes it.
func cleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
