package progress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The bounds of what a rule may say.
const (
	MaxExtraPercent = 300
	MaxAttempts     = 100
)

// MaySetExams reports whether the actor composes exams, says who sits them and answers disputes: instructors and admins.
func (a Actor) MaySetExams() bool { return a.teaches() }

// staffOwner is whose exams, rules and cohorts the actor lists: their own, or everyone's ("") for an admin. ok is false for nobody's.
func (a Actor) staffOwner() (_ LearnerID, ok bool) {
	if a.Role == RoleAdmin {
		return "", true
	}
	return a.Learner, a.Learner != ""
}

// manages reports whether what somebody of the actor's organisation set for exams is the actor's to see and change.
func (a Actor) manages(owner LearnerID) bool {
	return a.teaches() && (a.Role == RoleAdmin || a.Learner != "" && a.Learner == owner)
}

// RuleDraft is an exam rule as a form brings it. Fields that are nil say nothing.
type RuleDraft struct {
	Exam         string // "" is every exam
	Kind         RuleKind
	Ref          string // id of the learner or cohort
	Email        string // of the learner, where Ref is ""
	ExtraPercent *int
	Attempts     *int
	OpensAt      *time.Time
	ClosesAt     *time.Time // the last moment to start
	ResultsAt    *time.Time

	owner LearnerID // of a new rule, where it is not the actor
}

// RuleInfo is a rule with whom it is for.
type RuleInfo struct {
	ExamRule
	Name   string // of the learner or cohort, "" for everyone
	Email  string // of the learner
	Closed bool   // the cohort is closed: the rule has no effect
}

// SaveRule says who may sit an exam and how, in the place of what was said before about that exam and those people. Instructors say it to
// single learners and their own cohorts, and to everyone about the exams that they composed; admins to all, else ErrForbidden. InputErrors
// name exam, kind, ref, email, extra, attempts, opens, closes or results.
func (s *Service) SaveRule(ctx context.Context, a Actor, in RuleDraft) (ExamRule, error) {
	fail := func(err error) (ExamRule, error) { return ExamRule{}, fmt.Errorf("save exam rule: %w", err) }
	if !a.MaySetExams() {
		return fail(ErrForbidden)
	}
	r, problems, err := s.ruleOf(ctx, a, in)
	if err != nil {
		return fail(err)
	}
	if err := asInput(problems); err != nil {
		return ExamRule{}, err
	}
	entry, err := s.entry(a, "exam.rule", r.Exam, strings.TrimSpace(string(r.Kind)+" "+r.Ref))
	if err != nil {
		return fail(err)
	}
	err = s.st.SaveRule(ctx, r.Org, r, entry)
	if errors.Is(err, ErrDuplicate) {
		return ExamRule{}, othersRule
	}
	if err != nil {
		return fail(err)
	}
	return r, nil
}

// ruleOf makes a rule of a draft, with the id of the one whose place it takes, and says what is wrong with it.
func (s *Service) ruleOf(ctx context.Context, a Actor, in RuleDraft) (ExamRule, InputErrors, error) {
	fail := func(err error) (ExamRule, InputErrors, error) { return ExamRule{}, nil, err }
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	r := ExamRule{
		ID: RuleID(id), Org: a.org(), Owner: cmp.Or(in.owner, a.Learner), Exam: in.Exam, Kind: in.Kind, Ref: in.Ref, ExtraPercent: in.ExtraPercent, Attempts: in.Attempts,
		OpensAt: in.OpensAt, ClosesAt: in.ClosesAt, ResultsAt: in.ResultsAt, CreatedAt: now,
	}
	problems := r.problems()
	composed, e, err := s.checkRuleExam(ctx, a, r)
	if err != nil {
		return fail(err)
	}
	problems = append(problems, e...)
	e, err = s.checkRuleFor(ctx, a, &r, in.Email, composed)
	if err != nil {
		return fail(err)
	}
	problems = append(problems, e...)
	if r.empty() && !composed {
		problems = append(problems, &InputError{"extra", "This rule says nothing: give extra time, a number of attempts or a date."})
	}
	if len(problems) == 0 {
		if e, err = s.takePlace(ctx, a, &r); err != nil {
			return fail(err)
		}
		problems = e
	}
	return r, problems, nil
}

