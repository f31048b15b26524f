package progress

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"crosswalk/grading"
	"crosswalk/quizzes"
)

// SittingReport is what came of a sitting, by the gradings that count now.
type SittingReport struct {
	Sitting    Sitting
	Tally      Tally // by the newest gradings; Sitting.Tally is as it was at handing in
	Scaled     int   // estimate on the exam's scale, 0 where it has none
	Slots      []SlotReport
	Items      []ItemReport
	Answered   int
	Changes    ChangeCount
	PaceSecs   int   // seconds an item has at the exam's pace, 0 without a clock
	SpentSecs  int   // seconds that items were in sight
	Review     []int // positions of items to practise next, the most useful first
	Unscored   int   // items that did not count
	Difference int   // items right now that were wrong at handing in, less the other way round
}

// SlotReport is an area or domain of the blueprint. Low10 and High10 are the 90 % Wilson interval of the share right (E. B. Wilson, JASA 22,
// 1927, 209-212), in tenths of a per cent: with so few items the true share lies in it nine times in ten.
type SlotReport struct {
	Name            string
	Areas           []string
	Items           int
	Correct, Scored int // hundredths of an item
	Percent10       int
	Low10, High10   int
	Seconds         int
}

// ItemReport is one item with what was answered.
type ItemReport struct {
	Pos     int
	Form    quizzes.FormItem
	State   ItemState
	Graded  Graded
	Points  int // hundredths of an item
	Effect  Effect
	Dispute []Dispute
}

// Effect says what changing the answer of an item did, from the first answer to the last.
type Effect string

// The effects of a change.
const (
	NotChanged   Effect = ""
	ChangeHelped Effect = "helped" // wrong to right
	ChangeHurt   Effect = "hurt"   // right to wrong
	ChangeNone   Effect = "none"   // right or wrong as before
)

// ChangeCount counts items by the effect of changing them.
type ChangeCount struct{ Helped, Hurt, None int }

// Report gives what came of a sitting that was handed in. Learners see their own once the answers are open, else ErrNotYet; staff those of
// the organisation's learners. ErrNotFound.
func (s *Service) Report(ctx context.Context, a Actor, id SittingID) (SittingReport, error) {
	x, err := s.Sitting(ctx, a, id)
	if err != nil {
		return SittingReport{}, err
	}
	if x.GradedAt == nil || !x.ResultsOpen(s.clock()) && !a.teaches() {
		return SittingReport{Sitting: x}, fmt.Errorf("report of %s: %w", id, ErrNotYet)
	}
	gs, _, err := s.st.Attempts(ctx, x.Org, AttemptFilter{Context: Context{Kind: InExam, Ref: string(id)}})
	if err != nil {
		return SittingReport{}, fmt.Errorf("report of %s: %w", id, err)
	}
	states, err := s.st.ItemStates(ctx, x.Org, id)
	if err != nil {
		return SittingReport{}, fmt.Errorf("report of %s: %w", id, err)
	}
	disputes, err := s.st.Disputes(ctx, x.Org, DisputeFilter{Learner: x.Learner})
	if err != nil {
		return SittingReport{}, fmt.Errorf("report of %s: %w", id, err)
	}
	byKey := make(map[string]Graded, len(gs))
	for _, g := range gs {
		byKey[g.Attempt.ClientKey] = g
	}
	byPos := make(map[int]StoredItem, len(states))
	for _, st := range states {
		byPos[st.Pos] = st
	}
	byAttempt := map[AttemptID][]Dispute{}
	for _, d := range disputes {
		byAttempt[d.Attempt] = append(byAttempt[d.Attempt], d)
	}
	r := SittingReport{Sitting: x}
	for pos, f := range x.Form {
		g := byKey[sittingItemKey(id, pos)]
		it := ItemReport{Pos: pos, Form: f, State: byPos[pos].State(), Graded: g, Points: itemPoints(f, g.Grading), Dispute: byAttempt[g.Attempt.ID]}
		if it.Effect, err = s.effect(ctx, x, f, it.State, g.Grading.Correct); err != nil {
			return SittingReport{}, err
		}
		r.add(it)
	}
	r.finish()
	return r, nil
}

func (r *SittingReport) add(it ItemReport) {
	r.Items = append(r.Items, it)
	if it.State.Answered() {
		r.Answered++
	}
	if !it.Form.Scored {
		r.Unscored++
	}
	switch it.Effect {
	case ChangeHelped:
		r.Changes.Helped++
	case ChangeHurt:
		r.Changes.Hurt++
	case ChangeNone:
		r.Changes.None++
	case NotChanged:
	}
	r.SpentSecs += it.State.Seconds
}

