package progress

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"crosswalk/grading"
	"crosswalk/quizzes"
)

// HiringContent is what hiring tests need of the bank.
type HiringContent interface {
	HiringTests() []*quizzes.HiringTest                                      // that come with the content
	HiringTest(id string) (*quizzes.HiringTest, error)                       // quizzes.ErrNotFound
	Strata(bp *quizzes.Blueprint) (_ quizzes.Strata, short string)           // what every form has the same of
	EquivalentForms(bp *quizzes.Blueprint, st quizzes.Strata, limit int) int // without an item in common
	InStrata(bp *quizzes.Blueprint, st quizzes.Strata) []quizzes.FormItem
	DrawEquivalent(bp *quizzes.Blueprint, st quizzes.Strata, e quizzes.Equivalent) (quizzes.Form, error)
	Case(id string) (*quizzes.Case, error) // quizzes.ErrNotFound
	CodeYear() int
}

// The bounds of hiring tests.
const (
	MaxAssessments     = 200 // that one person can have and are not closed
	MaxKeepDays        = quizzes.MaxKeepDays
	DefaultKeepDays    = 180
	DefaultChartWeight = 5
	maxAssessmentName  = 80
	maxTasks           = 30
	maxTaskText        = 300
)

// SpecOf is a shipped test as an employer begins from it.
func SpecOf(h *quizzes.HiringTest) AssessmentSpec {
	x := AssessmentSpec{
		Template: h.ID, Name: h.Name, Job: JobNote{Title: h.JobTitle}, Minutes: h.Minutes, PassPercent: h.PassPercent,
		Charts: ChartSpec{Count: h.Charts.Count, Weight: max(1, h.Charts.Weight), Bills: h.Charts.Bills, Settings: slices.Clone(h.Charts.Settings), Areas: slices.Clone(h.Charts.Areas), Cases: slices.Clone(h.Charts.Cases)},
		Book:   h.Book, FullLookup: h.FullLookup, Tries: h.Tries, RetryDays: h.RetryDays, KeepDays: h.KeepDays,
	}
	if x.Charts.Count == 0 {
		x.Charts.Weight = DefaultChartWeight
	}
	for _, q := range h.Questions {
		x.Questions = append(x.Questions, AreaCount{q.Setting, q.Weight})
	}
	for _, t := range h.Tasks {
		x.Job.Tasks = append(x.Job.Tasks, JobTask{Text: t.Text, Areas: slices.Clone(t.Areas), Settings: slices.Clone(t.Settings)})
	}
	return x
}

// blueprint makes what forms are drawn by.
func (x AssessmentSpec) blueprint(id AssessmentID) *quizzes.Blueprint {
	var questions []quizzes.Share
	for _, q := range x.Questions {
		questions = append(questions, quizzes.Share{Setting: q.Area, Weight: q.Count})
	}
	c := x.Charts
	return quizzes.HiringBlueprint(AssessmentExam(id), x.Name, x.Minutes, x.PassPercent, questions,
		quizzes.Charts{Count: c.Count, Weight: max(1, c.Weight), Bills: c.Bills, Areas: c.Areas, Settings: c.Settings, Cases: c.Cases}, x.Book)
}

// tidied is the spec without what says nothing, so that the same test is the same text.
func (x AssessmentSpec) tidied() AssessmentSpec {
	x.Name, x.Job.Title = cleanName(x.Name), cleanName(x.Job.Title)
	x.Questions = slices.DeleteFunc(slices.Clone(x.Questions), func(q AreaCount) bool { return q.Count == 0 })
	x.Charts.Settings = slices.DeleteFunc(slices.Clone(x.Charts.Settings), func(s quizzes.Share) bool { return s.Weight == 0 })
	if x.Charts.Count == 0 {
		x.Charts = ChartSpec{Weight: x.Charts.Weight}
	}
	x.Charts.Weight = max(1, x.Charts.Weight)
	var tasks []JobTask
	for _, t := range x.Job.Tasks {
		if t.Text = strings.TrimSpace(t.Text); t.Text != "" || len(t.Areas)+len(t.Settings) > 0 {
			tasks = append(tasks, t)
		}
	}
	x.Job.Tasks = tasks
	x.FullLookup = x.FullLookup && x.Book
	x.From, x.Until = x.From.UTC().Truncate(time.Millisecond), x.Until.UTC().Truncate(time.Millisecond)
	if len(x.Questions) == 0 { // none is nil, as JSON has it
		x.Questions = nil
	}
	if len(x.Charts.Settings) == 0 {
		x.Charts.Settings = nil
	}
	return x
}

