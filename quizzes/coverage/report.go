package coverage

import (
	"crosswalk/codebook"
	"crosswalk/lessons"
	"crosswalk/quizzes"
)

// Input is what is reported on.
type Input struct {
	Lessons   *lessons.Catalogue
	Bank      *quizzes.Bank
	Book      *codebook.Book
	Course    Course // what there should be; the zero Course asks for nothing
	MostForms int    // how far the forms of an exam are counted
}

// Report says what there is. Encoded as JSON its keys are stable; docs/content.md describes them. No list is nil.
type Report struct {
	V          int             `json:"v"` // of the format: 1
	Totals     []Total         `json:"totals"`
	Exams      []Exam          `json:"exams"` // whole and half
	Areas      []Area          `json:"areas"` // all, in the order of quizzes.Areas
	Guidelines Guidelines      `json:"guidelines"`
	Cases      Cases           `json:"cases"`
	Codes      Codes           `json:"codes"`
	Balance    quizzes.Balance `json:"balance"`
	Alike      []quizzes.Alike `json:"alike"`
	Gaps       []Gap           `json:"gaps"`
}

// Total is how much there is of something, and how much a whole course has of it.
type Total struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Have  int    `json:"have"`
	Want  int    `json:"want"` // 0: nothing is asked
}

// Tally counts what there is for an area or a group of codes. What is named twice counts once.
type Tally struct {
	Lessons   int `json:"lessons"`
	Questions int `json:"questions"`
	Cases     int `json:"cases"`
	Codes     int `json:"codes"` // different codes that these show; headers, which a text can show, count too
}

// Difficulty counts questions or cases of the difficulties 1 to 5.
type Difficulty [5]int

func (d *Difficulty) add(level int) { d[min(max(level, 1), len(d))-1]++ }

// Make reports on the input.
func Make(in Input) Report {
	m := &maker{Input: in}
	m.collect()
	r := Report{V: 1, Totals: m.totals(), Exams: m.exams(), Areas: m.areas(), Guidelines: m.guidelines(), Cases: m.cases(), Codes: m.codes(),
		Balance: in.Bank.Balance(), Alike: in.Bank.Alike()}
	if r.Balance.Places == nil {
		r.Balance.Places = []quizzes.Place{}
	}
	if r.Alike == nil {
		r.Alike = []quizzes.Alike{}
	}
	r.Gaps = m.gaps(&r)
	return r
}

// maker makes one report.
type maker struct {
	Input
	items []item
}

// item is a lesson, question or case as all counts look at it.
type item struct {
	kind  kind
	id    string
	areas []string
	codes []codebook.Ref
}

type kind int

const (
	lesson kind = iota
	question
	chart
)

func (m *maker) collect() {
	for _, l := range m.Lessons.Lessons() {
		m.items = append(m.items, item{lesson, l.ID, l.Areas, quizzes.References(l.Doc.Codes)})
	}
	for _, q := range m.Bank.Questions() {
		m.items = append(m.items, item{question, q.ID, []string{q.Area}, q.Shows()})
	}
	for _, c := range m.Bank.Cases() {
		m.items = append(m.items, item{chart, c.ID, c.Areas, c.Shows()})
	}
}

func (m *maker) totals() []Total {
	want, queries := m.Course, 0
	for _, c := range m.Bank.Cases() {
		if c.NeedsQuery() {
			queries++
		}
	}
	return []Total{
		{"lessons", "lessons", len(m.Lessons.Lessons()), want.Lessons},
		{"questions", "questions", len(m.Bank.Questions()), want.Questions},
		{"cases", "cases", len(m.Bank.Cases()), want.Cases},
		{"queries", "cases that need a query", queries, want.Queries},
		{"terms", "terms of the glossary", len(m.Lessons.Glossary()), want.Terms},
	}
}

// tally counts the items that in takes.
func (m *maker) tally(in func(*item) bool) Tally {
	var t Tally
	codes := map[codebook.Ref]bool{}
	for i := range m.items {
		it := &m.items[i]
		if !in(it) {
			continue
		}
		switch it.kind {
		case lesson:
			t.Lessons++
		case question:
			t.Questions++
		case chart:
			t.Cases++
		}
		for _, c := range it.codes {
			codes[c] = true
		}
	}
	t.Codes = len(codes)
	return t
}
