package quizzes_test

import (
	"testing"
	"testing/fstest"

	"crosswalk/codebook"

	"github.com/google/go-cmp/cmp"
)

func refs(pairs ...string) (out []codebook.Ref) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, codebook.Ref{System: codebook.System(pairs[i]), Code: codebook.Code(pairs[i+1])})
	}
	return out
}

func TestQuestionShows(t *testing.T) {
	const tail = "\n  > W.\n- [ ] 99215 and G2212\n  > W.\n\n> R [[icd10cm:B20]].\n"
	tests := []struct {
		name, text string
		want       []codebook.Ref
	}{
		{"stem and right option", "## q {difficulty=1 cites=\"II\"}\n\nSee [[icd10cm:E11.9]] and [[icd10cm:E11]].\n\n- [x] 99214-25, G2211 and E11.9" + tail, refs("icd10cm", "E119", "icd10cm", "E11", "cpt", "99214", "hcpcs", "G2211")},
		{"an option in words", "## q {difficulty=1 cites=\"II\"}\n\nWhich?\n\n- [x] 99214, since it says so" + tail, nil},
		{"codes", "## q {kind=codes difficulty=1 cites=\"II\"}\n\nGive them.\n\n= icd10cm: S52.501A\n= cpt: 25605-RT\n\n> R.\n", refs("icd10cm", "S52501A", "cpt", "25605")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, one(t, tt.text).Questions()[0].Shows()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWants(t *testing.T) {
	areas := "items: 2\nareas: [{id: icd10cm, count: 1}]\nunscored: 0\ncharts: {count: 1"
	fsys := fstest.MapFS{
		"exams/shares.yaml": exam("shares", "items: 1\nareas: [{id: icd10cm, count: 1}]\nunscored: 0\nsettings: {inpatient: 0, outpatient: 2, ed: 1}\n"),
		"exams/none.yaml":   exam("none", "items: 1\nareas: [{id: icd10cm, count: 1}]\nunscored: 0\n"),
		"exams/charts.yaml": exam("charts", areas+", settings: {inpatient: 1}}\n"),
		"exams/any.yaml":    exam("any", areas+"}\n"),
	}
	b := loadBank(t, fsys)
	for id, want := range map[string][3]bool{"shares": {false, true, true}, "none": {}, "charts": {true, false, false}, "any": {true, true, true}} {
		bp := blueprint(t, b, id)
		if got := [3]bool{bp.Wants("inpatient"), bp.Wants("ed"), bp.Wants("office")}; got != want {
			t.Errorf("%s wants inpatient, ed, office: %v, want %v", id, got, want)
		}
	}
}
