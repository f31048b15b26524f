package quizzes

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// drawing is one form in the making.
type drawing struct {
	pool   *pool
	bp     *Blueprint
	usable []bool // by node: may come into this form at all
	seen   []bool
	parts  []*part

	rng     *rand.Rand
	loose   bool    // difficulty and settings no longer matter
	places  []place // what is in; a node of -1 is still to be found
	in      []bool
	against []int32 // how many foes of the node are in
	guarded []int32 // how many of these must stay
	stays   []bool
	groups  map[int32]int // how many questions about a chart are in

	levels, settings, chartLevels, chartSettings *mix
}

// place is one item of the form.
type place struct {
	part   *part
	node   int32
	scored bool
}

// part is a slot of the blueprint, or its charts.
type part struct {
	name             string
	areas            []*source
	scored, unscored int
	left             int // scored places that are still empty
	reserve          int // charts with several questions that are still to come
	charts           bool
}

// source is an area that a part draws from.
type source struct {
	area  string
	units []unit
	taken int
}

// newDrawing gets ready to draw from what the blueprint allows and used does not hold; used may be nil.
func newDrawing(p *pool, bp *Blueprint, seen func(id string) bool, used []bool) *drawing {
	n := len(p.nodes)
	flags := make([]bool, 4*n)
	counts := make([]int32, 2*n)
	d := &drawing{pool: p, bp: bp, usable: flags[:n], seen: flags[n : 2*n], in: flags[2*n : 3*n], stays: flags[3*n:], against: counts[:n], guarded: counts[n:],
		groups: map[int32]int{}}
	for _, s := range bp.Slots {
		pt := &part{name: s.Name, scored: s.Scored, unscored: s.Unscored}
		for _, a := range s.Areas {
			pt.areas = append(pt.areas, &source{area: a, units: slices.Clone(p.units[a])})
		}
		d.parts = append(d.parts, pt)
	}
	if n := bp.Charts.Count; n > 0 && len(bp.Charts.Cases) == 0 {
		d.parts = append(d.parts, &part{name: "Charts", scored: n, charts: true, areas: []*source{{area: "cases", units: slices.Clone(p.charts)}}})
	}
	for _, pt := range d.parts {
		for _, s := range pt.areas {
			for _, u := range s.units {
				for _, v := range u {
					if (used == nil || !used[v]) && d.allowed(&p.nodes[v]) {
						d.usable[v] = true
						d.seen[v] = seen != nil && seen(p.nodes[v].id())
					}
				}
			}
		}
	}
	return d
}

func (n *node) id() string {
	if n.c != nil {
		return n.c.ID
	}
	return n.q.ID
}

func (d *drawing) allowed(n *node) bool {
	if c := n.c; c != nil {
		want := d.bp.Charts
		i := settingOf(c.Setting, want.Settings)
		return (len(want.Settings) == 0 || i >= 0 && want.Settings[i].Weight > 0) && (want.Bills == "" || want.Bills == c.Bills) &&
			(len(want.Areas) == 0 || slices.ContainsFunc(want.Areas, func(a string) bool { return slices.Contains(c.Areas, a) }))
	}
	if n.group >= 0 && len(d.bp.Settings) > 0 {
		if c, ok := d.pool.caseOf[n.q.Group]; ok {
			if i := settingOf(d.pool.nodes[c].c.Setting, d.bp.Settings); i >= 0 && d.bp.Settings[i].Weight == 0 {
				return false
			}
		}
	}
	return len(d.bp.Kinds) == 0 || slices.Contains(d.bp.Kinds, n.q.Kind)
}

// trial reports whether a node is never scored.
func (d *drawing) trial(v int32) bool { q := d.pool.nodes[v].q; return q != nil && q.Trial }

// lacking says in words which places cannot be filled for want of items, enemies left aside; "" when there are enough.
func (d *drawing) lacking() string {
	var missing []string
	for _, id := range d.bp.Questions {
		if _, ok := d.pool.byID[id]; !ok {
			missing = append(missing, fmt.Sprintf("there is no question %s", id))
		}
	}
	for _, id := range d.bp.Charts.Cases {
		if _, ok := d.pool.caseOf[id]; !ok {
			missing = append(missing, fmt.Sprintf("there is no case %s", id))
		}
	}
	for _, pt := range d.parts {
		scored, all := 0, 0
		for _, s := range pt.areas {
			for _, u := range s.units {
				for _, v := range u {
					if d.usable[v] {
						all++
						if !d.trial(v) {
							scored++
						}
					}
				}
			}
			if want := d.wanted(pt, s); want > 0 {
				if have := d.several(s); have < want {
					missing = append(missing, fmt.Sprintf("%s has %d of %d charts with several questions", AreaTitle(s.area), have, want))
				}
			}
		}
		switch {
		case all < pt.scored+pt.unscored:
			missing = append(missing, fmt.Sprintf("%s has %d of %d", pt.name, all, pt.scored+pt.unscored))
		case scored < pt.scored:
			missing = append(missing, fmt.Sprintf("%s has %d of %d that may be scored", pt.name, scored, pt.scored))
		}
	}
	return strings.Join(missing, "; ")
}

// wanted is how many charts with several questions a source must give.
func (d *drawing) wanted(pt *part, s *source) (n int) {
	for _, g := range d.bp.Groups {
		if g.Area == s.area && !pt.charts {
			n += g.Count
		}
	}
	return n
}

// several counts the charts of a source with two or more questions that may be scored.
func (d *drawing) several(s *source) (n int) {
	for _, u := range s.units {
		can := 0
		for _, v := range u {
			if d.usable[v] && !d.trial(v) {
				can++
			}
		}
		if can > 1 {
			n++
		}
	}
	return n
}

