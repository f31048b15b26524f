package progress

import (
	"context"
	"encoding/json"
	"time"
)

// Storage is what the use cases need of a database. One method is one unit of work: it is done and durable as a whole when it returns nil,
// and has changed nothing when it returns an error. Every call takes the organisation whose rows it may touch; rows of others are as if
// they were not there. Errors are ErrNotFound, ErrDuplicate, ErrStaleDraft or ErrStaleNote where the method says so, ErrUnavailable when the database or
// its disk is at fault, and the error of the context; all wrapped.
type Storage interface {
	AccountStore
	SessionStore
	LimitStore
	RecordStore
	DeskStore
	NoteStore
	PolicyStore
	SittingStore
	ExamStore
	RegradeStore
	LearningStore
	AnalysisStore
	ClassStore
	AuthoredStore
	AssessmentStore
	EvidenceStore
	HireAPIStore
	CandidateStore
	CredentialStore
	AuditStore
	// Health answers nil when the database reads and takes write transactions.
	Health(ctx context.Context) error
}

// AccountStore keeps learners.
type AccountStore interface {
	// AddLearner keeps a new learner, with the hash of a passphrase ("" for a guest), a first session and an audit entry where given.
	// ErrDuplicate: the e-mail is taken in the organisation. A learner is put into the cohorts that the e-mail was invited into.
	AddLearner(ctx context.Context, org OrgID, l Learner, hash string, first *StoredSession, entry *AuditEntry) error
	// Promote turns a guest into an account with the same id, ends the guest's sessions and opens the one given. ErrNotFound: there is
	// no such guest. ErrDuplicate: the e-mail is taken. Invitations are taken as in AddLearner.
	Promote(ctx context.Context, org OrgID, l Learner, hash string, first StoredSession) error
	// Learner answers ErrNotFound for an unknown id. Erased learners are found.
	Learner(ctx context.Context, org OrgID, id LearnerID) (Learner, error)
	// Credentials looks an account up by its case-folded e-mail and gives its passphrase hash; ErrNotFound.
	Credentials(ctx context.Context, org OrgID, email string) (Learner, string, error)
	// CredentialsOf is Credentials by id.
	CredentialsOf(ctx context.Context, org OrgID, id LearnerID) (Learner, string, error)
	// SetHash replaces the hash of a passphrase. With endSessions all sessions end; next, where given, is opened.
	SetHash(ctx context.Context, org OrgID, id LearnerID, hash string, endSessions bool, next *StoredSession, entry *AuditEntry) error
	// Learners lists, oldest first, and counts all that the filter lets through without Limit and After. Erased learners are left out, and
	// those who sit a hiring test as candidates unless the filter asks for that role.
	Learners(ctx context.Context, org OrgID, f UserFilter) ([]Learner, int, error)
	// AnyLearner reports whether any organisation has a learner.
	AnyLearner(ctx context.Context) (bool, error)
	// Erase takes name, e-mail, passphrase, sessions, drafts, book notes, reading positions, reviews, goal, plans, placement tests, what was
	// learnt of the learner's memory, places in cohorts, invitations to and by the learner, terms of assignments, messages on the learner's results and by the learner, exam rules for the learner and the words of disputes away, the policies that graded nothing and drafts of hiring tests; policies that graded are retired, and so are composed exams; open hiring tests are closed. It has
	// scrub take free text out of each attempt and grading, and keeps the entry. ErrNotFound.
	Erase(ctx context.Context, org OrgID, id LearnerID, at time.Time, scrub Scrubber, entry AuditEntry) error
}

// Scrubber takes free text out of an answer and reports whether there was any; if so, storage has it clean the results of that answer too.
type Scrubber interface {
	Answer(kind ItemKind, answer json.RawMessage) (json.RawMessage, bool)
	Result(kind ItemKind, result json.RawMessage) (json.RawMessage, bool)
}

