package server

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/evidence"
	"crosswalk/progress/itemstats"
	"crosswalk/quizzes"
)

// sheetPart is a part of an evidence sheet, as the page and the PDF set it.
type sheetPart struct {
	ID, Title string
	Warning   string
	Texts     []string
	Tables    []sheetTable
	Notes     []string // sources and reservations, smaller
}

// sheetTable is a table whose first column names the row. Plain ones have no head.
type sheetTable struct {
	Name string
	Head []string
	Rows [][]string
}

func (p *sheetPart) say(text string)  { p.Texts = append(p.Texts, text) }
func (p *sheetPart) note(text string) { p.Notes = append(p.Notes, text) }

// evidenceDoc is a sheet in words.
type evidenceDoc struct {
	Name  string
	Meta  []string
	Parts []sheetPart
}

type evidencePage struct {
	hireBase
	evidenceDoc
	Back, PDF, JSON string
}

// evidenceSheet is the evidence of a hiring test as a page.
func (s *Server) evidenceSheet(c *fiber.Ctx) error {
	x, err := s.progress.Evidence(c.UserContext(), actor(c), assessmentID(c))
	if err != nil {
		return err
	}
	at := hirePath(x.Assessment)
	return s.render(c, fiber.StatusOK, "hireevidence", evidencePage{
		hireBase: s.hireBase(c, s.words.get("hirev.title", x.Name), progress.Assessment{ID: x.Assessment}, "/evidence"), evidenceDoc: s.evidenceDoc(c, x), Back: at, PDF: at + "/evidence.pdf", JSON: at + "/evidence.json",
	})
}

