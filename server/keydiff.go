package server

import "crosswalk/progress/textdiff"

// diffRow is a line of two texts side by side. Kind is "same", "changed", "gone", "new", or "gap" for lines that are left out.
type diffRow struct {
	Kind     string
	Old, New string
	Lines    int // of a gap
}

// diffContext is how many lines that are the same stand around those that are not.
const diffContext = 3

// diffText sets two texts side by side: lines that went beside those that came in their place. Nil when they are the same.
func diffText(old, now string) (rows []diffRow) {
	came := 0 // rows before it have their new line
	for _, l := range textdiff.Around(textdiff.Compare(old, now), diffContext) {
		switch l.Op {
		case textdiff.Removed:
			rows = append(rows, diffRow{Kind: "gone", Old: l.Text})
			continue
		case textdiff.Added:
			if came < len(rows) {
				rows[came].Kind, rows[came].New = "changed", l.Text
			} else {
				rows = append(rows, diffRow{Kind: "new", New: l.Text})
			}
			came++
			continue
		case textdiff.Gap:
			rows = append(rows, diffRow{Kind: "gap", Lines: l.Hidden})
		default:
			rows = append(rows, diffRow{Kind: "same", Old: l.Text, New: l.Text})
		}
		came = len(rows)
	}
	return rows
}
