package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGradePolicy: an answer graded by a policy of one's own, and what is said of a policy that is not sound.
func TestGradePolicy(t *testing.T) {
	dir := t.TempDir()
	write := func(name, body string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	answer := write("answer.json", `{"diagnoses":[{"code":"S52.531A"},{"code":"I10"}],"procedures":[{"code":"25605"}]}`)
	sound := write("sound.json", `{"name":"Surgery desk","scheme":"code-over-code","ignore":["modifiers"],"ignore_codes":["V00-Y99"]}`)
	got := try(t, "", "grade", "ed-colles-fracture", answer, "-policy", sound)
	if got.status != statusOK || !strings.Contains(got.out, "Code over code: 3 lines exactly right make 3 of 4, the larger of 3 entered and 4 in the key: 75.0 %.") {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.out, "Not counted by this policy.") {
		t.Errorf("modifiers are judged although the policy leaves them out:\n%s", got.out)
	}
	broken := write("broken.json", `{"name":"","weights":{"status":0},"ignore":["code"]}`)
	got = try(t, "", "grade", "ed-colles-fracture", answer, "-policy", broken)
	for _, says := range []string{"broken.json: Give the policy a name.", `"code" cannot be left out of account`, "status is 0: use 20 to 10000."} {
		if got.status != statusUsage || !strings.Contains(got.err, says) {
			t.Errorf("want status %d and %q: %+v", statusUsage, says, got)
		}
	}
}
