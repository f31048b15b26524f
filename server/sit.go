package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// cookieBefore keeps the session that a browser had before a candidate's: a guest's record hangs on nothing else.
const cookieBefore = "crosswalk_before"

const ownSeatPath = "/sit"

func seatPath(t progress.Token) string { return ownSeatPath + "/" + string(t) }

func tokenOf(c *fiber.Ctx) progress.Token { return progress.Token(c.Params("token")) }

// isCandidate reports whether the viewer sits a hiring test.
func isCandidate(c *fiber.Ctx) bool {
	v := viewer(c)
	return v != nil && v.Learner.Role == progress.RoleCandidate
}

// seatPage is what the link of a candidate opens, and in its browser /sit.
type seatPage struct {
	basePage
	Link   string // address of the link, "" where the session leads here
	Seat   progress.Seat
	Facts  []seatFact
	Room   string // address of the room, "" where no sitting is under way
	Left   string // until when it goes on
	Handed string // when the newest was handed in
	Again  bool   // another try can begin now
	Why    string // why none can begin now, in words
	Erase  string // the day of erasing
	Steps  []seatStep
	Other  string // who is signed in in this browser, "" for nobody
	Error  string
}

type seatFact struct{ Name, Text string }

// seatStep is one of the steps before the test.
type seatStep struct {
	Name, Text, Path string
	Done, Now        bool
}

// seatBase is base for pages of candidates, who see nothing else of the site.
func (s *Server) seatBase(c *fiber.Ctx, title string, x progress.Seat) basePage {
	b := s.base(c, title, "")
	b.Candidate = true
	if of := x.Assessment.PreviewOf; of != "" {
		b.Preview = previewPath(of)
	}
	return b
}

// seat shows where a candidate stands, and the next step.
func (s *Server) seat(c *fiber.Ctx) error {
	seat, err := s.progress.CandidateByToken(c.UserContext(), tokenOf(c), s.clientIP(c))
	if err != nil {
		return s.linkError(err)
	}
	return s.showSeat(c, fiber.StatusOK, seat, seatPath(tokenOf(c)), "")
}

// ownSeat is seat for the browser that sits already: the secret of the link stays out of the addresses of the room.
func (s *Server) ownSeat(c *fiber.Ctx) error {
	seat, err := s.progress.OwnSeat(c.UserContext(), actor(c))
	if err != nil {
		return s.linkError(err)
	}
	return s.showSeat(c, fiber.StatusOK, seat, "", "")
}

// linkError says of an unknown link what to do.
func (s *Server) linkError(err error) error {
	if errors.Is(err, progress.ErrNotFound) {
		return &saidError{fiber.StatusNotFound, s.words.get("seat.unknown")}
	}
	return err
}

func (s *Server) showSeat(c *fiber.Ctx, status int, x progress.Seat, link, problem string) error {
	z := s.where(c)
	p := seatPage{basePage: s.seatBase(c, x.Assessment.Spec.Name, x), Link: link, Seat: x, Facts: s.seatFacts(x, z), Erase: x.EraseOn.In(z).Format("2 Jan 2006"), Error: problem}
	if v := viewer(c); v != nil && v.Learner.ID != x.Candidate.Learner {
		if p.Other = v.Learner.Name; p.Other == "" {
			p.Other = s.words.get("nav.guest")
		}
	}
	if id := x.Open(); id != "" {
		p.Room = sittingPath(id)
		if x.Newest.EndsAt != nil {
			p.Left = clockTime(*x.Newest.EndsAt, z)
		}
	}
	if x.Newest != nil && x.Newest.HandedInAt != nil {
		p.Handed = clockTime(*x.Newest.HandedInAt, z)
	}
	p.Again = x.Begins == nil
	if p.Room == "" && x.Candidate.ConsentAt != nil && x.Begins != nil {
		p.Why = s.whyNot(x, z)
	}
	if x.State != progress.CandidateDone {
		p.Steps = s.seatSteps(x, link)
	}
	return s.render(c, status, "sit", p)
}

