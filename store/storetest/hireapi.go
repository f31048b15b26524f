package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// APITokenOf is a token of an owner, good for a day.
func APITokenOf(n int, owner progress.LearnerID) progress.APIToken {
	return progress.APIToken{
		ID: progress.APITokenID(ID(n)), Org: Org, Owner: owner, ClientKey: fmt.Sprintf("token-key-%d", n), Name: fmt.Sprintf("Token %d", n), Scope: progress.ScopeRead, Hash: fmt.Sprintf("%064x", n),
		CreatedAt: T0.Add(time.Duration(n) * time.Second), ExpiresAt: T0.Add(24 * time.Hour),
	}
}

// WebhookOf is an endpoint of an owner.
func WebhookOf(n int, owner progress.LearnerID, events ...progress.WebhookKind) progress.Webhook {
	return progress.Webhook{
		ID: progress.WebhookID(ID(n)), Org: Org, Owner: owner, ClientKey: fmt.Sprintf("webhook-key-%d", n), URL: fmt.Sprintf("https://hr.example.com/%d", n), Events: events, Secret: fmt.Sprintf("whsec_%d", n),
		CreatedAt: T0.Add(time.Duration(n) * time.Second),
	}
}

func apiTokens(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a, b := Account(1), Account(2)
	add(t, st, a, b)
	one, two := APITokenOf(10, a.ID), APITokenOf(11, b.ID)
	kept, err := st.AddAPIToken(ctx, Org, one, hireEntry(100))
	must(t, err)
	same(t, "kept", kept, one)
	_, err = st.AddAPIToken(ctx, Org, two, hireEntry(101))
	must(t, err)
	_, err = st.AddAPIToken(ctx, Other, APITokenOf(12, a.ID), hireEntry(102))
	wantErr(t, "an owner of another organisation", err, progress.ErrNotFound)

	got, l, err := st.APITokenByHash(ctx, one.Hash)
	must(t, err)
	same(t, "by its hash", got, one)
	same(t, "its owner", l.ID, a.ID)
	for _, c := range []struct {
		org   progress.OrgID
		owner progress.LearnerID
		want  []progress.APIToken
	}{{Org, a.ID, []progress.APIToken{one}}, {Org, "", []progress.APIToken{two, one}}, {Other, "", nil}} {
		got, err := st.APITokens(ctx, c.org, c.owner)
		must(t, err)
		same(t, "tokens of "+string(c.owner), got, c.want)
	}
	wantErr(t, "revoke from another organisation", st.RevokeAPIToken(ctx, Other, one.ID, hireEntry(103)), progress.ErrNotFound)
	must(t, st.RevokeAPIToken(ctx, Org, one.ID, hireEntry(103)))
	when := T0.Add(2 * time.Hour)
	must(t, st.TouchAPIToken(ctx, Org, one.ID, when))
	got, err = st.APIToken(ctx, Org, one.ID)
	must(t, err)
	revoked := hireEntry(0).At
	one.RevokedAt, one.UsedAt = &revoked, &when
	same(t, "revoked", got, one)

	again := APITokenOf(13, a.ID)
	again.ClientKey = one.ClientKey
	kept, err = st.AddAPIToken(ctx, Org, again, hireEntry(104))
	must(t, err)
	one.Hash, one.Name, one.ExpiresAt, one.RevokedAt = again.Hash, again.Name, again.ExpiresAt, nil
	same(t, "a client key again is the token with another secret", kept, one)
	_, err = st.APIToken(ctx, Other, one.ID)
	wantErr(t, "from another organisation", err, progress.ErrNotFound)

	must(t, st.Erase(ctx, Org, a.ID, when, words{}, hireEntry(105)))
	_, _, err = st.APITokenByHash(ctx, one.Hash)
	wantErr(t, "a token of the erased", err, progress.ErrNotFound)
}

