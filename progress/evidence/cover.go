package evidence

import "slices"

// Task is a task of a job with what in the test is said to stand for it.
type Task struct {
	Text     string
	Areas    []string
	Settings []string
}

// Part is a part of the test: questions of an area, or charts of a setting. Of charts of any setting the name is "".
type Part struct {
	Kind   PartKind `json:"kind"`
	Name   string   `json:"name"`
	Items  int      `json:"items"`
	Points int      `json:"points"`
}

// PartKind says what a part holds.
type PartKind string

// The kinds of parts.
const (
	PartArea    PartKind = "area"    // questions
	PartSetting PartKind = "setting" // charts
)

// Covered is a task with the parts that stand for it.
type Covered struct {
	Text   string   `json:"text"`
	Parts  []Part   `json:"parts"`
	Items  int      `json:"items"`
	Points int      `json:"points"`
	Share  float64  `json:"share"`            // of the points of the test; parts may stand for several tasks, so shares need not add up to 1
	Wanted []string `json:"wanted,omitempty"` // areas and settings that it names and the test has nothing of
}

// Coverage is the content validity table of a test.
type Coverage struct {
	Tasks  []Covered `json:"tasks"`
	Bare   int       `json:"bare"`  // tasks that nothing covers
	Loose  []Part    `json:"loose"` // parts that stand for no task
	Items  int       `json:"items"`
	Points int       `json:"points"`
}

// Cover lays the tasks of a job over the parts of a test. A chart of any setting stands for every task that names a setting.
func Cover(tasks []Task, parts []Part) Coverage {
	out := Coverage{Tasks: []Covered{}, Loose: []Part{}}
	for _, p := range parts {
		out.Items, out.Points = out.Items+p.Items, out.Points+p.Points
	}
	used := make([]bool, len(parts))
	for _, t := range tasks {
		c := Covered{Text: t.Text, Parts: []Part{}}
		found := map[[2]string]bool{}
		for i, p := range parts {
			names := t.Areas
			if p.Kind == PartSetting {
				names = t.Settings
			}
			if p.Items == 0 || !slices.Contains(names, p.Name) && !(p.Kind == PartSetting && p.Name == "" && len(names) > 0) {
				continue
			}
			used[i] = true
			found[[2]string{string(p.Kind), p.Name}] = true
			c.Parts = append(c.Parts, p)
			c.Items, c.Points = c.Items+p.Items, c.Points+p.Points
		}
		for _, a := range t.Areas {
			if !found[[2]string{string(PartArea), a}] {
				c.Wanted = append(c.Wanted, a)
			}
		}
		for _, s := range t.Settings {
			if !found[[2]string{string(PartSetting), s}] && !found[[2]string{string(PartSetting), ""}] {
				c.Wanted = append(c.Wanted, s)
			}
		}
		if out.Points > 0 {
			c.Share = float64(c.Points) / float64(out.Points)
		}
		if c.Items == 0 {
			out.Bare++
		}
		out.Tasks = append(out.Tasks, c)
	}
	for i, p := range parts {
		if !used[i] && p.Items > 0 {
			out.Loose = append(out.Loose, p)
		}
	}
	return out
}
