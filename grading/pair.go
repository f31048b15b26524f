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

func (p pairing) clone() pairing { return pairing{slices.Clone(p.of), slices.Clone(p.by)} }

// join makes line and entered partners and parts them from those they had; -1 only parts.
func (p pairing) join(line, entered int) {
	if line >= 0 {
		if old := p.of[line]; old >= 0 {
			p.by[old] = -1
		}
		p.of[line] = entered
	}
	if entered >= 0 {
		if old := p.by[entered]; old >= 0 && old != line {
			p.of[old] = -1
		}
		p.by[entered] = line
	}
}

// bestPairing is the pairing of greatest total credit; among equals the one with the most credit for codes alone, then the one that
// serves earlier key lines. Entered lines that are still equal go by code and not by place, so that their order does not matter. Two
// lines without credit never pair.
func (s *side) bestPairing() pairing {
	lines, entered := len(s.lines), len(s.entered)
	p := pairing{of: make([]int, lines), by: make([]int, entered)}
	for i := range p.of {
		p.of[i] = -1
	}
	for j := range p.by {
		p.by[j] = -1
	}
	byCode := make([]int, entered)
	for j := range byCode {
		byCode[j] = j
	}
	slices.SortStableFunc(byCode, func(a, b int) int { return cmp.Compare(s.entered[a].Code, s.entered[b].Code) })
	rank := make([]int, entered)
	for r, j := range byCode {
		rank[j] = r
	}
	// One number per pair, compared as a whole. With at most MaxLines lines a side the sum of a lower field never reaches the next.
	weight := func(i, j int) int64 {
		if s.credit[i][j] <= 0 {
			return 0
		}
		return int64(s.credit[i][j])<<42 + int64(s.codeCredit(i, j))<<26 + int64(lines-i)<<13 + int64(entered-rank[j])
	}
	for i, j := range assign(lines, entered, weight) {
		if j >= 0 && s.credit[i][j] > 0 {
			p.join(i, j)
		}
	}
	return p
}

// assign gives each of n rows a column of its own so that the sum of weights is greatest. A row may also stay alone at weight 0: it then
// gets -1. This is the Hungarian algorithm with potentials, O(n^2 (n+m)); each row has a column of its own beyond m for staying alone.
func assign(n, m int, weight func(row, col int) int64) []int {
	const inf = int64(1) << 62
	cols := m + n
	u, v := make([]int64, n+1), make([]int64, cols+1)
	row, way := make([]int, cols+1), make([]int, cols+1) // row[c]: the row (from 1) that has column c
	least, used := make([]int64, cols+1), make([]bool, cols+1)
	for i := 1; i <= n; i++ {
		row[0] = i
		c0 := 0
		for c := range least {
			least[c], used[c] = inf, false
		}
		for row[c0] != 0 {
			used[c0] = true
			r0, delta, c1 := row[c0], inf, 0
			for c := 1; c <= cols; c++ {
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
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	for c := 1; c <= m; c++ {
		if row[c] > 0 {
			out[row[c]-1] = c - 1
		}
	}
	return out
}

// maxTrials bounds improve, so that an answer made of a hundred equal lines stays cheap.
const maxTrials = 2000

// improve exchanges partners as long as the total stays the same and the penalty falls, or the penalty too stays and the credit for
// codes grows. The total comes first, so only exchanges of equal credit are tried.
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
	best := cost(p)
	trials := 0
	for again := true; again; {
		again = false
		for _, q := range exchanges(p, s.credit) {
			if trials++; trials > maxTrials {
				return p
			}
			if c := cost(q); c < best {
				p, best, again = q, c, true
				break
			}
		}
	}
	return p
}

// codeCredit is what the code alone earns.
func (s *side) codeCredit(i, j int) Points { return s.lines[i].code.percent(s.near[i][j].percent) }

// exchanges are the pairings of equal total that differ from p in one line or in one swap.
func exchanges(p pairing, credit [][]Points) []pairing {
	var out []pairing
	for i, j := range p.of {
		if j < 0 {
			continue
		}
		for j2, i2 := range p.by {
			switch {
			case j2 == j:
			case i2 < 0 && credit[i][j2] == credit[i][j]: // another entered line in its place
				q := p.clone()
				q.join(i, j2)
				out = append(out, q)
			case i2 > i && credit[i][j2] > 0 && credit[i2][j] > 0 && credit[i][j2]+credit[i2][j] == credit[i][j]+credit[i2][j2]:
				q := p.clone()
				q.join(i, j2)
				q.join(i2, j)
				out = append(out, q)
			}
		}
		for i2, j2 := range p.of {
			if j2 < 0 && credit[i2][j] == credit[i][j] { // the same entered line for another key line
				q := p.clone()
				q.join(i2, j)
				out = append(out, q)
			}
		}
		if len(out) > maxTrials {
			break
		}
	}
	return out
}
