package server

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
)

func TestRecordCSV(t *testing.T) {
	at := time.Date(2026, 11, 21, 8, 30, 0, 0, time.UTC) // half past three at night in New York: still the day before
	rec := progress.Record{Learner: progress.Learner{Zone: "America/New_York"}, Attempts: []progress.AttemptRecord{
		{Attempt: progress.Attempt{ID: "a1", Kind: progress.KindQuestion, Item: "anatomy-1", Areas: []string{"anatomy"}, Context: progress.Context{Kind: progress.Alone}, Seconds: 41, SubmittedAt: at, Answer: json.RawMessage(`{"value":"a, \"b\""}`)},
			Gradings: []progress.Grading{{Percent10: 1000, Correct: true}, {Percent10: 0}}},
		{Attempt: progress.Attempt{ID: "a2", Kind: progress.KindCase, Item: "=ed-colles", Areas: []string{"cases", "em"}, Context: progress.Context{Kind: progress.InExam}, SubmittedAt: at, Answer: json.RawMessage(`{}`)},
			Gradings: []progress.Grading{{Percent10: 405, AuditTenths: 955}}},
		{Attempt: progress.Attempt{ID: "a3", Kind: progress.KindQuestion, Item: "em-1", Context: progress.Context{Kind: progress.InExam}, SubmittedAt: at, Answer: json.RawMessage(`{}`)}},
	}}
	b, err := recordCSV(rec)
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		csvHead,
		{"2026-11-21T08:30:00Z", "2026-11-20", "question", "anatomy-1", "anatomy", "alone", "41", "false", "0", "", "2", `{"value":"a, \"b\""}`, "a1"},
		{"2026-11-21T08:30:00Z", "2026-11-20", "case", "'=ed-colles", "cases em", "exam", "0", "false", "40.5", "95.5", "1", "{}", "a2"},
		{"2026-11-21T08:30:00Z", "2026-11-20", "question", "em-1", "", "exam", "0", "", "", "", "0", "{}", "a3"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}
