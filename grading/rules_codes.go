package grading

import (
	"slices"
	"strings"

	"crosswalk/codebook"
)

// notBillable are the entered codes that cannot be reported on the date: headers, codes that begin later or have ended, and codes that are
// none. Codes that the key has, or accepts, are its word.
func (g *grader) notBillable() []Rule {
	var out []Rule
	if g.dx.asked {
		for _, e := range g.dx.entered {
			if !slices.ContainsFunc(g.key.Diagnoses, func(d Diagnosis) bool { return d.fullCredit(e.Code) }) {
				out = g.appendUnbillable(out, e.Ref)
			}
		}
	}
	if g.px.asked {
		for _, e := range g.px.entered {
			if !slices.ContainsFunc(g.key.Procedures, func(p Procedure) bool { return p.fullCredit(e.Code) }) {
				out = g.appendUnbillable(out, e.Ref)
			}
		}
	}
	return out
}

func (g *grader) appendUnbillable(out []Rule, ref codebook.Ref) []Rule {
	l := g.ref.look(ref)
	r := Rule{Kind: RuleNotBillable, Entered: []string{ref.Dotted()}, Finding: CPTCODE, Next: "Look each code up at the date of service before it goes on a claim: sets change every October, and CPT and HCPCS every January."}
	if ref.System == codebook.ICD10CM {
		r.Finding, r.Cites = DXTRUNC, []string{"I.A.3"}
	}
	switch end := l.entry.Facts.Ended; {
	case l.valid == header:
		g.tellHeader(&r, ref)
	case l.valid == invalid && ref.System == codebook.ICD10PCS:
		g.tellNoRow(&r, ref)
	case l.valid == invalid:
		r.Why = g.tellNoCode(ref)
	case l.valid == billable && !end.IsZero() && !g.ref.on.IsZero() && end.Before(g.ref.on):
		r.Why = g.ref.subject(ref) + " is no longer a code on " + g.ref.on.String() + ": its last day was " + end.String() + "."
	default:
		return out
	}
	r.Cites = g.looked(r.Cites)
	return append(out, r)
}

// tellHeader says which characters a header still needs: as many as its first code has more, with the choices for the next one.
func (g *grader) tellHeader(r *Rule, ref codebook.Ref) {
	r.Cites = []string{"I.A.3", "tabular:" + ref.Dotted()}
	r.Next = "Follow the Tabular List down until nothing stands below: only the last level is a code (I.A.3)."
	r.Why = g.ref.subject(ref) + " is a header" + g.onDate() + ", not a code: it needs more characters."
	code, choices := g.firstBelow(ref)
	if len(code) <= len(ref.Code) {
		return
	}
	rest := string(code[len(ref.Code):])
	if ref.System == codebook.ICD10CM && len(code) == 7 && strings.Trim(rest[:len(rest)-1], "X") == "" {
		r.Finding = DX7TH
		r.Cites = []string{"I.A.5", "tabular:" + ref.Dotted()}
		r.Next = "Where a category asks for a seventh character every code of it has one, in the seventh place; X fills the gap (I.A.4, I.A.5)."
	}
	var needs []string
	for i := range rest {
		place := len(ref.Code) + i
		if place < len(ordinals) && !(rest[i] == 'X' && i < len(rest)-1) {
			needs = append(needs, ordinals[place])
		}
	}
	say := "it still needs a " + list(needs, "and a") + " character"
	if x := strings.Count(rest[:len(rest)-1], "X"); x > 0 {
		say += ", with " + strings.Repeat("X", x) + " to fill the gap"
	}
	if n := len(choices); n > 1 && n <= 8 && len(needs) > 0 && rest[0] != 'X' {
		which := ordinals[len(ref.Code)]
		if len(needs) == 1 {
			say += ": " + list(choices, "or")
		} else {
			say += " (the " + which + " is " + list(choices, "or") + ")"
		}
	}
	r.Why = g.ref.subject(ref) + " is a header" + g.onDate() + ", not a code: " + say + "."
}