// whyNot says why no sitting can begin now; "" where there is nothing to wait for.
func (s *Server) whyNot(x progress.Seat, z *time.Location) string {
	spec := x.Assessment.Spec
	switch err := x.Begins; {
	case errors.Is(err, progress.ErrNoAttemptLeft):
		return ""
	case errors.Is(err, progress.ErrNotYet) && !x.NextAt.IsZero():
		return s.words.get("seat.wait_retry", clockTime(x.NextAt, z))
	case errors.Is(err, progress.ErrNotYet):
		return s.words.get("seat.wait_window", clockTime(spec.From, z))
	case errors.Is(err, progress.ErrLinkOver):
		return s.words.get("seat.late_link", clockTime(x.Candidate.LinkUntil, z))
	}
	return s.words.get("seat.late_window")
}

// seatFacts are what a candidate should know of the test.
func (s *Server) seatFacts(x progress.Seat, z *time.Location) []seatFact {
	w, bp, spec := s.words, x.Assessment.Blueprint, x.Assessment.Spec
	out := []seatFact{{w.get("seat.by"), byWhom(x)}}
	add := func(key, text string) {
		if text != "" {
			out = append(out, seatFact{w.get("seat." + key), text})
		}
	}
	charts := bp.Charts.Count
	add("made_of", joined(counted(w, bp.Items-charts, "seat.question_one", "seat.questions"), counted(w, charts, "seat.chart_one", "seat.charts")))
	if m := x.Minutes(); m > 0 {
		text := w.get("seat.minutes", m)
		if x.Candidate.ExtraPercent > 0 {
			text = w.get("seat.minutes_extra", m, x.Candidate.ExtraPercent)
		}
		add("time", text)
	}
	if n := x.Breaks(); n > 0 {
		add("breaks", counted(w, n, "seat.break_one", "seat.break_many"))
	}
	add("pass", w.get("seat.pass_at", spec.PassPercent))
	switch {
	case spec.Book && spec.FullLookup:
		add("book", w.get("seat.book_full"))
	case spec.Book:
		add("book", w.get("seat.book_open"))
	default:
		add("book", w.get("seat.book_closed"))
	}
	if spec.Tries > 1 {
		add("tries", w.get("seat.tries_many", spec.Tries, spec.RetryDays))
	} else {
		add("tries", w.get("seat.tries_one"))
	}
	if x.Left == 0 {
		return out
	}
	until := x.Candidate.LinkUntil
	if !spec.Until.IsZero() && spec.Until.Before(until) {
		until = spec.Until
	}
	add("begin_by", clockTime(until, z))
	return out
}

func byWhom(x progress.Seat) string {
	if x.ByEmail == "" {
		return x.ByName
	}
	return x.ByName + " (" + x.ByEmail + ")"
}

// counted is "1 chart" or "3 charts", "" for none.
func counted(w words, n int, one, many string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return w.get(one)
	}
	return w.get(many, n)
}

func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

func (s *Server) seatSteps(x progress.Seat, link string) []seatStep {
	if link == "" {
		return nil
	}
	agreed := x.Candidate.ConsentAt != nil
	return []seatStep{
		{s.words.get("seat.step_consent"), s.words.get("seat.step_consent_text"), link + "/consent", agreed, !agreed},
		{s.words.get("seat.step_check"), s.words.get("seat.step_check_text"), link + "/check", false, false},
		{s.words.get("seat.step_practice"), s.words.get("seat.step_practice_text"), link + "/practice", false, false},
		{s.words.get("seat.step_start"), s.words.get("seat.step_start_text"), "", false, agreed},
	}
}

// enter puts the candidate's session into the browser and keeps the one that was there aside.
func (s *Server) enter(c *fiber.Ctx, t progress.Token) {
	if before := s.cookie(c, cookieSession); before != "" && !isCandidate(c) && viewer(c) != nil {
		s.setCookie(c, cookieBefore, before, sessionAge)
	}
	s.setCookie(c, cookieSession, string(t), 0)
}

