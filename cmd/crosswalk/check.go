package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"crosswalk/lessons/markdown"
	"crosswalk/quizzes/coverage"
)

// check reports every problem of the content with file and line, or what the content covers. It ends with 1 when there is an error.
func check(ctx context.Context, args []string, io streams) error {
	f := newFlags("check", io).withJSON()
	releases := f.String("releases", os.Getenv("CROSSWALK_RELEASES"), "a `folder` of official release files to check against (default: $CROSSWALK_RELEASES, else the book in -data, else the starter book)")
	covers := f.Bool("coverage", false, "print what lessons, questions, cases and codes there are per area of the exams and per guideline section, how the answers are balanced, and the gaps")
	rest, err := f.parse(args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usagef("it takes no arguments; to check a folder of your own use -content %s", rest[0])
	}
	c, err := loadContent(ctx, f, *releases)
	if err != nil {
		return err
	}
	if *covers {
		return covered(io, c, f.json)
	}
	problems := c.check()
	errors := 0
	for _, p := range problems {
		if p.Severity == markdown.Error {
			errors++
		}
	}
	if f.json {
		if problems == nil {
			problems = []markdown.Problem{}
		}
		if err := printJSON(io, problems); err != nil {
			return err
		}
	} else {
		for _, p := range problems {
			fmt.Fprintf(io.out, "%s:%d: %s: %s (%s)\n", p.File, p.Line, p.Severity, p.Message, p.Rule)
		}
		if exams := c.bank.Blueprints(); len(exams) > 0 {
			printExams(io, listed(c.bank, exams))
		}
		book := "the starter book"
		switch {
		case *releases != "":
			book = "the releases given"
		case statBook(f.data).info != nil:
			book = "the imported book"
		}
		fmt.Fprintf(io.out, "%d lessons, %d questions, %d cases, %d terms checked against %s: %d errors, %d warnings\n",
			len(c.lessons.Lessons()), len(c.bank.Questions()), len(c.bank.Cases()), len(c.lessons.Glossary()), book, errors, len(problems)-errors)
	}
	if errors > 0 {
		return errNo
	}
	return nil
}

// covered prints the report of what the content covers. What has an error in its structure is left out of it, which is said and ends it with 1.
func covered(io streams, c *content, asJSON bool) error {
	report := coverage.Make(coverage.Input{Lessons: c.lessons, Bank: c.bank, Book: c.book, Course: coverage.Whole, MostForms: mostForms})
	if asJSON {
		if err := printJSON(io, report); err != nil {
			return err
		}
	} else {
		printCoverage(io, report)
	}
	if n := len(markdown.Errors(c.problems)); n > 0 {
		fmt.Fprintf(io.err, "crosswalk check: there are %d errors in the files, and what cannot be read is not counted: see crosswalk check\n", n)
		return errNo
	}
	return nil
}

// printJSON prints v the way all commands do.
func printJSON(io streams, v any) error {
	e := json.NewEncoder(io.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
