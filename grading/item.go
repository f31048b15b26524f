package grading

import "crosswalk/codebook"

// Kind is a kind of question.
type Kind string

// The kinds of questions. Each is graded in the file of its name.
const (
	Single   Kind = "single"   // one option is right
	Multiple Kind = "multiple" // choose n
	Codes    Kind = "codes"    // codes are entered, ordered or not
	Number   Kind = "number"   // a number with a tolerance
	Text     Kind = "text"     // a word or phrase, several accepted
	Order    Kind = "order"    // put in order
	Match    Kind = "match"    // pair left with right
)

// ItemKey is the answer of a question. Which fields count depends on Kind.
type ItemKey struct {
	Kind      Kind
	Options   int        // single, multiple: how many options there are
	Correct   []int      // single, multiple: indices of right options, in the author's order
	Codes     []ItemCode // codes
	Ordered   bool       // codes: sequence counts
	Number    string     // number: decimal text
	Tolerance string     // number: decimal text, "0" when exact
	Texts     []string   // text: accepted answers
	Length    int        // order, match: how many entries; the right order and pairing is 0..Length-1
}

// ItemCode is one code that a codes question asks for.
type ItemCode struct {
	System    codebook.System
	Code      codebook.Code
	Modifiers []string
}

// ItemAnswer is what a learner answered, in the author's order of options (the shuffle of the page is undone before grading).
type ItemAnswer struct {
	Options []int    `json:"options,omitempty"` // single, multiple: chosen indices
	Codes   []string `json:"codes,omitempty"`   // codes: as typed, modifiers after a hyphen: 25605-RT
	Value   string   `json:"value,omitempty"`   // number, text
	Order   []int    `json:"order,omitempty"`   // order: author indices in the learner's order
	Match   []int    `json:"match,omitempty"`   // match: for each left entry the index of the right entry chosen, -1 for none
}

// ItemResult is a graded question. Possible is always 100. A question counts as correct only when all of it is right; Earned carries
// the partial credit that practice shows (see docs/grading.md).
type ItemResult struct {
	Earned   Points     `json:"earned"`
	Possible Points     `json:"possible"`
	Correct  bool       `json:"correct"`
	Parts    []ItemPart `json:"parts,omitempty"`
}

// ItemPart is one element of a question judged: an option, a code, an entry of an order or a match.
type ItemPart struct {
	Index   int    `json:"index"` // author's index; -1 for an extra code
	Entered string `json:"entered,omitempty"`
	Chosen  bool   `json:"chosen"`
	Right   bool   `json:"right"` // this element was answered rightly
	Finding string `json:"finding,omitempty"`
	Why     string `json:"why,omitempty"`
}
