package quizzes_test

import (
	"context"
	"os"
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release"
	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// TestShippedContentAgainstReleases checks what ships against the official files in the folder that CROSSWALK_RELEASES names: NCCI pairs,
// partners and exclusions that the starter book does not have.
func TestShippedContentAgainstReleases(t *testing.T) {
	dir := os.Getenv("CROSSWALK_RELEASES")
	if dir == "" || testing.Short() {
		t.Skip("CROSSWALK_RELEASES names no folder of official releases")
	}
	starter, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	book, _, err := release.LoadPaths(context.Background(), []string{dir}, release.Options{Base: starter})
	if err != nil {
		t.Fatal(err)
	}
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
