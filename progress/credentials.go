package progress

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"crosswalk/progress/credential"
	"crosswalk/progress/hirereport"
)

// How a candidate is recognised in a credential.
const (
	IdentifyByEmail = "email" // a salted hash of the e-mail
	IdentifyByName  = "name"  // a salted hash of the name
	IdentifyPlainly = "plain" // the name, for everyone to read
)

// MaxRevokeReason is the most characters of the reason why a credential is revoked.
const MaxRevokeReason = 500

// CredentialRequest is how a candidate wants the credential of a result.
type CredentialRequest struct {
	Sitting  SittingID // "" for the newest that was handed in
	Identify string    // IdentifyByEmail, IdentifyByName, IdentifyPlainly
	Base     string    // the address of the site as others reach it, without a slash at the end
}

// asCandidate finds the candidate that an actor is: ErrForbidden for everyone else, ErrNotFound once they are erased.
func (s *Service) asCandidate(ctx context.Context, a Actor) (Candidate, error) {
	if a.Role != RoleCandidate || a.Learner == "" {
		return Candidate{}, ErrForbidden
	}
	c, err := s.st.CandidateByLearner(ctx, a.org(), a.Learner)
	if err == nil && c.ErasedAt != nil {
		err = ErrNotFound
	}
	return c, err
}

// IssueCredential signs the result of the actor's own sitting, which must be handed in and graded, else ErrNotYet. Asked again for the same
// sitting it gives the credential that is there, whatever the request says: taking that back comes first. Candidates only, else ErrForbidden;
// ErrNotFound; ErrForbidden also where the employer revoked the credential of this sitting; an InputError of identify; ErrCannotSign.
func (s *Service) IssueCredential(ctx context.Context, a Actor, in CredentialRequest) (IssuedCredential, error) {
	fail := func(err error) (IssuedCredential, error) {
		return IssuedCredential{}, fmt.Errorf("issue credential: %w", err)
	}
	c, err := s.asCandidate(ctx, a)
	if err != nil {
		return fail(err)
	}
	id := in.Sitting
	if id == "" && len(c.Sittings) > 0 {
		id = c.Sittings[len(c.Sittings)-1]
		done, err := handedInOf(c, func(id SittingID) (Sitting, error) { return s.sittingHead(ctx, c.Org, id) })
		if err != nil {
			return fail(err)
		}
		if len(done) > 0 { // another try may be under way
			id = done[len(done)-1].ID
		}
	}
	if !slices.Contains(c.Sittings, id) {
		return fail(ErrNotFound)
	}
	if there, ok, err := s.inForce(ctx, c, id); ok || err != nil {
		return there, err
	}
	x, err := s.st.Assessment(ctx, c.Org, c.Assessment)
	if err != nil {
		return fail(err)
	}
	if x.PreviewOf != "" { // nobody has a result by it
		return fail(ErrForbidden)
	}
	claim, err := s.claim(ctx, x, c, id)
	if err != nil {
		return fail(err)
	}
	if claim.Identity, err = s.identity(c, in.Identify); err != nil {
		return IssuedCredential{}, err
	}
	key, err := s.signingKey(ctx, c.Org)
	if err != nil {
		return fail(err)
	}
	claim.Base, claim.IssuerName = in.Base, s.IssuerName(in.Base)
	jwt, err := credential.Sign(in.Base, claim.Document(), key)
	if err != nil {
		return fail(err)
	}
	kid, err := credential.KeyID(jwt)
	if err != nil {
		return fail(err)
	}
	issued := IssuedCredential{
		ID: CredentialID(claim.ID), Org: c.Org, Candidate: c.ID, Assessment: x.ID, Sitting: id, Key: kid[strings.LastIndexByte(kid, '/')+1:], JWT: jwt, IssuedAt: claim.ValidFrom,
	}
	err = s.st.AddIssued(ctx, c.Org, issued)
	if errors.Is(err, ErrDuplicate) { // sent twice at the same moment
		there, ok, err := s.inForce(ctx, c, id)
		if err == nil && !ok {
			err = ErrConflict
		}
		return there, err
	}
	if err != nil {
		return fail(err)
	}
	return issued, nil
}

