package lessons_test

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
)

// lesson is a sound lesson with an id, what it requires, and a body.
func lesson(id, requires, body string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("---\nid: " + id + "\ntitle: Title of " + id + "\nsummary: One sentence.\nobjectives: [Know it]\nareas: [icd10cm]\nminutes: 5\nrequires: [" + requires +
		"]\ncode_year: 2026\nreviewed: 2026-11-21\nsources: [A source]\n---\n\n" + body)}
}

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func sound() fstest.MapFS {
	return fstest.MapFS{
		"content/icd10cm/module.yaml":     file("title: ICD-10-CM\nsummary: Diagnoses.\norder: 2\n"),
		"content/icd10cm/01-structure.md": lesson("icd10cm-structure", "", "## One\n\nA [[term:Etiology]] and ![a picture](pic.svg).\n"),
		"content/icd10cm/02-excludes.md":  lesson("icd10cm-excludes", "icd10cm-structure", "## Two\n\n:::check q-1\n:::\n\n:::guideline I.A.12.a\nText.\n:::\n\n[back](/lessons/icd10cm-structure)\n"),
		"content/icd10cm/pic.svg":         file("<svg/>"),
		"content/icd10cm/notes.txt":       file("secret"),
		"content/anatomy/module.yaml":     file("title: Anatomy\nsummary: Places.\norder: 1\n"),
		"content/anatomy/01-planes.md":    lesson("anatomy-planes", "", "Text.\n"),
		"glossary/terms.md":               file("## etiology {parts=\"etio+logy\" area=terminology}\n\nThe cause of a disease. It precedes the [[term:manifestation]].\n\n## manifestation {area=terminology}\n\nWhat a disease brings about.\n"),
	}
}

