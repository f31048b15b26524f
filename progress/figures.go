package progress

import (
	"context"
	"fmt"
	"time"

	"crosswalk/progress/standing"
)

// dayEnds is the hour at which a study day ends, in the learner's zone: who studies past midnight still studies today.
const dayEnds = 4

// StudyDay is the civil date of the study day that an instant belongs to. It goes by the clock on the wall, so that days on which
// summer time begins or ends have the same border.
func StudyDay(t time.Time, loc *time.Location) string {
	w := t.In(loc)
	if w.Hour() < dayEnds {
		w = w.AddDate(0, 0, -1)
	}
	return w.Format(time.DateOnly)
}

// Summary is a learner's progress by the record. ErrNotFound also when the actor may not see the learner.
func (s *Service) Summary(ctx context.Context, a Actor, id LearnerID) (Summary, error) {
	l, err := s.readable(ctx, a, id)
	if err != nil {
		return Summary{}, err
	}
	st, err := s.standingOf(ctx, a.org(), l)
	if err != nil {
		return Summary{}, fmt.Errorf("summary of %s: %w", id, err)
	}
	marks, err := s.st.LessonMarks(ctx, a.org(), id)
	if err != nil {
		return Summary{}, fmt.Errorf("summary of %s: %w", id, err)
	}
	out := summaryOf(st, StudyDay(s.now(), l.Location()), s.items())
	out.Learner = l
	for _, m := range marks {
		if m.Done {
			out.LessonsDone++
		}
	}
	return out, nil
}

// summaryOf puts the figures of a standing into words and orders of pages.
func summaryOf(st *standing.Standing, today string, content Content) Summary {
	t := st.Totals()
	out := Summary{
		Questions: t.Questions, Correct: t.Correct, Seconds: t.Seconds,
		Cases: CaseFigures{
			Submitted: t.Cases.Submitted, Different: t.Cases.Different, Clean: t.Cases.Clean,
			AvgLearning: average(t.Cases.Learning, t.Cases.Submitted), AvgAudit: average(t.Cases.Audit, t.Cases.Submitted),
		},
		Audits: AuditFigures{Answered: t.Audits.Answered, Right: t.Audits.Right, Average: average(t.Audits.Learning, t.Audits.Answered)},
	}
	if !t.First.IsZero() {
		out.FirstAt, out.LastAt = &t.First, &t.Last
	}
	for _, d := range st.Days() {
		out.Days = append(out.Days, DayCount{Day: DayText(d.Day), Questions: d.Questions, Correct: d.Correct, Cases: d.Cases, Audits: d.Audits, Reviews: d.Reviews, Seconds: d.Seconds})
	}
	out.StreakDays = streak(out.Days, today)
	for _, f := range st.Findings() {
		out.Findings = append(out.Findings, FindingCount(f))
	}
	out.Areas = areaProgress(st, content)
	return out
}

// average is sum over n, half up.
func average(sum, n int) int {
	if n == 0 {
		return 0
	}
	return (2*sum + n) / (2 * n)
}

// streak counts days without a gap that end today, or yesterday when nothing was done yet today.
func streak(days []DayCount, today string) int {
	want, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return 0
	}
	n := 0
	for i := len(days) - 1; i >= 0; i-- {
		switch days[i].Day {
		case want.Format(time.DateOnly):
		case want.AddDate(0, 0, -1).Format(time.DateOnly):
			if n > 0 || i != len(days)-1 {
				return n
			}
			want = want.AddDate(0, 0, -1)
		default:
			return n
		}
		n++
		want = want.AddDate(0, 0, -1)
	}
	return n
}

// areaProgress lists the areas of the bank in its order, those without an answer too, and then areas that only the record knows.
func areaProgress(st *standing.Standing, content Content) []AreaProgress {
	var out []AreaProgress
	put := func(id string) {
		a, _ := st.Area(id)
		p := AreaProgress{
			Area: id, Title: id, Bank: len(content.InArea(id)), Counts: a.Counts,
			CasesDone: a.Cases, CaseAverage: average(a.Learning, a.Cases), LastAt: a.LastAt,
		}
		if title, ok := content.AreaTitle(id); ok {
			p.Title = title
		}
		for _, pt := range a.Series {
			p.Series = append(p.Series, Point{Day: DayText(pt.Day), Share: float64(pt.Right) / float64(pt.N), N: pt.N})
		}
		out = append(out, p)
	}
	listed := map[string]bool{}
	for _, id := range content.Areas() {
		listed[id] = true
		put(id)
	}
	for _, a := range st.Areas() {
		if !listed[a.Area] {
			put(a.Area)
		}
	}
	return out
}

// CaseStates says by case id where the actor is with each case that has a draft or a submission.
func (s *Service) CaseStates(ctx context.Context, a Actor) (map[string]CaseState, error) {
	out := map[string]CaseState{}
	if a.Learner == "" {
		return out, nil
	}
	st, err := s.LearnerStanding(ctx, a, a.Learner)
	if err != nil {
		return nil, fmt.Errorf("case states: %w", err)
	}
	drafts, err := s.st.Drafts(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("case states: %w", err)
	}
	st.EachItem(func(kind, id string, it standing.Item) {
		if kind == standing.Case {
			out[id] = CaseState{Tries: it.Tries, BestTenths: it.Best10, LastTenths: it.Last10, Clean: it.Clean}
		}
	})
	for _, d := range drafts {
		c := out[d.Item]
		c.Draft = true
		out[d.Item] = c
	}
	return out, nil
}

// QuestionStates says by question id where the actor is with each question that they answered.
func (s *Service) QuestionStates(ctx context.Context, a Actor) (map[string]QuestionState, error) {
	out := map[string]QuestionState{}
	if a.Learner == "" {
		return out, nil
	}
	st, err := s.LearnerStanding(ctx, a, a.Learner)
	if err != nil {
		return nil, fmt.Errorf("question states: %w", err)
	}
	st.EachItem(func(kind, id string, it standing.Item) {
		if kind == standing.Question {
			out[id] = QuestionState{Tries: it.Tries, LastCorrect: it.Correct}
		}
	})
	return out, nil
}
