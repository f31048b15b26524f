package quizzes_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// visitWith is the template with what its ask and its key get besides; em begins at line 26.
func visitWith(ask, bills, key string) string {
	s := strings.NewReplacer("ask: [diagnoses, procedures, pointers]", "ask: [diagnoses, procedures, pointers"+ask+"]", "bills: professional", "bills: "+bills, "traps:", key+"traps:").Replace(quizzes.Template("case", "visit"))
	return s
}

const columns = `  em:
    problems:
      level: Low
      evidence: ["Hypertension, well controlled"]
      why: One stable chronic illness.
    data: minimal
    risk: {level: moderate, evidence: [{text: refill for three months, in: Office note}], why: A prescription drug.}
    why: As a whole.
    cites: [w]
`

func loadVisit(src string) (*quizzes.Case, []markdown.Problem) {
	b, problems := quizzes.Load(fstest.MapFS{"cases/office/visit.md": file(src)}, plain, nil)
	c, err := b.Case("visit")
	if err != nil {
		return nil, problems
	}
	return c, problems
}

func TestEMColumns(t *testing.T) {
	c, problems := loadVisit(visitWith(", em", "professional", columns))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := &grading.EM{Problems: "low", Data: "minimal", Risk: "moderate", Why: "As a whole.", Cites: []string{"w"}, Columns: map[string]grading.EMColumn{
		"problems": {Evidence: []grading.Evidence{{Text: "Hypertension, well controlled"}}, Why: "One stable chronic illness."},
		"risk":     {Evidence: []grading.Evidence{{Text: "refill for three months", In: "Office note"}}, Why: "A prescription drug."},
	}}
	if d := cmp.Diff(want, c.Key.EM); d != "" {
		t.Error(d)
	}
}

func TestFacilityCriteria(t *testing.T) {
	plainVisit, _ := loadVisit(visitWith("", "facility", ""))
	c, problems := loadVisit(visitWith("", "facility", "  em: {criteria: Level 3 takes two nursing interventions., evidence: [refill for three months]}\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if c.Public().Criteria != "Level 3 takes two nursing interventions." || c.Key.EM.Criteria == "" {
		t.Errorf("%+v", c.Public())
	}
	if c.ShownHash == plainVisit.ShownHash {
		t.Error("the criteria are shown and do not change the hash of what is shown")
	}
}

// TestEMProblems breaks the em of a key; each fault is reported at its line.
func TestEMProblems(t *testing.T) {
	tests := []struct {
		name, ask, bills, key string
		want                  []string
	}{
		{"a column's key is misspelled", ", em", "professional", strings.Replace(columns, "      why: One", "      because: One", 1), []string{"30 unknown-key"}},
		{"a key of em is misspelled", ", em", "professional", strings.Replace(columns, "    data:", "    date:", 1), []string{"31 unknown-key", "27 wrong-value"}},
		{"a column without its level", ", em", "professional", strings.Replace(columns, "      level: Low\n", "", 1), []string{"28 wrong-value"}},
		{"a level of another column", ", em", "professional", strings.Replace(columns, "level: Low", "level: extensive", 1), []string{"28 wrong-value"}},
		{"a column that is a list", ", em", "professional", strings.Replace(columns, "data: minimal", "data: [minimal]", 1), []string{"31 wrong-value", "31 wrong-value"}},
		{"empty words", ", em", "professional", strings.Replace(columns, `["Hypertension, well controlled"]`, `[""]`, 1), []string{"29 evidence"}},
		{"words and no level beside minutes", ", em", "professional", "  em:\n    minutes: 35\n    risk: {why: x}\n", []string{"28 wrong-value"}},
		{"minutes", ", em", "professional", "  em: {minutes: 2000}\n", []string{"26 wrong-value"}},
		{"not asked", "", "professional", "  em: {minutes: 20}\n", []string{"26 not-asked"}},
		{"asked and missing", ", em", "professional", "", []string{"14 missing-key"}},
		{"criteria of a practitioner", ", em", "professional", "  em: {criteria: x}\n", []string{"26 wrong-value"}},
		{"a grid of a facility", "", "facility", columns, []string{"27 wrong-value"}},
		{"a facility without criteria", "", "facility", "  em: {why: x}\n", []string{"26 missing-key"}},
		{"a facility asks for the grid", ", em", "facility", "  em: {criteria: x}\n", []string{"11 wrong-value"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, problems := loadVisit(visitWith(tt.ask, tt.bills, tt.key))
			if c != nil {
				t.Error("the broken case is in the bank")
			}
			t.Log(problems)
			if d := cmp.Diff(sorted(tt.want), sorted(lineRules(markdown.Errors(problems)))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestCheckEM looks at what needs the chart and the whole key.
func TestCheckEM(t *testing.T) {
	tests := []struct {
		name, key string
		want      []string
	}{
		{"sound", strings.Replace(columns, "minimal", "limited", 1), nil},
		{"the grid makes another level than the code", strings.Replace(columns, "level: Low", "level: moderate", 1), []string{"error 27 em-level"}},
		{"the minutes make another level than the code", "  em: {minutes: 35}\n", []string{"error 26 em-level"}},
		{"words that the note does not have", strings.Replace(strings.Replace(columns, "minimal", "limited", 1), "Hypertension, well", "Hypertension, badly", 1), []string{"error 29 evidence"}},
		{"words under another heading", strings.Replace(strings.Replace(columns, "minimal", "limited", 1), "in: Office note", "in: Plan", 1), []string{"error 32 evidence"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, problems := quizzes.Load(fstest.MapFS{"cases/office/visit.md": file(visitWith(", em", "professional", tt.key))}, plain, nil)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			var got []string
			for _, p := range b.Check(&fakeBook{}) {
				if p.File == "quizzes/cases/office/visit.md" && (p.Rule == "em-level" || p.Rule == "evidence") {
					got = append(got, "error "+lineRules([]markdown.Problem{p})[0])
				}
			}
			if d := cmp.Diff(sorted(tt.want), sorted(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestNoQuerySays keeps what the author says of a query that is offered and not needed, and warns of an offer that tells.
func TestNoQuerySays(t *testing.T) {
	c, problems := loadVisit(visitWith(", query", "professional", `  query:
    ask: false
    indicators: ["Hypertension, well controlled"]
    options: [{text: One.}, {text: Two.}]
    why: It is said.
    cites: [IV.J]
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := &grading.NoQuery{Evidence: []grading.Evidence{{Text: "Hypertension, well controlled"}}, Why: "It is said.", Cites: []string{"IV.J"}}
	if d := cmp.Diff(want, c.Key.NoQuery); d != "" || c.Key.Query != nil {
		t.Error(d, c.Key.Query)
	}
	for key, line := range map[string]string{"": "11 query-offer", "  query: {ask: false, options: [{text: One.}]}\n": "26 query-offer"} {
		c, problems := loadVisit(visitWith(", query", "professional", key))
		if c == nil || len(problems) != 1 || lineRules(problems)[0] != line {
			t.Errorf("%q: %v, want a warning at %s", key, problems, line)
		}
	}
}
