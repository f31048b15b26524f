package server

import (
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// linkAgain sends a candidate whose session has ended to the page that says so: a page for learners would make a guest of them.
func (s *Server) linkAgain(c *fiber.Ctx) error {
	if viewer(c) == nil && c.Method() == fiber.MethodGet && !wantsJSON(c) && s.progress.ByLink(c.UserContext(), s.org, sittingOf(c)) {
		return seeOther(c, ownSeatPath)
	}
	return c.Next()
}

// eventsBody is what the script of a candidate's room noticed. Text is never in it.
type eventsBody struct {
	Events []struct {
		Key     string `json:"key"`
		Kind    string `json:"kind"`
		Ago     int64  `json:"ago"` // milliseconds since it began
		Seconds int    `json:"seconds"`
		Chars   int    `json:"chars"`
		Item    int    `json:"item"`
	} `json:"events"`
}

// roomEvents logs what the script of a candidate's room noticed.
func (s *Server) roomEvents(c *fiber.Ctx) error {
	var body eventsBody
	if err := json.Unmarshal(c.Body(), &body); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "events: "+err.Error())
	}
	in := make([]progress.EventIn, 0, len(body.Events))
	for _, e := range body.Events {
		ago := time.Duration(min(max(e.Ago, 0), (7*24*time.Hour).Milliseconds())) * time.Millisecond
		in = append(in, progress.EventIn{Key: e.Key, Kind: progress.EventKind(e.Kind), Ago: ago, Seconds: e.Seconds, Chars: e.Chars, Item: e.Item})
	}
	if err := s.progress.RecordEvents(c.UserContext(), actor(c), sittingOf(c), in); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// noticeSeat logs that a candidate's room was asked for. Failing to log must not keep anybody from a test.
func (s *Server) noticeSeat(c *fiber.Ctx, room progress.Room, opened bool) {
	if !isCandidate(c) {
		return
	}
	var last time.Time
	for _, it := range room.Items {
		if it.At.After(last) {
			last = it.At
		}
	}
	if err := s.progress.CandidateSeen(c.UserContext(), actor(c), room.Sitting, s.clientIP(c), opened, last); err != nil {
		s.log.Warn("event of a candidate not logged", "id", requestID(c), "err", err.Error())
	}
}
