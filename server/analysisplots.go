package server

import (
	"fmt"
	"strconv"

	"crosswalk/progress/itemstats"
)

// scoresPlot draws how many people had which score. nil where nobody sat the exam.
func scoresPlot(w words, f itemstats.Form) *plot {
	most := 0
	for _, n := range f.Scores {
		most = max(most, n)
	}
	if most == 0 {
		return nil
	}
	p := newPlot("plot-scores", w.get("analysis.plot_scores"))
	unit := p.countTicks(most)
	p.Head = []string{w.get("analysis.score"), w.get("analysis.people")}
	step := (p.X1 - p.X0) / float64(len(f.Scores))
	for i, n := range f.Scores {
		if n > 0 {
			p.Bars = append(p.Bars, bar{X: round1(p.X0 + (float64(i)+.06)*step), Y: round1(p.Y1 - float64(n)*unit), W: round1(step * .88), H: round1(float64(n) * unit), Class: "bar-case"})
		}
		p.Rows = append(p.Rows, []string{w.get("analysis.from_to", strconv.Itoa(10*i)+" %", strconv.Itoa(10*i+10)+" %"), strconv.Itoa(n)})
	}
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.XTicks = append(p.XTicks, tick{Pos: round1(p.X0 + float64(v)/100*(p.X1-p.X0)), Text: strconv.Itoa(v) + " %", Anchor: anchorAt(10 * v)})
	}
	p.Legend = []legendEntry{{"bar-case", w.get("analysis.people")}}
	p.Desc = w.get("analysis.plot_scores_desc", f.Persons)
	if f.Mean != nil {
		x := round1(p.X0 + *f.Mean*(p.X1-p.X0))
		p.Marks = []plotMark{{X0: x, Y0: p.Y0, X1: x, Y1: p.Y1, Class: "mark-pass"}}
		p.Legend = append(p.Legend, legendEntry{"bar-pass", w.get("analysis.mean")})
		p.Desc += " " + w.get("analysis.plot_mean_desc", 100**f.Mean)
	}
	return &p
}

// fieldPlot draws each item by how hard it is and how well it tells people apart. nil where no item has both figures.
func fieldPlot(w words, rows []analysisRow) *plot {
	p := newPlot("plot-field", w.get("analysis.plot_field"))
	p.Height = 240
	p.Y1 = float64(p.Height - plotBottom - 16)
	const low, high = -0.5, 1.0
	y := func(r float64) float64 { return round1(p.Y1 - (min(high, max(low, r))-low)/(high-low)*(p.Y1-p.Y0)) }
	for _, v := range []float64{-0.5, 0, 0.5, 1} {
		p.YTicks = append(p.YTicks, tick{Pos: y(v), Text: signed(v)})
	}
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.XTicks = append(p.XTicks, tick{Pos: round1(p.X0 + float64(v)/100*(p.X1-p.X0)), Text: strconv.Itoa(v) + " %", Anchor: anchorAt(10 * v)})
	}
	p.Head = []string{w.get("analysis.item"), w.get("analysis.right"), w.get("analysis.biserial")}
	for _, r := range rows {
		if r.facility == nil || r.serial == nil {
			continue
		}
		p.Dots = append(p.Dots, dot{X: round1(p.X0 + *r.facility*(p.X1-p.X0)), Y: y(*r.serial), Tip: r.ID + ": " + r.Right + ", " + r.R})
		p.Rows = append(p.Rows, []string{r.ID, r.Right, r.R})
	}
	if len(p.Dots) == 0 {
		return nil
	}
	p.Marks = []plotMark{{X0: p.X0, Y0: y(0), X1: p.X1, Y1: y(0), Class: "mark-ideal"}}
	p.XLabel = w.get("analysis.right")
	p.Desc = w.get("analysis.plot_field_desc", len(p.Dots))
	return &p
}

// optionsPlot draws the share of each group of ability that took each option. nil where there are no groups.
func optionsPlot(w words, st itemstats.Stats) *plot {
	p := newPlot("plot-options", w.get("analysis.plot_options"))
	var shown []itemstats.Option
	for _, o := range st.Options {
		if o.Lower != nil && o.Middle != nil && o.Upper != nil && o.Label != "" {
			shown = append(shown, o)
		}
	}
	if len(shown) == 0 || st.Item.Labels == nil && len(shown) < 2 {
		return nil
	}
	p.percentTicks()
	p.Head = []string{w.get("analysis.option"), w.get("analysis.lower"), w.get("analysis.middle"), w.get("analysis.upper")}
	step := (p.X1 - p.X0) / float64(len(shown))
	for i, o := range shown {
		x := p.X0 + (float64(i)+.12)*step
		for k, g := range []struct {
			share *float64
			class string
		}{{o.Lower, "bar-low"}, {o.Middle, "bar-case"}, {o.Upper, "bar-high"}} {
			if h := *g.share * (p.Y1 - p.Y0); h > 0 {
				p.Bars = append(p.Bars, bar{X: round1(x + float64(k)*step*.25), Y: round1(p.Y1 - h), W: round1(step * .24), H: round1(h), Class: g.class})
			}
		}
		label := o.Label
		if o.Typed { // long answers are in the table
			label = strconv.Itoa(i + 1)
		}
		if o.Right {
			label += " ✓"
		}
		p.XTicks = append(p.XTicks, tick{Pos: round1(x + step*.375), Text: label, Anchor: "middle"})
		p.Rows = append(p.Rows, []string{label, wholePercent(*o.Lower), wholePercent(*o.Middle), wholePercent(*o.Upper)})
	}
	p.Legend = []legendEntry{{"bar-low", w.get("analysis.lower")}, {"bar-case", w.get("analysis.middle")}, {"bar-high", w.get("analysis.upper")}}
	p.Desc = w.get("analysis.plot_options_desc", st.Item.ID)
	return &p
}

