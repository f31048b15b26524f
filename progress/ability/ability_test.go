package ability_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"crosswalk/progress/ability"
)

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.6f, want %.6f", what, got, want)
	}
}

func model(t testing.TB, p ability.Prior) *ability.Model {
	t.Helper()
	m, err := ability.NewModel(p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func observe(t testing.TB, l *ability.Learner, it ability.Item, score float64) {
	t.Helper()
	if err := l.Observe(it, score); err != nil {
		t.Fatal(err)
	}
}

func area(t testing.TB, l *ability.Learner, name string) ability.Estimate {
	t.Helper()
	e, err := l.Area(name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func overall(t testing.TB, l *ability.Learner, shares map[string]float64) ability.Estimate {
	t.Helper()
	e, err := l.Overall(shares)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestChance: Baker, "The Basics of Item Response Theory", 2nd edition 2001, chapter 2: the Rasch model at difficulty 1, by ability.
func TestChance(t *testing.T) {
	for i, want := range []float64{0.02, 0.05, 0.12, 0.27, 0.50, 0.73, 0.88} {
		near(t, "Baker's table", ability.Item{Difficulty: 1}.Chance(float64(i-3)), want, 0.005)
	}
	for _, c := range []struct {
		options          int
		at, want, harder float64
	}{
		{0, 0.5, 0.5, 0}, {1, 0.5, 0.5, 0}, {4, 0.5, 0.625, 0.25}, {2, 0.5, 0.75, 0.5}, {10, 0.5, 0.55, 0.1},
	} {
		it := ability.Item{Difficulty: c.at, Options: c.options}
		near(t, fmt.Sprintf("%d options, ability at difficulty", c.options), it.Chance(c.at), c.want, 1e-12)
		near(t, fmt.Sprintf("%d options, far too hard", c.options), it.Chance(-40), c.harder, 1e-12)
	}
}

// TestInformation: the closed form against P'²/(P(1-P)) by differences, and the place of its peak (Birnbaum; Lord 1980).
func TestInformation(t *testing.T) {
	for _, options := range []int{0, 2, 4, 5, 10} {
		it := ability.Item{Difficulty: 0.7, Options: options}
		c := it.Floor()
		for theta := -6.0; theta <= 6; theta += 0.5 {
			p := it.Chance(theta)
			slope := (it.Chance(theta+1e-5) - it.Chance(theta-1e-5)) / 2e-5
			near(t, "information", it.Information(theta), slope*slope/(p*(1-p)), 1e-7)
		}
		peak := 0.7 + math.Log((1+math.Sqrt(1+8*c))/2)
		if top := it.Information(peak); it.Information(peak-0.05) >= top || it.Information(peak+0.05) >= top {
			t.Errorf("%d options: information does not peak at %.4f", options, peak)
		}
	}
	near(t, "peak without guessing", ability.Item{}.Information(0), 0.25, 1e-12)
	if far := (ability.Item{Options: 4}).Information(-800); far != 0 {
		t.Errorf("far below: %g, want 0", far)
	}
}

// TestLSAT: section 6 of the Law School Admission Test, 1,000 people and 5 items (Bock and Lieberman 1970), under the Rasch model as the R
// package ltm fits it: Rizopoulos, "ltm: An R Package for Latent Variable Modeling", Journal of Statistical Software 17(5), 2006, rasch(LSAT):
// discrimination 0.7551 with a standard normal ability, that is, a spread of 0.7551 logits with a discrimination of 1. Its factor.scores
// gives the expected counts of the answer patterns, which are the marginal chances of our quadrature.
func TestLSAT(t *testing.T) {
	const slope = 0.7551
	m := model(t, ability.Prior{SD: slope})
	total := 0.0
	for pattern := range 32 {
		l := m.NewLearner("lsat")
		for i, b := range []float64{-3.6153, -1.3224, -0.3176, -1.7301, -2.7802} {
			observe(t, l, ability.Item{Area: "lsat", Difficulty: slope * b}, float64(pattern>>(4-i)&1))
		}
		expected := 1000 * math.Exp(l.LogMarginal())
		total += expected
		if want, ok := map[int]float64{0b00000: 2.364, 0b00001: 5.468, 0b00010: 2.474, 0b00011: 8.249}[pattern]; ok {
			near(t, fmt.Sprintf("pattern %05b", pattern), expected, want, 0.002)
		}
	}
	near(t, "all patterns", total, 1000, 1e-6)
}

// simpson integrates over z from -8 to 8.
func simpson(f func(z float64) float64) float64 {
	const n, h = 1600, 16.0 / 1600
	sum := f(-8) + f(8)
	for i := 1; i < n; i++ {
		sum += f(-8+float64(i)*h) * float64(2+2*(i%2))
	}
	return sum * h / 3
}

// TestEAP compares one area with the integral itself, by Simpson's rule on 1,600 strips.
func TestEAP(t *testing.T) {
	for _, c := range []struct {
		name   string
		prior  ability.Prior
		items  []ability.Item
		scores []float64
	}{
		{"none", ability.Prior{Mean: 0.3, SD: 1.2, Correlation: 0.5}, nil, nil},
		{"one right", ability.Prior{SD: 1}, []ability.Item{{Difficulty: 0}}, []float64{1}},
		{"guessing", ability.Prior{SD: 1, Correlation: 0.6}, []ability.Item{{Difficulty: 1, Options: 4}, {Difficulty: -1, Options: 4}, {Difficulty: 0, Options: 5}}, []float64{1, 0, 1}},
		{"partial credit", ability.Prior{Mean: -0.5, SD: 0.8, Correlation: 0.9}, []ability.Item{{Difficulty: 0.4}, {Difficulty: 2, Options: 2}}, []float64{0.3, 0.75}},
	} {
		l := model(t, c.prior).NewLearner("a")
		for i, it := range c.items {
			it.Area = "a"
			observe(t, l, it, c.scores[i])
		}
		moment := func(k int) float64 {
			return simpson(func(z float64) float64 {
				theta := c.prior.Mean + c.prior.SD*z
				v := math.Exp(-z*z/2) * math.Pow(theta, float64(k))
				for i, it := range c.items {
					v *= math.Pow(it.Chance(theta), c.scores[i]) * math.Pow(1-it.Chance(theta), 1-c.scores[i])
				}
				return v
			})
		}
		mean := moment(1) / moment(0)
		sd := math.Sqrt(moment(2)/moment(0) - mean*mean)
		e := area(t, l, "a")
		near(t, c.name+", mean", e.Mean, mean, 1e-3)
		near(t, c.name+", sd", e.SD, sd, 1e-3)
		near(t, c.name+", overall mean", overall(t, l, nil).Mean, mean, 1e-3)
	}
}

// TestTwoAreas compares two correlated areas with the integral over both, under the bivariate normal density itself.
func TestTwoAreas(t *testing.T) {
	prior := ability.Prior{Mean: 0.2, SD: 1.1, Correlation: 0.6}
	items := []ability.Item{{Area: "a", Difficulty: 0.5, Options: 4}, {Area: "a", Difficulty: -0.3}, {Area: "a", Difficulty: 1.2, Options: 4}, {Area: "b", Difficulty: -1}}
	scores := []float64{1, 1, 1, 0}
	l := model(t, prior).NewLearner("b", "a", "c")
	for i, it := range items {
		observe(t, l, it, scores[i])
	}
	const n, h, rho = 400, 12.0 / 400, 0.6
	var s, sa, sb, saa, sbb, sab, sc, scc float64
	for i := range n + 1 {
		for j := range n + 1 {
			x, y := -6+float64(i)*h, -6+float64(j)*h
			theta := map[string]float64{"a": 0.2 + 1.1*x, "b": 0.2 + 1.1*y}
			w := math.Exp(-(x*x - 2*rho*x*y + y*y) / (2 * (1 - rho*rho)))
			for k, it := range items {
				p := it.Chance(theta[it.Area])
				w *= scores[k]*p + (1-scores[k])*(1-p)
			}
			a, b := theta["a"], theta["b"]
			// Area c has no answers: given the others it is normal with this mean and variance.
			c := 0.2 + 1.1*(x+y)*rho/(1+rho)
			s, sa, sb, sc = s+w, sa+w*a, sb+w*b, sc+w*c
			saa, sbb, sab, scc = saa+w*a*a, sbb+w*b*b, sab+w*a*b, scc+w*c*c
		}
	}
	a, b, c := sa/s, sb/s, sc/s
	va, vb, cab := saa/s-a*a, sbb/s-b*b, sab/s-a*b
	vc := scc/s - c*c + 1.1*1.1*(1-2*rho*rho/(1+rho))
	for _, w := range []struct {
		name     string
		mean, sd float64
	}{{"a", a, math.Sqrt(va)}, {"b", b, math.Sqrt(vb)}, {"c", c, math.Sqrt(vc)}} {
		e := area(t, l, w.name)
		near(t, w.name+", mean", e.Mean, w.mean, 2e-3)
		near(t, w.name+", sd", e.SD, w.sd, 2e-3)
	}
	e := overall(t, l, map[string]float64{"a": 3, "b": 1})
	near(t, "overall mean", e.Mean, 0.75*a+0.25*b, 2e-3)
	near(t, "overall sd", e.SD, math.Sqrt(0.5625*va+0.0625*vb+2*0.75*0.25*cab), 2e-3)

	// Draws from the joint posterior have its moments.
	sampler, rnd := l.Sampler(), rand.New(rand.NewPCG(1, 1))
	var da, db, dab, daa float64
	draw := make([]float64, 3)
	const draws = 40000
	for range draws {
		sampler.Draw(rnd.Float64, draw)
		da, db, dab, daa = da+draw[0], db+draw[1], dab+draw[0]*draw[1], daa+draw[0]*draw[0]
	}
	da, db, dab, daa = da/draws, db/draws, dab/draws, daa/draws
	near(t, "drawn mean of a", da, a, 0.02)
	near(t, "drawn mean of b", db, b, 0.02)
	near(t, "drawn variance of a", daa-da*da, va, 0.02)
	near(t, "drawn covariance", dab-da*db, cab, 0.02)
}

// TestManyAnswers: with n answers at one difficulty the estimate comes to the logit of the share of right ones, and the sd to that of
// Fisher's information (Bernstein and von Mises), even where the posterior is as narrow as the grid.
func TestManyAnswers(t *testing.T) {
	for _, n := range []int{200, 1000, 2000} {
		l := model(t, ability.Prior{SD: 1}).NewLearner("a")
		for i := range n {
			score := 0.0
			if i%4 != 0 {
				score = 1
			}
			observe(t, l, ability.Item{Area: "a", Difficulty: -0.4}, score)
		}
		e, theta := area(t, l, "a"), math.Log(3)-0.4
		sd := 1 / math.Sqrt(float64(n)*0.1875+1)
		near(t, fmt.Sprintf("%d answers, mean", n), e.Mean, theta, 0.03)
		near(t, fmt.Sprintf("%d answers, sd", n), e.SD, sd, 0.02*sd)
		near(t, fmt.Sprintf("%d answers, width", n), e.High-e.Low, 2*1.6449*sd, 0.1*sd)
		if e.Answers != n {
			t.Errorf("%d answers counted, want %d", e.Answers, n)
		}
	}
}

// TestBorrowing: right answers in one area raise the others, less than it; without correlation not at all.
func TestBorrowing(t *testing.T) {
	for _, rho := range []float64{0, 0.3, 0.6, 0.9} {
		l := model(t, ability.Prior{SD: 1, Correlation: rho}).NewLearner("a", "b")
		for range 20 {
			observe(t, l, ability.Item{Area: "a", Options: 4}, 1)
		}
		a, b := area(t, l, "a"), area(t, l, "b")
		near(t, fmt.Sprintf("correlation %g: mean of the other area", rho), b.Mean, rho*a.Mean, 5e-3)
		near(t, fmt.Sprintf("correlation %g: sd of the other area", rho), b.SD, math.Sqrt(1-rho*rho+rho*rho*a.SD*a.SD), 5e-3)
	}
}

func TestExtremes(t *testing.T) {
	l := model(t, ability.Prior{SD: 1, Correlation: 0.9}).NewLearner("a", "b")
	for range 3000 {
		observe(t, l, ability.Item{Area: "a", Difficulty: -9}, 0)
		observe(t, l, ability.Item{Area: "b", Difficulty: 9, Options: 4}, 1)
	}
	for _, e := range []ability.Estimate{area(t, l, "a"), area(t, l, "b"), overall(t, l, nil)} {
		for _, v := range []float64{e.Mean, e.SD, e.Low, e.High} {
			if math.IsNaN(v) || math.Abs(v) > 6 {
				t.Errorf("contradictory answers: %+v", e)
			}
		}
	}
}

func TestFade(t *testing.T) {
	l, fresh := model(t, ability.DefaultPrior()).NewLearner("a"), model(t, ability.DefaultPrior()).NewLearner("a")
	for range 40 {
		observe(t, l, ability.Item{Area: "a"}, 1)
	}
	for range 20 {
		observe(t, fresh, ability.Item{Area: "a"}, 1)
	}
	l.Fade(0.5)
	near(t, "40 answers at half weight are 20", area(t, l, "a").Mean, area(t, fresh, "a").Mean, 1e-9)
	l.Fade(-1)
	near(t, "nothing left, mean", area(t, l, "a").Mean, 0, 1e-9)
	near(t, "nothing left, sd", area(t, l, "a").SD, 1, 1e-3)
}

// TestEvidence: kept as JSON and restored, the learner is the same to the last bit.
func TestEvidence(t *testing.T) {
	m := model(t, ability.DefaultPrior())
	l, back := m.NewLearner("a", "b"), m.NewLearner("a", "b")
	for i := range 30 {
		observe(t, l, ability.Item{Area: []string{"a", "b"}[i%2], Difficulty: float64(i%5) / 3, Options: 4}, float64(i%3%2))
	}
	for _, name := range l.Areas() {
		e, err := l.Evidence(name)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var kept ability.Evidence
		if err := json.Unmarshal(raw, &kept); err != nil {
			t.Fatal(err)
		}
		if err := back.Restore(name, kept); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := area(t, l, "a"), area(t, back, "a"); a != b || a.Answers != 15 {
		t.Errorf("restored %+v, was %+v", b, a)
	}
	e, _ := l.Evidence("a")
	for name, bad := range map[string]ability.Evidence{
		"another prior":  {Prior: ability.Prior{SD: 2}, LogLikelihood: e.LogLikelihood},
		"another length": {Prior: e.Prior, LogLikelihood: e.LogLikelihood[1:]},
		"not a number":   {Prior: e.Prior, LogLikelihood: append(slices.Clone(e.LogLikelihood[1:]), math.NaN())},
	} {
		if err := back.Restore("a", bad); !errors.Is(err, ability.ErrEvidence) {
			t.Errorf("%s: %v, want ErrEvidence", name, err)
		}
	}
	if back.Restore("a", e); area(t, back, "a") != area(t, l, "a") {
		t.Error("refused evidence changed the learner")
	}
}

func TestBadInput(t *testing.T) {
	l := model(t, ability.DefaultPrior()).NewLearner("a")
	before := area(t, l, "a")
	for _, c := range []struct {
		name  string
		it    ability.Item
		score float64
		want  error
	}{
		{"another area", ability.Item{Area: "b"}, 1, ability.ErrArea},
		{"score above 1", ability.Item{Area: "a"}, 1.1, ability.ErrScore},
		{"score not a number", ability.Item{Area: "a"}, math.NaN(), ability.ErrScore},
		{"difficulty not a number", ability.Item{Area: "a", Difficulty: math.NaN()}, 1, ability.ErrItem},
		{"difficulty out of range", ability.Item{Area: "a", Difficulty: 11}, 1, ability.ErrItem},
		{"negative options", ability.Item{Area: "a", Options: -1}, 1, ability.ErrItem},
	} {
		if err := l.Observe(c.it, c.score); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if area(t, l, "a") != before {
		t.Error("a refused answer was counted")
	}
	for name, shares := range map[string]map[string]float64{
		"unknown area": {"a": 1, "b": 1}, "negative": {"a": -1}, "nothing": {"a": 0}, "empty": {}, "endless": {"a": math.Inf(1)},
	} {
		if _, err := l.Overall(shares); !errors.Is(err, ability.ErrArea) {
			t.Errorf("shares %s: %v, want ErrArea", name, err)
		}
	}
	if _, err := l.Area("b"); !errors.Is(err, ability.ErrArea) {
		t.Errorf("area b: %v, want ErrArea", err)
	}
	_, err := ability.NewModel(ability.Prior{Mean: math.NaN(), SD: 0, Correlation: 1})
	if want := "prior cannot be used: mean NaN logits, but must lie from -10 to 10\nprior cannot be used: standard deviation 0 logits, but must lie from 0.1 to 3\n" +
		"prior cannot be used: correlation 1, but must lie from 0 to 0.9"; !errors.Is(err, ability.ErrPrior) || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// BenchmarkObserve is one answer of a learner with 22 areas, with the estimates of its area and overall brought up to date.
func BenchmarkObserve(b *testing.B) {
	l := crowd(b, 22, 500)
	it := ability.Item{Area: "area-03", Difficulty: 0.3, Options: 4}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		observe(b, l, it, float64(i%2))
		area(b, l, "area-03")
		overall(b, l, nil)
		if i%1000 == 999 {
			l.Fade(0.5)
		}
	}
}

// BenchmarkRebuild is one answer of a rebuild, which asks for estimates only at its end.
func BenchmarkRebuild(b *testing.B) {
	l := crowd(b, 22, 0)
	it := ability.Item{Area: "area-03", Difficulty: 0.3, Options: 4}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		observe(b, l, it, float64(i%2))
	}
}

func BenchmarkSampler(b *testing.B) {
	l := crowd(b, 22, 500)
	b.ReportAllocs()
	for b.Loop() {
		l.Sampler()
	}
}

func BenchmarkDraw(b *testing.B) {
	s, rnd, draw := crowd(b, 22, 500).Sampler(), rand.New(rand.NewPCG(1, 1)), make([]float64, 22)
	b.ReportAllocs()
	for b.Loop() {
		s.Draw(rnd.Float64, draw)
	}
}

// crowd is a learner of n areas with answers spread over them.
func crowd(t testing.TB, n, answers int) *ability.Learner {
	t.Helper()
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("area-%02d", i))
	}
	l := model(t, ability.DefaultPrior()).NewLearner(names...)
	rnd := rand.New(rand.NewPCG(3, 3))
	for range answers {
		score := 0.0
		if rnd.Float64() < 0.6 {
			score = 1
		}
		observe(t, l, ability.Item{Area: names[rnd.IntN(n)], Difficulty: 2*rnd.Float64() - 1, Options: 4}, score)
	}
	return l
}

// TestObserveWeighted: an answer of weight a half twice is the answer once, none is nothing, and weights out of range are refused.
func TestObserveWeighted(t *testing.T) {
	m := model(t, ability.DefaultPrior())
	it := ability.Item{ID: "q", Area: "a", Difficulty: 0.4, Options: 4}
	whole, halves, none := m.NewLearner("a"), m.NewLearner("a"), m.NewLearner("a")
	for _, score := range []float64{1, 0, 0.3} {
		observe(t, whole, it, score)
		for range 2 {
			if err := halves.ObserveWeighted(it, score, 0.5); err != nil {
				t.Fatal(err)
			}
		}
		if err := none.ObserveWeighted(it, score, 0); err != nil {
			t.Fatal(err)
		}
	}
	w, h, n, empty := area(t, whole, "a"), area(t, halves, "a"), area(t, none, "a"), area(t, m.NewLearner("a"), "a")
	near(t, "mean of halves", h.Mean, w.Mean, 1e-9)
	near(t, "sd of halves", h.SD, w.SD, 1e-9)
	near(t, "mean of none", n.Mean, empty.Mean, 1e-9)
	near(t, "sd of none", n.SD, empty.SD, 1e-9)
	if n.Answers != 3 {
		t.Errorf("%d answers, want 3: those of no weight are counted", n.Answers)
	}
	for _, weight := range []float64{-0.1, 1.1, math.NaN()} {
		if err := whole.ObserveWeighted(it, 1, weight); !errors.Is(err, ability.ErrScore) {
			t.Errorf("weight %g: %v, want ErrScore", weight, err)
		}
	}
	if again := area(t, whole, "a"); again != w {
		t.Errorf("refused answers changed %+v to %+v", w, again)
	}
}
