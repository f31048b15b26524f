package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// The bounds of composed exams.
const (
	MaxComposed     = 200      // in force, that one person can own
	maxComposedBody = 64 << 10 // bytes
)

// ComposedDraft is a composed exam as a form or file brings it.
type ComposedDraft struct {
	Exam string // id of the exam that is revised, "" for a new one
	From int    // the revision that was edited
	Body string // a blueprint: YAML as under quizzes/exams
}

// SaveComposed keeps a new exam, or a new revision of one; what says the same as the newest revision is not kept again. Sittings keep the
// blueprint that they began with. Instructors and admins, else ErrForbidden; ErrNotFound for another's exam. InputErrors are of body, one for
// each problem of the blueprint with its line; of id when it is taken; of revision when the exam was changed or retired elsewhere.
func (s *Service) SaveComposed(ctx context.Context, a Actor, in ComposedDraft) (ComposedExam, error) {
	fail := func(err error) (ComposedExam, error) { return ComposedExam{}, fmt.Errorf("save exam: %w", err) }
	if !a.MaySetExams() {
		return fail(ErrForbidden)
	}
	var old ComposedExam
	if in.Exam != "" {
		var err error
		if old, err = s.Composed(ctx, a, in.Exam); err != nil {
			return ComposedExam{}, err
		}
	}
	bp, problems := s.CheckExam(in.Body)
	if bp == nil || len(problems) > 0 {
		return ComposedExam{}, asInput(problems)
	}
	now := s.now()
	rowID, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	e := ComposedExam{ID: rowID, Org: a.org(), Owner: a.Learner, Exam: bp.ID, Revision: 1, Name: bp.Name, Body: in.Body, CreatedAt: now}
	if in.Exam != "" {
		e.Owner, e.Revision = old.Owner, old.Revision+1
		switch {
		case bp.ID != old.Exam:
			problems = append(problems, &InputError{"id", fmt.Sprintf("The id of this exam is %s and stays so. For another id, save it as a new exam.", old.Exam)})
		case old.RetiredAt != nil:
			problems = append(problems, &InputError{"revision", "This exam is retired: save it under another id as a new one."})
		case in.From != old.Revision && in.Body != old.Body:
			problems = append(problems, &InputError{"revision", fmt.Sprintf("The exam was changed elsewhere and is at revision %d now: open it again to see it, and change that.", old.Revision)})
		}
	} else if es, err := s.checkNewExam(ctx, a, bp.ID); err != nil {
		return fail(err)
	} else {
		problems = append(problems, es...)
	}
	if err := asInput(problems); err != nil {
		return ComposedExam{}, err
	}
	if in.Exam != "" && in.Body == old.Body {
		return old, nil
	}
	entry, err := s.entry(a, "exam.save", e.Exam, fmt.Sprintf("revision %d", e.Revision))
	if err != nil {
		return fail(err)
	}
	err = s.st.AddComposed(ctx, e.Org, e, entry)
	switch {
	case errors.Is(err, ErrDuplicate) && in.Exam == "":
		return ComposedExam{}, takenExam(e.Exam)
	case errors.Is(err, ErrDuplicate):
		return ComposedExam{}, &InputError{"revision", "The exam was changed elsewhere at the same moment: open it again to see it, and change that."}
	case err != nil:
		return fail(err)
	}
	return e, nil
}

func takenExam(id string) *InputError {
	return &InputError{"id", fmt.Sprintf("There is an exam of the id %s already, or there was one: choose another id.", id)}
}

// CheckExam reads the blueprint of an exam and says what is wrong with it by itself and against the bank, each an InputError of body that
// names the line. Without problems the bank can fill it. The blueprint is nil when it cannot be read.
func (s *Service) CheckExam(body string) (*quizzes.Blueprint, InputErrors) {
	switch {
	case strings.TrimSpace(body) == "":
		return nil, InputErrors{{"body", "There is nothing here: write the exam, or choose a file."}}
	case len(body) > maxComposedBody:
		return nil, InputErrors{{"body", fmt.Sprintf("The exam can have %d KiB at most.", maxComposedBody>>10)}}
	case strings.ContainsRune(body, 0):
		return nil, InputErrors{{"body", "This is no text: an exam is a YAML file."}}
	}
	bp, problems := quizzes.ParseBlueprint([]byte(body), "exam.yaml")
	if bp == nil {
		return nil, bodyErrors(markdown.Errors(problems))
	}
	return bp, bodyErrors(s.items().CheckBlueprint(bp)) // a warning here is a bank too small, and such an exam could not be sat
}

func bodyErrors(problems []markdown.Problem) (out InputErrors) {
	for _, p := range problems {
		out = append(out, &InputError{"body", fmt.Sprintf("Line %d: %s.", p.Line, strings.TrimSuffix(p.Message, "."))})
	}
	return out
}

