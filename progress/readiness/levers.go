package readiness

import (
	"cmp"
	"slices"
)

// The kinds of Lever.
const (
	LeverEvidence = "evidence" // too few answers there to know: a drill shows where one stands, and teaches
	LeverLesson   = "lesson"   // less than LessonBelow is expected to be right and lessons are not done yet
	LeverPractise = "practise"
)

const (
	// LeverStep is the gain in ability, in logits, that levers are compared by: the same for each area. Half a logit takes a share right of 60 %
	// to 71 %, which the forecast takes for a few hours of study in one area; it is a yardstick and no promise.
	LeverStep = 0.5
	// LessonBelow is the share right below which a lesson comes before more questions.
	LessonBelow = 0.65
	mostLevers  = 3
	compared    = 150 // draws: a comparison on the same draws needs fewer than the chance itself
)

// Lever is something that would raise the chance.
type Lever struct {
	Area      string  `json:"area"`
	Name      string  `json:"name"`
	What      string  `json:"what"`
	Gain      float64 `json:"gain"`      // of the chance, 0 to 1, if the ability in the area were LeverStep higher
	ScoreGain float64 `json:"scoreGain"` // of the expected share right, 0 to 1
}

// levers finds the areas in which LeverStep raises the chance most. Evidence by itself raises no chance, on average it only narrows the range; the
// gain of each kind is that of learning.
func (s *sitting) levers(f Forecast, e Evidence, lessons map[string]int) []Lever {
	thin := max(1, s.draws/compared)
	out := make([]Lever, len(s.parts))
	now, then := make([]float64, len(s.parts)), 0.0
	seen := 0.0
	for d := 0; d < s.draws; d += thin {
		seen++
		row := s.theta[d*len(s.parts):][:len(s.parts)]
		for k, w := range weights {
			var mean, variance, third float64
			for i, theta := range row {
				now[i] = s.curves[i].at(theta + s.shift[k])
				m, v, t := binomial(now[i], s.parts[i].Items)
				mean, variance, third = mean+m, variance+v, third+t
			}
			before := atMost(s.line[d]-1, mean, variance, third)
			for i, theta := range row {
				then = s.curves[i].at(theta + s.shift[k] + LeverStep)
				m0, v0, t0 := binomial(now[i], s.parts[i].Items)
				m1, v1, t1 := binomial(then, s.parts[i].Items)
				out[i].Gain += w * (before - atMost(s.line[d]-1, mean+m1-m0, variance+v1-v0, third+t1-t0))
				out[i].ScoreGain += w * (m1 - m0) / s.items
			}
		}
	}
	for i, p := range s.parts {
		v := &out[i]
		v.Area, v.Name, v.What = p.Area, p.Name, LeverPractise
		v.Gain, v.ScoreGain = max(v.Gain/seen, 0), v.ScoreGain/seen
		switch {
		case e.ByArea[p.Area] < MinPerArea:
			v.What = LeverEvidence
		case lessons[p.Area] > 0 && f.Areas[i].Expected < LessonBelow:
			v.What = LeverLesson
		}
	}
	slices.SortStableFunc(out, func(a, b Lever) int {
		return cmp.Or(cmp.Compare(b.Gain, a.Gain), cmp.Compare(b.ScoreGain, a.ScoreGain), cmp.Compare(a.Area, b.Area))
	})
	return out[:min(mostLevers, len(out))]
}
