package server

import (
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
)

// classView is what the page of a cohort shows of its invitations and assignments.
type classView struct {
	Base        string // address of the cohort
	LinkKey     string // client key of the form for a link
	Most, Days  string // as they were typed
	LinkErrors  map[string]string
	FileErrors  []string
	NewLink     string      // a link that was just made, to be shown once
	Came        *inviteeRow // what came of a file
	Links       []inviteRow
	Pending     []inviteRow
	Assignments []assignmentRow
	Unread      int
}

// inviteRow is an invitation in a list.
type inviteRow struct {
	Who, Uses, Until, Revoke, At string
	Over                         string // why it lets nobody in any more, "" for one in force
}

// inviteeRow says what became of the people of a file.
type inviteeRow struct {
	Added   []string
	There   int
	Invited []personLink
}

type personLink struct{ Name, Email, Link string }

func joinPath(t progress.Token) string { return "/join/" + string(t) }

// here is the address of the site as people reach it.
func (s *Server) here(c *fiber.Ctx) string {
	if s.origin != "" {
		return s.origin
	}
	return c.BaseURL()
}

// classView gathers invitations and assignments of a cohort.
func (s *Server) classView(c *fiber.Ctx, id progress.CohortID) (classView, error) {
	ctx, a := c.UserContext(), actor(c)
	v := classView{Base: cohortPath(id), LinkKey: uuid.NewString(), Most: "40", Days: "30"}
	all, err := s.progress.Invites(ctx, a, id)
	if err != nil {
		return v, err
	}
	now := s.now()
	for _, i := range all {
		row := inviteRow{
			Who: i.Email, Uses: s.words.get("class.uses", i.Used, i.Most), Until: when(c, i.ExpiresAt), At: when(c, i.CreatedAt), Revoke: v.Base + "/invites/" + string(i.ID) + "/revoke",
		}
		switch {
		case i.RevokedAt != nil:
			row.Over = s.words.get("class.link_revoked")
		case !now.Before(i.ExpiresAt):
			row.Over = s.words.get("class.link_expired")
		case i.Used >= i.Most:
			row.Over = s.words.get("class.link_used")
		}
		if i.Email == "" {
			v.Links = append(v.Links, row)
			continue
		}
		if i.Name != "" {
			row.Who = i.Name + " · " + i.Email
		}
		v.Pending = append(v.Pending, row)
	}
	if v.Assignments, err = s.assignmentRows(c, id); err != nil {
		return v, err
	}
	unread, err := s.progress.Unread(ctx, a)
	v.Unread = len(unread)
	return v, err
}

// makeLink makes a link into a cohort and shows it: afterwards nobody can, what is kept is a hash.
func (s *Server) makeLink(c *fiber.Ctx) error {
	id := progress.CohortID(c.Params("id"))
	most, _ := strconv.Atoi(strings.TrimSpace(c.FormValue("most"))) // 0 for what is no number, which is refused
	days, _ := strconv.Atoi(strings.TrimSpace(c.FormValue("days")))
	x, err := s.progress.MakeLink(c.UserContext(), actor(c), id, c.FormValue("client_key"), most, days)
	if errs := s.inputErrors(err); errs != nil {
		return s.showClass(c, fiber.StatusUnprocessableEntity, func(v *classView) {
			v.LinkErrors, v.Most, v.Days = errs, c.FormValue("most"), c.FormValue("days")
		})
	}
	if err != nil {
		return err
	}
	return s.showClass(c, fiber.StatusOK, func(v *classView) { v.NewLink, v.LinkKey = s.here(c)+joinPath(x.Token), c.FormValue("client_key") })
}

// inviteFile adds and invites the people of a CSV file.
func (s *Server) inviteFile(c *fiber.Ctx) error {
	id := progress.CohortID(c.Params("id"))
	text := []byte(c.FormValue("people"))
	if head, err := c.FormFile("file"); err == nil && head.Size > 0 {
		if head.Size > progress.MaxPeopleFile {
			text = make([]byte, progress.MaxPeopleFile+1) // refused below, in words
		} else {
			file, err := head.Open()
			if err != nil {
				return err
			}
			defer file.Close()
			if text, err = io.ReadAll(file); err != nil {
				return err
			}
		}
	}
	came, err := s.progress.InviteFile(c.UserContext(), actor(c), id, text)
	return s.showInvitees(c, came, err)
}

// renewInvites makes new links for those who were invited and have not come.
func (s *Server) renewInvites(c *fiber.Ctx) error {
	came, err := s.progress.RenewInvites(c.UserContext(), actor(c), progress.CohortID(c.Params("id")))
	return s.showInvitees(c, came, err)
}

