package release

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"crosswalk/codebook"
	"crosswalk/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

func loadSample(t *testing.T) (*codebook.Book, Report) {
	t.Helper()
	book, rep, err := Load(t.Context(), os.DirFS("testdata/sample"), Options{})
	if err != nil {
		t.Fatalf("%v\n%v", err, rep)
	}
	return book, rep
}

// The report names every file with its kind, its edition and what became of its rows.
func TestReport(t *testing.T) {
	_, rep := loadSample(t)
	testkit.Golden(t, "testdata/sample.report", rep.String())
	for _, f := range rep.Files {
		sum := f.Kept
		for _, s := range f.Skipped {
			sum += s.Rows
		}
		if sum != f.Rows {
			t.Errorf("%s: %d kept and skipped of %d rows", f.Path, sum, f.Rows)
		}
		if !f.Loaded && f.Reason == "" {
			t.Errorf("%s is skipped without a reason", f.Path)
		}
	}
}

func TestReleasesOfTheSample(t *testing.T) {
	_, rep := loadSample(t)
	date := func(y, m int) codebook.Date {
		return codebook.DateOf(codebook.Date{Year: y, Month: 1, Day: 1}.Time().AddDate(0, m-1, 0))
	}
	want := []codebook.Release{
		{System: codebook.ICD10CM, Edition: "2025", ValidFrom: date(2024, 10), Codes: 20, Source: "diagnoses/icd10cm_order_2025.txt"},
		{System: codebook.ICD10CM, Edition: "2026", ValidFrom: date(2025, 10), Codes: 22, Source: "diagnoses/icd10cm-order-2026.txt"},
		{System: codebook.ICD10PCS, Edition: "2026", ValidFrom: date(2025, 10), Codes: 5, Source: "inpatient/icd10pcs_order_2026.txt"},
		{System: codebook.CPT, Edition: "2025", ValidFrom: date(2025, 1), Codes: 7, Source: "outpatient/PPRRVU2025_Oct.csv, outpatient/opps_2025_addendum_b.csv"},
		{System: codebook.HCPCS, Edition: "2025-10", ValidFrom: date(2025, 10), Codes: 4, Source: "outpatient/hcpcs_2025_oct.csv"},
	}
	if diff := cmp.Diff(want, rep.Releases); diff != "" {
		t.Errorf("releases (-want +got):\n%s", diff)
	}
}

