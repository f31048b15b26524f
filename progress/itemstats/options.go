package itemstats

import (
	"cmp"
	"slices"
)

// Option is a row of the table of options: who took it, by group of ability, and how they did elsewhere. Where several can be taken the shares
// add up to more than one.
type Option struct {
	Label         string   `json:"label"` // "" for those who left the item out
	Right         bool     `json:"right"`
	Typed         bool     `json:"typed,omitempty"`  // not offered: typed by those who took it
	Others        int      `json:"others,omitempty"` // the row stands for so many typed answers that few gave
	N             int      `json:"n"`
	Share         float64  `json:"share"` // of all who answered the item or left it out
	Lower         *float64 `json:"lower"` // of the lower 27 %, the middle and the upper 27 %; nil below Limits.Item
	Middle        *float64 `json:"middle"`
	Upper         *float64 `json:"upper"`
	Mean          *float64 `json:"mean"`           // mean rest score of those who took it, nil for fewer than 2
	PointBiserial *float64 `json:"point_biserial"` // of taking it with the rest score

	rests []float64 // rest scores of those who took it
}

// Left reports whether the row is of those who left the item out.
func (o Option) Left() bool { return o.Label == "" && o.Others == 0 }

// The typed answers that have a row of their own: the commonest, given by so many persons at least. What one person alone typed is
// theirs, and tells little.
const (
	typedRows  = 8
	typedLeast = 2
)

// options is the table of options of an item: those offered in the author's order, or the typed ones, the commonest first; then those
// who left it out.
func (t *table) options(i int, j judged) []Option {
	it := t.items[i]
	n := len(t.of[i])
	if n < t.lim.Facility || n == 0 {
		return nil
	}
	counts := map[string]int{}
	for _, c := range t.of[i] {
		for _, label := range taken(c.r) {
			counts[label]++
		}
	}
	var out []Option
	row := func(o Option, is func(label string) bool) {
		o.Share = float64(o.N) / float64(n)
		if o.N > 0 && len(j.cells) >= t.lim.Item {
			j.describe(&o, is)
		}
		out = append(out, o)
	}
	only := func(label string) func(string) bool { return func(l string) bool { return l == label } }
	labels, rare := it.Labels, []string(nil)
	if labels == nil {
		labels, rare = typed(counts, it)
	}
	for _, label := range labels {
		row(Option{Label: label, Right: it.right(label), Typed: it.Labels == nil, N: counts[label]}, only(label))
	}
	if len(rare) > 0 {
		sum := 0
		for _, l := range rare {
			sum += counts[l]
		}
		row(Option{Typed: true, Others: len(rare), N: sum}, func(l string) bool { return slices.Contains(rare, l) })
	}
	if counts[""] > 0 {
		row(Option{N: counts[""]}, only(""))
	}
	return out
}

// taken are the labels of a response, "" for one that was left out.
func taken(r *Response) []string {
	if !r.Answered || len(r.Chosen) == 0 {
		return []string{""}
	}
	return r.Chosen
}

// typed orders what was typed: the key, then the commonest; rare is what few gave.
func typed(counts map[string]int, it Item) (labels, rare []string) {
	for label, n := range counts {
		switch {
		case label == "" || it.right(label):
		case n < typedLeast:
			rare = append(rare, label)
		default:
			labels = append(labels, label)
		}
	}
	slices.SortFunc(labels, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	if len(labels) > typedRows {
		rare = append(rare, labels[typedRows:]...)
		labels = labels[:typedRows]
	}
	slices.Sort(rare)
	return append(slices.Clone(it.Key), labels...), rare
}

// describe fills in how those who took an option did elsewhere.
func (j judged) describe(o *Option, is func(label string) bool) {
	took, middle := make([]float64, len(j.cells)), make([]float64, len(j.cells))
	for k, c := range j.cells {
		if slices.ContainsFunc(taken(c.r), is) {
			took[k] = 1
			o.rests = append(o.rests, j.rest[k])
		}
		middle[k] = 1 - j.upper[k] - j.lower[k]
	}
	group := func(by []float64) *float64 {
		if share, ok := weighted(took, by); ok {
			return &share
		}
		return nil
	}
	o.Lower, o.Middle, o.Upper = group(j.lower), group(middle), group(j.upper)
	if len(o.rests) > 1 {
		o.Mean = ptr(mean(o.rests))
	}
	if r, ok := correlation(took, j.rest); ok {
		o.PointBiserial = &r
	}
}
