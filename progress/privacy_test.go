package progress_test

import (
	"encoding/json"
	"strings"
	"testing"

	"crosswalk/grading"
	"crosswalk/progress"
)

func TestExportAndErase(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, token, err := h.SignUp(ctx, h.guest(), progress.SignUp{Name: "Ada Lovelace", Email: "ada@example.org", Passphrase: pass})
	h.must(err)
	s, err := h.Session(ctx, token)
	h.must(err)
	a := s.Actor()
	h.answer(a, "em-1", 0)
	free, err := h.SubmitQuestion(ctx, a, progress.QuestionSubmission{ClientKey: h.key(), Question: "text-1", Answer: grading.ItemAnswer{Value: "my aunt Edna"}})
	h.must(err)
	ca := caseAnswer("E11.22")
	ca.Diagnoses[0].Evidence = []string{"Edna said so"}
	ca.Query = &grading.AnswerQuery{Ask: true, Reason: "ask Edna", Indicators: []string{"Edna"}}
	withWords, err := h.SubmitCase(ctx, a, progress.CaseSubmission{ClientKey: h.key(), Case: "c1", Answer: ca})
	h.must(err)
	_, err = h.SaveDraft(ctx, a, progress.Draft{Item: "c1", Body: json.RawMessage(`{"note":"Edna"}`)})
	h.must(err)
	h.must(h.MarkLesson(ctx, a, "l1", true))
	_, err = h.StartDrill(ctx, a, "em", 2, 1)
	h.must(err)

	rec, err := h.Export(ctx, a, a.Learner)
	h.must(err)
	text, err := json.Marshal(rec)
	h.must(err)
	for _, want := range []string{"Ada Lovelace", "ada@example.org", "my aunt Edna", "Edna said so", `{"note":"Edna"}`, "l1", "em-1"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the export lacks %q", want)
		}
	}
	for _, secret := range []string{"argon2id", string(token), s.CSRF} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the export has the secret %q", secret)
		}
	}
	if len(rec.Attempts) != 3 || rec.Attempts[0].Attempt.Item != "em-1" || len(rec.Attempts[0].Gradings) != 1 || len(rec.Sessions) != 1 || len(rec.Drills) != 1 {
		t.Errorf("export: %d attempts, %d sessions, %d drills", len(rec.Attempts), len(rec.Sessions), len(rec.Drills))
	}

	h.must(h.Erase(ctx, a, a.Learner))
	_, err = h.Session(ctx, token)
	wantErr(t, "session", err, progress.ErrNoSession)
	_, _, err = h.SignIn(ctx, progress.SignIn{Email: "ada@example.org", Passphrase: pass})
	wantErr(t, "signing in", err, progress.ErrBadCredentials)
	admin := progress.Operator(progress.DefaultOrg)
	rec, err = h.Export(ctx, admin, a.Learner)
	h.must(err)
	text, err = json.Marshal(rec)
	h.must(err)
	for _, gone := range []string{"Ada", "ada@example.org", "Edna", "l1"} {
		if strings.Contains(string(text), gone) {
			t.Errorf("after erasing %q is still there: %s", gone, text)
		}
	}
	if len(rec.Attempts) != 3 || rec.Learner.ErasedAt == nil {
		t.Errorf("after erasing: %d attempts, erased %v", len(rec.Attempts), rec.Learner.ErasedAt)
	}
	for _, old := range []progress.Graded{free, withWords} {
		g, err := h.Attempt(ctx, admin, old.Attempt.ID)
		h.must(err)
		if g.Grading.Percent10 != old.Grading.Percent10 || len(g.Grading.Result) == 0 {
			t.Errorf("erasing changed the figures of %s", old.Attempt.Item)
		}
	}
	var ans grading.Answer
	g, err := h.Attempt(ctx, admin, withWords.Attempt.ID)
	h.must(err)
	h.must(json.Unmarshal(g.Attempt.Answer, &ans))
	same(t, "codes stay", ans.Diagnoses, []grading.AnswerDiagnosis{{Code: "E11.22"}})
	es, err := h.AuditLog(ctx, admin, progress.AuditFilter{Target: string(a.Learner)})
	h.must(err)
	var actions []string
	for _, e := range es {
		actions = append(actions, e.Action)
	}
	same(t, "audit", actions, []string{"user.export", "user.erase"})
	wantErr(t, "erasing nobody", h.Erase(ctx, admin, "nobody"), progress.ErrNotFound)
	wantErr(t, "erasing without an id", h.Erase(ctx, progress.Actor{}, ""), progress.ErrNotFound)
}
