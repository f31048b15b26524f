package markdown

import (
	"bytes"
	"html/template"
	"sort"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Titler knows the titles of codes.
type Titler interface {
	// CodeTitle returns the title of a code (or header) of a set, named icd10cm, icd10pcs, cpt or hcpcs. The code may be written with
	// or without its dot. ok is false when there is no such code.
	CodeTitle(set, code string) (title string, ok bool)
}

// Glossary knows terms.
type Glossary interface {
	// Term finds a term by name, whatever its case: its anchor on the glossary page and a short definition in plain text.
	Term(name string) (slug, short string, ok bool)
}

// Renderer turns markdown into HTML. It is safe for use by several goroutines at once if its Titler and Glossary are.
type Renderer struct {
	md       goldmark.Markdown
	titles   Titler
	glossary Glossary
}

// New returns a Renderer. With a nil Titler chips carry no title and codes are not checked; with a nil Glossary terms are not checked
// and show as plain text.
func New(t Titler, g Glossary) *Renderer {
	r := &Renderer{titles: t, glossary: g}
	r.md = goldmark.New(
		goldmark.WithExtensions(
			// An align attribute instead of a style one, which the pages' content security policy would drop.
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			extension.Strikethrough,
			extension.TaskList,
			extension.DefinitionList,
			extension.NewFootnote(extension.WithFootnoteIDPrefixFunction(func(n ast.Node) []byte {
				p, _ := n.OwnerDocument().Meta()[metaIDPrefix].(string)
				return []byte(p)
			})),
		),
		goldmark.WithParserOptions(
			parser.WithAutoHeadingID(),
			parser.WithHeadingAttribute(),
			parser.WithBlockParsers(util.Prioritized(fenceParser{}, 90)),
			// Before links (200) and after footnotes (101), which also begin with a bracket.
			parser.WithInlineParsers(util.Prioritized(referenceParser{}, 150)),
		),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(r, 100))),
	)
	return r
}

const metaIDPrefix = "crosswalk-id-prefix"

type config struct {
	images   string
	idPrefix string
}

// Option changes how one text is rendered.
type Option func(*config)

// Images gives the address of the folder where relative picture names lead, with its final slash. Without it a picture is a problem,
// because nothing would serve it.
func Images(base string) Option { return func(c *config) { c.images = base } }

// IDPrefix is put before the ids of headings and footnotes, so that several texts can stand on one page.
func IDPrefix(p string) Option { return func(c *config) { c.idPrefix = p } }

// Render converts src. file and firstLine (the line of the file where src begins, counted from 1) only serve the problems.
func (r *Renderer) Render(src []byte, file string, firstLine int, opts ...Option) (Doc, []Problem) {
	t := r.Parse(src, file, firstLine, opts...)
	return t.Doc(t.Root)
}

// Tree is a parsed text of which parts can be rendered one by one: a question's stem and its explanations.
type Tree struct {
	Root   ast.Node
	Source []byte
	r      *Renderer
	file   string
	first  int
	starts []int // offset of each line
	config config
}

// Parse parses src for rendering in parts. Problems come with Doc.
func (r *Renderer) Parse(src []byte, file string, firstLine int, opts ...Option) *Tree {
	// A zero byte marks live questions in the output below. CommonMark replaces it in the same way.
	if bytes.IndexByte(src, 0) >= 0 {
		src = bytes.ReplaceAll(src, []byte{0}, []byte("\uFFFD"))
	}
	t := &Tree{Source: src, r: r, file: file, first: firstLine, starts: []int{0}}
	for _, o := range opts {
		o(&t.config)
	}
	for i, b := range src {
		if b == '\n' {
			t.starts = append(t.starts, i+1)
		}
	}
	ids := &headingIDs{prefix: t.config.idPrefix, used: map[string]bool{}}
	t.Root = r.md.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext(parser.WithIDs(ids))))
	t.Root.OwnerDocument().AddMeta(metaIDPrefix, t.config.idPrefix)
	return t
}

// Line is the line of the file where a node begins.
func (t *Tree) Line(n ast.Node) int {
	for m := n; m != nil; m = m.Parent() {
		if p := m.Pos(); p >= 0 {
			return t.lineAt(p)
		}
		if m.Type() == ast.TypeBlock && m.Lines().Len() > 0 {
			return t.lineAt(m.Lines().At(0).Start)
		}
		if c, ok := m.(*ast.Text); ok {
			return t.lineAt(c.Segment.Start)
		}
	}
	return t.first
}

func (t *Tree) lineAt(offset int) int {
	return t.first + sort.SearchInts(t.starts, offset+1) - 1
}

// Doc renders the given nodes one after the other.
func (t *Tree) Doc(nodes ...ast.Node) (Doc, []Problem) {
	var d Doc
	ps := &Problems{File: t.file}
	for _, n := range nodes {
		t.inspect(n, &d, ps)
	}
	var buf output
	for _, n := range nodes {
		if err := t.r.md.Renderer().Render(&buf, t.Source, n); err != nil {
			ps.Errorf(t.Line(n), "markdown", "cannot be rendered: %v", err)
		}
	}
	d.split(buf.String())
	return d, ps.List
}

// output is a buffer that goldmark takes as it is; around any other writer it would put a buffer of 4 kB, which is much for an option of
// a question.
type output struct{ bytes.Buffer }

// Buffered and Flush complete goldmark's util.BufWriter.
func (*output) Buffered() int { return 0 }
func (*output) Flush() error  { return nil }

// split cuts the output at the marks that live questions left.
func (d *Doc) split(out string) {
	if !strings.Contains(out, checkMark) {
		if out != "" {
			d.Parts = []Part{{HTML: template.HTML(out)}}
		}
		d.HTML = template.HTML(out)
		return
	}
	var whole strings.Builder
	for i, piece := range strings.Split(out, checkMark) {
		if i%2 == 1 {
			d.Parts = append(d.Parts, Part{Check: piece})
			whole.WriteString(`<div class="check" data-check="` + template.HTMLEscapeString(piece) + `"></div>`)
			continue
		}
		if piece != "" {
			d.Parts = append(d.Parts, Part{HTML: template.HTML(piece)})
			whole.WriteString(piece)
		}
	}
	d.HTML = template.HTML(whole.String())
}