// finish computes what follows from the items.
func (r *SittingReport) finish() {
	x := &r.Sitting
	r.Tally = tally(*x, func(pos int) (Grading, bool) { return r.Items[pos].Graded.Grading, true })
	r.Scaled = x.Blueprint.Pass.Scale(float64(r.Tally.Percent10) / 1000)
	if x.Blueprint.Minutes > 0 && len(x.Form) > 0 {
		r.PaceSecs = x.Blueprint.Minutes * 60 / len(x.Form)
	}
	r.Difference = (r.Tally.Correct - x.Correct) / 100
	slots := make([]SlotReport, 0, len(x.Blueprint.Slots)+1)
	slotOf := map[string]int{}
	for i, sl := range x.Blueprint.Slots {
		slots = append(slots, SlotReport{Name: sl.Name, Areas: sl.Areas})
		for _, a := range sl.Areas {
			slotOf[a] = i
		}
	}
	for _, it := range r.Items {
		i, ok := slotOf[it.Form.Area]
		if it.Form.Kind == quizzes.ItemCase || !ok {
			i = slices.IndexFunc(slots, func(sl SlotReport) bool { return sl.Areas == nil })
			if it.Form.Kind != quizzes.ItemCase {
				i = slices.IndexFunc(slots, func(sl SlotReport) bool { return len(sl.Areas) == 1 && sl.Areas[0] == it.Form.Area })
			}
			if i < 0 {
				sl := SlotReport{Name: quizzes.AreaTitle(it.Form.Area), Areas: []string{it.Form.Area}}
				if it.Form.Kind == quizzes.ItemCase {
					sl = SlotReport{Name: quizzes.AreaTitle("cases")}
				}
				slots, i = append(slots, sl), len(slots)
			}
		}
		sl := &slots[i]
		sl.Items++
		sl.Seconds += it.State.Seconds
		if it.Form.Scored {
			sl.Scored += 100 * it.Form.Weight
			sl.Correct += it.Points
		}
	}
	for i := range slots {
		sl := &slots[i]
		sl.Percent10 = tenths(sl.Correct, sl.Scored)
		sl.Low10, sl.High10 = wilson(float64(sl.Correct)/100, float64(sl.Scored)/100)
	}
	r.Slots = slices.DeleteFunc(slots, func(sl SlotReport) bool { return sl.Items == 0 })
	r.Review = review(r.Items)
}

// review are the positions of items to practise next: those missed, first where the answer was changed from right to wrong, then those of
// the areas that did worst.
func review(items []ItemReport) []int {
	wrong := map[string]int{}
	var out []int
	for _, it := range items {
		if it.Points < 100*it.Form.Weight {
			wrong[it.Form.Area]++
			out = append(out, it.Pos)
		}
	}
	slices.SortStableFunc(out, func(x, y int) int {
		a, b := items[x], items[y]
		hurt := func(it ItemReport) int {
			if it.Effect == ChangeHurt {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(hurt(a), hurt(b)), cmp.Compare(wrong[b.Form.Area], wrong[a.Form.Area]))
	})
	return out
}

// effect compares the first answer of a question with the last.
func (s *Service) effect(ctx context.Context, x Sitting, f quizzes.FormItem, st ItemState, correct bool) (Effect, error) {
	if len(st.Trail) == 0 || f.Kind == quizzes.ItemCase {
		return NotChanged, nil
	}
	it, err := s.asDrawn(ctx, x.Org, f)
	if err != nil {
		return NotChanged, err
	}
	first := false
	if a := authorAnswer(it.Question, f.Shuffle, st.Trail[0].Answer); grading.ParseItem(it.Question, a) == nil {
		first = grading.GradeItem(it.Question, a).Correct
	}
	switch {
	case first == correct:
		return ChangeNone, nil
	case correct:
		return ChangeHelped, nil
	}
	return ChangeHurt, nil
}

// z90 is the 95th percentile of the normal distribution: an interval of 90 %.
const z90 = 1.6448536269514722

// wilson is the interval of a share of n, in tenths of a per cent; 0 to 1000 where there is nothing to count.
func wilson(right, n float64) (low10, high10 int) {
	if n <= 0 {
		return 0, 1000
	}
	p, z2 := right/n, z90*z90
	mid := (p + z2/(2*n)) / (1 + z2/n)
	half := z90 / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	return int(math.Round(1000 * max(0, mid-half))), int(math.Round(1000 * min(1, mid+half)))
}
