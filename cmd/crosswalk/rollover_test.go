package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"crosswalk/quizzes/rollover"
)

// TestRolloverCommand: a folder with two releases, in the second of which a code is gone and others have come. A question of the author's that
// names the first is listed with its line, and a drill asks for what is new.
func TestRolloverCommand(t *testing.T) {
	releases, content := t.TempDir(), t.TempDir()
	older, err := os.ReadFile("../../codebook/release/testdata/sample/diagnoses/icd10cm_order_2025.txt")
	if err != nil {
		t.Fatal(err)
	}
	var newer []string
	for _, l := range strings.Split(string(older), "\n") {
		switch {
		case strings.Contains(l, " S060X7A "):
			l = strings.NewReplacer("S060X7A", "S060X8A", "death before regaining it", "status unknown").Replace(l)
		case strings.Contains(l, " S060X7 "):
			l = strings.NewReplacer("S060X7 ", "S060X8 ", "death before regaining it", "status unknown").Replace(l)
		}
		newer = append(newer, l)
	}
	for i, title := range []string{"", "Enlarged prostate without symptoms", "Enlarged prostate with symptoms", "Nodular prostate without symptoms", "Nodular prostate with symptoms"} {
		code, kind := "N40", 0
		if i > 0 {
			code, kind = fmt.Sprint("N40", i-1), 1
		}
		title = cmp.Or(title, "Enlarged prostate")
		newer = slices.Insert(newer, 9+i, fmt.Sprintf("00000 %-7s %d %-60.60s %s", code, kind, title, title))
	}
	for i, l := range newer {
		if len(l) > 5 {
			newer[i] = fmt.Sprintf("%05d", i+1) + l[5:]
		}
	}
	write := func(dir, name, text string) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(releases, "icd10cm_order_2025.txt", string(older))
	write(releases, "icd10cm_order_2026.txt", strings.Join(newer, "\n"))
	write(content, "quizzes/bank/icd10cm/heads.md", "---\narea: icd10cm\ncode_year: 2025\n---\n\n## icd10cm-heads {difficulty=2 cites=\"I.C.19\"}\n\nWhen does [[icd10cm:S06.0X7A]] apply?\n\n- [x] Death came before the patient woke.\n  > The title says so.\n- [ ] The patient woke.\n  > Another code says that.\n\n> The title decides.\n")

	run := func(status int, args ...string) outcome {
		t.Helper()
		got := try(t, "", append([]string{"rollover", "-releases", releases, "-content", content, "-data", filepath.Join(content, "data"), "-set", "icd10cm"}, args...)...)
		if got.status != status {
			t.Fatalf("%v: status %d, want %d\n%s%s", args, got.status, status, got.out, got.err)
		}
		return got
	}
	if got := run(statusNo); !strings.Contains(got.out, "quizzes/bank/icd10cm/heads.md:8: S06.0X7A") || !strings.Contains(got.out, "ICD-10-CM: 2025 to 2026") {
		t.Errorf("the question is not listed with its line:\n%s%s", got.out, got.err)
	}
	var report rollover.Report
	if err := json.Unmarshal([]byte(run(statusNo, "-json").out), &report); err != nil {
		t.Fatal(err)
	}
	var mine *rollover.Mention
	for _, i := range report.Items {
		if i.ID == "icd10cm-heads" {
			mine = &i.Mentions[0]
		}
	}
	if mine == nil || mine.Code != "S06.0X7A" || mine.Line != 8 || len(mine.Changes) == 0 || mine.Proposal.Do == "" {
		t.Errorf("as JSON: %+v", mine)
	}

	drill := filepath.Join(content, "drill")
	wrote := run(statusOK, "-drill", drill)
	files, _ := filepath.Glob(filepath.Join(drill, "quizzes", "bank", "*", "*.md"))
	if len(files) != 1 || !strings.Contains(wrote.err, files[0]) {
		t.Fatalf("the drill is in %v\n%s", files, wrote.err)
	}
	if b, err := os.ReadFile(files[0]); err != nil || !strings.Contains(string(b), "N40.") {
		t.Errorf("the drill does not ask for the code that has come: %v\n%s", err, b)
	}
	if got := run(statusUsage, "-drill", drill); !strings.Contains(got.err, files[0]) {
		t.Errorf("a drill that is there: %s", got.err)
	}
	for _, args := range [][]string{{"-n", "0"}, {"-from", "2025"}, {"-from", "2019", "-to", "2020"}, {"more"}} {
		run(statusUsage, args...)
	}
}
