package quizzes

import (
	"html/template"
	"regexp"
	"slices"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// Question is one question with its key. It is read-only. What a page may show before the answer is in comes from Public.
type Question struct {
	ID         string
	Area       string
	Topic      string // name of the file
	Kind       grading.Kind
	Difficulty int      // 1 (easy) to 5
	Cites      []string // rules, tables and sources
	Enemies    []string // questions that never stand in one form with this one
	Group      string   // the case whose chart the question is about, "" for none
	Trial      bool     // never scored
	CodeYear   int
	Reviewed   string // YYYY-MM-DD of the last review of its file, "" where that says none

	Stem      markdown.Doc
	Options   []Option        // single, multiple
	Right     []template.HTML // order: the entries in the right order; match: the right column
	Left      []template.HTML // match: the left column
	Choose    int             // multiple: how many options are right, which the page says
	Rationale template.HTML

	Key        grading.ItemKey
	AnswerText string // the right answer in words that can be read
	ShownHash  string // SHA-256 of what a learner sees before answering
	KeyHash    string // SHA-256 of the key, the explanations and the cites
	File       string // path under quizzes/
	Line       int    // line of the heading
	Source     string // the question as it stands in the file, with its heading

	stem       string // the stem as plain text
	answerLine int
	codeLines  []int // codes: line of each code of the key
}

// Option is one choice of a question.
type Option struct {
	HTML  template.HTML
	Text  string // as plain text
	Right bool
	Why   template.HTML // why it is right or wrong
}

// PublicQuestion is what a page may show of a question before the answer is in. Options and entries stand in the author's order, in
// which the entries of an order or a match are already right: a page shows them as Shuffle says and never as they stand. For that reason
// JSON leaves the entries out.
type PublicQuestion struct {
	ID         string          `json:"id"`
	Area       string          `json:"area"`
	Kind       grading.Kind    `json:"kind"`
	Difficulty int             `json:"difficulty"`
	Group      string          `json:"group,omitempty"`
	Stem       template.HTML   `json:"stem"`
	Options    []template.HTML `json:"options,omitempty"` // single, multiple
	Choose     int             `json:"choose,omitempty"`  // multiple: how many to choose
	Entries    []template.HTML `json:"-"`                 // order: entries to arrange; match: the right column
	Left       []template.HTML `json:"left,omitempty"`    // match: the left column
	Ordered    bool            `json:"ordered,omitempty"` // codes: sequence counts
	Codes      bool            `json:"codes,omitempty"`   // codes are to be entered
	CPT        bool            `json:"cpt,omitempty"`     // it is answered with a CPT book at hand
	ShownHash  string          `json:"shown_hash"`
}

// Public is the half of the question that may be shown before the answer is in. It is a copy and leads back to nothing.
func (q *Question) Public() PublicQuestion {
	p := PublicQuestion{
		ID: q.ID, Area: q.Area, Kind: q.Kind, Difficulty: q.Difficulty, Group: q.Group, Stem: q.Stem.HTML, Choose: q.Choose,
		Left: append([]template.HTML(nil), q.Left...), Entries: append([]template.HTML(nil), q.Right...),
		Ordered: q.Key.Ordered, Codes: q.Kind == grading.Codes, CPT: q.needsCPT(), ShownHash: q.ShownHash,
	}
	for _, o := range q.Options {
		p.Options = append(p.Options, o.HTML)
	}
	return p
}

// cptForm is a CPT number as questions write it.
var cptForm = regexp.MustCompile(`\b[0-9]{4}[0-9FT]\b`)

// needsCPT reports whether one answers the question with a CPT book at hand: it is of an area of CPT, or what is shown of it has CPT numbers.
func (q *Question) needsCPT() bool {
	return cptArea(q.Area) || cptForm.MatchString(q.stem) || slices.ContainsFunc(q.Options, func(o Option) bool { return cptForm.MatchString(o.Text) })
}
