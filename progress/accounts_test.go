package progress_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"crosswalk/progress"
)

func TestGuestToAccountKeepsEverything(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	l, guestToken, err := h.StartGuest(ctx, "", "America/Chicago", "")
	h.must(err)
	g := l.Actor()
	h.answer(g, "em-1", 0)
	h.code(g, "E11.22", "N18.32")
	rev, err := h.SaveDraft(ctx, g, progress.Draft{Item: "c1", Body: json.RawMessage(`{}`)})
	h.must(err)
	h.must(h.MarkLesson(ctx, g, "lesson-1", true))
	d, err := h.StartDrill(ctx, g, "em", 2, 1)
	h.must(err)

	acct, token, err := h.SignUp(ctx, g, progress.SignUp{Name: "  Ada   Lovelace ", Email: " Ada@Example.ORG ", Passphrase: pass, IP: "192.0.2.1"})
	h.must(err)
	same(t, "account", acct, progress.Learner{ID: l.ID, Org: progress.DefaultOrg, Role: progress.RoleLearner, Name: "Ada Lovelace", Email: "ada@example.org", Zone: "America/Chicago", CreatedAt: l.CreatedAt})
	_, err = h.Session(ctx, guestToken)
	wantErr(t, "the guest's token after sign-up", err, progress.ErrNoSession)
	s, err := h.Session(ctx, token)
	h.must(err)
	same(t, "session's learner", s.Learner, acct)

	a := s.Actor()
	_, n, err := h.Attempts(ctx, a, progress.AttemptFilter{})
	h.must(err)
	same(t, "attempts", n, 2)
	if dr, err := h.Draft(ctx, a, "c1"); err != nil || dr.Rev != rev {
		t.Errorf("draft: %+v, %v", dr, err)
	}
	if m, err := h.LessonMarks(ctx, a); err != nil || !m["lesson-1"].Done {
		t.Errorf("lesson marks: %v, %v", m, err)
	}
	if _, err := h.Drill(ctx, a, d.ID); err != nil {
		t.Errorf("drill: %v", err)
	}
	_, _, err = h.SignUp(ctx, a, progress.SignUp{Name: "Again", Email: "b@example.org", Passphrase: pass})
	wantErr(t, "signing up with an account", err, progress.ErrForbidden)
}

func TestSigningInTakesTheGuestsRecordOver(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	acct := h.user("ada", progress.RoleLearner, progress.DefaultOrg)
	h.answer(acct, "em-1", 0)
	g := h.guest()
	h.answer(g, "em-2", 0)
	_, token, err := h.SignIn(ctx, progress.SignIn{Email: "ADA@example.org", Passphrase: pass, IP: "192.0.2.1", Guest: g})
	h.must(err)
	s, err := h.Session(ctx, token)
	h.must(err)
	st, err := h.QuestionStates(ctx, s.Actor())
	h.must(err)
	same(t, "question states", st, map[string]progress.QuestionState{"em-1": {Tries: 1, LastCorrect: true}, "em-2": {Tries: 1, LastCorrect: true}})
	// Another's account handed in as the guest must not be swallowed.
	other := h.user("bob", progress.RoleLearner, progress.DefaultOrg)
	h.answer(other, "em-3", 0)
	_, _, err = h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass, Guest: other})
	h.must(err)
	if _, n, err := h.Attempts(ctx, other, progress.AttemptFilter{}); err != nil || n != 1 {
		t.Errorf("the other account has %d attempts (%v), want its one", n, err)
	}
}

