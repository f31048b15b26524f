package grading

// claimParts are the fields of the claim as a whole: the DRG and the discharge disposition.
func (g *grader) claimParts() {
	k, r := g.key, g.resp
	if k.Ask.DRG && k.DRG != "" {
		g.add(field(CompDRG, "MS-DRG", padded(k.DRG, 3), r.DRG, g.w.DRG, GRP))
	}
	if k.Ask.Disposition && k.Disposition != "" {
		g.add(field(CompDisposition, "discharge disposition", padded(k.Disposition, 2), r.Disposition, g.w.Disposition, DISP))
	}
}

func field(c Component, what, want, entered string, worth Points, f Finding) Part {
	p := Part{Line: ptr(want), Component: c, Entered: text(entered), Possible: worth, Finding: f, EnteredAt: -1, KeyAt: -1}
	switch entered {
	case want:
		p.Earned, p.Finding, p.Why = worth, "", "Right: the "+what+" is "+want+"."
	case "":
		p.Why = "No " + what + " was entered; it is " + want + "."
	default:
		p.Why = "You entered " + what + " " + entered + "; it is " + want + "."
		if c == CompDRG {
			p.Why += " It follows from the principal diagnosis, the MCCs and CCs that count beside it, and the procedures: look there first."
		}
	}
	return p
}
