package quizzes_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// TestStrata: the most different forms come of taking each next item from where most are left (D'Hondt, worked by hand: 10, 4 and 1 of
// difficulties 2, 3 and 4 give 3, 1 and 0 of four).
func TestStrata(t *testing.T) {
	levels := func(i int) string {
		switch {
		case i < 10:
			return "level=2"
		case i < 14:
			return "level=3"
		}
		return "level=4"
	}
	bank := loadBank(t, fstest.MapFS{"bank/em/a.md": leveled("em", 15, levels), "bank/icd10cm/a.md": leveled("icd10cm", 3, func(int) string { return "level=1" })})
	bp := quizzes.HiringBlueprint("test", "A test", 60, 80, []quizzes.Share{{Setting: "em", Weight: 4}, {Setting: "icd10cm", Weight: 2}}, quizzes.Charts{}, true)
	st, short := bank.Strata(bp)
	want := quizzes.Strata{{Area: "em", Difficulty: 2, Count: 3}, {Area: "em", Difficulty: 3, Count: 1}, {Area: "icd10cm", Difficulty: 1, Count: 2}}
	if d := cmp.Diff(want, st); d != "" || short != "" {
		t.Errorf("strata (-want +got), short %q:\n%s", short, d)
	}
	if n := bank.EquivalentForms(bp, st, 50); n != 1 { // of icd10cm
		t.Errorf("%d forms without a common item, want 1", n)
	}
	bp.Slots[1].Scored = 5
	if _, short := bank.Strata(bp); short != "ICD-10-CM has 3 of 5" {
		t.Errorf("short: %q", short)
	}
}

// leveled makes n questions of an area; level gives "level=N" for the i-th, and may give more attributes behind it.
func leveled(area string, n int, level func(i int) string) *fstest.MapFile {
	f := filled(area, n, func(i int) string { return "@" + level(i) + "@" })
	parts := strings.Split(string(f.Data), "difficulty=1 cites=x @level=")
	for i := range parts[1:] {
		number, rest, _ := strings.Cut(parts[i+1], "@")
		number, more, _ := strings.Cut(number, " ")
		parts[i+1] = "difficulty=" + number + " cites=x " + more + rest
	}
	return file(strings.Join(parts, ""))
}

func TestDrawEquivalent(t *testing.T) {
	bank := loadBank(t, fstest.MapFS{"bank/em/a.md": leveled("em", 12, func(i int) string {
		if i == 0 {
			return "level=2 enemies=em-01"
		}
		return "level=2"
	})})
	bp := quizzes.HiringBlueprint("test", "A test", 60, 80, []quizzes.Share{{Setting: "em", Weight: 5}}, quizzes.Charts{}, false)
	st, _ := bank.Strata(bp)
	draw := func(e quizzes.Equivalent) map[string]bool {
		t.Helper()
		f, err := bank.DrawEquivalent(bp, st, e)
		if err != nil {
			t.Fatal(err)
		}
		in := map[string]bool{}
		for _, it := range f.Items {
			in[it.ID] = true
			if !it.Scored || it.Weight != 1 {
				t.Errorf("item %+v", it)
			}
		}
		if len(in) != 5 || in["em-00"] && in["em-01"] {
			t.Errorf("form %v", in)
		}
		return in
	}
	if d := cmp.Diff(draw(quizzes.Equivalent{Seed: 7}), draw(quizzes.Equivalent{Seed: 7})); d != "" {
		t.Errorf("the same seed draws another form:\n%s", d)
	}
	// Twelve candidates have 60 places for 12 items. Enemies may cost a turn.
	use := map[string]int{}
	for seed := range uint64(12) {
		for id := range draw(quizzes.Equivalent{Seed: seed, Use: use}) {
			use[id]++
		}
	}
	for i := range 12 {
		if n := use[fmt.Sprintf("em-%02d", i)]; n < 4 || n > 6 {
			t.Errorf("em-%02d came up %d times of 60 places for 12", i, n)
		}
	}
	barred := func(id string) bool { return id < "em-07" }
	if got := draw(quizzes.Equivalent{Barred: barred}); got["em-06"] {
		t.Errorf("a barred item came: %v", got)
	}
	seen := func(id string) bool { return id >= "em-04" }
	if got := draw(quizzes.Equivalent{Seen: seen}); !got["em-02"] || !got["em-03"] || !got["em-00"] && !got["em-01"] {
		t.Errorf("seen items came before unseen ones: %v", got)
	}
	_, err := bank.DrawEquivalent(bp, st, quizzes.Equivalent{Barred: func(id string) bool { return id < "em-08" }})
	if !errors.Is(err, quizzes.ErrTooSmall) || !strings.Contains(err.Error(), "has 4 of 5 that are still free") {
		t.Errorf("too few: %v", err)
	}
	// Among forms that are all right the one of middling difficulty is taken.
	hard := func(id string) float64 { return float64(id[3]-'0')*10 + float64(id[4]-'0') }
	total := 0.0
	for id := range draw(quizzes.Equivalent{Seed: 3, Hard: hard}) {
		total += hard(id)
	}
	if total < 24 || total > 31 { // the mean of a form is 27.5, and its spread 7
		t.Errorf("the difficulties add up to %v, far from 27.5", total)
	}
}

