package server_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/server"
)

// press stands in for what serves the content: it checks nothing unless it is told of problems, and keeps a text in mind.
type press struct {
	mu       sync.Mutex
	folder   map[string]string
	problems []markdown.Problem
	reloads  int
}

func (p *press) InFolder(path string) bool { _, ok := p.folder[path]; return ok }
func (p *press) CheckWith(context.Context, string, string, bool) ([]markdown.Problem, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.problems, nil
}
func (p *press) Reload(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reloads++
	return nil
}
func (p *press) Problems() []markdown.Problem { return nil }
func (p *press) Served(path string) (string, bool) {
	if text, ok := p.folder[path]; ok {
		return text, true
	}
	return p.Shipped(path)
}

func (p *press) Shipped(path string) (string, bool) {
	top, rest, _ := strings.Cut(path, "/")
	fsys := map[string]fs.FS{"lessons": lessons.Content, "quizzes": quizzes.Content}[top]
	if fsys == nil {
		return "", false
	}
	b, err := fs.ReadFile(fsys, rest)
	return string(b), err == nil
}

// withPress is the site with pages on which content is written.
func withPress(t *testing.T) (*site, *press) {
	t.Helper()
	s := newSite(t)
	p := &press{folder: map[string]string{}}
	srv, err := server.New(server.Config{Progress: s.prog, Logger: slog.New(slog.NewTextHandler(s.log, nil)), Version: "test", Content: s.c, Desk: p})
	if err != nil {
		t.Fatal(err)
	}
	s.srv = srv
	return s, p
}

const colles = "quizzes/cases/ed/ed-colles-fracture.md"

var contentRoutes = []struct{ method, path string }{
	{"GET", "/teach/content"}, {"GET", "/teach/content/start?kind=case&folder=ed&name=x"}, {"GET", "/teach/content/edit?path=" + colles}, {"POST", "/teach/content/edit"}, {"POST", "/teach/content/preview"},
	{"GET", "/teach/content/history?path=" + colles}, {"POST", "/teach/content/remove"}, {"GET", "/teach/content/diff?path=" + colles},
}

// TestContentRoles: nobody but instructors and admins reaches any page of authors, and nothing is kept for others.
func TestContentRoles(t *testing.T) {
	s, p := withPress(t)
	guest := s.browser(t)
	guest.startGuest()
	learner, _ := s.staff(t, "lea", progress.RoleLearner)
	employer, _ := s.staff(t, "emil", progress.RoleEmployer)
	form := func() url.Values { // anew each time: the token of one browser is not another's
		return url.Values{"path": {"quizzes/cases/ed/new.md"}, "base": {"0"}, "text": {"x"}, "message": {"m"}, "do": {"draft"}}
	}
	for name, b := range map[string]*browser{"a guest": guest, "a learner": learner, "an employer": employer} {
		for _, r := range contentRoutes {
			var got page
			if r.method == "GET" {
				got = b.get(r.path)
			} else {
				got = b.post(r.path, form())
			}
			if got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "role") {
				t.Errorf("%s at %s %s: status %d", name, r.method, r.path, got.StatusCode)
			}
		}
	}
	visitor := s.browser(t)
	visitor.get("/")
	if got := visitor.post("/teach/content/edit", form()); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("a visitor: status %d", got.StatusCode)
	}
	if n, err := s.prog.PublishedCount(t.Context()); err != nil || n != 0 || p.reloads != 0 {
		t.Errorf("%d published, %v", n, err)
	}
	for name, role := range map[string]progress.Role{"ines": progress.RoleInstructor, "adam": progress.RoleAdmin} {
		b, _ := s.staff(t, name, role)
		if got := b.get("/teach/content"); got.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", role, got.StatusCode)
		}
	}
}

