package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// wantInvalid says that a field is marked as wrong and names its message.
func wantInvalid(t *testing.T, p page, ids ...string) {
	t.Helper()
	for _, id := range ids {
		in := p.doc.Find(`[id="` + id + `"]`)
		by, _ := in.Attr("aria-describedby")
		f := strings.Fields(by)
		if on, _ := in.Attr("aria-invalid"); on != "true" || len(f) == 0 || p.doc.Find(`[id="`+f[len(f)-1]+`"]`).Length() != 1 {
			t.Errorf("%s does not say that it is wrong (aria-describedby %q)", id, by)
		}
	}
}

// plenty is an area that gives ten questions.
func plenty(t *testing.T, s *site) quizzes.Area {
	t.Helper()
	for _, a := range quizzes.Areas {
		n := 0
		for _, q := range s.c.Bank.Questions() {
			if q.Area == a.ID && !q.Trial && q.Kind == grading.Single && q.Group == "" {
				n++
			}
		}
		if n >= 10 {
			return a
		}
	}
	t.Fatal("no area has ten questions")
	return quizzes.Area{}
}

// TestComposeByForm: an instructor makes an exam from the form, sees what a form of it holds, changes it and retires it.
func TestComposeByForm(t *testing.T) {
	s := newSite(t)
	area := plenty(t, s)
	b, ines := s.staff(t, "ines", progress.RoleInstructor)
	p := b.get("/teach")
	if p.doc.Find(`.es-tabs a[href="/teach/exams"]`).Length() != 1 {
		t.Error("the page of learners does not lead to the exams")
	}
	wantText(t, b.get("/teach/exams"), http.StatusOK, "No composed exams yet", "CPC practice exam")
	p = b.get("/teach/exams/new")
	wantText(t, p, http.StatusOK, "Compose an exam", area.Title)
	form := p.formValues(".es-form")

	bad := url.Values{"as": {"form"}, "name": {" "}, "minutes": {"x"}, "percent": {"100"}, "warn": {"90"}, "breaks": {"1"}, "count." + area.ID: {"-1"}, "navigation": {"free"}, "book": {"open"}, "feedback": {"after"}}
	p = b.post("/teach/exams/new", bad)
	wantText(t, p, http.StatusUnprocessableEntity, "Give the exam a name.", "Write a whole number from 0 to 1440.", "Write a whole number from 1 to 99.", "Say how many questions an area gives")
	wantInvalid(t, p, "name", "minutes", "percent", "break_minutes", "count."+area.ID)
	if v, _ := p.doc.Find("#minutes").Attr("value"); v != "x" {
		t.Errorf("what was typed is gone: %q", v)
	}

	form.Set("name", "Week 1: basics & more")
	form.Set("count."+area.ID, "100000")
	wantText(t, b.post("/teach/exams/new", form), http.StatusUnprocessableEntity, "Write a whole number from 0 to 999.")
	form.Set("count."+area.ID, "999")
	wantText(t, b.post("/teach/exams/new", form), http.StatusUnprocessableEntity, "The bank cannot fill week-1-basics-more")
	form.Set("count."+area.ID, "5")
	form.Set("id", "week-1")
	form.Set("breaks", "1")
	form.Set("break_minutes", "10")
	form.Set("lock", "1")
	form.Set("kinds", "single")
	form.Set("navigation", "forward")
	p = b.follow("/teach/exams/new", form)
	wantText(t, p, http.StatusOK, "The exam is saved.", "Week 1: basics & more", "Nobody can sit this exam yet", "1 of up to 10 minutes", "Forward only", "Single choice")
	e, err := s.prog.Composed(t.Context(), ines, "week-1")
	if err != nil {
		t.Fatal(err)
	}
	bp, problems := quizzes.ParseBlueprint([]byte(e.Body), "x")
	if len(problems) > 0 || bp.Items != 5 || bp.Slots[0].Scored != 5 || bp.Breaks != (quizzes.Breaks{Count: 1, Minutes: 10, Lock: true}) || bp.Navigation != "forward" || bp.Name != "Week 1: basics & more" {
		t.Errorf("what the form wrote: %+v, %v\n%s", bp, problems, e.Body)
	}

	p = b.get("/teach/exams/exam/week-1/form?seed=7")
	wantText(t, p, http.StatusOK, "A form of Week 1", area.Title)
	if n := p.doc.Find(".table-scroll tbody tr").Length(); n != 5 {
		t.Errorf("the form shows %d items, want 5", n)
	}
	if again := b.get("/teach/exams/exam/week-1/form?seed=7"); again.doc.Find(".table-scroll").Text() != p.doc.Find(".table-scroll").Text() {
		t.Error("the same seed draws another form")
	}
	wantText(t, b.get("/teach/exams/exam/week-1/form?seed=x"), http.StatusUnprocessableEntity, "A seed is a whole number.")
	wantText(t, b.get("/teach/exams/exam/cpc/form"), http.StatusOK, "A form of CPC practice exam")

	p = b.get("/teach/exams/exam/week-1/edit")
	got := p.formValues(".es-form")
	if got.Get("count."+area.ID) != "5" || got.Get("breaks") != "1" || got.Get("lock") != "1" || got.Get("kinds") != "single" || got.Get("revision") != "1" || got.Get("navigation") != "forward" {
		t.Errorf("the kept form: %v", got)
	}
	got.Set("count."+area.ID, "6")
	wantText(t, b.follow("/teach/exams/exam/week-1", got), http.StatusOK, "revision 2")
	got.Set("count."+area.ID, "7")
	wantText(t, b.post("/teach/exams/exam/week-1", got), http.StatusUnprocessableEntity, "changed elsewhere and is at revision 2")
	got.Del("revision")
	got.Set("id", "week-1")
	wantText(t, b.post("/teach/exams/new", got), http.StatusUnprocessableEntity, "There is an exam of the id week-1 already")

	// A fixed list.
	var ids []string
	for _, q := range s.c.Bank.Questions() {
		if q.Area == area.ID && !q.Trial && len(q.Enemies) == 0 && len(ids) < 2 {
			ids = append(ids, q.ID)
		}
	}
	list := url.Values{"as": {"form"}, "name": {"Listed"}, "minutes": {"0"}, "percent": {"70"}, "navigation": {"free"}, "book": {"open"}, "feedback": {"each"}, "questions": {strings.Join(ids, "\r\n") + "\r\nnot-there"}, "shuffle": {"1"}}
	p = b.post("/teach/exams/new", list)
	wantText(t, p, http.StatusUnprocessableEntity, `names "not-there", and there is no such question`)
	if strings.Contains(p.text(), "Line ") {
		t.Error("the form speaks of lines of a file that nobody wrote")
	}
	list.Set("questions", strings.Join(ids, "\r\n"))
	p = b.follow("/teach/exams/new", list)
	wantText(t, p, http.StatusOK, "A fixed list of questions", ids[0], "no clock")
	if got := b.get("/teach/exams/exam/listed/edit").formValues(".es-form"); got.Get("questions") != strings.Join(ids, "\n") || got.Get("shuffle") != "1" {
		t.Errorf("the kept list: %v", got)
	}

	p = b.follow("/teach/exams/exam/week-1/retire", nil)
	wantText(t, p, http.StatusOK, "The exam is retired.", "retired")
	wantText(t, b.get("/teach/exams/exam/week-1"), http.StatusOK, "Nobody can start it any more")
	wantText(t, b.post("/teach/exams/exam/week-1", got), http.StatusUnprocessableEntity, "This exam is retired")
}

