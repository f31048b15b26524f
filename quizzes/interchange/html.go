package interchange

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// kindOf says what a block is.
type kindOf byte

const (
	paragraph kindOf = iota
	list
	quote
	fenced
	table
)

// block is a paragraph, list, quotation, stretch of code or table.
type block struct {
	kind    kindOf
	line    []run     // paragraph
	ordered bool      // list
	items   [][]block // list; a quotation has one
	code    string    // fenced
	rows    [][][]run // table, the first row is the head
}

// deepest is how deep lists and quotations may stand in each other; what is deeper becomes paragraphs.
const deepest = 6

// parseHTML reads HTML of whatever kind into blocks: what has no place in them is left out, and ns says so.
func parseHTML(src string, ns *notes) []block {
	src = shortened(embedded.ReplaceAllString(src, "data:"), ns)
	body := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(src), body)
	if err != nil { // nested too deeply to be a text
		ns.changed("markup that could not be read is shown as text")
		return plainBlocks(src)
	}
	h := &htmlReader{notes: ns}
	for _, n := range nodes {
		h.node(n, plain, 0)
	}
	return h.done()
}

// maxText is the most bytes of one text; a chart of many pages is far below.
const maxText = 128 << 10

// embedded are pictures and the like that stand in the text itself.
var embedded = regexp.MustCompile(`data:[A-Za-z0-9.+/-]*;base64,[A-Za-z0-9+/=%\s]*`)

// shortened cuts a text that is longer than any question's.
func shortened(s string, ns *notes) string {
	if len(s) <= maxText {
		return s
	}
	ns.dropped("what a text has beyond %d kB", maxText>>10)
	return strings.ToValidUTF8(s[:maxText], "")
}

// htmlReader collects blocks. cur is the paragraph under way.
type htmlReader struct {
	out   []block
	cur   []run
	notes *notes
}

func (h *htmlReader) done() []block {
	h.flush()
	return h.out
}

// flush ends the paragraph; two breaks together part paragraphs.
func (h *htmlReader) flush() {
	var part []run
	end := func() {
		if line := tidy(part); len(line) > 0 {
			h.out = append(h.out, block{kind: paragraph, line: line})
		}
		part = nil
	}
	for i := 0; i < len(h.cur); i++ {
		r := h.cur[i]
		if r.brk {
			j := i + 1
			for j < len(h.cur) && !h.cur[j].brk && strings.TrimSpace(clean(h.cur[j].text)) == "" {
				j++
			}
			if j < len(h.cur) && h.cur[j].brk {
				end()
				i = j
				continue
			}
		}
		part = append(part, r)
	}
	end()
	h.cur = nil
}

// add puts a block behind the others. Lists and quotations that follow each other directly are one in markdown.
func (h *htmlReader) add(b block) {
	h.flush()
	if n := len(h.out); n > 0 && h.out[n-1].kind == b.kind && h.out[n-1].ordered == b.ordered {
		switch b.kind {
		case list:
			h.out[n-1].items = append(h.out[n-1].items, b.items...)
			return
		case quote:
			h.out[n-1].items[0] = append(h.out[n-1].items[0], b.items[0]...)
			return
		}
	}
	h.out = append(h.out, b)
}

func (h *htmlReader) children(n *html.Node, s style, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		h.node(c, s, depth)
	}
}

// inside reads what stands in an element as blocks of their own.
func (h *htmlReader) inside(n *html.Node, depth int) []block {
	in := &htmlReader{notes: h.notes}
	in.children(n, plain, depth)
	return in.done()
}

func (h *htmlReader) node(n *html.Node, s style, depth int) {
	switch n.Type {
	case html.TextNode:
		h.cur = append(h.cur, run{text: n.Data, style: s})
	case html.ElementNode:
		h.element(n, s, depth)
	}
}

