package server

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	wordInView = regexp.MustCompile(`w "([a-z_]+\.[A-Za-z0-9_]+)"`)
	wordInCode = regexp.MustCompile(`"([a-z]+\.[A-Za-z0-9_]+)"`)
	prefixes   = regexp.MustCompile(`(?:print |(?:\.words|\bw)(?:\.get\(|\[))"([a-z]+\.[a-z_]*)"`)
)

// TestWords: every text that a page names is in the catalogue, and nothing in the catalogue is unused.
func TestWords(t *testing.T) {
	w, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	dynamic := map[string]bool{}
	read := func(name string, b []byte) {
		for _, m := range wordInView.FindAllSubmatch(b, -1) {
			key := string(m[1])
			if _, ok := w[key]; !ok {
				t.Errorf("%s: no words for %q", name, key)
			}
			used[key] = true
		}
		for _, m := range wordInCode.FindAllSubmatch(b, -1) {
			used[string(m[1])] = true
		}
		for _, m := range prefixes.FindAllSubmatch(b, -1) {
			dynamic[string(m[1])] = true
		}
	}
	err = fs.WalkDir(viewFiles, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := viewFiles.ReadFile(p)
		read(p, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sources, _ := filepath.Glob("*.go")
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		read(name, b)
	}
	for key := range w {
		ok := used[key]
		for p := range dynamic {
			ok = ok || strings.HasPrefix(key, p)
		}
		for _, p := range []string{"error.", "flash.", "signin.title", "signup.title"} { // named by the error table, by say(), and by the two forms
			ok = ok || strings.HasPrefix(key, p)
		}
		if !ok {
			t.Errorf("%q is in the catalogue and on no page", key)
		}
	}
	for _, f := range failures {
		for _, part := range []string{"_title", "_text"} {
			if _, ok := w["error."+f.words+part]; !ok {
				t.Errorf("no words for error.%s%s", f.words, part)
			}
		}
	}
}

// TestNoTextInViews: sentences belong into the catalogue, so that a translation finds them all.
func TestNoTextInViews(t *testing.T) {
	tags := regexp.MustCompile(`(?s)\{\{define "main-class"\}\}[a-z -]*|<pre class="ap-code".*?</pre>|<code>[^<]*</code>|\{\{.*?\}\}|<[^>]*>`) // classes and commands are not words
	sentence := regexp.MustCompile(`[A-Za-z]{3,}\s+[A-Za-z]{2,}`)
	names, _ := fs.Glob(viewFiles, "views/*.tmpl")
	parts, _ := fs.Glob(viewFiles, "views/parts/*.tmpl")
	for _, name := range append(names, parts...) {
		b, err := viewFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if m := sentence.FindString(strings.ReplaceAll(tags.ReplaceAllString(string(b), " "), "Crosswalk", "")); m != "" {
			t.Errorf("%s has text of its own: %q", name, m)
		}
		if strings.Contains(string(b), "style=\"") || regexp.MustCompile(`\son[a-z]+="`).Match(b) {
			t.Errorf("%s has an inline style or handler, which the content policy refuses", name)
		}
	}
}
