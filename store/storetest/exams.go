package storetest

import (
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
)

// Composed is a revision of a composed exam.
func Composed(n int, exam string, revision int, owner progress.LearnerID) progress.ComposedExam {
	return progress.ComposedExam{
		ID: ID(n), Org: Org, Owner: owner, Exam: exam, Revision: revision, Name: "Exam " + exam, Body: fmt.Sprintf("id: %s\nitems: %d\n", exam, n),
		CreatedAt: T0.Add(time.Duration(n) * time.Second),
	}
}

// CohortOf is a cohort without members.
func CohortOf(n int, owner progress.LearnerID) progress.Cohort {
	return progress.Cohort{ID: progress.CohortID(ID(n)), Org: Org, Owner: owner, Name: fmt.Sprintf("Cohort %d", n), CreatedAt: T0.Add(time.Duration(n) * time.Second)}
}

// Rule is an exam rule that gives extra time.
func Rule(n int, exam string, kind progress.RuleKind, ref string, owner progress.LearnerID) progress.ExamRule {
	return progress.ExamRule{ID: progress.RuleID(ID(n)), Org: Org, Owner: owner, Exam: exam, Kind: kind, Ref: ref, ExtraPercent: &n, CreatedAt: T0.Add(time.Duration(n) * time.Second)}
}

// DisputeOf is an open dispute of an attempt.
func DisputeOf(n int, a progress.Attempt, line string) progress.Dispute {
	return progress.Dispute{
		ID: progress.DisputeID(ID(n)), Org: Org, Learner: a.Learner, Attempt: a.ID, Kind: a.Kind, Item: a.Item, Line: line, KeyHash: a.KeyHash,
		Reason: "SECRET reason", Citation: "SECRET citation", Status: progress.DisputeOpen, CreatedAt: T0.Add(time.Duration(n) * time.Second),
	}
}

func examEntry(n int) progress.AuditEntry {
	return progress.AuditEntry{ID: progress.EntryID(ID(n)), Org: Org, Action: "exam", At: T0.Add(time.Hour)}
}

func entries(t *testing.T, st progress.Storage) int {
	t.Helper()
	es, err := st.Entries(t.Context(), Org, progress.AuditFilter{Action: "exam"})
	must(t, err)
	return len(es)
}

func composedExams(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a, b := Account(1), Account(2)
	add(t, st, a, b)
	first, second, theirs := Composed(10, "unit-2", 1, a.ID), Composed(11, "unit-2", 2, a.ID), Composed(12, "Unit-1", 1, b.ID)
	must(t, st.AddComposed(ctx, Org, first, examEntry(100)))
	must(t, st.AddComposed(ctx, Org, second, examEntry(101)))
	must(t, st.AddComposed(ctx, Org, theirs, examEntry(102)))
	for _, c := range []struct {
		name string
		org  progress.OrgID
		e    progress.ComposedExam
		want error
	}{
		{"a revision that is there", Org, Composed(13, "unit-2", 2, a.ID), progress.ErrDuplicate},
		{"a revision that skips one", Org, Composed(13, "unit-2", 4, a.ID), progress.ErrDuplicate},
		{"a first revision again", Org, Composed(13, "unit-2", 1, a.ID), progress.ErrDuplicate},
		{"a later revision of nothing", Org, Composed(13, "unit-9", 2, a.ID), progress.ErrDuplicate},
		{"another's exam", Org, Composed(13, "unit-2", 3, b.ID), progress.ErrDuplicate},
		{"an owner of another organisation", Other, Composed(13, "unit-3", 1, a.ID), progress.ErrNotFound},
		{"an owner that is nobody", Org, Composed(13, "unit-3", 1, progress.LearnerID(ID(77))), progress.ErrNotFound},
	} {
		wantErr(t, c.name, st.AddComposed(ctx, c.org, c.e, examEntry(103)), c.want)
	}
	for _, c := range []struct {
		org   progress.OrgID
		owner progress.LearnerID
		want  []progress.ComposedExam
	}{
		{Org, a.ID, []progress.ComposedExam{second}}, {Org, b.ID, []progress.ComposedExam{theirs}}, {Org, "", []progress.ComposedExam{theirs, second}}, {Other, "", nil},
	} {
		got, err := st.ComposedExams(ctx, c.org, c.owner)
		must(t, err)
		same(t, "composed exams of "+string(c.owner), got, c.want)
	}
	got, err := st.ComposedExam(ctx, Org, "unit-2")
	must(t, err)
	same(t, "the newest revision", got, second)
	_, err = st.ComposedExam(ctx, Other, "unit-2")
	wantErr(t, "from another organisation", err, progress.ErrNotFound)

	wantErr(t, "retire from another organisation", st.RetireComposed(ctx, Other, "unit-2", examEntry(104)), progress.ErrNotFound)
	must(t, st.RetireComposed(ctx, Org, "unit-2", examEntry(105)))
	late := examEntry(106)
	late.At = late.At.Add(time.Hour)
	must(t, st.RetireComposed(ctx, Org, "unit-2", late))
	when := examEntry(105).At
	second.RetiredAt = &when
	got, err = st.ComposedExam(ctx, Org, "unit-2")
	must(t, err)
	same(t, "retired once", got, second)
	wantErr(t, "a revision of a retired exam", st.AddComposed(ctx, Org, Composed(14, "unit-2", 3, a.ID), examEntry(107)), progress.ErrNotFound)
	same(t, "entries: those of what was done", entries(t, st), 5)

	kept := atOnce(10, func(n int) bool {
		return st.AddComposed(ctx, Org, Composed(20+n, "unit-4", 1, []progress.LearnerID{a.ID, b.ID}[n%2]), examEntry(200+n)) == nil
	})
	same(t, "of ten first revisions at once are kept", kept, 1)
}

