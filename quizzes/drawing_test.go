package quizzes_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"crosswalk/internal/testkit"
	"crosswalk/quizzes"
)

// invented writes a bank by what each question is to be.
type invented map[string][]string // area to attributes of its questions; difficulty stands among them

func (in invented) write(fsys fstest.MapFS) {
	for area, questions := range in {
		var b strings.Builder
		fmt.Fprintf(&b, "---\narea: %s\ncode_year: 2026\n---\n\n", area)
		for i, attrs := range questions {
			fmt.Fprintf(&b, "## %s {cites=x %s}\n\nStem %d.\n\n- [ ] a\n  > why\n- [x] b\n  > why\n- [ ] c\n  > why\n\n> r\n\n", qid(area, i), attrs, i)
		}
		fsys["bank/"+area+"/a.md"] = file(b.String())
	}
}

func qid(area string, i int) string { return fmt.Sprintf("%s-%03d", area, i) }

// fullBank invents about a thousand questions, in every area, of every difficulty, with enemies, trial questions and charts, and takes the
// exams that ship.
var fullBank = sync.OnceValue(func() fstest.MapFS {
	rng := rand.New(rand.NewPCG(1, 2))
	fsys := fstest.MapFS{}
	for _, name := range []string{"cpc", "ccs", "cca"} {
		src, err := quizzes.Content.ReadFile("exams/" + name + ".yaml")
		if err != nil {
			panic(err)
		}
		fsys["exams/"+name+".yaml"] = file(string(src))
	}
	in := invented{}
	level := func() int { return []int{1, 2, 2, 3, 3, 3, 4, 4, 5, 3}[rng.IntN(10)] }
	for _, a := range quizzes.Areas {
		for i := range 40 {
			attrs := fmt.Sprintf("difficulty=%d", level())
			if i > 0 && rng.IntN(4) == 0 {
				attrs += " enemies=" + qid(a.ID, rng.IntN(i))
			}
			if rng.IntN(10) == 0 {
				attrs += " trial=true"
			}
			in[a.ID] = append(in[a.ID], attrs)
		}
	}
	settings := []string{"inpatient", "office", "ed", "outpatient-surgery"}
	for i := range 30 {
		id, setting := fmt.Sprintf("chart-%02d", i), settings[i%4]
		fsys["cases/"+setting+"/"+id+".md"] = file(quizzes.TemplateIn("case", setting, id))
		for range 1 + i%4 {
			in["cases"] = append(in["cases"], fmt.Sprintf("difficulty=%d group=%s", level(), id))
		}
	}
	in.write(fsys)
	return fsys
})