// TestContentPages: a shipped file is changed, looked at, published with a warning, compared, restored and taken away; what is wrong is said and
// what was typed stays.
func TestContentPages(t *testing.T) {
	s, p := withPress(t)
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	wantText(t, b.get("/teach/content"), http.StatusOK, "Nothing was written here yet")
	wantText(t, b.get("/teach/content?q=colles"), http.StatusOK, colles)
	wantText(t, b.get("/teach/content/start?kind=case&folder=ed&name=---"), http.StatusUnprocessableEntity, "Give the new file a name")
	wantText(t, b.get("/teach/content/start?kind=case&folder=../x&name=a"), http.StatusUnprocessableEntity, "There is no such place")
	if got := b.get("/teach/content/start?kind=lesson&folder=terminology&name=My+first"); got.StatusCode != http.StatusSeeOther || !strings.Contains(got.Header.Get("Location"), "-my-first.md") {
		t.Errorf("a new lesson: %d %s", got.StatusCode, got.Header.Get("Location"))
	}
	if got := b.get("/teach/content/edit?path=quizzes/check.go"); got.StatusCode != http.StatusNotFound {
		t.Errorf("no content: status %d", got.StatusCode)
	}
	if got := b.get("/teach/content/history?path=quizzes/cases/ed/nothing.md"); got.StatusCode != http.StatusNotFound {
		t.Errorf("a history of nothing: status %d", got.StatusCode)
	}
	edit := b.get("/teach/content/edit?path=" + colles)
	wantText(t, edit, http.StatusOK, "This file ships", "No problems found", "The text is the same")
	text := strings.TrimPrefix(edit.doc.Find("#text").Text(), "\n")
	send := func(do, text, message string, more ...string) page {
		form := url.Values{"path": {colles}, "base": {"0"}, "text": {strings.ReplaceAll(text, "\n", "\r\n")}, "message": {message}, "do": {do}, "view": {"text"}}
		for i := 0; i+1 < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return b.post("/teach/content/edit", form)
	}
	broken := strings.Replace(text, "code: S52.531A", "code: S52.531", 1)
	got := send("preview", broken, "")
	wantText(t, got, http.StatusOK, "needs more characters")
	if line := got.doc.Find(".ct-problems a[data-line]").First().AttrOr("data-line", ""); line == "" || line == "1" {
		t.Errorf("the problem leads to line %q", line)
	}
	if part := b.post("/teach/content/preview", url.Values{"path": {colles}, "text": {broken}, "view": {"text"}}); part.StatusCode != http.StatusOK || strings.Contains(part.body, "<html") || !strings.Contains(part.body, "needs more characters") {
		t.Errorf("the part: %d\n%s", part.StatusCode, part.body)
	}
	mine := strings.Replace(text, "title: ", "title: My ", 1)
	wantText(t, send("publish", mine, ""), http.StatusUnprocessableEntity, "Say in a few words what changed", "title: My ")
	wantText(t, send("publish", "<<<<<<< mine\n"+mine, "m"), http.StatusUnprocessableEntity, "marks of a merge")
	p.problems = []markdown.Problem{{File: colles, Line: 4, Severity: markdown.Warning, Message: "a thin title"}}
	wantText(t, send("publish", mine, "m"), http.StatusUnprocessableEntity, "there are warnings", "a thin title", "title: My ")
	if got := send("publish", mine, "m", "warned", "1"); got.StatusCode != http.StatusSeeOther || p.reloads != 1 {
		t.Fatalf("published: status %d, served %d times", got.StatusCode, p.reloads)
	}
	wantText(t, send("draft", text+"\nMore.\n", ""), http.StatusConflict, "Nothing was overwritten", "More.")
	wantText(t, b.get("/teach/content/edit?path="+colles), http.StatusOK, "Published, revision 1", "title: My ")
	wantText(t, b.get("/teach/content/edit?from=ships&path="+colles), http.StatusOK, "Changes since what is published")
	wantText(t, b.get("/teach/content/history?revision=1&path="+colles), http.StatusOK, "Revision 1", "title: My ")
	wantText(t, b.get("/teach/content/diff?path="+colles), http.StatusOK, "+1 −1 lines")
	if got := b.get("/teach/content/diff?from=9&path=" + colles); got.StatusCode != http.StatusNotFound {
		t.Errorf("no such revision: status %d", got.StatusCode)
	}
	wantText(t, b.get("/teach/content"), http.StatusOK, "Published", "“m”")
	p.problems = []markdown.Problem{{File: "lessons/content/x/01-a.md", Line: 4, Severity: markdown.Error, Message: "needs it"}}
	remove := url.Values{"path": {colles}, "base": {"1"}, "message": {"old"}}
	wantText(t, b.post("/teach/content/remove", remove), http.StatusUnprocessableEntity, "something needs this file", "lessons/content/x/01-a.md:4", "needs it")
	p.problems = nil
	if got := b.post("/teach/content/remove", remove); got.StatusCode != http.StatusSeeOther {
		t.Errorf("taken away: status %d", got.StatusCode)
	}
	wantText(t, send("preview", mine, "", "base", "2"), http.StatusOK, "there is nothing to compare it with")
	p.folder[colles] = text
	wantText(t, b.get("/teach/content/edit?path="+colles), http.StatusOK, "the folder wins")
	wantText(t, send("draft", mine+"x", "", "base", "2"), http.StatusUnprocessableEntity, "change the file in the folder")
}

