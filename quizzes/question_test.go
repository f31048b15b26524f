package quizzes_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

var plain = markdown.New(nil, nil)

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

const bankHead = "---\narea: icd10cm\ncode_year: 2026\n---\n\n"

// one loads a bank of the given questions, which must be sound.
func one(t *testing.T, questions string) *quizzes.Bank {
	t.Helper()
	b, problems := quizzes.Load(fstest.MapFS{"bank/icd10cm/a.md": file(bankHead + questions)}, plain, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return b
}

const choice = `## q-choice {difficulty=2 cites="I.A.12.a; tabular:N18" enemies="q-two q-three" group=some-case trial=true}

A stem with **stress**.

> A chart in a quote belongs to the stem.

- [ ] 25600-RT
  > Closed treatment without manipulation.
- [x] 25605-RT
  > With manipulation.

  And more of the option.

> The rationale,
> in two lines.
`

func TestChoice(t *testing.T) {
	src := strings.Replace(choice, "\n  And more of the option.\n", "", 1)
	q, err := one(t, src).Question("q-choice")
	if err != nil {
		t.Fatal(err)
	}
	if q.Kind != grading.Single || q.Difficulty != 2 || q.Group != "some-case" || !q.Trial || q.Area != "icd10cm" || q.Topic != "a" || q.Line != 6 || q.CodeYear != 2026 {
		t.Errorf("%+v", q)
	}
	if d := cmp.Diff([]string{"I.A.12.a", "tabular:N18"}, q.Cites); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"q-two", "q-three"}, q.Enemies); d != "" {
		t.Error(d)
	}
	want := []quizzes.Option{
		{HTML: "25600-RT", Text: "25600-RT", Why: "Closed treatment without manipulation."},
		{HTML: "25605-RT", Text: "25605-RT", Right: true, Why: "With manipulation."},
	}
	if d := cmp.Diff(want, q.Options); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(grading.ItemKey{Kind: grading.Single, Options: 2, Correct: []int{1}}, q.Key); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff("<p>The rationale,\nin two lines.</p>\n", string(q.Rationale)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff("<p>A stem with <strong>stress</strong>.</p>\n<blockquote>\n<p>A chart in a quote belongs to the stem.</p>\n</blockquote>\n", string(q.Stem.HTML)); d != "" {
		t.Error(d)
	}
	if q.AnswerText != "25605-RT" {
		t.Error(q.AnswerText)
	}
	if _, err := one(t, src).Question("nonsense"); !errors.Is(err, quizzes.ErrNotFound) {
		t.Error(err)
	}
}

