package memory

import "math"

// A tangent is a value with its derivatives by the 21 weights.
type tangent struct {
	v float64
	d Weights
}

// held is the value without derivatives if it was moved into its bounds.
func (t tangent) held(low, high float64) tangent {
	if t.v < low || t.v > high {
		return tangent{v: min(max(t.v, low), high)}
	}
	return t
}

// slope is the gradient by the weights of the total log loss, and the Fisher information of the answers: the sum over the scored reviews
// of the outer product of the derivatives of recall, divided by its variance.
func slope(w Weights, histories [][]Review) (grad Weights, info [21][21]float64) {
	c := newCurve(w)
	for _, h := range histories {
		var s, d tangent
		for i, r := range h {
			g := r.Grade
			if i == 0 {
				s, d = c.first(g)
				continue
			}
			var recall tangent
			if r.Days > 0 {
				recall = c.recall(&s, float64(r.Days))
				if p := recall.v; p > certain && p < 1-certain {
					success := 1.0
					if g == Again {
						success = 0
					}
					weight := 1 / (p * (1 - p))
					miss := (p - success) * weight
					for a, da := range recall.d {
						grad[a] += miss * da
						for b := range a + 1 {
							info[a][b] += weight * da * recall.d[b]
						}
					}
				}
			}
			switch {
			case r.Days <= 0:
				s = c.sameDay(&s, g)
			case g == Again:
				s = c.failure(&s, &d, &recall)
			default:
				s = c.success(&s, &d, &recall, g)
			}
			s = s.held(minStability, maxStability)
			d = c.difficulty(&d, g).held(minDifficulty, maxDifficulty)
		}
	}
	for a := range info {
		for b := range a {
			info[b][a] = info[a][b]
		}
	}
	return grad, info
}

// A curve holds what the derivatives of all reviews share. Its methods mirror those of Model, each with its derivatives.
type curve struct {
	Model
	factorByDecay float64 // of the factor by w20
	pullBySlope   float64 // of the pull by w5
}

func newCurve(w Weights) *curve {
	m := newModel(w)
	return &curve{
		Model:         m,
		factorByDecay: (m.factor + 1) * math.Log(0.9) / (w[20] * w[20]),
		pullBySlope:   -3 * math.Exp(3*w[5]),
	}
}

func (c *curve) first(g Grade) (s, d tangent) {
	s.v = c.w[g-1]
	s.d[g-1] = 1
	e := math.Exp(c.w[5] * float64(g-1))
	d.v = c.w[4] - e + 1
	d.d[4] = 1
	d.d[5] = -float64(g-1) * e
	return s.held(minStability, maxStability), d.held(minDifficulty, maxDifficulty)
}

func (c *curve) recall(s *tangent, days float64) (r tangent) {
	x := 1 + c.factor*days/s.v
	r.v = math.Pow(x, c.decay)
	byS := -r.v * c.decay / x * c.factor * days / (s.v * s.v)
	for i := range r.d {
		r.d[i] = byS * s.d[i]
	}
	r.d[20] += r.v * (-math.Log(x) + c.decay/x*days/s.v*c.factorByDecay)
	return r
}

func (c *curve) success(s, d, recall *tangent, g Grade) (n tangent) {
	w := &c.w
	logS := math.Log(s.v)
	base := c.reach * (11 - d.v) * math.Exp(-w[9]*logS)
	factor := 1.0
	switch g {
	case Hard:
		factor = w[15]
	case Easy:
		factor = w[16]
	}
	e := math.Exp((1 - recall.v) * w[10])
	plain := base * (e - 1)
	growth := plain * factor
	n.v = s.v * (1 + growth)
	byS := 1 + growth*(1-w[9])
	byD := -s.v * growth / (11 - d.v)
	byR := -s.v * w[10] * e * base * factor
	for i := range n.d {
		n.d[i] = byS*s.d[i] + byD*d.d[i] + byR*recall.d[i]
	}
	n.d[8] += s.v * growth
	n.d[9] -= s.v * growth * logS
	n.d[10] += s.v * (1 - recall.v) * e * base * factor
	switch g {
	case Hard:
		n.d[15] += s.v * plain
	case Easy:
		n.d[16] += s.v * plain
	}
	return n
}

func (c *curve) failure(s, d, recall *tangent) (n tangent) {
	w := &c.w
	powS := math.Pow(s.v+1, w[13])
	hard := math.Pow(d.v, -w[12])
	e := math.Exp((1 - recall.v) * w[14])
	long := w[11] * hard * (powS - 1) * e
	ratio := math.Exp(-w[17] * w[18])
	if limit := s.v * ratio; limit < long {
		n.v = limit
		for i := range n.d {
			n.d[i] = ratio * s.d[i]
		}
		n.d[17] -= w[18] * limit
		n.d[18] -= w[17] * limit
		return n
	}
	n.v = long
	byS := w[11] * hard * e * w[13] * powS / (s.v + 1)
	byD := -w[12] * long / d.v
	byR := -w[14] * long
	for i := range n.d {
		n.d[i] = byS*s.d[i] + byD*d.d[i] + byR*recall.d[i]
	}
	n.d[11] += long / w[11]
	n.d[12] -= long * math.Log(d.v)
	n.d[13] += w[11] * hard * e * powS * math.Log(s.v+1)
	n.d[14] += long * (1 - recall.v)
	return n
}

func (c *curve) sameDay(s *tangent, g Grade) (n tangent) {
	w := &c.w
	logS := math.Log(s.v)
	shift := float64(g-Good) + w[18]
	step := math.Exp(w[17]*shift - w[19]*logS)
	if g >= Hard && step <= 1 {
		return *s
	}
	n.v = s.v * step
	for i := range n.d {
		n.d[i] = step * (1 - w[19]) * s.d[i]
	}
	n.d[17] += n.v * shift
	n.d[18] += n.v * w[17]
	n.d[19] -= n.v * logS
	return n
}

func (c *curve) difficulty(d *tangent, g Grade) (n tangent) {
	w := &c.w
	step := float64(g-Good) * (10 - d.v) / 9
	moved := d.v - w[6]*step
	n.v = w[7]*c.pull + (1-w[7])*moved
	byD := (1 - w[7]) * (1 + w[6]*float64(g-Good)/9)
	for i := range n.d {
		n.d[i] = byD * d.d[i]
	}
	n.d[4] += w[7]
	n.d[5] += w[7] * c.pullBySlope
	n.d[6] -= (1 - w[7]) * step
	n.d[7] += c.pull - moved
	return n
}
