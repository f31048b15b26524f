package codebook

import (
	"cmp"
	"slices"
	"strings"
)

// unit is one thing that a query asks for: a word, or a phrase that an alias explains.
type unit struct {
	typed []string   // the words as typed; corrected when the book does not know them
	any   [][]string // what an alias says they may mean
	alias string     // the alias phrase, as written in the book
	code  Code       // the word as the beginning of a code
	extra uint16     // what every match costs more: costTypo for a corrected word
	whole bool       // no beginning of a longer word
	side  bool       // a side of the body, which not every code has
}

// joining are words of a query that only join others. "in" and "or" may be all that is typed so far, "a" may be hepatitis A.
var joining = map[string]bool{"a": true, "an": true, "and": true, "at": true, "by": true, "due": true, "for": true, "from": true, "in": true, "of": true, "on": true, "or": true,
	"the": true, "to": true, "with": true}

var sides = map[string]bool{"right": true, "left": true, "bilateral": true}

// token is a word of a query.
type token struct {
	word  string
	code  Code
	other []string // what else a misspelt word may be
	extra uint16
	used  bool
}

// units splits a query. The words of an alias may stand anywhere in it, in any order; longer aliases are taken first.
func (b *Book) units(toks []token) []unit {
	for i := range toks {
		b.correct(&toks[i])
	}
	var out []unit
	for {
		best, size := -1, 0
		for i, t := range toks {
			if t.used {
				continue
			}
			for _, id := range b.aliasesBy[t.word] {
				if n := len(b.aliases[id].says); n > size && coversAll(toks, b.aliases[id].says) {
					best, size = i, n
				}
			}
		}
		if best < 0 {
			break
		}
		// All aliases of the same words count.
		var u unit
		var of []string
		for _, id := range b.aliasesBy[toks[best].word] {
			a := &b.aliases[id]
			if len(a.says) != size || of != nil && !sameSet(of, a.says) || !coversAll(toks, a.says) {
				continue
			}
			if of == nil {
				of, u.alias = a.says, a.phrase
			}
			u.any = append(u.any, a.any...)
		}
		for i := range toks {
			if !toks[i].used && slices.Contains(of, toks[i].word) {
				toks[i].used = true
				u.typed = append(u.typed, toks[i].word)
				u.extra = max(u.extra, toks[i].extra)
				u.code = cmp.Or(u.code, toks[i].code)
			}
		}
		if len(u.typed) > 1 || len(u.code) == 1 && len(toks) > 1 {
			u.code = ""
		}
		u.whole = len(u.typed) == 1 && len(u.typed[0]) == 1
		u.side = slices.ContainsFunc(u.any, func(set []string) bool { return len(set) == 1 && sides[set[0]] })
		out = append(out, u)
	}
	for i, t := range toks {
		if t.used || joining[t.word] && len(toks) > 1 && (i < len(toks)-1 || len(t.word) > 1) {
			continue
		}
		u := unit{typed: []string{t.word}, extra: t.extra, side: sides[t.word]}
		for _, o := range t.other {
			u.any = append(u.any, []string{o})
		}
		if len(t.code) > 1 || len(toks) == 1 {
			u.code = t.code
		}
		u.whole = len(t.word) == 1 && len(toks) == 1
		out = append(out, u)
	}
	if len(out) == 0 && len(toks) > 0 {
		t := toks[len(toks)-1]
		out = append(out, unit{typed: []string{t.word}, code: t.code})
	}
	return out
}

func sameToken(a, b token) bool { return a.word == b.word && a.code == b.code }

func coversAll(toks []token, says []string) bool {
	for _, w := range says {
		if !slices.ContainsFunc(toks, func(t token) bool { return !t.used && t.word == w }) {
			return false
		}
	}
	return true
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(w string) bool { return !slices.Contains(b, w) })
}

func tokens(r *release, q string) []token {
	var toks []token
	for _, t := range strings.Fields(q) {
		ws := words(t)
		code := Code("")
		if c := strings.ToUpper(strings.Trim(strings.Replace(t, ".", "", 1), "-,;")); len(c) >= 1 && len(c) <= 7 && allAlnum(c) {
			code = Code(c)
		}
		// "E11.22" is two words and one code, and has to be one unit; "2.5" cm is no code.
		if len(ws) > 1 && code != "" && len(t) > 4 && t[3] == '.' && !isDigit(t[0]) {
			if lo, hi := r.prefixRange(code); lo < hi {
				ws = []string{strings.ToLower(string(code))}
			}
		}
		for i, w := range ws {
			n := token{word: w}
			if i == 0 {
				n.code = code
			}
			toks = append(toks, n)
		}
	}
	return toks
}

// correct replaces a word that nothing in the book begins with by the words that are one letter off, the most frequent first.
func (b *Book) correct(t *token) {
	w := t.word
	if len(w) < 5 || isDigit(w[0]) || len(b.aliasesBy[w]) > 0 || b.knows(w) {
		return
	}
	type candidate struct {
		word  string
		times int
	}
	var found []candidate
	add := func(word string, times int) {
		if i := slices.IndexFunc(found, func(c candidate) bool { return c.word == word }); i >= 0 {
			found[i].times += times
		} else {
			found = append(found, candidate{word, times})
		}
	}
	for _, sys := range Systems {
		r, _ := b.pick(sys, Date{})
		if r == nil {
			continue
		}
		x := r.index
		for n := len(w) - 1; n <= len(w)+1 && n < len(x.byLength); n++ {
			for _, id := range x.byLength[n] {
				if oneEdit(w, x.vocabulary[id]) {
					add(x.vocabulary[id], int(x.from[id+1]-x.from[id]))
				}
			}
		}
	}
	for word := range b.aliasesBy {
		if oneEdit(w, word) {
			add(word, 1)
		}
	}
	if len(found) == 0 {
		// "sepsys" lost its last letter as a plural.
		if !strings.HasSuffix(w, "s") {
			again := token{word: w + "s"}
			if b.correct(&again); again.extra > 0 {
				t.word, t.other, t.extra, t.code = again.word, again.other, again.extra, ""
			}
		}
		return
	}
	slices.SortFunc(found, func(x, y candidate) int { return cmp.Or(cmp.Compare(y.times, x.times), cmp.Compare(x.word, y.word)) })
	t.word, t.extra, t.code = found[0].word, costTypo, ""
	for _, c := range found[1:min(3, len(found))] {
		t.other = append(t.other, c.word)
	}
}

// knows reports whether any word of the code sets or indexes begins so.
func (b *Book) knows(w string) bool {
	for _, sys := range Systems {
		if r, _ := b.pick(sys, Date{}); r != nil {
			v := r.index.vocabulary
			if at, _ := slices.BinarySearch(v, w); at < len(v) && strings.HasPrefix(v[at], w) {
				return true
			}
			if lo, hi := r.prefixRange(Code(strings.ToUpper(w))); lo < hi {
				return true
			}
		}
	}
	for _, k := range IndexKinds {
		if v := b.index.pick(k, Date{}); v != nil {
			if at, _ := v.word(w); at < len(v.wordEnds) && strings.HasPrefix(v.wordAt(at), w) {
				return true
			}
		}
	}
	return false
}
