package progress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// MaxAssignments is how many assignments a cohort can have.
const MaxAssignments = 200

// AssignmentDraft is an assignment as a form brings it. Fields that are nil say nothing.
type AssignmentDraft struct {
	ID           AssignmentID // "" for a new one
	Cohort       CohortID
	ClientKey    string // of a new one: made by the page, 8 to 100 characters
	Kind         AssignmentKind
	Ref          string
	Amount       int      // questions of a drill
	Counts       Counting // "" is the best
	Attempts     *int
	ExtraPercent *int // of an exam
	OpensAt      *time.Time
	DueAt        *time.Time
	ClosesAt     *time.Time
}

// SaveAssignment gives a cohort something to do, or changes dates and bounds of what it was given; kind and what it is about stay. For an exam
// it sets the exam rule of the cohort as well. Errors are those of Cohort; InputErrors name kind, ref, amount, counts, attempts, extra, opens,
// due or closes.
func (s *Service) SaveAssignment(ctx context.Context, a Actor, in AssignmentDraft) (Assignment, error) {
	fail := func(err error) (Assignment, error) { return Assignment{}, fmt.Errorf("save assignment: %w", err) }
	c, err := s.Cohort(ctx, a, in.Cohort)
	if err != nil {
		return Assignment{}, err
	}
	if c.ClosedAt != nil {
		return Assignment{}, &InputError{"kind", "This cohort is closed: it can be given nothing more to do."}
	}
	have, err := s.st.Assignments(ctx, a.org(), c.ID)
	if err != nil {
		return fail(err)
	}
	x, again, problems, err := s.draftedAssignment(in, c, have)
	if err != nil || again {
		return x, err
	}
	problems = append(problems, s.checkAssignment(x, have)...)
	var rule *ExamRule
	var drop RuleID
	if x.Kind == AssignExam {
		var more InputErrors
		if rule, drop, more, err = s.ruleWith(ctx, a, RuleDraft{
			Exam: x.Ref, Kind: RuleForCohort, Ref: string(c.ID), ExtraPercent: in.ExtraPercent, Attempts: in.Attempts, OpensAt: in.OpensAt, ClosesAt: in.ClosesAt, owner: c.Owner,
		}); err != nil {
			return fail(err)
		}
		problems = append(problems, more...)
		x.Attempts, x.ClosesAt = nil, nil
	} else if in.ExtraPercent != nil {
		problems = append(problems, &InputError{"extra", "Only exams have a clock that extra time could be added to."})
	}
	if err := asInput(onePerField(problems)); err != nil {
		return Assignment{}, err
	}
	entry, err := s.entry(a, "assignment.save", string(x.ID), string(c.ID))
	if err != nil {
		return fail(err)
	}
	err = s.st.SaveAssignment(ctx, a.org(), x, rule, drop, entry)
	if errors.Is(err, ErrDuplicate) && in.ID != "" { // only the rule can be there twice
		return Assignment{}, othersRule
	}
	if errors.Is(err, ErrDuplicate) { // sent twice at the same moment
		if have, err = s.st.Assignments(ctx, a.org(), c.ID); err == nil {
			if i := slices.IndexFunc(have, func(y Assignment) bool { return y.ClientKey == x.ClientKey }); i >= 0 {
				return have[i], nil
			}
			return Assignment{}, othersRule
		}
	}
	if err != nil {
		return fail(err)
	}
	return x, nil
}

// draftedAssignment puts a draft into the place of the assignment that it changes. again reports that the same form came before.
func (s *Service) draftedAssignment(in AssignmentDraft, c Cohort, have []Assignment) (x Assignment, again bool, problems InputErrors, err error) {
	now := s.now()
	if in.ID != "" {
		i := slices.IndexFunc(have, func(x Assignment) bool { return x.ID == in.ID })
		if i < 0 {
			return x, false, nil, fmt.Errorf("assignment %s: %w", in.ID, ErrNotFound)
		}
		x = have[i]
	} else {
		if i := slices.IndexFunc(have, func(x Assignment) bool { return x.ClientKey == in.ClientKey }); i >= 0 {
			return have[i], true, nil, nil
		}
		if e := checkKey(in.ClientKey); e != nil {
			problems = append(problems, e)
		}
		if len(have) >= MaxAssignments {
			problems = append(problems, &InputError{"kind", fmt.Sprintf("A cohort can have %d assignments at most: take some back first.", MaxAssignments)})
		}
		id, err := s.newID(now)
		if err != nil {
			return x, false, nil, err
		}
		x = Assignment{ID: AssignmentID(id), Org: c.Org, Cohort: c.ID, ClientKey: in.ClientKey, Kind: in.Kind, Ref: in.Ref, CreatedAt: now}
	}
	if x.Kind == AssignDrill {
		x.Amount = in.Amount
	}
	x.Counts, x.Attempts, x.DueAt, x.ClosesAt = cmp.Or(in.Counts, CountBest), in.Attempts, in.DueAt, in.ClosesAt
	if x.Kind == AssignLesson {
		x.Counts, x.Attempts = CountFirst, nil
	}
	x.OpensAt = x.CreatedAt
	if in.OpensAt != nil {
		x.OpensAt = *in.OpensAt
	}
	return x, false, problems, nil
}

