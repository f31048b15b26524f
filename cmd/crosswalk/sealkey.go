package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"crosswalk/progress/seal"
)

// sealKeyName is the file in the data folder whose key signing keys and secrets of endpoints are sealed with in the database.
const sealKeyName = "signing.key"

// withKeyFile adds the flag that says where that file is.
func (f *flags) withKeyFile() *flags {
	f.StringVar(&f.keyFile, "key-file", "", "the `file` with the key that signing keys and secrets of endpoints are sealed with (default: signing.key in the data folder); it is made when it is needed")
	return f
}

// sealKey reads the key from its file once it is needed, and makes the file where there is none.
func (f *flags) sealKey() func() ([]byte, error) {
	name := f.keyFile
	if name == "" {
		name = filepath.Join(f.data, sealKeyName)
	}
	return func() ([]byte, error) {
		key, err := readSealKey(name)
		if errors.Is(err, fs.ErrNotExist) {
			if err = makeSealKey(name); err == nil || errors.Is(err, fs.ErrExist) { // another process may have made it
				key, err = readSealKey(name)
			}
		}
		return key, err
	}
}

func readSealKey(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 it, and rotate the signing keys and make new secrets of endpoints if somebody may have read it", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != seal.KeySize {
		return nil, fmt.Errorf("%s does not hold %d hexadecimal digits", name, 2*seal.KeySize)
	}
	return key, nil
}

// makeSealKey writes a new key. What is sealed is lost without it, so it is on the disk before it is used. The file gets its name when it is whole.
func makeSealKey(name string) error {
	key := make([]byte, seal.KeySize)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".signing-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), name) // unlike a rename it leaves a file that is there
}
