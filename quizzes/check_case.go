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
	c    *Case
	book Codebook
	ps   markdown.Problems
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
	k.excludes1(key, f)
	k.partners(key, f)
	if key.Bills == grading.Professional {
		k.ncci(key, f)
	}
	k.checkEM(key, f)
	if f.Query != nil {
		k.evidence(f.Query.Indicators)
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
	if ok && d.First != grading.NotFirst && e.Facts.Manifestation {
		k.ps.Errorf(f.Code.At, "manifestation", "%s is a manifestation and cannot stand first: its etiology does (I.A.13)", f.Code.Text)
	}
	for j, c := range d.Accept {
		checkCode(&k.ps, f.Accept[j].At, codebook.ICD10CM, c, key.Date, k.book, "accept")
	}
	for _, m := range f.NearMiss {
		k.wrongCode(codebook.ICD10CM, m.code, "near_miss")
	}
	k.evidence(f.Evidence)
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
	k.evidence(f.Evidence)
	k.cites(f.Cites)
}

// evidence reports words that are not in the note, or stand in it more than once.
func (k *caseCheck) evidence(fs []evidenceFile) {
	phrases := make([]markdown.Phrase, len(fs))
	for i, f := range fs {
		phrases[i] = markdown.Phrase{Text: f.Text.Text, In: f.In.Text}
	}
	if len(phrases) == 0 {
		return
	}
	for i, found := range k.c.Chart.Find(phrases) {
		l := fs[i].Text
		switch {
		case !found.Heading:
			k.ps.Errorf(fs[i].In.At, "evidence", "the note has no heading %q", fs[i].In.Text)
		case found.Times == 0:
			k.ps.Errorf(l.At, "evidence", "the note does not say %q: copy the words as they stand there", l.Text)
		case found.Times > 1 && fs[i].In.Text == "":
			k.ps.Warnf(l.At, "evidence-twice", "%q stands in the note %d times: choose more words, or say where with {text: ..., in: HEADING}", l.Text, found.Times)
		case found.Times > 1:
			k.ps.Warnf(l.At, "evidence-twice", "%q stands under %q %d times: choose more words", l.Text, fs[i].In.Text, found.Times)
		}
	}
}

func codesOf(key *grading.Key) []codebook.Code {
	codes := make([]codebook.Code, len(key.Diagnoses))
	for i, d := range key.Diagnoses {
		codes[i] = d.Code
	}
	return codes
}

// lineOfCode is the line of the last of the codes among the key's diagnoses.
func lineOfCode(key *grading.Key, f *keyFile, refs []codebook.Ref) int {
	line := keyLine(f)
	for _, r := range refs {
		if i := slices.IndexFunc(key.Diagnoses, func(d grading.Diagnosis) bool { return d.Code == r.Code }); i >= 0 {
			line = max(line, f.Diagnoses[i].Code.At)
		}
	}
	return line
}

// excludes1 reports pairs that must not be reported together (Official Guidelines I.A.12.a) and that the key does not allow.
func (k *caseCheck) excludes1(key *grading.Key, f *keyFile) {
	for _, c := range k.book.Excludes1(codesOf(key), key.Date) {
		if len(c.Codes) != 2 || slices.ContainsFunc(k.c.Key.Allow, func(a grading.Allow) bool {
			x, y := c.Codes[0].Code, c.Codes[1].Code
			return a.Pair == [2]codebook.Code{x, y} || a.Pair == [2]codebook.Code{y, x}
		}) {
			continue
		}
		k.ps.Errorf(lineOfCode(key, f, c.Codes), "excludes1", "%s and %s exclude each other (Excludes1 at %s: %s): take one out, or allow the pair and say why", c.Codes[0].Dotted(), c.Codes[1].Dotted(), c.From, c.Note)
	}
}

// partners reports a manifestation without its etiology before it as an error (Official Guidelines I.A.13), and other codes that the
// notes want beside a key line as warnings (I.A.17).
func (k *caseCheck) partners(key *grading.Key, f *keyFile) {
	for _, c := range k.book.Partners(codesOf(key), key.Date) {
		if len(c.Codes) == 0 {
			continue
		}
		line := lineOfCode(key, f, c.Codes[:1])
		if _, manifestation := k.book.Etiologies(c.Codes[0].Code, key.Date); manifestation && !strings.HasPrefix(c.Note, "Use additional") {
			k.ps.Errorf(line, "manifestation", "%s (note at %s)", c.Note, c.From)
		} else {
			k.ps.Warnf(line, "partner", "%s: a code that the notes want is not in the key. %s (note at %s)", c.Codes[0].Dotted(), c.Note, c.From)
		}
	}
}

// separating are the modifiers that NCCI accepts as a reason to report both codes of a pair with indicator 1; those that name a place
// only when the other line does not name the same.
var (
	separating = []string{"24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XP", "XS", "XU"}
	places     = []string{"E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "LC", "LD", "LM", "LT", "RC", "RI", "RT",
		"TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"}
)

// ncci reports procedure pairs of a professional claim of which NCCI denies one.
func (k *caseCheck) ncci(key *grading.Key, f *keyFile) {
	for i := range key.Procedures {
		for j := range key.Procedures {
			p, q := &key.Procedures[i], &key.Procedures[j] // q is the denied one
			if i == j || p.System == codebook.ICD10PCS || q.System == codebook.ICD10PCS {
				continue
			}
			indicator, ok := k.book.NCCI(p.Code, q.Code)
			if !ok || indicator == "9" {
				continue
			}
			line := f.Procedures[j].Code.At
			switch {
			case indicator == "0":
				k.ps.Errorf(line, "ncci", "NCCI never pays %s beside %s: take it out", q.Code, p.Code)
			case !slices.ContainsFunc(q.Modifiers, func(m string) bool {
				return slices.Contains(separating, m) || slices.Contains(places, m) && !slices.Contains(p.Modifiers, m)
			}):
				k.ps.Errorf(line, "ncci", "NCCI denies %s beside %s unless a modifier on %s says why both are right (%s, or a modifier of another place)", q.Code, p.Code, q.Code, strings.Join(separating, ", "))
			}
		}
	}
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
