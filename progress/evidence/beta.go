package evidence

import "math"

// betaShare is the regularised incomplete beta function I_x(a, b), by its continued fraction (W. H. Press and others, Numerical Recipes, 3rd ed.,
// 2007, section 6.4).
func betaShare(x, a, b float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	front := math.Exp(logGamma(a+b) - logGamma(a) - logGamma(b) + a*math.Log(x) + b*math.Log1p(-x))
	if x < (a+1)/(a+b+2) {
		return front * betaFraction(x, a, b) / a
	}
	return 1 - front*betaFraction(1-x, b, a)/b
}

func betaFraction(x, a, b float64) float64 {
	const tiny, enough = 1e-300, 1e-14
	guard := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/guard(1-(a+b)*x/(a+1))
	h := d
	for m := 1.0; m <= 10_000; m++ {
		step := m * (b - m) * x / ((a - 1 + 2*m) * (a + 2*m))
		d, c = 1/guard(1+step*d), guard(1+step/c)
		h *= d * c
		step = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 1 + 2*m))
		d, c = 1/guard(1+step*d), guard(1+step/c)
		h *= d * c
		if math.Abs(d*c-1) < enough {
			break
		}
	}
	return h
}
