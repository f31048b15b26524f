package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCandidateCommand invites from a file, lists, makes a new link, revokes, exports and erases.
func TestCandidateCommand(t *testing.T) {
	dir, id := hiringData(t)
	file := filepath.Join(dir, "people.csv")
	if err := os.WriteFile(file, []byte("name,number\nAnn Rivers,A-17\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(want int, args ...string) string {
		t.Helper()
		o := try(t, "", append([]string{"candidate"}, append(args, "-data", dir)...)...)
		if o.status != want {
			t.Fatalf("candidate %v: status %d, want %d: %+v", args, o.status, want, o)
		}
		return o.out
	}
	test := string(id)
	first := call(0, "invite", test, file, "-public-url", "https://hire.example.org/")
	if !strings.Contains(first, "Ann Rivers,,A-17,https://hire.example.org/sit/") {
		t.Errorf("invited:\n%s", first)
	}
	call(0, "invite", test, file) // the same people again are the same candidates
	var list []struct{ ID, State, Name string }
	if err := json.Unmarshal([]byte(call(0, "list", test, "-json")), &list); err != nil || len(list) != 1 || list[0].State != "invited" {
		t.Fatalf("list %+v: %v", list, err)
	}
	if out := call(0, "link", test, list[0].ID); !strings.Contains(out, "/sit/") {
		t.Errorf("a new link:\n%s", out)
	}
	call(0, "revoke", test, list[0].ID)
	if out := call(0, "export", test, list[0].ID); !strings.Contains(out, `"state": "revoked"`) && !strings.Contains(out, `"state":"revoked"`) {
		t.Errorf("export:\n%s", out)
	}
	call(0, "events", test, list[0].ID)
	call(0, "erase", test, list[0].ID)
	if out := call(0, "list", test); strings.Contains(out, "Ann Rivers") || !strings.Contains(out, "erased") {
		t.Errorf("after erasing:\n%s", out)
	}
	call(2, "list", "no-such-test")
	call(2, "sell", test)
	call(2, "invite", test, filepath.Join(dir, "none.csv"))
}
