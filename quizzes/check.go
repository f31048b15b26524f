package quizzes

import (
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// Codebook is what Check asks of a book; *codebook.Book satisfies it.
type Codebook interface {
	grading.Book
	// CiteOK judges a citation; checked is false when the book cannot tell.
	CiteOK(cite string) (known, checked bool)
	Modifier(m string) (codebook.Modifier, bool)
}

// Check looks for everything that needs the codebook, the grader, or other files: codes that do not exist or cannot be reported on
// the date, notes and edits that a key offends, evidence that is not in the note, cites that do not exist, keys that do not score 100 %
// and clean against themselves, references to questions and cases that are not there, and exams that the bank cannot fill. What Load reported is not
// repeated. Only what the given book knows can be found.
func (b *Bank) Check(book Codebook) []markdown.Problem {
	var problems []markdown.Problem
	for _, q := range b.questions {
		problems = append(problems, b.checkQuestion(q, book)...)
	}
	for _, ps := range markdown.Each(b.caseIDs(), func(id string) []markdown.Problem { return checkCase(b.caseByID[id], book) }) {
		problems = append(problems, ps...)
	}
	problems = append(problems, b.checkBalance()...)
	problems = append(problems, b.checkAlike()...)
	for _, bp := range b.blueprints {
		if bp.Full == "" { // a half exam is short where the whole one is
			problems = append(problems, b.CheckBlueprint(bp)...)
		}
	}
	for _, h := range b.hiring {
		problems = append(problems, b.checkHiring(h)...)
	}
	// Lines that the key and its alternatives share are read more than once.
	markdown.Sort(problems)
	return slices.Compact(problems)
}

func (b *Bank) caseIDs() []string {
	ids := make([]string, len(b.cases))
	for i, c := range b.cases {
		ids[i] = c.ID
	}
	return ids
}

// questionDate is the day at which the codes of a question must be valid: the last of the calendar year before the code year, when the
// ICD-10 files of the fiscal year and the CPT, HCPCS and fee schedule files of the calendar year are both in force, as for the cases.
func questionDate(codeYear int) codebook.Date {
	return codebook.Date{Year: codeYear - 1, Month: 12, Day: 31}
}

func (b *Bank) checkQuestion(q *Question, book Codebook) []markdown.Problem {
	ps := &markdown.Problems{File: q.File}
	on := questionDate(q.CodeYear)
	for _, e := range q.Enemies {
		if e == q.ID {
			ps.Errorf(q.Line, "unknown-question", "%s is its own enemy", q.ID)
		} else if b.byID[e] == nil {
			ps.Errorf(q.Line, "unknown-question", "enemies of %s names %q, and there is no such question", q.ID, e)
		}
	}
	if q.Group != "" && b.caseByID[q.Group] == nil {
		ps.Errorf(q.Line, "unknown-case", "group of %s names %q, and there is no such case", q.ID, q.Group)
	}
	for _, c := range q.Cites {
		checkCite(ps, q.Line, c, book)
	}
	for i, c := range q.Key.Codes {
		checkCode(ps, q.codeLines[i], c.System, c.Code, on, book, "the answer")
		for _, m := range c.Modifiers {
			checkModifier(ps, q.codeLines[i], m, book)
		}
	}
	for _, o := range q.Options {
		if o.Right {
			checkOption(ps, q, o.Text, on, book)
		}
	}
	checkTelling(ps, q)
	for _, a := range ModelItem(q) {
		if err := grading.ParseItem(&q.Key, a); err != nil {
			ps.Errorf(q.Line, "self-test", "%s: the right answer is refused: %v", q.ID, err)
		} else if r := grading.GradeItem(&q.Key, a); !r.Correct || r.Earned != r.Possible {
			ps.Errorf(q.Line, "self-test", "%s: the right answer scores %d of %d", q.ID, r.Earned, r.Possible)
		}
	}
	return ps.List
}

// ModelItem gives right answers to a question: one, or for a text one for each that is accepted.
func ModelItem(q *Question) []grading.ItemAnswer {
	entries := make([]int, q.Key.Length)
	for i := range entries {
		entries[i] = i
	}
	switch q.Kind {
	case grading.Single, grading.Multiple:
		return []grading.ItemAnswer{{Options: slices.Clone(q.Key.Correct)}}
	case grading.Codes:
		var codes []string
		for _, c := range q.Key.Codes {
			codes = append(codes, strings.Join(append([]string{c.Code.Dotted(c.System)}, c.Modifiers...), "-"))
		}
		return []grading.ItemAnswer{{Codes: codes}}
	case grading.Number:
		return []grading.ItemAnswer{{Value: q.Key.Number}}
	case grading.Text:
		var out []grading.ItemAnswer
		for _, t := range q.Key.Texts {
			out = append(out, grading.ItemAnswer{Value: t})
		}
		return out
	case grading.Order:
		return []grading.ItemAnswer{{Order: entries}}
	case grading.Match:
		return []grading.ItemAnswer{{Match: entries}}
	}
	return nil
}

// checkOption warns of a right option that is a list of codes of which one does not exist. Wrong options may be invented.
func checkOption(ps *markdown.Problems, q *Question, text string, on codebook.Date, book Codebook) {
	for _, c := range codesIn(text) {
		if _, err := book.Lookup(c.System, c.Code, on); err != nil {
			ps.Warnf(q.answerLine, "unknown-code", "the right option %q of %s: %v", text, q.ID, err)
		}
	}
}

func checkCite(ps *markdown.Problems, line int, cite string, book Codebook) {
	if known, checked := book.CiteOK(cite); checked && !known {
		ps.Errorf(line, "unknown-cite", "the cite %q does not exist: look up the number, or write a source without a number in plain words", cite)
	}
}

func checkModifier(ps *markdown.Problems, line int, m string, book Codebook) {
	if _, ok := book.Modifier(m); !ok {
		ps.Warnf(line, "unknown-modifier", "the codebook does not know the modifier %s", m)
	}
}

// checkCode reports a code that does not exist or cannot be reported on the day.
func checkCode(ps *markdown.Problems, line int, sys codebook.System, c codebook.Code, on codebook.Date, book Codebook, where string) (codebook.Entry, bool) {
	e, err := book.Lookup(sys, c, on)
	if err != nil {
		ps.Errorf(line, "unknown-code", "%s: %v", where, err)
		return e, false
	}
	if !e.Billable {
		ps.Errorf(line, "not-billable", "%s: %s (%s) is a header and cannot be reported: it needs more characters", where, c.Dotted(sys), e.Title)
	}
	if !e.Exact {
		ps.Warnf(line, "edition", "%s: no loaded release of %s covers %s; %s was looked up in edition %s", where, sys.Name(), on, c.Dotted(sys), e.Release)
	}
	return e, true
}
