package codebook

import (
	"slices"
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

func TestFirstListed(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		name  string
		codes []Code
		want  []string
	}{
		{"clean", []Code{"E1122", "N1832"}, nil},
		{"an external cause stands first", []Code{"W010XXA", "S52531A"}, []string{"principal W01.0XXA I.C.20.a.6"}},
		{"severe sepsis stands first", []Code{"R6520", "A419"}, []string{"principal R65.20 I.C.1.d.3"}},
		{"septic shock after a procedure", []Code{"T8112XA"}, []string{"principal T81.12XA I.C.1.d.2"}},
		{"an organism", []Code{"B9620", "N390"}, []string{"principal B96.20 I.C.1.b"}},
		{"resistance", []Code{"Z1624", "N390"}, []string{"principal Z16.24 I.C.21.c.3"}},
		{"an adverse effect", []Code{"T360X5A", "L270"}, []string{"principal T36.0X5A I.C.19.e.5.a"}},
		{"after the effect", []Code{"L270", "T360X5A"}, nil},
		{"underdosing stands first", []Code{"T383X6A"}, []string{"principal T38.3X6A I.C.19.e.5.c"}},
		{"poisoning may", []Code{"T383X1A"}, nil},
		{"poisoning by methamphetamine has a 5 in it", []Code{"T43651A"}, nil},
		{"underdosing of it", []Code{"T43656A"}, []string{"principal T43.656A I.C.19.e.5.c"}},
		{"an injury's sequela", []Code{"T23301S", "L905"}, []string{"principal T23.301S I.C.19.a"}},
		{"after what remained", []Code{"L905", "T23301S"}, nil},
		{"sequelae of an infection", []Code{"B909"}, []string{"principal B90.9 I.B.10"}},
		{"coma scale", []Code{"R402421", "S065X0A"}, []string{"principal R40.2421 I.B.14"}},
		{"coma itself may", []Code{"R4020"}, nil},
		{"stroke scale", []Code{"R29705", "I639"}, []string{"principal R29.705 I.B.14"}},
		{"body mass index", []Code{"Z6841", "E6601"}, []string{"principal Z68.41 I.B.14"}},
		{"homelessness", []Code{"Z5900"}, []string{"principal Z59.00 I.B.14"}},
		{"history may", []Code{"Z8673"}, nil},
		{"incidental pregnancy", []Code{"Z331", "S52531A"}, []string{"principal Z33.1 I.C.21.c.3"}},
		{"outcome of delivery", []Code{"Z370", "O80"}, []string{"principal Z37.0 I.C.21.c.11", "principal O80 I.C.15.n.1"}},
		{"weeks", []Code{"Z3A39", "O6981X0"}, []string{"principal Z3A.39 tabular:Z3A"}},
		{"delivery", []Code{"O80", "Z370", "Z3A39"}, nil},
		{"extent of a burn whose site is known", []Code{"T3110", "T23301A"}, []string{"principal T31.10 I.C.19.d.6"}},
		{"extent of a burn whose site is not", []Code{"T3110"}, nil},
		{"a manifestation stands first", []Code{"F028", "G309"}, []string{"principal F02.8 I.A.13"}},
		{"a manifestation alone", []Code{"F028"}, []string{"principal F02.8 I.A.13"}},
		{"obstetric codes go before others", []Code{"E1122", "N1832", "O24112"}, []string{"principal O24.112 I.C.15.a.1"}},
		{"and behind a reason for the encounter", []Code{"Z5181", "O99281"}, nil},
		{"a check-up in the second place", []Code{"I10", "Z0000"}, []string{"principal Z00.00 I.C.21.c.15"}},
		{"where it belongs", []Code{"Z0000", "I10"}, nil},
		{"two encounters combined", []Code{"Z0000", "Z01419"}, nil},
		{"research is excepted", []Code{"I10", "Z006"}, nil},
		{"chemotherapy behind the neoplasm", []Code{"C50911", "Z5111"}, []string{"principal Z51.11 I.C.21.c.15"}},
		{"both kinds of treatment", []Code{"Z5111", "Z510", "C50911"}, nil},
		{"weeks are no supervision", []Code{"O99281", "Z3A20"}, nil},
		{"an unspecified donor is excepted", []Code{"I10", "Z529"}, nil},
		{"born here", []Code{"P599", "Z3800"}, []string{"principal Z38.00 I.C.21.c.15"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var c Claim
			for _, code := range tc.codes {
				c.Lines = append(c.Lines, ClaimLine{Ref: Ref{ICD10CM, code}})
			}
			got := book.ClaimConflicts(c)
			if diff := cmp.Diff(tc.want, conflictLines(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, k := range got {
				if k.Kind == KindPrincipal && (k.Mild != (k.From == onlyFirstList) || !strings.Contains(k.Note, k.Codes[0].Dotted())) {
					t.Errorf("%+v: want the code in the sentence, and Mild only for the list that has exceptions", k)
				}
			}
		})
	}
}

// TestPlaceRules: each rule is about codes that exist, and cites what exists.
func TestPlaceRules(t *testing.T) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range slices.Concat(neverFirst, onlyFirst) {
		if known, checked := book.CiteOK(n.from); !known || !checked {
			t.Errorf("the rule of %s cites %q, which the book does not know", n.codes, n.from)
		}
	}
	for _, n := range neverFirst {
		if n.note == "" {
			t.Errorf("the rule of %s says nothing", n.codes)
		}
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

func TestNotesThatMustHavePartner(t *testing.T) {
	for line, want := range map[string]bool{
		"code to identify stage of chronic kidney disease (N18.1-N18.6)": true,
		"injectable non-insulin antidiabetic drugs (Z79.85)":             false, // only someone who takes them has the code
		"code to indicate outcome of delivery (Z37.0)":                   true,
		"code, if applicable, for hypertension (I10-I1A)":                false,
	} {
		if got := newGroup(UseAdditional, []string{line}).must; got != want {
			t.Errorf("use additional %s: must is %v, want %v", line, got, want)
		}
	}
}
