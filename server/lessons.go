package server

import (
	"html/template"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
)

func lessonPath(id string) string { return "/lessons/" + id }

type lessonListPage struct {
	basePage
	Modules []moduleView
}

type moduleView struct {
	lessons.Module
	Items []lessonItem
	Done  int
}

type lessonItem struct {
	*lessons.Lesson
	State   string // "", "part", "done"
	Percent int
}

func (s *Server) lessonMarks(c *fiber.Ctx) (map[string]progress.LessonMark, error) {
	if viewer(c) == nil {
		return nil, nil
	}
	return s.progress.LessonMarks(c.UserContext(), actor(c))
}

func (s *Server) lessonList(c *fiber.Ctx) error {
	marks, err := s.lessonMarks(c)
	if err != nil {
		return err
	}
	page := lessonListPage{basePage: s.base(c, s.words.get("lessons.title"), "lessons")}
	for _, m := range s.lessons().Modules() {
		v := moduleView{Module: m}
		for _, l := range m.Lessons {
			item := lessonItem{Lesson: l}
			if mark, ok := marks[l.ID]; ok {
				item.State, item.Percent = "part", mark.Percent
				if mark.Done {
					item.State = "done"
					v.Done++
				}
			}
			v.Items = append(v.Items, item)
		}
		page.Modules = append(page.Modules, v)
	}
	return s.render(c, fiber.StatusOK, "lessons", page)
}

type lessonPage struct {
	basePage
	Lesson     *lessons.Lesson
	Module     lessons.Module
	Parts      []lessonPart
	TOC        []markdown.Heading
	Prev, Next *lessons.Lesson
	Requires   []*lessons.Lesson
	Mark       progress.LessonMark
	Areas      []string
	Serves     []served
}

// lessonPart is a stretch of the lesson's text or a live question in it.
type lessonPart struct {
	HTML     template.HTML
	Question *questionView
}

func (s *Server) lesson(c *fiber.Ctx) error {
	l, err := s.lessons().Lesson(c.Params("id"))
	if err != nil {
		return err
	}
	page := lessonPage{basePage: s.base(c, l.Title, "lessons"), Lesson: l, Module: s.module(l.Module), Serves: s.served(l.Areas)}
	page.Prev, page.Next = s.lessons().Prev(l.ID), s.lessons().Next(l.ID)
	for _, h := range l.Doc.TOC {
		if h.Level == 2 || h.Level == 3 {
			page.TOC = append(page.TOC, h)
		}
	}
	for _, id := range l.Requires {
		if r, err := s.lessons().Lesson(id); err == nil {
			page.Requires = append(page.Requires, r)
		}
	}
	for _, a := range l.Areas {
		page.Areas = append(page.Areas, s.areaTitle(a))
	}
	answered := map[string]progress.Graded{}
	if viewer(c) != nil {
		marks, err := s.lessonMarks(c)
		if err != nil {
			return err
		}
		page.Mark = marks[l.ID]
		if answered, err = s.answersIn(c, progress.Context{Kind: progress.InLesson, Ref: l.ID}); err != nil {
			return err
		}
	}
	for _, part := range l.Doc.Parts {
		if part.Check == "" {
			page.Parts = append(page.Parts, lessonPart{HTML: part.HTML})
			continue
		}
		q, err := s.bank().Question(part.Check)
		if err != nil {
			continue // check refuses a lesson that names a missing question; an overlay may still have one
		}
		in := progress.Context{Kind: progress.InLesson, Ref: l.ID}
		var view questionView
		g, ok := answered[q.ID]
		if ok { // an answer from before is shut while the question is in an open exam
			sitting, err := s.progress.InOpenExam(c.UserContext(), actor(c), q.ID)
			if err != nil {
				return err
			}
			ok = sitting == ""
		}
		if ok && c.Query("again") != q.ID {
			view, err = s.gradedQuestion(q, g)
			if err != nil {
				return err
			}
		} else {
			view = s.openQuestion(q, in)
		}
		view.Inline = true
		page.Parts = append(page.Parts, lessonPart{Question: &view})
	}
	return s.render(c, fiber.StatusOK, "lesson", page)
}

func (s *Server) module(id string) lessons.Module {
	for _, m := range s.lessons().Modules() {
		if m.ID == id {
			return m
		}
	}
	return lessons.Module{ID: id}
}

// answersIn are the newest answers of the viewer in a context, by question.
func (s *Server) answersIn(c *fiber.Ctx, in progress.Context) (map[string]progress.Graded, error) {
	list, _, err := s.progress.Attempts(c.UserContext(), actor(c), progress.AttemptFilter{
		Learner: actor(c).Learner, Kind: progress.KindQuestion, Context: in, Limit: 500,
	})
	if err != nil {
		return nil, err
	}
	m := map[string]progress.Graded{}
	for _, g := range list { // newest first
		if _, ok := m[g.Attempt.Item]; !ok {
			m[g.Attempt.Item] = g
		}
	}
	return m, nil
}

// lessonFile serves a picture that lies beside a lesson.
func (s *Server) lessonFile(c *fiber.Ctx) error {
	l, err := s.lessons().Lesson(c.Params("id"))
	if err != nil {
		return err
	}
	b, ct, err := l.Picture(c.Params("name"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, ct)
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	// A picture is shown, never run: an SVG opened by itself may load and execute nothing.
	c.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	return c.Send(b)
}

func (s *Server) markLesson(c *fiber.Ctx) error {
	l, err := s.lessons().Lesson(c.Params("id"))
	if err != nil {
		return err
	}
	done := c.FormValue("done") != "no"
	if err := s.progress.MarkLesson(c.UserContext(), actor(c), l.ID, done); err != nil {
		return err
	}
	if next := s.lessons().Next(l.ID); done && next != nil && c.FormValue("then") == "next" {
		return seeOther(c, lessonPath(next.ID))
	}
	return seeOther(c, lessonPath(l.ID))
}

type positionBody struct {
	Anchor  string `json:"anchor"`
	Percent int    `json:"percent"`
}

func (s *Server) saveLessonPosition(c *fiber.Ctx) error {
	l, err := s.lessons().Lesson(c.Params("id"))
	if err != nil {
		return err
	}
	var body positionBody
	if err := c.BodyParser(&body); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "position: "+err.Error())
	}
	if err := s.progress.SavePosition(c.UserContext(), actor(c), l.ID, body.Anchor, body.Percent); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

type glossaryPage struct {
	basePage
	Terms []lessons.Term
	Total int
}

func (s *Server) glossary(c *fiber.Ctx) error {
	terms := s.lessons().Glossary()
	return s.render(c, fiber.StatusOK, "glossary", glossaryPage{basePage: s.base(c, s.words.get("glossary.title"), "lessons"), Terms: terms, Total: len(terms)})
}

// startedAt reads when the page was made, as the form carries it; nil when it is no sensible time.
func startedAt(c *fiber.Ctx, now time.Time) *time.Time {
	ms, err := strconv.ParseInt(c.FormValue("started"), 10, 64)
	if err != nil {
		return nil
	}
	t := time.UnixMilli(ms).UTC()
	if t.After(now) || now.Sub(t) > 24*time.Hour {
		return nil
	}
	return &t
}
