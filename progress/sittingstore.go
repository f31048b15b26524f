package progress

import (
	"context"
	"time"
)

// SittingFilter narrows a list of sittings. Zero values do not narrow.
type SittingFilter struct {
	Learner LearnerID
	Exam    string
	Open    bool // not handed in
	Limit   int  // 0: all
}

// SittingRef names a sitting.
type SittingRef struct {
	Org OrgID
	ID  SittingID
}

// SittingStore keeps sittings and what is answered in them.
type SittingStore interface {
	// Clock is the instant by which sittings start and end. It is the same for all servers of a database within some milliseconds, never
	// runs backwards, and does not follow a machine's clock that is set while the server runs.
	Clock() time.Time
	// AddSitting keeps a new sitting with the content it shows. Where the learner has an open sitting of the exam, or one with this client
	// key, that one comes back with duplicate true. most is how many sittings of the exam the learner may have in all, 0 for any number;
	// beyond it ErrNoAttemptLeft.
	AddSitting(ctx context.Context, org OrgID, versions []ContentVersion, s Sitting, most int) (_ Sitting, duplicate bool, err error)
	Sitting(ctx context.Context, org OrgID, id SittingID) (Sitting, error) // ErrNotFound
	// SittingHead is Sitting without Form, which is by far the largest part of it and never changes.
	SittingHead(ctx context.Context, org OrgID, id SittingID) (Sitting, error)
	// Sittings lists newest first, without Form.
	Sittings(ctx context.Context, org OrgID, f SittingFilter) ([]Sitting, error)
	// OpenRoom counts one more window of an open sitting and gives its number.
	OpenRoom(ctx context.Context, org OrgID, id SittingID) (int, error)
	// SaveItems keeps changes that are newer than what is kept, as long as the learner's sitting is open at now. It is asked thousands
	// of times a second. ErrNotFound: no such sitting of the learner, or no such item. ErrSittingClosed: it is handed in or its time is
	// up, or it is at a break; nothing was kept.
	SaveItems(ctx context.Context, org OrgID, l LearnerID, id SittingID, now time.Time, saves []ItemSave) ([]SaveOutcome, error)
	// ItemStates lists by position the items that were touched.
	ItemStates(ctx context.Context, org OrgID, id SittingID) ([]StoredItem, error)
	// LockItems makes items unchangeable: those given, or for nil all that were touched.
	LockItems(ctx context.Context, org OrgID, id SittingID, positions []int) error
	// MoveOn moves where a sitting that goes forward only has got to; back it never goes.
	MoveOn(ctx context.Context, org OrgID, id SittingID, reached int) error
	// StartBreak stops the clock of an open sitting with fewer than most breaks: the end moves by the longest a break may be, so that one
	// who does not come back is closed in time. ErrSittingClosed.
	StartBreak(ctx context.Context, org OrgID, id SittingID, now time.Time, most int, longest time.Duration) error
	// EndBreak lets the clock run on and takes what of the longest break was not used off the end. It is fine with a sitting at no break.
	EndBreak(ctx context.Context, org OrgID, id SittingID, now time.Time, longest time.Duration, lock bool) error
	// HandIn closes a sitting; first is false when it was closed already, and then nothing changes.
	HandIn(ctx context.Context, org OrgID, id SittingID, at time.Time, by string) (first bool, err error)
	// RecordSitting keeps the graded attempts of a sitting that was handed in, with its tally, unless that is done already.
	RecordSitting(ctx context.Context, org OrgID, id SittingID, at time.Time, attempts []Graded, tally Tally) error
	// SeenItems are the questions and cases that the learner has an attempt at, anywhere.
	SeenItems(ctx context.Context, org OrgID, l LearnerID) (map[string]bool, error)
	// DueSittings lists sittings of all organisations that ended before the moment without being handed in, or were handed in and not
	// graded.
	DueSittings(ctx context.Context, before time.Time, limit int) ([]SittingRef, error)
}

// ExamStore keeps composed exams, the rules of sitting, cohorts and disputes.
type ExamStore interface {
	// AddComposed keeps a revision and the entry. ErrDuplicate: the newest revision is not the one before it, or the exam is another's.
	AddComposed(ctx context.Context, org OrgID, e ComposedExam, entry AuditEntry) error
	// ComposedExams lists newest revisions by id of the exam, retired ones too; owner "" is everyone.
	ComposedExams(ctx context.Context, org OrgID, owner LearnerID) ([]ComposedExam, error)
	// ComposedExam gives the newest revision; ErrNotFound.
	ComposedExam(ctx context.Context, org OrgID, exam string) (ComposedExam, error)
	RetireComposed(ctx context.Context, org OrgID, exam string, entry AuditEntry) error

	// SaveRule puts a rule in the place of the one of the same exam, kind and ref.
	SaveRule(ctx context.Context, org OrgID, r ExamRule, entry AuditEntry) error
	DropRule(ctx context.Context, org OrgID, id RuleID, entry AuditEntry) error // ErrNotFound
	// Rules lists an owner's, or for "" all.
	Rules(ctx context.Context, org OrgID, owner LearnerID) ([]ExamRule, error)
	// RulesFor lists the rules that fit a learner, directly or through cohorts that are not closed; of one exam and of every exam.
	RulesFor(ctx context.Context, org OrgID, l LearnerID) ([]ExamRule, error)

	AddCohort(ctx context.Context, org OrgID, c Cohort, entry AuditEntry) error
	Cohorts(ctx context.Context, org OrgID, owner LearnerID) ([]Cohort, error) // "" is everyone's
	Cohort(ctx context.Context, org OrgID, id CohortID) (Cohort, error)        // ErrNotFound
	CohortsOf(ctx context.Context, org OrgID, l LearnerID) ([]Cohort, error)   // that a learner is in, closed ones too
	CloseCohort(ctx context.Context, org OrgID, id CohortID, entry AuditEntry) error
	// Members lists a cohort's learners, by name.
	Members(ctx context.Context, org OrgID, id CohortID) ([]Learner, error)
	// SetMember puts a learner into a cohort or takes them out; fine when that is so already. ErrNotFound: either is not there.
	SetMember(ctx context.Context, org OrgID, id CohortID, l LearnerID, in bool, entry AuditEntry) error

	// AddDispute keeps a dispute; ErrDuplicate: the line of the attempt has one.
	AddDispute(ctx context.Context, org OrgID, d Dispute) error
	// Disputes lists newest first; zero fields do not narrow.
	Disputes(ctx context.Context, org OrgID, f DisputeFilter) ([]Dispute, error)
	Dispute(ctx context.Context, org OrgID, id DisputeID) (Dispute, error) // ErrNotFound
	// ResolveDispute answers an open dispute; ErrDuplicate when it is no longer open.
	ResolveDispute(ctx context.Context, org OrgID, d Dispute, entry AuditEntry) error
}

// DisputeFilter narrows a list of disputes.
type DisputeFilter struct {
	Learner LearnerID
	Attempt AttemptID
	Item    string
	Kind    ItemKind // with Line, which may be ""
	Line    string
	Status  DisputeStatus
	Before  DisputeID
	Limit   int // 0: all
}
