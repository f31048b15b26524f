package quizzes_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// inpatient is a sound case that uses every part of the format.
const inpatient = `---
id: stay
title: A stay
setting: inpatient
bills: facility
areas: [cases, icd10cm, icd10pcs]
admitted: 2025-11-03
discharged: 2025-11-07
payer: medicare
patient: {age: 8, age_unit: months, sex: M}
difficulty: 4
ask: [diagnoses, procedures, poa, drg, disposition, evidence, query]
key:
  diagnoses:
    - code: E11.22
      first: either
      poa: Y
      accept: [E11.29]
      near_miss: {E11.9: 40, E11.21: 10}
      evidence:
        - diabetic kidney disease
        - {text: CKD stage 3b, in: Plan}
      why: Why one.
      cites: [II.C]
    - {code: I12.9, first: either, weight: required, poa: y, evidence: [Hypertension], why: Why two., cites: [II.C]}
    - {code: N18.32, weight: reportable, poa: N, after: [E11.22, I12.9], why: Why three., cites: ["tabular:N18"]}
    - {code: Z79.4, weight: status, poa: exempt, why: Why four., cites: [I.C.4.a.3]}
    - {code: Z87.891, weight: optional, poa: exempt, why: Why five., cites: [III]}
  procedures:
    - {code: 0FT44ZZ, evidence: [gallbladder out], why: Why six., cites: [B3.8]}
    - {code: 5A1D70Z, weight: optional, why: Why seven., cites: [B3.2]}
  drg: "418"
  disposition: 01
  query:
    reason: conflicting documentation
    indicators: [CKD stage 3a]
    options:
      - {text: Please state the stage., ok: true}
      - {text: Please write stage 4., leading: true, why: It leads.}
    why: Why eight.
    cites: [A source]
  allow:
    - {pair: [E11.22, Z79.4], why: Why nine., cites: [I.A.12.a]}
  alternatives:
    - diagnoses:
        - {code: E11.22, first: true, poa: Y, why: Why ten., cites: [II.C]}
traps:
  - {code: R10.9, kind: integral, why: Why eleven., cites: [I.B.5]}
  - {code: 0FB44ZX, kind: not-done, why: Why twelve., cites: [B3.4a]}
code_year: 2026
reviewed: 2026-11-21
---
## H&P

Hypertension, **diabetic** kidney disease. CKD stage 3a.

## Plan

CKD stage 3b. The gallbladder out today.
`

func loadCase(src string) (*quizzes.Case, []markdown.Problem) {
	b, problems := quizzes.Load(fstest.MapFS{"cases/inpatient/stay.md": file(src)}, plain, nil)
	c, _ := b.Case("stay")
	return c, problems
}

