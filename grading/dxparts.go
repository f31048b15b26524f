package grading

import (
	"slices"
	"strings"
)

// add takes a part in. A part that is not right names the rule of its finding, behind what the key cites for the line.
func (g *grader) add(p Part) {
	if c := g.ruleOf(p.Finding); c != "" && p.Finding != "" && !slices.Contains(p.Cites, c) {
		p.Cites = append(slices.Clip(p.Cites), c)
	}
	p.Why = strings.ReplaceAll(p.Why, "....", "...") // a title that was cut at the end of a sentence
	g.parts = append(g.parts, p)
}

// ruleOf is the guideline behind a finding (ICD-10-CM and ICD-10-PCS Official Guidelines); "" where no single one is.
func (g *grader) ruleOf(f Finding) string {
	switch f {
	case DXSPEC, DXTRUNC:
		return "I.B.2"
	case DXLAT:
		return "I.B.13"
	case DX7TH:
		return "I.A.5"
	case DXCOMB:
		return "I.B.9"
	case DXSYM:
		return "I.B.5"
	case DXEX1:
		return "I.A.12.a"
	case DXPOA:
		return "App.I"
	case DXPDX:
		if g.key.InpatientFacility() {
			return "II"
		}
		return "IV.A"
	case PXROOT:
		return "B3.1a"
	case PXDEV:
		return "B6.1a"
	}
	return ""
}

func ptr(s string) *string { return &s }

// text is a pointer to what was entered; nil for nothing.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (g *grader) diagnosisParts() {
	if !g.dx.asked {
		return
	}
	place, placed := g.position()
	optional := g.dx.optionals()
	for i := range g.key.Diagnoses {
		d := &g.key.Diagnoses[i]
		if d.Weight == Optional {
			if j := optional[i]; j >= 0 {
				g.add(g.dxPart(i, j, CompCode, 0, 0, "", "Right to enter and right to leave out: this code is optional here. "+d.Why))
			}
			continue
		}
		j := g.dx.of[i]
		var n nearness
		if j >= 0 {
			n = g.dx.near[i][j]
			if n.how == exact || n.how == accepted {
				g.dx.marks[i] = allRight
				if i == place && !placed {
					g.dx.marks[i] = rightCode
				}
			}
		}
		code := g.codePart(i, j, n)
		g.add(code)
		if i == place {
			g.add(g.positionPart(i, placed))
		}
		g.poaPart(i, j, code)
		g.evidencePart(&g.dx, i, j, code, d.Evidence, g.marksOf(j))
	}
}

func (g *grader) marksOf(j int) []string {
	if j < 0 {
		return nil
	}
	return g.resp.Diagnoses[j].Evidence
}

// dxPart fills in what all parts of a diagnosis line share.
func (g *grader) dxPart(i, j int, c Component, earned, possible Points, f Finding, why string) Part {
	d := &g.key.Diagnoses[i]
	p := Part{Line: ptr(g.dx.lines[i].Dotted()), Component: c, Earned: earned, Possible: possible, Finding: f, Why: strings.TrimSpace(why),
		Cites: d.Cites, Evidence: quotes(d.Evidence), EnteredAt: j, KeyAt: i}
	if j >= 0 {
		p.Entered = ptr(g.dx.entered[j].Dotted())
	}
	return p
}

func (g *grader) codePart(i, j int, n nearness) Part {
	d, l := &g.key.Diagnoses[i], g.dx.lines[i]
	if j >= 0 {
		p := g.dxPart(i, j, CompCode, l.code.percent(n.percent), l.code, n.finding, g.tellDiagnosis(d, l.Ref, g.dx.entered[j].Ref, n)+" "+d.Why)
		if n.how != exact && n.how != accepted {
			p.Reached = g.reachedDiagnosis(l.Ref, g.dx.entered[j].Ref)
		}
		return p
	}
	if j := g.dx.substitutes[i]; j >= 0 {
		n, f := g.dx.near[i][j], DXCODE
		switch {
		case n.finding != "":
			f = n.finding
		case combines(g.dx.entered[j].Code, d.Code):
			f = DXCOMB
		default:
			if bad := g.incomplete(g.dx.entered[j].Code, d.Code); bad != "" {
				f = bad
			}
		}
		n.finding = f
		p := g.dxPart(i, j, CompCode, 0, l.code, f, g.tellDiagnosis(d, l.Ref, g.dx.entered[j].Ref, n)+" "+d.Why)
		p.Reached = g.reachedDiagnosis(l.Ref, g.dx.entered[j].Ref)
		return p
	}
	f := DXMISS
	if slices.Contains(d.Cites, "II.H") || slices.Contains(d.Cites, "III.C") {
		f = DXUNC
	}
	return g.dxPart(i, -1, CompCode, 0, l.code, f, g.tellMissed(i)+" "+d.Why)
}

