package progress

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/progress/hirereport"
)

// CandidateReport is the report of a candidate's test with what one has to know to show it.
type CandidateReport struct {
	hirereport.Report
	Assessment Assessment
	Candidate  Candidate   // in blind mode without name, e-mail and number
	Tries      []SittingID // sittings that were handed in, the oldest first
}

// CandidateComparison is all candidates of a test that have a result side by side.
type CandidateComparison struct {
	hirereport.Comparison
	Assessment Assessment
	Blind      bool // names are hidden
	Waiting    int  // candidates without a result yet
}

// ReportFilter chooses what of a candidate is reported.
type ReportFilter struct {
	Try   int  // 1 for the first that was handed in; 0 for the newest
	Blind bool // hide the name even where the test does not ask for it
}

// CandidateReport reports on the newest test that a candidate handed in. ErrNotFound: no such candidate of the actor's, or erased; ErrNotYet
// (with the assessment and the candidate): nothing was handed in yet.
func (s *Service) CandidateReport(ctx context.Context, a Actor, x AssessmentID, id CandidateID, f ReportFilter) (CandidateReport, error) {
	t, c, err := s.candidateFor(ctx, a, x, id)
	if err == nil && c.ErasedAt != nil {
		err = ErrNotFound
	}
	if err != nil {
		return CandidateReport{}, fmt.Errorf("report of candidate %s: %w", id, err)
	}
	return s.reportOn(ctx, t, c, f)
}

// reportOn is CandidateReport for a candidate who was found.
func (s *Service) reportOn(ctx context.Context, t Assessment, c Candidate, f ReportFilter) (CandidateReport, error) {
	id := c.ID
	person := personOf(c, t.Spec.Blind || f.Blind)
	c.Name, c.Ref = person.Name, person.Ref
	if person.Blind {
		c.Email = ""
	}
	out := CandidateReport{Assessment: t, Candidate: c}
	out.Report.Candidate = person
	done, err := handedInOf(c, func(id SittingID) (Sitting, error) { return s.sittingHead(ctx, c.Org, id) })
	if err != nil {
		return out, fmt.Errorf("report of candidate %s: %w", id, err)
	}
	for _, d := range done {
		out.Tries = append(out.Tries, d.ID)
	}
	try := f.Try
	if try == 0 {
		try = len(done)
	}
	switch {
	case len(done) == 0:
		return out, fmt.Errorf("report of candidate %s: %w", id, ErrNotYet)
	case try < 1 || try > len(done):
		return CandidateReport{}, fmt.Errorf("report of candidate %s: try %d: %w", id, try, ErrNotFound)
	}
	figures, err := s.hireFigures(ctx, done[try-1])
	if err != nil {
		return out, fmt.Errorf("report of candidate %s: %w", id, err)
	}
	out.Report = reportWith(figures, t, person, try)
	return out, nil
}

// CompareCandidates sets the newest results of a test's candidates side by side. Those who have not handed in and those who were erased are
// not in it. ErrNotFound: no such test of the actor's.
func (s *Service) CompareCandidates(ctx context.Context, a Actor, x AssessmentID, blind bool) (CandidateComparison, error) {
	t, err := s.testFor(ctx, a, x)
	if err != nil {
		return CandidateComparison{}, err
	}
	cs, err := s.st.Candidates(ctx, a.org(), x)
	if err != nil {
		return CandidateComparison{}, fmt.Errorf("compare candidates of %s: %w", x, err)
	}
	out := CandidateComparison{Assessment: t, Blind: blind || t.Spec.Blind}
	figures, err := s.newestFigures(ctx, t, cs)
	if err != nil {
		return CandidateComparison{}, fmt.Errorf("compare candidates of %s: %w", x, err)
	}
	var reports []hirereport.Report
	for _, c := range cs {
		if c.ErasedAt != nil {
			continue
		}
		if f, ok := figures[c.ID]; ok {
			reports = append(reports, reportWith(f, t, personOf(c, out.Blind), f.Sitting.Try))
		} else {
			out.Waiting++
		}
	}
	out.Comparison = hirereport.Compare(reports)
	return out, nil
}

// newestFigures are the figures of the newest sitting that each candidate handed in, with the number of the try. Those that were made before and
// still hold are not made again.
func (s *Service) newestFigures(ctx context.Context, t Assessment, cs []Candidate) (map[CandidateID]hirereport.Report, error) {
	// The marks are read first: figures that are made of something newer are then only made once more.
	marks, err := s.st.RecordMarks(ctx, t.Org, t.Exam())
	if err != nil {
		return nil, err
	}
	heads, err := s.st.Sittings(ctx, t.Org, SittingFilter{Exam: t.Exam()})
	if err != nil {
		return nil, err
	}
	byID := make(map[SittingID]Sitting, len(heads))
	for _, h := range heads {
		byID[h.ID] = h
	}
	out := map[CandidateID]hirereport.Report{}
	for _, c := range cs {
		if c.ErasedAt != nil {
			continue
		}
		done, err := handedInOf(c, func(id SittingID) (Sitting, error) {
			if h, ok := byID[id]; ok {
				return s.upToDate(ctx, h)
			}
			return s.sittingHead(ctx, c.Org, id)
		})
		if err != nil {
			return nil, err
		}
		if len(done) == 0 {
			continue
		}
		x := done[len(done)-1]
		of := figuresOf{marks[c.Learner], s.book()}
		f, ok := s.learning.figures.get(x.ID, of)
		if !ok {
			if f, err = s.hireFigures(ctx, x); err != nil {
				return nil, err
			}
			s.learning.figures.put(x.ID, of, f)
		}
		f.Sitting.Try = len(done)
		out[c.ID] = f
	}
	return out, nil
}

