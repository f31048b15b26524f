package server

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/textdiff"
)

type contentHistoryPage struct {
	teachBase
	File      string
	Edit      string
	Rows      []contentRevision
	Shown     *contentRevision // the revision that is looked at, with its text
	Text      string
	Base      int
	Ships     string // address of the editor with what ships, "" where nothing does
	Removable bool
	ReadOnly  bool
	Message   string
	Errors    map[string]string
	Stopped   *lookView
	Warned    bool
}

type contentRevision struct {
	Number                     int
	By, At, Message            string
	Published, Gone            bool
	View, Compare, Restore, ID string
}

// contentHistory lists the revisions of a file, and shows one.
func (s *Server) contentHistory(c *fiber.Ctx) error {
	return s.showHistory(c, fiber.StatusOK, c.Query("path"), "", nil)
}

func (s *Server) showHistory(c *fiber.Ctx, status int, file, message string, why error) error {
	history, err := s.progress.AuthoredHistory(c.UserContext(), actor(c), file)
	if err != nil {
		return err
	}
	_, ships := s.press.Shipped(file)
	if _, ok := progress.KindOfFile(file); !ok || len(history) == 0 && !ships {
		return progress.ErrNotFound
	}
	page := contentHistoryPage{teachBase: s.teachBase(c, s.words.get("content.history_of", file), "content"), File: file, Edit: contentAddress("edit", file), ReadOnly: s.press.InFolder(file), Message: message, Errors: map[string]string{}}
	page.Path = contentAddress("history", file)
	if ships {
		page.Ships = contentAddress("edit", file, "from", "ships")
	}
	name := s.names(c)
	for i := len(history) - 1; i >= 0; i-- {
		h := history[i]
		n := strconv.Itoa(h.Revision)
		row := contentRevision{
			Number: h.Revision, By: name(h.Author), At: when(c, h.At), Message: h.Message, Published: h.State == progress.AuthoredPublished, Gone: h.Gone,
			View: contentAddress("history", file, "revision", n), Restore: contentAddress("edit", file, "revision", n),
		}
		if i > 0 {
			row.Compare = contentAddress("diff", file, "from", strconv.Itoa(history[i-1].Revision), "to", n)
		} else if ships {
			row.Compare = contentAddress("diff", file, "from", "ships", "to", n)
		}
		page.Rows = append(page.Rows, row)
		if c.QueryInt("revision") == h.Revision {
			f, err := s.progress.AuthoredRevision(c.UserContext(), actor(c), file, h.Revision)
			if err != nil {
				return err
			}
			page.Shown, page.Text = &row, f.Text
		}
	}
	if n := len(history); n > 0 {
		page.Base = history[n-1].Revision
	}
	_, served := s.press.Served(file)
	page.Removable = served && !page.ReadOnly
	var stopped *progress.ContentErrors
	if errors.As(why, &stopped) {
		v := lookView{}
		v.add(stopped.Problems, file)
		page.Stopped, page.Warned = &v, !stopped.Stops()
	} else if errs := s.inputErrors(why); errs != nil {
		page.Errors = errs
	}
	return s.render(c, status, "contenthistory", page)
}

// removeContent takes a file away, unless something needs it.
func (s *Server) removeContent(c *fiber.Ctx) error {
	in := progress.AuthoredDraft{Path: c.FormValue("path"), Gone: true, Message: c.FormValue("message"), Warned: c.FormValue("warned") == "1"}
	in.Base, _ = strconv.Atoi(c.FormValue("base"))
	_, err := s.progress.PublishAuthored(c.UserContext(), actor(c), in, s.press)
	if errors.Is(err, progress.ErrConflict) || err != nil && !editError(err) {
		return err
	}
	if err != nil {
		return s.showHistory(c, fiber.StatusUnprocessableEntity, in.Path, in.Message, err)
	}
	s.say(c, "contentremoved")
	return seeOther(c, "/teach/content")
}

type contentDiffPage struct {
	teachBase
	File        string
	Edit        string
	From, To    []choice
	Lines       []diffLine
	Added, Gone int
}

// contentDiff compares two texts of a file: revisions by their number, what ships, or what is published.
func (s *Server) contentDiff(c *fiber.Ctx) error {
	file := c.Query("path")
	history, err := s.progress.AuthoredHistory(c.UserContext(), actor(c), file)
	if err != nil {
		return err
	}
	shipped, ships := s.press.Shipped(file)
	if _, ok := progress.KindOfFile(file); !ok || len(history) == 0 {
		return progress.ErrNotFound
	}
	from, to := c.Query("from"), c.Query("to")
	newest := history[len(history)-1].Revision
	if to == "" {
		to = strconv.Itoa(newest)
	}
	if from == "" {
		from = "none"
		if ships {
			from = "ships"
		}
		for _, h := range history {
			if h.State == progress.AuthoredPublished && h.Revision < newest {
				from = strconv.Itoa(h.Revision)
			}
		}
	}
	page := contentDiffPage{teachBase: s.teachBase(c, s.words.get("content.diff_of", file), "content"), File: file, Edit: contentAddress("edit", file)}
	options := func(chosen string) []choice {
		var out []choice
		if ships {
			out = append(out, choice{"ships", s.words.get("content.ships"), chosen == "ships"})
		} else {
			out = append(out, choice{"none", s.words.get("content.nothing"), chosen == "none"})
		}
		for _, h := range history {
			n := strconv.Itoa(h.Revision)
			out = append(out, choice{n, s.words.get("content.revision_at", h.Revision, when(c, h.At)), chosen == n})
		}
		return out
	}
	text := func(which string) (string, error) {
		switch which {
		case "ships":
			return shipped, nil
		case "none":
			return "", nil
		}
		n, err := strconv.Atoi(which)
		if err != nil {
			return "", progress.ErrNotFound
		}
		f, err := s.progress.AuthoredRevision(c.UserContext(), actor(c), file, n)
		return f.Text, err
	}
	old, err := text(from)
	if err != nil {
		return err
	}
	now, err := text(to)
	if err != nil {
		return err
	}
	page.From, page.To = options(from), options(to)
	lines := textdiff.Compare(old, now)
	page.Added, page.Gone = textdiff.Count(lines)
	page.Lines = diffView(lines)
	return s.render(c, fiber.StatusOK, "contentdiff", page)
}