// hiring is a file of a hiring test with something replaced.
func hiring(old, text string) fstest.MapFS {
	body := `id: em-test
name: A test
summary: Visits
minutes: 60
pass: 80
pass_why: agreed
questions: {em: 2}
charts: {count: 1, weight: 5, settings: {office: 1}}
book: open
tries: 1
retry_days: 30
keep_days: 180
job:
  title: Coder
  tasks:
    - task: Codes visits
      areas: [em]
      settings: [office]
`
	return fstest.MapFS{"hiring/em-test.yaml": file(strings.Replace(body, old, text, 1))}
}

func TestHiringFile(t *testing.T) {
	bank, problems := quizzes.Load(hiring("", ""), plain, nil)
	if len(problems) > 0 || len(bank.HiringTests()) != 1 {
		t.Fatal(problems)
	}
	h, err := bank.HiringTest("em-test")
	if err != nil || !h.Book || h.Charts.Weight != 5 || h.Tasks[0].Settings[0] != "office" || h.Blueprint().Items != 3 {
		t.Errorf("%+v, %v", h, err)
	}
	if problems := bank.Check(&fakeBook{}); len(problems) != 1 || problems[0].Rule != "bank-too-small" {
		t.Errorf("an empty bank: %v", problems)
	}
	for _, c := range []struct{ name, old, text, rule string }{
		{"unknown key", "name: A", "nome: A", "unknown-key"},
		{"bad id", "id: em-test", "id: EM Test", "bad-id"},
		{"no name", "name: A test", "name: ''", "missing-key"},
		{"no time", "minutes: 60", "minutes: 0", "wrong-value"},
		{"no reason for the line", "pass_why: agreed", "pass_why: ''", "missing-key"},
		{"unknown area", "questions: {em: 2}", "questions: {em: 2, moon: 1}", "unknown-area"},
		{"an area that no task needs", "questions: {em: 2}", "questions: {em: 2, hcpcs: 1}", "uncovered"},
		{"a setting that no task needs", "settings: {office: 1}", "settings: {office: 1, ed: 1}", "uncovered"},
		{"a task of an area that is not asked", "areas: [em]", "areas: [em, hcpcs]", "unknown-area"},
		{"a task of a setting that is not asked", "settings: [office]", "settings: [office, ed]", "wrong-value"},
		{"a task without words", "task: Codes visits", "task: ''", "missing-key"},
		{"a heavy chart", "weight: 5", "weight: 21", "wrong-value"},
		{"a kind of claim that is none", "weight: 5", "weight: 5, bills: both", "wrong-value"},
		{"an unknown book", "book: open", "book: ajar", "wrong-value"},
	} {
		_, problems := quizzes.Load(hiring(c.old, c.text), plain, nil)
		found := false
		for _, p := range markdown.Errors(problems) {
			found = found || p.Rule == c.rule && p.Line > 0
		}
		if !found && c.rule != "unknown-key" || len(markdown.Errors(problems)) == 0 {
			t.Errorf("%s: want %s, got %v", c.name, c.rule, problems)
		}
	}
}
