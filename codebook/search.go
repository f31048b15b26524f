package codebook

import (
	"math"
	"slices"
	"strings"
	"sync"
)

// index finds rows by the words of their titles and inclusion terms. Rows are numbered in code order, so that postings are too.
type index struct {
	vocabulary []string   // sorted
	from       []uint32   // postings of word i are posts[from[i]:from[i+1]]
	posts      []uint32   // row<<1, +1 when the word stands in an inclusion term only
	byLength   [][]uint32 // words of each length
	wordsFrom  []uint32   // words of row i are words[wordsFrom[i]:wordsFrom[i+1]]
	words      []uint32   // word<<1, +1 as in posts; in order
	brevity    []uint8    // how many words the title of each row has that say something; above titleSize those of its shortest inclusion term
	sides      []uint32   // the words that name a side
	scratch    sync.Pool
}

// titleSize is how many bits of the brevity of a row are for its title.
const (
	titleSize = 5
	titleBits = 1<<titleSize - 1
)

func newIndex(r *release) *index {
	ids := map[string]uint32{}
	var names []string
	var posts []uint64 // word<<32 | row<<1 | 1 when in an inclusion term
	add := func(text string, doc uint32) {
		for _, w := range words(text) {
			id, ok := ids[w]
			if !ok {
				id = uint32(len(names))
				w = strings.Clone(w)
				ids[w] = id
				names = append(names, w)
			}
			posts = append(posts, uint64(id)<<32|uint64(doc))
		}
	}
	for i := range r.rows {
		w := &r.rows[i]
		add(w.title, uint32(i)<<1)
		if w.span > 0 {
			s := r.spans[w.span]
			for _, g := range r.groups[s.from:s.to] {
				if g.kind == Inclusion || g.kind == Includes {
					for _, l := range g.lines {
						add(l, uint32(i)<<1|1)
					}
				}
			}
		}
	}
	x := &index{vocabulary: slices.Clone(names), brevity: make([]uint8, len(r.rows))}
	for i := range r.rows {
		w := &r.rows[i]
		x.brevity[i] = uint8(min(titleBits, countContent(w.title)))
		// Seventh characters come after the code that they complete, in their own order.
		if r.System == ICD10CM && w.parent >= 0 && codeLen(w.key) == 7 {
			x.brevity[i] = min(titleBits, x.brevity[w.parent]&titleBits+1)
		}
		if w.span > 0 {
			x.brevity[i] |= uint8(min(1<<(8-titleSize)-1, r.shortestInclusion(w.span))) << titleSize
		}
	}
	slices.Sort(x.vocabulary)
	rank := make([]uint32, len(names))
	for n, w := range x.vocabulary {
		rank[ids[w]] = uint32(n)
	}
	for i, p := range posts {
		posts[i] = uint64(rank[p>>32])<<32 | p&(1<<32-1)
	}
	slices.Sort(posts)
	x.from = make([]uint32, len(names)+1)
	for i, p := range posts {
		// A word that a title has counts there, however often it stands in inclusion terms.
		if i == 0 || p>>1 != posts[i-1]>>1 {
			x.posts = append(x.posts, uint32(p))
			x.from[p>>32+1] = uint32(len(x.posts))
		}
	}
	for i := 1; i < len(x.from); i++ {
		x.from[i] = max(x.from[i], x.from[i-1])
	}
	x.posts = slices.Clip(x.posts)
	x.finish()
	return x
}

// finish makes what follows from the rest and is not kept in a book file.
func (x *index) finish() {
	for n, w := range x.vocabulary {
		for len(x.byLength) <= len(w) {
			x.byLength = append(x.byLength, nil)
		}
		x.byLength[len(w)] = append(x.byLength[len(w)], uint32(n))
	}
	rows := len(x.brevity)
	x.turn(rows)
	x.sides = x.sides[:0]
	for w := range sides {
		if at, ok := slices.BinarySearch(x.vocabulary, w); ok {
			x.sides = append(x.sides, uint32(at))
		}
	}
	slices.Sort(x.sides)
	x.scratch.New = func() any {
		var s scratch
		for _, c := range []*cells{&s.score, &s.sum} {
			c.cost = make([]uint16, rows)
		}
		return &s
	}
}

// turn makes the words of each row of the rows of each word.
func (x *index) turn(rows int) {
	x.words, x.wordsFrom = make([]uint32, len(x.posts)), make([]uint32, rows+1)
	for _, p := range x.posts {
		x.wordsFrom[p>>1+1]++
	}
	for i := range rows {
		x.wordsFrom[i+1] += x.wordsFrom[i]
	}
	next := slices.Clone(x.wordsFrom)
	for id := range x.vocabulary {
		for _, p := range x.posts[x.from[id]:x.from[id+1]] {
			x.words[next[p>>1]] = uint32(id)<<1 | p&1
			next[p>>1]++
		}
	}
}

// cells are what one thing that a query asks for costs in each row: 0 where the row does not match, else the cost plus one. touched are
// the rows that were set, so that neither reading nor clearing looks at all rows.
type cells struct {
	cost    []uint16
	touched []uint32
}

// Costs of a match of one word, in words of a title that nobody asked for. What an alias means counts as if it had been typed.
const (
	costTitle     = 0
	costAlias     = 0
	costInclusion = 2 // once for a row
	costPrefix    = 16
	costTypo      = 48
)

// Marks that a cost carries: the title does not show the match; an inclusion term has the word and the title has not.
const (
	hidden   = 0x8000
	included = 0x4000
	marks    = hidden | included
)

