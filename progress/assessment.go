package progress

import (
	"time"

	"crosswalk/grading"
	"crosswalk/quizzes"
)

// The ids of hiring tests and of what belongs to them, UUIDv7 texts.
type (
	AssessmentID string
	CandidateID  string
	EventID      string // of something that happened during a candidate's sitting
)

// RoleCandidate is the role of the hidden learner who sits a candidate's test. It is not among Roles and cannot be given to anybody: it
// reaches the candidate's own test and nothing else.
const RoleCandidate Role = "candidate"

// hires reports whether the actor has hiring tests.
func (a Actor) hires() bool { return a.Role == RoleEmployer || a.Role == RoleAdmin }

// MayHire reports whether the actor composes hiring tests and sees candidates: employers their own, admins all of the organisation.
func (a Actor) MayHire() bool { return a.hires() }

// hiresFor reports whether what somebody of the actor's organisation has for hiring is the actor's to see and change.
func (a Actor) hiresFor(owner LearnerID) bool {
	return a.hires() && (a.Role == RoleAdmin || a.Learner != "" && a.Learner == owner)
}

// Assessment is a hiring test. It is a draft until it is opened, and takes candidates until it is closed. Opening freezes what decides a
// result: pass line, items, time and retake rule; afterwards only the name, the window and a shorter retention can be set. A changed test is
// a copy.
type Assessment struct {
	ID        AssessmentID      `json:"id"`
	Org       OrgID             `json:"-"`
	Owner     LearnerID         `json:"owner"`
	ClientKey string            `json:"-"` // made by the page; the same key of the owner again is the same test
	Spec      AssessmentSpec    `json:"spec"`
	Blueprint quizzes.Blueprint `json:"blueprint"` // made of Spec
	Revision  int               `json:"revision"`  // from 1, one more with every change
	CreatedAt time.Time         `json:"created_at"`
	OpenedAt  *time.Time        `json:"opened_at,omitempty"`
	ClosedAt  *time.Time        `json:"closed_at,omitempty"`
	Frozen    Frozen            `json:"frozen,omitzero"` // zero before opening
	PreviewOf AssessmentID      `json:"-"`               // of a preview: the test that somebody of the staff tries; "" for a test
}

// Frozen is what a test was made of when it was opened.
type Frozen struct {
	ContentHash string         `json:"content_hash"` // SHA-256 in hex of Spec, Plan and the hashes of every item that could come up
	CodeYear    int            `json:"code_year"`    // fiscal year of the code sets by which it is graded
	Edition     string         `json:"edition"`      // of the codebook
	Items       int            `json:"items"`        // how many questions and charts could come up
	Plan        quizzes.Strata `json:"plan"`         // what every form of it has the same of
}

// AssessmentState is where a test stands.
type AssessmentState string

// The states of a test.
const (
	AssessmentDraft  AssessmentState = "draft"
	AssessmentOpen   AssessmentState = "open"
	AssessmentClosed AssessmentState = "closed"
)

// State is where the test stands.
func (x Assessment) State() AssessmentState {
	switch {
	case x.OpenedAt == nil:
		return AssessmentDraft
	case x.ClosedAt == nil:
		return AssessmentOpen
	}
	return AssessmentClosed
}

// Exam is the id of the test's blueprint, by which its sittings are found: Sitting.Exam.
func (x Assessment) Exam() string { return AssessmentExam(x.ID) }

// AssessmentExam is the id of the blueprint of a test.
func AssessmentExam(id AssessmentID) string { return "hire-" + string(id) }

// Begins says whether a candidate can begin at a moment: nil, ErrNotYet before the window, ErrSittingClosed after it or when the test is
// not open.
func (x Assessment) Begins(now time.Time) error {
	switch {
	case x.State() != AssessmentOpen, !x.Spec.Until.IsZero() && now.After(x.Spec.Until):
		return ErrSittingClosed
	case !x.Spec.From.IsZero() && now.Before(x.Spec.From):
		return ErrNotYet
	}
	return nil
}

// AssessmentSpec is a hiring test as an employer composes it.
type AssessmentSpec struct {
	Template     string       `json:"template,omitempty"` // id of the shipped test it began from
	Name         string       `json:"name"`
	Job          JobNote      `json:"job"`
	Minutes      int          `json:"minutes"`
	PassPercent  int          `json:"pass_percent"`        // of the points, fixed before anyone sits
	Questions    []AreaCount  `json:"questions,omitempty"` // each a scored question of the area
	Charts       ChartSpec    `json:"charts,omitzero"`
	Book         bool         `json:"book"`           // open book: our codebook is in the room
	FullLookup   bool         `json:"full_lookup"`    // with Book: search of the whole codebook, not only the pages
	From         time.Time    `json:"from,omitzero"`  // first moment to begin, zero for always
	Until        time.Time    `json:"until,omitzero"` // last moment to begin
	Tries        int          `json:"tries"`          // how often one candidate may sit it, 1 or more
	RetryDays    int          `json:"retry_days"`     // days between a candidate's tries
	KeepDays     int          `json:"keep_days"`      // days from handing in to erasing, 1 to MaxKeepDays
	Blind        bool         `json:"blind"`          // candidates are shown without their names
	Deidentified Deidentified `json:"deidentified,omitzero"`
}

// AreaCount is a number of questions of a blueprint area.
type AreaCount struct {
	Area  string `json:"area"`
	Count int    `json:"count"`
}

// ChartSpec says which charts are coded.
type ChartSpec struct {
	Count    int             `json:"count"`              // how many, those named in Cases among them
	Weight   int             `json:"weight"`             // how many questions one chart counts as, 1 or more
	Bills    grading.Bills   `json:"bills,omitempty"`    // only charts of this kind of claim; "": any
	Settings []quizzes.Share `json:"settings,omitempty"` // shares by setting; none: any
	Areas    []string        `json:"areas,omitempty"`    // specialties: only cases that name one of these; none: any
	Cases    []string        `json:"cases,omitempty"`    // named charts that every candidate codes, an employer's own among them
}

// Deidentified is the confirmation that own charts hold nothing by which a patient could be known.
type Deidentified struct {
	List  string    `json:"list"`  // version of the checklist that was confirmed
	Cases []string  `json:"cases"` // the charts it was confirmed for, as id and shown hash with a space between
	By    LearnerID `json:"by"`
	At    time.Time `json:"at"`
}

// JobNote is what the job is and which parts of the test stand for it: content validity, printed on the evidence sheet.
type JobNote struct {
	Title string    `json:"title"`
	Tasks []JobTask `json:"tasks"`
}

// JobTask is something that is done on the job, with the areas and settings of the test that cover it.
type JobTask struct {
	Text     string   `json:"text"`
	Areas    []string `json:"areas,omitempty"`
	Settings []string `json:"settings,omitempty"`
}

// AssessmentTally counts the candidates of a test.
type AssessmentTally struct {
	Candidates int `json:"candidates"`
	Begun      int `json:"begun"`     // with a sitting
	HandedIn   int `json:"handed_in"` // with a sitting that was handed in
}
