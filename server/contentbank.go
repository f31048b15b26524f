package server

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/quizzes/bankform"
)

// formQuestion is a question in the form.
type formQuestion struct {
	bankform.Question
	N      int // counted from 0
	Levels []choice
	Opts   []formOption
	Open   bool // of a file with many questions only those are shown open that are new
}

type formOption struct {
	bankform.Option
	Q, N int
}

// Letter is the letter by which people call an option.
func (o formOption) Letter() string { return string(rune('A' + o.N%26)) }

// mostOptions is how many options of a question a form may send.
const mostOptions = 26

// bankFormValues reads the form of a file of questions, with the change that a button of it asks for.
func bankFormValues(c *fiber.Ctx) bankform.Form {
	var f bankform.Form
	args := c.Request().PostArgs()
	for n := range mostFormLines {
		at := func(key string) string { return c.FormValue(fmt.Sprintf("q.%d.%s", n, key)) }
		if !args.Has(fmt.Sprintf("q.%d.from", n)) {
			continue
		}
		q := bankform.Question{
			From: at("from"), ID: at("id"), Difficulty: at("difficulty"), Cites: at("cites"), Stem: unixLines(at("stem")), Rationale: unixLines(at("rationale")), Raw: unixLines(at("raw")),
		}
		for m := range mostOptions {
			key := fmt.Sprintf("o.%d.", m)
			if args.Has(fmt.Sprintf("q.%d.%stext", n, key)) {
				q.Options = append(q.Options, bankform.Option{Text: at(key + "text"), Right: at(key+"right") == "1", Why: unixLines(at(key + "why"))})
			}
		}
		f.Questions = append(f.Questions, q)
	}
	pressBank(&f, c.FormValue("do"))
	return f
}

// pressBank does what a button of the form asks for: add-q, remove-q-1, add-o-1, remove-o-1-2.
func pressBank(f *bankform.Form, do string) {
	parts := strings.Split(do, "-")
	number := func(i int) int {
		if i < len(parts) {
			if n, err := strconv.Atoi(parts[i]); err == nil {
				return n
			}
		}
		return -1
	}
	switch n := number(2); {
	case len(parts) < 2:
	case parts[0] == "add" && parts[1] == "q" && len(f.Questions) < mostFormLines:
		f.Questions = append(f.Questions, bankform.Question{Difficulty: "2", Options: make([]bankform.Option, 4)})
	case parts[1] == "q":
		f.Questions = pressed(f.Questions, parts[0], n)
	case parts[1] == "o" && n >= 0 && n < len(f.Questions):
		q := &f.Questions[n]
		if m := number(3); parts[0] == "remove" && m >= 0 && m < len(q.Options) {
			q.Options = slices.Delete(q.Options, m, m+1)
		} else if parts[0] == "add" && len(q.Options) < mostOptions {
			q.Options = append(q.Options, bankform.Option{})
		}
	}
}

// bankFormOf is the form of a file of questions.
func (s *Server) bankFormOf(text string) (*contentForm, error) {
	read, err := bankform.Read(text)
	if err != nil {
		return nil, err
	}
	long := func(q bankform.Question) bool { return len(q.Options) > mostOptions }
	if len(read.Questions) > mostFormLines || slices.ContainsFunc(read.Questions, long) {
		return nil, errors.New(s.words.get("contentform.bank_too_long", mostFormLines, mostOptions))
	}
	f := &contentForm{Bank: true}
	for i, q := range read.Questions {
		v := formQuestion{Question: q, N: i, Levels: s.formChoices("level", q.Difficulty, "1", "2", "3", "4", "5"), Open: len(read.Questions) < 4 || i == len(read.Questions)-1}
		for m, o := range q.Options {
			v.Opts = append(v.Opts, formOption{o, i, m})
		}
		f.Questions = append(f.Questions, v)
	}
	return f, nil
}

// placeInBank says of each problem which question it is about.
func (f *contentForm) placeInBank(s *Server, problems []lookProblem) {
	for i := range problems {
		p := &problems[i]
		for _, q := range f.Questions {
			if p.File != "" || p.Line < q.Line || p.Line > q.Last {
				continue
			}
			field := "stem"
			if q.Raw != "" {
				field = "raw"
			} else if p.Line == q.Line {
				field = "id"
			}
			p.Field, p.Name = fmt.Sprintf("q-%d-%s", q.N, field), s.words.get("contentform.place_q", q.N+1)
		}
	}
}
