package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// TermsDraft is what is to be different for one learner. Fields that are nil say nothing; when all are, what was different is taken back.
type TermsDraft struct {
	Attempts     *int
	ExtraPercent *int // of an exam
	DueAt        *time.Time
	ClosesAt     *time.Time
}

// LearnerTerms are what is different for one learner at an assignment.
type LearnerTerms struct {
	Learner      Learner
	Attempts     *int
	ExtraPercent *int
	DueAt        *time.Time
	ClosesAt     *time.Time
}

// SetTerms says what is different for a member of the cohort at an assignment. Extra time, attempts and closing of an exam become an exam rule
// for the person. Errors are those of Cohort; ErrNotFound; InputErrors name learner, attempts, extra, due or closes.
func (s *Service) SetTerms(ctx context.Context, a Actor, c CohortID, id AssignmentID, l LearnerID, in TermsDraft) error {
	fail := func(err error) error { return fmt.Errorf("terms of %s: %w", id, err) }
	x, co, err := s.assignment(ctx, a, c, id)
	if err != nil {
		return err
	}
	if co.ClosedAt != nil {
		return &InputError{"learner", "This cohort is closed: its assignments have ended."}
	}
	members, err := s.st.Members(ctx, a.org(), c)
	if err != nil {
		return fail(err)
	}
	if !slices.ContainsFunc(members, func(m Learner) bool { return m.ID == l }) {
		return &InputError{"learner", "Choose a member of the cohort."}
	}
	problems := windowProblems(in.Attempts, &x.OpensAt, in.DueAt, in.ClosesAt)
	t := AssignmentTerms{Assignment: id, Learner: l, Attempts: in.Attempts, DueAt: in.DueAt, ClosesAt: in.ClosesAt}
	var rule *ExamRule
	var drop RuleID
	switch {
	case x.Kind == AssignExam:
		var more InputErrors
		if rule, drop, more, err = s.ruleWith(ctx, a, RuleDraft{
			Exam: x.Ref, Kind: RuleForPerson, Ref: string(l), ExtraPercent: in.ExtraPercent, Attempts: in.Attempts, ClosesAt: in.ClosesAt, owner: co.Owner,
		}); err != nil {
			return fail(err)
		}
		for _, e := range more {
			if e.Field == "kind" || e.Field == "ref" {
				e = &InputError{"learner", e.Reason}
			}
			problems = append(problems, e)
		}
		t.Attempts, t.ClosesAt = nil, nil
	case in.ExtraPercent != nil:
		problems = append(problems, &InputError{"extra", "Only exams have a clock that extra time could be added to."})
	case x.Kind == AssignLesson && in.Attempts != nil:
		problems = append(problems, &InputError{"attempts", "A lesson is done once: it has no number of attempts."})
	}
	if err := asInput(onePerField(problems)); err != nil {
		return err
	}
	entry, err := s.entry(a, "assignment.terms", string(id), string(l))
	if err != nil {
		return fail(err)
	}
	err = s.st.SetTerms(ctx, a.org(), t, rule, drop, entry)
	if errors.Is(err, ErrDuplicate) {
		return &InputError{"learner", othersRule.Reason}
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// Terms lists the members for whom something is different at an assignment, by name. Errors are those of Cohort; ErrNotFound.
func (s *Service) Terms(ctx context.Context, a Actor, c CohortID, id AssignmentID) ([]LearnerTerms, error) {
	fail := func(err error) ([]LearnerTerms, error) { return nil, fmt.Errorf("terms of %s: %w", id, err) }
	x, _, err := s.assignment(ctx, a, c, id)
	if err != nil {
		return nil, err
	}
	members, err := s.st.Members(ctx, a.org(), c)
	if err != nil {
		return fail(err)
	}
	all, err := s.st.TermsOf(ctx, a.org(), c)
	if err != nil {
		return fail(err)
	}
	var rules []ExamRule
	if x.Kind == AssignExam {
		if rules, err = s.st.Rules(ctx, a.org(), ""); err != nil {
			return fail(err)
		}
	}
	var out []LearnerTerms
	for _, m := range members {
		t, different := LearnerTerms{Learner: m}, false
		for _, o := range all {
			if o.Assignment == id && o.Learner == m.ID {
				t.Attempts, t.DueAt, t.ClosesAt, different = o.Attempts, o.DueAt, o.ClosesAt, true
			}
		}
		for _, r := range rules {
			if r.Kind == RuleForPerson && r.Ref == string(m.ID) && r.Exam == x.Ref {
				t.Attempts, t.ClosesAt, t.ExtraPercent, different = r.Attempts, r.ClosesAt, r.ExtraPercent, true
			}
		}
		if different {
			out = append(out, t)
		}
	}
	return out, nil
}

// workTerms are the terms on which a learner has an assignment: those of the cohort with what is different for the learner. rules are the
// exam rules that fit the learner.
func workTerms(x Assignment, own []AssignmentTerms, l LearnerID, rules []ExamRule) WorkTerms {
	t := WorkTerms{OpensAt: x.OpensAt, DueAt: x.DueAt, ClosesAt: x.ClosesAt}
	if x.Attempts != nil {
		t.Attempts = *x.Attempts
	}
	if x.Kind == AssignExam {
		e := termsFor(rules, x.Ref)
		t.ClosesAt, t.Attempts, t.ExtraPercent = e.ClosesAt, e.Attempts, e.ExtraPercent
		if e.OpensAt != nil {
			t.OpensAt = *e.OpensAt
		}
	}
	for _, o := range own {
		if o.Assignment != x.ID || o.Learner != l {
			continue
		}
		if o.Attempts != nil {
			t.Attempts = *o.Attempts
		}
		if o.DueAt != nil {
			t.DueAt = o.DueAt
		}
		if o.ClosesAt != nil {
			t.ClosesAt = o.ClosesAt
		}
	}
	// Who may hand in later may also work longer, unless the window was set for them as well.
	if x.Kind != AssignExam && t.ClosesAt != nil && t.DueAt != nil && t.ClosesAt.Before(*t.DueAt) {
		t.ClosesAt = t.DueAt
	}
	return t
}

// closedRules are the rules of a closed cohort, which no longer fit its members: what was on its terms is judged by them still.
func closedRules(all []ExamRule, c Cohort) (out []ExamRule) {
	if c.ClosedAt == nil {
		return nil
	}
	for _, r := range all {
		if r.Kind == RuleForCohort && strings.EqualFold(r.Ref, string(c.ID)) {
			out = append(out, r)
		}
	}
	return out
}
