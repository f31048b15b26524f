package server

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// plotShape is a filled area of a plot.
type plotShape struct{ Class, Points string }

// percentTicks are the figures of a vertical axis from 0 to 100 %.
func (p *plot) percentTicks() {
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.YTicks = append(p.YTicks, tick{Pos: p.shareY(float64(v) / 100), Text: strconv.Itoa(v) + " %"})
	}
}

// shareY is the height of a share from 0 to 1.
func (p *plot) shareY(share float64) float64 { return round1(p.Y1 - min(1, max(0, share))*(p.Y1-p.Y0)) }

// wholePercent prints a share from 0 to 1 in whole per cent.
func wholePercent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// longDayNumber prints a day counted since 1970.
func longDayNumber(n int) string { return dayTime(n).Format("2 Jan 2006") }

// dayTime is the midnight, in UTC, of a day counted since 1970: for printing it.
func dayTime(n int) time.Time { return time.Unix(int64(n)*86400, 0).UTC() }

// readinessPoint is the chance of passing as it was foretold on a study day, with its 90 % range; shares from 0 to 1. Day counts since 1970.
type readinessPoint struct {
	Day               int
	Chance, Low, High float64
}

// readinessPlot draws the chance of passing over time as a line in its band. Points are in the order of their days. nil when there is none.
func readinessPlot(w words, id, exam string, points []readinessPoint) *plot {
	if len(points) == 0 {
		return nil
	}
	p := newPlot(id, w.get("ready.plot_over", exam))
	p.percentTicks()
	first, last := points[0].Day, points[len(points)-1].Day
	place := func(day int) float64 {
		if first >= last {
			return round1((p.X0 + p.X1) / 2)
		}
		const inset = 6
		return round1(p.X0 + inset + float64(day-first)/float64(last-first)*(p.X1-p.X0-2*inset))
	}
	var line, upper, lower []string
	p.Head = []string{w.get("progress.day"), w.get("ready.chance"), w.get("ready.range")}
	for _, pt := range points {
		x := place(pt.Day)
		d := dot{X: x, Y: p.shareY(pt.Chance), Tip: dayText(pt.Day) + ": " + wholePercent(pt.Chance)}
		p.Dots = append(p.Dots, d)
		line = append(line, fmt.Sprintf("%g,%g", d.X, d.Y))
		upper = append(upper, fmt.Sprintf("%g,%g", x, p.shareY(pt.High)))
		lower = append(lower, fmt.Sprintf("%g,%g", x, p.shareY(pt.Low)))
		p.Rows = append(p.Rows, []string{longDayNumber(pt.Day), wholePercent(pt.Chance), w.get("ready.from_to", wholePercent(pt.Low), wholePercent(pt.High))})
	}
	if len(points) > 1 {
		p.Line = strings.Join(line, " ")
		for i := len(lower) - 1; i >= 0; i-- {
			upper = append(upper, lower[i])
		}
		p.Shapes = []plotShape{{"band", strings.Join(upper, " ")}}
	} else { // a day alone has no band: its range is a line
		x := place(first)
		p.Marks = []plotMark{{X0: x, Y0: p.shareY(points[0].High), X1: x, Y1: p.shareY(points[0].Low), Class: "mark-range"}}
	}
	if len(p.Dots) > 40 {
		p.Dots = p.Dots[len(p.Dots)-1:]
	}
	p.XTicks = dayTicks(first, last, place)
	p.Legend = []legendEntry{{"bar-case", w.get("ready.chance")}, {"band", w.get("ready.range")}}
	from, to := points[0], points[len(points)-1]
	p.Desc = w.get("ready.plot_over_desc", longDayNumber(from.Day), 100*from.Chance, longDayNumber(to.Day), 100*to.Chance, 100*to.Low, 100*to.High)
	return &p
}

