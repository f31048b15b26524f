package memory

// AfterSuccess and AfterFailure ask the two formulas of stability by retrievability, as the published vectors do.
func AfterSuccess(m Model, s State, recall float64, g Grade) float64 { return m.success(s, recall, g) }

func AfterFailure(m Model, s State, recall float64) float64 { return m.failure(s, recall) }

// Slope and TotalLoss let the tests compare the derivatives of the search with differences.
func Slope(w Weights, histories [][]Review) Weights {
	grad, _ := slope(w, histories)
	return grad
}

func TotalLoss(w Weights, histories [][]Review) float64 {
	total, _ := totalLoss(w, histories)
	return total
}
