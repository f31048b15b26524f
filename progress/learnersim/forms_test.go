package learnersim_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"crosswalk/internal/testkit"
	"crosswalk/lessons/markdown"
	"crosswalk/progress/ability"
	"crosswalk/progress/learnersim"
	"crosswalk/quizzes"
)

// TestEquivalentForms: for every hiring test that ships, what its forms differ by in difficulty is less than half the standard error of
// measurement of one sitting. 60 candidates sit one after another, each gets the form of what came up least, as in the program, and true difficulties
// are off the authors' as calibration assumes. How the authors misjudged 40 charts makes a ratio of its own in every world, so that it takes many
// worlds to know it to a hundredth. The figures are logged; docs/hiring.md states them.
func TestEquivalentForms(t *testing.T) {
	if testkit.Race {
		t.Skip("pure functions: they are tried without the race detector")
	}
	bank, _ := quizzes.Load(quizzes.Content, markdown.New(nil, nil), nil)
	for _, h := range bank.HiringTests() {
		bp := h.Blueprint()
		st, short := bank.Strata(bp)
		if short != "" {
			t.Fatal(short)
		}
		byAuthor, calibrated := worlds(t, bank, bp, st, 0, 48), worlds(t, bank, bp, st, 0.3, 8)
		t.Logf("%-20s forms differ by %.1f points, one sitting is uncertain by %.1f: ratio %.2f, of single worlds %.2f more or less; once difficulties are known to 0.3 logits %.2f (mean score %.0f)",
			h.ID, byAuthor.Between, byAuthor.Error, byAuthor.Ratio(), byAuthor.spread, calibrated.Ratio(), byAuthor.MeanScore)
		if byAuthor.Ratio() >= 0.5 {
			t.Errorf("%s: forms differ by %.2f of a standard error, which must be less than half", h.ID, byAuthor.Ratio())
		}
		if calibrated.Ratio() >= byAuthor.Ratio()+0.02 {
			t.Errorf("%s: knowing the difficulties makes forms no more alike: %.2f, before %.2f", h.ID, calibrated.Ratio(), byAuthor.Ratio())
		}
		if byAuthor.Forms != 60 || byAuthor.Between == 0 {
			t.Errorf("%s: %+v", h.ID, byAuthor)
		}
	}
}

// manyWorlds is a comparison over worlds: roots of the mean squares, and how the ratio varies from world to world.
type manyWorlds struct {
	learnersim.FormsCompared
	spread float64
}

// worlds compares the forms in n worlds, which differ in how the authors misjudged each item. Where nothing is known of that, the forms are the
// same in all of them.
func worlds(t *testing.T, bank *quizzes.Bank, bp *quizzes.Blueprint, st quizzes.Strata, known float64, n int) (out manyWorlds) {
	t.Helper()
	var forms [][]learnersim.FormPart
	mean, square := 0.0, 0.0
	for seed := range uint64(n) {
		w := learnersim.HiringWorld()
		w.Seed, w.Known, w.Persons = seed+1, known, 50
		if known > 0 || forms == nil {
			forms = drawn(t, bank, bp, st, w)
		}
		c := w.CompareForms(forms)
		out.Forms = c.Forms
		out.Between += c.Between * c.Between / float64(n)
		out.Error += c.Error * c.Error / float64(n)
		out.MeanScore += c.MeanScore / float64(n)
		mean += c.Ratio() / float64(n)
		square += c.Ratio() * c.Ratio() / float64(n)
	}
	out.Between, out.Error, out.spread = math.Sqrt(out.Between), math.Sqrt(out.Error), math.Sqrt(square-mean*mean)
	return out
}

// drawn draws the forms of 60 candidates, each by the use of those before.
func drawn(t *testing.T, bank *quizzes.Bank, bp *quizzes.Blueprint, st quizzes.Strata, w learnersim.FormWorld) (out [][]learnersim.FormPart) {
	t.Helper()
	author := map[string]float64{}
	parts := map[string]learnersim.FormPart{}
	for _, q := range bank.Questions() {
		author[q.ID] = ability.AuthorDifficulty(q.Difficulty)
		floor := 0.0
		if n := len(q.Options); n > 1 {
			floor = 1 / float64(n)
		}
		parts[q.ID] = learnersim.FormPart{ID: q.ID, Author: author[q.ID], Floor: floor, Weight: 1, Fields: 1}
	}
	for _, k := range bank.Cases() {
		author[k.ID] = ability.AuthorDifficulty(k.Difficulty)
		parts[k.ID] = learnersim.FormPart{ID: k.ID, Author: author[k.ID], Weight: float64(max(1, bp.Charts.Weight)), Fields: len(k.Key.Diagnoses) + len(k.Key.Procedures) + 1}
	}
	use := map[string]int{}
	for seed := range uint64(60) {
		e := quizzes.Equivalent{Seed: seed, Use: use}
		if w.Known > 0 {
			e.Hard = func(id string) float64 { return w.Estimate(id, author[id]) }
		}
		form, err := bank.DrawEquivalent(bp, st, e)
		if err != nil {
			t.Fatal(err)
		}
		var f []learnersim.FormPart
		for _, it := range form.Items {
			use[it.ID]++
			f = append(f, parts[it.ID])
		}
		out = append(out, f)
	}
	return out
}

// TestCompareFormsAgainstDraws holds the mean and the error that are worked out against candidates who answer by chance.
func TestCompareFormsAgainstDraws(t *testing.T) {
	w := learnersim.HiringWorld()
	w.Persons, w.SD = 1, 0 // one ability, so that the error is of one candidate
	form := []learnersim.FormPart{{ID: "q1", Floor: 0.25, Weight: 1, Fields: 1}, {ID: "q2", Author: 1, Weight: 1, Fields: 1}, {ID: "c1", Author: 0.5, Weight: 5, Fields: 6}, {ID: "c2", Weight: 5, Fields: 3}}
	got := w.CompareForms([][]learnersim.FormPart{form})
	rnd := rand.New(rand.NewPCG(9, 9))
	const n = 40000
	sum, squares := 0.0, 0.0
	for range n {
		x := 0.0
		for _, p := range form {
			theta := w.Mean
			if p.Fields > 1 {
				theta += w.Case * rnd.NormFloat64()
			}
			chance := p.Floor + (1-p.Floor)/(1+math.Exp(w.Truth(p.ID, p.Author)-theta))
			for range p.Fields {
				if rnd.Float64() < chance {
					x += 100 * p.Weight / float64(p.Fields) / 12
				}
			}
		}
		sum += x
		squares += x * x
	}
	mean := sum / n
	sd := math.Sqrt(squares/n - mean*mean)
	if math.Abs(mean-got.MeanScore) > 0.5 || math.Abs(sd-got.Error) > 0.4 {
		t.Errorf("mean %.2f and error %.2f, drawn %.2f and %.2f", got.MeanScore, got.Error, mean, sd)
	}
}
