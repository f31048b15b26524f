package itemstats

import (
	"math"
	"slices"
)

// Drift compares the earlier half of the responses to an item with the later, the same ability taken for granted: a class that is stronger than
// the one before moves the share right, but not this.
//
// Each response counts as its score less the chance of it, foretold by the model from the person's other answers alone. Change is the mean of
// that later less earlier: by how much of a point the item has become easier for the same person. It is tested by Welch's test with normal
// quantiles (each half has Limits.Drift responses at least) and the greater of the variance found and the one foretold, since the few right answers to
// a hard item vary too little by chance; and Adjusted is P as it stands among all items tested (Benjamini and Hochberg 1995):
// of items called drifting below 0.05, one in twenty is not. The difference is after the logic of tests for differential item functioning, with time as the group (P. W. Holland and H. Wainer, "Differential Item
// Functioning", 1993).
type Drift struct {
	EarlyN   int     `json:"early_n"`
	LateN    int     `json:"late_n"`
	Early    float64 `json:"early"` // mean score of the earlier half
	Late     float64 `json:"late"`
	Change   float64 `json:"change"`
	Z        float64 `json:"z"`
	P        float64 `json:"p"`
	Adjusted float64 `json:"adjusted"`
}

// drift is nil where a half is too small or the time is the same for all.
func (m *model) drift(i int) *Drift {
	cells := slices.Clone(m.t.of[i])
	slices.SortStableFunc(cells, func(a, b cell) int { return a.r.At.Compare(b.r.At) })
	cut := len(cells) / 2
	for cut > 0 && cut < len(cells) && cells[cut].r.At.Equal(cells[cut-1].r.At) { // who answered at the same moment stays together
		cut++
	}
	least := max(2, m.t.lim.Drift)
	if cut < least || len(cells)-cut < least {
		return nil
	}
	res, scores, foretold := make([]float64, len(cells)), make([]float64, len(cells)), make([]float64, len(cells))
	for k, c := range cells {
		p := m.foretold(i, c)
		scores[k], res[k], foretold[k] = c.r.Score, c.r.Score-p, p*(1-p)
	}
	early, late := res[:cut], res[cut:]
	d := &Drift{EarlyN: cut, LateN: len(cells) - cut, Early: mean(scores[:cut]), Late: mean(scores[cut:]), Change: mean(late) - mean(early)}
	spread := func(res, foretold []float64) float64 { return max(variance(res), mean(foretold)) / float64(len(res)) }
	se := math.Sqrt(spread(early, foretold[:cut]) + spread(late, foretold[cut:]))
	if se < 1e-9 {
		return nil
	}
	d.Z = d.Change / se
	d.P = 2 * upper(math.Abs(d.Z))
	return d
}

// foretold is the chance of a response by the person's other answers.
func (m *model) foretold(i int, c cell) float64 {
	post := m.post[c.person]
	sum, chance := 0.0, 0.0
	s := c.r.Score
	for q, w := range post {
		// The share of this answer is taken out of what all of them say.
		w /= math.Exp(s*m.logRight[i][q] + (1-s)*m.logWrong[i][q])
		sum += w
		chance += w * m.chance[i][q]
	}
	return chance / sum
}