func TestCase(t *testing.T) {
	c, problems := loadCase(inpatient)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d := func(y, m, day int) codebook.Date {
		var out codebook.Date
		if err := out.UnmarshalText(fmt.Appendf(nil, "%04d-%02d-%02d", y, m, day)); err != nil {
			t.Fatal(err)
		}
		return out
	}
	ask := grading.Ask{Diagnoses: true, Procedures: true, POA: true, DRG: true, Disposition: true, Evidence: true, Query: true}
	head := grading.Key{Case: "stay", Setting: "inpatient", Bills: grading.Facility, Date: d(2025, 11, 7), Payer: "medicare", Ask: ask}
	alt, want := head, head
	alt.Diagnoses = []grading.Diagnosis{{Code: "E1122", First: grading.IsFirst, Weight: grading.Required, POA: "Y", Why: "Why ten.", Cites: []string{"II.C"}}}
	want.Patient = &codebook.Patient{Age: 0, Sex: "M"} // eight months
	want.Diagnoses = []grading.Diagnosis{
		{Code: "E1122", First: grading.EitherFirst, Weight: grading.Required, POA: "Y", Accept: []codebook.Code{"E1129"}, NearMiss: map[codebook.Code]int{"E119": 40, "E1121": 10},
			Evidence: []grading.Evidence{{Text: "diabetic kidney disease"}, {Text: "CKD stage 3b", In: "Plan"}}, Why: "Why one.", Cites: []string{"II.C"}},
		{Code: "I129", First: grading.EitherFirst, Weight: grading.Required, POA: "Y", Evidence: []grading.Evidence{{Text: "Hypertension"}}, Why: "Why two.", Cites: []string{"II.C"}},
		{Code: "N1832", Weight: grading.Reportable, POA: "N", After: []codebook.Code{"E1122", "I129"}, Why: "Why three.", Cites: []string{"tabular:N18"}},
		{Code: "Z794", Weight: grading.Status, POA: "exempt", Why: "Why four.", Cites: []string{"I.C.4.a.3"}},
		{Code: "Z87891", Weight: grading.Optional, POA: "exempt", Why: "Why five.", Cites: []string{"III"}},
	}
	want.Procedures = []grading.Procedure{
		{System: codebook.ICD10PCS, Code: "0FT44ZZ", Units: 1, Evidence: []grading.Evidence{{Text: "gallbladder out"}}, Why: "Why six.", Cites: []string{"B3.8"}},
		{System: codebook.ICD10PCS, Code: "5A1D70Z", Optional: true, Units: 1, Why: "Why seven.", Cites: []string{"B3.2"}},
	}
	alt.Procedures = want.Procedures // left out in the file
	want.DRG, want.Disposition = "418", "01"
	want.Query = &grading.Query{Reason: "conflicting documentation", Reasons: quizzes.StandardReasons, Indicators: []string{"CKD stage 3a"},
		Options: []grading.QueryOption{{Text: "Please state the stage.", OK: true}, {Text: "Please write stage 4.", Leading: true, Why: "It leads."}}, Why: "Why eight.", Cites: []string{"A source"}}
	want.Allow = []grading.Allow{{Pair: [2]codebook.Code{"E1122", "Z794"}, Why: "Why nine.", Cites: []string{"I.A.12.a"}}}
	want.Alternatives = []grading.Key{alt}
	want.Traps = []grading.Trap{{Code: "R109", Kind: grading.Integral, Why: "Why eleven.", Cites: []string{"I.B.5"}}, {Code: "0FB44ZX", Kind: grading.NotDone, Why: "Why twelve.", Cites: []string{"B3.4a"}}}
	if d := cmp.Diff(want, c.Key); d != "" {
		t.Error(d)
	}
	if c.Patient != (quizzes.Patient{Age: 8, AgeUnit: "months", Sex: "M"}) || c.Admitted != d(2025, 11, 3) || !c.Date.IsZero() || c.LastDate() != c.Discharged || c.Difficulty != 4 {
		t.Errorf("%+v", c)
	}
	if d := cmp.Diff([]string{"Please state the stage.", "Please write stage 4."}, c.Offer.Wordings); d != "" {
		t.Error(d)
	}
}

// officeCase is the template, a professional claim.
var officeCase = strings.Replace(quizzes.Template("case", "visit"), "patient: {age: 50", "patient: {age: 67", 1)

