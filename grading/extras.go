package grading

import (
	"cmp"
	"slices"

	"crosswalk/codebook"
)

// rule says by which rule an extra line was priced. They are tried in this order.
type rule int

const (
	byTrap rule = iota
	byExcludes1
	byNCCI
	asSubstitution
	asRedundant
	byChapter // Z, V-Y and integral R codes
	asUnsupported
)

// extra is an entered line that answers no key line.
type extra struct {
	at      int // entered line
	rule    rule
	price   Points
	against int    // key line it is measured by, -1
	other   int    // entered line it conflicts with or repeats, -1
	note    string // the note or edit in words
	from    string
}

func total(extras []extra) Points {
	var t Points
	for _, e := range extras {
		t += e.price
	}
	return t
}

// price prices the lines that a pairing leaves over, each once by the first rule that fits, and says which of them stand in for a key
// line that was not answered. The extras come in entered order.
func (g *grader) price(s *side, p pairing) ([]extra, []int) {
	substitutes := make([]int, len(s.lines))
	for i := range substitutes {
		substitutes[i] = -1
	}
	var extras []extra
	for j := range s.entered {
		if p.by[j] < 0 && s.entered[j].optional < 0 {
			extras = append(extras, g.priceOne(s, p, j))
		}
	}
	// A substitution forgives one line for each key line left open, the dearest first: the missed line has cost its points already.
	byPrice := make([]int, len(extras))
	for x := range extras {
		byPrice[x] = x
	}
	slices.SortStableFunc(byPrice, func(x, y int) int { // equal ones by code, so that their order does not matter
		return cmp.Or(cmp.Compare(extras[y].price, extras[x].price), cmp.Compare(s.entered[extras[x].at].Code, s.entered[extras[y].at].Code))
	})
	for _, x := range byPrice {
		e := &extras[x]
		if e.rule < asSubstitution || e.price == 0 {
			continue
		}
		line, nearest := -1, -1
		for i, l := range s.lines {
			if l.optional || p.of[i] >= 0 || substitutes[i] >= 0 || l.family != s.entered[e.at].family {
				continue
			}
			if n := common(l.Code, s.entered[e.at].Code); n > nearest {
				line, nearest = i, n
			}
		}
		if line >= 0 {
			substitutes[line] = e.at
			*e = extra{at: e.at, rule: asSubstitution, against: line, other: -1}
		}
	}
	if g.ignores(CompExtra) {
		for x := range extras {
			extras[x].price = 0
		}
	}
	return extras, substitutes
}

// priceOne prices an extra line by every rule but substitution, which needs to see them all.
func (g *grader) priceOne(s *side, p pairing, j int) extra {
	e := extra{at: j, against: -1, other: -1}
	entered := s.entered[j]
	if s.again(&e) {
		return e
	}
	switch t := g.trap(entered.Code); {
	case t != nil && (t.Kind == Integral || t.Kind == Needless):
		e.rule, e.price = byTrap, g.w.Integral
		return s.lowered(p, e)
	case t != nil:
		e.rule, e.price = byTrap, g.w.Unsupported
		return s.lowered(p, e)
	}
	if g.conflicting(s, p, &e) {
		return e
	}
	if s.redundant(p, &e, g.w.Redundant) {
		return s.lowered(p, e)
	}
	e.rule, e.price = asUnsupported, g.w.Unsupported
	if entered.System == codebook.ICD10CM && g.mildChapter(entered.Ref) {
		e.rule, e.price = byChapter, g.w.Integral
	}
	return s.lowered(p, e)
}

// conflicting prices the half of a pair that the Tabular List or NCCI forbids beside a line that answers the key.
func (g *grader) conflicting(s *side, p pairing, e *extra) bool {
	own := s.entered[e.at]
	for _, j := range p.of { // in the key's order, so that the order of what was entered does not matter
		if j < 0 {
			continue
		}
		if c, ok := g.excludes[[2]codebook.Code{own.Code, s.entered[j].Code}]; ok && own.System == codebook.ICD10CM {
			e.rule, e.price, e.other, e.note, e.from = byExcludes1, g.w.Unsupported, j, c.Note, c.From
			return true
		}
	}
	if s != &g.px || g.key.Bills != Professional || g.ref.book == nil {
		return false
	}
	for _, j := range p.of {
		if j < 0 || !g.bundled(j, e.at) {
			continue
		}
		e.rule, e.price, e.other = byNCCI, g.w.Unsupported, j
		return true
	}
	return false
}

