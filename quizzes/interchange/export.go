package interchange

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"crosswalk/grading"
	"crosswalk/quizzes"
)

// ExportOptions say how questions go out.
type ExportOptions struct {
	Name string // of the file, for the report
	// Case finds the chart that questions are about; quizzes.Bank.Case is one. Where it is nil or finds none, such a question is left out.
	Case func(id string) (*quizzes.Case, error)
}

// Export writes questions in a format and says of each what it lost. A question that the format cannot hold is left out and is in the report. The error
// is that of w, or says that no question was left to write; then nothing was written.
func Export(w io.Writer, f Format, qs []*quizzes.Question, o ExportOptions) (Report, error) {
	a, ok := formats()[f]
	r := Report{V: 1, Format: f, Source: o.Name, Notes: []Note{}, Items: []Line{}}
	if !ok {
		return r, fmt.Errorf("%w %q: use one of %s", ErrUnknown, f, names())
	}
	var items []*Item
	for _, q := range qs {
		l := Line{Place: fmt.Sprintf("%s:%d", q.File, q.Line), ID: q.ID, Title: clip(q.Stem.Text(), 80), Kind: q.Kind}
		it, ns, problem := itemOf(q, o.Case)
		if problem == "" {
			var more notes
			it, more, problem = project(it, a)
			ns.list = append(ns.list, more.list...)
		}
		l.Notes = ns.list
		if problem != "" {
			l.Outcome, l.Notes = IsDropped, append([]Note{{Dropped, problem}}, ns.list...)
		} else {
			items = append(items, &it)
		}
		r.add(l)
	}
	if len(items) == 0 {
		return r, fmt.Errorf("%s: none of the %d questions can be written in this format", f.Title(), len(qs))
	}
	return r, a.write(w, items)
}

// itemOf makes an item of a question of ours.
func itemOf(q *quizzes.Question, find func(string) (*quizzes.Case, error)) (Item, notes, string) {
	var ns notes
	it := Item{ID: q.ID, Kind: q.Kind, Area: q.Area, Difficulty: q.Difficulty, Stem: fromHTML(string(q.Stem.HTML), &ns), Rationale: written(fromHTML(string(q.Rationale), &ns))}
	for _, c := range q.Cites {
		if !strings.HasPrefix(c, citeThere) {
			it.Cites = append(it.Cites, c)
		}
	}
	for _, o := range q.Options {
		it.Choices = append(it.Choices, Choice{lineFromHTML(string(o.HTML), &ns), o.Right, written(fromHTML(string(o.Why), &ns))})
	}
	switch q.Kind {
	case grading.Order:
		for _, e := range q.Right {
			it.Entries = append(it.Entries, lineFromHTML(string(e), &ns))
		}
	case grading.Match:
		for i := range q.Left {
			it.Pairs = append(it.Pairs, Pair{lineFromHTML(string(q.Left[i]), &ns), lineFromHTML(string(q.Right[i]), &ns)})
		}
	case grading.Number:
		it.Number, it.Tolerance = q.Key.Number, q.Key.Tolerance
	case grading.Text:
		it.Texts = slices.Clone(q.Key.Texts)
	case grading.Codes:
		it.Kind, it.Texts = grading.Text, codeTexts(q.Key)
		ns.changed("the codes are typed as one text, in %s; they are no longer graded one by one", ways(len(it.Texts)))
	}
	if len(q.Enemies) > 0 {
		ns.dropped("which questions must not stand in one exam with it")
	}
	if q.Trial {
		ns.dropped("that it is a trial question, which is never scored")
	}
	if q.Group == "" {
		return it, ns, ""
	}
	return it, ns, withChart(&it, q, find, &ns)
}

// withChart puts the chart that a question is about before its text.
func withChart(it *Item, q *quizzes.Question, find func(string) (*quizzes.Case, error), ns *notes) string {
	if find == nil {
		return "it is about the chart " + q.Group + ", which is not there"
	}
	k, err := find(q.Group)
	if err != nil {
		return "it is about the chart " + q.Group + ", which is not there"
	}
	it.Stem = fromHTML("<blockquote>"+string(k.Chart.HTML)+"</blockquote>"+string(q.Stem.HTML), ns)
	ns.changed("the chart it is about, %s, stands in its text", q.Group)
	return ""
}

// written is a text, "" for a place that an author has still to write in.
func written(md string) string {
	if strings.HasPrefix(md, Placeholder) {
		return ""
	}
	return md
}

func ways(n int) string {
	if n == 1 {
		return "one way of writing them"
	}
	return fmt.Sprintf("%d ways of writing them", n)
}

// mostPermuted is up to how many codes every order of an unordered key is accepted: 3 codes have 6 orders.
const mostPermuted = 3

// codeTexts are the ways in which the codes of a key may be typed: with and without dots, and in every order where the order does not count and there
// are few.
func codeTexts(k grading.ItemKey) []string {
	orders := [][]int{nil}
	for i := range k.Codes {
		orders[0] = append(orders[0], i)
	}
	if !k.Ordered && len(k.Codes) <= mostPermuted {
		orders = permutations(len(k.Codes))
	}
	var out []string
	for _, dotted := range []bool{true, false} {
		for _, order := range orders {
			var parts []string
			for _, i := range order {
				c := k.Codes[i]
				text := string(c.Code)
				if dotted {
					text = c.Code.Dotted(c.System)
				}
				parts = append(parts, strings.Join(append([]string{text}, c.Modifiers...), "-"))
			}
			if t := strings.Join(parts, ", "); !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// permutations are all orders of 0..n-1, the natural one first.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var out [][]int
	var grow func(have []int)
	grow = func(have []int) {
		if len(have) == n {
			out = append(out, slices.Clone(have))
			return
		}
		for i := range n {
			if !slices.Contains(have, i) {
				grow(append(slices.Clone(have), i))
			}
		}
	}
	grow(nil)
	return out
}