func TestKinds(t *testing.T) {
	head := func(attrs string) string {
		return "## q {difficulty=1 cites=\"x\" " + attrs + "}\n\nThe stem = what is asked.\n\n"
	}
	tests := []struct {
		name, src string
		key       grading.ItemKey
		answer    string
	}{
		{"multiple", head("") + "- [x] a\n  > why\n- [ ] b\n  > why\n- [x] c\n  > why\n\n> r\n",
			grading.ItemKey{Kind: grading.Multiple, Options: 3, Correct: []int{0, 2}}, "a; c"},
		{"multiple with one right", head("kind=multiple") + "- [x] a\n  > why\n- [ ] b\n  > why\n\n> r\n",
			grading.ItemKey{Kind: grading.Multiple, Options: 2, Correct: []int{0}}, "a"},
		{"codes", head("kind=codes ordered=true") + "= icd10cm: E11.22, n1832\n= cpt: 25605-RT-59\n\n> r\n",
			grading.ItemKey{Kind: grading.Codes, Ordered: true, Codes: []grading.ItemCode{{System: codebook.ICD10CM, Code: "E1122"}, {System: codebook.ICD10CM, Code: "N1832"}, {System: codebook.CPT, Code: "25605", Modifiers: []string{"RT", "59"}}}},
			"ICD-10-CM E11.22, N18.32; CPT 25605-RT-59"},
		{"rationale before the answer", head("kind=codes") + "> r\n\n= icd10pcs: 0FT44ZZ\n",
			grading.ItemKey{Kind: grading.Codes, Codes: []grading.ItemCode{{System: codebook.ICD10PCS, Code: "0FT44ZZ"}}}, "ICD-10-PCS 0FT44ZZ"},
		{"number", head("kind=number") + "= 47 ± 1\n\n> r\n", grading.ItemKey{Kind: grading.Number, Number: "47", Tolerance: "1"}, "47 ± 1"},
		{"number, exact", head("kind=number") + "= 4 ± 0\n\n> r\n", grading.ItemKey{Kind: grading.Number, Number: "4", Tolerance: "0"}, "4"},
		{"number, decimal", head("kind=number") + "= -2.50 +- 0.5\n\n> r\n", grading.ItemKey{Kind: grading.Number, Number: "-2.50", Tolerance: "0.5"}, "-2.50 ± 0.5"},
		{"text", head("kind=text") + "= cholecystectomy | gallbladder  removal\n= chole\n\n> r\n",
			grading.ItemKey{Kind: grading.Text, Texts: []string{"cholecystectomy", "gallbladder removal", "chole"}}, "cholecystectomy, or gallbladder removal, or chole"},
		{"order", head("kind=order") + "1. not the answer\n\nArrange:\n\n1. first\n2. second\n3. third\n\n> r\n", grading.ItemKey{Kind: grading.Order, Length: 3}, "first, then second, then third"},
		{"match", head("kind=match") + "| left | right |\n|---|---|\n| a | 1 |\n| b | 2 |\n\n> r\n", grading.ItemKey{Kind: grading.Match, Length: 2}, "a: 1; b: 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := one(t, tt.src)
			q, err := b.Question("q")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.key, q.Key); d != "" {
				t.Error(d)
			}
			if q.AnswerText != tt.answer || q.Kind != tt.key.Kind {
				t.Errorf("kind %s, answer %q", q.Kind, q.AnswerText)
			}
			if !strings.Contains(string(q.Stem.HTML), "The stem = what is asked.") || strings.Contains(string(q.Stem.HTML), "second") {
				t.Errorf("stem %s", q.Stem.HTML)
			}
			if q.Rationale != "<p>r</p>\n" {
				t.Errorf("rationale %q", q.Rationale)
			}
			if problems := b.Check(&fakeBook{}); len(problems) > 0 {
				t.Error(problems)
			}
			for _, a := range quizzes.ModelItem(q) {
				if r := grading.GradeItem(&q.Key, a); !r.Correct {
					t.Errorf("%+v is graded as wrong", a)
				}
			}
			if r := grading.GradeItem(&q.Key, grading.ItemAnswer{}); r.Correct {
				t.Error("no answer is graded as right")
			}
		})
	}
}

func TestOrderAndMatchEntries(t *testing.T) {
	q, _ := one(t, "## q {difficulty=1 cites=x kind=match}\n\nStem.\n\n| l | r |\n|---|---|\n| *a* | 1 |\n| b | 2 & 3 |\n\n> r\n").Question("q")
	if got := fmt.Sprint(q.Left, q.Right); got != "[<em>a</em> b] [1 2 &amp; 3]" {
		t.Error(got)
	}
}

