package grading

import (
	"slices"
	"strings"

	"crosswalk/codebook"
)

// tellConflict puts an objection of the book into the words of a rule.
func (g *grader) tellConflict(c codebook.Conflict) Rule {
	r := Rule{Kind: RuleKind(c.Kind)}
	for _, ref := range c.Codes {
		r.Entered = append(r.Entered, ref.Dotted())
	}
	first := c.Codes[0]
	name := g.ref.subject(first)
	edit := strings.TrimSpace(c.From)
	switch c.Kind {
	case codebook.KindExcludes1:
		r.Finding, r.Cites = DXEX1, []string{"I.A.12.a", "tabular:" + c.From}
		r.Why = name + " and " + g.ref.subject(c.Codes[1]) + " may not stand together: the Excludes1 note at " + c.From + " says so" + inQuotes(c.Note) + "."
		r.Next = "Ask which of the two the chart documents; both stand only where the conditions have nothing to do with each other (I.A.12.a)."
	case codebook.KindPartner:
		g.tellPartner(&r, c)
	case codebook.KindPrincipal:
		g.tellPrincipal(&r, c)
	case codebook.KindPOA:
		g.tellPOA(&r, first)
	case codebook.KindAge:
		r.Finding, r.Cites = DXOVER, []string{edit, "tabular:" + first.Dotted()}
		r.Why = name + " " + tail(c) + "."
		r.Next = "Hold each diagnosis against the age on the face sheet: a code of another age is most often a neighbour of the right one."
	case codebook.KindSex:
		r.Finding, r.Cites = DXOVER, []string{edit, "tabular:" + first.Dotted()}
		r.Why = name + " " + tail(c) + ", and the chart gives another sex."
		r.Next = "Hold each diagnosis against the sex on the face sheet, and ask registration where the chart contradicts itself."
	case codebook.KindNCCI:
		g.tellNCCI(&r, c)
	case codebook.KindAddOn:
		r.Finding, r.Cites = CPTADDON, []string{"pfs:" + string(first.Code), edit}
		r.Why = name + " is an add-on code and stands alone: it is paid only beside its primary procedure" + parenthesis(c.Note) + "."
		r.Next = "Enter the primary procedure first and the add-on beneath it; where the note has no primary, look for a code that stands alone."
	case codebook.KindModifier:
		r.Finding, r.Cites = CPTMOD, []string{"pfs:" + string(first.Code), edit}
		r.Why = name + " " + tail(c) + "."
		r.Next = "Read the indicators of the procedure in the fee schedule (bilateral, multiple, assistant, professional and technical) before you add a modifier."
	case codebook.KindMUE:
		r.Finding, r.Cites = CPTUNIT, []string{"pfs:" + string(first.Code), edit}
		r.Why = name + ": " + tail(c) + "."
		r.Next = "Read what one unit of the code is, then count the units that the note supports."
	default:
		r.Finding, r.Cites, r.Why = COMP, []string{edit}, name+" "+tail(c)+"."
		r.Next = "Look the code and its edits up in the codebook."
	}
	r.Cites = g.looked(r.Cites)
	return r
}

// looked leaves out what is empty and what the book says does not exist.
func (g *grader) looked(cites []string) []string {
	return slices.DeleteFunc(cites, func(c string) bool {
		known, checked := g.ref.book.CiteOK(c)
		return c == "" || strings.HasSuffix(c, ":") || checked && !known
	})
}

