package lessons

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/lessons/markdown"
)

// Exists tells Check what exists outside the lessons. A nil function leaves its check out.
type Exists struct {
	Question func(id string) bool
	Cite     func(number string) bool // a guideline number such as I.A.12.a
	Area     func(id string) bool
}

// Check looks for what no lesson can know alone: prerequisites that do not exist or form a circle, links to lessons, live questions,
// guidelines and areas that do not exist. What Load reported is not repeated.
func (c *Catalogue) Check(exists Exists) []markdown.Problem {
	var problems []markdown.Problem
	for _, l := range c.ordered {
		ps := &markdown.Problems{File: l.File}
		if circle := c.circle(l); circle != nil {
			ps.Errorf(l.needed[0].At, "requires-circle", "the lesson requires itself: %s", strings.Join(circle, " needs "))
		}
		c.checkLesson(l, exists, ps)
		problems = append(problems, ps.List...)
	}
	problems = append(problems, c.checkPictures()...)
	markdown.Sort(problems)
	return problems
}

// checkLesson looks at one lesson, which need not stand in the catalogue.
func (c *Catalogue) checkLesson(l *Lesson, exists Exists, ps *markdown.Problems) {
	for _, req := range l.needed {
		if _, ok := c.byID[req.Text]; !ok && req.Text != l.ID { // itself is a circle
			ps.Errorf(req.At, "unknown-lesson", "requires names %q, and there is no such lesson", req.Text)
		}
	}
	for _, a := range l.areaAt {
		if exists.Area != nil && !exists.Area(a.Text) {
			ps.Errorf(a.At, "unknown-area", "there is no area %q", a.Text)
		}
	}
	c.checkRefs(l.Doc.Refs, exists, ps)
	c.checkReadable(l, ps)
}

func (c *Catalogue) checkRefs(refs []markdown.Ref, exists Exists, ps *markdown.Problems) {
	for _, ref := range refs {
		switch ref.Kind {
		case markdown.RefCheck:
			if exists.Question != nil && !exists.Question(ref.ID) {
				ps.Errorf(ref.Line, "unknown-question", ":::check %s: the bank has no such question", ref.ID)
			}
		case markdown.RefGuideline:
			if exists.Cite != nil && !exists.Cite(ref.ID) {
				ps.Errorf(ref.Line, "unknown-cite", ":::guideline %s: there is no such guideline", ref.ID)
			}
		case markdown.RefLesson:
			if _, ok := c.byID[ref.ID]; !ok {
				ps.Errorf(ref.Line, "bad-link", "the link to /lessons/%s leads nowhere: there is no such lesson", ref.ID)
			}
		}
	}
}

// circle returns the ids of a chain of prerequisites that leads from a lesson back to it, or nil.
func (c *Catalogue) circle(l *Lesson) []string {
	seen := map[string]bool{}
	var walk func(at *Lesson, path []string) []string
	walk = func(at *Lesson, path []string) []string {
		for _, id := range at.Requires {
			if id == l.ID {
				return append(slices.Clone(path), id)
			}
			next, err := c.Lesson(id)
			if err != nil || seen[id] {
				continue
			}
			seen[id] = true
			if found := walk(next, append(path, id)); found != nil {
				return found
			}
		}
		return nil
	}
	return walk(l, []string{l.ID})
}

// Template is a new lesson for an author to fill in. It passes Load and Check as it is.
func Template(id string) string {
	return fmt.Sprintf(`---
id: %s
title: A title of a few words
summary: One sentence that lists show.
objectives:
  - Say what a reader can do afterwards
areas: [icd10cm]
minutes: 10
requires: []
code_year: 2026
reviewed: 2026-11-21
sources: ["ICD-10-CM Official Guidelines FY 2026, I.A.12"]
---

Open with the situation in which a coder needs this.

## The rule

:::guideline I.A.12.a
Say the rule in your own words.
:::

:::example
Show it at work on a line of a chart, with a code: [[icd10cm:E11.9]].
:::
`, id)
}

// ModuleTemplate is the module.yaml of a new module. It passes Load as it is.
func ModuleTemplate(id string) string {
	return fmt.Sprintf(`title: %s
summary: One sentence on what the lessons of this folder are about.
order: 900   # where the module stands in the list, the smallest first
`, strings.ToUpper(id[:1])+strings.ReplaceAll(id[1:], "-", " "))
}
