package server

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// hireForm is the form of a hiring test as it was sent.
type hireForm struct {
	Key, Template          string
	Revision               int
	Name, Minutes, Percent string
	Book                   string // closed, open or lookup
	From, Until            string
	Tries, Retry, Keep     string
	Blind                  bool
	Counts                 map[string]string // questions by area
	Charts                 map[string]string // by setting
	Weight, Bills          string
	Areas                  []string
	Cases                  string
	Job, Tasks             string
	Confirm                bool
}

type hireComposePage struct {
	basePage
	Action    string
	Back      string // the test, "" for a new one
	Name      string
	Open      bool // only name, window, blindness and a shorter retention can be changed
	Form      hireForm
	Areas     []composeArea
	Settings  []composeArea
	Special   []choice
	Books     []choice
	Claims    []choice
	Check     hireCheckView
	Errors    map[string]string
	Shipped   []hireShipped
	Blank     bool // a new test that begins from nothing
	Checklist []string
	Zone      string
}

// hireCheckView says what the bank makes of a test.
type hireCheckView struct {
	Known     bool // the spec could be read
	Good      bool
	Text      string
	Forms     string
	Work      string
	Points    string
	Warnings  []string
	Own       []progress.OwnChart
	Strata    []hireStratum
	Confirmed bool
}

type hireStratum struct {
	Name       string
	Difficulty int
	Count      int
}

// newHire is the form of a new test, empty or begun from a shipped one.
func (s *Server) newHire(c *fiber.Ctx) error {
	a := actor(c)
	spec := progress.AssessmentSpec{Minutes: 90, PassPercent: 80, Book: true, FullLookup: true, Tries: 1, RetryDays: 30, KeepDays: progress.DefaultKeepDays, Charts: progress.ChartSpec{Weight: progress.DefaultChartWeight}}
	if from := c.Query("from"); from != "" {
		var err error
		if spec, err = s.progress.ShippedSpec(a, from); err != nil {
			return err
		}
	}
	f := s.hireFormOf(c, spec)
	f.Key = uuid.NewString()
	return s.showHireForm(c, fiber.StatusOK, nil, f, spec, nil)
}

// editHire is the form of a test.
func (s *Server) editHire(c *fiber.Ctx) error {
	x, err := s.progress.Assessment(c.UserContext(), actor(c), assessmentID(c))
	if err != nil {
		return err
	}
	f := s.hireFormOf(c, x.Spec)
	f.Revision = x.Revision
	return s.showHireForm(c, fiber.StatusOK, &x, f, x.Spec, nil)
}

// saveHire keeps a new test or a change of one; with do=check it only says what the bank makes of it.
func (s *Server) saveHire(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	var kept *progress.Assessment
	if c.Params("assessment") != "" {
		x, err := s.progress.Assessment(ctx, a, assessmentID(c))
		if err != nil {
			return err
		}
		kept = &x
	}
	f := readHireForm(c)
	var base progress.AssessmentSpec
	if kept != nil {
		base = kept.Spec
	}
	spec, errs := s.specOf(c, f, base)
	if kept != nil && kept.State() != progress.AssessmentDraft { // the form has fields for these alone
		open := kept.Spec
		open.Name, open.From, open.Until, open.KeepDays, open.Blind = spec.Name, spec.From, spec.Until, spec.KeepDays, spec.Blind
		spec = open
	}
	if c.FormValue("do") == "check" {
		return s.showHireForm(c, fiber.StatusOK, kept, f, spec, errs)
	}
	if len(errs) > 0 {
		return s.showHireForm(c, fiber.StatusUnprocessableEntity, kept, f, spec, errs)
	}
	in := progress.AssessmentInput{ClientKey: f.Key, Spec: spec, Confirm: f.Confirm}
	if kept != nil {
		in.ID, in.From = kept.ID, f.Revision
	}
	x, err := s.progress.SaveAssessment(ctx, a, in)
	if _, fields := problemList(err); fields != nil {
		return s.showHireForm(c, fiber.StatusUnprocessableEntity, kept, f, spec, fields)
	}
	if err != nil {
		return err
	}
	s.say(c, "hiresaved")
	return seeOther(c, hirePath(x.ID))
}

