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

func ExampleBook_ClaimConflicts() {
	book, err := codebook.Starter()
	if err != nil {
		fmt.Println(err)
		return
	}
	claim := codebook.Claim{Setting: codebook.Practitioner, Lines: []codebook.ClaimLine{
		{Ref: codebook.Ref{System: codebook.ICD10CM, Code: "W010XXA"}},
		{Ref: codebook.Ref{System: codebook.ICD10CM, Code: "S52531A"}},
	}}
	for _, c := range book.ClaimConflicts(claim) {
		fmt.Printf("%s: %s (%s)\n", c.Kind, c.Sentence(), c.Cite())
	}
	// Output: principal: W01.0XXA cannot stand first: an external cause only adds to the injury or condition that it brought about; report that first. (I.C.20.a.6)
}
