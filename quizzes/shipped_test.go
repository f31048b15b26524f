package quizzes_test

import (
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/lessons"
	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

// shipped loads the embedded content with the starter book.
func shipped(t testing.TB) (*lessons.Catalogue, *quizzes.Bank, *codebook.Book, []markdown.Problem) {
	t.Helper()
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	cat, problems := lessons.Load(lessons.Content, book)
	bank, more := quizzes.Load(quizzes.Content, cat.Renderer(), book)
	return cat, bank, book, append(problems, more...)
}

// TestShippedContent is the strict check of everything that ships, with the book that ships: what `crosswalk check` says on a fresh machine.
func TestShippedContent(t *testing.T) {
	cat, bank, book, problems := shipped(t)
	problems = append(problems, cat.Check(lessons.Exists{
		Question: func(id string) bool { _, err := bank.Question(id); return err == nil },
		Cite:     func(n string) bool { _, ok := book.Guideline(n); return ok },
		Area:     quizzes.ValidArea,
	})...)
	problems = append(problems, bank.Check(book)...)
	markdown.Sort(problems)
	for _, p := range problems {
		if p.Severity == markdown.Error {
			t.Error(p)
		} else {
			t.Log(p)
		}
	}
	t.Logf("%d lessons, %d terms, %d questions, %d cases", len(cat.Lessons()), len(cat.Glossary()), len(bank.Questions()), len(bank.Cases()))
}

// TestShippedContentLoads allows for codes and terms that the book and the glossary do not have yet, and for nothing else.
func TestShippedContentLoads(t *testing.T) {
	cat, bank, _, problems := shipped(t)
	for _, p := range markdown.Errors(problems) {
		if p.Rule != "unknown-code" && p.Rule != "unknown-term" {
			t.Error(p)
		}
	}
	if len(cat.Lessons()) == 0 || len(bank.Questions()) == 0 || len(bank.Cases()) == 0 || len(bank.Blueprints()) != 6 {
		t.Errorf("%d lessons, %d questions, %d cases, %d blueprints were loaded", len(cat.Lessons()), len(bank.Questions()), len(bank.Cases()), len(bank.Blueprints()))
	}
	for _, q := range bank.Questions() {
		if strings.TrimSpace(q.AnswerText) == "" || q.Rationale == "" || q.ShownHash == "" || q.KeyHash == "" {
			t.Errorf("%s: answer %q, rationale %q", q.ID, q.AnswerText, q.Rationale)
		}
	}
}
