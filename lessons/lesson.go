package lessons

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"crosswalk/lessons/markdown"
)

// ErrNotFound is wrapped by the errors of look-ups: there is no lesson, picture or term of that name.
var ErrNotFound = errors.New("not found")

// Lesson is one lesson, ready to be shown. It is read-only.
type Lesson struct {
	ID         string
	Module     string // id of the module
	Title      string
	Summary    string
	Objectives []string
	Areas      []string // blueprint areas it prepares for
	Minutes    int      // reading time that the author expects
	Requires   []string // ids of lessons to be read before
	CodeYear   int      // fiscal year of the code sets it was written for
	Reviewed   string   // YYYY-MM-DD
	Sources    []string
	Doc        markdown.Doc
	Hash       string // SHA-256 of the normalised text, hexadecimal
	File       string // path under lessons/
	Source     string // the file as it is

	dir    fs.FS
	lines  map[string]int // lines of front matter keys
	needed []markdown.Line
	areaAt []markdown.Line
}

type frontMatter struct {
	ID         markdown.Line   `yaml:"id"`
	Title      markdown.Line   `yaml:"title"`
	Summary    markdown.Line   `yaml:"summary"`
	Objectives []markdown.Line `yaml:"objectives"`
	Areas      []markdown.Line `yaml:"areas"`
	Minutes    int             `yaml:"minutes"`
	Requires   []markdown.Line `yaml:"requires"`
	CodeYear   int             `yaml:"code_year"`
	Reviewed   markdown.Line   `yaml:"reviewed"`
	Sources    []markdown.Line `yaml:"sources"`
}

func parseLesson(src []byte, file, module string, r *markdown.Renderer, dir fs.FS) (*Lesson, []markdown.Problem) {
	ps := &markdown.Problems{File: file}
	var fm frontMatter
	body, line, problems := markdown.FrontMatter(src, file, &fm)
	ps.Add(problems...)
	l := &Lesson{
		ID: fm.ID.Text, Module: module, Title: fm.Title.Text, Summary: fm.Summary.Text, Objectives: texts(fm.Objectives),
		Areas: texts(fm.Areas), Minutes: fm.Minutes, Requires: texts(fm.Requires), CodeYear: fm.CodeYear, Reviewed: fm.Reviewed.Text,
		Sources: texts(fm.Sources), Hash: hash(src), File: file, Source: string(src), dir: dir, needed: fm.Requires, areaAt: fm.Areas,
		lines: map[string]int{"id": fm.ID.At, "title": fm.Title.At, "summary": fm.Summary.At, "reviewed": fm.Reviewed.At},
	}
	if len(markdown.Errors(problems)) == 0 || l.ID != "" {
		l.checkFields(ps)
	}
	if !validID(l.ID) {
		l.ID = ""
	}
	doc, problems := r.Render(body, file, line, markdown.Images("/lessons/"+l.ID+"/files/"))
	l.Doc = doc
	ps.Add(problems...)
	for _, h := range doc.TOC {
		if h.Level == 1 {
			ps.Warnf(h.Line, "heading-level", "%q is a first-level heading; the page's title is one already, so headings in a lesson begin with ##", h.Text)
		}
	}
	return l, ps.List
}

func (l *Lesson) checkFields(ps *markdown.Problems) {
	if l.ID == "" {
		ps.Errorf(1, "missing-key", "the front matter has no id: give the lesson one that never changes, such as icd10cm-excludes")
	} else if !validID(l.ID) {
		ps.Errorf(l.lines["id"], "bad-id", "the id %q may have lower-case letters, digits and hyphens only", l.ID)
	}
	if l.Title == "" {
		ps.Errorf(max(1, l.lines["title"]), "missing-key", "the lesson has no title")
	}
	if l.Summary == "" {
		ps.Warnf(max(1, l.lines["summary"]), "empty-summary", "the lesson has no summary: lists show it below the title")
	}
	if len(l.Objectives) == 0 {
		ps.Warnf(1, "no-objectives", "the lesson has no objectives: say what a reader can do afterwards")
	}
	if len(l.Areas) == 0 {
		ps.Warnf(1, "no-areas", "the lesson has no areas, so no plan will ever offer it")
	}
	if l.Minutes < 1 || l.Minutes > 600 {
		ps.Errorf(1, "wrong-value", "minutes must say how long the lesson takes, from 1 to 600; it says %d", l.Minutes)
	}
	if l.CodeYear < 2015 || l.CodeYear > 2100 {
		ps.Errorf(1, "wrong-value", "code_year must be the fiscal year of the code sets, such as 2026; it says %d", l.CodeYear)
	}
	if !isDate(l.Reviewed) {
		ps.Errorf(max(1, l.lines["reviewed"]), "wrong-value", "reviewed must be the day of the last review, as YYYY-MM-DD; it says %q", l.Reviewed)
	}
	if len(l.Sources) == 0 {
		ps.Warnf(1, "no-sources", "the lesson names no sources")
	}
}

// pictureTypes are the files that lessons may show, with their media types.
var pictureTypes = map[string]string{
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif",
}

// Picture returns a picture that lies beside the lesson, and its media type. Only plain names of picture files are answered; anything
// else is ErrNotFound.
func (l *Lesson) Picture(name string) (data []byte, mediaType string, err error) {
	mediaType, ok := pictureTypes[strings.ToLower(path.Ext(name))]
	if !ok || name != path.Base(name) || !fs.ValidPath(name) || strings.ContainsAny(name, `\:`) {
		return nil, "", fmt.Errorf("lesson %s, picture %q: %w", l.ID, name, ErrNotFound)
	}
	data, err = fs.ReadFile(l.dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, "", fmt.Errorf("lesson %s, picture %q: %w", l.ID, name, err)
	}
	return data, mediaType, nil
}

func texts(lines []markdown.Line) []string {
	var out []string
	for _, l := range lines {
		if l.Text != "" {
			out = append(out, l.Text)
		}
	}
	return out
}

func hash(src []byte) string {
	sum := sha256.Sum256(markdown.Normalize(src))
	return hex.EncodeToString(sum[:])
}

func validID(s string) bool {
	return s != "" && s[0] != '-' && s[len(s)-1] != '-' && len(s) <= 100 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	}) && !slices.Contains(reservedIDs, s)
}

// reservedIDs would collide with addresses below /lessons/.
var reservedIDs = []string{"glossary"}
