package storetest

import (
	"fmt"
	"sync"
	"testing"

	"crosswalk/progress"
)

func attempts(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	a, g := Attempt(1, l.ID, "q1", false)
	out := record(t, st, a, g)
	want := progress.Graded{Attempt: a, Grading: g}
	same(t, "answer of RecordAttempt", out, want)
	got, err := st.Attempt(ctx, Org, a.ID)
	must(t, err)
	same(t, "Attempt", got, want)
	got, err = st.AttemptByKey(ctx, Org, l.ID, a.ClientKey)
	must(t, err)
	same(t, "AttemptByKey", got, want)
	_, err = st.Attempt(ctx, Org, progress.AttemptID(ID(77)))
	wantErr(t, "unknown attempt", err, progress.ErrNotFound)
	hist, err := st.History(ctx, Org, l.ID)
	must(t, err)
	same(t, "History", hist, []progress.Outcome{{
		Attempt: a.ID, Kind: a.Kind, Item: "q1", Areas: a.Areas, Context: progress.Alone, SubmittedAt: a.SubmittedAt, Seconds: 30, Findings: g.Findings,
	}})
	b, h := Attempt(2, progress.LearnerID(ID(55)), "q1", true)
	_, _, err = st.RecordAttempt(ctx, Org, nil, b, h, false)
	wantErr(t, "attempt of nobody", err, progress.ErrNotFound)
}

func duplicates(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	a, g := Attempt(1, l.ID, "q1", true)
	first := record(t, st, a, g)
	// The same form sent ten times at once, each with ids of its own.
	var wg sync.WaitGroup
	for n := 10; n < 20; n++ {
		wg.Go(func() {
			b, h := Attempt(n, l.ID, "q1", false)
			b.ClientKey = a.ClientKey
			b.ShownHash, b.KeyHash = fmt.Sprintf("s%d", n), fmt.Sprintf("k%d", n)
			got, dup, err := st.RecordAttempt(ctx, Org, Versions(b), b, h, true)
			if err != nil || !dup {
				t.Errorf("duplicate %d: dup %v, error %v", n, dup, err)
			} else {
				same(t, "first result", got, first)
			}
		})
	}
	wg.Wait()
	_, n, err := st.Attempts(ctx, Org, progress.AttemptFilter{Learner: l.ID})
	must(t, err)
	same(t, "attempts", n, 1)
	_, err = st.Version(ctx, Org, "s12")
	wantErr(t, "version of a duplicate", err, progress.ErrNotFound)
	b, h := Attempt(3, m.ID, "q1", true)
	b.ClientKey = a.ClientKey
	record(t, st, b, h) // another learner may have the same key
}

func attemptFilters(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	for n := 1; n <= 6; n++ {
		a, g := Attempt(n, l.ID, fmt.Sprintf("q%d", n%2), n%3 == 0)
		if n == 4 {
			a.Kind, a.Item, a.Areas = progress.KindCase, "c1", []string{"cases"}
		}
		if n >= 5 {
			a.Context = progress.Context{Kind: progress.InDrill, Ref: fmt.Sprintf("d%d", n)}
		}
		if n == 6 {
			a.Learner = m.ID
		}
		record(t, st, a, g)
	}
	for _, c := range []struct {
		name  string
		f     progress.AttemptFilter
		want  []int
		total int
	}{
		{"all", progress.AttemptFilter{}, []int{6, 5, 4, 3, 2, 1}, 6},
		{"one learner's", progress.AttemptFilter{Learner: l.ID}, []int{5, 4, 3, 2, 1}, 5},
		{"kind", progress.AttemptFilter{Kind: progress.KindCase}, []int{4}, 1},
		{"item", progress.AttemptFilter{Item: "q1"}, []int{5, 3, 1}, 3},
		{"area", progress.AttemptFilter{Area: "cpt-20000"}, []int{6, 5, 3, 2, 1}, 5},
		{"part of an area's name is no area", progress.AttemptFilter{Area: "cpt"}, nil, 0},
		{"a sign of LIKE is no area", progress.AttemptFilter{Area: "c_ses"}, nil, 0},
		{"context", progress.AttemptFilter{Context: progress.Context{Kind: progress.InDrill}}, []int{6, 5}, 2},
		{"context with reference", progress.AttemptFilter{Context: progress.Context{Kind: progress.InDrill, Ref: "d5"}}, []int{5}, 1},
		{"first page", progress.AttemptFilter{Learner: l.ID, Limit: 2}, []int{5, 4}, 5},
		{"next page", progress.AttemptFilter{Learner: l.ID, Limit: 2, Before: progress.AttemptID(ID(4))}, []int{3, 2}, 5},
	} {
		gs, total, err := st.Attempts(ctx, Org, c.f)
		must(t, err)
		var got, want []string
		for _, g := range gs {
			got = append(got, string(g.Attempt.ID))
			if g.Grading.Attempt != g.Attempt.ID {
				t.Errorf("%s: attempt %s has the grading of %s", c.name, g.Attempt.ID, g.Grading.Attempt)
			}
		}
		for _, n := range c.want {
			want = append(want, ID(n))
		}
		same(t, c.name, got, want)
		same(t, c.name+": total", total, c.total)
	}
}

