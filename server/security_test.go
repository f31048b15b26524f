package server_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"crosswalk/grading"
	"crosswalk/progress"
)

// cheapPassphrases keep the tests quick; what argon2id costs is measured in package progress.
var cheapPassphrases = progress.PassphraseParams{MemoryKiB: 64, Passes: 1, Lanes: 1}

// TestKeyStaysHome: neither the page of an open question nor that of a case to code has anything of its key, rationale or explanations.
func TestKeyStaysHome(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	for _, q := range s.c.Bank.Questions() {
		p := b.get("/practice/questions/" + q.ID)
		if p.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d", q.ID, p.StatusCode)
		}
		secrets := map[string]string{"rationale": string(q.Rationale)}
		for _, o := range q.Options {
			secrets["explanation of "+o.Text] = string(o.Why)
		}
		for what, text := range secrets {
			if text = strings.TrimSpace(text); text != "" && strings.Contains(p.body, text) {
				t.Errorf("%s: the open question shows the %s", q.ID, what)
			}
		}
		if n := p.doc.Find(".key, .off, .choice-mark, [data-right], [data-correct]").Length(); n > 0 {
			t.Errorf("%s: %d marks of right or wrong on an open question", q.ID, n)
		}
	}
	for _, cs := range s.c.Bank.Cases() {
		p := b.get("/cases/" + cs.ID)
		chart := cs.Chart.Text()
		form := p.body[strings.Index(p.body, `id="sheet"`):]
		for _, d := range cs.Key.Diagnoses {
			if strings.Contains(form, d.Code.Dotted("icd10cm")) && !strings.Contains(chart, d.Code.Dotted("icd10cm")) {
				t.Errorf("%s: the answer sheet holds %s of the key", cs.ID, d.Code)
			}
			if d.Why != "" && strings.Contains(p.body, d.Why) {
				t.Errorf("%s: the workbench shows why %s is right", cs.ID, d.Code)
			}
		}
		if strings.Contains(p.body, "data-ev") || strings.Contains(p.body, "<mark") {
			t.Errorf("%s: the workbench lights up evidence", cs.ID)
		}
	}
}

// TestShuffle: the order of options does not give the answer away, and what is shown is what is graded.
func TestShuffle(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	first := map[string]int{}
	for _, q := range s.c.Bank.Questions() {
		if q.Kind != grading.Single {
			continue
		}
		p := b.get("/practice/questions/" + q.ID)
		right := ""
		for _, o := range q.Options {
			if o.Right {
				right = o.Text
			}
		}
		at := -1
		for i, c := range p.doc.Find("label.choice").Nodes {
			if strings.Join(strings.Fields(p.doc.FindNodes(c).Text()), " ") == strings.Join(strings.Fields(right), " ") {
				at = i
			}
		}
		if at < 0 {
			t.Errorf("%s: the right option %q is not on the page", q.ID, right)
			continue
		}
		first[string(rune('0'+at))]++
		form := p.formValues("form.question-form")
		form.Set("choice", string(rune('0'+at)))
		res := b.follow("/practice/questions/"+q.ID, form)
		if res.doc.Find(".verdict.good").Length() != 1 {
			t.Errorf("%s: the right option at place %d is graded as wrong: %s", q.ID, at, res.text())
		}
	}
	if len(first) < 4 {
		t.Errorf("right options stand only at the places %v", first)
	}
}

func TestHeaders(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	for _, path := range []string{"/", "/lessons", "/nothing-here", "/codebook"} {
		p := b.get(path)
		csp := p.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for h, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
			if got := p.Header.Get(h); got != want {
				t.Errorf("%s: %s is %q, want %q", path, h, got, want)
			}
		}
		if p.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: no request id", path)
		}
		p.doc.Find("script, link[rel=stylesheet], img").Each(func(_ int, e *goquery.Selection) {
			for _, a := range []string{"src", "href"} {
				if v, ok := e.Attr(a); ok && !strings.HasPrefix(v, "/") {
					t.Errorf("%s loads %s from elsewhere", path, v)
				}
			}
		})
	}
}

// TestForms: a state change needs the token of the session that asks, and comes from our own pages.
func TestForms(t *testing.T) {
	s := newSite(t)
	mine, other := s.browser(t), s.browser(t)
	mine.startGuest()
	other.startGuest()
	post := func(token string, header ...string) int {
		form := url.Values{"theme": {"dark"}}
		if token != "" {
			form.Set("_csrf", token)
		}
		req := httptest.NewRequest(http.MethodPost, "/theme", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		return mine.do(req).StatusCode
	}
	for name, c := range map[string]struct {
		token  string
		header []string
		want   int
	}{
		"own token":             {mine.csrf, nil, http.StatusSeeOther},
		"no token":              {"", nil, http.StatusForbidden},
		"another session's":     {other.csrf, nil, http.StatusForbidden},
		"from another site":     {mine.csrf, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"with a foreign origin": {mine.csrf, []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"with our own origin":   {mine.csrf, []string{"Origin", "http://example.com"}, http.StatusSeeOther},
	} {
		if got := post(c.token, c.header...); got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}
}

// TestRedirects: a form cannot be made to lead to another site.
func TestRedirects(t *testing.T) {
	s := newSite(t)
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", "/a\r\nSet-Cookie: x=y"} {
		b := s.browser(t)
		b.get("/start?next=" + url.QueryEscape(next))
		p := b.post("/start", url.Values{"next": {next}})
		if loc := p.Header.Get("Location"); !strings.HasPrefix(loc, "/lessons") {
			t.Errorf("next=%q leads to %q", next, loc)
		}
	}
}

// TestLogKeepsSecrets: the log has routes and opaque ids, and nothing that people typed.
func TestLogKeepsSecrets(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.get("/signup")
	b.post("/signup", url.Values{"name": {"Ada Example"}, "email": {"ada@example.org"}, "passphrase": {"a long sentence of mine"}})
	b.get("/codebook/search?q=secret+words")
	b.get("/lessons?x=secret-query")
	b.post("/signin", url.Values{"email": {"ada@example.org"}, "passphrase": {"wrong wrong wrong"}})
	for _, secret := range []string{"Ada Example", "ada@example.org", "a long sentence", "secret", "wrong wrong"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(s.log.String(), "route=/lessons") {
		t.Errorf("the log has no line of a request:\n%s", s.log)
	}
}

// TestTooLarge: two megabytes are refused with words, not with a broken connection.
func TestTooLarge(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	req := httptest.NewRequest(http.MethodPost, "/cases/x", bytes.NewReader(make([]byte, 2<<20)))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.srv.App().Test(req, -1)
	if err != nil {
		// The in-process connection ends with the refusal; over a socket the page comes back: TestBrowserJourney and the script of a real
		// listener show it.
		if !strings.Contains(err.Error(), "body size exceeds") {
			t.Fatal(err)
		}
		return
	}
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", res.StatusCode)
	}
}
