package quizzes_test

import (
	"fmt"
	"slices"

	"crosswalk/lessons/markdown"
)

func lineRules(ps []markdown.Problem) []string {
	var out []string
	for _, p := range ps {
		out = append(out, fmt.Sprint(p.Line, " ", p.Rule))
	}
	return out
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}
