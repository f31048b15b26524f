package markdown_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/internal/testkit"
	"crosswalk/lessons/markdown"
)

// someCodes is a Titler with a few codes.
type someCodes map[string]string

func (c someCodes) CodeTitle(set, code string) (string, bool) {
	t, ok := c[set+":"+strings.ReplaceAll(code, ".", "")]
	return t, ok
}

// someTerms is a Glossary with a few terms.
type someTerms map[string]string

func (g someTerms) Term(name string) (slug, short string, ok bool) {
	short, ok = g[strings.ToLower(name)]
	return markdown.Slug(name), short, ok
}

var renderer = markdown.New(
	someCodes{
		"icd10cm:E119": "Type 2 diabetes mellitus without complications", "icd10cm:S525": "Fracture of lower end of radius", "icd10cm:I10": "Essential (primary) hypertension",
		"icd10pcs:0FT44ZZ": "Resection of Gallbladder, Percutaneous Endoscopic Approach", "cpt:29125": "Short arm splint, static", "cpt:25605": "Wrist fracture, set by hand", "hcpcs:J1100": "Injection, dexamethasone <1 mg>",
	},
	someTerms{"etiology": `The cause, "first"`, "manifestation": "What the cause brings about", "principal diagnosis": "The reason for the stay"},
)

// TestGolden renders testdata/*.md and compares HTML, lists and problems with the .golden file beside each. -update rewrites them.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".md"), func(t *testing.T) {
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			doc, problems := renderer.Render(src, filepath.Base(f), 1, markdown.Images("/lessons/x/files/"))
			var b strings.Builder
			fmt.Fprintf(&b, "%s\n-- toc --\n", doc.HTML)
			for _, h := range doc.TOC {
				fmt.Fprintf(&b, "%d #%s %s\n", h.Level, h.ID, h.Text)
			}
			b.WriteString("-- refs --\n")
			for _, c := range doc.Codes {
				fmt.Fprintf(&b, "%d code %s %s\n", c.Line, c.Set, c.Code)
			}
			for _, r := range doc.Refs {
				fmt.Fprintf(&b, "%d %s %s\n", r.Line, r.Kind, r.ID)
			}
			b.WriteString("-- problems --\n")
			for _, p := range problems {
				b.WriteString(p.String() + "\n")
			}
			golden := strings.TrimSuffix(f, ".md") + ".golden"
			testkit.Golden(t, golden, b.String())
		})
	}
}

func TestPartsGiveTheWhole(t *testing.T) {
	doc, problems := renderer.Render([]byte("One.\n\n:::note\nTwo.\n\n:::check q-1\n:::\n:::\n\n:::check q-2\n:::\nThree.\n"), "f.md", 1)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var checks []string
	var whole strings.Builder
	for _, p := range doc.Parts {
		if p.Check != "" {
			checks = append(checks, p.Check)
			fmt.Fprintf(&whole, `<div class="check" data-check="%s"></div>`, p.Check)
		}
		whole.WriteString(string(p.HTML))
	}
	if d := cmp.Diff([]string{"q-1", "q-2"}, checks); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(doc.Checks, checks); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(string(doc.HTML), whole.String()); d != "" {
		t.Error(d)
	}
}

func TestIDPrefixKeepsTextsApart(t *testing.T) {
	src := []byte("## A\n\nText[^n].\n\n## A\n\n[^n]: Note.\n")
	doc, _ := renderer.Render(src, "f.md", 1, markdown.IDPrefix("q7-"))
	for _, want := range []string{`id="q7-a"`, `id="q7-a-2"`, `id="q7-fn:1"`, `href="#q7-fn:1"`} {
		if !strings.Contains(string(doc.HTML), want) {
			t.Errorf("%s is not in %s", want, doc.HTML)
		}
	}
}

func TestRendererWithoutCodesAndTerms(t *testing.T) {
	doc, problems := markdown.New(nil, nil).Render([]byte("[[icd10cm:E11.9]] [[term:x]]"), "f.md", 1)
	if len(problems) > 0 {
		t.Error(problems)
	}
	want := `<p><a class="code code-icd10cm" href="/codebook/icd10cm/E11.9"><span class="code-set">ICD-10-CM</span> <b>E11.9</b></a> x</p>` + "\n"
	if d := cmp.Diff(want, string(doc.HTML)); d != "" {
		t.Error(d)
	}
}

// FuzzRender: whatever an author writes, nothing panics, no live script comes out, problems lie within the text, and the parts are the whole.
func FuzzRender(f *testing.F) {
	for _, s := range []string{"", ":::note\n:::", "- :::check a\n  :::\n", "[[icd10cm:E11.9", "[[term:a\nb]]", ":::note\n> x\n:::\n:::", "# A {#x}\n|a|\n|-|\n|[[cpt:1]]|", "x[^1]\n\n[^1]: :::check q\n", "<script>alert(1)</script>", "\x00[[term:\x00]]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc, problems := renderer.Render([]byte(s), "f.md", 5)
		lines := strings.Count(s, "\n") + 1
		for _, p := range problems {
			if p.Line < 5 || p.Line >= 5+lines || p.Message == "" {
				t.Errorf("%q: %v is outside of the text", s, p)
			}
		}
		if h := strings.ToLower(string(doc.HTML)); strings.Contains(h, "<script") || strings.Contains(h, `href="javascript:`) || strings.Contains(h, "\x00") {
			t.Errorf("%q gives %s", s, h)
		}
		n := 0
		for _, p := range doc.Parts {
			if p.Check != "" {
				n++
			}
		}
		if n != len(doc.Checks) {
			t.Errorf("%q: %d live questions in the parts, %d listed", s, n, len(doc.Checks))
		}
		if _, missing := doc.Highlight([]markdown.Phrase{{Text: doc.Text(), ID: "all"}}); doc.Text() != "" && len(missing) > 0 {
			t.Errorf("%q: the text %q is not found in itself", s, doc.Text())
		}
	})
}

func BenchmarkRender(b *testing.B) {
	var src strings.Builder
	for i := range 40 {
		fmt.Fprintf(&src, "## Part %d\n\nText with [[icd10cm:E11.9]] and *stress*, a [[term:etiology]].\n\n:::note\nA block.\n:::\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n", i)
	}
	b.SetBytes(int64(src.Len()))
	b.ReportAllocs()
	for b.Loop() {
		renderer.Render([]byte(src.String()), "f.md", 1)
	}
}

// TestTaskBoxes: the boxes of a form in a chart are signs with a name, and no inputs that could be ticked.
func TestTaskBoxes(t *testing.T) {
	doc, problems := markdown.New(nil, nil).Render([]byte("- [x] infusion\n- [ ] each added hour\n"), "x.md", 1)
	html := string(doc.HTML)
	if len(problems) > 0 || strings.Contains(html, "<input") || !strings.Contains(html, `aria-label="ticked">☑</span> infusion`) || !strings.Contains(html, `aria-label="not ticked">☐</span> each`) {
		t.Errorf("%v %s", problems, html)
	}
	if got := doc.Text(); got != "☑ infusion ☐ each added hour" {
		t.Errorf("read as %q", got)
	}
}
