package grading

import (
	"math/rand/v2"
	"strings"
	"testing"

	"crosswalk/codebook"
)

// TestOverlapProperties holds for random phrases and marks: no count leaves its bounds, the whole phrase marked is enough, and what is
// enough does not depend on the order of the marks.
func TestOverlapProperties(t *testing.T) {
	w := rand.New(rand.NewPCG(7, 7))
	note := strings.Fields("the patient came with pain in the left knee and no fever the knee was warm and red with fluid on the left side of the joint")
	cut := func() string {
		from := w.IntN(len(note))
		return strings.Join(note[from:from+1+w.IntN(len(note)-from)], " ")
	}
	for range 5000 {
		var evidence []Evidence
		var marks []string
		for range 1 + w.IntN(3) {
			evidence = append(evidence, Evidence{Text: cut()})
		}
		for range w.IntN(4) {
			marks = append(marks, cut())
		}
		o := overlap(evidence, marks)
		if o.Covered > o.Words || o.Extra > o.Marked || o.Covered < 0 || o.Extra < 0 {
			t.Fatalf("%v against %q: %+v", evidence, marks, o)
		}
		sum, covered := 0, 0
		for _, p := range o.Phrases {
			sum, covered = sum+p.Words, covered+p.Covered
		}
		if sum != o.Words || covered != o.Covered {
			t.Fatalf("the phrases do not add up: %+v", o)
		}
		turned := make([]string, len(marks))
		for i, m := range marks {
			turned[len(marks)-1-i] = m
		}
		if r := overlap(evidence, turned); r.enough() != o.enough() || r.Covered != o.Covered || r.Extra != o.Extra {
			t.Fatalf("another order of marks: %+v and %+v", o, r)
		}
		if whole := overlap(evidence, quotes(evidence)); !whole.enough() || whole.Covered != whole.Words || whole.Extra != 0 {
			t.Fatalf("the evidence itself as marks: %+v", whole)
		}
		if told := o.tell(evidence, "the code"); o.Marked > 0 && (!strings.HasPrefix(told, "You marked") && !strings.HasPrefix(told, "The words you marked")) {
			t.Fatal(told)
		}
	}
}

// FuzzOverlap reads whatever is pasted as a mark.
func FuzzOverlap(f *testing.F) {
	f.Add("displaced Colles fracture", "DISPLACED colles\nfracture.")
	f.Add("ß ﬁ 5 mg/dl", "--- \x00 \xff ﬁ")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, evidence, mark string) {
		o := overlap([]Evidence{{Text: evidence}}, []string{mark})
		if o.Covered > o.Words || o.Extra > o.Marked || o.Covered+o.Extra > o.Words+o.Marked {
			t.Fatalf("%q against %q: %+v", evidence, mark, o)
		}
		if o.enough() && o.Covered == 0 {
			t.Fatal("nothing covered is enough")
		}
	})
}

// TestEMTable: every column has a word and a sentence for each of its four levels, and the words are those that an answer may use.
func TestEMTable(t *testing.T) {
	table := EMTable()
	for _, name := range []string{"problems", "data", "risk"} {
		if len(table[name]) != 4 {
			t.Fatalf("%s has %d levels", name, len(table[name]))
		}
		for rank, l := range table[name] {
			if emRank(l.Level) != rank+1 || l.Asks == "" {
				t.Errorf("%s %d: %+v", name, rank+1, l)
			}
		}
	}
}

// TestKeyEMLevel says whether a key's grid and its code agree.
func TestKeyEMLevel(t *testing.T) {
	visit := func(code string, em *EM) *Key {
		return &Key{Procedures: []Procedure{{Code: "36415", System: "cpt"}, {Code: codebook.Code(code), System: "cpt"}}, EM: em}
	}
	for _, tt := range []struct {
		code     string
		em       *EM
		supports string
		ok       bool
	}{
		{"99214", &EM{Problems: "moderate", Data: "minimal", Risk: "moderate"}, "99214", true},
		{"99214", &EM{Problems: "moderate", Data: "minimal", Risk: "low"}, "99213", false},
		{"99221", &EM{Problems: "low", Data: "minimal", Risk: "minimal"}, "99221", true},
		{"99214", &EM{Minutes: 39}, "99214", true},
		{"99214", &EM{Minutes: 40}, "99215", false},
		{"99214", &EM{Minutes: 9}, "no level", false},
		{"99284", &EM{Minutes: 90}, "no level", false},
		{"99284", &EM{Criteria: "own"}, "", true},
		{"99284", nil, "", true},
	} {
		if supports, _, ok := visit(tt.code, tt.em).EMLevel(); supports != tt.supports || ok != tt.ok {
			t.Errorf("%s with %+v: %s, %v; want %s, %v", tt.code, tt.em, supports, ok, tt.supports, tt.ok)
		}
	}
}
