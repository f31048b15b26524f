package server

import (
	"cmp"
	"fmt"
	"math"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/progress"
	"crosswalk/progress/plan"
)

// planExams are the exams that one can work for, in the order in which the pages offer them.
var planExams = []string{"cpc", "ccs", "cca"}

// daysInDetail is how many days of a plan are open on the page; those after them are unfolded.
const daysInDetail = 7

// planView is a plan as its page shows it.
type planView struct {
	Expected, Without, Now string
	Gain                   string // of the plan, where there is not the evidence to say what is expected; else ""
	DaysLeft               int
	Days                   []dayView // the coming week
	Later                  []dayView
	ExamOn, ExamName       string
	Slips                  []slipView
	Warnings               []string
}

type dayView struct {
	Title   string
	Now     bool // today
	Off     bool
	Minutes int
	Tasks   []taskView
}

// slipView is work that slips, with what it costs.
type slipView struct {
	Day   string
	Tasks []string
	Cost  string
}

// goalForm is the form of the goal as it was sent or as it stands.
type goalForm struct {
	Exams   []examChoice
	Exam    string
	Date    string
	Minutes [7]string
	Off     []offDay
	From    string // a stretch of days off to add
	To      string
	Errors  map[string]string
}

type examChoice struct {
	ID, Text, Path string
	Current        bool
}

type offDay struct {
	Date, Text string
	Keep       bool
}

type planPage struct {
	basePage
	Form goalForm
	Set  bool // there is a goal
	Plan *planView
}

// examChoices are the exams to choose from; base leads to the page of one, before its id.
func (s *Server) examChoices(current, base string) []examChoice {
	var out []examChoice
	for _, id := range planExams {
		if bp, err := s.bank().Blueprint(id); err == nil {
			out = append(out, examChoice{ID: id, Text: examShort(bp.Name), Path: base + id, Current: id == current})
		}
	}
	return out
}

// examShort is the name of an exam without what all of ours are called: "CPC practice exam" is the CPC.
func examShort(name string) string { return strings.TrimSuffix(name, " practice exam") }

// formOf is the form as the goal stands. Days off that are over are not offered any more.
func (s *Server) formOf(g progress.Goal, set bool, today int) goalForm {
	if !set {
		return goalForm{Exams: s.examChoices(planExams[0], ""), Exam: planExams[0], Minutes: [7]string{"45", "45", "45", "45", "45", "60", "0"}}
	}
	f := goalForm{Exams: s.examChoices(g.Exam, ""), Exam: g.Exam, Date: g.Date}
	for i, m := range g.Minutes {
		f.Minutes[i] = strconv.Itoa(m)
	}
	for _, d := range g.Off {
		if n, ok := dayNumber(d); ok && n >= today {
			f.Off = append(f.Off, offDay{Date: d, Text: weekday(n), Keep: true})
		}
	}
	return f
}

// weekday prints a day counted since 1970 with its day of the week.
func weekday(n int) string { return dayTime(n).Format("Mon 2 Jan") }

// mostOff is the longest stretch of days off that the form adds at once.
const mostOff = 120

// readGoal reads the form of the goal. Its shape is judged here, its meaning by the use case. today is the learner's study day: days off before it are dropped.
func (s *Server) readGoal(c *fiber.Ctx, today int) (progress.Goal, goalForm) {
	f := goalForm{Exam: c.FormValue("exam"), Date: strings.TrimSpace(c.FormValue("date")), From: c.FormValue("off_from"), To: c.FormValue("off_to"), Errors: map[string]string{}}
	f.Exams = s.examChoices(f.Exam, "")
	g := progress.Goal{Exam: f.Exam, Date: f.Date}
	for i := range g.Minutes {
		f.Minutes[i] = strings.TrimSpace(c.FormValue("minutes." + strconv.Itoa(i)))
		n, err := strconv.Atoi(cmp.Or(f.Minutes[i], "0"))
		if err != nil {
			f.Errors["minutes"] = s.words.get("plan.minutes_wrong", s.words.get("plan.day_"+strconv.Itoa(i)))
			continue
		}
		g.Minutes[i] = n
	}
	if !slices.Contains(planExams, f.Exam) { // others are neither planned for nor foretold
		f.Errors["exam"] = s.words.get("plan.exam_wrong")
	}
	if _, ok := dayNumber(f.Date); !ok {
		f.Errors["date"] = s.words.get("plan.date_wrong")
	}
	for _, raw := range c.Request().PostArgs().PeekMulti("off") {
		if n, ok := dayNumber(string(raw)); ok && n >= today {
			g.Off = append(g.Off, string(raw))
			f.Off = append(f.Off, offDay{Date: string(raw), Text: weekday(n), Keep: true})
		}
	}
	if f.From != "" || f.To != "" {
		from, ok1 := dayNumber(cmp.Or(f.From, f.To))
		to, ok2 := dayNumber(cmp.Or(f.To, f.From))
		switch {
		case !ok1 || !ok2 || to < from:
			f.Errors["off"] = s.words.get("plan.off_wrong")
		case to-from >= mostOff:
			f.Errors["off"] = s.words.get("plan.off_long", mostOff)
		default:
			for n := max(from, today); n <= to; n++ {
				g.Off = append(g.Off, plan.Day(n).String())
			}
		}
	}
	slices.Sort(g.Off)
	g.Off = slices.Compact(g.Off)
	return g, f
}

