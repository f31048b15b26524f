package standing_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress/ability"
	"crosswalk/progress/memory"
	. "crosswalk/progress/standing"
)

var areas = []string{"cases", "cpt-10000", "cpt-20000", "guidelines", "icd10cm"}

// catalog knows questions q0 to q39 and cases c0 to c9, but for those numbered 7, which are deleted.
type catalog struct{}

func (catalog) Facts(kind, item string) (Facts, bool) {
	switch kind {
	case Term:
		return Facts{Pace: 10 * time.Second}, true
	case Line:
		return Facts{Pace: 20 * time.Second}, true
	}
	n, err := strconv.Atoi(item[1:])
	if err != nil || n%10 == 7 {
		return Facts{}, false
	}
	if kind == Case {
		return Facts{Areas: []string{"cases", "icd10cm"}, Pace: 10 * time.Minute, Setting: "ed"}, true
	}
	return Facts{Areas: []string{areas[n%len(areas)]}, Difficulty: float64(n%5-2) * 0.8, Options: 4, Pace: 100 * time.Second}, true
}

func config(t testing.TB) Config {
	t.Helper()
	m, err := ability.NewModel(ability.DefaultPrior())
	if err != nil {
		t.Fatal(err)
	}
	return Config{Areas: areas, Ability: m, Memory: memory.Default(), Catalog: catalog{}}
}

func id(n int) string { return fmt.Sprintf("%08d-0000-7000-8000-000000000000", n) }

const firstDay = 20400

func at(day, minute int) time.Time {
	return time.Unix(int64(day)*86400, 0).UTC().Add(12*time.Hour + time.Duration(minute)*time.Minute)
}

// question is an answer to a question.
func question(n, day int, item string, right bool) Entry {
	e := Entry{ID: id(n), Kind: Question, Item: item, Areas: []string{"icd10cm"}, Context: "alone", At: at(day, n), Day: day, Seconds: 100, Correct: right}
	if right {
		e.Score = 1
	}
	return e
}

func caseOf(n, day int, item string, missed ...Missed) Entry {
	e := Entry{ID: id(n), Kind: Case, Item: item, Areas: []string{"cases", "icd10cm"}, Context: "alone", At: at(day, n), Day: day, Seconds: 600, Score: 0.8, Audit10: 900, Missed: missed, Correct: len(missed) == 0}
	for _, m := range missed {
		e.Findings = append(e.Findings, m.Finding)
	}
	return e
}

func term(n, day int, item string, g memory.Grade) Entry {
	return Entry{ID: id(n), Kind: Term, Item: item, Context: InReview, At: at(day, n), Day: day, Seconds: 8, Grade: g, Correct: g > memory.Again}
}

