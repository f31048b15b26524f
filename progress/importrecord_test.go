package progress_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/progress/memory"
)

// exported is a learner's record as the file has it.
func (h *house) exported(a progress.Actor) []byte {
	h.t.Helper()
	rec, err := h.Export(h.t.Context(), a, a.Learner)
	h.must(err)
	b, err := json.MarshalIndent(rec, "", "  ")
	h.must(err)
	return b
}

// busy is a learner with something of everything.
func (h *house) busy() progress.Actor {
	h.t.Helper()
	ctx := h.t.Context()
	h.SetCourse(course())
	a := h.guest()
	d, err := h.StartDrill(ctx, a, "em", 2, 7)
	h.must(err)
	_, err = h.SubmitQuestion(ctx, a, progress.QuestionSubmission{ClientKey: h.key(), Question: d.Items[0], Context: progress.Context{Kind: progress.InDrill, Ref: string(d.ID)}, Answer: grading.ItemAnswer{Options: []int{1}}})
	h.must(err)
	h.clock.add(time.Hour)
	g := h.answer(a, "em-1", 1)
	_, err = h.ReviewCard(ctx, a, progress.CardReview{ClientKey: h.key(), Card: "question/em-1", Attempt: g.Attempt.ID, Grade: memory.Hard})
	h.must(err)
	h.code(a, "E11.22", "N18.30")
	h.clock.add(30 * time.Hour)
	h.answer(a, "em-1", 0)
	done, err := h.ReviewCard(ctx, a, progress.CardReview{ClientKey: h.key(), Card: "term/etiology", Answer: "etiology"})
	h.must(err)
	h.must(h.UndoReview(ctx, a, done.ID))
	_, err = h.ReviewCard(ctx, a, progress.CardReview{ClientKey: h.key(), Card: "term/laterality", Grade: memory.Good})
	h.must(err)
	h.must(h.MarkLesson(ctx, a, "l1", true))
	_, err = h.SaveDraft(ctx, a, progress.Draft{Item: "c1", Body: json.RawMessage(`{"dx":[]}`)})
	h.must(err)
	return a
}

func TestARecordMovesToAnotherCrosswalk(t *testing.T) {
	from, to := newHouse(t), newHouse(t)
	ctx := t.Context()
	a := from.busy()
	file := from.exported(a)
	to.clock.set(from.clock.now().Add(time.Hour))
	to.SetCourse(course())
	b := to.guest()
	done, err := to.ImportRecord(ctx, b, bytes.NewReader(file))
	to.must(err)
	want := progress.Imported{From: "2026-11-22", Attempts: progress.Counted{All: 4, New: 4}, Reviews: progress.Counted{All: 4, New: 4}, Drills: progress.Counted{All: 1, New: 1}, Drafts: progress.Counted{All: 1, New: 1}, Lessons: progress.Counted{All: 1, New: 1}}
	same(t, "imported", done, want)
	same(t, "the same standing here as there", to.text(b), from.text(a))
	if got, anew := to.text(b), to.rebuilt(b, newBank()); got != anew {
		t.Error("folded anew it is another standing")
	}

	// A second time nothing is new.
	done, err = to.ImportRecord(ctx, b, bytes.NewReader(file))
	to.must(err)
	if done.Attempts.New+done.Reviews.New+done.Drills.New+done.Drafts.New+done.Lessons.New != 0 || done.Attempts.All != 4 {
		t.Errorf("read twice: %+v", done)
	}
	same(t, "and nothing has changed", to.text(b), from.text(a))

	// What was exported here comes to the same again.
	var there, here progress.Record
	to.must(json.Unmarshal(file, &there))
	to.must(json.Unmarshal(to.exported(b), &here))
	for i := range here.Attempts {
		x, y := &here.Attempts[i], there.Attempts[i]
		if x.Attempt.ID != y.Attempt.ID || x.Gradings[0].ID != y.Gradings[0].ID || !x.Gradings[0].ByImport() {
			t.Errorf("attempt %d: %s, want %s with its grading, marked as imported", i, x.Attempt.ID, y.Attempt.ID)
		}
	}

	// Into the Crosswalk where it comes from the ids are taken: another account gets others.
	c := from.guest()
	done, err = from.ImportRecord(ctx, c, bytes.NewReader(file))
	from.must(err)
	same(t, "answers under other ids", done.Attempts, progress.Counted{All: 4, New: 4})
	x, err := from.LearnerStanding(ctx, a, a.Learner)
	from.must(err)
	y, err := from.LearnerStanding(ctx, c, c.Learner)
	from.must(err)
	same(t, "cards", y.Cards(), x.Cards())
	same(t, "days", y.Days(), x.Days())
	done, err = from.ImportRecord(ctx, c, bytes.NewReader(file))
	from.must(err)
	same(t, "read twice", done.Attempts.New+done.Reviews.New+done.Drills.New, 0)

	// Answers in exams that were sat elsewhere count, and can be looked at.
	rec := there
	rec.Attempts[0].Attempt.Context = progress.Context{Kind: progress.InExam, Ref: "019aa000-0000-7000-8000-000000000099"}
	b2, err := json.Marshal(rec)
	to.must(err)
	e := to.guest()
	_, err = to.ImportRecord(ctx, e, bytes.NewReader(b2))
	to.must(err)
	list, _, err := to.Attempts(ctx, e, progress.AttemptFilter{Context: progress.Context{Kind: progress.InExam}})
	to.must(err)
	if len(list) != 1 {
		t.Fatalf("%d answers in exams, want one", len(list))
	}
	_, err = to.Attempt(ctx, e, list[0].Attempt.ID)
	to.must(err)
}

