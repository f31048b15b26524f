package codebook

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// IndexVolume is an index that the book has in one edition.
type IndexVolume struct {
	Kind      IndexKind
	Edition   string
	ValidFrom Date
	Source    string
	Heads     []string // titles of the columns of a table, from column 1
	MainTerms int
	Subterms  int
}

// IndexLetter is a letter of an index, or "#" and the like for terms that begin with none.
type IndexLetter struct {
	Letter    string
	MainTerms int
}

// Index is all indexes of the book; nil when it has none. It is there to be stored: the methods of Book answer questions.
func (b *Book) Index() *Index { return b.index }

// WithIndex is the book with other indexes, which may be nil.
func (b *Book) WithIndex(ix *Index) *Book {
	out := *b
	out.index = ix
	out.finish()
	return &out
}

// Indexes are the indexes of the book, by kind and then oldest first.
func (b *Book) Indexes() []IndexVolume {
	if b.index == nil {
		return nil
	}
	var out []IndexVolume
	for _, v := range b.index.volumes {
		out = append(out, v.describe())
	}
	return out
}

func (v *indexVolume) describe() IndexVolume {
	d := IndexVolume{Kind: v.kind, Edition: v.edition, ValidFrom: v.from, Source: v.source, Heads: slices.Clone(v.heads)}
	for _, l := range v.letters {
		d.MainTerms += int(l.mains)
	}
	d.Subterms = len(v.terms) - d.MainTerms
	return d
}

// IndexOf is the index of a kind that answers for a date: the newest without one, else the one in force, else the oldest.
func (b *Book) IndexOf(k IndexKind, on Date) (IndexVolume, bool) {
	v := b.index.pick(k, on)
	if v == nil {
		return IndexVolume{}, false
	}
	return v.describe(), true
}

// IndexLetters are the letters of an index, in its order.
func (b *Book) IndexLetters(k IndexKind, on Date) []IndexLetter {
	v := b.index.pick(k, on)
	if v == nil {
		return nil
	}
	out := make([]IndexLetter, len(v.letters))
	for i, l := range v.letters {
		out[i] = IndexLetter{v.str(l.name), int(l.mains)}
	}
	return out
}

// IndexMain are the main terms of a letter, in printed order.
func (b *Book) IndexMain(k IndexKind, letter string, on Date) []IndexTerm {
	v := b.index.pick(k, on)
	if v == nil {
		return nil
	}
	var out []IndexTerm
	for _, l := range v.letters {
		if !strings.EqualFold(v.str(l.name), letter) {
			continue
		}
		for n := l.from; n < l.to; n = v.terms[n].end {
			out = append(out, b.index.term(v, n))
		}
	}
	return out
}

// IndexTerm is a term by its id, of the newest edition that has it. The error wraps ErrUnknownTerm.
func (b *Book) IndexTerm(id TermID) (IndexTerm, error) {
	v, n, ok := b.index.find(id)
	if !ok {
		return IndexTerm{}, fmt.Errorf("no index of the book has the term %q: look the words up in the index: %w", id, ErrUnknownTerm)
	}
	return b.index.term(v, n), nil
}

// IndexPath is the terms from the main term down to a term, which is the last. It is empty for an unknown one.
func (b *Book) IndexPath(id TermID) []IndexTerm {
	v, n, ok := b.index.find(id)
	if !ok {
		return nil
	}
	var out []IndexTerm
	for ; n >= 0; n = v.terms[n].parent {
		out = append(out, b.index.term(v, n))
	}
	slices.Reverse(out)
	return out
}

// IndexWords is the path of a term as coders write it: "Diabetes, diabetic, type 2, with, chronic kidney disease".
func (b *Book) IndexWords(id TermID) string {
	v, n, ok := b.index.find(id)
	if !ok {
		return ""
	}
	return v.path(n)
}

// IndexBelow are the terms below a term down to a number of levels (1 for those right below it), in printed order.
func (b *Book) IndexBelow(id TermID, levels int) []IndexTerm {
	v, n, ok := b.index.find(id)
	if !ok {
		return nil
	}
	var out []IndexTerm
	deepest := int(v.terms[n].level) + levels
	for c := n + 1; c < v.terms[n].end; {
		out = append(out, b.index.term(v, c))
		if int(v.terms[c].level) < deepest {
			c++
		} else {
			c = v.terms[c].end
		}
	}
	return out
}

// IndexFind finds a term by its path, with or without the nonessential modifiers, in any case, a main term by any of its forms:
// "Diabetes, type 2, with, chronic kidney disease". Every part must lead on.
func (b *Book) IndexFind(k IndexKind, path string, on Date) (IndexTerm, bool) {
	v := b.index.pick(k, on)
	if v == nil {
		return IndexTerm{}, false
	}
	n, exact, ok := v.descendFrom(-1, splitPath(path))
	if !ok || !exact {
		return IndexTerm{}, false
	}
	return b.index.term(v, n), true
}

// IndexSearchOptions narrow a search of the indexes.
type IndexSearchOptions struct {
	Kinds []IndexKind // empty for all
	Limit int         // at most so many terms; 50 when 0
	On    Date
}

