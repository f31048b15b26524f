package server

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

type consentPage struct {
	basePage
	Link   string
	Parts  []consentPart
	Hash   string // of the words
	Agreed string // when, "" for not yet
	Error  string
}

// consentPart is a heading of the consent with what stands below it.
type consentPart struct {
	Title string
	Says  []string
}

// consentParts are the words that a candidate agrees to: by whom the test is, what is recorded, who sees it, how long it is kept.
func (s *Server) consentParts(x progress.Seat, z *time.Location) []consentPart {
	w, spec := s.words, x.Assessment.Spec
	days := w.get("consent.days", spec.KeepDays)
	if spec.KeepDays == 1 {
		days = w.get("consent.day")
	}
	part := func(key string, says ...string) consentPart { return consentPart{w.get("consent." + key), says} }
	return []consentPart{
		part("who", w.get("consent.who_text", spec.Name, byWhom(x)), w.get("consent.who_use"), w.get("consent.who_decides")),
		part("recorded", w.get("consent.rec_invite"), w.get("consent.rec_answers"), w.get("consent.rec_away"), w.get("consent.rec_paste"), w.get("consent.rec_pause"), w.get("consent.rec_window"), w.get("consent.rec_address"), w.get("consent.rec_fast"), w.get("consent.rec_facts")),
		part("not", w.get("consent.not_text")),
		part("sees", w.get("consent.sees_employer", x.ByName), w.get("consent.sees_admin"), w.get("consent.sees_else")),
		part("kept", w.get("consent.kept_done", days), w.get("consent.kept_never", days, x.Candidate.LinkUntil.In(z).Format("2 Jan 2006")), w.get("consent.kept_rest")),
		part("yours", w.get("consent.yours_no"), w.get("consent.yours_help", x.ByName), w.get("consent.yours_copy"), w.get("consent.yours_erase")),
	}
}

// consentWords are the parts as one text, of which the hash is kept.
func consentWords(parts []consentPart) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Title + "\n")
		for _, t := range p.Says {
			b.WriteString("- " + t + "\n")
		}
	}
	return b.String()
}

// seatConsent shows the consent.
func (s *Server) seatConsent(c *fiber.Ctx) error { return s.showConsent(c, fiber.StatusOK, "") }

func (s *Server) showConsent(c *fiber.Ctx, status int, problem string) error {
	seat, err := s.progress.CandidateByToken(c.UserContext(), tokenOf(c), s.clientIP(c))
	if err != nil {
		return s.linkError(err)
	}
	z := s.where(c)
	p := consentPage{basePage: s.seatBase(c, s.words.get("consent.title"), seat), Link: seatPath(tokenOf(c)), Parts: s.consentParts(seat, z), Error: problem}
	p.Hash = progress.ConsentHash(consentWords(p.Parts))
	if at := seat.Candidate.ConsentAt; at != nil {
		p.Agreed = clockTime(*at, z)
	}
	return s.render(c, status, "sitconsent", p)
}

// agree takes the answer to the consent. Words that have changed since they were shown are shown again first.
func (s *Server) agree(c *fiber.Ctx) error {
	t, ctx := tokenOf(c), c.UserContext()
	seat, err := s.progress.CandidateByToken(ctx, t, s.clientIP(c))
	if err != nil {
		return s.linkError(err)
	}
	if c.FormValue("do") == "decline" {
		if err := s.progress.Decline(ctx, t, s.clientIP(c)); err != nil {
			return s.linkError(err)
		}
		return s.render(c, fiber.StatusOK, "sitdeclined", s.seatBase(c, s.words.get("consent.declined_title"), seat))
	}
	words := consentWords(s.consentParts(seat, s.where(c)))
	switch {
	case seat.Candidate.ConsentAt != nil:
		return seeOther(c, seatPath(t))
	case c.FormValue("agree") != "yes":
		return s.showConsent(c, fiber.StatusUnprocessableEntity, s.words.get("consent.tick"))
	case c.FormValue("hash") != progress.ConsentHash(words):
		return s.showConsent(c, fiber.StatusConflict, s.words.get("consent.changed"))
	}
	_, session, err := s.progress.Consent(ctx, t, s.clientIP(c), words, s.zone(c))
	if err != nil {
		return s.linkError(err)
	}
	s.enter(c, session)
	return seeOther(c, seatPath(t)+"/check")
}

type checkPage struct {
	basePage
	Link   string
	Sent   bool // the form was sent and came back
	Clock  int64
	ClockZ string
}

// seatCheck is the system check: cookies, clock, saving, script.
func (s *Server) seatCheck(c *fiber.Ctx) error { return s.showCheck(c, false) }

// checkSeat answers the check. That it came this far says that cookies work, since the form token hangs on one, and that the database
// writes, since every use of a link is counted there.
func (s *Server) checkSeat(c *fiber.Ctx) error {
	if !wantsJSON(c) {
		return s.showCheck(c, true)
	}
	if _, err := s.progress.CandidateByToken(c.UserContext(), tokenOf(c), s.clientIP(c)); err != nil {
		return s.linkError(err)
	}
	return c.JSON(struct {
		Now int64 `json:"now"`
	}{s.progress.Clock().UnixMilli()})
}

func (s *Server) showCheck(c *fiber.Ctx, sent bool) error {
	seat, err := s.progress.CandidateByToken(c.UserContext(), tokenOf(c), s.clientIP(c))
	if err != nil {
		return s.linkError(err)
	}
	now := s.progress.Clock()
	return s.render(c, fiber.StatusOK, "sitcheck", checkPage{
		basePage: s.seatBase(c, s.words.get("check.title"), seat), Link: seatPath(tokenOf(c)), Sent: sent, Clock: now.UnixMilli(), ClockZ: now.In(s.where(c)).Format("15:04:05"),
	})
}
