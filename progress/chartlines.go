package progress

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// ChartLines says how the lines of a chart's key fare, by the newest gradings: which are missed, and what comes in their place.
type ChartLines struct {
	N      int         `json:"n"`     // answers that were looked at
	Clean  int         `json:"clean"` // of them all right, with nothing over
	Lines  []ChartLine `json:"lines"` // in the order of the key; those of an alternative key after them
	Others []ChartLine `json:"others"`
	Traps  []ChartCode `json:"traps"` // traps of the key that were taken, and how often; those that nobody took too
	Extras []ChartCode `json:"extras"`
}

// ChartLine is a line of the key, or a thing that was asked besides codes: DRG, disposition, the E/M grid, the query.
type ChartLine struct {
	Line    string         `json:"line"`    // the code as printed, else the name of the component
	N       int            `json:"n"`       // answers that were graded on it
	Right   int            `json:"right"`   // the code, or one that is accepted
	Near    int            `json:"near"`    // another code that earned something
	Wrong   int            `json:"wrong"`   // another code that earned nothing
	Missed  int            `json:"missed"`  // nothing in its place
	Instead []ChartCode    `json:"instead"` // what came in its place, the commonest first
	Parts   map[string]int `json:"parts"`   // how often a component beside the code lost points: position, modifiers, units, pointers, poa, evidence
}

// Lost is how many missed the line or had another code.
func (l ChartLine) Lost() int { return l.N - l.Right }

// ChartCode is a code that was entered, with how often.
type ChartCode struct {
	Code    string `json:"code"`
	N       int    `json:"n"`
	Finding string `json:"finding"` // the kind of error
	Trap    string `json:"trap,omitempty"`
	Why     string `json:"why,omitempty"` // of a trap, in the author's words
}

// chartCount counts while results are read.
type chartCount struct {
	out    ChartLines
	lines  map[string]*ChartLine
	order  []string
	others map[string]*ChartLine
	traps  map[string]*ChartCode
	extras map[string]*ChartCode
}

// chartLines counts the parts of graded answers to a chart. Results that cannot be read, as of answers without form, count for nothing.
func chartLines(k *grading.Key, answers []AnalysedAnswer) ChartLines {
	c := chartCount{lines: map[string]*ChartLine{}, others: map[string]*ChartLine{}, traps: map[string]*ChartCode{}, extras: map[string]*ChartCode{}}
	for _, d := range k.Diagnoses {
		c.line(d.Code.Dotted(codebook.ICD10CM))
	}
	for _, p := range k.Procedures {
		c.line(string(p.Code))
	}
	for _, t := range k.Traps {
		c.traps[bare(string(t.Code))] = &ChartCode{Code: trapText(t), Trap: string(t.Kind), Why: t.Why}
	}
	for _, a := range answers {
		r, err := Grading{Result: a.Result}.CaseResult()
		if err != nil || len(r.Parts) == 0 {
			continue
		}
		c.out.N++
		if r.Clean {
			c.out.Clean++
		}
		for _, p := range r.Parts {
			c.part(p)
		}
	}
	return c.finish()
}

func (c *chartCount) line(name string) *ChartLine {
	l, ok := c.lines[name]
	if !ok {
		l = &ChartLine{Line: name, Instead: []ChartCode{}, Parts: map[string]int{}}
		c.lines[name] = l
		c.order = append(c.order, name)
	}
	return l
}

func (c *chartCount) part(p grading.Part) {
	entered := ""
	if p.Entered != nil {
		entered = *p.Entered
	}
	switch p.Component {
	case grading.CompExtra:
		if t, ok := c.traps[bare(entered)]; ok {
			t.Code, t.Finding = entered, string(p.Finding)
			t.N++
			return
		}
		count(c.extras, entered, string(p.Finding))
	case grading.CompCap, grading.CompOrder:
	case grading.CompDRG, grading.CompDisposition, grading.CompEM, grading.CompQuery:
		name := string(p.Component)
		if p.Component == grading.CompEM && p.Line != nil {
			name += " " + *p.Line
		}
		l, ok := c.others[name]
		if !ok {
			l = &ChartLine{Line: name, Instead: []ChartCode{}, Parts: map[string]int{}}
			c.others[name] = l
		}
		l.judge(p, entered)
	case grading.CompCode:
		if p.Line != nil {
			c.line(*p.Line).judge(p, entered)
		}
	default: // components of a line that was found; where the code is missed they are lost with it and count no more
		if p.Line != nil && p.Earned < p.Possible && p.Entered != nil {
			c.line(*p.Line).Parts[string(p.Component)]++
		}
	}
}

// judge counts one answer to a line.
func (l *ChartLine) judge(p grading.Part, entered string) {
	if p.Possible == 0 && entered == "" { // optional, and left away
		return
	}
	l.N++
	switch {
	case p.Finding == "" || p.Possible > 0 && p.Earned >= p.Possible:
		l.Right++
		return
	case entered == "":
		l.Missed++
		return
	case p.Earned > 0:
		l.Near++
	default:
		l.Wrong++
	}
	for i := range l.Instead {
		if l.Instead[i].Code == entered {
			l.Instead[i].N++
			return
		}
	}
	l.Instead = append(l.Instead, ChartCode{Code: entered, N: 1, Finding: string(p.Finding)})
}

func count(in map[string]*ChartCode, code, finding string) {
	if in[code] == nil {
		in[code] = &ChartCode{Code: code, Finding: finding}
	}
	in[code].N++
}

func (c *chartCount) finish() ChartLines {
	for _, name := range c.order {
		l := c.lines[name]
		slices.SortStableFunc(l.Instead, commonest)
		c.out.Lines = append(c.out.Lines, *l)
	}
	c.out.Others = []ChartLine{}
	for _, name := range slices.Sorted(maps.Keys(c.others)) {
		l := c.others[name]
		slices.SortStableFunc(l.Instead, commonest)
		c.out.Others = append(c.out.Others, *l)
	}
	c.out.Traps, c.out.Extras = listed(c.traps), listed(c.extras)
	return c.out
}

func commonest(x, y ChartCode) int {
	return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Code, y.Code))
}

func listed(in map[string]*ChartCode) []ChartCode {
	out := []ChartCode{}
	for _, c := range in {
		out = append(out, *c)
	}
	slices.SortFunc(out, commonest)
	return out
}

// trapText prints the code of a trap: with a dot where it is a diagnosis.
func trapText(t grading.Trap) string {
	if t.Kind == grading.Bundled || t.Kind == grading.NotDone || t.Code == "" || t.Code[0] < 'A' {
		return string(t.Code)
	}
	return t.Code.Dotted(codebook.ICD10CM)
}

// bare is a code without its dot, as keys have it.
func bare(code string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(code), ".", ""))
}
