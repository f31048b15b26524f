package progress

import (
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// Item is what progress needs of a question or a case.
type Item struct {
	Kind      ItemKind
	ID        string
	Title     string
	Areas     []string
	ShownHash string // of what a learner sees
	KeyHash   string // of the key and its explanations
	Source    string // the whole item as the author wrote it

	Difficulty int    // the author's, 1 (easy) to 5
	Cited      bool   // a rule is named for the answer; of a chart for every line that counts
	Reviewed   string // YYYY-MM-DD of the last review, "" where none is stated
	Question   *grading.ItemKey
	Case       *grading.Key
}

// Content is what progress needs of the bank. It does not change: a reload is another Content.
type Content interface {
	Item(kind ItemKind, id string) (Item, bool)
	Items(kind ItemKind) []Item // sorted by id
	InArea(area string) []Item  // questions of an area, sorted by id
	AreaTitle(area string) (string, bool)
	Areas() []string // all area ids in the order of the blueprints
	// Exams that come with the content, and forms of any blueprint.
	Blueprint(id string) (*quizzes.Blueprint, error)
	Blueprints() []*quizzes.Blueprint
	Draw(bp *quizzes.Blueprint, seed uint64, seen func(id string) bool) (quizzes.Form, error)
	// CheckBlueprint says what the bank lacks for an exam.
	CheckBlueprint(bp *quizzes.Blueprint) []markdown.Problem
	HiringContent
	// Read makes an item of a kept revision; false when it is one no longer.
	Read(kind ItemKind, body, area string) (Item, bool)
}
