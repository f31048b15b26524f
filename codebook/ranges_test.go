package codebook

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferences(t *testing.T) {
	for _, tc := range []struct {
		text string
		want []CodeRange
	}{
		{"insulin (Z79.4)", []CodeRange{{First: "Z794", Last: "Z794"}}},
		{"type 1 diabetes mellitus (E10.-)", []CodeRange{{First: "E10", Last: "E10"}}},
		{"gestational diabetes (O24.4-)", []CodeRange{{First: "O244", Last: "O244"}}},
		{"stage of chronic kidney disease (N18.1-N18.6)", []CodeRange{{First: "N181", Last: "N186"}}},
		{"other forms of heart disease (I30-I5A)", []CodeRange{{First: "I30", Last: "I5A"}}},
		{"malformations (Q00-QA0)", []CodeRange{{First: "Q00", Last: "QA0"}}},
		{"stage (N18.1-N18.4, N18.9)", []CodeRange{{First: "N181", Last: "N184"}, {First: "N189", Last: "N189"}}},
		{"diabetic kidney disease (E08-E13 with .22)", []CodeRange{{First: "E08", Last: "E13", Suffix: "22"}}},
		{"adverse effect (T36-T50 with fifth or sixth character 5)", []CodeRange{{First: "T36", Last: "T50", At: "56", Chars: "5"}}},
		{"poisoning (T36-T65 with fifth or sixth character 1-4)", []CodeRange{{First: "T36", Last: "T65", At: "56", Chars: "1234"}}},
		{"poisoning (T36-T65 with final character 1-4 or 6)", []CodeRange{{First: "T36", Last: "T65", At: "56", Chars: "12346"}}},
		{"open fracture (S62.- with 7th character B)", []CodeRange{{First: "S62", Last: "S62", At: "7", Chars: "B"}}},
		{"localized pain (R10.1-R10.3-)", []CodeRange{{First: "R101", Last: "R103"}}},
		{"gangrene (K82.A1), or perforation (K82.A2)", []CodeRange{{First: "K82A1", Last: "K82A1"}, {First: "K82A2", Last: "K82A2"}}},
		{"hemiplegia (G81.0- to G81.9-)", []CodeRange{{First: "G810", Last: "G819"}}},
		{"Crohn's disease (K50.014, K50.114,)", []CodeRange{{First: "K50014", Last: "K50014"}, {First: "K50114", Last: "K50114"}}},
		{"ICD (H1N1) (NOS) (HIV) code to organism", nil},
		{"vitamin B12 deficiency anemia", nil},
		{"", nil},
	} {
		if diff := cmp.Diff(tc.want, References(tc.text)); diff != "" {
			t.Errorf("References(%q) (-want +got):\n%s", tc.text, diff)
		}
	}
}

func TestCodeRangeContains(t *testing.T) {
	for _, tc := range []struct {
		text string
		code Code
		want bool
	}{
		{"(N18.1-N18.6)", "N1832", true},
		{"(N18.1-N18.6)", "N189", false},
		{"(N18.1-N18.6)", "N18", false},
		{"(I30-I5A)", "I5A", true},
		{"(I30-I5A)", "I52", true},
		{"(I30-I59)", "I5A", false},
		{"(Q00-Q99)", "QA0", false},
		{"(Q00-QA0)", "QA01", true},
		{"(I10-I15)", "I1A0", false},
		{"(E08-E13 with .22)", "E1122", true},
		{"(E08-E13 with .22)", "E1121", false},
		{"(E11.-)", "E11", true},
		{"(E11.-)", "E119", true},
		{"(S52.5-)", "S52531A", true},
		{"(T36-T50 with fifth or sixth character 5)", "T451X5A", true},
		{"(T36-T50 with fifth or sixth character 5)", "T451X1A", false},
		{"(T36-T50 with fifth or sixth character 5)", "T45", false},
		{"(S62.- with 7th character B)", "S62001B", true},
		{"(S62.- with 7th character B)", "S62001A", false},
	} {
		rs := References(tc.text)
		if len(rs) != 1 {
			t.Fatalf("References(%q) = %v; want one range", tc.text, rs)
		}
		if got := rs[0].Contains(tc.code); got != tc.want {
			t.Errorf("%s contains %s: got %v, want %v", rs[0], tc.code, got, tc.want)
		}
	}
}

// A range prints in a form that References reads back as the same range.
func TestCodeRangeStringReadsBack(t *testing.T) {
	for _, text := range []string{"(N18.1-N18.6)", "(E08-E13 with .22)", "(T36-T50 with fifth or sixth character 5)", "(Z79.4)", "(T36-T65 with fifth or sixth character 1-4)"} {
		want := References(text)
		if diff := cmp.Diff(want, References("("+want[0].String()+")")); diff != "" {
			t.Errorf("%q prints as %q (-want +got):\n%s", text, want[0], diff)
		}
	}
}
