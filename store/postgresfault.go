package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// faultOfPostgres reads the SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html. What has none comes from the
// connection.
func faultOfPostgres(err error) fault {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return faultOfState(e.Code)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return otherFault
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, driver.ErrBadConn), pgconn.SafeToRetry(err), pgconn.Timeout(err):
		return unreachable
	}
	return otherFault
}

func faultOfState(state string) fault {
	switch state {
	case "23505":
		return duplicate
	case "23503":
		return foreignKey
	case "40001", "40P01": // serialization failure, deadlock
		return retry
	case "55P03", "57014": // a lock could not be had in time; cancelled, by a time limit of the role or by an administrator
		return busy
	case "53100":
		return full
	case "25006", "42501": // read only, no right to it
		return unwritable
	case "58030", "XX001", "XX002": // input or output failed, damaged table, damaged index
		return broken
	case "40003": // not known whether it was done
		return unreachable
	}
	if len(state) == 5 {
		switch state[:2] {
		case "08", "53", "57": // connection, resources, shutting down or starting up
			return unreachable
		}
	}
	return otherFault
}

// postgresInWords says what a person can do about a database that does not open. pgx leaves the passphrase out of its errors.
func postgresInWords(t Target, err error) error {
	var e *pgconn.PgError
	state := ""
	if errors.As(err, &e) {
		state = e.Code
	}
	say := func(words string, args ...any) error {
		return fmt.Errorf("the database %s: %s: %w", t, fmt.Sprintf(words, args...), err)
	}
	switch {
	case errors.Is(err, ErrNoDatabase):
		return say("nothing is kept in it yet: start the server once, or name the right one with -db")
	case errors.Is(err, errOldPostgres):
		return say("the server is older than PostgreSQL %d: use a newer one", oldestPostgres)
	case errors.Is(err, errEncoding):
		return say("its texts are not kept in UTF-8: make one with CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8'")
	case errors.Is(err, errStandby):
		return say("the server is a standby and takes no writes: name the primary")
	case errors.Is(err, errNoSchema):
		return say("the role has no schema to work in: look at search_path, or make the role the owner of the database")
	case errors.Is(err, ErrNewer):
		return say("it was made by a newer program")
	case state == "3D000":
		return say("the server has no database of that name: make it with CREATE DATABASE %q OWNER %q, or name another", t.pg.Database, t.pg.User)
	case state == "28P01":
		return say("the passphrase of %s is wrong or missing: put the right one into PGPASSWORD, a passfile or the URL", t.pg.User)
	case state == "28000":
		return say("the server does not let %s in: make the role, or look at pg_hba.conf", t.pg.User)
	case state == "42501":
		return say("the role %s may not do that: make it the owner of the database, or GRANT CREATE, USAGE ON SCHEMA public to it", t.pg.User)
	case state == "53300":
		return say("the server takes no more connections: raise its max_connections (a Crosswalk server uses %d)", postgresLanes+postgresReaders)
	case state == "57P03":
		return say("the server is starting up or shutting down: try again in a moment")
	}
	switch faultOfPostgres(err) {
	case unreachable:
		return say("no server answers there: start it, or name the right host and port")
	case busy:
		return say("another program holds it: try again")
	case full:
		return say("the disk of the server is full: make room and try again")
	case unwritable:
		return say("it cannot be written: name a primary server and a role that may write")
	case broken:
		return say("it is damaged or its disk fails: restore a backup")
	}
	return fmt.Errorf("the database %s: %w", t, err)
}
