package server_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"crosswalk/codebook"
	"crosswalk/progress"
	"crosswalk/progress/credential"
	"crosswalk/progress/seal"
	"crosswalk/server"
)

const issuerBase = "https://coding.example.edu"

// link is the secret of the candidate's link, linkHash what is kept of it.
var link = strings.Repeat("k", 43)

var linkHash = func() string { h := sha256.Sum256([]byte(link)); return hex.EncodeToString(h[:]) }()

// issuing is a site at a public address with a hiring test that a candidate has handed in.
type issuing struct {
	*site
	boss, rival *browser
	test        progress.Assessment
	candidate   progress.Candidate
	hidden      progress.Actor
}

func newIssuing(t *testing.T) *issuing {
	t.Helper()
	s := newSite(t)
	prog := progress.New(s.db, s.c.Bank, func() *codebook.Book { return s.c.Book }, progress.Options{
		Passphrase: cheapPassphrases, IssuerName: "Example Health", SealKey: func() ([]byte, error) { return bytes.Repeat([]byte{1}, seal.KeySize), nil },
	})
	srv, err := server.New(server.Config{Progress: prog, Logger: slog.New(slog.NewTextHandler(s.log, nil)), Version: "test", Content: s.c, PublicURL: issuerBase})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	x := &issuing{site: &site{srv: srv, prog: prog, db: s.db, log: s.log, c: s.c}}
	ctx, now := t.Context(), time.Now().UTC().Truncate(time.Millisecond)
	staff := func(name string) (*browser, progress.Actor) {
		l, err := prog.AddUser(ctx, progress.Operator(""), progress.NewUser{Name: name, Email: name + "@example.org", Passphrase: "a sentence to remember", Role: progress.RoleEmployer})
		must(err)
		b := x.browser(t)
		b.get("/signin")
		if p := b.post("/signin", url.Values{"email": {name + "@example.org"}, "passphrase": {"a sentence to remember"}}); p.StatusCode != http.StatusSeeOther {
			t.Fatalf("sign in: %d", p.StatusCode)
		}
		return b, l.Actor()
	}
	var boss progress.Actor
	x.boss, boss = staff("boss")
	x.rival, _ = staff("rival")
	bp, err := s.c.Bank.Blueprint("ccs")
	must(err)
	x.test = progress.Assessment{
		ID: "0197a000-0000-7000-8000-00000000000a", Org: progress.DefaultOrg, Owner: boss.Learner, ClientKey: "key-of-the-test-1", Revision: 1, CreatedAt: now, Blueprint: *bp,
		Spec: progress.AssessmentSpec{Name: "Inpatient <coder>", Minutes: 60, PassPercent: 1, Tries: 1, KeepDays: 30},
	}
	x.test.Blueprint.ID = x.test.Exam()
	must(x.db.SaveAssessment(ctx, x.test.Org, x.test, progress.AuditEntry{ID: "e1", Org: x.test.Org, At: now}))
	x.test.Revision, x.test.OpenedAt, x.test.Frozen = 2, &now, progress.Frozen{ContentHash: "0123456789abcdef", CodeYear: 2026}
	must(x.db.SaveAssessment(ctx, x.test.Org, x.test, progress.AuditEntry{ID: "e2", Org: x.test.Org, At: now}))
	cs, err := x.db.AddCandidates(ctx, x.test.Org, x.test.ID, []progress.Candidate{{
		ID: "0197a000-0000-7000-8000-000000000010", Org: x.test.Org, Assessment: x.test.ID, ClientKey: "key-of-ann-river", Name: "Ann Rivers", Email: "ann@example.org", TokenHash: linkHash, LinkUntil: now.Add(time.Hour), CreatedAt: now,
	}}, progress.AuditEntry{ID: "e3", Org: x.test.Org, At: now})
	must(err)
	hidden := progress.Learner{ID: "0197a000-0000-7000-8000-000000000011", Org: x.test.Org, Role: progress.RoleCandidate, Name: "Candidate", Zone: "UTC", CreatedAt: now}
	x.candidate, err = x.db.ConsentCandidate(ctx, x.test.Org, cs[0].ID, hidden, now, "words")
	must(err)
	x.hidden = hidden.Actor()
	form, err := s.c.Bank.Draw(bp, 7, func(string) bool { return false })
	must(err)
	ends := now.Add(time.Hour)
	sat, _, err := x.db.AddSitting(ctx, x.test.Org, nil, progress.Sitting{
		ID: "0197a000-0000-7000-8000-000000000012", Org: x.test.Org, Learner: hidden.ID, ClientKey: "key-of-the-sitting", Exam: x.test.Exam(), Name: x.test.Spec.Name, Blueprint: x.test.Blueprint, Form: form.Items[:8],
		StartedAt: now, EndsAt: &ends,
	}, 0)
	must(err)
	_, err = prog.HandIn(ctx, x.hidden, sat.ID)
	must(err)
	return x
}

