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

	"github.com/gofiber/fiber/v2"
)

//go:embed views/*.tmpl views/parts/*.tmpl
var viewFiles embed.FS

// pages are the parsed templates: one per file of views/, each a clone of the layout with all parts.
type pages struct {
	byName  map[string]*template.Template
	buffers sync.Pool
}

// loadPages parses every template. One that does not parse stops the program.
func loadPages(fsys fs.FS, a *assets, w words) (*pages, error) {
	if fsys == nil {
		sub, err := fs.Sub(viewFiles, "views")
		if err != nil {
			return nil, err
		}
		fsys = sub
	}
	layout, err := template.New("layout").Funcs(viewFuncs(a, w)).ParseFS(fsys, "layout.tmpl", "parts/*.tmpl")
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
		t, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if t, err = t.ParseFS(fsys, name); err != nil {
			return nil, fmt.Errorf("views: %w", err)
		}
		p.byName[strings.TrimSuffix(path.Base(name), ".tmpl")] = t
	}
	return p, nil
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
