package progress

import (
	"context"
	"errors"
	"fmt"

	"crosswalk/progress/evidence"
	"crosswalk/quizzes"
)

// JudgeRoom is what a judge sees: the items, the judge's own ratings, and in round 2 what was said in the first, in sum. Of other judges it tells
// nothing else.
type JudgeRoom struct {
	Helper     Helper
	Name       string // of the test
	Job        JobNote
	Round      int // 0 where the panel has not begun
	Open       bool
	Borderline string
	Items      []JudgedItem
	Rated      int
}

// JudgedItem is an item as a judge rates it.
type JudgedItem struct {
	Pos    int
	Form   quizzes.FormItem
	Item   Item                // zero where its text can be read no more
	Own    *int                // per cent in this round
	First  *int                // the judge's own of round 1, in round 2
	Before *evidence.RatedItem // what the judges who rated everything in round 1 said of it; nil of fewer than two
}

// Judge gives a judge's room. ErrNotFound: the link is of nobody, ended, or of another kind; ErrTooMany.
func (s *Service) Judge(ctx context.Context, t Token, ip string) (JudgeRoom, error) {
	h, x, err := s.helper(ctx, t, HelperJudge, ip)
	if err != nil {
		return JudgeRoom{}, err
	}
	fail := func(err error) (JudgeRoom, error) { return JudgeRoom{}, fmt.Errorf("room of a judge: %w", err) }
	room := JudgeRoom{Helper: h, Name: x.Spec.Name, Job: x.Spec.Job}
	p, err := s.st.Panel(ctx, x.Org, x.ID)
	if errors.Is(err, ErrNotFound) {
		return room, nil
	}
	if err != nil {
		return fail(err)
	}
	rs, err := s.st.Ratings(ctx, x.Org, x.ID)
	if err != nil {
		return fail(err)
	}
	room.Round, room.Open, room.Borderline = p.Round, p.Open() && x.OpenedAt == nil, p.Borderline
	var first evidence.Cut
	if p.Round == 2 {
		if first, err = p.cut(rs, 1); err != nil {
			return fail(err)
		}
	}
	for pos, f := range p.Items {
		it := JudgedItem{Pos: pos, Form: f}
		if it.Item, err = s.asDrawn(ctx, x.Org, f); err != nil && !errors.Is(err, ErrNotFound) {
			return fail(err)
		}
		if first.Panel > 1 {
			it.Before = &first.Items[pos]
		}
		room.Items = append(room.Items, it)
	}
	for _, r := range rs {
		if r.Helper != h.ID || r.Item >= len(room.Items) {
			continue
		}
		percent := r.Percent
		switch r.Round {
		case p.Round:
			room.Items[r.Item].Own = &percent
			room.Rated++
		case 1:
			room.Items[r.Item].First = &percent
		}
	}
	return room, nil
}

// Rate keeps what a judge says of items, by their place from 0, in per cent of just qualified candidates. ErrSittingClosed: the round is over. InputErrors
// name item-N, N from 1. Errors else are those of Judge.
func (s *Service) Rate(ctx context.Context, t Token, ip string, round int, percents map[int]int) error {
	h, x, err := s.helper(ctx, t, HelperJudge, ip)
	if err != nil {
		return err
	}
	p, err := s.st.Panel(ctx, x.Org, x.ID)
	if err != nil {
		return fmt.Errorf("rate: %w", err)
	}
	var problems InputErrors
	for pos, percent := range percents {
		switch {
		case pos < 0 || pos >= len(p.Items):
			return fmt.Errorf("rate item %d: %w", pos+1, ErrNotFound)
		case percent < 0 || percent > 100:
			problems = append(problems, &InputError{fmt.Sprintf("item-%d", pos+1), "Give a whole number from 0 to 100."})
		}
	}
	if err := asInput(problems); err != nil {
		return err
	}
	if err := s.st.SaveRatings(ctx, x.Org, h, round, percents, s.now()); err != nil {
		return fmt.Errorf("rate: %w", err)
	}
	return nil
}
