package server

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// Desk is what the pages of authors need of what serves the content.
type Desk interface {
	progress.ContentDesk
	// Served gives the text of a file as it is served: from the content's folder, as published, or as it ships.
	Served(path string) (string, bool)
	// Shipped gives the text of a file that ships.
	Shipped(path string) (string, bool)
	// Problems are what is wrong with the content that is served.
	Problems() []markdown.Problem
}

// mostFiles is how many files a list shows before it asks for a narrower search.
const mostFiles = 60

// authorsOnly lets through who may write content, where there is something that serves it. The use cases decide the same again.
func (s *Server) authorsOnly(c *fiber.Ctx) error {
	if !actor(c).MayAuthor() {
		return progress.ErrForbidden
	}
	if s.press == nil {
		return fiber.ErrNotFound
	}
	return c.Next()
}

func contentAddress(page, file string, more ...string) string {
	q := url.Values{"path": {file}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return "/teach/content/" + page + "?" + q.Encode()
}

type contentPage struct {
	teachBase
	Own      []contentRow
	Files    []contentRow
	Total    int // of the files that the search lets through
	Q        string
	Kinds    []choice // to narrow the list
	Modules  []choice
	Areas    []choice
	Settings []choice
	Problem  string // of what was to be begun
}

// contentRow is a file in a list.
type contentRow struct {
	File, Title, Kind string
	Edit, History     string
	Draft, Gone       bool
	Published         bool
	InFolder          bool
	Errors            int // in what is served of it
	By, At, Message   string
	Revision          int
}

// contentHome lists what was written in the browser, and what there is besides to begin from.
func (s *Server) contentHome(c *fiber.Ctx) error { return s.showContent(c, fiber.StatusOK, "") }

func (s *Server) showContent(c *fiber.Ctx, status int, problem string) error {
	own, err := s.progress.AuthoredFiles(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	page := contentPage{teachBase: s.teachBase(c, s.words.get("content.title"), "content"), Q: c.Query("q"), Problem: problem}
	errors := map[string]int{}
	for _, p := range markdown.Errors(s.press.Problems()) {
		errors[p.File]++
	}
	name := s.names(c)
	titles := map[string]contentRow{}
	all := s.contentFiles()
	for _, f := range all {
		titles[f.File] = f
	}
	for _, f := range own {
		row := contentRow{
			File: f.Path, Title: titles[f.Path].Title, Edit: contentAddress("edit", f.Path), History: contentAddress("history", f.Path), Draft: f.State == progress.AuthoredSaved, Gone: f.Gone,
			Published: f.State == progress.AuthoredPublished && !f.Gone, InFolder: s.press.InFolder(f.Path), Errors: errors[f.Path], By: name(f.Author), At: when(c, f.At), Message: f.Message, Revision: f.Revision,
		}
		kind, _ := progress.KindOfFile(f.Path)
		row.Kind = string(kind)
		page.Own = append(page.Own, row)
	}
	kind := c.Query("kind")
	for _, k := range progress.FileKinds {
		page.Kinds = append(page.Kinds, choice{string(k), s.words.get("content.kind_" + string(k)), kind == string(k)})
	}
	for _, f := range all {
		words := strings.Fields(strings.ToLower(page.Q))
		in := strings.ToLower(f.File + " " + f.Title)
		if kind != "" && f.Kind != kind || slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(in, w) }) {
			continue
		}
		if page.Total++; page.Total <= mostFiles && (page.Q != "" || kind != "") {
			f.InFolder, f.Errors = s.press.InFolder(f.File), errors[f.File]
			page.Files = append(page.Files, f)
		}
	}
	for _, m := range s.lessons().Modules() {
		page.Modules = append(page.Modules, choice{Value: m.ID, Text: m.Title})
	}
	for _, a := range quizzes.Areas {
		page.Areas = append(page.Areas, choice{Value: a.ID, Text: a.Title})
	}
	for _, a := range quizzes.Settings {
		page.Settings = append(page.Settings, choice{Value: a.ID, Text: a.Title})
	}
	return s.render(c, status, "content", page)
}

