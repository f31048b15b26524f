package progress_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/progress/readiness"
	"crosswalk/quizzes"
)

const miniExam = `id: mini
name: Mini exam
minutes: 60
items: 20
unscored: 0
pass: {percent: 70}
navigation: free
book: open
feedback: after
areas:
  - {id: em, count: 12}
  - {id: cpt-20000, count: 8}
`

const scaledExam = `id: scaled
name: Scaled exam
minutes: 60
items: 22
unscored: 2
pass: {scaled: 300, of: [100, 400], raw_percent: 70}
navigation: free
book: open
feedback: after
domains:
  - {name: Coding, share: 75, areas: [em, cpt-20000]}
  - {name: Rules, share: 25, areas: [guidelines]}
`

// readyBank has n questions in each of em, cpt-20000 and guidelines, of which the first option is right, and two exams of them.
func readyBank(t testing.TB, n int) *quizzes.Bank {
	t.Helper()
	files := fstest.MapFS{"exams/mini.yaml": {Data: []byte(miniExam)}, "exams/scaled.yaml": {Data: []byte(scaledExam)}}
	for _, area := range []string{"em", "cpt-20000", "guidelines"} {
		var b strings.Builder
		fmt.Fprintf(&b, "---\narea: %s\ncode_year: 2026\n---\n\n", area)
		for i := range n {
			fmt.Fprintf(&b, "## %s-r-%02d {difficulty=%d cites=x}\n\nStem %d.\n\n- [x] right\n  > why\n- [ ] wrong\n  > why\n- [ ] not right\n  > why\n- [ ] false\n  > why\n\n> r\n\n", area, i, 1+i%5, i)
		}
		files["bank/"+area+"/a.md"] = &fstest.MapFile{Data: []byte(b.String())}
	}
	bank, problems := quizzes.Load(files, markdown.New(nil, nil), nil)
	if errs := markdown.Errors(problems); len(errs) > 0 {
		t.Fatal(errs)
	}
	return bank
}

// newReady is a house with readyBank and a learner in it.
func newReady(t *testing.T, n int) *room {
	t.Helper()
	h := newHouse(t)
	h.SetContent(readyBank(t, n))
	_, err := h.KeepContent(t.Context())
	h.must(err)
	return &room{house: h, lea: h.user("lea", progress.RoleLearner, "")}
}

// practise answers questions of an area by themselves, of which a share is right.
func (r *room) practise(area string, from, to int, right float64) {
	r.t.Helper()
	for i := from; i < to; i++ {
		option := 1
		if math.Floor(float64(i+1)*right) > math.Floor(float64(i)*right) {
			option = 0
		}
		_, err := r.SubmitQuestion(context.Background(), r.lea, progress.QuestionSubmission{ClientKey: r.key(), Question: fmt.Sprintf("%s-r-%02d", area, i), Answer: grading.ItemAnswer{Options: []int{option}}})
		r.must(err)
		r.clock.add(time.Minute)
	}
}

func (r *room) ready(exam string) progress.Readiness {
	r.t.Helper()
	out, err := r.Readiness(context.Background(), r.lea, r.lea.Learner, exam)
	r.must(err)
	return out
}

