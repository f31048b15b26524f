package progress_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/progress/seal"
)

const siteBase = "https://coding.example.edu"

// issuing is a house with an open hiring test and two candidates, of whom ann has handed in three right of four.
type issuing struct {
	*house
	boss, rival, admin, teacher progress.Actor
	test                        progress.Assessment
	ann, bo                     progress.Actor
	annC, boC                   progress.Candidate
	annSat                      progress.Sitting
	seq                         int64
}

func sealWith(b byte) func(*progress.Options) {
	return func(o *progress.Options) {
		o.SealKey = func() ([]byte, error) { return bytes.Repeat([]byte{b}, seal.KeySize), nil }
	}
}

func newIssuing(t *testing.T, opts ...func(*progress.Options)) *issuing {
	t.Helper()
	h := newHouse(t, append([]func(*progress.Options){sealWith(1)}, opts...)...)
	bank := sitBank(t, 12, false, false)
	h.SetContent(bank)
	_, err := h.KeepContent(t.Context())
	h.must(err)
	x := &issuing{
		house: h, boss: h.user("boss", progress.RoleEmployer, ""), rival: h.user("rival", progress.RoleEmployer, ""), admin: h.user("root", progress.RoleAdmin, ""), teacher: h.user("ines", progress.RoleInstructor, ""),
	}
	bp, err := bank.Blueprint("plain")
	h.must(err)
	now := h.clock.now()
	x.test = progress.Assessment{
		ID: "0197a000-0000-7000-8000-00000000000a", Org: progress.DefaultOrg, Owner: x.boss.Learner, ClientKey: "key-of-the-test-1", Revision: 1, CreatedAt: now, Blueprint: *bp,
		Spec: progress.AssessmentSpec{Name: "Office coder", Minutes: 60, PassPercent: 70, Tries: 1, KeepDays: 30},
	}
	x.test.Blueprint.ID = x.test.Exam()
	h.must(h.db.SaveAssessment(t.Context(), x.test.Org, x.test, progress.AuditEntry{ID: "e1", Org: x.test.Org, At: now}))
	x.test.Revision, x.test.OpenedAt, x.test.Frozen = 2, &now, progress.Frozen{ContentHash: "0123456789abcdef", CodeYear: 2026}
	h.must(h.db.SaveAssessment(t.Context(), x.test.Org, x.test, progress.AuditEntry{ID: "e2", Org: x.test.Org, At: now}))
	x.ann, x.annC = x.candidate(1, "Ann Rivers", "ann@example.org")
	x.bo, x.boC = x.candidate(2, "Bo Field", "")
	x.annSat = x.sits(x.ann, 3)
	return x
}

// candidate keeps one who has agreed.
func (x *issuing) candidate(n int, name, email string) (progress.Actor, progress.Candidate) {
	x.t.Helper()
	ctx, now := x.t.Context(), x.clock.now()
	id := func(kind int) string { return fmt.Sprintf("0197a000-0000-7000-8000-%06d%06d", kind, n) }
	cs, err := x.db.AddCandidates(ctx, x.test.Org, x.test.ID, []progress.Candidate{{
		ID: progress.CandidateID(id(1)), Org: x.test.Org, Assessment: x.test.ID, ClientKey: id(2), Name: name, Email: email, TokenHash: id(3), LinkUntil: now.Add(time.Hour), CreatedAt: now,
	}}, progress.AuditEntry{ID: progress.EntryID(id(4)), Org: x.test.Org, At: now})
	x.must(err)
	hidden := progress.Learner{ID: progress.LearnerID(id(5)), Org: x.test.Org, Role: progress.RoleCandidate, Name: "Candidate", Zone: "UTC", CreatedAt: now}
	c, err := x.db.ConsentCandidate(ctx, x.test.Org, cs[0].ID, hidden, now, "words")
	x.must(err)
	return hidden.Actor(), c
}

// begins is a sitting of the test that is under way.
func (x *issuing) begins(a progress.Actor) progress.Sitting {
	x.t.Helper()
	now := x.clock.now()
	bank := sitBank(x.t, 12, false, false)
	form, err := bank.Draw(&x.test.Blueprint, 7, func(string) bool { return false })
	x.must(err)
	x.seq++
	ends := now.Add(time.Hour)
	s, _, err := x.db.AddSitting(x.t.Context(), a.Org, nil, progress.Sitting{
		ID: progress.SittingID(fmt.Sprintf("0197a000-0000-7000-8000-9%011d", x.seq)), Org: a.Org, Learner: a.Learner, ClientKey: x.key(), Exam: x.test.Exam(), Name: x.test.Spec.Name,
		Blueprint: x.test.Blueprint, Form: form.Items, StartedAt: now, EndsAt: &ends,
	}, 0)
	x.must(err)
	return s
}

