package quizzes

import "crosswalk/lessons/markdown"

// ParseCase reads one case file that may lie anywhere, for commands that grade against a file. file is the name that problems carry. The
// case is sound when no problem is an error.
func ParseCase(src []byte, file string, r *markdown.Renderer) (*Case, []markdown.Problem) {
	return parseCase(src, file, r)
}
