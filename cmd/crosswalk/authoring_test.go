package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"crosswalk/codebook"
)

// course is a folder of content that tests write.
type course struct {
	t   *testing.T
	dir string
}

func (c course) write(name, text string) {
	c.t.Helper()
	file := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func lessonText(id, title, body string) string {
	return fmt.Sprintf("---\nid: %s\ntitle: %s\nsummary: One.\nobjectives: [Do it]\nareas: [icd10cm]\nminutes: 5\ncode_year: 2026\nreviewed: 2026-11-22\nsources: [Own]\n---\n\n%s\n", id, title, body)
}

func oneQuestionOf(stem string) string {
	return fmt.Sprintf("---\narea: icd10cm\ncode_year: 2026\n---\n\n## q-live-1 {difficulty=1 cites=\"I.A.12.a\"}\n\n%s\n\n- [x] Yes\n  > Why.\n- [ ] No\n  > Why not.\n\n> Why so.\n", stem)
}

// TestAuthorFolder: a file that breaks is served by its last good text, with what is wrong told, until it is mended or taken away.
func TestAuthorFolder(t *testing.T) {
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	c := course{t, t.TempDir()}
	const lesson, bank = "lessons/content/mine/01-a.md", "quizzes/bank/icd10cm/live.md"
	c.write("lessons/content/mine/module.yaml", "title: Mine\nsummary: Mine.\norder: 900\n")
	c.write(lesson, lessonText("live-a", "First", "Text."))
	c.write(bank, oneQuestionOf("Is it?"))
	f := openAuthorFolder(c.dir)
	read := func(what string, errors int, old ...string) *content {
		t.Helper()
		got, err := f.read(book)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, p := range f.concerning(got.problems) {
			if p.Severity == "error" {
				n++
			}
		}
		if n != errors || !slices.Equal(f.old, old) {
			t.Errorf("%s: %d errors, old texts of %v; want %d, %v\n%v", what, n, f.old, errors, old, got.problems)
		}
		return got
	}
	title := func(c *content) string {
		l, err := c.lessons.Lesson("live-a")
		if err != nil {
			return ""
		}
		return l.Title
	}
	read("as written", 0)
	c.write(lesson, lessonText("live-a", "Second", "A code that is none: [[icd10cm:Q]]."))
	c.write(bank, strings.Replace(oneQuestionOf("Is it?"), "[x]", "[ ]", 1))
	got := read("both broken", 2, lesson, bank)
	if title(got) != "First" {
		t.Errorf("the lesson is %q", title(got))
	}
	if _, err := got.bank.Question("q-live-1"); err != nil {
		t.Error(err)
	}
	c.write(lesson, lessonText("live-a", "Third", "Text."))
	if got := read("one mended", 1, bank); title(got) != "Third" {
		t.Errorf("the lesson is %q", title(got))
	}
	if err := os.Remove(filepath.Join(c.dir, bank)); err != nil {
		t.Fatal(err)
	}
	if _, err := read("the other taken away", 0).bank.Question("q-live-1"); err == nil {
		t.Error("a question of a file that is gone is there")
	}
	c.write(lesson, "no front matter")
	if got := read("broken as a whole", 1, lesson); title(got) != "Third" {
		t.Errorf("the lesson is %q", title(got))
	}
	shipped, err := f.read(book)
	if err != nil {
		t.Fatal(err)
	}
	first := shipped.lessons.Lessons()[0]
	c.write(first.File, "no front matter")
	again := openAuthorFolder(c.dir)
	if fresh, err := again.read(book); err != nil || !slices.Contains(again.old, first.File) {
		t.Errorf("old texts of %v (%v)", again.old, err)
	} else if l, err := fresh.lessons.Lesson(first.ID); err != nil || l.Title != first.Title {
		t.Errorf("a file that was broken from the start takes down the one that it hides: %v", err)
	}
	if fresh, err := openAuthorFolder(c.dir).read(book); err != nil || title(fresh) != "" || len(fresh.lessons.Lessons()) < 90 {
		t.Errorf("read for the first time, the broken lesson is %q among %d (%v)", title(fresh), len(fresh.lessons.Lessons()), err)
	}
}

// TestLookAround: what an editor keeps for itself is no content, and a stamp tells of each change.
func TestLookAround(t *testing.T) {
	c := course{t, t.TempDir()}
	for _, name := range []string{"lessons/content/m/01-a.md", "lessons/content/m/.01-a.md.swp", "quizzes/bank/a/b.md~", "quizzes/.git/x", "notes.txt"} {
		c.write(name, "x")
	}
	f := openAuthorFolder(c.dir)
	before := f.look()
	if len(before) != 1 {
		t.Errorf("seen: %v", before)
	}
	c.write("lessons/content/m/01-a.md", "xy")
	c.write("quizzes/exams/e.yaml", "x")
	if got, want := differing(before, f.look()), []string{"lessons/content/m/01-a.md", "quizzes/exams/e.yaml"}; !slices.Equal(got, want) {
		t.Errorf("changed: %v, want %v", got, want)
	}
	if got := differing(f.look(), map[string]fileStamp{}); len(got) != 2 {
		t.Errorf("taken away: %v", got)
	}
}

// TestLiveContent: a running server shows what is written into its folder, tells of errors on the page and in the terminal, and goes on.
func TestLiveContent(t *testing.T) {
	c := course{t, t.TempDir()}
	const lesson = "lessons/content/terminology/90-live.md"
	c.write(lesson, lessonText("live-b", "Before", "Text."))
	a := start(t, "-data", t.TempDir(), "-content", c.dir)
	page := func() string {
		reply, err := http.Get(a.url + "/lessons/live-b")
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
	await := func(what string, ok func(string) bool) {
		t.Helper()
		for range 600 {
			if ok(page()) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Errorf("%s: the page says\n%s\nthe terminal\n%s", what, page(), a.errs)
	}
	await("at first", func(s string) bool {
		return strings.Contains(s, "<h1>Before</h1>") && !strings.Contains(s, "<summary>")
	})
	c.write(lesson, lessonText("live-b", "After", "Text."))
	await("changed", func(s string) bool { return strings.Contains(s, "<h1>After</h1>") })
	c.write(lesson, lessonText("live-b", "Broken", "[[icd10cm:Q]]"))
	await("broken", func(s string) bool {
		return strings.Contains(s, "<h1>After</h1>") && strings.Contains(s, "<code>"+lesson+":") && strings.Contains(s, "Served as it last was without errors: "+lesson)
	})
	await("broken, in the terminal", func(string) bool { return strings.Contains(a.errs.String(), "content: "+lesson+":") })
	c.write(lesson, lessonText("live-b", "Mended", "Text."))
	await("mended", func(s string) bool { return strings.Contains(s, "<h1>Mended</h1>") && !strings.Contains(s, lesson+":") })
	if err := os.Rename(c.dir, c.dir+"-away"); err != nil {
		t.Fatal(err)
	}
	await("without its folder", func(string) bool {
		return strings.Contains(a.errs.String(), "cannot be read again, and what was read before stays")
	})
	if err := os.Rename(c.dir+"-away", c.dir); err != nil {
		t.Fatal(err)
	}
	await("back again", func(s string) bool { return strings.Contains(s, "<h1>Mended</h1>") })
}

// TestAuthorsAlone: where others come, only staff are told of the content's files.
func TestAuthorsAlone(t *testing.T) {
	c := course{t, t.TempDir()}
	c.write("lessons/content/terminology/90-live.md", "no front matter")
	a := start(t, "-data", t.TempDir(), "-content", c.dir, "-public-url", "http://127.0.0.1")
	reply, err := http.Get(a.url + "/content/changes?" + url.Values{"after": {"0"}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	if reply.StatusCode != http.StatusNotFound {
		t.Errorf("a visitor gets %d", reply.StatusCode)
	}
	reply, err = http.Get(a.url + "/lessons")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(reply.Body)
	reply.Body.Close()
	if strings.Contains(string(b), "90-live.md") {
		t.Error("a visitor is told of files")
	}
}

// TestGuideBegins: the commands of the authoring guide, as they stand there, lead from an empty folder to a served lesson that passes check.
func TestGuideBegins(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "content.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(guide), "## From an empty folder to a served lesson\n")
	section, _, _ = strings.Cut(section, "\n## ")
	found := regexp.MustCompile("(?m)^    crosswalk (.+)$|<http://127.0.0.1:8080(/[^>]+)>|`crosswalk (check .+?)`").FindAllStringSubmatch(section, -1)
	if len(found) != 4 {
		t.Fatalf("the guide has two commands, an address and a check; found %q", found)
	}
	t.Chdir(t.TempDir())
	t.Setenv("CROSSWALK_RELEASES", "")
	if got := try(t, "", strings.Fields(found[0][1])...); got.status != statusOK {
		t.Fatalf("%s: %+v", found[0][0], got)
	}
	a := start(t, append([]string{"-data", t.TempDir()}, strings.Fields(found[1][1])...)...)
	if status := statusOf(t, a.url+found[2][2]); status != http.StatusOK {
		t.Errorf("%s: status %d\n%s", found[2][0], status, a.errs)
	}
	if got := try(t, "", strings.Fields(found[3][3])...); got.status != statusOK {
		t.Errorf("%s: %+v", found[3][0], got)
	}
}
