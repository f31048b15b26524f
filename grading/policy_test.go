package grading

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePolicy(t *testing.T) {
	p, err := ParsePolicy([]byte(`{"name": "ProFee audit", "scheme": "code-over-code", "weights": {"poa": 0, "unsupported": 300}, "ignore": ["pointers", "order"], "ignore_codes": ["Z79", "V00-Y99", "36415"]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Standard
	want.POA, want.Unsupported = 0, 300
	if diff := cmp.Diff(&want, p.Weights); diff != "" {
		t.Errorf("weights that are left out are the standard ones (-want +got):\n%s", diff)
	}
	for text, says := range map[string]string{
		`{`:                                             "cannot be read",
		`{"name": "a", "wieghts": {}}`:                  "wieghts",
		`{"name": "a"} {"name": "b"}`:                   "goes on behind its end",
		`{"name": " "}`:                                 "Give the policy a name.",
		`{"name": "a", "scheme": "fair"}`:               "is not a grading scheme",
		`{"name": "a", "ignore": ["code"]}`:             "cannot be left out of account",
		`{"name": "a", "ignore_codes": ["Z79-"]}`:       "is no code and no range",
		`{"name": "a", "ignore_codes": ["Y99-V00"]}`:    "ends before it begins",
		`{"name": "a", "weights": {"status": 0}}`:       "status is 0: use 20 to 10000.",
		`{"name": "a", "weights": {"cap_percent": -1}}`: "cap_percent is -1: use 0 to 100.",
		`{"name": "a", "weights": {"modifiers_percent": 60, "units_percent": 30, "pointers_percent": 20}}`: "take 110 % of a line",
	} {
		if _, err := ParsePolicy([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want something with %q", text, err, says)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(`{"name": "a", "weights": {"poa": 10}, "ignore": ["poa"], "ignore_codes": ["Z79-Z80"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePolicy(data)
		if err == nil && p.Check() != nil {
			t.Errorf("a policy was taken that is not sound: %v", p.Check())
		}
	})
}

// TestPolicies holds under random policies what holds under the standard one: a key against itself is 100 % and clean, the sum of the
// parts is the score, and the score lies between 0 and what is possible; and a policy that says nothing changes nothing.
func TestPolicies(t *testing.T) {
	book := readFakeBook(t)
	for seed := range uint64(trials) {
		w := newWorld(book, seed)
		k := w.key(true)
		weights := Standard
		for _, f := range weights.fields() {
			if w.chance(40) {
				*f.at = f.least + Points(w.IntN(int(min(f.most, 500)-f.least)+1))
			}
		}
		p := Policy{Name: "random", Scheme: pick(w, Schemes), Weights: &weights}
		for _, c := range Ignorable {
			if w.chance(15) {
				p.Ignore = append(p.Ignore, c)
			}
		}
		if w.chance(30) {
			p.IgnoreCodes = []string{pick(w, w.dx).Dotted(), pick(w, []string{"Z00-Z99", "R00-R99", "45378"})}
		}
		if p.Check() != nil {
			continue
		}
		own, err := ParseAnswer(&k, ModelAnswer(&k))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if res := GradeUnder(&k, own, book, p); !res.Clean || res.Learning.Earned != res.Learning.Possible {
			t.Fatalf("seed %d: the key against itself under %+v: %+v, clean %v", seed, p, res.Learning, res.Clean)
		}
		r := w.answer(&k)
		res := GradeUnder(&k, r, book, p)
		var sum Points
		for _, part := range res.Parts {
			sum += part.Earned
		}
		if sum != res.Learning.Earned || sum < 0 || sum > res.Learning.Possible {
			t.Fatalf("seed %d: the parts add up to %d, the score is %d of %d", seed, sum, res.Learning.Earned, res.Learning.Possible)
		}
		plain, same := Grade(&k, r, book, Learning), GradeUnder(&k, r, book, Policy{Weights: &Standard})
		if diff := cmp.Diff(plain, same); diff != "" {
			t.Fatalf("seed %d: the standard weights said outright change the result:\n%s", seed, diff)
		}
	}
}

// TestPolicyProblemsNameTheirField: a form shows each problem where it arose.
func TestPolicyProblemsNameTheirField(t *testing.T) {
	w := Standard
	w.Status, w.Cap, w.Units = 0, 101, 90
	p := Policy{Name: "Learning", Scheme: "half", Weights: &w, Ignore: []Component{CompCode}, IgnoreCodes: []string{"?"}}
	var got []string
	for _, x := range p.Problems() {
		got = append(got, x.Field)
	}
	if d := cmp.Diff([]string{"name", "scheme", "ignore", "ignore_codes", "status", "cap_percent", "modifiers_percent"}, got); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
	if n := len(p.Check()); n != len(got) {
		t.Errorf("Check says %d things, Problems %d", n, len(got))
	}
	for name, ok := range map[string]bool{strings.Repeat("ü", 80): true, strings.Repeat("ü", 81): false, "a\x00b": false, " ": false} {
		if got := len(Policy{Name: name}.Problems()) == 0; got != ok {
			t.Errorf("name %q: taken %v, want %v", name, got, ok)
		}
	}
}

func TestPolicyWhole(t *testing.T) {
	p := Policy{Name: " ProFee  audit ", Ignore: []Component{CompOrder, CompPOA, CompOrder}, IgnoreCodes: []string{"z79 ", "v00 - y99", "Z79"}}
	w := Standard
	want := Policy{Name: "ProFee audit", Scheme: Learning, Weights: &w, Ignore: []Component{CompPOA, CompOrder}, IgnoreCodes: []string{"V00-Y99", "Z79"}}
	if d := cmp.Diff(want, p.Whole()); d != "" {
		t.Errorf("whole (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want, want.Whole()); d != "" {
		t.Errorf("whole of a whole one (-want +got):\n%s", d)
	}
	whole := p.Whole()
	if whole.Weights.Set("first", 500); Standard.First != 300 || whole.Weights.First != 500 || whole.Weights.Set("firsts", 1) {
		t.Errorf("Set: whole %d, standard %d", whole.Weights.First, Standard.First)
	}
}
