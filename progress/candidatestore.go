package progress

import (
	"context"
	"time"
)

// CandidateStore keeps what of candidates is not in AssessmentStore.
type CandidateStore interface {
	// DeclineCandidate keeps that a candidate does not want to sit the test: the link is revoked, and mark stands where the hash of the
	// words agreed to would. ErrNotFound: no such candidate, erased, or one who has agreed.
	DeclineCandidate(ctx context.Context, org OrgID, id CandidateID, at time.Time, mark string, entry AuditEntry) error
}
