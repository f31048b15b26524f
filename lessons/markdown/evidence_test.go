package markdown_test

import (
	"html/template"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/lessons/markdown"
)

const chart = `## HPI

67 F with **HTN** and
“CKD stage 3b”, A1c &lt; 7. Stage 30 is no stage.

## Plan

HTN: amlodipine.

### Orders

| drug | dose |
|---|---|
| insulin | 22 units |

## Signed

HTN again.
`

func chartDoc(t *testing.T) markdown.Doc {
	t.Helper()
	d, problems := markdown.New(nil, nil).Render([]byte(chart), "c.md", 1)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

func TestFind(t *testing.T) {
	d := chartDoc(t)
	tests := []struct {
		text, in string
		times    int
		heading  bool
	}{
		{"HTN", "", 3, true},
		{"htn", "Plan", 1, true},
		{"HTN", "hpi", 1, true},
		{"HTN", "Assessment", 0, false},
		{"67 F with HTN and \"CKD   stage 3b\"", "", 1, true}, // across bold, a line break and curly quotes
		{"stage 3", "", 0, true},                              // not within 30
		{"A1c < 7", "", 1, true},
		{"insulin 22 units", "Plan", 1, true}, // across cells, in a subsection
		{"insulin 22 units", "Orders", 1, true},
		{"again", "Plan", 0, true},
		{"", "", 0, true},
		{"not there", "", 0, true},
	}
	for _, tt := range tests {
		got := d.Find([]markdown.Phrase{{Text: tt.text, In: tt.in}})[0]
		if got.Times != tt.times || got.Heading != tt.heading {
			t.Errorf("%q in %q: %d times, heading %t; want %d, %t", tt.text, tt.in, got.Times, got.Heading, tt.times, tt.heading)
		}
	}
}

func TestHighlight(t *testing.T) {
	src := "**Closed** displaced *Colles* fracture of the right radius &amp; wrist.\n\nSecond: right radius."
	d, _ := markdown.New(nil, nil).Render([]byte(src), "c.md", 1)
	got, missing := d.Highlight([]markdown.Phrase{
		{Text: "closed displaced Colles fracture", ID: "a"},
		{Text: "fracture of the right radius & wrist", ID: "b"},
		{Text: "right radius", ID: "c"},
		{Text: "left", ID: "d"},
	})
	want := template.HTML(`<p><strong><mark id="ev-a" class="evidence" data-ev="a">Closed</mark></strong><mark class="evidence" data-ev="a"> displaced </mark>` +
		`<em><mark class="evidence" data-ev="a">Colles</mark></em><mark class="evidence" data-ev="a"> </mark>` +
		`<mark id="ev-b" class="evidence" data-ev="a b">fracture</mark><mark class="evidence" data-ev="b"> of the </mark>` +
		`<mark id="ev-c" class="evidence" data-ev="b c">right radius</mark><mark class="evidence" data-ev="b"> &amp; wrist</mark>.</p>` + "\n" +
		`<p>Second: <mark class="evidence" data-ev="c">right radius</mark>.</p>` + "\n")
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Error(d)
	}
	if len(missing) != 1 || missing[0].ID != "d" {
		t.Errorf("missing: %v", missing)
	}
}

func TestHighlightAcrossBlocksKeepsTheMarkup(t *testing.T) {
	d := chartDoc(t)
	got, missing := d.Highlight([]markdown.Phrase{{Text: "insulin 22 units", ID: "x"}, {Text: "HTN", In: "Signed", ID: "y"}})
	if len(missing) > 0 {
		t.Fatal(missing)
	}
	for _, want := range []string{
		`<td><mark id="ev-x" class="evidence" data-ev="x">insulin</mark></td>` + "\n" + `<td><mark class="evidence" data-ev="x">22 units</mark></td>`,
		`<p><mark id="ev-y" class="evidence" data-ev="y">HTN</mark> again.</p>`,
		`<p>HTN: amlodipine.</p>`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
}

func TestText(t *testing.T) {
	d, _ := markdown.New(nil, nil).Render([]byte("A *b*\nc &amp; d\n\n- e\n- f\n"), "c.md", 1)
	if d := cmp.Diff("A b c & d e f", d.Text()); d != "" {
		t.Error(d)
	}
}
