package quizzes

import (
	"slices"

	"crosswalk/lessons/markdown"
)

// ParseQuestions reads one file of questions that may lie anywhere, for programs that write such files and want to know whether they load. file is the
// name that problems carry. Questions with errors in their structure are left out.
func ParseQuestions(src []byte, file string, r *markdown.Renderer) ([]*Question, []markdown.Problem) {
	return parseBank(src, file, r)
}

// CodeYear is the code year of the newest questions, which new ones are about unless somebody says otherwise.
func (b *Bank) CodeYear() int { return newestCodeYear(b) }

// HasFile reports whether questions come from a file, named with its path from the content folder: quizzes/bank/em/office.md.
func (b *Bank) HasFile(path string) bool {
	return slices.ContainsFunc(b.questions, func(q *Question) bool { return q.File == path })
}
