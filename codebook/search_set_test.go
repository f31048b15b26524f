package codebook_test

import (
	"bufio"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release/releasetest"
)

//go:embed testdata/queries.txt
var fullQueries string

//go:embed testdata/queries-starter.txt
var starterQueries string

// asked is a line of a search set.
type asked struct {
	group string
	q     string
	opt   codebook.SearchOptions
	want  []codebook.Ref // one of these
}

func readQueries(t testing.TB, text string) []asked {
	t.Helper()
	var out []asked
	group, comment := "", false
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if c, ok := strings.CutPrefix(line, "#"); ok {
			if !comment {
				group = strings.TrimSpace(c)
			}
			comment = true
			continue
		}
		comment = false
		if line == "" {
			continue
		}
		q, want, ok := strings.Cut(line, "=>")
		set, codes, ok2 := strings.Cut(strings.TrimSpace(want), ":")
		sys, err := codebook.ParseSystem(set)
		if !ok || !ok2 || err != nil {
			t.Fatalf("line %d: %q is not query => set:code[,code]", n, line)
		}
		a := asked{group: group}
		q, narrow, ok := strings.Cut(q, "@")
		if ok {
			s, err := codebook.ParseSystem(narrow)
			if err != nil {
				t.Fatalf("line %d: %v", n, err)
			}
			a.opt.Systems = []codebook.System{s}
		}
		a.q = strings.TrimSpace(q)
		for _, c := range strings.Split(codes, ",") {
			a.want = append(a.want, codebook.Ref{System: sys, Code: codebook.Code(strings.TrimSpace(c))})
		}
		out = append(out, a)
	}
	return out
}

// place is where the first of the wanted codes stands among the hits, counted from 1; 0 for nowhere.
func (a asked) place(hits []codebook.Hit) int {
	return 1 + slices.IndexFunc(hits, func(h codebook.Hit) bool {
		return slices.ContainsFunc(a.want, func(w codebook.Ref) bool {
			prefix, any := strings.CutSuffix(string(w.Code), "*")
			return w == h.Ref || any && w.System == h.System && strings.HasPrefix(string(h.Code), prefix)
		})
	})
}

// recall states how often a code that was asked for is the first hit and among the first five.
func recall(t *testing.T, book *codebook.Book, set []asked) (first, five float64) {
	t.Helper()
	type tally struct{ n, first, five int }
	var groups []string
	by := map[string]*tally{}
	for _, a := range set {
		g := by[a.group]
		if g == nil {
			g = &tally{}
			by[a.group] = g
			groups = append(groups, a.group)
		}
		g.n++
		a.opt.Limit = 5
		hits := book.Search(a.q, a.opt)
		switch at := a.place(hits); {
		case at == 1:
			g.first++
			g.five++
			continue
		case at > 1:
			g.five++
			if !testing.Verbose() {
				continue
			}
		}
		verdict := "not first"
		if a.place(hits) == 0 {
			verdict = "missed"
		}
		var got strings.Builder
		for _, h := range hits {
			fmt.Fprintf(&got, "\n    %s %s %.90s", h.System, h.Dotted(), h.Title)
			if h.Match != "" {
				fmt.Fprintf(&got, " [%.60s]", h.Match)
			}
		}
		t.Logf("%s: %q, want one of %v%s", verdict, a.q, a.want, got.String())
	}
	all := tally{}
	for _, name := range groups {
		g := by[name]
		t.Logf("%-70.70s %3d queries, first %3d, five %3d", name, g.n, g.first, g.five)
		all.n, all.first, all.five = all.n+g.n, all.first+g.first, all.five+g.five
	}
	first, five = float64(all.first)/float64(all.n), float64(all.five)/float64(all.n)
	t.Logf("%d queries: recall@1 %.3f, recall@5 %.3f", all.n, first, five)
	return first, five
}

func TestSearchSet(t *testing.T) {
	book := releasetest.Book(t)
	set := readQueries(t, fullQueries)
	for _, a := range set {
		for _, ref := range a.want {
			if strings.HasSuffix(string(ref.Code), "*") {
				continue
			}
			if _, err := book.Lookup(ref.System, ref.Code, codebook.Date{}); err != nil {
				t.Errorf("%q asks for a code that is not there: %v", a.q, err)
			}
		}
	}
	if len(set) < 220 {
		t.Errorf("the set has %d queries, want 220 and more", len(set))
	}
	if _, five := recall(t, book, set); five < 0.97 {
		t.Errorf("recall@5 is %.3f, want 0.97", five)
	}
}

// The starter book has few codes, but people search it in the same words.
func TestSearchSetOfStarter(t *testing.T) {
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	if _, five := recall(t, book, readQueries(t, starterQueries)); five < 1 {
		t.Errorf("recall@5 is %.3f, want all", five)
	}
}
