package quizzes

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// HiringTest is a hiring test that comes with the content, for an employer to take as it is or to change. It is read-only.
type HiringTest struct {
	ID          string
	Name        string
	Summary     string // a sentence for lists
	Minutes     int
	PassPercent int
	PassWhy     string  // where the pass line comes from
	Questions   []Share // number of questions by area: Setting is the area's id, Weight the number
	Charts      Charts
	Book        bool // our codebook is in the room
	FullLookup  bool // with search of the whole of it
	Tries       int
	RetryDays   int
	KeepDays    int
	JobTitle    string
	Tasks       []HiringTask
	File        string // path under quizzes/
}

// HiringTask is a task of the job and what of the test covers it.
type HiringTask struct {
	Text     string
	Areas    []string
	Settings []string
}

// Blueprint is what forms of the test are drawn by. Its id is that of the test.
func (h *HiringTest) Blueprint() *Blueprint {
	return HiringBlueprint(h.ID, h.Name, h.Minutes, h.PassPercent, h.Questions, h.Charts, h.Book)
}

// HiringBlueprint makes the blueprint of a hiring test: number of questions by area, charts, minutes, and the share of the points that
// passes. One may go about freely, and answers are never opened.
func HiringBlueprint(id, name string, minutes, passPercent int, questions []Share, charts Charts, book bool) *Blueprint {
	bp := &Blueprint{
		ID: id, Name: name, Minutes: minutes, Items: charts.Count, Pass: Pass{Percent: passPercent}, Navigation: "free", Book: "closed", Feedback: "never", Charts: charts, Shuffle: true,
	}
	if book {
		bp.Book = "open"
	}
	for _, m := range []int{30, 10, 5} {
		if 2*m < minutes {
			bp.WarnMinutes = append(bp.WarnMinutes, m)
		}
	}
	for _, q := range questions {
		if q.Weight > 0 {
			bp.Slots = append(bp.Slots, Slot{Name: AreaTitle(q.Setting), Areas: []string{q.Setting}, Scored: q.Weight})
			bp.Items += q.Weight
		}
	}
	if len(bp.Slots) > 0 {
		bp.Difficulty = defaultDifficulty
	}
	return bp
}

type hiringFile struct {
	ID        markdown.Line `yaml:"id"`
	Name      markdown.Line `yaml:"name"`
	Summary   markdown.Line `yaml:"summary"`
	Minutes   int           `yaml:"minutes"`
	Pass      int           `yaml:"pass"`
	PassWhy   string        `yaml:"pass_why"`
	Questions keyed         `yaml:"questions"`
	Charts    *struct {
		Count    int             `yaml:"count"`
		Weight   int             `yaml:"weight"`
		Bills    markdown.Line   `yaml:"bills"`
		Settings keyed           `yaml:"settings"`
		Areas    []markdown.Line `yaml:"areas"`
		Cases    []markdown.Line `yaml:"cases"`
	} `yaml:"charts"`
	Book      markdown.Line `yaml:"book"`
	Lookup    bool          `yaml:"lookup"`
	Tries     int           `yaml:"tries"`
	RetryDays int           `yaml:"retry_days"`
	KeepDays  int           `yaml:"keep_days"`
	Job       struct {
		Title markdown.Line `yaml:"title"`
		Tasks []struct {
			Task     markdown.Line   `yaml:"task"`
			Areas    []markdown.Line `yaml:"areas"`
			Settings []markdown.Line `yaml:"settings"`
		} `yaml:"tasks"`
	} `yaml:"job"`
}

// The bounds of a hiring test.
const (
	MaxHiringMinutes   = 600
	MaxHiringQuestions = 200
	MaxHiringCharts    = 60
	MaxChartWeight     = 20
	MaxKeepDays        = 730
	MaxTries           = 5
)

