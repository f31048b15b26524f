package grading

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
	"crosswalk/codebook/release/releasetest"
)

// claimKinds are the kinds of claims that edits tell apart.
var claimKinds = []struct {
	setting string
	bills   Bills
}{{"office", Professional}, {"inpatient", Professional}, {"inpatient", Facility}, {"outpatient-surgery", Facility}}

// ruleWorld is a key and an answer of one of these kinds, for a patient.
func ruleWorld(w *world) (Key, Response) {
	k := w.key(true)
	kind := pick(w, claimKinds)
	k.Setting, k.Bills = kind.setting, kind.bills
	k.Patient = &codebook.Patient{Age: w.IntN(90), Sex: pick(w, []string{"M", "F", ""})}
	return k, w.answer(&k)
}

// TestKeyHasNoRules grades every key, and each of its alternatives, against itself: whatever the edits say of it is its own word.
func TestKeyHasNoRules(t *testing.T) {
	said := 0
	eachWorld(t, func(t *testing.T, w *world) {
		k, _ := ruleWorld(w)
		k.Alternatives = []Key{w.key(true), w.key(false)}
		for n, v := range k.Versions() {
			r := w.parse(&v, ModelAnswer(&v))
			g := newGrader(&v, &r, w.book, &Policy{})
			said += len(w.book.ClaimConflicts(g.enteredClaim()))
			if res := Grade(&v, r, w.book, Learning); len(res.Rules) > 0 {
				t.Errorf("version %d against itself: %+v", n, res.Rules)
			}
			if res := Grade(&k, r, w.book, Learning); res.Alternative == n && res.Clean && len(res.Rules) > 0 {
				t.Errorf("version %d against the key: %+v", n, res.Rules)
			}
		}
	})
	if said == 0 {
		t.Error("no key met an edit: the test shows nothing")
	}
}

// TestRulesDoNotDependOnOrder shuffles the lines that no rule orders, and modifiers. The first diagnosis stays, and manifestations and what
// a note puts in order stay out.
func TestRulesDoNotDependOnOrder(t *testing.T) {
	tried := 0
	eachWorld(t, func(t *testing.T, w *world) {
		k, r := ruleWorld(w)
		if len(r.Diagnoses) < 3 || slices.ContainsFunc(r.Diagnoses, func(d EnteredDiagnosis) bool {
			return d.Code == "G990" || d.Code == "D630" || prefix(string(d.Code), 3) == "O09" // these have their place
		}) {
			return
		}
		// An optional line in front is passed over, so that the first that counts would change.
		if slices.ContainsFunc(k.Diagnoses, func(d Diagnosis) bool { return d.Weight == Optional }) {
			return
		}
		mixed := r
		mixed.Diagnoses, mixed.Procedures = slices.Clone(r.Diagnoses), slices.Clone(r.Procedures)
		rest := mixed.Diagnoses[1:]
		w.Shuffle(len(rest), func(a, b int) { rest[a], rest[b] = rest[b], rest[a] })
		w.Shuffle(len(mixed.Procedures), func(a, b int) {
			mixed.Procedures[a], mixed.Procedures[b] = mixed.Procedures[b], mixed.Procedures[a]
		})
		for i := range mixed.Procedures {
			m := slices.Clone(mixed.Procedures[i].Modifiers)
			w.Shuffle(len(m), func(a, b int) { m[a], m[b] = m[b], m[a] })
			mixed.Procedures[i].Modifiers, mixed.Procedures[i].PointsTo = m, nil
		}
		a, b := Grade(&k, r, w.book, Learning).Rules, Grade(&k, mixed, w.book, Learning).Rules
		if len(a) > 0 {
			tried++
		}
		if d := cmp.Diff(a, b); d != "" {
			t.Errorf("the order of lines changes the rules (-entered +shuffled):\n%s\nkey %v\nentered %v", d, k.Diagnoses, r.Diagnoses)
		}
	})
	if tried == 0 {
		t.Error("no answer met a rule: the test shows nothing")
	}
}

// silentBook has the codes and none of the edits.
type silentBook struct{ *fakeBook }

func (silentBook) ClaimConflicts(codebook.Claim) []codebook.Conflict { return nil }

