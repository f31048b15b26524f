package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"crosswalk/progress"
)

// Regrade makes run n of an item.
func Regrade(n int, item string) progress.RegradeRun {
	return progress.RegradeRun{
		ID: progress.RegradeID(ID(n)), Org: Org, Kind: progress.KindQuestion, Item: item, KeyHash: "key-2", Reason: "the key was wrong", By: "someone", State: progress.RegradeOpen,
		Expected: 2, StartedAt: T0, UpdatedAt: T0, HeldUntil: T0,
	}
}

func regrades(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	a, g := Attempt(1, l.ID, "q1", false)
	record(t, st, a, g)
	b, h := Attempt(2, l.ID, "q1", true)
	record(t, st, b, h)

	uses, err := st.KeyUses(ctx, Org, "q1")
	must(t, err)
	if len(uses) != 1 || uses[0].Attempts != 2 || uses[0].Item != "q1" || uses[0].KeyHash != g.KeyHash || uses[0].ShownHash != a.ShownHash {
		t.Errorf("key uses %+v", uses)
	}
	uses, err = st.KeyUses(ctx, Org, "q2")
	must(t, err)
	same(t, "key uses of another item", len(uses), 0)

	entry := func(n int) *progress.AuditEntry {
		return &progress.AuditEntry{ID: progress.EntryID(ID(n)), Action: "regrade.start", Target: "q1", At: T0}
	}
	r := Regrade(20, "q1")
	must(t, st.AddRegrade(ctx, Org, r, *entry(30)))
	wantErr(t, "a second run of the item", st.AddRegrade(ctx, Org, Regrade(21, "q1"), *entry(31)), progress.ErrDuplicate)
	got, err := st.RegradeRun(ctx, Org, r.ID)
	must(t, err)
	same(t, "run", got, r)
	_, err = st.RegradeRun(ctx, Org, "none")
	wantErr(t, "no run", err, progress.ErrNotFound)

	// One holds it, and nobody else for as long.
	now := T0.Add(time.Minute)
	must(t, st.HoldRegrade(ctx, Org, r.ID, "me", now, now.Add(10*time.Second), nil))
	wantErr(t, "held by another", st.HoldRegrade(ctx, Org, r.ID, "you", now, now.Add(10*time.Second), nil), progress.ErrConflict)

	// A batch comes with the place that it came to, or not at all.
	_, again := Attempt(11, l.ID, "q1", true)
	again.Attempt, again.Seq, again.KeyHash, again.Reason = a.ID, 2, "key-2", r.Reason
	again.Override = &progress.Overridden{Lines: []progress.Override{{Earned: 100, Reason: "by hand", By: l.ID}}, Result: json.RawMessage(`{"earned":0}`)}
	r.Attempts, r.Graded, r.Raised, r.AtKind, r.AtAttempt, r.UpdatedAt, r.Holder = 1, 1, 1, progress.KindQuestion, a.ID, now, "you"
	until := now.Add(20 * time.Second)
	wantErr(t, "kept by another", st.SaveRegrade(ctx, Org, r, until, []progress.Grading{again}, nil, nil), progress.ErrConflict)
	r.Holder = "me"
	must(t, st.SaveRegrade(ctx, Org, r, until, []progress.Grading{again}, nil, nil))
	all, err := st.Gradings(ctx, Org, a.ID)
	must(t, err)
	same(t, "gradings", all, []progress.Grading{g, again})
	_, late := Attempt(12, l.ID, "q1", true)
	late.Attempt, late.Seq = a.ID, 2
	wantErr(t, "a number that is taken", st.SaveRegrade(ctx, Org, r, until, []progress.Grading{late}, nil, nil), progress.ErrDuplicate)
	stray := late
	stray.ID, stray.Attempt = progress.GradingID(ID(13)), progress.AttemptID(ID(99))
	wantErr(t, "an attempt that is not there", st.SaveRegrade(ctx, Org, r, until, []progress.Grading{stray}, nil, nil), progress.ErrNotFound)
	r.HeldUntil = until
	got, err = st.RegradeRun(ctx, Org, r.ID)
	must(t, err)
	same(t, "run after a batch", got, r)
	uses, err = st.KeyUses(ctx, Org, "")
	must(t, err)
	same(t, "key uses after a batch", len(uses), 2)

	must(t, st.EndRegrade(ctx, Org, r.ID, progress.RegradeStopped, now, *entry(32)))
	wantErr(t, "kept when stopped", st.SaveRegrade(ctx, Org, r, until, nil, nil, nil), progress.ErrConflict)
	must(t, st.HoldRegrade(ctx, Org, r.ID, "you", now, until, entry(33)))
	must(t, st.LetGoRegrade(ctx, Org, r.ID, "me", now)) // no longer the holder
	wantErr(t, "held", st.HoldRegrade(ctx, Org, r.ID, "me", now, until, nil), progress.ErrConflict)
	must(t, st.LetGoRegrade(ctx, Org, r.ID, "you", now))
	must(t, st.HoldRegrade(ctx, Org, r.ID, "me", now, until, nil))
	end := now.Add(time.Second)
	r.State, r.EndedAt = progress.RegradeDone, &end
	must(t, st.SaveRegrade(ctx, Org, r, end, nil, nil, entry(34)))
	wantErr(t, "at its end", st.EndRegrade(ctx, Org, r.ID, progress.RegradeClosed, now, *entry(35)), progress.ErrConflict)
	must(t, st.AddRegrade(ctx, Org, Regrade(22, "q1"), *entry(36)))
	for _, c := range []struct {
		name string
		f    progress.RegradeFilter
		want []progress.RegradeID
	}{
		{"all, newest first", progress.RegradeFilter{}, []progress.RegradeID{progress.RegradeID(ID(22)), r.ID}},
		{"unfinished", progress.RegradeFilter{Item: "q1", Unfinished: true}, []progress.RegradeID{progress.RegradeID(ID(22))}},
		{"done", progress.RegradeFilter{State: progress.RegradeDone, Limit: 1}, []progress.RegradeID{r.ID}},
		{"another item", progress.RegradeFilter{Item: "q2"}, nil},
	} {
		rs, err := st.RegradeRuns(ctx, Org, c.f)
		must(t, err)
		var ids []progress.RegradeID
		for _, x := range rs {
			ids = append(ids, x.ID)
		}
		same(t, c.name, ids, c.want)
	}

	// By hand: the next number, or a conflict.
	_, byHand := Attempt(14, l.ID, "q1", true)
	byHand.Attempt, byHand.Seq = b.ID, 2
	must(t, st.AppendByHand(ctx, Org, byHand, *entry(37)))
	byHand.ID = progress.GradingID(ID(15))
	wantErr(t, "decided meanwhile", st.AppendByHand(ctx, Org, byHand, *entry(38)), progress.ErrConflict)

	for what, err := range map[string]error{
		"hold":   st.HoldRegrade(ctx, "elsewhere", r.ID, "me", until, until, nil),
		"end":    st.EndRegrade(ctx, "elsewhere", progress.RegradeID(ID(22)), progress.RegradeClosed, now, *entry(39)),
		"save":   st.SaveRegrade(ctx, "elsewhere", r, until, nil, nil, nil),
		"append": st.AppendByHand(ctx, "elsewhere", progress.Grading{ID: "x", Attempt: b.ID, Seq: 9, Result: json.RawMessage("{}")}, *entry(40)),
	} {
		wantErr(t, what+" from elsewhere", err, progress.ErrNotFound)
	}
	uses, err = st.KeyUses(ctx, "elsewhere", "")
	must(t, err)
	same(t, "key uses of elsewhere", len(uses), 0)
}

