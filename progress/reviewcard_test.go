package progress_test

import (
	"errors"
	"testing"
	"time"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/progress/memory"
)

func course() *progress.Course {
	return progress.NewCourse(
		[]progress.CourseLesson{{ID: "l1", Title: "Lesson 1", Areas: []string{"em"}, Minutes: 10, Terms: []string{"etiology", "laterality"}}, {ID: "l2", Terms: []string{"sequela"}}},
		[]progress.CourseTerm{{ID: "etiology", Name: "etiology", Area: "em", Short: "The cause."}, {ID: "laterality", Name: "laterality", Area: "em", Short: "The side."}, {ID: "sequela", Name: "sequela", Area: "em", Short: "What is left."}},
	)
}

func (h *house) queue(a progress.Actor) progress.ReviewQueue {
	h.t.Helper()
	q, err := h.Due(h.t.Context(), a, 0)
	h.must(err)
	return q
}

func cardIDs(cs []progress.CardInfo) (out []string) {
	for _, c := range cs {
		out = append(out, c.ID)
	}
	return out
}

func TestQuestionsComeBack(t *testing.T) {
	h := newHouse(t)
	a := h.guest()
	h.answer(a, "em-1", 1)
	h.answer(a, "em-2", 0)
	q := h.queue(a)
	same(t, "nothing is due on the day itself", len(q.Cards), 0)
	same(t, "cards", q.Total, 1)
	same(t, "tomorrow", q.Ahead[1].Due, 1)
	if !(q.Ahead[0].Recall == 1 && q.Ahead[1].Recall < 1 && q.Ahead[30].Recall < q.Ahead[1].Recall) {
		t.Errorf("recall does not fall: %+v", q.Ahead[:2])
	}
	h.clock.add(24 * time.Hour)
	q = h.queue(a)
	same(t, "due on the next day", cardIDs(q.Cards), []string{"question/em-1"})
	v, err := h.Card(t.Context(), a, "question/em-1")
	h.must(err)
	if v.Item != "em-1" || v.Area != "em" || v.Next[memory.Again] >= v.Next[memory.Easy] || v.Back.Answer != "" {
		t.Errorf("card %+v", v)
	}
	g := h.answer(a, "em-1", 0)
	q = h.queue(a)
	same(t, "answered rightly, it is due no more", len(q.Cards), 0)

	// A grade by hand, sent twice, and taken back.
	in := progress.CardReview{ClientKey: h.key(), Card: "question/em-1", Attempt: g.Attempt.ID, Grade: memory.Easy}
	done, err := h.ReviewCard(t.Context(), a, in)
	h.must(err)
	if done.Grade != memory.Easy || !done.Given || done.Card.Reviews != 2 {
		t.Errorf("graded by hand: %+v", done)
	}
	again, err := h.ReviewCard(t.Context(), a, in)
	h.must(err)
	if !again.Duplicate || again.ID != done.ID || again.Card.Reviews != 2 {
		t.Errorf("sent twice: %+v", again)
	}
	h.must(h.UndoReview(t.Context(), a, done.ID))
	h.must(h.UndoReview(t.Context(), a, done.ID))
	_, err = h.ReviewCard(t.Context(), a, in)
	wantField(t, "sent again after it was taken back", err, "review")
	v, err = h.Card(t.Context(), a, "question/em-1")
	h.must(err)
	same(t, "inferred again", v.Last, memory.Good)
	h.SwapContent(newBank().without("em-1"))
	same(t, "a deleted question has no card", h.queue(a).Total, 0)
	_, err = h.Card(t.Context(), a, "question/em-1")
	wantErr(t, "its card", err, progress.ErrNotFound)
}