// sound holds a form against everything that Draw promises.
func sound(t *testing.T, b *quizzes.Bank, bp *quizzes.Blueprint, f quizzes.Form) {
	t.Helper()
	in := map[string]bool{}
	scored, all, charts := map[string]int{}, map[string]int{}, 0
	groups := map[string]map[string]int{}
	last, closed := "", map[string]bool{}
	for _, it := range f.Items {
		if in[it.ID] {
			t.Errorf("seed %d: %s comes twice", f.Seed, it.ID)
		}
		in[it.ID] = true
		if it.Kind == quizzes.ItemCase {
			c, err := b.Case(it.ID)
			if err != nil || !it.Scored || it.Area != "cases" || it.Weight != bp.Charts.Weight || it.Group != "" || it.ShownHash != c.ShownHash || it.KeyHash != c.KeyHash {
				t.Fatalf("seed %d: %+v, %v", f.Seed, it, err)
			}
			charts++
			continue
		}
		q, err := b.Question(it.ID)
		if err != nil || it.Kind != quizzes.ItemQuestion || charts > 0 || it.Weight != 1 || it.Area != q.Area || it.Group != q.Group || it.ShownHash != q.ShownHash || it.KeyHash != q.KeyHash {
			t.Fatalf("seed %d: %+v, %v", f.Seed, it, err)
		}
		all[q.Area]++
		if it.Scored {
			scored[q.Area]++
			if groups[q.Area] == nil {
				groups[q.Area] = map[string]int{}
			}
			groups[q.Area][q.Group]++
		}
		if it.Scored && q.Trial {
			t.Errorf("seed %d: the trial question %s is scored", f.Seed, it.ID)
		}
		if len(bp.Kinds) > 0 && !slices.Contains(bp.Kinds, q.Kind) {
			t.Errorf("seed %d: %s is of kind %s", f.Seed, it.ID, q.Kind)
		}
		if q.Group != last || q.Group == "" {
			if closed[q.Group] {
				t.Errorf("seed %d: the questions about %s do not stand together", f.Seed, q.Group)
			}
			closed[q.Group], last = q.Group != "", q.Group
		}
	}
	for id := range in {
		q, err := b.Question(id)
		if err != nil {
			continue
		}
		for _, e := range q.Enemies {
			if in[e] {
				t.Errorf("seed %d: %s and %s are enemies", f.Seed, id, e)
			}
		}
		if q.Group != "" && in[q.Group] {
			t.Errorf("seed %d: %s is about the chart that is coded too", f.Seed, id)
		}
	}
	for _, s := range bp.Slots {
		sc, al := 0, 0
		for _, a := range s.Areas {
			sc, al = sc+scored[a], al+all[a]
		}
		if sc != s.Scored || al != s.Scored+s.Unscored {
			t.Errorf("seed %d: %s has %d scored of %d, want %d of %d", f.Seed, s.Name, sc, al, s.Scored, s.Scored+s.Unscored)
		}
	}
	if charts != bp.Charts.Count || len(f.Items) != bp.Items {
		t.Errorf("seed %d: %d charts among %d items", f.Seed, charts, len(f.Items))
	}
	for _, g := range bp.Groups {
		n := 0
		for id, k := range groups[g.Area] {
			if id != "" && k > 1 {
				n++
			}
		}
		if n < g.Count {
			t.Errorf("seed %d: %d charts with several questions, want %d", f.Seed, n, g.Count)
		}
	}
}

// TestDrawIsSound draws every exam of the shipped bank and of an invented one by many seeds, fresh and half seen.
func TestDrawIsSound(t *testing.T) {
	ship, problems := quizzes.Load(quizzes.Content, plain, nil)
	_ = problems // TestShippedContent reports them
	full := loadBank(t, fullBank())
	room, problems := quizzes.ParseBlueprint([]byte(headOfExam+"items: 34\nunscored: 2\nareas: [{id: em, count: 10}, {id: cases, count: 16}]\ngroups: {cases: 5}\n"+
		"charts: {count: 6, weight: 3, areas: [icd10cm], settings: {inpatient: 1, outpatient: 2}}\n"), "room")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	drawn := 0
	for name, b := range map[string]*quizzes.Bank{"shipped": ship, "invented": full} {
		all := slices.Concat(b.Blueprints(), b.Drills())
		if b == full {
			all = append(all, room)
		}
		for _, bp := range all {
			seen := map[string]bool{}
			seeds := 80
			if testkit.Race {
				seeds = 30
			}
			if bp.Drill {
				seeds = 10
			}
			for seed := range uint64(seeds) {
				f, err := b.Draw(bp, seed, func(id string) bool { return seen[id] })
				if errors.Is(err, quizzes.ErrTooSmall) && b == ship {
					break
				}
				if err != nil {
					t.Fatalf("%s %s, seed %d: %v", name, bp.ID, seed, err)
				}
				drawn++
				sound(t, b, bp, f)
				again, err := b.Draw(bp, seed, func(id string) bool { return seen[id] })
				if err != nil || !cmp.Equal(f, again) {
					t.Fatalf("%s %s, seed %d: not the same form twice", name, bp.ID, seed)
				}
				if seed%2 == 1 { // every second form is remembered
					for _, it := range f.Items {
						seen[it.ID] = true
					}
				}
				if seed%20 == 19 {
					seen = map[string]bool{}
				}
			}
		}
	}
	if drawn < 700 {
		t.Errorf("only %d forms were drawn", drawn)
	}
}

