package evidence

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// ToldFrom is the fewest people that a figure of groups which is told may be about, and that two tables which are told may differ by.
const ToldFrom = 5

// NextTold says which sums of groups may be told next: told are the tables that were told before, the oldest first, and now are the sums as they
// are. Who reads tables one after the other, and knows who was tested in between and with what result, is not to learn of fewer than ToldFrom people what
// group they are of. So each group goes on by itself from its last figures to those of now, or stays, and between the new table and any one
// before, the empty one included,
//
//   - a group differs by nothing or by ToldFrom people, and has none or ToldFrom;
//   - no group differs alone, since everybody new would be of it;
//   - where people with one result are all of one group, they are at least ToldFrom. That such people are all of one group is then told:
//     nobody selected of a group is what the table is there to show.
//
// Small groups are in no figure, no sum included: how many people's group is recorded is to be told nobody, as the difference would be theirs. The table
// goes by name, with the groups that went down to nobody; fresh is false where nothing new may be told. The error is ErrGroups.
func NextTold(told [][]Group, now []Group) (next []Group, fresh bool, _ error) {
	current, err := byName(now)
	if err != nil {
		return nil, false, err
	}
	past := []map[string]Group{{}}
	for _, t := range told {
		m, err := byName(t)
		if err != nil {
			return nil, false, err
		}
		for name, g := range m {
			if _, ok := current[name]; !ok {
				current[name] = Group{Name: g.Name}
			}
		}
		past = append(past, m)
	}
	last, names := past[len(past)-1], slices.Sorted(maps.Keys(current))
	table := map[string]Group{}
	for _, name := range names {
		table[name] = last[name]
		if changed(last[name], current[name]) > 0 && tellable(name, current[name], past) {
			table[name] = current[name]
		}
	}
	for {
		name, ok := lone(names, table, past)
		if !ok {
			break
		}
		if changed(last[name], table[name]) == 0 { // it stays already: so do all
			table = last
			break
		}
		table[name] = last[name]
	}
	for _, name := range names {
		g, n := table[name], changed(last[name], table[name])
		if fresh = fresh || n > 0; g.Tested > 0 || n > 0 {
			next = append(next, g)
		}
	}
	return next, fresh, nil
}

func byName(gs []Group) (map[string]Group, error) {
	merged, err := mergeGroups(gs)
	out := map[string]Group{}
	for _, g := range merged {
		out[strings.ToLower(g.Name)] = g
	}
	return out, err
}

// changed is the fewest people by whom two figures of a group can differ.
func changed(from, to Group) int {
	return max(abs(to.Tested-from.Tested), newSelected(from, to), newOthers(from, to))
}

func newSelected(from, to Group) int { return abs(to.Selected - from.Selected) }

func newOthers(from, to Group) int { return abs(to.Tested - to.Selected - from.Tested + from.Selected) }

func abs(n int) int { return max(n, -n) }

// tellable reports whether the figures of a group keep to the bound, beside all that were told of it.
func tellable(name string, g Group, past []map[string]Group) bool {
	if g.Tested > 0 && g.Tested < ToldFrom {
		return false
	}
	for _, t := range past {
		if n := changed(t[name], g); n > 0 && n < ToldFrom {
			return false
		}
	}
	return true
}

// lone finds a group that differs from its figures in some table before while no other does, or that alone has the few new people of a result.
func lone(names []string, table map[string]Group, past []map[string]Group) (name string, ok bool) {
	for _, t := range past {
		for _, by := range []struct {
			differ func(from, to Group) int
			enough int
		}{{changed, math.MaxInt}, {newSelected, ToldFrom}, {newOthers, ToldFrom}} {
			who, people, groups := "", 0, 0
			for _, one := range names {
				if n := by.differ(t[one], table[one]); n > 0 {
					who, people, groups = one, n, groups+1
				}
			}
			if groups == 1 && people < by.enough {
				return who, true
			}
		}
	}
	return "", false
}
