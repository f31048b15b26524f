package server

import (
	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

// disputeSection is what a learner said against the key that graded an answer outside of an exam, with the answers, and the form to say
// something.
type disputeSection struct {
	Path     string
	CSRF     string
	Own      bool // the viewer may dispute
	Said     []disputeView
	Lines    []string // of a chart that have no dispute yet
	Whole    bool     // nor has the item
	Open     bool     // the form was sent and came back
	Line     string
	Reason   string
	Citation string
	Errors   map[string]string
}

// disputeSection gathers the disputes of an attempt; r is the result of a chart, nil for others.
func (s *Server) disputeSection(c *fiber.Ctx, g progress.Graded, r *grading.Result, form disputeForm) (disputeSection, error) {
	v := disputeSection{Path: resultPath(g.Attempt) + "/dispute", Own: g.Attempt.Learner == actor(c).Learner, Whole: true}
	v.CSRF, _ = c.Locals(localCSRF).(string)
	if !v.Own { // staff have the queue
		return v, nil
	}
	said, err := s.progress.OwnDisputes(c.UserContext(), actor(c), g.Attempt.ID)
	if err != nil {
		return v, err
	}
	taken := map[string]bool{}
	for _, d := range said {
		v.Said = append(v.Said, s.disputeView(d, 0, "", viewer(c).Learner.Location()))
		taken[d.Line] = true
	}
	v.Whole = !taken[""]
	if r != nil {
		for _, l := range r.Lines() {
			name := lineCode(*r, l)
			if name != "" && !taken[name] {
				taken[name] = true
				v.Lines = append(v.Lines, name)
			}
		}
	}
	if form.errors != nil {
		v.Open, v.Line, v.Reason, v.Citation, v.Errors = true, form.line, form.reason, form.citation, form.errors
	}
	return v, nil
}

// lineCode is the code by which a line is disputed, "" for the DRG, the grid and the like.
func lineCode(r grading.Result, l grading.LineScore) string {
	for _, p := range r.Parts {
		if l.Extra && p.Component == grading.CompExtra && p.Entered != nil && "+"+*p.Entered == l.ID {
			return *p.Entered
		}
		if !l.Extra && p.Component == grading.CompCode && p.Line != nil && *p.Line == l.ID {
			return *p.Line
		}
	}
	return ""
}

func disputeFormOf(c *fiber.Ctx) disputeForm {
	return disputeForm{line: c.FormValue("line"), reason: c.FormValue("reason"), citation: c.FormValue("citation")}
}

// keepDispute keeps what is said against the key of an answer, and shows the result again where it cannot be kept.
func (s *Server) keepDispute(c *fiber.Ctx, kind progress.ItemKind, again func(g progress.Graded, form disputeForm) error) error {
	g, err := s.progress.Attempt(c.UserContext(), actor(c), progress.AttemptID(c.Params("attempt")))
	if err != nil {
		return err
	}
	if g.Attempt.Kind != kind {
		return progress.ErrNotFound
	}
	form := disputeFormOf(c)
	_, err = s.progress.Dispute(c.UserContext(), actor(c), g.Attempt.ID, form.line, form.reason, form.citation)
	if form.errors = s.inputErrors(err); form.errors != nil {
		return again(g, form)
	}
	if err != nil {
		return err
	}
	s.say(c, "disputed")
	return seeOther(c, resultPath(g.Attempt)+"#disputes")
}

// disputeAnswer keeps a dispute of an answered question.
func (s *Server) disputeAnswer(c *fiber.Ctx) error {
	return s.keepDispute(c, progress.KindQuestion, func(g progress.Graded, form disputeForm) error {
		q, err := s.bank().Question(g.Attempt.Item)
		if err != nil {
			return err
		}
		return s.showResult(c, fiber.StatusUnprocessableEntity, q, g, form)
	})
}

// disputeCase keeps a dispute of a coded chart, or of a line of it.
func (s *Server) disputeCase(c *fiber.Ctx) error {
	return s.keepDispute(c, progress.KindCase, func(g progress.Graded, form disputeForm) error {
		return s.showCaseResult(c, fiber.StatusUnprocessableEntity, g, form)
	})
}
