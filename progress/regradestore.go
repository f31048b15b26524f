package progress

import (
	"context"
	"time"
)

// RegradeStore keeps regrades, and what is decided by hand.
type RegradeStore interface {
	// KeyUses counts the organisation's attempts by what their newest grading went by; item "" is every item.
	KeyUses(ctx context.Context, org OrgID, item string) ([]KeyUse, error)
	// AddRegrade keeps a new run. ErrDuplicate: the item has one that is not at its end.
	AddRegrade(ctx context.Context, org OrgID, r RegradeRun, entry AuditEntry) error
	RegradeRun(ctx context.Context, org OrgID, id RegradeID) (RegradeRun, error) // ErrNotFound
	// RegradeRuns lists newest first.
	RegradeRuns(ctx context.Context, org OrgID, f RegradeFilter) ([]RegradeRun, error)
	// HoldRegrade opens a run that is stopped and gives it to a holder until an instant. ErrConflict: another holds it at now, or it is at
	// its end.
	HoldRegrade(ctx context.Context, org OrgID, id RegradeID, holder string, now, until time.Time, entry *AuditEntry) error
	// SaveRegrade keeps gradings with the counts, the place and the state that the run has come to, held until the instant given. Seq of
	// each grading that is by no policy is its number. ErrConflict: the holder holds the run no longer, or it was stopped; ErrDuplicate:
	// an attempt has such a grading already. Nothing is kept with either. Where settle is given the disputes that it fits are settled.
	SaveRegrade(ctx context.Context, org OrgID, r RegradeRun, until time.Time, gs []Grading, settle *Settlement, entry *AuditEntry) error
	// LetGoRegrade ends the holding of a run; fine with another holder's.
	LetGoRegrade(ctx context.Context, org OrgID, id RegradeID, holder string, at time.Time) error
	// EndRegrade stops or closes a run that is not at its end. ErrConflict: it is.
	EndRegrade(ctx context.Context, org OrgID, id RegradeID, state RegradeState, at time.Time, entry AuditEntry) error
	// AppendByHand adds a grading whose Seq is its number; ErrConflict: the attempt has such a grading already. ErrNotFound.
	AppendByHand(ctx context.Context, org OrgID, g Grading, entry AuditEntry) error
	// SittingsByID finds sittings with their forms; what is not there is left out.
	SittingsByID(ctx context.Context, org OrgID, ids []SittingID) ([]Sitting, error)
	// RegradedInSittings gives the first and the newest grading of each item of the sittings that has more than one.
	RegradedInSittings(ctx context.Context, org OrgID, ids []SittingID) ([]RegradedItem, error)
	// DisputeGroups counts disputes of a status by item and line, the most disputed first, then those that wait longest.
	DisputeGroups(ctx context.Context, org OrgID, status DisputeStatus) ([]DisputeGroup, error)
}

// KeyUse counts attempts whose newest gradings went by the same key, grader and book.
type KeyUse struct {
	Kind          ItemKind
	Item          string
	ShownHash     string // of what was shown to them
	KeyHash       string
	GraderVersion int
	BookEdition   string
	Attempts      int
}

// RegradeID names a run of a regrade.
type RegradeID string

// RegradeState is how far a run is.
type RegradeState string

// The states of a run.
const (
	RegradeOpen    RegradeState = "open"    // somebody works on it, or did when the program ended
	RegradeStopped RegradeState = "stopped" // a person stopped it; it can be gone on with
	RegradeDone    RegradeState = "done"
	RegradeClosed  RegradeState = "closed" // left for good: the key changed before it was done
)

// RegradeRun is one regrade of an item of one organisation. What is graded at the time stays whatever becomes of the run.
type RegradeRun struct {
	ID        RegradeID    `json:"id"`
	Org       OrgID        `json:"-"`
	Kind      ItemKind     `json:"kind"`
	Item      string       `json:"item"`
	KeyHash   string       `json:"key_hash"`
	Dispute   DisputeID    `json:"dispute,omitempty"` // the accepted dispute that it follows from
	Reason    string       `json:"reason"`
	By        string       `json:"by"`
	State     RegradeState `json:"state"`
	Expected  int          `json:"expected"` // attempts there were at the start
	Attempts  int          `json:"attempts"` // looked at
	Graded    int          `json:"graded"`
	Same      int          `json:"same"` // already graded by this key, grader and book
	Skipped   int          `json:"skipped"`
	ByPolicy  int          `json:"by_policy"`
	Raised    int          `json:"raised"` // of those graded
	Lowered   int          `json:"lowered"`
	StartedAt time.Time    `json:"started_at"`
	UpdatedAt time.Time    `json:"updated_at"`
	EndedAt   *time.Time   `json:"ended_at,omitempty"`
	HeldUntil time.Time    `json:"-"` // somebody works on it until then, and longer
	Holder    string       `json:"-"`
	AtKind    ItemKind     `json:"-"` // the last attempt that was looked at
	AtAttempt AttemptID    `json:"-"`
}

// Working reports whether somebody works on the run at a moment.
func (r RegradeRun) Working(now time.Time) bool {
	return r.State == RegradeOpen && now.Before(r.HeldUntil)
}

// Unfinished reports whether the run can be gone on with.
func (r RegradeRun) Unfinished() bool { return r.State == RegradeOpen || r.State == RegradeStopped }

// Percent is how much of the run is done.
func (r RegradeRun) Percent() int {
	if r.State == RegradeDone || r.Expected == 0 {
		return 100
	}
	return min(99, 100*r.Attempts/r.Expected)
}

// RegradeFilter narrows a list of runs. Zero values do not narrow.
type RegradeFilter struct {
	Item       string
	Unfinished bool
	State      RegradeState
	Limit      int
}

// Settlement closes what was disputed of a line by other keys than the one that is now in force: open disputes are accepted with the
// answer, and all that are accepted name the run.
type Settlement struct {
	Kind   ItemKind
	Item   string
	Line   string
	Answer string
	By     LearnerID
	At     time.Time
}

// RegradedItem is an item of a sitting that was graded more than once.
type RegradedItem struct {
	Sitting   SittingID
	ClientKey string
	First     Grading
	Newest    Grading
}

// DisputeGroup counts the disputes of a line.
type DisputeGroup struct {
	Kind   ItemKind
	Item   string
	Line   string // "" for the whole item
	Count  int
	Oldest time.Time
	First  DisputeID // the oldest
}
