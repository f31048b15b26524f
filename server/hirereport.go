package server

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/hirereport"
)

// denseLines is how many lines of sections a printed page holds at its usual size.
const denseLines = 44

func hireReportPath(x progress.AssessmentID, id progress.CandidateID) string {
	return hirePath(x) + "/candidates/" + string(id) + "/report"
}

// hireReportPage is the report on one candidate. All that it says of the test is in figures and names of kinds.
type hireReportPage struct {
	basePage
	Test, TestPath string
	Who, Ref       string
	Blind          bool
	Home           string
	Tries          []hireTry
	Query          string // of the address, for the other forms of the report
	Waiting        bool   // nothing was handed in yet
	R              hirereport.Report
	Taken          string
	Verdict        []string // sentences beside the result
	Plot           *plot
	Figures        []hireFigure
	NotAsked       string
	Sections       []hireSection
	Dense          bool     // a test of everything: the sections are set smaller on paper
	Notes          []string // about the items
	Versions       string
	Verify         string // of the credential that the candidate asked for, "" for none
}

type hireTry struct {
	Path, Text string
	Current    bool
}

// hireFigure is a share as a row.
type hireFigure struct {
	Name, Share, Of, Range, Mark string
	Percent10, Low10, High10     int
	X, X0, X1                    float64 // in per cent, for its drawing
}

// hireSection is a part of the report below its table.
type hireSection struct {
	ID, Title string
	Lines     []hireLine
	Note      string
}

type hireLine struct{ Label, Value string }

// candidateReport shows the report on one candidate.
func (s *Server) candidateReport(c *fiber.Ctx) error {
	r, err := s.hireReport(c)
	if err != nil && !(errors.Is(err, progress.ErrNotYet) && r.Assessment.ID != "") {
		return err
	}
	return s.render(c, fiber.StatusOK, "hirereport", s.hireReportPage(c, r, err == nil))
}