// firstBelow is the first code below a header, and the characters that may follow the header.
func (g *grader) firstBelow(ref codebook.Ref) (first codebook.Code, choices []string) {
	at := ref.Code
	for len(at) < 7 {
		below := g.ref.book.Children(ref.System, at, g.ref.on)
		if len(below) == 0 {
			break
		}
		if at == ref.Code {
			for _, e := range below {
				if c := string(e.Code[len(at)]); !slices.Contains(choices, c) {
					choices = append(choices, c)
				}
			}
		}
		at = below[0].Code
		if below[0].Billable {
			return at, choices
		}
	}
	return "", choices
}

func (g *grader) onDate() string {
	if g.ref.on.IsZero() {
		return ""
	}
	return " on " + g.ref.on.String()
}

// tellNoCode says of a code that the release of the date does not have whether another release has it.
func (g *grader) tellNoCode(ref codebook.Ref) string {
	if on := g.ref.on; !on.IsZero() {
		var last string
		for _, rel := range g.ref.book.Releases() {
			if rel.System != ref.System {
				continue
			}
			e, err := g.ref.book.Lookup(ref.System, ref.Code, rel.ValidFrom)
			if err != nil || e.Release != rel.Edition {
				continue
			}
			if on.Before(rel.ValidFrom) {
				return titled(ref, e.Title) + " is not yet a code on " + on.String() + ": it begins on " + rel.ValidFrom.String() + "."
			}
			last = titled(ref, e.Title) + " is no longer a code on " + on.String() + ": the last edition that has it is " + rel.Edition + "."
		}
		if last != "" {
			return last
		}
	}
	why := ref.Dotted() + " is no " + ref.System.Name() + " code" + g.onDate() + "."
	if ref.System != codebook.ICD10CM {
		return why
	}
	for n := len(ref.Code) - 1; n >= 3; n-- {
		up := codebook.Ref{System: ref.System, Code: ref.Code[:n]}
		switch g.ref.look(up).valid {
		case billable:
			return sentence(why, g.ref.subject(up)+" is one, and takes no more characters.")
		case header:
			return sentence(why, g.ref.subject(up)+" is as far as it goes; what follows is none of the characters there.")
		}
	}
	return why
}

func titled(ref codebook.Ref, title string) string {
	if title == "" {
		return ref.Dotted()
	}
	return ref.Dotted() + " (" + title + ")"
}

// tellNoRow names the first character at which a PCS code leaves its table.
func (g *grader) tellNoRow(r *Rule, ref codebook.Ref) {
	c := ref.Code
	r.Finding, r.Cites = PXROOT, []string{"A9"}
	r.Why = ref.Dotted() + " is no ICD-10-PCS code" + g.onDate() + "."
	r.Next = "Build the code in its table, and take characters 4 to 7 from one row (A9)."
	for i := 3; i < len(c); i++ {
		axis, values := g.ref.book.PCSNext(c[:i], g.ref.on)
		if len(values) == 0 {
			break
		}
		if slices.ContainsFunc(values, func(v codebook.Choice) bool { return v.Char == string(c[i]) }) {
			continue
		}
		if axis == "" {
			axis = pcsAxes[i]
		}
		r.Finding = pcsFinding(i)
		r.Why = sentence(r.Why, "In table "+string(c[:3])+" no row that begins with "+string(c[:i])+" has "+string(c[i])+" as its "+ordinals[i]+" character, "+axis+".")
		return
	}
	if len(c) >= 3 {
		if _, values := g.ref.book.PCSNext(c[:3], g.ref.on); len(values) == 0 {
			r.Why = sentence(r.Why, "There is no table "+string(c[:3])+".")
		}
	}
}