func apiReplies(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	x := openTestOf(t, st, 20, a.ID, 100)
	c := CandidateOf(30, x.ID)
	_, err := st.AddCandidates(ctx, Org, x.ID, []progress.Candidate{c}, hireEntry(102))
	must(t, err)
	token := APITokenOf(10, a.ID)
	_, err = st.AddAPIToken(ctx, Org, token, hireEntry(103))
	must(t, err)
	r := progress.APIReply{Token: token.ID, KeyHash: "k1", RequestHash: "r1", Assessment: x.ID, At: T0}
	got, err := st.BeginReply(ctx, Org, r)
	must(t, err)
	same(t, "begun", got, r)
	other := r
	other.RequestHash, other.At = "r2", T0.Add(time.Hour)
	got, err = st.BeginReply(ctx, Org, other)
	must(t, err)
	same(t, "begun again: the first stays", got, r)
	_, err = st.BeginReply(ctx, Other, other)
	wantErr(t, "from another organisation", err, progress.ErrNotFound)
	r.Status, r.Body = 201, "sealed"
	must(t, st.FinishReply(ctx, Org, r))
	got, err = st.BeginReply(ctx, Org, other)
	must(t, err)
	same(t, "finished", got, r)
	must(t, st.EraseCandidate(ctx, Org, c.ID, T0, words{}, hireEntry(104)))
	got, err = st.BeginReply(ctx, Org, other)
	must(t, err)
	same(t, "erasing a candidate drops replies of the test", got, other)
	n, err := st.SweepDeliveries(ctx, T0.Add(2*time.Hour), T0)
	must(t, err)
	same(t, "swept", n, 1)
}

// happens lets a candidate go through a test and gives the kinds that are announced on the way.
func happens(t *testing.T, st progress.Storage, x progress.Assessment, n int) (progress.Candidate, progress.Sitting) {
	t.Helper()
	ctx := t.Context()
	c := CandidateOf(n, x.ID)
	_, err := st.AddCandidates(ctx, Org, x.ID, []progress.Candidate{c}, hireEntry(n+1))
	must(t, err)
	l := hidden(n + 2)
	for range 2 { // each of these is told once
		_, err = st.ConsentCandidate(ctx, Org, c.ID, l, T0.Add(time.Minute), "words")
		must(t, err)
	}
	s := progress.Sitting{
		ID: progress.SittingID(ID(n + 3)), Org: Org, Learner: l.ID, ClientKey: fmt.Sprintf("sit-%d", n), Exam: x.Exam(), Blueprint: x.Blueprint, Form: []quizzes.FormItem{{ID: "q1", Kind: quizzes.ItemQuestion}}, StartedAt: T0.Add(2 * time.Minute),
	}
	elsewhere := s
	elsewhere.ID, elsewhere.ClientKey, elsewhere.Exam = progress.SittingID(ID(n+4)), fmt.Sprintf("else-%d", n), "cpc"
	for range 2 {
		_, _, err = st.AddSitting(ctx, Org, nil, s, 0)
		must(t, err)
		_, err = st.HandIn(ctx, Org, s.ID, T0.Add(3*time.Minute), progress.HandedInByLearner)
		must(t, err)
		must(t, st.RecordSitting(ctx, Org, s.ID, T0.Add(4*time.Minute), nil, progress.Tally{}))
	}
	_, _, err = st.AddSitting(ctx, Org, nil, elsewhere, 0)
	must(t, err)
	for i := range 2 {
		must(t, st.EraseCandidate(ctx, Org, c.ID, T0.Add(5*time.Minute), words{}, hireEntry(n+5+i)))
	}
	return c, s
}

