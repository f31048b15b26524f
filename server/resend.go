package server

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// resend is an answer that came with the form of another session. The error page carries it in a form of its own, so that it can be
// sent again after signing in, and nothing that was typed is lost.
type resend struct {
	Path   string
	Fields []formField
	SignIn bool // there is no session: sign in first, in another tab
}

type formField struct{ Name, Value string }

// resendOf gives the answer in a refused request, nil where there is none to keep. Only the answers to cases and questions and notes in the
// codebook are carried on, never a passphrase, and only when the browser says that the form was ours: another site must not be able to lay out a form here.
func (s *Server) resendOf(c *fiber.Ctx, err error) *resend {
	if !errors.Is(err, errStaleForm) && !errors.Is(err, progress.ErrNoSession) || c.Method() != fiber.MethodPost {
		return nil
	}
	path := c.Path()
	if !strings.HasPrefix(path, "/cases/") && !strings.HasPrefix(path, "/practice/questions/") && !strings.HasPrefix(path, "/practice/audits/") && !isRoomItem(path) && path != "/codebook/mine/note" {
		return nil
	}
	if origin := c.Get(fiber.HeaderOrigin); c.Get("Sec-Fetch-Site") != "same-origin" && (origin == "" || origin == "null") {
		return nil
	}
	r := &resend{Path: localPath(path), SignIn: viewer(c) == nil}
	for k, v := range c.Request().PostArgs().All() {
		if name := string(k); name != "_csrf" {
			r.Fields = append(r.Fields, formField{name, string(v)})
		}
	}
	if len(r.Fields) == 0 {
		return nil
	}
	return r
}

// isRoomItem reports whether a path takes the form of an item of an exam.
func isRoomItem(path string) bool {
	return strings.HasPrefix(path, "/exams/sittings/") && strings.Contains(path, "/items/")
}
