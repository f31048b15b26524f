package server

import (
	"cmp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/gradesheet"
)

const assignmentsPath = "/progress/assignments"

// ownAssignment is an assignment as a learner has it.
type ownAssignment struct {
	Title, Kind, Cohort string
	State               progress.WorkState
	Says                []string // dates, attempts, what counts
	Result              string   // in words, "" for none
	ResultPath          string   // where it is to be seen, "" for nowhere
	Path                string   // where it is done; "" when it cannot be done now
	Area                string   // of a drill that is started by a form, with N questions
	N                   int
	Go                  string // words of the button
}

// assignmentsPage lists what a learner was given to do.
type assignmentsPage struct {
	basePage
	assignmentsView
	Cohorts []cohortOfLearner
}

type assignmentsView struct {
	Todo, Later, Done []ownAssignment
	Staff             bool // seen by somebody else: nothing is offered to be done
	Any               bool // in a cohort
}

type cohortOfLearner struct{ Name, Leave string }

// assignedCard is what the dashboard says of assignments.
type assignedCard struct {
	Todo   []ownAssignment
	More   int
	Unread []unreadRow
}

// assignedShown is how many assignments the dashboard lists.
const assignedShown = 4

// assignmentsView sorts assignments into those to do, those that open later and those that are done.
func (s *Server) assignmentsView(c *fiber.Ctx, xs []progress.OwnAssignment, staff bool) assignmentsView {
	v := assignmentsView{Staff: staff}
	now := s.now()
	for _, x := range xs {
		row := s.ownAssignment(c, x, now, staff)
		switch x.Work.State {
		case progress.WorkUpcoming:
			v.Later = append(v.Later, row)
		case progress.WorkDone, progress.WorkLate:
			v.Done = append(v.Done, row)
		default:
			v.Todo = append(v.Todo, row)
		}
	}
	// What can no longer be done stands after what can.
	slices.SortStableFunc(v.Todo, func(a, b ownAssignment) int { return cmp.Compare(min(1, len(b.Go)), min(1, len(a.Go))) })
	return v
}

func (s *Server) ownAssignment(c *fiber.Ctx, x progress.OwnAssignment, now time.Time, staff bool) ownAssignment {
	w := x.Work
	row := ownAssignment{Title: gradesheet.Title(x.AssignmentInfo), Kind: s.kindWord(x.Kind), Cohort: x.Cohort.Name, State: w.State}
	row.Says = append(s.termsSay(c, x.Kind, w.Terms, now), s.countsSay(x.Assignment)...)
	if w.Terms.Attempts > 0 && w.Tries > 0 {
		row.Says = append(row.Says, s.words.get("assign.says_used", min(w.Tries, w.Terms.Attempts), w.Terms.Attempts))
	}
	switch {
	case w.Sealed:
		row.Result = s.words.get("assign.sealed")
	case w.Scored && x.Kind == progress.AssignCase:
		row.Result = s.words.get("assign.result_case", formatTenths(w.Percent10), formatTenths(w.Audit10))
	case w.Scored:
		row.Result = formatTenths(w.Percent10)
	}
	switch {
	case w.Attempt != "":
		row.ResultPath = "/cases/" + x.Ref + "/attempts/" + string(w.Attempt)
	case w.Drill != "" && !staff: // a drill is shown to its learner alone
		row.ResultPath = "/practice/drills/" + string(w.Drill)
	case w.Sitting != "" && !w.Sealed:
		row.ResultPath = reportPath(w.Sitting)
	}
	if staff || !w.Open && !(w.Begun && x.Kind == progress.AssignExam) {
		return row
	}
	row.Go = s.words.get("assign.go_" + string(x.Kind))
	if w.State == progress.WorkDone || w.State == progress.WorkLate {
		row.Go = s.words.get("assign.again")
	}
	switch x.Kind {
	case progress.AssignLesson:
		row.Path = lessonPath(x.Ref)
	case progress.AssignCase:
		row.Path = "/cases/" + x.Ref
	case progress.AssignExam:
		row.Path = "/exams/" + x.Ref
	case progress.AssignDrill:
		row.Path, row.Area, row.N = "/practice/drills", x.Ref, x.Amount
	}
	return row
}

// assignments is the page of what the viewer was given to do.
func (s *Server) assignments(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	xs, err := s.progress.OwnAssignments(ctx, a)
	if err != nil {
		return err
	}
	cohorts, err := s.progress.OwnCohorts(ctx, a)
	if err != nil {
		return err
	}
	page := assignmentsPage{basePage: s.base(c, s.words.get("assign.own_title"), "progress"), assignmentsView: s.assignmentsView(c, xs, false)}
	page.Any = len(cohorts) > 0
	for _, co := range cohorts {
		page.Cohorts = append(page.Cohorts, cohortOfLearner{co.Name, "/progress/cohorts/" + string(co.ID) + "/leave"})
	}
	return s.render(c, fiber.StatusOK, "assignments", page)
}

// assignedCard is the part of the dashboard on assignments and messages, nil for who has neither.
func (s *Server) assignedCard(c *fiber.Ctx) (*assignedCard, error) {
	ctx, a := c.UserContext(), actor(c)
	xs, err := s.progress.OwnAssignments(ctx, a)
	if err != nil {
		return nil, err
	}
	unread, err := s.unreadTalk(c)
	if err != nil || len(xs)+len(unread) == 0 {
		return nil, err
	}
	v := s.assignmentsView(c, xs, false)
	card := &assignedCard{Unread: unread}
	for _, x := range v.Todo {
		if x.Go != "" {
			card.Todo = append(card.Todo, x)
		}
	}
	if n := len(card.Todo); n > assignedShown {
		card.Todo, card.More = card.Todo[:assignedShown], n-assignedShown
	}
	return card, nil
}
