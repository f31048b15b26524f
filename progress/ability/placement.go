package ability

import "math"

// Goal is what a placement test is to find out, and when it may stop. The zero Goal asks for the mean over all areas, in about 25 items of
// a bank in which a third leave nothing to guess.
type Goal struct {
	Shares map[string]float64 `json:"shares"` // of the areas in the ability asked for, as in Learner.Overall
	SD     float64            `json:"sd"`     // logits: stop once the posterior of that ability is as narrow; 0 stands for 0.38
	Min    int                `json:"min"`    // items before it may stop; 0 stands for 12
	Max    int                `json:"max"`    // items at which it stops; 0 stands for 30
}

// Stop says why a placement test ends.
type Stop string

// The reasons. Going on is the empty Stop.
const (
	Sure     Stop = "sure"      // the ability is known as narrowly as asked
	LongTest Stop = "long"      // Max items were asked
	NoneLeft Stop = "none-left" // the pool is empty
)

// Step is the next step of a placement test.
type Step struct {
	Stop  Stop     // empty: ask Item
	Index int      // of Item in the pool; -1 on a stop
	Item  Item     // to ask
	Gain  float64  // expected loss of variance of the ability asked for, logits²
	Now   Estimate // of the ability asked for
}

// Next chooses the next item of an adaptive placement test after asked items, or stops it. The pool is the items that may be asked, seen
// ones left out. It takes the item whose answer is expected to narrow the goal's ability T most: C²J / (1 + VJ), where J is the item's
// information averaged over the posterior of its area's ability (maximum posterior weighted information; van der Linden, "Bayesian item
// selection criteria for adaptive testing", Psychometrika 63, 1998), V the variance of that ability and C its covariance with T; for this
// choice the posterior is taken for normal. Of equals the smaller ID is taken, so that the same answers lead to the same test. Errors: ErrArea, and ErrItem for
// an item of the pool.
func (goal Goal) Next(l *Learner, asked int, pool []Item) (Step, error) {
	if goal.SD <= 0 {
		goal.SD = 0.38
	}
	if goal.Min <= 0 {
		goal.Min = 12
	}
	if goal.Max <= 0 {
		goal.Max = 30
	}
	step := Step{Index: -1}
	var err error
	if step.Now, err = l.Overall(goal.Shares); err != nil {
		return step, err
	}
	switch {
	case asked >= goal.Max:
		step.Stop = LongTest
	case asked >= goal.Min && step.Now.SD <= goal.SD:
		step.Stop = Sure
	case len(pool) == 0:
		step.Stop = NoneLeft
	}
	if step.Stop != "" {
		return step, nil
	}
	shares, err := l.shares(goal.Shares)
	if err != nil {
		return step, err
	}
	targets := l.covariances(shares)
	step.Gain = math.Inf(-1)
	for i, it := range pool {
		if _, err = l.find(it.Area); err == nil {
			err = it.check()
		}
		if err != nil {
			return Step{Index: -1, Now: step.Now}, err
		}
		at := &targets[l.index[it.Area]]
		j := at.meanInformation(it)
		gain := at.covariance * at.covariance * j / (1 + at.variance*j)
		if gain > step.Gain || gain == step.Gain && it.ID < step.Item.ID {
			step.Gain, step.Item, step.Index = gain, it, i
		}
	}
	return step, nil
}

// The points and weights of Gauss and Hermite for a standard normal distribution, 7 points (Abramowitz and Stegun, "Handbook of
// Mathematical Functions", table 25.10, scaled).
var (
	hermite = [...]float64{-3.750439717725742, -2.366759410734541, -1.154405394739968, 0, 1.154405394739968, 2.366759410734541, 3.750439717725742}
	weights = [...]float64{0.000548268855972, 0.030757123967586, 0.240123178605013, 0.457142857142857, 0.240123178605013, 0.030757123967586, 0.000548268855972}
)

// target is an area as the choice of an item sees it.
type target struct {
	covariance float64 // of its ability with the one asked for
	variance   float64
	decline    [len(hermite)]float64 // exp(-ability) at the points of a normal posterior
}

// covariances of every area's ability with the mean weighted by shares.
func (l *Learner) covariances(shares []float64) []target {
	l.settle()
	var asked [shared]float64
	mean := 0.0
	for g, w := range l.posterior {
		for i, a := range l.areas {
			asked[g] += shares[i] * a.mean[g]
		}
		mean += w * asked[g]
	}
	out := make([]target, len(l.areas))
	for i, a := range l.areas {
		own, sd := l.spreadOf(a)
		out[i].variance = sd * sd
		for g, w := range l.posterior {
			out[i].covariance += w * (shares[i]*a.variance[g] + (asked[g]-mean)*(a.mean[g]-own))
		}
		for k, x := range hermite {
			out[i].decline[k] = math.Exp(-own - sd*x)
		}
	}
	return out
}

func (t *target) meanInformation(it Item) float64 {
	c, lift, sum := it.Floor(), math.Exp(it.Difficulty), 0.0
	for k, w := range weights {
		sum += w * information(c, 1/(1+lift*t.decline[k]))
	}
	return sum
}
