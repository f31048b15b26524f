package quizzes_test

import (
	"os"
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release/releasetest"
	"crosswalk/grading"
)

// BenchmarkShippedCases grades every shipped case: its model answer with the first line left out and a foreign one put in its place. One
// operation is one grading. With CROSSWALK_RELEASES the official files are loaded too.
func BenchmarkShippedCases(b *testing.B) {
	_, bank, book, _ := shipped(b)
	if os.Getenv("CROSSWALK_RELEASES") != "" {
		book = releasetest.Book(b)
	}
	type work struct {
		key *grading.Key
		r   grading.Response
	}
	var all []work
	for _, cs := range bank.Cases() {
		a := grading.ModelAnswer(&cs.Key)
		if len(a.Diagnoses) > 1 {
			a.Diagnoses[len(a.Diagnoses)-1].Code = "J96.01"
		}
		for i := range a.Procedures {
			a.Procedures[i].PointsTo = nil
		}
		r, err := grading.ParseAnswer(&cs.Key, a)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, work{&cs.Key, r})
	}
	var bk grading.Book = (*codebook.Book)(book)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		w := all[n%len(all)]
		grading.Grade(w.key, w.r, bk, grading.Learning)
		n++
	}
}
