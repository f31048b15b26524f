package lessons

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"crosswalk/lessons/markdown"
)

// Content are the lessons and the glossary that ship with Crosswalk, rooted at lessons/.
//
//go:embed content glossary
var Content embed.FS

// Module is a group of lessons: a folder.
type Module struct {
	ID      string
	Title   string
	Summary string
	Order   int
	Lessons []*Lesson

	pictures []string // files beside the lessons that may be shown
}

// Catalogue holds all lessons and the glossary. It is read-only after Load and safe for use by several goroutines.
type Catalogue struct {
	modules  []Module
	ordered  []*Lesson // in the order of modules and files
	byID     map[string]int
	glossary glossary
	terms    []Term
	renderer *markdown.Renderer
}

type moduleFile struct {
	Title   markdown.Line `yaml:"title"`
	Summary markdown.Line `yaml:"summary"`
	Order   int           `yaml:"order"`
}

var lessonName = regexp.MustCompile(`^[0-9]{2,3}-[a-z0-9-]+\.md$`)

// Load reads the content of fsys, which is rooted at lessons/. titles gives the titles of codes and may be nil. All problems of all
// files come back together; what is sound is loaded, so that one broken lesson does not hide the others. Problems name files by their
// path in the source tree, lessons/content/...
func Load(fsys fs.FS, titles markdown.Titler) (*Catalogue, []markdown.Problem) {
	c := &Catalogue{byID: map[string]int{}, glossary: glossary{}}
	c.renderer = markdown.New(titles, c.glossary)
	problems := c.loadGlossary(fsys)
	problems = append(problems, c.loadModules(fsys)...)
	markdown.Sort(problems)
	return c, problems
}

// root is put before the paths of fsys in problems and in Lesson.File.
const root = "lessons/"

func (c *Catalogue) loadGlossary(fsys fs.FS) []markdown.Problem {
	var problems []markdown.Problem
	files, _ := fs.Glob(fsys, "glossary/*.md") // the pattern is well-formed, which is all that Glob can object to
	for _, f := range files {
		src, err := fs.ReadFile(fsys, f)
		if err != nil {
			problems = append(problems, unreadable(root+f, err))
			continue
		}
		problems = append(problems, c.glossary.parse(src, root+f, c.renderer)...)
	}
	problems = append(problems, c.glossary.render()...)
	for _, t := range c.glossary.sorted() {
		c.terms = append(c.terms, *t)
	}
	return problems
}

// loaded is a lesson of which the file has been read.
type loaded struct {
	lesson   *Lesson
	problems []markdown.Problem
}

func (c *Catalogue) loadModules(fsys fs.FS) []markdown.Problem {
	var problems []markdown.Problem
	dirs, err := fs.ReadDir(fsys, "content")
	if err != nil {
		return []markdown.Problem{unreadable(root+"content", err)}
	}
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		m, ps := loadModule(fsys, d.Name())
		problems = append(problems, ps...)
		dir, err := fs.Sub(fsys, "content/"+d.Name())
		if err != nil {
			problems = append(problems, unreadable(root+"content/"+d.Name(), err))
			continue
		}
		m.pictures = picturesIn(dir)
		files, _ := fs.Glob(dir, "*.md")
		for _, l := range markdown.Each(files, func(f string) loaded { return c.loadLesson(dir, d.Name(), f) }) {
			problems = append(problems, l.problems...)
			if l.lesson != nil {
				m.Lessons = append(m.Lessons, l.lesson)
			}
		}
		if len(files) == 0 {
			problems = append(problems, markdown.Problem{File: root + "content/" + d.Name(), Line: 1, Severity: markdown.Warning, Rule: "empty-module", Message: "the module has no lesson"})
		}
		c.modules = append(c.modules, m)
	}
	slices.SortStableFunc(c.modules, func(a, b Module) int { return a.Order - b.Order })
	for i := range c.modules {
		kept := c.modules[i].Lessons[:0]
		for _, l := range c.modules[i].Lessons {
			if l.ID == "" {
				continue // reported; nothing could refer to it
			}
			if at, ok := c.byID[l.ID]; ok {
				problems = append(problems, markdown.Problem{File: l.File, Line: max(1, l.lines["id"]), Severity: markdown.Error, Rule: "duplicate-id", Message: fmt.Sprintf("the id %s is taken by %s; ids are unique among all lessons", l.ID, c.ordered[at].File)})
				continue
			}
			c.byID[l.ID] = len(c.ordered)
			c.ordered = append(c.ordered, l)
			kept = append(kept, l)
		}
		c.modules[i].Lessons = kept
	}
	return problems
}

