package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// ReviewOf is a review of a card.
func ReviewOf(n int, l progress.LearnerID, card string) progress.Review {
	return progress.Review{
		ID: progress.ReviewID(ID(n)), Org: Org, Learner: l, ClientKey: fmt.Sprintf("review-key-%d", n), Card: card, Grade: 3, Correct: true,
		Answer: "SECRET words", Seconds: 7, At: T0.Add(time.Duration(n) * time.Minute),
	}
}

func addReview(t *testing.T, st progress.Storage, r progress.Review) {
	t.Helper()
	got, dup, err := st.AddReview(t.Context(), Org, r)
	must(t, err)
	if dup {
		t.Fatalf("review %s came back as a duplicate", r.ID)
	}
	same(t, "review", got, r)
}

// readFrom reads a learner's record and gives the ids of the tail.
func readFrom(t *testing.T, st progress.Storage, l progress.LearnerID, model string, have *progress.Snapshot) (progress.RecordTail, []string) {
	t.Helper()
	tail, err := st.ReadRecord(t.Context(), Org, l, model, have)
	must(t, err)
	var ids []string
	for _, e := range tail.Tail {
		ids = append(ids, e.ID())
	}
	return tail, ids
}

func ids(ns ...int) (out []string) {
	for _, n := range ns {
		out = append(out, ID(n))
	}
	return out
}

func reviews(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	a, g := Attempt(3, l.ID, "q1", false)
	record(t, st, a, g)
	first, byHand := ReviewOf(4, l.ID, "term/etiology"), ReviewOf(5, l.ID, "question/q1")
	byHand.Attempt = a.ID
	addReview(t, st, first)
	addReview(t, st, byHand)
	again := ReviewOf(6, l.ID, "term/other")
	again.ClientKey = first.ClientKey
	got, dup, err := st.AddReview(ctx, Org, again)
	must(t, err)
	same(t, "sent twice", dup, true)
	same(t, "the first comes back", got, first)

	stranger := ReviewOf(7, m.ID, "question/q1")
	stranger.Attempt = a.ID
	_, _, err = st.AddReview(ctx, Org, stranger)
	wantErr(t, "review of another's attempt", err, progress.ErrNotFound)
	undo := ReviewOf(8, l.ID, "term/etiology")
	undo.Undoes = first.ID
	_, _, err = st.AddReview(ctx, Org, undo)
	wantErr(t, "undo of what is not the latest", err, progress.ErrConflict)
	undo.Undoes, undo.Card = byHand.ID, byHand.Card
	addReview(t, st, undo)
	next := ReviewOf(9, l.ID, "term/etiology")
	next.Undoes = byHand.ID
	_, _, err = st.AddReview(ctx, Org, next)
	wantErr(t, "undo of what is undone", err, progress.ErrConflict)
	next.Undoes = first.ID // now it is the latest that stands
	addReview(t, st, next)

	list, err := st.Reviews(ctx, Org, l.ID)
	must(t, err)
	same(t, "all reviews", list, []progress.Review{first, byHand, undo, next})
	one, err := st.Review(ctx, Org, byHand.ID)
	must(t, err)
	same(t, "one review", one, byHand)
	_, err = st.Review(ctx, Other, byHand.ID)
	wantErr(t, "another organisation's", err, progress.ErrNotFound)
	tail, got2 := readFrom(t, st, l.ID, "m", nil)
	same(t, "entries in one order", got2, ids(3, 4, 5, 8, 9))
	same(t, "count", tail.Entries, int64(5))
	if tail.Tail[1].Review == nil || tail.Tail[1].Review.Card != first.Card || tail.Tail[0].Review != nil || tail.Tail[0].ShownHash != a.ShownHash {
		t.Errorf("entries %+v", tail.Tail)
	}
}

