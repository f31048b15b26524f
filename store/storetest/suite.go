package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
)

// Run tests a storage. open gives an empty one that is closed with the test.
func Run(t *testing.T, open func(t testing.TB) progress.Storage) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, st progress.Storage)
	}{
		{"accounts come back as they were kept", accounts},
		{"an e-mail belongs to one account of an organisation", emails},
		{"a guest becomes an account with the same id", promote},
		{"users are listed by role, text and page", users},
		{"sessions are found by their hash and end", sessions},
		{"a passphrase is set with the sessions it ends", passphrases},
		{"limits let a burst through and then one at a time", limits},
		{"limits of several keys count together", limitsTogether},
		{"an attempt and its grading come back as they were kept", attempts},
		{"the same client key is recorded once", duplicates},
		{"attempts are filtered and paged, newest first", attemptFilters},
		{"gradings are appended and the newest counts", gradings},
		{"content is kept once by its hash", versions},
		{"a submission drops the draft", dropsDraft},
		{"drafts go by their revision", drafts},
		{"lesson marks keep done, position and opening", marks},
		{"drills come back", drills},
		{"a guest's record goes over to the account", merges},
		{"erasing takes identity and free text and leaves attempts", erases},
		{"the audit log is listed newest first", audit},
		{"another organisation sees nothing", foreign},
		{"what has expired is swept", sweep},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := open(t)
			must(t, st.Health(t.Context()))
			c.test(t, st)
		})
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

func accounts(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	any, err := st.AnyLearner(ctx)
	must(t, err)
	if any {
		t.Error("an empty storage says that it has learners")
	}
	a, g := Account(1), Guest(2)
	sess := Session(3, g)
	must(t, st.AddLearner(ctx, Org, a, "the hash", nil, &progress.AuditEntry{ID: progress.EntryID(ID(9)), Action: "user.add", Target: string(a.ID), At: T0}))
	must(t, st.AddLearner(ctx, Org, g, "", &sess, nil))
	got, err := st.Learner(ctx, Org, a.ID)
	must(t, err)
	same(t, "account", got, a)
	got, err = st.Learner(ctx, Org, g.ID)
	must(t, err)
	same(t, "guest", got, g)
	got, hash, err := st.Credentials(ctx, Org, a.Email)
	must(t, err)
	same(t, "credentials", got, a)
	same(t, "hash", hash, "the hash")
	_, _, err = st.Credentials(ctx, Org, "nobody@example.org")
	wantErr(t, "unknown e-mail", err, progress.ErrNotFound)
	_, err = st.Learner(ctx, Org, progress.LearnerID(ID(99)))
	wantErr(t, "unknown id", err, progress.ErrNotFound)
	if any, err = st.AnyLearner(ctx); err != nil || !any {
		t.Errorf("any learner: %v, %v; want true", any, err)
	}
	es, err := st.Entries(ctx, Org, progress.AuditFilter{})
	must(t, err)
	if len(es) != 1 {
		t.Errorf("%d audit entries, want the one kept with the account", len(es))
	}
}

func emails(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a, Guest(2), Guest(3)) // any number may have no e-mail
	b := Account(4)
	b.Email = a.Email
	sess := Session(5, b)
	wantErr(t, "same e-mail", st.AddLearner(ctx, Org, b, "x", &sess, nil), progress.ErrDuplicate)
	_, err := st.Learner(ctx, Org, b.ID)
	wantErr(t, "the one that failed left nothing", err, progress.ErrNotFound)
	b.Org = Other
	must(t, st.AddLearner(ctx, Other, b, "x", nil, nil))
}

func promote(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	g := Guest(1)
	old := Session(2, g)
	must(t, st.AddLearner(ctx, Org, g, "", &old, nil))
	add(t, st, Account(3))
	l := g
	l.Guest, l.Name, l.Email = false, "Ada", Account(3).Email
	next := Session(4, l)
	wantErr(t, "taken e-mail", st.Promote(ctx, Org, l, "h", next), progress.ErrDuplicate)
	if _, _, err := st.SessionByHash(ctx, old.TokenHash); err != nil {
		t.Errorf("a failed promotion ended the guest's session: %v", err)
	}
	l.Email = "ada@example.org"
	must(t, st.Promote(ctx, Org, l, "h", next))
	got, hash, err := st.CredentialsOf(ctx, Org, g.ID)
	must(t, err)
	same(t, "promoted", got, l)
	same(t, "hash", hash, "h")
	_, _, err = st.SessionByHash(ctx, old.TokenHash)
	wantErr(t, "the guest's session", err, progress.ErrNotFound)
	_, _, err = st.SessionByHash(ctx, next.TokenHash)
	must(t, err)
	wantErr(t, "promoting an account", st.Promote(ctx, Org, l, "h2", Session(5, l)), progress.ErrNotFound)
}

