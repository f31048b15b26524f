package codebook

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// costSide is what a hit costs, in words, that has no side although one was asked for.
const costSide = 2

// costColumn is what a drug costs when the query does not say what it did, costBeginning a code of which the PCS Index gives only the
// beginning, and costMissing a row that lacks one of the words of a query that nothing answers whole.
const (
	costColumn    = 6
	costBeginning = 3
	costMissing   = 10
)

// fillers are words of titles that make no code more special than another.
var fillers = map[string]bool{"unspecified": true, "type": true, "organism": true, "nos": true, "per": true, "each": true, "unit": true, "mg": true, "ml": true, "mcg": true}

var fillerPhrases = []string{", site not specified", ", unspecified site", " not specified", ", not elsewhere classified", " without complications", ", uncomplicated", ", initial encounter"}

// shortestInclusion counts the words of the shortest inclusion term of a row.
func (r *release) shortestInclusion(at int32) int {
	least := 0
	for _, g := range r.groups[r.spans[at].from:r.spans[at].to] {
		if g.kind != Inclusion && g.kind != Includes {
			continue
		}
		for _, l := range g.lines {
			if n := countContent(l); least == 0 || n < least {
				least = max(1, n)
			}
		}
	}
	return least
}

// countContent counts the words of a title that say something; what stands in parentheses or brackets is left out, as it does not change the
// code (Official Guidelines I.A.7).
func countContent(title string) int {
	n := 0
	for _, f := range fillerPhrases {
		if i := strings.Index(title, f); i >= 0 {
			title = title[:i] + title[i+len(f):]
		}
	}
	for title != "" {
		open := strings.IndexAny(title, "([")
		part := title
		if open >= 0 {
			part = title[:open]
			_, rest, _ := strings.Cut(title[open:], map[byte]string{'(': ")", '[': "]"}[title[open]])
			title = rest
		} else {
			title = ""
		}
		for _, w := range words(part) {
			if !joining[w] && !fillers[w] {
				n++
			}
		}
	}
	return n
}

// asking is what the steps of one search share.
type asking struct {
	b     *Book
	opt   SearchOptions
	limit int
	runs  runCache
}

// asked is what is wanted of a release.
type asked struct {
	r     *release
	want  []sought
	order int
}

// bestOf are the best of hits, in order. A row found several ways counts by the best one, of equal ones by the first.
func bestOf(found []scored, limit int) []scored {
	slices.SortStableFunc(found, func(x, y scored) int {
		return cmp.Or(cmp.Compare(x.order(), y.order()), cmp.Compare(x.row(), y.row()), cmp.Compare(x.rank, y.rank))
	})
	found = slices.CompactFunc(found, func(x, y scored) bool { return x.r == y.r && x.row() == y.row() })
	slices.SortFunc(found, func(x, y scored) int { return cmp.Compare(x.rank, y.rank) })
	return found[:min(limit, len(found))]
}

// boundOf is the rank that another hit must not exceed to be one of the best; found are the best so far.
func boundOf(found []scored, limit int) uint64 {
	if len(found) < limit {
		return math.MaxUint64
	}
	return found[limit-1].rank
}

// lacking finds rows of a release that have all but one of the things wanted, when nothing has all of three or more.
func (a *asking) lacking(l asked, bound uint64) []scored {
	const cost = costMissing << 44
	var found []scored
	for i := range l.want {
		if l.want[i].side || bound < cost {
			continue
		}
		for _, s := range a.sided(l.r, slices.Delete(slices.Clone(l.want), i, i+1), l.order, bound-cost) {
			s.rank += cost
			found = append(found, s)
		}
		if found = bestOf(found, a.limit); len(found) == a.limit {
			bound = min(bound, found[a.limit-1].rank)
		}
	}
	return found
}

// mostMissing is up to how many things a query may ask for to be searched with one of them missing.
const mostMissing = 6

// sided finds rows of a release that have all that is wanted, and those that have all but the side: the best of them, in order of rank. Those
// that rank after bound need not be among them.
func (a *asking) sided(r *release, want []sought, order int, bound uint64) []scored {
	billable := a.opt.BillableOnly
	found := r.search(want, billable, a.limit, order, bound)
	bound = min(bound, boundOf(found, a.limit))
	if more := a.byIndex(r, want, billable, order, bound); len(more) > 0 {
		found = bestOf(append(found, more...), a.limit)
		bound = min(bound, boundOf(found, a.limit))
	}
	var rest, side []sought
	for i := range want {
		if want[i].side {
			side = append(side, want[i])
		} else {
			rest = append(rest, want[i])
		}
	}
	if len(side) == 0 || len(rest) == 0 {
		return found
	}
	// A side costs nothing or more, so that what ranks too low without it does so with it.
	bound |= lowRank
	var on []scored
	for _, s := range slices.Concat(r.search(rest, false, a.limit, order, bound), a.byIndex(r, rest, false, order, bound)) {
		on = r.sided(on, s, side, billable, order)
	}
	return bestOf(append(found, on...), a.limit)
}

