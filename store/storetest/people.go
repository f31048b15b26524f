package storetest

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"crosswalk/progress"
)

// words is a Scrubber that takes the word SECRET out.
type words struct{}

func (words) Answer(_ progress.ItemKind, raw json.RawMessage) (json.RawMessage, bool) {
	return bytes.ReplaceAll(raw, []byte("SECRET"), nil), bytes.Contains(raw, []byte("SECRET"))
}

func (words) Result(kind progress.ItemKind, raw json.RawMessage) (json.RawMessage, bool) {
	return words{}.Answer(kind, raw)
}

func merges(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	guest, acct := Guest(1), Account(2)
	gs := Session(3, guest)
	must(t, st.AddLearner(ctx, Org, guest, "", &gs, nil))
	add(t, st, acct)
	a, g := Attempt(1, guest.ID, "q1", true)
	b, h := Attempt(2, acct.ID, "q2", false)
	c, i := Attempt(3, guest.ID, "q3", true)
	c.ClientKey = b.ClientKey // both pages made the same key: neither answer may be lost
	record(t, st, a, g)
	record(t, st, b, h)
	record(t, st, c, i)
	draft := func(who progress.LearnerID, item, body string, at time.Time) {
		_, err := st.SaveDraft(ctx, Org, who, progress.Draft{Item: item, Body: json.RawMessage(body), UpdatedAt: at})
		must(t, err)
	}
	draft(guest.ID, "c1", `"guest newer"`, T0.Add(time.Hour))
	draft(acct.ID, "c1", `"account older"`, T0)
	draft(guest.ID, "c2", `"guest older"`, T0)
	draft(acct.ID, "c2", `"account newer"`, T0.Add(time.Hour))
	draft(guest.ID, "c3", `"guest alone"`, T0)
	must(t, st.MarkLesson(ctx, Org, guest.ID, "a", true, T0))
	must(t, st.SavePosition(ctx, Org, acct.ID, "a", "later", 80, T0.Add(time.Hour)))
	must(t, st.SavePosition(ctx, Org, guest.ID, "b", "guest", 10, T0))
	must(t, st.AddDrill(ctx, Org, guest.ID, progress.Drill{ID: progress.DrillID(ID(9)), Items: []string{"q1"}, CreatedAt: T0}))

	must(t, st.OpenSession(ctx, Org, Session(4, acct), guest.ID))

	hist, err := st.History(ctx, Org, acct.ID)
	must(t, err)
	var items []string
	for _, o := range hist {
		items = append(items, o.Item)
	}
	same(t, "the account's attempts", items, []string{"q1", "q2", "q3"})
	bodies := map[string]string{}
	ds, err := st.Drafts(ctx, Org, acct.ID)
	must(t, err)
	for _, d := range ds {
		bodies[d.Item] = string(d.Body)
	}
	same(t, "drafts", bodies, map[string]string{"c1": `"guest newer"`, "c2": `"account newer"`, "c3": `"guest alone"`})
	ms, err := st.LessonMarks(ctx, Org, acct.ID)
	must(t, err)
	if m := ms["a"]; !m.Done || m.Anchor != "later" || m.Percent != 80 || !m.OpenedAt.Equal(T0) {
		t.Errorf("mark of a: %+v, want done by the guest, position of the account", m)
	}
	if m := ms["b"]; m.Anchor != "guest" {
		t.Errorf("mark of b: %+v", m)
	}
	if _, err := st.Drill(ctx, Org, acct.ID, progress.DrillID(ID(9))); err != nil {
		t.Errorf("drill: %v", err)
	}
	_, _, err = st.SessionByHash(ctx, gs.TokenHash)
	wantErr(t, "the guest's session", err, progress.ErrNotFound)
	if l, err := st.Learner(ctx, Org, guest.ID); err != nil || l.ErasedAt == nil {
		t.Errorf("the guest is still there: %+v, %v", l, err)
	}

	// An account is no guest: its record stays where it is.
	other := Account(5)
	add(t, st, other)
	must(t, st.OpenSession(ctx, Org, Session(6, other), acct.ID))
	if hist, err := st.History(ctx, Org, acct.ID); err != nil || len(hist) != 3 {
		t.Errorf("an account was merged into another: %d attempts left, %v", len(hist), err)
	}
}

func erases(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, other := Account(1), Account(2)
	s := Session(3, l)
	must(t, st.AddLearner(ctx, Org, l, "h", &s, nil))
	add(t, st, other)
	a, g := Attempt(1, l.ID, "q1", true)
	a.Answer, g.Result = json.RawMessage(`{"value":"SECRET"}`), json.RawMessage(`{"parts":["SECRET"]}`)
	record(t, st, a, g)
	b, h := Attempt(2, other.ID, "q1", true)
	b.Answer = a.Answer
	record(t, st, b, h)
	_, err := st.SaveDraft(ctx, Org, l.ID, progress.Draft{Item: "c1", Body: json.RawMessage(`"SECRET"`), UpdatedAt: T0})
	must(t, err)
	must(t, st.SavePosition(ctx, Org, l.ID, "a", "x", 1, T0))

	when := T0.Add(time.Hour)
	must(t, st.Erase(ctx, Org, l.ID, when, words{}, progress.AuditEntry{ID: progress.EntryID(ID(7)), Action: "user.erase", Target: string(l.ID), At: when}))
	must(t, st.Erase(ctx, Org, l.ID, when.Add(time.Hour), words{}, progress.AuditEntry{ID: progress.EntryID(ID(8)), Action: "user.erase", Target: string(l.ID), At: when}))

	got, hash, err := st.CredentialsOf(ctx, Org, l.ID)
	must(t, err)
	same(t, "the person", got, progress.Learner{ID: l.ID, Org: Org, Role: l.Role, Zone: "UTC", CreatedAt: T0, ErasedAt: &when})
	same(t, "passphrase hash", hash, "")
	_, _, err = st.Credentials(ctx, Org, l.Email)
	wantErr(t, "the e-mail", err, progress.ErrNotFound)
	_, _, err = st.SessionByHash(ctx, s.TokenHash)
	wantErr(t, "the session", err, progress.ErrNotFound)
	if ds, err := st.Drafts(ctx, Org, l.ID); err != nil || len(ds) != 0 {
		t.Errorf("drafts: %d, %v", len(ds), err)
	}
	if m, err := st.LessonMarks(ctx, Org, l.ID); err != nil || len(m) != 0 {
		t.Errorf("marks: %d, %v", len(m), err)
	}
	x, err := st.Attempt(ctx, Org, a.ID)
	must(t, err)
	same(t, "answer", string(x.Attempt.Answer), `{"value":""}`)
	same(t, "result", string(x.Grading.Result), `{"parts":[""]}`)
	same(t, "figures stay", x.Grading.Correct, true)
	y, err := st.Attempt(ctx, Org, b.ID)
	must(t, err)
	same(t, "another's answer", string(y.Attempt.Answer), string(b.Answer))
	ls, _, err := st.Learners(ctx, Org, progress.UserFilter{})
	must(t, err)
	if len(ls) != 1 || ls[0].ID != other.ID {
		t.Errorf("list of learners after erasing: %+v", ls)
	}
	back := l
	back.ID = progress.LearnerID(ID(20))
	must(t, st.AddLearner(ctx, Org, back, "h", nil, nil)) // the e-mail is free again
}
