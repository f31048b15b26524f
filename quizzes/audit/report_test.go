package audit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/internal/testkit"
	"crosswalk/quizzes"
	"crosswalk/quizzes/audit"
)

func caseOf(t testing.TB, id string) (*quizzes.Case, *codebook.Book) {
	t.Helper()
	cases, book := shipped(t)
	for _, cs := range cases {
		if cs.ID == id {
			return cs, book
		}
	}
	t.Fatalf("no case %s", id)
	return nil, nil
}

// drillOf is the drill of a fault by its kind and what stands there now.
func drillOf(t testing.TB, cs *quizzes.Case, book *codebook.Book, kind audit.Kind, is string) audit.Drill {
	t.Helper()
	all, err := audit.All(&cs.Key, book)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Fault.Kind == kind && d.Fault.Is == is {
			return d
		}
	}
	t.Fatalf("%s has no drill %s %s", cs.ID, kind, is)
	return audit.Drill{}
}

// keyClaim is the claim of a case without a fault: a drill of a seed that has none.
func keyClaim(t testing.TB, cs *quizzes.Case, book *codebook.Book) audit.Drill {
	t.Helper()
	for seed := range uint64(500) {
		d, err := audit.Draw(&cs.Key, book, seed)
		if err != nil {
			t.Fatal(err)
		}
		if d.Fault == nil {
			return d
		}
	}
	t.Fatal("no seed gives a claim without fault")
	return audit.Drill{}
}

// TestGrade: what each report earns.
func TestGrade(t *testing.T) {
	cs, book := caseOf(t, "ed-colles-fracture")
	right := keyClaim(t, cs, book)
	side := drillOf(t, cs, book, audit.Laterality, "S52.532A")
	missing := drillOf(t, cs, book, audit.Missing, "")
	noRT := drillOf(t, cs, book, audit.ModifierMissing, "25605-54")
	first := drillOf(t, cs, book, audit.First, "I10")
	half := right.Claim // a claim that is better than the one with the wrong side, and not right: the side is open
	half.Diagnoses = slices.Clone(half.Diagnoses)
	half.Diagnoses[3].Code = "Y92.019"
	nothing := grading.Answer{}
	for _, c := range []struct {
		name                 string
		drill                audit.Drill
		report               audit.Report
		found, named, mended grading.Points
		say                  string
	}{
		{"all three", side, audit.Report{Line: "dx-1", Kind: audit.Laterality, Claim: &right.Claim}, 400, 200, 400, "S52.531A"},
		{"found and not named", side, audit.Report{Line: "dx-1", Kind: audit.Encounter, Claim: &right.Claim}, 400, 0, 400, "The side"},
		{"another line", side, audit.Report{Line: "dx-2", Kind: audit.Laterality, Claim: &right.Claim}, 0, 0, 400, "diagnosis 2 (I10)"},
		{"not mended", side, audit.Report{Line: "dx-1", Kind: audit.Laterality}, 400, 200, 0, "as it was given to you"},
		{"mended and something else spoiled", side, audit.Report{Line: "dx-1", Kind: audit.Laterality, Claim: &half}, 400, 200, 266, "Y92.010"},
		{"all lines taken out", side, audit.Report{Line: "dx-1", Kind: audit.Laterality, Claim: &nothing}, 400, 200, 0, "no better"},
		{"taken for right", side, audit.Report{Line: audit.NoFault}, 0, 0, 0, "There is a fault"},
		{"a line that is missing", missing, audit.Report{Line: audit.MissingDx, Kind: audit.Missing, Claim: &right.Claim}, 400, 200, 400, "missing"},
		{"another name that is as true", noRT, audit.Report{Line: "px-1", Kind: audit.Laterality, Claim: &right.Claim}, 400, 200, 400, "A modifier"},
		{"the other of two lines that changed places", first, audit.Report{Line: "dx-2", Kind: audit.First, Claim: &right.Claim}, 400, 200, 400, "first"},
		{"right, and said so", right, audit.Report{Line: audit.NoFault}, 400, 200, 400, "no fault"},
		{"right, and doubted", right, audit.Report{Line: "dx-1", Kind: audit.Specificity}, 0, 0, 400, "one claim in eight"},
		{"right, and spoiled", right, audit.Report{Line: "dx-1", Kind: audit.Laterality, Claim: &side.Claim}, 0, 0, 0, "was right, and is not any more"},
	} {
		r, err := audit.ParseReport(&cs.Key, c.drill, c.report)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		res, err := audit.Grade(&cs.Key, book, c.drill, r)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := [3]grading.Points{res.Step(audit.StepFound).Earned, res.Step(audit.StepNamed).Earned, res.Step(audit.StepMended).Earned}
		if want := [3]grading.Points{c.found, c.named, c.mended}; got != want {
			t.Errorf("%s: found, named, mended %v, want %v: %+v", c.name, got, want, res.Parts)
		}
		if sum := got[0] + got[1] + got[2]; res.Earned != sum || res.Possible != 1000 || res.Right != (sum == 1000) {
			t.Errorf("%s: earned %d of %d, right %v; the parts make %d", c.name, res.Earned, res.Possible, res.Right, sum)
		}
		var words string
		for _, p := range res.Parts {
			words += p.Why + "\n"
		}
		if !strings.Contains(words, c.say) {
			t.Errorf("%s: %q is not said:\n%s", c.name, c.say, words)
		}
		if c.drill.Fault != nil && len(res.Told) == 0 {
			t.Errorf("%s: the grader's own words are missing", c.name)
		}
	}
}

