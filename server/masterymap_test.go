package server

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/quizzes"
)

func TestMasteryLevel(t *testing.T) {
	for _, tc := range []struct {
		held, seen, all int
		want            string
	}{
		{0, 0, 10, "none"}, {1, 2, 10, "low"}, {2, 2, 10, "fair"}, {4, 5, 6, "fair"}, {5, 5, 12, "fair"}, {6, 6, 12, "firm"}, {2, 2, 2, "firm"}, {9, 10, 10, "firm"},
	} {
		if got := masteryLevel(tc.held, tc.seen, tc.all); got != tc.want {
			t.Errorf("held %d of %d answered of %d: %s, want %s", tc.held, tc.seen, tc.all, got, tc.want)
		}
	}
}

func TestTopics(t *testing.T) {
	for name, want := range map[string]string{"z-codes": "Z codes", "mdm-and-time": "MDM and time", "level-ii-and-modifiers": "Level II and modifiers", "symptoms": "Symptoms"} {
		if got := topicTitle(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	qs := []*quizzes.Question{{ID: "a-1", Topic: "bones"}, {ID: "b-1", Topic: "z-codes"}, {ID: "a-2", Topic: "bones"}, {ID: "a-3", Topic: "bones"}}
	got := topicsOf(qs, func(id string) (right, seen bool) { return id == "a-1", id != "b-1" })
	want := []masteryTopic{{Title: "Bones", Held: 1, Seen: 3, All: 3, Level: "low"}, {Title: "Z codes", All: 1, Level: "none"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
}
