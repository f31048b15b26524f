package progress_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"crosswalk/progress"
)

func newToken(h *house, name string, scope progress.Scope, days int) progress.NewAPIToken {
	return progress.NewAPIToken{ClientKey: h.key(), Name: name, Scope: scope, Days: days}
}

func TestAPITokens(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	colin, dora := h.user("colin", progress.RoleEmployer, ""), h.user("dora", progress.RoleEmployer, "")
	admin := h.user("ada", progress.RoleAdmin, "")
	for _, c := range []struct {
		name  string
		in    progress.NewAPIToken
		field string
	}{
		{"no name", newToken(h, " ", progress.ScopeRead, 30), "name"},
		{"a long name", newToken(h, strings.Repeat("x", 81), progress.ScopeRead, 30), "name"},
		{"no scope", newToken(h, "HR", "all", 30), "scope"},
		{"no days", newToken(h, "HR", progress.ScopeRead, 0), "days"},
		{"too many days", newToken(h, "HR", progress.ScopeRead, progress.MaxTokenDays+1), "days"},
		{"no key of the form", progress.NewAPIToken{Name: "HR", Scope: progress.ScopeRead, Days: 1}, "client_key"},
	} {
		_, err := h.MakeAPIToken(ctx, colin, c.in)
		wantField(t, c.name, err, c.field)
	}
	for _, role := range []progress.Role{progress.RoleLearner, progress.RoleInstructor} {
		a := h.user("x"+string(role), role, "")
		_, err := h.MakeAPIToken(ctx, a, newToken(h, "HR", progress.ScopeRead, 30))
		wantErr(t, "a token of a "+string(role), err, progress.ErrForbidden)
		_, err = h.APITokens(ctx, a)
		wantErr(t, "tokens for a "+string(role), err, progress.ErrForbidden)
	}
	in := newToken(h, "HR", progress.ScopeWrite, 30)
	one, err := h.MakeAPIToken(ctx, colin, in)
	h.must(err)
	again, err := h.MakeAPIToken(ctx, colin, in)
	h.must(err)
	if one.ID != again.ID || one.Token == again.Token || !strings.HasPrefix(string(one.Token), progress.TokenPrefix) {
		t.Errorf("the same form again: %v, %v", one, again)
	}
	_, err = h.CallByToken(ctx, one.Token, "192.0.2.1")
	wantErr(t, "the secret of the first answer", err, progress.ErrNoSession)
	call, err := h.CallByToken(ctx, again.Token, "192.0.2.1")
	h.must(err)
	if call.Actor != colin || !call.MayWrite() {
		t.Errorf("call: %+v", call)
	}
	for name, a := range map[string]progress.Actor{"another employer": dora, "another organisation": {Org: "00000000-0000-7000-8000-000000000002", Learner: colin.Learner, Role: progress.RoleAdmin}} {
		wantErr(t, "revoke by "+name, h.RevokeAPIToken(ctx, a, again.ID), progress.ErrNotFound)
		list, err := h.APITokens(ctx, a)
		h.must(err)
		same(t, "tokens for "+name, len(list), 0)
	}
	_, err = h.MakeAPIToken(ctx, dora, progress.NewAPIToken{Owner: colin.Learner, ClientKey: h.key(), Name: "x", Scope: progress.ScopeRead, Days: 1})
	wantErr(t, "for another", err, progress.ErrForbidden)
	theirs, err := h.MakeAPIToken(ctx, admin, progress.NewAPIToken{Owner: dora.Learner, ClientKey: h.key(), Name: "by an admin", Scope: progress.ScopeRead, Days: 1})
	h.must(err)
	list, err := h.APITokens(ctx, admin)
	h.must(err)
	same(t, "an admin sees all", len(list), 2)

	h.clock.add(25 * time.Hour)
	_, err = h.CallByToken(ctx, theirs.Token, "")
	wantErr(t, "an expired token", err, progress.ErrNoSession)
	h.must(h.RevokeAPIToken(ctx, colin, again.ID))
	h.must(h.RevokeAPIToken(ctx, colin, again.ID))
	_, err = h.CallByToken(ctx, again.Token, "")
	wantErr(t, "a revoked token", err, progress.ErrNoSession)
}

// withToken is a house with an employer's token.
func withToken(t *testing.T, scope progress.Scope) (*house, progress.TokenSecret) {
	t.Helper()
	h := newHouse(t)
	tok, err := h.MakeAPIToken(t.Context(), h.user("colin", progress.RoleEmployer, ""), newToken(h, "HR", scope, 30))
	h.must(err)
	return h, tok
}

