package main

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"crosswalk/progress"
	"crosswalk/progress/evidence"
	"crosswalk/quizzes"
)

// withPanel gives a draft two judges who have rated, the second round under way, and counts of groups. The pages are those of the draft and those of who helps
// with it.
func withPanel(t *testing.T, prog *progress.Service, boss progress.Actor, x progress.Assessment) (pages []string) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
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
		must(prog.Rate(ctx, h.Token, "", 1, map[int]int{0: 60 + 20*i, 1: 70, 2: 80, 3: 65, 4: 75}))
		links = append(links, "/judge/"+string(h.Token))
	}
	must(prog.NextRound(ctx, boss, x.ID))
	base := "/hire/" + string(x.ID)
	return []string{base + "/evidence", base + "/ratings", links[0], links[2]}
}

// TestHireEvidence: the sheet of a draft says by command what it says on its page, before judges were asked and while they rate. With CROSSWALK_AXE axe looks at the pages.
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
	draft := func(name string) progress.Assessment {
		x, err := prog.SaveAssessment(ctx, colin.Actor(), progress.AssessmentInput{ClientKey: "key-of-" + name, Spec: progress.AssessmentSpec{
			Name: name, Minutes: 30, PassPercent: 75, Questions: []progress.AreaCount{{Area: "em", Count: 4}}, Tries: 1, KeepDays: 30,
			Charts: progress.ChartSpec{Count: 1, Weight: 3, Settings: []quizzes.Share{{Setting: "office", Weight: 1}}},
			Job:    progress.JobNote{Title: "Coder", Tasks: []progress.JobTask{{Text: "Codes visits", Areas: []string{"em"}}, {Text: "Answers denials"}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	x, rated := draft("Visits"), draft("Rated")
	pages := withPanel(t, prog, colin.Actor(), rated)
	closeDB()
	says := func(id progress.AssessmentID, wants ...string) {
		t.Helper()
		o := try(t, "", "hire", "evidence", string(id), "-data", data)
		for _, want := range wants {
			if o.status != statusOK || !strings.Contains(o.out, want) {
				t.Errorf("evidence lacks %q: %+v", want, o)
			}
		}
	}
	says(x.ID, "Codes visits: 4 items, 57 % of the points", "Answers denials: nothing covers it", "not enough: 0 candidates", "expected reliability", "no judges were asked", "none recorded, or too few to be told")
	// Four questions and a chart of three points: one judge's line is (60+70+80+65+3*75)/7, the other's 20/7 more.
	says(rated.ID, "72.9 %, standard error 1.4, spread between judges 2.0, 2 judges, 5 items", "Women: 12 of 40, ratio 0.50, p 0.003, below four fifths", "Men: 48 of 80")
	o := try(t, "", "hire", "evidence", string(x.ID), "-data", data, "-json")
	var got progress.EvidenceSheet
	if err := json.Unmarshal([]byte(o.out), &got); err != nil || got.V != 1 || got.Coverage.Bare != 1 || got.Line.Percent != 75 {
		t.Errorf("evidence -json: %v %+v", err, o)
	}
	if o := try(t, "", "hire", "evidence", "nothing", "-data", data); o.status != statusUsage {
		t.Errorf("an unknown test: %+v", o)
	}
	if os.Getenv("CROSSWALK_AXE") == "" {
		return
	}
	browser := openBrowser(t)
	a := start(t, "-data", data)
	do(t, browser, "sign in", chromedp.Navigate(a.url+"/signin"), chromedp.SetValue("#email", "colin@example.org", chromedp.ByQuery), chromedp.SetValue("#passphrase", "a sentence to remember", chromedp.ByQuery),
		chromedp.Click(`form.card button.primary`, chromedp.ByQuery), chromedp.WaitVisible("a.who", chromedp.ByQuery))
	visitWithAxe(t, browser, axeScript(t), a.url, pages)
}
