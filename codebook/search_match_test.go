package codebook

import (
	"math"
	"slices"
	"testing"
)

// Whatever is not looked at ranks too low: the best rows are those that a look at every row gives.
func TestSearchCutsOffNothingBetter(t *testing.T) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, q := range []string{"a", "di", "of", "fr", "left", "l", "right a", "left f", "fracture", "fracture ra", "radius fracture left", "htn", "lap", "lap ap", "heart fail", "ckd stage 3", "e11", "e11 kidney",
		"diabtes", "pneumonai", "unspecified", "acute on chronic systolic heart failure", "encounter fo"} {
		for _, sys := range Systems {
			r, _ := book.pick(sys, Date{})
			if r == nil {
				continue
			}
			want := r.seek(book.units(tokens(r, q)))
			for _, billable := range []bool{false, true} {
				all := everyRow(r, want, billable)
				compared += len(all)
				for _, limit := range []int{1, 3, 12, len(r.rows)} {
					for _, bound := range []uint64{math.MaxUint64, boundOf(r.search(want, billable, 2, 0, math.MaxUint64), 2)} {
						var got []uint64
						for _, s := range r.search(want, billable, limit, 0, bound) {
							got = append(got, s.rank)
						}
						end, found := slices.BinarySearch(all, bound)
						if found {
							end++
						}
						if wants := all[:min(end, limit)]; !slices.Equal(got, wants) {
							t.Errorf("%q in %s, billable %v, limit %d, bound %x: ranks %x, want %x", q, sys, billable, limit, bound, got, wants)
						}
					}
				}
			}
		}
	}
	if compared < 5_000 {
		t.Errorf("%d rows match in all: too few to say anything", compared)
	}
}

// everyRow ranks all rows that have what is wanted, by a look at each.
func everyRow(r *release, want []sought, billable bool) []uint64 {
	x := r.index
	var out []uint64
	for n := range uint32(len(r.rows)) {
		c := uint16(1)
		for i := range want {
			d := want[i].costAt(x, n, false)
			if d == 0 {
				c = 0
				break
			}
			c = both(c, d)
		}
		if c == 0 || billable && !r.rows[n].billable {
			continue
		}
		score := int(c&^marks-1) + int(x.brevity[n]&titleBits)
		if c&included != 0 {
			score = int(c&^marks-1) + costInclusion + int(x.brevity[n]>>titleSize)
		}
		if len(want) == 1 && int(n) >= want[0].lo && int(n) < want[0].hi {
			score = int(codeLen(r.rows[n].key)) - len(want[0].code)
		}
		out = append(out, r.rank(score, 0, int(n)))
	}
	slices.Sort(out)
	return out
}

func TestLettersOf(t *testing.T) {
	for _, tc := range []struct {
		note     string
		yes, not []Code
	}{
		{"anemia in chronic kidney disease (D63.1)", []Code{"D631", "D50"}, []Code{"C20", "E11", "", "4"}},
		{"injury, poisoning (S00-T88)", []Code{"S00", "T88"}, []Code{"R99", "U07"}},
		{"nothing named", nil, []Code{"A00", "Z99"}},
	} {
		g := newGroup(Excludes1, []string{tc.note})
		for _, c := range tc.yes {
			if !g.first.has(c) {
				t.Errorf("%q names codes with the letter of %s", tc.note, c)
			}
		}
		for _, c := range tc.not {
			if g.first.has(c) {
				t.Errorf("%q names no code with the letter of %q", tc.note, c)
			}
		}
	}
}