func TestTermsAreOffered(t *testing.T) {
	h := newHouse(t)
	h.SetCourse(course())
	a, b := h.guest(), h.guest()
	ctx := t.Context()
	same(t, "no lesson is done", h.queue(a).NewTerms, 0)
	h.must(h.MarkLesson(ctx, a, "l1", true))
	same(t, "terms of the lesson", cardIDs(h.queue(a).New), []string{"term/etiology", "term/laterality"})
	v, err := h.Card(ctx, a, "term/etiology")
	h.must(err)
	if !v.New || !v.Typed || v.Back.Text != "The cause." || v.Next[memory.Good] <= h.queue(a).Day {
		t.Errorf("new card %+v", v)
	}
	review := func(card, answer string, g memory.Grade) progress.ReviewDone {
		t.Helper()
		started := h.clock.now()
		h.clock.add(9 * time.Second)
		done, err := h.ReviewCard(ctx, a, progress.CardReview{ClientKey: h.key(), Card: card, Answer: answer, Grade: g, StartedAt: &started})
		h.must(err)
		return done
	}
	first := review("term/etiology", " ETIOLOGY ", 0)
	if !first.Correct || first.Given || first.Grade != memory.Good || first.Due <= h.queue(a).Day {
		t.Errorf("typed rightly: %+v", first)
	}
	second := review("term/laterality", "side", 0)
	if second.Correct || second.Grade != memory.Again {
		t.Errorf("typed wrongly: %+v", second)
	}
	same(t, "nothing more on offer", h.queue(a).NewTerms, 0)
	wantErr(t, "not the latest", h.UndoReview(ctx, a, first.ID), progress.ErrConflict)
	wantErr(t, "another's", h.UndoReview(ctx, b, second.ID), progress.ErrNotFound)
	h.must(h.UndoReview(ctx, a, second.ID))
	same(t, "on offer again", cardIDs(h.queue(a).New), []string{"term/laterality"})
	h.clock.add(24 * time.Hour)
	wantField(t, "of another day", h.UndoReview(ctx, a, first.ID), "review")
	st, err := h.LearnerStanding(ctx, a, a.Learner)
	h.must(err)
	days := st.Days()
	same(t, "reviews of the day", days[0].Reviews, 2)
	same(t, "time of the day", days[0].Seconds, 18)
}

func TestReviewsAreRefused(t *testing.T) {
	h := newHouse(t)
	h.SetCourse(course())
	a, b := h.guest(), h.guest()
	g := h.answer(a, "em-1", 1)
	theirs := h.answer(b, "em-1", 1)
	for name, c := range map[string]struct {
		in    progress.CardReview
		field string
	}{
		"neither grade nor answer":            {progress.CardReview{Card: "term/etiology"}, "grade"},
		"no such grade":                       {progress.CardReview{Card: "term/etiology", Grade: 5}, "grade"},
		"a long answer":                       {progress.CardReview{Card: "term/etiology", Answer: string(make([]byte, 300))}, "answer"},
		"a question without an answer":        {progress.CardReview{Card: "question/em-1", Grade: 3}, "card"},
		"a term with an answer to a question": {progress.CardReview{Card: "term/etiology", Grade: 3, Attempt: g.Attempt.ID}, "card"},
	} {
		c.in.ClientKey = h.key()
		_, err := h.ReviewCard(t.Context(), a, c.in)
		wantField(t, name, err, c.field)
	}
	for name, in := range map[string]progress.CardReview{
		"no such term": {Card: "term/nothing", Grade: 3}, "no id": {Card: "etiology", Grade: 3}, "no card": {Card: "question/em-2", Grade: 3},
		"no line": {Card: "line/c1/E11.22/laterality", Grade: 3}, "another's answer": {Card: "question/em-1", Attempt: theirs.Attempt.ID, Grade: 3},
	} {
		in.ClientKey = h.key()
		_, err := h.ReviewCard(t.Context(), a, in)
		wantErr(t, name, err, progress.ErrNotFound)
	}
	_, err := h.ReviewCard(t.Context(), progress.Actor{}, progress.CardReview{ClientKey: h.key(), Card: "term/etiology", Grade: 3})
	wantErr(t, "nobody", err, progress.ErrForbidden)
	h.clock.add(30 * time.Hour)
	_, err = h.ReviewCard(t.Context(), a, progress.CardReview{ClientKey: h.key(), Card: "question/em-1", Attempt: g.Attempt.ID, Grade: 3})
	wantField(t, "an answer of another day", err, "card")
}

