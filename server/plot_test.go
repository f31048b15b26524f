package server

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
	"crosswalk/progress/standing"
)

func TestSharePlot(t *testing.T) {
	w := testWords(t)
	series := []progress.Point{{Day: "2026-10-01", Share: 0, N: 4}, {Day: "2026-10-11", Share: .5, N: 12}, {Day: "2026-10-21", Share: 1, N: 20}}
	p := sharePlot(w, "p", "Anatomy", series)
	if p == nil {
		t.Fatal("no plot of three points")
	}
	wantDots := []dot{{54, 166, "1 Oct: 0 %"}, {220, 88, "11 Oct: 50 %"}, {386, 10, "21 Oct: 100 %"}}
	if diff := cmp.Diff(wantDots, p.Dots); diff != "" {
		t.Errorf("dots (-want +got):\n%s", diff)
	}
	if want := "54,166 220,88 386,10"; p.Line != want {
		t.Errorf("line = %q, want %q", p.Line, want)
	}
	wantTicks := []tick{{54, "1 Oct", "start"}, {220, "11 Oct", "middle"}, {386, "21 Oct", "end"}}
	if diff := cmp.Diff(wantTicks, p.XTicks); diff != "" {
		t.Errorf("dates (-want +got):\n%s", diff)
	}
	if want := []string{"11 Oct 2026", "50 %", "12"}; len(p.Rows) != 3 || !cmp.Equal(want, p.Rows[1]) {
		t.Errorf("table = %v, want a row for each point, the second %v", p.Rows, want)
	}
	if !strings.Contains(p.Desc, "1 Oct 2026") || !strings.Contains(p.Desc, "100 %") {
		t.Errorf("description %q does not tell the course", p.Desc)
	}
}

func TestSharePlotEdges(t *testing.T) {
	w := testWords(t)
	if p := sharePlot(w, "p", "Anatomy", nil); p != nil {
		t.Errorf("plot of nothing = %+v, want none", p)
	}
	one := sharePlot(w, "p", "Anatomy", []progress.Point{{Day: "2026-10-01", Share: .75, N: 4}})
	if one == nil || one.Line != "" || len(one.Dots) != 1 || len(one.XTicks) != 1 {
		t.Errorf("plot of one point = %+v, want a dot without a line", one)
	}
	var long []progress.Point
	for i := range 60 {
		long = append(long, progress.Point{Day: time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), Share: .5, N: 20})
	}
	p := sharePlot(w, "p", "Anatomy", long)
	if len(p.Dots) != 1 || strings.Count(p.Line, " ") != 59 || len(p.Rows) != 60 {
		t.Errorf("plot of 60 days has %d dots, %d rows; want the last dot only, all rows", len(p.Dots), len(p.Rows))
	}
}