func TestSignUpSaysWhichFieldsAreWrong(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, _, err := h.SignUp(ctx, progress.Actor{}, progress.SignUp{Name: " ", Email: "nobody", Passphrase: "short", Zone: "Mars/Olympus"})
	var all progress.InputErrors
	if !errors.As(err, &all) || len(all) != 4 {
		t.Fatalf("got %v, want four fields", err)
	}
	for _, f := range all {
		if !strings.HasSuffix(f.Reason, ".") {
			t.Errorf("%s: %q is no sentence", f.Field, f.Reason)
		}
	}
	good := progress.SignUp{Name: "Ada", Email: "ada@example.org", Passphrase: pass}
	for _, c := range []struct {
		field string
		set   func(*progress.SignUp)
	}{
		{"email", func(s *progress.SignUp) { s.Email = "a@b" }},
		{"email", func(s *progress.SignUp) { s.Email = "Ada <ada@example.org>" }},
		{"email", func(s *progress.SignUp) { s.Email = "a@b.org\r\nBcc: x@y.org" }},
		{"email", func(s *progress.SignUp) { s.Email = strings.Repeat("a", 250) + "@b.org" }},
		{"name", func(s *progress.SignUp) { s.Name = strings.Repeat("x", 101) }},
		{"name", func(s *progress.SignUp) { s.Name = "A\x00da" }},
		{"passphrase", func(s *progress.SignUp) { s.Passphrase = strings.Repeat("é", 9) }},
		{"passphrase", func(s *progress.SignUp) { s.Passphrase = strings.Repeat("é", 201) }},
		{"zone", func(s *progress.SignUp) { s.Zone = "Local" }},
		{"zone", func(s *progress.SignUp) { s.Zone = "../../etc/passwd" }},
	} {
		in := good
		c.set(&in)
		_, _, err := h.SignUp(ctx, progress.Actor{}, in)
		wantField(t, c.field, err, c.field)
	}
	good.Passphrase = strings.Repeat("é", 200)
	_, _, err = h.SignUp(ctx, progress.Actor{}, good)
	h.must(err)
	_, _, err = h.SignUp(ctx, progress.Actor{}, good)
	wantErr(t, "same e-mail", err, progress.ErrEmailTaken)
	good.Email = "ADA@EXAMPLE.ORG"
	_, _, err = h.SignUp(ctx, h.guest(), good)
	wantErr(t, "same e-mail in capitals by a guest", err, progress.ErrEmailTaken)
	_, _, err = h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: good.Passphrase})
	h.must(err)
}

func TestWrongCredentialsSayTheSame(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.user("ada", progress.RoleLearner, progress.DefaultOrg)
	_, _, known := h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: "wrong passphrase"})
	_, _, unknown := h.SignIn(ctx, progress.SignIn{Email: "nobody@example.org", Passphrase: "wrong passphrase"})
	_, _, empty := h.SignIn(ctx, progress.SignIn{Email: "", Passphrase: ""})
	_, _, long := h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: strings.Repeat("x", 10000)})
	for what, err := range map[string]error{"known": known, "unknown": unknown, "empty": empty, "long": long} {
		wantErr(t, what, err, progress.ErrBadCredentials)
		if err != nil && err.Error() != known.Error() {
			t.Errorf("%s: %q differs from %q", what, err, known)
		}
	}
}

