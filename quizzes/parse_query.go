package quizzes

import (
	"slices"

	"crosswalk/grading"
)

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
			p.ps.Warnf(lineOf(p.f.Ask), "query-offer", "the case asks about a query and offers no wordings, which tells that none is needed: write query: {ask: false, options: [...]}")
		}
		return
	}
	line := max(1, q.line)
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
		p.c.Offer.Reasons, p.c.Offer.Wordings = reasons, offered
	}
	if q.Ask != nil && !*q.Ask {
		p.noQuery(k, q, line)
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

// noQuery reads a query that is offered and not called for. Its indicators are the words of the note that settle the matter.
func (p *caseParser) noQuery(k *grading.Key, q *queryFile, line int) {
	if len(q.Options) < 2 && k.Ask.Query {
		p.ps.Warnf(line, "query-offer", "the query offers fewer than two wordings, which tells that none is needed: write some that would fit a query here")
	}
	if q.Why.Text != "" || len(q.Indicators) > 0 || len(q.Cites) > 0 {
		k.NoQuery = &grading.NoQuery{Evidence: p.evidence(q.Indicators), Why: q.Why.Text, Cites: texts(q.Cites)}
	}
}
