package progress

import (
	"context"
	"errors"

	"crosswalk/progress/memory"
	"crosswalk/progress/standing"
	"crosswalk/quizzes"
)

// demoReviews is how many cards one of the class reviews on an evening.
const demoReviews = 10

// aim sets the goal of most of the class when they begin: an exam some weeks after the demo. Those without one show what a page says then. A bank
// without the exam has no goals.
func (d *demoStudent) aim(ctx context.Context) error {
	if d.rng.Float64() < 0.2 {
		return nil
	}
	exam := []string{"cpc", "cpc", "ccs", "cca"}[d.rng.IntN(4)]
	if _, err := d.svc.items().Blueprint(exam); err != nil {
		return nil
	}
	d.clock = d.begin.AddDate(0, 0, d.from)
	g := Goal{Exam: exam, Date: StudyDay(d.end.AddDate(0, 0, 14+d.rng.IntN(60)), d.loc)}
	for i := range g.Minutes {
		g.Minutes[i] = 15 * (2 + d.rng.IntN(3))
	}
	g.Minutes[6] = 0
	for i := range 3 {
		g.Off = append(g.Off, StudyDay(d.end.AddDate(0, 0, 5+i), d.loc))
	}
	_, err := d.svc.SetGoal(ctx, d.actor, g)
	return err
}

// remembers looks how ready one is, once a week or so, and reviews some of what is due.
func (d *demoStudent) remembers(ctx context.Context, course float64) error {
	goal, aims, err := d.svc.Goal(ctx, d.actor, d.actor.Learner)
	if err != nil {
		return err
	}
	if aims && d.rng.Float64() < 0.2 {
		if _, err := d.svc.Readiness(ctx, d.actor, d.actor.Learner, goal.Exam); err != nil && !errors.Is(err, quizzes.ErrTooSmall) {
			return err
		}
	}
	q, err := d.svc.Due(ctx, d.actor, demoReviews)
	if err != nil {
		return err
	}
	for _, c := range append(q.Cards, q.New[:min(3, len(q.New))]...) {
		if c.Kind == standing.Question {
			if err := d.question(ctx, c.Item, Context{Kind: InReview}, course); err != nil {
				return err
			}
			continue
		}
		start := d.spend(8, 40)
		grade := memory.Good
		switch p := d.rng.Float64(); {
		case p < 0.15:
			grade = memory.Again
		case p < 0.3:
			grade = memory.Hard
		case p > 0.85:
			grade = memory.Easy
		}
		if _, err := d.svc.ReviewCard(ctx, d.actor, CardReview{ClientKey: d.key(), Card: c.ID, Grade: grade, StartedAt: &start}); err != nil {
			return err
		}
	}
	return nil
}
