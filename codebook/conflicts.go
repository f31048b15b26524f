package codebook

import (
	"fmt"
	"slices"
	"strings"
)

// ConflictOptions say under which rules a set of codes is looked at.
type ConflictOptions struct {
	On           Date
	Professional bool // a professional claim: NCCI pairs count
}

// Conflicts are all objections that the book has to the codes reported together, in the order given: the first ICD-10-CM code is the
// principal or first-listed diagnosis. Kinds: excludes1, partner, principal and, for professional claims, ncci and addon.
func (b *Book) Conflicts(refs []Ref, opt ConflictOptions) []Conflict {
	var dx, px []Code
	for _, r := range refs {
		switch r.System {
		case ICD10CM:
			dx = append(dx, r.Code)
		case CPT, HCPCS:
			px = append(px, r.Code)
		}
	}
	out := b.Excludes1(dx, opt.On)
	out = append(out, b.Partners(dx, opt.On)...)
	if len(dx) > 0 {
		out = append(out, b.principal(dx[0], opt.On)...)
	}
	if opt.Professional {
		out = append(out, b.bundled(px)...)
	}
	return append(out, b.lonelyAddOns(px, opt.On)...)
}

// Excludes1 are the pairs among the codes that an Excludes1 note forbids to report together (Official Guidelines I.A.12.a): a note of
// either code, or of a header, section or chapter above it, names the other. A pair is reported once, with the nearest note; the code
// whose note it is stands first.
func (b *Book) Excludes1(codes []Code, on Date) []Conflict {
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return nil
	}
	codes = slices.Clone(codes)
	var out []Conflict
	var found map[[2]Code]bool
	for _, a := range codes {
		at := r.nearest(a)
		if at < 0 {
			continue
		}
		for _, l := range r.levels(at) {
			for _, g := range r.groups[l.span.from:l.span.to] {
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
					out = append(out, Conflict{Kind: "excludes1", Codes: []Ref{{ICD10CM, a}, {ICD10CM, c}}, Note: g.lineFor(c), From: l.from()})
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

// Partners are the codes that a note wants beside one of the codes and that are not there: a use-additional or code-first note that
// names its partner and leaves no condition to the case, and the etiology of a manifestation (Official Guidelines I.A.13), which must
// also stand before it. Notes that begin a list of things that may or may not apply, or say "if applicable", are no conflicts.
func (b *Book) Partners(codes []Code, on Date) []Conflict {
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return nil
	}
	var out []Conflict
	for i, c := range codes {
		at := r.nearest(c)
		if at < 0 {
			continue
		}
		manifestation := r.facts[r.rows[at].facts].Manifestation
		if manifestation {
			out = append(out, r.etiologyMissing(codes, i, at)...)
		}
		for _, l := range r.levels(at) {
			if l.wide() {
				continue // notes of a section or chapter are about some of its codes only
			}
			for _, g := range r.groups[l.span.from:l.span.to] {
				if !g.must || manifestation && g.kind == CodeFirst || slices.ContainsFunc(codes, func(o Code) bool { return o != c && g.names(o) }) {
					continue
				}
				word := "Use additional code"
				if g.kind == CodeFirst {
					word = "Code first"
				}
				out = append(out, Conflict{Kind: "partner", Codes: []Ref{{ICD10CM, c}}, Note: word + ": " + strings.Join(g.lines, " "), From: l.from()})
			}
		}
	}
	return out
}

func (r *release) etiologyMissing(codes []Code, i, at int) []Conflict {
	ranges, from := r.etiologies(at)
	self := codes[i]
	fits := func(o Code) bool { return o != self && (len(ranges) == 0 || anyContains(ranges, o)) }
	if slices.ContainsFunc(codes[:i], fits) {
		return nil
	}
	c := Conflict{Kind: "partner", Codes: []Ref{{ICD10CM, self}}, From: from}
	if j := slices.IndexFunc(codes[i:], fits); j >= 0 {
		c.Codes = append(c.Codes, Ref{ICD10CM, codes[i+j]})
		c.Note = fmt.Sprintf("%s is a manifestation: its etiology %s stands before it", self.Dotted(ICD10CM), codes[i+j].Dotted(ICD10CM))
		return []Conflict{c}
	}
	c.Note = self.Dotted(ICD10CM) + " is a manifestation: code first its etiology"
	if len(ranges) > 0 {
		var names []string
		for _, rg := range ranges {
			names = append(names, rg.String())
		}
		c.Note += ", such as " + strings.Join(names, ", ")
	}
	return []Conflict{c}
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

// neverFirst are codes that the Official Guidelines keep from standing first.
var neverFirst = []struct {
	codes CodeRange
	note  string
	from  string
}{
	{CodeRange{First: "V00", Last: "Y99"}, "an external cause code is never the principal or first-listed diagnosis", "I.C.20.a.6"},
	{CodeRange{First: "R652", Last: "R652"}, "severe sepsis follows the underlying infection", "I.C.1.d.1.b"},
	{CodeRange{First: "B95", Last: "B97"}, "an organism code follows the infection it explains", "I.C.1.b"},
	{CodeRange{First: "T36", Last: "T50", At: "56", Chars: "6"}, "an underdosing code is never the principal or first-listed diagnosis", "I.C.19.e.5.c"},
}

func (b *Book) principal(c Code, on Date) []Conflict {
	own := func(note, from string) []Conflict {
		return []Conflict{{Kind: "principal", Codes: []Ref{{ICD10CM, c}}, Note: c.Dotted(ICD10CM) + " cannot stand first: " + note, From: from}}
	}
	for _, n := range neverFirst {
		if n.codes.Contains(c) {
			return own(n.note, n.from)
		}
	}
	r, _ := b.pick(ICD10CM, on)
	if r == nil {
		return nil
	}
	if at := r.nearest(c); at >= 0 && r.facts[r.rows[at].facts].Manifestation {
		return own("a manifestation follows its etiology", "I.A.13")
	}
	return nil
}