func settlesDisputes(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l)
	add(t, st, m)
	said := func(n int, who progress.LearnerID, line, key string) progress.Dispute {
		a, g := Attempt(n, who, "c1", false)
		a.Kind = progress.KindCase
		record(t, st, a, g)
		d := progress.Dispute{
			ID: progress.DisputeID(ID(50 + n)), Org: Org, Learner: who, Attempt: a.ID, Kind: progress.KindCase, Item: "c1", Line: line, KeyHash: key, Reason: "the key is wrong",
			Status: progress.DisputeOpen, CreatedAt: T0.Add(time.Duration(n) * time.Minute),
		}
		must(t, st.AddDispute(ctx, Org, d))
		return d
	}
	first, second, other, late := said(1, l.ID, "E11.9", "key-1"), said(2, m.ID, "E11.9", "key-0"), said(3, l.ID, "I10", "key-1"), said(4, m.ID, "E11.9", "key-2")
	groups, err := st.DisputeGroups(ctx, Org, progress.DisputeOpen)
	must(t, err)
	same(t, "groups", groups, []progress.DisputeGroup{
		{Kind: progress.KindCase, Item: "c1", Line: "E11.9", Count: 3, Oldest: first.CreatedAt, First: first.ID},
		{Kind: progress.KindCase, Item: "c1", Line: "I10", Count: 1, Oldest: other.CreatedAt, First: other.ID},
	})
	alike, err := st.Disputes(ctx, Org, progress.DisputeFilter{Item: "c1", Kind: progress.KindCase, Line: "E11.9"})
	must(t, err)
	same(t, "of the line", len(alike), 3)

	answered := first
	when := T0.Add(time.Hour)
	answered.Status, answered.Answer, answered.ResolvedAt, answered.ResolvedBy = progress.DisputeAccepted, "You are right.", &when, m.ID
	must(t, st.ResolveDispute(ctx, Org, answered, progress.AuditEntry{ID: progress.EntryID(ID(70)), Action: "dispute.accepted", At: T0}))
	r := Regrade(20, "c1")
	r.Kind, r.Dispute = progress.KindCase, first.ID
	must(t, st.AddRegrade(ctx, Org, r, progress.AuditEntry{ID: progress.EntryID(ID(71)), Action: "regrade.start", At: T0}))
	must(t, st.HoldRegrade(ctx, Org, r.ID, "me", T0, when, nil))
	end := when.Add(time.Minute)
	r.Holder, r.State, r.EndedAt = "me", progress.RegradeDone, &end
	must(t, st.SaveRegrade(ctx, Org, r, end, nil, &progress.Settlement{Kind: progress.KindCase, Item: "c1", Line: "E11.9", Answer: "You are right.", By: m.ID, At: end}, nil))
	answered.Run = r.ID
	second.Status, second.Answer, second.ResolvedAt, second.ResolvedBy, second.Run = progress.DisputeAccepted, "You are right.", &end, m.ID, r.ID
	for what, want := range map[string]progress.Dispute{"the one that led to it": answered, "another of the line": second, "another line": other, "by the new key": late} {
		got, err := st.Dispute(ctx, Org, want.ID)
		must(t, err)
		same(t, what, got, want)
	}
}
