package markdown

import (
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// Sentence is a sentence of running text.
type Sentence struct {
	Text  string
	Words int
	Line  int // of the file, where its paragraph begins
}

// Sentences are the sentences of the paragraphs and list entries: what an author says in running text. Tables, code, headings and quotations,
// which are mostly lines of records, are left out. A colon ends a sentence as a full stop does.
func (t *Tree) Sentences() []Sentence {
	var out []Sentence
	_ = ast.Walk(t.Root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindBlockquote, ast.KindHeading, ast.KindCodeBlock, ast.KindFencedCodeBlock:
			return ast.WalkSkipChildren, nil
		case ast.KindParagraph, ast.KindTextBlock:
			for _, s := range sentences(t.Text(n)) {
				out = append(out, Sentence{Text: s, Words: words(s), Line: t.Line(n)})
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return out
}

// sentences cuts a text after full stops, colons, question and exclamation marks that a blank follows. An abbreviation that goes on in lower case
// ends none.
func sentences(s string) []string {
	var out []string
	start := 0
	runes := []rune(s)
	for i, r := range runes {
		if i < start || !strings.ContainsRune(".:?!", r) {
			continue
		}
		end := i + 1
		for end < len(runes) && strings.ContainsRune(`"”')`, runes[end]) {
			end++
		}
		next := end
		for next < len(runes) && unicode.IsSpace(runes[next]) {
			next++
		}
		if next < len(runes) && (next == end || r == '.' && unicode.IsLower(runes[next]) && abbreviation(runes[start:i])) {
			continue
		}
		if text := strings.TrimSpace(string(runes[start:next])); text != "" {
			out = append(out, text)
		}
		start = next
	}
	if text := strings.TrimSpace(string(runes[start:])); text != "" {
		out = append(out, text)
	}
	return out
}

// abbreviation reports whether a text ends in a word that a full stop may belong to: a short one, or one with a full stop within.
func abbreviation(text []rune) bool {
	n := 0
	for n < len(text) && !unicode.IsSpace(text[len(text)-1-n]) {
		n++
	}
	return n <= 3 || strings.ContainsRune(string(text[len(text)-n:]), '.')
}

// words counts what has a letter or digit in it, between blanks.
func words(s string) int {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}
