package quizzes

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"crosswalk/lessons/markdown"
)

// Blueprint says what an exam is made of and how it is sat. It is read-only.
type Blueprint struct {
	ID          string
	Name        string
	Minutes     int // 0: no limit
	Items       int // all items, scored and unscored
	Unscored    int
	Pass        Pass
	Navigation  string // free or forward
	Book        string // open or closed: whether our codebook is in the room
	Feedback    string // each, after or never
	WarnMinutes []int  // minutes before the end at which the clock warns, the largest first
	Slots       []Slot // one for each area or domain, in the order of the file
	ByDomain    bool   // the slots are domains with shares
	Settings    []Share
	Full        string // of a half exam the id of the whole one
	Drill       bool   // an exercise in one area
	File        string // path under quizzes/, "" for a drill
}

// Pass says when an exam is passed.
type Pass struct {
	Percent    int    // share of the scored items that must be right; of a scaled exam our estimate
	Scaled     int    // the published pass mark on a scale, 0 when the exam has none
	ScaleRange [2]int // lowest and highest value of the scale
}

// Slot is a part of an exam that is filled from some areas.
type Slot struct {
	Name     string // the domain's, or the title of the area
	Areas    []string
	Scored   int // how many scored items
	Unscored int // how many items are there only to be tried
}

// Share is the part that a setting has among scenarios, in proportion to the others.
type Share struct {
	Setting string // inpatient, outpatient (all that is neither of the others) or ed
	Weight  int
}

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

type blueprintFile struct {
	ID          markdown.Line `yaml:"id"`
	Name        markdown.Line `yaml:"name"`
	Minutes     int           `yaml:"minutes"`
	Items       int           `yaml:"items"`
	Unscored    int           `yaml:"unscored"`
	Pass        passFile      `yaml:"pass"`
	Navigation  markdown.Line `yaml:"navigation"`
	Book        markdown.Line `yaml:"book"`
	Feedback    markdown.Line `yaml:"feedback"`
	WarnMinutes []int         `yaml:"warn_minutes"`
	Areas       []areaCount   `yaml:"areas"`
	Domains     []domainFile  `yaml:"domains"`
	Settings    shares        `yaml:"settings"`
}

type passFile struct {
	Percent    int   `yaml:"percent"`
	Scaled     int   `yaml:"scaled"`
	Of         []int `yaml:"of"`
	RawPercent int   `yaml:"raw_percent"`
}

type areaCount struct {
	ID    markdown.Line `yaml:"id"`
	Count int           `yaml:"count"`
}

type domainFile struct {
	Name  markdown.Line   `yaml:"name"`
	Share int             `yaml:"share"`
	Areas []markdown.Line `yaml:"areas"`
}

// shares are the settings in the order of the file.
type shares []struct {
	setting markdown.Line
	weight  int
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *shares) UnmarshalYAML(n *yaml.Node) error {
	var values map[string]int
	if err := n.Decode(&values); err != nil {
		return err
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		*s = append(*s, struct {
			setting markdown.Line
			weight  int
		}{markdown.Line{Text: key.Value, At: key.Line}, values[key.Value]})
	}
	return nil
}

