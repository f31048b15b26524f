package progress

import (
	"slices"
	"time"
)

// try is one finished attempt at an assignment.
type try struct {
	at                 time.Time // finished
	scored, sealed     bool
	percent10, audit10 int
	attempt            AttemptID
	drill              DrillID
	sitting            SittingID
}

// triesOf finds in a learner's work the attempts at an assignment that were made on its terms, in the order in which they were finished, and
// whether another is under way. there tells the questions that are still asked; end is when the cohort was closed, nil for an open one: what came later belongs to no class.
func triesOf(x Assignment, t WorkTerms, l LearnerID, rec *WorkRecord, there func(question string) bool, end *time.Time, now time.Time) (out []try, begun bool) {
	in := func(at time.Time) bool {
		return !at.Before(t.OpensAt) && (t.ClosesAt == nil || !at.After(*t.ClosesAt)) && (end == nil || !at.After(*end))
	}
	switch x.Kind {
	case AssignLesson: // one that was read before it was assigned need not be read again
		for _, w := range rec.Lessons {
			if w.Learner == l && w.Lesson == x.Ref && (t.ClosesAt == nil || !w.At.After(*t.ClosesAt)) && (end == nil || !w.At.After(*end)) {
				out = append(out, try{at: w.At})
			}
		}
	case AssignCase:
		for _, w := range rec.Cases {
			if w.Learner == l && w.Case == x.Ref && in(w.At) {
				out = append(out, try{at: w.At, scored: true, percent10: w.Percent10, audit10: w.Audit10, attempt: w.Attempt})
			}
		}
	case AssignDrill:
		for _, w := range rec.Drills {
			if w.Learner != l || w.Area != x.Ref || len(w.Items) < x.Amount || !in(w.CreatedAt) {
				continue
			}
			switch r, done := drillTry(w, there); {
			case !done:
				begun = begun || len(w.Answers) > 0
			case in(r.at):
				out = append(out, r)
			}
		}
	case AssignExam:
		for _, s := range rec.Sittings {
			if s.Learner != l || s.Exam != x.Ref || !in(s.StartedAt) {
				continue
			}
			if s.GradedAt == nil || s.HandedInAt == nil {
				begun = true
				continue
			}
			out = append(out, try{at: *s.HandedInAt, scored: true, percent10: s.Percent10, sealed: !s.ResultsOpen(now), sitting: s.ID})
		}
	}
	slices.SortStableFunc(out, func(a, b try) int { return a.at.Compare(b.at) })
	return out, begun
}

// drillTry is a drill of which every question was answered that is still asked, by the first answer to each.
func drillTry(w DrillWork, there func(string) bool) (try, bool) {
	first := map[string]DrillAnswer{}
	for _, a := range w.Answers {
		if _, there := first[a.Item]; !there {
			first[a.Item] = a
		}
	}
	r := try{drill: w.ID, scored: true}
	right, all := 0, 0
	for _, id := range w.Items {
		a, ok := first[id]
		if !ok && there(id) {
			return try{}, false
		}
		if !ok {
			continue
		}
		all++
		if a.At.After(r.at) {
			r.at = a.At
		}
		if a.Correct {
			right++
		}
	}
	r.percent10 = tenths(right, all)
	return r, all > 0
}

// workOf judges an assignment. staff see the scores of exams whose results are not open to the learner.
func workOf(x Assignment, t WorkTerms, tries []try, begun bool, end *time.Time, now time.Time, staff bool) Work {
	w := Work{Terms: t, Begun: begun, Tries: len(tries)}
	closed := t.ClosesAt != nil && now.After(*t.ClosesAt) || end != nil
	over := closed && !begun || t.DueAt != nil && now.After(*t.DueAt)
	w.Open = !closed && !now.Before(t.OpensAt) && (t.Attempts == 0 || len(tries) < t.Attempts)
	switch {
	case len(tries) > 0:
		at := tries[0].at
		w.DoneAt, w.State = &at, WorkDone
		if t.DueAt != nil && at.After(*t.DueAt) {
			w.State = WorkLate
		}
	case now.Before(t.OpensAt) && end == nil:
		w.State = WorkUpcoming
	case over:
		w.State = WorkMissing
	default:
		w.State = WorkOpen
	}
	if t.Attempts > 0 && len(tries) > t.Attempts {
		tries = tries[:t.Attempts]
	}
	if !staff {
		shown := slices.DeleteFunc(slices.Clone(tries), func(r try) bool { return r.sealed })
		w.Sealed = len(shown) < len(tries) && len(shown) == 0
		tries = shown
	}
	if len(tries) == 0 {
		return w
	}
	c := counted(x.Counts, tries)
	w.Scored, w.Percent10, w.Audit10, w.Attempt, w.Drill, w.Sitting = c.scored, c.percent10, c.audit10, c.attempt, c.drill, c.sitting
	w.Sealed = w.Sealed || c.sealed
	return w
}

// counted is the attempt that counts; of equally good ones the earliest.
func counted(by Counting, tries []try) try {
	switch by {
	case CountFirst:
		return tries[0]
	case CountLast:
		return tries[len(tries)-1]
	case CountBest:
	}
	best := tries[0]
	for _, r := range tries[1:] {
		if r.percent10 > best.percent10 || r.percent10 == best.percent10 && r.audit10 > best.audit10 {
			best = r
		}
	}
	return best
}