// candidateJSON is the report for machines; docs/hiring.md says what each field is.
func (s *Server) candidateJSON(c *fiber.Ctx) error {
	r, err := s.hireReport(c)
	if err != nil {
		return s.notHandedIn(err)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(r.Report)
}

// candidatePDF is the report as one sheet of A4.
func (s *Server) candidatePDF(c *fiber.Ctx) error {
	r, err := s.hireReport(c)
	if err != nil {
		return s.notHandedIn(err)
	}
	page := s.hireReportPage(c, r, true)
	if page.Verify, err = s.verifyAddress(c, r); err != nil {
		return err
	}
	doc, err := hirePDF(s.words, page)
	if err != nil {
		return fmt.Errorf("report on candidate %s as PDF: %w", r.Candidate.ID, err)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="candidate-report-`+r.Sitting.HandedInAt.Format("2006-01-02")+`.pdf"`)
	return c.Send(doc)
}

func (s *Server) notHandedIn(err error) error {
	if errors.Is(err, progress.ErrNotYet) {
		return &saidError{fiber.StatusConflict, s.words.get("hirereport.not_yet")}
	}
	return err
}

func (s *Server) hireReport(c *fiber.Ctx) (progress.CandidateReport, error) {
	f, err := reportFilter(c)
	if err != nil {
		return progress.CandidateReport{}, err
	}
	return s.progress.CandidateReport(c.UserContext(), actor(c), progress.AssessmentID(c.Params("assessment")), progress.CandidateID(c.Params("candidate")), f)
}

// reportFilter is what of a candidate the address asks for.
func reportFilter(c *fiber.Ctx) (progress.ReportFilter, error) {
	f := progress.ReportFilter{Blind: c.Query("blind") == "1"}
	if t := c.Query("try"); t != "" {
		n, err := strconv.Atoi(t)
		if err != nil || n < 1 {
			return f, fmt.Errorf("try %q: %w", t, progress.ErrNotFound)
		}
		f.Try = n
	}
	return f, nil
}

func (s *Server) hireReportPage(c *fiber.Ctx, r progress.CandidateReport, done bool) hireReportPage {
	w, loc := s.words, viewer(c).Learner.Location()
	p := hireReportPage{
		basePage: s.base(c, w.get("hirereport.title", r.Candidate.Name), "hire"), Test: r.Assessment.Spec.Name, TestPath: hirePath(r.Assessment.ID), Who: r.Candidate.Name, Ref: r.Report.Candidate.Ref,
		Blind: r.Report.Candidate.Blind, Home: hireReportPath(r.Assessment.ID, r.Candidate.ID), R: r.Report, Waiting: !done,
	}
	if of := r.Assessment.PreviewOf; of != "" {
		p.Preview, p.TestPath, p.Home = previewPath(of), hirePath(of), previewPath(of)+"/report"
	}
	if !done {
		return p
	}
	var query []string
	if p.Blind && !r.Assessment.Spec.Blind {
		query = append(query, "blind=1")
	}
	if n := len(r.Tries); n > 1 {
		for i := range r.Tries {
			path := strings.Join(append([]string{p.Home + "?try=" + strconv.Itoa(i+1)}, query...), "&")
			p.Tries = append(p.Tries, hireTry{Path: path, Text: w.get("hirereport.try_n", i+1), Current: i+1 == r.Sitting.Try})
		}
		if r.Sitting.Try < n {
			query = append(query, "try="+strconv.Itoa(r.Sitting.Try))
		}
	}
	if len(query) > 0 {
		p.Query = "?" + strings.Join(query, "&")
	}
	p.Taken = w.get("hirereport.taken", r.Sitting.StartedAt.In(loc).Format("2 Jan 2006, 15:04"), r.Sitting.HandedInAt.In(loc).Format("2 Jan 2006, 15:04"), s.duration(int(r.Sitting.HandedInAt.Sub(r.Sitting.StartedAt)/time.Second)))
	if r.Sitting.ByClock {
		p.Taken += " · " + w.get("hirereport.by_clock")
	}
	if len(r.Tries) > 1 {
		p.Taken += " · " + w.get("hirereport.try_n", r.Sitting.Try)
	}
	p.verdict(w)
	p.Plot = hireResultPlot(w, r.Report)
	p.figures(w)
	p.Sections = s.hireSections(r.Report)
	lines := 0
	for _, sec := range p.Sections {
		lines += 2 + len(sec.Lines)
	}
	p.Dense = lines > denseLines
	p.notes(w)
	return p
}

func (p *hireReportPage) verdict(w words) {
	r := p.R
	p.Verdict = append(p.Verdict, w.get("hirereport.line_set", r.Test.PassPercent))
	if f := r.Overall; f != nil {
		p.Verdict = append(p.Verdict, w.get("hirereport.range_words", formatTenths(f.Low10), formatTenths(f.High10))+" "+w.get("hirereport.line_"+string(r.Line)))
	}
	if pc := r.Percentile; pc != nil {
		p.Verdict = append(p.Verdict, w.get("hirereport.percentile", trimZero(fmt.Sprintf("%.1f", float64(pc.Percent10)/10)), pc.Of))
	}
	switch n := r.Sitting.Regraded; {
	case n == 1:
		p.Verdict = append(p.Verdict, w.get("hirereport.regraded_one", formatTenths(r.Sitting.First10)))
	case n > 1:
		p.Verdict = append(p.Verdict, w.get("hirereport.regraded", n, formatTenths(r.Sitting.First10)))
	}
}

// hireFigures are the rows of the table of accuracy in their order, by key of words.
func hireFigures(r hirereport.Report) []struct {
	key string
	f   *hirereport.Figure
} {
	a := r.Accuracy
	var em, query *hirereport.Figure
	if r.EM != nil {
		em = r.EM.Agreement
	}
	if r.Query != nil {
		query = r.Query.Right
	}
	return []struct {
		key string
		f   *hirereport.Figure
	}{
		{"questions", a.Questions}, {"lines", a.Lines}, {"clean", a.Clean}, {"icd10cm", a.ICD10CM}, {"icd10pcs", a.ICD10PCS}, {"cpt", a.CPT}, {"hcpcs", a.HCPCS}, {"modifiers", a.Modifiers}, {"sequencing", a.Sequencing},
		{"poa", a.POA}, {"em", em}, {"drg", a.DRG}, {"query", query},
	}
}

func (p *hireReportPage) figures(w words) {
	var missing []string
	for _, x := range hireFigures(p.R) {
		name := w.get("hirereport.f_" + x.key)
		if x.f == nil {
			missing = append(missing, name)
			continue
		}
		p.Figures = append(p.Figures, hireRow(w, name, *x.f))
	}
	if len(missing) > 0 {
		p.NotAsked = w.get("hirereport.not_asked", strings.Join(missing, ", "))
	}
}

// hireMarks point at the note that says what counts as how many answers.
var hireMarks = map[hirereport.Method]string{hirereport.Wilson: "¹", hirereport.WilsonKish: "²", hirereport.WilsonCluster: "³"}

func hireRow(w words, name string, f hirereport.Figure) hireFigure {
	return hireFigure{
		Name: name, Share: formatTenths(f.Percent10), Of: quantity(f.Right) + " / " + quantity(f.Of), Range: w.get("hirereport.from_to", formatTenths(f.Low10), formatTenths(f.High10)), Mark: hireMarks[f.Method],
		Percent10: f.Percent10, Low10: f.Low10, High10: f.High10, X: float64(f.Percent10) / 10, X0: float64(f.Low10) / 10, X1: float64(f.High10) / 10,
	}
}

// quantity prints a number of items, which may be parts of some.
func quantity(v float64) string { return trimZero(strconv.FormatFloat(v, 'f', 2, 64)) }

func (p *hireReportPage) notes(w words) {
	r := p.R
	if r.Unscored > 0 {
		p.Notes = append(p.Notes, w.get("hirereport.unscored", r.Unscored))
	}
	if r.Unanswered > 0 {
		p.Notes = append(p.Notes, w.get("hirereport.unanswered", r.Unanswered))
	}
	p.Notes = append(p.Notes, w.get("hirereport.method"), w.get("hirereport.withheld"))
	t := r.Test
	p.Versions = w.get("hirereport.version", t.Revision, t.ContentHash[:min(12, len(t.ContentHash))], t.CodeYear, t.Edition, t.Grader, r.V)
}

// hireResultPlot draws the result as a bar with its interval and the pass line; nil without a result.
func hireResultPlot(w words, r hirereport.Report) *plot {
	f := r.Overall
	if f == nil {
		return nil
	}
	p := newPlot("plot-result", w.get("hirereport.plot"))
	p.Height, p.X0, p.X1, p.Y0, p.Y1 = 92, 14, plotWidth-14, 24, 60
	at := func(tenths int) float64 { return round1(p.X0 + float64(tenths)/1000*(p.X1-p.X0)) }
	pass, mid := 10*r.Test.PassPercent, (p.Y0+p.Y1)/2
	p.Bars = []bar{
		{X: p.X0, Y: p.Y0 + 6, W: p.X1 - p.X0, H: p.Y1 - p.Y0 - 12, Class: "bar-track"},
		{X: p.X0, Y: p.Y0 + 6, W: at(f.Percent10) - p.X0, H: p.Y1 - p.Y0 - 12, Class: "bar-result"},
	}
	p.Marks = append(rangeMarks(at(f.Low10), at(f.High10), mid, 5), plotMark{
		X0: at(pass), Y0: p.Y0 - 4, X1: at(pass), Y1: p.Y1 + 2, Class: "mark-pass", Text: w.get("hirereport.pass_line", r.Test.PassPercent), TX: at(pass), TY: p.Y0 - 9, Anchor: anchorAt(pass),
	})
	for _, v := range []int{0, 25, 50, 75, 100} {
		p.XTicks = append(p.XTicks, tick{Pos: at(10 * v), Text: strconv.Itoa(v) + " %", Anchor: anchorAt(10 * v)})
	}
	p.Legend = []legendEntry{{"bar-result", w.get("hirereport.result_short")}, {"bar-range", w.get("hirereport.range")}, {"bar-pass", w.get("hirereport.pass")}}
	p.Desc = w.get("hirereport.plot_desc", formatTenths(f.Percent10), formatTenths(f.Low10), formatTenths(f.High10), r.Test.PassPercent)
	p.Head = []string{w.get("hirereport.figure"), w.get("hirereport.share")}
	p.Rows = [][]string{
		{w.get("hirereport.result_short"), formatTenths(f.Percent10)}, {w.get("hirereport.range"), w.get("hirereport.from_to", formatTenths(f.Low10), formatTenths(f.High10))},
		{w.get("hirereport.pass"), strconv.Itoa(r.Test.PassPercent) + " %"},
	}
	return &p
}

// rangeMarks draw an interval with its ends.
func rangeMarks(x0, x1, y, half float64) []plotMark {
	return []plotMark{
		{X0: x0, Y0: y, X1: x1, Y1: y, Class: "mark-range"}, {X0: x0, Y0: y - half, X1: x0, Y1: y + half, Class: "mark-range"}, {X0: x1, Y0: y - half, X1: x1, Y1: y + half, Class: "mark-range"},
	}
}
