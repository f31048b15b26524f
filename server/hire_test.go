package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"crosswalk/progress"
)

// TestHiringTestPages: an employer begins with a shipped test, is told at once when the bank has too little, saves, looks at it as a candidate,
// opens and closes it. Others find nothing there.
func TestHiringTestPages(t *testing.T) {
	s := newSite(t)
	b, emma := s.staff(t, "emma", progress.RoleEmployer)
	if p := b.post("/signin", url.Values{"email": {"emma@example.org"}, "passphrase": {"a sentence to remember"}}); p.Header.Get("Location") != "/hire" {
		t.Errorf("an employer signs in and is at %q", p.Header.Get("Location"))
	}
	wantText(t, b.get("/hire"), http.StatusOK, "No hiring test yet", "Inpatient coder", "Begin with this one")
	p := b.get("/hire/new?from=ed")
	form := p.formValues("#hire-form")
	if form.Get("charts.ed") != "12" || form.Get("count.em") != "5" || form.Get("pass") != "80" || form.Get("book") != "lookup" || form.Get("client_key") == "" {
		t.Errorf("the form of a shipped test: %v", form)
	}
	wantText(t, p, http.StatusOK, "forms without a single item in common", "you give 90")
	wantText(t, b.get("/hire/new?from=nothing"), http.StatusNotFound)

	with := func(pairs ...string) url.Values {
		out := url.Values{}
		for k, v := range form {
			out[k] = v
		}
		for i := 0; i < len(pairs); i += 2 {
			out.Set(pairs[i], pairs[i+1])
		}
		return out
	}
	wantText(t, b.post("/hire/new", with("do", "check", "charts.ed", "31")), http.StatusOK, "The bank has too little: charts, emergency department, has 30 of 31.")
	p = b.post("/hire/new", with("do", "check", "tasks", "Codes visits | em\nReads tracings | medicine, inpatient", "minutes", "20"))
	wantText(t, p, http.StatusOK, "No task of the job names these:", "Emergency department", "Then it tests haste.", "The test asks nothing for these tasks of the job: Reads tracings.")
	p = b.post("/hire/new", with("name", " ", "minutes", "x", "pass", "100", "charts.ed", "-1", "count.em", "1000", "from", "soon", "tasks", "Codes | moon"))
	wantText(t, p, http.StatusUnprocessableEntity, "Give a whole number from 5 to 600.", "Give a whole number from 1 to 99.", "Give a date and a time", "no setting of the id moon")
	wantInvalid(t, p, "minutes", "pass", "charts.ed", "count.em", "from", "tasks")
	if v, _ := p.doc.Find("#minutes").Attr("value"); v != "x" {
		t.Errorf("what was typed is gone: %q", v)
	}
	wantText(t, b.post("/hire/new", with("name", " ")), http.StatusUnprocessableEntity, "Give the test a name")

	p = b.follow("/hire/new", with("name", "ED 2027", "until", "2099-01-31T09:00", "tasks", form.Get("tasks")+"\nReads tracings | medicine"))
	wantText(t, p, http.StatusOK, "The hiring test is saved.", "ED 2027", "Draft", "12 charts, 15 questions, 90 minutes, pass at 80 %", "until 31 Jan 2099", "Covered by: Evaluation and management", "Reads tracingsNothing of the test covers it.")
	b.post("/hire/new", with("name", "ED 2027")) // sent twice
	list, err := s.prog.Assessments(t.Context(), emma)
	if err != nil || len(list) != 1 {
		t.Fatalf("tests after sending the form twice: %d, %v", len(list), err)
	}
	at := "/hire/" + string(list[0].ID)

	p = b.get(at + "/preview?seed=4")
	wantText(t, p, http.StatusOK, "ED 2027 as a candidate sees it", "Question 15", "Chart 27", "Another form")
	if n := p.doc.Find(".hire-item").Length(); n != 27 {
		t.Errorf("the preview shows %d items", n)
	}
	_, drawn, err := s.prog.PreviewAssessment(t.Context(), emma, list[0].ID, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range drawn.Items {
		if q, err := s.c.Bank.Question(it.ID); err == nil && len(q.Cites) > 0 && strings.Contains(p.body, string(q.Rationale)) {
			t.Errorf("the preview gives the rationale of %s away", it.ID)
		}
	}
	edit := b.get(at + "/edit").formValues("#hire-form")
	edit.Set("minutes", "100")
	wantText(t, b.follow(at+"/edit", edit), http.StatusOK, "100 minutes")
	edit.Set("minutes", "110")
	wantText(t, b.post(at+"/edit", edit), http.StatusUnprocessableEntity, "changed elsewhere since this page was opened")
	wantText(t, b.post(at+"/open", url.Values{"revision": {"1"}}), http.StatusUnprocessableEntity, "look at it again before you open it")
	wantText(t, b.follow(at+"/open", url.Values{"revision": {"2"}}), http.StatusOK, "The test is open.", "Code year")
	p = b.get(at + "/edit")
	if p.doc.Find("#minutes").Length() != 0 || p.doc.Find("#keep").Length() != 1 {
		t.Error("the form of an open test has fields for what is frozen, or lacks those for what is not")
	}
	edit = p.formValues("#hire-form")
	edit.Set("keep", "300")
	wantText(t, b.post(at+"/edit", edit), http.StatusUnprocessableEntity, "the time can become shorter")
	edit.Set("keep", "30")
	edit.Set("name", "ED 2027, spring")
	edit.Set("pass", "10") // not in the form
	wantText(t, b.follow(at+"/edit", edit), http.StatusOK, "30 days after handing in", "ED 2027, spring", "pass at 80 %")
	wantText(t, b.post(at+"/drop", nil), http.StatusConflict)
	wantText(t, b.follow(at+"/copy", url.Values{"client_key": {"key-of-a-copy"}}), http.StatusOK, "This is a copy.", "ED 2027, spring, copy")
	wantText(t, b.follow(at+"/close", nil), http.StatusOK, "The test is closed.")

	others, _ := s.staff(t, "eric", progress.RoleEmployer)
	ines, _ := s.staff(t, "ines", progress.RoleInstructor)
	for _, r := range []string{"", "/edit", "/preview", "/open", "/close", "/copy", "/drop"} {
		for who, want := range map[*browser]int{others: http.StatusNotFound, ines: http.StatusForbidden} {
			if r == "" || r == "/edit" || r == "/preview" {
				if p := who.get(at + r); p.StatusCode != want {
					t.Errorf("GET %s: %d, want %d", r, p.StatusCode, want)
				}
			}
			if r != "" && r != "/preview" {
				if p := who.post(at+r, url.Values{"client_key": {"key-of-another"}}); p.StatusCode != want {
					t.Errorf("POST %s: %d, want %d", r, p.StatusCode, want)
				}
			}
		}
	}
	wantText(t, ines.get("/hire"), http.StatusForbidden)
	wantText(t, others.get("/hire"), http.StatusOK, "No hiring test yet")
}
