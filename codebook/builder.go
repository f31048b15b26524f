package codebook

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Builder gathers releases and edits and makes a Book of them. The order in which codes are added does not matter. It collects all
// problems; Build reports them together. A Builder is not safe for concurrent use.
type Builder struct {
	releases   []*ReleaseBuilder
	modifiers  []Modifier
	guidelines []Guideline
	pairs      []uint64
	ncciName   string
	addOns     []uint64
	aliases    []alias
	indexes    []NewIndex
	claims     claimTables
	severity   newSeverity
	licensed   []descriptorSet
	problems   []error
}

// NewBuilder is an empty builder.
func NewBuilder() *Builder { return &Builder{} }

func (b *Builder) fail(format string, args ...any) {
	b.problems = append(b.problems, fmt.Errorf(format, args...))
}

// Release begins a release; its codes, notes and tables are added to the result. Codes of r is ignored and counted by Build.
func (b *Builder) Release(r Release) *ReleaseBuilder {
	rb := &ReleaseBuilder{b: b, info: r, factsAt: map[factKey]int32{}, facts: []Facts{{}}}
	b.releases = append(b.releases, rb)
	return rb
}

// Modifier adds a modifier.
func (b *Builder) Modifier(m Modifier) { b.modifiers = append(b.modifiers, m) }

// Guideline adds a guideline.
func (b *Builder) Guideline(g Guideline) { b.guidelines = append(b.guidelines, g) }

// NCCIEdition names the release that the NCCI pairs come from, such as "2024Q3".
func (b *Builder) NCCIEdition(name string) { b.ncciName = name }

// NCCI adds a procedure-to-procedure edit: col2 is denied beside col1, unless modifier is "1" and a modifier says that it was distinct.
func (b *Builder) NCCI(col1, col2 Code, modifier string) { b.NCCIBecause(col1, col2, modifier, 0) }

// NCCIBecause is NCCI with the number of a Rationale, 0 for none.
func (b *Builder) NCCIBecause(col1, col2 Code, modifier string, rationale int) {
	k, ok := packPair(col1, col2)
	if !ok || modifier != "0" && modifier != "1" && modifier != "9" {
		b.fail("NCCI pair %s/%s with modifier indicator %q: want two five-character codes and 0, 1 or 9", col1, col2, modifier)
		return
	}
	if rationale < 0 || rationale >= maxRationales {
		b.fail("NCCI pair %s/%s with the rationale %d: want 0 to %d", col1, col2, rationale, maxRationales-1)
		return
	}
	b.pairs = append(b.pairs, k|uint64(rationale)<<4|uint64(modifier[0]-'0'))
}

// maxRationales is how many numbers a packed pair has room for.
const maxRationales = 16

// Rationale adds the words of a rationale of NCCI pairs by its number, 1 to 15.
func (b *Builder) Rationale(number int, words string) {
	if number < 1 || number >= maxRationales {
		b.fail("the rationale %d of NCCI pairs: want a number from 1 to %d", number, maxRationales-1)
		return
	}
	for len(b.claims.rationales) <= number {
		b.claims.rationales = append(b.claims.rationales, "")
	}
	b.claims.rationales[number] = words
}

// AddOn adds a primary code that an add-on code may stand beside.
func (b *Builder) AddOn(addOn, primary Code) {
	k, ok := packPair(addOn, primary)
	if !ok {
		b.fail("add-on pair %s/%s: want two five-character codes", addOn, primary)
		return
	}
	b.addOns = append(b.addOns, k)
}

// Alias adds a word or phrase that people search by (an abbreviation, a lay word) and what it means in the words of titles; several
// meanings are separated by "|".
func (b *Builder) Alias(phrase, means string) { b.aliases = append(b.aliases, newAlias(phrase, means)) }

// ReleaseBuilder gathers one release.
type ReleaseBuilder struct {
	b        *Builder
	info     Release
	codes    []newCode
	facts    []Facts
	factsAt  map[factKey]int32
	noted    []newNotes
	chapters []Chapter
	sections []Section
	tables   []pcsTable
	terms    []pcsTerm
	placed   []placed
}

type placed struct {
	category Code
	section  string
}

type newCode struct {
	key      uint64
	title    string
	facts    int32
	billable bool
}

type newNotes struct {
	at    string // a code, "chapter 4" or "E08-E13"
	group noteGroup
}

// Code adds a code or header with its title and facts.
func (rb *ReleaseBuilder) Code(c Code, title string, billable bool, f Facts) {
	if len(c) < 1 || len(c) > 7 || !allAlnum(string(c)) {
		rb.b.fail("%s %s: %q is no code", rb.info.System, rb.info.Edition, string(c))
		return
	}
	rb.codes = append(rb.codes, newCode{pack(c), title, rb.factIndex(f), billable})
}

