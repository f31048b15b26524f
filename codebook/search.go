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
	type post struct{ word, doc uint32 }
	var posts []post
	add := func(text string, doc uint32) {
		for _, w := range words(text) {
			id, ok := ids[w]
			if !ok {
				id = uint32(len(names))
				w = strings.Clone(w)
				ids[w] = id
				names = append(names, w)
			}
			posts = append(posts, post{id, doc})
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
		for len(x.byLength) <= len(w) {
			x.byLength = append(x.byLength, nil)
		}
		x.byLength[len(w)] = append(x.byLength[len(w)], uint32(n))
	}
	for i := range posts {
		posts[i].word = rank[posts[i].word]
	}
	slices.SortFunc(posts, func(a, b post) int { return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.doc, b.doc)) })
	x.from = make([]uint32, len(names)+1)
	for i, p := range posts {
		// A word that a title has counts there, however often it stands in inclusion terms.
		if i == 0 || p.word != posts[i-1].word || p.doc>>1 != posts[i-1].doc>>1 {
			x.posts = append(x.posts, p.doc)
			x.from[p.word+1] = uint32(len(x.posts))
		}
	}
	for i := 1; i < len(x.from); i++ {
		x.from[i] = max(x.from[i], x.from[i-1])
	}
	x.posts = slices.Clip(x.posts)
	rows := len(r.rows)
	x.scratch.New = func() any {
		return &scratch{score: make([]uint16, rows), word: make([]uint16, rows), part: make([]uint16, rows)}
	}
	return x
}

// scratch are the working arrays of one search, one cell per row. A cell is 0 when the row does not match, else its cost plus one.
type scratch struct {
	score, word, part []uint16
}

// Costs of a match of one word, the less the better. A whole word beats a prefix, a title beats an inclusion term, and what the
// learner typed beats what it may have meant.
const (
	costTitle     = 0
	costInclusion = 2
	costPrefix    = 4
	costAlias     = 1
	costTypo      = 12
	costCode      = 0
)

// SearchOptions narrow a search.
type SearchOptions struct {
	Systems      []System // empty for all
	BillableOnly bool
	Limit        int  // at most so many hits; 20 when 0
	On           Date // the date of service; newest releases when empty
}

// Search finds codes by words in any order, each of which may be the beginning of a word; by the beginning of a code, with or without
// its dot; by abbreviations and lay words that the book knows (HTN, heart attack). All words must match. A word of five or more letters
// that matches nothing may be one letter off. Best hits first: whole words before beginnings, titles before inclusion terms, shorter
// codes first, then shorter titles.
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
			found = append(found, r.search(b.units(r, q), opt.BillableOnly, limit, order)...)
		}
	}
	slices.SortFunc(found, compareScored)
	found = found[:min(limit, len(found))]
	out := make([]Hit, len(found))
	for i, f := range found {
		w := &f.r.rows[f.row]
		out[i] = Hit{Ref: Ref{f.r.System, unpack(w.key)}, Title: w.title, Billable: w.billable, Match: f.r.matched(int(f.row), f.q)}
	}
	return out
}

type scored struct {
	r     *release
	q     []unit
	row   int32
	cost  uint16
	size  uint8 // length of the code
	words uint8 // brevity of the title
	order int
}

func compareScored(x, y scored) int {
	return cmp.Or(cmp.Compare(x.cost, y.cost), cmp.Compare(x.size, y.size), cmp.Compare(x.words, y.words), cmp.Compare(x.order, y.order), cmp.Compare(x.row, y.row))
}

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
		clear(s.word)
		x.mark(s.word, s.part, u.typed, 0)
		for _, phrase := range u.any {
			x.mark(s.word, s.part, phrase, costAlias)
		}
		if u.code != "" {
			lo, hi := r.prefixRange(u.code)
			for n := lo; n < hi; n++ {
				s.word[n] = 1 + costCode
			}
		}
		if i == 0 {
			copy(s.score, s.word)
			continue
		}
		for n, c := range s.score {
			if c > 0 && s.word[n] > 0 {
				s.score[n] = c + s.word[n] - 1
			} else {
				s.score[n] = 0
			}
		}
	}
	var out []scored
	worst := ^uint16(0)
	for n, c := range s.score {
		if c == 0 || c > worst || billable && !r.rows[n].billable {
			continue
		}
		out = append(out, scored{r, units, int32(n), c, codeLen(r.rows[n].key), x.brevity[n], order})
		if len(out) >= 4*limit+64 {
			slices.SortFunc(out, compareScored)
			out = out[:limit]
			worst = out[limit-1].cost
		}
	}
	slices.SortFunc(out, compareScored)
	return out[:min(limit, len(out))]
}

func codeLen(k uint64) uint8 {
	n := uint8(8)
	for ; n > 0 && byte(k) == 0; n-- {
		k >>= 8
	}
	return n
}

// mark notes in cells the rows that have all words of a phrase, with the cost of the match plus extra where it is less than before.
func (x *index) mark(cells, part []uint16, phrase []string, extra uint16) {
	if len(phrase) == 1 {
		x.markWord(cells, phrase[0], extra)
		return
	}
	sum := make([]uint16, len(cells))
	for i, w := range phrase {
		clear(part)
		x.markWord(part, w, 0)
		for n, c := range part {
			switch {
			case i == 0:
				sum[n] = c
			case c > 0 && sum[n] > 0:
				sum[n] += c - 1
			default:
				sum[n] = 0
			}
		}
	}
	for n, c := range sum {
		if c > 0 && (cells[n] == 0 || c+extra < cells[n]) {
			cells[n] = c + extra
		}
	}
}

func (x *index) markWord(cells []uint16, w string, extra uint16) {
	at, exact := slices.BinarySearch(x.vocabulary, w)
	hit := exact
	if exact {
		x.markPosts(cells, uint32(at), 1+extra)
	}
	for n := at; n < len(x.vocabulary) && strings.HasPrefix(x.vocabulary[n], w); n++ {
		if x.vocabulary[n] != w {
			hit = true
			x.markPosts(cells, uint32(n), 1+costPrefix+extra)
		}
	}
	if hit || len(w) < 5 || isDigit(w[0]) {
		return
	}
	for n := len(w) - 1; n <= len(w)+1 && n < len(x.byLength); n++ {
		for _, id := range x.byLength[n] {
			if oneEdit(w, x.vocabulary[id]) {
				x.markPosts(cells, id, 1+costTypo+extra)
			}
		}
	}
}

func (x *index) markPosts(cells []uint16, word uint32, cost uint16) {
	for _, p := range x.posts[x.from[word]:x.from[word+1]] {
		c := cost + costInclusion*uint16(p&1)
		if old := cells[p>>1]; old == 0 || c < old {
			cells[p>>1] = c
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
