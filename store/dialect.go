package store

import (
	"gorm.io/gorm"
)

// dialect is what differs between databases. The SQL of this package does not.
type dialect interface {
	// gorm wraps an open connection or pool.
	gorm(pool gorm.ConnPool) gorm.Dialector
	// begin is the statement that begins a write transaction.
	begin() string
	// forShare ends a SELECT in a write transaction whose rows must stay as they are read until it is committed.
	forShare() string
	// tables is a query for the number of tables and how many of them are schema_migrations.
	tables() string
	// fault says what kind of error the database answered with.
	fault(err error) fault
}

// fault is a kind of database error, as far as anything depends on it.
type fault int

const (
	otherFault fault = iota
	duplicate        // a unique or primary key is there already
	foreignKey       // a row refers to one that is not there
	busy             // another program holds the database
	full             // no room on the disk
	unwritable       // the database or its disk cannot be written
	broken           // not a database, damaged, or the disk fails
	unopenable       // no such file or folder, or no right to open it
)
