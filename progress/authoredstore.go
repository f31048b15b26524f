package progress

import (
	"context"
	"time"
)

// AuthoredState says whether a revision of a file is served.
type AuthoredState string

// The states of a revision.
const (
	AuthoredSaved     AuthoredState = "draft"
	AuthoredPublished AuthoredState = "published"
)

// AuthoredFile is a revision of a file of the content that was written in the browser. The newest published one of a path is laid over what
// ships.
type AuthoredFile struct {
	ID       RevisionID    `json:"id"`
	Org      OrgID         `json:"-"`
	Path     string        `json:"path"` // in the content's folder, such as quizzes/cases/office/sore-throat.md
	Revision int           `json:"revision"`
	Base     int           `json:"base"` // the revision that the author began from, 0 for what ships or nothing
	State    AuthoredState `json:"state"`
	Gone     bool          `json:"gone"` // the file is taken away
	Text     string        `json:"-"`    // "" in lists
	Hash     string        `json:"hash"` // SHA-256 of the text, hexadecimal
	Author   LearnerID     `json:"-"`    // "" for the command line
	Message  string        `json:"message"`
	At       time.Time     `json:"at"`
}

// AuthoredStore keeps the files that were written in the browser. Rows are only added.
type AuthoredStore interface {
	// AddAuthored keeps a revision, and the entry where there is one. ErrDuplicate: the newest revision of the path is not the one before it.
	AddAuthored(ctx context.Context, org OrgID, f AuthoredFile, entry *AuditEntry) error
	// AuthoredNewest gives the newest revision of each path, without texts, by path.
	AuthoredNewest(ctx context.Context, org OrgID) ([]AuthoredFile, error)
	// AuthoredPublished gives the newest published revision of each path that has one, by path; those that are gone too.
	AuthoredPublished(ctx context.Context, org OrgID) ([]AuthoredFile, error)
	// AuthoredRevisions lists the revisions of a path, without texts, oldest first; none for an unknown path.
	AuthoredRevisions(ctx context.Context, org OrgID, path string) ([]AuthoredFile, error)
	// AuthoredRevision answers ErrNotFound.
	AuthoredRevision(ctx context.Context, org OrgID, path string, revision int) (AuthoredFile, error)
	// AuthoredCount counts the published revisions: it grows with each, so that servers see by it that there is something new.
	AuthoredCount(ctx context.Context, org OrgID) (int64, error)
}
