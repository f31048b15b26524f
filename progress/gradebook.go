package progress

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Gradebook is what the members of a cohort did of what it was given to do.
type Gradebook struct {
	Cohort  Cohort        `json:"cohort"`
	Columns []GradeColumn `json:"assignments"` // by opening
	Rows    []GradeRow    `json:"learners"`    // by name
	At      time.Time     `json:"at"`
}

// GradeColumn is an assignment with its figures.
type GradeColumn struct {
	AssignmentInfo
	Done      int `json:"done"` // late ones too
	Late      int `json:"late"`
	Missing   int `json:"missing"`
	Scored    int `json:"scored"`    // how many have a score
	Average10 int `json:"average10"` // of those scores, in tenths of a per cent
}

// GradeRow is a learner with what came of each column.
type GradeRow struct {
	Learner   Learner `json:"learner"`
	Works     []Work  `json:"works"`
	Done      int     `json:"done"` // late ones too
	Late      int     `json:"late"`
	Missing   int     `json:"missing"`
	Scored    int     `json:"scored"`
	Average10 int     `json:"average10"` // of what has a score, in tenths of a per cent; what is missing counts in no average
}

// Gradebook computes the grades of a cohort from the record. Errors are those of Cohort.
func (s *Service) Gradebook(ctx context.Context, a Actor, id CohortID) (Gradebook, error) {
	fail := func(err error) (Gradebook, error) { return Gradebook{}, fmt.Errorf("gradebook of %s: %w", id, err) }
	c, err := s.Cohort(ctx, a, id)
	if err != nil {
		return Gradebook{}, err
	}
	members, err := s.st.Members(ctx, a.org(), id)
	if err != nil {
		return fail(err)
	}
	xs, err := s.st.Assignments(ctx, a.org(), id)
	if err != nil {
		return fail(err)
	}
	infos, err := s.assignmentInfos(ctx, a.org(), xs)
	if err != nil {
		return fail(err)
	}
	out := Gradebook{Cohort: c, At: s.now()}
	for _, x := range infos {
		out.Columns = append(out.Columns, GradeColumn{AssignmentInfo: x})
	}
	ids := make([]LearnerID, len(members))
	for i, m := range members {
		ids[i] = m.ID
		out.Rows = append(out.Rows, GradeRow{Learner: m})
	}
	works, err := s.works(ctx, a.org(), []Cohort{c}, xs, ids, true)
	if err != nil {
		return fail(err)
	}
	for i := range out.Rows {
		out.Rows[i].Works = works[i]
	}
	out.count()
	return out, nil
}

// count computes the figures of rows and columns.
func (g *Gradebook) count() {
	rowSum, colSum := make([]int, len(g.Rows)), make([]int, len(g.Columns))
	for i := range g.Rows {
		r := &g.Rows[i]
		for j, w := range r.Works {
			c := &g.Columns[j]
			switch w.State {
			case WorkLate:
				r.Late, c.Late = r.Late+1, c.Late+1
				r.Done, c.Done = r.Done+1, c.Done+1
			case WorkDone:
				r.Done, c.Done = r.Done+1, c.Done+1
			case WorkMissing:
				r.Missing, c.Missing = r.Missing+1, c.Missing+1
			case WorkUpcoming, WorkOpen:
			}
			if w.Scored {
				r.Scored, c.Scored = r.Scored+1, c.Scored+1
				rowSum[i], colSum[j] = rowSum[i]+w.Percent10, colSum[j]+w.Percent10
			}
		}
		r.Average10 = mean(rowSum[i], r.Scored)
	}
	for j := range g.Columns {
		g.Columns[j].Average10 = mean(colSum[j], g.Columns[j].Scored)
	}
}

// mean is sum over n, half up; 0 of nothing.
func mean(sum, n int) int {
	if n == 0 {
		return 0
	}
	return (2*sum + n) / (2 * n)
}

// works judges assignments for learners: by learner and then by assignment.
func (s *Service) works(ctx context.Context, org OrgID, cohorts []Cohort, xs []Assignment, ls []LearnerID, staff bool) ([][]Work, error) {
	out := make([][]Work, len(ls))
	if len(xs) == 0 || len(ls) == 0 {
		return out, nil
	}
	rec, err := s.readWork(ctx, org, xs, ls)
	if err != nil {
		return nil, err
	}
	byID := map[CohortID]Cohort{}
	var terms []AssignmentTerms
	for _, c := range cohorts {
		byID[c.ID] = c
		more, err := s.st.TermsOf(ctx, org, c.ID)
		if err != nil {
			return nil, err
		}
		terms = append(terms, more...)
	}
	exams := slices.ContainsFunc(xs, func(x Assignment) bool { return x.Kind == AssignExam })
	var all []ExamRule
	if exams && slices.ContainsFunc(cohorts, func(c Cohort) bool { return c.ClosedAt != nil }) {
		if all, err = s.st.Rules(ctx, org, ""); err != nil {
			return nil, err
		}
	}
	there := func(id string) bool { _, ok := s.items().Item(KindQuestion, id); return ok }
	now, clock := s.now(), s.clock()
	for i, l := range ls {
		var rules []ExamRule
		if exams {
			if rules, err = s.st.RulesFor(ctx, org, l); err != nil {
				return nil, err
			}
		}
		mine := rec[l]
		for _, x := range xs {
			c, at := byID[x.Cohort], now
			if x.Kind == AssignExam {
				at = clock
			}
			if n := len(s.items().InArea(x.Ref)); x.Kind == AssignDrill && n > 0 {
				x.Amount = min(x.Amount, n)
			}
			t := workTerms(x, terms, l, append(closedRules(all, c), rules...))
			tries, begun := triesOf(x, t, l, &mine, there, c.ClosedAt, at)
			out[i] = append(out[i], workOf(x, t, tries, begun, c.ClosedAt, at, staff))
		}
	}
	return out, nil
}

