package store

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// ErrURL is wrapped by the errors of ParseURL.
var ErrURL = errors.New("not a database that can be used")

// ParseURL reads what -db says and answers the path of an SQLite file: a plain path, or file:PATH or sqlite:PATH, with or without // and
// with percent escapes. PostgreSQL and everything else is an error that says what to write instead.
func ParseURL(s string) (path string, err error) {
	if strings.HasPrefix(s, ":memory:") {
		return "", fmt.Errorf("-db %s: a database in memory keeps nothing; give the path of a file: %w", s, ErrURL)
	}
	scheme, rest, found := strings.Cut(s, ":")
	// One letter before the colon is a drive, a slash before it a path.
	if !found || len(scheme) < 2 || strings.ContainsAny(scheme, `/\.`) {
		if s == "" {
			return "", fmt.Errorf("-db is empty: give the path of a file such as data/crosswalk.db: %w", ErrURL)
		}
		return filepath.Clean(s), nil
	}
	switch strings.ToLower(scheme) {
	case "file", "sqlite", "sqlite3":
	case "postgres", "postgresql":
		return "", fmt.Errorf("PostgreSQL comes with a later version: give the path of an SQLite file such as data/crosswalk.db: %w", ErrURL)
	default:
		return "", fmt.Errorf("-db: %q is not known; give a path, file:PATH or sqlite:PATH: %w", scheme, ErrURL)
	}
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
