package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRecordsMoveAndItemsAreCalibrated: what user export writes user import reads, and a batch without answers says so.
func TestRecordsMoveAndItemsAreCalibrated(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	for _, name := range []string{"lea", "leo"} {
		if got := try(t, "a sentence to remember\n", "user", "add", "-data", data, "-name", name, "-email", name+"@example.org"); got.status != statusOK {
			t.Fatalf("%+v", got)
		}
	}
	exported := try(t, "", "user", "export", "lea@example.org", "-data", data)
	if exported.status != statusOK {
		t.Fatalf("%+v", exported)
	}
	file := filepath.Join(dir, "record.json")
	if err := os.WriteFile(file, []byte(exported.out), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(broken, []byte(exported.out[:len(exported.out)/2]), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args   []string
		status int
		say    string
	}{
		"import":         {[]string{"user", "import", file, "-email", "leo@example.org"}, statusOK, "the record of leo@example.org"},
		"as JSON":        {[]string{"user", "import", file, "-email", "leo@example.org", "-json"}, statusOK, `"attempts"`},
		"a broken file":  {[]string{"user", "import", broken, "-email", "leo@example.org"}, statusUsage, "broken"},
		"no file":        {[]string{"user", "import", filepath.Join(dir, "none.json"), "-email", "leo@example.org"}, statusUsage, "none.json"},
		"no account":     {[]string{"user", "import", file, "-email", "nobody@example.org"}, statusUsage, "no account"},
		"nobody named":   {[]string{"user", "import", file}, statusUsage, "-email"},
		"recalibrate":    {[]string{"recalibrate"}, statusOK, "0 first answers"},
		"a dry run":      {[]string{"recalibrate", "-dry-run", "-json"}, statusOK, `"dry_run": true`},
		"with arguments": {[]string{"recalibrate", "em"}, statusUsage, "no arguments"},
	} {
		got := try(t, "", append(c.args, "-data", data)...)
		if got.status != c.status || !strings.Contains(got.out+got.err, c.say) {
			t.Errorf("%s: want status %d and %q: %+v", name, c.status, c.say, got)
		}
	}
}