func readHireForm(c *fiber.Ctx) hireForm {
	value := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	f := hireForm{
		Key: value("client_key"), Template: value("template"), Name: value("name"), Minutes: value("minutes"), Percent: value("pass"), Book: value("book"), From: value("from"), Until: value("until"),
		Tries: value("tries"), Retry: value("retry"), Keep: value("keep"), Blind: value("blind") == "1", Weight: value("weight"), Bills: value("bills"), Cases: value("cases"),
		Job: value("job"), Tasks: strings.ReplaceAll(c.FormValue("tasks"), "\r\n", "\n"), Confirm: value("confirm") == "1", Counts: map[string]string{}, Charts: map[string]string{},
	}
	f.Revision, _ = strconv.Atoi(c.FormValue("revision"))
	for _, b := range c.Request().PostArgs().PeekMulti("areas") {
		f.Areas = append(f.Areas, string(b))
	}
	for _, a := range quizzes.Areas {
		f.Counts[a.ID] = value("count." + a.ID)
	}
	for _, a := range quizzes.Settings {
		f.Charts[a.ID] = value("charts." + a.ID)
	}
	return f
}

// specOf is what the form says, with what is wrong by field. What the form has no field for is taken from base.
func (s *Server) specOf(c *fiber.Ctx, f hireForm, base progress.AssessmentSpec) (progress.AssessmentSpec, map[string]string) {
	errs := map[string]string{}
	number := func(field, typed string, least, most int) int {
		if typed == "" {
			return 0
		}
		n, err := strconv.Atoi(typed)
		if err != nil || n < least || n > most {
			errs[field] = s.words.get("hire.bad_number", least, most)
		}
		return n
	}
	moment := func(field, typed string) (t time.Time) {
		if typed == "" {
			return t
		}
		t, err := parseMoment(typed, viewer(c).Learner.Location())
		if err != nil {
			errs[field] = s.words.get("hire.bad_date")
		}
		return t
	}
	x := base
	x.Template, x.Name, x.Minutes, x.PassPercent = f.Template, f.Name, number("minutes", f.Minutes, 5, quizzes.MaxHiringMinutes), number("pass", f.Percent, 1, 99)
	x.Book, x.FullLookup, x.Blind = f.Book != "closed", f.Book == "lookup", f.Blind
	x.From, x.Until = moment("from", f.From), moment("until", f.Until)
	x.Tries, x.RetryDays, x.KeepDays = number("tries", f.Tries, 1, quizzes.MaxTries), number("retry", f.Retry, 0, 365), number("keep", f.Keep, 1, progress.MaxKeepDays)
	x.Questions = nil
	for _, a := range quizzes.Areas {
		if n := number("count."+a.ID, f.Counts[a.ID], 0, quizzes.MaxHiringQuestions); n > 0 {
			x.Questions = append(x.Questions, progress.AreaCount{Area: a.ID, Count: n})
		}
	}
	x.Charts = progress.ChartSpec{Weight: max(1, number("weight", f.Weight, 1, quizzes.MaxChartWeight)), Bills: grading.Bills(f.Bills), Areas: f.Areas}
	x.Charts.Cases = strings.FieldsFunc(f.Cases, func(r rune) bool { return r <= ' ' || r == ',' || r == ';' })
	x.Charts.Count = len(x.Charts.Cases)
	for _, a := range quizzes.Settings {
		if n := number("charts."+a.ID, f.Charts[a.ID], 0, quizzes.MaxHiringCharts); n > 0 {
			x.Charts.Settings = append(x.Charts.Settings, quizzes.Share{Setting: a.ID, Weight: n})
			x.Charts.Count += n
		}
	}
	x.Job = progress.JobNote{Title: f.Job}
	var bad string
	if x.Job.Tasks, bad = tasksOf(f.Tasks); bad != "" {
		errs["tasks"] = s.words.get("hire.bad_task", bad)
	}
	return x, errs
}

