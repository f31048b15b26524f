package codebook

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExcludes1(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		name  string
		codes []Code
		want  []string // "code code from"
	}{
		{"both notes name the other, one conflict", []Code{"E1122", "E109"}, []string{"E11.22 E10.9 E11"}},
		{"the same in the other order", []Code{"E109", "E1122"}, []string{"E10.9 E11.22 E10"}},
		{"note of a section", []Code{"I10", "P292"}, []string{"I10 P29.2 I10-I1A"}},
		{"the other code's note, a code that the book does not have", []Code{"O24410", "E119"}, []string{"E11.9 O24.410 E11"}},
		{"nearest note first", []Code{"I10", "I110"}, []string{"I10 I11.0 I10"}},
		{"seventh characters on both sides", []Code{"S52531A", "S58111A"}, []string{"S52.531A S58.111A S52"}},
		{"a seventh character that the release does not list", []Code{"S52531Z", "S58111A"}, []string{"S52.531Z S58.111A S52"}},
		{"Excludes2 is no conflict", []Code{"I10", "P040"}, nil},
		{"unrelated", []Code{"E1122", "N1832", "I509"}, nil},
		{"a code twice is no pair", []Code{"E119", "E119"}, nil},
		{"unknown codes", []Code{"", "X", "Z99999"}, nil},
		{"nothing", nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, c := range book.Excludes1(tc.codes, Date{}) {
				got = append(got, c.Codes[0].Dotted()+" "+c.Codes[1].Dotted()+" "+c.From)
				if c.Kind != "excludes1" || !strings.Contains(c.Note, "(") {
					t.Errorf("conflict %+v: want kind excludes1 and the line of the note", c)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("Excludes1(%v) (-want +got):\n%s", tc.codes, diff)
			}
		})
	}
}

func conflictLines(cs []Conflict) []string {
	var out []string
	for _, c := range cs {
		s := c.Kind
		for _, r := range c.Codes {
			s += " " + r.Dotted()
		}
		out = append(out, s+" "+c.From)
	}
	return out
}

func TestPartners(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		name  string
		codes []Code
		want  []string
	}{
		{"use additional without its partner", []Code{"E1122"}, []string{"partner E11.22 E11.22"}},
		{"with it", []Code{"E1122", "N1832"}, nil},
		{"a list of what may apply asks for nothing", []Code{"E119"}, nil},
		{"heart failure with I11.0", []Code{"I110"}, []string{"partner I11.0 I11.0"}},
		{"if known", []Code{"I1A0"}, nil},
		{"manifestation alone", []Code{"F028"}, []string{"partner F02.8 F02"}},
		{"manifestation before its etiology", []Code{"F028", "G309"}, []string{"partner F02.8 G30.9 F02"}},
		{"manifestation after its etiology", []Code{"G309", "F028"}, nil},
		{"manifestation after something else", []Code{"I10", "F028"}, []string{"partner F02.8 F02"}},
		{"the note leaves the disease open", []Code{"I10", "H28"}, nil},
		{"open, but nothing before it", []Code{"H28"}, []string{"partner H28 H28"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, conflictLines(book.Partners(tc.codes, Date{}))); diff != "" {
				t.Errorf("Partners(%v) (-want +got):\n%s", tc.codes, diff)
			}
		})
	}
}

func TestEtiologies(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		code   Code
		ranges int
		ok     bool
	}{
		{"F028", 2, true},
		{"H28", 0, true},
		{"E119", 0, false},
		{"Z999", 0, false},
	} {
		rs, ok := book.Etiologies(tc.code, Date{})
		if len(rs) != tc.ranges || ok != tc.ok {
			t.Errorf("Etiologies(%s) = %v, %v; want %d ranges, %v", tc.code, rs, ok, tc.ranges, tc.ok)
		}
	}
}

func TestConflicts(t *testing.T) {
	book := mini(t)
	cm := func(cs ...Code) (out []Ref) {
		for _, c := range cs {
			out = append(out, Ref{ICD10CM, c})
		}
		return out
	}
	for _, tc := range []struct {
		name string
		refs []Ref
		opt  ConflictOptions
		want []string
	}{
		{"clean", cm("E1122", "N1832"), ConflictOptions{}, nil},
		{"an external cause stands first", cm("W010XXA", "S52531A"), ConflictOptions{}, []string{"principal W01.0XXA I.C.20.a.6"}},
		{"severe sepsis stands first", cm("R6520", "A419"), ConflictOptions{}, []string{"principal R65.20 I.C.1.d.1.b"}},
		{"underdosing stands first", cm("T383X6A"), ConflictOptions{}, []string{"principal T38.3X6A I.C.19.e.5.c"}},
		{"a manifestation stands first", cm("F028", "G309"), ConflictOptions{}, []string{"partner F02.8 G30.9 F02", "principal F02.8 I.A.13"}},
		{"NCCI on a professional claim", []Ref{{CPT, "29125"}, {CPT, "25605"}}, ConflictOptions{Professional: true}, []string{"ncci 25605 29125 NCCI 2024Q3"}},
		{"no NCCI on a facility's inpatient claim", []Ref{{CPT, "29125"}, {CPT, "25605"}}, ConflictOptions{}, nil},
		{"add-on alone", []Ref{{CPT, "13102"}}, ConflictOptions{}, []string{"addon 13102 NCCI 2024Q3"}},
		{"add-on beside another code", []Ref{{CPT, "13102"}, {CPT, "25605"}}, ConflictOptions{}, []string{"addon 13102 NCCI 2024Q3"}},
		{"add-on beside its primary", []Ref{{CPT, "13102"}, {CPT, "13101"}}, ConflictOptions{}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, conflictLines(book.Conflicts(tc.refs, tc.opt))); diff != "" {
				t.Errorf("Conflicts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNCCI(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		a, b Code
		m    string
		ok   bool
	}{
		{"25605", "29125", "1", true},
		{"29125", "25605", "", false}, // the pair is ordered
		{"25605", "99999", "", false},
		{"", "29125", "", false},
	} {
		if m, ok := book.NCCI(tc.a, tc.b); m != tc.m || ok != tc.ok {
			t.Errorf("NCCI(%s, %s) = %q, %v; want %q, %v", tc.a, tc.b, m, ok, tc.m, tc.ok)
		}
	}
	if !book.HasNCCI() {
		t.Error("HasNCCI() = false; the book has a pair")
	}
	if diff := cmp.Diff([]Code{"13101"}, book.Primaries("13102")); diff != "" {
		t.Errorf("Primaries(13102) (-want +got):\n%s", diff)
	}
	if got := book.Primaries("13101"); got != nil {
		t.Errorf("Primaries(13101) = %v; want none", got)
	}
}

func TestPackPair(t *testing.T) {
	for _, c := range []Code{"00000", "99999", "G0121", "0042T", "ZZZZZ"} {
		if got := unbase36(base36(c)); got != c {
			t.Errorf("unbase36(base36(%s)) = %s", c, got)
		}
	}
}
