package server

import (
	"errors"
	"html/template"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

func reportPath(id progress.SittingID) string { return "/exams/sittings/" + string(id) + "/report" }

// reportHead is what the report and the pages of its items have in common.
type reportHead struct {
	Exam  string // name
	Who   string // the learner, "" when it is the one who looks
	Home  string // path of the report
	Taken string // day and time of starting
}

type examReportPage struct {
	basePage
	reportHead
	HandedIn, Took string
	ByClock        bool
	Extra          int // extra time in per cent
	Correct        string
	Scored         string
	Tally          progress.Tally
	Low10, High10  int
	PassPercent    int
	Charts         bool // among the items are charts to be coded
	Unscored       int
	Scale          *scaleView
	Plot           *plot
	Regraded       *regradeView
	Slots          []slotView
	ByDomain       bool
	Pace           paceView
	Changes        progress.ChangeCount
	Changed        []itemRow
	Flagged        progress.FlagCount
	Unanswered     []itemRow
	Practise       []practiseRow
	Questions      int // of them questions, which a drill can ask
	Filters        []filterLink
	Rows           []itemRow
	Disputes       []disputeView
	Talk           *talkView
	CodeYear       int
	Edition        string
}

// scaleView is the place on the exam's own scale, as we estimate it.
type scaleView struct{ Value, Low, High, Pass int }

// regradeView says what grading anew has changed since handing in.
type regradeView struct {
	Before, Now           int // tenths of a per cent
	PassedBefore, PassNow bool
	Items                 []regradedRow
}

type regradedRow struct {
	Number        int
	Path          string
	At, Reason    string
	Before, After string
}

// slotView is a row of the table of areas, with its plot.
type slotView struct {
	progress.SlotReport
	Right, Of  string
	PerItem    string
	X, X0, X1  float64 // of the plot: share and interval, in per cent
	PassX      int
	OnlyTrials bool
}

type paceView struct {
	PerItem string // the pace, "" without a clock
	Spent   string
	Plot    *plot
	Slowest []itemRow
}

// filterLink chooses which items are listed.
type filterLink struct {
	Path, Text string
	N          int
	Current    bool
}

// itemRow is an item in a list.
type itemRow struct {
	Number  int
	Path    string
	Area    string
	Text    string // its first words
	State   string // right, part, wrong, unanswered: key of words
	Scored  bool
	Time    string
	Slow    bool
	Flag    bool
	Effect  progress.Effect
	Dispute progress.DisputeStatus // "" for none
	Newly   bool                   // graded anew since handing in
}

type practiseRow struct {
	itemRow
	Why  string
	Case string // path of the chart, which a drill does not ask
}

// sealedPage stands where a report will be.
type sealedPage struct {
	basePage
	Exam string
	When string // from when on there is a report; "" for never
}

// examReport shows what came of a sitting, or when it will.
func (s *Server) examReport(c *fiber.Ctx) error {
	a, id := actor(c), progress.SittingID(c.Params("sitting"))
	if isCandidate(c) {
		return seeOther(c, ownSeatPath)
	}
	r, err := s.progress.Report(c.UserContext(), a, id)
	if errors.Is(err, progress.ErrNotYet) {
		x := r.Sitting
		if x.HandedInAt == nil {
			return seeOther(c, "/exams/sittings/"+string(id))
		}
		page := sealedPage{basePage: s.base(c, s.words.get("report.title", x.Name), "exams"), Exam: x.Name}
		if x.ResultsAt != nil {
			page.When = x.ResultsAt.In(viewer(c).Learner.Location()).Format("2 Jan 2006, 15:04")
		}
		return s.render(c, fiber.StatusOK, "examsealed", page)
	}
	if err != nil {
		return err
	}
	page, err := s.reportPage(c, r)
	if err != nil {
		return err
	}
	if page.Talk, err = s.talk(c, progress.AboutSitting, string(id)); err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "examreport", page)
}

// reportHead tells whose report it is.
func (s *Server) reportHead(c *fiber.Ctx, x progress.Sitting) (reportHead, error) {
	h := reportHead{Exam: x.Name, Home: reportPath(x.ID), Taken: x.StartedAt.In(viewer(c).Learner.Location()).Format("2 Jan 2006, 15:04")}
	if x.Learner != actor(c).Learner {
		l, err := s.progress.Learner(c.UserContext(), actor(c), x.Learner)
		if err != nil {
			return h, err
		}
		h.Who = s.learnerName(l)
	}
	return h, nil
}