// TestDrawIsTheSameEverywhere pins a form: a sitting that is drawn again on another machine must come out the same.
func TestDrawIsTheSameEverywhere(t *testing.T) {
	b := loadBank(t, fstest.MapFS{"bank/em/a.md": filled("em", 12, func(i int) string { return map[int]string{3: "enemies=em-04"}[i] }),
		"exams/x.yaml": exam("x", "items: 5\nunscored: 1\nareas: [{id: em, count: 4}]\n")})
	f, err := b.Draw(blueprint(t, b, "x"), 20261122, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, it := range f.Items {
		got += fmt.Sprint(it.ID, it.Scored, it.Shuffle, " ")
	}
	if want := "em-01true [1 0 2] em-05true [2 1 0] em-10true [2 1 0] em-08true [2 1 0] em-11false [0 2 1] "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestDrawAvoidsWhatWasSeen: as long as the bank has enough that is new, a second form has nothing of the first, and many may draw at once.
func TestDrawAvoidsWhatWasSeen(t *testing.T) {
	b := loadBank(t, fullBank())
	var wg sync.WaitGroup
	for _, id := range []string{"cpc", "ccs", "cca-half"} {
		bp := blueprint(t, b, id)
		for seed := range uint64(20) {
			wg.Go(func() {
				first, err := b.Draw(bp, seed, nil)
				if err != nil {
					t.Error(err)
					return
				}
				seen := map[string]bool{}
				for _, it := range first.Items {
					seen[it.ID] = true
				}
				second, err := b.Draw(bp, seed, func(id string) bool { return seen[id] })
				if err != nil {
					t.Error(err)
				}
				for _, it := range second.Items {
					if seen[it.ID] && it.Scored {
						t.Errorf("%s, seed %d: %s again", id, seed, it.ID)
					}
				}
			})
		}
	}
	wg.Wait()
}

func TestDrawMixesDifficulty(t *testing.T) {
	in := invented{}
	for _, a := range []string{"em", "anatomy", "hcpcs"} {
		for i := range 100 {
			in[a] = append(in[a], fmt.Sprintf("difficulty=%d", i%5+1))
		}
	}
	fsys := fstest.MapFS{}
	in.write(fsys)
	const areas = "items: 60\nareas: [{id: em, count: 20}, {id: anatomy, count: 20}, {id: hcpcs, count: 20}]\n"
	fsys["exams/x.yaml"] = exam("x", areas)
	fsys["exams/y.yaml"] = exam("y", areas+"difficulty: {2: 1, 5: 2}\n")
	fsys["exams/z.yaml"] = exam("z", strings.ReplaceAll(strings.Replace(areas, "60", "150", 1), "count: 20", "count: 50")+"difficulty: {5: 1}\n")
	b := loadBank(t, fsys)
	for id, want := range map[string][5]int{"x": {6, 15, 21, 12, 6}, "y": {0, 20, 0, 0, 40}, "z": {-1, -1, -1, -1, 60}} {
		bp := blueprint(t, b, id)
		for seed := range uint64(50) {
			f, err := b.Draw(bp, seed, nil)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, b, bp, f)
			var got [5]int
			for _, it := range f.Items {
				q, _ := b.Question(it.ID)
				got[q.Difficulty-1]++
			}
			for i := range want {
				if want[i] >= 0 && got[i] != want[i] {
					t.Errorf("%s, seed %d: %v by difficulty, want %v", id, seed, got, want)
					break
				}
			}
		}
	}
}

// TestDrawCharts: charts with several questions come whole where they can, and none of their questions alone.
func TestDrawCharts(t *testing.T) {
	tests := []struct {
		name, exam string
		sizes      []int // questions about each chart
		singles    int
		want       func(counts []int, sizes map[int]int) bool // by chart: how many are drawn
	}{
		{"whole and singles", "items: 10\nareas: [{id: cases, count: 10}]\ngroups: {cases: 3}\n", []int{3, 3, 3, 3, 3}, 10, func(counts []int, sizes map[int]int) bool { return sizes[3] >= 3 && sizes[1] == 0 && sizes[2] == 0 }},
		{"charts only, no lone question", "items: 10\nareas: [{id: cases, count: 10}]\n", []int{3, 3, 3, 3, 3}, 0, func(counts []int, sizes map[int]int) bool { return sizes[1] == 0 && sizes[3] == 2 && sizes[2] == 2 }},
		{"cut to go in", "items: 6\nareas: [{id: cases, count: 6}]\ngroups: {cases: 3}\n", []int{4, 4, 4}, 5, func(counts []int, sizes map[int]int) bool { return sizes[2] == 3 }},
		{"large first", "items: 8\nareas: [{id: cases, count: 8}]\ngroups: {cases: 2}\n", []int{6, 6}, 0, func(counts []int, sizes map[int]int) bool { return sizes[6] == 1 && sizes[2] == 1 }},
		{"no need to cut", "items: 4\nareas: [{id: cases, count: 4}]\n", []int{3, 3, 2, 2, 2}, 6, func(counts []int, sizes map[int]int) bool { return sizes[1] == 0 }},
		{"a lone one as the last resort", "items: 7\nareas: [{id: cases, count: 7}]\n", []int{2, 2, 2, 2}, 0, func(counts []int, sizes map[int]int) bool { return sizes[1] == 1 && sizes[2] == 3 }},
	}
	for _, tt := range tests {
		fsys := fstest.MapFS{"exams/x.yaml": exam("x", tt.exam)}
		in := invented{}
		for i, n := range tt.sizes {
			id := fmt.Sprintf("chart-%d", i)
			fsys["cases/office/"+id+".md"] = file(quizzes.TemplateIn("case", "office", id))
			for range n {
				in["cases"] = append(in["cases"], "difficulty=3 group="+id)
			}
		}
		for range tt.singles {
			in["cases"] = append(in["cases"], "difficulty=3")
		}
		in.write(fsys)
		b := loadBank(t, fsys)
		bp := blueprint(t, b, "x")
		for seed := range uint64(60) {
			f, err := b.Draw(bp, seed, nil)
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			sound(t, b, bp, f)
			counts, sizes := make([]int, len(tt.sizes)), map[int]int{}
			for _, it := range f.Items {
				var n int
				if it.Group != "" {
					_, _ = fmt.Sscanf(it.Group, "chart-%d", &n)
					counts[n]++
				}
			}
			for _, n := range counts {
				if n > 0 {
					sizes[n]++
				}
			}
			if !tt.want(counts, sizes) {
				t.Errorf("%s, seed %d: %v", tt.name, seed, counts)
			}
		}
	}
}

// TestDrawTooFewCharts: what is short is named.
func TestDrawTooFewCharts(t *testing.T) {
	b := loadBank(t, fullBank())
	for src, want := range map[string]string{
		"items: 80\nareas: [{id: cases, count: 80}]\ngroups: {cases: 25}\n": "Cases has 22 of 25 charts with several questions",
		"charts: {count: 31}\n":                                             "Charts has 30 of 31",
		"charts: {count: 9, settings: {ed: 1}}\n":                           "Charts has 7 of 9",
		"charts: {count: 1, areas: [hcpcs]}\n":                              "Charts has 0 of 1",
		"items: 4\nareas: [{id: em, count: 4}]\nkinds: [match]\n":           "Evaluation and management has 0 of 4",
		"questions: [em-001, em-999]\n":                                     "there is no question em-999",
		"charts: {cases: [chart-01, chart-99]}\n":                           "there is no case chart-99",
		"items: 60\nareas: [{id: cases, count: 30}]\ncharts: {count: 30}\n": "",
		"items: 80\ndomains: [{name: All, share: 100, areas: [cases]}]\ncharts: {count: 30}\ngroups: {cases: 1}\n": "Charts gives ",
	} {
		bp, problems := quizzes.ParseBlueprint([]byte(headOfExam+src), "x")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		f, err := b.Draw(bp, 1, nil)
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", src, err)
			} else {
				sound(t, b, bp, f)
			}
			continue
		}
		if !errors.Is(err, quizzes.ErrTooSmall) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", src, err)
		}
	}
}

