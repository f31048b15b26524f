package server_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"crosswalk/grading"
	"crosswalk/progress"
)

// tested has so many guests sit an exam of twelve questions that an instructor composed. Of the first question the strong take a wrong option.
func (s *site) tested(t *testing.T, ines progress.Actor, people int) (questions []string) {
	t.Helper()
	ctx := t.Context()
	for _, q := range s.c.Bank.Questions() {
		if q.Kind == grading.Single && !q.Trial && q.Group == "" && len(q.Enemies) == 0 && len(q.Options) == 4 && len(questions) < 12 {
			questions = append(questions, q.ID)
		}
	}
	s.openExam(t, ines, "week-1", "feedback: after\nquestions: ["+strings.Join(questions, ", ")+"]\n")
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range people {
		l, _, err := s.prog.StartGuest(ctx, "", "UTC", fmt.Sprint(n))
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.prog.StartSitting(ctx, l.Actor(), progress.SittingStart{Exam: "week-1", ClientKey: fmt.Sprintf("key-of-%04d", n), Seed: uint64(n)})
		if err != nil {
			t.Fatal(err)
		}
		strong := float64(n) / float64(people)
		var saves []progress.ItemSave
		for pos, f := range x.Form {
			q, err := s.c.Bank.Question(f.ID)
			if err != nil {
				t.Fatal(err)
			}
			right := q.Key.Correct[0]
			if f.ID == questions[0] {
				right = (right + 1) % 4 // what the strong take
			}
			take := right
			if rng.Float64() > 0.1+0.85*strong {
				take = (right + 1 + rng.IntN(3)) % 4
			}
			body, err := json.Marshal(progress.ItemState{Answer: grading.ItemAnswer{Options: []int{slices.Index(f.Shuffle, take)}}, Seconds: 40 + rng.IntN(60)})
			if err != nil {
				t.Fatal(err)
			}
			saves = append(saves, progress.ItemSave{Pos: pos, Seq: int64(pos + 1), Body: body})
		}
		if _, _, err := s.prog.SaveItems(ctx, l.Actor(), x.ID, saves); err != nil {
			t.Fatal(err)
		}
		if _, err := s.prog.HandIn(ctx, l.Actor(), x.ID); err != nil {
			t.Fatal(err)
		}
	}
	return questions
}

// TestAnalysisPages: from the list to an exam and to an item, with plots, the tables behind them, and flags in words.
func TestAnalysisPages(t *testing.T) {
	s := newSite(t)
	b, ines := s.staff(t, "ines", progress.RoleInstructor)
	wantText(t, b.get("/teach/analysis"), http.StatusOK, "No exam was handed in yet", "No answers yet")
	questions := s.tested(t, ines, 60)

	p := b.get("/teach/analysis")
	wantText(t, p, http.StatusOK, "Exam week-1", "60 sittings", "By 720 answers of 60 people.", questions[0])
	if first := p.doc.Find(".an-table tbody tr").First(); !strings.Contains(first.Text(), questions[0]) || first.Find(".an-flags li.bad").Length() == 0 {
		t.Errorf("the item with the wrong key is not the first: %.300s", first.Text())
	}
	wantText(t, b.get("/teach/analysis?area=technology"), http.StatusOK, "Nobody in this filter has answered")
	wantText(t, b.get("/teach/analysis?from=tomorrow"), http.StatusUnprocessableEntity, "Write the date as year, month and day")
	wantText(t, b.get("/teach/analysis?from=2026-02-02&to=2026-02-01"), http.StatusUnprocessableEntity, "The last day must not come before the first.")
	wantText(t, b.get("/teach/analysis?area=nowhere"), http.StatusNotFound)

	p = b.get("/teach/analysis/exams/week-1")
	wantText(t, p, http.StatusOK, "By 720 answers in 60 sittings.", "KR-20", "Standard error of a score", "draws the strong", "Check the key")
	if n := p.doc.Find(".an-table tbody tr").Length(); n != 12 {
		t.Errorf("%d items in the table", n)
	}
	for _, id := range []string{"plot-scores", "plot-field"} {
		fig := p.doc.Find(`svg[aria-labelledby^="` + id + `"]`).Closest("figure")
		if fig.Length() != 1 || fig.Find("table tbody tr").Length() == 0 {
			t.Errorf("no plot %s with its table", id)
		}
	}
	wantText(t, b.get("/teach/analysis/exams/week-1?to=2001-01-01"), http.StatusOK, "No sitting to analyse", "Nobody in this filter")
	wantText(t, b.get("/teach/analysis/exams/ccs"), http.StatusOK, "No sitting to analyse", "Nobody has handed this exam in yet")
	wantText(t, b.get("/teach/analysis/exams/week-1?from=x"), http.StatusUnprocessableEntity, "Write the date")

	href, _ := p.doc.Find(".an-table tbody a").First().Attr("href")
	p = b.get(href)
	wantText(t, p, http.StatusOK, questions[0], "Exam week-1", "draws the strong", "Weakest 27 %", "Over all time")
	if p.doc.Find(".an-options tbody tr").Length() != 4 || p.doc.Find(".an-options tr.right .tag").Length() != 1 || p.doc.Find(`svg[aria-labelledby^="plot-options"]`).Length() != 1 {
		t.Errorf("%s: the table of options or its plot is not whole", href)
	}
	p = b.get("/teach/analysis/items/" + questions[3])
	wantText(t, p, http.StatusOK, "Point-biserial", "90 % range")
	wantText(t, b.get("/teach/analysis/items/"+questions[0]+"?exam=week-1&from=2099-01-01"), http.StatusOK, "No answers to this item", "Nobody in this filter")
	wantText(t, b.get("/teach/analysis/items/ed-colles-fracture"), http.StatusOK, "Fall on an outstretched hand", "No answers to this item")
	wantText(t, b.get("/teach/analysis/items/nothing"), http.StatusNotFound)

	// The ways to it.
	if b.get("/teach/exams/exam/week-1").doc.Find(`a[href="/teach/analysis/exams/week-1"]`).Length() != 1 {
		t.Error("the exam's page does not lead to its analysis")
	}
	lea, _ := s.learner(t, "lea", "lea@example.org")
	for path, want := range map[string]string{"/practice/questions/" + questions[0]: "/teach/analysis/items/" + questions[0], "/cases/ed-colles-fracture": "/teach/analysis/items/ed-colles-fracture?kind=case"} {
		if b.get(path).doc.Find(`a[href="`+want+`"]`).Length() != 1 {
			t.Errorf("%s does not lead staff to its figures", path)
		}
		if lea.get(path).doc.Find(`a[href^="/teach/analysis"]`).Length() != 0 {
			t.Errorf("%s leads a learner to its figures", path)
		}
	}
}

