package learnersim

import (
	"fmt"
	"sync"
	"time"

	"crosswalk/progress/ability"
	"crosswalk/progress/memory"
	"crosswalk/progress/readiness"
	"crosswalk/progress/standing"
)

// folded is the record as the program folds it.
type folded struct {
	s     *standing.Standing
	facts bank
	n     int
	e     readiness.Evidence
	dates map[int]bool
}

// bank is the catalogue of the questions that were answered so far.
type bank map[string]standing.Facts

// Facts implements standing.Catalog.
func (b bank) Facts(kind, id string) (standing.Facts, bool) {
	f, ok := b[id]
	return f, ok && kind == standing.Question
}

// assumed is the model of ability that nobody has answered yet.
var assumed = sync.OnceValues(func() (*ability.Model, error) { return ability.NewModel(ability.DefaultPrior()) })

// Standing makes records that are folded by package standing, as the program's are.
func Standing(areas []string) (Record, error) {
	m, err := assumed()
	if err != nil {
		return nil, err
	}
	b := bank{}
	s := standing.New(standing.Config{Areas: areas, Ability: m, Memory: memory.Default(), Catalog: b})
	return &folded{s: s, facts: b, e: readiness.Evidence{ByArea: map[string]int{}}, dates: map[int]bool{}}, nil
}

// Apply implements Record.
func (r *folded) Apply(a Answer) error {
	if _, known := r.facts[a.Item.ID]; !known {
		r.facts[a.Item.ID] = standing.Facts{Areas: []string{a.Item.Area}, Difficulty: a.Item.Difficulty, Options: a.Item.Options, Pace: 100 * time.Second}
		r.e.Answers++
		r.e.ByArea[a.Item.Area]++
	}
	r.n++
	r.dates[a.Day] = true
	at := start.AddDate(0, 0, a.Day).Add(time.Duration(r.n) * time.Millisecond)
	r.e.Newest = at
	return r.s.Apply(standing.Entry{
		ID: fmt.Sprintf("%08d", r.n), Kind: standing.Question, Item: a.Item.ID, Areas: []string{a.Item.Area}, Context: a.Context,
		At: at, Day: a.Day, Seconds: a.Seconds, Score: a.Score, Correct: a.Correct,
	})
}

// On implements Record.
func (r *folded) On(day int) (*ability.Learner, readiness.Evidence, error) {
	r.e.Days = len(r.dates)
	return r.s.Ability(day), r.e, nil
}
