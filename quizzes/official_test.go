package quizzes_test

import (
	"testing"

	"crosswalk/codebook/release/releasetest"
	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// TestShippedContentAgainstReleases checks what ships against the official files in the folder that CROSSWALK_RELEASES names: NCCI pairs,
// partners and exclusions that the starter book does not have.
func TestShippedContentAgainstReleases(t *testing.T) {
	if testing.Short() {
		t.Skip("a test of every code")
	}
	book := releasetest.Book(t)
	cat, problems := lessons.Load(lessons.Content, book)
	bank, more := quizzes.Load(quizzes.Content, cat.Renderer(), book)
	problems = append(append(problems, more...), bank.Check(book)...)
	for _, p := range problems {
		if p.Severity == markdown.Error {
			t.Error(p)
		} else {
			t.Log(p)
		}
	}
}
