package server

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

type contentForm struct{}

func hasContentForm(progress.FileKind) bool { return false }

func contentFormValues(*fiber.Ctx) map[string]string { return nil }

func applyContentForm(string, string, map[string]string) (string, error) {
	return "", errors.New("no form")
}

func (s *Server) contentFormOf(string, string, string) (*contentForm, error) {
	return nil, errors.New("no form")
}

func (f *contentForm) place([]lookProblem) {}
