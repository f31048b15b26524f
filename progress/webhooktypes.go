package progress

import (
	"context"
	"slices"
	"time"
)

// The ids of endpoints and of what is sent to them.
type (
	WebhookID  string // a UUIDv7 text
	DeliveryID string // the header webhook-id: of one event to one endpoint, the same at every try
)

// WebhookKind says what happened to a candidate.
type WebhookKind string

// The kinds of events that endpoints are told of.
const (
	CandidateConsented WebhookKind = "candidate.consented" // agreed to what is recorded
	SittingStarted     WebhookKind = "sitting.started"
	SittingHandedIn    WebhookKind = "sitting.handed_in" // by the candidate, or by the clock
	ResultReady        WebhookKind = "result.ready"      // graded: the result can be read
	CandidateWasErased WebhookKind = "candidate.erased"
)

// WebhookKinds are all kinds, in the order in which they happen.
var WebhookKinds = []WebhookKind{CandidateConsented, SittingStarted, SittingHandedIn, ResultReady, CandidateWasErased}

func (k WebhookKind) valid() bool { return slices.Contains(WebhookKinds, k) }

// Webhook is an endpoint that is told what happens to the candidates of its owner's tests.
type Webhook struct {
	ID        WebhookID     `json:"id"`
	Org       OrgID         `json:"-"`
	Owner     LearnerID     `json:"owner"`
	ClientKey string        `json:"-"`
	URL       string        `json:"url"`
	Events    []WebhookKind `json:"events"`
	Secret    string        `json:"-"` // sealed, see webhooksecrets.go
	OldSecret string        `json:"-"` // signs beside Secret until OldUntil, "" for none
	OldUntil  *time.Time    `json:"old_until,omitempty"`
	CreatedAt time.Time     `json:"created_at"`
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting DeliveryState = "waiting" // for its first or its next try
	DeliverySent    DeliveryState = "sent"    // the endpoint took it
	DeliveryFailed  DeliveryState = "failed"  // it was tried for DeliveryLife
)

// DeliveryLife is for how long a delivery is tried.
const DeliveryLife = 24 * time.Hour

// Delivery is one event for one endpoint. It names nobody: what a candidate is called stands behind the API.
type Delivery struct {
	ID         DeliveryID    `json:"id"`
	Org        OrgID         `json:"-"`
	Webhook    WebhookID     `json:"webhook"`
	Kind       WebhookKind   `json:"kind"`
	Assessment AssessmentID  `json:"assessment"`
	Candidate  CandidateID   `json:"candidate"`
	Sitting    SittingID     `json:"sitting,omitempty"`
	At         time.Time     `json:"at"` // when it happened
	State      DeliveryState `json:"state"`
	Tries      int           `json:"tries"` // since it was last to be sent
	DueAt      time.Time     `json:"due_at"`
	GiveUpAt   time.Time     `json:"give_up_at"`
	Lease      string        `json:"-"`
	TriedAt    *time.Time    `json:"tried_at,omitempty"`
	Status     int           `json:"status,omitempty"`  // of the newest reply
	Problem    string        `json:"problem,omitempty"` // of the newest try, "" for none
}

// WebhookPoster sends signed messages. Package webhook has the one that does.
type WebhookPoster interface {
	// Check says in a sentence why nothing can be sent to an address, nil when it can.
	Check(address string) error
	// Post sends a message signed with each of the secrets and gives the status of the reply, 0 where there was none; err says in a sentence
	// why it did not arrive.
	Post(ctx context.Context, address, id string, at time.Time, body []byte, secrets []string) (status int, err error)
}
