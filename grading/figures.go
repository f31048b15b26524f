package grading

import "fmt"

// tally is what the figures are made of.
type tally struct {
	entered, lines int // counted lines: what is asked, optional ones aside
	right, half    int // key lines exactly right; with the right code only
}

func (g *grader) tally() tally {
	var t tally
	for _, s := range []*side{&g.dx, &g.px} {
		if !s.asked {
			continue
		}
		for _, e := range s.entered {
			if e.optional < 0 {
				t.entered++
			}
		}
		for i, l := range s.lines {
			if l.optional {
				continue
			}
			t.lines++
			switch s.marks[i] {
			case allRight:
				t.right++
			case rightCode:
				t.half++
			}
		}
	}
	return t
}

// most is the divisor of an audit: entering more lines than the key has lowers the figure.
func (t tally) most() int { return max(t.entered, t.lines) }

// result adds the caps and works the figures out.
func (g *grader) result() Result {
	t := g.tally()
	var earned, possible, penalties Points
	for _, p := range g.parts {
		possible += p.Possible
		if p.Earned < 0 {
			penalties -= p.Earned
		} else {
			earned += p.Earned
		}
	}
	score := g.capped(t, earned, possible, penalties)
	res := Result{
		V:             1,
		Learning:      Score{Earned: score, Possible: possible, Percent: percent(int64(score), int64(possible))},
		AuditAccuracy: percent(int64(t.right), int64(t.most())),
		Clean:         true,
		Counts:        Counts{t.entered, t.lines, t.right, t.half},
		Parts:         g.parts,
	}
	if possible == 0 && penalties > 0 {
		res.Learning.Percent = 0
	}
	var poaRight, poaAsked int64
	for _, p := range res.Parts {
		if p.Finding != "" || p.Component == CompCap {
			res.Clean = false
		}
		if p.Component == CompPOA && p.Possible > 0 {
			poaAsked++
			if p.Earned == p.Possible {
				poaRight++
			}
		}
	}
	if poaAsked > 0 {
		f := percent(poaRight, poaAsked)
		res.POAAccuracy = &f
	}
	res.FinancialMatch = g.financial()
	if res.Parts == nil {
		res.Parts = []Part{}
	}
	return res
}

// capped adds the parts that bound the sum and returns the score: see capsOf.
func (g *grader) capped(t tally, earned, possible, penalties Points) Points {
	caps, score := capsOf(t, g.w, earned, possible, penalties)
	for _, p := range caps {
		g.add(p)
	}
	return score
}

// capsOf are the parts that bound the sum, and the score: penalties cost at most w.Cap percent of what is possible, the score is never
// below 0, and an answer of more than twice the key's lines scores at most its audit accuracy.
func capsOf(t tally, w *Weights, earned, possible, penalties Points) (caps []Part, score Points) {
	bound := func(by Points, why string) {
		if by != 0 {
			caps = append(caps, Part{Component: CompCap, Earned: by, Why: why, EnteredAt: -1, KeyAt: -1})
		}
	}
	if most := possible.percent(int(w.Cap)); penalties > most {
		bound(penalties-most, fmt.Sprintf("All penalties together cost at most %d %% of the possible points.", w.Cap))
		penalties = most
	}
	score = earned - penalties
	if score < 0 {
		bound(-score, "The score does not go below 0.")
		score = 0
	}
	if t.entered > 2*t.lines {
		if most := possible * Points(t.right) / Points(t.most()); score > most {
			bound(most-score, "With more than twice the lines of the key, an answer scores at most its audit accuracy.")
			score = most
		}
	}
	return caps, score
}

// percent is part of whole in per cent, rounded half up to one decimal; 100 of nothing.
func percent(part, whole int64) float64 {
	if whole == 0 {
		return 100
	}
	return float64((2000*part+whole)/(2*whole)) / 10
}

// financial is whether the claim would be paid as the key's: by the DRG where it is asked, else by all procedure lines, none wrong and
// none too many. Nil where neither is asked.
func (g *grader) financial() *bool {
	match := true
	switch k := g.key; {
	case k.Ask.DRG:
		match = padded(k.DRG, 3) == g.resp.DRG
	case k.Ask.Procedures:
		for i, l := range g.px.lines {
			if !l.optional && g.px.marks[i] != allRight {
				match = false
			}
		}
		match = match && len(g.px.extras) == 0
	default:
		return nil
	}
	return &match
}

// schemeScore is the figure of a scheme other than Learning, in hundredths of a line or field.
func (g *grader) schemeScore(s Scheme, res Result) Score {
	t := g.tally()
	var earned, possible Points
	switch s {
	case Learning:
		return res.Learning
	case CodeOverCode:
		earned, possible = Points(100*t.right+50*t.half), Points(100*t.most())
	case AllOrNothing:
		earned, possible = fields(res.Parts, t)
	}
	return Score{Earned: earned, Possible: possible, Percent: percent(int64(earned), int64(possible))}
}

// fields counts what AllOrNothing counts. The components of a line make one field; each other part that could earn points is a field,
// but the parts of the E/M grid and of the query make one each. Lines entered beyond the key's number are fields that nothing earns.
func fields(parts []Part, t tally) (earned, possible Points) {
	type id struct {
		c         Component
		at        int
		procedure bool
	}
	var order []id
	right := map[id]bool{}
	for _, p := range parts {
		if p.Possible == 0 {
			continue
		}
		f := id{p.Component, p.KeyAt, p.Procedure}
		switch p.Component {
		case CompPosition, CompModifiers, CompUnits, CompPointers:
			f.c = CompCode
		}
		if _, ok := right[f]; !ok {
			order = append(order, f)
			right[f] = true
		}
		right[f] = right[f] && p.Earned == p.Possible
	}
	for _, f := range order {
		possible += 100
		if right[f] {
			earned += 100
		}
	}
	if more := t.entered - t.lines; more > 0 {
		possible += Points(100 * more)
	}
	return earned, possible
}