// sidesLeftOpen are the diagnoses with an unspecified side where the note names it (Official Guidelines I.B.13). The note is known by the
// key alone: a line that names the side, for the same thing or one of its category, with evidence that names it too.
func (g *grader) sidesLeftOpen() []Rule {
	if !g.dx.asked {
		return nil
	}
	var out []Rule
	for _, e := range g.dx.entered {
		if e.optional >= 0 || !leavesSideOpen(g.ref.title(e.Ref)) || slices.ContainsFunc(g.key.Diagnoses, func(d Diagnosis) bool { return d.fullCredit(e.Code) }) {
			continue
		}
		for _, i := range g.akin(e.Ref) {
			where := sideOf(g.ref.title(g.dx.lines[i].Ref))
			if where == "" {
				continue
			}
			says := naming(g.key.Diagnoses[i].Evidence, where)
			if len(says) == 0 {
				continue
			}
			with, ok := g.withSide(e.Ref, where)
			if !ok {
				continue
			}
			out = append(out, Rule{Kind: RuleLaterality, Finding: DXLAT, Entered: []string{e.Dotted()}, Cites: g.looked([]string{"I.B.13"}), Evidence: says,
				Why:  g.ref.subject(e.Ref) + " leaves the side open, and the note names it: " + where + ", which is " + with.Dotted() + ".",
				Next: "Before you take a code of unspecified side, look for right, left or both in the note, the order and the report (I.B.13)."})
			break
		}
	}
	return out
}

// akin are the key lines that an entered diagnosis may be measured by: those that it answers, then others of its category.
func (g *grader) akin(ref codebook.Ref) []int {
	var answered, others []int
	for i, l := range g.dx.lines {
		switch j := g.dx.of[i]; {
		case j >= 0 && g.dx.entered[j].Ref == ref:
			answered = append(answered, i)
		case prefix(string(l.Code), 3) == prefix(string(ref.Code), 3):
			others = append(others, i)
		}
	}
	return append(answered, others...)
}

var sideNames = []string{"right", "left", "bilateral"}

// sideOf is the side that a title names, "" when it names none or several.
func sideOf(title string) string {
	found := ""
	for _, w := range words(title) {
		if !slices.Contains(sideNames, w) || w == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = w
	}
	return found
}

func leavesSideOpen(title string) bool {
	if !strings.Contains(title, "nspecified") { // most titles, without taking them apart
		return false
	}
	ws := words(title)
	return slices.Contains(ws, "unspecified") && !slices.ContainsFunc(sideNames, func(s string) bool { return slices.Contains(ws, s) })
}

// sideWords are how notes name a side.
var sideWords = map[string][]string{
	"right":     {"right", "rt", "r", "od"},
	"left":      {"left", "lt", "l", "os"},
	"bilateral": {"bilateral", "bilaterally", "both", "ou"},
}

// naming are the phrases of the evidence that name the side. Right in one and left in another are both sides.
func naming(evidence []Evidence, where string) []string {
	var out []string
	var right, left bool
	for _, e := range evidence {
		ws := words(e.Text)
		says := func(s string) bool {
			return slices.ContainsFunc(sideWords[s], func(w string) bool { return slices.Contains(ws, w) })
		}
		right, left = right || says("right"), left || says("left")
		if says(where) || where == "bilateral" && (says("right") || says("left")) {
			out = append(out, e.Text)
		}
	}
	if where == "bilateral" && right != left && !slices.ContainsFunc(evidence, func(e Evidence) bool {
		return slices.ContainsFunc(words(e.Text), func(w string) bool { return slices.Contains(sideWords["bilateral"], w) })
	}) {
		return nil
	}
	return out
}

// withSide is the code that says the same as one of unspecified side, but names the side: the two differ in one character.
func (g *grader) withSide(ref codebook.Ref, where string) (codebook.Ref, bool) {
	title := g.ref.title(ref)
	for at := len(ref.Code) - 1; at >= 3; at-- {
		if ref.Code[at] < '0' || ref.Code[at] > '9' {
			continue // the encounter, a placeholder
		}
		for c := byte('0'); c <= '9'; c++ {
			other := ref
			other.Code = ref.Code[:at] + codebook.Code(c) + ref.Code[at+1:]
			if l := g.ref.look(other); l.valid == billable && sideOf(l.entry.Title) == where && lateral(title, l.entry.Title) {
				return other, true
			}
		}
	}
	return ref, false
}