func TestBrokenRecordsAreRefusedWhole(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.busy()
	file := h.exported(a)
	change := func(f func(r *progress.Record)) string {
		var r progress.Record
		h.must(json.Unmarshal(file, &r))
		f(&r)
		b, err := json.Marshal(r)
		h.must(err)
		return string(b)
	}
	for name, c := range map[string]struct{ file, field string }{
		"nothing":         {"", "file"},
		"no JSON":         {"at,study_day,kind\n", "file"},
		"a list":          {"[1, 2]", "file"},
		"something else":  {`{"name": "budget", "attempts": []}`, "file"},
		"cut off":         {string(file[:len(file)/2]), "file"},
		"two files":       {string(file) + string(file), "file"},
		"another type":    {strings.Replace(string(file), `"seconds": `, `"seconds": "x", "s": `, 1), "file"},
		"a newer version": {change(func(r *progress.Record) { r.V = 99 }), "file"},
		"a kind":          {change(func(r *progress.Record) { r.Attempts[1].Attempt.Kind = "essay" }), "attempts[1].kind"},
		"a place":         {change(func(r *progress.Record) { r.Attempts[1].Attempt.Context.Kind = "bus" }), "attempts[1].context"},
		"an id":           {change(func(r *progress.Record) { r.Attempts[0].Attempt.ID = "1; DROP TABLE" }), "attempts[0].id"},
		"an id twice":     {change(func(r *progress.Record) { r.Attempts[1].Attempt.ID = r.Attempts[0].Attempt.ID }), "attempts[1].id"},
		"a key twice":     {change(func(r *progress.Record) { r.Attempts[1].Attempt.ClientKey = r.Attempts[0].Attempt.ClientKey }), "attempts[1].client_key"},
		"of the future":   {change(func(r *progress.Record) { r.Attempts[0].Attempt.SubmittedAt = h.clock.now().AddDate(1, 0, 0) }), "attempts[0]"},
		"an area":         {change(func(r *progress.Record) { r.Attempts[0].Attempt.Areas = []string{"a b"} }), "attempts[0].areas"},
		"seconds":         {change(func(r *progress.Record) { r.Attempts[0].Attempt.Seconds = -1 }), "attempts[0].seconds"},
		"more than all":   {change(func(r *progress.Record) { r.Attempts[0].Gradings[0].Percent10 = 1001 }), "attempts[0].gradings[0]"},
		"a result":        {change(func(r *progress.Record) { r.Attempts[0].Gradings[0].Result = json.RawMessage(`{"parts": 7}`) }), "attempts[0].gradings[0].result"},
		"a finding":       {change(func(r *progress.Record) { r.Attempts[0].Gradings[0].Findings = []string{"A B"} }), "attempts[0].gradings[0].findings"},
		"a card":          {change(func(r *progress.Record) { r.Reviews[0].Card = "poem" }), "reviews[0].card"},
		"a grade":         {change(func(r *progress.Record) { r.Reviews[0].Grade = 9 }), "reviews[0].grade"},
		"a lesson": {change(func(r *progress.Record) {
			r.Lessons["l 2"] = progress.LessonMark{OpenedAt: h.clock.now(), ReadAt: h.clock.now()}
		}), "lessons.l 2"},
		"a draft of a book": {change(func(r *progress.Record) { r.Drafts[0].Body = json.RawMessage(`"` + strings.Repeat("x", 70<<10) + `"`) }), "drafts[0].body"},
	} {
		b := h.guest()
		_, err := h.ImportRecord(ctx, b, strings.NewReader(c.file))
		wantField(t, name, err, c.field)
		if list, n, err := h.Attempts(ctx, b, progress.AttemptFilter{}); err != nil || n != 0 {
			t.Errorf("%s: %d attempts were written all the same (%v)", name, len(list), err)
		}
	}
	_, err := h.ImportRecord(ctx, h.guest(), strings.NewReader(change(func(r *progress.Record) {
		for i := range r.Attempts {
			r.Attempts[i].Attempt.Kind, r.Attempts[i].Attempt.Seconds = "essay", -1
		}
	})))
	var all progress.InputErrors
	if !errors.As(err, &all) || len(all) < 8 {
		t.Errorf("all problems at once: %v", err)
	}
	_, err = h.ImportRecord(ctx, progress.Actor{}, bytes.NewReader(file))
	wantErr(t, "nobody", err, progress.ErrForbidden)
	_, err = h.ImportRecordFor(ctx, a, h.guest().Learner, bytes.NewReader(file))
	wantErr(t, "into another's", err, progress.ErrNotFound)
}

