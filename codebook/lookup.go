package codebook

import (
	"fmt"
	"slices"
)

// Book is reference data: releases of the code sets with their notes, tables and edits. It is immutable and safe for concurrent use;
// a Builder makes it.
type Book struct {
	bySystem    map[System][]*release // by ValidFrom, oldest first
	modifiers   []Modifier            // by code
	guidelines  []Guideline
	byGuideline map[string]int
	pairs       []uint64
	ncciName    string
	addOns      []uint64
	aliases     []alias
	aliasesBy   map[string][]int // by each of their words
	index       *Index           // nil when none is loaded
	claims      claimTables
	licensed    []descriptorSet // the site's own
	edition     string

	pairsDigest, addOnsDigest [32]byte
}

// Releases are the releases loaded, by code set and then oldest first.
func (b *Book) Releases() []Release {
	var out []Release
	for _, sys := range Systems {
		for _, r := range b.bySystem[sys] {
			out = append(out, r.Release)
		}
	}
	return out
}

// Lookup finds a code or header as of a date of service; without a date in the newest release of the set. The error wraps
// ErrUnknownCode and says what to do. Whether the code may be reported is Entry.Billable; a header is no error.
func (b *Book) Lookup(sys System, c Code, on Date) (Entry, error) {
	r, i, exact := b.find(sys, c, on)
	switch {
	case r == nil:
		return Entry{}, b.noRelease(sys, c, on)
	case i < 0:
		return Entry{}, r.unknown(c)
	}
	return r.entry(i, exact), nil
}

// find is where a code stands in the release that answers for the date, -1 when it has none; r is nil when there is no such release.
func (b *Book) find(sys System, c Code, on Date) (r *release, i int, exact bool) {
	if r, exact = b.pick(sys, on); r == nil {
		return nil, -1, false
	}
	return r, r.find(c), exact
}

func (b *Book) noRelease(sys System, c Code, on Date) error {
	if rs := b.bySystem[sys]; len(rs) > 0 {
		return fmt.Errorf("%s cannot be looked up on %s: the oldest %s release loaded, %s, begins on %s; import an older one: %w",
			c.Dotted(sys), on, sys.Name(), rs[0].Edition, rs[0].ValidFrom, ErrUnknownCode)
	}
	return fmt.Errorf("%s cannot be looked up: no %s release is loaded; import one: %w", c.Dotted(sys), sys.Name(), ErrUnknownCode)
}

func (r *release) unknown(c Code) error {
	name := r.System.Name() + " " + r.Edition
	if r.Starter {
		name += " (starter book)"
	}
	if i := r.nearest(c); i >= 0 && len(c) > 0 {
		near := unpack(r.rows[i].key)
		hint := "it needs no more characters"
		if !r.rows[i].billable {
			hint = "it has codes below it"
		}
		return fmt.Errorf("%s is not in %s; the nearest known code is %s %s (%s): %w", c.Dotted(r.System), name, near.Dotted(r.System), r.rows[i].title, hint, ErrUnknownCode)
	}
	hint := "check it in the codebook"
	if r.Starter {
		hint = "check it, or import the full release"
	}
	return fmt.Errorf("%s is not in %s; %s: %w", c.Dotted(r.System), name, hint, ErrUnknownCode)
}

func (r *release) entry(i int, exact bool) Entry {
	w := &r.rows[i]
	e := Entry{
		Ref:      Ref{r.System, unpack(w.key)},
		Title:    w.title,
		Licensed: w.licensed,
		Billable: w.billable,
		Release:  r.Edition,
		Exact:    exact,
		Notes:    r.notesOf(i),
		Facts:    r.facts[w.facts],
	}
	e.Facts.SeventhChars = slices.Clone(e.Facts.SeventhChars)
	if w.parent >= 0 {
		e.Parent = unpack(r.rows[w.parent].key)
	}
	return e
}

// Children are the entries right below a code, in code order.
func (b *Book) Children(sys System, c Code, on Date) []Entry {
	r, i, exact := b.find(sys, c, on)
	if i < 0 {
		return nil
	}
	return r.childrenOf(i, exact)
}

func (r *release) childrenOf(i int, exact bool) []Entry {
	var out []Entry
	for n := int32(i) + 1; n < r.rows[i].end; n = r.rows[n].end {
		out = append(out, r.entry(int(n), exact))
	}
	return out
}

// Siblings are the other entries under the same parent, in code order. For a three-character ICD-10-CM category they are the other
// categories of its section; for CPT and HCPCS codes, which have no parents, the codes with the same first three characters.
func (b *Book) Siblings(sys System, c Code, on Date) []Entry {
	r, i, exact := b.find(sys, c, on)
	if i < 0 {
		return nil
	}
	var out []Entry
	if p := r.rows[i].parent; p >= 0 {
		out = r.childrenOf(int(p), exact)
	} else if len(r.sections) > 0 {
		for n := int32(0); n < int32(len(r.rows)); n = r.rows[n].end {
			if r.rows[n].section == r.rows[i].section {
				out = append(out, r.entry(int(n), exact))
			}
		}
	} else {
		lo, hi := r.prefixRange(c[:min(3, len(c))])
		for n := lo; n < hi; n++ {
			if r.rows[n].parent < 0 {
				out = append(out, r.entry(n, exact))
			}
		}
	}
	return slices.DeleteFunc(out, func(e Entry) bool { return e.Code == c })
}

// Ancestors are the headers above a code, nearest first. Sections and chapters are no codes; Section tells them.
func (b *Book) Ancestors(sys System, c Code, on Date) []Entry {
	r, i, exact := b.find(sys, c, on)
	if i < 0 {
		return nil
	}
	var out []Entry
	for n := r.rows[i].parent; n >= 0; n = r.rows[n].parent {
		out = append(out, r.entry(int(n), exact))
	}
	return out
}

// Section is the section of the Tabular List that an ICD-10-CM code stands in, whether or not the code itself is known.
func (b *Book) Section(c Code, on Date) (Section, bool) {
	r, _ := b.pick(ICD10CM, on)
	if r == nil || len(c) < 3 {
		return Section{}, false
	}
	if s := r.sectionOf(c); s >= 0 {
		return r.sections[s].Section, true
	}
	return Section{}, false
}

// Chapters are the chapters of the Tabular List that the release of the date has, in order.
func (b *Book) Chapters(on Date) []Chapter {
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return nil
	}
	var out []Chapter
	for _, c := range r.chapters {
		out = append(out, c.Chapter)
	}
	return out
}

// Sections are the sections of a chapter ("4"), in order; of all chapters when it is empty.
func (b *Book) Sections(chapter string, on Date) []Section {
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return nil
	}
	var out []Section
	for _, s := range r.sections {
		if chapter == "" || s.Chapter == chapter {
			out = append(out, s.Section)
		}
	}
	return out
}

// Top are the entries of a set that have no parent: the categories of ICD-10-CM, the tables of ICD-10-PCS, all CPT and HCPCS codes.
// A section limits ICD-10-CM to its categories.
func (b *Book) Top(sys System, within *Section, on Date) []Entry {
	r, exact := b.pick(sys, on)
	if r == nil {
		return nil
	}
	var out []Entry
	for n := int32(0); n < int32(len(r.rows)); n = r.rows[n].end {
		if within != nil {
			s := r.rows[n].section
			if s < 0 || r.sections[s].First != within.First || r.sections[s].Last != within.Last {
				continue
			}
		}
		out = append(out, r.entry(int(n), exact))
	}
	return out
}
