package grading

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
)

func (g *grader) procedureParts() {
	if !g.px.asked {
		return
	}
	optional := g.px.optionals()
	for i := range g.key.Procedures {
		k := &g.key.Procedures[i]
		if k.Optional {
			if j := optional[i]; j >= 0 {
				g.add(g.pxPart(i, j, CompCode, 0, 0, "", "Right to enter and right to leave out: this code is optional here. "+k.Why))
			}
			continue
		}
		j := g.px.of[i]
		var code Part
		switch {
		case j < 0:
			code = g.missedProcedure(i)
			g.add(code)
		case k.wholeLine() || !g.rightCode(i, j):
			n, l := g.px.near[i][j], g.px.lines[i]
			code = g.pxPart(i, j, CompCode, l.worth.percent(n.percent), l.worth, n.finding, g.tellProcedure(k, g.px.entered[j].Ref, n)+" "+k.Why)
			if g.rightCode(i, j) {
				g.px.marks[i] = allRight
			} else if k.System == codebook.ICD10PCS {
				code.Reached = g.reachedPCS(k.Code, g.px.entered[j].Code)
			}
			g.add(code)
		default:
			code = g.componentParts(i, j)
		}
		var marks []string
		if j >= 0 {
			marks = g.resp.Procedures[j].Evidence
		}
		g.evidencePart(&g.px, i, j, code, k.Evidence, marks)
	}
}

// rightCode reports whether the entered code is the key's or one that it accepts.
func (g *grader) rightCode(i, j int) bool {
	how := g.px.near[i][j].how
	return how == exact || how == accepted
}

func (g *grader) pxPart(i, j int, c Component, earned, possible Points, f Finding, why string) Part {
	k := &g.key.Procedures[i]
	p := Part{Line: ptr(g.px.lines[i].Dotted()), Component: c, Earned: earned, Possible: possible, Finding: f, Why: strings.TrimSpace(why),
		Cites: k.Cites, Evidence: quotes(k.Evidence), EnteredAt: j, KeyAt: i, Procedure: true}
	if j >= 0 {
		p.Entered = ptr(g.px.entered[j].Dotted())
	}
	return p
}

// missedProcedure is the one part of a key line that nothing answers; a code of its family stands in for it when one was entered.
func (g *grader) missedProcedure(i int) Part {
	k, l := &g.key.Procedures[i], g.px.lines[i]
	if j := g.px.substitutes[i]; j >= 0 {
		n := g.px.near[i][j]
		if n.finding == "" {
			n.finding = nearPxFinding(g.px.entered[j].Ref, k)
		}
		p := g.pxPart(i, j, CompCode, 0, l.worth, n.finding, g.tellProcedure(k, g.px.entered[j].Ref, n)+" "+k.Why)
		if k.System == codebook.ICD10PCS {
			p.Reached = g.reachedPCS(k.Code, g.px.entered[j].Code)
		}
		return p
	}
	f := PXMISS
	if g.ref.look(l.Ref).entry.Facts.AddOn {
		f = CPTADDON
	}
	return g.pxPart(i, -1, CompCode, 0, l.worth, f, g.tellMissedProcedure(k, l.Ref)+" "+k.Why)
}

// componentParts are the parts of a CPT or HCPCS Level II line with the right code. It returns the part of the code.
func (g *grader) componentParts(i, j int) Part {
	k, e, l := &g.key.Procedures[i], &g.resp.Procedures[j], g.px.lines[i]
	c := g.compare(i, j)
	earned := func(right bool, share int) Points {
		if right {
			return l.worth.percent(share)
		}
		return 0
	}
	why := "Right: " + g.ref.named(l.Ref) + "."
	if g.px.near[i][j].how == accepted {
		why = "Right: " + g.ref.subject(g.px.entered[j].Ref) + " is accepted here as well as " + l.Dotted() + "."
	}
	code := g.pxPart(i, j, CompCode, l.worth.percent(g.w.codeShare()), l.worth.percent(g.w.codeShare()), "", why+" "+k.Why)
	g.add(code)

	mods := g.pxPart(i, j, CompModifiers, earned(c.modifiers, int(g.w.Modifiers)), l.worth.percent(int(g.w.Modifiers)), "", g.tellModifiers(e.Modifiers, c))
	mods.Entered = ptr(strings.Join(e.Modifiers, " "))
	if g.ignores(CompModifiers) {
		mods.Why = uncounted
	}
	if !c.modifiers {
		mods.Finding = CPTMOD
		if at := g.unseparated(j, c.missing); at >= 0 {
			mods.Finding = CPTUNB
			mods.Why += " Without " + list(separating(c.missing), "or") + " NCCI takes the service as included in " + g.px.entered[at].Dotted() + "."
		}
	}
	g.add(mods)

	units := g.pxPart(i, j, CompUnits, earned(c.units, int(g.w.Units)), l.worth.percent(int(g.w.Units)), "", "")
	units.Entered = ptr(amount(e.Units, e.Minutes))
	units.Why = "Right: " + amount(k.units(), k.Minutes) + "."
	if g.ignores(CompUnits) {
		units.Why = uncounted
	}
	if !c.units {
		units.Finding, units.Why = CPTUNIT, g.tellUnits(k, e, l.Ref)
	}
	g.add(units)

	points := g.pxPart(i, j, CompPointers, earned(c.pointers, int(g.w.Pointers)), l.worth.percent(int(g.w.Pointers)), "", g.tellPointers(k, e, c))
	points.Entered = ptr(g.pointedTo(e))
	if !c.pointers {
		points.Finding = LINK
	}
	g.add(points)

	g.px.marks[i] = rightCode
	if c.modifiers && c.units {
		g.px.marks[i] = allRight
	}
	return code
}

// unseparated is the entered line that NCCI bundles line j into while a modifier that would separate them is missing; -1 when none.
func (g *grader) unseparated(j int, missing []string) int {
	if g.ref.book == nil || g.key.Bills != Professional {
		return -1
	}
	if len(separating(missing)) == 0 {
		return -1
	}
	for j1, i1 := range g.px.by {
		if i1 >= 0 && j1 != j && g.bundled(j1, j) {
			return j1
		}
	}
	return -1
}

// separating are the modifiers that NCCI takes as a reason to report two services.
func separating(modifiers []string) []string {
	var out []string
	for _, m := range modifiers {
		if codebook.SetsApart(m) {
			out = append(out, m)
		}
	}
	return out
}

func amount(units, minutes int) string {
	if minutes > 0 {
		return plural(minutes, "minute")
	}
	return plural(units, "unit")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprint(n, " ", noun, "s")
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

func (g *grader) pointedTo(e *EnteredProcedure) string {
	var out []string
	for _, j := range e.PointsTo {
		if j >= 0 && j < len(g.dx.entered) {
			out = append(out, g.dx.entered[j].Dotted())
		}
	}
	return strings.Join(out, " ")
}
