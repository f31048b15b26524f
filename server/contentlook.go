package server

import (
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/progress/textdiff"
	"crosswalk/quizzes"
)

// lookView is what an author sees of a text: what is wrong with it, how it looks, and what changed.
type lookView struct {
	Problems         []lookProblem
	Errors, Warnings int
	Broken           string // the form cannot be written into the text

	Lesson    *lessons.Lesson
	Terms     []lessons.Term
	Module    *lessons.Module
	Questions []lookQuestion
	Case      *lookCase
	Exam      *quizzes.Blueprint

	Against string // what the changes are from: "published", "ships" or "" for a new file
	Changes []diffLine
	Added   int
	Gone    int
}

type lookProblem struct {
	File    string // "" for the file itself
	Line    int
	Error   bool
	Message string
	Field   string // id of the field of the form that it is about, "" for none
	Name    string // of that field, in words
}

type lookQuestion struct {
	Q     *quizzes.Question
	Area  string
	Cites string
	Rows  []lookPair // order: entries; match: both columns
}

type lookPair struct{ Left, Right template.HTML }

// lookCase is a chart with the words of the evidence marked, and its key.
type lookCase struct {
	Case  *quizzes.Case // nil while its structure has errors
	Chart template.HTML
	Lines []lookLine
}

type lookLine struct {
	Set, Code, Title, Note, Why string
	Marks                       []string
}

func (v *lookView) add(problems []markdown.Problem, file string) {
	for _, p := range problems {
		row := lookProblem{Line: p.Line, Error: p.Severity == markdown.Error, Message: p.Message}
		if p.File != file {
			row.File = p.File
		}
		if row.Error {
			v.Errors++
		} else {
			v.Warnings++
		}
		v.Problems = append(v.Problems, row)
	}
}

// lookAt reads a text as if it stood at its place in the content.
func (s *Server) lookAt(c *fiber.Ctx, file, text string) (lookView, error) {
	var v lookView
	var problems []markdown.Problem
	book := s.book()
	if len(text) > progress.MaxAuthored {
		return v, fiber.ErrRequestEntityTooLarge
	}
	if strings.HasPrefix(file, "lessons/") {
		l, ps := s.lessons().Look([]byte(text), file, lessons.Exists{
			Question: func(id string) bool { _, err := s.bank().Question(id); return err == nil },
			Cite:     func(number string) bool { known, checked := book.CiteOK(number); return known || !checked },
			Area:     quizzes.ValidArea,
		})
		problems, v.Lesson, v.Terms = ps, l.Lesson, l.Terms
		if l.Module.ID != "" {
			v.Module = &l.Module
		}
	} else {
		l, ps := s.bank().Look([]byte(text), file, book)
		problems, v.Exam = ps, l.Blueprint
		for _, q := range l.Questions {
			v.Questions = append(v.Questions, lookAtQuestion(q))
		}
		if kind, _ := progress.KindOfFile(file); kind == progress.FileCase {
			v.Case = s.lookAtCase(l)
		}
	}
	v.add(problems, file)
	return v, s.changesOf(c, &v, file, text)
}

func lookAtQuestion(q *quizzes.Question) lookQuestion {
	v := lookQuestion{Q: q, Area: quizzes.AreaTitle(q.Area), Cites: strings.Join(q.Cites, "; ")}
	for i, r := range q.Right {
		p := lookPair{Right: r}
		if i < len(q.Left) {
			p.Left = q.Left[i]
		}
		v.Rows = append(v.Rows, p)
	}
	return v
}

func (s *Server) lookAtCase(l quizzes.Look) *lookCase {
	v := &lookCase{Case: l.Case, Chart: l.Chart.HTML}
	if l.Case == nil {
		return v
	}
	key := &l.Case.Key
	var phrases []markdown.Phrase
	add := func(sys codebook.System, code codebook.Code, note, why string, evidence []grading.Evidence) {
		line := lookLine{Set: string(sys), Code: code.Dotted(sys), Note: note, Why: why}
		if e, err := s.book().Lookup(sys, code, key.Date); err == nil {
			line.Title = e.Title
		}
		for _, e := range evidence {
			phrases = append(phrases, markdown.Phrase{Text: e.Text, In: e.In})
			line.Marks = append(line.Marks, e.Text)
		}
		v.Lines = append(v.Lines, line)
	}
	for _, d := range key.Diagnoses {
		note := s.words.get("content.weight_" + string(d.Weight))
		if d.First != grading.NotFirst {
			note = s.words.get("content.first_line") + ", " + note
		}
		if d.POA != "" {
			note += ", POA " + d.POA
		}
		add(codebook.ICD10CM, d.Code, note, d.Why, d.Evidence)
	}
	for _, p := range key.Procedures {
		note := strings.Join(p.Modifiers, " ")
		if p.Optional {
			note = strings.TrimSpace(note + " " + s.words.get("content.weight_optional"))
		}
		add(p.System, p.Code, note, p.Why, p.Evidence)
	}
	v.Chart, _ = l.Case.Chart.Highlight(phrases)
	return v
}

// changesOf compares a text with what is published, or else with what ships.
func (s *Server) changesOf(c *fiber.Ctx, v *lookView, file, text string) error {
	history, err := s.progress.AuthoredHistory(c.UserContext(), actor(c), file)
	if err != nil {
		return err
	}
	old := ""
	last := -1
	for i, h := range history {
		if h.State == progress.AuthoredPublished {
			last = i
		}
	}
	if last >= 0 && history[last].Gone { // nothing is served of it
		return nil
	}
	if last >= 0 {
		f, err := s.progress.AuthoredRevision(c.UserContext(), actor(c), file, history[last].Revision)
		if err != nil {
			return err
		}
		v.Against, old = "published", f.Text
	} else if shipped, ok := s.press.Shipped(file); ok {
		v.Against, old = "ships", shipped
	} else {
		return nil
	}
	lines := textdiff.Compare(old, text)
	v.Added, v.Gone = textdiff.Count(lines)
	v.Changes = diffView(lines)
	return nil
}

// diffLine is a line of a comparison as pages show it.
type diffLine struct {
	Op       textdiff.Op
	Old, New int
	Text     string
	Hidden   int
}

// diffLines compares two texts: what changed, with the lines around it.
func diffLines(old, new string) []diffLine { return diffView(textdiff.Compare(old, new)) }

func diffView(lines []textdiff.Line) []diffLine {
	var out []diffLine
	for _, l := range textdiff.Around(lines, 3) {
		out = append(out, diffLine(l))
	}
	return out
}

func unixLines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