// readWork reads what the assignments ask for, by learner, with the tallies of exams by the newest gradings.
func (s *Service) readWork(ctx context.Context, org OrgID, xs []Assignment, ls []LearnerID) (map[LearnerID]WorkRecord, error) {
	q := WorkQuery{Learners: ls, From: xs[0].OpensAt}
	for _, x := range xs {
		if x.OpensAt.Before(q.From) {
			q.From = x.OpensAt
		}
		switch x.Kind {
		case AssignLesson:
			q.Lessons = append(q.Lessons, x.Ref)
		case AssignCase:
			q.Cases = append(q.Cases, x.Ref)
		case AssignDrill:
			q.Areas = append(q.Areas, x.Ref)
		case AssignExam:
			q.Exams = append(q.Exams, x.Ref)
		}
	}
	rec, err := s.st.ReadWork(ctx, org, q)
	if err != nil {
		return nil, err
	}
	if err := s.retally(ctx, org, &rec); err != nil {
		return nil, err
	}
	out := map[LearnerID]WorkRecord{}
	put := func(l LearnerID, f func(r *WorkRecord)) {
		r := out[l]
		f(&r)
		out[l] = r
	}
	for _, w := range rec.Lessons {
		put(w.Learner, func(r *WorkRecord) { r.Lessons = append(r.Lessons, w) })
	}
	for _, w := range rec.Cases {
		put(w.Learner, func(r *WorkRecord) { r.Cases = append(r.Cases, w) })
	}
	for _, w := range rec.Drills {
		put(w.Learner, func(r *WorkRecord) { r.Drills = append(r.Drills, w) })
	}
	for _, x := range rec.Sittings {
		put(x.Learner, func(r *WorkRecord) { r.Sittings = append(r.Sittings, x) })
	}
	return out, nil
}

// retally counts the sittings anew of which an answer was graded again: their tally is that of handing in.
func (s *Service) retally(ctx context.Context, org OrgID, rec *WorkRecord) error {
	for i, x := range rec.Sittings {
		if !slices.Contains(rec.Regraded, x.ID) || x.GradedAt == nil {
			continue
		}
		whole, err := s.st.Sitting(ctx, org, x.ID)
		if err != nil {
			return err
		}
		gs, _, err := s.st.Attempts(ctx, org, AttemptFilter{Context: Context{Kind: InExam, Ref: string(x.ID)}, Sealed: true})
		if err != nil {
			return err
		}
		byKey := make(map[string]Grading, len(gs))
		for _, g := range gs {
			byKey[g.Attempt.ClientKey] = g.Grading
		}
		rec.Sittings[i].Tally = tally(whole, func(pos int) int { return itemPoints(whole.Form[pos], byKey[sittingItemKey(x.ID, pos)]) })
	}
	return nil
}

// OwnAssignments lists what the cohorts that the actor is in were given to do, with what came of it; what is due first comes first.
// Assignments of closed cohorts are over and left out.
func (s *Service) OwnAssignments(ctx context.Context, a Actor) ([]OwnAssignment, error) {
	if a.Learner == "" {
		return nil, nil
	}
	return s.assignmentsOf(ctx, a.org(), a.Learner)
}

func (s *Service) assignmentsOf(ctx context.Context, org OrgID, l LearnerID) ([]OwnAssignment, error) {
	fail := func(err error) ([]OwnAssignment, error) {
		return nil, fmt.Errorf("assignments of learner %s: %w", l, err)
	}
	cohorts, err := s.st.CohortsOf(ctx, org, l)
	if err != nil || len(cohorts) == 0 {
		return nil, err
	}
	cohorts = slices.DeleteFunc(cohorts, func(c Cohort) bool { return c.ClosedAt != nil })
	byID := map[CohortID]Cohort{}
	var xs []Assignment
	for _, c := range cohorts {
		byID[c.ID] = c
		more, err := s.st.Assignments(ctx, org, c.ID)
		if err != nil {
			return fail(err)
		}
		xs = append(xs, more...)
	}
	if len(xs) == 0 {
		return nil, nil
	}
	infos, err := s.assignmentInfos(ctx, org, xs)
	if err != nil {
		return fail(err)
	}
	works, err := s.works(ctx, org, cohorts, xs, []LearnerID{l}, false)
	if err != nil {
		return fail(err)
	}
	var out []OwnAssignment
	for i, x := range infos {
		out = append(out, OwnAssignment{AssignmentInfo: x, Cohort: byID[x.Cohort], Work: works[0][i]})
	}
	slices.SortStableFunc(out, func(x, y OwnAssignment) int { return deadline(x.Work.Terms).Compare(deadline(y.Work.Terms)) })
	return out, nil
}

// deadline is when something is due or closes; far away for what has no end.
func deadline(t WorkTerms) time.Time {
	switch {
	case t.DueAt != nil:
		return *t.DueAt
	case t.ClosesAt != nil:
		return *t.ClosesAt
	}
	return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
}

// LearnerAssignments is OwnAssignments of a learner for one who may follow them; the errors are those of MayFollow. An instructor sees what
// the learner has in their own cohorts.
func (s *Service) LearnerAssignments(ctx context.Context, a Actor, l LearnerID) ([]OwnAssignment, error) {
	if err := s.MayFollow(ctx, a, l); err != nil {
		return nil, err
	}
	all, err := s.assignmentsOf(ctx, a.org(), l)
	return slices.DeleteFunc(all, func(x OwnAssignment) bool { return !a.manages(x.Cohort.Owner) }), err
}
