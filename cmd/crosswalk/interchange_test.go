package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestContentCommand: a file is looked at, written into a content folder that check passes, never over a file, and taken out again.
func TestContentCommand(t *testing.T) {
	t.Setenv("CROSSWALK_RELEASES", "") // the starter book says enough here, and is there at once
	dir := t.TempDir()
	do := func(status int, says string, args ...string) outcome {
		t.Helper()
		got := try(t, "", append([]string{"content", "-data", filepath.Join(dir, "data")}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Errorf("content %s: want status %d and %q: %+v", strings.Join(args, " "), status, says, got)
		}
		return got
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sound := write("week one.gift", "// [tag:difficulty: 2] [tag:cites: I.A.15]\n::links::What does the word \"with\" do in the Tabular List?{=It presumes a link#Yes, by I.A.15. ~It asks for a query#No. ####I.A.15 says so.}\n")
	part := write("part.gift", "How many? {#4}\n\nWrite an essay. {}\n")
	content := filepath.Join(dir, "mine")
	made := filepath.Join(content, "quizzes", "bank", "icd10cm", "week-one.md")

	do(statusUsage, "it takes: import FILE, or export FORMAT FILE")
	do(statusUsage, "no such file", "import", filepath.Join(dir, "nothing.gift"))
	do(statusUsage, "say which area the questions belong to", "import", sound)
	do(statusUsage, `there is no area "nowhere"`, "import", sound, "-area", "nowhere")
	do(statusUsage, "unknown format", "import", sound, "-area", "icd10cm", "-format", "word")
	do(statusUsage, "unknown format", "import", write("letter.txt", "Dear learner"), "-area", "icd10cm")
	do(statusOK, "not written, since neither -to nor -content names a folder", "import", sound, "-area", "icd10cm")
	do(statusOK, "written: "+made, "import", sound, "-area", "icd10cm", "-to", content)
	do(statusUsage, "is there already", "import", sound, "-area", "icd10cm", "-to", content)
	if got := try(t, "", "check", "-content", content, "-data", filepath.Join(dir, "data")); got.status != statusOK {
		t.Errorf("check of what was imported: %+v", got)
	}

	var report importReport
	got := do(statusNo, "", "import", part, "-area", "em", "-json")
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || report.Dropped != 1 || report.Kept != 1 || len(report.Files) != 1 || report.Files[0].Written || report.ToWrite == 0 {
		t.Errorf("%v: %+v", err, report)
	}

	do(statusUsage, "unknown format", "export", "word", filepath.Join(dir, "out"))
	do(statusUsage, "there is no question", "export", "gift", filepath.Join(dir, "out"), "-ids", "nothing")
	out := filepath.Join(dir, "out.csv")
	do(statusOK, "1 kept", "export", "csv", out, "-content", content, "-ids", "icd10cm-links")
	do(statusUsage, "is there already", "export", "csv", out, "-content", content, "-ids", "icd10cm-links")
	do(statusOK, `"format": "moodle"`, "export", "moodle", filepath.Join(dir, "out.xml"), "-area", "queries,technology", "-json")
	do(statusOK, "0 dropped", "import", filepath.Join(dir, "out.xml"), "-to", filepath.Join(dir, "back"))
}
