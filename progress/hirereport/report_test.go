package hirereport

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/grading"
)

func graded(t testing.TB, k grading.Key, a grading.Answer) grading.Result {
	t.Helper()
	r, err := grading.ParseAnswer(&k, a)
	if err != nil {
		t.Fatal(err)
	}
	return grading.Grade(&k, r, nil, grading.AllOrNothing)
}

func chart(r grading.Result, setting string, seconds int) Item {
	return Item{Chart: true, Scored: true, Weight: 4, Share: r.SchemeScore.Percent / 100, Seconds: seconds, Setting: setting, Pace: Pace{5, 20, "a source"}, Result: r}
}

func visitKey() grading.Key {
	return grading.Key{
		Setting: "office", Bills: grading.Professional, Ask: grading.Ask{Diagnoses: true, Procedures: true, Query: true},
		Diagnoses:  []grading.Diagnosis{{Code: "E1122", First: grading.IsFirst, Weight: grading.Required}, {Code: "N1832", Weight: grading.Required}, {Code: "Z794", Weight: grading.Status}},
		Procedures: []grading.Procedure{{System: "cpt", Code: "99214", Modifiers: []string{"25"}, Units: 1}, {System: "cpt", Code: "11042", Units: 1}, {System: "hcpcs", Code: "J1885", Units: 2}},
		Query:      &grading.Query{Reason: "type not stated", Reasons: []string{"type not stated", "other"}, Indicators: []string{"A1c 9.1"}},
	}
}

func stayKey() grading.Key {
	return grading.Key{
		Setting: "inpatient", Bills: grading.Facility, Ask: grading.Ask{Diagnoses: true, Procedures: true, POA: true, DRG: true, Query: true}, DRG: "871",
		Diagnoses: []grading.Diagnosis{
			{Code: "A419", First: grading.IsFirst, Weight: grading.Required, POA: "Y"}, {Code: "J189", Weight: grading.Required, POA: "Y"}, {Code: "N179", Weight: grading.Required, POA: "N"},
		},
		Procedures: []grading.Procedure{{System: "icd10pcs", Code: "5A1945Z"}},
	}
}

func units(n int) *int { return &n }

