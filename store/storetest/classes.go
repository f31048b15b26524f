package storetest

import (
	"fmt"
	"testing"
	"time"

	"crosswalk/progress"
)

// InviteOf is a link into a cohort that lets in two.
func InviteOf(n int, c progress.Cohort, by progress.LearnerID) progress.Invite {
	return progress.Invite{
		ID: progress.InviteID(ID(n)), Org: Org, Cohort: c.ID, ClientKey: fmt.Sprintf("invite-key-%d", n), TokenHash: fmt.Sprintf("%064x", n), Most: 2, By: by,
		CreatedAt: T0.Add(time.Duration(n) * time.Second), ExpiresAt: T0.Add(48 * time.Hour),
	}
}

// For makes an invitation for one person of a link.
func For(i progress.Invite, email, name string) progress.Invite {
	i.Email, i.Name, i.Most, i.ClientKey = email, name, 1, "email:"+email
	return i
}

// AssignmentOf is an assignment without bounds.
func AssignmentOf(n int, c progress.Cohort, kind progress.AssignmentKind, ref string) progress.Assignment {
	return progress.Assignment{
		ID: progress.AssignmentID(ID(n)), Org: Org, Cohort: c.ID, ClientKey: fmt.Sprintf("assignment-key-%d", n), Kind: kind, Ref: ref, Counts: progress.CountBest,
		OpensAt: T0, CreatedAt: T0.Add(time.Duration(n) * time.Second),
	}
}

// MessageOf is a message about an attempt.
func MessageOf(n int, a progress.Attempt, author progress.LearnerID) progress.Message {
	return progress.Message{
		ID: progress.MessageID(ID(n)), Org: Org, About: progress.About{Kind: progress.AboutAttempt, ID: string(a.ID)}, Learner: a.Learner, Author: author,
		ClientKey: fmt.Sprintf("message-key-%d", n), Text: "SECRET message", At: T0.Add(time.Duration(n) * time.Second),
	}
}

// class adds an instructor with a cohort.
func class(t *testing.T, st progress.Storage, staff progress.Learner, n int) progress.Cohort {
	t.Helper()
	c := CohortOf(n, staff.ID)
	must(t, st.AddCohort(t.Context(), Org, c, examEntry(1000+n)))
	return c
}

func memberIDs(t *testing.T, st progress.Storage, c progress.CohortID) (out []progress.LearnerID) {
	t.Helper()
	ms, err := st.Members(t.Context(), Org, c)
	must(t, err)
	for _, m := range ms {
		out = append(out, m.ID)
	}
	return out
}

