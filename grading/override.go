package grading

import (
	"fmt"
	"slices"
	"strconv"
)

// LineScore is a line of a graded case as a whole: all its components together.
type LineScore struct {
	ID       string // the code of the key's line; "+" and the code for one entered beside the key; the component for DRG, disposition, E/M and query; " #2" follows where a name comes again
	Entered  string // what was entered for it, "" for nothing
	Extra    bool   // entered beside the key: Earned is the penalty, 0 or less, and nothing can be earned
	Earned   Points
	Possible Points
	Findings []Finding
	parts    []int
}

// MostPenalty is the most that a line entered beside the key can cost, in hundredths of a point.
const MostPenalty Points = 200

// Lines are the lines of a graded case in the order of its parts. Penalties for order and caps are no lines.
func (r Result) Lines() []LineScore {
	var out []LineScore
	seen := map[string]int{}
	last := "" // what the line before is called without its number
	for i, p := range r.Parts {
		name, fresh := "", false
		switch p.Component {
		case CompOrder, CompCap:
			continue
		case CompExtra:
			if p.Entered == nil {
				continue
			}
			name, fresh = "+"+*p.Entered, true
		case CompDRG, CompDisposition, CompEM, CompQuery:
			name = string(p.Component)
		default:
			if p.Line == nil {
				continue
			}
			name, fresh = *p.Line, p.Component == CompCode
		}
		if n := len(out); fresh || name != last || n == 0 {
			seen[name]++
			id := name
			if k := seen[name]; k > 1 {
				id += " #" + strconv.Itoa(k)
			}
			out = append(out, LineScore{ID: id, Extra: p.Component == CompExtra})
		}
		last = name
		l := &out[len(out)-1]
		l.Earned += p.Earned
		l.Possible += p.Possible
		l.parts = append(l.parts, i)
		if p.Finding != "" {
			l.Findings = append(l.Findings, p.Finding)
		}
		if p.Entered != nil && l.Entered == "" {
			l.Entered = *p.Entered
		}
	}
	return out
}

// OverrideError says why a line cannot have other points.
type OverrideError struct{ Reason string }

func (e *OverrideError) Error() string { return e.Reason }

