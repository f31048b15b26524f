package grading

import (
	"slices"

	"crosswalk/codebook"
)

// components is how a CPT or HCPCS Level II line with the right code was judged.
type components struct {
	modifiers, units, pointers bool
	want                       []string // the right set of modifiers that is nearest to what was entered
	missing, needless          []string // measured by it
	asked                      bool     // pointers are asked for
}

// compare judges the components of entered procedure j as an answer to key line i. The pairing of diagnoses is settled before.
func (g *grader) compare(i, j int) components {
	k, e := &g.key.Procedures[i], &g.resp.Procedures[j]
	c := components{units: g.unitsRight(k, e)}
	c.want, c.missing, c.needless = modifierDifference(k, e.Modifiers)
	if g.ignores(CompModifiers) {
		c.missing, c.needless = nil, nil
	}
	c.units = c.units || g.ignores(CompUnits)
	c.modifiers = len(c.missing) == 0 && len(c.needless) == 0
	c.asked = g.key.Ask.Pointers && g.dx.asked && len(g.pointedAt(k)) > 0
	c.pointers = !c.asked || g.pointersRight(k, e)
	return c
}

func (g *grader) unitsRight(k *Procedure, e *EnteredProcedure) bool {
	if k.Minutes > 0 {
		return e.Minutes == k.Minutes
	}
	return e.Minutes == 0 && max(e.Units, 1) == k.units()
}

// modifierDifference compares the entered modifiers, as a set, with each right set and returns the nearest of these and what is missing
// and needless by it. Modifiers that the key calls optional are neither.
func modifierDifference(k *Procedure, entered []string) (want, missing, needless []string) {
	least := -1
	for _, set := range append([][]string{k.Modifiers}, k.ModifiersAny...) {
		var m, n []string
		for _, w := range set {
			if !slices.Contains(entered, w) && !slices.Contains(k.ModifiersOptional, w) {
				m = append(m, w)
			}
		}
		for _, h := range entered {
			if !slices.Contains(set, h) && !slices.Contains(k.ModifiersOptional, h) && !slices.Contains(n, h) {
				n = append(n, h)
			}
		}
		if least < 0 || len(m)+len(n) < least {
			least, want, missing, needless = len(m)+len(n), set, m, n
		}
	}
	return want, missing, needless
}

// pointedAt are the key diagnoses that a procedure points to, optional ones aside: these are neither asked nor charged.
func (g *grader) pointedAt(k *Procedure) []int {
	var out []int
	for _, c := range k.PointsTo {
		i := slices.IndexFunc(g.key.Diagnoses, func(d Diagnosis) bool { return d.Code == c })
		if i >= 0 && !g.dx.lines[i].optional && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// pointersRight compares pointers as sets through the pairing of diagnoses: pointing at one's own line that answers the key's line is
// right, whatever its code. A code that was entered twice is one thing to point at.
func (g *grader) pointersRight(k *Procedure, e *EnteredProcedure) bool {
	want := g.pointedAt(k)
	var found []int
	for _, j := range e.PointsTo {
		if j < 0 || j >= len(g.dx.entered) {
			return false
		}
		if g.dx.entered[j].optional >= 0 {
			continue
		}
		i := g.answered(j)
		if i < 0 || !slices.Contains(want, i) {
			return false
		}
		if !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return len(found) == len(want)
}

// answered is the key line that entered diagnosis j answers, or that another entry of the same code answers; -1 when none does.
func (g *grader) answered(j int) int {
	if i := g.dx.by[j]; i >= 0 {
		return i
	}
	for j2, e := range g.dx.entered {
		if e.Code == g.dx.entered[j].Code && g.dx.by[j2] >= 0 {
			return g.dx.by[j2]
		}
	}
	return -1
}

// procedureCredit is all that entered procedure j earns as an answer to key line i.
func (g *grader) procedureCredit(i, j int) Points {
	k, e, l := &g.key.Procedures[i], &g.resp.Procedures[j], &g.px.lines[i]
	n := g.px.near[i][j]
	c := l.worth.percent(n.percent)
	if n.percent == 100 && n.how != listed && !k.wholeLine() {
		m := g.compare(i, j)
		c = l.worth.percent(g.w.codeShare())
		if m.modifiers {
			c += l.worth.percent(int(g.w.Modifiers))
		}
		if m.units {
			c += l.worth.percent(int(g.w.Units))
		}
		if m.pointers {
			c += l.worth.percent(int(g.w.Pointers))
		}
	}
	if c > 0 && g.evidenceAsked(k.Evidence) && supports(k.Evidence, e.Evidence) {
		c += g.w.Evidence
	}
	return c
}

// bundled reports whether NCCI denies entered procedure j2 beside entered procedure j1.
func (g *grader) bundled(j1, j2 int) bool {
	a, b := &g.resp.Procedures[j1], &g.resp.Procedures[j2]
	if a.System == codebook.ICD10PCS || b.System == codebook.ICD10PCS {
		return false
	}
	indicator, ok := g.ref.book.NCCI(a.Code, b.Code)
	switch {
	case !ok || indicator == "9":
		return false
	case indicator == "0":
		return true
	}
	return !codebook.SetApart(&codebook.ClaimLine{Modifiers: a.Modifiers}, &codebook.ClaimLine{Modifiers: b.Modifiers})
}
