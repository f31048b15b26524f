package quizzes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// Look is a file as it would be in a bank, for the author who is writing it.
type Look struct {
	Questions []*Question  // those that are sound
	Case      *Case        // nil unless it is sound
	Chart     markdown.Doc // of a case, sound or not
	Blueprint *Blueprint   // nil unless it is sound
}

// Look reads and checks one file that may be unfinished, as if it stood in the bank in place of the file of that name: file is its path in the
// source tree, quizzes/... What is wrong with it comes back by line. A case with errors in its structure is held against the book as far as it
// goes, so that an author hears of a code while the rest is not written yet.
func (b *Bank) Look(src []byte, file string, book *codebook.Book) (Look, []markdown.Problem) {
	var l Look
	var problems []markdown.Problem
	switch kind, _, _ := strings.Cut(strings.TrimPrefix(file, root), "/"); kind {
	case "bank":
		l.Questions, problems = parseBank(src, file, b.renderer)
		problems = append(problems, b.lookAtQuestions(l.Questions, file, book)...)
	case "cases":
		c, ps, sound := readCase(src, file, b.renderer)
		l.Chart, problems = c.Chart, ps
		if other := b.caseByID[c.ID]; other != nil && other.File != file {
			problems = append(problems, duplicate(file, max(1, c.file.ID.At), c.ID, other.File)...)
		}
		if sound {
			l.Case = c
			problems = append(problems, checkCase(c, book)...)
		} else {
			problems = append(problems, checkUnfinished(c, book)...)
		}
	case "exams":
		bp, ps := parseBlueprint(src, file, true)
		l.Blueprint, problems = bp, ps
		if bp != nil {
			for _, other := range b.blueprints {
				if other.ID == bp.ID && other.File != file {
					problems = append(problems, duplicate(file, 1, bp.ID, other.File)...)
				}
			}
			problems = append(problems, b.CheckBlueprint(bp)...)
		}
	}
	markdown.Sort(problems)
	return l, slices.Compact(problems)
}

func (b *Bank) lookAtQuestions(qs []*Question, file string, book *codebook.Book) []markdown.Problem {
	with := *b
	with.byID = maps.Clone(b.byID)
	var problems []markdown.Problem
	for _, q := range qs {
		if other, ok := with.byID[q.ID]; ok && (other.File != file || slices.Contains(qs, other)) {
			problems = append(problems, duplicate(file, q.Line, q.ID, fmt.Sprintf("%s:%d", other.File, other.Line))...)
			continue
		}
		with.byID[q.ID] = q
	}
	for _, q := range qs {
		if q.Kind == grading.Codes {
			q.titledAnswer(book)
		}
		problems = append(problems, with.checkQuestion(q, book)...)
	}
	return problems
}

// checkUnfinished holds against the book what can be read of a case with errors. It is not graded: that would only repeat them.
func checkUnfinished(c *Case, book Codebook) []markdown.Problem {
	if c.Key.Date == (codebook.Date{}) || len(c.Key.Alternatives) != len(c.file.Key.Alternatives) {
		return nil
	}
	k := &caseCheck{c: c, book: book, ps: markdown.Problems{File: c.File}}
	onlyRead(&c.file.Key)
	if len(c.file.Key.Diagnoses) == len(c.Key.Diagnoses) && len(c.file.Key.Procedures) == len(c.Key.Procedures) {
		k.version(&c.Key, &c.file.Key)
	}
	return k.ps.List
}

// onlyRead leaves out the lines whose codes cannot be read, which the key does not have either.
func onlyRead(f *keyFile) {
	f.Diagnoses = slices.DeleteFunc(slices.Clone(f.Diagnoses), func(d diagnosisFile) bool {
		_, err := codebook.ParseCode(codebook.ICD10CM, d.Code.Text)
		return err != nil
	})
	f.Procedures = slices.DeleteFunc(slices.Clone(f.Procedures), func(p procedureFile) bool {
		_, _, err := codebook.ProcedureSystem(p.Code.Text)
		return err != nil
	})
}
