package codebook

import (
	"regexp"
	"slices"
	"strings"
)

var parenthesis = regexp.MustCompile(`\([^()]*\)`)

// resolveAll finds the terms that the cross-references of a volume name.
func (ix *Index) resolveAll(v *indexVolume) {
	memo := map[uint32]indexEntry{}
	for i := range v.entries {
		e := &v.entries[i]
		if e.kind <= entryManifestation {
			continue
		}
		e.target, e.volume, e.column, e.flags = -1, noVolume, 0, e.flags&^flagExact
		if e.kind == entrySeeCategory || e.kind == entryUse || e.text == 0 {
			continue
		}
		found, ok := memo[e.text]
		if !ok {
			found = indexEntry{target: -1, volume: noVolume}
			to, n, exact := ix.resolve(v, v.str(e.text))
			if to != nil {
				found.target, found.volume = n, uint8(slices.Index(ix.volumes, to))
				found.column = to.columnOf(splitPath(v.str(e.text)))
			}
			if exact {
				found.flags = flagExact
			}
			memo[e.text] = found
		}
		if found.target == e.term && ix.volumes[found.volume] == v {
			continue // "see Anomaly, by site" at Anomaly leads nowhere
		}
		e.target, e.volume, e.column, e.flags = found.target, found.volume, found.column, e.flags|found.flags
	}
}

// resolve finds what a cross-reference names: a term, or with -1 a table as a whole; no volume when it names nothing that can be found.
func (ix *Index) resolve(v *indexVolume, text string) (to *indexVolume, n int32, exact bool) {
	parts := splitPath(text)
	if len(parts) == 0 {
		return nil, -1, false
	}
	first := strings.ToLower(parts[0])
	if also, ok := strings.CutPrefix(first, "also "); ok {
		first, parts[0] = also, parts[0][len("also "):]
	}
	switch {
	case strings.HasPrefix(first, "table of drugs"):
		if t := ix.pick(IndexDrugs, v.from); t != nil {
			if n, exact, ok := t.descendFrom(-1, withoutColumns(t, parts[1:])); ok {
				return t, n, exact
			}
			return t, -1, len(parts) == 1
		}
		return nil, -1, false
	case v.kind != IndexProcedures && (strings.HasPrefix(first, "neoplasm") || strings.HasPrefix(first, "table of neoplasms")):
		if t := ix.pick(IndexNeoplasms, v.from); t != nil && len(t.terms) > 0 {
			rest := withoutColumns(t, parts[1:])
			if len(rest) == 0 {
				return t, -1, len(parts) == 1
			}
			n, exact := t.descend(0, rest)
			if n == 0 {
				return t, -1, false
			}
			return t, n, exact
		}
	}
	in := v
	if strings.HasPrefix(first, "index to disease") {
		in, parts = nil, parts[1:]
	}
	// What the tables and the External Cause Index do not have themselves is in the Alphabetic Index.
	for _, o := range []*indexVolume{in, ix.pick(IndexDiseases, v.from)} {
		if o == nil || o != v && v.kind == IndexProcedures {
			continue
		}
		if n, exact, ok := o.descendFrom(-1, parts); ok {
			return o, n, exact
		}
	}
	return nil, -1, false
}

// withoutColumns leaves out the parts of a path that name columns of a table ("malignant", "poisoning") and no term.
func withoutColumns(t *indexVolume, parts []string) []string {
	var heads []string
	for _, h := range t.heads {
		heads = append(heads, words(h)...)
	}
	return slices.DeleteFunc(slices.Clone(parts), func(p string) bool {
		return !slices.ContainsFunc(words(p), func(w string) bool { return !slices.Contains(heads, w) })
	})
}

// columnOf is the column of a table that a path names in a part of its own: "Neoplasm, bone, malignant" names the first with that word, malignant
// primary. It is 0 when the path names none.
func (v *indexVolume) columnOf(parts []string) uint8 {
	for i, h := range v.heads {
		head := words(h)
		for _, p := range parts {
			if w := words(p); len(w) > 0 && !slices.ContainsFunc(w, func(w string) bool { return !slices.Contains(head, w) }) {
				return uint8(i + 1)
			}
		}
	}
	return 0
}

// splitPath parts a path at its commas; commas within parentheses are part of a modifier.
func splitPath(text string) []string {
	var out []string
	depth, from := 0, 0
	for i := 0; i <= len(text); i++ {
		switch {
		case i == len(text) || text[i] == ',' && depth == 0:
			if p := strings.Join(strings.Fields(text[from:i]), " "); p != "" {
				out = append(out, p)
			}
			from = i + 1
		case text[i] == '(':
			depth++
		case text[i] == ')':
			depth = max(0, depth-1)
		}
	}
	return out
}

