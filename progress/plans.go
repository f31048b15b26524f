package progress

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"crosswalk/progress/plan"
	"crosswalk/progress/readiness"
	"crosswalk/progress/standing"
	"crosswalk/quizzes"
)

// caseMinutes is what a learner takes for a chart with its feedback, by setting; coders at work are several times as fast (PaceOf).
var caseMinutes = map[string]float64{"inpatient": 20, "outpatient-surgery": 15, "": 10}

// Plan says what a learner should do on each day until the exam of the goal, from the record as it is now. The plan that is first shown to the
// learner on a study day is kept, so that slips can be told later; Plan.Today is that of today with what is done of it. An exam date that has
// come or gone is a plan without days and with a warning. ErrNotFound without a goal, and for a learner that the actor may not see; the errors of the exam
// are those of Readiness.
func (s *Service) Plan(ctx context.Context, a Actor, id LearnerID) (plan.Plan, error) {
	return s.planOf(ctx, a, id, 0)
}

// PlanToday is Plan for today alone, without slips and what does not fit until the exam, and sooner made. Plan.Expected is what is expected
// if nothing more is done after today.
func (s *Service) PlanToday(ctx context.Context, a Actor, id LearnerID) (plan.Plan, error) {
	return s.planOf(ctx, a, id, 1)
}

// PlanICS is the plan as a calendar file; nil when there is nothing to put into one. The words are the caller's, Owner and Stamp are set here.
// The errors are those of Plan.
func (s *Service) PlanICS(ctx context.Context, a Actor, id LearnerID, c plan.Calendar) ([]byte, error) {
	p, err := s.Plan(ctx, a, id)
	if err != nil {
		return nil, err
	}
	c.Owner, c.Stamp = string(id), s.now()
	return p.ICS(c), nil
}

// PlannedCards are the cards that today's plan has for review and that were not reviewed yet, what gains most first. Not all of them are due, and
// not all that are due are among them: the plan asks what is remembered at the exam. Without a goal, or on a day without reviews, there are
// none. The other errors are those of Plan.
func (s *Service) PlannedCards(ctx context.Context, a Actor) ([]string, error) {
	if _, ok, err := s.Goal(ctx, a, a.Learner); err != nil || !ok {
		return nil, err
	}
	p, err := s.PlanToday(ctx, a, a.Learner)
	if err != nil || len(p.Days) == 0 {
		return nil, err
	}
	for _, t := range p.Days[0].Tasks {
		if t.Kind == plan.KindReview {
			return slices.Clone(t.Cards), nil
		}
	}
	return nil, nil
}

func (s *Service) planOf(ctx context.Context, a Actor, id LearnerID, days int) (plan.Plan, error) {
	fail := func(err error) (plan.Plan, error) { return plan.Plan{}, fmt.Errorf("plan of %s: %w", id, err) }
	l, err := s.readable(ctx, a, id)
	if err != nil {
		return plan.Plan{}, err
	}
	goal, ok, err := s.Goal(ctx, a, id)
	if err != nil {
		return plan.Plan{}, err
	}
	if !ok {
		return fail(fmt.Errorf("no goal is set: %w", ErrNotFound))
	}
	in, err := s.planInput(ctx, a.org(), l, goal)
	if err != nil {
		return fail(err)
	}
	own := a.Learner == id
	if days > 0 {
		in.Through = in.Today + plan.Day(days-1)
	}
	p, err := s.learning.plans.make(heldKey{a.org(), id}, in)
	if err != nil {
		return fail(err)
	}
	kept := slices.ContainsFunc(in.Past, func(k plan.Promise) bool { return k.Day == in.Today })
	if !own || kept || len(p.Days) == 0 {
		return p, nil
	}
	promise := plan.Promise{Day: in.Today, Tasks: p.Days[0].Tasks, Seen: in.Seen}
	body, err := json.Marshal(promise)
	if err != nil {
		return fail(err)
	}
	if _, err := s.st.KeepPlan(ctx, a.org(), id, StoredPlan{Day: DayText(int(in.Today)), Exam: goal.Exam, Body: body, At: s.now()}); err != nil {
		return fail(err)
	}
	p.Today = promise.Tasks
	return p, nil
}

