package grading

import (
	"slices"

	"crosswalk/codebook"
)

// extraParts are the priced lines that answer no key line. A substitution has no part of its own: it stands in the part of the line
// that it stands in for.
func (g *grader) extraParts() {
	for _, s := range []*side{&g.dx, &g.px} {
		if !s.asked {
			continue
		}
		for _, e := range s.extras {
			if e.rule != asSubstitution {
				g.add(g.extraPart(s, e))
			}
		}
	}
}

func (g *grader) extraPart(s *side, e extra) Part {
	own := s.entered[e.at]
	p := Part{Component: CompExtra, Entered: ptr(own.Dotted()), Earned: -e.price, EnteredAt: e.at, KeyAt: e.against, Procedure: s == &g.px}
	name := g.ref.subject(own.Ref)
	p.Finding = DXOVER
	if p.Procedure {
		p.Finding = PXOVER
	}
	switch e.rule {
	case byTrap:
		t := g.trap(own.Code)
		p.Cites = t.Cites
		p.Finding, p.Why = tellTrap(t, name, p.Procedure)
		p.Why = sentence(p.Why, t.Why)
		if !p.Procedure && slices.Contains(t.Cites, "IV.H") {
			p.Finding = DXUNC
		}
	case byExcludes1:
		p.Finding, p.Cites = DXEX1, []string{"I.A.12.a"}
		p.Why = name + " may not stand beside " + g.ref.subject(s.entered[e.other].Ref) + ": an Excludes1 note" + at(e.from) + " keeps them apart."
	case byNCCI:
		p.Finding, p.Cites = CPTUNB, []string{"ncci:" + string(s.entered[e.other].Code) + "/" + string(own.Code)}
		p.Why = name + " is included in " + g.ref.subject(s.entered[e.other].Ref) + " by NCCI, and no modifier says that it stood apart."
	case asRedundant:
		other := s.entered[e.other]
		switch {
		case other.Ref == own.Ref:
			p.Why = own.Dotted() + " is entered twice. Once is enough."
		case combines(own.Code, s.lines[e.against].Code):
			p.Finding, p.Why = DXCOMB, name+" is a part of what "+other.Dotted()+" states whole; only the whole is coded."
		case other.family == own.family:
			p.Why = name + " is of the same family as " + other.Dotted() + ", which answers the chart, and is not supported beside it."
		default:
			p.Why = name + " comes no nearer to what the chart supports than " + other.Dotted() + ", and is not supported beside it."
		}
	case byChapter:
		p.Why = name + " is not reportable here: the chart gives it no bearing on this encounter."
		if isSymptom(own.Code) {
			p.Finding, p.Cites = DXSYM, []string{"I.B.5"}
			p.Why = name + " is a sign or symptom that belongs to a diagnosis of the chart and is not coded beside it."
		}
	default:
		p.Why = name + " is not supported by the chart."
	}
	if !p.Procedure && e.rule > byExcludes1 {
		if f := g.incomplete(own.Code, ""); f != "" {
			p.Finding = f
			p.Why = sentence(p.Why, "It is also no complete code, so a payer would reject it.")
		}
	}
	if p.Procedure && own.System == codebook.ICD10PCS && g.ref.look(own.Ref).valid == invalid {
		p.Why = sentence(p.Why, "It is also no code: it stands in no row of its table.")
	}
	return p
}

func at(from string) string {
	if from == "" {
		return ""
	}
	return " at " + from
}

func tellTrap(t *Trap, name string, procedure bool) (Finding, string) {
	switch t.Kind {
	case Integral:
		return DXSYM, name + " belongs to something that is coded already."
	case Needless:
		return DXOVER, name + " is true of this patient but not reported here."
	case NotDone:
		return PXOVER, name + " was not done."
	case Bundled:
		return CPTUNB, name + " is included in another service of this chart."
	}
	if procedure {
		return PXOVER, name + " is not supported by the chart."
	}
	return DXOVER, name + " is not supported by the chart."
}

// orderParts charge each diagnosis that stands before one that must come first.
func (g *grader) orderParts() {
	if !g.dx.asked {
		return
	}
	for _, d := range g.disorders(g.dx.pairing) {
		j := g.dx.of[d.line]
		before := g.dx.entered[d.before].Dotted()
		p := g.dxPart(d.line, j, CompOrder, -priceOrder, 0, DXSEQ, g.dx.entered[j].Dotted()+" stands before "+before+"; the order is "+before+" first.")
		p.Cites = withCite(p.Cites, "I.A.13")
		g.add(p)
	}
}