// position is the key line that holds the points for the first place, and whether they are earned. Where any of several lines may
// stand first there is still one first place: it is judged at the one that was put there, else at the key's first of them.
func (g *grader) position() (line int, earned bool) {
	if g.first >= 0 {
		if i := g.dx.by[g.first]; i >= 0 && g.key.Diagnoses[i].First != NotFirst {
			return i, true
		}
	}
	return slices.IndexFunc(g.key.Diagnoses, func(d Diagnosis) bool { return d.First != NotFirst && d.Weight != Optional }), false
}

func (g *grader) positionPart(i int, earned bool) Part {
	what, means, cite := "first-listed diagnosis", "what was chiefly responsible for the services of this encounter", "IV.A"
	if g.key.InpatientFacility() {
		what, means, cite = "principal diagnosis", "what, after study, occasioned the admission", "II"
	}
	p := g.dxPart(i, g.first, CompPosition, 0, g.w.Position, "", "")
	if earned {
		p.Cites = withCite(p.Cites, cite)
		p.Earned, p.Why = g.w.Position, "It stands first, as the "+what+" must."
		return p
	}
	own := g.brief(g.dx.lines[i].Ref)
	p.Finding = DXPDX
	if g.first < 0 {
		p.Why = "The " + what + " is " + own + "; no diagnosis was entered. It is " + means + "."
		return p
	}
	first := g.dx.entered[g.first]
	p.Why = "You put " + first.Dotted() + " first. The " + what + " is " + own + ": " + means + "."
	if g.dx.of[i] >= 0 {
		p.Why = "You coded it but put " + first.Dotted() + " first. The " + what + " is " + own + ": " + means + "."
	}
	switch {
	case isExternalCause(first.Code):
		p.Why += " An external cause never stands first."
	case isSymptom(first.Code) && prefix(string(first.Code), 3) != "R65" && !isSymptom(g.dx.lines[i].Code):
		p.Why += " A symptom gives way to the diagnosis that explains it."
	}
	return p
}

// withCite adds a citation unless the author has given one already.
func withCite(cites []string, c string) []string {
	if len(cites) > 0 {
		return cites
	}
	return []string{c}
}

func (g *grader) poaPart(i, j int, code Part) {
	d := &g.key.Diagnoses[i]
	if !g.key.Ask.POA {
		return
	}
	entered := ""
	if j >= 0 {
		entered = g.resp.Diagnoses[j].POA
	}
	if d.POA == poaExempt {
		if entered != "" && entered != poaExempt {
			p := g.dxPart(i, j, CompPOA, 0, 0, DXPOA, g.dx.lines[i].Dotted()+" is exempt from POA reporting, so it takes no indicator; you gave "+entered+". It costs no points, but the claim would come back.")
			p.Entered, p.Cites = text(entered), []string{"App.I"}
			g.add(p)
		}
		return
	}
	if !d.asksPOA() {
		return
	}
	p := g.dxPart(i, j, CompPOA, 0, g.w.POA, "", "")
	p.Entered, p.Cites = text(entered), []string{"App.I"}
	switch {
	case code.Earned <= 0:
		p.Finding, p.Why = code.Finding, "The indicator counts only beside a code that earned points; here it is "+poaMeaning(d.POA)+"."
	case entered == d.POA:
		p.Earned, p.Why = g.w.POA, "Right: "+poaMeaning(d.POA)+"."
	case entered == "":
		p.Finding, p.Why = DXPOA, "No indicator was given; here it is "+poaMeaning(d.POA)+"."
	default:
		p.Finding, p.Why = DXPOA, "You chose "+poaMeaning(entered)+"; here it is "+poaMeaning(d.POA)+"."
	}
	g.add(p)
}

// poaMeaning is an indicator with what it says (Official Guidelines, Appendix I).
func poaMeaning(s string) string {
	switch s {
	case "Y":
		return "Y, present when the inpatient admission was ordered"
	case "N":
		return "N, arisen after the inpatient admission"
	case "U":
		return "U, the documentation does not tell"
	case "W":
		return "W, the provider cannot tell"
	case poaExempt:
		return "exempt"
	}
	return s
}
