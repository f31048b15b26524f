package codebook

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCiteOK(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		cite           string
		known, checked bool
	}{
		{"I.A.12.a", true, true},
		{"I.C.1.d.1.a.ii", true, true},
		{"I.C.1.d.1.(a)(ii)", true, true},
		{"I.A.12.c", false, true},
		{"B3.8", true, true},
		{"B9.9", false, true},
		{"IV.H", false, true},
		{"App.I", false, true},
		{"II", false, true},
		{"tabular:E11", true, true},
		{"tabular:E11.22", true, true},
		{"tabular:E08-E13", true, true},
		{"tabular:I00-I99", true, true},
		{"tabular:Q99", false, true},
		{"ncci:25605/29125", true, true},
		{"ncci:29125/25605", true, true}, // which is column 1 is no question of citing
		{"ncci:25605/99213", false, true},
		{"ncci:25605", false, true},
		{"pfs:25605", true, true},
		{"pfs:J1100", true, true},
		{"pfs:99999", false, true},
		{"pfs:wrist", false, true},
		{"CPT Musculoskeletal: closed treatment", true, false},
		{"I think so", true, false},
	} {
		if known, checked := book.CiteOK(tc.cite); known != tc.known || checked != tc.checked {
			t.Errorf("CiteOK(%q) = %v, %v; want %v, %v", tc.cite, known, checked, tc.known, tc.checked)
		}
	}
}

func TestGuidelinesAndModifiers(t *testing.T) {
	book := mini(t)
	g, ok := book.Guideline("B3.8")
	if !ok || g.Set != "icd10pcs" || g.Title != "Excision or resection" {
		t.Errorf("Guideline(B3.8) = %+v, %v", g, ok)
	}
	if _, ok := book.Guideline("I.A.12"); ok {
		t.Error("Guideline(I.A.12) is known; only the exact number should be")
	}
	if m, ok := book.Modifier("rt"); !ok || m.System != HCPCS || m.Title != "Right side" {
		t.Errorf("Modifier(rt) = %+v, %v", m, ok)
	}
	if _, ok := book.Modifier("ZZ"); ok {
		t.Error("Modifier(ZZ) is known")
	}
}

func TestPCS(t *testing.T) {
	book := mini(t)
	chars, err := book.PCS("0FT44ZZ", Date{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range chars {
		got = append(got, c.Axis+" "+c.Char+" "+c.Label)
	}
	want := []string{"Section 0 Medical and Surgical", "Body System F Hepatobiliary System and Pancreas", "Operation T Resection", "Body Part 4 Gallbladder",
		"Approach 4 Percutaneous Endoscopic", "Device Z No Device", "Qualifier Z No Qualifier"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("PCS(0FT44ZZ) (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(chars[2].Definition, "Cutting out") {
		t.Errorf("definition of Resection = %q", chars[2].Definition)
	}
	for code, says := range map[Code]string{
		"0FT43ZZ": "character 5 (Approach) cannot be 3",
		"0FT48ZZ": "character 5 (Approach) cannot be 8", // Gallbladder and Via Opening stand in different rows
		"0FTZ4ZZ": "character 4 (Body Part)",
		"0XX44ZZ": "no table 0XX",
		"0FT":     "seven",
	} {
		if _, err := book.PCS(code, Date{}); !errors.Is(err, ErrUnknownCode) || !strings.Contains(err.Error(), says) {
			t.Errorf("PCS(%s) = %v; want ErrUnknownCode and %q", code, err, says)
		}
	}
}

func TestPCSNext(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		prefix Code
		want   string
	}{
		{"", "Section: 0 Medical and Surgical"},
		{"0F", "Operation: T Resection"},
		{"0FT", "Body Part: 4 Gallbladder, 5 Hepatic Duct, Right, G Pancreas"},
		{"0FT5", "Approach: 0 Open, 8 Via Natural or Artificial Opening Endoscopic"},
		{"0FT44Z", "Qualifier: Z No Qualifier"},
		{"0FT9", ": "},
		{"0FT44ZZ", ": "},
	} {
		axis, choices := book.PCSNext(tc.prefix, Date{})
		var names []string
		for _, c := range choices {
			names = append(names, c.Char+" "+c.Title)
		}
		if got := axis + ": " + strings.Join(names, ", "); got != tc.want {
			t.Errorf("PCSNext(%q) = %q, want %q", tc.prefix, got, tc.want)
		}
	}
}
