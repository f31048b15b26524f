package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
)

// dialect is what differs between databases. The SQL of this package does not.
type dialect interface {
	// gorm wraps an open connection or pool; prepare says whether gorm keeps prepared statements of its own.
	gorm(pool gorm.ConnPool) gorm.Dialector
	prepare() bool
	// lanes is how many connections write, each with a transaction of its own.
	lanes() int
	// shared says that others write at the same time: a transaction reads the state of its first statement, and may be refused for what
	// others wrote since (retry).
	shared() bool
	// patience is how long a write transaction may take before its connection is given up; 0 for ever.
	patience() time.Duration
	// begin is the statement that begins a write transaction.
	begin() string
	// commit ends one. Nil means that it is stored.
	commit(ctx context.Context, c *sql.Conn) error
	// forShare ends a SELECT in a write transaction whose rows must stay as they are read until it is committed. Whoever wants to change
	// them waits, and is then not refused: where the change must see what this transaction adds, write the rows instead (DB.found).
	forShare() string
	// rebind writes a statement's question marks the way that the driver wants its placeholders.
	rebind(text string) string
	// ddl writes the common SQL of a migration so that columns behave alike: texts compare by bytes, integers have 64 bits.
	ddl(text string) string
	// migrateAlone is run first in a migration's transaction and keeps other servers out of it. "" for none.
	migrateAlone() string
	// tables is a query for the number of tables and how many of them are schema_migrations.
	tables() string
	// fault says what kind of error the database answered with.
	fault(err error) fault
	// clock is the instant by the clock that exams go by; local says whether it is this machine's.
	clock(ctx context.Context, pool *sql.DB) (time.Time, error)
	local() bool
	// inWords says what a person can do about a database that does not open.
	inWords(err error) error
	// tidy runs between two transactions, on a timer and before closing.
	tidy(ctx context.Context, c *sql.Conn) error
	// loading are the statements with which a transaction that fills tables begins: nobody else writes to them, and what keys refer to is
	// looked at when all rows are in.
	loading(tables []table) []string
	// load puts all rows into an empty table.
	load(ctx context.Context, c *sql.Conn, t table, rows *rowsOf) error
	// checkKeys looks at what keys refer to, when all rows are in.
	checkKeys(ctx context.Context, c *sql.Conn) error
}

// fault is a kind of database error, as far as anything depends on it.
type fault int

const (
	otherFault  fault = iota
	duplicate         // a unique or primary key is there already
	foreignKey        // a row refers to one that is not there
	retry             // refused only because of what others wrote at the same time
	busy              // another program holds what is needed
	full              // no room on the disk
	unwritable        // the database or its disk cannot be written
	broken            // not a database, damaged, or the disk fails
	unopenable        // no such file or folder, or no right to open it
	unreachable       // the server does not answer or takes no more connections
)
