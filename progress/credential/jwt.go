package credential

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// What Verify answers. They come wrapped with what was found.
var (
	// ErrForm: it is no signed credential at all.
	ErrForm = errors.New("this is no signed credential")
	// ErrUnknownKey: it names a key that is not among those to verify with.
	ErrUnknownKey = errors.New("it is signed with a key that is not the issuer's")
	// ErrSignature: the signature does not belong to the content.
	ErrSignature = errors.New("the signature does not hold: the content was changed, or somebody else signed it")
	// ErrClaims: the claims of the JWT and the credential in it do not say the same.
	ErrClaims = errors.New("it contradicts itself")
	// ErrNotYetValid: it holds from a later moment on.
	ErrNotYetValid = errors.New("it is not valid yet")
	// ErrExpired: it has ended.
	ErrExpired = errors.New("it has expired")
)

// maxJWT bounds what is read: a credential is about 4,000 characters.
const maxJWT = 64 << 10

// header is all of the JOSE header that Open Badges allows and we write.
type header struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid"`
	Type      string `json:"typ,omitempty"`
}

// claims are the registered claims that Open Badges asks for. Pointers tell what is left out from what is zero.
type claims struct {
	Issuer    *string `json:"iss"`
	JWTID     *string `json:"jti"`
	NotBefore *int64  `json:"nbf"`
	Subject   *string `json:"sub"`
	Expires   *int64  `json:"exp,omitempty"`
}

// payload writes the properties of the credential and the claims into one object (specification, section 8.2.4.1).
func payload(d Document, c claims) ([]byte, error) {
	doc, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	more, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return append(append(doc[:len(doc)-1], ','), more[1:]...), nil
}

// Sign gives a document as a compact JWS, under the kid that is the key's address. Its validFrom must be a moment as Claim.Document writes it.
func Sign(base string, d Document, key ed25519.PrivateKey) (string, error) {
	from, err := time.Parse(time.RFC3339, d.ValidFrom)
	if err != nil {
		return "", fmt.Errorf("validFrom: %w", err)
	}
	nbf := from.Unix()
	c := claims{Issuer: &d.Issuer.ID, JWTID: &d.ID, NotBefore: &nbf, Subject: &d.CredentialSubject.ID}
	if d.ValidUntil != "" {
		until, err := time.Parse(time.RFC3339, d.ValidUntil)
		if err != nil {
			return "", fmt.Errorf("validUntil: %w", err)
		}
		exp := until.Unix()
		c.Expires = &exp
	}
	head, err := json.Marshal(header{Algorithm: "EdDSA", KeyID: KeyAddress(base, Thumbprint(key.Public().(ed25519.PublicKey))), Type: "JWT"})
	if err != nil {
		return "", err
	}
	body, err := payload(d, c)
	if err != nil {
		return "", err
	}
	text := b64.EncodeToString(head) + "." + b64.EncodeToString(body)
	return text + "." + b64.EncodeToString(ed25519.Sign(key, []byte(text))), nil
}

// Signed is a credential whose signature holds.
type Signed struct {
	Document
	KeyID string
	Raw   json.RawMessage // the payload as it was signed
}

// Verify reads a compact JWS and checks it as section 8.2.6 of the specification says: the signature by the key that kid names among keys, and
// that the claims say what the credential says. Only EdDSA is taken, whatever the header asks for, and no key from the header. A credential
// that is out of its time comes back with ErrNotYetValid or ErrExpired; with any other error nothing comes back.
func Verify(jwt string, keys KeySet, now time.Time) (Signed, error) {
	s, err := verify(jwt, keys)
	if err != nil {
		return Signed{}, err
	}
	from, until, err := s.period()
	switch {
	case err != nil:
		return Signed{}, err
	case now.Before(from):
		return s, fmt.Errorf("it holds from %s on: %w", s.ValidFrom, ErrNotYetValid)
	case !until.IsZero() && !now.Before(until):
		return s, fmt.Errorf("it ended at %s: %w", s.ValidUntil, ErrExpired)
	}
	return s, nil
}

// KeyID gives the kid that a compact JWS names, without verifying anything: to find out whose keys to verify it with.
func KeyID(jwt string) (string, error) {
	h, _, _, _, err := split(jwt)
	return h.KeyID, err
}

func verify(jwt string, keys KeySet) (Signed, error) {
	h, text, body, sig, err := split(jwt)
	if err != nil {
		return Signed{}, err
	}
	key, ok := keys.Find(h.KeyID)
	if !ok {
		return Signed{}, fmt.Errorf("%w: kid %q", ErrUnknownKey, h.KeyID)
	}
	if !ed25519.Verify(key, []byte(text), sig) {
		return Signed{}, ErrSignature
	}
	var d Document
	var c claims
	if err := errors.Join(json.Unmarshal(body, &d), json.Unmarshal(body, &c)); err != nil {
		return Signed{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	s := Signed{Document: d, KeyID: h.KeyID, Raw: body}
	from, until, err := s.period()
	if err != nil {
		return Signed{}, err
	}
	differs := func(claim string, same bool) error {
		if same {
			return nil
		}
		return fmt.Errorf("%w: claim %s", ErrClaims, claim)
	}
	is := func(claim *string, want string) bool { return claim != nil && *claim == want && want != "" }
	return s, errors.Join(
		differs("iss", is(c.Issuer, d.Issuer.ID)), differs("jti", is(c.JWTID, d.ID)), differs("sub", is(c.Subject, d.CredentialSubject.ID)),
		differs("nbf", c.NotBefore != nil && *c.NotBefore == from.Unix()),
		differs("exp", (c.Expires == nil) == until.IsZero() && (c.Expires == nil || *c.Expires == until.Unix())),
	)
}

// period is when the credential holds; until is zero where it does not end.
func (s Signed) period() (from, until time.Time, err error) {
	if from, err = time.Parse(time.RFC3339, s.ValidFrom); err != nil {
		return from, until, fmt.Errorf("%w: validFrom: %w", ErrForm, err)
	}
	if s.ValidUntil != "" {
		if until, err = time.Parse(time.RFC3339, s.ValidUntil); err != nil {
			return from, until, fmt.Errorf("%w: validUntil: %w", ErrForm, err)
		}
	}
	return from, until, nil
}

// split takes a compact JWS apart and checks its header.
func split(jwt string) (h header, text string, body, sig []byte, err error) {
	fail := func(why string) (header, string, []byte, []byte, error) {
		return header{}, "", nil, nil, fmt.Errorf("%w: %s", ErrForm, why)
	}
	if len(jwt) > maxJWT {
		return fail("it is too long")
	}
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return fail("it should be three parts with full stops between them")
	}
	head, err1 := b64.DecodeString(parts[0])
	body, err2 := b64.DecodeString(parts[1])
	sig, err3 := b64.DecodeString(parts[2])
	if errors.Join(err1, err2, err3) != nil || strings.ContainsAny(jwt, "\r\n") {
		return fail("its parts are not base64url")
	}
	dec := json.NewDecoder(bytes.NewReader(head))
	dec.DisallowUnknownFields() // no other headers are allowed, crit among them
	if err := dec.Decode(&h); err != nil || dec.More() {
		return fail("its header has more or less than alg, kid and typ")
	}
	if h.Algorithm != "EdDSA" || h.Type != "" && h.Type != "JWT" {
		return fail(fmt.Sprintf("it is signed by %q, want EdDSA", h.Algorithm))
	}
	if len(sig) != ed25519.SignatureSize {
		return header{}, "", nil, nil, ErrSignature
	}
	return h, parts[0] + "." + parts[1], body, sig, nil
}
