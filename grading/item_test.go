package grading

import (
	"errors"
	"math/rand/v2"
	"testing"

	"crosswalk/codebook"
)

var (
	singleKey   = ItemKey{Kind: Single, Options: 4, Correct: []int{1}}
	multipleKey = ItemKey{Kind: Multiple, Options: 5, Correct: []int{0, 2, 3}}
	codesKey    = ItemKey{Kind: Codes, Codes: []ItemCode{{System: codebook.ICD10CM, Code: "E1122"}, {System: codebook.ICD10CM, Code: "N1832"}}}
	orderedKey  = ItemKey{Kind: Codes, Ordered: true, Codes: codesKey.Codes}
	cptKey      = ItemKey{Kind: Codes, Codes: []ItemCode{{System: codebook.CPT, Code: "64483", Modifiers: []string{"RT"}}, {System: codebook.CPT, Code: "64483", Modifiers: []string{"LT"}}, {System: codebook.HCPCS, Code: "J1100"}}}
	numberKey   = ItemKey{Kind: Number, Number: "47", Tolerance: "1"}
	exactKey    = ItemKey{Kind: Number, Number: "1234.50", Tolerance: "0"}
	textKey     = ItemKey{Kind: Text, Texts: []string{"cholecystectomy", "gallbladder removal"}}
	orderKey    = ItemKey{Kind: Order, Length: 4}
	matchKey    = ItemKey{Kind: Match, Length: 3}
)

func TestGradeItem(t *testing.T) {
	for _, c := range []struct {
		name    string
		key     ItemKey
		answer  ItemAnswer
		earned  Points
		correct bool
	}{
		{"single, right", singleKey, ItemAnswer{Options: []int{1}}, 100, true},
		{"single, wrong", singleKey, ItemAnswer{Options: []int{2}}, 0, false},
		{"multiple, all", multipleKey, ItemAnswer{Options: []int{3, 0, 2}}, 100, true},
		{"multiple, two of three", multipleKey, ItemAnswer{Options: []int{0, 2}}, 66, false},
		{"multiple, one wrong takes one away", multipleKey, ItemAnswer{Options: []int{0, 2, 3, 4}}, 66, false},
		{"multiple, everything", multipleKey, ItemAnswer{Options: []int{0, 1, 2, 3, 4}}, 33, false},
		{"multiple, more wrong than right", multipleKey, ItemAnswer{Options: []int{0, 1, 4}}, 0, false},
		{"codes, any order", codesKey, ItemAnswer{Codes: []string{"n18.32", " E1122 "}}, 100, true},
		{"codes, one missing", codesKey, ItemAnswer{Codes: []string{"E11.22"}}, 50, false},
		{"codes, one too many", codesKey, ItemAnswer{Codes: []string{"E11.22", "N18.32", "I10"}}, 50, false},
		{"codes, one twice", codesKey, ItemAnswer{Codes: []string{"E11.22", "E11.22"}}, 0, false},
		{"codes, ordered and right", orderedKey, ItemAnswer{Codes: []string{"E11.22", "", "N18.32"}}, 100, true},
		{"codes, ordered and turned round", orderedKey, ItemAnswer{Codes: []string{"N18.32", "E11.22"}}, 50, false},
		{"codes, modifiers find their own line", cptKey, ItemAnswer{Codes: []string{"J1100", "64483-LT", "64483-rt"}}, 100, true},
		{"codes, one modifier wrong", cptKey, ItemAnswer{Codes: []string{"64483-RT", "64483-RT", "J1100"}}, 83, false},
		{"number, exact", numberKey, ItemAnswer{Value: "47"}, 100, true},
		{"number, at the tolerance", numberKey, ItemAnswer{Value: " 48.0 "}, 100, true},
		{"number, beyond it", numberKey, ItemAnswer{Value: "48.01"}, 0, false},
		{"number, as money", exactKey, ItemAnswer{Value: "$1,234.5"}, 100, true},
		{"number, a cent off", exactKey, ItemAnswer{Value: "1234.51"}, 0, false},
		{"text, the other form", textKey, ItemAnswer{Value: "The Gall-bladder removal."}, 100, true},
		{"text, one letter off is another word", ItemKey{Kind: Text, Texts: []string{"abduction"}}, ItemAnswer{Value: "adduction"}, 0, false},
		{"order, right", orderKey, ItemAnswer{Order: []int{0, 1, 2, 3}}, 100, true},
		{"order, last one moved to the front", orderKey, ItemAnswer{Order: []int{3, 0, 1, 2}}, 50, false},
		{"order, turned round", orderKey, ItemAnswer{Order: []int{3, 2, 1, 0}}, 0, false},
		{"match, right", matchKey, ItemAnswer{Match: []int{0, 1, 2}}, 100, true},
		{"match, one open", matchKey, ItemAnswer{Match: []int{0, -1, 2}}, 66, false},
		{"match, two changed", matchKey, ItemAnswer{Match: []int{0, 2, 1}}, 33, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := ParseItem(&c.key, c.answer); err != nil {
				t.Fatal(err)
			}
			got := GradeItem(&c.key, c.answer)
			if got.Earned != c.earned || got.Correct != c.correct || got.Possible != 100 {
				t.Errorf("got %d, correct %v; want %d, %v: %+v", got.Earned, got.Correct, c.earned, c.correct, got.Parts)
			}
			all := true
			for _, p := range got.Parts {
				all = all && p.Right
			}
			if all != c.correct {
				t.Errorf("parts all right: %v, correct: %v", all, c.correct)
			}
		})
	}
}

