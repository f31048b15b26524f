package server_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/server"
)

// mend loads the file of an item with its text changed, as it would be found on disk; the rest of the bank is left out.
func (s *site) mend(t *testing.T, sign string, change func(text string) string) {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(quizzes.Content, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(quizzes.Content, path)
		if at := strings.Index(string(raw), sign); err == nil && at >= 0 && len(files) == 0 {
			files[path] = &fstest.MapFile{Data: []byte(string(raw[:at]) + change(string(raw[at:])))}
		}
		return err
	})
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files have %q, %v", len(files), sign, err)
	}
	bank, _ := quizzes.Load(files, markdown.New(nil, nil), s.c.Book)
	s.prog.SetContent(bank)
	s.srv.SetContent(server.Content{Lessons: s.c.Lessons, Bank: bank, Book: s.c.Book})
	if _, err := s.prog.KeepContent(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// otherOption makes the first wrong option the right one.
func otherOption(text string) string {
	text = strings.Replace(text, "- [x]", "- [y]", 1)
	return strings.Replace(strings.Replace(text, "- [ ]", "- [x]", 1), "- [y]", "- [ ]", 1)
}

// single is a question with one right option, and the index of the right one and of the first wrong one.
func (s *site) single(t *testing.T) (q *quizzes.Question, right, wrong int) {
	t.Helper()
	for _, x := range s.c.Bank.Questions() {
		if x.Kind != grading.Single {
			continue
		}
		q, right, wrong = x, -1, -1
		for i, o := range x.Options {
			if o.Right {
				right = i
			} else if wrong < 0 {
				wrong = i
			}
		}
		return q, right, wrong
	}
	t.Fatal("no single choice in the bank")
	return nil, 0, 0
}

func (s *site) answerOf(t *testing.T, a progress.Actor, q string, option int) progress.Graded {
	t.Helper()
	g, err := s.prog.SubmitQuestion(t.Context(), a, progress.QuestionSubmission{ClientKey: "client-key-" + q + strconv.Itoa(option), Question: q, Answer: grading.ItemAnswer{Options: []int{option}}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestRegradePages: a key is disputed, mended in its file and graded anew; the learners see both grades, the reason and the answer.
func TestRegradePages(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	if _, err := s.prog.KeepContent(ctx); err != nil {
		t.Fatal(err)
	}
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	lb, lea := s.staff(t, "lea", progress.RoleLearner)
	_, kim := s.staff(t, "kim", progress.RoleLearner)
	q, right, wrong := s.single(t)
	ofLea, ofKim := s.answerOf(t, lea, q.ID, wrong), s.answerOf(t, kim, q.ID, right)
	wantText(t, b.get("/teach/regrade"), http.StatusOK, "Everything is graded by the keys in force")
	item := "/teach/regrade/items/" + q.ID
	wantText(t, b.get(item), http.StatusOK, "There is nothing to grade anew.")

	// Both say that the key is wrong, on the page of the result.
	result := "/practice/attempts/" + string(ofLea.Attempt.ID)
	wantText(t, lb.post(result+"/dispute", url.Values{"reason": {"no"}}), http.StatusUnprocessableEntity, "Say in a sentence what is wrong with the key.")
	wantText(t, lb.follow(result+"/dispute", url.Values{"reason": {"The other option is right by the manual."}}), http.StatusOK, "waiting for an answer")
	if _, err := s.prog.Dispute(ctx, kim, ofKim.Attempt.ID, "", "I was right by accident, the key is wrong.", ""); err != nil {
		t.Fatal(err)
	}
	wantText(t, b.get("/teach/disputes"), http.StatusOK, "Most disputed", "2 disputes")
	open, err := s.prog.OwnDisputes(ctx, lea, "")
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	dispute := "/teach/disputes/" + string(open[0].ID)
	wantText(t, b.get(dispute), http.StatusOK, "1 more dispute the same line.")
	p := b.follow(dispute, url.Values{"status": {"accepted"}, "answer": {"You are right, the key had the wrong option."}})
	wantText(t, p, http.StatusOK, "The key is to be corrected in its file", "First the key.", "The item in force", "Others who disputed the same line", "kim")

	s.mend(t, "## "+q.ID+" ", otherOption)
	number := string(open[0].ID)[len(open[0].ID)-6:]
	wantText(t, b.get(dispute+"/fix"), http.StatusOK, "The key in force is another", "The key that graded", "for all who disputed the same line (2)")
	wantText(t, b.get("/teach/regrade"), http.StatusOK, q.ID, "2 of 2 attempts")
	p = b.get(item + "?dispute=" + string(open[0].ID))
	wantText(t, p, http.StatusOK, "The key in force", "Dispute "+number+" was accepted: the key is mended.", "2 learners move", "100 %", "Grade 2 anew")
	if p.doc.Find(".rg-diff ins").Length() == 0 || p.doc.Find(".rg-diff del").Length() == 0 {
		t.Error("the keys are not set side by side")
	}
	p = b.post(item, url.Values{"reason": {" "}, "dispute": {string(open[0].ID)}})
	wantText(t, p, http.StatusUnprocessableEntity, "Say in a sentence why this is graded anew")
	wantInvalid(t, p, "reason")
	if key, _ := p.doc.Find(`input[name="key"]`).Attr("value"); key == "" {
		t.Error("the form does not say which key was looked at")
	}
	p = b.post(item, url.Values{"reason": {"The manual says so."}, "key": {"of the dry run before the last change"}})
	wantText(t, p, http.StatusUnprocessableEntity, "The key has changed since you looked.", "The manual says so.", "2 learners move")
	wantText(t, b.get("/teach/regrade"), http.StatusOK, "2 of 2 attempts")

	reason := "Dispute " + number + " was accepted: the manual says so."
	p = b.follow(item, url.Values{"reason": {reason}, "dispute": {string(open[0].ID)}})
	for range 100 { // on a busy machine the page shows before it is done
		if strings.Contains(p.text(), "Learners see the new grade beside the old") {
			break
		}
		time.Sleep(50 * time.Millisecond)
		p = b.get(p.Request.URL.Path)
	}
	wantText(t, p, http.StatusOK, "done", "2 of 2 attempts looked at", reason)
	wantText(t, b.get(dispute+"/fix"), http.StatusOK, "It is graded anew, and the dispute is closed.")
	wantText(t, b.get("/teach/disputes"), http.StatusOK, "Nothing here")
	wantText(t, b.get("/teach/regrade"), http.StatusOK, "Everything is graded by the keys in force", reason)

	wantText(t, lb.get(result), http.StatusOK, "How this was graded", "When it was handed in.", reason, "counts", "accepted", "You are right, the key had the wrong option.", "graded anew by the mended key")
	answered, err := s.prog.OwnDisputes(ctx, kim, "")
	if err != nil || len(answered) != 1 || answered[0].Status != progress.DisputeAccepted || answered[0].Run == "" || answered[0].Answer == "" {
		t.Errorf("the other's dispute: %+v, %v", answered, err)
	}
	admin, _ := s.staff(t, "ada", progress.RoleAdmin)
	wantText(t, admin.get("/admin"), http.StatusOK, "Regraded an item", "Started a regrade", "Accepted a dispute")
}

// TestOverridePages: a line of a chart and an answer to a question are decided by hand and taken back; the learner sees both, and a regrade
// keeps what was decided.
func TestOverridePages(t *testing.T) {
	s := newSite(t)
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	lb, lea := s.staff(t, "lea", progress.RoleLearner)
	g, err := s.prog.SubmitCase(t.Context(), lea, progress.CaseSubmission{ClientKey: "client-key-1", Case: "ed-colles-fracture", Answer: grading.Answer{Diagnoses: []grading.AnswerDiagnosis{{Code: "S52.501A"}}}})
	if err != nil {
		t.Fatal(err)
	}
	result := "/cases/ed-colles-fracture/attempts/" + string(g.Attempt.ID)
	here := "/teach/regrade/attempts/" + string(g.Attempt.ID)
	if p := b.get(result); p.doc.Find(`a[href="`+here+`"]`).Length() != 1 {
		t.Error("staff find no way to decide by hand")
	}
	if p := lb.get(result); strings.Contains(p.body, here) || strings.Contains(p.text(), "How this was graded") {
		t.Error("the learner is shown the way of staff, or a history of one grading")
	}
	p := b.get(here + "?line=S52.531A")
	wantText(t, p, http.StatusOK, "S52.531A", "entered: S52.501A", "lea")
	if _, ok := p.doc.Find(`input[value="S52.531A"]`).Attr("checked"); !ok {
		t.Error("the line of the address is not chosen")
	}
	give := func(line, points, reason, act string, seq int) page {
		return b.post(here, url.Values{"line": {line}, "points": {points}, "reason": {reason}, "act": {act}, "seq": {strconv.Itoa(seq)}})
	}
	wantText(t, give("S52.531A", "lots", "The note can be read so.", "set", 1), http.StatusUnprocessableEntity, "Say how many points the line gets")
	p = give("S52.531A", "99", "no", "set", 1)
	wantText(t, p, http.StatusUnprocessableEntity, "The line can have from 0 to", "Say in a sentence why this is decided by hand", "no")
	wantInvalid(t, p, "points")
	if p := give("S52.531A", "3", "The note can be read so.", "set", 7); p.StatusCode != http.StatusConflict {
		t.Errorf("decided on a grading that is not the newest: %d", p.StatusCode)
	}
	const why = "The note can be read so, as the dispute says."
	p = b.follow(here, url.Values{"line": {"S52.531A"}, "points": {"3,5"}, "reason": {why}, "act": {"set"}, "seq": {"1"}})
	wantText(t, p, http.StatusOK, "It is decided.", "Decided by hand; the grader gave", why)
	p = lb.get(result)
	wantText(t, p, http.StatusOK, "How this was graded", why, "an instructor", "S52.531A", "3.5", "A person gave this line 3.5 of")
	if n := p.doc.Find("#gradings ol > li").Length(); n != 2 {
		t.Errorf("%d gradings are shown, want 2", n)
	}
	q, right, _ := s.single(t)
	of := "/teach/regrade/attempts/" + string(s.answerOf(t, lea, q.ID, right).Attempt.ID)
	wantText(t, b.post(of, url.Values{"reason": {why}, "act": {"set"}, "seq": {"1"}}), http.StatusUnprocessableEntity, "Say whether the answer is right or wrong.", why)

	// The chart's key changes, and with it nothing of what was decided.
	s.mend(t, "id: ed-colles-fracture", func(text string) string { return strings.Replace(text, "why: ", "why: As documented. ", 1) })
	if _, err := s.prog.Regrade(t.Context(), progress.Operator(""), "ed-colles-fracture", "a clearer explanation", false); err != nil {
		t.Fatal(err)
	}
	kept, err := s.prog.Attempt(t.Context(), lea, g.Attempt.ID)
	if err != nil || kept.Grading.Seq != 3 || kept.Grading.Override == nil || kept.Grading.Percent10 <= g.Grading.Percent10 {
		t.Errorf("after a regrade: %+v, %v", kept.Grading, err)
	}
	wantText(t, lb.get(result), http.StatusOK, "a clearer explanation", "1 decided by hand")
	wantText(t, b.follow(here, url.Values{"line": {"S52.531A"}, "reason": {"I misread the note."}, "act": {"undo"}, "seq": {"3"}}), http.StatusOK, "It is taken back.")
	back, err := s.prog.Attempt(t.Context(), lea, g.Attempt.ID)
	if err != nil || back.Grading.Override != nil || back.Grading.Percent10 != g.Grading.Percent10 || back.Grading.Correct != g.Grading.Correct {
		t.Errorf("taken back: %+v, %v", back.Grading, err)
	}
}

// TestRegradeRoutesByRole: learners, employers and visitors get none of the pages, and instructors of another organisation nothing of this
// one's attempts.
func TestRegradeRoutesByRole(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	_, ines := s.staff(t, "ines", progress.RoleInstructor)
	_, lea := s.staff(t, "lea", progress.RoleLearner)
	q, _, wrong := s.single(t)
	g := s.answerOf(t, lea, q.ID, wrong)
	d, err := s.prog.Dispute(ctx, lea, g.Attempt.ID, "", "The other option is right.", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.prog.ResolveDispute(ctx, ines, d.ID, progress.DisputeAccepted, "You are right about it."); err != nil {
		t.Fatal(err)
	}
	r, err := s.prog.StartRegrade(ctx, ines, progress.RegradeInput{Item: q.ID, Reason: "the key was wrong"})
	if err != nil {
		t.Fatal(err)
	}
	run, attempt := "/teach/regrade/runs/"+string(r.ID), "/teach/regrade/attempts/"+string(g.Attempt.ID)
	everyone := []string{"/teach/regrade", "/teach/regrade/items/" + q.ID}
	own := []string{run, attempt, "/teach/disputes/" + string(d.ID) + "/fix"}
	posts := []string{"/teach/regrade/items/" + q.ID, run + "/stop", run + "/continue", attempt}
	form := url.Values{"reason": {"because I say so"}, "points": {"1"}, "seq": {"1"}, "act": {"set"}}
	for name, role := range map[string]progress.Role{"len": progress.RoleLearner, "emma": progress.RoleEmployer} {
		b, _ := s.staff(t, name, role)
		for _, path := range append(everyone, own...) {
			if p := b.get(path); p.StatusCode != http.StatusForbidden && p.StatusCode != http.StatusNotFound {
				t.Errorf("%s gets %s: %d", role, path, p.StatusCode)
			}
		}
		for _, path := range posts {
			if p := b.post(path, form); p.StatusCode != http.StatusForbidden && p.StatusCode != http.StatusNotFound {
				t.Errorf("%s posts %s: %d", role, path, p.StatusCode)
			}
		}
		if p := b.post("/practice/attempts/"+string(g.Attempt.ID)+"/dispute", form); p.StatusCode != http.StatusForbidden && p.StatusCode != http.StatusNotFound {
			t.Errorf("%s disputes another's answer: %d", role, p.StatusCode)
		}
	}
	visitor := s.browser(t)
	for _, path := range append(everyone, own...) {
		if p := visitor.get(path); p.StatusCode == http.StatusOK {
			t.Errorf("a visitor gets %s", path)
		}
	}
	for _, name := range []string{"ivan", "ada"} {
		b, _ := s.staff(t, name, map[string]progress.Role{"ivan": progress.RoleInstructor, "ada": progress.RoleAdmin}[name])
		for _, path := range append(everyone, own...) {
			if p := b.get(path); p.StatusCode != http.StatusOK {
				t.Errorf("%s gets %s: %d", name, path, p.StatusCode)
			}
		}
	}
	b, _ := s.staff(t, "otto", progress.RoleInstructor)
	for _, path := range []string{"/teach/regrade/items/no-such", "/teach/regrade/runs/no-such", "/teach/regrade/attempts/no-such", "/teach/disputes/no-such/fix"} {
		if p := b.get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, p.StatusCode)
		}
	}
}
