package rollover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/lessons"
	"crosswalk/quizzes"
)

// Pair names two releases of a code set by their editions.
type Pair struct {
	System codebook.System `json:"set"`
	Older  string          `json:"older"`
	Newer  string          `json:"newer"`
}

// Newest are the two newest full releases of each code set that has two.
func Newest(book *codebook.Book) []Pair {
	var out []Pair
	editions := map[codebook.System][]string{}
	for _, r := range book.Releases() { // by set, oldest first
		if !r.Starter {
			editions[r.System] = append(editions[r.System], r.Edition)
		}
	}
	for _, sys := range codebook.Systems {
		if e := editions[sys]; len(e) > 1 {
			out = append(out, Pair{sys, e[len(e)-2], e[len(e)-1]})
		}
	}
	return out
}

// Kind is what mentions a code.
type Kind string

// The kinds, in the order of a report. Review cards are made of questions, of lines of cases and of terms, and follow them.
const (
	Lesson   Kind = "lesson"
	Question Kind = "question"
	Case     Kind = "case"
	Term     Kind = "term"
)

// Report is what a change of releases does to content.
type Report struct {
	V     int    `json:"v"` // of this form: 1
	Pairs []Pair `json:"pairs"`
	Items []Item `json:"items"` // by kind, file and line
}

// Item is a piece of content that mentions a changed code.
type Item struct {
	Kind     Kind      `json:"kind"`
	ID       string    `json:"id"` // of a term its name
	Title    string    `json:"title,omitempty"`
	File     string    `json:"file"`
	Line     int       `json:"line"` // where it begins
	CodeYear int       `json:"code_year,omitempty"`
	Mentions []Mention `json:"mentions"`
}

// Mention is a changed code on a line.
type Mention struct {
	Line     int             `json:"line"` // of the file
	Text     string          `json:"text"` // the line, cut where it is long
	Set      codebook.System `json:"set"`
	Code     string          `json:"code"` // dotted
	Changes  []string        `json:"changes"`
	Title    string          `json:"title"`
	Was      string          `json:"was,omitempty"` // the older title of a retitled code
	Proposal Proposal        `json:"proposal"`
}

// Beside is the change of a code that is as it was, and next to which the newer release has codes that the older one had not.
const Beside = "beside"

// Proposal is what an author may do about a mention.
type Proposal struct {
	Do    Action      `json:"do"`
	Codes []Candidate `json:"codes,omitempty"` // to be put in its place or looked at, the likeliest first
	Old   string      `json:"old,omitempty"`   // replace, title: the text to be replaced on the line
	New   string      `json:"new,omitempty"`
}

// Action is the kind of an edit.
type Action string

// The actions.
const (
	Replace Action = "replace" // one code takes the place: Old and New
	Choose  Action = "choose"  // one of several codes does, as the text has it
	Retitle Action = "title"   // the line has the older title in words: Old and New
	Look    Action = "look"    // read it again: nothing has to be written
	Remove  Action = "remove"  // the code is gone, and nothing like it has come
)

// Candidate is a code to be thought of, billable in the newer release.
type Candidate struct {
	Code  string `json:"code"` // dotted
	Title string `json:"title"`
}

// Input is what a report is made of.
type Input struct {
	Lessons *lessons.Catalogue
	Bank    *quizzes.Bank
	Book    *codebook.Book
	Pairs   []Pair // what Newest gives when nil
}

// Make makes a report. The error wraps codebook.ErrNoRelease where a pair names a release that is not loaded.
func Make(in Input) (Report, error) {
	if in.Pairs == nil {
		in.Pairs = Newest(in.Book)
	}
	r := Report{V: 1, Pairs: slices.Clone(in.Pairs), Items: []Item{}}
	if r.Pairs == nil {
		r.Pairs = []Pair{}
	}
	f := finder{book: in.Book, changed: map[codebook.Ref]*changed{}, beside: map[codebook.Ref][]codebook.Change{}}
	for _, p := range in.Pairs {
		diff, err := in.Book.Diff(p.System, p.Older, p.Newer)
		if err != nil {
			return Report{}, fmt.Errorf("rollover: %w", err)
		}
		f.add(diff)
	}
	keep := func(i Item, source string) {
		if i.Mentions = f.mentions(source, i.Line); len(i.Mentions) > 0 {
			r.Items = append(r.Items, i)
		}
	}
	for _, l := range in.Lessons.Lessons() {
		keep(Item{Kind: Lesson, ID: l.ID, Title: l.Title, File: l.File, Line: 1, CodeYear: l.CodeYear}, l.Source)
	}
	for _, q := range in.Bank.Questions() {
		keep(Item{Kind: Question, ID: q.ID, File: q.File, Line: q.Line, CodeYear: q.CodeYear}, q.Source)
	}
	for _, c := range in.Bank.Cases() {
		keep(Item{Kind: Case, ID: c.ID, Title: c.Title, File: c.File, Line: 1, CodeYear: c.CodeYear}, c.Source)
	}
	for _, t := range in.Lessons.Glossary() {
		keep(Item{Kind: Term, ID: t.Name, File: t.File, Line: t.Line}, "\n"+t.Source)
	}
	order := []Kind{Lesson, Question, Case, Term}
	slices.SortStableFunc(r.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return r, nil
}

// Count is how many items of a kind there are.
func (r Report) Count(k Kind) int {
	n := 0
	for _, i := range r.Items {
		if i.Kind == k {
			n++
		}
	}
	return n
}
