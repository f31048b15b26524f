package itemstats

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Item is what is known of an item besides the responses.
type Item struct {
	ID     string
	Weight float64  // points that it adds to the total; 0 for one on trial, which is analysed and does not count
	Floor  float64  // chance of a right answer by guessing alone, 0 to 0.5
	Labels []string // options in the author's order, nil where answers are typed
	Key    []string // the right ones among Labels, or the label of the right typed answer
	Pace   int      // seconds that it should take, 0 for not known
}

// Response is what one person did with one item.
type Response struct {
	Person   string
	Item     string
	Score    float64  // 0 to 1
	Chosen   []string // labels of the options taken, or one label of what was typed
	Answered bool     // false: shown and left out
	Seconds  int      // 0: not known
	At       time.Time
}

// ErrInput is what every error about input is.
var ErrInput = errors.New("cannot be analysed")

// Limits are the fewest responses that a figure needs. Below them it is nil.
type Limits struct {
	Facility int // responses to the item, 5
	Rest     int // other items that a person has answered, 5: with fewer the rest score is noise, and the person is left out of Discrimination to Efficiency
	Item     int // responses with a rest score, for discrimination, point-biserial, efficiency and the table of options, 20: the standard error of a correlation of 0 is then 0.22
	Rasch    int // responses to the item, 50: the standard error of a difficulty is then at best 0.28 logits
	Drift    int // responses in each half, 20
	Form     int // persons, for the reliability of the form, 20
	Times    int // known times, 5
}

// Standard are the limits that Crosswalk goes by.
var Standard = Limits{Facility: 5, Rest: 5, Item: 20, Rasch: 50, Drift: 20, Form: 20, Times: 5}

// table is the input in the shape that the formulas want.
type table struct {
	lim     Limits
	items   []Item
	index   map[string]int
	persons []person
	of      []([]cell) // by item: who answered it
}

type person struct {
	id     string
	marks  []mark
	earned float64 // points
	had    float64 // points that could be had
	scored int     // items that count
}

// mark is a response in the row of a person, cell the same in the column of an item.
type mark struct {
	item int
	r    *Response
}

type cell struct {
	person int
	r      *Response
}

// newTable sorts the responses by person and item. Errors name what cannot be used: an item named twice or with impossible figures, and
// responses to unknown items, with a score outside 0 to 1, or twice of the same person.
func newTable(items []Item, responses []Response, lim Limits) (*table, error) {
	t := &table{lim: lim, items: items, index: make(map[string]int, len(items)), of: make([][]cell, len(items))}
	var bad []error
	for i, it := range items {
		if _, twice := t.index[it.ID]; twice {
			bad = append(bad, fmt.Errorf("%w: item %s is named twice", ErrInput, it.ID))
		}
		if !(it.Weight >= 0) || !(it.Floor >= 0 && it.Floor <= 0.5) {
			bad = append(bad, fmt.Errorf("%w: item %s: weight %g, floor %g", ErrInput, it.ID, it.Weight, it.Floor))
		}
		t.index[it.ID] = i
	}
	at := map[string]int{}
	seen := map[[2]int]bool{}
	for n := range responses {
		r := &responses[n]
		i, ok := t.index[r.Item]
		if !ok {
			bad = append(bad, fmt.Errorf("%w: response %d is to %q, which is not among the items", ErrInput, n+1, r.Item))
			continue
		}
		if !(r.Score >= 0 && r.Score <= 1) {
			bad = append(bad, fmt.Errorf("%w: response %d to %s has the score %g", ErrInput, n+1, r.Item, r.Score))
			continue
		}
		p, ok := at[r.Person]
		if !ok {
			p = len(t.persons)
			at[r.Person] = p
			t.persons = append(t.persons, person{id: r.Person})
		}
		if seen[[2]int{p, i}] {
			bad = append(bad, fmt.Errorf("%w: %s has two responses to %s", ErrInput, r.Person, r.Item))
			continue
		}
		seen[[2]int{p, i}] = true
		t.persons[p].add(mark{i, r}, items[i].Weight)
		t.of[i] = append(t.of[i], cell{p, r})
	}
	return t, errors.Join(bad...)
}

func (p *person) add(m mark, weight float64) {
	p.marks = append(p.marks, m)
	if weight > 0 {
		p.earned += weight * m.r.Score
		p.had += weight
		p.scored++
	}
}

// total is the share that a person earned of what they were shown; false for one who was shown nothing that counts.
func (p *person) total() (float64, bool) {
	if p.had == 0 {
		return 0, false
	}
	return p.earned / p.had, true
}

// rest is the share earned on all items that count but this one; false with too few of them.
func (t *table) rest(p *person, item int, score float64) (float64, bool) {
	w := t.items[item].Weight
	n := p.scored
	if w > 0 {
		n--
	}
	if n < t.lim.Rest || n < 1 {
		return 0, false
	}
	return (p.earned - w*score) / (p.had - w), true
}

// right reports whether a label is one of the key.
func (it Item) right(label string) bool { return slices.Contains(it.Key, label) }

// keyText names the key.
func (it Item) keyText() string { return strings.Join(it.Key, ", ") }
