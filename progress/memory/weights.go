package memory

import (
	"errors"
	"fmt"
	"math"
)

// Weights are the 21 parameters of FSRS-6, in the published order: 0-3 the first stability in days after again, hard, good and easy;
// 4-5 the first difficulty; 6-7 the change of difficulty and its pull back; 8-10 the growth of stability after a success; 11-14 the
// stability after a failure; 15 the factor of hard and 16 of easy; 17-19 the step of a same-day review; 20 the decay of the forgetting
// curve. It marshals as a JSON array of 21 numbers.
type Weights [21]float64

// DefaultWeights returns the published weights of FSRS-6: DEFAULT_PARAMETERS of py-fsrs, default_w of ts-fsrs and
// FSRS6_DEFAULT_PARAMETERS of fsrs-rs are the same 21 numbers.
func DefaultWeights() Weights {
	return Weights{0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
		1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542}
}

// The bounds of py-fsrs (LOWER_BOUNDS_PARAMETERS and UPPER_BOUNDS_PARAMETERS).
var (
	lowest = Weights{minStability, minStability, minStability, minStability, 1, 0.001, 0.001, 0.001, 0, 0, 0.001,
		0.001, 0.001, 0.001, 0, 0, 1, 0, 0, 0, 0.1}
	highest = Weights{100, 100, 100, 100, 10, 4, 4, 0.75, 4.5, 0.8, 3.5,
		5, 0.25, 0.9, 4, 1, 6, 2, 2, 0.8, 0.8}
)

// spread is the standard deviation of each weight between users, as fsrs-rs publishes it (PARAMS_STDDEV in its training): how far a
// learner's own weights may be expected from the defaults.
var spread = Weights{6.43, 9.66, 17.58, 27.85, 0.57, 0.28, 0.6, 0.12, 0.39, 0.18, 0.33,
	0.3, 0.09, 0.16, 0.57, 0.25, 1.03, 0.31, 0.32, 0.14, 0.27}

// ErrWeights is what every error about weights is.
var ErrWeights = errors.New("weights out of bounds")

// Check reports every weight that is not a number or outside the bounds of py-fsrs, all in one error that is ErrWeights.
func (w Weights) Check() error {
	var bad []error
	for i, v := range w {
		if math.IsNaN(v) || v < lowest[i] || v > highest[i] {
			bad = append(bad, fmt.Errorf("%w: weight %d is %g, but must lie from %g to %g", ErrWeights, i, v, lowest[i], highest[i]))
		}
	}
	return errors.Join(bad...)
}

// bounded moves every weight into its bounds.
func (w Weights) bounded() Weights {
	for i := range w {
		w[i] = min(max(w[i], lowest[i]), highest[i])
	}
	return w
}
