package progress_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/progress/itemstats"
	"crosswalk/quizzes"
	"crosswalk/store"
	"crosswalk/store/storetest"
)

const classItems = 12

// classBank has twelve questions of E/M, of which the first option is right; the key of em-q-00 says so of the second unless mended. Exams are one of
// them all, one of which eight are drawn, and one whose answers never open.
func classBank(t testing.TB, mended, reworded bool) *quizzes.Bank {
	t.Helper()
	var b, list strings.Builder
	b.WriteString("---\narea: em\ncode_year: 2026\n---\n\n")
	for i := range classItems {
		marks := []string{"x", " ", " ", " "}
		if i == 0 && !mended {
			marks = []string{" ", "x", " ", " "}
		}
		stem := "Stem"
		if i == 1 && reworded {
			stem = "Another stem"
		}
		fmt.Fprintf(&b, "## em-q-%02d {difficulty=1 cites=x}\n\n%s %d.\n\n", i, stem, i)
		for o, m := range marks {
			fmt.Fprintf(&b, "- [%s] option %d\n  > why\n", m, o)
		}
		b.WriteString("\n> r\n\n")
		fmt.Fprintf(&list, "em-q-%02d, ", i)
	}
	all := "questions: [" + strings.TrimSuffix(list.String(), ", ") + "]"
	bank, problems := quizzes.Load(fstest.MapFS{
		"bank/em/a.md":       {Data: []byte(b.String())},
		"exams/all.yaml":     {Data: []byte(composed("all", all))},
		"exams/drawn.yaml":   {Data: []byte(composed("drawn", "items: 8\nareas: [{id: em, count: 8}]"))},
		"exams/unknown.yaml": {Data: []byte(strings.Replace(composed("unknown", all), "feedback: after", "feedback: never", 1))},
	}, markdown.New(nil, nil), nil)
	if errs := markdown.Errors(problems); len(errs) > 0 {
		t.Fatal(errs)
	}
	return bank
}

// class is a house with classBank, an instructor and learners whose abilities are known.
type class struct {
	*house
	ines    progress.Actor
	rng     *rand.Rand
	ability map[progress.LearnerID]float64
}

func newClass(t *testing.T, h *house, size int) (*class, []progress.Actor) {
	t.Helper()
	h.SetContent(classBank(t, false, false))
	_, err := h.KeepContent(t.Context())
	h.must(err)
	c := &class{house: h, ines: h.user("ines", progress.RoleInstructor, ""), rng: rand.New(rand.NewPCG(4, 4)), ability: map[progress.LearnerID]float64{}}
	var all []progress.Actor
	for range size {
		a := h.guest()
		c.ability[a.Learner] = 1.5 * c.rng.NormFloat64()
		all = append(all, a)
	}
	return c, all
}

// takes is the option that a learner takes: the true one as their ability has it, else one of the others.
func (c *class) takes(a progress.Actor, item string) int {
	var i int
	fmt.Sscanf(item, "em-q-%d", &i)
	b := -1.5 + 3*float64(i)/(classItems-1)
	if c.rng.Float64() < 1/(1+math.Exp(b-c.ability[a.Learner])) {
		return 0
	}
	return 1 + c.rng.IntN(3)
}

// sits has a learner sit a whole exam and gives what they took, by item.
func (c *class) sits(a progress.Actor, exam string) map[string]int {
	c.t.Helper()
	ctx := context.Background()
	x, err := c.StartSitting(ctx, a, progress.SittingStart{Exam: exam, ClientKey: c.key(), Seed: c.rng.Uint64()})
	c.must(err)
	took := map[string]int{}
	var saves []progress.ItemSave
	for pos, f := range x.Form {
		took[f.ID] = c.takes(a, f.ID)
		st := author(x, pos, took[f.ID])
		st.Seconds = 60 + c.rng.IntN(100)
		saves = append(saves, progress.ItemSave{Pos: pos, Seq: int64(pos + 1), Body: body(c.t, st)})
	}
	_, _, err = c.SaveItems(ctx, a, x.ID, saves)
	c.must(err)
	c.clock.add(time.Hour / 2)
	_, err = c.HandIn(ctx, a, x.ID)
	c.must(err)
	return took
}

