package progress_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"crosswalk/lessons/markdown"
	"crosswalk/progress"
)

// desk stands in for what serves the content.
type desk struct {
	folder   map[string]bool
	problems []markdown.Problem
	reloads  int
	fails    error
	checking func() // what happens meanwhile, nil for nothing
}

func (d *desk) InFolder(path string) bool { return d.folder[path] }
func (d *desk) CheckWith(context.Context, string, string, bool) ([]markdown.Problem, error) {
	if happens := d.checking; happens != nil {
		d.checking = nil
		happens()
	}
	return d.problems, nil
}
func (d *desk) Reload(context.Context) error { d.reloads++; return d.fails }

const officeFile = "quizzes/cases/office/a.md"

// TestAuthoredConflict: two authors who began from the same revision; nothing of either is overwritten, and the second gets all texts.
func TestAuthoredConflict(t *testing.T) {
	h := newHouse(t)
	ann, bo, d := h.user("ann", progress.RoleInstructor, ""), h.user("bo", progress.RoleAdmin, ""), &desk{}
	save := func(a progress.Actor, base int, text string) (progress.AuthoredFile, error) {
		return h.SaveAuthored(t.Context(), a, progress.AuthoredDraft{Path: officeFile, Base: base, Text: text}, d)
	}
	first, err := save(ann, 0, "one\r\ntwo")
	h.must(err)
	if first.Revision != 1 || first.Text != "one\ntwo\n" {
		t.Errorf("%+v", first)
	}
	if again, err := save(ann, 0, "one\ntwo\n"); err != nil || again.Revision != 1 {
		t.Errorf("sent twice: %+v, %v", again, err)
	}
	if same, err := save(bo, 1, "one\ntwo\n"); err != nil || same.Revision != 1 {
		t.Errorf("nothing changed: %+v, %v", same, err)
	}
	_, err = save(ann, 1, "ONE\ntwo\n")
	h.must(err)
	_, err = save(bo, 1, "one\nTWO\n")
	var conflict *progress.AuthoredConflict
	if !errors.As(err, &conflict) || !errors.Is(err, progress.ErrConflict) {
		t.Fatalf("the second author is told: %v", err)
	}
	if conflict.Base.Text != "one\ntwo\n" || conflict.Newest.Text != "ONE\ntwo\n" || conflict.Newest.Author != ann.Learner {
		t.Errorf("%+v", conflict)
	}
	merged, err := save(bo, 2, "ONE\nTWO\n")
	h.must(err)
	all, err := h.AuthoredHistory(t.Context(), ann, officeFile)
	h.must(err)
	if merged.Revision != 3 || len(all) != 3 {
		t.Errorf("%d revisions, the merged one is %d", len(all), merged.Revision)
	}
}

// TestPublishAuthored: errors stop it, warnings are seen first, each publication has an entry, and a file that is kept stays published when it
// cannot be served at once.
func TestPublishAuthored(t *testing.T) {
	h := newHouse(t)
	ann, d := h.user("ann", progress.RoleInstructor, ""), &desk{}
	publish := func(in progress.AuthoredDraft) (progress.AuthoredFile, error) {
		in.Path = officeFile
		return h.PublishAuthored(t.Context(), ann, in, d)
	}
	d.problems = []markdown.Problem{{File: officeFile, Line: 3, Severity: markdown.Error, Message: "wrong"}}
	var stopped *progress.ContentErrors
	if _, err := publish(progress.AuthoredDraft{Text: "x", Message: "m", Warned: true}); !errors.As(err, &stopped) || !stopped.Stops() {
		t.Errorf("an error: %v", err)
	}
	d.problems[0].Severity = markdown.Warning
	if _, err := publish(progress.AuthoredDraft{Text: "x", Message: "m"}); !errors.As(err, &stopped) || stopped.Stops() {
		t.Errorf("a warning: %v", err)
	}
	_, err := publish(progress.AuthoredDraft{Text: "x", Warned: true})
	wantField(t, "no message", err, "message")
	f, err := publish(progress.AuthoredDraft{Text: "x", Message: "m", Warned: true})
	h.must(err)
	if n, err := h.PublishedCount(t.Context()); err != nil || n != 1 || d.reloads != 1 {
		t.Errorf("%d published, served %d times, %v", n, d.reloads, err)
	}
	d.problems, d.fails = nil, errors.New("killed")
	if _, err := publish(progress.AuthoredDraft{Base: f.Revision, Gone: true, Message: "old"}); err == nil {
		t.Error("nobody says that it is not served")
	}
	files, err := h.PublishedFiles(t.Context())
	h.must(err)
	if len(files) != 1 || !files[0].Gone || files[0].Revision != 2 {
		t.Errorf("%+v", files)
	}
	entries, err := h.AuditLog(t.Context(), progress.Operator(""), progress.AuditFilter{Target: officeFile})
	h.must(err)
	if len(entries) != 2 || entries[0].Action != "content.remove" || !strings.Contains(entries[1].Detail, "revision 1 m") {
		t.Errorf("%+v", entries)
	}
}