// tasksOf reads tasks one to a line: the words, a bar, and the areas and settings that cover it. bad is a word that is neither.
func tasksOf(text string) (out []progress.JobTask, bad string) {
	for _, line := range strings.Split(text, "\n") {
		words, covers, _ := strings.Cut(line, "|")
		t := progress.JobTask{Text: strings.TrimSpace(words)}
		for _, id := range strings.FieldsFunc(covers, func(r rune) bool { return r <= ' ' || r == ',' || r == ';' }) {
			switch {
			case quizzes.ValidArea(id):
				t.Areas = append(t.Areas, id)
			case slices.ContainsFunc(quizzes.Settings, func(a quizzes.Area) bool { return a.ID == id }):
				t.Settings = append(t.Settings, id)
			default:
				bad = id
			}
		}
		if t.Text != "" || len(t.Areas)+len(t.Settings) > 0 {
			out = append(out, t)
		}
	}
	return out, bad
}

// hireFormOf is a spec as the form shows it.
func (s *Server) hireFormOf(c *fiber.Ctx, x progress.AssessmentSpec) hireForm {
	zone := viewer(c).Learner.Location()
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format(localTime)
	}
	f := hireForm{
		Template: x.Template, Name: x.Name, Minutes: strconv.Itoa(x.Minutes), Percent: strconv.Itoa(x.PassPercent), Book: "closed", From: moment(x.From), Until: moment(x.Until),
		Tries: strconv.Itoa(x.Tries), Retry: strconv.Itoa(x.RetryDays), Keep: strconv.Itoa(x.KeepDays), Blind: x.Blind, Weight: strconv.Itoa(max(1, x.Charts.Weight)), Bills: string(x.Charts.Bills),
		Areas: x.Charts.Areas, Cases: strings.Join(x.Charts.Cases, "\n"), Job: x.Job.Title, Counts: map[string]string{}, Charts: map[string]string{},
	}
	if x.FullLookup {
		f.Book = "lookup"
	} else if x.Book {
		f.Book = "open"
	}
	for _, q := range x.Questions {
		f.Counts[q.Area] = strconv.Itoa(q.Count)
	}
	for _, share := range quizzes.Apportion(x.Charts.Count-len(x.Charts.Cases), x.Charts.Settings) {
		f.Charts[share.Setting] = strconv.Itoa(share.Weight)
	}
	for _, t := range x.Job.Tasks {
		f.Tasks += t.Text + " | " + strings.Join(slices.Concat(t.Areas, t.Settings), ", ") + "\n"
	}
	return f
}

