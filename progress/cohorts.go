package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The bounds of cohorts.
const (
	MaxCohorts    = 200 // open ones that one person can have
	MaxNewMembers = 500 // that can be added at a time
	maxCohortName = 80
)

// CreateCohort makes a cohort of the actor's. Instructors and admins, else ErrForbidden; an InputError of name.
func (s *Service) CreateCohort(ctx context.Context, a Actor, name string) (Cohort, error) {
	fail := func(err error) (Cohort, error) { return Cohort{}, fmt.Errorf("create cohort: %w", err) }
	if !a.MaySetExams() {
		return fail(ErrForbidden)
	}
	name = cleanName(name)
	switch n := len([]rune(name)); {
	case a.Learner == "":
		return Cohort{}, &InputError{"name", "Sign in to make a cohort: it needs an owner."}
	case n == 0:
		return Cohort{}, &InputError{"name", "Give the cohort a name."}
	case n > maxCohortName:
		return Cohort{}, &InputError{"name", fmt.Sprintf("The name can have %d characters at most.", maxCohortName)}
	}
	own, err := s.st.Cohorts(ctx, a.org(), a.Learner)
	if err != nil {
		return fail(err)
	}
	open := 0
	for _, c := range own {
		if c.ClosedAt != nil {
			continue
		}
		if open++; strings.EqualFold(c.Name, name) {
			return Cohort{}, &InputError{"name", "You have a cohort of this name: choose another one."}
		}
	}
	if open >= MaxCohorts {
		return Cohort{}, &InputError{"name", fmt.Sprintf("You have %d open cohorts, which is the most: close some first.", open)}
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	c := Cohort{ID: CohortID(id), Org: a.org(), Owner: a.Learner, Name: name, CreatedAt: now}
	entry, err := s.entry(a, "cohort.add", id, "")
	if err != nil {
		return fail(err)
	}
	if err := s.st.AddCohort(ctx, c.Org, c, entry); err != nil {
		return fail(err)
	}
	return c, nil
}

// Cohorts lists the actor's cohorts, and for an admin all of the organisation: open ones first, by name. Learners and employers get
// ErrForbidden.
func (s *Service) Cohorts(ctx context.Context, a Actor) ([]Cohort, error) {
	if !a.MaySetExams() {
		return nil, fmt.Errorf("cohorts: %w", ErrForbidden)
	}
	owner, ok := a.staffOwner()
	if !ok {
		return nil, nil
	}
	cs, err := s.st.Cohorts(ctx, a.org(), owner)
	if err != nil {
		return nil, fmt.Errorf("cohorts: %w", err)
	}
	slices.SortStableFunc(cs, func(x, y Cohort) int {
		if (x.ClosedAt == nil) != (y.ClosedAt == nil) {
			if x.ClosedAt == nil {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	return cs, nil
}

// Cohort gives one. ErrNotFound also for another's, ErrForbidden for learners and employers.
func (s *Service) Cohort(ctx context.Context, a Actor, id CohortID) (Cohort, error) {
	if !a.MaySetExams() {
		return Cohort{}, fmt.Errorf("cohort: %w", ErrForbidden)
	}
	c, err := s.st.Cohort(ctx, a.org(), id)
	if err == nil && !a.manages(c.Owner) {
		err = ErrNotFound
	}
	if err != nil {
		return Cohort{}, fmt.Errorf("cohort %s: %w", id, err)
	}
	return c, nil
}

// Members lists the learners of a cohort by name. Errors are those of Cohort.
func (s *Service) Members(ctx context.Context, a Actor, id CohortID) ([]Learner, error) {
	if _, err := s.Cohort(ctx, a, id); err != nil {
		return nil, err
	}
	ls, err := s.st.Members(ctx, a.org(), id)
	if err != nil {
		return nil, fmt.Errorf("members of %s: %w", id, err)
	}
	return ls, nil
}

// AddMembers puts the learners with these e-mails into a cohort and says how many they are; empty entries are passed over. Either all are
// put in or none: an InputError of emails for each that no learner has. Other errors are those of Cohort.
func (s *Service) AddMembers(ctx context.Context, a Actor, id CohortID, emails []string) (int, error) {
	if err := s.openCohort(ctx, a, id); err != nil {
		return 0, err
	}
	var problems InputErrors
	var found []LearnerID
	seen := map[LearnerID]bool{}
	named := 0
	for _, e := range emails {
		if e = foldEmail(e); e == "" {
			continue
		}
		if named++; named > MaxNewMembers {
			problems = append(problems, &InputError{"emails", fmt.Sprintf("At most %d can be added at a time.", MaxNewMembers)})
			break
		}
		l, err := s.UserByEmail(ctx, a, e)
		switch {
		case errors.Is(err, ErrNotFound), err == nil && l.Role != RoleLearner:
			problems = append(problems, &InputError{"emails", fmt.Sprintf("No learner has the e-mail %s. They make an account first.", e)})
		case err != nil:
			return 0, err
		case !seen[l.ID]:
			seen[l.ID] = true
			found = append(found, l.ID)
		}
	}
	if named == 0 {
		problems = append(problems, &InputError{"emails", "Type one e-mail a line."})
	}
	if err := asInput(problems); err != nil {
		return 0, err
	}
	for i, l := range found {
		if err := s.setMember(ctx, a, id, l, true); err != nil {
			return i, err
		}
	}
	return len(found), nil
}

// AddMember puts a learner into a cohort, a guest too; fine when they are in it. ErrNotFound also for who is no learner of the organisation;
// other errors are those of AddMembers.
func (s *Service) AddMember(ctx context.Context, a Actor, id CohortID, learner LearnerID) error {
	if err := s.openCohort(ctx, a, id); err != nil {
		return err
	}
	l, err := s.st.Learner(ctx, a.org(), learner)
	if err == nil && l.Role != RoleLearner {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("add %s to a cohort: %w", learner, err)
	}
	return s.setMember(ctx, a, id, learner, true)
}

// RemoveMember takes a learner out of a cohort; fine when they are not in it. Errors are those of Cohort.
func (s *Service) RemoveMember(ctx context.Context, a Actor, id CohortID, learner LearnerID) error {
	if _, err := s.Cohort(ctx, a, id); err != nil {
		return err
	}
	return s.setMember(ctx, a, id, learner, false)
}

// openCohort is Cohort for what a closed one does not take.
func (s *Service) openCohort(ctx context.Context, a Actor, id CohortID) error {
	c, err := s.Cohort(ctx, a, id)
	if err == nil && c.ClosedAt != nil {
		err = &InputError{"emails", "This cohort is closed: it takes no new members."}
	}
	return err
}

func (s *Service) setMember(ctx context.Context, a Actor, id CohortID, l LearnerID, in bool) error {
	action := "cohort.remove"
	if in {
		action = "cohort.join"
	}
	entry, err := s.entry(a, action, string(id), string(l))
	if err != nil {
		return err
	}
	if err := s.st.SetMember(ctx, a.org(), id, l, in, entry); err != nil {
		return fmt.Errorf("member %s of %s: %w", l, id, err)
	}
	return nil
}

// CloseCohort ends a cohort: it takes no new members and its rules have no effect any more. Closing twice is fine; errors are those of
// Cohort.
func (s *Service) CloseCohort(ctx context.Context, a Actor, id CohortID) error {
	c, err := s.Cohort(ctx, a, id)
	if err != nil || c.ClosedAt != nil {
		return err
	}
	entry, err := s.entry(a, "cohort.close", string(id), "")
	if err != nil {
		return err
	}
	if err := s.st.CloseCohort(ctx, a.org(), id, entry); err != nil {
		return fmt.Errorf("close cohort %s: %w", id, err)
	}
	return nil
}
