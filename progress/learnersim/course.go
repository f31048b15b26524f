package learnersim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// course is what a learner of the plan study can study, and what the exam asks. Every question and term of the bank holds one fact; the exam asks for
// these and for others that only lessons hold.
type course struct {
	w       PlanWorld
	areas   []Area
	lessons []courseLesson
	facts   []courseFact
	byArea  [3][][]int // by kind and area: numbers of facts
}

// The kinds of facts.
const (
	inQuestion = iota
	inTerm
	inLessons // no item of the bank asks for it
)

type courseFact struct {
	kind, area int
	difficulty float64 // logits, against the ability of the area
	hold       float64 // how much better than others it is kept in mind
}

type courseLesson struct {
	id       string
	minutes  int
	areas    []int
	requires []int
	worth    float64 // what it adds to ability, as a share of what lessons do
	facts    []int   // that it mentions
}

// modules are the lessons in the order in which the catalogue has them: a module, how many lessons, the areas of each.
var modules = []struct {
	name    string
	lessons int
	areas   []string
}{
	{"terminology", 1, []string{"terminology"}}, {"anatomy", 1, []string{"anatomy"}}, {"guidelines", 6, []string{"guidelines", "icd10cm"}},
	{"icd10cm", 8, []string{"icd10cm", "guidelines"}}, {"icd10cm-sets", 3, []string{"icd10cm"}}, {"icd10pcs", 2, []string{"icd10pcs"}}, {"cpt-how", 1, []string{"cpt-10000", "cpt-20000", "guidelines"}},
	{"cpt-skin", 1, []string{"cpt-10000"}}, {"cpt-bones", 2, []string{"cpt-20000"}}, {"cpt-chest", 2, []string{"cpt-30000"}}, {"cpt-belly", 1, []string{"cpt-40000"}},
	{"cpt-kidney", 2, []string{"cpt-50000"}}, {"cpt-nerves", 2, []string{"cpt-60000"}}, {"em", 2, []string{"em"}}, {"anesthesia", 1, []string{"anesthesia"}},
	{"radiology", 1, []string{"radiology"}}, {"pathology", 1, []string{"pathology"}}, {"medicine", 1, []string{"medicine"}}, {"hcpcs", 1, []string{"hcpcs"}},
	{"reimbursement", 5, []string{"reimbursement"}}, {"compliance", 3, []string{"compliance"}},
}

func newCourse(w PlanWorld, rnd *rand.Rand) *course {
	c := &course{w: w, areas: CPC()}
	at := map[string]int{}
	for k := range c.byArea {
		c.byArea[k] = make([][]int, len(c.areas))
	}
	for a, area := range c.areas {
		at[area.ID] = a
		for kind, n := range []int{area.Bank, w.Terms, int(math.Ceil(w.Hidden * float64(area.Bank)))} {
			for range n {
				c.byArea[kind][a] = append(c.byArea[kind][a], len(c.facts))
				c.facts = append(c.facts, courseFact{kind: kind, area: a, difficulty: rnd.NormFloat64(), hold: w.FactSD * rnd.NormFloat64()})
			}
		}
	}
	for _, m := range modules {
		for n := range m.lessons {
			l := courseLesson{id: fmt.Sprintf("%s-%d", m.name, n+1), minutes: 14 + rnd.IntN(8), worth: math.Exp(0.4 * rnd.NormFloat64())}
			if n > 0 {
				l.requires = []int{len(c.lessons) - 1}
			}
			for _, id := range m.areas {
				a, inExam := at[id]
				if !inExam {
					continue
				}
				l.areas = append(l.areas, a)
				for kind := range c.byArea {
					own := c.byArea[kind][a]
					for range 4 {
						l.facts = append(l.facts, own[rnd.IntN(len(own))])
					}
				}
			}
			c.lessons = append(c.lessons, l)
		}
	}
	return c
}

// inOrder is the new material as it comes in the catalogue: each lesson, then its share of the questions and terms of its areas; what has no lesson
// comes last. Lessons for no area of the exam are left out. Numbers from 0 are facts, those below are lessons (-1 the first).
func (c *course) inOrder() []int {
	taught := make([]int, len(c.areas))
	for _, l := range c.lessons {
		for _, a := range l.areas {
			taught[a]++
		}
	}
	var out []int
	used := map[int]bool{}
	add := func(kind, a, most int) {
		for _, f := range c.byArea[kind][a] {
			if !used[f] && most > 0 {
				used[f] = true
				out = append(out, f)
				most--
			}
		}
	}
	for i, l := range c.lessons {
		if len(l.areas) == 0 {
			continue
		}
		out = append(out, -1-i)
		for _, a := range l.areas {
			for kind := range inLessons {
				add(kind, a, (len(c.byArea[kind][a])+taught[a]-1)/taught[a])
			}
		}
	}
	for a := range c.areas {
		for kind := range inLessons {
			add(kind, a, len(c.facts))
		}
	}
	return out
}

// byWeight is the new material area by area, the areas with the most items of the exam first: in each its lessons with what they require, then its
// questions and terms. It is what a thoughtful learner without a planner would do.
func (c *course) byWeight() []int {
	order := make([]int, len(c.areas))
	for a := range order {
		order[a] = a
	}
	slices.SortStableFunc(order, func(x, y int) int { return c.areas[y].Items - c.areas[x].Items })
	var out []int
	read := map[int]bool{}
	var lesson func(i int)
	lesson = func(i int) {
		if read[i] {
			return
		}
		read[i] = true
		for _, r := range c.lessons[i].requires {
			lesson(r)
		}
		out = append(out, -1-i)
	}
	for _, a := range order {
		for i, l := range c.lessons {
			if slices.Contains(l.areas, a) {
				lesson(i)
			}
		}
		for kind := range inLessons {
			out = append(out, c.byArea[kind][a]...)
		}
	}
	return out
}
