package grading

import (
	"fmt"
	"strings"

	"crosswalk/codebook"
)

// money says what the answer would do to the payment of the claim: the relative values of a professional claim, the APCs of an outpatient
// hospital claim, the highest complication of an inpatient one. It prices both claims as billed, at Medicare's national rates, before
// the payer's edits. A line for which the files at hand have no figure is named in Unknown and priced in neither claim where it stands
// in both. Nil where procedures (for an inpatient stay: diagnoses) are not asked or no file that pays is loaded.
func (g *grader) money() *Money {
	switch {
	case g.ref.book == nil:
		return nil
	case g.key.InpatientFacility():
		return g.complications()
	case !g.px.asked || g.key.Bills != Professional && g.key.Bills != Facility:
		return nil
	case g.key.Bills == Professional:
		return g.relativeValues()
	}
	return g.ambulatory()
}

// billed is a line as it is priced.
type billed struct {
	ref       codebook.Ref
	modifiers []string
	units     int
}

func (b billed) String() string {
	s := b.ref.Dotted()
	if len(b.modifiers) > 0 {
		s += "-" + strings.Join(b.modifiers, "-")
	}
	if b.units > 1 {
		s += " x " + fmt.Sprint(b.units)
	}
	return s
}

// differing is a line of the key beside what was billed for it; either may be missing.
type differing struct {
	want, got *billed
}

// claims sets the lines of the key beside those of the answer, by the pairing: a code in the place of another stands beside it. Optional
// lines are left out of both, since a claim is right with them and without.
func (g *grader) claims() []differing {
	var out []differing
	taken := make([]bool, len(g.px.entered))
	for i, l := range g.px.lines {
		if l.optional {
			continue
		}
		k := &g.key.Procedures[i]
		d := differing{want: &billed{l.Ref, k.Modifiers, k.units()}}
		j := g.px.of[i]
		if j < 0 {
			j = g.px.substitutes[i]
		}
		if j >= 0 {
			taken[j] = true
			d.got = g.entry(j)
			// What the key accepts is worth what the key's own is: the difference is no error of the learner's.
			if g.px.marks[i] == allRight {
				d.got = d.want
			}
		}
		out = append(out, d)
	}
	for j, e := range g.px.entered {
		if !taken[j] && e.optional < 0 {
			out = append(out, differing{got: g.entry(j)})
		}
	}
	return out
}

func (g *grader) entry(j int) *billed {
	e := &g.resp.Procedures[j]
	return &billed{g.px.entered[j].Ref, e.Modifiers, max(e.Units, 1)}
}

// same reports whether both stand for one line of one price.
func (d differing) same() bool {
	return d.want != nil && d.got != nil && d.want.String() == d.got.String()
}

func (d differing) line(want, got float64, note string) MoneyLine {
	m := MoneyLine{Key: want, Got: got, Note: note}
	if d.want != nil {
		m.Line = ptr(d.want.String())
	}
	if d.got != nil {
		m.Entered = ptr(d.got.String())
	}
	return m
}

// String orders differences that nothing else orders.
func (d differing) String() string {
	var s string
	for _, b := range []*billed{d.want, d.got} {
		if b != nil {
			s += b.String()
		}
		s += "/"
	}
	return s
}

// note says in words what a difference does; what names the unit, such as "RVUs".
func (d differing) note(want, got float64, show func(float64) string) string {
	switch {
	case d.got == nil && want == 0:
		return d.want.String() + " was not billed; in this claim it would pay nothing of its own."
	case d.want == nil && got == 0:
		return d.got.String() + " was billed without support; in this claim it pays nothing of its own."
	case d.got == nil:
		return d.want.String() + " was not billed: " + show(want) + " lost."
	case d.want == nil:
		return d.got.String() + " was billed without support: " + show(got) + " too much."
	case got > want:
		return d.got.String() + " pays " + show(got) + " and " + d.want.String() + " " + show(want) + ": " + show(got-want) + " too much."
	case got < want:
		return d.got.String() + " pays " + show(got) + " and " + d.want.String() + " " + show(want) + ": " + show(want-got) + " too little."
	}
	return d.got.String() + " pays the same as " + d.want.String() + ", " + show(want) + "; the claim is wrong all the same."
}

// direct settles the direction from the totals; over and under say that single lines are. Where the sum is even and a line that differs
// has no figure the direction is open.
func (m *Money) direct(over, under, open bool) {
	switch diff := m.Entered - m.Key; {
	case diff > 0.004:
		m.Direction = Over
	case diff < -0.004:
		m.Direction = Under
	case open:
		m.Direction = Unclear
	case over || under:
		m.Direction = Mixed
	default:
		m.Direction = Even
	}
}

// unknown adds a reason once.
func (m *Money) unknown(why string) {
	for _, u := range m.Unknown {
		if u == why {
			return
		}
	}
	m.Unknown = append(m.Unknown, why)
}
