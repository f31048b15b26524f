package textdiff

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestAround shows a change with the lines around it.
func TestAround(t *testing.T) {
	old, new := "a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nD\ne\nf\ng\nh\n"
	var got []string
	for _, l := range Around(Compare(old, new), 1) {
		got = append(got, map[Op]string{Same: " ", Added: "+", Removed: "-", Gap: "@"}[l.Op]+l.Text)
	}
	if s := strings.Join(got, "|"); s != "@| c|-d|+D| e|@| g|+h" {
		t.Errorf("got %s", s)
	}
	if Around(Compare(old, old), 3) != nil {
		t.Error("the same texts differ")
	}
	if a, r := Count(Compare(old, new)); a != 2 || r != 1 {
		t.Errorf("%d came and %d went", a, r)
	}
}

func someText(r *rand.Rand, n int) []string {
	out := make([]string, r.IntN(n))
	for i := range out {
		out[i] = string(rune('a' + r.IntN(4)))
	}
	return out
}

// longest is the length of the longest common subsequence, by the table of the textbook.
func longest(a, b []string) int {
	t := make([][]int, len(a)+1)
	for i := range t {
		t[i] = make([]int, len(b)+1)
	}
	for i := range a {
		for j := range b {
			if t[i+1][j+1] = max(t[i][j+1], t[i+1][j]); a[i] == b[j] {
				t[i+1][j+1] = t[i][j] + 1
			}
		}
	}
	return t[len(a)][len(b)]
}

// TestCompareAgainstTable: the script leads from one text to the other, and no script is shorter.
func TestCompareAgainstTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		a, b := someText(r, 14), someText(r, 14)
		var from, to []string
		same := 0
		for _, l := range Compare(strings.Join(a, "\n"), strings.Join(b, "\n")) {
			if l.Op != Added {
				from = append(from, l.Text)
			}
			if l.Op != Removed {
				to = append(to, l.Text)
			}
			if l.Op == Same {
				same++
			}
			if l.Old > 0 && a[l.Old-1] != l.Text || l.New > 0 && b[l.New-1] != l.Text {
				t.Fatalf("%v %v: line %+v", a, b, l)
			}
		}
		if strings.Join(from, "") != strings.Join(a, "") || strings.Join(to, "") != strings.Join(b, "") || same != longest(a, b) {
			t.Fatalf("%v -> %v: %d lines stay, and %d could; the script makes %v of %v", a, b, same, longest(a, b), to, from)
		}
	}
}

// TestMerge: a change of one alone is that change; changes of different places are both made; a clash keeps both texts whole.
func TestMerge(t *testing.T) {
	for _, c := range []struct {
		name, base, mine, theirs, want string
		conflicts                      int
	}{
		{"two places", "a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n", 0},
		{"the same change", "a\nb\n", "a\nB\n", "a\nB\n", "a\nB\n", 0},
		{"a clash", "a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n", "a\n<<<<<<< mine\nx\n=======\ny\n>>>>>>> theirs\nc\n", 1},
		{"nothing before", "", "x\n", "y\n", "<<<<<<< mine\nx\n=======\ny\n>>>>>>> theirs\n", 1},
		{"all empty", "", "", "", "", 0},
	} {
		got, n := Merge(c.base, c.mine, c.theirs)
		if got != c.want || n != c.conflicts {
			t.Errorf("%s: %d conflicts in\n%s\nwant %d in\n%s", c.name, n, got, c.conflicts, c.want)
		}
		if Marked(got) != (c.conflicts > 0) {
			t.Errorf("%s: marked %v", c.name, Marked(got))
		}
	}
	r := rand.New(rand.NewPCG(3, 4))
	text := func(l []string) string {
		if len(l) == 0 {
			return ""
		}
		return strings.Join(l, "\n") + "\n"
	}
	for range 3000 {
		o, a, b := text(someText(r, 10)), text(someText(r, 10)), text(someText(r, 10))
		if got, n := Merge(o, a, o); got != a || n != 0 {
			t.Fatalf("mine alone: %q %q gives %q", o, a, got)
		}
		if got, n := Merge(o, o, b); got != b || n != 0 {
			t.Fatalf("theirs alone: %q %q gives %q", o, b, got)
		}
		if got, n := Merge(o, a, a); got != a || n != 0 {
			t.Fatalf("both alike: %q %q gives %q", o, a, got)
		}
		_, x := Merge(o, a, b)
		if _, y := Merge(o, b, a); x != y {
			t.Fatalf("%q %q %q: %d conflicts one way, %d the other", o, a, b, x, y)
		}
	}
}

// TestLongTexts: texts without a common line are compared in bounded time.
func TestLongTexts(t *testing.T) {
	old, new := strings.Repeat("a\n", 5000), strings.Repeat("b\n", 5000)
	if added, removed := Count(Compare(old, new)); added != 5000 || removed != 5000 {
		t.Errorf("%d came, %d went", added, removed)
	}
}
