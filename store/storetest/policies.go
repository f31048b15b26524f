package storetest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"crosswalk/grading"
	"crosswalk/progress"
)

// Policy is a revision of a policy; policy and revision say of which.
func Policy(n, policy, revision int, owner progress.LearnerID, name string) progress.Policy {
	return progress.Policy{
		ID: progress.PolicyID(ID(policy)), RevisionID: progress.RevisionID(ID(n)), Revision: revision, Org: Org, Owner: owner,
		Body:      grading.Policy{Name: name, Scheme: grading.CodeOverCode, Ignore: []grading.Component{grading.CompPOA}, IgnoreCodes: []string{"Z79"}}.Whole(),
		CreatedAt: T0.Add(time.Duration(n) * time.Second),
	}
}

func policyEntry(n int) progress.AuditEntry {
	return progress.AuditEntry{ID: progress.EntryID(ID(n)), Org: Org, Action: "policy.save", At: T0.Add(time.Hour)}
}

// byPolicy is a grading of an attempt by a policy.
func byPolicy(n int, a progress.Attempt, p progress.Policy) progress.Grading {
	_, g := Attempt(n, a.Learner, a.Item, true)
	g.Attempt, g.Scheme, g.Reason, g.Result = a.ID, p.Body.Name, "policy", json.RawMessage(`{"value":"SECRET words"}`)
	g.Policy = &progress.GradedBy{ID: p.ID, RevisionID: p.RevisionID, Revision: p.Revision, Owner: p.Owner, Body: p.Body}
	return g
}

func policies(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a, b := Account(1), Account(2)
	add(t, st, a, b)
	first, second := Policy(10, 10, 1, a.ID, "One"), Policy(11, 10, 2, a.ID, "One, mended")
	theirs := Policy(12, 12, 1, b.ID, "Theirs")
	must(t, st.AddPolicy(ctx, Org, first, policyEntry(100)))
	must(t, st.AddPolicy(ctx, Org, second, policyEntry(101)))
	must(t, st.AddPolicy(ctx, Org, theirs, policyEntry(102)))
	for _, c := range []struct {
		name string
		org  progress.OrgID
		p    progress.Policy
		want error
	}{
		{"a revision that is there", Org, Policy(13, 10, 2, a.ID, "x"), progress.ErrDuplicate},
		{"a revision that skips one", Org, Policy(13, 10, 4, a.ID, "x"), progress.ErrDuplicate},
		{"a first revision again", Org, Policy(13, 10, 1, a.ID, "x"), progress.ErrDuplicate},
		{"a later revision of nothing", Org, Policy(13, 99, 2, a.ID, "x"), progress.ErrNotFound},
		{"a revision by another owner", Org, Policy(13, 10, 3, b.ID, "x"), progress.ErrNotFound},
		{"a revision from another organisation", Other, Policy(13, 10, 3, a.ID, "x"), progress.ErrNotFound},
		{"an owner of another organisation", Other, Policy(13, 13, 1, a.ID, "x"), progress.ErrNotFound},
		{"an owner that is nobody", Org, Policy(13, 13, 1, progress.LearnerID(ID(77)), "x"), progress.ErrNotFound},
	} {
		wantErr(t, c.name, st.AddPolicy(ctx, c.org, c.p, policyEntry(103)), c.want)
	}
	for _, c := range []struct {
		org   progress.OrgID
		owner progress.LearnerID
		want  []progress.Policy
	}{
		{Org, a.ID, []progress.Policy{second}}, {Org, b.ID, []progress.Policy{theirs}}, {Org, "", []progress.Policy{second, theirs}}, {Other, "", nil}, {Other, a.ID, nil},
	} {
		got, err := st.Policies(ctx, c.org, c.owner)
		must(t, err)
		same(t, "policies of "+string(c.owner), got, c.want)
	}
	revs, err := st.PolicyRevisions(ctx, Org, first.ID)
	must(t, err)
	same(t, "revisions", revs, []progress.Policy{first, second})
	revs, err = st.PolicyRevisions(ctx, Other, first.ID)
	must(t, err)
	same(t, "revisions in another organisation", len(revs), 0)

	wantErr(t, "retire from another organisation", st.RetirePolicy(ctx, Other, first.ID, policyEntry(104)), progress.ErrNotFound)
	must(t, st.RetirePolicy(ctx, Org, first.ID, policyEntry(105)))
	late := policyEntry(106)
	late.At = late.At.Add(time.Hour)
	must(t, st.RetirePolicy(ctx, Org, first.ID, late))
	when := policyEntry(105).At
	first.RetiredAt, second.RetiredAt = &when, &when
	revs, err = st.PolicyRevisions(ctx, Org, first.ID)
	must(t, err)
	same(t, "retired revisions", revs, []progress.Policy{first, second})
	wantErr(t, "a revision of a retired policy", st.AddPolicy(ctx, Org, Policy(14, 10, 3, a.ID, "x"), policyEntry(107)), progress.ErrNotFound)
	es, err := st.Entries(ctx, Org, progress.AuditFilter{Action: "policy.save"})
	must(t, err)
	same(t, "entries: those of what was done", len(es), 5)

	// Of ten editors at once one is first.
	kept := atOnce(10, func(n int) bool {
		return st.AddPolicy(ctx, Org, Policy(20+n, 12, 2, b.ID, "Theirs"), policyEntry(200+n)) == nil
	})
	same(t, "second revisions kept", kept, 1)
}

