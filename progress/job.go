package progress

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"crosswalk/grading"
)

// JobGoal10 is the audit accuracy that employers ask of coders, in tenths of a per cent: 95 %.
const JobGoal10 = 950

// Job says how near someone is to coding for a living: by the first submissions of the newest 20 cases, since a second one shows what was
// read in the key. Accuracies are tenths of a per cent.
type Job struct {
	Cases      int // of at most 20
	Accuracy10 int // lines exactly right of all lines entered or asked, over all cases as an auditor counts
	Goal10     int // JobGoal10
	Clean      int // cases without an error
	Settings   []JobSetting
	Over       JobSide       // codes and charges that the charts do not support
	Under      JobSide       // those that were left out or set too low
	Findings   []JobFinding  // the dearest first
	Points     []JobPoint    // oldest first
	PerHour    float64       // charts an hour, 0 where no time is known
	Newest     time.Time     // zero without cases
	TimeKnown  time.Duration // that PerHour rests on
}

// JobSetting is the part of one setting.
type JobSetting struct {
	Setting    string
	Cases      int
	Accuracy10 int
	PerHour    float64 // charts an hour, 0 where no time is known
	Field      FieldPace
}

// JobSide is over- or under-coding.
type JobSide struct {
	Lines   int // findings of this side
	Cases   int // in how many cases
	Paid    int // cases whose payment moved to this side, of those where the payment is known
	Dollars float64
}

// JobFinding is what one kind of error cost.
type JobFinding struct {
	Finding string
	Name    string // a few words
	Count   int
	Cases   int
	Points  int // hundredths of a point that were lost by it
}

// JobPoint is one case.
type JobPoint struct {
	Attempt    AttemptID
	Case       string
	Title      string // the case's, or its id where it has left the bank
	Setting    string
	Day        string
	Accuracy10 int
	Clean      bool
	Seconds    int
}

// JobReadiness measures a learner against the job. ErrNotFound also when the actor may not see the learner.
func (s *Service) JobReadiness(ctx context.Context, a Actor, id LearnerID) (Job, error) {
	l, err := s.readable(ctx, a, id)
	if err != nil {
		return Job{}, err
	}
	st, err := s.standingOf(ctx, a.org(), l)
	if err != nil {
		return Job{}, fmt.Errorf("job readiness: %w", err)
	}
	recent := st.Recent()
	open := map[string]SittingID{}
	if a.Learner == id && !a.teaches() {
		if open, err = s.openItems(ctx, a); err != nil {
			return Job{}, fmt.Errorf("job readiness: %w", err)
		}
	}
	ids := make([]AttemptID, 0, len(recent))
	for _, c := range recent {
		if _, sealed := open[c.Case]; !sealed { // its errors would answer it in the exam
			ids = append(ids, AttemptID(c.ID))
		}
	}
	if len(ids) == 0 {
		return Job{Goal10: JobGoal10}, nil
	}
	graded, err := s.st.AttemptsByID(ctx, a.org(), ids)
	if err != nil {
		return Job{}, fmt.Errorf("job readiness: %w", err)
	}
	slices.SortFunc(graded, func(x, y Graded) int { return cmp.Compare(x.Attempt.ID, y.Attempt.ID) })
	settings := map[AttemptID]string{}
	for _, c := range recent {
		settings[AttemptID(c.ID)] = c.Setting
	}
	t := jobTally{loc: l.Location(), content: s.items(), settings: map[string]*settingTally{}, findings: map[grading.Finding]*JobFinding{}}
	for _, g := range graded {
		t.add(g, settings[g.Attempt.ID])
	}
	return t.job(), nil
}

// settingTally are lines and times of a setting.
type settingTally struct {
	cases, right, lines int
	timed, seconds      int
}

func (t *settingTally) add(right, lines, seconds int) {
	t.cases++
	t.right += right
	t.lines += lines
	if seconds > 0 {
		t.timed++
		t.seconds += seconds
	}
}

