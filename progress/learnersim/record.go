package learnersim

import (
	"math"
	"time"

	"crosswalk/progress/ability"
	"crosswalk/progress/readiness"
)

// Record takes a learner's answers and says what they come to on a day.
type Record interface {
	Apply(Answer) error
	// On gives the abilities and the evidence as they stand on a study day.
	On(day int) (*ability.Learner, readiness.Evidence, error)
}

// Rules are how answers are weighed; those of package standing are Standing().
type Rules struct {
	Again    float64 // weight of an answer to a question seen before
	Lesson   float64 // weight of an answer in a lesson
	HalfLife float64 // days in which the weight of all evidence falls to a half; 0: it does not
}

// plain is the fold of the ability evidence with its constants free, for choosing them.
type plain struct {
	rules Rules
	l     *ability.Learner
	day   int
	e     readiness.Evidence
	dates map[int]bool
}

// Plain makes records by rules.
func Plain(rules Rules) func(areas []string) (Record, error) {
	m, err := assumed()
	return func(areas []string) (Record, error) {
		if err != nil {
			return nil, err
		}
		return &plain{rules: rules, l: m.NewLearner(areas...), e: readiness.Evidence{ByArea: map[string]int{}}, dates: map[int]bool{}}, nil
	}
}

func (r *plain) fade(day int) {
	if day > r.day && r.rules.HalfLife > 0 {
		r.l.Fade(math.Exp2(-float64(day-r.day) / r.rules.HalfLife))
	}
	r.day = max(r.day, day)
}

func (r *plain) Apply(a Answer) error {
	r.fade(a.Day)
	weight := 1.0
	if a.Context == "lesson" {
		weight = r.rules.Lesson
	}
	if a.Again {
		weight *= r.rules.Again
	} else {
		r.e.Answers++
		r.e.ByArea[a.Item.Area]++
	}
	r.dates[a.Day] = true
	r.e.Newest = start.AddDate(0, 0, a.Day)
	return r.l.ObserveWeighted(a.Item, score(a.Correct), weight)
}

func (r *plain) On(day int) (*ability.Learner, readiness.Evidence, error) {
	r.fade(day)
	r.e.Days = len(r.dates)
	return r.l, r.e, nil
}

// start is study day 0.
var start = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
