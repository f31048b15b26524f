package grading

import (
	"fmt"
	"strings"
)

// Formula says how the figures of a result came about, in words with its own numbers: the learning score, the audit accuracy, and the
// figure of the scheme where there is another. One sentence each.
func (r *Result) Formula() []string {
	var earned, extras, order, caps Points
	for _, p := range r.Parts {
		switch {
		case p.Component == CompCap:
			caps += p.Earned
		case p.Component == CompOrder:
			order -= p.Earned
		case p.Earned < 0:
			extras -= p.Earned
		default:
			earned += p.Earned
		}
	}
	show := func(p Points) string { return fmt.Sprintf("%d.%02d", p/100, p%100) }
	s := "Learning score: your lines earned " + show(earned)
	if extras > 0 {
		s += ", less " + show(extras) + " for extra lines"
	}
	if order > 0 {
		s += ", less " + show(order) + " for their order"
	}
	switch {
	case caps > 0:
		s += ", with " + show(caps) + " given back by the caps"
	case caps < 0:
		s += ", less " + show(-caps) + " by the caps"
	}
	if extras > 0 || order > 0 || caps != 0 {
		s += ": " + show(r.Learning.Earned)
	}
	out := []string{fmt.Sprintf("%s of %s possible points = %.1f %%.", s, show(r.Learning.Possible), r.Learning.Percent)}
	c := r.Counts
	most := max(c.Entered, c.Lines)
	lines := fmt.Sprintf("the larger of %d entered and %d in the key", c.Entered, c.Lines)
	if c.Entered == c.Lines {
		lines = fmt.Sprintf("the %d entered, as many as the key has", c.Entered)
	}
	out = append(out, fmt.Sprintf("Audit accuracy: %s exactly right of %s = %.1f %%.", plural(c.Right, "line"), lines, r.AuditAccuracy))
	if r.SchemeScore == nil {
		return out
	}
	switch r.Scheme {
	case CodeOverCode:
		count := fmt.Sprintf("%s exactly right", plural(c.Right, "line"))
		if c.Half > 0 {
			count += fmt.Sprintf(" and %d with the right code only, at one half,", c.Half)
		}
		out = append(out, fmt.Sprintf("Code over code: %s make %s of %d, %s: %.1f %%.", count, strings.TrimSuffix(strings.TrimRight(show(r.SchemeScore.Earned), "0"), "."), most, lines, r.SchemeScore.Percent))
	case AllOrNothing:
		out = append(out, fmt.Sprintf("All or nothing: %d of %s right as a whole = %.1f %%.", r.SchemeScore.Earned/100, plural(int(r.SchemeScore.Possible/100), "field"), r.SchemeScore.Percent))
	}
	return out
}
