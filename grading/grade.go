package grading

import (
	"cmp"
	"fmt"
	"slices"

	"crosswalk/codebook"
)

// Grade scores a response against a key and its alternatives; the version that gives the best learning score counts, the key itself
// among equals. The response is one that ParseAnswer made for the same key. The book supplies titles and the rules that need the code
// sets; nil means that none is at hand. What the case does not ask for is not looked at. The result holds the parts, which add up to
// the learning score exactly, and the four figures; a scheme other than Learning adds its own figure and changes nothing else.
func Grade(k *Key, r Response, book Book, s Scheme) Result {
	return GradeUnder(k, r, book, Policy{Scheme: s})
}

// GradeUnder is Grade by a policy that Policy.Check has passed.
func GradeUnder(k *Key, r Response, book Book, p Policy) Result {
	s := p.Scheme
	var best Result
	var counted *grader
	for n, v := range k.Versions() {
		v = p.apply(v, &r)
		g := newGrader(&v, &r, book, &p)
		res := g.grade()
		res.Alternative, res.Policy = n, p.Name
		if s != Learning && s != "" {
			score := g.schemeScore(s, res)
			res.Scheme, res.SchemeScore = s, &score
		}
		if n == 0 || better(res, best) {
			best, counted = res, g
		}
	}
	best.Rules = counted.rules()
	best.Money = counted.money()
	counted.markKeyWord(best.Parts)
	return best
}

// Versions are the key and its alternatives as whole keys, the key first. An alternative has the diagnoses and procedures it states;
// a DRG, disposition, E/M grid or query that it leaves out is the key's.
func (k *Key) Versions() []Key {
	own := *k
	own.Alternatives = nil
	out := []Key{own}
	for _, a := range k.Alternatives {
		v := own
		v.Diagnoses, v.Procedures = a.Diagnoses, a.Procedures
		if a.DRG != "" {
			v.DRG = a.DRG
		}
		if a.Disposition != "" {
			v.Disposition = a.Disposition
		}
		if a.EM != nil {
			v.EM = a.EM
		}
		if a.Query != nil {
			v.Query = a.Query
		}
		out = append(out, v)
	}
	return out
}

// better compares two results of one response: by share of the possible points, then clean before not, then audit accuracy.
func better(a, b Result) bool {
	x, y := int64(a.Learning.Earned)*int64(b.Learning.Possible), int64(b.Learning.Earned)*int64(a.Learning.Possible)
	if x != y {
		return x > y
	}
	if a.Clean != b.Clean {
		return a.Clean
	}
	return a.AuditAccuracy > b.AuditAccuracy
}

// grader grades one response against one version of a key.
type grader struct {
	key    *Key
	resp   *Response
	ref    *reference
	policy *Policy
	w      *Weights

	dx, px side
	first  int // the first entered diagnosis that counts, -1 when none does

	excludes map[[2]codebook.Code]codebook.Conflict
	parts    []Part
}

// side is the diagnoses or the procedures of a case.
type side struct {
	asked   bool
	lines   []keyLine
	entered []enteredLine
	near    [][]nearness // [key line][entered line]
	credit  [][]Points   // the same; all components, 0 when the two do not pair
	pairing
	assigner    assigner
	extras      []extra // entered lines without a partner, priced
	substitutes []int   // key line -> the entered line that stands in for it, -1
	marks       []mark  // how each key line counts in an audit
}

// mark is how a key line counts in an audit.
type mark int

const (
	wrong     mark = iota
	rightCode      // the right code, with a modifier or unit wrong or not in the first place where it belongs there
	allRight
)

type keyLine struct {
	codebook.Ref
	worth    Points // of the whole line; for a diagnosis without position
	code     Points // of the code alone
	optional bool
	family   string
}

type enteredLine struct {
	codebook.Ref
	family   string
	optional int    // the optional key line that it is, -1
	more     string // what a line holds besides its code, where another line has the same code
}

