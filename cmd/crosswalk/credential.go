package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	goio "io"
	"os"
	"strings"
	"time"

	"crosswalk/progress"
	"crosswalk/progress/credential"
)

// credentialJSON is what `crosswalk credential verify -json` prints.
type credentialJSON struct {
	V          int              `json:"v"`
	Verdict    progress.Verdict `json:"verdict"`
	Signature  bool             `json:"signature"`          // it holds
	Revocation string           `json:"revocation"`         // none, revoked, unknown
	Why        string           `json:"why,omitempty"`      // what is wrong
	Identity   *bool            `json:"identity,omitempty"` // whether it is about the person of -identity
	Key        string           `json:"key,omitempty"`
	Credential json.RawMessage  `json:"credential,omitempty"`
}

// credentialCommand verifies a credential by the keys of the database, or by a key set that was fetched from its issuer.
func credentialCommand(ctx context.Context, args []string, io streams) error {
	f := newFlags("credential", io).withDB().withJSON()
	keySet := f.String("keys", "", "verify by this `file`, the issuer's /.well-known/jwks.json, without a database")
	revoked := f.String("revoked", "", "with -keys: a `file` with the issuer's revocation list, /verify/revoked.json")
	identity := f.String("identity", "", "the e-mail or name that the credential should be about")
	rest, err := f.parse(args)
	switch {
	case err != nil:
		return err
	case len(rest) != 2 || rest[0] != "verify":
		return usagef("it takes verify and a file with the credential, as in: crosswalk credential verify credential.jwt; - reads standard input")
	case *revoked != "" && *keySet == "":
		return usagef("-revoked goes with -keys: the database knows what was revoked")
	}
	jwt, err := readCredential(rest[1], io)
	if err != nil {
		return usagef("%v", err)
	}
	var v progress.Verification
	if *keySet != "" {
		if v, err = verifyByFiles(jwt, *keySet, *revoked); err != nil {
			return usagef("%v", err)
		}
	} else {
		prog, _, closeDB, err := openProgress(ctx, f, io, true)
		if err != nil {
			return err
		}
		defer closeDB()
		if v, err = prog.VerifyJWT(ctx, progress.DefaultOrg, jwt); err != nil {
			return err
		}
	}
	return tellCredential(f, io, v, *identity)
}

func readCredential(name string, io streams) (string, error) {
	const most = 64 << 10
	in := io.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	}
	text, err := goio.ReadAll(goio.LimitReader(in, most+1))
	if err == nil && len(text) > most {
		err = fmt.Errorf("%s is far longer than a credential", name)
	}
	return strings.Join(strings.Fields(string(text)), ""), err
}

// verifyByFiles is what anybody can do with the published formats.
func verifyByFiles(jwt, keySet, revoked string) (v progress.Verification, err error) {
	var set credential.JWKS
	if err := readJSONFile(keySet, &set); err != nil {
		return v, err
	}
	var keys []ed25519.PublicKey
	for _, k := range set.Keys {
		if p, err := k.Public(); err == nil { // keys of other kinds may stand beside ours
			keys = append(keys, p)
		}
	}
	if len(keys) == 0 {
		return v, fmt.Errorf("%s holds no Ed25519 key", keySet)
	}
	v = progress.VerifyBy(jwt, keys, time.Now())
	if revoked == "" || !v.Signature {
		return v, nil
	}
	var list credential.RevocationList
	if err := readJSONFile(revoked, &list); err != nil {
		return v, err
	}
	if v.Document.CredentialStatus == nil || v.Document.CredentialStatus.ID != list.ID || list.Issuer != v.Document.Issuer.ID {
		return v, fmt.Errorf("%s is not the revocation list that the credential names", revoked)
	}
	v.Known = true
	if list.Has(v.Document.ID) {
		v.Verdict = progress.CredentialRevoked
	}
	return v, nil
}

func readJSONFile(name string, to any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func tellCredential(f *flags, io streams, v progress.Verification, identity string) error {
	out := credentialJSON{V: 1, Verdict: v.Verdict, Signature: v.Signature, Revocation: "unknown", Why: v.Why, Key: v.KeyID, Credential: v.Payload}
	switch {
	case v.Verdict == progress.CredentialRevoked:
		out.Revocation = "revoked"
	case v.Known:
		out.Revocation = "none"
	}
	answer := error(nil)
	if v.Verdict != progress.CredentialHolds {
		answer = errNo
	}
	if identity != "" && v.Signature {
		same := false
		for _, i := range v.Document.CredentialSubject.Identifier {
			same = same || i.Is(identity)
		}
		if out.Identity = &same; !same {
			answer = errNo
		}
	}
	if f.json {
		return errors.Join(printJSON(io, out), answer)
	}
	fmt.Fprintf(io.out, "%-11s %s\n", "verdict", v.Verdict)
	if v.Why != "" {
		fmt.Fprintf(io.out, "%-11s %s\n", "why", v.Why)
	}
	if v.Signature {
		d, n := v.Document, v.Document.Figures()
		for _, line := range [][2]string{
			{"revocation", out.Revocation}, {"credential", d.ID}, {"issuer", d.Issuer.Name + " " + d.Issuer.ID}, {"test", d.CredentialSubject.Achievement.Name},
			{"result", fmt.Sprintf("%s %%, range %s to %s %%, pass line %s %%: %s", n.Score, n.Low, n.High, n.Pass, n.Status)}, {"issued", d.ValidFrom}, {"key", v.KeyID},
		} {
			fmt.Fprintf(io.out, "%-11s %s\n", line[0], line[1])
		}
	}
	if out.Identity != nil {
		fmt.Fprintf(io.out, "%-11s about %s: %t\n", "identity", identity, *out.Identity)
	}
	return answer
}
