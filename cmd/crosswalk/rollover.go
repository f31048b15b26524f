package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"crosswalk/codebook"
	"crosswalk/quizzes/rollover"
)

// rolloverContent lists what content mentions codes that changed between two releases, and writes the drills on what is new.
func rolloverContent(ctx context.Context, args []string, io streams) error {
	f := newFlags("rollover", io).withJSON()
	releases := f.String("releases", os.Getenv("CROSSWALK_RELEASES"), "a `folder` of official release files (default: $CROSSWALK_RELEASES, else the book in -data)")
	set := f.String("set", "", "only this code `set`: icd10cm, icd10pcs, cpt or hcpcs")
	from := f.String("from", "", "the older `edition`, with -set (default: the two newest)")
	to := f.String("to", "", "the newer `edition`, with -set")
	drill := f.String("drill", "", "write a drill on what changed into this `folder` of content; files that are there stay")
	n := f.Int("n", 30, "how many questions a drill has at most")
	seed := f.Uint64("seed", 1, "which of them")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("it takes no arguments, but got %q", rest[0])
	}
	if *n < 1 {
		return usagef("-n is how many questions a drill has at most: 1 or more, not %d", *n)
	}
	c, err := loadContent(ctx, f, *releases)
	if err != nil {
		return err
	}
	pairs, err := rolloverPairs(c.book, *set, *from, *to)
	if err != nil {
		return err
	}
	report, err := rollover.Make(rollover.Input{Lessons: c.lessons, Bank: c.bank, Book: c.book, Pairs: pairs})
	if errors.Is(err, codebook.ErrNoRelease) {
		return usagef("%v", err)
	}
	if err != nil {
		return err
	}
	if *drill != "" {
		if err := writeDrills(io, c.book, pairs, *drill, rollover.DrillOptions{Most: *n, Seed: *seed}); err != nil {
			return err
		}
	}
	switch {
	case f.json:
		err = printJSON(io, report)
	case *drill == "":
		printRollover(io, report)
	}
	if err == nil && len(report.Items) > 0 && *drill == "" {
		return errNo
	}
	return err
}

// rolloverPairs are the releases to be compared: those named, else the two newest of each set.
func rolloverPairs(book *codebook.Book, set, from, to string) ([]rollover.Pair, error) {
	pairs := rollover.Newest(book)
	if set != "" {
		sys, err := codebook.ParseSystem(set)
		if err != nil {
			return nil, usagef("-set: %v", err)
		}
		if from != "" && to != "" {
			return []rollover.Pair{{System: sys, Older: from, Newer: to}}, nil
		}
		for _, p := range pairs {
			if p.System == sys && from == "" && to == "" {
				return []rollover.Pair{p}, nil
			}
		}
		if from != "" || to != "" {
			return nil, usagef("name both editions, as in: -set %s -from 2026 -to 2027", sys)
		}
		pairs = nil
	} else if from != "" || to != "" {
		return nil, usagef("-from and -to name editions of one code set: add -set icd10cm, for example")
	}
	if len(pairs) == 0 {
		return nil, usagef("no code set has two full releases loaded: import the next one with crosswalk codes import, or name a folder with -releases; crosswalk codes releases lists what there is")
	}
	return pairs, nil
}

func printRollover(io streams, r rollover.Report) {
	for _, p := range r.Pairs {
		fmt.Fprintf(io.out, "%s: %s to %s\n", p.System.Name(), p.Older, p.Newer)
	}
	for _, i := range r.Items {
		fmt.Fprintf(io.out, "\n%s %s  %s\n", i.Kind, i.ID, i.Title)
		for _, m := range i.Mentions {
			fmt.Fprintf(io.out, "  %s:%d: %s %s (%s)\n      %s\n", i.File, m.Line, m.Code, m.Title, strings.Join(m.Changes, ", "), m.Text)
			printProposal(io, m)
		}
	}
	fmt.Fprintf(io.out, "\n%d lessons, %d questions, %d cases and %d terms mention changed codes\n", r.Count(rollover.Lesson), r.Count(rollover.Question), r.Count(rollover.Case), r.Count(rollover.Term))
}

func printProposal(io streams, m rollover.Mention) {
	p := m.Proposal
	switch p.Do {
	case rollover.Replace:
		fmt.Fprintf(io.out, "      write %s for %s (%s)\n", p.New, p.Old, p.Codes[0].Title)
	case rollover.Retitle:
		fmt.Fprintf(io.out, "      write %q for %q\n", p.New, p.Old)
	case rollover.Remove:
		fmt.Fprintln(io.out, "      nothing like it has come: take it out, or look for its place in the Index")
	case rollover.Choose:
		fmt.Fprintln(io.out, "      choose, as the text has it:")
	case rollover.Look:
		if m.Was != "" {
			fmt.Fprintf(io.out, "      read it again: the title was %q\n", m.Was)
		} else {
			fmt.Fprintln(io.out, "      read it again")
		}
	}
	if p.Do == rollover.Choose || p.Do == rollover.Look {
		for _, c := range p.Codes {
			fmt.Fprintf(io.out, "        %s %s\n", c.Code, c.Title)
		}
	}
}

func writeDrills(io streams, book *codebook.Book, pairs []rollover.Pair, dir string, o rollover.DrillOptions) error {
	drills, err := rollover.Drills(book, pairs, o)
	if err != nil {
		return err
	}
	at := func(d rollover.Drill) string { return filepath.Join(dir, "quizzes", filepath.FromSlash(d.Path)) }
	for _, d := range drills { // all are written, or none
		if _, err := os.Lstat(at(d)); !errors.Is(err, fs.ErrNotExist) {
			return usagef("%s is there already: name another folder, or move that file", at(d))
		}
	}
	for _, d := range drills {
		path := at(d)
		if err := writeNew(path, d.Text); err != nil {
			return err
		}
		fmt.Fprintf(io.err, "%s is there: %d questions\n", path, d.Questions)
	}
	if len(drills) == 0 {
		fmt.Fprintln(io.err, "nothing changed that a question could be asked about")
	}
	return nil
}
