package readiness

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"crosswalk/progress/ability"
)

// Version is that of the model: it rises when the same evidence may give another forecast.
const Version = 1

// Options are what a forecast takes besides the evidence. The zero value is right.
type Options struct {
	Seed    uint64         // of the draws; the same seed gives the same forecast
	Draws   int            // of abilities; 0 stands for 600, which leaves the chance off by less than a point
	Now     time.Time      // for the age of the evidence; zero: not looked at
	Lessons map[string]int // lessons not done yet, by area, for the levers
	Doubt   *Doubt         // nil stands for Doubts()
}

// Doubt says how far the model trusts itself. All are standard deviations in logits.
type Doubt struct {
	Item  float64 // of the difficulty of an item around what the pool says, where its Part has no Spread
	Day   float64 // of the form and of the day: everything is a little harder or easier at one sitting
	Model float64 // of all abilities between practice and exam, the same at each sitting
	Area  float64 // of the ability in an area between practice and exam, the same at each sitting
}

// Doubts are the doubts that forecasts are made with. A difference of 0.15 logits between days is about 2.5 points of the score, of 0.3 between
// an area's questions here and in the exam about 5 points in that area: our assumptions, and what the simulated worlds have. Model is
// more than the 0.15 that these have between practice and exam, since the difficulties of the questions that were answered are not known
// either: with 0.15 the ranges of the chance hold the truth of 85 in 100 people of the world as assumed, with 0.2 of 88, and of 94 in the
// one that differs.
func Doubts() Doubt {
	return Doubt{Item: ability.AuthorSpread, Day: 0.15, Model: 0.2, Area: 0.3}
}

// Forecast is what would come of an exam if it were sat today.
type Forecast struct {
	Enough bool   `json:"enough"`          // there is the minimum of evidence; else nothing is foretold and Areas is all there is
	Lacks  []Lack `json:"lacks,omitempty"` // what is missing

	Chance float64 `json:"chance"` // of passing, 0 to 1
	Low    float64 `json:"low"`    // nine times in ten the chance that one would give who knew all lies from Low
	High   float64 `json:"high"`   // to High

	Score     float64 `json:"score"`    // share right, 0 to 1, that is expected
	ScoreLow  float64 `json:"scoreLow"` // the share right on one form lies nine times in ten from ScoreLow
	ScoreHigh float64 `json:"scoreHigh"`

	Areas    []AreaForecast `json:"areas"`  // in the order of the form
	Levers   []Lever        `json:"levers"` // at most three, the strongest first
	Evidence Evidence       `json:"evidence"`
	Version  int            `json:"version"`
}

// AreaForecast is what is expected in one part of the exam.
type AreaForecast struct {
	Area     string           `json:"area"`
	Name     string           `json:"name"`
	Items    int              `json:"items"`
	Weight   float64          `json:"weight"` // share of the exam's items, 0 to 1
	Ability  ability.Estimate `json:"ability"`
	Expected float64          `json:"expected"` // share right
	Low      float64          `json:"low"`      // 90 % range of the share that this ability comes to in the long run
	High     float64          `json:"high"`
}

