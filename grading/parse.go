package grading

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// The bounds of a well-formed answer.
const (
	MaxLines   = 100  // diagnoses and procedures together
	MaxUnits   = 9999 // on one line
	MaxMinutes = 2880 // two days, for anesthesia and E/M time

	maxModifiers = 10
	maxMarks     = 30   // phrases marked for one line, indicators of a query
	maxText      = 2000 // bytes of one phrase
)

// ParseAnswer checks the form of an answer and puts it in canonical form. The key says which choices the case offers (levels, wordings
// of a query); whether a code is right, or exists, is not looked at here. The error is FormatErrors with all that was found, each with
// the place, the input and what to do; nothing has been graded then and the attempt is not used up.
func ParseAnswer(k *Key, a Answer) (Response, error) {
	p := &parser{key: k}
	if n := len(a.Diagnoses) + len(a.Procedures); n > MaxLines {
		p.fail("answer", fmt.Sprint(n, " lines"), "There are %d lines; an answer may have %d. Take out the codes that the chart does not support.", n, MaxLines)
		return Response{}, p.errs
	}
	r := Response{}
	for i, d := range a.Diagnoses {
		r.Diagnoses = append(r.Diagnoses, p.diagnosis(fmt.Sprintf("diagnoses[%d]", i), d))
	}
	for i, x := range a.Procedures {
		r.Procedures = append(r.Procedures, p.procedure(fmt.Sprintf("procedures[%d]", i), x, r.Diagnoses))
	}
	r.DRG = p.digits("drg", a.DRG, 3, "An MS-DRG has one to three digits, such as 291.")
	r.Disposition = p.digits("disposition", a.Disposition, 2, "A discharge disposition has two digits, such as 01 for home.")
	r.EM = p.em(a.EM)
	r.Query = p.query(a.Query)
	if len(p.errs) > 0 {
		return Response{}, p.errs
	}
	return r, nil
}

type parser struct {
	key  *Key
	errs FormatErrors
}

func (p *parser) fail(part, input, format string, args ...any) {
	p.errs = append(p.errs, &FormatError{Part: part, Input: input, Reason: fmt.Sprintf(format, args...)})
}

func (p *parser) diagnosis(part string, d AnswerDiagnosis) EnteredDiagnosis {
	out := EnteredDiagnosis{Evidence: p.phrases(part+".evidence", d.Evidence)}
	c, err := codebook.ParseCode(codebook.ICD10CM, d.Code)
	switch {
	case strings.TrimSpace(d.Code) == "":
		p.fail(part+".code", d.Code, "The line has no code. Enter one or take the line out.")
	case err != nil:
		p.fail(part+".code", d.Code, "%q has not the form of an ICD-10-CM code. Write three to seven characters with a dot after the third, such as E11.22.", clip(d.Code))
	}
	out.Code = c
	switch poa := strings.ToUpper(strings.TrimSpace(d.POA)); poa {
	case "", "Y", "N", "U", "W":
		out.POA = poa
	case "EXEMPT", "1": // 1 was the exempt mark of the older claim format and is still in people's fingers
		out.POA = poaExempt
	default:
		p.fail(part+".poa", d.POA, "%q is no POA indicator. Use Y, N, U or W, or exempt.", clip(d.POA))
	}
	return out
}

func (p *parser) procedure(part string, x AnswerProcedure, dx []EnteredDiagnosis) EnteredProcedure {
	out := EnteredProcedure{Units: 1, Evidence: p.phrases(part+".evidence", x.Evidence)}
	sys, c, err := codebook.ProcedureSystem(x.Code)
	switch base, mod, joined := strings.Cut(x.Code, "-"); {
	case strings.TrimSpace(x.Code) == "":
		p.fail(part+".code", x.Code, "The line has no code. Enter one or take the line out.")
	case err != nil && joined:
		p.fail(part+".code", x.Code, "Write the code %q alone and put %q among its modifiers.", clip(base), clip(mod))
	case err != nil:
		p.fail(part+".code", x.Code, "%q has the form of no procedure code. CPT has five digits (99213), HCPCS Level II a letter and four digits (J1100), ICD-10-PCS seven characters (0FT44ZZ).", clip(x.Code))
	}
	out.System, out.Code = sys, c
	out.Modifiers = p.modifiers(part, sys, x)
	if u := x.Units; u != nil {
		out.Units = *u
		if *u < 1 || *u > MaxUnits {
			p.fail(part+".units", fmt.Sprint(*u), "Units are a whole number from 1 to %d; %d is not. Leave it empty for 1.", MaxUnits, *u)
		}
	}
	if m := x.Minutes; m != nil {
		out.Minutes = *m
		if *m < 1 || *m > MaxMinutes {
			p.fail(part+".minutes", fmt.Sprint(*m), "Minutes are a whole number from 1 to %d; %d is not.", MaxMinutes, *m)
		}
	}
	if x.Units != nil && x.Minutes != nil && *x.Units != 1 {
		p.fail(part+".minutes", fmt.Sprint(*x.Minutes), "Give minutes (anesthesia) or units, not both.")
	}
	for i, t := range x.PointsTo {
		if strings.TrimSpace(t) == "" {
			continue
		}
		at := pointer(t, dx)
		if at < 0 {
			p.fail(fmt.Sprintf("%s.points_to[%d]", part, i), t, "%q points to no diagnosis of this answer. Enter that diagnosis, or point to one that is there.", clip(t))
		} else if !slices.Contains(out.PointsTo, at) {
			out.PointsTo = append(out.PointsTo, at)
		}
	}
	return out
}

