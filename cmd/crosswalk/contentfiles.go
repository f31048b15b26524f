package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"crosswalk/progress"
)

// contentFileJSON is a file as `crosswalk content files -json` prints it.
type contentFileJSON struct {
	Path     string `json:"path"`
	Revision int    `json:"revision"`
	State    string `json:"state"`  // of the newest revision: draft, published or gone
	Author   string `json:"author"` // e-mail; "" for the command line and for one that was erased
	At       string `json:"at"`
	Message  string `json:"message"`
	Hash     string `json:"hash"`
}

// writesOwnFiles reports whether the first verb among the arguments is one of contentFiles.
func writesOwnFiles(args []string) bool {
	for _, a := range args {
		switch a {
		case "files", "write", "put":
			return true
		case "import", "export":
			return false
		}
	}
	return false
}

// contentFiles manages the files of the content that were written in the browser.
func contentFiles(ctx context.Context, args []string, io streams) error {
	f := newFlags("content", io).withDB().withJSON()
	message := f.String("message", "", "put: what changed, for the history")
	draft := f.Bool("draft", false, "put: keep a draft and publish nothing")
	base := f.Int("base", -1, "put: the `revision` that the file was made from; where another was saved since, nothing is written (default: the newest)")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("say what to do: files, write or put")
	}
	verb, rest := rest[0], rest[1:]
	switch {
	case verb == "files" && len(rest) > 0:
		return usagef("files takes no arguments")
	case verb == "write" && len(rest) != 1:
		return usagef("write takes a folder, as in: crosswalk content write mycontent")
	case verb == "put" && len(rest) != 2:
		return usagef("put takes a file and its place, as in: crosswalk content put sore-throat.md quizzes/cases/office/sore-throat.md -message \"first version\"")
	case verb != "files" && verb != "write" && verb != "put":
		return usagef("%q is none of files, write, put", verb)
	}
	prog, c, closeDB, err := openProgress(ctx, f, io, true)
	if err != nil {
		return err
	}
	defer closeDB()
	switch verb {
	case "files":
		return listContentFiles(ctx, prog, f.json, io)
	case "write":
		return writeContentFiles(ctx, prog, rest[0], io)
	}
	in := progress.AuthoredDraft{Path: rest[1], Base: *base, Message: *message, Warned: true}
	return putContentFile(ctx, prog, c, f, rest[0], in, *draft, io)
}

func listContentFiles(ctx context.Context, prog *progress.Service, asJSON bool, io streams) error {
	op := progress.Operator(progress.DefaultOrg)
	files, err := prog.AuthoredFiles(ctx, op)
	if err != nil {
		return err
	}
	mails := map[progress.LearnerID]string{}
	out := []contentFileJSON{}
	for _, f := range files {
		if _, known := mails[f.Author]; !known && f.Author != "" {
			if l, err := prog.Learner(ctx, op, f.Author); err == nil {
				mails[f.Author] = l.Email
			}
		}
		v := contentFileJSON{Path: f.Path, Revision: f.Revision, State: string(f.State), Author: mails[f.Author], At: f.At.Format(time.RFC3339), Message: f.Message, Hash: f.Hash}
		if f.Gone {
			v.State = "gone"
		}
		out = append(out, v)
	}
	if asJSON {
		return printJSON(io, out)
	}
	for _, v := range out {
		fmt.Fprintf(io.out, "%-9s  r%-3d %-60s %s  %s\n", v.State, v.Revision, v.Path, v.Author, v.Message)
	}
	fmt.Fprintf(io.out, "%d files\n", len(out))
	return nil
}

// writeContentFiles writes what is published into a folder, which -content takes. A file that says something else already is not written over.
func writeContentFiles(ctx context.Context, prog *progress.Service, dir string, io streams) error {
	files, err := prog.PublishedFiles(ctx)
	if err != nil {
		return err
	}
	written, kept := 0, 0
	for _, f := range files {
		if f.Gone {
			fmt.Fprintf(io.out, "%s was taken away, which a folder cannot say: it ships again where it ships\n", f.Path)
			continue
		}
		to := filepath.Join(dir, filepath.FromSlash(f.Path))
		have, err := os.ReadFile(to)
		switch {
		case err == nil && string(have) == f.Text:
			continue
		case err == nil:
			fmt.Fprintf(io.err, "%s is there with another text and was left as it is\n", to)
			kept++
			continue
		case !errors.Is(err, os.ErrNotExist):
			return err
		}
		if err := writeNew(to, f.Text); err != nil {
			return err
		}
		written++
	}
	fmt.Fprintf(io.out, "%d files written to %s\n", written, dir)
	if kept > 0 {
		return errNo
	}
	return nil
}

// putContentFile publishes a file, or keeps it as a draft. Running servers serve it within seconds. A base below zero stands for the newest
// revision.
func putContentFile(ctx context.Context, prog *progress.Service, c *content, f *flags, file string, in progress.AuthoredDraft, draft bool, io streams) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return usagef("%v", err)
	}
	op := progress.Operator(progress.DefaultOrg)
	if in.Base < 0 {
		history, err := prog.AuthoredHistory(ctx, op, in.Path)
		if err != nil {
			return err
		}
		in.Base = 0
		if n := len(history); n > 0 {
			in.Base = history[n-1].Revision
		}
	}
	in.Text = string(body)
	over, err := readAuthored(ctx, prog)
	if err != nil {
		return err
	}
	desk := &commandDesk{folder: f.content, over: over, content: c}
	save := prog.PublishAuthored
	if draft {
		save = prog.SaveAuthored
	}
	kept, err := save(ctx, op, in, desk)
	var failed *progress.ContentErrors
	if errors.As(err, &failed) {
		sayProblems(io, failed.Problems)
		return errNo
	}
	if errors.Is(err, progress.ErrConflict) {
		fmt.Fprintf(io.err, "%v; nothing was written\n", err)
		return errNo
	}
	if err != nil {
		return asUsage(err)
	}
	if f.json {
		return printJSON(io, contentFileJSON{Path: kept.Path, Revision: kept.Revision, State: string(kept.State), At: kept.At.Format(time.RFC3339), Message: kept.Message, Hash: kept.Hash})
	}
	sayProblems(io, desk.found)
	fmt.Fprintf(io.out, "%s  revision %d, %s\n", kept.Path, kept.Revision, kept.State)
	return nil
}
