package codebook

import "slices"

// Brief is Lookup without the notes and, for a code that the release does not have, without the words of an error: what a caller asks
// for that looks at many codes and prints few. ok is false where Lookup gives an error.
func (b *Book) Brief(sys System, c Code, on Date) (e Entry, ok bool) {
	r, i, exact := b.find(sys, c, on)
	if i < 0 {
		return Entry{}, false
	}
	w := &r.rows[i]
	e = Entry{Ref: Ref{r.System, c}, Title: w.title, Billable: w.billable, Release: r.Edition, Exact: exact, Facts: r.facts[w.facts]}
	e.Facts.SeventhChars = slices.Clone(e.Facts.SeventhChars)
	if w.parent >= 0 {
		e.Parent = unpack(r.rows[w.parent].key)
	}
	return e, true
}

// Chapter is the chapter of the Tabular List that an ICD-10-CM code stands in, whether or not the code itself is known.
func (b *Book) Chapter(c Code, on Date) (Chapter, bool) {
	r, _ := b.pick(ICD10CM, on)
	s, ok := b.Section(c, on)
	if r == nil || !ok {
		return Chapter{}, false
	}
	i := slices.IndexFunc(r.chapters, func(ch chapter) bool { return ch.Number == s.Chapter })
	if i < 0 {
		return Chapter{}, false
	}
	return r.chapters[i].Chapter, true
}
