package quizzes

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// Content are the questions, cases, blueprints and hiring tests that ship with Crosswalk, rooted at quizzes/.
//
//go:embed bank cases exams hiring
var Content embed.FS

// ErrNotFound is wrapped by the errors of look-ups: there is no question, case or blueprint of that id.
var ErrNotFound = errors.New("not found")

// Bank holds all questions, cases and blueprints. It is read-only after Load and safe for use by several goroutines.
type Bank struct {
	questions  []*Question
	byID       map[string]*Question
	byArea     map[string][]*Question
	cases      []*Case
	caseByID   map[string]*Case
	blueprints []*Blueprint // whole and half exams
	drills     []*Blueprint
	hiring     []*HiringTest
	enemies    map[string]map[string]bool // both ways
	pool       *pool                      // all this made ready for drawing
	renderer   *markdown.Renderer         // for revisions that are no longer in the files
}

// root is put before the paths of the file system in problems and in File fields.
const root = "quizzes/"

type loaded struct {
	questions []*Question
	kase      *Case
	blueprint *Blueprint
	hiring    *HiringTest
	problems  []markdown.Problem
}

// Load reads the content of fsys, which is rooted at quizzes/. r renders the texts (lessons.Catalogue.Renderer knows the glossary); book
// gives titles for the readable answers and may be nil. All problems of all files come back together, sorted; what is sound is loaded, so that
// one broken file does not hide the others. Check looks for more.
func Load(fsys fs.FS, r *markdown.Renderer, book *codebook.Book) (*Bank, []markdown.Problem) {
	bankFiles, _ := fs.Glob(fsys, "bank/*/*.md") // the patterns are well-formed, which is all that Glob can object to
	caseFiles, _ := fs.Glob(fsys, "cases/*/*.md")
	examFiles, _ := fs.Glob(fsys, "exams/*.yaml")
	hiringFiles, _ := fs.Glob(fsys, "hiring/*.yaml")
	files := slices.Concat(bankFiles, caseFiles, examFiles, hiringFiles)
	b := &Bank{byID: map[string]*Question{}, byArea: map[string][]*Question{}, caseByID: map[string]*Case{}, enemies: map[string]map[string]bool{}, renderer: r}
	var problems []markdown.Problem
	for _, l := range markdown.Each(files, func(f string) loaded { return loadFile(fsys, f, r) }) {
		problems = append(problems, l.problems...)
		for _, q := range l.questions {
			problems = append(problems, b.addQuestion(q)...)
		}
		if l.kase != nil {
			problems = append(problems, b.addCase(l.kase)...)
		}
		if l.blueprint != nil {
			problems = append(problems, b.addBlueprint(l.blueprint)...)
		}
		if l.hiring != nil {
			problems = append(problems, b.addHiring(l.hiring)...)
		}
	}
	slices.SortFunc(b.questions, func(x, y *Question) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(b.cases, func(x, y *Case) int { return cmp.Compare(x.ID, y.ID) })
	for _, q := range b.questions {
		b.byArea[q.Area] = append(b.byArea[q.Area], q)
		if book != nil && q.Kind == grading.Codes {
			q.titledAnswer(book)
		}
		for _, e := range q.Enemies {
			b.enemy(q.ID, e)
			b.enemy(e, q.ID)
		}
	}
	b.pool = newPool(b)
	for _, a := range Areas {
		if bp := drill(b.pool, a.ID); bp != nil {
			b.drills = append(b.drills, bp)
		}
	}
	// Lines that the key and its alternatives share are read more than once.
	markdown.Sort(problems)
	return b, slices.Compact(problems)
}

func loadFile(fsys fs.FS, name string, r *markdown.Renderer) (l loaded) {
	file := root + name
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return loaded{problems: []markdown.Problem{unreadable(file, err)}}
	}
	switch kind, _, _ := strings.Cut(name, "/"); kind {
	case "bank":
		l.questions, l.problems = parseBank(src, file, r)
	case "cases":
		l.kase, l.problems = parseCase(src, file, r)
	case "exams":
		l.blueprint, l.problems = parseBlueprint(src, file, true)
	case "hiring":
		l.hiring, l.problems = parseHiring(src, file)
	}
	return l
}

