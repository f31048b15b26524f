package server_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"crosswalk/progress"
	"crosswalk/progress/seal"
	"crosswalk/webhook"
)

// TestHireSettings: an employer makes a token and an endpoint, sees each secret once, and ends both; nobody else sees or ends them.
func TestHireSettings(t *testing.T) {
	s := newSite(t)
	var noKey error // why the key to seal with cannot be had
	s.poster, s.sealKey = webhook.NewSender("test", false), func() ([]byte, error) { return bytes.Repeat([]byte{1}, seal.KeySize), noKey }
	h := &hiring{site: s.over(t, s.db)}
	h.b, h.owner = h.staff(t, "colin", progress.RoleEmployer)
	h.test = h.openTest(t, h.owner, false)
	b := h.b
	const home = "/hire/settings"
	wantText(t, b.get(home), http.StatusOK, "No program has access", "Nobody is told")
	form := func(v ...string) url.Values {
		out := url.Values{"client_key": {"client-key-of-the-form"}}
		for i := 0; i+1 < len(v); i += 2 {
			out.Set(v[i], v[i+1])
		}
		return out
	}
	wantText(t, b.post(home+"/tokens", form("scope", "read", "days", "x")), http.StatusUnprocessableEntity, "Name the program that will use it", "A token is good for 1 to 730 days.")
	p := b.post(home+"/tokens", form("name", "Tracking <b>", "scope", "write", "days", "30"))
	wantText(t, p, http.StatusOK, "The token is made.", "Tracking <b>", "Read and change")
	secret := p.doc.Find("#made code").Text()
	if !strings.HasPrefix(secret, progress.TokenPrefix) || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the token: %q", secret)
	}
	if strings.Contains(b.get(home).body, secret) {
		t.Error("the token is shown twice")
	}
	revoke, _ := b.get(home).doc.Find(`form[action$="/revoke"]`).Attr("action")

	wantText(t, b.post(home+"/webhooks", form("url", "http://10.0.0.1/")), http.StatusUnprocessableEntity, "must begin with https://", "Choose what the endpoint is to be told.")
	wantText(t, b.post(home+"/webhooks", form("url", "https://10.0.0.1/", "event.result.ready", "1")), http.StatusUnprocessableEntity, "private networks")
	add := form("url", "https://hr.example.com/crosswalk")
	for _, k := range progress.WebhookKinds {
		add.Set("event."+string(k), "1")
	}
	noKey = errors.New("no such file")
	wantText(t, b.post(home+"/webhooks", add), http.StatusServiceUnavailable, "The secret cannot be kept safe")
	noKey = nil
	p = b.post(home+"/webhooks", add)
	wantText(t, p, http.StatusOK, "https://hr.example.com/crosswalk", "Nothing yet")
	whsec := p.doc.Find(".ap-secret").Text()
	if !strings.HasPrefix(whsec, webhook.SecretPrefix) {
		t.Errorf("the secret: %q", whsec)
	}
	hook, _ := b.get(home).doc.Find(`a[href^="/hire/settings/webhooks/"]`).Attr("href")
	ann := h.candidate(t, h.test, "Ann")
	p = b.get(hook)
	wantText(t, p, http.StatusOK, "a candidate has agreed to what is recorded", string(ann.ID), "waiting")
	if strings.Contains(p.body, whsec) || strings.Contains(p.body, "Ann<") {
		t.Error("the log shows the secret or a name")
	}
	delivery, _ := p.doc.Find(`input[name="delivery"]`).Attr("value")

	other, _ := h.staff(t, "dora", progress.RoleEmployer)
	teacher, _ := h.staff(t, "ines", progress.RoleInstructor)
	if body := other.get(home).body; strings.Contains(body, "Tracking") || strings.Contains(body, "hr.example.com") {
		t.Error("another employer sees tokens or endpoints")
	}
	if p := teacher.get(home); p.StatusCode != http.StatusForbidden {
		t.Errorf("an instructor: %d", p.StatusCode)
	}
	for path, v := range map[string]url.Values{revoke: {}, hook + "/rotate": {}, hook + "/drop": {}, hook + "/again": {"delivery": {delivery}}} {
		if p := other.post(path, v); p.StatusCode != http.StatusNotFound {
			t.Errorf("another employer at %s: %d", path, p.StatusCode)
		}
	}
	if p := other.get(hook); p.StatusCode != http.StatusNotFound {
		t.Errorf("another employer at the log: %d", p.StatusCode)
	}

	if p := b.post(hook+"/again", url.Values{"delivery": {delivery}}); p.StatusCode != http.StatusSeeOther {
		t.Errorf("send again: %d", p.StatusCode)
	}
	stamp, _ := b.get(hook).doc.Find(`form[action$="/rotate"] input[name="from"]`).Attr("value")
	fresh := ""
	for range 2 { // sent twice, it makes one
		p = b.post(hook+"/rotate", url.Values{"from": {stamp}})
		wantText(t, p, http.StatusOK, "signs beside it until", "whsec_")
		if got := p.doc.Find(".ap-secret").Text(); fresh != "" && got != fresh || got == whsec {
			t.Errorf("a new secret: %q, then %q", fresh, got)
		} else {
			fresh = got
		}
	}
	for path, says := range map[string]string{revoke: "revoked", hook + "/drop": "Nobody is told"} {
		if p := b.post(path, url.Values{}); p.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", path, p.StatusCode)
		}
		wantText(t, b.get(home), http.StatusOK, says)
	}
	wantText(t, h.browser(t).get("/api"), http.StatusOK, "The hiring API", "Invite candidates", "Idempotency-Key", "not-ready", "candidate.erased")
}
