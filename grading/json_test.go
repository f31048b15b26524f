package grading

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
)

// TestResultJSON holds the output format still: names, order, nulls.
func TestResultJSON(t *testing.T) {
	k := Key{Bills: Professional, Ask: Ask{Diagnoses: true}, Diagnoses: []Diagnosis{
		{Code: "N1832", First: IsFirst, Weight: Required, Evidence: []Evidence{{Text: "CKD stage 3b"}}, Cites: []string{"tabular:N18"}},
		{Code: "E785", Weight: Status}}}
	r := Response{Diagnoses: []EnteredDiagnosis{{Code: "N1830"}, {Code: "J9601"}}}
	got, err := json.MarshalIndent(Grade(&k, r, readFakeBook(t), Learning), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "v": 1,
 "learning": {
  "earned": 50,
  "possible": 500,
  "percent": 10
 },
 "audit_accuracy": 0,
 "poa_accuracy": null,
 "clean": false,
 "financial_match": null,
 "counts": {
  "entered": 2,
  "lines": 2,
  "right": 0,
  "half": 0
 },
 "parts": [
  {
   "line": "N18.32",
   "component": "code",
   "entered": "N18.30",
   "earned": 150,
   "possible": 300,
   "finding": "DX-SPEC",
   "why": "You went as far as N18.3-, Chronic kidney disease, stage 3 (moderate), but chose N18.30, stage 3 unspecified; the note says \"CKD stage 3b\", which is N18.32, stage 3b. The fifth character names the stage.",
   "cites": [
    "tabular:N18",
    "I.B.2"
   ],
   "evidence": [
    "CKD stage 3b"
   ],
   "reached": [
    {
     "level": "chapter",
     "code": "14",
     "title": "Diseases of the genitourinary system",
     "ok": true
    },
    {
     "level": "section",
     "code": "N17-N19",
     "title": "Acute kidney failure and chronic kidney disease",
     "ok": true
    },
    {
     "level": "category",
     "code": "N18",
     "title": "Chronic kidney disease (CKD)",
     "ok": true
    },
    {
     "level": "stage",
     "code": "N18.3-",
     "title": "Chronic kidney disease, stage 3 (moderate)",
     "ok": true
    },
    {
     "level": "stage",
     "code": "N18.32",
     "title": "Chronic kidney disease, stage 3b",
     "entered": "N18.30",
     "entered_title": "Chronic kidney disease, stage 3 unspecified",
     "ok": false
    }
   ]
  },
  {
   "line": "N18.32",
   "component": "position",
   "entered": "N18.30",
   "earned": 100,
   "possible": 100,
   "finding": "",
   "why": "It stands first, as the first-listed diagnosis must.",
   "cites": [
    "tabular:N18"
   ],
   "evidence": [
    "CKD stage 3b"
   ]
  },
  {
   "line": "E78.5",
   "component": "code",
   "entered": null,
   "earned": 0,
   "possible": 100,
   "finding": "DX-MISS",
   "why": "Not entered: E78.5, Hyperlipidemia, unspecified. It is a status or history that bears on the care.",
   "key_word": true
  },
  {
   "line": null,
   "component": "extra",
   "entered": "J96.01",
   "earned": -200,
   "possible": 0,
   "finding": "DX-OVER",
   "why": "J96.01 (Acute respiratory failure with hypoxia) is not supported by the chart. Look for the provider's own words that state it, and for what was done about it.",
   "key_word": true
  }
 ]
}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("result (-want +got):\n%s", d)
	}
}

// TestEmptyKey grades a case that asks for nothing: the parts are an empty list and not null.
func TestEmptyKey(t *testing.T) {
	b, err := json.Marshal(Grade(&Key{}, Response{}, nil, ""))
	want := `{"v":1,"learning":{"earned":0,"possible":0,"percent":100},"audit_accuracy":100,"poa_accuracy":null,"clean":true,"financial_match":null,"counts":{"entered":0,"lines":0,"right":0,"half":0},"parts":[]}`
	if err != nil || string(b) != want {
		t.Errorf("got  %s (%v)\nwant %s", b, err, want)
	}
}

func TestPercentRoundsHalfUp(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        float64
	}{{650, 1600, 40.6}, {650, 800, 81.3}, {1650, 2150, 76.7}, {1, 3, 33.3}, {2, 3, 66.7}, {1, 2000, 0.1}, {0, 7, 0}, {7, 7, 100}, {0, 0, 100}} {
		if got := percent(c.part, c.whole); got != c.want {
			t.Errorf("percent(%d, %d) = %v, want %v", c.part, c.whole, got, c.want)
		}
	}
}

func TestFindings(t *testing.T) {
	fs := Findings()
	seen := map[Finding]bool{}
	for _, f := range fs {
		if seen[f.Finding] || f.Name == "" || !strings.HasSuffix(f.Meaning, ".") || !slices.Contains([]string{"diagnosis", "procedure", "E/M", "claim"}, f.Area) {
			t.Errorf("finding %q is there twice or incomplete: %+v", f.Finding, f)
		}
		seen[f.Finding] = true
	}
	fs[0].Name = "changed"
	if Findings()[0].Name == "changed" {
		t.Error("the caller can change the taxonomy")
	}
	// Whatever random answers are told has to be in the taxonomy.
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(true)
		for _, p := range Grade(&k, w.answer(&k), w.book, Learning).Parts {
			if p.Finding != "" && !seen[p.Finding] {
				t.Errorf("finding %q is not in Findings", p.Finding)
			}
		}
	})
}

