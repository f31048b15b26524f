package markdown

import (
	"html/template"
	"net/url"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// checkMark encloses the id of a live question in the output before it is cut into parts. Parse keeps zero bytes out of the source.
const checkMark = "\x00"

// RegisterFuncs implements goldmark's renderer.NodeRenderer.
func (r *Renderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindReference, r.renderReference)
	reg.Register(kindFence, r.renderFence)
	// goldmark writes a comment in place of raw HTML. Nothing is better: what was left out is nobody's business but the author's.
	reg.Register(ast.KindRawHTML, skipNode)
	reg.Register(east.KindTable, renderTable)
	reg.Register(ast.KindHTMLBlock, skipNode)
	reg.Register(east.KindTaskCheckBox, renderTaskBox)
}

// renderTable puts a table into a box of its own, which scrolls sideways on a narrow screen and which the keyboard can reach to do so.
func renderTable(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<div class="table-scroll" role="group" aria-label="Table" tabindex="0">` + "\n<table>\n")
	} else {
		_, _ = w.WriteString("</table>\n</div>\n")
	}
	return ast.WalkContinue, nil
}

// renderTaskBox writes the box of a task list, as forms in charts have them, as a sign: it is to be read and not to be ticked.
func renderTaskBox(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		sign, label := "☐", "not ticked"
		if node.(*east.TaskCheckBox).IsChecked {
			sign, label = "☑", "ticked"
		}
		_, _ = w.WriteString(`<span class="task-box" role="img" aria-label="` + label + `">` + sign + `</span> `)
	}
	return ast.WalkContinue, nil
}

func skipNode(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
	return ast.WalkSkipChildren, nil
}

func (r *Renderer) renderReference(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	n := node.(*reference)
	esc := template.HTMLEscapeString
	name, isCode := setNames[n.kind]
	switch {
	case isCode:
		_, _ = w.WriteString(`<a class="code code-` + n.kind + `" href="/codebook/` + n.kind + `/` + url.PathEscape(n.value) + `">` +
			`<span class="code-set">` + name + `</span> <b>` + esc(n.value) + `</b>`)
		if n.title != "" {
			_, _ = w.WriteString(` <span class="code-title">` + esc(n.title) + `</span>`)
		}
		_, _ = w.WriteString(`</a>`)
	case n.kind == "term" && n.known:
		_, _ = w.WriteString(`<a class="term" href="/lessons/glossary#` + esc(url.PathEscape(n.slug)) + `" title="` + esc(n.title) + `">` + esc(n.value) + `</a>`)
	default:
		_, _ = w.WriteString(esc(n.value))
	}
	return ast.WalkContinue, nil
}

func (r *Renderer) renderFence(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*fence)
	label, known := fenceLabels[n.name]
	switch {
	case n.name == "":
		return ast.WalkSkipChildren, nil
	case n.name == "check":
		if entering && n.arg != "" {
			_, _ = w.WriteString(checkMark + n.arg + checkMark)
		}
		return ast.WalkSkipChildren, nil
	case !known: // reported; the text inside still shows
		return ast.WalkContinue, nil
	case !entering:
		_, _ = w.WriteString("</aside>\n")
		return ast.WalkContinue, nil
	}
	// role=note: an aside would otherwise be a landmark, and a page with many nameless landmarks is hard to walk through by ear.
	_, _ = w.WriteString(`<aside class="block block-` + n.name + `" role="note">` + "\n" + `<p class="block-head">`)
	arg := template.HTMLEscapeString(n.arg)
	switch {
	case n.name == "guideline" && n.arg != "":
		_, _ = w.WriteString(`<a href="/codebook/guidelines/` + template.HTMLEscapeString(url.PathEscape(n.arg)) + `">` + label + ` ` + arg + `</a>`)
	case n.arg != "":
		_, _ = w.WriteString(label + `: ` + arg)
	default:
		_, _ = w.WriteString(label)
	}
	_, _ = w.WriteString("</p>\n")
	return ast.WalkContinue, nil
}