func FuzzImportRecord(f *testing.F) {
	h := newHouse(f)
	f.Add([]byte(`{"v":1,"learner":{"id":"x","zone":"UTC"},"exported_at":"2026-11-21T12:00:00Z","attempts":[{"attempt":{"id":"019aa000-0000-7000-8000-000000000001","client_key":"k","kind":"question","item":"em-1","context":{"kind":"alone"},"answer":{},"submitted_at":"2026-11-21T11:00:00Z"},"gradings":[{"id":"019aa000-0000-7000-8000-000000000002","seq":1,"result":{},"at":"2026-11-21T11:00:00Z"}]}]}`))
	f.Add([]byte(`{"learner":{"id":"x"},"exported_at":"2026-11-21T12:00:00Z"}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		l, _, err := h.StartGuest(t.Context(), "", "UTC", "")
		if err != nil {
			t.Fatal(err)
		}
		done, err := h.ImportRecord(t.Context(), l.Actor(), bytes.NewReader(file))
		if err != nil {
			var in *progress.InputError
			if !errors.As(err, &in) {
				t.Fatalf("an error that nobody can act on: %v", err)
			}
			return
		}
		st, err := h.LearnerStanding(t.Context(), l.Actor(), l.ID)
		if err != nil || st.Entries() != done.Attempts.New+done.Reviews.New {
			t.Fatalf("%d entries of %+v: %v", st.Entries(), done, err)
		}
	})
}