func webhooksAnnounce(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a, b := Account(1), Account(2)
	add(t, st, a, b)
	x := openTestOf(t, st, 20, a.ID, 100)
	all, some, theirs := WebhookOf(10, a.ID, progress.WebhookKinds...), WebhookOf(11, a.ID, progress.ResultReady), WebhookOf(12, b.ID, progress.WebhookKinds...)
	for i, w := range []progress.Webhook{all, some, theirs} {
		must(t, st.AddWebhook(ctx, Org, w, hireEntry(110+i)))
	}
	twin := WebhookOf(13, a.ID, progress.ResultReady)
	twin.ClientKey = all.ClientKey
	wantErr(t, "a client key again", st.AddWebhook(ctx, Org, twin, hireEntry(120)), progress.ErrDuplicate)
	wantErr(t, "an owner of another organisation", st.AddWebhook(ctx, Other, WebhookOf(14, a.ID), hireEntry(120)), progress.ErrNotFound)

	c, s := happens(t, st, x, 200)
	got, err := st.Deliveries(ctx, Org, all.ID, 100)
	must(t, err)
	var want []progress.Delivery
	for i, kind := range progress.WebhookKinds {
		when := T0.Add(time.Duration(i+1) * time.Minute)
		d := progress.Delivery{Org: Org, Webhook: all.ID, Kind: kind, Assessment: x.ID, Candidate: c.ID, At: when, State: progress.DeliveryWaiting, DueAt: when, GiveUpAt: when.Add(progress.DeliveryLife)}
		about := string(c.ID)
		if kind == progress.SittingStarted || kind == progress.SittingHandedIn || kind == progress.ResultReady {
			d.Sitting, about = s.ID, string(s.ID)
		}
		d.ID = progress.DeliveryID("msg_" + string(all.ID) + "_" + map[progress.WebhookKind]string{
			progress.CandidateConsented: "candidate_consented", progress.SittingStarted: "sitting_started", progress.SittingHandedIn: "sitting_handed_in", progress.ResultReady: "result_ready",
			progress.CandidateWasErased: "candidate_erased",
		}[kind] + "_" + about)
		want = append([]progress.Delivery{d}, want...)
	}
	same(t, "everything is told once", got, want)
	for _, w := range []struct {
		org  progress.OrgID
		id   progress.WebhookID
		want int
	}{{Org, some.ID, 1}, {Org, theirs.ID, 0}, {Other, all.ID, 0}} {
		got, err := st.Deliveries(ctx, w.org, w.id, 100)
		must(t, err)
		same(t, "deliveries of "+string(w.id), len(got), w.want)
	}
	wantErr(t, "drop from another organisation", st.DropWebhook(ctx, Other, all.ID, hireEntry(121)), progress.ErrNotFound)
	must(t, st.DropWebhook(ctx, Org, all.ID, hireEntry(121)))
	_, err = st.Webhook(ctx, Org, all.ID)
	wantErr(t, "a dropped endpoint", err, progress.ErrNotFound)
	until := T0.Add(time.Hour)
	some.Secret, some.OldSecret, some.OldUntil = "sealed", some.Secret, &until
	must(t, st.SetWebhookSecret(ctx, Org, some, some.OldSecret, hireEntry(122)))
	wantErr(t, "the secret from another organisation", st.SetWebhookSecret(ctx, Other, some, some.Secret, hireEntry(123)), progress.ErrNotFound)
	wantErr(t, "the secret of who saw another", st.SetWebhookSecret(ctx, Org, some, some.OldSecret, hireEntry(123)), progress.ErrConflict)
	refused := errors.New("no key")
	_, err = st.ReplaceWebhookSecrets(ctx, "whsec_", func(w progress.Webhook) (progress.Webhook, error) {
		w.Secret = "half"
		if w.ID == some.ID {
			return w, refused
		}
		return w, nil
	})
	wantErr(t, "replaced all at once or not at all", err, refused)
	for i, want := range []int{2, 0} {
		n, err := st.ReplaceWebhookSecrets(ctx, "whsec_", func(w progress.Webhook) (progress.Webhook, error) {
			w.Secret, w.OldSecret = strings.TrimPrefix(w.Secret, "whsec_"), strings.TrimPrefix(w.OldSecret, "whsec_")
			return w, nil
		})
		must(t, err)
		same(t, fmt.Sprint("secrets replaced, time ", i), n, want)
	}
	some.OldSecret, theirs.Secret = "11", "12"
	list, err := st.Webhooks(ctx, Org, a.ID)
	must(t, err)
	same(t, "endpoints of one", list, []progress.Webhook{some})
	list, err = st.Webhooks(ctx, Org, "")
	must(t, err)
	same(t, "endpoints of all", list, []progress.Webhook{theirs, some})
	must(t, st.Erase(ctx, Org, a.ID, until, words{}, hireEntry(124)))
	_, err = st.Webhook(ctx, Org, some.ID)
	wantErr(t, "an endpoint of the erased", err, progress.ErrNotFound)
}