func TestAPILimits(t *testing.T) {
	h, tok := withToken(t, progress.ScopeRead)
	ctx := t.Context()
	var err error
	var wait *progress.ErrTooMany
	n := 0
	for ; n < 500; n++ {
		if _, err = h.CallByToken(ctx, tok.Token, "192.0.2.1"); err != nil {
			break
		}
	}
	if !errors.As(err, &wait) || n != 120 {
		t.Errorf("after %d requests: %v", n, err)
	}
	h.clock.add(time.Second)
	if _, err = h.CallByToken(ctx, tok.Token, "192.0.2.1"); err != nil {
		t.Errorf("a second later: %v", err)
	}
	for n = 0; n < 500; n++ {
		if _, err = h.CallByToken(ctx, "cwk_guess", "192.0.2.7"); !errors.Is(err, progress.ErrNoSession) {
			break
		}
	}
	if !errors.As(err, &wait) || n != 30 {
		t.Errorf("after %d guesses: %v", n, err)
	}
}

func TestOnce(t *testing.T) {
	h, tok := withToken(t, progress.ScopeWrite)
	ctx := t.Context()
	call, err := h.CallByToken(ctx, tok.Token, "")
	h.must(err)
	done, broken := 0, true
	var keys []string
	do := func(key string) (int, []byte, error) {
		keys = append(keys, key)
		if broken {
			return 0, nil, progress.ErrUnavailable
		}
		done++
		return 201, []byte(`{"link":"SECRET"}`), nil
	}
	once := func(key, request string) (int, string, bool, error) {
		status, body, again, err := h.Once(ctx, call, tok.Token, key, "x", []byte(request), do)
		return status, string(body), again, err
	}
	for _, bad := range []string{"short", strings.Repeat("x", 201), "with a space", "ünïcödé-key"} {
		_, _, _, err := once(bad, "a")
		wantField(t, bad, err, "Idempotency-Key")
	}
	_, _, _, err = once("key-0001", "a")
	wantErr(t, "a failure", err, progress.ErrUnavailable)
	broken = false
	for i, again := range []bool{false, true, true} {
		status, body, was, err := once("key-0001", "a")
		if err != nil || status != 201 || body != `{"link":"SECRET"}` || was != again {
			t.Errorf("time %d: %d %s %v %v", i, status, body, was, err)
		}
	}
	if done != 1 || len(keys) != 2 || keys[0] != keys[1] {
		t.Errorf("done %d times under %v", done, keys)
	}
	_, _, _, err = once("key-0001", "b")
	wantErr(t, "another request", err, progress.ErrKeyReused)
	kept, err := h.db.BeginReply(ctx, progress.DefaultOrg, progress.APIReply{Token: call.Token.ID, KeyHash: strings.TrimPrefix(keys[0], "api:")})
	h.must(err)
	if kept.Body == "" || strings.Contains(kept.Body, "SECRET") {
		t.Errorf("kept: %+v", kept)
	}
	h.clock.add(progress.KeepReplies + time.Minute)
	if n, err := h.SweepDeliveries(ctx); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
}

// poster stands in for the network.
type poster struct {
	mu     sync.Mutex
	status int
	err    error
	got    []posted
}

type posted struct {
	url, id, body string
	secrets       []string
}

func (p *poster) Check(address string) error {
	if !strings.HasPrefix(address, "https://") {
		return errors.New("the address must begin with https://")
	}
	return nil
}

func (p *poster) Post(_ context.Context, url, id string, _ time.Time, body []byte, secrets []string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, posted{url, id, string(body), secrets})
	return p.status, p.err
}

