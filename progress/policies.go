package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"crosswalk/grading"
)

// Policy is a revision of a way of scoring that a member of staff owns. Editing makes a new revision: one that graded something says for
// good by what it graded.
type Policy struct {
	ID         PolicyID       `json:"id"` // the same through all revisions
	RevisionID RevisionID     `json:"revision_id"`
	Revision   int            `json:"revision"` // from 1
	Org        OrgID          `json:"org"`
	Owner      LearnerID      `json:"owner"`
	Body       grading.Policy `json:"policy"` // whole: nothing in it is left to the standard
	CreatedAt  time.Time      `json:"created_at"`
	RetiredAt  *time.Time     `json:"retired_at,omitempty"` // of the policy; a retired one grades nothing new
}

// GradedBy is the policy that a grading was made by, kept whole with it.
type GradedBy struct {
	ID         PolicyID       `json:"id"`
	RevisionID RevisionID     `json:"revision_id"`
	Revision   int            `json:"revision"`
	Owner      LearnerID      `json:"-"`
	Body       grading.Policy `json:"policy"`
}

// MaxPolicies is the most policies that one person can own, retired ones aside.
const MaxPolicies = 100

// PolicyStore keeps policies and what they graded; gradings come in by RecordStore.AppendGradings.
type PolicyStore interface {
	// AddPolicy keeps a revision and the entry. ErrNotFound: the owner, or for a later revision the owner's policy, is not in the
	// organisation, or the policy is retired. ErrDuplicate: the newest revision is not the one before it.
	AddPolicy(ctx context.Context, org OrgID, p Policy, entry AuditEntry) error
	// Policies lists the newest revisions of an owner's policies, or of everyone's for "", the oldest policy first.
	Policies(ctx context.Context, org OrgID, owner LearnerID) ([]Policy, error)
	// PolicyRevisions lists a policy's, oldest first; none for an unknown one.
	PolicyRevisions(ctx context.Context, org OrgID, id PolicyID) ([]Policy, error)
	// RetirePolicy retires a policy at the time of the entry and is fine with one that is; ErrNotFound.
	RetirePolicy(ctx context.Context, org OrgID, id PolicyID, entry AuditEntry) error
	// PolicyGradings lists the gradings of attempts by policies, by attempt and oldest first.
	PolicyGradings(ctx context.Context, org OrgID, attempts []AttemptID) ([]Grading, error)
}

// PolicyDraft is a policy as a form or file brings it.
type PolicyDraft struct {
	ID    PolicyID  // "" for a new one
	From  int       // the revision that was edited
	Owner LearnerID // of a new one; "" is the actor. An admin may name another member of staff.
	Body  grading.Policy
}

// MayOwnPolicies reports whether the actor may have policies of grading: instructors, employers and admins.
func (a Actor) MayOwnPolicies() bool {
	return a.Role == RoleInstructor || a.Role == RoleEmployer || a.Role == RoleAdmin
}

// maySeePolicy reports whether a policy of the actor's organisation is the actor's to see, edit and grade by.
func (a Actor) maySeePolicy(owner LearnerID) bool {
	return a.MayOwnPolicies() && (a.Role == RoleAdmin || a.Learner != "" && a.Learner == owner)
}