func duplicate(file string, line int, id, where string) []markdown.Problem {
	return []markdown.Problem{{File: file, Line: line, Severity: markdown.Error, Rule: "duplicate-id", Message: fmt.Sprintf("the id %s is taken by %s", id, where)}}
}

func (b *Bank) addQuestion(q *Question) []markdown.Problem {
	if other, ok := b.byID[q.ID]; ok {
		return duplicate(q.File, q.Line, q.ID, fmt.Sprintf("%s:%d", other.File, other.Line))
	}
	b.byID[q.ID] = q
	b.questions = append(b.questions, q)
	return nil
}

func (b *Bank) addCase(c *Case) []markdown.Problem {
	if other, ok := b.caseByID[c.ID]; ok {
		return duplicate(c.File, c.file.ID.At, c.ID, other.File)
	}
	b.caseByID[c.ID] = c
	b.cases = append(b.cases, c)
	return nil
}

func (b *Bank) addBlueprint(bp *Blueprint) []markdown.Problem {
	for _, other := range b.blueprints {
		if other.ID == bp.ID {
			return duplicate(bp.File, 1, bp.ID, other.File)
		}
	}
	b.blueprints = append(b.blueprints, bp)
	if h := bp.Half(); h != nil {
		b.blueprints = append(b.blueprints, h)
	}
	return nil
}

func (b *Bank) enemy(x, y string) {
	if b.enemies[x] == nil {
		b.enemies[x] = map[string]bool{}
	}
	b.enemies[x][y] = true
}

// titledAnswer writes the titles of the codes into the readable answer.
func (q *Question) titledAnswer(book *codebook.Book) {
	var parts []string
	for _, c := range q.Key.Codes {
		text := strings.Join(append([]string{c.Code.Dotted(c.System)}, c.Modifiers...), "-")
		if e, err := book.Lookup(c.System, c.Code, codebook.Date{}); err == nil && e.Title != "" {
			text += " " + e.Title
		}
		parts = append(parts, text)
	}
	q.AnswerText = strings.Join(parts, "; ")
}

// Questions are all questions, by id.
func (b *Bank) Questions() []*Question { return b.questions }

// Question finds a question; the error wraps ErrNotFound.
func (b *Bank) Question(id string) (*Question, error) {
	if q, ok := b.byID[id]; ok {
		return q, nil
	}
	return nil, fmt.Errorf("question %q: %w", id, ErrNotFound)
}

// ByArea are the questions of an area, by id.
func (b *Bank) ByArea(area string) []*Question { return b.byArea[area] }

// ByGroup are the questions about one chart, in the order of their file.
func (b *Bank) ByGroup(caseID string) []*Question {
	var out []*Question
	for _, q := range b.questions {
		if q.Group == caseID && caseID != "" {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(x, y *Question) int { return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line)) })
	return out
}

// Areas are all areas with what the bank has for each.
func (b *Bank) Areas() []AreaInfo {
	out := make([]AreaInfo, len(Areas))
	for i, a := range Areas {
		out[i] = AreaInfo{Area: a, Questions: len(b.byArea[a.ID])}
		for _, c := range b.cases {
			if slices.Contains(c.Areas, a.ID) {
				out[i].Cases++
			}
		}
	}
	return out
}

// Cases are all cases, by id.
func (b *Bank) Cases() []*Case { return b.cases }

// Case finds a case; the error wraps ErrNotFound.
func (b *Bank) Case(id string) (*Case, error) {
	if c, ok := b.caseByID[id]; ok {
		return c, nil
	}
	return nil, fmt.Errorf("case %q: %w", id, ErrNotFound)
}

// Blueprints are the exams, each whole and in half.
func (b *Bank) Blueprints() []*Blueprint { return b.blueprints }

// Drills are the exercises by area, one for each area that has questions.
func (b *Bank) Drills() []*Blueprint { return b.drills }

// Blueprint finds an exam, a half exam (cpc-half) or a drill (drill-em); the error wraps ErrNotFound.
func (b *Bank) Blueprint(id string) (*Blueprint, error) {
	for _, bp := range slices.Concat(b.blueprints, b.drills) {
		if bp.ID == id {
			return bp, nil
		}
	}
	return nil, fmt.Errorf("blueprint %q: %w", id, ErrNotFound)
}
