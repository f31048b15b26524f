package release

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// readIndexXML reads the XML form of an index of ICD-10-CM or ICD-10-PCS: letters with main terms, and terms within them.
func readIndexXML(sys codebook.System) func(io.Reader) (*indexFile, error) {
	return func(r io.Reader) (*indexFile, error) {
		b := &indexXML{f: &indexFile{}, sys: sys, own: internStrings{}}
		if err := walkXML(r, b.start, b.end); err != nil {
			return nil, err
		}
		return b.f, nil
	}
}

type indexXML struct {
	f      *indexFile
	sys    codebook.System
	own    internStrings
	letter string
	open   []int // the terms that are open, by their place in f.terms
	codes  []codebook.IndexCode
	nemod  []string
	col    int
}

func (b *indexXML) start(e *element) error {
	switch e.name() {
	case "mainTerm", "term":
		if (e.name() == "mainTerm") != (len(b.open) == 0) {
			return damaged(e.line, "a <%s> within <%s>", e.name(), e.parent())
		}
		b.open = append(b.open, len(b.f.terms))
		b.f.terms = append(b.f.terms, codebook.NewTerm{Level: len(b.open) - 1})
		if len(b.open) == 1 {
			b.f.terms[b.open[0]].Letter = b.letter
		}
		b.f.tally.rows++
	case "title":
		b.nemod = nil
	case "see", "use":
		b.codes = nil
	case "head", "cell":
		n, err := strconv.Atoi(e.get("col"))
		if err != nil || n < 1 || n > 100 {
			return damaged(e.line, "column %q: want a number", e.get("col"))
		}
		b.col = n
	}
	return nil
}

// here is the innermost open term.
func (b *indexXML) here() *codebook.NewTerm { return &b.f.terms[b.open[len(b.open)-1]] }

func (b *indexXML) end(e *element, text string) error {
	name := e.name()
	switch {
	case name == "title" && e.parent() == "letter":
		b.letter = b.own.of(text)
	case name == "head":
		// The first column names the term.
		if b.col == 1 {
			return nil
		}
		if b.col != len(b.f.heads)+2 {
			return damaged(e.line, "column %d stands after column %d", b.col, len(b.f.heads)+1)
		}
		b.f.heads = append(b.f.heads, b.own.of(text))
	case name == "mainTerm" || name == "term":
		return b.close(e)
	case len(b.open) == 0:
		return nil
	case name == "title":
		t := b.here()
		t.Title, t.Nonessential = b.own.of(text), b.own.of(strings.Join(b.nemod, " "))
		if len(b.nemod) > 0 {
			t.Title, t.After = b.own.of(e.lead), b.own.of(text)
		}
	case name == "nemod":
		if text != "" {
			b.nemod = append(b.nemod, text)
		}
	default:
		b.entry(e, name, text)
	}
	return nil
}

// entry adds a code or a cross-reference to the open term.
func (b *indexXML) entry(e *element, name, text string) {
	t := b.here()
	if text == "" && e.lead == "" {
		return
	}
	switch name {
	case "code", "codes", "tab", "manif", "cell":
		if name == "cell" && strings.Trim(text, "-") == "" {
			return
		}
		c, ok := indexCode(b.sys, text)
		switch {
		case !ok && name == "manif":
			t.After = b.own.of(strings.TrimSpace(t.After + " " + text)) // a row of the Table of Neoplasms goes on so
			return
		case !ok:
			b.f.tally.skip(notACode, text)
			return
		}
		c.Code = codebook.Code(b.own.of(string(c.Code)))
		c.Manifestation = name == "manif"
		if p := e.parent(); p == "see" || p == "use" {
			b.codes = append(b.codes, c)
			return
		}
		if name == "cell" {
			if c.Column = b.col - 1; c.Column < 1 || c.Column > len(b.f.heads) {
				b.f.tally.skip("the code stands in a column without a heading; the term is kept without it", text)
				return
			}
		}
		t.Codes = append(t.Codes, c)
	case "see", "seeAlso", "use":
		kind := map[string]codebook.RefKind{"see": codebook.RefSee, "seeAlso": codebook.RefSeeAlso, "use": codebook.RefUse}[name]
		r := indexRef(b.sys, kind, b.own.of(strings.TrimSpace(e.lead+" "+text)))
		if name != "seeAlso" && len(b.codes) > 0 {
			r.Code = b.codes[0].Code
		}
		t.Refs = append(t.Refs, r)
	case "seecat", "subcat":
		c, ok := indexCode(b.sys, text)
		if !ok {
			b.f.tally.skip(notACode, text)
			return
		}
		t.Refs = append(t.Refs, codebook.IndexRef{Kind: codebook.RefSeeCategory, Text: b.own.of(text), Code: codebook.Code(b.own.of(string(c.Code)))})
	}
}

// close ends a term. The PCS Index lists cross-references in terms without a title; they are those of the term around.
func (b *indexXML) close(e *element) error {
	n := b.open[len(b.open)-1]
	b.open = b.open[:len(b.open)-1]
	t := b.f.terms[n]
	if t.Title+t.Nonessential+t.After != "" {
		return nil
	}
	if len(b.open) == 0 || n != len(b.f.terms)-1 {
		return damaged(e.line, "a <%s> without a title", e.name())
	}
	b.f.terms = slices.Delete(b.f.terms, n, n+1)
	up := b.here()
	up.Codes, up.Refs = append(up.Codes, t.Codes...), append(up.Refs, t.Refs...)
	return nil
}
