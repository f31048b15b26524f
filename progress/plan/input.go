package plan

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"crosswalk/progress/memory"
)

// The kinds of cards, of new items and of tasks.
const (
	KindQuestion = "question"
	KindLine     = "line" // of a case
	KindTerm     = "term"
	KindCase     = "case" // new items only: what is missed in it comes back as lines
	KindLesson   = "lesson"
	KindReview   = "review" // a task: several cards
	KindMock     = "mock"
)

// mostMinutes is the longest day of study that is taken for meant: 16 hours.
const mostMinutes = 16 * 60

// mostDays is the longest plan; an exam later than that is planned for as far.
const mostDays = 3 * 366

// Goal is what the plan leads to.
type Goal struct {
	Exam    string `json:"exam"` // id of a blueprint
	Date    Day    `json:"date"` // of the exam, on which nothing is planned
	Minutes [7]int `json:"minutes"`
	Off     []Day  `json:"off,omitempty"` // days without study
}

// Area is a part of the exam.
type Area struct {
	ID       string
	Weight   float64 // in the exam, on any scale; items of the form
	Expected float64 // share right that is expected today, 0 to 1
	SD       float64 // of Expected
	Floor    float64 // share right by guessing alone, 0 to 0.9
	Answered int     // questions answered so far
	Known    int     // questions answered rightly the first time: they are no cards, but part of what the area holds
}

// Lesson is one lesson of the catalogue, done or not.
type Lesson struct {
	ID       string
	Minutes  int
	Areas    []string // those that are not in the exam count for nothing
	Requires []string // ids of lessons to be read before; those not in Input are taken for done
	Done     bool
}

// Card is something to review.
type Card struct {
	ID      string
	Kind    string // KindQuestion, KindLine or KindTerm
	Areas   []string
	State   memory.State
	Last    Day     // of the last review
	Minutes float64 // that a review takes; 0: what its kind usually takes
}

// Stock is new items of one sort.
type Stock struct {
	Kind    string // KindQuestion, KindTerm or KindCase
	Areas   []string
	Lesson  string // they are offered only when this lesson is done; "": at once
	Count   int
	Minutes float64 // each; 0: what its kind usually takes
}

// Mock is a practice exam that could be sat.
type Mock struct {
	ID      string
	Minutes int
	Items   int
}

// Promise is what was planned for a day when that day began.
type Promise struct {
	Day   Day            `json:"day"`
	Tasks []Task         `json:"tasks"`
	Seen  map[string]int `json:"seen"` // Input.Seen of that moment
}

// DoneDay is what was done on a day.
type DoneDay struct {
	Day     Day
	Minutes float64
}

// Input is all that a plan is made of.
type Input struct {
	Today   Day
	Goal    Goal
	Spent   float64 // minutes studied today already
	Areas   []Area
	Lessons []Lesson // in the order in which one reads them, which decides between equals
	Cards   []Card
	Stock   []Stock
	Mocks   []Mock
	Sat     []Day     // days on which a mock was sat
	Past    []Promise // of at most the last MostSlipDays days, in any order, and that of today
	Done    []DoneDay
	Seen    map[string]int // different items answered so far, by kind (KindQuestion, KindTerm, KindCase)
	Memory  *memory.Model  // nil: the published weights
	Through Day            // plan no further than this day; 0: until the exam. Expected is then that of what was planned
}

// ErrInput is what every error about an input is.
var ErrInput = errors.New("plan cannot be made")

// check names all that is wrong with the input. What is odd but can be planned with is left to warnings.
func (in *Input) check() error {
	var bad []string
	add := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	for i, m := range in.Goal.Minutes {
		if m < 0 || m > mostMinutes {
			add("%d minutes on weekday %d; give 0 to %d", m, i+1, mostMinutes)
		}
	}
	if !(in.Spent >= 0) || math.IsInf(in.Spent, 0) {
		add("%g minutes spent today", in.Spent)
	}
	seen, total := map[string]bool{}, 0.0
	for _, a := range in.Areas {
		switch {
		case seen[a.ID]:
			add("area %q is there twice", a.ID)
		case !(a.Weight >= 0) || math.IsInf(a.Weight, 0):
			add("area %q has the weight %g", a.ID, a.Weight)
		case !(a.Expected >= 0 && a.Expected <= 1), !(a.SD >= 0 && a.SD <= 1), !(a.Floor >= 0 && a.Floor <= 0.9):
			add("area %q expects %g (SD %g) with a floor of %g; all are shares from 0 to 1", a.ID, a.Expected, a.SD, a.Floor)
		case a.Answered < 0 || a.Known < 0:
			add("area %q has a count below 0", a.ID)
		}
		seen[a.ID] = true
		total += a.Weight
	}
	if !(total > 0) {
		add("no area has a weight")
	}
	lessons := map[string]bool{}
	for _, l := range in.Lessons {
		if lessons[l.ID] {
			add("lesson %q is there twice", l.ID)
		}
		lessons[l.ID] = true
		if l.Minutes <= 0 || l.Minutes > mostMinutes {
			add("lesson %q takes %d minutes", l.ID, l.Minutes)
		}
	}
	for _, c := range in.Cards {
		switch {
		case kindOf(c.Kind).units == 0 || c.Kind == KindCase:
			add("card %q is of no kind %q", c.ID, c.Kind)
		case c.State.New() || !(c.State.Stability > 0 && c.State.Difficulty >= 1 && c.State.Difficulty <= 10):
			add("card %q has the memory %+v", c.ID, c.State)
		case !(c.Minutes >= 0 && c.Minutes <= mostMinutes):
			add("card %q takes %g minutes", c.ID, c.Minutes)
		}
	}
	for i, s := range in.Stock {
		if kindOf(s.Kind).block == 0 || s.Count < 0 || !(s.Minutes >= 0 && s.Minutes <= mostMinutes) {
			add("new items %d: %d of kind %q in %g minutes", i+1, s.Count, s.Kind, s.Minutes)
		}
	}
	for _, m := range in.Mocks {
		if m.Minutes <= 0 || m.Items <= 0 {
			add("mock %q has %d items in %d minutes", m.ID, m.Items, m.Minutes)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrInput, strings.Join(bad, "; "))
}

// minutes is what the day has for study.
func (g Goal) minutes(d Day) int {
	if slices.Contains(g.Off, d) {
		return 0
	}
	return g.Minutes[d.Weekday()]
}
