package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"

	"crosswalk/static"
)

// assets are the static files under names that carry a hash of their content, so that browsers may keep them for ever.
type assets struct {
	byName map[string]string // "app.css" -> "/static/app.0123abcd.css"
	byPath map[string]asset
}

type asset struct {
	body, gz, br []byte
	contentType  string
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
}

var jsImport = regexp.MustCompile(`(from|import)\s*"\./([a-z0-9_-]+\.js)"`)

// loadAssets reads the embedded files, joins the style sheets into app.css and points script imports at hashed names.
func loadAssets() (*assets, error) {
	a := &assets{byName: map[string]string{}, byPath: map[string]asset{}}
	var css bytes.Buffer
	sheets, err := fs.Glob(static.Files, "css/*.css")
	if err != nil {
		return nil, err
	}
	sort.Strings(sheets)
	for _, name := range sheets {
		b, err := fs.ReadFile(static.Files, name)
		if err != nil {
			return nil, err
		}
		css.Write(b)
		css.WriteByte('\n')
	}
	if err := a.add("app.css", minifyCSS(css.Bytes())); err != nil {
		return nil, err
	}
	images, _ := fs.Glob(static.Files, "img/*")
	for _, name := range images {
		b, err := fs.ReadFile(static.Files, name)
		if err != nil {
			return nil, err
		}
		if err := a.add(path.Base(name), b); err != nil {
			return nil, err
		}
	}
	scripts, _ := fs.Glob(static.Files, "js/*.js")
	for _, name := range scripts {
		if err := a.addScript(path.Base(name), nil); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// addScript adds a script after those it imports, since its own hash depends on their names.
func (a *assets) addScript(name string, stack []string) error {
	if _, done := a.byName[name]; done {
		return nil
	}
	for _, s := range stack {
		if s == name {
			return fmt.Errorf("static/js: import cycle %s -> %s", strings.Join(stack, " -> "), name)
		}
	}
	src, err := fs.ReadFile(static.Files, "js/"+name)
	if err != nil {
		return err
	}
	for _, m := range jsImport.FindAllSubmatch(src, -1) {
		if err := a.addScript(string(m[2]), append(stack, name)); err != nil {
			return fmt.Errorf("static/js/%s: %w", name, err)
		}
	}
	out := jsImport.ReplaceAllFunc(src, func(m []byte) []byte {
		sub := jsImport.FindSubmatch(m)
		return []byte(string(sub[1]) + ` "` + a.byName[string(sub[2])] + `"`)
	})
	return a.add(name, out)
}

func (a *assets) add(name string, body []byte) error {
	ext := path.Ext(name)
	ct, ok := contentTypes[ext]
	if !ok {
		return fmt.Errorf("static: %s has no known content type", name)
	}
	sum := sha256.Sum256(body)
	p := "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	f := asset{body: body, contentType: ct}
	if ext != ".png" {
		var gz bytes.Buffer
		w, _ := gzip.NewWriterLevel(&gz, gzip.BestCompression)
		if _, err := w.Write(body); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		var br bytes.Buffer
		bw := brotli.NewWriterLevel(&br, 9)
		if _, err := bw.Write(body); err != nil {
			return err
		}
		if err := bw.Close(); err != nil {
			return err
		}
		f.gz, f.br = gz.Bytes(), br.Bytes()
	}
	a.byName[name] = p
	a.byPath[p] = f
	return nil
}

// path is the hashed address of a file; a template that names a missing file fails when it is rendered.
func (a *assets) path(name string) (string, error) {
	p, ok := a.byName[name]
	if !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return p, nil
}

func (s *Server) staticFile(c *fiber.Ctx) error {
	f, ok := s.assets.byPath[c.Path()]
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, f.contentType)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	accept := c.Get(fiber.HeaderAcceptEncoding)
	switch {
	case f.br != nil && strings.Contains(accept, "br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(f.br)
	case f.gz != nil && strings.Contains(accept, "gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.gz)
	}
	return c.Send(f.body)
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssSpace   = regexp.MustCompile(`\s*\n\s*`)
)

// minifyCSS drops comments and line breaks; our sheets have no strings that hold either.
func minifyCSS(b []byte) []byte {
	b = cssComment.ReplaceAll(b, nil)
	return bytes.TrimSpace(cssSpace.ReplaceAll(b, []byte("\n")))
}
