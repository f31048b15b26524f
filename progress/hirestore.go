package progress

import (
	"context"
	"time"
)

// AssessmentStore keeps hiring tests, candidates and what happened in their sittings.
type AssessmentStore interface {
	// SaveAssessment keeps a new test (revision 1), or puts a later revision in the place of the one before it. ErrDuplicate: the kept
	// revision is not the one before it, or the owner has a test of this client key. ErrNotFound: the owner, or for a later revision the
	// test, is not there. What a revision may change is the caller's to know.
	SaveAssessment(ctx context.Context, org OrgID, x Assessment, entry AuditEntry) error
	Assessment(ctx context.Context, org OrgID, id AssessmentID) (Assessment, error) // ErrNotFound
	// AssessmentByKey finds an owner's by its client key; ErrNotFound.
	AssessmentByKey(ctx context.Context, org OrgID, owner LearnerID, key string) (Assessment, error)
	// AddPreview keeps a preview of a test with the one candidate it has. ErrDuplicate: the owner has one of this client key; ErrNotFound: the
	// owner or the test is not there. Assessment, AssessmentByKey and Candidates find it like any test; lists, webhooks and tallies of tests are without
	// it. It goes, with the hidden learner and all answers, when its candidate is erased, the test is dropped, or its owner is erased.
	AddPreview(ctx context.Context, org OrgID, x Assessment, c Candidate, entry AuditEntry) error
	// Assessments lists an owner's, or for "" all, the newest first. Previews are in no list.
	Assessments(ctx context.Context, org OrgID, owner LearnerID) ([]Assessment, error)
	// DropAssessment takes a draft away. ErrNotFound: there is none, or it has been opened.
	DropAssessment(ctx context.Context, org OrgID, id AssessmentID, entry AuditEntry) error
	// AssessmentTallies counts the candidates of each test that has some, erased ones too.
	AssessmentTallies(ctx context.Context, org OrgID) (map[AssessmentID]AssessmentTally, error)
	// ItemUse counts in how many of the newest sittings of an exam, at most limit, each question and case came up.
	ItemUse(ctx context.Context, org OrgID, exam string, limit int) (map[string]int, error)

	// AddCandidates keeps candidates of a test that is open, all or nothing, and gives them as they are kept, in the same order. One whose client key
	// the test has stays who they are and gets the new token and date of the link, which counts as not revoked. ErrNotFound: no such open test.
	AddCandidates(ctx context.Context, org OrgID, x AssessmentID, cs []Candidate, entry AuditEntry) ([]Candidate, error)
	// Candidates lists those of a test, the oldest first, erased ones too.
	Candidates(ctx context.Context, org OrgID, x AssessmentID) ([]Candidate, error)
	Candidate(ctx context.Context, org OrgID, id CandidateID) (Candidate, error) // ErrNotFound
	// CandidateByToken finds the candidate whose link has this hash, in any organisation; ErrNotFound. Revoked and expired links are found.
	CandidateByToken(ctx context.Context, hash string) (Candidate, error)
	// CandidateByLearner finds the candidate whose hidden learner this is; ErrNotFound.
	CandidateByLearner(ctx context.Context, org OrgID, l LearnerID) (Candidate, error)
	// SetLink replaces the hash of a candidate's link (what is "" stays as it was), its end, and when it was revoked; nil takes that back.
	// Revoking ends the sessions of the hidden learner. ErrNotFound: no such candidate, or erased.
	SetLink(ctx context.Context, org OrgID, id CandidateID, hash string, until time.Time, revokedAt *time.Time, entry AuditEntry) error
	// SetAccommodation says how much more time and how many more breaks a candidate has in sittings that are yet to begin; ErrNotFound as SetLink.
	SetAccommodation(ctx context.Context, org OrgID, id CandidateID, extraPercent, extraBreaks int, entry AuditEntry) error
	// SetEraseOn says when a candidate is to be erased; ErrNotFound as SetLink.
	SetEraseOn(ctx context.Context, org OrgID, id CandidateID, on time.Time) error
	// ConsentCandidate keeps that a candidate agreed, makes the hidden learner, and gives the candidate as kept. Where they agreed before,
	// nothing changes. ErrNotFound as SetLink.
	ConsentCandidate(ctx context.Context, org OrgID, id CandidateID, hidden Learner, at time.Time, hash string) (Candidate, error)
	// AddCandidateEvents keeps events that are not kept yet by candidate and client key. ErrNotFound: a candidate is not there, or erased.
	AddCandidateEvents(ctx context.Context, org OrgID, es []CandidateEvent) error
	// CandidateEvents lists a candidate's, the oldest first.
	CandidateEvents(ctx context.Context, org OrgID, id CandidateID) ([]CandidateEvent, error)
	// EraseCandidate of a preview takes the preview away. Of a test it takes name, e-mail, number, link, events and the text of credentials away, ends sessions, and erases the hidden learner as Erase does. What
	// remains is without a person: dates, accommodation, graded sittings. Erasing again is fine; ErrNotFound: no such candidate, or no longer.
	EraseCandidate(ctx context.Context, org OrgID, id CandidateID, at time.Time, scrub Scrubber, entry AuditEntry) error
	// DueCandidates lists candidates of all organisations that were to be erased before the moment and are not, the earliest first.
	DueCandidates(ctx context.Context, before time.Time, limit int) ([]CandidateRef, error)
}
