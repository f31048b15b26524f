package progress

import (
	"encoding/json"
	"time"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/quizzes"
)

// SittingGrace is how long after the end a save is still taken: the last one may be on its way when the clock runs out.
const SittingGrace = 10 * time.Second

// Who handed a sitting in.
const (
	HandedInByLearner = "learner"
	HandedInByClock   = "clock" // the time was up
)

// Sitting is one person's exam: the form that was drawn, the clock, and after handing in what came of it. Positions count from 0. The
// blueprint and the form stay as they were drawn, whatever becomes of the bank.
type Sitting struct {
	ID           SittingID          `json:"id"`
	Org          OrgID              `json:"org"`
	Learner      LearnerID          `json:"learner"`
	ClientKey    string             `json:"client_key"` // made by the page before starting; the same key again is the same sitting
	Exam         string             `json:"exam"`       // id of the blueprint
	Name         string             `json:"name"`
	Blueprint    quizzes.Blueprint  `json:"blueprint"`
	Form         []quizzes.FormItem `json:"form"`
	Seed         uint64             `json:"seed,string"`
	ExtraPercent int                `json:"extra_percent"` // extra time
	StartedAt    time.Time          `json:"started_at"`
	EndsAt       *time.Time         `json:"ends_at,omitempty"`    // nil: no clock
	ResultsAt    *time.Time         `json:"results_at,omitempty"` // from when on, after handing in, answers may be looked at; nil: never
	Opens        int                `json:"opens"`                // how often the room was opened: the newest window has this number
	Reached      int                `json:"reached"`              // where one may only go forward: the first item that can still be answered
	Breaks       int                `json:"breaks"`               // breaks taken, the one under way too
	BreakSince   *time.Time         `json:"break_since,omitempty"`
	HandedInAt   *time.Time         `json:"handed_in_at,omitempty"`
	HandedInBy   string             `json:"handed_in_by,omitempty"`
	GradedAt     *time.Time         `json:"graded_at,omitempty"`
	Tally
}

// Tally is the raw result of a sitting as it was graded at handing in. Later regrades stand with the attempts.
type Tally struct {
	Correct   int  `json:"correct"`   // hundredths of an item: a question right is 100, a chart its share of weight
	Scored    int  `json:"scored"`    // hundredths of an item that could be had
	Percent10 int  `json:"percent10"` // tenths of a per cent
	Passed    bool `json:"passed"`
}

// Open reports whether answers can still be given at a moment.
func (s Sitting) Open(now time.Time) bool {
	return s.HandedInAt == nil && (s.EndsAt == nil || !now.After(s.EndsAt.Add(SittingGrace)))
}

// Left is the time left, 0 when it is up. During a break the clock stands. ok is false where there is no clock.
func (s Sitting) Left(now time.Time) (left time.Duration, ok bool) {
	if s.EndsAt == nil {
		return 0, false
	}
	if s.BreakSince != nil { // the end has been moved by the longest break
		now = s.BreakSince.Add(s.longestBreak())
	}
	return max(0, s.EndsAt.Sub(now)), true
}

// ResultsOpen reports whether the answers of a sitting that was handed in may be looked at.
func (s Sitting) ResultsOpen(now time.Time) bool {
	return s.HandedInAt != nil && s.ResultsAt != nil && !now.Before(*s.ResultsAt)
}

// ItemState is what the learner did with one item. Positions of options, entries and pairs are those on the page, not the author's.
type ItemState struct {
	Answer  grading.ItemAnswer `json:"answer,omitzero"`
	Sheet   *answersheet.Sheet `json:"sheet,omitempty"` // of a chart
	Flag    bool               `json:"flag,omitempty"`
	Struck  []int              `json:"struck,omitempty"` // options struck out
	Marks   []TextMark         `json:"marks,omitempty"`  // words highlighted
	Note    string             `json:"note,omitempty"`
	Seconds int                `json:"secs,omitempty"`  // how long the item was in sight
	Trail   []AnswerChange     `json:"trail,omitempty"` // answers before this one, oldest first
}

// TextMark is a stretch of highlighted text, in characters (UTF-16 units, as browsers count) of the visible text of a part of the item.
type TextMark struct {
	Part string `json:"part"` // stem or chart
	From int    `json:"from"`
	To   int    `json:"to"`
}

// AnswerChange is an answer that was given and changed later.
type AnswerChange struct {
	At     int64              `json:"at"` // milliseconds since the start of the sitting when it was left
	Answer grading.ItemAnswer `json:"answer"`
}

// Answered reports whether there is an answer that can be graded.
func (st ItemState) Answered() bool {
	if st.Sheet != nil && !st.Sheet.Empty() {
		return true
	}
	return answered(st.Answer)
}