func (t *settingTally) perHour() float64 {
	if t.seconds == 0 {
		return 0
	}
	return float64(t.timed) * 3600 / float64(t.seconds)
}

type jobTally struct {
	loc      *time.Location
	content  Content
	all      settingTally
	settings map[string]*settingTally
	findings map[grading.Finding]*JobFinding
	out      Job
}

func (t *jobTally) add(g Graded, setting string) {
	r, err := g.Grading.CaseResult()
	if err != nil || len(r.Parts) == 0 { // an empty sheet of an exam: nothing was right
		r = grading.Result{}
	}
	lines := max(r.Counts.Entered, r.Counts.Lines)
	right := r.Counts.Right
	if lines == 0 {
		lines, right = 1, g.Grading.AuditTenths/1000
	}
	if t.settings[setting] == nil {
		t.settings[setting] = &settingTally{}
	}
	t.all.add(right, lines, g.Attempt.Seconds)
	t.settings[setting].add(right, lines, g.Attempt.Seconds)
	p := JobPoint{
		Attempt: g.Attempt.ID, Case: g.Attempt.Item, Title: g.Attempt.Item, Setting: setting, Day: StudyDay(g.Attempt.SubmittedAt, t.loc),
		Accuracy10: g.Grading.AuditTenths, Clean: g.Grading.Correct, Seconds: g.Attempt.Seconds,
	}
	if it, ok := t.content.Item(KindCase, p.Case); ok {
		p.Title = it.Title
	}
	t.out.Points = append(t.out.Points, p)
	t.out.Newest = g.Attempt.SubmittedAt
	if p.Clean {
		t.out.Clean++
	}
	in := map[grading.Finding]bool{}
	var over, under int
	for _, part := range r.Parts {
		f := part.Finding
		if f == "" {
			continue
		}
		c := t.findings[f]
		if c == nil {
			c = &JobFinding{Finding: string(f), Name: findingName(f)}
			t.findings[f] = c
		}
		c.Count++
		c.Points += int(part.Possible - part.Earned)
		if !in[f] {
			in[f] = true
			c.Cases++
		}
		switch f.Side() {
		case grading.SideOver:
			over++
		case grading.SideUnder:
			under++
		case grading.NoSide:
		}
	}
	t.out.Over.count(over)
	t.out.Under.count(under)
	if m := r.Money; m != nil {
		switch m.Direction {
		case grading.Over:
			t.out.Over.paid(m)
		case grading.Under:
			t.out.Under.paid(m)
		}
	}
}

func (j *JobSide) count(lines int) {
	j.Lines += lines
	if lines > 0 {
		j.Cases++
	}
}

func (j *JobSide) paid(m *grading.Money) {
	j.Paid++
	if m.Dollars != nil {
		j.Dollars += *m.Dollars
	}
}

func (t *jobTally) job() Job {
	out := t.out
	out.Goal10, out.Cases = JobGoal10, t.all.cases
	out.Accuracy10 = tenths(t.all.right, t.all.lines)
	out.PerHour, out.TimeKnown = t.all.perHour(), time.Duration(t.all.seconds)*time.Second
	for setting, x := range t.settings {
		out.Settings = append(out.Settings, JobSetting{Setting: setting, Cases: x.cases, Accuracy10: tenths(x.right, x.lines), PerHour: x.perHour(), Field: PaceOf(setting)})
	}
	slices.SortFunc(out.Settings, func(x, y JobSetting) int {
		return cmp.Or(cmp.Compare(y.Cases, x.Cases), strings.Compare(x.Setting, y.Setting))
	})
	for _, f := range t.findings {
		out.Findings = append(out.Findings, *f)
	}
	slices.SortFunc(out.Findings, func(x, y JobFinding) int {
		return cmp.Or(cmp.Compare(y.Points, x.Points), cmp.Compare(y.Count, x.Count), strings.Compare(x.Finding, y.Finding))
	})
	return out
}

func findingName(f grading.Finding) string {
	for _, i := range grading.Findings() {
		if i.Finding == f {
			return i.Name
		}
	}
	return string(f)
}
