package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

const (
	mostMinutes  = 16 * 60 // a day
	mostDaysOff  = 400
	mostDaysAway = 3 * 366 // of the exam
)

// Goal is what a learner works for; ok is false when there is none. ErrNotFound when the actor may not see the learner.
func (s *Service) Goal(ctx context.Context, a Actor, id LearnerID) (g Goal, ok bool, err error) {
	if err := s.mayRead(ctx, a, id); err != nil {
		return Goal{}, false, fmt.Errorf("goal of %s: %w", id, err)
	}
	g, err = s.st.Goal(ctx, a.org(), id)
	if errors.Is(err, ErrNotFound) {
		return Goal{}, false, nil
	}
	if err != nil {
		return Goal{}, false, fmt.Errorf("goal of %s: %w", id, err)
	}
	return g, true, nil
}

// SetGoal sets the actor's own goal and gives it as it is kept: days off sorted, each once. All that cannot be taken is said at once, in
// *InputErrors with the fields exam, date, minutes and off.
func (s *Service) SetGoal(ctx context.Context, a Actor, g Goal) (Goal, error) {
	if a.Learner == "" {
		return Goal{}, fmt.Errorf("set goal: start as a guest or sign in: %w", ErrForbidden)
	}
	l, err := s.Learner(ctx, a, a.Learner)
	if err != nil {
		return Goal{}, err
	}
	now := s.now()
	today := StudyDayNumber(now, l.Location())
	if err := s.checkGoal(&g, today); err != nil {
		return Goal{}, err
	}
	g.UpdatedAt = now
	if err := s.st.SetGoal(ctx, a.org(), a.Learner, g); err != nil {
		return Goal{}, fmt.Errorf("set goal: %w", err)
	}
	return g, nil
}

func (s *Service) checkGoal(g *Goal, today int) error {
	var bad InputErrors
	say := func(field, format string, args ...any) {
		bad = append(bad, &InputError{field, fmt.Sprintf(format, args...)})
	}
	if bp, err := s.items().Blueprint(g.Exam); err != nil || bp.Drill {
		say("exam", "Choose the exam that you prepare for.")
	}
	date, ok := DayNumber(g.Date)
	switch {
	case !ok:
		say("date", "Give the day of the exam as in %s.", DayText(today+90))
	case date < today:
		say("date", "%s is past: give the day on which you will sit the exam.", g.Date)
	case date > today+mostDaysAway:
		say("date", "%s is more than three years away: check the year.", g.Date)
	}
	sum := 0
	for day, m := range g.Minutes {
		if m < 0 || m > mostMinutes {
			say("minutes", "%d minutes on %s cannot be: give 0 to %d.", m, weekdays[day], mostMinutes)
		}
		sum += m
	}
	if sum == 0 {
		say("minutes", "Give some minutes on at least one day of the week: without any there is nothing to plan.")
	}
	if len(g.Off) > mostDaysOff {
		say("off", "These are %d days off; at most %d can be kept.", len(g.Off), mostDaysOff)
	}
	off := slices.Clone(g.Off)
	slices.Sort(off)
	g.Off = slices.Compact(off)
	for _, d := range g.Off {
		if _, ok := DayNumber(d); !ok {
			say("off", "%q is no day: give days off as in %s.", d, DayText(today+7))
		}
	}
	if len(g.Off) == 0 {
		g.Off = nil
	}
	return asInput(bad)
}

var weekdays = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// DropGoal takes the actor's goal away; it is fine without one.
func (s *Service) DropGoal(ctx context.Context, a Actor) error {
	if a.Learner == "" {
		return fmt.Errorf("drop goal: %w", ErrForbidden)
	}
	if err := s.st.DropGoal(ctx, a.org(), a.Learner); err != nil {
		return fmt.Errorf("drop goal: %w", err)
	}
	return nil
}
