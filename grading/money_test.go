package grading

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"testing"

	"crosswalk/codebook"
)

// withFees is the book with the prices of testdata/fees.txt, whose head explains the lines.
func (b *fakeBook) withFees(tb testing.TB) *fakeBook {
	tb.Helper()
	f, err := os.Open("testdata/fees.txt")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	priced := *b
	priced.entries = maps.Clone(b.entries)
	priced.fees, priced.levels, priced.cancels = map[string]codebook.Fee{}, map[codebook.Code]string{}, map[[2]codebook.Code]bool{}
	code := func(s string) codebook.Code { return codebook.Code(strings.ReplaceAll(s, ".", "")) }
	for sc := bufio.NewScanner(f); sc.Scan(); {
		w := strings.Fields(sc.Text())
		if len(w) == 0 || strings.HasPrefix(w[0], "#") {
			continue
		}
		number := func(i int) int {
			n, err := strconv.Atoi(w[i])
			if err != nil {
				tb.Fatalf("testdata/fees.txt: %q: %v", sc.Text(), err)
			}
			return n
		}
		switch w[0] {
		case "fee":
			fee := priced.fees[w[1]]
			fee.Edition, fee.Conversion, fee.Status = "2025-10", "32.3465", w[2]
			fee.Work, fee.PE, fee.FacPE, fee.MP = codebook.RVU(number(3)), codebook.RVU(number(4)), codebook.RVU(number(5)), codebook.RVU(number(6))
			priced.fees[w[1]] = fee
		case "opps":
			fee := priced.fees[w[1]]
			fee.OPPS, fee.Rate, fee.RateName = w[2], int64(number(3)), "2025"
			priced.fees[w[1]] = fee
		case "bilateral":
			ref := codebook.Ref{System: codebook.CPT, Code: codebook.Code(w[1])}
			e, ok := priced.entries[ref]
			if !ok {
				tb.Fatalf("testdata/fees.txt: %s is not in testdata/book.txt", w[1])
			}
			e.Facts.Bilateral = w[2]
			priced.entries[ref] = e
		case "level":
			priced.levels[code(w[1])] = w[2]
		case "cancel":
			priced.cancels[[2]codebook.Code{code(w[1]), code(w[2])}] = true
		default:
			tb.Fatalf("testdata/fees.txt: unknown line %q", sc.Text())
		}
	}
	return &priced
}

func (b *fakeBook) Fees(c codebook.Code, modifier string) (codebook.Fee, bool) {
	if modifier != "" {
		c += "-" + codebook.Code(modifier)
	}
	f, ok := b.fees[string(c)]
	return f, ok
}

func moneySummary(m *Money) string {
	if m == nil {
		return "\nmoney: not known\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nmoney: %s (%s, %s): key %.2f, entered %.2f", m.Direction, m.Basis, m.Source, m.Key, m.Entered)
	if m.Dollars != nil {
		fmt.Fprintf(&b, ", %+.2f dollars", *m.Dollars)
	}
	b.WriteString("\n")
	for _, l := range m.Lines {
		fmt.Fprintf(&b, "    %.2f against %.2f: %s\n", l.Got, l.Key, l.Note)
	}
	for _, u := range m.Unknown {
		fmt.Fprintf(&b, "    not known: %s\n", u)
	}
	return b.String()
}

// TestMoneyOfTheKey holds that a key against itself moves no payment, and that the order of lines moves none.
func TestMoneyOfTheKey(t *testing.T) {
	book := readFakeBook(t).withFees(t)
	priced := 0
	for seed := range uint64(trials) {
		w := newWorld(book, seed)
		k := w.key(true)
		k.Setting = pick(w, []string{"office", "ed", "inpatient", "telehealth"})
		k.Bills = pick(w, []Bills{Professional, Facility})
		r, err := ParseAnswer(&k, ModelAnswer(&k))
		if err != nil {
			continue // some sets of codes have no form in the setting
		}
		m := Grade(&k, r, book, Learning).Money
		if m == nil {
			continue
		}
		priced++
		if m.Direction != Even || m.Key != m.Entered || len(m.Lines) > 0 {
			t.Fatalf("seed %d: the key against itself: %+v", seed, m)
		}
	}
	if priced < trials/6 {
		t.Errorf("only %d of %d keys had money to look at", priced, trials)
	}
}
