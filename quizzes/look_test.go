package quizzes_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// TestLook: a file that ships is as sound by itself as with all others, and what an author does to it is told while it is not finished.
func TestLook(t *testing.T) {
	_, bank, book, _ := shipped(t)
	files, err := fs.Glob(quizzes.Content, "*/*/*.md")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	text := func(name string) string {
		b, err := fs.ReadFile(quizzes.Content, name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for i, name := range files {
		if i%5 > 0 && testing.Short() {
			continue
		}
		look, problems := bank.Look([]byte(text(name)), "quizzes/"+name, book)
		if es := markdown.Errors(problems); len(es) > 0 {
			t.Errorf("%s: %v", name, es)
		}
		if look.Case == nil && len(look.Questions) == 0 {
			t.Errorf("%s shows nothing", name)
		}
	}
	const office = "cases/ed/ed-colles-fracture.md"
	for _, c := range []struct{ name, file, old, new, rule string }{
		{"a header in a key that has another error", office, "code: S52.531A\n", "code: S52.531\n      nonsense: 1\n", "not-billable"},
		{"evidence that is not there", office, "displaced Colles fracture of the right distal radius", "a fracture of the moon", "evidence"},
		{"an id of another chart", office, "id: ed-colles-fracture", "id: ed-chest-pain", "duplicate-id"},
		{"no front matter", office, "---\nid", "id", "front-matter"},
	} {
		src := text(c.file)
		if !strings.Contains(src, c.old) {
			t.Fatalf("%s: %q is not in %s", c.name, c.old, c.file)
		}
		_, problems := bank.Look([]byte(strings.Replace(src, c.old, c.new, 1)), "quizzes/"+c.file, book)
		found := false
		for _, p := range problems {
			found = found || p.Rule == c.rule
		}
		if !found {
			t.Errorf("%s: no %s among %v", c.name, c.rule, problems)
		}
	}
	telling := bankHead + choicesOf(1, func(int) (right, longest, more int) { return 2, 2, 20 })
	if _, problems := bank.Look([]byte(telling), "quizzes/bank/icd10cm/telling.md", book); !slices.Contains(lineRules(problems), "10 longest-right") {
		t.Errorf("an option that gives itself away by its length: %v", problems)
	}
}
