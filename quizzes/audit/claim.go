package audit

import (
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// Line names a line of a claim, or says that the fault lies on none: "dx-1" is the first diagnosis, "px-1" the first procedure.
type Line string

// The answers that name no line.
const (
	NoFault   Line = "none"       // the claim is right
	MissingDx Line = "missing-dx" // a diagnosis is missing
)

// DxLine and PxLine name a line by its place, counted from 0.
func DxLine(i int) Line { return Line("dx-" + strconv.Itoa(i+1)) }

// PxLine names a procedure line.
func PxLine(i int) Line { return Line("px-" + strconv.Itoa(i+1)) }

// on reports whether the line is there on a claim, or is one of the answers that name none.
func (l Line) on(a grading.Answer) bool {
	if l == NoFault || l == MissingDx {
		return true
	}
	side, num, _ := strings.Cut(string(l), "-")
	n, err := strconv.Atoi(num)
	if err != nil || num != strconv.Itoa(n) {
		return false
	}
	switch side {
	case "dx":
		return n >= 1 && n <= len(a.Diagnoses)
	case "px":
		return n >= 1 && n <= len(a.Procedures)
	}
	return false
}

// onlyLines is the key as an audit looks at it: it asks for lines, their indicators and pointers, and for nothing beside them.
func onlyLines(k *grading.Key) grading.Key {
	out := *k
	out.Ask = grading.Ask{Diagnoses: k.Ask.Diagnoses, Procedures: k.Ask.Procedures, Pointers: k.Ask.Pointers && k.Ask.Diagnoses, POA: k.Ask.POA}
	return out
}

// rightClaim is the claim that the key itself makes, optional lines included, since they are right to enter.
func rightClaim(k *grading.Key) grading.Answer {
	var a grading.Answer
	if k.Ask.Diagnoses {
		for _, d := range k.Diagnoses {
			line := grading.AnswerDiagnosis{Code: d.Code.Dotted(codebook.ICD10CM)}
			if k.Ask.POA {
				line.POA = d.POA
			}
			a.Diagnoses = append(a.Diagnoses, line)
		}
	}
	if k.Ask.Procedures {
		for _, p := range k.Procedures {
			line := grading.AnswerProcedure{Code: p.Code.Dotted(p.System), Modifiers: slices.Clone(p.Modifiers)}
			switch {
			case p.Minutes > 0:
				line.Minutes = number(p.Minutes)
			case p.System != codebook.ICD10PCS:
				line.Units = number(max(p.Units, 1))
			}
			if k.Ask.Pointers {
				for _, c := range p.PointsTo {
					line.PointsTo = append(line.PointsTo, c.Dotted(codebook.ICD10CM))
				}
			}
			a.Procedures = append(a.Procedures, line)
		}
	}
	tidy(&a)
	return a
}

func number(n int) *int { return &n }

// onlyClaim drops what an audit does not look at, free text above all.
func onlyClaim(a grading.Answer) grading.Answer {
	out := cloneClaim(a)
	out.DRG, out.Disposition, out.EM, out.Query = "", "", nil, nil
	for i := range out.Diagnoses {
		out.Diagnoses[i].Evidence = nil
	}
	for i := range out.Procedures {
		out.Procedures[i].Evidence = nil
	}
	return out
}

// cloneClaim copies the lines, so that one copy can be changed.
func cloneClaim(a grading.Answer) grading.Answer {
	out := a
	out.Diagnoses = slices.Clone(a.Diagnoses)
	out.Procedures = slices.Clone(a.Procedures)
	for i := range out.Procedures {
		p := &out.Procedures[i]
		p.Modifiers, p.PointsTo = slices.Clone(p.Modifiers), slices.Clone(p.PointsTo)
		if p.Units != nil {
			p.Units = number(*p.Units)
		}
		if p.Minutes != nil {
			p.Minutes = number(*p.Minutes)
		}
	}
	return out
}

// recode puts another code on a diagnosis line; what pointed to the line still does.
func recode(a *grading.Answer, i int, to string) {
	from := a.Diagnoses[i].Code
	a.Diagnoses[i].Code = to
	for n := range a.Procedures {
		for m, c := range a.Procedures[n].PointsTo {
			if c == from {
				a.Procedures[n].PointsTo[m] = to
			}
		}
	}
}

// tidy puts the pointers of each line in the order of the diagnoses, as claim forms have them, so that their order does not tell what was
// moved.
func tidy(a *grading.Answer) {
	at := func(code string) int {
		return slices.IndexFunc(a.Diagnoses, func(d grading.AnswerDiagnosis) bool { return d.Code == code })
	}
	for i := range a.Procedures {
		slices.SortStableFunc(a.Procedures[i].PointsTo, func(x, y string) int { return at(x) - at(y) })
	}
}

// printed is a procedure line as coders write it: 25605-RT-54.
func printed(p grading.AnswerProcedure) string {
	return strings.Join(append([]string{p.Code}, p.Modifiers...), "-")
}