// TestEveryDrillCanBeSolved: for every fault of every case, the right report earns everything, and the claim left as it is earns
// nothing for its mending.
func TestEveryDrillCanBeSolved(t *testing.T) {
	cases, book := shipped(t)
	for _, cs := range testkit.Some(10, cases) {
		all, err := audit.All(&cs.Key, book)
		if err != nil {
			t.Fatal(err)
		}
		right := keyClaim(t, cs, book).Claim
		for _, d := range all {
			name := cs.ID + " " + string(d.Fault.Kind) + " " + d.Fault.Is
			for _, line := range d.Fault.Lines {
				r, err := audit.ParseReport(&cs.Key, d, audit.Report{Line: line, Kind: d.Fault.Kind, Claim: &right})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if res, err := audit.Grade(&cs.Key, book, d, r); err != nil || !res.Right || res.Percent != 100 {
					t.Errorf("%s: the right report at %s earns %v %%: %v %+v", name, line, res.Percent, err, res.Parts)
				}
			}
			if !audit.Holds(&cs.Key, book, d) {
				t.Errorf("%s: does not hold", name)
			}
			r, err := audit.ParseReport(&cs.Key, d, audit.Report{Line: d.Fault.Lines[0], Kind: d.Fault.Kind})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if res, _ := audit.Grade(&cs.Key, book, d, r); res.Step(audit.StepMended).Earned != 0 || res.Earned != 600 {
				t.Errorf("%s: left as it is it earns %v", name, res.Parts)
			}
		}
	}
}

// TestHolds: a drill made with another key is no drill any more when its fault became right, or when there is a second one.
func TestHolds(t *testing.T) {
	cs, book := caseOf(t, "ed-colles-fracture")
	d := drillOf(t, cs, book, audit.Laterality, "S52.532A")
	accepts := cs.Key
	accepts.Diagnoses = slices.Clone(accepts.Diagnoses)
	accepts.Diagnoses[0].Accept = []codebook.Code{"S52532A"}
	if audit.Holds(&accepts, book, d) {
		t.Error("what the key accepts now is still a fault")
	}
	more := cs.Key
	more.Diagnoses = slices.Clone(more.Diagnoses)
	more.Diagnoses[1].Code = "I119"
	if audit.Holds(&more, book, d) {
		t.Error("a claim with two faults is still a drill")
	}
	right := keyClaim(t, cs, book)
	if audit.Holds(&more, book, right) || !audit.Holds(&cs.Key, book, right) {
		t.Error("a claim without fault is told by its key")
	}
}

