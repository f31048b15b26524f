package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"crosswalk/grading"
)

// Override is a person's word on one line of one attempt.
type Override struct {
	Line   string    `json:"line,omitempty"` // grading.LineScore.ID; "" for a question
	Earned int       `json:"earned"`         // hundredths of a point: of a line, of a question 100 or 0
	Grader int       `json:"grader"`         // what the grader gave when it was decided
	Reason string    `json:"reason"`
	By     LearnerID `json:"by,omitempty"` // "" for the operator
}

// Overridden is what a grading holds where people decided on lines: their word, and what the grader said by itself.
//
// An override is about the answer, and so it outlives the key. A regrade judges the answer by the key in force and puts the override on
// it again: one that gave more than the grader did is the least that the line gets, one that gave less the most. So a mended key that is
// kinder than the override counts, and one that is not does not take away what a person gave. Where the line is no longer in the result the
// override has no effect, and it is kept for a key that has the line again.
type Overridden struct {
	Lines  []Override      `json:"lines"`
	Result json.RawMessage `json:"result"` // the grader's own
}

// OverrideInput is what an instructor decides on a line.
type OverrideInput struct {
	Attempt AttemptID
	Line    string // of Lines; "" for a question
	Seq     int    // the grading that the instructor looked at
	Earned  int    // hundredths of a point
	Undo    bool   // take the override of the line back
	Reason  string
}

// OverrideLine gives one line of one attempt another result and keeps it as a grading of its own, which counts from now on; the ones before
// it stay. It is undone by another, with Undo. Attempts at questions have one line, "", with 100 or 0; those at cases the lines of their
// result. Instructors and admins for learners of their organisation, else ErrForbidden or ErrNotFound; ErrConflict when the attempt has been
// graded since the instructor looked; InputErrors of line, points and reason.
func (s *Service) OverrideLine(ctx context.Context, a Actor, in OverrideInput) (Grading, error) {
	if !a.teaches() {
		return Grading{}, fmt.Errorf("override: %w", ErrForbidden)
	}
	got, err := s.Attempt(ctx, a, in.Attempt)
	if err != nil {
		return Grading{}, err
	}
	was := got.Grading
	if was.Seq != in.Seq {
		return Grading{}, fmt.Errorf("override of %s: %w", in.Attempt, ErrConflict)
	}
	in.Reason = strings.TrimSpace(in.Reason)
	var problems InputErrors
	if n := utf8.RuneCountInString(in.Reason); n < MinReason || n > MaxRegradeReason {
		problems = append(problems, &InputError{"reason", "Say in a sentence why this is decided by hand: the learner sees it."})
	}
	g, e := s.overridden(got.Attempt.Kind, was, in, a.Learner)
	if e != nil {
		problems = append(problems, e)
	}
	if err := asInput(problems); err != nil {
		return Grading{}, err
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return Grading{}, err
	}
	g.ID, g.Seq, g.Reason, g.By, g.At = GradingID(id), was.Seq+1, in.Reason, gradedBy(a), now
	action := "grading.override"
	if in.Undo {
		action = "grading.override_undo"
	}
	entry, err := s.entry(a, action, string(in.Attempt), strings.TrimSpace(fmt.Sprintf("%s %d -> %d", in.Line, was.Percent10, g.Percent10)))
	if err != nil {
		return Grading{}, err
	}
	err = s.st.AppendByHand(ctx, a.org(), g, entry)
	if errors.Is(err, ErrDuplicate) { // in the same moment
		err = ErrConflict
	}
	if err != nil {
		return Grading{}, fmt.Errorf("override of %s: %w", in.Attempt, err)
	}
	return g, nil
}

// gradedBy is who is kept with a grading.
func gradedBy(a Actor) string {
	if a.Learner == "" {
		return bySystem
	}
	return string(a.Learner)
}

// overridden is a grading with the override of a line set or taken back.
func (s *Service) overridden(kind ItemKind, was Grading, in OverrideInput, by LearnerID) (Grading, *InputError) {
	own := was
	var list []Override
	if was.Override != nil {
		own.Result, list = was.Override.Result, slices.Clone(was.Override.Lines)
	}
	at := slices.IndexFunc(list, func(o Override) bool { return o.Line == in.Line })
	switch {
	case in.Undo && at < 0:
		return was, &InputError{"line", "Nobody has decided on this line: there is nothing to take back."}
	case in.Undo:
		list = slices.Delete(list, at, at+1)
	default:
		grader, bad := checkOverride(kind, own, in)
		if bad != nil {
			return was, bad
		}
		o := Override{Line: in.Line, Earned: in.Earned, Grader: grader, Reason: in.Reason, By: by}
		if at >= 0 {
			list[at] = o
		} else {
			list = append(list, o)
		}
	}
	g, err := withOverrides(kind, own, list)
	if err != nil {
		return was, &InputError{"line", "The kept result cannot be read: grade the item anew first."}
	}
	return g, nil
}

