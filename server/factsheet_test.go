package server

import (
	"strings"
	"testing"

	"crosswalk/codebook"
)

func TestDollars(t *testing.T) {
	for cents, want := range map[int64]string{0: "$0.00", 5: "$0.05", 8798: "$87.98", 123456789: "$1,234,567.89"} {
		if got := dollars(cents); got != want {
			t.Errorf("%d: %s, want %s", cents, got, want)
		}
	}
}

// factServer is a server whose book has lists of edits and prices.
func factServer(t *testing.T) *Server {
	t.Helper()
	b := codebook.NewBuilder()
	cm := b.Release(codebook.Release{System: codebook.ICD10CM, Edition: "2026", ValidFrom: codebook.Date{Year: 2025, Month: 10, Day: 1}})
	for _, c := range []codebook.Code{"N179", "N186", "E119"} {
		cm.Code(c, "title of "+string(c), true, codebook.Facts{})
	}
	cpt := b.Release(codebook.Release{System: codebook.CPT, Edition: "2025", ValidFrom: codebook.Date{Year: 2025, Month: 1, Day: 1}})
	for _, c := range []codebook.Code{"70010", "29125", "99213"} {
		cpt.Code(c, "label of "+string(c), true, codebook.Facts{})
	}
	b.FeeEdition("2025-10", "32.3465")
	b.Fee("70010", "", codebook.Fee{Status: "A", Work: 100, PE: 100, FacPE: 50, MP: 10, FacNA: true, GlobalDays: "XXX", Components: "1"})
	b.OPPS("70010", "T", 5112)
	b.OPPSEdition("2025")
	b.MUEEdition("2024Q3")
	b.MUE("70010", codebook.Practitioner, codebook.MUE{Units: 2, Indicator: "3", Rationale: "Clinical"})
	b.NCCIEdition("2024Q3")
	b.NCCI("70010", "29125", "1")
	b.NCCI("99213", "70010", "0")
	b.SeverityEdition("v41.1")
	b.Severity("N179", "CC", "g")
	b.Exclusion("g", "N186")
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{frontend: frontend{words: testWords(t)}}
	s.content.Store(&Content{Book: book})
	return s
}

func TestPairsOfAPage(t *testing.T) {
	s := factServer(t)
	e, err := s.book().Lookup(codebook.CPT, "70010", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ typed, answer, problem, denies, denied string }{
		{"", "", "", "29125", "99213"},
		{"29", "", "", "29125", ""},
		{"29125", "29125 is denied beside 70010, unless a modifier", "", "29125", "99213"},
		{"99213", "70010 is denied beside 99213, and no modifier", "", "29125", "99213"},
		{"11042", "no NCCI pair", "", "29125", "99213"},
		{"0FT44ZZ", "", "is no CPT or HCPCS", "29125", "99213"},
		{"X1", "", "", "", ""},
	} {
		v := s.viewPairs(e, "2024Q3", tc.typed, codebook.Date{})
		codes := func(rows []pairRow) string {
			var out []string
			for _, r := range rows {
				out = append(out, r.Code)
			}
			return strings.Join(out, " ")
		}
		if !strings.Contains(v.Answer, tc.answer) || (v.Answer == "") != (tc.answer == "") || !strings.Contains(v.Problem, tc.problem) || (v.Problem == "") != (tc.problem == "") ||
			codes(v.Denies) != tc.denies || codes(v.Denied) != tc.denied {
			t.Errorf("%q: %+v", tc.typed, v)
		}
	}
	other, err := s.book().Lookup(codebook.ICD10CM, "N179", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	if v := s.viewPairs(other, "2024Q3", "", codebook.Date{}); v != nil {
		t.Errorf("a diagnosis has pairs: %+v", v)
	}
}

func TestExclusionOfAPage(t *testing.T) {
	s := factServer(t)
	e, err := s.book().Lookup(codebook.ICD10CM, "N179", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	sheet := s.book().FactSheet(e.Ref)
	for typed, want := range map[string]string{
		"": "", "n18.6": "N17.9 does not count as a CC", "E11.9": "N17.9 counts as a CC", "1": "does not have the form", "Z99.9": "is not in the book",
	} {
		v := s.viewSeverity(e, sheet, typed, codebook.Date{})
		if got := v.Answer + v.Problem; !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
		if len(v.Ranges) != 1 || v.Ranges[0] != "N18.6" || !strings.Contains(v.Text, "1 principal diagnosis cancels") {
			t.Errorf("%q: %+v", typed, v)
		}
	}
}

func TestFeeInFigures(t *testing.T) {
	s := factServer(t)
	got := viewFee(s.book().FactSheet(codebook.Ref{System: codebook.CPT, Code: "70010"}).Fees[0])
	want := feeView{Status: "A", Work: "1.00", PE: "1.00", FacPE: "0.50", MP: "0.10", Total: "2.10", FacTotal: "1.60", Payment: "$67.93", FacPayment: "$51.75", FacNA: true}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
