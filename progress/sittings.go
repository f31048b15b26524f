package progress

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"crosswalk/quizzes"
)

// Limits of what is kept of one item.
const (
	maxItemBody = 64 << 10
	maxTrail    = 40
	maxMarks    = 200
)

// seqAhead is how far ahead of the clock a sequence number may be: pages number changes by the clock as they know it.
const seqAhead = 5 * time.Minute

// longestBreak is how long one break may last.
func (s Sitting) longestBreak() time.Duration {
	return time.Duration(s.Blueprint.Breaks.Minutes) * time.Minute
}

// SittingStart is what a page sends to start an exam.
type SittingStart struct {
	Exam      string
	ClientKey string // made by the page; the same key again is the same sitting
	// OwnExtra is extra time in per cent that a learner takes for practice. It counts only where no rule gives or fixes any, and at exams
	// that ship with Crosswalk.
	OwnExtra int
	Seed     uint64 // 0: drawn at random
}

// What blueprints say of navigation and feedback.
const (
	forwardOnly   = "forward"
	feedbackEach  = "each"
	feedbackNever = "never"
)

// Extras are the shares of extra time that learners may choose for themselves, in per cent.
var Extras = []int{0, 25, 50, 100}

// Exam finds an exam that the actor may sit, and on what terms: one that ships, or a composed one that a rule opens to them; staff see their
// own too. ErrNotFound.
func (s *Service) Exam(ctx context.Context, a Actor, id string) (Exam, error) {
	rules, err := s.st.RulesFor(ctx, a.org(), a.Learner)
	if err != nil {
		return Exam{}, fmt.Errorf("exam %s: %w", id, err)
	}
	if bp, err := s.items().Blueprint(id); err == nil {
		return Exam{Blueprint: bp, Terms: termsFor(rules, id), Shipped: true}, nil
	}
	c, err := s.st.ComposedExam(ctx, a.org(), id)
	if err != nil {
		return Exam{}, fmt.Errorf("exam %q: %w", id, err)
	}
	return s.composedExam(a, c, rules)
}

// Exam is an exam as one person may sit it.
type Exam struct {
	Blueprint *quizzes.Blueprint
	Terms     ExamTerms
	Shipped   bool // it came with the content, and is not composed by staff
}

// MayStart says in words why the exam cannot be started at a moment; nil when it can. used is how often it was sat.
func (e Exam) MayStart(now time.Time, used int) error {
	t := e.Terms
	switch {
	case t.OpensAt != nil && now.Before(*t.OpensAt):
		return fmt.Errorf("it opens later: %w", ErrNotYet)
	case t.ClosesAt != nil && now.After(*t.ClosesAt):
		return fmt.Errorf("the time to start it is over: %w", ErrSittingClosed)
	case t.Attempts > 0 && used >= t.Attempts:
		return ErrNoAttemptLeft
	}
	return nil
}

