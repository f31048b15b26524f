package lessons_test

import (
	"strings"
	"testing"

	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
)

// TestLook: a sound lesson has no errors in its place, and what an author does to it is told by line.
func TestLook(t *testing.T) {
	fsys := sound()
	cat, problems := lessons.Load(fsys, nil)
	if len(markdown.Errors(problems)) > 0 {
		t.Fatal(problems)
	}
	const file = "lessons/content/icd10cm/01-structure.md"
	text := string(fsys["content/icd10cm/01-structure.md"].Data)
	l, problems := cat.Look([]byte(text), file, lessons.Exists{})
	if len(markdown.Errors(problems)) > 0 || l.Lesson.Title != "Title of icd10cm-structure" {
		t.Errorf("%+v %v", l, problems)
	}
	for _, c := range []struct{ name, file, old, new, rule string }{
		{"a picture that is not there", file, "pic.svg", "none.svg", "missing-image"},
		{"an id of another lesson", file, "id: icd10cm-structure", "id: anatomy-planes", "duplicate-id"},
		{"a lesson that is not there", file, "requires: []", "requires: [nothing]", "unknown-lesson"},
		{"a module that is not there", "lessons/content/other/01-structure.md", "One", "One", "missing-file"},
	} {
		_, problems := cat.Look([]byte(strings.Replace(text, c.old, c.new, 1)), c.file, lessons.Exists{})
		found := false
		for _, p := range problems {
			found = found || p.Rule == c.rule && p.File == c.file && p.Line > 0
		}
		if !found {
			t.Errorf("%s: no %s among %v", c.name, c.rule, problems)
		}
	}
	if m, problems := cat.Look([]byte("summary: x\n"), "lessons/content/new/module.yaml", lessons.Exists{}); m.Module.ID != "new" || len(markdown.Errors(problems)) != 1 {
		t.Errorf("a module without a title: %+v %v", m, problems)
	}
	if g, problems := cat.Look([]byte("## etiology {area=terminology}\n\nAgain.\n"), "lessons/glossary/more.md", lessons.Exists{}); len(g.Terms) != 1 || len(markdown.Errors(problems)) != 1 {
		t.Errorf("a term that is there: %+v %v", g, problems)
	}
}
