package server

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/lessons/markdown"
	"crosswalk/progress"
)

// Authoring tells how the files of the content stand while somebody works on them.
type Authoring interface {
	State() AuthorState
	// Wait answers once the state has moved on from what after says, or ctx ends.
	Wait(ctx context.Context, after int) AuthorState
}

// AuthorState is how the files of the content stand.
type AuthorState struct {
	Moves    int                // counts up with each change of what is below
	Content  int                // counts up when the content was read again
	Problems []markdown.Problem // of the files that authors work on, by file and line
	Old      []string           // files that are broken, of which the last sound text is served
}

// mostProblems is how many problems a page tells of.
const mostProblems = 12

// changesWait is how long a page waits for a change before it asks again.
const changesWait = 10 * time.Second

// authorView is what a page tells its author.
type authorView struct {
	Moves, Content int
	Problems       []problemView
	More           int
	Old            []string
	Posted         bool // the page answers a form: to load it again would send the form again
}

type problemView struct {
	At      string // file:line, which editors can jump to
	Error   bool
	Message string
}

// authors reports whether the one who looks works on the content.
func (s *Server) authors(c *fiber.Ctx) bool {
	if s.authoring == nil {
		return false
	}
	if s.allAuthors {
		return true
	}
	return actor(c).MayAuthor()
}

func (s *Server) authorView(c *fiber.Ctx) *authorView {
	if !s.authors(c) {
		return nil
	}
	v := viewOf(s.authoring.State())
	v.Posted = c.Method() == fiber.MethodPost
	return &v
}

func viewOf(st AuthorState) authorView {
	v := authorView{Moves: st.Moves, Content: st.Content, Old: st.Old}
	// Errors come first: a list cut short must not hide them.
	for _, errors := range []bool{true, false} {
		for _, p := range st.Problems {
			if (p.Severity == markdown.Error) != errors {
				continue
			}
			if len(v.Problems) == mostProblems {
				v.More++
				continue
			}
			v.Problems = append(v.Problems, problemView{At: fmt.Sprintf("%s:%d", p.File, p.Line), Error: errors, Message: p.Message})
		}
	}
	return v
}

// contentChanges answers once the content has moved on from what the page knows, or after a while that it has not.
func (s *Server) contentChanges(c *fiber.Ctx) error {
	if !s.authors(c) {
		return fiber.ErrNotFound
	}
	after, err := strconv.Atoi(c.Query("after"))
	if err != nil {
		return &progress.InputError{Field: "after", Reason: "after is the number that the last answer gave."}
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), changesWait)
	defer cancel()
	go func() {
		select {
		case <-s.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	st := s.authoring.Wait(ctx, after)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(fiber.Map{"moves": st.Moves, "content": st.Content})
}
