package server

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/quizzes/bankform"
	"crosswalk/quizzes/keyform"
)

// contentForm is a case as a form, or a file of questions.
type contentForm struct {
	keyform.Form
	Bank                               bool // a file of questions, and not a chart
	Questions                          []formQuestion
	Areas                              string
	On                                 string // the day on which its codes are looked up
	Sets                               string // of procedures
	Settings, Payers, Bills, Sexes     []choice
	AgeUnits, Levels, Asks             []choice
	Dx                                 []formLine
	Px                                 []formLine
	Traps                              []formLine
	POA, Inpatient, AskDRG, AskDispose bool
	Keeps                              string // keys that the form keeps and does not show
}

// formLine is a line of the key in the form. Lists of words stand one to a line, lists of codes with blanks between.
type formLine struct {
	Kind                               string // dx, px or trap
	N                                  int    // counted from 0
	From, Code, Title                  string
	Firsts, Weights, POAs, Kinds       []choice
	Accept, After, Modifiers, PointsTo string
	Units, Minutes                     string
	Evidence, Why, Cites               string
	Sets, On                           string
	POA, PCS, Last                     bool
}

// ID is what the ids of its fields begin with.
func (l formLine) ID() string { return l.Kind + "-" + strconv.Itoa(l.N) }

// Name is what the names of its fields begin with.
func (l formLine) Name() string { return l.Kind + "." + strconv.Itoa(l.N) }

func hasContentForm(kind progress.FileKind) bool {
	return kind == progress.FileCase || kind == progress.FileQuestions
}

// mostFormLines is how many lines of each kind a form may send. A file with more has no form: what was not read back would be gone from it.
const mostFormLines = 200

// caseFormValues reads the fields of a form, with the change that a button of it asks for.
func caseFormValues(c *fiber.Ctx) keyform.Form {
	v := func(name string) string { return c.FormValue("f." + name) }
	f := keyform.Form{
		ID: v("id"), Title: v("title"), Setting: v("setting"), Bills: v("bills"), Date: v("date_of_service"), Admitted: v("admitted"), Discharged: v("discharged"), Payer: v("payer"),
		Age: v("age"), AgeUnit: v("age_unit"), Sex: v("sex"), Difficulty: v("difficulty"), CodeYear: v("code_year"), Review: v("reviewed"), DRG: v("drg"), Disposition: v("disposition"),
		Areas: codeList(v("areas")), Chart: tidyChart(v("chart")),
	}
	for _, b := range c.Request().PostArgs().PeekMulti("f.ask") {
		f.Ask = append(f.Ask, string(b))
	}
	for n := range mostFormLines {
		at := func(key string) string { return c.FormValue(fmt.Sprintf("dx.%d.%s", n, key)) }
		if c.Request().PostArgs().Has(fmt.Sprintf("dx.%d.code", n)) {
			f.Diagnoses = append(f.Diagnoses, keyform.Diagnosis{
				From: at("from"), Code: at("code"), First: at("first"), Weight: at("weight"), POA: at("poa"), Accept: codeList(at("accept")), After: codeList(at("after")),
				Evidence: wordList(at("evidence")), Why: at("why"), Cites: wordList(at("cites")),
			})
		}
		at = func(key string) string { return c.FormValue(fmt.Sprintf("px.%d.%s", n, key)) }
		if c.Request().PostArgs().Has(fmt.Sprintf("px.%d.code", n)) {
			f.Procedures = append(f.Procedures, keyform.Procedure{
				From: at("from"), Code: at("code"), Weight: at("weight"), Units: at("units"), Minutes: at("minutes"), Modifiers: codeList(at("modifiers")), PointsTo: codeList(at("points_to")),
				Accept: codeList(at("accept")), Evidence: wordList(at("evidence")), Why: at("why"), Cites: wordList(at("cites")),
			})
		}
		at = func(key string) string { return c.FormValue(fmt.Sprintf("trap.%d.%s", n, key)) }
		if c.Request().PostArgs().Has(fmt.Sprintf("trap.%d.code", n)) {
			f.Traps = append(f.Traps, keyform.Trap{From: at("from"), Code: at("code"), Kind: at("kind"), Why: at("why"), Cites: wordList(at("cites"))})
		}
	}
	press(&f, c.FormValue("do"))
	return f
}

