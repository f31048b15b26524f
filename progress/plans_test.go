package progress_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/progress/plan"
)

// newPlanner is a room with three lessons of E/M, of which the second requires the first, and three terms.
func newPlanner(t *testing.T) *room {
	t.Helper()
	r := newRoom(t)
	r.SetCourse(progress.NewCourse([]progress.CourseLesson{
		{ID: "one", Areas: []string{"em"}, Minutes: 15, Terms: []string{"a", "b"}}, {ID: "two", Areas: []string{"em"}, Minutes: 15, Requires: []string{"one"}},
		{ID: "three", Areas: []string{"em"}, Minutes: 15, Terms: []string{"b", "c"}}, {ID: "elsewhere", Areas: []string{"hcpcs"}, Minutes: 10},
	}, []progress.CourseTerm{{ID: "a", Name: "a", Area: "em"}, {ID: "b", Name: "b", Area: "em"}, {ID: "c", Name: "c", Area: "em"}, {ID: "d", Name: "of no lesson", Area: "em"}}))
	return r
}

func (r *room) goal(exam string, days, minutes int, off ...int) {
	r.t.Helper()
	today := progress.StudyDayNumber(r.clock.now(), time.UTC)
	g := progress.Goal{Exam: exam, Date: progress.DayText(today + days)}
	for i := range g.Minutes {
		g.Minutes[i] = minutes
	}
	for _, d := range off {
		g.Off = append(g.Off, progress.DayText(today+d))
	}
	_, err := r.SetGoal(r.t.Context(), r.lea, g)
	r.must(err)
}

func (r *room) plan() plan.Plan {
	r.t.Helper()
	p, err := r.Plan(r.t.Context(), r.lea, r.lea.Learner)
	r.must(err)
	return p
}

func (r *room) ask(n, option int) {
	r.t.Helper()
	begun := r.clock.now().Add(-90 * time.Second)
	_, err := r.SubmitQuestion(r.t.Context(), r.lea, progress.QuestionSubmission{ClientKey: r.key(), Question: fmt.Sprintf("em-sit-%02d", n), Answer: grading.ItemAnswer{Options: []int{option}}, StartedAt: &begun})
	r.must(err)
	r.clock.add(time.Minute)
}

func tasksOf(days []plan.DayPlan, kind string) (out []plan.Task) {
	for _, d := range days {
		for _, t := range d.Tasks {
			if t.Kind == kind {
				out = append(out, t)
			}
		}
	}
	return out
}

func TestPlanOfARecord(t *testing.T) {
	r := newPlanner(t)
	ctx := t.Context()
	_, err := r.Plan(ctx, r.lea, r.lea.Learner)
	wantErr(t, "without a goal", err, progress.ErrNotFound)
	r.goal("plain", 30, 30, 3)
	_, err = r.Plan(ctx, r.guest(), r.lea.Learner)
	wantErr(t, "another learner's", err, progress.ErrNotFound)

	p := r.plan()
	if len(p.Days) != 30 || !p.Days[3].Off || len(p.Days[3].Tasks) != 0 {
		t.Fatalf("%d days, the fourth is %+v; want 30 with that one off", len(p.Days), p.Days[3])
	}
	var lessons []string
	for _, task := range tasksOf(p.Days, plan.KindLesson) {
		lessons = append(lessons, task.Ref)
	}
	if len(lessons) != 3 || slices.Index(lessons, "one") > slices.Index(lessons, "two") {
		t.Errorf("lessons %v, want one before two, and three", lessons)
	}
	count := func(kind string) (n int) {
		for _, task := range tasksOf(p.Days, kind) {
			n += task.Count
		}
		return n
	}
	if q, terms := count(plan.KindQuestion), count(plan.KindTerm); q != 12 || terms != 3 {
		t.Errorf("%d questions and %d terms are planned, want 12 and the 3 of lessons", q, terms)
	}
	if p.Today == nil || !cmp.Equal(p.Today, p.Days[0].Tasks) {
		t.Errorf("what was planned this morning is %+v, want %+v", p.Today, p.Days[0].Tasks)
	}
	today, err := r.PlanToday(ctx, r.lea, r.lea.Learner)
	r.must(err)
	if len(today.Days) != 1 || !cmp.Equal(today.Days[0], p.Days[0]) {
		t.Errorf("today alone is planned otherwise: %s", cmp.Diff(p.Days[0], today.Days[0]))
	}

	// The day goes on: a lesson is read, three questions are answered, one of them wrongly.
	first := p.Days[0].Tasks[0]
	if first.Kind != plan.KindLesson {
		t.Fatalf("the first task is %+v, want a lesson", first)
	}
	r.must(r.MarkLesson(ctx, r.lea, first.Ref, true))
	r.ask(0, 0)
	r.ask(1, 0)
	r.ask(2, 1)
	q := r.plan()
	if q.Today[0].Done != 1 {
		t.Errorf("the lesson has no tick: %+v", q.Today)
	}
	if want := 30 - 15 - 5; q.Days[0].Minutes != want { // three times 90 seconds are rounded up
		t.Errorf("%d minutes are left today, want %d", q.Days[0].Minutes, want)
	}
	r.clock.add(24 * time.Hour)
	p = r.plan()
	if cards := tasksOf(p.Days, plan.KindReview); len(cards) == 0 || !slices.Equal(cards[0].Cards, []string{"question/em-sit-02"}) {
		t.Errorf("reviews %+v, want the question that was missed", cards)
	}
	if cards, err := r.PlannedCards(ctx, r.lea); err != nil || !slices.Equal(cards, []string{"question/em-sit-02"}) {
		t.Errorf("cards of the plan %v (%v), want the question that was missed", cards, err)
	}
	r.ask(2, 0)
	if cards, err := r.PlannedCards(ctx, r.lea); err != nil || len(cards) != 0 {
		t.Errorf("after its review the plan still has %v (%v)", cards, err)
	}
	if cards, err := r.PlannedCards(ctx, r.guest()); err != nil || len(cards) != 0 {
		t.Errorf("without a goal there are planned cards %v (%v)", cards, err)
	}
	if q := count(plan.KindQuestion); q != 9 {
		t.Errorf("%d new questions are planned, want the 9 that were never answered", q)
	}
}

