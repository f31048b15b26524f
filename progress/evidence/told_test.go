package evidence_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress/evidence"
)

func of(name string, tested, selected int) evidence.Group {
	return evidence.Group{Name: name, Tested: tested, Selected: selected}
}

// Each line is a look: what is recorded, and what is told.
func TestNextTold(t *testing.T) {
	type groups = []evidence.Group
	for _, c := range []struct {
		name      string
		now, want []groups
	}{
		{"a group alone, and small ones, are not told", []groups{{of("a", 40, 20), of("b", 4, 2)}}, []groups{nil}},
		{"a small third group is in no figure", []groups{{of("a", 40, 20), of("b", 30, 10), of("c", 3, 1)}}, []groups{{of("a", 40, 20), of("b", 30, 10)}}},
		{"one candidate more changes nothing", []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 11, 6), of("b", 10, 5)}}, []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 10, 5), of("b", 10, 5)}}},
		{"five of one group alone would be known", []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 15, 6), of("b", 10, 5)}}, []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 10, 5), of("b", 10, 5)}}},
		{"five of each go on", []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 15, 6), of("b", 15, 9)}}, []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 15, 6), of("b", 15, 9)}}},
		{"the third waits for its fifth", []groups{{of("a", 10, 5), of("b", 10, 5), of("c", 5, 2)}, {of("a", 15, 6), of("b", 15, 9), of("c", 9, 3)}}, []groups{{of("a", 10, 5), of("b", 10, 5), of("c", 5, 2)}, {of("a", 15, 6), of("b", 15, 9), of("c", 5, 2)}}},
		{"the only one who passed", []groups{{of("a", 6, 1), of("b", 6, 0)}}, []groups{nil}},
		{"nobody of a group passed", []groups{{of("a", 20, 9), of("b", 20, 0)}}, []groups{{of("a", 20, 9), of("b", 20, 0)}}},
		{"a retake that passes", []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 10, 6), of("b", 10, 5)}}, []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 10, 5), of("b", 10, 5)}}},
		{"gone and back with one more", []groups{{of("a", 10, 5), of("b", 10, 5)}, nil, {of("a", 11, 6), of("b", 10, 5)}}, []groups{{of("a", 10, 5), of("b", 10, 5)}, {of("a", 0, 0), of("b", 0, 0)}, nil}},
		{"another case is the same group", []groups{{of("Women", 10, 5), of("Men", 10, 5)}, {of("women", 11, 5), of("men", 10, 5)}}, []groups{{of("Men", 10, 5), of("Women", 10, 5)}, {of("Men", 10, 5), of("Women", 10, 5)}}},
	} {
		var told [][]evidence.Group
		for i, now := range c.now {
			got, fresh, err := evidence.NextTold(told, now)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want[i], got); d != "" {
				t.Errorf("%s, look %d (-want +got):\n%s", c.name, i+1, d)
			}
			if fresh {
				told = append(told, got)
			}
		}
	}
}

// person is one who was tested. Who looks knows when and with what result, and not of what group.
type person struct {
	group  int
	passed bool
}

// TestNothingBelowTheFloor has candidates come one by one, sit again and be recorded anew, with a look after each, and subtracts every table
// from every later one and from what is known of all candidates, as one would who wants to know a person's group.
func TestNothingBelowTheFloor(t *testing.T) {
	const floor, looks, worlds = 5, 70, 150
	rnd := rand.New(rand.NewPCG(7, 8))
	tables := 0
	for world := range worlds {
		groups := 2 + world%3
		var people []person
		var told []map[string]evidence.Group
		var known [][2]int // passed and not, at each table
		var history [][]evidence.Group
		for range looks {
			switch n := rnd.IntN(12); {
			case n == 0 && len(people) > 0:
				people[rnd.IntN(len(people))].passed = true
			case n == 1 && len(people) > 0:
				people[rnd.IntN(len(people))].group = rnd.IntN(groups)
			default:
				g := rnd.IntN(groups)
				if rnd.IntN(3) == 0 {
					g = 0 // groups of unlike size
				}
				people = append(people, person{g, rnd.IntN(4) < world%5})
			}
			sums, all := map[int]evidence.Group{}, [2]int{}
			for _, p := range people {
				g := sums[p.group]
				g.Name, g.Tested = fmt.Sprint("g", p.group), g.Tested+1
				if p.passed {
					g.Selected++
					all[0]++
				} else {
					all[1]++
				}
				sums[p.group] = g
			}
			var now []evidence.Group
			for _, g := range sums {
				now = append(now, g)
			}
			next, fresh, err := evidence.NextTold(history, now)
			if err != nil {
				t.Fatal(err)
			}
			if !fresh {
				continue
			}
			table := map[string]evidence.Group{}
			for _, g := range next {
				table[g.Name] = g
			}
			history, told, known = append(history, next), append(told, table), append(known, all)
			tables++
		}
		at := func(i int, g string) evidence.Group {
			if i < 0 {
				return evidence.Group{}
			}
			return told[i][g]
		}
		for j := range told {
			for i := -1; i < j; i++ {
				var differ int
				var passed, failed []int
				for g := range groups {
					x, y := at(i, fmt.Sprint("g", g)), at(j, fmt.Sprint("g", g))
					p, f := y.Selected-x.Selected, y.Tested-y.Selected-x.Tested+x.Selected
					if p == 0 && f == 0 {
						continue
					}
					differ++
					if most := max(p, -p, f, -f, p+f, -p-f); most < floor {
						t.Fatalf("world %d: group %d from table %d to %d: %v to %v tells of %d people", world, g, i, j, x, y, most)
					}
					if p != 0 {
						passed = append(passed, max(p, -p))
					}
					if f != 0 {
						failed = append(failed, max(f, -f))
					}
				}
				if differ == 1 || len(passed) == 1 && passed[0] < floor || len(failed) == 1 && failed[0] < floor {
					t.Fatalf("world %d: from table %d to %d %d groups differ, passed %v, failed %v: it is known who they are", world, i, j, differ, passed, failed)
				}
			}
			for g := range groups {
				x := at(j, fmt.Sprint("g", g))
				if x.Tested > 0 && x.Tested < floor {
					t.Fatalf("world %d: table %d tells of %v", world, j, x)
				}
				// Whoever passed, or did not, is of the group when that many of it did.
				if p, f := x.Selected, x.Tested-x.Selected; p == known[j][0] && p > 0 && p < floor || f == known[j][1] && f > 0 && f < floor {
					t.Fatalf("world %d: table %d, %v of %v known: the group of each is told", world, j, x, known[j])
				}
			}
		}
	}
	if tables < worlds {
		t.Errorf("%d tables in %d worlds: the floor holds where nothing is told, too", tables, worlds)
	}
}
