package server

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/plan"
	"crosswalk/progress/standing"
	"crosswalk/quizzes"
)

// studyWindow is how many study days the dashboard looks back for days with study.
const studyWindow = 14

// dashboardView is how a learner stands today.
type dashboardView struct {
	Staff       bool   // seen by somebody else: nothing is offered to be done
	Name        string // then: whose it is
	Now         *nowView
	Due         dueView
	Today       int // answers and cards of this study day
	LessonsDone int
	LessonsAll  int
	Days        []studyDayView // the last fourteen, oldest first
	DaysOn      int
	Goal        *goalView
	Tasks       []taskView
	MinutesLeft int
	MinutesAll  int
	Ready       *readyCard
	Map         masteryMap
	Over        *plot
	Fade        *plot
	Time        *plot
}

// dueView is what is due of cards.
type dueView struct {
	Cards, Minutes int
	New            int    // terms on offer
	Next           string // day of the next card when none is due, "" for none
}

type studyDayView struct {
	On   bool
	Text string
}

// goalView is the exam that someone works for.
type goalView struct {
	Exam, On string
	DaysLeft int
}

// taskView is a part of a day's plan.
type taskView struct {
	Text, Path string
	Area       string // of a drill to be started, whose size is N
	N          int
	Minutes    int
	Done       bool
}

// readyCard is the chance of passing in short.
type readyCard struct {
	Exam, Path        string
	Enough            bool
	Lacks             []lackView
	Chance, Low, High string
	Bar               rangeView
}

// rangeView is a share with its range in per cent, for a drawing of 100 units.
type rangeView struct{ X, X0, X1 float64 }

// studyDays are the last days up to today with whether something was done, oldest first.
func (s *Server) studyDays(done []standing.Day, today int) (days []studyDayView, on int) {
	studied := map[int]bool{}
	for _, d := range done {
		studied[d.Day] = true
	}
	for n := today - studyWindow + 1; n <= today; n++ {
		d := studyDayView{On: studied[n]}
		key := "dash.day_off"
		if d.On {
			key = "dash.day_on"
			on++
		}
		d.Text = s.words.get(key, longDayNumber(n))
		days = append(days, d)
	}
	return days, on
}

// today is the learner's study day, counted since 1970.
func (s *Server) today(l progress.Learner) int {
	n, _ := dayNumber(progress.StudyDay(s.now(), l.Location()))
	return n
}

// goalView says what someone works for, nil without a goal.
func (s *Server) goalView(g progress.Goal, today int) *goalView {
	v := &goalView{Exam: examShort(s.blueprintName(g.Exam)), On: longDay(g.Date)}
	if n, ok := dayNumber(g.Date); ok {
		v.DaysLeft = max(0, n-today)
	}
	return v
}

// blueprintName is the name of a blueprint, or its id when there is none any more.
func (s *Server) blueprintName(id string) string {
	if bp, err := s.bank().Blueprint(id); err == nil {
		return bp.Name
	}
	return id
}

type dashboardPage struct {
	basePage
	dashboardView
	Assigned *assignedCard // nil for who is in no cohort with something to do
}

// dashboard is the page that says how one stands and what to do now.
func (s *Server) dashboard(c *fiber.Ctx) error {
	v, err := s.dashboardView(c, actor(c).Learner, false)
	if err != nil {
		return err
	}
	assigned, err := s.assignedCard(c)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "dashboard", dashboardPage{s.base(c, s.words.get("dash.title"), "progress"), v, assigned})
}

// doneOn counts what was done on a study day: answers, charts, audits and cards.
func doneOn(d standing.Day) int { return d.Questions + d.Cases + d.Audits + d.Reviews }

// dashboardView gathers how a learner stands. Staff who look are offered nothing to do, and are not told what is due today.
func (s *Server) dashboardView(c *fiber.Ctx, who progress.LearnerID, staff bool) (dashboardView, error) {
	ctx, a := c.UserContext(), actor(c)
	l, err := s.progress.Learner(ctx, a, who)
	if err != nil {
		return dashboardView{}, err
	}
	st, err := s.progress.LearnerStanding(ctx, a, who)
	if err != nil {
		return dashboardView{}, err
	}
	goal, set, err := s.progress.Goal(ctx, a, who)
	if err != nil {
		return dashboardView{}, err
	}
	today := s.today(l)
	v := dashboardView{Staff: staff, Name: s.learnerName(l), LessonsAll: len(s.lessons().Lessons()), Today: doneOn(st.Today(today))}
	v.Days, v.DaysOn = s.studyDays(st.Days(), today)
	v.Time = timePlot(s.words, "plot-time", timesOf(st.Days()), today, perDay(goal))
	if set {
		v.Goal = s.goalView(goal, today)
		p, err := s.progress.PlanToday(ctx, a, who)
		if err != nil && !noSuchExam(err) {
			return v, err
		}
		v.planned(s, p)
	}
	r, err := s.progress.Readiness(ctx, a, who, s.foretold(goal.Exam))
	switch {
	case err == nil:
		v.Ready = s.readyCard(r)
		v.Over = readinessPlot(s.words, "plot-over", v.Ready.Exam, historyPoints(r.History))
	case !noSuchExam(err):
		return v, err
	}
	if v.Staff {
		if v.Ready != nil {
			v.Ready.Path = ""
		}
		v.Map = s.masteryMap(st, "")
		return v, nil
	}
	v.Map = s.masteryMap(st, "/practice/areas/")
	can, marks, queue, err := s.possibleNow(c, st)
	if err != nil {
		return v, err
	}
	can.Plan, can.Planned = v.Tasks, set
	v.Due, v.LessonsDone = can.Due, lessonsDone(marks)
	v.Now = s.nextThing(can, s.now())
	v.Fade = duePlot(s.words, "plot-due", today, aheadOf(queue))
	return v, nil
}

// noSuchExam reports that a bank has no such exam, or not the questions for it: no reason to show nothing else.
func noSuchExam(err error) bool {
	return errors.Is(err, quizzes.ErrTooSmall) || errors.Is(err, progress.ErrNotFound)
}

// planned shows the plan of today.
func (v *dashboardView) planned(s *Server, p plan.Plan) {
	v.Tasks = s.taskViews(p.Today)
	for _, t := range v.Tasks {
		v.MinutesAll += t.Minutes
		if !t.Done {
			v.MinutesLeft += t.Minutes
		}
	}
}

// timesOf are the times spent by day, as the plot takes them.
func timesOf(days []standing.Day) []studyTime {
	var out []studyTime
	for _, d := range days {
		out = append(out, studyTime{d.Day, d.Seconds})
	}
	return out
}

// perDay is the minutes a day of a goal on average over the week, 0 without a goal.
func perDay(g progress.Goal) int {
	sum := 0
	for _, m := range g.Minutes {
		sum += m
	}
	return (sum + 3) / 7
}

// aheadOf counts the cards that fall due on each of the coming 30 days, today first.
func aheadOf(q progress.ReviewQueue) []int {
	var out []int
	for _, d := range q.Ahead[:min(30, len(q.Ahead))] {
		out = append(out, d.Due)
	}
	return out
}