// begin clears the form and mixes what there is.
func (d *drawing) begin(rng *rand.Rand, loose bool) {
	d.rng, d.loose, d.places = rng, loose, make([]place, 0, d.bp.Items)
	for i := range d.in {
		d.in[i], d.stays[i], d.against[i], d.guarded[i] = false, false, 0, 0
	}
	clear(d.groups)
	shares := d.bp.Difficulty
	d.levels, d.chartLevels = newMix(slices.Clone(shares[:])), newMix(slices.Clone(shares[:]))
	d.settings, d.chartSettings = newMix(weights(d.bp.Settings)), newMix(weights(d.bp.Charts.Settings))
	for _, pt := range d.parts {
		pt.left, pt.reserve = pt.scored, 0
		rng.Shuffle(len(pt.areas), func(i, j int) { pt.areas[i], pt.areas[j] = pt.areas[j], pt.areas[i] })
		for _, s := range pt.areas {
			s.taken = 0
			rng.Shuffle(len(s.units), func(i, j int) { s.units[i], s.units[j] = s.units[j], s.units[i] })
			pt.reserve += d.wanted(pt, s)
		}
	}
}

// put brings a node in. One that stays is not taken out again to make room.
func (d *drawing) put(v int32, pt *part, scored, stays bool) {
	d.places = append(d.places, place{pt, v, scored})
	d.mark(v, 1)
	if stays {
		d.stays[v] = true
		for _, f := range d.pool.nodes[v].foes {
			d.guarded[f]++
		}
	}
	d.count(v, 1)
}

// mark keeps account of what stands against what.
func (d *drawing) mark(v int32, by int32) {
	n := &d.pool.nodes[v]
	d.in[v] = by > 0
	for _, f := range n.foes {
		d.against[f] += by
	}
	if n.group >= 0 {
		d.groups[n.group] += int(by)
	}
}

func (d *drawing) count(v int32, by int) {
	n := &d.pool.nodes[v]
	if n.c != nil {
		d.chartLevels.add(n.level, by)
		d.chartSettings.add(settingOf(n.c.Setting, d.bp.Charts.Settings), by)
		return
	}
	d.levels.add(n.level, by)
	// A setting has its share of the charts, however many questions are about each.
	if n.group >= 0 && (by > 0 && d.groups[n.group] == 1 || by < 0 && d.groups[n.group] == 0) {
		d.settings.add(d.setting(v), by)
	}
}

// undo takes out all but the first n places, none of which may stay but those of a chart with several questions.
func (d *drawing) undo(n int) {
	for _, p := range d.places[n:] {
		d.mark(p.node, -1)
		d.count(p.node, -1)
		if d.stays[p.node] {
			d.stays[p.node] = false
			for _, f := range d.pool.nodes[p.node].foes {
				d.guarded[f]--
			}
		}
	}
	d.places = d.places[:n]
}

// can reports whether a node can come in as things stand.
func (d *drawing) can(v int32, scored bool) bool {
	return d.usable[v] && !d.in[v] && d.against[v] == 0 && !(scored && d.trial(v))
}

// fill fills the form and returns how many places stay empty, and which in words.
func (d *drawing) fill() (empty int, words string) {
	for _, id := range d.bp.Questions {
		v := d.pool.byID[id]
		d.put(v, nil, !d.trial(v), true)
	}
	for _, id := range d.bp.Charts.Cases {
		d.put(d.pool.caseOf[id], nil, true, true)
	}
	for _, pt := range d.parts {
		for _, s := range pt.areas {
			if n := d.wanted(pt, s); n > 0 && !d.require(pt, s, n) {
				return n, fmt.Sprintf("%s gives fewer than %d charts with several questions", AreaTitle(s.area), n)
			}
		}
	}
	// The tightest part goes first: it has the least choice when foes of what it needs are already in.
	slack := map[*part]int{}
	for _, pt := range d.parts {
		for _, s := range pt.areas {
			for _, u := range s.units {
				for _, v := range u {
					if d.can(v, false) {
						slack[pt]++
					}
				}
			}
		}
		slack[pt] -= pt.left + pt.unscored
	}
	order := slices.Clone(d.parts)
	slices.SortStableFunc(order, func(x, y *part) int { return cmp.Compare(slack[x], slack[y]) })
	var open []int // places that are still empty
	for _, scored := range []bool{true, false} {
		for _, pt := range order {
			for range d.take(pt, scored) {
				open = append(open, len(d.places))
				d.places = append(d.places, place{pt, -1, scored})
			}
		}
	}
	open = d.repair(open)
	if len(open) == 0 {
		return 0, ""
	}
	short := map[*part]int{}
	for _, i := range open {
		short[d.places[i].part]++
	}
	var out []string
	for _, pt := range d.parts {
		if n := short[pt]; n > 0 {
			want := pt.scored + pt.unscored
			out = append(out, fmt.Sprintf("%s gives %d of %d", pt.name, want-n, want))
		}
	}
	return len(open), strings.Join(out, "; ")
}

// setting is the place of a unit's chart among the blueprint's settings, -1 when it has none.
func (d *drawing) setting(v int32) int {
	n := &d.pool.nodes[v]
	if n.c != nil {
		return settingOf(n.c.Setting, d.bp.Charts.Settings)
	}
	if n.group < 0 || len(d.bp.Settings) == 0 {
		return -1
	}
	c, ok := d.pool.caseOf[n.q.Group]
	if !ok {
		return -1
	}
	return settingOf(d.pool.nodes[c].c.Setting, d.bp.Settings)
}
