package progress_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"crosswalk/progress"
)

// TestBlindNames: a name follows from test and candidate alone, and no order of it is that of inviting.
func TestBlindNames(t *testing.T) {
	form := regexp.MustCompile(`^Candidate [2-9B-Z]{3}-[2-9B-Z]{3}$`)
	seen, names := map[string]bool{}, []string{}
	for i := range 500 {
		c := progress.Candidate{ID: progress.CandidateID(fmt.Sprintf("0197a000-0000-7000-8000-%012d", i)), Assessment: "t", Name: "Ann", Ref: "A-1"}
		name := c.BlindName()
		if !form.MatchString(name) || seen[name] {
			t.Fatalf("candidate %d is %q", i, name)
		}
		seen[name], names = true, append(names, name)
		c.Name, c.Ref, c.Email = "", "", ""
		if c.BlindName() != name {
			t.Errorf("%q is %q once erased", name, c.BlindName())
		}
		if c.Assessment = "u"; c.BlindName() == name {
			t.Errorf("%q in two tests", name)
		}
	}
	if slices.IsSorted(names) {
		t.Error("the names follow the order of inviting")
	}
}

// TestBlindReview: whoever has handed in is hidden from then on and called the same by the list, the report and the comparison, also after
// others were invited.
func TestBlindReview(t *testing.T) {
	x := newHiring(t, func(t *progress.Assessment) { t.Spec.Blind = true })
	ctx := t.Context()
	links := x.invite("Ann Rivers, ann@example.org, A-1\nBo Field")
	ann := links[0]
	if v := x.view(ann.ID).Shown(x.test); v.Name != "Ann Rivers" || v.Ref != "A-1" {
		t.Errorf("before there is a result: %q, %q", v.Name, v.Ref)
	}
	a, s := x.seated(ann)
	x.give(a, s, 60, 0)
	_, err := x.HandIn(ctx, a, s.ID)
	x.must(err)
	want := ann.BlindName()
	names := func() map[string]string {
		all, err := x.Candidates(ctx, x.boss, x.test.ID)
		x.must(err)
		r, err := x.CandidateReport(ctx, x.boss, x.test.ID, ann.ID, progress.ReportFilter{})
		x.must(err)
		cmp, err := x.CompareCandidates(ctx, x.boss, x.test.ID, false)
		x.must(err)
		one := x.view(ann.ID).Shown(x.test)
		if one.Email+one.Ref+r.Candidate.Email+r.Candidate.Ref != "" {
			t.Errorf("shown: %+v, reported: %+v", one.Candidate, r.Candidate)
		}
		return map[string]string{"list": all[0].Shown(x.test).Name, "page": one.Name, "report": r.Report.Candidate.Name, "person of the report": r.Candidate.Name, "comparison": cmp.Rows[0].Report.Candidate.Name}
	}
	for range 2 {
		for where, name := range names() {
			if name != want {
				t.Errorf("%s: %q, want %q", where, name, want)
			}
		}
		x.invite("Cy\nDi\nEd\nFay\nGil")
	}
	x.must(x.EraseCandidate(ctx, x.boss, x.test.ID, ann.ID))
	if v := x.view(ann.ID).Shown(x.test); v.Name != want {
		t.Errorf("erased: %q, want %q", v.Name, want)
	}
}