func TestReadiness(t *testing.T) {
	r := newReady(t, 40)
	if got := r.ready("mini"); got.Forecast.Enough || len(got.Forecast.Lacks) != 2 || len(got.History) != 0 || got.Name != "Mini exam" || len(got.Forecast.Areas) != 2 {
		t.Errorf("without answers: %+v", got)
	}
	r.practise("em", 0, 32, 0.85)
	r.practise("cpt-20000", 0, readiness.MinAnswers-33, 0.85)
	if got := r.ready("mini"); got.Forecast.Enough || got.Forecast.Lacks[0].Have != readiness.MinAnswers-1 {
		t.Errorf("one answer short: %+v", got.Forecast.Lacks)
	}
	r.practise("em", 0, 5, 1) // again: no new evidence
	if got := r.ready("mini"); got.Forecast.Enough || got.Forecast.Evidence.Answers != readiness.MinAnswers-1 {
		t.Errorf("repeats were taken for evidence: %+v", got.Forecast.Evidence)
	}
	r.practise("cpt-20000", readiness.MinAnswers-33, 32, 0.85)
	got := r.ready("mini")
	f := got.Forecast
	if !f.Enough || !(f.Chance > 0.5 && f.Low < f.Chance && f.High > f.Chance && f.ScoreLow < f.Score && f.ScoreHigh > f.Score) || len(f.Levers) != 2 {
		t.Errorf("with %d answers of which 85 %% are right: %+v", f.Evidence.Answers, f)
	}
	if f.Evidence.ByArea["em"] != 32 || f.Evidence.ByArea["cpt-20000"] != 32 || f.Evidence.Days != 1 {
		t.Errorf("evidence %+v", f.Evidence)
	}
	if a := f.Areas[0]; a.Area != "em" || a.Items != 12 || math.Abs(a.Weight-0.6) > 1e-9 || a.Name == "em" {
		t.Errorf("first part %+v", a)
	}
	if got.PassPercent != 70 || got.PassEstimated || got.Scaled != 0 {
		t.Errorf("line %+v", got)
	}
	if len(got.History) != 1 || got.History[0].Chance != f.Chance || got.History[0].Day != "2026-11-21" || got.History[0].Version != readiness.Version {
		t.Errorf("history %+v", got.History)
	}
	if again := r.ready("mini"); len(again.History) != 1 {
		t.Errorf("the second forecast of a day was kept: %+v", again.History)
	}
	r.clock.add(24 * time.Hour)
	if next := r.ready("mini"); len(next.History) != 2 || next.History[0].Day >= next.History[1].Day {
		t.Errorf("history of the next day %+v", next.History)
	}
	r.clock.add(200 * 24 * time.Hour)
	if old := r.ready("mini"); old.Forecast.Enough || old.Forecast.Lacks[0].What != readiness.LackRecent || len(old.History) != 2 {
		t.Errorf("half a year later: %+v, history of %d", old.Forecast.Lacks, len(old.History))
	}
	r.clock.add(-300 * 24 * time.Hour) // a clock that went back
	if back := r.ready("mini"); !back.Forecast.Enough {
		t.Errorf("before the answers: %+v", back.Forecast.Lacks)
	}
}

