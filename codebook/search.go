package codebook

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"
)

// index finds rows by the words of their titles and inclusion terms. Rows are numbered in code order, so that postings are too.
type index struct {
	vocabulary []string   // sorted
	from       []uint32   // postings of word i are posts[from[i]:from[i+1]]
	posts      []uint32   // row<<1, +1 when the word stands in an inclusion term only
	byLength   [][]uint32 // words of each length
	brevity    []uint8    // how many words the title of each row has that say something; above titleSize those of its shortest inclusion term
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
	x.scratch.New = func() any {
		var s scratch
		for _, c := range []*cells{&s.score, &s.word, &s.sum, &s.part} {
			c.cost = make([]uint16, rows)
		}
		return &s
	}
}

// cells are what one thing that a query asks for costs in each row: 0 where the row does not match, else the cost plus one. touched are
// the rows that were set, so that neither reading nor clearing looks at all rows.
type cells struct {
	cost    []uint16
	touched []uint32
	within  []uint16 // when set, only rows that are not 0 here count
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
	if c.within != nil && c.within[row] == 0 {
		return
	}
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

// and keeps the rows that other has too and adds its costs. Rows that fall away stay among the touched, at 0.
func (c *cells) and(other *cells) {
	for _, row := range c.touched {
		a, b := c.cost[row], other.cost[row]
		if a == 0 || b == 0 {
			c.cost[row] = 0
			continue
		}
		c.cost[row] = a&^marks + b&^marks - 1 | (a|b)&marks
	}
}

func (c *cells) clear() {
	for _, row := range c.touched {
		c.cost[row] = 0
	}
	c.touched = c.touched[:0]
}

// scratch are the working cells of one search.
type scratch struct {
	score, word, sum, part cells
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
	var found []scored
	for order, sys := range Systems {
		if !slices.Contains(systems, sys) {
			continue
		}
		if r, _ := b.pick(sys, opt.On); r != nil {
			found = append(found, b.searchRelease(r, b.units(r, q), opt, limit, order)...)
		}
	}
	slices.SortFunc(found, func(x, y scored) int { return cmp.Compare(x.rank, y.rank) })
	found = found[:min(limit, len(found))]
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

func (r *release) search(units []unit, billable bool, limit, order int) []scored {
	if len(units) == 0 || len(r.rows) == 0 {
		return nil
	}
	x := r.index
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	// The rarest thing first: what comes after it need only look at the rows that are left.
	units = slices.Clone(units)
	slices.SortStableFunc(units, func(a, b unit) int { return cmp.Compare(x.rows(a), x.rows(b)) })
	lo, hi := 0, 0
	for i, u := range units {
		to := &s.word
		if i == 0 {
			to = &s.score
		} else {
			to.within, s.sum.within, s.part.within = s.score.cost, s.score.cost, s.score.cost
		}
		longest := u.longest()
		x.mark(s, to, u.typed, u.extra+uint16(longest-len(u.typed)), u.whole)
		for _, phrase := range u.any {
			x.mark(s, to, phrase, (u.extra+costAlias+uint16(longest-len(phrase)))|hidden, false)
		}
		if u.code != "" {
			lo, hi = r.prefixRange(u.code)
			for n := lo; n < hi; n++ {
				to.put(uint32(n), 1)
			}
		}
		if i > 0 {
			s.score.and(&s.word)
			s.word.clear()
		}
	}
	s.word.within, s.sum.within, s.part.within = nil, nil, nil
	if len(units) > 1 {
		lo, hi = 0, 0
	}
	var best []uint64
	for _, n := range s.score.touched {
		c := s.score.cost[n]
		if c == 0 || billable && !r.rows[n].billable {
			continue
		}
		score := int(c&^marks-1) + int(x.brevity[n]&titleBits)
		if c&included != 0 {
			score = int(c&^marks-1) + costInclusion + int(x.brevity[n]>>titleSize)
		}
		if int(n) >= lo && int(n) < hi {
			score = int(codeLen(r.rows[n].key)) - len(units[0].code) // found by its code alone: the words of its title do not matter
		}
		rank := r.rank(score, order, int(n))
		if len(best) == limit && rank > best[limit-1] {
			continue
		}
		at, _ := slices.BinarySearch(best, rank)
		if len(best) == limit {
			best = best[:limit-1]
		}
		best = slices.Insert(best, at, rank)
	}
	out := make([]scored, len(best))
	for i, rank := range best {
		out[i] = scored{r: r, units: units, rank: rank}
		out[i].hidden = s.score.cost[out[i].row()]&hidden != 0
	}
	s.score.clear()
	return out
}

// longest is the most words that the unit may mean.
func (u unit) longest() int {
	n := len(u.typed)
	for _, set := range u.any {
		n = max(n, len(set))
	}
	return n
}

// rows is at most how many rows a unit marks, for the order of marking.
func (x *index) rows(u unit) int {
	sum := 0
	for _, set := range slices.Concat([][]string{u.typed}, u.any) {
		least := len(x.posts)
		for _, w := range set {
			from, _ := slices.BinarySearch(x.vocabulary, w)
			to := from + sort.Search(len(x.vocabulary)-from, func(i int) bool { return !strings.HasPrefix(x.vocabulary[from+i], w) })
			least = min(least, int(x.from[to]-x.from[from]))
		}
		sum += least
	}
	if u.code != "" {
		sum += len(x.brevity) >> (2 * len(u.code))
	}
	return sum
}

func codeLen(k uint64) uint8 {
	n := uint8(8)
	for ; n > 0 && byte(k) == 0; n-- {
		k >>= 8
	}
	return n
}

// mark puts the rows that have all words of a phrase, each at the cost of its match and extra.
func (x *index) mark(s *scratch, to *cells, phrase []string, extra uint16, whole bool) {
	if len(phrase) == 1 {
		x.markWord(to, phrase[0], extra, whole)
		return
	}
	for i, w := range phrase {
		if i == 0 {
			x.markWord(&s.sum, w, 0, whole)
			continue
		}
		x.markWord(&s.part, w, 0, whole)
		s.sum.and(&s.part)
		s.part.clear()
	}
	for _, row := range s.sum.touched {
		if c := s.sum.cost[row]; c > 0 {
			to.put(row, (c&^marks+extra&^marks)|(c|extra)&marks)
		}
	}
	s.sum.clear()
}

func (x *index) markWord(to *cells, w string, extra uint16, whole bool) {
	at, exact := slices.BinarySearch(x.vocabulary, w)
	if exact {
		x.markPosts(to, uint32(at), 1+costTitle+extra)
		at++
	}
	if whole {
		return
	}
	for ; at < len(x.vocabulary) && strings.HasPrefix(x.vocabulary[at], w); at++ {
		x.markPosts(to, uint32(at), 1+costPrefix+extra)
	}
}

func (x *index) markPosts(to *cells, word uint32, cost uint16) {
	for _, p := range x.posts[x.from[word]:x.from[word+1]] {
		if p&1 == 0 {
			to.put(p>>1, cost)
		} else {
			to.put(p>>1, cost|marks)
		}
	}
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
