package release

import (
	"context"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"crosswalk/codebook"
	"crosswalk/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// These tests read the official files in the folder that CROSSWALK_RELEASES names, and are skipped without it and under the race detector.
// The totals are those that CDC and CMS publish.

type loaded struct {
	book *codebook.Book
	rep  Report
	err  error
}

var officialOnce = sync.OnceValue(func() loaded {
	book, rep, err := Load(context.Background(), os.DirFS(os.Getenv("CROSSWALK_RELEASES")), Options{})
	return loaded{book, rep, err}
})

func official(t *testing.T) (*codebook.Book, Report) {
	t.Helper()
	if os.Getenv("CROSSWALK_RELEASES") == "" {
		t.Skip("CROSSWALK_RELEASES names no folder of release files")
	}
	if testkit.Race {
		t.Skip("the official files are read without the race detector")
	}
	l := officialOnce()
	if l.err != nil {
		t.Fatal(l.err)
	}
	return l.book, l.rep
}

// officialFile parses the first official file of a kind and edition.
func officialFile[T content](t *testing.T, kind Kind, edition string) T {
	t.Helper()
	_, rep := official(t)
	i := slices.IndexFunc(rep.Files, func(f File) bool { return f.Loaded && f.Kind == kind && f.Edition == edition })
	if i < 0 {
		t.Fatalf("no %s %s was loaded", kind, edition)
	}
	s := source{fsys: os.DirFS(os.Getenv("CROSSWALK_RELEASES")), path: rep.Files[i].Path}
	in, err := s.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	c, err := parsers[kind](in)
	if err != nil {
		t.Fatal(err)
	}
	return c.(T)
}

func TestOfficialTotals(t *testing.T) {
	book, rep := official(t)
	for _, c := range []struct {
		kind              Kind
		edition           string
		billable, headers int
	}{
		{OrderCM, "2026", 74_719, 23_467},
		{OrderCM, "2025", 74_260, 23_324},
		{OrderPCS, "2026", 79_115, 914},
	} {
		o := officialFile[*order](t, c.kind, c.edition)
		n := 0
		for _, r := range o.list {
			if r.billable {
				n++
			}
		}
		if n != c.billable || len(o.list)-n != c.headers {
			t.Errorf("%s %s: %d billable codes and %d headers, want %d and %d", c.kind, c.edition, n, len(o.list)-n, c.billable, c.headers)
		}
	}
	rows := map[Kind]int{}
	for _, f := range rep.Files {
		if _, index := indexKinds[f.Kind]; f.Loaded && !index && f.Kind != OrderCM && f.Kind != MUEs {
			rows[f.Kind] = f.Rows
		}
	}
	want := map[Kind]int{
		POAExempt: 38_349, TabularCM: 46_881, OrderPCS: 80_029, TablesPCS: 2_733, HCPCSCodes: 8_463, HCPCSStatus: 8_033, HCPCSModifiers: 383,
		FeeSchedule: 18_144, AddendumB: 17_858, NCCIPairs: 1_669_820, AddOns: 7_465, Severity: 18_215, Exclusions: 171_391, CodeEditor: 7_946, Rationales: 12, Places: 99,
		DefinitionsPCS: 954 + 60, GuidelinesCM: rows[GuidelinesCM],
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	exempt := 0
	for _, c := range officialFile[*order](t, OrderCM, "2026").list {
		if e, err := book.Lookup(codebook.ICD10CM, c.code, codebook.Date{}); err != nil {
			t.Fatal(err)
		} else if e.Billable && e.Facts.POAExempt {
			exempt++
		}
	}
	if exempt != 38_349 {
		t.Errorf("%d POA exempt codes, want 38349", exempt)
	}
}

// The Tabular List ends before the seventh characters; with them it has every billable code of the order file, and 76 more: S06 codes
// of death before regaining consciousness take A alone.
func TestOfficialSeventhCharactersMakeTheBillableCodes(t *testing.T) {
	o := officialFile[*order](t, OrderCM, "2026")
	tab := officialFile[*tabular](t, TabularCM, "2026")
	billable := map[codebook.Code]bool{}
	for _, r := range o.list {
		if r.billable {
			billable[r.code] = true
		}
	}
	sevenths, absent := tab.sevenths(func(c codebook.Code) bool { return billable[c] })
	if len(absent) != 76 {
		t.Errorf("%d codes are not in the order file, want 76", len(absent))
	}
	for _, c := range absent {
		if !strings.HasPrefix(string(c), "S06") || c[5] != '7' && c[5] != '8' || c[6] == 'A' {
			t.Errorf("%s is not in the order file", c)
		}
	}
	made := map[codebook.Code]bool{}
	for i := range tab.diags {
		d := &tab.diags[i]
		choices, ok := sevenths[d.code]
		switch {
		case ok:
			for _, ch := range choices {
				made[codebook.Code(string(d.code)+strings.Repeat("X", max(0, 6-len(d.code)))+ch.Char)] = true
			}
		case d.leaf:
			made[d.code] = true
		}
	}
	if len(made) != len(billable) {
		t.Errorf("%d codes are made, %d are billable", len(made), len(billable))
	}
	for c := range billable {
		if !made[c] {
			t.Errorf("%s is billable and not made", c)
		}
	}
}

func TestOfficialTablesMakeTheOrderFile(t *testing.T) {
	codes := map[codebook.Code]bool{}
	for _, r := range officialFile[*order](t, OrderPCS, "2026").list {
		if r.billable {
			codes[r.code] = true
		}
	}
	made := 0
	for _, table := range officialFile[*pcsTables](t, TablesPCS, "2026").list {
		for _, row := range table.Rows {
			for _, a := range row[0].Values {
				for _, b := range row[1].Values {
					for _, c := range row[2].Values {
						for _, d := range row[3].Values {
							made++
							if code := table.Prefix + codebook.Code(a.Char+b.Char+c.Char+d.Char); !codes[code] {
								t.Fatalf("%s is in a table and not in the order file, or in two rows", code)
							} else {
								delete(codes, code)
							}
						}
					}
				}
			}
		}
	}
	if made != 79_115 || len(codes) > 0 {
		t.Errorf("%d codes made, %d of the order file are in no table", made, len(codes))
	}
}

func TestOfficialSpotChecks(t *testing.T) {
	book, _ := official(t)
	fy25 := codebook.Date{Year: 2025, Month: 9, Day: 30}
	fy26 := codebook.Date{Year: 2025, Month: 10, Day: 1}
	for _, c := range []struct {
		sys   codebook.System
		code  codebook.Code
		on    codebook.Date
		title string // "" for a code that is not there
	}{
		{codebook.ICD10CM, "E119", fy25, "Type 2 diabetes mellitus without complications"},
		{codebook.ICD10CM, "I10", fy26, "Essential (primary) hypertension"},
		{codebook.ICD10CM, "S52501A", fy26, "Unspecified fracture of the lower end of right radius, initial encounter for closed fracture"},
		{codebook.ICD10CM, "O80", fy26, "Encounter for full-term uncomplicated delivery"},
		{codebook.ICD10CM, "T50901A", fy26, "Poisoning by unspecified drugs, medicaments and biological substances, accidental (unintentional), initial encounter"},
		{codebook.ICD10CM, "E11A", fy25, ""},
		{codebook.ICD10CM, "E11A", fy26, "Type 2 diabetes mellitus without complications in remission"},
		{codebook.ICD10CM, "C50A0", fy25, ""},
		{codebook.ICD10CM, "C50A0", fy26, "Malignant inflammatory neoplasm of unspecified breast"},
		{codebook.ICD10PCS, "0DTJ4ZZ", fy26, "Resection of Appendix, Percutaneous Endoscopic Approach"},
		{codebook.ICD10PCS, "10E0XZZ", fy26, "Delivery of Products of Conception, External Approach"},
		{codebook.ICD10PCS, "5A1955Z", fy26, "Respiratory Ventilation, Greater than 96 Consecutive Hours"},
		{codebook.HCPCS, "J1100", fy26, "Injection, dexamethasone sodium phosphate, 1 mg"},
		{codebook.HCPCS, "G0438", fy26, "Annual wellness visit; includes a personalized prevention plan of service (pps), initial visit"},
	} {
		e, err := book.Lookup(c.sys, c.code, c.on)
		if c.title == "" {
			if err == nil {
				t.Errorf("%s on %s: %q, want none", c.code, c.on, e.Title)
			}
			continue
		}
		if err != nil || e.Title != c.title || !e.Billable || !e.Exact {
			t.Errorf("%s on %s: %+v, %v; want %q", c.code, c.on, e, err, c.title)
		}
	}
	for c, want := range map[codebook.Code]codebook.Facts{
		"99213": {Status: "A", GlobalDays: "XXX", Bilateral: "0", Multiple: "0", Assistant: "0", CoSurgeons: "0", TeamSurgeons: "0", Components: "0", OPPS: "B",
			MUE: codebook.MUE{Units: 2, Indicator: "3"}, MUEHospital: codebook.MUE{Units: 2, Indicator: "3"}},
		"27447": {Status: "A", GlobalDays: "090", Bilateral: "1", Multiple: "2", Assistant: "2", CoSurgeons: "1", TeamSurgeons: "0", Components: "0", OPPS: "J1",
			MUE: codebook.MUE{Units: 1, Indicator: "2"}, MUEHospital: codebook.MUE{Units: 1, Indicator: "2"}},
		"99441": {OPPS: "D", Ended: codebook.Date{Year: 2024, Month: 12, Day: 31}},
	} {
		e, err := book.Lookup(codebook.CPT, c, fy26)
		if err != nil {
			t.Error(err)
			continue
		}
		if c == "99441" {
			e.Facts.MUE, e.Facts.MUEHospital = codebook.MUE{}, codebook.MUE{}
		}
		if diff := cmp.Diff(want, e.Facts); diff != "" || e.Title != "" {
			t.Errorf("CPT %s %q (-want +got):\n%s", c, e.Title, diff)
		}
	}
	if e, _ := book.Lookup(codebook.CPT, "11045", fy26); !e.Facts.AddOn {
		t.Error("11045 is no add-on code")
	}
	if m, ok := book.NCCI("25605", "29125"); m != "1" || !ok {
		t.Errorf("NCCI 25605/29125: %q, %v", m, ok)
	}
	if e, _ := book.Lookup(codebook.ICD10CM, "N08", fy26); !e.Facts.Manifestation {
		t.Error("N08 is no manifestation")
	}
	if e, _ := book.Lookup(codebook.ICD10CM, "B9561", fy26); e.Facts.Manifestation {
		t.Error("B95.61 is a manifestation: it is the cause of a disease classified elsewhere")
	}
	if e, _ := book.Lookup(codebook.ICD10CM, "A419", fy26); e.Facts.Severity != "MCC" {
		t.Errorf("A41.9 is %q", e.Facts.Severity)
	}
	for c, want := range map[codebook.Code]string{"QA00101": "QA0", "C7A010": "C7A", "I1A0": "I10-I1A", "M1A00X0": "M05-M14"} {
		if s, ok := book.Section(c, fy26); !ok || s.Range() != want {
			t.Errorf("%s stands in section %s, want %s", c, s.Range(), want)
		}
	}
}

func TestOfficialGuidelines(t *testing.T) {
	book, _ := official(t)
	for number, title := range map[string]string{
		"I.A.19":           "Code assignment and Clinical Criteria",
		"I.B.20":           "Multiple Sites Coding",
		"I.C.1.d.1.a.ii":   "Urosepsis",
		"I.C.1.d.1.b":      "Severe sepsis",
		"I.C.2.n":          "Leukemia, Multiple Myeloma, and Malignant Plasma Cell Neoplasms in remission versus personal history",
		"I.C.3":            "Chapter 3: Disease of the blood and blood-forming organs and certain disorders involving the immune mechanism (D50-D89)",
		"I.C.5.d":          "Dementia",
		"I.C.19.c":         "Coding of Traumatic Fractures",
		"I.C.19.e.5.c":     "Underdosing",
		"I.C.20.a.6":       "External cause code can never be a principal diagnosis",
		"I.C.21.c.17":      "Social Determinants of Health",
		"I.C.22":           "Chapter 22: Codes for Special Purposes (U00-U85)",
		"II.I.2":           "Admission Following Post-Operative Observation",
		"II.K":             "Admissions/Encounters for Rehabilitation",
		"III.C":            "Uncertain Diagnosis",
		"IV.Q":             "Encounters for routine health screenings",
		"App.I":            "Present on Admission Reporting Guidelines",
		"I.C.1.d.1.(a)(i)": "Negative or inconclusive blood cultures and sepsis",
	} {
		if g, ok := book.Guideline(number); !ok || g.Title != title {
			t.Errorf("%s is %q, want %q", number, g.Title, title)
		}
	}
	for _, number := range []string{"I.B.21", "I.C.5.e", "I.C.23", "II.L", "III.D", "IV.R", "V", "I.C.19.d.1.d"} {
		if g, ok := book.Guideline(number); ok {
			t.Errorf("%s exists: %q", number, g.Title)
		}
	}
	if n := len(book.Guidelines()); n != 495 {
		t.Errorf("%d headings, want 495 as counted in the FY 2026 text", n)
	}
}

// The table of contents, which the reader leaves out, has no number that was not found in the text.
func TestOfficialGuidelinesHaveTheirContents(t *testing.T) {
	book, rep := official(t)
	i := slices.IndexFunc(rep.Files, func(f File) bool { return f.Loaded && f.Kind == GuidelinesCM })
	in, err := source{fsys: os.DirFS(os.Getenv("CROSSWALK_RELEASES")), path: rep.Files[i].Path}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var o outline
	n := 0
	for l := newLines(in); l.next(); {
		text := strings.TrimPrefix(l.text(), "\f")
		if guidelineLevels[0].MatchString(text) && !contentsLine.MatchString(text) {
			break
		}
		if level, title := o.next(text); level >= 0 {
			n++
			if _, ok := book.Guideline(number(o.at[:])); !ok {
				t.Errorf("%s %s stands in the table of contents and was not found in the text", number(o.at[:]), title)
			}
		}
	}
	if n < 200 {
		t.Errorf("the table of contents has %d headings: this test reads it wrong", n)
	}
}

// What our own starter book says of the guidelines has to exist in the official text.
func TestStarterGuidelinesExist(t *testing.T) {
	book, _ := official(t)
	starter, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range starter.Guidelines() {
		if _, ok := book.Guideline(g.Number); !ok && g.Set == "icd10cm" && !strings.HasPrefix(g.Number, "App.") {
			t.Errorf("guideline %s (%s) of the starter book is not in the official text", g.Number, g.Title)
		}
	}
}

// Each of the files that are not to count says why.
func TestOfficialSkips(t *testing.T) {
	_, rep := official(t)
	for file, want := range map[string]string{
		"icd10cm/icd10cm-tabular-2021.xml.gz":         "no ICD-10-CM order file of 2021",
		"icd10cm/icd-10-cm-tabular-2025_ch2.xml.gz":   "not all categories",
		"icd10cm/POAexemptAddCodesFY26.txt":           "longer",
		"icd10cm/POAexemptDeleteCodesFY26.txt":        "changes only",
		"icd10cm/icd10cm-order-addenda-2026.txt.gz":   "changes only",
		"icd10pcs/icd10pcs_order_addenda_2026.txt.gz": "changes only",
		"msdrg/msdrg_v41.1_appendix_a_drgs.csv":       "grouper",
		"README.md":                                   "no layout",
	} {
		i := slices.IndexFunc(rep.Files, func(f File) bool { return f.Path == file })
		if i < 0 {
			t.Logf("%s is not in the folder", file)
			continue
		}
		if f := rep.Files[i]; f.Loaded || !strings.Contains(f.Reason, want) {
			t.Errorf("%s: loaded %v, %q; want a reason with %q", file, f.Loaded, f.Reason, want)
		}
	}
}

// BenchmarkLoad loads the official folder where there is one, else the sample. live-MB is what the book keeps in memory.
func BenchmarkLoad(b *testing.B) {
	var fsys fs.FS = os.DirFS("testdata/sample")
	if dir := os.Getenv("CROSSWALK_RELEASES"); dir != "" {
		fsys = os.DirFS(dir)
	}
	b.ReportAllocs()
	var before, after runtime.MemStats
	var book *codebook.Book
	for b.Loop() {
		book = nil
		runtime.GC()
		runtime.ReadMemStats(&before)
		var err error
		if book, _, err = Load(b.Context(), fsys, Options{}); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
	}
	b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1e6, "live-MB")
	runtime.KeepAlive(book)
}

// The changes between two releases are those that the publisher's addenda list.
func TestOfficialChanges(t *testing.T) {
	book, _ := official(t)
	changes, err := book.Diff(codebook.ICD10CM, "2025", "2026")
	if err != nil {
		t.Fatal(err)
	}
	n := map[codebook.ChangeKind]int{}
	for _, c := range changes.List {
		if c.Billable || c.Kind == codebook.BecameHeader {
			n[c.Kind]++
		}
	}
	// The addenda count a code that turned into a header among the deleted ones.
	if n[codebook.Added] != 487 || n[codebook.Deleted]+n[codebook.BecameHeader] != 28 || n[codebook.Retitled] != 38 {
		t.Errorf("%v: want 487 codes added, 28 deleted and 38 retitled", n)
	}
}
