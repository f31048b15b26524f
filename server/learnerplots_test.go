package server

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const someDay = 20_700 // 2026-09-04

func TestReadinessPlot(t *testing.T) {
	w := testWords(t)
	p := readinessPlot(w, "p", "CPC", []readinessPoint{{someDay, .5, .25, .75}, {someDay + 10, 1, .5, 1}})
	if p == nil {
		t.Fatal("no plot of two days")
	}
	if want := "54,88 386,10"; p.Line != want {
		t.Errorf("line = %q, want %q", p.Line, want)
	}
	// The band goes along the upper ends and comes back along the lower ones.
	if diff := cmp.Diff([]plotShape{{"band", "54,49 386,10 386,88 54,127"}}, p.Shapes); diff != "" {
		t.Errorf("band (-want +got):\n%s", diff)
	}
	if want := []string{"4 Sep 2026", "50 %", "25 % to 75 %"}; len(p.Rows) != 2 || !cmp.Equal(want, p.Rows[0]) {
		t.Errorf("table = %v, want first %v", p.Rows, want)
	}
	if !strings.Contains(p.Desc, "14 Sep 2026") {
		t.Errorf("description %q does not say where it ended", p.Desc)
	}
	one := readinessPlot(w, "p", "CPC", []readinessPoint{{someDay, .5, .25, .75}})
	if one == nil || one.Line != "" || one.Shapes != nil || len(one.Marks) != 1 {
		t.Errorf("plot of one day = %+v, want a dot with its range", one)
	}
	if p := readinessPlot(w, "p", "CPC", nil); p != nil {
		t.Errorf("plot of nothing = %+v", p)
	}
}

func TestRangePlots(t *testing.T) {
	w := testWords(t)
	c := chancePlot(w, "p", .5, .25, 1)
	if c.Bars[1].W != 186 || c.Marks[0].X0 != 107 || c.Marks[0].X1 != 386 {
		t.Errorf("chance: bar %v, range %v", c.Bars[1], c.Marks[0])
	}
	if want := [][]string{{"Chance of passing", "50 %"}, {"90 % range", "25 % to 100 %"}}; !cmp.Equal(want, c.Rows) {
		t.Errorf("table of the chance = %v", c.Rows)
	}
	s := scorePlot(w, "p", .72, .64, .8, .7)
	line := s.Marks[len(s.Marks)-1]
	if line.X0 != 274.4 || !strings.Contains(line.Text, "70 %") {
		t.Errorf("pass line = %+v", line)
	}
}

func TestDuePlot(t *testing.T) {
	w := testWords(t)
	due := make([]int, 30)
	due[0], due[3] = 4, 2
	p := duePlot(w, "p", someDay, due)
	if p == nil || len(p.Bars) != 2 || len(p.Rows) != 30 {
		t.Fatalf("plot = %+v, want a bar for each day with cards and a row for each day", p)
	}
	if p.Bars[0].Class != "bar-now" || p.Bars[0].H != 2*p.Bars[1].H {
		t.Errorf("bars = %v", p.Bars)
	}
	if !strings.Contains(p.Desc, "4 cards due today and 6 in all over the next 30 days") {
		t.Errorf("description = %q", p.Desc)
	}
	if p := duePlot(w, "p", someDay, make([]int, 30)); p != nil {
		t.Errorf("plot of no cards = %+v", p)
	}
}

func TestTimePlot(t *testing.T) {
	w := testWords(t)
	p := timePlot(w, "p", []studyTime{{someDay - 100, 9000}, {someDay - 1, 600}, {someDay, 1200}, {someDay + 1, 60}, {someDay - 3, -5}}, someDay, 30)
	if p == nil || len(p.Bars) != 2 {
		t.Fatalf("plot = %+v, want the two days inside of it", p)
	}
	if p.Bars[1].H != 2*p.Bars[0].H || p.YTicks[2].Text != "40 min" {
		t.Errorf("bars %v to a top of %s", p.Bars, p.YTicks[2].Text)
	}
	if len(p.Marks) != 1 || p.Marks[0].Y0 != round1(p.Y1-.75*(p.Y1-p.Y0)) {
		t.Errorf("line of the goal = %v", p.Marks)
	}
	if p := timePlot(w, "p", nil, someDay, 30); p != nil {
		t.Errorf("plot of no time = %+v", p)
	}
}

func TestReliabilityPlot(t *testing.T) {
	w := testWords(t)
	p := reliabilityPlot(w, "p", "What came of it", []reliabilityBin{{0, .1, .05, .04, 500, .03, .06}, {Low: .1, High: .2}, {.9, 1, .95, 1, 100, 0, 0}})
	if p == nil || len(p.Dots) != 2 || len(p.Rows) != 2 {
		t.Fatalf("plot = %+v, want the bins that are not empty", p)
	}
	if want := []string{"0 % to 10 %", "5 %", "4 %", "500"}; !cmp.Equal(want, p.Rows[0]) {
		t.Errorf("row = %v", p.Rows[0])
	}
	if ideal := p.Marks[0]; ideal.X0 != p.X0 || ideal.Y0 != p.Y1 || ideal.X1 != p.X1 || ideal.Y1 != p.Y0 {
		t.Errorf("the diagonal runs %v", ideal)
	}
	if len(p.Marks) != 2 {
		t.Errorf("marks = %v, want the diagonal and the range of the first bin", p.Marks)
	}
	if p := reliabilityPlot(w, "p", "", make([]reliabilityBin, 10)); p != nil {
		t.Errorf("plot of nothing = %+v", p)
	}
}

func TestAuditPlot(t *testing.T) {
	w := testWords(t)
	p := auditPlot(w, "p", []auditedCase{{"A", someDay, 1000}, {"B", someDay, 950}, {"C", someDay, 940}, {"D", someDay, 0}}, 950)
	var classes []string
	for _, b := range p.Bars {
		classes = append(classes, b.Class)
		if b.H < 1 || b.Y+b.H > p.Y1+.1 {
			t.Errorf("bar %v is not to be seen", b)
		}
	}
	if want := []string{"bar-right", "bar-right", "bar-case", "bar-case"}; !cmp.Equal(want, classes) {
		t.Errorf("bars = %v, want %v", classes, want)
	}
	if !strings.Contains(p.Desc, "2 of 4") || !strings.Contains(p.Desc, "95 %") {
		t.Errorf("description = %q", p.Desc)
	}
	if p := auditPlot(w, "p", nil, 950); p != nil {
		t.Errorf("plot of nothing = %+v", p)
	}
}
