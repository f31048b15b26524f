package codebook

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"
)

// sought is a unit as the index of one release has it: its words are looked up once, however often rows are searched for them.
type sought struct {
	unit
	phrases []phrase
	lo, hi  int    // rows that its code begins
	rows    int    // at most so many rows match
	exact   int    // at most so many match without the beginning of a longer word; 0 when none does
	least   uint16 // what a match costs at least
}

// phrase is one set of words that a unit may mean.
type phrase struct {
	words []wordSpan
	extra uint16 // what the phrase costs more, with marks
}

// wordSpan is the words of the vocabulary that a word stands for: at itself when it is known, then up to end those that begin with it.
type wordSpan struct {
	at, end uint32
	known   bool
}

// seek looks the words of units up.
func (r *release) seek(units []unit) []sought {
	out := make([]sought, len(units))
	for i, u := range units {
		out[i] = r.seekUnit(u)
	}
	return out
}

func (r *release) seekUnit(u unit) sought {
	x := r.index
	s := sought{unit: u, phrases: make([]phrase, 0, 1+len(u.any)), least: math.MaxUint16}
	longest := u.longest()
	add := func(set []string, extra uint16, whole bool) {
		p := phrase{extra: extra, words: make([]wordSpan, len(set))}
		rows, exact := len(x.posts), len(x.posts)
		for i, w := range set {
			span := x.spanOf(w, whole)
			p.words[i] = span
			rows = min(rows, int(x.from[span.end]-x.from[span.at]))
			if span.known {
				exact = min(exact, int(x.from[span.at+1]-x.from[span.at]))
			} else {
				exact = 0
			}
		}
		if rows == 0 {
			return // no row has all of its words
		}
		s.phrases = append(s.phrases, p)
		s.rows += rows
		s.exact += exact
		least := extra &^ marks
		if exact == 0 {
			least += costPrefix
		}
		s.least = min(s.least, least)
	}
	add(u.typed, u.extra+uint16(longest-len(u.typed)), u.whole)
	for _, set := range u.any {
		add(set, (u.extra+costAlias+uint16(longest-len(set)))|hidden, false)
	}
	if u.code != "" {
		s.lo, s.hi = r.prefixRange(u.code)
		s.rows += s.hi - s.lo
		s.exact += s.hi - s.lo
		if s.lo < s.hi {
			s.least = 0
		}
	}
	return s
}

// plain are the units as typed.
func plain(want []sought) []unit {
	out := make([]unit, len(want))
	for i := range want {
		out[i] = want[i].unit
	}
	return out
}

// spanOf looks a word up; whole leaves out the longer words that begin with it.
func (x *index) spanOf(w string, whole bool) wordSpan {
	at, known := slices.BinarySearch(x.vocabulary, w)
	end := at
	if known {
		end++
	}
	if !whole {
		end += sort.Search(len(x.vocabulary)-end, func(i int) bool { return !strings.HasPrefix(x.vocabulary[end+i], w) })
	}
	return wordSpan{uint32(at), uint32(end), known}
}

// wordsAt are the words of a row, in the order of the vocabulary: word<<1, +1 when it stands in an inclusion term only.
func (x *index) wordsAt(row uint32) []uint32 { return x.words[x.wordsFrom[row]:x.wordsFrom[row+1]] }

// costIn is what the cheapest of the words costs among those of a row, 0 when the row has none of them.
func (s wordSpan) costIn(have []uint32, exact bool) uint16 {
	i := 0
	if len(have) > 24 {
		i, _ = slices.BinarySearch(have, s.at<<1)
	}
	best := uint16(0)
	for _, h := range have[i:] {
		w := h >> 1
		if w < s.at {
			continue
		}
		if w >= s.end {
			break
		}
		c := uint16(1 + costPrefix)
		if s.known && w == s.at {
			c = 1 + costTitle
		} else if exact {
			break
		}
		if h&1 != 0 {
			c |= marks
		}
		if best == 0 || worth(c) < worth(best) {
			best = c
		}
		if best == 1+costPrefix || best == 1+costTitle {
			break // the words after the first are beginnings too
		}
	}
	return best
}

// costAt is what the unit costs in a row, as cells have it. It takes less than marking all rows of the unit when few rows are left.
func (u *sought) costAt(x *index, row uint32, exact bool) uint16 {
	have := x.wordsAt(row)
	best := uint16(0)
	for i := range u.phrases {
		p := &u.phrases[i]
		sum := uint16(0)
		for j, w := range p.words {
			c := w.costIn(have, exact)
			if c == 0 {
				sum = 0
				break
			}
			if j == 0 {
				sum = c
			} else {
				sum = both(sum, c)
			}
		}
		if sum == 0 {
			continue
		}
		sum = (sum&^marks + p.extra&^marks) | (sum|p.extra)&marks
		if best == 0 || worth(sum) < worth(best) {
			best = sum
		}
	}
	if int(row) >= u.lo && int(row) < u.hi && (best == 0 || worth(best) > 1) {
		best = 1
	}
	return best
}

