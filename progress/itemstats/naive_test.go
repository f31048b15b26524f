package itemstats_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"testing"

	"crosswalk/progress/itemstats"
)

// naive computes figures by their definitions alone, from a table in which -1 stands for what a person was not shown. Sums are plain
// and nothing is shared with the package.
type naive struct{ rows [][]float64 }

func (n naive) column(item int) (score, rest, total []float64) {
	for _, row := range n.rows {
		if row[item] < 0 {
			continue
		}
		sum, k := 0.0, 0.0
		for _, s := range row {
			if s >= 0 {
				sum += s
				k++
			}
		}
		if k < 2 {
			continue
		}
		score, rest, total = append(score, row[item]), append(rest, (sum-row[item])/(k-1)), append(total, sum/k)
	}
	return score, rest, total
}

// pearson is the correlation by raw sums, where the package takes deviations from means.
func pearson(x, y []float64) float64 {
	var n, sx, sy, sxx, syy, sxy float64
	for i := range x {
		n++
		sx += x[i]
		sy += y[i]
		sxx += x[i] * x[i]
		syy += y[i] * y[i]
		sxy += x[i] * y[i]
	}
	return (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
}

func (n naive) efficiency(item int) float64 {
	s, r, _ := n.column(item)
	product := func() (sum float64) {
		for i := range s {
			sum += s[i] * r[i]
		}
		return sum
	}
	var ms, mr float64
	for i := range s {
		ms += s[i]
		mr += r[i]
	}
	base := ms * mr / float64(len(s))
	is := product() - base
	sort.Float64s(s)
	sort.Float64s(r)
	return is / (product() - base)
}

// index is the mean discrimination index over many orders of persons, each cut where it falls, the last of a group in part.
func (n naive) index(item int, rng *rand.Rand) float64 {
	score, _, total := n.column(item)
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	sum := 0.0
	const times = 4000
	for range times {
		rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		sort.SliceStable(order, func(a, b int) bool { return total[order[a]] < total[order[b]]-1e-9 })
		want := itemstats.Groups * float64(len(order))
		for k := range order {
			w := math.Max(0, math.Min(1, want-float64(k)))
			sum += w * (score[order[len(order)-1-k]] - score[order[k]]) / want / times
		}
	}
	return sum
}

// alpha is by the mean covariance of pairs of items, and not by the variance of totals.
func (n naive) alpha() float64 {
	k := len(n.rows[0])
	cov := func(a, b int) float64 {
		var sa, sb, sab float64
		for _, r := range n.rows {
			sa += r[a]
			sb += r[b]
			sab += r[a] * r[b]
		}
		m := float64(len(n.rows))
		return (sab - sa*sb/m) / (m - 1)
	}
	var pairs, all float64
	for a := range k {
		for b := range k {
			all += cov(a, b)
			if a != b {
				pairs += cov(a, b)
			}
		}
	}
	return float64(k) / float64(k-1) * pairs / all
}

func TestAgainstDefinitions(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 3))
		drawn := seed%2 == 1
		n := naive{}
		for range 20 + rng.IntN(40) {
			row := make([]float64, 8)
			ability := rng.Float64()
			for i := range row {
				switch {
				case drawn && rng.Float64() < .3:
					row[i] = -1
				case i < 2: // partial scores
					row[i] = math.Round(4*ability*rng.Float64()) / 4
				case rng.Float64() < ability:
					row[i] = 1
				}
			}
			n.rows = append(n.rows, row)
		}
		var items []itemstats.Item
		var rs []itemstats.Response
		for i := range 8 {
			items = append(items, itemstats.Item{ID: fmt.Sprint("i", i), Weight: 1})
		}
		for p, row := range n.rows {
			for i, s := range row {
				if s >= 0 {
					rs = append(rs, itemstats.Response{Person: fmt.Sprint(p), Item: items[i].ID, Score: s, Answered: true})
				}
			}
		}
		a, err := itemstats.Analyse(items, rs, open)
		if err != nil {
			t.Fatal(err)
		}
		if a.Form.SameItems == drawn {
			t.Fatalf("seed %d: same items is %v", seed, a.Form.SameItems)
		}
		for i, s := range a.Items {
			score, rest, _ := n.column(i)
			near(t, fmt.Sprint("seed ", seed, ", point-biserial of ", s.ID), s.PointBiserial.Value, pearson(score, rest), 1e-9)
			near(t, fmt.Sprint("seed ", seed, ", efficiency of ", s.ID), *s.Efficiency, n.efficiency(i), 1e-9)
			near(t, fmt.Sprint("seed ", seed, ", index of ", s.ID), s.Discrimination.Index, n.index(i, rng), .02)
			if *s.Efficiency > 1+1e-9 || *s.Efficiency < -1-1e-9 && s.PointBiserial.Value > 0 {
				t.Errorf("efficiency %g", *s.Efficiency)
			}
		}
		if !drawn {
			near(t, fmt.Sprint("seed ", seed, ", alpha"), *a.Form.Reliability, n.alpha(), 1e-9)
		}
		again := slices.Clone(rs)
		rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		b, err := itemstats.Analyse(items, again, open)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Items {
			near(t, "in another order", b.Items[i].Discrimination.Index, a.Items[i].Discrimination.Index, 1e-9)
			near(t, "in another order", b.Items[i].Rasch.Difficulty, a.Items[i].Rasch.Difficulty, 1e-3)
		}
	}
}

