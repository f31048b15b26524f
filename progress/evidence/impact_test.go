package evidence_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress/evidence"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %.8g, want %.8g within %g", what, got, want, within)
	}
}

// R. A. Fisher's own examples: the lady tasting tea (The Design of Experiments, 1935, ch. II: 3 of 4 cups right is as rare as 17 tables of 70 on one side, 34 on
// both) and the convictions of twins of criminals (Statistical Methods for Research Workers, section 21.02), whose two-sided value is in the
// help page of fisher.test in R.
func TestFisherPublished(t *testing.T) {
	near(t, "tea", evidence.FisherExact(3, 1, 1, 3), 34./70, 1e-12)
	near(t, "twins", evidence.FisherExact(2, 10, 15, 3), 0.0005367, 5e-8)
}

// Every table of up to nine by nine persons is counted once more in whole numbers.
func TestFisherCounted(t *testing.T) {
	for rows := range 10 {
		for others := range 10 {
			for a := range rows + 1 {
				for c := range others + 1 {
					b, d := rows-a, others-c
					got, want := evidence.FisherExact(a, b, c, d), counted(a, b, c, d)
					if math.Abs(got-want) > 1e-9 {
						t.Fatalf("(%d %d; %d %d): got %.12g, want %.12g", a, b, c, d, got, want)
					}
					if turned := evidence.FisherExact(d, c, b, a); math.Abs(got-turned) > 1e-9 {
						t.Fatalf("(%d %d; %d %d) turned around: %.12g, was %.12g", a, b, c, d, turned, got)
					}
				}
			}
		}
	}
}

func counted(a, b, c, d int) float64 {
	ways := func(x int) *big.Int {
		return new(big.Int).Mul(new(big.Int).Binomial(int64(a+c), int64(x)), new(big.Int).Binomial(int64(b+d), int64(a+b-x)))
	}
	here, all, rare := ways(a), new(big.Int), new(big.Int)
	for x := 0; x <= a+b; x++ {
		if x > a+c || a+b-x > b+d {
			continue
		}
		w := ways(x)
		all.Add(all, w)
		if w.Cmp(here) <= 0 {
			rare.Add(rare, w)
		}
	}
	f, _ := new(big.Rat).SetFrac(rare, all).Float64()
	return f
}

// The example of the Questions and Answers on the Uniform Guidelines (44 FR 11996): rates of 60, 45, 48 and 51 % have ratios of 75, 80 and 85 %, and
// only the first is below four fifths.
func TestFourFifthsPublished(t *testing.T) {
	x, err := evidence.ImpactOf([]evidence.Group{{Name: "W", Tested: 100, Selected: 60}, {Name: "I", Tested: 100, Selected: 45}, {Name: "H", Tested: 100, Selected: 48}, {Name: "B", Tested: 100, Selected: 51}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"I": .75, "H": .8, "B": .85}
	for i, g := range x.Groups {
		if i == 0 {
			if g.Name != "W" || !g.Highest || g.Ratio != nil || g.P != nil {
				t.Errorf("first is %+v, want W as the highest", g)
			}
			continue
		}
		near(t, g.Name, *g.Ratio, want[g.Name], 1e-12)
		if g.Below != (g.Name == "I") || g.Small || g.OneMore {
			t.Errorf("%s: %+v", g.Name, g)
		}
	}
	near(t, "p of I", *x.Groups[3].P, evidence.FisherExact(60, 40, 45, 55), 1e-12)
}

func TestImpactMarks(t *testing.T) {
	group := func(name string, tested, selected int) evidence.Group {
		return evidence.Group{Name: name, Tested: tested, Selected: selected}
	}
	for _, c := range []struct {
		name  string
		in    []evidence.Group
		shown []string
	}{
		{"nobody", nil, nil},
		{"names are one whatever their case", []evidence.Group{group("Women", 10, 5), group(" women ", 10, 5), group("Men", 5, 5)}, []string{"Men", "Women"}},
		{"nobody tested", []evidence.Group{group("a", 0, 0)}, nil},
		{"nobody selected", []evidence.Group{group("a", 9, 0), group("b", 5, 0)}, []string{"a", "b"}},
	} {
		x, err := evidence.ImpactOf(c.in)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, g := range x.Groups {
			names = append(names, g.Name)
			if !g.Small && g.Tested < evidence.SmallGroup {
				t.Errorf("%s: %s is not marked as small", c.name, g.Name)
			}
		}
		if d := cmp.Diff(c.shown, names); d != "" {
			t.Errorf("%s: groups (-want +got):\n%s", c.name, d)
		}
	}
	// One of six less and the order turns around.
	x, _ := evidence.ImpactOf([]evidence.Group{group("a", 6, 3), group("b", 6, 2)})
	if g := x.Groups[1]; !g.Below || !g.OneMore {
		t.Errorf("3 and 2 of 6: %+v, want below and one more", g)
	}
	for _, g := range []evidence.Group{group("", 1, 1), group("a", 1, 2), group("a", -1, -1)} {
		if _, err := evidence.ImpactOf([]evidence.Group{g}); !errors.Is(err, evidence.ErrGroups) {
			t.Errorf("%+v: error %v, want ErrGroups", g, err)
		}
	}
}
