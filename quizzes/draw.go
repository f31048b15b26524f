package quizzes

import (
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
	ChartHash string `json:"chart,omitempty"` // ShownHash of Group as drawn
}

const (
	drawAttempts = 40 // how often Draw begins anew
	strictly     = 10 // after so many of them difficulty and settings no longer matter
)

// Draw draws a form. The same bank, blueprint, seed and seen give the same form on every machine.
//
// Counts are exact for each area or domain. No item comes twice, no two questions that are enemies come together, and no question about a chart
// together with the chart itself. Unseen items come before seen ones (seen takes ids of questions and cases and may be nil), within those
// the difficulties and settings have their shares as far as the bank allows. The questions about one chart are drawn whole as long as their
// number goes in, and stand next to each other; charts to be coded come last. Trial questions are never scored and fill the unscored places
// first. A fixed list is taken as it stands.
//
// The error wraps ErrTooSmall and says what is missing. When enemies leave little choice the search is long, but it ends: now and then it may
// miss a form that exists.
func (b *Bank) Draw(bp *Blueprint, seed uint64, seen func(id string) bool) (Form, error) {
	f, short := newDrawing(b.pool, bp, seen, nil).draw(seed)
	if short != "" {
		return Form{}, fmt.Errorf("drawing %s: %w: %s", bp.ID, ErrTooSmall, short)
	}
	return f, nil
}

// Forms is how many forms of an exam can be drawn so that no two have an item in common, at most limit, and what is short for the next one ("" at
// the limit). It is found by drawing and may be a little less than the very most. An exam with a fixed list has one form.
func (b *Bank) Forms(bp *Blueprint, limit int) (n int, short string) {
	if bp.fixed() {
		if _, short := newDrawing(b.pool, bp, nil, nil).draw(0); short != "" {
			return 0, short
		}
		return min(1, limit), "its list is fixed: every form has the same items"
	}
	for seed := range uint64(3) {
		used := make([]bool, len(b.pool.nodes))
		count, lack := 0, ""
		for count < limit && lack == "" {
			d := newDrawing(b.pool, bp, nil, used)
			if _, lack = d.draw(seed); lack == "" {
				count++
				for _, p := range d.places {
					used[p.node] = true
				}
			}
		}
		if seed == 0 || count > n {
			n, short = count, lack
		}
	}
	return n, short
}

// draw draws a form or says what is short.
func (d *drawing) draw(seed uint64) (f Form, short string) {
	if short = d.lacking(); short != "" {
		return Form{}, short
	}
	name := fnv.New64a()
	_, _ = name.Write([]byte(d.bp.ID)) // a hash never fails to write
	least := 0
	for attempt := range uint64(drawAttempts) {
		d.begin(rand.New(rand.NewPCG(seed, name.Sum64()+attempt)), attempt >= strictly)
		empty, words := d.fill()
		if empty == 0 {
			return d.form(seed), ""
		}
		if short == "" || empty < least {
			least, short = empty, words
		}
	}
	return Form{}, short + ", because too many of the items there are enemies of each other"
}

// fewestEmpty is how many places stay empty when as many as can be found are filled.
func (d *drawing) fewestEmpty() int {
	fewest := d.bp.Items
	for attempt := uint64(0); attempt < 3 && fewest > 0; attempt++ {
		d.begin(rand.New(rand.NewPCG(attempt, 0)), true)
		empty, _ := d.fill()
		fewest = min(fewest, empty)
	}
	return fewest
}

// form puts the drawn items in order and shuffles options.
func (d *drawing) form(seed uint64) Form {
	var blocks [][]place // questions about one chart together
	var charts []place
	at := map[int32]int{}
	for _, p := range d.places {
		n := &d.pool.nodes[p.node]
		i, ok := at[n.group]
		switch {
		case n.c != nil:
			charts = append(charts, p)
		case ok && n.group >= 0:
			blocks[i] = append(blocks[i], p)
		default:
			at[n.group] = len(blocks)
			blocks = append(blocks, []place{p})
		}
	}
	if len(d.bp.Questions) == 0 || d.bp.Shuffle {
		for _, b := range blocks {
			slices.SortStableFunc(b, func(x, y place) int { return byPlace(d.pool.nodes[x.node].q, d.pool.nodes[y.node].q) })
		}
		d.rng.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
	} else {
		blocks = nil
		for _, p := range d.places {
			if d.pool.nodes[p.node].q != nil {
				blocks = append(blocks, []place{p})
			}
		}
	}
	if len(d.bp.Charts.Cases) == 0 || d.bp.Shuffle {
		d.rng.Shuffle(len(charts), func(i, j int) { charts[i], charts[j] = charts[j], charts[i] })
	}
	f := Form{Blueprint: d.bp.ID, Seed: seed, Items: make([]FormItem, 0, len(d.places))}
	for _, b := range append(blocks, charts) {
		for _, p := range b {
			f.Items = append(f.Items, d.item(p))
		}
	}
	return f
}

func (d *drawing) item(p place) FormItem {
	n := &d.pool.nodes[p.node]
	if c := n.c; c != nil {
		return FormItem{ID: c.ID, Kind: ItemCase, Area: "cases", Scored: true, Weight: max(1, d.bp.Charts.Weight), ShownHash: c.ShownHash, KeyHash: c.KeyHash}
	}
	q := n.q
	f := FormItem{ID: q.ID, Kind: ItemQuestion, Area: q.Area, Scored: p.scored, Weight: 1, Group: q.Group, Shuffle: Shuffle(q, d.rng), ShownHash: q.ShownHash, KeyHash: q.KeyHash}
	if chart, ok := d.pool.caseOf[q.Group]; ok {
		f.ChartHash = d.pool.nodes[chart].c.ShownHash
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