// checkOverride says what the grader gave the line that is decided on.
func checkOverride(kind ItemKind, own Grading, in OverrideInput) (grader int, bad *InputError) {
	switch kind {
	case KindQuestion:
		r, err := own.ItemResult()
		switch {
		case err != nil || in.Line != "":
			return 0, &InputError{"line", "A question is right or wrong as a whole."}
		case in.Earned != 0 && in.Earned != 100:
			return 0, &InputError{"points", "Say whether the answer is right or wrong."}
		case r.Correct:
			return 100, nil
		}
		return 0, nil
	case KindCase:
		r, err := own.CaseResult()
		if err != nil || len(r.Parts) == 0 {
			return 0, &InputError{"line", "Nothing was answered, so there is no line to decide on."}
		}
		lines := r.Lines()
		at := slices.IndexFunc(lines, func(l grading.LineScore) bool { return l.ID == in.Line })
		if at < 0 {
			return 0, &InputError{"line", "The result has no such line."}
		}
		var wrong *grading.OverrideError
		if _, err := r.Override(in.Line, grading.Points(in.Earned)); errors.As(err, &wrong) {
			return 0, &InputError{"points", wrong.Reason}
		}
		return int(lines[at].Earned), nil
	}
	return 0, &InputError{"line", "An audit drill is not decided by hand: mend the chart's key and grade it anew."}
}

// withOverrides puts overrides on a grading that holds the grader's own result.
func withOverrides(kind ItemKind, own Grading, list []Override) (Grading, error) {
	g := own
	g.Override = nil
	var result any
	switch kind {
	case KindQuestion:
		r, err := own.ItemResult()
		if err != nil {
			return own, err
		}
		for _, o := range list {
			if right := o.Earned > 0; o.holds(bitOf(r.Correct)) && right != r.Correct {
				r.Correct, r.Earned = right, 0
				if right {
					r.Earned = r.Possible
				}
			}
		}
		g.judgedQuestion(r)
		if r.Correct {
			g.Findings = nil
		}
		result = r
	case KindCase:
		r, err := own.CaseResult()
		if err != nil {
			return own, err
		}
		for _, o := range list {
			for _, l := range r.Lines() {
				if l.ID != o.Line || !o.holds(int(l.Earned)) {
					continue
				}
				if next, err := r.Override(o.Line, o.within(l)); err == nil {
					r = next
				}
			}
		}
		g.judgedCase(r, r.Learning)
		result = r
	default:
		return own, nil
	}
	if len(list) == 0 {
		return g, nil
	}
	g.Override = &Overridden{Lines: list, Result: own.Result}
	var err error
	g.Result, err = json.Marshal(result)
	return g, err
}

func bitOf(right bool) int {
	if right {
		return 100
	}
	return 0
}

// holds reports whether the override has an effect where the grader gives so much.
func (o Override) holds(grader int) bool {
	if o.Earned >= o.Grader {
		return grader <= o.Earned
	}
	return grader >= o.Earned
}

// within is what the override gives a line that may by now be worth more or less.
func (o Override) within(l grading.LineScore) grading.Points {
	if l.Extra {
		return max(-grading.MostPenalty, min(0, grading.Points(o.Earned)))
	}
	return max(0, min(l.Possible, grading.Points(o.Earned)))
}

// lineless counts overrides whose line a result does not have.
func (g Grading) lineless() (n int) {
	if g.Override == nil {
		return 0
	}
	r, err := g.CaseResult()
	if err != nil {
		return 0
	}
	lines := r.Lines()
	for _, o := range g.Override.Lines {
		if o.Line != "" && !slices.ContainsFunc(lines, func(l grading.LineScore) bool { return l.ID == o.Line }) {
			n++
		}
	}
	return n
}

// judgedQuestion sets what a grading says of a question besides its result.
func (g *Grading) judgedQuestion(r grading.ItemResult) {
	g.Earned, g.Possible, g.Correct, g.AuditTenths, g.Findings = int(r.Earned), int(r.Possible), r.Correct, 0, nil
	g.Percent10 = tenths(int(r.Earned), int(r.Possible))
	if r.Correct {
		g.AuditTenths = 1000
	}
	for _, p := range r.Parts {
		if p.Finding != "" {
			g.Findings = append(g.Findings, string(p.Finding))
		}
	}
}

// judgedCase sets what a grading says of a case besides its result, by the score that counts.
func (g *Grading) judgedCase(r grading.Result, score grading.Score) {
	g.Earned, g.Possible, g.Correct = int(score.Earned), int(score.Possible), r.Clean
	g.Percent10 = int(math.Round(score.Percent * 10))
	g.AuditTenths = int(math.Round(r.AuditAccuracy * 10))
	g.Findings = nil
	for _, p := range r.Parts {
		if p.Finding != "" {
			g.Findings = append(g.Findings, string(p.Finding))
		}
	}
	g.Missed = missedOf(r)
}
