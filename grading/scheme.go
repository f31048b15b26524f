package grading

import (
	"fmt"
	"strings"
)

// Scheme names a way to turn the parts of a result into one figure. The parts, the learning score and the other figures are the same
// under every scheme; a scheme other than Learning adds Result.SchemeScore.
type Scheme string

// The schemes.
const (
	// Learning is the learning score itself: partial credit, less priced extras, capped. It adds no figure of its own.
	Learning Scheme = "learning"
	// CodeOverCode is the audit of coding departments: the sum over lines divided by the larger of lines entered and lines in the key.
	// A line exactly right counts one; a line with the right code and a wrong modifier or unit, or the right first-listed diagnosis out
	// of its place, counts one half. The order of secondary diagnoses, pointers and POA do not count.
	CodeOverCode Scheme = "code-over-code"
	// AllOrNothing is how a mock examination counts: each field that was asked is right as a whole or earns nothing. A field is a line
	// with all its components, a POA indicator, the evidence of a line, the DRG, the disposition, the E/M grid, the query. Lines
	// entered beyond the number in the key are fields that are wrong.
	AllOrNothing Scheme = "all-or-nothing"
)

// Schemes are all schemes, in the order in which pages list them.
var Schemes = []Scheme{Learning, CodeOverCode, AllOrNothing}

// ParseScheme reads a scheme's name; the empty text is Learning. The error lists the names.
func ParseScheme(s string) (Scheme, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	if name == "" {
		return Learning, nil
	}
	for _, sch := range Schemes {
		if string(sch) == name {
			return sch, nil
		}
	}
	return "", fmt.Errorf("%q is not a grading scheme: use learning, code-over-code or all-or-nothing", s)
}
