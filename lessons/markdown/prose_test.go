package markdown_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/lessons/markdown"
)

// TestSentences: running text in sentences with their words and the line of their paragraph; no tables, quotations, code or headings.
func TestSentences(t *testing.T) {
	const src = "## A heading of five words\n\nOne two. Three *four*\nfive? \"Six seven!\" Eight: nine ten.\n\n> A chart that is quoted.\n\n- An item, e.g. this one\n- Mr Who vs. the code [[icd10cm:E11.9]]\n\n" +
		"| a | b |\n|---|---|\n| c | d |\n\n```\ncode here\n```\n\n:::note\nWithin a block. *r/o* is lower case and begins one.\n:::\n"
	var got []string
	for _, s := range markdown.New(nil, nil).Parse([]byte(src), "x.md", 11).Sentences() {
		got = append(got, fmt.Sprintf("%d %d %s", s.Line, s.Words, s.Text))
	}
	want := []string{
		"13 2 One two.", "13 3 Three four five?", "13 2 \"Six seven!\"", "13 1 Eight:", "13 2 nine ten.", "18 5 An item, e.g. this one",
		"19 7 Mr Who vs. the code ICD-10-CM E11.9", "30 3 Within a block.", "30 7 r/o is lower case and begins one.",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