func (h *htmlReader) element(n *html.Node, s style, depth int) {
	switch n.DataAtom {
	case atom.Br:
		h.cur = append(h.cur, run{brk: true})
	case atom.Strong, atom.B:
		h.children(n, outer(s, strong), depth)
	case atom.Em, atom.I, atom.Cite, atom.Dfn, atom.Var:
		h.children(n, outer(s, emph), depth)
	case atom.Code, atom.Kbd, atom.Samp, atom.Tt:
		h.children(n, outer(s, code), depth)
	case atom.Sub, atom.Sup:
		h.raised(n, s)
	case atom.A:
		h.link(n, s, depth)
	case atom.Del, atom.S, atom.Strike:
		h.notes.changed("text that was struck out stands as text")
		h.children(n, s, depth)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		h.flush()
		h.children(n, strong, depth)
		h.flush()
	case atom.Img, atom.Svg, atom.Audio, atom.Video, atom.Object, atom.Embed, atom.Iframe, atom.Canvas, atom.Picture, atom.Math, atom.Map:
		h.media(n, s)
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Title, atom.Select, atom.Textarea, atom.Button, atom.Form:
		h.notes.dropped("an element <%s> of the text", n.Data)
	case atom.Input:
	default:
		h.blockElement(n, s, depth)
	}
}

func (h *htmlReader) blockElement(n *html.Node, s style, depth int) {
	switch n.DataAtom {
	case atom.Ul, atom.Ol:
		h.list(n, s, depth)
	case atom.Blockquote, atom.Aside:
		if depth >= deepest {
			h.paragraphs(n, s, depth)
		} else if in := h.inside(n, depth+1); len(in) > 0 {
			h.add(block{kind: quote, items: [][]block{in}})
		}
	case atom.Pre:
		if c := codeText(textOf(n)); c != "" {
			h.add(block{kind: fenced, code: c})
		}
	case atom.Table:
		h.table(n, depth)
	case atom.Hr:
		h.flush()
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Figure, atom.Figcaption, atom.Address, atom.Details, atom.Summary,
		atom.Dl, atom.Dt, atom.Dd, atom.Li, atom.Center, atom.Fieldset, atom.Legend, atom.Caption, atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot:
		h.paragraphs(n, s, depth)
	default:
		h.children(n, s, depth)
	}
}

func (h *htmlReader) paragraphs(n *html.Node, s style, depth int) {
	h.flush()
	h.children(n, s, depth)
	h.flush()
}

// outer is the style of text within a styled element: one style at a time, the outermost.
func outer(have, want style) style {
	if have != plain {
		return have
	}
	return want
}

// list reads a list. One that is too deep becomes paragraphs.
func (h *htmlReader) list(n *html.Node, s style, depth int) {
	if depth >= deepest {
		h.paragraphs(n, s, depth)
		return
	}
	b := block{kind: list, ordered: n.DataAtom == atom.Ol}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if in := h.inside(c, depth+1); len(in) > 0 {
			b.items = append(b.items, in)
		}
	}
	if len(b.items) > 0 {
		h.add(b)
	}
}

// table reads the rows of a table, each cell as one line.
func (h *htmlReader) table(n *html.Node, depth int) {
	b := block{kind: table}
	width := 0
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch c.DataAtom {
			case atom.Tr:
				var row [][]run
				for d := c.FirstChild; d != nil; d = d.NextSibling {
					if d.DataAtom == atom.Td || d.DataAtom == atom.Th {
						row = append(row, oneLine(h.inside(d, depth+1), h.notes))
					}
				}
				width = max(width, len(row))
				b.rows = append(b.rows, row)
			case atom.Caption:
				h.paragraphs(c, plain, depth)
			default:
				walk(c)
			}
		}
	}
	h.flush()
	walk(n)
	some := false
	for i := range b.rows {
		for len(b.rows[i]) < width {
			b.rows[i] = append(b.rows[i], nil)
		}
		for _, cell := range b.rows[i] {
			some = some || len(cell) > 0
		}
	}
	if some {
		h.add(b)
	}
}

// link keeps the text of a link, and its address where it leads into the world.
func (h *htmlReader) link(n *html.Node, s style, depth int) {
	if hasClass(n, "code") { // a chip of ours
		h.cur = append(h.cur, run{text: chipText(n), style: s})
		return
	}
	h.children(n, s, depth)
	href := attr(n, "href")
	if !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") {
		return
	}
	h.notes.changed("a link stands as text with its address")
	if textOf(n) != href {
		h.cur = append(h.cur, run{text: " (" + href + ")", style: s})
	}
}

