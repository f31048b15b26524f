package ability

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Response is one answer as a batch of re-estimation sees it.
type Response struct {
	Item    string  `json:"item"`    // ID
	Ability float64 `json:"ability"` // logits: the learner's estimate in the item's area, best without this answer
	SD      float64 `json:"sd"`      // logits, of that estimate
	Score   float64 `json:"score"`   // 0 to 1, as in Learner.Observe
}

// Calibration is the difficulty of one item after a batch.
type Calibration struct {
	Item       string  `json:"item"`
	Author     float64 `json:"author"`     // logits: the difficulty it had by its author
	Difficulty float64 `json:"difficulty"` // logits: mean of the posterior
	SD         float64 `json:"sd"`         // logits, of the posterior; 0.8 without responses
	Responses  int     `json:"responses"`
}

const difficulties = 161 // points from 4 AuthorSpread below the author's difficulty to 4 above

// Recalibrate re-estimates the difficulty of items from a batch of responses, all since the record began or since the item last changed.
// The prior of each is normal around the author's difficulty, which items must hold, with AuthorSpread: few responses move an item
// little, and the scale stays the author's. The estimate is the posterior mean by quadrature. The learner's ability is uncertain, so each
// response has the chance averaged over a normal distribution of ability, by MacKay's approximation of a logistic curve under a normal
// (logistic of κ times the distance, κ = 1/√(1 + π SD²/8); "The evidence framework applied to classification networks", Neural
// Computation 4, 1992). The SD is a little too small, since abilities estimated by the same authors' levels are off together. The result has one entry per item, by ID; the same input in the same order gives the same figures. Errors name
// every item that cannot be used or is named twice and every response to an unknown item or out of range (ErrItem, ErrScore).
func Recalibrate(items []Item, responses []Response) ([]Calibration, error) {
	var bad []error
	byID := make(map[string]int, len(items))
	for i, it := range items {
		if err := it.check(); err != nil {
			bad = append(bad, err)
		}
		if _, twice := byID[it.ID]; twice {
			bad = append(bad, fmt.Errorf("%w: %s is named twice", ErrItem, it.ID))
		}
		byID[it.ID] = i
	}
	grids := make([][difficulties]float64, len(items))
	counts := make([]int, len(items))
	for n, r := range responses {
		i, ok := byID[r.Item]
		switch {
		case !ok:
			bad = append(bad, fmt.Errorf("%w: response %d is to %q, which is not among the items", ErrItem, n+1, r.Item))
		case !(r.Score >= 0 && r.Score <= 1):
			bad = append(bad, fmt.Errorf("%w: response %d to %s: %g", ErrScore, n+1, r.Item, r.Score))
		case !(math.Abs(r.Ability) <= 2*hardest && r.SD >= 0 && r.SD <= hardest):
			bad = append(bad, fmt.Errorf("%w: response %d to %s: ability %g ± %g logits", ErrScore, n+1, r.Item, r.Ability, r.SD))
		default:
			weigh(&grids[i], items[i], r)
			counts[i]++
		}
	}
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	out := make([]Calibration, len(items))
	for i, it := range items {
		out[i] = Calibration{Item: it.ID, Author: it.Difficulty, Responses: counts[i]}
		out[i].Difficulty, out[i].SD = settled(&grids[i], it.Difficulty)
	}
	slices.SortFunc(out, func(a, b Calibration) int {
		if a.Item < b.Item {
			return -1
		}
		return 1
	})
	return out, nil
}

const apart = 8 * AuthorSpread / (difficulties - 1)

func weigh(grid *[difficulties]float64, it Item, r Response) {
	kappa := 1 / math.Sqrt(1+math.Pi*r.SD*r.SD/8)
	c := it.Floor()
	// The chances at evenly spaced difficulties need one exponential: the odds grow by one factor.
	odds := math.Exp(kappa * (it.Difficulty - 4*AuthorSpread - r.Ability))
	factor := math.Exp(kappa * apart)
	for j := range grid {
		p := 1 / (1 + odds)
		odds *= factor
		switch r.Score {
		case 1:
			grid[j] += math.Log(c + (1-c)*p)
		case 0:
			grid[j] += math.Log((1 - c) * (1 - p))
		default:
			grid[j] += r.Score*math.Log(c+(1-c)*p) + (1-r.Score)*math.Log((1-c)*(1-p))
		}
	}
}

func settled(grid *[difficulties]float64, author float64) (mean, sd float64) {
	for j := range grid {
		d := (float64(j) - (difficulties-1)/2) * apart / AuthorSpread
		grid[j] -= d * d / 2
	}
	top := slices.Max(grid[:])
	var s0, s1, s2 float64
	for j, v := range grid {
		w := math.Exp(v - top)
		d := (float64(j) - (difficulties-1)/2) * apart
		s0 += w
		s1 += w * d
		s2 += w * d * d
	}
	shift := s1 / s0
	return author + shift, math.Sqrt(max(s2/s0-shift*shift, 0))
}
