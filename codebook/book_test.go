package codebook

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// mini reads testdata/mini.txtar, a small book that the tests of this package share.
func mini(t testing.TB) *Book {
	t.Helper()
	book, err := ReadStarter(miniFS(t))
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func miniFS(t testing.TB) fs.FS {
	t.Helper()
	data, err := os.ReadFile("testdata/mini.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, part := range strings.Split("\n"+string(data), "\n-- ")[1:] {
		name, body, ok := strings.Cut(part, " --\n")
		if !ok {
			t.Fatalf("testdata/mini.txtar: no file name in %q", part)
		}
		files[name] = &fstest.MapFile{Data: []byte(body)}
	}
	return files
}

func date(t testing.TB, s string) Date {
	t.Helper()
	if s == "" {
		return Date{}
	}
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLookup(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		name     string
		sys      System
		code     Code
		on       string
		title    string
		billable bool
		parent   Code
		release  string
		exact    bool
	}{
		{"without a date the newest release answers", ICD10CM, "E119", "", "Type 2 diabetes mellitus without complications", true, "E11", "2026", true},
		{"the release in force", ICD10CM, "E119", "2025-09-30", "Type 2 diabetes mellitus without complications, as of 2025", true, "E11", "2025", true},
		{"the first day of the next", ICD10CM, "E119", "2025-10-01", "Type 2 diabetes mellitus without complications", true, "E11", "2026", true},
		{"after the last day the nearest earlier answers, not exact", ICD10CM, "E119", "2027-01-01", "Type 2 diabetes mellitus without complications", true, "E11", "2026", false},
		{"an open release has no last day", ICD10PCS, "0FT44ZZ", "2031-01-01", "Resection of Gallbladder, Percutaneous Endoscopic Approach", true, "0FT", "2026", true},
		{"a header", ICD10CM, "E112", "", "Type 2 diabetes mellitus with kidney complications", false, "E11", "2026", true},
		{"a seventh character", ICD10CM, "S52531A", "", "Colles' fracture of right radius, initial encounter for closed fracture", true, "S52531", "2026", true},
		{"a placeholder", ICD10CM, "T790XXD", "", "Air embolism (traumatic), subsequent encounter", true, "T790", "2026", true},
		{"a code billable at three characters", ICD10CM, "I10", "", "Essential (primary) hypertension", true, "", "2026", true},
		{"no approach word after Via", ICD10PCS, "0FT58ZZ", "", "Resection of Right Hepatic Duct, Via Natural or Artificial Opening Endoscopic", true, "0FT", "2026", true},
		{"CPT", CPT, "25605", "2025-11-14", "wrist-end radius fracture, reduced without incision", true, "", "2025", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, err := book.Lookup(tc.sys, tc.code, date(t, tc.on))
			if err != nil {
				t.Fatal(err)
			}
			type short struct {
				Title, Release string
				Parent         Code
				Billable       bool
				Exact          bool
			}
			want := short{tc.title, tc.release, tc.parent, tc.billable, tc.exact}
			if diff := cmp.Diff(want, short{e.Title, e.Release, e.Parent, e.Billable, e.Exact}); diff != "" {
				t.Errorf("Lookup(%s, %s, %q) (-want +got):\n%s", tc.sys, tc.code, tc.on, diff)
			}
		})
	}
}

func TestLookupUnknown(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		name string
		sys  System
		code Code
		on   string
		says string
	}{
		{"too long", ICD10CM, "E1199", "", "nearest known code is E11.9"},
		{"S06.1X7 takes A only", ICD10CM, "S061X7D", "", "nearest known code is S06.1X7"},
		{"not there at all", ICD10CM, "Q999", "", "import the full release"},
		{"before the oldest release", ICD10CM, "E119", "2019-01-01", "begins on 2024-10-01"},
		{"empty", ICD10CM, "", "", "not in"},
		{"no table row", ICD10PCS, "0FT43ZZ", "", "0FT"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := book.Lookup(tc.sys, tc.code, date(t, tc.on))
			if !errors.Is(err, ErrUnknownCode) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("Lookup(%s, %q, %q) = %v; want ErrUnknownCode and %q", tc.sys, tc.code, tc.on, err, tc.says)
			}
		})
	}
}

