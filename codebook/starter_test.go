package codebook

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestStarterReads(t *testing.T) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	least := map[System]int{ICD10CM: 1500, ICD10PCS: 2500, CPT: 300, HCPCS: 40}
	for _, r := range book.Releases() {
		if !r.Starter || r.Codes < least[r.System] || r.Edition == "" || r.ValidFrom.IsZero() {
			t.Errorf("release %+v: want a starter release of at least %d codes with edition and dates", r, least[r.System])
		}
		delete(least, r.System)
	}
	if len(least) > 0 {
		t.Errorf("no release of %v", least)
	}
	if n := len(book.Guidelines()); n < 170 {
		t.Errorf("%d guidelines, want at least 170", n)
	}
	if n := len(book.Modifiers()); n < 90 {
		t.Errorf("%d modifiers, want at least 90", n)
	}
	if !book.HasNCCI() {
		t.Error("no NCCI pairs")
	}
}

// Every code that can be reported must be reachable by what people type: its number, and its own title.
func TestStarterIsFound(t *testing.T) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range book.Releases() {
		for _, e := range book.Top(r.System, nil, Date{}) {
			if hits := book.Search(e.Dotted(), SearchOptions{Systems: []System{r.System}, Limit: 1}); len(hits) == 0 || hits[0].Code != e.Code {
				t.Errorf("searching %s finds %v first", e.Dotted(), hits)
			}
			if hits := book.Search(e.Title, SearchOptions{Systems: []System{r.System}, Limit: 50}); len(hits) == 0 {
				t.Errorf("searching %q finds nothing", e.Title)
			}
		}
	}
}

func TestStarterSearch(t *testing.T) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ q, first string }{
		{"HTN", "I10"},
		{"high blood pressure", "I10"},
		{"heart attack", "I21"},
		{"type 2 diabetes", "E11"},
		{"CKD", "N18"},
		{"stage 3b", "N18.32"},
		{"colles fracture right radius", "S52.531"},
		{"lap chole", "47562"},
		{"screening colonoscopy", "Z12.11"},
		{"bed sore", "L89"},
		{"diabetic foot ulcer", "E11.621"},
		{"AKI", "N17"},
		{"pnuemonia", "J18.9"},
		{"0FT4", "0FT40ZZ"},
		{"z794", "Z79.4"},
	} {
		hits := book.Search(tc.q, SearchOptions{Limit: 5})
		if !strings.Contains(" "+hitCodes(hits)+" ", " "+tc.first+" ") {
			t.Errorf("Search(%q) = %s; want %s among the first five", tc.q, hitCodes(hits), tc.first)
		}
	}
}

func TestStarterConflicts(t *testing.T) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		codes []Code
		want  []string
	}{
		{"types of diabetes", []Code{"E1122", "E109", "N1832"}, []string{"excludes1 E11.22 E10.9 E11"}},
		{"a range with an ending: hyperglycemia and diabetes", []Code{"E1165", "R739"}, []string{"excludes1 R73.9 E11.65 R73"}},
		{"teeth grinding", []Code{"F458", "G4763"}, []string{"excludes1 F45.8 G47.63 F45.8"}},
		{"cholecystitis with stones", []Code{"K8000", "K810"}, []string{"excludes1 K81.0 K80.00 K81"}},
		{"smoker and former smoker", []Code{"F17210", "Z87891"}, []string{"excludes1 F17.210 Z87.891 F17"}},
		{"a chart that is right", []Code{"E1122", "I130", "I5032", "N1832", "Z794", "Z7984"}, nil},
		{"a fracture that is right", []Code{"S52531A", "W010XXA", "Y92010", "Y998"}, nil},
		{"heart failure wanted", []Code{"I110"}, []string{"partner I11.0 I11.0"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var c Claim
			for _, code := range tc.codes {
				c.Lines = append(c.Lines, ClaimLine{Ref: Ref{ICD10CM, code}})
			}
			if diff := cmp.Diff(tc.want, conflictLines(book.ClaimConflicts(c))); diff != "" {
				t.Errorf("ClaimConflicts of %v (-want +got):\n%s", tc.codes, diff)
			}
		})
	}
}