func examRules(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, k, a, b := Account(1), Account(2), Account(3), Account(4)
	add(t, st, l, k, a, b)
	in, out, closed := CohortOf(10, a.ID), CohortOf(11, a.ID), CohortOf(12, b.ID)
	for i, c := range []progress.Cohort{in, out, closed} {
		must(t, st.AddCohort(ctx, Org, c, examEntry(100+i)))
	}
	must(t, st.SetMember(ctx, Org, in.ID, l.ID, true, examEntry(110)))
	must(t, st.SetMember(ctx, Org, closed.ID, l.ID, true, examEntry(111)))
	must(t, st.SetMember(ctx, Org, out.ID, k.ID, true, examEntry(112)))

	whole := Rule(20, "cpc", progress.RuleForPerson, string(l.ID), a.ID)
	three, when, later := 3, T0.Add(time.Hour), T0.Add(48*time.Hour)
	whole.Attempts, whole.OpensAt, whole.ClosesAt, whole.ResultsAt = &three, &when, &later, &later
	ofCohort, ofClosed := Rule(21, "", progress.RuleForCohort, string(in.ID), a.ID), Rule(22, "cpc", progress.RuleForCohort, string(closed.ID), b.ID)
	everyone, others := Rule(23, "unit-1", progress.RuleForEveryone, "", b.ID), Rule(24, "cpc", progress.RuleForCohort, string(out.ID), a.ID)
	for i, r := range []progress.ExamRule{whole, ofCohort, ofClosed, everyone, others} {
		must(t, st.SaveRule(ctx, Org, r, examEntry(120+i)))
	}
	must(t, st.CloseCohort(ctx, Org, closed.ID, examEntry(130)))
	for _, c := range []struct {
		name string
		org  progress.OrgID
		r    progress.ExamRule
		want error
	}{
		{"for a person of another organisation", Other, Rule(30, "cpc", progress.RuleForPerson, string(l.ID), a.ID), progress.ErrNotFound},
		{"for nobody", Org, Rule(30, "cpc", progress.RuleForPerson, ID(77), a.ID), progress.ErrNotFound},
		{"for no cohort", Org, Rule(30, "cpc", progress.RuleForCohort, ID(77), a.ID), progress.ErrNotFound},
		{"for a closed cohort", Org, Rule(30, "ccs", progress.RuleForCohort, string(closed.ID), b.ID), progress.ErrNotFound},
		{"by nobody", Org, Rule(30, "ccs", progress.RuleForEveryone, "", progress.LearnerID(ID(77))), progress.ErrNotFound},
		{"in the place of another's", Org, Rule(30, "cpc", progress.RuleForPerson, string(l.ID), b.ID), progress.ErrDuplicate},
	} {
		wantErr(t, c.name, st.SaveRule(ctx, c.org, c.r, examEntry(131)), c.want)
	}

	rules := func(owner progress.LearnerID) []progress.ExamRule {
		t.Helper()
		rs, err := st.Rules(ctx, Org, owner)
		must(t, err)
		return rs
	}
	same(t, "one owner's", rules(a.ID), []progress.ExamRule{whole, ofCohort, others})
	same(t, "all", rules(""), []progress.ExamRule{whole, ofCohort, ofClosed, everyone, others})
	fit, err := st.RulesFor(ctx, Org, l.ID)
	must(t, err)
	same(t, "those that fit a learner", fit, []progress.ExamRule{whole, ofCohort, everyone})
	fit, err = st.RulesFor(ctx, Org, k.ID)
	must(t, err)
	same(t, "those that fit another", fit, []progress.ExamRule{everyone, others})
	fit, err = st.RulesFor(ctx, Other, l.ID)
	must(t, err)
	same(t, "those of another organisation", len(fit), 0)

	again := Rule(40, "cpc", progress.RuleForPerson, string(l.ID), a.ID)
	must(t, st.SaveRule(ctx, Org, again, examEntry(140)))
	same(t, "in the place of the one before, whole", rules(a.ID), []progress.ExamRule{ofCohort, others, again})
	wantErr(t, "drop the one before", st.DropRule(ctx, Org, whole.ID, examEntry(141)), progress.ErrNotFound)
	wantErr(t, "drop from another organisation", st.DropRule(ctx, Other, again.ID, examEntry(141)), progress.ErrNotFound)
	must(t, st.DropRule(ctx, Org, again.ID, examEntry(141)))
	same(t, "after dropping", rules(a.ID), []progress.ExamRule{ofCohort, others})
	same(t, "entries: those of what was done", entries(t, st), 14)
}

