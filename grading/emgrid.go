package grading

import (
	"fmt"
	"slices"

	"crosswalk/codebook"
)

// emParts judge the grid of an E/M service: three columns of medical decision making, or the minutes where the key goes by time, and
// the level that follows from what was entered. A facility's visit has no grid.
func (g *grader) emParts() {
	g.facilityVisit()
	k := g.key.EM
	if !g.key.Ask.EM || k == nil || k.Criteria != "" {
		return
	}
	a := g.resp.EM
	if a == nil {
		a = &AnswerEM{}
	}
	before := len(g.parts)
	if k.Minutes > 0 {
		g.add(g.minutesPart(k, a))
	} else {
		for _, col := range emColumns {
			if emRank(col.key(k)) > 0 {
				g.add(g.columnPart(col, k, a))
			}
		}
	}
	if p, ok := g.levelPart(k, a); ok {
		g.add(p)
	}
	right := true
	for _, p := range g.parts[before:] {
		right = right && p.Finding == ""
	}
	if p, ok := g.ownGrid(k, a, right); ok {
		g.add(p)
	}
}

func (g *grader) emPart(line, entered string, worth Points) Part {
	k := g.key.EM
	return Part{Line: ptr(line), Component: CompEM, Entered: text(entered), Possible: worth, Cites: k.Cites, Evidence: quotes(k.Evidence), EnteredAt: -1, KeyAt: -1}
}

func (g *grader) columnPart(col emColumn, k *EM, a *AnswerEM) Part {
	want, have := emRank(col.key(k)), emRank(*col.entered(a))
	p := g.emPart(col.name, *col.entered(a), g.w.EMColumn)
	by := k.Columns[col.name]
	if len(by.Evidence) > 0 {
		p.Evidence = quotes(by.Evidence)
	}
	name := col.words[want-1]
	asks := "the chart supports " + name + ": " + col.asks[want-1] + "."
	switch {
	case have == want:
		p.Earned, p.Why = g.w.EMColumn, "Right: "+col.name+" "+name+", which takes "+col.asks[want-1]+"."
	case have == 0 && a.Minutes != nil && !emAnswered(a):
		p.Finding, p.Why = EMCAT, "You counted minutes; medical decision making decides here. For "+col.name+" "+asks
	case have == 0:
		p.Finding, p.Why = EMMISS, "The column "+col.name+" was left empty; "+asks
	default:
		p.Finding = emFinding(have - want)
		p.Why = "You rated " + col.name + " " + col.words[have-1] + ", which takes " + col.asks[have-1] + "; " + asks
	}
	p.Why = sentence(p.Why, by.Why)
	return p
}

func (g *grader) minutesPart(k *EM, a *AnswerEM) Part {
	p := g.emPart("minutes", "", 3*g.w.EMColumn)
	want := plural(k.Minutes, "minute")
	switch {
	case a.Minutes == nil:
		p.Finding, p.Why = EMMISS, "Time decides here: "+want+"; no minutes were entered."
		if emAnswered(a) {
			p.Finding, p.Why = EMCAT, "You rated medical decision making; time decides here: "+want+"."
		}
	case *a.Minutes == k.Minutes:
		p.Entered, p.Earned, p.Why = ptr(fmt.Sprint(*a.Minutes)), 3*g.w.EMColumn, "Right: "+want+"."
	case *a.Minutes > k.Minutes:
		p.Entered, p.Finding, p.Why = ptr(fmt.Sprint(*a.Minutes)), EMUP1, "You counted "+plural(*a.Minutes, "minute")+"; the chart supports "+want+"."
	default:
		p.Entered, p.Finding, p.Why = ptr(fmt.Sprint(*a.Minutes)), EMDN1, "You counted "+plural(*a.Minutes, "minute")+"; the chart supports "+want+"."
	}
	p.Why = sentence(p.Why, k.Why)
	return p
}

func emAnswered(a *AnswerEM) bool { return a.Problems != "" || a.Data != "" || a.Risk != "" }

// emFamily is the family of the key's first E/M code, -1 when it has none.
func (k *Key) emFamily() (family, level int, p *Procedure) {
	for i := range k.Procedures {
		if f, l, ok := emPlace(k.Procedures[i].Code); ok && !k.Procedures[i].Optional {
			return f, l, &k.Procedures[i]
		}
	}
	return -1, -1, nil
}