func TestSignInIsLimited(t *testing.T) {
	h := newHouse(t, func(o *progress.Options) {
		o.AccountLimit = progress.Limit{Burst: 3, Every: time.Minute}
		o.AddressLimit = progress.Limit{Burst: 5, Every: time.Minute}
	})
	ctx := t.Context()
	h.user("ada", progress.RoleLearner, progress.DefaultOrg)
	h.user("bob", progress.RoleLearner, progress.DefaultOrg)
	try := func(email, passphrase, ip string) error {
		_, _, err := h.SignIn(ctx, progress.SignIn{Email: email, Passphrase: passphrase, IP: ip})
		return err
	}
	tooMany := func(what string, err error) {
		t.Helper()
		var e *progress.ErrTooMany
		if !errors.As(err, &e) || e.RetryAfter < time.Second || e.RetryAfter > time.Minute {
			t.Errorf("%s: got %v, want ErrTooMany within a minute", what, err)
		}
	}
	for range 3 {
		wantErr(t, "wrong", try("ada@example.org", "wrong passphrase", "192.0.2.1"), progress.ErrBadCredentials)
	}
	tooMany("the account, even with the right passphrase and from elsewhere", try("ada@example.org", pass, "192.0.2.9"))
	h.must(try("bob@example.org", pass, "192.0.2.9"))
	wantErr(t, "4th from the address", try("x@example.org", "wrong passphrase", "192.0.2.1"), progress.ErrBadCredentials)
	wantErr(t, "5th from the address", try("y@example.org", "wrong passphrase", "192.0.2.1"), progress.ErrBadCredentials)
	tooMany("the address", try("z@example.org", "wrong passphrase", "192.0.2.1"))
	h.clock.add(time.Minute)
	h.must(try("ada@example.org", pass, "192.0.2.9"))
	for range 20 { // right ones never run out: a whole school signs in from one address
		h.must(try("ada@example.org", pass, "192.0.2.77"))
	}
	// Everyone in one IPv6 network is one client.
	for i := range 5 {
		wantErr(t, "IPv6", try("v6-"+string(rune('a'+i))+"@example.org", "wrong passphrase", "2001:db8:1:2::"+string(rune('1'+i))), progress.ErrBadCredentials)
	}
	tooMany("the IPv6 network", try("v6@example.org", "wrong passphrase", "2001:db8:1:2:ffff::1"))
	wantErr(t, "the IPv6 network beside it", try("v6@example.org", "wrong passphrase", "2001:db8:1:3::1"), progress.ErrBadCredentials)
}

func TestStormOfSignInsIsBounded(t *testing.T) {
	h := newHouse(t, func(o *progress.Options) {
		o.Passphrase = progress.PassphraseParams{MemoryKiB: 2048, Passes: 8, Lanes: 1, AtOnce: 1, Wait: 30 * time.Millisecond}
		o.AddressLimit = progress.Limit{Burst: 1000, Every: time.Second}
	})
	h.user("ada", progress.RoleLearner, progress.DefaultOrg)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var in, busy, other int
	for range 40 {
		wg.Go(func() {
			_, _, err := h.SignIn(t.Context(), progress.SignIn{Email: "ada@example.org", Passphrase: pass, IP: "192.0.2.1"})
			mu.Lock()
			defer mu.Unlock()
			var many *progress.ErrTooMany
			switch {
			case err == nil:
				in++
			case errors.Is(err, progress.ErrBusy), errors.As(err, &many):
				busy++
			default:
				other++
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if in == 0 || busy == 0 || in+busy != 40 {
		t.Errorf("of 40 at once %d came in, %d were told to wait, %d failed; want some of each of the first two", in, busy, other)
	}
	h.clock.add(time.Hour)
	if _, _, err := h.SignIn(t.Context(), progress.SignIn{Email: "ada@example.org", Passphrase: pass, IP: "192.0.2.1"}); err != nil {
		t.Errorf("after the storm: %v", err)
	}
}

func TestHashesAreMadeAnewWhenParametersChange(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.user("ada", progress.RoleLearner, progress.DefaultOrg)
	stored := func() string {
		_, hash, err := h.db.CredentialsOf(ctx, a.Org, a.Learner)
		h.must(err)
		return hash
	}
	if s := stored(); !strings.HasPrefix(s, "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Errorf("hash %q does not hold its parameters", s)
	}
	dearer := cheap
	dearer.Passes = 2
	later := progress.NewWithContent(h.db, newBank(), emptyBook(t), progress.Options{Now: h.clock.now, Passphrase: dearer})
	_, _, err := later.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: "wrong passphrase"})
	wantErr(t, "wrong", err, progress.ErrBadCredentials)
	if s := stored(); !strings.Contains(s, "t=1,") {
		t.Errorf("a wrong passphrase changed the hash: %q", s)
	}
	_, _, err = later.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass})
	h.must(err)
	if s := stored(); !strings.Contains(s, "m=8,t=2,p=1") {
		t.Errorf("hash %q was not made anew", s)
	}
	_, _, err = later.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass})
	h.must(err)
}

