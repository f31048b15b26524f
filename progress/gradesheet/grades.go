package gradesheet

import (
	"fmt"
	"time"

	"crosswalk/progress"
)

// states are the states in words, as the sheet has them.
var states = map[progress.WorkState]string{
	progress.WorkUpcoming: "not open yet", progress.WorkOpen: "open", progress.WorkDone: "done", progress.WorkLate: "late", progress.WorkMissing: "missing",
}

// Of lays a gradebook out: a row for each learner; for each assignment its state, when it was done, and where it has them the per cent and the
// audit accuracy of the attempt that counts; then counts and the average. Times are those of zone.
func Of(g progress.Gradebook, zone *time.Location) Sheet {
	head := []Cell{Text("learner"), Text("email")}
	for _, c := range g.Columns {
		name := Title(c.AssignmentInfo)
		head = append(head, Text(name+": state"), Text(name+": done at"))
		if c.Kind != progress.AssignLesson {
			head = append(head, Text(name+": percent"))
		}
		if c.Kind == progress.AssignCase {
			head = append(head, Text(name+": audit percent"))
		}
	}
	for _, t := range []string{"average percent", "done", "late", "missing", "id"} {
		head = append(head, Text(t))
	}
	s := Sheet{Name: g.Cohort.Name, Rows: [][]Cell{head}}
	for _, r := range g.Rows {
		row := []Cell{Text(r.Learner.Name), Text(r.Learner.Email)}
		for j, w := range r.Works {
			row = append(row, work(g.Columns[j].Kind, w, zone)...)
		}
		s.Rows = append(s.Rows, append(row, scored(r.Scored > 0, r.Average10), Number(float64(r.Done)), Number(float64(r.Late)), Number(float64(r.Missing)), Text(string(r.Learner.ID))))
	}
	return s
}

// Title names an assignment: a drill with its questions, so that two of an area can be told apart.
func Title(x progress.AssignmentInfo) string {
	if x.Kind == progress.AssignDrill {
		return fmt.Sprintf("%s (%d)", x.Title, x.Amount)
	}
	return x.Title
}

func work(kind progress.AssignmentKind, w progress.Work, zone *time.Location) []Cell {
	out := []Cell{Text(states[w.State]), {}}
	if w.DoneAt != nil {
		out[1] = Text(w.DoneAt.In(zone).Format("2006-01-02 15:04"))
	}
	if kind != progress.AssignLesson {
		out = append(out, scored(w.Scored, w.Percent10))
	}
	if kind == progress.AssignCase {
		out = append(out, scored(w.Scored, w.Audit10))
	}
	return out
}

// scored is a figure in per cent, empty where there is none.
func scored(there bool, tenths int) Cell {
	if !there {
		return Cell{}
	}
	return Number(float64(tenths) / 10)
}
