package grading

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxAnswerBytes is the size above which DecodeAnswer refuses an answer. A hundred lines with evidence for each stay far below it.
const MaxAnswerBytes = 256 << 10

// DecodeAnswer reads an answer from JSON, in the form that docs/grading.md describes. It is strict, because a misspelled field would
// otherwise be a line lost without a word: unknown fields, a second value behind the first and more than MaxAnswerBytes are refused.
// The error names the place and says what to do; ParseAnswer judges the content.
func DecodeAnswer(b []byte) (Answer, error) {
	if len(b) > MaxAnswerBytes {
		return Answer{}, fmt.Errorf("the answer has %d bytes, more than the %d allowed: send the codes and short marks of the note only", len(b), MaxAnswerBytes)
	}
	if t := bytes.TrimSpace(b); len(t) == 0 || t[0] != '{' {
		return Answer{}, errors.New(`the answer is not a JSON object: write {"diagnoses": [{"code": "E11.22"}]}`)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var a Answer
	if err := d.Decode(&a); err != nil {
		return Answer{}, decodeError(b, d.InputOffset(), err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Answer{}, fmt.Errorf("line %d: there is more after the answer's closing brace: send one object", lineAt(b, d.InputOffset()))
	}
	return a, nil
}

func decodeError(b []byte, at int64, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: this is not JSON (%v): check brackets, commas and quotes", lineAt(b, syntax.Offset), syntax)
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: %s is a %s, where %s is wanted", lineAt(b, kind.Offset), kind.Field, kind.Value, wanted(kind.Type.String()))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the answer ends too early: a closing brace or bracket is missing")
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("line %d: %s is no field of an answer: use diagnoses (code, poa, evidence), procedures (code, modifiers, units, minutes, points_to, evidence), drg, disposition, em (problems, data, risk, minutes) and query (ask, reason, indicators, option)", lineAt(b, at), field)
	}
	return fmt.Errorf("line %d: %w", lineAt(b, at), err)
}

// wanted puts a Go type in words that a person who writes JSON knows.
func wanted(t string) string {
	switch t {
	case "string":
		return "a text in quotes"
	case "int":
		return "a whole number"
	case "bool":
		return "true or false"
	case "[]string":
		return "a list of texts"
	}
	if strings.HasPrefix(t, "[]") {
		return "a list"
	}
	return "an object in braces"
}

func lineAt(b []byte, offset int64) int {
	offset = min(max(offset, 0), int64(len(b)))
	return 1 + bytes.Count(b[:offset], []byte("\n"))
}
