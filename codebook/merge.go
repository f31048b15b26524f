package codebook

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// Merge is a book with the content of both: where over has a release of the same set and edition, or a modifier, guideline or set of
// edits, it replaces what base has, but takes labels, units and rules that it has no words for from base. Search words of both hold for
// all. Licensed descriptors of either stand in the place of titles.
func Merge(base, over *Book) *Book {
	out := &Book{bySystem: map[System][]*release{}, byGuideline: map[string]int{}, licensed: mergeDescriptors(base.licensed, over.licensed)}
	for _, sys := range Systems {
		rs := withLabels(over.bySystem[sys], base.bySystem[sys])
		for _, r := range base.bySystem[sys] {
			if !slices.ContainsFunc(rs, func(o *release) bool { return o.Edition == r.Edition }) {
				rs = append(rs, r)
			}
		}
		for _, d := range out.licensed {
			if d.System == sys {
				rs = d.describe(rs)
			}
		}
		if len(rs) > 0 {
			out.bySystem[sys] = rs
		}
	}
	out.modifiers = slices.Clone(over.modifiers)
	for _, m := range base.modifiers {
		if _, ok := over.Modifier(m.Code); !ok {
			out.modifiers = append(out.modifiers, m)
		}
	}
	slices.SortFunc(out.modifiers, func(x, y Modifier) int { return cmp.Compare(x.Code, y.Code) })
	out.guidelines = mergeGuidelines(base, over)
	for i, g := range out.guidelines {
		out.byGuideline[plainNumber(g.Number)] = i
	}
	out.pairs, out.pairsDigest, out.ncciName = base.pairs, base.pairsDigest, base.ncciName
	if len(over.pairs) > 0 {
		out.pairs, out.pairsDigest, out.ncciName = over.pairs, over.pairsDigest, over.ncciName
	}
	out.aliases = slices.Concat(base.aliases, over.aliases)
	out.addOns, out.addOnsDigest = base.addOns, base.addOnsDigest
	if len(over.addOns) > 0 {
		out.addOns, out.addOnsDigest = over.addOns, over.addOnsDigest
	}
	out.claims = mergeClaims(&base.claims, &over.claims)
	out.index = mergeIndex(base.index, over.index)
	out.finish()
	return out
}

// Edition identifies the content of the book: the releases by name and a short hash of all that they say. It is kept with every
// grading, so that one can tell later which book a result was computed against.
func (b *Book) Edition() string { return b.edition }

// finish sorts the releases, indexes the search words and computes the edition.
func (b *Book) finish() {
	var names []string
	h := sha256.New()
	for _, sys := range Systems {
		slices.SortFunc(b.bySystem[sys], func(x, y *release) int {
			return cmp.Or(x.ValidFrom.Compare(y.ValidFrom), cmp.Compare(x.Edition, y.Edition))
		})
		for _, r := range b.bySystem[sys] {
			name := string(sys) + "-" + r.Edition
			if r.Starter {
				name += "s"
			}
			names = append(names, name)
			h.Write(r.digest[:])
		}
	}
	for _, m := range b.modifiers {
		hashText(h, m.Code, m.Title)
	}
	for _, g := range b.guidelines {
		hashText(h, g.Number, g.Title, g.Rule)
	}
	for _, a := range b.aliases {
		hashText(h, a.phrase, a.means)
	}
	b.indexWords()
	if b.index != nil {
		for _, v := range b.index.volumes {
			h.Write(v.digest[:])
		}
	}
	hashText(h, b.ncciName)
	h.Write(b.pairsDigest[:])
	h.Write(b.addOnsDigest[:])
	b.claims.hash(h)
	b.edition = fmt.Sprintf("%s+%x", strings.Join(names, "+"), h.Sum(nil)[:4])
}

// indexWords finds the search words by each of their words.
func (b *Book) indexWords() {
	b.aliasesBy = map[string][]int{}
	for i, a := range b.aliases {
		for n, w := range a.says {
			if !slices.Contains(a.says[:n], w) {
				b.aliasesBy[w] = append(b.aliasesBy[w], i)
			}
		}
	}
}

// digestOf is a digest of edits, kept beside them: there are so many that one does not want to compute it at every start.
func digestOf(list []uint64) [32]byte {
	b := make([]byte, 0, 8*len(list))
	for _, n := range list {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return sha256.Sum256(b)
}

func hashText(h hash.Hash, parts ...string) {
	var n [4]byte
	for _, p := range parts {
		binary.LittleEndian.PutUint32(n[:], uint32(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
}

// hash is a digest of everything that the release answers with.
func (r *release) hash() (sum [32]byte) {
	h := sha256.New()
	hashText(h, string(r.System), r.Edition, r.ValidFrom.String(), r.ValidTo.String())
	facts := make([]string, len(r.facts))
	for i, f := range r.facts {
		facts[i] = fmt.Sprint(f)
	}
	for i := range r.rows {
		w := &r.rows[i]
		hashText(h, string(unpack(w.key)), w.title, facts[w.facts], strconv.FormatBool(w.billable), strconv.Itoa(int(w.span)))
	}
	fmt.Fprint(h, r.chapters, r.sections, r.spans, r.tables, r.terms)
	for _, g := range r.groups {
		hashText(h, string(g.kind))
		hashText(h, g.lines...)
	}
	h.Sum(sum[:0])
	return sum
}
