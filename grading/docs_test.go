package grading

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestDocumentedFindings keeps the table of docs/grading.md and the taxonomy the same.
func TestDocumentedFindings(t *testing.T) {
	doc, err := os.ReadFile("../docs/grading.md")
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	for _, f := range Findings() {
		fmt.Fprintf(&table, "| %s | %s |\n", f.Finding, f.Meaning)
	}
	if !strings.Contains(string(doc), "|---|---|\n"+table.String()) {
		t.Errorf("docs/grading.md has another table of findings; it should be\n%s", table.String())
	}
}
