package server

import "strings"

// diffRow is a line of two texts side by side. Kind is "same", "changed", "gone", "new", or "gap" for lines that are left out.
type diffRow struct {
	Kind     string
	Old, New string
	Lines    int // of a gap
}

// diffContext is how many lines that are the same stand around those that are not; a gap is made where at least two more are left out.
const diffContext = 3

// mostDiffLines is how long a text may be to be compared line by line; the time goes with the square of it.
const mostDiffLines = 2000

// diffText sets two texts side by side, a longest common subsequence of their lines beside itself (D. S. Hirschberg, 1975, describes the
// table used here before he improves on it). Nil when they are the same.
func diffText(old, now string) []diffRow {
	a, b := textLines(old), textLines(now)
	first := 0
	for first < len(a) && first < len(b) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < len(a)-first && last < len(b)-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	if first == len(a) && first == len(b) {
		return nil
	}
	var rows []diffRow
	for _, l := range a[:first] {
		rows = append(rows, diffRow{Kind: "same", Old: l, New: l})
	}
	rows = append(rows, diffMiddle(a[first:len(a)-last], b[first:len(b)-last])...)
	for _, l := range a[len(a)-last:] {
		rows = append(rows, diffRow{Kind: "same", Old: l, New: l})
	}
	return folded(rows)
}

func textLines(s string) []string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimRight(s, "\n"), "\r\n", "\n"), "\n")
	return lines[:min(len(lines), mostDiffLines)]
}

func diffMiddle(a, b []string) []diffRow {
	long := make([][]int32, len(a)+1) // longest common subsequence of a[i:] and b[j:]
	for i := range long {
		long[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	var rows []diffRow
	var gone, fresh []string
	flush := func() {
		for k := range max(len(gone), len(fresh)) {
			switch {
			case k >= len(gone):
				rows = append(rows, diffRow{Kind: "new", New: fresh[k]})
			case k >= len(fresh):
				rows = append(rows, diffRow{Kind: "gone", Old: gone[k]})
			default:
				rows = append(rows, diffRow{Kind: "changed", Old: gone[k], New: fresh[k]})
			}
		}
		gone, fresh = nil, nil
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			flush()
			rows = append(rows, diffRow{Kind: "same", Old: a[i], New: b[j]})
			i, j = i+1, j+1
		case j >= len(b) || i < len(a) && long[i+1][j] >= long[i][j+1]:
			gone = append(gone, a[i])
			i++
		default:
			fresh = append(fresh, b[j])
			j++
		}
	}
	flush()
	return rows
}

// folded leaves out what is the same but for some lines around each change.
func folded(rows []diffRow) []diffRow {
	near := make([]bool, len(rows))
	for i, r := range rows {
		if r.Kind == "same" {
			continue
		}
		for k := max(0, i-diffContext); k <= min(len(rows)-1, i+diffContext); k++ {
			near[k] = true
		}
	}
	var out []diffRow
	for i := 0; i < len(rows); {
		n := 0
		for i+n < len(rows) && !near[i+n] {
			n++
		}
		if n > 1 {
			out = append(out, diffRow{Kind: "gap", Lines: n})
			i += n
			continue
		}
		out = append(out, rows[i])
		i++
	}
	return out
}
