package evidence

import "math"

// Candidates are the abilities that Expect supposes, in logits on the scale of package ability: normal around Mean.
type Candidates struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
}

// Supposed are candidates one step of the authors' difficulty above the middling item, who differ as learners are taken to differ. It is an
// assumption, for want of candidates.
var Supposed = Candidates{Mean: 0.8, SD: 1}

// ModelItem is an item as Expect sees it: right or wrong, by the Rasch model with a floor for guessing.
type ModelItem struct {
	Difficulty float64 // logits
	Floor      float64 // chance by guessing alone
	Weight     float64 // points; items on trial are not to be given
}

func (it ModelItem) chance(ability float64) float64 {
	return it.Floor + (1-it.Floor)/(1+math.Exp(it.Difficulty-ability))
}

// Expected is what a model of candidates expects of a test before enough have sat it.
type Expected struct {
	Forms       int        `json:"forms"` // drawn, that it rests on
	Candidates  Candidates `json:"candidates"`
	Mean        float64    `json:"mean"`
	SD          float64    `json:"sd"`
	Reliability float64    `json:"reliability"` // variance of true scores over that of scores
	SEM         float64    `json:"sem"`         // standard error of a candidate's score
	FormSD      float64    `json:"form_sd"`     // of one candidate's expected score between forms: the luck of the draw, which SEM holds too
}

// Expect works out what would come of very many candidates of such abilities, each on one of the forms at random. The true score of a candidate is the
// mean expected score over all forms, so that a hard form counts as error, as in package itemstats. A chart counts as one item that is
// right or wrong, whatever its weight; since parts of it are graded by themselves, the reliability of a test of charts is rather more. ok is
// false without forms, or with one that has no points.
func Expect(forms [][]ModelItem, who Candidates) (_ Expected, ok bool) {
	if len(forms) == 0 || !(who.SD > 0) {
		return Expected{}, false
	}
	const nodes, reach = 81, 5.0
	var weights, mean, square, errs, between float64
	for q := range nodes {
		z := reach * (2*float64(q)/(nodes-1) - 1)
		w := math.Exp(-z * z / 2)
		var sum, sumSquares, noise float64
		for _, form := range forms {
			m, v, ok := formScore(form, who.Mean+who.SD*z)
			if !ok {
				return Expected{}, false
			}
			sum, sumSquares, noise = sum+m, sumSquares+m*m, noise+v
		}
		n := float64(len(forms))
		t := sum / n
		luck := max(0, sumSquares/n-t*t)
		weights += w
		mean += w * t
		square += w * t * t
		errs += w * (noise/n + luck)
		between += w * luck
	}
	mean, square, errs, between = mean/weights, square/weights, errs/weights, between/weights
	trueVar := square - mean*mean
	if trueVar+errs < 1e-12 {
		return Expected{}, false
	}
	return Expected{
		Forms: len(forms), Candidates: who, Mean: mean, SD: math.Sqrt(trueVar + errs), Reliability: trueVar / (trueVar + errs), SEM: math.Sqrt(errs), FormSD: math.Sqrt(between),
	}, true
}

// formScore is mean and variance of the share of points at an ability.
func formScore(form []ModelItem, ability float64) (mean, variance float64, ok bool) {
	all := 0.0
	for _, it := range form {
		p := it.chance(ability)
		all += it.Weight
		mean += it.Weight * p
		variance += it.Weight * it.Weight * p * (1 - p)
	}
	if all <= 0 {
		return 0, 0, false
	}
	return mean / all, variance / (all * all), true
}
