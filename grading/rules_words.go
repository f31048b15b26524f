package grading

import (
	"slices"
	"strings"

	"crosswalk/codebook"
)

// tellConflict puts an objection of the book into the words of a rule.
func (g *grader) tellConflict(c codebook.Conflict) Rule {
	r := Rule{Kind: RuleKind(c.Kind), Mild: c.Mild}
	for _, ref := range c.Codes {
		r.Entered = append(r.Entered, ref.Dotted())
	}
	name, own := g.ref.subject(c.Codes[0]), string(c.Codes[0].Code)
	switch c.Kind {
	case codebook.KindExcludes1:
		r.Finding, r.Cites = DXEX1, []string{"I.A.12.a"}
		r.Why = name + " and " + g.ref.subject(c.Codes[1]) + " may not stand together: the Excludes1 note at " + place(c) + " says so" + inQuotes(c.Note) + "."
		r.Next = "Ask which of the two the chart documents; both stand only where the conditions have nothing to do with each other (I.A.12.a)."
	case codebook.KindPartner:
		g.tellPartner(&r, c)
	case codebook.KindPrincipal:
		g.tellPrincipal(&r, c)
	case codebook.KindPOA:
		g.tellPOA(&r, c.Codes[0])
	case codebook.KindAge:
		r.Finding, r.Cites = DXOVER, []string{"tabular:" + c.Codes[0].Dotted()}
		r.Why = name + " " + fact(c) + "."
		r.Next = "Hold each diagnosis against the age on the face sheet: a code of another age is most often a neighbour of the right one."
	case codebook.KindSex:
		r.Finding, r.Cites = DXOVER, []string{"tabular:" + c.Codes[0].Dotted()}
		says, _, _ := strings.Cut(fact(c), ", and the patient")
		r.Why = name + " " + says + ", and the patient is " + map[string]string{"M": "male", "F": "female"}[g.key.Patient.Sex] + "."
		r.Next = "Hold each diagnosis against the sex on the face sheet, and ask where the chart contradicts itself."
	case codebook.KindNCCI:
		g.tellNCCI(&r, c)
	case codebook.KindAddOn:
		r.Finding, r.Cites = CPTADDON, []string{"pfs:" + own}
		r.Why = name + " is an add-on code and stands alone: it is paid only beside its primary procedure" + parenthesis(c.Note) + "."
		r.Next = "Enter the primary procedure first and the add-on beneath it; where the note has no primary, look for a code that stands alone."
	case codebook.KindModifier:
		says, _, _ := strings.Cut(tail(c), "; ")
		r.Finding, r.Cites = CPTMOD, []string{"pfs:" + own}
		r.Why = name + " " + says + "."
		r.Next = "Look the procedure up before you add a modifier: its indicators in the fee schedule say which it takes."
	case codebook.KindMUE:
		r.Finding, r.Cites = CPTUNIT, []string{"pfs:" + own}
		r.Why = name + ": " + strings.Replace(fact(c), "at most 1 are paid", "at most 1 is paid", 1) + "."
		r.Next = "Read what one unit of the code is, then count the units that the note supports."
	default:
		r.Finding, r.Why = COMP, name+" "+fact(c)+"."
		r.Next = "Look the code and its edits up in the codebook."
	}
	r.Cites = g.looked(append(r.Cites, c.Cite()))
	return r
}

// place is where a note of the Tabular List stands.
func place(c codebook.Conflict) string { return strings.TrimPrefix(c.From, "tabular:") }