func gradings(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	a, g := Attempt(1, l.ID, "q1", false)
	record(t, st, a, g)
	var again []progress.Grading
	for i := range 2 {
		_, h := Attempt(10+i, l.ID, "q1", true)
		h.Attempt, h.Reason, h.By, h.KeyHash = a.ID, "the key was wrong", "someone", "key-2"
		again = append(again, h)
	}
	entry := progress.AuditEntry{ID: progress.EntryID(ID(5)), Action: "regrade", Target: "q1", At: T0}
	must(t, st.AppendGradings(ctx, Org, again, &entry))
	all, err := st.Gradings(ctx, Org, a.ID)
	must(t, err)
	again[0].Seq, again[1].Seq = 2, 3
	same(t, "all gradings", all, []progress.Grading{g, again[0], again[1]})
	got, err := st.Attempt(ctx, Org, a.ID)
	must(t, err)
	same(t, "the one that counts", got.Grading, again[1])
	same(t, "the attempt", got.Attempt, a)
	hist, err := st.History(ctx, Org, l.ID)
	must(t, err)
	if len(hist) != 1 || !hist[0].Correct || hist[0].Percent10 != 1000 {
		t.Errorf("history %+v, want one correct outcome", hist)
	}
	stray := again[0]
	stray.ID, stray.Attempt = progress.GradingID(ID(40)), progress.AttemptID(ID(41))
	wantErr(t, "grading of nothing", st.AppendGradings(ctx, Org, []progress.Grading{stray}, nil), progress.ErrNotFound)
}

func versions(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	v := progress.ContentVersion{Hash: "h1", Kind: progress.KindCase, Item: "c1", Body: "first\ntext", At: T0}
	w := v
	w.Body = "another text under the same hash"
	n, err := st.KeepVersions(ctx, Org, []progress.ContentVersion{v, w})
	must(t, err)
	same(t, "new versions", n, 1)
	n, err = st.KeepVersions(ctx, Org, []progress.ContentVersion{v})
	must(t, err)
	same(t, "new versions the second time", n, 0)
	got, err := st.Version(ctx, Org, "h1")
	must(t, err)
	same(t, "version", got, v)
	_, err = st.Version(ctx, Org, "h2")
	wantErr(t, "unknown hash", err, progress.ErrNotFound)

	l := Account(1)
	add(t, st, l)
	a, g := Attempt(1, l.ID, "q1", true)
	record(t, st, a, g)
	for _, hash := range []string{a.ShownHash, a.KeyHash} {
		if _, err := st.Version(ctx, Org, hash); err != nil {
			t.Errorf("version %s of an attempt: %v", hash, err)
		}
		if ok, err := st.AnsweredVersion(ctx, Org, l.ID, hash); err != nil || !ok {
			t.Errorf("answered %s: %v, %v; want true", hash, ok, err)
		}
	}
	if ok, err := st.AnsweredVersion(ctx, Org, l.ID, "h1"); err != nil || ok {
		t.Errorf("answered h1: %v, %v; want false", ok, err)
	}
}
