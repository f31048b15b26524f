package quizzes

import (
	"slices"
	"strings"

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

// The words of the medical decision making table; the second one of a column's names is what the other columns call the same level.
var (
	emProblems = []string{"straightforward", "minimal", "low", "moderate", "high"}
	emData     = []string{"straightforward", "minimal", "limited", "low", "moderate", "extensive", "high"}
	emRisk     = []string{"straightforward", "minimal", "low", "moderate", "high"}
)

func (p *caseParser) em(k *grading.Key, f *keyFile) {
	if f.EM == nil {
		if k.Ask.EM && f == &p.f.Key {
			p.ps.Errorf(keyLine(f), "missing-key", "the case asks for em and the key does not give it: em: {problems: moderate, data: limited, risk: moderate} or {minutes: 35}")
		}
		return
	}
	e := f.EM
	line := max(at(e.Problems), at(e.Data), at(e.Risk))
	if !k.Ask.EM {
		p.ps.Errorf(line, "not-asked", "the key gives em, and the case does not ask for it")
	}
	column := func(l markdown.Line, name string, words []string) string {
		v := strings.ToLower(l.Text)
		if e.Minutes == 0 && !slices.Contains(words, v) || v != "" && !slices.Contains(words, v) {
			p.ps.Errorf(max(at(l), line), "wrong-value", "%s of em is one of %s, not %q", name, strings.Join(words, ", "), l.Text)
		}
		return v
	}
	if e.Minutes < 0 || e.Minutes > 1440 {
		p.ps.Errorf(line, "wrong-value", "the minutes of em lie between 1 and 1440, not %d", e.Minutes)
	}
	k.EM = &grading.EM{
		Problems: column(e.Problems, "problems", emProblems), Data: column(e.Data, "data", emData), Risk: column(e.Risk, "risk", emRisk),
		Minutes: e.Minutes, Evidence: p.evidence(e.Evidence), Why: e.Why.Text, Cites: texts(e.Cites),
	}
}

// StandardReasons are the reasons for a query that a case offers when it lists none. They follow the occasions that the AHIMA and ACDIS
// practice brief on compliant queries names, in our words.
var StandardReasons = []string{
	"abnormal findings without a diagnosis",
	"cause and effect unclear",
	"clinical validity in doubt",
	"conflicting documentation",
	"present on admission unclear",
	"specificity missing",
	"treatment without a diagnosis",
}

func (p *caseParser) query(k *grading.Key, f *keyFile) {
	q := f.Query
	if q == nil {
		// A key without a query says that none is called for; what is offered is then the standard list.
		if k.Ask.Query && f == &p.f.Key {
			p.c.Offer.Reasons = slices.Clone(StandardReasons)
		}
		return
	}
	line := max(at(q.Reason), lineOf(q.Reasons))
	if !k.Ask.Query {
		p.ps.Errorf(line, "not-asked", "the key gives a query, and the case does not ask for it")
	}
	reasons := texts(q.Reasons)
	if len(reasons) == 0 {
		reasons = slices.Clone(StandardReasons)
	}
	if q.Reason.Text != "" && !slices.Contains(reasons, q.Reason.Text) {
		reasons = append(reasons, q.Reason.Text)
	}
	slices.Sort(reasons)
	var wordings []grading.QueryOption
	var offered []string
	ok := 0
	for _, o := range q.Options {
		if o.Text.Text == "" || slices.Contains(offered, o.Text.Text) {
			p.ps.Errorf(at(o.Text), "wrong-value", "a wording of the query is empty or stands twice")
		}
		if o.OK && o.Leading {
			p.ps.Errorf(at(o.Text), "wrong-value", "a leading wording is never compliant: take out ok or leading")
		}
		if o.OK {
			ok++
		}
		offered = append(offered, o.Text.Text)
		wordings = append(wordings, grading.QueryOption{Text: o.Text.Text, OK: o.OK, Leading: o.Leading, Why: o.Why.Text})
	}
	if f == &p.f.Key {
		p.c.Offer = Offer{Reasons: reasons, Wordings: offered}
	}
	if q.Ask != nil && !*q.Ask {
		return
	}
	if q.Reason.Text == "" {
		p.ps.Errorf(line, "missing-key", "the query has no reason")
	}
	if len(q.Indicators) == 0 {
		p.ps.Errorf(line, "missing-key", "the query has no indicators: copy the words of the note that call for it")
	}
	if len(wordings) < 2 || ok == 0 {
		p.ps.Errorf(line, "missing-key", "the query wants two or more wordings in options, at least one of them with ok: true")
	}
	var indicators []string
	for _, e := range p.evidence(q.Indicators) {
		indicators = append(indicators, e.Text)
	}
	k.Query = &grading.Query{Reason: q.Reason.Text, Reasons: reasons, Indicators: indicators, Options: wordings, Why: q.Why.Text, Cites: texts(q.Cites)}
}