// EMLevel compares the key's grid or minutes with its own E/M code: supports is the code that follows from the grid, code the one that
// the key has. ok is false when they disagree; it is true when there is nothing to compare.
func (k *Key) EMLevel() (supports, code string, ok bool) {
	family, level, p := k.emFamily()
	if k.EM == nil || family < 0 || k.EM.Criteria != "" {
		return "", "", true
	}
	want := emLevel(family, k.EM.ranks(), k.EM.Minutes)
	return emLevelName(family, want), p.Code.Dotted(codebook.CPT), want == level
}

func (e *EM) ranks() [3]int       { return [3]int{emRank(e.Problems), emRank(e.Data), emRank(e.Risk)} }
func (a *AnswerEM) ranks() [3]int { return [3]int{emRank(a.Problems), emRank(a.Data), emRank(a.Risk)} }

// levelPart compares the level that follows from the entered grid with the one that follows from the key's. Where the key has an E/M
// code the levels are those of its family, so that straightforward and low are one level for an initial hospital visit. ok is
// false when no level follows from the key.
func (g *grader) levelPart(k *EM, a *AnswerEM) (part Part, ok bool) {
	family, _, _ := g.key.emFamily()
	byTime := k.Minutes > 0
	want := emLevel(family, k.ranks(), k.Minutes)
	if want < 0 {
		return Part{}, false
	}
	minutes := 0
	if a.Minutes != nil && (byTime || !emAnswered(a)) {
		minutes = *a.Minutes
	}
	have := emLevel(family, a.ranks(), minutes)
	p := g.emPart("level", "", g.w.EMLevel)
	name := emLevelName(family, want)
	switch {
	case have < 0:
		p.Finding, p.Why = EMMISS, "No level follows from what was entered; "+name+" follows from the chart."
	case have == want:
		p.Entered, p.Earned, p.Why = ptr(emLevelName(family, have)), g.w.EMLevel, "Right: "+name+" follows."
	default:
		p.Entered, p.Finding = ptr(emLevelName(family, have)), emFinding(have-want)
		p.Why = "From what you entered follows " + emLevelName(family, have) + "; the chart supports " + name + "."
		if minutes == 0 && !byTime {
			p.Why = sentence(p.Why, whatMoved(family, want, k.ranks(), a.ranks()))
		}
	}
	if byTime {
		p.Why = sentence(p.Why, tellTime(family, want, k.Minutes))
		return p, true
	}
	p.Why = sentence(sentence(p.Why, tellColumns(k.ranks())), k.Why)
	return p, true
}

// tellColumns says which columns make the level of medical decision making.
func tellColumns(ranks [3]int) string {
	level := mdm(ranks)
	if level == 0 {
		return ""
	}
	var reach, short []string
	for i, col := range emColumns {
		if ranks[i] >= level {
			reach = append(reach, col.told(ranks[i]))
		} else if ranks[i] > 0 {
			short = append(short, col.told(ranks[i]))
		}
	}
	name := emWords[level]
	s := "Two of three columns decide: " + list(reach, "and") + " make it " + name
	switch {
	case len(short) > 0:
		return s + ", and " + list(short, "and") + " cannot hold it back."
	case max(ranks[0], ranks[1], ranks[2]) > level:
		return s + "; one higher column alone does not lift it."
	}
	return s + "."
}

// whatMoved names the misjudged columns that moved the level away from the right one.
func whatMoved(family, want int, key, entered [3]int) string {
	var alone, wrong []string
	for i, col := range emColumns {
		if entered[i] == key[i] {
			continue
		}
		wrong = append(wrong, col.name)
		mended := entered
		mended[i] = key[i]
		if emLevel(family, mended, 0) == want {
			alone = append(alone, col.name)
		}
	}
	switch {
	case len(alone) > 0:
		return "The column " + list(alone, "or") + " made the difference."
	case len(wrong) > 1:
		return "The columns " + list(wrong, "and") + " moved it together."
	}
	return ""
}

// tellTime says what the minutes of a family's level are.
func tellTime(family, level, minutes int) string {
	if family < 0 {
		return ""
	}
	codes := emFamilies[family]
	s := fmt.Sprintf("%s is reached at %s", codes[level].code.Dotted(codebook.CPT), plural(codes[level].minutes, "minute"))
	if level+1 < len(codes) {
		s += fmt.Sprintf(", %s at %d", codes[level+1].code.Dotted(codebook.CPT), codes[level+1].minutes)
	}
	return s + fmt.Sprintf("; the chart has %d.", minutes)
}

