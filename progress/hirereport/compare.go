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
			rows = append(rows, Row{Report: r, Above: []int{}, Below: []int{}, Within: []int{}})
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
		for j := range c.Rows {
			switch row := &c.Rows[i]; {
			case i == j:
			case !c.Differ(i, j):
				row.Within = append(row.Within, j)
			case j < i:
				row.Above = append(row.Above, j)
			default:
				row.Below = append(row.Below, j)
			}
		}
	}
	c.percentiles()
	return c
}

// Differ reports whether two rows differ beyond error.
func (c Comparison) Differ(i, j int) bool { return c.apart[i*len(c.Rows)+j] }

// Chance is the two-sided chance of a difference of two figures that is at least so great where there is none: the difference over the root of
// both standard errors squared and added, as a normal deviate.
func Chance(a, b Figure) float64 {
	sa, sb := a.StandardError(), b.StandardError()
	return math.Erfc(math.Abs(a.Share()-b.Share()) / math.Sqrt(sa*sa+sb*sb) / math.Sqrt2)
}

// holm marks the pairs that differ.
func (c *Comparison) holm() {
	n := len(c.Rows)
	var pairs [][2]int
	var chances []float64
	for i := range c.Rows {
		for j := i + 1; j < n; j++ {
			pairs, chances = append(pairs, [2]int{i, j}), append(chances, Chance(*c.Rows[i].Report.Overall, *c.Rows[j].Report.Overall))
		}
	}
	c.Pairs = len(pairs)
	for k, apart := range Holm(chances, Alpha) {
		if apart {
			i, j := pairs[k][0], pairs[k][1]
			c.Apart++
			c.apart[i*n+j], c.apart[j*n+i] = true, true
		}
	}
}

// Holm says which of several chances are too small together: the smallest first, each against alpha over the number that are left, until one
// holds.
func Holm(chances []float64, alpha float64) []bool {
	order := make([]int, len(chances))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(chances[x], chances[y]) })
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
