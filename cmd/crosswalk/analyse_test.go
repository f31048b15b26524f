package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/store"
)

// TestAnalyseCommand: all items, one question, one chart, and what is wrong with a question about them.
func TestAnalyseCommand(t *testing.T) {
	data := t.TempDir()
	ctx := context.Background()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(ctx, store.Options{Path: filepath.Join(data, "crosswalk.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	prog := progress.New(db, c.bank, func() *codebook.Book { return c.book }, progress.Options{})
	const question, chart = "anatomy-planes-and-regions-1", "ed-colles-fracture"
	cs, err := c.bank.Case(chart)
	if err != nil {
		t.Fatal(err)
	}
	q, err := c.bank.Question(question)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		l, _, err := prog.StartGuest(ctx, "", "UTC", fmt.Sprint(n))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := prog.SubmitQuestion(ctx, l.Actor(), progress.QuestionSubmission{ClientKey: fmt.Sprint("question-key-", n), Question: question, Answer: grading.ItemAnswer{Options: []int{n % len(q.Options)}}}); err != nil {
			t.Fatal(err)
		}
		ans := grading.ModelAnswer(&cs.Key)
		if n < 2 {
			ans.Procedures[0].Code = "25600"
		}
		if _, err := prog.SubmitCase(ctx, l.Actor(), progress.CaseSubmission{ClientKey: fmt.Sprint("chart-key-", n), Case: chart, Answer: ans}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	do := func(status int, says string, args ...string) outcome {
		t.Helper()
		got := try(t, "", append([]string{"analyse", "-data", data}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Errorf("analyse %s: want status %d and %q: %+v", strings.Join(args, " "), status, says, got)
		}
		return got
	}
	do(statusOK, "all areas: 12 answers, 6 people")
	do(statusOK, "Anatomy: 6 answers, 6 people", "-area", "anatomy")
	do(statusOK, question+": 6 answers", question)
	do(statusOK, "25600 × 2", chart)
	do(statusOK, "case:"+chart+": 6 answers", "case:"+chart)
	do(statusOK, question+": 0 answers", question, "-from", "2100-01-01")
	do(statusOK, "CPC practice exam: 0 answers, 0 sittings", "cpc")
	do(statusUsage, `"nothing" is no exam, question or case`, "nothing")
	do(statusUsage, `there is no area "nowhere"`, "-area", "nowhere")
	do(statusUsage, `"soon" is no day`, "-from", "soon")
	do(statusUsage, "it takes one exam or item", "cpc", "ccs")
	do(statusUsage, "-exam goes with an item", "-exam", "cpc")
	do(statusUsage, "no answer lies between them", "-from", "2026-11-22", "-to", "2026-11-21")
	var all struct {
		Answers int `json:"answers"`
		Items   []struct {
			ID       string           `json:"id"`
			N        int              `json:"n"`
			Facility *itemRange       `json:"facility"`
			Serial   *itemRange       `json:"point_biserial"`
			Flags    []map[string]any `json:"flags"`
		} `json:"items"`
	}
	if err := json.Unmarshal([]byte(do(statusOK, "", "-json").out), &all); err != nil || all.Answers != 12 || len(all.Items) != 2 || all.Items[0].N != 6 || all.Items[0].Facility == nil || all.Items[0].Serial != nil {
		t.Errorf("as JSON: %+v, %v", all, err)
	}
	var one struct {
		Item  string `json:"item"`
		Lines struct {
			N     int `json:"n"`
			Lines []struct {
				Line  string `json:"line"`
				Wrong int    `json:"wrong"`
			} `json:"lines"`
		} `json:"lines"`
	}
	if err := json.Unmarshal([]byte(do(statusOK, "", chart, "-json").out), &one); err != nil || one.Item != chart || one.Lines.N != 6 {
		t.Errorf("a chart as JSON: %+v, %v", one, err)
	}
}

type itemRange struct{ Value, Low, High float64 }
