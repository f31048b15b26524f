package markdown

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether a problem stops the content from being used.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the content cannot be used as it is
	Warning Severity = "warning" // usable, and probably not what the author wants
)

// Problem is something wrong in a content file, told to its author. Line counts from 1; what concerns the file as a whole is at line 1.
type Problem struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`    // short stable name of the rule that was broken, such as "unknown-code"
	Message  string   `json:"message"` // what is wrong and what to do
}

// String is file:line: severity: message, the form that editors can jump to.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s: %s (%s)", p.File, p.Line, p.Severity, p.Message, p.Rule)
}

// Problems collects problems of one file.
type Problems struct {
	File string
	List []Problem
}

// Errorf adds an error at a line.
func (p *Problems) Errorf(line int, rule, format string, args ...any) {
	p.List = append(p.List, Problem{p.File, line, Error, rule, fmt.Sprintf(format, args...)})
}

// Warnf adds a warning at a line.
func (p *Problems) Warnf(line int, rule, format string, args ...any) {
	p.List = append(p.List, Problem{p.File, line, Warning, rule, fmt.Sprintf(format, args...)})
}

// Add adds problems found elsewhere.
func (p *Problems) Add(more ...Problem) { p.List = append(p.List, more...) }

// Sort puts problems in the order of files, lines, rules and messages.
func Sort(ps []Problem) {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
}

// Errors returns the problems that are errors.
func Errors(ps []Problem) []Problem {
	var out []Problem
	for _, p := range ps {
		if p.Severity == Error {
			out = append(out, p)
		}
	}
	return out
}
