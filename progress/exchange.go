package progress

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"crosswalk/quizzes"
	"crosswalk/quizzes/interchange"
)

// MayExchange reports whether the actor may read files of questions in and take questions with their keys out: instructors and admins.
func (a Actor) MayExchange() bool { return a.teaches() }

// QuestionFile is a file of another program.
type QuestionFile struct {
	Name   string // as it was called there
	Body   io.ReaderAt
	Size   int64
	Area   string // of its questions; "" to take what each names
	Format string // "" to tell by the content
}

// ReadQuestions makes files of ours of a file of another program, with the report. Nothing is kept: the files belong into a content folder, where check
// reads them. Instructors and admins, else ErrForbidden. InputErrors are of area, format and file.
func (s *Service) ReadQuestions(ctx context.Context, a Actor, bank *quizzes.Bank, in QuestionFile) (interchange.Imported, error) {
	var none interchange.Imported
	if !a.MayExchange() {
		return none, fmt.Errorf("read questions: %w", ErrForbidden)
	}
	o := interchange.ImportOptions{Name: in.Name, Area: in.Area, CodeYear: bank.CodeYear(), Beside: bank}
	if in.Area != "" && !quizzes.ValidArea(in.Area) {
		return none, &InputError{"area", "There is no such area: choose one of the list."}
	}
	if in.Format != "" {
		f, err := interchange.ParseFormat(in.Format)
		if err != nil {
			return none, &InputError{"format", "There is no such format: choose one of the list."}
		}
		o.Format = f
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return none, fmt.Errorf("read questions: %w", err)
	}
	defer done()
	got, err := interchange.Import(in.Body, in.Size, o)
	switch {
	case errors.Is(err, interchange.ErrNoArea):
		return none, &InputError{"area", "The file does not say to which area its questions belong: choose one."}
	case err != nil:
		return none, &InputError{"file", fmt.Sprintf("The file cannot be taken: %v.", err)}
	}
	return got, nil
}

// QuestionsOut says which questions go out, and how.
type QuestionsOut struct {
	Format string
	Areas  []string
	Look   bool // only the report is wanted
}

// WriteQuestions writes the questions of areas in a format of another program, with the report; taking them out is in the audit log. Instructors and admins,
// else ErrForbidden. InputErrors are of areas and format.
func (s *Service) WriteQuestions(ctx context.Context, a Actor, bank *quizzes.Bank, in QuestionsOut) ([]byte, interchange.Report, error) {
	fail := func(err error) ([]byte, interchange.Report, error) { return nil, interchange.Report{}, err }
	if !a.MayExchange() {
		return fail(fmt.Errorf("write questions: %w", ErrForbidden))
	}
	var problems InputErrors
	f, err := interchange.ParseFormat(in.Format)
	if err != nil {
		problems = append(problems, &InputError{"format", "There is no such format: choose one of the list."})
	}
	var qs []*quizzes.Question
	for _, q := range bank.Questions() {
		if slices.Contains(in.Areas, q.Area) {
			qs = append(qs, q)
		}
	}
	if len(qs) == 0 {
		problems = append(problems, &InputError{"areas", "Choose at least one area that has questions."})
	}
	if err := asInput(problems); err != nil {
		return fail(err)
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return fail(fmt.Errorf("write questions: %w", err))
	}
	defer done()
	var b bytes.Buffer
	report, err := interchange.Export(&b, f, qs, interchange.ExportOptions{Case: bank.Case})
	if err != nil {
		return nil, report, &InputError{"format", fmt.Sprintf("Nothing can be written: %v.", err)}
	}
	if in.Look {
		return nil, report, nil
	}
	if err := s.Audit(ctx, a, "content.export", string(f), fmt.Sprintf("%d questions", report.Kept+report.Changed)); err != nil {
		return fail(err)
	}
	return b.Bytes(), report, nil
}
