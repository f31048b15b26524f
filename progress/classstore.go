package progress

import (
	"context"
	"time"
)

// ClassStore keeps invitations into cohorts, what cohorts are assigned, and messages on results.
type ClassStore interface {
	// Invite puts learners into a cohort and keeps invitations, all or nothing. An invitation whose client key the cohort has takes the
	// place of that one: token, name, bounds and dates are new, the id and the uses stay. They come back as they are kept. ErrNotFound:
	// no such cohort, or one of the learners is not there.
	Invite(ctx context.Context, org OrgID, c CohortID, members []LearnerID, invites []Invite, entry AuditEntry) ([]Invite, error)
	// Invites lists a cohort's, the newest first, revoked and expired ones too.
	Invites(ctx context.Context, org OrgID, c CohortID) ([]Invite, error)
	// InviteByToken finds an invitation by the hash of its secret; ErrNotFound.
	InviteByToken(ctx context.Context, org OrgID, hash string) (Invite, error)
	// InvitesTo lists those for an e-mail, and those that a member of staff made, in any cohort.
	InvitesTo(ctx context.Context, org OrgID, email string, by LearnerID) ([]Invite, error)
	// RevokeInvite ends a link, and drops an invitation for a person. ErrNotFound.
	RevokeInvite(ctx context.Context, org OrgID, c CohortID, id InviteID, entry AuditEntry) error
	// Join puts a learner into the cohort of an invitation that is in force, and counts its use; joined is false when they were in it
	// already, and then nothing changes. ErrNotFound: it is not in force, its cohort is closed, or the learner is not there.
	Join(ctx context.Context, org OrgID, hash string, l LearnerID, entry AuditEntry) (joined bool, err error)

	// SaveAssignment keeps an assignment, in the place of the one with its id. With it comes the rule that an exam needs, and the one that it
	// needs no longer goes. ErrDuplicate: the cohort has one of this client key, or the rule is another's.
	SaveAssignment(ctx context.Context, org OrgID, x Assignment, rule *ExamRule, drop RuleID, entry AuditEntry) error
	// DropAssignment takes one away, with what was different for single learners and the rule where one is named; ErrNotFound.
	DropAssignment(ctx context.Context, org OrgID, id AssignmentID, drop RuleID, entry AuditEntry) error
	Assignment(ctx context.Context, org OrgID, id AssignmentID) (Assignment, error) // ErrNotFound
	// Assignments lists those of a cohort by their opening.
	Assignments(ctx context.Context, org OrgID, c CohortID) ([]Assignment, error)
	// SetTerms says what is different for a learner, with a rule as in SaveAssignment; terms that say nothing are taken away. ErrNotFound.
	SetTerms(ctx context.Context, org OrgID, t AssignmentTerms, rule *ExamRule, drop RuleID, entry AuditEntry) error
	// TermsOf lists what is different for learners of a cohort, TermsFor what is different for a learner anywhere.
	TermsOf(ctx context.Context, org OrgID, c CohortID) ([]AssignmentTerms, error)
	TermsFor(ctx context.Context, org OrgID, l LearnerID) ([]AssignmentTerms, error)
	// ReadWork reads from the record what assignments are judged by.
	ReadWork(ctx context.Context, org OrgID, q WorkQuery) (WorkRecord, error)

	// AddMessage keeps a message; ErrDuplicate: the author has one of this client key.
	AddMessage(ctx context.Context, org OrgID, m Message) error
	// Messages lists those about a result, the oldest first.
	Messages(ctx context.Context, org OrgID, about string) ([]Message, error)
	// MessagesOf lists all on a learner's results and all that they wrote, the oldest first.
	MessagesOf(ctx context.Context, org OrgID, l LearnerID) ([]Message, error)
	// MarkRead moves how far somebody has read about a result; back it never goes.
	MarkRead(ctx context.Context, org OrgID, reader LearnerID, about string, through MessageID) error
	// Unread lists what others wrote about the results of learners and the reader has not read, the newest first.
	Unread(ctx context.Context, org OrgID, reader LearnerID, learners []LearnerID) ([]Message, error)
}

// WorkQuery says whose work is read, and what of it.
type WorkQuery struct {
	Learners []LearnerID
	Lessons  []string
	Cases    []string
	Areas    []string  // of drills
	Exams    []string  // ids of blueprints
	From     time.Time // cases and drills before it are left out
}

// WorkRecord is work by the newest gradings, each list by learner in the order in which it was done.
type WorkRecord struct {
	Lessons  []LessonWork
	Cases    []CaseWork
	Drills   []DrillWork
	Sittings []Sitting // heads, without their forms
	Regraded []SittingID
}

// LessonWork is a lesson that is marked done.
type LessonWork struct {
	Learner LearnerID
	Lesson  string
	At      time.Time
}

// CaseWork is an answer to a case outside of exams.
type CaseWork struct {
	Learner   LearnerID
	Case      string
	Attempt   AttemptID
	At        time.Time
	Percent10 int
	Audit10   int
}

// DrillWork is a drill with its answers, first ones first.
type DrillWork struct {
	Learner LearnerID
	Drill
	Answers []DrillAnswer
}

// DrillAnswer is an answer in a drill.
type DrillAnswer struct {
	Item    string
	At      time.Time
	Correct bool
}
