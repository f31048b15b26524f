package server

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// teachTabs are the pages of staff about learners and exams.
var teachTabs = []string{"learners", "cohorts", "exams", "rules", "analysis", "disputes", "regrade", "content", "exchange", "rollover"}

// teachBase is the frame of a staff page with its tab lit.
type teachBase struct {
	basePage
	Tabs []navItem
}

func (s *Server) teachBase(c *fiber.Ctx, title, tab string) teachBase {
	p := teachBase{basePage: s.base(c, title, "teach")}
	paths := map[string]string{"learners": "/teach", "exams": "/teach/exams", "rules": "/teach/exams/rules", "cohorts": "/teach/cohorts", "disputes": "/teach/disputes", "analysis": analysisHome, "regrade": "/teach/regrade", "exchange": exchangePath, "rollover": "/teach/rollover", "content": "/teach/content"}
	if c.Method() != fiber.MethodGet {
		p.Path = paths[tab]
	}
	for _, t := range teachTabs {
		item := navItem{Path: paths[t], Text: s.words.get("examstaff.tab_" + t)}
		if t == tab {
			item.Current = "true"
			if c.Path() == item.Path {
				item.Current = "page"
			}
		}
		p.Tabs = append(p.Tabs, item)
	}
	return p
}

// examStaffOnly lets through who may set exams. What storage and domain decide besides stays theirs.
func (s *Server) examStaffOnly(c *fiber.Ctx) error {
	if !actor(c).MaySetExams() {
		return progress.ErrForbidden
	}
	return c.Next()
}

// when is a moment in the viewer's zone.
func when(c *fiber.Ctx, t time.Time) string {
	return t.In(viewer(c).Learner.Location()).Format("2 Jan 2006, 15:04")
}

// names looks people up once each for a list.
func (s *Server) names(c *fiber.Ctx) func(progress.LearnerID) string {
	known := map[progress.LearnerID]string{"": ""}
	return func(id progress.LearnerID) string {
		name, ok := known[id]
		if !ok {
			if l, err := s.progress.Learner(c.UserContext(), actor(c), id); err == nil && l.ErasedAt == nil {
				name = s.learnerName(l)
			} else {
				name = s.words.get("examstaff.somebody")
			}
			known[id] = name
		}
		return name
	}
}

type examStaffPage struct {
	teachBase
	Own     []examStaffRow
	Shipped []examStaffRow
}

type examStaffRow struct {
	Path, Name, ID, Owner string
	Facts                 string
	Rules                 int
	Retired               bool
	Open                  bool // a rule opens it
}

func examStaffPath(id string) string { return "/teach/exams/exam/" + id }

// examStaff lists the exams that the viewer composed and those that ship.
func (s *Server) examStaff(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	own, err := s.progress.ComposedExams(ctx, a)
	if err != nil {
		return err
	}
	rules, err := s.progress.Rules(ctx, a)
	if err != nil {
		return err
	}
	of := map[string]int{}
	for _, r := range rules {
		if !r.Closed {
			of[r.Exam]++
		}
	}
	page := examStaffPage{teachBase: s.teachBase(c, s.words.get("examstaff.title"), "exams")}
	name := s.names(c)
	for _, e := range own {
		row := examStaffRow{Path: examStaffPath(e.Exam), Name: e.Name, ID: e.Exam, Rules: of[e.Exam], Open: of[e.Exam] > 0, Retired: e.RetiredAt != nil}
		if e.Owner != a.Learner {
			row.Owner = name(e.Owner)
		}
		if bp, _ := quizzes.ParseBlueprint([]byte(e.Body), e.Exam); bp != nil {
			row.Facts = s.examFacts(bp)
		}
		page.Own = append(page.Own, row)
	}
	for _, bp := range s.bank().Blueprints() {
		page.Shipped = append(page.Shipped, examStaffRow{Path: examStaffPath(bp.ID), Name: bp.Name, ID: bp.ID, Facts: s.examFacts(bp), Rules: of[bp.ID]})
	}
	return s.render(c, fiber.StatusOK, "examstaff", page)
}

// examFacts are the figures of an exam in a few words.
func (s *Server) examFacts(bp *quizzes.Blueprint) string {
	if bp.Minutes == 0 {
		return s.words.get("examstaff.facts_untimed", bp.Items)
	}
	return s.words.get("examstaff.facts", bp.Items, bp.Minutes)
}

