package store

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
	"crosswalk/store/storetest"
)

// TestBothSortAndSearchAlike has texts that collations and cases order and find in different ways.
func TestBothSortAndSearchAlike(t *testing.T) {
	engines(t, func(t *testing.T, place func(t testing.TB) func(*Options)) {
		db := open(t, "", place(t))
		ctx := t.Context()
		for n, name := range []string{"Anna", "anton", "ÉMILE", "a_b", "a%b"} {
			l := storetest.Account(n + 1)
			l.Name = name
			if err := db.AddLearner(ctx, l.Org, l, "", nil, nil); err != nil {
				t.Fatal(err)
			}
		}
		for text, want := range map[string][]string{"AN": {"Anna", "anton"}, "É": nil, "mile": {"ÉMILE"}, "a_": {"a_b"}, "%": {"a%b"}} {
			ls, n, err := db.Learners(ctx, storetest.Org, progress.UserFilter{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range ls {
				got = append(got, l.Name)
			}
			if d := cmp.Diff(want, got); d != "" || n != len(want) {
				t.Errorf("search for %q, %d (-want +got):\n%s", text, n, d)
			}
		}
		l := storetest.Account(1)
		want := []string{"A-b", "B", "Zebra", "a b", "a-a", "a_b", "ab", "b", "ä"} // by bytes
		for i := range want {
			item := want[(i*5)%len(want)]
			if _, err := db.SaveDraft(ctx, l.Org, l.ID, progress.Draft{Item: item, Body: json.RawMessage(`{}`), UpdatedAt: storetest.T0}); err != nil {
				t.Fatal(err)
			}
		}
		ds, err := db.Drafts(ctx, l.Org, l.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range ds {
			got = append(got, d.Item)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("drafts of one moment, by item (-want +got):\n%s", d)
		}
		a, g := storetest.Attempt(1, l.ID, "q1", true)
		a.Seconds = 1 << 40 // no clock is to be trusted
		if _, _, err := db.RecordAttempt(ctx, l.Org, storetest.Versions(a), a, g, false); err != nil {
			t.Fatal(err)
		}
		if back, err := db.Attempt(ctx, l.Org, a.ID); err != nil || back.Attempt.Seconds != a.Seconds {
			t.Errorf("a great number came back as %d, %v", back.Attempt.Seconds, err)
		}
		for area, want := range map[string]int{"icd10cm": 1, "ICD10CM": 0} {
			if _, n, err := db.Attempts(ctx, l.Org, progress.AttemptFilter{Area: area}); err != nil || n != want {
				t.Errorf("attempts in %s: %d, %v; want %d", area, n, err, want)
			}
		}
		if rows, err := db.History(ctx, l.Org, l.ID); err != nil || len(rows) != 1 {
			t.Errorf("history: %d, %v", len(rows), err)
		}
	})
}