func checkKey(key string) *InputError {
	if len(key) < 8 || len(key) > 100 {
		return &InputError{"client_key", "This form has no key of its own: reload the page."}
	}
	return nil
}

// checkAssignment says what is wrong with an assignment besides the rule of an exam.
func (s *Service) checkAssignment(x Assignment, have []Assignment) (out InputErrors) {
	add := func(field, reason string, args ...any) {
		out = append(out, &InputError{field, fmt.Sprintf(reason, args...)})
	}
	switch x.Kind {
	case AssignLesson:
		if _, ok := s.Course().Lesson(x.Ref); !ok {
			add("ref", "There is no such lesson: choose one from the list.")
		}
	case AssignCase:
		if _, ok := s.items().Item(KindCase, x.Ref); !ok {
			add("ref", "There is no such case: choose one from the list.")
		}
	case AssignDrill:
		if n := len(s.items().InArea(x.Ref)); n == 0 {
			add("ref", "No question is filed under this area: choose one from the list.")
		} else if most := min(n, MaxDrill); x.Amount < 1 || x.Amount > most {
			add("amount", "Ask for 1 to %d questions of this area.", most)
		}
	case AssignExam: // the rule says whether there is such an exam
		if slices.ContainsFunc(have, func(y Assignment) bool { return y.Kind == AssignExam && y.Ref == x.Ref && y.ID != x.ID }) {
			add("ref", "The cohort has this exam already: change its dates and attempts there.")
		}
	default:
		add("kind", "Choose what to assign: a lesson, a drill, a case or an exam.")
	}
	if !slices.Contains(Countings, x.Counts) {
		add("counts", "Say which attempt counts: the best, the last or the first.")
	}
	return append(out, windowProblems(x.Attempts, &x.OpensAt, x.DueAt, x.ClosesAt)...)
}

// windowProblems says what is wrong with attempts and dates.
func windowProblems(attempts *int, opens, due, closes *time.Time) (out InputErrors) {
	add := func(field, reason string, args ...any) {
		out = append(out, &InputError{field, fmt.Sprintf(reason, args...)})
	}
	if attempts != nil && (*attempts < 1 || *attempts > MaxAttempts) {
		add("attempts", "The number of attempts lies between 1 and %d. Leave it empty for any number.", MaxAttempts)
	}
	if opens != nil && due != nil && !due.After(*opens) {
		add("due", "It must be due after it opens.")
	}
	switch {
	case closes == nil:
	case opens != nil && !closes.After(*opens):
		add("closes", "It must close after it opens.")
	case due != nil && closes.Before(*due):
		add("closes", "It cannot close before it is due.")
	}
	for _, f := range []struct {
		name string
		at   *time.Time
	}{{"opens", opens}, {"due", due}, {"closes", closes}} {
		if f.at != nil && (f.at.Year() < 2000 || f.at.Year() > 2999) {
			add(f.name, "This is no date of a class: give the year in four digits.")
		}
	}
	return out
}

// onePerField keeps the first problem of each field.
func onePerField(in InputErrors) (out InputErrors) {
	for _, e := range in {
		if !slices.ContainsFunc(out, func(o *InputError) bool { return o.Field == e.Field }) {
			out = append(out, e)
		}
	}
	return out
}

// ruleWith makes the rule that an exam needs of a draft. A draft that says nothing needs none where the exam is open to everybody: then the
// one that is there goes. When results open is not the assignment's to say, and stays.
func (s *Service) ruleWith(ctx context.Context, a Actor, in RuleDraft) (rule *ExamRule, drop RuleID, problems InputErrors, err error) {
	old, err := s.ruleAt(ctx, a.org(), in.Exam, in.Kind, in.Ref)
	if err != nil {
		return nil, "", nil, err
	}
	if old != nil {
		in.ResultsAt = old.ResultsAt
	}
	empty := in.ExtraPercent == nil && in.Attempts == nil && in.OpensAt == nil && in.ClosesAt == nil && in.ResultsAt == nil
	_, shipped := s.items().Blueprint(in.Exam)
	if empty && (shipped == nil || in.Kind == RuleForPerson) {
		if old == nil {
			return nil, "", nil, nil
		}
		if !a.manages(old.Owner) {
			return nil, "", InputErrors{othersRule}, nil
		}
		return nil, old.ID, nil, nil
	}
	r, problems, err := s.ruleOf(ctx, a, in)
	if err != nil {
		return nil, "", nil, err
	}
	for i, e := range problems {
		if e.Field == "exam" { // what the form calls it
			problems[i] = &InputError{"ref", e.Reason}
		}
	}
	return &r, "", problems, nil
}