func TestSessions(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.user("ada", progress.RoleLearner, progress.DefaultOrg)
	signIn := func() progress.Token {
		t.Helper()
		_, token, err := h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass})
		h.must(err)
		return token
	}
	t1, t2 := signIn(), signIn()
	s1, err := h.Session(ctx, t1)
	h.must(err)
	s2, err := h.Session(ctx, t2)
	h.must(err)
	if len(t1) != 43 || t1 == t2 || s1.ID == s2.ID || s1.CSRF == s2.CSRF || len(s1.CSRF) < 40 {
		t.Errorf("tokens %q %q, CSRF %q %q: want two of each, long", t1, t2, s1.CSRF, s2.CSRF)
	}
	if !s1.SameCSRF(s1.CSRF) || s1.SameCSRF(s2.CSRF) || s1.SameCSRF("") || (progress.Session{}).SameCSRF("") {
		t.Error("SameCSRF")
	}
	stored, err := h.db.Sessions(ctx, progress.DefaultOrg, s1.Learner.ID)
	h.must(err)
	for _, s := range stored {
		if strings.Contains(s.TokenHash, string(t1)) || len(s.TokenHash) != 64 {
			t.Errorf("stored %q: want a SHA-256", s.TokenHash)
		}
	}
	for _, bad := range []progress.Token{"", "x", t1[:42], t1 + "x", progress.Token(strings.Repeat("A", 43))} {
		_, err := h.Session(ctx, bad)
		wantErr(t, "token "+string(bad), err, progress.ErrNoSession)
	}
	// Used now and then it lives on; unused it expires.
	for range 5 {
		h.clock.add(20 * 24 * time.Hour)
		if _, err := h.Session(ctx, t1); err != nil {
			t.Fatalf("a session in use ended: %v", err)
		}
	}
	_, err = h.Session(ctx, t2)
	wantErr(t, "unused for 100 days", err, progress.ErrNoSession)
	if n, err := h.Sweep(ctx); err != nil || n == 0 {
		t.Errorf("swept %d, %v", n, err)
	}
	h.must(h.SignOut(ctx, t1))
	h.must(h.SignOut(ctx, t1))
	_, err = h.Session(ctx, t1)
	wantErr(t, "signed out", err, progress.ErrNoSession)
	t3, t4 := signIn(), signIn()
	h.must(h.SignOutEverywhere(ctx, s1.Actor()))
	for _, tok := range []progress.Token{t3, t4} {
		_, err = h.Session(ctx, tok)
		wantErr(t, "signed out everywhere", err, progress.ErrNoSession)
	}
}

func TestChangePassphrase(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.user("ada", progress.RoleLearner, progress.DefaultOrg)
	_, here, err := h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass})
	h.must(err)
	_, elsewhere, err := h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass})
	h.must(err)
	_, err = h.ChangePassphrase(ctx, a, "not the old one", "a whole new phrase")
	wantErr(t, "wrong old one", err, progress.ErrBadCredentials)
	_, err = h.ChangePassphrase(ctx, a, pass, "short")
	wantField(t, "short new one", err, "new")
	_, err = h.ChangePassphrase(ctx, h.guest(), "", "a whole new phrase")
	wantErr(t, "a guest", err, progress.ErrForbidden)
	next, err := h.ChangePassphrase(ctx, a, pass, "a whole new phrase")
	h.must(err)
	for _, tok := range []progress.Token{here, elsewhere} {
		_, err = h.Session(ctx, tok)
		wantErr(t, "older session", err, progress.ErrNoSession)
	}
	_, err = h.Session(ctx, next)
	h.must(err)
	_, _, err = h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass})
	wantErr(t, "old passphrase", err, progress.ErrBadCredentials)
	_, _, err = h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: "a whole new phrase"})
	h.must(err)
}