// parseHiring reads a file of hiring/. The test is nil when a problem is an error.
func parseHiring(src []byte, name string) (*HiringTest, []markdown.Problem) {
	var f hiringFile
	p := blueprintParser{bp: &Blueprint{lines: map[string]int{}}, ps: &markdown.Problems{File: name}}
	ps := p.ps
	ps.Add(markdown.DecodeYAML(src, name, &f)...)
	h := &HiringTest{
		ID: f.ID.Text, Name: f.Name.Text, Summary: f.Summary.Text, Minutes: f.Minutes, PassPercent: f.Pass, PassWhy: strings.TrimSpace(f.PassWhy), Book: f.Book.Text == "open", FullLookup: f.Lookup,
		Tries: f.Tries, RetryDays: f.RetryDays, KeepDays: f.KeepDays, JobTitle: f.Job.Title.Text, File: name,
	}
	if !validID(h.ID) {
		ps.Errorf(at(f.ID), "bad-id", "the id %q must have lower-case letters, digits and hyphens only", h.ID)
	} else if base := strings.TrimSuffix(path.Base(name), ".yaml"); base != h.ID {
		ps.Warnf(f.ID.At, "file-name", "the file is named %s.yaml and the id is %s", base, h.ID)
	}
	for _, m := range []struct {
		line markdown.Line
		key  string
	}{{f.Name, "name"}, {f.Summary, "summary"}, {f.Job.Title, "job.title"}} {
		if m.line.Text == "" {
			ps.Errorf(at(m.line), "missing-key", "the test has no %s", m.key)
		}
	}
	oneOf(ps, f.Book, "book", "open", "closed")
	for _, n := range []struct {
		key         string
		value       int
		least, most int
	}{{"minutes", h.Minutes, 5, MaxHiringMinutes}, {"pass", h.PassPercent, 1, 99}, {"tries", h.Tries, 1, MaxTries}, {"retry_days", h.RetryDays, 0, 365}, {"keep_days", h.KeepDays, 1, MaxKeepDays}} {
		if n.value < n.least || n.value > n.most {
			ps.Errorf(1, "wrong-value", "%s lies between %d and %d, not %d", n.key, n.least, n.most, n.value)
		}
	}
	p.hiringItems(h, &f)
	p.hiringTasks(h, &f)
	if h.PassWhy == "" {
		ps.Errorf(1, "missing-key", "pass_why says where the pass line comes from")
	}
	if len(markdown.Errors(ps.List)) > 0 {
		return nil, ps.List
	}
	return h, ps.List
}

func (p *blueprintParser) hiringItems(h *HiringTest, f *hiringFile) {
	for _, q := range f.Questions {
		if !ValidArea(q.key.Text) || q.key.Text == chartsArea {
			p.ps.Errorf(at(q.key), "unknown-area", "questions: there is no area %q to draw from", q.key.Text)
		}
		if q.value < 1 || q.value > MaxHiringQuestions {
			p.ps.Errorf(at(q.key), "wrong-value", "questions: the count of %s is %d", q.key.Text, q.value)
		}
		h.Questions = append(h.Questions, Share{q.key.Text, q.value})
	}
	if f.Charts == nil {
		if len(h.Questions) == 0 {
			p.ps.Errorf(1, "missing-key", "a hiring test has questions, charts or both")
		}
		return
	}
	c := f.Charts
	h.Charts = Charts{Count: c.Count, Weight: c.Weight, Bills: grading.Bills(c.Bills.Text), Cases: p.ids(c.Cases, "charts.cases", "case"), Settings: p.shares(c.Settings, "charts.settings")}
	if c.Count < 1 || c.Count > MaxHiringCharts || c.Weight < 1 || c.Weight > MaxChartWeight || len(c.Cases) > c.Count {
		p.ps.Errorf(1, "wrong-value", "charts have a count of 1 to %d, no less than the cases they name, and a weight of 1 to %d", MaxHiringCharts, MaxChartWeight)
	}
	if c.Bills.Text != "" {
		oneOf(p.ps, c.Bills, "charts.bills", string(grading.Professional), string(grading.Facility))
	}
	for _, a := range c.Areas {
		if !ValidArea(a.Text) {
			p.ps.Errorf(at(a), "unknown-area", "charts.areas: there is no area %q", a.Text)
		}
		h.Charts.Areas = append(h.Charts.Areas, a.Text)
	}
}

