package progress_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"crosswalk/progress"
)

// While an exam is open, nothing shows how its items are answered: neither another exam that tells after each item, nor the report of an
// earlier one, nor an export.
func TestAnOpenExamIsKeptFromOtherExams(t *testing.T) {
	r := newRoom(t)
	early, err := r.start("fixed", "early-exam-key", 0)
	r.must(err)
	r.answer(early, 0, 1)
	_, err = r.HandIn(t.Context(), r.lea, early.ID)
	r.must(err)
	if _, err := r.Report(t.Context(), r.lea, early.ID); err != nil {
		t.Fatalf("before the other exam: %v", err)
	}

	open, err := r.start("fixed", "later-exam-key", 0)
	r.must(err)
	var in *progress.InputError
	if _, err := r.Report(t.Context(), r.lea, early.ID); !errors.As(err, &in) || in.Field != "exam" {
		t.Errorf("the report of an exam with the same items: %v, want a word about the open exam", err)
	}
	if _, err := r.Report(t.Context(), progress.Operator(r.lea.Org), early.ID); err != nil {
		t.Errorf("staff see the report: %v", err)
	}
	each, err := r.start("each", "each-exam-key", 0)
	r.must(err)
	for pos, f := range each.Form {
		r.answer(each, pos)
		_, err := r.Reveal(t.Context(), r.lea, each.ID, pos)
		shared := f.ID == "em-sit-00" || f.ID == "em-sit-01"
		if shared != errors.As(err, &in) {
			t.Errorf("checking %s: %v, in the open exam: %t", f.ID, err, shared)
		}
	}
	rec, err := r.Export(t.Context(), r.lea, r.lea.Learner)
	r.must(err)
	text, err := json.Marshal(rec)
	r.must(err)
	for _, a := range rec.Attempts {
		if a.Attempt.Item == "em-sit-00" || a.Attempt.Item == "em-sit-01" {
			t.Errorf("the export holds how %s was graded", a.Attempt.Item)
		}
	}
	for _, x := range rec.Sittings {
		if x.ID == open.ID && (x.Seed != 0 || x.Form != nil) {
			t.Errorf("the export holds seed %d and %d items of the open exam", x.Seed, len(x.Form))
		}
	}
	if strings.Contains(string(text), "\"seed\":\""+strings.TrimSpace(jsonNumber(t, open.Seed))+"\"") {
		t.Error("the export names the seed of the open exam")
	}

	_, err = r.HandIn(t.Context(), r.lea, open.ID)
	r.must(err)
	if _, err := r.Report(t.Context(), r.lea, early.ID); err != nil {
		t.Errorf("after handing in: %v", err)
	}
	rec, err = r.Export(t.Context(), r.lea, r.lea.Learner)
	r.must(err)
	if n := len(rec.Attempts); n < len(early.Form)+len(open.Form) {
		t.Errorf("after handing in the export holds %d attempts", n)
	}
}

func jsonNumber(t *testing.T, n uint64) string {
	t.Helper()
	b, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
