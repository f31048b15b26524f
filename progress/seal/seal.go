// Package seal encrypts what a copy of the database must not give away: private parts of signing keys, secrets of endpoints, replies that are
// kept. It keeps nothing and draws nothing at random: keys and nonces are handed in.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

// Sizes of what Seal takes, in bytes.
const (
	KeySize   = 32
	NonceSize = 12
)

// ErrSealed: it was sealed with another key or label, or is not what was sealed.
var ErrSealed = errors.New("it was sealed with another key")

// Seal encrypts a text: AES-256-GCM (NIST SP 800-38D) under a nonce that is used once, with a label that says whose it is, so that one cannot
// be put in the place of another. The nonce stands before what comes back.
func Seal(key, nonce, plain []byte, label string) ([]byte, error) {
	g, err := gcm(key)
	if err != nil {
		return nil, err
	}
	if len(nonce) != NonceSize {
		return nil, fmt.Errorf("a nonce has %d bytes, not %d", NonceSize, len(nonce))
	}
	return g.Seal(append([]byte(nil), nonce...), nonce, plain, []byte(label)), nil
}

// Open gives what was sealed with the same key and label, else ErrSealed.
func Open(key, sealed []byte, label string) ([]byte, error) {
	g, err := gcm(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < NonceSize {
		return nil, ErrSealed
	}
	plain, err := g.Open(nil, sealed[:NonceSize], sealed[NonceSize:], []byte(label))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("a key to seal with has %d bytes, not %d", KeySize, len(key))
	}
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}
