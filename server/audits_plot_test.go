package server

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
)

// TestAuditsInActivity: audit drills have a bar and a column of their own, for those who have done some.
func TestAuditsInActivity(t *testing.T) {
	w, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	p := activityPlot(w, "p", []progress.DayCount{{Day: "2026-11-20", Audits: 3}, {Day: "2026-11-21", Questions: 1, Correct: 1, Cases: 1, Audits: 2}}, "2026-11-21")
	if p == nil {
		t.Fatal("days of audits alone have no plot")
	}
	var classes []string
	for _, b := range p.Bars {
		classes = append(classes, b.Class)
	}
	if want := []string{"bar-audit", "bar-right", "bar-case", "bar-audit"}; !cmp.Equal(want, classes) {
		t.Errorf("bars = %v, want %v", classes, want)
	}
	if want := [][]string{{"20 Nov 2026", "0", "0", "0", "3"}, {"21 Nov 2026", "1", "0", "1", "2"}}; !cmp.Equal(want, p.Rows) || len(p.Head) != 5 || len(p.Legend) != 4 {
		t.Errorf("table = %v under %v, want %v", p.Rows, p.Head, want)
	}
	if p := activityPlot(w, "p", []progress.DayCount{{Day: "2026-11-21", Questions: 1}}, "2026-11-21"); len(p.Head) != 4 || len(p.Legend) != 3 {
		t.Errorf("without audits: %v, %v", p.Head, p.Legend)
	}
}