// press does what a button of the form asks for: add-dx, remove-dx-1, up-dx-1.
func press(f *keyform.Form, do string) {
	what, rest, _ := strings.Cut(do, "-")
	kind, number, _ := strings.Cut(rest, "-")
	n, err := strconv.Atoi(number)
	if err != nil {
		n = -1
	}
	switch kind {
	case "dx":
		f.Diagnoses = pressed(f.Diagnoses, what, n)
	case "px":
		f.Procedures = pressed(f.Procedures, what, n)
	case "trap":
		f.Traps = pressed(f.Traps, what, n)
	}
}

func pressed[T any](lines []T, what string, n int) []T {
	switch {
	case what == "add" && len(lines) < mostFormLines:
		return append(lines, *new(T))
	case what == "remove" && n >= 0 && n < len(lines):
		return slices.Delete(lines, n, n+1)
	case what == "up" && n > 0 && n < len(lines):
		lines[n-1], lines[n] = lines[n], lines[n-1]
	}
	return lines
}

func codeList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\r' || r == '\t' })
}

func wordList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
}

// tidyChart keeps a blank line between the keys and the chart, which a text area swallows.
func tidyChart(s string) string {
	s = unixLines(s)
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return s
}

// applyContentForm writes the fields of a form into the text that it was made of.
func applyContentForm(c *fiber.Ctx, file, text string) (string, error) {
	if kind, _ := progress.KindOfFile(file); kind == progress.FileQuestions {
		return bankform.Apply(text, bankFormValues(c))
	}
	return keyform.Apply(text, caseFormValues(c))
}

// contentFormOf is the form of a text. The error says why it has none.
func (s *Server) contentFormOf(file, text string) (*contentForm, error) {
	if kind, _ := progress.KindOfFile(file); kind == progress.FileQuestions {
		return s.bankFormOf(text)
	}
	k, err := keyform.Read(text)
	if err != nil {
		return nil, err
	}
	if max(len(k.Diagnoses), len(k.Procedures), len(k.Traps)) > mostFormLines {
		return nil, errors.New(s.words.get("contentform.too_long", mostFormLines))
	}
	f := &contentForm{
		Form: k, Areas: strings.Join(k.Areas, ", "), On: cmp.Or(k.Date, k.Discharged), Sets: "cpt,hcpcs", POA: slices.Contains(k.Ask, "poa"), AskDRG: slices.Contains(k.Ask, "drg") || k.DRG != "",
		AskDispose: slices.Contains(k.Ask, "disposition") || k.Disposition != "", Inpatient: k.Setting == "inpatient" && k.Bills == "facility", Keeps: strings.Join(k.Kept, ", "),
	}
	if _, err := codebook.ParseDate(f.On); err != nil {
		f.On = ""
	}
	if f.Inpatient {
		f.Sets = string(codebook.ICD10PCS)
	}
	for _, a := range quizzes.Settings {
		f.Settings = append(f.Settings, choice{a.ID, a.Title, a.ID == k.Setting})
	}
	f.Settings = withOther(f.Settings, k.Setting)
	f.Payers, f.Bills = s.formChoices("payer", k.Payer, quizzes.Payers...), s.formChoices("bills", k.Bills, "professional", "facility")
	f.Sexes, f.AgeUnits = s.formChoices("sex", k.Sex, "F", "M", "X"), s.formChoices("unit", k.AgeUnit, "", "months", "weeks", "days")
	f.Levels = s.formChoices("level", k.Difficulty, "1", "2", "3", "4", "5")
	for _, a := range []string{"diagnoses", "procedures", "pointers", "poa", "drg", "disposition", "em", "evidence", "query"} {
		f.Asks = append(f.Asks, choice{a, s.words.get("contentform.ask_" + a), slices.Contains(k.Ask, a)})
	}
	s.fillLines(f)
	return f, nil
}