// chancePlot draws a chance with its range on a bar from 0 to 100 %.
func chancePlot(w words, id string, chance, low, high float64) *plot {
	p := rangeBar(id, w.get("ready.plot_chance"), chance, low, high)
	p.Legend = []legendEntry{{"bar-result", w.get("ready.chance")}, {"bar-range", w.get("ready.range")}}
	p.Desc = w.get("ready.plot_chance_desc", 100*chance, 100*low, 100*high)
	p.Head = []string{w.get("report.figure"), w.get("report.share")}
	p.Rows = [][]string{{w.get("ready.chance"), wholePercent(chance)}, {w.get("ready.range"), w.get("ready.from_to", wholePercent(low), wholePercent(high))}}
	return &p
}

// scorePlot draws the predicted share right with its range against the pass line; shares from 0 to 1.
func scorePlot(w words, id string, score, low, high, pass float64) *plot {
	p := rangeBar(id, w.get("ready.plot_score"), score, low, high)
	x := p.X0 + round1(pass*(p.X1-p.X0))
	p.Marks = append(p.Marks, plotMark{
		X0: x, Y0: p.Y0 - 4, X1: x, Y1: p.Y1 + 2, Class: "mark-pass",
		Text: w.get("ready.pass_line", wholePercent(pass)), TX: x, TY: p.Y0 - 9, Anchor: anchorAt(int(1000 * pass)),
	})
	p.Legend = []legendEntry{{"bar-result", w.get("ready.score")}, {"bar-range", w.get("ready.score_range")}, {"bar-pass", w.get("ready.pass")}}
	p.Desc = w.get("ready.plot_score_desc", 100*score, 100*low, 100*high, 100*pass)
	p.Head = []string{w.get("report.figure"), w.get("report.share")}
	p.Rows = [][]string{
		{w.get("ready.score"), wholePercent(score)}, {w.get("ready.score_range"), w.get("ready.from_to", wholePercent(low), wholePercent(high))}, {w.get("ready.pass"), wholePercent(pass)},
	}
	return &p
}

// rangeBar is a bar from 0 to 100 % filled up to a share, with the range drawn over it.
func rangeBar(id, title string, share, low, high float64) plot {
	p := newPlot(id, title)
	p.Height, p.X0, p.X1, p.Y0, p.Y1 = 92, 14, plotWidth-14, 24, 60
	at := func(v float64) float64 { return round1(p.X0 + min(1, max(0, v))*(p.X1-p.X0)) }
	mid, tall := (p.Y0+p.Y1)/2, p.Y1-p.Y0-12
	p.Bars = []bar{
		{X: p.X0, Y: p.Y0 + 6, W: p.X1 - p.X0, H: tall, Class: "bar-track"},
		{X: p.X0, Y: p.Y0 + 6, W: round1(at(share) - p.X0), H: tall, Class: "bar-result"},
	}
	p.Marks = []plotMark{
		{X0: at(low), Y0: mid, X1: at(high), Y1: mid, Class: "mark-range"},
		{X0: at(low), Y0: mid - 5, X1: at(low), Y1: mid + 5, Class: "mark-range"},
		{X0: at(high), Y0: mid - 5, X1: at(high), Y1: mid + 5, Class: "mark-range"},
	}
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.XTicks = append(p.XTicks, tick{Pos: at(float64(v) / 100), Text: strconv.Itoa(v) + " %", Anchor: anchorAt(10 * v)})
	}
	return p
}

// duePlot draws how many cards fall due on each of the coming days; due[0] is today with what was left over. nil where no card falls due.
func duePlot(w words, id string, today int, due []int) *plot {
	most, all := 0, 0
	for _, n := range due {
		most, all = max(most, n), all+n
	}
	if most == 0 {
		return nil
	}
	p := newPlot(id, w.get("dash.plot_due"))
	unit := p.countTicks(most)
	p.Head = []string{w.get("progress.day"), w.get("dash.cards_due")}
	step := (p.X1 - p.X0) / float64(len(due))
	for i, n := range due {
		if n > 0 {
			h := float64(n) * unit
			class := "bar-case"
			if i == 0 {
				class = "bar-now"
			}
			p.Bars = append(p.Bars, bar{X: round1(p.X0 + (float64(i)+.1)*step), Y: round1(p.Y1 - h), W: round1(step * .8), H: round1(h), Class: class})
		}
		p.Rows = append(p.Rows, []string{longDayNumber(today + i), strconv.Itoa(n)})
	}
	p.XTicks = dayTicks(today, today+len(due)-1, func(n int) float64 { return round1(p.X0 + (float64(n-today)+.5)*step) })
	if n := len(p.XTicks); n > 1 {
		p.XTicks[0] = tick{p.X0, w.get("dash.today"), "start"}
		p.XTicks[n-1].Pos = p.X1
	}
	p.Legend = []legendEntry{{"bar-now", w.get("dash.due_now")}, {"bar-case", w.get("dash.due_later")}}
	p.Desc = w.get("dash.plot_due_desc", due[0], all, len(due))
	return &p
}

