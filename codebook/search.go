package codebook

import (
	"cmp"
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
	brevity    []uint8    // how many words the title of each row has; headers after codes
	scratch    sync.Pool
}

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
		x.brevity[i] = uint8(min(0x7f, strings.Count(w.title, " ")))
		// Of codes of one length, those that can be reported stand before headers: I10 before I1A.
		if !w.billable {
			x.brevity[i] |= 0x80
		}
		// Seventh characters are listed in their own order, not "sequela" first because it is the shortest.
		if r.System == ICD10CM && w.parent >= 0 && codeLen(w.key) == 7 {
			x.brevity[i] = x.brevity[w.parent] & 0x7f
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
}

// Costs of a match of one word, the less the better. A whole word beats a prefix, a title beats an inclusion term, and what the
// learner typed beats what it may have meant. hidden is no cost, but marks a match that the title does not show.
const (
	costTitle     = 0
	costAlias     = 1
	costInclusion = 2
	costPrefix    = 4
	costTypo      = 12
	hidden        = 0x8000
)

func (c *cells) put(row uint32, cost uint16) {
	switch old := c.cost[row]; {
	case old == 0:
		c.touched = append(c.touched, row)
		c.cost[row] = cost
	case cost&^hidden < old&^hidden:
		c.cost[row] = cost
	}
}