func (rb *ReleaseBuilder) factIndex(f Facts) int32 {
	var sev strings.Builder
	for _, ch := range f.SeventhChars {
		sev.WriteString(ch.Char + "\x00" + ch.Title + "\x00")
	}
	k := newFactKey(f, sev.String())
	if k == (factKey{}) {
		return 0
	}
	i, ok := rb.factsAt[k]
	if !ok {
		i = int32(len(rb.facts))
		rb.facts = append(rb.facts, f)
		rb.factsAt[k] = i
	}
	return i
}

// Chapter adds a chapter of the Tabular List.
func (rb *ReleaseBuilder) Chapter(c Chapter) { rb.chapters = append(rb.chapters, c) }

// Section adds a section of the Tabular List; its chapter is found by the range when it names none. Sections come in the order of
// the Tabular List: one lies within an earlier one whose range holds it (C15-C26 within C00-C96), never within a later one.
func (rb *ReleaseBuilder) Section(s Section) { rb.sections = append(rb.sections, s) }

// Category puts a category into a section that its sort order would not find: M1A stands in M05-M14.
func (rb *ReleaseBuilder) Category(c, first, last Code) {
	rb.placed = append(rb.placed, placed{c, rangeName(first, last)})
}

// Notes adds one instructional note to a code. Several lines are one list under one heading: the first may introduce the others.
func (rb *ReleaseBuilder) Notes(at Code, kind NoteKind, lines ...string) {
	rb.noted = append(rb.noted, newNotes{string(at), newGroup(kind, lines)})
}

// SectionNotes adds a note to a section, ChapterNotes to a chapter.
func (rb *ReleaseBuilder) SectionNotes(first, last Code, kind NoteKind, lines ...string) {
	rb.noted = append(rb.noted, newNotes{"section " + rangeName(first, last), newGroup(kind, lines)})
}

// ChapterNotes adds a note to a chapter.
func (rb *ReleaseBuilder) ChapterNotes(number string, kind NoteKind, lines ...string) {
	rb.noted = append(rb.noted, newNotes{"chapter " + number, newGroup(kind, lines)})
}

// Build makes the book. The error joins all problems: a code twice, notes or sections at nothing, two releases of one edition.
func (b *Builder) Build() (*Book, error) {
	book := &Book{bySystem: map[System][]*release{}, ncciName: b.ncciName}
	var built []*release
	for _, rb := range b.releases {
		built = append(built, rb.build())
	}
	for _, r := range built {
		for _, o := range book.bySystem[r.System] {
			if o.Edition == r.Edition {
				b.fail("%s %s stands twice: keep one release of an edition", r.System, r.Edition)
			}
		}
		book.bySystem[r.System] = append(book.bySystem[r.System], r)
	}
	book.modifiers = slices.Clone(b.modifiers)
	slices.SortFunc(book.modifiers, func(x, y Modifier) int { return cmp.Compare(x.Code, y.Code) })
	for i := 1; i < len(book.modifiers); i++ {
		if book.modifiers[i].Code == book.modifiers[i-1].Code {
			b.fail("modifier %s stands twice", book.modifiers[i].Code)
		}
	}
	book.guidelines = slices.Clone(b.guidelines)
	book.byGuideline = make(map[string]int, len(b.guidelines))
	for i, g := range book.guidelines {
		if _, twice := book.byGuideline[plainNumber(g.Number)]; twice {
			b.fail("guideline %s stands twice", g.Number)
		}
		book.byGuideline[plainNumber(g.Number)] = i
	}
	book.pairs = slices.Clone(b.pairs)
	slices.Sort(book.pairs)
	book.pairs = slices.Compact(book.pairs)
	book.addOns = slices.Clone(b.addOns)
	slices.Sort(book.addOns)
	book.addOns = slices.Compact(book.addOns)
	book.pairsDigest, book.addOnsDigest = digestOf(book.pairs), digestOf(book.addOns)
	book.aliases = slices.Clone(b.aliases)
	book.index = b.buildIndex()
	book.claims = b.buildClaims()
	book.licensed = b.buildDescriptors()
	if len(b.problems) > 0 {
		return nil, errors.Join(b.problems...)
	}
	book.finish()
	return book, nil
}

