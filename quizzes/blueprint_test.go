package quizzes_test

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"crosswalk/lessons/markdown"
	"crosswalk/quizzes"
)

const headOfExam = "id: x\nname: An exam\nminutes: 60\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\n"

// TestBlueprintRoundTrip: a blueprint and a form come back from JSON as they went, since sittings keep them so.
func TestBlueprintRoundTrip(t *testing.T) {
	b, _ := quizzes.Load(quizzes.Content, plain, nil)
	all := append(b.Blueprints(), b.Drills()...)
	for _, src := range []string{
		"items: 21\nunscored: 2\nareas: [{id: em, count: 5}, {id: cases, count: 10}]\nkinds: [single, order]\ngroups: {cases: 3}\nsettings: {ed: 2, outpatient: 1}\ndifficulty: {1: 1, 5: 3}\n" +
			"breaks: {count: 2, minutes: 10, lock: true}\ncharts: {count: 4, weight: 5, areas: [cpt-20000], settings: {inpatient: 1, ed: 1}}\nwarn_minutes: [5, 30]\nserves: {from: 2026-01-01, to: 2026-12-31}\n",
		"questions: [b-2, a-1]\nshuffle: true\ncharts: {cases: [c-1]}\n",
		"charts: {count: 4}\n",
	} {
		bp, problems := quizzes.ParseBlueprint([]byte(headOfExam+src), "composed.yaml")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		all = append(all, bp)
		if h := bp.Half(); h != nil {
			all = append(all, h)
		}
	}
	for _, bp := range all {
		raw, err := json.Marshal(bp)
		if err != nil {
			t.Fatal(err)
		}
		var back quizzes.Blueprint
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(*bp, back, cmpopts.IgnoreUnexported(quizzes.Blueprint{})); d != "" {
			t.Errorf("%s: %s", bp.ID, d)
		}
	}
	form := quizzes.Form{Blueprint: "x", Seed: 7, Items: []quizzes.FormItem{
		{ID: "a", Kind: quizzes.ItemQuestion, Area: "em", Scored: true, Weight: 1, Group: "c", Shuffle: []int{1, 0}, ShownHash: "s", KeyHash: "k"},
		{ID: "b", Kind: quizzes.ItemCase, Area: "cases", Weight: 4, ShownHash: "s", KeyHash: "k"}}}
	raw, err := json.Marshal(form)
	var back quizzes.Form
	if err == nil {
		err = json.Unmarshal(raw, &back)
	}
	if d := cmp.Diff(form, back); err != nil || d != "" {
		t.Error(err, d)
	}
}

// TestParseBlueprintKeys: what the optional keys come to.
func TestParseBlueprintKeys(t *testing.T) {
	bp, problems := quizzes.ParseBlueprint([]byte(headOfExam+"items: 19\nunscored: 1\nareas: [{id: em, count: 5}, {id: cases, count: 9}]\nkinds: [single, single]\ngroups: {cases: 3}\ndifficulty: {2: 3}\n"+
		"breaks: {count: 1, minutes: 10}\ncharts: {count: 4}\n"), "x")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := quizzes.Blueprint{ID: "x", Name: "An exam", Minutes: 60, Items: 19, Unscored: 1, Pass: quizzes.Pass{Percent: 70}, Navigation: "free", Book: "open", Feedback: "after",
		Slots: []quizzes.Slot{{Name: "Evaluation and management", Areas: []string{"em"}, Scored: 5}, {Name: "Cases", Areas: []string{"cases"}, Scored: 9, Unscored: 1}},
		Kinds: bp.Kinds[:1], Groups: []quizzes.GroupCount{{Area: "cases", Count: 3}}, Difficulty: quizzes.Difficulty{1: 3}, Breaks: quizzes.Breaks{Count: 1, Minutes: 10},
		Charts: quizzes.Charts{Count: 4, Weight: 1}, File: "x"}
	if d := cmp.Diff(want, *bp, cmpopts.IgnoreUnexported(quizzes.Blueprint{})); d != "" || bp.Kinds[0] != "single" {
		t.Error(d)
	}
	h := bp.Half()
	if h.Charts.Count != 2 || h.Breaks != (quizzes.Breaks{}) || h.Items != 9 || h.Slots[0].Scored+h.Slots[1].Scored != 7 || h.Groups[0].Count != 2 {
		t.Errorf("%+v", h)
	}
	if bp.Breaks.Count != 1 || bp.Charts.Count != 4 || bp.Slots[0].Scored != 5 || bp.Groups[0].Count != 3 {
		t.Errorf("halving changed the whole: %+v", bp)
	}
	for _, src := range []string{"questions: [a, b]\n", "charts: {cases: [a, b]}\n", "charts: {count: 1}\n"} {
		bp, problems := quizzes.ParseBlueprint([]byte(headOfExam+src), "x")
		if len(problems) > 0 || bp.Half() != nil {
			t.Errorf("%s: %v", src, problems)
		}
	}
}

