package interchange

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"crosswalk/lessons/markdown"
)

// renderer is the one set-up of markdown, without a book and a glossary: texts between formats have no references.
var renderer = markdown.New(nil, nil)

// fromHTML makes markdown of HTML.
func fromHTML(src string, ns *notes) string { return settled(parseHTML(src, ns)) }

// lineFromHTML makes one line of markdown of HTML.
func lineFromHTML(src string, ns *notes) string {
	line := oneLine(parseHTML(src, ns), ns)
	if len(line) == 0 {
		return ""
	}
	return settled([]block{{kind: paragraph, line: line}})
}

// settled prints blocks. Should markdown read them in another way than they were meant, their text stays and the emphasis goes: the text comes first.
func settled(bs []block) string {
	md := blocksMarkdown(bs)
	if back := blocksMarkdown(parseMarkdown(md)); back != md {
		return blocksMarkdown(plainBlocks(blocksPlain(bs)))
	}
	return md
}

// parseMarkdown reads markdown of our own set into blocks.
func parseMarkdown(md string) []block {
	doc, _ := renderer.Render([]byte(md), "", 1) // what would be a problem of a page is none here
	return parseHTML(string(doc.HTML), nil)
}

// nested is markdown that opens more quotations and lists on one line than a text has; reading it takes time that grows with their square, as with
// very many brackets.
var nested = regexp.MustCompile(`(?m)^[ \t]*(?:>[ \t]*|[-*+][ \t]+|[0-9]+[.)][ \t]+){20,}`)

const mostBrackets = 2000

// canon brings foreign markdown into our small set.
func canon(md string, ns *notes) string {
	if nested.MatchString(md) || strings.Count(md, "[") > mostBrackets {
		ns.changed("markup that could not be read is shown as text")
		return fromPlain(md)
	}
	doc, _ := renderer.Render([]byte(shortened(md, ns)), "", 1)
	return fromHTML(string(doc.HTML), ns)
}

// fromPlain makes markdown of a text without markup: empty lines part paragraphs, lines stay lines.
func fromPlain(s string) string { return settled(plainBlocks(s)) }

// lineFromPlain makes one line of it.
func lineFromPlain(s string) string { return runsMarkdown(tidy([]run{{text: s}})) }

func plainBlocks(s string) []block {
	s = shortened(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), nil)
	h := &htmlReader{}
	for i, l := range strings.Split(s, "\n") {
		if strings.TrimSpace(clean(l)) == "" {
			h.flush()
			continue
		}
		if i > 0 {
			h.cur = append(h.cur, run{brk: true})
		}
		h.cur = append(h.cur, run{text: l})
	}
	return h.done()
}

// toPlain is the text of markdown: empty lines between paragraphs, hyphens before entries of lists.
func toPlain(md string) string { return blocksPlain(parseMarkdown(md)) }

// linePlain is toPlain on one line.
func linePlain(md string) string { return strings.Join(strings.Fields(toPlain(md)), " ") }

func blocksPlain(bs []block) string {
	var parts []string
	for _, b := range bs {
		switch b.kind {
		case paragraph:
			parts = append(parts, runsPlain(b.line))
		case quote:
			parts = append(parts, blocksPlain(b.items[0]))
		case fenced:
			parts = append(parts, b.code)
		case table:
			var rows []string
			for _, row := range b.rows {
				var cells []string
				for _, c := range row {
					cells = append(cells, runsPlain(c))
				}
				rows = append(rows, strings.Join(cells, " | "))
			}
			parts = append(parts, strings.Join(rows, "\n"))
		case list:
			var items []string
			for i, it := range b.items {
				mark := "- "
				if b.ordered {
					mark = fmt.Sprintf("%d. ", i+1)
				}
				items = append(items, mark+strings.ReplaceAll(blocksPlain(it), "\n\n", "\n"))
			}
			parts = append(parts, strings.Join(items, "\n"))
		}
	}
	return strings.Join(parts, "\n\n")
}