func TestWhoSeesReadiness(t *testing.T) {
	r := newReady(t, 40)
	r.practise("em", 0, 40, 0.8)
	r.practise("cpt-20000", 0, 40, 0.8)
	staff, other := r.user("staff", progress.RoleInstructor, ""), r.user("other", progress.RoleLearner, "")
	for name, c := range map[string]struct {
		who  progress.Actor
		exam string
		want error
	}{
		"another learner": {other, "mini", progress.ErrNotFound},
		"a visitor":       {progress.Actor{}, "mini", progress.ErrNotFound},
		"an unknown exam": {r.lea, "none", progress.ErrNotFound},
	} {
		if _, err := r.Readiness(t.Context(), c.who, r.lea.Learner, c.exam); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	var input *progress.InputError
	for _, exam := range []string{"mini-half", "drill-em"} {
		if _, err := r.Readiness(t.Context(), r.lea, r.lea.Learner, exam); !errors.As(err, &input) {
			t.Errorf("%s: %v, want an *InputError", exam, err)
		}
	}
	seen, err := r.Readiness(t.Context(), staff, r.lea.Learner, "mini")
	r.must(err)
	if !seen.Forecast.Enough || len(seen.History) != 0 {
		t.Errorf("staff see %+v, want a forecast that is not kept", seen)
	}
}

func TestReadinessOnAScale(t *testing.T) {
	r := newReady(t, 40)
	for _, area := range []string{"em", "cpt-20000", "guidelines"} {
		r.practise(area, 0, 30, 0.8)
	}
	got := r.ready("scaled")
	if !got.PassEstimated || !(got.ScaledLow < got.Scaled && got.Scaled < got.ScaledHigh) || got.ScaledLow < 100 || got.ScaledHigh > 400 {
		t.Errorf("scaled %+v", got)
	}
	items, rules := 0, 0
	for _, a := range got.Forecast.Areas {
		items += a.Items
		if a.Area == "guidelines" {
			rules = a.Items
		}
	}
	if items != 20 || rules != 5 {
		t.Errorf("parts %+v, want 20 scored items, 5 of them of guidelines", got.Forecast.Areas)
	}
	if plain := r.ready("mini"); got.Forecast.High-got.Forecast.Low <= 0 || plain.PassEstimated {
		t.Errorf("mini %+v", plain)
	}
}

// TestForecastsAreHeldAgainstMocks: what was foretold just before a mock stands beside its result once that is open.
func TestForecastsAreHeldAgainstMocks(t *testing.T) {
	r := newReady(t, 80)
	ctx := t.Context()
	sit := func(key string, right int) progress.Sitting {
		t.Helper()
		x, err := r.StartSitting(ctx, r.lea, progress.SittingStart{Exam: "mini", ClientKey: key, Seed: 5})
		r.must(err)
		if again, err := r.StartSitting(ctx, r.lea, progress.SittingStart{Exam: "mini", ClientKey: key, Seed: 5}); err != nil || again.ID != x.ID {
			t.Fatalf("started twice: %v, %v", again.ID, err)
		}
		for pos := range right {
			r.answer(x, pos)
		}
		return x
	}
	first := sit("mock-one-1", 20)
	_, err := r.HandIn(ctx, r.lea, first.ID)
	r.must(err)
	if got := r.ready("mini"); len(got.Mocks) != 0 {
		t.Errorf("without evidence something was foretold: %+v", got.Mocks)
	}
	r.practise("em", 40, 70, 0.8)
	r.practise("cpt-20000", 40, 70, 0.8)
	second := sit("mock-two-2", 20)
	if got := r.ready("mini"); len(got.Mocks) != 0 {
		t.Errorf("an open exam has come out: %+v", got.Mocks)
	}
	_, err = r.HandIn(ctx, r.lea, second.ID)
	r.must(err)
	got := r.ready("mini")
	if len(got.Mocks) != 1 {
		t.Fatalf("mocks %+v, want one", got.Mocks)
	}
	if m := got.Mocks[0]; m.Sitting != second.ID || m.Percent10 != 1000 || !m.Passed || m.Chance <= 0 || m.Answers < readiness.MinAnswers {
		t.Errorf("forecast before the mock %+v", m)
	}
	if len(got.History) != 1 {
		t.Errorf("history %+v, want that of the day alone", got.History)
	}
	rec, err := r.TrackRecord(ctx, progress.Actor{}, "mini")
	r.must(err)
	if rec.N != 1 || rec.Passed != 1 || rec.Brier <= 0 {
		t.Errorf("track record %+v", rec)
	}
	third := sit("mock-three", 0)
	_, err = r.HandIn(ctx, r.lea, third.ID)
	r.must(err)
	if rec, err = r.TrackRecord(ctx, r.lea, "mini"); err != nil || rec.N != 1 {
		t.Errorf("within ten minutes %+v, %v", rec, err)
	}
	r.clock.add(11 * time.Minute)
	if rec, err = r.TrackRecord(ctx, r.lea, "mini"); err != nil || rec.N != 2 || rec.Passed != 1 {
		t.Errorf("later %+v, %v", rec, err)
	}
	if _, err := r.TrackRecord(ctx, r.lea, "none"); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("of an unknown exam: %v", err)
	}
}
