package server

import (
	"github.com/gofiber/fiber/v2"

	"crosswalk/lessons"
	"crosswalk/progress"
)

type homePage struct {
	basePage
	Lessons, Questions, Cases int // what there is
	Modules                   []lessons.Module
	Now                       *nowView // nil for a visitor, and so is Desk
	Desk                      *desk
}

// desk is what a learner finds on coming back: what was done, and where to go on.
type desk struct {
	possible
	Drafts      []draftLink
	LessonsDone int
	LessonsAll  int
	Questions   int
	RightShare  int // per cent
	Cases       int
	CaseAverage int // tenths of a per cent
	Today       int // answers and cards of this study day
	DaysOn      int // of the last fourteen
}

type resumeLesson struct {
	Lesson  *lessons.Lesson
	Anchor  string
	Percent int
}

type draftLink struct {
	ID, Title string
	Saved     string
}

// home is the front page: what Crosswalk is for a visitor, the desk for a learner.
func (s *Server) home(c *fiber.Ctx) error {
	page := homePage{basePage: s.base(c, s.words.get("home.title"), ""), Modules: s.lessons().Modules()}
	page.Questions, page.Cases = len(s.bank().Questions()), len(s.bank().Cases())
	for _, m := range page.Modules {
		page.Lessons += len(m.Lessons)
	}
	if viewer(c) != nil {
		d, err := s.desk(c)
		if err != nil {
			return err
		}
		page.Desk, page.Now = d, s.nextThing(d.possible, s.now())
	}
	return s.render(c, fiber.StatusOK, "home", page)
}

func (s *Server) desk(c *fiber.Ctx) (*desk, error) {
	a := actor(c)
	st, err := s.progress.LearnerStanding(c.UserContext(), a, a.Learner)
	if err != nil {
		return nil, err
	}
	can, marks, _, err := s.possibleNow(c, st)
	if err != nil {
		return nil, err
	}
	sum := st.Totals()
	today := s.today(viewer(c).Learner)
	d := &desk{
		possible: can, LessonsDone: lessonsDone(marks), LessonsAll: len(s.lessons().Lessons()), Questions: sum.Questions, RightShare: percentOf(sum.Correct, sum.Questions),
		Cases: sum.Cases.Submitted, Today: doneOn(st.Today(today)), Drafts: can.Drafts,
	}
	if n := sum.Cases.Submitted; n > 0 {
		d.CaseAverage = (sum.Cases.Learning + n/2) / n
	}
	_, d.DaysOn = s.studyDays(st.Days(), today)
	return d, nil
}

// lessonsDone counts the lessons that are marked as done.
func lessonsDone(marks map[string]progress.LessonMark) int {
	n := 0
	for _, m := range marks {
		if m.Done {
			n++
		}
	}
	return n
}

// whereToRead finds the lesson that was last open and unfinished, and the next one not begun.
func (s *Server) whereToRead(marks map[string]progress.LessonMark) (resume *resumeLesson, next *lessons.Lesson) {
	var newest progress.LessonMark
	for _, m := range s.lessons().Modules() {
		for _, l := range m.Lessons {
			mark, opened := marks[l.ID]
			switch {
			case opened && !mark.Done && mark.ReadAt.After(newest.ReadAt):
				newest = mark
				resume = &resumeLesson{Lesson: l, Anchor: mark.Anchor, Percent: mark.Percent}
			case !opened && next == nil:
				next = l
			}
		}
	}
	return resume, next
}