// tail is the note of a conflict without the code that it begins with.
func tail(c codebook.Conflict) string {
	s := c.Note
	for _, lead := range []string{c.Codes[0].Dotted(), string(c.Codes[0].Code)} {
		if rest, ok := strings.CutPrefix(s, lead); ok && rest != "" && (rest[0] == ' ' || rest[0] == ':') {
			s = strings.TrimSpace(rest[1:])
			break
		}
	}
	return strings.TrimSuffix(s, ".")
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
	r.Cites = []string{"I.B.7", "tabular:" + c.From}
	if manifestation {
		r.Cites = []string{"I.A.13", "tabular:" + c.From}
	}
	if len(c.Codes) == 2 {
		r.Finding = DXSEQ
		r.Why = g.twoInOrder(c)
		r.Next = "Where a note says \"code first\", enter that code before the one you came from; a \"use additional\" code goes behind it (I.A.13, I.B.7)."
		return
	}
	r.Finding = DXMISS
	kind, text, _ := strings.Cut(c.Note, ": ")
	switch {
	case manifestation:
		r.Why = name + " is a manifestation, and the disease that it comes from is not on the claim before it" + parenthesisOf(c.Note, ", such as ") + "."
		r.Next = "Code the underlying disease first and its manifestation behind it; the note at the manifestation names the disease (I.A.13)."
	case strings.HasPrefix(kind, "Use additional"):
		r.Why = name + " wants a second code that is not on the claim: the note at " + c.From + " says \"use additional " + strings.TrimSuffix(text, ".") + "\"."
		r.Next = "Read the notes of the category before you leave it, and enter the code that they ask for behind this one (I.B.7)."
	default:
		r.Why = name + " wants a code before it that is not on the claim: the note at " + c.From + " says \"code first " + strings.TrimSuffix(text, ".") + "\"."
		r.Next = "Read the notes of the category before you leave it, and enter what they say to code first (I.B.7)."
	}
}

func parenthesisOf(note, lead string) string {
	if i := strings.LastIndex(note, lead); i >= 0 {
		return " (" + strings.TrimPrefix(note[i:], ", ") + ")"
	}
	return ""
}

// twoInOrder says of two codes that stand in the wrong order which comes first.
func (g *grader) twoInOrder(c codebook.Conflict) string {
	own, other := g.ref.subject(c.Codes[0]), g.ref.subject(c.Codes[1])
	if g.standsBefore(c.Codes[0].Code, c.Codes[1].Code) {
		return own + " stands before " + other + ", which must come first by the note at " + c.From + "."
	}
	return own + " stands behind " + other + ", which must follow it by the note at " + c.From + "."
}

func (g *grader) standsBefore(a, b codebook.Code) bool {
	at := func(c codebook.Code) int {
		return slices.IndexFunc(g.dx.entered, func(e enteredLine) bool { return e.Code == c })
	}
	return at(a) < at(b)
}

func (g *grader) tellPrincipal(r *Rule, c codebook.Conflict) {
	role := "first-listed diagnosis"
	if g.key.InpatientFacility() {
		role = "principal diagnosis"
	}
	name := g.ref.subject(c.Codes[0])
	r.Finding, r.Cites = DXPDX, []string{c.From}
	if tabular := "tabular:" + c.From; strings.Contains(c.From, "-") || len(c.From) <= 8 && !strings.Contains(c.From, ".") {
		if known, checked := g.ref.book.CiteOK(tabular); known && checked {
			r.Cites = []string{tabular}
		}
	}
	_, reason, ok := strings.Cut(c.Note, ": ")
	switch {
	case strings.Contains(c.Note, "cannot stand first") && ok:
		r.Why = name + " cannot be the " + role + ": " + strings.TrimSuffix(reason, ".") + "."
	case strings.Contains(c.Note, "cannot stand first"):
		r.Why = name + " cannot be the " + role + "."
	default:
		r.Why = name + " " + tail(c) + "."
	}
	r.Next = "Ask what the encounter was for, and put that first; codes for causes, organisms, status and manifestations stand behind it."
	if g.key.InpatientFacility() {
		r.Next = "Ask what, after study, chiefly occasioned the admission, and put that first; codes for causes, organisms, status and manifestations stand behind it."
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
	r.Why = "NCCI takes " + g.ref.subject(denied) + " as included in " + g.ref.subject(paid) + parenthesis(c.Note)
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
