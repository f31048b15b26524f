package server_test

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// TestScripts runs testdata/*.txt: requests with what must and must not come back, for the breadth of the pages. Each file is one
// person's browser at a site of its own.
//
//	GET /lessons                 a request; POST takes fields as "> name=value" lines and sends the form token by itself
//	> name=value                 a form field ("> _csrf=" sends a wrong token)
//	>> {"a":1}                   the body as a script sends it: JSON, with the token in its header
//	< Header: value              a request header
//	= 200                        status
//	? css selector :: words      an element is there, and its text has the words
//	! css selector :: words      no such element with these words
//	@ Header: part               a reply header has this part
//	~ name regexp                keeps what the group matches in the body, for $name further on
//	-- as NAME                   another browser, fresh or the one of that name
//	-- guest                     begins a guest record in this browser
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			t.Parallel()
			runScript(t, f)
		})
	}
}

type scriptStep struct {
	line    int
	request string
	fields  [][2]string
	json    string
	headers [][2]string
	checks  []string
	lines   []int
}

func runScript(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	browsers := map[string]*browser{}
	b := s.browser(t)
	vars := map[string]string{}
	var step *scriptStep
	flush := func() {
		if step != nil {
			runStep(t, b, step, vars, file)
		}
		step = nil
	}
	sc := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimRight(sc.Text(), " ")
		head, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || head == "#":
		case head == "GET" || head == "POST":
			flush()
			step = &scriptStep{line: n, request: line}
		case head == "--":
			flush()
			if name, ok := strings.CutPrefix(rest, "as "); ok {
				if browsers[name] == nil {
					browsers[name] = s.browser(t)
				}
				b = browsers[name]
			} else if rest == "guest" {
				b.startGuest()
			} else {
				t.Fatalf("%s:%d: unknown line %q", file, n, line)
			}
		case step == nil:
			t.Fatalf("%s:%d: %q stands before any request", file, n, line)
		case head == ">":
			k, v, _ := strings.Cut(rest, "=")
			step.fields = append(step.fields, [2]string{k, v})
		case head == ">>":
			step.json = rest
		case head == "<":
			k, v, _ := strings.Cut(rest, ": ")
			step.headers = append(step.headers, [2]string{k, v})
		case head == "=" || head == "?" || head == "!" || head == "@" || head == "~":
			step.checks = append(step.checks, line)
			step.lines = append(step.lines, n)
		default:
			t.Fatalf("%s:%d: unknown line %q", file, n, line)
		}
	}
	flush()
}

func runStep(t *testing.T, b *browser, st *scriptStep, vars map[string]string, file string) {
	t.Helper()
	fill := func(s string) string {
		for k, v := range vars {
			s = strings.ReplaceAll(s, "$"+k, v)
		}
		return s
	}
	method, path, _ := strings.Cut(fill(st.request), " ")
	form := url.Values{}
	for _, f := range st.fields {
		form.Add(fill(f[0]), fill(f[1]))
	}
	var req *http.Request
	switch {
	case method == "GET":
		req = httptest.NewRequest(method, path, nil)
	case st.json != "":
		req = httptest.NewRequest(method, path, strings.NewReader(fill(st.json)))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
		req.Header.Set("X-Csrf-Token", b.csrf)
	default:
		if !form.Has("_csrf") {
			form.Set("_csrf", b.csrf)
		}
		req = httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range st.headers {
		req.Header.Set(h[0], fill(h[1]))
	}
	p := b.do(req)
	for i, c := range st.checks {
		at := file + ":" + strconv.Itoa(st.lines[i])
		kind, rest, _ := strings.Cut(c, " ")
		rest = fill(rest)
		switch kind {
		case "=":
			if want, _ := strconv.Atoi(rest); p.StatusCode != want {
				t.Fatalf("%s: %s %s: status %d, want %s\n%.600s", at, method, path, p.StatusCode, rest, p.text())
			}
		case "?", "!":
			sel, words, _ := strings.Cut(rest, " :: ")
			if p.doc == nil {
				t.Fatalf("%s: the reply is no HTML page: %.300s", at, p.body)
			}
			found := p.doc.Find(sel).FilterFunction(func(_ int, s *goquery.Selection) bool {
				return words == "" || strings.Contains(strings.Join(strings.Fields(s.Text()), " "), words)
			}).Length()
			if (found > 0) != (kind == "?") {
				t.Errorf("%s: %s %s: %d elements %q with %q\n%.900s", at, method, path, found, sel, words, p.text())
			}
		case "@":
			name, part, _ := strings.Cut(rest, ": ")
			if got := p.Header.Get(name); !strings.Contains(got, part) {
				t.Errorf("%s: header %s is %q, want %q in it", at, name, got, part)
			}
		case "~":
			name, pattern, _ := strings.Cut(rest, " ")
			m := regexp.MustCompile(pattern).FindStringSubmatch(p.body + "\nLocation: " + p.Header.Get("Location"))
			if m == nil {
				t.Fatalf("%s: nothing matches %s", at, pattern)
			}
			vars[name] = m[len(m)-1]
		}
	}
}