// StartSitting draws a form and starts the clock. Where the learner has an open sitting of the exam, that one comes back. ErrNotFound;
// ErrNotYet and ErrSittingClosed outside the window; ErrNoAttemptLeft; quizzes.ErrTooSmall when the bank cannot fill the exam.
func (s *Service) StartSitting(ctx context.Context, a Actor, in SittingStart) (Sitting, error) {
	fail := func(err error) (Sitting, error) { return Sitting{}, fmt.Errorf("start exam %s: %w", in.Exam, err) }
	if err := checkSubmission(a, in.ClientKey); err != nil {
		return Sitting{}, err
	}
	e, err := s.Exam(ctx, a, in.Exam)
	if err != nil {
		return Sitting{}, err
	}
	if err := s.closeDue(ctx, a, in.Exam); err != nil {
		return fail(err)
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return fail(err)
	}
	defer done()
	now := s.clock()
	if err := e.MayStart(now, 0); err != nil {
		return fail(err)
	}
	extra := e.Terms.ExtraPercent
	if !e.Terms.ExtraFixed && e.Shipped {
		extra = ownExtra(in.OwnExtra)
	}
	seed := in.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	seen, err := s.seenItems(ctx, a)
	if err != nil {
		return fail(err)
	}
	form, err := s.items().Draw(e.Blueprint, seed, seen)
	if err != nil {
		return fail(err)
	}
	id, err := s.newID(now)
	if err != nil {
		return fail(err)
	}
	x := Sitting{
		ID: SittingID(id), Org: a.org(), Learner: a.Learner, ClientKey: in.ClientKey, Exam: e.Blueprint.ID, Name: e.Blueprint.Name, Blueprint: *e.Blueprint, Form: form.Items,
		Seed: seed, ExtraPercent: extra, StartedAt: now, ResultsAt: resultsAt(e, now),
	}
	if e.Blueprint.Minutes > 0 {
		ends := now.Add(time.Duration(e.Blueprint.Minutes) * time.Minute * time.Duration(100+extra) / 100)
		x.EndsAt = &ends
	}
	versions, err := s.formVersions(x.Form, now)
	if err != nil {
		return fail(err)
	}
	out, again, err := s.st.AddSitting(ctx, x.Org, versions, x, e.Terms.Attempts)
	if err != nil {
		return fail(err)
	}
	if out.Exam != in.Exam {
		return fail(errKeyUsed)
	}
	if !again {
		s.foretellSitting(ctx, a, e, out)
	}
	return out, nil
}

func ownExtra(percent int) int {
	for _, e := range Extras {
		if e == percent {
			return e
		}
	}
	return 0
}

// resultsAt is from when on the answers may be looked at.
func resultsAt(e Exam, now time.Time) *time.Time {
	if e.Blueprint.Feedback == feedbackNever {
		return nil
	}
	if at := e.Terms.ResultsAt; at != nil && at.After(now) {
		return at
	}
	return &now
}

func kindOf(f quizzes.FormItem) ItemKind {
	if f.Kind == quizzes.ItemCase {
		return KindCase
	}
	return KindQuestion
}

// seenItems tells the items that the learner has met: answered anywhere, or shown in an earlier sitting.
func (s *Service) seenItems(ctx context.Context, a Actor) (func(string) bool, error) {
	seen, err := s.st.SeenItems(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, err
	}
	return func(id string) bool { return seen[id] }, nil
}

// Sitting gives a sitting of the actor's own; one whose time is up is closed and graded first. Staff may look at those of the
// organisation's learners, with the tally also where results are not open. ErrNotFound.
func (s *Service) Sitting(ctx context.Context, a Actor, id SittingID) (Sitting, error) {
	return s.look(ctx, a, id, s.st.Sitting)
}

// look is Sitting with a way to read it.
func (s *Service) look(ctx context.Context, a Actor, id SittingID, read func(context.Context, OrgID, SittingID) (Sitting, error)) (Sitting, error) {
	x, err := read(ctx, a.org(), id)
	if err != nil {
		return Sitting{}, fmt.Errorf("sitting %s: %w", id, err)
	}
	if !a.maySeeSitting(x) {
		return Sitting{}, fmt.Errorf("sitting %s: %w", id, ErrNotFound)
	}
	if x, err = s.upToDate(ctx, x); err == nil && !a.teaches() {
		x = s.withoutResult(x)
	}
	return x, err
}

// withoutResult takes the tally out of a sitting whose results are not open.
func (s *Service) withoutResult(x Sitting) Sitting {
	if !x.ResultsOpen(s.clock()) {
		x.Tally = Tally{}
	}
	return x
}

// own is Sitting for what only the one who sits may do.
func (s *Service) own(ctx context.Context, a Actor, id SittingID) (Sitting, error) {
	x, err := s.Sitting(ctx, a, id)
	if err == nil && x.Learner != a.Learner {
		return Sitting{}, fmt.Errorf("sitting %s: %w", id, ErrNotFound)
	}
	return x, err
}

// ownHead is own without the form, unless the sitting was graded just now.
func (s *Service) ownHead(ctx context.Context, a Actor, id SittingID) (Sitting, error) {
	x, err := s.look(ctx, a, id, s.st.SittingHead)
	if err == nil && x.Learner != a.Learner {
		return Sitting{}, fmt.Errorf("sitting %s: %w", id, ErrNotFound)
	}
	return x, err
}

