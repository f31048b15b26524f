package progress

import (
	"encoding/json"
	"time"
)

// Draft is an unfinished answer to a case.
type Draft struct {
	Item      string          `json:"item"` // case id
	Body      json.RawMessage `json:"body"` // as the workbench sent it, at most MaxDraft bytes
	Rev       int64           `json:"rev"`  // 0 for a draft that was never saved; grows with each save
	UpdatedAt time.Time       `json:"updated_at"`
}

// MaxDraft is the most bytes a draft may have.
const MaxDraft = 64 << 10

// LessonMark is where someone is in a lesson.
type LessonMark struct {
	Done     bool       `json:"done"`
	DoneAt   *time.Time `json:"done_at,omitempty"`
	Anchor   string     `json:"anchor,omitempty"` // id of the heading last in view
	Percent  int        `json:"percent"`          // how far down, 0 to 100
	OpenedAt time.Time  `json:"opened_at"`        // first opened
	ReadAt   time.Time  `json:"read_at"`          // last position or mark
}

// Drill is a run of questions of one area, or of audit drills.
type Drill struct {
	ID        DrillID   `json:"id"`
	Area      string    `json:"area"`  // of a review ReviewArea; of audit drills "audits", "audits:setting:ed" or "audits:area:em"
	Items     []string  `json:"items"` // question ids, in order; of audit drills the cases that they are made of
	Seed      uint64    `json:"seed"`
	CreatedAt time.Time `json:"created_at"`
}

// DrillState is a drill and how far it is.
type DrillState struct {
	Drill
	Answered map[string]Graded // by question id; the first answer counts
	Next     string            // first question not answered yet, "" when done
	Correct  int
}

// Done reports whether nothing is left to answer.
func (d DrillState) Done() bool { return d.Next == "" }

// AuditEntry is one thing that staff did.
type AuditEntry struct {
	ID     EntryID   `json:"id"`
	Org    OrgID     `json:"org"`
	Actor  LearnerID `json:"actor"` // "" for the command line
	Action string    `json:"action"`
	Target string    `json:"target"`
	Detail string    `json:"detail,omitempty"`
	At     time.Time `json:"at"`
}

// AuditFilter narrows the audit log, newest first.
type AuditFilter struct {
	Actor  LearnerID
	Action string
	Target string
	Limit  int     // 0 is 100, at most 1000
	Before EntryID // only entries older than this one
}
