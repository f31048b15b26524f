package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestTokenAndWebhookCommands: what an employer does on the page of settings an operator does by commands.
func TestTokenAndWebhookCommands(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, u := range [][2]string{{"colin", "employer"}, {"lea", "learner"}} {
		if got := try(t, "a sentence to remember\n", "user", "add", "-data", data, "-name", u[0], "-email", u[0]+"@example.org", "-role", u[1]); got.status != statusOK {
			t.Fatalf("%+v", got)
		}
	}
	do := func(status int, says, command string, args ...string) outcome {
		t.Helper()
		got := try(t, "", append([]string{command, "-data", data}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Errorf("%s %s: want status %d and %q: %+v", command, strings.Join(args, " "), status, says, got)
		}
		return got
	}
	do(statusUsage, "say what to do", "token")
	do(statusUsage, "say whose token", "token", "make", "HR")
	do(statusUsage, "there is no account", "token", "make", "HR", "-owner", "x@example.org")
	do(statusUsage, "Only employers and admins", "token", "make", "HR", "-owner", "lea@example.org")
	do(statusUsage, "A token is good for 1 to 730 days.", "token", "make", "HR", "-owner", "colin@example.org", "-days", "9999")
	made := do(statusOK, "printed this once", "token", "make", "HR", "-owner", "colin@example.org", "-scope", "write")
	if !strings.HasPrefix(made.out, "cwk_") || strings.Count(made.out, "\n") != 1 {
		t.Errorf("made: %q", made.out)
	}
	var tokens []struct{ ID, Email, Scope, Token string }
	if err := json.Unmarshal([]byte(do(statusOK, "", "token", "list", "-json").out), &tokens); err != nil || len(tokens) != 1 || tokens[0].Email != "colin@example.org" || tokens[0].Scope != "write" || tokens[0].Token != "" {
		t.Fatalf("tokens: %+v, %v", tokens, err)
	}
	do(statusOK, "opens nothing", "token", "revoke", tokens[0].ID)
	do(statusOK, "revoked", "token", "list")
	do(statusUsage, "there is no token", "token", "revoke", "x")

	do(statusOK, "0 endpoints", "webhook", "list")
	do(statusUsage, "is none of", "webhook", "send")
	do(statusUsage, "say whose endpoint", "webhook", "add", "https://hr.example.com/")
	do(statusUsage, "must begin with https://", "webhook", "add", "http://hr.example.com/", "-owner", "colin@example.org")
	do(statusUsage, "private networks", "webhook", "add", "https://169.254.169.254/", "-owner", "colin@example.org")
	do(statusUsage, "There is no event", "webhook", "add", "https://hr.example.com/", "-owner", "colin@example.org", "-events", "x")
	if got := do(statusOK, "", "webhook", "add", "https://hr.example.com/", "-owner", "colin@example.org", "-events", "result.ready"); !strings.HasPrefix(got.out, "whsec_") {
		t.Errorf("added: %+v", got)
	}
	var hooks []struct{ ID, URL, Secret string }
	if err := json.Unmarshal([]byte(do(statusOK, "", "webhook", "list", "-json").out), &hooks); err != nil || len(hooks) != 1 || hooks[0].Secret != "" {
		t.Fatalf("endpoints: %+v, %v", hooks, err)
	}
	do(statusOK, "whsec_", "webhook", "rotate", hooks[0].ID)
	do(statusOK, "0 deliveries", "webhook", "log", hooks[0].ID)
	do(statusOK, "[]", "webhook", "log", hooks[0].ID, "-json")
	do(statusUsage, "there is no endpoint or delivery", "webhook", "again", hooks[0].ID, "x")
	do(statusOK, "told nothing more", "webhook", "drop", hooks[0].ID)
	do(statusUsage, "there is no endpoint", "webhook", "log", hooks[0].ID)
}