func TestMake(t *testing.T) {
	visit := graded(t, visitKey(), grading.Answer{
		Diagnoses: []grading.AnswerDiagnosis{{Code: "N18.32"}, {Code: "E11.22"}, {Code: "I10"}},
		Procedures: []grading.AnswerProcedure{ // a level too high, the modifier missed, a service right, the drug left out
			{Code: "99215"}, {Code: "11042"},
		},
		Query: &grading.AnswerQuery{Ask: true, Reason: "other", Indicators: []string{"A1c 9.1"}},
	})
	bare := graded(t, visitKey(), grading.Answer{ // the right level without its modifier, a modifier that is not called for
		Diagnoses:  []grading.AnswerDiagnosis{{Code: "E11.22"}, {Code: "N18.32"}, {Code: "Z79.4"}},
		Procedures: []grading.AnswerProcedure{{Code: "99214"}, {Code: "11042", Modifiers: []string{"59"}}, {Code: "J1885", Units: units(2)}},
		Query:      &grading.AnswerQuery{},
	})
	stay := graded(t, stayKey(), grading.Answer{
		Diagnoses:  []grading.AnswerDiagnosis{{Code: "A41.9", POA: "Y"}, {Code: "J18.9", POA: "N"}},
		Procedures: []grading.AnswerProcedure{{Code: "5A1945Z"}}, DRG: "871",
		Query: &grading.AnswerQuery{Ask: true, Reason: "other"},
	})
	empty := graded(t, stayKey(), grading.Answer{})
	in := Input{
		Candidate: Person{ID: "c1", Name: "Ann"}, Test: Test{PassPercent: 60}, Sitting: Sitting{StartedAt: time.Unix(0, 0)},
		Items: []Item{
			{Area: "em", Scored: true, Weight: 1, Share: 1}, {Area: "em", Scored: true, Weight: 1}, {Area: "icd10cm", Scored: true, Weight: 1, Share: 1}, {Area: "icd10cm", Weight: 1, Share: 1},
			chart(visit, "office", 300), chart(bare, "office", 200), chart(stay, "inpatient", 1200), chart(empty, "inpatient", 0),
		},
	}
	r := Make(in)
	share := func(f *Figure) [2]float64 {
		if f == nil {
			return [2]float64{-1, -1}
		}
		return [2]float64{f.Right, f.Of}
	}
	for name, x := range map[string]struct {
		f    *Figure
		want [2]float64
	}{
		"questions":  {r.Accuracy.Questions, [2]float64{2, 3}},
		"clean":      {r.Accuracy.Clean, [2]float64{0, 4}},
		"icd10cm":    {r.Accuracy.ICD10CM, [2]float64{7, 13}}, // 2 of 3 with I10 beside, 3 of 3, 2 of 3, 0 of 3
		"icd10pcs":   {r.Accuracy.ICD10PCS, [2]float64{1, 2}},
		"cpt":        {r.Accuracy.CPT, [2]float64{3, 4}},
		"hcpcs":      {r.Accuracy.HCPCS, [2]float64{1, 2}},
		"modifiers":  {r.Accuracy.Modifiers, [2]float64{0, 2}},
		"sequencing": {r.Accuracy.Sequencing, [2]float64{2, 4}},
		"poa":        {r.Accuracy.POA, [2]float64{1, 2}}, // that of the missed diagnosis is no error of its own
		"drg":        {r.Accuracy.DRG, [2]float64{1, 2}},
		"em":         {r.EM.Agreement, [2]float64{1, 2}},
		"query":      {r.Query.Right, [2]float64{1, 4}},
		"made":       {r.Query.Made, [2]float64{1, 2}},
	} {
		if got := share(x.f); got != x.want {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
	if r.Charts != 4 || r.Questions != 4 || r.Unscored != 1 || r.Unanswered != 1 || r.Overall.Of != 19 || r.Overall.N != 5.4 { // 19² / 67
		t.Errorf("charts %d, questions %d, unscored %d, unanswered %d, overall %+v", r.Charts, r.Questions, r.Unscored, r.Unanswered, r.Overall)
	}
	if d := cmp.Diff(EM{Agreement: r.EM.Agreement, Over1: 1, Over: count{1, 2}.figure(), Under: count{0, 2}.figure()}, *r.EM); d != "" {
		t.Errorf("levels (-want +got):\n%s", d)
	}
	if d := cmp.Diff(Query{Right: r.Query.Right, Made: r.Query.Made, Called: 2, Missed: 1, Needless: 1, Unsaid: 1, MissedShare: count{1, 2}.figure(), NeedlessShare: count{1, 2}.figure()}, *r.Query); d != "" {
		t.Errorf("query (-want +got):\n%s", d)
	}
	if r.Balance.Over != 2 || r.Balance.Under != 7 || r.Balance.OverCharts.Right != 1 || r.Balance.Tends != TendsNot {
		t.Errorf("balance %+v", r.Balance)
	}
	if e := r.Errors[0]; e.Finding != "DX-MISS" || e.Count != 5 || e.Charts.Right != 3 || len(r.Errors) != TopErrors {
		t.Errorf("errors %+v", r.Errors)
	}
	if len(r.Pace) != 2 || r.Pace[0].Setting != "office" || r.Pace[0].PerHour != 14.4 || r.Pace[0].Seconds != nil || r.Pace[0].Beside != Open || r.Pace[1].Charts != 1 {
		t.Errorf("pace %+v", r.Pace)
	}
	if r.Money != nil {
		t.Errorf("money without a fee schedule: %+v", r.Money)
	}
	if r.Passed || r.Line != LineWithin {
		t.Errorf("passed %v, the line is %s the range, at %+v", r.Passed, r.Line, r.Overall)
	}
}

// TestRepeats: what is asked beside a missed line is no second error.
func TestRepeats(t *testing.T) {
	k := stayKey()
	k.Ask = grading.Ask{Diagnoses: true, POA: true, Evidence: true}
	for i := range k.Diagnoses {
		k.Diagnoses[i].Evidence = []grading.Evidence{{Text: "some words of the note"}}
	}
	r := Make(Input{Items: []Item{chart(graded(t, k, grading.Answer{Diagnoses: []grading.AnswerDiagnosis{{Code: "A41.9", POA: "Y"}}}), "inpatient", 0)}})
	got := map[string]int{}
	for _, e := range r.Errors {
		got[e.Finding] = e.Count
	}
	if d := cmp.Diff(map[string]int{"DX-MISS": 2, "EVID": 1}, got); d != "" || r.Balance.Under != 2 {
		t.Errorf("under %d, errors (-want +got):\n%s", r.Balance.Under, d)
	}
}

func TestMakeNothing(t *testing.T) {
	r := Make(Input{Test: Test{PassPercent: 70}})
	if r.Overall != nil || r.Passed || r.EM != nil || r.Query != nil || r.Money != nil || r.Accuracy != (Accuracy{}) {
		t.Errorf("a form without items: %+v", r)
	}
	raw, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(raw), `"errors":[]`) || !strings.Contains(string(raw), `"overall":null`) {
		t.Errorf("%s %v", raw, err)
	}
}

func TestPass(t *testing.T) {
	of := func(right, n, line int) Report {
		in := Input{Test: Test{PassPercent: line}}
		for i := range n {
			it := Item{Area: "em", Scored: true, Weight: 1}
			if i < right {
				it.Share = 1
			}
			in.Items = append(in.Items, it)
		}
		return Make(in)
	}
	for _, tt := range []struct {
		right, n, line int
		passed         bool
		at             LineIs
	}{{70, 100, 70, true, LineWithin}, {69, 100, 70, false, LineWithin}, {95, 100, 70, true, LineBelow}, {40, 100, 70, false, LineAbove}, {2, 3, 66, true, LineWithin}, {2, 3, 67, false, LineWithin}} {
		if r := of(tt.right, tt.n, tt.line); r.Passed != tt.passed || r.Line != tt.at {
			t.Errorf("%d of %d at %d %%: passed %v, line %s; want %v, %s", tt.right, tt.n, tt.line, r.Passed, r.Line, tt.passed, tt.at)
		}
	}
	// Printed it is 70.0 %, but passing is not decided by what is printed.
	short := Make(Input{Test: Test{PassPercent: 70}, Items: []Item{{Chart: true, Scored: true, Weight: 4, Share: .6996}}})
	if short.Overall.Percent10 != 700 || short.Passed {
		t.Errorf("69.96 %% at 70 %%: %+v, passed %v", short.Overall, short.Passed)
	}
}

func TestMoney(t *testing.T) {
	var s moneySum
	d := func(v float64) *float64 { return &v }
	for _, m := range []*grading.Money{
		{Direction: grading.Over, Basis: "rvu", Dollars: d(40)}, {Direction: grading.Even, Basis: "rvu", Dollars: d(0)}, {Direction: grading.Under, Basis: "apc", Dollars: d(-10)},
		{Direction: grading.Under, Basis: "cc"}, {Direction: grading.Unclear, Basis: "rvu", Dollars: d(99)}, nil,
	} {
		s.add(m)
	}
	m := s.money()
	if m.Charts != 5 || m.OverCharts.Percent10 != 200 || m.UnderCharts.Percent10 != 400 || m.Over != 1 || m.Under != 2 || m.Unclear != 1 || m.Even.Right != 1 || m.Priced != 3 || *m.Net != 30 || m.TooMuch != 40 || m.Lost != 10 || m.Mean.Value != 10 || strings.Join(m.Basis, " ") != "rvu apc cc" {
		t.Errorf("%+v", m)
	}
}

func TestPaceBeside(t *testing.T) {
	field := Pace{Low: 6, High: 12} // 5 to 10 minutes
	for _, tt := range []struct {
		seconds []float64
		want    Beside
	}{{[]float64{100, 110, 90, 105}, Faster}, {[]float64{400, 450, 380}, Within}, {[]float64{900, 950, 1000, 870}, Slower}, {[]float64{60, 60}, Open}} {
		c := newCharts()
		for _, s := range tt.seconds {
			c.time(Item{Setting: "ed", Seconds: int(s), Pace: field})
		}
		if p := c.pace()[0]; p.Beside != tt.want {
			t.Errorf("%v: %s, want %s (%+v)", tt.seconds, p.Beside, tt.want, p.Seconds)
		}
	}
}

func TestSetOf(t *testing.T) {
	for code, want := range map[string]string{"I10": "icd10cm", "E11.9": "icd10cm", "S52.531A": "icd10cm", "0FT44ZZ": "icd10pcs", "99214": "cpt", "0275T": "cpt", "J1885": "hcpcs", "": "icd10cm"} {
		if got := setOf(code); string(got) != want {
			t.Errorf("%q is %s, want %s", code, got, want)
		}
	}
}

// TestJSON holds the form of the JSON: names may come, none may go.
func TestJSON(t *testing.T) {
	raw, err := json.Marshal(Make(Input{Items: []Item{chart(graded(t, visitKey(), grading.Answer{}), "office", 10)}}))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields("v level candidate test sitting charts questions unscored unanswered passed line overall accuracy areas em balance errors money pace query percentile") {
		if _, ok := got[name]; !ok {
			t.Errorf("no %q in %s", name, raw)
		}
	}
}
