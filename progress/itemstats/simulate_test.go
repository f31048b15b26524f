package itemstats_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"crosswalk/internal/testkit"
	"crosswalk/progress/itemstats"
)

var labels = []string{"A", "B", "C", "D"}

// world draws persons and items of the Rasch model with a floor of guessing of one over four.
type world struct {
	rng        *rand.Rand
	abilities  []float64
	difficulty []float64
	miskeyed   int // item whose key names another option than the right one, -1 for none
	drifting   int // item that becomes easier half-way, -1 for none
	shown      int // items on a form, 0 for all
}

func newWorld(seed uint64, persons, items int) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 7)), miskeyed: -1, drifting: -1}
	for range persons {
		w.abilities = append(w.abilities, w.rng.NormFloat64())
	}
	for i := range items {
		w.difficulty = append(w.difficulty, -2+4*float64(i)/float64(items-1))
	}
	return w
}

func (w *world) responses() ([]itemstats.Item, []itemstats.Response) {
	var items []itemstats.Item
	for i := range w.difficulty {
		it := itemstats.Item{ID: fmt.Sprint("i", i), Weight: 1, Floor: .25, Labels: labels, Key: []string{"A"}}
		if i == w.miskeyed {
			it.Key = []string{"C"}
		}
		items = append(items, it)
	}
	var rs []itemstats.Response
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for p, ability := range w.abilities {
		order := w.rng.Perm(len(items))
		if w.shown > 0 {
			order = order[:w.shown]
		}
		for _, i := range order {
			b := w.difficulty[i]
			if i == w.drifting && p >= len(w.abilities)/2 {
				b -= 1.8
			}
			took := labels[w.rng.IntN(4)] // a guess
			if w.rng.Float64() < 1/(1+math.Exp(b-ability)) {
				took = "A"
			}
			r := itemstats.Response{Person: fmt.Sprint("p", p), Item: items[i].ID, Chosen: []string{took}, Answered: true, Seconds: 60 + w.rng.IntN(60), At: begin.AddDate(0, 0, p)}
			if took == items[i].Key[0] {
				r.Score = 1
			}
			rs = append(rs, r)
		}
	}
	return items, rs
}

func (w *world) analyse(t *testing.T) itemstats.Analysis {
	t.Helper()
	items, rs := w.responses()
	a, err := itemstats.Analyse(items, rs, itemstats.Standard)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Where the model holds, mean squares are 1 on average for long and for short forms, and difficulties come back.
func TestRaschHolds(t *testing.T) {
	if testkit.Race {
		t.Skip("arithmetic without goroutines, which runs without the race detector")
	}
	for _, x := range []struct {
		name                   string
		persons, items, shown  int
		infit, outfit, recover float64
	}{
		{"one form of 40", 600, 40, 0, .01, .02, .25},
		{"one form of 8", 1500, 8, 0, .01, .02, .2},
		{"12 drawn of 40", 2500, 40, 12, .01, .02, .25},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(11, x.persons, x.items)
			w.shown = x.shown
			a := w.analyse(t)
			var infit, outfit, square float64
			for i, s := range a.Items {
				infit += *s.Rasch.Infit / float64(x.items)
				outfit += *s.Rasch.Outfit / float64(x.items)
				d := s.Rasch.Difficulty - w.difficulty[i]
				square += d * d / float64(x.items)
			}
			near(t, "mean infit", infit, 1, x.infit)
			near(t, "mean outfit", outfit, 1, x.outfit)
			if got := math.Sqrt(square); got > x.recover {
				t.Errorf("difficulties are off by %.3f logits (root mean square), more than %.2f", got, x.recover)
			}
			near(t, "spread of ability", a.Model.SD, 1, .12)
			near(t, "reliability of the form and of the model", *a.Form.Reliability, a.Model.Reliability, .06)
		})
	}
}

func flagged(s itemstats.Stats, k itemstats.FlagKind) bool {
	for _, f := range s.Flags {
		if f.Kind == k {
			return true
		}
	}
	return false
}

// A key that names the wrong option is found: by its figures from 60 persons on, with the option named in a third of the cases then and nearly always from
// 120 on. So is an item that became easier half-way, at 300.
func TestSpoiledItemsAreFlagged(t *testing.T) {
	if testing.Short() || testkit.Race {
		t.Skip("forty simulated classes are left out of -short")
	}
	for persons, least := range map[int]int{60: 3, 120: 9, 300: 10} {
		keyed, fits := 0, 0
		const worlds = 10
		for seed := range uint64(worlds) {
			w := newWorld(100+seed, persons, 40)
			w.miskeyed = 15
			s := w.analyse(t).Items[15]
			if flagged(s, itemstats.FlagKey) {
				keyed++
			}
			if flagged(s, itemstats.FlagMisfit) || flagged(s, itemstats.FlagNegative) || flagged(s, itemstats.FlagWeak) || flagged(s, itemstats.FlagHard) {
				fits++
			}
		}
		t.Logf("%d persons: the miskeyed item is flagged for its key in %d of %d worlds, for its figures in %d", persons, keyed, worlds, fits)
		if keyed < least || fits < worlds-1 {
			t.Errorf("%d persons: the miskeyed item was flagged for its key in %d of %d worlds, for its figures in %d", persons, keyed, worlds, fits)
		}
	}
	drifts, others := 0, 0
	for seed := range uint64(10) {
		w := newWorld(200+seed, 300, 40)
		w.drifting = 22
		for i, s := range w.analyse(t).Items {
			switch {
			case !flagged(s, itemstats.FlagDrift):
			case i == 22:
				drifts++
			default:
				others++
			}
		}
	}
	t.Logf("the drifting item is flagged in %d of 10 worlds, others %d times of 390", drifts, others)
	if drifts < 9 || others > 4 {
		t.Errorf("drift: flagged %d of 10 that drift and %d of 390 that do not", drifts, others)
	}
}

// Of sound items at most one in a hundred is flagged Check or Look, at every size of class.
func TestSoundItemsAreSeldomFlagged(t *testing.T) {
	if testing.Short() || testkit.Race {
		t.Skip("fifty simulated classes are left out of -short")
	}
	for _, x := range []struct{ persons, shown int }{{25, 0}, {60, 0}, {200, 0}, {1000, 0}, {600, 20}} {
		kinds := map[itemstats.FlagKind]int{}
		items, bad := 0, 0
		for seed := range uint64(10) {
			w := newWorld(300+seed, x.persons, 50)
			w.shown = x.shown
			for _, s := range w.analyse(t).Items {
				items++
				if level, _ := s.Worst(); level == itemstats.Check || level == itemstats.Look {
					bad++
				}
				for _, f := range s.Flags {
					kinds[f.Kind]++
				}
			}
		}
		t.Logf("%d persons, %d shown: %d of %d sound items flagged Check or Look; all flags %v", x.persons, x.shown, bad, items, kinds)
		if 100*bad > items {
			t.Errorf("%d persons, %d shown: %d of %d sound items flagged", x.persons, x.shown, bad, items)
		}
	}
}

// An item on a stronger class later is no drifting item.
func TestStrongerClassIsNoDrift(t *testing.T) {
	if testkit.Race {
		t.Skip("arithmetic without goroutines, which runs without the race detector")
	}
	w := newWorld(5, 400, 40)
	for p := len(w.abilities) / 2; p < len(w.abilities); p++ {
		w.abilities[p]++
	}
	for _, s := range w.analyse(t).Items {
		if flagged(s, itemstats.FlagDrift) {
			t.Errorf("item %s: %v", s.ID, s.Flags)
		}
	}
}
