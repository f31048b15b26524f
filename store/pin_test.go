package store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestLibcPin: modernc.org/sqlite is C translated against one version of modernc.org/libc; with another it may fail in ways that no
// compiler sees. Its documentation asks for the very version of its go.mod.
func TestLibcPin(t *testing.T) {
	module := func(path string) (m struct{ Version, GoMod string }) {
		t.Helper()
		out, err := exec.Command("go", "list", "-m", "-json", path).Output()
		if err != nil {
			t.Skipf("go list -m %s: %v", path, err)
		}
		if err := json.Unmarshal(out, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	driver, libc := module("modernc.org/sqlite"), module("modernc.org/libc")
	text, err := os.ReadFile(driver.GoMod)
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for sc := bufio.NewScanner(bytes.NewReader(text)); sc.Scan(); {
		if f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(sc.Text()), "require ")); len(f) >= 2 && f[0] == "modernc.org/libc" {
			want = f[1]
		}
	}
	if want == "" || libc.Version != want {
		t.Errorf("go.mod has modernc.org/libc %s; modernc.org/sqlite %s asks for %q: pin that", libc.Version, driver.Version, want)
	}
}