// looked keeps, once each, what is free text and what the book knows when it is looked up.
func (g *grader) looked(cites []string) []string {
	var out []string
	for _, c := range cites {
		if known, checked := g.ref.book.CiteOK(c); c != "" && (known || !checked) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// tail is the note of a conflict without the code that it begins with.
func tail(c codebook.Conflict) string {
	s := strings.TrimSuffix(c.Note, ".")
	for _, lead := range []string{c.Codes[0].Dotted(), string(c.Codes[0].Code)} {
		if rest, ok := strings.CutPrefix(s, lead); ok && rest != "" && (rest[0] == ' ' || rest[0] == ':') {
			return strings.TrimSpace(rest[1:])
		}
	}
	return s
}

// fact is what a note states before it says what to do.
func fact(c codebook.Conflict) string {
	s, _, _ := strings.Cut(tail(c), "; ")
	s, _, _ = strings.Cut(s, ": ")
	return strings.Replace(s, "ages 0 (", "age 0 (", 1)
}

// parenthesis is what a note says in its last parentheses, with them; "" when it has none.
func parenthesis(note string) string {
	if i := strings.LastIndex(note, " ("); i >= 0 && strings.HasSuffix(note, ")") {
		return note[i:]
	}
	return ""
}

func inQuotes(note string) string {
	if note == "" {
		return ""
	}
	return `, "` + strings.TrimSuffix(note, ".") + `"`
}

func (g *grader) tellPartner(r *Rule, c codebook.Conflict) {
	name := g.ref.subject(c.Codes[0])
	_, manifestation := g.ref.book.Etiologies(c.Codes[0].Code, g.ref.on)
	r.Cites = []string{"I.B.7"}
	if manifestation {
		r.Cites = []string{"I.A.13"}
	}
	if len(c.Codes) == 2 {
		r.Finding = DXSEQ
		r.Why = g.twoInOrder(c)
		r.Next = "Enter what a note says to code first before the code you came from; what it says to use additionally goes behind it (I.A.13, I.B.7)."
		return
	}
	r.Finding = DXMISS
	switch text, more := noteWants(c.Note, "Use additional"); {
	case manifestation:
		_, such, ok := strings.Cut(c.Note, ", such as ")
		if ok {
			such = " (such as " + such + ")"
		}
		r.Why = name + " is a manifestation, and the disease that it comes from" + such + " is not on the claim before it."
		r.Next = "Code the underlying disease first and its manifestation behind it; the note at the manifestation names the disease (I.A.13)."
	case more:
		r.Why = name + " wants a second code that is not on the claim: the note at " + place(c) + " says \"use additional " + text + "\"."
		r.Next = "Read the notes of the category before you leave it, and enter the code that they ask for behind this one (I.B.7)."
	default:
		text, _ := noteWants(c.Note, "Code first")
		r.Why = name + " wants a code before it that is not on the claim: the note at " + place(c) + " says \"code first " + text + "\"."
		r.Next = "Read the notes of the category before you leave it, and enter what they say to code first (I.B.7)."
	}
}

// noteWants is what a note wants, behind the words that it begins with.
func noteWants(note, lead string) (string, bool) {
	_, text, ok := strings.Cut(note, lead)
	text = strings.TrimPrefix(strings.TrimSpace(text), "code:")
	return strings.TrimSuffix(strings.TrimLeft(text, ": "), "."), ok
}

// twoInOrder says of two codes that stand in the wrong order which comes first.
func (g *grader) twoInOrder(c codebook.Conflict) string {
	own, other := g.ref.subject(c.Codes[0]), g.ref.subject(c.Codes[1])
	if g.standsBefore(c.Codes[0].Code, c.Codes[1].Code) {
		return own + " stands before " + other + ", which must come first by the note at " + place(c) + "."
	}
	return own + " stands behind " + other + ", which must follow it by the note at " + place(c) + "."
}

func (g *grader) standsBefore(a, b codebook.Code) bool {
	at := func(c codebook.Code) int {
		return slices.IndexFunc(g.dx.entered, func(e enteredLine) bool { return e.Code == c })
	}
	return at(a) < at(b)
}

func (g *grader) tellPrincipal(r *Rule, c codebook.Conflict) {
	role := "first-listed diagnosis"
	r.Next = "Ask what the encounter was chiefly for, and put that first; causes, organisms, status and manifestations stand behind it (IV.A)."
	if g.key.InpatientFacility() {
		role = "principal diagnosis"
		r.Next = "Ask what, after study, chiefly occasioned the admission, and put that first; causes, organisms, status and manifestations stand behind it (II)."
	}
	name := g.ref.subject(c.Codes[0])
	r.Finding = DXPDX
	lead, reason, _ := strings.Cut(c.Note, ": ")
	reason, _, _ = strings.Cut(reason, "; ")
	switch {
	case !strings.Contains(lead, "cannot stand first"):
		r.Why = name + " " + fact(c) + "."
		r.Next = "Some codes stand first or not at all: look at the guideline of the chapter before you order the diagnoses."
	case reason == "":
		r.Why = name + " cannot be the " + role + "."
	default:
		r.Why = name + " cannot be the " + role + ": " + strings.TrimSuffix(reason, ".") + "."
	}
}

func (g *grader) tellPOA(r *Rule, ref codebook.Ref) {
	r.Finding, r.Cites = DXPOA, []string{"App.I"}
	name := g.ref.subject(ref)
	if g.ref.look(ref).entry.Facts.POAExempt {
		r.Why = name + " is on the list of codes exempt from POA reporting, so it takes no indicator."
		r.Next = "Leave the indicator of an exempt code empty: it says nothing that could be present or not (App.I)."
		return
	}
	r.Why = name + " has no POA indicator, and it is not exempt: it takes Y, N, U or W."
	r.Next = "Go through the diagnoses once more before you hand the claim in: each that is not exempt takes an indicator (App.I)."
}

func (g *grader) tellNCCI(r *Rule, c codebook.Conflict) {
	r.Finding = CPTUNB
	paid, denied := c.Codes[0], c.Codes[1]
	r.Cites = []string{"ncci:" + string(paid.Code) + "/" + string(denied.Code)}
	r.Why = "NCCI takes " + g.ref.subject(denied) + " as included in " + g.ref.subject(paid)
	_, _, visit := emPlace(denied.Code)
	switch {
	case c.Modifier == "0":
		r.Why += ", and no modifier opens the pair."
		r.Next = "Report " + paid.Dotted() + " alone."
	case visit:
		r.Why += ", and no modifier says that it was more than the usual work around the procedure."
		r.Next = "Report the visit with 25 (57 for the decision for major surgery) only where the note shows work beyond the procedure; else leave it out."
	default:
		r.Why += ", and no modifier says that it was distinct."
		r.Next = "Report both only where the note shows another site, session or injury, with the modifier that says which (a side, XE, XP, XS, XU or 59); else leave " + denied.Dotted() + " out."
	}
}