func (s *Server) reportPage(c *fiber.Ctx, r progress.SittingReport) (examReportPage, error) {
	x, loc := r.Sitting, viewer(c).Learner.Location()
	head, err := s.reportHead(c, x)
	if err != nil {
		return examReportPage{}, err
	}
	p := examReportPage{
		basePage: s.base(c, s.words.get("report.title", x.Name), "exams"), reportHead: head, ByClock: x.HandedInBy == progress.HandedInByClock, Extra: x.ExtraPercent,
		Correct: hundredths(r.Tally.Correct), Scored: hundredths(r.Tally.Scored), Tally: r.Tally, Low10: r.Low10, High10: r.High10, PassPercent: x.Blueprint.Pass.Percent,
		Unscored: r.Unscored, ByDomain: x.Blueprint.ByDomain, Changes: r.Changes, Flagged: r.Flagged, Scale: scaleOf(r),
		HandedIn: x.HandedInAt.In(loc).Format("2 Jan 2006, 15:04"), Took: s.duration(int(x.HandedInAt.Sub(x.StartedAt) / time.Second)),
	}
	p.Plot = s.resultPlot(r)
	p.Regraded = s.regradeView(r, loc)
	for _, sl := range r.Slots {
		v := slotView{
			SlotReport: sl, Right: hundredths(sl.Correct), Of: hundredths(sl.Scored), PerItem: clockText(sl.Seconds / sl.Items), PassX: x.Blueprint.Pass.Percent,
			X: float64(sl.Percent10) / 10, X0: float64(sl.Low10) / 10, X1: float64(sl.High10) / 10, OnlyTrials: sl.Scored == 0,
		}
		p.Slots = append(p.Slots, v)
		p.Charts = p.Charts || sl.Charts
	}
	rows := make([]itemRow, len(r.Items))
	counts := map[string]int{}
	show := c.Query("show", "all")
	for i, it := range r.Items {
		q, cs, err := s.judgedItem(c, x, it)
		if err != nil {
			return p, err
		}
		rows[i] = s.itemRow(x, it, q, cs)
		if q != nil {
			p.CodeYear = max(p.CodeYear, q.CodeYear)
		} else if cs != nil {
			p.CodeYear = max(p.CodeYear, cs.CodeYear)
		}
		p.Edition = it.Graded.Grading.BookEdition
		for _, f := range reportFilters {
			if !f.fits(it) {
				continue
			}
			counts[f.name]++
			if f.name == show {
				row := rows[i]
				if show != "all" {
					row.Path += "?show=" + show
				}
				p.Rows = append(p.Rows, row)
			}
		}
		for _, d := range it.Dispute {
			p.Disputes = append(p.Disputes, s.disputeView(d, i+1, rows[i].Path, loc))
		}
		if it.Effect != progress.NotChanged {
			p.Changed = append(p.Changed, rows[i])
		}
		if !it.State.Answered() {
			p.Unanswered = append(p.Unanswered, rows[i])
		}
	}
	for _, f := range reportFilters {
		p.Filters = append(p.Filters, filterLink{Path: head.Home + "?show=" + f.name + "#items", Text: s.words.get("report.show_" + f.name), N: counts[f.name], Current: f.name == show})
	}
	p.Pace = paceView{Spent: s.duration(r.SpentSecs), Plot: s.pacePlot(r)}
	if r.PaceSecs > 0 {
		p.Pace.PerItem = clockText(r.PaceSecs)
	}
	for _, pos := range r.Slowest {
		p.Pace.Slowest = append(p.Pace.Slowest, rows[pos])
	}
	for _, pos := range r.Review {
		it := r.Items[pos]
		row := practiseRow{itemRow: rows[pos], Why: s.words.get("report.why_" + string(it.Why))}
		if it.Why == progress.ReviewWeak {
			row.Why = s.words.get("report.why_weak_of", it.AreaItems-it.AreaRight, it.AreaItems)
		}
		if it.Form.Kind == quizzes.ItemCase {
			row.Case = "/cases/" + it.Form.ID
		} else {
			p.Questions++
		}
		p.Practise = append(p.Practise, row)
	}
	return p, nil
}

// scaleOf is nil for an exam without a scale.
func scaleOf(r progress.SittingReport) *scaleView {
	pass := r.Sitting.Blueprint.Pass
	if !pass.Estimated() {
		return nil
	}
	return &scaleView{Value: r.Scaled, Low: pass.ScaleRange[0], High: pass.ScaleRange[1], Pass: pass.Scaled}
}

// regradeView is nil where nothing was graded anew.
func (s *Server) regradeView(r progress.SittingReport, loc *time.Location) *regradeView {
	if len(r.Regraded) == 0 {
		return nil
	}
	v := &regradeView{Before: r.Sitting.Percent10, Now: r.Tally.Percent10, PassedBefore: r.Sitting.Passed, PassNow: r.Tally.Passed}
	for _, pos := range r.Regraded {
		it := r.Items[pos]
		g := it.Graded.Grading
		v.Items = append(v.Items, regradedRow{
			Number: pos + 1, Path: itemPath(r.Sitting.ID, pos), At: g.At.In(loc).Format("2 Jan 2006"), Reason: g.Reason, Before: hundredths(it.FirstPts), After: hundredths(it.Points),
		})
	}
	return v
}

