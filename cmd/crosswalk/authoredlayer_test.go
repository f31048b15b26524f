package main

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/store"
)

// TestAuthoredLayer: files that were written stand in the place of others or beside them, and what was taken away is nowhere.
func TestAuthoredLayer(t *testing.T) {
	base := fstest.MapFS{"bank/em/a.md": {Data: []byte("a")}, "bank/em/b.md": {Data: []byte("b")}, "bank/old/c.md": {Data: []byte("c")}, "exams/x.yaml": {Data: []byte("x")}}
	over := authored{texts: map[string]string{"quizzes/bank/em/a.md": "A", "quizzes/cases/office/n.md": "N", "lessons/glossary/g.md": "G"}, gone: map[string]bool{"quizzes/bank/em/b.md": true, "quizzes/bank/old/c.md": true}}
	fsys := over.over("quizzes", base)
	if err := fstest.TestFS(fsys.(authoredLayer), "bank/em/a.md", "cases/office/n.md", "exams/x.yaml"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"bank/em/a.md": "A", "cases/office/n.md": "N", "exams/x.yaml": "x", "bank/em/b.md": "", "bank/old/c.md": ""} {
		got, err := fs.ReadFile(fsys, name)
		if string(got) != want || (want == "") != errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	all, err := fs.Glob(fsys, "bank/*/*.md")
	if err != nil || !slices.Equal(all, []string{"bank/em/a.md"}) {
		t.Errorf("%v %v", all, err)
	}
	dirs, err := fs.ReadDir(fsys, "bank")
	if err != nil || len(dirs) != 1 { // the folder of which all went is gone
		t.Errorf("%v %v", dirs, err)
	}
	if fsys := (authored{}).over("quizzes", base); fsys == nil || !over.same(over.with("quizzes/bank/em/a.md", "A", false)) || over.same(over.with("quizzes/bank/em/a.md", "", true)) {
		t.Error("same and with disagree")
	}
}

// TestNewProblems: what was wrong elsewhere before is not held against a file; what is wrong with it is, and what it breaks elsewhere.
func TestNewProblems(t *testing.T) {
	p := func(file string, line int, severity markdown.Severity, message string) markdown.Problem {
		return markdown.Problem{File: file, Line: line, Severity: severity, Message: message}
	}
	before := []markdown.Problem{p("a", 1, markdown.Error, "old"), p("b", 1, markdown.Warning, "w")}
	after := []markdown.Problem{p("a", 9, markdown.Error, "old"), p("a", 2, markdown.Error, "new"), p("b", 1, markdown.Warning, "other"), p("me", 1, markdown.Warning, "mine")}
	var got []string
	for _, x := range newProblems(before, after, "me") {
		got = append(got, x.File+" "+x.Message)
	}
	if !slices.Equal(got, []string{"a new", "me mine"}) {
		t.Errorf("%v", got)
	}
}

// statusOf is how a page is answered.
func statusOf(t testing.TB, url string) int {
	t.Helper()
	reply, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	return reply.StatusCode
}

// bodyOf is a page as text.
func bodyOf(t testing.TB, url string) string {
	t.Helper()
	reply, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAuthoredCommand: a file is checked and published by the command, served by a server that runs, listed, and written out; what would break
// the content is refused.
func TestAuthoredCommand(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	a := start(t, "-data", data)
	file := filepath.Join(dir, "new", "live-command.md")
	do := func(status int, says string, args ...string) {
		t.Helper()
		got := try(t, "", append([]string{"content", "-data", data}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Errorf("content %s: want status %d and %q: %+v", strings.Join(args, " "), status, says, got)
		}
	}
	if got := try(t, "", "new", "lesson", file); got.status != statusOK {
		t.Fatalf("%+v", got)
	}
	const place = "lessons/content/terminology/95-live-command.md"
	do(statusOK, "0 files", "files")
	do(statusUsage, "is no place of a content file", "put", file, "elsewhere.md", "-message", "m")
	do(statusUsage, "Say in a few words what changed", "put", file, place)
	do(statusOK, "revision 1, draft", "put", file, place, "-draft")
	do(statusOK, "revision 2, published", "put", file, place, "-message", "first")
	deadline := time.Now().Add(10 * time.Second)
	for statusOf(t, a.url+"/lessons/live-command") != http.StatusOK {
		if time.Now().After(deadline) {
			t.Fatalf("the server does not serve what another process published\n%s", a.errs)
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "id: live-command", "id: icd10cm-excludes", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	do(statusNo, "duplicate-id", "put", file, place, "-message", "second")
	do(statusNo, "is at revision 2 now", "put", file, place, "-message", "second", "-base", "1")
	do(statusOK, `"state": "published"`, "files", "-json")
	do(statusOK, "1 files written", "write", filepath.Join(dir, "out"))
	if got, err := os.ReadFile(filepath.Join(dir, "out", filepath.FromSlash(place))); err != nil || string(got) != string(text) {
		t.Errorf("written out: %v\n%s", err, got)
	}
	do(statusOK, "0 files written", "write", filepath.Join(dir, "out"))
	if err := os.WriteFile(filepath.Join(dir, "out", filepath.FromSlash(place)), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(statusNo, "was left as it is", "write", filepath.Join(dir, "out"))
}

// TestKilledBeforeServed: a publication that is kept, and whose server ended before it served it, is served from the next start; and a file in the
// content folder wins over it.
func TestKilledBeforeServed(t *testing.T) {
	c := course{t, t.TempDir()}
	data := t.TempDir()
	const place = "lessons/content/terminology/96-kept.md"
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(data, "crosswalk.db")})
	if err != nil {
		t.Fatal(err)
	}
	text := lessonText("kept-before", "Kept", "Text.")
	f := progress.AuthoredFile{ID: "01a00000-0000-7000-8000-000000000001", Path: place, Revision: 1, State: progress.AuthoredPublished, Text: text, Hash: "h", At: time.Now()}
	if err := db.AddAuthored(t.Context(), progress.DefaultOrg, f, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	title := func(a *app) string {
		return bodyOf(t, a.url+"/lessons/kept-before")
	}
	a := start(t, "-data", data)
	if s := title(a); !strings.Contains(s, "<h1>Kept</h1>") {
		t.Errorf("after a start the page says\n%s", s)
	}
	c.write(place, lessonText("kept-before", "Folder", "Text."))
	b := start(t, "-data", data, "-content", c.dir)
	if s := title(b); !strings.Contains(s, "<h1>Folder</h1>") {
		t.Errorf("the folder does not win:\n%s", s)
	}
	if err := os.Remove(filepath.Join(c.dir, filepath.FromSlash(place))); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(title(b), "<h1>Kept</h1>") {
		if time.Now().After(deadline) {
			t.Fatalf("with the file gone from the folder the page says\n%s", title(b))
		}
		time.Sleep(50 * time.Millisecond)
	}
}
