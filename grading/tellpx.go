package grading

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// tellProcedure is the sentence that teaches of a procedure code: what parts the entered code from the key's.
func (g *grader) tellProcedure(k *Procedure, entered codebook.Ref, n nearness) string {
	key := codebook.Ref{System: k.System, Code: k.Code}
	switch {
	case n.how == exact:
		return "Right: " + g.ref.named(key) + "."
	case n.how == accepted:
		return "Right: " + g.ref.subject(entered) + " is accepted here as well as " + key.Dotted() + "."
	case k.System == codebook.ICD10PCS && entered.System == codebook.ICD10PCS:
		return g.tellPCS(k, key, entered, n)
	case n.finding == EMUP1 || n.finding == EMUP2 || n.finding == EMDN1 || n.finding == EMDN2:
		return g.tellLevel(k, entered.Code)
	case n.finding == EMCAT:
		return tellFamily(k, entered.Code)
	}
	a, b := g.ref.title(entered), g.ref.title(key)
	if same, x, y := contrastWords(a, b); same != "" {
		s := `Both are "` + shortened(same, 80) + `". You chose ` + entered.Dotted() + `, "` + shortened(x, 70) + `"; ` + heard(k.Evidence) + key.Dotted() + `, "` + shortened(y, 70) + `".`
		return s + " Before the code, find extent, approach, size and count in the note."
	}
	return "You chose " + g.brief(entered) + "; " + heard(k.Evidence) + g.brief(key) + ". Before the code, find extent, approach, size and count in the note."
}

// contrastWords cuts two labels down to the words in which they differ, where they begin with the same three words or more.
func contrastWords(a, b string) (same, restA, restB string) {
	as, bs := strings.Fields(a), strings.Fields(b)
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	if n < 3 || n == len(as) || n == len(bs) {
		return "", "", ""
	}
	return strings.TrimRight(strings.Join(as[:n], " "), ",;:"), strings.Join(as[n:], " "), strings.Join(bs[n:], " ")
}

// rankWords are the levels of medical decision making, by rank.
var rankWords = [...]string{"no decision making by a physician", "straightforward medical decision making", "low medical decision making",
	"moderate medical decision making", "high medical decision making"}

// takes is what an E/M code asks for: the decision making, or the minutes where time may decide.
func (e emCode) takes() string {
	s := rankWords[e.mdm]
	if e.minutes > 0 {
		s += fmt.Sprintf(" or %d minutes", e.minutes)
	}
	return s
}

// tellLevel is for an E/M code of the right family at another level.
func (g *grader) tellLevel(k *Procedure, entered codebook.Code) string {
	f, el, _ := emPlace(entered)
	_, kl, ok := emPlace(k.Code)
	if !ok || el == kl {
		return "You chose " + string(entered) + "; the chart supports " + string(k.Code) + "."
	}
	way, result := "low", "Work that was done and documented goes unpaid."
	if el > kl {
		way, result = "high", "An auditor takes the difference back."
	}
	steps := max(el-kl, kl-el)
	levels := "level"
	if steps > 1 {
		levels = "levels"
	}
	off := [...]string{"no", "one", "two", "three", "four"}[min(steps, 4)] + " " + levels
	if g.key.Bills == Facility { // a hospital's visit levels go by its own criteria and not by decision making or time
		return fmt.Sprintf("You chose %s; the chart supports %s, by the hospital's own criteria. That is %s too %s. %s", entered, k.Code, off, way, result)
	}
	return fmt.Sprintf("You chose %s, which takes %s; the chart supports %s, %s. That is %s too %s. %s", entered, emFamilies[f][el].takes(), k.Code,
		emFamilies[f][kl].takes(), off, way, result)
}

// familyWords say for whom or where the families of emFamilies are, in their order.
var familyWords = [...]string{"a new patient in the office", "an established patient in the office", "the first hospital visit", "a later hospital visit",
	"admission and discharge on one day", "a consultation outside the hospital", "a consultation in the hospital", "the emergency department",
	"the first nursing facility visit", "a later nursing facility visit", "a new patient at home", "an established patient at home"}

// tellFamily is for an E/M code of another family.
func tellFamily(k *Procedure, entered codebook.Code) string {
	ef, _, _ := emPlace(entered)
	kf, _, _ := emPlace(k.Code)
	return "You chose " + string(entered) + ", for " + familyWords[ef] + "; the chart supports " + string(k.Code) + ", for " + familyWords[kf] +
		". First settle the setting, new or established, initial or later; then the level."
}

// tellMissedProcedure says what calls for a procedure that was not entered.
func (g *grader) tellMissedProcedure(k *Procedure, ref codebook.Ref) string {
	s := "Not entered: " + g.brief(ref) + "." + noteSays(k.Evidence)
	switch {
	case g.ref.look(ref).entry.Facts.AddOn:
		return s + " It is an add-on code: reported beside its primary service, never alone and without modifier 51."
	case k.System == codebook.ICD10PCS:
		return s + " Each objective of the operation has a code of its own."
	}
	if _, _, visit := emPlace(k.Code); visit && len(g.key.Procedures) > 1 {
		return s + " The visit is a service of its own."
	}
	return s
}

