package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"crosswalk/progress/memory"
	"crosswalk/progress/standing"
)

// CardReview is what a learner did with a card.
type CardReview struct {
	ClientKey string       // 8 to 100 characters, new for every page shown: sending it twice counts once
	Card      string       // id
	Attempt   AttemptID    // of a question: the answer of today whose grade is given by hand
	Grade     memory.Grade // given by hand; 0: inferred from the answer typed and its time
	Answer    string       // typed, compared with the card's where it takes such
	Reviews   *int         // reviews that the card had when its front was shown; nil where no front was
	StartedAt *time.Time   // when the front was shown
}

// ReviewDone is what came of a review.
type ReviewDone struct {
	ID        ReviewID
	Grade     memory.Grade // that counts
	Given     bool         // by hand
	Correct   bool         // recalled
	Due       string       // study day on which the card is due next
	Card      CardView     // after the review
	Duplicate bool         // it was sent before; nothing new was recorded
}

// mostTyped is how many letters the longest answer has that a card takes.
const mostTyped = 200

// ReviewCard records a review of a term or of a line of a case, or the grade that the learner gives by hand to today's answer to a question. A
// term gets its card by its first review. What cannot be taken is an *InputError: neither grade nor answer, a question without its attempt,
// an item in an exam that is not handed in, one sent again that was taken back since, a front that was graded elsewhere after it was shown;
// ErrNotFound for a card that is not there.
func (s *Service) ReviewCard(ctx context.Context, a Actor, in CardReview) (ReviewDone, error) {
	fail := func(err error) (ReviewDone, error) {
		return ReviewDone{}, fmt.Errorf("review %s: %w", in.Card, err)
	}
	if err := checkSubmission(a, in.ClientKey); err != nil {
		return fail(err)
	}
	if strings.HasPrefix(in.ClientKey, undoKey) {
		return fail(errKeyUsed)
	}
	d, err := s.deckOf(ctx, a)
	if err != nil {
		return fail(err)
	}
	v, err := d.view(in.Card)
	if err != nil {
		return fail(err)
	}
	r, err := s.reviewOf(ctx, a, d, v, in)
	if err != nil {
		return fail(err)
	}
	if in.Reviews != nil && *in.Reviews != v.Reviews {
		sent, err := s.reviewSent(ctx, a, in.ClientKey)
		if err == nil && !sent {
			err = &InputError{"review", "This card was graded in another window after it was shown here. That grade counts, and nothing new was recorded."}
		}
		if err != nil {
			return fail(err)
		}
	}
	kept, dup, err := s.st.AddReview(ctx, a.org(), r)
	if err != nil {
		return fail(err)
	}
	if dup && (kept.Card != r.Card || kept.Undoes != "") {
		return fail(errKeyUsed)
	}
	if dup {
		undone, err := s.takenBack(ctx, a, kept.ID)
		if err == nil && undone {
			err = &InputError{"review", "This review was taken back, and nothing new was recorded: grade the card again here."}
		}
		if err != nil {
			return fail(err)
		}
	}
	if d, err = s.deckOf(ctx, a); err != nil {
		return fail(err)
	}
	out := ReviewDone{ID: kept.ID, Given: kept.Grade != 0, Correct: kept.Correct, Duplicate: dup}
	if c, ok := d.st.Card(in.Card); ok {
		out.Grade, out.Due = c.Last, DayText(d.due(c))
		if out.Card, err = d.view(in.Card); err != nil {
			return fail(err)
		}
	}
	return out, nil
}

// reviewSent reports whether a review of the actor's came with a client key already.
func (s *Service) reviewSent(ctx context.Context, a Actor, key string) (bool, error) {
	all, err := s.st.Reviews(ctx, a.org(), a.Learner)
	return slices.ContainsFunc(all, func(r Review) bool { return r.ClientKey == key }), err
}

// takenBack reports whether a review of the actor's was undone.
func (s *Service) takenBack(ctx context.Context, a Actor, id ReviewID) (bool, error) {
	all, err := s.st.Reviews(ctx, a.org(), a.Learner)
	return slices.ContainsFunc(all, func(r Review) bool { return r.Undoes == id }), err
}

