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
	name := g.ref.shortSubject(own.Ref)
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
	case byExcludes1:
		other := s.entered[e.other].Dotted()
		p.Finding, p.Cites = DXEX1, []string{"I.A.12.a"}
		p.Why = name + " may not stand beside " + other + ": an Excludes1 note" + at(e.from) + " says that the two are not coded together. The chart supports " + other + "."
	case byNCCI:
		other := s.entered[e.other]
		p.Finding, p.Cites = CPTUNB, []string{"ncci:" + string(other.Code) + "/" + string(own.Code)}
		p.Why = name + " is included in " + g.ref.shortSubject(other.Ref) + " by NCCI. "
		if ind, _ := g.ref.book.NCCI(other.Code, own.Code); ind == "0" {
			p.Why += "No modifier separates the two."
		} else {
			p.Why += "Only a service apart, at another site or session, takes a modifier such as 59 or XS; the chart shows none."
		}
	case asRedundant:
		other := s.entered[e.other]
		switch {
		case other.Ref == own.Ref:
			p.Why = own.Dotted() + " is entered twice. Once is enough."
			if p.Procedure {
				p.Why = own.Dotted() + " is entered twice. Once is enough; more of the same is said by units or a modifier."
			}
		case combines(own.Code, s.lines[e.against].Code):
			p.Finding, p.Why = DXCOMB, name+" is a part of what "+other.Dotted()+" states whole; only the whole is coded."
		case other.family == own.family:
			p.Why = name + " is of the same family as " + other.Dotted() + ", which answers the chart, and nothing in the note supports both."
		default:
			p.Why = name + " comes no nearer to what the chart supports than " + other.Dotted() + ", and nothing in the note supports both."
		}
	case byChapter:
		switch {
		case isSymptom(own.Code):
			p.Finding, p.Cites = DXSYM, []string{"I.B.5"}
			p.Why = name + " is a sign or symptom. A diagnosis of this chart explains it, and then it is not coded beside it."
		case prefix(string(own.Code), 1) == "Z":
			p.Why = name + " is a status, history or reason for care that has no bearing on this encounter. Code it where it changes or explains the care."
		default:
			p.Why = name + " tells how or where an injury came about. The chart does not call for it."
		}
	default:
		p.Why = name + " is not supported by the chart. Look for the provider's own words that state it, and for what was done about it."
		if p.Procedure {
			p.Why = name + " is not supported by the chart: no words of the note describe it. Code what was done and written down."
		}
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
	if !procedure && slices.Contains(t.Cites, "IV.H") {
		return DXUNC, name + " is not established. For an outpatient, what is probable, suspected or to be ruled out is not coded; the sign or symptom is."
	}
	switch t.Kind {
	case Integral:
		return DXSYM, name + " belongs to something that is coded already, and is not coded beside it."
	case Needless:
		return DXOVER, name + " is true of this patient but not reported here: it has no bearing on this encounter."
	case NotDone:
		return PXOVER, name + " was not done, or not finished; only what took place is coded."
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
		own, before := g.dx.entered[j], g.dx.entered[d.before].Dotted()
		why := own.Dotted() + " stands before " + before + "; the order is " + before + " first."
		switch {
		case g.isManifestation(own.Code):
			why += " " + own.Dotted() + " is a manifestation: its etiology stands before it."
		case isExternalCause(own.Code):
			why += " An external cause follows the injury."
		default:
			why += " Code-first and use-additional-code notes say which of two conditions leads."
		}
		p := g.dxPart(d.line, j, CompOrder, -g.w.Order, 0, DXSEQ, why)
		p.Cites = withCite(p.Cites, "I.A.13")
		g.add(p)
	}
}

func (g *grader) isManifestation(c codebook.Code) bool {
	if g.ref.book == nil {
		return false
	}
	ranges, ok := g.ref.book.Etiologies(c, g.ref.on)
	return ok && len(ranges) > 0
}
