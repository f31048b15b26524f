package progress

import (
	"fmt"

	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// composedExam makes an exam of a composed one. It is open to learners to whom a rule gives it, and to its owner and admins; else, and
// when it is retired, ErrNotFound.
func (s *Service) composedExam(a Actor, c ComposedExam, rules []ExamRule) (Exam, error) {
	terms := termsFor(rules, c.Exam)
	if owns := a.Role == RoleAdmin || a.Learner == c.Owner; !owns && !terms.Given || c.RetiredAt != nil {
		return Exam{}, fmt.Errorf("exam %q: %w", c.Exam, ErrNotFound)
	}
	bp, problems := quizzes.ParseBlueprint([]byte(c.Body), c.Exam+".yaml")
	if bp == nil {
		return Exam{}, fmt.Errorf("exam %q as it is kept: %v", c.Exam, markdown.Errors(problems))
	}
	return Exam{Blueprint: bp, Terms: terms}, nil
}
