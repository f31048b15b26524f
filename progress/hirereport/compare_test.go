package hirereport

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func withShare(id string, right, of float64) Report {
	return Report{Candidate: Person{ID: id}, Overall: figure(right, of, of, WilsonKish)}
}

// TestHolm: the worked example that is used most often, of four chances at 5 %.
func TestHolm(t *testing.T) {
	for _, tt := range []struct {
		chances []float64
		want    []bool
	}{
		{[]float64{0.01, 0.04, 0.03, 0.005}, []bool{true, false, false, true}},
		{[]float64{0.06}, []bool{false}},
		{[]float64{0.001, 0.002, 0.003}, []bool{true, true, true}},
		{[]float64{0.03, 0.03, 0.001}, []bool{false, false, true}}, // 0.03 is more than 0.05 / 2: it stops there
		{nil, []bool{}},
	} {
		if got := Holm(tt.chances, 0.05); !slices.Equal(got, tt.want) {
			t.Errorf("%v: %v, want %v", tt.chances, got, tt.want)
		}
	}
}

func TestCompare(t *testing.T) {
	c := Compare([]Report{withShare("c", 22, 40), {Candidate: Person{ID: "none"}}, withShare("a", 39, 40), withShare("b", 37, 40)})
	var ids []string
	for _, r := range c.Rows {
		ids = append(ids, r.Report.Candidate.ID)
		if r.Report.Percentile != nil {
			t.Error("a percentile among three")
		}
	}
	if !slices.Equal(ids, []string{"a", "b", "c"}) || c.Pairs != 3 || c.Apart != 2 {
		t.Fatalf("%v, %d of %d apart, want a b c, 2 of 3", ids, c.Apart, c.Pairs)
	}
	if c.Differ(0, 1) || !c.Differ(2, 0) || !c.Differ(1, 2) {
		t.Error("39 and 37 of 40 are within error, 22 is not")
	}
	if r := c.Rows[1]; !slices.Equal(r.Within, []int{0}) || !slices.Equal(r.Below, []int{2}) || len(r.Above) > 0 {
		t.Errorf("the row of b: %+v", r)
	}
	if c := Compare(nil); c.Rows == nil || c.Pairs != 0 {
		t.Error("nothing to compare")
	}
}

// TestChance holds the chance against drawing: two candidates of the same ability differ so much as seldom as it says.
func TestChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	draw := func() Figure {
		right := 0.0
		for range 60 {
			if rng.Float64() < 0.8 {
				right++
			}
		}
		return *figure(right, 60, 60, WilsonKish)
	}
	small := 0
	const runs = 4000
	for range runs {
		if Chance(draw(), draw()) <= 0.05 {
			small++
		}
	}
	if got := float64(small) / runs; got > 0.055 || got < 0.02 {
		t.Errorf("a chance of 5 %% or less in %.3f of pairs without a difference", got)
	}
	if Chance(*figure(10, 10, 10, Wilson), *figure(10, 10, 10, Wilson)) != 1 {
		t.Error("no difference is certain to be no difference")
	}
}

// TestWithinError: among twelve candidates of the same ability any two are told apart in at most one test of twenty.
func TestWithinError(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	const runs = 600
	any := 0
	for range runs {
		var rs []Report
		for i := range 12 {
			right := 0.0
			for range 50 {
				if rng.Float64() < 0.85 {
					right++
				}
			}
			rs = append(rs, withShare(fmt.Sprint(i), right, 50))
		}
		if Compare(rs).Apart > 0 {
			any++
		}
	}
	t.Logf("told apart by mistake in %d of %d", any, runs)
	if float64(any)/runs > 0.06 {
		t.Errorf("told apart by mistake in %d of %d", any, runs)
	}
}

func TestPercentile(t *testing.T) {
	var rs []Report
	for i := range MinPercentile {
		rs = append(rs, withShare(fmt.Sprintf("%02d", i), float64(i/2), 20)) // in pairs
	}
	c := Compare(rs)
	sum := 0
	for _, r := range c.Rows {
		sum += r.Report.Percentile.Percent10
	}
	top, last := c.Rows[0].Report.Percentile, c.Rows[MinPercentile-1].Report.Percentile
	if top.Percent10 != 967 || last.Percent10 != 33 || top.Of != 30 || math.Abs(float64(sum)/30-500) > 0.5 {
		t.Errorf("the first two stand at %d, the last at %d, the mean is %d", top.Percent10, last.Percent10, sum/30)
	}
	if Compare(rs[1:]).Rows[0].Report.Percentile != nil {
		t.Error("29 have a percentile")
	}
}