// problems says what is wrong with a spec by itself. The fields are those of the form: name, minutes, pass, questions, charts, weight,
// settings, areas, bills, from, until, tries, retry, keep, job, tasks.
func (x AssessmentSpec) problems() (out InputErrors) {
	add := func(field, reason string, args ...any) {
		out = append(out, &InputError{field, fmt.Sprintf(reason, args...)})
	}
	switch n := utf8.RuneCountInString(x.Name); {
	case n == 0:
		add("name", "Give the test a name: candidates see it.")
	case n > maxAssessmentName:
		add("name", "The name can have %d characters at most.", maxAssessmentName)
	}
	for _, f := range []struct {
		field, what string
		value       int
		least, most int
	}{
		{"minutes", "The time lies between %d and %d minutes.", x.Minutes, 5, quizzes.MaxHiringMinutes},
		{"pass", "The pass line lies between %d and %d per cent.", x.PassPercent, 1, 99},
		{"tries", "A candidate can sit the test between %d and %d times.", x.Tries, 1, quizzes.MaxTries},
		{"retry", "Between two tries lie %d to %d days.", x.RetryDays, 0, 365},
		{"keep", "Results are kept between %d and %d days after handing in.", x.KeepDays, 1, MaxKeepDays},
		{"charts", "The number of charts lies between %d and %d.", x.Charts.Count, 0, quizzes.MaxHiringCharts},
		{"weight", "A chart counts as much as %d to %d questions.", x.Charts.Weight, 1, quizzes.MaxChartWeight},
	} {
		if f.value < f.least || f.value > f.most {
			add(f.field, f.what, f.least, f.most)
		}
	}
	if !x.From.IsZero() && !x.Until.IsZero() && !x.Until.After(x.From) {
		add("until", "The last moment to begin must come after the first.")
	}
	for _, w := range []struct {
		field string
		at    time.Time
	}{{"from", x.From}, {"until", x.Until}} {
		if !w.at.IsZero() && (w.at.Year() < 2000 || w.at.Year() > 2999) {
			add(w.field, "This is no date of a test: give the year in four digits.")
		}
	}
	return append(out, append(x.itemProblems(), x.jobProblems()...)...)
}

func (x AssessmentSpec) itemProblems() (out InputErrors) {
	add := func(field, reason string, args ...any) {
		out = append(out, &InputError{field, fmt.Sprintf(reason, args...)})
	}
	total, once := 0, map[string]bool{}
	for _, q := range x.Questions {
		total += max(0, q.Count)
		if !quizzes.ValidArea(q.Area) || q.Area == "cases" || once[q.Area] || q.Count < 0 {
			add("questions", "The questions of %s cannot be taken: name each area once with a number of 0 or more.", quizzes.AreaTitle(q.Area))
		}
		once[q.Area] = true
	}
	switch {
	case total > quizzes.MaxHiringQuestions:
		add("questions", "A test can have %d questions at most, and these are %d.", quizzes.MaxHiringQuestions, total)
	case total == 0 && x.Charts.Count == 0:
		add("questions", "The test is empty: choose a number of charts, or of questions in some area.")
	}
	c := x.Charts
	if len(c.Cases) > c.Count {
		add("charts", "You name %d charts, and the test has %d: raise the number, or name fewer.", len(c.Cases), c.Count)
	}
	for i, id := range c.Cases {
		if slices.Contains(c.Cases[:i], id) {
			add("cases", "The chart %s is named twice.", id)
		}
	}
	for _, s := range c.Settings {
		if s.Weight < 0 || s.Weight > 1000 || s.Setting != "outpatient" && !slices.ContainsFunc(quizzes.Settings, func(a quizzes.Area) bool { return a.ID == s.Setting }) {
			add("settings", "There is no setting %q with a share of %d.", s.Setting, s.Weight)
		}
	}
	for _, a := range c.Areas {
		if !quizzes.ValidArea(a) {
			add("areas", "There is no specialty %q.", a)
		}
	}
	if c.Bills != "" && c.Bills != grading.Professional && c.Bills != grading.Facility {
		add("bills", "A claim is professional or facility.")
	}
	return out
}

func (x AssessmentSpec) jobProblems() (out InputErrors) {
	if utf8.RuneCountInString(x.Job.Title) > maxAssessmentName {
		out = append(out, &InputError{"job", fmt.Sprintf("The title of the job can have %d characters at most.", maxAssessmentName)})
	}
	if len(x.Job.Tasks) > maxTasks {
		out = append(out, &InputError{"tasks", fmt.Sprintf("The note of the job can have %d tasks at most.", maxTasks)})
	}
	for _, t := range x.Job.Tasks {
		if n := utf8.RuneCountInString(t.Text); n == 0 || n > maxTaskText {
			out = append(out, &InputError{"tasks", fmt.Sprintf("Each task is told in 1 to %d characters.", maxTaskText)})
			break
		}
	}
	return out
}

// Uncovered are the areas and settings of the test that no task of the job names, by their titles: what the note of the job leaves open.
func (x AssessmentSpec) Uncovered() (out []string) {
	named := map[string]bool{}
	for _, t := range x.Job.Tasks {
		for _, a := range slices.Concat(t.Areas, t.Settings) {
			named[a] = true
		}
	}
	for _, q := range x.Questions {
		if q.Count > 0 && !named[q.Area] {
			out = append(out, quizzes.AreaTitle(q.Area))
		}
	}
	for _, s := range x.Charts.Settings {
		if s.Weight > 0 && x.Charts.Count > 0 && !named[s.Setting] {
			out = append(out, settingTitle(s.Setting))
		}
	}
	return out
}

func settingTitle(id string) string {
	for _, s := range quizzes.Settings {
		if s.ID == id {
			return s.Title
		}
	}
	return id
}
