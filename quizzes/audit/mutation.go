package audit

import (
	"slices"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// Fault is what was changed on a right claim.
type Fault struct {
	Kind     Kind              `json:"kind"`
	Also     []Kind            `json:"also,omitempty"` // other kinds that name it as truly
	Lines    []Line            `json:"lines"`          // the lines of which any is the right answer to where the fault is
	Was      string            `json:"was"`            // what stood there; empty for a line that was added
	Is       string            `json:"is"`             // what stands there now; empty for a line that is missing
	Findings []grading.Finding `json:"findings"`       // what the grader calls it
}

// mutation is a change to try.
type mutation struct {
	Fault
	claim grading.Answer
	dx    []int           // entered lines that were changed
	px    []int           //
	keyDx []string        // key lines as printed that are not answered any more
	added *addition       // the line was added, and may stand anywhere but first
	exist []codebook.Ref  // codes that must be billable on the date
	gone  []codebook.Ref  // codes that must not be
	from  []codebook.Code // diagnoses of the key that the change may cut off from the lines that point to them
}

// addition is a line too many.
type addition struct {
	dx *grading.AnswerDiagnosis
	px *grading.AnswerProcedure
}

// bench is one case laid out to make drills of.
type bench struct {
	key  grading.Key
	book *codebook.Book
	good grading.Answer
}

// lay makes a bench; false when the key, graded against itself, is not wholly right, so that no fault could be told from the case's own.
func lay(k *grading.Key, book *codebook.Book) (*bench, bool) {
	b := &bench{key: onlyLines(k), book: book}
	b.good = rightClaim(&b.key)
	r, ok := b.grade(b.good)
	return b, ok && r.Clean && r.Learning.Earned == r.Learning.Possible && r.Learning.Possible > 0
}

func (b *bench) grade(a grading.Answer) (grading.Result, bool) {
	resp, err := grading.ParseAnswer(&b.key, a)
	if err != nil {
		return grading.Result{}, false
	}
	return grading.Grade(&b.key, resp, b.book, grading.Learning), true
}

func (b *bench) billable(r codebook.Ref) bool {
	e, err := b.book.Lookup(r.System, r.Code, b.key.Date)
	if err == nil {
		return e.Billable
	}
	if r.System != codebook.ICD10PCS {
		return false
	}
	_, err = b.book.PCS(r.Code, b.key.Date) // a starter book has tables, and few of their codes
	return err == nil && len(r.Code) == 7
}

// title is the title of a code, "" where the book has none.
func (b *bench) title(r codebook.Ref) string {
	e, err := b.book.Lookup(r.System, r.Code, b.key.Date)
	if err != nil {
		return ""
	}
	return e.Title
}

// accept reports whether a changed claim shows the fault and nothing else, and fills in what the grader calls it. This is the one gate:
// whatever a rule tries, the grader decides by the key.
func (b *bench) accept(m *mutation) bool {
	tidy(&m.claim)
	for _, r := range m.exist {
		if !b.billable(r) {
			return false
		}
	}
	for _, r := range m.gone {
		if b.billable(r) {
			return false
		}
	}
	found, ok := b.faults(m.claim, m)
	if !ok {
		return false
	}
	m.Findings = found
	return true
}

// faults grades a claim and gives the findings, if it is at fault and every one of them belongs to the fault.
func (b *bench) faults(claim grading.Answer, m *mutation) ([]grading.Finding, bool) {
	info, known := Info(m.Kind)
	r, ok := b.grade(claim)
	if !known || !ok || r.Clean || r.Learning.Earned >= r.Learning.Possible {
		return nil, false
	}
	var found []grading.Finding
	for _, p := range r.Parts {
		switch {
		case p.Finding == "" || p.Component == grading.CompCap:
		case m.touches(p) && slices.Contains(info.Findings, p.Finding):
			if !slices.Contains(found, p.Finding) {
				found = append(found, p.Finding)
			}
		case m.follows(b, p):
		default:
			return nil, false
		}
	}
	return found, len(found) > 0
}

// touches reports whether a part lies on a line that was changed.
func (m *mutation) touches(p grading.Part) bool {
	at := m.dx
	if p.Procedure {
		at = m.px
	}
	return p.EnteredAt >= 0 && slices.Contains(at, p.EnteredAt) || !p.Procedure && p.Line != nil && slices.Contains(m.keyDx, *p.Line)
}

// follows reports whether a part is no fault of its own but follows from the change: a first line whose code earns nothing has not
// earned its place either, and a line that points to such a code points, for the grader, to nothing.
func (m *mutation) follows(b *bench, p grading.Part) bool {
	switch p.Finding {
	case grading.DXPDX:
		return m.Kind != First && m.Kind != Order && p.Component == grading.CompPosition && slices.Contains(m.dx, p.EnteredAt)
	case grading.LINK:
		if p.Component != grading.CompPointers || p.Line == nil {
			return false
		}
		for i := range b.key.Procedures {
			k := &b.key.Procedures[i]
			if k.Code.Dotted(k.System) == *p.Line && slices.ContainsFunc(k.PointsTo, func(c codebook.Code) bool { return slices.Contains(m.from, c) }) {
				return true
			}
		}
	}
	return false
}

// place puts an added line at a place of its side; every other mutation is as it is.
func (m mutation) place(good grading.Answer, at int) mutation {
	if m.added == nil {
		return m
	}
	m.claim = cloneClaim(good)
	if d := m.added.dx; d != nil {
		m.claim.Diagnoses = slices.Insert(m.claim.Diagnoses, at, *d)
		m.dx, m.Lines = []int{at}, []Line{DxLine(at)}
	} else {
		m.claim.Procedures = slices.Insert(m.claim.Procedures, at, *m.added.px)
		m.px, m.Lines = []int{at}, []Line{PxLine(at)}
	}
	return m
}

// places is how many lines its side has that an added line can stand behind.
func (m mutation) places(good grading.Answer) int {
	switch {
	case m.added == nil:
		return 0
	case m.added.dx != nil:
		return len(good.Diagnoses)
	}
	return len(good.Procedures)
}