func TestDiagnosesOfTheSample(t *testing.T) {
	book, _ := loadSample(t)
	dx := func(c codebook.Code) codebook.Entry {
		t.Helper()
		e, err := book.Lookup(codebook.ICD10CM, c, codebook.Date{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	notes := func(e codebook.Entry) (out []string) {
		for _, n := range e.Notes {
			out = append(out, string(n.Kind)+" "+n.From+": "+n.Text)
		}
		return out
	}
	want := []string{
		"use-additional E11.22: code to identify stage of chronic kidney disease (N18.9)",
		"includes E11: diabetes NOS",
		"use-additional E11: code to identify control using:",
		"use-additional E11: insulin (Z79.4)",
		"excludes1 E11: diabetes due to underlying condition (E08.-)",
		"includes E08-E13: a term listed at a section",
		"excludes1 Chapter 4: transitory disorders specific to newborn (P70-P74)",
	}
	if diff := cmp.Diff(want, notes(dx("E1122"))); diff != "" {
		t.Errorf("notes of E11.22 (-want +got):\n%s", diff)
	}
	if n := dx("E119").Notes[0].Text; n != "Sézary's sugar, an invented term & its ampersand" {
		t.Errorf("inclusion term of E11.9 is %q", n)
	}
	for c, want := range map[codebook.Code]codebook.Facts{
		"E1122":   {Severity: "CC"},
		"E089":    {Manifestation: true}, // the Code Editor says so
		"N08":     {Manifestation: true}, // its title does
		"N400":    {Sex: "M"},
		"S060X7A": {Severity: "MCC"},
		"S060X1D": {POAExempt: true},
		"S06":     {},
		"N40":     {Sex: "M"}, // as all codes below it
		"E08":     {Manifestation: true},
		"E11":     {}, // E11.9 is no CC
		"S610":    {SeventhChars: []codebook.Choice{{Char: "A", Title: "initial encounter"}, {Char: "D", Title: "subsequent encounter"}}},
		"S060X1":  {SeventhChars: []codebook.Choice{{Char: "A", Title: "initial encounter (active treatment)"}, {Char: "D", Title: "subsequent encounter"}}},
		"S060X7":  {Severity: "MCC", SeventhChars: []codebook.Choice{{Char: "A", Title: "initial encounter (active treatment)"}}}, // the order file lists no D
	} {
		if diff := cmp.Diff(want, dx(c).Facts); diff != "" {
			t.Errorf("facts of %s (-want +got):\n%s", c, diff)
		}
	}
	if s, ok := book.Section("S610XXA", codebook.Date{}); !ok || s.Range() != "S60-S69" || s.Title != "Injuries to the wrist, hand and fingers" || s.Chapter != "19" {
		t.Errorf("section of S61.0XXA is %+v", s)
	}
	if _, err := book.Lookup(codebook.ICD10CM, "N400", codebook.Date{Year: 2025, Month: 9, Day: 30}); !errors.Is(err, codebook.ErrUnknownCode) {
		t.Errorf("N40.0 before it came into force: %v", err)
	}
}

func TestInpatientProceduresOfTheSample(t *testing.T) {
	book, _ := loadSample(t)
	chars, err := book.PCS("0FT40ZZ", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	want := []codebook.PCSChar{
		{Position: 1, Axis: "Section", Char: "0", Label: "Medical and Surgical"},
		{Position: 2, Axis: "Body System", Char: "F", Label: "Hepatobiliary System and Pancreas"},
		{Position: 3, Axis: "Operation", Char: "T", Label: "Resection", Definition: "Cutting out or off, without replacement, all of a body part"},
		{Position: 4, Axis: "Body Part", Char: "4", Label: "Gallbladder", Definition: "Includes: Fundus; Neck"},
		{Position: 5, Axis: "Approach", Char: "0", Label: "Open", Definition: "Cutting through the skin. Any layer"},
		{Position: 6, Axis: "Device", Char: "Z", Label: "No Device"},
		{Position: 7, Axis: "Qualifier", Char: "Z", Label: "No Qualifier"},
	}
	if diff := cmp.Diff(want, chars); diff != "" {
		t.Errorf("0FT40ZZ (-want +got):\n%s", diff)
	}
}

func TestProceduresOfTheSample(t *testing.T) {
	book, _ := loadSample(t)
	for c, want := range map[codebook.Ref]codebook.Facts{
		{System: codebook.CPT, Code: "11111"}: {Status: "A", GlobalDays: "090", Bilateral: "1", Multiple: "2", Assistant: "2", CoSurgeons: "1", TeamSurgeons: "0", Components: "0",
			OPPS: "J1", MUE: codebook.MUE{Units: 1, Indicator: "2"}, MUEHospital: codebook.MUE{Units: 2, Indicator: "3"}},
		{System: codebook.CPT, Code: "22222"}: {Status: "A", GlobalDays: "XXX", Bilateral: "0", Multiple: "0", Assistant: "0", CoSurgeons: "0", TeamSurgeons: "0", Components: "1"},
		{System: codebook.CPT, Code: "33333"}: {Status: "A", GlobalDays: "ZZZ", Bilateral: "0", Multiple: "0", Assistant: "2", CoSurgeons: "0", TeamSurgeons: "0", Components: "0", AddOn: true},
		{System: codebook.CPT, Code: "0002M"}: {OPPS: "Q4"},
		{System: codebook.CPT, Code: "44444"}: {OPPS: "D", Ended: codebook.Date{Year: 2024, Month: 12, Day: 31}},
		{System: codebook.HCPCS, Code: "J1100"}: {Status: "E", GlobalDays: "XXX", Bilateral: "9", Multiple: "9", Assistant: "9", CoSurgeons: "9", TeamSurgeons: "9", Components: "9",
			OPPS: "N", MUE: codebook.MUE{Units: 0, Indicator: "3"}},
		{System: codebook.HCPCS, Code: "J9999"}: {Ended: codebook.Date{Year: 2023, Month: 12, Day: 31}},
		{System: codebook.HCPCS, Code: "C9999"}: {OPPS: "D", Ended: codebook.Date{Year: 2024, Month: 12, Day: 31}},
	} {
		e, err := book.Lookup(c.System, c.Code, codebook.Date{})
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(want, e.Facts); diff != "" {
			t.Errorf("facts of %s (-want +got):\n%s", c.Code, diff)
		}
		if e.Billable != want.Ended.IsZero() {
			t.Errorf("%s is billable %v, ended %q", c.Code, e.Billable, want.Ended)
		}
		if c.System == codebook.CPT && e.Title != "" {
			t.Errorf("CPT %s has a title %q: the files have none", c.Code, e.Title)
		}
	}
	if m, ok := book.Modifier("XS"); !ok || m.Title != "Separate structure, a service that is distinct" || m.System != codebook.HCPCS {
		t.Errorf("modifier XS is %+v", m)
	}
}

func TestEditsOfTheSample(t *testing.T) {
	book, _ := loadSample(t)
	if m, ok := book.NCCI("11111", "J1100"); m != "0" || !ok {
		t.Errorf("11111/J1100: %q, %v", m, ok)
	}
	if _, ok := book.NCCI("J1100", "11111"); ok {
		t.Error("the pair 11111/J1100 stands the other way round too")
	}
	if p := book.Primaries("33333"); len(p) != 1 || p[0] != "11111" {
		t.Errorf("primaries of 33333: %v", p)
	}
	if p := book.Primaries("33335"); len(p) > 0 {
		t.Errorf("primaries of 33335, whose list is open: %v", p)
	}
}

func TestGuidelinesOfTheSample(t *testing.T) {
	book, _ := loadSample(t)
	want := []string{
		"I Conventions, general coding guidelines and chapter specific guidelines",
		"I.A Conventions for the ICD-10-CM", "I.A.1 The Alphabetic Index and Tabular List", "I.A.2 Format and structure",
		"I.B General Coding Guidelines", "I.C Chapter-Specific Coding Guidelines", "I.C.1 Chapter 1: Certain Infectious and Parasitic Diseases",
		"I.C.1.a A first heading", "I.C.1.a.1 Coding of sepsis", "I.C.1.a.1.a Sepsis", "I.C.1.a.1.a.i Cultures", "I.C.1.a.1.a.ii Urosepsis with no blank",
		"I.C.1.a.1.b Severe sepsis", "I.C.1.a.2 Burns, whose parts are lettered",
		"I.C.1.a.2.a When the first letter follows a number, it stands for one in parentheses", "I.C.1.a.2.b And the second",
		"I.C.1.b A second heading of a chapter that is as long as a line, with non-ST elevation",
		"II Selection of Principal Diagnosis", "II.A Codes for symptoms", "III Reporting Additional Diagnoses",
		"IV Outpatient Services", "IV.A Selection of first-listed condition", "IV.A.1 Outpatient surgery",
		"App.I Present on Admission Reporting Guidelines",
	}
	var got []string
	for _, g := range book.Guidelines() {
		got = append(got, g.Number+" "+g.Title)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("guidelines (-want +got):\n%s", diff)
	}
	for cite, want := range map[string]bool{"I.C.1.a.1.(a)(ii)": true, "I.C.1.a.9": false, "II.A": true} {
		if known, checked := book.CiteOK(cite); known != want || !checked {
			t.Errorf("citation %s: known %v, checked %v; want %v and checked", cite, known, checked, want)
		}
	}
}

// sample is the sample folder as a map, so that a test can spoil it.
func sample(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	fsys := os.DirFS("testdata/sample")
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, p)
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func zipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Compressed files, in other folders and in another order, make the same book.
func TestGzipAndPlaceDoNotMatter(t *testing.T) {
	plain, _ := loadSample(t)
	files := fstest.MapFS{}
	for p, f := range sample(t) {
		files["z/"+filepath.Base(p)+".gz"] = &fstest.MapFile{Data: zipped(t, f.Data)}
	}
	book, rep, err := Load(t.Context(), files, Options{})
	if err != nil {
		t.Fatalf("%v\n%v", err, rep)
	}
	if book.Edition() != plain.Edition() {
		t.Errorf("edition %s from compressed files, %s from plain ones", book.Edition(), plain.Edition())
	}
}

func TestSameEditionTwice(t *testing.T) {
	files := sample(t)
	o := files["diagnoses/icd10cm-order-2026.txt"]
	files["diagnoses/z-copy-2026.txt"] = &fstest.MapFile{Data: o.Data}
	_, rep, err := Load(t.Context(), files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rep.Files {
		if f.Path == "diagnoses/z-copy-2026.txt" && (f.Loaded || f.Reason != "diagnoses/icd10cm-order-2026.txt is the same edition") {
			t.Errorf("the copy: %+v", f)
		}
	}
}

// A damaged file is named with the line; all of them are, and then there is no book.
func TestDamage(t *testing.T) {
	cutAt := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)-n] } }
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("the sample has no %q", old)
			}
			return bytes.Replace(b, []byte(old), []byte(new), 1)
		}
	}
	for _, c := range []struct {
		name, file string
		spoil      func([]byte) []byte
		want       string
	}{
		{"order file cut off", "diagnoses/icd10cm-order-2026.txt", cutAt(5), "diagnoses/icd10cm-order-2026.txt:22: the last line has no line end"},
		{"order file with a line missing", "diagnoses/icd10cm-order-2026.txt", replace("00003 ", "00004 "), "icd10cm-order-2026.txt:3: order number 00004 follows 00002"},
		{"order file with no flag", "diagnoses/icd10cm-order-2026.txt", replace("E11     0", "E11     x"), "icd10cm-order-2026.txt:3: "},
		{"order file with a code twice", "diagnoses/icd10cm-order-2026.txt", replace("E119 ", "E1122"), "icd10cm-order-2026.txt:6: E11.22 stands twice"},
		{"Tabular List cut off", "diagnoses/icd10cm-tabular-2026.xml", cutAt(30), "icd10cm-tabular-2026.xml:121: the file ends within <"},
		{"Tabular List with crossed elements", "diagnoses/icd10cm-tabular-2026.xml", replace("</note></excludes1>", "</excludes1></note>"), "icd10cm-tabular-2026.xml:14: "},
		{"Tabular List with no code", "diagnoses/icd10cm-tabular-2026.xml", replace("<name>E11.2</name>", "<name>E1.12</name>"), "icd10cm-tabular-2026.xml:36: "},
		{"Tabular List with a code under another", "diagnoses/icd10cm-tabular-2026.xml", replace("<name>E11.2</name>", "<name>E12.2</name>"), "E12.2 stands under E11"},
		{"POA list with no code", "diagnoses/poa-full.txt", replace("S06.0X1D", "S06,0X1D"), "diagnoses/poa-full.txt:2: "},
		{"guidelines cut off", "diagnoses/guidelines.txt", cutAt(180), "diagnoses/guidelines.txt:"},
		{"PCS table that counts wrong", "inpatient/icd10pcs_tables.xml", replace(`codes="2"`, `codes="3"`), "inpatient/icd10pcs_tables.xml:15: a row of table 0FT"},
		{"PCS axis that counts wrong", "inpatient/icd10pcs_tables.xml", replace(`<label code="0">Open</label>`, ""), "axis 5 says that it has 2 values and has 1"},
		{"PCS definitions without a title", "inpatient/icd10pcs_definitions.xml", replace("<title>A title alone</title>", ""), "icd10pcs_definitions.xml:8: terms without a title"},
		{"HCPCS with a field missing", "outpatient/hcpcs_2025_oct.csv", replace(",D,19820101", ",19820101"), "outpatient/hcpcs_2025_oct.csv:4: wrong number of fields"},
		{"HCPCS with no code", "outpatient/hcpcs_2025_oct.csv", replace("J1100", "11100"), "outpatient/hcpcs_2025_oct.csv:4: "},
		{"attributes with no date", "outpatient/attributes_2024_jul.csv", replace("2023-12-31", "31.12.2023"), "outpatient/attributes_2024_jul.csv:3: date of termination"},
		{"modifier of three characters", "outpatient/modifiers_2025_oct.csv", replace("LT,", "LTT,"), "outpatient/modifiers_2025_oct.csv:2: "},
		{"fee schedule with other global days", "outpatient/PPRRVU2025_Oct.csv", replace("090", "091"), `outpatient/PPRRVU2025_Oct.csv:2: global days is "091"`},
		{"addendum B with no status", "outpatient/opps_2025_addendum_b.csv", replace("J1,5111", ",5111"), "outpatient/opps_2025_addendum_b.csv:2: "},
		{"pair with no indicator", "edits/ncci_ptp_2024q3.csv", replace("22222,1,", "22222,2,"), "edits/ncci_ptp_2024q3.csv:2: modifier indicator"},
		{"pair cut off", "edits/ncci_ptp_2024q3.csv", cutAt(1), "edits/ncci_ptp_2024q3.csv:4: the last line has no line end"},
		{"MUE below zero", "edits/ncci_mue_practitioner_2024q3.csv", replace("11111,1,", "11111,-1,"), "edits/ncci_mue_practitioner_2024q3.csv:2: "},
		{"add-on of another type", "edits/addon_2024q3.csv", replace("CCCCC,2", "CCCCC,4"), "edits/addon_2024q3.csv:3: edit type"},
		{"severity of another level", "edits/v41.1_cc_mcc.csv", replace("MCC", "MMC"), "edits/v41.1_cc_mcc.csv:3: level"},
		{"code editor with no code", "edits/mce_v41.1_dx_edits.csv", replace("E089", "E0_9"), "edits/mce_v41.1_dx_edits.csv:4: "},
		{"header alone", "edits/v41.1_cc_mcc.csv", func(b []byte) []byte { return b[:bytes.IndexByte(b, '\n')+1] }, "edits/v41.1_cc_mcc.csv: it has no rows"},
		{"gzip cut off", "diagnoses/icd10cm-order-2026.txt", func(b []byte) []byte { z := zipped(t, b); return z[:len(z)-12] }, "diagnoses/icd10cm-order-2026.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := sample(t)
			files[c.file] = &fstest.MapFile{Data: c.spoil(files[c.file].Data)}
			book, _, err := Load(t.Context(), files, Options{})
			if err == nil || book != nil {
				t.Fatalf("no error for a damaged file, or a book: %v", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is\n%v\nwant in it %q", err, c.want)
			}
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("error does not wrap ErrDamaged: %v", err)
			}
			if e, ok := errors.AsType[*FileError](err); !ok || e.Path != c.file {
				t.Errorf("error names no file, or another than %s: %v", c.file, err)
			}
		})
	}
	t.Run("all problems at once", func(t *testing.T) {
		files := sample(t)
		for _, p := range []string{"edits/ncci_ptp_2024q3.csv", "outpatient/PPRRVU2025_Oct.csv"} {
			files[p] = &fstest.MapFile{Data: cutAt(1)(files[p].Data)}
		}
		_, _, err := Load(t.Context(), files, Options{})
		for _, want := range []string{"edits/ncci_ptp_2024q3.csv:4", "outpatient/PPRRVU2025_Oct.csv:10"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v does not name %s", err, want)
			}
		}
	})
}

