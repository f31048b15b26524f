package interchange

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/grading"
)

// Item is a question between formats. Its texts are a small set of markdown without references of ours: paragraphs, lists, quotations, tables and
// fenced code in Stem, Rationale and Why; a single line in choices, entries and pairs.
type Item struct {
	ID         string // as the source or our bank names it; "" for none
	Kind       grading.Kind
	Area       string // "" where the source names none
	Difficulty int    // 1 to 5; 0 where the source says nothing
	Cites      []string
	Stem       string
	Choices    []Choice // single, multiple
	Entries    []string // order: in the right order
	Pairs      []Pair   // match
	Texts      []string // text: what is accepted, in plain text
	Number     string   // number: decimal text
	Tolerance  string   // number: decimal text, "0" when exact
	Rationale  string
}

// Choice is an option of a choice.
type Choice struct {
	Text  string
	Right bool
	Why   string // "" where the source says nothing
}

// Pair is a row of a match.
type Pair struct{ Left, Right string }

// clone is a copy that shares nothing.
func (it Item) clone() Item {
	it.Cites, it.Choices, it.Entries = slices.Clone(it.Cites), slices.Clone(it.Choices), slices.Clone(it.Entries)
	it.Pairs, it.Texts = slices.Clone(it.Pairs), slices.Clone(it.Texts)
	return it
}

// eachText calls f with every text in markdown, to read and to change.
func (it *Item) eachText(f func(*string)) {
	f(&it.Stem)
	f(&it.Rationale)
	for i := range it.Choices {
		f(&it.Choices[i].Text)
		f(&it.Choices[i].Why)
	}
	for i := range it.Entries {
		f(&it.Entries[i])
	}
	for i := range it.Pairs {
		f(&it.Pairs[i].Left)
		f(&it.Pairs[i].Right)
	}
}

const (
	maxParts = 200       // options, entries, pairs or accepted answers of a question, and questions that one item becomes
	maxTexts = 512 << 10 // bytes of all texts of a question together
	maxCopy  = 256 << 10 // bytes of text that the questions of one item may take over from it together
)

// fault says why an item is no question that can be asked, "" when it is one.
func (it *Item) fault() string {
	if max(len(it.Choices), len(it.Entries), len(it.Pairs), len(it.Texts)) > maxParts {
		return fmt.Sprintf("it has more than %d options, entries or answers", maxParts)
	}
	total := 0
	it.eachText(func(t *string) { total += len(*t) })
	switch {
	case total > maxTexts:
		return fmt.Sprintf("its texts have more than %d kB together", maxTexts>>10)
	case it.Stem == "":
		return "it has no text"
	}
	switch it.Kind {
	case grading.Single, grading.Multiple:
		return it.choiceFault()
	case grading.Order:
		return listFault("entry", it.Entries)
	case grading.Match:
		return it.pairFault()
	case grading.Text:
		if len(it.Texts) == 0 {
			return "it has no accepted answer"
		}
	case grading.Number:
		if it.Number == "" {
			return "it has no number as its answer"
		}
	default:
		return fmt.Sprintf("its kind %q is not one that can be asked here", it.Kind)
	}
	return ""
}

func (it *Item) choiceFault() string {
	right := 0
	var texts []string
	for _, c := range it.Choices {
		if c.Right {
			right++
		}
		texts = append(texts, c.Text)
	}
	if f := listFault("option", texts); f != "" {
		return f
	}
	switch {
	case right == 0:
		return "none of its options is right"
	case right == len(it.Choices):
		return "all of its options are right"
	case it.Kind == grading.Single && right > 1:
		return "more than one of its options is right, and only one may be chosen"
	}
	return ""
}

func (it *Item) pairFault() string {
	var left, right []string
	for _, p := range it.Pairs {
		left, right = append(left, p.Left), append(right, p.Right)
	}
	if f := listFault("left entry", left); f != "" {
		return f
	}
	return listFault("right entry", right)
}

// listFault says what is wrong with a list of options or entries: they are compared as they are read, without markup.
func listFault(name string, texts []string) string {
	if len(texts) < 2 {
		return fmt.Sprintf("it has fewer than two of: %s", name)
	}
	seen := map[string]bool{}
	for _, t := range texts {
		plain := strings.Join(strings.Fields(toPlain(t)), " ")
		if plain == "" {
			return "it has an empty " + name
		}
		if seen[plain] {
			return fmt.Sprintf("the %s %q stands twice", name, clip(plain, 60))
		}
		seen[plain] = true
	}
	return ""
}

// clip shortens a text to n characters for a message.
func clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
