package keyform

import (
	"io/fs"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"crosswalk/internal/testkit"
	"crosswalk/quizzes"
)

const commented = `---
# About this chart.
id: sample # never changes
title: "A title: with a colon"
setting: office
bills: professional
areas: [cases, icd10cm] # two

# The day.
date_of_service: 2025-11-14
payer: commercial
patient: {age: 50, sex: F} # invented
difficulty: 2
ask: [diagnoses, procedures, pointers]
house_rule: kept as it is
key:
  # The first one.
  diagnoses:
    # why this one
    - code: I10 # hypertension
      first: true
      weight: required
      near_miss: {I11.9: 40} # not shown in the form
      evidence: ["Hypertension, well controlled", {text: "blood pressure", in: "Office note"}]
      why: >-
        Said in the
        assessment.
      cites: [IV.G] # outpatient
    # the second
    - code: E11.9
      evidence:
        - "diabetes" # one
        # and another
        - type 2
      why: Said too.
      cites: [IV.J]
      # after the second
  procedures:
    - code: "99213"
      points_to: [I10]
      why: "25: no"
      cites: ["CPT E/M"]
  allow: []
# Mistakes.
traps:
  - {code: R03.0, kind: integral, why: "A reading.", cites: [I.B.5]} # a sign
code_year: 2026
reviewed: 2026-11-21
# the end
---

## Office note

Text.
`

var same = cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Form{}, "Lines", "Body"), cmpopts.IgnoreFields(Diagnosis{}, "From"), cmpopts.IgnoreFields(Procedure{}, "From"), cmpopts.IgnoreFields(Trap{}, "From")}

