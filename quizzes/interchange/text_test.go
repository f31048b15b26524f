package interchange

import (
	"testing"
)

func TestFromHTML(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"paragraphs and emphasis", "<p>A <b>bold</b> &amp; <i>slanted</i> word.</p><p>Next</p>", "A **bold** & *slanted* word.\n\nNext"},
		{"what markdown would take for markup", "1. no list, *no* emphasis, [no] link, a_b and _c_", `1\. no list, \*no\* emphasis, \[no\] link, a_b and \_c\_`},
		{"references of ours", "[[icd10cm:E11.9]]", `\[\[icd10cm:E11.9\]\]`},
		{"breaks", "one<br>two<br><br>three", "one\\\ntwo\n\nthree"},
		{"lists", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol><li><p>x</p></li></ol>", "* a\n  * b\n* c\n\n1) x"},
		{"raised and lowered", "H<sub>2</sub>O, 10<sup>-3</sup>, x<sup>abc</sup>", "H₂O, 10⁻³, x^abc"},
		{"a table", "<table><tr><th>a|b</th><th>c</th></tr><tr><td>1</td></tr></table>", "| a\\|b | c |\n|---|---|\n| 1 |  |"},
		{"script and pictures", `<script>alert(1)</script>x<img src=x onerror=alert(1) alt="a knee">`, "x(a knee)"},
		{"a link", `<a href="https://example.org/x">here</a> <a href="javascript:alert(1)">there</a>`, "here (https://example.org/x) there"},
		{"an answer line and a heading", "= 4<br># no<br>## no", "\\= 4\\\n\\# no\\\n\\## no"},
		{"code", "<pre>= 4\n## x\n</pre>", "```\n = 4\n## x\n```"},
		{"emphasis within a word goes", "un<b>believ</b>able", "unbelievable"},
		{"a chip of ours", `<a class="code code-cpt" href="/codebook/cpt/25605"><span class="code-set">CPT</span> <b>25605</b> <span class="code-title">licensed words</span></a> too`, "CPT 25605 too"},
	} {
		if got := fromHTML(c.in, &notes{}); got != c.want {
			t.Errorf("%s:\n%s\ngot  %q\nwant %q", c.name, c.in, got, c.want)
		}
	}
}

// FuzzText shows that whatever HTML holds becomes markdown that is read back as it was, from HTML and from plain text.
func FuzzText(f *testing.F) {
	for _, s := range []string{"<p>a <b>b</b></p>", "* a\n\n1. b", "<ul><li><p>a<p>b<li><pre>x</pre></ul>", "<table><tr><td>a|`b`</table>", "a<br><br>b<br>", "**a** _b_ &lt;c&gt;", "<blockquote><ul><li>= 4</ul></blockquote>", "~~~\nx", "| a |\n|---|", "a\\\nb", ":::check x", "[^1]: a", "a\n: b", "<ol><li><ol><li><ol><li>x</ol></ol></ol>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		md := fromHTML(s, &notes{})
		if got := fromHTML(toHTML(md), &notes{}); got != md {
			t.Errorf("%q\nmarkdown %q\nthrough HTML %q", s, md, got)
		}
		if got := canon(md, &notes{}); got != md {
			t.Errorf("%q\nmarkdown %q\nread again %q", s, md, got)
		}
		p := fromPlain(s)
		if got := fromPlain(toPlain(p)); got != p {
			t.Errorf("plain %q\nmarkdown %q\nagain %q", s, p, got)
		}
		line := lineFromHTML(s, &notes{})
		if got := lineFromHTML(lineHTML(line), &notes{}); got != line {
			t.Errorf("%q\nline %q\nthrough HTML %q", s, line, got)
		}
		if got := lineFromPlain(toPlain(lineFromPlain(s))); got != lineFromPlain(s) {
			t.Errorf("plain line %q: %q then %q", s, lineFromPlain(s), got)
		}
	})
}
