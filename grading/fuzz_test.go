package grading

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"crosswalk/codebook"
)

// FuzzAnswer sends foreign bytes the whole way: decode, parse, grade. Whatever passes must have a score in its bounds that is the sum of
// its parts; what is parsed must be the same when the answer is written and read again.
func FuzzAnswer(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		f.Fatal(err)
	}
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		_, files := readTxtar(raw)
		for _, x := range files {
			if x.name == "answer.json" {
				f.Add([]byte(x.data))
			}
		}
	}
	book := readFakeBook(f)
	one := 40
	k := Key{Bills: Professional, Ask: Ask{true, true, true, true, true, true, true, true, true},
		Diagnoses: []Diagnosis{{Code: "E1122", First: IsFirst, POA: "Y", Evidence: []Evidence{{Text: "diabetic CKD"}}}, {Code: "N1832", Weight: Required, POA: "N", After: []codebook.Code{"E1122"}},
			{Code: "T39015A", Weight: Reportable, NearMiss: map[codebook.Code]int{"T39011A": one}}, {Code: "Z794", Weight: Optional}},
		Procedures: []Procedure{{System: codebook.CPT, Code: "99214", Modifiers: []string{"25"}, PointsTo: []codebook.Code{"E1122"}}, {System: codebook.ICD10PCS, Code: "0FT44ZZ"}},
		DRG:        "291", Disposition: "01", EM: &EM{Minutes: 35}, Query: &Query{Reason: "stage", Indicators: []string{"eGFR"}, Options: []QueryOption{{Text: "which?", OK: true}}}}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := DecodeAnswer(b)
		if err != nil {
			return
		}
		r, err := ParseAnswer(&k, a)
		if err != nil {
			return
		}
		again, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if len(again) <= MaxAnswerBytes {
			a2, err := DecodeAnswer(again)
			if err != nil {
				t.Fatalf("written again it is refused: %v", err)
			}
			if r2, err := ParseAnswer(&k, a2); err != nil || fmt.Sprint(r2) != fmt.Sprint(r) && r.EM == nil && r.Query == nil {
				t.Fatalf("written again it parses to %v (%v), not %v", r2, err, r)
			}
		}
		for _, s := range Schemes {
			res := Grade(&k, r, book, s)
			var sum Points
			for _, p := range res.Parts {
				sum += p.Earned
			}
			if l := res.Learning; sum != l.Earned || l.Earned < 0 || l.Earned > l.Possible {
				t.Fatalf("parts sum to %d, learning is %+v", sum, l)
			}
		}
	})
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"47", "-3.5", "$1,234.50", "12 %", ".5", "1,2", "", "-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := decimal(s)
		if !ok {
			return
		}
		if back, ok := decimal(r.FloatString(30)); !ok && len(r.FloatString(30)) <= 30 || ok && back.Cmp(r) != 0 {
			t.Fatalf("%q reads as %v and back as %v", s, r, back)
		}
	})
}