func webhooksLease(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	x := openTestOf(t, st, 20, a.ID, 100)
	w := WebhookOf(10, a.ID, progress.WebhookKinds...)
	must(t, st.AddWebhook(ctx, Org, w, hireEntry(110)))
	happens(t, st, x, 200)

	now := T0.Add(3 * time.Minute)
	first, err := st.LeaseDeliveries(ctx, now, now.Add(time.Minute), "one", 2)
	must(t, err)
	rest, err := st.LeaseDeliveries(ctx, now, now.Add(time.Minute), "two", 10)
	must(t, err)
	if len(first) != 2 || len(rest) != 1 || first[0].Kind != progress.CandidateConsented || rest[0].Kind != progress.SittingHandedIn {
		t.Fatalf("leased %v, then %v", first, rest)
	}
	none, err := st.LeaseDeliveries(ctx, now, now.Add(time.Minute), "three", 10)
	must(t, err)
	same(t, "what others hold", len(none), 0)

	sent, later := first[0], first[1]
	sent.State, sent.Tries, sent.TriedAt, sent.Status = progress.DeliverySent, 1, &now, 204
	must(t, st.SettleDelivery(ctx, sent))
	later.Tries, later.TriedAt, later.Status, later.Problem, later.DueAt = 1, &now, 500, "no", now.Add(30*time.Minute)
	must(t, st.SettleDelivery(ctx, later))
	late := now.Add(2 * time.Minute) // the lease of the third has ended: whoever held it is gone
	got, err := st.LeaseDeliveries(ctx, late, late.Add(time.Minute), "four", 10)
	must(t, err)
	same(t, "leased after the lease ended, and those since", len(got), 3)
	stale := rest[0]
	stale.State, stale.TriedAt = progress.DeliveryFailed, &now
	must(t, st.SettleDelivery(ctx, stale)) // its lease is another's now
	log, err := st.Deliveries(ctx, Org, w.ID, 10)
	must(t, err)
	sent.Lease, later.Lease = "", ""
	for _, d := range log {
		switch d.ID {
		case sent.ID:
			same(t, "sent", d, sent)
		case later.ID:
			same(t, "to be tried again", d, later)
		case stale.ID:
			same(t, "settled without the lease", d.State, progress.DeliveryWaiting)
		}
	}
	wantErr(t, "again from another organisation", st.SendAgain(ctx, Other, w.ID, sent.ID, late, late, hireEntry(130)), progress.ErrNotFound)
	wantErr(t, "again of another endpoint", st.SendAgain(ctx, Org, "x", sent.ID, late, late, hireEntry(130)), progress.ErrNotFound)
	n, err := st.SweepDeliveries(ctx, T0, T0.Add(time.Hour))
	must(t, err)
	same(t, "swept: what is finished", n, 1)
	must(t, st.SendAgain(ctx, Org, w.ID, later.ID, late, late.Add(time.Hour), hireEntry(131)))
	again, err := st.LeaseDeliveries(ctx, late, late.Add(time.Minute), "five", 10)
	must(t, err)
	if len(again) != 1 || again[0].ID != later.ID || again[0].Tries != 0 {
		t.Errorf("sent again: %v", again)
	}
}
