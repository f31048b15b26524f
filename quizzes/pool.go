package quizzes

import (
	"cmp"
	"slices"
)

// pool is the bank as drawing looks at it: questions and cases are nodes of one graph whose edges are enmities.
type pool struct {
	nodes  []node
	byID   map[string]int32 // questions
	caseOf map[string]int32 // cases
	units  map[string][]unit
	charts []unit // each case on its own
}

// node is a question, or a case that is coded as a whole.
type node struct {
	q     *Question // nil for a case
	c     *Case     // nil for a question
	level int       // difficulty, from 0
	group int32     // number of the chart that the question is about, -1 when it has none
	foes  []int32   // nodes that never come into one form with this one
}

// unit is what is drawn together: one question, or the questions of an area about one chart in the order of the file.
type unit []int32

func newPool(b *Bank) *pool {
	p := &pool{byID: map[string]int32{}, caseOf: map[string]int32{}, units: map[string][]unit{}}
	groups := map[string]int32{}
	about := map[string][]int32{}
	for i, q := range b.questions {
		n := node{q: q, level: level(q.Difficulty), group: -1}
		if q.Group != "" {
			if _, ok := groups[q.Group]; !ok {
				groups[q.Group] = int32(len(groups))
			}
			n.group = groups[q.Group]
			about[q.Group] = append(about[q.Group], int32(i))
		}
		p.nodes = append(p.nodes, n)
		p.byID[q.ID] = int32(i)
	}
	for i, q := range b.questions {
		for _, id := range sortedKeys(b.enemies[q.ID]) {
			if foe, ok := p.byID[id]; ok && int(foe) != i {
				p.nodes[i].foes = append(p.nodes[i].foes, foe)
			}
		}
	}
	for _, c := range b.cases {
		v := int32(len(p.nodes))
		p.caseOf[c.ID] = v
		// Who codes a chart is not asked about it, and the other way round: either gives the other away.
		p.nodes = append(p.nodes, node{c: c, level: level(c.Difficulty), group: -1, foes: about[c.ID]})
		for _, q := range about[c.ID] {
			p.nodes[q].foes = append(p.nodes[q].foes, v)
		}
		p.charts = append(p.charts, unit{v})
	}
	for area, questions := range b.byArea {
		p.units[area] = p.inUnits(questions)
	}
	return p
}

func level(difficulty int) int { return min(max(difficulty, 1), len(Difficulty{})) - 1 }

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// inUnits puts questions about one chart together.
func (p *pool) inUnits(questions []*Question) []unit {
	var units []unit
	at := map[int32]int{}
	for _, q := range questions {
		v := p.byID[q.ID]
		g := p.nodes[v].group
		if i, ok := at[g]; ok && g >= 0 {
			units[i] = append(units[i], v)
			continue
		}
		at[g] = len(units)
		units = append(units, unit{v})
	}
	for _, u := range units {
		slices.SortStableFunc(u, func(x, y int32) int { return byPlace(p.nodes[x].q, p.nodes[y].q) })
	}
	return units
}

// byPlace is the order of the files.
func byPlace(x, y *Question) int {
	return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line))
}

// settingOf is the place of a setting among shares, -1 when they leave it out; outpatient stands for all that has no share of its own.
func settingOf(setting string, shares []Share) int {
	outpatient := -1
	for i, s := range shares {
		if s.Setting == setting {
			return i
		}
		if s.Setting == "outpatient" {
			outpatient = i
		}
	}
	return outpatient
}

// mix deals by highest averages: what has the greatest share per item that it would then have comes next.
type mix struct {
	weight, count, rank []int
}

func newMix(weights []int) *mix {
	m := &mix{weight: weights, count: make([]int, len(weights)), rank: make([]int, len(weights))}
	m.order()
	return m
}

func weights(shares []Share) []int {
	w := make([]int, len(shares))
	for i, s := range shares {
		w[i] = s.Weight
	}
	return w
}

// add counts items of the i-th kind in, or out again when n is negative.
func (m *mix) add(i, n int) {
	if i >= 0 && i < len(m.count) {
		m.count[i] += n
		m.order()
	}
}

func (m *mix) order() {
	for i := range m.rank {
		m.rank[i] = 0
		for j := range m.rank {
			x, y := m.weight[j]*(m.count[i]+1), m.weight[i]*(m.count[j]+1)
			if x > y || x == y && (m.weight[j] > m.weight[i] || m.weight[j] == m.weight[i] && j < i) {
				m.rank[i]++
			}
		}
	}
}

// of is the rank of the i-th kind, 0 for the one to come next; what is no kind of the mix comes last.
func (m *mix) of(i int) int {
	if i < 0 || i >= len(m.rank) {
		return len(m.rank)
	}
	return m.rank[i]
}
