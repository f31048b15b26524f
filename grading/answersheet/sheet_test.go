package answersheet_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
)

// A sheet made of an answer gives the answer back, through JSON too.
func TestRoundTrip(t *testing.T) {
	units, minutes, option := 2, 35, 1
	want := grading.Answer{
		Diagnoses: []grading.AnswerDiagnosis{{Code: "E11.22", POA: "Y", Evidence: []string{"diabetic kidney disease", "stage 3b"}}, {Code: "N18.32", POA: "Y"}},
		Procedures: []grading.AnswerProcedure{
			{Code: "99214", Modifiers: []string{"25"}, Units: &units, PointsTo: []string{"E11.22", "N18.32"}},
		},
		DRG: "291", Disposition: "01", EM: &grading.AnswerEM{Problems: "moderate", Data: "limited", Risk: "moderate", Minutes: &minutes},
		Query: &grading.AnswerQuery{Ask: true, Reason: "conflicting laterality", Indicators: []string{"left hip", "right hip"}, Option: &option},
	}
	text, err := json.Marshal(answersheet.Of(want))
	if err != nil {
		t.Fatal(err)
	}
	sh, err := answersheet.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	got, _, bad := sh.Answer(grading.Ask{Diagnoses: true, Procedures: true, Pointers: true, POA: true, DRG: true, Disposition: true, EM: true, Evidence: true, Query: true})
	if bad != nil {
		t.Fatal(bad)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// Blank lines are no lines of the answer, and pointers keep to the diagnosis they meant when lines move.
func TestBlankLinesAndPointers(t *testing.T) {
	sh := answersheet.Sheet{
		Dx: []answersheet.DxLine{{}, {Code: "I10"}, {Code: "E11.9"}},
		Px: []answersheet.PxLine{{}, {Code: "99213", Pointers: "bc"}},
	}
	if sh.Empty() || !(answersheet.Sheet{Dx: make([]answersheet.DxLine, 3)}).Empty() {
		t.Error("a sheet is empty when all its lines are blank")
	}
	ans, lines, _ := sh.Answer(grading.Ask{Diagnoses: true, Procedures: true, Pointers: true})
	if d := cmp.Diff(answersheet.Lines{Dx: []int{1, 2}, Px: []int{1}}, lines); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"I10", "E11.9"}, ans.Procedures[0].PointsTo); d != "" {
		t.Error(d)
	}
	if !sh.Act("up-dx-2") {
		t.Fatal("up-dx-2 is no action")
	}
	if ans, _, _ = sh.Answer(grading.Ask{Diagnoses: true, Procedures: true, Pointers: true}); ans.Diagnoses[0].Code != "E11.9" {
		t.Errorf("after moving up the first is %s", ans.Diagnoses[0].Code)
	}
	if d := cmp.Diff([]string{"I10", "E11.9"}, ans.Procedures[0].PointsTo); d != "" {
		t.Error(d)
	}
}
