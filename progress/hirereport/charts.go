package hirereport

import (
	"cmp"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// charts adds up what the charts of a form show.
type charts struct {
	n, unanswered  int
	lines          clustered
	clean, drg     count
	sets           map[codebook.System]*clustered
	modifiers, poa clustered
	sequencing     count
	em             EM
	emSeen         bool
	balance        balanceSum
	errors         map[grading.Finding]*errorSum
	money          moneySum
	paces          map[string]*paceSum
	query          querySum
}

type errorSum struct{ count, charts int }

func newCharts() *charts {
	return &charts{sets: map[codebook.System]*clustered{}, errors: map[grading.Finding]*errorSum{}, paces: map[string]*paceSum{}}
}

func (t *charts) add(it Item) {
	res := it.Result
	t.n++
	if res.Counts.Entered == 0 && !coded(res) {
		t.unanswered++
	}
	t.time(it)
	if !it.Scored {
		return
	}
	t.clean.add(res.Clean)
	t.lines.add(count{res.Counts.Right, max(res.Counts.Entered, res.Counts.Lines)})
	sets := map[codebook.System]*count{}
	in := func(code string) *count {
		set := setOf(code)
		if sets[set] == nil {
			sets[set] = &count{}
		}
		return sets[set]
	}
	var modifiers, poa count
	first, placed, ordered := false, false, true
	for _, p := range res.Parts {
		right := p.Possible > 0 && p.Earned == p.Possible
		switch p.Component {
		case grading.CompCode:
			if p.Line != nil && p.Possible > 0 { // an optional line can earn nothing
				in(*p.Line).add(right)
				t.visit(*p.Line, p)
			}
		case grading.CompExtra:
			if p.Entered != nil {
				in(*p.Entered).add(false)
			}
		case grading.CompModifiers:
			// A service that takes none and was given none shows nothing.
			if !right || p.Entered != nil && *p.Entered != "" {
				modifiers.add(right)
			}
		case grading.CompPosition:
			first, placed = true, right
		case grading.CompOrder:
			ordered = false
		case grading.CompPOA:
			if p.Possible > 0 && (right || p.Finding == grading.DXPOA) {
				poa.add(right)
			}
		case grading.CompDRG:
			t.drg.add(right)
		}
	}
	for set, c := range sets {
		if t.sets[set] == nil {
			t.sets[set] = &clustered{}
		}
		t.sets[set].add(*c)
	}
	t.modifiers.add(modifiers)
	t.poa.add(poa)
	if first {
		t.sequencing.add(placed && ordered)
	}
	t.findings(res)
	t.money.add(res.Money)
	t.query.add(res)
}

// coded reports whether anything was entered that makes no line: a DRG, a query, a grid.
func coded(res grading.Result) bool {
	return slices.ContainsFunc(res.Parts, func(p grading.Part) bool { return p.Entered != nil && *p.Entered != "" })
}

// setOf tells the code set of a code as it is printed: ICD-10-CM has a point or three characters, ICD-10-PCS seven, CPT and HCPCS Level II
// five, of which HCPCS begins with a letter.
func setOf(code string) codebook.System {
	switch {
	case strings.Contains(code, "."):
		return codebook.ICD10CM
	case len(code) == 7:
		return codebook.ICD10PCS
	case len(code) == 5 && code[0] >= '0' && code[0] <= '9':
		return codebook.CPT
	case len(code) == 5:
		return codebook.HCPCS
	}
	return codebook.ICD10CM
}

// findings counts kinds of errors. What a part says again of a line that is counted already, such as the indicator or the evidence beside a missed diagnosis
// or a column beside the wrong level, counts once, and so do the parts of a query.
func (t *charts) findings(res grading.Result) {
	here := map[grading.Finding]int{}
	once := map[grading.Finding]bool{}
	over, under := 0, 0
	for _, p := range res.Parts {
		f := p.Finding
		switch {
		case f == "", p.Component == grading.CompPOA && f != grading.DXPOA, p.Component == grading.CompEvidence && f != grading.EVID:
			continue
		case p.Component == grading.CompEM, p.Component == grading.CompQuery:
			once[f] = true
			continue
		case overCoding(f):
			over++
		case underCoding(f):
			under++
		}
		here[f]++
	}
	for f := range once {
		if here[f] == 0 {
			here[f]++
		}
	}
	for f, n := range here {
		if t.errors[f] == nil {
			t.errors[f] = &errorSum{}
		}
		t.errors[f].count += n
		t.errors[f].charts++
	}
	t.balance.add(over, under)
}

func (t *charts) report(r *Report) {
	r.Unanswered = t.unanswered
	r.Accuracy = Accuracy{
		Lines: t.lines.figure(), Clean: t.clean.figure(), ICD10CM: t.set(codebook.ICD10CM), ICD10PCS: t.set(codebook.ICD10PCS), CPT: t.set(codebook.CPT), HCPCS: t.set(codebook.HCPCS),
		Modifiers: t.modifiers.figure(), Sequencing: t.sequencing.figure(), POA: t.poa.figure(), DRG: t.drg.figure(),
	}
	r.EM = t.visits()
	r.Balance = t.balance.balance()
	r.Errors = t.topErrors()
	r.Money = t.money.money()
	r.Pace = t.pace()
	r.Query = t.query.query()
}

func (t *charts) set(s codebook.System) *Figure {
	if t.sets[s] == nil {
		return nil
	}
	return t.sets[s].figure()
}

func (t *charts) topErrors() []ErrorIn {
	names := map[grading.Finding]string{}
	for _, f := range grading.Findings() {
		names[f.Finding] = f.Name
	}
	out := []ErrorIn{}
	for f, e := range t.errors {
		out = append(out, ErrorIn{Finding: string(f), Name: names[f], Count: e.count, Charts: count{e.charts, t.clean.of}.figure()})
	}
	slices.SortFunc(out, func(x, y ErrorIn) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(y.Charts.Right, x.Charts.Right), strings.Compare(x.Finding, y.Finding))
	})
	return out[:min(TopErrors, len(out))]
}
