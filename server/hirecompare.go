package server

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/gradesheet"
	"crosswalk/progress/hirereport"
)

// How many candidates are drawn, and set each against each. The table has all.
const (
	comparePlotted = 60
	comparePaired  = 12
)

// compareCandidatesPage is all candidates of a test with a result.
type compareCandidatesPage struct {
	hireBase
	Test, TestPath, Home string
	Blind, Fixed         bool // names are hidden; and the test says so
	Query                string
	Pass                 int
	Rows                 []compareRow
	Percentiles          bool
	Plot                 *plot
	Pairs                [][]string // for each row of the table against each: higher, lower, within or "" for itself
	Notes                []string
	Waiting              int
}

type compareRow struct {
	Number          int
	Name, Path      string
	Result, Lines   hireFigure
	HasLines        bool
	Passed          bool
	Over, Under     int
	Pace            string
	Percentile      string
	Within, Below   string // who is within error, and who is below beyond it
	WithinN, BelowN int
}

// compareCandidates sets candidates side by side.
func (s *Server) compareCandidates(c *fiber.Ctx) error {
	cmp, err := s.comparison(c)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "hirecompare", s.comparePage(c, cmp))
}

// compareCSV is the same with the whole report of each in columns.
func (s *Server) compareCSV(c *fiber.Ctx) error {
	cmp, err := s.comparison(c)
	if err != nil {
		return err
	}
	doc, err := gradesheet.OfCandidates(cmp, viewer(c).Learner.Location()).CSV()
	if err != nil {
		return err
	}
	c.Attachment("candidates.csv")
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(doc)
}