var othersRule = &InputError{"kind", "Another member of staff has set a rule for them at this exam. Agree on it with them, or ask an admin to change it."}

func (r ExamRule) empty() bool {
	return r.ExtraPercent == nil && r.Attempts == nil && r.OpensAt == nil && r.ClosesAt == nil && r.ResultsAt == nil
}

// problems says what is wrong with the figures and dates of a rule.
func (r ExamRule) problems() (out InputErrors) {
	add := func(field, reason string, args ...any) {
		out = append(out, &InputError{field, fmt.Sprintf(reason, args...)})
	}
	if n := r.ExtraPercent; n != nil && (*n < 0 || *n > MaxExtraPercent) {
		add("extra", "Extra time lies between 0 and %d per cent.", MaxExtraPercent)
	}
	if n := r.Attempts; n != nil && (*n < 1 || *n > MaxAttempts) {
		add("attempts", "The number of attempts lies between 1 and %d. Leave it empty for any number.", MaxAttempts)
	}
	if r.OpensAt != nil && r.ClosesAt != nil && !r.ClosesAt.After(*r.OpensAt) {
		add("closes", "The last moment to start must come after the first.")
	}
	if r.OpensAt != nil && r.ResultsAt != nil && !r.ResultsAt.After(*r.OpensAt) {
		add("results", "The results must open after the exam does.")
	}
	for _, f := range []struct {
		name string
		at   *time.Time
	}{{"opens", r.OpensAt}, {"closes", r.ClosesAt}, {"results", r.ResultsAt}} {
		if f.at != nil && (f.at.Year() < 2000 || f.at.Year() > 2999) {
			add(f.name, "This is no date of an exam: give the year in four digits.")
		}
	}
	return out
}

// checkRuleExam says whether a rule is about a composed exam, and why it cannot be about this one.
func (s *Service) checkRuleExam(ctx context.Context, a Actor, r ExamRule) (composed bool, _ InputErrors, _ error) {
	if r.Exam == "" {
		return false, nil, nil
	}
	if _, err := s.items().Blueprint(r.Exam); err == nil {
		return false, nil, nil
	}
	e, err := s.st.ComposedExam(ctx, r.Org, r.Exam)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && !a.manages(e.Owner):
		return false, InputErrors{{"exam", "There is no such exam."}}, nil
	case err != nil:
		return false, nil, err
	case e.RetiredAt != nil:
		return true, InputErrors{{"exam", "This exam is retired: nobody can sit it any more."}}, nil
	}
	return true, nil, nil
}

// checkRuleFor finds whom a rule is for and says why it cannot be for them.
func (s *Service) checkRuleFor(ctx context.Context, a Actor, r *ExamRule, email string, composed bool) (InputErrors, error) {
	switch r.Kind {
	case RuleForEveryone:
		r.Ref = ""
		if a.Role != RoleAdmin && !composed {
			return InputErrors{{"kind", "For everyone you can only say something about an exam that you composed. Choose a cohort or a person, or ask an admin."}}, nil
		}
	case RuleForCohort:
		c, err := s.Cohort(ctx, a, CohortID(r.Ref))
		switch {
		case errors.Is(err, ErrNotFound):
			return InputErrors{{"ref", "Choose one of your cohorts."}}, nil
		case err != nil:
			return nil, err
		case c.ClosedAt != nil:
			return InputErrors{{"ref", "This cohort is closed."}}, nil
		}
	case RuleForPerson:
		field := "ref"
		var l Learner
		var err error
		if r.Ref == "" {
			field = "email"
			l, err = s.UserByEmail(ctx, a, email)
		} else {
			l, err = s.st.Learner(ctx, a.org(), LearnerID(r.Ref))
		}
		if errors.Is(err, ErrNotFound) || err == nil && (l.ErasedAt != nil || l.Role != RoleLearner) {
			return InputErrors{{field, "No learner has this e-mail. They make an account first; then the rule can be set."}}, nil
		}
		if err != nil {
			return nil, err
		}
		r.Ref = string(l.ID)
	default:
		return InputErrors{{"kind", "Say whom the rule is for: everyone, a cohort or a person."}}, nil
	}
	return nil, nil
}

