package server

import (
	"fmt"
	"strconv"

	"crosswalk/progress"
)

// plotMark is a line of a plot that is no frame: a border, an interval.
type plotMark struct {
	X0, Y0, X1, Y1 float64
	Class          string
	Text           string // beside its first point, "" for none
	TX, TY         float64
	Anchor         string
}

// outcome is a result with its interval and the pass line, all in tenths of a per cent.
type outcome struct{ Share, Low, High, Pass int }

// plot draws the result as a bar from 0 to 100 % with its interval and the pass line. Title is of the plot, name of the result, and desc says it in a
// sentence.
func (o outcome) plot(w words, title, name, desc string) *plot {
	p := newPlot("plot-result", title)
	p.Height, p.X0, p.X1, p.Y0, p.Y1 = 92, 14, plotWidth-14, 24, 60
	at := func(tenths int) float64 { return round1(p.X0 + float64(tenths)/1000*(p.X1-p.X0)) }
	p.Bars = []bar{
		{X: p.X0, Y: p.Y0 + 6, W: p.X1 - p.X0, H: p.Y1 - p.Y0 - 12, Class: "bar-track"},
		{X: p.X0, Y: p.Y0 + 6, W: at(o.Share) - p.X0, H: p.Y1 - p.Y0 - 12, Class: "bar-result"},
	}
	line := at(o.Pass)
	p.Marks = append(rangeMarks(at(o.Low), at(o.High), (p.Y0+p.Y1)/2, 5), plotMark{
		X0: line, Y0: p.Y0 - 4, X1: line, Y1: p.Y1 + 2, Class: "mark-pass", Text: w.get("report.pass_line", o.Pass/10), TX: line, TY: p.Y0 - 9, Anchor: anchorAt(o.Pass),
	})
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.XTicks = append(p.XTicks, tick{Pos: at(10 * v), Text: strconv.Itoa(v) + " %", Anchor: anchorAt(10 * v)})
	}
	p.Legend = []legendEntry{{"bar-result", name}, {"bar-range", w.get("report.range")}, {"bar-pass", w.get("report.pass")}}
	p.Desc = desc
	p.Head = []string{w.get("report.figure"), w.get("report.share")}
	p.Rows = [][]string{
		{name, formatTenths(o.Share)}, {w.get("report.range"), w.get("report.from_to", formatTenths(o.Low), formatTenths(o.High))}, {w.get("report.pass"), formatTenths(o.Pass)},
	}
	return &p
}

// rangeMarks draw an interval with its ends.
func rangeMarks(x0, x1, y, half float64) []plotMark {
	return []plotMark{
		{X0: x0, Y0: y, X1: x1, Y1: y, Class: "mark-range"}, {X0: x0, Y0: y - half, X1: x0, Y1: y + half, Class: "mark-range"}, {X0: x1, Y0: y - half, X1: x1, Y1: y + half, Class: "mark-range"},
	}
}

func (s *Server) resultPlot(r progress.SittingReport) *plot {
	w, pass := s.words, r.Sitting.Blueprint.Pass.Percent
	o := outcome{r.Tally.Percent10, r.Low10, r.High10, 10 * pass}
	return o.plot(w, w.get("report.plot_result"), w.get("report.your_result"), w.get("report.plot_result_desc", formatTenths(o.Share), formatTenths(o.Low), formatTenths(o.High), pass))
}

// anchorAt keeps a label over a place of the bar inside of the plot.
func anchorAt(tenths int) string {
	switch {
	case tenths < 150:
		return "start"
	case tenths > 850:
		return "end"
	}
	return "middle"
}

// pacePlot draws the time of each item as a bar by its position, with the pace as a line. nil where no time was taken.
func (s *Server) pacePlot(r progress.SittingReport) *plot {
	if r.SpentSecs == 0 || len(r.Items) == 0 {
		return nil
	}
	w := s.words
	p := newPlot("plot-pace", w.get("report.plot_pace"))
	most := r.PaceSecs
	for _, it := range r.Items {
		most = max(most, it.State.Seconds)
	}
	minutes := niceTop((most + 59) / 60)
	unit := (p.Y1 - p.Y0) / float64(60*minutes)
	for i := 0; i <= 2; i++ {
		v := float64(minutes) * float64(i) / 2
		p.YTicks = append(p.YTicks, tick{Pos: round1(p.Y1 - 60*v*unit), Text: trimZero(fmt.Sprintf("%.1f", v)) + " min"})
	}
	n := len(r.Items)
	step := (p.X1 - p.X0) / float64(n)
	wide := min(step*.8, 26)
	p.Head = []string{w.get("report.item"), w.get("report.time"), w.get("report.slow")}
	for i, it := range r.Items {
		h := float64(it.State.Seconds) * unit
		class, slow := "bar-case", ""
		if it.Slow {
			class, slow = "bar-slow", w.get("report.yes")
		}
		x := p.X0 + (float64(i)+.5)*step
		if h > 0 {
			p.Bars = append(p.Bars, bar{X: round1(x - wide/2), Y: round1(p.Y1 - h), W: round1(wide), H: round1(h), Class: class})
		}
		p.Rows = append(p.Rows, []string{strconv.Itoa(i + 1), clockText(it.State.Seconds), slow})
	}
	middle := func(i int) float64 { return round1(p.X0 + (float64(i)-.5)*step) }
	p.XTicks = []tick{{middle(1), "1", "middle"}}
	for _, i := range []int{n / 4, n / 2, 3 * n / 4} {
		if n >= 20 {
			p.XTicks = append(p.XTicks, tick{middle(i), strconv.Itoa(i), "middle"})
		}
	}
	if n > 1 {
		p.XTicks = append(p.XTicks, tick{middle(n), strconv.Itoa(n), "middle"})
	}
	p.Legend = []legendEntry{{"bar-case", w.get("report.time_of_item")}, {"bar-slow", w.get("report.slow_item")}}
	p.Desc = w.get("report.plot_pace_desc", n, clockText(r.SpentSecs))
	if r.PaceSecs > 0 {
		y := round1(p.Y1 - float64(r.PaceSecs)*unit)
		p.Marks = []plotMark{{X0: p.X0, Y0: y, X1: p.X1, Y1: y, Class: "mark-pass"}}
		p.Legend = append(p.Legend, legendEntry{"bar-pass", w.get("report.pace_line", clockText(r.PaceSecs))})
		p.Desc += " " + w.get("report.plot_pace_line", clockText(r.PaceSecs))
	}
	return &p
}
