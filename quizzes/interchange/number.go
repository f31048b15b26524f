package interchange

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"crosswalk/grading"
)

var decimal = regexp.MustCompile(`^[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?$`)

// parseNumber reads a number as programs write it: 1.5, .5, 1e3, 1,000.
func parseNumber(s string) (*big.Rat, bool) {
	s = strings.TrimSpace(s)
	if thousands.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	if !decimal.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

var thousands = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$`)

// printNumber writes a number as our files have it: decimal, exact, without zeros at the end. The numbers here have finitely many decimals.
func printNumber(r *big.Rat) string {
	s := r.FloatString(140)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "" || s == "-0" || s == "-" {
		return "0"
	}
	return s
}

// setNumber sets the answer of a number; false when the texts are no numbers. A tolerance below 0 counts as one above.
func (it *Item) setNumber(value, tolerance string) bool {
	v, ok := parseNumber(value)
	if !ok {
		return false
	}
	it.Number, it.Tolerance = printNumber(v), "0"
	if strings.TrimSpace(tolerance) != "" {
		t, ok := parseNumber(tolerance)
		if !ok {
			return false
		}
		it.Tolerance = printNumber(t.Abs(t))
	}
	return true
}

// setRange sets the answer to the middle of a range, with half of its width as the tolerance.
func (it *Item) setRange(low, high string) bool {
	l, ok1 := parseNumber(low)
	h, ok2 := parseNumber(high)
	if !ok1 || !ok2 || l.Cmp(h) > 0 {
		return false
	}
	half := big.NewRat(1, 2)
	it.Number = printNumber(new(big.Rat).Mul(half, new(big.Rat).Add(l, h)))
	it.Tolerance = printNumber(new(big.Rat).Mul(half, new(big.Rat).Sub(h, l)))
	return true
}

// setTexts sets the accepted answers of a text, each once and in the form that our files have.
func (f *found) setTexts(texts []string) {
	seen := map[string]bool{}
	for _, t := range texts {
		t = strings.TrimSpace(foldSpace(t))
		if strings.Contains(t, "|") {
			f.notes.changed("a stroke | in an accepted answer is a /")
			t = strings.ReplaceAll(t, "|", "/")
		}
		if t != "" && !seen[strings.ToLower(t)] {
			seen[strings.ToLower(t)] = true
			f.Texts = append(f.Texts, t)
		}
	}
}

// setChoices sets the options. A wrong option that stands there already is left out.
func (f *found) setChoices(cs []Choice) {
	seen := map[string]bool{}
	for _, c := range cs {
		key := linePlain(c.Text)
		if key == "" {
			f.notes.dropped("an option without text")
			continue
		}
		if seen[key] && !c.Right {
			f.notes.dropped("the option %q, which stands twice", clip(key, 60))
			continue
		}
		seen[key] = true
		f.Choices = append(f.Choices, c)
	}
}

// splitMatch gives the item itself, or where an entry has several partners or a partner several entries, which a match of ours cannot have, a choice
// for each entry of the left. extra are entries of the right without a partner.
func (f *found) splitMatch(extra []string) []*found {
	if len(f.Pairs)+len(extra) > maxParts {
		return []*found{f.refuse("it has more than %d options, entries or answers", maxParts)}
	}
	var lefts, rights []string
	partners := map[string][]string{}
	for _, p := range f.Pairs {
		if !slices.Contains(lefts, p.Left) {
			lefts = append(lefts, p.Left)
		}
		if !slices.Contains(rights, p.Right) {
			rights = append(rights, p.Right)
		}
		if !slices.Contains(partners[p.Left], p.Right) {
			partners[p.Left] = append(partners[p.Left], p.Right)
		}
	}
	whole := len(lefts) == len(f.Pairs) && len(rights) == len(f.Pairs)
	for _, e := range extra {
		switch {
		case slices.Contains(rights, e):
		case whole:
			f.notes.dropped("the entry %q, which matches nothing", clip(linePlain(e), 60))
		default:
			rights = append(rights, e)
		}
	}
	if whole || f.problem != "" {
		return []*found{f}
	}
	if f.tooMany(len(lefts), len(f.Stem)) {
		return []*found{f}
	}
	var out []*found
	for i, l := range lefts {
		one := f.part(i, len(lefts))
		one.notes.changed("a match in which entries have several partners is a choice for each entry, %d of %d", i+1, len(lefts))
		one.Kind, one.Pairs, one.Stem = grading.Single, nil, f.Stem+"\n\n"+l
		if len(partners[l]) > 1 {
			one.Kind = grading.Multiple
		}
		for _, r := range rights {
			one.Choices = append(one.Choices, Choice{Text: r, Right: slices.Contains(partners[l], r)})
		}
		out = append(out, one)
	}
	return out
}

// tooMany refuses an item that becomes so many questions, each with a text of so many bytes, that a small file would grow into a very large one.
func (f *found) tooMany(n, size int) bool {
	if n > maxParts || n > 1 && n*size > maxCopy {
		f.refuse("it would become %d questions with the whole text in each: part it where it comes from", n)
		return true
	}
	return false
}

// part is a copy of an item for one of n questions that it becomes.
func (f *found) part(i, n int) *found {
	one := &found{Item: f.Item.clone(), place: f.place, problem: f.problem, notes: notes{slices.Clone(f.notes.list)}}
	if n > 1 && f.ID != "" {
		one.ID = fmt.Sprintf("%s-%d", f.ID, i+1)
	}
	return one
}
