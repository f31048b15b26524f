package progress_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
)

// diligent is a learner with n answers over three years, put into the database as they are.
func diligent(b *testing.B, n int) (*house, progress.Actor) {
	b.Helper()
	h := newHouse(b)
	a := h.guest()
	rows := make([]progress.AttemptRecord, 0, n)
	start := h.clock.now()
	for i := range n {
		at := start.Add(time.Duration(i) * 75 * time.Minute)
		att := progress.Attempt{
			ID: progress.AttemptID(uuid7(at, i)), ClientKey: fmt.Sprintf("answer-%06d", i), Kind: progress.KindQuestion, Item: fmt.Sprintf("q-%d", i*7919%2500), Areas: []string{"em"},
			Context: progress.Context{Kind: progress.Alone}, ShownHash: "s", KeyHash: "k", Answer: []byte(`{"options":[0]}`), SubmittedAt: at, Seconds: 60,
		}
		g := progress.Grading{ID: progress.GradingID(uuid7(at, 1<<24+i)), Attempt: att.ID, Seq: 1, Possible: 100, Result: []byte(`{}`), At: at}
		if i%3 > 0 {
			g.Earned, g.Percent10, g.Correct = 100, 1000, true
		}
		rows = append(rows, progress.AttemptRecord{Attempt: att, Gradings: []progress.Grading{g}})
	}
	_, err := h.db.ImportRecord(context.Background(), progress.DefaultOrg, a.Learner, progress.RecordImport{Attempts: rows}, nil, nil)
	h.must(err)
	h.clock.set(start.Add(time.Duration(n) * 75 * time.Minute))
	return h, a
}

// fresh is a service that holds nothing in memory.
func fresh(h *house) *progress.Service {
	return progress.NewWithContent(h.db, newBank(), emptyBook(h.t), progress.Options{Now: h.clock.now, Passphrase: cheap})
}

const manyAnswers = 20000

// BenchmarkStandingHeld is a page of a learner whose standing is in memory.
func BenchmarkStandingHeld(b *testing.B) {
	h, a := diligent(b, manyAnswers)
	h.text(a)
	for b.Loop() {
		_, err := h.Summary(b.Context(), a, a.Learner)
		h.must(err)
	}
}

// BenchmarkStandingStored is the first page of a learner at a server that has just started: the snapshot is read and decoded.
func BenchmarkStandingStored(b *testing.B) {
	h, a := diligent(b, manyAnswers)
	h.text(a)
	for b.Loop() {
		_, err := fresh(h).Summary(b.Context(), a, a.Learner)
		h.must(err)
	}
}

// BenchmarkStandingRebuilt reads the whole record from the database and folds it.
func BenchmarkStandingRebuilt(b *testing.B) {
	h, a := diligent(b, manyAnswers)
	n := 0
	for b.Loop() {
		h.must(h.db.DropSnapshots(b.Context(), progress.DefaultOrg, a.Learner))
		_, err := fresh(h).LearnerStanding(b.Context(), a, a.Learner)
		h.must(err)
		n += manyAnswers
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkStandingOneMore is what one more answer costs after it is recorded: it is read and folded.
func BenchmarkStandingOneMore(b *testing.B) {
	h, a := diligent(b, manyAnswers)
	h.text(a)
	for b.Loop() {
		b.StopTimer()
		h.clock.add(time.Minute)
		h.answer(a, "em-1", 1)
		b.StartTimer()
		_, err := h.LearnerStanding(b.Context(), a, a.Learner)
		h.must(err)
	}
}