// Predict foretells a form from what a learner's answers say. It does not change the learner. The same arguments give the same forecast. The
// error is ErrForm: a form without items, a pass line out of range, a part without a pool or in an area that the learner was not made with.
func Predict(l *ability.Learner, f Form, e Evidence, opt Options) (Forecast, error) {
	if err := f.check(l.Areas()); err != nil {
		return Forecast{}, err
	}
	if opt.Draws <= 0 {
		opt.Draws = 600
	}
	doubt := Doubts()
	if opt.Doubt != nil {
		doubt = *opt.Doubt
	}
	s := newSitting(l, f, doubt, opt)
	out := Forecast{Lacks: e.Lacks(f, opt.Now), Evidence: e, Version: Version}
	out.Enough = len(out.Lacks) == 0
	nodes, expected := s.live()
	for i, p := range s.parts {
		est, err := l.Area(p.Area)
		if err != nil {
			return Forecast{}, err
		}
		out.Areas = append(out.Areas, AreaForecast{
			Area: p.Area, Name: p.Name, Items: p.Items, Weight: float64(p.Items) / s.items, Ability: est,
			Expected: expected[i], Low: s.curves[i].at(est.Low), High: s.curves[i].at(est.High),
		})
	}
	if !out.Enough {
		return out, nil
	}
	chances := s.chances(nodes)
	for _, c := range chances {
		out.Chance += c / float64(s.draws)
	}
	slices.Sort(chances)
	out.Chance = min(out.Chance, 1) // not 1 and a last digit
	// Of a chance next to 0 or 1 a few draws in a thousand make the mean, which then lies beyond nine in ten.
	out.Low, out.High = min(quantile(chances, 0.05), out.Chance), min(max(quantile(chances, 0.95), out.Chance), 1)
	out.Score, out.ScoreLow, out.ScoreHigh = s.score(nodes)
	out.Levers = s.levers(out, e, opt.Lessons)
	return out, nil
}

// sitting holds the draws of an exam.
type sitting struct {
	parts  []Part // those with items
	curves []*curve
	items  float64
	draws  int
	theta  []float64 // by draw and part: the ability that the part is sat with, doubts in it
	line   []float64 // by draw: items that must be right
	shift  [len(hermite)]float64
}

func newSitting(l *ability.Learner, f Form, doubt Doubt, opt Options) *sitting {
	s := &sitting{items: float64(f.Items()), draws: opt.Draws}
	names := l.Areas()
	var at []int
	for _, p := range f.Parts {
		if p.Items > 0 {
			s.parts = append(s.parts, p)
			s.curves = append(s.curves, curveOf(p, doubt.Item))
			at = append(at, slices.Index(names, p.Area))
		}
	}
	for k, x := range hermite {
		s.shift[k] = doubt.Day * x
	}
	// A learner with z and each area, the doubt of the model, of each area and the line.
	even := newEven(rand.New(rand.NewPCG(opt.Seed, 0x5ead)), s.draws, 1+2*len(names)+1+len(names)+1)
	sampler, abilities := l.Sampler(), make([]float64, len(names))
	s.theta, s.line = make([]float64, s.draws*len(s.parts)), make([]float64, s.draws)
	for d := range s.draws {
		even.draw = d
		even.dim = 0
		sampler.Draw(even.next, abilities)
		model := doubt.Model * normal(even.next())
		for a := range abilities {
			abilities[a] += model + doubt.Area*normal(even.next())
		}
		for i := range s.parts {
			s.theta[d*len(s.parts)+i] = abilities[at[i]]
		}
		share := min(max((f.PassPercent+f.PassSD*normal(even.next()))/100, 0.01), 0.99)
		// A hair less, so that 70 % of 100 is 70 and not 71.
		s.line[d] = math.Ceil(share*s.items - 1e-9)
	}
	return s
}

// node is the number of right items of one draw on one kind of day.
type node struct{ weight, mean, variance, third float64 }

// binomial gives the moments of the number of right ones among n with the same chance.
func binomial(p float64, n int) (mean, variance, third float64) {
	mean = float64(n) * p
	variance = mean * (1 - p)
	return mean, variance, variance * (1 - 2*p)
}

// live works out all draws on all kinds of days, and the share right that is expected in each part.
func (s *sitting) live() (nodes []node, expected []float64) {
	nodes, expected = make([]node, 0, s.draws*len(weights)), make([]float64, len(s.parts))
	for d := range s.draws {
		row := s.theta[d*len(s.parts):][:len(s.parts)]
		for k, w := range weights {
			x := node{weight: w / float64(s.draws)}
			for i, theta := range row {
				p := s.curves[i].at(theta + s.shift[k])
				expected[i] += x.weight * p
				m, v, t := binomial(p, s.parts[i].Items)
				x.mean, x.variance, x.third = x.mean+m, x.variance+v, x.third+t
			}
			nodes = append(nodes, x)
		}
	}
	return nodes, expected
}

