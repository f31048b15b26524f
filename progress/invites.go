package progress

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// The bounds of invitations.
const (
	MaxLinkUses    = 1000
	MaxLinkDays    = 365
	MaxLinks       = 50                  // of a cohort that are in force
	inviteLife     = 90 * 24 * time.Hour // of an invitation for one person
	wrongLinkBurst = 60                  // a class behind one address opens its link at once; each good one is given back
	wrongLinkEvery = 10 * time.Second
)

// Invite lets people into a cohort: a link for anybody, or an invitation for one person.
type Invite struct {
	ID        InviteID   `json:"id"`
	Org       OrgID      `json:"-"`
	Cohort    CohortID   `json:"cohort"`
	ClientKey string     `json:"-"`
	TokenHash string     `json:"-"`               // hex SHA-256 of the secret of the link
	Email     string     `json:"email,omitempty"` // case-folded; "" for a link for anybody
	Name      string     `json:"name,omitempty"`  // as the file of invitations had it
	Most      int        `json:"most"`            // how many it lets in
	Used      int        `json:"used"`
	By        LearnerID  `json:"by"` // "" for the command line
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// InForce reports whether the invitation lets somebody in at a moment.
func (i Invite) InForce(now time.Time) bool {
	return i.RevokedAt == nil && i.Used < i.Most && now.Before(i.ExpiresAt)
}

// Secret is an invitation with the secret of its link. It is told once, when it is made: what is kept is a hash.
type Secret struct {
	Invite
	Token Token `json:"token"`
}

// newSecret makes a secret of 32 random bytes.
func (s *Service) newSecret() (Token, error) {
	var b [32]byte
	if _, err := io.ReadFull(s.rand, b[:]); err != nil {
		return "", fmt.Errorf("random numbers: %w", err)
	}
	return Token(base64.RawURLEncoding.EncodeToString(b[:])), nil
}

// newInvite makes an invitation with its secret.
func (s *Service) newInvite(a Actor, c CohortID, key string, at time.Time) (Secret, error) {
	id, err := s.newID(at)
	if err != nil {
		return Secret{}, err
	}
	t, err := s.newSecret()
	if err != nil {
		return Secret{}, err
	}
	return Secret{Invite{ID: InviteID(id), Org: a.org(), Cohort: c, ClientKey: key, TokenHash: t.hash(), Most: 1, By: a.Learner, CreatedAt: at, ExpiresAt: at.Add(inviteLife)}, t}, nil
}

// MakeLink makes a link that lets up to most people into a cohort for some days. The same client key again makes a new secret for the same
// link. Errors are those of Cohort; InputErrors name most or days.
func (s *Service) MakeLink(ctx context.Context, a Actor, c CohortID, clientKey string, most, days int) (Secret, error) {
	fail := func(err error) (Secret, error) { return Secret{}, fmt.Errorf("link into %s: %w", c, err) }
	if err := s.mayInvite(ctx, a, c); err != nil {
		return Secret{}, err
	}
	var problems InputErrors
	if e := checkKey(clientKey); e != nil {
		problems = append(problems, e)
	}
	if most < 1 || most > MaxLinkUses {
		problems = append(problems, &InputError{"most", fmt.Sprintf("A link lets in 1 to %d people.", MaxLinkUses)})
	}
	if days < 1 || days > MaxLinkDays {
		problems = append(problems, &InputError{"days", fmt.Sprintf("A link is good for 1 to %d days.", MaxLinkDays)})
	}
	now := s.now()
	have, err := s.st.Invites(ctx, a.org(), c)
	if err != nil {
		return fail(err)
	}
	live := 0
	for _, i := range have {
		if i.Email == "" && i.InForce(now) && i.ClientKey != clientKey {
			live++
		}
	}
	if live >= MaxLinks {
		problems = append(problems, &InputError{"most", fmt.Sprintf("The cohort has %d links in force, which is the most: revoke some first.", live)})
	}
	if err := asInput(problems); err != nil {
		return Secret{}, err
	}
	x, err := s.newInvite(a, c, clientKey, now)
	if err != nil {
		return fail(err)
	}
	x.Most, x.ExpiresAt = most, now.AddDate(0, 0, days)
	entry, err := s.entry(a, "cohort.link", string(c), string(x.ID))
	if err != nil {
		return fail(err)
	}
	kept, err := s.st.Invite(ctx, a.org(), c, nil, []Invite{x.Invite}, entry)
	if err != nil {
		return fail(err)
	}
	x.Invite = kept[0]
	return x, nil
}

// mayInvite is Cohort for inviting into it.
func (s *Service) mayInvite(ctx context.Context, a Actor, c CohortID) error {
	co, err := s.Cohort(ctx, a, c)
	if err == nil && co.ClosedAt != nil {
		err = &InputError{"file", "This cohort is closed: it takes no new members."}
	}
	return err
}

// Invitees says what became of a list of people.
type Invitees struct {
	Added   []Learner // that have an account and are members now
	There   int       // that were members before
	Invited []Secret  // that have none, with the links to hand out to them
}

// InviteFile puts the learners of a file into a cohort that have accounts, and keeps an invitation for each of the others, which takes effect
// when an account of that e-mail is made. It is all or nothing: what is wrong comes as InputErrors of the field file, each with its line.
// Who was invited before gets a new link, and the old one is no longer good. Errors are those of Cohort.
func (s *Service) InviteFile(ctx context.Context, a Actor, c CohortID, file []byte) (Invitees, error) {
	if err := s.mayInvite(ctx, a, c); err != nil {
		return Invitees{}, err
	}
	people, problems := ParsePeople(file)
	if len(problems) > 0 {
		return Invitees{}, problems
	}
	return s.invite(ctx, a, c, people)
}

// RenewInvites makes new links for all who were invited by e-mail and have not come yet. Errors are those of Cohort.
func (s *Service) RenewInvites(ctx context.Context, a Actor, c CohortID) (Invitees, error) {
	if err := s.mayInvite(ctx, a, c); err != nil {
		return Invitees{}, err
	}
	have, err := s.st.Invites(ctx, a.org(), c)
	if err != nil {
		return Invitees{}, fmt.Errorf("invitations of %s: %w", c, err)
	}
	var people []Person
	for _, i := range slices.Backward(have) {
		if i.Email != "" {
			people = append(people, Person{Name: i.Name, Email: i.Email})
		}
	}
	if len(people) == 0 {
		return Invitees{}, nil
	}
	return s.invite(ctx, a, c, people)
}

// invite adds those with accounts and invites the others.
func (s *Service) invite(ctx context.Context, a Actor, c CohortID, people []Person) (Invitees, error) {
	fail := func(err error) (Invitees, error) { return Invitees{}, fmt.Errorf("invite into %s: %w", c, err) }
	members, err := s.st.Members(ctx, a.org(), c)
	if err != nil {
		return fail(err)
	}
	in := map[LearnerID]bool{}
	for _, m := range members {
		in[m.ID] = true
	}
	var out Invitees
	var problems InputErrors
	var add []LearnerID
	var invites []Invite
	now := s.now()
	for _, p := range people {
		l, err := s.UserByEmail(ctx, a, p.Email)
		switch {
		case errors.Is(err, ErrNotFound):
			x, err := s.newInvite(a, c, "email:"+p.Email, now)
			if err != nil {
				return fail(err)
			}
			x.Email, x.Name = p.Email, p.Name
			out.Invited, invites = append(out.Invited, x), append(invites, x.Invite)
		case err != nil:
			return fail(err)
		case l.Role != RoleLearner && p.Line == 0: // made staff since they were invited
		case l.Role != RoleLearner:
			problems = append(problems, &InputError{"file", fmt.Sprintf("Line %d: %s is the account of a member of staff. Cohorts are of learners.", p.Line, p.Email)})
		case in[l.ID]:
			out.There++
		default:
			out.Added, add = append(out.Added, l), append(add, l.ID)
		}
	}
	if len(problems) > 0 {
		return Invitees{}, problems
	}
	if len(add)+len(invites) == 0 {
		return out, nil
	}
	entry, err := s.entry(a, "cohort.invite", string(c), fmt.Sprintf("%d added, %d invited", len(add), len(invites)))
	if err != nil {
		return fail(err)
	}
	kept, err := s.st.Invite(ctx, a.org(), c, add, invites, entry)
	if err != nil {
		return fail(err)
	}
	for i := range kept {
		out.Invited[i].Invite = kept[i]
	}
	return out, nil
}

// Invites lists the links of a cohort and the invitations that nobody used, the newest first. Errors are those of Cohort.
func (s *Service) Invites(ctx context.Context, a Actor, c CohortID) ([]Invite, error) {
	if _, err := s.Cohort(ctx, a, c); err != nil {
		return nil, err
	}
	is, err := s.st.Invites(ctx, a.org(), c)
	if err != nil {
		return nil, fmt.Errorf("invitations of %s: %w", c, err)
	}
	return is, nil
}

// RevokeInvite ends a link or an invitation. Who came in by it stays. Errors are those of Cohort; ErrNotFound.
func (s *Service) RevokeInvite(ctx context.Context, a Actor, c CohortID, id InviteID) error {
	if _, err := s.Cohort(ctx, a, c); err != nil {
		return err
	}
	entry, err := s.entry(a, "cohort.revoke", string(c), string(id))
	if err != nil {
		return err
	}
	if err := s.st.RevokeInvite(ctx, a.org(), c, id, entry); err != nil {
		return fmt.Errorf("revoke invitation %s: %w", id, err)
	}
	return nil
}

// Invitation is what somebody sees who opens a link into a cohort.
type Invitation struct {
	Cohort            CohortID
	Name              string // of the cohort
	By                string // name of the cohort's owner
	Member            bool   // the one who looks is in it already
	ForName, ForEmail string // whom it is for, "" for anybody
}

// Invitation looks at the link into a cohort; anybody may who has it. Wrong ones are counted by client address: *ErrTooMany. ErrNotFound: it is
// unknown, used up, expired or revoked, or the cohort is closed.
func (s *Service) Invitation(ctx context.Context, a Actor, t Token, ip string) (Invitation, error) {
	c, i, err := s.invitation(ctx, a, t, ip)
	if err != nil {
		return Invitation{}, err
	}
	out := Invitation{Cohort: c.ID, Name: c.Name, ForName: i.Name, ForEmail: i.Email}
	if l, err := s.st.Learner(ctx, a.org(), c.Owner); err == nil && l.ErasedAt == nil {
		out.By = l.Name
	}
	if out.Member, err = s.inCohort(ctx, a.org(), c.ID, a.Learner); err != nil {
		return Invitation{}, err
	}
	return out, nil
}

// invitation finds the link that is in force. A try is counted before and given back when it was right, so that many at once gain nothing.
func (s *Service) invitation(ctx context.Context, a Actor, t Token, ip string) (Cohort, Invite, error) {
	fail := func(err error) (Cohort, Invite, error) {
		return Cohort{}, Invite{}, fmt.Errorf("invitation: %w", err)
	}
	if len(t) != base64.RawURLEncoding.EncodedLen(32) {
		return fail(ErrNotFound)
	}
	keys, limits := []string{limitKey("join-address", a.org(), clientNet(ip))}, []Limit{{Burst: wrongLinkBurst, Every: wrongLinkEvery}}
	if err := s.take(ctx, keys, limits); err != nil {
		return Cohort{}, Invite{}, err
	}
	i, err := s.st.InviteByToken(ctx, a.org(), t.hash())
	if err != nil {
		return fail(err)
	}
	_ = s.st.Give(ctx, keys, limits, nil)
	c, err := s.st.Cohort(ctx, a.org(), i.Cohort)
	if err != nil {
		return fail(err)
	}
	in, err := s.inCohort(ctx, a.org(), c.ID, a.Learner)
	if err != nil {
		return fail(err)
	}
	if c.ClosedAt != nil || !in && !i.InForce(s.now()) { // who came in by it may look at it again
		return fail(ErrNotFound)
	}
	return c, i, nil
}

func (s *Service) inCohort(ctx context.Context, org OrgID, c CohortID, l LearnerID) (bool, error) {
	if l == "" {
		return false, nil
	}
	cs, err := s.st.CohortsOf(ctx, org, l)
	return slices.ContainsFunc(cs, func(x Cohort) bool { return x.ID == c }), err
}

// Join puts the actor, a learner or guest, into the cohort of a link. Who is in it already stays in, and counts no use. Staff get ErrForbidden;
// other errors are those of Invitation.
func (s *Service) Join(ctx context.Context, a Actor, t Token, ip string) (CohortID, error) {
	if a.Learner == "" || a.Role != RoleLearner {
		return "", fmt.Errorf("join a cohort: %w", ErrForbidden)
	}
	c, i, err := s.invitation(ctx, a, t, ip)
	if err != nil {
		return "", err
	}
	entry, err := s.entry(a, "cohort.join", string(c.ID), string(a.Learner))
	if err != nil {
		return "", err
	}
	if _, err := s.st.Join(ctx, a.org(), i.TokenHash, a.Learner, entry); err != nil {
		return "", fmt.Errorf("join cohort %s: %w", c.ID, err)
	}
	return c.ID, nil
}

// OwnCohorts lists the open cohorts that the actor is in.
func (s *Service) OwnCohorts(ctx context.Context, a Actor) ([]Cohort, error) {
	if a.Learner == "" {
		return nil, nil
	}
	cs, err := s.st.CohortsOf(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("cohorts of learner %s: %w", a.Learner, err)
	}
	return slices.DeleteFunc(cs, func(c Cohort) bool { return c.ClosedAt != nil }), nil
}

// LeaveCohort takes the actor out of a cohort. What they did stays theirs, and its owner no longer sees it in the gradebook. ErrNotFound for
// a cohort that they are not in.
func (s *Service) LeaveCohort(ctx context.Context, a Actor, c CohortID) error {
	in, err := s.inCohort(ctx, a.org(), c, a.Learner)
	if err == nil && !in {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("leave cohort %s: %w", c, err)
	}
	entry, err := s.entry(a, "cohort.leave", string(c), string(a.Learner))
	if err != nil {
		return err
	}
	if err := s.st.SetMember(ctx, a.org(), c, a.Learner, false, entry); err != nil {
		return fmt.Errorf("leave cohort %s: %w", c, err)
	}
	return nil
}

// MayFollow reports that the actor manages a cohort which a learner is in: such a one sees what the learner sees, and writes on results. Admins
// may follow everybody of the organisation. Else ErrNotFound.
func (s *Service) MayFollow(ctx context.Context, a Actor, l LearnerID) error {
	who, err := s.st.Learner(ctx, a.org(), l)
	if err == nil && (!a.teaches() || who.ErasedAt != nil) {
		err = ErrNotFound
	}
	if err == nil && a.Role != RoleAdmin {
		var cs []Cohort
		if cs, err = s.st.CohortsOf(ctx, a.org(), l); err == nil && !slices.ContainsFunc(cs, func(c Cohort) bool { return c.ClosedAt == nil && a.manages(c.Owner) }) {
			err = ErrNotFound
		}
	}
	if err != nil {
		return fmt.Errorf("follow learner %s: %w", l, err)
	}
	return nil
}
