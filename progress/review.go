package progress

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// ReviewArea stands in Drill.Area for a drill of questions that were missed, whatever their areas.
const ReviewArea = "review"

// ReviewItem is a question that was answered wrongly the last time.
type ReviewItem struct {
	Question string
	Area     string
	Wrong    int // how often it was answered wrongly
	LastAt   time.Time
	Where    ContextKind // of the last answer
}

// Review lists the questions whose last answer that counts was wrong: first those missed most often, among them those longest ago. It is
// read off the record, so that a right answer takes a question off the list, and so does a key that was mended and graded anew. Questions
// that have left the bank are not on it, nor those of an open exam, nor answers of exams whose results are not open.
func (s *Service) Review(ctx context.Context, a Actor) ([]ReviewItem, error) {
	if a.Learner == "" {
		return nil, nil
	}
	hist, err := s.st.History(ctx, a.org(), a.Learner)
	if err != nil {
		return nil, fmt.Errorf("review: %w", err)
	}
	open, err := s.openItems(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("review: %w", err)
	}
	last := map[string]*ReviewItem{}
	right := map[string]bool{}
	for _, o := range hist { // oldest first
		if o.Kind != KindQuestion {
			continue
		}
		it := last[o.Item]
		if it == nil {
			it = &ReviewItem{Question: o.Item}
			last[o.Item] = it
		}
		if !o.Correct {
			it.Wrong++
		}
		it.LastAt, it.Where, right[o.Item] = o.SubmittedAt, o.Context, o.Correct
	}
	var out []ReviewItem
	for id, it := range last {
		q, ok := s.items().Item(KindQuestion, id)
		if _, sealed := open[id]; !ok || sealed || right[id] {
			continue
		}
		it.Area = q.Areas[0]
		out = append(out, *it)
	}
	slices.SortFunc(out, func(x, y ReviewItem) int {
		return cmp.Or(cmp.Compare(y.Wrong, x.Wrong), x.LastAt.Compare(y.LastAt), cmp.Compare(x.Question, y.Question))
	})
	return out, nil
}

// StartReview makes a drill of missed questions: those of one of the actor's own sittings in the order of its report, or with sitting ""
// those of Review. At most n, 1 to MaxDrill. Questions that were answered rightly since are left out; when nothing is left that is an
// *InputError. ErrNotFound, ErrNotYet for the sitting.
func (s *Service) StartReview(ctx context.Context, a Actor, sitting SittingID, n int) (Drill, error) {
	if a.Learner == "" {
		return Drill{}, fmt.Errorf("start review: start as a guest or sign in: %w", ErrForbidden)
	}
	if n < 1 || n > MaxDrill {
		return Drill{}, &InputError{"n", fmt.Sprintf("Choose 1 to %d questions.", MaxDrill)}
	}
	list, err := s.Review(ctx, a)
	if err != nil {
		return Drill{}, err
	}
	ids := make([]string, 0, len(list))
	for _, it := range list {
		ids = append(ids, it.Question)
	}
	if sitting != "" {
		if ids, err = s.missedIn(ctx, a, sitting, ids); err != nil {
			return Drill{}, err
		}
	}
	if len(ids) == 0 {
		return Drill{}, &InputError{"review", "Nothing is left to review: the questions that you missed were answered rightly since."}
	}
	now := s.now()
	id, err := s.newID(now)
	if err != nil {
		return Drill{}, err
	}
	d := Drill{ID: DrillID(id), Area: ReviewArea, Items: ids[:min(n, len(ids))], CreatedAt: now}
	if err := s.st.AddDrill(ctx, a.org(), a.Learner, d); err != nil {
		return Drill{}, fmt.Errorf("start review: %w", err)
	}
	return d, nil
}

// missedIn keeps of the questions to review those of the actor's own sitting, in the order of its report.
func (s *Service) missedIn(ctx context.Context, a Actor, id SittingID, toReview []string) ([]string, error) {
	if _, err := s.own(ctx, a, id); err != nil {
		return nil, err
	}
	r, err := s.Report(ctx, a, id)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, pos := range r.Review {
		if it := r.Items[pos].Form; kindOf(it) == KindQuestion && slices.Contains(toReview, it.ID) {
			out = append(out, it.ID)
		}
	}
	return out, nil
}