// parseBlueprint reads a blueprint; nil when it cannot be used.
func parseBlueprint(src []byte, file string) (*Blueprint, []markdown.Problem) {
	ps := &markdown.Problems{File: file}
	var f blueprintFile
	ps.Add(markdown.DecodeYAML(src, file, &f)...)
	bp := &Blueprint{ID: f.ID.Text, Name: f.Name.Text, Minutes: f.Minutes, Items: f.Items, Unscored: f.Unscored, Navigation: f.Navigation.Text,
		Book: f.Book.Text, Feedback: f.Feedback.Text, WarnMinutes: slices.Clone(f.WarnMinutes), ByDomain: len(f.Domains) > 0, File: file}
	if !validID(bp.ID) {
		ps.Errorf(at(f.ID), "bad-id", "the id %q must have lower-case letters, digits and hyphens only", bp.ID)
	} else if strings.HasPrefix(bp.ID, drillPrefix) || strings.HasSuffix(bp.ID, halfSuffix) {
		ps.Errorf(f.ID.At, "bad-id", "the id %q is taken: %sAREA and EXAM%s are made by themselves", bp.ID, drillPrefix, halfSuffix)
	} else if name := strings.TrimSuffix(path.Base(file), ".yaml"); name != bp.ID {
		ps.Warnf(f.ID.At, "file-name", "the file is named %s.yaml and the id is %s", name, bp.ID)
	}
	if bp.Name == "" {
		ps.Errorf(at(f.Name), "missing-key", "the exam has no name")
	}
	if bp.Minutes < 0 || bp.Minutes > 1440 {
		ps.Errorf(1, "wrong-value", "minutes lie between 0 (no limit) and 1440, not %d", bp.Minutes)
	}
	if bp.Items < 1 || bp.Items > 1000 || bp.Unscored < 0 || bp.Unscored >= bp.Items {
		ps.Errorf(1, "wrong-value", "items (all of them, %d) must be more than unscored (%d)", bp.Items, bp.Unscored)
		return nil, ps.List
	}
	oneOf(ps, f.Navigation, "navigation", "free", "forward")
	oneOf(ps, f.Book, "book", "open", "closed")
	oneOf(ps, f.Feedback, "feedback", "each", "after", "never")
	slices.SortFunc(bp.WarnMinutes, func(a, b int) int { return b - a })
	for _, m := range bp.WarnMinutes {
		if m < 1 || m >= bp.Minutes {
			ps.Errorf(1, "wrong-value", "warn_minutes: %d is not within the %d minutes of the exam", m, bp.Minutes)
		}
	}
	bp.pass(f.Pass, ps)
	bp.slots(&f, ps)
	for _, s := range f.Settings {
		if s.weight < 1 || s.setting.Text != "outpatient" && !slices.ContainsFunc(Settings, func(a Area) bool { return a.ID == s.setting.Text }) {
			ps.Errorf(s.setting.At, "wrong-value", "settings: %q must be outpatient or one of %s, with a share of 1 or more", s.setting.Text, list(Settings))
		}
		bp.Settings = append(bp.Settings, Share{s.setting.Text, s.weight})
	}
	if len(markdown.Errors(ps.List)) > 0 {
		return nil, ps.List
	}
	return bp, ps.List
}

func oneOf(ps *markdown.Problems, l markdown.Line, name string, values ...string) {
	if !slices.Contains(values, l.Text) {
		ps.Errorf(at(l), "wrong-value", "%s is %s, not %q", name, strings.Join(values, " or "), l.Text)
	}
}

func (bp *Blueprint) pass(f passFile, ps *markdown.Problems) {
	switch {
	case f.Percent > 0 && f.Scaled == 0 && f.RawPercent == 0 && f.Of == nil:
		bp.Pass.Percent = f.Percent
	case f.Percent == 0 && len(f.Of) == 2 && f.Of[0] < f.Scaled && f.Scaled < f.Of[1] && f.RawPercent > 0:
		bp.Pass = Pass{Percent: f.RawPercent, Scaled: f.Scaled, ScaleRange: [2]int{f.Of[0], f.Of[1]}}
	default:
		ps.Errorf(1, "wrong-value", "pass is {percent: 70} or {scaled: 300, of: [100, 400], raw_percent: 70}")
	}
	if bp.Pass.Percent > 99 {
		ps.Errorf(1, "wrong-value", "a pass mark of %d per cent cannot be missed by a single item", bp.Pass.Percent)
	}
}