// both is the cost of a row that has two things.
func both(a, b uint16) uint16 { return a&^marks + b&^marks - 1 | (a|b)&marks }

// search finds the best rows that have all that is wanted, in order of rank, at most limit of them and none that ranks after bound. When
// whole words alone give enough, the beginnings of longer ones, which cost more than any of those, are not looked at.
func (r *release) search(want []sought, billable bool, limit, order int, bound uint64) []scored {
	if len(want) == 0 || len(r.rows) == 0 {
		return nil
	}
	rarest, exact, units := math.MaxInt, math.MaxInt, plain(want)
	for i := range want {
		rarest, exact = min(rarest, want[i].rows), min(exact, want[i].exact)
	}
	if rarest == 0 {
		return nil
	}
	s := r.index.scratch.Get().(*scratch)
	defer r.index.scratch.Put(s)
	p := pass{want: want, units: units, billable: billable, limit: limit, order: order, bound: bound}
	if exact == 0 && bound < costPrefix<<44 {
		return nil
	}
	if exact == 0 || rarest <= fewRows {
		return r.collect(s, &p)
	}
	p.exact = true
	found := r.collect(s, &p)
	p.bound = min(bound, boundOf(found, limit))
	if p.bound < costPrefix<<44 {
		return found
	}
	p.exact, p.floor = false, costPrefix
	return bestOf(append(found, r.collect(s, &p)...), limit)
}

// pass is one look at the rows of a release.
type pass struct {
	want            []sought
	units           []unit
	exact, billable bool // no beginnings of longer words; only what can be reported
	limit, order    int
	bound           uint64
	floor           int // what a row costs at least that is not found yet
}

// fewRows are so few that two passes over them do not pay.
const fewRows = 256

// collect marks the rows of the rarest thing wanted and looks at each for the others, unless it ranks too low already.
func (r *release) collect(s *scratch, p *pass) []scored {
	x, exact, bound, limit := r.index, p.exact, p.bound, p.limit
	by := make([]*sought, len(p.want))
	rest := 0 // what the others cost at least
	for i := range p.want {
		by[i] = &p.want[i]
		rest += int(p.want[i].least)
	}
	slices.SortStableFunc(by, func(a, b *sought) int {
		if exact {
			return cmp.Compare(a.exact, b.exact)
		}
		return cmp.Compare(a.rows, b.rows)
	})
	first := by[0]
	rest -= int(first.least)
	cut := cutoff{r: r, put: &s.score, limit: limit, billable: p.billable, rest: rest, floor: p.floor, worst: int(min(bound>>44, scores-1))}
	cut.counted = len(by) == 1 && first.lo == first.hi
	if cut.counted && !exact && first.rows > len(r.rows) {
		first.markAll(x, &cut)
	} else {
		first.mark(x, s, exact, &cut)
	}
	for n := first.lo; n < first.hi; n++ {
		s.score.put(uint32(n), 1)
	}
	lo, hi := 0, 0
	if len(by) == 1 {
		lo, hi = first.lo, first.hi
	}
	s.best = s.best[:0]
	for _, n := range s.score.touched {
		c := s.score.cost[n]
		w := &r.rows[n]
		if c == 0 || p.billable && !w.billable {
			continue
		}
		coded := int(n) >= lo && int(n) < hi
		if !coded && uint64(max(int(c&^marks-1)+rest, p.floor)+x.leastWords(n))<<44 > bound|lowRank {
			continue
		}
		for _, u := range by[1:] {
			d := u.costAt(x, n, exact)
			if d == 0 {
				c = 0
				break
			}
			c = both(c, d)
		}
		if c == 0 {
			continue
		}
		score := int(c&^marks-1) + int(x.brevity[n]&titleBits)
		if c&included != 0 {
			score = int(c&^marks-1) + costInclusion + int(x.brevity[n]>>titleSize)
		}
		if coded {
			score = int(codeLen(w.key)) - len(first.code) // found by its code alone: the words of its title do not matter
		}
		rank := r.rank(score, p.order, int(n))
		if rank > bound {
			continue
		}
		s.score.cost[n] = c // whether it is hidden
		at, _ := slices.BinarySearch(s.best, rank)
		if len(s.best) == limit {
			s.best = s.best[:limit-1]
		}
		if s.best = slices.Insert(s.best, at, rank); len(s.best) == limit {
			bound = min(bound, s.best[limit-1])
		}
	}
	out := make([]scored, len(s.best))
	for i, rank := range s.best {
		out[i] = scored{r: r, units: p.units, rank: rank}
		out[i].hidden = s.score.cost[out[i].row()]&hidden != 0
	}
	s.score.clear()
	return out
}

