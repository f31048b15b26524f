package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crosswalk/grading"
)

// TestPolicyCommand: a policy is added, listed, shown as a file that grade takes, revised and retired.
func TestPolicyCommand(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	write := func(name, body string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, u := range [][2]string{{"ines", "instructor"}, {"lea", "learner"}} {
		if got := try(t, "a sentence to remember\n", "user", "add", "-data", data, "-name", u[0], "-email", u[0]+"@example.org", "-role", u[1]); got.status != statusOK {
			t.Fatalf("%+v", got)
		}
	}
	do := func(status int, says string, args ...string) outcome {
		t.Helper()
		got := try(t, "", append([]string{"policy", "-data", data}, args...)...)
		if got.status != status || !strings.Contains(got.out+got.err, says) {
			t.Errorf("policy %s: want status %d and %q: %+v", strings.Join(args, " "), status, says, got)
		}
		return got
	}
	sound := write("sound.json", `{"name":"Surgery desk","scheme":"code-over-code","weights":{"unsupported":300},"ignore":["modifiers"]}`)
	do(statusOK, "0 policies", "list")
	if got := do(statusOK, "[]", "list", "-json"); strings.TrimSpace(got.out) != "[]" {
		t.Errorf("an empty list: %q", got.out)
	}
	do(statusUsage, "say whose policy it is", "add", sound)
	do(statusUsage, "there is no account nobody@example.org", "add", sound, "-owner", "nobody@example.org")
	do(statusUsage, "Only an instructor, employer or admin", "add", sound, "-owner", "lea@example.org")
	broken := write("broken.json", `{"name":"","weights":{"status":0}}`)
	if got := do(statusUsage, "broken.json: Give the policy a name.", "add", broken, "-owner", "ines@example.org"); !strings.Contains(got.err, "broken.json: status is 0: use 20 to 10000.") {
		t.Errorf("not all that is wrong is said: %+v", got)
	}
	do(statusOK, "Surgery desk, revision 1, of ines@example.org", "add", sound, "-owner", "ines@example.org")
	next := write("next.json", `{"name":"Surgery desk","scheme":"code-over-code","weights":{"unsupported":400},"ignore":["modifiers"]}`)
	do(statusOK, "revision 2", "add", next, "-owner", "ines@example.org")

	var list []policyJSON
	if err := json.Unmarshal([]byte(do(statusOK, "", "list", "-json").out), &list); err != nil || len(list) != 1 || list[0].Owner != "ines@example.org" || list[0].Revision != 2 {
		t.Fatalf("list: %+v, %v", list, err)
	}
	for name, want := range map[string]grading.Points{"1": 300, "0": 400} {
		p, err := grading.ParsePolicy([]byte(do(statusOK, "", "show", "surgery desk", "-revision", name).out))
		if err != nil || p.Weights.Unsupported != want {
			t.Errorf("revision %s: %+v, %v; want %d for an unsupported line", name, p.Weights, err, want)
		}
	}
	do(statusUsage, "has no revision 7", "show", list[0].ID, "-revision", "7")
	do(statusUsage, `there is no policy "other"`, "show", "other")
	do(statusUsage, "is none of", "edit", "x")
	do(statusUsage, "say what to do")

	shown := write("shown.json", do(statusOK, "", "show", "Surgery desk").out)
	answer := write("answer.json", `{"diagnoses":[{"code":"S52.531A"}],"procedures":[{"code":"25605"}]}`)
	if got := try(t, "", "grade", "ed-colles-fracture", answer, "-policy", shown); got.status != statusOK || !strings.Contains(got.out, "Code over code:") {
		t.Errorf("the shown policy does not grade: %+v", got)
	}
	do(statusOK, "is retired", "retire", "Surgery desk")
	do(statusOK, "retired", "list")
	do(statusUsage, "there is no policy", "retire", "Surgery desk")
	do(statusOK, "revision 1", "add", sound, "-owner", "ines@example.org") // the name is free again
}
