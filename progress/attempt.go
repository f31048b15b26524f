package progress

import (
	"encoding/json"
	"time"

	"crosswalk/grading"
	"crosswalk/quizzes/audit"
)

// ItemKind says what was attempted.
type ItemKind string

// The kinds of items.
const (
	KindQuestion ItemKind = "question"
	KindCase     ItemKind = "case"
	KindAudit    ItemKind = "audit" // an audit drill made of a case; Item is the case's id
)

// ContextKind says where something was answered.
type ContextKind string

// The contexts of an attempt.
const (
	Alone    ContextKind = "alone"  // by itself; Ref is empty
	InLesson ContextKind = "lesson" // Ref is the lesson's id
	InDrill  ContextKind = "drill"  // Ref is the drill's id
	InExam   ContextKind = "exam"   // Ref is the sitting's id
	InAudit  ContextKind = "audit"  // Ref is the run of audit drills
)

// Context is where something was answered.
type Context struct {
	Kind ContextKind `json:"kind"`
	Ref  string      `json:"ref,omitempty"`
}

// Attempt is one answer as it was given. It is never changed.
type Attempt struct {
	ID          AttemptID       `json:"id"`
	Org         OrgID           `json:"org"`
	Learner     LearnerID       `json:"learner"`
	ClientKey   string          `json:"client_key"` // made by the page; the same key again is the same attempt
	Kind        ItemKind        `json:"kind"`
	Item        string          `json:"item"`
	Areas       []string        `json:"areas"` // of the item when it was answered
	Context     Context         `json:"context"`
	ShownHash   string          `json:"shown_hash"` // what was on the page: see Version
	KeyHash     string          `json:"key_hash"`   // the key in force when it was answered
	Shown       json.RawMessage `json:"shown,omitempty"`
	Answer      json.RawMessage `json:"answer"`
	StartedAt   *time.Time      `json:"started_at,omitempty"`
	SubmittedAt time.Time       `json:"submitted_at"`
	Seconds     int             `json:"seconds"` // from start to submission, 0 when the start is not known
}

// Order is the order in which options were shown: author's indices, nil for the author's own order.
func (a Attempt) Order() []int {
	var s shown
	if len(a.Shown) == 0 || json.Unmarshal(a.Shown, &s) != nil {
		return nil
	}
	return s.Order
}

// shown is the JSON of Attempt.Shown.
type shown struct {
	Order  []int        `json:"order,omitempty"`
	Number int          `json:"number,omitempty"` // which of its run an audit drill was, from 1
	Drill  *audit.Drill `json:"drill,omitempty"`  // an audit drill whole, with its fault, so that it can be graded anew
}

// Grading is one judgement of an attempt. Gradings are only ever added; the newest of an attempt counts. Gradings by a policy stand beside
// them: the newest counts for its policy, and for no figure of progress. Their points and per cent are those of the policy's scheme.
type Grading struct {
	ID            GradingID       `json:"id"`
	Attempt       AttemptID       `json:"attempt"`
	Org           OrgID           `json:"org"`
	Seq           int             `json:"seq"` // 1 for the grading at submission
	KeyHash       string          `json:"key_hash"`
	GraderVersion int             `json:"grader_version"`
	BookEdition   string          `json:"book_edition"`
	Scheme        string          `json:"scheme"` // "learning" or another scheme; of a grading by a policy its name
	Result        json.RawMessage `json:"result"` // grading.ItemResult of a question, grading.Result of a case, audit.Result of an audit drill
	Earned        int             `json:"earned"` // hundredths of a point
	Possible      int             `json:"possible"`
	Percent10     int             `json:"percent10"`          // learning score in tenths of a per cent
	Correct       bool            `json:"correct"`            // question: all right; case: clean; audit drill: found, named and mended
	AuditTenths   int             `json:"audit_tenths"`       // case: audit accuracy in tenths of a per cent; question and audit drill: 1000 or 0
	Findings      []string        `json:"findings,omitempty"` // kinds of errors of the parts, one entry for each part that has one; of an audit drill those of the fault that was not found
	Missed        []MissedLine    `json:"missed,omitempty"`   // parts of a case that were missed; nil in gradings made before they were kept, see MissedIn
	Override      *Overridden     `json:"override,omitempty"` // what people decided by hand; nil where nobody did
	Policy        *GradedBy       `json:"policy,omitempty"`   // the policy that graded; nil for the gradings that figures rest on
	Reason        string          `json:"reason"`             // why it was graded: "submitted", or the reason of a regrade
	By            string          `json:"by"`                 // who graded: "grader", or the id of the person who asked for a regrade
	At            time.Time       `json:"at"`
}