// lowRank is the part of a rank below its score.
const lowRank = 1<<44 - 1

// leastWords is the least that a row can score by the words that nobody asked for.
func (x *index) leastWords(row uint32) int {
	n := int(x.brevity[row] & titleBits)
	if i := int(x.brevity[row] >> titleSize); i > 0 {
		n = min(n, i+costInclusion)
	}
	return n
}

// mark puts the rows that have one of the phrases.
func (u *sought) mark(x *index, s *scratch, exact bool, cut *cutoff) {
	for i := range u.phrases {
		p := &u.phrases[i]
		if len(p.words) == 1 {
			x.markSpan(p.words[0], p.extra, exact, cut)
			continue
		}
		// The rows that the rarest word has are looked at for the others.
		rare := 0
		for j, w := range p.words {
			if x.posted(w, exact) < x.posted(p.words[rare], exact) {
				rare = j
			}
		}
		once := cutoff{r: cut.r, put: &s.sum, rest: cut.rest + int(p.extra&^marks), floor: cut.floor, worst: cut.worst, limit: cut.limit}
		x.markSpan(p.words[rare], 0, exact, &once)
		for _, row := range s.sum.touched {
			c, have := s.sum.cost[row], x.wordsAt(row)
			if cut.tooLow(x, row, c&^marks+p.extra&^marks) {
				continue
			}
			for j, w := range p.words {
				if j == rare {
					continue
				}
				d := w.costIn(have, exact)
				if d == 0 {
					c = 0
					break
				}
				c = both(c, d)
			}
			if c > 0 {
				cut.mark(x, row, (c&^marks+p.extra&^marks)|(c|p.extra)&marks)
			}
		}
		s.sum.clear()
	}
}

// markAll is mark for a unit that most rows have, as the first letters of many words: to look at each row once takes less.
func (u *sought) markAll(x *index, cut *cutoff) {
	for row := range uint32(len(x.brevity)) {
		if cut.tooLow(x, row, 1+u.least) {
			continue
		}
		if c := u.costAt(x, row, false); c > 0 {
			cut.mark(x, row, c)
		}
	}
}

// posted is how many postings a word has.
func (x *index) posted(w wordSpan, exact bool) uint32 {
	if exact {
		w = w.only()
	}
	return x.from[w.end] - x.from[w.at]
}

// only is the word without the longer ones that begin with it.
func (s wordSpan) only() wordSpan {
	s.end = s.at
	if s.known {
		s.end++
	}
	return s
}

func (x *index) markSpan(w wordSpan, extra uint16, exact bool, cut *cutoff) {
	if exact {
		w = w.only()
	}
	for id := w.at; id < w.end; id++ {
		cost := 1 + costPrefix + extra
		if w.known && id == w.at {
			cost = 1 + costTitle + extra
		}
		for _, p := range x.posts[x.from[id]:x.from[id+1]] {
			if cut.tooLow(x, p>>1, cost) {
				continue
			}
			c := cost
			if p&1 != 0 {
				c |= marks
			}
			cut.mark(x, p>>1, c)
		}
	}
}

// scores are how many scores are told apart when rows are counted.
const scores = 96

// cutoff keeps rows from being marked that cannot be among the best: the bound is better, or so many have been marked at a better score.
type cutoff struct {
	r        *release
	put      *cells
	rest     int // what is added to the cost at least
	floor    int // what a row costs at least
	worst    int // a row with a higher score is none of the best; the highest score stands for those above it too
	counted  bool
	limit    int
	billable bool
	below    int         // how many rows are counted with a score up to worst
	counts   [scores]int // rows of each score
}

// tooLow reports whether a row cannot be among the best at a cost.
func (c *cutoff) tooLow(x *index, row uint32, cost uint16) bool {
	return c.worst < scores-1 && max(int(cost&^marks)-1+c.rest, c.floor)+x.leastWords(row) > c.worst
}

// mark puts a row, and counts it when its score is all that it costs.
func (c *cutoff) mark(x *index, row uint32, cost uint16) {
	if c.counted && c.put.cost[row] == 0 && (!c.billable || c.r.rows[row].billable) {
		score := int(cost&^marks-1) + int(x.brevity[row]&titleBits)
		if cost&included != 0 {
			score = int(cost&^marks-1) + costInclusion + int(x.brevity[row]>>titleSize)
		}
		if score <= c.worst && score < scores {
			c.counts[score]++
			c.below++
			for c.below-c.counts[c.worst] >= c.limit {
				c.below -= c.counts[c.worst]
				c.worst--
			}
		}
	}
	c.put.put(row, cost)
}
