package evidence

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// FourFifths is the ratio of selection rates below which 29 CFR 1607.4(D) generally regards the difference as evidence of adverse impact.
const FourFifths = 0.8

const (
	// SmallGroup is how many persons a group needs before its rate is not marked as that of a small one. 1607.4(D) speaks of small numbers without
	// giving one; below 30 a rate of one half has a 95 % range of more than 35 points.
	SmallGroup = 30
	// Significant is the chance below which a difference is called one that chance does not easily make.
	Significant = 0.05
)

// Group is how many of a group were tested and how many of them were selected.
type Group struct {
	Name     string `json:"name"`
	Tested   int    `json:"tested"`
	Selected int    `json:"selected"`
}

// ErrGroups is what every error about groups is.
var ErrGroups = errors.New("groups cannot be compared")

// GroupRate is a group beside the group with the highest selection rate.
type GroupRate struct {
	Group
	Rate    float64  `json:"rate"`
	Highest bool     `json:"highest"` // it is the one that others are compared with
	Ratio   *float64 `json:"ratio"`   // of its rate to the highest; nil where that is 0, and of the highest itself
	Below   bool     `json:"below"`   // the ratio is below four fifths
	P       *float64 `json:"p"`       // Fisher's exact test against the highest, two-sided; nil of the highest
	Small   bool     `json:"small"`   // fewer than SmallGroup persons in it or in the highest
	// OneMore: it is below, and one person selected more of this group and one fewer of the highest would turn the order of the two around. The Questions
	// and Answers on the Uniform Guidelines (44 FR 11996, 2 March 1979) call it inappropriate, generally, to act on so small a difference.
	OneMore bool `json:"one_more"`
}

// Impact is the adverse-impact table of a test.
type Impact struct {
	Groups   []GroupRate `json:"groups"` // the highest rate first
	Tested   int         `json:"tested"` // of these groups
	Selected int         `json:"selected"`
}

// ImpactOf compares groups. Names that differ in case or spaces alone are one group. Groups with nobody tested are left out. Which figures may be told is
// NextTold's to say. The error is ErrGroups: a group without a name, or more selected than tested.
func ImpactOf(groups []Group) (Impact, error) {
	merged, err := mergeGroups(groups)
	if err != nil {
		return Impact{}, err
	}
	var out Impact
	var top Group
	for _, g := range merged {
		out.Tested, out.Selected = out.Tested+g.Tested, out.Selected+g.Selected
		if top.Tested == 0 || higher(g, top) {
			top = g
		}
	}
	for _, g := range merged {
		out.Groups = append(out.Groups, against(g, top))
	}
	slices.SortStableFunc(out.Groups, func(x, y GroupRate) int {
		return cmp.Or(cmp.Compare(y.Rate, x.Rate), cmp.Compare(y.Tested, x.Tested), cmp.Compare(x.Name, y.Name))
	})
	return out, nil
}

// higher compares rates without division; among equals the larger group is the one to compare with.
func higher(x, y Group) bool {
	return cmp.Or(cmp.Compare(x.Selected*y.Tested, y.Selected*x.Tested), cmp.Compare(x.Tested, y.Tested)) > 0
}

func higherRate(x, y Group) bool { return x.Selected*y.Tested > y.Selected*x.Tested }

func mergeGroups(groups []Group) ([]Group, error) {
	var out []Group
	var bad []error
	at := map[string]int{}
	for _, g := range groups {
		g.Name = strings.Join(strings.Fields(g.Name), " ")
		switch {
		case g.Name == "":
			bad = append(bad, fmt.Errorf("%w: a group has no name", ErrGroups))
			continue
		case g.Tested < 0 || g.Selected < 0 || g.Selected > g.Tested:
			bad = append(bad, fmt.Errorf("%w: %s: %d selected of %d", ErrGroups, g.Name, g.Selected, g.Tested))
			continue
		case g.Tested == 0:
			continue
		}
		key := strings.ToLower(g.Name)
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, g)
			continue
		}
		out[i].Tested, out[i].Selected = out[i].Tested+g.Tested, out[i].Selected+g.Selected
	}
	return out, errors.Join(bad...)
}

func (g Group) rate() float64 { return float64(g.Selected) / float64(g.Tested) }

func against(g, top Group) GroupRate {
	out := GroupRate{Group: g, Rate: g.rate(), Highest: g == top, Small: g.Tested < SmallGroup}
	if out.Highest {
		return out
	}
	out.Small = out.Small || top.Tested < SmallGroup
	p := FisherExact(g.Selected, g.Tested-g.Selected, top.Selected, top.Tested-top.Selected)
	out.P = &p
	if top.Selected == 0 {
		return out
	}
	r := g.rate() / top.rate()
	out.Ratio, out.Below = &r, below(g, top)
	if out.Below && g.Selected < g.Tested {
		g.Selected, top.Selected = g.Selected+1, top.Selected-1
		out.OneMore = higherRate(g, top)
	}
	return out
}

// below reports whether the ratio of rates is less than four fifths, in whole numbers: 4/5 itself is not below.
func below(g, top Group) bool { return 5*g.Selected*top.Tested < 4*top.Selected*g.Tested }

// FisherExact is the two-sided chance, with the margins of the table as they are, of a table as unlikely as (a b; c d) or more so. It is 1 where a
// margin is empty.
func FisherExact(a, b, c, d int) float64 {
	rows, first, n := a+b, a+c, a+b+c+d
	if rows == 0 || c+d == 0 || first == 0 || b+d == 0 {
		return 1
	}
	at := func(x int) float64 { // hypergeometric, as a logarithm
		return logChoose(first, x) + logChoose(n-first, rows-x) - logChoose(n, rows)
	}
	here := at(a)
	const same = 1e-7 // tables that are equally likely differ in last digits
	sum := 0.0
	for x := max(0, rows-(n-first)); x <= min(rows, first); x++ {
		if l := at(x); l <= here+same {
			sum += math.Exp(l)
		}
	}
	return min(1, sum)
}

func logChoose(n, k int) float64 {
	return logGamma(float64(n+1)) - logGamma(float64(k+1)) - logGamma(float64(n-k+1))
}

func logGamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}
