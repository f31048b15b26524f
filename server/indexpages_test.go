package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"crosswalk/codebook"
)

// indexedSite is a site whose book has small indexes, invented for the tests.
func indexedSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	code := func(c codebook.Code, incomplete bool, column int) codebook.IndexCode {
		return codebook.IndexCode{Ref: codebook.Ref{System: codebook.ICD10CM, Code: c}, Incomplete: incomplete, Column: column}
	}
	manifestation := code("N183", true, 0)
	manifestation.Manifestation = true
	b := codebook.NewBuilder()
	from := codebook.Date{Year: 2024, Month: 10, Day: 1}
	b.Index(codebook.NewIndex{Kind: codebook.IndexDiseases, Edition: "2025", ValidFrom: from, Terms: []codebook.NewTerm{
		{Letter: "D", Title: "Diabetes, diabetic", Nonessential: "(mellitus) (sugar)", Codes: []codebook.IndexCode{code("E119", false, 0)}},
		{Level: 1, Title: "with"},
		{Level: 2, Title: "kidney <disease>", After: "NEC", Codes: []codebook.IndexCode{code("E1122", false, 0), manifestation},
			Refs: []codebook.IndexRef{{Kind: codebook.RefSeeAlso, Text: "Disease, kidney"}}},
		{Letter: "D", Title: "Disease"},
		{Level: 1, Title: "kidney", Refs: []codebook.IndexRef{{Kind: codebook.RefSee, Text: "Neoplasm, kidney, benign"}, {Kind: codebook.RefSee, Text: "condition"},
			{Kind: codebook.RefSeeCategory, Text: "N18", Code: "N18"}}},
	}})
	b.Index(codebook.NewIndex{Kind: codebook.IndexNeoplasms, Edition: "2025", ValidFrom: from, Heads: []string{"Malignant Primary", "Benign"}, Terms: []codebook.NewTerm{
		{Letter: "N", Title: "Neoplasm, neoplastic", Codes: []codebook.IndexCode{code("C801", false, 1)}},
		{Level: 1, Title: "kidney", Codes: []codebook.IndexCode{code("C64", true, 1), code("D300", true, 2)}},
		{Level: 2, Title: "capsule", Codes: []codebook.IndexCode{code("C64", true, 1)}},
	}})
	b.Index(codebook.NewIndex{Kind: codebook.IndexDrugs, Edition: "2025", ValidFrom: from, Heads: []string{"Poisoning Accidental (unintentional)", "Adverse effect"}, Terms: []codebook.NewTerm{
		{Letter: "#", Title: "2-propanol", Codes: []codebook.IndexCode{code("T512X1", false, 1)}},
		{Level: 1, Title: "slow", Codes: []codebook.IndexCode{code("T512X1", false, 1)}},
		{Level: 2, Title: "very slow", Codes: []codebook.IndexCode{code("T512X1", false, 1)}},
		{Letter: "I", Title: "Insulin", Codes: []codebook.IndexCode{code("T383X1", false, 1), code("T383X5", false, 2)}},
		{Level: 1, Title: "slow", Codes: []codebook.IndexCode{code("T383X1", false, 1)}},
	}})
	b.Index(codebook.NewIndex{Kind: codebook.IndexExternal, Edition: "2025", ValidFrom: from, Terms: []codebook.NewTerm{{Letter: "F", Title: "Fall", Codes: []codebook.IndexCode{code("W19", true, 0)}}}})
	b.Index(codebook.NewIndex{Kind: codebook.IndexProcedures, Edition: "2025", ValidFrom: from, Terms: []codebook.NewTerm{
		{Letter: "R", Title: "Resection"},
		{Level: 1, Title: "Gallbladder", Codes: []codebook.IndexCode{{Ref: codebook.Ref{System: codebook.ICD10PCS, Code: "0FT4"}, Incomplete: true}}},
	}})
	over, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	c := s.c
	c.Book = codebook.Merge(s.c.Book, over)
	s.c = c
	s.srv.SetContent(c)
	return s
}

func texts(sel *goquery.Selection) (out []string) {
	sel.Each(func(_ int, s *goquery.Selection) { out = append(out, strings.Join(strings.Fields(s.Text()), " ")) })
	return out
}