// TestComposeByFile: a file is pasted or uploaded; what is wrong is told with its line, and nothing that was typed is lost.
func TestComposeByFile(t *testing.T) {
	s := newSite(t)
	area := plenty(t, s)
	b, ines := s.staff(t, "ines", progress.RoleInstructor)
	p := b.get("/teach/exams/new?as=file")
	wantText(t, p, http.StatusOK, "The exam as a file")
	body := fmt.Sprintf("id: pasted\nname: Pasted\nminutes: 30\nitems: 4\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\ndifficulty: {3: 1}\nareas:\n  - {id: %s, count: 4}\n", area.ID)
	wrong := strings.Replace(body, "navigation: free", "navigaton: free # mine", 1)
	p = b.post("/teach/exams/new", url.Values{"as": {"file"}, "body": {wrong}})
	wantText(t, p, http.StatusUnprocessableEntity, "navigaton", "Line ")
	if got := p.formValues(".es-form").Get("body"); strings.TrimSpace(got) != strings.TrimSpace(wrong) {
		t.Errorf("what was typed is gone:\n%s", got)
	}
	p = b.follow("/teach/exams/new", url.Values{"as": {"file"}, "body": {strings.ReplaceAll(body, "\n", "\r\n")}})
	wantText(t, p, http.StatusOK, "The exam is saved.", "Pasted")
	file := b.get("/teach/exams/exam/pasted/file")
	if file.body != body || !strings.Contains(file.Header.Get("Content-Disposition"), `"pasted.yaml"`) {
		t.Errorf("the file that comes out:\n%s\n%s", file.Header.Get("Content-Disposition"), file.body)
	}
	p = b.get("/teach/exams/exam/pasted/edit") // the form has no field for shares of difficulty
	wantText(t, p, http.StatusOK, "more than the form has fields for", "The exam as a file")

	b.get("/teach/exams/new?as=file")
	up := b.uploadForm("/teach/exams/new", map[string]string{"as": "file", "body": "ignored"}, "exam.yaml", strings.Replace(body, "id: pasted", "id: uploaded", 1))
	if up.StatusCode != http.StatusSeeOther || up.Header.Get("Location") != "/teach/exams/exam/uploaded" {
		t.Fatalf("upload: %d %s\n%.600s", up.StatusCode, up.Header.Get("Location"), up.text())
	}
	if _, err := s.prog.Composed(t.Context(), ines, "uploaded"); err != nil {
		t.Error(err)
	}
	wantText(t, b.uploadForm("/teach/exams/new", map[string]string{"as": "file", "body": "kept"}, "exam.yaml", strings.Repeat("#", 65<<10)), http.StatusUnprocessableEntity, "at most 64 KiB", "kept")
	wantText(t, b.post("/teach/exams/new", url.Values{"as": {"file"}, "body": {""}}), http.StatusUnprocessableEntity, "There is nothing here")
}

