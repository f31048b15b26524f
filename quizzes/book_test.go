package quizzes_test

import (
	"fmt"
	"slices"
	"testing"

	"crosswalk/codebook"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// fakeBook knows every well-formed code and has no objections, unless told otherwise. It stands in for the full releases, which tests
// cannot have.
type fakeBook struct {
	*codebook.Book // for what is not overridden
	unknown        []codebook.Code
	headers        []codebook.Code
	exempt         []codebook.Code
	etiologies     map[codebook.Code]codebook.CodeRange
	excludes1      [][2]codebook.Code
	partners       []codebook.Conflict
	ncci           map[[2]codebook.Code]string
	badCites       []string
	badMods        []string
	inexact        bool
}

func (b *fakeBook) Lookup(sys codebook.System, c codebook.Code, _ codebook.Date) (codebook.Entry, error) {
	if slices.Contains(b.unknown, c) {
		return codebook.Entry{}, fmt.Errorf("%s is not in %s: %w", c.Dotted(sys), sys.Name(), codebook.ErrUnknownCode)
	}
	_, manifestation := b.etiologies[c]
	return codebook.Entry{Ref: codebook.Ref{System: sys, Code: c}, Title: "Title of " + string(c), Billable: !slices.Contains(b.headers, c), Release: "2026", Exact: !b.inexact,
		Facts: codebook.Facts{POAExempt: slices.Contains(b.exempt, c), Manifestation: manifestation}}, nil
}

func (b *fakeBook) Brief(sys codebook.System, c codebook.Code, on codebook.Date) (codebook.Entry, bool) {
	e, err := b.Lookup(sys, c, on)
	return e, err == nil
}

func (b *fakeBook) Chapter(codebook.Code, codebook.Date) (codebook.Chapter, bool) {
	return codebook.Chapter{}, false
}

func (b *fakeBook) Severity(codebook.Code, codebook.Code, codebook.Date) (string, bool, bool) {
	return "", false, false
}

func (b *fakeBook) Fees(codebook.Code, string) (codebook.Fee, bool) { return codebook.Fee{}, false }

func (b *fakeBook) Section(c codebook.Code, _ codebook.Date) (codebook.Section, bool) {
	return codebook.Section{First: c[:3], Last: c[:3]}, true
}

func (b *fakeBook) Excludes1(codes []codebook.Code, _ codebook.Date) []codebook.Conflict {
	var out []codebook.Conflict
	for _, p := range b.excludes1 {
		if slices.Contains(codes, p[0]) && slices.Contains(codes, p[1]) {
			out = append(out, codebook.Conflict{Kind: "excludes1", Codes: []codebook.Ref{{System: codebook.ICD10CM, Code: p[0]}, {System: codebook.ICD10CM, Code: p[1]}}, Note: "note", From: string(p[0][:3])})
		}
	}
	return out
}

func (b *fakeBook) Partners(codes []codebook.Code, _ codebook.Date) []codebook.Conflict {
	out := slices.Clone(b.partners)
	for i, c := range codes {
		if r, ok := b.etiologies[c]; ok && !slices.ContainsFunc(codes[:i], r.Contains) {
			out = append(out, codebook.Conflict{Kind: "partner", Codes: []codebook.Ref{{System: codebook.ICD10CM, Code: c}}, Note: "code first", From: string(c)})
		}
	}
	return out
}

func (b *fakeBook) Etiologies(c codebook.Code, _ codebook.Date) ([]codebook.CodeRange, bool) {
	r, ok := b.etiologies[c]
	return []codebook.CodeRange{r}, ok
}

func (b *fakeBook) NCCI(col1, col2 codebook.Code) (string, bool) {
	m, ok := b.ncci[[2]codebook.Code{col1, col2}]
	return m, ok
}

func (b *fakeBook) PCS(c codebook.Code, _ codebook.Date) ([]codebook.PCSChar, error) {
	chars := make([]codebook.PCSChar, len(c))
	for i := range c {
		chars[i] = codebook.PCSChar{Position: i + 1, Char: string(c[i])}
	}
	return chars, nil
}

func (b *fakeBook) CiteOK(cite string) (known, checked bool) {
	return !slices.Contains(b.badCites, cite), true
}

func (b *fakeBook) Children(codebook.System, codebook.Code, codebook.Date) []codebook.Entry {
	return nil
}

func (b *fakeBook) ClaimConflicts(c codebook.Claim) []codebook.Conflict {
	var dx []codebook.Code
	for _, l := range c.Lines {
		if l.System == codebook.ICD10CM {
			dx = append(dx, l.Code)
		}
	}
	out := append(b.Excludes1(dx, c.On), b.Partners(dx, c.On)...)
	for i := range c.Lines {
		for j := range c.Lines {
			x, y := &c.Lines[i], &c.Lines[j]
			if m, ok := b.ncci[[2]codebook.Code{x.Code, y.Code}]; ok && c.Setting == codebook.Practitioner && (m == "0" || m == "1" && !codebook.SetApart(x, y)) {
				out = append(out, codebook.Conflict{Kind: codebook.KindNCCI, Codes: []codebook.Ref{x.Ref, y.Ref}, Note: "bundled", Modifier: m})
			}
		}
	}
	return out
}

func (b *fakeBook) Modifier(m string) (codebook.Modifier, bool) {
	return codebook.Modifier{Code: m}, !slices.Contains(b.badMods, m)
}

var _ quizzes.Codebook = (*codebook.Book)(nil)

// TestShippedKeys grades every shipped key against itself with a book that knows all codes, so that this does not wait for the starter book.
func TestShippedKeys(t *testing.T) {
	_, bank, book, _ := shipped(t)
	for _, p := range bank.Check(&fakeBook{Book: book}) {
		if p.Severity == markdown.Error && p.Rule != "poa" && p.Rule != "manifestation" { // facts that only a real book has
			t.Error(p)
		}
	}
}