// StoredSession is a session as it is kept: the token only as its hash.
type StoredSession struct {
	ID        SessionID
	Org       OrgID
	Learner   LearnerID
	TokenHash string // hex SHA-256 of the token
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// SessionStore keeps sessions. A session is looked up by its token alone: the organisation comes from it.
type SessionStore interface {
	// OpenSession keeps a session. Where guest is not "", the guest's record goes over to the session's learner in the same unit of work:
	// attempts, reviews, drills, lesson marks (done stays done), drafts (the newer of the two), book notes (both texts), goal (the account's
	// if both have one), forecasts, plans, placement tests, places in cohorts, terms of assignments, messages, exam rules and disputes, and the guest's sessions end. A guest that is not there, or is no guest, is passed over.
	OpenSession(ctx context.Context, org OrgID, s StoredSession, guest LearnerID) error
	// SessionByHash answers ErrNotFound for unknown sessions. Expired ones are found; the caller compares.
	SessionByHash(ctx context.Context, tokenHash string) (StoredSession, Learner, error)
	// TouchSession moves when it was last seen and when it expires.
	TouchSession(ctx context.Context, org OrgID, id SessionID, seen, expires time.Time) error
	// EndSession is fine with a session that is not there.
	EndSession(ctx context.Context, tokenHash string) error
	// EndSessions ends all of a learner's.
	EndSessions(ctx context.Context, org OrgID, l LearnerID) error
	// Sessions lists a learner's.
	Sessions(ctx context.Context, org OrgID, l LearnerID) ([]StoredSession, error)
	// Sweep drops sessions, limits and invitations of single people that expired before now and says how many rows went.
	Sweep(ctx context.Context, now time.Time) (int, error)
}

// Limit is a rate limit: Burst tries at once, then one more each Every.
type Limit struct {
	Burst int
	Every time.Duration
}

// LimitStore counts tries, shared by every server of the same database. Keys are opaque hashes.
type LimitStore interface {
	// Take counts one try against each key, unless one of them has none left: then none is counted and wait, above 0, says for how
	// long. The slices go together.
	Take(ctx context.Context, now time.Time, keys []string, limits []Limit) (wait time.Duration, err error)
	// Give takes one try back, as when the sign-in was right; forget drops the key's count altogether.
	Give(ctx context.Context, keys []string, limits []Limit, forget []string) error
}

// RecordStore keeps attempts, gradings and the content they belong to.
type RecordStore interface {
	// RecordAttempt keeps versions that are not kept yet, the attempt and its first grading, and drops the learner's draft of the item
	// when dropDraft. When the learner has an attempt with this client key, that one comes back with duplicate true and nothing changes.
	RecordAttempt(ctx context.Context, org OrgID, versions []ContentVersion, a Attempt, g Grading, dropDraft bool) (_ Graded, duplicate bool, err error)
	// KeepVersions keeps what is not kept yet and says how many were new.
	KeepVersions(ctx context.Context, org OrgID, versions []ContentVersion) (int, error)
	// Version answers ErrNotFound.
	Version(ctx context.Context, org OrgID, hash string) (ContentVersion, error)
	// Attempt gives the newest grading with it; ErrNotFound.
	Attempt(ctx context.Context, org OrgID, id AttemptID) (Graded, error)
	// AttemptByKey is Attempt by the learner's client key; ErrNotFound.
	AttemptByKey(ctx context.Context, org OrgID, l LearnerID, clientKey string) (Graded, error)
	// Attempts lists newest first and counts all that the filter lets through without Limit and Before. Learner "" is everyone. Attempts
	// of exams whose answers are not open are listed only where the filter asks for them.
	Attempts(ctx context.Context, org OrgID, f AttemptFilter) ([]Graded, int, error)
	// Gradings lists an attempt's, oldest first; none for an unknown attempt.
	Gradings(ctx context.Context, org OrgID, id AttemptID) ([]Grading, error)
	// AppendGradings adds gradings; Seq is set by the storage. One with a Policy goes to those that PolicyGradings lists and not to those
	// that Attempt, Gradings and History read; its revision must be the organisation's, else ErrNotFound.
	AppendGradings(ctx context.Context, org OrgID, gs []Grading, entry *AuditEntry) error
	// History gives a learner's outcomes, oldest first, by the newest gradings; without those of exams whose answers are not open.
	History(ctx context.Context, org OrgID, l LearnerID) ([]Outcome, error)
	// AnsweredVersion reports whether the learner has an attempt whose shown or key hash this is, and whose answer may be looked at.
	AnsweredVersion(ctx context.Context, org OrgID, l LearnerID, hash string) (bool, error)
}

// Outcome is an attempt in the few figures that progress is computed from.
type Outcome struct {
	Attempt     AttemptID
	Kind        ItemKind
	Item        string
	Areas       []string
	Context     ContextKind
	SubmittedAt time.Time
	Seconds     int
	Percent10   int // tenths of a per cent
	AuditTenths int
	Correct     bool
	Findings    []string
}

// DeskStore keeps what lies on a learner's desk: drafts, lesson marks, drills.
type DeskStore interface {
	// SaveDraft keeps the body when d.Rev is the stored revision (0 for none) and answers the new revision. When it is not, but the
	// stored body is the same, the stored revision comes back: a reply was lost. Else ErrStaleDraft and the stored revision.
	SaveDraft(ctx context.Context, org OrgID, l LearnerID, d Draft) (rev int64, err error)
	Draft(ctx context.Context, org OrgID, l LearnerID, item string) (Draft, error) // ErrNotFound
	Drafts(ctx context.Context, org OrgID, l LearnerID) ([]Draft, error)           // newest first
	// DropDraft is fine with a draft that is not there.
	DropDraft(ctx context.Context, org OrgID, l LearnerID, item string) error

	// MarkLesson sets or takes back the done mark; SavePosition moves the reading position. Both open the lesson if it was not.
	MarkLesson(ctx context.Context, org OrgID, l LearnerID, lesson string, done bool, at time.Time) error
	SavePosition(ctx context.Context, org OrgID, l LearnerID, lesson, anchor string, percent int, at time.Time) error
	LessonMarks(ctx context.Context, org OrgID, l LearnerID) (map[string]LessonMark, error)

	AddDrill(ctx context.Context, org OrgID, l LearnerID, d Drill) error
	Drill(ctx context.Context, org OrgID, l LearnerID, id DrillID) (Drill, error) // ErrNotFound
	Drills(ctx context.Context, org OrgID, l LearnerID) ([]Drill, error)          // newest first
}

// AuditStore keeps the log of what staff do. Entries are only ever added.
type AuditStore interface {
	AddEntry(ctx context.Context, org OrgID, e AuditEntry) error
	Entries(ctx context.Context, org OrgID, f AuditFilter) ([]AuditEntry, error)
}
