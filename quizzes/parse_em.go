package quizzes

import (
	"slices"
	"strings"

	"crosswalk/grading"
)

// The words of the medical decision making table; the second one of a column's names is what the other columns call the same level.
var (
	emProblems = []string{"straightforward", "minimal", "low", "moderate", "high"}
	emData     = []string{"straightforward", "minimal", "limited", "low", "moderate", "extensive", "high"}
	emRisk     = []string{"straightforward", "minimal", "low", "moderate", "high"}
)

// em reads the part of a key about the level of a visit: the grid or the minutes of a practitioner, or the criteria of a facility.
func (p *caseParser) em(k *grading.Key, f *keyFile) {
	own := f == &p.f.Key
	facility := p.claimKnown && k.Bills == grading.Facility
	if facility && k.Ask.EM && own {
		p.ps.Errorf(lineOf(p.f.Ask), "wrong-value", "a facility's visit has no grid to ask for: take em out of ask, and state the hospital's criteria in the chart or in em: {criteria: ...}")
	}
	if f.EM == nil {
		if k.Ask.EM && own && !facility {
			p.ps.Errorf(keyLine(f), "missing-key", "the case asks for em and the key does not give it: em: {problems: moderate, data: limited, risk: moderate} or {minutes: 35}")
		}
		return
	}
	e := f.EM
	k.EM = &grading.EM{Minutes: e.Minutes, Criteria: e.Criteria.Text, Evidence: p.evidence(e.Evidence), Why: e.Why.Text, Cites: texts(e.Cites)}
	columns := []struct {
		name  string
		file  *emColumnFile
		words []string
		level *string
	}{
		{"problems", &e.Problems, emProblems, &k.EM.Problems}, {"data", &e.Data, emData, &k.EM.Data}, {"risk", &e.Risk, emRisk, &k.EM.Risk},
	}
	if facility || e.Criteria.Text != "" {
		p.facilityEM(k, e, facility)
		if own {
			p.c.Offer.Criteria = e.Criteria.Text
		}
		return
	}
	if !k.Ask.EM {
		p.ps.Errorf(e.line, "not-asked", "the key gives em, and the case does not ask for it")
	}
	if e.Minutes < 0 || e.Minutes > 1440 {
		p.ps.Errorf(e.line, "wrong-value", "the minutes of em lie between 1 and 1440, not %d", e.Minutes)
	}
	for _, c := range columns {
		*c.level = strings.ToLower(c.file.Level.Text)
		if (e.Minutes == 0 || *c.level != "") && !slices.Contains(c.words, *c.level) {
			p.ps.Errorf(max(c.file.Level.At, c.file.line, e.line), "wrong-value", "%s of em is one of %s, not %q", c.name, strings.Join(c.words, ", "), c.file.Level.Text)
		}
		if len(c.file.Evidence) == 0 && c.file.Why.Text == "" {
			continue
		}
		if *c.level == "" && e.Minutes > 0 {
			p.ps.Errorf(c.file.line, "wrong-value", "%s has evidence or a why and no level: write {level: moderate, evidence: [...], why: ...}", c.name)
		}
		if k.EM.Columns == nil {
			k.EM.Columns = map[string]grading.EMColumn{}
		}
		k.EM.Columns[c.name] = grading.EMColumn{Evidence: p.evidence(c.file.Evidence), Why: c.file.Why.Text}
	}
}

// facilityEM looks at the criteria of a facility's visit, which stand in place of the grid.
func (p *caseParser) facilityEM(k *grading.Key, e *emFile, facility bool) {
	switch {
	case !p.claimKnown: // reported; the rule hangs on it
	case !facility:
		p.ps.Errorf(at(e.Criteria), "wrong-value", "criteria are a facility's; a practitioner's visit goes by the columns or the minutes: em: {problems: moderate, data: limited, risk: moderate}")
	case k.InpatientFacility():
		p.ps.Errorf(e.line, "wrong-value", "an inpatient stay has no visit to level: take em out of the key")
	case e.Problems.line > 0 || e.Data.line > 0 || e.Risk.line > 0 || e.Minutes != 0:
		p.ps.Errorf(e.line, "wrong-value", "a facility's visit goes by the hospital's own criteria, not by medical decision making or time: em: {criteria: ...}")
	case e.Criteria.Text == "":
		p.ps.Errorf(e.line, "missing-key", "em of a facility's visit wants the hospital's criteria: em: {criteria: ...}")
	}
}

// checkEM looks for what only the chart and the whole key tell: words of the columns that the note does not have, and a grid that leads to
// another code than the key's own.
func (k *caseCheck) checkEM(key *grading.Key, f *keyFile) {
	if f.EM == nil {
		return
	}
	for _, es := range [][]evidenceFile{f.EM.Evidence, f.EM.Problems.Evidence, f.EM.Data.Evidence, f.EM.Risk.Evidence} {
		k.quotes = append(k.quotes, es...)
	}
	k.cites(f.EM.Cites)
	if supports, code, ok := key.EMLevel(); !ok {
		k.ps.Errorf(f.EM.line, "em-level", "em supports %s and the key reports %s: mend the one that is wrong", supports, code)
	}
}
