package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/codebook"
	"crosswalk/internal/testkit"
	"crosswalk/lessons"
	"crosswalk/quizzes"
	"crosswalk/quizzes/coverage"
)

// TestCoverageText is what people read, on the small tree of the report's own test.
func TestCoverageText(t *testing.T) {
	b := codebook.NewBuilder()
	for _, n := range []string{"I.A.12", "I.A.12.a", "I.A.12.b", "I.C.2", "I.C.2.a", "B3.8"} {
		b.Guideline(codebook.Guideline{Number: n, Title: "Rule " + n, Rule: "So it is.", Set: map[bool]string{true: "icd10cm", false: "icd10pcs"}[n[0] == 'I']})
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	report := func(dir string) *bytes.Buffer {
		cat, _ := lessons.Load(os.DirFS(filepath.Join(dir, "lessons")), nil)
		bank, _ := quizzes.Load(os.DirFS(filepath.Join(dir, "quizzes")), cat.Renderer(), nil)
		var out bytes.Buffer
		printCoverage(streams{out: &out}, coverage.Make(coverage.Input{Lessons: cat, Bank: bank, Book: book, Course: coverage.Whole, MostForms: mostForms}))
		return &out
	}
	if nothing := report(t.TempDir()).String(); !strings.Contains(nothing, "I.C.2 (+1)") || strings.Contains(nothing, "EXAM") {
		t.Errorf("the report on nothing: %s", nothing)
	}
	got := report("../../quizzes/coverage/testdata/sample")
	testkit.Golden(t, "testdata/coverage.txt", got.String())
}

// TestCheckCoverage runs the command on what ships, with a file that has an error laid over it.
func TestCheckCoverage(t *testing.T) {
	t.Setenv("CROSSWALK_RELEASES", "")
	began := time.Now()
	got := try(t, "", "check", "-coverage", "-json")
	took := time.Since(began)
	var r coverage.Report
	if err := json.Unmarshal([]byte(got.out), &r); err != nil || got.status != statusOK {
		t.Fatalf("status %d, %v: %s", got.status, err, got.err)
	}
	if r.V != 1 || len(r.Areas) != len(quizzes.Areas) || len(r.Exams) < 6 || len(r.Guidelines.Rules) < 500 {
		t.Errorf("version %d, %d areas, %d exams, %d rules", r.V, len(r.Areas), len(r.Exams), len(r.Guidelines.Rules))
	}
	t.Logf("the report took %v", took)
	if text := try(t, "", "check", "-coverage"); text.status != statusOK || !strings.Contains(text.out, "\nGAPS\n") || strings.Contains(text.out, "%!") {
		t.Errorf("status %d: %.2000s", text.status, text.out)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "quizzes/bank/anatomy"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "quizzes/bank/anatomy/broken.md"), []byte("---\narea: anatomy\ncode_year: 2026\n---\n\n## anatomy-broken-1 {difficulty=2}\n\nNo option.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if broken := try(t, "", "check", "-coverage", "-content", dir); broken.status != statusNo || !strings.Contains(broken.err, "not counted") {
		t.Errorf("a broken file: status %d, %q", broken.status, broken.err)
	}
}