func snapshots(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	for n := 2; n <= 4; n++ {
		a, g := Attempt(n, l.ID, "q1", true)
		record(t, st, a, g)
	}
	tail, got := readFrom(t, st, l.ID, "m1", nil)
	same(t, "whole record", got, ids(2, 3, 4))
	if tail.From != nil || tail.Entries != 3 {
		t.Errorf("without a snapshot: %+v", tail)
	}
	snap := progress.Snapshot{Rev: tail.Rev, Folded: 2, Model: "m1", Through: ID(3), Body: "body"}
	must(t, st.SaveSnapshot(ctx, Org, l.ID, snap))
	tail, got = readFrom(t, st, l.ID, "m1", nil)
	same(t, "stored snapshot", tail.From, &snap)
	same(t, "what follows it", got, ids(4))
	if tail, got = readFrom(t, st, l.ID, "m2", nil); tail.From != nil || len(got) != 3 {
		t.Errorf("a snapshot of another model was taken: %+v", tail)
	}

	held := snap
	held.Through, held.Folded, held.Body = ID(4), 3, ""
	tail, got = readFrom(t, st, l.ID, "m1", &held)
	same(t, "what is held is whole", tail.From, &held)
	same(t, "nothing follows", len(got), 0)
	addReview(t, st, ReviewOf(6, l.ID, "term/x"))
	_, got = readFrom(t, st, l.ID, "m1", &held)
	same(t, "only the new entry", got, ids(6))
	// A clock that was set back gives an id that lies before what is held.
	a, g := Attempt(5, l.ID, "q2", true)
	a.ID = progress.AttemptID(ID(1))
	g.Attempt = a.ID
	record(t, st, a, g)
	tail, got = readFrom(t, st, l.ID, "m1", &held)
	if tail.From != nil {
		t.Errorf("an entry before the snapshot was passed over: from %+v", tail.From)
	}
	same(t, "all over again", got, ids(1, 2, 3, 4, 6))

	// A regrade changes the past.
	snap.Through, snap.Folded = ID(6), tail.Entries
	must(t, st.SaveSnapshot(ctx, Org, l.ID, snap))
	_, _, err := st.AddSitting(ctx, Org, nil, progress.Sitting{ID: progress.SittingID(ID(30)), Org: Org, Learner: l.ID, ClientKey: "sit-1", Exam: "cpc", Form: []quizzes.FormItem{}, StartedAt: T0}, 0)
	must(t, err)
	marks := func(org progress.OrgID, exam string, want map[progress.LearnerID]progress.RecordMark) {
		t.Helper()
		got, err := st.RecordMarks(ctx, org, exam)
		must(t, err)
		same(t, "marks of "+exam, got, want)
	}
	marks(Org, "cpc", map[progress.LearnerID]progress.RecordMark{l.ID: {Rev: tail.Rev, Entries: 5}})
	marks(Org, "ccs", map[progress.LearnerID]progress.RecordMark{})
	marks(Other, "cpc", map[progress.LearnerID]progress.RecordMark{})
	_, h := Attempt(20, l.ID, "q1", false)
	h.Attempt = progress.AttemptID(ID(2))
	must(t, st.AppendGradings(ctx, Org, []progress.Grading{h}, nil))
	held = snap
	tail, got = readFrom(t, st, l.ID, "m1", &held)
	if tail.From != nil || tail.Rev == snap.Rev || len(got) != 5 || tail.Tail[1].Correct {
		t.Errorf("after a regrade: rev %d, from %+v, %d entries", tail.Rev, tail.From, len(got))
	}
	marks(Org, "cpc", map[progress.LearnerID]progress.RecordMark{l.ID: {Rev: tail.Rev, Entries: 5}})
	must(t, st.SaveSnapshot(ctx, Org, l.ID, snap)) // computed before the regrade
	if tail, _ = readFrom(t, st, l.ID, "m1", nil); tail.From != nil {
		t.Error("a snapshot of the record as it was before is taken for good")
	}
	snap.Rev = tail.Rev
	must(t, st.SaveSnapshot(ctx, Org, l.ID, snap))
	must(t, st.DropSnapshots(ctx, Org, ""))
	if tail, got = readFrom(t, st, l.ID, "m1", nil); tail.From != nil || len(got) != 5 {
		t.Errorf("after dropping: %+v", tail)
	}
}

func missedParts(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	line, entered := "S52.531A", "M25.531"
	result, err := json.Marshal(map[string]any{"parts": []map[string]any{
		{"line": line, "finding": "DX-7TH"}, {"line": line, "finding": "DX-7TH"}, {"line": line, "finding": ""}, {"line": nil, "entered": entered, "finding": "DX-SYM"},
	}})
	must(t, err)
	want := []progress.MissedLine{{Line: line, Finding: "DX-7TH"}, {Line: "+" + entered, Finding: "DX-SYM"}}
	for n, missed := range [][]progress.MissedLine{nil, {}, want} {
		a, g := Attempt(n+2, l.ID, "c1", false)
		a.Kind, g.Result, g.Missed = progress.KindCase, result, missed
		record(t, st, a, g)
		back, err := st.Attempt(ctx, Org, a.ID)
		must(t, err)
		same(t, "grading", back.Grading, g)
	}
	tail, _ := readFrom(t, st, l.ID, "m", nil)
	same(t, "read off the result", tail.Tail[0].Missed, want)
	same(t, "nothing missed", tail.Tail[1].Missed, []progress.MissedLine{})
	same(t, "as kept", tail.Tail[2].Missed, want)
}