// TestParseReport: what has no form is told with its place, all at once.
func TestParseReport(t *testing.T) {
	cs, _ := caseOf(t, "ed-colles-fracture")
	_, book := shipped(t)
	d := drillOf(t, cs, book, audit.Laterality, "S52.532A")
	for _, c := range []struct {
		name   string
		report audit.Report
		parts  []string
	}{
		{"nothing", audit.Report{}, []string{"line", "kind"}},
		{"a line that is not there", audit.Report{Line: "dx-40", Kind: audit.First}, []string{"line"}},
		{"a line written otherwise", audit.Report{Line: "dx-01", Kind: audit.First}, []string{"line"}},
		{"a procedure that is not there", audit.Report{Line: "px-0", Kind: audit.First}, []string{"line"}},
		{"no kind", audit.Report{Line: "dx-1"}, []string{"kind"}},
		{"a kind of another claim", audit.Report{Line: "dx-1", Kind: audit.POA}, []string{"kind"}},
		{"a kind that there is not", audit.Report{Line: "dx-1", Kind: "typo"}, []string{"kind"}},
		{"a kind of no fault", audit.Report{Line: audit.NoFault, Kind: audit.First}, []string{"kind"}},
		{"a claim without form", audit.Report{Line: "dx-1", Kind: audit.Laterality, Claim: &grading.Answer{
			Diagnoses: []grading.AnswerDiagnosis{{Code: "E1"}}, Procedures: []grading.AnswerProcedure{{Code: "25605", Modifiers: []string{"RTX"}, PointsTo: []string{"I10"}}},
		}}, []string{"claim.diagnoses[0].code", "claim.procedures[0].modifiers[0]", "claim.procedures[0].points_to[0]"}},
	} {
		_, err := audit.ParseReport(&cs.Key, d, c.report)
		var bad grading.FormatErrors
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var parts []string
		for _, e := range bad {
			parts = append(parts, e.Part)
		}
		if !slices.Equal(parts, c.parts) {
			t.Errorf("%s: %v, want %v", c.name, parts, c.parts)
		}
	}
	// What an audit does not look at goes: it is never kept.
	r, err := audit.ParseReport(&cs.Key, d, audit.Report{Line: "dx-1", Kind: audit.Laterality, Claim: &grading.Answer{
		Diagnoses: []grading.AnswerDiagnosis{{Code: "I10", Evidence: []string{"words"}}}, DRG: "291", Query: &grading.AnswerQuery{Ask: true, Reason: "words"},
	}})
	if err != nil || r.Claim.Query != nil || r.Claim.DRG != "" || r.Claim.Diagnoses[0].Evidence != nil {
		t.Errorf("%+v %v", r.Claim, err)
	}
}

func TestDecodeReport(t *testing.T) {
	r, err := audit.DecodeReport([]byte(`{"line":"dx-2","kind":"order","claim":{"diagnoses":[{"code":"I10"}]}}`))
	if err != nil || r.Line != "dx-2" || r.Kind != audit.Order || r.Claim.Diagnoses[0].Code != "I10" {
		t.Errorf("%+v %v", r, err)
	}
	if r, err := audit.DecodeReport([]byte(`{"line":"none"}`)); err != nil || r.Claim != nil {
		t.Errorf("%+v %v", r, err)
	}
	for _, bad := range []string{"", "[]", "{", `{"line":1}`, `{"lin":"none"}`, `{"line":"none"} {}`, `{"claim":{"diagnose":[]}}`, `{"claim":[]}`, strings.Repeat(" ", grading.MaxAnswerBytes+1)} {
		if _, err := audit.DecodeReport([]byte(bad)); err == nil {
			t.Errorf("%.40q is read", bad)
		}
	}
}

// FuzzReport: whatever a report says, it is refused with a place and words, or graded between nothing and all.
func FuzzReport(f *testing.F) {
	f.Add([]byte(`{"line":"dx-2","kind":"order","claim":{"diagnoses":[{"code":"I10"}],"procedures":[{"code":"25605","modifiers":["RT"],"units":2,"points_to":["A"]}]}}`), uint64(1))
	f.Add([]byte(`{"line":"none"}`), uint64(2))
	f.Add([]byte(`{"line":"missing-dx","kind":"missing","claim":null}`), uint64(3))
	cs, book := caseOf(f, "ed-colles-fracture")
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		r, err := audit.DecodeReport(b)
		if err != nil {
			return
		}
		d, err := audit.Draw(&cs.Key, book, seed)
		if err != nil {
			t.Fatal(err)
		}
		if r, err = audit.ParseReport(&cs.Key, d, r); err != nil {
			return
		}
		res, err := audit.Grade(&cs.Key, book, d, r)
		if err != nil || res.Earned < 0 || res.Earned > res.Possible || res.Right != (res.Earned == res.Possible) {
			t.Errorf("%+v %v", res, err)
		}
	})
}
