package codebook

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The terms that a search finds are those that a look at every term finds: all words at the term or above it, and not all of them above.
func TestSearchFindsTheTopmostTerms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	vocabulary := strings.Fields("acute acutely chronic heart heartburn kidney kidneystone left right upper lower with open opening closed fracture fractional")
	var terms []NewTerm
	level := 0
	for n := range 3000 {
		if n > 0 {
			level = rng.IntN(min(level+2, 6))
		}
		pick := func() string { return vocabulary[rng.IntN(len(vocabulary))] }
		terms = append(terms, NewTerm{Level: level, Letter: "A", Title: pick() + " " + pick(), Nonessential: "(" + pick() + ")"})
	}
	b := NewBuilder()
	b.Index(NewIndex{Kind: IndexDiseases, Edition: "2025", Terms: terms})
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	v := book.index.volumes[0]
	has := func(n int32, w string) bool {
		for ; n >= 0; n = v.terms[n].parent {
			own := words(v.str(v.terms[n].title) + " " + v.str(v.terms[n].nonessential))
			if slices.ContainsFunc(own, func(o string) bool { return o == w || len(w) >= 3 && strings.HasPrefix(o, w) }) {
				return true
			}
		}
		return false
	}
	for _, q := range []string{"heart", "hea", "acute kidney", "fract open", "chronic left heartburn", "ac lower", "with right upper kid", "kidneystone opening closed", "xylophone heart"} {
		var want, got []int32
		ws := words(q)
		all := func(n int32) bool {
			return n >= 0 && !slices.ContainsFunc(ws, func(w string) bool { return !has(n, w) })
		}
		for n := range v.terms {
			if all(int32(n)) && !all(v.terms[n].parent) {
				want = append(want, int32(n))
			}
		}
		var ask ask
		for _, w := range ws {
			ask = append(ask, [][]string{{w}})
		}
		found := v.search(ask, len(v.terms))
		for i, r := range found {
			got = append(got, r.from)
			if i > 0 && r.cost < found[i-1].cost {
				t.Errorf("%q: a cheaper term stands later", q)
			}
		}
		if few := v.search(ask, 3); len(few) != min(3, len(found)) || !slices.Equal(few, found[:len(few)]) {
			t.Errorf("%q: three are %v, of all %v", q, few, found[:min(3, len(found))])
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", q, diff)
		}
	}
}
