package server

import (
	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

// gradingsView tells how an answer was graded, where that was more than once: the old gradings stay beside the one that counts.
type gradingsView struct {
	Rows   []gradingView // oldest first, none where there is one
	Decide string        // address where staff decide on lines by hand, "" for others
}

// gradingView is one grading of an answer.
type gradingView struct {
	At, By, Reason string
	Percent        int // tenths
	Correct        bool
	Case           bool // Percent is the learning score
	Counts         bool // it is the newest
	First          bool
	ByHand         int // lines that a person decided
	Moves          []lineMove
}

// lineMove is a line that has other points than in the grading before.
type lineMove struct{ Line, Before, Now, Of string }

// gradingsOf lists the gradings of an attempt for whoever may see it.
func (s *Server) gradingsOf(c *fiber.Ctx, g progress.Graded) (gradingsView, error) {
	var v gradingsView
	if actor(c).MaySetExams() && g.Attempt.Kind != progress.KindAudit {
		v.Decide = overridePath(g.Attempt.ID)
	}
	if g.Grading.Seq < 2 {
		return v, nil
	}
	all, err := s.progress.Gradings(c.UserContext(), actor(c), g.Attempt.ID)
	if err != nil {
		return v, err
	}
	for i, x := range all {
		row := gradingView{
			At: when(c, x.At), By: s.gradedBy(x), Percent: x.Percent10, Correct: x.Correct, Case: g.Attempt.Kind == progress.KindCase, Counts: i == len(all)-1, First: x.Seq == 1,
		}
		if x.Seq > 1 {
			row.Reason = x.Reason
		}
		if x.Override != nil {
			row.ByHand = len(x.Override.Lines)
		}
		if i > 0 && row.Case {
			row.Moves = lineMoves(all[i-1], x)
		}
		v.Rows = append(v.Rows, row)
	}
	return v, nil
}

// gradedBy says who graded as a learner is told: the grader, or an instructor.
func (s *Server) gradedBy(g progress.Grading) string {
	switch g.By {
	case "grader", "operator", "import":
		return s.words.get("gradings.by_" + g.By)
	}
	return s.words.get("gradings.by_instructor")
}

// lineMoves compares two gradings of an answer to a chart line by line.
func lineMoves(before, now progress.Grading) []lineMove {
	was, err := before.CaseResult()
	if err != nil {
		return nil
	}
	is, err := now.CaseResult()
	if err != nil {
		return nil
	}
	old := map[string]grading.LineScore{}
	for _, l := range was.Lines() {
		old[l.ID] = l
	}
	var out []lineMove
	for _, l := range is.Lines() {
		o, there := old[l.ID]
		delete(old, l.ID)
		m := lineMove{Line: l.ID, Before: "–", Now: formatPoints(l.Earned), Of: formatPoints(l.Possible)}
		if there {
			if o.Earned == l.Earned && o.Possible == l.Possible {
				continue
			}
			m.Before = formatPoints(o.Earned)
		}
		out = append(out, m)
	}
	for _, l := range was.Lines() {
		if _, gone := old[l.ID]; gone {
			out = append(out, lineMove{Line: l.ID, Before: formatPoints(l.Earned), Now: "–"})
		}
	}
	return out
}
