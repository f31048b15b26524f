package quizzes

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// caseParser turns a caseFile into a Case and collects what is wrong with it.
type caseParser struct {
	c          *Case
	f          *caseFile
	ps         markdown.Problems
	claimKnown bool // setting and bills are sound
}

// parseCase reads one case file; file is what problems call it. The case is nil when its structure has errors: a key that cannot be graded
// with. Check is not run.
func parseCase(src []byte, file string, r *markdown.Renderer) (*Case, []markdown.Problem) {
	c, problems, sound := readCase(src, file, r)
	if !sound {
		return nil, problems
	}
	return c, problems
}

// readCase is parseCase that gives also a case whose structure has errors: sound is false then, and what is wrong is left out of it.
func readCase(src []byte, file string, r *markdown.Renderer) (c *Case, problems []markdown.Problem, sound bool) {
	p := caseParser{f: &caseFile{}, ps: markdown.Problems{File: file}}
	body, line, headProblems := markdown.FrontMatter(src, file, p.f)
	p.ps.Add(headProblems...)
	p.c = &Case{File: file, Source: string(src), file: p.f}
	// Without an id nothing was decoded, and a list of missing keys would only hide why.
	if len(markdown.Errors(headProblems)) == 0 || p.f.ID.Text != "" {
		p.head()
		p.key()
	}
	chart, chartProblems := r.Render(body, file, line, markdown.IDPrefix("chart-"))
	p.c.Chart = chart
	if strings.TrimSpace(string(chart.HTML)) == "" {
		p.ps.Errorf(line, "no-chart", "the case has no chart: write it below the front matter")
	}
	if len(chart.Checks) > 0 {
		p.ps.Errorf(line, "bad-block", "a chart cannot hold a question: take out :::check")
	}
	p.c.hashes(body)
	for _, h := range chart.TOC {
		if h.Level == 1 {
			p.ps.Warnf(h.Line, "heading-level", "%q is a first-level heading; the page's title is one already, so the documents of a chart begin with ##", h.Text)
		}
	}
	structural := p.ps.List
	p.ps.Add(chartProblems...)
	return p.c, p.ps.List, len(markdown.Errors(structural)) == 0
}

// at is the line of a value, or the first one when the key is missing.
func at(l markdown.Line) int { return max(1, l.At) }

func (p *caseParser) head() {
	c, f, ps := p.c, p.f, &p.ps
	p.claimKnown = true
	c.ID, c.Title, c.Setting, c.Payer = f.ID.Text, f.Title.Text, f.Setting.Text, f.Payer.Text
	if !validID(c.ID) {
		ps.Errorf(at(f.ID), "bad-id", "the id %q must have lower-case letters, digits and hyphens only, as in ed-colles-fracture", c.ID)
	} else if name := strings.TrimSuffix(path.Base(c.File), ".md"); name != c.ID {
		ps.Warnf(at(f.ID), "file-name", "the file is named %s.md and the id is %s: name the file after the id", name, c.ID)
	}
	if c.Title == "" {
		ps.Errorf(at(f.Title), "missing-key", "the case has no title")
	}
	if !slices.ContainsFunc(Settings, func(s Area) bool { return s.ID == c.Setting }) {
		p.claimKnown = false
		ps.Errorf(at(f.Setting), "wrong-value", "the setting %q is not one of %s", c.Setting, list(Settings))
	} else if folder := path.Base(path.Dir(c.File)); folder != c.Setting {
		ps.Warnf(at(f.Setting), "file-name", "the file lies in the folder %s and its setting is %s: put it into quizzes/cases/%s", folder, c.Setting, c.Setting)
	}
	c.Bills = grading.Bills(f.Bills.Text)
	if c.Bills != grading.Professional && c.Bills != grading.Facility {
		p.claimKnown = false
		ps.Errorf(at(f.Bills), "wrong-value", "bills is professional or facility, not %q", f.Bills.Text)
	}
	for _, a := range f.Areas {
		if !ValidArea(a.Text) {
			ps.Errorf(a.At, "unknown-area", "there is no area %q", a.Text)
		}
		c.Areas = append(c.Areas, a.Text)
	}
	if len(c.Areas) == 0 {
		ps.Errorf(1, "missing-key", "the case has no areas")
	}
	if !slices.Contains(Payers, c.Payer) {
		ps.Errorf(at(f.Payer), "wrong-value", "the payer %q is not one of %s", c.Payer, strings.Join(Payers, ", "))
	}
	if c.Difficulty = f.Difficulty; c.Difficulty < 1 || c.Difficulty > 5 {
		ps.Errorf(1, "wrong-value", "difficulty is 1 (easy) to 5 (hard), not %d", c.Difficulty)
	}
	p.dates()
	p.patient()
	year, err := strconv.Atoi(f.CodeYear.Text)
	if err != nil || year < 2015 || year > 2100 {
		ps.Errorf(at(f.CodeYear), "wrong-value", "code_year must be the fiscal year of the code sets, such as 2026, not %q", f.CodeYear.Text)
	} else if c.CodeYear = year; !c.Key.Date.IsZero() && fiscalYear(c.Key.Date) != year {
		ps.Errorf(f.CodeYear.At, "code-year", "code_year is %d, and %s lies in fiscal year %d: ICD-10 years begin on 1 October", year, c.Key.Date, fiscalYear(c.Key.Date))
	}
	if c.Reviewed = f.Reviewed.Text; !isDate(c.Reviewed) {
		ps.Errorf(at(f.Reviewed), "wrong-value", "reviewed must be the day of the last review, as YYYY-MM-DD, not %q", c.Reviewed)
	}
	for _, a := range f.Ask {
		if field := askField(&c.Ask, a.Text); field == nil {
			ps.Errorf(a.At, "wrong-value", "a case cannot ask for %q; it asks for %s", a.Text, strings.Join(askNames, ", "))
		} else {
			*field = true
		}
	}
	if inpatient := c.Setting == "inpatient" && c.Bills == grading.Facility; c.Ask.POA && p.claimKnown && !inpatient {
		ps.Errorf(at(f.Ask[0]), "poa", "only an inpatient facility claim has POA indicators: take poa out of ask")
	}
	if !c.Ask.Diagnoses && !c.Ask.Procedures {
		ps.Errorf(1, "missing-key", "ask must name diagnoses, procedures or both")
	}
}

