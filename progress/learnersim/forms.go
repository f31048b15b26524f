package learnersim

import (
	"math"
	"math/rand/v2"

	"crosswalk/progress/ability"
)

// FormPart is a question or a chart of a form as its author sees it.
type FormPart struct {
	ID     string
	Author float64 // difficulty by its author, logits
	Floor  float64 // chance of a right answer by guessing
	Weight float64 // in the score
	Fields int     // of a chart: how many are graded; 1 for a question
}

// FormWorld says how candidates answer the forms of a test.
type FormWorld struct {
	Spread   float64 // standard deviation of a true difficulty around its author's, logits
	Mean, SD float64 // of the candidates' abilities, logits
	Case     float64 // how much a candidate is better or worse at a single chart than in general, logits: case specificity
	Known    float64 // how closely difficulties are known when forms are drawn: standard error of a calibration in logits, 0 for the author's word alone
	Persons  int
	Seed     uint64
}

// HiringWorld is the world in which the forms of hiring tests are compared: difficulties are off the authors' by what calibration assumes, abilities
// are spread as the prior has it around a good half above the mean, since those who apply have learnt coding, and how a person does
// on single charts differs as much as people differ. That last figure is on the low side: in tests by cases the spread of a person over cases is
// commonly larger than that between people (Elstein, Shulman and Sprafka, "Medical Problem Solving", 1978, who named it content
// specificity).
func HiringWorld() FormWorld {
	p := ability.DefaultPrior()
	return FormWorld{Spread: ability.AuthorSpread, Mean: p.Mean + 0.6*p.SD, SD: p.SD, Case: p.SD, Persons: 400, Seed: 1}
}

// Truth is the true difficulty of an item, the same in every form.
func (w FormWorld) Truth(id string, author float64) float64 {
	return author + w.Spread*w.noise(id, 1)
}

// Estimate is what is known of it by calibration: the author's word where Known is 0.
func (w FormWorld) Estimate(id string, author float64) float64 {
	if w.Known == 0 {
		return author
	}
	return w.Truth(id, author) + w.Known*w.noise(id, 2)
}

// noise is a normal number that belongs to an item.
func (w FormWorld) noise(id string, salt uint64) float64 {
	h := uint64(14695981039346656037) // FNV-1a
	for _, b := range []byte(id) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(w.Seed^salt<<56, h)).NormFloat64()
}

// FormsCompared says how far forms differ, in points of a hundred.
type FormsCompared struct {
	Forms     int
	Between   float64 // standard deviation of the forms' difficulty: of the mean score that the same candidates get on each
	Error     float64 // standard error of measurement: how much a candidate's score on one form varies around what that form gives one of that ability
	Widest    float64 // difference between the easiest and the hardest form
	MeanScore float64
}

// Ratio is Between over Error.
func (c FormsCompared) Ratio() float64 { return c.Between / c.Error }

// CompareForms has the same candidates sit every form. The scores of one candidate on a form are not drawn but worked out: their mean and
// variance over what the candidate may know of each chart (by quadrature) and over the single answers. So Between has no noise of
// sampling but that of the candidates' abilities, which all forms share.
func (w FormWorld) CompareForms(forms [][]FormPart) FormsCompared {
	rnd := rand.New(rand.NewPCG(w.Seed, 77))
	thetas := make([]float64, w.Persons)
	for i := range thetas {
		thetas[i] = w.Mean + w.SD*rnd.NormFloat64()
	}
	out := FormsCompared{Forms: len(forms)}
	means := make([]float64, len(forms))
	for f, form := range forms {
		for _, theta := range thetas {
			mean, variance := w.score(form, theta)
			means[f] += mean / float64(len(thetas))
			out.Error += variance / float64(len(thetas)*len(forms))
		}
		out.MeanScore += means[f] / float64(len(forms))
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range means {
		out.Between += (m - out.MeanScore) * (m - out.MeanScore) / float64(max(1, len(forms)-1))
		low, high = min(low, m), max(high, m)
	}
	out.Between, out.Error, out.Widest = math.Sqrt(out.Between), math.Sqrt(out.Error), high-low
	return out
}

// hermite are nodes and weights of Gauss-Hermite quadrature of order 5 for a standard normal number.
var hermite = [5][2]float64{{-2.8569700138728056, 0.011257411327720691}, {-1.3556261799742659, 0.22207592200561266}, {0, 0.5333333333333333}, {1.3556261799742659, 0.22207592200561266}, {2.8569700138728056, 0.011257411327720691}}

// score is the mean and the variance of a candidate's score on a form, in points of a hundred.
func (w FormWorld) score(form []FormPart, theta float64) (mean, variance float64) {
	total := 0.0
	for _, p := range form {
		total += p.Weight
		truth := w.Truth(p.ID, p.Author)
		chance := func(shift float64) float64 {
			return p.Floor + (1-p.Floor)/(1+math.Exp(truth-theta-shift))
		}
		if p.Fields <= 1 {
			c := chance(0)
			mean += p.Weight * c
			variance += p.Weight * p.Weight * c * (1 - c)
			continue
		}
		m, square, within := 0.0, 0.0, 0.0
		for _, h := range hermite {
			c := chance(w.Case * h[0])
			m += h[1] * c
			square += h[1] * c * c
			within += h[1] * c * (1 - c) / float64(p.Fields)
		}
		mean += p.Weight * m
		variance += p.Weight * p.Weight * (square - m*m + within)
	}
	return 100 * mean / total, 1e4 * variance / (total * total)
}