// countTicks are the figures of a vertical axis of counts up to most; it gives the height of one.
func (p *plot) countTicks(most int) (unit float64) {
	top := niceTop(most)
	unit = (p.Y1 - p.Y0) / float64(top)
	for i := 0; i <= 2; i++ {
		v := top * i / 2
		p.YTicks = append(p.YTicks, tick{Pos: round1(p.Y1 - float64(v)*unit), Text: strconv.Itoa(v)})
	}
	return unit
}

// studyTime is the time spent on one study day.
type studyTime struct{ Day, Seconds int }

// timePlot draws the minutes of each of the last study days up to today, with a line at the minutes that the goal asks for on average; goal 0
// draws none. nil when no time was spent.
func timePlot(w words, id string, days []studyTime, today, goal int) *plot {
	start := today - activityDays + 1
	minutes := map[int]int{}
	most, total, active := 0, 0, 0
	for _, d := range days {
		if d.Day < start || d.Day > today || d.Seconds <= 0 {
			continue
		}
		m := max(1, (d.Seconds+30)/60)
		minutes[d.Day] += m
		most, total, active = max(most, minutes[d.Day]), total+m, active+1
	}
	if most == 0 {
		return nil
	}
	p := newPlot(id, w.get("dash.plot_time"))
	unit := p.countTicks(max(most, goal))
	for i := range p.YTicks {
		p.YTicks[i].Text += " min"
	}
	p.X0 += 10
	p.Head = []string{w.get("progress.day"), w.get("dash.minutes")}
	step := (p.X1 - p.X0) / activityDays
	for n := start; n <= today; n++ {
		m, ok := minutes[n]
		if !ok {
			continue
		}
		h := float64(m) * unit
		p.Bars = append(p.Bars, bar{X: round1(p.X0 + (float64(n-start)+.1)*step), Y: round1(p.Y1 - h), W: round1(step * .8), H: round1(h), Class: "bar-case"})
		p.Rows = append(p.Rows, []string{longDayNumber(n), strconv.Itoa(m)})
	}
	p.XTicks = dayTicks(start, today, func(n int) float64 { return round1(p.X0 + (float64(n-start)+.5)*step) })
	p.XTicks[0].Pos, p.XTicks[len(p.XTicks)-1].Pos = p.X0, p.X1
	p.Legend = []legendEntry{{"bar-case", w.get("dash.minutes")}}
	p.Desc = w.get("dash.plot_time_desc", total, active, activityDays)
	if goal > 0 {
		y := round1(p.Y1 - float64(goal)*unit)
		p.Marks = []plotMark{{X0: p.X0, Y0: y, X1: p.X1, Y1: y, Class: "mark-goal"}}
		p.Legend = append(p.Legend, legendEntry{"bar-goal", w.get("dash.minutes_goal", goal)})
	}
	return &p
}

// reliabilityBin gathers forecasts that said about the same: the mean of what they said and how often it came so, shares from 0 to 1.
type reliabilityBin struct {
	Low, High  float64 // which forecasts are in it
	Said, Came float64
	N          int

	CameLow, CameHigh float64 // 90 % range of Came for so few; both 0 for none
}

