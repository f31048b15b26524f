package coverage

import (
	"slices"

	"crosswalk/quizzes"
)

// Exam is a blueprint and what there is for it.
type Exam struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Full     string `json:"full"`     // of a half exam the id of the whole one, else ""
	Items    int    `json:"items"`    // with unscored ones and charts
	Unscored int    `json:"unscored"` // places that are not scored
	Charts   int    `json:"charts"`   // whole cases to be coded
	Forms    int    `json:"forms"`    // without an item in common, counted up to a limit
	Want     int    `json:"want"`     // how many forms there should be; 0: nothing is asked
	Short    string `json:"short"`    // what the next form lacks; "" at the limit
	Parts    []Part `json:"parts"`    // areas or domains; none where the list of questions is fixed
}

// Part is an area or a domain of an exam. Its questions are those that may be drawn for it: of its areas, of a kind that the exam takes, and not
// about a chart of a setting that it keeps out.
type Part struct {
	Name     string   `json:"name"`
	Areas    []string `json:"areas"`
	Scored   int      `json:"scored"`   // places of a form
	Unscored int      `json:"unscored"` // further places that are not scored
	Tally
	Difficulty Difficulty     `json:"difficulty"` // of the questions
	Kinds      map[string]int `json:"kinds"`      // of the questions
}

// Area is what there is for one area.
type Area struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Exams []string `json:"exams"` // whole exams that ask for it
	Tally
	Terms      int            `json:"terms"`
	Difficulty Difficulty     `json:"difficulty"` // of the questions
	Kinds      map[string]int `json:"kinds"`      // of the questions
}

func (m *maker) exams() []Exam {
	out := []Exam{}
	for _, bp := range m.Bank.Blueprints() {
		e := Exam{ID: bp.ID, Name: bp.Name, Full: bp.Full, Items: bp.Items, Unscored: bp.Unscored, Charts: max(bp.Charts.Count, len(bp.Charts.Cases)), Want: m.Course.Forms[bp.ID], Parts: []Part{}}
		e.Forms, e.Short = m.Bank.Forms(bp, m.MostForms)
		for i, s := range bp.Slots {
			drawable := m.Bank.Drawable(bp, i)
			ids := map[string]bool{}
			for _, q := range drawable {
				ids[q.ID] = true
			}
			p := Part{Name: s.Name, Areas: s.Areas, Scored: s.Scored, Unscored: s.Unscored}
			p.Tally = m.tally(func(it *item) bool {
				if it.kind == question {
					return ids[it.id]
				}
				return slices.ContainsFunc(it.areas, func(a string) bool { return slices.Contains(s.Areas, a) })
			})
			p.Difficulty, p.Kinds = spread(drawable)
			e.Parts = append(e.Parts, p)
		}
		out = append(out, e)
	}
	return out
}

func (m *maker) areas() []Area {
	out := []Area{}
	for _, a := range quizzes.Areas {
		row := Area{ID: a.ID, Title: a.Title, Exams: []string{}}
		for _, bp := range m.Bank.Blueprints() {
			if bp.Full == "" && asks(bp, a.ID) {
				row.Exams = append(row.Exams, bp.ID)
			}
		}
		row.Tally = m.tally(func(it *item) bool { return slices.Contains(it.areas, a.ID) })
		row.Difficulty, row.Kinds = spread(m.Bank.ByArea(a.ID))
		for _, t := range m.Lessons.Glossary() {
			if t.Area == a.ID {
				row.Terms++
			}
		}
		out = append(out, row)
	}
	return out
}

// asks reports whether an exam has a place for an area.
func asks(bp *quizzes.Blueprint, area string) bool {
	return slices.ContainsFunc(bp.Slots, func(s quizzes.Slot) bool { return slices.Contains(s.Areas, area) })
}

func spread(qs []*quizzes.Question) (d Difficulty, kinds map[string]int) {
	kinds = map[string]int{}
	for _, q := range qs {
		d.add(q.Difficulty)
		kinds[string(q.Kind)]++
	}
	return d, kinds
}