type examStaffOnePage struct {
	teachBase
	Exam     string
	Name     string
	Composed bool
	Retired  bool
	Revision int
	At       string
	Owner    string
	Facts    []examFact
	Slots    []examSlot
	List     []string // questions of a fixed list
	Rules    []ruleRow
	NewRule  string
	Preview  string
	Edit     string
	File     string
	Closed   bool   // no rule opens a composed exam
	Problem  string // why what is kept cannot be read or filled
	Sat      sittingsTable
}

type examFact struct{ Name, Value string }

type examSlot struct {
	Name             string
	Scored, Unscored int
}

// staffExam finds a shipped exam, or a composed one of the viewer's. bp is nil when what is kept can be read no more.
func (s *Server) staffExam(c *fiber.Ctx, id string) (bp *quizzes.Blueprint, e *progress.ComposedExam, err error) {
	if bp, err = s.bank().Blueprint(id); err == nil {
		return bp, nil, nil
	}
	kept, err := s.progress.Composed(c.UserContext(), actor(c), id)
	if err != nil {
		return nil, nil, err
	}
	bp, _ = quizzes.ParseBlueprint([]byte(kept.Body), kept.Exam+".yaml")
	return bp, &kept, nil
}

// examStaffOne is an exam with its rules.
func (s *Server) examStaffOne(c *fiber.Ctx) error {
	ctx, a, id := c.UserContext(), actor(c), c.Params("id")
	bp, e, err := s.staffExam(c, id)
	if err != nil {
		return err
	}
	page := examStaffOnePage{Exam: id, NewRule: "/teach/exams/rules?exam=" + id + "#rule", Preview: examStaffPath(id) + "/form"}
	if e != nil {
		page.Composed, page.Retired, page.Revision, page.At, page.Name = true, e.RetiredAt != nil, e.Revision, when(c, e.CreatedAt), e.Name
		page.Edit, page.File = examStaffPath(id)+"/edit", examStaffPath(id)+"/file"
		if e.Owner != a.Learner {
			page.Owner = s.names(c)(e.Owner)
		}
	}
	if bp != nil {
		page.Name, page.Facts, page.List = bp.Name, s.examFactList(bp), bp.Questions
		for _, slot := range bp.Slots {
			page.Slots = append(page.Slots, examSlot{slot.Name, slot.Scored, slot.Unscored})
		}
		for _, p := range s.bank().CheckBlueprint(bp) {
			page.Problem = strings.TrimSpace(page.Problem + " " + sentence(p.Message))
		}
	} else {
		page.Problem = s.words.get("examstaff.unreadable")
	}
	rules, err := s.progress.Rules(ctx, a)
	if err != nil {
		return err
	}
	opens := false
	for _, r := range rules {
		if r.Exam == id || r.Exam == "" {
			page.Rules = append(page.Rules, s.ruleRow(c, r))
		}
		opens = opens || r.Exam == id && !r.Closed
	}
	page.Closed = page.Composed && !page.Retired && !opens
	sat, err := s.progress.ExamSittings(ctx, a, id)
	if err != nil {
		return err
	}
	page.Sat = s.sittingsByLearner(c, sat)
	page.teachBase = s.teachBase(c, page.Name, "exams")
	return s.render(c, fiber.StatusOK, "examstaffone", page)
}

// sentence gives a message a capital letter and a full stop.
func sentence(m string) string {
	if m == "" {
		return ""
	}
	return strings.ToUpper(m[:1]) + strings.TrimSuffix(m[1:], ".") + "."
}

func (s *Server) examFactList(bp *quizzes.Blueprint) []examFact {
	w := s.words
	minutes := w.get("examstaff.untimed")
	if bp.Minutes > 0 {
		minutes = strconv.Itoa(bp.Minutes)
	}
	pass := w.get("examstaff.pass_percent", bp.Pass.Percent)
	if bp.Pass.Estimated() {
		pass = w.get("examstaff.pass_scaled", bp.Pass.Scaled, bp.Pass.Percent)
	}
	out := []examFact{
		{w.get("examstaff.items"), strconv.Itoa(bp.Items)}, {w.get("examstaff.unscored"), strconv.Itoa(bp.Unscored)}, {w.get("examstaff.minutes"), minutes},
		{w.get("examstaff.pass"), pass}, {w.get("examstaff.navigation"), w.get("examstaff.navigation_" + bp.Navigation)}, {w.get("examstaff.book"), w.get("examstaff.book_" + bp.Book)},
		{w.get("examstaff.feedback"), w.get("examstaff.feedback_" + bp.Feedback)},
	}
	if b := bp.Breaks; b.Count > 0 {
		out = append(out, examFact{w.get("examstaff.breaks"), w.get("examstaff.breaks_value", b.Count, b.Minutes)})
	}
	if bp.Charts.Count > 0 {
		out = append(out, examFact{w.get("examstaff.charts"), w.get("examstaff.charts_value", bp.Charts.Count, bp.Charts.Weight)})
	}
	if len(bp.Kinds) > 0 {
		var kinds []string
		for _, k := range bp.Kinds {
			kinds = append(kinds, w.get("examstaff.kind_"+string(k)))
		}
		out = append(out, examFact{w.get("examstaff.kinds"), strings.Join(kinds, ", ")})
	}
	return out
}

