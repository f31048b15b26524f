package grading

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/codebook/release/releasetest"
)

// TestWorkedExamplesOnBooks grades the worked examples with the embedded starter book and with the official releases: the figures must be
// those of the small test book, whatever the book knows besides. CROSSWALK_RELEASES names the folder of releases.
func TestWorkedExamplesOnBooks(t *testing.T) {
	want := map[string]string{"a": "40.6", "b": "76.7", "c": "60.9", "d": "81.3", "e": "60.0", "f-approach": "70.0", "f-root": "0.0"}
	books := map[string]func(*testing.T) *codebook.Book{
		"starter": func(t *testing.T) *codebook.Book {
			b, err := codebook.Starter()
			if err != nil {
				t.Fatal(err)
			}
			return b
		},
		"official": func(t *testing.T) *codebook.Book { return releasetest.Book(t) },
	}
	for name, open := range books {
		t.Run(name, func(t *testing.T) {
			book := open(t)
			for example, percent := range want {
				paths, err := filepath.Glob("testdata/example-" + example + "*.txtar")
				if err != nil || len(paths) != 1 {
					t.Fatalf("example %s: %v %v", example, paths, err)
				}
				raw, err := os.ReadFile(paths[0])
				if err != nil {
					t.Fatal(err)
				}
				c := golden{book: book, summary: summary}
				_, files := readTxtar(raw)
				for _, f := range files {
					switch f.name {
					case "key.json":
						c.key = readKey(t, f.data)
					case "answer.json":
						c.answer = []byte(f.data)
					}
				}
				if example == "c" {
					// A book without NCCI pairs knows of the bundling only by the case's own trap.
					c.key.Traps = append(c.key.Traps, Trap{Code: "45378", Kind: Bundled})
				}
				got := c.run()
				if first, _, _ := strings.Cut(got, "\n"); !strings.HasSuffix(first, " = "+percent+" %") {
					t.Errorf("example %s, want %s %%:\n%s", example, percent, got)
				}
			}
		})
	}
}