func (bp *Blueprint) slots(f *blueprintFile, ps *markdown.Problems) {
	if (len(f.Areas) > 0) == (len(f.Domains) > 0) {
		ps.Errorf(1, "missing-key", "an exam has areas with counts or domains with shares, one of the two")
		return
	}
	used := map[string]bool{}
	area := func(l markdown.Line) string {
		if !ValidArea(l.Text) {
			ps.Errorf(at(l), "unknown-area", "there is no area %q", l.Text)
		}
		if used[l.Text] {
			ps.Errorf(at(l), "unknown-area", "the area %q stands twice", l.Text)
		}
		used[l.Text] = true
		return l.Text
	}
	var weights []int
	for _, a := range f.Areas {
		bp.Slots = append(bp.Slots, Slot{Name: AreaTitle(a.ID.Text), Areas: []string{area(a.ID)}})
		weights = append(weights, a.Count)
		if a.Count < 1 {
			ps.Errorf(at(a.ID), "wrong-value", "the count of %s is %d", a.ID.Text, a.Count)
		}
	}
	for _, d := range f.Domains {
		s := Slot{Name: d.Name.Text}
		for _, l := range d.Areas {
			s.Areas = append(s.Areas, area(l))
		}
		if s.Name == "" || len(s.Areas) == 0 || d.Share < 1 {
			ps.Errorf(at(d.Name), "missing-key", "a domain has a name, a share and areas")
		}
		bp.Slots = append(bp.Slots, s)
		weights = append(weights, d.Share)
	}
	total := 0
	for _, w := range weights {
		total += w
	}
	switch {
	case !bp.ByDomain && total != bp.Items-bp.Unscored:
		ps.Errorf(at(f.Areas[0].ID), "wrong-value", "the counts of the areas add up to %d, and the exam has %d scored items", total, bp.Items-bp.Unscored)
	case bp.ByDomain && total != 100:
		ps.Errorf(at(f.Domains[0].Name), "wrong-value", "the shares of the domains add up to %d in place of 100", total)
	case total > 0:
		bp.apportion(weights)
	}
}

// apportion deals the scored and the unscored items out to the slots.
func (bp *Blueprint) apportion(weights []int) {
	scored := largestRemainder(bp.Items-bp.Unscored, weights)
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

// Half is the exam at half its length and time, with the areas in the same proportion.
func (bp *Blueprint) Half() *Blueprint {
	h := *bp
	h.ID, h.Name, h.Full = bp.ID+halfSuffix, bp.Name+", half", bp.ID
	h.Minutes, h.Items, h.Unscored = bp.Minutes/2, bp.Items/2, bp.Unscored/2
	h.WarnMinutes = nil
	for _, m := range bp.WarnMinutes {
		if m <= h.Minutes/2 {
			h.WarnMinutes = append(h.WarnMinutes, m)
		}
	}
	h.Slots = slices.Clone(bp.Slots)
	weights := make([]int, len(bp.Slots))
	for i, s := range bp.Slots {
		weights[i] = s.Scored
	}
	h.apportion(weights)
	return &h
}

// drill is an exercise in one area: up to ten items, no clock, feedback after each.
func drill(area string, available int) *Blueprint {
	n := min(available, drillItems)
	return &Blueprint{
		ID: drillPrefix + area, Name: "Drill: " + AreaTitle(area), Items: n, Pass: Pass{Percent: 70}, Navigation: "free", Book: "open",
		Feedback: "each", Drill: true, Slots: []Slot{{Name: AreaTitle(area), Areas: []string{area}, Scored: n}},
	}
}

// short says how many items of each slot the bank cannot fill, in words; "" when it can fill all.
func (bp *Blueprint) short(have func(area string) (scored, all int)) string {
	var missing []string
	for _, s := range bp.Slots {
		scored, all := 0, 0
		for _, a := range s.Areas {
			sc, al := have(a)
			scored, all = scored+sc, all+al
		}
		if scored < s.Scored || all < s.Scored+s.Unscored {
			missing = append(missing, fmt.Sprintf("%s has %d of %d", s.Name, all, s.Scored+s.Unscored))
		}
	}
	return strings.Join(missing, "; ")
}
