package codebook

import (
	"math/bits"
	"slices"
	"sort"
	"strings"
	"sync"
)

// The words of each term are kept with the term alone. A word holds for the term that has it and for all below it, which are a run of
// numbers; so the terms that several words lead to are where runs overlap, and runs of a tree overlap only where one lies in another.

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

// span is the words of the vocabulary that a word of a query stands for: itself, and those that begin with it when it has three letters.
func (v *indexVolume) span(w string) (at, end int, exact bool) {
	at, exact = v.word(w)
	end = at
	if exact {
		end++
	}
	if len(w) >= 3 {
		end += sort.Search(len(v.wordEnds)-end, func(i int) bool { return !strings.HasPrefix(v.wordAt(end+i), w) })
	}
	return at, end, exact
}

// runsOf are the topmost runs that a word leads to, in order.
func (v *indexVolume) runsOf(w string) []run {
	at, end, exact := v.span(w)
	posts := v.posts[v.postFrom[at]:v.postFrom[end]]
	whole := 0
	if exact {
		whole = int(v.postFrom[at+1] - v.postFrom[at])
	}
	cost := func(i int) uint16 {
		c := uint16(posts[i]&1) * costModifier
		if i >= whole {
			c += costPrefix
		}
		return c
	}
	out := make([]run, 0, min(len(posts), 1024))
	if whole == len(posts) {
		for i, p := range posts {
			out = nest(out, run{int32(p >> 1), v.terms[p>>1].end, cost(i)})
		}
		return out
	}
	// The terms of several words are not in order. To sort thousands of them takes longer than to mark them in a map of bits.
	m := termMarks.Get().(*termMap)
	defer termMarks.Put(m)
	m.grow(len(v.terms))
	for i, p := range posts {
		n := p >> 1
		if c := uint8(cost(i)); m.bits[n>>6]>>(n&63)&1 == 0 {
			m.bits[n>>6] |= 1 << (n & 63)
			m.cost[n] = c
		} else if c < m.cost[n] {
			m.cost[n] = c
		}
	}
	for at, word := range m.bits[:(len(v.terms)+63)/64] {
		for ; word != 0; word &= word - 1 {
			n := at<<6 + bits.TrailingZeros64(word)
			if k := len(out); k == 0 || int32(n) >= out[k-1].end {
				out = append(out, run{int32(n), v.terms[n].end, uint16(m.cost[n])})
			}
		}
		m.bits[at] = 0
	}
	return out
}

// termMap has a bit for each term and what it costs; no bit is set between uses.
type termMap struct {
	bits []uint64
	cost []uint8
}

var termMarks = sync.Pool{New: func() any { return new(termMap) }}

func (m *termMap) grow(terms int) {
	if len(m.cost) < terms {
		m.bits, m.cost = make([]uint64, (terms+63)/64), make([]uint8, terms)
	}
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
	out := make([]run, 0, min(len(a), len(b)))
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

// either is the runs of both lists, of which those of b cost more by extra; of two of one term the cheaper.
func either(a, b []run, extra uint16) []run {
	out := make([]run, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && (a[0].from < b[0].from || a[0].from == b[0].from && a[0].cost <= b[0].cost+extra) {
			out = nest(out, a[0])
			a = a[1:]
		} else {
			out = nest(out, run{b[0].from, b[0].end, b[0].cost + extra})
			b = b[1:]
		}
	}
	return out
}
