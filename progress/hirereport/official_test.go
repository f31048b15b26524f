package hirereport_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"crosswalk/codebook/release/releasetest"
	"crosswalk/grading"
	"crosswalk/lessons"
	"crosswalk/progress/hirereport"
	"crosswalk/quizzes"
)

// answers to a chart: as the key has it, and with what moves the payment of most: a line less, one too many, units, levels, modifiers.
func answers(k *grading.Key) []grading.Answer {
	var out []grading.Answer
	changed := func(change func(a *grading.Answer)) {
		a := grading.ModelAnswer(k)
		a.Diagnoses, a.Procedures = slices.Clone(a.Diagnoses), slices.Clone(a.Procedures)
		change(&a)
		out = append(out, a)
	}
	changed(func(*grading.Answer) {})
	changed(func(a *grading.Answer) { *a = grading.Answer{} })
	changed(func(a *grading.Answer) { a.Procedures = a.Procedures[:max(0, len(a.Procedures)-1)] })
	changed(func(a *grading.Answer) { a.Diagnoses = a.Diagnoses[:min(1, len(a.Diagnoses))] })
	changed(func(a *grading.Answer) {
		a.Procedures = append(a.Procedures, grading.AnswerProcedure{Code: "99215"}, grading.AnswerProcedure{Code: "71046"})
	})
	changed(func(a *grading.Answer) {
		a.Diagnoses = append(a.Diagnoses, grading.AnswerDiagnosis{Code: "J96.01", POA: "Y"})
	})
	changed(func(a *grading.Answer) {
		for i := range a.Procedures {
			two := 2
			a.Procedures[i].Units, a.Procedures[i].Modifiers = &two, nil
		}
	})
	return out
}

// TestMoneyIsTheGraders: over charts that ship, graded with the official files of payment, the report counts the directions and adds the
// dollars that the grader found, also from what is stored of a result.
func TestMoneyIsTheGraders(t *testing.T) {
	book := releasetest.Book(t)
	cat, _ := lessons.Load(lessons.Content, book)
	bank, _ := quizzes.Load(quizzes.Content, cat.Renderer(), book)
	var all []hirereport.Item
	var directions = map[grading.Direction]int{}
	var net float64
	charts, priced, bases := 0, 0, map[string]bool{}
	for _, cs := range bank.Cases() {
		for _, a := range answers(&cs.Key) {
			r, err := grading.ParseAnswer(&cs.Key, a)
			if err != nil {
				continue // a line that this setting has no form for
			}
			res := grading.Grade(&cs.Key, r, book, grading.AllOrNothing)
			raw, err := json.Marshal(res)
			if err != nil {
				t.Fatal(err)
			}
			var stored grading.Result
			if err := json.Unmarshal(raw, &stored); err != nil {
				t.Fatal(err)
			}
			it := hirereport.Item{Chart: true, Scored: true, Weight: 4, Setting: cs.Setting, Result: stored}
			one := hirereport.Make(hirereport.Input{Items: []hirereport.Item{it}}).Money
			all = append(all, it)
			m := res.Money
			if m == nil {
				if one != nil {
					t.Fatalf("%s: the grader has no figure and the report %+v", cs.ID, one)
				}
				continue
			}
			charts++
			directions[m.Direction]++
			bases[m.Basis] = true
			want := map[grading.Direction]int{m.Direction: 1}
			got := map[grading.Direction]int{grading.Over: one.Over, grading.Under: one.Under, grading.Mixed: one.Mixed, grading.Unclear: one.Unclear, grading.Even: int(one.Even.Right)}
			for d, n := range got {
				if n != want[d] {
					t.Fatalf("%s: the grader says %s and the report %+v", cs.ID, m.Direction, one)
				}
			}
			if len(one.Basis) != 1 || one.Basis[0] != m.Basis {
				t.Fatalf("%s: by %s, in the report by %v", cs.ID, m.Basis, one.Basis)
			}
			counts := m.Dollars != nil && m.Direction != grading.Unclear
			if counts != (one.Net != nil) {
				t.Fatalf("%s: dollars %v, in the report %v", cs.ID, m.Dollars, one.Net)
			}
			if !counts {
				continue
			}
			priced++
			net += *m.Dollars
			if math.Abs(*one.Net-*m.Dollars) > 0.005 || math.Abs(one.TooMuch-max(0, *m.Dollars)) > 0.005 || math.Abs(one.Lost-max(0, -*m.Dollars)) > 0.005 {
				t.Fatalf("%s: %.2f dollars, in the report %+v", cs.ID, *m.Dollars, one)
			}
			if up := *m.Dollars > 0.004; up != (m.Direction == grading.Over) || (*m.Dollars < -0.004) != (m.Direction == grading.Under) {
				t.Fatalf("%s: %.2f dollars are called %s", cs.ID, *m.Dollars, m.Direction)
			}
		}
	}
	m := hirereport.Make(hirereport.Input{Items: all}).Money
	if m.Charts != charts || m.Priced != priced || m.Over != directions[grading.Over] || m.Under != directions[grading.Under] || m.Mixed != directions[grading.Mixed] || m.Unclear != directions[grading.Unclear] ||
		int(m.Even.Right) != directions[grading.Even] || math.Abs(*m.Net-net) > 0.01 || math.Abs(m.TooMuch-m.Lost-net) > 0.02 || math.Abs(m.Mean.Value-net/float64(priced)) > 0.01 {
		t.Errorf("%d charts, %d priced, %v, %.2f dollars; the report says %+v", charts, priced, directions, net, m)
	}
	for _, basis := range []string{"rvu", "apc", "cc"} {
		if !bases[basis] {
			t.Errorf("no chart was priced by %s", basis)
		}
	}
	for _, d := range []grading.Direction{grading.Even, grading.Over, grading.Under} {
		if directions[d] < 20 {
			t.Errorf("only %d answers are %s", directions[d], d)
		}
	}
	t.Logf("%d answers to charts with a figure, %d in dollars: %v, net %.2f", charts, priced, directions, net)
}
