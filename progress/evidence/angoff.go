package evidence

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Rating is what one judge says of one item: the share of just qualified candidates who would answer it rightly, of a chart the share of its points that
// they would earn.
type Rating struct {
	Judge string
	Item  int     // place in the items that are judged, from 0
	Share float64 // 0 to 1
}

// ErrRatings is what every error about ratings is.
var ErrRatings = errors.New("ratings cannot be used")

// Judge is one judge's line.
type Judge struct {
	Judge string  `json:"judge"`
	Rated int     `json:"rated"` // items
	Cut   float64 `json:"cut"`   // the mean of the ratings, by the weights of the items; 0 where not complete
	Whole bool    `json:"whole"` // all items are rated; only such judges count
}

// RatedItem is what the judges who count said of an item.
type RatedItem struct {
	Mean float64  `json:"mean"`
	Low  float64  `json:"low"`
	High float64  `json:"high"`
	SD   *float64 `json:"sd"` // between judges; nil of one judge
}

// Cut is the cut score of a panel: the mean of the judges' lines, with the standard error SD/√n of a mean of n judges who rate each for themselves. It says
// how far another panel of such judges might lie off, and not how right they are. Where judges knew what others had said, it is too small: see R. G. MacCann
// and G. Stanley, "Estimating the standard error of the judging in a modified-Angoff standards setting procedure", Practical Assessment, Research &
// Evaluation 9(5), 2004, who compare it with what moved over the years.
type Cut struct {
	Judges  []Judge     `json:"judges"`
	Panel   int         `json:"panel"` // judges who count
	Items   []RatedItem `json:"-"`     // in the order of the weights
	Percent *float64    `json:"percent"`
	SD      *float64    `json:"sd"` // between judges, in points of a hundred; nil of fewer than two
	SE      *float64    `json:"se"` // of Percent; nil of fewer than two
	Low     *float64    `json:"low"`
	High    *float64    `json:"high"`   // Low to High: Percent less and plus 2 SE, within 0 to 100
	Spread  *float64    `json:"spread"` // root mean square of the items' SD between judges, in points: how far they are apart on one item
}

// Angoff puts ratings together. weights are the points of the items. Judges come in the order in which they are first named. The error is ErrRatings: an item
// that is not there, a share outside 0 to 1, or two ratings by one judge of an item.
func Angoff(weights []float64, ratings []Rating) (Cut, error) {
	by, order, err := byJudge(weights, ratings)
	if err != nil {
		return Cut{}, err
	}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	out := Cut{Judges: []Judge{}}
	var cuts []float64
	var whole [][]float64
	for _, name := range order {
		shares := by[name]
		j := Judge{Judge: name}
		sum := 0.0
		for i, x := range shares {
			if !math.IsNaN(x) {
				j.Rated++
				sum += weights[i] * x
			}
		}
		if j.Whole = j.Rated == len(weights) && total > 0; j.Whole {
			j.Cut = sum / total
			cuts, whole = append(cuts, 100*j.Cut), append(whole, shares)
		}
		out.Judges = append(out.Judges, j)
	}
	out.Panel = len(cuts)
	if out.Panel == 0 {
		return out, nil
	}
	out.items(whole)
	m, sd := meanSD(cuts)
	out.Percent = &m
	if out.Panel > 1 {
		se := sd / math.Sqrt(float64(out.Panel))
		low, high := max(0, m-2*se), min(100, m+2*se)
		out.SD, out.SE, out.Low, out.High = &sd, &se, &low, &high
	}
	return out, nil
}

// items fills in what was said of each item.
func (c *Cut) items(whole [][]float64) {
	squares := 0.0
	for i := range whole[0] {
		var xs []float64
		for _, shares := range whole {
			xs = append(xs, shares[i])
		}
		m, sd := meanSD(xs)
		it := RatedItem{Mean: m, Low: slices.Min(xs), High: slices.Max(xs)}
		if len(xs) > 1 {
			it.SD = &sd
			squares += 1e4 * sd * sd
		}
		c.Items = append(c.Items, it)
	}
	if len(whole) > 1 {
		s := math.Sqrt(squares / float64(len(c.Items)))
		c.Spread = &s
	}
}

func byJudge(weights []float64, ratings []Rating) (by map[string][]float64, order []string, _ error) {
	by = map[string][]float64{}
	var bad []error
	for _, r := range ratings {
		if r.Item < 0 || r.Item >= len(weights) {
			bad = append(bad, fmt.Errorf("%w: %s rates item %d of %d", ErrRatings, r.Judge, r.Item+1, len(weights)))
			continue
		}
		if !(r.Share >= 0 && r.Share <= 1) {
			bad = append(bad, fmt.Errorf("%w: %s gives item %d the share %g", ErrRatings, r.Judge, r.Item+1, r.Share))
			continue
		}
		shares, ok := by[r.Judge]
		if !ok {
			shares = make([]float64, len(weights))
			for i := range shares {
				shares[i] = math.NaN()
			}
			by[r.Judge], order = shares, append(order, r.Judge)
		}
		if !math.IsNaN(shares[r.Item]) {
			bad = append(bad, fmt.Errorf("%w: %s rates item %d twice", ErrRatings, r.Judge, r.Item+1))
			continue
		}
		shares[r.Item] = r.Share
	}
	return by, order, errors.Join(bad...)
}

// meanSD is the mean and the standard deviation of a sample; the latter is 0 for one value.
func meanSD(xs []float64) (mean, sd float64) {
	for _, x := range xs {
		mean += x
	}
	mean /= float64(len(xs))
	if len(xs) < 2 {
		return mean, 0
	}
	for _, x := range xs {
		sd += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(sd / float64(len(xs)-1))
}

// MostApart are the items that the judges are furthest apart on, by their place: at most n, and only those whose SD is above limit.
func (c Cut) MostApart(n int, limit float64) []int {
	var out []int
	for i, it := range c.Items {
		if it.SD != nil && *it.SD > limit {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(x, y int) int { // last digits make no order
		return cmp.Compare(math.Round(1e9**c.Items[y].SD), math.Round(1e9**c.Items[x].SD))
	})
	return out[:min(n, len(out))]
}
