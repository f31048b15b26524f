package progress

import (
	"context"
	"errors"
	"fmt"
)

// AddUser makes an account without a session. Admins only, else ErrForbidden; InputErrors, ErrEmailTaken.
func (s *Service) AddUser(ctx context.Context, a Actor, in NewUser) (Learner, error) {
	if a.Role != RoleAdmin {
		return Learner{}, fmt.Errorf("add user: %w", ErrForbidden)
	}
	if in.Role == "" {
		in.Role = RoleLearner
	}
	email, problems := checkIdentity(in.Name, in.Email, in.Zone)
	if e := checkPassphrase("passphrase", in.Passphrase); e != nil {
		problems = append(problems, e)
	}
	if !in.Role.valid() {
		problems = append(problems, &InputError{"role", fmt.Sprintf("%q is no role: use learner, instructor, employer or admin.", in.Role)})
	}
	if err := asInput(problems); err != nil {
		return Learner{}, err
	}
	now := s.now()
	hash, err := s.hash.make(ctx, in.Passphrase)
	if err != nil {
		return Learner{}, err
	}
	l, err := s.newLearner(a.org(), now)
	if err != nil {
		return Learner{}, err
	}
	l.Role, l.Name, l.Email, l.Zone = in.Role, cleanName(in.Name), email, in.Zone
	if l.Zone == "" {
		l.Zone = "UTC"
	}
	entry, err := s.entry(a, "user.add", string(l.ID), "role "+string(l.Role))
	if err != nil {
		return Learner{}, err
	}
	err = s.st.AddLearner(ctx, l.Org, l, hash, nil, &entry)
	if errors.Is(err, ErrDuplicate) {
		return Learner{}, ErrEmailTaken
	}
	if err != nil {
		return Learner{}, fmt.Errorf("add user: %w", err)
	}
	return l, nil
}

// SetPassphrase gives an account a new passphrase without the old one and ends its sessions. Admins only, else ErrForbidden.
func (s *Service) SetPassphrase(ctx context.Context, a Actor, id LearnerID, passphrase string) error {
	if a.Role != RoleAdmin {
		return fmt.Errorf("set passphrase: %w", ErrForbidden)
	}
	if e := checkPassphrase("passphrase", passphrase); e != nil {
		return e
	}
	l, err := s.st.Learner(ctx, a.org(), id)
	if err != nil {
		return fmt.Errorf("set passphrase of %s: %w", id, err)
	}
	if l.Guest || l.ErasedAt != nil {
		return fmt.Errorf("set passphrase of %s: it has no account: %w", id, ErrNotFound)
	}
	hash, err := s.hash.make(ctx, passphrase)
	if err != nil {
		return err
	}
	entry, err := s.entry(a, "user.passphrase", string(id), "")
	if err != nil {
		return err
	}
	if err := s.st.SetHash(ctx, l.Org, id, hash, true, nil, &entry); err != nil {
		return fmt.Errorf("set passphrase of %s: %w", id, err)
	}
	_ = s.st.Give(ctx, nil, nil, []string{limitKey("signin-account", l.Org, l.Email)})
	return nil
}

// UserByEmail finds an account of the actor's organisation. Instructors and admins only, else ErrForbidden.
func (s *Service) UserByEmail(ctx context.Context, a Actor, email string) (Learner, error) {
	if !a.teaches() {
		return Learner{}, fmt.Errorf("find user: %w", ErrForbidden)
	}
	l, _, err := s.st.Credentials(ctx, a.org(), foldEmail(email))
	if err != nil {
		return Learner{}, fmt.Errorf("no account has the e-mail %s: %w", foldEmail(email), err)
	}
	return l, nil
}

// Users lists people of the actor's organisation, oldest first, and says how many the filter lets through in all. An admin sees everyone, an
// instructor the learners whose records they may read; others ErrForbidden.
func (s *Service) Users(ctx context.Context, a Actor, f UserFilter) ([]Learner, int, error) {
	switch {
	case a.Role == RoleAdmin:
	case a.Role == RoleInstructor && (f.Role == "" || f.Role == RoleLearner):
		f.Role, f.Teacher = RoleLearner, a.Learner
	default:
		return nil, 0, fmt.Errorf("list users: %w", ErrForbidden)
	}
	f.Limit = limitOr(f.Limit, 100, 1000)
	ls, n, err := s.st.Learners(ctx, a.org(), f)
	if err != nil {
		return nil, 0, fmt.Errorf("list users: %w", err)
	}
	return ls, n, nil
}

func limitOr(n, usual, most int) int {
	if n <= 0 {
		return usual
	}
	return min(n, most)
}

// entry makes an entry of the audit log. Target and detail hold ids, never names or addresses: the log outlives an erasure.
func (s *Service) entry(a Actor, action, target, detail string) (AuditEntry, error) {
	now := s.now()
	id, err := s.newID(now)
	return AuditEntry{ID: EntryID(id), Org: a.org(), Actor: a.Learner, Action: action, Target: target, Detail: detail, At: now}, err
}

// Audit keeps what staff did. Learners and employers act on nobody else's things, so theirs are ErrForbidden.
func (s *Service) Audit(ctx context.Context, a Actor, action, target, detail string) error {
	if a.Role == RoleLearner || a.Role == "" {
		return fmt.Errorf("audit: %w", ErrForbidden)
	}
	e, err := s.entry(a, action, target, detail)
	if err != nil {
		return err
	}
	if err := s.st.AddEntry(ctx, e.Org, e); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// AuditLog lists what staff did, newest first. Admins only, else ErrForbidden.
func (s *Service) AuditLog(ctx context.Context, a Actor, f AuditFilter) ([]AuditEntry, error) {
	if a.Role != RoleAdmin {
		return nil, fmt.Errorf("audit log: %w", ErrForbidden)
	}
	f.Limit = limitOr(f.Limit, 100, 1000)
	es, err := s.st.Entries(ctx, a.org(), f)
	if err != nil {
		return nil, fmt.Errorf("audit log: %w", err)
	}
	return es, nil
}
