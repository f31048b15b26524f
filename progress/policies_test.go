package progress_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"crosswalk/grading"
	"crosswalk/progress"
)

const otherOrg progress.OrgID = "00000000-0000-7000-8000-000000000002"

// lenient is a policy under which a missed secondary diagnosis costs little.
func lenient(name string) grading.Policy {
	w := grading.Standard
	w.Required = 20
	return grading.Policy{Name: name, Weights: &w}
}

func (h *house) policy(a progress.Actor, body grading.Policy) progress.Policy {
	h.t.Helper()
	p, err := h.SavePolicy(context.Background(), a, progress.PolicyDraft{Body: body})
	h.must(err)
	return p
}

func TestPoliciesBelongToTheirOwner(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines, ivan := h.user("ines", progress.RoleInstructor, ""), h.user("ivan", progress.RoleInstructor, "")
	emma, ada := h.user("emma", progress.RoleEmployer, ""), h.user("ada", progress.RoleAdmin, "")
	lea, far := h.user("lea", progress.RoleLearner, ""), h.user("far", progress.RoleAdmin, otherOrg)
	mine := h.policy(ines, lenient("Desk A"))
	hers := h.policy(emma, lenient("Desk A")) // names are apart by owner
	h.policy(ada, lenient("House"))

	for _, c := range []struct {
		name string
		a    progress.Actor
		sees string // names in the list
		of   error  // of opening Ines's
	}{
		{"the owner", ines, "Desk A", nil},
		{"another instructor", ivan, "", progress.ErrNotFound},
		{"an employer", emma, "Desk A", progress.ErrNotFound},
		{"an admin", ada, "Desk A, Desk A, House", nil},
		{"the command line", progress.Operator(""), "Desk A, Desk A, House", nil},
		{"an admin elsewhere", far, "", progress.ErrNotFound},
		{"a learner", lea, "refused", progress.ErrForbidden},
		{"a guest", h.guest(), "refused", progress.ErrForbidden},
		{"nobody", progress.Actor{}, "refused", progress.ErrForbidden},
	} {
		ps, err := h.Policies(ctx, c.a)
		var names []string
		for _, p := range ps {
			names = append(names, p.Body.Name)
		}
		if c.sees == "refused" {
			wantErr(t, c.name+" lists", err, progress.ErrForbidden)
		} else {
			same(t, c.name+" sees", strings.Join(names, ", "), c.sees)
		}
		_, err = h.Policy(ctx, c.a, mine.ID)
		wantErr(t, c.name+" opens", err, c.of)
		_, err = h.SavePolicy(ctx, c.a, progress.PolicyDraft{ID: mine.ID, From: 1, Body: mine.Body}) // says the same: nothing new
		wantErr(t, c.name+" saves", err, c.of)
		if c.of != nil {
			wantErr(t, c.name+" retires", h.RetirePolicy(ctx, c.a, mine.ID), c.of)
		}
	}
	_, err := h.SavePolicy(ctx, ivan, progress.PolicyDraft{Owner: ines.Learner, Body: lenient("Planted")})
	wantErr(t, "a policy for another", err, progress.ErrForbidden)
	_, err = h.SavePolicy(ctx, ada, progress.PolicyDraft{Owner: lea.Learner, Body: lenient("For a learner")})
	wantField(t, "a policy for a learner", err, "owner")
	_, err = h.SavePolicy(ctx, progress.Operator(""), progress.PolicyDraft{Body: lenient("Nobody's")})
	wantField(t, "a policy for nobody", err, "owner")
	p, err := h.SavePolicy(ctx, progress.Operator(""), progress.PolicyDraft{Owner: ivan.Learner, Body: lenient("Given")})
	h.must(err)
	same(t, "owner of a given one", p.Owner, ivan.Learner)
	h.must(h.RetirePolicy(ctx, ada, hers.ID))
	_, err = h.SavePolicy(ctx, emma, progress.PolicyDraft{ID: hers.ID, From: 1, Body: lenient("New name")})
	wantField(t, "a retired one is edited", err, "revision")
	h.policy(emma, lenient("Desk A")) // the name is free again
}

