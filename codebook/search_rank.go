package codebook

import (
	"cmp"
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

// searchRelease finds the rows of a release by titles, inclusion terms and indexes. A row found several ways counts by the best one. When
// nothing has all of three or more words, one may be missing.
func (b *Book) searchRelease(r *release, units []unit, opt SearchOptions, limit, order int) []scored {
	found := b.searchSided(r, units, opt, limit, order)
	if len(found) == 0 && len(units) >= 3 && len(units) <= mostMissing {
		for i := range units {
			if units[i].side {
				continue
			}
			for _, s := range b.searchSided(r, slices.Delete(slices.Clone(units), i, i+1), opt, limit, order) {
				s.rank += costMissing << 44
				found = append(found, s)
			}
		}
	}
	slices.SortFunc(found, func(x, y scored) int { return cmp.Or(cmp.Compare(x.row(), y.row()), cmp.Compare(x.rank, y.rank)) })
	found = slices.CompactFunc(found, func(x, y scored) bool { return x.row() == y.row() })
	slices.SortFunc(found, func(x, y scored) int { return cmp.Compare(x.rank, y.rank) })
	return found[:min(limit, len(found))]
}

// mostMissing is up to how many things a query may ask for to be searched with one of them missing.
const mostMissing = 6

// searchSided finds rows that have all that is asked for, and those that have all but the side.
func (b *Book) searchSided(r *release, units []unit, opt SearchOptions, limit, order int) []scored {
	found := r.search(units, opt.BillableOnly, limit, order)
	found = append(found, b.byIndex(r, units, opt, limit, order)...)
	var rest, side []unit
	for _, u := range units {
		if u.side {
			side = append(side, u)
		} else {
			rest = append(rest, u)
		}
	}
	if len(side) > 0 && len(rest) > 0 {
		all := opt
		all.BillableOnly = false
		for _, s := range slices.Concat(r.search(rest, false, limit, order), b.byIndex(r, rest, all, limit, order)) {
			found = append(found, r.sided(s, side, opt.BillableOnly, order)...)
		}
	}
	return found
}

// byIndex finds codes by the indexes and scores them as titles are: by the words of the term that were not asked for.
func (b *Book) byIndex(r *release, units []unit, opt SearchOptions, limit, order int) []scored {
	hits := b.searchIndex(r, units, nil, opt, limit, order)
	if len(hits) == 0 {
		return nil
	}
	asked := map[string]bool{}
	size, extra := 0, 0
	for _, u := range units {
		size += u.longest()
		extra += int(u.extra)
		for _, set := range slices.Concat([][]string{u.typed}, u.any) {
			for _, w := range set {
				asked[w] = true
			}
		}
	}
	for i := range hits {
		h := &hits[i]
		cost := int(h.rank>>44) - 1 - costIndex - min(3, max(0, int(h.by.terms[h.term].words)-len(units)))
		score := max(0, cost) + extra + size + h.by.unasked(h.term, asked)
		if h.by.kind == IndexDrugs && !h.by.column(asked) {
			score += costColumn
		}
		if r.System == ICD10PCS {
			score += costBeginning
		}
		nth := max(0, int(h.rank>>32&0xff)-int(h.by.terms[h.term].words)) // the codes that a term leads to take turns
		h.rank = r.rank(score, order, h.row()) | uint64(nth)<<32
	}
	return hits
}

// column reports whether one of the words names a column of a table.
func (v *indexVolume) column(asked map[string]bool) bool {
	return slices.ContainsFunc(v.heads, func(h string) bool {
		return slices.ContainsFunc(words(h), func(w string) bool { return asked[w] })
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

// sided are the codes of a side that a hit without one leads to: those below it, or beside it when it is the one for an unspecified side.
// A hit that knows no sides stays.
func (r *release) sided(s scored, side []unit, billable bool, order int) []scored {
	from, to := s.row(), int(r.rows[s.row()].end)
	if to == from+1 && r.rows[from].parent >= 0 && strings.Contains(r.rows[from].title, "nspecified") {
		from = int(r.rows[from].parent)
		to = int(r.rows[from].end)
	}
	const atMost = 400 // rows that are looked through
	to = min(to, from+atMost)
	var out []scored
	knows := false
	for n := from; n < to; n++ {
		ws := words(r.rows[n].title)
		knows = knows || slices.ContainsFunc(ws, func(w string) bool { return sides[w] })
		if billable && !r.rows[n].billable || slices.ContainsFunc(side, func(u unit) bool { return !u.says(ws) }) {
			continue
		}
		o := s
		deeper := int(r.index.brevity[n]&titleBits) - int(r.index.brevity[s.row()]&titleBits)
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

// says reports whether words have what the unit asks for.
func (u unit) says(ws []string) bool {
	return slices.ContainsFunc(slices.Concat([][]string{u.typed}, u.any), func(set []string) bool {
		return !slices.ContainsFunc(set, func(w string) bool { return !slices.Contains(ws, w) })
	})
}