// takePlace gives a rule the id and the owner of the one that it replaces. That one must be the actor's to change.
func (s *Service) takePlace(ctx context.Context, a Actor, r *ExamRule) (InputErrors, error) {
	all, err := s.st.Rules(ctx, r.Org, "")
	if err != nil {
		return nil, err
	}
	for _, old := range all {
		if old.Exam == r.Exam && old.Kind == r.Kind && old.Ref == r.Ref {
			if !a.manages(old.Owner) {
				return InputErrors{othersRule}, nil
			}
			r.ID, r.Owner, r.CreatedAt = old.ID, old.Owner, old.CreatedAt
			return nil, nil
		}
	}
	if r.Owner == "" {
		return InputErrors{{"kind", "Sign in to set a rule: it needs an owner."}}, nil
	}
	return nil, nil
}

// Rules lists the actor's rules, and for an admin all of the organisation: by exam, everyone before cohorts before persons. Learners and
// employers get ErrForbidden.
func (s *Service) Rules(ctx context.Context, a Actor) ([]RuleInfo, error) {
	if !a.MaySetExams() {
		return nil, fmt.Errorf("exam rules: %w", ErrForbidden)
	}
	owner, ok := a.staffOwner()
	if !ok {
		return nil, nil
	}
	fail := func(err error) ([]RuleInfo, error) { return nil, fmt.Errorf("exam rules: %w", err) }
	rules, err := s.st.Rules(ctx, a.org(), owner)
	if err != nil {
		return fail(err)
	}
	cohorts, err := s.st.Cohorts(ctx, a.org(), "")
	if err != nil {
		return fail(err)
	}
	var out []RuleInfo
	for _, r := range rules {
		info := RuleInfo{ExamRule: r}
		switch r.Kind {
		case RuleForCohort:
			for _, c := range cohorts {
				if string(c.ID) == r.Ref {
					info.Name, info.Closed = c.Name, c.ClosedAt != nil
				}
			}
		case RuleForPerson:
			l, err := s.st.Learner(ctx, a.org(), LearnerID(r.Ref))
			if err != nil && !errors.Is(err, ErrNotFound) {
				return fail(err)
			}
			info.Name, info.Email = l.Name, l.Email
		}
		out = append(out, info)
	}
	order := map[RuleKind]int{RuleForEveryone: 0, RuleForCohort: 1, RuleForPerson: 2}
	slices.SortStableFunc(out, func(x, y RuleInfo) int {
		return cmp.Or(strings.Compare(x.Exam, y.Exam), cmp.Compare(order[x.Kind], order[y.Kind]), strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)))
	})
	return out, nil
}

// DropRule takes a rule back. ErrNotFound also for another's, ErrForbidden for learners and employers.
func (s *Service) DropRule(ctx context.Context, a Actor, id RuleID) error {
	if !a.MaySetExams() {
		return fmt.Errorf("drop exam rule: %w", ErrForbidden)
	}
	fail := func(err error) error { return fmt.Errorf("drop exam rule %s: %w", id, err) }
	owner, ok := a.staffOwner()
	if !ok {
		return fail(ErrNotFound)
	}
	rules, err := s.st.Rules(ctx, a.org(), owner)
	if err != nil {
		return fail(err)
	}
	at := slices.IndexFunc(rules, func(r ExamRule) bool { return r.ID == id })
	if at < 0 {
		return fail(ErrNotFound)
	}
	entry, err := s.entry(a, "exam.rule.drop", rules[at].Exam, strings.TrimSpace(string(rules[at].Kind)+" "+rules[at].Ref))
	if err != nil {
		return fail(err)
	}
	if err := s.st.DropRule(ctx, a.org(), id, entry); err != nil {
		return fail(err)
	}
	return nil
}