func TestBlueprintKeyProblems(t *testing.T) {
	const areas = "items: 10\nareas: [{id: em, count: 10}]\n" // lines 8 and 9
	tests := []struct {
		name, src string
		want      []string
	}{
		{"kind", areas + "kinds: [single, essay]\n", []string{"10 wrong-value"}},
		{"groups", areas + "groups: {cases: 1, em: 6}\n", []string{"10 unknown-area", "10 wrong-value"}},
		{"groups of a domain", "items: 10\ndomains: [{name: A, share: 100, areas: [em, cases]}]\ngroups: {em: 3, cases: 3}\n", []string{"10 wrong-value"}},
		{"difficulty", areas + "difficulty:\n  0: 1\n  6: 1\n  hard: 1\n  3: -1\n", []string{"11 wrong-value", "12 wrong-value", "13 wrong-value", "14 wrong-value", "11 wrong-value"}},
		{"difficulty twice", areas + "difficulty: {3: 1, 3: 2}\n", []string{"10 yaml"}},
		{"breaks", areas + "breaks: {count: 0, minutes: 10}\n", []string{"1 wrong-value"}},
		{"breaks, unknown key", areas + "breaks: {count: 1, minutes: 10, length: 5}\n", []string{"10 unknown-key"}},
		{"charts", "items: 12\nareas: [{id: em, count: 10}]\ncharts: {count: 2, weight: 0, areas: [ear], settings: {ward: 1}}\n", []string{"1 wrong-value", "10 unknown-area", "10 wrong-value"}},
		{"charts are items", areas + "charts: {count: 2}\n", []string{"9 wrong-value"}},
		{"nothing but charts", areas + "charts: {count: 10}\n", []string{"1 wrong-value"}},
		{"cases and areas", "charts: {cases: [a, a], areas: [em]}\n", []string{"8 duplicate-id", "8 wrong-value"}},
		{"fixed", "questions: [a, b, a, B]\n", []string{"8 duplicate-id", "8 wrong-value"}},
		{"fixed, items", "items: 3\nquestions: [a, b]\n", []string{"1 wrong-value"}},
		{"fixed and drawn", "questions: [a, b]\nkinds: [single]\nareas: [{id: em, count: 2}]\nitems: 2\n", []string{"8 wrong-value", "8 wrong-value"}},
		{"shuffle", areas + "shuffle: true\n", []string{"1 wrong-value"}},
		{"serves", areas + "serves: {from: 2026-05-01, to: 2026-04-30}\n", []string{"10 wrong-value"}},
		{"serves, no date", areas + "serves: {from: 1 May, to: 2026-04-30}\n", []string{"10 wrong-value"}},
		{"serves, half of it", areas + "serves: {from: 2026-05-01}\n", []string{"1 wrong-value"}},
		{"nothing", "shuffle: false\n", []string{"1 wrong-value"}},
	}
	for _, tt := range tests {
		bp, problems := quizzes.ParseBlueprint([]byte(headOfExam+tt.src), "x")
		if d := cmp.Diff(tt.want, lineRules(problems)); d != "" || bp != nil {
			t.Errorf("%s: %s %v", tt.name, d, problems)
		}
	}
	_, problems := quizzes.ParseBlueprint([]byte(strings.Replace(headOfExam, "60", "0", 1)+areas+"breaks: {count: 1, minutes: 10}\n"), "x")
	if d := cmp.Diff([]string{"1 wrong-value"}, lineRules(problems)); d != "" {
		t.Error(d)
	}
}

// TestCheckBlueprint: an exam that is not of the bank is held against it.
func TestCheckBlueprint(t *testing.T) {
	b := loadBank(t, fstest.MapFS{
		"bank/em/a.md": filled("em", 8, func(i int) string {
			return map[int]string{0: "enemies=em-01", 2: "trial=true", 3: "group=visit"}[i]
		}),
		"cases/office/visit.md": file(officeCase)})
	tests := []struct {
		name, src string
		want      []string
	}{
		{"sound", "questions: [em-00, em-02, em-04]\nunscored: 1\ncharts: {cases: [visit]}\n", nil},
		{"not there", "questions:\n  - em-00\n  - em-99\ncharts: {cases: [visitor]}\n", []string{"10 unknown-question", "11 unknown-case"}},
		{"enemies", "questions:\n  - em-00\n  - em-01\n", []string{"10 enemies"}},
		{"its own chart", "questions:\n  - em-04\n  - em-03\ncharts: {cases: [visit]}\n", []string{"10 enemies"}},
		{"trial questions", "questions: [em-02, em-04]\n", []string{"1 wrong-value"}},
		{"too small", "items: 9\nareas: [{id: em, count: 9}]\n", []string{"1 bank-too-small"}},
	}
	for _, tt := range tests {
		bp, problems := quizzes.ParseBlueprint([]byte(headOfExam+tt.src), "x")
		if len(problems) > 0 {
			t.Fatal(tt.name, problems)
		}
		problems = b.CheckBlueprint(bp)
		if d := cmp.Diff(tt.want, lineRules(problems)); d != "" {
			t.Errorf("%s: %s %v", tt.name, d, problems)
		}
		for _, p := range problems {
			if p.File != "x" || (p.Severity == markdown.Warning) != (p.Rule == "bank-too-small") {
				t.Errorf("%s: %v", tt.name, p)
			}
		}
	}
}