// inForce finds the credential of a sitting that is not revoked. ErrForbidden where the employer revoked one: the candidate cannot just ask for another.
func (s *Service) inForce(ctx context.Context, c Candidate, id SittingID) (IssuedCredential, bool, error) {
	all, err := s.st.IssuedTo(ctx, c.Org, c.ID)
	if err != nil {
		return IssuedCredential{}, false, fmt.Errorf("credentials of candidate %s: %w", c.ID, err)
	}
	for _, x := range all {
		if x.Sitting != id {
			continue
		}
		if x.RevokedAt == nil {
			return x, true, nil
		}
		if !x.ByHolder {
			return IssuedCredential{}, false, fmt.Errorf("the credential of this sitting was revoked: %w", ErrForbidden)
		}
	}
	return IssuedCredential{}, false, nil
}

// claim is what the credential of a sitting says, but for who and where. The result is the one that the employer's report shows, by the gradings that
// count now.
func (s *Service) claim(ctx context.Context, x Assessment, c Candidate, id SittingID) (credential.Claim, error) {
	sat, err := s.sittingHead(ctx, c.Org, id)
	if err != nil {
		return credential.Claim{}, err
	}
	r, err := s.hireFigures(ctx, sat)
	if err != nil {
		return credential.Claim{}, err
	}
	if r.Overall == nil {
		return credential.Claim{}, fmt.Errorf("sitting %s has no item that counts: %w", id, ErrNotYet)
	}
	now := s.now()
	own, err := s.newID(now)
	if err != nil {
		return credential.Claim{}, err
	}
	subject, err := s.newID(now)
	if err != nil {
		return credential.Claim{}, err
	}
	return credential.Claim{
		ID: own, Subject: subject, Test: string(x.ID), Name: x.Spec.Name,
		Description: fmt.Sprintf("A test of medical coding for hiring: %d items, %d minutes.", r.Charts+r.Questions, r.Test.Minutes),
		Criteria: fmt.Sprintf("Sit the test to its end and reach at least %d per cent of its points. The line was set before anyone sat, and is the same for everyone.",
			r.Test.PassPercent),
		Version:   fmt.Sprintf("code year %d, content %.12s", x.Frozen.CodeYear, x.Frozen.ContentHash),
		Percent10: r.Overall.Percent10, Low10: r.Overall.Low10, High10: r.Overall.High10, Coverage: hirereport.Level, Pass10: 10 * r.Test.PassPercent, Passed: r.Passed,
		SatAt: r.Sitting.HandedInAt, ValidFrom: now,
	}, nil
}

// identity is how the credential recognises its subject.
func (s *Service) identity(c Candidate, how string) (credential.Identity, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(s.rand, salt); err != nil {
		return credential.Identity{}, fmt.Errorf("random numbers: %w", err)
	}
	switch {
	case how == IdentifyByEmail && c.Email != "":
		return credential.HashedIdentity(credential.ByEmail, c.Email, hex.EncodeToString(salt)), nil
	case how == IdentifyByName && c.Name != "":
		return credential.HashedIdentity(credential.ByName, c.Name, hex.EncodeToString(salt)), nil
	case how == IdentifyPlainly && c.Name != "":
		return credential.PlainName(c.Name), nil
	}
	return credential.Identity{}, &InputError{"identify", "Say how you are to be recognised: by your e-mail, where we have one, or by your name."}
}

// IssuerName is how the site names itself in credentials: as the operator says, else by the host of its address.
func (s *Service) IssuerName(base string) string {
	if s.opts.IssuerName != "" {
		return s.opts.IssuerName
	}
	_, host, _ := strings.Cut(base, "://")
	return host
}