// checkNewExam says why there cannot be a new exam of this id.
func (s *Service) checkNewExam(ctx context.Context, a Actor, id string) (InputErrors, error) {
	if a.Learner == "" {
		return InputErrors{{"id", "Sign in to compose an exam: it needs an owner."}}, nil
	}
	if _, err := s.items().Blueprint(id); err == nil {
		return InputErrors{takenExam(id)}, nil
	}
	own, err := s.st.ComposedExams(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, e := range own {
		if e.RetiredAt == nil {
			n++
		}
	}
	if n >= MaxComposed {
		return InputErrors{{"id", fmt.Sprintf("You have %d exams, which is the most: retire some first.", n)}}, nil
	}
	return nil, nil
}

// Composed gives the newest revision of an exam to its owner and to admins. ErrNotFound also for another's, ErrForbidden for learners and
// employers.
func (s *Service) Composed(ctx context.Context, a Actor, exam string) (ComposedExam, error) {
	if !a.MaySetExams() {
		return ComposedExam{}, fmt.Errorf("composed exam: %w", ErrForbidden)
	}
	e, err := s.st.ComposedExam(ctx, a.org(), exam)
	if err == nil && !a.manages(e.Owner) {
		err = ErrNotFound
	}
	if err != nil {
		return ComposedExam{}, fmt.Errorf("composed exam %s: %w", exam, err)
	}
	return e, nil
}

// ComposedExams lists the actor's exams, and for an admin all of the organisation, each by its newest revision: those in force first, by
// name. Learners and employers get ErrForbidden.
func (s *Service) ComposedExams(ctx context.Context, a Actor) ([]ComposedExam, error) {
	if !a.MaySetExams() {
		return nil, fmt.Errorf("composed exams: %w", ErrForbidden)
	}
	owner, ok := a.staffOwner()
	if !ok {
		return nil, nil
	}
	es, err := s.st.ComposedExams(ctx, a.org(), owner)
	if err != nil {
		return nil, fmt.Errorf("composed exams: %w", err)
	}
	slices.SortStableFunc(es, func(x, y ComposedExam) int {
		if (x.RetiredAt == nil) != (y.RetiredAt == nil) {
			if x.RetiredAt == nil {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	return es, nil
}

// OpenExams lists the composed exams that the actor may sit, by id: those that a rule opens to them, and for staff those that they manage.
// What came to be unreadable is passed over. Shipped exams are in Content.
func (s *Service) OpenExams(ctx context.Context, a Actor) ([]Exam, error) {
	fail := func(err error) ([]Exam, error) { return nil, fmt.Errorf("open exams: %w", err) }
	if a.Learner == "" && a.Role != RoleAdmin {
		return nil, nil
	}
	rules, err := s.st.RulesFor(ctx, a.org(), a.Learner)
	if err != nil {
		return fail(err)
	}
	all, err := s.st.ComposedExams(ctx, a.org(), "")
	if err != nil {
		return fail(err)
	}
	var out []Exam
	for _, c := range all {
		if e, err := s.composedExam(a, c, rules); err == nil {
			out = append(out, e)
		}
	}
	return out, nil
}

// RetireComposed takes an exam out of use: it cannot be started any more, and sittings under way go on. Retiring twice is fine; errors are
// those of Composed.
func (s *Service) RetireComposed(ctx context.Context, a Actor, exam string) error {
	e, err := s.Composed(ctx, a, exam)
	if err != nil || e.RetiredAt != nil {
		return err
	}
	entry, err := s.entry(a, "exam.retire", exam, "")
	if err != nil {
		return err
	}
	if err := s.st.RetireComposed(ctx, a.org(), exam, entry); err != nil {
		return fmt.Errorf("retire exam %s: %w", exam, err)
	}
	return nil
}

// PreviewExam draws a form of an exam for staff to look at: of a shipped one or of one that is theirs. Errors are those of Composed, and
// quizzes.ErrTooSmall.
func (s *Service) PreviewExam(ctx context.Context, a Actor, exam string, seed uint64) (*quizzes.Blueprint, quizzes.Form, error) {
	if !a.MaySetExams() {
		return nil, quizzes.Form{}, fmt.Errorf("preview exam: %w", ErrForbidden)
	}
	bp, err := s.items().Blueprint(exam)
	if err != nil {
		e, err := s.Composed(ctx, a, exam)
		if err != nil {
			return nil, quizzes.Form{}, err
		}
		var problems []markdown.Problem
		if bp, problems = quizzes.ParseBlueprint([]byte(e.Body), exam+".yaml"); bp == nil {
			return nil, quizzes.Form{}, fmt.Errorf("exam %s as it is kept: %v", exam, markdown.Errors(problems))
		}
	}
	form, err := s.items().Draw(bp, seed, nil)
	if err != nil {
		return bp, quizzes.Form{}, fmt.Errorf("preview exam %s: %w", exam, err)
	}
	return bp, form, nil
}
