package progress

import (
	"context"
	"crypto/ed25519"
	"time"
)

// CredentialID is the id of a credential, a UUIDv7 text; its public address ends with it.
type CredentialID string

// SigningKey is a key that credentials are signed with. A key signs until it is rotated, and verifies until it is retired.
type SigningKey struct {
	ID        string // thumbprint of the public part
	Org       OrgID
	Public    ed25519.PublicKey
	Sealed    []byte // the private part, see package seal; gone once the key signs no more
	CreatedAt time.Time
	RotatedAt *time.Time // it signs no more
	RetiredAt *time.Time // what it signed is not believed any more
}

// Signs reports whether new credentials are signed with it.
func (k SigningKey) Signs() bool { return k.RotatedAt == nil && k.RetiredAt == nil }

// IssuedCredential is a credential of a candidate's result.
type IssuedCredential struct {
	ID         CredentialID `json:"id"`
	Org        OrgID        `json:"-"`
	Candidate  CandidateID  `json:"candidate"`
	Assessment AssessmentID `json:"assessment"`
	Sitting    SittingID    `json:"sitting"`
	Key        string       `json:"key"`           // id of the key that signed it
	JWT        string       `json:"jwt,omitempty"` // the credential itself; "" once the candidate was erased
	IssuedAt   time.Time    `json:"issued_at"`
	RevokedAt  *time.Time   `json:"revoked_at,omitempty"`
	RevokedBy  LearnerID    `json:"-"` // of staff; "" where the candidate took it back, or is erased
	ByHolder   bool         `json:"withdrawn_by_candidate,omitempty"`
	Reason     string       `json:"reason,omitempty"` // why staff revoked it; not for the public
	ErasedAt   *time.Time   `json:"erased_at,omitempty"`
}

// Revocation is who revoked a credential, when and why.
type Revocation struct {
	At       time.Time
	By       LearnerID // of staff
	ByHolder bool
	Reason   string
}

// CredentialStore keeps signing keys and credentials.
type CredentialStore interface {
	// SigningKeys lists the keys of an organisation, the newest first.
	SigningKeys(ctx context.Context, org OrgID) ([]SigningKey, error)
	// AddSigningKey makes a key the one that signs. The one that signed until then, which must be before ("" for none), signs no more from
	// the creation of the new one on, and its private part goes. ErrDuplicate: it is another that signs.
	AddSigningKey(ctx context.Context, org OrgID, k SigningKey, before string, entry *AuditEntry) error
	// RetireSigningKey ends a key altogether, its private part with it; one that is retired stays as it is. ErrNotFound.
	RetireSigningKey(ctx context.Context, org OrgID, id string, at time.Time, entry *AuditEntry) error

	// AddIssued keeps a credential. ErrDuplicate: the sitting has one that is not revoked. ErrNotFound: the candidate is not there, or erased.
	AddIssued(ctx context.Context, org OrgID, c IssuedCredential) error
	Issued(ctx context.Context, org OrgID, id CredentialID) (IssuedCredential, error) // ErrNotFound
	// IssuedTo lists the credentials of a candidate, the newest first, revoked ones too.
	IssuedTo(ctx context.Context, org OrgID, c CandidateID) ([]IssuedCredential, error)
	// RevokedCredentials lists those of an organisation that are revoked, the oldest first, without JWT and reason.
	RevokedCredentials(ctx context.Context, org OrgID) ([]IssuedCredential, error)
	// RevokeIssued revokes; one that is revoked stays as it is. ErrNotFound.
	RevokeIssued(ctx context.Context, org OrgID, id CredentialID, r Revocation, entry *AuditEntry) error
}