// TestQuestionProblems breaks one thing after the other; each must be reported at its line, and the broken question left out.
func TestQuestionProblems(t *testing.T) {
	const opts = "- [ ] a\n  > why\n- [x] b\n  > why\n\n"
	tests := []struct {
		name, src string
		want      []string // "line rule"
	}{
		{"no rationale", "## q {difficulty=1 cites=x}\n\nStem.\n\n" + opts, []string{"6 no-rationale"}},
		{"no explanation", "## q {difficulty=1 cites=x}\n\nStem.\n\n- [ ] a\n- [x] b\n  > why\n\n> r\n", []string{"10 no-explanation"}},
		{"no cites, no difficulty", "## q\n\nStem.\n\n" + opts + "> r\n", []string{"6 missing-key", "6 no-cites"}},
		{"no right option", "## q {difficulty=1 cites=x}\n\nStem.\n\n- [ ] a\n  > why\n- [ ] b\n  > why\n\n> r\n", []string{"10 no-right-option"}},
		{"all right", "## q {difficulty=1 cites=x}\n\nStem.\n\n- [x] a\n  > why\n- [x] b\n  > why\n\n> r\n", []string{"10 no-wrong-option"}},
		{"option twice", "## q {difficulty=1 cites=x}\n\nStem.\n\n- [x] a\n  > why\n- [ ] a\n  > why\n\n> r\n", []string{"12 bad-option"}},
		{"option after its explanation", choice, []string{"17 bad-option"}},
		{"no stem", "## q {difficulty=1 cites=x}\n\n" + opts + "> r\n", []string{"6 no-stem"}},
		{"no answer", "## q {difficulty=1 cites=x}\n\nStem.\n\n- a\n- b\n\n> r\n", []string{"6 no-answer"}},
		{"bad attributes", "## q {difficulty=9 cites=x color=red ordered=true trial=maybe kind=essay}\n\nStem.\n\n" + opts + "> r\n",
			[]string{"6 wrong-value", "6 unknown-attribute", "6 wrong-value", "6 wrong-value", "6 wrong-value"}},
		{"unreadable attributes", "## q {difficulty=1 cites=\"x}\n\nStem.\n\n" + opts + "> r\n", []string{"6 bad-heading", "6 no-cites"}},
		{"bad id", "## Q One {difficulty=1 cites=x}\n\nStem.\n\n" + opts + "> r\n", []string{"6 bad-id"}},
		{"text after", "## q {difficulty=1 cites=x}\n\nStem.\n\n" + opts + "> r\n\nMore.\n", []string{"17 stray-text"}},
		{"codes: no set", "## q {difficulty=1 cites=x kind=codes}\n\nStem.\n\n= E11.22\n\n> r\n", []string{"10 bad-answer"}},
		{"codes: malformed", "## q {difficulty=1 cites=x kind=codes}\n\nStem.\n\n= icd10cm: E11.22, 99999\n= cpt: 2560-RT, 25605-RTX\n= icd10pcs: 0FT44ZZ-RT\n\n> r\n", []string{"10 bad-code", "11 bad-code", "11 bad-code", "12 bad-code"}},
		{"codes: twice", "## q {difficulty=1 cites=x kind=codes}\n\nStem.\n\n= icd10cm: I10, i10\n\n> r\n", []string{"10 bad-answer"}},
		{"codes: none", "## q {difficulty=1 cites=x kind=codes}\n\nStem.\n\n> r\n", []string{"6 no-answer"}},
		{"number", "## q {difficulty=1 cites=x kind=number}\n\nStem.\n\n= 1,000\n= 2\n\n> r\n", []string{"10 bad-answer", "11 bad-answer"}},
		{"text", "## q {difficulty=1 cites=x kind=text}\n\nStem.\n\n= a | | b\n\n> r\n", []string{"10 bad-answer"}},
		{"order", "## q {difficulty=1 cites=x kind=order}\n\nStem.\n\n1. a\n2. a\n\n> r\n", []string{"11 bad-answer"}},
		{"match: columns", "## q {difficulty=1 cites=x kind=match}\n\nStem.\n\n| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n\n> r\n", []string{"10 bad-answer", "12 bad-answer", "10 bad-answer"}},
		{"match: twice", "## q {difficulty=1 cites=x kind=match}\n\nStem.\n\n| a | b |\n|---|---|\n| 1 | x |\n| 2 | x |\n\n> r\n", []string{"13 bad-answer"}},
		{"question in a question", "## q {difficulty=1 cites=x}\n\nStem.\n\n:::check other\n:::\n\n" + opts + "> r\n", []string{"6 bad-block"}},
		{"footnote", "## q {difficulty=1 cites=x}\n\nStem[^1].\n\n" + opts + "> r\n\n[^1]: Why.\n", []string{"17 footnote"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, problems := quizzes.Load(fstest.MapFS{"bank/icd10cm/a.md": file(bankHead + tt.src)}, plain, nil)
			if d := cmp.Diff(sorted(tt.want), sorted(lineRules(problems))); d != "" {
				t.Error(d, problems)
			}
			if len(b.Questions()) > 0 {
				t.Error("the broken question is in the bank")
			}
		})
	}
}

func TestEverythingOfAFileAtOnce(t *testing.T) {
	src := "---\narea: nowhere\nyear: 2026\n---\n\nstray\n\n## One {difficulty=1 cites=x}\n\n## two {cites=x}\n\nStem.\n\n- [x] a\n- [ ] b\n  > why\n"
	_, problems := quizzes.Load(fstest.MapFS{"bank/icd10cm/a.md": file(src), "bank/icd10cm/b.md": file("---\narea: em\n---\n"), "exams/x.yaml": file("id: y\nitems: ten\n")}, plain, nil)
	got := map[string]bool{}
	for _, p := range problems {
		if p.Line < 1 || p.File == "" || p.Message == "" {
			t.Errorf("incomplete: %+v", p)
		}
		got[fmt.Sprintf("%s:%d %s", strings.TrimPrefix(p.File, "quizzes/"), p.Line, p.Rule)] = true
	}
	for _, want := range []string{
		"bank/icd10cm/a.md:2 unknown-area", "bank/icd10cm/a.md:3 unknown-key", "bank/icd10cm/a.md:1 missing-key", "bank/icd10cm/a.md:5 stray-text", "bank/icd10cm/a.md:8 bad-id", "bank/icd10cm/a.md:8 no-stem",
		"bank/icd10cm/a.md:10 missing-key", "bank/icd10cm/a.md:10 no-rationale", "bank/icd10cm/a.md:14 no-explanation", "bank/icd10cm/b.md:1 missing-key", "bank/icd10cm/b.md:2 file-name", "bank/icd10cm/b.md:1 empty-file",
		"exams/x.yaml:2 wrong-value", "exams/x.yaml:1 file-name",
	} {
		if !got[want] {
			t.Errorf("%s was not reported; got %v", want, got)
		}
	}
}

