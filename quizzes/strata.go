package quizzes

// Stratum is a part of a form that every form of a test has in the same number: questions of an area and difficulty, or charts of a setting
// and difficulty.
type Stratum struct {
	Area       string `json:"area"`              // of questions, "cases" for charts
	Setting    string `json:"setting,omitempty"` // of charts
	Difficulty int    `json:"difficulty"`        // 1 to 5
	Count      int    `json:"count"`
}

// Strata are the parts of a form, in a fixed order.
type Strata []Stratum
