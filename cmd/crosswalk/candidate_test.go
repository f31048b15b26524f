package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crosswalk/progress"
)

// hiringData is a data folder with an employer and an open hiring test of four questions and a chart, whose id is given.
func hiringData(t *testing.T) (dir string, id progress.AssessmentID) {
	t.Helper()
	dir, prog, boss, closeDB := employs(t)
	defer closeDB()
	ctx := t.Context()
	x, err := prog.SaveAssessment(ctx, boss, progress.AssessmentInput{ClientKey: "journey-of-a-candidate", Spec: progress.AssessmentSpec{
		Name: "Office coder", Minutes: 60, PassPercent: 70, Tries: 1, KeepDays: 30, Questions: []progress.AreaCount{{Area: "icd10cm", Count: 4}}, Charts: progress.ChartSpec{Count: 1},
		Job: progress.JobNote{Title: "Coder", Tasks: []progress.JobTask{{Text: "Codes visits", Areas: []string{"icd10cm", "cases"}}}},
	}})
	if err == nil {
		x, err = prog.OpenAssessment(ctx, boss, x.ID, x.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir, x.ID
}

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
