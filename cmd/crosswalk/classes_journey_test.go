package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestClass is the journey of a class: an instructor makes a cohort, invites by link and by file, and assigns a case; a learner joins as a
// guest, sees what is to do and does it; the instructor sees the grade, writes a message and looks as the learner does; the learner reads it
// and answers. With CROSSWALK_AXE axe runs over every page of it.
func TestClass(t *testing.T) {
	teacher, learner := openBrowser(t), openBrowser(t)
	data := t.TempDir()
	if o := try(t, "a sentence to remember\n", "user", "add", "-name", "Ines", "-email", "ines@example.org", "-role", "instructor", "-data", data); o.status != statusOK {
		t.Fatalf("user add: %+v", o)
	}
	a := startProgram(t, "-data", data)
	do(t, teacher, "sign in", chromedp.Navigate(a.url+"/signin"), chromedp.SetValue("#email", "ines@example.org", chromedp.ByQuery), chromedp.SetValue("#passphrase", "a sentence to remember", chromedp.ByQuery),
		chromedp.Click(`form.card button.primary`, chromedp.ByQuery), chromedp.WaitVisible("a.who", chromedp.ByQuery))

	var cohort, link, assignment string
	do(t, teacher, "make a cohort", chromedp.Navigate(a.url+"/teach/cohorts"), chromedp.SetValue("#name", "Tuesday group", chromedp.ByQuery), chromedp.Click(`form[action^="/teach/cohorts"] button.primary`, chromedp.ByQuery),
		chromedp.WaitVisible("#most", chromedp.ByQuery), chromedp.Evaluate(`location.pathname`, &cohort))
	do(t, teacher, "make a link", chromedp.SetValue("#most", "3", chromedp.ByQuery), chromedp.Click(`form[action*="/links"] button`, chromedp.ByQuery), chromedp.WaitVisible("#new-link", chromedp.ByQuery),
		chromedp.Value("#new-link", &link, chromedp.ByQuery))
	if !strings.HasPrefix(link, a.url+"/join/") {
		t.Fatalf("the link is %q", link)
	}
	file := filepath.Join(t.TempDir(), "class.csv")
	if err := os.WriteFile(file, []byte("name,email\nBen,ben@example.org\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, teacher, "invite by file", chromedp.SetUploadFiles("#file", []string{file}, chromedp.ByQuery), chromedp.Click(`form[action*="/invites#"] button`, chromedp.ByQuery), chromedp.WaitVisible(".cl-secret", chromedp.ByQuery))
	do(t, teacher, "assign a case", chromedp.Navigate(a.url+cohort+"/assignments/new?kind=case"), chromedp.SetValue("#ref", "ed-colles-fracture", chromedp.ByQuery), chromedp.SetValue("#due", "2099-01-15T09:00", chromedp.ByQuery),
		chromedp.Click(`.es-form button.primary`, chromedp.ByQuery), chromedp.WaitVisible(`#assignments + ul a`, chromedp.ByQuery), chromedp.AttributeValue(`#assignments + ul a`, "href", &assignment, nil, chromedp.ByQuery))

	var result string
	do(t, learner, "join as a guest", chromedp.Navigate(link), chromedp.Click(`form[action^="/join/"] button`, chromedp.ByQuery), chromedp.WaitVisible("#todo", chromedp.ByQuery))
	if s := textOf(t, learner, "main"); !strings.Contains(s, "Tuesday group") || !strings.Contains(s, "due 15 Jan 2099") {
		t.Errorf("what the learner is to do:\n%s", s)
	}
	do(t, learner, "find it on the dashboard and do it", chromedp.Navigate(a.url+"/progress"), chromedp.Click(`.cl-card a.button`, chromedp.ByQuery),
		awaitOverLoads(`document.querySelector("#dx-0-code") !== null && document.readyState === "complete"`),
		chromedp.SendKeys("#dx-0-code", "S52.531A", chromedp.ByQuery), chromedp.Click(`.sheet-foot button.primary`, chromedp.ByQuery), chromedp.WaitVisible(".result-lines", chromedp.ByQuery), chromedp.Evaluate(`location.pathname`, &result))
	do(t, learner, "it is done", chromedp.Navigate(a.url+"/progress/assignments"), chromedp.WaitVisible("#done", chromedp.ByQuery))

	var path string
	do(t, teacher, "see the grade", chromedp.Navigate(a.url+cohort+"/grades"), chromedp.WaitVisible("table.gr", chromedp.ByQuery), chromedp.Click(`table.gr td a`, chromedp.ByQuery), chromedp.WaitVisible("#talk-text", chromedp.ByQuery),
		chromedp.Evaluate(`location.pathname`, &path))
	if path != result {
		t.Errorf("the grade leads to %s, want %s", path, result)
	}
	do(t, teacher, "write a message", chromedp.SetValue("#talk-text", "Good. And the procedure?", chromedp.ByQuery), chromedp.Click(`.tk form button`, chromedp.ByQuery), chromedp.WaitVisible(".tk-own", chromedp.ByQuery))
	do(t, learner, "read it and answer", chromedp.Navigate(a.url+"/progress"), chromedp.Click(`.cl-unread a`, chromedp.ByQuery), chromedp.WaitVisible(".tk-one", chromedp.ByQuery))
	if s := textOf(t, learner, ".tk"); !strings.Contains(s, "Good. And the procedure?") || !strings.Contains(s, "Ines") {
		t.Errorf("what the learner reads:\n%s", s)
	}
	do(t, learner, "answer", chromedp.SetValue("#talk-text", "I will look.", chromedp.ByQuery), chromedp.Click(`.tk form button`, chromedp.ByQuery), chromedp.WaitVisible(".tk-own", chromedp.ByQuery))
	do(t, teacher, "it is marked", chromedp.Navigate(a.url+"/teach/messages"), chromedp.WaitVisible(".cl-rows a", chromedp.ByQuery))
	var person string
	do(t, teacher, "find the learner", chromedp.Navigate(a.url+cohort+"/grades"), chromedp.WaitVisible("table.gr", chromedp.ByQuery), chromedp.AttributeValue(`table.gr tbody th a`, "href", &person, nil, chromedp.ByQuery))
	do(t, teacher, "look as the learner does", chromedp.Navigate(a.url+person), chromedp.WaitVisible("#done", chromedp.ByQuery))
	downloads(t, teacher, a.url+cohort+"/grades")

	if os.Getenv("CROSSWALK_AXE") == "" {
		return
	}
	person = strings.TrimSuffix(person, "/assignments")
	axe := axeScript(t)
	visitWithAxe(t, teacher, axe, a.url, []string{
		cohort, cohort + "/grades", cohort + "/grades?state=missing", cohort + "/assignments/new", cohort + "/assignments/new?kind=drill", cohort + "/assignments/new?kind=exam", assignment, "/teach", "/teach/messages", result, strings.TrimPrefix(link, a.url),
		person, person + "/dashboard", person + "/assignments", person + "/plan", person + "/readiness", person + "/results",
	})
	visitWithAxe(t, learner, axe, a.url, []string{"/progress", "/progress/assignments", result, strings.TrimPrefix(link, a.url)})
	stranger := openBrowser(t)
	visitWithAxe(t, stranger, axe, a.url, []string{strings.TrimPrefix(link, a.url), "/join/gone"})
}

// downloads has the browser fetch both files of the grades.
func downloads(t *testing.T, ctx context.Context, page string) {
	t.Helper()
	for _, ext := range []string{".csv", ".xlsx"} {
		var size int
		do(t, ctx, "download "+ext, chromedp.Navigate(page), chromedp.Poll(`fetch(location.pathname+"`+ext+`").then(r=>r.ok?r.arrayBuffer():new ArrayBuffer(0)).then(b=>b.byteLength)`, &size))
		if size < 100 {
			t.Errorf("grades%s has %d bytes", ext, size)
		}
	}
}
