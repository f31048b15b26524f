package server

import (
	"math"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

func overridePath(id progress.AttemptID) string { return "/teach/regrade/attempts/" + string(id) }

type overridePage struct {
	teachBase
	Action   string
	Item     string
	Learner  string
	At       string
	Back     string // the result
	Question bool
	Correct  bool
	Percent  int
	Seq      int
	Lines    []overrideLine
	Held     bool // a person decided on a line
	Nothing  bool // there is nothing to decide on
	Line     string
	Points   string
	Reason   string
	Errors   map[string]string
	Gradings gradingsView
}

// overrideLine is a line that can be decided on.
type overrideLine struct {
	ID, Name, Entered string
	Earned, Possible  grading.Points
	Extra             bool
	Chosen            bool
	Held              string // the reason of the override in force, "" for none
	Grader            string // what the grader gave then
}

// override shows the lines of an attempt, and the form to decide on one by hand.
func (s *Server) override(c *fiber.Ctx) error {
	return s.showOverride(c, fiber.StatusOK, c.Query("line"), "", "", nil)
}

func (s *Server) showOverride(c *fiber.Ctx, status int, line, points, reason string, errs map[string]string) error {
	g, err := s.progress.Attempt(c.UserContext(), actor(c), progress.AttemptID(c.Params("attempt")))
	if err != nil {
		return err
	}
	page := overridePage{
		Action: overridePath(g.Attempt.ID), Item: s.itemTitle(g.Attempt.Kind, g.Attempt.Item), Learner: s.names(c)(g.Attempt.Learner), At: when(c, g.Attempt.SubmittedAt),
		Back: resultPath(g.Attempt), Question: g.Attempt.Kind == progress.KindQuestion, Correct: g.Grading.Correct, Percent: g.Grading.Percent10, Seq: g.Grading.Seq,
		Line: line, Points: points, Reason: reason, Errors: errs,
	}
	page.teachBase = s.teachBase(c, s.words.get("override.title", page.Item), "regrade")
	if errs["points"] != "" && page.Question { // its points are two buttons
		errs["points"] = s.words.get("override.no_result")
	}
	if page.Gradings, err = s.gradingsOf(c, g); err != nil {
		return err
	}
	page.Gradings.Decide = ""
	held := map[string]progress.Override{}
	if o := g.Grading.Override; o != nil {
		for _, l := range o.Lines {
			held[l.Line] = l
		}
	}
	page.Held = len(held) > 0
	if g.Attempt.Kind == progress.KindCase {
		r, err := g.Grading.CaseResult()
		if err != nil {
			return err
		}
		page.Lines = s.overrideLines(r, held, line)
	}
	page.Nothing = !page.Question && len(page.Lines) == 0
	return s.render(c, status, "override", page)
}

func (s *Server) overrideLines(r grading.Result, held map[string]progress.Override, chosen string) (out []overrideLine) {
	for _, l := range r.Lines() {
		o, by := held[l.ID]
		if l.Possible == 0 && !l.Extra && !by {
			continue
		}
		row := overrideLine{ID: l.ID, Name: l.ID, Entered: l.Entered, Earned: l.Earned, Possible: l.Possible, Extra: l.Extra, Chosen: l.ID == chosen || !l.Extra && l.ID == "+"+chosen}
		if text, ok := s.words["component."+l.ID]; ok {
			row.Name = text
		}
		if l.Extra {
			row.Name = strings.TrimPrefix(l.ID, "+")
		}
		if by {
			row.Held, row.Grader = o.Reason, formatPoints(grading.Points(o.Grader))
			if row.Held == "" {
				row.Held = "–"
			}
		}
		out = append(out, row)
	}
	return out
}

// resultPath is where the result of an attempt is shown.
func resultPath(a progress.Attempt) string {
	switch a.Kind {
	case progress.KindCase:
		return "/cases/" + a.Item + "/attempts/" + string(a.ID)
	case progress.KindAudit:
		return "/practice/audits/attempts/" + string(a.ID)
	}
	return "/practice/attempts/" + string(a.ID)
}

// decideOverride keeps what was decided on a line, or takes it back.
func (s *Server) decideOverride(c *fiber.Ctx) error {
	seq, _ := strconv.Atoi(c.FormValue("seq"))
	line, typed, reason := c.FormValue("line"), c.FormValue("points"), c.FormValue("reason")
	in := progress.OverrideInput{Attempt: progress.AttemptID(c.Params("attempt")), Line: line, Seq: seq, Undo: c.FormValue("act") == "undo", Reason: reason}
	switch points, ok := parsePoints(typed); {
	case ok:
		in.Earned = points
	case !in.Undo:
		return s.showOverride(c, fiber.StatusUnprocessableEntity, line, typed, reason, map[string]string{"points": s.words.get("override.no_points")})
	}
	_, err := s.progress.OverrideLine(c.UserContext(), actor(c), in)
	if errs := s.inputErrors(err); errs != nil {
		return s.showOverride(c, fiber.StatusUnprocessableEntity, line, typed, reason, errs)
	}
	if err != nil {
		return err
	}
	if in.Undo {
		s.say(c, "overridetaken")
	} else {
		s.say(c, "overridden")
	}
	return seeOther(c, overridePath(in.Attempt))
}

// parsePoints reads points as people write them, with a point or a comma, as hundredths.
func parsePoints(text string) (int, bool) {
	v, err := strconv.ParseFloat(strings.NewReplacer(",", ".", "−", "-").Replace(strings.TrimSpace(text)), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > 1000 {
		return 0, false
	}
	return int(math.Round(v * 100)), true
}
