package grading

import (
	"fmt"
	"slices"
)

// kindRules are how one kind of question reads and grades an answer. A new kind is a file with these two functions and a line in rules.
type kindRules struct {
	kind  Kind
	parse func(*ItemKey, ItemAnswer, *itemParser)
	grade func(*ItemKey, ItemAnswer) ItemResult
}

// rules is the registry of kinds, in the order of the documentation. It is a function, so that the graders may ask for it.
func rules() []kindRules {
	return []kindRules{
		{Single, parseSingle, gradeSingle},
		{Multiple, parseMultiple, gradeMultiple},
		{Codes, parseCodes, gradeCodes},
		{Number, parseNumber, gradeNumber},
		{Text, parseText, gradeText},
		{Order, parseOrder, gradeOrder},
		{Match, parseMatch, gradeMatch},
	}
}

// Kinds are all kinds of questions.
func Kinds() []Kind {
	var out []Kind
	for _, r := range rules() {
		out = append(out, r.kind)
	}
	return out
}

func rulesOf(k Kind) (kindRules, bool) {
	rs := rules()
	i := slices.IndexFunc(rs, func(r kindRules) bool { return r.kind == k })
	if i < 0 {
		return kindRules{}, false
	}
	return rs[i], true
}

// ParseItem checks the form of an answer to a question. The error is FormatErrors that say what to do; nothing has been graded then.
// A key of an unknown kind is an error of the content and no FormatErrors.
func ParseItem(k *ItemKey, a ItemAnswer) error {
	r, ok := rulesOf(k.Kind)
	if !ok {
		return fmt.Errorf("the question is of the unknown kind %q: use one of %v", k.Kind, Kinds())
	}
	p := &itemParser{}
	r.parse(k, a, p)
	if len(p.errs) > 0 {
		return p.errs
	}
	return nil
}

// GradeItem scores an answer that ParseItem has passed. What of another answer can be read is graded, the rest earns nothing; a key of an
// unknown kind gives nothing. docs/grading.md states the partial credit of each kind.
func GradeItem(k *ItemKey, a ItemAnswer) ItemResult {
	r, ok := rulesOf(k.Kind)
	if !ok {
		return ItemResult{Possible: fullItem}
	}
	return r.grade(k, a)
}

const fullItem Points = 100

type itemParser struct{ errs FormatErrors }

func (p *itemParser) fail(part, input, format string, args ...any) {
	p.errs = append(p.errs, &FormatError{Part: part, Input: input, Reason: fmt.Sprintf(format, args...)})
}

// indices checks that numbers lie in 0..n-1 and none stands twice.
func (p *itemParser) indices(part string, in []int, n int) {
	for i, v := range in {
		at := fmt.Sprintf("%s[%d]", part, i)
		switch {
		case v < 0 || v >= n:
			p.fail(at, fmt.Sprint(v), "There is no entry %d. Choose from 0 to %d.", v, n-1)
		case slices.Index(in, v) < i:
			p.fail(at, fmt.Sprint(v), "Entry %d stands twice. Give each once.", v)
		}
	}
}

// outcome is a result from the parts: correct or not, and the partial credit, which is full only for a correct answer.
func outcome(correct bool, earned Points, parts []ItemPart) ItemResult {
	earned = min(max(earned, 0), fullItem)
	if correct {
		earned = fullItem
	}
	return ItemResult{Earned: earned, Possible: fullItem, Correct: correct, Parts: parts}
}
