package progress_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/progress/standing"
)

func TestStudyDay(t *testing.T) {
	for _, c := range []struct{ at, zone, want string }{
		{"2026-11-21T03:59:59Z", "UTC", "2026-11-20"},
		{"2026-11-21T04:00:00Z", "UTC", "2026-11-21"},
		{"2026-11-21T09:59:00Z", "America/Chicago", "2026-11-20"}, // 03:59 there
		{"2026-11-21T10:00:00Z", "America/Chicago", "2026-11-21"}, // 04:00 there
		{"2026-01-01T03:00:00Z", "UTC", "2025-12-31"},
		{"2026-03-01T02:00:00Z", "UTC", "2026-02-28"},
		// Summer time began on 8 March 2026 at 02:00 in Chicago and ended on 1 November; the border stays at 04:00 on the wall.
		{"2026-03-08T08:59:00Z", "America/Chicago", "2026-03-07"},
		{"2026-03-08T09:00:00Z", "America/Chicago", "2026-03-08"},
		{"2026-11-01T09:59:00Z", "America/Chicago", "2026-10-31"},
		{"2026-11-01T10:00:00Z", "America/Chicago", "2026-11-01"},
		{"2026-11-21T18:30:00Z", "Asia/Kolkata", "2026-11-21"}, // 00:00 there, still the day before
		{"2026-11-20T22:29:00Z", "Asia/Kolkata", "2026-11-20"},
		{"2026-11-20T22:30:00Z", "Asia/Kolkata", "2026-11-21"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := progress.StudyDay(at, loc); got != c.want {
			t.Errorf("%s in %s: got %s, want %s", c.at, c.zone, got, c.want)
		}
	}
}

// TestSummary recomputes by hand what a week of one learner comes to.
func TestSummary(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	l, _, err := h.StartGuest(ctx, "", "America/Chicago", "") // UTC-6 in November
	h.must(err)
	a := l.Actor()
	at := func(s string) {
		x, err := time.Parse(time.RFC3339, s)
		h.must(err)
		h.clock.set(x)
	}
	answer := func(q string, option, seconds int) {
		t.Helper()
		start := h.clock.now().Add(-time.Duration(seconds) * time.Second)
		_, err := h.SubmitQuestion(ctx, a, progress.QuestionSubmission{ClientKey: h.key(), Question: q, Answer: grading.ItemAnswer{Options: []int{option}}, StartedAt: &start})
		h.must(err)
	}
	text := func(v string) {
		t.Helper()
		_, err := h.SubmitQuestion(ctx, a, progress.QuestionSubmission{ClientKey: h.key(), Question: "text-1", Answer: grading.ItemAnswer{Value: v}})
		h.must(err)
	}

	at("2026-11-17T20:00:00Z") // Tuesday, 14:00 in Chicago
	answer("em-1", 1, 30)      // wrong
	answer("em-2", 0, 20)      // right
	at("2026-11-19T09:30:00Z") // Thursday 03:30: still Wednesday
	answer("em-1", 0, 10)      // right at the second try
	text("arthroplasty")       // wrong
	at("2026-11-19T19:00:00Z") // Thursday
	clean := h.code(a, "E11.22", "N18.32")
	at("2026-11-20T19:00:00Z") // Friday
	poor := h.code(a, "N18.30")
	answer("em-3", 2, 40) // wrong
	h.must(h.MarkLesson(ctx, a, "l1", true))
	h.must(h.MarkLesson(ctx, a, "l2", true))
	h.must(h.MarkLesson(ctx, a, "l2", false))
	at("2026-11-21T12:00:00Z") // Saturday, nothing done yet

	got, err := h.Summary(ctx, a, a.Learner)
	h.must(err)
	at1, _ := time.Parse(time.RFC3339, "2026-11-17T20:00:00Z")
	at2, _ := time.Parse(time.RFC3339, "2026-11-19T09:30:00Z")
	at4, _ := time.Parse(time.RFC3339, "2026-11-20T19:00:00Z")
	if clean.Grading.Percent10 != 1000 || poor.Grading.Percent10 >= 1000 {
		t.Fatalf("cases %d and %d", clean.Grading.Percent10, poor.Grading.Percent10)
	}
	avg := func(x, y int) int { return (x + y + 1) / 2 }
	learning := avg(1000, poor.Grading.Percent10)
	counts := map[string]int{}
	for _, f := range poor.Grading.Findings {
		counts[f]++
	}
	var findings []progress.FindingCount
	for f, n := range counts {
		findings = append(findings, progress.FindingCount{Finding: f, Count: n, Cases: 1})
	}
	slices.SortFunc(findings, func(x, y progress.FindingCount) int {
		if x.Count != y.Count {
			return y.Count - x.Count
		}
		return map[bool]int{true: -1, false: 1}[x.Finding < y.Finding]
	})
	want := progress.Summary{
		Learner: l, Questions: 5, Correct: 2, Seconds: 100, LessonsDone: 1, FirstAt: &at1, LastAt: &at4, StreakDays: 4,
		Days: []progress.DayCount{
			{Day: "2026-11-17", Questions: 2, Correct: 1, Seconds: 50},
			{Day: "2026-11-18", Questions: 2, Correct: 1, Seconds: 10},
			{Day: "2026-11-19", Cases: 1},
			{Day: "2026-11-20", Questions: 1, Cases: 1, Seconds: 40},
		},
		Cases:    progress.CaseFigures{Submitted: 2, Different: 1, AvgLearning: learning, AvgAudit: avg(1000, poor.Grading.AuditTenths), Clean: 1},
		Findings: findings,
		Areas: []progress.AreaProgress{
			{Area: "cpt-20000", Title: "Title of cpt-20000", Bank: 2, Counts: standing.Counts{Seen: 1, Answered: 1, FirstTry: 1}, LastAt: at2, Series: []progress.Point{{Day: "2026-11-18", Share: 0, N: 1}}},
			{
				Area: "em", Title: "Title of em", Bank: 4, Counts: standing.Counts{Seen: 3, Answered: 4, Correct: 2, FirstTry: 3, FirstTryCorrect: 1, LastCorrect: 2},
				CasesDone: 2, CaseAverage: learning, LastAt: at4,
				Series: []progress.Point{{Day: "2026-11-17", Share: 0.5, N: 2}, {Day: "2026-11-18", Share: 2.0 / 3, N: 3}, {Day: "2026-11-20", Share: 0.5, N: 4}},
			},
			{Area: "cases", Title: "Title of cases", CasesDone: 2, CaseAverage: learning, LastAt: at4},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("summary (-want +got):\n%s", d)
	}

	at("2026-11-22T12:00:00Z") // a day was missed
	got, err = h.Summary(ctx, a, a.Learner)
	h.must(err)
	same(t, "streak after a missed day", got.StreakDays, 0)
	answer("em-1", 0, 1)
	got, err = h.Summary(ctx, a, a.Learner)
	h.must(err)
	same(t, "streak begun anew", got.StreakDays, 1)
}

func TestSummaryOfANewLearner(t *testing.T) {
	h := newHouse(t)
	a := h.guest()
	s, err := h.Summary(t.Context(), a, a.Learner)
	h.must(err)
	if s.Questions != 0 || s.FirstAt != nil || len(s.Days) != 0 || len(s.Areas) != 3 || s.StreakDays != 0 {
		t.Errorf("summary %+v, want zeros and all areas", s)
	}
	h.answer(a, "em-1", 0)
	h.SwapContent(newBank().without("em-1")) // history stays when content goes
	s, err = h.Summary(t.Context(), a, a.Learner)
	h.must(err)
	if s.Correct != 1 || s.Areas[1].Seen != 1 || s.Areas[1].Bank != 3 {
		t.Errorf("after the question is gone: %+v", s.Areas[1])
	}
}

func TestSeriesLooksBackOverAWindow(t *testing.T) {
	h := newHouse(t)
	a := h.guest()
	for range 30 {
		h.answer(a, "em-1", 1)
	}
	for range progress.SeriesWindow / 2 {
		h.answer(a, "em-1", 0)
	}
	s, err := h.Summary(t.Context(), a, a.Learner)
	h.must(err)
	same(t, "series", s.Areas[1].Series, []progress.Point{{Day: "2026-11-21", Share: 0.5, N: progress.SeriesWindow}})
}