func (c *cells) put(row uint32, cost uint16) {
	switch old := c.cost[row]; {
	case old == 0:
		c.touched = append(c.touched, row)
		c.cost[row] = cost
	case worth(cost) < worth(old):
		c.cost[row] = cost
	}
}

// worth is what a cost counts for beside another one of the same row.
func worth(cost uint16) uint16 {
	if cost&included != 0 {
		return cost&^marks + costInclusion
	}
	return cost &^ marks
}

func (c *cells) clear() {
	for _, row := range c.touched {
		c.cost[row] = 0
	}
	c.touched = c.touched[:0]
}

// scratch are the working cells of one search.
type scratch struct {
	score, sum cells
	best       []uint64 // ranks
}

// SearchOptions narrow a search.
type SearchOptions struct {
	Systems      []System // empty for all
	BillableOnly bool
	Limit        int  // at most so many hits; 20 when 0
	On           Date // the date of service; newest releases when empty
}

// Search finds codes by words in any order, each of which may be the beginning of a word; by the beginning of a code, with or without
// its dot; by abbreviations and lay words that the book knows (HTN, heart attack). All words must match, but for those that only join others
// (of, the, with) and for the side, where a code has none. A word of five or more letters that the book does not know may be one letter off.
// The terms of the indexes lead to codes too. Best hits first: those with the fewest words that nobody asked for, whole words before
// beginnings, titles before inclusion terms; of equal ones those that can be reported, then shorter codes.
func (b *Book) Search(q string, opt SearchOptions) []Hit {
	limit := opt.Limit
	if limit <= 0 {
		limit = 20
	}
	systems := opt.Systems
	if len(systems) == 0 {
		systems = Systems
	}
	a := asking{b: b, opt: opt, limit: limit, runs: runCache{}}
	var found []scored
	var lacking []asked
	var typed []token
	var us []unit
	for order, sys := range Systems {
		if !slices.Contains(systems, sys) {
			continue
		}
		r, _ := b.pick(sys, opt.On)
		if r == nil {
			continue
		}
		// Only a code with a dot is another unit to another release.
		if toks := tokens(r, q); us == nil || !slices.EqualFunc(toks, typed, sameToken) {
			typed, us = toks, b.units(slices.Clone(toks))
		}
		want := r.seek(us)
		hits := a.sided(r, want, order, math.MaxUint64)
		if len(hits) == 0 && len(want) >= 3 && len(want) <= mostMissing {
			lacking = append(lacking, asked{r, want, order})
		}
		found = append(found, hits...)
	}
	found = bestOf(found, limit)
	for _, l := range lacking {
		found = bestOf(append(found, a.lacking(l, boundOf(found, limit))...), limit)
	}
	out := make([]Hit, len(found))
	for i, f := range found {
		w := &f.r.rows[f.row()]
		out[i] = Hit{Ref: Ref{f.r.System, unpack(w.key)}, Title: w.title, Billable: w.billable}
		if f.by != nil {
			out[i].Match = f.by.path(f.term)
		} else if f.hidden {
			out[i].Match = f.r.matched(f.row(), f.units)
		}
	}
	return out
}

// scored is a row found. rank has everything that orders hits in one number: score, billable, length of the code, code set, row.
type scored struct {
	r      *release
	units  []unit
	rank   uint64
	hidden bool
	by     *indexVolume // whose term led to the row; nil when the title or an inclusion term did
	term   int32
}

func (s scored) order() int { return int(s.rank >> 24 & 0xff) }

func (s scored) row() int { return int(s.rank & (1<<24 - 1)) }

func (s scored) score() int { return int(s.rank >> 44) }

func (r *release) rank(score, order, row int) uint64 {
	w := &r.rows[row]
	rank := uint64(score)<<44 | uint64(codeLen(w.key))<<40 | uint64(order)<<24 | uint64(row)
	if !w.billable {
		rank |= 1 << 43
	}
	return rank
}

// longest is the most words that the unit may mean.
func (u unit) longest() int {
	n := len(u.typed)
	for _, set := range u.any {
		n = max(n, len(set))
	}
	return n
}

func codeLen(k uint64) uint8 {
	n := uint8(8)
	for ; n > 0 && byte(k) == 0; n-- {
		k >>= 8
	}
	return n
}

// matched is what a hit was found by when its title does not show it: the inclusion term with most of the words, or the alias.
func (r *release) matched(row int, units []unit) string {
	var want []string
	alias := ""
	for _, u := range units {
		if u.code != "" && strings.HasPrefix(string(unpack(r.rows[row].key)), string(u.code)) {
			continue
		}
		want = append(want, u.typed...)
		if u.alias != "" {
			alias = u.alias
		}
	}
	title := words(r.rows[row].title)
	if countWords(title, want) == len(want) {
		return ""
	}
	best, most := "", countWords(title, want)
	if w := &r.rows[row]; w.span > 0 {
		s := r.spans[w.span]
		for _, g := range r.groups[s.from:s.to] {
			if g.kind != Inclusion && g.kind != Includes {
				continue
			}
			for _, l := range g.lines {
				if n := countWords(words(l), want); n > most {
					best, most = l, n
				}
			}
		}
	}
	if best == "" {
		return alias
	}
	return best
}

func countWords(have, want []string) int {
	n := 0
	for _, w := range want {
		if slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, w) }) {
			n++
		}
	}
	return n
}
