package codebook

import (
	"regexp"
	"strings"
)

// cmFile is what the files of one ICD-10-CM release hold, before seventh characters are expanded.
type cmFile struct {
	key   string
	rb    *ReleaseBuilder
	nodes map[Code]*cmNode
	order []*cmNode
	chaps []Chapter
	secs  []Section
	last  Section // the section line read last in the file at hand
}

// cmNode is a code line with what is indented below it.
type cmNode struct {
	line     sourceLine
	code     Code
	title    string
	section  Section // the section line above it in its file
	billable bool
	seventh  bool   // "+": completed by seventh characters
	only     string // the seventh characters it takes, "" for all of the list
	chars    []Choice
	poa      *rule
	severity *rule
	sex      string
	manif    bool
}

// rule is a fact that holds for a code and all below it, or for those with one of some seventh characters.
type rule struct {
	value  string
	chars  string // "" for all
	others *rule  // what holds for the other seventh characters
}

func (r *rule) at(seventh string) string {
	for ; r != nil; r = r.others {
		if r.chars == "" || seventh != "" && strings.Contains(r.chars, seventh) {
			return r.value
		}
	}
	return ""
}

var (
	cmCodeLine  = regexp.MustCompile(`^([A-Z][0-9A-Z][0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?:\s+(=|\+[0-9A-Z]*))?\s+(\S.*)$`)
	cmRangeLine = regexp.MustCompile(`^([A-Z][0-9A-Z]{2})(?:-([A-Z][0-9A-Z]{2}))?\s+(\S.*)$`)
)

// encounter is the usual list of seventh characters of injuries and external causes; "7th: ADS" stands for it.
var encounter = []Choice{{"A", "initial encounter"}, {"D", "subsequent encounter"}, {"S", "sequela"}}

func (sr *starterReader) cmLines(rb *ReleaseBuilder, key string, lines []sourceLine) {
	var f *cmFile
	for _, o := range sr.cm {
		if o.key == key {
			f = o
		}
	}
	if f == nil {
		f = &cmFile{key: key, rb: rb, nodes: map[Code]*cmNode{}}
		sr.cm = append(sr.cm, f)
	}
	f.last = Section{}
	for _, bl := range blocks(lines) {
		word, rest, _ := strings.Cut(bl.text, " ")
		switch word {
		case "chapter":
			f.chapter(sr, bl, strings.TrimSpace(rest))
		case "section":
			f.section(sr, bl, strings.TrimSpace(rest))
		default:
			f.codeLine(sr, bl)
		}
	}
}

func (f *cmFile) chapter(sr *starterReader, bl block, rest string) {
	number, rest, _ := strings.Cut(rest, " ")
	m := cmRangeLine.FindStringSubmatch(strings.TrimSpace(rest))
	if m == nil {
		sr.fail(bl.sourceLine, "a chapter line is: chapter 4 E00-E89 Title")
		return
	}
	c := Chapter{Number: number, First: Code(m[1]), Last: Code(m[2]), Title: m[3]}
	if c.Last == "" {
		c.Last = c.First
	}
	if !sr.repeats("chapter "+number, f.rb, bl) {
		f.chaps = append(f.chaps, c)
		f.rb.Chapter(c)
	}
	sr.noteLines(bl.under, nil, func(kind NoteKind, lines []string) { f.rb.ChapterNotes(number, kind, lines...) })
}

func (f *cmFile) section(sr *starterReader, bl block, rest string) {
	m := cmRangeLine.FindStringSubmatch(rest)
	if m == nil {
		sr.fail(bl.sourceLine, "a section line is: section E08-E13 Title")
		return
	}
	s := Section{First: Code(m[1]), Last: Code(m[2]), Title: m[3]}
	if s.Last == "" {
		s.Last = s.First
	}
	for _, c := range f.chaps {
		if c.First <= s.First && s.Last <= c.Last {
			s.Chapter = c.Number
		}
	}
	if s.Chapter == "" {
		sr.fail(bl.sourceLine, "section %s lies in no chapter: write its chapter line above it", s.Range())
		return
	}
	f.last = s
	if !sr.repeats("section "+s.Range(), f.rb, bl) {
		f.secs = append(f.secs, s)
		f.rb.Section(s)
	}
	sr.noteLines(bl.under, nil, func(kind NoteKind, lines []string) { f.rb.SectionNotes(s.First, s.Last, kind, lines...) })
}