func users(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	teacher := Account(3)
	teacher.Role, teacher.Name = progress.RoleInstructor, "Grace 100%_Teacher"
	add(t, st, Account(1), Guest(2), teacher, Account(4))
	list := func(f progress.UserFilter) (ids []string, total int) {
		t.Helper()
		ls, n, err := st.Learners(ctx, Org, f)
		must(t, err)
		for _, l := range ls {
			ids = append(ids, string(l.ID))
		}
		return ids, n
	}
	for _, c := range []struct {
		name  string
		f     progress.UserFilter
		want  []int
		total int
	}{
		{"accounts", progress.UserFilter{}, []int{1, 3, 4}, 3},
		{"with guests", progress.UserFilter{WithGuests: true}, []int{1, 2, 3, 4}, 4},
		{"by role", progress.UserFilter{Role: progress.RoleInstructor}, []int{3}, 1},
		{"by part of the name, any case", progress.UserFilter{Text: "gRACE"}, []int{3}, 1},
		{"by part of the e-mail", progress.UserFilter{Text: "l4@"}, []int{4}, 1},
		{"signs of LIKE are plain text", progress.UserFilter{Text: "100%_"}, []int{3}, 1},
		{"signs of LIKE match nothing else", progress.UserFilter{Text: "%"}, []int{3}, 1},
		{"first page", progress.UserFilter{Limit: 2}, []int{1, 3}, 3},
		{"second page", progress.UserFilter{Limit: 2, After: teacher.ID}, []int{4}, 3},
	} {
		ids, n := list(c.f)
		var want []string
		for _, w := range c.want {
			want = append(want, ID(w))
		}
		same(t, c.name, ids, want)
		same(t, c.name+": total", n, c.total)
	}
}

func sessions(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	s, s2 := Session(2, a), Session(3, a)
	must(t, st.OpenSession(ctx, Org, s, ""))
	must(t, st.OpenSession(ctx, Org, s2, ""))
	got, l, err := st.SessionByHash(ctx, s.TokenHash)
	must(t, err)
	same(t, "session", got, s)
	same(t, "its learner", l, a)
	must(t, st.TouchSession(ctx, Org, s.ID, T0.Add(time.Minute), T0.Add(2*time.Hour)))
	got, _, err = st.SessionByHash(ctx, s.TokenHash)
	must(t, err)
	if !got.SeenAt.Equal(T0.Add(time.Minute)) || !got.ExpiresAt.Equal(T0.Add(2*time.Hour)) {
		t.Errorf("touched session: seen %v, expires %v", got.SeenAt, got.ExpiresAt)
	}
	must(t, st.EndSession(ctx, s.TokenHash))
	must(t, st.EndSession(ctx, s.TokenHash))
	_, _, err = st.SessionByHash(ctx, s.TokenHash)
	wantErr(t, "ended session", err, progress.ErrNotFound)
	must(t, st.EndSessions(ctx, Org, a.ID))
	left, err := st.Sessions(ctx, Org, a.ID)
	must(t, err)
	if len(left) != 0 {
		t.Errorf("%d sessions left, want none", len(left))
	}
	wantErr(t, "session of nobody", st.OpenSession(ctx, Org, Session(8, Account(7)), ""), progress.ErrNotFound)
}

