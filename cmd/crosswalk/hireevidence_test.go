package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"crosswalk/progress"
	"crosswalk/progress/evidence"
	"crosswalk/quizzes"
)

// evidencePages makes a draft of colin's with two judges who have rated, the second round under way, and with counts of groups, and gives its pages and those
// of who helps with it.
func evidencePages(t *testing.T, data string) []string {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	quiet := streams{strings.NewReader(""), io.Discard, io.Discard}
	f := newFlags("test", quiet).withDB()
	f.data = data
	prog, _, closeDB, err := openProgress(ctx, f, quiet, true)
	must(err)
	defer closeDB()
	colin, err := prog.UserByEmail(ctx, progress.Operator(progress.DefaultOrg), "colin@example.org")
	must(err)
	boss := colin.Actor()
	x, err := prog.SaveAssessment(ctx, boss, progress.AssessmentInput{ClientKey: "key-of-a-draft", Spec: progress.AssessmentSpec{
		Name: "Visits", Minutes: 45, PassPercent: 75, Questions: []progress.AreaCount{{Area: "em", Count: 2}, {Area: "icd10cm", Count: 1}}, Tries: 1, KeepDays: 30,
		Charts: progress.ChartSpec{Count: 1, Weight: 3, Settings: []quizzes.Share{{Setting: "office", Weight: 1}}},
		Job:    progress.JobNote{Title: "Coder", Tasks: []progress.JobTask{{Text: "Codes visits", Areas: []string{"em"}, Settings: []string{"office"}}, {Text: "Answers denials"}}},
	}})
	must(err)
	must(prog.StartPanel(ctx, boss, x.ID, "Codes most visits alone.", false))
	var links []string
	for i, name := range []string{"Ann", "Bob", "Personnel"} {
		kind := progress.HelperJudge
		if i == 2 {
			kind = progress.HelperRecorder
		}
		h, err := prog.AddHelper(ctx, boss, x.ID, kind, name, "key-of-"+name, 7)
		must(err)
		if kind == progress.HelperRecorder {
			must(prog.RecordCounts(ctx, h.Token, "", []evidence.Group{{Name: "Women", Tested: 40, Selected: 12}, {Name: "Men", Tested: 80, Selected: 48}}))
			links = append(links, "/groups/"+string(h.Token))
			continue
		}
		must(prog.Rate(ctx, h.Token, "", 1, map[int]int{0: 60 + 20*i, 1: 70, 2: 80, 3: 65}))
		links = append(links, "/judge/"+string(h.Token))
	}
	must(prog.NextRound(ctx, boss, x.ID))
	base := "/hire/" + string(x.ID)
	return []string{base + "/evidence", base + "/ratings", links[0], links[2]}
}

// TestHireEvidence: the sheet of a draft says by command what it says on its page.
func TestHireEvidence(t *testing.T) {
	data, ctx := t.TempDir(), t.Context()
	if o := try(t, "a sentence to remember\n", "user", "add", "-name", "Colin", "-email", "colin@example.org", "-role", "employer", "-data", data); o.status != statusOK {
		t.Fatalf("user add: %+v", o)
	}
	quiet := streams{strings.NewReader(""), io.Discard, io.Discard}
	f := newFlags("test", quiet).withDB()
	f.data = data
	prog, _, closeDB, err := openProgress(ctx, f, quiet, true)
	if err != nil {
		t.Fatal(err)
	}
	colin, err := prog.UserByEmail(ctx, progress.Operator(progress.DefaultOrg), "colin@example.org")
	if err != nil {
		t.Fatal(err)
	}
	x, err := prog.SaveAssessment(ctx, colin.Actor(), progress.AssessmentInput{ClientKey: "key-of-a-test", Spec: progress.AssessmentSpec{
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
