package codebook

import (
	"errors"
	"fmt"
	"strings"
)

// System names a code set.
type System string

// The code sets that the book knows.
const (
	ICD10CM  System = "icd10cm"  // ICD-10-CM diagnosis codes (CDC/NCHS)
	ICD10PCS System = "icd10pcs" // ICD-10-PCS inpatient procedure codes (CMS)
	CPT      System = "cpt"      // CPT numbers (AMA), with our own labels
	HCPCS    System = "hcpcs"    // HCPCS Level II (CMS)
)

// Systems are all code sets, in the order in which pages list them.
var Systems = []System{ICD10CM, ICD10PCS, CPT, HCPCS}

// Name is the code set's name as coders write it.
func (s System) Name() string {
	switch s {
	case ICD10CM:
		return "ICD-10-CM"
	case ICD10PCS:
		return "ICD-10-PCS"
	case CPT:
		return "CPT"
	case HCPCS:
		return "HCPCS Level II"
	}
	return string(s)
}

// ParseSystem reads a code set's short name.
func ParseSystem(s string) (System, error) {
	for _, sys := range Systems {
		if string(sys) == strings.ToLower(strings.TrimSpace(s)) {
			return sys, nil
		}
	}
	return "", fmt.Errorf("%q is not a code set: use icd10cm, icd10pcs, cpt or hcpcs", s)
}

// Code is a code in its one canonical form: upper case, no dot, no blanks. It says nothing about whether the code exists.
type Code string

// ErrMalformed is wrapped by the errors of ParseCode: the text has no form that a code of the set can have.
var ErrMalformed = errors.New("malformed code")

// ParseCode reads a code of the set as people write it (with or without the dot, any case, blanks around) and returns its canonical
// form. It checks the form only: an ICD-10-CM code has three to seven characters and begins with a letter and a digit or letter, an
// ICD-10-PCS code has one to seven characters from 0-9 and A-Z without I and O, a CPT code five (four digits and a digit, F or T or
// U), a HCPCS code a letter A-V and four digits. The error wraps ErrMalformed and says what the form is.
func ParseCode(sys System, s string) (Code, error) {
	raw := strings.ToUpper(strings.TrimSpace(s))
	bad := func(form string) (Code, error) {
		return "", fmt.Errorf("%q does not have the form of %s, which has %s: %w", s, sys.Name(), form, ErrMalformed)
	}
	switch sys {
	case ICD10CM:
		const form = "three to seven characters with a dot after the third, such as E11.22"
		c := raw
		if i := strings.IndexByte(c, '.'); i >= 0 {
			if i != 3 || strings.Count(c, ".") != 1 || len(c) == 4 {
				return bad(form)
			}
			c = c[:3] + c[4:]
		}
		if len(c) < 3 || len(c) > 7 || !isLetter(c[0]) || !isDigit(c[1]) && !isLetter(c[1]) || !allAlnum(c) {
			return bad(form)
		}
		return Code(c), nil
	case ICD10PCS:
		const form = "seven characters, digits and letters except I and O, such as 0FT44ZZ"
		if len(raw) < 1 || len(raw) > 7 || !allAlnum(raw) || strings.ContainsAny(raw, "IO") {
			return bad(form)
		}
		return Code(raw), nil
	case CPT:
		const form = "five characters, such as 99213"
		if len(raw) != 5 || !allDigits(raw[:4]) || !isDigit(raw[4]) && !strings.ContainsRune("FTUMA", rune(raw[4])) {
			return bad(form)
		}
		return Code(raw), nil
	case HCPCS:
		const form = "a letter and four digits, such as J1100"
		if len(raw) != 5 || raw[0] < 'A' || raw[0] > 'V' || !allDigits(raw[1:]) {
			return bad(form)
		}
		return Code(raw), nil
	}
	return "", fmt.Errorf("%q is not a code set: %w", sys, ErrMalformed)
}

// ProcedureSystem tells by its form which code set a procedure code belongs to: seven characters are ICD-10-PCS, a leading letter
// and four digits HCPCS Level II, four leading digits CPT.
func ProcedureSystem(s string) (System, Code, error) {
	for _, sys := range []System{CPT, HCPCS} {
		if c, err := ParseCode(sys, s); err == nil {
			return sys, c, nil
		}
	}
	if c, err := ParseCode(ICD10PCS, s); err == nil && len(c) == 7 {
		return ICD10PCS, c, nil
	}
	return "", "", fmt.Errorf("%q has the form of no procedure code: CPT has five digits (99213), HCPCS Level II a letter and four digits (J1100), ICD-10-PCS seven characters (0FT44ZZ): %w", s, ErrMalformed)
}

// Dotted is the code as it is printed: ICD-10-CM with a dot after the third character, the others unchanged.
func (c Code) Dotted(sys System) string {
	if sys == ICD10CM && len(c) > 3 {
		return string(c[:3]) + "." + string(c[3:])
	}
	return string(c)
}

func isLetter(b byte) bool { return b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func allAlnum(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && !isLetter(s[i]) {
			return false
		}
	}
	return true
}
