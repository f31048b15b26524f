package release

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
)

// TestOfficialClaimRules runs the edits of a claim against the full files.
func TestOfficialClaimRules(t *testing.T) {
	book, _ := official(t)
	for _, tc := range []struct {
		name    string
		setting codebook.Setting
		dx, px  string // procedures with modifiers: 25605-RT
		want    []string
	}{
		{"a fracture", codebook.Practitioner, "S52531A W010XXA Y92009", "25605-RT-54", nil},
		{"sepsis in the right order", codebook.Inpatient, "A4151 R6521 N179 Z1612", "", nil},
		{"severe sepsis first", codebook.Inpatient, "R6521 A4151", "", []string{"principal R65.21 I.C.1.d.3"}},
		{"stage before its cause", codebook.Practitioner, "N1832 I129", "99214", []string{"partner N18.32 I12.9 tabular:N18"}},
		{"cause before its stage", codebook.Practitioner, "I129 N1832", "99214", nil},
		{"kidney disease with nothing before it", codebook.Practitioner, "N1832", "99214", nil},
		{"stroke scale first", codebook.Inpatient, "R29705 I639", "", []string{"principal R29.705 I.B.14"}},
		{"coma scale behind its injury", codebook.Inpatient, "S065X1A R402421", "", nil},
		{"gangrene goes before the ulcer", codebook.Practitioner, "L89154 I96", "99214", []string{"partner L89.154 I96 tabular:L89"}},
		{"what COVID-19 left goes first", codebook.Practitioner, "U099 J9611", "99214", []string{"partner U09.9 J96.11 tabular:U09.9"}},
		{"weeks before the obstetric code", codebook.Practitioner, "Z3A20 O2441", "99214", []string{"principal Z3A.20 tabular:Z3A"}},
		{"bilateral knees", codebook.Practitioner, "M170", "27447-50", nil},
		{"bilateral appendix", codebook.Practitioner, "K3580", "44970-50", []string{"modifier 44970 pfs:44970"}},
		{"an assistant at a closed reduction", codebook.Practitioner, "S52531A", "25605-AS", []string{"modifier 25605 pfs:25605"}},
		{"two surgeons in the back", codebook.Practitioner, "M4316", "22612-62", nil},
		{"the reading of a film", codebook.Practitioner, "R0789", "71046-26", nil},
		{"the reading of a tracing that is one", codebook.Practitioner, "R0789", "93010-26", []string{"modifier 93010 pfs:93010"}},
		{"lab components are not looked at", codebook.Practitioner, "R0789", "80053-26", nil},
		{"51 on an add-on code", codebook.Practitioner, "L98412", "11042 11045-51", []string{"modifier 11045 pfs:11045"}},
		{"eye visits take 25", codebook.Practitioner, "H40013", "92012-25", nil},
		{"59 on either line", codebook.Practitioner, "D122", "45385-59 45380", nil},
		{"and on none", codebook.Practitioner, "D122", "45385 45380", []string{"ncci 45385 45380 ncci:45385/45380"}},
		{"a hospital has no such pairs here", codebook.Outpatient, "D122", "45385 45380", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := codebook.Claim{Setting: tc.setting}
			for _, d := range strings.Fields(tc.dx) {
				c.Lines = append(c.Lines, codebook.ClaimLine{Ref: codebook.Ref{System: codebook.ICD10CM, Code: codebook.Code(d)}})
			}
			for _, p := range strings.Fields(tc.px) {
				f := strings.Split(p, "-")
				c.Lines = append(c.Lines, codebook.ClaimLine{Ref: codebook.Ref{System: codebook.CPT, Code: codebook.Code(f[0])}, Modifiers: f[1:]})
			}
			var got []string
			for _, k := range book.ClaimConflicts(c) {
				s := k.Kind
				for _, r := range k.Codes {
					s += " " + r.Dotted()
				}
				got = append(got, s+" "+k.Cite())
				if known, _ := book.CiteOK(k.Cite()); !known || !strings.HasSuffix(k.Sentence(), ".") || !strings.Contains(k.Sentence(), k.Codes[0].Dotted()) {
					t.Errorf("%q (%s): want a sentence that names the code, and a citation that exists", k.Sentence(), k.Cite())
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Of the codes that can be reported, those that can stand first do: every billable code alone, in the setting without a patient, is told
// that it cannot only where a rule names it. The counts change with the tables of rules and with each fiscal year.
func TestOfficialCodesThatCannotStandFirst(t *testing.T) {
	book, _ := official(t)
	by := map[string]int{}
	each := 0
	for _, c := range officialFile[*order](t, OrderCM, "2026").list {
		if !c.billable {
			continue
		}
		each++
		line := codebook.ClaimLine{Ref: codebook.Ref{System: codebook.ICD10CM, Code: c.code}}
		for _, k := range book.ClaimConflicts(codebook.Claim{Lines: []codebook.ClaimLine{line}}) {
			if k.Kind == codebook.KindPrincipal {
				by[k.From]++
			}
		}
		// Nothing may be kept from the first place and from every other one at once.
		behind := codebook.Claim{Lines: []codebook.ClaimLine{{Ref: codebook.Ref{System: codebook.ICD10CM, Code: "I10"}}, line}}
		other := slices.ContainsFunc(book.ClaimConflicts(behind), func(k codebook.Conflict) bool { return k.Kind == codebook.KindPrincipal && k.Mild })
		alone := slices.ContainsFunc(book.ClaimConflicts(codebook.Claim{Lines: []codebook.ClaimLine{line}}), func(k codebook.Conflict) bool { return k.Kind == codebook.KindPrincipal })
		if other && alone {
			t.Errorf("%s can stand nowhere", c.code)
		}
	}
	t.Logf("%d billable codes; kept from the first place: %v", each, by)
	for _, from := range []string{"I.C.20.a.6", "I.C.1.d.3", "I.C.1.d.2", "I.C.1.b", "I.C.21.c.3", "I.C.19.e.5.a", "I.C.19.e.5.c", "I.C.19.a", "I.B.10", "I.C.15.p.3", "I.B.14", "I.C.21.c.11", "tabular:Z3A", "I.A.13"} {
		if by[from] == 0 {
			t.Errorf("no code of FY 2026 is kept from the first place by %s", from)
		}
	}
}
