package server

import (
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

type examItemPage struct {
	basePage
	reportHead
	Row        itemRow
	Of         int
	Points     string
	Worth      string
	Question   *questionView
	Case       *caseResultPage
	CaseFigure float64        // per cent of the fields of the case
	Lines      []disputedLine // of the case
	Extras     []disputedLine
	Group      caseView      // the chart that the question is about
	GroupChart template.HTML // "" for none
	Gone       bool          // its text can be read no more
	Typed      bool          // something was answered that has no form of an answer
	Pace       string        // the time it had, "" without a clock
	Trail      []trailRow
	Final      string // the last answer, where there were others before
	Struck     int    // options struck out
	Note       string
	Regraded   *regradedRow
	Gradings   gradingsView
	Practice   string // path of the item outside of the exam
	Whole      disputeBox
	Show       string // the filter of the list one came from
	Prev, Next *itemLink
}

// disputedLine is a line of a case's result with its dispute.
type disputedLine struct {
	Line resultLine
	Box  disputeBox
}

type itemLink struct {
	Path   string
	Number int
}

// trailRow is an answer that was left for another.
type trailRow struct{ At, Answer string }

// disputeBox is the dispute of an item or of one line of it: what was said, or the form to say something.
type disputeBox struct {
	ID       string // of the element
	Path     string
	CSRF     string
	Line     string // code of the line, "" for the whole item
	Said     *disputeView
	Form     bool // the viewer may dispute
	Open     bool // the form was sent and came back
	Reason   string
	Citation string
	Errors   map[string]string
}

// disputeView is a dispute as its learner sees it.
type disputeView struct {
	Number       int
	ID           string // by which people name it
	Anew         bool   // it was accepted, and what was answered is graded anew
	Path         string
	Line         string
	Reason       string
	Citation     string
	Status       progress.DisputeStatus
	At, AnswerAt string
	Answer       string
}

func (s *Server) disputeView(d progress.Dispute, number int, path string, loc *time.Location) disputeView {
	v := disputeView{
		Number: number, ID: shortID(string(d.ID)), Anew: d.Run != "", Path: path, Line: d.Line, Reason: d.Reason, Citation: d.Citation, Status: d.Status, Answer: d.Answer, At: d.CreatedAt.In(loc).Format("2 Jan 2006, 15:04"),
	}
	if d.ResolvedAt != nil {
		v.AnswerAt = d.ResolvedAt.In(loc).Format("2 Jan 2006, 15:04")
	}
	return v
}

// disputeForm is a form that was refused.
type disputeForm struct {
	line, reason, citation string
	errors                 map[string]string
}

// examItem shows an item of a sitting whose results are open.
func (s *Server) examItem(c *fiber.Ctx) error {
	r, it, err := s.reportedItem(c)
	if err != nil {
		return err
	}
	return s.showExamItem(c, fiber.StatusOK, r, it, disputeForm{})
}

// reportedItem finds the item of the address. Before the results are open the answer is ErrNotYet.
func (s *Server) reportedItem(c *fiber.Ctx) (progress.SittingReport, progress.ItemReport, error) {
	r, err := s.progress.Report(c.UserContext(), actor(c), progress.SittingID(c.Params("sitting")))
	if errors.Is(err, progress.ErrNotYet) {
		err = &saidError{fiber.StatusConflict, s.words.get("report.not_open")}
	}
	if err != nil {
		return r, progress.ItemReport{}, err
	}
	n, err := strconv.Atoi(c.Params("number"))
	if err != nil || n < 1 || n > len(r.Items) {
		return r, progress.ItemReport{}, fiber.ErrNotFound
	}
	return r, r.Items[n-1], nil
}

func (s *Server) showExamItem(c *fiber.Ctx, status int, r progress.SittingReport, it progress.ItemReport, form disputeForm) error {
	x, loc := r.Sitting, viewer(c).Learner.Location()
	head, err := s.reportHead(c, x)
	if err != nil {
		return err
	}
	q, cs, err := s.judgedItem(c, x, it)
	if err != nil {
		return err
	}
	own := x.Learner == actor(c).Learner
	p := examItemPage{
		basePage: s.base(c, s.words.get("report.item_title", it.Pos+1, x.Name), "exams"), reportHead: head, Row: s.itemRow(x, it, q, cs), Of: len(r.Items), Points: hundredths(it.Points),
		Worth: hundredths(100 * it.Form.Weight), Gone: q == nil && cs == nil, Typed: slices.Contains(it.Graded.Grading.Findings, progress.FindingFormat), Show: c.Query("show"),
	}
	if r.PaceSecs > 0 {
		p.Pace = clockText(r.PaceSecs * it.Form.Weight)
	}
	if own { // what one notes down for oneself is nobody else's
		p.Note = it.State.Note
	}
	if v := s.regradeView(r, loc); it.First != nil {
		i := slices.IndexFunc(v.Items, func(row regradedRow) bool { return row.Number == it.Pos+1 })
		p.Regraded = &v.Items[i]
	}
	if p.Gradings, err = s.gradingsOf(c, it.Graded); err != nil {
		return err
	}
	box := func(line string, i int) disputeBox { return s.disputeBox(c, p.CSRF, it, line, i, form, own, loc) }
	p.Whole = box("", 0)
	switch {
	case q != nil:
		v, err := s.gradedQuestion(q, it.Graded)
		if err != nil {
			return err
		}
		v.AgainPath = ""
		p.Question = &v
		p.Trail, p.Final = s.trail(it, q)
		p.Struck = len(it.State.Struck)
		if _, err := s.bank().Question(q.ID); err == nil {
			p.Practice = "/practice/questions/" + q.ID
		}
		if it.Form.Group != "" {
			group, err := s.drawnChart(c.UserContext(), s.room(), &x, it.Pos)
			if err != nil {
				return err
			}
			if group != nil {
				p.Group, p.GroupChart = s.caseView(group), group.Chart.HTML
				p.Question.Chart = nil // it stands beside the question, as it was drawn
			}
		}
	case cs != nil:
		if err := s.examCase(&p, cs, it, box); err != nil {
			return err
		}
		if _, err := s.bank().Case(cs.ID); err == nil {
			p.Practice = "/cases/" + cs.ID
		}
	}
	p.Prev, p.Next = neighbours(r, it.Pos, p.Show)
	return s.render(c, status, "examitem", p)
}

// examCase lays the graded answer sheet of a chart out. One that was left blank was never graded line by line: its lines are those of the
// key, all missed.
func (s *Server) examCase(p *examItemPage, cs *quizzes.Case, it progress.ItemReport, box func(line string, i int) disputeBox) error {
	res, err := it.Graded.Grading.CaseResult()
	if err != nil {
		return err
	}
	if len(res.Parts) == 0 {
		res = grading.Grade(&cs.Key, grading.Response{}, s.book(), grading.AllOrNothing)
	}
	page := &caseResultPage{Case: s.caseView(cs), Result: res, Money: newMoneyView(res.Money)}
	s.layOut(page, cs, res)
	page.Rules = s.answerRules(res.Rules, page.Lines, cs.LastDate())
	p.Case, p.CaseFigure = page, figureOf(res).Percent
	n := 1
	lines := func(list []resultLine, code func(grading.Part) *string) (out []disputedLine) {
		for _, l := range list {
			d := disputedLine{Line: l}
			if name := code(l.Parts[0].Part); name != nil {
				d.Box = box(*name, n)
			}
			n++
			out = append(out, d)
		}
		return out
	}
	p.Lines = lines(page.Lines, func(part grading.Part) *string { return part.Line })
	p.Extras = lines(page.Extras, func(part grading.Part) *string { return part.Entered })
	return nil
}

// disputeBox is the dispute about the item or about one of its lines; i tells the boxes of a page apart.
func (s *Server) disputeBox(c *fiber.Ctx, csrf string, it progress.ItemReport, line string, i int, form disputeForm, own bool, loc *time.Location) disputeBox {
	b := disputeBox{
		ID: "dispute-" + strconv.Itoa(i), CSRF: csrf, Line: line, Form: own, Path: "/exams/sittings/" + it.Graded.Attempt.Context.Ref + "/items/" + strconv.Itoa(it.Pos+1) + "/dispute",
	}
	for _, d := range it.Dispute {
		if d.Line == line {
			v := s.disputeView(d, it.Pos+1, "", loc)
			b.Said = &v
		}
	}
	if form.errors != nil && form.line == line {
		b.Open, b.Reason, b.Citation, b.Errors = true, form.reason, form.citation, form.errors
	}
	return b
}

// neighbours are the items before and after of those that a filter lets through.
func neighbours(r progress.SittingReport, pos int, show string) (prev, next *itemLink) {
	fits := reportFilters[0].fits
	query := ""
	for _, f := range reportFilters {
		if f.name == show && show != "all" {
			fits, query = f.fits, "?show="+show
		}
	}
	for _, it := range r.Items {
		l := &itemLink{Path: itemPath(r.Sitting.ID, it.Pos) + query, Number: it.Pos + 1}
		switch {
		case !fits(it):
		case it.Pos < pos:
			prev = l
		case it.Pos > pos && next == nil:
			next = l
		}
	}
	return prev, next
}

// trail puts the answers that were changed, and the last one, into words.
func (s *Server) trail(it progress.ItemReport, q *quizzes.Question) (rows []trailRow, final string) {
	for _, ch := range it.State.Trail {
		rows = append(rows, trailRow{clockText(int(ch.At / 1000)), s.answerText(q, it.Form.Shuffle, ch.Answer)})
	}
	if rows != nil {
		final = s.answerText(q, it.Form.Shuffle, it.State.Answer)
	}
	return rows, final
}

// answerText is an answer as it was given on the page, in a few words.
func (s *Server) answerText(q *quizzes.Question, shuffle []int, a grading.ItemAnswer) string {
	const most = 60 // characters of an option
	entry := func(i int, text func(author int) string) string {
		if i < 0 || i >= len(shuffle) {
			return "–"
		}
		return firstWords(text(shuffle[i]), most)
	}
	option := func(author int) string { return q.Options[author].Text }
	right := func(author int) string { return plain(q.Right[author]) }
	var out []string
	between := "; "
	switch q.Kind {
	case grading.Single, grading.Multiple:
		for _, i := range slices.Sorted(slices.Values(a.Options)) {
			out = append(out, entry(i, option))
		}
	case grading.Order:
		for n, i := range a.Order {
			out = append(out, strconv.Itoa(n+1)+" "+entry(i, right))
		}
	case grading.Match:
		for n, i := range a.Match {
			if i >= 0 && n < len(q.Left) {
				out = append(out, firstWords(plain(q.Left[n]), most)+": "+entry(i, right))
			}
		}
	case grading.Codes:
		out, between = a.Codes, ", "
	case grading.Number, grading.Text:
		out = []string{a.Value}
	}
	if text := strings.TrimSpace(strings.Join(out, between)); text != "" {
		return text
	}
	return s.words.get("report.nothing")
}

// disputeItem keeps what a learner says against the key.
func (s *Server) disputeItem(c *fiber.Ctx) error {
	r, it, err := s.reportedItem(c)
	if err != nil {
		return err
	}
	form := disputeForm{line: c.FormValue("line"), reason: c.FormValue("reason"), citation: c.FormValue("citation")}
	_, err = s.progress.Dispute(c.UserContext(), actor(c), it.Graded.Attempt.ID, form.line, form.reason, form.citation)
	if form.errors = s.inputErrors(err); form.errors != nil {
		return s.showExamItem(c, fiber.StatusUnprocessableEntity, r, it, form)
	}
	if err != nil {
		return err
	}
	s.say(c, "disputed")
	return seeOther(c, itemPath(r.Sitting.ID, it.Pos)+"#disputes")
}
