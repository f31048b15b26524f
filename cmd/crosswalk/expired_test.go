package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
)

// bookOf is a book with releases of ICD-10-CM that begin on these days.
func bookOf(t *testing.T, editions map[string]string) *codebook.Book {
	t.Helper()
	b := codebook.NewBuilder()
	for edition, from := range editions {
		day, err := codebook.ParseDate(from)
		if err != nil {
			t.Fatal(err)
		}
		rb := b.Release(codebook.Release{System: codebook.ICD10CM, Edition: edition, ValidFrom: day})
		rb.Code("E119", "Type 2 diabetes mellitus without complications", true, codebook.Facts{})
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// TestExpired: content of a year before that of the newest release is told of, each file once, and so is an exam whose sittings are over.
func TestExpired(t *testing.T) {
	lessonFS := fstest.MapFS{}
	quizFS := fstest.MapFS{
		"bank/icd10cm/old.md": &fstest.MapFile{Data: []byte(strings.Replace(oneQuestionOf("Is it?"), "\n\n## q-live-1", "\n\n## q-live-2 {difficulty=1 cites=\"x\"}\n\nIs it so?\n\n- [x] Yes\n  > W.\n- [ ] No\n  > W.\n\n> R.\n\n## q-live-1", 1))},
		"bank/icd10cm/new.md": &fstest.MapFile{Data: []byte(strings.NewReplacer("2026", "2027", "q-live-1", "q-live-3").Replace(oneQuestionOf("Is that it?")))},
		"exams/old.yaml":      &fstest.MapFile{Data: []byte("id: old\nname: Old\nminutes: 10\nitems: 1\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nserves: {from: 2026-01-01, to: 2026-09-30}\nareas: [{id: icd10cm, count: 1}]\n")},
	}
	told := func(editions map[string]string) []string {
		var out []string
		c := readContent(lessonFS, quizFS, bookOf(t, editions))
		for _, p := range c.problems {
			if p.File != "lessons/content" { // there are no lessons
				t.Error(p)
			}
		}
		for _, p := range c.expired() {
			out = append(out, fmt.Sprintf("%s:%d %s", p.File, p.Line, p.Rule))
		}
		return out
	}
	if d := cmp.Diff([]string(nil), told(map[string]string{"2025": "2024-10-01", "2026": "2025-10-01"})); d != "" {
		t.Errorf("with the books of the year: %s", d)
	}
	want := []string{"quizzes/bank/icd10cm/old.md:1 code-year", "quizzes/exams/old.yaml:1 code-year"}
	if d := cmp.Diff(want, told(map[string]string{"2026": "2025-10-01", "2027": "2026-10-01"})); d != "" {
		t.Errorf("with those of the next: %s", d)
	}
}

// TestUnreferenced: a question that no exam draws and no lesson shows is told of.
func TestUnreferenced(t *testing.T) {
	book := bookOf(t, map[string]string{"2026": "2025-10-01"})
	quizFS := fstest.MapFS{
		"bank/icd10cm/a.md": &fstest.MapFile{Data: []byte(oneQuestionOf("Is it?"))},
		"bank/anatomy/a.md": &fstest.MapFile{Data: []byte(strings.NewReplacer("icd10cm", "anatomy", "q-live-1", "q-live-2").Replace(oneQuestionOf("Is that it?")))},
		"bank/hcpcs/a.md":   &fstest.MapFile{Data: []byte(strings.NewReplacer("icd10cm", "hcpcs", "q-live-1", "q-live-3").Replace(oneQuestionOf("Is this it?")))},
		"exams/e.yaml":      &fstest.MapFile{Data: []byte("id: e\nname: E\nminutes: 10\nitems: 1\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nareas: [{id: icd10cm, count: 1}]\n")},
	}
	lessonFS := fstest.MapFS{
		"content/m/module.yaml": &fstest.MapFile{Data: []byte("title: M\nsummary: S\norder: 1\n")},
		"content/m/01-a.md":     &fstest.MapFile{Data: []byte(lessonText("a", "A", ":::check q-live-2\n:::"))},
	}
	c := readContent(lessonFS, quizFS, book)
	var got []string
	for _, p := range c.unreferenced() {
		got = append(got, p.File)
	}
	if d := cmp.Diff([]string{"quizzes/bank/hcpcs/a.md"}, got); d != "" || len(c.problems) > 0 {
		t.Error(d, c.problems)
	}
}
