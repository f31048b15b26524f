package progress

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxName is the most characters of a person's name.
const MaxName = 100

// StartGuest makes a guest learner with a session. An unknown zone becomes UTC: a browser that names none must not keep one out.
func (s *Service) StartGuest(ctx context.Context, org OrgID, zone, ip string) (Learner, Token, error) {
	if org == "" {
		org = DefaultOrg
	}
	if ip != "" {
		if err := s.take(ctx, []string{limitKey("guest-address", org, clientNet(ip))}, []Limit{s.opts.GuestLimit}); err != nil {
			return Learner{}, "", err
		}
	}
	if checkZone(zone) != nil || zone == "" {
		zone = "UTC"
	}
	now := s.now()
	l, err := s.newLearner(org, now)
	if err != nil {
		return Learner{}, "", err
	}
	l.Role, l.Guest, l.Zone = RoleLearner, true, zone
	t, first, err := s.newSession(l, now)
	if err != nil {
		return Learner{}, "", err
	}
	if err := s.st.AddLearner(ctx, org, l, "", &first, nil); err != nil {
		return Learner{}, "", fmt.Errorf("start as guest: %w", err)
	}
	return l, t, nil
}

func (s *Service) newLearner(org OrgID, at time.Time) (Learner, error) {
	id, err := s.newID(at)
	return Learner{ID: LearnerID(id), Org: org, CreatedAt: at}, err
}

// SignUp makes an account. A guest actor's record becomes the account's, under the same learner id; without an actor a new learner is
// made. The token is new in any case. InputError or InputErrors for fields, ErrEmailTaken, *ErrTooMany, ErrBusy; ErrForbidden when the
// actor has an account already.
func (s *Service) SignUp(ctx context.Context, a Actor, in SignUp) (Learner, Token, error) {
	fail := func(err error) (Learner, Token, error) { return Learner{}, "", err }
	email, problems := checkIdentity(in.Name, in.Email, in.Zone)
	if e := checkPassphrase("passphrase", in.Passphrase); e != nil {
		problems = append(problems, e)
	}
	if err := asInput(problems); err != nil {
		return fail(err)
	}
	now := s.now()
	org := a.org()
	var l Learner
	var err error
	if a.Learner != "" {
		if l, err = s.st.Learner(ctx, org, a.Learner); err != nil {
			return fail(fmt.Errorf("sign up: %w", err))
		}
		if !l.Guest {
			return fail(fmt.Errorf("sign up: you have an account already, sign out first: %w", ErrForbidden))
		}
	} else if l, err = s.newLearner(org, now); err != nil {
		return fail(err)
	}
	if err := s.take(ctx, []string{limitKey("signup-address", org, clientNet(in.IP))}, []Limit{s.opts.SignUpLimit}); err != nil {
		return fail(err)
	}
	hash, err := s.hash.make(ctx, in.Passphrase)
	if err != nil {
		return fail(err)
	}
	l.Role, l.Guest, l.Name, l.Email = RoleLearner, false, cleanName(in.Name), email
	if in.Zone != "" {
		l.Zone = in.Zone
	}
	if l.Zone == "" {
		l.Zone = "UTC"
	}
	t, first, err := s.newSession(l, now)
	if err != nil {
		return fail(err)
	}
	if a.Learner != "" {
		err = s.st.Promote(ctx, org, l, hash, first)
	} else {
		err = s.st.AddLearner(ctx, org, l, hash, &first, nil)
	}
	if errors.Is(err, ErrDuplicate) {
		return fail(ErrEmailTaken)
	}
	if err != nil {
		return fail(fmt.Errorf("sign up: %w", err))
	}
	return l, t, nil
}

// SignIn opens a session for an account and takes a guest's record over into it. ErrBadCredentials, *ErrTooMany, ErrBusy. Tries are counted
// before the passphrase is looked at, so that many at once gain nothing, and given back when it was right.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Learner, Token, error) {
	fail := func(err error) (Learner, Token, error) { return Learner{}, "", err }
	org := in.Guest.org()
	email := foldEmail(in.Email)
	keys := []string{limitKey("signin-account", org, email), limitKey("signin-address", org, clientNet(in.IP))}
	limits := []Limit{s.opts.AccountLimit, s.opts.AddressLimit}
	if err := s.take(ctx, keys, limits); err != nil {
		return fail(err)
	}
	l, hash, err := s.st.Credentials(ctx, org, email)
	known := err == nil && hash != ""
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fail(fmt.Errorf("sign in: %w", err))
	}
	if !known {
		hash = s.hash.dummy
	}
	ok, stale, err := s.hash.check(ctx, in.Passphrase, hash)
	if err != nil {
		if errors.Is(err, ErrBusy) { // it was not looked at, so it does not count
			_ = s.st.Give(ctx, keys, limits, nil)
		}
		return fail(err)
	}
	if !ok || !known {
		return fail(ErrBadCredentials)
	}
	now := s.now()
	t, sess, err := s.newSession(l, now)
	if err != nil {
		return fail(err)
	}
	var guest LearnerID
	if in.Guest.Learner != l.ID {
		guest = in.Guest.Learner
	}
	if err := s.st.OpenSession(ctx, l.Org, sess, guest); err != nil {
		return fail(fmt.Errorf("sign in: %w", err))
	}
	if guest != "" { // its session went with it
		s.sessions.drop()
	}
	// What follows is upkeep: the person is signed in whether or not it succeeds.
	_ = s.st.Give(ctx, keys[1:], limits[1:], keys[:1])
	if stale {
		if fresh, err := s.hash.make(ctx, in.Passphrase); err == nil {
			_ = s.st.SetHash(ctx, l.Org, l.ID, fresh, false, nil, nil)
		}
	}
	return l, t, nil
}

