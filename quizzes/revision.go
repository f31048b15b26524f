package quizzes

import (
	"fmt"

	"crosswalk/lessons/markdown"
)

// ReadQuestion reads a kept revision of a question: Source as it stood in its file, without the front matter. A sitting that was drawn before the bank
// changed is shown and graded by it. ErrNotFound when the text is no longer a question that this program can read.
func (b *Bank) ReadQuestion(source, area string, codeYear int) (*Question, error) {
	if codeYear == 0 {
		codeYear = newestCodeYear(b)
	}
	text := fmt.Sprintf("---\narea: %s\ncode_year: %d\n---\n\n%s\n", area, codeYear, source)
	qs, problems := parseBank([]byte(text), root+"bank/"+area+"/kept.md", b.renderer)
	if len(qs) != 1 || len(markdown.Errors(problems)) > 0 {
		return nil, fmt.Errorf("a kept question of %s: %w", area, ErrNotFound)
	}
	return qs[0], nil
}

// ReadCase is ReadQuestion for a case, whose Source is its whole file.
func (b *Bank) ReadCase(source string) (*Case, error) {
	c, problems := parseCase([]byte(source), root+"cases/kept/kept.md", b.renderer)
	if c == nil || len(markdown.Errors(problems)) > 0 {
		return nil, fmt.Errorf("a kept case: %w", ErrNotFound)
	}
	return c, nil
}

// newestCodeYear is the code year of the newest questions.
func newestCodeYear(b *Bank) int {
	year := 0
	for _, q := range b.questions {
		year = max(year, q.CodeYear)
	}
	return year
}
