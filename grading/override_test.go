package grading

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// overridden reads a result back from its JSON, as gradings are kept, and gives a line other points.
func overridden(t *testing.T, r Result, line string, earned Points) Result {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var kept Result
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	out, err := kept.Override(line, earned)
	if err != nil {
		t.Fatalf("%s to %d: %v", line, earned, err)
	}
	return out
}

// figures are what follows from parts and counts.
func figures(r Result) any {
	return []any{r.Learning, r.AuditAccuracy, r.Clean, r.Counts, r.SchemeScore}
}

// TestOverrideKeepsTheRules: a line that is given the points it has leaves every figure as the grader worked it out, by each scheme; the parts
// always add up; the score stays within its bounds; more points for a line never lower the score; all points on every line, and every extra
// lifted, come to 100 % but for penalties of order.
func TestOverrideKeepsTheRules(t *testing.T) {
	book := readFakeBook(t)
	for seed := range uint64(trials / 5) {
		w := newWorld(book, seed)
		k := w.key(true)
		if w.chance(50) {
			k.Alternatives = nil
		}
		r := Grade(&k, w.answer(&k), book, pick(w, Schemes))
		all := r
		for _, l := range r.Lines() {
			if l.Possible == 0 && !l.Extra {
				continue
			}
			if len(l.Findings) > 0 && l.Earned == l.Possible {
				continue // what costs nothing is lifted with the rest of the line
			}
			same := overridden(t, r, l.ID, l.Earned)
			if d := cmp.Diff(figures(r), figures(same)); d != "" {
				t.Fatalf("seed %d: %s given what it has (-grader +override):\n%s", seed, l.ID, d)
			}
			least, most := Points(0), l.Possible
			if l.Extra {
				least, most = -MostPenalty, 0
			}
			less, more := overridden(t, r, l.ID, least), overridden(t, r, l.ID, most)
			if less.Learning.Earned > r.Learning.Earned && l.Earned > least || more.Learning.Earned < r.Learning.Earned {
				t.Fatalf("seed %d: %s: the score is %d with %d, %d with %d and %d with %d", seed, l.ID, less.Learning.Earned, least, r.Learning.Earned, l.Earned, more.Learning.Earned, most)
			}
			for _, x := range []Result{less, more} {
				var sum Points
				for _, p := range x.Parts {
					sum += p.Earned
				}
				if sum != x.Learning.Earned || sum < 0 || sum > x.Learning.Possible {
					t.Fatalf("seed %d: %s: parts add up to %d, score %d of %d", seed, l.ID, sum, x.Learning.Earned, x.Learning.Possible)
				}
			}
			all = overridden(t, all, l.ID, most)
		}
		order := false
		for _, p := range r.Parts {
			order = order || p.Component == CompOrder
		}
		if !order && all.Learning.Earned != all.Learning.Possible {
			t.Fatalf("seed %d: with everything given the score is %d of %d:\n%+v", seed, all.Learning.Earned, all.Learning.Possible, all.Parts)
		}
	}
}

func TestOverrideRefuses(t *testing.T) {
	line, code := "E11.22", "R05.9"
	r := Result{Parts: []Part{
		{Line: &line, Component: CompCode, Entered: &line, Earned: 300, Possible: 300}, {Component: CompExtra, Entered: &code, Earned: -100, Finding: DXOVER},
	}}
	for _, c := range []struct {
		line   string
		earned Points
	}{{"E11.22", 301}, {"E11.22", -1}, {"N18.32", 0}, {"+R05.9", 1}, {"+R05.9", -MostPenalty - 1}, {"R05.9", 0}, {"", 0}} {
		var bad *OverrideError
		if _, err := r.Override(c.line, c.earned); !errors.As(err, &bad) || bad.Reason == "" {
			t.Errorf("%s with %d: %v, want *OverrideError", c.line, c.earned, err)
		}
	}
}
