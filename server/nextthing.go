package server

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/lessons"
	"crosswalk/progress"
	"crosswalk/progress/standing"
)

// nowView is the one thing to do now. With Area the button starts a drill of N questions, else it leads to Path.
type nowView struct {
	Text, Why, Button string
	Path, Area        string
	N                 int
}

// freshDraft is how long an unfinished chart comes before everything else.
const freshDraft = 36 * time.Hour

// possible is what could be done, from which the next thing is chosen.
type possible struct {
	Exam       *sittingLink // open
	Drafts     []draftLink  // charts half done, the newest first
	DraftAt    time.Time    // of the newest
	Due        dueView
	Planned    bool           // there is a goal
	Plan       []taskView     // of today
	Placement  *placementLink // an open test
	Resume     *resumeLesson
	NextLesson *lessons.Lesson
	NextCase   *caseCard
}

// nextThing chooses what to do now: first what is under way and has a clock, then what fades, then the plan of the day, then the next lesson.
func (s *Server) nextThing(p possible, now time.Time) *nowView {
	w := s.words
	if e := p.Exam; e != nil {
		how := w.get("exams.open_free", e.Started)
		switch {
		case e.Break:
			how = w.get("exams.open_break")
		case e.Ends != "":
			how = w.get("exams.open_ends", e.Ends)
		}
		return &nowView{Text: e.Name + ". " + how, Button: w.get("exams.go_on"), Path: e.Path}
	}
	if len(p.Drafts) > 0 && now.Sub(p.DraftAt) < freshDraft {
		d := p.Drafts[0]
		return &nowView{Text: w.get("desk.draft", d.Title, d.Saved), Button: w.get("desk.draft_go"), Path: "/cases/" + d.ID}
	}
	if p.Placement != nil {
		return &nowView{Text: w.get("dash.now_placement_on", p.Placement.Answered), Button: w.get("dash.now_placement_on_go"), Path: p.Placement.Path}
	}
	if n := p.Due.Cards; n > 0 {
		v := &nowView{Text: w.get("dash.now_review", n, p.Due.Minutes), Why: w.get("dash.now_why_review"), Button: w.get("dash.now_review_go"), Path: "/progress/review"}
		if n == 1 {
			v.Text = w.get("dash.now_review_one")
		}
		return v
	}
	for _, t := range p.Plan {
		if t.Done || t.Path == "" && t.Area == "" {
			continue
		}
		return &nowView{Text: t.Text + ".", Why: w.get("dash.now_why_plan"), Button: w.get("dash.now_plan_go"), Path: t.Path, Area: t.Area, N: t.N}
	}
	if p.Planned {
		text := "dash.now_done"
		if len(p.Plan) == 0 { // a day off, or none before the exam
			text = "dash.now_free"
		}
		return &nowView{Text: w.get(text), Button: w.get("dash.now_drill_go"), Path: "/practice"}
	}
	switch {
	case p.Resume != nil:
		path := lessonPath(p.Resume.Lesson.ID)
		if p.Resume.Anchor != "" {
			path += "#" + p.Resume.Anchor
		}
		return &nowView{Text: w.get("desk.resume", p.Resume.Lesson.Title, p.Resume.Percent), Button: w.get("desk.resume_go"), Path: path}
	case p.NextLesson != nil:
		return &nowView{Text: w.get("desk.next", p.NextLesson.Title, p.NextLesson.Minutes), Button: w.get("desk.next_go"), Path: lessonPath(p.NextLesson.ID)}
	case p.NextCase != nil:
		return &nowView{Text: w.get("desk.case", p.NextCase.Title), Button: w.get("desk.case_go"), Path: "/cases/" + p.NextCase.ID}
	}
	return &nowView{Text: w.get("desk.drill"), Button: w.get("desk.drill_go"), Path: "/practice"}
}

// possibleNow gathers what the viewer could do now, where they are with the lessons, and the queue of cards.
func (s *Server) possibleNow(c *fiber.Ctx, st *standing.Standing) (possible, map[string]progress.LessonMark, progress.ReviewQueue, error) {
	var p possible
	var queue progress.ReviewQueue
	ctx, a, loc := c.UserContext(), actor(c), viewer(c).Learner.Location()
	open, err := s.sittingLinks(c, func(l sittingLink) bool { return l.Open })
	if err != nil {
		return p, nil, queue, err
	}
	if len(open) > 0 {
		p.Exam = &open[0]
	}
	marks, err := s.progress.LessonMarks(ctx, a)
	if err != nil {
		return p, nil, queue, err
	}
	p.Resume, p.NextLesson = s.whereToRead(marks)
	drafts, err := s.progress.Drafts(ctx, a)
	if err != nil {
		return p, nil, queue, err
	}
	slices.SortFunc(drafts, func(x, y progress.Draft) int { return y.UpdatedAt.Compare(x.UpdatedAt) })
	begun := map[string]bool{}
	for _, d := range drafts {
		begun[d.Item] = true
		if cs, err := s.bank().Case(d.Item); err == nil {
			if len(p.Drafts) == 0 {
				p.DraftAt = d.UpdatedAt
			}
			p.Drafts = append(p.Drafts, draftLink{ID: cs.ID, Title: cs.Title, Saved: d.UpdatedAt.In(loc).Format("2 Jan, 15:04")})
		}
	}
	for _, cs := range s.bank().Cases() {
		if _, tried := st.Item(standing.Case, cs.ID); !tried && !begun[cs.ID] {
			card := s.caseCard(cs, progress.CaseState{})
			p.NextCase = &card
			break
		}
	}
	tests, err := s.progress.Placements(ctx, a)
	if err != nil {
		return p, nil, queue, err
	}
	for _, t := range tests {
		if t.EndedAt == nil && t.Answered > 0 {
			p.Placement = &placementLink{Path: placementPath(t.ID), Exam: t.Name, Answered: t.Answered}
			break
		}
	}
	if p.Due, queue, err = s.dueNow(c); err != nil {
		return p, nil, queue, err
	}
	return p, marks, queue, nil
}
