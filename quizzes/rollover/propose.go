package rollover

import (
	"cmp"
	"slices"
	"strings"

	"crosswalk/codebook"
)

const (
	// mostCandidates is how many codes a proposal names.
	mostCandidates = 8
	// alike is the likeness of titles from which a new code may be the successor of one that is gone, and sure that from which it alone is
	// proposed when no other comes near.
	alike, sure = 0.4, 0.75
)

func candidate(ref codebook.Ref, title string) Candidate {
	return Candidate{ref.Code.Dotted(ref.System), title}
}

// propose says what to do about a changed code on a line, where it is written as given.
func (f *finder) propose(x *changed, line, written string) Proposal {
	switch {
	case slices.Contains(x.kinds, codebook.BecameHeader):
		return f.among(f.billableBelow(x), x, written)
	case slices.Contains(x.kinds, codebook.Deleted):
		return f.among(f.successors(x), x, written)
	case x.was != "" && strings.Contains(line, x.was):
		return Proposal{Do: Retitle, Old: x.was, New: x.Title}
	}
	return Proposal{Do: Look}
}

// scored is a code that may follow another, with the likeness of their titles.
type scored struct {
	ref   codebook.Ref
	title string
	like  float64
}

func (f *finder) among(codes []scored, x *changed, written string) Proposal {
	slices.SortStableFunc(codes, func(a, b scored) int { return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(a.ref.Code, b.ref.Code)) })
	p := Proposal{Do: Choose}
	for _, c := range codes[:min(len(codes), mostCandidates)] {
		p.Codes = append(p.Codes, candidate(c.ref, c.title))
	}
	switch {
	case len(codes) == 0:
		p.Do = Remove
	case len(codes) == 1 && (codes[0].like >= sure || slices.Contains(x.kinds, codebook.BecameHeader)),
		len(codes) > 1 && codes[0].like >= sure && codes[1].like < sure && slices.Contains(x.kinds, codebook.Deleted): // which code below a header is for the text to say
		p.Do, p.Old, p.New = Replace, written, p.Codes[0].Code
		if !strings.Contains(written, ".") { // as the author writes codes
			p.New = string(codes[0].ref.Code)
		}
	}
	return p
}

// billableBelow are the billable codes below one that became a header.
func (f *finder) billableBelow(x *changed) []scored {
	var out []scored
	var walk func(c codebook.Code)
	walk = func(c codebook.Code) {
		for _, e := range f.book.Children(x.System, c, x.diff.Newer.ValidFrom) {
			if e.Billable {
				out = append(out, scored{e.Ref, e.Title, likeness(cmp.Or(x.was, x.Title), e.Title)})
				continue
			}
			walk(e.Code)
		}
	}
	walk(x.Code)
	return out
}

// successors are the new billable codes near one that is gone: of its category, for ICD-10-PCS of its section, body system and root operation, for
// HCPCS Level II and CPT of its first two characters.
func (f *finder) successors(x *changed) []scored {
	n := 3
	if x.System == codebook.HCPCS || x.System == codebook.CPT {
		n = 2
	}
	var out []scored
	for _, c := range x.diff.List {
		if c.Kind == codebook.Added && c.Billable && len(c.Code) >= n && c.Code[:n] == x.Code[:n] {
			if like := likeness(x.Title, c.Title); like >= alike {
				out = append(out, scored{c.Ref, c.Title, like})
			}
		}
	}
	return out
}

// likeness is the share of words that two titles have in common (Jaccard), 0 to 1.
func likeness(a, b string) float64 {
	x, y := titleWords(a), titleWords(b)
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	if all := len(x) + len(y) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 0
}

func titleWords(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }) {
		out[w] = true
	}
	return out
}
