package audit

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// What the three parts of a report are worth, in hundredths of a point.
const (
	WorthFound  grading.Points = 400
	WorthNamed  grading.Points = 200
	WorthMended grading.Points = 400

	mostPartly = 300 // the most that a claim earns which is mended in part
)

// Step is one of the three things that a report is asked for.
type Step string

// The steps.
const (
	StepFound  Step = "found"
	StepNamed  Step = "named"
	StepMended Step = "mended"
)

// Part is one step, judged.
type Part struct {
	Step     Step           `json:"part"`
	Entered  string         `json:"entered"` // the line or the kind that was given; empty for the mended claim
	Right    bool           `json:"right"`
	Earned   grading.Points `json:"earned"`
	Possible grading.Points `json:"possible"`
	Why      string         `json:"why"` // sentences for the learner
	Cites    []string       `json:"cites,omitempty"`
	Evidence []string       `json:"evidence,omitempty"` // words of the note
}

// Result is a graded report.
type Result struct {
	V        int            `json:"v"` // format version, 1
	Earned   grading.Points `json:"earned"`
	Possible grading.Points `json:"possible"`
	Percent  float64        `json:"percent"`
	Right    bool           `json:"right"` // found, named and mended
	Parts    []Part         `json:"parts"` // found, named, mended
	Fault    *Fault         `json:"fault"` // nil: the claim was right
	Told     []string       `json:"told,omitempty"`
	Before   grading.Result `json:"before"` // the claim as it was shown, graded
	After    grading.Result `json:"after"`  // the claim as it came back, graded
}

// Step is the part of a step.
func (r Result) Step(s Step) Part {
	for _, p := range r.Parts {
		if p.Step == s {
			return p
		}
	}
	return Part{Step: s}
}

// Holds reports whether a drill is still one under a key: its claim shows the fault and no other, or none where it has none. It is asked
// before a drill that was kept is graded by another key or book than it was made with.
func Holds(k *grading.Key, book *codebook.Book, d Drill) bool {
	b, ok := lay(k, book)
	if !ok {
		return false
	}
	if d.Fault == nil {
		r, ok := b.grade(d.Claim)
		return ok && r.Clean && r.Learning.Earned == r.Learning.Possible
	}
	// What was changed is found again by its words: the lines, and the code that stands there no more.
	m := mutation{Fault: *d.Fault}
	for i := range d.Claim.Diagnoses {
		if slices.Contains(d.Fault.Lines, DxLine(i)) {
			m.dx = append(m.dx, i)
		}
	}
	for i := range d.Claim.Procedures {
		if slices.Contains(d.Fault.Lines, PxLine(i)) {
			m.px = append(m.px, i)
		}
	}
	if c, err := codebook.ParseCode(codebook.ICD10CM, d.Fault.Was); err == nil && len(m.px) == 0 {
		m.keyDx, m.from = []string{d.Fault.Was}, []codebook.Code{c}
	}
	_, ok = b.faults(d.Claim, &m)
	return ok
}

// Grade judges a report that ParseReport made of a drill. Found and named are right or wrong, and a kind counts only beside the right
// line; the mended claim is graded by the key and earns all when it is clean. One that is better than what was shown and not yet clean
// earns the share of what the fault had cost, at most three quarters. Where the claim had no fault, to say so is all there is to say.
func Grade(k *grading.Key, book *codebook.Book, d Drill, r Report) (Result, error) {
	b := &bench{key: onlyLines(k), book: book}
	before, ok := b.grade(d.Claim)
	if r.Claim == nil {
		r.Claim = &d.Claim
	}
	after, ok2 := b.grade(*r.Claim)
	if !ok || !ok2 {
		return Result{}, errors.New("a claim has no form that could be graded: let ParseReport look at it first")
	}
	res := Result{V: 1, Possible: WorthFound + WorthNamed + WorthMended, Fault: d.Fault, Before: before, After: after}
	told := b.told(before, d.Fault)
	res.Told = told.why
	found := d.Fault == nil && r.Line == NoFault || d.Fault != nil && slices.Contains(d.Fault.Lines, r.Line)
	same := Drill{Claim: *r.Claim}.Hash() == d.Hash()
	res.Parts = []Part{foundPart(d, r, found, told), namedPart(d, r, found), mendedPart(d, before, after, same)}
	res.Right = true
	for _, p := range res.Parts {
		res.Earned += p.Earned
		res.Right = res.Right && p.Right
	}
	res.Percent = math.Round(1000*float64(res.Earned)/float64(res.Possible)) / 10
	return res, nil
}

// told is what the grader says of the fault on the claim as it was shown.
type told struct {
	why, cites, evidence []string
}