// sits is a sitting of the test with so many items right, handed in.
func (x *issuing) sits(a progress.Actor, right int) progress.Sitting {
	x.t.Helper()
	ctx, s := x.t.Context(), x.begins(a)
	for pos := range right {
		x.seq++
		_, _, err := x.SaveItems(ctx, a, s.ID, []progress.ItemSave{{Pos: pos, Seq: x.seq, Body: body(x.t, author(s, pos, 0))}})
		x.must(err)
	}
	s, err := x.HandIn(ctx, a, s.ID)
	x.must(err)
	return s
}

// TestCredentialWhileTryingAgain: who sits again can have the credential of the try before.
func TestCredentialWhileTryingAgain(t *testing.T) {
	x := newIssuing(t)
	x.begins(x.ann)
	if got := x.ask(x.ann, progress.IdentifyByName).Sitting; got != x.annSat.ID {
		t.Errorf("the credential is of %s, want %s, which was handed in", got, x.annSat.ID)
	}
}

func (x *issuing) ask(a progress.Actor, how string) progress.IssuedCredential {
	x.t.Helper()
	c, err := x.IssueCredential(x.t.Context(), a, progress.CredentialRequest{Identify: how, Base: siteBase})
	x.must(err)
	return c
}

func (x *issuing) verdict(jwt string, want progress.Verdict) progress.Verification {
	x.t.Helper()
	v, err := x.VerifyJWT(x.t.Context(), progress.DefaultOrg, jwt)
	x.must(err)
	if v.Verdict != want {
		x.t.Errorf("verdict %s (%s), want %s", v.Verdict, v.Why, want)
	}
	return v
}

func TestACandidateGetsTheCredentialOfTheResult(t *testing.T) {
	x := newIssuing(t)
	c := x.ask(x.ann, progress.IdentifyByEmail)
	v := x.verdict(c.JWT, progress.CredentialHolds)
	f := v.Document.Figures()
	if f.Score != "75" || f.Pass != "70" || f.Status != "Completed" || f.Low == "" || f.High == "" {
		t.Errorf("figures %+v", f)
	}
	r, err := x.Report(t.Context(), x.admin, x.annSat.ID)
	x.must(err)
	if want := fmt.Sprintf("%.1f", float64(r.Low10)/10); strings.TrimSuffix(want, ".0") != f.Low {
		t.Errorf("the interval begins at %s, in the report at %s", f.Low, want)
	}
	who := v.Document.CredentialSubject.Identifier[0]
	if !who.Hashed || !who.Is("Ann@Example.org") || who.Is("bo@example.org") || strings.Contains(string(v.Payload), "Rivers") || strings.Contains(string(v.Payload), "ann@") {
		t.Errorf("the subject is %+v", who)
	}
	if v.Document.Issuer.Name != "coding.example.edu" || v.Document.ID != siteBase+"/verify/"+string(c.ID) || !v.Known {
		t.Errorf("issuer %+v of %s", v.Document.Issuer, v.Document.ID)
	}
	if strings.Contains(string(v.Payload), "em-sit") || strings.Contains(string(v.Payload), "Stem") {
		t.Error("it tells of items")
	}
	again := x.ask(x.ann, progress.IdentifyPlainly)
	if again.ID != c.ID || again.JWT != c.JWT {
		t.Errorf("asked again it is another: %s, %s", c.ID, again.ID)
	}
	own, err := x.OwnCredentials(t.Context(), x.ann)
	x.must(err)
	if len(own) != 1 || own[0].JWT != c.JWT {
		t.Errorf("own credentials: %+v", own)
	}
}