func (c *class) exam(id string, f progress.AnalysisFilter) progress.Analysis {
	c.t.Helper()
	a, err := c.AnalyseExam(c.t.Context(), c.ines, id, f)
	c.must(err)
	return a
}

func itemOf(t testing.TB, a progress.Analysis, id string) progress.AnalysedItem {
	t.Helper()
	for _, it := range a.Items {
		if it.ID == id {
			return it
		}
	}
	t.Fatalf("%s is not among the %d items", id, len(a.Items))
	return progress.AnalysedItem{}
}

func hasFlag(it progress.AnalysedItem, kinds ...itemstats.FlagKind) bool {
	for _, f := range it.Flags {
		for _, k := range kinds {
			if f.Kind == k {
				return true
			}
		}
	}
	return false
}

// onBothEngines runs a test over a house on SQLite and on PostgreSQL.
func onBothEngines(t *testing.T, test func(t *testing.T, h *house)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			url := filepath.Join(t.TempDir(), "c.db")
			if engine == "postgres" {
				url = storetest.Postgres(t)
			}
			db, err := store.Open(context.Background(), store.Options{URL: url, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			c := &clock{t: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
			test(t, &house{Service: progress.NewWithContent(db, newBank(), emptyBook(t), progress.Options{Now: c.now, Passphrase: cheap}), clock: c, db: db, t: t})
		})
	}
}

// TestAnExamIsAnalysed: figures are those of the first sittings of learners by the newest gradings, and a wrong key shows.
func TestAnExamIsAnalysed(t *testing.T) {
	onBothEngines(t, func(t *testing.T, h *house) {
		c, all := newClass(t, h, 40)
		took := map[string][]int{}
		for _, a := range all {
			for id, o := range c.sits(a, "all") {
				took[id] = append(took[id], o)
			}
		}
		middle := c.clock.now()
		c.sits(all[0], "all") // a second time
		c.sits(all[1], "unknown")
		c.sits(c.ines, "all") // staff trying it out
		_, err := c.StartSitting(t.Context(), all[2], progress.SittingStart{Exam: "all", ClientKey: c.key()})
		c.must(err)

		a := c.exam("all", progress.AnalysisFilter{})
		if a.Persons != 40 || a.Answers != 480 || a.LeftOut.Repeats != 1 || a.LeftOut.Sealed != 0 || len(a.Items) != classItems || !a.Form.SameItems || a.Form.Formula != itemstats.KR20 {
			t.Errorf("persons %d, answers %d, left out %+v, items %d, form %+v", a.Persons, a.Answers, a.LeftOut, len(a.Items), a.Form)
		}
		for id, options := range took {
			it := itemOf(t, a, id)
			right, n := 0, map[string]int{}
			for _, o := range options {
				n[progress.OptionLetter(o)]++
				if (o == 0) != (id == "em-q-00") && (o == 0 || o == 1) {
					right++
				}
			}
			if got := it.Facility.Value * 40; math.Abs(got-float64(right)) > 1e-9 {
				t.Errorf("%s: %g right, want %d", id, got, right)
			}
			for _, o := range it.Options {
				if o.N != n[o.Label] {
					t.Errorf("%s: option %s was taken by %d, want %d", id, o.Label, o.N, n[o.Label])
				}
			}
			if it.Time == nil || it.Time.Pace != 300 || it.Time.Median < 60 || it.Time.Median > 160 {
				t.Errorf("%s: time %+v", id, it.Time)
			}
		}
		if bad := a.Items[0]; bad.ID != "em-q-00" || !hasFlag(bad, itemstats.FlagKey, itemstats.FlagNegative) {
			t.Errorf("the worst item is %s with %+v, want em-q-00 with its key in doubt", a.Items[0].ID, a.Items[0].Flags)
		}
		if all := c.exam("all", progress.AnalysisFilter{All: true}); all.Persons != 41 || all.LeftOut.Repeats != 0 {
			t.Errorf("every sitting: %d, left out %+v", all.Persons, all.LeftOut)
		}
		if late := c.exam("all", progress.AnalysisFilter{From: &middle}); late.Persons != 1 && late.Persons != 0 {
			t.Errorf("from the middle on: %d", late.Persons)
		}
		half := c.cohort(c.ines, "half", all[:20]...)
		if h := c.exam("all", progress.AnalysisFilter{Cohort: half.ID}); h.Persons != 20 || h.Answers != 240 {
			t.Errorf("the cohort: %d persons, %d answers", h.Persons, h.Answers)
		}
		if u := c.exam("unknown", progress.AnalysisFilter{}); u.Persons != 0 || u.Answers != 0 || u.LeftOut.Sealed != 1 {
			t.Errorf("an exam whose answers never open: %d persons, left out %+v", u.Persons, u.LeftOut)
		}

		// With the key mended and the sittings graded anew, the item is sound.
		c.SetContent(classBank(t, true, false))
		_, err = c.KeepContent(t.Context())
		c.must(err)
		_, err = c.Regrade(t.Context(), progress.Operator(""), "em-q-00", "the key was wrong", false)
		c.must(err)
		if it := itemOf(t, c.exam("all", progress.AnalysisFilter{}), "em-q-00"); hasFlag(it, itemstats.FlagKey, itemstats.FlagNegative) || it.PointBiserial.Value < 0.1 {
			t.Errorf("after mending: point-biserial %v, flags %+v", it.PointBiserial, it.Flags)
		}
	})
}