// upToDate ends a break that has lasted as long as it may, closes a sitting whose time is up and grades one that is closed.
func (s *Service) upToDate(ctx context.Context, x Sitting) (Sitting, error) {
	now := s.clock()
	changed := false
	if x.HandedInAt == nil && x.BreakSince != nil && now.Sub(*x.BreakSince) >= x.longestBreak() {
		if err := s.st.EndBreak(ctx, x.Org, x.ID, now, x.longestBreak(), x.Blueprint.Breaks.Lock); err != nil && !errors.Is(err, ErrSittingClosed) {
			return x, fmt.Errorf("sitting %s: %w", x.ID, err)
		}
		changed = true
	}
	if x.HandedInAt == nil && !x.Open(now) {
		if _, err := s.st.HandIn(ctx, x.Org, x.ID, *x.EndsAt, HandedInByClock); err != nil {
			return x, fmt.Errorf("sitting %s: %w", x.ID, err)
		}
		changed = true
	}
	if changed || x.HandedInAt != nil && x.GradedAt == nil {
		fresh, err := s.again(ctx, x)
		if err != nil {
			return x, fmt.Errorf("sitting %s: %w", x.ID, err)
		}
		if x = fresh; x.HandedInAt != nil && x.GradedAt == nil {
			return s.gradeSitting(ctx, x)
		}
	}
	return x, nil
}

// again reads a sitting anew, but for its form, which stays as it was drawn.
func (s *Service) again(ctx context.Context, x Sitting) (Sitting, error) {
	fresh, err := s.st.SittingHead(ctx, x.Org, x.ID)
	fresh.Form = x.Form
	return fresh, err
}

// Sittings lists the actor's own sittings, newest first, without their forms, and without a tally where results are not open; exam "" is all. Those whose time is up are closed first.
func (s *Service) Sittings(ctx context.Context, a Actor, exam string) ([]Sitting, error) {
	if a.Learner == "" {
		return nil, nil
	}
	if err := s.closeDue(ctx, a, exam); err != nil {
		return nil, err
	}
	xs, err := s.st.Sittings(ctx, a.org(), SittingFilter{Learner: a.Learner, Exam: exam})
	if err != nil {
		return nil, fmt.Errorf("sittings: %w", err)
	}
	for i := range xs {
		xs[i] = s.withoutResult(xs[i])
	}
	return xs, nil
}

// closeDue closes and grades what of the actor's is due.
func (s *Service) closeDue(ctx context.Context, a Actor, exam string) error {
	xs, err := s.st.Sittings(ctx, a.org(), SittingFilter{Learner: a.Learner, Exam: exam})
	if err != nil {
		return fmt.Errorf("sittings: %w", err)
	}
	now := s.clock()
	for _, x := range xs {
		if x.HandedInAt == nil && x.Open(now) || x.GradedAt != nil {
			continue
		}
		if x, err = s.st.Sitting(ctx, x.Org, x.ID); err == nil {
			_, err = s.upToDate(ctx, x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// CloseDue closes and grades sittings whose time is up, whosever they are. The server calls it now and then, so that an exam ends also
// where nobody looks. It says how many there were.
func (s *Service) CloseDue(ctx context.Context) (int, error) {
	n := 0
	for {
		const some = 100
		refs, err := s.st.DueSittings(ctx, s.clock().Add(-SittingGrace), some)
		if err != nil {
			return n, fmt.Errorf("due sittings: %w", err)
		}
		for _, r := range refs {
			x, err := s.st.Sitting(ctx, r.Org, r.ID)
			if err == nil {
				_, err = s.upToDate(ctx, x)
			}
			if errors.Is(err, ErrBusy) { // learners go first; what is left is there the next time
				return n, nil
			}
			if err != nil {
				return n, err
			}
			n++
		}
		if len(refs) < some {
			return n, nil
		}
	}
}