// compareJSON is the comparison for machines.
func (s *Server) compareJSON(c *fiber.Ctx) error {
	cmp, err := s.comparison(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(cmp.Comparison)
}

func (s *Server) comparison(c *fiber.Ctx) (progress.CandidateComparison, error) {
	return s.progress.CompareCandidates(c.UserContext(), actor(c), progress.AssessmentID(c.Params("assessment")), c.Query("blind") == "1")
}

func (s *Server) comparePage(c *fiber.Ctx, cmp progress.CandidateComparison) compareCandidatesPage {
	w, t := s.words, cmp.Assessment
	p := compareCandidatesPage{
		hireBase: s.hireBase(c, w.get("hirereport.c_title"), t, "/compare"), Test: t.Spec.Name, TestPath: hirePath(t.ID), Home: hirePath(t.ID) + "/compare", Blind: cmp.Blind, Fixed: t.Spec.Blind,
		Pass: t.Blueprint.Pass.Percent, Waiting: cmp.Waiting, Percentiles: len(cmp.Rows) >= hirereport.MinPercentile,
	}
	if p.Blind && !p.Fixed {
		p.Query = "?blind=1"
	}
	for i := range cmp.Rows {
		p.Rows = append(p.Rows, s.compareRow(cmp, i, p.Query))
	}
	if len(p.Rows) == 0 {
		return p
	}
	p.Plot = comparePlot(w, p)
	if n := len(p.Rows); n > 1 && n <= comparePaired {
		p.Pairs = pairs(cmp)
	}
	if len(p.Rows) > comparePlotted {
		p.Notes = append(p.Notes, w.get("hirereport.c_plot_more", comparePlotted))
	}
	if len(p.Rows) > 1 {
		p.Notes = append(p.Notes, w.get("hirereport.c_rule", cmp.Pairs, cmp.Apart))
	}
	if !p.Percentiles {
		p.Notes = append(p.Notes, w.get("hirereport.c_no_percentile", hirereport.MinPercentile, len(p.Rows)))
	}
	if p.Blind {
		p.Notes = append(p.Notes, w.get("hirereport.blind"))
	}
	switch {
	case p.Waiting == 1:
		p.Notes = append(p.Notes, w.get("hirereport.c_waiting_one"))
	case p.Waiting > 1:
		p.Notes = append(p.Notes, w.get("hirereport.c_waiting", p.Waiting))
	}
	return p
}

func (s *Server) compareRow(cmp progress.CandidateComparison, i int, query string) compareRow {
	row := cmp.Rows[i]
	r, w := row.Report, s.words
	v := compareRow{
		Number: i + 1, Name: r.Candidate.Name, Path: hireReportPath(cmp.Assessment.ID, progress.CandidateID(r.Candidate.ID)) + query, Result: hireRow(w, "", *r.Overall), Passed: r.Passed,
		Over: r.Balance.Over, Under: r.Balance.Under, WithinN: len(row.Within), BelowN: len(row.Below),
	}
	if f := r.Accuracy.Lines; f != nil {
		v.Lines, v.HasLines = hireRow(w, "", *f), true
	}
	if pc := r.Percentile; pc != nil {
		v.Percentile = trimZero(fmt.Sprintf("%.1f", float64(pc.Percent10)/10))
	}
	if h := r.PerHour(); h > 0 {
		v.Pace = oneDecimal(h)
	}
	v.Within, v.Below = s.others(cmp, row.Within), s.others(cmp, row.Below)
	return v
}

// others names some rows: by their numbers where they are few.
func (s *Server) others(cmp progress.CandidateComparison, rows []int) string {
	const named = 6
	switch n := len(rows); {
	case n == 0:
		return s.words.get("hirereport.c_none")
	case n == len(cmp.Rows)-1 && n > 1:
		return s.words.get("hirereport.c_all")
	case n > named:
		return s.words.get("hirereport.c_n_others", n)
	}
	var out []string
	for _, i := range rows {
		out = append(out, strconv.Itoa(i+1))
	}
	return strings.Join(out, ", ")
}

func pairs(cmp progress.CandidateComparison) [][]string {
	out := make([][]string, len(cmp.Rows))
	for i := range out {
		out[i] = make([]string, len(cmp.Rows))
		for j := range out[i] {
			switch {
			case i == j:
			case !cmp.Differ(i, j):
				out[i][j] = "within"
			case i < j: // the rows are in order
				out[i][j] = "higher"
			default:
				out[i][j] = "lower"
			}
		}
	}
	return out
}

// firstLetters cuts a name to so many letters.
func firstLetters(name string, most int) string {
	r := []rune(name)
	if len(r) <= most {
		return name
	}
	return strings.TrimSpace(string(r[:most-1])) + "…"
}

// comparePlot draws the results below each other, each with its range, and the pass line through all.
func comparePlot(w words, page compareCandidatesPage) *plot {
	rows := page.Rows[:min(comparePlotted, len(page.Rows))]
	const step, left, nameLength = 20.0, 150.0, 16 // labels of phones are larger beside the plot
	p := newPlot("plot-compare", w.get("hirereport.c_plot"))
	p.X0, p.X1, p.Y0 = left, plotWidth-14, 22
	p.Y1 = p.Y0 + step*float64(len(rows))
	p.Height = int(p.Y1) + 28
	at := func(tenths int) float64 { return round1(p.X0 + float64(tenths)/1000*(p.X1-p.X0)) }
	p.Head = []string{w.get("hirereport.c_candidate"), w.get("hirereport.c_result"), w.get("hirereport.range")}
	for i, r := range rows {
		y := round1(p.Y0 + step*(float64(i)+.5))
		p.YTicks = append(p.YTicks, tick{Pos: y, Text: strconv.Itoa(r.Number) + " " + firstLetters(r.Name, nameLength)})
		p.Marks = append(p.Marks, rangeMarks(at(r.Result.Low10), at(r.Result.High10), y, 4)...)
		p.Dots = append(p.Dots, dot{X: at(r.Result.Percent10), Y: y, Tip: r.Name + ": " + r.Result.Share})
		p.Rows = append(p.Rows, []string{r.Name, r.Result.Share, r.Result.Range})
	}
	pass := at(10 * page.Pass)
	p.Marks = append(p.Marks, plotMark{X0: pass, Y0: p.Y0 - 4, X1: pass, Y1: p.Y1, Class: "mark-pass", Text: w.get("report.pass_line", page.Pass), TX: pass, TY: p.Y0 - 9, Anchor: anchorAt(10 * page.Pass)})
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.XTicks = append(p.XTicks, tick{Pos: at(10 * v), Text: strconv.Itoa(v) + " %", Anchor: anchorAt(10 * v)})
	}
	p.Legend = []legendEntry{{"bar-dot", w.get("hirereport.result_short")}, {"bar-range", w.get("report.range")}, {"bar-pass", w.get("report.pass")}}
	p.Desc = w.get("hirereport.c_plot_desc", len(rows), rows[len(rows)-1].Result.Share, rows[0].Result.Share, page.Pass)
	return &p
}