// TestDrawnFormsAreAnalysed: each item by those who were shown it.
func TestDrawnFormsAreAnalysed(t *testing.T) {
	c, all := newClass(t, newHouse(t), 45)
	shown := map[string]int{}
	for _, a := range all {
		for id := range c.sits(a, "drawn") {
			shown[id]++
		}
	}
	a := c.exam("drawn", progress.AnalysisFilter{})
	if a.Form.SameItems || a.Form.Formula != itemstats.Drawn || a.Form.Reliability == nil || a.Form.Items != 8 {
		t.Errorf("form %+v", a.Form)
	}
	for id, n := range shown {
		if it := itemOf(t, a, id); it.N != n || it.AlphaWithout != nil {
			t.Errorf("%s: %d answers, want %d; alpha without it %v", id, it.N, n, it.AlphaWithout)
		}
	}
}

// TestAnAreaIsAnalysedOverAllTime: of each learner the first answer to the text in force, wherever it was given but in lessons.
func TestAnAreaIsAnalysedOverAllTime(t *testing.T) {
	onBothEngines(t, func(t *testing.T, h *house) {
		c, all := newClass(t, h, 24)
		for _, a := range all[:12] {
			c.sits(a, "all")
		}
		submit := func(a progress.Actor, q string, o int, in progress.Context) {
			t.Helper()
			_, err := c.SubmitQuestion(t.Context(), a, progress.QuestionSubmission{ClientKey: c.key(), Question: q, Context: in, Answer: grading.ItemAnswer{Options: []int{o}}})
			c.must(err)
		}
		for _, a := range all[12:] {
			for i := range classItems {
				q := fmt.Sprintf("em-q-%02d", i)
				submit(a, q, c.takes(a, q), progress.Context{})
			}
		}
		submit(all[0], "em-q-03", 2, progress.Context{}) // again
		d := c.guest()
		submit(d, "em-q-03", 2, progress.Context{Kind: progress.InLesson, Ref: "some-lesson"})
		a, err := c.AnalyseArea(t.Context(), c.ines, "em", progress.AnalysisFilter{})
		c.must(err)
		if a.Persons != 24 || a.Answers != 24*classItems || a.LeftOut.Repeats != 1 || a.LeftOut.Older != 0 {
			t.Errorf("persons %d, answers %d, left out %+v", a.Persons, a.Answers, a.LeftOut)
		}
		if a, err = c.AnalyseArea(t.Context(), c.ines, "", progress.AnalysisFilter{}); err != nil || a.Answers != 24*classItems {
			t.Errorf("all areas: %d answers, %v", a.Answers, err)
		}
		if _, err := c.AnalyseArea(t.Context(), c.ines, "nowhere", progress.AnalysisFilter{}); err == nil {
			t.Error("an unknown area is analysed")
		}
		one, err := c.AnalyseItem(t.Context(), c.ines, "", "em-q-05", "", progress.AnalysisFilter{})
		c.must(err)
		if one.N != 24 || one.Item != "em-q-05" || one.PointBiserial == nil || len(one.Options) != 4 || one.Lines != nil {
			t.Errorf("one item: %+v", one.Stats)
		}
		if one, err = c.AnalyseItem(t.Context(), c.ines, "", "em-q-05", "all", progress.AnalysisFilter{}); err != nil || one.N != 12 {
			t.Errorf("one item in the exam: %d answers, %v", one.N, err)
		}
		_, err = c.AnalyseItem(t.Context(), c.ines, "", "nothing", "", progress.AnalysisFilter{})
		wantErr(t, "an unknown item", err, progress.ErrNotFound)

		// With another text the old answers say nothing of the item; in the exam they stand apart.
		c.SetContent(classBank(t, false, true))
		_, err = c.KeepContent(t.Context())
		c.must(err)
		a, err = c.AnalyseArea(t.Context(), c.ines, "em", progress.AnalysisFilter{})
		c.must(err)
		if a.LeftOut.Older != 24 || len(a.Items) != classItems-1 {
			t.Errorf("after a rewording: left out %+v, %d items", a.LeftOut, len(a.Items))
		}
		x := c.exam("all", progress.AnalysisFilter{})
		earlier := 0
		for _, it := range x.Items {
			if it.Earlier && it.Item == "em-q-01" && it.N == 12 && it.ID != "em-q-01" {
				earlier++
			}
		}
		if earlier != 1 || len(x.Items) != classItems {
			t.Errorf("%d earlier texts among %d items", earlier, len(x.Items))
		}
		if one, err = c.AnalyseItem(t.Context(), c.ines, "", "em-q-01", "", progress.AnalysisFilter{}); err != nil || one.N != 0 {
			t.Errorf("the reworded item has %d answers, %v", one.N, err)
		}
	})
}

