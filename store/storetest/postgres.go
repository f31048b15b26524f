package storetest

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// PostgresEnv names a database of a PostgreSQL server in which tests may make schemas, as a URL. With PostgresRequired set, tests fail
// where the database is not named instead of being skipped.
const (
	PostgresEnv      = "CROSSWALK_POSTGRES"
	PostgresRequired = "CROSSWALK_POSTGRES_REQUIRED"
)

// Postgres is the URL of an empty place in the database that the environment names: a schema of its own that goes with the test.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresEnv)
	if server == "" {
		if os.Getenv(PostgresRequired) != "" {
			t.Fatalf("%s names no database, and %s asks for one", PostgresEnv, PostgresRequired)
		}
		t.Skipf("set %s to the URL of a PostgreSQL database in which schemas may be made", PostgresEnv)
	}
	u, err := url.Parse(server)
	must(t, err)
	schema := "crosswalk_test_" + strings.ToLower(rand.Text()[:12])
	run := func(statement string) {
		t.Helper()
		db, err := sql.Open("pgx", server)
		must(t, err)
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %s: %v", PostgresEnv, statement, err)
		}
	}
	run("CREATE SCHEMA " + schema)
	t.Cleanup(func() { run("DROP SCHEMA " + schema + " CASCADE") })
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}
