package release

import (
	"io"
	"regexp"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// note is one instructional note: the list under one heading.
type note struct {
	kind  codebook.NoteKind
	lines []string
}

type tabularChapter struct {
	codebook.Chapter
	notes []note
}

type tabularSection struct {
	codebook.Section
	notes []note
}

// diag is a code or header of the Tabular List. The list ends where seventh characters would follow.
type diag struct {
	code    codebook.Code
	parent  int               // in tabular.diags; -1 for a category
	section int               // in tabular.sections
	leaf    bool              // has none below it
	seventh []codebook.Choice // the definition of seventh characters that stands here
	notes   []note
}

// tabular is a Tabular List.
type tabular struct {
	chapters []tabularChapter
	sections []tabularSection
	diags    []diag
	tally    // rows are diags
}

// noteKinds are the elements that hold notes.
var noteKinds = map[string]codebook.NoteKind{
	"includes": codebook.Includes, "inclusionTerm": codebook.Inclusion,
	"excludes1": codebook.Excludes1, "excludes2": codebook.Excludes2,
	"codeFirst": codebook.CodeFirst, "useAdditionalCode": codebook.UseAdditional, "codeAlso": codebook.CodeAlso,
	"notes": codebook.Instruction, "sevenChrNote": codebook.Instruction,
}

var rangeInTitle = regexp.MustCompile(`\s*\(([A-Z][0-9A-Z]{2})(?:-([A-Z][0-9A-Z]{2}))?\)$`)

// readTabular reads the Tabular List XML.
func readTabular(r io.Reader) (*tabular, error) {
	b := &tabularReader{t: &tabular{}, diag: -1}
	if err := walkXML(r, b.start, b.end); err != nil {
		return nil, err
	}
	b.t.tally.rows = len(b.t.diags)
	return b.t, nil
}

type tabularReader struct {
	t     *tabular
	diag  int // the innermost open diag, -1 for none
	lines []string
	char  string // of the open extension
}

func (b *tabularReader) start(e *element) error {
	switch e.name() {
	case "chapter":
		b.t.chapters = append(b.t.chapters, tabularChapter{})
	case "section":
		if len(b.t.chapters) == 0 {
			return damaged(e.line, "a section outside of a chapter")
		}
		first, last, two := strings.Cut(e.get("id"), "-")
		if !two {
			last = first
		}
		s := codebook.Section{First: codebook.Code(first), Last: codebook.Code(last)}
		for _, c := range []codebook.Code{s.First, s.Last} {
			if _, err := codebook.ParseCode(codebook.ICD10CM, string(c)); err != nil || len(c) != 3 {
				return damaged(e.line, "section id %q: want two categories, such as E08-E13", e.get("id"))
			}
		}
		b.t.sections = append(b.t.sections, tabularSection{Section: s})
	case "diag":
		if len(b.t.sections) == 0 {
			return damaged(e.line, "a diag outside of a section")
		}
		if b.diag >= 0 {
			b.t.diags[b.diag].leaf = false
		}
		b.t.diags = append(b.t.diags, diag{parent: b.diag, section: len(b.t.sections) - 1, leaf: true})
		b.diag = len(b.t.diags) - 1
	case "extension":
		b.char = e.get("char")
	default:
		if _, ok := noteKinds[e.name()]; ok {
			b.lines = nil
		}
	}
	return nil
}

func (b *tabularReader) end(e *element, text string) error {
	name, parent := e.name(), e.parent()
	if kind, ok := noteKinds[name]; ok {
		b.attach(parent, kind)
		return nil
	}
	switch name {
	case "note":
		if _, ok := noteKinds[parent]; ok && text != "" {
			b.lines = append(b.lines, text)
		}
		// Four definitions of seventh characters have a synonym of a stage as a note right after it.
		if parent == "sevenChrDef" && b.diag >= 0 && text != "" {
			if n := len(b.t.diags[b.diag].seventh); n > 0 {
				b.t.diags[b.diag].seventh[n-1].Title += " (" + text + ")"
			}
		}
	case "name":
		switch parent {
		case "chapter":
			b.t.chapters[len(b.t.chapters)-1].Number = text
		case "diag":
			c, err := codebook.ParseCode(codebook.ICD10CM, text)
			if err != nil {
				return damaged(e.line, "%v", err)
			}
			d := &b.t.diags[b.diag]
			d.code = c
			if up := b.parentCode(d); !strings.HasPrefix(string(c), string(up)) || c == up {
				return damaged(e.line, "%s stands under %s", text, up.Dotted(codebook.ICD10CM))
			}
		}
	case "desc":
		switch parent {
		case "chapter":
			c := &b.t.chapters[len(b.t.chapters)-1]
			m := rangeInTitle.FindStringSubmatch(text)
			if m == nil {
				return damaged(e.line, "chapter title %q names no range", text)
			}
			c.First, c.Last = codebook.Code(m[1]), codebook.Code(m[2])
			if m[2] == "" {
				c.Last = c.First
			}
			c.Title = strings.TrimSuffix(text, m[0])
		case "section":
			b.t.sections[len(b.t.sections)-1].Title = rangeInTitle.ReplaceAllString(text, "")
		}
	case "extension":
		if b.diag < 0 || len(b.char) != 1 {
			return damaged(e.line, "a seventh character %q that is not one character of a code", b.char)
		}
		d := &b.t.diags[b.diag]
		d.seventh = append(d.seventh, codebook.Choice{Char: b.char, Title: text})
	case "section":
		b.t.sections[len(b.t.sections)-1].Chapter = b.t.chapters[len(b.t.chapters)-1].Number
	case "diag":
		d := &b.t.diags[b.diag]
		if d.code == "" {
			return damaged(e.line, "a diag without a name")
		}
		b.diag = d.parent
	}
	return nil
}

func (b *tabularReader) parentCode(d *diag) codebook.Code {
	if d.parent < 0 {
		return ""
	}
	return b.t.diags[d.parent].code
}

// attach puts a finished list of notes where it stands.
func (b *tabularReader) attach(parent string, kind codebook.NoteKind) {
	if len(b.lines) == 0 {
		return
	}
	n := note{kind, b.lines}
	b.lines = nil
	switch parent {
	case "chapter":
		c := &b.t.chapters[len(b.t.chapters)-1]
		c.notes = append(c.notes, n)
	case "section":
		// An inclusion term belongs to one code; what four sections list so holds for all of theirs.
		if n.kind == codebook.Inclusion {
			n.kind = codebook.Includes
		}
		s := &b.t.sections[len(b.t.sections)-1]
		s.notes = append(s.notes, n)
	case "diag":
		d := &b.t.diags[b.diag]
		d.notes = append(d.notes, n)
	}
}

// sevenths are the seventh characters of each code that is complete but for them, from the nearest definition at or above it. Only those
// that the order file lists as billable remain; the others are returned as absent. The Tabular List itself has such: S06 codes whose
// sixth character is 7 or 8 (death before regaining consciousness) take only A.
func (t *tabular) sevenths(billable func(codebook.Code) bool) (at map[codebook.Code][]codebook.Choice, absent []codebook.Code) {
	at = map[codebook.Code][]codebook.Choice{}
	for i := range t.diags {
		d := &t.diags[i]
		if !d.leaf {
			continue
		}
		def := t.definition(i)
		if len(def) == 0 {
			continue
		}
		stem := string(d.code) + strings.Repeat("X", max(0, 6-len(d.code)))
		var choices []codebook.Choice
		for _, ch := range def {
			if c := codebook.Code(stem + ch.Char); billable(c) {
				choices = append(choices, ch)
			} else {
				absent = append(absent, c)
			}
		}
		at[d.code] = choices
	}
	return at, absent
}

func (t *tabular) definition(i int) []codebook.Choice {
	for ; i >= 0; i = t.diags[i].parent {
		if len(t.diags[i].seventh) > 0 {
			return t.diags[i].seventh
		}
	}
	return nil
}

// covers reports whether the list has every category; the publisher also hands out single chapters.
func (t *tabular) covers(o *order) bool {
	have := map[codebook.Code]bool{}
	for i := range t.diags {
		if t.diags[i].parent < 0 {
			have[t.diags[i].code] = true
		}
	}
	return !slices.ContainsFunc(o.list, func(r orderRow) bool { return len(r.code) == 3 && !have[r.code] })
}