// TestRulesChangeNoPoints grades with and without the edits: all but the rules is the same.
func TestRulesChangeNoPoints(t *testing.T) {
	rules := 0
	eachWorld(t, func(t *testing.T, w *world) {
		k, r := ruleWorld(w)
		k.Alternatives = []Key{w.key(false)}
		with, without := Grade(&k, r, w.book, CodeOverCode), Grade(&k, r, silentBook{w.book}, CodeOverCode)
		rules += len(with.Rules)
		for _, u := range with.Rules {
			if u.Finding == "" || !strings.HasSuffix(u.Why, ".") || !strings.HasSuffix(u.Next, ".") || len(u.Entered) == 0 || !slices.Contains(ruleOrder, u.Kind) ||
				!slices.ContainsFunc(findings, func(f FindingInfo) bool { return f.Finding == u.Finding }) {
				t.Errorf("a rule is not complete: %+v", u)
			}
		}
		with.Rules, without.Rules = nil, nil
		if d := cmp.Diff(without, with); d != "" {
			t.Errorf("rules change the result (-without +with):\n%s", d)
		}
	})
	if rules == 0 {
		t.Error("no answer met a rule: the test shows nothing")
	}
}

// TestRuleJSON holds the output format of rules still.
func TestRuleJSON(t *testing.T) {
	k := Key{Bills: Professional, Ask: Ask{Diagnoses: true}, Diagnoses: []Diagnosis{{Code: "S52531A", First: IsFirst, Weight: Required, Evidence: []Evidence{{Text: "right wrist"}}}, {Code: "I110", Weight: Required}, {Code: "I5033", Weight: Required}}}
	res := Grade(&k, Response{Diagnoses: []EnteredDiagnosis{{Code: "S52539A"}, {Code: "I110"}}}, readFakeBook(t), Learning)
	got, err := json.MarshalIndent(res.Rules, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `[
 {
  "kind": "partner",
  "finding": "DX-MISS",
  "entered": [
   "I11.0"
  ],
  "why": "I11.0 (Hypertensive heart disease with heart failure) wants a second code that is not on the claim: the note at I11.0 says \"use additional code to identify type of heart failure (I50.-)\".",
  "next": "Read the notes of the category before you leave it, and enter the code that they ask for behind this one (I.B.7).",
  "cites": [
   "I.B.7",
   "tabular:I11.0"
  ],
  "mild": true
 },
 {
  "kind": "laterality",
  "finding": "DX-LAT",
  "entered": [
   "S52.539A"
  ],
  "why": "S52.539A (Colles' fracture of unspecified radius, initial encounter for closed fracture) leaves the side open, and the note names it: right, which is S52.531A.",
  "next": "Before you take a code of unspecified side, look for right, left or both in the note, the order and the report (I.B.13).",
  "cites": [
   "I.B.13"
  ],
  "evidence": [
   "right wrist"
  ]
 }
]`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("rules (-want +got):\n%s", d)
	}
}

// TestManyRules grades a hundred lines that all keep each other off a claim: the list stays short, and the same in any order.
func TestManyRules(t *testing.T) {
	book := readFakeBook(t)
	k := Key{Bills: Professional, Ask: Ask{Diagnoses: true}, Diagnoses: []Diagnosis{{Code: "I10", First: IsFirst, Weight: Required}}}
	var r Response
	for i := range MaxLines / 2 {
		n := codebook.Code(strconv.Itoa(10 + i))
		r.Diagnoses = append(r.Diagnoses, EnteredDiagnosis{Code: "E10" + n}, EnteredDiagnosis{Code: "E11" + n})
	}
	kinds := func(rules []Rule) (excludes, others int) {
		for _, u := range rules {
			if u.Kind == RuleExcludes1 {
				excludes++
			} else if u.Kind != RuleNotBillable {
				others++
			}
		}
		return excludes, others
	}
	first := Grade(&k, r, book, Learning).Rules
	if e, o := kinds(first); e != maxRules || o != 0 {
		t.Errorf("%d Excludes1 pairs and %d other objections are listed, want %d and none", e, o, maxRules)
	}
	slices.Reverse(r.Diagnoses[1:])
	if d := cmp.Diff(first, Grade(&k, r, book, Learning).Rules); d != "" {
		t.Errorf("another order, another list:\n%s", d)
	}
}

