package readiness

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"crosswalk/progress/ability"
)

// Form is an exam as the forecast sees it.
type Form struct {
	Exam        string  `json:"exam"`
	Parts       []Part  `json:"parts"`
	PassPercent float64 `json:"passPercent"` // share of the items that must be right, 0 to 100
	PassSD      float64 `json:"passSD"`      // percentage points, of a line that is our estimate; else 0
	ScaleMin    int     `json:"scaleMin"`    // lowest value of a published scale; 0 where there is none
	ScaleMax    int     `json:"scaleMax"`
	ScalePass   int     `json:"scalePass"` // 0 where there is no scale
}

// Part is the scored items of an exam in one area.
type Part struct {
	Area  string         `json:"area"`
	Name  string         `json:"name"`
	Items int            `json:"items"`
	Pool  []ability.Item `json:"pool"` // what such items look like: each item of a form is taken for one drawn from these
	// Spread is by item of the pool how far, in logits, its difficulty may lie off: the standard deviation that a calibration left. Nil stands
	// for Doubt.Item throughout.
	Spread []float64 `json:"spread,omitempty"`
}

// EstimatedLineSD is how far, in percentage points, a pass line that is published only on a scale may lie off the raw share that we take it
// for. AHIMA has experts set the line and equates forms, which moves the raw line from form to form; 3 points, so that nine lines in ten lie
// within 5 of ours, is our assumption, since no raw line is published.
const EstimatedLineSD = 3.0

// ErrForm is what every error about a form is.
var ErrForm = errors.New("form cannot be foretold")

// Items is how many scored items the form has.
func (f Form) Items() int {
	n := 0
	for _, p := range f.Parts {
		n += p.Items
	}
	return n
}

// Scale is a share right, 0 to 1, on the exam's scale by the two lines of quizzes.Pass.Scale; 0 for an exam without one. It is an estimate.
func (f Form) Scale(share float64) int {
	cut := f.PassPercent / 100
	switch {
	case f.ScalePass == 0:
		return 0
	case share <= cut:
		return f.ScaleMin + int(float64(f.ScalePass-f.ScaleMin)*share/cut)
	default:
		return f.ScalePass + int(float64(f.ScaleMax-f.ScalePass)*(share-cut)/(1-cut))
	}
}

func (f Form) check(areas []string) error {
	var bad []error
	if f.Items() == 0 {
		bad = append(bad, fmt.Errorf("%w: %s: no scored items", ErrForm, f.Exam))
	}
	if !(f.PassPercent > 0 && f.PassPercent < 100) {
		bad = append(bad, fmt.Errorf("%w: %s: pass line at %g %%, but must lie between 0 and 100", ErrForm, f.Exam, f.PassPercent))
	}
	if !(f.PassSD >= 0 && f.PassSD <= 25) {
		bad = append(bad, fmt.Errorf("%w: %s: pass line uncertain by %g points, but must be from 0 to 25", ErrForm, f.Exam, f.PassSD))
	}
	for _, p := range f.Parts {
		if p.Items < 0 {
			bad = append(bad, fmt.Errorf("%w: %s: %d items in %s", ErrForm, f.Exam, p.Items, p.Area))
		}
		if p.Items > 0 && len(p.Pool) == 0 {
			bad = append(bad, fmt.Errorf("%w: %s: no question of %s to go by; add some to the bank", ErrForm, f.Exam, p.Area))
		}
		if !slices.Contains(areas, p.Area) {
			bad = append(bad, fmt.Errorf("%w: %s: %w: %s", ErrForm, f.Exam, ability.ErrArea, p.Area))
		}
		if p.Spread != nil && len(p.Spread) != len(p.Pool) {
			bad = append(bad, fmt.Errorf("%w: %s: %d spreads for %d questions of %s", ErrForm, f.Exam, len(p.Spread), len(p.Pool), p.Area))
		}
		for _, sd := range p.Spread {
			if !(sd >= 0 && sd <= 5) {
				bad = append(bad, fmt.Errorf("%w: %s: a difficulty of %s uncertain by %g logits, but must be from 0 to 5", ErrForm, f.Exam, p.Area, sd))
			}
		}
		for _, it := range p.Pool {
			if !(math.Abs(it.Difficulty) <= 10) || it.Options < 0 {
				bad = append(bad, fmt.Errorf("%w: %s: %w: %s", ErrForm, f.Exam, ability.ErrItem, it.ID))
			}
		}
	}
	return errors.Join(bad...)
}

// The points and weights of Gauss and Hermite for a standard normal distribution, 5 points (Abramowitz and Stegun, "Handbook of Mathematical
// Functions", table 25.10, scaled).
var (
	hermite = [...]float64{-2.856970013872806, -1.355626179974266, 0, 1.355626179974266, 2.856970013872806}
	weights = [...]float64{0.011257411327721, 0.222075922005613, 0.533333333333333, 0.222075922005613, 0.011257411327721}
)

const (
	farthest = 9.0 // logits, to either side, within which a curve is worked out
	step     = 0.15
	steps    = 2*int(farthest/step) + 1
)

// curve is the chance of a right answer to one item of a part, by ability.
type curve [steps]float64

// curveOf averages over the pool and over how far the difficulty of an item may lie off what the pool says.
func curveOf(p Part, spread float64) *curve {
	type look struct {
		difficulty, spread float64
		options            int
	}
	count := map[look]int{}
	var looks []look
	for i, it := range p.Pool {
		k := look{it.Difficulty, spread, it.Options}
		if p.Spread != nil {
			k.spread = p.Spread[i]
		}
		if count[k] == 0 {
			looks = append(looks, k)
		}
		count[k]++
	}
	c := new(curve)
	for _, k := range looks {
		it := ability.Item{Difficulty: k.difficulty, Options: k.options}
		floor, share := it.Floor(), float64(count[k])/float64(len(p.Pool))
		for i := range c {
			theta := -farthest + float64(i)*step
			known := 0.0
			for n, x := range hermite {
				known += weights[n] / (1 + math.Exp(it.Difficulty+k.spread*x-theta))
			}
			c[i] += share * (floor + (1-floor)*known)
		}
	}
	return c
}

// at is the curve at an ability, by the line between two of its points.
func (c *curve) at(theta float64) float64 {
	x := (min(max(theta, -farthest), farthest) + farthest) / step
	i := min(int(x), steps-2)
	f := x - float64(i)
	return c[i] + f*(c[i+1]-c[i])
}