func TestParseScheme(t *testing.T) {
	for in, want := range map[string]Scheme{"": Learning, " Learning ": Learning, "code-over-code": CodeOverCode, "ALL-OR-NOTHING": AllOrNothing} {
		if got, err := ParseScheme(in); got != want || err != nil {
			t.Errorf("ParseScheme(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	if _, err := ParseScheme("strict"); err == nil || !strings.Contains(err.Error(), "all-or-nothing") {
		t.Errorf("ParseScheme(strict): %v, want an error that lists the schemes", err)
	}
}

func TestDecodeAnswerBounds(t *testing.T) {
	for name, in := range map[string]string{
		"empty":       "",
		"null":        "null",
		"list":        "[]",
		"two objects": "{} {}",
		"unfinished":  `{"diagnoses": [`,
		"too long":    `{"drg": "` + strings.Repeat("1", MaxAnswerBytes) + `"}`,
	} {
		if a, err := DecodeAnswer([]byte(in)); err == nil {
			t.Errorf("%s: no error, %+v", name, a)
		}
	}
	a, err := DecodeAnswer([]byte(`{"diagnoses":[{"code":"E11.22","poa":"Y","evidence":["..."]}], "procedures":[{"code":"99214","modifiers":["25"],"units":1,"points_to":["E11.22"]}],
		"drg":"291", "disposition":"01", "em":{"problems":"moderate","data":"limited","risk":"moderate"}, "query":{"ask":true,"reason":"...","indicators":["..."],"option":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	one, two := 1, 2
	want := Answer{Diagnoses: []AnswerDiagnosis{{Code: "E11.22", POA: "Y", Evidence: []string{"..."}}},
		Procedures: []AnswerProcedure{{Code: "99214", Modifiers: []string{"25"}, Units: &one, PointsTo: []string{"E11.22"}}}, DRG: "291", Disposition: "01",
		EM: &AnswerEM{Problems: "moderate", Data: "limited", Risk: "moderate"}, Query: &AnswerQuery{Ask: true, Reason: "...", Indicators: []string{"..."}, Option: &two}}
	if d := cmp.Diff(want, a); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
}

func TestTooManyLines(t *testing.T) {
	var a Answer
	for range MaxLines {
		a.Diagnoses = append(a.Diagnoses, AnswerDiagnosis{Code: "E11.9"})
	}
	k := Key{Ask: Ask{Diagnoses: true}, Diagnoses: []Diagnosis{{Code: "E119", First: IsFirst}}}
	r, err := ParseAnswer(&k, a)
	if err != nil {
		t.Fatalf("%d lines: %v", MaxLines, err)
	}
	// A hundred equal lines are well formed; they earn what one of a hundred is worth.
	if res := Grade(&k, r, nil, Learning); res.Learning.Earned != 4 || res.AuditAccuracy != 1 {
		t.Errorf("got %+v at audit accuracy %v, want 4 points at 1 %%", res.Learning, res.AuditAccuracy)
	}
	a.Procedures = append(a.Procedures, AnswerProcedure{Code: "99213"})
	if _, err := ParseAnswer(&k, a); err == nil || !strings.Contains(err.Error(), "101 lines") {
		t.Errorf("101 lines: %v", err)
	}
	for range 399 {
		a.Procedures = append(a.Procedures, AnswerProcedure{Code: "?", PointsTo: []string{"Q"}})
	}
	// Of 500 lines only the number is told, not what is wrong with each.
	if _, err := ParseAnswer(&k, a); err == nil || !strings.Contains(err.Error(), "500 lines") || len(err.(FormatErrors)) != 1 {
		t.Errorf("500 lines: %v", err)
	}
}

func TestPointers(t *testing.T) {
	dx := []EnteredDiagnosis{{Code: "E1122"}, {Code: "N1832"}, {Code: "E1122"}}
	for in, want := range map[string]int{"E11.22": 0, "n1832": 1, "A": 0, "c": 2, "D": -1, "E11.9": -1, "?": -1, "M": -1} {
		if got := pointer(in, dx); got != want {
			t.Errorf("pointer(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestEMLevels(t *testing.T) {
	for _, c := range []struct {
		code    codebook.Code
		ranks   [3]int
		minutes int
		want    codebook.Code
	}{
		{"99214", [3]int{3, 2, 3}, 0, "99214"}, // two of three
		{"99214", [3]int{4, 4, 1}, 0, "99215"},
		{"99203", [3]int{0, 3, 3}, 0, "99204"}, // two given are enough
		{"99221", [3]int{2, 2, 1}, 0, "99221"}, // straightforward and low are one level
		{"99213", [3]int{1, 1, 1}, 0, "99212"}, // 99211 takes none, and is not reached by rating
		{"99214", [3]int{}, 39, "99214"},
		{"99214", [3]int{}, 40, "99215"},
		{"99344", [3]int{}, 60, "99344"},
		{"99283", [3]int{}, 60, ""}, // no time in the emergency department
		{"99213", [3]int{}, 9, ""},
		{"99213", [3]int{3, 0, 0}, 0, ""},
	} {
		f, _, ok := emPlace(c.code)
		if !ok {
			t.Fatalf("%s is in no family", c.code)
		}
		got := codebook.Code("")
		if l := emLevel(f, c.ranks, c.minutes); l >= 0 {
			got = emFamilies[f][l].code
		}
		if got != c.want {
			t.Errorf("%s family, %v, %d minutes: %q, want %q", c.code, c.ranks, c.minutes, got, c.want)
		}
	}
}
