package markdown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/lessons/markdown"
)

func TestSections(t *testing.T) {
	src := "intro\n\n## one {a=1 b=\"two words\"}\ntext\n```\n## not a heading\n```\n### deeper\n##two\n## three\n"
	before, got, problems := markdown.Sections([]byte(src), "f.md", 4)
	if len(problems) > 0 {
		t.Error(problems)
	}
	if string(before) != "intro\n\n" {
		t.Errorf("before: %q", before)
	}
	want := []markdown.Section{
		{Title: "one", Attrs: []markdown.Attr{{Name: "a", Value: "1"}, {Name: "b", Value: "two words"}}, Line: 6, Body: []byte("text\n```\n## not a heading\n```\n### deeper\n##two\n"), BodyLine: 7},
		{Title: "three", Line: 13, Body: []byte(""), BodyLine: 14},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAttrs(t *testing.T) {
	tests := []struct {
		in   string
		want []markdown.Attr
		err  string
	}{
		{in: ""},
		{in: ` difficulty=2  cites="I.A.12.a; a \"b\" \\" `, want: []markdown.Attr{{Name: "difficulty", Value: "2"}, {Name: "cites", Value: `I.A.12.a; a "b" \`}}},
		{in: `a=""`, want: []markdown.Attr{{Name: "a"}}},
		{in: `a`, err: "name=value"},
		{in: `=1`, err: "name=value"},
		{in: `a=1 a=2`, err: "twice"},
		{in: `a="x`, err: "closing quote"},
		{in: `a=`, err: "missing"},
		{in: `a="x"b=1`, err: "blank"},
	}
	for _, tt := range tests {
		got, err := markdown.ParseAttrs(tt.in)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: got error %v, want %q", tt.in, err, tt.err)
			}
			continue
		}
		if d := cmp.Diff(tt.want, got); d != "" || err != nil {
			t.Errorf("%q: %v %s", tt.in, err, d)
		}
	}
}

// FuzzAttrs: what can be read is read back the same after printing.
func FuzzAttrs(f *testing.F) {
	for _, s := range []string{`a=1 b="x y"`, `a="\\\""`, `é=ü`, `a="{}"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		attrs, err := markdown.ParseAttrs(s)
		if err != nil {
			return
		}
		again, err := markdown.ParseAttrs(markdown.PrintAttrs(attrs))
		if err != nil || !cmp.Equal(attrs, again) {
			t.Errorf("%q: %v printed as %q reads as %v, %v", s, attrs, markdown.PrintAttrs(attrs), again, err)
		}
	})
}

func TestNormalize(t *testing.T) {
	a := markdown.Normalize([]byte("\uFEFFa  \r\nb\t\r\n\r\nc\r\n\r\n"))
	if d := cmp.Diff("a\nb\n\nc\n", string(a)); d != "" {
		t.Error(d)
	}
}

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{"Code First!": "code-first", "  -- ": "", "I.A.12.a": "i-a-12-a", "Ménière's": "ménière-s"} {
		if got := markdown.Slug(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
