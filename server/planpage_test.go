package server

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
	"crosswalk/lessons"
	"crosswalk/progress/plan"
	"crosswalk/quizzes"
)

// TestPlanWarnings: there are words for every warning of the planner, with its figures in them.
func TestPlanWarnings(t *testing.T) {
	s := &Server{frontend: frontend{words: testWords(t)}}
	for _, kind := range []string{
		plan.WarnPast, plan.WarnToday, plan.WarnNoTime, plan.WarnFar, plan.WarnCards, plan.WarnLessons, plan.WarnNew, plan.WarnLongTask, plan.WarnNoMock, plan.WarnFreeTime, plan.WarnLoop, plan.WarnOverloaded,
	} {
		text := s.planWarning(plan.Warning{Kind: kind, Count: 7, Minutes: 45, Needed: 130})
		if text == "" || strings.Contains(text, "[") || strings.Contains(text, "%!") {
			t.Errorf("%s: %q", kind, text)
		}
	}
	if text := s.planWarning(plan.Warning{Kind: "of-tomorrow"}); text != "" {
		t.Errorf("an unknown kind says %q", text)
	}
	if got, want := s.planWarning(plan.Warning{Kind: plan.WarnLessons, Count: 3, Needed: 95}), "3 lessons that would help do not fit before the exam. They take 1 h 35 min in all."; got != want {
		t.Errorf("lessons left: %q, want %q", got, want)
	}
}

func TestPlanView(t *testing.T) {
	s := &Server{frontend: frontend{words: testWords(t)}}
	s.SetContent(emptyContent(t))
	p := plan.Plan{
		Goal: plan.Goal{Exam: "cpc", Date: someDay + 9}, Now: .6, Expected: .74, Without: .55,
		Days: []plan.DayPlan{
			{Day: someDay, Minutes: 45, Planned: 31.6, Tasks: []plan.Task{{Kind: plan.KindReview, Count: 12, Minutes: 6.4}, {Kind: plan.KindQuestion, Areas: []string{"anatomy"}, Count: 10, Minutes: 15}, {Kind: plan.KindMock, Ref: "gone", Count: 1, Minutes: 240}}},
			{Day: someDay + 1, Off: true},
		},
		Slips: []plan.Slip{{Day: someDay - 1, Tasks: []plan.Task{{Kind: plan.KindReview, Count: 1}}, Cost: .0123}, {Day: someDay - 2, Cost: .0001}},
	}
	for i := 2; i < 9; i++ {
		p.Days = append(p.Days, plan.DayPlan{Day: plan.Day(someDay + i), Minutes: 45})
	}
	v := s.planView(p, someDay)
	if v.DaysLeft != 9 || v.Expected != "74 %" || v.Without != "55 %" {
		t.Errorf("head = %d days, %s, %s", v.DaysLeft, v.Expected, v.Without)
	}
	if len(v.Days) != daysInDetail || len(v.Later) != 2 {
		t.Errorf("%d days open, %d folded", len(v.Days), len(v.Later))
	}
	want := []taskView{
		{Text: "Review 12 cards", Path: "/progress/review", Minutes: 6},
		{Text: "10 questions: Anatomy", Path: "/practice/drills", Area: "anatomy", N: 10, Minutes: 15},
		{Text: "Mock exam: gone", Path: "/exams/gone", Minutes: 240},
	}
	if diff := cmp.Diff(want, v.Days[0].Tasks); diff != "" {
		t.Errorf("tasks of today (-want +got):\n%s", diff)
	}
	if !v.Days[0].Now || v.Days[0].Minutes != 32 || !v.Days[1].Off {
		t.Errorf("days = %+v", v.Days[:2])
	}
	if v.Slips[0].Cost != "−1.2 points" || v.Slips[1].Cost != "next to nothing" {
		t.Errorf("slips cost %s, %s", v.Slips[0].Cost, v.Slips[1].Cost)
	}
}

// emptyContent is a site without lessons and questions.
func emptyContent(t *testing.T) Content {
	t.Helper()
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	cat, _ := lessons.Load(fstest.MapFS{}, book)
	bank, _ := quizzes.Load(fstest.MapFS{}, cat.Renderer(), book)
	return Content{Lessons: cat, Bank: bank, Book: book}
}

// TestPlanSaysWhichBooks: who sits on a day whose books the content does not follow is warned, and nobody else.
func TestPlanSaysWhichBooks(t *testing.T) {
	s := &Server{frontend: frontend{words: testWords(t)}}
	const exam = "id: cpc\nname: CPC practice exam\nminutes: 60\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nitems: 1\nareas: [{id: em, count: 1}]\nserves: {from: 2026-01-01, to: 2026-12-31}\n"
	cat, _ := lessons.Load(fstest.MapFS{}, nil)
	bank, problems := quizzes.Load(fstest.MapFS{"exams/cpc.yaml": &fstest.MapFile{Data: []byte(exam)}}, cat.Renderer(), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s.SetContent(Content{Lessons: cat, Bank: bank})
	const warning = "What you learn here follows the books of CPC sittings from 1 Jan 2026 to 31 Dec 2026, and your day lies outside. Codes and rules change each year: read what is new before you sit."
	for _, tt := range []struct {
		day  string
		want []string
	}{{"2026-12-31", nil}, {"2027-01-01", []string{warning}}, {"2025-12-31", []string{warning}}} {
		n, _ := dayNumber(tt.day)
		v := s.planView(plan.Plan{Goal: plan.Goal{Exam: "cpc", Date: plan.Day(n)}}, n-30)
		if d := cmp.Diff(tt.want, v.Warnings); d != "" {
			t.Errorf("%s: %s", tt.day, d)
		}
	}
}
