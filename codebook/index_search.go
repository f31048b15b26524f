package codebook

import (
	"slices"
)

// costIndex is what a code costs that only the index leads to: after whole words of titles and inclusion terms, before words with a typo.
// costModifier is what a word costs more that stands in a nonessential modifier.
const (
	costIndex    = 7
	costModifier = 2
)

// fewCodes is how many codes with one beginning are listed one by one.
const fewCodes = 16

// ask is a query for an index: each part has one or more sets of words, of which one must be there.
type ask [][][]string

// littleWords say nothing in an index, which has "Fracture, radius" for a fracture of the radius.
var littleWords = map[string]bool{"a": true, "an": true, "and": true, "by": true, "due": true, "for": true, "in": true, "of": true, "on": true, "or": true, "the": true, "to": true, "with": true}

// askOf makes a query for an index of what a query for titles asks.
func askOf(units []unit) ask {
	var out ask
	for _, u := range units {
		var sets [][]string
		for i, set := range slices.Concat([][]string{u.typed}, u.any) {
			said := slices.DeleteFunc(slices.Clone(set), func(w string) bool { return littleWords[w] })
			if len(said) > 0 {
				sets = append(sets, said)
			} else if i == 0 {
				break
			}
		}
		if len(sets) > 0 {
			out = append(out, sets)
		}
	}
	return out
}

// nameHeads takes the heads of the columns apart into words.
func (v *indexVolume) nameHeads() {
	for _, h := range v.heads {
		v.columns = append(v.columns, words(h))
	}
}

// forTable takes the words that name columns out of a query for a table: "penicillin adverse effect" is the row penicillin, column 5. A
// query of nothing else stays as it is.
func (v *indexVolume) forTable(q ask) (ask, []int) {
	if len(v.heads) == 0 {
		return q, nil
	}
	score := make([]int, len(v.heads))
	var out ask
	for _, sets := range q {
		var kept [][]string
		for _, set := range sets {
			rest := slices.DeleteFunc(slices.Clone(set), func(w string) bool {
				hit := false
				for i, h := range v.columns {
					if slices.Contains(h, w) {
						score[i]++
						hit = true
					}
				}
				return hit
			})
			if len(rest) > 0 {
				kept = append(kept, rest)
			}
		}
		if len(kept) == len(sets) {
			out = append(out, kept)
		}
	}
	best := slices.Max(score)
	if best == 0 || len(out) == 0 {
		return q, nil
	}
	var columns []int
	for i, s := range score {
		if s == best {
			columns = append(columns, i+1)
		}
	}
	return out, columns
}

// answers reports whether each part of a query has a set whose words the volume has, however they stand.
func (v *indexVolume) answers(q ask) bool {
	for _, sets := range q {
		if !slices.ContainsFunc(sets, func(set []string) bool {
			return !slices.ContainsFunc(set, func(w string) bool {
				at, end, _ := v.span(w)
				return at == end
			})
		}) {
			return false
		}
	}
	return true
}

// search finds the topmost terms that all of a query leads to, best first: whole words before beginnings, then terms of few words. It gives
// at most so many.
func (v *indexVolume) search(q ask, most int) []run { return v.searchOnce(q, most, runCache{}) }

// searchOnce is search with the runs of words that have been looked up already.
func (v *indexVolume) searchOnce(q ask, most int, known runCache) []run {
	if !v.answers(q) {
		return nil
	}
	var all []run
	for i, sets := range q {
		var part []run
		for j, set := range sets {
			var one []run
			for k, w := range set {
				r := known.of(v, w)
				if k == 0 {
					one = r
				} else {
					one = overlap(one, r)
				}
				if len(one) == 0 {
					break
				}
			}
			if j == 0 {
				part = one
			} else if len(one) > 0 {
				part = either(part, one, costAlias)
			}
		}
		if i == 0 {
			all = part
		} else {
			all = overlap(all, part)
		}
		if len(all) == 0 {
			return nil
		}
	}
	// Thousands may match, of which the best few are wanted: they are counted by rank first, and only those up to the last rank are sorted.
	var counts [1 << 10]int
	long := func(r run) uint16 { return uint16(min(3, max(0, int(v.terms[r.from].words)-len(q)))) }
	rank := func(r run) uint64 {
		return uint64(min(r.cost+long(r), 1<<6-1))<<4 | uint64(min(v.terms[r.from].words, 1<<4-1))
	}
	for i := range all {
		counts[rank(all[i])]++
	}
	last := uint64(0)
	for n := 0; last < uint64(len(counts)-1); last++ {
		if n += counts[last]; n >= most {
			break
		}
	}
	var best []uint64
	for i := range all {
		if r := rank(all[i]); r <= last {
			best = append(best, r<<32|uint64(i))
		}
	}
	slices.Sort(best)
	out := make([]run, 0, min(most, len(best)))
	for _, b := range best[:min(most, len(best))] {
		r := all[uint32(b)]
		r.cost += long(r)
		out = append(out, r)
	}
	return out
}

