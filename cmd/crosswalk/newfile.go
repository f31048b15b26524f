package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"crosswalk/lessons"
	"crosswalk/quizzes"
)

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// newFile writes a template that passes check, for an author to begin from. It never writes over a file.
func newFile(_ context.Context, args []string, io streams) error {
	f := newFlags("new", io)
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 2 {
		return usagef("it takes a kind and a path, as in: crosswalk new case mycontent/quizzes/cases/office/sore-throat.md")
	}
	kind, path := rest[0], rest[1]
	id := idOf(path)
	if id == "" {
		return usagef("%s: the file name should hold letters or digits, since the id is made from it", path)
	}
	var text string
	switch kind {
	case "lesson":
		text = lessons.Template(id)
	case "question", "case", "exam", "hiring":
		text = quizzes.TemplateIn(kind, filepath.Base(filepath.Dir(path)), id)
	default:
		return usagef("%q is none of lesson, question, case, exam, hiring", kind)
	}
	if err := writeNew(path, text); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s is there, with the id %s. Edit it, then run: crosswalk check -content FOLDER\n", path, id)
	if kind != "lesson" {
		return nil
	}
	// A lesson stands in a module. One that ships needs no file of ours.
	module := filepath.Base(filepath.Dir(path))
	if _, err := fs.Stat(lessons.Content, "content/"+module+"/module.yaml"); err == nil {
		return nil
	}
	file := filepath.Join(filepath.Dir(path), "module.yaml")
	title := idOf(filepath.Dir(path))
	if _, err := os.Stat(file); title == "" || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeNew(file, lessons.ModuleTemplate(title)); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s is there too: the title of the module, for the list of lessons.\n", file)
	return nil
}

// writeNew writes a file that must not be there yet.
func writeNew(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			return usagef("%s is there already; choose another name or edit it", path)
		}
		return err
	}
	if _, err := file.WriteString(text); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// idOf makes an id of a file's name: letters and digits with hyphens between, a leading number left out.
func idOf(path string) string {
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(base), "-"), "-")
	if i := strings.IndexByte(id, '-'); i > 0 && strings.Trim(id[:i], "0123456789") == "" {
		id = id[i+1:]
	}
	return id
}
