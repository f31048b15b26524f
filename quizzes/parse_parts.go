package quizzes

import (
	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

func (p *caseParser) code(sys codebook.System, l markdown.Line) (codebook.Code, bool) {
	c, err := codebook.ParseCode(sys, l.Text)
	if err != nil {
		p.ps.Errorf(at(l), "bad-code", "%v", err)
		return "", false
	}
	return c, true
}

func (p *caseParser) codes(sys codebook.System, ls []markdown.Line) []codebook.Code {
	var out []codebook.Code
	for _, l := range ls {
		if c, ok := p.code(sys, l); ok {
			out = append(out, c)
		}
	}
	return out
}

func (p *caseParser) procedureCodes(ls []markdown.Line) []codebook.Code {
	var out []codebook.Code
	for _, l := range ls {
		if _, c, err := codebook.ProcedureSystem(l.Text); err != nil {
			p.ps.Errorf(at(l), "bad-code", "%v", err)
		} else {
			out = append(out, c)
		}
	}
	return out
}

func (p *caseParser) nearMiss(sys codebook.System, ms nearMisses) map[codebook.Code]int {
	var out map[codebook.Code]int
	for _, m := range ms {
		if c, ok := p.code(sys, m.code); ok {
			out = p.setNearMiss(out, c, m)
		}
	}
	return out
}

func (p *caseParser) procedureNearMiss(ms nearMisses) map[codebook.Code]int {
	var out map[codebook.Code]int
	for _, m := range ms {
		if _, c, err := codebook.ProcedureSystem(m.code.Text); err != nil {
			p.ps.Errorf(m.code.At, "bad-code", "%v", err)
		} else {
			out = p.setNearMiss(out, c, m)
		}
	}
	return out
}

func (p *caseParser) setNearMiss(out map[codebook.Code]int, c codebook.Code, m nearMiss) map[codebook.Code]int {
	if m.percent < 0 || m.percent > 99 {
		p.ps.Errorf(m.code.At, "wrong-value", "a near miss is worth 0 to 99 per cent, not %d; what is worth all stands in accept", m.percent)
	}
	if out == nil {
		out = map[codebook.Code]int{}
	}
	out[c] = m.percent
	return out
}

func (p *caseParser) evidence(fs []evidenceFile) []grading.Evidence {
	var out []grading.Evidence
	for _, f := range fs {
		if f.Text.Text == "" {
			p.ps.Errorf(max(at(f.Text), at(f.In)), "evidence", "the evidence is empty: copy words of the note")
			continue
		}
		out = append(out, grading.Evidence{Text: f.Text.Text, In: f.In.Text})
	}
	return out
}