// ownGrid is a part without points for a sheet that contradicts itself: the E/M code that was entered is another than the grid or the
// minutes beside it make. right says that the grid is the key's; where the code is too there is nothing to tell.
func (g *grader) ownGrid(k *EM, a *AnswerEM, right bool) (Part, bool) {
	if !g.key.Ask.Procedures {
		return Part{}, false
	}
	for j := range g.resp.Procedures {
		family, level, ok := emPlace(g.resp.Procedures[j].Code)
		if !ok || g.px.entered[j].optional >= 0 {
			continue
		}
		codeRight := false
		for i, at := range g.px.of {
			codeRight = codeRight || at == j && g.rightCode(i, j)
		}
		byMDM, byTime := -1, -1
		if mdm(a.ranks()) > 0 {
			byMDM = levelByMDM(family, mdm(a.ranks()))
		}
		if a.Minutes != nil {
			byTime = levelByTime(family, *a.Minutes)
		}
		if byMDM < 0 && byTime < 0 || level == byMDM || level == byTime || right && codeRight {
			return Part{}, false
		}
		code := emFamilies[family][level].code.Dotted(codebook.CPT)
		var makes []string
		if byMDM >= 0 {
			makes = append(makes, "the columns you rated make "+emLevelName(family, byMDM))
		}
		if byTime >= 0 {
			makes = append(makes, "the minutes you counted make "+emLevelName(family, byTime))
		}
		p := g.emPart("code", code, 0)
		p.Finding = EMGRID
		p.Why = "Your sheet contradicts itself: " + list(makes, "and") + ", and the code you entered is " + code + "."
		switch {
		case right:
			p.Why += " You judged the visit rightly and did not follow your own judgment to its code."
		case codeRight:
			p.Why += " The code is right; an auditor who reads your reasons would still ask for them to lead there."
		default:
			p.Why += " Before handing in, read the code off the grid once more."
		}
		p.Evidence = nil
		return p, true
	}
	return Part{}, false
}

// facilityVisit adds to the sentence of a facility's visit by which rule its level goes. A hospital's levels are its own (CMS asks only
// that its criteria follow its resources), and under OPPS a clinic visit is one code whatever the level.
func (g *grader) facilityVisit() {
	if g.key.Bills != Facility || g.key.InpatientFacility() {
		return
	}
	for n := range g.parts {
		p := &g.parts[n]
		if !p.Procedure || p.Component != CompCode || p.KeyAt < 0 {
			continue
		}
		k := &g.key.Procedures[p.KeyAt]
		_, _, visit := emPlace(k.Code)
		switch {
		case visit && g.key.EM != nil && g.key.EM.Criteria != "":
			p.Why = sentence(p.Why, "A facility's visit goes by the hospital's own criteria, not by medical decision making: "+g.key.EM.Criteria)
			p.Evidence = append(append([]string(nil), p.Evidence...), quotes(g.key.EM.Evidence)...)
		case k.Code == "G0463" && p.Finding != "" && g.enteredOfficeVisit():
			p.Why = sentence(p.Why, "The hospital reports every clinic visit as G0463; the levels of 99202 to 99215 are the practitioner's.")
		}
	}
}

// enteredOfficeVisit reports whether a practitioner's office visit was entered.
func (g *grader) enteredOfficeVisit() bool {
	return slices.ContainsFunc(g.resp.Procedures, func(p EnteredProcedure) bool {
		f, _, ok := emPlace(p.Code)
		return ok && (f == 0 || f == 1) // 99202-99205, 99211-99215
	})
}

// emLevel is the level that minutes (when there are any) or else three ranks support: an index into the family or, without a family,
// the rank or the minutes themselves. -1 when none follows.
func emLevel(family int, ranks [3]int, minutes int) int {
	switch {
	case family >= 0 && minutes > 0:
		return levelByTime(family, minutes)
	case family >= 0:
		return levelByMDM(family, mdm(ranks))
	case minutes > 0:
		return 100 + minutes // apart from all ranks
	}
	if m := mdm(ranks); m > 0 {
		return m
	}
	return -1
}

// emWords are the levels of medical decision making by rank.
var emWords = [...]string{"", "straightforward", "low", "moderate", "high"}

func emLevelName(family, level int) string {
	switch {
	case level < 0:
		return "no level"
	case family >= 0:
		return emFamilies[family][level].code.Dotted(codebook.CPT)
	case level >= 100:
		return plural(level-100, "minute")
	}
	return emWords[level]
}

// sentence joins an author's reason to a sentence of ours.
func sentence(s, why string) string {
	if why == "" {
		return s
	}
	return s + " " + why
}