// blocksMarkdown prints blocks as an author would. Lists have * and 1) for marks, so that they never run into the - [ ] and 1. of an answer.
func blocksMarkdown(bs []block) string {
	var parts []string
	for _, b := range bs {
		switch b.kind {
		case paragraph:
			parts = append(parts, runsMarkdown(b.line))
		case quote:
			parts = append(parts, indent(blocksMarkdown(b.items[0]), "> ", "> "))
		case fenced:
			mark := "```"
			for strings.Contains(b.code, mark) {
				mark += "`"
			}
			parts = append(parts, mark+"\n"+b.code+"\n"+mark)
		case table:
			parts = append(parts, tableMarkdown(b.rows))
		case list:
			parts = append(parts, listMarkdown(b))
		}
	}
	return strings.Join(parts, "\n\n")
}

// indent puts first before the first line and rest before the others that are not empty.
func indent(s, first, rest string) string {
	var b strings.Builder
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		mark := rest
		if i == 0 {
			mark = first
		}
		b.WriteString(strings.TrimRight(mark+l, " "))
	}
	return b.String()
}

func tableMarkdown(rows [][][]run) string {
	var b strings.Builder
	for i, row := range rows {
		for _, cell := range row {
			b.WriteString("| " + runsMarkdown(cell) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

func listMarkdown(b block) string {
	loose := false
	for _, it := range b.items {
		loose = loose || it[0].kind != paragraph || len(it) > 2 || len(it) == 2 && it[1].kind != list
	}
	between := "\n"
	if loose {
		between = "\n\n"
	}
	var items []string
	for i, it := range b.items {
		mark := "* "
		if b.ordered {
			mark = fmt.Sprintf("%d) ", i+1)
		}
		text := blocksMarkdown(it)
		if !loose {
			text = strings.Replace(text, "\n\n", "\n", 1)
		}
		items = append(items, indent(text, mark, strings.Repeat(" ", len(mark))))
	}
	return strings.Join(items, between)
}

// toHTML is clean HTML of markdown that is well-formed XML too.
func toHTML(md string) string {
	var b strings.Builder
	writeBlocks(&b, parseMarkdown(md))
	return b.String()
}

// lineHTML is toHTML for one line, without a paragraph around it.
func lineHTML(md string) string {
	var b strings.Builder
	for i, blk := range parseMarkdown(md) {
		if i > 0 {
			b.WriteString("<br/>")
		}
		writeRuns(&b, blk.line)
	}
	return b.String()
}

func writeBlocks(b *strings.Builder, bs []block) {
	for _, blk := range bs {
		switch blk.kind {
		case paragraph:
			b.WriteString("<p>")
			writeRuns(b, blk.line)
			b.WriteString("</p>")
		case quote:
			b.WriteString("<blockquote>")
			writeBlocks(b, blk.items[0])
			b.WriteString("</blockquote>")
		case fenced:
			// The first line feed after the tag is not part of the text in HTML.
			b.WriteString("<pre>\n" + html.EscapeString(blk.code) + "</pre>")
		case table:
			writeTable(b, blk.rows)
		case list:
			tag := "ul"
			if blk.ordered {
				tag = "ol"
			}
			b.WriteString("<" + tag + ">")
			for _, it := range blk.items {
				b.WriteString("<li>")
				writeBlocks(b, it)
				b.WriteString("</li>")
			}
			b.WriteString("</" + tag + ">")
		}
	}
}

func writeTable(b *strings.Builder, rows [][][]run) {
	b.WriteString("<table><tbody>")
	for i, row := range rows {
		tag := "td"
		if i == 0 {
			tag = "th"
		}
		b.WriteString("<tr>")
		for _, cell := range row {
			b.WriteString("<" + tag + ">")
			writeRuns(b, cell)
			b.WriteString("</" + tag + ">")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
}

func writeRuns(b *strings.Builder, rs []run) {
	tags := map[style]string{emph: "em", strong: "strong", code: "code"}
	for _, r := range rs {
		text := html.EscapeString(r.text)
		switch tag := tags[r.style]; {
		case r.brk:
			b.WriteString("<br/>")
		case tag != "":
			b.WriteString("<" + tag + ">" + text + "</" + tag + ">")
		default:
			b.WriteString(text)
		}
	}
}

// isPlain reports whether markdown says no more than its text does.
func isPlain(md string) bool { return fromPlain(toPlain(md)) == md }
