package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"crosswalk/codebook"
	"crosswalk/codebook/bookfile"
	"crosswalk/codebook/release"
)

// bookName is the file of the imported book in the data folder.
const bookName = "book.cwb"

func bookPath(data string) string { return filepath.Join(data, bookName) }

// importCodes adds release files to the book in the data folder. Progress goes to the error stream, the report to the output.
func importCodes(ctx context.Context, f *flags, io streams, paths []string, edition string) error {
	if edition != "" && len(paths) == 0 {
		return usagef("-edition speaks of files: name them")
	}
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		return err
	}
	// An import makes much that it drops again at once. It may run beside the server, so it takes some time rather than more memory.
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	}
	file := bookPath(f.data)
	rep, err := release.Import(ctx, file, paths, release.Options{Edition: edition, Progress: func(p release.Progress) {
		fmt.Fprintf(io.err, "reading %d of %d: %s\n", p.File, p.Of, p.Path)
	}})
	if err != nil {
		return importError(file, err)
	}
	if f.json {
		return printJSON(io, newImportJSON(rep))
	}
	fmt.Fprint(io.out, rep)
	for _, r := range rep.Releases {
		fmt.Fprintf(io.out, "%-9s %-8s from %s %8d codes\n", r.System, r.Edition, r.ValidFrom, r.Codes)
	}
	if rep.Unchanged {
		fmt.Fprintf(io.out, "%s has all of this already\n", file)
	} else {
		fmt.Fprintf(io.out, "%s is written; a server that runs on it takes it within seconds\n", file)
	}
	return nil
}

// importError says what became of the book, and makes files that cannot be taken unreadable input.
func importError(file string, err error) error {
	if _, missing := os.Stat(file); missing != nil {
		err = fmt.Errorf("nothing was imported:\n%w", err)
	} else {
		err = fmt.Errorf("nothing was imported, %s is as it was:\n%w", file, err)
	}
	_, named := errors.AsType[*release.FileError](err)
	for _, is := range []error{
		release.ErrNoCodes, release.ErrNothingKept, fs.ErrNotExist, bookfile.ErrNotBook, bookfile.ErrDamaged, bookfile.ErrNewer,
	} {
		named = named || errors.Is(err, is)
	}
	if named {
		return usagef("%v", err)
	}
	return err
}

type importJSON struct {
	Unchanged bool             `json:"unchanged"`
	Files     []importFileJSON `json:"files"`
	Kept      int              `json:"kept"` // files of earlier imports that stay in the book
	Warnings  []string         `json:"warnings"`
	Notes     []string         `json:"notes"`
	Releases  []releaseJSON    `json:"releases"`
}

type importFileJSON struct {
	File    string           `json:"file"`
	Kind    string           `json:"kind"`
	Edition string           `json:"edition"`
	Loaded  bool             `json:"loaded"`
	Reason  string           `json:"reason"`
	Rows    int              `json:"rows"`
	Kept    int              `json:"kept"`
	Skipped []importSkipJSON `json:"skipped"`
}

type importSkipJSON struct {
	Rows    int    `json:"rows"`
	Reason  string `json:"reason"`
	Example string `json:"example"`
}

func newImportJSON(rep release.Report) importJSON {
	out := importJSON{
		Unchanged: rep.Unchanged, Files: []importFileJSON{}, Warnings: append([]string{}, rep.Warnings...), Notes: append([]string{}, rep.Notes...), Releases: releaseList(rep.Releases),
	}
	for _, f := range rep.Kept {
		if f.Loaded {
			out.Kept++
		}
	}
	for _, f := range rep.Files {
		j := importFileJSON{f.Path, string(f.Kind), f.Edition, f.Loaded, f.Reason, f.Rows, f.Kept, []importSkipJSON{}}
		for _, s := range f.Skipped {
			j.Skipped = append(j.Skipped, importSkipJSON{s.Rows, s.Reason, s.First})
		}
		out.Files = append(out.Files, j)
	}
	return out
}

type diffJSON struct {
	Set     string       `json:"set"`
	Old     string       `json:"old"`
	New     string       `json:"new"`
	Changes []changeJSON `json:"changes"`
}

type changeJSON struct {
	Change   string `json:"change"` // added, deleted, retitled, header, billable
	Code     string `json:"code"`
	Title    string `json:"title"`
	Was      string `json:"was"` // the old title of a retitled code
	Billable bool   `json:"billable"`
}

// changeWords head the groups of changes.
var changeWords = map[codebook.ChangeKind]string{
	codebook.Added: "added", codebook.Deleted: "deleted", codebook.Retitled: "retitled",
	codebook.BecameHeader: "turned header: more characters are needed", codebook.BecameBillable: "turned billable",
}

// diffCodes prints what changed between two releases of a set.
func diffCodes(io streams, book *codebook.Book, set, older, newer string, asJSON bool) error {
	sys, err := codebook.ParseSystem(set)
	if err != nil {
		return usagef("%v", err)
	}
	changes, err := book.Diff(sys, older, newer)
	if err != nil {
		return usagef("%v", err)
	}
	if asJSON {
		out := diffJSON{string(sys), older, newer, []changeJSON{}}
		for _, c := range changes.List {
			out.Changes = append(out.Changes, changeJSON{string(c.Kind), c.Dotted(), c.Title, c.Was, c.Billable})
		}
		return printJSON(io, out)
	}
	for _, kind := range codebook.ChangeKinds {
		printChanges(io, changes.List, kind)
	}
	if len(changes.List) == 0 {
		fmt.Fprintf(io.out, "%s %s and %s have the same codes with the same titles\n", sys.Name(), older, newer)
	}
	return nil
}

// printChanges prints the changes of a kind under a heading that counts them.
func printChanges(io streams, list []codebook.Change, kind codebook.ChangeKind) {
	codes, headers := 0, 0
	for _, c := range list {
		if c.Kind == kind && c.Billable {
			codes++
		} else if c.Kind == kind {
			headers++
		}
	}
	switch {
	case codes+headers == 0:
		return
	case headers == 0 || kind == codebook.BecameHeader:
		fmt.Fprintf(io.out, "%s (%d)\n", changeWords[kind], codes+headers)
	default:
		fmt.Fprintf(io.out, "%s (%d codes and %d headers)\n", changeWords[kind], codes, headers)
	}
	for _, c := range list {
		if c.Kind != kind {
			continue
		}
		mark := " "
		if c.Billable {
			mark = "$"
		}
		fmt.Fprintf(io.out, "%s %-9s %s\n", mark, c.Dotted(), c.Title)
		if c.Was != "" {
			fmt.Fprintf(io.out, "  %-9s was: %s\n", "", c.Was)
		}
	}
}