// ItemResult decodes the result of a question.
func (g Grading) ItemResult() (grading.ItemResult, error) {
	var r grading.ItemResult
	err := json.Unmarshal(g.Result, &r)
	return r, err
}

// CaseResult decodes the result of a case.
func (g Grading) CaseResult() (grading.Result, error) {
	var r grading.Result
	err := json.Unmarshal(g.Result, &r)
	return r, err
}

// AuditResult decodes the result of an audit drill.
func (g Grading) AuditResult() (audit.Result, error) {
	var r audit.Result
	err := json.Unmarshal(g.Result, &r)
	return r, err
}

// Graded is an attempt with the grading that counts.
type Graded struct {
	Attempt   Attempt `json:"attempt"`
	Grading   Grading `json:"grading"`
	Duplicate bool    `json:"-"` // the same client key was sent before: this is the first result, nothing new was recorded
}

// QuestionSubmission is an answer to a question.
type QuestionSubmission struct {
	ClientKey string // 8 to 100 characters, new for every page shown
	Question  string
	Context   Context
	Shown     []int              // the order in which options stood, author's indices; nil for the author's order
	Answer    grading.ItemAnswer // in the author's order: the shuffle is undone before
	StartedAt *time.Time
}

// CaseSubmission is an answer to a case.
type CaseSubmission struct {
	ClientKey string
	Case      string
	Answer    grading.Answer
	StartedAt *time.Time
	Scheme    string // "" is "learning"
}

// AttemptFilter narrows a list of attempts. Zero values do not narrow, but a learner always sees only their own.
type AttemptFilter struct {
	Learner LearnerID
	Kind    ItemKind
	Item    string
	Area    string
	Context Context   // Kind, and Ref when given
	Limit   int       // 0 is 50, at most 500
	Before  AttemptID // only attempts older than this one: the last id of the page before
	Sealed  bool      // those of exams whose answers are not open, too; only staff can ask for them
	NoTotal bool      // all that the filter lets through need not be counted: the total comes back as 0
}

// ContentVersion is a revision of a question or case that someone was shown or answered, kept whole. A learner's history stays
// readable when the item is changed or deleted.
type ContentVersion struct {
	Hash string    `json:"hash"`
	Kind ItemKind  `json:"kind"`
	Item string    `json:"item"`
	Body string    `json:"body"` // the source as the author wrote it, key and rationale included
	At   time.Time `json:"at"`   // when it was first kept
}

// Regraded says what a regrade did, or would do.
type Regraded struct {
	Item      string
	DryRun    bool
	Attempts  int // looked at
	Skipped   int // answered to another shown text, whose options cannot be compared with today's key; an audit drill whose claim shows another fault by it
	Same      int // already graded with this key, grader and book
	Formless  int // of those skipped: the item asks for another form of answer by now, or nothing was answered in an exam
	Faultless int // of those skipped: audit drills whose claim shows another fault by today's key
	ByPolicy  int // gradings by policies that were made anew beside them
	Changes   []RegradeChange
}

// RegradeChange is one attempt whose grade a regrade replaced, with or without another figure.
type RegradeChange struct {
	Attempt       AttemptID
	Learner       LearnerID
	Before, After int // tenths of a per cent
	WasCorrect    bool
	NowCorrect    bool
	Audit         bool      // an audit drill made of the case
	Sitting       SittingID // of an answer given in an exam
	ByHand        int       // lines that were decided by hand: the new grading keeps them
	Lineless      int       // of those: lines that the new result does not have, so that they have no effect
}