// reportFilters choose items of the list.
var reportFilters = []struct {
	name string
	fits func(progress.ItemReport) bool
}{
	{"all", func(progress.ItemReport) bool { return true }},
	{"missed", progress.ItemReport.Missed},
	{"flagged", func(it progress.ItemReport) bool { return it.State.Flag }},
	{"changed", func(it progress.ItemReport) bool { return it.Effect != progress.NotChanged }},
	{"slow", func(it progress.ItemReport) bool { return it.Slow }},
	{"unanswered", func(it progress.ItemReport) bool { return !it.State.Answered() }},
}

func itemPath(id progress.SittingID, pos int) string {
	return reportPath(id) + "/items/" + strconv.Itoa(pos+1)
}

// judgedItem is the question or case of an item as it was graded; both nil where its text can be read no more.
func (s *Server) judgedItem(c *fiber.Ctx, x progress.Sitting, it progress.ItemReport) (*quizzes.Question, *quizzes.Case, error) {
	body, err := s.progress.Judged(c.UserContext(), x, it.Pos, it.Graded.Grading)
	if errors.Is(err, progress.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if it.Form.Kind == quizzes.ItemCase {
		cs, err := s.bank().Case(it.Form.ID)
		if body != "" {
			if cs, err = s.bank().ReadCase(body); err == nil {
				cs.ShownHash, cs.KeyHash = it.Form.ShownHash, it.Graded.Grading.KeyHash
			}
		}
		if err != nil {
			return nil, nil, nil
		}
		return nil, cs, nil
	}
	q, err := s.bank().Question(it.Form.ID)
	if body != "" {
		if q, err = s.bank().ReadQuestion(body, it.Form.Area, 0); err == nil {
			q.ShownHash, q.KeyHash = it.Form.ShownHash, it.Graded.Grading.KeyHash
		}
	}
	if err != nil {
		return nil, nil, nil
	}
	return q, nil, nil
}

// rowWords is how much of an item its row shows, in characters.
const rowWords = 110

func (s *Server) itemRow(x progress.Sitting, it progress.ItemReport, q *quizzes.Question, cs *quizzes.Case) itemRow {
	row := itemRow{
		Number: it.Pos + 1, Path: itemPath(x.ID, it.Pos), Area: s.areaTitle(it.Form.Area), Scored: it.Form.Scored, Time: clockText(it.State.Seconds), Slow: it.Slow,
		Flag: it.State.Flag, Effect: it.Effect, Newly: it.First != nil, State: itemVerdict(it),
	}
	switch {
	case q != nil:
		row.Text = firstWords(q.Stem.Text(), rowWords)
	case cs != nil:
		row.Text = cs.Title
	}
	for _, d := range it.Dispute {
		if row.Dispute == "" || d.Status == progress.DisputeOpen {
			row.Dispute = d.Status
		}
	}
	return row
}

// itemVerdict is how an item went, as the end of a key of words.
func itemVerdict(it progress.ItemReport) string {
	switch {
	case !it.Missed():
		return "right"
	case !it.State.Answered():
		return "unanswered"
	case it.Points > 0:
		return "part"
	}
	return "wrong"
}

// hundredths prints a number of items: 450 is "4.5".
func hundredths(v int) string { return formatPoints(grading.Points(v)) }

// clockText is a time as m:ss, or "–" for none.
func clockText(seconds int) string {
	if seconds <= 0 {
		return "–"
	}
	if seconds >= 3600 {
		return strconv.Itoa(seconds/3600) + ":" + twoDigits(seconds/60%60) + ":" + twoDigits(seconds%60)
	}
	return strconv.Itoa(seconds/60) + ":" + twoDigits(seconds%60)
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// plain is the text of a piece of HTML.
func plain(h template.HTML) string { return markdown.Doc{HTML: h}.Text() }

// reviewExam makes a drill of the missed questions of a sitting.
func (s *Server) reviewExam(c *fiber.Ctx) error {
	return s.review(c, progress.SittingID(c.Params("sitting")))
}

// startReview makes a drill of all questions to review.
func (s *Server) startReview(c *fiber.Ctx) error { return s.review(c, "") }

func (s *Server) review(c *fiber.Ctx, sitting progress.SittingID) error {
	n, err := strconv.Atoi(c.FormValue("n", strconv.Itoa(progress.MaxDrill)))
	if err != nil || n < 1 || n > progress.MaxDrill {
		n = progress.MaxDrill
	}
	d, err := s.progress.StartReview(c.UserContext(), actor(c), sitting, n)
	if err != nil {
		return err
	}
	return seeOther(c, "/practice/drills/"+string(d.ID))
}
