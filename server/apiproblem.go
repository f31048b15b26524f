package server

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// problemKinds are the problems that the API tells of, with the status that goes with them; words and the page of the API say what they mean.
var problemKinds = []struct {
	name   string
	status int
}{
	{"bad-request", fiber.StatusBadRequest}, {"no-key", fiber.StatusBadRequest}, {"no-token", fiber.StatusUnauthorized}, {"forbidden", fiber.StatusForbidden}, {"not-found", fiber.StatusNotFound},
	{"not-ready", fiber.StatusConflict}, {"too-large", fiber.StatusRequestEntityTooLarge}, {"media-type", fiber.StatusUnsupportedMediaType},
	{"invalid", fiber.StatusUnprocessableEntity}, {"key-reused", fiber.StatusUnprocessableEntity}, {"too-many", fiber.StatusTooManyRequests}, {"internal", fiber.StatusInternalServerError},
	{"unavailable", fiber.StatusServiceUnavailable},
}

// inAPI reports whether a request is one of the API.
func inAPI(c *fiber.Ctx) bool { return strings.HasPrefix(c.Path(), apiPath+"/") || c.Path() == apiPath }

// problemKind names the problem that an error is.
func problemKind(err error, status int) string {
	switch {
	case errors.Is(err, errNoKey):
		return "no-key"
	case errors.Is(err, progress.ErrKeyReused):
		return "key-reused"
	case errors.Is(err, progress.ErrNotYet):
		return "not-ready"
	case status == fiber.StatusMethodNotAllowed:
		return "not-found"
	}
	for _, k := range problemKinds {
		if k.status == status && k.name != "no-key" && k.name != "not-ready" {
			return k.name
		}
	}
	if status >= 500 {
		return "internal"
	}
	return "bad-request"
}

// problem is the reply of the API to every error.
func (s *Server) problem(c *fiber.Ctx, status int, err error) error {
	switch {
	case errors.Is(err, errNoKey):
		status = fiber.StatusBadRequest
	case errors.Is(err, progress.ErrKeyReused):
		status = fiber.StatusUnprocessableEntity
	}
	kind := problemKind(err, status)
	for _, k := range problemKinds { // what it is called and its status never part
		if k.name == kind {
			status = k.status
		}
	}
	word := strings.ReplaceAll(kind, "-", "_")
	p := apiProblem{
		Type: s.here(c) + "/api#" + kind, Title: s.words.get("api.problem_" + word), Status: status, Detail: s.words.get("api.problemtext_" + word), Instance: "urn:crosswalk:request:" + requestID(c),
	}
	if list := inputErrors(err); len(list) > 0 {
		for _, e := range list {
			p.Errors = append(p.Errors, apiFieldError{e.Field, e.Reason})
		}
	} else if text := ownWords(err); text != "" && status < 500 {
		p.Detail = text
	}
	if status == fiber.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="Crosswalk"`)
	}
	if err := c.Status(status).JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return nil
}