// planInput gathers what a plan is made of.
func (s *Service) planInput(ctx context.Context, org OrgID, l Learner, goal Goal) (plan.Input, error) {
	today := StudyDayNumber(s.now(), l.Location())
	in := plan.Input{Today: plan.Day(today), Goal: plan.Goal{Exam: goal.Exam, Minutes: goal.Minutes}}
	date, ok := DayNumber(goal.Date)
	if !ok {
		return in, fmt.Errorf("the goal has no date %q", goal.Date)
	}
	in.Goal.Date = plan.Day(date)
	for _, d := range goal.Off {
		if n, ok := DayNumber(d); ok {
			in.Goal.Off = append(in.Goal.Off, plan.Day(n))
		}
	}
	x, err := s.examForm(ctx, org, s.wholeExam(goal.Exam))
	if err != nil {
		return in, err
	}
	st, err := s.standingOf(ctx, org, l)
	if err != nil {
		return in, err
	}
	marks, err := s.st.LessonMarks(ctx, org, l.ID)
	if err != nil {
		return in, err
	}
	open, err := s.openItems(ctx, Actor{Org: org, Learner: l.ID, Role: l.Role})
	if err != nil {
		return in, err
	}
	memory := st.Memory()
	in.Memory = &memory
	if in.Areas, err = planAreas(st, x, today); err != nil {
		return in, err
	}
	s.planLessons(&in, marks, today, l)
	s.planCards(&in, st, open)
	s.planStock(&in, st, open, marks)
	if err := s.planMocks(ctx, &in, org, l, x.exam); err != nil {
		return in, err
	}
	from := DayText(today - plan.MostSlipDays)
	kept, err := s.st.Plans(ctx, org, l.ID, from)
	if err != nil {
		return in, err
	}
	for _, k := range kept {
		var p plan.Promise
		// One of a version that wrote otherwise tells of no slip, and neither does one of a day that was taken off since.
		if k.Exam == goal.Exam && json.Unmarshal(k.Body, &p) == nil && !slices.Contains(in.Goal.Off, p.Day) {
			in.Past = append(in.Past, p)
		}
	}
	return in, nil
}

// planAreas is what a forecast expects in each area of the exam, whether or not there is enough evidence to foretell its outcome.
func planAreas(st *standing.Standing, x examForm, today int) ([]plan.Area, error) {
	// A few draws are enough: the chance of passing is not asked for.
	f, err := readiness.Predict(st.Ability(today), x.form, readiness.Evidence{}, readiness.Options{Draws: 100})
	if err != nil {
		return nil, err
	}
	floors := map[string]float64{}
	for _, part := range x.form.Parts {
		floors[part.Area] = 0
		for _, it := range part.Pool {
			floors[part.Area] += it.Floor() / float64(len(part.Pool))
		}
	}
	var out []plan.Area
	at := map[string]int{}
	for _, a := range f.Areas {
		if k, twice := at[a.Area]; twice {
			out[k].Weight += float64(a.Items)
			continue
		}
		done, _ := st.Area(a.Area)
		at[a.Area] = len(out)
		out = append(out, plan.Area{
			ID: a.Area, Weight: float64(a.Items), Expected: min(max(a.Expected, 0), 1), SD: min(max((a.High-a.Low)/3.29, 0), 1), Floor: floors[a.Area],
			Answered: done.Seen, Known: done.FirstTryCorrect,
		})
	}
	return out, nil
}

// planLessons takes the lessons, and what was studied on the last days: the time of answers, and of lessons that were done what their authors expect.
func (s *Service) planLessons(in *plan.Input, marks map[string]LessonMark, today int, l Learner) {
	minutes := map[int]float64{}
	loc := l.Location()
	for _, c := range s.Course().Lessons {
		m := marks[c.ID]
		in.Lessons = append(in.Lessons, plan.Lesson{ID: c.ID, Minutes: max(c.Minutes, 1), Areas: c.Areas, Requires: c.Requires, Done: m.Done})
		if m.Done && m.DoneAt != nil {
			minutes[StudyDayNumber(*m.DoneAt, loc)] += float64(c.Minutes)
		}
	}
	for d := today - plan.MostSlipDays; d < today; d++ {
		in.Done = append(in.Done, plan.DoneDay{Day: plan.Day(d), Minutes: minutes[d]})
	}
	in.Spent = minutes[today]
}

// planCards takes the cards of items in force, and the time of answers.
func (s *Service) planCards(in *plan.Input, st *standing.Standing, open map[string]SittingID) {
	course := s.Course()
	for _, c := range st.Cards() {
		if c.State.New() {
			continue
		}
		k := plan.Card{ID: c.ID, Kind: c.Kind, State: c.State, Last: plan.Day(c.Day)}
		item := c.Item
		switch c.Kind {
		case standing.Question:
			it, ok := s.items().Item(KindQuestion, c.Item)
			if !ok {
				continue
			}
			k.Areas = it.Areas
		case standing.Line:
			id, line, _, _ := standing.ParseLine(c.Item)
			it, ok := s.items().Item(KindCase, id)
			if !ok || !keyHasLine(it, line) {
				continue
			}
			k.Areas, item = it.Areas, id
		case standing.Term:
			t, ok := course.Term(c.Item)
			if !ok {
				continue
			}
			k.Areas = []string{t.Area}
		}
		if _, sealed := open[item]; !sealed {
			in.Cards = append(in.Cards, k)
		}
	}
	for _, d := range st.Days() {
		if i := d.Day - int(in.Done[0].Day); i >= 0 && i < len(in.Done) {
			in.Done[i].Minutes += float64(d.Seconds) / 60
		}
	}
	in.Spent += float64(st.Today(int(in.Today)).Seconds) / 60
}