// startSeat begins the test, or goes on with it.
func (s *Server) startSeat(c *fiber.Ctx) error {
	x, session, err := s.progress.StartCandidateSitting(c.UserContext(), tokenOf(c), s.clientIP(c))
	switch {
	case errors.Is(err, progress.ErrForbidden):
		return seeOther(c, seatPath(tokenOf(c))+"/consent")
	case errors.Is(err, progress.ErrNotYet), errors.Is(err, progress.ErrSittingClosed), errors.Is(err, progress.ErrNoAttemptLeft):
		return seeOther(c, seatPath(tokenOf(c))) // the page says why
	case errors.Is(err, quizzes.ErrTooSmall):
		s.log.Error("no form for a candidate", "id", requestID(c), "err", err.Error())
		seat, err := s.progress.CandidateByToken(c.UserContext(), tokenOf(c), s.clientIP(c))
		if err != nil {
			return s.linkError(err)
		}
		return s.showSeat(c, fiber.StatusConflict, seat, seatPath(tokenOf(c)), s.words.get("seat.no_form", seat.ByName))
	case err != nil:
		return s.linkError(err)
	}
	s.enter(c, session)
	return seeOther(c, sittingPath(x.ID))
}

// leaveSeat ends the candidate's session in this browser; the one that was there before is back.
func (s *Server) leaveSeat(c *fiber.Ctx) error {
	preview := s.previewSat(c)
	if isCandidate(c) {
		if err := s.progress.SignOut(c.UserContext(), progress.Token(s.cookie(c, cookieSession))); err != nil {
			return err
		}
		s.resume(c)
	}
	if preview != "" {
		return seeOther(c, preview)
	}
	return s.render(c, fiber.StatusOK, "sitleft", s.seatBase(c, s.words.get("seat.left_title"), progress.Seat{}))
}

// resume ends the candidate's session in this browser and brings the one back that enter kept aside.
func (s *Server) resume(c *fiber.Ctx) {
	if before := s.cookie(c, cookieBefore); before != "" {
		s.setCookie(c, cookieBefore, "", -1)
		s.setCookie(c, cookieSession, before, sessionAge)
		return
	}
	s.setCookie(c, cookieSession, "", -1)
}

// previewSat is the address of the preview that the viewer sits, "" for whoever sits none. Not knowing must not keep anybody from a test.
func (s *Server) previewSat(c *fiber.Ctx) string {
	of, err := s.progress.PreviewSat(c.UserContext(), actor(c))
	if err != nil {
		s.log.Warn("no telling whether this is a preview", "id", requestID(c), "err", err.Error())
	}
	if of == "" {
		return ""
	}
	return previewPath(of)
}

// exportSeat gives a candidate all that is kept of them.
func (s *Server) exportSeat(c *fiber.Ctx) error {
	x, err := s.progress.ExportOwn(c.UserContext(), tokenOf(c), s.clientIP(c))
	if err != nil {
		return s.linkError(err)
	}
	return sendExport(c, x, "my-test.json")
}

func sendExport(c *fiber.Ctx, x any, name string) error {
	b, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return sendJSON(c, append(b, '\n'))
}

// eraseSeat erases a candidate who asks for it and says so on a form of its own.
func (s *Server) eraseSeat(c *fiber.Ctx) error {
	seat, err := s.progress.CandidateByToken(c.UserContext(), tokenOf(c), s.clientIP(c))
	if err != nil {
		return s.linkError(err)
	}
	if c.FormValue("confirm") != "yes" {
		return s.showSeat(c, fiber.StatusUnprocessableEntity, seat, seatPath(tokenOf(c)), s.words.get("seat.erase_confirm"))
	}
	if err := s.progress.EraseOwn(c.UserContext(), tokenOf(c), s.clientIP(c)); err != nil {
		return s.linkError(err)
	}
	if isCandidate(c) {
		s.resume(c)
	}
	return s.render(c, fiber.StatusOK, "siterased", s.seatBase(c, s.words.get("seat.erased_title"), seat))
}

// confine asks the one rule of what a session reaches.
func (s *Server) confine(c *fiber.Ctx, a progress.Actor) error {
	if a.Role != progress.RoleCandidate {
		return nil
	}
	path, err := url.PathUnescape(c.Path())
	if err != nil {
		path = c.Path()
	}
	if err := s.progress.Reaches(c.UserContext(), a, c.Method(), path); err != nil {
		return fmt.Errorf("%s %s: %w", c.Method(), c.Route().Path, err)
	}
	return nil
}
