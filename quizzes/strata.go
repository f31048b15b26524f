package quizzes

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
)

// Stratum is a part of a form that every form of a test has in the same number: questions of an area and difficulty, or charts of a setting
// and difficulty.
type Stratum struct {
	Area       string `json:"area"`              // of questions, "cases" for charts
	Setting    string `json:"setting,omitempty"` // of charts
	Difficulty int    `json:"difficulty"`        // 1 to 5
	Count      int    `json:"count"`
}

// Strata are the parts of a form, in a fixed order. Charts that a test names are in none of them.
type Strata []Stratum

// chartsArea is the area of charts in strata and forms.
const chartsArea = "cases"

// Equivalent says which of the forms that a test has is wanted.
type Equivalent struct {
	Seed   uint64
	Barred func(id string) bool    // never comes, such as a chart that the same person had before; may be nil
	Seen   func(id string) bool    // comes only when there is nothing else; may be nil
	Use    map[string]int          // in how many forms an item came up: the least used come first
	Hard   func(id string) float64 // difficulty as far as it is known, in any unit; nil: the author's
}

// Strata says what every form of a test has the same of, so that forms of different items are equivalent. An area's questions are dealt out to
// the difficulties in proportion to what the bank has, and charts first to the settings by their shares and then likewise, which gives the
// most different forms. Questions about a chart and trial questions are left out: charts are coded here. short says what the bank lacks, ""
// when it has enough; then each stratum has Count items or more.
func (b *Bank) Strata(bp *Blueprint) (st Strata, short string) {
	var missing []string
	need := func(name string, have, want int) {
		if have < want {
			missing = append(missing, fmt.Sprintf("%s has %d of %d", name, have, want))
		}
	}
	d := newDrawing(b.pool, bp, nil, nil)
	for _, slot := range bp.Slots {
		var have Difficulty
		for _, v := range d.stratum(Stratum{Area: slot.Areas[0]}) {
			have[d.pool.nodes[v].level]++
		}
		need(slot.Name, have.sum(), slot.Scored)
		st = st.deal(Stratum{Area: slot.Areas[0]}, slot.Scored, have)
	}
	for _, id := range bp.Charts.Cases {
		if b.caseByID[id] == nil {
			missing = append(missing, "there is no case "+id)
		}
	}
	shares := bp.Charts.Settings
	if len(shares) == 0 {
		shares = b.settingShares(d)
	}
	counts := largestRemainder(max(0, bp.Charts.Count-len(bp.Charts.Cases)), weights(shares))
	if sum(counts) < bp.Charts.Count-len(bp.Charts.Cases) {
		missing = append(missing, "there are no such charts")
	}
	for i, s := range shares {
		var have Difficulty
		for _, v := range d.stratum(Stratum{Area: chartsArea, Setting: s.Setting}) {
			have[d.pool.nodes[v].level]++
		}
		need(fmt.Sprintf("charts, %s,", settingName(s.Setting)), have.sum(), counts[i])
		st = st.deal(Stratum{Area: chartsArea, Setting: s.Setting}, counts[i], have)
	}
	return st, strings.Join(missing, "; ")
}

// settingName is the title of a setting in lower case.
func settingName(id string) string {
	for _, s := range Settings {
		if s.ID == id {
			return strings.ToLower(s.Title)
		}
	}
	return id
}

// settingShares are the settings of all charts that a blueprint allows, by how many there are.
func (b *Bank) settingShares(d *drawing) (out []Share) {
	for _, s := range Settings {
		n := 0
		for _, u := range b.pool.charts {
			if node := &b.pool.nodes[u[0]]; node.c.Setting == s.ID && d.free(u[0]) {
				n++
			}
		}
		if n > 0 {
			out = append(out, Share{s.ID, n})
		}
	}
	return out
}

func (d Difficulty) sum() int { return sum(d[:]) }

func sum(ns []int) (total int) {
	for _, n := range ns {
		total += n
	}
	return total
}

// deal adds the strata of n items of which the bank has so many of each difficulty. The next item always comes from where most are left for
// each that is taken (D'Hondt), so that the scarcest stratum goes round as often as it can.
func (st Strata) deal(of Stratum, n int, have Difficulty) Strata {
	var count Difficulty
	for range min(n, have.sum()) {
		best := 0
		for i := range have {
			if have[i]*(count[best]+1) > have[best]*(count[i]+1) {
				best = i
			}
		}
		count[best]++
	}
	for i, c := range count {
		if c > 0 {
			of.Difficulty, of.Count = i+1, c
			st = append(st, of)
		}
	}
	return st
}

// free reports whether a chart may be drawn: it is allowed, and is none of the named ones, which come anyway.
func (d *drawing) free(v int32) bool {
	n := &d.pool.nodes[v]
	return d.allowed(n) && !slices.Contains(d.bp.Charts.Cases, n.c.ID)
}

