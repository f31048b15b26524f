package server

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// Lengths of the lists of staff pages.
const (
	learnersPerPage = 50
	usersPerPage    = 100
	entriesShown    = 50
)

type teachPage struct {
	teachBase
	Q        string
	Guests   bool
	Learners []learnerRow
	Total    int
	Next     string // address of the next page, "" at the end
	Later    bool   // not the first page
	Unread   int    // results with messages that the viewer has not read
}

type learnerRow struct {
	ID, Name, Email string
	Guest           bool
	Path            string
	Questions       int
	RightShare      int
	Cases           int
	CaseAverage     int // tenths of a per cent
	LessonsDone     int
	LastAt          *time.Time
	Last            string
}

// teach lists the learners of the organisation with their figures.
func (s *Server) teach(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	f := progress.UserFilter{
		Role: progress.RoleLearner, Text: clipQuery(c.Query("q")), WithGuests: c.Query("guests") == "1", Limit: learnersPerPage, After: progress.LearnerID(c.Query("after")),
	}
	people, total, err := s.progress.Users(ctx, a, f)
	if err != nil {
		return err
	}
	page := teachPage{teachBase: s.teachBase(c, s.words.get("teach.title"), "learners"), Q: f.Text, Guests: f.WithGuests, Total: total, Later: f.After != ""}
	unread, err := s.progress.Unread(ctx, a)
	if err != nil {
		return err
	}
	page.Unread = len(unread)
	loc := viewer(c).Learner.Location()
	for _, l := range people {
		sum, err := s.progress.Summary(ctx, a, l.ID)
		if err != nil {
			return err
		}
		row := learnerRow{
			ID: string(l.ID), Name: s.learnerName(l), Email: l.Email, Guest: l.Guest, Path: "/teach/learners/" + string(l.ID), Questions: sum.Questions,
			RightShare: percentOf(sum.Correct, sum.Questions), Cases: sum.Cases.Submitted, CaseAverage: sum.Cases.AvgLearning, LessonsDone: sum.LessonsDone, LastAt: sum.LastAt,
		}
		if sum.LastAt != nil {
			row.Last = sum.LastAt.In(loc).Format("2 Jan 2006, 15:04")
		}
		page.Learners = append(page.Learners, row)
	}
	if len(people) == learnersPerPage {
		page.Next = nextPage("/teach", f, people[len(people)-1].ID)
	}
	return s.render(c, fiber.StatusOK, "teach", page)
}

// learnerName is how staff see a person: guests have no name.
func (s *Server) learnerName(l progress.Learner) string {
	if l.Name != "" {
		return l.Name
	}
	return s.words.get("teach.guest", shortID(string(l.ID)))
}

// shortID is the end of an id, enough to tell two people of a list apart. The beginning of a UUIDv7 is its time.
func shortID(id string) string { return id[max(0, len(id)-6):] }

// nextPage is the address of a list from after a person on.
func nextPage(base string, f progress.UserFilter, after progress.LearnerID) string {
	v := url.Values{"after": {string(after)}}
	if f.Text != "" {
		v.Set("q", f.Text)
	}
	if f.WithGuests {
		v.Set("guests", "1")
	}
	return base + "?" + v.Encode()
}

type teachLearnerPage struct {
	basePage
	progressView
	Name  string
	Email string
	Since string
	Cases []attemptView // the latest attempts at cases
	Sat   sittingsTable
	Dash  dashboardView

	Follow []navItem // pages as the learner sees them, for one who manages a cohort of theirs
}

// caseAttemptsShown is how many attempts at cases the page of a learner lists.
const caseAttemptsShown = 200

// teachLearner is a learner's progress as an instructor sees it.
func (s *Server) teachLearner(c *fiber.Ctx) error {
	id := progress.LearnerID(c.Params("learner"))
	v, err := s.progressView(c, id, c.Query("area"), "/teach/learners/"+string(id))
	if err != nil {
		return err
	}
	v.Staff = true
	l := v.Sum.Learner
	page := teachLearnerPage{progressView: v, Name: s.learnerName(l), Email: l.Email, Since: l.CreatedAt.In(l.Location()).Format("2 Jan 2006")}
	page.basePage = s.base(c, page.Name, "teach")
	if page.Dash, err = s.dashboardView(c, id, true); err != nil {
		return err
	}
	cases, _, err := s.progress.Attempts(c.UserContext(), actor(c), progress.AttemptFilter{Learner: id, Kind: progress.KindCase, Limit: caseAttemptsShown})
	if err != nil {
		return err
	}
	for _, g := range cases {
		page.Cases = append(page.Cases, s.attemptView(g, l.Location()))
	}
	sat, err := s.progress.LearnerSittings(c.UserContext(), actor(c), id)
	if err != nil && !errors.Is(err, progress.ErrForbidden) { // one who does not teach may look at themselves
		return err
	}
	page.Sat = s.sittingsByExam(c, sat)
	if s.progress.MayFollow(c.UserContext(), actor(c), id) == nil {
		page.Follow = s.followItems("/teach/learners/"+string(id), "")
	}
	return s.render(c, fiber.StatusOK, "teachlearner", page)
}

