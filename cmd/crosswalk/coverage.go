package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"crosswalk/quizzes/coverage"
)

// printCoverage prints a report for people: tables first, gaps last.
func printCoverage(io streams, r coverage.Report) {
	p := &coveragePrinter{out: io.out}
	p.totals(r)
	p.exams(r.Exams)
	p.areas(r.Areas)
	p.guidelines(r.Guidelines.Sections)
	p.cases(r.Cases)
	p.codes(r.Codes)
	p.balance(r)
	p.gaps(r)
}

// coveragePrinter prints the parts of a report. An error of out shows in what follows, as with all printing.
type coveragePrinter struct {
	out   io.Writer
	begun bool
}

// title begins a part.
func (p *coveragePrinter) title(format string, args ...any) {
	if p.begun {
		fmt.Fprintln(p.out)
	}
	p.begun = true
	fmt.Fprintln(p.out, strings.ToUpper(fmt.Sprintf(format, args...)))
}

// table prints rows in columns; the first is the head. Columns that hold numbers only stand to the right.
func (p *coveragePrinter) table(rows [][]string) {
	for i := range rows[0] {
		width, numbers := 0, len(rows) > 1
		for j, row := range rows {
			width = max(width, len(row[i]))
			if _, err := strconv.ParseFloat(strings.TrimSuffix(row[i], "%"), 64); j > 0 && err != nil && row[i] != "" && row[i] != "-" {
				numbers = false
			}
		}
		if numbers {
			for _, row := range rows {
				row[i] = strings.Repeat(" ", width-len(row[i])) + row[i]
			}
		}
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.TrimRight(strings.Join(row, "\t"), "\t "))
	}
	w.Flush()
}

// cells makes a row of texts and numbers.
func cells(values ...any) []string {
	var out []string
	for _, v := range values {
		switch v := v.(type) {
		case coverage.Tally:
			out = append(out, cells(v.Lessons, v.Questions, v.Cases, v.Codes)...)
		case coverage.Cited:
			out = append(out, cells(v.Lessons, v.Questions, v.Cases, v.Cards)...)
		case coverage.Difficulty:
			for _, n := range v {
				out = append(out, strconv.Itoa(n))
			}
		default:
			out = append(out, fmt.Sprint(v))
		}
	}
	return out
}