// OwnCredentials lists the credentials of the candidate that the actor is, the newest first. Errors are those of IssueCredential.
func (s *Service) OwnCredentials(ctx context.Context, a Actor) ([]IssuedCredential, error) {
	c, err := s.asCandidate(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("own credentials: %w", err)
	}
	xs, err := s.st.IssuedTo(ctx, c.Org, c.ID)
	if err != nil {
		return nil, fmt.Errorf("own credentials: %w", err)
	}
	return xs, nil
}

// CandidateCredentials lists the credentials of a candidate, the newest first, for the employer whose test it is and for admins. ErrForbidden for
// other roles, ErrNotFound for another's.
func (s *Service) CandidateCredentials(ctx context.Context, a Actor, id CandidateID) ([]IssuedCredential, error) {
	fail := func(err error) ([]IssuedCredential, error) {
		return nil, fmt.Errorf("credentials of candidate %s: %w", id, err)
	}
	if !a.hires() {
		return fail(ErrForbidden)
	}
	c, err := s.st.Candidate(ctx, a.org(), id)
	if err != nil {
		return fail(err)
	}
	if err := s.ownsTest(ctx, a, c.Assessment); err != nil {
		return fail(err)
	}
	xs, err := s.st.IssuedTo(ctx, c.Org, c.ID)
	if err != nil {
		return fail(err)
	}
	return xs, nil
}

func (s *Service) ownsTest(ctx context.Context, a Actor, id AssessmentID) error {
	x, err := s.st.Assessment(ctx, a.org(), id)
	if err == nil && !a.hiresFor(x.Owner) {
		err = ErrNotFound
	}
	return err
}

// RevokeCredential revokes one: the candidate it was issued to takes it back, with or without a reason, or the employer whose test it is, or an
// admin, revokes it with a reason, which the candidate is shown. It cannot be undone; one that is revoked stays as it is. ErrForbidden for other
// roles, ErrNotFound for another's; an InputError of reason.
func (s *Service) RevokeCredential(ctx context.Context, a Actor, id CredentialID, reason string) error {
	fail := func(err error) error { return fmt.Errorf("revoke credential %s: %w", id, err) }
	if !a.hires() && a.Role != RoleCandidate {
		return fail(ErrForbidden)
	}
	x, err := s.st.Issued(ctx, a.org(), id)
	if err != nil {
		return fail(err)
	}
	r := Revocation{At: s.now(), Reason: strings.TrimSpace(reason)}
	if n := utf8.RuneCountInString(r.Reason); n > MaxRevokeReason {
		return &InputError{"reason", fmt.Sprintf("The reason can have %d characters at most; these are %d.", MaxRevokeReason, n)}
	}
	var entry *AuditEntry
	if a.Role == RoleCandidate {
		c, err := s.asCandidate(ctx, a)
		if err == nil && c.ID != x.Candidate {
			err = ErrNotFound
		}
		if err != nil {
			return fail(err)
		}
		r.ByHolder = true
	} else {
		if err := s.ownsTest(ctx, a, x.Assessment); err != nil {
			return fail(err)
		}
		if r.Reason == "" {
			return &InputError{"reason", "Say why it is revoked: the candidate is shown the reason."}
		}
		e, err := s.entry(a, "credential.revoke", string(id), "candidate "+string(x.Candidate))
		if err != nil {
			return fail(err)
		}
		entry, r.By = &e, a.Learner
	}
	if err := s.st.RevokeIssued(ctx, a.org(), id, r, entry); err != nil {
		return fail(err)
	}
	return nil
}

// Revocations is the revocation list of an organisation, for everyone.
func (s *Service) Revocations(ctx context.Context, org OrgID, base string) (credential.RevocationList, error) {
	xs, err := s.st.RevokedCredentials(ctx, org)
	if err != nil {
		return credential.RevocationList{}, fmt.Errorf("revocation list: %w", err)
	}
	ws := make([]credential.Withdrawn, len(xs))
	for i, x := range xs {
		ws[i] = credential.Withdrawn{ID: string(x.ID), ByHolder: x.ByHolder}
	}
	return credential.Revocations(base, ws), nil
}
