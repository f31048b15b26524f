package server

import (
	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

type oldVersionPage struct {
	basePage
	Item     string
	Source   string
	Correct  bool
	Percent  int
	Gradings gradingsView
}

// showOldVersion shows an answered item that is no longer in the bank, by the revision that was kept.
func (s *Server) showOldVersion(c *fiber.Ctx, g progress.Graded) error {
	ver, err := s.progress.Version(c.UserContext(), actor(c), g.Attempt.ShownHash)
	if err != nil {
		return err
	}
	all, err := s.gradingsOf(c, g)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "oldversion", oldVersionPage{
		Gradings: all,
		basePage: s.base(c, g.Attempt.Item, "practice"), Item: g.Attempt.Item, Source: ver.Body, Correct: g.Grading.Correct, Percent: g.Grading.Percent10,
	})
}
