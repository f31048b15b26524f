package markdown_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/lessons/markdown"
)

type sample struct {
	ID    markdown.Line   `yaml:"id"`
	Title string          `yaml:"title"`
	Count int             `yaml:"count"`
	Tags  []markdown.Line `yaml:"tags"`
	Sub   struct {
		Deep []struct {
			Name string `yaml:"name"`
		} `yaml:"deep"`
	} `yaml:"sub"`
}

func TestFrontMatter(t *testing.T) {
	src := "---\nid: a-1\ntitle: A title\ncount: 3\ntags:\n  - 25605\n  - 2025-11-14\n---\n\nBody.\n"
	var got sample
	body, line, problems := markdown.FrontMatter([]byte(src), "f.md", &got)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := sample{ID: markdown.Line{Text: "a-1", At: 2}, Title: "A title", Count: 3, Tags: []markdown.Line{{Text: "25605", At: 6}, {Text: "2025-11-14", At: 7}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if string(body) != "\nBody.\n" || line != 9 {
		t.Errorf("body %q at line %d", body, line)
	}
}

func TestFrontMatterProblems(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // line: part of the message
	}{
		{"none", "Body\n", []string{"1: must begin with front matter"}},
		{"not closed", "---\nid: a\n", []string{"1: must begin with front matter"}},
		{"empty", "---\n---\n", []string{"1: no keys"}},
		{"a list", "---\n- a\n---\n", []string{"2: name: value"}},
		{"unknown key with a hint", "---\nid: a\ntitel: b\n---\n", []string{`3: unknown key "titel" (did you mean "title"?)`}},
		{"unknown key deep down", "---\nid: a\nsub:\n  deep:\n    - {nmae: x}\n---\n", []string{`5: unknown key "nmae"`}},
		{"several at once", "---\nfoo: 1\ncount: many\nbar: 2\n---\n", []string{`2: unknown key "foo"`, `4: unknown key "bar"`, `3: "many" where a whole number is wanted`}},
		{"twice", "---\nid: a\nid: b\n---\n", []string{`3: already defined`}},
		{"text for a list", "---\nid: a\ntags: x\n---\n", []string{`3: where a list`}},
		{"broken YAML", "---\nid: [a\ntitle: b\n---\n", []string{"not well-formed YAML"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var into sample
			_, _, problems := markdown.FrontMatter([]byte(tt.src), "f.md", &into)
			if len(problems) != len(tt.want) {
				t.Fatalf("got %v, want %q", problems, tt.want)
			}
			for i, w := range tt.want {
				line, text, ok := strings.Cut(w, ": ")
				if !ok {
					line, text = "", w
				}
				got := problems[i].String()
				if !strings.HasPrefix(got, "f.md:"+line) || !strings.Contains(got, text) {
					t.Errorf("problem %d: got %s, want %s", i, got, w)
				}
			}
		})
	}
}

// FuzzFrontMatter: nothing panics, the body is the end of the source, and bodyLine counts the lines before it.
func FuzzFrontMatter(f *testing.F) {
	for _, s := range []string{"---\nid: a\n---\nx", "---\r\nid: a\r\n---\r\nx", "---\n---", "---\nid: &a [*a]\n---\n", "---\nsub: {deep: [{name: 1}]}\n---\n\n\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var into sample
		body, line, problems := markdown.FrontMatter([]byte(s), "f.md", &into)
		head, ok := bytes.CutSuffix([]byte(s), body)
		if !ok {
			t.Fatalf("%q: the body %q is not its end", s, body)
		}
		if want := bytes.Count(head, []byte("\n")) + 1; line != want && !(want == line-1 && !bytes.HasSuffix(head, []byte("\n"))) {
			t.Errorf("%q: body at line %d, want %d", s, line, want)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Message == "" {
				t.Errorf("%q: %v", s, p)
			}
		}
	})
}