func wanted(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

func (p *coveragePrinter) totals(r coverage.Report) {
	p.title("what there is")
	rows := [][]string{cells("", "there are", "of")}
	for _, t := range r.Totals {
		rows = append(rows, cells(t.Title, t.Have, wanted(t.Want)))
	}
	p.table(rows)
}

func (p *coveragePrinter) exams(exams []coverage.Exam) {
	if len(exams) == 0 {
		return
	}
	p.title("exams: forms without a common item")
	rows := [][]string{cells("exam", "items", "forms", "of", "the next form lacks")}
	for _, e := range exams {
		forms := strconv.Itoa(e.Forms)
		if e.Forms == mostForms {
			forms += "+"
		}
		rows = append(rows, cells(e.ID, e.Items, forms, wanted(e.Want), shortened(e.Short)))
	}
	p.table(rows)
	for _, e := range exams {
		if e.Full != "" || len(e.Parts) == 0 {
			continue
		}
		p.title("exam %s: %s", e.ID, e.Name)
		rows := [][]string{cells("part", "places", "lessons", "questions", "cases", "codes", "d1", "d2", "d3", "d4", "d5")}
		kinds := kindsOf(e.Parts)
		asked := [][]string{append(cells("kinds of question"), kinds...)}
		for _, part := range e.Parts {
			rows = append(rows, cells(part.Name, part.Scored+part.Unscored, part.Tally, part.Difficulty))
			row := cells(part.Name)
			for _, k := range kinds {
				row = append(row, strconv.Itoa(part.Kinds[k]))
			}
			asked = append(asked, row)
		}
		p.table(rows)
		fmt.Fprintln(p.out)
		p.table(asked)
	}
}

// kindsOf are the kinds of question that the parts have.
func kindsOf(parts []coverage.Part) []string {
	var out []string
	for _, part := range parts {
		for k := range part.Kinds {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	slices.Sort(out)
	return out
}

func (p *coveragePrinter) areas(areas []coverage.Area) {
	p.title("areas")
	rows := [][]string{cells("area", "lessons", "questions", "cases", "codes", "terms", "d1", "d2", "d3", "d4", "d5", "exams")}
	for _, a := range areas {
		rows = append(rows, cells(a.ID, a.Tally, a.Terms, a.Difficulty, strings.Join(a.Exams, " ")))
	}
	p.table(rows)
}

func (p *coveragePrinter) guidelines(sections []coverage.Section) {
	if len(sections) == 0 {
		return
	}
	p.title("guidelines: rules that are cited or shown, and by how many")
	rows := [][]string{cells("section", "title", "rules", "cited", "lessons", "questions", "cases", "cards")}
	for _, s := range sections {
		rows = append(rows, cells(s.ID, s.Title, s.Rules, s.Known, s.Cited))
	}
	p.table(rows)
}

func (p *coveragePrinter) cases(c coverage.Cases) {
	p.title("cases")
	rows := [][]string{cells("setting", "cases", "query", "questions", "d1", "d2", "d3", "d4", "d5", "exams")}
	for _, s := range c.Settings {
		rows = append(rows, cells(s.ID, s.Cases, s.NeedQuery, s.Questions, s.Difficulty, strings.Join(s.Asked, " ")))
	}
	p.table(rows)
	fmt.Fprintln(p.out)
	for _, l := range []struct {
		name string
		list []coverage.Count
	}{{"bills", c.Bills}, {"payer", c.Payers}} {
		fmt.Fprintf(p.out, "%s: %s\n", l.name, counts(l.list))
	}
	fmt.Fprintf(p.out, "asked: POA in %d, DRG in %d, whether to query in %d; a query is right in %d\n\n", c.AskPOA, c.AskDRG, c.AskQuery, c.NeedQuery)
	rows = [][]string{cells("chapter", "of the first diagnosis", "cases")}
	for _, s := range c.Specialties {
		rows = append(rows, cells(s.ID, s.Title, s.Cases))
	}
	p.table(rows)
}

func counts(list []coverage.Count) string {
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%s %d", c.Title, c.Cases))
	}
	return strings.Join(out, ", ")
}

func (p *coveragePrinter) codes(c coverage.Codes) {
	for _, g := range []struct {
		title, head string
		groups      []coverage.Group
	}{
		{"codes shown, by code set", "set", c.Sets}, {"ICD-10-CM by chapter", "chapter", c.Chapters}, {"ICD-10-PCS root operations, section 0", "character", c.RootOperations},
		{"ICD-10-PCS by section", "section", c.PCSSections}, {"CPT by series", "series", c.Series}, {"HCPCS Level II by letter", "letter", c.Letters},
	} {
		if len(g.groups) == 0 {
			continue
		}
		p.title("%s", g.title)
		rows := [][]string{cells(g.head, "", "codes", "lessons", "questions", "cases")}
		for _, row := range g.groups {
			rows = append(rows, cells(row.ID, row.Title, row.Codes, row.Lessons, row.Questions, row.Cases))
		}
		p.table(rows)
	}
}

func (p *coveragePrinter) balance(r coverage.Report) {
	p.title("balance of the answers")
	rows := [][]string{cells("", "right", "share", "by chance", "off by (standard deviations)")}
	row := func(name string, right, of int, chance, spread float64) {
		if of > 0 {
			rows = append(rows, cells(name, right, fmt.Sprintf("%.1f%%", 100*float64(right)/float64(of)), fmt.Sprintf("%.1f%%", 100*chance/float64(of)), fmt.Sprintf("%+.1f", (float64(right)-chance)/max(spread, 0.1))))
		}
	}
	for _, at := range r.Balance.Places {
		row("right option at "+at.Letter, at.Right, r.Balance.Singles, at.Chance, at.Spread)
	}
	l := r.Balance.Longest
	row("longest option is right", l.Right, l.Counted, l.Chance, l.Spread)
	if len(rows) > 1 {
		p.table(rows)
	}
	fmt.Fprintf(p.out, "counted: %d questions with one right option; %d choices with one longest option\n", r.Balance.Singles, l.Counted)
	if len(r.Alike) == 0 {
		fmt.Fprintln(p.out, "no two questions seem to ask the same thing")
		return
	}
	fmt.Fprintln(p.out)
	rows = [][]string{cells("likeness", "stems", "keys", "questions that seem to ask the same thing", "", "")}
	for _, a := range r.Alike {
		note := ""
		if a.Enemies {
			note = "(enemies)"
		}
		rows = append(rows, cells(fmt.Sprintf("%.2f", a.Likeness), fmt.Sprintf("%.2f", a.Stems), fmt.Sprintf("%.2f", a.Keys), a.Questions[0], a.Questions[1], note))
	}
	p.table(rows)
}

// gapTitles say what a kind of gap is, for the head of its list.
var gapTitles = map[coverage.GapKind]string{
	coverage.GapTotal: "fewer than a whole course has", coverage.GapForms: "exams of which the bank fills too few forms", coverage.GapLessons: "areas of exams without a lesson",
	coverage.GapQuestions: "areas of exams without a question", coverage.GapDifficulty: "areas without a question of a difficulty (area/level)",
	coverage.GapSetting:   "settings with too few cases",
	coverage.GapGuideline: "rules of the guidelines that nothing cites or shows, with those below them", coverage.GapChapter: "chapters of ICD-10-CM of which no code is shown",
	coverage.GapRootOperation: "root operations never shown", coverage.GapPCSSection: "sections of ICD-10-PCS of which no code is shown",
	coverage.GapSeries: "series of CPT of which no number is shown", coverage.GapLetter: "letters of HCPCS Level II of which no code is shown",
}

func (p *coveragePrinter) gaps(r coverage.Report) {
	p.title("gaps")
	section := map[string]string{}
	for _, rule := range r.Guidelines.Rules {
		section[rule.Number] = rule.Section
	}
	for _, kind := range coverage.GapKinds {
		var names []string
		of := 0
		lines := [][]string{}
		for _, g := range r.Gaps {
			if g.Kind != kind {
				continue
			}
			of += 1 + g.Below
			switch kind {
			case coverage.GapTotal, coverage.GapForms, coverage.GapSetting:
				lines = append(lines, cells("  "+g.ID, fmt.Sprintf("%d of %d", g.Have, g.Want), g.Title))
			case coverage.GapGuideline:
				name := g.ID
				if g.Below > 0 {
					name += fmt.Sprintf(" (+%d)", g.Below)
				}
				if n := len(lines); n == 0 || lines[n-1][0] != "  "+section[g.ID] {
					lines = append(lines, cells("  "+section[g.ID], name))
				} else {
					lines[n-1] = append(lines[n-1], name)
				}
			case coverage.GapLessons, coverage.GapQuestions, coverage.GapDifficulty:
				names = append(names, g.ID)
			default:
				names = append(names, strings.TrimSpace(g.ID+" "+g.Title))
			}
		}
		if of == 0 {
			continue
		}
		fmt.Fprintf(p.out, "%s: %d\n", gapTitles[kind], of)
		if len(names) > 0 {
			p.wrapped("  ", names)
		}
		if kind == coverage.GapGuideline {
			for _, l := range lines {
				p.wrapped(fmt.Sprintf("%-9s", l[0]), l[1:])
			}
		} else if len(lines) > 0 {
			p.table(lines)
		}
	}
	if len(r.Gaps) == 0 {
		fmt.Fprintln(p.out, "none")
	}
}

// wrapped prints a list behind a head, in lines of about a hundred characters. Semicolons part names that have commas of their own.
func (p *coveragePrinter) wrapped(head string, list []string) {
	sep := ", "
	if slices.ContainsFunc(list, func(item string) bool { return strings.Contains(item, ",") }) {
		sep = "; "
	}
	line := head
	for i, item := range list {
		if i > 0 && len(line)+len(item) > 100 {
			fmt.Fprintln(p.out, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", len(head))
		}
		if line += item; i < len(list)-1 {
			line += sep
		}
	}
	fmt.Fprintln(p.out, line)
}
