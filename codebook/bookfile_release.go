package codebook

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
)

// rowSize is what a row takes in a book file: key, size of the title, parent, end, facts, span, section, billable.
const rowSize = 8 + 4 + 4 + 4 + 4 + 4 + 2 + 1

// packRelease writes a release but for its Release, which stands in the main section. The titles stand first among the texts, in the
// order of the rows, so that a row need not say where its title is.
func packRelease(r *release, p *packer) {
	for i := range r.rows {
		p.text = append(p.text, r.rows[i].title...)
	}
	p.uint(len(r.rows))
	for i := range r.rows {
		w := &r.rows[i]
		p.fix64(w.key)
		for _, n := range []int32{int32(len(w.title)), w.parent, w.end, w.facts, w.span} {
			p.fix32(uint32(n))
		}
		p.data = binary.LittleEndian.AppendUint16(p.data, uint16(w.section))
		p.bool(w.billable)
	}
	packed(p, r.facts)
	packNotes(r, p)
	p.uint(len(r.chapters))
	for _, c := range r.chapters {
		packed(p, c.Chapter)
		p.uint(int(c.span))
	}
	p.uint(len(r.sections))
	for _, s := range r.sections {
		packed(p, s.Section)
		p.uint(int(s.chapter))
		p.uint(int(s.parent) + 1)
		p.uint(int(s.span))
	}
	p.uint(len(r.placed))
	for _, c := range slices.Sorted(maps.Keys(r.placed)) {
		p.string(string(c))
		p.uint(int(r.placed[c]))
	}
	p.uint(len(r.tables))
	for _, t := range r.tables {
		packed(p, t.PCSTable)
	}
	p.uint(len(r.terms))
	for _, t := range r.terms {
		p.uint(int(t.section))
		p.uint(t.position)
		p.string(t.label)
		p.string(t.text)
	}
	packIndex(r.index, p)
	p.data = append(p.data, r.digest[:]...)
}

func packNotes(r *release, p *packer) {
	lines, refs := 0, 0
	for _, g := range r.groups {
		lines += len(g.lines)
		refs += len(g.refs)
	}
	p.uint(len(r.groups))
	p.uint(lines)
	p.uint(refs)
	for _, g := range r.groups {
		p.string(string(g.kind))
		p.bool(g.must)
		p.uint(len(g.lines))
		for _, l := range g.lines {
			p.string(l)
		}
		p.uint(len(g.refs))
		for _, c := range g.refs {
			for _, s := range []string{string(c.First), string(c.Last), string(c.Suffix), c.At, c.Chars} {
				p.string(s)
			}
		}
	}
	p.uint(len(r.spans))
	for _, s := range r.spans {
		p.uint(int(s.from))
		p.uint(int(s.to))
	}
}

// unpackRelease reads what packRelease wrote and checks that no index leads astray and no walk goes round in circles.
func unpackRelease(r *release, u *unpacker) {
	unpackRows(r, u)
	unpacked(u, &r.facts)
	unpackNotes(r, u)
	for range u.count(5) {
		var c chapter
		unpacked(u, &c.Chapter)
		c.span = int32(u.below(len(r.spans)))
		r.chapters = append(r.chapters, c)
	}
	for i := range u.count(7) {
		var s section
		unpacked(u, &s.Section)
		s.chapter = int16(u.below(len(r.chapters)))
		s.parent = int16(u.below(i+1)) - 1
		s.span = int32(u.below(len(r.spans)))
		r.sections = append(r.sections, s)
	}
	n := u.count(2)
	r.placed = make(map[Code]int16, n)
	for range n {
		c := Code(u.string())
		r.placed[c] = int16(u.below(len(r.sections)))
	}
	for i := range u.count(8) {
		var t pcsTable
		unpacked(u, &t.PCSTable)
		if !t.sound() || i > 0 && r.tables[i-1].Prefix >= t.Prefix {
			u.fail("table %q is out of order or has a value without a character", t.Prefix)
		}
		r.tables = append(r.tables, t)
	}
	for range u.count(4) {
		r.terms = append(r.terms, pcsTerm{byte(u.uint()), u.uint(), u.string(), u.string()})
	}
	r.index = unpackIndex(len(r.rows), u)
	copy(r.digest[:], u.take(len(r.digest)))
	for i := range r.rows {
		w := &r.rows[i]
		if w.parent >= int32(i) || w.parent < -1 || w.end <= int32(i) || w.end > int32(len(r.rows)) || uint(w.facts) >= uint(len(r.facts)) ||
			uint(w.span) >= uint(len(r.spans)) || w.section < -1 || int(w.section) >= len(r.sections) || i > 0 && w.key <= r.rows[i-1].key {
			u.fail("row %d of %s %s leads astray", i, r.System, r.Edition)
			return
		}
	}
	if r.Codes != len(r.rows) {
		u.fail("%s %s has %d rows and should have %d", r.System, r.Edition, len(r.rows), r.Codes)
	}
}

