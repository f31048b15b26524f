package quizzes

import (
	"cmp"
	"slices"
)

// choice is a unit and how many of its items can be drawn now. The smaller its key, the better.
type choice struct {
	from *source
	unit unit
	n    int
	key  uint64
}

// The parts of a key, from the most important down.
const (
	keyLone    = 1 << 50 // one question of a chart that has more, which nobody likes to read a chart for
	keyReal    = 1 << 49 // for an unscored place: not a trial question
	keyRest    = 1 << 48 // what was cut from a chart that is in
	keySeen    = 1 << 46 // 0 none seen, 1 some, 2 all
	keyCut     = 1 << 45 // a chart of which some questions must stay out
	keyArea    = 1 << 24 // how many items the area has given
	keyTurn    = 1 << 18 // whose turn it is among areas that have given the same
	keySetting = 1 << 8
	keyLevel   = 1 << 0
)

// take fills the places of a part and returns how many stay empty.
func (d *drawing) take(pt *part, scored bool) (short int) {
	room := pt.unscored
	if scored {
		room = pt.left
	}
	for room > 0 {
		// Areas that have given least come first, so that what follows need not be looked at once something good is found.
		slices.SortStableFunc(pt.areas, func(x, y *source) int { return cmp.Compare(x.taken, y.taken) })
		best := choice{key: ^uint64(0)}
		for i, s := range pt.areas {
			turn := uint64(s.taken)*keyArea + uint64(i)*keyTurn
			if best.key < turn {
				break
			}
			for _, u := range s.units {
				c := d.weigh(s, u, room, scored)
				if c.key += turn; c.n > 0 && c.key < best.key {
					best = c
				}
			}
		}
		if best.n == 0 {
			return room
		}
		n := best.n
		if scored && n > 2 && room-n == 1 && !d.singles(pt) {
			n-- // else a lone question of another chart would have to fill the last place
		}
		room -= d.putUnit(pt, best, min(n, room), scored, false)
	}
	return 0
}

// singles reports whether a part has scored items that stand for themselves.
func (d *drawing) singles(pt *part) bool {
	for _, s := range pt.areas {
		for _, u := range s.units {
			if len(u) == 1 && d.can(u[0], true) {
				return true
			}
		}
	}
	return false
}

// weigh looks at what a unit can give.
func (d *drawing) weigh(s *source, u unit, room int, scored bool) choice {
	c := choice{from: s, unit: u}
	first, seen := int32(-1), 0
	for _, v := range u {
		if !d.can(v, scored) {
			continue
		}
		c.n++
		seen += d.old(v)
		if first < 0 || !scored && d.trial(v) && !d.trial(first) {
			first = v
		}
	}
	if c.n == 0 {
		return c
	}
	n := &d.pool.nodes[first]
	if !scored { // an unscored place takes one question at a time, a trial one where there is one
		c.n, seen = 1, d.old(first)
		if !d.trial(first) {
			c.key += keyReal
		}
	}
	switch {
	case len(u) == 1:
	case d.groups[n.group] > 0 && scored:
		c.key += keyRest
	case d.groups[n.group] == 0 && (room == 1 || c.n == 1):
		c.key += keyLone
	}
	switch {
	case seen == c.n:
		c.key += 2 * keySeen
	case seen > 0:
		c.key += keySeen
	}
	if c.n > room {
		c.key += keyCut
	}
	if !d.loose {
		levels, settings := d.levels, d.settings
		if n.c != nil {
			levels, settings = d.chartLevels, d.chartSettings
		}
		if len(settings.weight) > 0 {
			c.key += uint64(settings.of(d.setting(first))) * keySetting
		}
		c.key += uint64(levels.of(n.level)) * keyLevel
	}
	return c
}

