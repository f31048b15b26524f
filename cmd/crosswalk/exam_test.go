package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestExamCommands: drawing prints what is documented and nothing of how items are shown or of keys; the list and the table of check give
// the same figures.
func TestExamCommands(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "quizzes", "exams", "mine.yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	src := "id: mine\nname: Mine\nminutes: 10\nitems: 3\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nareas: [{id: icd10cm, count: 2}]\ncharts: {count: 1, weight: 4}\n"
	if err := os.WriteFile(path, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	got := try(t, "", "exam", "draw", "mine", "-seed", "7", "-json", "-content", dir)
	var form struct {
		Blueprint string
		Seed      uint64
		Items     []map[string]any
	}
	if err := json.Unmarshal([]byte(got.out), &form); err != nil || got.status != statusOK || form.Blueprint != "mine" || form.Seed != 7 || len(form.Items) != 3 {
		t.Fatalf("%v: %+v", err, got)
	}
	for i, it := range form.Items {
		want := 3
		if i == 2 {
			want = 5
			if it["kind"] != "case" || it["weight"] != 4.0 || it["area"] != "cases" {
				t.Errorf("%v", it)
			}
		}
		if it["group"] != nil {
			want++
		}
		if len(it) != want || it["id"] == "" || it["scored"] != true {
			t.Errorf("%v", it)
		}
	}
	if got := try(t, "", "exam", "draw", "mine", "-content", dir); got.status != statusOK || strings.Count(got.out, "\n") != 3 || !strings.Contains(got.out, "chart") {
		t.Errorf("%+v", got)
	}

	list := try(t, "", "exam", "list", "-json", "-content", dir)
	var exams []listedExam
	if err := json.Unmarshal([]byte(list.out), &exams); err != nil || list.status != statusOK {
		t.Fatalf("%v: %+v", err, list)
	}
	found := map[string]listedExam{}
	for _, e := range exams {
		found[e.ID] = e
	}
	if e := found["mine"]; e.Name != "Mine" || e.Items != 3 || e.Forms < 2 || (e.Short == "") != (e.Forms == mostForms) {
		t.Errorf("%+v", e)
	}
	if found["cpc"].Items != 100 || found["cpc-half"].Minutes != 120 || found["drill-icd10cm"].Forms < 1 {
		t.Errorf("%+v", found)
	}
	table := try(t, "", "exam", "list", "-content", dir)
	t.Setenv("CROSSWALK_RELEASES", "")
	checked := try(t, "", "check", "-content", dir)
	row := regexp.MustCompile(`(?m)^mine .*$`)
	if a, b := strings.Fields(row.FindString(table.out)), strings.Fields(row.FindString(checked.out)); len(a) < 4 || strings.Join(a, " ") != strings.Join(b, " ") {
		t.Errorf("list %v, check %v", a, b)
	}
	for _, args := range [][]string{{"exam"}, {"exam", "list", "cpc"}, {"exam", "draw"}, {"exam", "draw", "nothing"}} {
		if got := try(t, "", args...); got.status != statusUsage {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