func invites(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a, b, g, staff := Account(1), Account(2), Guest(3), Account(4)
	add(t, st, a, b, g, staff)
	c, closed := class(t, st, staff, 10), class(t, st, staff, 11)
	link, ann := InviteOf(20, c, staff.ID), For(InviteOf(21, c, staff.ID), "ann@example.org", "Ann")
	kept, err := st.Invite(ctx, Org, c.ID, []progress.LearnerID{a.ID}, []progress.Invite{link, ann}, examEntry(100))
	must(t, err)
	same(t, "as they are kept", kept, []progress.Invite{link, ann})
	same(t, "members", memberIDs(t, st, c.ID), []progress.LearnerID{a.ID})

	for _, x := range []struct {
		name    string
		org     progress.OrgID
		c       progress.CohortID
		members []progress.LearnerID
	}{{"of another organisation", Other, c.ID, nil}, {"no cohort", Org, "x", nil}, {"nobody", Org, c.ID, []progress.LearnerID{b.ID, "x"}}} {
		_, err := st.Invite(ctx, x.org, x.c, x.members, []progress.Invite{InviteOf(30, c, staff.ID)}, examEntry(101))
		wantErr(t, x.name, err, progress.ErrNotFound)
	}
	same(t, "after what was refused", memberIDs(t, st, c.ID), []progress.LearnerID{a.ID})

	again := InviteOf(31, c, staff.ID) // the same form: another secret
	again.ClientKey, again.Most = link.ClientKey, 3
	kept, err = st.Invite(ctx, Org, c.ID, nil, []progress.Invite{again}, examEntry(102))
	must(t, err)
	again.ID = link.ID
	same(t, "a second secret", kept, []progress.Invite{again})
	all, err := st.Invites(ctx, Org, c.ID)
	must(t, err)
	same(t, "all, the newest first", all, []progress.Invite{again, ann})
	_, err = st.InviteByToken(ctx, Org, link.TokenHash)
	wantErr(t, "the first secret", err, progress.ErrNotFound)
	got, err := st.InviteByToken(ctx, Org, again.TokenHash)
	must(t, err)
	same(t, "by its secret", got, again)
	_, err = st.InviteByToken(ctx, Other, again.TokenHash)
	wantErr(t, "from another organisation", err, progress.ErrNotFound)

	join := func(i progress.Invite, l progress.LearnerID, n int) (bool, error) {
		return st.Join(ctx, Org, i.TokenHash, l, examEntry(n))
	}
	for n, x := range []struct {
		name string
		l    progress.LearnerID
		want bool
	}{{"one more", b.ID, true}, {"twice", b.ID, false}, {"who was put in", a.ID, false}, {"a guest", g.ID, true}} {
		joined, err := join(again, x.l, 110+n)
		must(t, err)
		same(t, x.name, joined, x.want)
	}
	same(t, "all are in", len(memberIDs(t, st, c.ID)), 3)
	got, err = st.InviteByToken(ctx, Org, again.TokenHash)
	must(t, err)
	same(t, "uses", got.Used, 2)

	// What is not in force lets nobody in.
	late := InviteOf(40, c, staff.ID)
	late.ExpiresAt = T0
	revoked, elsewhere := InviteOf(41, c, staff.ID), InviteOf(42, closed, staff.ID)
	_, err = st.Invite(ctx, Org, c.ID, nil, []progress.Invite{late, revoked}, examEntry(120))
	must(t, err)
	_, err = st.Invite(ctx, Org, closed.ID, nil, []progress.Invite{elsewhere}, examEntry(121))
	must(t, err)
	must(t, st.RevokeInvite(ctx, Org, c.ID, revoked.ID, examEntry(122)))
	wantErr(t, "revoke in another cohort", st.RevokeInvite(ctx, Org, closed.ID, revoked.ID, examEntry(123)), progress.ErrNotFound)
	wantErr(t, "revoke from another organisation", st.RevokeInvite(ctx, Other, c.ID, revoked.ID, examEntry(123)), progress.ErrNotFound)
	must(t, st.CloseCohort(ctx, Org, closed.ID, examEntry(124)))
	d := Account(5)
	add(t, st, d)
	for _, i := range []progress.Invite{late, revoked, elsewhere, InviteOf(77, c, staff.ID)} {
		_, err := join(i, d.ID, 125)
		wantErr(t, "not in force: "+string(i.ID), err, progress.ErrNotFound)
	}

	// Who was invited by e-mail is in with the account: a new one, and a guest's that becomes one.
	_, err = st.Invite(ctx, Org, closed.ID, nil, []progress.Invite{For(InviteOf(50, closed, staff.ID), "ann@example.org", "Ann")}, examEntry(126))
	must(t, err)
	l := Account(6)
	l.Email = "ann@example.org"
	add(t, st, l)
	if cs, err := st.CohortsOf(ctx, Org, l.ID); err != nil || len(cs) != 1 || cs[0].ID != c.ID {
		t.Errorf("cohorts of the invited: %+v, %v", cs, err)
	}
	if is, err := st.InvitesTo(ctx, Org, "ann@example.org", ""); err != nil || len(is) != 0 {
		t.Errorf("invitations that were taken: %+v, %v", is, err)
	}
	ben := For(InviteOf(60, c, staff.ID), "ben@example.org", "")
	_, err = st.Invite(ctx, Org, c.ID, nil, []progress.Invite{ben}, examEntry(127))
	must(t, err)
	if is, err := st.InvitesTo(ctx, Org, "ben@example.org", ""); err != nil || len(is) != 1 {
		t.Errorf("invitations of the e-mail: %+v, %v", is, err)
	}
	guest := Guest(7)
	add(t, st, guest)
	guest.Guest, guest.Email, guest.Name = false, "ben@example.org", "Ben"
	must(t, st.Promote(ctx, Org, guest, "hash", Session(70, guest)))
	if cs, err := st.CohortsOf(ctx, Org, guest.ID); err != nil || len(cs) != 1 {
		t.Errorf("cohorts of a guest that was invited: %+v, %v", cs, err)
	}
	// Staff are no members, and what has expired takes no effect and is swept.
	old := For(InviteOf(61, c, staff.ID), "old@example.org", "")
	old.ExpiresAt = T0
	_, err = st.Invite(ctx, Org, c.ID, nil, []progress.Invite{old, For(InviteOf(62, c, staff.ID), "ivy@example.org", "")}, examEntry(128))
	must(t, err)
	x, ivy := Account(8), Account(9)
	x.Email, ivy.Email, ivy.Role = "old@example.org", "ivy@example.org", progress.RoleInstructor
	add(t, st, x, ivy)
	for _, l := range []progress.LearnerID{x.ID, ivy.ID} {
		if cs, err := st.CohortsOf(ctx, Org, l); err != nil || len(cs) != 0 {
			t.Errorf("cohorts of %s: %+v, %v", l, cs, err)
		}
	}
	_, err = st.Sweep(ctx, T0.Add(72*time.Hour))
	must(t, err)
	if is, err := st.InvitesTo(ctx, Org, "ivy@example.org", ""); err != nil || len(is) != 0 {
		t.Errorf("swept invitations: %+v, %v", is, err)
	}
	if is, err := st.InvitesTo(ctx, Org, "", staff.ID); err != nil || len(is) == 0 {
		t.Errorf("links are kept: %+v, %v", is, err)
	}
}