// TestRulePages: rules are set in the instructor's time zone, changed and taken back; what is wrong stands at its field.
func TestRulePages(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	l, err := s.prog.AddUser(ctx, progress.Operator(""), progress.NewUser{Name: "Ines", Email: "ines@example.org", Passphrase: "a sentence to remember", Role: progress.RoleInstructor, Zone: "America/New_York"})
	if err != nil {
		t.Fatal(err)
	}
	ines := l.Actor()
	b := s.browser(t)
	b.get("/signin")
	b.post("/signin", url.Values{"email": {l.Email}, "passphrase": {"a sentence to remember"}})
	_, lea := s.staff(t, "lea", progress.RoleLearner)
	co, err := s.prog.CreateCohort(ctx, ines, "Monday")
	if err != nil {
		t.Fatal(err)
	}
	p := b.get("/teach/exams/rules?exam=cpc")
	wantText(t, p, http.StatusOK, "No rules yet", "America/New_York")
	if form := p.formValues("form.es-form"); form.Get("exam") != "cpc" {
		t.Errorf("the form is not about the exam: %v", form)
	}
	bad := url.Values{"exam": {"cpc"}, "kind": {"person"}, "email": {"nobody@example.org"}, "extra": {"many"}, "attempts": {"0"}, "opens": {"tomorrow"}}
	p = b.post("/teach/exams/rules", bad)
	wantText(t, p, http.StatusUnprocessableEntity, "Write a whole number from 0 to 300.", "Write a date and a time")
	wantInvalid(t, p, "extra", "opens")
	if got := p.formValues("form.es-form"); got.Get("extra") != "many" || got.Get("email") != "nobody@example.org" || got.Get("kind") != "person" || got.Get("exam") != "cpc" {
		t.Errorf("what was typed is gone: %v", got)
	}
	p = b.post("/teach/exams/rules", url.Values{"exam": {"cpc"}, "kind": {"person"}, "email": {"nobody@example.org"}, "attempts": {"0"}, "opens": {"2026-12-02T09:00"}, "closes": {"2026-12-01T09:00"}})
	wantText(t, p, http.StatusUnprocessableEntity, "No learner has this e-mail", "The number of attempts lies between 1 and 100", "must come after the first")
	wantInvalid(t, p, "email", "attempts", "closes")
	wantText(t, b.post("/teach/exams/rules", url.Values{"exam": {"cpc"}, "kind": {"everyone"}, "attempts": {"1"}}), http.StatusUnprocessableEntity, "about an exam that you composed")
	p = b.post("/teach/exams/rules", url.Values{"exam": {"cpc"}, "kind": {"cohort"}, "attempts": {"1"}})
	wantText(t, p, http.StatusUnprocessableEntity, "Choose one of your cohorts")
	wantInvalid(t, p, "cohort")

	p = b.follow("/teach/exams/rules", url.Values{"exam": {"cpc"}, "kind": {"person"}, "email": {"LEA@example.org"}, "extra": {"50 %"}, "attempts": {"2"}, "opens": {"2026-12-01T09:00"}})
	wantText(t, p, http.StatusOK, "The rule is saved.", "CPC practice exam", "lea@example.org", "50 % extra time · 2 attempts · from 1 Dec 2026, 09:00")
	b.follow("/teach/exams/rules", url.Values{"exam": {"cpc"}, "kind": {"cohort"}, "cohort": {string(co.ID)}, "results": {"2026-12-05"}})
	rules, err := s.prog.Rules(ctx, ines)
	if err != nil || len(rules) != 2 {
		t.Fatal(rules, err)
	}
	person := rules[1]
	if want := time.Date(2026, 12, 1, 14, 0, 0, 0, time.UTC); person.Ref != string(lea.Learner) || !person.OpensAt.Equal(want) {
		t.Errorf("opens at %v, want %v", person.OpensAt, want)
	}
	p = b.get("/teach/exams/rules?rule=" + string(person.ID))
	if got := p.formValues("form.es-form"); got.Get("opens") != "2026-12-01T09:00" || got.Get("extra") != "50" || got.Get("email") != "lea@example.org" {
		t.Errorf("the form of a rule: %v", got)
	}
	wantText(t, p, http.StatusOK, "Cohort Monday", "results from 5 Dec 2026, 00:00")
	wantText(t, b.follow("/teach/exams/rules/"+string(person.ID)+"/drop", nil), http.StatusOK, "The rule is taken back.")
	if rules, err = s.prog.Rules(ctx, ines); err != nil || len(rules) != 1 {
		t.Errorf("rules left: %+v, %v", rules, err)
	}
}