// planStock counts what the learner has not met: questions and cases of the bank, and terms, which are offered once a lesson that has them is done.
func (s *Service) planStock(in *plan.Input, st *standing.Standing, open map[string]SittingID, marks map[string]LessonMark) {
	inExam := map[string]bool{}
	for _, a := range in.Areas {
		inExam[a.ID] = true
	}
	seen := map[string]int{}
	st.EachItem(func(kind, _ string, _ standing.Item) {
		switch kind {
		case standing.Question:
			seen[plan.KindQuestion]++
		case standing.Case:
			seen[plan.KindCase]++
		}
	})
	type key struct {
		kind, areas, lesson string
		minutes             float64
	}
	at := map[key]int{}
	add := func(kind string, areas []string, lesson string, minutes float64) {
		areas = slices.DeleteFunc(slices.Clone(areas), func(a string) bool { return !inExam[a] })
		if len(areas) == 0 {
			return
		}
		k := key{kind, fmt.Sprint(areas), lesson, minutes}
		i, there := at[k]
		if !there {
			i = len(in.Stock)
			at[k] = i
			in.Stock = append(in.Stock, plan.Stock{Kind: kind, Areas: areas, Lesson: lesson, Minutes: minutes})
		}
		in.Stock[i].Count++
	}
	fresh := func(kind ItemKind, id string) bool {
		_, met := st.Item(string(kind), id)
		_, sealed := open[id]
		return !met && !sealed
	}
	for _, it := range s.items().Items(KindQuestion) {
		if fresh(KindQuestion, it.ID) && len(it.Areas) > 0 {
			add(plan.KindQuestion, it.Areas[:1], "", 0) // drills are by the first area
		}
	}
	for _, it := range s.items().Items(KindCase) {
		if fresh(KindCase, it.ID) {
			minutes, ok := caseMinutes[it.Case.Setting]
			if !ok {
				minutes = caseMinutes[""]
			}
			add(plan.KindCase, it.Areas, "", minutes)
		}
	}
	course := s.Course()
	offered := map[string]bool{}
	term := func(id, lesson string) {
		t, ok := course.Term(id)
		if !ok || offered[id] {
			return
		}
		offered[id] = true
		if c, met := st.Card(standing.CardID(standing.Term, id)); met && !c.State.New() {
			seen[plan.KindTerm]++
			return
		}
		add(plan.KindTerm, []string{t.Area}, lesson, 0)
	}
	for _, done := range []bool{true, false} { // a term of several lessons is offered when the first of them is done
		for _, l := range course.Lessons {
			if marks[l.ID].Done != done {
				continue
			}
			lesson := l.ID
			if done {
				lesson = ""
			}
			for _, id := range l.Terms {
				term(id, lesson)
			}
		}
	}
	in.Seen = seen
}

// planMocks takes the exam and its half, and when one of them was sat.
func (s *Service) planMocks(ctx context.Context, in *plan.Input, org OrgID, l Learner, bp *quizzes.Blueprint) error {
	mocks := []*quizzes.Blueprint{bp}
	if half := bp.Half(); half != nil {
		if _, err := s.items().Blueprint(half.ID); err == nil {
			mocks = append(mocks, half)
		}
	}
	for _, m := range mocks {
		if m.Minutes > 0 {
			in.Mocks = append(in.Mocks, plan.Mock{ID: m.ID, Minutes: m.Minutes, Items: m.Items})
		}
		sat, err := s.st.Sittings(ctx, org, SittingFilter{Learner: l.ID, Exam: m.ID, Limit: 20})
		if err != nil {
			return err
		}
		for _, x := range sat {
			if x.HandedInAt != nil {
				in.Sat = append(in.Sat, plan.Day(StudyDayNumber(x.StartedAt, l.Location())))
			}
		}
	}
	slices.SortFunc(in.Sat, func(a, b plan.Day) int { return cmp.Compare(a, b) })
	return nil
}

// mostPlansHeld is how many learners' newest plans stay in memory.
const mostPlansHeld = 200

// heldPlans are plans that were made last: pages ask for the same one again and again. What a plan was made of says whether it still holds.
type heldPlans struct {
	mu   sync.Mutex
	held map[heldPlan]madePlan
}

type heldPlan struct {
	heldKey
	whole bool
}

type madePlan struct {
	of   [sha256.Size]byte
	plan plan.Plan
}

// make makes a plan, or gives the one that was made of the same. The caller may set its fields but may not change what they lead to.
func (h *heldPlans) make(key heldKey, in plan.Input) (plan.Plan, error) {
	weights := in.Memory.Weights()
	m := in.Memory
	in.Memory = nil
	text, err := json.Marshal(struct {
		In      plan.Input
		Weights [21]float64
	}{in, weights})
	if err != nil {
		return plan.Plan{}, err
	}
	in.Memory = m
	of, k := sha256.Sum256(text), heldPlan{key, in.Through == 0}
	h.mu.Lock()
	made, ok := h.held[k]
	h.mu.Unlock()
	if ok && made.of == of {
		return made.plan, nil
	}
	p, err := plan.Make(in)
	if errors.Is(err, plan.ErrInput) {
		return plan.Plan{}, fmt.Errorf("what is stored cannot be planned with: %w", err)
	}
	if err != nil {
		return plan.Plan{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held == nil || len(h.held) >= mostPlansHeld {
		h.held = map[heldPlan]madePlan{}
	}
	h.held[k] = madePlan{of, p}
	return p, nil
}
