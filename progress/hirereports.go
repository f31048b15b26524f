package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	t, err := s.testFor(ctx, a, x)
	if err != nil {
		return CandidateReport{}, err
	}
	cs, err := s.st.Candidates(ctx, a.org(), x)
	if err != nil {
		return CandidateReport{}, fmt.Errorf("report of candidate %s: %w", id, err)
	}
	return s.reportOn(ctx, t, cs, id, f)
}

// reportOn is CandidateReport for a test with all of its candidates.
func (s *Service) reportOn(ctx context.Context, t Assessment, cs []Candidate, id CandidateID, f ReportFilter) (CandidateReport, error) {
	i := slices.IndexFunc(cs, func(c Candidate) bool { return c.ID == id && c.ErasedAt == nil })
	if i < 0 {
		return CandidateReport{}, fmt.Errorf("report of candidate %s: %w", id, ErrNotFound)
	}
	blind := t.Spec.Blind || f.Blind
	c := cs[i]
	person := personOf(c, blind)
	if blind {
		c.Name, c.Email, c.Ref = person.Name, "", ""
	}
	out := CandidateReport{Assessment: t, Candidate: c}
	out.Report.Candidate = person
	done, err := s.triesOf(ctx, c)
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
	if out.Report, err = s.hireReport(ctx, t, person, done[try-1], try); err != nil {
		return out, fmt.Errorf("report of candidate %s: %w", id, err)
	}
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
	var reports []hirereport.Report
	for _, c := range cs {
		if c.ErasedAt != nil {
			continue
		}
		done, err := s.triesOf(ctx, c)
		if err != nil {
			return CandidateComparison{}, fmt.Errorf("compare candidates of %s: %w", x, err)
		}
		if len(done) == 0 {
			out.Waiting++
			continue
		}
		r, err := s.hireReport(ctx, t, personOf(c, out.Blind), done[len(done)-1], len(done))
		if err != nil {
			return CandidateComparison{}, fmt.Errorf("compare candidates of %s: %w", x, err)
		}
		reports = append(reports, r)
	}
	out.Comparison = hirereport.Compare(reports)
	return out, nil
}

func personOf(c Candidate, blind bool) hirereport.Person {
	if blind {
		return hirereport.Person{ID: string(c.ID), Name: c.BlindName(), Blind: true}
	}
	return hirereport.Person{ID: string(c.ID), Name: c.Name, Ref: c.Ref}
}

// triesOf are the sittings of a candidate that were handed in and graded, the oldest first, with their forms.
func (s *Service) triesOf(ctx context.Context, c Candidate) ([]Sitting, error) {
	var out []Sitting
	for _, id := range c.Sittings {
		x, err := s.st.Sitting(ctx, c.Org, id)
		if err == nil {
			x, err = s.upToDate(ctx, x)
		}
		if err != nil {
			return nil, err
		}
		if x.GradedAt != nil {
			out = append(out, x)
		}
	}
	return out, nil
}

// hireReport makes the report of one sitting.
func (s *Service) hireReport(ctx context.Context, t Assessment, who hirereport.Person, x Sitting, try int) (hirereport.Report, error) {
	r, err := s.reportOf(ctx, x)
	if err != nil {
		return hirereport.Report{}, err
	}
	in := hirereport.Input{
		Candidate: who,
		Test: hirereport.Test{
			ID: string(t.ID), Name: t.Spec.Name, Revision: t.Revision, ContentHash: t.Frozen.ContentHash, CodeYear: t.Frozen.CodeYear, Edition: t.Frozen.Edition,
			PassPercent: x.Blueprint.Pass.Percent, Minutes: x.Blueprint.Minutes,
		},
		Sitting: hirereport.Sitting{
			ID: string(x.ID), Try: try, StartedAt: x.StartedAt, HandedInAt: *x.HandedInAt, ByClock: x.HandedInBy == HandedInByClock,
			Regraded: len(r.Regraded), First10: x.Percent10,
		},
	}
	for _, it := range r.Items {
		item, err := s.hireItem(ctx, x, it)
		if err != nil {
			return hirereport.Report{}, err
		}
		in.Items = append(in.Items, item)
		if g := it.Graded.Grading; g.GraderVersion >= in.Test.Grader {
			in.Test.Grader, in.Test.Edition = g.GraderVersion, g.BookEdition
		}
	}
	return hirereport.Make(in), nil
}

// hireItem is an item of a sitting without what it is. A chart of which nothing was entered is graded as an empty sheet, so that what it asked
// for counts as missed.
func (s *Service) hireItem(ctx context.Context, x Sitting, it ItemReport) (hirereport.Item, error) {
	f := it.Form
	out := hirereport.Item{Area: f.Area, Scored: f.Scored, Weight: f.Weight, Share: float64(it.Points) / float64(100*max(1, f.Weight)), Seconds: it.State.Seconds}
	if kindOf(f) != KindCase {
		return out, nil
	}
	out.Chart = true
	own, err := s.judged(ctx, x, it.Pos, it.Graded.Grading)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return out, err
	}
	if own.Case != nil {
		out.Setting = own.Case.Setting
	}
	p := PaceOf(out.Setting)
	out.Pace = hirereport.Pace{Low: p.Low, High: p.High, Source: p.Source}
	out.Result, err = it.Graded.Grading.CaseResult()
	if (err != nil || len(out.Result.Parts) == 0) && own.Case != nil {
		out.Result = grading.Grade(own.Case, grading.Response{}, s.book(), grading.AllOrNothing)
	}
	return out, nil
}