// TestAuthoredRefused: who may not, and what is no content file.
func TestAuthoredRefused(t *testing.T) {
	h := newHouse(t)
	ann := h.user("ann", progress.RoleInstructor, "")
	d := &desk{folder: map[string]bool{"quizzes/cases/office/mine.md": true}}
	ok := progress.AuthoredDraft{Path: officeFile, Text: "x", Message: "m"}
	for _, a := range []progress.Actor{h.guest(), h.user("lea", progress.RoleLearner, ""), h.user("emp", progress.RoleEmployer, ""), {}, h.user("far", progress.RoleAdmin, "0190a000-0000-7000-8000-000000000001")} {
		_, err := h.SaveAuthored(t.Context(), a, ok, d)
		wantErr(t, "save", err, progress.ErrForbidden)
		_, err = h.PublishAuthored(t.Context(), a, ok, d)
		wantErr(t, "publish", err, progress.ErrForbidden)
		_, err = h.AuthoredFiles(t.Context(), a)
		wantErr(t, "list", err, progress.ErrForbidden)
		_, err = h.AuthoredHistory(t.Context(), a, officeFile)
		wantErr(t, "history", err, progress.ErrForbidden)
		_, err = h.AuthoredRevision(t.Context(), a, officeFile, 1)
		wantErr(t, "revision", err, progress.ErrForbidden)
	}
	for _, c := range []struct {
		name, path, text, field string
	}{
		{"a way out", "quizzes/../../etc/passwd", "x", "path"}, {"no content", "quizzes/check.go", "x", "path"}, {"capitals", "quizzes/cases/office/A.md", "x", "path"}, {"a picture", "lessons/content/start/a.png", "x", "path"},
		{"in the folder", "quizzes/cases/office/mine.md", "x", "path"}, {"empty", officeFile, " \n", "text"}, {"too long", officeFile, strings.Repeat("x", progress.MaxAuthored+1), "text"}, {"no text", officeFile, "a\xff", "text"}, {"a zero", officeFile, "a\x00", "text"},
	} {
		_, err := h.SaveAuthored(t.Context(), ann, progress.AuthoredDraft{Path: c.path, Text: c.text}, d)
		wantField(t, c.name, err, c.field)
	}
}

// TestPublishedTwice: a form that is sent again while the first is being checked publishes once and is no conflict; another author's is one.
func TestPublishedTwice(t *testing.T) {
	h := newHouse(t)
	ann, bo, d := h.user("ann", progress.RoleInstructor, ""), h.user("bo", progress.RoleInstructor, ""), &desk{}
	publish := func(a progress.Actor, base int, text string) (progress.AuthoredFile, error) {
		return h.PublishAuthored(t.Context(), a, progress.AuthoredDraft{Path: officeFile, Base: base, Text: text, Message: "m"}, d)
	}
	d.checking = func() {
		_, err := publish(ann, 0, "x")
		h.must(err)
	}
	f, err := publish(ann, 0, "x")
	h.must(err)
	if n, err := h.PublishedCount(t.Context()); err != nil || n != 1 || f.Revision != 1 {
		t.Errorf("%d published (%v), the last is revision %d", n, err, f.Revision)
	}
	d.checking = func() {
		_, err := publish(bo, 1, "y")
		h.must(err)
	}
	_, err = publish(ann, 1, "y")
	wantErr(t, "another author", err, progress.ErrConflict)
}
