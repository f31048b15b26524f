package progress

import (
	"bytes"
	"context"
	"encoding/json"
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
	versions := make([]ContentVersion, 0, 2*len(x.Form))
	for _, f := range x.Form {
		it, err := s.item(kindOf(f), f.ID)
		if err != nil {
			return fail(err)
		}
		versions = append(versions, it.versions(now)...)
		if f.ChartHash != "" {
			chart, err := s.item(KindCase, f.Group)
			if err != nil {
				return fail(err)
			}
			versions = append(versions, chart.versions(now)...)
		}
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
	if !a.maySee(x.Learner) {
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

// Room is an open sitting as its page needs it.
type Room struct {
	Sitting Sitting
	Items   []StoredItem // those touched, by position
	Now     time.Time    // the clock
}

// Room gives the actor's own sitting with what is answered. A window that is opened anew counts itself: the newest has the number
// Sitting.Opens.
func (s *Service) Room(ctx context.Context, a Actor, id SittingID, opened bool) (Room, error) {
	x, err := s.own(ctx, a, id)
	if err != nil {
		return Room{}, err
	}
	if opened && x.HandedInAt == nil {
		n, err := s.st.OpenRoom(ctx, x.Org, x.ID)
		switch {
		case errors.Is(err, ErrSittingClosed): // handed in from another window just now
			if x, err = s.own(ctx, a, id); err != nil {
				return Room{}, err
			}
		case err != nil:
			return Room{}, fmt.Errorf("sitting %s: %w", id, err)
		default:
			x.Opens = n
		}
	}
	items, err := s.st.ItemStates(ctx, x.Org, x.ID)
	if err != nil {
		return Room{}, fmt.Errorf("sitting %s: %w", id, err)
	}
	return Room{Sitting: x, Items: items, Now: s.clock()}, nil
}

// Standing is Room without the form and the window: how the actor's own sitting stands, for pages that ask again and again. The answers are
// left out where they are not asked for.
func (s *Service) Standing(ctx context.Context, a Actor, id SittingID, answers bool) (Room, error) {
	x, err := s.ownHead(ctx, a, id)
	if err != nil {
		return Room{}, err
	}
	x.Form = nil
	r := Room{Sitting: x, Now: s.clock()}
	if answers {
		if r.Items, err = s.st.ItemStates(ctx, x.Org, x.ID); err != nil {
			return Room{}, fmt.Errorf("sitting %s: %w", id, err)
		}
	}
	return r, nil
}

// SaveItems keeps changes of the actor's open sitting; they are durable when it returns. Of two changes of an item the one with the
// greater Seq stays, whichever comes first. *InputError: a change that is none; ErrSittingClosed, ErrNotFound, ErrUnavailable: nothing
// was kept.
func (s *Service) SaveItems(ctx context.Context, a Actor, id SittingID, saves []ItemSave) ([]SaveOutcome, time.Time, error) {
	now := s.clock()
	if a.Learner == "" {
		return nil, now, ErrNoSession
	}
	if len(saves) == 0 || len(saves) > 1000 {
		return nil, now, &InputError{"items", "There is nothing to keep."}
	}
	for i := range saves {
		body, err := checkItem(saves[i], now)
		if err != nil {
			return nil, now, err
		}
		saves[i].Body = body
	}
	out, err := s.st.SaveItems(ctx, a.org(), a.Learner, id, now, saves)
	return out, now, err
}

// checkItem reads a change and gives its body as it is kept.
func checkItem(it ItemSave, now time.Time) (json.RawMessage, error) {
	bad := func(why string) error {
		return &InputError{"items", "This change cannot be kept: " + why + ". Reload the page."}
	}
	switch {
	case it.Pos < 0 || it.Pos > 10000:
		return nil, bad("there is no such item")
	case it.Seq <= 0 || it.Seq > now.Add(seqAhead).UnixMilli():
		return nil, bad("its number is not of this clock")
	case len(it.Body) > maxItemBody:
		return nil, bad("it is too long")
	}
	var st ItemState
	if err := json.Unmarshal(it.Body, &st); err != nil {
		return nil, bad("it has another form")
	}
	if why := impossible(st); why != "" {
		return nil, bad(why)
	}
	if st.Seconds < 0 || st.Seconds > 7*24*3600 {
		return nil, bad("its time is not possible")
	}
	if bytes.IndexByte(it.Body, 0) >= 0 {
		return nil, bad("it has another form")
	}
	return json.Marshal(st)
}

// MoveOn leaves all items before reached behind, in a sitting that goes forward only.
func (s *Service) MoveOn(ctx context.Context, a Actor, id SittingID, reached int) error {
	x, err := s.own(ctx, a, id)
	if err != nil {
		return err
	}
	if x.Blueprint.Navigation != forwardOnly {
		return &InputError{"reached", "In this exam one may go back."}
	}
	if reached < 0 || reached > len(x.Form) {
		return &InputError{"reached", "There is no such item in this exam."}
	}
	if err := s.st.MoveOn(ctx, x.Org, x.ID, reached); err != nil {
		return fmt.Errorf("sitting %s: %w", id, err)
	}
	return nil
}

// TakeBreak stops the clock and closes the room until EndBreak. ErrSittingClosed: there is no break left, or the sitting is over.
func (s *Service) TakeBreak(ctx context.Context, a Actor, id SittingID) (Sitting, error) {
	return s.onOwn(ctx, a, id, s.own, func(x Sitting) error {
		return s.st.StartBreak(ctx, x.Org, x.ID, s.clock(), x.Blueprint.Breaks.Count, x.longestBreak())
	})
}

// EndBreak opens the room again.
func (s *Service) EndBreak(ctx context.Context, a Actor, id SittingID) (Sitting, error) {
	return s.onOwn(ctx, a, id, s.own, func(x Sitting) error {
		return s.st.EndBreak(ctx, x.Org, x.ID, s.clock(), x.longestBreak(), x.Blueprint.Breaks.Lock)
	})
}

// HandIn closes the actor's sitting for good and grades it. Of two at once one hands in, and both give the same sitting. Where all of a
// class hand in at once it may come back closed and not graded yet; it comes without its form then, so that those who wait for their
// turn do not hold the forms of a whole class in memory.
func (s *Service) HandIn(ctx context.Context, a Actor, id SittingID) (Sitting, error) {
	x, err := s.onOwn(ctx, a, id, s.ownHead, func(x Sitting) error {
		if x.HandedInAt != nil {
			return nil
		}
		now := s.clock()
		by := HandedInByLearner
		if x.EndsAt != nil && !now.Before(*x.EndsAt) { // the page hands in when the clock runs out
			now, by = *x.EndsAt, HandedInByClock
		}
		_, err := s.st.HandIn(ctx, x.Org, x.ID, now, by)
		return err
	})
	if errors.Is(err, ErrBusy) && x.HandedInAt != nil {
		return x, nil
	}
	return x, err
}

// onOwn changes the actor's own sitting, found by own or ownHead, and gives it as it is then.
func (s *Service) onOwn(ctx context.Context, a Actor, id SittingID, own func(context.Context, Actor, SittingID) (Sitting, error), do func(Sitting) error) (Sitting, error) {
	x, err := own(ctx, a, id)
	if err != nil {
		return Sitting{}, err
	}
	if err := do(x); err != nil {
		return Sitting{}, fmt.Errorf("sitting %s: %w", id, err)
	}
	if x, err = s.again(ctx, x); err != nil {
		return Sitting{}, fmt.Errorf("sitting %s: %w", id, err)
	}
	if x, err = s.upToDate(ctx, x); err == nil && !a.teaches() {
		x = s.withoutResult(x)
	}
	return x, err
}

// Reveal makes the answer of one item final and gives how it was graded, where the exam says so after each item. ErrNotYet in other
// exams; *InputError when nothing is answered.
func (s *Service) Reveal(ctx context.Context, a Actor, id SittingID, pos int) (Graded, error) {
	x, err := s.own(ctx, a, id)
	if err != nil {
		return Graded{}, err
	}
	if x.Blueprint.Feedback != feedbackEach {
		return Graded{}, fmt.Errorf("sitting %s: %w", id, ErrNotYet)
	}
	if pos < 0 || pos >= len(x.Form) {
		return Graded{}, fmt.Errorf("sitting %s: item %d: %w", id, pos+1, ErrNotFound)
	}
	if err := s.notInExam(ctx, a, Item{ID: x.Form[pos].ID}); err != nil {
		return Graded{}, err
	}
	if st, state, err := s.stateOf(ctx, x, pos); err != nil || !state.Answered() {
		if err == nil {
			err = &InputError{"answer", "Answer the question first."}
		}
		return Graded{}, err
	} else if st.Locked || x.HandedInAt != nil {
		return s.gradeItem(ctx, x, pos, st)
	}
	if err := s.st.LockItems(ctx, x.Org, x.ID, []int{pos}); err != nil {
		return Graded{}, fmt.Errorf("sitting %s: %w", id, err)
	}
	st, _, err := s.stateOf(ctx, x, pos) // as it is locked
	if err != nil {
		return Graded{}, err
	}
	return s.gradeItem(ctx, x, pos, st)
}

// stateOf is the kept state of one item.
func (s *Service) stateOf(ctx context.Context, x Sitting, pos int) (StoredItem, ItemState, error) {
	states, err := s.st.ItemStates(ctx, x.Org, x.ID)
	if err != nil {
		return StoredItem{}, ItemState{}, fmt.Errorf("sitting %s: %w", x.ID, err)
	}
	for _, st := range states {
		if st.Pos == pos {
			return st, st.State(), nil
		}
	}
	return StoredItem{Pos: pos}, ItemState{}, nil
}

// SittingRecord is a sitting with what was answered, as it is exported.
type SittingRecord struct {
	Sitting
	Items []StoredItem `json:"answers"`
}

// sittingRecords are all sittings of a person. The form tells the author's order of entries, and the seed the form, so they stay back while answers are not open.
func (s *Service) sittingRecords(ctx context.Context, org OrgID, l LearnerID) ([]SittingRecord, error) {
	xs, err := s.st.Sittings(ctx, org, SittingFilter{Learner: l})
	if err != nil {
		return nil, err
	}
	var out []SittingRecord
	for i := range xs { // without their forms
		r := SittingRecord{Sitting: s.withoutResult(xs[len(xs)-1-i])}
		if r.ResultsOpen(s.clock()) {
			if r.Sitting, err = s.st.Sitting(ctx, org, r.ID); err != nil {
				return nil, err
			}
		} else {
			r.Seed = 0 // with it the form could be drawn again
		}
		if r.Items, err = s.st.ItemStates(ctx, org, r.ID); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}
