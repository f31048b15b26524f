package grading

import (
	"cmp"
	"slices"

	"crosswalk/codebook"
)

// ambulatory prices an outpatient hospital claim by addendum B of the Outpatient Prospective Payment System (42 CFR 419): status
// indicators decide which services are paid beside which others. The rates are national, before wage adjustment.
func (g *grader) ambulatory() *Money {
	m := &Money{Basis: "apc"}
	lines := g.claims()
	// Where rates are equal the lines that are right keep theirs, so that a reduction falls on the others.
	slices.SortStableFunc(lines, func(a, b differing) int {
		switch x, y := a.same(), b.same(); {
		case x && !y:
			return -1
		case y && !x:
			return 1
		}
		return cmp.Compare(a.String(), b.String())
	})
	var want, got []*billed
	for _, d := range lines {
		if d.want != nil {
			want = append(want, d.want)
		}
		if d.got != nil {
			got = append(got, d.got)
		}
	}
	key, entered := g.apcs(want, m), g.apcs(got, m)
	if m.Source == "" {
		return nil
	}
	over, under, open := false, false, false
	for _, d := range lines {
		x, y := key[d.want], entered[d.got]
		m.Key += x
		m.Entered += y
		if d.same() && x == y {
			continue
		}
		over, under = over || y > x, under || y < x
		open = open || !g.hasRate(d.want) || !g.hasRate(d.got)
		note := d.note(x, y, dollarsOf)
		if d.same() {
			note = "Beside the other lines " + d.want.String() + " pays " + dollarsOf(y) + " and not " + dollarsOf(x) + "."
		}
		m.Lines = append(m.Lines, d.line(x, y, note))
	}
	m.Key, m.Entered = cents(m.Key), cents(m.Entered)
	dollars := cents(m.Entered - m.Key)
	m.Dollars = &dollars
	m.direct(over, under, open)
	return m
}

// apcs prices the lines of one claim. A comprehensive service (J1) takes all others in; else significant procedures (S, T), visits (V, J2)
// and drugs (G, K) are paid, T at half behind the dearest T, conditionally packaged services (Q1, Q2) only where nothing of the named
// kinds stands beside them, and N never.
func (g *grader) apcs(claim []*billed, m *Money) map[*billed]float64 {
	pay := map[*billed]float64{}
	fee := map[*billed]codebook.Fee{}
	is := map[string]bool{}
	for _, b := range claim {
		f, ok := g.ref.book.Fees(b.ref.Code, "")
		if ok && f.RateName != "" {
			m.Source = "OPPS addendum B, " + f.RateName
		}
		fee[b] = f
		is[f.OPPS] = true
		switch {
		case g.hasRate(b):
		case f.OPPS == "":
			m.unknown(b.String() + ": addendum B does not list it")
		default:
			m.unknown(b.String() + ": status " + f.OPPS + " is paid by rules outside of addendum B")
		}
	}
	rate := func(b *billed) float64 {
		r := float64(fee[b].Rate) / 100
		if slices.Contains(b.modifiers, "73") || slices.Contains(b.modifiers, "52") {
			r /= 2 // stopped before anesthesia, or reduced without it
		}
		return r
	}
	// dearest first, so that the reduction of several T falls on the cheaper ones
	order := slices.Clone(claim)
	slices.SortStableFunc(order, func(a, b *billed) int {
		return cmp.Compare(rate(b), rate(a))
	})
	if is["J1"] {
		first := true
		for _, b := range order {
			if fee[b].OPPS == "J1" && first {
				pay[b], first = rate(b), false
			} else if s := fee[b].OPPS; s == "G" || s == "H" {
				pay[b] = rate(b) * float64(b.units) // pass-through drugs and devices stay apart
			}
		}
		return pay
	}
	reduced := false
	for _, b := range order {
		units := float64(b.units)
		both := slices.Contains(b.modifiers, "50") && b.units == 1
		switch fee[b].OPPS {
		case "S", "V", "J2", "G", "K", "K1":
			pay[b] = rate(b) * units
			if both {
				pay[b] *= 2
			}
		case "T":
			more := units - 1
			if both {
				more = 1
			}
			pay[b] = rate(b) * (1 + more/2)
			if reduced {
				pay[b] = rate(b) * (1 + more) / 2
			}
			reduced = true
		case "Q1":
			if !is["S"] && !is["T"] && !is["V"] && !is["J2"] {
				pay[b] = rate(b) * units
			}
		case "Q2":
			if !is["T"] {
				pay[b] = rate(b) * units
			}
		}
	}
	for b, x := range pay {
		pay[b] = cents(x)
	}
	return pay
}

// elsewhere are the status indicators of what hospitals are paid for by other rules than the rate of an APC: other fee schedules, cost,
// composites, laboratory packaging.
var elsewhere = []string{"", "A", "F", "H", "L", "P", "Q3", "Q4", "R", "U", "Y"}

// hasRate reports whether addendum B alone says what a line pays, be it nothing.
func (g *grader) hasRate(b *billed) bool {
	if b == nil {
		return true
	}
	f, _ := g.ref.book.Fees(b.ref.Code, "")
	return !slices.Contains(elsewhere, f.OPPS)
}