func list(areas []Area) string {
	var ids []string
	for _, a := range areas {
		ids = append(ids, a.ID)
	}
	return strings.Join(ids, ", ")
}

var askNames = []string{"diagnoses", "procedures", "pointers", "poa", "drg", "disposition", "em", "evidence", "query"}

func askField(a *grading.Ask, name string) *bool {
	switch name {
	case "diagnoses":
		return &a.Diagnoses
	case "procedures":
		return &a.Procedures
	case "pointers":
		return &a.Pointers
	case "poa":
		return &a.POA
	case "drg":
		return &a.DRG
	case "disposition":
		return &a.Disposition
	case "em":
		return &a.EM
	case "evidence":
		return &a.Evidence
	case "query":
		return &a.Query
	}
	return nil
}

// fiscalYear is the federal fiscal year of a day, after which ICD-10 editions are named: it begins on 1 October of the year before.
func fiscalYear(d codebook.Date) int {
	if d.Month >= 10 {
		return d.Year + 1
	}
	return d.Year
}

func (p *caseParser) dates() {
	c, f, ps := p.c, p.f, &p.ps
	read := func(l markdown.Line, name string) (d codebook.Date) {
		if l.Text == "" {
			return d
		}
		d, err := codebook.ParseDate(l.Text)
		if err != nil {
			ps.Errorf(l.At, "wrong-value", "%s: %v", name, err)
		}
		return d
	}
	c.Date, c.Admitted, c.Discharged = read(f.Date, "date_of_service"), read(f.Admitted, "admitted"), read(f.Discharged, "discharged")
	if c.Setting == "inpatient" && c.Bills == grading.Facility {
		switch {
		case f.Admitted.Text == "" || f.Discharged.Text == "":
			ps.Errorf(1, "missing-key", "an inpatient stay has two dates, admitted and discharged")
		case c.Discharged.Before(c.Admitted):
			ps.Errorf(f.Discharged.At, "wrong-value", "discharged on %s, before the admission on %s", c.Discharged, c.Admitted)
		}
		if f.Date.Text != "" {
			ps.Errorf(f.Date.At, "wrong-value", "an inpatient stay has admitted and discharged in place of date_of_service")
		}
		c.Key.Date = c.Discharged
		return
	}
	if f.Date.Text == "" && p.claimKnown {
		ps.Errorf(1, "missing-key", "the case has no date_of_service")
	}
	c.Key.Date = c.Date
}

func (p *caseParser) patient() {
	f := p.f.Patient
	if f.Age == nil || *f.Age < 0 || *f.Age > 130 {
		p.ps.Errorf(1, "wrong-value", "patient wants an age and a sex: {age: 67, sex: F}; the age lies between 0 and 130")
	} else {
		p.c.Patient.Age = *f.Age
	}
	p.c.Patient.AgeUnit = f.AgeUnit.Text
	if f.AgeUnit.Text == "" {
		p.c.Patient.AgeUnit = "years"
	} else if !slices.Contains([]string{"years", "months", "weeks", "days"}, f.AgeUnit.Text) {
		p.ps.Errorf(f.AgeUnit.At, "wrong-value", "age_unit is years, months, weeks or days, not %q", f.AgeUnit.Text)
	}
	if p.c.Patient.Sex = f.Sex.Text; !slices.Contains([]string{"F", "M", "X"}, f.Sex.Text) {
		p.ps.Errorf(at(f.Sex), "wrong-value", "the sex of the patient is F, M or X, not %q", f.Sex.Text)
	}
}