// ChangePassphrase sets a new passphrase, ends every session of the actor and opens a new one for the browser at hand.
// ErrBadCredentials when the old one is wrong; *InputError, *ErrTooMany, ErrBusy.
func (s *Service) ChangePassphrase(ctx context.Context, a Actor, old, new string) (Token, error) {
	if e := checkPassphrase("new", new); e != nil {
		return "", e
	}
	l, hash, err := s.st.CredentialsOf(ctx, a.org(), a.Learner)
	if err != nil {
		return "", fmt.Errorf("change passphrase: %w", err)
	}
	if hash == "" {
		return "", fmt.Errorf("change passphrase: sign up first: %w", ErrForbidden)
	}
	keys, limits := []string{limitKey("signin-account", l.Org, l.Email)}, []Limit{s.opts.AccountLimit}
	if err := s.take(ctx, keys, limits); err != nil {
		return "", err
	}
	ok, _, err := s.hash.check(ctx, old, hash)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", ErrBadCredentials
	}
	fresh, err := s.hash.make(ctx, new)
	if err != nil {
		return "", err
	}
	t, next, err := s.newSession(l, s.now())
	if err != nil {
		return "", err
	}
	if err := s.st.SetHash(ctx, l.Org, l.ID, fresh, true, &next, nil); err != nil {
		return "", fmt.Errorf("change passphrase: %w", err)
	}
	s.sessions.drop()
	_ = s.st.Give(ctx, nil, nil, keys)
	return t, nil
}

// Learner gives a person that the actor may see; else ErrNotFound.
func (s *Service) Learner(ctx context.Context, a Actor, id LearnerID) (Learner, error) {
	if !a.maySee(id) {
		return Learner{}, fmt.Errorf("learner %s: %w", id, ErrNotFound)
	}
	l, err := s.st.Learner(ctx, a.org(), id)
	if err == nil && l.Role == RoleCandidate && a.Learner != id && a.Role != RoleAdmin {
		err = ErrNotFound
	}
	if err != nil {
		return Learner{}, fmt.Errorf("learner %s: %w", id, err)
	}
	return l, nil
}

// checkIdentity folds the e-mail and checks name, e-mail and zone.
func checkIdentity(name, email, zone string) (folded string, problems InputErrors) {
	if e := checkName(name); e != nil {
		problems = append(problems, e)
	}
	folded, e := checkEmail(email)
	if e != nil {
		problems = append(problems, e)
	}
	if e := checkZone(zone); e != nil {
		problems = append(problems, e)
	}
	return folded, problems
}

func cleanName(name string) string { return strings.Join(strings.Fields(name), " ") }

func checkName(name string) *InputError {
	n := cleanName(name)
	switch {
	case n == "":
		return &InputError{"name", "Enter the name that certificates and lists should show."}
	case utf8.RuneCountInString(n) > MaxName:
		return &InputError{"name", fmt.Sprintf("Use at most %d characters.", MaxName)}
	case !utf8.ValidString(n) || strings.ContainsFunc(n, unicode.IsControl):
		return &InputError{"name", "Use letters, blanks and punctuation only."}
	}
	return nil
}

func foldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// checkEmail asks for a plausible form only: one bare address with a dotted domain. Whether it exists a message would tell.
func checkEmail(email string) (string, *InputError) {
	e := foldEmail(email)
	at := strings.LastIndexByte(e, '@')
	parsed, err := mail.ParseAddress(e)
	domain := e[at+1:]
	if err != nil || parsed.Address != e || at < 1 || len(e) > 254 || !strings.Contains(domain, ".") ||
		strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.ContainsAny(e, " \t\r\n\"<>[]") {
		return "", &InputError{"email", "Enter an e-mail address such as name@example.org."}
	}
	return e, nil
}

// checkZone takes an IANA name; "" is fine and means not known.
func checkZone(zone string) *InputError {
	if zone == "" {
		return nil
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" || len(zone) > 64 {
		return &InputError{"zone", "Choose a time zone from the list, such as America/Chicago."}
	}
	return nil
}