// chipText is the code set and the code of a chip. The title stays behind: it may be a licensed descriptor, and belongs to the book.
func chipText(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case !hasClass(c, "code-title"):
			b.WriteString(textOf(c))
		}
	}
	return strings.TrimSpace(b.String())
}

// media leaves a picture or the like out and keeps its description.
func (h *htmlReader) media(n *html.Node, s style) {
	what := "a picture or other media"
	if n.DataAtom == atom.Math {
		what = "a formula in MathML"
	}
	alt := strings.TrimSpace(foldSpace(attr(n, "alt")))
	if n.DataAtom == atom.Math {
		alt = strings.TrimSpace(foldSpace(textOf(n)))
	}
	if alt == "" {
		h.notes.dropped("%s without a description", what)
		return
	}
	h.notes.dropped("%s; its description %q stays", what, clip(alt, 60))
	h.cur = append(h.cur, run{text: "(" + alt + ")", style: s})
}

var (
	superscript = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹", "+", "⁺", "-", "⁻", "−", "⁻", "=", "⁼", "(", "⁽", ")", "⁾", "n", "ⁿ", "i", "ⁱ")
	subscript   = strings.NewReplacer("0", "₀", "1", "₁", "2", "₂", "3", "₃", "4", "₄", "5", "₅", "6", "₆", "7", "₇", "8", "₈", "9", "₉", "+", "₊", "-", "₋", "−", "₋", "=", "₌", "(", "₍", ")", "₎")
)

// raised writes sub- and superscript with the characters that Unicode has for them, else after a mark.
func (h *htmlReader) raised(n *html.Node, s style) {
	text := strings.TrimSpace(foldSpace(textOf(n)))
	if text == "" {
		return
	}
	by, mark, all := superscript, "^", "0123456789+-−=()ni"
	if n.DataAtom == atom.Sub {
		by, mark, all = subscript, "_", "0123456789+-−=()"
	}
	if strings.Trim(text, all) == "" {
		text = by.Replace(text)
	} else {
		h.notes.changed("raised or lowered text stands after %s", mark)
		text = mark + text
	}
	h.cur = append(h.cur, run{text: text, style: s})
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
		if d.DataAtom == atom.Br {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// codeText is the text of a stretch of code without blanks at the ends of lines. A line that begins with = is moved in by one: our files take it
// for an answer otherwise.
func codeText(s string) string {
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\t", "    "), "\n")
	for i, l := range lines {
		l = strings.TrimRight(clean(l), " ")
		if strings.HasPrefix(l, "=") {
			l = " " + l
		}
		lines[i] = l
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasClass(n *html.Node, class string) bool {
	for c := range strings.FieldsSeq(attr(n, "class")) {
		if c == class {
			return true
		}
	}
	return false
}

// oneLine makes one line of blocks, with strokes between what stood on lines of its own.
func oneLine(bs []block, ns *notes) []run {
	var out []run
	joined := false
	for _, line := range allLines(bs) {
		if len(out) > 0 {
			out = append(out, run{text: " / "})
			joined = true
		}
		for _, r := range line {
			if r.brk {
				r = run{text: " / "}
				joined = true
			}
			out = append(out, r)
		}
	}
	if joined {
		ns.changed("text on several lines within an option, entry or cell stands on one")
	}
	return tidy(out)
}

func allLines(bs []block) [][]run {
	var out [][]run
	for _, b := range bs {
		switch b.kind {
		case paragraph:
			out = append(out, b.line)
		case fenced:
			for l := range strings.SplitSeq(b.code, "\n") {
				out = append(out, []run{{text: l}})
			}
		case table:
			for _, row := range b.rows {
				out = append(out, row...)
			}
		}
		for _, it := range b.items {
			out = append(out, allLines(it)...)
		}
	}
	kept := out[:0]
	for _, l := range out {
		if strings.TrimSpace(runsPlain(l)) != "" {
			kept = append(kept, l)
		}
	}
	return kept
}
