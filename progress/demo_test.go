package progress_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/codebook"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/store"
)

// anyTitle and anyTerm let content be rendered without a book and a glossary; the demo shows no text.
type anyTitle struct{}

func (anyTitle) CodeTitle(_, code string) (string, bool) { return code, true }

type anyTerm struct{}

func (anyTerm) Term(name string) (slug, short string, ok bool) { return name, name, true }

func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("weeks of a whole class take a second or two")
	}
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	content, _ := quizzes.Load(quizzes.Content, markdown.New(anyTitle{}, anyTerm{}), book) // what is wrong with the content its own tests say
	if len(content.Questions()) == 0 || len(content.Cases()) == 0 {
		t.Fatalf("the bank has %d questions and %d cases", len(content.Questions()), len(content.Cases()))
	}
	now := time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)
	class := func(learners int) (*progress.Service, []progress.DemoAccount) {
		t.Helper()
		db, err := store.Open(context.Background(), store.Options{Path: filepath.Join(t.TempDir(), "c.db"), Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		svc := progress.New(db, content, func() *codebook.Book { return book }, progress.Options{Now: func() time.Time { return now }, Passphrase: cheap})
		begin := time.Now()
		accounts, err := svc.DemoOf(t.Context(), 7, learners, "lesson-1", "lesson-2", "lesson-3")
		if err != nil {
			t.Fatal(err)
		}
		st := db.Stats()
		t.Logf("%d writes in %d commits, %v", st.Writes, st.Commits, time.Since(begin).Round(time.Millisecond))
		return svc, accounts
	}
	svc, accounts := class(12)
	roles := map[progress.Role]int{}
	for _, a := range accounts {
		roles[a.Role]++
		if l, _, err := svc.SignIn(t.Context(), progress.SignIn{Email: a.Email, Passphrase: a.Passphrase, IP: "127.0.0.1"}); err != nil || l.Role != a.Role || l.Name != a.Name {
			t.Errorf("signing in as %s: %+v, %v", a.Email, l, err)
		}
		if !strings.HasSuffix(a.Email, ".example") {
			t.Errorf("%s could be somebody's address", a.Email)
		}
	}
	same(t, "roles", roles, map[progress.Role]int{progress.RoleLearner: 12, progress.RoleInstructor: 1, progress.RoleEmployer: 1, progress.RoleAdmin: 1})

	admin := progress.Operator(progress.DefaultOrg)
	tests, err := svc.Assessments(t.Context(), admin)
	if err != nil || len(tests) != 1 || tests[0].Candidates != 7 || tests[0].HandedIn != 6 {
		t.Fatalf("the employer's tests: %+v, %v", tests, err)
	}
	cmp, err := svc.CompareCandidates(t.Context(), admin, tests[0].ID, false)
	if err != nil || len(cmp.Rows) != 6 || cmp.Waiting != 1 || cmp.Rows[0].Report.Overall.Percent10 < 500 || len(cmp.Rows[0].Report.Pace) == 0 {
		t.Errorf("%d candidates are compared, %d are waited for, %v", len(cmp.Rows), cmp.Waiting, err)
	}
	if sheet, err := svc.Evidence(t.Context(), admin, tests[0].ID); err != nil || !strings.Contains(sheet.Line.Reason, "employers") {
		t.Errorf("why the line of a test that ships is where it is: %q, %v", sheet.Line.Reason, err)
	}
	summaries := func(svc *progress.Service) map[string]progress.Summary {
		t.Helper()
		out := map[string]progress.Summary{}
		ls, _, err := svc.Users(t.Context(), admin, progress.UserFilter{Role: progress.RoleLearner})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range ls {
			s, err := svc.Summary(t.Context(), admin, l.ID)
			if err != nil {
				t.Fatal(err)
			}
			out[l.Name] = s
		}
		return out
	}
	sums := summaries(svc)
	questions, cases, lessons := 0, 0, 0
	share := func(s progress.Summary) float64 { return float64(s.Correct) / float64(max(1, s.Questions)) }
	for name, s := range sums {
		questions += s.Questions
		cases += s.Cases.Submitted
		lessons += s.LessonsDone
		if s.Questions < 10 || s.Correct == 0 || s.Correct == s.Questions || len(s.Days) < 3 || s.Seconds == 0 {
			t.Errorf("%s: %d questions, %d right, %d days", name, s.Questions, s.Correct, len(s.Days))
		}
		if s.LastAt.After(now) || s.FirstAt.Before(now.AddDate(0, 0, -43)) {
			t.Errorf("%s studied from %v to %v", name, s.FirstAt, s.LastAt)
		}
		t.Logf("%-16s %4d questions %3.0f%%, %2d cases %5.1f%%, %2d days, streak %d", name, s.Questions, 100*share(s), s.Cases.Submitted, float64(s.Cases.AvgLearning)/10, len(s.Days), s.StreakDays)
	}
	if questions < 1000 || cases < 60 || lessons == 0 {
		t.Errorf("the class has %d answers, %d cases, %d lessons", questions, cases, lessons)
	}
	if best, worst := share(sums["Eun-ji Varga"]), share(sums["Farid Nowak"]); best < worst+0.15 {
		t.Errorf("the ablest has %.2f right, the weakest %.2f: they should differ", best, worst)
	}
	if s := sums["Greta Mbeki"]; s.LastAt.After(now.AddDate(0, 0, -20)) {
		t.Errorf("who gave up half-way studied at %v", s.LastAt)
	}
	_, err = svc.Demo(t.Context(), 7)
	wantErr(t, "a second demo", err, progress.ErrNotEmpty)

	again, some := class(3)
	same(t, "accounts of the same seed", some, accounts[:6])
	for name, s := range summaries(again) {
		if w := sums[name]; s.Questions != w.Questions || s.Correct != w.Correct || s.Cases != w.Cases {
			t.Errorf("%s with the same seed: %d/%d and %+v, first %d/%d and %+v", name, s.Correct, s.Questions, s.Cases, w.Correct, w.Questions, w.Cases)
		}
	}
}
