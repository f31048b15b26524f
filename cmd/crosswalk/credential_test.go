package main

import (
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/progress/credential"
)

// TestKeysCommand: without a key there is nothing to list; rotating makes the first key and its file, for the owner alone; retiring ends one.
func TestKeysCommand(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if got := try(t, "a sentence to remember\n", "user", "add", "-data", data, "-name", "root", "-email", "root@example.org", "-role", "admin"); got.status != statusOK {
		t.Fatalf("%+v", got)
	}
	do := func(status int, says string, args ...string) outcome {
		t.Helper()
		got := try(t, "", append([]string{"keys", "-data", data}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Errorf("keys %s: want status %d and %q: %+v", strings.Join(args, " "), status, says, got)
		}
		return got
	}
	do(statusUsage, "say what to do")
	do(statusUsage, "list takes no arguments", "list", "x")
	do(statusUsage, "retire takes the id", "retire")
	do(statusOK, "There is no key yet", "list")
	if got := do(statusOK, "[]", "list", "-json"); strings.TrimSpace(got.out) != "[]" {
		t.Errorf("an empty list: %q", got.out)
	}
	file := filepath.Join(data, sealKeyName)
	if _, err := os.Stat(file); err == nil {
		t.Error("listing made a key file")
	}
	do(statusOK, "signs from now on", "rotate")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key file: %v, %v", info, err)
	}
	var first signingKeyJSON
	if err := json.Unmarshal([]byte(do(statusOK, "", "rotate", "-json").out), &first); err != nil || first.State != "signs" {
		t.Fatalf("%+v, %v", first, err)
	}
	do(statusUsage, "there is no key nothing", "retire", "nothing")
	do(statusOK, "is retired", "retire", first.ID)
	var all []signingKeyJSON
	if err := json.Unmarshal([]byte(do(statusOK, "", "list", "-json").out), &all); err != nil || len(all) != 2 || all[0].State != "retired" || all[1].State != "verifies" {
		t.Errorf("%+v, %v", all, err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	do(statusNo, "can be read by others", "rotate")
	do(statusOK, "retired", "list") // needs no key
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.key")
	do(statusOK, "signs from now on", "rotate", "-key-file", elsewhere)
	if _, err := os.Stat(elsewhere); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(elsewhere, []byte("not a key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(statusNo, "does not hold 64 hexadecimal digits", "rotate", "-key-file", elsewhere)
}

// TestBackupTakesTheKeyFile: what a zip holds can sign again after a restore; the file is its owner's alone.
func TestBackupTakesTheKeyFile(t *testing.T) {
	dir := t.TempDir()
	data, back, zip := filepath.Join(dir, "data"), filepath.Join(dir, "back"), filepath.Join(dir, "b.zip")
	try(t, "a sentence to remember\n", "user", "add", "-data", data, "-name", "root", "-email", "root@example.org", "-role", "admin")
	try(t, "", "keys", "rotate", "-data", data)
	if got := try(t, "", "backup", zip, "-data", data); got.status != statusOK || !strings.Contains(got.out, "secrets are sealed") {
		t.Fatalf("%+v", got)
	}
	if err := os.MkdirAll(back, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(back, sealKeyName), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := try(t, "", "restore", zip, "-data", back); got.status != statusUsage || !strings.Contains(got.err, "key file already") {
		t.Errorf("over a key file: %+v", got)
	}
	if err := os.Remove(filepath.Join(back, sealKeyName)); err != nil {
		t.Fatal(err)
	}
	if got := try(t, "", "restore", zip, "-data", back); got.status != statusOK {
		t.Fatalf("%+v", got)
	}
	want, _ := os.ReadFile(filepath.Join(data, sealKeyName))
	got, err := os.ReadFile(filepath.Join(back, sealKeyName))
	info, _ := os.Stat(filepath.Join(back, sealKeyName))
	if err != nil || string(got) != string(want) || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file came back as %q, %v, %v", got, info.Mode(), err)
	}
}

// TestCredentialCommand verifies with files alone, as somebody else does who fetched them from the issuer.
func TestCredentialCommand(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, v any) string {
		body, ok := v.(string)
		if !ok {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			body = string(b)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	const base = "https://coding.example.edu"
	c := credential.Claim{
		Base: base, ID: "one", Subject: "s", IssuerName: "Example Health", Identity: credential.HashedIdentity(credential.ByEmail, "ada@example.org", "salt"), Test: "t", Name: "Office coder",
		Percent10: 815, Low10: 703, High10: 887, Coverage: 90, Pass10: 800, Passed: true, SatAt: time.Now().Add(-time.Hour), ValidFrom: time.Now().Add(-time.Minute),
	}
	signed, err := credential.Sign(base, c.Document(), key)
	if err != nil {
		t.Fatal(err)
	}
	jwt := write("c.jwt", signed[:60]+"\n"+signed[60:]+"\n")
	keys := write("jwks.json", credential.KeySet{key.Public().(ed25519.PublicKey)}.JWKS(base))
	others := write("others.json", credential.KeySet{ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", 32))).Public().(ed25519.PublicKey)}.JWKS(base))
	do := func(status int, says string, args ...string) outcome {
		t.Helper()
		got := try(t, "", append([]string{"credential"}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Errorf("credential %s: want status %d and %q: %+v", strings.Join(args, " "), status, says, got)
		}
		return got
	}
	do(statusOK, "revocation  unknown", "verify", jwt, "-keys", keys)
	do(statusOK, "revocation  none", "verify", jwt, "-keys", keys, "-revoked", write("empty.json", credential.Revocations(base, nil)))
	do(statusNo, "verdict     revoked", "verify", jwt, "-keys", keys, "-revoked", write("list.json", credential.Revocations(base, []credential.Withdrawn{{ID: "one"}})))
	do(statusUsage, "not the revocation list", "verify", jwt, "-keys", keys, "-revoked", write("other.json", credential.Revocations("https://other.example", nil)))
	do(statusOK, "about Ada@example.org: true", "verify", jwt, "-keys", keys, "-identity", "Ada@example.org")
	do(statusNo, "about bob@example.org: false", "verify", jwt, "-keys", keys, "-identity", "bob@example.org")
	do(statusNo, "verdict     foreign", "verify", jwt, "-keys", others)
	do(statusNo, "verdict     unreadable", "verify", write("no.jwt", "hello"), "-keys", keys)
	do(statusNo, "verdict     forged", "verify", write("forged.jwt", signed[:len(signed)-6]+"AAAAAA"), "-keys", keys)
	do(statusUsage, "no such file", "verify", filepath.Join(dir, "nothing"), "-keys", keys)
	do(statusUsage, "holds no Ed25519 key", "verify", jwt, "-keys", write("none.json", `{"keys":[{"kty":"RSA"}]}`))
	do(statusUsage, "-revoked goes with -keys", "verify", jwt, "-revoked", keys)
	do(statusUsage, "it takes verify and a file", "look", jwt)
	do(statusUsage, "there is no database", "verify", jwt, "-data", filepath.Join(dir, "none"))
	var out credentialJSON
	got := do(statusOK, "", "verify", jwt, "-keys", keys, "-json")
	if err := json.Unmarshal([]byte(got.out), &out); err != nil || out.V != 1 || out.Verdict != "holds" || !out.Signature || out.Revocation != "unknown" || !strings.Contains(string(out.Credential), `"OpenBadgeCredential"`) {
		t.Errorf("%v: %+v", err, out)
	}
	if got := try(t, signed, "credential", "verify", "-", "-keys", keys); got.status != statusOK {
		t.Errorf("from standard input: %+v", got)
	}
}