func TestEditingAPolicyMakesARevision(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.user("ines", progress.RoleInstructor, "")
	first := h.policy(a, grading.Policy{Name: " Desk  A "})
	same(t, "kept whole", first.Body, grading.Policy{Name: "Desk A"}.Whole())
	changed := lenient("Desk A")
	second, err := h.SavePolicy(ctx, a, progress.PolicyDraft{ID: first.ID, From: 1, Body: changed})
	h.must(err)
	if second.ID != first.ID || second.RevisionID == first.RevisionID || second.Revision != 2 {
		t.Errorf("second revision %+v after %+v", second, first)
	}
	again, err := h.SavePolicy(ctx, a, progress.PolicyDraft{ID: first.ID, From: 1, Body: changed}) // sent twice
	h.must(err)
	same(t, "saved again", again, second)
	_, err = h.SavePolicy(ctx, a, progress.PolicyDraft{ID: first.ID, From: 1, Body: grading.Policy{Name: "From an old tab"}})
	wantField(t, "from an old tab", err, "revision")
	revs, err := h.PolicyRevisions(ctx, a, first.ID)
	h.must(err)
	same(t, "revisions", revs, []progress.Policy{first, second})
	_, err = h.SavePolicy(ctx, a, progress.PolicyDraft{Body: grading.Policy{Name: "desk a"}})
	wantField(t, "a name twice", err, "name")
	_, err = h.SavePolicy(ctx, a, progress.PolicyDraft{Body: grading.Policy{Name: "B", IgnoreCodes: []string{"?"}}})
	wantField(t, "a code that is none", err, "ignore_codes")

	imported, err := h.ImportPolicy(ctx, a, "", []byte(`{"name":"DESK A","scheme":"code-over-code"}`))
	h.must(err)
	if imported.ID != first.ID || imported.Revision != 3 || imported.Body.Scheme != grading.CodeOverCode {
		t.Errorf("a file of the same name: %+v, want revision 3", imported)
	}
	_, err = h.ImportPolicy(ctx, a, "", []byte(`{"name":"C","wieghts":{}}`))
	wantField(t, "a file with a slip", err, "file")
	_, err = h.ImportPolicy(ctx, h.guest(), "", []byte(`{"name":"C"}`))
	wantErr(t, "a guest's file", err, progress.ErrForbidden)

	log, err := h.AuditLog(ctx, progress.Operator(""), progress.AuditFilter{Action: "policy.save"})
	h.must(err)
	same(t, "entries of the audit log", len(log), 3)
	rec, err := h.Export(ctx, a, a.Learner)
	h.must(err)
	same(t, "revisions in the export", len(rec.Policies), 3)
}

func TestGradingByAPolicyChangesNoFigure(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines, ivan := h.user("ines", progress.RoleInstructor, ""), h.user("ivan", progress.RoleInstructor, "")
	lea := h.user("lea", progress.RoleLearner, "")
	att := h.code(lea, "E11.22") // of two diagnoses one
	before, err := h.Summary(ctx, lea, lea.Learner)
	h.must(err)
	p := h.policy(ines, lenient("Desk A"))

	seen, err := h.GradeAs(ctx, lea, att.Attempt.ID, grading.Policy{Scheme: grading.CodeOverCode})
	h.must(err)
	if r, err := seen.CaseResult(); err != nil || r.SchemeScore == nil || r.SchemeScore.Percent != 50 {
		t.Errorf("under code over code: %+v, %v", r.SchemeScore, err)
	}
	if gs, err := h.PolicyGradings(ctx, ines, att.Attempt.ID); err != nil || len(gs) != 0 {
		t.Errorf("looking recorded %d gradings, %v", len(gs), err)
	}
	_, err = h.GradeAs(ctx, h.guest(), att.Attempt.ID, grading.Policy{})
	wantErr(t, "a stranger looks", err, progress.ErrNotFound)
	_, err = h.GradeAs(ctx, lea, h.answer(lea, "em-1", 0).Attempt.ID, grading.Policy{})
	wantErr(t, "a question under a policy", err, progress.ErrNotFound)
	if _, err = h.GradeAs(ctx, lea, att.Attempt.ID, grading.Policy{Name: "x", Scheme: "half"}); err == nil {
		t.Error("an unsound policy graded")
	}

	g, err := h.GradeByPolicy(ctx, ines, att.Attempt.ID, p.ID)
	h.must(err)
	if g.Percent10 <= att.Grading.Percent10 || g.Scheme != "Desk A" || g.Policy.Revision != 1 || g.By != string(ines.Learner) {
		t.Errorf("by the policy %+v; at submission %d", g, att.Grading.Percent10)
	}
	same(t, "the whole policy is kept", g.Policy.Body, p.Body)
	twice, err := h.GradeByPolicy(ctx, ines, att.Attempt.ID, p.ID)
	h.must(err)
	same(t, "by the same policy again", twice.ID, g.ID)

	after, err := h.Summary(ctx, lea, lea.Learner)
	h.must(err)
	same(t, "figures", after.Cases, before.Cases)
	same(t, "areas", after.Areas[len(after.Areas)-1], before.Areas[len(before.Areas)-1])
	now, err := h.Attempt(ctx, lea, att.Attempt.ID)
	h.must(err)
	same(t, "the grading that counts", now.Grading, att.Grading)
	states, err := h.CaseStates(ctx, lea)
	h.must(err)
	same(t, "best of the case", states["c1"].BestTenths, att.Grading.Percent10)

	for _, c := range []struct {
		name string
		a    progress.Actor
		want int
	}{{"the learner", lea, 1}, {"the owner", ines, 1}, {"an admin", progress.Operator(""), 1}, {"another instructor", ivan, 0}} {
		gs, err := h.PolicyGradings(ctx, c.a, att.Attempt.ID)
		h.must(err)
		same(t, "gradings that are seen by "+c.name, len(gs), c.want)
	}
	_, err = h.GradeByPolicy(ctx, ivan, att.Attempt.ID, p.ID)
	wantErr(t, "by another's policy", err, progress.ErrNotFound)
	_, err = h.GradeByPolicy(ctx, lea, att.Attempt.ID, p.ID)
	wantErr(t, "by a learner", err, progress.ErrForbidden)
	emma := h.user("emma", progress.RoleEmployer, "")
	_, err = h.GradeByPolicy(ctx, emma, att.Attempt.ID, h.policy(emma, lenient("E")).ID)
	wantErr(t, "an employer and a learner who is no candidate", err, progress.ErrNotFound)
	far := h.user("far", progress.RoleInstructor, otherOrg)
	_, err = h.GradeByPolicy(ctx, far, att.Attempt.ID, h.policy(far, lenient("F")).ID)
	wantErr(t, "from another organisation", err, progress.ErrNotFound)
	rec, err := h.Export(ctx, lea, lea.Learner)
	h.must(err)
	n := 0
	for _, a := range rec.Attempts {
		n += len(a.Policies)
	}
	same(t, "gradings by policies in the learner's export", n, 1)
}

