package server

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
)

func TestCodeRange(t *testing.T) {
	w := testWords(t)
	for _, tc := range []struct {
		sys  codebook.System
		code codebook.Code
		want string
	}{
		{codebook.CPT, "00100", "anesthesia"}, {codebook.CPT, "11102", "integumentary"}, {codebook.CPT, "25605", "musculoskeletal"},
		{codebook.CPT, "31622", "respiratory"}, {codebook.CPT, "33361", "cardiovascular"}, {codebook.CPT, "38525", "hemic"},
		{codebook.CPT, "45378", "digestive"}, {codebook.CPT, "52000", "urinary"}, {codebook.CPT, "55920", "reproductive"},
		{codebook.CPT, "58150", "female"}, {codebook.CPT, "59400", "maternity"}, {codebook.CPT, "66984", "eye"}, {codebook.CPT, "74176", "radiology"},
		{codebook.CPT, "88305", "pathology"}, {codebook.CPT, "0001U", "pathology"}, {codebook.CPT, "93010", "medicine"}, {codebook.CPT, "99070", "medicine"},
		{codebook.CPT, "99202", "em"}, {codebook.CPT, "99499", "em"}, {codebook.CPT, "99500", "medicine"}, {codebook.CPT, "1036F", "category2"},
		{codebook.CPT, "0446T", "category3"}, {codebook.HCPCS, "J1100", "j"},
	} {
		got := codeRange(tc.sys, tc.code)
		if got != tc.want {
			t.Errorf("codeRange(%s, %s) = %q, want %q", tc.sys, tc.code, got, tc.want)
		}
		if _, ok := w["codebook."+string(tc.sys)+"_"+got]; !ok {
			t.Errorf("no words for range %q of %s", got, tc.sys)
		}
	}
	for c := 'a'; c <= 'v'; c++ { // every first letter that ParseCode takes
		if _, ok := w["codebook.hcpcs_"+string(c)]; !ok {
			t.Errorf("no words for HCPCS codes that begin with %c", c)
		}
	}
}

func TestNoteLevels(t *testing.T) {
	book := testBook(t)
	e, err := book.Lookup(codebook.ICD10CM, "E1122", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, lv := range noteLevels(book, e, codebook.Date{}) {
		got = append(got, lv.From+" "+lv.Path)
		for _, g := range lv.Groups {
			for _, l := range g.Lines {
				line := string(g.Kind) + ": "
				if l.Under {
					line = "- "
				}
				for _, p := range l.Parts {
					if p.Path != "" {
						line += "[" + p.Text + "]"
					} else {
						line += p.Text
					}
				}
				got = append(got, "  "+line)
			}
		}
	}
	want := []string{
		"E11.22 ",
		"  use-additional: code to identify the stage (N18.1-N18.6)",
		"E11 /codebook/icd10cm/E11",
		"  use-additional: code to identify control using:",
		"  - insulin (Z79.4)",
		"  - oral drugs ([E11.9])",
		"  excludes1: gestational diabetes (O24.4-)",
		"Chapter 4 /codebook/icd10cm?chapter=4",
		"  excludes1: transitory disorders of the newborn (P70-P74)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notes of E11.22 (-want +got):\n%s", diff)
	}
}

func TestEveryNoteKindHasWords(t *testing.T) {
	w := testWords(t)
	for _, k := range []codebook.NoteKind{
		codebook.Includes, codebook.Inclusion, codebook.Excludes1, codebook.Excludes2, codebook.CodeFirst, codebook.UseAdditional, codebook.CodeAlso,
		codebook.Instruction, codebook.Definition,
	} {
		if w["note.kind_"+string(k)] == "" {
			t.Errorf("no words for notes of kind %q", k)
		}
		if _, ok := w["note.means_"+string(k)]; !ok {
			t.Errorf("no words for what a note of kind %q means", k)
		}
	}
}