func (b *bench) told(r grading.Result, f *Fault) told {
	var t told
	if f == nil {
		return t
	}
	add := func(to *[]string, more ...string) {
		for _, s := range more {
			if s != "" && !slices.Contains(*to, s) {
				*to = append(*to, s)
			}
		}
	}
	for _, p := range r.Parts {
		if p.Finding != "" && slices.Contains(f.Findings, p.Finding) {
			add(&t.why, p.Why)
			add(&t.cites, p.Cites...)
			add(&t.evidence, p.Evidence...)
		}
	}
	return t
}

func foundPart(d Drill, r Report, found bool, t told) Part {
	p := Part{Step: StepFound, Entered: string(r.Line), Right: found, Possible: WorthFound, Cites: t.cites, Evidence: t.evidence}
	if found {
		p.Earned = WorthFound
	}
	switch {
	case d.Fault == nil && found:
		p.Why = "Right: there is no fault on this claim."
	case d.Fault == nil:
		p.Why = "There is no fault on this claim, and none at " + r.Line.at(d.Claim) + ". About one claim in eight is right as it stands."
	case found:
		p.Why = "Right. " + d.Fault.Says()
	case r.Line == NoFault:
		p.Why = "There is a fault on this claim. " + d.Fault.Says()
	default:
		p.Why = "The fault is not at " + r.Line.at(d.Claim) + ". " + d.Fault.Says()
	}
	return p
}

// Says tells in a sentence what was changed.
func (f *Fault) Says() string {
	switch {
	case f.Kind == Missing:
		return f.Was + " is missing."
	case f.Was == "":
		return f.Is + " does not belong on the claim."
	case f.Kind == Order:
		return "The order is " + f.Was + "; the claim has " + f.Is + "."
	case f.Kind == First:
		return f.Was + " stands first; the claim puts " + f.Is + " there."
	case f.Kind == POA:
		return "The indicator is " + f.Was + "; the claim says " + f.Is + "."
	case f.Kind == Units:
		return "The number is " + f.Was + "; the claim says " + f.Is + "."
	case f.Kind == Pointer:
		return "The line points to " + f.Was + "; on the claim it points to " + f.Is + "."
	}
	return "The note supports " + f.Was + "; the claim has " + f.Is + "."
}

func namedPart(d Drill, r Report, found bool) Part {
	p := Part{Step: StepNamed, Entered: string(r.Kind), Possible: WorthNamed}
	if d.Fault == nil {
		p.Right = found
		p.Why = "A claim that is right has no fault to name."
	} else {
		info, _ := Info(d.Fault.Kind)
		p.Right = found && (r.Kind == d.Fault.Kind || slices.Contains(d.Fault.Also, r.Kind))
		p.Cites = info.Cites
		p.Why = "The kind is: " + lower(info.Title) + ". " + info.Rule
		if !found && r.Kind == d.Fault.Kind {
			p.Why = "The kind counts only beside the line where the fault is. " + p.Why
		}
	}
	if p.Right {
		p.Earned = WorthNamed
	}
	return p
}

func lower(s string) string {
	if strings.HasPrefix(s, "ICD") || s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

func mendedPart(d Drill, before, after grading.Result, same bool) Part {
	p := Part{Step: StepMended, Possible: WorthMended}
	share := func(r grading.Result) (int64, int64) { return int64(r.Learning.Earned), int64(r.Learning.Possible) }
	e0, p0 := share(before)
	e1, p1 := share(after)
	lost, back := p0*p1-e0*p1, e1*p0-e0*p1 // over the common denominator: what the fault had cost, and what came back of it
	switch {
	case after.Clean && e1 == p1:
		p.Right, p.Earned = true, WorthMended
		p.Why = "The claim that you hand back is right in every part."
		if d.Fault == nil {
			p.Why = "The claim is right as it stands."
		}
		return p
	case d.Fault == nil:
		p.Why = "The claim was right, and is not any more."
	case same:
		p.Why = "The claim came back as it was given to you, with its fault."
		return p
	case back <= 0:
		p.Why = "The claim that you hand back is no better than the one that you were given."
	default:
		p.Earned = min(mostPartly, WorthMended*grading.Points(back)/grading.Points(max(lost, 1)))
		p.Why = fmt.Sprintf("The claim that you hand back is better than the one that you were given, and not yet right: %v %% by its key.", after.Learning.Percent)
	}
	for _, x := range after.Parts {
		if x.Finding == "" || x.Component == grading.CompCap || strings.Contains(p.Why, x.Why) {
			continue
		}
		p.Why += " " + x.Why
		for _, c := range x.Cites {
			if !slices.Contains(p.Cites, c) {
				p.Cites = append(p.Cites, c)
			}
		}
	}
	return p
}