func personOf(c Candidate, blind bool) hirereport.Person {
	if blind {
		return hirereport.Person{ID: string(c.ID), Name: c.BlindName(), Blind: true}
	}
	return hirereport.Person{ID: string(c.ID), Name: c.Name, Ref: c.Ref}
}

// sittingHead is a sitting without its form, closed and graded when its time is up.
func (s *Service) sittingHead(ctx context.Context, org OrgID, id SittingID) (Sitting, error) {
	x, err := s.st.SittingHead(ctx, org, id)
	if err != nil {
		return x, err
	}
	return s.upToDate(ctx, x)
}

// handedInOf are the sittings of a candidate that were handed in and graded, the oldest first.
func handedInOf(c Candidate, sitting func(SittingID) (Sitting, error)) ([]Sitting, error) {
	var out []Sitting
	for _, id := range c.Sittings {
		x, err := sitting(id)
		if err != nil {
			return nil, err
		}
		if x.GradedAt != nil {
			out = append(out, x)
		}
	}
	return out, nil
}

// reportWith is the report that figures make of a test and a person.
func reportWith(r hirereport.Report, t Assessment, who hirereport.Person, try int) hirereport.Report {
	r.Candidate, r.Sitting.Try = who, try
	r.Test.ID, r.Test.Name, r.Test.Revision, r.Test.ContentHash, r.Test.CodeYear = string(t.ID), t.Spec.Name, t.Revision, t.Frozen.ContentHash, t.Frozen.CodeYear
	if r.Test.Edition == "" {
		r.Test.Edition = t.Frozen.Edition
	}
	return r
}

// hireFigures is the report of one sitting that was graded, without whose it is and of which test. What a candidate is told, what a credential says and
// what the employer reads are all taken from it.
func (s *Service) hireFigures(ctx context.Context, x Sitting) (hirereport.Report, error) {
	fail := func(err error) (hirereport.Report, error) {
		return hirereport.Report{}, fmt.Errorf("figures of sitting %s: %w", x.ID, err)
	}
	if x.Form == nil {
		whole, err := s.st.Sitting(ctx, x.Org, x.ID)
		if err != nil {
			return fail(err)
		}
		x = whole
	}
	if x.GradedAt == nil {
		return fail(ErrNotYet)
	}
	items, err := s.satItems(ctx, x)
	if err != nil {
		return fail(err)
	}
	in := hirereport.Input{
		Test:    hirereport.Test{PassPercent: x.Blueprint.Pass.Percent, Minutes: x.Blueprint.Minutes},
		Sitting: hirereport.Sitting{ID: string(x.ID), StartedAt: x.StartedAt, HandedInAt: *x.HandedInAt, ByClock: x.HandedInBy == HandedInByClock, First10: x.Percent10},
	}
	for _, it := range items {
		item, err := s.hireItem(ctx, x, it)
		if err != nil {
			return fail(err)
		}
		in.Items = append(in.Items, item)
		g := it.Graded.Grading
		if g.Seq > 1 {
			in.Sitting.Regraded++
		}
		if g.GraderVersion >= in.Test.Grader {
			in.Test.Grader, in.Test.Edition = g.GraderVersion, g.BookEdition
		}
	}
	return hirereport.Make(in), nil
}

// hireItem is an item of a sitting without what it is. A chart of which nothing was entered is graded as an empty sheet, so that what it asked
// for counts as missed.
func (s *Service) hireItem(ctx context.Context, x Sitting, it ItemReport) (hirereport.Item, error) {
	f, g := it.Form, it.Graded.Grading
	out := hirereport.Item{Area: f.Area, Scored: f.Scored, Weight: f.Weight, Seconds: it.State.Seconds}
	earned := func(points int) { out.Share = float64(points) / float64(100*max(1, f.Weight)) }
	if kindOf(f) != KindCase {
		earned(itemPoints(f, g))
		return out, nil
	}
	out.Chart = true
	own, err := s.judged(ctx, x, it.Pos, g)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return out, err
	}
	if own.Case != nil {
		out.Setting = own.Case.Setting
	}
	p := PaceOf(out.Setting)
	out.Pace = hirereport.Pace{Low: p.Low, High: p.High, Source: p.Source}
	if out.Result, err = g.CaseResult(); err == nil {
		earned(chartPoints(f, out.Result))
	}
	if (err != nil || len(out.Result.Parts) == 0) && own.Case != nil {
		out.Result = grading.Grade(own.Case, grading.Response{}, s.book(), grading.AllOrNothing)
	}
	return out, nil
}

// mostFigures is how many reports on sittings are held: more than one test can have candidates.
const mostFigures = 2 * MaxCandidates

// heldFigures are reports on sittings that were made last, without a name: a comparison asks for all of a test again and again.
type heldFigures struct {
	mu   sync.Mutex
	held map[SittingID]madeFigures
}

// figuresOf says what figures were made of. They hold as long as it is the same.
type figuresOf struct {
	mark RecordMark // of the hidden learner: a regrade moves it on
	book *codebook.Book
}

type madeFigures struct {
	of     figuresOf
	report hirereport.Report
}

// get gives figures that were made of the same. The caller may set their fields but may not change what they lead to.
func (h *heldFigures) get(id SittingID, of figuresOf) (hirereport.Report, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	made, ok := h.held[id]
	return made.report, ok && made.of == of
}

func (h *heldFigures) put(id SittingID, of figuresOf, r hirereport.Report) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held == nil || len(h.held) >= mostFigures {
		h.held = map[SittingID]madeFigures{}
	}
	h.held[id] = madeFigures{of, r}
}
