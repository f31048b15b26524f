package server

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// Measures of the document in millimetres, on A4.
const (
	pdfMargin = 18.0
	pdfWidth  = 210 - 2*pdfMargin
	pdfLine   = 5.0 // height of a line of text
)

// How much of an item's texts the document repeats, in characters.
const (
	pdfStem      = 260
	pdfRationale = 700
)

// examPDF is the report as a document to keep or to print.
func (s *Server) examPDF(c *fiber.Ctx) error {
	r, err := s.progress.Report(c.UserContext(), actor(c), progress.SittingID(c.Params("sitting")))
	if errors.Is(err, progress.ErrNotYet) {
		err = &saidError{fiber.StatusConflict, s.words.get("report.not_open")}
	}
	if err != nil {
		return err
	}
	page, err := s.reportPage(c, r)
	if err != nil {
		return err
	}
	l, err := s.progress.Learner(c.UserContext(), actor(c), r.Sitting.Learner)
	if err != nil {
		return err
	}
	page.Who = s.learnerName(l)
	var buf bytes.Buffer
	d := newPDF(s.words, page)
	d.result(r)
	d.areas()
	d.pace(r)
	d.changes()
	for _, it := range r.Items {
		if !it.Missed() {
			continue
		}
		q, cs, err := s.judgedItem(c, r.Sitting, it)
		if err != nil {
			return err
		}
		d.missed(s, it, s.itemRow(r.Sitting, it, q, cs), q, cs)
	}
	if err := d.Output(&buf); err != nil {
		return fmt.Errorf("report of %s as PDF: %w", r.Sitting.ID, err)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="report-`+r.Sitting.Exam+`-`+r.Sitting.StartedAt.Format("2006-01-02")+`.pdf"`)
	return c.Send(buf.Bytes())
}

// pdf is the document in the making.
type pdf struct {
	*fpdf.Fpdf
	w    words
	page examReportPage
	any  bool // an item that was missed is in it
}

func newPDF(w words, page examReportPage) *pdf {
	d := &pdf{Fpdf: newDocument(w.get("report.title", page.Exam), pdfMargin), w: w, page: page}
	d.SetAutoPageBreak(true, 20)
	d.AliasNbPages("{pages}")
	d.SetFooterFunc(func() {
		d.SetY(-14)
		d.ink(false, 8)
		d.SetTextColor(90, 90, 90)
		d.CellFormat(pdfWidth*3/4, 5, inFont(page.Exam+" · "+page.Who), "", 0, "L", false, 0, "")
		d.CellFormat(pdfWidth/4, 5, w.get("report.pdf_page", d.PageNo(), "{pages}"), "", 0, "R", false, 0, "")
		d.SetTextColor(0, 0, 0)
	})
	d.AddPage()
	return d
}

func (d *pdf) ink(bold bool, size float64) {
	style := ""
	if bold {
		style = "B"
	}
	d.SetFont("go", style, size)
}

// text sets a paragraph.
func (d *pdf) text(s string) {
	d.ink(false, 10)
	d.MultiCell(0, pdfLine, inFont(s), "", "L", false)
}

func (d *pdf) muted(s string) {
	d.SetTextColor(90, 90, 90)
	d.ink(false, 8.5)
	d.MultiCell(0, 4.2, inFont(s), "", "L", false)
	d.SetTextColor(0, 0, 0)
}

// heading begins a part, on the next page where little room is left.
func (d *pdf) heading(s string) {
	d.keep(30)
	d.Ln(4)
	d.ink(true, 13)
	d.MultiCell(0, 7, inFont(s), "", "L", false)
	d.Ln(1)
}

// keep begins a new page when less room than that is left.
func (d *pdf) keep(room float64) {
	_, high := d.GetPageSize()
	if d.GetY()+room > high-20 {
		d.AddPage()
	}
}

// result is whose exam it was and what came of it.
func (d *pdf) result(r progress.SittingReport) {
	p, w := d.page, d.w
	d.ink(true, 18)
	d.MultiCell(0, 9, inFont(p.Exam), "", "L", false)
	d.ink(false, 11)
	d.MultiCell(0, 6, inFont(p.Who), "", "L", false)
	meta := w.get("report.taken", p.Taken, p.HandedIn)
	if p.Took != "" {
		meta += " · " + p.Took
	}
	if p.ByClock {
		meta += " · " + w.get("report.by_clock")
	}
	if p.Extra > 0 {
		meta += " · " + w.get("report.extra", p.Extra)
	}
	d.muted(meta)
	d.muted(w.get("report.edition", p.CodeYear, p.Edition))
	d.Ln(3)
	verdict := "report.not_passed"
	if p.Tally.Passed {
		verdict = "report.passed"
	}
	d.ink(true, 14)
	d.MultiCell(0, 7, w.get(verdict)+": "+formatTenths(p.Tally.Percent10), "", "L", false)
	d.text(w.get("report.pdf_result", p.Correct, p.Scored) + " " + w.get("report.against", p.PassPercent))
	outcome{p.Tally.Percent10, p.Low10, p.High10, 10 * p.PassPercent}.draw(d.Fpdf, pdfMargin, d.GetY()+3, pdfWidth, 5)
	d.Ln(11)
	d.text(w.get("report.range_words", formatTenths(p.Low10), formatTenths(p.High10)))
	if sc := p.Scale; sc != nil {
		d.text(w.get("report.scaled", sc.Value, sc.Low, sc.High, sc.Pass) + " " + w.get("report.scaled_honest"))
	}
	switch {
	case p.Unscored == 1:
		d.text(w.get("report.unscored_one"))
	case p.Unscored > 1:
		d.text(w.get("report.unscored", p.Unscored))
	}
	if p.Charts {
		d.text(w.get("report.charts_note"))
	}
	if g := p.Regraded; g != nil {
		d.heading(w.get("report.regraded"))
		d.text(w.get("report.regraded_text", formatTenths(g.Before), formatTenths(g.Now)))
		for _, it := range g.Items {
			d.text(w.get("report.item_n", it.Number) + ": " + w.get("report.regraded_item", it.Before, it.After, it.At) + " " + it.Reason)
		}
	}
}

// areas is the table of areas or domains.
func (d *pdf) areas() {
	w := d.w
	name, first := "report.areas", "report.area"
	if d.page.ByDomain {
		name, first = "report.domains", "report.domain"
	}
	d.heading(w.get(name))
	wide := []float64{58, 24, 18, 32, 24, 18}
	head := []string{w.get(first), w.get("report.right"), w.get("report.share"), w.get("report.range_short"), "", w.get("report.pdf_per_item")}
	cells := func(bold bool, values []string) {
		d.ink(bold, 8.5)
		for i := 1; i < len(values); i++ {
			d.CellFormat(wide[i], pdfLine, inFont(values[i]), "", 0, "L", false, 0, "")
		}
	}
	line := func(bold bool, values []string) {
		d.ink(bold, 8.5)
		rows := d.SplitText(inFont(values[0]), wide[0]-2)
		d.keep(float64(len(rows)) * pdfLine)
		y := d.GetY()
		for i, row := range rows {
			d.SetXY(pdfMargin, y+float64(i)*pdfLine)
			d.CellFormat(wide[0], pdfLine, row, "", 0, "L", false, 0, "")
		}
		d.SetXY(pdfMargin+wide[0], y)
		cells(bold, values)
		d.SetXY(pdfMargin, y+float64(max(1, len(rows)))*pdfLine)
		d.SetDrawColor(200, 196, 186)
		d.Line(pdfMargin, d.GetY(), pdfMargin+pdfWidth, d.GetY())
		d.SetDrawColor(0, 0, 0)
		d.Ln(.6)
	}
	line(true, head)
	for _, sl := range d.page.Slots {
		title := sl.Name
		if sl.Charts {
			title = w.get("report.charts")
		}
		if sl.OnlyTrials {
			line(false, []string{title, "–", "–", w.get("report.not_scored"), "", sl.PerItem})
			continue
		}
		d.keep(2 * pdfLine)
		y, pageNo := d.GetY(), d.PageNo()
		line(false, []string{title, w.get("report.of", sl.Right, sl.Of), formatTenths(sl.Percent10), w.get("report.from_to", formatTenths(sl.Low10), formatTenths(sl.High10)), "", sl.PerItem})
		if d.PageNo() == pageNo {
			back := d.GetY()
			outcome{sl.Percent10, sl.Low10, sl.High10, 10 * sl.PassX}.draw(d.Fpdf, pdfMargin+wide[0]+wide[1]+wide[2]+wide[3], y+1.3, wide[4]-4, 2.4)
			d.SetXY(pdfMargin, back)
		}
	}
}

// pace is the time of the items.
func (d *pdf) pace(r progress.SittingReport) {
	p, w := d.page.Pace, d.w
	d.heading(w.get("report.pace"))
	if p.Plot == nil {
		d.text(w.get("report.no_time"))
		return
	}
	if p.PerItem != "" {
		d.text(w.get("report.pace_text", p.PerItem, p.Spent))
	} else {
		d.text(w.get("report.pace_none", p.Spent))
	}
	const high = 22.0
	d.keep(high + 14)
	most := r.PaceSecs
	for _, it := range r.Items {
		most = max(most, it.State.Seconds)
	}
	y := d.GetY() + 2
	step := pdfWidth / float64(len(r.Items))
	for i, it := range r.Items {
		d.SetFillColor(29, 63, 114)
		if it.Slow {
			d.SetFillColor(176, 96, 16)
		}
		h := high * float64(it.State.Seconds) / float64(most)
		d.Rect(pdfMargin+float64(i)*step+step*.1, y+high-h, min(step*.8, 8), h, "F")
	}
	if r.PaceSecs > 0 {
		at := y + high - high*float64(r.PaceSecs)/float64(most)
		d.SetDrawColor(163, 32, 32)
		d.Line(pdfMargin, at, pdfMargin+pdfWidth, at)
		d.SetDrawColor(0, 0, 0)
	}
	d.SetXY(pdfMargin, y+high+1)
	d.ink(false, 8)
	d.CellFormat(pdfWidth/2, 4, "1", "", 0, "L", false, 0, "")
	d.CellFormat(pdfWidth/2, 4, strconv.Itoa(len(r.Items)), "", 1, "R", false, 0, "")
	if len(p.Slowest) > 0 {
		var names []string
		for _, it := range p.Slowest {
			names = append(names, w.get("report.item_n", it.Number)+" ("+it.Time+", "+it.Area+")")
		}
		d.text(w.get("report.slowest") + ": " + strings.Join(names, "; "))
	}
}

// changes is what changed, flagged and unanswered items came to.
func (d *pdf) changes() {
	p, w := d.page, d.w
	d.heading(w.get("report.changes"))
	if p.Changes.All() == 0 {
		d.text(w.get("report.no_changes"))
	}
	for _, e := range []struct {
		effect progress.Effect
		name   string
		n      int
	}{{progress.ChangeHelped, "report.helped", p.Changes.Helped}, {progress.ChangeHurt, "report.hurt", p.Changes.Hurt}, {progress.ChangeNone, "report.none", p.Changes.None}} {
		var items []string
		for _, it := range p.Changed {
			if it.Effect == e.effect {
				items = append(items, strconv.Itoa(it.Number))
			}
		}
		if e.n > 0 {
			d.text(w.get("report.pdf_effect", w.get(e.name), e.n, strings.Join(items, ", ")))
		}
	}
	if p.Flagged.All > 0 {
		d.text(w.get("report.flagged_text", p.Flagged.All, p.Flagged.Right))
	}
	if len(p.Unanswered) == 0 {
		d.text(w.get("report.pdf_left_out_none"))
		return
	}
	var items []string
	for _, it := range p.Unanswered {
		items = append(items, strconv.Itoa(it.Number))
	}
	d.text(w.get("report.left_out_text", len(items)) + " " + strings.Join(items, ", ") + ".")
}

// missed is an item that was missed: what was asked, answered and right, and why.
func (d *pdf) missed(s *Server, it progress.ItemReport, row itemRow, q *quizzes.Question, cs *quizzes.Case) {
	w := d.w
	if !d.any {
		d.any = true
		d.heading(w.get("report.pdf_missed"))
	}
	d.keep(24)
	d.ink(true, 10)
	title := w.get("report.item_n", row.Number) + " · " + row.Area + " · " + w.get("report.state_"+row.State)
	if !row.Scored {
		title += " · " + w.get("report.not_scored")
	}
	d.MultiCell(0, pdfLine, inFont(title), "", "L", false)
	switch {
	case q != nil:
		d.text(firstWords(q.Stem.Text(), pdfStem))
		d.text(w.get("report.pdf_yours", s.answerText(q, it.Form.Shuffle, it.State.Answer)))
		d.text(w.get("report.pdf_right", q.AnswerText))
		d.text(firstWords(plain(q.Rationale), pdfRationale))
		d.rules(s, q.Cites)
	case cs != nil:
		d.chart(s, it, cs)
	default:
		d.text(w.get("report.gone"))
	}
	d.Ln(3)
}

// chart lists where a coded chart lost points.
func (d *pdf) chart(s *Server, it progress.ItemReport, cs *quizzes.Case) {
	w := d.w
	res, err := it.Graded.Grading.CaseResult()
	if err != nil || len(res.Parts) == 0 {
		res = grading.Grade(&cs.Key, grading.Response{}, s.book(), grading.AllOrNothing)
	}
	d.text(cs.Title + ". " + w.get("report.case_text") + " " + formatPercent(figureOf(res).Percent) + ".")
	for _, p := range res.Parts {
		if p.Finding == "" || p.Earned >= p.Possible && p.Possible > 0 {
			continue
		}
		name := w.get("component." + string(p.Component))
		if p.Line != nil {
			name = *p.Line + ", " + name
		} else if p.Entered != nil {
			name = *p.Entered + ", " + name
		}
		d.text("– " + name + ": " + p.Why)
		d.rules(s, p.Cites)
	}
}

func (d *pdf) rules(s *Server, cites []string) {
	var list []string
	for _, c := range s.cites(cites) {
		list = append(list, c.Text)
	}
	if len(list) > 0 {
		d.muted(d.w.get("report.pdf_rules", strings.Join(list, "; ")))
	}
}
