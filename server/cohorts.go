package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

type cohortsPage struct {
	teachBase
	Cohorts []cohortRow
	Name    string // as it was typed
	Error   string
}

type cohortRow struct {
	Path, Name, Owner, At string
	Members               int
	Closed                bool
}

func cohortPath(id progress.CohortID) string { return "/teach/cohorts/" + string(id) }

// cohorts lists the viewer's cohorts.
func (s *Server) cohorts(c *fiber.Ctx) error {
	return s.showCohorts(c, fiber.StatusOK, "", "")
}

func (s *Server) showCohorts(c *fiber.Ctx, status int, name, problem string) error {
	a := actor(c)
	list, err := s.progress.Cohorts(c.UserContext(), a)
	if err != nil {
		return err
	}
	page := cohortsPage{teachBase: s.teachBase(c, s.words.get("cohorts.title"), "cohorts"), Name: name, Error: problem}
	people := s.names(c)
	for _, co := range list {
		row := cohortRow{Path: cohortPath(co.ID), Name: co.Name, At: when(c, co.CreatedAt), Members: co.Members, Closed: co.ClosedAt != nil}
		if co.Owner != a.Learner {
			row.Owner = people(co.Owner)
		}
		page.Cohorts = append(page.Cohorts, row)
	}
	return s.render(c, status, "cohorts", page)
}

// createCohort makes a cohort of the viewer's.
func (s *Server) createCohort(c *fiber.Ctx) error {
	name := c.FormValue("name")
	co, err := s.progress.CreateCohort(c.UserContext(), actor(c), name)
	if text := inputReasons(err); text != "" {
		return s.showCohorts(c, fiber.StatusUnprocessableEntity, name, text)
	}
	if err != nil {
		return err
	}
	s.say(c, "cohortmade")
	return seeOther(c, cohortPath(co.ID))
}

type cohortPage struct {
	teachBase
	Name    string
	Owner   string
	At      string
	Closed  string // when, "" for an open one
	Action  string
	Members []memberRow
	Emails  string // as they were typed
	Errors  []string
	Rules   []ruleRow
	NewRule string
	Class   classView
}

type memberRow struct {
	Name, Email, Path, Remove string
	Guest                     bool
}

// cohort is a cohort with its members.
func (s *Server) cohort(c *fiber.Ctx) error { return s.showCohort(c, fiber.StatusOK, "", nil) }

func (s *Server) showCohort(c *fiber.Ctx, status int, emails string, problems []string) error {
	return s.showCohortWith(c, status, emails, problems, func(*classView) {})
}

// showCohortWith is showCohort with something to say of invitations.
func (s *Server) showCohortWith(c *fiber.Ctx, status int, emails string, problems []string, change func(*classView)) error {
	ctx, a, id := c.UserContext(), actor(c), progress.CohortID(c.Params("id"))
	co, err := s.progress.Cohort(ctx, a, id)
	if err != nil {
		return err
	}
	members, err := s.progress.Members(ctx, a, id)
	if err != nil {
		return err
	}
	page := cohortPage{teachBase: s.teachBase(c, co.Name, "cohorts"), Name: co.Name, At: when(c, co.CreatedAt), Action: cohortPath(id), Emails: emails, Errors: problems,
		NewRule: "/teach/exams/rules?cohort=" + string(id) + "#rule"}
	if c.Method() != fiber.MethodGet {
		page.Path = page.Action
	}
	if co.ClosedAt != nil {
		page.Closed = when(c, *co.ClosedAt)
	}
	if co.Owner != a.Learner {
		page.Owner = s.names(c)(co.Owner)
	}
	for _, l := range members {
		page.Members = append(page.Members, memberRow{
			Name: s.learnerName(l), Email: l.Email, Path: "/teach/learners/" + string(l.ID), Remove: page.Action + "/members/" + string(l.ID) + "/remove", Guest: l.Guest,
		})
	}
	rules, err := s.progress.Rules(ctx, a)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if r.Kind == progress.RuleForCohort && r.Ref == string(id) {
			page.Rules = append(page.Rules, s.ruleRow(c, r))
		}
	}
	if page.Class, err = s.classView(c, id); err != nil {
		return err
	}
	change(&page.Class)
	return s.render(c, status, "cohort", page)
}

// addMembers puts learners into a cohort, one e-mail a line.
func (s *Server) addMembers(c *fiber.Ctx) error {
	typed := c.FormValue("emails")
	lines := strings.FieldsFunc(typed, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' })
	_, err := s.progress.AddMembers(c.UserContext(), actor(c), progress.CohortID(c.Params("id")), lines)
	if problems := reasons(err); problems != nil {
		return s.showCohort(c, fiber.StatusUnprocessableEntity, typed, problems)
	}
	if err != nil {
		return err
	}
	s.say(c, "membersadded")
	return seeOther(c, cohortPath(progress.CohortID(c.Params("id"))))
}

// removeMember takes a learner out of a cohort.
func (s *Server) removeMember(c *fiber.Ctx) error {
	id := progress.CohortID(c.Params("id"))
	if err := s.progress.RemoveMember(c.UserContext(), actor(c), id, progress.LearnerID(c.Params("learner"))); err != nil {
		return err
	}
	s.say(c, "memberremoved")
	return seeOther(c, cohortPath(id))
}

// closeCohort ends a cohort.
func (s *Server) closeCohort(c *fiber.Ctx) error {
	if err := s.progress.CloseCohort(c.UserContext(), actor(c), progress.CohortID(c.Params("id"))); err != nil {
		return err
	}
	s.say(c, "cohortclosed")
	return seeOther(c, "/teach/cohorts")
}