func read(t testing.TB, text string) Form {
	t.Helper()
	f, err := Read(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return f
}

func apply(t testing.TB, text string, f Form) string {
	t.Helper()
	out, err := Apply(text, f)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return out
}

// TestRead: the fields are what the file says.
func TestRead(t *testing.T) {
	f := read(t, commented)
	if f.ID != "sample" || f.Title != "A title: with a colon" || f.Age != "50" || f.Date != "2025-11-14" || len(f.Diagnoses) != 2 || f.Body != 51 {
		t.Errorf("%+v", f)
	}
	d := f.Diagnoses[0]
	if d.Why != "Said in the assessment." || !slices.Equal(d.Evidence, []string{"Hypertension, well controlled", "blood pressure [in: Office note]"}) {
		t.Errorf("%+v", d)
	}
	if f.Lines[20] != "dx.0.code" || f.Lines[26] != "dx.0.why" || f.Lines[46] != "trap.0.code" || f.Lines[4] != "title" {
		t.Errorf("lines %v", f.Lines)
	}
	if !slices.Equal(f.Kept, []string{"allow"}) {
		t.Errorf("kept %v", f.Kept)
	}
}

// TestApplyKeeps: one change leaves the rest as it is, comments and keys that the form does not know among it.
func TestApplyKeeps(t *testing.T) {
	f := read(t, commented)
	f.Diagnoses[1].Code = "E11.22"
	f.Diagnoses = append(f.Diagnoses, Diagnosis{Code: "N18.30", Why: "New: said.", Cites: []string{"I.C.4"}, Evidence: []string{"CKD [in: Office note]"}})
	f.Procedures[0].Modifiers = []string{"25"}
	f.Procedures[0].Units = "2"
	out := apply(t, commented, f)
	for _, want := range []string{"house_rule: kept as it is", "near_miss: {I11.9: 40} # not shown in the form", "code: E11.22", `modifiers: ["25"]`, "units: 2", `{text: "CKD", in: "Office note"}`, "date_of_service: 2025-11-14\n", "# the end", "\n## Office note\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	wantComments(t, commented, out)
	if d := cmp.Diff(f, read(t, out), same); d != "" {
		t.Errorf("read again (-written +read):\n%s", d)
	}
}

var comment = regexp.MustCompile(`(?m)(?:^|\s)(# [^\n]+)$`)

// wantComments asks for every comment of the front matter.
func wantComments(t testing.TB, before, after string) {
	t.Helper()
	head, _, _ := strings.Cut(strings.TrimPrefix(before, "---\n"), "\n---\n")
	now, _, _ := strings.Cut(strings.TrimPrefix(after, "---\n"), "\n---\n")
	for _, m := range comment.FindAllStringSubmatch(head, -1) {
		if !strings.Contains(now, m[1]) {
			t.Errorf("the comment %q is lost in\n%s", m[1], now)
		}
	}
}

// TestRefused: what fields cannot say is refused with its line.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"no keys", "does not begin"},
		{"---\nid: x\n", "do not end"},
		{"---\n---\n", "no keys"},
		{"---\nid: [a]\n---\n", "line 2: id should be a single value"},
		{"---\nid: &a x\ntitle: *a\n---\n", "line 3 refers to another place"},
		{"---\nkey:\n  diagnoses: {code: I10}\n---\n", "line 3: key.diagnoses has another form"},
		{"---\nkey:\n  diagnoses:\n    - I10\n---\n", "line 4: key.diagnoses has a line without keys"},
		{"---\nkey:\n  diagnoses:\n    - code: I10\n      cites: I.A\n---\n", "line 5: cites should be a list"},
	} {
		if _, err := Read(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

// TestShippedStable: each case that ships can be shown as a form; a form that says the same changes no byte; a change keeps every comment and
// everything that the form does not show.
func TestShippedStable(t *testing.T) {
	files, err := fs.Glob(quizzes.Content, "cases/*/*.md")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for _, name := range testkit.Some(10, files) {
		b, err := fs.ReadFile(quizzes.Content, name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		f := read(t, text)
		if got := apply(t, text, f); got != text {
			t.Fatalf("%s: the same form gives\n%s", name, got)
		}
		f.Title += " anew"
		out := apply(t, text, f)
		if got := apply(t, out, read(t, out)); got != out {
			t.Fatalf("%s: written twice differs", name)
		}
		wantComments(t, text, out)
		f.Title = strings.TrimSuffix(f.Title, " anew")
		if back, orig := tree(t, apply(t, out, f)), tree(t, text); !cmp.Equal(back, orig) {
			t.Fatalf("%s: changed and changed back (-was +is):\n%s", name, cmp.Diff(orig, back))
		}
		edit(r, &f)
		out = apply(t, text, f)
		if d := cmp.Diff(clean(f), read(t, out), same); d != "" {
			t.Fatalf("%s (-written +read):\n%s\n%s", name, d, out)
		}
	}
}

// tree is what the front matter says, without its form.
func tree(t testing.TB, text string) map[string]any {
	t.Helper()
	head, _, _ := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	var m map[string]any
	if err := yaml.Unmarshal([]byte(head), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

var words = []string{"", "I10", "25605", "true", "null", "~", "1e3", "2025-11-14", "yes: no", "- x", "# no comment", "a, b", "[x", "{y", "'q'", `"q"`, "ünïcode", "a [in: b]", "%", "@at", "*s", "&a", "!t", "|", ">", "0x10", "012", "Y", "a # b", "tab\tin", "two\nlines", "\u2028", "\x00"}

func some(r *rand.Rand) string { return words[r.IntN(len(words))] }

func someList(r *rand.Rand) []string {
	out := make([]string, r.IntN(4))
	for i := range out {
		out[i] = some(r)
	}
	return out
}

// edit changes fields of a form at random, moves, takes away and adds lines.
func edit(r *rand.Rand, f *Form) {
	v := visitor{
		one: func(_ string, at *string, _ bool) {
			if r.IntN(4) == 0 {
				*at = some(r)
			}
		},
		many: func(_ string, at *[]string) {
			if r.IntN(4) == 0 {
				*at = someList(r)
			}
		},
	}
	for _, x := range f.scalars() {
		v.one("", x.at, x.plain)
	}
	v.many("", &f.Areas)
	v.many("", &f.Ask)
	if n := len(f.Diagnoses); n > 1 && r.IntN(3) == 0 {
		f.Diagnoses = slices.Delete(f.Diagnoses, r.IntN(n-1), n-1)
	}
	if r.IntN(3) == 0 {
		slices.Reverse(f.Diagnoses)
	}
	if r.IntN(2) == 0 {
		f.Diagnoses = append(f.Diagnoses, Diagnosis{Code: "new"})
		f.Procedures = append(f.Procedures, Procedure{Code: "new"})
		f.Traps = append(f.Traps, Trap{Code: "new"})
	}
	for i := range f.Diagnoses {
		f.Diagnoses[i].each(v)
	}
	for i := range f.Procedures {
		f.Procedures[i].each(v)
	}
	for i := range f.Traps {
		f.Traps[i].each(v)
	}
}

// clean is the form as a file can hold it.
func clean(f Form) Form {
	f.Diagnoses, f.Procedures, f.Traps = slices.Clone(f.Diagnoses), slices.Clone(f.Procedures), slices.Clone(f.Traps)
	v := visitor{
		one: func(_ string, at *string, plain bool) {
			if *at = tidy(*at); plain && isNull(*at) {
				*at = ""
			}
		},
		many: func(_ string, at *[]string) { *at = tidyAll(*at) },
	}
	for _, x := range f.scalars() {
		v.one("", x.at, x.plain)
	}
	v.many("", &f.Areas)
	v.many("", &f.Ask)
	for i := range f.Diagnoses {
		f.Diagnoses[i].each(v)
	}
	for i := range f.Procedures {
		f.Procedures[i].each(v)
	}
	for i := range f.Traps {
		f.Traps[i].each(v)
	}
	return f
}

func isNull(s string) bool { return s == "null" || s == "~" }

// FuzzForm: whatever is typed into a form comes back when the file is read, and written again it changes nothing.
func FuzzForm(f *testing.F) {
	f.Add(uint64(1), "A title", "why: so")
	f.Add(uint64(7), "# x", "- [a: b")
	f.Fuzz(func(t *testing.T, seed uint64, title, why string) {
		r := rand.New(rand.NewPCG(seed, 1))
		form := read(t, commented)
		edit(r, &form)
		form.Title = title
		if len(form.Diagnoses) > 0 {
			form.Diagnoses[0].Why = why
			form.Diagnoses[0].Evidence = append(form.Diagnoses[0].Evidence, why)
		}
		out := apply(t, commented, form)
		got := read(t, out)
		if d := cmp.Diff(clean(form), got, same); d != "" {
			t.Fatalf("(-written +read):\n%s\n%s", d, out)
		}
		if again := apply(t, out, got); again != out {
			t.Fatalf("written twice differs:\n%s\nthen\n%s", out, again)
		}
	})
}
