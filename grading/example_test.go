package grading_test

import (
	"fmt"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// A key, an answer as it came, and what it is worth. Without a book the codes have no titles.
func ExampleGrade() {
	key := grading.Key{
		Bills: grading.Professional,
		Ask:   grading.Ask{Diagnoses: true},
		Diagnoses: []grading.Diagnosis{
			{Code: "E1122", First: grading.IsFirst, Weight: grading.Required},
			{Code: "N1832", Weight: grading.Required},
		},
	}
	answer, err := grading.DecodeAnswer([]byte(`{"diagnoses": [{"code": "E11.22"}, {"code": "N18.30"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	response, err := grading.ParseAnswer(&key, answer)
	if err != nil {
		fmt.Println(err)
		return
	}
	result := grading.Grade(&key, response, nil, grading.Learning)
	fmt.Printf("%.1f %% learning, %.1f %% audit accuracy, clean: %v\n", result.Learning.Percent, result.AuditAccuracy, result.Clean)
	for _, p := range result.Parts {
		fmt.Printf("%s %s: %d of %d hundredths %q\n", *p.Line, p.Component, p.Earned, p.Possible, p.Finding)
	}
	// Output:
	// 78.6 % learning, 50.0 % audit accuracy, clean: false
	// E11.22 code: 300 of 300 hundredths ""
	// E11.22 position: 100 of 100 hundredths ""
	// N18.32 code: 150 of 300 hundredths "DX-SPEC"
}

func ExampleGradeItem() {
	key := grading.ItemKey{Kind: grading.Codes, Codes: []grading.ItemCode{{System: codebook.CPT, Code: "25605", Modifiers: []string{"RT"}}}}
	result := grading.GradeItem(&key, grading.ItemAnswer{Codes: []string{"25605-LT"}})
	fmt.Println(result.Correct, result.Earned, "of", result.Possible, result.Parts[0].Finding)
	// Output: false 50 of 100 CPT-MOD
}