func folded(t testing.TB, entries ...Entry) *Standing {
	t.Helper()
	s := New(config(t))
	for _, e := range entries {
		if err := s.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// state is what a card comes to by reviews that follow each other by days.
func state(t *testing.T, steps ...int) memory.State {
	t.Helper()
	var s memory.State
	for i := 0; i < len(steps); i += 2 {
		var err error
		if s, err = memory.Default().Next(s, steps[i], memory.Grade(steps[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

const again, hard, good, easy = int(memory.Again), int(memory.Hard), int(memory.Good), int(memory.Easy)

func TestCards(t *testing.T) {
	lat, seventh, missing := Missed{"S52.531A", "DX-LAT"}, Missed{"S52.531A", "DX-7TH"}, Missed{"E11.9", "DX-MISS"}
	bundled := Missed{"+25605", "CPT-UNB"}
	undo := func(n, day int, of string) Entry {
		return Entry{ID: id(n), Kind: Term, Item: "x", At: at(day, n), Day: day, Undoes: of}
	}
	byHand := func(n, day int, of string, g memory.Grade) Entry {
		return Entry{ID: id(n), Kind: Question, Item: "q1", At: at(day, n), Day: day, Of: of, Grade: g}
	}
	quick := question(2, firstDay+3, "q1", true)
	quick.Seconds = 20
	for _, c := range []struct {
		name    string
		entries []Entry
		want    map[string]memory.State
	}{
		{"a right answer makes no card", []Entry{question(1, firstDay, "q1", true)}, map[string]memory.State{}},
		{"a wrong answer makes one", []Entry{question(1, firstDay, "q1", false)}, map[string]memory.State{"question/q1": state(t, 0, again)}},
		{"later answers review it", []Entry{question(1, firstDay, "q1", false), question(2, firstDay+3, "q1", true), question(3, firstDay+3, "q2", true)},
			map[string]memory.State{"question/q1": state(t, 0, again, 3, good)}},
		{"a quick answer is easy", []Entry{question(1, firstDay, "q1", false), quick}, map[string]memory.State{"question/q1": state(t, 0, again, 3, easy)}},
		{"a clock that goes back lets no time go by", []Entry{question(1, firstDay, "q1", false), question(2, firstDay-30, "q1", true)},
			map[string]memory.State{"question/q1": state(t, 0, again, 0, good)}},
		{"by hand", []Entry{question(1, firstDay, "q1", false), question(2, firstDay+3, "q1", true), byHand(3, firstDay+3, id(2), memory.Hard)},
			map[string]memory.State{"question/q1": state(t, 0, again, 3, hard)}},
		{"by hand and taken back", []Entry{question(1, firstDay, "q1", false), question(2, firstDay+3, "q1", true), byHand(3, firstDay+3, id(2), memory.Hard), undo(4, firstDay+3, id(3))},
			map[string]memory.State{"question/q1": state(t, 0, again, 3, good)}},
		{"by hand on another day is too late", []Entry{question(1, firstDay, "q1", false), byHand(2, firstDay+1, id(1), memory.Easy)},
			map[string]memory.State{"question/q1": state(t, 0, again)}},
		{"by hand after another answer is too late", []Entry{question(1, firstDay, "q1", false), question(2, firstDay, "q1", true), byHand(3, firstDay, id(1), memory.Easy)},
			map[string]memory.State{"question/q1": state(t, 0, again, 0, good)}},
		{"a term", []Entry{term(1, firstDay, "x", memory.Good), term(2, firstDay+2, "x", memory.Easy)}, map[string]memory.State{"term/x": state(t, 0, good, 2, easy)}},
		{"a term taken back", []Entry{term(1, firstDay, "x", memory.Good), term(2, firstDay+2, "x", memory.Again), undo(3, firstDay+2, id(2))},
			map[string]memory.State{"term/x": state(t, 0, good)}},
		{"the first review taken back", []Entry{term(1, firstDay, "x", memory.Good), undo(2, firstDay, id(1))}, map[string]memory.State{}},
		{"an older review stays", []Entry{term(1, firstDay, "x", memory.Good), term(2, firstDay, "x", memory.Good), undo(3, firstDay, id(1))},
			map[string]memory.State{"term/x": state(t, 0, good, 0, good)}},
		{"two taken back in turn", []Entry{term(1, firstDay, "x", memory.Good), term(2, firstDay, "x", memory.Good), undo(3, firstDay, id(2)), undo(4, firstDay, id(1))}, map[string]memory.State{}},
		{"yesterday's review stays", []Entry{term(1, firstDay, "x", memory.Good), undo(2, firstDay+1, id(1))}, map[string]memory.State{"term/x": state(t, 0, good)}},
		{"lines of a case by trap, each once", []Entry{caseOf(1, firstDay, "c1", lat, seventh, seventh, missing, bundled)},
			map[string]memory.State{"line/c1/S52.531A/laterality": state(t, 0, again), "line/c1/S52.531A/seventh-character": state(t, 0, again), "line/c1/+25605/bundling": state(t, 0, again)}},
		{"a later submission reviews them", []Entry{caseOf(1, firstDay, "c1", lat, seventh), caseOf(2, firstDay+5, "c1", seventh), caseOf(3, firstDay+6, "c2")},
			map[string]memory.State{"line/c1/S52.531A/laterality": state(t, 0, again, 5, good), "line/c1/S52.531A/seventh-character": state(t, 0, again, 5, again)}},
		{"a line by itself", []Entry{caseOf(1, firstDay, "c1", lat), {ID: id(2), Kind: Line, Item: "c1/S52.531A/laterality", Day: firstDay + 1, At: at(firstDay+1, 0), Seconds: 20, Correct: true}},
			map[string]memory.State{"line/c1/S52.531A/laterality": state(t, 0, again, 1, good)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := folded(t, c.entries...)
			got := map[string]memory.State{}
			for _, card := range s.Cards() {
				got[card.ID] = card.State
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("cards (-want +got):\n%s", d)
			}
		})
	}
}

func TestEvidence(t *testing.T) {
	estimate := func(s *Standing, day int) ability.Estimate {
		e, err := s.Ability(day).Area("icd10cm")
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := estimate(folded(t, question(1, firstDay, "q1", true)), firstDay)
	repeat := estimate(folded(t, question(1, firstDay, "q1", true), question(2, firstDay, "q1", true)), firstDay)
	fresh := estimate(folded(t, question(1, firstDay, "q1", true), question(2, firstDay, "q11", true)), firstDay)
	if !(first.Mean > 0 && repeat.Mean > first.Mean && fresh.Mean > repeat.Mean+0.05) {
		t.Errorf("means: one answer %.3f, again %.3f, another question %.3f; want them to rise", first.Mean, repeat.Mean, fresh.Mean)
	}
	exam := question(2, firstDay, "q1", true)
	exam.Context, exam.Ref = InExam, "s1"
	if got := estimate(folded(t, question(1, firstDay, "q1", true), exam), firstDay); got != repeat {
		t.Errorf("an item seen before gives %+v in an exam, want what it gives elsewhere: %+v", got, repeat)
	}
	exam.Item = "q11"
	if got := estimate(folded(t, question(1, firstDay, "q1", true), exam), firstDay); math.Abs(got.Mean-fresh.Mean) > 1e-9 {
		t.Errorf("a new exam item gives %.3f, want it to count fully: %.3f", got.Mean, fresh.Mean)
	}
	lesson := question(1, firstDay, "q1", true)
	lesson.Context = InLesson
	if got := estimate(folded(t, lesson), firstDay); !(got.Mean > 0 && got.Mean < first.Mean) {
		t.Errorf("a check in a lesson gives %.3f, want less than %.3f", got.Mean, first.Mean)
	}
	s := folded(t, question(1, firstDay, "q1", true))
	if got := estimate(s, firstDay+int(HalfLife)); !(got.Mean > 0 && got.Mean < first.Mean && got.SD > first.SD) {
		t.Errorf("after a half-life %+v, want it nearer to the prior than %+v", got, first)
	}
	if got := estimate(s, firstDay-100); got != first {
		t.Errorf("before the answer %+v, want %+v", got, first)
	}
	// What is deleted is known by its facts as they were; without them it is tallied and says nothing of ability.
	gone := question(1, firstDay, "q7", true)
	if got := estimate(folded(t, gone), firstDay); math.Abs(got.Mean) > 1e-9 {
		t.Errorf("an unknown question gives %.3f", got.Mean)
	}
	gone.Facts = &Facts{Difficulty: -0.8, Options: 4}
	if got := estimate(folded(t, gone), firstDay); math.Abs(got.Mean-first.Mean) > 1e-9 {
		t.Errorf("a deleted question gives %.3f, want %.3f", got.Mean, first.Mean)
	}
	a, _ := folded(t, gone).Area("icd10cm")
	if a.Answered != 1 || a.Correct != 1 {
		t.Errorf("tally of a deleted question: %+v", a)
	}
}

func TestTallies(t *testing.T) {
	exam := question(5, firstDay+1, "q3", true)
	exam.Context, exam.Ref = InExam, "s1"
	second := exam
	second.ID, second.Item = id(6), "q4"
	s := folded(t,
		question(1, firstDay, "q1", false), question(2, firstDay, "q1", true), question(3, firstDay+1, "q2", true),
		caseOf(4, firstDay+1, "c1", Missed{"E11.9", "DX-SPEC"}, Missed{"I10", "DX-SPEC"}), exam, second,
		Entry{ID: id(8), Kind: Audit, Item: "c1", Context: "audit", At: at(firstDay+1, 8), Day: firstDay + 1, Seconds: 60, Score: 0.5},
		term(9, firstDay+1, "x", memory.Good), caseOf(10, firstDay+2, "c1"))
	a, ok := s.Area("icd10cm")
	if !ok {
		t.Fatal("no such area")
	}
	want := Area{
		Area: "icd10cm", Counts: Counts{Seen: 4, Answered: 5, Correct: 4, FirstTry: 4, FirstTryCorrect: 3, LastCorrect: 4}, Cases: 2, Learning: 1600, LastAt: at(firstDay+2, 10),
		Series: []Point{{firstDay, 1, 2}, {firstDay + 1, 4, 5}},
	}
	if d := cmp.Diff(want, a); d != "" {
		t.Errorf("area (-want +got):\n%s", d)
	}
	days := []Day{
		{Day: firstDay, Questions: 2, Correct: 1, Seconds: 200},
		{Day: firstDay + 1, Questions: 3, Correct: 3, Cases: 1, Audits: 1, Reviews: 1, Seconds: 968},
		{Day: firstDay + 2, Cases: 1, Seconds: 600},
	}
	if d := cmp.Diff(days, s.Days()); d != "" {
		t.Errorf("days (-want +got):\n%s", d)
	}
	total := s.Totals()
	if total.Questions != 5 || total.Exams != 1 || total.ExamItems != 2 || total.Cases != (CaseTotals{Submitted: 2, Different: 1, Clean: 1, Learning: 1600, Audit: 1800}) || total.Audits.Answered != 1 {
		t.Errorf("totals %+v", total)
	}
	if d := cmp.Diff([]FindingCount{{"DX-SPEC", 2, 1}}, s.Findings()); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
	if r := s.Recent(); len(r) != 1 || r[0].ID != id(4) || r[0].Setting != "ed" {
		t.Errorf("recent cases %+v, want the first submission alone", r)
	}
}

func TestApplyRefuses(t *testing.T) {
	s := folded(t, question(5, firstDay, "q1", false))
	before, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	bad := question(6, firstDay, "q1", true)
	bad.Grade = 5
	for name, e := range map[string]Entry{"an earlier id": question(4, firstDay, "q1", true), "the same id": question(5, firstDay, "q1", true), "no grade": bad} {
		if err := s.Apply(e); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if after, _ := s.Snapshot(); after != before {
		t.Error("a refused entry changed the standing")
	}
}

// record makes entries as wild as records get: answers again and again, undos, grades by hand, clocks that jump, deleted items.
func record(seed uint64, n int) []Entry {
	r := rand.New(rand.NewPCG(seed, 1))
	day := firstDay
	var out []Entry
	for i := 1; i <= n; i++ {
		switch r.IntN(12) {
		case 0:
			day += r.IntN(20)
		case 1:
			day -= r.IntN(3)
		}
		var e Entry
		switch r.IntN(8) {
		case 0:
			var missed []Missed
			for range r.IntN(4) {
				missed = append(missed, Missed{fmt.Sprintf("L%d", r.IntN(3)), []string{"DX-LAT", "DX-MISS", "CPT-MOD", "DX-EX1"}[r.IntN(4)]})
			}
			e = caseOf(i, day, fmt.Sprintf("c%d", r.IntN(10)), missed...)
		case 1:
			e = term(i, day, fmt.Sprintf("t%d", r.IntN(6)), memory.Grade(1+r.IntN(4)))
		case 2:
			e = Entry{ID: id(i), Kind: Term, Item: "t", At: at(day, i), Day: day}
			if len(out) > 0 {
				before := out[max(0, len(out)-1-r.IntN(4))]
				if r.IntN(2) == 0 {
					e.Undoes = before.ID
				} else {
					e.Of, e.Grade = before.ID, memory.Grade(1+r.IntN(4))
				}
			}
		case 3:
			e = Entry{ID: id(i), Kind: Audit, Item: "c1", At: at(day, i), Day: day, Score: r.Float64(), Seconds: 50}
		default:
			e = question(i, day, fmt.Sprintf("q%d", r.IntN(40)), r.IntN(3) > 0)
			e.Areas = []string{append(areas, "unknown")[r.IntN(6)]}
			e.Context = []string{"alone", InLesson, "drill", InExam, InPlacement}[r.IntN(5)]
			e.Seconds = r.IntN(400)
			if !e.Correct {
				e.Score = r.Float64() * 0.9
			}
			if r.IntN(2) == 0 {
				e.Facts = &Facts{Difficulty: 1, Options: 3}
			}
		}
		out = append(out, e)
	}
	return out
}

// sameAtOnceAndInParts folds a record at once, and again with snapshots and clones wherever cut says.
func sameAtOnceAndInParts(t *testing.T, entries []Entry, cut func(i int) int) {
	t.Helper()
	cfg := config(t)
	whole := New(cfg)
	parts := New(cfg)
	for i, e := range entries {
		if err := whole.Apply(e); err != nil {
			t.Fatal(err)
		}
		switch cut(i) {
		case 1:
			text, err := parts.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			if parts, err = Restore(cfg, text); err != nil {
				t.Fatal(err)
			}
		case 2:
			kept := parts
			before, _ := kept.Snapshot()
			parts = kept.Clone()
			defer func() {
				if after, _ := kept.Snapshot(); after != before {
					t.Error("what was folded into a clone changed the original")
				}
			}()
		}
		if err := parts.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	want, err := whole.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	got, err := parts.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Error("folded in parts it is another standing than folded at once")
	}
	// A replay of each card's history comes to the state that was folded step by step.
	for i, card := range whole.Cards() {
		var s memory.State
		for _, r := range whole.Histories()[i] {
			s, _ = memory.Default().Next(s, r.Days, r.Grade)
		}
		if s != card.State {
			t.Errorf("card %s: state %+v, by its history %+v", card.ID, card.State, s)
		}
	}
}

func TestRebuildIsTheSame(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 2))
		sameAtOnceAndInParts(t, record(seed, 50+r.IntN(300)), func(int) int { return r.IntN(12) })
	}
}

func FuzzRebuild(f *testing.F) {
	f.Add(uint64(1), []byte{0, 1, 2, 0, 1})
	f.Fuzz(func(t *testing.T, seed uint64, cuts []byte) {
		if len(cuts) > 60 {
			cuts = cuts[:60]
		}
		sameAtOnceAndInParts(t, record(seed, len(cuts)), func(i int) int { return int(cuts[i] % 3) })
	})
}

func FuzzRestore(f *testing.F) {
	for seed := range uint64(3) {
		s := folded(f, record(seed, 40)...)
		text, err := s.Snapshot()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	cfg := config(f)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Restore(cfg, text)
		if err != nil {
			return
		}
		again, err := s.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(cfg, again); err != nil {
			t.Errorf("its own snapshot is refused: %v", err)
		}
	})
}

func TestRestoreRefuses(t *testing.T) {
	s := folded(t, record(1, 60)...)
	text, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	other := config(t)
	if other.Ability, err = ability.NewModel(ability.Prior{SD: 0.5}); err != nil {
		t.Fatal(err)
	}
	fewer := config(t)
	fewer.Areas = areas[:2]
	for name, c := range map[string]struct {
		cfg  Config
		text string
	}{
		"nothing": {config(t), ""}, "no base64": {config(t), "!"}, "cut off": {config(t), text[:len(text)/2/4*4]}, "too long": {config(t), text + text},
		"an area that is not estimated": {fewer, text}, "another prior": {other, text},
	} {
		if _, err := Restore(c.cfg, c.text); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	entries := record(1, 20000)
	entries = slices.DeleteFunc(entries, func(e Entry) bool { return e.Of != "" || e.Undoes != "" })
	cfg := config(b)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		s := New(cfg)
		for _, e := range entries {
			if err := s.Apply(e); err != nil {
				b.Fatal(err)
			}
		}
		n += len(entries)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkOneMore(b *testing.B) {
	entries := record(1, 20001)
	s := folded(b, entries[:20000]...)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Clone().Apply(entries[20000]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRestore(b *testing.B) {
	s := folded(b, record(1, 20000)...)
	text, err := s.Snapshot()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ReportMetric(float64(len(text)), "bytes")
	cfg := config(b)
	for b.Loop() {
		if _, err := Restore(cfg, text); err != nil {
			b.Fatal(err)
		}
	}
}