// IndexSearch finds terms by words in any order, each of which may be the beginning of a word of three or more letters; abbreviations and lay
// words that the book knows count too. A word holds for the term that has it and for those below, and of those the topmost is given. Best
// terms first.
func (b *Book) IndexSearch(q string, opt IndexSearchOptions) []IndexTerm {
	if b.index == nil {
		return nil
	}
	limit := opt.Limit
	if limit <= 0 {
		limit = 50
	}
	type hit struct {
		v *indexVolume
		run
	}
	var found []hit
	want := askOf(b.units(tokens(&release{}, q)))
	if len(want) == 0 {
		return nil
	}
	for _, k := range IndexKinds {
		v := b.index.pick(k, opt.On)
		if v == nil || len(opt.Kinds) > 0 && !slices.Contains(opt.Kinds, k) {
			continue
		}
		vq, _ := v.forTable(want)
		for _, r := range v.search(vq, limit) {
			found = append(found, hit{v, r})
		}
	}
	slices.SortStableFunc(found, func(x, y hit) int { return cmp.Compare(x.cost, y.cost) })
	var out []IndexTerm
	for _, h := range found[:min(limit, len(found))] {
		out = append(out, b.index.term(h.v, h.from))
	}
	return out
}

// IndexTo are the terms that lead to a code: those with the code itself, then those with the beginning of it that the Tabular List or the
// PCS tables complete, the longest beginning first. References of the PCS Index to a table count; a code of a newer edition counts with the
// index that answers for the date.
func (b *Book) IndexTo(sys System, c Code, on Date) []IndexTerm {
	var out []IndexTerm
	seen := map[TermID]bool{}
	for n := len(c); n >= 3; n-- {
		k := pack(c[:n])
		for _, kind := range IndexKinds {
			v := b.index.pick(kind, on)
			if v == nil || kind.System() != sys {
				continue
			}
			at, _ := slices.BinarySearchFunc(v.byCode, k, func(e uint32, k uint64) int { return cmp.Compare(v.entries[e].key, k) })
			for ; at < len(v.byCode) && v.entries[v.byCode[at]].key == k; at++ {
				t := v.entries[v.byCode[at]].term
				if id := v.id(t); !seen[id] {
					seen[id] = true
					out = append(out, b.index.term(v, t))
				}
			}
		}
	}
	return out
}

// IndexRow is a row of a table of the index: a term with its codes by column.
type IndexRow struct {
	IndexTerm
	Cells [][]IndexCode // for each column its codes, none or one in the official tables
	First bool          // it begins what a search found; those below it follow
}

// NeoplasmRows are the rows of the Table of Neoplasms; the first is the row "Neoplasm" itself, without a site, and the others stand below it.
// A letter gives only the sites that begin with it, with what stands below them; "" gives all.
func (b *Book) NeoplasmRows(letter string, on Date) []IndexRow {
	v := b.index.pick(IndexNeoplasms, on)
	if v == nil {
		return nil
	}
	var out []IndexRow
	for n := int32(0); n < int32(len(v.terms)); {
		w := &v.terms[n]
		if letter != "" && w.level == 1 && !strings.EqualFold(v.initial(n), letter) {
			n = w.end
			continue
		}
		if letter == "" || w.level > 0 {
			out = append(out, b.index.row(v, n))
		}
		n++
	}
	return out
}

// NeoplasmLetters are the letters that the sites of the Table of Neoplasms begin with.
func (b *Book) NeoplasmLetters(on Date) []IndexLetter {
	v := b.index.pick(IndexNeoplasms, on)
	if v == nil {
		return nil
	}
	var out []IndexLetter
	for n := range v.terms {
		if v.terms[n].level != 1 {
			continue
		}
		l := v.initial(int32(n))
		i := slices.IndexFunc(out, func(o IndexLetter) bool { return o.Letter == l })
		if i < 0 {
			i = len(out)
			out = append(out, IndexLetter{Letter: l})
		}
		out[i].MainTerms++
	}
	slices.SortFunc(out, func(x, y IndexLetter) int { return cmp.Compare(x.Letter, y.Letter) })
	return out
}

// initial is the capital that a title begins with, "#" for none.
func (v *indexVolume) initial(n int32) string {
	if w := words(v.str(v.terms[n].title)); len(w) > 0 && w[0][0] >= 'a' && w[0][0] <= 'z' {
		return strings.ToUpper(w[0][:1])
	}
	return "#"
}

// DrugRows are the rows of a letter of the Table of Drugs and Chemicals, in printed order; "" gives all.
func (b *Book) DrugRows(letter string, on Date) []IndexRow {
	v := b.index.pick(IndexDrugs, on)
	if v == nil {
		return nil
	}
	var out []IndexRow
	for _, l := range v.letters {
		if letter != "" && !strings.EqualFold(v.str(l.name), letter) {
			continue
		}
		for n := l.from; n < l.to; n++ {
			out = append(out, b.index.row(v, n))
		}
	}
	return out
}

// IndexRows are the rows of a table that a search finds, best first, each followed by those below it.
func (b *Book) IndexRows(k IndexKind, q string, limit int, on Date) []IndexRow {
	var out []IndexRow
	for _, t := range b.IndexSearch(q, IndexSearchOptions{Kinds: []IndexKind{k}, Limit: limit, On: on}) {
		v, n, _ := b.index.find(t.ID)
		for c := n; c < v.terms[n].end && len(out) < limit; c++ {
			r := b.index.row(v, c)
			r.First = c == n
			out = append(out, r)
		}
	}
	return out
}

func (ix *Index) row(v *indexVolume, n int32) IndexRow {
	r := IndexRow{IndexTerm: ix.term(v, n), Cells: make([][]IndexCode, len(v.heads))}
	for _, c := range r.Codes {
		if c.Column > 0 {
			r.Cells[c.Column-1] = append(r.Cells[c.Column-1], c)
		}
	}
	return r
}