func TestUsersByRole(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	const school progress.OrgID = "00000000-0000-7000-8000-00000000000a"
	teacher := h.user("teacher", progress.RoleInstructor, progress.DefaultOrg)
	employer := h.user("employer", progress.RoleEmployer, progress.DefaultOrg)
	learner := h.user("learner", progress.RoleLearner, progress.DefaultOrg)
	admin := h.user("admin", progress.RoleAdmin, progress.DefaultOrg)
	h.user("stranger", progress.RoleLearner, school)
	count := func(a progress.Actor, f progress.UserFilter) (int, error) {
		_, n, err := h.Users(ctx, a, f)
		return n, err
	}
	for _, c := range []struct {
		name string
		a    progress.Actor
		f    progress.UserFilter
		want int
		err  error
	}{
		{"admin", admin, progress.UserFilter{}, 4, nil},
		{"operator", progress.Operator(progress.DefaultOrg), progress.UserFilter{}, 4, nil},
		{"operator of the school", progress.Operator(school), progress.UserFilter{}, 1, nil},
		{"instructor sees learners", teacher, progress.UserFilter{}, 1, nil},
		{"instructor does not see staff", teacher, progress.UserFilter{Role: progress.RoleAdmin}, 0, progress.ErrForbidden},
		{"employer", employer, progress.UserFilter{}, 0, progress.ErrForbidden},
		{"learner", learner, progress.UserFilter{}, 0, progress.ErrForbidden},
		{"nobody", progress.Actor{}, progress.UserFilter{}, 0, progress.ErrForbidden},
	} {
		n, err := count(c.a, c.f)
		if n != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, n, err, c.want, c.err)
		}
	}
	for _, a := range []progress.Actor{teacher, employer, learner, {}} {
		_, err := h.AddUser(ctx, a, progress.NewUser{Name: "X", Email: "x@example.org", Passphrase: pass})
		wantErr(t, "add user as "+string(a.Role), err, progress.ErrForbidden)
		wantErr(t, "set passphrase as "+string(a.Role), h.SetPassphrase(ctx, a, learner.Learner, "a whole new phrase"), progress.ErrForbidden)
		_, err = h.AuditLog(ctx, a, progress.AuditFilter{})
		wantErr(t, "audit log as "+string(a.Role), err, progress.ErrForbidden)
	}
	_, err := h.AddUser(ctx, admin, progress.NewUser{Name: "X", Email: "x@example.org", Passphrase: pass, Role: "boss"})
	wantField(t, "unknown role", err, "role")
	_, token, err := h.SignIn(ctx, progress.SignIn{Email: "learner@example.org", Passphrase: pass})
	h.must(err)
	h.must(h.SetPassphrase(ctx, admin, learner.Learner, "a whole new phrase"))
	_, err = h.Session(ctx, token)
	wantErr(t, "session after an admin set the passphrase", err, progress.ErrNoSession)
	wantErr(t, "another organisation's learner", h.SetPassphrase(ctx, progress.Operator(school), learner.Learner, "a whole new phrase"), progress.ErrNotFound)
	es, err := h.AuditLog(ctx, admin, progress.AuditFilter{Action: "user.passphrase"})
	h.must(err)
	if len(es) != 1 || es[0].Actor != admin.Learner || es[0].Target != string(learner.Learner) {
		t.Errorf("audit log %+v", es)
	}
	if l, err := h.UserByEmail(ctx, admin, "Learner@Example.org"); err != nil || l.ID != learner.Learner {
		t.Errorf("user by e-mail: %+v, %v", l, err)
	}
	wantErr(t, "audit as a learner", h.Audit(ctx, learner, "a", "b", ""), progress.ErrForbidden)
	h.must(h.Audit(ctx, teacher, "preview", "c1", ""))
}

// A session that is remembered is gone as soon as one signs out here.
func TestSessionCachedEndsWithSignOut(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, token, err := h.StartGuest(ctx, "", "UTC", "")
	h.must(err)
	for range 2 {
		_, err := h.SessionCached(ctx, token)
		h.must(err)
	}
	h.must(h.SignOut(ctx, token))
	_, err = h.SessionCached(ctx, token)
	wantErr(t, "after signing out", err, progress.ErrNoSession)
}
