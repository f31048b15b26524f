package server

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"crosswalk/progress"
)

const importPath = "/account/import"

// importLimit is the largest record that can be read in: some 20,000 answers with their gradings.
const importLimit = 64 << 20

// moreForImport lets the file of a record, and one of questions, be larger than any other body, for those who are signed in or have begun as a guest: a stranger's
// is not read.
func (s *Server) moreForImport(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	limit := 0
	if h.IsPost() {
		switch string(h.RequestURI()) {
		case importPath:
			limit = importLimit
		case exchangeImportPath, exchangeZipPath:
			limit = 2 * exchangeLimit // what came in is longer as markdown
		}
	}
	if limit == 0 {
		return fasthttp.RequestConfig{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	if _, err := s.progress.SessionCached(ctx, progress.Token(h.Cookie(s.cookieName(cookieSession)))); err != nil {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: limit, ReadTimeout: 2 * time.Minute}
}

// importRecord reads the file of a record into the learner's own. It is all or nothing.
func (s *Server) importRecord(c *fiber.Ctx) error {
	fail := func(why string) error {
		return s.showAccount(c, fiber.StatusUnprocessableEntity, map[string]string{"file": why})
	}
	head, err := c.FormFile("file")
	if err != nil || head.Size == 0 {
		return fail(s.words.get("account.import_none"))
	}
	f, err := head.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	done, err := s.progress.ImportRecord(c.UserContext(), actor(c), f)
	if why := allReasons(err); why != "" {
		return fail(why)
	}
	if err != nil {
		return err
	}
	if done.Any() {
		s.say(c, "imported")
	} else {
		s.say(c, "imported_before")
	}
	return seeOther(c, "/account")
}

// mostReasons is how many places of a broken file are named.
const mostReasons = 5

// allReasons joins what is wrong with a file, "" when err is of another kind.
func allReasons(err error) string {
	var one *progress.InputError
	var many progress.InputErrors
	switch {
	case errors.As(err, &many):
		var out []string
		for _, e := range many[:min(mostReasons, len(many))] {
			if e.Field == "file" {
				out = append(out, e.Reason)
			} else {
				out = append(out, e.Field+": "+e.Reason)
			}
		}
		return strings.Join(out, " ")
	case errors.As(err, &one):
		if one.Field == "file" {
			return one.Reason
		}
		return one.Field + ": " + one.Reason
	}
	return ""
}