// contentFiles are the files of the content that is served, by path.
func (s *Server) contentFiles() []contentRow {
	rows := map[string]contentRow{}
	add := func(file, title string) {
		if kind, ok := progress.KindOfFile(file); ok {
			rows[file] = contentRow{File: file, Title: title, Kind: string(kind), Edit: contentAddress("edit", file)}
		}
	}
	for _, l := range s.lessons().Lessons() {
		add(l.File, l.Title)
	}
	for _, m := range s.lessons().Modules() {
		add("lessons/content/"+m.ID+"/module.yaml", m.Title)
	}
	for _, t := range s.lessons().Glossary() {
		add(t.File, s.words.get("content.glossary_file"))
	}
	count := map[string]int{}
	for _, q := range s.bank().Questions() {
		count[q.File]++
		title := quizzes.AreaTitle(q.Area)
		add(q.File, fmt.Sprintf("%s: %s (%d)", title, q.Topic, count[q.File]))
	}
	for _, k := range s.bank().Cases() {
		add(k.File, k.Title)
	}
	for _, b := range s.bank().Blueprints() {
		if b.Full == "" {
			add(b.File, b.Name)
		}
	}
	out := make([]contentRow, 0, len(rows))
	for _, r := range rows {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b contentRow) int { return cmp.Compare(a.File, b.File) })
	return out
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// startContent leads to the page where a new file is written.
func (s *Server) startContent(c *fiber.Ctx) error {
	kind, folder := progress.FileKind(c.Query("kind")), c.Query("folder")
	name := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(c.Query("name")), "-"), "-")
	if name == "" {
		return s.showContent(c, fiber.StatusUnprocessableEntity, s.words.get("content.no_name"))
	}
	file := ""
	switch kind {
	case progress.FileLesson:
		file = fmt.Sprintf("lessons/content/%s/%02d-%s.md", folder, s.nextNumber(folder), name)
	case progress.FileModule:
		file = "lessons/content/" + name + "/module.yaml"
	case progress.FileGlossary:
		file = "lessons/glossary/" + name + ".md"
	case progress.FileQuestions:
		file = "quizzes/bank/" + folder + "/" + name + ".md"
	case progress.FileCase:
		file = "quizzes/cases/" + folder + "/" + name + ".md"
	case progress.FileExam:
		file = "quizzes/exams/" + name + ".yaml"
	}
	if _, ok := progress.KindOfFile(file); !ok {
		return s.showContent(c, fiber.StatusUnprocessableEntity, s.words.get("content.no_place"))
	}
	return seeOther(c, contentAddress("edit", file))
}

// nextNumber is the number of a new lesson behind those of a module.
func (s *Server) nextNumber(module string) int {
	last := 0
	for _, l := range s.lessons().Lessons() {
		if l.Module == module {
			number, _, _ := strings.Cut(path.Base(l.File), "-")
			n, _ := strconv.Atoi(number)
			last = max(last, n)
		}
	}
	return last + 1
}

// templateOf is a file to begin from, by its path.
func templateOf(file string) string {
	kind, _ := progress.KindOfFile(file)
	id := strings.TrimSuffix(strings.TrimSuffix(path.Base(file), ".md"), ".yaml")
	switch kind {
	case progress.FileLesson:
		_, slug, _ := strings.Cut(id, "-")
		return lessons.Template(slug)
	case progress.FileModule:
		return lessons.ModuleTemplate(path.Base(path.Dir(file)))
	case progress.FileGlossary:
		return "## term {area=terminology}\n\nWhat it means, in a sentence or two.\n"
	case progress.FileQuestions, progress.FileCase, progress.FileExam:
		return quizzes.TemplateIn(string(kind), path.Base(path.Dir(file)), id)
	}
	return ""
}
