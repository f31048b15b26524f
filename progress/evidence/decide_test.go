package evidence_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"crosswalk/progress/evidence"
	"crosswalk/progress/itemstats"
)

// With KR-21 as the reliability the effective length is that of the test, and the model is that of H. Huynh, "On the reliability of decisions in
// domain-referenced testing", Journal of Educational Measurement 13, 1976: two sittings are a bivariate beta-binomial with frequencies
// C(n,x) C(n,y) B(a+x+y, b+2n-x-y) / B(a,b). Here they are added up.
func TestDecideIsHuynh(t *testing.T) {
	for _, c := range []struct {
		n, need  int
		mean, sd float64 // of the number right
	}{{10, 6, 5.5, 2.5}, {10, 8, 7.4, 2.1}, {40, 28, 27, 6}, {25, 20, 18, 4.5}} {
		n := float64(c.n)
		kr21 := n / (n - 1) * (1 - c.mean*(n-c.mean)/(n*c.sd*c.sd))
		size := n * (1 - kr21) / kr21 // a + b of Huynh, from alpha21 = n / (n + a + b)
		a, b := size*c.mean/n, size*(n-c.mean)/n
		var same, pass float64
		for x := range c.n + 1 {
			for y := range c.n + 1 {
				f := math.Exp(choose(c.n, x) + choose(c.n, y) + beta(a+float64(x+y), b+float64(2*c.n-x-y)) - beta(a, b))
				if (x >= c.need) == (y >= c.need) {
					same += f
				}
				if x >= c.need {
					pass += f
				}
			}
		}
		d, ok := evidence.Decide(evidence.Scores{Mean: c.mean / n, SD: c.sd / n, Reliability: kr21}, float64(c.need)/n)
		if !ok {
			t.Fatalf("%+v cannot be worked out", c)
		}
		chance := pass*pass + (1-pass)*(1-pass)
		near(t, "length", d.Length, n, 1e-6)
		near(t, "consistency", d.Consistency, same, 1e-5)
		near(t, "chance", d.Chance, chance, 1e-5)
		near(t, "kappa", d.Kappa, (same-chance)/(1-chance), 3e-5)
	}
}

func choose(n, k int) float64 { return -math.Log(float64(n+1)) - beta(float64(k+1), float64(n-k+1)) }

func beta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

// Candidates by the hundred thousand sit twice, and are decided twice.
func TestDecideSimulated(t *testing.T) {
	const n, need, persons = 20, 14, 200_000
	a, b := 6.0, 3.0
	rnd := rand.New(rand.NewPCG(1, 2))
	var both, falsePass, falseFail float64
	for range persons {
		p := betaDraw(rnd, int(a), int(b))
		x, y := 0, 0
		for range n {
			if rnd.Float64() < p {
				x++
			}
			if rnd.Float64() < p {
				y++
			}
		}
		if (x >= need) == (y >= need) {
			both++
		}
		switch {
		case x >= need && p < need/float64(n):
			falsePass++
		case x < need && p >= need/float64(n):
			falseFail++
		}
	}
	mean, truth := a/(a+b), a*b/((a+b)*(a+b)*(a+b+1))
	r := n / (n + a + b)
	d, ok := evidence.Decide(evidence.Scores{Mean: mean, SD: math.Sqrt(truth / r), Reliability: r}, need/float64(n))
	if !ok {
		t.Fatal("cannot be worked out")
	}
	near(t, "consistency", d.Consistency, both/persons, .004)
	near(t, "false pass", d.FalsePass, falsePass/persons, .003)
	near(t, "false fail", d.FalseFail, falseFail/persons, .003)
	near(t, "accuracy", d.Accuracy, 1-(falsePass+falseFail)/persons, .004)
}

// betaDraw is the a-th smallest of a+b-1 uniform numbers.
func betaDraw(rnd *rand.Rand, a, b int) float64 {
	xs := make([]float64, a+b-1)
	for i := range xs {
		xs[i] = rnd.Float64()
		for j := i; j > 0 && xs[j] < xs[j-1]; j-- {
			xs[j], xs[j-1] = xs[j-1], xs[j]
		}
	}
	return xs[a-1]
}