func TestSparkline(t *testing.T) {
	for _, tc := range []struct {
		name   string
		series []progress.Point
		want   string
	}{
		{"nothing", nil, ""},
		{"one point is no line", []progress.Point{{Day: "2026-10-01", Share: 1}}, ""},
		{"from none to all", []progress.Point{{Day: "2026-10-01", Share: 0}, {Day: "2026-10-03", Share: 1}}, "2,22 98,2"},
	} {
		if got := sparkline(tc.series); got != tc.want {
			t.Errorf("%s: sparkline = %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestActivityPlot(t *testing.T) {
	w := testWords(t)
	days := []progress.DayCount{
		{Day: "2026-01-01", Questions: 500}, // long ago: neither drawn nor scaled by
		{Day: "2026-11-20", Questions: 6, Correct: 4, Cases: 2},
		{Day: "2026-11-21", Questions: 3, Correct: 3},
	}
	p := activityPlot(w, "p", days, "2026-11-21")
	if p == nil {
		t.Fatal("no plot")
	}
	var classes []string
	for _, b := range p.Bars {
		classes = append(classes, b.Class)
		if b.Y < p.Y0 || b.Y+b.H > p.Y1+.2 || b.X < p.X0 || b.X+b.W > p.X1 {
			t.Errorf("bar %+v lies outside the frame", b)
		}
	}
	if want := []string{"bar-right", "bar-other", "bar-case", "bar-right"}; !cmp.Equal(want, classes) {
		t.Errorf("bars = %v, want %v: one for each part that is not empty", classes, want)
	}
	if top := p.YTicks[len(p.YTicks)-1].Text; top != "10" {
		t.Errorf("axis goes to %s, want 10 for a day of 8", top)
	}
	if want := [][]string{{"20 Nov 2026", "4", "2", "2"}, {"21 Nov 2026", "3", "0", "0"}}; !cmp.Equal(want, p.Rows) {
		t.Errorf("table = %v, want %v", p.Rows, want)
	}
	if p := activityPlot(w, "p", days[:1], "2026-11-21"); p != nil {
		t.Errorf("plot of six idle weeks = %+v, want none", p)
	}
}

func TestNiceTop(t *testing.T) {
	for n, want := range map[int]int{1: 2, 2: 2, 3: 4, 5: 6, 7: 10, 11: 20, 39: 40, 61: 100, 250: 400} {
		if got := niceTop(n); got != want {
			t.Errorf("niceTop(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestAreaViews(t *testing.T) {
	at := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)
	areas := []progress.AreaProgress{
		{Area: "em", Title: "E/M", Bank: 9},
		{Area: "anatomy", Title: "Anatomy", Bank: 5, Counts: standing.Counts{Answered: 3, Correct: 2}, LastAt: at, Series: []progress.Point{{Day: "2026-11-20", Share: .7, N: 3}}},
		{Area: "icd10cm", Title: "ICD-10-CM", Bank: 8, Counts: standing.Counts{Answered: 8, Correct: 4}, LastAt: at, Series: []progress.Point{{Day: "2026-11-19"}, {Day: "2026-11-20"}}},
		{Area: "cases", Title: "Cases", CasesDone: 1, CaseAverage: 800},
	}
	for _, tc := range []struct{ name, want, chosen string }{
		{"without a choice the one with most to plot", "", "icd10cm"},
		{"the one asked for", "anatomy", "anatomy"},
		{"one without answers to questions has no plot", "cases", "icd10cm"},
		{"an unknown one", "nonsense", "icd10cm"},
	} {
		rows, chosen, untouched := areaViews(areas, tc.want, "/progress", time.FixedZone("", -5*3600))
		if len(rows) != 3 || untouched != 1 {
			t.Errorf("%s: %d rows, %d untouched; want 3 and 1", tc.name, len(rows), untouched)
		}
		if chosen == nil || chosen.Area != tc.chosen || !chosen.Chosen {
			t.Errorf("%s: chosen = %+v, want %s", tc.name, chosen, tc.chosen)
		}
	}
	rows, _, _ := areaViews(areas, "", "/progress", time.FixedZone("", -5*3600))
	if rows[0].Share != 67 || rows[0].Last != "20 Nov 2026" || rows[0].Path != "/progress?area=anatomy#area-plot" {
		t.Errorf("anatomy = %+v, want 67 %%, the day in the learner's zone and a link to its plot", rows[0])
	}
	if _, chosen, _ := areaViews(areas[:1], "", "/progress", time.UTC); chosen != nil {
		t.Errorf("nothing answered: chosen = %+v, want none", chosen)
	}
}

func TestFindingViews(t *testing.T) {
	got := findingViews([]progress.FindingCount{{Finding: "DX-SPEC", Count: 4, Cases: 2}, {Finding: "OLD-KIND", Count: 1, Cases: 1}})
	if len(got) != 2 || got[0].Name != "specificity" || got[0].Meaning == "" || got[0].Width != 100 || got[1].Name != "OLD-KIND" || got[1].Width != 25 {
		t.Errorf("findings = %+v, want the names of the taxonomy, and the code where it has none", got)
	}
}
