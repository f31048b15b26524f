package codebook_test

import (
	"fmt"

	"crosswalk/codebook"
)

func ExampleBook_Lookup() {
	book, err := codebook.Starter()
	if err != nil {
		fmt.Println(err)
		return
	}
	on, _ := codebook.ParseDate("2025-11-14")
	e, err := book.Lookup(codebook.ICD10CM, "E1122", on)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Dotted(), e.Title, e.Billable, e.Release, e.Exact)
	fmt.Println(e.Notes[0].Kind, e.Notes[0].Text)
	// Output:
	// E11.22 Type 2 diabetes mellitus with diabetic chronic kidney disease true 2026 true
	// use-additional code to identify stage of chronic kidney disease (N18.1-N18.6)
}

func ExampleBook_Search() {
	book, err := codebook.Starter()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, h := range book.Search("ckd stage 3b", codebook.SearchOptions{BillableOnly: true, Limit: 1}) {
		fmt.Println(h.Dotted(), h.Title)
	}
	// Output: N18.32 Chronic kidney disease, stage 3b
}

func ExampleBook_Conflicts() {
	book, err := codebook.Starter()
	if err != nil {
		fmt.Println(err)
		return
	}
	refs := []codebook.Ref{{System: codebook.ICD10CM, Code: "F458"}, {System: codebook.ICD10CM, Code: "G4763"}}
	for _, c := range book.Conflicts(refs, codebook.ConflictOptions{}) {
		fmt.Println(c.Kind, c.Codes[0].Dotted(), c.Codes[1].Dotted(), c.From, c.Note)
	}
	// Output: excludes1 F45.8 G47.63 F45.8 sleep related teeth grinding (G47.63)
}