// TestHiringTemplateExplainsEveryKey: as for exams, with the keys below charts and job.
func TestHiringTemplateExplainsEveryKey(t *testing.T) {
	manual, err := os.ReadFile("../docs/content.md")
	if err != nil {
		t.Fatal(err)
	}
	src := quizzes.Template("hiring", "x")
	for _, wrong := range []string{"nonsense: 1\n", "charts: {nonsense: 1}\n", "job: {nonsense: 1}\n", "job: {tasks: [{nonsense: 1}]}\n"} {
		_, problems := quizzes.Load(fstest.MapFS{"hiring/x.yaml": file(wrong)}, nil, nil)
		i := slices.IndexFunc(problems, func(p markdown.Problem) bool { return p.Rule == "unknown-key" })
		if i < 0 {
			t.Fatal(problems)
		}
		_, keys, _ := strings.Cut(problems[i].Message, "the keys here are ")
		for _, key := range strings.Split(keys, ", ") {
			if !regexp.MustCompile("(?m)^#?[ -]*" + key + ": ?").MatchString(src) {
				t.Errorf("the template does not have %s", key)
			}
			if !strings.Contains(string(manual), "`"+key+"`") && !strings.Contains(string(manual), "`"+key+": ") && !strings.Contains(string(manual), "{"+key+": ") {
				t.Errorf("the manual does not name %s", key)
			}
		}
	}
}

// TestExamTemplateExplainsEveryKey: whoever writes an exam finds every key in the template and in the manual, and each example there is well-formed.
func TestExamTemplateExplainsEveryKey(t *testing.T) {
	_, problems := quizzes.ParseBlueprint([]byte("nonsense: 1\n"), "x")
	_, keys, found := strings.Cut(problems[0].Message, "the keys here are ")
	if !found {
		t.Fatal(problems)
	}
	manual, err := os.ReadFile("../docs/content.md")
	if err != nil {
		t.Fatal(err)
	}
	src := quizzes.Template("exam", "x")
	for _, key := range strings.Split(keys, ", ") {
		line := regexp.MustCompile("(?m)^#?" + key + ": ?.*").FindString(src)
		if line == "" {
			t.Errorf("the template does not have %s", key)
		}
		if !strings.Contains(string(manual), "`"+key+"`") {
			t.Errorf("the manual does not name %s", key)
		}
		if example, ok := strings.CutPrefix(line, "#"); ok {
			_, problems := quizzes.ParseBlueprint([]byte(src+example+"\n"), "x")
			for _, p := range problems {
				switch p.Rule {
				case "missing-key", "wrong-value", "unknown-area": // areas and domains, areas and a list, charts on top of the items, charts of another area
				default:
					t.Errorf("%s: %v", example, p)
				}
			}
		}
	}
}

// FuzzParseBlueprint: whatever is written, what is accepted can be kept as JSON and drawn, or else is said to be too much for the bank.
func FuzzParseBlueprint(f *testing.F) {
	b := loadBank(f, fstest.MapFS{
		"bank/em/a.md":    filled("em", 12, func(i int) string { return map[int]string{0: "enemies=em-01", 2: "trial=true"}[i] }),
		"bank/cases/a.md": filled("cases", 6, func(i int) string { return map[bool]string{true: "group=visit"}[i < 3] }), "cases/office/visit.md": file(officeCase)})
	f.Add("items: 6\nunscored: 1\nareas: [{id: em, count: 3}, {id: cases, count: 2}]\ngroups: {cases: 1}\nkinds: [single]\n")
	f.Add("items: 5\ndomains: [{name: A, share: 70, areas: [em]}, {name: B, share: 30, areas: [cases]}]\ndifficulty: {1: 0, 2: 5}\nsettings: {outpatient: 3}\ncharts: {count: 1, weight: 3}\n")
	f.Add("questions: [em-01, em-02]\nunscored: 1\nshuffle: true\ncharts: {cases: [visit]}\nbreaks: {count: 2, minutes: 5, lock: true}\n")
	f.Fuzz(func(t *testing.T, s string) {
		bp, problems := quizzes.ParseBlueprint([]byte(headOfExam+s), "x")
		if (bp == nil) != (len(markdown.Errors(problems)) > 0) {
			t.Fatalf("%v, %v", bp, problems)
		}
		if bp == nil {
			return
		}
		raw, err := json.Marshal(bp)
		var back quizzes.Blueprint
		if err == nil {
			err = json.Unmarshal(raw, &back)
		}
		if d := cmp.Diff(*bp, back, cmpopts.IgnoreUnexported(quizzes.Blueprint{})); err != nil || d != "" {
			t.Fatal(err, d)
		}
		for _, bp := range []*quizzes.Blueprint{&back, back.Half()} {
			if bp == nil {
				continue
			}
			form, err := b.Draw(bp, 1, nil)
			if err != nil && !errors.Is(err, quizzes.ErrTooSmall) || err == nil && len(form.Items) != bp.Items {
				t.Fatalf("%d of %d items, %v", len(form.Items), bp.Items, err)
			}
			b.CheckBlueprint(bp)
		}
	})
}
