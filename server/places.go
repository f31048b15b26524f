package server

import (
	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
)

type placesPage struct {
	basePage
	Search searchBox
	Places []codebook.Place
}

// places lists the place of service codes with the rate that Medicare pays there.
func (s *Server) places(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "places", placesPage{
		basePage: s.base(c, s.words.get("places.title"), "codebook"), Search: s.searchBox("", "", false, codebook.Date{}), Places: s.book().PlacesOfService(),
	})
}