func unpackRows(r *release, u *unpacker) {
	n := u.count(rowSize)
	b := u.take(n * rowSize)
	if u.err != nil {
		return
	}
	r.rows = make([]row, n)
	at := 0
	for i := range r.rows {
		w := &r.rows[i]
		w.key = binary.LittleEndian.Uint64(b)
		size := int(binary.LittleEndian.Uint32(b[8:]))
		w.parent = int32(binary.LittleEndian.Uint32(b[12:]))
		w.end = int32(binary.LittleEndian.Uint32(b[16:]))
		w.facts = int32(binary.LittleEndian.Uint32(b[20:]))
		w.span = int32(binary.LittleEndian.Uint32(b[24:]))
		w.section = int16(binary.LittleEndian.Uint16(b[28:]))
		w.billable = b[30] != 0
		b = b[rowSize:]
		if size > len(u.text)-at {
			u.fail("the title of row %d lies outside of the text", i)
			return
		}
		w.title = u.text[at : at+size]
		at += size
	}
}

func unpackNotes(r *release, u *unpacker) {
	groups, lines, refs := u.count(4), u.uint(), u.uint()
	if lines > len(u.data) || refs > len(u.data) {
		u.fail("%d lines and %d references do not fit into %d bytes", lines, refs, len(u.data))
		return
	}
	// One slice of lines and one of references for all notes: a release has 60,000 notes, most of one line.
	allLines, allRefs := make([]string, 0, lines), make([]CodeRange, 0, refs)
	r.groups = make([]noteGroup, 0, groups)
	for range groups {
		g := noteGroup{kind: NoteKind(u.string()), must: u.bool()}
		from := len(allLines)
		for range u.count(1) {
			allLines = append(allLines, u.string())
		}
		g.lines = allLines[from:len(allLines):len(allLines)]
		from = len(allRefs)
		for range u.count(5) {
			allRefs = append(allRefs, CodeRange{Code(u.string()), Code(u.string()), Code(u.string()), u.string(), u.string()})
		}
		if len(allRefs) > from {
			g.refs = allRefs[from:len(allRefs):len(allRefs)]
		}
		for _, c := range g.refs {
			if strings.Trim(c.At, "1234567") != "" {
				u.fail("a reference asks for place %q", c.At)
			}
		}
		g.first = lettersOf(g.refs)
		r.groups = append(r.groups, g)
	}
	n := u.count(2)
	r.spans = make([]span, n)
	for i := range r.spans {
		s := span{int32(u.uint()), int32(u.uint())}
		if s.from < 0 || s.from > s.to || int(s.to) > len(r.groups) {
			u.fail("notes %d to %d of %d", s.from, s.to, len(r.groups))
		}
		r.spans[i] = s
	}
	if n == 0 {
		u.fail("the first span of notes, which is empty, is not there")
	}
}

// sound reports whether a table has what PCS and PCSNext take for granted.
func (t *pcsTable) sound() bool {
	if len(t.Prefix) != 3 {
		return false
	}
	for _, row := range t.Rows {
		for _, axis := range row {
			if slices.ContainsFunc(axis.Values, func(c Choice) bool { return len(c.Char) != 1 }) {
				return false
			}
		}
	}
	return true
}
