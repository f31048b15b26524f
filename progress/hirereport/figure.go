package hirereport

import (
	"math"

	"crosswalk/progress/itemstats"
)

// Level is the confidence of every interval, in per cent.
const Level = 90

// Method names how the size of the sample behind an interval was found: see the package comment.
type Method string

// The methods.
const (
	Wilson        Method = "wilson"
	WilsonKish    Method = "wilson-kish"
	WilsonCluster Method = "wilson-cluster"
)

// Figure is a share with its interval. Shares are tenths of a per cent.
type Figure struct {
	Right     float64 `json:"right"` // hundredths are the finest there are: a chart coded in part
	Of        float64 `json:"of"`
	Percent10 int     `json:"percent10"`
	Low10     int     `json:"low10"`
	High10    int     `json:"high10"`
	N         float64 `json:"n"` // the size of the sample that the interval rests on, to a tenth
	Method    Method  `json:"method"`
}

// Share is the figure from 0 to 1.
func (f Figure) Share() float64 {
	if f.Of == 0 {
		return 0
	}
	return f.Right / f.Of
}

// StandardError is that of the share by Agresti and Coull, from 0 to 1: of the share with half of z² added to either side, which is never
// nothing.
func (f Figure) StandardError() float64 {
	n := f.N + itemstats.Z90*itemstats.Z90
	p := (f.Share()*f.N + itemstats.Z90*itemstats.Z90/2) / n
	return math.Sqrt(p * (1 - p) / n)
}

func figure(right, of, n float64, m Method) *Figure {
	if of <= 0 || n <= 0 {
		return nil
	}
	low, high := itemstats.Wilson(right/of, n, itemstats.Z90)
	return &Figure{
		Right: math.Round(100*right) / 100, Of: math.Round(100*of) / 100, Percent10: tenths(right / of), Low10: tenths(low), High10: tenths(high),
		N: math.Round(10*n) / 10, Method: m,
	}
}

func tenths(share float64) int { return int(math.Round(1000 * share)) }

// count is a share of answers that each count as one.
type count struct{ right, of int }

func (c *count) add(right bool) {
	c.of++
	if right {
		c.right++
	}
}

func (c count) figure() *Figure {
	return figure(float64(c.right), float64(c.of), float64(c.of), Wilson)
}

// weighted is a share of items that have weights.
type weighted struct{ earned, weights, squares float64 }

func (w *weighted) add(share, weight float64) {
	w.earned += share * weight
	w.weights += weight
	w.squares += weight * weight
}

func (w weighted) figure() *Figure {
	if w.squares == 0 {
		return nil
	}
	return figure(w.earned, w.weights, w.weights*w.weights/w.squares, WilsonKish)
}

// clustered is a share of lines that come in charts.
type clustered struct{ charts []count }

func (c *clustered) add(chart count) {
	if chart.of > 0 {
		c.charts = append(c.charts, chart)
	}
}

func (c clustered) figure() *Figure {
	var right, of float64
	for _, x := range c.charts {
		right += float64(x.right)
		of += float64(x.of)
	}
	if of == 0 {
		return nil
	}
	return figure(right, of, c.size(right/of, of), WilsonCluster)
}

// size is the effective number of lines by Korn and Graubard.
func (c clustered) size(p, lines float64) float64 {
	charts := float64(len(c.charts))
	if len(c.charts) < 2 || lines <= charts {
		return charts
	}
	var squares float64
	for _, x := range c.charts {
		d := float64(x.right) - p*float64(x.of)
		squares += d * d
	}
	n := lines
	if v := charts / (charts - 1) * squares / (lines * lines); v > 0 {
		n = min(lines, p*(1-p)/v)
	}
	t := student(int(lines)-1) / student(len(c.charts)-1)
	return max(charts, n*t*t)
}

// student is the 95th percentile of Student's t. One and two degrees of freedom have closed forms; beyond it is the expansion of Cornish and
// Fisher (M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 26.7.5), good to 0.01.
func student(freedom int) float64 {
	const p = 0.95
	switch {
	case freedom <= 1:
		return math.Tan(math.Pi * (p - 0.5))
	case freedom == 2:
		return (2*p - 1) / math.Sqrt(2*p*(1-p))
	}
	z, n := itemstats.Z90, float64(freedom)
	z3 := z * z * z
	z5, z7, z9 := z3*z*z, z3*z3*z, z3*z3*z3
	return z + (z3+z)/(4*n) + (5*z5+16*z3+3*z)/(96*n*n) + (3*z7+19*z5+17*z3-15*z)/(384*n*n*n) +
		(79*z9+776*z7+1482*z5-1920*z3-945*z)/(92160*n*n*n*n)
}

// Interval is a figure that is no share, with its interval.
type Interval struct {
	Value  float64 `json:"value"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	N      int     `json:"n"`
	Method string  `json:"method"` // "student" of the values, "student-log" of their logarithms
}

// minInterval is how many values an interval by Student's t takes here: with two it says nothing.
const minInterval = 3

// studentMean is the mean with its interval by Student's t; nil with too few values.
func studentMean(x []float64) *Interval {
	if len(x) < minInterval {
		return nil
	}
	n := float64(len(x))
	var sum, squares float64
	for _, v := range x {
		sum += v
	}
	mean := sum / n
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	half := student(len(x)-1) * math.Sqrt(squares/(n-1)/n)
	return &Interval{Value: mean, Low: mean - half, High: mean + half, N: len(x), Method: "student"}
}

// studentLog is the geometric mean with its interval, as times are judged, whose logarithms are near to normal (W. J. van der Linden, "A
// lognormal model for response times on test items", Journal of Educational and Behavioral Statistics 31, 2006); nil with too few values.
func studentLog(x []float64) *Interval {
	logs := make([]float64, len(x))
	for i, v := range x {
		logs[i] = math.Log(v)
	}
	m := studentMean(logs)
	if m == nil {
		return nil
	}
	return &Interval{Value: math.Exp(m.Value), Low: math.Exp(m.Low), High: math.Exp(m.High), N: m.N, Method: "student-log"}
}

func round(v float64) float64 { return math.Round(v) }

// cents rounds dollars.
func cents(v float64) float64 { return math.Round(100*v) / 100 }