func newGrader(k *Key, r *Response, book Book, p *Policy) *grader {
	lines := len(k.Diagnoses) + len(k.Procedures) + len(r.Diagnoses) + len(r.Procedures)
	g := &grader{key: k, resp: r, ref: newReference(book, k.Date, lines), first: -1, policy: p, w: &Standard}
	g.parts = make([]Part, 0, 2*lines)
	if p.Weights != nil {
		g.w = p.Weights
	}
	g.dx.asked, g.px.asked = k.Ask.Diagnoses, k.Ask.Procedures
	for i := range k.Diagnoses {
		d := &k.Diagnoses[i]
		ref := codebook.Ref{System: codebook.ICD10CM, Code: d.Code}
		g.dx.lines = append(g.dx.lines, keyLine{ref, d.worth(g.w), d.worth(g.w), d.Weight == Optional, g.ref.family(ref)})
	}
	for i := range k.Procedures {
		p := &k.Procedures[i]
		ref := codebook.Ref{System: p.System, Code: p.Code}
		worth := procedureWorth(k.Procedures, i, g.w)
		code := worth
		if !p.wholeLine() {
			code = worth.percent(g.w.codeShare())
		}
		g.px.lines = append(g.px.lines, keyLine{ref, worth, code, p.Optional, g.ref.family(ref)})
	}
	for _, d := range r.Diagnoses {
		ref := codebook.Ref{System: codebook.ICD10CM, Code: d.Code}
		g.dx.entered = append(g.dx.entered, enteredLine{Ref: ref, family: g.ref.family(ref), optional: -1})
	}
	for _, p := range r.Procedures {
		ref := codebook.Ref{System: p.System, Code: p.Code}
		g.px.entered = append(g.px.entered, enteredLine{Ref: ref, family: g.ref.family(ref), optional: -1})
	}
	g.dx.tellCopiesApart(func(j int) string { return fmt.Sprint(r.Diagnoses[j].POA, r.Diagnoses[j].Evidence) })
	g.px.tellCopiesApart(func(j int) string {
		p := &r.Procedures[j]
		var to []string
		for _, t := range p.PointsTo {
			if t >= 0 && t < len(r.Diagnoses) {
				to = append(to, string(r.Diagnoses[t].Code))
			}
		}
		slices.Sort(to)
		return fmt.Sprint(slices.Sorted(slices.Values(p.Modifiers)), p.Units, p.Minutes, to, p.Evidence)
	})
	return g
}

// tellCopiesApart notes what lines of one code hold besides, so that of two that earn the same it is not the order that decides.
func (s *side) tellCopiesApart(holds func(j int) string) {
	for j := range s.entered {
		for j2 := range s.entered {
			if j != j2 && s.entered[j].Code == s.entered[j2].Code {
				s.entered[j].more = holds(j)
				break
			}
		}
	}
}

func (g *grader) grade() Result {
	g.pairDiagnoses()
	g.pairProcedures()
	g.dx.marks, g.px.marks = make([]mark, len(g.dx.lines)), make([]mark, len(g.px.lines))
	g.diagnosisParts()
	g.procedureParts()
	g.claimParts()
	g.emParts()
	g.queryParts()
	g.extraParts()
	g.orderParts()
	return g.result()
}

// pairDiagnoses settles which entered diagnosis answers which key line. It runs even when diagnoses are not asked, because pointers are
// compared through it.
func (g *grader) pairDiagnoses() {
	s := &g.dx
	traps, known := make([]bool, len(s.entered)), make([]*looked, len(s.entered))
	for j, e := range s.entered {
		traps[j], known[j] = g.trap(e.Code) != nil, g.ref.look(e.Ref)
	}
	s.judge(func(i, j int) nearness {
		return g.nearEntered(&g.key.Diagnoses[i], s.entered[j].Code, traps[j], known[j])
	})
	s.setAside(g.diagnosisCredit)
	for j := range s.entered {
		if s.entered[j].optional < 0 {
			g.first = j
			break
		}
	}
	s.value(g.diagnosisCredit)
	g.findExcludes()
	s.pairing = s.improve(s.bestPairing(), func(p pairing) Points {
		extras, _ := g.price(s, p)
		return total(extras) + g.w.Order*Points(len(g.disorders(p)))
	})
	s.extras, s.substitutes = g.price(s, s.pairing)
}

