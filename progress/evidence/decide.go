package evidence

import "math"

// Scores are what Decide needs of a test's scores, as shares of the points.
type Scores struct {
	Mean        float64
	SD          float64
	Reliability float64
}

// Decisions says how good decisions by a pass line are. All figures are shares of candidates.
type Decisions struct {
	Length      float64 `json:"length"`      // effective test length: right-or-wrong items of one difficulty that would be as reliable
	Consistency float64 `json:"consistency"` // would be decided the same in a second sitting of an equivalent form
	Chance      float64 `json:"chance"`      // of that, what pass and fail given at random would agree by
	Kappa       float64 `json:"kappa"`       // agreement beyond chance (J. Cohen, Educational and Psychological Measurement 20, 1960)
	Accuracy    float64 `json:"accuracy"`    // are decided as their true score would be
	FalsePass   float64 `json:"false_pass"`  // pass, while their true score lies below the line
	FalseFail   float64 `json:"false_fail"`  // fail, while their true score lies at the line or above
}

// cells is how finely true scores are cut up; twice as many change no figure by 1e-5.
const cells = 2000

// Decide works decisions by a line (a share, above 0 and below 1) out by the model of Livingston and Lewis: the test is as reliable as so many items of
// equal difficulty, true scores have a beta distribution of the mean and the true variance of the scores, and a score is binomial around the
// true one. Livingston and Lewis allow beta distributions of four moments or, as here, of two. Where the line falls between two scores of the effective length,
// the binomial is continued by the incomplete beta function. ok is false where the model does not fit: a mean of 0 or 1, no spread, a reliability
// that is not between 0 and 1, or a spread that no true scores could have.
func Decide(s Scores, line float64) (_ Decisions, ok bool) {
	variance := s.SD * s.SD
	room := s.Mean*(1-s.Mean) - s.Reliability*variance
	if !(s.Reliability > 0 && s.Reliability < 1 && variance > 1e-12 && room > 1e-12 && line > 0 && line < 1) {
		return Decisions{}, false
	}
	d := Decisions{Length: room / (variance * (1 - s.Reliability))}
	if d.Length < 1 {
		return Decisions{}, false
	}
	size := s.Mean*(1-s.Mean)/(s.Reliability*variance) - 1
	a, b := s.Mean*size, (1-s.Mean)*size
	need := d.Length * line
	var pass, twice float64
	cut := func(from, to float64) {
		share := betaShare(to, a, b) - betaShare(from, a, b)
		p := betaShare((from+to)/2, need, d.Length-need+1) // of reaching the line at this true score
		pass += share * p
		twice += share * (p*p + (1-p)*(1-p))
		if to <= line {
			d.FalsePass += share * p
		} else {
			d.FalseFail += share * (1 - p)
		}
	}
	below := max(1, int(math.Round(cells*line))) // the line is the border of two cells
	for i := range below {
		cut(line*float64(i)/float64(below), line*float64(i+1)/float64(below))
	}
	above := max(1, cells-below)
	for i := range above {
		cut(line+(1-line)*float64(i)/float64(above), line+(1-line)*float64(i+1)/float64(above))
	}
	d.Consistency, d.Chance = twice, pass*pass+(1-pass)*(1-pass)
	if d.Chance < 1 {
		d.Kappa = (d.Consistency - d.Chance) / (1 - d.Chance)
	}
	d.Accuracy = 1 - d.FalsePass - d.FalseFail
	return d, true
}
