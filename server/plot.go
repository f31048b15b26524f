package server

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"crosswalk/progress"
)

// Sizes of a plot in its own units; the page scales it to the room there is.
const (
	plotWidth  = 400
	plotHeight = 190
	plotLeft   = 48 // room for the figures of the vertical axis
	plotRight  = 8
	plotTop    = 10
	plotBottom = 24 // room for the dates
)

// plot is a drawing with its frame: what the template writes as SVG, and the table that stands behind it.
type plot struct {
	ID            string
	Title, Desc   string // for those who do not see it
	Width, Height int
	X0, X1        float64 // the frame
	Y0, Y1        float64
	YTicks        []tick
	XTicks        []tick
	XLabel        string // of the horizontal axis, where its figures do not say it
	Shapes        []plotShape
	Line          string // points of a polyline, "" for none
	Dots          []dot
	Bars          []bar
	Marks         []plotMark
	Legend        []legendEntry
	Head          []string // of the table
	Rows          [][]string
}

type tick struct {
	Pos    float64
	Text   string
	Anchor string // text-anchor of a tick of the horizontal axis
}

type dot struct {
	X, Y float64
	Tip  string
}

type bar struct {
	X, Y, W, H float64
	Class      string
	Tip        string
}

type legendEntry struct{ Class, Text string }

func newPlot(id, title string) plot {
	return plot{ID: id, Title: title, Width: plotWidth, Height: plotHeight, X0: plotLeft, X1: plotWidth - plotRight, Y0: plotTop, Y1: plotHeight - plotBottom}
}

// round1 keeps coordinates short: a tenth of a unit is less than anyone sees.
func round1(v float64) float64 { return math.Round(v*10) / 10 }

// dayNumber counts days since 1970 of a date such as 2026-11-21; false for what is no date.
func dayNumber(day string) (int, bool) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0, false
	}
	return int(t.Unix() / 86400), true
}

func dayText(n int) string { return dayTime(n).Format("2 Jan") }

func longDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 Jan 2006")
}

// sharePlot draws the share of right answers in one area over time. nil when there is nothing to draw.
func sharePlot(w words, id, area string, series []progress.Point) *plot {
	if len(series) == 0 {
		return nil
	}
	p := newPlot(id, w.get("progress.plot_share", area))
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.YTicks = append(p.YTicks, tick{Pos: round1(p.Y1 - float64(v)/100*(p.Y1-p.Y0)), Text: strconv.Itoa(v) + " %"})
	}
	first, last := math.MaxInt, math.MinInt
	for _, pt := range series {
		if n, ok := dayNumber(pt.Day); ok {
			first, last = min(first, n), max(last, n)
		}
	}
	place := func(n int) float64 {
		if first == last {
			return round1((p.X0 + p.X1) / 2)
		}
		const inset = 6 // dots at the ends stay inside the frame
		return round1(p.X0 + inset + float64(n-first)/float64(last-first)*(p.X1-p.X0-2*inset))
	}
	var line []string
	p.Head = []string{w.get("progress.day"), w.get("progress.share_right"), w.get("progress.rests_on")}
	for _, pt := range series {
		n, ok := dayNumber(pt.Day)
		if !ok {
			continue
		}
		share := fmt.Sprintf("%.0f %%", 100*pt.Share)
		d := dot{X: place(n), Y: round1(p.Y1 - min(1, max(0, pt.Share))*(p.Y1-p.Y0)), Tip: dayText(n) + ": " + share}
		p.Dots = append(p.Dots, d)
		line = append(line, fmt.Sprintf("%g,%g", d.X, d.Y))
		p.Rows = append(p.Rows, []string{longDay(pt.Day), share, strconv.Itoa(pt.N)})
	}
	if len(p.Dots) == 0 {
		return nil
	}
	if len(line) > 1 {
		p.Line = strings.Join(line, " ")
	}
	if len(p.Dots) > 40 { // a dot a day is a band; the line says it alone
		p.Dots = p.Dots[len(p.Dots)-1:]
	}
	p.XTicks = dayTicks(first, last, place)
	from, to := series[0], series[len(series)-1]
	p.Desc = w.get("progress.plot_share_desc", longDay(from.Day), 100*from.Share, longDay(to.Day), 100*to.Share)
	return &p
}

// dayTicks labels the first and the last day and, where there is room, the one in the middle.
func dayTicks(first, last int, place func(int) float64) []tick {
	if first == last {
		return []tick{{place(first), dayText(first), "middle"}}
	}
	out := []tick{{place(first), dayText(first), "start"}}
	if last-first >= 4 {
		mid := first + (last-first)/2
		out = append(out, tick{place(mid), dayText(mid), "middle"})
	}
	return append(out, tick{place(last), dayText(last), "end"})
}