// reliabilityPlot draws what came of forecasts against what they said: on the diagonal they were right. Empty bins are left out. nil when all are.
func reliabilityPlot(w words, id, title string, bins []reliabilityBin) *plot {
	p := newPlot(id, title)
	p.Height = 300
	p.Y1 = float64(p.Height - plotBottom - 16)
	p.percentTicks()
	x := func(v float64) float64 { return round1(p.X0 + min(1, max(0, v))*(p.X1-p.X0)) }
	p.Marks = []plotMark{{X0: x(0), Y0: p.shareY(0), X1: x(1), Y1: p.shareY(1), Class: "mark-ideal"}}
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.XTicks = append(p.XTicks, tick{Pos: x(float64(v) / 100), Text: strconv.Itoa(v) + " %", Anchor: anchorAt(10 * v)})
	}
	p.Head = []string{w.get("ready.said_between"), w.get("ready.said"), w.get("ready.came"), w.get("ready.count")}
	var line []string
	all := 0
	for _, b := range bins {
		if b.N == 0 {
			continue
		}
		all += b.N
		d := dot{X: x(b.Said), Y: p.shareY(b.Came), Tip: w.get("ready.bin_tip", 100*b.Said, 100*b.Came, b.N)}
		p.Dots = append(p.Dots, d)
		line = append(line, fmt.Sprintf("%g,%g", d.X, d.Y))
		if b.CameHigh > b.CameLow {
			p.Marks = append(p.Marks, plotMark{X0: d.X, Y0: p.shareY(b.CameHigh), X1: d.X, Y1: p.shareY(b.CameLow), Class: "mark-range"})
		}
		p.Rows = append(p.Rows, []string{w.get("ready.from_to", wholePercent(b.Low), wholePercent(b.High)), wholePercent(b.Said), wholePercent(b.Came), formatCount(b.N)})
	}
	if all == 0 {
		return nil
	}
	if len(line) > 1 {
		p.Line = strings.Join(line, " ")
	}
	p.XLabel = w.get("ready.axis_said")
	p.Legend = []legendEntry{{"bar-case", w.get("ready.came")}, {"bar-ideal", w.get("ready.ideal")}}
	p.Desc = w.get("ready.plot_reliability_desc", formatCount(all))
	return &p
}

// auditedCase is a case as the audit plot shows it.
type auditedCase struct {
	Title     string
	Day       int
	Percent10 int // audit accuracy, tenths of a per cent
}

// auditPlot draws the audit accuracy of the latest cases, oldest first, against the line of the field; line in tenths. nil without cases.
func auditPlot(w words, id string, cases []auditedCase, line int) *plot {
	if len(cases) == 0 {
		return nil
	}
	p := newPlot(id, w.get("job.plot_audit"))
	p.percentTicks()
	p.Head = []string{w.get("job.case"), w.get("progress.day"), w.get("progress.audit")}
	step := (p.X1 - p.X0) / float64(max(10, len(cases)))
	over := 0
	for i, c := range cases {
		class := "bar-case"
		if c.Percent10 >= line {
			class = "bar-right"
			over++
		}
		y := p.shareY(float64(c.Percent10) / 1000)
		p.Bars = append(p.Bars, bar{X: round1(p.X0 + (float64(i)+.12)*step), Y: min(y, p.Y1-1.5), W: round1(step * .76), H: max(1.5, round1(p.Y1-y)), Class: class})
		p.Rows = append(p.Rows, []string{c.Title, longDayNumber(c.Day), formatTenths(c.Percent10)})
	}
	y := p.shareY(float64(line) / 1000)
	p.Marks = []plotMark{{X0: p.X0, Y0: y, X1: p.X1, Y1: y, Class: "mark-pass"}}
	p.XTicks = []tick{{round1(p.X0), w.get("job.oldest"), "start"}}
	if end := p.X0 + float64(len(cases))*step; len(cases) > 4 {
		p.XTicks = append(p.XTicks, tick{round1(end), w.get("job.newest"), "end"})
	}
	p.Legend = []legendEntry{{"bar-right", w.get("job.at_line", formatTenths(line))}, {"bar-case", w.get("job.below_line")}, {"bar-pass", w.get("job.line", formatTenths(line))}}
	p.Desc = w.get("job.plot_audit_desc", over, len(cases), formatTenths(line))
	return &p
}