// TestRulesOnOfficialFiles runs a few claims as learners hand them in against the official releases.
func TestRulesOnOfficialFiles(t *testing.T) {
	book := releasetest.Book(t)
	on := codebook.Date{Year: 2025, Month: 11, Day: 14}
	dx := func(first string, rest ...string) []Diagnosis {
		out := []Diagnosis{{Code: codebook.Code(first), First: IsFirst, Weight: Required}}
		for _, c := range rest {
			out = append(out, Diagnosis{Code: codebook.Code(c), Weight: Required})
		}
		return out
	}
	px := func(list ...string) []Procedure {
		var out []Procedure
		for _, c := range list {
			f := strings.Split(c, "-")
			ref := anyCode(t, f[0])
			out = append(out, Procedure{System: ref.System, Code: ref.Code, Modifiers: f[1:], Units: 1})
		}
		return out
	}
	for _, tc := range []struct {
		name    string
		key     Key
		dx, px  string // codes in the form of the key, units behind "*", POA behind "/"
		want    []string
		patient *codebook.Patient
	}{
		{"an office visit with a biopsy", Key{Bills: Professional, Diagnoses: dx("L400"), Procedures: px("11102", "99213-25")}, "L400", "11102 99213", []string{"ncci 11102 99213"}, nil},
		{"a wrist set and splinted", Key{Bills: Professional, Diagnoses: []Diagnosis{{Code: "S52531A", First: IsFirst, Weight: Required, Evidence: []Evidence{{Text: "right distal radius"}}}}, Procedures: px("25605-RT")},
			"S52539A W19", "25605-RT 29125-RT", []string{"not-billable W19", "laterality S52.539A", "ncci 25605 29125"}, nil},
		{"types of diabetes together", Key{Bills: Professional, Diagnoses: dx("E1122", "N1832")}, "E1122 N1832 E1065", "", []string{"excludes1 E10.65 E11.22"}, nil},
		{"a fall first", Key{Bills: Professional, Diagnoses: dx("S52531A", "W010XXA")}, "W010XXA S52531A", "", []string{"principal W01.0XXA"}, nil},
		{"a stay with its indicators", Key{Setting: "inpatient", Bills: Facility, Ask: Ask{POA: true}, Diagnoses: dx("A4151", "R6520", "N179", "Z794")},
			"R6520/Y A4151/Y N179 Z794/Y", "", []string{"principal R65.20", "poa N17.9", "poa Z79.4"}, nil},
		{"the wrong patient", Key{Bills: Professional, Diagnoses: dx("N390")}, "N390 N400 E8411", "", []string{"sex N40.0", "age E84.11"}, &codebook.Patient{Age: 34, Sex: "F"}},
		{"an add-on alone and units beyond reason", Key{Bills: Professional, Diagnoses: dx("M5416"), Procedures: px("64483")}, "M5416", "64484 64493*4", []string{"addon 64484", "mue 64493"}, nil},
		{"the same claim of a hospital outpatient", Key{Setting: "outpatient-surgery", Bills: Facility, Diagnoses: dx("L400"), Procedures: px("11102", "99213-25")}, "L400", "11102 99213", nil, nil},
		{"a colonoscopy on both sides", Key{Bills: Professional, Diagnoses: dx("Z1211"), Procedures: px("45385")}, "Z1211", "45385-50", []string{"modifier 45385"}, nil},
		{"a claim without fault", Key{Bills: Professional, Diagnoses: dx("E1122", "I129", "N1832"), Procedures: px("99214")}, "E1122 I129 N1832", "99214", nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := tc.key
			k.Date, k.Patient, k.Ask.Diagnoses, k.Ask.Procedures = on, tc.patient, true, true
			var r Response
			for _, s := range strings.Fields(tc.dx) {
				c, poa, _ := strings.Cut(s, "/")
				r.Diagnoses = append(r.Diagnoses, EnteredDiagnosis{Code: codebook.Code(c), POA: poa})
			}
			for _, s := range strings.Fields(tc.px) {
				line, n, several := strings.Cut(s, "*")
				p, units := px(line)[0], 1
				if several {
					var err error
					if units, err = strconv.Atoi(n); err != nil {
						t.Fatal(err)
					}
				}
				r.Procedures = append(r.Procedures, EnteredProcedure{System: p.System, Code: p.Code, Modifiers: p.Modifiers, Units: units})
			}
			var got []string
			for _, u := range Grade(&k, r, book, Learning).Rules {
				got = append(got, string(u.Kind)+" "+strings.Join(u.Entered, " "))
				if len(u.Cites) == 0 || u.Why == "" {
					t.Errorf("%s rests on nothing: %+v", u.Kind, u)
				}
				for _, c := range u.Cites {
					if known, checked := book.CiteOK(c); checked && !known {
						t.Errorf("%s cites %s, which the book does not know", u.Kind, c)
					}
				}
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("rules (-want +got):\n%s", d)
			}
		})
	}
}
