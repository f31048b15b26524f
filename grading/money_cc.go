package grading

import (
	"fmt"
	"slices"

	"crosswalk/codebook"
)

// complications compares the weightiest secondary diagnosis of an inpatient stay, after the exclusions by the principal diagnosis: many
// MS-DRGs pay more with an MCC than with a CC, and more with a CC than without. Which DRG follows is the key's word, since nothing here
// groups.
func (g *grader) complications() *Money {
	if !g.dx.asked || len(g.key.Diagnoses) == 0 {
		return nil
	}
	m := &Money{Basis: "cc", Direction: Even}
	principal := 0
	for i, d := range g.key.Diagnoses {
		if d.First != NotFirst {
			principal = i
			break
		}
	}
	first := codebook.Code("")
	if g.first >= 0 {
		first = g.dx.entered[g.first].Code
		// The key's own word on which diagnosis may stand first: the one that does counts.
		for i, d := range g.key.Diagnoses {
			if d.First == EitherFirst && g.dx.of[i] == g.first {
				principal = i
			}
		}
	}
	var want, got []weighty
	for i, d := range g.key.Diagnoses {
		if i == principal || d.Weight == Optional {
			continue
		}
		level, known := g.severity(d.Code, g.key.Diagnoses[principal].Code, m)
		if !known {
			continue
		}
		want = append(want, weighty{i, d.Code, level})
	}
	for j, e := range g.dx.entered {
		if j == g.first || e.optional >= 0 {
			continue
		}
		level, known := g.severity(e.Code, first, m)
		if !known {
			continue
		}
		got = append(got, weighty{j, e.Code, level})
	}
	if m.Source == "" {
		return nil
	}
	x, y := highest(want), highest(got)
	switch {
	case y > x:
		m.Direction = Over
	case y < x:
		m.Direction = Under
	}
	for _, w := range want {
		if w.level > 0 && !slices.ContainsFunc(got, func(o weighty) bool { return o.level == w.level && g.answers(w.at, o.at) }) {
			d := MoneyLine{Line: ptr(w.code.Dotted(codebook.ICD10CM)), Note: "The " + severityName(w.level) + " " + w.code.Dotted(codebook.ICD10CM) + " is lost. " + rest(w.level, y)}
			if j := g.dx.of[w.at]; j >= 0 {
				d.Entered = ptr(g.dx.entered[j].Dotted())
			}
			m.Lines = append(m.Lines, d)
		}
	}
	for _, o := range got {
		if o.level > 0 && !slices.ContainsFunc(want, func(w weighty) bool { return w.level == o.level && g.answers(w.at, o.at) }) {
			m.Lines = append(m.Lines, MoneyLine{Entered: ptr(o.code.Dotted(codebook.ICD10CM)), Note: "The chart does not support the " + severityName(o.level) + " " + o.code.Dotted(codebook.ICD10CM) + ". " + rest(o.level, x)})
		}
	}
	if !g.principalRight(principal) {
		m.Direction = Unclear
		m.unknown("another principal diagnosis leads to another family of DRGs, and nothing here groups")
	}
	return m
}

// weighty is a secondary diagnosis with its level: 0 none, 1 CC, 2 MCC.
type weighty struct {
	at    int
	code  codebook.Code
	level int
}

func (g *grader) severity(dx, principal codebook.Code, m *Money) (level int, known bool) {
	l, excluded, known := g.ref.book.Severity(dx, principal, g.ref.on)
	switch {
	case known:
		m.Source = "MS-DRG list of CCs and MCCs with its exclusions"
	case l != "":
		m.unknown(dx.Dotted(codebook.ICD10CM) + ": a " + l + ", but the list at hand does not say which principal diagnoses cancel it")
	}
	if excluded {
		return 0, known
	}
	return slices.Index([]string{"", "CC", "MCC"}, l), known
}

// answers reports whether entered line j is the answer to key line i.
func (g *grader) answers(i, j int) bool { return g.dx.of[i] == j }

func (g *grader) principalRight(i int) bool {
	return g.first >= 0 && g.dx.of[i] == g.first && g.dx.near[i][g.first].percent == 100
}

func highest(list []weighty) int {
	top := 0
	for _, w := range list {
		top = max(top, w.level)
	}
	return top
}

func severityName(level int) string { return [...]string{"diagnosis", "CC", "MCC"}[level] }

// rest says what the other claim has to set against a level.
func rest(level, other int) string {
	switch {
	case other >= level:
		return fmt.Sprintf("Another %s keeps the level.", severityName(other))
	case other == 0:
		return "No other CC or MCC stands in for it."
	}
	return fmt.Sprintf("A %s alone is a lower level.", severityName(other))
}
