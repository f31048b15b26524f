package server

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"
	"text/template/parse"

	"github.com/gofiber/fiber/v2"
)

//go:embed views/*.tmpl views/parts/*.tmpl
var viewFiles embed.FS

// pages are the parsed templates: one set per file of views/, with the layout and those parts that the page leads to. A set with all parts
// for each page would take ten times the memory, since escaping makes every template of a set its own.
type pages struct {
	byName  map[string]*template.Template
	buffers sync.Pool
}

// loadPages parses every template. One that does not parse stops the program.
func loadPages(a *assets, w words) (*pages, error) {
	fsys, err := fs.Sub(viewFiles, "views")
	if err != nil {
		return nil, err
	}
	funcs := viewFuncs(a, w)
	shared, err := template.New("shared").Funcs(funcs).ParseFS(fsys, "layout.tmpl", "parts/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("views: %w", err)
	}
	names, err := fs.Glob(fsys, "*.tmpl")
	if err != nil {
		return nil, err
	}
	p := &pages{byName: map[string]*template.Template{}, buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	for _, name := range names {
		if name == "layout.tmpl" {
			continue
		}
		own, err := template.New(name).Funcs(funcs).ParseFS(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("views: %w", err)
		}
		set := template.New("layout.tmpl").Funcs(funcs)
		roots := []string{"layout.tmpl"}
		for _, t := range own.Templates() {
			roots = append(roots, t.Name()) // scripts ask for some of them alone
		}
		for _, root := range roots {
			if err := gather(set, root, own, shared); err != nil {
				return nil, fmt.Errorf("views: %s: %w", name, err)
			}
		}
		p.byName[strings.TrimSuffix(path.Base(name), ".tmpl")] = set
	}
	return p, nil
}

// gather adds a template and all that it leads to, each from the first of the sources that has it.
func gather(set *template.Template, name string, sources ...*template.Template) error {
	if t := set.Lookup(name); t != nil && t.Tree != nil {
		return nil
	}
	var tree *parse.Tree
	for _, s := range sources {
		if t := s.Lookup(name); t != nil && t.Tree != nil {
			tree = t.Tree.Copy()
			break
		}
	}
	if tree == nil {
		return fmt.Errorf("there is no template %q", name)
	}
	if _, err := set.AddParseTree(name, tree); err != nil {
		return err
	}
	for _, next := range leadsTo(tree.Root, nil) {
		if err := gather(set, next, sources...); err != nil {
			return err
		}
	}
	return nil
}

// leadsTo are the templates that a part of a tree calls.
func leadsTo(n parse.Node, found []string) []string {
	branch := func(b *parse.BranchNode) {
		found = leadsTo(b.List, found)
		if b.ElseList != nil {
			found = leadsTo(b.ElseList, found)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			found = leadsTo(c, found)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.TemplateNode:
		found = append(found, n.Name)
	}
	return found
}

// render writes a page into a buffer and only then to the reply, so that a template that fails gives an error page and not half a
// page.
func (s *Server) render(c *fiber.Ctx, status int, name string, page any) error {
	return s.renderPart(c, status, name, "layout.tmpl", page)
}

// renderPart renders one named template of a page's set, for scripts that swap a part of a page.
func (s *Server) renderPart(c *fiber.Ctx, status int, name, part string, page any) error {
	t, ok := s.pages.byName[name]
	if !ok {
		return fmt.Errorf("no view %q", name)
	}
	buf := s.pages.buffers.Get().(*bytes.Buffer)
	defer s.pages.buffers.Put(buf)
	buf.Reset()
	if err := t.ExecuteTemplate(buf, part, page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(status).Send(bytes.Clone(buf.Bytes()))
}

// renderText renders one named template of a page's set to text, for what is sent inside of something else.
func (s *Server) renderText(name, part string, data any) (string, error) {
	t, ok := s.pages.byName[name]
	if !ok {
		return "", fmt.Errorf("no view %q", name)
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, part, data); err != nil {
		return "", fmt.Errorf("render %s: %w", part, err)
	}
	return b.String(), nil
}
