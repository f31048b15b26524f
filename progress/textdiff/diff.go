package textdiff

import "strings"

// Op says what became of a line.
type Op string

// What becomes of lines.
const (
	Same    Op = "same"
	Removed Op = "removed" // it stands in the old text alone
	Added   Op = "added"   // it stands in the new text alone
	Gap     Op = "gap"     // stands for lines that are the same and not shown
)

// Line is a line of a comparison. Old and New count from 1; 0 where the line is not in that text. Text has no line end.
type Line struct {
	Op       Op
	Old, New int
	Text     string
	Hidden   int // of a gap: how many lines it stands for
}

// mostEdits is how many lines may differ before the rest of two texts is taken as wholly replaced: the work grows with the square of it.
const mostEdits = 1500

// Compare gives all lines of both texts in order: a shortest script that makes the new one of the old one. What was removed stands before what
// came in its place. Line ends at the end of a text are not looked at.
func Compare(old, new string) []Line {
	a, b := split(old), split(new)
	var out []Line
	i, j := 0, 0
	for _, m := range append(matches(a, b), match{len(a), len(b), 0}) {
		for ; i < m.a; i++ {
			out = append(out, Line{Op: Removed, Old: i + 1, Text: a[i]})
		}
		for ; j < m.b; j++ {
			out = append(out, Line{Op: Added, New: j + 1, Text: b[j]})
		}
		for range m.n {
			out = append(out, Line{Op: Same, Old: i + 1, New: j + 1, Text: a[i]})
			i, j = i+1, j+1
		}
	}
	return out
}

// Around keeps the lines that changed with so many lines around them; gaps stand for the rest. It is nil when nothing changed.
func Around(lines []Line, context int) []Line {
	keep := make([]bool, len(lines))
	changed := false
	for i, l := range lines {
		if l.Op == Same {
			continue
		}
		changed = true
		for j := max(0, i-context); j < min(len(lines), i+context+1); j++ {
			keep[j] = true
		}
	}
	if !changed {
		return nil
	}
	var out []Line
	for i, l := range lines {
		switch {
		case keep[i]:
			out = append(out, l)
		case len(out) > 0 && out[len(out)-1].Op == Gap:
			out[len(out)-1].Hidden++
		default:
			out = append(out, Line{Op: Gap, Hidden: 1})
		}
	}
	return out
}

// Count gives how many lines came and went.
func Count(lines []Line) (added, removed int) {
	for _, l := range lines {
		switch l.Op {
		case Added:
			added++
		case Removed:
			removed++
		}
	}
	return added, removed
}

func split(s string) []string {
	s = strings.TrimSuffix(s, "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// match is a stretch of n lines that are the same from a and b on.
type match struct{ a, b, n int }

// matches are the stretches that two lists share in a shortest edit script, in order.
func matches(a, b []string) []match {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var out []match
	if start > 0 {
		out = append(out, match{0, 0, start})
	}
	for _, m := range middle(a[start:len(a)-end], b[start:len(b)-end]) {
		out = append(out, match{m.a + start, m.b + start, m.n})
	}
	if end > 0 {
		out = append(out, match{len(a) - end, len(b) - end, end})
	}
	return out
}

// middle is Myers' greedy search: v[k] is how far one comes on diagonal k with d edits; the v of each d are kept to go the way back.
func middle(a, b []string) []match {
	n, m := len(a), len(b)
	most := min(n+m, mostEdits)
	if n == 0 || m == 0 {
		return nil
	}
	v := make([]int, 2*most+2)
	var trace [][]int
	for d := 0; d <= most; d++ {
		for k := -d; k <= d; k += 2 {
			x := 0
			if k == -d || k != d && v[most+k-1] < v[most+k+1] {
				x = v[most+k+1]
			} else {
				x = v[most+k-1] + 1
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			v[most+k] = x
			if x >= n && x-k >= m {
				return walkBack(a, b, trace, d)
			}
		}
		trace = append(trace, append([]int(nil), v[most-d:most+d+1]...))
	}
	return nil
}

func walkBack(a, b []string, trace [][]int, d int) []match {
	var back []match
	x, y := len(a), len(b)
	for ; d > 0; d-- {
		before := trace[d-1] // of diagonals -(d-1) to d-1
		far := func(k int) int {
			if k < -(d-1) || k > d-1 {
				return -1
			}
			return before[k+d-1]
		}
		k := x - y
		from := k - 1
		if k == -d || k != d && far(k-1) < far(k+1) {
			from = k + 1
		}
		px := far(from)
		py := px - from
		sx := px // where the stretch of this diagonal begins
		if from == k-1 {
			sx++
		}
		if x > sx {
			back = append(back, match{sx, sx - k, x - sx})
		}
		x, y = px, py
	}
	if x > 0 {
		back = append(back, match{0, 0, x})
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return back
}
