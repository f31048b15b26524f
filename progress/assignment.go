package progress

import "time"

// The ids of what belongs to classes.
type (
	InviteID     string
	AssignmentID string
	MessageID    string
)

// AssignmentKind says what is assigned.
type AssignmentKind string

// The kinds of assignments.
const (
	AssignLesson AssignmentKind = "lesson"
	AssignDrill  AssignmentKind = "drill" // so many questions of an area
	AssignCase   AssignmentKind = "case"
	AssignExam   AssignmentKind = "exam"
)

// AssignmentKinds are all kinds, in the order in which pages offer them.
var AssignmentKinds = []AssignmentKind{AssignLesson, AssignDrill, AssignCase, AssignExam}

// Counting says which of several attempts counts.
type Counting string

// The ways of counting.
const (
	CountBest  Counting = "best"
	CountLast  Counting = "last"
	CountFirst Counting = "first"
)

// Countings are all ways, in the order in which pages offer them.
var Countings = []Counting{CountBest, CountLast, CountFirst}

// Assignment is something that a cohort is to do. Window, attempts and extra time of an exam stand in the exam rule of the cohort, so that
// what opens an exam is said in one place; ClosesAt and Attempts are nil then.
type Assignment struct {
	ID        AssignmentID   `json:"id"`
	Org       OrgID          `json:"-"`
	Cohort    CohortID       `json:"cohort"`
	ClientKey string         `json:"-"` // made by the page; the same key again is the same assignment
	Kind      AssignmentKind `json:"kind"`
	Ref       string         `json:"ref"`              // id of the lesson, case or exam; the area of a drill
	Amount    int            `json:"amount,omitempty"` // questions of a drill
	Counts    Counting       `json:"counts"`
	Attempts  *int           `json:"attempts,omitempty"` // the first so many count; nil: all
	OpensAt   time.Time      `json:"opens_at"`           // when it was assigned, where nothing else was said
	DueAt     *time.Time     `json:"due_at,omitempty"`   // what is done later is late
	ClosesAt  *time.Time     `json:"closes_at,omitempty"`
	CreatedAt time.Time      `json:"created_at"`
}

// AssignmentTerms are what is different for one learner. Fields that are nil say nothing. Of an exam only DueAt stands here, the rest in an
// exam rule for the person.
type AssignmentTerms struct {
	Assignment AssignmentID `json:"assignment"`
	Learner    LearnerID    `json:"learner"`
	Attempts   *int         `json:"attempts,omitempty"`
	DueAt      *time.Time   `json:"due_at,omitempty"`
	ClosesAt   *time.Time   `json:"closes_at,omitempty"`
}

// WorkTerms are the terms on which one learner has an assignment.
type WorkTerms struct {
	OpensAt      time.Time  `json:"opens_at"`
	DueAt        *time.Time `json:"due_at,omitempty"`
	ClosesAt     *time.Time `json:"closes_at,omitempty"` // of an exam the last moment to start
	Attempts     int        `json:"attempts,omitempty"`  // 0: any number
	ExtraPercent int        `json:"extra_percent,omitempty"`
}

// WorkState is how far a learner is with an assignment.
type WorkState string

// The states. Missing can turn into late as long as the assignment is not closed.
const (
	WorkUpcoming WorkState = "upcoming" // not open yet
	WorkOpen     WorkState = "open"
	WorkDone     WorkState = "done"
	WorkLate     WorkState = "late"    // done after it was due
	WorkMissing  WorkState = "missing" // due or closed, and not done
)

// Work is what came of an assignment for one learner, computed from the record.
type Work struct {
	State     WorkState  `json:"state"`
	Terms     WorkTerms  `json:"terms"`
	Begun     bool       `json:"begun,omitempty"` // something is under way: a drill that is not finished, a sitting that is open
	Tries     int        `json:"tries"`           // attempts that were finished in the window, those beyond the limit too
	Scored    bool       `json:"scored"`          // there is a score
	Percent10 int        `json:"percent10"`       // of the attempt that counts, in tenths of a per cent
	Audit10   int        `json:"audit10"`         // audit accuracy of a case, in tenths of a per cent
	DoneAt    *time.Time `json:"done_at,omitempty"`
	Sealed    bool       `json:"sealed,omitempty"` // handed in, and the results are not open to the learner yet
	Open      bool       `json:"open,omitempty"`   // it can be done now
	Attempt   AttemptID  `json:"attempt,omitempty"`
	Drill     DrillID    `json:"drill,omitempty"`
	Sitting   SittingID  `json:"sitting,omitempty"`
}

// AssignmentInfo is an assignment with its name, and the rule of the cohort where it is an exam with one.
type AssignmentInfo struct {
	Assignment
	Title string    `json:"title"` // of the lesson, case, exam or area; the id when it is gone
	Rule  *ExamRule `json:"rule,omitempty"`
}

// OwnAssignment is an assignment as a learner has it.
type OwnAssignment struct {
	AssignmentInfo
	Cohort Cohort
	Work   Work
}
