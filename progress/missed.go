package progress

import (
	"encoding/json"
	"strings"

	"crosswalk/grading"
)

// missedOf lists the parts of a graded case that have a finding, each pair of line and finding once, in the order of the parts.
func missedOf(r grading.Result) []MissedLine {
	out := []MissedLine{}
	seen := map[MissedLine]bool{}
	for _, p := range r.Parts {
		if p.Finding == "" {
			continue
		}
		m := MissedLine{Finding: string(p.Finding)}
		switch {
		case p.Line != nil:
			m.Line = word(*p.Line)
		case p.Entered != nil:
			m.Line = "+" + word(*p.Entered)
		}
		if !seen[m] {
			seen[m] = true
			out = append(out, m)
		}
	}
	return out
}

// word keeps a code in one piece: what a learner entered may hold blanks, and a blank or a bar ends a word where these are kept.
func word(code string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == '|' || r == '/' {
			return '_'
		}
		return r
	}, code)
}

// MissedIn reads the parts that were missed off the result of a case, as gradings do that keep none; empty for what is no such result.
func MissedIn(result json.RawMessage) []MissedLine {
	var r grading.Result
	if len(result) == 0 || json.Unmarshal(result, &r) != nil {
		return []MissedLine{}
	}
	return missedOf(r)
}
