package server

import (
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

type startPage struct {
	basePage
	Next string
}

// startPage is where a visitor without a session lands who opens a page that keeps a record.
func (s *Server) startPage(c *fiber.Ctx) error {
	next := localPath(c.Query("next", "/lessons"))
	if viewer(c) != nil {
		return seeOther(c, next)
	}
	return s.render(c, fiber.StatusOK, "start", startPage{basePage: s.base(c, s.words.get("start.title"), ""), Next: next})
}

func (s *Server) startGuest(c *fiber.Ctx) error {
	next := localPath(c.FormValue("next", "/"))
	if viewer(c) != nil { // a double click: the record is there already
		return seeOther(c, next)
	}
	_, token, err := s.progress.StartGuest(c.UserContext(), s.org, s.zone(c), s.clientIP(c))
	if err != nil {
		return err
	}
	s.setCookie(c, cookieSession, string(token), sessionAge)
	if next == "/" {
		next = s.firstLesson()
	}
	return seeOther(c, next)
}

// beginIfNew makes a visitor a guest, with a session for this request and those that follow.
func (s *Server) beginIfNew(c *fiber.Ctx) error {
	if viewer(c) != nil {
		return nil
	}
	_, token, err := s.progress.StartGuest(c.UserContext(), s.org, s.zone(c), s.clientIP(c))
	if err != nil {
		return err
	}
	sess, err := s.progress.Session(c.UserContext(), token)
	if err != nil {
		return err
	}
	s.setCookie(c, cookieSession, string(token), sessionAge)
	c.Locals(localSession, &sess)
	c.Locals(localCSRF, sess.CSRF)
	c.Set("X-Csrf-Token", sess.CSRF) // for a script that goes on with the page
	return nil
}

// firstLesson is the address of the lesson to begin with.
func (s *Server) firstLesson() string {
	for _, m := range s.lessons().Modules() {
		if len(m.Lessons) > 0 {
			return lessonPath(m.Lessons[0].ID)
		}
	}
	return "/lessons"
}

// zone is the browser's time zone as its script told it, else UTC.
func (s *Server) zone(c *fiber.Ctx) string {
	z, err := url.QueryUnescape(c.Cookies(cookieZone))
	if err != nil || z == "" {
		return "UTC"
	}
	if _, err := time.LoadLocation(z); err != nil {
		return "UTC"
	}
	return z
}

// accountForm is the sign-in and sign-up form as it was sent, with what is wrong by field.
type accountForm struct {
	Name, Email string
	Next        string
	Errors      map[string]string
}

type accountFormPage struct {
	basePage
	Form accountForm
	Main string // an error of the form as a whole
}

func (s *Server) signInPage(c *fiber.Ctx) error {
	return s.showAccountForm(c, fiber.StatusOK, "signin", accountForm{Next: localPath(c.Query("next", "/"))}, "")
}

func (s *Server) signUpPage(c *fiber.Ctx) error {
	if v := viewer(c); v != nil && !v.Learner.Guest {
		return seeOther(c, "/account")
	}
	return s.showAccountForm(c, fiber.StatusOK, "signup", s.invitedForm(c, accountForm{Next: localPath(c.Query("next", "/"))}), "")
}

func (s *Server) showAccountForm(c *fiber.Ctx, status int, view string, form accountForm, main string) error {
	return s.render(c, status, view, accountFormPage{basePage: s.base(c, s.words.get(view+".title"), ""), Form: form, Main: main})
}

func (s *Server) signIn(c *fiber.Ctx) error {
	form := accountForm{Email: c.FormValue("email"), Next: localPath(c.FormValue("next", "/"))}
	in := progress.SignIn{Email: form.Email, Passphrase: c.FormValue("passphrase"), IP: s.clientIP(c)}
	if v := viewer(c); v != nil && v.Learner.Guest {
		in.Guest = actor(c)
	}
	who, token, err := s.progress.SignIn(c.UserContext(), in)
	switch {
	case errors.Is(err, progress.ErrBadCredentials):
		return s.showAccountForm(c, fiber.StatusUnprocessableEntity, "signin", form, s.words.get("signin.wrong"))
	case tooMany(err):
		return s.showAccountForm(c, fiber.StatusTooManyRequests, "signin", form, s.words.get("error.toomany_text"))
	case err != nil:
		return err
	}
	s.setCookie(c, cookieSession, string(token), sessionAge)
	if form.Next == "/" && who.Role == progress.RoleEmployer { // who has come for the tests and not for the lessons
		form.Next = "/hire"
	}
	return seeOther(c, form.Next)
}

func (s *Server) signUp(c *fiber.Ctx) error {
	form := accountForm{Name: c.FormValue("name"), Email: c.FormValue("email"), Next: localPath(c.FormValue("next", "/"))}
	in := progress.SignUp{Name: form.Name, Email: form.Email, Passphrase: c.FormValue("passphrase"), Zone: s.zone(c), IP: s.clientIP(c)}
	_, token, err := s.progress.SignUp(c.UserContext(), actor(c), in)
	if form.Errors = s.inputErrors(err); form.Errors != nil {
		return s.showAccountForm(c, fiber.StatusUnprocessableEntity, "signup", form, "")
	}
	if tooMany(err) {
		return s.showAccountForm(c, fiber.StatusTooManyRequests, "signup", form, s.words.get("error.toomany_text"))
	}
	if err != nil {
		return err
	}
	s.setCookie(c, cookieSession, string(token), sessionAge)
	s.say(c, "welcome")
	return seeOther(c, form.Next)
}

func tooMany(err error) bool {
	var wait *progress.ErrTooMany
	return errors.As(err, &wait)
}

// inputErrors are the messages of err by field, nil when err is of another kind.
func (s *Server) inputErrors(err error) map[string]string {
	if errors.Is(err, progress.ErrEmailTaken) {
		return map[string]string{"email": s.words.get("signup.taken")}
	}
	var one *progress.InputError
	var many progress.InputErrors
	switch {
	case errors.As(err, &many):
		m := map[string]string{}
		for _, e := range many {
			m[e.Field] = e.Reason
		}
		return m
	case errors.As(err, &one):
		return map[string]string{one.Field: one.Reason}
	}
	return nil
}

func (s *Server) signOut(c *fiber.Ctx) error {
	if token := s.cookie(c, cookieSession); token != "" {
		if err := s.progress.SignOut(c.UserContext(), progress.Token(token)); err != nil {
			return err
		}
	}
	s.setCookie(c, cookieSession, "", -1)
	s.say(c, "signedout")
	return seeOther(c, "/")
}

func (s *Server) signOutEverywhere(c *fiber.Ctx) error {
	if err := s.progress.SignOutEverywhere(c.UserContext(), actor(c)); err != nil {
		return err
	}
	s.setCookie(c, cookieSession, "", -1)
	s.say(c, "signedout")
	return seeOther(c, "/signin")
}

type accountPage struct {
	basePage
	Learner progress.Learner
	Errors  map[string]string
}

func (s *Server) account(c *fiber.Ctx) error { return s.showAccount(c, fiber.StatusOK, nil) }

func (s *Server) showAccount(c *fiber.Ctx, status int, errs map[string]string) error {
	return s.render(c, status, "account", accountPage{
		basePage: s.base(c, s.words.get("account.title"), ""), Learner: viewer(c).Learner, Errors: errs,
	})
}

func (s *Server) changePassphrase(c *fiber.Ctx) error {
	token, err := s.progress.ChangePassphrase(c.UserContext(), actor(c), c.FormValue("old"), c.FormValue("new"))
	if errs := s.inputErrors(err); errs != nil {
		return s.showAccount(c, fiber.StatusUnprocessableEntity, errs)
	}
	if errors.Is(err, progress.ErrBadCredentials) {
		return s.showAccount(c, fiber.StatusUnprocessableEntity, map[string]string{"old": s.words.get("account.old_wrong")})
	}
	if err != nil {
		return err
	}
	s.setCookie(c, cookieSession, string(token), sessionAge)
	s.say(c, "passphrase")
	return seeOther(c, "/account")
}

// exportRecord sends all that is kept of the learner, as one JSON file.
func (s *Server) exportRecord(c *fiber.Ctx) error {
	a := actor(c)
	rec, err := s.progress.Export(c.UserContext(), a, a.Learner)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(rec, "", "  ")
	if err != nil {
		return err
	}
	c.Attachment("crosswalk-record.json")
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b)
}

func (s *Server) eraseRecord(c *fiber.Ctx) error {
	if c.FormValue("confirm") != "erase" {
		return s.showAccount(c, fiber.StatusUnprocessableEntity, map[string]string{"confirm": s.words.get("account.erase_confirm")})
	}
	a := actor(c)
	if err := s.progress.Erase(c.UserContext(), a, a.Learner); err != nil {
		return err
	}
	s.setCookie(c, cookieSession, "", -1)
	s.say(c, "erased")
	return seeOther(c, "/")
}

// setTheme keeps the choice of light, dark or the system's in a cookie of its own.
func (s *Server) setTheme(c *fiber.Ctx) error {
	switch t := c.FormValue("theme"); t {
	case "light", "dark":
		s.setCookie(c, cookieTheme, t, 365*24*time.Hour)
	default:
		s.setCookie(c, cookieTheme, "", -1)
	}
	return seeOther(c, localPath(c.FormValue("back", "/")))
}