// Files of one set need not know of each other: lines may be repeated word for word, tables bring rows of their own.
func TestReadStarterRepeats(t *testing.T) {
	const head = "set icd10cm\nrelease 2026\nvalid 2025-10-01\nchapter 4 E00-E89 Endocrine\nsection E08-E13 Diabetes\nE11 Type 2\n"
	const pcs = "set icd10pcs\nrelease 2026\nvalid 2025-10-01\ndefine 0 5 Open: Cutting\ntable 0FT A / B / Resection\n  definition: All of it\n  title: Resection of {4}, {approach}\n"
	row := func(part string) string {
		return "  row\n    Body Part: " + part + "\n    Approach: 0 Open\n    Device: Z No Device\n    Qualifier: Z No Qualifier\n"
	}
	files := fstest.MapFS{
		"a.txt": {Data: []byte(head + "E11.9 = Nothing else\n")},
		"b.txt": {Data: []byte(head + "  excludes1: type 1 (E10.-)\nE11.6  Other\nE11.65 = High sugar\nE11.9 = Nothing else\n")},
		"c.txt": {Data: []byte("set cpt\nrelease 2025\nvalid 2025-01-01\n25605 [090 A 1] wrist\n")},
		"d.txt": {Data: []byte("set cpt\nrelease 2025\nvalid 2025-01-01\n25605 [090 A 1] wrist\n25600 [090 A 1] wrist, left as it lies\n")},
		"p.txt": {Data: []byte(pcs + row("4 Gallbladder"))},
		"q.txt": {Data: []byte(pcs + row("4 Gallbladder") + row("G Pancreas"))},
	}
	book, err := ReadStarter(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []Ref{{ICD10CM, "E119"}, {ICD10CM, "E1165"}, {CPT, "25605"}, {CPT, "25600"}, {ICD10PCS, "0FT40ZZ"}, {ICD10PCS, "0FTG0ZZ"}} {
		e, err := book.Lookup(ref.System, ref.Code, Date{})
		if err != nil {
			t.Error(err)
		} else if ref.Code == "E119" && len(e.Notes) != 1 {
			t.Errorf("E11.9 has %d notes, want the one of E11", len(e.Notes))
		}
	}

	files["x.txt"] = &fstest.MapFile{Data: []byte(head + "  excludes1: gestational (O24.-)\nE11.9 = No complications\n")}
	files["y.txt"] = &fstest.MapFile{Data: []byte("set cpt\nrelease 2025\nvalid 2025-01-01\n25605 [090 A 1] another label\n25600 [090 A 1] wrist, left as it lies\n  note: of the radius\n")}
	files["z.txt"] = &fstest.MapFile{Data: []byte(strings.Replace(pcs, "All of it", "Some of it", 1) + row("G Pancreas"))}
	_, err = ReadStarter(files)
	for _, want := range []string{
		"x.txt:6: what is indented below E11 stands already in b.txt, line 6",
		"x.txt:8: E11.9 stands already in a.txt, line 7, as: E11.9 = Nothing else",
		"y.txt:4: 25605 stands already in c.txt, line 4, as: 25605 [090 A 1] wrist",
		"y.txt:5: 25600 stands in another file too: write what is indented below it there",
		"z.txt:6: table 0FT has another definition in another file: All of it",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("problems:\n%v\nwant %s", err, want)
		}
	}
}

