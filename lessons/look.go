package lessons

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"crosswalk/lessons/markdown"
)

// Look is a file as it would be in a catalogue, for the author who is writing it.
type Look struct {
	Lesson *Lesson // of a lesson's file; what could be read of it
	Terms  []Term  // of a glossary's file
	Module Module  // of a module.yaml
}

// Look reads and checks one file that may be unfinished, as if it stood in the catalogue in place of the file of that name: file is its path in
// the source tree, lessons/... What is wrong with it comes back by line.
func (c *Catalogue) Look(src []byte, file string, exists Exists) (Look, []markdown.Problem) {
	var l Look
	var problems []markdown.Problem
	module := path.Base(path.Dir(file))
	switch {
	case path.Dir(file) == root+"glossary":
		l.Terms, problems = c.lookAtTerms(src, file)
	case path.Base(file) == "module.yaml":
		l.Module, problems = parseModule(src, file, module)
	default:
		l.Lesson, problems = c.lookAtLesson(src, file, module, exists)
	}
	markdown.Sort(problems)
	return l, slices.Compact(problems)
}

func (c *Catalogue) lookAtLesson(src []byte, file, module string, exists Exists) (*Lesson, []markdown.Problem) {
	l, problems := parseLesson(src, file, module, c.renderer, nil)
	ps := &markdown.Problems{File: file}
	if other, err := c.Lesson(l.ID); err == nil && other.File != file {
		ps.Errorf(max(1, l.lines["id"]), "duplicate-id", "the id %s is taken by %s; ids are unique among all lessons", l.ID, other.File)
	}
	var pictures []string
	known := false
	for _, m := range c.modules {
		if m.ID == module {
			pictures, known = m.pictures, true
		}
	}
	if !known {
		ps.Errorf(1, "missing-file", "the module %s has no module.yaml: write %s/module.yaml with title, summary and order first", module, path.Dir(file))
	}
	for _, ref := range l.Doc.Refs {
		if ref.Kind == markdown.RefImage && !slices.Contains(pictures, ref.ID) {
			ps.Errorf(ref.Line, "missing-image", "there is no file %q beside the lesson", ref.ID)
		}
	}
	c.checkLesson(l, exists, ps)
	return l, append(problems, ps.List...)
}

func (c *Catalogue) lookAtTerms(src []byte, file string) ([]Term, []markdown.Problem) {
	g := glossary{}
	problems := g.parse(src, file, c.renderer)
	problems = append(problems, g.render()...)
	var out []Term
	for _, t := range g.sorted() {
		if other, ok := c.glossary[termKey(t.Name)]; ok && other.File != file {
			problems = append(problems, markdown.Problem{File: file, Line: t.Line, Severity: markdown.Error, Rule: "duplicate-id", Message: fmt.Sprintf("%q stands in the glossary already, at %s:%d", t.Name, other.File, other.Line)})
		}
		out = append(out, *t)
	}
	return out, problems
}

// parseModule reads a module.yaml.
func parseModule(src []byte, file, id string) (Module, []markdown.Problem) {
	m := Module{ID: id, Title: id}
	ps := &markdown.Problems{File: file}
	var mf moduleFile
	ps.Add(markdown.DecodeYAML(src, file, &mf)...)
	if strings.TrimSpace(mf.Title.Text) == "" {
		ps.Errorf(1, "missing-key", "the module has no title")
	} else {
		m.Title = mf.Title.Text
	}
	if mf.Summary.Text == "" {
		ps.Warnf(1, "empty-summary", "the module has no summary")
	}
	m.Summary, m.Order = mf.Summary.Text, mf.Order
	return m, ps.List
}
