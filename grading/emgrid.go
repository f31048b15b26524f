package grading

import (
	"fmt"

	"crosswalk/codebook"
)

// emParts judge the grid of an E/M service: three columns of medical decision making, or the minutes where the key goes by time, and
// the level that follows from what was entered.
func (g *grader) emParts() {
	k := g.key.EM
	if !g.key.Ask.EM || k == nil {
		return
	}
	a := g.resp.EM
	if a == nil {
		a = &AnswerEM{}
	}
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
}

func (g *grader) emPart(line, entered string, worth Points) Part {
	k := g.key.EM
	return Part{Line: ptr(line), Component: CompEM, Entered: text(entered), Possible: worth, Cites: k.Cites, Evidence: quotes(k.Evidence), EnteredAt: -1, KeyAt: -1}
}

func (g *grader) columnPart(col emColumn, k *EM, a *AnswerEM) Part {
	want, have := emRank(col.key(k)), emRank(*col.entered(a))
	p := g.emPart(col.name, *col.entered(a), worthEMColumn)
	name := col.words[want-1]
	switch {
	case have == want:
		p.Earned, p.Why = worthEMColumn, "Right: "+col.name+" is "+name+"."
	case have == 0:
		p.Finding, p.Why = EMMISS, "The column "+col.name+" was left empty; it is "+name+"."
	default:
		p.Finding, p.Why = emFinding(have-want), "You rated "+col.name+" "+col.words[have-1]+"; the chart supports "+name+"."
	}
	p.Why = sentence(p.Why, k.Why)
	return p
}

func (g *grader) minutesPart(k *EM, a *AnswerEM) Part {
	p := g.emPart("minutes", "", 3*worthEMColumn)
	want := plural(k.Minutes, "minute")
	switch {
	case a.Minutes == nil:
		p.Finding, p.Why = EMMISS, "Time decides here: "+want+"; no minutes were entered."
		if emAnswered(a) {
			p.Finding, p.Why = EMCAT, "You rated medical decision making; time decides here: "+want+"."
		}
	case *a.Minutes == k.Minutes:
		p.Entered, p.Earned, p.Why = ptr(fmt.Sprint(*a.Minutes)), 3*worthEMColumn, "Right: "+want+"."
	case *a.Minutes > k.Minutes:
		p.Entered, p.Finding, p.Why = ptr(fmt.Sprint(*a.Minutes)), EMUP1, "You counted "+plural(*a.Minutes, "minute")+"; the chart supports "+want+"."
	default:
		p.Entered, p.Finding, p.Why = ptr(fmt.Sprint(*a.Minutes)), EMDN1, "You counted "+plural(*a.Minutes, "minute")+"; the chart supports "+want+"."
	}
	p.Why = sentence(p.Why, k.Why)
	return p
}

func emAnswered(a *AnswerEM) bool { return a.Problems != "" || a.Data != "" || a.Risk != "" }

// levelPart compares the level that follows from the entered grid with the one that follows from the key's. Where the key has an E/M
// code the levels are those of its family, so that straightforward and low are one level for an initial hospital visit. ok is
// false when no level follows from the key.
func (g *grader) levelPart(k *EM, a *AnswerEM) (part Part, ok bool) {
	family := -1
	for _, p := range g.key.Procedures {
		if f, _, ok := emPlace(p.Code); ok && !p.Optional {
			family = f
			break
		}
	}
	byTime := k.Minutes > 0
	want := emLevel(family, [3]int{emRank(k.Problems), emRank(k.Data), emRank(k.Risk)}, k.Minutes)
	if want < 0 {
		return Part{}, false
	}
	minutes := 0
	if a.Minutes != nil && (byTime || !emAnswered(a)) {
		minutes = *a.Minutes
	}
	have := emLevel(family, [3]int{emRank(a.Problems), emRank(a.Data), emRank(a.Risk)}, minutes)
	p := g.emPart("level", "", worthEMLevel)
	if have < 0 {
		p.Finding, p.Why = EMMISS, "No level follows from what was entered; "+emLevelName(family, want)+" follows from the chart."
		return p, true
	}
	p.Entered = ptr(emLevelName(family, have))
	if have == want {
		p.Earned, p.Why = worthEMLevel, "Right: "+emLevelName(family, want)+" follows."
		return p, true
	}
	p.Finding = emFinding(have - want)
	p.Why = "From what you entered follows " + emLevelName(family, have) + "; the chart supports " + emLevelName(family, want) + "."
	return p, true
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

func emLevelName(family, level int) string {
	switch {
	case level < 0:
		return "no level"
	case family >= 0:
		return emFamilies[family][level].code.Dotted(codebook.CPT)
	case level >= 100:
		return plural(level-100, "minute")
	}
	return [...]string{"", "straightforward", "low", "moderate", "high"}[level]
}

// sentence joins an author's reason to a sentence of ours.
func sentence(s, why string) string {
	if why == "" {
		return s
	}
	return s + " " + why
}