func TestIndexPages(t *testing.T) {
	s := indexedSite(t)
	b := s.browser(t)
	id := func(k codebook.IndexKind, path string) string {
		term, ok := s.c.Book.IndexFind(k, path, codebook.Date{})
		if !ok {
			t.Fatalf("no term %q", path)
		}
		return "/codebook/index/term/" + string(term.ID)
	}
	for _, tc := range []struct {
		name, path string
		sel        string
		want       []string
	}{
		{"letters", "/codebook/index", ".ix-cards .card", []string{"D2 main terms"}},
		{"main terms", "/codebook/index/d", ".ix-terms .ix-term", []string{"Diabetes, diabetic (mellitus) (sugar) 2 subterms", "Disease 1 subterm"}},
		{"found", "/codebook/index?q=kidney+diabetes", ".ix-terms .ix-term", []string{"Diabetes, diabetic, with, kidney <disease> NEC"}},
		{"nothing found", "/codebook/index?q=xylophone", ".empty h2", []string{"No term found for “xylophone”"}},
		{"below a term", id(codebook.IndexDiseases, "diabetes"), ".ix-terms .ix-term", []string{"with", "kidney <disease> NEC"}},
		{"codes of a term", id(codebook.IndexDiseases, "diabetes, with, kidney <disease> NEC"), ".ix-here li", []string{
			"ICD-10-CM E11.22 Type 2 diabetes mellitus with diabetic chronic kidney disease",
			"ICD-10-CM [N18.3-] second, after its etiology complete in the Tabular Chronic kidney disease, stage 3 (moderate)"}},
		{"its heading", id(codebook.IndexDiseases, "diabetes, with, kidney <disease> NEC"), "h1", []string{"Diabetes, diabetic (mellitus) (sugar), with, kidney <disease> NEC"}},
		{"where it refers to", id(codebook.IndexDiseases, "diabetes, with, kidney <disease> NEC"), ".ix-go a", []string{"Disease, kidney"}},
		{"all kinds of references", id(codebook.IndexDiseases, "disease, kidney"), ".ix-go .ix-ref", []string{
			"see Neoplasm, kidney, benign (column: Benign)", "see condition", "see category ICD-10-CM N18 complete in the Tabular"}},
		{"sites of a letter", "/codebook/neoplasms?letter=K", ".ix-table tbody th", []string{"kidney", "capsule"}},
		{"their codes", "/codebook/neoplasms?letter=K", ".ix-table tbody tr:first-child td", []string{"C64.-", "D30.0-"}},
		{"no site", "/codebook/neoplasms", ".ix-table tbody th", []string{"Neoplasm, neoplastic"}},
		{"columns", "/codebook/neoplasms", ".ix-table thead th", []string{"Site", "Malignant Primary", "Benign"}},
		{"a row of a table", id(codebook.IndexNeoplasms, "Neoplasm, kidney"), ".ix-table tbody th", []string{"kidney", "capsule"}},
		{"a found row", "/codebook/neoplasms?q=capsule", ".ix-table tbody th", []string{"Neoplasm, neoplastic, kidney, capsule"}},
		{"no drug before a letter", "/codebook/drugs", ".ix-table", nil},
		{"a letter that is none", "/codebook/drugs?letter=%23", ".ix-table tbody th", []string{"2-propanol", "slow", "very slow"}},
		{"drugs found", "/codebook/drugs?q=insul", ".ix-table tbody tr", []string{"Insulin T38.3X1 T38.3X5", "slow T38.3X1 –no code"}},
		{"external causes", "/codebook/external-causes?letter=F", ".ix-codes", []string{"ICD-10-CM W19.- complete in the Tabular"}},
		{"the way back, at the code", "/codebook/icd10cm/N18.30", ".ix-leads li", []string{"Diabetes, diabetic, with, kidney <disease> NEC", "Disease, kidney"}},
		{"found rows of several parents", "/codebook/drugs?q=slow", ".ix-table tbody th", []string{"Insulin, slow", "2-propanol, slow", "very slow"}},
		{"PCS letters", "/codebook/index?set=icd10pcs", ".ix-cards .card", []string{"R1 main term"}},
		{"PCS terms", "/codebook/index/R?set=icd10pcs", ".ix-term", []string{"Resection 1 subterm"}},
	} {
		p := b.get(tc.path)
		if p.StatusCode != http.StatusOK {
			t.Errorf("%s: %s: status %d", tc.name, tc.path, p.StatusCode)
			continue
		}
		if got := texts(p.doc.Find(tc.sel)); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %s: %q is %q, want %q", tc.name, tc.path, tc.sel, got, tc.want)
		}
	}
	for _, path := range []string{"/codebook/index/Q", "/codebook/drugs?letter=Z", "/codebook/index/term/d0000000000", "/codebook/index/term/x"} {
		if p := b.get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, p.StatusCode)
		}
	}
}

// Every link of the index pages leads to a page.
func TestIndexLinks(t *testing.T) {
	s := indexedSite(t)
	b := s.browser(t)
	seen := map[string]bool{}
	var walk func(path string)
	walk = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		p := b.get(path)
		if p.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, p.StatusCode)
			return
		}
		p.doc.Find("main a[href]").Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			switch {
			case strings.HasPrefix(href, "/codebook/index"), strings.HasPrefix(href, "/codebook/neoplasms"), strings.HasPrefix(href, "/codebook/drugs"), strings.HasPrefix(href, "/codebook/external"):
				walk(href)
			case strings.HasPrefix(href, "/codebook/icd10pcs/build"):
				if q := b.get(href); q.StatusCode != http.StatusOK {
					t.Errorf("%s, linked from %s: status %d", href, path, q.StatusCode)
				}
			}
		})
	}
	walk("/codebook/index?date=2025-11-14")
	if len(seen) < 20 {
		t.Errorf("only %d pages: %v", len(seen), seen)
	}
	for path := range seen {
		if !strings.Contains(path, "date=2025-11-14") {
			t.Errorf("%s has lost the date of service", path)
		}
	}
}
