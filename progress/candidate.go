package progress

import "time"

// Candidate is a person who is invited to a hiring test. One link leads through consent, check, practice item and the sitting, back to it
// after a crash, and to the result that the candidate owns.
type Candidate struct {
	ID           CandidateID  `json:"id"`
	Org          OrgID        `json:"-"`
	Assessment   AssessmentID `json:"assessment"`
	ClientKey    string       `json:"-"` // of the form that invited; the same key in the same test again is the same candidate
	Name         string       `json:"name"`
	Email        string       `json:"email,omitempty"`
	Ref          string       `json:"ref,omitempty"` // the employer's number
	TokenHash    string       `json:"-"`             // hex SHA-256 of the secret in the link, "" for none
	LinkUntil    time.Time    `json:"link_until"`
	RevokedAt    *time.Time   `json:"revoked_at,omitempty"`
	ExtraPercent int          `json:"extra_percent"` // extra time
	ExtraBreaks  int          `json:"extra_breaks"`
	Learner      LearnerID    `json:"learner,omitempty"` // the hidden learner, "" before consent
	ConsentAt    *time.Time   `json:"consent_at,omitempty"`
	ConsentHash  string       `json:"consent_hash,omitempty"` // of the words that were agreed to
	Sittings     []SittingID  `json:"sittings,omitempty"`     // of the hidden learner at the test, the newest last
	EraseOn      *time.Time   `json:"erase_on,omitempty"`
	ErasedAt     *time.Time   `json:"erased_at,omitempty"`
	CreatedAt    time.Time    `json:"created_at"`
}

// CandidateRef names a candidate.
type CandidateRef struct {
	Org OrgID
	ID  CandidateID
}

// EventKind says what happened during a sitting. Events are facts without a verdict.
type EventKind string

// The kinds of events.
const (
	EventAway    EventKind = "away"    // the page lost the focus, for Seconds
	EventPaste   EventKind = "paste"   // Detail: how many characters, at which item; never the text
	EventCopy    EventKind = "copy"    // as EventPaste
	EventPause   EventKind = "pause"   // no sign of life, for Seconds
	EventAddress EventKind = "address" // the network changed; Detail keeps a prefix of 24 bits, of IPv6 48
	EventFast    EventKind = "fast"    // an item was answered faster than it can be read
	EventResume  EventKind = "resume"  // the sitting was opened again
	EventWindow  EventKind = "window"  // it was opened in a second window
)

// CandidateEvent is something that happened during a candidate's sitting.
type CandidateEvent struct {
	ID        EventID     `json:"id"`
	Candidate CandidateID `json:"candidate"`
	Sitting   SittingID   `json:"sitting"`
	ClientKey string      `json:"-"` // the same key of the same candidate again is the same event
	At        time.Time   `json:"at"`
	Kind      EventKind   `json:"kind"`
	Seconds   int         `json:"seconds,omitempty"`
	Detail    string      `json:"detail,omitempty"`
}