func (f *cmFile) codeLine(sr *starterReader, bl block) {
	m := cmCodeLine.FindStringSubmatch(bl.text)
	if m == nil {
		sr.fail(bl.sourceLine, "%q is no chapter, section or code line; a code line is: E11.9 = Title", bl.text)
		return
	}
	c, err := ParseCode(ICD10CM, m[1])
	if err != nil {
		sr.fail(bl.sourceLine, "%v", err)
		return
	}
	n := &cmNode{line: bl.sourceLine, code: c, title: m[3], section: f.last, billable: m[2] == "=", seventh: strings.HasPrefix(m[2], "+"), only: strings.TrimPrefix(m[2], "+")}
	if !n.seventh {
		n.only = ""
	}
	if n.seventh && len(c) > 6 {
		sr.fail(bl.sourceLine, "%s has seven characters already and can take no seventh", m[1])
		return
	}
	if sr.repeats(m[1], f.rb, bl) {
		n = f.nodes[c]
	} else {
		f.nodes[c] = n
		f.order = append(f.order, n)
	}
	sr.noteLines(bl.under, n, func(kind NoteKind, lines []string) { f.rb.Notes(c, kind, lines...) })
}

// parent is the node above, found by dropping characters; only placeholders X may be skipped (A: T79.A0XA stands below T79.A0).
func (f *cmFile) parent(c Code) *cmNode {
	for p := c[:len(c)-1]; len(p) >= 3; p = p[:len(p)-1] {
		if n := f.nodes[p]; n != nil {
			return n
		}
		if p[len(p)-1] != 'X' {
			return nil
		}
	}
	return nil
}

// emit adds the codes to the release: facts come down from the headers, and seventh characters are expanded into codes.
func (f *cmFile) emit(sr *starterReader) {
	hasChild := map[Code]bool{}
	for _, n := range f.order {
		if len(n.code) > 3 {
			if p := f.parent(n.code); p != nil {
				hasChild[p.code] = true
			} else {
				sr.fail(n.line, "%s has no parent: write the line of %s too", n.code.Dotted(ICD10CM), n.code[:len(n.code)-1].Dotted(ICD10CM))
			}
			continue
		}
		inside := false
		for _, s := range f.secs {
			inside = inside || s.First <= n.code && n.code <= s.Last
		}
		if s := n.section; n.lettered() && s.Last != "" && s.Last < n.code && s.Last[:2] == n.code[:2] {
			f.rb.Category(n.code, s.First, s.Last)
			inside = true
		}
		if !inside {
			sr.fail(n.line, "category %s lies in no section: write the section line too", n.code)
		}
	}
	for _, n := range f.order {
		if hasChild[n.code] && (n.billable || n.seventh) {
			sr.fail(n.line, "%s has codes below it and so is a header: take the %q away", n.code.Dotted(ICD10CM), map[bool]string{true: "=", false: "+"}[n.billable])
			continue
		}
		facts := f.facts(n, "")
		if !n.seventh {
			f.rb.Code(n.code, n.title, n.billable, facts)
			continue
		}
		list := f.list(n)
		if len(list) == 0 {
			sr.fail(n.line, "%s takes seventh characters, but neither it nor a header above has a \"7th:\" list", n.code.Dotted(ICD10CM))
			continue
		}
		facts.SeventhChars = list
		f.rb.Code(n.code, n.title, false, facts)
		base := n.code + "XXXX"
		for _, ch := range list {
			f.rb.Code(base[:6]+Code(ch.Char), n.title+", "+ch.Title, true, f.facts(n, ch.Char))
		}
	}
}

// lettered tells a category such as Z3A, which sorts behind the section it stands in (Z30-Z39).
func (n *cmNode) lettered() bool { return len(n.code) == 3 && isLetter(n.code[2]) }

// list are the seventh characters of a node: those of the nearest list above, cut to the ones it names itself. S06.1X7 is "+A": with
// death before regaining consciousness there is no later encounter.
func (f *cmFile) list(n *cmNode) []Choice {
	for p := n; p != nil; p = f.above(p) {
		if len(p.chars) == 0 {
			continue
		}
		var out []Choice
		for _, ch := range p.chars {
			if n.only == "" || strings.Contains(n.only, ch.Char) {
				out = append(out, ch)
			}
		}
		return out
	}
	return nil
}

func (f *cmFile) above(n *cmNode) *cmNode {
	if len(n.code) <= 3 {
		return nil
	}
	return f.parent(n.code)
}

func (f *cmFile) facts(n *cmNode, seventh string) Facts {
	var out Facts
	poa, severity := (*rule)(nil), (*rule)(nil)
	for p := n; p != nil; p = f.above(p) {
		if poa == nil {
			poa = p.poa
		}
		if severity == nil {
			severity = p.severity
		}
		if out.Sex == "" {
			out.Sex = p.sex
		}
		out.Manifestation = out.Manifestation || p.manif
	}
	out.POAExempt = poa.at(seventh) == "exempt"
	if s := severity.at(seventh); s != "none" {
		out.Severity = s
	}
	return out
}