// planView shows a plan. today counts days since 1970.
func (s *Server) planView(p plan.Plan, today int) planView {
	v := planView{Expected: wholePercent(p.Expected), Without: wholePercent(p.Without), Now: wholePercent(p.Now), DaysLeft: max(0, int(p.Goal.Date)-today)}
	v.ExamOn, v.ExamName = longDayNumber(int(p.Goal.Date)), examShort(s.blueprintName(p.Goal.Exam))
	for i, d := range p.Days {
		day := dayView{Title: weekday(int(d.Day)), Now: int(d.Day) == today, Off: d.Off || d.Minutes == 0 && len(d.Tasks) == 0, Minutes: int(math.Round(d.Planned)), Tasks: s.taskViews(d.Tasks)}
		switch int(d.Day) - today {
		case 0:
			day.Title = s.words.get("plan.today")
		case 1:
			day.Title = s.words.get("plan.tomorrow")
		}
		if i < daysInDetail {
			v.Days = append(v.Days, day)
		} else {
			v.Later = append(v.Later, day)
		}
	}
	for _, sl := range p.Slips {
		sv := slipView{Day: weekday(int(sl.Day)), Cost: s.words.get("plan.slip_cost_small")}
		for _, t := range s.taskViews(sl.Tasks) {
			sv.Tasks = append(sv.Tasks, t.Text)
		}
		if cost := 100 * sl.Cost; cost >= .05 {
			sv.Cost = s.words.get("plan.slip_cost", trimZero(fmt.Sprintf("%.1f", cost)))
		}
		v.Slips = append(v.Slips, sv)
	}
	for _, w := range p.Warnings {
		if text := s.planWarning(w); text != "" {
			v.Warnings = append(v.Warnings, text)
		}
	}
	if bp, err := s.bank().Blueprint(p.Goal.Exam); err == nil && p.Goal.Date >= plan.Day(today) {
		if e, day := servedBy(bp), codebook.DateOf(dayTime(int(p.Goal.Date))); e != nil && !bp.Serves.Has(day) {
			v.Warnings = append(v.Warnings, s.words.get("plan.warn_books", e.Exam, e.From, e.To))
		}
	}
	return v
}

// taskViews are the pieces of a day in words, with where each is done.
func (s *Server) taskViews(tasks []plan.Task) []taskView {
	w := s.words
	var out []taskView
	for _, t := range tasks {
		v := taskView{Minutes: max(1, int(math.Round(t.Minutes))), Done: t.Done >= t.Count && t.Count > 0}
		switch t.Kind {
		case plan.KindReview:
			v.Path, v.Text = "/progress/review", w.get("plan.task_reviews", t.Count)
			if t.Count == 1 {
				v.Text = w.get("plan.task_reviews_one")
			}
		case plan.KindLesson:
			v.Path, v.Text = lessonPath(t.Ref), w.get("plan.task_lesson", t.Ref)
			if l, err := s.lessons().Lesson(t.Ref); err == nil {
				v.Text = w.get("plan.task_lesson", l.Title)
			}
		case plan.KindQuestion:
			v.Text = w.get("plan.task_items", t.Count, s.areaTitles(t.Areas))
			if t.Count == 1 {
				v.Text = w.get("plan.task_item", s.areaTitles(t.Areas))
			}
			if len(t.Areas) > 0 {
				v.Path, v.Area, v.N = "/practice/drills", t.Areas[0], max(1, t.Count-t.Done)
			}
		case plan.KindTerm:
			v.Path, v.Text = "/progress/review?new=1", w.get("plan.task_terms", t.Count)
			if t.Count == 1 {
				v.Text = w.get("plan.task_term")
			}
		case plan.KindCase:
			v.Path, v.Text = "/cases", w.get("plan.task_cases", t.Count)
			if t.Count == 1 {
				v.Text = w.get("plan.task_case")
			}
		case plan.KindMock:
			v.Path, v.Text = "/exams/"+t.Ref, w.get("plan.task_mock", s.blueprintName(t.Ref))
		default:
			continue
		}
		out = append(out, v)
	}
	return out
}