func load(t *testing.T, fsys fs.FS) *lessons.Catalogue {
	t.Helper()
	c, problems := lessons.Load(fsys, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

func TestLoad(t *testing.T) {
	c := load(t, sound())
	var order []string
	for _, m := range c.Modules() {
		for _, l := range m.Lessons {
			order = append(order, m.ID+"/"+l.ID)
		}
	}
	if d := cmp.Diff([]string{"anatomy/anatomy-planes", "icd10cm/icd10cm-structure", "icd10cm/icd10cm-excludes"}, order); d != "" {
		t.Error(d)
	}
	l, err := c.Lesson("icd10cm-structure")
	if err != nil {
		t.Fatal(err)
	}
	if l.Title != "Title of icd10cm-structure" || l.Minutes != 5 || l.CodeYear != 2026 || l.Module != "icd10cm" || len(l.Hash) != 64 || l.File != "lessons/content/icd10cm/01-structure.md" {
		t.Errorf("%+v", l)
	}
	for _, want := range []string{`title="The cause of a disease. It precedes the manifestation."`, `src="/lessons/icd10cm-structure/files/pic.svg"`} {
		if !strings.Contains(string(l.Doc.HTML), want) {
			t.Errorf("%s is not in %s", want, l.Doc.HTML)
		}
	}
	if next := c.Next("anatomy-planes"); next == nil || next.ID != "icd10cm-structure" {
		t.Errorf("next across modules: %v", next)
	}
	if c.Prev("anatomy-planes") != nil || c.Next("icd10cm-excludes") != nil || c.Next("nonsense") != nil {
		t.Error("there is something before the first, after the last or beside an unknown lesson")
	}
	if _, err := c.Lesson("nonsense"); !errors.Is(err, lessons.ErrNotFound) {
		t.Error(err)
	}
}

func TestHashIgnoresLineEnds(t *testing.T) {
	fsys := sound()
	before, _ := load(t, fsys).Lesson("anatomy-planes")
	f := fsys["content/anatomy/01-planes.md"]
	f.Data = []byte(strings.ReplaceAll(string(f.Data), "\n", " \r\n"))
	after, _ := load(t, fsys).Lesson("anatomy-planes")
	if before.Hash != after.Hash {
		t.Error("line ends changed the hash")
	}
	f.Data = append(f.Data, "more"...)
	changed, _ := load(t, fsys).Lesson("anatomy-planes")
	if before.Hash == changed.Hash {
		t.Error("another text has the same hash")
	}
}

func TestGlossary(t *testing.T) {
	c := load(t, sound())
	terms := c.Glossary()
	if len(terms) != 2 || terms[0].Name != "etiology" {
		t.Fatal(terms)
	}
	if d := cmp.Diff([]string{"etio", "logy"}, terms[0].Parts); d != "" {
		t.Error(d)
	}
	if !strings.Contains(string(terms[0].HTML), `href="/lessons/glossary#manifestation"`) {
		t.Error(terms[0].HTML)
	}
	if term, err := c.Term(" ETIOLOGY "); err != nil || term.Line != 1 || term.Area != "terminology" {
		t.Error(term, err)
	}
	if _, err := c.Term("nonsense"); !errors.Is(err, lessons.ErrNotFound) {
		t.Error(err)
	}
}

func TestPicture(t *testing.T) {
	c := load(t, sound())
	l, _ := c.Lesson("icd10cm-structure")
	data, media, err := l.Picture("pic.svg")
	if err != nil || string(data) != "<svg/>" || media != "image/svg+xml" {
		t.Errorf("%q %s %v", data, media, err)
	}
	for _, name := range []string{"none.svg", "notes.txt", "01-structure.md", "../icd10cm/pic.svg", "/pic.svg", "./pic.svg", "", ".", "..", `..\icd10cm\pic.svg`, "pic.svg/", "module.yaml"} {
		if _, _, err := l.Picture(name); !errors.Is(err, lessons.ErrNotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// rules prints problems as file:line rule, without the common parts of paths.
func rules(ps []markdown.Problem) []string {
	var out []string
	for _, p := range ps {
		f := strings.TrimPrefix(strings.TrimPrefix(p.File, "lessons/"), "content/")
		out = append(out, strings.Join([]string{f, strconv.Itoa(p.Line), string(p.Severity), p.Rule}, " "))
	}
	return out
}

// TestBrokenFilesAllAtOnce: every problem of every file is reported in one go, with its line, and the sound lessons are there.
func TestBrokenFilesAllAtOnce(t *testing.T) {
	fsys := sound()
	fsys["content/icd10cm/03-broken.md"] = file("---\nid: Broken One\ntitel: x\nareas: [icd10cm]\nminutes: 5\ncode_year: 2026\nreviewed: yesterday\n---\n\n# Top\n\n[[term:nonsense]]\n\n:::note\n\n![gone](gone.svg) ![doc](notes.txt)\n")
	fsys["content/icd10cm/04-twice.md"] = lesson("anatomy-planes", "", "Text.\n")
	fsys["content/icd10cm/five.md"] = file("no front matter\n")
	fsys["content/empty/module.yaml"] = file("title: Empty\nsummary: x\norder: 9\nextra: 1\n")
	fsys["content/none/01-a.md"] = lesson("none-a", "", "Text.\n")
	fsys["glossary/terms2.md"] = file("stray\n\n## Etiology {area=terminology}\n\nAgain.\n\n## nothing {area=terminology colour=red}\n\n## \n\nx\n")
	c, problems := lessons.Load(fsys, nil)
	want := []string{
		"empty 1 warning empty-module",
		"empty/module.yaml 4 error unknown-key",
		"icd10cm/03-broken.md 10 warning heading-level",
		"icd10cm/03-broken.md 1 error missing-key",
		"icd10cm/03-broken.md 1 warning empty-summary",
		"icd10cm/03-broken.md 1 warning no-objectives",
		"icd10cm/03-broken.md 1 warning no-sources",
		"icd10cm/03-broken.md 2 error bad-id",
		"icd10cm/03-broken.md 3 error unknown-key",
		"icd10cm/03-broken.md 7 error wrong-value",
		"icd10cm/03-broken.md 12 error unknown-term",
		"icd10cm/03-broken.md 14 error unclosed-block",
		"icd10cm/03-broken.md 16 error missing-image",
		"icd10cm/03-broken.md 16 error bad-image",
		"icd10cm/04-twice.md 2 error duplicate-id",
		"icd10cm/five.md 1 warning file-name",
		"icd10cm/five.md 1 error front-matter",
		"none/module.yaml 1 error missing-file",
		"glossary/terms2.md 1 error glossary",
		"glossary/terms2.md 3 error duplicate-id",
		"glossary/terms2.md 7 error unknown-attribute",
		"glossary/terms2.md 7 error glossary",
		"glossary/terms2.md 9 error glossary",
	}
	got := rules(problems)
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
		for _, p := range problems {
			t.Log(p)
		}
	}
	if len(c.Lessons()) != 4 {
		t.Errorf("%d lessons", len(c.Lessons()))
	}
}

func TestCheck(t *testing.T) {
	fsys := sound()
	fsys["content/icd10cm/03-a.md"] = lesson("a", "b", "[x](/lessons/nowhere) [y](/lessons/glossary#etiology)\n\n:::check q-9\n:::\n\n:::guideline I.Z.9\nx\n:::\n")
	fsys["content/icd10cm/04-b.md"] = lesson("b", "c", "Text.\n")
	fsys["content/icd10cm/05-c.md"] = lesson("c", "a, missing", "Text.\n")
	fsys["content/icd10cm/06-d.md"] = lesson("d", "a", "Text.\n")
	c := load(t, fsys)
	problems := c.Check(lessons.Exists{
		Question: func(id string) bool { return id == "q-1" },
		Cite:     func(n string) bool { return n == "I.A.12.a" },
		Area:     func(id string) bool { return id == "icd10cm" },
	})
	want := []string{
		"icd10cm/03-a.md 8 error requires-circle",
		"icd10cm/03-a.md 14 error bad-link",
		"icd10cm/03-a.md 16 error unknown-question",
		"icd10cm/03-a.md 19 error unknown-cite",
		"icd10cm/04-b.md 8 error requires-circle",
		"icd10cm/05-c.md 8 error requires-circle",
		"icd10cm/05-c.md 8 error unknown-lesson",
	}
	if d := cmp.Diff(want, rules(problems)); d != "" {
		t.Error(d, problems)
	}
	if got := c.Check(lessons.Exists{Area: func(string) bool { return false }}); len(markdown.Errors(got)) != 3+1+1+7 {
		t.Errorf("without areas: %v", got)
	}
}

func TestTemplatePassesCheck(t *testing.T) {
	fsys := sound()
	fsys["content/icd10cm/03-new.md"] = file(lessons.Template("new-lesson"))
	c := load(t, fsys)
	if problems := c.Check(lessons.Exists{Question: func(string) bool { return true }}); len(problems) > 0 {
		t.Error(problems)
	}
	if _, err := c.Lesson("new-lesson"); err != nil {
		t.Error(err)
	}
}

func TestLoadWithoutContent(t *testing.T) {
	_, problems := lessons.Load(fstest.MapFS{}, nil)
	if len(problems) != 1 || problems[0].Rule != "unreadable" {
		t.Error(problems)
	}
}

// BenchmarkLoad loads 90 lessons of about 10 kB and 300 terms.
func BenchmarkLoad(b *testing.B) {
	fsys := fstest.MapFS{"content/m/module.yaml": file("title: M\nsummary: S\norder: 1\n")}
	part := "## Part\n\n" + strings.Repeat("Text with [[icd10cm:E11.9]], a [[term:term-7]] and *stress*, as lessons have it in their paragraphs. ", 8) +
		"\n\n:::note\nA block with text.\n:::\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
	for i := range 90 {
		fsys["content/m/"+strconv.Itoa(100+i)+"-a.md"] = lesson("l-"+strconv.Itoa(i), "", strings.Repeat(part, 11))
	}
	var terms strings.Builder
	for i := range 300 {
		terms.WriteString("## term-" + strconv.Itoa(i) + " {area=terminology}\n\nA definition in a sentence or two. It names [[term:term-3]].\n\n")
	}
	fsys["glossary/t.md"] = file(terms.String())
	b.ReportAllocs()
	for b.Loop() {
		if c, problems := lessons.Load(fsys, nil); len(problems) > 0 || len(c.Lessons()) != 90 {
			b.Fatal(problems)
		}
	}
}

// TestReadable: a sentence that is too long is told of at its line, many long ones once, and what is no sentence does not count; a picture that
// nothing shows is told of too.
func TestReadable(t *testing.T) {
	words := func(n int) string { return "Words " + strings.Repeat("go ", n-2) + "on." }
	many := func(n, each int) string { return strings.Repeat(words(each)+" ", n) }
	for _, c := range []struct {
		name, body string
		want       []string // line and rule
	}{
		{"as long as it may be", words(45), nil},
		{"a word longer, in the third paragraph", "One.\n\nTwo.\n\n" + words(46), []string{"18 readability"}},
		{"a table and code", "| a | b |\n|---|---|\n| " + words(60) + " | x |\n\n```\n" + words(60) + "\n```\n", nil},
		{"on average as long as may be", many(10, 22), nil},
		{"longer on average", many(10, 23), []string{"1 readability"}},
		{"too few to tell", many(9, 40), nil},
	} {
		fsys := sound()
		fsys["content/anatomy/01-planes.md"] = lesson("anatomy-planes", "", c.body)
		var got []string
		for _, p := range load(t, fsys).Check(lessons.Exists{}) {
			if p.File != "lessons/content/anatomy/01-planes.md" || p.Severity != markdown.Warning {
				t.Error(p)
			}
			got = append(got, strconv.Itoa(p.Line)+" "+p.Rule)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	fsys := sound()
	fsys["content/anatomy/spare.svg"] = file("<svg/>")
	if got := load(t, fsys).Check(lessons.Exists{}); len(got) != 1 || got[0].Rule != "unreferenced" || got[0].File != "lessons/content/anatomy/spare.svg" {
		t.Errorf("a picture that no lesson shows: %v", got)
	}
}
