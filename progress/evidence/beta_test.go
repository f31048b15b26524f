package evidence

import (
	"math"
	"testing"
)

// TestFeldtInterval works the range of a reliability out by L. S. Feldt's formula, 1 - (1-α)F(p; n-1, (n-1)(k-1)), for n persons and k items: a published
// result (https://imaging.mrc-cbu.cam.ac.uk/statswiki/FAQ/cafun), and what 30 persons come to.
func TestFeldtInterval(t *testing.T) {
	quantile := func(p, d1, d2 float64) float64 { // of the F distribution
		low, high := 0.0, 100.0
		for range 200 {
			if mid := (low + high) / 2; betaShare(d1*mid/(d1*mid+d2), d1/2, d2/2) < p {
				low = mid
			} else {
				high = mid
			}
		}
		return low
	}
	for _, c := range []struct{ alpha, persons, items, low, high, within float64 }{
		{.913, 873, 20, .9044024, .9211588, 5e-8},
		{.80, 30, 30, .68, .89, .005},
	} {
		d1, d2 := c.persons-1, (c.persons-1)*(c.items-1)
		low, high := 1-(1-c.alpha)*quantile(.975, d1, d2), 1-(1-c.alpha)*quantile(.025, d1, d2)
		if math.Abs(low-c.low) > c.within || math.Abs(high-c.high) > c.within {
			t.Errorf("alpha %g of %g persons and %g items: %.7f to %.7f, want %g to %g", c.alpha, c.persons, c.items, low, high, c.low, c.high)
		}
	}
}
