package quizzes

import (
	"slices"
	"sort"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// Blueprint says what an exam is made of and how it is sat. It is read-only. Encoded as JSON it is stored with each sitting, so that a sitting
// keeps the rules it began with; decoding gives the same blueprint back, without the lines that problems point at.
type Blueprint struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Minutes     int            `json:"minutes"` // 0: no limit
	Items       int            `json:"items"`   // all items: scored and unscored questions, and charts
	Unscored    int            `json:"unscored"`
	Pass        Pass           `json:"pass"`
	Navigation  string         `json:"navigation"`             // free or forward
	Book        string         `json:"book"`                   // open or closed: whether our codebook is in the room
	Feedback    string         `json:"feedback"`               // each, after or never
	WarnMinutes []int          `json:"warn_minutes,omitempty"` // minutes before the end at which the clock warns, the largest first
	Breaks      Breaks         `json:"breaks,omitzero"`
	Serves      Span           `json:"serves,omitzero"`     // the sittings of the real exam whose books the content follows
	Slots       []Slot         `json:"slots,omitempty"`     // one for each area or domain, in the order of the file; none with a fixed list
	ByDomain    bool           `json:"by_domain,omitempty"` // the slots are domains with shares
	Kinds       []grading.Kind `json:"kinds,omitempty"`     // the kinds of question that may be drawn; nil: all
	Groups      []GroupCount   `json:"groups,omitempty"`    // charts with several questions that must be among the drawn
	Settings    []Share        `json:"settings,omitempty"`  // shares of the questions about a chart by its setting
	Difficulty  Difficulty     `json:"difficulty,omitzero"` // zero with a fixed list
	Charts      Charts         `json:"charts,omitzero"`     // whole cases to be coded
	Questions   []string       `json:"questions,omitempty"` // a fixed list of questions; nil where they are drawn
	Shuffle     bool           `json:"shuffle,omitempty"`   // the items of a fixed list come in an order of the seed's
	Full        string         `json:"full,omitempty"`      // of a half exam the id of the whole one
	Drill       bool           `json:"drill,omitempty"`     // an exercise in one area
	File        string         `json:"file,omitempty"`      // path under quizzes/, "" for a drill

	lines map[string]int // lines of the ids in questions and charts.cases
}

// Pass says when an exam is passed.
type Pass struct {
	Percent    int    `json:"percent"`              // share of the scored points that must be earned; of a scaled exam our estimate
	Scaled     int    `json:"scaled,omitempty"`     // the published pass mark on a scale, 0 when the exam has none
	ScaleRange [2]int `json:"scale_range,omitzero"` // lowest and highest value of the scale
}

// Span is a stretch of days, first and last included; the zero Span says nothing.
type Span struct {
	From codebook.Date `json:"from"`
	To   codebook.Date `json:"to"`
}

// Has reports whether a day lies in the span.
func (s Span) Has(d codebook.Date) bool { return !d.Before(s.From) && !s.To.Before(d) }

// Breaks are the pauses that one may take. During a break the clock stands.
type Breaks struct {
	Count   int  `json:"count"`
	Minutes int  `json:"minutes"`        // the longest that one break may last
	Lock    bool `json:"lock,omitempty"` // what was seen before a break can no longer be answered after it
}

// Slot is a part of an exam that is filled from some areas.
type Slot struct {
	Name     string   `json:"name"` // the domain's, or the title of the area
	Areas    []string `json:"areas"`
	Scored   int      `json:"scored"`             // how many scored items
	Unscored int      `json:"unscored,omitempty"` // how many items are there only to be tried
}

// GroupCount says how many charts of an area must come with two or more questions each.
type GroupCount struct {
	Area  string `json:"area"`
	Count int    `json:"count"`
}

// Share is the part that a setting has among scenarios, in proportion to the others.
type Share struct {
	Setting string `json:"setting"` // inpatient, outpatient (all that is none of the others) or the id of a setting
	Weight  int    `json:"weight"`  // 0: none of these
}

// Difficulty holds the shares of the difficulties 1 to 5 among the drawn questions, in proportion to each other, easiest first. A share of 0
// is drawn only when there is nothing else.
type Difficulty [5]int

// Charts are whole cases among the items. They are answered on the answer sheet of the case workbench and graded all-or-nothing per asked
// field.
type Charts struct {
	Count    int           `json:"count"`
	Weight   int           `json:"weight"`             // how many items one chart is worth in the score
	Areas    []string      `json:"areas,omitempty"`    // only cases that name one of these; nil: any
	Settings []Share       `json:"settings,omitempty"` // shares by setting, and only cases of these; nil: any
	Bills    grading.Bills `json:"bills,omitempty"`    // only cases of this kind of claim; "": any
	Cases    []string      `json:"cases,omitempty"`    // a fixed list of cases; nil where they are drawn
}

