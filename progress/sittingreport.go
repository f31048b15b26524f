package progress

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"crosswalk/grading"
	"crosswalk/progress/itemstats"
	"crosswalk/quizzes"
)

// SittingReport is what came of a sitting, by the gradings that count now.
type SittingReport struct {
	Sitting       Sitting
	Tally         Tally // by the newest gradings; Sitting.Tally is as it was at handing in
	Low10, High10 int   // 90 % interval of the share of the tally, as in SlotReport
	Scaled        int   // estimate on the exam's scale, 0 where it has none
	Slots         []SlotReport
	Items         []ItemReport
	Answered      int
	Changes       ChangeCount
	Flagged       FlagCount
	PaceSecs      int   // seconds that an item of weight 1 has on this sitting's clock, extra time counted; 0 without a clock
	SpentSecs     int   // seconds that items were in sight
	Slowest       []int // positions of the items that took longest, at most five, the longest first
	Review        []int // positions of items to practise next, the most useful first; ItemReport.Why says why
	Regraded      []int // positions of items that were graded anew since handing in
	Unscored      int   // items that did not count
	Difference    int   // items right now that were wrong at handing in, less the other way round
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
	Charts          bool // charts to be coded, and not questions of the area
}

// ItemReport is one item with what was answered.
type ItemReport struct {
	Pos       int
	Form      quizzes.FormItem
	State     ItemState
	Graded    Graded
	Points    int // hundredths of an item
	Effect    Effect
	Slow      bool     // it took more than SlowShare of its pace, or without a clock of the middle item's time
	First     *Grading // as it was graded at handing in, nil where that still counts
	FirstPts  int      // the points of First
	Why       ReviewReason
	AreaRight int // scored and unscored items of its area that were right, of AreaItems
	AreaItems int
	Dispute   []Dispute
}

// SlowShare is how much longer than its pace an item takes that is called slow, in per cent.
const SlowShare = 150

// slowestNamed is how many of the slowest items are named.
const slowestNamed = 5

// Missed reports whether points of the item were missed, be it scored or not.
func (it ItemReport) Missed() bool { return it.Points < 100*it.Form.Weight }

// ReviewReason says why an item is worth practising next.
type ReviewReason string

// The reasons, the strongest first.
const (
	ReviewHurt       ReviewReason = "hurt"       // the right answer was given and changed
	ReviewWeak       ReviewReason = "weak"       // most of its area was missed
	ReviewUnanswered ReviewReason = "unanswered" // nothing was answered
	ReviewMissed     ReviewReason = "missed"
)

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

// All is how many items were changed.
func (c ChangeCount) All() int { return c.Helped + c.Hurt + c.None }

// FlagCount says how the flagged items fared.
type FlagCount struct{ All, Right int }

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
	if err := s.sharesOpenItems(ctx, a, x); err != nil {
		return SittingReport{}, err
	}
	return s.reportOf(ctx, x)
}

// satItems are the items of a sitting that was graded with what was answered and the gradings that count now. What follows from these is left
// to the caller.
func (s *Service) satItems(ctx context.Context, x Sitting) ([]ItemReport, error) {
	gs, _, err := s.st.Attempts(ctx, x.Org, AttemptFilter{Context: Context{Kind: InExam, Ref: string(x.ID)}, Sealed: true, NoTotal: true})
	if err != nil {
		return nil, err
	}
	states, err := s.st.ItemStates(ctx, x.Org, x.ID)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]Graded, len(gs))
	for _, g := range gs {
		byKey[g.Attempt.ClientKey] = g
	}
	byPos := make(map[int]StoredItem, len(states))
	for _, st := range states {
		byPos[st.Pos] = st
	}
	out := make([]ItemReport, len(x.Form))
	for pos, f := range x.Form {
		out[pos] = ItemReport{Pos: pos, Form: f, State: byPos[pos].State(), Graded: byKey[sittingItemKey(x.ID, pos)]}
	}
	return out, nil
}

