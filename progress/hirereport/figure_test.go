package hirereport

import (
	"math"
	"math/rand/v2"
	"testing"

	"crosswalk/progress/itemstats"
)

// TestWilson holds the interval against its definition: at its ends the score test of the share is just not significant.
func TestWilson(t *testing.T) {
	for _, n := range []float64{1, 2.5, 7, 40, 1000} {
		for p := 0.0; p <= 1; p += 0.125 {
			low, high := itemstats.Wilson(p, n, itemstats.Z90)
			for _, at := range []float64{low, high} {
				if at < 1e-9 || at > 1-1e-9 {
					continue
				}
				if z := math.Abs(p-at) / math.Sqrt(at*(1-at)/n); math.Abs(z-itemstats.Z90) > 1e-6 {
					t.Errorf("%g of %g: the end %g lies %g standard errors away, want %g", p, n, at, z, itemstats.Z90)
				}
			}
			if low > p+1e-9 || high < p-1e-9 {
				t.Errorf("%g of %g: from %g to %g", p, n, low, high)
			}
		}
	}
}

// TestStudent: percentiles as every table of t has them.
func TestStudent(t *testing.T) {
	for freedom, want := range map[int]float64{1: 6.314, 2: 2.920, 3: 2.353, 4: 2.132, 5: 2.015, 10: 1.812, 30: 1.697, 120: 1.658} {
		if got := student(freedom); math.Abs(got-want) > 0.01 {
			t.Errorf("%d degrees of freedom: %.4f, want %.3f", freedom, got, want)
		}
	}
}

func TestWeights(t *testing.T) {
	var same, mixed weighted
	for range 10 {
		same.add(0.5, 3)
	}
	mixed.add(1, 4)
	mixed.add(0, 1)
	mixed.add(0.5, 1)
	if f := same.figure(); f.N != 10 || f.Percent10 != 500 || f.Method != WilsonKish {
		t.Errorf("ten items of weight 3: %+v, want a sample of 10", f)
	}
	if f := mixed.figure(); f.N != 2 || f.Percent10 != 750 || f.Right != 4.5 || f.Of != 6 { // 36 / 18
		t.Errorf("weights 4, 1, 1: %+v, want a sample of 2 and 4.5 of 6", f)
	}
	if (weighted{}).figure() != nil || (count{}).figure() != nil || (clustered{}).figure() != nil {
		t.Error("nothing has a figure")
	}
}

func TestClusters(t *testing.T) {
	lines := func(of int, right ...int) clustered {
		var c clustered
		for _, r := range right {
			c.add(count{r, of})
		}
		return c
	}
	for _, tt := range []struct {
		name      string
		c         clustered
		low, high float64 // of the sample
	}{
		{"one chart counts as one", lines(8, 4), 1, 1},
		{"charts all right or all wrong count as charts", lines(5, 5, 0, 5, 0, 5, 0, 5, 0, 5, 0), 10, 10},
		{"charts of one line count as lines", lines(1, 1, 0, 1, 1), 4, 4},
		{"even charts count nearly as lines", lines(6, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3), 105, 120},
		{"two charts count as little more than two", lines(6, 6, 6), 2, 2.1},
	} {
		if f := tt.c.figure(); f.N < tt.low || f.N > tt.high || f.Method != WilsonCluster {
			t.Errorf("%s: %+v, want a sample of %g to %g", tt.name, f, tt.low, tt.high)
		}
	}
}

// TestClusterCoverage: the interval holds the truth nine times in ten though lines of one chart go together (shares of charts spread by a beta
// distribution, correlation 0.1), and the plain one does not.
func TestClusterCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	const runs, charts, perChart, truth, together = 3000, 10, 6, 0.8, 0.1
	held, plain := 0, 0
	for range runs {
		var c clustered
		var all count
		for range charts {
			p := betaish(rng, truth, together)
			one := count{of: perChart}
			for range perChart {
				if rng.Float64() < p {
					one.right++
				}
			}
			c.add(one)
			all.right, all.of = all.right+one.right, all.of+one.of
		}
		if f := c.figure(); f.Low10 <= 1000*truth && 1000*truth <= f.High10 {
			held++
		}
		if f := all.figure(); f.Low10 <= 1000*truth && 1000*truth <= f.High10 {
			plain++
		}
	}
	t.Logf("held the truth: by charts %.3f, by lines %.3f", float64(held)/runs, float64(plain)/runs)
	if got := float64(held) / runs; got < 0.885 || got > 0.96 {
		t.Errorf("the interval holds the truth in %.3f, want about 0.9", got)
	}
	if plain >= held {
		t.Error("lines as such do as well: then clusters need not be minded")
	}
}

// betaish draws from a beta distribution by two gammas (sums of exponentials), whose whole shapes are near to mean and correlation.
func betaish(rng *rand.Rand, mean, together float64) float64 {
	total := 1/together - 1
	gamma := func(shape float64) (g float64) {
		for range int(math.Round(shape)) {
			g += rng.ExpFloat64()
		}
		return g
	}
	a, b := gamma(total*mean), gamma(total*(1-mean))
	return a / (a + b)
}

func TestMeans(t *testing.T) {
	if studentMean([]float64{1, 2}) != nil {
		t.Error("two values have an interval")
	}
	// The ten differences of Student's own table of 1908 (hours of sleep gained): mean 1.58, standard deviation 1.23, t of 9 degrees 1.833.
	m := studentMean([]float64{1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, 0.8, 4.6, 1.4})
	if math.Abs(m.Value-1.58) > 1e-9 || math.Abs(m.High-m.Value-1.833*1.23/math.Sqrt(10)) > 0.005 || m.N != 10 {
		t.Errorf("Student's sleep: %+v", m)
	}
	if g := studentLog([]float64{100, 200, 400}); math.Abs(g.Value-200) > 1e-9 || math.Abs(g.Low*g.High-200*200) > 1e-6 {
		t.Errorf("100, 200, 400 seconds: %+v, want 200 with ends whose product is its square", g)
	}
}
