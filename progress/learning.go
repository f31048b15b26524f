package progress

import (
	"context"
	"encoding/json"
	"time"
)

// The ids of what is computed from the record, and of what learners do with cards.
type (
	ReviewID    string // a row of the reviews, in one order with attempts
	ForecastID  string
	PlacementID string
	FitID       string
	BatchID     string // of a calibration of items
)

// More contexts of an attempt.
const (
	InPlacement ContextKind = "placement" // Ref is the placement test's id
	InReview    ContextKind = "review"    // Ref is empty
)

// byImport stands in Grading.By of gradings that were made in another Crosswalk and came with an imported record: nobody here vouches for them.
const byImport = "import"

// ByImport reports whether a grading came with an imported record.
func (g Grading) ByImport() bool { return g.By == byImport }

// MissedLine is a part of a case that was missed. Line is the key line's code as printed, or for a line that should not be there "+" and
// the code that was entered. Finding is a word of the taxonomy.
type MissedLine struct {
	Line    string `json:"line"`
	Finding string `json:"finding"`
}

// Review is what a learner did with a card that is no attempt. Rows are only ever added. There are three sorts: a review of a term or of a
// line of a case; a grade given by hand to the answer of an attempt (Attempt is set); and an undo (Undoes is set).
type Review struct {
	ID        ReviewID  `json:"id"`
	Org       OrgID     `json:"org"`
	Learner   LearnerID `json:"learner"`
	ClientKey string    `json:"client_key"`
	Card      string    `json:"card"` // question/ID, line/CASE/LINE/TRAP or term/ID
	Attempt   AttemptID `json:"attempt,omitempty"`
	Undoes    ReviewID  `json:"undoes,omitempty"`
	Grade     int       `json:"grade,omitempty"` // memory.Grade as given by hand; 0: inferred from Correct and Seconds
	Correct   bool      `json:"correct"`
	Answer    string    `json:"answer,omitempty"` // as typed
	Seconds   int       `json:"seconds"`
	At        time.Time `json:"at"`
}

// RecordEntry is an entry of a learner's record: an attempt with the grading that counts, or a review.
type RecordEntry struct {
	Outcome
	Ref       string // of the context
	ShownHash string
	KeyHash   string       // of the grading that counts
	Missed    []MissedLine // of a case
	Sealed    bool         // of an exam whose answers are not open
	Imported  bool         // made in another Crosswalk, and graded there
	Review    *Review      // nil for an attempt; else Outcome holds nothing
}

// ID is the id of the attempt or review. Ids sort by time.
func (e RecordEntry) ID() string {
	if e.Review != nil {
		return string(e.Review.ID)
	}
	return string(e.Attempt)
}

// Snapshot is a computed standing and the part of the record that it was computed of. It is no truth: it may be lost at any time.
type Snapshot struct {
	Rev     int64  // of the record when it was computed: it grows when something in the past changes
	Folded  int64  // count of entries when exactly those up to Through were there
	Model   string // what it was computed under
	Through string // id of the last entry in it, "" for none
	Body    string
}

// RecordTail is a learner's record from a snapshot on.
type RecordTail struct {
	Rev     int64
	Entries int64     // count of entries; Folded of a snapshot of the first n of them is Entries less the rest
	From    *Snapshot // what Tail follows: the one that was asked with, the stored one, or nil for the whole record
	Tail    []RecordEntry
}

// Goal is what a learner works for.
type Goal struct {
	Exam      string    `json:"exam"`    // id of a blueprint
	Date      string    `json:"date"`    // civil date of the exam, 2026-11-21
	Minutes   [7]int    `json:"minutes"` // a day for study, Monday first
	Off       []string  `json:"off"`     // civil dates without study, sorted
	UpdatedAt time.Time `json:"updated_at"`
}

// StoredForecast is what was foretold of an exam at a moment. Chances and scores are 0 to 1, with their 90 % ranges.
type StoredForecast struct {
	ID        ForecastID `json:"id"`
	Learner   LearnerID  `json:"learner"`
	Exam      string     `json:"exam"`
	Day       string     `json:"day"`               // study day
	Sitting   SittingID  `json:"sitting,omitempty"` // made just before this sitting; "" for the one of the day
	Chance    float64    `json:"chance"`
	Low       float64    `json:"low"`
	High      float64    `json:"high"`
	Score     float64    `json:"score"`
	ScoreLow  float64    `json:"score_low"`
	ScoreHigh float64    `json:"score_high"`
	Answers   int        `json:"answers"`
	Version   int        `json:"version"`
	At        time.Time  `json:"at"`
}

// ForecastFilter narrows a list of forecasts. Zero values do not narrow.
type ForecastFilter struct {
	Learner LearnerID
	Exam    string
	Mocks   bool // only those made just before a sitting
	Limit   int  // the newest; 0: all
}

// StoredPlacement is a placement test as it is kept. Answers are attempts with the context InPlacement.
type StoredPlacement struct {
	ID        PlacementID     `json:"id"`
	Learner   LearnerID       `json:"learner"`
	ClientKey string          `json:"client_key"`
	Exam      string          `json:"exam"`
	Rev       int64           `json:"rev"` // 1 when new
	Body      json.RawMessage `json:"body"`
	StartedAt time.Time       `json:"started_at"`
	EndedAt   *time.Time      `json:"ended_at,omitempty"`
}

// StoredPlan is the plan that was first shown on a study day.
type StoredPlan struct {
	Day  string          `json:"day"`
	Exam string          `json:"exam"`
	Body json.RawMessage `json:"body"`
	At   time.Time       `json:"at"`
}

