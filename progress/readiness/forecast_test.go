package readiness

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress/ability"
)

func learner(t testing.TB, p ability.Prior, areas ...string) *ability.Learner {
	t.Helper()
	m, err := ability.NewModel(p)
	if err != nil {
		t.Fatal(err)
	}
	return m.NewLearner(areas...)
}

// pool is n questions of an area with difficulties spread over the levels, a third of them written answers.
func pool(area string, n int) []ability.Item {
	out := make([]ability.Item, n)
	for i := range out {
		out[i] = ability.Item{ID: fmt.Sprint(area, "-", i), Area: area, Difficulty: ability.AuthorDifficulty(1 + (i*7)%5), Options: 4}
		if i%3 == 0 {
			out[i].Options = 0
		}
	}
	return out
}

func form(items ...int) Form {
	f := Form{Exam: "cpc", PassPercent: 70}
	for i, n := range items {
		a := string(rune('a' + i))
		f.Parts = append(f.Parts, Part{Area: a, Name: "Area " + a, Items: n, Pool: pool(a, 10)})
	}
	return f
}

// answer gives an area n answers, of which a share is right.
func answer(t testing.TB, l *ability.Learner, area string, n int, right float64) {
	t.Helper()
	for i, it := range pool(area, n) {
		score := 0.0
		if math.Floor(float64(i+1)*right) > math.Floor(float64(i)*right) {
			score = 1
		}
		if err := l.Observe(it, score); err != nil {
			t.Fatal(err)
		}
	}
}