func TestSlipsOfARecord(t *testing.T) {
	r := newPlanner(t)
	ctx := t.Context()
	r.goal("plain", 12, 20)
	staff := r.user("ina", progress.RoleInstructor, "")
	if _, err := r.Plan(ctx, staff, r.lea.Learner); err != nil {
		t.Fatalf("an instructor cannot see the plan: %v", err)
	}
	r.clock.add(24 * time.Hour)
	if p := r.plan(); len(p.Slips) != 0 {
		t.Errorf("a plan that only the instructor saw slips: %+v", p.Slips)
	}
	before := r.plan()
	r.clock.add(24 * time.Hour)
	p := r.plan()
	if len(p.Slips) != 1 || p.Slips[0].Day != before.Made || p.Slips[0].Minutes != before.Days[0].Planned || !(p.Slips[0].Cost >= 0) {
		t.Fatalf("slips %+v, want all of %+v", p.Slips, before.Days[0])
	}
	// Made up for by a lesson, 15 minutes.
	r.must(r.MarkLesson(ctx, r.lea, before.Days[0].Tasks[0].Ref, true))
	r.clock.add(24 * time.Hour)
	for _, s := range r.plan().Slips {
		if s.Day == before.Made && slices.ContainsFunc(s.Tasks, func(x plan.Task) bool { return x.Ref == before.Days[0].Tasks[0].Ref }) {
			t.Errorf("the lesson that was read since still slips: %+v", s)
		}
	}
	// A day taken off after its plan was shown asks for nothing more, and is no slip on the next.
	r.clock.add(24 * time.Hour)
	if p = r.plan(); len(p.Today) == 0 {
		t.Fatal("nothing is planned for the day that is to be taken off")
	}
	off := p.Made
	r.goal("plain", 12, 20, 0)
	if p = r.plan(); len(p.Today) != 0 {
		t.Errorf("a day off has tasks: %+v", p.Today)
	}
	r.clock.add(24 * time.Hour)
	for _, s := range r.plan().Slips {
		if s.Day == off {
			t.Errorf("a day off slips: %+v", s)
		}
	}
	// Another exam begins anew.
	r.goal("open", 12, 20)
	if p := r.plan(); len(p.Slips) != 0 || p.Goal.Exam != "open" {
		t.Errorf("slips of the old goal are told: %+v", p.Slips)
	}
}

// Time goes by: a goal whose date has come or gone, days off on all days.
func TestPlansAtTheEndOfTime(t *testing.T) {
	r := newPlanner(t)
	r.goal("plain", 3, 20, 0, 1, 2)
	warned := func(kind string) {
		t.Helper()
		p := r.plan()
		if len(tasksOf(p.Days, plan.KindLesson))+len(tasksOf(p.Days, plan.KindQuestion)) > 0 || !slices.ContainsFunc(p.Warnings, func(w plan.Warning) bool { return w.Kind == kind }) {
			t.Errorf("warnings %+v, want %s and no task", p.Warnings, kind)
		}
	}
	warned(plan.WarnNoTime)
	r.clock.add(3 * 24 * time.Hour)
	warned(plan.WarnToday)
	r.clock.add(24 * time.Hour)
	warned(plan.WarnPast)
	if data, err := r.PlanICS(t.Context(), r.lea, r.lea.Learner, plan.Calendar{Domain: "x.example", Summary: func(plan.DayPlan) string { return "s" }, Exam: "e"}); err != nil || data != nil {
		t.Errorf("a calendar after the exam: %q, %v", data, err)
	}
}

func TestPlanCalendar(t *testing.T) {
	r := newPlanner(t)
	r.goal("plain", 10, 20)
	c := plan.Calendar{Name: "n", Domain: "x.example", Summary: func(d plan.DayPlan) string { return fmt.Sprintf("%d tasks", len(d.Tasks)) }, Exam: "The exam"}
	data, err := r.PlanICS(t.Context(), r.lea, r.lea.Learner, c)
	r.must(err)
	for _, want := range []string{"BEGIN:VCALENDAR\r\n", "UID:exam-2026-12-01-" + string(r.lea.Learner) + "@x.exam", "DTSTAMP:20261121T120000Z\r\n", "SUMMARY:The exam\r\n"} {
		if !strings.Contains(strings.ReplaceAll(string(data), "\r\n ", ""), want) {
			t.Errorf("the calendar has no %q:\n%s", want, data)
		}
	}
	_, err = r.PlanICS(t.Context(), r.guest(), r.lea.Learner, c)
	wantErr(t, "another learner's calendar", err, progress.ErrNotFound)
}

// An exam that is no longer there is an error that says so and no crash.
func TestPlanOfAnExamThatIsGone(t *testing.T) {
	r := newPlanner(t)
	r.goal("plain", 10, 20)
	r.SwapContent(newBank())
	_, err := r.Plan(t.Context(), r.lea, r.lea.Learner)
	if !errors.Is(err, progress.ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
}