// stratum lists what belongs to one, in the order of the ids; Difficulty 0 is any.
func (d *drawing) stratum(s Stratum) (out []int32) {
	units := d.pool.units[s.Area]
	if s.Area == chartsArea {
		units = d.pool.charts
	}
	for _, u := range units {
		for _, v := range u {
			n := &d.pool.nodes[v]
			switch {
			case s.Difficulty > 0 && n.level != s.Difficulty-1:
			case n.c != nil && s.Area == chartsArea:
				if d.free(v) && d.inSetting(n.c.Setting, s.Setting) {
					out = append(out, v)
				}
			case n.q != nil && s.Area != chartsArea && n.group < 0 && !n.q.Trial && d.allowed(n):
				out = append(out, v)
			}
		}
	}
	return out
}

// inSetting reports whether a chart's setting is that of a stratum, which may be the blueprint's word for all the rest.
func (d *drawing) inSetting(chart, want string) bool {
	if i := settingOf(chart, d.bp.Charts.Settings); i >= 0 {
		return d.bp.Charts.Settings[i].Setting == want
	}
	return chart == want
}

// The search for an equivalent form.
const (
	equivalentForms = 24 // of so many forms that are all right the one nearest to the middle is taken
	equivalentTries = 80
)

// DrawEquivalent draws a form of a test by its strata, the charts that the test names among it. Each stratum has exactly its count; of its
// items the unseen come before the seen and the less used before the more used. Of several such forms the one whose difficulty, and whose
// work in lines to be coded, are nearest to those of an average form is taken. The same bank and the same arguments give the same form. The error
// wraps ErrTooSmall and says what is missing.
func (b *Bank) DrawEquivalent(bp *Blueprint, st Strata, e Equivalent) (Form, error) {
	fail := func(short string) (Form, error) {
		return Form{}, fmt.Errorf("drawing %s: %w: %s", bp.ID, ErrTooSmall, short)
	}
	d := newDrawing(b.pool, bp, nil, nil)
	layers, short := d.layers(st, e)
	if short != "" {
		return fail(short)
	}
	name := fnv.New64a()
	_, _ = name.Write([]byte(bp.ID)) // a hash never fails to write
	rng := rand.New(rand.NewPCG(e.Seed, name.Sum64()))
	var best []int32
	least := 0.0
	for found, try := 0, 0; found < equivalentForms && try < equivalentTries; try++ {
		nodes, ok := d.pick(layers, rng)
		if !ok {
			continue
		}
		found++
		if off := offMiddle(layers, nodes); best == nil || off < least {
			best, least = nodes, off
		}
	}
	if best == nil {
		return fail("too many of the items give each other away")
	}
	d.rng, d.places = rng, nil
	for _, id := range bp.Charts.Cases {
		d.places = append(d.places, place{nil, d.pool.caseOf[id], true})
	}
	for _, v := range best {
		d.places = append(d.places, place{nil, v, true})
	}
	return d.form(e.Seed), nil
}

// layer is a stratum with what can come of it.
type layer struct {
	Stratum
	nodes      []int32
	rank       map[int32]int // seen and used: lower comes first
	hard, work measure
	weight     float64 // of one item in the score
}

// measure is a property of the items of a layer, with its mean and variance.
type measure struct {
	of             map[int32]float64
	mean, variance float64
}

// settle works mean and variance out, in the order of the nodes so that rounding is the same each time.
func (m *measure) settle(nodes []int32) {
	n := float64(max(1, len(nodes)))
	for _, v := range nodes {
		m.mean += m.of[v] / n
	}
	for _, v := range nodes {
		m.variance += (m.of[v] - m.mean) * (m.of[v] - m.mean) / n
	}
}

// layers gets the strata ready, the tightest first.
func (d *drawing) layers(st Strata, e Equivalent) (out []*layer, short string) {
	var missing []string
	for _, id := range d.bp.Charts.Cases {
		if _, ok := d.pool.caseOf[id]; !ok {
			missing = append(missing, "there is no case "+id)
		}
	}
	for _, s := range st {
		l := &layer{Stratum: s, rank: map[int32]int{}, hard: measure{of: map[int32]float64{}}, work: measure{of: map[int32]float64{}}, weight: 1}
		if s.Area == chartsArea {
			l.weight = float64(max(1, d.bp.Charts.Weight))
		}
		for _, v := range d.stratum(s) {
			n := &d.pool.nodes[v]
			id := n.id()
			if e.Barred != nil && e.Barred(id) {
				continue
			}
			l.nodes = append(l.nodes, v)
			l.rank[v] = e.Use[id]
			if e.Seen != nil && e.Seen(id) {
				l.rank[v] += 1 << 30
			}
			l.hard.of[v] = float64(n.level)
			if e.Hard != nil {
				l.hard.of[v] = e.Hard(id)
			}
			l.work.of[v] = 0
			if n.c != nil {
				l.work.of[v] = float64(len(n.c.Key.Diagnoses) + len(n.c.Key.Procedures))
			}
		}
		l.hard.settle(l.nodes)
		l.work.settle(l.nodes)
		if len(l.nodes) < s.Count {
			where := AreaTitle(s.Area)
			if s.Setting != "" {
				where = "charts, " + settingName(s.Setting)
			}
			missing = append(missing, fmt.Sprintf("%s, difficulty %d, has %d of %d that are still free", where, s.Difficulty, len(l.nodes), s.Count))
		}
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(x, y *layer) int { return cmp.Compare(len(x.nodes)-x.Count, len(y.nodes)-y.Count) })
	return out, strings.Join(missing, "; ")
}