// reviewOf makes the row.
func (s *Service) reviewOf(ctx context.Context, a Actor, d *deck, v CardView, in CardReview) (Review, error) {
	if in.Grade != 0 && (in.Grade < memory.Again || in.Grade > memory.Easy) {
		return Review{}, &InputError{"grade", "Say again, hard, good or easy."}
	}
	if utf8.RuneCountInString(in.Answer) > mostTyped {
		return Review{}, &InputError{"answer", fmt.Sprintf("An answer has at most %d letters.", mostTyped)}
	}
	typed := strings.TrimSpace(in.Answer)
	now := s.now()
	var behind time.Time
	r := Review{Org: a.org(), Learner: a.Learner, ClientKey: in.ClientKey, Card: v.ID, Attempt: in.Attempt, Grade: int(in.Grade), Answer: typed, At: now}
	switch {
	case v.Kind == standing.Question && (in.Attempt == "" || in.Grade == 0):
		return Review{}, &InputError{"card", "Answer the question first; then you can say how hard it was."}
	case v.Kind == standing.Question:
		g, err := s.st.Attempt(ctx, a.org(), in.Attempt)
		if err != nil {
			return Review{}, err
		}
		if g.Attempt.Learner != a.Learner || standing.CardID(standing.Question, g.Attempt.Item) != v.ID {
			return Review{}, ErrNotFound
		}
		if StudyDayNumber(g.Attempt.SubmittedAt, d.loc) != d.today || !d.st.Reviewed(string(in.Attempt), v.ID) {
			return Review{}, &InputError{"card", "Only an answer of today can be graded by hand."}
		}
		r.Answer, r.Correct, behind = "", in.Grade > memory.Again, g.Attempt.SubmittedAt
	case in.Attempt != "":
		return Review{}, &InputError{"card", "Only the answer to a question can be named here: reload the page."}
	case typed != "" && v.Typed:
		r.Correct = d.rightAnswer(v, typed)
		if in.Grade > memory.Again {
			r.Correct = true // the learner counts it
		}
	case in.Grade != 0:
		r.Correct = in.Grade > memory.Again
	default:
		return Review{}, &InputError{"grade", "Say how well you remembered it: again, hard, good or easy."}
	}
	if in.StartedAt != nil && in.Attempt == "" {
		// As for answers: a start that lies ahead, or more than an hour back, says nothing about time spent.
		if took := now.Sub(*in.StartedAt); took >= 0 && took <= time.Hour {
			r.Seconds = int(took / time.Second)
		}
	}
	id, err := s.newID(after(now, behind))
	r.ID = ReviewID(id)
	return r, err
}

// after is a moment for the id of what must stand behind something in the record, whatever became of the clock since.
func after(now, other time.Time) time.Time {
	if now.After(other) {
		return now
	}
	return other.Add(time.Millisecond)
}

// undoKey begins the client keys of undos.
const undoKey = "undo:"

// UndoReview takes back the actor's latest review, as long as it is of the present study day: one made by ReviewCard, not the answer to a
// question, which stays. Asking twice is fine. ErrNotFound for what is no review of the actor's; ErrConflict when something was reviewed
// after it; an *InputError for one of another day.
func (s *Service) UndoReview(ctx context.Context, a Actor, id ReviewID) error {
	fail := func(err error) error { return fmt.Errorf("undo %s: %w", id, err) }
	if a.Learner == "" {
		return fail(ErrForbidden)
	}
	old, err := s.st.Review(ctx, a.org(), id)
	if err == nil && (old.Learner != a.Learner || old.Undoes != "") {
		err = ErrNotFound
	}
	if err != nil {
		return fail(err)
	}
	l, err := s.Learner(ctx, a, a.Learner)
	if err != nil {
		return fail(err)
	}
	now := s.now()
	if StudyDayNumber(old.At, l.Location()) != StudyDayNumber(now, l.Location()) {
		return fail(&InputError{"review", "Only a review of today can be taken back."})
	}
	undo, err := s.newID(after(now, old.At))
	if err != nil {
		return fail(err)
	}
	_, dup, err := s.st.AddReview(ctx, a.org(), Review{
		ID: ReviewID(undo), Org: a.org(), Learner: a.Learner, ClientKey: undoKey + string(id), Card: old.Card, Undoes: id, At: now,
	})
	if dup {
		return nil
	}
	if errors.Is(err, ErrConflict) {
		return fail(fmt.Errorf("only the latest review can be taken back: %w", err))
	}
	if err != nil {
		return fail(err)
	}
	return nil
}