func goals(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	_, err := st.Goal(ctx, Org, l.ID)
	wantErr(t, "no goal", err, progress.ErrNotFound)
	g := progress.Goal{Exam: "cpc", Date: "2027-03-01", Minutes: [7]int{30, 0, 45, 60, 5, 0, 120}, Off: []string{"2026-12-24", "2026-12-25"}, UpdatedAt: T0}
	must(t, st.SetGoal(ctx, Org, l.ID, g))
	got, err := st.Goal(ctx, Org, l.ID)
	must(t, err)
	same(t, "goal", got, g)
	g.Exam, g.Off, g.UpdatedAt = "ccs", nil, T0.Add(time.Hour)
	must(t, st.SetGoal(ctx, Org, l.ID, g))
	got, err = st.Goal(ctx, Org, l.ID)
	must(t, err)
	same(t, "another goal", got, g)
	_, err = st.Goal(ctx, Other, l.ID)
	wantErr(t, "another organisation's", err, progress.ErrNotFound)
	must(t, st.DropGoal(ctx, Org, l.ID))
	must(t, st.DropGoal(ctx, Org, l.ID))
	_, err = st.Goal(ctx, Org, l.ID)
	wantErr(t, "dropped", err, progress.ErrNotFound)
}

func forecastsAndPlans(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	make := func(n int, l progress.LearnerID, exam, day string, sitting progress.SittingID) progress.StoredForecast {
		return progress.StoredForecast{
			ID: progress.ForecastID(ID(n)), Learner: l, Exam: exam, Day: day, Sitting: sitting, Chance: 1.0 / 3, Low: 0.1, High: 0.9, Score: 0.7, ScoreLow: 0.6, ScoreHigh: 0.8,
			Answers: 200, Version: 1, At: T0.Add(time.Duration(n) * time.Minute),
		}
	}
	a, b, c, d := make(10, l.ID, "cpc", "2026-11-21", ""), make(11, l.ID, "cpc", "2026-11-21", progress.SittingID(ID(5))), make(12, l.ID, "ccs", "2026-11-21", ""), make(13, m.ID, "cpc", "2026-11-22", "")
	for _, f := range []progress.StoredForecast{a, b, c, d, make(14, l.ID, "cpc", "2026-11-21", "")} { // the last one is a second of its day
		must(t, st.AddForecast(ctx, Org, f))
	}
	for _, x := range []struct {
		name string
		f    progress.ForecastFilter
		want []progress.StoredForecast
	}{
		{"all", progress.ForecastFilter{}, []progress.StoredForecast{a, b, c, d}},
		{"one learner's exam", progress.ForecastFilter{Learner: l.ID, Exam: "cpc"}, []progress.StoredForecast{a, b}},
		{"before sittings", progress.ForecastFilter{Mocks: true}, []progress.StoredForecast{b}},
		{"the newest", progress.ForecastFilter{Limit: 2}, []progress.StoredForecast{c, d}},
	} {
		got, err := st.Forecasts(ctx, Org, x.f)
		must(t, err)
		same(t, x.name, got, x.want)
	}

	p := progress.StoredPlan{Day: "2026-11-21", Exam: "cpc", Body: json.RawMessage(`{"a":1}`), At: T0}
	kept, err := st.KeepPlan(ctx, Org, l.ID, p)
	must(t, err)
	same(t, "plan", kept, p)
	second := p
	second.Body = json.RawMessage(`{"a":2}`)
	kept, err = st.KeepPlan(ctx, Org, l.ID, second)
	must(t, err)
	same(t, "the first plan of a day stays", kept, p)
	second.Exam = "ccs"
	kept, err = st.KeepPlan(ctx, Org, l.ID, second)
	must(t, err)
	same(t, "a plan for another exam", kept, second)
	third := p
	third.Day = "2026-11-23"
	_, err = st.KeepPlan(ctx, Org, l.ID, third)
	must(t, err)
	list, err := st.Plans(ctx, Org, l.ID, "2026-11-22")
	must(t, err)
	same(t, "plans from a day on", list, []progress.StoredPlan{third})
}

