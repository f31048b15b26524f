package lessons

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"crosswalk/lessons/markdown"

	"github.com/yuin/goldmark/ast"
)

// Term is an entry of the glossary.
type Term struct {
	Slug  string // anchor on the glossary page
	Name  string
	Parts []string // word parts, as in chole, cyst, ectomy
	Area  string
	Short string // the first sentence or so of the definition, as plain text
	HTML  template.HTML
	File  string
	Line  int

	Source string // the definition as it stands in the file, after the line of the heading

	tree *markdown.Tree
}

// glossary finds terms by their names in lower case. It satisfies markdown.Glossary.
type glossary map[string]*Term

// Term implements markdown.Glossary.
func (g glossary) Term(name string) (slug, short string, ok bool) {
	t, ok := g[termKey(name)]
	if !ok {
		return "", "", false
	}
	return t.Slug, t.Short, true
}

func termKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// shortLimit is how many characters of a definition a tooltip shows.
const shortLimit = 200

// parse reads the entries of one file into g. Definitions are rendered later, when all names are known.
func (g glossary) parse(src []byte, file string, r *markdown.Renderer) []markdown.Problem {
	ps := &markdown.Problems{File: file}
	before, sections, problems := markdown.Sections(src, file, 1)
	ps.Add(problems...)
	if strings.TrimSpace(string(before)) != "" {
		ps.Errorf(1, "glossary", "a glossary file begins with its first term: ## term {parts=\"...\" area=...}")
	}
	for _, s := range sections {
		t := &Term{Slug: markdown.Slug(s.Title), Name: s.Title, File: file, Line: s.Line, Source: string(s.Body)}
		for _, a := range s.Attrs {
			switch a.Name {
			case "parts":
				for p := range strings.SplitSeq(a.Value, "+") {
					t.Parts = append(t.Parts, strings.TrimSpace(p))
				}
			case "area":
				t.Area = a.Value
			default:
				ps.Errorf(s.Line, "unknown-attribute", "a term has no attribute %q; it has parts and area", a.Name)
			}
		}
		if t.Name == "" || t.Slug == "" {
			ps.Errorf(s.Line, "glossary", "the heading names no term")
			continue
		}
		if t.Area == "" {
			ps.Warnf(s.Line, "glossary", "%q has no area", t.Name)
		}
		t.tree = r.Parse(s.Body, file, s.BodyLine, markdown.IDPrefix(t.Slug+"-"))
		first := t.tree.Root.FirstChild()
		if first == nil {
			ps.Errorf(s.Line, "glossary", "%q has no definition", t.Name)
			continue
		}
		t.Short = shorten(t.tree.Text(first))
		if other, ok := g[termKey(t.Name)]; ok {
			ps.Errorf(s.Line, "duplicate-id", "%q stands in the glossary already, at %s:%d", t.Name, other.File, other.Line)
			continue
		}
		for _, other := range g {
			if other.Slug == t.Slug {
				ps.Errorf(s.Line, "duplicate-id", "%q would have the same address as %q at %s:%d", t.Name, other.Name, other.File, other.Line)
			}
		}
		g[termKey(t.Name)] = t
	}
	return ps.List
}

// render renders all definitions.
func (g glossary) render() []markdown.Problem {
	var ps []markdown.Problem
	for _, t := range g.sorted() {
		var blocks []ast.Node
		for n := t.tree.Root.FirstChild(); n != nil; n = n.NextSibling() {
			blocks = append(blocks, n)
		}
		doc, problems := t.tree.Doc(blocks...)
		t.HTML, t.tree = doc.HTML, nil
		ps = append(ps, problems...)
		if len(doc.Checks) > 0 {
			ps = append(ps, markdown.Problem{File: t.File, Line: t.Line, Severity: markdown.Error, Rule: "bad-block", Message: fmt.Sprintf("the definition of %q holds a live question; questions stand in lessons", t.Name)})
		}
	}
	return ps
}

func (g glossary) sorted() []*Term {
	out := make([]*Term, 0, len(g))
	for _, t := range g {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *Term) int { return strings.Compare(termKey(a.Name), termKey(b.Name)) })
	return out
}

// shorten cuts a definition at the end of a sentence, else of a word.
func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= shortLimit {
		return s
	}
	s = string([]rune(s)[:shortLimit])
	if i := strings.LastIndex(s, ". "); i > shortLimit/3 {
		return s[:i+1]
	}
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return strings.TrimRight(s, " ,;:") + " ..."
}