func TestCredentialsOfThoseWhoMay(t *testing.T) {
	x := newIssuing(t)
	ctx := t.Context()
	ask := func(a progress.Actor, in progress.CredentialRequest) error {
		in.Base = siteBase
		_, err := x.IssueCredential(ctx, a, in)
		return err
	}
	var input *progress.InputError
	for name, c := range map[string]struct {
		got  error
		want error
	}{
		"a learner":              {ask(x.user("lea", progress.RoleLearner, ""), progress.CredentialRequest{Identify: "name"}), progress.ErrForbidden},
		"the employer":           {ask(x.boss, progress.CredentialRequest{Identify: "name"}), progress.ErrForbidden},
		"a visitor":              {ask(progress.Actor{}, progress.CredentialRequest{Identify: "name"}), progress.ErrForbidden},
		"one who has not sat":    {ask(x.bo, progress.CredentialRequest{Identify: "name"}), progress.ErrNotFound},
		"another's sitting":      {ask(x.bo, progress.CredentialRequest{Identify: "name", Sitting: x.annSat.ID}), progress.ErrNotFound},
		"a candidate of nothing": {ask(progress.Actor{Org: x.ann.Org, Learner: "x", Role: progress.RoleCandidate}, progress.CredentialRequest{Identify: "name"}), progress.ErrNotFound},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	for _, how := range []string{"", "face"} {
		if err := ask(x.ann, progress.CredentialRequest{Identify: how}); !errors.As(err, &input) || input.Field != "identify" {
			t.Errorf("identified by %q: %v", how, err)
		}
	}
	x.sits(x.bo, 1)
	if err := ask(x.bo, progress.CredentialRequest{Identify: "email"}); !errors.As(err, &input) {
		t.Errorf("by an e-mail that is not there: %v", err)
	}
	bo := x.ask(x.bo, progress.IdentifyPlainly)
	v := x.verdict(bo.JWT, progress.CredentialHolds)
	if f := v.Document.Figures(); f.Status != "Failed" || f.Score != "25" {
		t.Errorf("one who did not reach the line: %+v", f)
	}
	if who := v.Document.CredentialSubject.Identifier[0]; who.Hashed || who.IdentityHash != "Bo Field" {
		t.Errorf("who chose to be named is %+v", who)
	}

	ann := x.ask(x.ann, progress.IdentifyByName)
	for name, a := range map[string]progress.Actor{"another employer": x.rival, "another candidate": x.bo} {
		if err := x.RevokeCredential(ctx, a, ann.ID, "because"); !errors.Is(err, progress.ErrNotFound) {
			t.Errorf("%s revokes: %v", name, err)
		}
	}
	for name, a := range map[string]progress.Actor{"a teacher": x.teacher, "a visitor": {}} {
		if err := x.RevokeCredential(ctx, a, ann.ID, "because"); !errors.Is(err, progress.ErrForbidden) {
			t.Errorf("%s revokes: %v", name, err)
		}
	}
	if _, err := x.CandidateCredentials(ctx, x.rival, x.annC.ID); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("another employer lists: %v", err)
	}
	if _, err := x.CandidateCredentials(ctx, x.teacher, x.annC.ID); !errors.Is(err, progress.ErrForbidden) {
		t.Errorf("a teacher lists: %v", err)
	}
	for _, a := range []progress.Actor{x.boss, x.admin} {
		if list, err := x.CandidateCredentials(ctx, a, x.annC.ID); err != nil || len(list) != 1 {
			t.Errorf("%s lists %v, %v", a.Role, list, err)
		}
	}
}

func TestRevoking(t *testing.T) {
	x := newIssuing(t)
	ctx := t.Context()
	first := x.ask(x.ann, progress.IdentifyByEmail)
	x.must(x.RevokeCredential(ctx, x.ann, first.ID, ""))
	if v := x.verdict(first.JWT, progress.CredentialRevoked); !v.ByHolder || !v.Signature {
		t.Errorf("taken back: %+v", v)
	}
	second := x.ask(x.ann, progress.IdentifyByName) // who took it back may ask anew
	if second.ID == first.ID {
		t.Fatal("a revoked one came back")
	}
	var input *progress.InputError
	for _, reason := range []string{"", "  ", strings.Repeat("x", progress.MaxRevokeReason+1)} {
		if err := x.RevokeCredential(ctx, x.boss, second.ID, reason); !errors.As(err, &input) || input.Field != "reason" {
			t.Errorf("reason of %d characters: %v", len(reason), err)
		}
	}
	x.must(x.RevokeCredential(ctx, x.boss, second.ID, " The identity was not checked. "))
	x.must(x.RevokeCredential(ctx, x.admin, second.ID, "again")) // stays as it is
	x.verdict(second.JWT, progress.CredentialRevoked)
	v, err := x.VerifyCredential(ctx, progress.DefaultOrg, second.ID)
	x.must(err)
	if v.Verdict != progress.CredentialRevoked || v.ByHolder || v.RevokedAt == nil {
		t.Errorf("by its id: %+v", v)
	}
	if _, err := x.IssueCredential(ctx, x.ann, progress.CredentialRequest{Identify: "email", Base: siteBase}); !errors.Is(err, progress.ErrForbidden) {
		t.Errorf("another after the employer revoked: %v", err)
	}
	list, err := x.Revocations(ctx, progress.DefaultOrg, siteBase)
	x.must(err)
	if len(list.RevokedCredentials) != 2 || !list.Has(siteBase+"/verify/"+string(first.ID)) || !list.Has(siteBase+"/verify/"+string(second.ID)) {
		t.Errorf("the list: %+v", list)
	}
	for _, r := range list.RevokedCredentials {
		if strings.Contains(r.Reason, "identity") {
			t.Errorf("the public reads the employer's words: %s", r.Reason)
		}
	}
	own, err := x.OwnCredentials(ctx, x.ann)
	x.must(err)
	if own[0].Reason != "The identity was not checked." {
		t.Errorf("the candidate reads %q", own[0].Reason)
	}
	log, err := x.AuditLog(ctx, x.admin, progress.AuditFilter{Action: "credential.revoke"})
	x.must(err)
	if len(log) != 1 || log[0].Actor != x.boss.Learner || strings.Contains(log[0].Detail, "identity") {
		t.Errorf("audit log: %+v", log)
	}
}

