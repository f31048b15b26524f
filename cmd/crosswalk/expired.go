package main

import (
	"fmt"
	"strconv"

	"crosswalk/codebook"
	"crosswalk/lessons/markdown"
)

// expired warns of content of a code year that is over: the book has a release of ICD-10-CM of a later one. A file is told of once.
func (c *content) expired() []markdown.Problem {
	var newest codebook.Release
	for _, r := range c.book.Releases() {
		if r.System == codebook.ICD10CM && newest.ValidFrom.Before(r.ValidFrom) {
			newest = r
		}
	}
	year := newestYear(newest)
	var out []markdown.Problem
	told := map[string]bool{}
	tell := func(file string, of int) {
		if of == 0 || of >= year || told[file] {
			return
		}
		told[file] = true
		out = append(out, markdown.Problem{File: file, Line: 1, Severity: markdown.Warning, Rule: "code-year",
			Message: fmt.Sprintf("this is of code year %d, and the book has ICD-10-CM of %d: see what changed (crosswalk codes diff), mend it, and raise code_year", of, year)})
	}
	for _, l := range c.lessons.Lessons() {
		tell(l.File, l.CodeYear)
	}
	for _, q := range c.bank.Questions() {
		tell(q.File, q.CodeYear)
	}
	for _, k := range c.bank.Cases() {
		tell(k.File, k.CodeYear)
	}
	for _, bp := range c.bank.Blueprints() {
		if !bp.Serves.To.IsZero() && bp.Serves.To.Before(newest.ValidFrom) && bp.Full == "" {
			out = append(out, markdown.Problem{File: bp.File, Line: 1, Severity: markdown.Warning, Rule: "code-year",
				Message: fmt.Sprintf("it serves sittings until %s, and the book has ICD-10-CM in force from %s on: see what changed, and set serves anew", bp.Serves.To, newest.ValidFrom)})
		}
	}
	return out
}

// newestYear is the fiscal year of a release of ICD-10-CM, after which it is named: "2026", or "2026-04" for one of April. 0 for none.
func newestYear(r codebook.Release) int {
	year, err := strconv.Atoi(r.Edition[:min(4, len(r.Edition))])
	if err != nil {
		return 0
	}
	return year
}

// unreferenced warns of questions that nothing leads to: no exam draws from their area, and no lesson has them in it.
func (c *content) unreferenced() []markdown.Problem {
	shown := map[string]bool{}
	for _, l := range c.lessons.Lessons() {
		for _, id := range l.Doc.Checks {
			shown[id] = true
		}
	}
	drawn := map[string]bool{}
	for _, bp := range c.bank.Blueprints() {
		for _, s := range bp.Slots {
			for _, a := range s.Areas {
				drawn[a] = true
			}
		}
		for _, id := range bp.Questions {
			shown[id] = true
		}
	}
	var out []markdown.Problem
	for _, q := range c.bank.Questions() {
		if !shown[q.ID] && !drawn[q.Area] {
			out = append(out, markdown.Problem{File: q.File, Line: q.Line, Severity: markdown.Warning, Rule: "unreferenced",
				Message: fmt.Sprintf("nothing leads to %s: no exam draws from its area, and no lesson has it in a :::check block", q.ID)})
		}
	}
	return out
}