func joinsAtOnce(t *testing.T, st progress.Storage) {
	staff := Account(1)
	add(t, st, staff)
	c := class(t, st, staff, 10)
	link := InviteOf(20, c, staff.ID)
	_, err := st.Invite(t.Context(), Org, c.ID, nil, []progress.Invite{link}, examEntry(100))
	must(t, err)
	for i := range 8 {
		add(t, st, Guest(30+i))
	}
	in := atOnce(8, func(i int) bool {
		joined, err := st.Join(t.Context(), Org, link.TokenHash, progress.LearnerID(ID(30+i)), examEntry(200+i))
		return err == nil && joined
	})
	same(t, "of eight at once come in", in, link.Most)
	same(t, "members", len(memberIDs(t, st, c.ID)), link.Most)
}

func assignments(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, staff, other := Account(1), Account(2), Account(3)
	add(t, st, l, staff, other)
	c, d := class(t, st, staff, 10), class(t, st, other, 11)
	must(t, st.SetMember(ctx, Org, c.ID, l.ID, true, examEntry(90)))
	later, exam := AssignmentOf(20, c, progress.AssignCase, "c1"), AssignmentOf(21, c, progress.AssignExam, "cpc")
	due, closes, n := T0.Add(2*time.Hour), T0.Add(3*time.Hour), 2
	later.OpensAt, later.DueAt, later.ClosesAt, later.Attempts, later.Amount = T0.Add(time.Hour), &due, &closes, &n, 5
	rule := Rule(30, "cpc", progress.RuleForCohort, string(c.ID), staff.ID)
	must(t, st.SaveAssignment(ctx, Org, later, nil, "", examEntry(100)))
	must(t, st.SaveAssignment(ctx, Org, exam, &rule, "", examEntry(101)))
	wantErr(t, "of another organisation", st.SaveAssignment(ctx, Other, AssignmentOf(22, c, progress.AssignLesson, "l1"), nil, "", examEntry(102)), progress.ErrNotFound)
	twice := AssignmentOf(23, c, progress.AssignLesson, "l1")
	twice.ClientKey = exam.ClientKey
	wantErr(t, "the same form twice", st.SaveAssignment(ctx, Org, twice, nil, "", examEntry(103)), progress.ErrDuplicate)
	theirs := Rule(31, "ccs", progress.RuleForCohort, string(d.ID), other.ID)
	must(t, st.SaveRule(ctx, Org, theirs, examEntry(104)))
	mine := Rule(32, "ccs", progress.RuleForCohort, string(d.ID), staff.ID)
	wantErr(t, "another's rule", st.SaveAssignment(ctx, Org, AssignmentOf(24, d, progress.AssignExam, "ccs"), &mine, "", examEntry(105)), progress.ErrDuplicate)
	got, err := st.Assignments(ctx, Org, c.ID)
	must(t, err)
	same(t, "by opening", got, []progress.Assignment{exam, later})
	if got, err := st.Assignments(ctx, Org, d.ID); err != nil || len(got) != 0 {
		t.Errorf("what was refused is kept: %+v, %v", got, err)
	}
	one, err := st.Assignment(ctx, Org, later.ID)
	must(t, err)
	same(t, "one", one, later)
	_, err = st.Assignment(ctx, Other, later.ID)
	wantErr(t, "one from another organisation", err, progress.ErrNotFound)

	later.DueAt, later.Counts = nil, progress.CountLast
	must(t, st.SaveAssignment(ctx, Org, later, nil, "", examEntry(106)))
	one, err = st.Assignment(ctx, Org, later.ID)
	must(t, err)
	same(t, "changed", one, later)
	must(t, st.SaveAssignment(ctx, Org, exam, nil, rule.ID, examEntry(107)))
	rs, err := st.RulesFor(ctx, Org, l.ID)
	must(t, err)
	same(t, "the rule that went", len(rs), 0)

	terms := progress.AssignmentTerms{Assignment: later.ID, Learner: l.ID, DueAt: &closes, Attempts: &n}
	own := Rule(33, "cpc", progress.RuleForPerson, string(l.ID), staff.ID)
	must(t, st.SetTerms(ctx, Org, terms, nil, "", examEntry(110)))
	must(t, st.SetTerms(ctx, Org, progress.AssignmentTerms{Assignment: exam.ID, Learner: l.ID}, &own, "", examEntry(111)))
	wantErr(t, "terms of another organisation", st.SetTerms(ctx, Other, terms, nil, "", examEntry(112)), progress.ErrNotFound)
	wantErr(t, "terms of nobody", st.SetTerms(ctx, Org, progress.AssignmentTerms{Assignment: later.ID, Learner: "x"}, nil, "", examEntry(112)), progress.ErrNotFound)
	wantErr(t, "terms of nothing", st.SetTerms(ctx, Org, progress.AssignmentTerms{Assignment: "x", Learner: l.ID}, nil, "", examEntry(112)), progress.ErrNotFound)
	for _, read := range []func() ([]progress.AssignmentTerms, error){
		func() ([]progress.AssignmentTerms, error) { return st.TermsOf(ctx, Org, c.ID) },
		func() ([]progress.AssignmentTerms, error) { return st.TermsFor(ctx, Org, l.ID) },
	} {
		ts, err := read()
		must(t, err)
		same(t, "terms", ts, []progress.AssignmentTerms{terms})
	}
	rs, err = st.RulesFor(ctx, Org, l.ID)
	must(t, err)
	same(t, "the rule for the person", rs, []progress.ExamRule{own})
	must(t, st.SetTerms(ctx, Org, progress.AssignmentTerms{Assignment: exam.ID, Learner: l.ID}, nil, own.ID, examEntry(113)))
	must(t, st.SaveAssignment(ctx, Org, exam, &rule, "", examEntry(114)))
	must(t, st.DropAssignment(ctx, Org, later.ID, "", examEntry(115)))
	must(t, st.DropAssignment(ctx, Org, exam.ID, rule.ID, examEntry(116)))
	wantErr(t, "dropped", st.DropAssignment(ctx, Org, later.ID, "", examEntry(117)), progress.ErrNotFound)
	ts, err := st.TermsFor(ctx, Org, l.ID)
	must(t, err)
	rs, err = st.RulesFor(ctx, Org, l.ID)
	must(t, err)
	same(t, "what is left", len(ts)+len(rs), 0)
}