func (x *issuing) issue(t *testing.T, how string) progress.IssuedCredential {
	t.Helper()
	c, err := x.prog.IssueCredential(t.Context(), x.hidden, progress.CredentialRequest{Identify: how, Base: issuerBase})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fetch is a request of somebody who has never been here.
func (x *issuing) fetch(t *testing.T, path string) (*http.Response, []byte) {
	t.Helper()
	res, err := x.srv.App().Test(httptest.NewRequest(http.MethodGet, path, nil), -1)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

// TestSomebodyElseVerifies does what a stranger does: from the credential to its key by kid, from the credential to the revocation list, all at
// the addresses that it names, with another library.
func TestSomebodyElseVerifies(t *testing.T) {
	x := newIssuing(t)
	c := x.issue(t, progress.IdentifyByEmail)
	res, file := x.fetch(t, "/verify/"+string(c.ID)+".jwt")
	if res.StatusCode != http.StatusOK || string(file) != c.JWT || res.Header.Get("Content-Type") != "application/jwt" {
		t.Fatalf("the file: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	jws, err := jose.ParseSignedCompact(string(file), []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		t.Fatal(err)
	}
	local := func(address string) string {
		t.Helper()
		path, ok := strings.CutPrefix(address, issuerBase)
		if !ok {
			t.Fatalf("%q is not an address of the issuer", address)
		}
		return path
	}
	kid := jws.Signatures[0].Protected.KeyID
	res, body := x.fetch(t, local(kid))
	var key jose.JSONWebKey
	if err := json.Unmarshal(body, &key); err != nil || res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Fatalf("the key: %v, %v", err, res.Header)
	}
	payload, err := jws.Verify(key)
	if err != nil {
		t.Fatal(err)
	}
	_, body = x.fetch(t, "/.well-known/jwks.json")
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(body, &set); err != nil || len(set.Key(kid)) != 1 {
		t.Fatalf("the key set: %v %s", err, body)
	}
	var d credential.Document
	if err := json.Unmarshal(payload, &d); err != nil {
		t.Fatal(err)
	}
	_, body = x.fetch(t, local(d.Issuer.ID))
	var issuer credential.Profile
	if err := json.Unmarshal(body, &issuer); err != nil || issuer.ID != d.Issuer.ID || issuer.Name != "Example Health" {
		t.Errorf("the issuer: %v %s", err, body)
	}
	revoked := func() bool {
		_, body := x.fetch(t, local(d.CredentialStatus.ID))
		var list credential.RevocationList
		if err := json.Unmarshal(body, &list); err != nil || list.ID != d.CredentialStatus.ID || list.Issuer != d.Issuer.ID {
			t.Fatalf("the revocation list: %v %s", err, body)
		}
		return list.Has(d.ID)
	}
	if revoked() {
		t.Error("it is revoked before anyone did")
	}
	if err := x.prog.RevokeCredential(t.Context(), x.hidden, c.ID, ""); err != nil {
		t.Fatal(err)
	}
	if !revoked() {
		t.Error("it is not in the list once it is revoked")
	}
	for _, path := range []string{"/verify/keys/nothing", "/verify/nothing", "/verify/nothing.json", "/verify/nothing.jwt", "/verify/" + string(c.ID) + ".pdf"} {
		if res, _ := x.fetch(t, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// TestUnknownCredential: who comes by an address that nothing has is told so and can paste the file.
func TestUnknownCredential(t *testing.T) {
	x := newIssuing(t)
	p := x.browser(t).get("/verify/nothing")
	if p.StatusCode != http.StatusNotFound || p.doc.Find("textarea#credential").Length() != 1 {
		t.Errorf("status %d\n%s", p.StatusCode, p.text())
	}
}

func TestThePageOfACredential(t *testing.T) {
	x := newIssuing(t)
	c := x.issue(t, progress.IdentifyByEmail)
	b := x.browser(t)
	path := "/verify/" + string(c.ID)
	p := b.get(path)
	for _, want := range []string{"Genuine and in force", "Inpatient <coder>", "Example Health", "It holds.", "It had not been taken back", "not reached"} {
		if !strings.Contains(p.text(), want) {
			t.Errorf("the page does not say %q: %s", want, p.text())
		}
	}
	if p.doc.Find("svg.qr").Length() != 1 || p.Header.Get("X-Robots-Tag") != "noindex" || strings.Contains(p.body, "ann@") || strings.Contains(p.body, "Rivers") {
		t.Error("no code, or it can be found by searching, or it names the person")
	}
	if p := b.post(path, url.Values{"identity": {"Ann@example.org"}}); !strings.Contains(p.text(), "Yes, it is about Ann@example.org") {
		t.Errorf("the person's e-mail: %s", p.text())
	}
	if p := b.post(path, url.Values{"identity": {"<b>bob@example.org"}}); !strings.Contains(p.text(), "No, it is not about <b>bob@example.org") {
		t.Errorf("another's e-mail: %s", p.text())
	}
	if strings.Contains(x.log.String(), "bob@example") || strings.Contains(x.log.String(), string(c.ID)) {
		t.Error("the log tells what was compared, or whose credential was looked at")
	}
	var found struct {
		V          int             `json:"v"`
		Verdict    string          `json:"verdict"`
		Signature  bool            `json:"signature"`
		Credential json.RawMessage `json:"credential"`
	}
	if err := json.Unmarshal([]byte(b.get(path+".json").body), &found); err != nil || found.V != 1 || found.Verdict != "holds" || !found.Signature || !strings.Contains(string(found.Credential), `"AchievementSubject"`) {
		t.Errorf("as JSON: %v %+v", err, found)
	}
}

func TestPastedCredentials(t *testing.T) {
	x := newIssuing(t)
	c := x.issue(t, progress.IdentifyPlainly)
	b := x.browser(t)
	if p := b.get("/verify"); p.StatusCode != http.StatusOK || p.doc.Find("textarea[name=credential]").Length() != 1 {
		t.Fatalf("the form: %d", p.StatusCode)
	}
	for name, x := range map[string]struct {
		text   string
		status int
		want   string
	}{
		"nothing":     {"  ", 422, "Paste a credential"},
		"much":        {strings.Repeat("a", 70_000), 422, "far longer"},
		"anything":    {"<script>alert(1)</script>", 200, "This is no credential"},
		"ours":        {c.JWT, 200, "Genuine and in force"},
		"in lines":    {c.JWT[:70] + "\r\n" + c.JWT[70:], 200, "Ann Rivers"},
		"changed":     {c.JWT[:len(c.JWT)-5] + "AAAAA", 200, "Not genuine"},
		"of no known": {func() string { return foreignJWT(t) }(), 200, "Not signed by this site"},
	} {
		if p := b.post("/verify", url.Values{"credential": {x.text}}); p.StatusCode != x.status || !strings.Contains(p.text(), x.want) || strings.Contains(p.body, "<script>alert") {
			t.Errorf("%s: %d, want %d and %q: %s", name, p.StatusCode, x.status, x.want, p.text())
		} else if kept := p.doc.Find("textarea[name=credential]").Text(); name == "anything" && kept != x.text {
			t.Errorf("what cannot be read is there to be mended: %q", kept)
		}
	}
	if p := b.post("/verify", url.Values{"credential": {c.JWT}, "_csrf": {"wrong"}}); p.StatusCode != http.StatusForbidden {
		t.Errorf("without the form's token: %d", p.StatusCode)
	}
}

// foreignJWT is a credential of somebody who claims to be this site.
func foreignJWT(t *testing.T) string {
	t.Helper()
	now := time.Now().Add(-time.Minute)
	claim := credential.Claim{Base: issuerBase, ID: "x", Subject: "s", Test: "t", Name: "n", Identity: credential.PlainName("Eve"), SatAt: now, ValidFrom: now}
	jwt, err := credential.Sign(issuerBase, claim.Document(), ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return jwt
}

func TestTheEmployerRevokes(t *testing.T) {
	x := newIssuing(t)
	path := "/hire/" + string(x.test.ID) + "/candidates/" + string(x.candidate.ID) + "/credential"
	if p := x.boss.get(path); p.StatusCode != http.StatusOK || !strings.Contains(p.text(), "No credential was asked for") {
		t.Fatalf("before: %d %s", p.StatusCode, p.text())
	}
	c := x.issue(t, progress.IdentifyByName)
	form := func() url.Values {
		return url.Values{"credential": {string(c.ID)}, "reason": {"The identity was not checked."}}
	}
	if p := x.rival.get(path); p.StatusCode != http.StatusNotFound {
		t.Errorf("another employer looks: %d", p.StatusCode)
	}
	if p := x.rival.post(path, form()); p.StatusCode != http.StatusNotFound {
		t.Errorf("another employer revokes: %d", p.StatusCode)
	}
	if p := x.boss.post(strings.Replace(path, string(x.test.ID), "other", 1), form()); p.StatusCode != http.StatusNotFound {
		t.Errorf("through another test: %d", p.StatusCode)
	}
	if p := x.boss.post(path, url.Values{"credential": {string(c.ID)}, "reason": {" "}}); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.text(), "Say why it is revoked") {
		t.Errorf("without a reason: %d", p.StatusCode)
	}
	if p := x.boss.follow(path, form()); !strings.Contains(p.text(), "Reason: The identity was not checked.") {
		t.Errorf("revoked: %s", p.text())
	}
	x.test.Revision, x.test.Spec.Blind = 3, true
	if err := x.db.SaveAssessment(t.Context(), x.test.Org, x.test, progress.AuditEntry{ID: "e7", Org: x.test.Org, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if p := x.boss.get(path); strings.Contains(p.text(), string(c.ID)) || p.doc.Find("svg.qr, a[download]").Length() != 0 {
		t.Errorf("where names are hidden: %s", p.text())
	}
	p := x.browser(t).get("/verify/" + string(c.ID))
	if !strings.Contains(p.text(), "Taken back") || strings.Contains(p.text(), "was not checked") {
		t.Errorf("the public reads: %s", p.text())
	}
}

func TestTheCandidateAsksForTheCredential(t *testing.T) {
	x := newIssuing(t)
	b := x.browser(t)
	path := "/sit/" + link + "/credential"
	if p := b.get("/sit/" + strings.Repeat("x", 43) + "/credential"); p.StatusCode != http.StatusNotFound {
		t.Errorf("a link of nobody: %d", p.StatusCode)
	}
	p := b.get(path)
	if p.StatusCode != http.StatusOK || p.doc.Find("input[name=identify]").Length() != 3 {
		t.Fatalf("the form: %d %s", p.StatusCode, p.text())
	}
	if p := b.post(path, url.Values{"identify": {"face"}}); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.text(), "Say how you are to be recognised") {
		t.Errorf("identified by the face: %d", p.StatusCode)
	}
	p = b.follow(path, url.Values{"identify": {"plain"}})
	file, _ := p.doc.Find("a[download]").Attr("href")
	if p.doc.Find("svg.qr").Length() != 1 || p.doc.Find("input[name=identify]").Length() != 0 {
		t.Fatalf("with a credential: %s", p.text())
	}
	jwt := b.get(file).body
	if p := b.post("/verify", url.Values{"credential": {jwt}}); !strings.Contains(p.text(), "Genuine and in force") || !strings.Contains(p.text(), "Ann Rivers") {
		t.Errorf("verified: %s", p.text())
	}
	id := b.get(path).formValues(`form[action$="/withdraw"]`).Get("credential")
	p = b.follow(path+"/withdraw", url.Values{"credential": {id}})
	if !strings.Contains(p.text(), "The candidate took it back.") || p.doc.Find("input[name=identify]").Length() != 3 {
		t.Errorf("taken back: %s", p.text())
	}
	if p := b.post("/verify", url.Values{"credential": {jwt}}); !strings.Contains(p.text(), "Taken back") {
		t.Errorf("verified afterwards: %s", p.text())
	}
}

// TestNoCredentialWithoutAnAddress: where the address of the site is not known, nobody can make it sign another's.
func TestNoCredentialWithoutAnAddress(t *testing.T) {
	x := newIssuing(t)
	srv, err := server.New(server.Config{Progress: x.prog, Logger: slog.New(slog.NewTextHandler(x.log, nil)), Version: "test", Content: x.c})
	if err != nil {
		t.Fatal(err)
	}
	b := (&site{srv: srv, prog: x.prog, db: x.db, log: x.log, c: x.c}).browser(t)
	b.get("/sit/" + link + "/credential")
	if p := b.post("/sit/"+link+"/credential", url.Values{"identify": {"name"}}); p.StatusCode != http.StatusServiceUnavailable || !strings.Contains(p.text(), "No credential can be signed at the moment") {
		t.Errorf("at any address: %d %s", p.StatusCode, p.text())
	}
}