// StoredFit is what a batch learnt about a learner's memory. See memory.Fitted.
type StoredFit struct {
	ID          FitID       `json:"id"`
	Learner     LearnerID   `json:"learner"`
	Outcome     string      `json:"outcome"`
	Weights     [21]float64 `json:"weights"`
	Loss        float64     `json:"loss"`
	DefaultLoss float64     `json:"default_loss"`
	Reviews     int         `json:"reviews"` // scored reviews it rests on
	At          time.Time   `json:"at"`
}

// ItemCalibration is the difficulty of an item by a batch, in logits.
type ItemCalibration struct {
	Kind       ItemKind `json:"kind"`
	Item       string   `json:"item"`
	Author     float64  `json:"author"` // by the author's level
	Difficulty float64  `json:"difficulty"`
	SD         float64  `json:"sd"`
	Responses  int      `json:"responses"`
}

// Calibration is a batch of difficulties.
type Calibration struct {
	Batch BatchID           `json:"batch"`
	At    time.Time         `json:"at"`
	Items []ItemCalibration `json:"items"` // by kind and item
}

// RecordMark says how far a learner's record is: it is another one whenever an entry has come or one that was there has changed.
type RecordMark struct {
	Rev     int64 // grows with each change of what was there, such as a regrade
	Entries int64 // that were added
}

// LearningStore keeps what is made of the record and around it.
type LearningStore interface {
	// ReadRecord gives the learner's entries after the newest snapshot that holds: have (nil for none; its Body is not looked at) where it
	// is of this model and of the record as it is, else the stored one, else none. All in one view of the database.
	ReadRecord(ctx context.Context, org OrgID, l LearnerID, model string, have *Snapshot) (RecordTail, error)
	// RecordMarks tells how far the records of those are who have a sitting of an exam; whoever has no entry is left out.
	RecordMarks(ctx context.Context, org OrgID, exam string) (map[LearnerID]RecordMark, error)
	// SaveSnapshot stores a snapshot unless the record's Rev has moved on.
	SaveSnapshot(ctx context.Context, org OrgID, l LearnerID, s Snapshot) error
	// DropSnapshots empties the stored snapshots of a learner, or for "" of everyone.
	DropSnapshots(ctx context.Context, org OrgID, l LearnerID) error

	// AttemptsByID gives those that are there, with the gradings that count, in no order.
	AttemptsByID(ctx context.Context, org OrgID, ids []AttemptID) ([]Graded, error)

	// AddReview keeps a review. When the learner has one with this client key, that one comes back with duplicate true. ErrNotFound: the
	// attempt is not the learner's. ErrConflict: it undoes a review that is not the learner's newest that stands.
	AddReview(ctx context.Context, org OrgID, r Review) (_ Review, duplicate bool, err error)
	Review(ctx context.Context, org OrgID, id ReviewID) (Review, error) // ErrNotFound
	// Reviews lists oldest first, those undone and the undos too.
	Reviews(ctx context.Context, org OrgID, l LearnerID) ([]Review, error)

	// ImportRecord puts a checked record into a learner's, all or nothing, and keeps the entry. What has a client key that the learner has
	// already is left out; ids are kept where they are free and of the time of what they name, and else made by newID. What was computed of
	// the record is dropped. ErrNotFound.
	ImportRecord(ctx context.Context, org OrgID, l LearnerID, in RecordImport, newID func(at time.Time) (string, error), entry *AuditEntry) (Imported, error)

	SetGoal(ctx context.Context, org OrgID, l LearnerID, g Goal) error
	Goal(ctx context.Context, org OrgID, l LearnerID) (Goal, error) // ErrNotFound
	DropGoal(ctx context.Context, org OrgID, l LearnerID) error     // fine without one

	// AddForecast keeps a forecast unless the learner has one of that exam, day and sitting.
	AddForecast(ctx context.Context, org OrgID, f StoredForecast) error
	// Forecasts lists oldest first.
	Forecasts(ctx context.Context, org OrgID, f ForecastFilter) ([]StoredForecast, error)

	// AddPlacement keeps a placement test. When the learner has one with this client key, or an open one of the exam, that one comes back
	// with duplicate true.
	AddPlacement(ctx context.Context, org OrgID, p StoredPlacement) (_ StoredPlacement, duplicate bool, err error)
	Placement(ctx context.Context, org OrgID, id PlacementID) (StoredPlacement, error) // ErrNotFound
	// Placements lists a learner's newest first.
	Placements(ctx context.Context, org OrgID, l LearnerID) ([]StoredPlacement, error)
	// SavePlacement puts Body and EndedAt in place of what is kept, if p.Rev is the stored revision, and answers the new one; else
	// ErrConflict.
	SavePlacement(ctx context.Context, org OrgID, p StoredPlacement) (rev int64, err error)

	// KeepPlan keeps the plan of a study day unless there is one of the same exam, and gives the one that is kept. One of another exam is
	// replaced.
	KeepPlan(ctx context.Context, org OrgID, l LearnerID, p StoredPlan) (StoredPlan, error)
	// Plans lists those from a study day on, oldest first.
	Plans(ctx context.Context, org OrgID, l LearnerID, from string) ([]StoredPlan, error)

	// AddFit keeps a fit and the entry.
	AddFit(ctx context.Context, org OrgID, f StoredFit, entry *AuditEntry) error
	Fit(ctx context.Context, org OrgID, l LearnerID) (StoredFit, error) // the newest; ErrNotFound

	// AddCalibration keeps a batch and the entry.
	AddCalibration(ctx context.Context, org OrgID, c Calibration, entry *AuditEntry) error
	// NewestBatch is the id of the batch in force, "" for none.
	NewestBatch(ctx context.Context, org OrgID) (BatchID, error)
	Calibration(ctx context.Context, org OrgID, b BatchID) (Calibration, error) // ErrNotFound
}
