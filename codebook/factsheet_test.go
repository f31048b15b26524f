package codebook

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func factBook(t testing.TB) *Book {
	t.Helper()
	b := NewBuilder()
	cm := b.Release(Release{System: ICD10CM, Edition: "2026", ValidFrom: Date{Year: 2025, Month: 10, Day: 1}})
	for _, c := range []Code{"E119", "E1122", "E1165", "N179", "O80"} {
		cm.Code(c, "title of "+string(c), true, Facts{})
	}
	b.FeeEdition("2025-10", "32.3465")
	b.Fee("70010", "26", Fee{Status: "A", Work: 119, PE: 52, FacPE: 52, MP: 9, GlobalDays: "XXX", Components: "1"})
	b.Fee("70010", "", Fee{Status: "A", Work: 119, PE: 200, FacPE: 150, MP: 10, GlobalDays: "XXX", Components: "1"})
	b.Fee("70011", "", Fee{Status: "N", GlobalDays: "XXX", Components: "9"})
	b.NCCIEdition("2024Q3")
	b.Rationale(2, "a reason")
	b.NCCIBecause("70010", "29125", "1", 2)
	b.NCCI("70010", "J1100", "0")
	b.NCCI("99213", "70010", "9")
	b.AddOn("70011", "70010")
	b.MUEEdition("2024Q3")
	b.MUE("70010", Outpatient, MUE{Units: 2, Indicator: "3", Rationale: "Clinical"})
	b.MUE("70010", Practitioner, MUE{Units: 1, Indicator: "1"})
	b.CodeEditorEdition("v41.1")
	b.AgeEdit("O80", "maternity")
	b.SeverityEdition("v41.1")
	b.Severity("N179", "CC", "g1")
	b.Severity("E1165", "MCC", NoExclusion)
	b.Severity("E1122", "CC", "")
	for _, c := range []Code{"E119", "E1122", "O80"} {
		b.Exclusion("g1", c)
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestFactSheet(t *testing.T) {
	book := factBook(t)
	editions := FactEditions{Fees: "2025-10", NCCI: "2024Q3", MUE: "2024Q3", CodeEditor: "v41.1", Severity: "v41.1"}
	fee := func(mod string, f Fee) ModifierFee {
		f.Edition, f.Conversion, f.Status, f.GlobalDays = "2025-10", "32.3465", "A", "XXX"
		return ModifierFee{mod, f}
	}
	for _, tc := range []struct {
		ref  Ref
		want FactSheet
	}{
		{Ref{CPT, "70010"}, FactSheet{
			Fees: []ModifierFee{
				fee("", Fee{Work: 119, PE: 200, FacPE: 150, MP: 10, Components: "1"}), fee("26", Fee{Work: 119, PE: 52, FacPE: 52, MP: 9, Components: "1"}),
			},
			Units: []SettingMUE{{Practitioner, MUE{Units: 1, Indicator: "1"}}, {Outpatient, MUE{Units: 2, Indicator: "3", Rationale: "Clinical"}}},
		}},
		{Ref{ICD10CM, "O80"}, FactSheet{Ages: []AgeEdit{{"maternity", 9, 64}}}},
		{Ref{ICD10CM, "N179"}, FactSheet{Exclusion: &Exclusion{Level: "CC", Known: true, Codes: 3, Ranges: []CodeRange{{First: "E1122", Last: "O80"}}}}},
		{Ref{ICD10CM, "E1165"}, FactSheet{Exclusion: &Exclusion{Level: "MCC", Known: true}}},
		{Ref{ICD10CM, "E1122"}, FactSheet{Exclusion: &Exclusion{Level: "CC"}}},
		{Ref{ICD10PCS, "0FT44ZZ"}, FactSheet{}},
		{Ref{CPT, "12"}, FactSheet{}},
	} {
		tc.want.Editions = editions
		if diff := cmp.Diff(tc.want, book.FactSheet(tc.ref)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tc.ref.Dotted(), diff)
		}
	}
	if got := book.FactSheet(Ref{CPT, "70011"}); len(got.Primaries) != 1 || got.Primaries[0] != "70010" {
		t.Errorf("primaries of 70011: %v", got.Primaries)
	}
}

func TestPairList(t *testing.T) {
	book := factBook(t)
	j := PairEdit{Column1: "70010", Column2: "J1100", Modifier: "0"}
	splint := PairEdit{Column1: "70010", Column2: "29125", Modifier: "1", Rationale: "a reason"}
	visit := PairEdit{Column1: "99213", Column2: "70010", Modifier: "9"}
	for _, tc := range []struct {
		prefix string
		limit  int
		want   PairList
	}{
		{"", 10, PairList{Denies: []PairEdit{splint, j}, Denied: []PairEdit{visit}, AllDenies: 2, AllDenied: 1}},
		{"", 1, PairList{Denies: []PairEdit{splint}, Denied: []PairEdit{visit}, AllDenies: 2, AllDenied: 1}},
		{"J1", 10, PairList{Denies: []PairEdit{j}, AllDenies: 1}},
		{"9", 10, PairList{Denied: []PairEdit{visit}, AllDenied: 1}},
		{"X", 10, PairList{}},
	} {
		if diff := cmp.Diff(tc.want, book.PairList("70010", tc.prefix, tc.limit)); diff != "" {
			t.Errorf("%q, at most %d (-want +got)\n%s", tc.prefix, tc.limit, diff)
		}
	}
	if got := book.PairList("E11", "", 5); got.AllDenies+got.AllDenied != 0 {
		t.Errorf("pairs of a code without the form: %+v", got)
	}
}

func TestPayment(t *testing.T) {
	for _, tc := range []struct {
		units      RVU
		conversion string
		cents      int64
		ok         bool
	}{
		{272, "32.3465", 8798, true}, {0, "32.3465", 0, true}, {100, "32", 3200, true}, {100, "", 0, false}, {100, "x", 0, false}, {100, "1.23456", 0, false},
	} {
		if c, ok := (Fee{Conversion: tc.conversion}).Payment(tc.units); c != tc.cents || ok != tc.ok {
			t.Errorf("%v at %q: %d, %v, want %d, %v", tc.units, tc.conversion, c, ok, tc.cents, tc.ok)
		}
	}
}