func policyGradings(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, staff := Account(1), Account(2)
	add(t, st, l, staff)
	a, g := Attempt(1, l.ID, "c1", false)
	b, h := Attempt(2, l.ID, "c1", false)
	record(t, st, a, g)
	record(t, st, b, h)
	p, q := Policy(10, 10, 1, staff.ID, "One"), Policy(11, 11, 1, staff.ID, "Two")
	must(t, st.AddPolicy(ctx, Org, p, policyEntry(100)))
	must(t, st.AddPolicy(ctx, Org, q, policyEntry(101)))
	x, y, z := byPolicy(20, a, p), byPolicy(21, a, q), byPolicy(22, b, p)
	entry := policyEntry(102)
	must(t, st.AppendGradings(ctx, Org, []progress.Grading{x, y}, &entry))
	plain := g
	plain.ID, plain.Seq, plain.Percent10 = progress.GradingID(ID(30)), 2, 500
	must(t, st.AppendGradings(ctx, Org, []progress.Grading{z, plain}, nil))
	x.Seq, y.Seq, z.Seq = 1, 2, 1
	got, err := st.PolicyGradings(ctx, Org, []progress.AttemptID{b.ID, a.ID})
	must(t, err)
	same(t, "gradings by policies", got, []progress.Grading{x, y, z})
	got, err = st.PolicyGradings(ctx, Other, []progress.AttemptID{a.ID})
	must(t, err)
	same(t, "in another organisation", len(got), 0)

	// The gradings that figures rest on know nothing of them.
	all, err := st.Gradings(ctx, Org, a.ID)
	must(t, err)
	same(t, "gradings", all, []progress.Grading{g, plain})
	one, err := st.Attempt(ctx, Org, a.ID)
	must(t, err)
	same(t, "the one that counts", one.Grading, plain)
	hist, err := st.History(ctx, Org, l.ID)
	must(t, err)
	if len(hist) != 2 || hist[0].Percent10 != 500 || hist[1].Percent10 != 0 {
		t.Errorf("history %+v, want 500 and 0 tenths", hist)
	}

	stray := byPolicy(40, a, p)
	stray.Attempt = progress.AttemptID(ID(41))
	wantErr(t, "grading of nothing", st.AppendGradings(ctx, Org, []progress.Grading{stray}, nil), progress.ErrNotFound)
	wantErr(t, "grading by nothing", st.AppendGradings(ctx, Org, []progress.Grading{byPolicy(42, a, Policy(50, 50, 1, staff.ID, "x"))}, nil), progress.ErrNotFound)
	wantErr(t, "grading from another organisation", st.AppendGradings(ctx, Other, []progress.Grading{byPolicy(43, a, p)}, nil), progress.ErrNotFound)
}

func erasesPolicies(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, staff := Account(1), Account(2)
	add(t, st, l, staff)
	a, g := Attempt(1, l.ID, "c1", false)
	a.Answer = json.RawMessage(`{"value":"SECRET words"}`)
	record(t, st, a, g)
	used, mended, unused := Policy(10, 10, 1, staff.ID, "Used"), Policy(11, 10, 2, staff.ID, "Used"), Policy(12, 12, 1, staff.ID, "Unused")
	for i, p := range []progress.Policy{used, mended, unused} {
		must(t, st.AddPolicy(ctx, Org, p, policyEntry(100+i)))
	}
	must(t, st.AppendGradings(ctx, Org, []progress.Grading{byPolicy(20, a, used)}, nil))
	when := T0.Add(2 * time.Hour)
	must(t, st.Erase(ctx, Org, staff.ID, when, words{}, progress.AuditEntry{ID: progress.EntryID(ID(110)), Org: Org, Action: "user.erase", At: when}))
	used.RetiredAt = &when
	left, err := st.PolicyRevisions(ctx, Org, used.ID)
	must(t, err)
	same(t, "the revision that graded stays, retired", left, []progress.Policy{used})
	left, err = st.PolicyRevisions(ctx, Org, unused.ID)
	must(t, err)
	same(t, "the policy that graded nothing", len(left), 0)
	wantErr(t, "a policy for the erased", st.AddPolicy(ctx, Org, Policy(13, 13, 1, staff.ID, "x"), policyEntry(111)), progress.ErrNotFound)

	// Erasing the learner reaches the gradings by policies too.
	must(t, st.Erase(ctx, Org, l.ID, when, words{}, progress.AuditEntry{ID: progress.EntryID(ID(112)), Org: Org, Action: "user.erase", At: when}))
	gs, err := st.PolicyGradings(ctx, Org, []progress.AttemptID{a.ID})
	must(t, err)
	if len(gs) != 1 || strings.Contains(string(gs[0].Result), "SECRET") {
		t.Errorf("gradings by policies after erasing the learner: %+v, want one without the learner's words", gs)
	}
}
