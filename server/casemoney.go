package server

import (
	"fmt"

	"crosswalk/grading"
)

// moneyView is what an answer does to the payment, in words and figures.
type moneyView struct {
	Direction, Basis, Source string
	Tone                     string // colour of the tag; the word says the same
	Key, Entered             string
	Difference               string // "+$51.75"; "" where it is nothing or not known
	Lines                    []moneyLine
	Unknown                  []string
}

type moneyLine struct{ Line, Entered, Note string }

func newMoneyView(m *grading.Money) *moneyView {
	if m == nil {
		return nil
	}
	v := &moneyView{Direction: string(m.Direction), Basis: m.Basis, Source: m.Source, Tone: "warn", Unknown: m.Unknown}
	switch m.Direction {
	case grading.Even:
		v.Tone = "good"
	case grading.Over, grading.Under:
		v.Tone = "bad"
	}
	show := func(x float64) string { return fmt.Sprintf("%.2f RVUs", x) }
	if m.Basis == "apc" {
		show = func(x float64) string { return fmt.Sprintf("$%.2f", x) }
	}
	v.Key, v.Entered = show(m.Key), show(m.Entered)
	if d := m.Dollars; d != nil && *d != 0 {
		sign := "+"
		if *d < 0 {
			sign = "−"
		}
		v.Difference = fmt.Sprintf("%s$%.2f", sign, max(*d, -*d))
	}
	for _, l := range m.Lines {
		row := moneyLine{Note: l.Note}
		if l.Line != nil {
			row.Line = *l.Line
		}
		if l.Entered != nil {
			row.Entered = *l.Entered
		}
		v.Lines = append(v.Lines, row)
	}
	return v
}