func (s *Server) areaTitles(ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, s.areaTitle(id))
	}
	return strings.Join(out, ", ")
}

// planWarning is a warning in words, "" for one that there are no words for.
func (s *Server) planWarning(w plan.Warning) string {
	say := func(args ...any) string {
		return s.words.get("plan.warn_"+strings.ReplaceAll(w.Kind, "-", "_"), args...)
	}
	switch w.Kind {
	case plan.WarnPast, plan.WarnFar, plan.WarnLoop:
		return say(w.Count)
	case plan.WarnToday, plan.WarnNoTime:
		return say()
	case plan.WarnCards, plan.WarnLessons, plan.WarnNew:
		return say(w.Count, s.duration(60*w.Needed))
	case plan.WarnLongTask, plan.WarnOverloaded:
		return say(w.Count, s.duration(60*w.Needed), s.duration(60*w.Minutes))
	case plan.WarnNoMock, plan.WarnFreeTime:
		return say(s.duration(60*w.Needed), s.duration(60*w.Minutes))
	}
	return ""
}

// planPage shows the goal and the plan that leads to it.
func (s *Server) planPage(c *fiber.Ctx) error {
	a := actor(c)
	g, set, err := s.progress.Goal(c.UserContext(), a, a.Learner)
	if err != nil {
		return err
	}
	return s.showPlan(c, fiber.StatusOK, s.formOf(g, set, s.today(viewer(c).Learner)), set)
}

func (s *Server) showPlan(c *fiber.Ctx, status int, form goalForm, set bool) error {
	page := planPage{basePage: s.base(c, s.words.get("plan.title"), "progress"), Form: form, Set: set}
	if set {
		a := actor(c)
		p, err := s.progress.Plan(c.UserContext(), a, a.Learner)
		if err != nil {
			return err
		}
		v := s.planView(p, s.today(viewer(c).Learner))
		known, err := s.progress.HasEvidence(c.UserContext(), a, a.Learner, p.Goal.Exam)
		if err != nil {
			return err
		}
		if !known {
			v.Gain = s.words.get("plan.gain_points", fmt.Sprintf("%.0f", 100*max(0, p.Expected-p.Without)))
		}
		page.Plan = &v
	}
	return s.render(c, status, "plan", page)
}

// setGoal keeps the goal. What is wrong with it is said beside its fields, with everything as it was typed.
func (s *Server) setGoal(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	g, form := s.readGoal(c, s.today(viewer(c).Learner))
	if len(form.Errors) == 0 {
		_, err := s.progress.SetGoal(ctx, a, g)
		if err == nil {
			s.say(c, "goalset")
			return seeOther(c, "/progress/plan")
		}
		if form.Errors = s.inputErrors(err); form.Errors == nil {
			return err
		}
	}
	_, set, err := s.progress.Goal(ctx, a, a.Learner)
	if err != nil {
		return err
	}
	return s.showPlan(c, fiber.StatusUnprocessableEntity, form, set)
}

// dropGoal gives the goal up. What was studied stays.
func (s *Server) dropGoal(c *fiber.Ctx) error {
	if err := s.progress.DropGoal(c.UserContext(), actor(c)); err != nil {
		return err
	}
	s.say(c, "goaldropped")
	return seeOther(c, "/progress/plan")
}

// planCalendar sends the plan as a calendar file.
func (s *Server) planCalendar(c *fiber.Ctx) error {
	a := actor(c)
	g, set, err := s.progress.Goal(c.UserContext(), a, a.Learner)
	if err != nil {
		return err
	}
	if !set {
		return seeOther(c, "/progress/plan")
	}
	host := c.Hostname()
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	b, err := s.progress.PlanICS(c.UserContext(), a, a.Learner, plan.Calendar{
		Name: s.words.get("plan.calendar"), Domain: host, URL: s.calendarURL(),
		Summary: func(d plan.DayPlan) string {
			return s.words.get("plan.calendar_day", int(math.Round(d.Planned)))
		},
		Description: func(d plan.DayPlan) string {
			var lines []string
			for _, t := range s.taskViews(d.Tasks) {
				lines = append(lines, s.words.get("plan.calendar_task", t.Text, t.Minutes))
			}
			return strings.Join(lines, "\n")
		},
		Exam: s.words.get("plan.exam_day", examShort(s.blueprintName(g.Exam))),
	})
	if err != nil {
		return err
	}
	if b == nil {
		return &saidError{fiber.StatusConflict, s.words.get("plan.calendar_none")}
	}
	c.Attachment("crosswalk-plan.ics")
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b)
}

// calendarURL is the address of the plan for a calendar, "" where the site does not know its own.
func (s *Server) calendarURL() string {
	if s.origin == "" {
		return ""
	}
	return s.origin + "/progress/plan"
}
