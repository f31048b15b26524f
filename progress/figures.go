package progress

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
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

// Summary computes a learner's progress from the record. ErrNotFound also when the actor may not see the learner.
func (s *Service) Summary(ctx context.Context, a Actor, id LearnerID) (Summary, error) {
	l, err := s.Learner(ctx, a, id)
	if err != nil {
		return Summary{}, err
	}
	hist, err := s.st.History(ctx, a.org(), id)
	if err != nil {
		return Summary{}, fmt.Errorf("summary of %s: %w", id, err)
	}
	marks, err := s.st.LessonMarks(ctx, a.org(), id)
	if err != nil {
		return Summary{}, fmt.Errorf("summary of %s: %w", id, err)
	}
	out := summarise(hist, l.Location(), s.now(), s.items())
	out.Learner = l
	for _, m := range marks {
		if m.Done {
			out.LessonsDone++
		}
	}
	return out, nil
}

// summarise turns outcomes, oldest first, into figures.
func summarise(hist []Outcome, loc *time.Location, now time.Time, content Content) Summary {
	var out Summary
	areas := map[string]*areaTally{}
	var days []DayCount
	cases := map[string]bool{}
	findings := map[string]*FindingCount{}
	var learning, audit, audits int
	for i := range hist {
		o := &hist[i]
		day := StudyDay(o.SubmittedAt, loc)
		if len(days) == 0 || days[len(days)-1].Day != day {
			days = append(days, DayCount{Day: day})
		}
		d := &days[len(days)-1]
		d.Seconds += o.Seconds
		out.Seconds += o.Seconds
		if out.FirstAt == nil {
			out.FirstAt = &o.SubmittedAt
		}
		out.LastAt = &o.SubmittedAt
		if o.Kind == KindAudit { // a kind of its own: it counts as work done, and in no figure of questions, cases or areas
			out.Audits.Answered++
			d.Audits++
			audits += o.Percent10
			if o.Correct {
				out.Audits.Right++
			}
			continue
		}
		for _, id := range o.Areas {
			t := areas[id]
			if t == nil {
				t = &areaTally{last: map[string]bool{}}
				areas[id] = t
			}
			t.add(o, day)
		}
		switch o.Kind {
		case KindQuestion:
			out.Questions++
			d.Questions++
			if o.Correct {
				out.Correct++
				d.Correct++
			}
		case KindCase:
			out.Cases.Submitted++
			d.Cases++
			learning += o.Percent10
			audit += o.AuditTenths
			if o.Correct {
				out.Cases.Clean++
			}
			cases[o.Item] = true
			countFindings(findings, o.Findings)
		}
	}
	out.Days = days
	out.StreakDays = streak(days, StudyDay(now, loc))
	out.Cases.Different = len(cases)
	out.Cases.AvgLearning = average(learning, out.Cases.Submitted)
	out.Cases.AvgAudit = average(audit, out.Cases.Submitted)
	out.Audits.Average = average(audits, out.Audits.Answered)
	for _, f := range findings {
		out.Findings = append(out.Findings, *f)
	}
	slices.SortFunc(out.Findings, func(x, y FindingCount) int {
		return cmp.Or(y.Count-x.Count, cmp.Compare(x.Finding, y.Finding))
	})
	out.Areas = areaProgress(areas, content)
	return out
}

// average is sum over n, half up.
func average(sum, n int) int {
	if n == 0 {
		return 0
	}
	return (2*sum + n) / (2 * n)
}

func countFindings(counts map[string]*FindingCount, found []string) {
	inThis := map[string]bool{}
	for _, f := range found {
		c := counts[f]
		if c == nil {
			c = &FindingCount{Finding: f}
			counts[f] = c
		}
		c.Count++
		if !inThis[f] {
			inThis[f] = true
			c.Cases++
		}
	}
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

// areaTally collects the outcomes of one area.
type areaTally struct {
	p        AreaProgress
	last     map[string]bool // question -> was the latest answer right
	window   []bool          // the last SeriesWindow answers
	learning int
}

func (t *areaTally) add(o *Outcome, day string) {
	t.p.LastAt = o.SubmittedAt
	if o.Kind == KindCase {
		t.p.CasesDone++
		t.learning += o.Percent10
		return
	}
	t.p.Answered++
	if o.Correct {
		t.p.Correct++
	}
	if _, again := t.last[o.Item]; !again {
		t.p.FirstTry++
		if o.Correct {
			t.p.FirstTryCorrect++
		}
	}
	t.last[o.Item] = o.Correct
	t.window = append(t.window, o.Correct)
	if len(t.window) > SeriesWindow {
		t.window = t.window[1:]
	}
	right := 0
	for _, ok := range t.window {
		if ok {
			right++
		}
	}
	pt := Point{Day: day, Share: float64(right) / float64(len(t.window)), N: len(t.window)}
	if n := len(t.p.Series); n > 0 && t.p.Series[n-1].Day == day {
		t.p.Series[n-1] = pt
	} else {
		t.p.Series = append(t.p.Series, pt)
	}
}

// areaProgress lists the areas of the bank in its order, those without an answer too, and then areas that only the record knows.
func areaProgress(tallies map[string]*areaTally, content Content) []AreaProgress {
	var out []AreaProgress
	put := func(id string, t *areaTally) {
		if t == nil {
			t = &areaTally{}
		}
		p := t.p
		p.Area, p.Title = id, id
		if title, ok := content.AreaTitle(id); ok {
			p.Title = title
		}
		p.Bank = len(content.InArea(id))
		p.Seen = len(t.last)
		for _, ok := range t.last {
			if ok {
				p.LastCorrect++
			}
		}
		p.CaseAverage = average(t.learning, p.CasesDone)
		out = append(out, p)
	}
	listed := map[string]bool{}
	for _, id := range content.Areas() {
		listed[id] = true
		put(id, tallies[id])
	}
	var rest []string
	for id := range tallies {
		if !listed[id] {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	for _, id := range rest {
		put(id, tallies[id])
	}
	return out
}

// CaseStates says by case id where the actor is with each case that has a draft or a submission.
func (s *Service) CaseStates(ctx context.Context, a Actor) (map[string]CaseState, error) {
	hist, err := s.st.History(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("case states: %w", err)
	}
	drafts, err := s.st.Drafts(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("case states: %w", err)
	}
	out := map[string]CaseState{}
	for _, o := range hist {
		if o.Kind == KindCase {
			c := out[o.Item]
			c.Tries++
			c.LastTenths = o.Percent10
			c.BestTenths = max(c.BestTenths, o.Percent10)
			c.Clean = c.Clean || o.Correct
			out[o.Item] = c
		}
	}
	for _, d := range drafts {
		c := out[d.Item]
		c.Draft = true
		out[d.Item] = c
	}
	return out, nil
}

// QuestionStates says by question id where the actor is with each question that they answered.
func (s *Service) QuestionStates(ctx context.Context, a Actor) (map[string]QuestionState, error) {
	hist, err := s.st.History(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("question states: %w", err)
	}
	out := map[string]QuestionState{}
	for _, o := range hist {
		if o.Kind == KindQuestion {
			q := out[o.Item]
			q.Tries++
			q.LastCorrect = o.Correct
			out[o.Item] = q
		}
	}
	return out, nil
}
