package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"crosswalk/grading"
	"crosswalk/quizzes/audit"
)

// TestAuditCommand: draw, solve and grade on the command line.
func TestAuditCommand(t *testing.T) {
	var d drawn
	var right grading.Answer
	for seed := 1; seed < 60 && (d.Case == "" || len(right.Diagnoses) == 0); seed++ { // one with a fault, and one without for the right claim
		got := try(t, "", "audit", "draw", "ed-colles-fracture", "-seed", strconv.Itoa(seed), "-json", "-answer")
		var x drawn
		if err := json.Unmarshal([]byte(got.out), &x); err != nil || got.status != statusOK {
			t.Fatalf("draw: %v %+v", err, got)
		}
		if x.Fault.Fault == nil {
			right = x.Claim
		} else if d.Case == "" {
			d = x
		}
	}
	plain := try(t, "", "audit", "draw", "ed-colles-fracture", "-seed", strconv.Itoa(int(d.Seed)), "-json")
	if strings.Contains(plain.out, `"answer"`) || strings.Contains(plain.out, `"fault"`) {
		t.Errorf("draw gives the answer away: %s", plain.out)
	}
	file := filepath.Join(t.TempDir(), "report.json")
	write := func(v any) {
		t.Helper()
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(audit.Report{Line: d.Fault.Fault.Lines[0], Kind: d.Fault.Fault.Kind, Claim: &right})
	got := try(t, "", "audit", "grade", "ed-colles-fracture", "-seed", strconv.Itoa(int(d.Seed)), file, "-json")
	var res audit.Result
	if err := json.Unmarshal([]byte(got.out), &res); err != nil || got.status != statusOK || !res.Right || res.Percent != 100 {
		t.Errorf("grade: %v %+v", err, got)
	}
	list := try(t, "", "audit", "list", "ed-colles-fracture", "-json")
	var faults []audit.Fault
	if err := json.Unmarshal([]byte(list.out), &faults); err != nil || !slices.ContainsFunc(faults, func(f audit.Fault) bool { return f.Kind == audit.Laterality && f.Is == "S52.532A" }) {
		t.Errorf("list: %v %.300s", err, list.out)
	}
	write(map[string]any{"line": "dx-77", "kind": "typo"})
	for name, c := range map[string]struct {
		args   []string
		status int
		say    string
	}{
		"draw for people":         {[]string{"audit", "draw", "ed-colles-fracture", "-seed", "3"}, statusOK, "px-1"},
		"draw with the answer":    {[]string{"audit", "draw", "ed-colles-fracture", "-seed", strconv.Itoa(int(d.Seed)), "-answer"}, statusOK, string(d.Fault.Fault.Kind) + " at "},
		"list for people":         {[]string{"audit", "list", "ed-chest-pain"}, statusOK, "uncertain"},
		"no verb":                 {[]string{"audit"}, statusUsage, "crosswalk audit draw"},
		"another verb":            {[]string{"audit", "paint", "ed-chest-pain"}, statusUsage, "crosswalk audit draw"},
		"no such case":            {[]string{"audit", "draw", "nowhere"}, statusUsage, "no case"},
		"no such file":            {[]string{"audit", "grade", "ed-chest-pain", "nowhere.json"}, statusUsage, "nowhere.json"},
		"a report that is not OK": {[]string{"audit", "grade", "ed-colles-fracture", "-seed", "3", file}, statusUsage, "dx-77"},
	} {
		got := try(t, "", c.args...)
		if got.status != c.status || !strings.Contains(got.out+got.err, c.say) {
			t.Errorf("%s: status %d, want %d; %s%s, want %q in it", name, got.status, c.status, got.out, got.err, c.say)
		}
	}
}
