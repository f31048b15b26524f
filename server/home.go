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
	Desk                      *desk // nil for a visitor
}

// desk is what a learner finds on coming back: where they stopped, and what to do next.
type desk struct {
	Exams       []sittingLink // open ones
	Resume      *resumeLesson
	Drafts      []draftLink
	LessonsDone int
	LessonsAll  int
	Questions   int
	RightShare  int // per cent
	Cases       int
	CaseAverage int // tenths of a per cent
	Today       int // answers on this study day
	Streak      int
	NextLesson  *lessons.Lesson
	NextCase    *caseCard
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
		page.Desk = d
	}
	return s.render(c, fiber.StatusOK, "home", page)
}

func (s *Server) desk(c *fiber.Ctx) (*desk, error) {
	ctx, a := c.UserContext(), actor(c)
	sum, err := s.progress.Summary(ctx, a, a.Learner)
	if err != nil {
		return nil, err
	}
	marks, err := s.progress.LessonMarks(ctx, a)
	if err != nil {
		return nil, err
	}
	drafts, err := s.progress.Drafts(ctx, a)
	if err != nil {
		return nil, err
	}
	states, err := s.progress.CaseStates(ctx, a)
	if err != nil {
		return nil, err
	}
	d := &desk{
		LessonsDone: sum.LessonsDone, Questions: sum.Questions, Cases: sum.Cases.Submitted, CaseAverage: sum.Cases.AvgLearning, Streak: sum.StreakDays,
	}
	if sum.Questions > 0 {
		d.RightShare = (100*sum.Correct + sum.Questions/2) / sum.Questions
	}
	if n := len(sum.Days); n > 0 && sum.Days[n-1].Day == progress.StudyDay(s.now(), viewer(c).Learner.Location()) {
		d.Today = sum.Days[n-1].Questions + sum.Days[n-1].Cases + sum.Days[n-1].Audits
	}
	if d.Exams, err = s.sittingLinks(c, func(l sittingLink) bool { return l.Open }); err != nil {
		return nil, err
	}
	d.Resume, d.NextLesson, d.LessonsAll = s.whereToRead(marks)
	for _, dr := range drafts {
		if cs, err := s.bank().Case(dr.Item); err == nil {
			d.Drafts = append(d.Drafts, draftLink{ID: cs.ID, Title: cs.Title, Saved: dr.UpdatedAt.In(viewer(c).Learner.Location()).Format("2 Jan, 15:04")})
		}
	}
	for _, cs := range s.bank().Cases() {
		if states[cs.ID].Tries == 0 && !states[cs.ID].Draft {
			card := s.caseCard(cs, states[cs.ID])
			d.NextCase = &card
			break
		}
	}
	return d, nil
}

// whereToRead finds the lesson that was last open and unfinished, the next one not begun, and how many there are.
func (s *Server) whereToRead(marks map[string]progress.LessonMark) (resume *resumeLesson, next *lessons.Lesson, all int) {
	var newest progress.LessonMark
	for _, m := range s.lessons().Modules() {
		for _, l := range m.Lessons {
			all++
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
	return resume, next, all
}
