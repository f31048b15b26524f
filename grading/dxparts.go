package grading

import (
	"slices"
	"strings"

	"crosswalk/codebook"
)

func (g *grader) add(p Part) { g.parts = append(g.parts, p) }

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
		return g.dxPart(i, j, CompCode, l.code.percent(n.percent), l.code, n.finding, g.tellDiagnosis(l.Ref, g.dx.entered[j].Ref, n)+" "+d.Why)
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
		return g.dxPart(i, j, CompCode, 0, l.code, f, g.tellDiagnosis(l.Ref, g.dx.entered[j].Ref, n)+" "+d.Why)
	}
	f := DXMISS
	if slices.Contains(d.Cites, "II.H") || slices.Contains(d.Cites, "III.C") {
		f = DXUNC
	}
	return g.dxPart(i, -1, CompCode, 0, l.code, f, "Not entered: "+g.ref.named(l.Ref)+". "+d.Why)
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
	what := "first-listed diagnosis"
	cite := "IV.A"
	if g.key.InpatientFacility() {
		what, cite = "principal diagnosis", "II"
	}
	p := g.dxPart(i, g.first, CompPosition, 0, worthPosition, "", "")
	p.Cites = withCite(p.Cites, cite)
	own := g.ref.named(g.dx.lines[i].Ref)
	switch {
	case earned:
		p.Earned, p.Why = worthPosition, "It stands first, as the "+what+" must."
	case g.first < 0:
		p.Finding, p.Why = DXPDX, "The "+what+" is "+own+"; no diagnosis was entered."
	case g.dx.of[i] >= 0:
		p.Finding, p.Why = DXPDX, "You coded it but put "+g.dx.entered[g.first].Dotted()+" first. The "+what+" is "+own+"."
	default:
		p.Finding, p.Why = DXPDX, "You put "+g.dx.entered[g.first].Dotted()+" first. The "+what+" is "+own+"."
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
	p := g.dxPart(i, j, CompPOA, 0, worthPOA, "", "")
	p.Entered, p.Cites = text(entered), []string{"App.I"}
	switch {
	case code.Earned <= 0:
		p.Finding, p.Why = code.Finding, "The indicator counts only beside a code that earned points; here it is "+poaMeaning(d.POA)+"."
	case entered == d.POA:
		p.Earned, p.Why = worthPOA, "Right: "+poaMeaning(d.POA)+"."
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

// tellDiagnosis is the sentence that teaches: what was chosen, what the chart supports, and where the two part.
func (g *grader) tellDiagnosis(key, entered codebook.Ref, n nearness) string {
	switch n.how {
	case exact:
		return "Right: " + g.ref.named(key) + "."
	case accepted:
		return "Right: " + g.ref.subject(entered) + " is accepted here as well as " + key.Dotted() + "."
	case notACode:
		return g.tellIncomplete(key, entered, n.finding)
	}
	a, b := contrast(g.ref.title(entered), g.ref.title(key))
	s := "You chose " + entered.Dotted() + comma(a) + "; the chart supports " + key.Dotted() + comma(b) + "."
	switch {
	case n.finding == DXTRUNC || n.finding == DX7TH && n.percent == 0:
		return g.tellIncomplete(key, entered, n.finding)
	case n.how == intent:
		return s + " The two name different intents: accident, self-harm, assault, undetermined, adverse effect and underdosing have codes of their own."
	case n.finding == DXCOMB:
		return s + " Your code states a part of what the other states whole, and the whole is coded."
	case n.finding == DX7TH:
		return s + " The codes agree up to the seventh character, which tells the encounter or the course of healing."
	case n.at >= 3 && (n.how == oneChar || n.how == category || n.how == listed):
		return s + " " + g.tellTree(key.Code, entered.Code, n, a, b)
	}
	return s
}

// tellTree says how far down the tree a near miss got and what the deciding character names.
func (g *grader) tellTree(key, entered codebook.Code, n nearness, a, b string) string {
	root := codebook.Ref{System: codebook.ICD10CM, Code: key[:common(key, entered)]}
	for len(root.Code) > 3 && g.ref.title(root) == "" {
		root.Code = root.Code[:len(root.Code)-1]
	}
	s := "Both stand under " + g.ref.named(root) + "; "
	names := ""
	switch {
	case n.finding == DXLAT:
		names = ", which names the side"
	default:
		if w := axisWord(a, b); w != "" {
			names = ", which names the " + w
		}
	}
	if n.at < len(ordinals) {
		return s + "they part at the " + ordinals[n.at] + " character" + names + "."
	}
	return s + "they part below that."
}

var ordinals = [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh"}

func (g *grader) tellIncomplete(key, entered codebook.Ref, f Finding) string {
	l := g.ref.look(entered)
	switch {
	case f == DX7TH:
		return entered.Dotted() + " lacks its seventh character, so a payer would reject it; the chart supports " + g.ref.named(key) + ". Placeholders X fill the places before the seventh where a code is shorter."
	case l.valid == invalid:
		return entered.Dotted() + " is no code on the date of this chart; the chart supports " + g.ref.named(key) + "."
	}
	return g.ref.subject(entered) + " is a header that needs more characters, so a payer would reject it; the chart supports " + g.ref.named(key) + "."
}
