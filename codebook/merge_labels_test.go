package codebook

import "testing"

// A full release brings numbers and facts; the labels, units, search terms and rules that only the starter has must survive it.
func TestMergeKeepsWhatOnlyTheBaseKnows(t *testing.T) {
	build := func(fill func(b *Builder)) *Book {
		t.Helper()
		b := NewBuilder()
		fill(b)
		book, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	from := Date{Year: 2025, Month: 1, Day: 1}
	base := build(func(b *Builder) {
		rb := b.Release(Release{System: CPT, Edition: "2025", ValidFrom: from, Starter: true})
		rb.Code("11111", "our label", true, Facts{Units: "each 10 minutes", GlobalDays: "010"})
		rb.Notes("11111", Inclusion, "a lay word")
		rb.Code("22222", "a code that the fee schedule leaves out", true, Facts{})
		b.Guideline(Guideline{Number: "I.A.1", Title: "ours", Rule: "in our words", Set: "icd10cm"})
		b.Guideline(Guideline{Number: "B3.8", Title: "PCS", Rule: "kept", Set: "icd10pcs"})
	})
	over := build(func(b *Builder) {
		rb := b.Release(Release{System: CPT, Edition: "2025", ValidFrom: from})
		rb.Code("11111", "", true, Facts{GlobalDays: "090", Status: "A"})
		rb.Code("33333", "", true, Facts{})
		b.Guideline(Guideline{Number: "I.A.1", Title: "The Alphabetic Index", Set: "icd10cm"})
	})
	m := Merge(base, over)
	e, err := m.Lookup(CPT, "11111", Date{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Title != "our label" || e.Facts.Units != "each 10 minutes" || e.Facts.GlobalDays != "090" || e.Facts.Status != "A" {
		t.Errorf("11111 is %+v: want the starter's label and units with the fee schedule's facts", e)
	}
	if len(e.Notes) != 1 || e.Notes[0].Text != "a lay word" {
		t.Errorf("11111 has notes %+v: want the starter's inclusion term", e.Notes)
	}
	if hits := m.Search("lay word", SearchOptions{}); len(hits) != 1 || hits[0].Code != "11111" {
		t.Errorf("search by the starter's term found %+v", hits)
	}
	for _, c := range []Code{"22222", "33333"} {
		if _, err := m.Lookup(CPT, c, Date{}); err != nil {
			t.Error(err)
		}
	}
	if g, _ := m.Guideline("I.A.1"); g.Title != "The Alphabetic Index" || g.Rule != "in our words" {
		t.Errorf("guideline I.A.1 is %+v: want the official title with our rule", g)
	}
	if _, ok := m.Guideline("B3.8"); !ok {
		t.Error("guideline B3.8 of the base is gone")
	}
	if rs := m.Releases(); len(rs) != 1 || rs[0].Codes != 3 || rs[0].Starter {
		t.Errorf("releases are %+v: want one official CPT release of 3 codes", rs)
	}
	if o, _ := over.Lookup(CPT, "11111", Date{}); o.Title != "" {
		t.Errorf("merging changed the book that was merged: %+v", o)
	}
}