// ruleAt is the rule about an exam for a cohort or person, nil when there is none.
func (s *Service) ruleAt(ctx context.Context, org OrgID, exam string, kind RuleKind, ref string) (*ExamRule, error) {
	all, err := s.st.Rules(ctx, org, "")
	if err != nil {
		return nil, err
	}
	for i, r := range all {
		if r.Exam == exam && r.Kind == kind && r.Ref == ref {
			return &all[i], nil
		}
	}
	return nil, nil
}

// DropAssignment takes an assignment back, with what was different for single learners; of an exam the rule of the cohort goes with it. What
// the learners did stays. Errors are those of Cohort; ErrNotFound.
func (s *Service) DropAssignment(ctx context.Context, a Actor, c CohortID, id AssignmentID) error {
	fail := func(err error) error { return fmt.Errorf("drop assignment %s: %w", id, err) }
	x, _, err := s.assignment(ctx, a, c, id)
	if err != nil {
		return err
	}
	var drop RuleID
	if x.Kind == AssignExam {
		old, err := s.ruleAt(ctx, a.org(), x.Ref, RuleForCohort, string(c))
		if err != nil {
			return fail(err)
		}
		if old != nil && a.manages(old.Owner) {
			drop = old.ID
		}
	}
	entry, err := s.entry(a, "assignment.drop", string(id), string(c))
	if err != nil {
		return fail(err)
	}
	if err := s.st.DropAssignment(ctx, a.org(), id, drop, entry); err != nil {
		return fail(err)
	}
	return nil
}

// assignment finds one of a cohort that the actor manages.
func (s *Service) assignment(ctx context.Context, a Actor, c CohortID, id AssignmentID) (Assignment, Cohort, error) {
	co, err := s.Cohort(ctx, a, c)
	if err != nil {
		return Assignment{}, Cohort{}, err
	}
	x, err := s.st.Assignment(ctx, a.org(), id)
	if err == nil && x.Cohort != c {
		err = ErrNotFound
	}
	if err != nil {
		return Assignment{}, Cohort{}, fmt.Errorf("assignment %s: %w", id, err)
	}
	return x, co, nil
}

// Assignments lists what a cohort was given to do, by opening. Errors are those of Cohort.
func (s *Service) Assignments(ctx context.Context, a Actor, c CohortID) ([]AssignmentInfo, error) {
	if _, err := s.Cohort(ctx, a, c); err != nil {
		return nil, err
	}
	xs, err := s.st.Assignments(ctx, a.org(), c)
	if err != nil {
		return nil, fmt.Errorf("assignments of %s: %w", c, err)
	}
	return s.assignmentInfos(ctx, a.org(), xs)
}

// Assignment gives one of a cohort. Errors are those of Cohort; ErrNotFound.
func (s *Service) Assignment(ctx context.Context, a Actor, c CohortID, id AssignmentID) (AssignmentInfo, error) {
	x, _, err := s.assignment(ctx, a, c, id)
	if err != nil {
		return AssignmentInfo{}, err
	}
	out, err := s.assignmentInfos(ctx, a.org(), []Assignment{x})
	if err != nil {
		return AssignmentInfo{}, err
	}
	return out[0], nil
}

// assignmentInfos finds names and rules.
func (s *Service) assignmentInfos(ctx context.Context, org OrgID, xs []Assignment) ([]AssignmentInfo, error) {
	out := make([]AssignmentInfo, len(xs))
	var rules []ExamRule
	for i, x := range xs {
		out[i] = AssignmentInfo{Assignment: x, Title: x.Ref}
		switch x.Kind {
		case AssignLesson:
			if l, ok := s.Course().Lesson(x.Ref); ok {
				out[i].Title = l.Title
			}
		case AssignCase:
			if it, ok := s.items().Item(KindCase, x.Ref); ok {
				out[i].Title = it.Title
			}
		case AssignDrill:
			if t, ok := s.items().AreaTitle(x.Ref); ok {
				out[i].Title = t
			}
		case AssignExam:
			if bp, err := s.items().Blueprint(x.Ref); err == nil {
				out[i].Title = bp.Name
			} else if e, err := s.st.ComposedExam(ctx, org, x.Ref); err == nil {
				out[i].Title = e.Name
			}
			if rules == nil {
				var err error
				if rules, err = s.st.Rules(ctx, org, ""); err != nil {
					return nil, fmt.Errorf("exam rules: %w", err)
				}
			}
			for j, r := range rules {
				if r.Exam == x.Ref && r.Kind == RuleForCohort && r.Ref == string(x.Cohort) {
					out[i].Rule = &rules[j]
				}
			}
		}
	}
	return out, nil
}