// and keeps the rows that other has too and adds its costs. Rows that fall away stay among the touched, at 0.
func (c *cells) and(other *cells) {
	for _, row := range c.touched {
		a, b := c.cost[row], other.cost[row]
		if a == 0 || b == 0 {
			c.cost[row] = 0
			continue
		}
		c.cost[row] = a&^hidden + b&^hidden - 1 | (a|b)&hidden
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
// its dot; by abbreviations and lay words that the book knows (HTN, heart attack). All words must match. A word of five or more letters
// that matches nothing may be one letter off. The terms of the indexes lead to codes too. Best hits first: whole words before beginnings,
// titles before inclusion terms and those before index terms, shorter codes first, then shorter titles.
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
			units := b.units(r, q)
			hits := r.search(units, opt.BillableOnly, limit, order)
			found = append(found, b.searchIndex(r, units, hits, opt, limit, order)...)
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

// scored is a row found. rank has everything that orders hits in one number: cost, length of the code, brevity of the title, code set, row.
type scored struct {
	r      *release
	units  []unit
	rank   uint64
	hidden bool
	by     *indexVolume // whose term led to the row; nil when the title or an inclusion term did
	term   int32
}

func (s scored) row() int { return int(s.rank & (1<<24 - 1)) }

// unit is one thing that a query asks for: a word, or a phrase that an alias explains.
type unit struct {
	typed []string   // the words as typed
	any   [][]string // what an alias says they may mean
	alias string     // the alias phrase, as written in the book
	code  Code       // the word as the beginning of a code
}

// units splits a query, taking the longest alias phrase that fits at each place.
func (b *Book) units(r *release, q string) []unit {
	var out []unit
	raw := strings.Fields(q)
	var toks []string
	var codes []Code
	for _, t := range raw {
		ws := words(t)
		code := Code("")
		if c := strings.ToUpper(strings.Trim(strings.Replace(t, ".", "", 1), "-,;")); len(c) >= 1 && len(c) <= 7 && allAlnum(c) {
			code = Code(c)
		}
		for i, w := range ws {
			toks = append(toks, w)
			if i == 0 {
				codes = append(codes, code)
			} else {
				codes = append(codes, "")
			}
		}
		// "E11.22" is two words and one code, and has to be one unit; "2.5" cm is no code.
		if len(ws) > 1 && code != "" && len(t) > 4 && t[3] == '.' && !isDigit(t[0]) {
			if lo, hi := r.prefixRange(code); lo < hi {
				toks = append(toks[:len(toks)-len(ws)], strings.ToLower(string(code)))
				codes = append(codes[:len(codes)-len(ws)], code)
			}
		}
	}
	for i := 0; i < len(toks); {
		n, u := 0, unit{}
		for _, id := range b.aliasesBy[toks[i]] {
			a := &b.aliases[id]
			if len(a.says) < n || i+len(a.says) > len(toks) || !slices.Equal(a.says, toks[i:i+len(a.says)]) {
				continue
			}
			if len(a.says) > n {
				n, u = len(a.says), unit{typed: toks[i : i+len(a.says)], alias: a.phrase}
			}
			u.any = append(u.any, a.any...)
		}
		if n > 0 {
			out = append(out, u)
			i += n
			continue
		}
		u = unit{typed: toks[i : i+1]}
		if len(codes[i]) > 1 || len(toks) == 1 {
			u.code = codes[i]
		}
		out = append(out, u)
		i++
	}
	return out
}

func (r *release) search(units []unit, billable bool, limit, order int) []scored {
	if len(units) == 0 || len(r.rows) == 0 {
		return nil
	}
	x := r.index
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	for i, u := range units {
		to := &s.word
		if i == 0 {
			to = &s.score
		}
		x.mark(s, to, u.typed, 0)
		for _, phrase := range u.any {
			x.mark(s, to, phrase, costAlias|hidden)
		}
		if u.code != "" {
			lo, hi := r.prefixRange(u.code)
			for n := lo; n < hi; n++ {
				to.put(uint32(n), 1)
			}
		}
		if i > 0 {
			s.score.and(&s.word)
			s.word.clear()
		}
	}
	var best []uint64
	for _, n := range s.score.touched {
		c := s.score.cost[n]
		if c == 0 || billable && !r.rows[n].billable {
			continue
		}
		rank := uint64(c&^hidden)<<44 | uint64(codeLen(r.rows[n].key))<<40 | uint64(x.brevity[n])<<32 | uint64(order)<<24 | uint64(n)
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

func codeLen(k uint64) uint8 {
	n := uint8(8)
	for ; n > 0 && byte(k) == 0; n-- {
		k >>= 8
	}
	return n
}

// mark puts the rows that have all words of a phrase, each at the cost of its match and extra.
func (x *index) mark(s *scratch, to *cells, phrase []string, extra uint16) {
	if len(phrase) == 1 {
		x.markWord(to, phrase[0], extra)
		return
	}
	for i, w := range phrase {
		if i == 0 {
			x.markWord(&s.sum, w, 0)
			continue
		}
		x.markWord(&s.part, w, 0)
		s.sum.and(&s.part)
		s.part.clear()
	}
	for _, row := range s.sum.touched {
		if c := s.sum.cost[row]; c > 0 {
			to.put(row, (c&^hidden+extra&^hidden)|(c|extra)&hidden)
		}
	}
	s.sum.clear()
}

func (x *index) markWord(to *cells, w string, extra uint16) {
	at, exact := slices.BinarySearch(x.vocabulary, w)
	hit := exact
	if exact {
		x.markPosts(to, uint32(at), 1+costTitle+extra)
	}
	for n := at; n < len(x.vocabulary) && strings.HasPrefix(x.vocabulary[n], w); n++ {
		if x.vocabulary[n] != w {
			hit = true
			x.markPosts(to, uint32(n), 1+costPrefix+extra)
		}
	}
	if hit || len(w) < 5 || isDigit(w[0]) {
		return
	}
	for n := len(w) - 1; n <= len(w)+1 && n < len(x.byLength); n++ {
		for _, id := range x.byLength[n] {
			if oneEdit(w, x.vocabulary[id]) {
				x.markPosts(to, id, 1+costTypo+extra)
			}
		}
	}
}

func (x *index) markPosts(to *cells, word uint32, cost uint16) {
	for _, p := range x.posts[x.from[word]:x.from[word+1]] {
		if p&1 == 0 {
			to.put(p>>1, cost)
		} else {
			to.put(p>>1, cost+costInclusion|hidden)
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
