package grading

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"crosswalk/codebook"
)

// relativeValues prices a professional claim by the Medicare physician fee schedule, in relative value units of the nation.
func (g *grader) relativeValues() *Money {
	m := &Money{Basis: "rvu"}
	show := func(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) + " RVUs" }
	over, under, open, priced := false, false, false, 0
	conversion := 0.0
	for _, d := range g.claims() {
		var worth [2]float64
		known := true
		for n, b := range []*billed{d.want, d.got} {
			if b == nil {
				continue
			}
			v, fee, why := g.rvus(b)
			if fee.Edition != "" && m.Source == "" {
				m.Source = "Medicare physician fee schedule, " + fee.Edition
				conversion, _ = strconv.ParseFloat(fee.Conversion, 64)
			}
			if why != "" {
				known = false
				if !d.same() || n == 0 {
					m.unknown(b.String() + ": " + why)
				}
			}
			worth[n] = v
		}
		if !known {
			open = open || !d.same()
			continue
		}
		priced++
		m.Key += worth[0]
		m.Entered += worth[1]
		if !d.same() {
			over, under = over || worth[1] > worth[0], under || worth[1] < worth[0]
			m.Lines = append(m.Lines, d.line(worth[0], worth[1], d.note(worth[0], worth[1], show)))
		}
	}
	if m.Source == "" || priced == 0 {
		return nil
	}
	m.Key, m.Entered = cents(m.Key), cents(m.Entered)
	if conversion > 0 {
		dollars := cents((m.Entered - m.Key) * conversion)
		m.Dollars = &dollars
	}
	m.direct(over, under, open)
	return m
}

func cents(x float64) float64 { return math.Round(x*100) / 100 }

// ownRow are the modifiers that choose a row of the fee schedule.
var ownRow = []string{"26", "TC", "53"}

// shares are the modifiers that change what a service pays, in thousandths of the fee (Medicare Claims Processing Manual, chapter 12:
// 20.4.3 assistants, 40.8 co-surgeons, 40.7 both sides). 50 counts by the bilateral indicator and stands apart.
var shares = map[string]int{"80": 160, "81": 160, "82": 160, "AS": 136, "62": 625}

// byReport are the modifiers with which no file says what is paid.
var byReport = []string{"22", "52", "54", "55", "56", "66", "78", "QK", "QX", "QY", "AD"}

// rvus is what a line is worth in relative value units; why says what keeps that from being known.
func (g *grader) rvus(b *billed) (v float64, fee codebook.Fee, why string) {
	row := ""
	for _, c := range ownRow {
		if slices.Contains(b.modifiers, c) {
			row = c
		}
	}
	fee, ok := g.ref.book.Fees(b.ref.Code, row)
	if !ok && row != "" {
		fee, _ = g.ref.book.Fees(b.ref.Code, "")
		return 0, fee, "the fee schedule has no row for modifier " + row
	}
	if !ok || fee.Edition == "" {
		return 0, fee, "the fee schedule does not list it"
	}
	switch fee.Status {
	case "A", "R", "T":
	case "B", "P":
		return 0, fee, "" // bundled into other services: nothing is paid for it
	case "J":
		return 0, fee, "anesthesia is paid by base units and time"
	default:
		return 0, fee, "the fee schedule does not price it (status " + fee.Status + ")"
	}
	for _, mod := range b.modifiers {
		if slices.Contains(byReport, mod) {
			return 0, fee, "what modifier " + mod + " pays is decided case by case"
		}
	}
	outside, inside := fee.Total(), fee.FacTotal()
	total := inside
	switch g.key.Setting {
	case "office":
		total = outside
	case "ed", "observation", "inpatient", "outpatient-surgery", "anesthesia":
	default:
		if outside != inside {
			return 0, fee, "the value depends on the place of service, which the chart's setting does not settle"
		}
	}
	thousandths := 1000 * b.units
	for _, mod := range b.modifiers {
		if s, ok := shares[mod]; ok {
			thousandths = thousandths * s / 1000
		}
	}
	if slices.Contains(b.modifiers, "50") {
		switch bilateral := g.ref.look(b.ref).entry.Facts.Bilateral; bilateral {
		case "1":
			thousandths = thousandths * 3 / 2
		case "3":
			thousandths *= 2
		}
	}
	return float64(total) * float64(thousandths) / 100_000, fee, ""
}

// dollarsOf prints an amount.
func dollarsOf(x float64) string { return fmt.Sprintf("$%.2f", x) }
