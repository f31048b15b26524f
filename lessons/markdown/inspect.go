package markdown

import (
	"bytes"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// inspect walks a node once before it is rendered: it resolves references, rewrites the addresses of pictures, fills the lists of d
// and reports what is wrong.
func (t *Tree) inspect(root ast.Node, d *Doc, ps *Problems) {
	_ = ast.Walk(root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.Heading:
			t.heading(n, d)
		case *reference:
			t.reference(n, d, ps)
		case *fence:
			t.fence(n, d, ps)
		case *ast.Image:
			t.image(n, d, ps)
		case *ast.Link:
			t.link(n, string(n.Destination), d, ps)
		case *ast.RawHTML:
			t.rawHTML(n, n.Segments.Value(t.Source), ps)
		case *ast.HTMLBlock:
			t.rawHTML(n, n.Lines().Value(t.Source), ps)
		case *east.TableHeader:
			emptyHeads(n)
		}
		return ast.WalkContinue, nil
	})
}

// emptyHeads makes the empty cells of a table's head, such as the corner above its names of rows, plain cells: a head without words is read
// out as one.
func emptyHeads(head *east.TableHeader) {
	for c := head.FirstChild(); c != nil; c = c.NextSibling() {
		if c.HasChildren() {
			continue
		}
		cell := ast.NewString([]byte("<td></td>\n"))
		cell.SetCode(true) // written as it is
		head.ReplaceChild(head, c, cell)
		c = cell
	}
}

func (t *Tree) heading(n *ast.Heading, d *Doc) {
	// An attribute block on a heading gives an id and nothing else: classes, styles and handlers are not the author's to set.
	id, _ := n.AttributeString("id")
	n.RemoveAttributes()
	h := Heading{Text: t.Text(n), Level: n.Level, Line: t.Line(n)}
	if b, ok := id.([]byte); ok {
		h.ID = string(b)
		n.SetAttributeString("id", b)
	}
	d.TOC = append(d.TOC, h)
}

func (t *Tree) reference(n *reference, d *Doc, ps *Problems) {
	line := t.Line(n)
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink {
			ps.Errorf(line, "bad-reference", "[[%s:%s]] stands inside a link, and a link cannot hold another one: take it out of the link", n.kind, n.value)
		}
	}
	if _, ok := setNames[n.kind]; ok {
		d.Codes = append(d.Codes, CodeRef{n.kind, n.value, line})
		if !wellFormed(n.kind, n.value) {
			ps.Errorf(line, "bad-reference", "[[%s:%s]]: %q has not the form of a code of this set", n.kind, n.value, n.value)
			return
		}
		if t.r.titles == nil {
			return
		}
		n.title, n.known = t.r.titles.CodeTitle(n.kind, n.value)
		if !n.known {
			ps.Errorf(line, "unknown-code", "[[%s:%s]]: the codebook has no such %s code", n.kind, n.value, setNames[n.kind])
		}
		return
	}
	switch n.kind {
	case "term":
		d.Terms = append(d.Terms, n.value)
		d.Refs = append(d.Refs, Ref{RefTerm, n.value, line})
		if t.r.glossary == nil {
			return
		}
		n.slug, n.title, n.known = t.r.glossary.Term(n.value)
		if !n.known {
			ps.Errorf(line, "unknown-term", "[[term:%s]]: the glossary has no such term; add it to lessons/glossary or write it without brackets", n.value)
		}
	case "":
		ps.Errorf(line, "bad-reference", "[[%s]] does not say what it is: write [[icd10cm:E11.9]], [[icd10pcs:...]], [[cpt:...]], [[hcpcs:...]] or [[term:...]]", n.value)
	default:
		ps.Errorf(line, "bad-reference", "[[%s:%s]]: %q is neither a code set nor \"term\"; use icd10cm, icd10pcs, cpt, hcpcs or term", n.kind, n.value, n.kind)
	}
}

var forms = map[string]*regexp.Regexp{
	"icd10cm":  regexp.MustCompile(`^[A-Z][0-9A-Z][0-9A-Z](\.?[0-9A-Z]{1,4})?$`),
	"icd10pcs": regexp.MustCompile(`^[0-9A-HJ-NP-Z]{1,7}$`),
	"cpt":      regexp.MustCompile(`^[0-9]{4}[0-9A-Z]$`),
	"hcpcs":    regexp.MustCompile(`^[A-V][0-9]{4}$`),
}

// wellFormed keeps text that can be no code out of addresses. What exists is the codebook's to say.
func wellFormed(set, code string) bool { return forms[set].MatchString(code) }

