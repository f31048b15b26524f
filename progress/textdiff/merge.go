package textdiff

import (
	"slices"
	"strings"
)

// Marks of a place that both changed, as version control writes them.
const (
	markMine   = "<<<<<<< mine"
	markMiddle = "======="
	markTheirs = ">>>>>>> theirs"
)

// Merge puts two changes of one text together. Where both changed the same lines in different ways, both stand in the text between marks, and
// conflicts counts the places. A change that both made alike is made once.
func Merge(base, mine, theirs string) (text string, conflicts int) {
	o, a, b := split(base), split(mine), split(theirs)
	inA, inB := partners(o, a), partners(o, b)
	var out []string
	i, j, k := 0, 0, 0 // how far o, a and b are done
	for i < len(o) || j < len(a) || k < len(b) {
		// The stretch that is the same in all three.
		if i < len(o) && inA[i] == j && inB[i] == k {
			out = append(out, o[i])
			i, j, k = i+1, j+1, k+1
			continue
		}
		// The stretch up to the next line that all three have.
		ni, nj, nk := len(o), len(a), len(b)
		for x := i; x < len(o); x++ {
			if inA[x] >= j && inB[x] >= k {
				ni, nj, nk = x, inA[x], inB[x]
				break
			}
		}
		was, ours, others := o[i:ni], a[j:nj], b[k:nk]
		switch {
		case slices.Equal(ours, others), slices.Equal(others, was):
			out = append(out, ours...)
		case slices.Equal(ours, was):
			out = append(out, others...)
		default:
			conflicts++
			out = append(append(append(append(append(out, markMine), ours...), markMiddle), others...), markTheirs)
		}
		i, j, k = ni, nj, nk
	}
	if len(out) == 0 {
		return "", conflicts
	}
	return strings.Join(out, "\n") + "\n", conflicts
}

// Marked reports whether a text holds the marks of a merge.
func Marked(text string) bool {
	return slices.ContainsFunc(split(text), func(l string) bool { return l == markMine || l == markTheirs })
}

// partners gives for each line of o the line of a that it is, -1 for none.
func partners(o, a []string) []int {
	out := make([]int, len(o))
	for i := range out {
		out[i] = -1
	}
	for _, m := range matches(o, a) {
		for i := range m.n {
			out[m.a+i] = m.b + i
		}
	}
	return out
}
