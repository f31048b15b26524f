package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"crosswalk/codebook"
	"crosswalk/lessons"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/server"
	"crosswalk/store"
)

// shippedContent is what ships, loaded once for all tests.
var shippedContent = sync.OnceValues(func() (server.Content, error) {
	book, err := codebook.Starter()
	if err != nil {
		return server.Content{}, err
	}
	cat, _ := lessons.Load(lessons.Content, book)
	bank, _ := quizzes.Load(quizzes.Content, cat.Renderer(), book)
	return server.Content{Lessons: cat, Bank: bank, Book: book}, nil
})

// site is a server over a database of its own, with the log it wrote.
type site struct {
	srv  *server.Server
	prog *progress.Service
	db   *store.DB
	log  *lockedBuffer
	c    server.Content

	poster  progress.WebhookPoster // what sends webhooks; nil where nothing does
	sealKey func() ([]byte, error) // nil: what would be sealed cannot be kept
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newSite(t testing.TB) *site {
	t.Helper()
	c, err := shippedContent()
	if err != nil {
		t.Fatal(err)
	}
	log := &lockedBuffer{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	db, err := store.Open(context.Background(), store.Options{Path: filepath.Join(t.TempDir(), "test.db"), Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &site{db: db, log: log, c: c}
	return s.over(t, db)
}

// over is a server that has just started over the database of a site, or over a stand-in for it.
func (s *site) over(t testing.TB, st progress.Storage) *site {
	t.Helper()
	prog := progress.New(st, s.c.Bank, func() *codebook.Book { return s.c.Book }, progress.Options{Webhooks: s.poster, SealKey: s.sealKey, Passphrase: cheapPassphrases})
	prog.SetCourse(progress.FromCatalogue(s.c.Lessons))
	srv, err := server.New(server.Config{Progress: prog, Logger: slog.New(slog.NewTextHandler(s.log, nil)), Version: "test", Content: s.c})
	if err != nil {
		t.Fatal(err)
	}
	return &site{srv: srv, prog: prog, db: s.db, log: s.log, c: s.c}
}

// browser keeps cookies and the form token between requests, as one person's browser does.
type browser struct {
	t       testing.TB
	s       *site
	cookies map[string]string
	csrf    string
}

func (s *site) browser(t testing.TB) *browser {
	return &browser{t: t, s: s, cookies: map[string]string{}}
}

// page is a reply, read whole.
type page struct {
	*http.Response
	body string
	doc  *goquery.Document
}

func (b *browser) do(req *http.Request) page {
	b.t.Helper()
	for k, v := range b.cookies {
		req.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	res, err := b.s.srv.App().Test(req, -1)
	if err != nil {
		b.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, ck := range res.Cookies() {
		if ck.MaxAge < 0 || ck.Value == "" {
			delete(b.cookies, ck.Name)
			continue
		}
		b.cookies[ck.Name] = ck.Value
	}
	p := page{Response: res, body: string(raw)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if p.doc, err = goquery.NewDocumentFromReader(bytes.NewReader(raw)); err != nil {
			b.t.Fatal(err)
		}
		if token, ok := p.doc.Find(`meta[name="csrf"]`).Attr("content"); ok {
			b.csrf = token
		}
	}
	return p
}

func (b *browser) get(path string) page {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form with the token of the last page seen.
func (b *browser) post(path string, form url.Values) page {
	b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	if _, ok := form["_csrf"]; !ok {
		form.Set("_csrf", b.csrf)
	}
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// follow is post, and then the page that it leads to.
func (b *browser) follow(path string, form url.Values) page {
	b.t.Helper()
	p := b.post(path, form)
	if p.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("POST %s: status %d, want 303\n%s", path, p.StatusCode, p.text())
	}
	return b.get(p.Header.Get("Location"))
}

// startGuest begins a guest record.
func (b *browser) startGuest() {
	b.t.Helper()
	b.get("/")
	if p := b.post("/start", url.Values{"next": {"/lessons"}}); p.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("start: status %d", p.StatusCode)
	}
	b.get("/lessons")
}

// text is what a person reads of the main part.
func (p page) text() string {
	if p.doc == nil {
		return p.body
	}
	return strings.Join(strings.Fields(p.doc.Find("main").Text()), " ")
}

// formValues are the fields of a form as they stand on the page.
func (p page) formValues(selector string) url.Values {
	v := url.Values{}
	p.doc.Find(selector).First().Find("input[name], textarea[name], select[name]").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		if s.Is("select") {
			val, _ := s.Find("option[selected]").Attr("value")
			v.Add(name, val)
			return
		}
		if kind, _ := s.Attr("type"); kind == "radio" || kind == "checkbox" {
			if _, on := s.Attr("checked"); !on {
				return
			}
		}
		val, _ := s.Attr("value")
		if s.Is("textarea") {
			val = s.Text()
		}
		v.Add(name, val)
	})
	return v
}
