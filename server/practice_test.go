package server

import (
	"slices"
	"testing"

	"crosswalk/quizzes"
)

func TestSizesFor(t *testing.T) {
	for n, want := range map[int][]int{1: {1}, 3: {3}, 5: {5}, 7: {5, 7}, 10: {5, 10}, 14: {5, 10, 14}, 20: {5, 10, 20}, 200: {5, 10, 20}} {
		if got := sizesFor(n); !slices.Equal(got, want) {
			t.Errorf("sizesFor(%d) = %v, want %v", n, got, want)
		}
	}
}

// TestAreaGroups: every area stands under a heading that the page has.
func TestAreaGroups(t *testing.T) {
	for _, a := range quizzes.Areas {
		if g := areaGroupOf(a.ID); !slices.Contains(areaGroups, g) {
			t.Errorf("area %s is in the group %q, which is not on the page", a.ID, g)
		}
	}
}
