package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// claimSettings are the values of -setting.
var claimSettings = []codebook.Setting{codebook.Practitioner, codebook.Outpatient, codebook.Inpatient, codebook.Supplier}

// patientFlags is the patient of -age and -sex; nil when neither is given.
func patientFlags(age int, sex string) (*codebook.Patient, error) {
	sex = strings.ToUpper(sex)
	switch {
	case sex != "" && sex != "M" && sex != "F":
		return nil, usagef("-sex %s: want M or F", sex)
	case age < codebook.AgeUnknown || age > 130:
		return nil, usagef("-age %d: want whole years, 0 to 130", age)
	case age == codebook.AgeUnknown && sex == "":
		return nil, nil
	}
	return &codebook.Patient{Age: age, Sex: sex}, nil
}

func settingFlag(s string) (codebook.Setting, error) {
	if !slices.Contains(claimSettings, codebook.Setting(s)) {
		return "", usagef("-setting %s: want practitioner, outpatient, inpatient or dme", s)
	}
	return codebook.Setting(s), nil
}

var (
	// A procedure with modifiers, units or both: 25605-RT, 45380-59x2, J1100x4.
	typedProcedure = regexp.MustCompile(`^([0-9A-Za-z]{5})((?:-[0-9A-Za-z]{2})*)(?:x([0-9]{1,6}))?$`)
	// A diagnosis with its present-on-admission indicator: N17.9:Y.
	typedDiagnosis = regexp.MustCompile(`^([0-9A-Za-z.]{3,8}):(?i:([YNUW1])|exempt)$`)
)

// claimLine reads a code of a claim as it is typed, with what belongs to it.
func claimLine(book *codebook.Book, typed string, on codebook.Date) (codebook.ClaimLine, error) {
	code, systems := typed, []codebook.System(nil)
	var l codebook.ClaimLine
	if m := typedDiagnosis.FindStringSubmatch(typed); m != nil {
		code, l.POA, systems = m[1], strings.ToUpper(m[2]), []codebook.System{codebook.ICD10CM}
		if l.POA == "" {
			l.POA = "exempt"
		}
	} else if m := typedProcedure.FindStringSubmatch(typed); m != nil && m[2]+m[3] != "" {
		code, systems = m[1], []codebook.System{codebook.CPT, codebook.HCPCS}
		l.Modifiers = strings.FieldsFunc(strings.ToUpper(m[2]), func(r rune) bool { return r == '-' })
		if m[3] != "" {
			n, err := strconv.Atoi(m[3])
			if err != nil || n == 0 {
				return l, usagef("%s: x%s is no number of units; write it as in J1100x4", typed, m[3])
			}
			l.Units = n
		}
	}
	e, err := findEntry(book, code, systems, on)
	if err != nil {
		if errors.Is(err, codebook.ErrMalformed) {
			return l, usagef("%s: %v; write N17.9, N17.9:Y, 25605, 25605-RT, 45380-59x2 or J1100x4", typed, err)
		}
		return l, usagef("%v", err)
	}
	l.Ref = e.Ref
	return l, nil
}

type conflictJSON struct {
	Kind  string   `json:"kind"`
	Codes []string `json:"codes"`
	Note  string   `json:"note"`
	From  string   `json:"from"`
	Mild  bool     `json:"mild"`
}

// conflicts prints what the book objects to in a claim, whose codes are in the order typed.
func conflicts(io streams, book *codebook.Book, claim codebook.Claim, typed []string, asJSON bool) error {
	var errs []string
	for _, t := range typed {
		l, err := claimLine(book, t, claim.On)
		if err != nil {
			errs = append(errs, err.Error())
		}
		claim.Lines = append(claim.Lines, l)
	}
	if len(errs) > 0 {
		return usagef("%s", strings.Join(errs, "\n"))
	}
	out := []conflictJSON{}
	for _, c := range book.ClaimConflicts(claim) {
		j := conflictJSON{Kind: c.Kind, Note: c.Sentence(), From: c.Cite(), Codes: []string{}, Mild: c.Mild}
		for _, r := range c.Codes {
			j.Codes = append(j.Codes, r.Dotted())
		}
		out = append(out, j)
	}
	if asJSON {
		if err := printJSON(io, out); err != nil {
			return err
		}
	} else {
		for _, c := range out {
			fmt.Fprintf(io.out, "%-10s %-24s %s (%s)\n", c.Kind, strings.Join(c.Codes, " "), strings.TrimSuffix(c.Note, "."), c.From)
		}
		if len(out) == 0 {
			fmt.Fprintln(io.out, "no conflict that the book knows")
		}
	}
	if len(out) > 0 {
		return errNo
	}
	return nil
}
