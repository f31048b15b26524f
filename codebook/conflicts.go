package codebook

import (
	"fmt"
	"slices"
	"strings"
)

// Excludes1 are the pairs among the codes that an Excludes1 note forbids to report together (Official Guidelines I.A.12.a): a note of
// either code, or of a header, section or chapter above it, names the other. A pair is reported once, with the nearest note; the code
// whose note it is stands first.
func (b *Book) Excludes1(codes []Code, on Date) []Conflict {
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return nil
	}
	var out []Conflict
	var found map[[2]Code]bool
	var buf [8]level
	for _, a := range codes {
		at := r.nearest(a)
		if at < 0 {
			continue
		}
		for _, l := range r.appendLevels(buf[:0], at) {
			for n := l.span.from; n < l.span.to; n++ {
				g := &r.groups[n]
				if g.kind != Excludes1 {
					continue
				}
				for _, c := range codes {
					if c == a || !g.names(c) || found[[2]Code{a, c}] {
						continue
					}
					if found == nil {
						found = map[[2]Code]bool{}
					}
					found[[2]Code{a, c}], found[[2]Code{c, a}] = true, true
					out = append(out, Conflict{Kind: KindExcludes1, Codes: []Ref{{ICD10CM, a}, {ICD10CM, c}}, Note: g.lineFor(c), From: l.from()})
				}
			}
		}
	}
	return out
}

func (g *noteGroup) names(c Code) bool { return g.first.has(c) && anyContains(g.refs, c) }

// lineFor is the line of the note that names the code.
func (g *noteGroup) lineFor(c Code) string {
	for _, l := range g.lines {
		if anyContains(References(l), c) {
			return l
		}
	}
	return strings.Join(g.lines, " ")
}

// Partners are the codes that a note wants beside one of the codes: a use-additional or code-first note that names its partner and leaves
// no condition to the case, where nothing it names is there; a code-first note of which something is there, and stands behind (I.B.7); and
// the etiology of a manifestation (Official Guidelines I.A.13), which must be there and stand before it. Notes that begin a list of things
// that may or may not apply, or say "if applicable", ask for nothing that is not there. All but manifestations are Mild.
func (b *Book) Partners(codes []Code, on Date) []Conflict {
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return nil
	}
	var out []Conflict
	var buf [8]level
	for i, c := range codes {
		at := r.nearest(c)
		if at < 0 {
			continue
		}
		manifestation := r.facts[r.rows[at].facts].Manifestation
		if manifestation {
			out = append(out, r.etiologyMissing(codes, i, at)...)
		}
		for _, l := range r.appendLevels(buf[:0], at) {
			if l.wide() {
				continue // notes of a section or chapter are about some of its codes only
			}
			for n := l.span.from; n < l.span.to; n++ {
				g := &r.groups[n]
				if g.kind != CodeFirst && g.kind != UseAdditional || len(g.refs) == 0 || manifestation && g.kind == CodeFirst {
					continue
				}
				partner := slices.IndexFunc(codes, func(o Code) bool { return o != c && g.names(o) })
				switch {
				case partner < 0 && g.must:
					out = append(out, partnerMissing(c, g, l.from()))
				case partner > i && g.kind == CodeFirst:
					o := codes[partner]
					out = append(out, Conflict{
						Kind: KindPartner, Codes: []Ref{{ICD10CM, c}, {ICD10CM, o}}, From: l.from(), Mild: true,
						Note: fmt.Sprintf("%s stands before %s, which its note wants first: %s. Put %s before it", c.Dotted(ICD10CM), o.Dotted(ICD10CM), g.lineFor(o), o.Dotted(ICD10CM)),
					})
				}
			}
		}
	}
	return out
}

const useAdditionalWords = "Use additional"

func partnerMissing(c Code, g *noteGroup, from string) Conflict {
	word := useAdditionalWords
	if g.kind == CodeFirst {
		word = "Code first"
	}
	return Conflict{
		Kind: KindPartner, Codes: []Ref{{ICD10CM, c}}, From: from, Mild: true,
		Note: word + " code: " + strings.Join(g.lines, " "),
	}
}

func (r *release) etiologyMissing(codes []Code, i, at int) []Conflict {
	ranges, from := r.etiologies(at)
	self := codes[i]
	fits := func(o Code) bool { return o != self && (len(ranges) == 0 || anyContains(ranges, o)) }
	if slices.ContainsFunc(codes[:i], fits) {
		return nil
	}
	c := Conflict{Kind: KindPartner, Codes: []Ref{{ICD10CM, self}}, From: from}
	if j := slices.IndexFunc(codes[i:], fits); j >= 0 {
		e := codes[i+j]
		c.Codes = append(c.Codes, Ref{ICD10CM, e})
		c.Note = fmt.Sprintf("%s is a manifestation and stands before its etiology: put %s before it", self.Dotted(ICD10CM), e.Dotted(ICD10CM))
		return []Conflict{c}
	}
	c.Note = self.Dotted(ICD10CM) + " is a manifestation: code first its etiology" + suchAs(ranges)
	return []Conflict{c}
}

func suchAs(ranges []CodeRange) string {
	var names []string
	for _, rg := range ranges {
		names = append(names, rg.String())
	}
	if len(names) == 0 {
		return ""
	}
	return ", such as " + strings.Join(names, ", ")
}

// Etiologies says what must stand before a manifestation code: the codes that its nearest code-first note names. No ranges with true
// means that the note leaves the underlying disease open. False means that the code is no manifestation.
func (b *Book) Etiologies(manifestation Code, on Date) ([]CodeRange, bool) {
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return nil, false
	}
	at := r.nearest(manifestation)
	if at < 0 || !r.facts[r.rows[at].facts].Manifestation {
		return nil, false
	}
	ranges, _ := r.etiologies(at)
	return ranges, true
}

func (r *release) etiologies(at int) (ranges []CodeRange, from string) {
	for _, l := range r.levels(at) {
		for _, g := range r.groups[l.span.from:l.span.to] {
			if g.kind != CodeFirst {
				continue
			}
			from = l.from()
			if strings.Contains(strings.ToLower(strings.Join(g.lines, " ")), "such as") {
				return nil, from // examples only: any underlying disease may stand there
			}
			ranges = append(ranges, g.refs...)
		}
		if from != "" {
			return ranges, from
		}
	}
	return nil, "I.A.13"
}