// TestWhoMayAnalyse: instructors and admins, each what is theirs to see.
func TestWhoMayAnalyse(t *testing.T) {
	h := newHouse(t)
	c, all := newClass(t, h, 2)
	ctx := t.Context()
	ivan, emil := h.user("ivan", progress.RoleInstructor, ""), h.user("emil", progress.RoleEmployer, "")
	h.compose(c.ines, "week-1")
	_, err := h.SaveRule(ctx, c.ines, progress.RuleDraft{Exam: "week-1", Kind: progress.RuleForEveryone})
	h.must(err)
	c.sits(all[0], "week-1")
	cohort := h.cohort(c.ines, "mine", all[0])
	for name, a := range map[string]progress.Actor{"a learner": all[0], "an employer": emil, "nobody": {}} {
		_, err := h.AnalyseExam(ctx, a, "all", progress.AnalysisFilter{})
		wantErr(t, name+" and an exam", err, progress.ErrForbidden)
		_, err = h.AnalyseArea(ctx, a, "em", progress.AnalysisFilter{})
		wantErr(t, name+" and an area", err, progress.ErrForbidden)
		_, err = h.AnalyseItem(ctx, a, "", "em-q-01", "", progress.AnalysisFilter{})
		wantErr(t, name+" and an item", err, progress.ErrForbidden)
		_, err = h.AnalysedExams(ctx, a)
		wantErr(t, name+" and the list", err, progress.ErrForbidden)
	}
	_, err = h.AnalyseExam(ctx, ivan, "week-1", progress.AnalysisFilter{})
	wantErr(t, "another's exam", err, progress.ErrNotFound)
	_, err = h.AnalyseItem(ctx, ivan, "", "em-q-01", "week-1", progress.AnalysisFilter{})
	wantErr(t, "an item in another's exam", err, progress.ErrNotFound)
	_, err = h.AnalyseExam(ctx, ivan, "all", progress.AnalysisFilter{Cohort: cohort.ID})
	wantErr(t, "another's cohort", err, progress.ErrNotFound)
	_, err = h.AnalyseArea(ctx, ivan, "em", progress.AnalysisFilter{Cohort: cohort.ID})
	wantErr(t, "another's cohort and an area", err, progress.ErrNotFound)
	for who, want := range map[progress.Actor]int{c.ines: 1, ivan: 0, progress.Operator(""): 1, progress.Operator(storetest.Other): 0} {
		list, err := h.AnalysedExams(ctx, who)
		h.must(err)
		if len(list) != want {
			t.Errorf("%v sees %+v, want %d exams", who, list, want)
		}
	}
	elsewhere, err := h.AnalyseArea(ctx, progress.Operator(storetest.Other), "em", progress.AnalysisFilter{})
	h.must(err)
	if elsewhere.Answers != 0 {
		t.Errorf("another organisation sees %d answers", elsewhere.Answers)
	}
}

