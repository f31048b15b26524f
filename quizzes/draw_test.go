package quizzes_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/quizzes"
)

// exam is a blueprint file.
func exam(id, rest string) *fstest.MapFile {
	return file("id: " + id + "\nname: An exam\nminutes: 60\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nwarn_minutes: [20, 5]\n" + rest)
}

// filled makes n questions of an area; attrs gives more attributes for the i-th.
func filled(area string, n int, attrs func(i int) string) *fstest.MapFile {
	var b strings.Builder
	fmt.Fprintf(&b, "---\narea: %s\ncode_year: 2026\n---\n\n", area)
	for i := range n {
		extra := ""
		if attrs != nil {
			extra = attrs(i)
		}
		fmt.Fprintf(&b, "## %s-%02d {difficulty=1 cites=x %s}\n\nStem %d.\n\n- [ ] a\n  > why\n- [x] b\n  > why\n- [ ] c\n  > why\n\n> r\n\n", area, i, extra, i)
	}
	return file(b.String())
}

func loadBank(t testing.TB, fsys fstest.MapFS) *quizzes.Bank {
	t.Helper()
	b, problems := quizzes.Load(fsys, plain, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return b
}

func blueprint(t testing.TB, b *quizzes.Bank, id string) *quizzes.Blueprint {
	t.Helper()
	bp, err := b.Blueprint(id)
	if err != nil {
		t.Fatal(err)
	}
	return bp
}

// TestShippedBlueprints pins the figures of the exams; they come from the exams' publishers.
func TestShippedBlueprints(t *testing.T) {
	b, problems := quizzes.Load(quizzes.Content, plain, nil)
	for _, p := range problems {
		if strings.Contains(p.File, "exams/") {
			t.Error(p)
		}
	}
	tests := []struct {
		id                       string
		minutes, items, unscored int
		scored, unscoredBy       []int
	}{
		{"cpc", 240, 100, 0, []int{6, 6, 6, 6, 6, 6, 6, 4, 6, 6, 6, 4, 4, 5, 3, 7, 3, 10}, nil},
		{"cpc-half", 120, 50, 0, []int{3, 3, 3, 3, 3, 3, 3, 2, 3, 3, 3, 2, 2, 3, 2, 3, 1, 5}, nil},
		{"ccs", 240, 107, 10, []int{39, 19, 10, 19, 10}, []int{4, 2, 1, 2, 1}},
		{"ccs-half", 120, 53, 5, []int{19, 10, 5, 9, 5}, []int{2, 1, 1, 1, 0}},
		{"cca", 120, 105, 15, []int{29, 21, 13, 13, 7, 7}, []int{5, 4, 2, 2, 1, 1}},
		{"cca-half", 60, 52, 7, []int{15, 11, 7, 6, 3, 3}, []int{2, 2, 1, 1, 1, 0}},
	}
	for _, tt := range tests {
		bp := blueprint(t, b, tt.id)
		var scored, unscored []int
		sum := 0
		for _, s := range bp.Slots {
			scored, unscored = append(scored, s.Scored), append(unscored, s.Unscored)
			sum += s.Scored + s.Unscored
		}
		if bp.Minutes != tt.minutes || bp.Items != tt.items || bp.Unscored != tt.unscored || sum != tt.items {
			t.Errorf("%s: %d minutes, %d items, %d unscored, slots add up to %d", tt.id, bp.Minutes, bp.Items, bp.Unscored, sum)
		}
		if tt.scored != nil && !slices.Equal(scored, tt.scored) {
			t.Errorf("%s: scored %v, want %v", tt.id, scored, tt.scored)
		}
		if tt.unscoredBy != nil && !slices.Equal(unscored, tt.unscoredBy) {
			t.Errorf("%s: unscored %v, want %v", tt.id, unscored, tt.unscoredBy)
		}
	}
	if bp := blueprint(t, b, "ccs"); !bp.Pass.Estimated() || bp.Pass.Scale(0.7) != 300 || bp.Pass.Scale(0) != 100 || bp.Pass.Scale(1) != 400 || bp.Pass.Scale(0.35) != 200 {
		t.Errorf("%+v", bp.Pass)
	}
	if bp := blueprint(t, b, "cpc"); bp.Pass.Estimated() || bp.Pass.Percent != 70 || bp.Pass.Scale(1) != 0 {
		t.Errorf("%+v", bp.Pass)
	}
	if _, err := b.Blueprint("nonsense"); !errors.Is(err, quizzes.ErrNotFound) {
		t.Error(err)
	}
	// Every area belongs to at least one exam.
	used := map[string]bool{}
	for _, bp := range b.Blueprints() {
		for _, s := range bp.Slots {
			for _, a := range s.Areas {
				used[a] = true
			}
		}
	}
	for _, a := range quizzes.Areas {
		if !used[a.ID] {
			t.Errorf("no exam has questions of %s", a.ID)
		}
	}
}

func TestBlueprintProblems(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"counts", "items: 10\nareas: [{id: em, count: 4}, {id: anatomy, count: 5}]\n", []string{"10 wrong-value"}},
		{"shares", "items: 10\ndomains: [{name: A, share: 60, areas: [em]}, {name: B, share: 30, areas: [anatomy]}]\n", []string{"10 wrong-value"}},
		{"area", "items: 4\nareas: [{id: ear, count: 4}]\n", []string{"10 unknown-area"}},
		{"area twice", "items: 4\nareas: [{id: em, count: 2}, {id: em, count: 2}]\n", []string{"10 unknown-area"}},
		{"both", "items: 4\nareas: [{id: em, count: 4}]\ndomains: [{name: A, share: 100, areas: [em]}]\n", []string{"1 missing-key"}},
		{"no items", "areas: [{id: em, count: 4}]\n", []string{"1 wrong-value"}},
		{"unknown key", "items: 4\nareas: [{id: em, number: 4}]\n", []string{"10 unknown-key", "10 wrong-value", "10 wrong-value"}},
		{"settings", "items: 4\nareas: [{id: em, count: 4}]\nsettings: {ward: 1, ed: -1}\n", []string{"11 wrong-value", "11 wrong-value"}},
	}
	for _, tt := range tests {
		_, problems := quizzes.Load(fstest.MapFS{"exams/x.yaml": exam("x", tt.src)}, plain, nil)
		if d := cmp.Diff(tt.want, lineRules(problems)); d != "" {
			t.Errorf("%s: %s %v", tt.name, d, problems)
		}
	}
	bad := "id: drill-x\nname: n\nminutes: 10\nitems: 4\npass: {percent: 70, scaled: 300}\nnavigation: back\nbook: half\nfeedback: now\nwarn_minutes: [30]\nareas: [{id: em, count: 4}]\n"
	_, problems := quizzes.Load(fstest.MapFS{"exams/x.yaml": file(bad)}, plain, nil)
	if d := cmp.Diff(sorted([]string{"1 bad-id", "6 wrong-value", "7 wrong-value", "8 wrong-value", "1 wrong-value", "1 wrong-value"}), sorted(lineRules(problems))); d != "" {
		t.Error(d)
	}
}