type adminPage struct {
	basePage
	Q       string
	Guests  bool
	Users   []userRow
	Total   int
	Next    string
	Later   bool
	Roles   []roleOption
	Form    userForm
	Entries []entryRow
}

type userRow struct {
	Name, Email, Role, Since string
	Guest                    bool
}

type roleOption struct {
	Value, Name string
	Selected    bool
}

// userForm is the form for a new user as it was sent, with what is wrong by field.
type userForm struct {
	Name, Email string
	Role        progress.Role
	Errors      map[string]string
}

type entryRow struct {
	At, Who, What, Target, Detail string
}

func (s *Server) admin(c *fiber.Ctx) error {
	return s.showAdmin(c, fiber.StatusOK, userForm{Role: progress.RoleLearner})
}

// showAdmin lists the people, the form for a new one and what staff did last.
func (s *Server) showAdmin(c *fiber.Ctx, status int, form userForm) error {
	ctx, a := c.UserContext(), actor(c)
	entries, err := s.progress.AuditLog(ctx, a, progress.AuditFilter{Limit: entriesShown})
	if err != nil {
		return err
	}
	f := progress.UserFilter{Text: clipQuery(c.Query("q")), WithGuests: c.Query("guests") == "1", Limit: usersPerPage, After: progress.LearnerID(c.Query("after"))}
	people, total, err := s.progress.Users(ctx, a, f)
	if err != nil {
		return err
	}
	page := adminPage{basePage: s.base(c, s.words.get("admin.title"), "admin"), Q: f.Text, Guests: f.WithGuests, Total: total, Later: f.After != "", Form: form}
	loc := viewer(c).Learner.Location()
	names := map[progress.LearnerID]string{"": s.words.get("admin.command_line")}
	for _, l := range people {
		names[l.ID] = s.learnerName(l)
		page.Users = append(page.Users, userRow{
			Name: names[l.ID], Email: l.Email, Role: s.words.get("role." + string(l.Role)), Since: l.CreatedAt.In(loc).Format("2 Jan 2006"), Guest: l.Guest,
		})
	}
	if len(people) == usersPerPage {
		page.Next = nextPage("/admin", f, people[len(people)-1].ID)
	}
	for _, r := range progress.Roles {
		page.Roles = append(page.Roles, roleOption{string(r), s.words.get("role." + string(r)), r == form.Role})
	}
	// The log holds ids only; people who are not on this page of the list are looked up one by one.
	name := func(id string) string {
		n, ok := names[progress.LearnerID(id)]
		if !ok {
			n = id
			if l, err := s.progress.Learner(ctx, a, progress.LearnerID(id)); err == nil {
				n = s.learnerName(l)
			}
			names[progress.LearnerID(id)] = n
		}
		return n
	}
	for _, e := range entries {
		row := entryRow{At: e.At.In(loc).Format("2 Jan 2006, 15:04"), Who: name(string(e.Actor)), What: s.actionWords(e.Action), Target: e.Target, Detail: e.Detail}
		if strings.HasPrefix(e.Action, "user.") && e.Target != "" {
			row.Target = name(e.Target)
		}
		page.Entries = append(page.Entries, row)
	}
	return s.render(c, status, "admin", page)
}

// actionWords is an action of the audit log in words, or the action itself where there are none.
func (s *Server) actionWords(action string) string {
	if text, ok := s.words["audit."+strings.ReplaceAll(action, ".", "_")]; ok {
		return text
	}
	return action
}

// addUser makes an account for somebody.
func (s *Server) addUser(c *fiber.Ctx) error {
	form := userForm{Name: c.FormValue("name"), Email: c.FormValue("email"), Role: progress.Role(c.FormValue("role"))}
	_, err := s.progress.AddUser(c.UserContext(), actor(c), progress.NewUser{
		Name: form.Name, Email: form.Email, Passphrase: c.FormValue("passphrase"), Role: form.Role, Zone: viewer(c).Learner.Zone,
	})
	if form.Errors = s.inputErrors(err); form.Errors != nil {
		return s.showAdmin(c, fiber.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	s.say(c, "useradded")
	return seeOther(c, "/admin")
}