func TestProfessionalCase(t *testing.T) {
	src := strings.NewReplacer("ask: [diagnoses, procedures, pointers]", "ask: [diagnoses, procedures, pointers, em]",
		"      cites: [\"CPT E/M guidelines, medical decision making\"]\n", "      cites: [\"CPT E/M guidelines, medical decision making\"]\n      modifiers: [rt, \"25\"]\n      modifiers_any: [[LT, \"59\"], []]\n      modifiers_optional: [51]\n      units: 2\n      accept: [J1100]\n      near_miss: {\"99214\": 20}\n    - {code: \"00790\", minutes: 95, points_to: [I10], why: x, cites: [y]}\n",
		"traps:", "  em: {problems: Moderate, data: limited, risk: low, evidence: [Hypertension], why: z, cites: [w]}\ntraps:").Replace(officeCase)
	b, problems := quizzes.Load(fstest.MapFS{"cases/office/visit.md": file(src)}, plain, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	c, _ := b.Case("visit")
	p := c.Key.Procedures
	if d := cmp.Diff(grading.Procedure{System: codebook.CPT, Code: "99213", Accept: []codebook.Code{"J1100"}, NearMiss: map[codebook.Code]int{"99214": 20}, Modifiers: []string{"RT", "25"}, ModifiersAny: [][]string{{"LT", "59"}, nil},
		ModifiersOptional: []string{"51"}, Units: 2, PointsTo: []codebook.Code{"I10"}, Evidence: []grading.Evidence{{Text: "refill for three months"}}, Why: "Say what decides the level.", Cites: []string{"CPT E/M guidelines, medical decision making"}}, p[0]); d != "" {
		t.Error(d)
	}
	if p[1].Minutes != 95 || p[1].Units != 1 {
		t.Errorf("%+v", p[1])
	}
	if d := cmp.Diff(&grading.EM{Problems: "moderate", Data: "limited", Risk: "low", Evidence: []grading.Evidence{{Text: "Hypertension"}}, Why: "z", Cites: []string{"w"}}, c.Key.EM); d != "" {
		t.Error(d)
	}
}

// TestCaseProblems breaks one thing after the other; each must be reported at its line, and the broken case left out.
func TestCaseProblems(t *testing.T) {
	tests := []struct {
		name, old, new string
		want           []string
	}{
		{"unknown key", "payer: medicare", "payor: medicare", []string{"9 unknown-key", "1 wrong-value"}},
		{"unknown key in a line", "      accept: [E11.29]", "      accepts: [E11.29]", []string{"18 unknown-key"}},
		{"unknown key in evidence", "{text: CKD stage 3b, in: Plan}", "{text: CKD stage 3b, on: Plan}", []string{"22 unknown-key"}},
		{"id", "id: stay", "id: The Stay", []string{"2 bad-id"}},
		{"setting", "setting: inpatient", "setting: ward", []string{"4 wrong-value"}},
		{"bills", "bills: facility", "bills: both", []string{"5 wrong-value"}},
		{"area", "[cases, icd10cm, icd10pcs]", "[cases, icd9]", []string{"6 unknown-area"}},
		{"date", "discharged: 2025-11-07", "discharged: 7 Nov", []string{"8 wrong-value", "8 wrong-value"}},
		{"dates turned", "admitted: 2025-11-03", "admitted: 2025-11-30", []string{"8 wrong-value"}},
		{"code year", "code_year: 2026", "code_year: 2025", []string{"50 code-year"}},
		{"reviewed", "reviewed: 2026-11-21", "reviewed: soon", []string{"51 wrong-value"}},
		{"patient", "{age: 8, age_unit: months, sex: M}", "{age: 800, age_unit: moons, sex: male}", []string{"1 wrong-value", "10 wrong-value", "10 wrong-value"}},
		{"ask", "drg, disposition", "drg, disposition, colour", []string{"12 wrong-value"}},
		{"asked for and missing", "  drg: \"418\"\n", "", []string{"15 missing-key"}},
		{"given and not asked for", "drg, disposition, evidence", "disposition, evidence", []string{"32 not-asked"}},
		{"drg", "drg: \"418\"", "drg: 4182", []string{"32 wrong-value"}},
		{"code", "code: E11.22\n", "code: E11.\n", []string{"15 bad-code"}},
		{"code twice", "code: Z79.4", "code: n1832", []string{"27 duplicate-code"}},
		{"no first", "first: either", "first: false", []string{"15 no-first"}},
		{"two first", "first: either", "first: true", []string{"15 no-first"}},
		{"first", "first: either, weight", "first: maybe, weight", []string{"25 wrong-value", "15 no-first"}},
		{"weight", "weight: status", "weight: heavy", []string{"27 wrong-value"}},
		{"poa", "poa: exempt, why: Why four.", "poa: Q, why: Why four.", []string{"27 poa"}},
		{"poa missing", "poa: N, ", "", []string{"26 poa"}},
		{"near miss", "E11.9: 40", "E11.9: 100", []string{"19 wrong-value"}},
		{"after", "after: [E11.22, I12.9]", "after: [E11.65, N18.32]", []string{"26 no-such-line", "26 no-such-line"}},
		{"no why", "why: Why four., ", "", []string{"27 no-why"}},
		{"no cites", ", cites: [I.C.4.a.3]", "", []string{"27 no-cites"}},
		{"evidence", "[Hypertension]", "[\"\"]", []string{"25 evidence"}},
		{"wrong set", "code: 0FT44ZZ", "code: \"47562\"", []string{"30 wrong-set"}},
		{"procedure", "code: 0FT44ZZ", "code: 0FT44", []string{"30 bad-code"}},
		{"modifier", "evidence: [gallbladder out]", "modifiers: [RT]", []string{"30 bad-modifier"}},
		{"units", "evidence: [gallbladder out]", "units: -3", []string{"30 wrong-value"}},
		{"query reason", "    reason: conflicting documentation\n", "", []string{"35 missing-key"}},
		{"query wording", "ok: true", "ok: true, leading: true", []string{"38 wrong-value"}},
		{"allow", "pair: [E11.22, Z79.4]", "pair: [E11.22]", []string{"43 wrong-value"}},
		{"alternative", "        - {code: E11.22, first: true", "        - {code: E11.22, first: false", []string{"46 no-first"}},
		{"trap kind", "kind: integral", "kind: silly", []string{"48 wrong-value"}},
		{"trap in the key", "code: R10.9", "code: E11.29", []string{"48 trap-in-key"}},
		{"trap twice", "code: 0FB44ZX", "code: R109", []string{"49 duplicate-code"}},
		{"no chart", inpatient[strings.Index(inpatient, "## H&P"):], "", []string{"53 no-chart"}},
		{"question in the chart", "## Plan", ":::check x\n:::\n\n## Plan", []string{"53 bad-block"}},
		{"not YAML", "areas: [cases", "areas: [[cases", []string{"5 yaml"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := strings.ReplaceAll(inpatient, tt.old, tt.new)
			if src == inpatient {
				t.Fatal("nothing was broken")
			}
			c, problems := loadCase(src)
			if c != nil {
				t.Error("the broken case is in the bank")
			}
			t.Log(problems)
			if d := cmp.Diff(sorted(tt.want), sorted(lineRules(markdown.Errors(problems)))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCheckCase(t *testing.T) {
	dx := func(c codebook.Code) []codebook.Ref { return []codebook.Ref{{System: codebook.ICD10CM, Code: c}} }
	tests := []struct {
		name, old, new string
		book           fakeBook
		want           []string // severity line rule
	}{
		{name: "sound"},
		{name: "unknown code", book: fakeBook{unknown: []codebook.Code{"N1832"}}, want: []string{"error 26 unknown-code"}},
		{name: "unknown code in accept, near miss and traps", book: fakeBook{unknown: []codebook.Code{"E1129", "E1121", "0FB44ZX"}}, want: []string{"error 18 unknown-code", "warning 19 unknown-code", "warning 49 unknown-code"}},
		{name: "header", book: fakeBook{headers: []codebook.Code{"N1832"}}, want: []string{"error 26 not-billable"}},
		{name: "edition", book: fakeBook{inexact: true}, want: []string{"warning 15 edition", "warning 18 edition", "warning 25 edition", "warning 26 edition", "warning 27 edition", "warning 28 edition", "warning 30 edition", "warning 31 edition", "warning 46 edition"}},
		{name: "excludes1", book: fakeBook{excludes1: [][2]codebook.Code{{"I129", "N1832"}}}, want: []string{"error 26 excludes1"}},
		{name: "excludes1, allowed", book: fakeBook{excludes1: [][2]codebook.Code{{"Z794", "E1122"}}}},
		{name: "manifestation before its etiology", book: fakeBook{etiologies: map[codebook.Code]codebook.CodeRange{"I129": {First: "N18", Last: "N18"}}}, want: []string{"error 25 manifestation"}},
		{name: "manifestation after its etiology", book: fakeBook{etiologies: map[codebook.Code]codebook.CodeRange{"N1832": {First: "E11", Last: "E11"}}}},
		{name: "partner", book: fakeBook{partners: []codebook.Conflict{{Kind: "partner", Codes: []codebook.Ref{{System: codebook.ICD10CM, Code: "E1122"}}, Note: "Use additional code: x", Mild: true}}}, want: []string{"warning 15 partner", "warning 46 partner"}},
		{name: "cannot stand first", book: fakeBook{partners: []codebook.Conflict{{Kind: codebook.KindPrincipal, Codes: dx("E1122"), Note: "x", From: "I.B.14"}}}, want: []string{"error 15 principal", "error 46 principal"}},
		{name: "may only stand first", book: fakeBook{partners: []codebook.Conflict{{Kind: codebook.KindPrincipal, Codes: dx("Z794"), Note: "x", From: "I.C.21.c.15", Mild: true}}}, want: []string{"warning 27 principal", "warning 46 principal"}},
		{name: "age", book: fakeBook{partners: []codebook.Conflict{{Kind: codebook.KindAge, Codes: dx("N1832"), Note: "x", From: "MCE v41.1"}}}, want: []string{"error 26 age", "error 46 age"}},
		{name: "indicators have a rule of their own", book: fakeBook{partners: []codebook.Conflict{{Kind: codebook.KindPOA, Codes: dx("N1832"), Note: "x", From: "App.I"}}}},
		{name: "poa exempt", book: fakeBook{exempt: []codebook.Code{"N1832", "Z794", "Z87891"}}, want: []string{"error 26 poa"}},
		{name: "poa not exempt", book: fakeBook{exempt: []codebook.Code{"Z794"}}, want: []string{"error 28 poa"}},
		{name: "cite", book: fakeBook{badCites: []string{"I.A.12.a", "B3.4a", "A source"}}, want: []string{"error 41 unknown-cite", "error 43 unknown-cite", "error 49 unknown-cite"}},
		{name: "evidence", old: "evidence: [Hypertension]", new: "evidence: [Hypotension]", want: []string{"error 25 evidence"}},
		{name: "evidence under the wrong heading", old: "in: Plan", new: "in: H&P", want: []string{"error 22 evidence"}},
		{name: "evidence under no heading", old: "in: Plan", new: "in: Course", want: []string{"error 22 evidence"}},
		{name: "evidence twice", old: "[Hypertension]", new: "[CKD stage]", want: []string{"warning 25 evidence-twice"}},
		{name: "indicator", old: "[CKD stage 3a]", new: "[CKD stage 5]", want: []string{"error 36 evidence"}},
		{name: "order that cannot be kept", old: "poa: y, evidence", new: "poa: y, after: [E11.22], evidence", want: []string{"error 15 self-test"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := strings.Replace(inpatient, tt.old, tt.new, 1)
			b, problems := quizzes.Load(fstest.MapFS{"cases/inpatient/stay.md": file(src)}, plain, nil)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			book := tt.book
			if book.exempt == nil {
				book.exempt = []codebook.Code{"Z794", "Z87891"}
			}
			var got []string
			for _, p := range b.Check(&book) {
				got = append(got, fmt.Sprint(p.Severity, " ", p.Line, " ", p.Rule))
				if p.File != "quizzes/cases/inpatient/stay.md" || p.Message == "" {
					t.Error(p)
				}
				t.Log(p)
			}
			if d := cmp.Diff(sorted(tt.want), sorted(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCheckNCCI(t *testing.T) {
	tests := []struct {
		name      string
		modifiers string // of 29125, the denied code
		indicator string
		bad       bool
		paid      string // further modifiers of 25605
	}{
		{"never", "XS", "0", true, ""},
		{"without a modifier", "", "1", true, ""},
		{"with a modifier", "XS", "1", false, ""},
		{"another place", "LT", "1", false, ""},
		{"the same place", "RT", "1", true, ""},
		{"edit no longer in force", "", "9", false, ""},
		{"59 on the line that is paid", "", "1", false, ", \"59\""},
		{"25 on the line that is paid", "", "1", true, ", \"25\""},
	}
	for _, tt := range tests {
		src := strings.Replace(officeCase, "traps:", "    - {code: \"25605\", modifiers: [RT"+tt.paid+"], points_to: [I10], why: x, cites: [y]}\n    - {code: \"29125\", modifiers: ["+tt.modifiers+"], points_to: [I10], why: x, cites: [y]}\ntraps:", 1)
		b, problems := quizzes.Load(fstest.MapFS{"cases/office/visit.md": file(src)}, plain, nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		book := &fakeBook{ncci: map[[2]codebook.Code]string{{"25605", "29125"}: tt.indicator}}
		got := strings.Contains(fmt.Sprint(lineRules(markdown.Errors(b.Check(book)))), "ncci")
		if got != tt.bad {
			t.Errorf("%s: reported %t, want %t", tt.name, got, tt.bad)
		}
	}
}

// TestPublicCasesHideTheKey looks for anything of the key in the public half of the full case and of every shipped one.
func TestPublicCasesHideTheKey(t *testing.T) {
	full, _ := loadCase(inpatient)
	cases := []*quizzes.Case{full}
	_, bank, _, _ := shipped(t)
	for _, c := range append(cases, bank.Cases()...) {
		raw, err := json.Marshal(c.Public())
		if err != nil {
			t.Fatal(err)
		}
		public := string(raw) + fmt.Sprintf("%+v", c.Public())
		secrets := []string{c.KeyHash}
		for _, d := range c.Key.Diagnoses {
			secrets = append(secrets, d.Why, d.Code.Dotted(codebook.ICD10CM))
		}
		for _, p := range c.Key.Procedures {
			secrets = append(secrets, p.Why, string(p.Code))
		}
		for _, tr := range c.Key.Traps {
			secrets = append(secrets, tr.Why, tr.Code.Dotted(codebook.ICD10CM))
		}
		for _, s := range secrets {
			if s != "" && (strings.Contains(public, s) || strings.Contains(public, jsonText(s))) {
				t.Errorf("%s: the public half has %q", c.ID, s)
			}
		}
		if strings.Contains(strings.ToLower(public), "leading") && c == full {
			t.Errorf("%s: the public half tells which wording leads", c.ID)
		}
	}
	public := full.Public()
	if d := cmp.Diff([]string{"icd10cm", "icd10pcs"}, public.Systems); d != "" {
		t.Error(d)
	}
	if len(public.Wordings) != 2 || !reflect.DeepEqual(public.Reasons, quizzes.StandardReasons) {
		t.Errorf("%v %v", public.Wordings, public.Reasons)
	}
}

// TestNoQueryLooksTheSame: a case that asks about a query and needs none offers the same things as one that needs one.
func TestNoQueryLooksTheSame(t *testing.T) {
	with, _ := loadCase(inpatient)
	without, problems := loadCase(strings.Replace(inpatient, "    reason: conflicting documentation\n", "    ask: false\n", 1))
	if len(problems) > 0 || without.Key.Query != nil {
		t.Fatal(problems, without)
	}
	a, b := with.Public(), without.Public()
	if a.ShownHash != b.ShownHash || !reflect.DeepEqual(a, b) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestCaseHashes(t *testing.T) {
	was, _ := loadCase(inpatient)
	for _, tt := range []struct {
		old, new   string
		shown, key bool
	}{
		{"Hypertension, **diabetic**", "HTN and Hypertension, **diabetic**", true, false},
		{"Why one.", "Another why.", false, true},
		{"title: A stay", "title: Another stay", true, false},
		{"reviewed: 2026-11-21", "reviewed: 2026-11-22", false, false},
		{"kind: integral", "kind: needless", false, true},
	} {
		now, problems := loadCase(strings.Replace(inpatient, tt.old, tt.new, 1))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if (now.ShownHash != was.ShownHash) != tt.shown || (now.KeyHash != was.KeyHash) != tt.key {
			t.Errorf("%q: shown changed %t, key changed %t", tt.new, now.ShownHash != was.ShownHash, now.KeyHash != was.KeyHash)
		}
	}
}

// TestPatientOfEdits holds the age in whole years, whatever unit the chart gives it in.
func TestPatientOfEdits(t *testing.T) {
	for in, want := range map[string]codebook.Patient{
		"{age: 67, sex: F}":                   {Age: 67, Sex: "F"},
		"{age: 23, age_unit: months, sex: M}": {Age: 1, Sex: "M"},
		"{age: 129, age_unit: days, sex: X}":  {Age: 0},
		"{age: 105, age_unit: weeks, sex: F}": {Age: 2, Sex: "F"},
		"{age: 130, age_unit: years, sex: X}": {Age: 130},
	} {
		c, problems := loadCase(strings.Replace(inpatient, "{age: 8, age_unit: months, sex: M}", in, 1))
		if c == nil {
			t.Fatal(problems)
		}
		if d := cmp.Diff(&want, c.Key.Patient); d != "" {
			t.Errorf("%s (-want +got):\n%s", in, d)
		}
	}
}
