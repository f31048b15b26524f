package store

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrURL is wrapped by the errors of ParseURL.
var ErrURL = errors.New("not a database that can be used")

// Target is which database is meant: a file of SQLite or a database of a PostgreSQL server.
type Target struct {
	path string
	pg   *pgx.ConnConfig
}

// Postgres says whether the database is one of a PostgreSQL server.
func (t Target) Postgres() bool { return t.pg != nil }

// String names the database for people: the path, or the URL without its passphrase and options.
func (t Target) String() string {
	if t.pg == nil {
		return t.path
	}
	u := url.URL{Scheme: "postgres", User: url.User(t.pg.User), Path: "/" + t.pg.Database}
	if strings.HasPrefix(t.pg.Host, "/") || strings.HasPrefix(t.pg.Host, "@") {
		u.RawQuery = "host=" + t.pg.Host
	} else {
		u.Host = net.JoinHostPort(t.pg.Host, strconv.Itoa(int(t.pg.Port)))
	}
	return u.String()
}

// ParseURL reads what -db says: the path of an SQLite file, plain or as file:PATH or sqlite:PATH, with or without // and with percent
// escapes; or postgres://USER@HOST:PORT/DATABASE, with ?host=/FOLDER for a socket and the other options of PostgreSQL's URLs. What a
// PostgreSQL URL leaves open comes from PGHOST, PGPASSWORD, a passfile and so on, as with PostgreSQL's own programs. No error shows a
// passphrase.
func ParseURL(s string) (Target, error) {
	if strings.HasPrefix(s, ":memory:") {
		return Target{}, fmt.Errorf("-db %s: a database in memory keeps nothing; give the path of a file: %w", s, ErrURL)
	}
	scheme, rest, found := strings.Cut(s, ":")
	// One letter before the colon is a drive, a slash before it a path.
	if !found || len(scheme) < 2 || strings.ContainsAny(scheme, `/\.`) {
		if s == "" {
			return Target{}, fmt.Errorf("-db is empty: give the path of a file such as data/crosswalk.db: %w", ErrURL)
		}
		return Target{path: filepath.Clean(s)}, nil
	}
	switch strings.ToLower(scheme) {
	case "file", "sqlite", "sqlite3":
		path, err := parsePath(rest)
		return Target{path: path}, err
	case "postgres", "postgresql":
		return parsePostgres(rest)
	}
	return Target{}, fmt.Errorf("-db: %q is not known; give a path, file:PATH, sqlite:PATH or postgres://USER@HOST/DATABASE: %w", scheme, ErrURL)
}

func parsePath(rest string) (string, error) {
	rest, query, _ := strings.Cut(rest, "?")
	if query != "" {
		return "", fmt.Errorf("-db: options after ? are not taken; the settings of the database are fixed: %w", ErrURL)
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		host, p, slash := strings.Cut(after, "/")
		switch {
		case slash && (host == "" || host == "localhost"):
			rest = "/" + p
		case host == "" || slash && host != "." && host != "..":
			return "", fmt.Errorf("-db: %q names a machine; a database file must be on this one: write sqlite:PATH or sqlite:///PATH: %w", host, ErrURL)
		default:
			rest = after // sqlite://./x.db, sqlite://x.db
		}
	}
	p, err := url.PathUnescape(rest)
	if err != nil {
		return "", fmt.Errorf("-db: %v: %w", err, ErrURL)
	}
	if p == "" || p == ":memory:" {
		return "", fmt.Errorf("-db: a database in memory keeps nothing; give the path of a file: %w", ErrURL)
	}
	return filepath.Clean(p), nil
}

// connectPatience is how long a connection to PostgreSQL may take to be made where neither the URL nor the environment says.
const connectPatience = 5 * time.Second

// parsePostgres reads what follows "postgres:". The parsers' own errors may quote a piece of the passphrase, so none is shown.
func parsePostgres(rest string) (Target, error) {
	u, err := url.Parse("postgres:" + rest)
	if err != nil || !strings.HasPrefix(rest, "//") {
		return Target{}, fmt.Errorf("-db: the address of PostgreSQL cannot be read: write postgres://USER@HOST:PORT/DATABASE or postgres:///DATABASE?host=/SOCKET/FOLDER, with other characters than letters, digits and -._~ as %%XX; a passphrase is best given in PGPASSWORD or a passfile: %w", ErrURL)
	}
	cfg, err := pgx.ParseConfig(u.String())
	if err != nil {
		return Target{}, fmt.Errorf("-db: the address of PostgreSQL has an option that cannot be used: look at its port, sslmode and the files of certificates, and at PGHOST, PGPORT, PGSSLMODE, PGSERVICE in the environment: %w", ErrURL)
	}
	if !u.Query().Has("connect_timeout") && os.Getenv("PGCONNECT_TIMEOUT") == "" {
		cfg.ConnectTimeout = connectPatience
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "crosswalk"
	}
	if cfg.Database == "" {
		cfg.Database = cfg.User // as PostgreSQL's own programs do
	}
	return Target{pg: cfg}, nil
}

// dsn is a path as SQLite's URI with parameters. What would end the path or begin an escape is escaped.
func dsn(path, params string) string {
	p := filepath.ToSlash(path)
	p = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(p)
	// file:a/b is relative and file:/a/b absolute; more than one leading slash would be read as the name of a machine.
	if strings.HasPrefix(p, "//") {
		p = "/" + strings.TrimLeft(p, "/")
	}
	return "file:" + p + "?" + params
}