// build lays the release out: sorted rows with parents, notes in one slice, titles in one string.
func (rb *ReleaseBuilder) build() *release {
	r := &release{Release: rb.info, facts: rb.facts, spans: []span{{}}}
	slices.SortStableFunc(rb.codes, func(x, y newCode) int { return cmp.Compare(x.key, y.key) })
	size := 0
	for _, c := range rb.codes {
		size += len(c.title)
	}
	var arena strings.Builder
	arena.Grow(size)
	for _, c := range rb.codes {
		arena.WriteString(c.title)
	}
	titles, at := arena.String(), 0
	r.rows = make([]row, 0, len(rb.codes))
	var open []int32
	for i, c := range rb.codes {
		title := titles[at : at+len(c.title)]
		at += len(c.title)
		if i > 0 && rb.codes[i-1].key == c.key {
			rb.b.fail("%s %s: %s stands twice", r.System, r.Edition, unpack(c.key).Dotted(r.System))
			continue
		}
		n := int32(len(r.rows))
		for len(open) > 0 && !hasPrefix(c.key, r.rows[open[len(open)-1]].key) {
			r.rows[open[len(open)-1]].end = n
			open = open[:len(open)-1]
		}
		parent := int32(-1)
		if len(open) > 0 {
			parent = open[len(open)-1]
		}
		open = append(open, n)
		r.rows = append(r.rows, row{key: c.key, title: title, parent: parent, facts: c.facts, section: -1, billable: c.billable})
	}
	for _, o := range open {
		r.rows[o].end = int32(len(r.rows))
	}
	r.Codes = len(r.rows)
	rb.placeSections(r)
	rb.placeNotes(r)
	rb.placeTables(r)
	r.index = newIndex(r)
	r.digest = r.hash()
	return r
}

func (rb *ReleaseBuilder) placeSections(r *release) {
	for _, c := range rb.chapters {
		r.chapters = append(r.chapters, chapter{Chapter: c})
	}
	for _, s := range rb.sections {
		at := slices.IndexFunc(r.chapters, func(c chapter) bool {
			return s.Chapter == c.Number || s.Chapter == "" && c.First <= s.First && s.Last <= c.Last
		})
		if at < 0 {
			rb.b.fail("%s %s: section %s lies in no chapter", r.System, r.Edition, s.Range())
			continue
		}
		s.Chapter = r.chapters[at].Number
		r.sections = append(r.sections, section{Section: s, chapter: int16(at), parent: r.enclosing(s)})
	}
	r.placed = make(map[Code]int16, len(rb.placed))
	for _, p := range rb.placed {
		i := slices.IndexFunc(r.sections, func(s section) bool { return s.Range() == p.section })
		if i < 0 {
			rb.b.fail("%s %s: category %s is to stand in section %s, which is not there", r.System, r.Edition, p.category, p.section)
			continue
		}
		r.placed[p.category] = int16(i)
	}
	if len(r.sections) == 0 {
		return
	}
	for i := range r.rows {
		w := &r.rows[i]
		if w.parent >= 0 {
			w.section = r.rows[w.parent].section
			continue
		}
		w.section = r.sectionOf(unpack(w.key))
		if w.section < 0 {
			rb.b.fail("%s %s: category %s lies in no section", r.System, r.Edition, unpack(w.key))
		}
	}
}

// enclosing is the narrowest of the sections so far that holds s, or -1.
func (r *release) enclosing(s Section) int16 {
	best := int16(-1)
	for i, o := range r.sections {
		if o.First <= s.First && s.Last <= o.Last && (best < 0 || o.First >= r.sections[best].First && o.Last <= r.sections[best].Last) {
			best = int16(i)
		}
	}
	return best
}

// sectionOf is the narrowest section around a code: C7A lies in C76-C80 by its sort order, but has a section of its own.
func (r *release) sectionOf(c Code) int16 {
	c = c[:min(3, len(c))]
	if i, ok := r.placed[c]; ok {
		return i
	}
	best := int16(-1)
	for i, s := range r.sections {
		if c < s.First || c > s.Last {
			continue
		}
		if best < 0 || s.First >= r.sections[best].First && s.Last <= r.sections[best].Last || s.First == s.Last {
			best = int16(i)
		}
	}
	return best
}

func (rb *ReleaseBuilder) placeNotes(r *release) {
	slices.SortStableFunc(rb.noted, func(x, y newNotes) int { return cmp.Compare(x.at, y.at) })
	for i := 0; i < len(rb.noted); {
		j := i
		from := int32(len(r.groups))
		for ; j < len(rb.noted) && rb.noted[j].at == rb.noted[i].at; j++ {
			r.groups = append(r.groups, rb.noted[j].group)
		}
		at := rb.noted[i].at
		i = j
		place := r.spanAt(at)
		if place == nil {
			rb.b.fail("%s %s: notes stand at %s, which the release does not have", r.System, r.Edition, at)
			continue
		}
		*place = int32(len(r.spans))
		r.spans = append(r.spans, span{from, int32(len(r.groups))})
	}
}

func (r *release) spanAt(at string) *int32 {
	if name, ok := strings.CutPrefix(at, "chapter "); ok {
		if i := slices.IndexFunc(r.chapters, func(c chapter) bool { return c.Number == name }); i >= 0 {
			return &r.chapters[i].span
		}
		return nil
	}
	if name, ok := strings.CutPrefix(at, "section "); ok {
		if i := slices.IndexFunc(r.sections, func(s section) bool { return s.Range() == name }); i >= 0 {
			return &r.sections[i].span
		}
		return nil
	}
	if i := r.find(Code(at)); i >= 0 {
		return &r.rows[i].span
	}
	return nil
}