// TestAnalysisOfAChart: its lines, what comes instead and which traps are taken.
func TestAnalysisOfAChart(t *testing.T) {
	s := newSite(t)
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	c, err := s.c.Bank.Case("ed-colles-fracture")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		l, _, err := s.prog.StartGuest(t.Context(), "", "UTC", fmt.Sprint(n))
		if err != nil {
			t.Fatal(err)
		}
		ans := grading.ModelAnswer(&c.Key)
		if n%2 == 0 {
			ans.Procedures[0].Code = "25600"
		}
		if n == 1 {
			ans.Diagnoses = append(ans.Diagnoses, grading.AnswerDiagnosis{Code: "M25.531"})
		}
		if _, err := s.prog.SubmitCase(t.Context(), l.Actor(), progress.CaseSubmission{ClientKey: fmt.Sprint("client-key-", n), Case: c.ID, Answer: ans}); err != nil {
			t.Fatal(err)
		}
	}
	p := b.get("/teach/analysis/items/ed-colles-fracture?kind=case")
	wantText(t, p, http.StatusOK, "Lines of the key", "25600 × 3", "Traps", "M25.531", "By the newest gradings of 6 answers, of which 2 were all right.")
	if p.doc.Find(`svg[aria-labelledby^="plot-lines"]`).Length() != 1 {
		t.Error("no plot of the lines")
	}
}

// TestAnalysisIsForStaff: by every route of it, for each role.
func TestAnalysisIsForStaff(t *testing.T) {
	s := newSite(t)
	b, ines := s.staff(t, "ines", progress.RoleInstructor)
	q := s.tested(t, ines, 2)[0]
	cohort, err := s.prog.CreateCohort(t.Context(), ines, "mine")
	if err != nil {
		t.Fatal(err)
	}
	own := "?cohort=" + string(cohort.ID)
	routes := []string{"/teach/analysis", "/teach/analysis" + own, "/teach/analysis/exams/week-1", "/teach/analysis/exams/week-1" + own, "/teach/analysis/items/" + q, "/teach/analysis/items/" + q + own, "/teach/analysis/items/" + q + "?exam=week-1"}
	visitor := s.browser(t)
	guest := s.browser(t)
	guest.startGuest()
	emil, _ := s.staff(t, "emil", progress.RoleEmployer)
	ivan, _ := s.staff(t, "ivan", progress.RoleInstructor)
	ada, _ := s.staff(t, "ada", progress.RoleAdmin)
	for _, path := range routes {
		others := http.StatusOK // another instructor: all but what is somebody's own
		if strings.Contains(path, "week-1") || strings.Contains(path, "cohort") {
			others = http.StatusNotFound
		}
		for name, x := range map[string]struct {
			b    *browser
			want int
		}{"a visitor": {visitor, http.StatusSeeOther}, "a guest": {guest, http.StatusForbidden}, "an employer": {emil, http.StatusForbidden}, "another instructor": {ivan, others}, "an admin": {ada, http.StatusOK}, "the owner": {b, http.StatusOK}} {
			if p := x.b.get(path); p.StatusCode != x.want {
				t.Errorf("%s: %s gets %d, want %d", path, name, p.StatusCode, x.want)
			}
		}
	}
}