func enough(areas ...string) Evidence {
	e := Evidence{Answers: 200, ByArea: map[string]int{}, Days: 20, Newest: now}
	for _, a := range areas {
		e.ByArea[a] = 50
	}
	return e
}

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func predict(t testing.TB, l *ability.Learner, f Form, e Evidence, opt Options) Forecast {
	t.Helper()
	out, err := Predict(l, f, e, opt)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAtMost holds the approximation against the exact distribution of a sum of binomial numbers.
func TestAtMost(t *testing.T) {
	for _, c := range []struct {
		name   string
		n      []int
		p      []float64
		within float64
	}{
		{"a form of 100", []int{6, 6, 10, 20, 58}, []float64{0.3, 0.9, 0.6, 0.75, 0.7}, 0.001},
		{"nearly all right", []int{50, 50}, []float64{0.97, 0.99}, 0.015},
		{"a small form", []int{5, 5}, []float64{0.8, 0.6}, 0.007},
	} {
		exact := []float64{1}
		mean, variance, third := 0.0, 0.0, 0.0
		for i, n := range c.n {
			m, v, s := binomial(c.p[i], n)
			mean, variance, third = mean+m, variance+v, third+s
			for range n {
				next := make([]float64, len(exact)+1)
				for k, q := range exact {
					next[k] += q * (1 - c.p[i])
					next[k+1] += q * c.p[i]
				}
				exact = next
			}
		}
		sum := 0.0
		for k, q := range exact[:len(exact)-1] {
			sum += q
			if got := atMost(float64(k), mean, variance, third); math.Abs(got-sum) > c.within {
				t.Errorf("%s: at most %d: %.4f, exactly %.4f", c.name, k, got, sum)
			}
		}
	}
}

// TestAgainstForms simulates forms item by item and sits them, and compares all figures.
func TestAgainstForms(t *testing.T) {
	f := form(12, 20, 30, 8)
	f.PassSD = 3
	l := learner(t, ability.DefaultPrior(), "a", "b", "c", "d", "elsewhere")
	answer(t, l, "a", 20, 0.9)
	answer(t, l, "b", 30, 0.75)
	answer(t, l, "c", 12, 0.65)
	doubt := Doubts()
	got := predict(t, l, f, enough("a", "b", "c", "d"), Options{Draws: 2000})
	rnd := rand.New(rand.NewPCG(5, 5))
	s, theta := l.Sampler(), make([]float64, 5)
	passed, sum, inside := 0.0, 0.0, 0.0
	const forms = 40_000
	for range forms {
		s.Draw(rnd.Float64, theta)
		shift := math.Hypot(doubt.Day, doubt.Model) * rnd.NormFloat64()
		right := 0.0
		for i, p := range f.Parts {
			own := theta[i] + shift + doubt.Area*rnd.NormFloat64()
			for range p.Items {
				it := p.Pool[rnd.IntN(len(p.Pool))]
				it.Difficulty += doubt.Item * rnd.NormFloat64()
				if rnd.Float64() < it.Chance(own) {
					right++
				}
			}
		}
		share := right / 70
		sum += share
		if share >= (70+3*rnd.NormFloat64())/100 {
			passed++
		}
		if got.ScoreLow <= share && share <= got.ScoreHigh {
			inside++
		}
	}
	t.Logf("chance %.3f (simulated %.3f), score %.3f (%.3f), range of the score covers %.1f %%", got.Chance, passed/forms, got.Score, sum/forms, 100*inside/forms)
	if math.Abs(got.Chance-passed/forms) > 0.012 || math.Abs(got.Score-sum/forms) > 0.004 {
		t.Errorf("chance %.3f, simulated %.3f; score %.3f, simulated %.3f", got.Chance, passed/forms, got.Score, sum/forms)
	}
	if inside/forms < 0.89 || inside/forms > 0.94 {
		t.Errorf("the 90 %% range of the score, %.3f to %.3f, covers %.1f %%", got.ScoreLow, got.ScoreHigh, 100*inside/forms)
	}
}

// TestSameAgain: a forecast is a function of its arguments and leaves the learner as it was; another seed moves it by its noise alone.
func TestSameAgain(t *testing.T) {
	f := form(30, 40, 30)
	l := learner(t, ability.DefaultPrior(), "a", "b", "c")
	answer(t, l, "a", 30, 0.8)
	answer(t, l, "b", 30, 0.75)
	before, _ := l.Area("c")
	first := predict(t, l, f, enough("a", "b", "c"), Options{Seed: 3})
	if diff := cmp.Diff(first, predict(t, l, f, enough("a", "b", "c"), Options{Seed: 3})); diff != "" {
		t.Errorf("the same again (-first +second):\n%s", diff)
	}
	if after, _ := l.Area("c"); after != before {
		t.Errorf("the learner was changed: %+v, was %+v", after, before)
	}
	for seed := range uint64(20) {
		if other := predict(t, l, f, enough("a", "b", "c"), Options{Seed: seed}); math.Abs(other.Chance-first.Chance) > 0.01 {
			t.Errorf("seed %d: chance %.3f, with another %.3f", seed, other.Chance, first.Chance)
		}
	}
}

// TestMoreIsMore: what must raise the chance, widen or narrow the range does.
func TestMoreIsMore(t *testing.T) {
	f := form(30, 40, 30)
	at := func(n int, right float64, sd float64) Forecast {
		l := learner(t, ability.DefaultPrior(), "a", "b", "c")
		for _, a := range []string{"a", "b", "c"} {
			answer(t, l, a, n, right)
		}
		f := f
		f.PassSD = sd
		return predict(t, l, f, enough("a", "b", "c"), Options{})
	}
	last := -1.0
	for _, right := range []float64{0, 0.4, 0.6, 0.7, 0.8, 0.9, 1} {
		x := at(40, right, 0)
		if x.Chance <= last || x.Chance < 0 || x.Chance > 1 || x.Low > x.Chance || x.High < x.Chance || x.ScoreLow > x.Score || x.ScoreHigh < x.Score {
			t.Errorf("%.0f %% right: %+v, chance with fewer right %.3f", 100*right, x, last)
		}
		last = x.Chance
	}
	few, many := at(10, 0.7, 0), at(80, 0.7, 0)
	if few.High-few.Low <= many.High-many.Low || few.ScoreHigh-few.ScoreLow <= many.ScoreHigh-many.ScoreLow {
		t.Errorf("ranges with 30 answers %.2f-%.2f, with 240 %.2f-%.2f", few.Low, few.High, many.Low, many.High)
	}
	if sure, unsure := at(80, 0.75, 0), at(80, 0.75, 5); unsure.High-unsure.Low <= sure.High-sure.Low {
		t.Errorf("range with a known line %.2f-%.2f, with an uncertain one %.2f-%.2f", sure.Low, sure.High, unsure.Low, unsure.High)
	}
}

func TestEnough(t *testing.T) {
	f := form(30, 40, 20, 10)
	l := learner(t, ability.DefaultPrior(), "a", "b", "c", "d")
	for _, c := range []struct {
		name string
		e    Evidence
		want []Lack
	}{
		{"nothing", Evidence{}, []Lack{{LackAnswers, 0, MinAnswers, nil}, {LackAreas, 0, 70, []string{"b", "a", "c", "d"}}}},
		{"a few short", Evidence{Answers: MinAnswers - 1, ByArea: map[string]int{"a": 20, "b": 19, "c": 20}, Newest: now}, []Lack{{LackAnswers, MinAnswers - 1, MinAnswers, nil}}},
		{"one area alone", Evidence{Answers: 300, ByArea: map[string]int{"b": 299, "d": 1}, Newest: now}, []Lack{{LackAreas, 40, 70, []string{"a", "c", "d"}}}},
		{"long ago", Evidence{Answers: 300, ByArea: map[string]int{"a": 100, "b": 200}, Newest: now.AddDate(0, 0, -121)}, []Lack{{LackRecent, 121, 120, nil}}},
		{"just enough", Evidence{Answers: MinAnswers, ByArea: map[string]int{"a": MinPerArea, "b": 58}, Newest: now.AddDate(0, 0, -119)}, nil},
		{"a clock that went back", Evidence{Answers: MinAnswers, ByArea: map[string]int{"a": MinPerArea, "b": 58}, Newest: now.AddDate(0, 0, 3)}, nil},
	} {
		got := predict(t, l, f, c.e, Options{Now: now})
		if diff := cmp.Diff(c.want, got.Lacks); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if got.Enough != (c.want == nil) || len(got.Areas) != 4 {
			t.Errorf("%s: %+v", c.name, got)
		}
		if !got.Enough && (got.Chance != 0 || got.High != 0 || got.Score != 0 || got.ScoreHigh != 0 || got.Levers != nil) {
			t.Errorf("%s: something is foretold: %+v", c.name, got)
		}
	}
}

func TestLevers(t *testing.T) {
	// b is weak and heavy, d light, e strong already.
	f := form(25, 40, 15, 5, 15)
	l := learner(t, ability.DefaultPrior(), "a", "b", "c", "d", "e")
	for area, right := range map[string]float64{"a": 0.7, "b": 0.55, "d": 0.6, "e": 1} {
		answer(t, l, area, 40, right)
	}
	e := enough("a", "b", "d", "e")
	got := predict(t, l, f, e, Options{Lessons: map[string]int{"b": 2, "a": 0, "c": 3}})
	if len(got.Levers) != 3 || got.Levers[0].Area != "b" || got.Levers[0].What != LeverLesson || got.Levers[1].Area != "a" || got.Levers[1].What != LeverPractise ||
		got.Levers[2].Area != "c" || got.Levers[2].What != LeverEvidence {
		t.Fatalf("levers %+v, want a lesson in b, practice in a, evidence in c", got.Levers)
	}
	for i, v := range got.Levers {
		if v.Gain <= 0 || v.ScoreGain <= 0 || i > 0 && v.Gain > got.Levers[i-1].Gain || v.Name != "Area "+v.Area {
			t.Errorf("lever %+v after %+v", v, got.Levers[max(i-1, 0)])
		}
	}
	if two := predict(t, l, form(25, 40), e, Options{}); len(two.Levers) != 2 {
		t.Errorf("an exam of two parts has levers %+v", two.Levers)
	}
}

// TestSpread: a spread of each item that is that of all changes nothing, and known difficulties tell the strong from the weak better.
func TestSpread(t *testing.T) {
	l := learner(t, ability.DefaultPrior(), "a", "b")
	answer(t, l, "a", 60, 0.95)
	answer(t, l, "b", 60, 0.95)
	spread := func(sd float64) Form {
		f := form(50, 50)
		for i := range f.Parts {
			f.Parts[i].Spread = make([]float64, len(f.Parts[i].Pool))
			for k := range f.Parts[i].Spread {
				f.Parts[i].Spread[k] = sd
			}
		}
		return f
	}
	e := enough("a", "b")
	plain := predict(t, l, form(50, 50), e, Options{})
	if diff := cmp.Diff(plain, predict(t, l, spread(Doubts().Item), e, Options{})); diff != "" {
		t.Errorf("the spread of all, item by item (-without +with):\n%s", diff)
	}
	if known := predict(t, l, spread(0.1), e, Options{}); known.Score <= plain.Score+0.005 {
		t.Errorf("someone strong is foretold %.3f where difficulties are known, %.3f where they are not", known.Score, plain.Score)
	}
}

func TestScale(t *testing.T) {
	f := Form{PassPercent: 70, ScaleMin: 100, ScalePass: 300, ScaleMax: 400}
	for share, want := range map[float64]int{0: 100, 0.35: 200, 0.7: 300, 0.85: 350, 1: 400} {
		if got := f.Scale(share); got != want {
			t.Errorf("%.2f is %d on the scale, want %d", share, got, want)
		}
	}
	if got := (Form{PassPercent: 70}).Scale(0.8); got != 0 {
		t.Errorf("without a scale %d", got)
	}
}

func TestBadForms(t *testing.T) {
	l := learner(t, ability.DefaultPrior(), "a", "b")
	for name, c := range map[string]struct {
		change func(*Form)
		says   string
	}{
		"no items":         {func(f *Form) { f.Parts = nil }, "no scored items"},
		"no line":          {func(f *Form) { f.PassPercent = 0 }, "pass line at 0 %"},
		"line not known":   {func(f *Form) { f.PassSD = math.NaN() }, "uncertain by NaN points"},
		"negative":         {func(f *Form) { f.Parts[0].Items = -3 }, "-3 items in a"},
		"no pool":          {func(f *Form) { f.Parts[1].Pool = nil }, "no question of b to go by; add some to the bank"},
		"unknown area":     {func(f *Form) { f.Parts[1].Area = "x" }, `no such area: x`},
		"spreads amiss":    {func(f *Form) { f.Parts[0].Spread = []float64{0.3} }, "1 spreads for 10 questions of a"},
		"spread unknown":   {func(f *Form) { f.Parts[1].Spread = make([]float64, 10); f.Parts[1].Spread[3] = -1 }, "uncertain by -1 logits"},
		"impossible items": {func(f *Form) { f.Parts[0].Pool[3].Difficulty = math.Inf(1) }, "a-3"},
	} {
		f := form(10, 10)
		c.change(&f)
		if _, err := Predict(l, f, enough("a", "b"), Options{}); !errors.Is(err, ErrForm) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	f := form(10, 10)
	f.Parts[0].Pool, f.Parts[1].Area = nil, "x"
	if _, err := Predict(l, f, enough(), Options{}); strings.Count(err.Error(), ErrForm.Error()) != 2 {
		t.Errorf("two faults: %v", err)
	}
}

// TestExtremes: figures stay in their ranges whatever the record.
func TestExtremes(t *testing.T) {
	for name, right := range map[string]float64{"all wrong": 0, "all right": 1} {
		l := learner(t, ability.Prior{Mean: 0, SD: 3, Correlation: 0.9}, "a", "b")
		answer(t, l, "a", 2000, right)
		got := predict(t, l, form(50, 47), enough("a", "b"), Options{})
		for what, v := range map[string]float64{"chance": got.Chance, "low": got.Low, "high": got.High, "score": got.Score, "score low": got.ScoreLow, "score high": got.ScoreHigh} {
			if !(v >= 0 && v <= 1) {
				t.Errorf("%s: %s is %g", name, what, v)
			}
		}
		if math.Abs(got.Chance-right) > 0.01 {
			t.Errorf("%s: chance %.3f", name, got.Chance)
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	items := make([]int, 18)
	for i := range items {
		items[i] = 5
	}
	f := form(items...)
	var areas []string
	for _, p := range f.Parts {
		areas = append(areas, p.Area)
	}
	l := learner(b, ability.DefaultPrior(), append(areas, "x", "y", "z", "u", "v", "w", "1")...)
	for _, a := range areas {
		answer(b, l, a, 20, 0.7)
	}
	b.ReportAllocs()
	for b.Loop() {
		predict(b, l, f, enough(areas...), Options{})
	}
}