func answered(a grading.ItemAnswer) bool {
	for _, m := range a.Match {
		if m >= 0 {
			return true
		}
	}
	for _, c := range a.Codes {
		if c != "" {
			return true
		}
	}
	return len(a.Options)+len(a.Order) > 0 || a.Value != ""
}

// StoredItem is the state of an item as it is kept.
type StoredItem struct {
	Pos    int             `json:"pos"`
	Seq    int64           `json:"seq"`
	Body   json.RawMessage `json:"state"`  // an ItemState
	Locked bool            `json:"locked"` // it can be changed no more
	At     time.Time       `json:"at"`
}

// State decodes the kept state; what cannot be read is an empty state.
func (it StoredItem) State() ItemState {
	var st ItemState
	_ = json.Unmarshal(it.Body, &st) // bodies are checked before they are kept
	return st
}

// ItemSave is a change of an item that is to be kept. Seq orders the changes of an item: the greater one is the newer.
type ItemSave struct {
	Pos  int
	Seq  int64
	Body json.RawMessage // an ItemState
}

// SaveOutcome says what became of one ItemSave.
type SaveOutcome struct {
	Pos    int
	Seq    int64       // that is kept now
	Kept   bool        // this change is what is kept, or was already
	Locked bool        // not kept because the item can be changed no more
	Now    *StoredItem // the state that is kept instead, nil when Kept
}

// ExamRule says who may sit an exam, when, how often and for how long. Fields that are nil say nothing. Of the rules that fit a learner
// the one nearest to the person wins field by field: person before cohort before everyone, this exam before every exam; among cohorts the kinder one.
type ExamRule struct {
	ID           RuleID     `json:"id"`
	Org          OrgID      `json:"-"`
	Owner        LearnerID  `json:"owner"`
	Exam         string     `json:"exam"` // "" is every exam
	Kind         RuleKind   `json:"kind"`
	Ref          string     `json:"ref"` // id of the learner or cohort, "" for everyone
	ExtraPercent *int       `json:"extra_percent,omitempty"`
	Attempts     *int       `json:"attempts,omitempty"`
	OpensAt      *time.Time `json:"opens_at,omitempty"`
	ClosesAt     *time.Time `json:"closes_at,omitempty"` // the last moment to start
	ResultsAt    *time.Time `json:"results_at,omitempty"`
	CreatedAt    time.Time  `json:"created_at"`
}

// RuleKind says whom a rule is for.
type RuleKind string

// The kinds of rules.
const (
	RuleForPerson   RuleKind = "person"
	RuleForCohort   RuleKind = "cohort"
	RuleForEveryone RuleKind = "everyone"
)

// Cohort is a group of learners of one instructor.
type Cohort struct {
	ID        CohortID   `json:"id"`
	Org       OrgID      `json:"-"`
	Owner     LearnerID  `json:"owner"`
	Name      string     `json:"name"`
	Members   int        `json:"members"`
	CreatedAt time.Time  `json:"created_at"`
	ClosedAt  *time.Time `json:"closed_at,omitempty"`
}

// ComposedExam is a revision of an exam that a member of staff wrote. Body is the blueprint as it was written.
type ComposedExam struct {
	ID        string     `json:"-"` // of the revision
	Org       OrgID      `json:"-"`
	Owner     LearnerID  `json:"owner"`
	Exam      string     `json:"exam"` // id of the blueprint
	Revision  int        `json:"revision"`
	Name      string     `json:"name"`
	Body      string     `json:"body"`
	CreatedAt time.Time  `json:"created_at"`
	RetiredAt *time.Time `json:"retired_at,omitempty"`
}

// Dispute is what a learner says against a key. It is about the whole item, or a line of a chart's answer.
type Dispute struct {
	ID         DisputeID     `json:"id"`
	Org        OrgID         `json:"-"`
	Learner    LearnerID     `json:"learner"`
	Attempt    AttemptID     `json:"attempt"`
	Kind       ItemKind      `json:"kind"`
	Item       string        `json:"item"`
	Line       string        `json:"line,omitempty"` // code of the line, "" for the whole item
	KeyHash    string        `json:"key_hash"`       // the key it is about
	Reason     string        `json:"reason"`
	Citation   string        `json:"citation,omitempty"`
	Status     DisputeStatus `json:"status"`
	Answer     string        `json:"answer,omitempty"` // of the one who resolved it
	CreatedAt  time.Time     `json:"created_at"`
	ResolvedAt *time.Time    `json:"resolved_at,omitempty"`
	ResolvedBy LearnerID     `json:"resolved_by,omitempty"`
	Run        RegradeID     `json:"run,omitempty"` // the regrade by the mended key, where the dispute was accepted and it is done
}

// DisputeStatus is how far a dispute is.
type DisputeStatus string

// The states of a dispute.
const (
	DisputeOpen     DisputeStatus = "open"
	DisputeAccepted DisputeStatus = "accepted"
	DisputeDeclined DisputeStatus = "declined"
)