func TestWebhooks(t *testing.T) {
	net := &poster{status: 503, err: errors.New("the endpoint answered 503")}
	h := newHouse(t, sealWith(1), func(o *progress.Options) { o.Webhooks = net })
	ctx := t.Context()
	colin, dora := h.user("colin", progress.RoleEmployer, ""), h.user("dora", progress.RoleEmployer, "")
	lea := h.user("lea", progress.RoleLearner, "")
	all := progress.WebhookKinds
	for _, c := range []struct {
		name  string
		in    progress.NewWebhook
		field string
	}{
		{"no https", progress.NewWebhook{ClientKey: h.key(), URL: "http://x", Events: all}, "url"},
		{"no events", progress.NewWebhook{ClientKey: h.key(), URL: "https://x.example"}, "events"},
		{"an event there is not", progress.NewWebhook{ClientKey: h.key(), URL: "https://x.example", Events: []progress.WebhookKind{"x"}}, "events"},
		{"no key", progress.NewWebhook{URL: "https://x.example", Events: all}, "client_key"},
	} {
		_, err := h.AddWebhook(ctx, colin, c.in)
		wantField(t, c.name, err, c.field)
	}
	in := progress.NewWebhook{ClientKey: h.key(), URL: "https://x.example/hook", Events: []progress.WebhookKind{progress.ResultReady, progress.CandidateWasErased, progress.ResultReady}}
	_, err := h.AddWebhook(ctx, lea, in)
	wantErr(t, "a learner", err, progress.ErrForbidden)
	w, err := h.AddWebhook(ctx, colin, in)
	h.must(err)
	again, err := h.AddWebhook(ctx, colin, in)
	h.must(err)
	same(t, "the same form again", again.ID, w.ID)
	same(t, "events", w.Events, []progress.WebhookKind{progress.ResultReady, progress.CandidateWasErased})
	_, err = h.Webhook(ctx, dora, w.ID)
	wantErr(t, "another employer", err, progress.ErrNotFound)
	wantErr(t, "dropped by another", h.DropWebhook(ctx, dora, w.ID), progress.ErrNotFound)
	_, err = h.RotateWebhook(ctx, dora, w.ID, "")
	wantErr(t, "rotated by another", err, progress.ErrNotFound)
	_, err = h.Deliveries(ctx, dora, w.ID, 10)
	wantErr(t, "the log for another", err, progress.ErrNotFound)
	wantErr(t, "sent again by another", h.SendAgain(ctx, dora, w.ID, "x"), progress.ErrNotFound)
	wantErr(t, "what is not there sent again", h.SendAgain(ctx, colin, w.ID, "x"), progress.ErrNotFound)

	erased := eraseOne(h, colin)
	end := h.clock.now().Add(progress.DeliveryLife)
	tries := 0
	for h.clock.now().Before(end.Add(time.Hour)) {
		n, err := h.SendDue(ctx)
		h.must(err)
		if tries += n; tries > 40 {
			t.Fatal("it goes on for ever")
		}
		h.clock.add(10 * time.Second)
	}
	ds, err := h.Deliveries(ctx, colin, w.ID, 10)
	h.must(err)
	if len(ds) != 1 || ds[0].State != progress.DeliveryFailed || ds[0].Tries != tries || ds[0].Status != 503 || ds[0].Problem == "" || ds[0].TriedAt.Before(end) || tries < 9 || tries > 13 {
		t.Fatalf("after a day, %d tries: %+v", tries, ds)
	}
	if n, err := h.SendDue(ctx); n != 0 || err != nil {
		t.Errorf("a failed delivery was tried: %d, %v", n, err)
	}
	fresh, err := h.RotateWebhook(ctx, colin, w.ID, w.Stamp())
	h.must(err)
	twice, err := h.RotateWebhook(ctx, colin, w.ID, w.Stamp())
	h.must(err)
	same(t, "the same form again", twice.Secret, fresh.Secret)
	h.must(h.SendAgain(ctx, colin, w.ID, ds[0].ID))
	net.status, net.err = 204, nil
	_, err = h.SendDue(ctx)
	h.must(err)
	last := net.got[len(net.got)-1]
	want := `{"type":"candidate.erased","timestamp":"2026-11-21T12:00:00Z","data":{"assessment":"` + string(erased.Assessment) + `","candidate":"` + string(erased.ID) + `"}}`
	same(t, "the message", last.body, want)
	same(t, "the same id at every try", last.id, net.got[0].id)
	same(t, "secrets after rotating", last.secrets, []string{fresh.Secret, w.Secret})
	if ds, err = h.Deliveries(ctx, colin, w.ID, 10); err != nil || ds[0].State != progress.DeliverySent || ds[0].Tries != 1 || ds[0].Status != 204 || ds[0].Problem != "" {
		t.Errorf("sent again: %+v, %v", ds, err)
	}
	h.clock.add(progress.SecretOverlap)
	_, err = h.RotateWebhook(ctx, colin, w.ID, w.Stamp())
	wantErr(t, "an old form", err, progress.ErrConflict)
	h.must(h.SendAgain(ctx, colin, w.ID, ds[0].ID))
	net.status, net.err = 410, errors.New("the endpoint answered 410")
	_, err = h.SendDue(ctx)
	h.must(err)
	same(t, "secrets a day after rotating", net.got[len(net.got)-1].secrets, []string{fresh.Secret})
	if ds, err = h.Deliveries(ctx, colin, w.ID, 10); err != nil || ds[0].State != progress.DeliveryFailed {
		t.Errorf("gone: %+v, %v", ds, err)
	}
	h.must(h.DropWebhook(ctx, colin, w.ID))
	_, err = h.Webhook(ctx, colin, w.ID)
	wantErr(t, "dropped", err, progress.ErrNotFound)
}

