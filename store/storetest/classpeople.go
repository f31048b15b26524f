package storetest

import (
	"testing"
	"time"

	"crosswalk/progress"
)

func erasesClasses(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, k, staff := Account(1), Account(2), Account(3)
	add(t, st, l, k, staff)
	c := class(t, st, staff, 10)
	x := AssignmentOf(20, c, progress.AssignCase, "c1")
	must(t, st.SaveAssignment(ctx, Org, x, nil, "", examEntry(100)))
	due := T0.Add(time.Hour)
	for i, who := range []progress.Learner{l, k} {
		must(t, st.SetTerms(ctx, Org, progress.AssignmentTerms{Assignment: x.ID, Learner: who.ID, DueAt: &due}, nil, "", examEntry(110+i)))
	}
	_, err := st.Invite(ctx, Org, c.ID, nil, []progress.Invite{For(InviteOf(30, c, staff.ID), l.Email, "L"), For(InviteOf(31, c, k.ID), "x@example.org", "X")}, examEntry(120))
	must(t, err)
	a, g := Attempt(1, l.ID, "q1", false)
	record(t, st, a, g)
	b, h := Attempt(2, k.ID, "q1", false)
	record(t, st, b, h)
	for _, m := range []progress.Message{MessageOf(40, a, staff.ID), MessageOf(41, a, l.ID), MessageOf(42, b, staff.ID)} {
		must(t, st.AddMessage(ctx, Org, m))
	}
	must(t, st.MarkRead(ctx, Org, l.ID, string(a.ID), progress.MessageID(ID(40))))
	erase := func(n int, id progress.LearnerID) {
		t.Helper()
		must(t, st.Erase(ctx, Org, id, T0, words{}, progress.AuditEntry{ID: progress.EntryID(ID(n)), Org: Org, Action: "user.erase", At: T0}))
	}
	erase(200, l.ID)
	ts, err := st.TermsOf(ctx, Org, c.ID)
	must(t, err)
	same(t, "terms", ts, []progress.AssignmentTerms{{Assignment: x.ID, Learner: k.ID, DueAt: &due}})
	is, err := st.Invites(ctx, Org, c.ID)
	must(t, err)
	same(t, "invitations", len(is), 1)
	if ms, err := st.Messages(ctx, Org, string(a.ID)); err != nil || len(ms) != 0 {
		t.Errorf("messages on the results of the erased: %+v, %v", ms, err)
	}
	if ms, err := st.MessagesOf(ctx, Org, staff.ID); err != nil || len(ms) != 1 {
		t.Errorf("messages elsewhere: %+v, %v", ms, err)
	}
	erase(201, staff.ID)
	if ms, err := st.Messages(ctx, Org, string(b.ID)); err != nil || len(ms) != 0 {
		t.Errorf("messages of erased staff: %+v, %v", ms, err)
	}
	erase(202, k.ID)
	if is, err := st.Invites(ctx, Org, c.ID); err != nil || len(is) != 0 {
		t.Errorf("invitations by the erased: %+v, %v", is, err)
	}
}

func mergesClasses(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	g, l, staff := Guest(1), Account(2), Account(3)
	add(t, st, g, l, staff)
	c := class(t, st, staff, 10)
	both, guests := AssignmentOf(20, c, progress.AssignCase, "c1"), AssignmentOf(21, c, progress.AssignCase, "c2")
	first, second := T0.Add(time.Hour), T0.Add(2*time.Hour)
	n := 0
	for _, x := range []progress.Assignment{both, guests} {
		n++
		must(t, st.SaveAssignment(ctx, Org, x, nil, "", examEntry(100+n)))
		must(t, st.SetTerms(ctx, Org, progress.AssignmentTerms{Assignment: x.ID, Learner: g.ID, DueAt: &first}, nil, "", examEntry(110+n)))
	}
	must(t, st.SetTerms(ctx, Org, progress.AssignmentTerms{Assignment: both.ID, Learner: l.ID, DueAt: &second}, nil, "", examEntry(120)))
	a, gr := Attempt(1, g.ID, "q1", false)
	record(t, st, a, gr)
	from, to, third := MessageOf(30, a, g.ID), MessageOf(31, a, staff.ID), MessageOf(32, a, l.ID)
	third.ClientKey = from.ClientKey
	for _, m := range []progress.Message{from, to, third} {
		must(t, st.AddMessage(ctx, Org, m))
	}
	must(t, st.MarkRead(ctx, Org, g.ID, string(a.ID), to.ID))
	must(t, st.OpenSession(ctx, Org, Session(40, l), g.ID))
	ts, err := st.TermsFor(ctx, Org, l.ID)
	must(t, err)
	same(t, "terms of the account", ts, []progress.AssignmentTerms{{Assignment: both.ID, Learner: l.ID, DueAt: &second}, {Assignment: guests.ID, Learner: l.ID, DueAt: &first}})
	ms, err := st.Messages(ctx, Org, string(a.ID))
	must(t, err)
	same(t, "messages", len(ms), 3)
	for _, m := range ms {
		if m.Learner != l.ID || m.Author != staff.ID && m.Author != l.ID {
			t.Errorf("a message that stayed behind: %+v", m)
		}
	}
	if un, err := st.Unread(ctx, Org, l.ID, []progress.LearnerID{l.ID}); err != nil || len(un) != 0 {
		t.Errorf("unread: %+v, %v", un, err)
	}
}
