package quizzes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"

	"github.com/google/go-cmp/cmp"
)

// choiceOf writes a question of four options. All have one length, but the one at longest (-1 for none) is more characters longer.
func choiceOf(i, right, longest, more int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "## icd10cm-made-%d {difficulty=2 cites=\"I.A.15\"}\n\nSubject%d object%d verb%d?\n\n", i, i, i, i)
	for o := range 4 {
		box, tail := " ", ""
		if o == right {
			box = "x"
		}
		if o == longest {
			tail = strings.Repeat("z", more)
		}
		fmt.Fprintf(&s, "- [%s] answer%03d%d%s\n  > Why.\n", box, i, o, tail)
	}
	s.WriteString("\n> Rationale.\n\n")
	return s.String()
}

func choicesOf(n int, at func(i int) (right, longest, more int)) string {
	var s strings.Builder
	for i := range n {
		right, longest, more := at(i)
		s.WriteString(choiceOf(i, right, longest, more))
	}
	return s.String()
}

func TestBalance(t *testing.T) {
	text := choicesOf(8, func(i int) (int, int, int) { return i % 2, []int{-1, 1, 2, 3}[i%4], 3 }) +
		"## icd10cm-made-two {difficulty=2 cites=\"I.A.15\"}\n\nWhich **two**?\n\n- [x] one\n  > W.\n- [ ] two\n  > W.\n- [x] three\n  > W.\n\n> R.\n\n" +
		"## icd10cm-made-number {kind=number difficulty=2 cites=\"I.A.15\"}\n\nHow many?\n\n= 3\n\n> R.\n"
	got := one(t, text).Balance()
	want := quizzes.Balance{
		Singles: 8,
		Places:  []quizzes.Place{{"A", 4, 2, 1.2}, {"B", 4, 2, 1.2}, {"C", 0, 2, 1.2}, {"D", 0, 2, 1.2}},
		// Six singles at a quarter each and the choose-n at two thirds; right are those at B, and "three".
		Longest: quizzes.Longest{Counted: 7, Right: 3, Chance: 2.2, Spread: 1.2},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := one(t, "## icd10cm-made-number {kind=number difficulty=2 cites=\"I.A.15\"}\n\nHow many?\n\n= 3\n\n> R.\n").Balance(); got.Singles != 0 || got.Places != nil || got.Longest.Counted != 0 {
		t.Errorf("a bank without choices: %+v", got)
	}
}

func TestCheckBalance(t *testing.T) {
	spread := func(i int) (int, int, int) { return i % 4, (i + i/4) % 4, 3 }
	tests := []struct {
		name string
		n    int
		at   func(i int) (right, longest, more int)
		want []string
	}{
		{"even", 120, spread, nil},
		{"all at A", 120, func(i int) (int, int, int) { return 0, i % 4, 3 }, []string{"1 answer-places"}},
		{"never at D", 120, func(i int) (int, int, int) { return i % 3, i / 3 % 4, 3 }, []string{"1 answer-places"}},
		{"too few to tell", 99, func(i int) (int, int, int) { return 0, i % 4, 3 }, nil},
		{"the longest is right in four of ten", 120, func(i int) (int, int, int) {
			if i%10 < 4 {
				return i % 4, i % 4, 3
			}
			return i % 4, (i + 1) % 4, 3
		}, []string{"1 longest-right"}},
		{"the longest is never right", 120, func(i int) (int, int, int) { return i % 4, (i + 1) % 4, 3 }, nil},
		{"one is far longer", 1, func(int) (int, int, int) { return 2, 2, 20 }, []string{"10 longest-right"}},
		{"one is longer", 1, func(int) (int, int, int) { return 2, 2, 19 }, nil},
		{"a wrong one is far longer", 1, func(int) (int, int, int) { return 2, 1, 90 }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := one(t, choicesOf(tt.n, tt.at)).Check(&fakeBook{})
			if d := cmp.Diff(tt.want, lineRules(got)); d != "" {
				t.Errorf("%s\n%v", d, got)
			}
		})
	}
}

