package main

import (
	"encoding/json"
	"strings"
	"testing"

	"crosswalk/progress"
)

// TestHireEvidence: the sheet of a draft says by command what it says on its page.
func TestHireEvidence(t *testing.T) {
	data, prog, boss, closeDB := employs(t)
	x, err := prog.SaveAssessment(t.Context(), boss, progress.AssessmentInput{ClientKey: "key-of-a-test", Spec: progress.AssessmentSpec{
		Name: "Visits", Minutes: 20, PassPercent: 75, Questions: []progress.AreaCount{{Area: "em", Count: 4}}, Tries: 1, KeepDays: 30,
		Job: progress.JobNote{Title: "Coder", Tasks: []progress.JobTask{{Text: "Codes visits", Areas: []string{"em"}}, {Text: "Answers denials"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	closeDB()
	o := try(t, "", "hire", "evidence", string(x.ID), "-data", data)
	for _, want := range []string{"Codes visits: 4 items, 100 % of the points", "Answers denials: nothing covers it", "not enough: 0 candidates", "expected reliability", "no judges were asked"} {
		if o.status != statusOK || !strings.Contains(o.out, want) {
			t.Errorf("evidence lacks %q: %+v", want, o)
		}
	}
	o = try(t, "", "hire", "evidence", string(x.ID), "-data", data, "-json")
	var got progress.EvidenceSheet
	if err := json.Unmarshal([]byte(o.out), &got); err != nil || got.V != 1 || got.Coverage.Bare != 1 || got.Line.Percent != 75 {
		t.Errorf("evidence -json: %v %+v", err, o)
	}
	if o := try(t, "", "hire", "evidence", "nothing", "-data", data); o.status != statusUsage {
		t.Errorf("an unknown test: %+v", o)
	}
}