// picturesIn are the files of a module's folder that a lesson may show.
func picturesIn(dir fs.FS) []string {
	var out []string
	all, _ := fs.ReadDir(dir, ".") // an unreadable folder has no lessons either, which is told
	for _, e := range all {
		if _, ok := pictureTypes[strings.ToLower(path.Ext(e.Name()))]; ok && !e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

func loadModule(fsys fs.FS, id string) (Module, []markdown.Problem) {
	m := Module{ID: id, Title: id}
	file := "content/" + id + "/module.yaml"
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		return m, []markdown.Problem{{File: root + file, Line: 1, Severity: markdown.Error, Rule: "missing-file", Message: "the module has no module.yaml: write one with title, summary and order"}}
	}
	return parseModule(src, root+file, id)
}

func (c *Catalogue) loadLesson(dir fs.FS, module, name string) loaded {
	file := root + "content/" + module + "/" + name
	src, err := fs.ReadFile(dir, name)
	if err != nil {
		return loaded{problems: []markdown.Problem{unreadable(file, err)}}
	}
	l, ps := parseLesson(src, file, module, c.renderer, dir)
	if !lessonName.MatchString(name) {
		ps = append(ps, markdown.Problem{File: file, Line: 1, Severity: markdown.Warning, Rule: "file-name", Message: "lesson files are named with a number and a slug, such as 02-excludes.md; the number gives the order"})
	}
	for _, ref := range l.Doc.Refs {
		if ref.Kind != markdown.RefImage {
			continue
		}
		if _, ok := pictureTypes[strings.ToLower(path.Ext(ref.ID))]; !ok {
			ps = append(ps, markdown.Problem{File: file, Line: ref.Line, Severity: markdown.Error, Rule: "bad-image", Message: fmt.Sprintf("%q is no picture that pages show: use svg, png, jpg, webp or gif", ref.ID)})
		} else if _, err := fs.Stat(dir, ref.ID); err != nil {
			ps = append(ps, markdown.Problem{File: file, Line: ref.Line, Severity: markdown.Error, Rule: "missing-image", Message: fmt.Sprintf("there is no file %q beside the lesson", ref.ID)})
		}
	}
	return loaded{l, ps}
}

func unreadable(file string, err error) markdown.Problem {
	return markdown.Problem{File: file, Line: 1, Severity: markdown.Error, Rule: "unreadable", Message: "cannot be read: " + err.Error()}
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// Modules are all modules in their order, with their lessons.
func (c *Catalogue) Modules() []Module { return c.modules }

// Lessons are all lessons in the order in which one reads them.
func (c *Catalogue) Lessons() []*Lesson { return c.ordered }

// Lesson finds a lesson; the error wraps ErrNotFound.
func (c *Catalogue) Lesson(id string) (*Lesson, error) {
	i, ok := c.byID[id]
	if !ok {
		return nil, fmt.Errorf("lesson %q: %w", id, ErrNotFound)
	}
	return c.ordered[i], nil
}

// Next is the lesson after the given one, across modules; nil at the end and for an unknown id.
func (c *Catalogue) Next(id string) *Lesson { return c.neighbour(id, 1) }

// Prev is the lesson before the given one; nil at the beginning and for an unknown id.
func (c *Catalogue) Prev(id string) *Lesson { return c.neighbour(id, -1) }

func (c *Catalogue) neighbour(id string, step int) *Lesson {
	i, ok := c.byID[id]
	if i += step; !ok || i < 0 || i >= len(c.ordered) {
		return nil
	}
	return c.ordered[i]
}

// Glossary are all terms, by name.
func (c *Catalogue) Glossary() []Term { return c.terms }

// Term finds a term by name, whatever its case; the error wraps ErrNotFound.
func (c *Catalogue) Term(name string) (Term, error) {
	t, ok := c.glossary[termKey(name)]
	if !ok {
		return Term{}, fmt.Errorf("term %q: %w", name, ErrNotFound)
	}
	return *t, nil
}

// Renderer is the markdown renderer that knows the glossary. Questions and cases are rendered with it too.
func (c *Catalogue) Renderer() *markdown.Renderer { return c.renderer }