func TestCheckQuestions(t *testing.T) {
	src := "## q-a {difficulty=1 cites=\"I.Z.9; x\" enemies=\"q-b q-none q-a\" group=no-case}\n\nStem.\n\n- [x] E11.99 and 25605-RT\n  > why\n- [ ] 99999\n  > why\n\n> r\n\n" +
		"## q-b {difficulty=1 cites=x kind=codes}\n\nStem.\n\n= icd10cm: E11.99, E11\n= cpt: 25605-QQ\n\n> r\n"
	book := &fakeBook{unknown: []codebook.Code{"E1199"}, headers: []codebook.Code{"E11"}, badCites: []string{"I.Z.9"}, badMods: []string{"QQ"}}
	want := []string{"6 unknown-question", "6 unknown-question", "6 unknown-case", "6 unknown-cite", "10 unknown-code", "21 unknown-code", "21 not-billable", "22 unknown-modifier"}
	if d := cmp.Diff(sorted(want), sorted(lineRules(one(t, src).Check(book)))); d != "" {
		t.Error(d)
	}
}

func TestDuplicateIDs(t *testing.T) {
	q := "## q {difficulty=1 cites=x kind=text}\n\nStem.\n\n= a\n\n> r\n"
	b, problems := quizzes.Load(fstest.MapFS{"bank/icd10cm/a.md": file(bankHead + q), "bank/icd10cm/b.md": file(bankHead + "x\n\n" + q)}, plain, nil)
	if len(b.Questions()) != 1 || len(problems) != 2 || problems[1].Rule != "duplicate-id" || problems[1].Line != 8 {
		t.Error(problems)
	}
}