func TestDraw(t *testing.T) {
	b := loadBank(t, fstest.MapFS{
		"bank/em/a.md": filled("em", 12, func(i int) string {
			switch {
			case i < 2:
				return "trial=true"
			case i == 2: // four enemies of each other: one of them at most
				return `enemies="em-03 em-04 em-05"`
			case i == 3:
				return `enemies="em-04 em-05"`
			case i == 4:
				return `enemies="em-05"`
			}
			return ""
		}),
		"bank/anatomy/a.md":     filled("anatomy", 9, func(i int) string { return map[bool]string{true: `enemies="em-06"`}[i == 0] }),
		"bank/terminology/a.md": filled("terminology", 9, nil),
		"exams/x.yaml":          exam("x", "items: 16\nunscored: 2\ndomains:\n  - {name: A, share: 50, areas: [em]}\n  - {name: B, share: 50, areas: [anatomy, terminology]}\n"),
	})
	bp := blueprint(t, b, "x")
	forms := map[string]bool{}
	for seed := range uint64(200) {
		f, err := b.Draw(bp, seed, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.Draw(bp, seed, nil)
		if err != nil || !cmp.Equal(f, again) {
			t.Fatalf("seed %d: not the same form twice: %s %v", seed, cmp.Diff(f, again), err)
		}
		counts := map[string]int{}
		ids := map[string]bool{}
		order := ""
		for _, it := range f.Items {
			q, err := b.Question(it.ID)
			if err != nil || ids[it.ID] {
				t.Fatalf("seed %d: %s stands twice or nowhere", seed, it.ID)
			}
			ids[it.ID] = true
			order += it.ID + " "
			if it.Scored {
				counts[it.Area]++
			} else {
				counts["unscored "+it.Area]++
			}
			if it.Scored && q.Trial {
				t.Errorf("seed %d: the trial question %s is scored", seed, it.ID)
			}
			if p := slices.Clone(it.Shuffle); len(p) != 3 || !slices.Equal(sortedInts(p), []int{0, 1, 2}) {
				t.Errorf("seed %d: shuffle %v", seed, it.Shuffle)
			}
			if it.ShownHash != q.ShownHash || it.KeyHash != q.KeyHash {
				t.Errorf("seed %d: hashes", seed)
			}
		}
		for id := range ids {
			q, _ := b.Question(id)
			for _, e := range q.Enemies {
				if ids[e] {
					t.Errorf("seed %d: %s and %s are enemies", seed, id, e)
				}
			}
		}
		// B goes round its areas: 4 + 3 or 3 + 4 scored.
		if counts["em"] != 7 || counts["anatomy"]+counts["terminology"] != 7 || counts["anatomy"] < 3 || counts["terminology"] < 3 || counts["unscored em"] != 1 || counts["unscored anatomy"]+counts["unscored terminology"] != 1 {
			t.Errorf("seed %d: %v", seed, counts)
		}
		forms[order] = true
	}
	if len(forms) < 190 {
		t.Errorf("200 seeds give %d different forms", len(forms))
	}
}

func sortedInts(p []int) []int {
	slices.Sort(p)
	return p
}

func TestDrawTakesUnseenFirst(t *testing.T) {
	b := loadBank(t, fstest.MapFS{"bank/em/a.md": filled("em", 12, nil), "exams/x.yaml": exam("x", "items: 8\nareas: [{id: em, count: 8}]\n")})
	seen := func(id string) bool { return id < "em-06" }
	for seed := range uint64(50) {
		f, err := b.Draw(blueprint(t, b, "x"), seed, seen)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, it := range f.Items {
			if !seen(it.ID) {
				n++
			}
		}
		if n != 6 {
			t.Errorf("seed %d: %d of the 6 unseen questions are in the form", seed, n)
		}
	}
}

func TestDrawTooSmall(t *testing.T) {
	b := loadBank(t, fstest.MapFS{"bank/em/a.md": filled("em", 7, nil), "exams/x.yaml": exam("x", "items: 8\nareas: [{id: em, count: 8}]\n"),
		"bank/anatomy/a.md": filled("anatomy", 4, func(i int) string {
			return map[bool]string{true: `enemies="anatomy-00 anatomy-01 anatomy-02 anatomy-03"`}[i == 0]
		}), "exams/y.yaml": exam("y", "items: 4\nareas: [{id: anatomy, count: 4}]\n")})
	for id, want := range map[string]string{"x": "Evaluation and management has 7 of 8", "y": "enemies"} {
		if _, err := b.Draw(blueprint(t, b, id), 1, nil); !errors.Is(err, quizzes.ErrTooSmall) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	found := ""
	for _, p := range b.Check(&fakeBook{}) {
		if p.Rule == "bank-too-small" {
			found += p.Message
		}
	}
	if !strings.Contains(found, "has 7 of 8") || strings.Contains(found, "half") {
		t.Error(found)
	}
}

func TestDrawKeepsChartsTogetherAndMixesSettings(t *testing.T) {
	fsys := fstest.MapFS{"exams/x.yaml": exam("x", "items: 9\nareas: [{id: cases, count: 9}]\nsettings: {inpatient: 1, outpatient: 1, ed: 1}\n")}
	var groups []string
	for i, setting := range []string{"inpatient", "office", "ed", "office", "office", "telehealth"} {
		id := fmt.Sprintf("case-%d", i)
		src := strings.Replace(quizzes.TemplateIn("case", setting, id), "bills: professional", "bills: professional", 1)
		fsys["cases/"+setting+"/"+id+".md"] = file(src)
		groups = append(groups, id)
	}
	fsys["bank/cases/a.md"] = filled("cases", 18, func(i int) string { return "group=" + groups[i/3] })
	b := loadBank(t, fsys)
	for seed := range uint64(50) {
		f, err := b.Draw(blueprint(t, b, "x"), seed, nil)
		if err != nil {
			t.Fatal(err)
		}
		settings := map[string]int{}
		last := ""
		closed := map[string]bool{}
		for _, it := range f.Items {
			q, _ := b.Question(it.ID)
			if q.Group != last {
				if closed[q.Group] {
					t.Errorf("seed %d: the questions about %s do not stand together", seed, q.Group)
				}
				closed[q.Group], last = true, q.Group
			}
			c, _ := b.Case(q.Group)
			settings[c.Setting]++
		}
		if settings["inpatient"] != 3 || settings["ed"] != 3 {
			t.Errorf("seed %d: %v", seed, settings)
		}
	}
	if got := b.ByGroup("case-1"); len(got) != 3 || got[0].ID != "cases-03" {
		t.Error(got)
	}
}

func TestDrills(t *testing.T) {
	b := loadBank(t, fstest.MapFS{"bank/em/a.md": filled("em", 12, nil), "bank/anatomy/a.md": filled("anatomy", 3, func(i int) string { return map[bool]string{true: "trial=true"}[i == 0] }),
		"bank/hcpcs/a.md":     filled("hcpcs", 12, func(i int) string { return map[bool]string{true: "enemies=hcpcs-00"}[i > 7] }),
		"bank/radiology/a.md": filled("radiology", 2, func(int) string { return "trial=true" }),
		"bank/medicine/a.md":  filled("medicine", 6, func(i int) string { return map[bool]string{true: `enemies="medicine-00 medicine-01"`}[i > 3] })})
	want := map[string]int{"drill-em": 10, "drill-anatomy": 2, "drill-hcpcs": 10, "drill-medicine": 4}
	if len(b.Drills()) != len(want) {
		t.Fatal(b.Drills())
	}
	for id, n := range want {
		bp := blueprint(t, b, id)
		for seed := range uint64(20) {
			f, err := b.Draw(bp, seed, nil)
			if err != nil || len(f.Items) != n || !bp.Drill || bp.Minutes != 0 || bp.Feedback != "each" {
				t.Errorf("%s: %v %v %+v", id, f.Items, err, bp)
			}
		}
	}
}

func TestAreas(t *testing.T) {
	b := loadBank(t, fstest.MapFS{"bank/em/a.md": filled("em", 4, nil), "cases/office/visit.md": file(officeCase)})
	for _, a := range b.Areas() {
		switch {
		case a.ID == "em" && a.Questions != 4, a.ID == "icd10cm" && a.Cases != 1, a.Title == "" || a.Title == a.ID:
			t.Errorf("%+v", a)
		}
	}
	if quizzes.AreaTitle("cpt-20000") != "CPT 20000: musculoskeletal" || quizzes.AreaTitle("x") != "x" || len(b.ByArea("em")) != 4 {
		t.Error("area titles or questions by area")
	}
}

func TestTemplatesPassCheck(t *testing.T) {
	book := &fakeBook{}
	for _, tt := range []struct{ kind, id, path string }{
		{"question", "em-new-1", "bank/em/new.md"},
		{"question", "other-1", "bank/icd10cm/new.md"},
		{"case", "new-visit", "cases/office/new-visit.md"},
		{"exam", "new-exam", "exams/new-exam.yaml"},
		{"hiring", "new-test", "hiring/new-test.yaml"},
	} {
		fsys := fstest.MapFS{tt.path: file(quizzes.Template(tt.kind, tt.id))}
		switch tt.kind {
		case "exam":
			fsys["bank/icd10cm/a.md"] = filled("icd10cm", 10, nil)
		case "hiring": // two forms
			fsys["bank/icd10cm/a.md"] = filled("icd10cm", 8, nil)
			for _, id := range []string{"visit-a", "visit-b", "visit-c", "visit-d"} {
				fsys["cases/office/"+id+".md"] = file(quizzes.Template("case", id))
			}
		}
		b := loadBank(t, fsys)
		if problems := b.Check(book); len(problems) > 0 {
			t.Errorf("%s: %v", tt.kind, problems)
		}
		_, q := b.Question(tt.id)
		_, c := b.Case(tt.id)
		_, e := b.Blueprint(tt.id)
		_, h := b.HiringTest(tt.id)
		if q != nil && c != nil && e != nil && h != nil {
			t.Errorf("%s %s is not there", tt.kind, tt.id)
		}
	}
	if quizzes.Template("poem", "x") != "" {
		t.Error("there is a template for a poem")
	}
}

// BenchmarkLoad loads as much content as a full installation has: 1,000 questions and 160 cases (lessons: see package lessons).
func BenchmarkLoad(b *testing.B) {
	fsys := fstest.MapFS{}
	long := strings.Repeat("Words of the stem with **stress** and [[icd10cm:E11.9]] in them, as long as stems are. ", 4)
	for f := range 50 {
		var s strings.Builder
		s.WriteString(bankHead)
		for i := range 20 {
			fmt.Fprintf(&s, "## q-%d-%d {difficulty=2 cites=\"I.A.12.a; tabular:N18\"}\n\n%s\n\n", f, i, long)
			for o := range 4 {
				fmt.Fprintf(&s, "- [%s] Option %d\n  > An explanation of some length that says why this option is right or wrong here.\n", map[bool]string{true: "x", false: " "}[o == 1], o)
			}
			s.WriteString("\n> " + long + "\n\n")
		}
		fsys[fmt.Sprintf("bank/icd10cm/f%02d.md", f)] = file(s.String())
	}
	note := strings.Repeat("## Document\n\nA line of the note with **bold** words and a list:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"+long+"\n\n", 4)
	for i := range 160 {
		src := strings.Replace(inpatient, "id: stay", fmt.Sprintf("id: stay-%03d", i), 1)
		fsys[fmt.Sprintf("cases/inpatient/stay-%03d.md", i)] = file(src + note)
	}
	b.ReportAllocs()
	for b.Loop() {
		bank, problems := quizzes.Load(fsys, plain, nil)
		if len(problems) > 0 || len(bank.Questions()) != 1000 || len(bank.Cases()) != 160 {
			b.Fatal(problems)
		}
	}
}
