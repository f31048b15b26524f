package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"crosswalk/progress/credential"
)

// Verdict is what came of verifying a credential.
type Verdict string

// The verdicts. Only CredentialHolds says that it can be relied on.
const (
	CredentialHolds      Verdict = "holds"       // signed by this site, in its time, not revoked
	CredentialRevoked    Verdict = "revoked"     // signed by this site, and revoked
	CredentialExpired    Verdict = "expired"     // its time has ended
	CredentialNotYet     Verdict = "not_yet"     // its time has not begun
	CredentialRetiredKey Verdict = "retired_key" // signed with a key that is not believed any more
	CredentialForeign    Verdict = "foreign"     // signed with a key that is not of this site
	CredentialForged     Verdict = "forged"      // the signature does not belong to what it says
	CredentialUnreadable Verdict = "unreadable"  // it is no credential
	CredentialErased     Verdict = "erased"      // issued here, but what it said was erased: whoever holds it can have it verified
)

// Verification is what came of verifying a credential, and what it says.
type Verification struct {
	Verdict   Verdict
	Signature bool                // it holds: the document is as this site signed it
	Document  credential.Document // zero where Signature is false
	Payload   json.RawMessage     // as it was signed, nil where Signature is false
	JWT       string
	KeyID     string
	Known     bool // the site has a record of it; where it has none it cannot say whether it was revoked
	IssuedAt  time.Time
	RevokedAt *time.Time
	ByHolder  bool // the person it is about took it back
	ErasedAt  *time.Time
	RetiredAt *time.Time // of the key
	Why       string     // what is wrong with it, for those who know the format; "" where nothing is
}

// VerifyCredential verifies one that was issued here, by its id, for everyone. ErrNotFound.
func (s *Service) VerifyCredential(ctx context.Context, org OrgID, id CredentialID) (Verification, error) {
	x, err := s.st.Issued(ctx, org, id)
	if err != nil {
		return Verification{}, fmt.Errorf("verify credential %s: %w", id, err)
	}
	if x.JWT == "" {
		v := Verification{Verdict: CredentialErased}
		v.record(x)
		if x.RevokedAt != nil {
			v.Verdict = CredentialRevoked
		}
		return v, nil
	}
	return s.verify(ctx, org, x.JWT, func(string) (IssuedCredential, error) { return x, nil })
}

// VerifyJWT verifies a credential that somebody brings, for everyone. What cannot be read is a verdict and no error.
func (s *Service) VerifyJWT(ctx context.Context, org OrgID, jwt string) (Verification, error) {
	return s.verify(ctx, org, strings.Join(strings.Fields(jwt), ""), func(id string) (IssuedCredential, error) {
		return s.st.Issued(ctx, org, CredentialID(id))
	})
}

func (s *Service) verify(ctx context.Context, org OrgID, jwt string, find func(id string) (IssuedCredential, error)) (Verification, error) {
	ks, err := s.st.SigningKeys(ctx, org)
	if err != nil {
		return Verification{}, fmt.Errorf("verify credential: %w", err)
	}
	v := VerifyBy(jwt, verifying(ks), s.now())
	if v.Verdict == CredentialForeign {
		v.retired(ks)
	}
	id, ok := v.Document.Local()
	if !v.Signature || !ok {
		return v, nil
	}
	x, err := find(id)
	if errors.Is(err, ErrNotFound) {
		return v, nil
	}
	if err != nil {
		return Verification{}, fmt.Errorf("verify credential: %w", err)
	}
	v.record(x)
	if v.RevokedAt != nil {
		v.Verdict = CredentialRevoked
	}
	return v, nil
}

// VerifyBy verifies a credential by keys alone. It knows no records, so it cannot say whether it was revoked.
func VerifyBy(jwt string, keys credential.KeySet, now time.Time) Verification {
	v := Verification{JWT: jwt}
	signed, err := credential.Verify(jwt, keys, now)
	if err != nil {
		v.Why = sentence(err.Error())
	}
	v.Verdict = verdictOf(err)
	if v.Signature = err == nil || errors.Is(err, credential.ErrExpired) || errors.Is(err, credential.ErrNotYetValid); v.Signature {
		v.Document, v.Payload, v.KeyID = signed.Document, signed.Raw, signed.KeyID
	}
	return v
}

func verdictOf(err error) Verdict {
	switch {
	case err == nil:
		return CredentialHolds
	case errors.Is(err, credential.ErrExpired):
		return CredentialExpired
	case errors.Is(err, credential.ErrNotYetValid):
		return CredentialNotYet
	case errors.Is(err, credential.ErrUnknownKey):
		return CredentialForeign
	case errors.Is(err, credential.ErrSignature), errors.Is(err, credential.ErrClaims):
		return CredentialForged
	}
	return CredentialUnreadable
}

// retired sees whether the key that nobody knows is one that was retired.
func (v *Verification) retired(ks []SigningKey) {
	kid, err := credential.KeyID(v.JWT)
	if err != nil {
		return
	}
	i := slices.IndexFunc(ks, func(k SigningKey) bool { return k.RetiredAt != nil && strings.HasSuffix(kid, "/"+k.ID) })
	if i >= 0 {
		v.Verdict, v.KeyID, v.RetiredAt = CredentialRetiredKey, kid, ks[i].RetiredAt
	}
}

func (v *Verification) record(x IssuedCredential) {
	v.Known, v.IssuedAt, v.RevokedAt, v.ByHolder, v.ErasedAt = true, x.IssuedAt, x.RevokedAt, x.ByHolder, x.ErasedAt
}
