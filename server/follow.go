package server

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/plan"
)

// followPage is a page of a learner as the learner sees it, for one who manages a cohort which the learner is in. Nothing can be changed on it.
type followPage struct {
	basePage
	Who, Here   string
	Tabs        []navItem
	Dash        *dashboardView
	Assignments *assignmentsView
	Plan        *planView
	Exams       []examChoice
	R           *readinessView
	Record      *progressView
	Sat         []sittingLink
	None        bool // there is nothing of the kind
	Staff       bool // seen by somebody else: nothing is offered to be done
}

var followTabs = []string{"dashboard", "assignments", "plan", "readiness", "results"}

// followItems are the links to the pages of a learner.
func (s *Server) followItems(base, here string) (out []navItem) {
	for _, t := range followTabs {
		item := navItem{Path: base + "/" + t, Text: s.words.get("follow.tab_" + t)}
		if t == here {
			item.Current = "page"
		}
		out = append(out, item)
	}
	return out
}

// follow shows a learner's dashboard, assignments, plan, readiness or results as they see them. What is sealed for the learner is sealed here too.
func (s *Server) follow(c *fiber.Ctx) error {
	ctx, a, id := c.UserContext(), actor(c), progress.LearnerID(c.Params("learner"))
	if err := s.progress.MayFollow(ctx, a, id); err != nil {
		return err
	}
	l, err := s.progress.Learner(ctx, a, id)
	if err != nil {
		return err
	}
	here, base := c.Params("page"), "/teach/learners/"+string(id)
	if !slices.Contains(followTabs, here) {
		return progress.ErrNotFound
	}
	page := followPage{Staff: true, basePage: s.base(c, s.words.get("follow.title_"+here, s.learnerName(l)), "teach"), Who: s.learnerName(l), Here: base}
	page.Tabs = s.followItems(base, here)
	switch here {
	case "dashboard":
		v, err := s.dashboardView(c, id, true)
		if err != nil {
			return err
		}
		page.Dash = &v
	case "assignments":
		xs, err := s.progress.LearnerAssignments(ctx, a, id)
		if err != nil {
			return err
		}
		v := s.assignmentsView(c, xs, true)
		page.Assignments, page.None = &v, len(xs) == 0
	case "plan":
		err = s.followPlan(c, &page, l)
	case "readiness":
		err = s.followReadiness(c, &page, l)
	case "results":
		err = s.followResults(c, &page, l)
	}
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "follow", page)
}

func (s *Server) followPlan(c *fiber.Ctx, page *followPage, l progress.Learner) error {
	_, set, err := s.progress.Goal(c.UserContext(), actor(c), l.ID)
	if err != nil {
		return err
	}
	if page.None = !set; page.None {
		return nil
	}
	var p plan.Plan
	if p, err = s.progress.Plan(c.UserContext(), actor(c), l.ID); err != nil {
		return err
	}
	v := s.planView(p, s.today(l))
	page.Plan = &v
	return nil
}

func (s *Server) followReadiness(c *fiber.Ctx, page *followPage, l progress.Learner) error {
	exam := c.Query("exam")
	var err error
	if exam == "" {
		if exam, err = s.workedFor(c, l.ID); err != nil {
			return err
		}
	}
	r, err := s.progress.Readiness(c.UserContext(), actor(c), l.ID, exam)
	if err != nil {
		if page.None = noSuchExam(err); page.None {
			return nil
		}
		return err
	}
	v := s.forecastView(r, l.Location(), func(string) string { return "" })
	page.R, page.Exams = &v, s.examChoices(exam, page.Here+"/readiness?exam=")
	return nil
}

// followResults shows the record and the exams. A sitting whose results are not open to the learner shows none here either.
func (s *Server) followResults(c *fiber.Ctx, page *followPage, l progress.Learner) error {
	v, err := s.progressView(c, l.ID, c.Query("area"), page.Here+"/results")
	if err != nil {
		return err
	}
	v.Staff = true
	page.Record = &v
	sat, err := s.progress.LearnerSittings(c.UserContext(), actor(c), l.ID)
	if err != nil && !errors.Is(err, progress.ErrForbidden) {
		return err
	}
	now, z := s.progress.Clock(), l.Location()
	for _, x := range sat {
		link := sittingLinkOf(x.Sitting, now, z)
		if !link.Results {
			link.Path = page.Here // staff could look at the report, and this is what the learner sees
		}
		page.Sat = append(page.Sat, link)
	}
	page.None = v.Empty && len(page.Sat) == 0
	return nil
}
