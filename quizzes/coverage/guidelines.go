package coverage

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// Guidelines are the rules of the Official Guidelines that the book knows, and what cites or shows them. A lesson does so with a guideline block,
// in its sources or in its text; questions and cases do by their cites.
type Guidelines struct {
	Sections []Section `json:"sections"`
	Rules    []Rule    `json:"rules"` // in the order of the documents, ICD-10-CM first
}

// Rule is one numbered rule.
type Rule struct {
	Number  string `json:"number"`
	Title   string `json:"title"`
	Set     string `json:"set"`     // icd10cm or icd10pcs
	Section string `json:"section"` // id of its section
	Cited
	Covered bool `json:"covered"` // it, or a rule below it, is cited or shown somewhere
}

// Cited counts what cites or shows a rule itself, or any rule of a section.
type Cited struct {
	Lessons   int `json:"lessons"`
	Questions int `json:"questions"`
	Cases     int `json:"cases"`
	Cards     int `json:"cards"` // review cards that can come of it: one for each question, each line of a key and each trap
}

// Section is a part of the documents: a letter of sections I to IV with, in I.C, a row for each chapter; a letter of the ICD-10-PCS guidelines
// with, in B, a row for each number.
type Section struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Set   string `json:"set"`
	Rules int    `json:"rules"` // that the book knows
	Known int    `json:"cited"` // of these, cited or shown themselves
	Cited
}

// sectionTitles are those that no rule of the book gives.
var sectionTitles = map[string]string{
	"A": "Conventions", "B2": "Body system", "B3": "Root operation", "B4": "Body part", "B5": "Approach", "B6": "Device", "C": "Obstetrics",
	"D": "Radiation therapy", "E": "New technology", "F": "Principal procedure",
}

// hits are what cites or shows something, by id.
type hits struct{ lessons, questions, cases, cards map[string]bool }

func newHits() *hits {
	return &hits{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

func (h *hits) count() Cited {
	return Cited{len(h.lessons), len(h.questions), len(h.cases), len(h.cards)}
}

func (h *hits) none() bool { return len(h.lessons)+len(h.questions)+len(h.cases) == 0 }

func (h *hits) add(o *hits) {
	for _, pair := range [][2]map[string]bool{{h.lessons, o.lessons}, {h.questions, o.questions}, {h.cases, o.cases}, {h.cards, o.cards}} {
		for id := range pair[1] {
			pair[0][id] = true
		}
	}
}

func (m *maker) guidelines() Guidelines {
	known := m.Book.Guidelines()
	slices.SortStableFunc(known, func(x, y codebook.Guideline) int {
		return cmp.Or(cmp.Compare(x.Set, y.Set), comparePaths(pathOf(x.Number), pathOf(y.Number)))
	})
	found := m.citations()
	out := Guidelines{Sections: []Section{}, Rules: []Rule{}}
	under := map[string]*hits{} // by section
	covered := map[string]bool{}
	for _, g := range known {
		h := found[g.Number]
		if h == nil {
			h = newHits()
		}
		path := pathOf(g.Number)
		id := sectionOf(path)
		at := slices.IndexFunc(out.Sections, func(s Section) bool { return s.ID == id })
		if at < 0 {
			at = len(out.Sections)
			title := sectionTitles[id]
			if own, ok := m.Book.Guideline(id); ok {
				title = own.Title
			}
			out.Sections = append(out.Sections, Section{ID: id, Title: title, Set: g.Set})
			under[id] = newHits()
		}
		out.Sections[at].Rules++
		if !h.none() {
			out.Sections[at].Known++
			for n := 1; n <= len(path); n++ {
				covered[strings.Join(path[:n], ".")] = true
			}
		}
		under[id].add(h)
		out.Rules = append(out.Rules, Rule{Number: g.Number, Title: g.Title, Set: g.Set, Section: id, Cited: h.count()})
	}
	for i := range out.Sections {
		out.Sections[i].Cited = under[out.Sections[i].ID].count()
	}
	for i := range out.Rules {
		out.Rules[i].Covered = covered[strings.Join(pathOf(out.Rules[i].Number), ".")]
	}
	return out
}

// citations finds what cites or shows each rule, by the rule's number.
func (m *maker) citations() map[string]*hits {
	out := map[string]*hits{}
	note := func(numbers []string, add func(*hits)) {
		for _, n := range numbers {
			if out[n] == nil {
				out[n] = newHits()
			}
			add(out[n])
		}
	}
	for _, l := range m.Lessons.Lessons() {
		for _, text := range append([]string{l.Source}, l.Doc.Guidelines...) {
			note(m.rulesIn(text), func(h *hits) { h.lessons[l.ID] = true })
		}
	}
	for _, q := range m.Bank.Questions() {
		for _, c := range q.Cites {
			note(m.rulesIn(c), func(h *hits) { h.questions[q.ID], h.cards[q.ID] = true, true })
		}
	}
	for _, c := range m.Bank.Cases() {
		for _, line := range c.Cited() {
			for _, cite := range line.Cites {
				note(m.rulesIn(cite), func(h *hits) {
					h.cases[c.ID] = true
					if line.Line != "" {
						h.cards[c.ID+" "+line.Line] = true
					}
				})
			}
		}
	}
	return out
}

// numberInWords is the number of a rule amid other words. Numbers without a dot (II, A8) are too short to be told from other words.
var numberInWords = regexp.MustCompile(`\b(?:(?:I{1,3}|IV)(?:\.?\([A-Za-z0-9]+\)|\.[A-Za-z0-9]+)+|App\.I\b|[A-F][0-9]\.(?:[0-9]+[a-z]?|[a-z])\b)`)

// rulesIn are the rules that a cite or a text names, by their numbers as the book has them.
func (m *maker) rulesIn(text string) []string {
	if g, ok := m.Book.Guideline(text); ok {
		return []string{g.Number}
	}
	var out []string
	for _, n := range numberInWords.FindAllString(text, -1) {
		if g, ok := m.Book.Guideline(n); ok && !slices.Contains(out, g.Number) {
			out = append(out, g.Number)
		}
	}
	return out
}

var steps = regexp.MustCompile(`[A-Za-z]+|[0-9]+`)

// pathOf takes a number apart: I.C.4.a.3 into I, C, 4, a, 3 and B3.4a into B, 3, 4, a. The path of a rule begins with that of the rule that it
// stands under.
func pathOf(number string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(number, func(r rune) bool { return r == '.' || r == '(' || r == ')' }) {
		out = append(out, steps.FindAllString(part, -1)...)
	}
	return out
}

// comparePaths puts App after IV, 2 before 10, and a rule before those under it.
func comparePaths(x, y []string) int {
	return slices.CompareFunc(x, y, func(a, b string) int {
		m, errA := strconv.Atoi(a)
		n, errB := strconv.Atoi(b)
		switch {
		case errA == nil && errB == nil:
			return cmp.Compare(m, n)
		case (a == "App") != (b == "App"):
			if a == "App" {
				return 1
			}
			return -1
		}
		return cmp.Compare(a, b)
	})
}

// sectionOf is the section that a rule belongs to.
func sectionOf(path []string) string {
	n := 1
	switch path[0] {
	case "I":
		n = 2
		if len(path) > 1 && path[1] == "C" {
			n = 3
		}
	case "App":
		n = 2
	case "B":
		return strings.Join(path[:min(2, len(path))], "")
	}
	return strings.Join(path[:min(n, len(path))], ".")
}