// modifierNamed is a modifier with what it says, where the book has it.
func (g *grader) modifierNamed(m string) string {
	if g.ref.book == nil {
		return m
	}
	x, ok := g.ref.book.Modifier(m)
	title, _, _ := strings.Cut(x.Title, " (")
	title, _, _ = strings.Cut(title, ";")
	if !ok || title == "" {
		return m
	}
	return m + " (" + shortened(title, 60) + ")"
}

func (g *grader) tellModifiers(entered []string, c components) string {
	if c.modifiers {
		if len(entered) == 0 {
			return "Right: no modifier."
		}
		if sameSet(entered, c.want) && !slices.Equal(entered, c.want) {
			return "Right. The order is advice only: modifiers that change payment come first, here " + strings.Join(c.want, ", ") + "."
		}
		return "Right: " + list(entered, "and") + "."
	}
	named := func(ms []string) string {
		var out []string
		for _, m := range slices.Sorted(slices.Values(ms)) {
			out = append(out, g.modifierNamed(m))
		}
		return list(out, "and")
	}
	verb := func(ms []string, one, more string) string {
		if len(ms) == 1 {
			return one
		}
		return more
	}
	var s []string
	if len(c.missing) > 0 {
		s = append(s, named(c.missing)+verb(c.missing, " is", " are")+" missing.")
	}
	if len(c.needless) > 0 {
		s = append(s, named(c.needless)+verb(c.needless, " does", " do")+" not belong here: a modifier states a fact that the note must show.")
	}
	switch {
	case len(c.want) == 0:
		s = append(s, "The line takes no modifier.")
	case len(c.needless) > 0 || len(c.missing) < len(c.want):
		s = append(s, "The line takes "+list(c.want, "and")+".")
	}
	return strings.Join(s, " ")
}

// unitOf is what one unit of a code is, where the book or the end of a HCPCS title says so: "1 mg", "15 mg"; "" else.
func (g *grader) unitOf(ref codebook.Ref) string {
	e := g.ref.look(ref).entry
	if e.Facts.Units != "" {
		return e.Facts.Units
	}
	if ref.System != codebook.HCPCS {
		return ""
	}
	_, last, ok := cutLast(e.Title, ", ")
	if last = strings.TrimPrefix(last, "per "); ok && last != "" && last[0] >= '0' && last[0] <= '9' {
		return last
	}
	return ""
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func (g *grader) tellUnits(k *Procedure, e *EnteredProcedure, ref codebook.Ref) string {
	s := "You entered " + amount(e.Units, e.Minutes) + "; the chart supports " + amount(k.units(), k.Minutes) + "."
	switch {
	case k.Minutes > 0 && e.Minutes == 0:
		return s + " Anesthesia is reported by its minutes: from the start of preparing the patient until care is handed over."
	case k.Minutes > 0:
		return s + " Anesthesia time runs from the start of preparing the patient until care is handed over."
	case e.Minutes > 0:
		return s + " This service counts units, not minutes."
	}
	if u := g.unitOf(ref); u != "" {
		return s + " One unit of " + ref.Dotted() + " is " + u + ": divide what was given, and round up."
	}
	return s + " Count what the note counts: sites, lesions, levels or time."
}

// tellPointers says which diagnoses support a service and what is wrong with those pointed at.
func (g *grader) tellPointers(k *Procedure, e *EnteredProcedure, c components) string {
	switch {
	case !c.asked:
		return "Pointers are not asked for here, so this share is credited."
	case c.pointers:
		return "Right: it points to what supports it."
	}
	want := g.pointedAt(k)
	var supports, left, absent, astray []string
	for _, i := range want {
		supports = append(supports, g.dx.lines[i].Dotted())
		j := g.dx.of[i]
		switch {
		case j < 0:
			absent = append(absent, g.dx.lines[i].Dotted())
		case !slices.ContainsFunc(e.PointsTo, func(p int) bool { return p >= 0 && p < len(g.dx.entered) && g.answered(p) == i }):
			left = append(left, g.dx.entered[j].Dotted())
		}
	}
	for _, j := range e.PointsTo {
		if j < 0 || j >= len(g.dx.entered) || g.dx.entered[j].optional >= 0 {
			continue
		}
		if i := g.answered(j); i < 0 || !slices.Contains(want, i) {
			astray = append(astray, g.dx.entered[j].Dotted())
		}
	}
	slices.Sort(left)
	slices.Sort(astray)
	s := "The diagnosis that supports " + k.Code.Dotted(k.System) + " is " + list(supports, "and") + "."
	if len(supports) > 1 {
		s = "The diagnoses that support " + k.Code.Dotted(k.System) + " are " + list(supports, "and") + "."
	}
	if len(left) > 0 {
		s += " Point to " + list(left, "and") + " as well."
	}
	if len(astray) > 0 {
		s += " Do not point to " + list(astray, "or") + ": it is not why this was done."
	}
	if len(absent) > 0 {
		s += " You have no line for " + list(absent, "or") + "."
	}
	return s
}