func TestEditionUnknownIsRefused(t *testing.T) {
	files := fstest.MapFS{"codes.txt": sample(t)["diagnoses/icd10cm-order-2026.txt"]}
	_, _, err := Load(t.Context(), files, Options{})
	if err == nil || !strings.Contains(err.Error(), "codes.txt") || !strings.Contains(err.Error(), "2026-04") {
		t.Fatalf("error is %v: want the file and how to give the edition", err)
	}
	book, _, err := Load(t.Context(), files, Options{Edition: "2027"})
	if err != nil {
		t.Fatal(err)
	}
	if r := book.Releases()[0]; r.Edition != "2027" || r.ValidFrom.String() != "2026-10-01" {
		t.Errorf("release is %+v", r)
	}
}

func TestNoCodeSet(t *testing.T) {
	_, rep, err := Load(t.Context(), fstest.MapFS{"a.txt": {Data: []byte("words\n")}, "empty": {}}, Options{})
	if !errors.Is(err, ErrNoCodes) || len(rep.Files) != 2 || rep.Files[0].Loaded {
		t.Errorf("error %v, report %v", err, rep)
	}
}

func TestPathsNamedOutright(t *testing.T) {
	if _, _, err := LoadPaths(t.Context(), []string{"testdata/sample/README.md"}, Options{}); !errors.Is(err, ErrNotRelease) {
		t.Errorf("a file that is no release file: %v", err)
	}
	if _, _, err := LoadPaths(t.Context(), []string{"testdata/none"}, Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a path that does not exist: %v", err)
	}
	book, rep, err := LoadPaths(t.Context(), []string{"testdata/sample/inpatient", "testdata/sample/diagnoses/icd10cm-order-2026.txt"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(book.Releases()); n != 2 || rep.Files[0].Path != "testdata/sample/diagnoses/icd10cm-order-2026.txt" {
		t.Errorf("%d releases, files %v", n, rep)
	}
}

func TestCancelledLoadStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Load(ctx, os.DirFS("testdata/sample"), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestBaseLiesUnderTheReleases(t *testing.T) {
	b := codebook.NewBuilder()
	rb := b.Release(codebook.Release{System: codebook.CPT, Edition: "2025", ValidFrom: codebook.Date{Year: 2025, Month: 1, Day: 1}, Starter: true})
	rb.Code("11111", "our label", true, codebook.Facts{})
	b.Guideline(codebook.Guideline{Number: "I.A.1", Title: "Index", Rule: "in our words", Set: "icd10cm"})
	base, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	book, _, err := Load(t.Context(), os.DirFS("testdata/sample"), Options{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	e, err := book.Lookup(codebook.CPT, "11111", codebook.Date{})
	if err != nil || e.Title != "our label" || e.Facts.GlobalDays != "090" {
		t.Errorf("11111 is %+v, %v: want the base's label with the fee schedule's facts", e, err)
	}
	if g, _ := book.Guideline("I.A.1"); g.Rule != "in our words" {
		t.Errorf("guideline I.A.1 is %+v", g)
	}
}