// TestContentForm: the form of a shipped chart says what the file says; sent as it is it changes nothing; lines are added, moved and removed
// without script.
func TestContentForm(t *testing.T) {
	s, _ := withPress(t)
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	got := b.get("/teach/content/edit?view=form&path=" + colles)
	form := got.formValues("#content-form")
	form.Set("do", "preview")
	same := b.post("/teach/content/edit", form)
	wantText(t, same, http.StatusOK, "The text is the same", "No problems found")
	if form.Get("dx.0.code") != "S52.531A" || form.Get("px.0.modifiers") != "RT 54" {
		t.Errorf("the form says %v", form)
	}
	form.Set("dx.0.code", "S52.531")
	wrong := b.post("/teach/content/edit", form)
	if field := wrong.doc.Find(`.ct-problems a[href="#dx-0-code"]`); field.Length() == 0 || wrong.doc.Find("#dx-0-code").Length() == 0 {
		t.Errorf("the problem does not lead to its field:\n%s", wrong.doc.Find(".ct-problems").Text())
	}
	form.Set("dx.0.code", "S52.531A")
	n := same.doc.Find(`input[name^="dx."][name$=".code"]`).Length()
	form.Set("do", "add-dx")
	added := b.post("/teach/content/edit", form)
	if got := added.doc.Find(`input[name^="dx."][name$=".code"]`).Length(); got != n+1 {
		t.Errorf("%d diagnoses, want %d", got, n+1)
	}
	form = added.formValues("#content-form")
	form.Set("do", "remove-dx-"+string(rune('0'+n)))
	wantText(t, b.post("/teach/content/edit", form), http.StatusOK, "No problems found")
	form.Set("do", "text")
	if got := b.post("/teach/content/edit", form); got.doc.Find("#text").Length() != 1 {
		t.Error("no way back to the text")
	}
	lesson := b.get("/teach/content/edit?view=form&path=lessons/content/terminology/99-new.md") // no form for this kind: the text
	if lesson.doc.Find("#text").Length() != 1 {
		t.Error("a lesson has no text")
	}
}

// TestBankForm: the questions of a file as fields, with options and questions added and taken away without script.
func TestBankForm(t *testing.T) {
	s, _ := withPress(t)
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	const file = "quizzes/bank/em/new-one.md"
	form := b.get("/teach/content/edit?view=form&path=" + file).formValues("#content-form")
	if form.Get("q.0.id") != "new-one" || form.Get("q.0.o.1.right") != "1" || form.Get("q.0.o.0.right") != "" {
		t.Fatalf("the form says %v", form)
	}
	press := func(do string) url.Values {
		t.Helper()
		form.Set("do", do)
		got := b.post("/teach/content/edit", form)
		if got.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d\n%s", do, got.StatusCode, got.text())
		}
		return got.formValues("#content-form")
	}
	form.Set("q.0.stem", "What is asked now?")
	form = press("add-o-0")
	form.Set("q.0.o.4.text", "A fifth")
	form.Set("q.0.o.4.why", "Why not.")
	form = press("add-q")
	if form.Get("q.1.difficulty") != "2" || !form.Has("q.1.o.3.text") || form.Get("q.0.o.4.text") != "A fifth" {
		t.Errorf("the form says %v", form)
	}
	form.Set("do", "preview")
	wrong := b.post("/teach/content/edit", form)
	if wrong.doc.Find(`.ct-problems a[href="#q-1-id"]`).Length() == 0 {
		t.Errorf("the problems of the new question: %s", wrong.doc.Find(".ct-problems").Text())
	}
	form = press("remove-q-1")
	form = press("remove-o-0-0")
	form.Set("do", "draft")
	if got := b.post("/teach/content/edit", form); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", got.StatusCode, got.text())
	}
	text := b.get("/teach/content/edit?path=" + file).doc.Find("#text").Text()
	if !strings.Contains(text, "What is asked now?") || !strings.Contains(text, "- [ ] A fifth\n  > Why not.") || strings.Contains(text, "query the provider\n") || strings.Count(text, "## ") != 1 {
		t.Errorf("the file says\n%s", text)
	}
	form.Set("q.0.stem", "A stem\n## with a heading")
	form.Set("base", "1")
	wantText(t, b.post("/teach/content/edit", form), http.StatusUnprocessableEntity, "begins another question")
}

