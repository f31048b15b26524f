package progress

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// PassphraseParams are the costs of hashing a passphrase with argon2id, kept in the text of every hash; a hash made with others is made
// anew at the next right sign-in. The defaults are OWASP's (Password Storage Cheat Sheet: 19 MiB, two passes, one lane).
type PassphraseParams struct {
	MemoryKiB uint32 // 19456
	Passes    uint32 // 2
	Lanes     uint8  // 1
	// AtOnce is how many are computed at the same time (2) and Wait how long others queue for their turn before ErrBusy (10 s): a
	// storm of sign-ins may cost patience, never the memory of the machine.
	AtOnce int
	Wait   time.Duration
}

func (p PassphraseParams) withDefaults() PassphraseParams {
	if p.MemoryKiB == 0 {
		p.MemoryKiB = 19 * 1024
	}
	if p.Passes == 0 {
		p.Passes = 2
	}
	if p.Lanes == 0 {
		p.Lanes = 1
	}
	if p.AtOnce == 0 {
		p.AtOnce = 2
	}
	if p.Wait == 0 {
		p.Wait = 10 * time.Second
	}
	return p
}

// The lengths a passphrase may have, in characters. There is no other rule.
const (
	MinPassphrase = 10
	MaxPassphrase = 200
)

func checkPassphrase(field, p string) *InputError {
	switch n := utf8.RuneCountInString(p); {
	case !utf8.ValidString(p):
		return &InputError{field, "Type the passphrase again: it has characters that cannot be read."}
	case n < MinPassphrase:
		return &InputError{field, fmt.Sprintf("Use at least %d characters; a few words in a row are fine.", MinPassphrase)}
	case n > MaxPassphrase:
		return &InputError{field, fmt.Sprintf("Use at most %d characters.", MaxPassphrase)}
	}
	return nil
}

const (
	saltBytes = 16
	keyBytes  = 32
)

type hasher struct {
	p     PassphraseParams
	rand  io.Reader
	slots chan struct{}
	dummy string // stands in for the hash of an unknown account, so that it takes as long
}

func newHasher(p PassphraseParams, rand io.Reader) *hasher {
	h := &hasher{p: p, rand: rand, slots: make(chan struct{}, p.AtOnce)}
	h.dummy = encodeHash(p, make([]byte, saltBytes), make([]byte, keyBytes))
	return h
}

// run does the dear work when a slot is free; ErrBusy when none was in time.
func (h *hasher) run(ctx context.Context, work func()) error {
	t := time.NewTimer(h.p.Wait)
	defer t.Stop()
	select {
	case h.slots <- struct{}{}:
	case <-t.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	work()
	return nil
}

func (h *hasher) make(ctx context.Context, passphrase string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("random numbers: %w", err)
	}
	var key []byte
	err := h.run(ctx, func() {
		key = argon2.IDKey([]byte(passphrase), salt, h.p.Passes, h.p.MemoryKiB, h.p.Lanes, keyBytes)
	})
	if err != nil {
		return "", err
	}
	return encodeHash(h.p, salt, key), nil
}

// check compares a passphrase with the text of a hash and says whether the hash should be made anew.
func (h *hasher) check(ctx context.Context, passphrase, text string) (ok, stale bool, err error) {
	p, salt, want, err := decodeHash(text)
	if err != nil {
		return false, false, err
	}
	if utf8.RuneCountInString(passphrase) > MaxPassphrase {
		passphrase = "" // can be nobody's, and costs no more than others
	}
	var got []byte
	if err := h.run(ctx, func() {
		got = argon2.IDKey([]byte(passphrase), salt, p.Passes, p.MemoryKiB, p.Lanes, uint32(len(want)))
	}); err != nil {
		return false, false, err
	}
	ok = passphrase != "" && subtle.ConstantTimeCompare(got, want) == 1
	stale = p.MemoryKiB != h.p.MemoryKiB || p.Passes != h.p.Passes || p.Lanes != h.p.Lanes
	return ok, stale, nil
}

// The text of a hash is the PHC string of argon2: $argon2id$v=19$m=19456,t=2,p=1$salt$key, base64 without padding.
func encodeHash(p PassphraseParams, salt, key []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.MemoryKiB, p.Passes, p.Lanes, b.EncodeToString(salt), b.EncodeToString(key))
}

func decodeHash(text string) (p PassphraseParams, salt, key []byte, err error) {
	bad := func() (PassphraseParams, []byte, []byte, error) {
		return PassphraseParams{}, nil, nil, fmt.Errorf("the stored passphrase hash has a form that this version does not know: set a new passphrase")
	}
	f := strings.Split(text, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return bad()
	}
	if n, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Passes, &p.Lanes); n != 3 || err != nil {
		return bad()
	}
	// Bounds that keep a damaged row from taking the machine's memory or making argon2 panic.
	if p.MemoryKiB < 8 || p.MemoryKiB > 1<<20 || p.Passes < 1 || p.Passes > 100 || p.Lanes < 1 {
		return bad()
	}
	if salt, err = base64.RawStdEncoding.DecodeString(f[4]); err != nil || len(salt) < 8 {
		return bad()
	}
	if key, err = base64.RawStdEncoding.DecodeString(f[5]); err != nil || len(key) < 16 || len(key) > 64 {
		return bad()
	}
	return p, salt, key, nil
}
