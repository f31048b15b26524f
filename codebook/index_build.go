package codebook

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// NewIndex is an index to be added to a Builder.
type NewIndex struct {
	Kind      IndexKind
	Edition   string
	ValidFrom Date
	Source    string
	Heads     []string // titles of the columns of a table, from column 1
	Terms     []NewTerm
}

// NewTerm is a term of a NewIndex. The terms stand in printed order; one belongs to the nearest before it whose level is smaller by one.
type NewTerm struct {
	Level        int
	Letter       string // of a main term
	Title        string
	Nonessential string
	After        string
	Codes        []IndexCode
	Refs         []IndexRef // Target, Exact and Table are found by Build
}

// Index adds an index. Its problems are told by Build.
func (b *Builder) Index(x NewIndex) { b.indexes = append(b.indexes, x) }

// buildIndex lays the indexes out and resolves their cross-references. It is nil when there are none.
func (b *Builder) buildIndex() *Index {
	ix := &Index{}
	for _, x := range b.indexes {
		if v := b.buildVolume(x); v != nil {
			ix.volumes = append(ix.volumes, v)
		}
	}
	for i, v := range ix.volumes {
		for _, o := range ix.volumes[:i] {
			if v.kind == o.kind && v.edition == o.edition {
				b.fail("the %s of %s stands twice: keep one", v.kind.Name(), v.edition)
			}
		}
	}
	if len(ix.volumes) == 0 {
		return nil
	}
	ix.settle()
	return ix
}

// settle sorts the volumes and finds what their cross-references name.
func (ix *Index) settle() {
	slices.SortStableFunc(ix.volumes, func(x, y *indexVolume) int {
		return cmp.Or(slices.Index(IndexKinds, x.kind)-slices.Index(IndexKinds, y.kind), x.from.Compare(y.from), cmp.Compare(x.edition, y.edition))
	})
	for _, v := range ix.volumes {
		ix.resolveAll(v)
	}
}

// mergeIndex has the indexes of both; of the same kind and edition that of over.
func mergeIndex(base, over *Index) *Index {
	if base == nil || over == nil {
		if over == nil {
			return base
		}
		return over
	}
	out := &Index{}
	for _, v := range slices.Concat(base.volumes, over.volumes) {
		if !slices.Contains(over.volumes, v) && slices.ContainsFunc(over.volumes, func(o *indexVolume) bool { return o.kind == v.kind && o.edition == v.edition }) {
			continue
		}
		own := *v // the references are resolved anew, and the books that are merged stay as they are
		own.entries = slices.Clone(v.entries)
		out.volumes = append(out.volumes, &own)
	}
	out.settle()
	return out
}

// volumeBuilder gathers texts, each once.
type volumeBuilder struct {
	*indexVolume
	texts map[string]uint32
	arena strings.Builder
}

func (b *volumeBuilder) add(s string) uint32 {
	if s == "" {
		return 0
	}
	i, ok := b.texts[s]
	if !ok {
		i = uint32(len(b.ends))
		b.arena.WriteString(s)
		b.ends = append(b.ends, uint32(b.arena.Len()))
		b.texts[s] = i
	}
	return i
}

func (b *Builder) buildVolume(x NewIndex) *indexVolume {
	name := x.Kind.Name() + " " + x.Edition
	if !slices.Contains(IndexKinds, x.Kind) || len(b.indexes) >= noVolume {
		b.fail("%q is no kind of index, or there are too many", x.Kind)
		return nil
	}
	v := &volumeBuilder{
		indexVolume: &indexVolume{kind: x.Kind, edition: x.Edition, from: x.ValidFrom, source: x.Source, heads: slices.Clone(x.Heads), ends: []uint32{0}},
		texts:       map[string]uint32{},
	}
	v.nameHeads()
	seen := map[uint64]bool{}
	var open []int32
	for _, t := range byLetter(x.Terms) {
		if t.Level > len(open) || t.Level < 0 || t.Level > 0xff {
			b.fail("%s: the term %q stands at level %d, under nothing", name, t.Title, t.Level)
			return nil
		}
		n := int32(len(v.terms))
		for _, o := range open[t.Level:] {
			v.terms[o].end = n
		}
		open = append(open[:t.Level], n)
		w := indexNode{parent: -1, title: v.add(t.Title), nonessential: v.add(t.Nonessential), after: v.add(t.After), entries: uint32(len(v.entries)), level: uint8(t.Level)}
		own := t.Title
		up := uint64(14695981039346656037)
		if t.Level > 0 {
			w.parent = open[t.Level-1]
			up = v.terms[w.parent].id
			w.words = v.terms[w.parent].words
		} else {
			own, _, _ = strings.Cut(own, ",") // "Diabetes, diabetic" is one word in two forms
			if len(v.letters) == 0 || v.letters[len(v.letters)-1].name != v.add(t.Letter) {
				v.letters = append(v.letters, indexLetter{name: v.add(t.Letter), from: n})
			}
			v.letters[len(v.letters)-1].mains++
		}
		v.letters[len(v.letters)-1].to = n + 1
		w.words = uint8(min(0xff, int(w.words)+len(words(own+" "+t.After))))
		for w.id = hashTerm(up, cmp.Or(t.Title, t.Nonessential)+"\x00"+t.After); seen[w.id]; {
			w.id = hashTerm(w.id, "\x00again")
		}
		seen[w.id] = true
		v.terms = append(v.terms, w)
		if err := v.addEntries(n, t); err != nil {
			b.fail("%s: the term %q: %w", name, t.Title, err)
		}
	}
	for _, o := range open {
		v.terms[o].end = int32(len(v.terms))
	}
	v.text = v.arena.String()
	v.ends = slices.Clip(v.ends)
	v.terms, v.entries = slices.Clip(v.terms), slices.Clip(v.entries)
	v.order()
	v.indexWords()
	// What it was read from is no content: the same file compressed makes the same book.
	content := *v.indexVolume
	content.source = ""
	v.digest = sha256.Sum256(content.appendBinary(nil))
	return v.indexVolume
}