// descendFrom finds a main term by the first parts of a path, as many as it takes, and goes on from it. exact is false when words were
// left over. at is -1.
func (v *indexVolume) descendFrom(at int32, parts []string) (n int32, exact, ok bool) {
	for take := len(parts); take > 0; take-- {
		if n = v.named(at, strings.Join(parts[:take], ", ")); n >= 0 {
			n, exact = v.descend(n, parts[take:])
			return n, exact, true
		}
	}
	if len(parts) == 0 {
		return -1, false, false
	}
	// "Abortion by type complicated by embolism", "Complications by site and type": the term is the first words.
	first := words(parts[0])
	for take := len(first) - 1; take > 0; take-- {
		if n = v.child(at, first[:take]); n >= 0 {
			n, _ = v.descend(n, append([]string{strings.Join(first[take:], " ")}, parts[1:]...))
			return n, false, true
		}
	}
	return -1, false, false
}

// descend follows the parts of a path down from a term as far as they lead. Parts such as "by site" name no term; what stands after them
// may still.
func (v *indexVolume) descend(n int32, parts []string) (at int32, exact bool) {
	exact = true
	for len(parts) > 0 {
		next, used := v.step(n, parts)
		if next < 0 {
			exact = false
			used = 1
		} else {
			n = next
		}
		parts = parts[used:]
	}
	return n, exact
}

// step is the term below n that the first parts name, and how many parts that took; -1 for none.
func (v *indexVolume) step(n int32, parts []string) (next int32, used int) {
	for take := len(parts); take > 0; take-- {
		if c := v.named(n, strings.Join(parts[:take], ", ")); c >= 0 {
			return c, take
		}
	}
	// "with hydrocephalus" is often two levels, "with" and "hydrocephalus".
	w := words(parts[0])
	for take := len(w) - 1; take > 0; take-- {
		if c := v.child(n, w[:take]); c >= 0 {
			if c2 := v.child(c, w[take:]); c2 >= 0 {
				return c2, 1
			}
		}
	}
	// "Diabetes, chronic kidney disease" leaves the "with" out.
	if c := v.child(n, []string{"with"}); c >= 0 {
		if c2 := v.child(c, w); c2 >= 0 {
			return c2, 1
		}
	}
	return -1, 0
}

// named is child for a text, which may name nonessential modifiers or leave them out.
func (v *indexVolume) named(n int32, text string) int32 {
	c := v.child(n, words(text))
	if c < 0 && strings.Contains(text, "(") {
		c = v.child(n, words(parenthesis.ReplaceAllString(text, "")))
	}
	return c
}

// child is the term below n (a main term when n is -1) that is titled by the words: by all of its title, else by one of the forms that
// its commas part ("diabetic" of "Diabetes, diabetic"); -1 for none.
func (v *indexVolume) child(n int32, want []string) int32 {
	if len(want) == 0 {
		return -1
	}
	part := int32(-1)
	check := func(c int32) bool {
		w := &v.terms[c]
		title := v.str(w.title)
		if a := v.str(w.after); a != "" {
			title += " " + a
		}
		if sameWords(title, want) || w.nonessential != 0 && sameWords(title+" "+v.str(w.nonessential), want) {
			return true
		}
		if part < 0 && (w.after != 0 || strings.Contains(title, ",") || strings.HasSuffix(title, " NEC")) {
			for _, p := range strings.Split(strings.TrimSuffix(v.str(w.title), " NEC"), ",") {
				if sameWords(p, want) {
					part = c
				}
			}
		}
		return false
	}
	if n >= 0 {
		for c := n + 1; c < v.terms[n].end; c = v.terms[c].end {
			if check(c) {
				return c
			}
		}
		return part
	}
	// There are thousands of main terms: only those that have the first word are looked at.
	if i, ok := v.word(want[0]); ok {
		for _, c := range v.posts[v.postFrom[i]:v.postFrom[i+1]] {
			if v.terms[c>>1].parent < 0 && check(int32(c>>1)) {
				return int32(c >> 1)
			}
		}
	}
	return part
}

func sameWords(text string, want []string) bool {
	if len(text) < len(want[0]) {
		return false
	}
	return slices.Equal(words(text), want)
}