func (t *Tree) fence(n *fence, d *Doc, ps *Problems) {
	line := t.Line(n)
	_, known := fenceLabels[n.name]
	switch {
	case n.name == "":
		ps.Errorf(line, "stray-fence", "::: closes no block: open one with :::note, :::warning, :::example, :::guideline NUMBER or :::check QUESTION-ID, or take the line out")
		return
	case !known:
		ps.Errorf(line, "unknown-block", ":::%s is no block: use guideline, note, warning, example or check", n.name)
	case n.name == "guideline":
		if n.arg == "" || strings.ContainsAny(n.arg, " \t") {
			ps.Errorf(line, "bad-block", ":::guideline wants the number of one guideline, such as :::guideline I.A.12.a")
			break
		}
		d.Guidelines = append(d.Guidelines, n.arg)
		d.Refs = append(d.Refs, Ref{RefGuideline, n.arg, line})
	case n.name == "check":
		if n.arg == "" || strings.ContainsAny(n.arg, " \t") {
			ps.Errorf(line, "bad-block", ":::check wants the id of one question, such as :::check icd10cm-excludes-1")
			n.arg = ""
			break
		}
		d.Checks = append(d.Checks, n.arg)
		d.Refs = append(d.Refs, Ref{RefCheck, n.arg, line})
		if n.HasChildren() {
			ps.Errorf(line, "bad-block", "the block :::check %s must be empty: the question comes from the bank", n.arg)
		}
	}
	if !n.closed {
		ps.Errorf(line, "unclosed-block", "the block :::%s is not closed: end it with a line of its own that says :::", n.name)
	}
}

func (t *Tree) image(n *ast.Image, d *Doc, ps *Problems) {
	dest := string(n.Destination)
	line := t.Line(n)
	u, err := url.Parse(dest)
	name := ""
	if err == nil {
		name = u.Path
	}
	switch {
	case err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(dest, "/") || strings.HasPrefix(dest, `\`):
		ps.Errorf(line, "bad-image", "the picture %q is elsewhere, and pages load nothing from elsewhere: put it beside the text and write its name", dest)
		n.Destination = nil
	case name == "" || name != path.Base(name) || name == "..":
		ps.Errorf(line, "bad-image", "the picture %q must be the name of a file beside the text", dest)
		n.Destination = nil
	case t.config.images == "":
		ps.Errorf(line, "bad-image", "the picture %q cannot stand here: only lessons have pictures", dest)
		n.Destination = nil
	default:
		d.Images = append(d.Images, name)
		d.Refs = append(d.Refs, Ref{RefImage, name, line})
		n.Destination = []byte(t.config.images + url.PathEscape(name))
		if strings.TrimSpace(t.Text(n)) == "" {
			ps.Warnf(line, "image-text", "the picture %q has no description: write one between the square brackets for those who cannot see it", name)
		}
	}
}

func (t *Tree) link(n ast.Node, dest string, d *Doc, ps *Problems) {
	line := t.Line(n)
	if html.IsDangerousURL([]byte(dest)) {
		ps.Errorf(line, "bad-link", "a link to %q is not allowed", dest)
		return
	}
	rest, ok := strings.CutPrefix(dest, "/lessons/")
	if !ok {
		return
	}
	id, _, _ := strings.Cut(rest, "#")
	if id != "" && id != "glossary" && !strings.Contains(id, "/") {
		d.Refs = append(d.Refs, Ref{RefLesson, id, line})
	}
}

func (t *Tree) rawHTML(n ast.Node, raw []byte, ps *Problems) {
	s := string(bytes.TrimSpace(raw))
	if strings.HasPrefix(s, "<!--") { // a comment among authors
		return
	}
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	ps.Warnf(t.Line(n), "raw-html", "raw HTML is left out: %s", strconv.Quote(s))
}

// Text is the visible text of a node, white space as written.
func (t *Tree) Text(node ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n != node && n.Type() == ast.TypeBlock && b.Len() > 0 {
				b.WriteByte(' ')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(unescape(n.Segment.Value(t.Source)))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(t.Source))
		case *reference:
			b.WriteString(n.label())
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			b.Write(n.Lines().Value(t.Source))
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

// referenceOpening is what a reference has before its code or term; an id is made of what readers see.
var referenceOpening = regexp.MustCompile(`\[\[[a-z0-9]+:`)

// headingIDs makes ids for headings out of their text: lower case, words joined by hyphens, numbered when they repeat.
type headingIDs struct {
	prefix string
	used   map[string]bool
}

func (h *headingIDs) Generate(value []byte, _ ast.NodeKind) []byte {
	id := Slug(string(referenceOpening.ReplaceAll(value, nil)))
	if id == "" {
		id = "section"
	}
	id = h.prefix + id
	unique := id
	for i := 2; h.used[unique]; i++ {
		unique = id + "-" + strconv.Itoa(i)
	}
	h.used[unique] = true
	return []byte(unique)
}

func (h *headingIDs) Put(value []byte) { h.used[string(value)] = true }

// Slug turns a text into an anchor: letters and digits in lower case, everything else becomes a single hyphen.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 0x7f && r != '\uFFFD':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}

// unescape undoes backslashes and entities, as the renderer does.
func unescape(b []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(b)))
}