func TestLinesOfACaseComeBack(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.SwapContent(newBank().change("c1", func(it *progress.Item) {
		k := *it.Case
		k.Procedures = []grading.Procedure{{System: codebook.CPT, Code: "25605", Modifiers: []string{"RT"}, Units: 1, Why: "With manipulation."}}
		k.Ask.Procedures = true
		it.Case = &k
	}))
	a := h.guest()
	ans := caseAnswer("E11.22", "N18.30")
	ans.Procedures = []grading.AnswerProcedure{{Code: "25605", Modifiers: []string{"LT"}}}
	_, err := h.SubmitCase(ctx, a, progress.CaseSubmission{ClientKey: h.key(), Case: "c1", Answer: ans})
	h.must(err)
	h.clock.add(24 * time.Hour)
	same(t, "due", cardIDs(h.queue(a).Cards), []string{"line/c1/25605/modifiers", "line/c1/N18.32/specificity"})
	v, err := h.Card(ctx, a, "line/c1/25605/modifiers")
	h.must(err)
	if v.Item != "c1" || v.Line != "25605" || v.Trap != "modifiers" || v.Back.Answer != "25605-RT" || v.Back.Text != "With manipulation." || !v.Typed {
		t.Errorf("card %+v", v)
	}
	for _, c := range []struct {
		card, typed string
		want        bool
	}{
		{"line/c1/25605/modifiers", "25605-LT", false}, {"line/c1/25605/modifiers", "25605-rt", true}, {"line/c1/25605/modifiers", "25605", false},
		{"line/c1/N18.32/specificity", "n1832", true}, {"line/c1/N18.32/specificity", "N18.31", false},
	} {
		done, err := h.ReviewCard(ctx, a, progress.CardReview{ClientKey: h.key(), Card: c.card, Answer: c.typed})
		h.must(err)
		same(t, c.card+" "+c.typed, done.Correct, c.want)
	}
	// The key loses the line: the card goes.
	h.SwapContent(newBank())
	same(t, "cards of lines that are there", cardIDs(h.queue(a).Cards), []string(nil))
	_, err = h.Card(ctx, a, "line/c1/25605/modifiers")
	wantErr(t, "a line that is gone", err, progress.ErrNotFound)
}

func TestGoals(t *testing.T) {
	h := newHouse(t)
	bank := sitBank(t, 12, false, false)
	h.SetContent(bank)
	var exam string
	for _, bp := range bank.Blueprints() {
		if !bp.Drill {
			exam = bp.ID
		}
	}
	ctx := t.Context()
	a, b, staff := h.guest(), h.guest(), h.user("staff", progress.RoleInstructor, progress.DefaultOrg)
	good := progress.Goal{Exam: exam, Date: "2027-03-01", Minutes: [7]int{0, 30, 0, 0, 0, 0, 0}, Off: []string{"2026-12-25", "2026-12-24", "2026-12-25"}}
	for name, c := range map[string]struct {
		change func(*progress.Goal)
		field  string
	}{
		"a date in the past": {func(g *progress.Goal) { g.Date = "2026-11-20" }, "date"}, "no date": {func(g *progress.Goal) { g.Date = "soon" }, "date"},
		"a date far away": {func(g *progress.Goal) { g.Date = "2126-01-01" }, "date"}, "no exam": {func(g *progress.Goal) { g.Exam = "nothing" }, "exam"},
		"no minutes": {func(g *progress.Goal) { g.Minutes = [7]int{} }, "minutes"}, "more than there are": {func(g *progress.Goal) { g.Minutes[2] = 1000 }, "minutes"},
		"fewer than none": {func(g *progress.Goal) { g.Minutes[2] = -5 }, "minutes"}, "no day": {func(g *progress.Goal) { g.Off = []string{"Christmas"} }, "off"},
	} {
		g := good
		c.change(&g)
		_, err := h.SetGoal(ctx, a, g)
		wantField(t, name, err, c.field)
	}
	_, err := h.SetGoal(ctx, a, progress.Goal{Exam: "nothing", Date: "2020-01-01"})
	var all progress.InputErrors
	if !errors.As(err, &all) || len(all) != 3 {
		t.Errorf("all at once: %v", err)
	}
	if _, ok, err := h.Goal(ctx, a, a.Learner); ok || err != nil {
		t.Errorf("a goal without one: %v, %v", ok, err)
	}
	kept, err := h.SetGoal(ctx, a, good)
	h.must(err)
	same(t, "days off in order, each once", kept.Off, []string{"2026-12-24", "2026-12-25"})
	g, ok, err := h.Goal(ctx, staff, a.Learner)
	h.must(err)
	same(t, "an instructor sees it", ok, true)
	same(t, "goal", g, kept)
	_, _, err = h.Goal(ctx, b, a.Learner)
	wantErr(t, "another learner does not", err, progress.ErrNotFound)

	h.must(h.DropGoal(ctx, a))
	if _, ok, _ := h.Goal(ctx, a, a.Learner); ok {
		t.Error("the goal is still there")
	}
}