// runCache keeps the runs of the words of one search, which asks for them several times: with and without a side, with one of them missing.
type runCache map[runKey][]run

type runKey struct {
	v    *indexVolume
	word string
}

func (c runCache) of(v *indexVolume, w string) []run {
	k := runKey{v, w}
	runs, ok := c[k]
	if !ok {
		runs = v.runsOf(w)
		c[k] = runs
	}
	return runs
}

// searchIndex finds the codes of a release that the indexes lead to.
func (a *asking) searchIndex(r *release, want []sought, billable bool, order int) []scored {
	b := a.b
	if b.index == nil || r.System != ICD10CM && r.System != ICD10PCS || len(want) == 0 {
		return nil
	}
	for i := range want {
		if want[i].lo < want[i].hi {
			return nil // a code is no word of an index
		}
	}
	units := plain(want)
	q := askOf(units)
	if len(q) == 0 {
		return nil
	}
	h := &indexHits{r: r, units: units, billable: billable, limit: a.limit, order: order, at: map[int]int{}}
	for _, k := range IndexKinds {
		v := b.index.pick(k, a.opt.On)
		if v == nil || k.System() != r.System {
			continue
		}
		vq, columns := v.forTable(q)
		before := h.added
		for _, t := range v.searchOnce(vq, 4*a.limit, a.runs) {
			if h.added-before >= a.limit {
				break
			}
			h.term(b.index, v, t, columns)
		}
	}
	return h.hits
}

type indexHits struct {
	r        *release
	units    []unit
	billable bool
	limit    int
	order    int
	hits     []scored
	at       map[int]int // the hit of a row
	added    int
}

// term adds the codes of a term; of the term that it refers to when it has none; else of the terms right below it.
func (h *indexHits) term(ix *Index, v *indexVolume, t run, columns []int) {
	if h.codes(v, t.from, v, t.from, t.cost, columns) {
		return
	}
	for _, e := range v.entriesOf(t.from) {
		if e.kind <= entryManifestation || e.volume == noVolume || e.target < 0 {
			continue
		}
		columns = nil
		if e.column > 0 {
			columns = []int{int(e.column)}
		}
		if h.codes(ix.volumes[e.volume], e.target, v, t.from, t.cost, columns) {
			return
		}
	}
	for n, left := t.from+1, 5; n < t.end && left > 0; n, left = v.terms[n].end, left-1 {
		h.codes(v, n, v, n, t.cost+3, columns)
	}
}

// codes adds the codes that stand at a term, found by the words of another or the same one.
func (h *indexHits) codes(v *indexVolume, n int32, by *indexVolume, word int32, cost uint16, columns []int) (any bool) {
	for _, e := range v.entriesOf(n) {
		if e.key == 0 || columns != nil && !slices.Contains(columns, int(e.column)) {
			continue
		}
		any = true
		c := unpack(e.key)
		row := h.r.find(c)
		if row < 0 && (e.flags&flagIncomplete != 0 || e.kind > entryManifestation) {
			// The beginning of a PCS code: all codes with it when they are few, else their table.
			if lo, hi := h.r.prefixRange(c); lo < hi && hi-lo <= fewCodes {
				for n := lo; n < hi; n++ {
					h.add(n, by, word, cost, n-lo)
				}
				continue
			}
			row = h.r.nearest(c)
		}
		if row < 0 {
			continue
		}
		if !h.billable || h.r.rows[row].billable {
			h.add(row, by, word, cost, 0)
			continue
		}
		lo, hi := h.r.prefixRange(c)
		for n := 0; lo < hi && n < h.limit; lo++ {
			if h.r.rows[lo].billable {
				h.add(lo, by, word, cost, n)
				n++
			}
		}
	}
	return any
}

// add adds a row. Of the codes with one beginning nth counts from 0, so that the first of each beginning that a term has come first.
func (h *indexHits) add(row int, v *indexVolume, term int32, cost uint16, nth int) {
	w := &h.r.rows[row]
	rank := uint64(cost+1+costIndex)<<44 | uint64(codeLen(w.key))<<40 | uint64(min(0xff, int(v.terms[term].words)+nth))<<32 | uint64(h.order)<<24 | uint64(row)
	s := scored{r: h.r, units: h.units, rank: rank, hidden: true, by: v, term: term}
	if i, ok := h.at[row]; ok {
		if rank < h.hits[i].rank {
			h.hits[i] = s
		}
		return
	}
	h.at[row] = len(h.hits)
	h.hits = append(h.hits, s)
	h.added++
}
