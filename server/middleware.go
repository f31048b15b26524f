package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// Keys of c.Locals.
const (
	localRequestID = "request-id"
	localSession   = "session"
	localCSRF      = "csrf"
)

// The policy: everything from this origin, nothing inline, no frames. Pictures of lessons come from here too.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

// observe gives the request an id and a deadline, and writes one log line and one metric when it ends. The line holds the route, not
// the path or the query, since those may hold what people typed or a token.
func (s *Server) observe(c *fiber.Ctx) error {
	start := time.Now()
	id := newRequestID()
	c.Locals(localRequestID, id)
	c.Set("X-Request-Id", id)
	setSecurityHeaders(c, s.secure)
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	c.SetUserContext(ctx)

	err := c.Next()
	if err != nil { // turn it into a reply here, so that the line below tells the status sent
		if err = s.handleError(c, err); err != nil {
			return err
		}
	}
	status := c.Response().StatusCode()
	took := time.Since(start)
	route := c.Route().Path
	s.metrics.observe(c.Method(), route, status, took)
	attrs := []any{"id", id, "method", c.Method(), "route", route, "status", status, "ms", float64(took.Microseconds()) / 1000, "bytes", len(c.Response().Body())}
	if v := viewer(c); v != nil {
		attrs = append(attrs, "learner", string(v.Learner.ID))
	}
	level := slog.LevelInfo
	if strings.HasPrefix(route, "/static") || route == "/healthz" || route == "/readyz" || route == "/metrics" {
		level = slog.LevelDebug
	}
	s.log.Log(ctx, level, "request", attrs...)
	return nil
}

func setSecurityHeaders(c *fiber.Ctx, secure bool) {
	c.Set("Content-Security-Policy", contentPolicy)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
	if secure {
		c.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

func newRequestID() string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(localRequestID).(string)
	return id
}

// Cookie names. With https they carry the __Host- prefix, which pins them to this host and to Secure.
func (s *Server) cookieName(base string) string {
	if s.secure {
		return "__Host-" + base
	}
	return base
}

func (s *Server) setCookie(c *fiber.Ctx, base, value string, age time.Duration) {
	ck := &fiber.Cookie{
		Name: s.cookieName(base), Value: value, Path: "/", HTTPOnly: true, Secure: s.secure, SameSite: fiber.CookieSameSiteLaxMode,
	}
	switch {
	case age < 0:
		ck.Expires = time.Unix(1, 0)
		ck.MaxAge = -1
	case age > 0:
		ck.MaxAge = int(age.Seconds())
	}
	c.Cookie(ck)
}

func (s *Server) cookie(c *fiber.Ctx, base string) string { return c.Cookies(s.cookieName(base)) }

const (
	cookieSession = "crosswalk_session"
	cookieCSRF    = "crosswalk_csrf"
	cookieTheme   = "crosswalk_theme"
	cookieFlash   = "crosswalk_flash"
	cookieZone    = "crosswalk_zone" // set by script: the browser's time zone, for the study day
)

// sessionAge is how long a browser keeps its session cookie, the most that browsers allow: the server decides when a session ends, and a
// guest who comes back finds the record.
const sessionAge = 400 * 24 * time.Hour

// identify loads the session and the CSRF secret of the request.
func (s *Server) identify(c *fiber.Ctx) error {
	if token := s.cookie(c, cookieSession); token != "" {
		sess, err := s.progress.Session(c.UserContext(), progress.Token(token))
		switch {
		case err == nil:
			c.Locals(localSession, &sess)
			c.Locals(localCSRF, sess.CSRF)
			if err := s.confine(c, sess.Actor()); err != nil {
				return err
			}
			return c.Next()
		case errors.Is(err, progress.ErrNoSession):
			// What a script asked for may have waited in the browser since before somebody signed out and another signed in: its answer
			// must not take the new session's cookie away.
			if !wantsJSON(c) {
				s.bringBack(c)
			}
		default:
			return err
		}
	}
	secret := s.cookie(c, cookieCSRF)
	if len(secret) < 20 && c.Method() == fiber.MethodGet {
		secret = newRequestID() + newRequestID()
		s.setCookie(c, cookieCSRF, secret, 0)
	}
	c.Locals(localCSRF, secret)
	return c.Next()
}

// viewer is the session of the request, nil for a visitor without one.
func viewer(c *fiber.Ctx) *progress.Session {
	sess, _ := c.Locals(localSession).(*progress.Session)
	return sess
}

// actor is who asks; the zero Actor for a visitor.
func actor(c *fiber.Ctx) progress.Actor {
	if v := viewer(c); v != nil {
		return progress.Actor{Org: v.Learner.Org, Learner: v.Learner.ID, Role: v.Learner.Role}
	}
	return progress.Actor{}
}

// guard refuses state changes that do not come from our own pages: the token of the form or header must be the session's, and
// browsers that say where a request comes from must say "here".
func (s *Server) guard(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	want, _ := c.Locals(localCSRF).(string)
	got := c.Get("X-Csrf-Token")
	if got == "" {
		got = c.FormValue("_csrf")
	}
	if err := s.fromHere(c, want, got); err != nil {
		return err
	}
	return c.Next()
}

// fromHere refuses a request that another site sent, or that does not bring the token.
func (s *Server) fromHere(c *fiber.Ctx, want, got string) error {
	switch c.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return errForeignForm
	}
	if o := c.Get(fiber.HeaderOrigin); o != "" && o != "null" {
		u, err := url.Parse(o)
		if err != nil || u.Host != c.Hostname() && o != s.origin {
			return errForeignForm
		}
	}
	if want == "" || subtle.ConstantTimeCompare([]byte(want), []byte(got)) != 1 {
		return errStaleForm
	}
	return nil
}

// learnerOnly asks a visitor to begin before the page: a guest record takes one click.
func (s *Server) learnerOnly(c *fiber.Ctx) error {
	if viewer(c) == nil {
		if wantsJSON(c) || c.Method() != fiber.MethodGet { // what a form brought would be lost on the way
			return progress.ErrNoSession
		}
		return c.Redirect("/start?next="+url.QueryEscape(localPath(c.OriginalURL())), fiber.StatusSeeOther)
	}
	return c.Next()
}

// learnerHere makes a guest of a visitor who sends a form of an open page, such as the answer to a question in a lesson. A form of a
// session that has ended does not come this far: its token is not the visitor's.
func (s *Server) learnerHere(c *fiber.Ctx) error {
	if err := s.beginIfNew(c); err != nil {
		return err
	}
	return c.Next()
}

// localPath is p when it is a path on this server, else "/": nothing redirects elsewhere.
func localPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n") {
		return "/"
	}
	return p
}

func wantsJSON(c *fiber.Ctx) bool {
	return strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMEApplicationJSON)
}

// wantsPart reports whether a script asks for a part of a page to swap in.
func wantsPart(c *fiber.Ctx) bool { return c.Get("X-Part") == "1" }
