package progress

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

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
