package quizzes_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"crosswalk/codebook"
	"crosswalk/lessons"

	"crosswalk/quizzes"
)

// example is a fenced block of the manual.
type example struct {
	info, text string
	line       int
}

func examples(t *testing.T) []example {
	t.Helper()
	src, err := os.ReadFile("../docs/content.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	open := false
	for i, line := range strings.Split(string(src), "\n") {
		switch {
		case strings.HasPrefix(line, "```") && !open:
			out = append(out, example{info: strings.TrimPrefix(line, "```"), line: i + 2})
			open = true
		case strings.HasPrefix(line, "```"):
			open = false
		case open:
			out[len(out)-1].text += line + "\n"
		}
	}
	return out
}

// TestManualExamples loads and checks every example of docs/content.md: those with a file name together as one tree, the others as
// text of a lesson.
func TestManualExamples(t *testing.T) {
	lessonFiles, quizFiles := fstest.MapFS{"content/icd10cm/wrist.svg": file("<svg/>")}, fstest.MapFS{}
	var inline []example
	for _, e := range examples(t) {
		_, name, ok := strings.Cut(e.info, "file=")
		switch {
		case !ok && strings.HasSuffix(e.info, " inline"):
			inline = append(inline, e)
		case strings.HasPrefix(name, "lessons/"):
			lessonFiles[strings.TrimPrefix(name, "lessons/")] = file(e.text)
		case strings.HasPrefix(name, "quizzes/"):
			quizFiles[strings.TrimPrefix(name, "quizzes/")] = file(e.text)
		default:
			t.Errorf("content.md:%d: the example %q says neither inline nor file=", e.line, e.info)
		}
	}
	if len(lessonFiles) < 4 || len(quizFiles) < 6 || len(inline) < 3 {
		t.Fatalf("the manual has %d lesson files, %d quiz files and %d snippets", len(lessonFiles), len(quizFiles), len(inline))
	}
	cat, problems := lessons.Load(lessonFiles, nil)
	bank, more := quizzes.Load(quizFiles, cat.Renderer(), nil)
	problems = append(problems, more...)
	for _, e := range inline {
		_, more := cat.Renderer().Render([]byte(e.text), "content.md", e.line)
		problems = append(problems, more...)
	}
	problems = append(problems, cat.Check(lessons.Exists{Question: func(id string) bool { _, err := bank.Question(id); return err == nil }, Area: quizzes.ValidArea})...)
	problems = append(problems, bank.Check(&fakeBook{})...)
	for _, p := range problems {
		t.Error(p)
	}
	if len(bank.Questions()) != 9 || len(bank.Cases()) != 2 || len(bank.Blueprints()) != 5 || len(bank.HiringTests()) != 1 || len(cat.Lessons()) != 1 {
		t.Errorf("%d questions, %d cases, %d blueprints, %d lessons", len(bank.Questions()), len(bank.Cases()), len(bank.Blueprints()), len(cat.Lessons()))
	}
}

// TestManualIsComplete: every area, setting and rule that can come up is in the manual.
func TestManualIsComplete(t *testing.T) {
	src, err := os.ReadFile("../docs/content.md")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, a := range slices.Concat(quizzes.Areas, quizzes.Settings) {
		words = append(words, a.ID)
	}
	words = append(words, quizzes.Payers...)
	for _, sys := range codebook.Systems {
		words = append(words, "[["+string(sys)+":")
	}
	for _, w := range words {
		if !strings.Contains(string(src), "`"+w+"`") && !strings.Contains(string(src), w) {
			t.Errorf("the manual does not name %s", w)
		}
	}
	for _, rule := range append(rulesInSource(t), codebook.Kinds...) { // check reports what the book objects to by its kind
		if !strings.Contains(string(src), "`"+rule+"`") {
			t.Errorf("the manual does not name the rule %s", rule)
		}
	}
}

// rulesInSource collects the names of rules out of the calls that report problems.
func rulesInSource(t *testing.T) []string {
	t.Helper()
	var rules []string
	for _, dir := range []string{".", "../lessons", "../lessons/markdown"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			src, err := os.ReadFile(dir + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range ruleCall.FindAllStringSubmatch(string(src), -1) {
				rules = append(rules, m[1]+m[2])
			}
		}
	}
	if len(rules) < 100 {
		t.Errorf("only %d reports of problems were found in the source", len(rules))
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

var ruleCall = regexp.MustCompile(`(?:Errorf|Warnf)\([^"\n]*, "([a-z][a-z0-9-]+)",|Rule: "([a-z0-9-]+)"`)