func TestDrawFixedList(t *testing.T) {
	b := loadBank(t, fullBank())
	list := []string{"em-003", "cases-050", "anatomy-007", "cases-051", "hcpcs-001"}
	for _, shuffle := range []bool{false, true} {
		src := headOfExam + "questions: [" + strings.Join(list, ", ") + "]\ncharts: {cases: [chart-00, chart-02], weight: 4}\n" + fmt.Sprintf("shuffle: %v\n", shuffle)
		bp, problems := quizzes.ParseBlueprint([]byte(src), "x")
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		orders := map[string]bool{}
		for seed := range uint64(40) {
			f, err := b.Draw(bp, seed, nil)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, it := range f.Items {
				ids = append(ids, it.ID)
				if want := map[bool]int{true: 4, false: 1}[it.Kind == quizzes.ItemCase]; it.Weight != want {
					t.Errorf("%+v", it)
				}
			}
			if !shuffle && !slices.Equal(ids, append(slices.Clone(list), "chart-00", "chart-02")) {
				t.Errorf("seed %d: %v", seed, ids)
			}
			orders[strings.Join(ids, " ")] = true
			if slices.Sort(ids); !slices.Equal(ids, sorted(append(slices.Clone(list), "chart-00", "chart-02"))) {
				t.Errorf("seed %d: %v", seed, ids)
			}
		}
		if shuffle && len(orders) < 10 {
			t.Errorf("%d orders", len(orders))
		}
		if n, short := b.Forms(bp, 5); n != 1 || !strings.Contains(short, "fixed") {
			t.Error(n, short)
		}
	}
	// Charts are drawn around a fixed list of questions: never one that a listed question is about.
	bp, _ := quizzes.ParseBlueprint([]byte(headOfExam+"questions: [cases-040]\ncharts: {count: 29}\n"), "x")
	f, err := b.Draw(bp, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range f.Items {
		if it.ID == "chart-00" {
			t.Error("the chart of cases-040 is among the charts")
		}
	}
}

// TestForms counts forms that have nothing in common.
func TestForms(t *testing.T) {
	b := loadBank(t, fstest.MapFS{
		"bank/em/a.md":      filled("em", 14, func(i int) string { return map[bool]string{true: "trial=true"}[i < 2] }),
		"bank/anatomy/a.md": filled("anatomy", 9, nil),
		"exams/x.yaml":      exam("x", "items: 6\nareas: [{id: em, count: 4}, {id: anatomy, count: 2}]\n"),
		"exams/y.yaml":      exam("y", "items: 7\nunscored: 1\nareas: [{id: em, count: 4}, {id: anatomy, count: 2}]\n"),
		"exams/z.yaml":      exam("z", "items: 20\nareas: [{id: em, count: 10}, {id: anatomy, count: 10}]\n"),
	})
	tests := []struct {
		id    string
		limit int
		n     int
		short string
	}{
		{"x", 20, 3, "Evaluation and management has 2 of 4"},
		{"x", 2, 2, ""},
		{"y", 20, 2, "Evaluation and management has 4 of 5"},
		{"z", 20, 0, "Anatomy has 9 of 10"},
	}
	for _, tt := range tests {
		if n, short := b.Forms(blueprint(t, b, tt.id), tt.limit); n != tt.n || !strings.Contains(short, tt.short) || (short == "") != (tt.short == "") {
			t.Errorf("%s: %d forms, then %q; want %d, %q", tt.id, n, short, tt.n, tt.short)
		}
	}
}

// BenchmarkDraw draws a CPC form from about a thousand questions.
func BenchmarkDraw(b *testing.B) {
	bank := loadBank(b, fullBank())
	for _, id := range []string{"cpc", "ccs", "cca"} {
		bp := blueprint(b, bank, id)
		b.Run(id, func(b *testing.B) {
			b.ReportAllocs()
			seed := uint64(0)
			for b.Loop() {
				if _, err := bank.Draw(bp, seed, func(id string) bool { return id[len(id)-1] == '7' }); err != nil {
					b.Fatal(err)
				}
				seed++
			}
		})
	}
}

// A setting with a share of 0 keeps questions about its charts out, and the CPC form has no hospital stay.
func TestSettingsKeepOut(t *testing.T) {
	_, bank, _, _ := shipped(t)
	bp := blueprint(t, bank, "cpc")
	for seed := range uint64(30) {
		f, err := bank.Draw(bp, seed, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range f.Items {
			if c, err := bank.Case(it.Group); err == nil && c.Setting == "inpatient" {
				t.Errorf("seed %d: %s is about the hospital stay %s", seed, it.ID, it.Group)
			}
		}
	}
}
