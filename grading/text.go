package grading

import (
	"slices"
	"strings"
)

// A text is right when it is one of the accepted ones; case, blanks, hyphens, other punctuation and a leading article do not count.
// Spelling does, and there is no partial credit for nearly: abduction and adduction, dysphagia and dysphasia are one letter apart.

func plainText(s string) string {
	ws := words(s)
	if len(ws) > 1 && slices.Contains([]string{"a", "an", "the"}, ws[0]) {
		ws = ws[1:]
	}
	return strings.Join(ws, " ")
}

// sameText compares two texts with blanks counting and, since "follow up" is also written in one word, without.
func sameText(a, b string) bool {
	x, y := plainText(a), plainText(b)
	return x != "" && strings.ReplaceAll(x, " ", "") == strings.ReplaceAll(y, " ", "")
}

func parseText(_ *ItemKey, a ItemAnswer, p *itemParser) {
	switch {
	case len(words(a.Value)) == 0:
		p.fail("value", clip(a.Value), "Enter a word or phrase.")
	case len(a.Value) > maxText:
		p.fail("value", clip(a.Value), "The answer is longer than %d bytes. A word or phrase is enough.", maxText)
	}
}

func gradeText(k *ItemKey, a ItemAnswer) ItemResult {
	correct := slices.ContainsFunc(k.Texts, func(t string) bool { return sameText(t, a.Value) })
	return outcome(correct, 0, []ItemPart{{Index: 0, Entered: strings.TrimSpace(a.Value), Chosen: true, Right: correct}})
}