// TestRegradeKeepsThePolicy: a mended key is applied by the revision that graded, though the policy has been edited and retired since.
func TestRegradeKeepsThePolicy(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines, lea := h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	att := h.code(lea, "E11.22", "I10")
	p := h.policy(ines, lenient("Desk A"))
	old, err := h.GradeByPolicy(ctx, ines, att.Attempt.ID, p.ID)
	h.must(err)
	_, err = h.SavePolicy(ctx, ines, progress.PolicyDraft{ID: p.ID, From: 1, Body: grading.Policy{Name: "Desk A", Scheme: grading.AllOrNothing}})
	h.must(err)
	h.must(h.RetirePolicy(ctx, ines, p.ID))
	_, err = h.GradeByPolicy(ctx, ines, att.Attempt.ID, p.ID)
	wantField(t, "by a retired policy", err, "policy")

	h.SwapContent(newBank().change("c1", func(it *progress.Item) {
		k := *it.Case
		k.Diagnoses = append([]grading.Diagnosis(nil), k.Diagnoses...)
		k.Diagnoses[1].Code = "I10"
		it.Case, it.KeyHash = &k, "mended key of c1"
	}))
	dry, err := h.Regrade(ctx, ines, "c1", "", true)
	h.must(err)
	if dry.ByPolicy != 1 || len(dry.Changes) != 1 {
		t.Errorf("a dry run says %+v", dry)
	}
	_, err = h.Regrade(ctx, ines, "c1", "the key was wrong", false)
	h.must(err)
	gs, err := h.PolicyGradings(ctx, lea, att.Attempt.ID)
	h.must(err)
	if len(gs) != 2 || gs[1].Policy.RevisionID != p.RevisionID || gs[1].KeyHash != "mended key of c1" || gs[1].Percent10 != 1000 || gs[1].Reason != "the key was wrong" {
		t.Errorf("gradings by the policy: %+v", gs)
	}
	same(t, "the policy of the new grading", gs[1].Policy, old.Policy)
	if newest := progress.NewestByPolicy(gs); len(newest) != 1 || newest[0].ID != gs[1].ID {
		t.Errorf("the newest %+v", newest)
	}
	again, err := h.Regrade(ctx, ines, "c1", "once more", false)
	h.must(err)
	same(t, "graded anew the second time", again.ByPolicy, 0)

	h.must(h.Erase(ctx, lea, lea.Learner))
	gs, err = h.PolicyGradings(ctx, ines, att.Attempt.ID)
	h.must(err)
	if b, _ := json.Marshal(gs); len(gs) != 2 || !strings.Contains(string(b), "Desk A") {
		t.Errorf("after erasing the learner: %s", b)
	}
}

// TestKeptPolicyOfAnEarlierVersion: a weight that the kept body does not know is the standard one, not nothing.
func TestKeptPolicyOfAnEarlierVersion(t *testing.T) {
	p, err := progress.KeptPolicy([]byte(`{"name":"Old","scheme":"learning","weights":{"first":500}}`))
	want := grading.Standard
	want.First = 500
	if err != nil || *p.Weights != want {
		t.Errorf("weights %+v, %v; want the standard ones and 500 for the first", p.Weights, err)
	}
	if grading.Standard.First != 300 {
		t.Error("reading a policy changed the standard")
	}
}
