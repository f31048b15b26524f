package coverage_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release"
	"crosswalk/internal/testkit"
	"crosswalk/lessons"
	"crosswalk/quizzes"
	"crosswalk/quizzes/coverage"

	"github.com/google/go-cmp/cmp"
)

// course is what the sample is measured against.
var course = coverage.Course{
	Lessons: 2, Questions: 9, Cases: 3, Terms: 1, Queries: 1, Forms: map[string]int{"sample": 2},
	Charts: []coverage.Charts{
		{ID: "ed", Title: "emergency", Settings: []string{"ed"}, Cases: 1},
		{ID: "inpatient", Title: "inpatient", Settings: []string{"inpatient", "observation"}, Cases: 4},
		{ID: "office", Title: "office", Settings: []string{"office"}, Cases: 9}, // no exam asks for it
	},
}

// sampleBook knows a few rules and no codes.
func sampleBook(t *testing.T) *codebook.Book {
	t.Helper()
	b := codebook.NewBuilder()
	for _, n := range []string{"I.A", "I.A.12", "I.A.12.a", "I.A.12.b", "I.A.15", "I.A.19", "I.B.5", "I.C.2", "I.C.2.a", "I.C.2.a.1", "I.C.4.a", "I.C.4.a.10", "I.C.4.a.9", "I.C.10", "I.C.19.c", "II", "III", "IV.A", "App.I"} {
		b.Guideline(codebook.Guideline{Number: n, Title: "Rule " + n, Rule: "So it is.", Set: "icd10cm"})
	}
	for _, n := range []string{"B3.8", "A2", "B3.10a", "B3.4b"} {
		b.Guideline(codebook.Guideline{Number: n, Title: "Rule " + n, Rule: "So it is.", Set: "icd10pcs"})
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func sample(t *testing.T) coverage.Report {
	t.Helper()
	cat, problems := lessons.Load(os.DirFS("testdata/sample/lessons"), nil)
	bank, more := quizzes.Load(os.DirFS("testdata/sample/quizzes"), cat.Renderer(), nil)
	for _, p := range append(problems, more...) {
		t.Error(p)
	}
	return coverage.Make(coverage.Input{Lessons: cat, Bank: bank, Book: sampleBook(t), Course: course, MostForms: 5})
}

// TestGolden is the whole report on a small tree, as JSON with a line for each entry.
func TestGolden(t *testing.T) {
	var got bytes.Buffer
	lines(t, &got, "", encoded(t, sample(t)))
	testkit.Golden(t, "testdata/sample.report", got.String())
}

func encoded(t *testing.T, v any) json.RawMessage {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// lines writes JSON in lines: an entry of a list on one, and the keys of the upper two levels with their path before them.
func lines(t *testing.T, w *bytes.Buffer, path string, raw json.RawMessage) {
	t.Helper()
	var object map[string]json.RawMessage
	var list []json.RawMessage
	switch {
	case json.Unmarshal(raw, &list) == nil && len(list) > 0:
		for _, v := range list {
			fmt.Fprintf(w, "%s[] %s\n", path, v)
		}
	case strings.Count(path, ".") < 2 && json.Unmarshal(raw, &object) == nil:
		for _, key := range slices.Sorted(maps.Keys(object)) {
			lines(t, w, path+"."+key, object[key])
		}
	default:
		fmt.Fprintf(w, "%s %s\n", path, raw)
	}
}

// TestSample states by hand what matters in the report on the sample.
func TestSample(t *testing.T) {
	r := sample(t)
	rules := map[string]coverage.Rule{}
	for _, rule := range r.Guidelines.Rules {
		rules[rule.Number] = rule
	}
	for number, want := range map[string]coverage.Cited{
		"I.A":      {},
		"I.A.12":   {Lessons: 1},             // in the sources
		"I.A.12.a": {Questions: 2, Cards: 2}, // cites
		"I.A.15":   {Lessons: 1},             // in the text
		"II":       {Lessons: 1, Cases: 1, Cards: 1},
		"III":      {}, // a number without a dot amid words is no cite
		"I.C.4.a":  {Questions: 1, Cases: 1, Cards: 2},
		"I.C.19.c": {Cases: 1, Cards: 2}, // two lines of one case
		"I.B.5":    {Cases: 1, Cards: 1}, // a trap
		"I.A.19":   {Cases: 1},           // the query, which makes no card
		"B3.8":     {Lessons: 1, Questions: 1, Cases: 1, Cards: 2},
	} {
		if d := cmp.Diff(want, rules[number].Cited); d != "" {
			t.Errorf("%s: %s", number, d)
		}
	}
	if !rules["I.A"].Covered || rules["I.C.2"].Covered || rules["I.A.12.b"].Covered {
		t.Error("a rule is covered when something under it is cited, and not by what it stands under")
	}
	var numbers []string
	for _, rule := range r.Guidelines.Rules {
		numbers = append(numbers, rule.Number)
	}
	order := []string{"I.A", "I.A.12", "I.A.12.a", "I.A.12.b", "I.A.15", "I.A.19", "I.B.5", "I.C.2", "I.C.2.a", "I.C.2.a.1", "I.C.4.a", "I.C.4.a.9", "I.C.4.a.10", "I.C.10", "I.C.19.c", "II", "III", "IV.A", "App.I", "A2", "B3.4b", "B3.8", "B3.10a"}
	if d := cmp.Diff(order, numbers); d != "" {
		t.Error(d)
	}
	gaps := map[coverage.GapKind][]string{}
	for _, g := range r.Gaps {
		gaps[g.Kind] = append(gaps[g.Kind], g.ID)
		if g.Have >= g.Want {
			t.Errorf("no gap: %+v", g)
		}
		if g.ID == "I.C.2" && g.Below != 2 {
			t.Errorf("%+v, want 2 below", g)
		}
	}
	for kind, want := range map[coverage.GapKind][]string{
		coverage.GapTotal:     {"questions", "cases"},
		coverage.GapLessons:   {"hcpcs", "queries"},
		coverage.GapQuestions: {"hcpcs"},
		coverage.GapSetting:   {"inpatient"},
		coverage.GapGuideline: {"I.A.12.b", "I.C.2", "I.C.4.a.9", "I.C.4.a.10", "I.C.10", "III", "App.I", "A2", "B3.4b", "B3.10a"},
	} {
		if d := cmp.Diff(want, gaps[kind]); d != "" {
			t.Errorf("%s: %s", kind, d)
		}
	}
	resection := r.Codes.RootOperations[slices.IndexFunc(r.Codes.RootOperations, func(g coverage.Group) bool { return g.Title == "Resection" })]
	if d := cmp.Diff(coverage.Tally{Lessons: 1, Questions: 1, Cases: 1, Codes: 1}, resection.Tally); d != "" {
		t.Error(d)
	}
	if slices.Contains(gaps[coverage.GapRootOperation], "T") || len(gaps[coverage.GapRootOperation]) != 30 {
		t.Error(gaps[coverage.GapRootOperation])
	}
	if len(r.Alike) != 1 || r.Alike[0].Questions != [2]string{"icd10cm-one-1", "icd10cm-one-2"} {
		t.Errorf("%+v", r.Alike)
	}
}

// TestManual: docs/content.md names every key of the report and every kind of gap.
func TestManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/content.md")
	if err != nil {
		t.Fatal(err)
	}
	var report any
	if err := json.Unmarshal(encoded(t, sample(t)), &report); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for key, e := range v {
				names[key] = true
				walk(e)
			}
		}
	}
	walk(report)
	for _, k := range coverage.GapKinds {
		names[string(k)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !bytes.Contains(manual, []byte("`"+name+"`")) {
			t.Errorf("the manual does not name %s", name)
		}
	}
	if len(names) < 50 {
		t.Errorf("only %d names were found", len(names))
	}
}

// TestEmpty: a report on nothing has no null in its JSON.
func TestEmpty(t *testing.T) {
	book, err := codebook.NewBuilder().Build()
	if err != nil {
		t.Fatal(err)
	}
	cat, _ := lessons.Load(os.DirFS(t.TempDir()), nil)
	bank, _ := quizzes.Load(os.DirFS(t.TempDir()), cat.Renderer(), nil)
	out, err := json.Marshal(coverage.Make(coverage.Input{Lessons: cat, Bank: bank, Book: book}))
	if err != nil || bytes.Contains(out, []byte("null")) {
		t.Errorf("%v: %s", err, out)
	}
}

func shipped(t testing.TB) coverage.Input {
	t.Helper()
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	cat, _ := lessons.Load(lessons.Content, book)
	bank, _ := quizzes.Load(quizzes.Content, cat.Renderer(), book)
	return coverage.Input{Lessons: cat, Bank: bank, Book: book, Course: coverage.Whole, MostForms: 20}
}

// TestShipped asks of the report on what ships that its figures agree with each other and with the content.
func TestShipped(t *testing.T) {
	in := shipped(t)
	r := coverage.Make(in)
	same := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	sum := func(d coverage.Difficulty) int { return d[0] + d[1] + d[2] + d[3] + d[4] }
	kinds := func(m map[string]int) (n int) {
		for _, k := range m {
			n += k
		}
		return n
	}
	questions, cases := len(in.Bank.Questions()), len(in.Bank.Cases())
	n, terms := 0, 0
	for _, a := range r.Areas {
		n += a.Questions
		terms += a.Terms
		same("difficulties of "+a.ID, sum(a.Difficulty), a.Questions)
		same("kinds of "+a.ID, kinds(a.Kinds), a.Questions)
	}
	same("questions of all areas", n, questions)
	if terms > len(in.Lessons.Glossary()) {
		t.Errorf("%d terms in areas", terms)
	}
	for _, e := range r.Exams {
		places := 0
		for _, p := range e.Parts {
			places += p.Scored + p.Unscored
			same(e.ID+", difficulties of "+p.Name, sum(p.Difficulty), p.Questions)
			same(e.ID+", kinds of "+p.Name, kinds(p.Kinds), p.Questions)
			of := 0
			for _, a := range r.Areas {
				if slices.Contains(p.Areas, a.ID) {
					of += a.Questions
				}
			}
			if p.Questions > of || p.Questions < e.Forms*p.Scored {
				t.Errorf("%s, %s: %d questions may be drawn, its areas have %d, and %d forms take %d each", e.ID, p.Name, p.Questions, of, e.Forms, p.Scored)
			}
		}
		same("places of "+e.ID, places+e.Charts, e.Items)
		if (e.Short == "") != (e.Forms == in.MostForms) {
			t.Errorf("%s: %d forms, short of %q", e.ID, e.Forms, e.Short)
		}
	}
	n, query := 0, 0
	for _, s := range r.Cases.Settings {
		n += s.Cases
		query += s.NeedQuery
		same("difficulties of "+s.ID, sum(s.Difficulty), s.Cases)
	}
	same("cases by setting", n, cases)
	same("queries by setting", query, r.Cases.NeedQuery)
	same("difficulties of all cases", sum(r.Cases.Difficulty), cases)
	n = 0
	for _, g := range r.Cases.Groups {
		n += g.Have
	}
	same("cases of the groups of the course", n, cases)
	for name, list := range map[string][]coverage.Count{"bills": r.Cases.Bills, "payers": r.Cases.Payers, "specialties": r.Cases.Specialties} {
		n = 0
		for _, c := range list {
			n += c.Cases
		}
		same("cases by "+name, n, cases)
	}
	sets := map[string]int{}
	for _, s := range r.Codes.Sets {
		sets[s.ID] = s.Codes
	}
	for set, groups := range map[string][]coverage.Group{"icd10cm": r.Codes.Chapters, "cpt": r.Codes.Series, "hcpcs": r.Codes.Letters, "icd10pcs": r.Codes.PCSSections} {
		n = 0
		for _, g := range groups {
			n += g.Codes
		}
		same("codes of "+set+" in groups", n, sets[set])
	}
	same("chapters, each with a name", len(r.Codes.Chapters), 22)
	same("root operations", len(r.Codes.RootOperations), 31)
	same("rules", len(r.Guidelines.Rules), len(in.Book.Guidelines()))
	rules, known := 0, 0
	for _, s := range r.Guidelines.Sections {
		rules += s.Rules
		known += s.Known
		if s.Title == "" || s.Questions > questions || s.Cases > cases {
			t.Errorf("%+v", s)
		}
	}
	same("rules of all sections", rules, len(r.Guidelines.Rules))
	open, cited := 0, 0
	for _, rule := range r.Guidelines.Rules {
		if !rule.Covered {
			open++
		}
		if rule.Lessons+rule.Questions+rule.Cases > 0 {
			cited++
		}
	}
	same("rules that are cited", known, cited)
	n = 0
	for _, g := range r.Gaps {
		if g.Kind == coverage.GapGuideline {
			n += 1 + g.Below
		}
		if !slices.Contains(coverage.GapKinds, g.Kind) {
			t.Errorf("the kind of %+v is not in the list", g)
		}
	}
	same("rules among the gaps", n, open)
	right := 0
	for _, p := range r.Balance.Places {
		right += p.Right
	}
	same("places of right options", right, r.Balance.Singles)
}

// TestNamesOfPCS compares our names with the official tables.
func TestNamesOfPCS(t *testing.T) {
	dir := os.Getenv("CROSSWALK_RELEASES")
	if dir == "" {
		t.Skip("CROSSWALK_RELEASES names no folder of official releases")
	}
	if testkit.Race {
		t.Skip("reading all releases takes a minute under the race detector, and shows nothing more")
	}
	book, _, err := release.Load(t.Context(), os.DirFS(dir), release.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := shipped(t)
	r := coverage.Make(in)
	operations, sections := map[string]string{}, map[string]string{}
	for _, table := range book.Tables(codebook.Date{}) {
		sections[string(table.Prefix[:1])] = table.Labels[0]
		if table.Prefix[0] == '0' {
			operations[string(table.Prefix[2:])] = table.Labels[2]
		}
	}
	for _, tt := range []struct {
		ours  []coverage.Group
		their map[string]string
	}{{r.Codes.RootOperations, operations}, {r.Codes.PCSSections, sections}} {
		ours := map[string]string{}
		for _, g := range tt.ours {
			ours[g.ID] = g.Title
		}
		if d := cmp.Diff(tt.their, ours); d != "" {
			t.Error(d)
		}
	}
	for _, c := range book.Chapters(codebook.Date{}) {
		for _, code := range []codebook.Code{c.First, c.Last} {
			if got := coverage.ChapterOf(code); got != c.Number {
				t.Errorf("%s is in chapter %s, and we say %s", code, c.Number, got)
			}
		}
	}
}

func BenchmarkMake(b *testing.B) {
	in := shipped(b)
	for b.Loop() {
		coverage.Make(in)
	}
}