// sparkline is the line of an area's shares in a box of 100 by 24, without axes. "" for fewer than two points.
func sparkline(series []progress.Point) string {
	const width, height, inset = 100.0, 24.0, 2.0
	var out []string
	first, last := 0, 0
	if len(series) > 1 {
		first, _ = dayNumber(series[0].Day)
		last, _ = dayNumber(series[len(series)-1].Day)
	}
	if first >= last {
		return ""
	}
	for _, pt := range series {
		n, ok := dayNumber(pt.Day)
		if !ok {
			continue
		}
		x := inset + float64(n-first)/float64(last-first)*(width-2*inset)
		y := height - inset - min(1, max(0, pt.Share))*(height-2*inset)
		out = append(out, fmt.Sprintf("%g,%g", round1(x), round1(y)))
	}
	return strings.Join(out, " ")
}

// activityDays is how many study days the plot of activity reaches back.
const activityDays = 42

// activityPlot draws what was done on each of the last study days: right answers, other answers, cases and audit drills, one on the other. today is
// the study day at the right end. nil when nothing was done in that time.
func activityPlot(w words, id string, days []progress.DayCount, today string) *plot {
	end, ok := dayNumber(today)
	if !ok {
		return nil
	}
	start := end - activityDays + 1
	byDay := map[int]progress.DayCount{}
	most, active := 0, 0
	answers, cases, audits := 0, 0, 0
	for _, d := range days {
		n, ok := dayNumber(d.Day)
		if !ok || n < start || n > end {
			continue
		}
		byDay[n] = d
		most = max(most, d.Questions+d.Cases+d.Audits)
		answers += d.Questions
		cases += d.Cases
		if d.Questions+d.Cases+d.Audits > 0 {
			active++
		}
		audits += d.Audits
	}
	if most == 0 {
		return nil
	}
	p := newPlot(id, w.get("progress.plot_activity"))
	p.Desc = w.get("progress.plot_activity_desc", active, activityDays, answers, cases)
	top := niceTop(most)
	unit := (p.Y1 - p.Y0) / float64(top)
	for i := 0; i <= 2; i++ {
		v := top * i / 2
		p.YTicks = append(p.YTicks, tick{Pos: round1(p.Y1 - float64(v)*unit), Text: strconv.Itoa(v)})
	}
	p.Head = []string{w.get("progress.day"), w.get("progress.right_answers"), w.get("progress.other_answers"), w.get("progress.cases_sent")}
	p.Legend = []legendEntry{
		{"bar-right", w.get("progress.right_answers")}, {"bar-other", w.get("progress.other_answers")}, {"bar-case", w.get("progress.cases_sent")},
	}
	if audits > 0 { // a column only for those who have done some
		p.Head = append(p.Head, w.get("progress.audits_sent"))
		p.Legend = append(p.Legend, legendEntry{"bar-audit", w.get("progress.audits_sent")})
	}
	step := (p.X1 - p.X0) / activityDays
	for n := start; n <= end; n++ {
		d, ok := byDay[n]
		if !ok {
			continue
		}
		x, y := p.X0+float64(n-start)*step, p.Y1
		for _, part := range []struct {
			count int
			class string
		}{{d.Correct, "bar-right"}, {d.Questions - d.Correct, "bar-other"}, {d.Cases, "bar-case"}, {d.Audits, "bar-audit"}} {
			if part.count <= 0 {
				continue
			}
			h := float64(part.count) * unit
			y -= h
			p.Bars = append(p.Bars, bar{X: round1(x + step*.1), Y: round1(y), W: round1(step * .8), H: round1(h), Class: part.class})
		}
		row := []string{longDay(d.Day), strconv.Itoa(d.Correct), strconv.Itoa(d.Questions - d.Correct), strconv.Itoa(d.Cases)}
		if audits > 0 {
			row = append(row, strconv.Itoa(d.Audits))
		}
		p.Rows = append(p.Rows, row)
	}
	p.XTicks = dayTicks(start, end, func(n int) float64 { return round1(p.X0 + (float64(n-start)+.5)*step) })
	p.XTicks[0].Pos, p.XTicks[len(p.XTicks)-1].Pos = p.X0, p.X1
	return &p
}

// niceTop is the next even figure of 2, 4, 6, 10, 20, 40, 60, 100, ... at or above n, so that the middle of the axis is whole.
func niceTop(n int) int {
	for scale := 1; ; scale *= 10 {
		for _, v := range []int{2, 4, 6, 10} {
			if top := v * scale; top >= n {
				return top
			}
		}
	}
}