func cohorts(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, k, a, b := Account(1), Account(2), Account(3), Account(4)
	l.Name, k.Name = "bea", "Amy"
	add(t, st, l, k, a, b)
	one, two := CohortOf(10, a.ID), CohortOf(11, b.ID)
	must(t, st.AddCohort(ctx, Org, one, examEntry(100)))
	must(t, st.AddCohort(ctx, Org, two, examEntry(101)))
	wantErr(t, "a cohort of nobody", st.AddCohort(ctx, Org, CohortOf(12, progress.LearnerID(ID(77))), examEntry(102)), progress.ErrNotFound)
	wantErr(t, "a cohort in another organisation", st.AddCohort(ctx, Other, CohortOf(12, a.ID), examEntry(102)), progress.ErrNotFound)
	for i, id := range []progress.LearnerID{l.ID, k.ID, l.ID} { // the third changes nothing
		must(t, st.SetMember(ctx, Org, one.ID, id, true, examEntry(110+i)))
	}
	wantErr(t, "nobody as a member", st.SetMember(ctx, Org, one.ID, progress.LearnerID(ID(77)), true, examEntry(120)), progress.ErrNotFound)
	wantErr(t, "a member of no cohort", st.SetMember(ctx, Org, progress.CohortID(ID(77)), l.ID, true, examEntry(120)), progress.ErrNotFound)
	wantErr(t, "a member from another organisation", st.SetMember(ctx, Other, one.ID, l.ID, true, examEntry(120)), progress.ErrNotFound)

	one.Members = 2
	for _, c := range []struct {
		org   progress.OrgID
		owner progress.LearnerID
		want  []progress.Cohort
	}{
		{Org, a.ID, []progress.Cohort{one}}, {Org, b.ID, []progress.Cohort{two}}, {Org, "", []progress.Cohort{one, two}}, {Other, "", nil},
	} {
		got, err := st.Cohorts(ctx, c.org, c.owner)
		must(t, err)
		same(t, "cohorts of "+string(c.owner), got, c.want)
	}
	got, err := st.Cohort(ctx, Org, one.ID)
	must(t, err)
	same(t, "one cohort", got, one)
	_, err = st.Cohort(ctx, Other, one.ID)
	wantErr(t, "from another organisation", err, progress.ErrNotFound)
	of, err := st.CohortsOf(ctx, Org, l.ID)
	must(t, err)
	same(t, "cohorts that a learner is in", of, []progress.Cohort{one})
	ms, err := st.Members(ctx, Org, one.ID)
	must(t, err)
	same(t, "members by name", ms, []progress.Learner{k, l})
	ms, err = st.Members(ctx, Other, one.ID)
	must(t, err)
	same(t, "members from another organisation", len(ms), 0)

	must(t, st.SetMember(ctx, Org, one.ID, k.ID, false, examEntry(130)))
	must(t, st.SetMember(ctx, Org, one.ID, k.ID, false, examEntry(131)))
	wantErr(t, "close from another organisation", st.CloseCohort(ctx, Other, one.ID, examEntry(132)), progress.ErrNotFound)
	must(t, st.CloseCohort(ctx, Org, one.ID, examEntry(132)))
	late := examEntry(133)
	late.At = late.At.Add(time.Hour)
	must(t, st.CloseCohort(ctx, Org, one.ID, late))
	when := examEntry(132).At
	one.Members, one.ClosedAt = 1, &when
	got, err = st.Cohort(ctx, Org, one.ID)
	must(t, err)
	same(t, "closed once, with one member left", got, one)
	same(t, "entries: those of what was done", entries(t, st), 7)
}