// Override is the result with other points for one of its Lines: a person's word in the place of the grader's. What is given
// goes to the components in their order, what is taken comes off the last first. A component that has all its points, and a penalty that is lifted, has no finding any
// more; so a line with all its points counts as exactly right and a lifted one as not entered. The score with its caps, audit accuracy,
// clean and the figure of the scheme follow by the rules that they always follow. POA accuracy, the payment and what the edits say stay:
// they rest on the codes that were entered. The points must be 0 to what is possible, for an extra line the penalty from -MostPenalty to 0;
// else, and for a line that is not there, *OverrideError.
func (r Result) Override(line string, earned Points) (Result, error) {
	lines := r.Lines()
	at := slices.IndexFunc(lines, func(l LineScore) bool { return l.ID == line })
	if at < 0 {
		return r, &OverrideError{fmt.Sprintf("The result has no line %q.", line)}
	}
	l := lines[at]
	switch {
	case l.Extra && (earned > 0 || earned < -MostPenalty):
		return r, &OverrideError{fmt.Sprintf("A code beside the key can cost from 0 to %s points.", printPoints(MostPenalty))}
	case !l.Extra && (earned < 0 || earned > l.Possible):
		return r, &OverrideError{fmt.Sprintf("The line can have from 0 to %s points.", printPoints(l.Possible))}
	case l.Possible == 0 && !l.Extra:
		return r, &OverrideError{"The line carries no points."}
	}
	before := r.mark(l)
	lifted := l.Extra && earned == 0 && len(l.Findings) > 0
	dropped := l.Extra && earned < 0 && len(l.Findings) == 0
	r.Parts = slices.Clone(r.Parts)
	why := fmt.Sprintf("A person gave this line %s of %s points, where the grader had %s.", printPoints(earned), printPoints(l.Possible), printPoints(l.Earned))
	if l.Extra {
		why = fmt.Sprintf("A person let this code cost %s points, where the grader had %s.", printPoints(-earned), printPoints(-l.Earned))
	}
	whole := earned == l.Possible // the line is held against nobody any more, not even where it cost nothing
	give := earned - l.Earned
	for n := range l.parts {
		p := &r.Parts[l.parts[n]]
		if give < 0 {
			p = &r.Parts[l.parts[len(l.parts)-1-n]]
		}
		got := p.Earned
		switch {
		case l.Extra || give > 0 && got+give <= p.Possible || give < 0 && got+give >= 0:
			got += give
		case give > 0:
			got = p.Possible
		case give < 0:
			got = 0
		}
		give -= got - p.Earned
		freed := p.Finding != "" && got == p.Possible && (whole || got != p.Earned)
		if got == p.Earned && !freed {
			continue
		}
		p.Earned, p.Why = got, why
		if freed {
			p.Finding, p.KeyWord, p.Reached = "", false, nil
		}
	}
	after := r.mark(r.Lines()[at])
	r.Counts.Right += bit(after == allRight) - bit(before == allRight)
	r.Counts.Half += bit(after == rightCode) - bit(before == rightCode)
	r.Counts.Entered += bit(dropped) - bit(lifted)
	r.count()
	return r, nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// mark is how a line counts in an audit, read off its parts: pointers, POA, evidence and lines without points do not count.
func (r Result) mark(l LineScore) mark {
	code, rest, counts := false, true, false
	for _, i := range l.parts {
		p := r.Parts[i]
		full := p.Earned == p.Possible
		switch p.Component {
		case CompCode:
			code, counts = full, p.Possible > 0
		case CompPosition, CompModifiers, CompUnits:
			rest = rest && full
		}
	}
	switch {
	case !counts || !code:
		return wrong
	case rest:
		return allRight
	}
	return rightCode
}

// count works the figures out anew that follow from parts and counts.
func (r *Result) count() {
	parts := r.Parts[:0:0]
	var earned, possible, penalties Points
	for _, p := range r.Parts {
		if p.Component == CompCap {
			continue
		}
		parts = append(parts, p)
		possible += p.Possible
		if p.Earned < 0 {
			penalties -= p.Earned
		} else {
			earned += p.Earned
		}
	}
	t := tally{entered: r.Counts.Entered, lines: r.Counts.Lines, right: r.Counts.Right, half: r.Counts.Half}
	caps, score := capsOf(t, &Standard, earned, possible, penalties)
	r.Parts = append(parts, caps...)
	r.Learning = Score{Earned: score, Possible: possible, Percent: percent(int64(score), int64(possible))}
	if possible == 0 && penalties > 0 {
		r.Learning.Percent = 0
	}
	r.AuditAccuracy = percent(int64(t.right), int64(t.most()))
	r.Clean = !slices.ContainsFunc(r.Parts, func(p Part) bool {
		return p.Finding != "" || p.Component == CompCap || p.Earned != p.Possible
	})
	if r.SchemeScore == nil {
		return
	}
	s := Score{Earned: r.Learning.Earned, Possible: r.Learning.Possible}
	switch r.Scheme {
	case CodeOverCode:
		s.Earned, s.Possible = Points(100*t.right+50*t.half), Points(100*t.most())
	case AllOrNothing:
		s.Earned, s.Possible = r.fields(t)
	}
	s.Percent = percent(int64(s.Earned), int64(s.Possible))
	r.SchemeScore = &s
}

// fields counts what AllOrNothing counts, as the function fields does, of a result that was read back and knows no places of lines.
func (r Result) fields(t tally) (earned, possible Points) {
	for _, l := range r.Lines() {
		right := map[Component]bool{}
		for _, i := range l.parts {
			p := r.Parts[i]
			if p.Possible == 0 {
				continue
			}
			c := p.Component
			switch c {
			case CompPosition, CompModifiers, CompUnits, CompPointers:
				c = CompCode
			}
			if _, ok := right[c]; !ok {
				right[c] = true
			}
			right[c] = right[c] && p.Earned == p.Possible
		}
		for _, ok := range right {
			possible += 100
			if ok {
				earned += 100
			}
		}
	}
	if more := t.entered - t.lines; more > 0 {
		possible += Points(100 * more)
	}
	return earned, possible
}

// printPoints prints points as people read them: 2.5 for 250 hundredths.
func printPoints(p Points) string { return strconv.FormatFloat(float64(p)/100, 'f', -1, 64) }
