package quizzes_test

import (
	"errors"
	"testing"

	"crosswalk/quizzes"
)

// Every shipped question and case is read back from what is kept of it, with the same hashes.
func TestReadRevision(t *testing.T) {
	_, bank, _, _ := shipped(t)
	for _, q := range bank.Questions() {
		got, err := bank.ReadQuestion(q.Source, q.Area, 0)
		if err != nil {
			t.Errorf("%s: %v", q.ID, err)
			continue
		}
		if got.ID != q.ID || got.ShownHash != q.ShownHash || got.KeyHash != q.KeyHash || got.Stem.HTML != q.Stem.HTML {
			t.Errorf("%s is read back as another question", q.ID)
		}
	}
	for _, c := range bank.Cases() {
		got, err := bank.ReadCase(c.Source)
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if got.ID != c.ID || got.ShownHash != c.ShownHash || got.KeyHash != c.KeyHash || got.Chart.HTML != c.Chart.HTML {
			t.Errorf("%s is read back as another case", c.ID)
		}
	}
	if _, err := bank.ReadQuestion("no question at all", "em", 0); !errors.Is(err, quizzes.ErrNotFound) {
		t.Errorf("a text that is no question: %v", err)
	}
	if _, err := bank.ReadCase("no case at all"); !errors.Is(err, quizzes.ErrNotFound) {
		t.Errorf("a text that is no case: %v", err)
	}
}