// findExcludes asks the book once for the Excludes1 pairs among the entered diagnoses and leaves out those that the key allows.
func (g *grader) findExcludes() {
	g.excludes = map[[2]codebook.Code]codebook.Conflict{}
	if g.ref.book == nil {
		return
	}
	var codes []codebook.Code
	for _, e := range g.dx.entered {
		if !slices.Contains(codes, e.Code) {
			codes = append(codes, e.Code)
		}
	}
	if len(codes) < 2 {
		return
	}
	for _, c := range g.ref.book.Excludes1(codes, g.ref.on) {
		if len(c.Codes) != 2 || g.allowed(c.Codes[0].Code, c.Codes[1].Code) {
			continue
		}
		a, b := c.Codes[0].Code, c.Codes[1].Code
		for _, pair := range [][2]codebook.Code{{a, b}, {b, a}} {
			if _, ok := g.excludes[pair]; !ok {
				g.excludes[pair] = c
			}
		}
	}
}

func (g *grader) allowed(a, b codebook.Code) bool {
	return slices.ContainsFunc(g.key.Allow, func(w Allow) bool {
		return w.Pair == [2]codebook.Code{a, b} || w.Pair == [2]codebook.Code{b, a}
	})
}

// redundant prices a line that repeats an answered key line: the same code again, or another of its family. It costs half of the line's
// code, at most that much; of several lines the dearest is taken, so that the order of lines does not matter.
func (s *side) redundant(p pairing, e *extra, most Points) bool {
	own, nearest := s.entered[e.at], -1
	for i, j := range p.of {
		if j < 0 {
			continue
		}
		same := s.entered[j].Ref == own.Ref
		if !same && s.lines[i].family != own.family && s.near[i][e.at].percent == 0 {
			continue
		}
		e.rule, e.price = asRedundant, max(e.price, min(s.lines[i].code/2, most))
		rank := common(s.lines[i].Code, own.Code)
		if same {
			rank = len(own.Code) + 1
		}
		if rank > nearest {
			nearest, e.against, e.other = rank, i, j
		}
	}
	return nearest >= 0
}

// again says that a line is an optional one of the key for the second time. It costs half of what that line is worth, which is nothing.
func (s *side) again(e *extra) bool {
	for i, opt := range s.optionals() {
		if opt >= 0 && s.near[i][e.at].percent == 100 {
			e.rule, e.against, e.other = asRedundant, i, opt
			return true
		}
	}
	return false
}

// optionals gives for each key line the entered line that is it, when it is an optional one; -1 else.
func (s *side) optionals() []int {
	out := make([]int, len(s.lines))
	for i := range out {
		out[i] = -1
	}
	for j, e := range s.entered {
		if e.optional >= 0 {
			out[e.optional] = j
		}
	}
	return out
}

// lowered keeps a rule of the scheme true that the prices alone would break: to add the right code beside a near miss of it never
// costs. The near miss left over costs at most what the right code has gained on it, with all components and the place.
func (s *side) lowered(p pairing, e extra) extra {
	for i, j := range p.of {
		if n := s.near[i][e.at]; j >= 0 && n.percent > 0 && n.percent < 100 {
			gain := s.lines[i].worth - s.lines[i].worth.percent(n.percent)
			if s.near[i][j].percent == 100 {
				gain = max(s.credit[i][j]-s.credit[i][e.at], 0)
			}
			e.price = min(e.price, gain)
		}
	}
	return e
}

// mildChapter reports whether an extra diagnosis is of the chapters that rarely harm a claim: Z codes, external causes, and a sign or
// symptom without weight beside a first diagnosis that is none (it is then integral, Official Guidelines I.B.5).
func (g *grader) mildChapter(ref codebook.Ref) bool {
	switch prefix(string(ref.Code), 1) {
	case "Z", "V", "W", "X", "Y":
		return true
	case "R":
		return g.ref.look(ref).entry.Facts.Severity == "" && !g.firstIsSymptom()
	}
	return false
}

// firstIsSymptom reports whether the key's first diagnosis, or one of those that may stand first, is an R code.
func (g *grader) firstIsSymptom() bool {
	named := false
	for _, d := range g.key.Diagnoses {
		if d.First != NotFirst {
			named = true
			if isSymptom(d.Code) {
				return true
			}
		}
	}
	return !named && len(g.key.Diagnoses) > 0 && isSymptom(g.key.Diagnoses[0].Code)
}

func isSymptom(c codebook.Code) bool { return prefix(string(c), 1) == "R" }
