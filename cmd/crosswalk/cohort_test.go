package main

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crosswalk/progress"
)

// TestCohortCommands: what the pages of a cohort do, a command does.
func TestCohortCommands(t *testing.T) {
	data := t.TempDir()
	in := func(args ...string) []string { return append(args, "-data", data) }
	for _, u := range [][]string{{"Ines", "ines@example.org", "instructor"}, {"=Lea", "lea@example.org", "learner"}} {
		if o := try(t, "a sentence to remember\n", in("user", "add", "-name", u[0], "-email", u[1], "-role", u[2])...); o.status != statusOK {
			t.Fatalf("user add: %+v", o)
		}
	}
	f := newFlags("test", streams{strings.NewReader(""), io.Discard, io.Discard}).withDB()
	f.data = data
	prog, _, closeDB, err := openProgress(t.Context(), f, streams{strings.NewReader(""), io.Discard, io.Discard}, true)
	if err != nil {
		t.Fatal(err)
	}
	ines, err := prog.UserByEmail(t.Context(), progress.Operator(progress.DefaultOrg), "ines@example.org")
	if err != nil {
		t.Fatal(err)
	}
	co, err := prog.CreateCohort(t.Context(), ines.Actor(), "Monday group")
	if err == nil {
		_, err = prog.SaveAssignment(t.Context(), ines.Actor(), progress.AssignmentDraft{Cohort: co.ID, ClientKey: "key-of-a-test", Kind: progress.AssignDrill, Ref: "em", Amount: 3})
	}
	if err != nil {
		t.Fatal(err)
	}
	closeDB()

	file := filepath.Join(t.TempDir(), "class.csv")
	if err := os.WriteFile(file, []byte("name,email\nLea,lea@example.org\nBen,ben\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := try(t, "", in("cohort", "invite", "monday GROUP", file)...); o.status != statusUsage || !strings.Contains(o.err, "class.csv: Line 3:") {
		t.Errorf("a file with a problem: %+v", o)
	}
	if err := os.WriteFile(file, []byte("name,email\nLea,lea@example.org\nBen,ben@example.org\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := try(t, "", in("cohort", "invite", "Monday group", file, "-json")...); o.status != statusOK {
		t.Fatalf("invite: %+v", o)
	} else {
		var got invitedJSON
		if err := json.Unmarshal([]byte(o.out), &got); err != nil || len(got.Added) != 1 || len(got.Invited) != 1 || !strings.HasPrefix(got.Invited[0].Path, "/join/") {
			t.Errorf("invite: %s", o.out)
		}
	}
	for _, c := range []struct {
		args   []string
		status int
		want   []string
	}{
		{[]string{"cohort", "list"}, statusOK, []string{"Monday group", "ines@example.org", "1 cohorts"}},
		{[]string{"cohort", "list", "-json"}, statusOK, []string{`"name": "Monday group"`}},
		{[]string{"cohort", "show", string(co.ID)}, statusOK, []string{"=Lea", "1 assignments", "drill", "1 invited who have not come yet"}},
		{[]string{"cohort", "show", "Monday group", "-json"}, statusOK, []string{`"kind": "drill"`, `"email": "ben@example.org"`}},
		{[]string{"cohort", "grades", "Monday group"}, statusOK, []string{"0 done, 0 late, 0 missing"}},
		{[]string{"cohort", "grades", "Monday group", "-csv"}, statusOK, []string{"learner,email,", "'=Lea,lea@example.org,open"}},
		{[]string{"cohort", "grades", "Monday group", "-json"}, statusOK, []string{`"state": "open"`}},
		{[]string{"cohort", "grades", "Monday group", "-xlsx", filepath.Join(data, "grades.xlsx")}, statusOK, []string{"holds the grades of 1 learners"}},
		{[]string{"cohort"}, statusUsage, []string{"say what to do"}},
		{[]string{"cohort", "close", "x"}, statusUsage, []string{"none of list, show, grades, invite"}},
		{[]string{"cohort", "show"}, statusUsage, []string{"takes the id or name"}},
		{[]string{"cohort", "show", "Tuesday group"}, statusUsage, []string{"there is no cohort"}},
		{[]string{"cohort", "invite", "Monday group", "nowhere.csv"}, statusUsage, []string{"nowhere.csv"}},
		{[]string{"cohort", "grades", "Monday group", "-csv", "-json"}, statusUsage, []string{"choose one"}},
		{[]string{"cohort", "grades", "Monday group", "-zone", "Nowhere"}, statusUsage, []string{"no time zone"}},
	} {
		o := try(t, "", in(c.args...)...)
		for _, want := range c.want {
			if o.status != c.status || !strings.Contains(o.out+o.err, want) {
				t.Errorf("%v: status %d, want %d and %q\n%s%s", c.args, o.status, c.status, want, o.out, o.err)
			}
		}
	}
	z, err := zip.OpenReader(filepath.Join(data, "grades.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	z.Close()
}