func TestKeysAreRotatedAndRetired(t *testing.T) {
	x := newIssuing(t)
	ctx := t.Context()
	keys := func() []progress.SigningKey {
		t.Helper()
		ks, err := x.SigningKeys(ctx, x.admin)
		x.must(err)
		return ks
	}
	if len(keys()) != 0 {
		t.Fatal("there are keys before anyone asked for a credential")
	}
	ann := x.ask(x.ann, progress.IdentifyByEmail)
	one := keys()[0]
	if len(keys()) != 1 || !one.Signs() || one.Sealed != nil || one.ID != ann.Key {
		t.Fatalf("the first key: %+v", keys())
	}
	x.clock.add(time.Minute)
	two, err := x.RotateSigningKey(ctx, x.admin)
	x.must(err)
	if ks := keys(); len(ks) != 2 || ks[0].ID != two.ID || !ks[0].Signs() || ks[1].Signs() {
		t.Errorf("rotated: %+v", ks)
	}
	stored, err := x.db.SigningKeys(ctx, progress.DefaultOrg)
	x.must(err)
	if len(stored[1].Sealed) != 0 || len(stored[0].Sealed) == 0 {
		t.Error("the private part of the old key is still there, or that of the new one is not")
	}
	x.verdict(ann.JWT, progress.CredentialHolds)
	x.sits(x.bo, 4)
	bo := x.ask(x.bo, progress.IdentifyByName)
	if bo.Key != two.ID {
		t.Errorf("signed with %s, want the new key", bo.Key)
	}
	set, err := x.PublicKeys(ctx, progress.DefaultOrg)
	x.must(err)
	if len(set) != 2 {
		t.Errorf("%d public keys", len(set))
	}
	x.must(x.RetireSigningKey(ctx, x.admin, one.ID))
	if v := x.verdict(ann.JWT, progress.CredentialRetiredKey); v.Signature || v.RetiredAt == nil || len(v.Payload) != 0 {
		t.Errorf("signed with a retired key: %+v", v)
	}
	x.verdict(bo.JWT, progress.CredentialHolds)
	x.must(x.RetireSigningKey(ctx, x.admin, two.ID)) // the one that signs: another is made when it is needed
	x.must(x.RevokeCredential(ctx, x.bo, bo.ID, ""))
	if again := x.ask(x.bo, progress.IdentifyByName); again.Key == two.ID || again.Key == one.ID {
		t.Error("a retired key signs")
	}
	for name, err := range map[string]error{
		"the employer rotates": func() error { _, err := x.RotateSigningKey(ctx, x.boss); return err }(), "the employer retires": x.RetireSigningKey(ctx, x.boss, two.ID),
		"the employer lists": func() error { _, err := x.SigningKeys(ctx, x.boss); return err }(),
	} {
		if !errors.Is(err, progress.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := x.RetireSigningKey(ctx, x.admin, "nothing"); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("retire what is not there: %v", err)
	}
}

func TestWithoutTheKeyFileNothingIsSigned(t *testing.T) {
	x := newIssuing(t)
	ann := x.ask(x.ann, progress.IdentifyByEmail)
	x.sits(x.bo, 4)
	for name, opt := range map[string]func(*progress.Options){
		"another key": sealWith(2), "no key": func(o *progress.Options) { o.SealKey = nil }, "a file that cannot be read": func(o *progress.Options) {
			o.SealKey = func() ([]byte, error) { return nil, errors.New("chmod 600 it") }
		},
	} {
		o := progress.Options{Now: x.clock.now, Passphrase: cheap}
		opt(&o)
		other := progress.NewWithContent(x.db, newBank(), emptyBook(t), o)
		other.SetContent(sitBank(t, 12, false, false))
		if _, err := other.IssueCredential(t.Context(), x.bo, progress.CredentialRequest{Identify: "name", Base: siteBase}); !errors.Is(err, progress.ErrCannotSign) {
			t.Errorf("%s: %v", name, err)
		}
		if v, err := other.VerifyJWT(t.Context(), progress.DefaultOrg, ann.JWT); err != nil || v.Verdict != progress.CredentialHolds {
			t.Errorf("%s: verifying needs none: %s, %v", name, v.Verdict, err)
		}
	}
}

// TestManyAskAtOnce: the first credential makes the first key; however many ask, there is one key and one credential a sitting.
func TestManyAskAtOnce(t *testing.T) {
	x := newIssuing(t)
	x.sits(x.bo, 4)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[progress.CredentialID]string{}
	for i := range 10 {
		a := []progress.Actor{x.ann, x.bo}[i%2]
		wg.Go(func() {
			c, err := x.IssueCredential(t.Context(), a, progress.CredentialRequest{Identify: "name", Base: siteBase})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			got[c.ID] = c.Key
			mu.Unlock()
		})
	}
	wg.Wait()
	keys := map[string]bool{}
	for _, k := range got {
		keys[k] = true
	}
	if len(got) != 2 || len(keys) != 1 {
		t.Errorf("%d credentials with %d keys", len(got), len(keys))
	}
}

// nothingToScrub leaves answers as they are.
type nothingToScrub struct{}

func (nothingToScrub) Answer(_ progress.ItemKind, a json.RawMessage) (json.RawMessage, bool) {
	return a, false
}

func (nothingToScrub) Result(_ progress.ItemKind, r json.RawMessage) (json.RawMessage, bool) {
	return r, false
}

func TestErasedCandidatesKeepWhatTheyHold(t *testing.T) {
	x := newIssuing(t)
	ctx := t.Context()
	ann := x.ask(x.ann, progress.IdentifyPlainly)
	x.must(x.db.EraseCandidate(ctx, progress.DefaultOrg, x.annC.ID, x.clock.now(), nothingToScrub{}, progress.AuditEntry{ID: "e9", Org: progress.DefaultOrg, At: x.clock.now()}))
	v, err := x.VerifyCredential(ctx, progress.DefaultOrg, ann.ID)
	x.must(err)
	if v.Verdict != progress.CredentialErased || v.JWT != "" || v.Document.ID != "" || v.ErasedAt == nil {
		t.Errorf("by its id: %+v", v)
	}
	if v := x.verdict(ann.JWT, progress.CredentialHolds); !v.Known { // whoever has the file
		t.Errorf("the file: %+v", v)
	}
	if _, err := x.IssueCredential(ctx, x.ann, progress.CredentialRequest{Identify: "name", Base: siteBase}); err == nil {
		t.Error("an erased candidate gets a credential")
	}
	x.must(x.RevokeCredential(ctx, x.boss, ann.ID, "It turned out that somebody else sat."))
	x.verdict(ann.JWT, progress.CredentialRevoked)
	if v, err := x.VerifyCredential(ctx, progress.DefaultOrg, ann.ID); err != nil || v.Verdict != progress.CredentialRevoked {
		t.Errorf("revoked after erasing: %s, %v", v.Verdict, err)
	}
}

func TestWhatIsNotOurs(t *testing.T) {
	x := newIssuing(t)
	y := newIssuing(t)
	foreign := y.ask(y.ann, progress.IdentifyByEmail)
	x.verdict(foreign.JWT, progress.CredentialForeign)
	ours := x.ask(x.ann, progress.IdentifyByEmail)
	x.verdict("  "+ours.JWT[:40]+"\n "+ours.JWT[40:]+"\n", progress.CredentialHolds) // as a mail breaks it
	x.verdict(ours.JWT[:len(ours.JWT)-4]+"AAAA", progress.CredentialForged)
	x.verdict("hello", progress.CredentialUnreadable)
	x.verdict("", progress.CredentialUnreadable)
	if _, err := x.VerifyCredential(t.Context(), progress.DefaultOrg, foreign.ID); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("another site's id: %v", err)
	}
	if _, err := x.VerifyCredential(t.Context(), "0197a000-0000-7000-8000-0000000000ff", ours.ID); !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("of another organisation: %v", err)
	}
}
