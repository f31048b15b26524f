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
		return g.pxPart(i, j, CompCode, 0, l.worth, n.finding, g.tellProcedure(k, g.px.entered[j].Ref, n)+" "+k.Why)
	}
	f := PXMISS
	if g.ref.look(l.Ref).entry.Facts.AddOn {
		f = CPTADDON
	}
	return g.pxPart(i, -1, CompCode, 0, l.worth, f, "Not entered: "+g.ref.named(l.Ref)+". "+k.Why)
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
	code := g.pxPart(i, j, CompCode, l.worth.percent(shareCode), l.worth.percent(shareCode), "", why+" "+k.Why)
	g.add(code)

	mods := g.pxPart(i, j, CompModifiers, earned(c.modifiers, shareModifiers), l.worth.percent(shareModifiers), "", tellModifiers(k, e.Modifiers, c))
	mods.Entered = ptr(strings.Join(e.Modifiers, " "))
	if !c.modifiers {
		mods.Finding = CPTMOD
		if at := g.unseparated(j, c.missing); at >= 0 {
			mods.Finding = CPTUNB
			mods.Why += " Without a modifier that separates the two, NCCI takes the service as included in " + g.px.entered[at].Dotted() + "."
		}
	}
	g.add(mods)

	units := g.pxPart(i, j, CompUnits, earned(c.units, shareUnits), l.worth.percent(shareUnits), "", "")
	units.Entered = ptr(amount(e.Units, e.Minutes))
	units.Why = "Right: " + amount(k.units(), k.Minutes) + "."
	if !c.units {
		units.Finding, units.Why = CPTUNIT, "You entered "+amount(e.Units, e.Minutes)+"; the chart supports "+amount(k.units(), k.Minutes)+"."
	}
	g.add(units)

	points := g.pxPart(i, j, CompPointers, earned(c.pointers, sharePointers), l.worth.percent(sharePointers), "", g.tellPointers(k, c))
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
	if !slices.ContainsFunc(missing, codebook.SetsApart) {
		return -1
	}
	for j1, i1 := range g.px.by {
		if i1 >= 0 && j1 != j && g.bundled(j1, j) {
			return j1
		}
	}
	return -1
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

func tellModifiers(k *Procedure, entered []string, c components) string {
	wanted := "no modifier"
	if len(c.want) > 0 {
		wanted = list(c.want, "and")
	}
	if c.modifiers {
		if len(entered) == 0 {
			return "Right: no modifier."
		}
		if sameSet(entered, c.want) && !slices.Equal(entered, c.want) {
			return "Right. The order is advice only: modifiers that change payment come first, here " + strings.Join(c.want, ", ") + "."
		}
		return "Right: " + list(entered, "and") + "."
	}
	var faults []string
	if len(c.missing) > 0 {
		faults = append(faults, list(c.missing, "and")+" is missing")
	}
	if len(c.needless) > 0 {
		faults = append(faults, list(c.needless, "and")+" does not belong here")
	}
	return "The line takes " + wanted + ": " + list(faults, "and") + "."
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

func (g *grader) tellPointers(k *Procedure, c components) string {
	var want []string
	for _, i := range g.pointedAt(k) {
		want = append(want, g.dx.lines[i].Dotted())
	}
	switch {
	case !c.asked:
		return "Pointers are not asked for here, so this share is credited."
	case c.pointers:
		return "Right: it points to what supports it."
	}
	return "The service is supported by " + list(want, "and") + "; point to the lines where you coded that, and to no other."
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

func (g *grader) tellProcedure(k *Procedure, entered codebook.Ref, n nearness) string {
	key := codebook.Ref{System: k.System, Code: k.Code}
	switch {
	case n.how == exact:
		return "Right: " + g.ref.named(key) + "."
	case n.how == accepted:
		return "Right: " + g.ref.subject(entered) + " is accepted here as well as " + key.Dotted() + "."
	case k.System == codebook.ICD10PCS && entered.System == codebook.ICD10PCS:
		return g.tellPCS(key, entered, n)
	}
	s := "You chose " + g.ref.named(entered) + "; the chart supports " + g.ref.named(key) + "."
	switch n.finding {
	case EMUP1:
		return s + " That is one level higher than the chart supports."
	case EMUP2:
		return s + " That is two or more levels higher than the chart supports."
	case EMDN1:
		return s + " That is one level lower than the chart supports."
	case EMDN2:
		return s + " That is two or more levels lower than the chart supports."
	case EMCAT:
		return s + " The family of the visit is another: look at new or established, the setting, and initial or subsequent."
	}
	return s
}

// tellPCS sets the characters that differ side by side, with the name of the axis and both labels where the book has the tables.
func (g *grader) tellPCS(key, entered codebook.Ref, n nearness) string {
	if len(key.Code) != 7 || len(entered.Code) != 7 {
		return "You chose " + entered.Dotted() + "; the chart supports " + g.ref.named(key) + "."
	}
	want, have := g.pcsChars(key.Code), g.pcsChars(entered.Code)
	var s []string
	if n.how == notACode {
		s = append(s, entered.Dotted()+" stands in no row of table "+string(entered.Code[:3])+", so it is no code.")
	}
	for i := range 7 {
		if key.Code[i] == entered.Code[i] {
			continue
		}
		s = append(s, fmt.Sprintf("Character %d, %s: you chose %s; the chart supports %s.", i+1, axisName(want[i], i), charName(have[i], entered.Code[i]), charName(want[i], key.Code[i])))
	}
	s = append(s, "The code is "+g.ref.named(key)+".")
	return strings.Join(s, " ")
}

// pcsChars takes a code apart; characters that the book cannot explain stay empty. The labels of a code that stands in no row are read
// from the choices at each place, as far as its table goes.
func (g *grader) pcsChars(c codebook.Code) [7]codebook.PCSChar {
	var out [7]codebook.PCSChar
	if g.ref.book == nil {
		return out
	}
	if chars, err := g.ref.book.PCS(c, g.ref.on); err == nil && len(chars) == 7 {
		return [7]codebook.PCSChar(chars)
	}
	for i := range 7 {
		axis, values := g.ref.book.PCSNext(c[:i], g.ref.on)
		out[i].Axis = axis
		for _, v := range values {
			if v.Char == string(c[i]) {
				out[i].Label = v.Title
			}
		}
	}
	return out
}

// pcsAxes are the axes of the Medical and Surgical section, for a book without tables.
var pcsAxes = [7]string{"Section", "Body System", "Root Operation", "Body Part", "Approach", "Device", "Qualifier"}

func axisName(c codebook.PCSChar, i int) string {
	if c.Axis != "" {
		return c.Axis
	}
	return pcsAxes[i]
}

func charName(c codebook.PCSChar, b byte) string {
	if c.Label != "" {
		return string(b) + " (" + c.Label + ")"
	}
	return string(b)
}
