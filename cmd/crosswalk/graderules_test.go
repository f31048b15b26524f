package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGradeRules: what is wrong with the claim whatever the key says stands below the parts, and findings that nothing but the key bears
// out are marked.
func TestGradeRules(t *testing.T) {
	path := filepath.Join(t.TempDir(), "answer.json")
	if err := os.WriteFile(path, []byte(`{"diagnoses":[{"code":"W01.0XXA"},{"code":"S52.53"},{"code":"J45.909"}],"procedures":[{"code":"25605"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got := try(t, "", "grade", "ed-colles-fracture", path)
	for _, says := range []string{
		"what a claim scrubber would say\n", "S52.53  DX-TRUNC (not-billable)\n", "is a header on 2025-11-14", "W01.0XXA  DX-PDX (principal)\n", "  Next time: ", "  see I.C.20.a.6\n", "the key's word",
	} {
		if got.status != statusOK || !strings.Contains(got.out, says) {
			t.Errorf("want %q:\n%s%s", says, got.out, got.err)
		}
	}
}