func TestSeventhOf(t *testing.T) {
	book := testBook(t)
	table := func(code codebook.Code) *seventhTable {
		e, err := book.Lookup(codebook.ICD10CM, code, codebook.Date{})
		if err != nil {
			t.Fatal(err)
		}
		return seventhOf(book, e, book.Ancestors(codebook.ICD10CM, code, codebook.Date{}), codebook.Date{})
	}
	known := seventhRow{Char: "A", Title: "initial encounter", Code: "S52.531A", Path: "/codebook/icd10cm/S52.531A"}
	current := known
	current.Current = true
	unknown := seventhRow{Char: "D", Title: "subsequent encounter"}
	for _, tc := range []struct {
		name string
		code codebook.Code
		want *seventhTable
	}{
		{"the header that asks for it: nothing can be completed yet", "S52", &seventhTable{From: "S52", Own: true, Rows: []seventhRow{{Char: "A", Title: "initial encounter"}, unknown}}},
		{"six characters: each makes a code", "S52531", &seventhTable{From: "S52", Rows: []seventhRow{known, unknown}, Linked: true}},
		{"a complete code is marked", "S52531A", &seventhTable{From: "S52", Rows: []seventhRow{current, unknown}, Linked: true}},
		{"a code without", "E119", nil},
	} {
		if diff := cmp.Diff(tc.want, table(tc.code)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestFactsInWords(t *testing.T) {
	book, w := testBook(t), testWords(t)
	e, err := book.Lookup(codebook.CPT, "25605", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	got := factsInWords(w, e)
	want := []factView{
		{"Global days", "090", w["fact.global_090"]}, {"Both sides", "1", w["fact.bilateral_1"]}, {"Medicare status", "A", w["fact.status_a"]},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts of 25605 (-want +got):\n%s", diff)
	}
	drug, err := book.Lookup(codebook.HCPCS, "J1100", codebook.Date{})
	if err != nil {
		t.Fatal(err)
	}
	if got := factsInWords(w, drug); len(got) != 1 || got[0].Text != w["fact.coverage_d"] {
		t.Errorf("facts of J1100 = %+v, want the coverage letter of the HCPCS file", got)
	}
	odd := codebook.Entry{Facts: codebook.Facts{GlobalDays: "QQQ"}}
	if got := factsInWords(w, odd); len(got) != 1 || got[0].Short != "QQQ" || got[0].Text != w["fact.unknown_value"] {
		t.Errorf("a value without words = %+v, want it shown as it is", got)
	}
}

func TestWalkPCS(t *testing.T) {
	book := testBook(t)
	for _, tc := range []struct{ code, labels, refused string }{
		{"", "", ""},
		{"0FT", "Medical and Surgical; Hepatobiliary System and Pancreas; Resection", ""},
		{"0FT44ZZ", "Medical and Surgical; Hepatobiliary System and Pancreas; Resection; Gallbladder; Percutaneous Endoscopic; No Device; No Qualifier", ""},
		{"0FT14", "Medical and Surgical; Hepatobiliary System and Pancreas; Resection; Liver, Right Lobe", "4"}, // rows may not be mixed
		{"X", "", "X"},
		{"0FT44ZZ9", "Medical and Surgical; Hepatobiliary System and Pancreas; Resection; Gallbladder; Percutaneous Endoscopic; No Device; No Qualifier", "9"},
	} {
		chars, refused := walkPCS(book, tc.code, codebook.Date{})
		var labels []string
		for _, c := range chars {
			labels = append(labels, c.Label)
		}
		if got := strings.Join(labels, "; "); got != tc.labels || refused != tc.refused {
			t.Errorf("walkPCS(%q) = %q, refused %q; want %q, refused %q", tc.code, got, refused, tc.labels, tc.refused)
		}
	}
}

func TestNearRows(t *testing.T) {
	rows := []codeRow{{Code: "A"}, {Code: "B"}, {Code: "D"}, {Code: "E"}, {Code: "F"}}
	for _, tc := range []struct{ code, want string }{{"C", "BD"}, {"A0", "AB"}, {"Z", "EF"}} {
		got := ""
		for _, r := range nearRows(rows, tc.code, 2) {
			got += r.Code
		}
		if got != tc.want {
			t.Errorf("nearRows around %s = %s, want %s", tc.code, got, tc.want)
		}
	}
}

func TestGroups(t *testing.T) {
	book, w := testBook(t), testWords(t)
	chapters := chapterGroups(book, w, codebook.Date{})
	if len(chapters) != 2 || chapters[0].Count != 1 || chapters[0].Path != "/codebook/icd10cm?chapter=4" {
		t.Errorf("chapters = %+v, want two, one category in the first", chapters)
	}
	fillChapter(book, &chapters[0], codebook.Date{})
	if g := chapters[0].Groups; len(g) != 1 || g[0].Range != "E08-E13" || len(g[0].Rows) != 1 || g[0].Rows[0].Code != "E11" {
		t.Errorf("sections of chapter 4 = %+v, want E08-E13 with E11", g)
	}
	tables := tableGroups(book, codebook.Date{})
	if len(tables) != 1 || len(tables[0].Groups) != 1 || tables[0].Groups[0].Rows[0].Path != "/codebook/icd10pcs/0FT" {
		t.Errorf("tables = %+v, want 0FT under 0 and 0F", tables)
	}
	cpt := rangeGroups(book, w, codebook.CPT, codebook.Date{})
	if len(cpt) != 2 || cpt[0].Name != "Evaluation and management" || cpt[1].Range != "25605-29125" {
		t.Errorf("ranges of CPT = %+v, want E/M and musculoskeletal", cpt)
	}
	starter, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	endocrine := codeGroup{Anchor: "4"}
	fillChapter(starter, &endocrine, codebook.Date{})
	if len(endocrine.Notes) == 0 {
		t.Error("chapter 4 of the starter book has notes, and its page shows none")
	}
	for _, row := range cpt[0].Rows {
		if row.Header || row.Ended {
			t.Errorf("%+v is neither a header nor out of force", row)
		}
	}
}

func TestGuidelineHas(t *testing.T) {
	g := codebook.Guideline{Number: "I.C.19.c", Title: "Coding of traumatic fractures", Rule: "A fracture not said to be open is coded as closed."}
	for q, want := range map[string]bool{"": true, "open fracture": true, "i.c.19": true, "sepsis": false, "fracture sepsis": false} {
		if got := guidelineHas(g, q); got != want {
			t.Errorf("guidelineHas(%q) = %t, want %t", q, got, want)
		}
	}
}

func TestFormatCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 98186: "98,186", 1670123: "1,670,123", -100: "-100", -4321: "-4,321"} {
		if got := formatCount(n); got != want {
			t.Errorf("formatCount(%d) = %q, want %q", n, got, want)
		}
	}
}