func placements(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	make := func(n int, exam string) progress.StoredPlacement {
		return progress.StoredPlacement{ID: progress.PlacementID(ID(n)), Learner: l.ID, ClientKey: fmt.Sprintf("key-%d", n), Exam: exam, Rev: 1, Body: json.RawMessage(`{"asked":[]}`), StartedAt: T0}
	}
	p := make(10, "cpc")
	got, dup, err := st.AddPlacement(ctx, Org, p)
	must(t, err)
	same(t, "placement", got, p)
	same(t, "new", dup, false)
	for _, again := range []progress.StoredPlacement{make(11, "cpc"), {ID: "x", Learner: l.ID, ClientKey: p.ClientKey, Exam: "ccs", Body: p.Body, StartedAt: T0}} {
		got, dup, err = st.AddPlacement(ctx, Org, again)
		must(t, err)
		if !dup || got.ID != p.ID {
			t.Errorf("started again: %+v, %v; want the open one", got, dup)
		}
	}
	nobody := make(12, "cpc")
	nobody.Learner = progress.LearnerID(ID(99))
	_, _, err = st.AddPlacement(ctx, Org, nobody)
	wantErr(t, "of nobody", err, progress.ErrNotFound)

	end := T0.Add(time.Hour)
	p.Body, p.EndedAt = json.RawMessage(`{"asked":["q1"]}`), &end
	rev, err := st.SavePlacement(ctx, Org, p)
	must(t, err)
	same(t, "revision", rev, int64(2))
	_, err = st.SavePlacement(ctx, Org, p)
	wantErr(t, "saved from an old page", err, progress.ErrConflict)
	p.Rev = rev
	got, err = st.Placement(ctx, Org, p.ID)
	must(t, err)
	same(t, "as saved", got, p)
	p.ID = "none"
	_, err = st.SavePlacement(ctx, Org, p)
	wantErr(t, "unknown", err, progress.ErrNotFound)
	q := make(13, "cpc")
	_, dup, err = st.AddPlacement(ctx, Org, q)
	must(t, err)
	same(t, "a new one after the end", dup, false)
	list, err := st.Placements(ctx, Org, l.ID)
	must(t, err)
	if len(list) != 2 || list[0].ID != q.ID {
		t.Errorf("placements %+v, want two, newest first", list)
	}
}

func fitsAndCalibrations(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	_, err := st.Fit(ctx, Org, l.ID)
	wantErr(t, "no fit", err, progress.ErrNotFound)
	f := progress.StoredFit{ID: progress.FitID(ID(10)), Learner: l.ID, Outcome: "learned", Loss: 0.3, DefaultLoss: 1.0 / 3, Reviews: 600, At: T0}
	f.Weights[20] = 0.1542
	must(t, st.AddFit(ctx, Org, f, nil))
	f.ID, f.Reviews = progress.FitID(ID(11)), 700
	entry := progress.AuditEntry{ID: progress.EntryID(ID(12)), Org: Org, Action: "fit", Target: string(l.ID), At: T0}
	must(t, st.AddFit(ctx, Org, f, &entry))
	got, err := st.Fit(ctx, Org, l.ID)
	must(t, err)
	same(t, "the newest fit", got, f)

	b, err := st.NewestBatch(ctx, Org)
	must(t, err)
	same(t, "no batch", b, progress.BatchID(""))
	c := progress.Calibration{Batch: progress.BatchID(ID(20)), At: T0, Items: []progress.ItemCalibration{
		{Kind: progress.KindCase, Item: "c1", Author: -0.8, Difficulty: -0.7, SD: 0.1, Responses: 9}, {Kind: progress.KindQuestion, Item: "q1", SD: 0.8},
	}}
	must(t, st.AddCalibration(ctx, Org, c, &progress.AuditEntry{ID: progress.EntryID(ID(13)), Org: Org, Action: "recalibrate", At: T0}))
	older := c
	older.Batch = progress.BatchID(ID(19))
	must(t, st.AddCalibration(ctx, Org, older, nil))
	b, err = st.NewestBatch(ctx, Org)
	must(t, err)
	same(t, "the newest batch", b, c.Batch)
	back, err := st.Calibration(ctx, Org, b)
	must(t, err)
	same(t, "batch", back, c)
	_, err = st.Calibration(ctx, Other, b)
	wantErr(t, "another organisation's", err, progress.ErrNotFound)
	if es, err := st.Entries(ctx, Org, progress.AuditFilter{}); err != nil || len(es) != 2 {
		t.Errorf("%d audit entries, %v; want two", len(es), err)
	}
}