// defaultDifficulty is the mix of an exam that does not say: mostly middling, few very easy or very hard.
var defaultDifficulty = Difficulty{10, 25, 35, 20, 10}

// Estimated reports whether the pass mark in per cent is our estimate of a scaled one.
func (p Pass) Estimated() bool { return p.Scaled > 0 }

// Scale turns a share of right answers (0 to 1) into a value of the exam's scale by two straight lines that meet at the pass mark. It is an
// estimate: the real scale is set anew for each form. For an exam without a scale it is 0.
func (p Pass) Scale(right float64) int {
	if p.Scaled == 0 {
		return 0
	}
	cut := float64(p.Percent) / 100
	low, pass, high := float64(p.ScaleRange[0]), float64(p.Scaled), float64(p.ScaleRange[1])
	if right <= cut {
		return int(low + (pass-low)*right/cut)
	}
	return int(pass + (high-pass)*(right-cut)/(1-cut))
}

// apportion deals the scored and the unscored questions out to the slots.
func (bp *Blueprint) apportion(weights []int) {
	scored := largestRemainder(bp.Items-bp.Unscored-bp.Charts.Count, weights)
	unscored := largestRemainder(bp.Unscored, weights)
	for i := range bp.Slots {
		bp.Slots[i].Scored, bp.Slots[i].Unscored = scored[i], unscored[i]
	}
}

// largestRemainder deals n out in proportion to the weights: each gets the whole part of its share, what is left goes to the largest
// remainders, among equals to the first.
func largestRemainder(n int, weights []int) []int {
	total := 0
	for _, w := range weights {
		total += w
	}
	out := make([]int, len(weights))
	if total == 0 {
		return out
	}
	order := make([]int, len(weights))
	left := n
	for i, w := range weights {
		out[i] = n * w / total
		left -= out[i]
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return n*weights[order[a]]%total > n*weights[order[b]]%total })
	for i := range left {
		out[order[i]]++
	}
	return out
}

const (
	halfSuffix  = "-half"
	drillPrefix = "drill-"
	drillItems  = 10
)

// Half is the exam at half its length and time, with the areas in the same proportion and half of the breaks. An exam with a fixed list, or
// of one item, has no half: nil.
func (bp *Blueprint) Half() *Blueprint {
	if bp.Items < 2 || bp.fixed() {
		return nil
	}
	h := *bp
	h.ID, h.Name, h.Full = bp.ID+halfSuffix, bp.Name+", half", bp.ID
	h.Minutes, h.Items, h.Unscored = bp.Minutes/2, bp.Items/2, bp.Unscored/2
	h.WarnMinutes = nil
	for _, m := range bp.WarnMinutes {
		if m <= h.Minutes/2 {
			h.WarnMinutes = append(h.WarnMinutes, m)
		}
	}
	if h.Breaks.Count /= 2; h.Breaks.Count == 0 {
		h.Breaks = Breaks{}
	}
	if h.Charts.Count /= 2; h.Charts.Count == 0 {
		h.Charts = Charts{}
	}
	h.Slots = slices.Clone(bp.Slots)
	weights := make([]int, len(bp.Slots))
	for i, s := range bp.Slots {
		weights[i] = s.Scored
	}
	h.apportion(weights)
	h.Groups = nil
	for _, g := range bp.Groups {
		if n := min((g.Count+1)/2, h.slotOf(g.Area).Scored/2); n > 0 {
			h.Groups = append(h.Groups, GroupCount{g.Area, n})
		}
	}
	return &h
}

// fixed reports whether the exam names the questions or the charts of its own accord.
func (bp *Blueprint) fixed() bool { return len(bp.Questions) > 0 || len(bp.Charts.Cases) > 0 }

// slotOf is the slot that an area belongs to; an empty one for an area that the exam does not have.
func (bp *Blueprint) slotOf(area string) Slot {
	for _, s := range bp.Slots {
		if slices.Contains(s.Areas, area) {
			return s
		}
	}
	return Slot{}
}

// drill is an exercise in one area: up to ten items, no clock, feedback after each. It is nil when nothing can be drawn.
func drill(p *pool, area string) *Blueprint {
	bp := &Blueprint{
		ID: drillPrefix + area, Name: "Drill: " + AreaTitle(area), Items: drillItems, Pass: Pass{Percent: 70}, Navigation: "free", Book: "open",
		Feedback: "each", Drill: true, Difficulty: defaultDifficulty, Slots: []Slot{{Name: AreaTitle(area), Areas: []string{area}, Scored: drillItems}},
	}
	// A small area may have fewer, and some of these may be enemies.
	bp.Items -= newDrawing(p, bp, nil, nil).fewestEmpty()
	bp.Slots[0].Scored = bp.Items
	if bp.Items == 0 {
		return nil
	}
	return bp
}