// ICC(1,k) of the example of P. E. Shrout and J. L. Fleiss, Psychological Bulletin 86, 1979, table 2: six targets, four judges, scores to 10 here over 10. The
// paper gives BMS 11.24 and WMS 6.26, and ICC(1,4) = 0.44. Judges are made items of each person's own, as in drawn forms.
func TestShroutFleiss(t *testing.T) {
	table := [][]float64{{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}}
	var items []itemstats.Item
	var rs []itemstats.Response
	for p, row := range table {
		for i, s := range row {
			id := fmt.Sprint(p, "-", i)
			items = append(items, itemstats.Item{ID: id, Weight: 1})
			rs = append(rs, itemstats.Response{Person: fmt.Sprint(p), Item: id, Score: s / 10, Answered: true})
		}
	}
	a, err := itemstats.Analyse(items, rs, open)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ICC(1,4)", *a.Form.Reliability, .44, .005)
	near(t, "SEM", *a.Form.SEM, math.Sqrt(6.26/4)/10, .0005)
	if a.Form.Formula != itemstats.Drawn {
		t.Errorf("formula %q", a.Form.Formula)
	}
}

// Below its limit a figure is not shown, and at the limit it is.
func TestLimits(t *testing.T) {
	for _, x := range []struct {
		persons  int
		facility bool
		judged   bool
		form     bool
		rasch    bool
	}{{1, false, false, false, false}, {4, false, false, false, false}, {5, true, false, false, false}, {19, true, false, false, false}, {20, true, true, true, false}, {49, true, true, true, false}, {50, true, true, true, true}} {
		a := newWorld(1, x.persons, 12).analyse(t)
		s := a.Items[5]
		got := []bool{s.Facility != nil, s.PointBiserial != nil && s.Discrimination != nil && s.Efficiency != nil, a.Form.Reliability != nil, s.Rasch != nil}
		if want := []bool{x.facility, x.judged, x.form, x.rasch}; !reflect.DeepEqual(got, want) {
			t.Errorf("%d persons: shown %v, want %v", x.persons, got, want)
		}
		if flagged(s, itemstats.FlagFew) == x.judged {
			t.Errorf("%d persons: flags %v", x.persons, s.Flags)
		}
	}
	// Enough persons, of whom each was shown too little else.
	w := newWorld(2, 100, 12)
	w.shown = 5
	if s := w.analyse(t).Items[3]; s.PointBiserial != nil || s.Judged != 0 || !flagged(s, itemstats.FlagFew) {
		t.Errorf("with four other answers each, point-biserial %v of %d", s.PointBiserial, s.Judged)
	}
}

// The table of options counts everyone once for each thing they did.
func TestOptions(t *testing.T) {
	item := itemstats.Item{ID: "q", Weight: 1, Labels: []string{"A", "B", "C"}, Key: []string{"B"}}
	text := itemstats.Item{ID: "typed", Weight: 1, Key: []string{"arthrodesis"}}
	rs := []itemstats.Response{}
	for p, took := range []string{"A", "B", "B", "", "B", "A"} {
		r := itemstats.Response{Person: fmt.Sprint(p), Item: "q", Answered: took != ""}
		if took != "" {
			r.Chosen = []string{took}
		}
		if took == "B" {
			r.Score = 1
		}
		rs = append(rs, r)
	}
	for p, typed := range []string{"arthrodesis", "arthrotomy", "arthrotomy", "arthritis", "arthroscopy", "arthrodesis"} {
		r := itemstats.Response{Person: fmt.Sprint(p), Item: "typed", Chosen: []string{typed}, Answered: true}
		if typed == "arthrodesis" {
			r.Score = 1
		}
		rs = append(rs, r)
	}
	a, err := itemstats.Analyse([]itemstats.Item{item, text}, rs, open)
	if err != nil {
		t.Fatal(err)
	}
	show := func(os []itemstats.Option) (out []string) {
		for _, o := range os {
			out = append(out, fmt.Sprintf("%s %v %d others %d", o.Label, o.Right, o.N, o.Others))
		}
		return out
	}
	if got, want := show(a.Items[0].Options), []string{"A false 2 others 0", "B true 3 others 0", "C false 0 others 0", " false 1 others 0"}; !slices.Equal(got, want) {
		t.Errorf("options %q, want %q", got, want)
	}
	if got, want := show(a.Items[1].Options), []string{"arthrodesis true 2 others 0", "arthrotomy false 2 others 0", " false 2 others 2"}; !slices.Equal(got, want) {
		t.Errorf("typed answers %q, want %q", got, want)
	}
}

// Bad input is refused with what is wrong, and an empty one is no error.
func TestInput(t *testing.T) {
	q := []itemstats.Item{{ID: "q", Weight: 1}}
	for name, x := range map[string]struct {
		items []itemstats.Item
		rs    []itemstats.Response
	}{
		"unknown item":  {q, []itemstats.Response{{Person: "p", Item: "r"}}},
		"score above 1": {q, []itemstats.Response{{Person: "p", Item: "q", Score: 1.1}}},
		"no number":     {q, []itemstats.Response{{Person: "p", Item: "q", Score: math.NaN()}}},
		"twice":         {q, []itemstats.Response{{Person: "p", Item: "q"}, {Person: "p", Item: "q"}}},
		"item twice":    {append(q, q...), nil},
		"floor":         {[]itemstats.Item{{ID: "q", Floor: .9}}, nil},
	} {
		if _, err := itemstats.Analyse(x.items, x.rs, open); !errors.Is(err, itemstats.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := itemstats.Analyse(q, nil, itemstats.Standard)
	if err != nil || len(a.Items) != 0 || a.Form.Persons != 0 {
		t.Errorf("nothing: %+v, %v", a, err)
	}
}

func BenchmarkAnalyse(b *testing.B) {
	w := newWorld(1, 1000, 100)
	items, rs := w.responses()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := itemstats.Analyse(items, rs, itemstats.Standard); err != nil {
			b.Fatal(err)
		}
	}
}