// reportOf is Report of a sitting that was graded and that the actor may see.
func (s *Service) reportOf(ctx context.Context, x Sitting) (SittingReport, error) {
	fail := func(err error) (SittingReport, error) {
		return SittingReport{}, fmt.Errorf("report of %s: %w", x.ID, err)
	}
	items, err := s.satItems(ctx, x)
	if err != nil {
		return fail(err)
	}
	disputes, err := s.st.Disputes(ctx, x.Org, DisputeFilter{Learner: x.Learner})
	if err != nil {
		return fail(err)
	}
	byAttempt := map[AttemptID][]Dispute{}
	for _, d := range disputes {
		byAttempt[d.Attempt] = append(byAttempt[d.Attempt], d)
	}
	r := SittingReport{Sitting: x}
	for _, it := range items {
		g := it.Graded
		it.Points, it.Dispute = itemPoints(it.Form, g.Grading), byAttempt[g.Attempt.ID]
		if it.Effect, err = s.effect(ctx, x, it.Pos, it.State, g.Grading); err != nil {
			return fail(err)
		}
		if g.Grading.Seq > 1 {
			all, err := s.st.Gradings(ctx, x.Org, g.Attempt.ID)
			if err != nil || len(all) == 0 {
				return fail(fmt.Errorf("gradings of item %d: %w", it.Pos+1, err))
			}
			it.First, it.FirstPts = &all[0], itemPoints(it.Form, all[0])
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
	if it.State.Flag {
		r.Flagged.All++
		if !it.Missed() {
			r.Flagged.Right++
		}
	}
	if it.First != nil {
		r.Regraded = append(r.Regraded, it.Pos)
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
	r.Tally = tally(*x, func(pos int) int { return r.Items[pos].Points })
	r.Scaled = x.Blueprint.Pass.Scale(float64(r.Tally.Percent10) / 1000)
	r.Difference = (r.Tally.Correct - x.Correct) / 100
	var all sample
	for _, it := range r.Items {
		all.add(it)
	}
	r.Low10, r.High10 = all.interval()
	r.time()
	r.slots()
	r.review()
}

// time sets the pace, and which items were slow.
func (r *SittingReport) time() {
	weights := 0
	var took, order []int
	for _, it := range r.Items {
		weights += it.Form.Weight
		if it.State.Seconds > 0 {
			took = append(took, it.State.Seconds/it.Form.Weight)
			order = append(order, it.Pos)
		}
	}
	if bp := r.Sitting.Blueprint; bp.Minutes > 0 && weights > 0 {
		r.PaceSecs = bp.Minutes * 60 * (100 + r.Sitting.ExtraPercent) / (100 * weights)
	}
	pace := r.PaceSecs
	if pace == 0 && len(took) > 0 {
		slices.Sort(took)
		pace = took[len(took)/2]
	}
	for i := range r.Items {
		it := &r.Items[i]
		it.Slow = 100*it.State.Seconds > SlowShare*pace*it.Form.Weight
	}
	slices.SortStableFunc(order, func(x, y int) int { return r.Items[y].State.Seconds - r.Items[x].State.Seconds })
	r.Slowest = order[:min(slowestNamed, len(order))]
}

// slots counts by area or domain. A chart to be coded, and an area that the blueprint does not name, has a slot of its own.
func (r *SittingReport) slots() {
	bp := r.Sitting.Blueprint
	slots := make([]SlotReport, 0, len(bp.Slots)+1)
	slotOf := map[string]int{}
	for i, sl := range bp.Slots {
		slots = append(slots, SlotReport{Name: sl.Name, Areas: sl.Areas})
		for _, a := range sl.Areas {
			slotOf[a] = i
		}
	}
	samples := make([]sample, len(slots), len(slots)+1)
	charts := -1
	for _, it := range r.Items {
		i, ok := slotOf[it.Form.Area]
		switch {
		case it.Form.Kind == quizzes.ItemCase:
			if charts < 0 {
				charts = len(slots)
				slots, samples = append(slots, SlotReport{Name: quizzes.AreaTitle(it.Form.Area), Areas: []string{it.Form.Area}, Charts: true}), append(samples, sample{})
			}
			i = charts
		case !ok:
			i = len(slots)
			slotOf[it.Form.Area] = i
			slots, samples = append(slots, SlotReport{Name: quizzes.AreaTitle(it.Form.Area), Areas: []string{it.Form.Area}}), append(samples, sample{})
		}
		slots[i].Items++
		slots[i].Seconds += it.State.Seconds
		samples[i].add(it)
	}
	for i := range slots {
		sl := &slots[i]
		sl.Correct, sl.Scored = samples[i].correct, samples[i].scored
		sl.Percent10 = tenths(sl.Correct, sl.Scored)
		sl.Low10, sl.High10 = samples[i].interval()
	}
	r.Slots = slices.DeleteFunc(slots, func(sl SlotReport) bool { return sl.Items == 0 })
}

// review lists what to practise next: first where the right answer was changed, then the areas of which most was missed.
func (r *SittingReport) review() {
	right, items := map[string]int{}, map[string]int{}
	for _, it := range r.Items {
		items[it.Form.Area]++
		if !it.Missed() {
			right[it.Form.Area]++
		}
	}
	for i := range r.Items {
		it := &r.Items[i]
		it.AreaRight, it.AreaItems = right[it.Form.Area], items[it.Form.Area]
		switch {
		case !it.Missed():
			continue
		case it.Effect == ChangeHurt:
			it.Why = ReviewHurt
		case !it.State.Answered():
			it.Why = ReviewUnanswered
		case it.AreaItems > 1 && 2*it.AreaRight < it.AreaItems:
			it.Why = ReviewWeak
		default:
			it.Why = ReviewMissed
		}
		r.Review = append(r.Review, it.Pos)
	}
	hurt := func(it ItemReport) int {
		if it.Why == ReviewHurt {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(r.Review, func(x, y int) int {
		a, b := r.Items[x], r.Items[y]
		return cmp.Or(cmp.Compare(hurt(a), hurt(b)), cmp.Compare(a.AreaRight*b.AreaItems, b.AreaRight*a.AreaItems), cmp.Compare(b.AreaItems, a.AreaItems))
	})
}

// effect compares the first answer of a question with the last, both by the key that graded the last.
func (s *Service) effect(ctx context.Context, x Sitting, pos int, st ItemState, g Grading) (Effect, error) {
	f := x.Form[pos]
	i := slices.IndexFunc(st.Trail, func(c AnswerChange) bool { return answered(c.Answer) })
	if i < 0 || f.Kind == quizzes.ItemCase {
		return NotChanged, nil
	}
	it, err := s.judged(ctx, x, pos, g)
	if err != nil {
		return NotChanged, err
	}
	first := false
	if a := authorAnswer(it.Question, f.Shuffle, st.Trail[i].Answer); grading.ParseItem(it.Question, a) == nil {
		first = grading.GradeItem(it.Question, a).Correct
	}
	switch {
	case first == g.Correct:
		return ChangeNone, nil
	case g.Correct:
		return ChangeHelped, nil
	}
	return ChangeHurt, nil
}

// judged is the item of a sitting with the text that was shown and the key that a grading went by.
func (s *Service) judged(ctx context.Context, x Sitting, pos int, g Grading) (Item, error) {
	f := x.Form[pos]
	f.KeyHash = g.KeyHash
	kind := kindOf(f)
	if it, ok := s.items().Item(kind, f.ID); ok && it.ShownHash == f.ShownHash && it.KeyHash == f.KeyHash {
		return it, nil
	}
	body, err := s.Judged(ctx, x, pos, g)
	if err != nil {
		return Item{}, err
	}
	it, ok := s.items().Read(kind, body, f.Area)
	if !ok {
		return Item{}, fmt.Errorf("item %d, %s %q: its kept text cannot be read any more: %w", pos+1, kind, f.ID, ErrNotFound)
	}
	it.ShownHash, it.KeyHash = f.ShownHash, f.KeyHash
	return it, nil
}

// Judged is the kept text of an item of a sitting with the key that a grading went by, to be read with quizzes.Bank.ReadQuestion or ReadCase; ""
// where it is the one in force.
func (s *Service) Judged(ctx context.Context, x Sitting, pos int, g Grading) (string, error) {
	f := x.Form[pos]
	if it, ok := s.items().Item(kindOf(f), f.ID); ok && it.ShownHash == f.ShownHash && it.KeyHash == g.KeyHash {
		return "", nil
	}
	v, err := s.keptVersion(ctx, x.Org, f, g.KeyHash)
	if err != nil {
		return "", fmt.Errorf("item %d of sitting %s: %w", pos+1, x.ID, err)
	}
	return v.Body, nil
}

// sample collects scored items for an interval. Items of more weight count as fewer: the size of the sample is (sum of weights)² / sum
// of squared weights (L. Kish, Survey Sampling, 1965, 11.7), which is the number of items where all weigh the same.
type sample struct {
	correct, scored int // hundredths of an item
	squares         int
}

func (s *sample) add(it ItemReport) {
	if it.Form.Scored {
		s.correct += it.Points
		s.scored += 100 * it.Form.Weight
		s.squares += it.Form.Weight * it.Form.Weight
	}
}

func (s sample) interval() (low10, high10 int) {
	if s.squares == 0 {
		return wilson(0, 0)
	}
	w := float64(s.scored) / 100
	n := w * w / float64(s.squares)
	return wilson(float64(s.correct)/float64(s.scored)*n, n)
}

// wilson is the interval of a share of n, in tenths of a per cent; 0 to 1000 where there is nothing to count.
func wilson(right, n float64) (low10, high10 int) {
	low, high := itemstats.Wilson(right/n, n, itemstats.Z90)
	return int(math.Round(1000 * low)), int(math.Round(1000 * high))
}
