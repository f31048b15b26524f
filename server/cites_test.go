package server

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
)

// testBook is a small book with one of everything that the codebook's pages show.
func testBook(t *testing.T) *codebook.Book {
	t.Helper()
	b := codebook.NewBuilder()
	day := func(s string) codebook.Date {
		d, err := codebook.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	cm := b.Release(codebook.Release{System: codebook.ICD10CM, Edition: "2026", ValidFrom: day("2025-10-01"), ValidTo: day("2026-09-30"), Starter: true})
	cm.Chapter(codebook.Chapter{Number: "4", First: "E00", Last: "E89", Title: "Endocrine diseases"})
	cm.Chapter(codebook.Chapter{Number: "19", First: "S00", Last: "T88", Title: "Injury"})
	cm.Section(codebook.Section{First: "E08", Last: "E13", Title: "Diabetes mellitus"})
	cm.Section(codebook.Section{First: "S50", Last: "S59", Title: "Injuries to the elbow and forearm"})
	cm.Code("E11", "Type 2 diabetes mellitus", false, codebook.Facts{})
	cm.Code("E112", "Type 2 diabetes mellitus with kidney complications", false, codebook.Facts{})
	cm.Code("E1122", "Type 2 diabetes mellitus with diabetic chronic kidney disease", true, codebook.Facts{Severity: "CC"})
	cm.Code("E119", "Type 2 diabetes mellitus without complications", true, codebook.Facts{})
	cm.Notes("E11", codebook.UseAdditional, "code to identify control using:", "insulin (Z79.4)", "oral drugs (E11.9)")
	cm.Notes("E11", codebook.Excludes1, "gestational diabetes (O24.4-)")
	cm.Notes("E1122", codebook.UseAdditional, "code to identify the stage (N18.1-N18.6)")
	cm.ChapterNotes("4", codebook.Excludes1, "transitory disorders of the newborn (P70-P74)")
	cm.Code("S52", "Fracture of forearm", false, codebook.Facts{SeventhChars: []codebook.Choice{{Char: "A", Title: "initial encounter"}, {Char: "D", Title: "subsequent encounter"}}})
	cm.Code("S5253", "Colles' fracture", false, codebook.Facts{})
	cm.Code("S52531", "Colles' fracture of right radius", false, codebook.Facts{})
	cm.Code("S52531A", "Colles' fracture of right radius, initial encounter", true, codebook.Facts{})

	pcs := b.Release(codebook.Release{System: codebook.ICD10PCS, Edition: "2026", Starter: true})
	axis := func(title string, kv ...string) codebook.PCSAxis {
		a := codebook.PCSAxis{Title: title}
		for i := 0; i < len(kv); i += 2 {
			a.Values = append(a.Values, codebook.Choice{Char: kv[i], Title: kv[i+1]})
		}
		return a
	}
	pcs.Table(codebook.PCSTable{
		Prefix: "0FT", Axes: [3]string{"Section", "Body System", "Operation"}, Labels: [3]string{"Medical and Surgical", "Hepatobiliary System and Pancreas", "Resection"},
		Definition: "Cutting out or off all of a body part",
		Rows: []codebook.PCSRow{
			{axis("Body Part", "4", "Gallbladder", "G", "Pancreas"), axis("Approach", "0", "Open", "4", "Percutaneous Endoscopic"), axis("Device", "Z", "No Device"), axis("Qualifier", "Z", "No Qualifier")},
			{axis("Body Part", "1", "Liver, Right Lobe"), axis("Approach", "0", "Open"), axis("Device", "Z", "No Device"), axis("Qualifier", "Z", "No Qualifier")},
		},
	})
	pcs.Code("0FT", "Hepatobiliary System and Pancreas, Resection", false, codebook.Facts{})
	pcs.Code("0FT44ZZ", "Resection of Gallbladder, Percutaneous Endoscopic Approach", true, codebook.Facts{})

	cpt := b.Release(codebook.Release{System: codebook.CPT, Edition: "2026", Starter: true})
	cpt.Code("25605", "Closed treatment of distal radius fracture with manipulation", true, codebook.Facts{GlobalDays: "090", Status: "A", Bilateral: "1"})
	cpt.Code("29125", "Short arm splint", true, codebook.Facts{GlobalDays: "000"})
	cpt.Code("99213", "Office visit, established, low", true, codebook.Facts{GlobalDays: "XXX"})
	b.NCCI("25605", "29125", "1")
	hcpcs := b.Release(codebook.Release{System: codebook.HCPCS, Edition: "2025-10", Starter: true})
	hcpcs.Code("J1100", "Injection, dexamethasone sodium phosphate, 1 mg", true, codebook.Facts{Status: "D"})

	for _, g := range []codebook.Guideline{
		{Number: "I.C.1.d.1", Title: "Coding of sepsis", Rule: "Code sepsis first.", Set: "icd10cm"},
		{Number: "I.C.19", Title: "Chapter 19: injury", Rule: "Injuries.", Set: "icd10cm"},
		{Number: "I.C.19.c", Title: "Coding of traumatic fractures", Rule: "See E11.9 and Z99.", Set: "icd10cm"},
		{Number: "App.I", Title: "Present on admission", Rule: "POA.", Set: "icd10cm"},
		{Number: "B3.1a", Title: "Root operation, definition", Rule: "Apply the full definition.", Set: "icd10pcs"},
		{Number: "B3.8", Title: "Excision vs. resection", Rule: "All of it.", Set: "icd10pcs"},
	} {
		b.Guideline(g)
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func testWords(t *testing.T) words {
	t.Helper()
	w, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestCiteOf(t *testing.T) {
	book, w := testBook(t), testWords(t)
	for _, tc := range []struct {
		cite string
		want citeView
	}{
		{"I.C.19.c", citeView{"ICD-10-CM guideline I.C.19.c", "/codebook/guidelines/I.C.19.c", "Coding of traumatic fractures"}},
		{"I.C.19.a", citeView{"ICD-10-CM guideline I.C.19.a", "/codebook/guidelines/I.C.19", "Chapter 19: injury"}}, // the nearest above
		{"I.C.1.d.1.(a)(ii)", citeView{"ICD-10-CM guideline I.C.1.d.1.(a)(ii)", "/codebook/guidelines/I.C.1.d.1", "Coding of sepsis"}},
		{"IV.H", citeView{"ICD-10-CM guideline IV.H", "", ""}},
		{"App.I", citeView{"ICD-10-CM guideline App.I", "/codebook/guidelines/App.I", "Present on admission"}},
		{"B3.8", citeView{"ICD-10-PCS guideline B3.8", "/codebook/guidelines/B3.8", "Excision vs. resection"}},
		{"tabular:E11.22", citeView{"Tabular List at E11.22", "/codebook/icd10cm/E11.22", "Type 2 diabetes mellitus with diabetic chronic kidney disease"}},
		{"tabular:E08-E13", citeView{"Tabular List at E08-E13", "/codebook/icd10cm?chapter=4#s-E08-E13", "Diabetes mellitus"}},
		{"tabular:Chapter 4", citeView{"Tabular List at Chapter 4", "/codebook/icd10cm?chapter=4", "Endocrine diseases"}},
		{"tabular:N18", citeView{"Tabular List at N18", "", ""}},
		{"ncci:25605/29125", citeView{"NCCI edit 25605 / 29125", "/codebook/cpt/25605", "29125 is denied beside 25605 unless a modifier says that it was distinct"}},
		{"ncci:29125/25605", citeView{"NCCI edit 29125 / 25605", "/codebook/cpt/29125", "29125 is denied beside 25605 unless a modifier says that it was distinct"}},
		{"pfs:25605", citeView{"Medicare physician fee schedule, 25605", "/codebook/cpt/25605", "Closed treatment of distal radius fracture with manipulation"}},
		{"pfs:99999", citeView{"Medicare physician fee schedule, 99999", "", ""}},
		{"HIPAA Privacy Rule, 45 CFR 164.512", citeView{"HIPAA Privacy Rule, 45 CFR 164.512", "", ""}},
		{"AHIMA/ACDIS: compliant query practice", citeView{"AHIMA/ACDIS: compliant query practice", "", ""}},
	} {
		if diff := cmp.Diff(tc.want, citeOf(book, w, tc.cite)); diff != "" {
			t.Errorf("citeOf(%q) (-want +got):\n%s", tc.cite, diff)
		}
	}
}

func TestGuidelineNumbers(t *testing.T) {
	for _, tc := range []struct {
		number, above, part string
		depth               int
	}{
		{"I.C.1.d.1.(a)(ii)", "I.C.1.d.1.(a)", "I.C.1", 7},
		{"I.C.1.d.1.(a)", "I.C.1.d.1", "I.C.1", 6},
		{"I.A.12.a", "I.A.12", "I.A", 4},
		{"I.C.19", "I.C", "I.C.19", 3},
		{"IV.H", "IV", "IV", 2},
		{"II", "", "II", 1},
		{"App.I.Exempt", "App.I", "App.I", 3},
		{"B3.1a", "B3.1", "B", 3},
		{"B3.11", "B3", "B", 2},
		{"A1", "", "A", 1},
	} {
		if got := guidelineAbove(tc.number); got != tc.above {
			t.Errorf("guidelineAbove(%q) = %q, want %q", tc.number, got, tc.above)
		}
		if got := guidelinePart(tc.number); got != tc.part {
			t.Errorf("guidelinePart(%q) = %q, want %q", tc.number, got, tc.part)
		}
		if got := guidelineDepth(tc.number); got != tc.depth {
			t.Errorf("guidelineDepth(%q) = %d, want %d", tc.number, got, tc.depth)
		}
	}
}
