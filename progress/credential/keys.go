package credential

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// b64 is base64url without padding, and refuses bits that say nothing.
var b64 = base64.RawURLEncoding.Strict()

// JWK is a public Ed25519 key (RFC 8037, section 2). It has no member for the private part.
type JWK struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	ID        string `json:"kid,omitempty"`
	Use       string `json:"use,omitempty"`
	Algorithm string `json:"alg,omitempty"`
}

// JWKS is a key set (RFC 7517, section 5).
type JWKS struct {
	Keys []JWK `json:"keys"`
}

// Thumbprint is the SHA-256 thumbprint of a public key (RFC 7638, with the members of RFC 8037, appendix A.3).
func Thumbprint(key ed25519.PublicKey) string {
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + b64.EncodeToString(key) + `"}`))
	return b64.EncodeToString(sum[:])
}

// PublicJWK is the public key as others read it. Its kid is its address under the site's base, as it is in what it signs.
func PublicJWK(base string, key ed25519.PublicKey) JWK {
	return JWK{KeyType: "OKP", Curve: "Ed25519", X: b64.EncodeToString(key), ID: KeyAddress(base, Thumbprint(key)), Use: "sig", Algorithm: "EdDSA"}
}

// Public reads a key; an error where it is no Ed25519 key.
func (k JWK) Public() (ed25519.PublicKey, error) {
	if k.KeyType != "OKP" || k.Curve != "Ed25519" {
		return nil, fmt.Errorf("a key of type %q %q, want OKP Ed25519", k.KeyType, k.Curve)
	}
	x, err := b64.DecodeString(k.X)
	if err != nil || len(x) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("the x of key %q is not %d bytes in base64url", k.ID, ed25519.PublicKeySize)
	}
	return x, nil
}

// KeySet are the keys that signatures are verified with.
type KeySet []ed25519.PublicKey

// Find gives the key that a kid names: by its thumbprint, which the kid ends with.
func (s KeySet) Find(kid string) (ed25519.PublicKey, bool) {
	print := kid[strings.LastIndexAny(kid, "/#:")+1:]
	i := slices.IndexFunc(s, func(k ed25519.PublicKey) bool { return Thumbprint(k) == print })
	if i < 0 {
		return nil, false
	}
	return s[i], true
}

// JWKS is the set as others read it, each key once.
func (s KeySet) JWKS(base string) JWKS {
	out := JWKS{Keys: []JWK{}}
	for i, k := range s {
		if slices.ContainsFunc(s[:i], func(o ed25519.PublicKey) bool { return bytes.Equal(o, k) }) {
			continue
		}
		out.Keys = append(out.Keys, PublicJWK(base, k))
	}
	return out
}
