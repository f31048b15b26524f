package credential

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"errors"
	"fmt"
)

// Sizes of what Seal takes, in bytes.
const (
	SealKeySize = 32
	NonceSize   = 12
)

// ErrSealed: it was sealed with another key, or is not what was sealed.
var ErrSealed = errors.New("it was sealed with another key")

// Seal encrypts the private part of a signing key for keeping: AES-256-GCM (NIST SP 800-38D) under a nonce that is used once, with a label that says
// whose key it is, so that one cannot be put in the place of another. The nonce stands before what comes back.
func Seal(key, nonce []byte, private ed25519.PrivateKey, label string) ([]byte, error) {
	g, err := gcm(key)
	if err != nil {
		return nil, err
	}
	if len(nonce) != NonceSize {
		return nil, fmt.Errorf("a nonce has %d bytes, not %d", NonceSize, len(nonce))
	}
	return g.Seal(append([]byte(nil), nonce...), nonce, private.Seed(), []byte(label)), nil
}

// Unseal gives what was sealed with the same key and label, else ErrSealed.
func Unseal(key, sealed []byte, label string) (ed25519.PrivateKey, error) {
	g, err := gcm(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < NonceSize {
		return nil, ErrSealed
	}
	seed, err := g.Open(nil, sealed[:NonceSize], sealed[NonceSize:], []byte(label))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, ErrSealed
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	if len(key) != SealKeySize {
		return nil, fmt.Errorf("a key to seal with has %d bytes, not %d", SealKeySize, len(key))
	}
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}