// byIndex finds codes by the indexes and scores them as titles are: by the words of the term that were not asked for.
func (a *asking) byIndex(r *release, want []sought, billable bool, order int, bound uint64) []scored {
	hits := a.searchIndex(r, want, billable, order)
	if len(hits) == 0 {
		return nil
	}
	said := map[string]bool{}
	size, extra := 0, 0
	for i := range want {
		u := &want[i]
		size += u.longest()
		extra += int(u.extra)
		for _, w := range u.typed {
			said[w] = true
		}
		for _, set := range u.any {
			for _, w := range set {
				said[w] = true
			}
		}
	}
	kept := hits[:0]
	for _, h := range hits {
		cost := int(h.rank>>44) - 1 - costIndex - min(3, max(0, int(h.by.terms[h.term].words)-len(want)))
		score := max(0, cost) + extra + size
		if r.System == ICD10PCS {
			score += costBeginning
		}
		if uint64(score)<<44 > bound {
			continue
		}
		score += h.by.unasked(h.term, said)
		if h.by.kind == IndexDrugs && !h.by.column(said) {
			score += costColumn
		}
		nth := max(0, int(h.rank>>32&0xff)-int(h.by.terms[h.term].words)) // the codes that a term leads to take turns
		h.rank = r.rank(score, order, h.row()) | uint64(nth)<<32
		kept = append(kept, h)
	}
	return kept
}

// column reports whether one of the words names a column of a table.
func (v *indexVolume) column(asked map[string]bool) bool {
	return slices.ContainsFunc(v.columns, func(h []string) bool {
		return slices.ContainsFunc(h, func(w string) bool { return asked[w] })
	})
}

// unasked counts the words of the path of a term that were not asked for. Of "Diabetes, diabetic" and "atrial or auricular" one is enough.
func (v *indexVolume) unasked(n int32, asked map[string]bool) int {
	sum := 0
	for ; n >= 0; n = v.terms[n].parent {
		least := -1
		for _, part := range strings.FieldsFunc(strings.ReplaceAll(v.str(v.terms[n].title), " or ", ","), func(r rune) bool { return r == ',' }) {
			left := 0
			for _, w := range words(part) {
				if !asked[w] && !joining[w] && !fillers[w] {
					left++
				}
			}
			if least < 0 || left < least {
				least = left
			}
		}
		sum += max(0, least)
	}
	return sum
}

// sided appends the codes of a side that a hit without one leads to: those below it, or beside it when it is the one for an unspecified
// side. A hit that knows no sides stays.
func (r *release) sided(out []scored, s scored, side []sought, billable bool, order int) []scored {
	x := r.index
	from, to := s.row(), int(r.rows[s.row()].end)
	if to == from+1 && r.rows[from].parent >= 0 && strings.Contains(r.rows[from].title, "nspecified") {
		from = int(r.rows[from].parent)
		to = int(r.rows[from].end)
	}
	const atMost = 400 // rows that are looked through
	to = min(to, from+atMost)
	knows := false
	for n := from; n < to; n++ {
		have := x.wordsAt(uint32(n))
		knows = knows || slices.ContainsFunc(have, func(w uint32) bool { return w&1 == 0 && slices.Contains(x.sides, w>>1) })
		if billable && !r.rows[n].billable || slices.ContainsFunc(side, func(u sought) bool { return !u.says(have) }) {
			continue
		}
		o := s
		deeper := int(x.brevity[n]&titleBits) - int(x.brevity[s.row()]&titleBits)
		o.rank = r.rank(s.score()+max(0, deeper), order, n)
		out = append(out, o)
		n = int(r.rows[n].end) - 1 // what is below is found from here
	}
	if !knows && (!billable || r.rows[s.row()].billable) {
		s.rank += costSide << 44
		out = append(out, s)
	}
	return out
}

// says reports whether the title of a row has what the unit asks for; have are the words of the row.
func (u *sought) says(have []uint32) bool {
	for i := range u.phrases {
		all := true
		for _, w := range u.phrases[i].words {
			all = all && w.known && slices.Contains(have, w.at<<1)
		}
		if all {
			return true
		}
	}
	return false
}