// driftPlot draws the share right early and late. nil without a test of drift.
func driftPlot(w words, d *itemstats.Drift) *plot {
	if d == nil {
		return nil
	}
	p := newPlot("plot-drift", w.get("analysis.plot_drift"))
	p.percentTicks()
	p.Head = []string{w.get("analysis.when"), w.get("analysis.right"), w.get("analysis.answers")}
	foretold := d.Late - d.Change // what the later would have, had the item stayed as it was
	foretold = min(1, max(0, foretold))
	step := (p.X1 - p.X0) / 2
	for i, x := range []struct {
		name  string
		share float64
		n     int
	}{{w.get("analysis.early"), d.Early, d.EarlyN}, {w.get("analysis.late"), d.Late, d.LateN}} {
		h := x.share * (p.Y1 - p.Y0)
		p.Bars = append(p.Bars, bar{X: round1(p.X0 + (float64(i)+.3)*step), Y: round1(p.Y1 - h), W: round1(step * .4), H: round1(h), Class: "bar-case"})
		p.XTicks = append(p.XTicks, tick{Pos: round1(p.X0 + (float64(i)+.5)*step), Text: x.name, Anchor: "middle"})
		p.Rows = append(p.Rows, []string{x.name, wholePercent(x.share), formatCount(x.n)})
	}
	y := p.shareY(foretold)
	p.Marks = []plotMark{{X0: round1(p.X0 + 1.2*step), Y0: y, X1: round1(p.X0 + 1.8*step), Y1: y, Class: "mark-pass"}}
	p.Rows = append(p.Rows, []string{w.get("analysis.foretold"), wholePercent(foretold), "–"})
	p.Legend = []legendEntry{{"bar-case", w.get("analysis.right")}, {"bar-pass", w.get("analysis.foretold")}}
	p.Desc = w.get("analysis.plot_drift_desc", 100*d.Early, 100*d.Late, 100*foretold)
	return &p
}

// linesPlot draws how each line of a chart's key fares: right, near, wrong, missed. nil without lines.
func linesPlot(w words, rows []analysisLine) *plot {
	if len(rows) == 0 {
		return nil
	}
	p := newPlot("plot-lines", w.get("analysis.plot_lines"))
	const each = 24.0
	p.X0 = 104
	p.Y1 = p.Y0 + each*float64(len(rows))
	p.Height = int(p.Y1) + plotBottom
	for _, v := range []int{0, 50, 100} {
		p.XTicks = append(p.XTicks, tick{Pos: round1(p.X0 + float64(v)/100*(p.X1-p.X0)), Text: strconv.Itoa(v) + " %", Anchor: anchorAt(10 * v)})
	}
	p.Head = []string{w.get("analysis.line"), w.get("analysis.line_right"), w.get("analysis.line_near"), w.get("analysis.line_wrong"), w.get("analysis.line_missed")}
	for i, r := range rows {
		x, y := p.X0, p.Y0+each*float64(i)
		for _, part := range []struct {
			n     int
			class string
		}{{r.Right, "bar-right"}, {r.Near, "bar-case"}, {r.Wrong, "bar-slow"}, {r.Missed, "bar-missed"}} {
			if part.n == 0 {
				continue
			}
			wide := float64(part.n) / float64(r.N) * (p.X1 - p.X0)
			p.Bars = append(p.Bars, bar{X: round1(x), Y: round1(y + 3), W: round1(wide), H: each - 6, Class: part.class})
			x += wide
		}
		p.Marks = append(p.Marks, plotMark{X0: p.X0, Y0: y, X1: p.X0, Y1: y + each, Class: "grid", Text: r.Line, TX: p.X0 - 6, TY: round1(y + each/2 + 4), Anchor: "end"})
		p.Rows = append(p.Rows, []string{r.Line, strconv.Itoa(r.Right), strconv.Itoa(r.Near), strconv.Itoa(r.Wrong), strconv.Itoa(r.Missed)})
	}
	p.Legend = []legendEntry{{"bar-right", w.get("analysis.line_right")}, {"bar-case", w.get("analysis.line_near")}, {"bar-slow", w.get("analysis.line_wrong")}, {"bar-missed", w.get("analysis.line_missed")}}
	p.Desc = w.get("analysis.plot_lines_desc", fmt.Sprint(len(rows)))
	return &p
}
