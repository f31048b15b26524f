package progress

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"

	"crosswalk/progress/credential"
)

// ErrCannotSign: the signing key cannot be opened, or there is no key to seal one with. It is the operator's to mend.
var ErrCannotSign = errors.New("no credential can be signed here")

// SigningKeys lists the keys that credentials are signed and verified with, the newest first, without their private parts. Admins only, else
// ErrForbidden.
func (s *Service) SigningKeys(ctx context.Context, a Actor) ([]SigningKey, error) {
	if a.Role != RoleAdmin {
		return nil, fmt.Errorf("signing keys: %w", ErrForbidden)
	}
	ks, err := s.st.SigningKeys(ctx, a.org())
	if err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	for i := range ks {
		ks[i].Sealed = nil
	}
	return ks, nil
}

// RotateSigningKey makes a new key that signs from now on. What the one before it signed goes on to verify; its private part is destroyed.
// Admins only, else ErrForbidden; ErrConflict where somebody else did the same at this moment; ErrCannotSign.
func (s *Service) RotateSigningKey(ctx context.Context, a Actor) (SigningKey, error) {
	fail := func(err error) (SigningKey, error) { return SigningKey{}, fmt.Errorf("rotate signing key: %w", err) }
	if a.Role != RoleAdmin {
		return fail(ErrForbidden)
	}
	ks, err := s.st.SigningKeys(ctx, a.org())
	if err != nil {
		return fail(err)
	}
	before := ""
	if i := slices.IndexFunc(ks, SigningKey.Signs); i >= 0 {
		before = ks[i].ID
	}
	k, private, err := s.newSigningKey(a.org())
	if err != nil {
		return fail(err)
	}
	clear(private)
	entry, err := s.entry(a, "key.rotate", k.ID, "")
	if err != nil {
		return fail(err)
	}
	err = s.st.AddSigningKey(ctx, a.org(), k, before, &entry)
	if errors.Is(err, ErrDuplicate) {
		err = ErrConflict
	}
	if err != nil {
		return fail(err)
	}
	k.Sealed = nil
	return k, nil
}

// RetireSigningKey takes a key out of use altogether, as when its private part was seen by others: what it signed does not verify any more.
// Where it was the one that signs, a new one is made when it is needed. Admins only, else ErrForbidden; ErrNotFound.
func (s *Service) RetireSigningKey(ctx context.Context, a Actor, id string) error {
	if a.Role != RoleAdmin {
		return fmt.Errorf("retire signing key: %w", ErrForbidden)
	}
	entry, err := s.entry(a, "key.retire", id, "")
	if err != nil {
		return err
	}
	if err := s.st.RetireSigningKey(ctx, a.org(), id, s.now(), &entry); err != nil {
		return fmt.Errorf("retire signing key %q: %w", id, err)
	}
	return nil
}

// PublicKeys are the keys that credentials of an organisation are verified with, for everyone: the one that signs and those before it.
func (s *Service) PublicKeys(ctx context.Context, org OrgID) (credential.KeySet, error) {
	ks, err := s.st.SigningKeys(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("public keys: %w", err)
	}
	return verifying(ks), nil
}

// verifying are the public parts of the keys that are not retired.
func verifying(ks []SigningKey) (set credential.KeySet) {
	for _, k := range ks {
		if k.RetiredAt == nil {
			set = append(set, k.Public)
		}
	}
	return set
}

// signingKey is the key to sign with. The first one of an organisation is made here.
func (s *Service) signingKey(ctx context.Context, org OrgID) (ed25519.PrivateKey, error) {
	for range 3 { // another server may make or rotate it at the same moment
		ks, err := s.st.SigningKeys(ctx, org)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(ks, SigningKey.Signs); i >= 0 {
			return s.privateKey(ks[i])
		}
		k, private, err := s.newSigningKey(org)
		if err != nil {
			return nil, err
		}
		err = s.st.AddSigningKey(ctx, org, k, "", nil)
		if err == nil {
			return private, nil
		}
		if !errors.Is(err, ErrDuplicate) {
			return nil, err
		}
	}
	return nil, ErrBusy
}

func sealLabel(org OrgID, id string) string { return "crosswalk signing key " + string(org) + " " + id }

func (s *Service) newSigningKey(org OrgID) (SigningKey, ed25519.PrivateKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(s.rand, seed); err != nil {
		return SigningKey{}, nil, fmt.Errorf("random numbers: %w", err)
	}
	private := ed25519.NewKeyFromSeed(seed)
	public := private.Public().(ed25519.PublicKey)
	k := SigningKey{ID: credential.Thumbprint(public), Org: org, Public: public, CreatedAt: s.now()}
	var err error
	if k.Sealed, err = s.seal(seed, sealLabel(org, k.ID)); err != nil {
		return SigningKey{}, nil, fmt.Errorf("%w: %w", ErrCannotSign, err)
	}
	return k, private, nil
}

// privateKey opens the private part of a key.
func (s *Service) privateKey(k SigningKey) (ed25519.PrivateKey, error) {
	seed, err := s.unseal(k.Sealed, sealLabel(k.Org, k.ID))
	if err == nil && len(seed) != ed25519.SeedSize {
		err = fmt.Errorf("%d bytes, not %d", len(seed), ed25519.SeedSize)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: signing key %s: %w; put the right key file back, or make a new key with crosswalk keys rotate", ErrCannotSign, k.ID, err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