// TestFormTooLong: a file with more than a form sends back is shown as text, since the rest would be lost.
func TestFormTooLong(t *testing.T) {
	s, _ := withPress(t)
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	const file = "quizzes/bank/em/new-one.md"
	questions := func(n, options int) string {
		text := "---\narea: em\ncode_year: 2026\n---\n"
		for i := range n {
			text += fmt.Sprintf("\n## long-%d {difficulty=1 cites=I.A.15}\n\nWhich?\n\n- [x] Right\n  > Why.\n%s\n> Why.\n", i, strings.Repeat("- [ ] Wrong\n  > Why not.\n", options-1))
		}
		return text
	}
	for _, c := range []struct {
		name, text string
		says       string // "" where there is a form
	}{
		{"as many as it holds", questions(200, 2), ""}, {"too many questions", questions(201, 2), "at most 200 questions"},
		{"as many options as it holds", questions(1, 26), ""}, {"too many options", questions(1, 27), "at most 26 options"},
	} {
		got := b.post("/teach/content/edit", url.Values{"path": {file}, "base": {"0"}, "text": {c.text}, "do": {"form"}, "view": {"text"}})
		if form := got.doc.Find(".ct-option").Length() > 0; form != (c.says == "") || !strings.Contains(got.text(), c.says) {
			t.Errorf("%s: a form: %t; the page says %s", c.name, form, got.doc.Find(".notice").Text())
		}
	}
}

// quiet is content in which nothing changes.
type quiet struct{}

func (quiet) State() server.AuthorState { return server.AuthorState{Moves: 1, Content: 1} }
func (quiet) Wait(ctx context.Context, _ int) server.AuthorState {
	<-ctx.Done()
	return quiet{}.State()
}

// TestAuthorBar: pages of authors follow the content, those of others do not; one that answers a form says so, since loading it again would
// send the form again.
func TestAuthorBar(t *testing.T) {
	s := newSite(t)
	srv, err := server.New(server.Config{Progress: s.prog, Logger: slog.New(slog.NewTextHandler(s.log, nil)), Version: "test", Content: s.c, Desk: &press{}, Authoring: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	s.srv = srv
	ines, _ := s.staff(t, "ines", progress.RoleInstructor)
	lea, _ := s.staff(t, "lea", progress.RoleLearner)
	const edit = "/teach/content/edit?path=" + colles
	posted := ines.post("/teach/content/edit", url.Values{"path": {colles}, "base": {"0"}, "text": {"x"}, "do": {"preview"}, "view": {"text"}})
	for _, c := range []struct {
		name        string
		page        page
		bar, posted int
	}{
		{"an instructor's page", ines.get(edit), 1, 0}, {"one that answers a form", posted, 1, 1}, {"a learner's page", lea.get("/lessons"), 0, 0},
	} {
		if bar, posted := c.page.doc.Find("#authoring").Length(), c.page.doc.Find("#authoring[data-posted]").Length(); bar != c.bar || posted != c.posted {
			t.Errorf("%s (status %d): %d bars, %d of them posted; want %d, %d", c.name, c.page.StatusCode, bar, posted, c.bar, c.posted)
		}
	}
}