// TestCohortPages: a cohort is made, filled by e-mail, emptied and closed.
func TestCohortPages(t *testing.T) {
	s := newSite(t)
	b, ines := s.staff(t, "ines", progress.RoleInstructor)
	_, lea := s.staff(t, "lea", progress.RoleLearner)
	s.staff(t, "kim", progress.RoleLearner)
	wantText(t, b.get("/teach/cohorts"), http.StatusOK, "No cohorts yet")
	p := b.post("/teach/cohorts", url.Values{"name": {strings.Repeat("x", 81)}})
	wantText(t, p, http.StatusUnprocessableEntity, "80 characters at most")
	wantInvalid(t, p, "name")
	p = b.follow("/teach/cohorts", url.Values{"name": {"Monday <group>"}})
	wantText(t, p, http.StatusOK, "The cohort is made.", "Monday <group>", "Nobody is in this cohort yet")
	list, err := s.prog.Cohorts(t.Context(), ines)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	here := "/teach/cohorts/" + string(list[0].ID)
	p = b.post(here+"/members", url.Values{"emails": {"lea@example.org\r\nx@example.org\r\nines@example.org"}})
	wantText(t, p, http.StatusUnprocessableEntity, "Nobody was added", "No learner has the e-mail x@example.org", "No learner has the e-mail ines@example.org")
	wantInvalid(t, p, "emails")
	if got := p.doc.Find("#emails").Text(); !strings.Contains(got, "x@example.org") || !strings.Contains(got, "lea@example.org") {
		t.Errorf("what was typed is gone: %q", got)
	}
	p = b.follow(here+"/members", url.Values{"emails": {"lea@example.org\r\n\r\n KIM@example.org"}})
	wantText(t, p, http.StatusOK, "lea@example.org", "kim@example.org")
	wantText(t, b.get("/teach/cohorts"), http.StatusOK, "2 members")
	p = b.follow(here+"/members/"+string(lea.Learner)+"/remove", nil)
	if p.StatusCode != http.StatusOK || strings.Contains(p.text(), "lea@example.org") {
		t.Errorf("lea is still there: %s", p.text())
	}
	wantText(t, b.follow(here+"/close", nil), http.StatusOK, "The cohort is closed.", "closed")
	p = b.get(here)
	wantText(t, p, http.StatusOK, "its rules have no effect.")
	if p.doc.Find("#emails").Length() != 0 {
		t.Error("a closed cohort takes members")
	}
	wantText(t, b.post(here+"/members", url.Values{"emails": {"lea@example.org"}}), http.StatusUnprocessableEntity, "takes no new members")
}