// learningOf leaves rows of all of them.
func learningOf(t *testing.T, st progress.Storage, n int, l progress.LearnerID, key string) {
	t.Helper()
	ctx := t.Context()
	a, g := Attempt(n, l, "q1", false)
	a.ClientKey = "attempt-" + key
	record(t, st, a, g)
	r := ReviewOf(n+1, l, "term/x")
	r.ClientKey = key
	addReview(t, st, r)
	must(t, st.SetGoal(ctx, Org, l, progress.Goal{Exam: "cpc", Date: fmt.Sprintf("2027-01-%02d", n%28+1), UpdatedAt: T0}))
	_, _, err := st.AddPlacement(ctx, Org, progress.StoredPlacement{ID: progress.PlacementID(ID(n + 2)), Learner: l, ClientKey: key, Exam: "cpc", Body: json.RawMessage(`{}`), StartedAt: T0})
	must(t, err)
	must(t, st.AddForecast(ctx, Org, progress.StoredForecast{ID: progress.ForecastID(ID(n + 3)), Learner: l, Exam: "cpc", Day: "2026-11-21", At: T0}))
	_, err = st.KeepPlan(ctx, Org, l, progress.StoredPlan{Day: "2026-11-21", Exam: "cpc", Body: json.RawMessage(fmt.Sprint(n)), At: T0})
	must(t, err)
	must(t, st.AddFit(ctx, Org, progress.StoredFit{ID: progress.FitID(ID(n + 4)), Learner: l, At: T0}, nil))
	tail, _ := readFrom(t, st, l, "m", nil)
	must(t, st.SaveSnapshot(ctx, Org, l, progress.Snapshot{Rev: tail.Rev, Folded: tail.Entries, Model: "m", Through: ID(n + 1), Body: "b"}))
}

func mergesLearning(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	guest, acct := Guest(1), Account(2)
	add(t, st, guest, acct)
	learningOf(t, st, 10, guest.ID, "same-key")
	learningOf(t, st, 30, acct.ID, "same-key")
	must(t, st.OpenSession(ctx, Org, Session(60, acct), guest.ID))
	tail, got := readFrom(t, st, acct.ID, "m", nil)
	same(t, "both records, computed anew", got, ids(10, 11, 30, 31))
	if tail.From != nil {
		t.Errorf("a snapshot from before is taken: %+v", tail.From)
	}
	if list, err := st.Reviews(ctx, Org, acct.ID); err != nil || len(list) != 2 || list[0].ClientKey == list[1].ClientKey {
		t.Errorf("reviews %+v, %v", list, err)
	}
	g, err := st.Goal(ctx, Org, acct.ID)
	must(t, err)
	same(t, "the account's goal stays", g.Date, "2027-01-03")
	if list, err := st.Placements(ctx, Org, acct.ID); err != nil || len(list) != 2 {
		t.Errorf("placements %+v, %v", list, err)
	}
	if list, err := st.Forecasts(ctx, Org, progress.ForecastFilter{}); err != nil || len(list) != 1 || list[0].ID != progress.ForecastID(ID(33)) {
		t.Errorf("forecasts of one day: %+v, %v; want the account's", list, err)
	}
	if list, err := st.Plans(ctx, Org, acct.ID, ""); err != nil || len(list) != 1 || string(list[0].Body) != "30" {
		t.Errorf("plans %+v, %v; want the account's", list, err)
	}
	if f, err := st.Fit(ctx, Org, acct.ID); err != nil || f.ID != progress.FitID(ID(34)) {
		t.Errorf("fit %+v, %v", f, err)
	}
	if _, got := readFrom(t, st, guest.ID, "m", nil); len(got) != 0 {
		t.Errorf("the guest keeps %v", got)
	}

	// An account without any takes the guest's over.
	late, fresh := Guest(3), Account(4)
	add(t, st, late, fresh)
	learningOf(t, st, 80, late.ID, "k")
	must(t, st.OpenSession(ctx, Org, Session(61, fresh), late.ID))
	if g, err := st.Goal(ctx, Org, fresh.ID); err != nil || g.Exam != "cpc" {
		t.Errorf("goal %+v, %v", g, err)
	}
	if list, err := st.Forecasts(ctx, Org, progress.ForecastFilter{Learner: fresh.ID}); err != nil || len(list) != 1 {
		t.Errorf("forecasts %+v, %v", list, err)
	}
	if list, err := st.Plans(ctx, Org, fresh.ID, ""); err != nil || len(list) != 1 {
		t.Errorf("plans %+v, %v", list, err)
	}
	if _, err := st.Fit(ctx, Org, fresh.ID); err != nil {
		t.Errorf("fit: %v", err)
	}
}