// chances of passing by draw, over what a sitting brings.
func (s *sitting) chances(nodes []node) []float64 {
	out := make([]float64, s.draws)
	for i, x := range nodes {
		d := i / len(weights)
		out[d] += weights[i%len(weights)] * (1 - atMost(s.line[d]-1, x.mean, x.variance, x.third))
	}
	return out
}

// score gives the mean share right and the range that holds it nine times in ten on one form.
func (s *sitting) score(nodes []node) (mean, low, high float64) {
	for _, x := range nodes {
		mean += x.weight * x.mean
	}
	square := 0.0
	for _, x := range nodes {
		square += x.weight * (x.variance + (x.mean-mean)*(x.mean-mean))
	}
	atMostAll := func(k float64) float64 {
		sum := 0.0
		for _, x := range nodes {
			sum += x.weight * atMost(k, x.mean, x.variance, x.third)
		}
		return sum
	}
	// The least number of right items that, or fewer, are had with more than a share. The normal quantile is a step or two off.
	find := func(share float64) float64 {
		k := min(max(math.Round(mean+math.Sqrt(square)*normal(share)), 0), s.items)
		for k < s.items && atMostAll(k) <= share {
			k++
		}
		for k > 0 && atMostAll(k-1) > share {
			k--
		}
		return k
	}
	return mean / s.items, find(0.05) / s.items, find(0.95) / s.items
}

// atMost is the chance that a sum of independent right and wrong answers is at most k, by Volkova's refined normal approximation. third is
// the third central moment.
func atMost(k, mean, variance, third float64) float64 {
	if variance <= 1e-12 {
		if mean <= k {
			return 1
		}
		return 0
	}
	sd := math.Sqrt(variance)
	x := (k + 0.5 - mean) / sd
	skew := third / (variance * sd)
	return min(max(cumulative(x)+skew*(1-x*x)*math.Exp(-x*x/2)/(6*math.Sqrt(2*math.Pi)), 0), 1)
}

func cumulative(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// normal is the quantile of the standard normal distribution.
func normal(u float64) float64 {
	return math.Sqrt2 * math.Erfinv(2*min(max(u, 1e-9), 1-1e-9)-1)
}

// quantile of sorted values, each taken for the middle of its share.
func quantile(sorted []float64, share float64) float64 {
	x := min(max(share*float64(len(sorted))-0.5, 0), float64(len(sorted)-1))
	i := min(int(x), len(sorted)-1)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (x-float64(i))*(sorted[i+1]-sorted[i])
}

// even gives uniform numbers that are spread evenly over the draws in each dimension (Latin hypercube sampling; McKay, Beckman and Conover,
// Technometrics 21, 1979): the score is nearly a sum over areas, for which little chance is left.
type even struct {
	rnd       *rand.Rand
	order     [][]int32 // by dimension
	draws     float64
	draw, dim int
}

func newEven(rnd *rand.Rand, draws, dims int) *even {
	e := &even{rnd: rnd, order: make([][]int32, dims), draws: float64(draws)}
	for d := range e.order {
		e.order[d] = make([]int32, draws)
		for i := range e.order[d] {
			e.order[d][i] = int32(i)
		}
		rnd.Shuffle(draws, func(i, j int) { e.order[d][i], e.order[d][j] = e.order[d][j], e.order[d][i] })
	}
	return e
}

func (e *even) next() float64 {
	u := (float64(e.order[e.dim][e.draw]) + e.rnd.Float64()) / e.draws
	e.dim++
	return min(u, 1-1e-12)
}

func byItems(parts []Part) []Part {
	out := slices.Clone(parts)
	slices.SortStableFunc(out, func(a, b Part) int { return cmp.Or(cmp.Compare(b.Items, a.Items), cmp.Compare(a.Area, b.Area)) })
	return out
}
