package storetest

import (
	"testing"
	"time"

	"crosswalk/progress"
)

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
	other := Account(5)
	other.Role = progress.RoleInstructor
	add(t, st, Account(1), Guest(2), teacher, Account(4), other)
	// 1 is in a class of the teacher and one of the other, 4 in one of the other alone, 2 in none.
	mine, theirs := class(t, st, teacher, 61), class(t, st, other, 62)
	for i, m := range []struct {
		c progress.CohortID
		n int
	}{{mine.ID, 1}, {theirs.ID, 1}, {theirs.ID, 4}} {
		must(t, st.SetMember(ctx, Org, m.c, progress.LearnerID(ID(m.n)), true, examEntry(70+i)))
	}
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
		{"accounts", progress.UserFilter{}, []int{1, 3, 4, 5}, 4},
		{"with guests", progress.UserFilter{WithGuests: true}, []int{1, 2, 3, 4, 5}, 5},
		{"by role", progress.UserFilter{Role: progress.RoleInstructor}, []int{3, 5}, 2},
		{"of a teacher", progress.UserFilter{Role: progress.RoleLearner, WithGuests: true, Teacher: teacher.ID}, []int{1, 2}, 2},
		{"of another teacher", progress.UserFilter{Role: progress.RoleLearner, WithGuests: true, Teacher: other.ID}, []int{1, 2, 4}, 3},
		{"by part of the name, any case", progress.UserFilter{Text: "gRACE"}, []int{3}, 1},
		{"by part of the e-mail", progress.UserFilter{Text: "l4@"}, []int{4}, 1},
		{"signs of LIKE are plain text", progress.UserFilter{Text: "100%_"}, []int{3}, 1},
		{"signs of LIKE match nothing else", progress.UserFilter{Text: "%"}, []int{3}, 1},
		{"first page", progress.UserFilter{Limit: 2}, []int{1, 3}, 4},
		{"second page", progress.UserFilter{Limit: 2, After: teacher.ID}, []int{4, 5}, 4},
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