// TestSecretsOfEndpointsAreSealed: what is kept says nothing without the key; a secret from before they were sealed signs on and is sealed; with
// another key nothing is sent, the log says why, and a new secret mends it.
func TestSecretsOfEndpointsAreSealed(t *testing.T) {
	net := &poster{status: 204}
	posts := func(o *progress.Options) { o.Webhooks = net }
	h := newHouse(t, sealWith(1), posts)
	ctx := t.Context()
	colin := h.user("colin", progress.RoleEmployer, "")
	w, err := h.AddWebhook(ctx, colin, progress.NewWebhook{ClientKey: h.key(), URL: "https://x.example/new", Events: progress.WebhookKinds})
	h.must(err)
	kept, err := h.db.Webhook(ctx, progress.DefaultOrg, w.ID)
	h.must(err)
	if kept.Secret == "" || strings.Contains(kept.Secret, "whsec_") || strings.Contains(kept.Secret, strings.TrimPrefix(w.Secret, "whsec_")) {
		t.Errorf("kept as %q", kept.Secret)
	}
	until := h.clock.now().Add(time.Hour)
	old := progress.Webhook{
		ID: "00000000-0000-7000-8000-0000000000f1", Org: progress.DefaultOrg, Owner: colin.Learner, ClientKey: h.key(), URL: "https://x.example/old", Events: progress.WebhookKinds,
		Secret: "whsec_b25l", OldSecret: "whsec_dHdv", OldUntil: &until, CreatedAt: h.clock.now(),
	}
	h.must(h.db.AddWebhook(ctx, old.Org, old, progress.AuditEntry{ID: "e", At: old.CreatedAt}))
	eraseOne(h, colin)
	sent := func(s *progress.Service) map[string][]string {
		t.Helper()
		net.got = nil
		ds, err := h.Deliveries(ctx, colin, old.ID, 9)
		h.must(err)
		h.must(h.SendAgain(ctx, colin, old.ID, ds[0].ID))
		_, err = s.SendDue(ctx)
		if err != nil && !errors.Is(err, progress.ErrCannotSeal) {
			t.Fatal(err)
		}
		out := map[string][]string{}
		for _, p := range net.got {
			out[p.url] = p.secrets
		}
		return out
	}
	same(t, "before they are sealed", sent(h.Service)[old.URL], []string{old.Secret, old.OldSecret})
	for i, want := range []int{1, 0} {
		n, err := h.SealWebhooks(ctx)
		h.must(err)
		same(t, fmt.Sprint("sealed, time ", i), n, want)
	}
	kept, err = h.db.Webhook(ctx, progress.DefaultOrg, old.ID)
	h.must(err)
	if strings.Contains(kept.Secret+kept.OldSecret, "whsec_") {
		t.Errorf("after sealing: %+v", kept)
	}
	same(t, "after they are sealed", sent(h.Service)[old.URL], []string{old.Secret, old.OldSecret})

	o := progress.Options{Now: h.clock.now, Passphrase: cheap}
	sealWith(2)(&o)
	posts(&o)
	other := progress.NewWithContent(h.db, newBank(), emptyBook(t), o)
	same(t, "what another key sends", len(sent(other)), 0)
	ds, err := h.Deliveries(ctx, colin, old.ID, 9)
	h.must(err)
	if ds[0].State != progress.DeliveryWaiting || !strings.Contains(ds[0].Problem, "make a new one") {
		t.Errorf("the log says %+v", ds[0])
	}
	fresh, err := other.RotateWebhook(ctx, colin, old.ID, "")
	h.must(err)
	same(t, "a new secret mends it", sent(other)[old.URL], []string{fresh.Secret})
	noKey := progress.NewWithContent(h.db, newBank(), emptyBook(t), progress.Options{Webhooks: net})
	_, err = noKey.AddWebhook(ctx, colin, progress.NewWebhook{ClientKey: h.key(), URL: "https://x.example/", Events: progress.WebhookKinds})
	wantErr(t, "without a key", err, progress.ErrCannotSeal)
}

// eraseOne erases a candidate of an employer's test.
func eraseOne(h *house, a progress.Actor) progress.Candidate {
	h.t.Helper()
	ctx, now := h.t.Context(), h.clock.now()
	entry := func(id string) progress.AuditEntry { return progress.AuditEntry{ID: progress.EntryID(id), At: now} }
	x := progress.Assessment{ID: "0a", Org: progress.DefaultOrg, Owner: a.Learner, ClientKey: "assessment", Revision: 1, CreatedAt: now, OpenedAt: &now}
	h.must(h.db.SaveAssessment(ctx, x.Org, x, entry("0b")))
	c := progress.Candidate{ID: "0c", Org: x.Org, Assessment: x.ID, ClientKey: "candidate", Name: "SECRET", LinkUntil: now, CreatedAt: now}
	_, err := h.db.AddCandidates(ctx, x.Org, x.ID, []progress.Candidate{c}, entry("0d"))
	h.must(err)
	h.must(h.EraseCandidate(ctx, a, x.ID, c.ID))
	return c
}