func (s *Server) fillLines(f *contentForm) {
	for i, d := range f.Diagnoses {
		l := formLine{
			Kind: "dx", N: i, From: d.From, Code: d.Code, Title: s.titleOn(d.Code, f.On, codebook.ICD10CM), Accept: strings.Join(d.Accept, " "), After: strings.Join(d.After, " "),
			Evidence: strings.Join(d.Evidence, "\n"), Why: d.Why, Cites: strings.Join(d.Cites, "\n"), Sets: string(codebook.ICD10CM), On: f.On, POA: f.POA || d.POA != "", Last: i == len(f.Diagnoses)-1,
		}
		l.Firsts, l.Weights = s.formChoices("first", d.First, "", "true", "either"), s.formChoices("weight", d.Weight, "", "required", "reportable", "status", "optional")
		l.POAs = s.formChoices("poa", d.POA, "", "Y", "N", "U", "W", "exempt")
		f.Dx = append(f.Dx, l)
	}
	for i, p := range f.Procedures {
		l := formLine{
			Kind: "px", N: i, From: p.From, Code: p.Code, Title: s.titleOn(p.Code, f.On, codebook.CPT, codebook.HCPCS, codebook.ICD10PCS), Accept: strings.Join(p.Accept, " "), Modifiers: strings.Join(p.Modifiers, " "),
			PointsTo: strings.Join(p.PointsTo, " "), Units: p.Units, Minutes: p.Minutes, Evidence: strings.Join(p.Evidence, "\n"), Why: p.Why, Cites: strings.Join(p.Cites, "\n"), Sets: f.Sets, On: f.On,
			PCS: f.Inpatient, Last: i == len(f.Procedures)-1,
		}
		l.Weights = s.formChoices("weight", p.Weight, "", "required", "optional")
		f.Px = append(f.Px, l)
	}
	for i, t := range f.Form.Traps {
		l := formLine{
			Kind: "trap", N: i, From: t.From, Code: t.Code, Title: s.titleOn(t.Code, f.On, codebook.ICD10CM, codebook.CPT, codebook.HCPCS, codebook.ICD10PCS), Why: t.Why, Cites: strings.Join(t.Cites, "\n"),
			Sets: string(codebook.ICD10CM) + "," + f.Sets, On: f.On,
		}
		l.Kinds = s.formChoices("trap", t.Kind, "integral", "needless", "unsupported", "not-done", "bundled")
		f.Traps = append(f.Traps, l)
	}
}

// formChoices are the values of a field. One that is none of them is kept, so that the form loses nothing.
func (s *Server) formChoices(group, now string, values ...string) []choice {
	var out []choice
	for _, v := range values {
		out = append(out, choice{v, s.words.get("contentform." + group + "_" + strings.ToLower(strings.ReplaceAll(cmp.Or(v, "none"), "-", "_"))), v == now})
	}
	return withOther(out, now)
}

func withOther(choices []choice, now string) []choice {
	if slices.ContainsFunc(choices, func(c choice) bool { return c.Value == now }) {
		return choices
	}
	return append(choices, choice{now, now, true})
}

// titleOn is the title of a code in the first of the sets that has it.
func (s *Server) titleOn(code, on string, sets ...codebook.System) string {
	day, _ := codebook.ParseDate(on)
	for _, set := range sets {
		c, err := codebook.ParseCode(set, code)
		if err != nil {
			continue
		}
		if e, err := s.book().Lookup(set, c, day); err == nil {
			return e.Title
		}
	}
	return ""
}

// place says of each problem which field it is about.
func (f *contentForm) place(s *Server, problems []lookProblem) {
	if f.Bank {
		f.placeInBank(s, problems)
		return
	}
	for i := range problems {
		p := &problems[i]
		if p.File != "" {
			continue
		}
		field := f.Lines[p.Line]
		if field == "" && p.Line >= f.Body {
			field = "f.chart"
		}
		if field == "" {
			continue
		}
		parts := strings.Split(field, ".")
		if len(parts) == 3 {
			n, _ := strconv.Atoi(parts[1])
			p.Field, p.Name = strings.Join(parts, "-"), s.words.get("contentform.place_"+parts[0], n+1, s.words.get("contentform.field_"+parts[2]))
			continue
		}
		name := parts[len(parts)-1]
		p.Field, p.Name = "f-"+name, s.words.get("contentform.field_"+name)
	}
}
