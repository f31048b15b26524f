package quizzes

import (
	"regexp"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// key reads the key, its alternatives and the traps.
func (p *caseParser) key() {
	k := &p.c.Key
	k.Case, k.Setting, k.Bills, k.Payer, k.Ask = p.c.ID, p.c.Setting, p.c.Bills, p.c.Payer, p.c.Ask
	k.Patient = p.c.Patient.edits()
	p.keyInto(k, &p.f.Key)
	for i := range p.f.Key.Alternatives {
		f := &p.f.Key.Alternatives[i]
		alt := grading.Key{Case: k.Case, Setting: k.Setting, Bills: k.Bills, Date: k.Date, Payer: k.Payer, Ask: k.Ask}
		// What an alternative does not write down is as in the key; an empty list says that there is nothing.
		if f.Diagnoses == nil {
			f.Diagnoses = p.f.Key.Diagnoses
		}
		if f.Procedures == nil {
			f.Procedures = p.f.Key.Procedures
		}
		p.keyInto(&alt, f)
		if len(f.Alternatives) > 0 || len(f.Allow) > 0 {
			p.ps.Errorf(keyLine(f), "wrong-value", "an alternative has no alternatives and no allow of its own: they stand in the key")
		}
		k.Alternatives = append(k.Alternatives, alt)
	}
	for _, f := range p.f.Key.Allow {
		if len(f.Pair) != 2 {
			p.ps.Errorf(max(at(f.Why), lineOf(f.Pair)), "wrong-value", "allow wants a pair of two codes: {pair: [F45.8, G47.63], why: ..., cites: [...]}")
			continue
		}
		a, okA := p.code(codebook.ICD10CM, f.Pair[0])
		b, okB := p.code(codebook.ICD10CM, f.Pair[1])
		if okA && okB {
			p.said(f.Pair[0].At, f.Why, f.Cites)
			k.Allow = append(k.Allow, grading.Allow{Pair: [2]codebook.Code{a, b}, Why: f.Why.Text, Cites: texts(f.Cites)})
		}
	}
	p.traps()
}

func (p *caseParser) keyInto(k *grading.Key, f *keyFile) {
	p.diagnoses(k, f)
	for i := range f.Procedures {
		p.procedure(k, f, &f.Procedures[i])
	}
	if k.Ask.Procedures && len(f.Procedures) == 0 {
		p.ps.Warnf(keyLine(f), "no-procedures", "the case asks for procedures and its key has none: right only when nothing is to be reported")
	}
	if !k.Ask.Procedures && len(f.Procedures) > 0 {
		p.ps.Errorf(f.Procedures[0].Code.At, "not-asked", "the key has procedures, and the case does not ask for them")
	}
	k.DRG, k.Disposition = f.DRG.Text, f.Disposition.Text
	// An alternative may leave these out; they are then the key's.
	own := f == &p.f.Key
	p.asked(k.Ask.DRG, own, f.DRG, "drg", keyLine(f), drgForm)
	p.asked(k.Ask.Disposition, own, f.Disposition, "disposition", keyLine(f), dispositionForm)
	p.em(k, f)
	p.query(k, f)
}

// asked reports a field that is asked for and missing, or there and not asked for.
func (p *caseParser) asked(asked, own bool, l markdown.Line, name string, line int, form *regexp.Regexp) {
	switch {
	case asked && own && l.Text == "":
		p.ps.Errorf(line, "missing-key", "the case asks for %s and the key does not give it", name)
	case !asked && l.Text != "":
		p.ps.Errorf(l.At, "not-asked", "the key gives %s, and the case does not ask for it", name)
	case l.Text != "" && !form.MatchString(l.Text):
		p.ps.Errorf(l.At, "wrong-value", "%q is no %s: it has %s digits, in quotes", l.Text, name, map[bool]string{true: "three", false: "two"}[form == drgForm])
	}
}

var (
	drgForm         = regexp.MustCompile(`^[0-9]{3}$`)
	dispositionForm = regexp.MustCompile(`^[0-9]{2}$`)
)

func (p *caseParser) diagnoses(k *grading.Key, f *keyFile) {
	if len(f.Diagnoses) == 0 {
		p.ps.Errorf(keyLine(f), "missing-key", "the key has no diagnoses")
		return
	}
	codes := map[codebook.Code]int{}
	first, malformed := 0, 0
	for i := range f.Diagnoses {
		d := &f.Diagnoses[i]
		code, ok := p.code(codebook.ICD10CM, d.Code)
		if !ok {
			malformed++
			continue
		}
		if line, twice := codes[code]; twice {
			p.ps.Errorf(d.Code.At, "duplicate-code", "%s stands in the key already, at line %d", d.Code.Text, line)
		}
		codes[code] = d.Code.At
		line := grading.Diagnosis{Code: code, Accept: p.codes(codebook.ICD10CM, d.Accept), NearMiss: p.nearMiss(codebook.ICD10CM, d.NearMiss),
			After: p.codes(codebook.ICD10CM, d.After), Evidence: p.evidence(d.Evidence), Why: d.Why.Text, Cites: texts(d.Cites)}
		line.First = p.first(d.First)
		if line.First != grading.NotFirst {
			first++
		}
		switch line.Weight = grading.Weight(d.Weight.Text); line.Weight {
		case grading.Required, grading.Reportable, grading.Status, grading.Optional:
		case "":
			if line.Weight = grading.Reportable; line.First != grading.NotFirst {
				line.Weight = grading.Required
			}
		default:
			p.ps.Errorf(d.Weight.At, "wrong-value", "weight is required, reportable, status or optional, not %q", d.Weight.Text)
		}
		if line.First != grading.NotFirst && line.Weight == grading.Optional {
			p.ps.Errorf(d.Weight.At, "wrong-value", "the first diagnosis cannot be optional")
		}
		line.POA = p.poa(k, d)
		p.said(d.Code.At, d.Why, d.Cites)
		k.Diagnoses = append(k.Diagnoses, line)
	}
	if malformed > 0 {
		return // what refers to a line that cannot be read would be reported for nothing
	}
	switch {
	case first == 0:
		p.ps.Errorf(f.Diagnoses[0].Code.At, "no-first", "no diagnosis is the first one: mark the principal or first-listed diagnosis with first: true")
	case first == 1 && slices.ContainsFunc(k.Diagnoses, func(d grading.Diagnosis) bool { return d.First == grading.EitherFirst }):
		p.ps.Errorf(f.Diagnoses[0].Code.At, "no-first", "first: either stands on two or more lines, any of which may be first; this key has it once")
	case first > 1 && slices.ContainsFunc(k.Diagnoses, func(d grading.Diagnosis) bool { return d.First == grading.IsFirst }):
		p.ps.Errorf(f.Diagnoses[0].Code.At, "no-first", "first: true stands once and without first: either; this key has %d first lines", first)
	}
	for _, d := range f.Diagnoses {
		p.mustBeKeyLines(k, d.After, "after", d.Code.Text)
	}
}

func (p *caseParser) first(l markdown.Line) grading.First {
	switch l.Text {
	case "true":
		return grading.IsFirst
	case "either":
		return grading.EitherFirst
	case "", "false":
		return grading.NotFirst
	}
	p.ps.Errorf(l.At, "wrong-value", "first is true or either, not %q", l.Text)
	return grading.NotFirst
}

func (p *caseParser) poa(k *grading.Key, d *diagnosisFile) string {
	v := d.POA.Text
	if strings.ToLower(v) == "exempt" {
		v = "exempt"
	} else {
		v = strings.ToUpper(v)
	}
	switch {
	case v != "" && !k.Ask.POA:
		p.ps.Errorf(d.POA.At, "not-asked", "%s has a POA indicator, and the case does not ask for poa", d.Code.Text)
	case v == "" && k.Ask.POA:
		p.ps.Errorf(d.Code.At, "poa", "the case asks for poa and %s has none: Y, N, U, W or exempt (Appendix I of the Official Guidelines)", d.Code.Text)
	case v != "" && !slices.Contains([]string{"Y", "N", "U", "W", "exempt"}, v):
		p.ps.Errorf(d.POA.At, "poa", "poa is Y, N, U, W or exempt, not %q", d.POA.Text)
	}
	return v
}

// mustBeKeyLines reports codes that name no diagnosis of the key.
func (p *caseParser) mustBeKeyLines(k *grading.Key, lines []markdown.Line, field, of string) {
	for _, l := range lines {
		c, err := codebook.ParseCode(codebook.ICD10CM, l.Text)
		if err != nil {
			continue // reported
		}
		if !slices.ContainsFunc(k.Diagnoses, func(d grading.Diagnosis) bool { return d.Code == c }) {
			p.ps.Errorf(l.At, "no-such-line", "%s of %s names %s, which is no diagnosis of this key", field, of, l.Text)
		} else if field == "after" && strings.EqualFold(l.Text, of) {
			p.ps.Errorf(l.At, "no-such-line", "%s cannot stand after itself", of)
		}
	}
}

func (p *caseParser) procedure(k *grading.Key, of *keyFile, f *procedureFile) {
	line := grading.Procedure{Why: f.Why.Text, Cites: texts(f.Cites), Units: 1, Evidence: p.evidence(f.Evidence)}
	sys, code, err := codebook.ProcedureSystem(f.Code.Text)
	if err != nil {
		p.ps.Errorf(at(f.Code), "bad-code", "%v", err)
		return
	}
	pcs := k.InpatientFacility()
	switch {
	case !p.claimKnown: // reported; the code set hangs on it
	case pcs && sys != codebook.ICD10PCS:
		p.ps.Errorf(f.Code.At, "wrong-set", "%s is a %s code, and an inpatient facility claim reports ICD-10-PCS", f.Code.Text, sys.Name())
	case !pcs && sys == codebook.ICD10PCS:
		p.ps.Errorf(f.Code.At, "wrong-set", "%s is an ICD-10-PCS code, which only an inpatient facility claim reports", f.Code.Text)
	}
	line.System, line.Code = sys, code
	line.Accept, line.NearMiss = p.procedureCodes(f.Accept), p.procedureNearMiss(f.NearMiss)
	switch f.Weight.Text {
	case "optional":
		line.Optional = true
	case "", "required":
	default:
		p.ps.Errorf(f.Weight.At, "wrong-value", "the weight of a procedure is optional or left out, not %q", f.Weight.Text)
	}
	line.Modifiers, line.ModifiersOptional = p.modifiers(f.Modifiers, pcs), p.modifiers(f.ModifiersOptional, pcs)
	for _, set := range f.ModifiersAny {
		line.ModifiersAny = append(line.ModifiersAny, p.modifiers(set, pcs))
	}
	if f.Units != nil {
		if line.Units = *f.Units; line.Units < 1 || line.Units > 9999 {
			p.ps.Errorf(f.Code.At, "wrong-value", "units of %s are 1 or more, not %d", f.Code.Text, line.Units)
		}
	}
	if f.Minutes != nil {
		if line.Minutes = *f.Minutes; line.Minutes < 1 || line.Minutes > 6000 {
			p.ps.Errorf(f.Code.At, "wrong-value", "minutes of %s are 1 or more, not %d", f.Code.Text, line.Minutes)
		}
		if f.Units != nil {
			p.ps.Errorf(f.Code.At, "wrong-value", "%s has units and minutes: anesthesia gives the minutes, everything else units", f.Code.Text)
		}
	}
	line.PointsTo = p.codes(codebook.ICD10CM, f.PointsTo)
	if len(k.Diagnoses) == len(of.Diagnoses) {
		p.mustBeKeyLines(k, f.PointsTo, "points_to", f.Code.Text)
	}
	if k.Ask.Pointers && len(f.PointsTo) == 0 && !line.Optional && len(k.Diagnoses) > 0 {
		p.ps.Errorf(f.Code.At, "missing-key", "the case asks for pointers and %s has no points_to", f.Code.Text)
	}
	p.said(f.Code.At, f.Why, f.Cites)
	k.Procedures = append(k.Procedures, line)
}

func (p *caseParser) modifiers(lines []markdown.Line, pcs bool) []string {
	var out []string
	for _, l := range lines {
		m := strings.ToUpper(l.Text)
		switch {
		case pcs:
			p.ps.Errorf(l.At, "bad-modifier", "ICD-10-PCS codes take no modifiers")
		case !modifierForm.MatchString(m):
			p.ps.Errorf(l.At, "bad-modifier", "the modifier %q must have two characters; put one such as \"07\" in quotes", l.Text)
		case slices.Contains(out, m):
			p.ps.Errorf(l.At, "bad-modifier", "the modifier %s stands twice", m)
		}
		out = append(out, m)
	}
	return out
}

// said reports a line that gives no reason or no source.
func (p *caseParser) said(line int, why markdown.Line, cites []markdown.Line) {
	if why.Text == "" {
		p.ps.Errorf(line, "no-why", "the line has no why: say in a sentence what makes it right")
	}
	if len(texts(cites)) == 0 {
		p.ps.Errorf(line, "no-cites", "the line cites nothing: name the rule, the table or the source")
	}
}

func (p *caseParser) traps() {
	seen := map[codebook.Code]bool{}
	for _, f := range p.f.Traps {
		code, err := codebook.ParseCode(codebook.ICD10CM, f.Code.Text)
		// The form decides the set: V2632 could be either, and the dot tells.
		if _, c, perr := codebook.ProcedureSystem(f.Code.Text); perr == nil && !strings.Contains(f.Code.Text, ".") {
			code, err = c, nil
		}
		if err != nil {
			p.ps.Errorf(at(f.Code), "bad-code", "the trap %q has the form of no code", f.Code.Text)
			continue
		}
		if seen[code] {
			p.ps.Errorf(f.Code.At, "duplicate-code", "the trap %s stands twice", f.Code.Text)
		}
		seen[code] = true
		kind := grading.TrapKind(f.Kind.Text)
		switch kind {
		case grading.Integral, grading.Needless, grading.Unsupported, grading.NotDone, grading.Bundled:
		default:
			p.ps.Errorf(at(f.Kind), "wrong-value", "the kind of a trap is integral, needless, unsupported, not-done or bundled, not %q", f.Kind.Text)
		}
		if inKey(&p.c.Key, code) {
			p.ps.Errorf(f.Code.At, "trap-in-key", "%s is a trap and stands in the key, so it would be right and wrong at once", f.Code.Text)
		}
		p.said(f.Code.At, f.Why, f.Cites)
		p.c.Key.Traps = append(p.c.Key.Traps, grading.Trap{Code: code, Kind: kind, Why: f.Why.Text, Cites: texts(f.Cites)})
	}
}

// inKey reports whether a key, an alternative or something that they accept has the code.
func inKey(k *grading.Key, code codebook.Code) bool {
	for _, d := range k.Diagnoses {
		if d.Code == code || slices.Contains(d.Accept, code) {
			return true
		}
	}
	for _, q := range k.Procedures {
		if q.Code == code || slices.Contains(q.Accept, code) {
			return true
		}
	}
	for i := range k.Alternatives {
		if inKey(&k.Alternatives[i], code) {
			return true
		}
	}
	return false
}

func keyLine(f *keyFile) int {
	if len(f.Diagnoses) > 0 {
		return at(f.Diagnoses[0].Code)
	}
	if len(f.Procedures) > 0 {
		return at(f.Procedures[0].Code)
	}
	return 1
}

func lineOf(ls []markdown.Line) int {
	if len(ls) == 0 {
		return 1
	}
	return at(ls[0])
}

func texts(lines []markdown.Line) []string {
	var out []string
	for _, l := range lines {
		if l.Text != "" {
			out = append(out, l.Text)
		}
	}
	return out
}