// All problems are told at once, with file and line.
func TestReadStarterProblems(t *testing.T) {
	const head = "set icd10cm\nrelease 2026\nvalid 2025-10-01 2026-09-30\nchapter 4 E00-E89 Endocrine\nsection E08-E13 Diabetes\n"
	for _, tc := range []struct {
		name string
		file string
		want []string
	}{
		{"empty", "", []string{":1: the file is empty"}},
		{"no set", "E11 Diabetes\n", []string{":1: the first line must name the set"}},
		{"wrong set", "set icd9\n", []string{`:1: "icd9" is no set`}},
		{"no dates", "set cpt\nrelease 2025\n25605 [090 A 1] x\n", []string{":2: after the set come two lines"}},
		{"a date that is none", "set cpt\nrelease 2025\nvalid 2025-13-01\n25605 [090 A 1] x\n", []string{":3: \"2025-13-01\" is not a date", ":3: after the set"}},
		{"ends before it begins", "set cpt\nrelease 2025\nvalid 2025-02-01 2025-01-01\n25605 [090 A 1] x\n", []string{":3: the release ends before it begins"}},
		{"parent missing", head + "E11 Diabetes\nE11.22 = Kidney\n", []string{":7: E11.22 has no parent: write the line of E11.2 too"}},
		{"header marked billable", head + "E11 = Diabetes\nE11.9 = No complications\n", []string{":6: E11 has codes below it"}},
		{"twice", head + "E11 Diabetes\nE11 Diabetes\n", []string{":7: E11 stands already"}},
		{"no section", head + "I10 = Hypertension\n", []string{":6: category I10 lies in no section"}},
		{"section outside", head + "section I10-I1A Hypertension\n", []string{":6: section I10-I1A lies in no chapter"}},
		{"seventh characters nowhere", head + "E11 + Diabetes\n", []string{`:6: E11 takes seventh characters`}},
		{"unknown note", head + "E11 Diabetes\n  excludes3: x (E10.-)\n", []string{`:7: "excludes3: x (E10.-)" is no note or fact`}},
		{"note without words", head + "E11 Diabetes\n  excludes1:\n", []string{":7: the excludes1 note has no words"}},
		{"two problems, one reading", head + "E11 Diabetes\n  poa: maybe\n  sex: X\n", []string{":7: poa is", ":8: sex is M or F"}},
		{"CPT brackets", "set cpt\nrelease 2025\nvalid 2025-01-01\n25605 [091 A 1] x\n25606 x\n", []string{`:4: "091" in brackets`, `:5: "25606 x" is no CPT line`}},
		{"PCS row of three axes", "set icd10pcs\nrelease 2026\nvalid 2025-10-01\ntable 0FT A / B / C\n  title: {4}\n  row\n    Body Part: 4 Gallbladder\n", []string{":6: a row has four axes", ":4: table 0FT has no row"}},
		{"modifier", "set modifiers\ncpt 255 x\n", []string{`:2: "cpt 255 x" is no modifier line`}},
		{"NCCI", "set ncci\n25605 29125 5\n", []string{`:2: "25605 29125 5" is no NCCI line`}},
		{"guideline", "set guidelines\nI.C.4 | title\nx.y | a | b\n", []string{":2: a guideline is", ":3: a guideline is"}},
		{"word", "set words\nHTN\n", []string{`:2: "HTN" is no word line`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			book, err := ReadStarter(fstest.MapFS{"x.txt": {Data: []byte(tc.file)}})
			var problems Problems
			if !errors.As(err, &problems) || book != nil {
				t.Fatalf("got book %v, error %v; want Problems", book != nil, err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), "x.txt"+want) {
					t.Errorf("problems:\n%v\nwant x.txt%s", err, want)
				}
			}
			if len(problems) != len(tc.want) {
				t.Errorf("%d problems, want %d:\n%v", len(problems), len(tc.want), err)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	base := mini(t)
	over, err := ReadStarter(fstest.MapFS{
		"cm.txt": {Data: []byte("set icd10cm\nrelease 2026\nvalid 2025-10-01\nchapter 4 E00-E89 E\nsection E08-E13 D\nE11 Type 2\nE11.9 = Replaced\n")},
		"m.txt":  {Data: []byte("set modifiers\ncpt 25 replaced\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	book := Merge(base, over)
	if e, err := book.Lookup(ICD10CM, "E119", Date{}); err != nil || e.Title != "Replaced" {
		t.Errorf("E11.9 = %q, %v; the release of the same edition should replace it", e.Title, err)
	}
	if e, err := book.Lookup(ICD10CM, "E119", date(t, "2025-01-01")); err != nil || e.Release != "2025" {
		t.Errorf("E11.9 on 2025-01-01 = %+v, %v; the other edition should stay", e, err)
	}
	if _, err := book.Lookup(CPT, "25605", Date{}); err != nil {
		t.Errorf("25605: %v; the other set should stay", err)
	}
	if m, _ := book.Modifier("25"); m.Title != "replaced" {
		t.Errorf("modifier 25 = %q", m.Title)
	}
	if _, ok := book.Modifier("RT"); !ok {
		t.Error("modifier RT is gone")
	}
	if book.Edition() == base.Edition() || book.Edition() == over.Edition() {
		t.Error("books of different content have one edition")
	}
}

// The edition depends on what the book says, and on nothing else.
func TestEdition(t *testing.T) {
	if a, b := mini(t).Edition(), mini(t).Edition(); a != b {
		t.Errorf("the same files give %s and %s", a, b)
	}
	files := miniFS(t).(fstest.MapFS)
	files["cpt.txt"] = &fstest.MapFile{Data: []byte(strings.Replace(string(files["cpt.txt"].Data), "static", "rigid", 1))}
	other, err := ReadStarter(files)
	if err != nil {
		t.Fatal(err)
	}
	if mini(t).Edition() == other.Edition() {
		t.Error("a changed title leaves the edition the same")
	}
}