// TestChartLines: which line is missed, what comes instead, and which traps are taken.
func TestChartLines(t *testing.T) {
	h := newHouse(t)
	ines := h.user("ines", progress.RoleInstructor, "")
	h.SwapContent(newBank().change("c1", func(it *progress.Item) {
		k := *it.Case
		k.Traps = []grading.Trap{{Code: "R739", Kind: grading.Integral, Why: "integral to diabetes"}, {Code: "Z794", Kind: grading.Unsupported, Why: "no insulin"}}
		it.Case = &k
	}))
	for _, codes := range [][]string{{"E11.22", "N18.32"}, {"E11.22"}, {"E11.22", "N18.30"}, {"E11.22", "N18.30", "R73.9"}, {"E11.21", "N18.32"}, {"E11.22", "N18.9"}} {
		h.code(h.guest(), codes...)
	}
	a, err := h.AnalyseItem(t.Context(), ines, "", "c1", "", progress.AnalysisFilter{})
	h.must(err)
	l := a.Lines
	if a.N != 6 || a.Kind != progress.KindCase || l == nil || l.N != 6 || l.Clean != 1 || len(l.Lines) != 2 {
		t.Fatalf("%d answers, lines %+v", a.N, l)
	}
	first, second := l.Lines[0], l.Lines[1]
	if first.Line != "E11.22" || first.N != 6 || first.Right != 5 || first.Near != 1 || first.Missed != 0 || len(first.Instead) != 1 || first.Instead[0].Code != "E11.21" {
		t.Errorf("first line %+v", first)
	}
	if second.Line != "N18.32" || second.N != 6 || second.Right != 2 || second.Missed != 1 || second.Near != 3 || len(second.Instead) != 2 || second.Instead[0].Code != "N18.30" || second.Instead[0].N != 2 ||
		second.Instead[1].Code != "N18.9" || second.Lost() != 4 {
		t.Errorf("second line %+v", second)
	}
	if len(l.Traps) != 2 || l.Traps[0].Code != "R73.9" || l.Traps[0].N != 1 || l.Traps[0].Trap != "integral" || l.Traps[1].N != 0 || len(l.Extras) != 0 {
		t.Errorf("traps %+v, extras %+v", l.Traps, l.Extras)
	}
}
