package hirereport

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// MinPercentile is how many candidates with a result a percentile takes.
const MinPercentile = 30

// Alpha is the chance of telling any two apart where there is no true difference.
const Alpha = 0.05

// Comparison is all candidates of a test side by side.
type Comparison struct {
	Rows  []Row  `json:"rows"` // the highest share first, among equals by id
	Pairs int    `json:"pairs"`
	Apart int    `json:"apart"` // pairs that differ beyond error
	Rule  string `json:"rule"`
	apart []bool // by pair: row i, row j at i*len(Rows)+j
}

// Row is one candidate.
type Row struct {
	Report Report `json:"report"`
	Above  []int  `json:"above"`  // rows, from 0, that are above beyond error
	Below  []int  `json:"below"`  // rows that are below beyond error
	Within []int  `json:"within"` // rows whose difference is within error
}

// Rule names the test of differences, for machines.
const Rule = "agresti-coull-holm-0.05"

// Compare sets reports of one test side by side and gives each its percentile where there are enough. Reports without a result are left out.
func Compare(reports []Report) Comparison {
	var rows []Row
	for _, r := range reports {
		if r.Overall != nil {
			rows = append(rows, Row{Report: r})
		}
	}
	slices.SortStableFunc(rows, func(x, y Row) int {
		return cmp.Or(cmp.Compare(y.Report.Overall.Share(), x.Report.Overall.Share()), strings.Compare(x.Report.Candidate.ID, y.Report.Candidate.ID))
	})
	c := Comparison{Rows: rows, Rule: Rule, apart: make([]bool, len(rows)*len(rows))}
	if c.Rows == nil {
		c.Rows = []Row{}
	}
	c.holm()
	for i := range c.Rows {
		row, places := &c.Rows[i], make([]int, 0, len(rows)) // of all three lists
		list := func(from, to int, apart bool) []int {
			begin := len(places)
			for j := from; j < to; j++ {
				if j != i && c.Differ(i, j) == apart {
					places = append(places, j)
				}
			}
			return places[begin:len(places):len(places)]
		}
		row.Above, row.Below, row.Within = list(0, i, true), list(i+1, len(rows), true), list(0, len(rows), false)
	}
	c.percentiles()
	return c
}

// Differ reports whether two rows differ beyond error.
func (c Comparison) Differ(i, j int) bool { return c.apart[i*len(c.Rows)+j] }

// Chance is the two-sided chance of a difference of two figures that is at least so great where there is none: the difference over the root of
// both standard errors squared and added, as a normal deviate.
func Chance(a, b Figure) float64 {
	return chanceOf(a.Share()-b.Share(), a.StandardError(), b.StandardError())
}

func chanceOf(difference, sa, sb float64) float64 {
	return math.Erfc(math.Abs(difference) / math.Sqrt(sa*sa+sb*sb) / math.Sqrt2)
}

// holm marks the pairs that differ.
func (c *Comparison) holm() {
	n := len(c.Rows)
	shares, errors := make([]float64, n), make([]float64, n)
	for i, r := range c.Rows {
		shares[i], errors[i] = r.Report.Overall.Share(), r.Report.Overall.StandardError()
	}
	c.Pairs = n * (n - 1) / 2
	chances := make([]float64, 0, c.Pairs)
	for i := range n {
		for j := i + 1; j < n; j++ {
			chances = append(chances, chanceOf(shares[i]-shares[j], errors[i], errors[j]))
		}
	}
	apart, k := Holm(chances, Alpha), 0
	for i := range n {
		for j := i + 1; j < n; j++ {
			if apart[k] {
				c.Apart++
				c.apart[i*n+j], c.apart[j*n+i] = true, true
			}
			k++
		}
	}
}

// Holm says which of several chances are too small together: the smallest first, each against alpha over the number that are left, until one
// holds.
func Holm(chances []float64, alpha float64) []bool {
	var order []int // those above alpha hold in any place
	for i, v := range chances {
		if v <= alpha {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(chances[x], chances[y]) })
	out := make([]bool, len(chances))
	for k, i := range order {
		if chances[i] > alpha/float64(len(chances)-k) {
			break
		}
		out[i] = true
	}
	return out
}

func (c *Comparison) percentiles() {
	n := len(c.Rows)
	if n < MinPercentile {
		return
	}
	for i := range c.Rows {
		share := c.Rows[i].Report.Overall.Share()
		below := 0.0
		for j := range c.Rows {
			switch other := c.Rows[j].Report.Overall.Share(); {
			case other < share:
				below++
			case other == share: // with itself, so that the middle of an even field is 50
				below += 0.5
			}
		}
		c.Rows[i].Report.Percentile = &Standing{Percent10: tenths(below / float64(n)), Of: n}
	}
}