func FuzzDecide(f *testing.F) {
	f.Add(.7, .12, .8, .75)
	f.Add(.5, .5, .99, .01)
	f.Add(.999, .01, .2, .999)
	f.Fuzz(func(t *testing.T, mean, sd, r, line float64) {
		d, ok := evidence.Decide(evidence.Scores{Mean: mean, SD: sd, Reliability: r}, line)
		if !ok {
			return
		}
		for _, x := range []float64{d.Consistency, d.Chance, d.Accuracy, d.FalsePass, d.FalseFail} {
			if !(x >= -1e-6 && x <= 1+1e-6) {
				t.Fatalf("mean %g, SD %g, reliability %g, line %g: %+v", mean, sd, r, line, d)
			}
		}
		if !(d.Kappa <= 1+1e-6) || !(d.Length >= 1) {
			t.Fatalf("mean %g, SD %g, reliability %g, line %g: %+v", mean, sd, r, line, d)
		}
	})
}

func TestDecideRefuses(t *testing.T) {
	for _, s := range []evidence.Scores{{}, {Mean: 1, SD: .1, Reliability: .8}, {Mean: .5, SD: 0, Reliability: .8}, {Mean: .5, SD: .1, Reliability: 1}, {Mean: .5, SD: .1, Reliability: -.2}, {Mean: .5, SD: .9, Reliability: .9}, {Mean: math.NaN(), SD: .1, Reliability: .5}} {
		if d, ok := evidence.Decide(s, .7); ok {
			t.Errorf("%+v: got %+v, want none", s, d)
		}
	}
}

// What Expect works out, simulated candidates bring: each sits one of the forms, and package itemstats says how reliable that was.
func TestExpectSimulated(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var forms [][]evidence.ModelItem
	var items []itemstats.Item
	for f := range 8 {
		var form []evidence.ModelItem
		for i := range 40 {
			form = append(form, evidence.ModelItem{Difficulty: .8*float64(rnd.IntN(5)-2) + .3*float64(f%2), Floor: .25, Weight: 1})
			items = append(items, itemstats.Item{ID: fmt.Sprint(f, "/", i), Weight: 1, Floor: .25})
		}
		forms = append(forms, form)
	}
	x, ok := evidence.Expect(forms, evidence.Supposed)
	if !ok {
		t.Fatal("cannot be worked out")
	}
	var rs []itemstats.Response
	for p := range 4000 {
		ability := evidence.Supposed.Mean + evidence.Supposed.SD*rnd.NormFloat64()
		f := p % len(forms)
		for i, it := range forms[f] {
			score := 0.0
			if rnd.Float64() < it.Floor+(1-it.Floor)/(1+math.Exp(it.Difficulty-ability)) {
				score = 1
			}
			rs = append(rs, itemstats.Response{Person: fmt.Sprint(p), Item: fmt.Sprint(f, "/", i), Score: score, Answered: true})
		}
	}
	limits := itemstats.Standard
	limits.Rasch = len(rs) + 1 // the model of items is not asked here
	a, err := itemstats.Analyse(items, rs, limits)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean", x.Mean, *a.Form.Mean, .01)
	near(t, "SD", x.SD, *a.Form.SD, .005)
	// The analysis of variance takes differences in difficulty within a form for error too, since the draw is luck; so its reliability is at
	// most that of the model.
	if r := *a.Form.Reliability; r > x.Reliability+.01 || r < x.Reliability-.06 {
		t.Errorf("reliability: expected %.3f, simulated %.3f", x.Reliability, r)
	}
	// Of one form alone there is no luck of the draw.
	one, _ := evidence.Expect(forms[:1], evidence.Supposed)
	near(t, "luck of one form", one.FormSD, 0, 1e-7)
	if !(x.FormSD > .005) {
		t.Errorf("luck between easy and hard forms is %.4f, want some", x.FormSD)
	}
	double, _ := evidence.Expect([][]evidence.ModelItem{append(append([]evidence.ModelItem{}, forms[0]...), forms[0]...)}, evidence.Supposed)
	near(t, "twice the length, by Spearman and Brown", double.Reliability, 2*one.Reliability/(1+one.Reliability), 1e-9)
	if _, ok := evidence.Expect(nil, evidence.Supposed); ok {
		t.Error("no forms: want none")
	}
	if _, ok := evidence.Expect([][]evidence.ModelItem{{{Weight: 0}}}, evidence.Supposed); ok {
		t.Error("no points: want none")
	}
}