func TestParseItem(t *testing.T) {
	for _, c := range []struct {
		name   string
		key    ItemKey
		answer ItemAnswer
		errors int
	}{
		{"single, none", singleKey, ItemAnswer{}, 1},
		{"single, two", singleKey, ItemAnswer{Options: []int{0, 1}}, 1},
		{"single, no such option", singleKey, ItemAnswer{Options: []int{4}}, 1},
		{"multiple, none", multipleKey, ItemAnswer{}, 1},
		{"multiple, twice and no such", multipleKey, ItemAnswer{Options: []int{0, 0, -1}}, 2},
		{"codes, none", codesKey, ItemAnswer{Codes: []string{"", " "}}, 1},
		{"codes, a procedure for a diagnosis", codesKey, ItemAnswer{Codes: []string{"99213", "E11.2.2"}}, 2},
		{"codes, modifier of three letters", cptKey, ItemAnswer{Codes: []string{"64483-RTX"}}, 1},
		{"codes, too many", codesKey, ItemAnswer{Codes: make([]string, MaxLines+1)}, 1},
		{"number, empty", numberKey, ItemAnswer{}, 1},
		{"number, words", numberKey, ItemAnswer{Value: "forty-seven"}, 1},
		{"number, exponent", numberKey, ItemAnswer{Value: "1e999999999"}, 1},
		{"number, odd commas", numberKey, ItemAnswer{Value: "12,34"}, 1},
		{"text, punctuation only", textKey, ItemAnswer{Value: " ... "}, 1},
		{"order, too few", orderKey, ItemAnswer{Order: []int{0, 1}}, 1},
		{"order, one twice", orderKey, ItemAnswer{Order: []int{0, 1, 1, 2}}, 1},
		{"match, too few", matchKey, ItemAnswer{Match: []int{0}}, 1},
		{"match, no such entry", matchKey, ItemAnswer{Match: []int{0, 3, -2}}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var list FormatErrors
			if err := ParseItem(&c.key, c.answer); !errors.As(err, &list) || len(list) != c.errors {
				t.Fatalf("got %v, want %d format errors", err, c.errors)
			}
			for _, e := range list {
				if e.Part == "" || len(e.Reason) < 10 {
					t.Errorf("says too little: %+v", e)
				}
			}
			// Ungraded answers reach GradeItem only by mistake; even then nothing breaks and nothing is correct.
			if r := GradeItem(&c.key, c.answer); r.Correct {
				t.Errorf("malformed and correct: %+v", r)
			}
		})
	}
	var list FormatErrors
	if err := ParseItem(&ItemKey{Kind: "essay"}, ItemAnswer{}); err == nil || errors.As(err, &list) {
		t.Errorf("unknown kind: %v, want an error that is no FormatErrors", err)
	}
}

func TestKindsHaveRules(t *testing.T) {
	if len(Kinds()) != 7 {
		t.Errorf("kinds: %v", Kinds())
	}
	for _, r := range rules() {
		if r.parse == nil || r.grade == nil {
			t.Errorf("%s has no rules", r.kind)
		}
	}
}

// TestOrderCredit tries all orders of four: full credit exactly for the right one, and 25 for each entry that follows its own.
func TestOrderCredit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		p := r.Perm(4)
		want, right := Points(0), true
		for i, v := range p {
			if i == 0 && v == 0 || i > 0 && v > 0 && p[i-1] == v-1 {
				want += 25
			}
			right = right && i == v
		}
		if got := GradeItem(&orderKey, ItemAnswer{Order: p}); got.Earned != want || got.Correct != right {
			t.Errorf("%v: %d, correct %v; want %d, %v", p, got.Earned, got.Correct, want, right)
		}
	}
}
