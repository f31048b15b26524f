package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"crosswalk/progress"
)

func dropsDraft(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	for _, who := range []progress.Learner{l, m} {
		for _, item := range []string{"c1", "c2"} {
			_, err := st.SaveDraft(ctx, Org, who.ID, progress.Draft{Item: item, Body: json.RawMessage(`{}`), UpdatedAt: T0})
			must(t, err)
		}
	}
	a, g := Attempt(1, l.ID, "c1", true)
	a.Kind = progress.KindCase
	_, _, err := st.RecordAttempt(ctx, Org, Versions(a), a, g, true)
	must(t, err)
	_, err = st.Draft(ctx, Org, l.ID, "c1")
	wantErr(t, "draft after submission", err, progress.ErrNotFound)
	for _, left := range []struct {
		who  progress.LearnerID
		item string
	}{{l.ID, "c2"}, {m.ID, "c1"}} {
		if _, err := st.Draft(ctx, Org, left.who, left.item); err != nil {
			t.Errorf("draft of %s by %s: %v", left.item, left.who, err)
		}
	}
}

func drafts(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	save := func(body string, rev int64, at time.Time) (int64, error) {
		return st.SaveDraft(ctx, Org, l.ID, progress.Draft{Item: "c1", Body: json.RawMessage(body), Rev: rev, UpdatedAt: at})
	}
	r1, err := save(`{"n":1}`, 0, T0)
	must(t, err)
	r2, err := save(`{"n":2}`, r1, T0)
	must(t, err)
	if r1 <= 0 || r2 <= r1 {
		t.Errorf("revisions %d, %d: want them to grow", r1, r2)
	}
	got, err := st.Draft(ctx, Org, l.ID, "c1")
	must(t, err)
	same(t, "draft", got, progress.Draft{Item: "c1", Body: json.RawMessage(`{"n":2}`), Rev: r2, UpdatedAt: T0})
	for name, old := range map[string]int64{"an older revision": r1, "no revision": 0, "a revision that never was": r2 + 1000} {
		rev, err := save(`{"n":3}`, old, T0)
		wantErr(t, name, err, progress.ErrStaleDraft)
		same(t, name+": the stored revision", rev, r2)
	}
	rev, err := save(`{"n":2}`, r1, T0)
	must(t, err)
	same(t, "the same body again, since the reply was lost", rev, r2)

	must(t, st.DropDraft(ctx, Org, l.ID, "c1"))
	must(t, st.DropDraft(ctx, Org, l.ID, "c1"))
	_, err = save(`{"n":4}`, r2, T0)
	wantErr(t, "a stale tab after the draft is gone", err, progress.ErrStaleDraft)
	r5, err := save(`{"n":5}`, 0, T0.Add(time.Second))
	must(t, err)
	if r5 <= r2 {
		t.Errorf("revision %d after %d: a new draft must not reuse revisions", r5, r2)
	}
	_, err = st.SaveDraft(ctx, Org, l.ID, progress.Draft{Item: "c2", Body: json.RawMessage(`{}`), UpdatedAt: T0.Add(time.Hour)})
	must(t, err)
	ds, err := st.Drafts(ctx, Org, l.ID)
	must(t, err)
	if len(ds) != 2 || ds[0].Item != "c2" || ds[1].Item != "c1" {
		t.Errorf("drafts %+v, want c2 then c1", ds)
	}
}

func marks(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	must(t, st.SavePosition(ctx, Org, l.ID, "a", "h2", 40, T0))
	must(t, st.MarkLesson(ctx, Org, l.ID, "a", true, T0.Add(time.Minute)))
	must(t, st.MarkLesson(ctx, Org, l.ID, "a", true, T0.Add(2*time.Minute)))
	must(t, st.SavePosition(ctx, Org, l.ID, "a", "h3", 60, T0.Add(3*time.Minute)))
	must(t, st.SavePosition(ctx, Org, l.ID, "a", "late", 1, T0)) // one that was on the way for long
	must(t, st.MarkLesson(ctx, Org, l.ID, "b", true, T0))
	must(t, st.MarkLesson(ctx, Org, l.ID, "b", false, T0.Add(time.Minute)))
	got, err := st.LessonMarks(ctx, Org, l.ID)
	must(t, err)
	done := T0.Add(time.Minute)
	same(t, "marks", got, map[string]progress.LessonMark{
		"a": {Done: true, DoneAt: &done, Anchor: "h3", Percent: 60, OpenedAt: T0, ReadAt: T0.Add(3 * time.Minute)},
		"b": {OpenedAt: T0, ReadAt: T0.Add(time.Minute)},
	})
}

func drills(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	d := progress.Drill{ID: progress.DrillID(ID(1)), Area: "em", Items: []string{"q2", "q1"}, Seed: 1<<64 - 1, CreatedAt: T0}
	e := progress.Drill{ID: progress.DrillID(ID(2)), Area: "em", Items: []string{"q3"}, Seed: 7, CreatedAt: T0}
	must(t, st.AddDrill(ctx, Org, l.ID, d))
	must(t, st.AddDrill(ctx, Org, l.ID, e))
	got, err := st.Drill(ctx, Org, l.ID, d.ID)
	must(t, err)
	same(t, "drill", got, d)
	_, err = st.Drill(ctx, Org, m.ID, d.ID)
	wantErr(t, "another's drill", err, progress.ErrNotFound)
	all, err := st.Drills(ctx, Org, l.ID)
	must(t, err)
	same(t, "drills", all, []progress.Drill{e, d})
}