func TestHashes(t *testing.T) {
	base := "## q {difficulty=1 cites=x}\n\nStem.\n\n- [ ] a\n  > why a\n- [x] b\n  > why b\n\n> r\n"
	load := func(src string) *quizzes.Question {
		q, err := one(t, src).Question("q")
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	was := load(base)
	tests := []struct {
		name, old, new string
		shown, key     bool // whether each hash changes
	}{
		{"nothing but blanks", "Stem.\n", "Stem.  \n\n", false, false},
		{"stem", "Stem.", "Stem!", true, false},
		{"option", "] a", "] A", true, false},
		{"explanation", "why a", "because", false, true},
		{"rationale", "> r", "> s", false, true},
		{"cites", "cites=x", "cites=y", false, true},
		{"difficulty", "difficulty=1", "difficulty=2", false, false},
	}
	for _, tt := range tests {
		now := load(strings.Replace(base, tt.old, tt.new, 1))
		if (now.ShownHash != was.ShownHash) != tt.shown || (now.KeyHash != was.KeyHash) != tt.key {
			t.Errorf("%s: shown changed %t, key changed %t", tt.name, now.ShownHash != was.ShownHash, now.KeyHash != was.KeyHash)
		}
	}
	turned := load("## q {difficulty=1 cites=x}\n\nStem.\n\n- [x] a\n  > why a\n- [ ] b\n  > why b\n\n> r\n")
	if turned.ShownHash != was.ShownHash || turned.KeyHash == was.KeyHash {
		t.Error("which option is right must be in the key hash and nowhere else")
	}
	a := load("## q {difficulty=1 cites=x kind=order}\n\nStem.\n\n1. a\n2. b\n\n> r\n")
	b := load("## q {difficulty=1 cites=x kind=order}\n\nStem.\n\n1. b\n2. a\n\n> r\n")
	if a.ShownHash != b.ShownHash {
		t.Error("the shown hash of an order tells the right order")
	}
	if a.KeyHash == b.KeyHash {
		t.Error("the key hash does not tell another right order")
	}
}

// TestPublicQuestionsHideTheKey looks for anything of the key in the public half of every shipped question.
func TestPublicQuestionsHideTheKey(t *testing.T) {
	_, bank, _, _ := shipped(t)
	for _, q := range bank.Questions() {
		raw, err := json.Marshal(q.Public())
		if err != nil {
			t.Fatal(err)
		}
		public := string(raw) + fmt.Sprintf("%+v", q.Public())
		secrets := []string{string(q.Rationale), q.KeyHash}
		if q.Kind == grading.Order || q.Kind == grading.Match {
			secrets = append(secrets, q.AnswerText) // the entries one after the other, or in pairs
		}
		for _, o := range q.Options {
			secrets = append(secrets, string(o.Why))
		}
		if q.Kind == grading.Text {
			secrets = append(secrets, q.AnswerText)
		}
		for _, s := range secrets {
			if s = strings.TrimSpace(s); s != "" && (strings.Contains(public, s) || strings.Contains(public, jsonText(s))) {
				t.Errorf("%s: the public half has %q", q.ID, s)
			}
		}
		var fields map[string]any
		if err := json.Unmarshal(raw, &fields); err != nil {
			t.Fatal(err)
		}
		for name := range fields {
			switch name {
			case "id", "area", "kind", "difficulty", "group", "stem", "options", "choose", "left", "ordered", "codes", "cpt", "shown_hash":
			default:
				t.Errorf("%s: the public half has a field %s", q.ID, name)
			}
		}
		if strings.Contains(public, "checkbox") || strings.Contains(public, "checked") {
			t.Errorf("%s: a check box is left over", q.ID)
		}
	}
}

// jsonText is a text as it stands in JSON.
func jsonText(s string) string {
	b, _ := json.Marshal(s) // a string can always be written
	return strings.Trim(string(b), `"`)
}

// FuzzQuestions: whatever stands in a bank file, nothing panics, problems lie within it, and what is loaded grades its own answer as right.
func FuzzQuestions(f *testing.F) {
	for _, s := range []string{choice, "## q {difficulty=1 cites=x kind=codes}\nS\n= icd10cm: E11.22\n> r", "## q {difficulty=1 cites=x kind=match}\n\nS\n\n|a|b|\n|-|-|\n|1|2|\n|3|4|\n\n> r",
		"## q {difficulty=1 cites=x kind=order}\n\nS\n\n1. a\n2. b\n\n> r", "## q {difficulty=1 cites=x kind=number}\nS\n\n= 1 ± 1\n\n> r", "## q {kind=text}\n= a|b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		src := bankHead + s
		b, problems := quizzes.Load(fstest.MapFS{"bank/icd10cm/a.md": file(src)}, plain, nil)
		lines := strings.Count(src, "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Message == "" {
				t.Errorf("%q: %v", s, p)
			}
		}
		for _, q := range b.Questions() {
			for _, a := range quizzes.ModelItem(q) {
				if err := grading.ParseItem(&q.Key, a); err != nil {
					continue // a text too long to be an answer; Check says so
				}
				if r := grading.GradeItem(&q.Key, a); !r.Correct {
					t.Errorf("%q: the right answer %+v is wrong", s, a)
				}
			}
		}
	})
}

// TestNeedsCPT: a question says that it wants a CPT book by its area and by the numbers that it shows, not by what only its answer shows.
func TestNeedsCPT(t *testing.T) {
	const q = "## q-a {difficulty=1 cites=\"x\"}\n\n%s\n\n- [x] %s\n  > Why, by 11042.\n- [ ] No\n  > Why.\n\n> Why, by 25605.\n"
	for _, tt := range []struct {
		name, area, stem, option string
		want                     bool
	}{
		{"by its area", "cpt-20000", "What is it?", "Yes", true},
		{"a section of CPT", "em", "What is it?", "Yes", true},
		{"a number in an option", "icd10cm", "What is it?", "25605-RT", true},
		{"a number in the stem", "guidelines", "Which goes with [[cpt:0042T]]?", "Yes", true},
		{"numbers in what explains it", "guidelines", "What is it?", "Yes", false},
		{"other codes", "icd10cm", "Which goes with E11.22 and J1100?", "S52.531A", false},
	} {
		b, problems := quizzes.Load(fstest.MapFS{"bank/a/a.md": file("---\narea: " + tt.area + "\ncode_year: 2026\n---\n\n" + fmt.Sprintf(q, tt.stem, tt.option))}, plain, nil)
		qs := b.Questions()
		if len(qs) != 1 {
			t.Fatalf("%s: %v", tt.name, problems)
		}
		if got := qs[0].Public().CPT; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