func work(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, k := Account(1), Account(2)
	add(t, st, l, k)
	q := progress.WorkQuery{Learners: []progress.LearnerID{l.ID, k.ID}, Lessons: []string{"l1", "l2"}, Cases: []string{"c1"}, Areas: []string{"em"}, Exams: []string{"cpc"}, From: T0}
	none, err := st.ReadWork(ctx, Org, q)
	must(t, err)
	same(t, "of nobody", none, progress.WorkRecord{})

	must(t, st.MarkLesson(ctx, Org, l.ID, "l1", true, T0.Add(time.Minute)))
	must(t, st.MarkLesson(ctx, Org, l.ID, "l2", false, T0))
	must(t, st.MarkLesson(ctx, Org, k.ID, "l3", true, T0))
	caseAt := func(n int, who progress.LearnerID, item string, kind progress.ContextKind, at time.Time) progress.Attempt {
		a, g := Attempt(n, who, item, false)
		a.Kind, a.Context, a.SubmittedAt = progress.KindCase, progress.Context{Kind: kind, Ref: "x"}, at
		g.Percent10, g.AuditTenths = n, 2*n
		record(t, st, a, g)
		return a
	}
	first := caseAt(10, l.ID, "c1", progress.Alone, T0.Add(10*time.Minute))
	caseAt(11, l.ID, "c1", progress.InExam, T0.Add(11*time.Minute))
	caseAt(12, l.ID, "c2", progress.Alone, T0.Add(12*time.Minute))
	caseAt(13, l.ID, "c1", progress.Alone, T0.Add(-time.Minute))
	caseAt(14, k.ID, "c1", progress.Alone, T0.Add(14*time.Minute))
	_, g := Attempt(10, l.ID, "c1", true)
	g.ID, g.Percent10, g.AuditTenths = progress.GradingID(ID(900)), 750, 500
	must(t, st.AppendGradings(ctx, Org, []progress.Grading{g}, nil))

	d := progress.Drill{ID: progress.DrillID(ID(50)), Area: "em", Items: []string{"q1", "q2"}, Seed: 7, CreatedAt: T0.Add(time.Minute)}
	old := progress.Drill{ID: progress.DrillID(ID(51)), Area: "em", Items: []string{"q1"}, CreatedAt: T0.Add(-time.Minute)}
	must(t, st.AddDrill(ctx, Org, l.ID, d))
	must(t, st.AddDrill(ctx, Org, l.ID, old))
	for n, right := range map[int]bool{20: true, 21: false} {
		a, g := Attempt(n, l.ID, fmt.Sprintf("q%d", n-19), right)
		a.Context = progress.Context{Kind: progress.InDrill, Ref: string(d.ID)}
		record(t, st, a, g)
	}
	got, err := st.ReadWork(ctx, Org, q)
	must(t, err)
	same(t, "lessons", got.Lessons, []progress.LessonWork{{Learner: l.ID, Lesson: "l1", At: T0.Add(time.Minute)}})
	same(t, "cases", got.Cases, []progress.CaseWork{
		{Learner: l.ID, Case: "c1", Attempt: first.ID, At: first.SubmittedAt, Percent10: 750, Audit10: 500},
		{Learner: k.ID, Case: "c1", Attempt: progress.AttemptID(ID(14)), At: T0.Add(14 * time.Minute), Percent10: 14, Audit10: 28},
	})
	same(t, "drills", got.Drills, []progress.DrillWork{{Learner: l.ID, Drill: d, Answers: []progress.DrillAnswer{
		{Item: "q1", At: T0.Add(20 * time.Minute), Correct: true}, {Item: "q2", At: T0.Add(21 * time.Minute)},
	}}})
	other, err := st.ReadWork(ctx, Other, q)
	must(t, err)
	same(t, "from another organisation", other, progress.WorkRecord{})
}

