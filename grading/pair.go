package grading

import (
	"cmp"
	"slices"
)

// pairing joins key lines and entered lines one to one. It holds an index on each side, -1 where a line has no partner.
type pairing struct {
	of []int // key line -> entered line
	by []int // entered line -> key line
}

// bestPairing is the pairing of greatest total credit; among equals the one with the most credit for codes alone, then the one that
// serves earlier key lines. Entered lines that are still equal go by code and not by place, so that their order does not matter. Two
// lines without credit never pair.
func (s *side) bestPairing() pairing {
	lines, entered := len(s.lines), len(s.entered)
	byCode := make([]int, entered)
	for j := range byCode {
		byCode[j] = j
	}
	slices.SortStableFunc(byCode, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.entered[a].Code, s.entered[b].Code), cmp.Compare(s.entered[a].more, s.entered[b].more))
	})
	rank := make([]int, entered)
	for r, j := range byCode {
		rank[j] = r
	}
	// One number per pair, compared as a whole. With at most MaxLines lines a side the sum of a lower field never reaches the next.
	return s.solve(func(i, j int) int64 {
		return int64(s.credit[i][j])<<42 + int64(s.codeCredit(i, j))<<26 + int64(lines-i)<<13 + int64(entered-rank[j])
	})
}

// solve is the pairing of greatest weight among lines that have credit together.
func (s *side) solve(weight func(line, entered int) int64) pairing {
	p := pairing{of: slices.Repeat([]int{-1}, len(s.lines)), by: slices.Repeat([]int{-1}, len(s.entered))}
	of := s.assigner.solve(len(s.lines), len(s.entered), func(i, j int) int64 {
		if s.credit[i][j] <= 0 {
			return 0
		}
		return weight(i, j)
	})
	for i, j := range of {
		if j >= 0 && s.credit[i][j] > 0 && weight(i, j) > 0 {
			p.of[i], p.by[j] = j, i
		}
	}
	return p
}

// codeCredit is what the code alone earns.
func (s *side) codeCredit(i, j int) Points { return s.lines[i].code.percent(s.near[i][j].percent) }

func (s *side) sum(p pairing) Points {
	var t Points
	for i, j := range p.of {
		if j >= 0 {
			t += s.credit[i][j]
		}
	}
	return t
}

// assigner solves assignments. It keeps its slices from one to the next, since improve solves many of the same size.
type assigner struct {
	u, v, least    []int64 // potentials of rows and columns; the least slack of each column
	row, way, cols []int   // row[c]: the row (from 1) that has column c
	used           []bool
}

// zeroed is a slice of n zeros that reuses the one given.
func zeroed[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// solve gives each of n rows a column of its own so that the sum of weights is greatest. A row may also stay alone at weight 0: it then
// gets -1. This is the Hungarian algorithm with potentials, O(n^2 (n+m)); each row has a column beyond m for staying alone. The result
// is good until the next call.
func (a *assigner) solve(n, m int, weight func(row, col int) int64) []int {
	const inf = int64(1) << 62
	width := m + n
	a.u, a.v, a.least = zeroed(a.u, n+1), zeroed(a.v, width+1), zeroed(a.least, width+1)
	a.row, a.way, a.used = zeroed(a.row, width+1), zeroed(a.way, width+1), zeroed(a.used, width+1)
	u, v, least, row, way, used := a.u, a.v, a.least, a.row, a.way, a.used
	for i := 1; i <= n; i++ {
		row[0] = i
		c0 := 0
		for c := range least {
			least[c], used[c] = inf, false
		}
		for row[c0] != 0 {
			used[c0] = true
			r0, delta, c1 := row[c0], inf, 0
			for c := 1; c <= width; c++ {
				if used[c] {
					continue
				}
				var w int64
				if c <= m {
					w = weight(r0-1, c-1)
				}
				if cost := -w - u[r0] - v[c]; cost < least[c] {
					least[c], way[c] = cost, c0
				}
				if least[c] < delta {
					delta, c1 = least[c], c
				}
			}
			for c := range used {
				if used[c] {
					u[row[c]] += delta
					v[c] -= delta
				} else {
					least[c] -= delta
				}
			}
			c0 = c1
		}
		for c0 != 0 {
			c1 := way[c0]
			row[c0] = row[c1]
			c0 = c1
		}
	}
	a.cols = zeroed(a.cols, n)
	for i := range a.cols {
		a.cols[i] = -1
	}
	for c := 1; c <= m; c++ {
		if row[c] > 0 {
			a.cols[row[c]-1] = c - 1
		}
	}
	return a.cols
}

// tight tells of a row and a column, or a row and -1 for staying alone, whether an assignment of greatest weight may hold it: by the
// duality of the problem none holds a pair that the potentials of the last solve, of the same n and m, leave slack.
func (a *assigner) tight(n, m int, weight func(row, col int) int64, r, c int) bool {
	if c >= 0 {
		return -weight(r, c)-a.u[r+1]-a.v[c+1] == 0
	}
	for d := m + 1; d <= m+n; d++ {
		if a.u[r+1]+a.v[d] == 0 {
			return true
		}
	}
	return false
}

// maxWork bounds improve, so that an answer made of a hundred equal lines stays cheap.
const maxWork = 20_000_000

// improve looks among the pairings of the same total for one with a smaller penalty, or the same penalty and more credit for codes. A
// penalty belongs to a pairing as a whole and is no sum over pairs, so it cannot be a part of the weights. Instead each pair that p has
// not, and each parting of a pair that it has, is forced in turn; the pairing of the greatest total that follows, as near to p as can be,
// is taken when it loses nothing and costs less.
func (s *side) improve(p pairing, penalty func(pairing) Points) pairing {
	cost := func(q pairing) int64 {
		c := int64(penalty(q)) << 20
		for i, j := range q.of {
			if j >= 0 {
				c -= int64(s.codeCredit(i, j))
			}
		}
		return c
	}
	if penalty(p) == 0 { // nothing costs less, and bestPairing has the most credit for codes
		return p
	}
	best, most := cost(p), s.sum(p)
	n := len(s.lines)
	work := 0
	var totals assigner
	credit := func(i, j int) int64 { return int64(s.credit[i][j]) }
	totals.solve(n, len(s.entered), credit)
	tight := func(i, j int) bool { return totals.tight(n, len(s.entered), credit, i, j) }
	// try forces line i to take entered line j, or to stay alone when j is -1.
	try := func(i, j int) bool {
		if j >= 0 && s.credit[i][j] <= 0 || !tight(i, j) {
			return false
		}
		work += n * n * (n + len(s.entered))
		q := s.solve(func(i2, j2 int) int64 {
			if (i2 == i) != (j2 == j) {
				return 0
			}
			w := int64(s.credit[i2][j2]) << 8
			if p.of[i2] == j2 {
				w++
			}
			return w
		})
		if s.sum(q) < most {
			return false
		}
		c := cost(q)
		if c >= best {
			return false
		}
		p, best = q, c
		return true
	}
	for again := true; again; {
		again = false
		for i := range s.lines {
			for j := -1; j < len(s.entered) && !again; j++ {
				if p.of[i] == j {
					continue
				}
				if work > maxWork {
					return p
				}
				again = try(i, j)
			}
			if again {
				break
			}
		}
	}
	return p
}