// TestAlike: which pairs of questions ask the same thing. The other questions are there so that words have a rarity.
func TestAlike(t *testing.T) {
	ask := func(id, attrs, stem, right, wrong string) string {
		return fmt.Sprintf("## icd10cm-%s {difficulty=2 cites=\"I.A.15\"%s}\n\n%s\n\n- [x] %s\n  > W.\n- [ ] %s\n  > W.\n\n> R.\n\n", id, attrs, stem, right, wrong)
	}
	others := choicesOf(30, func(i int) (int, int, int) { return i % 4, -1, 0 }) +
		ask("z1", "", "A patient with a broken wrist is seen again. Which code is reported?", "S52.501D", "S52.501S") +
		ask("z2", "", "A patient with pneumonia is sent home. Which code is reported?", "J18.9", "J12.9") +
		ask("z3", "", "What does the note \"code first\" ask for?", "The underlying disease before the manifestation", "The longer code first")
	const stem, right = "A closed ankle fracture was splinted in the emergency department. Days later a surgeon operates. Which seventh character is right?", "A, because the operation is active treatment"
	tests := []struct {
		name        string
		x, y        string // attributes, stem, right option of two questions, parted by |
		alike       bool
		atLeast, to float64
	}{
		{"the same", "|" + stem + "|" + right, "|" + stem + "|" + right, true, 1, 1},
		{"case and signs", "|" + stem + "|" + right, "|" + strings.ToUpper(stem) + "!|" + right + ".", true, 1, 1},
		{"another patient", "|" + stem + "|" + right, "|" + strings.ReplaceAll(stem, "ankle", "wrist") + "|" + right, true, 0.6, 1},
		{"in other words", "|" + stem + "|" + right, "|A displaced ankle fracture was splinted on Monday. On Friday the surgeon, who sees her first, operates. Which character comes seventh?|A, because this is active treatment", true, 0.3, 0.6},
		{"another answer", "|" + stem + "|" + right, "|" + stem + "|D, since healing is routine", false, 0, 0},
		{"one topic", "|" + stem + "|" + right, "|A patient with an ankle fracture comes for a change of the cast after six weeks. Which seventh character is right?|D, routine healing", false, 0, 0},
		{"phrases of the trade", "|A patient with type 2 diabetes comes to the office. Which code is reported?|E11.9", "|A patient with hypertension comes to the office. Which code is reported?|I10", false, 0, 0},
		{"one answer to two questions", "|A vial holds one gram and the code counts 250 mg. How many units?|Four", "|Two specimens with two stains each. What does the claim show?|Four", false, 0, 0},
		{"the same of two charts", " group=\"a\"|At which level is this visit?|99214", " group=\"b\"|At which level is this visit?|99214", false, 0, 0},
		{"the same of one chart", " group=\"a\"|At which level is this visit?|99214", " group=\"a\"|At which level is this visit?|99214", true, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x, y := strings.Split(tt.x, "|"), strings.Split(tt.y, "|")
			b := one(t, others+ask("x", x[0], x[1], x[2], "Something else")+ask("y", y[0]+" enemies=\"icd10cm-x\"", y[1], y[2], "Something else"))
			got := b.Alike()
			if !tt.alike {
				if len(got) > 0 {
					t.Error(got)
				}
				return
			}
			if len(got) != 1 || got[0].Questions != [2]string{"icd10cm-x", "icd10cm-y"} || !got[0].Enemies || got[0].Likeness < tt.atLeast || got[0].Likeness > tt.to {
				t.Fatalf("%+v, want x and y at %.2f to %.2f", got, tt.atLeast, tt.to)
			}
			warned := slices.ContainsFunc(b.Check(&fakeBook{}), func(p markdown.Problem) bool {
				return p.Rule == "alike" && strings.Contains(p.Message, "icd10cm-y") && strings.Contains(p.Message, "icd10cm-x (quizzes/bank/icd10cm/a.md:")
			})
			if !warned {
				t.Error("check does not warn of it")
			}
		})
	}
}

// TestAlikeShipped is the rule on what ships: no two questions ask the same thing.
func TestAlikeShipped(t *testing.T) {
	_, bank, _, _ := shipped(t)
	for _, a := range bank.Alike() {
		t.Logf("%.2f (stems %.2f, keys %.2f) %v", a.Likeness, a.Stems, a.Keys, a.Questions)
	}
	t.Logf("%+v", bank.Balance())
}

func BenchmarkAlike(b *testing.B) {
	_, bank, _, _ := shipped(b)
	b.ReportAllocs()
	for b.Loop() {
		bank.Alike()
	}
}