// byLetter is the terms with the main terms of a letter side by side, letters in the order of their first main term.
func byLetter(terms []NewTerm) []NewTerm {
	rank := map[string]int{}
	letter, sorted := -1, true
	at := make([]int, len(terms))
	for i, t := range terms {
		if t.Level == 0 {
			n, ok := rank[t.Letter]
			if !ok {
				n = len(rank)
				rank[t.Letter] = n
			}
			sorted = sorted && n >= letter
			letter = n
		}
		at[i] = letter
	}
	if sorted {
		return terms
	}
	order := make([]int, len(terms))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return at[x] - at[y] })
	out := make([]NewTerm, len(terms))
	for i, n := range order {
		out[i] = terms[n]
	}
	return out
}

// hashTerm is FNV-1a of a title, going on from the term above, cut to the fifty bits of ten digits of an id.
func hashTerm(up uint64, title string) uint64 {
	h := up*1099511628211 ^ 0xcbf29ce484222325
	for i := range len(title) {
		h = (h ^ uint64(title[i])) * 1099511628211
	}
	h ^= h >> 29
	return h * 0xbf58476d1ce4e5b9 >> 14
}

func (b *volumeBuilder) addEntries(n int32, t NewTerm) error {
	for _, c := range t.Codes {
		if len(c.Code) < 1 || len(c.Code) > 7 || !allAlnum(string(c.Code)) {
			return fmt.Errorf("%q is no code", string(c.Code))
		}
		if c.Column < 0 || c.Column > len(b.heads) {
			return fmt.Errorf("%s stands in column %d of %d", c.Code, c.Column, len(b.heads))
		}
		e := indexEntry{key: pack(c.Code), term: n, target: -1, volume: noVolume, column: uint8(c.Column)}
		if c.Incomplete {
			e.flags = flagIncomplete
		}
		if c.Manifestation {
			e.kind = entryManifestation
		}
		b.entries = append(b.entries, e)
	}
	for _, r := range t.Refs {
		kind := slices.Index(refKinds[:], r.Kind)
		if kind < int(entrySee) || len(r.Code) > 7 || !allAlnum(string(r.Code)) || r.Text == "" && r.Code == "" {
			return fmt.Errorf("a reference %q %q %q says nothing", r.Kind, r.Text, r.Code)
		}
		b.entries = append(b.entries, indexEntry{key: pack(r.Code), text: b.add(r.Text), term: n, target: -1, volume: noVolume, kind: uint8(kind)})
	}
	return nil
}

// order sorts what is looked up by id and by code.
func (v *indexVolume) order() {
	v.byID = make([]uint32, len(v.terms))
	for i := range v.byID {
		v.byID[i] = uint32(i)
	}
	slices.SortFunc(v.byID, func(x, y uint32) int { return cmp.Compare(v.terms[x].id, v.terms[y].id) })
	for i, e := range v.entries {
		if e.key != 0 {
			v.byCode = append(v.byCode, uint32(i))
		}
	}
	v.byCode = slices.Clip(v.byCode)
	slices.SortFunc(v.byCode, func(x, y uint32) int {
		return cmp.Or(cmp.Compare(v.entries[x].key, v.entries[y].key), cmp.Compare(x, y))
	})
}
