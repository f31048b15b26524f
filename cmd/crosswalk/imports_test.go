package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// forbidden says for each package which others it must not reach, by any path, and why.
var forbidden = map[string]map[string]string{
	"crosswalk/codebook":            {"crosswalk/": "the book is the bottom of the house", "net/http": "a domain package", "gorm.io/": "a domain package", "github.com/gofiber/": "a domain package"},
	"crosswalk/grading":             {"crosswalk/quizzes": "grading is pure", "crosswalk/progress": "grading is pure", "crosswalk/lessons": "grading is pure", "crosswalk/store": "grading is pure", "database/sql": "grading is pure", "math/rand": "grading has no randomness", "net/http": "a domain package", "gorm.io/": "a domain package", "github.com/gofiber/": "a domain package"},
	"crosswalk/lessons/markdown":    {"crosswalk/": "a leaf"},
	"crosswalk/lessons":             {"crosswalk/codebook": "lessons stand alone", "crosswalk/grading": "lessons stand alone", "crosswalk/quizzes": "lessons stand alone", "crosswalk/progress": "lessons stand alone", "crosswalk/store": "lessons stand alone", "crosswalk/server": "lessons stand alone"},
	"crosswalk/quizzes":             {"crosswalk/progress": "imports point one way", "crosswalk/store": "imports point one way", "crosswalk/server": "imports point one way", "gorm.io/": "a domain package", "net/http": "a domain package"},
	"crosswalk/quizzes/audit":       {"crosswalk/quizzes": "it needs a key and a book, no content", "crosswalk/lessons": "it needs a key and a book, no content", "crosswalk/progress": "imports point one way", "crosswalk/store": "imports point one way", "crosswalk/server": "imports point one way", "gorm.io/": "a domain package", "database/sql": "a domain package", "net/http": "a domain package"},
	"crosswalk/quizzes/coverage":    {"crosswalk/progress": "it counts content, not learners", "crosswalk/store": "imports point one way", "crosswalk/server": "imports point one way", "gorm.io/": "a domain package", "database/sql": "a domain package", "net/http": "a domain package"},
	"crosswalk/quizzes/interchange": {"crosswalk/progress": "it turns content into content", "crosswalk/store": "imports point one way", "crosswalk/server": "imports point one way", "gorm.io/": "a domain package", "database/sql": "a domain package", "net/http": "a domain package"},
	"crosswalk/quizzes/rollover":    {"crosswalk/progress": "it looks at content, not at learners", "crosswalk/store": "imports point one way", "crosswalk/server": "imports point one way", "gorm.io/": "a domain package", "database/sql": "a domain package", "net/http": "a domain package"},
	"crosswalk/progress":            {"crosswalk/store": "progress declares the interface, store satisfies it", "crosswalk/server": "imports point one way", "gorm.io/": "a domain package", "github.com/gofiber/": "a domain package", "net/http": "a domain package"},
	"crosswalk/progress/memory":     {"crosswalk/": "pure formulas", "math/rand": "fuzz is by a seed", "database/sql": "pure formulas", "net/http": "a domain package"},
	"crosswalk/progress/ability":    {"crosswalk/": "pure formulas", "math/rand": "draws are by the caller's source", "database/sql": "pure formulas", "net/http": "a domain package"},
	"crosswalk/progress/evidence":   {"crosswalk/": "pure formulas", "math/rand": "nothing is drawn", "database/sql": "pure formulas", "net/http": "a domain package"},
	"crosswalk/progress/itemstats":  {"crosswalk/": "pure formulas", "math/rand": "nothing is drawn", "database/sql": "pure formulas", "net/http": "a domain package"},
	"crosswalk/progress/learnersim": {"crosswalk/store": "simulated learners leave nothing behind", "crosswalk/server": "simulated learners see no page", "database/sql": "pure", "net/http": "a domain package", "gorm.io/": "a domain package"},
	"crosswalk/progress/readiness":  {"crosswalk/quizzes": "it needs a form's items, no content", "crosswalk/store": "pure", "crosswalk/server": "pure", "database/sql": "pure", "net/http": "a domain package", "gorm.io/": "a domain package"},
	"crosswalk/progress/hirereport": {"crosswalk/quizzes": "a report holds no content", "crosswalk/lessons": "a report holds no content", "crosswalk/store": "pure", "crosswalk/server": "pure", "math/rand": "the same input gives the same report", "database/sql": "pure", "net/http": "a domain package", "gorm.io/": "a domain package"},
	"crosswalk/progress/plan":       {"crosswalk/quizzes": "it needs counts and weights, no content", "crosswalk/store": "pure", "crosswalk/server": "pure", "math/rand": "the same input gives the same plan", "database/sql": "pure", "net/http": "a domain package", "gorm.io/": "a domain package"},
	"crosswalk/progress/gradesheet": {"crosswalk/store": "it lays out what progress computed", "crosswalk/server": "it lays out what progress computed", "net/http": "a domain package", "gorm.io/": "a domain package"},
	"crosswalk/progress/textdiff":   {"crosswalk/": "it knows lines and nothing of what they say", "net/http": "a domain package"},
	"crosswalk/progress/seal":       {"crosswalk/": "it seals what it is given", "math/rand": "nonces are handed in", "database/sql": "pure", "net/http": "a domain package"},
	"crosswalk/progress/credential": {"crosswalk/": "it signs what it is told", "math/rand": "salts and keys are handed in", "database/sql": "pure", "gorm.io/": "pure", "github.com/": "others verify it with other libraries; it needs none", "net/http": "a domain package"},
	"crosswalk/quizzes/bankform":    {"crosswalk/codebook": "it turns a file into fields and back; what is right in it is for quizzes", "crosswalk/progress": "imports point one way", "net/http": "a domain package"},
	"crosswalk/quizzes/keyform":     {"crosswalk/": "it turns a file into fields and back; what is right in it is for quizzes", "net/http": "a domain package"},
	"crosswalk/store":               {"crosswalk/server": "imports point one way", "github.com/gofiber/": "storage knows no pages"},
	"crosswalk/static":              {"crosswalk/": "static is one variable"},
	"crosswalk/webhook":             {"crosswalk/": "a leaf: it signs and posts, and knows nothing of what it sends"},
	"crosswalk/server":              {"crosswalk/store": "the server sees the domain, never the database", "gorm.io/": "the server sees the domain, never the database"},
}

// TestImports keeps the direction of imports.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", "crosswalk/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	imports := map[string][]string{}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		imports[p.ImportPath] = p.Imports
	}
	for pkg, rules := range forbidden {
		if imports[pkg] == nil {
			t.Errorf("%s is not there: mend this test's table", pkg)
			continue
		}
		seen := map[string]bool{pkg: true}
		queue := []string{pkg}
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			for _, to := range imports[at] {
				if seen[to] {
					continue
				}
				seen[to] = true
				queue = append(queue, to)
				for bad, why := range rules {
					// "crosswalk/" forbids all of ours but the package's own folders.
					own := strings.HasPrefix(at, "crosswalk/")
					if !own && (bad == "math/rand" || bad == "net/http" || bad == "database/sql") {
						continue // the standard library's own affair
					}
					if (to == bad || strings.HasSuffix(bad, "/") && strings.HasPrefix(to, bad) || strings.HasPrefix(to, bad+"/")) && !strings.HasPrefix(to, pkg+"/") {
						if bad == "crosswalk/lessons" && strings.HasPrefix(to, "crosswalk/lessons/markdown") {
							continue
						}
						t.Errorf("%s reaches %s through %s: %s", pkg, to, at, why)
					}
				}
			}
		}
	}
}
