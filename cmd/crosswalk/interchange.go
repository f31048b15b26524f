package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"crosswalk/quizzes"
	"crosswalk/quizzes/interchange"
)

// contentCommand brings questions of other programs in and takes ours out.
func contentCommand(ctx context.Context, args []string, io streams) error {
	if writesOwnFiles(args) {
		return contentFiles(ctx, args, io)
	}
	f := newFlags("content", io).withJSON()
	to := f.String("to", "", "import: the content `folder` to write into (default: that of -content; without either nothing is written)")
	area := f.String("area", "", "import: the `area` of the questions, where the file names none; export: only these areas, parted by commas")
	format := f.String("format", "", "import: the `format`, where it should not be told by the content")
	ids := f.String("ids", "", "export: only the questions of these `ids`, parted by commas")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) == 2 && rest[0] == "import":
		return importQuestions(ctx, f, io, importFlags{file: rest[1], to: *to, area: *area, format: *format})
	case len(rest) == 3 && rest[0] == "export":
		return exportQuestions(ctx, f, io, exportFlags{format: rest[1], file: rest[2], areas: commaList(*area), ids: commaList(*ids)})
	}
	return usagef("it takes: import FILE, or export FORMAT FILE with a format of %s", formatNames())
}

func formatNames() string {
	var out []string
	for _, f := range interchange.Formats() {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}

// commaList is a list of one flag, parted by commas.
func commaList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

type importFlags struct{ file, to, area, format string }

// importReport is what import prints with -json.
type importReport struct {
	interchange.Report
	Files []importedFile `json:"files"`
}

type importedFile struct {
	Path      string `json:"path"` // within the content folder; with it where it was written
	Questions int    `json:"questions"`
	Written   bool   `json:"written"`
}

// importQuestions reads a file, writes what is sound into a content folder, never over a file, and prints the report. Its status is 1 when a question
// had to be left out.
func importQuestions(ctx context.Context, f *flags, io streams, in importFlags) error {
	o, err := importOptions(ctx, f, in)
	if err != nil {
		return err
	}
	file, err := os.Open(in.file)
	if err != nil {
		return usagef("%v", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return usagef("%s is no file that can be read", in.file)
	}
	got, err := interchange.Import(file, info.Size(), o)
	if errors.Is(err, interchange.ErrNoArea) {
		return usagef("%v, as in -area icd10cm", err)
	}
	if err != nil {
		return usagef("%s: %v", in.file, err)
	}
	folder := in.to
	if folder == "" {
		folder = f.content
	}
	report := importReport{Report: got.Report, Files: []importedFile{}}
	for _, w := range got.Files {
		report.Files = append(report.Files, importedFile{Path: filepath.Join(folder, filepath.FromSlash(w.Path)), Questions: w.Questions, Written: folder != ""})
	}
	if folder != "" {
		if err := writeImported(got.Files, report.Files); err != nil {
			return err
		}
	}
	if f.json {
		err = printJSON(io, report)
	} else {
		printImported(io, report)
	}
	if err == nil && report.Dropped > 0 {
		return errNo
	}
	return err
}

func importOptions(ctx context.Context, f *flags, in importFlags) (interchange.ImportOptions, error) {
	o := interchange.ImportOptions{Name: filepath.Base(in.file), Area: in.area}
	if in.format != "" {
		format, err := interchange.ParseFormat(in.format)
		if err != nil {
			return o, usagef("%v", err)
		}
		o.Format = format
	}
	if in.area != "" && !quizzes.ValidArea(in.area) {
		return o, usagef("there is no area %q; there are: %s", in.area, areaNames())
	}
	c, err := loadContent(ctx, f, "")
	if err != nil {
		return o, err
	}
	o.CodeYear, o.Beside = c.bank.CodeYear(), c.bank
	return o, nil
}

func areaNames() string {
	var out []string
	for _, a := range quizzes.Areas {
		out = append(out, a.ID)
	}
	return strings.Join(out, ", ")
}

// writeImported writes all files, or none when one of them is there already.
func writeImported(files []interchange.File, at []importedFile) error {
	for _, w := range at {
		if _, err := os.Lstat(w.Path); !errors.Is(err, fs.ErrNotExist) {
			return usagef("%s is there already: rename the file that is read, from which the name comes, or move that one", w.Path)
		}
	}
	for i, w := range at {
		if err := writeNew(w.Path, string(files[i].Text)); err != nil {
			return err
		}
	}
	return nil
}

func printImported(io streams, r importReport) {
	fmt.Fprint(io.out, r.Text())
	for _, w := range r.Files {
		if w.Written {
			fmt.Fprintf(io.out, "written: %s (questions: %d)\n", w.Path, w.Questions)
		} else {
			fmt.Fprintf(io.out, "not written, since neither -to nor -content names a folder: %s (questions: %d)\n", w.Path, w.Questions)
		}
	}
	if r.ToWrite > 0 {
		fmt.Fprintf(io.out, "%d things are left to write; places in the text begin with %q. Then run: crosswalk check -content FOLDER\n", r.ToWrite, interchange.Placeholder)
	}
}

type exportFlags struct {
	format, file string
	areas, ids   []string
}

// exportQuestions writes questions into a new file and prints the report. Its status is 1 when a question had to be left out.
func exportQuestions(ctx context.Context, f *flags, io streams, in exportFlags) error {
	format, err := interchange.ParseFormat(in.format)
	if err != nil {
		return usagef("%v", err)
	}
	c, err := loadContent(ctx, f, "")
	if err != nil {
		return err
	}
	qs, err := chosenQuestions(c.bank, in)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	report, err := interchange.Export(&b, format, qs, interchange.ExportOptions{Name: filepath.Base(in.file), Case: c.bank.Case})
	if err == nil {
		err = writeNew(in.file, b.String())
	} else if len(report.Items) > 0 {
		fmt.Fprint(io.err, report.Text())
	}
	if err != nil {
		return err
	}
	if f.json {
		err = printJSON(io, report)
	} else {
		fmt.Fprint(io.out, report.Text())
		fmt.Fprintf(io.out, "written: %s (questions: %d)\n", in.file, report.Kept+report.Changed)
	}
	if err == nil && report.Dropped > 0 {
		return errNo
	}
	return err
}

// chosenQuestions are the questions that flags name, in the order of their ids or of the list.
func chosenQuestions(bank *quizzes.Bank, in exportFlags) ([]*quizzes.Question, error) {
	for _, a := range in.areas {
		if !quizzes.ValidArea(a) {
			return nil, usagef("there is no area %q; there are: %s", a, areaNames())
		}
	}
	var out []*quizzes.Question
	for _, id := range in.ids {
		q, err := bank.Question(id)
		if err != nil {
			return nil, usagef("there is no question %q", id)
		}
		out = append(out, q)
	}
	if len(in.ids) == 0 {
		out = slices.Clone(bank.Questions())
	}
	if len(in.areas) > 0 {
		out = slices.DeleteFunc(out, func(q *quizzes.Question) bool { return !slices.Contains(in.areas, q.Area) })
	}
	if len(out) == 0 {
		return nil, usagef("there is no question to write: name other areas or ids")
	}
	return out, nil
}