// retireExam takes a composed exam out of use.
func (s *Server) retireExam(c *fiber.Ctx) error {
	if err := s.progress.RetireComposed(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	s.say(c, "examretired")
	return seeOther(c, "/teach/exams")
}

// examFile is a composed exam as the file that it is.
func (s *Server) examFile(c *fiber.Ctx) error {
	e, err := s.progress.Composed(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+fileWord(e.Exam)+`.yaml"`)
	return c.SendString(e.Body)
}

type examFormPage struct {
	teachBase
	Exam, Name string
	Action     string
	Seed       string
	Problem    string
	SeedError  string
	Items      []examFormItem
	Areas      []examCount
	Levels     []examCount
}

type examFormItem struct {
	Number          int
	ID, Path, Title string
	Kind, Area      string
	Difficulty      int
	Group           string
	Scored          bool
}

type examCount struct {
	Name  string
	Count int
}

// examForm shows staff what a form drawn with a seed contains.
func (s *Server) examForm(c *fiber.Ctx) error {
	id := c.Params("id")
	page := examFormPage{Exam: id, Action: examStaffPath(id), Seed: strings.TrimSpace(c.Query("seed", "1"))}
	seed, bad := strconv.ParseUint(page.Seed, 10, 64)
	bp, form, err := s.progress.PreviewExam(c.UserContext(), actor(c), id, seed)
	status := fiber.StatusOK
	switch {
	case errors.Is(err, quizzes.ErrTooSmall):
		page.Problem = s.words.get("examstaff.too_small")
		for _, p := range s.bank().CheckBlueprint(bp) {
			page.Problem += " " + sentence(p.Message)
		}
	case err != nil:
		return err
	case bad != nil:
		status, page.SeedError = fiber.StatusUnprocessableEntity, s.words.get("examstaff.bad_seed")
		form.Items = nil
	}
	page.Name = bp.Name
	areas, levels := map[string]int{}, map[int]int{}
	for i, f := range form.Items {
		it := examFormItem{Number: i + 1, ID: f.ID, Area: s.areaTitle(f.Area), Group: f.Group, Scored: f.Scored}
		if f.Kind == quizzes.ItemCase {
			it.Kind, it.Path = s.words.get("examstaff.kind_case"), "/cases/"+f.ID
			if k, err := s.bank().Case(f.ID); err == nil {
				it.Difficulty = k.Difficulty
			}
		} else {
			it.Path = "/practice/questions/" + f.ID
			if q, err := s.bank().Question(f.ID); err == nil {
				it.Kind, it.Difficulty = s.words.get("examstaff.kind_"+string(q.Kind)), q.Difficulty
			}
		}
		areas[it.Area]++
		levels[it.Difficulty]++
		page.Items = append(page.Items, it)
	}
	for _, a := range quizzes.Areas {
		if t := s.areaTitle(a.ID); areas[t] > 0 {
			page.Areas = append(page.Areas, examCount{t, areas[t]})
		}
	}
	for d := 1; d <= 5; d++ {
		page.Levels = append(page.Levels, examCount{strconv.Itoa(d), levels[d]})
	}
	page.teachBase = s.teachBase(c, s.words.get("examstaff.form_title", bp.Name), "exams")
	return s.render(c, status, "examform", page)
}

// inputErrors are all input errors that err carries, nil for another error.
func inputErrors(err error) progress.InputErrors {
	var many progress.InputErrors
	var one *progress.InputError
	switch {
	case errors.As(err, &many):
	case errors.As(err, &one):
		many = progress.InputErrors{one}
	}
	return many
}

// problemList are all reasons of an input error in order, with the field of each that is not about the body of an exam.
func problemList(err error) (body []string, fields map[string]string) {
	many := inputErrors(err)
	if many == nil {
		return nil, nil
	}
	fields = map[string]string{}
	for _, e := range many {
		if e.Field == "body" {
			body = append(body, e.Reason)
		}
		fields[e.Field] = e.Reason
	}
	return body, fields
}

// reasons are all reasons of an input error, nil for another error.
func reasons(err error) []string {
	var out []string
	for _, e := range inputErrors(err) {
		out = append(out, e.Reason)
	}
	return out
}