func messages(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, staff, other := Account(1), Account(2), Account(3)
	add(t, st, l, staff, other)
	a, g := Attempt(1, l.ID, "q1", false)
	record(t, st, a, g)
	one, two, three := MessageOf(10, a, staff.ID), MessageOf(11, a, l.ID), MessageOf(12, a, staff.ID)
	for _, m := range []progress.Message{one, two, three} {
		must(t, st.AddMessage(ctx, Org, m))
	}
	again := MessageOf(13, a, staff.ID)
	again.ClientKey = one.ClientKey
	wantErr(t, "the same form twice", st.AddMessage(ctx, Org, again), progress.ErrDuplicate)
	wantErr(t, "from another organisation", st.AddMessage(ctx, Other, MessageOf(14, a, staff.ID)), progress.ErrNotFound)
	got, err := st.Messages(ctx, Org, string(a.ID))
	must(t, err)
	same(t, "in order", got, []progress.Message{one, two, three})
	if got, err = st.Messages(ctx, Other, string(a.ID)); err != nil || len(got) != 0 {
		t.Errorf("from another organisation: %+v, %v", got, err)
	}
	unread := func(name string, reader progress.LearnerID, want ...progress.Message) {
		t.Helper()
		got, err := st.Unread(ctx, Org, reader, []progress.LearnerID{l.ID})
		must(t, err)
		if len(got) != len(want) {
			t.Fatalf("%s: %+v", name, got)
		}
		for i := range want {
			same(t, name, got[i], want[i])
		}
	}
	unread("the learner's", l.ID, three, one)
	unread("the instructor's", staff.ID, two)
	must(t, st.MarkRead(ctx, Org, l.ID, string(a.ID), one.ID))
	unread("after the first was read", l.ID, three)
	must(t, st.MarkRead(ctx, Org, l.ID, string(a.ID), three.ID))
	must(t, st.MarkRead(ctx, Org, l.ID, string(a.ID), one.ID)) // never back
	unread("after all were read", l.ID)
	unread("marks are one's own", staff.ID, two)
	unread("a third one's", other.ID, three, two, one)
	if got, err := st.Unread(ctx, Org, staff.ID, nil); err != nil || len(got) != 0 {
		t.Errorf("of nobody: %+v, %v", got, err)
	}
}