func (p *parser) modifiers(part string, sys codebook.System, x AnswerProcedure) []string {
	var out []string
	for i, m := range x.Modifiers {
		t := strings.ToUpper(strings.TrimSpace(m))
		switch {
		case t == "":
		case len(t) != 2 || !alnum(t):
			p.fail(fmt.Sprintf("%s.modifiers[%d]", part, i), m, "%q is no modifier: a modifier has two characters, such as 25 or RT. Enter several one by one.", clip(m))
		case !slices.Contains(out, t):
			out = append(out, t)
		}
	}
	switch {
	case len(out) > 0 && sys == codebook.ICD10PCS:
		p.fail(part+".modifiers", strings.Join(out, " "), "ICD-10-PCS codes take no modifiers. Take them out.")
	case len(out) > maxModifiers:
		p.fail(part+".modifiers", strings.Join(out, " "), "There are %d modifiers on one line; %d is the most that is read. Keep those the chart calls for.", len(out), maxModifiers)
	}
	return out
}

// pointer finds the entered diagnosis that a pointer names, by its code or by the letter of the claim form (A is the first); -1 when
// there is none.
func pointer(s string, dx []EnteredDiagnosis) int {
	t := strings.ToUpper(strings.TrimSpace(s))
	if len(t) == 1 && t[0] >= 'A' && t[0] <= 'L' {
		if at := int(t[0] - 'A'); at < len(dx) {
			return at
		}
		return -1
	}
	c, err := codebook.ParseCode(codebook.ICD10CM, t)
	if err != nil {
		return -1
	}
	return slices.IndexFunc(dx, func(d EnteredDiagnosis) bool { return d.Code == c })
}

// digits reads a number of the claim that is written with leading zeros.
func (p *parser) digits(part, s string, width int, form string) string {
	t := strings.TrimSpace(s)
	if t == "" {
		return ""
	}
	v := padded(t, width)
	if len(v) != width || strings.Trim(v, "0123456789") != "" || strings.Trim(v, "0") == "" {
		p.fail(part, s, "%q is not in the form wanted. %s", clip(s), form)
		return ""
	}
	return v
}

func padded(s string, width int) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) >= width {
		return s
	}
	return strings.Repeat("0", width-len(s)) + s
}

func (p *parser) em(a *AnswerEM) *AnswerEM {
	if a == nil {
		return nil
	}
	out := &AnswerEM{}
	for _, col := range emColumns {
		in, to := col.entered(a), col.entered(out)
		if strings.TrimSpace(*in) == "" {
			continue
		}
		rank := emRank(*in)
		if rank == 0 {
			p.fail("em."+col.name, *in, "%q is no level of this column. Use %s.", clip(*in), list(col.words[:], "or"))
			continue
		}
		*to = col.words[rank-1]
	}
	if m := a.Minutes; m != nil {
		if *m < 1 || *m > MaxMinutes {
			p.fail("em.minutes", fmt.Sprint(*m), "Minutes are a whole number from 1 to %d; %d is not.", MaxMinutes, *m)
		}
		v := *m
		out.Minutes = &v
	}
	return out
}

func (p *parser) query(a *AnswerQuery) *AnswerQuery {
	if a == nil {
		return nil
	}
	out := &AnswerQuery{Ask: a.Ask, Reason: strings.TrimSpace(a.Reason), Indicators: p.phrases("query.indicators", a.Indicators)}
	if len(out.Reason) > maxText {
		p.fail("query.reason", clip(a.Reason), "The reason is longer than %d bytes. Choose one of those offered, or shorten it.", maxText)
	}
	if a.Option != nil {
		// Without a query in the key no wordings were shown; a number is then read and counts for nothing, so that the message
		// does not tell whether a query is called for.
		n := MaxLines
		if p.key != nil && p.key.Query != nil && len(p.key.Query.Options) > 0 {
			n = len(p.key.Query.Options)
		}
		if *a.Option < 0 || *a.Option >= n {
			p.fail("query.option", fmt.Sprint(*a.Option), "There is no wording number %d. Choose one of those shown; the first is 0.", *a.Option)
		}
		v := *a.Option
		out.Option = &v
	}
	return out
}

func (p *parser) phrases(part string, in []string) []string {
	if len(in) > maxMarks {
		p.fail(part, fmt.Sprint(len(in), " phrases"), "There are %d phrases; %d is the most that is read. Mark the words that decide.", len(in), maxMarks)
		return nil
	}
	var out []string
	for i, s := range in {
		if len(s) > maxText {
			p.fail(fmt.Sprintf("%s[%d]", part, i), clip(s), "The phrase is longer than %d bytes. Mark only the words that support the line.", maxText)
			continue
		}
		if t := strings.TrimSpace(s); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// clip keeps a quotation in a message short.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}

func alnum(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// list joins words as a sentence does: "a, b or c".
func list(words []string, conjunction string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + conjunction + " " + words[n-1]
	}
}