func disputes(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, k, staff := Account(1), Account(2), Account(3)
	add(t, st, l, k, staff)
	a, g := Attempt(1, l.ID, "q1", false)
	b, h := Attempt(2, k.ID, "q2", false)
	record(t, st, a, g)
	record(t, st, b, h)
	whole, line, theirs := DisputeOf(10, a, ""), DisputeOf(11, a, "E11.22"), DisputeOf(12, b, "")
	for _, d := range []progress.Dispute{whole, line, theirs} {
		must(t, st.AddDispute(ctx, Org, d))
	}
	stray := DisputeOf(13, b, "x")
	stray.Learner = l.ID
	wantErr(t, "of another's attempt", st.AddDispute(ctx, Org, stray), progress.ErrNotFound)
	wantErr(t, "from another organisation", st.AddDispute(ctx, Other, DisputeOf(13, a, "x")), progress.ErrNotFound)
	wantErr(t, "of a line again", st.AddDispute(ctx, Org, DisputeOf(13, a, "E11.22")), progress.ErrDuplicate)

	answered := theirs
	when := T0.Add(time.Hour)
	answered.Status, answered.Answer, answered.ResolvedAt, answered.ResolvedBy = progress.DisputeAccepted, "SECRET answer", &when, staff.ID
	must(t, st.ResolveDispute(ctx, Org, answered, examEntry(100)))
	wantErr(t, "resolve again", st.ResolveDispute(ctx, Org, answered, examEntry(101)), progress.ErrDuplicate)
	wantErr(t, "resolve from another organisation", st.ResolveDispute(ctx, Other, whole, examEntry(101)), progress.ErrNotFound)
	wantErr(t, "resolve nothing", st.ResolveDispute(ctx, Org, DisputeOf(77, a, ""), examEntry(101)), progress.ErrNotFound)
	same(t, "entries: those of what was done", entries(t, st), 1)

	got, err := st.Dispute(ctx, Org, theirs.ID)
	must(t, err)
	same(t, "as it was resolved", got, answered)
	_, err = st.Dispute(ctx, Other, theirs.ID)
	wantErr(t, "read from another organisation", err, progress.ErrNotFound)
	for _, c := range []struct {
		name string
		org  progress.OrgID
		f    progress.DisputeFilter
		want []progress.Dispute
	}{
		{"all", Org, progress.DisputeFilter{}, []progress.Dispute{answered, line, whole}},
		{"a learner's", Org, progress.DisputeFilter{Learner: l.ID}, []progress.Dispute{line, whole}},
		{"of an attempt", Org, progress.DisputeFilter{Attempt: b.ID}, []progress.Dispute{answered}},
		{"of an item", Org, progress.DisputeFilter{Item: "q1"}, []progress.Dispute{line, whole}},
		{"open ones", Org, progress.DisputeFilter{Status: progress.DisputeOpen}, []progress.Dispute{line, whole}},
		{"the newest", Org, progress.DisputeFilter{Limit: 1}, []progress.Dispute{answered}},
		{"the next page", Org, progress.DisputeFilter{Limit: 1, Before: answered.ID}, []progress.Dispute{line}},
		{"another organisation's", Other, progress.DisputeFilter{}, nil},
	} {
		got, err := st.Disputes(ctx, c.org, c.f)
		must(t, err)
		same(t, c.name, got, c.want)
	}
}