// TestDisputePages: staff see what a learner says against a key, and answer once.
func TestDisputePages(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	_, lea := s.staff(t, "lea", progress.RoleLearner)
	wantText(t, b.get("/teach/disputes"), http.StatusOK, "Nothing here")
	var q *quizzes.Question
	for _, x := range s.c.Bank.Questions() {
		if x.Kind == grading.Single {
			q = x
			break
		}
	}
	g, err := s.prog.SubmitQuestion(ctx, lea, progress.QuestionSubmission{ClientKey: "client-key-1", Question: q.ID, Answer: grading.ItemAnswer{Options: []int{0}}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.prog.Dispute(ctx, lea, g.Attempt.ID, "", "The second option is <right> as well.", "I.C.4.a")
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.prog.SubmitCase(ctx, lea, progress.CaseSubmission{ClientKey: "client-key-2", Case: "ed-colles-fracture", Answer: grading.Answer{Diagnoses: []grading.AnswerDiagnosis{{Code: "S52.501A"}}}})
	if err != nil {
		t.Fatal(err)
	}
	onLine, err := s.prog.Dispute(ctx, lea, k.Attempt.ID, "S52.531A", "The note does not say displaced anywhere.", "")
	if err != nil {
		t.Fatal(err)
	}
	p := b.get("/teach/disputes")
	wantText(t, p, http.StatusOK, q.ID, "S52.531A", "The second option is <right> as well.", "lea")
	here := "/teach/disputes/" + string(d.ID)
	p = b.get(here)
	wantText(t, p, http.StatusOK, "The second option is <right> as well.", "I.C.4.a", "crosswalk regrade "+q.ID)
	if p.doc.Find(".question.graded").Length() != 1 {
		t.Error("the item is not shown with its key")
	}
	wantText(t, b.get("/teach/disputes/"+string(onLine.ID)), http.StatusOK, "About the line: S52.531A", "S52.501A")
	if res := b.get("/cases/ed-colles-fracture/attempts/" + string(k.Attempt.ID)); res.StatusCode != http.StatusOK {
		t.Errorf("the learner's result for staff: %d", res.StatusCode)
	}

	p = b.post(here, url.Values{"answer": {"no"}})
	wantText(t, p, http.StatusUnprocessableEntity, "Say whether the dispute is accepted or declined.", "Answer the learner in a sentence")
	wantInvalid(t, p, "answer")
	if got := p.doc.Find("#answer").Text(); got != "no" {
		t.Errorf("what was typed is gone: %q", got)
	}
	p = b.follow(here, url.Values{"status": {"accepted"}, "answer": {"You are right: the key will be mended."}})
	wantText(t, p, http.StatusOK, "The answer is sent.", "You are right: the key will be mended.", "The key is to be corrected in its file", "ines answered on")
	wantText(t, b.post(here, url.Values{"status": {"declined"}, "answer": {"On second thoughts it is fine."}}), http.StatusUnprocessableEntity, "answered this dispute already")
	if p := b.get("/teach/disputes"); strings.Contains(p.text(), q.ID) {
		t.Error("an answered dispute is in the queue")
	}
	wantText(t, b.get("/teach/disputes?status=accepted"), http.StatusOK, q.ID)
	wantText(t, b.get("/teach/disputes?status=all"), http.StatusOK, q.ID, "S52.531A")

	if err := s.prog.Erase(ctx, lea, lea.Learner); err != nil {
		t.Fatal(err)
	}
	wantText(t, b.get(here), http.StatusOK, "The learner erased their record", "a former member")
}

// TestExamStaffPagesOfAnother: what an instructor set is not there for another, and closed to learners, employers and guests.
func TestExamStaffPagesOfAnother(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	area := plenty(t, s)
	_, ines := s.staff(t, "ines", progress.RoleInstructor)
	_, lea := s.staff(t, "lea", progress.RoleLearner)
	body := fmt.Sprintf("id: hers\nname: Hers\nminutes: 30\nitems: 4\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nareas:\n  - {id: %s, count: 4}\n", area.ID)
	if _, err := s.prog.SaveComposed(ctx, ines, progress.ComposedDraft{Body: body}); err != nil {
		t.Fatal(err)
	}
	co, err := s.prog.CreateCohort(ctx, ines, "Monday")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.prog.AddMember(ctx, ines, co.ID, lea.Learner); err != nil {
		t.Fatal(err)
	}
	rule, err := s.prog.SaveRule(ctx, ines, progress.RuleDraft{Exam: "hers", Kind: progress.RuleForCohort, Ref: string(co.ID)})
	if err != nil {
		t.Fatal(err)
	}
	exam, cohort, drop := "/teach/exams/exam/hers", "/teach/cohorts/"+string(co.ID), "/teach/exams/rules/"+string(rule.ID)+"/drop"
	gets := []string{exam, exam + "/edit", exam + "/form", exam + "/file", cohort, "/teach/exams/rules?rule=" + string(rule.ID)}
	posts := []string{exam, exam + "/retire", drop, cohort + "/members", cohort + "/members/" + string(lea.Learner) + "/remove", cohort + "/close"}
	lists := []string{"/teach/exams", "/teach/exams/new", "/teach/exams/rules", "/teach/cohorts", "/teach/disputes"}
	form := url.Values{"as": {"file"}, "body": {body}, "emails": {"lea@example.org"}}

	other, _ := s.staff(t, "ivan", progress.RoleInstructor)
	for _, path := range gets {
		if p := other.get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("another instructor gets %s: %d", path, p.StatusCode)
		}
	}
	for _, path := range posts {
		if p := other.post(path, form); p.StatusCode != http.StatusNotFound {
			t.Errorf("another instructor posts %s: %d", path, p.StatusCode)
		}
	}
	for _, path := range lists {
		if p := other.get(path); p.StatusCode != http.StatusOK || strings.Contains(p.text(), "Hers") || strings.Contains(p.text(), "Monday") {
			t.Errorf("another instructor's %s: %d, or it shows what is hers", path, p.StatusCode)
		}
	}
	for _, name := range []string{"len", "emma"} {
		role := map[string]progress.Role{"len": progress.RoleLearner, "emma": progress.RoleEmployer}[name]
		b, _ := s.staff(t, name, role)
		for _, path := range append(lists, gets...) {
			if p := b.get(path); p.StatusCode != http.StatusForbidden {
				t.Errorf("%s gets %s: %d", role, path, p.StatusCode)
			}
		}
		for _, path := range posts {
			if p := b.post(path, form); p.StatusCode != http.StatusForbidden {
				t.Errorf("%s posts %s: %d", role, path, p.StatusCode)
			}
		}
	}
	visitor := s.browser(t)
	for _, path := range append(lists, gets...) {
		if p := visitor.get(path); p.StatusCode == http.StatusOK {
			t.Errorf("a visitor gets %s", path)
		}
	}
	admin, _ := s.staff(t, "ada", progress.RoleAdmin)
	for _, path := range append(lists, gets...) {
		if p := admin.get(path); p.StatusCode != http.StatusOK {
			t.Errorf("an admin gets %s: %d", path, p.StatusCode)
		}
	}
	wantText(t, admin.get(exam), http.StatusOK, "ines")
	wantText(t, admin.get(cohort), http.StatusOK, "ines", "lea@example.org")
}
