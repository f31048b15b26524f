package server

import (
	"slices"
	"testing"
)

// TestDiffText: what went stands beside what came in its place, and what is far from a change is left out.
func TestDiffText(t *testing.T) {
	row := func(kind, old, now string) diffRow { return diffRow{Kind: kind, Old: old, New: now} }
	same := func(text string) diffRow { return row("same", text, text) }
	for _, c := range []struct {
		what, old, now string
		want           []diffRow
	}{
		{"the same", "a\nb\n", "a\nb", nil},
		{"one for one", "a\nb\nc\n", "a\nB\nc\n", []diffRow{same("a"), row("changed", "b", "B"), same("c")}},
		{"two for one", "a\nb\nc\n", "A\nc\n", []diffRow{row("changed", "a", "A"), row("gone", "b", ""), same("c")}},
		{"one for two", "a\nc\n", "A\nB\nc\n", []diffRow{row("changed", "a", "A"), row("new", "", "B"), same("c")}},
		{"new between", "a\nc\n", "a\nb\nc\n", []diffRow{same("a"), row("new", "", "b"), same("c")}},
		{"two places", "a\nb\nc\n", "A\nb\nC\n", []diffRow{row("changed", "a", "A"), same("b"), row("changed", "c", "C")}},
		{"far from it", "1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n7\n", []diffRow{{Kind: "gap", Lines: 2}, same("3"), same("4"), same("5"), row("changed", "6", "7")}},
	} {
		if got := diffText(c.old, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
}
