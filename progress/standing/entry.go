package standing

import (
	"time"

	"crosswalk/progress/memory"
)

// The kinds of entries.
const (
	Question = "question"
	Case     = "case"
	Audit    = "audit"
	Term     = "term"
	Line     = "line"
)

// The contexts of entries that the fold tells apart; it takes any other for an answer alone.
const (
	InLesson    = "lesson"
	InExam      = "exam"
	InPlacement = "placement"
	InReview    = "review"
)

// Entry is one entry of a learner's record: an answer, or what was done with a card.
type Entry struct {
	ID      string    // of the attempt or review, UUIDv7: entries are applied in this order
	Kind    string    // Question, Case, Audit, Term or Line
	Item    string    // id of the question or case, id of the term, or CASE/LINE/TRAP
	Areas   []string  // as they were when it was answered
	Context string    // alone, lesson, drill, exam, audit, placement, review
	Ref     string    // of the context: the sitting's id of an exam
	At      time.Time // to the millisecond
	Day     int       // study day: days since 1970-01-01 of the civil date
	Seconds int       // 0 when it is not known

	Score    float64  // 0 to 1: partial credit of a question, learning score of a case
	Audit10  int      // audit accuracy of a case, tenths of a per cent
	Correct  bool     // question: all right; case: clean; review: recalled
	Findings []string // of a case, one for each part that has one
	Missed   []Missed // of a case: parts that were missed

	Grade  memory.Grade // given by hand; 0: inferred
	Of     string       // id of the attempt whose grade this gives by hand, "" for none
	Undoes string       // id of the entry that this one takes back, "" for none
	Facts  *Facts       // of an item that the catalogue does not have: as it was when it was answered
}

// Missed is a part of a case that was missed.
type Missed struct {
	Line    string // code of the key line, or "+" and the code that was entered and should not be there
	Finding string // of the taxonomy of package grading
}

// Facts are what the fold needs to know of an item.
type Facts struct {
	Areas      []string
	Difficulty float64       // logits
	Options    int           // equally likely guesses, 0 where there is nothing to guess
	Pace       time.Duration // the usual time of an answer, 0 where none is known
	Setting    string        // of a case
}

// Catalog knows the items in force. Its answers may not change while a Standing is made from it.
type Catalog interface {
	// Facts is false for an item that is not in force. For the kinds Term and Line only Pace counts.
	Facts(kind, item string) (Facts, bool)
}

// Trap is the word for a kind of error that makes a card of a case line, "" for a finding that makes none: such as a missed or an unsupported
// line, which call for more care and for no fact to remember.
func Trap(finding string) string { return traps[finding] }

var traps = map[string]string{
	"DX-EX1":  "excludes",
	"DX-7TH":  "seventh-character",
	"DX-LAT":  "laterality",
	"DX-PDX":  "sequencing",
	"DX-SEQ":  "sequencing",
	"DX-SPEC": "specificity",
	"DX-COMB": "combination",
	"DX-POA":  "poa",
	"CPT-UNB": "bundling",
	"CPT-MOD": "modifiers",
	"PX-ROOT": "pcs-root",
	"PX-BP":   "pcs-body-part",
	"PX-APP":  "pcs-approach",
	"PX-DEV":  "pcs-device",
	"PX-QUAL": "pcs-qualifier",
}