// SavePolicy keeps a new policy, or a new revision of one; what says the same as the newest revision is not kept again. Instructors,
// employers and admins, else ErrForbidden; ErrNotFound for another's policy. InputErrors name the field of the policy: name, scheme,
// ignore, ignore_codes or a weight, besides owner, and revision when the policy was changed or retired elsewhere.
func (s *Service) SavePolicy(ctx context.Context, a Actor, in PolicyDraft) (Policy, error) {
	fail := func(err error) (Policy, error) { return Policy{}, fmt.Errorf("save policy: %w", err) }
	if !a.MayOwnPolicies() {
		return fail(ErrForbidden)
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	p := Policy{ID: PolicyID(id), RevisionID: RevisionID(id), Revision: 1, Org: a.org(), Owner: in.Owner, Body: in.Body.Whole(), CreatedAt: now}
	if p.Owner == "" {
		p.Owner = a.Learner
	}
	var problems InputErrors
	for _, x := range in.Body.Problems() {
		problems = append(problems, &InputError{x.Field, x.Reason})
	}
	var old Policy
	if in.ID != "" {
		if old, err = s.Policy(ctx, a, in.ID); err != nil {
			return Policy{}, err
		}
		p.ID, p.Owner, p.Revision = old.ID, old.Owner, old.Revision+1
		switch {
		case old.RetiredAt != nil:
			problems = append(problems, &InputError{"revision", "This policy is retired: save it under another name as a new one."})
		case in.From != old.Revision && !samePolicy(old.Body, p.Body):
			problems = append(problems, &InputError{"revision", fmt.Sprintf("The policy was changed elsewhere and is at revision %d now: open it again to see it, and change that.", old.Revision)})
		}
	} else if e, err := s.checkOwner(ctx, a, p.Owner); err != nil {
		return fail(err)
	} else if e != nil {
		problems = append(problems, e)
	}
	if p.Owner != "" {
		es, err := s.checkPolicyName(ctx, p)
		if err != nil {
			return fail(err)
		}
		problems = append(problems, es...)
	}
	if err := asInput(problems); err != nil {
		return Policy{}, err
	}
	if in.ID != "" && samePolicy(old.Body, p.Body) {
		return old, nil
	}
	entry, err := s.entry(a, "policy.save", string(p.ID), fmt.Sprintf("revision %d", p.Revision))
	if err != nil {
		return fail(err)
	}
	err = s.st.AddPolicy(ctx, p.Org, p, entry)
	if errors.Is(err, ErrDuplicate) {
		return Policy{}, &InputError{"revision", "The policy was changed elsewhere at the same moment: open it again to see it, and change that."}
	}
	if err != nil {
		return fail(err)
	}
	return p, nil
}

// KeptPolicy reads the body of a policy as storage keeps it. A weight that came in after it was kept is the standard one.
func KeptPolicy(body []byte) (grading.Policy, error) {
	w := grading.Standard
	p := grading.Policy{Weights: &w}
	err := json.Unmarshal(body, &p)
	return p, err
}

// checkOwner says why somebody cannot own a new policy.
func (s *Service) checkOwner(ctx context.Context, a Actor, owner LearnerID) (*InputError, error) {
	if owner == "" {
		return &InputError{"owner", "Say whose policy it is: an instructor, employer or admin."}, nil
	}
	if owner == a.Learner {
		return nil, nil
	}
	if a.Role != RoleAdmin {
		return nil, ErrForbidden
	}
	l, err := s.st.Learner(ctx, a.org(), owner)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if err != nil || l.ErasedAt != nil || !l.Actor().MayOwnPolicies() {
		return &InputError{"owner", "Only an instructor, employer or admin can own a policy."}, nil
	}
	return nil, nil
}

// checkPolicyName keeps the names of an owner's policies in force apart, and their number in bounds.
func (s *Service) checkPolicyName(ctx context.Context, p Policy) (InputErrors, error) {
	own, err := s.st.Policies(ctx, p.Org, p.Owner)
	if err != nil {
		return nil, err
	}
	var out InputErrors
	count := 0
	for _, o := range own {
		if o.ID == p.ID || o.RetiredAt != nil {
			continue
		}
		if count++; strings.EqualFold(o.Body.Name, p.Body.Name) {
			out = append(out, &InputError{"name", "There is a policy of this name already: choose another name, or change that one."})
		}
	}
	if count >= MaxPolicies {
		out = append(out, &InputError{"name", fmt.Sprintf("You have %d policies, which is the most: retire some first.", count)})
	}
	return out, nil
}

func samePolicy(a, b grading.Policy) bool {
	return a.Name == b.Name && a.Scheme == b.Scheme && *a.Weights == *b.Weights && slices.Equal(a.Ignore, b.Ignore) && slices.Equal(a.IgnoreCodes, b.IgnoreCodes)
}

// ImportPolicy keeps a policy that comes as the JSON of docs/grading.md: as a new one, or as the next revision of the owner's policy of that
// name. owner "" is the actor. Errors are those of SavePolicy, and InputErrors of "file" for what is wrong with the file.
func (s *Service) ImportPolicy(ctx context.Context, a Actor, owner LearnerID, data []byte) (Policy, error) {
	if !a.MayOwnPolicies() {
		return Policy{}, fmt.Errorf("import policy: %w", ErrForbidden)
	}
	body, err := grading.ParsePolicy(data)
	if err != nil {
		var all grading.PolicyErrors
		if !errors.As(err, &all) {
			all = grading.PolicyErrors{err.Error()}
		}
		var out InputErrors
		for _, e := range all {
			out = append(out, &InputError{"file", e})
		}
		return Policy{}, asInput(out)
	}
	in := PolicyDraft{Owner: owner, Body: body}
	if owner == "" {
		owner = a.Learner
	}
	if owner != "" && a.maySeePolicy(owner) {
		own, err := s.st.Policies(ctx, a.org(), owner)
		if err != nil {
			return Policy{}, fmt.Errorf("import policy: %w", err)
		}
		name := body.Whole().Name
		for _, p := range own {
			if p.RetiredAt == nil && strings.EqualFold(p.Body.Name, name) {
				in.ID, in.From = p.ID, p.Revision
			}
		}
	}
	return s.SavePolicy(ctx, a, in)
}

// Policies lists the actor's policies, and for an admin all of the organisation, each by its newest revision: those in force first, by name.
// Learners get ErrForbidden.
func (s *Service) Policies(ctx context.Context, a Actor) ([]Policy, error) {
	if !a.MayOwnPolicies() {
		return nil, fmt.Errorf("policies: %w", ErrForbidden)
	}
	owner := a.Learner
	if a.Role == RoleAdmin {
		owner = ""
	} else if owner == "" {
		return nil, nil
	}
	ps, err := s.st.Policies(ctx, a.org(), owner)
	if err != nil {
		return nil, fmt.Errorf("policies: %w", err)
	}
	slices.SortStableFunc(ps, func(x, y Policy) int {
		if (x.RetiredAt == nil) != (y.RetiredAt == nil) {
			if x.RetiredAt == nil {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(x.Body.Name), strings.ToLower(y.Body.Name))
	})
	return ps, nil
}

// Policy gives the newest revision of a policy. ErrNotFound also for another's.
func (s *Service) Policy(ctx context.Context, a Actor, id PolicyID) (Policy, error) {
	all, err := s.PolicyRevisions(ctx, a, id)
	if err != nil {
		return Policy{}, err
	}
	return all[len(all)-1], nil
}

// PolicyRevisions gives all revisions of a policy, oldest first. ErrNotFound also for another's, ErrForbidden for learners.
func (s *Service) PolicyRevisions(ctx context.Context, a Actor, id PolicyID) ([]Policy, error) {
	if !a.MayOwnPolicies() {
		return nil, fmt.Errorf("policy: %w", ErrForbidden)
	}
	all, err := s.st.PolicyRevisions(ctx, a.org(), id)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", id, err)
	}
	if len(all) == 0 || !a.maySeePolicy(all[0].Owner) {
		return nil, fmt.Errorf("policy %s: %w", id, ErrNotFound)
	}
	return all, nil
}

// RetirePolicy takes a policy out of use. What it graded stays, and is graded anew by it when a key is mended. Retiring twice is fine.
func (s *Service) RetirePolicy(ctx context.Context, a Actor, id PolicyID) error {
	p, err := s.Policy(ctx, a, id)
	if err != nil || p.RetiredAt != nil {
		return err
	}
	entry, err := s.entry(a, "policy.retire", string(id), "")
	if err != nil {
		return err
	}
	if err := s.st.RetirePolicy(ctx, a.org(), id, entry); err != nil {
		return fmt.Errorf("retire policy %s: %w", id, err)
	}
	return nil
}
