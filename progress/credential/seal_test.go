package credential

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestSealedKeysOpenWithTheirKeyAndLabelAlone(t *testing.T) {
	key, nonce := bytes.Repeat([]byte{7}, SealKeySize), bytes.Repeat([]byte{9}, NonceSize)
	sealed, err := Seal(key, nonce, testKey(1), "one")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, testKey(1).Seed()) {
		t.Error("the private part can be read")
	}
	got, err := Unseal(key, sealed, "one")
	if err != nil || !got.Equal(testKey(1)) {
		t.Errorf("it came back as another: %v", err)
	}
	other := bytes.Repeat([]byte{8}, SealKeySize)
	for name, open := range map[string]func() error{
		"another key":   func() error { _, err := Unseal(other, sealed, "one"); return err },
		"another label": func() error { _, err := Unseal(key, sealed, "two"); return err },
		"nothing":       func() error { _, err := Unseal(key, nil, "one"); return err },
		"cut short":     func() error { _, err := Unseal(key, sealed[:20], "one"); return err },
	} {
		if err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range sealed {
		changed := slices.Clone(sealed)
		changed[i] ^= 1
		if _, err := Unseal(key, changed, "one"); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for name, err := range map[string]error{"short key": second(Seal(key[:31], nonce, testKey(1), "")), "short nonce": second(Seal(key, nonce[:3], testKey(1), "")), "no key": second(Unseal(nil, sealed, ""))} {
		if err == nil || errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
