package codebook

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// The words of each term are kept with the term alone. A word holds for the term that has it and for all below it, which are a run of
// numbers; so the terms that several words lead to are where runs overlap, and runs of a tree overlap only where one lies in another.

// costIndex is what a code costs that only the index leads to: after whole words of titles and inclusion terms, before words with a typo.
// costModifier is what a word costs more that stands in a nonessential modifier.
const (
	costIndex    = 7
	costModifier = 2
)

// fewCodes is how many codes with one beginning are listed one by one.
const fewCodes = 16

// run is a term with those below it, and what it costs that the words led there.
type run struct {
	from, end int32
	cost      uint16
}

// indexWords makes the search words of the volume.
func (v *indexVolume) indexWords() {
	ids := map[string]uint32{}
	var names []string
	var posts []uint64
	for n := range v.terms {
		w := &v.terms[n]
		for i, s := range []uint32{w.title, w.after, w.nonessential} {
			if s == 0 {
				continue
			}
			post := uint64(n) << 1
			if i == 2 {
				post |= 1
			}
			for _, name := range words(v.str(s)) {
				id, ok := ids[name]
				if !ok {
					id = uint32(len(names))
					name = strings.Clone(name)
					ids[name] = id
					names = append(names, name)
				}
				posts = append(posts, uint64(id)<<32|post)
			}
		}
	}
	sorted := slices.Sorted(slices.Values(names))
	rank := make([]uint64, len(names))
	var all strings.Builder
	v.wordEnds = make([]uint32, len(sorted))
	for i, name := range sorted {
		rank[ids[name]] = uint64(i)
		all.WriteString(name)
		v.wordEnds[i] = uint32(all.Len())
	}
	v.vocabulary = all.String()
	for i, p := range posts {
		posts[i] = rank[p>>32]<<32 | p&(1<<32-1)
	}
	slices.Sort(posts)
	posts = slices.CompactFunc(posts, func(x, y uint64) bool { return x>>1 == y>>1 })
	v.posts = make([]uint32, len(posts))
	v.postFrom = make([]uint32, len(names)+1)
	for i, p := range posts {
		v.posts[i] = uint32(p)
		v.postFrom[p>>32+1] = uint32(i + 1)
	}
	for i := 1; i < len(v.postFrom); i++ {
		v.postFrom[i] = max(v.postFrom[i], v.postFrom[i-1])
	}
}

func (v *indexVolume) wordAt(i int) string {
	if i == 0 {
		return v.vocabulary[:v.wordEnds[0]]
	}
	return v.vocabulary[v.wordEnds[i-1]:v.wordEnds[i]]
}

// word is the place of a word in the vocabulary, or where it would stand.
func (v *indexVolume) word(w string) (at int, ok bool) {
	return sort.Find(len(v.wordEnds), func(i int) int { return strings.Compare(w, v.wordAt(i)) })
}

// runsOf are the topmost runs that a word leads to, in order.
func (v *indexVolume) runsOf(w string) []run {
	at, exact := v.word(w)
	var found []uint64
	if exact {
		for _, n := range v.posts[v.postFrom[at]:v.postFrom[at+1]] {
			found = append(found, uint64(n>>1)<<16|uint64(n&1)*costModifier)
		}
		at++
	}
	if len(w) >= 3 {
		whole := len(found)
		for ; at < len(v.wordEnds) && strings.HasPrefix(v.wordAt(at), w); at++ {
			for _, n := range v.posts[v.postFrom[at]:v.postFrom[at+1]] {
				found = append(found, uint64(n>>1)<<16|costPrefix+uint64(n&1)*costModifier)
			}
		}
		if len(found) > whole {
			slices.Sort(found)
		}
	}
	out := make([]run, 0, len(found))
	for _, f := range found {
		n := int32(f >> 16)
		out = nest(out, run{n, v.terms[n].end, uint16(f)})
	}
	return out
}

// nest adds a run that begins no earlier than those before it, unless it lies in the last one.
func nest(out []run, r run) []run {
	if n := len(out); n > 0 && r.from < out[n-1].end {
		return out
	}
	return append(out, r)
}

// overlap is where runs of both lists overlap, with the cost of both.
func overlap(a, b []run) []run {
	var out []run
	for i, j := 0, 0; i < len(a) && j < len(b); {
		from, end := max(a[i].from, b[j].from), min(a[i].end, b[j].end)
		if from < end {
			out = append(out, run{from, end, a[i].cost + b[j].cost})
		}
		if a[i].end < b[j].end {
			i++
		} else {
			j++
		}
	}
	return out
}

// either is the runs of both lists; of two of one term the cheaper.
func either(a, b []run) []run {
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y run) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.cost, y.cost)) })
	out := all[:0]
	for _, r := range all {
		out = nest(out, r)
	}
	return out
}

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
				for i, h := range v.heads {
					if slices.Contains(words(h), w) {
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

// search finds the topmost terms that all of a query leads to, best first: whole words before beginnings, then terms of few words.
func (v *indexVolume) search(q ask) []run {
	var all []run
	for i, sets := range q {
		var part []run
		for j, set := range sets {
			var one []run
			for k, w := range set {
				r := v.runsOf(w)
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
				for n := range one {
					one[n].cost += costAlias
				}
				part = either(part, one)
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
	for i := range all {
		all[i].cost += uint16(min(3, max(0, int(v.terms[all[i].from].words)-len(q))))
	}
	slices.SortStableFunc(all, func(x, y run) int {
		return cmp.Or(cmp.Compare(x.cost, y.cost), cmp.Compare(v.terms[x.from].words, v.terms[y.from].words))
	})
	return all
}

// searchIndex adds to the hits of a title search the codes of a release that only the index leads to. A code found both ways counts by the
// better one.
func (b *Book) searchIndex(r *release, units []unit, found []scored, opt SearchOptions, limit, order int) []scored {
	if b.index == nil || r.System != ICD10CM && r.System != ICD10PCS || len(units) == 0 {
		return found
	}
	if len(found) >= limit && found[len(found)-1].rank>>44 <= costIndex {
		return found // titles alone are enough
	}
	for _, u := range units {
		if u.code != "" {
			if lo, hi := r.prefixRange(u.code); lo < hi {
				return found // a code is no word of an index
			}
		}
	}
	q := askOf(units)
	if len(q) == 0 {
		return found
	}
	h := &indexHits{r: r, units: units, billable: opt.BillableOnly, limit: limit, order: order, hits: found, titles: len(found)}
	for _, k := range IndexKinds {
		v := b.index.pick(k, opt.On)
		if v == nil || k.System() != r.System {
			continue
		}
		vq, columns := v.forTable(q)
		before := h.added
		for i, t := range v.search(vq) {
			if h.added-before >= limit || i >= 4*limit {
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
	titles   int // how many of the hits the titles gave
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
	for i := range h.hits {
		if h.hits[i].row() == row {
			if rank < h.hits[i].rank {
				h.hits[i] = s
			}
			return
		}
	}
	h.hits = append(h.hits, s)
	h.added++
}
