package progress

import (
	"context"
	"fmt"
)

// checkLesson takes the id of a lesson. Whether there is such a lesson the catalogue knows, not progress; only the size is watched.
func checkLesson(a Actor, lesson string) error {
	if a.Learner == "" {
		return fmt.Errorf("lesson: start as a guest or sign in: %w", ErrForbidden)
	}
	if lesson == "" || len(lesson) > 100 {
		return &InputError{"lesson", "The lesson is not named: reload the page."}
	}
	return nil
}

// MarkLesson sets a lesson's done mark or takes it back.
func (s *Service) MarkLesson(ctx context.Context, a Actor, lesson string, done bool) error {
	if err := checkLesson(a, lesson); err != nil {
		return err
	}
	if err := s.st.MarkLesson(ctx, a.org(), a.Learner, lesson, done, s.now()); err != nil {
		return fmt.Errorf("mark lesson %s: %w", lesson, err)
	}
	return nil
}

// SavePosition keeps where in a lesson someone is: the id of a heading and how far down, in per cent.
func (s *Service) SavePosition(ctx context.Context, a Actor, lesson, anchor string, percent int) error {
	if err := checkLesson(a, lesson); err != nil {
		return err
	}
	if len(anchor) > 200 || percent < 0 || percent > 100 {
		return &InputError{"position", "The position is not one of this lesson: reload the page."}
	}
	if err := s.st.SavePosition(ctx, a.org(), a.Learner, lesson, anchor, percent, s.now()); err != nil {
		return fmt.Errorf("position in lesson %s: %w", lesson, err)
	}
	return nil
}

// LessonMarks gives the actor's marks by lesson id.
func (s *Service) LessonMarks(ctx context.Context, a Actor) (map[string]LessonMark, error) {
	m, err := s.st.LessonMarks(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("lesson marks: %w", err)
	}
	return m, nil
}
