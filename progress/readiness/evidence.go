package readiness

import (
	"time"
)

// Evidence is what a forecast rests on, as far as it can be counted. It is about the areas of the exam alone.
type Evidence struct {
	Answers int            `json:"answers"` // answers to questions, repeats left out
	ByArea  map[string]int `json:"byArea"`
	Cases   int            `json:"cases"`
	Days    int            `json:"days"` // study days with answers
	Newest  time.Time      `json:"newest"`
	Mocks   int            `json:"mocks"` // exams handed in
}

// The minimum below which nothing is foretold. The simulation (docs/readiness.md) finds forecasts of fewer answers calibrated as well, because
// their range is wider; what they lack is use. After 25 answers, a placement test, the middle learner's range of the chance is 80 points wide, after
// 60 it is 58, after 150 46.
const (
	// MinAnswers is the fewest answers, repeats not counted.
	MinAnswers = 60
	// MinPerArea is the fewest answers in an area for it to count as seen. Two, since the correlation with other areas carries the rest.
	MinPerArea = 2
	// MinSeen is the share of the exam's items that must lie in areas seen.
	MinSeen = 0.7
	// MaxAge is how old the newest answer may be. Evidence fades (see package standing); after 120 days without any answer what is left of it
	// says less of today than a placement test would.
	MaxAge = 120 * 24 * time.Hour
)

// The kinds of Lack.
const (
	LackAnswers = "answers" // too few answers: Have of Need
	LackAreas   = "areas"   // too few of the exam's items lie in areas seen: Have of Need per cent; Areas are those not seen, the largest first
	LackRecent  = "recent"  // the newest answer is Have days old; it may be Need
)

// Lack is something that the evidence lacks.
type Lack struct {
	What  string   `json:"what"`
	Have  int      `json:"have"`
	Need  int      `json:"need"`
	Areas []string `json:"areas,omitempty"`
}

// Lacks says what is missing to foretell an exam on a day; nothing when there is enough. A zero now leaves the age of the evidence aside.
func (e Evidence) Lacks(f Form, now time.Time) []Lack {
	var lacks []Lack
	if e.Answers < MinAnswers {
		lacks = append(lacks, Lack{What: LackAnswers, Have: e.Answers, Need: MinAnswers})
	}
	seen, all := 0, f.Items()
	var missing []Part
	for _, p := range f.Parts {
		switch {
		case e.ByArea[p.Area] >= MinPerArea:
			seen += p.Items
		case p.Items > 0:
			missing = append(missing, p)
		}
	}
	if float64(seen) < MinSeen*float64(all) {
		l := Lack{What: LackAreas, Have: 100 * seen / all, Need: int(100 * MinSeen)}
		for _, p := range byItems(missing) {
			l.Areas = append(l.Areas, p.Area)
		}
		lacks = append(lacks, l)
	}
	if age := now.Sub(e.Newest); !now.IsZero() && !e.Newest.IsZero() && age > MaxAge {
		lacks = append(lacks, Lack{What: LackRecent, Have: int(age.Hours() / 24), Need: int(MaxAge.Hours() / 24)})
	}
	return lacks
}