// pick takes from each layer what comes first, among equals at random, without two that give each other away; in the order of the layers.
func (d *drawing) pick(layers []*layer, rng *rand.Rand) (out []int32, ok bool) {
	in := map[int32]bool{}
	for _, id := range d.bp.Charts.Cases {
		in[d.pool.caseOf[id]] = true
	}
	for _, l := range layers {
		order := slices.Clone(l.nodes)
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		slices.SortStableFunc(order, func(x, y int32) int { return cmp.Compare(l.rank[x], l.rank[y]) })
		left := l.Count
		for _, v := range order {
			if left == 0 {
				break
			}
			if !in[v] && !slices.ContainsFunc(d.pool.nodes[v].foes, func(f int32) bool { return in[f] }) {
				in[v] = true
				out = append(out, v)
				left--
			}
		}
		if left > 0 {
			return nil, false
		}
	}
	return out, true
}

// offMiddle says how far a form is off an average one: the squares of the differences of difficulty and of work, each over the variance that
// drawing from the strata gives it.
func offMiddle(layers []*layer, nodes []int32) (off float64) {
	for _, of := range []func(*layer) *measure{func(l *layer) *measure { return &l.hard }, func(l *layer) *measure { return &l.work }} {
		diff, variance, at := 0.0, 0.0, 0
		for _, l := range layers {
			m := of(l)
			for _, v := range nodes[at : at+l.Count] {
				diff += l.weight * (m.of[v] - m.mean)
			}
			at += l.Count
			variance += l.weight * l.weight * float64(l.Count) * m.variance
		}
		if variance > 1e-9 {
			off += diff * diff / variance
		}
	}
	return off
}

// EquivalentForms is how many forms can be drawn by strata so that no two have an item in common but the named charts, at most limit. It is
// found by drawing and may be a little less than the very most.
func (b *Bank) EquivalentForms(bp *Blueprint, st Strata, limit int) (n int) {
	used := map[string]bool{}
	for n < limit {
		f, err := b.DrawEquivalent(bp, st, Equivalent{Seed: uint64(n), Barred: func(id string) bool { return used[id] }})
		if err != nil {
			return n
		}
		for _, it := range f.Items {
			used[it.ID] = true
		}
		n++
		if len(st) == 0 { // nothing but named charts
			return n
		}
	}
	return n
}

// InStrata lists the questions and cases that can come up in a form by strata, the named charts among them, each by its id.
func (b *Bank) InStrata(bp *Blueprint, st Strata) []FormItem {
	d := newDrawing(b.pool, bp, nil, nil)
	var out []FormItem
	add := func(v int32) {
		n := &b.pool.nodes[v]
		if n.c != nil {
			out = append(out, FormItem{ID: n.c.ID, Kind: ItemCase, Area: chartsArea, ShownHash: n.c.ShownHash, KeyHash: n.c.KeyHash})
			return
		}
		out = append(out, FormItem{ID: n.q.ID, Kind: ItemQuestion, Area: n.q.Area, ShownHash: n.q.ShownHash, KeyHash: n.q.KeyHash})
	}
	for _, id := range bp.Charts.Cases {
		if v, ok := b.pool.caseOf[id]; ok {
			add(v)
		}
	}
	for _, s := range st {
		for _, v := range d.stratum(s) {
			add(v)
		}
	}
	slices.SortFunc(out, func(x, y FormItem) int { return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID)) })
	return out
}

// Shipped reports whether the case is one that comes with Crosswalk, word for word. Others were written by those who run it.
func (c *Case) Shipped() bool {
	text, err := Content.ReadFile(strings.TrimPrefix(c.File, root))
	return err == nil && string(text) == c.Source
}

// Apportion deals n out in proportion to shares, by the largest remainders, and gives the numbers in the place of the weights.
func Apportion(n int, shares []Share) []Share {
	out := slices.Clone(shares)
	for i, count := range largestRemainder(max(0, n), weights(shares)) {
		out[i].Weight = count
	}
	return out
}