func (s *Server) showInvitees(c *fiber.Ctx, came progress.Invitees, err error) error {
	if problems := reasons(err); problems != nil {
		return s.showClass(c, fiber.StatusUnprocessableEntity, func(v *classView) { v.FileErrors = problems })
	}
	if err != nil {
		return err
	}
	row := inviteeRow{There: came.There}
	for _, l := range came.Added {
		row.Added = append(row.Added, s.learnerName(l))
	}
	for _, i := range came.Invited {
		row.Invited = append(row.Invited, personLink{i.Name, i.Email, s.here(c) + joinPath(i.Token)})
	}
	return s.showClass(c, fiber.StatusOK, func(v *classView) { v.Came = &row })
}

// showClass shows the page of a cohort with something of its invitations to say.
func (s *Server) showClass(c *fiber.Ctx, status int, change func(*classView)) error {
	return s.showCohortWith(c, status, "", nil, change)
}

// revokeInvite ends a link or an invitation.
func (s *Server) revokeInvite(c *fiber.Ctx) error {
	id := progress.CohortID(c.Params("id"))
	if err := s.progress.RevokeInvite(c.UserContext(), actor(c), id, progress.InviteID(c.Params("invite"))); err != nil {
		return err
	}
	s.say(c, "inviterevoked")
	return seeOther(c, cohortPath(id)+"#invite")
}

type joinPage struct {
	basePage
	Action, Cohort, By string
	Member             bool
	Staff              bool
	SignUp, SignIn     string // addresses that lead back here
}

// goneInvite is what is said of a link that lets nobody in.
func (s *Server) goneInvite(err error) error {
	if errors.Is(err, progress.ErrNotFound) {
		return &saidError{fiber.StatusNotFound, s.words.get("class.gone")}
	}
	return err
}

// joinPage is what a link into a cohort opens.
func (s *Server) joinPage(c *fiber.Ctx) error {
	t := progress.Token(c.Params("token"))
	i, err := s.progress.Invitation(c.UserContext(), actor(c), t, s.clientIP(c))
	if err != nil {
		return s.goneInvite(err)
	}
	next := "?next=" + url.QueryEscape(joinPath(t))
	page := joinPage{basePage: s.base(c, s.words.get("class.join_title"), ""), Action: joinPath(t), Cohort: i.Name, By: i.By, Member: i.Member, SignUp: "/signup" + next, SignIn: "/signin" + next}
	page.Staff = viewer(c) != nil && viewer(c).Learner.Role != progress.RoleLearner
	return s.render(c, fiber.StatusOK, "join", page)
}

// join puts the viewer into the cohort of a link; a visitor becomes a guest first, and only if the link is good.
func (s *Server) join(c *fiber.Ctx) error {
	t := progress.Token(c.Params("token"))
	if viewer(c) == nil {
		if _, err := s.progress.Invitation(c.UserContext(), actor(c), t, s.clientIP(c)); err != nil {
			return s.goneInvite(err)
		}
		if err := s.beginIfNew(c); err != nil {
			return err
		}
	}
	if _, err := s.progress.Join(c.UserContext(), actor(c), t, s.clientIP(c)); err != nil {
		return s.goneInvite(err)
	}
	s.say(c, "joined")
	return seeOther(c, assignmentsPath)
}

// invitedForm fills the form of signing up for somebody whom a link is for.
func (s *Server) invitedForm(c *fiber.Ctx, form accountForm) accountForm {
	if t, ok := strings.CutPrefix(form.Next, "/join/"); ok {
		if i, err := s.progress.Invitation(c.UserContext(), actor(c), progress.Token(t), s.clientIP(c)); err == nil {
			form.Name, form.Email = i.ForName, i.ForEmail
		}
	}
	return form
}

// leaveCohort takes the viewer out of a cohort.
func (s *Server) leaveCohort(c *fiber.Ctx) error {
	if err := s.progress.LeaveCohort(c.UserContext(), actor(c), progress.CohortID(c.Params("id"))); err != nil {
		return err
	}
	s.say(c, "cohortleft")
	return seeOther(c, assignmentsPath)
}

// momentIn reads a moment that a form brings, nil for none; ok is false for what is none.
func momentIn(typed string, zone *time.Location) (_ *time.Time, ok bool) {
	if typed == "" {
		return nil, true
	}
	t, err := parseMoment(typed, zone)
	if err != nil {
		return nil, false
	}
	return &t, true
}

// numberIn reads a whole number that a form brings, nil for none.
func numberIn(typed string) (_ *int, ok bool) {
	typed = strings.TrimSpace(strings.TrimSuffix(typed, "%"))
	if typed == "" {
		return nil, true
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		return nil, false
	}
	return &n, true
}
