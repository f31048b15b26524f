package progress_test

import (
	"testing"
	"time"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/progress/memory"
)

// TestCardsOfAnOpenExamAreRefused: until an exam is handed in, nothing shows how its items are answered.
func TestCardsOfAnOpenExamAreRefused(t *testing.T) {
	h := reportHouse(t)
	ctx := t.Context()
	a := h.guest()
	wrong := func(id string) progress.Graded {
		t.Helper()
		for o := range 3 {
			g, err := h.SubmitQuestion(ctx, a, progress.QuestionSubmission{ClientKey: h.key(), Question: id, Answer: grading.ItemAnswer{Options: []int{o}}})
			h.must(err)
			if !g.Grading.Correct {
				return g
			}
		}
		t.Fatal("every answer is right")
		return progress.Graded{}
	}
	g := wrong("em-00")
	wrong("em-05")
	x := h.sit(a, "fixed")
	h.clock.add(time.Minute)
	q := h.queue(a)
	same(t, "cards", q.Total, 1)
	same(t, "tomorrow", q.Ahead[1].Due, 1)
	_, err := h.Card(ctx, a, "question/em-00")
	wantField(t, "the card", err, "exam")
	_, err = h.ReviewCard(ctx, a, progress.CardReview{ClientKey: h.key(), Card: "question/em-00", Attempt: g.Attempt.ID, Grade: memory.Easy})
	wantField(t, "a grade by hand", err, "exam")
	rec, err := h.Export(ctx, a, a.Learner)
	h.must(err)
	same(t, "answers in the export", len(rec.Attempts), 1)
	_, err = h.HandIn(ctx, a, x.ID)
	h.must(err)
	if _, err = h.Card(ctx, a, "question/em-00"); err != nil {
		t.Errorf("handed in, the card is shown: %v", err)
	}
}
