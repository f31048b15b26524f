package quizzes

import "crosswalk/lessons/markdown"

// ParseQuestions reads one file of questions that may lie anywhere, for programs that write such files and want to know whether they load. file is the
// name that problems carry. Questions with errors in their structure are left out.
func ParseQuestions(src []byte, file string, r *markdown.Renderer) ([]*Question, []markdown.Problem) {
	return parseBank(src, file, r)
}

// CodeYear is the code year of the newest questions, which new ones are about unless somebody says otherwise.
func (b *Bank) CodeYear() int { return newestCodeYear(b) }
