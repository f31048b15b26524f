package quizzes

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"crosswalk/grading"
)

// ErrTooSmall is wrapped by the error of Draw when the bank cannot fill an exam.
var ErrTooSmall = errors.New("the bank is too small")

// Form is an exam drawn from a blueprint.
type Form struct {
	Blueprint string     `json:"blueprint"`
	Seed      uint64     `json:"seed"`
	Items     []FormItem `json:"items"`
}

// The kinds of FormItem.
const (
	ItemQuestion = "question"
	ItemCase     = "case"
)

// FormItem is one place of a form. Encoded as JSON it is stored with the sitting and read back the same. It tells the order in which options
// are shown, so it stays on the server.
type FormItem struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"` // question or case
	Area   string `json:"area"` // of a case: cases
	Scored bool   `json:"scored"`
	Weight int    `json:"weight"`          // how many items it is worth in the score, 1 or more
	Group  string `json:"group,omitempty"` // the case whose chart is shown; of a case itself ""
	// Shuffle is the order in which options or entries are shown: place i shows the author's entry Shuffle[i]. Of a match question it
	// is the right column. Nil where there is nothing to shuffle.
	Shuffle   []int  `json:"order,omitempty"`
	ShownHash string `json:"shown"` // of the question or case as drawn
	KeyHash   string `json:"key"`
}

// drawAttempts is how often Draw deals again when enemies stand in each other's way.
const drawAttempts = 40

// Draw draws a form. The same bank, blueprint, seed and seen give the same form on every machine. Counts are exact for each area or domain; no two
// questions that are enemies come together; unseen questions come before seen ones (seen may be nil); questions about one chart come
// next to each other; trial questions are never scored and fill the unscored places first. The error wraps ErrTooSmall and says what is
// missing.
func (b *Bank) Draw(bp *Blueprint, seed uint64, seen func(id string) bool) (Form, error) {
	if seen == nil {
		seen = func(string) bool { return false }
	}
	if s := bp.short(b.have); s != "" {
		return Form{}, fmt.Errorf("drawing %s: %w: %s", bp.ID, ErrTooSmall, s)
	}
	name := fnv.New64a()
	_, _ = name.Write([]byte(bp.ID)) // a hash never fails to write
	var stuck string
	for attempt := range uint64(drawAttempts) {
		d := drawing{bank: b, bp: bp, seen: seen, rng: rand.New(rand.NewPCG(seed, name.Sum64()+attempt)), used: map[string]bool{},
			// In the last attempts questions with few enemies go first, which leaves the most room for others.
			peaceful: attempt > drawAttempts*3/4}
		if stuck = d.fill(); stuck == "" {
			return d.form(seed), nil
		}
	}
	return Form{}, fmt.Errorf("drawing %s: %w: %s, because too many questions there are enemies of each other", bp.ID, ErrTooSmall, stuck)
}

// have counts the questions of an area, those that may be scored and all.
func (b *Bank) have(area string) (scored, all int) {
	for _, q := range b.byArea[area] {
		all++
		if !q.Trial {
			scored++
		}
	}
	return scored, all
}

type drawing struct {
	bank     *Bank
	bp       *Blueprint
	seen     func(string) bool
	rng      *rand.Rand
	used     map[string]bool
	peaceful bool
	items    []drawn
}

type drawn struct {
	q      *Question
	scored bool
}

// unit is what is drawn together: one question, or the questions about one chart.
type unit []*Question

// fill fills all slots; it returns the slot that it could not fill, in words, or "".
func (d *drawing) fill() string {
	order := make([]int, len(d.bp.Slots))
	slack := make([]int, len(d.bp.Slots))
	for i, s := range d.bp.Slots {
		order[i] = i
		for _, a := range s.Areas {
			_, all := d.bank.have(a)
			slack[i] += all
		}
		slack[i] -= s.Scored + s.Unscored
	}
	// The tightest slot goes first: it has the least choice when enemies of what it needs are already in.
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(slack[x], slack[y]) })
	for _, i := range order {
		s := d.bp.Slots[i]
		if n := d.take(s, s.Scored, true); n < s.Scored {
			return fmt.Sprintf("%s gives %d of %d", s.Name, n, s.Scored)
		}
	}
	for _, i := range order {
		s := d.bp.Slots[i]
		if n := d.take(s, s.Unscored, false); n < s.Unscored {
			return fmt.Sprintf("%s gives %d of %d unscored", s.Name, n, s.Unscored)
		}
	}
	return ""
}

// take draws n items for a slot, going round its areas so that each has its part, and returns how many it found.
func (d *drawing) take(s Slot, n int, scored bool) int {
	queues := make([][]unit, len(s.Areas))
	for i, a := range s.Areas {
		queues[i] = d.queue(a, scored)
	}
	d.rng.Shuffle(len(queues), func(i, j int) { queues[i], queues[j] = queues[j], queues[i] })
	taken := 0
	for left := true; left && taken < n; {
		left = false
		for i := range queues {
			for len(queues[i]) > 0 && taken < n {
				u := queues[i][0]
				queues[i] = queues[i][1:]
				left = true
				before := taken
				for _, q := range u {
					if taken < n && d.free(q) {
						d.used[q.ID] = true
						d.items = append(d.items, drawn{q, scored})
						taken++
					}
				}
				if taken > before {
					break // the next area's turn
				}
			}
		}
	}
	return taken
}

