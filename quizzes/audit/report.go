package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"crosswalk/grading"
)

// Report is what a learner says of a drill.
type Report struct {
	Line  Line            `json:"line"`            // where the fault is: a line of the claim, MissingDx or NoFault
	Kind  Kind            `json:"kind,omitempty"`  // which kind it is; empty with NoFault
	Claim *grading.Answer `json:"claim,omitempty"` // the whole claim as it should be; nil for as it stands
}

// DecodeReport reads a report from JSON, in the form that docs/grading.md describes. It is as strict as grading.DecodeAnswer. The error
// says what to do; ParseReport judges the content.
func DecodeReport(b []byte) (Report, error) {
	if len(b) > grading.MaxAnswerBytes {
		return Report{}, fmt.Errorf("the report has %d bytes, more than the %d allowed", len(b), grading.MaxAnswerBytes)
	}
	if t := bytes.TrimSpace(b); len(t) == 0 || t[0] != '{' {
		return Report{}, errors.New(`the report is not a JSON object: write {"line": "dx-2", "kind": "laterality", "claim": {"diagnoses": [{"code": "E11.22"}]}}`)
	}
	var raw struct {
		Line  Line            `json:"line"`
		Kind  Kind            `json:"kind"`
		Claim json.RawMessage `json:"claim"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return Report{}, fmt.Errorf("the report cannot be read (%w): it has line, kind and claim", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Report{}, errors.New("there is more after the report's closing brace: send one object")
	}
	r := Report{Line: raw.Line, Kind: raw.Kind}
	if len(raw.Claim) > 0 && string(raw.Claim) != "null" {
		a, err := grading.DecodeAnswer(raw.Claim)
		if err != nil {
			return Report{}, fmt.Errorf("claim: %w", err)
		}
		r.Claim = &a
	}
	return r, nil
}

// ParseReport checks the form of a report on a drill of a key and puts it in canonical form: the claim whole, with nothing but its
// lines. The error is grading.FormatErrors with all that was found; the parts are "line", "kind" and those of an answer behind "claim.".
func ParseReport(k *grading.Key, d Drill, r Report) (Report, error) {
	var bad grading.FormatErrors
	fail := func(part, input, reason string) {
		bad = append(bad, &grading.FormatError{Part: part, Input: input, Reason: reason})
	}
	switch {
	case r.Line == "":
		fail("line", "", "Choose the line where the fault is, or say that the claim is right.")
	case !r.Line.on(d.Claim):
		fail("line", string(r.Line), fmt.Sprintf("%.40q is no line of this claim. Use dx-1, dx-2 and so on, px-1, ..., missing-dx or none.", r.Line))
	}
	offered := slices.ContainsFunc(Offered(k), func(i KindInfo) bool { return i.Kind == r.Kind })
	switch {
	case r.Line == NoFault && r.Kind != "":
		fail("kind", string(r.Kind), "A claim without a fault has no kind of fault. Choose the line where it is, or leave the kind open.")
	case r.Line != NoFault && r.Kind == "":
		fail("kind", "", "Choose the kind of fault.")
	case r.Line != NoFault && !offered:
		fail("kind", string(r.Kind), fmt.Sprintf("%.40q is none of the kinds of fault that are offered here.", r.Kind))
	}
	if r.Claim == nil || r.Line == NoFault {
		r.Claim = &d.Claim
	}
	claim := onlyClaim(*r.Claim)
	r.Claim = &claim
	key := onlyLines(k)
	var form grading.FormatErrors
	if _, err := grading.ParseAnswer(&key, claim); errors.As(err, &form) {
		for _, e := range form {
			bad = append(bad, &grading.FormatError{Part: "claim." + e.Part, Input: e.Input, Reason: e.Reason})
		}
	} else if err != nil {
		return Report{}, err
	}
	if len(bad) > 0 {
		return Report{}, bad
	}
	return r, nil
}

// at is a line in words: "diagnosis 2 (E11.22)".
func (l Line) at(a grading.Answer) string {
	side, num, _ := strings.Cut(string(l), "-")
	switch l {
	case NoFault:
		return "none"
	case MissingDx:
		return "a missing diagnosis"
	}
	code, name := "", "diagnosis"
	for i, d := range a.Diagnoses {
		if DxLine(i) == l {
			code = d.Code
		}
	}
	if side == "px" {
		name = "procedure"
		for i, p := range a.Procedures {
			if PxLine(i) == l {
				code = p.Code
			}
		}
	}
	return name + " " + num + " (" + code + ")"
}
