package grading

import "slices"

// markKeyWord says of each part with a finding whether the key is its only witness: it cites nothing that can be looked up in the book. A
// code that the book says cannot be reported, and a line entered twice, need no witness.
func (g *grader) markKeyWord(parts []Part) {
	backed := map[string]bool{}
	for i := range parts {
		p := &parts[i]
		p.KeyWord = p.Finding != "" && !g.selfEvident(p) && !slices.ContainsFunc(p.Cites, func(c string) bool {
			b, seen := backed[c]
			if !seen && g.ref.book != nil {
				known, checked := g.ref.book.CiteOK(c)
				b = known && checked
				backed[c] = b
			}
			return b
		})
	}
}

func (g *grader) selfEvident(p *Part) bool {
	s := &g.dx
	if p.Procedure {
		s = &g.px
	}
	if p.Component != CompCode && p.Component != CompExtra || p.EnteredAt < 0 || p.EnteredAt >= len(s.entered) {
		return false
	}
	own := s.entered[p.EnteredAt].Ref
	if v := g.ref.look(own).valid; v == header || v == invalid {
		return true
	}
	if p.Component != CompExtra {
		return false
	}
	for j, e := range s.entered {
		if e.Ref == own && j != p.EnteredAt && (s.by[j] >= 0 || e.optional >= 0) {
			return true
		}
	}
	return false
}