func erasesLearning(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	learningOf(t, st, 10, l.ID, "key")
	must(t, st.Erase(ctx, Org, l.ID, T0, words{}, progress.AuditEntry{ID: progress.EntryID(ID(7)), Action: "user.erase", Target: string(l.ID), At: T0}))
	tail, got := readFrom(t, st, l.ID, "m", nil)
	same(t, "attempts stay, reviews go", got, ids(10))
	if tail.From != nil {
		t.Errorf("the snapshot stays: %+v", tail.From)
	}
	_, err := st.Goal(ctx, Org, l.ID)
	wantErr(t, "goal", err, progress.ErrNotFound)
	_, err = st.Fit(ctx, Org, l.ID)
	wantErr(t, "fit", err, progress.ErrNotFound)
	if list, err := st.Placements(ctx, Org, l.ID); err != nil || len(list) != 0 {
		t.Errorf("placements %+v, %v", list, err)
	}
	if list, err := st.Plans(ctx, Org, l.ID, ""); err != nil || len(list) != 0 {
		t.Errorf("plans %+v, %v", list, err)
	}
	if list, err := st.Forecasts(ctx, Org, progress.ForecastFilter{}); err != nil || len(list) != 1 {
		t.Errorf("forecasts %+v, %v; want figures without a name to stay", list, err)
	}
}

func importsRecord(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, other := Account(1), Account(2)
	add(t, st, l, other)
	taken, tg := Attempt(5, other.ID, "q1", true)
	record(t, st, taken, tg)
	made := 1000
	newID := func(at time.Time) (string, error) {
		made++
		return ID(made), nil
	}
	a, g := Attempt(3, "", "q1", false)
	b, h := Attempt(5, "", "q2", true) // its ids are another's here
	// Ids of the tests are of 2025: of the time of what they name only these are.
	when := time.UnixMilli(0x019aa0000000).UTC()
	a.SubmittedAt, b.SubmittedAt = when, when
	term, byHand := ReviewOf(7, "", "term/x"), ReviewOf(8, "", "question/q2")
	term.At, byHand.At, byHand.Attempt = when, when, b.ID
	undo := ReviewOf(9, "", "term/x")
	undo.At, undo.Undoes = when, term.ID
	in := progress.RecordImport{
		Attempts: []progress.AttemptRecord{{Attempt: a, Gradings: []progress.Grading{g}}, {Attempt: b, Gradings: []progress.Grading{h}}},
		Reviews:  []progress.Review{term, byHand, undo},
		Lessons:  map[string]progress.LessonMark{"l1": {Done: true, DoneAt: &when, OpenedAt: when, ReadAt: when}},
		Goal:     &progress.Goal{Exam: "cpc", Date: "2027-03-01", UpdatedAt: T0},
	}
	got, err := st.ImportRecord(ctx, Org, l.ID, in, newID, &progress.AuditEntry{ID: progress.EntryID(ID(90)), Org: Org, Action: "user.import", At: T0})
	must(t, err)
	if got.Attempts != (progress.Counted{All: 2, New: 2}) || got.Reviews != (progress.Counted{All: 3, New: 3}) || got.Lessons.New != 1 || !got.Goal {
		t.Errorf("imported %+v", got)
	}
	_, order := readFrom(t, st, l.ID, "m", nil)
	if len(order) != 5 || order[0] != ID(3) || order[1] != ID(7) {
		t.Errorf("entries %v; want the free ids kept", order)
	}
	list, err := st.Reviews(ctx, Org, l.ID)
	must(t, err)
	for _, r := range list {
		if r.Attempt != "" && (string(r.Attempt) == ID(5) || string(r.ID) <= string(r.Attempt)) {
			t.Errorf("review %+v names the answer under its old id, or stands before it", r)
		}
	}
	again, err := st.ImportRecord(ctx, Org, l.ID, in, newID, nil)
	must(t, err)
	same(t, "a second time nothing is new", again.Attempts.New+again.Reviews.New+again.Lessons.New, 0)
	_, err = st.ImportRecord(ctx, Other, l.ID, in, newID, nil)
	wantErr(t, "another organisation's learner", err, progress.ErrNotFound)
}