func passphrases(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	a := Account(1)
	add(t, st, a)
	s, s2 := Session(2, a), Session(3, a)
	must(t, st.OpenSession(ctx, Org, s, ""))
	must(t, st.SetHash(ctx, Org, a.ID, "rehashed", false, nil, nil))
	if _, _, err := st.SessionByHash(ctx, s.TokenHash); err != nil {
		t.Errorf("session after a rehash: %v", err)
	}
	must(t, st.SetHash(ctx, Org, a.ID, "new", true, &s2, nil))
	_, _, err := st.SessionByHash(ctx, s.TokenHash)
	wantErr(t, "old session", err, progress.ErrNotFound)
	_, hash, err := st.CredentialsOf(ctx, Org, a.ID)
	must(t, err)
	same(t, "hash", hash, "new")
	wantErr(t, "nobody's passphrase", st.SetHash(ctx, Org, progress.LearnerID(ID(9)), "x", true, nil, nil), progress.ErrNotFound)
}

func limits(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	limit := []progress.Limit{{Burst: 3, Every: time.Minute}}
	take := func(now time.Time) time.Duration {
		t.Helper()
		w, err := st.Take(ctx, now, []string{"k"}, limit)
		must(t, err)
		return w
	}
	for i := range 3 {
		if w := take(T0); w != 0 {
			t.Fatalf("try %d waits %v", i+1, w)
		}
	}
	if w := take(T0); w != time.Minute {
		t.Errorf("fourth try waits %v, want 1m", w)
	}
	if w := take(T0.Add(40 * time.Second)); w != 20*time.Second {
		t.Errorf("after 40 s it waits %v, want 20s: refused tries must not count", w)
	}
	if w := take(T0.Add(time.Minute)); w != 0 {
		t.Errorf("after a minute it waits %v", w)
	}
	must(t, st.Give(ctx, []string{"k"}, limit, nil))
	if w := take(T0.Add(time.Minute)); w != 0 {
		t.Errorf("after giving one back it waits %v", w)
	}
	must(t, st.Give(ctx, nil, nil, []string{"k"}))
	for i := range 3 {
		if w := take(T0.Add(time.Minute)); w != 0 {
			t.Errorf("try %d after forgetting waits %v", i+1, w)
		}
	}
	// Sent together, no more than the burst come through.
	var wg sync.WaitGroup
	var mu sync.Mutex
	through := 0
	for range 20 {
		wg.Go(func() {
			if w, err := st.Take(ctx, T0, []string{"storm"}, limit); err == nil && w == 0 {
				mu.Lock()
				through++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	same(t, "of 20 at once come through", through, 3)
}

func limitsTogether(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	keys, ls := []string{"account", "address"}, []progress.Limit{{Burst: 1, Every: time.Minute}, {Burst: 2, Every: time.Minute}}
	w, err := st.Take(ctx, T0, keys, ls)
	must(t, err)
	same(t, "first", w, time.Duration(0))
	w, err = st.Take(ctx, T0, keys, ls)
	must(t, err)
	same(t, "account used up", w, time.Minute)
	w, err = st.Take(ctx, T0, []string{"account 2", "address"}, ls)
	must(t, err)
	same(t, "the refused try did not count for the address", w, time.Duration(0))
}

func attempts(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	a, g := Attempt(1, l.ID, "q1", false)
	out := record(t, st, a, g)
	want := progress.Graded{Attempt: a, Grading: g}
	same(t, "answer of RecordAttempt", out, want)
	got, err := st.Attempt(ctx, Org, a.ID)
	must(t, err)
	same(t, "Attempt", got, want)
	got, err = st.AttemptByKey(ctx, Org, l.ID, a.ClientKey)
	must(t, err)
	same(t, "AttemptByKey", got, want)
	_, err = st.Attempt(ctx, Org, progress.AttemptID(ID(77)))
	wantErr(t, "unknown attempt", err, progress.ErrNotFound)
	hist, err := st.History(ctx, Org, l.ID)
	must(t, err)
	same(t, "History", hist, []progress.Outcome{{
		Attempt: a.ID, Kind: a.Kind, Item: "q1", Areas: a.Areas, Context: progress.Alone, SubmittedAt: a.SubmittedAt, Seconds: 30, Findings: g.Findings,
	}})
	b, h := Attempt(2, progress.LearnerID(ID(55)), "q1", true)
	_, _, err = st.RecordAttempt(ctx, Org, nil, b, h, false)
	wantErr(t, "attempt of nobody", err, progress.ErrNotFound)
}

func duplicates(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	a, g := Attempt(1, l.ID, "q1", true)
	first := record(t, st, a, g)
	// The same form sent ten times at once, each with ids of its own.
	var wg sync.WaitGroup
	for n := 10; n < 20; n++ {
		wg.Go(func() {
			b, h := Attempt(n, l.ID, "q1", false)
			b.ClientKey = a.ClientKey
			b.ShownHash, b.KeyHash = fmt.Sprintf("s%d", n), fmt.Sprintf("k%d", n)
			got, dup, err := st.RecordAttempt(ctx, Org, Versions(b), b, h, true)
			if err != nil || !dup {
				t.Errorf("duplicate %d: dup %v, error %v", n, dup, err)
			} else {
				same(t, "first result", got, first)
			}
		})
	}
	wg.Wait()
	_, n, err := st.Attempts(ctx, Org, progress.AttemptFilter{Learner: l.ID})
	must(t, err)
	same(t, "attempts", n, 1)
	_, err = st.Version(ctx, Org, "s12")
	wantErr(t, "version of a duplicate", err, progress.ErrNotFound)
	b, h := Attempt(3, m.ID, "q1", true)
	b.ClientKey = a.ClientKey
	record(t, st, b, h) // another learner may have the same key
}

func attemptFilters(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	for n := 1; n <= 6; n++ {
		a, g := Attempt(n, l.ID, fmt.Sprintf("q%d", n%2), n%3 == 0)
		if n == 4 {
			a.Kind, a.Item, a.Areas = progress.KindCase, "c1", []string{"cases"}
		}
		if n >= 5 {
			a.Context = progress.Context{Kind: progress.InDrill, Ref: fmt.Sprintf("d%d", n)}
		}
		if n == 6 {
			a.Learner = m.ID
		}
		record(t, st, a, g)
	}
	for _, c := range []struct {
		name  string
		f     progress.AttemptFilter
		want  []int
		total int
	}{
		{"all", progress.AttemptFilter{}, []int{6, 5, 4, 3, 2, 1}, 6},
		{"one learner's", progress.AttemptFilter{Learner: l.ID}, []int{5, 4, 3, 2, 1}, 5},
		{"kind", progress.AttemptFilter{Kind: progress.KindCase}, []int{4}, 1},
		{"item", progress.AttemptFilter{Item: "q1"}, []int{5, 3, 1}, 3},
		{"area", progress.AttemptFilter{Area: "cpt-20000"}, []int{6, 5, 3, 2, 1}, 5},
		{"part of an area's name is no area", progress.AttemptFilter{Area: "cpt"}, nil, 0},
		{"a sign of LIKE is no area", progress.AttemptFilter{Area: "c_ses"}, nil, 0},
		{"context", progress.AttemptFilter{Context: progress.Context{Kind: progress.InDrill}}, []int{6, 5}, 2},
		{"context with reference", progress.AttemptFilter{Context: progress.Context{Kind: progress.InDrill, Ref: "d5"}}, []int{5}, 1},
		{"first page", progress.AttemptFilter{Learner: l.ID, Limit: 2}, []int{5, 4}, 5},
		{"next page", progress.AttemptFilter{Learner: l.ID, Limit: 2, Before: progress.AttemptID(ID(4))}, []int{3, 2}, 5},
	} {
		gs, total, err := st.Attempts(ctx, Org, c.f)
		must(t, err)
		var got, want []string
		for _, g := range gs {
			got = append(got, string(g.Attempt.ID))
			if g.Grading.Attempt != g.Attempt.ID {
				t.Errorf("%s: attempt %s has the grading of %s", c.name, g.Attempt.ID, g.Grading.Attempt)
			}
		}
		for _, n := range c.want {
			want = append(want, ID(n))
		}
		same(t, c.name, got, want)
		same(t, c.name+": total", total, c.total)
	}
}

func gradings(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	a, g := Attempt(1, l.ID, "q1", false)
	record(t, st, a, g)
	var again []progress.Grading
	for i := range 2 {
		_, h := Attempt(10+i, l.ID, "q1", true)
		h.Attempt, h.Reason, h.By, h.KeyHash = a.ID, "the key was wrong", "someone", "key-2"
		again = append(again, h)
	}
	entry := progress.AuditEntry{ID: progress.EntryID(ID(5)), Action: "regrade", Target: "q1", At: T0}
	must(t, st.AppendGradings(ctx, Org, again, &entry))
	all, err := st.Gradings(ctx, Org, a.ID)
	must(t, err)
	again[0].Seq, again[1].Seq = 2, 3
	same(t, "all gradings", all, []progress.Grading{g, again[0], again[1]})
	got, err := st.Attempt(ctx, Org, a.ID)
	must(t, err)
	same(t, "the one that counts", got.Grading, again[1])
	same(t, "the attempt", got.Attempt, a)
	hist, err := st.History(ctx, Org, l.ID)
	must(t, err)
	if len(hist) != 1 || !hist[0].Correct || hist[0].Percent10 != 1000 {
		t.Errorf("history %+v, want one correct outcome", hist)
	}
	stray := again[0]
	stray.ID, stray.Attempt = progress.GradingID(ID(40)), progress.AttemptID(ID(41))
	wantErr(t, "grading of nothing", st.AppendGradings(ctx, Org, []progress.Grading{stray}, nil), progress.ErrNotFound)
}

func versions(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	v := progress.ContentVersion{Hash: "h1", Kind: progress.KindCase, Item: "c1", Body: "first\ntext", At: T0}
	w := v
	w.Body = "another text under the same hash"
	n, err := st.KeepVersions(ctx, Org, []progress.ContentVersion{v, w})
	must(t, err)
	same(t, "new versions", n, 1)
	n, err = st.KeepVersions(ctx, Org, []progress.ContentVersion{v})
	must(t, err)
	same(t, "new versions the second time", n, 0)
	got, err := st.Version(ctx, Org, "h1")
	must(t, err)
	same(t, "version", got, v)
	_, err = st.Version(ctx, Org, "h2")
	wantErr(t, "unknown hash", err, progress.ErrNotFound)

	l := Account(1)
	add(t, st, l)
	a, g := Attempt(1, l.ID, "q1", true)
	record(t, st, a, g)
	for _, hash := range []string{a.ShownHash, a.KeyHash} {
		if _, err := st.Version(ctx, Org, hash); err != nil {
			t.Errorf("version %s of an attempt: %v", hash, err)
		}
		if ok, err := st.AnsweredVersion(ctx, Org, l.ID, hash); err != nil || !ok {
			t.Errorf("answered %s: %v, %v; want true", hash, ok, err)
		}
	}
	if ok, err := st.AnsweredVersion(ctx, Org, l.ID, "h1"); err != nil || ok {
		t.Errorf("answered h1: %v, %v; want false", ok, err)
	}
}

func dropsDraft(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	for _, who := range []progress.Learner{l, m} {
		for _, item := range []string{"c1", "c2"} {
			_, err := st.SaveDraft(ctx, Org, who.ID, progress.Draft{Item: item, Body: json.RawMessage(`{}`), UpdatedAt: T0})
			must(t, err)
		}
	}
	a, g := Attempt(1, l.ID, "c1", true)
	a.Kind = progress.KindCase
	_, _, err := st.RecordAttempt(ctx, Org, Versions(a), a, g, true)
	must(t, err)
	_, err = st.Draft(ctx, Org, l.ID, "c1")
	wantErr(t, "draft after submission", err, progress.ErrNotFound)
	for _, left := range []struct {
		who  progress.LearnerID
		item string
	}{{l.ID, "c2"}, {m.ID, "c1"}} {
		if _, err := st.Draft(ctx, Org, left.who, left.item); err != nil {
			t.Errorf("draft of %s by %s: %v", left.item, left.who, err)
		}
	}
}

func drafts(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	save := func(body string, rev int64, at time.Time) (int64, error) {
		return st.SaveDraft(ctx, Org, l.ID, progress.Draft{Item: "c1", Body: json.RawMessage(body), Rev: rev, UpdatedAt: at})
	}
	r1, err := save(`{"n":1}`, 0, T0)
	must(t, err)
	r2, err := save(`{"n":2}`, r1, T0)
	must(t, err)
	if r1 <= 0 || r2 <= r1 {
		t.Errorf("revisions %d, %d: want them to grow", r1, r2)
	}
	got, err := st.Draft(ctx, Org, l.ID, "c1")
	must(t, err)
	same(t, "draft", got, progress.Draft{Item: "c1", Body: json.RawMessage(`{"n":2}`), Rev: r2, UpdatedAt: T0})
	for name, old := range map[string]int64{"an older revision": r1, "no revision": 0, "a revision that never was": r2 + 1000} {
		rev, err := save(`{"n":3}`, old, T0)
		wantErr(t, name, err, progress.ErrStaleDraft)
		same(t, name+": the stored revision", rev, r2)
	}
	rev, err := save(`{"n":2}`, r1, T0)
	must(t, err)
	same(t, "the same body again, since the reply was lost", rev, r2)

	must(t, st.DropDraft(ctx, Org, l.ID, "c1"))
	must(t, st.DropDraft(ctx, Org, l.ID, "c1"))
	_, err = save(`{"n":4}`, r2, T0)
	wantErr(t, "a stale tab after the draft is gone", err, progress.ErrStaleDraft)
	r5, err := save(`{"n":5}`, 0, T0.Add(time.Second))
	must(t, err)
	if r5 <= r2 {
		t.Errorf("revision %d after %d: a new draft must not reuse revisions", r5, r2)
	}
	_, err = st.SaveDraft(ctx, Org, l.ID, progress.Draft{Item: "c2", Body: json.RawMessage(`{}`), UpdatedAt: T0.Add(time.Hour)})
	must(t, err)
	ds, err := st.Drafts(ctx, Org, l.ID)
	must(t, err)
	if len(ds) != 2 || ds[0].Item != "c2" || ds[1].Item != "c1" {
		t.Errorf("drafts %+v, want c2 then c1", ds)
	}
}

func marks(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	must(t, st.SavePosition(ctx, Org, l.ID, "a", "h2", 40, T0))
	must(t, st.MarkLesson(ctx, Org, l.ID, "a", true, T0.Add(time.Minute)))
	must(t, st.MarkLesson(ctx, Org, l.ID, "a", true, T0.Add(2*time.Minute)))
	must(t, st.SavePosition(ctx, Org, l.ID, "a", "h3", 60, T0.Add(3*time.Minute)))
	must(t, st.SavePosition(ctx, Org, l.ID, "a", "late", 1, T0)) // one that was on the way for long
	must(t, st.MarkLesson(ctx, Org, l.ID, "b", true, T0))
	must(t, st.MarkLesson(ctx, Org, l.ID, "b", false, T0.Add(time.Minute)))
	got, err := st.LessonMarks(ctx, Org, l.ID)
	must(t, err)
	done := T0.Add(time.Minute)
	same(t, "marks", got, map[string]progress.LessonMark{
		"a": {Done: true, DoneAt: &done, Anchor: "h3", Percent: 60, OpenedAt: T0, ReadAt: T0.Add(3 * time.Minute)},
		"b": {OpenedAt: T0, ReadAt: T0.Add(time.Minute)},
	})
}

func drills(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l, m := Account(1), Account(2)
	add(t, st, l, m)
	d := progress.Drill{ID: progress.DrillID(ID(1)), Area: "em", Items: []string{"q2", "q1"}, Seed: 1<<64 - 1, CreatedAt: T0}
	e := progress.Drill{ID: progress.DrillID(ID(2)), Area: "em", Items: []string{"q3"}, Seed: 7, CreatedAt: T0}
	must(t, st.AddDrill(ctx, Org, l.ID, d))
	must(t, st.AddDrill(ctx, Org, l.ID, e))
	got, err := st.Drill(ctx, Org, l.ID, d.ID)
	must(t, err)
	same(t, "drill", got, d)
	_, err = st.Drill(ctx, Org, m.ID, d.ID)
	wantErr(t, "another's drill", err, progress.ErrNotFound)
	all, err := st.Drills(ctx, Org, l.ID)
	must(t, err)
	same(t, "drills", all, []progress.Drill{e, d})
}

func audit(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	for n := 1; n <= 4; n++ {
		must(t, st.AddEntry(ctx, Org, progress.AuditEntry{
			ID: progress.EntryID(ID(n)), Org: Org, Actor: progress.LearnerID(ID(100 + n%2)), Action: "regrade", Target: "q1", Detail: strings.Repeat("x", n), At: T0,
		}))
	}
	es, err := st.Entries(ctx, Org, progress.AuditFilter{Limit: 2})
	must(t, err)
	if len(es) != 2 || es[0].ID != progress.EntryID(ID(4)) || es[0].Detail != "xxxx" {
		t.Errorf("entries %+v, want the two newest", es)
	}
	es, err = st.Entries(ctx, Org, progress.AuditFilter{Actor: progress.LearnerID(ID(101)), Before: progress.EntryID(ID(3))})
	must(t, err)
	if len(es) != 1 || es[0].ID != progress.EntryID(ID(1)) {
		t.Errorf("entries %+v, want the first alone", es)
	}
}

func foreign(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	s := Session(2, l)
	must(t, st.AddLearner(ctx, Org, l, "h", &s, nil))
	a, g := Attempt(1, l.ID, "q1", true)
	record(t, st, a, g)
	_, err := st.SaveDraft(ctx, Org, l.ID, progress.Draft{Item: "c1", Body: json.RawMessage(`{}`), UpdatedAt: T0})
	must(t, err)
	must(t, st.AddDrill(ctx, Org, l.ID, progress.Drill{ID: progress.DrillID(ID(3)), Items: []string{}, CreatedAt: T0}))

	_, err = st.Learner(ctx, Other, l.ID)
	wantErr(t, "learner", err, progress.ErrNotFound)
	_, _, err = st.Credentials(ctx, Other, l.Email)
	wantErr(t, "credentials", err, progress.ErrNotFound)
	_, err = st.Attempt(ctx, Other, a.ID)
	wantErr(t, "attempt", err, progress.ErrNotFound)
	_, err = st.Version(ctx, Other, a.KeyHash)
	wantErr(t, "version", err, progress.ErrNotFound)
	_, err = st.Draft(ctx, Other, l.ID, "c1")
	wantErr(t, "draft", err, progress.ErrNotFound)
	_, err = st.Drill(ctx, Other, l.ID, progress.DrillID(ID(3)))
	wantErr(t, "drill", err, progress.ErrNotFound)
	wantErr(t, "erase", st.Erase(ctx, Other, l.ID, T0, words{}, progress.AuditEntry{ID: "e", At: T0}), progress.ErrNotFound)
	wantErr(t, "append grading", st.AppendGradings(ctx, Other, []progress.Grading{g}, nil), progress.ErrNotFound)
	wantErr(t, "set hash", st.SetHash(ctx, Other, l.ID, "x", true, nil, nil), progress.ErrNotFound)
	if gs, n, err := st.Attempts(ctx, Other, progress.AttemptFilter{}); err != nil || n != 0 || len(gs) != 0 {
		t.Errorf("attempts: %d, %v", n, err)
	}
	if gs, err := st.Gradings(ctx, Other, a.ID); err != nil || len(gs) != 0 {
		t.Errorf("gradings: %d, %v", len(gs), err)
	}
	if h, err := st.History(ctx, Other, l.ID); err != nil || len(h) != 0 {
		t.Errorf("history: %d, %v", len(h), err)
	}
	if ls, n, err := st.Learners(ctx, Other, progress.UserFilter{}); err != nil || n != 0 || len(ls) != 0 {
		t.Errorf("learners: %d, %v", n, err)
	}
	must(t, st.EndSessions(ctx, Other, l.ID))
	if _, _, err := st.SessionByHash(ctx, s.TokenHash); err != nil {
		t.Errorf("another organisation ended the session: %v", err)
	}
}

func sweep(t *testing.T, st progress.Storage) {
	ctx := t.Context()
	l := Account(1)
	add(t, st, l)
	old, young := Session(2, l), Session(3, l)
	young.ExpiresAt = T0.Add(48 * time.Hour)
	must(t, st.OpenSession(ctx, Org, old, ""))
	must(t, st.OpenSession(ctx, Org, young, ""))
	_, err := st.Take(ctx, T0, []string{"k"}, []progress.Limit{{Burst: 2, Every: time.Minute}})
	must(t, err)
	n, err := st.Sweep(ctx, T0.Add(2*time.Hour))
	must(t, err)
	same(t, "rows swept", n, 2)
	left, err := st.Sessions(ctx, Org, l.ID)
	must(t, err)
	same(t, "sessions left", left, []progress.StoredSession{young})
}
