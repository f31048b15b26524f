package grading

import (
	"slices"
	"strings"
)

// queryParts judge the decision to query the provider and, where a query is called for, its reason, indicators and wording. A part that
// the key does not state (no wordings offered, say) is not asked.
func (g *grader) queryParts() {
	if !g.key.Ask.Query {
		return
	}
	k, a := g.key.Query, g.resp.Query
	g.add(g.queryAsk(k, a))
	if k == nil {
		return
	}
	if a == nil || !a.Ask {
		a = &AnswerQuery{}
	}
	if k.Reason != "" {
		p := g.queryPart("reason", a.Reason, k)
		switch {
		case strings.Join(words(a.Reason), " ") == strings.Join(words(k.Reason), " "):
			p.Earned, p.Finding, p.Why = g.w.QueryPart, "", "Right: "+k.Reason+"."
		case a.Reason == "":
			p.Why = "No reason was given; it is: " + k.Reason + "."
		default:
			p.Why = "The reason is another: " + k.Reason + "."
		}
		g.add(p)
	}
	if wordCount(k.Indicators) > 0 {
		g.add(g.indicatorsPart(k, a))
	}
	if slices.ContainsFunc(k.Options, func(o QueryOption) bool { return o.OK }) {
		g.add(g.wordingPart(k, a))
	}
}

func (g *grader) queryPart(line, entered string, k *Query) Part {
	p := Part{Line: ptr(line), Component: CompQuery, Entered: text(entered), Possible: g.w.QueryPart, Finding: QUERY, EnteredAt: -1, KeyAt: -1}
	if k != nil {
		p.Cites, p.Evidence = k.Cites, k.Indicators
	}
	return p
}

func (g *grader) queryAsk(k *Query, a *AnswerQuery) Part {
	p := g.queryPart("ask", "", k)
	p.Possible = g.w.QueryAsk
	if a != nil {
		p.Entered = ptr("no query")
		if a.Ask {
			p.Entered = ptr("query")
		}
	}
	switch {
	case a == nil && k != nil:
		p.Why = "You did not say whether to query; this chart calls for one: " + k.Reason + "."
	case a == nil:
		p.Why = "You did not say whether to query; this chart calls for none."
	case a.Ask && k != nil:
		p.Earned, p.Finding, p.Why = g.w.QueryAsk, "", "Right: this chart calls for a query."
	case a.Ask:
		p.Why = "This chart calls for no query: the documentation decides."
	case k != nil:
		p.Why = "This chart calls for a query: " + k.Reason + "."
	default:
		p.Earned, p.Finding, p.Why = g.w.QueryAsk, "", "Right: this chart calls for no query."
	}
	if k != nil {
		p.Why = sentence(p.Why, k.Why)
	} else if no := g.key.NoQuery; no != nil {
		p.Why, p.Cites, p.Evidence = sentence(p.Why, no.Why), no.Cites, quotes(no.Evidence)
	}
	return p
}

func (g *grader) indicatorsPart(k *Query, a *AnswerQuery) Part {
	var want []Evidence
	for _, s := range k.Indicators {
		want = append(want, Evidence{Text: s})
	}
	p := g.queryPart("indicators", strings.Join(a.Indicators, " / "), k)
	o := overlap(want, a.Indicators)
	if o.Marked > 0 {
		p.Marks, p.Overlap = a.Indicators, &o
	}
	switch {
	case o.Marked == 0:
		p.Why = "No clinical indicators were given. A query rests on these: " + quoted(want) + "."
	case o.enough():
		p.Earned, p.Finding, p.Why = g.w.QueryPart, "", o.tell(want, "the query")
		if missed := missedPhrases(o); missed != "" {
			p.Why += " Give these too: " + missed + "."
		}
	default:
		p.Why = o.tell(want, "the query")
	}
	return p
}

// missedPhrases are the phrases of which less than half was marked.
func missedPhrases(o Overlap) string {
	var out []Evidence
	for _, p := range o.Phrases {
		if !p.Found() {
			out = append(out, Evidence{Text: p.Text})
		}
	}
	return quoted(out)
}

func (g *grader) wordingPart(k *Query, a *AnswerQuery) Part {
	right := slices.IndexFunc(k.Options, func(o QueryOption) bool { return o.OK })
	p := g.queryPart("wording", "", k)
	better := ` This one asks openly: "` + k.Options[right].Text + `"`
	if a.Option == nil || *a.Option < 0 || *a.Option >= len(k.Options) {
		p.Why = "No wording was chosen." + better
		return p
	}
	o := k.Options[*a.Option]
	p.Entered = text(o.Text)
	switch {
	case o.OK:
		p.Earned, p.Finding, p.Why = g.w.QueryPart, "", "Right: the wording leads to no answer."
	case o.Leading:
		p.Finding, p.Why = COMP, sentence("This wording leads to an answer, which a compliant query never does.", o.Why)+better
		return p
	default:
		p.Why = sentence("This wording does not ask what has to be known.", o.Why) + better
		return p
	}
	p.Why = sentence(p.Why, o.Why)
	return p
}