// free reports whether a question can still come in.
func (d *drawing) free(q *Question) bool {
	if d.used[q.ID] {
		return false
	}
	for e := range d.bank.enemies[q.ID] {
		if d.used[e] {
			return false
		}
	}
	return true
}

// queue lists an area's units in the order in which they are to be drawn.
func (d *drawing) queue(area string, scored bool) []unit {
	var units []unit
	groups := map[string]int{}
	for _, q := range d.bank.byArea[area] {
		if scored && q.Trial || d.used[q.ID] {
			continue
		}
		if i, ok := groups[q.Group]; ok && q.Group != "" {
			units[i] = append(units[i], q)
			continue
		}
		groups[q.Group] = len(units)
		units = append(units, unit{q})
	}
	for _, u := range units {
		slices.SortStableFunc(u, func(x, y *Question) int { return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line)) })
	}
	d.rng.Shuffle(len(units), func(i, j int) { units[i], units[j] = units[j], units[i] })
	rank := func(u unit) (r int) {
		if d.peaceful {
			for _, q := range u {
				r += len(d.bank.enemies[q.ID]) * 4
			}
		}
		if slices.ContainsFunc(u, func(q *Question) bool { return d.seen(q.ID) }) {
			r += 2
		}
		if !scored && !u[0].Trial {
			r++
			if !d.peaceful {
				r += 2 // a seen trial question still comes before an unseen real one, which is kept for a scored place
			}
		}
		return r
	}
	slices.SortStableFunc(units, func(x, y unit) int { return cmp.Compare(rank(x), rank(y)) })
	return d.bySetting(units)
}

// bySetting mixes the scenarios so that the settings have their shares (highest averages), without changing what comes first within one setting.
func (d *drawing) bySetting(units []unit) []unit {
	if len(d.bp.Settings) == 0 {
		return units
	}
	queues := make([][]unit, len(d.bp.Settings))
	var out, rest []unit
	for _, u := range units {
		if i := d.setting(u[0]); i >= 0 {
			queues[i] = append(queues[i], u)
		} else {
			rest = append(rest, u)
		}
	}
	counts := make([]int, len(queues))
	for {
		best := -1
		for i, s := range d.bp.Settings {
			if len(queues[i]) > 0 && (best < 0 || s.Weight*(counts[best]+1) > d.bp.Settings[best].Weight*(counts[i]+1)) {
				best = i
			}
		}
		if best < 0 {
			return append(out, rest...)
		}
		out = append(out, queues[best][0])
		queues[best] = queues[best][1:]
		counts[best]++
	}
}

// setting is the place in the blueprint's settings of the chart that a question is about, -1 when it has none.
func (d *drawing) setting(q *Question) int {
	c, ok := d.bank.caseByID[q.Group]
	if !ok {
		return -1
	}
	outpatient := -1
	for i, s := range d.bp.Settings {
		if s.Setting == c.Setting {
			return i
		}
		if s.Setting == "outpatient" {
			outpatient = i
		}
	}
	return outpatient
}

// form mixes the items, keeping the questions about one chart together, and shuffles options.
func (d *drawing) form(seed uint64) Form {
	var blocks [][]drawn
	groups := map[string]int{}
	for _, it := range d.items {
		if i, ok := groups[it.q.Group]; ok && it.q.Group != "" {
			blocks[i] = append(blocks[i], it)
			continue
		}
		groups[it.q.Group] = len(blocks)
		blocks = append(blocks, []drawn{it})
	}
	d.rng.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	f := Form{Blueprint: d.bp.ID, Seed: seed}
	for _, b := range blocks {
		slices.SortStableFunc(b, func(x, y drawn) int {
			return cmp.Or(cmp.Compare(x.q.File, y.q.File), cmp.Compare(x.q.Line, y.q.Line))
		})
		for _, it := range b {
			f.Items = append(f.Items, FormItem{ID: it.q.ID, Kind: ItemQuestion, Area: it.q.Area, Scored: it.scored, Weight: 1, Group: it.q.Group,
				Shuffle: Shuffle(it.q, d.rng), ShownHash: it.q.ShownHash, KeyHash: it.q.KeyHash})
		}
	}
	return f
}

// Shuffle is an order in which to show the options of a question, the entries of an order or the right column of a match: place i shows the
// author's entry Shuffle[i]. For an order or a match it is never the right one. Nil where there is nothing to shuffle.
func Shuffle(q *Question, rng *rand.Rand) []int {
	n := 0
	switch q.Kind {
	case grading.Single, grading.Multiple:
		n = len(q.Options)
	case grading.Order, grading.Match:
		n = len(q.Right)
	case grading.Codes, grading.Number, grading.Text:
	}
	if n == 0 {
		return nil
	}
	p := rng.Perm(n)
	if (q.Kind == grading.Order || q.Kind == grading.Match) && n > 1 && slices.IsSorted(p) {
		p[0], p[1] = p[1], p[0]
	}
	return p
}
