package bankform

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"crosswalk/quizzes"
)

const sample = `---
area: em
code_year: 2026
---

## em-one {difficulty=2 cites="I.A.15" enemies="em-two"}

The stem.

- [ ] Wrong
  > Why it is wrong.
- [x] Right
  > Why it is right.
  > In two lines.

> The rationale.

## em-two {kind=number difficulty=1 cites="x"}

How many?

= 3

> Three.
`

// TestRead: a choice becomes fields, another kind stays markdown.
func TestRead(t *testing.T) {
	f, err := Read(sample)
	if err != nil || len(f.Questions) != 2 {
		t.Fatalf("%+v %v", f, err)
	}
	q := f.Questions[0]
	if q.ID != "em-one" || q.Difficulty != "2" || q.Cites != "I.A.15" || q.Stem != "The stem." || q.Rationale != "The rationale." || q.Line != 6 || q.Last != 17 {
		t.Errorf("%+v", q)
	}
	if !slices.Equal(q.Options, []Option{{"Wrong", false, "Why it is wrong."}, {"Right", true, "Why it is right.\nIn two lines."}}) {
		t.Errorf("%+v", q.Options)
	}
	if !strings.HasPrefix(f.Questions[1].Raw, "## em-two {kind=number") {
		t.Errorf("%+v", f.Questions[1])
	}
}

// TestApply: one change leaves the rest; questions move, go and come; words that would be read as something else are refused.
func TestApply(t *testing.T) {
	f, err := Read(sample)
	if err != nil {
		t.Fatal(err)
	}
	f.Questions[0].Options[0].Text = "Quite wrong"
	out, err := Apply(sample, f)
	if err != nil || out != strings.Replace(sample, "] Wrong", "] Quite wrong", 1) {
		t.Errorf("%v\n%s", err, out)
	}
	slices.Reverse(f.Questions)
	f.Questions = append(f.Questions, Question{ID: "em-three", Difficulty: "1", Cites: "a b", Stem: "S", Options: []Option{{"A", true, "w"}, {"B", false, ""}}, Rationale: "R\n\nmore"})
	out, err = Apply(sample, f)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(out)
	if err != nil || len(again.Questions) != 3 || !again.Questions[2].same(f.Questions[2]) || again.Questions[1].Options[0].Text != "Quite wrong" {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.HasSuffix(out, "\n") || strings.HasSuffix(out, "\n\n") || !strings.Contains(out, `enemies="em-two"`) && !strings.Contains(out, "enemies=em-two") {
		t.Errorf("%s", out)
	}
	for _, stem := range []string{"S\n## another", "S\n- [x] an option", "S\n\n- [ ] x\n"} {
		g, _ := Read(sample)
		g.Questions[0].Stem = stem
		if out, err := Apply(sample, g); err == nil {
			t.Errorf("%q is taken:\n%s", stem, out)
		}
	}
}

// TestShippedStable: each file that ships comes back byte for byte, and most choices have fields.
func TestShippedStable(t *testing.T) {
	files, err := fs.Glob(quizzes.Content, "bank/*/*.md")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	fields, raw := 0, 0
	for _, name := range files {
		b, err := fs.ReadFile(quizzes.Content, name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(string(b))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if out, err := Apply(string(b), f); err != nil || out != string(b) {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		for _, q := range f.Questions {
			if q.Raw == "" {
				fields++
			} else {
				raw++
			}
		}
	}
	t.Logf("%d questions have fields, %d stay markdown", fields, raw)
	if fields < 3*raw {
		t.Errorf("%d questions have fields, %d stay markdown", fields, raw)
	}
}

// FuzzForm: what is typed comes back, or is refused.
func FuzzForm(f *testing.F) {
	f.Add("id", "2", "I.A", "stem", "one", "why", "rationale")
	f.Add("a b", "{", `"`, "```\n## x\n```", "- [ ] y", "> z", "##")
	f.Fuzz(func(t *testing.T, id, difficulty, cites, stem, option, why, rationale string) {
		form, err := Read(sample)
		if err != nil {
			t.Fatal(err)
		}
		q := Question{From: "0", ID: id, Difficulty: difficulty, Cites: cites, Stem: stem, Options: []Option{{option, true, why}}, Rationale: rationale}
		form.Questions[0] = q
		out, err := Apply(sample, form)
		if err != nil {
			return
		}
		got, err := Read(out)
		if err != nil || len(got.Questions) != 2 || !got.Questions[0].same(q.tidy()) {
			t.Fatalf("%v\n%+v\nbecame\n%+v\nin\n%s", err, q.tidy(), got.Questions, out)
		}
		if again, err := Apply(out, got); err != nil || again != out {
			t.Fatalf("written twice differs: %v\n%s", err, again)
		}
	})
}