func codesOf(es []Entry) string {
	var out []string
	for _, e := range es {
		out = append(out, e.Dotted())
	}
	return strings.Join(out, " ")
}

func TestHierarchy(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct{ name, got, want string }{
		{"children", codesOf(book.Children(ICD10CM, "E11", Date{})), "E11.2 E11.9"},
		{"children by seventh character", codesOf(book.Children(ICD10CM, "S52531", Date{})), "S52.531A S52.531D S52.531S"},
		{"ancestors, nearest first", codesOf(book.Ancestors(ICD10CM, "S52531A", Date{})), "S52.531 S52.53 S52.5 S52"},
		{"siblings", codesOf(book.Siblings(ICD10CM, "N1832", Date{})), ""},
		{"siblings under a category", codesOf(book.Siblings(ICD10CM, "N186", Date{})), "N18.3"},
		{"siblings of a category are those of its section", codesOf(book.Siblings(ICD10CM, "I10", Date{})), "I11 I1A"},
		{"siblings of a CPT code begin alike", codesOf(book.Siblings(CPT, "13101", Date{})), "13102"},
		{"unknown", codesOf(book.Children(ICD10CM, "Z99", Date{})), ""},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, tc.got, tc.want)
		}
	}
	sec, ok := book.Section("I1A0", Date{})
	if !ok || sec.Range() != "I10-I1A" || sec.Chapter != "9" {
		t.Errorf("Section(I1A.0) = %v, %v; want I10-I1A in chapter 9", sec, ok)
	}
	if _, ok := book.Section("Z999", Date{}); ok {
		t.Error("Section(Z99.9) is known; the book has no such section")
	}
}

func TestNotes(t *testing.T) {
	book := mini(t)
	e, err := book.Lookup(ICD10CM, "E1122", Date{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Note{
		{UseAdditional, "code to identify stage of chronic kidney disease (N18.1-N18.6)", "E11.22", true},
		{UseAdditional, "code to identify control using:", "E11", false},
		{UseAdditional, "insulin (Z79.4)", "E11", false},
		{UseAdditional, "oral antidiabetic drugs (Z79.84)", "E11", false},
		{Excludes1, "gestational diabetes (O24.4-)", "E11", false},
		{Excludes1, "type 1 diabetes mellitus (E10.-)", "E11", false},
	}
	if diff := cmp.Diff(want, e.Notes); diff != "" {
		t.Errorf("notes of E11.22 (-want +got):\n%s", diff)
	}
	e, err = book.Lookup(ICD10CM, "I1A0", Date{})
	if err != nil {
		t.Fatal(err)
	}
	var from []string
	for _, n := range e.Notes {
		from = append(from, n.From)
	}
	if got := strings.Join(from, " "); got != "I1A.0 I1A.0 I10-I1A Chapter 9" {
		t.Errorf("notes of I1A.0 come from %q", got)
	}
}

func TestFacts(t *testing.T) {
	book := mini(t)
	for _, tc := range []struct {
		sys  System
		code Code
		want Facts
	}{
		{ICD10CM, "S52531A", Facts{}},
		{ICD10CM, "S52531D", Facts{POAExempt: true}},
		{ICD10CM, "I509", Facts{Severity: "CC"}},
		{ICD10CM, "F028", Facts{Manifestation: true}},
		{CPT, "13102", Facts{GlobalDays: "ZZZ", Status: "A", Bilateral: "0", AddOn: true, Units: "5 cm or less"}},
		{ICD10CM, "S58111", Facts{SeventhChars: []Choice{{"A", "initial encounter"}, {"D", "subsequent encounter"}, {"S", "sequela"}}}},
	} {
		e, err := book.Lookup(tc.sys, tc.code, Date{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, e.Facts); diff != "" {
			t.Errorf("facts of %s (-want +got):\n%s", tc.code, diff)
		}
	}
}
