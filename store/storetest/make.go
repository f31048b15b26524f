package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
)

// The organisations of the tests: what belongs to one must not be seen from the other.
const (
	Org   progress.OrgID = progress.DefaultOrg
	Other progress.OrgID = "00000000-0000-7000-8000-000000000002"
)

// T0 is the instant at which the tests begin.
var T0 = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// ID is a text of the form of a UUIDv7; greater n, greater id.
func ID(n int) string { return fmt.Sprintf("019aa000-0000-7000-8000-%012x", n) }

// Account is a learner with an account.
func Account(n int) progress.Learner {
	return progress.Learner{
		ID: progress.LearnerID(ID(n)), Org: Org, Role: progress.RoleLearner, Name: fmt.Sprintf("Learner %d", n), Email: fmt.Sprintf("l%d@example.org", n),
		Zone: "UTC", CreatedAt: T0,
	}
}

// Guest is a learner without one.
func Guest(n int) progress.Learner {
	return progress.Learner{ID: progress.LearnerID(ID(n)), Org: Org, Role: progress.RoleLearner, Guest: true, Zone: "America/Chicago", CreatedAt: T0}
}

// Session is a session of a learner.
func Session(n int, l progress.Learner) progress.StoredSession {
	return progress.StoredSession{
		ID: progress.SessionID(ID(n)), Org: l.Org, Learner: l.ID, TokenHash: fmt.Sprintf("%064x", n), CreatedAt: T0, SeenAt: T0, ExpiresAt: T0.Add(time.Hour),
	}
}

// Attempt is an answer to a question, with its grading.
func Attempt(n int, l progress.LearnerID, item string, correct bool) (progress.Attempt, progress.Grading) {
	t := T0.Add(time.Duration(n) * time.Minute)
	started := t.Add(-30 * time.Second)
	a := progress.Attempt{
		ID: progress.AttemptID(ID(n)), Org: Org, Learner: l, ClientKey: fmt.Sprintf("client-key-%d", n), Kind: progress.KindQuestion, Item: item,
		Areas: []string{"cpt-20000", "icd10cm"}, Context: progress.Context{Kind: progress.Alone}, ShownHash: "shown-" + item, KeyHash: "key-" + item,
		Shown: json.RawMessage(`{"order":[1,0]}`), Answer: json.RawMessage(`{"options":[1]}`), StartedAt: &started, SubmittedAt: t, Seconds: 30,
	}
	g := progress.Grading{
		ID: progress.GradingID(ID(n + 1<<20)), Attempt: a.ID, Org: Org, Seq: 1, KeyHash: a.KeyHash, GraderVersion: 1, BookEdition: "starter", Scheme: "learning",
		Result: json.RawMessage(`{"earned":0}`), Possible: 100, Reason: "submitted", By: "grader", At: t,
	}
	if correct {
		g.Earned, g.Percent10, g.Correct, g.AuditTenths = 100, 1000, true, 1000
	} else {
		g.Findings = []string{"DX-SPEC", "DX-SPEC"}
	}
	return a, g
}

// Versions are the two revisions that an attempt refers to.
func Versions(a progress.Attempt) []progress.ContentVersion {
	v := progress.ContentVersion{Hash: a.ShownHash, Kind: a.Kind, Item: a.Item, Body: "the source of " + a.Item, At: a.SubmittedAt}
	w := v
	w.Hash = a.KeyHash
	return []progress.ContentVersion{v, w}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func add(t testing.TB, st progress.Storage, ls ...progress.Learner) {
	t.Helper()
	for _, l := range ls {
		must(t, st.AddLearner(t.Context(), l.Org, l, "hash", nil, nil))
	}
}

func record(t testing.TB, st progress.Storage, a progress.Attempt, g progress.Grading) progress.Graded {
	t.Helper()
	out, dup, err := st.RecordAttempt(t.Context(), a.Org, Versions(a), a, g, false)
	must(t, err)
	if dup {
		t.Fatalf("attempt %s came back as a duplicate", a.ID)
	}
	return out
}