func (g *grader) pairProcedures() {
	s := &g.px
	s.judge(func(i, j int) nearness { return g.nearProcedure(&g.key.Procedures[i], s.entered[j].Ref) })
	s.setAside(g.procedureCredit)
	s.value(g.procedureCredit)
	s.pairing = s.improve(s.bestPairing(), func(p pairing) Points {
		extras, _ := g.price(s, p)
		return total(extras)
	})
	s.extras, s.substitutes = g.price(s, s.pairing)
}

// judge compares every entered line with every key line.
func (s *side) judge(near func(i, j int) nearness) {
	s.near = make([][]nearness, len(s.lines))
	all := make([]nearness, len(s.lines)*len(s.entered))
	for i := range s.lines {
		s.near[i], all = all[:len(s.entered):len(s.entered)], all[len(s.entered):]
		for j := range s.entered {
			s.near[i][j] = near(i, j)
		}
	}
}

// setAside takes the optional lines out: an entered line that is an optional line of the key, and that no other line takes at full
// credit, changes no figure. Of several copies of one code the strongest are kept for the lines that count and the weakest is the
// optional one, so that their order does not matter.
func (s *side) setAside(credit func(i, j int) Points) {
	if !slices.ContainsFunc(s.lines, func(l keyLine) bool { return l.optional }) {
		return
	}
	strength, order := make([]Points, len(s.entered)), make([]int, len(s.entered))
	for j := range s.entered {
		order[j] = j
		for i, l := range s.lines {
			if !l.optional && s.near[i][j].percent > 0 {
				strength[j] = max(strength[j], credit(i, j))
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(strength[b], strength[a]) })
	taken, counted := make([]bool, len(s.lines)), make([]bool, len(s.entered))
	free := func(j int, optional bool) int {
		for i, l := range s.lines {
			if l.optional == optional && !taken[i] && s.near[i][j].percent == 100 {
				taken[i] = true
				return i
			}
		}
		return -1
	}
	for _, j := range order {
		counted[j] = free(j, false) >= 0
	}
	for _, j := range slices.Backward(order) {
		if !counted[j] {
			s.entered[j].optional = free(j, true)
		}
	}
}

// value fills in what each pair of lines would earn. Optional lines take no part.
func (s *side) value(credit func(i, j int) Points) {
	s.credit = make([][]Points, len(s.lines))
	all := make([]Points, len(s.lines)*len(s.entered))
	for i := range s.lines {
		s.credit[i], all = all[:len(s.entered):len(s.entered)], all[len(s.entered):]
		for j := range s.entered {
			if !s.lines[i].optional && s.entered[j].optional < 0 && s.near[i][j].percent > 0 {
				s.credit[i][j] = credit(i, j)
			}
		}
	}
}

// diagnosisCredit is all that entered diagnosis j earns as an answer to key line i.
func (g *grader) diagnosisCredit(i, j int) Points {
	d, e := &g.key.Diagnoses[i], &g.resp.Diagnoses[j]
	c := g.dx.lines[i].code.percent(g.dx.near[i][j].percent)
	if c <= 0 {
		return 0
	}
	if d.First != NotFirst && j == g.first {
		c += g.w.Position
	}
	if g.key.Ask.POA && d.asksPOA() && e.POA == d.POA {
		c += g.w.POA
	}
	if g.evidenceAsked(d.Evidence) && supports(d.Evidence, e.Evidence) {
		c += g.w.Evidence
	}
	return c
}

// evidenceAsked reports whether a line has words of the note to be marked.
func (g *grader) evidenceAsked(e []Evidence) bool {
	return g.key.Ask.Evidence && wordCount(quotes(e)) > 0
}

func (g *grader) trap(c codebook.Code) *Trap {
	for i := range g.key.Traps {
		if g.key.Traps[i].Code == c {
			return &g.key.Traps[i]
		}
	}
	return nil
}
