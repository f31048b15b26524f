package quizzes

import (
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// caseCheck checks one case against a book.
type caseCheck struct {
	c      *Case
	book   Codebook
	ps     markdown.Problems
	quotes []evidenceFile // of all lines: the note is read for them once
}

func checkCase(c *Case, book Codebook) []markdown.Problem {
	k := &caseCheck{c: c, book: book, ps: markdown.Problems{File: c.File}}
	k.version(&c.Key, &c.file.Key)
	for i := range c.Key.Alternatives {
		k.version(&c.Key.Alternatives[i], &c.file.Key.Alternatives[i])
	}
	for i, t := range c.Key.Traps {
		f := c.file.Traps[i]
		k.trap(t, f)
		k.cites(f.Cites)
	}
	for _, a := range c.file.Key.Allow {
		k.cites(a.Cites)
	}
	k.evidence()
	// A key with unknown codes cannot score well; that is said once and not twice.
	if len(markdown.Errors(k.ps.List)) == 0 {
		k.grade()
	}
	return k.ps.List
}

// version checks the key or one of its alternatives.
func (k *caseCheck) version(key *grading.Key, f *keyFile) {
	for i := range key.Diagnoses {
		k.diagnosis(key, i, &f.Diagnoses[i])
	}
	for i := range key.Procedures {
		k.procedure(key, &key.Procedures[i], &f.Procedures[i])
	}
	k.conflicts(key, f)
	k.checkEM(key, f)
	if f.Query != nil {
		k.quotes = append(k.quotes, f.Query.Indicators...)
		k.cites(f.Query.Cites)
	}
}

func (k *caseCheck) cites(ls []markdown.Line) {
	for _, l := range ls {
		checkCite(&k.ps, l.At, l.Text, k.book)
	}
}

func (k *caseCheck) diagnosis(key *grading.Key, i int, f *diagnosisFile) {
	d := &key.Diagnoses[i]
	e, ok := checkCode(&k.ps, f.Code.At, codebook.ICD10CM, d.Code, key.Date, k.book, "the key")
	if ok && key.Ask.POA {
		switch {
		case e.Facts.POAExempt && d.POA != "exempt":
			k.ps.Errorf(f.POA.At, "poa", "%s is exempt from present-on-admission reporting: write poa: exempt", f.Code.Text)
		case !e.Facts.POAExempt && d.POA == "exempt":
			k.ps.Errorf(f.POA.At, "poa", "%s is not on the list of exempt codes: write poa: Y, N, U or W", f.Code.Text)
		}
	}
	for j, c := range d.Accept {
		checkCode(&k.ps, f.Accept[j].At, codebook.ICD10CM, c, key.Date, k.book, "accept")
	}
	for _, m := range f.NearMiss {
		k.wrongCode(codebook.ICD10CM, m.code, "near_miss")
	}
	k.quotes = append(k.quotes, f.Evidence...)
	k.cites(f.Cites)
}

// wrongCode looks at a code that learners enter by mistake. It may be a header (a missing character is a mistake worth naming), but one that
// does not exist at all is most likely a slip of the author's.
func (k *caseCheck) wrongCode(sys codebook.System, l markdown.Line, where string) {
	c, err := codebook.ParseCode(sys, l.Text)
	if err != nil {
		return // reported by Load
	}
	if _, err := k.book.Lookup(sys, c, k.c.Key.Date); err != nil {
		k.ps.Warnf(l.At, "unknown-code", "%s: %v", where, err)
	}
}

func (k *caseCheck) trap(t grading.Trap, f trapFile) {
	sys, c, err := codebook.ProcedureSystem(f.Code.Text)
	if err != nil || c != t.Code {
		k.wrongCode(codebook.ICD10CM, f.Code, "the trap")
		return
	}
	// G0121 could be a HCPCS code or an ICD-10-CM code without its dot.
	if _, err := k.book.Lookup(codebook.ICD10CM, t.Code, k.c.Key.Date); err != nil {
		k.wrongCode(sys, f.Code, "the trap")
	}
}

func (k *caseCheck) procedure(key *grading.Key, p *grading.Procedure, f *procedureFile) {
	if _, ok := checkCode(&k.ps, f.Code.At, p.System, p.Code, key.Date, k.book, "the key"); ok && p.System == codebook.ICD10PCS {
		if _, err := k.book.PCS(p.Code, key.Date); err != nil {
			k.ps.Errorf(f.Code.At, "unknown-code", "the key: %v", err)
		}
	}
	for _, l := range f.Accept {
		if sys, c, err := codebook.ProcedureSystem(l.Text); err == nil {
			checkCode(&k.ps, l.At, sys, c, key.Date, k.book, "accept")
		}
	}
	for _, m := range f.NearMiss {
		if sys, _, err := codebook.ProcedureSystem(m.code.Text); err == nil {
			k.wrongCode(sys, m.code, "near_miss")
		}
	}
	for _, set := range append([][]markdown.Line{f.Modifiers, f.ModifiersOptional}, f.ModifiersAny...) {
		for _, l := range set {
			checkModifier(&k.ps, l.At, strings.ToUpper(l.Text), k.book)
		}
	}
	k.quotes = append(k.quotes, f.Evidence...)
	k.cites(f.Cites)
}

// evidence reports words that are not in the note, or stand in it more than once.
func (k *caseCheck) evidence() {
	phrases := make([]markdown.Phrase, len(k.quotes))
	for i, q := range k.quotes {
		phrases[i] = markdown.Phrase{Text: q.Text.Text, In: q.In.Text}
	}
	for i, found := range k.c.Chart.Find(phrases) {
		l, in := k.quotes[i].Text, k.quotes[i].In
		switch {
		case !found.Heading:
			k.ps.Errorf(in.At, "evidence", "the note has no heading %q", in.Text)
		case found.Times == 0:
			k.ps.Errorf(l.At, "evidence", "the note does not say %q: copy the words as they stand there", l.Text)
		case found.Times > 1 && in.Text == "":
			k.ps.Warnf(l.At, "evidence-twice", "%q stands in the note %d times: choose more words, or say where with {text: ..., in: HEADING}", l.Text, found.Times)
		case found.Times > 1:
			k.ps.Warnf(l.At, "evidence-twice", "%q stands under %q %d times: choose more words", l.Text, in.Text, found.Times)
		}
	}
}

// claimOf is the key as a claim.
func claimOf(key *grading.Key) codebook.Claim {
	c := codebook.Claim{On: key.Date, Setting: codebook.Outpatient, Patient: key.Patient}
	switch {
	case key.Bills == grading.Professional:
		c.Setting = codebook.Practitioner
	case key.InpatientFacility():
		c.Setting = codebook.Inpatient
	}
	for _, d := range key.Diagnoses {
		c.Lines = append(c.Lines, codebook.ClaimLine{Ref: codebook.Ref{System: codebook.ICD10CM, Code: d.Code}})
	}
	for _, p := range key.Procedures {
		c.Lines = append(c.Lines, codebook.ClaimLine{Ref: codebook.Ref{System: p.System, Code: p.Code}, Units: p.Units, Modifiers: p.Modifiers})
	}
	return c
}

// lastLine is the line of the file where the last of the codes stands.
func lastLine(key *grading.Key, f *keyFile, refs []codebook.Ref) int {
	line := keyLine(f)
	for _, r := range refs {
		if i := slices.IndexFunc(key.Diagnoses, func(d grading.Diagnosis) bool { return r.System == codebook.ICD10CM && d.Code == r.Code }); i >= 0 {
			line = max(line, f.Diagnoses[i].Code.At)
		}
		if i := slices.IndexFunc(key.Procedures, func(p grading.Procedure) bool { return p.System == r.System && p.Code == r.Code }); i >= 0 {
			line = max(line, f.Procedures[i].Code.At)
		}
	}
	return line
}

// conflicts reports what the book objects to in the key as a claim, in each order that it may be entered in. What the rule leaves to the
// case is a warning, and so is a partner that is missing; the rest is an error. Indicators of presence on admission have their own rule.
func (k *caseCheck) conflicts(key *grading.Key, f *keyFile) {
	k.objections(key, f, claimOf(key))
	for i, d := range key.Diagnoses {
		if d.First == grading.EitherFirst && i > 0 {
			turned := *key
			turned.Diagnoses = append([]grading.Diagnosis{d}, slices.Delete(slices.Clone(key.Diagnoses), i, i+1)...)
			k.objections(key, f, claimOf(&turned))
		}
	}
}

func (k *caseCheck) objections(key *grading.Key, f *keyFile, claim codebook.Claim) {
	for _, c := range k.book.ClaimConflicts(claim) {
		if len(c.Codes) == 0 || c.Kind == codebook.KindPOA {
			continue
		}
		if c.Kind == codebook.KindExcludes1 && k.allowed(c.Codes) {
			continue
		}
		rule, advice := c.Kind, ""
		switch {
		case c.Kind == codebook.KindPartner && !c.Mild, c.Kind == codebook.KindPrincipal && c.From == "I.A.13":
			rule = "manifestation"
		case c.Kind == codebook.KindExcludes1:
			advice = " Take one out, or allow the pair and say why."
		}
		report := k.ps.Errorf
		if c.Mild {
			report = k.ps.Warnf
		}
		report(lastLine(key, f, c.Codes), rule, "%s (%s).%s", strings.TrimSuffix(c.Sentence(), "."), c.Cite(), advice)
	}
}

// allowed reports whether the case says that an Excludes1 pair is right here (Official Guidelines I.A.12.a).
func (k *caseCheck) allowed(pair []codebook.Ref) bool {
	return len(pair) == 2 && slices.ContainsFunc(k.c.Key.Allow, func(a grading.Allow) bool {
		x, y := pair[0].Code, pair[1].Code
		return a.Pair == [2]codebook.Code{x, y} || a.Pair == [2]codebook.Code{y, x}
	})
}

// grade grades the key, each alternative, and each diagnosis that may stand first, against the key: all must score 100 % and be clean.
func (k *caseCheck) grade() {
	key := &k.c.Key
	versions := key.Versions()
	k.gradeOne(key, &versions[0], &k.c.file.Key, "the key")
	for i := range versions[1:] {
		k.gradeOne(key, &versions[i+1], &k.c.file.Key.Alternatives[i], "the alternative")
	}
	for i, d := range key.Diagnoses {
		if d.First != grading.EitherFirst {
			continue
		}
		turned := *key
		turned.Diagnoses = append([]grading.Diagnosis{d}, slices.Delete(slices.Clone(key.Diagnoses), i, i+1)...)
		k.gradeOne(key, &turned, &k.c.file.Key, "the key with "+d.Code.Dotted(codebook.ICD10CM)+" first")
	}
}

func (k *caseCheck) gradeOne(key, answer *grading.Key, f *keyFile, what string) {
	r, err := grading.ParseAnswer(key, grading.ModelAnswer(answer))
	if err != nil {
		k.ps.Errorf(keyLine(f), "self-test", "%s is refused as an answer: %v", what, err)
		return
	}
	res := grading.Grade(key, r, k.book, grading.Learning)
	if res.Learning.Possible > 0 && res.Learning.Earned == res.Learning.Possible && res.Clean {
		return
	}
	var wrong []string
	for _, p := range res.Parts {
		if p.Earned < p.Possible || p.Earned < 0 || p.Finding != "" {
			line := "extra line"
			if p.Line != nil {
				line = *p.Line
			} else if p.Entered != nil {
				line += " " + *p.Entered
			}
			wrong = append(wrong, strings.TrimSpace(line+" "+string(p.Component)+": "+p.Why))
		}
	}
	k.ps.Errorf(keyLine(f), "self-test", "%s scores %.1f %% against itself (clean: %t). %s", what, res.Learning.Percent, res.Clean, strings.Join(wrong, "; "))
}