func erasesExams(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, k, staff := Account(1), Account(2), Account(3)
	add(t, st, l, k, staff)
	a, g := Attempt(1, l.ID, "q1", false)
	record(t, st, a, g)
	must(t, st.AddComposed(ctx, Org, Composed(10, "unit-1", 1, staff.ID), examEntry(100)))
	c := CohortOf(11, staff.ID)
	must(t, st.AddCohort(ctx, Org, c, examEntry(101)))
	must(t, st.SetMember(ctx, Org, c.ID, l.ID, true, examEntry(102)))
	must(t, st.SetMember(ctx, Org, c.ID, k.ID, true, examEntry(103)))
	theirs, others := Rule(20, "cpc", progress.RuleForPerson, string(l.ID), staff.ID), Rule(21, "cpc", progress.RuleForPerson, string(k.ID), staff.ID)
	must(t, st.SaveRule(ctx, Org, theirs, examEntry(104)))
	must(t, st.SaveRule(ctx, Org, others, examEntry(105)))
	d := DisputeOf(30, a, "")
	must(t, st.AddDispute(ctx, Org, d))
	when := T0.Add(time.Hour)
	d.Status, d.Answer, d.ResolvedAt, d.ResolvedBy = progress.DisputeDeclined, "SECRET answer", &when, staff.ID
	must(t, st.ResolveDispute(ctx, Org, d, examEntry(106)))

	erase := func(n int, id progress.LearnerID) {
		t.Helper()
		must(t, st.Erase(ctx, Org, id, when, words{}, progress.AuditEntry{ID: progress.EntryID(ID(n)), Org: Org, Action: "user.erase", At: when}))
	}
	erase(110, l.ID)
	ms, err := st.Members(ctx, Org, c.ID)
	must(t, err)
	same(t, "members", ms, []progress.Learner{k})
	rs, err := st.Rules(ctx, Org, "")
	must(t, err)
	same(t, "rules", rs, []progress.ExamRule{others})
	got, err := st.Dispute(ctx, Org, d.ID)
	must(t, err)
	d.Reason, d.Citation, d.Answer = "", "", ""
	same(t, "the dispute without words", got, d)
	wantErr(t, "the erased as a member", st.SetMember(ctx, Org, c.ID, l.ID, true, examEntry(120)), progress.ErrNotFound)
	wantErr(t, "a rule for the erased", st.SaveRule(ctx, Org, theirs, examEntry(120)), progress.ErrNotFound)
	wantErr(t, "a dispute of the erased", st.AddDispute(ctx, Org, DisputeOf(31, a, "x")), progress.ErrNotFound)

	erase(111, staff.ID)
	e, err := st.ComposedExam(ctx, Org, "unit-1")
	must(t, err)
	if e.RetiredAt == nil || !e.RetiredAt.Equal(when) {
		t.Errorf("the exam of an erased owner is retired at %v, want %v", e.RetiredAt, when)
	}
	wantErr(t, "an exam by the erased", st.AddComposed(ctx, Org, Composed(12, "unit-2", 1, staff.ID), examEntry(121)), progress.ErrNotFound)
	wantErr(t, "a cohort of the erased", st.AddCohort(ctx, Org, CohortOf(13, staff.ID), examEntry(121)), progress.ErrNotFound)
}

func mergesExams(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	g, l, staff := Guest(1), Account(2), Account(3)
	add(t, st, g, l, staff)
	a, gr := Attempt(1, g.ID, "q1", false)
	record(t, st, a, gr)
	both, guests := CohortOf(10, staff.ID), CohortOf(11, staff.ID)
	for i, c := range []progress.Cohort{both, guests} {
		must(t, st.AddCohort(ctx, Org, c, examEntry(100+i)))
		must(t, st.SetMember(ctx, Org, c.ID, g.ID, true, examEntry(110+i)))
	}
	must(t, st.SetMember(ctx, Org, both.ID, l.ID, true, examEntry(112)))
	stays, goes, moves := Rule(20, "cpc", progress.RuleForPerson, string(l.ID), staff.ID), Rule(21, "cpc", progress.RuleForPerson, string(g.ID), staff.ID), Rule(22, "ccs", progress.RuleForPerson, string(g.ID), staff.ID)
	for i, r := range []progress.ExamRule{stays, goes, moves} {
		must(t, st.SaveRule(ctx, Org, r, examEntry(120+i)))
	}
	d := DisputeOf(30, a, "")
	must(t, st.AddDispute(ctx, Org, d))

	must(t, st.OpenSession(ctx, Org, Session(40, l), g.ID))
	both.Members, guests.Members = 1, 1
	cs, err := st.CohortsOf(ctx, Org, l.ID)
	must(t, err)
	same(t, "cohorts of the account", cs, []progress.Cohort{both, guests})
	rs, err := st.RulesFor(ctx, Org, l.ID)
	must(t, err)
	moves.Ref = string(l.ID)
	same(t, "rules for the account", rs, []progress.ExamRule{stays, moves})
	ds, err := st.Disputes(ctx, Org, progress.DisputeFilter{Learner: l.ID})
	must(t, err)
	d.Learner = l.ID
	same(t, "disputes of the account", ds, []progress.Dispute{d})
	if rs, err = st.RulesFor(ctx, Org, g.ID); err != nil || len(rs) != 0 {
		t.Errorf("rules for the guest: %+v, %v", rs, err)
	}
}
