package seal

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestSealedOpensWithItsKeyAndLabelAlone(t *testing.T) {
	key, nonce, plain := bytes.Repeat([]byte{7}, KeySize), bytes.Repeat([]byte{9}, NonceSize), []byte("nobody is to read this text here")
	sealed, err := Seal(key, nonce, plain, "one")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, plain[:8]) {
		t.Error("it can be read")
	}
	got, err := Open(key, sealed, "one")
	if err != nil || !bytes.Equal(got, plain) {
		t.Errorf("it came back as %q: %v", got, err)
	}
	other := bytes.Repeat([]byte{8}, KeySize)
	for name, open := range map[string]func() error{
		"another key":   func() error { _, err := Open(other, sealed, "one"); return err },
		"another label": func() error { _, err := Open(key, sealed, "two"); return err },
		"nothing":       func() error { _, err := Open(key, nil, "one"); return err },
		"cut short":     func() error { _, err := Open(key, sealed[:20], "one"); return err },
	} {
		if err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range sealed {
		changed := slices.Clone(sealed)
		changed[i] ^= 1
		if _, err := Open(key, changed, "one"); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for name, err := range map[string]error{"short key": second(Seal(key[:31], nonce, plain, "")), "short nonce": second(Seal(key, nonce[:3], plain, "")), "no key": second(Open(nil, sealed, ""))} {
		if err == nil || errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