// putUnit brings in up to n items of a choice, unseen ones first, and returns how many came in.
func (d *drawing) putUnit(pt *part, c choice, n int, scored, stays bool) (came int) {
	members := c.unit
	if n < len(members) {
		members = slices.Clone(members)
		slices.SortStableFunc(members, func(x, y int32) int {
			if !scored && d.trial(x) != d.trial(y) {
				if d.trial(x) {
					return -1
				}
				return 1
			}
			return cmp.Compare(d.old(x), d.old(y))
		})
	}
	for _, v := range members {
		if came < n && d.can(v, scored) { // items of one unit can be foes too
			d.put(v, pt, scored, stays)
			came++
		}
	}
	c.from.taken += came
	if scored {
		pt.left -= came
	}
	return came
}

func (d *drawing) old(v int32) int {
	if d.seen[v] {
		return 1
	}
	return 0
}

// requireSteps bounds the search for charts with several questions that get on with each other.
const requireSteps = 2000

// require draws n charts of a source with two or more questions each, which then stay in the form. It reports whether they were found.
func (d *drawing) require(pt *part, s *source, n int) bool {
	steps := 0
	var search func(n int) bool
	search = func(n int) bool {
		if n == 0 {
			return true
		}
		room := pt.left - 2*(pt.reserve-1) // the others need two places each
		var choices []choice
		for _, u := range s.units {
			if len(u) < 2 {
				continue
			}
			if c := d.weigh(s, u, room, true); c.n > 1 && d.groups[d.pool.nodes[u[0]].group] == 0 {
				choices = append(choices, c)
			}
		}
		slices.SortStableFunc(choices, func(x, y choice) int { return cmp.Compare(x.key, y.key) })
		for _, c := range choices {
			if steps++; steps > requireSteps {
				return false
			}
			before, taken, left := len(d.places), s.taken, pt.left
			if d.putUnit(pt, c, min(c.n, room), true, true) > 1 {
				pt.reserve--
				if search(n - 1) {
					return true
				}
				pt.reserve++
			}
			d.undo(before)
			s.taken, pt.left = taken, left
		}
		return false
	}
	return search(n)
}

// repairSteps bounds the search for the last places of one attempt.
const repairSteps = 1500

// repair finds items for the open places by putting others out, which then need a place of their own, and returns what stays open. What was
// put out does not come back at once (tabu search), so that it does not run in a circle.
func (d *drawing) repair(open []int) []int {
	if len(open) == 0 {
		return nil
	}
	at := map[int32]int{} // node to place
	for i, p := range d.places {
		if p.node >= 0 {
			at[p.node] = i
		}
	}
	barred := make(map[int32]int, 64) // node to the step at which it may come back
	for step := range repairSteps {
		if len(open) == 0 {
			return nil
		}
		// The oldest open place has its turn, so that none starves.
		i := open[0]
		open = open[1:]
		p := d.places[i]
		best, least, ties := int32(-1), ^uint64(0), 0
		for _, s := range p.part.areas {
			for _, u := range s.units {
				for _, v := range u {
					if !d.usable[v] || d.in[v] || d.guarded[v] > 0 || p.scored && d.trial(v) || d.against[v] > 0 && barred[v] > step {
						continue
					}
					key := uint64(d.against[v]) << 8
					if !d.loose {
						key += uint64(d.old(v))
						if len(u) > 1 && d.groups[d.pool.nodes[v].group] == 0 {
							key += 4
						}
						if !p.scored && !d.trial(v) {
							key += 2
						}
					}
					switch {
					case key < least:
						best, least, ties = v, key, 1
					case key == least:
						if ties++; d.rng.IntN(ties) == 0 {
							best = v
						}
					}
				}
			}
		}
		if best < 0 {
			open = append(open, i)
			continue
		}
		for _, f := range d.pool.nodes[best].foes {
			if d.in[f] {
				d.mark(f, -1)
				open = append(open, at[f])
				d.places[at[f]].node = -1
				delete(at, f)
				barred[f] = step + 4 + d.rng.IntN(8)
			}
		}
		d.mark(best, 1)
		d.places[i].node, at[best] = best, i
	}
	return open
}
