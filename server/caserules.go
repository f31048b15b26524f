package server

import (
	"crosswalk/codebook"
	"crosswalk/grading"
)

// answerRule is one rule on the answer itself, as the page of a graded case shows it.
type answerRule struct {
	grading.Rule
	Codes        []codebook.Ref
	FindingTitle string
	Cites        []citeView
	Line         string // the key's line whose words of the note decide it, "" when none do; its marks in the chart are the rule's too
}

func (s *Server) answerRules(rules []grading.Rule, lines []resultLine, on codebook.Date) []answerRule {
	var out []answerRule
	for _, r := range rules {
		v := answerRule{Rule: r, FindingTitle: s.findingTitle(r.Finding), Cites: s.cites(r.Cites)}
		for _, code := range r.Entered {
			v.Codes = append(v.Codes, s.refOf(code, on))
		}
		for _, l := range lines {
			if v.Line == "" && len(r.Evidence) > 0 && contains(l.Evidence, r.Evidence[0]) {
				v.Line = l.ID
			}
		}
		out = append(out, v)
	}
	return out
}

// partCites are the citations of a part; the last says so where nothing among them can be looked up.
func (s *Server) partCites(p grading.Part) []citeView {
	cites := s.cites(p.Cites)
	if p.KeyWord {
		cites = append(cites, citeView{Text: s.words.get("rules.key_word")})
	}
	return cites
}
