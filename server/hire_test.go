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

	sitsPreview(t, b, at)
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
	for _, r := range []string{"", "/edit", "/preview", "/preview/report", "/preview/sit", "/preview/drop", "/open", "/close", "/copy", "/drop"} {
		for who, want := range map[*browser]int{others: http.StatusNotFound, ines: http.StatusForbidden} {
			if r == "" || r == "/edit" || r == "/preview" || r == "/preview/report" {
				if p := who.get(at + r); p.StatusCode != want {
					t.Errorf("GET %s: %d, want %d", r, p.StatusCode, want)
				}
			}
			if r != "" && r != "/preview" && r != "/preview/report" {
				if p := who.post(at+r, url.Values{"client_key": {"key-of-another"}}); p.StatusCode != want {
					t.Errorf("POST %s: %d, want %d", r, p.StatusCode, want)
				}
			}
		}
	}
	wantText(t, ines.get("/hire"), http.StatusForbidden)
	wantText(t, others.get("/hire"), http.StatusOK, "No hiring test yet")
}

// sitsPreview goes through a test as a candidate does, in the browser of whoever composed it: every page says that it is a preview, the report comes, and
// the own session is back afterwards.
func sitsPreview(t *testing.T, b *browser, at string) {
	t.Helper()
	const marked = "This is a preview."
	wantText(t, b.get(at+"/preview"), http.StatusOK, "Begin a preview")
	begin := func() (link string) {
		t.Helper()
		link = b.post(at+"/preview/sit", nil).Header.Get("Location")
		wantText(t, b.get(link), http.StatusOK, marked, "Back to the test", "emma invites you")
		form := b.get(link + "/consent").formValues("#consent")
		form.Set("agree", "yes")
		form.Set("do", "agree")
		wantText(t, b.follow(link+"/consent", form), http.StatusOK, marked, "and the report")
		return link
	}
	link := begin()
	wantText(t, b.get(link+"/practice"), http.StatusOK, marked)
	room := b.post(link+"/start", nil).Header.Get("Location")
	wantText(t, b.get(room), http.StatusOK, marked)
	wantText(t, b.get("/hire"), http.StatusForbidden, marked) // a candidate's session until it is left
	wantText(t, b.follow("/sit/leave", nil), http.StatusOK, "the exam room is open", "Go on with the preview")
	link = b.post(at+"/preview/sit", nil).Header.Get("Location")
	b.get(link)
	if again := b.post(link+"/start", nil).Header.Get("Location"); again != room {
		t.Errorf("gone on with in %s, want %s", again, room)
	}
	b.get(room)
	b.post(room+"/hand-in", url.Values{"confirm": {"yes"}})
	wantText(t, b.get("/sit"), http.StatusOK, marked, "Handed in")
	if p := b.get(link); strings.Contains(p.body, "/credential") {
		t.Error("a preview offers a credential")
	}
	wantText(t, b.get(link+"/credential"), http.StatusForbidden)
	wantText(t, b.follow("/sit/leave", nil), http.StatusOK, "You handed this preview in on", "What was logged")
	p := b.get(at + "/preview/report")
	wantText(t, p, http.StatusOK, marked, "Not passed", "pass line 80 %")
	if strings.Contains(p.body, "report.pdf") || p.doc.Find(`a[href="`+at+`"]`).Length() == 0 {
		t.Error("the report of a preview is given away as a document, or does not lead back to the test")
	}
	wantText(t, b.get(at), http.StatusOK, "Nobody has been invited")
	wantText(t, b.get("/hire"), http.StatusOK, "12 charts")
	wantText(t, b.follow(at+"/preview/drop", nil), http.StatusOK, "The preview is deleted.", "Begin a preview")
	if p := b.get(at + "/preview/report"); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != at+"/preview" {
		t.Errorf("the report of a preview that is gone: status %d to %q", p.StatusCode, p.Header.Get("Location"))
	}

	link = begin()
	wantText(t, b.post(link+"/erase", url.Values{"confirm": {"yes"}}), http.StatusOK, "erased")
	wantText(t, b.get(at+"/preview"), http.StatusOK, "Begin a preview") // signed in as before
}