func (s *Server) showHireForm(c *fiber.Ctx, status int, x *progress.Assessment, f hireForm, spec progress.AssessmentSpec, errs map[string]string) error {
	a := actor(c)
	page := hireComposePage{Action: "/hire/new", Form: f, Errors: errs, Checklist: progress.Identifiers, Zone: viewer(c).Learner.Location().String(), Blank: x == nil && f.Template == ""}
	title := s.words.get("hire.new_title")
	if x != nil {
		title, page.Name, page.Back, page.Action, page.Open = s.words.get("hire.edit_title", x.Spec.Name), x.Spec.Name, hirePath(x.ID), hirePath(x.ID)+"/edit", x.State() != progress.AssessmentDraft
	}
	page.basePage = s.base(c, title, "hire")
	have, charts, special := s.hireStock()
	for _, area := range quizzes.Areas {
		if have[area.ID] > 0 {
			page.Areas = append(page.Areas, composeArea{area.ID, area.Title, f.Counts[area.ID], errs["count."+area.ID], have[area.ID]})
		}
		if special[area.ID] {
			page.Special = append(page.Special, choice{area.ID, area.Title, contains(f.Areas, area.ID)})
		}
	}
	for _, set := range quizzes.Settings {
		if charts[set.ID] > 0 {
			page.Settings = append(page.Settings, composeArea{set.ID, set.Title, f.Charts[set.ID], errs["charts."+set.ID], charts[set.ID]})
		}
	}
	for _, b := range []string{"closed", "open", "lookup"} {
		page.Books = append(page.Books, choice{b, s.words.get("hire.book_" + b), b == f.Book})
	}
	for _, b := range []string{"", string(grading.Professional), string(grading.Facility)} {
		page.Claims = append(page.Claims, choice{b, s.words.get("hire.claim_" + b), b == f.Bills})
	}
	var err error
	if page.Shipped, err = s.shippedTests(a); err != nil {
		return err
	}
	check, err := s.progress.CheckAssessment(a, spec)
	if err == nil {
		page.Check = s.hireCheck(spec, check)
	} else if why := reasons(err); why != nil {
		page.Check.Warnings = why
	} else {
		return err
	}
	return s.render(c, status, "hirecompose", page)
}

// hireStock counts what a test can ask: questions by area, charts by setting, and the areas that charts name.
func (s *Server) hireStock() (have, charts map[string]int, special map[string]bool) {
	have, charts, special = map[string]int{}, map[string]int{}, map[string]bool{}
	for _, q := range s.bank().Questions() {
		if !q.Trial && q.Group == "" {
			have[q.Area]++
		}
	}
	for _, k := range s.bank().Cases() {
		charts[k.Setting]++
		for _, a := range k.Areas {
			special[a] = a != "cases"
		}
	}
	return have, charts, special
}

func (s *Server) hireCheck(spec progress.AssessmentSpec, c progress.AssessmentCheck) hireCheckView {
	v := hireCheckView{Known: true, Good: c.Short == "", Own: c.Own, Work: s.words.get("hire.work", c.WorkLow, c.WorkHigh, spec.Minutes), Points: s.words.get("hire.points", c.Points, c.Charts, c.Questions)}
	v.Confirmed = len(c.Own) > 0 && c.OwnConfirmed
	switch {
	case c.Short != "":
		v.Text = s.words.get("hire.short", c.Short)
	case len(c.Strata) == 0:
		v.Text = s.words.get("hire.one_form")
	case c.Forms >= progress.MostForms:
		v.Text = s.words.get("hire.many_forms", progress.MostForms, c.Pool)
	default:
		v.Text = s.words.get("hire.forms", c.Forms, c.Pool)
	}
	if c.Short == "" && len(c.Strata) > 0 && c.Forms < 2 {
		v.Warnings = append(v.Warnings, s.words.get("hire.few_forms"))
	}
	if spec.Minutes < c.WorkLow {
		v.Warnings = append(v.Warnings, s.words.get("hire.too_short", c.WorkLow))
	}
	if spec.Minutes > 2*c.WorkHigh {
		v.Warnings = append(v.Warnings, s.words.get("hire.too_long", c.WorkHigh))
	}
	if len(c.Uncovered) > 0 {
		v.Warnings = append(v.Warnings, s.words.get("hire.uncovered", strings.Join(c.Uncovered, ", ")))
	}
	if len(c.Idle) > 0 {
		v.Warnings = append(v.Warnings, s.words.get("hire.idle", strings.Join(c.Idle, "; ")))
	}
	for _, st := range c.Strata {
		name := s.areaTitle(st.Area)
		if st.Setting != "" {
			name = s.words.get("hire.charts_of", settingTitle(st.Setting))
		}
		v.Strata = append(v.Strata, hireStratum{name, st.Difficulty, st.Count})
	}
	return v
}