// evidenceJSON is the sheet for programs.
func (s *Server) evidenceJSON(c *fiber.Ctx) error {
	x, err := s.progress.Evidence(c.UserContext(), actor(c), assessmentID(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(x)
}

// evidencePDF is the sheet to keep or to print.
func (s *Server) evidencePDF(c *fiber.Ctx) error {
	x, err := s.progress.Evidence(c.UserContext(), actor(c), assessmentID(c))
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	doc, title := s.evidenceDoc(c, x), s.words.get("hirev.title", x.Name)
	d := newPDF(s.words, examReportPage{reportHead: reportHead{Exam: title, Who: doc.Meta[0]}})
	d.SetTitle(inFont(title), true)
	d.sheet(doc)
	if err := d.Output(&buf); err != nil {
		return fmt.Errorf("evidence of %s as PDF: %w", x.Assessment, err)
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="evidence-`+x.MadeAt.Format("2006-01-02")+`.pdf"`)
	return c.Send(buf.Bytes())
}

// evidenceDoc puts a sheet into words.
func (s *Server) evidenceDoc(c *fiber.Ctx, x progress.EvidenceSheet) evidenceDoc {
	w := s.words
	d := evidenceDoc{Name: x.Name, Meta: []string{w.get("hirev.made", when(c, x.MadeAt))}}
	if x.OpenedAt != nil {
		d.Meta = append(d.Meta, w.get("hirev.opened", when(c, *x.OpenedAt), x.ContentHash[:min(12, len(x.ContentHash))]))
	} else {
		d.Meta = append(d.Meta, w.get("hirev.draft"))
	}
	d.Meta = append(d.Meta, w.get("hirev.codes", x.CodeYear, x.Edition))
	book := "hirev.book_closed"
	switch {
	case x.Rules.FullLookup:
		book = "hirev.book_full"
	case x.Rules.Book:
		book = "hirev.book_open"
	}
	rules := w.get("hirev.rules", s.oneOrMany(x.Rules.Minutes, "hirev.minutes_one", "hirev.minutes"), x.Line.Percent, w.get(book)) + ". "
	if x.Rules.Tries > 1 {
		rules += w.get("hirev.tries", x.Rules.Tries, x.Rules.RetryDays)
	} else {
		rules += w.get("hirev.tries_one")
	}
	d.Meta = append(d.Meta, rules)
	d.Parts = []sheetPart{s.purposePart(x), s.itemsPart(x.Items), s.scoresPart(x.Reliability), s.decisionsPart(x.Reliability), s.linePart(x.Line), s.impactPart(x.Impact)}
	return d
}

func (s *Server) oneOrMany(n int, one, many string) string {
	if n == 1 {
		return s.words.get(one)
	}
	return s.words.get(many, n)
}

func (s *Server) purposePart(x progress.EvidenceSheet) sheetPart {
	w := s.words
	p := sheetPart{ID: "purpose", Title: w.get("hirev.for_title")}
	if x.Job == "" && len(x.Coverage.Tasks) == 0 {
		p.Warning = w.get("hirev.for_none")
		return p
	}
	p.say(w.get("hirev.for_text", x.Job))
	t := sheetTable{Name: w.get("hirev.cover_title"), Head: []string{w.get("hirev.cover_task"), w.get("hirev.cover_parts"), w.get("hirev.cover_items"), w.get("hirev.cover_share")}}
	for _, task := range x.Coverage.Tasks {
		parts := s.partNames(task.Parts)
		if len(task.Parts) == 0 {
			parts = w.get("hirev.cover_bare")
		}
		if len(task.Wanted) > 0 {
			var names []string
			for _, n := range task.Wanted {
				names = append(names, partTitle(n))
			}
			parts += " " + w.get("hirev.cover_wanted", strings.Join(names, ", "))
		}
		t.Rows = append(t.Rows, []string{task.Text, parts, strconv.Itoa(task.Items), fullPercent(task.Share)})
	}
	if len(t.Rows) == 0 {
		p.say(w.get("hirev.cover_empty"))
	} else {
		p.Tables = append(p.Tables, t)
		p.note(w.get("hirev.cover_note"))
	}
	if n := x.Coverage.Bare; n > 0 {
		p.Warning = s.oneOrMany(n, "hirev.cover_bare_one", "hirev.cover_bare_many")
	}
	if len(x.Coverage.Loose) > 0 {
		p.say(w.get("hirev.cover_loose", s.partNames(x.Coverage.Loose)))
	}
	return p
}

// partTitle names an area or a setting.
func partTitle(id string) string {
	for _, st := range quizzes.Settings {
		if st.ID == id {
			return settingTitle(id)
		}
	}
	return quizzes.AreaTitle(id)
}

func (s *Server) partNames(parts []evidence.Part) string {
	var out []string
	for _, p := range parts {
		switch {
		case p.Kind == evidence.PartArea:
			out = append(out, s.words.get("hirev.cover_area", p.Items, quizzes.AreaTitle(p.Name)))
		case p.Name == "":
			out = append(out, s.words.get("hirev.cover_setting", s.words.get("hirev.cover_any"), p.Items))
		default:
			out = append(out, s.words.get("hirev.cover_setting", settingTitle(p.Name), p.Items))
		}
	}
	return strings.Join(out, "; ")
}

func (s *Server) itemsPart(x progress.EvidenceItems) sheetPart {
	w := s.words
	p := sheetPart{ID: "items", Title: w.get("hirev.items_title")}
	all := x.PoolQuestions + x.PoolCharts
	questions := func(n int) string { return s.oneOrMany(n, "hirev.items_questions_one", "hirev.items_questions") }
	charts := func(n int) string { return s.oneOrMany(n, "hirev.items_charts_one", "hirev.items_charts") }
	p.say(w.get("hirev.items_form", questions(x.Questions), charts(x.Charts), x.Points) + " " + w.get("hirev.items_pool", questions(x.PoolQuestions), charts(x.PoolCharts)))
	if x.Reviewed > 0 {
		p.say(w.get("hirev.items_review", x.LastReview, x.Reviewed, all, x.OldestReview))
	} else {
		p.say(w.get("hirev.items_review_none"))
	}
	if x.CitedShare != nil {
		p.say(w.get("hirev.items_cited", x.Cited, all, fullPercent(*x.CitedShare)))
	}
	return p
}

func (s *Server) scoresPart(x progress.EvidenceScores) sheetPart {
	w := s.words
	p := sheetPart{ID: "reliability", Title: w.get("hirev.rel_title")}
	head := []string{w.get("hirev.rel_figure"), w.get("hirev.rel_value")}
	sem := func(v float64) string {
		p.say(w.get("hirev.rel_sem_says", w.get("hirev.rel_points", oneDigit(100*v))))
		return w.get("hirev.rel_points", oneDigit(100*v))
	}
	switch {
	case !x.Enough && x.Expected == nil:
		p.Warning = w.get("hirev.rel_few_bare", x.Candidates, x.Needed)
	case !x.Enough:
		p.Warning = w.get("hirev.rel_few", x.Candidates, x.Needed)
		if x.Candidates == 1 {
			p.Warning = w.get("hirev.rel_few_one", x.Needed)
		}
		e := x.Expected
		p.Tables = append(p.Tables, sheetTable{Name: w.get("hirev.rel_expected"), Head: head, Rows: [][]string{
			{w.get("hirev.rel_expected_of"), inHundredths(e.Reliability)}, {w.get("hirev.rel_sem"), sem(e.SEM)}, {w.get("hirev.rel_form_sd"), w.get("hirev.rel_points", oneDigit(100*e.FormSD))},
			{w.get("hirev.rel_mean"), onePercent(e.Mean)}, {w.get("hirev.rel_sd"), w.get("hirev.rel_points", oneDigit(100*e.SD))},
		}})
		p.note(w.get("hirev.rel_model", e.Forms, oneDigit(e.Candidates.Mean), oneDigit(e.Candidates.SD)))
	case x.Form == nil || x.Form.Reliability == nil || x.Form.SEM == nil:
		p.say(w.get("hirev.rel_none"))
	default:
		f := x.Form
		p.Tables = append(p.Tables, sheetTable{Name: w.get("hirev.rel_measured", f.Persons), Head: head, Rows: [][]string{
			{w.get("hirev.rel_value_of", string(f.Formula)), inHundredths(*f.Reliability)}, {w.get("hirev.rel_sem"), sem(*f.SEM)},
			{w.get("hirev.rel_mean"), onePercent(*f.Mean)}, {w.get("hirev.rel_sd"), w.get("hirev.rel_points", oneDigit(100**f.SD))},
		}})
		switch f.Formula {
		case itemstats.KR20:
			p.note(w.get("hirev.rel_note_kr20"))
		case itemstats.Alpha:
			p.note(w.get("hirev.rel_note_alpha"))
		default:
			p.note(w.get("hirev.rel_note_drawn"))
		}
	}
	if x.Partial {
		p.note(w.get("hirev.rel_partial"))
	}
	return p
}

func (s *Server) decisionsPart(x progress.EvidenceScores) sheetPart {
	w := s.words
	p := sheetPart{ID: "decisions", Title: w.get("hirev.dec_title")}
	d := x.Decisions
	if !x.Enough {
		if d = x.Supposed; d != nil {
			p.Warning = w.get("hirev.dec_expected")
		}
	}
	if d == nil {
		p.say(w.get("hirev.dec_none"))
		return p
	}
	p.Tables = []sheetTable{{Name: p.Title, Head: []string{w.get("hirev.rel_figure"), w.get("hirev.rel_value")}, Rows: [][]string{
		{w.get("hirev.dec_same"), onePercent(d.Consistency)}, {w.get("hirev.dec_kappa"), inHundredths(d.Kappa)}, {w.get("hirev.dec_right"), onePercent(d.Accuracy)},
		{w.get("hirev.dec_pass"), onePercent(d.FalsePass)}, {w.get("hirev.dec_fail"), onePercent(d.FalseFail)},
	}}}
	p.note(w.get("hirev.dec_note", oneDigit(d.Length)))
	return p
}

func (s *Server) linePart(x progress.EvidenceLine) sheetPart {
	w := s.words
	p := sheetPart{ID: "line", Title: w.get("hirev.line_title")}
	p.say(w.get("hirev.line_at", x.Percent))
	switch {
	case x.Open:
		p.Warning = w.get("hirev.line_open")
	case x.Judges == 0:
		p.say(w.get("hirev.line_none"))
	case x.Judges == 1:
		p.say(w.get("hirev.line_method_one", x.Items))
	default:
		p.say(w.get("hirev.line_method", x.Judges, x.Items))
	}
	if x.Borderline != "" {
		p.say(w.get("hirev.line_who", x.Borderline))
	}
	t := sheetTable{Name: p.Title, Head: []string{w.get("hirev.rel_figure")}}
	rows := [][]string{{w.get("hirev.line_cut")}, {w.get("hirev.line_se")}, {w.get("hirev.line_range")}, {w.get("hirev.line_sd")}, {w.get("hirev.line_spread")}}
	points := func(v *float64) string {
		if v == nil {
			return "–"
		}
		return w.get("hirev.rel_points", oneDigit(*v))
	}
	for _, r := range x.Rounds {
		if r.Cut.Percent == nil {
			continue
		}
		between := "–"
		if r.Cut.Low != nil {
			between = w.get("hirev.line_from_to", oneDigit(*r.Cut.Low), oneDigit(*r.Cut.High))
		}
		t.Head = append(t.Head, w.get("hirev.line_round", r.Round))
		for i, v := range []string{w.get("hirev.line_cut_of", oneDigit(*r.Cut.Percent)), points(r.Cut.SE), between, points(r.Cut.SD), points(r.Cut.Spread)} {
			rows[i] = append(rows[i], v)
		}
	}
	if len(t.Head) > 1 {
		t.Rows = rows
		p.Tables = append(p.Tables, t)
	}
	if len(t.Head) > 2 {
		p.note(w.get("hirev.line_rounds"))
	}
	if x.Reason == "" {
		p.say(w.get("hirev.line_why_none"))
	} else {
		p.say(w.get("hirev.line_why", x.Reason))
		if x.About != x.Percent {
			p.note(w.get("hirev.line_moved", x.About))
		}
	}
	if x.Stale {
		p.note(w.get("hirev.line_stale"))
	}
	return p
}

func (s *Server) impactPart(x progress.EvidenceImpact) sheetPart {
	w := s.words
	p := sheetPart{ID: "impact", Title: w.get("hirev.impact_title"), Warning: w.get("hirev.impact_warning")}
	if x.Entered == nil && x.Candidates == nil {
		p.say(w.get("hirev.impact_none", evidence.ToldFrom))
		return p
	}
	if x.Entered != nil {
		p.impact(w, w.get("hirev.impact_entered"), *x.Entered)
	}
	if x.Candidates != nil {
		p.impact(w, w.get("hirev.impact_candidates"), *x.Candidates)
	}
	p.note(w.get("hirev.impact_told", evidence.ToldFrom))
	p.note(w.get("hirev.impact_source", evidence.SmallGroup))
	return p
}

func (p *sheetPart) impact(w words, name string, x evidence.Impact) {
	t := sheetTable{Name: name, Head: []string{w.get("hirev.impact_group"), w.get("hirev.impact_tested"), w.get("hirev.impact_selected"), w.get("hirev.impact_rate"), w.get("hirev.impact_ratio"), w.get("hirev.impact_p"), w.get("hirev.impact_marks")}}
	for _, g := range x.Groups {
		row := []string{g.Name, strconv.Itoa(g.Tested), strconv.Itoa(g.Selected), fullPercent(g.Rate), "–", "–", ""}
		var marks []string
		mark := func(is bool, key string) {
			if is {
				marks = append(marks, w.get(key))
			}
		}
		mark(g.Highest, "hirev.impact_highest")
		mark(g.Below, "hirev.impact_below")
		mark(g.Small, "hirev.impact_small")
		mark(g.OneMore, "hirev.impact_one")
		if g.Ratio != nil {
			row[4] = inHundredths(*g.Ratio)
		}
		if g.P != nil {
			row[5] = pValue(*g.P)
			mark(g.Below && *g.P >= evidence.Significant, "hirev.impact_chance")
		}
		row[6] = strings.Join(marks, ", ")
		t.Rows = append(t.Rows, row)
	}
	p.Tables = append(p.Tables, t)
}

func oneDigit(v float64) string     { return strconv.FormatFloat(math.Round(10*v)/10+0, 'f', 1, 64) }
func inHundredths(v float64) string { return strconv.FormatFloat(math.Round(100*v)/100+0, 'f', 2, 64) }
func onePercent(v float64) string   { return oneDigit(100*v) + "\u00a0%" }
func fullPercent(v float64) string  { return strconv.Itoa(int(math.Round(100*v))) + "\u00a0%" }

// pValue is a p-value as papers print it.
func pValue(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return "p = " + strconv.FormatFloat(p, 'f', 3, 64)
}