// hiringTasks reads the note of the job: each task names parts of the test, and each part of the test belongs to a task.
func (p *blueprintParser) hiringTasks(h *HiringTest, f *hiringFile) {
	covered := map[string]bool{}
	areas, settings := map[string]bool{}, map[string]bool{}
	for _, q := range h.Questions {
		areas[q.Setting] = true
	}
	for _, s := range h.Charts.Settings {
		settings[s.Setting] = s.Weight > 0
	}
	for _, t := range f.Job.Tasks {
		task := HiringTask{Text: t.Task.Text}
		if task.Text == "" || len(t.Areas)+len(t.Settings) == 0 {
			p.ps.Errorf(at(t.Task), "missing-key", "a task has words, and areas or settings of the test that cover it")
		}
		for _, a := range t.Areas {
			if !areas[a.Text] {
				p.ps.Errorf(at(a), "unknown-area", "the task names the area %q, from which the test has no question", a.Text)
			}
			task.Areas, covered["area "+a.Text] = append(task.Areas, a.Text), true
		}
		for _, s := range t.Settings {
			if !settings[s.Text] {
				p.ps.Errorf(at(s), "wrong-value", "the task names the setting %q, from which the test has no chart", s.Text)
			}
			task.Settings, covered["setting "+s.Text] = append(task.Settings, s.Text), true
		}
		h.Tasks = append(h.Tasks, task)
	}
	for _, q := range f.Questions {
		if !covered["area "+q.key.Text] {
			p.ps.Errorf(at(q.key), "uncovered", "no task of the job needs the area %s: name it with a task, or leave it out of the test", q.key.Text)
		}
	}
	if f.Charts != nil {
		for _, s := range f.Charts.Settings {
			if s.value > 0 && !covered["setting "+s.key.Text] {
				p.ps.Errorf(at(s.key), "uncovered", "no task of the job needs charts of the setting %s: name it with a task, or leave it out of the test", s.key.Text)
			}
		}
	}
}

// HiringTests are the hiring tests that come with the content, by name.
func (b *Bank) HiringTests() []*HiringTest { return b.hiring }

// HiringTest finds one; the error wraps ErrNotFound.
func (b *Bank) HiringTest(id string) (*HiringTest, error) {
	for _, h := range b.hiring {
		if h.ID == id {
			return h, nil
		}
	}
	return nil, fmt.Errorf("hiring test %q: %w", id, ErrNotFound)
}

func (b *Bank) addHiring(h *HiringTest) []markdown.Problem {
	if other, err := b.HiringTest(h.ID); err == nil {
		return duplicate(h.File, 1, h.ID, other.File)
	}
	b.hiring = append(b.hiring, h)
	slices.SortFunc(b.hiring, func(x, y *HiringTest) int { return strings.Compare(x.Name, y.Name) })
	return nil
}

// checkHiring reports what the bank lacks for a hiring test: each candidate gets a form of their own in each of their tries.
func (b *Bank) checkHiring(h *HiringTest) []markdown.Problem {
	ps := &markdown.Problems{File: h.File}
	bp := h.Blueprint()
	st, short := b.Strata(bp)
	if short != "" {
		ps.Warnf(1, "bank-too-small", "the bank cannot fill %s: %s", h.ID, short)
	} else if n := b.EquivalentForms(bp, st, h.Tries+1); n <= h.Tries {
		ps.Warnf(1, "bank-too-small", "the bank has %d forms of %s without an item in common, and it may be sat %d times: it needs one more than that", n, h.ID, h.Tries)
	}
	return ps.List
}
