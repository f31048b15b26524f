package progress

import (
	"context"
	"time"

	"crosswalk/progress/evidence"
	"crosswalk/quizzes"
)

// HelperID is the id of a Helper, a UUIDv7 text.
type HelperID string

// HelperKind says what a helper does.
type HelperKind string

// The kinds of helpers.
const (
	HelperJudge    HelperKind = "judge"    // rates items
	HelperRecorder HelperKind = "recorder" // records the groups of candidates, and sees no result
)

// Helper is somebody who helps with a hiring test by a link, without an account. A judge sees items and no candidate, a recorder candidates and no
// result.
type Helper struct {
	ID         HelperID     `json:"id"`
	Org        OrgID        `json:"-"`
	Assessment AssessmentID `json:"-"`
	ClientKey  string       `json:"-"`
	Kind       HelperKind   `json:"kind"`
	Name       string       `json:"name"` // "" once the owner of the test is erased
	TokenHash  string       `json:"-"`    // hex SHA-256 of the secret of the link
	LinkUntil  time.Time    `json:"link_until"`
	RevokedAt  *time.Time   `json:"revoked_at,omitempty"`
	CreatedAt  time.Time    `json:"created_at"`
}

// InForce reports whether the helper's link works at a moment.
func (h Helper) InForce(now time.Time) bool { return h.RevokedAt == nil && now.Before(h.LinkUntil) }

// Panel is where the pass line of a test comes from: the judges' task and how far it is, and why the line is what it is.
type Panel struct {
	Assessment AssessmentID
	Revision   int        // from 1, one more with every change
	Round      int        // 1 or 2; 0 where no judges were asked
	ClosedAt   *time.Time // no more ratings are taken
	PanelBody
}

// PanelBody is the part of a panel that is kept as JSON.
type PanelBody struct {
	Items      []quizzes.FormItem `json:"items,omitempty"`      // a form of the test; its items are rated by their place
	TestHash   string             `json:"test_hash,omitempty"`  // of what the test was made of when the items were drawn
	Borderline string             `json:"borderline,omitempty"` // the just qualified candidate, in words
	Reason     string             `json:"reason,omitempty"`     // why the line is what it is
	Percent    int                `json:"percent,omitempty"`    // the line that Reason is about
}

// Open reports whether judges can rate.
func (p Panel) Open() bool { return p.Round > 0 && p.ClosedAt == nil }

// PanelRating is what a judge said of an item in a round.
type PanelRating struct {
	Helper  HelperID
	Round   int
	Item    int // place in Panel.Items
	Percent int
}

// GroupSums are the groups of a test, in sums alone.
type GroupSums struct {
	Entered    []evidence.Group // as they were entered
	Candidates []evidence.Group // of candidates with a graded sitting whose group is recorded; selected are those who passed; erased ones too
	// What was told of each to who owns the test, the oldest first: subtracting one from another must tell of nobody (evidence.NextTold).
	ToldEntered, ToldCandidates [][]evidence.Group
}

// GroupSource says where sums of groups are from.
type GroupSource string

// The sources of sums.
const (
	GroupsEntered      GroupSource = "entered"    // as they were entered
	GroupsOfCandidates GroupSource = "candidates" // counted
)

// EvidenceStore keeps what the evidence of a hiring test rests on besides its sittings.
type EvidenceStore interface {
	// SavePanel keeps a panel (revision 1), or puts a later revision in the place of the one before it. Where its items are others than
	// those that were kept, the ratings go. ErrNotFound: no such draft: of a test that was opened nothing changes. ErrDuplicate: the kept
	// revision is not the one before it.
	SavePanel(ctx context.Context, org OrgID, p Panel, entry AuditEntry) error
	Panel(ctx context.Context, org OrgID, x AssessmentID) (Panel, error) // ErrNotFound
	// AddHelper keeps a helper and gives it as it is kept. One whose client key the test has stays who they are and gets the new name, secret
	// and end, and counts as not revoked. ErrNotFound: no such test.
	AddHelper(ctx context.Context, org OrgID, h Helper, entry AuditEntry) (Helper, error)
	// Helpers lists those of a test, the oldest first.
	Helpers(ctx context.Context, org OrgID, x AssessmentID) ([]Helper, error)
	// HelperByToken finds a helper, in any organisation, by the hash of the secret, revoked and expired ones too; ErrNotFound.
	HelperByToken(ctx context.Context, hash string) (Helper, error)
	// RevokeHelper ends a link at the time of the entry; ErrNotFound.
	RevokeHelper(ctx context.Context, org OrgID, x AssessmentID, id HelperID, entry AuditEntry) error
	// SaveRatings keeps what a judge says in a round, by place of the item; what was said before of the same item is replaced. ErrSittingClosed: the
	// panel is not in that round, closed, or its test opened.
	SaveRatings(ctx context.Context, org OrgID, h Helper, round int, percents map[int]int, at time.Time) error
	// Ratings lists those of a test, by helper as they were added, round and item.
	Ratings(ctx context.Context, org OrgID, x AssessmentID) ([]PanelRating, error)

	// SaveGroups puts sums in the place of those that were entered before; ErrNotFound: no such test.
	SaveGroups(ctx context.Context, org OrgID, x AssessmentID, gs []evidence.Group, entry AuditEntry) error
	// SetCandidateGroups records the groups of candidates of a test; "" takes one back. ErrNotFound: one is not of the test, or erased.
	SetCandidateGroups(ctx context.Context, org OrgID, x AssessmentID, by map[CandidateID]string, entry AuditEntry) error
	// GroupedCandidates are those whose group is recorded, and not which.
	GroupedCandidates(ctx context.Context, org OrgID, x AssessmentID) (map[CandidateID]bool, error)
	// TellGroups keeps sums before they are told, as the table of that number, from 1. ErrDuplicate: this is not the number that is next;
	// ErrNotFound: no such test.
	TellGroups(ctx context.Context, org OrgID, x AssessmentID, from GroupSource, number int, gs []evidence.Group) error
	// Groups gives the sums, as they are and as they were told; which candidate is of which group leaves the storage nowhere.
	Groups(ctx context.Context, org OrgID, x AssessmentID) (GroupSums, error)
}
