package grading

import (
	"slices"

	"crosswalk/codebook"
)

// ModelAnswer is the key itself as an answer: every line, optional ones too, in an order that keeps the first place and what the key
// says must stand before what. Graded against its key it earns 100 % and is clean; a key for which that is not so is at fault.
// Alternatives are not in it: take them from Versions.
func ModelAnswer(k *Key) Answer {
	var a Answer
	if k.Ask.Diagnoses {
		for _, i := range modelOrder(k.Diagnoses) {
			d := &k.Diagnoses[i]
			line := AnswerDiagnosis{Code: d.Code.Dotted(codebook.ICD10CM)}
			if k.Ask.POA {
				line.POA = d.POA
			}
			if k.Ask.Evidence {
				line.Evidence = quotes(d.Evidence)
			}
			a.Diagnoses = append(a.Diagnoses, line)
		}
	}
	if k.Ask.Procedures {
		for i := range k.Procedures {
			a.Procedures = append(a.Procedures, modelProcedure(k, &k.Procedures[i]))
		}
	}
	if k.Ask.DRG {
		a.DRG = k.DRG
	}
	if k.Ask.Disposition {
		a.Disposition = k.Disposition
	}
	if k.Ask.EM && k.EM != nil {
		a.EM = &AnswerEM{Problems: k.EM.Problems, Data: k.EM.Data, Risk: k.EM.Risk}
		if m := k.EM.Minutes; m > 0 {
			a.EM.Minutes = &m
		}
	}
	if k.Ask.Query {
		a.Query = modelQuery(k.Query)
	}
	return a
}

func modelProcedure(k *Key, p *Procedure) AnswerProcedure {
	line := AnswerProcedure{Code: p.Code.Dotted(p.System), Modifiers: slices.Clone(p.Modifiers)}
	if k.Ask.Evidence {
		line.Evidence = quotes(p.Evidence)
	}
	if u := p.units(); u > 1 && p.Minutes == 0 {
		line.Units = &u
	}
	if m := p.Minutes; m > 0 {
		line.Minutes = &m
	}
	if k.Ask.Pointers && k.Ask.Diagnoses {
		for _, c := range p.PointsTo {
			line.PointsTo = append(line.PointsTo, c.Dotted(codebook.ICD10CM))
		}
	}
	return line
}

func modelQuery(q *Query) *AnswerQuery {
	if q == nil {
		return &AnswerQuery{}
	}
	a := &AnswerQuery{Ask: true, Reason: q.Reason, Indicators: slices.Clone(q.Indicators)}
	if i := slices.IndexFunc(q.Options, func(o QueryOption) bool { return o.OK }); i >= 0 {
		a.Option = &i
	}
	return a
}

// modelOrder is the key's order with the first-listed diagnosis in front and every line behind those of its After. Lines that wait for
// each other in a circle, which is an error of the key, come last in the key's order.
func modelOrder(ds []Diagnosis) []int {
	var out []int
	placed := make([]bool, len(ds))
	ready := func(i int) bool {
		for _, c := range ds[i].After {
			at := slices.IndexFunc(ds, func(d Diagnosis) bool { return d.Code == c })
			if at >= 0 && at != i && !placed[at] {
				return false
			}
		}
		return true
	}
	put := func(i int) { out, placed[i] = append(out, i), true }
	if first := slices.IndexFunc(ds, func(d Diagnosis) bool { return d.First != NotFirst && d.Weight != Optional }); first >= 0 {
		put(first)
	}
	for len(out) < len(ds) {
		next := -1
		for i := range ds {
			if !placed[i] && (next < 0 || ready(i) && !ready(next)) {
				next = i
			}
		}
		put(next)
	}
	return out
}
