package plan

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress/memory"
)

const today Day = 20774 // 2026-11-17, a Tuesday

// course is a learner of a CPC-like exam: 18 areas, lessons in chains of three, questions and terms in every area, and cards in all states.
func course(r *rand.Rand, lessons, questions, terms, cards int) Input {
	in := Input{Today: today, Goal: Goal{Exam: "cpc", Date: today + 120, Minutes: [7]int{45, 45, 45, 45, 45, 60, 0}}}
	for i := range 18 {
		in.Areas = append(in.Areas, Area{ID: fmt.Sprintf("a%02d", i), Weight: float64(3 + i%7), Expected: 0.35 + 0.5*r.Float64(), SD: 0.08, Floor: 0.25, Answered: r.IntN(20), Known: r.IntN(10)})
	}
	pick := func() []string { return []string{in.Areas[r.IntN(18)].ID} }
	for i := range lessons {
		l := Lesson{ID: fmt.Sprintf("l%02d", i), Minutes: 14 + r.IntN(8), Areas: pick()}
		if i%3 > 0 {
			l.Requires = []string{fmt.Sprintf("l%02d", i-1)}
		}
		in.Lessons = append(in.Lessons, l)
	}
	for i := range 18 {
		in.Stock = append(in.Stock, Stock{Kind: KindQuestion, Areas: []string{in.Areas[i].ID}, Count: questions / 18}, Stock{Kind: KindTerm, Areas: []string{in.Areas[i].ID}, Count: terms / 18})
	}
	m := memory.Default()
	for i := range cards {
		c := Card{ID: fmt.Sprintf("c%04d", i), Kind: []string{KindQuestion, KindTerm, KindLine}[i%3], Areas: pick()}
		day := today - Day(r.IntN(60))
		c.State, _ = m.Next(memory.State{}, 0, memory.Grade(1+r.IntN(4)))
		for day < today && r.IntN(3) > 0 {
			wait := min(1+r.IntN(max(m.Days(c.State, memory.Policy{}), 1)+2), int(today-day))
			c.State, _ = m.Next(c.State, wait, memory.Grade(1+r.IntN(4)))
			day += Day(wait)
		}
		c.Last = day
		in.Cards = append(in.Cards, c)
	}
	in.Mocks = []Mock{{ID: "cpc", Minutes: 240, Items: 100}, {ID: "cpc-half", Minutes: 120, Items: 50}}
	return in
}

func mustMake(t testing.TB, in Input) Plan {
	t.Helper()
	p, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stockOf says what a task takes its items from.
func stockOf(kind string, areas []string) string {
	if kind == KindTerm {
		return kind
	}
	return kind + " of " + strings.Join(areas, ",")
}

// sound asserts what holds of every plan.
func sound(t *testing.T, in Input, p Plan) {
	t.Helper()
	lessons := map[string]Lesson{}
	done := map[string]bool{}
	for _, l := range in.Lessons {
		lessons[l.ID] = l
		done[l.ID] = l.Done
	}
	stock := map[string]int{}
	for _, s := range in.Stock {
		stock[stockOf(s.Kind, s.Areas)] += s.Count
	}
	seen := map[string]Day{}
	for i, d := range p.Days {
		if d.Day != in.Today+Day(i) || d.Day >= in.Goal.Date {
			t.Errorf("day %d is %v, want %v, before the exam on %v", i, d.Day, in.Today+Day(i), in.Goal.Date)
		}
		sum := 0.0
		for _, task := range d.Tasks {
			sum += task.Minutes
			if task.Count <= 0 || !(task.Minutes > 0) || math.IsNaN(task.Gain) {
				t.Errorf("%v: odd task %+v", d.Day, task)
			}
			fresh := task.Kind != KindReview && task.Kind != KindMock
			if fresh && d.Day >= p.Freeze && len(in.Cards) > 0 {
				t.Errorf("%v: %s %s in the last days", d.Day, task.Kind, task.Ref)
			}
			switch task.Kind {
			case KindLesson:
				if done[task.Ref] {
					t.Errorf("%v: lesson %s again", d.Day, task.Ref)
				}
				for _, need := range lessons[task.Ref].Requires {
					if _, there := lessons[need]; there && !done[need] {
						t.Errorf("%v: lesson %s before %s", d.Day, task.Ref, need)
					}
				}
				done[task.Ref] = true
			case KindReview:
				for _, c := range task.Cards {
					if at, ok := seen[c]; ok && at == d.Day {
						t.Errorf("%v: card %s twice", d.Day, c)
					}
					seen[c] = d.Day
				}
			case KindQuestion, KindTerm, KindCase:
				stock[stockOf(task.Kind, task.Areas)] -= task.Count
			}
		}
		if math.Abs(sum-d.Planned) > 1e-6 {
			t.Errorf("%v: planned %g, tasks come to %g", d.Day, d.Planned, sum)
		}
		if sum > float64(d.Minutes)+1e-6 && (len(d.Tasks) != 1 || d.Tasks[0].Count != 1) {
			t.Errorf("%v: %g minutes planned of %d in %d tasks", d.Day, sum, d.Minutes, len(d.Tasks))
		}
		if d.Minutes == 0 && len(d.Tasks) > 0 {
			t.Errorf("%v: tasks on a day without minutes", d.Day)
		}
	}
	for k, n := range stock {
		if n < 0 {
			t.Errorf("%d more of %s planned than there are", -n, k)
		}
	}
	for _, x := range []float64{p.Now, p.Expected, p.Without} {
		if !(x >= 0 && x <= 1) {
			t.Errorf("expected scores %g, %g, %g are no shares", p.Now, p.Expected, p.Without)
		}
	}
	if p.Expected < p.Without-1e-9 {
		t.Errorf("expected %g with the plan and %g without", p.Expected, p.Without)
	}
}

func TestRandomCoursesGiveSoundPlans(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 6))
		in := course(r, r.IntN(60), r.IntN(400), r.IntN(600), r.IntN(600))
		in.Goal.Date = today + Day(1+r.IntN(150))
		for i := range in.Goal.Minutes {
			in.Goal.Minutes[i] = []int{0, 5, 12, 20, 45, 90, 240}[r.IntN(7)]
		}
		for range r.IntN(30) {
			in.Goal.Off = append(in.Goal.Off, today+Day(r.IntN(150)))
		}
		in.Spent = float64(r.IntN(30))
		in.Memory = nil
		before := fmt.Sprintf("%+v", in)
		p := mustMake(t, in)
		sound(t, in, p)
		if fmt.Sprintf("%+v", in) != before {
			t.Fatal("the input was changed")
		}
		if diff := cmp.Diff(p, mustMake(t, in), cmp.AllowUnexported(Slip{})); diff != "" {
			t.Fatalf("the same input gave another plan:\n%s", diff)
		}
		in.Through = in.Today
		if q := mustMake(t, in); len(p.Days) > 0 && !cmp.Equal(p.Days[0], q.Days[0]) {
			t.Errorf("seed %d: the first day alone differs from that of the whole plan:\n%s", seed, cmp.Diff(p.Days[0], q.Days[0]))
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// More minutes never make the expected score lower by more than what greed can miss.
func TestMoreMinutesAreWorthMore(t *testing.T) {
	in := course(rand.New(rand.NewPCG(1, 1)), 60, 360, 600, 400)
	last := 0.0
	for _, m := range []int{0, 5, 10, 20, 40, 80, 160} {
		in.Goal.Minutes = [7]int{m, m, m, m, m, m, m}
		p := mustMake(t, in)
		t.Logf("%3d minutes a day: now %.4f, without %.4f, expected %.4f", m, p.Now, p.Without, p.Expected)
		if p.Expected < last-0.001 {
			t.Errorf("%d minutes a day give %.4f, fewer gave %.4f", m, p.Expected, last)
		}
		last = p.Expected
	}
}

func TestHeavyAreaGoesFirst(t *testing.T) {
	in := Input{Today: today, Goal: Goal{Date: today + 30, Minutes: [7]int{10, 10, 10, 10, 10, 10, 10}},
		Areas: []Area{{ID: "light", Weight: 3, Expected: 0.5, Floor: 0.25}, {ID: "heavy", Weight: 10, Expected: 0.5, Floor: 0.25}, {ID: "known", Weight: 10, Expected: 0.97, Floor: 0.25}},
		Stock: []Stock{{Kind: KindQuestion, Areas: []string{"known"}, Count: 20}, {Kind: KindQuestion, Areas: []string{"light"}, Count: 20}, {Kind: KindQuestion, Areas: []string{"heavy"}, Count: 20}}}
	p := mustMake(t, in)
	if got := p.Days[0].Tasks[0].Areas[0]; got != "heavy" {
		t.Errorf("the first questions are of the area %q, want the one with the most items that are not known", got)
	}
	if got := tasksOf(p, KindQuestion); got[len(got)-1].Areas[0] != "known" {
		t.Errorf("the last questions are of the area %q, want the one that is known", got[len(got)-1].Areas[0])
	}
}

func tasksOf(p Plan, kind string) (out []Task) {
	for _, d := range p.Days {
		for _, t := range d.Tasks {
			if t.Kind == kind {
				out = append(out, t)
			}
		}
	}
	return out
}

// A card that would be recalled at the exam anyway waits, due or not, where minutes are short; one that would be forgotten is reviewed.
func TestReviewsAreValuedAtTheExam(t *testing.T) {
	in := Input{Today: today, Goal: Goal{Date: today + 6, Minutes: [7]int{2, 2, 2, 2, 2, 2, 2}},
		Areas: []Area{{ID: "a", Weight: 1, Expected: 0.6, Floor: 0.25}}}
	for i := range 20 {
		in.Cards = append(in.Cards,
			Card{ID: fmt.Sprintf("due%02d", i), Kind: KindQuestion, Areas: []string{"a"}, State: memory.State{Stability: 400, Difficulty: 5, Reviews: 5}, Last: today - 420},
			Card{ID: fmt.Sprintf("weak%02d", i), Kind: KindQuestion, Areas: []string{"a"}, State: memory.State{Stability: 2, Difficulty: 5, Reviews: 2}, Last: today - 2})
	}
	p := mustMake(t, in)
	for _, d := range p.Days {
		for _, task := range d.Tasks {
			for _, c := range task.Cards {
				if strings.HasPrefix(c, "due") {
					t.Errorf("%v: %s is reviewed, whose recall at the exam is %.2f anyway", d.Day, c, memory.Default().Retrievability(in.Cards[0].State, 426))
				}
			}
		}
	}
	if len(tasksOf(p, KindReview)) == 0 {
		t.Error("nothing is reviewed")
	}
}

func TestLoadIsSpreadWhereThereIsTime(t *testing.T) {
	in := course(rand.New(rand.NewPCG(2, 2)), 30, 180, 180, 0)
	in.Goal.Minutes, in.Mocks = [7]int{90, 90, 90, 90, 90, 90, 90}, nil
	p := mustMake(t, in)
	var first, last Day
	most, fresh := 0.0, 0.0
	for _, d := range p.Days {
		m := 0.0
		for _, task := range d.Tasks {
			if task.Kind != KindReview {
				m += task.Minutes
			}
		}
		if m > 0 {
			last = d.Day
			if first == 0 {
				first = d.Day
			}
		}
		most, fresh = max(most, m), fresh+m
	}
	span := float64(last-first) + 1
	t.Logf("%.0f minutes of new work from day %d to %d of 120, at most %.0f a day", fresh, first-today, last-today, most)
	if span < 0.6*120 || span > 0.9*120 {
		t.Errorf("new work takes %g of 120 days, want about four fifths", span)
	}
	if even := fresh / span; most > 3*even+21 { // a lesson is not divided
		t.Errorf("a day has %g minutes of new work, the mean is %g", most, even)
	}
}

func TestMocks(t *testing.T) {
	day := func(before int) Day { return today + 60 - Day(before) }
	for _, c := range []struct {
		name    string
		minutes [7]int
		sat     []Day
		want    []string // day before the exam and mock
	}{
		{"long days", [7]int{240, 240, 240, 240, 240, 240, 240}, nil, []string{"20 cpc", "8 cpc"}},
		{"half on short days", [7]int{60, 60, 60, 60, 60, 60, 60}, nil, []string{"20 cpc-half", "8 cpc-half"}},
		{"no room", [7]int{30, 30, 30, 30, 30, 30, 30}, nil, nil},
		{"the long day of the week", [7]int{20, 20, 20, 20, 20, 150, 0}, nil, []string{"21 cpc", "7 cpc"}},
		{"one sat", [7]int{240, 240, 240, 240, 240, 240, 240}, []Day{day(16)}, []string{"8 cpc"}},
	} {
		in := course(rand.New(rand.NewPCG(3, 3)), 30, 180, 180, 100)
		in.Goal.Date, in.Goal.Minutes, in.Sat = today+60, c.minutes, c.sat
		p := mustMake(t, in)
		sound(t, in, p)
		var got []string
		for _, d := range p.Days {
			for _, task := range d.Tasks {
				if task.Kind == KindMock {
					got = append(got, fmt.Sprintf("%d %s", in.Goal.Date-d.Day, task.Ref))
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: mocks %v, want %v", c.name, got, c.want)
		}
		warned := slices.ContainsFunc(p.Warnings, func(w Warning) bool { return w.Kind == WarnNoMock })
		if warned != (c.want == nil) {
			t.Errorf("%s: warned of no mock: %v", c.name, warned)
		}
	}
}

func kinds(ws []Warning) (out []string) {
	for _, w := range ws {
		out = append(out, w.Kind)
	}
	return out
}

// What time, goals and full desks bring about are warnings and no errors.
func TestOddStatesAreWarnings(t *testing.T) {
	base := func() Input { return course(rand.New(rand.NewPCG(4, 4)), 30, 180, 180, 300) }
	allOff := func(in *Input) {
		for d := today; d < in.Goal.Date; d++ {
			in.Goal.Off = append(in.Goal.Off, d)
		}
	}
	for _, c := range []struct {
		name  string
		odd   func(*Input)
		want  string
		tasks bool
	}{
		{"exam in the past", func(in *Input) { in.Goal.Date = today - 3 }, WarnPast, false},
		{"exam today", func(in *Input) { in.Goal.Date = today }, WarnToday, false},
		{"zero minutes", func(in *Input) { in.Goal.Minutes = [7]int{} }, WarnNoTime, false},
		{"days off cover everything", allOff, WarnNoTime, false},
		{"more cards than minutes", func(in *Input) {
			in.Cards = course(rand.New(rand.NewPCG(5, 5)), 0, 0, 0, 1500).Cards
			in.Goal.Date, in.Goal.Minutes = today+10, [7]int{5, 5, 5, 5, 5, 5, 5}
		}, WarnCards, true},
		{"today overloaded", func(in *Input) { in.Goal.Minutes = [7]int{5, 5, 5, 5, 5, 5, 5} }, WarnOverloaded, true},
		{"lessons longer than any day", func(in *Input) { in.Goal.Minutes = [7]int{10, 10, 10, 10, 10, 10, 10} }, WarnLongTask, true},
		{"lessons left", func(in *Input) { in.Goal.Date = today + 8 }, WarnLessons, true},
		{"new items left", func(in *Input) { in.Goal.Date = today + 8 }, WarnNew, true},
		{"free time", func(in *Input) { in.Goal.Minutes = [7]int{300, 300, 300, 300, 300, 300, 300} }, WarnFreeTime, true},
		{"lessons in a circle", func(in *Input) { in.Lessons[0].Requires = []string{"l02"} }, WarnLoop, true},
		{"exam in ten years", func(in *Input) { in.Goal.Date = today + 3653 }, WarnFar, true},
	} {
		in := base()
		c.odd(&in)
		p := mustMake(t, in)
		sound(t, in, p)
		if !slices.Contains(kinds(p.Warnings), c.want) {
			t.Errorf("%s: warnings %v, want %s", c.name, kinds(p.Warnings), c.want)
		}
		for _, w := range p.Warnings {
			if w.Kind == c.want && w.Count == 0 && w.Needed == 0 && w.Kind != WarnToday {
				t.Errorf("%s: the warning has no figures", c.name)
			}
		}
		n := 0
		for _, d := range p.Days {
			n += len(d.Tasks)
		}
		if (n > 0) != c.tasks {
			t.Errorf("%s: %d tasks", c.name, n)
		}
	}
}

func TestErrorsNameEverything(t *testing.T) {
	in := course(rand.New(rand.NewPCG(4, 4)), 3, 18, 18, 3)
	in.Goal.Minutes[2] = -5
	in.Areas[1].Weight = math.NaN()
	in.Lessons[2].ID = in.Lessons[1].ID
	in.Cards[0].State = memory.State{}
	in.Stock[0].Kind = "poem"
	in.Mocks[0].Items = 0
	_, err := Make(in)
	if !errors.Is(err, ErrInput) {
		t.Fatalf("error %v, want ErrInput", err)
	}
	for _, want := range []string{"weekday 3", `area "a01"`, `lesson "l01" is there twice`, `card "c0000"`, `"poem"`, `mock "cpc"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
}

// Whatever was done or not, a plan is made from there; reviews that were done show.
func TestReplanAfterLife(t *testing.T) {
	in := course(rand.New(rand.NewPCG(8, 8)), 30, 180, 180, 200)
	in.Goal.Date = today + 10
	p := mustMake(t, in)
	kept, lazy := in, in
	kept.Today, lazy.Today = today+1, today+1
	kept.Cards = slices.Clone(in.Cards)
	m := memory.Default()
	for _, task := range p.Days[0].Tasks {
		for i := range kept.Cards {
			if c := &kept.Cards[i]; slices.Contains(task.Cards, c.ID) {
				c.State, _ = m.Next(c.State, int(today-c.Last), memory.Good)
				c.Last = today
			}
		}
	}
	q, l := mustMake(t, kept), mustMake(t, lazy)
	sound(t, kept, q)
	sound(t, lazy, l)
	t.Logf("expected %.4f; after a day of reviews %.4f, after a day off %.4f", p.Expected, q.Expected, l.Expected)
	if q.Expected <= l.Expected {
		t.Errorf("a day of reviews leads to %.4f, a day missed to %.4f", q.Expected, l.Expected)
	}
}

func TestSlips(t *testing.T) {
	in := course(rand.New(rand.NewPCG(9, 9)), 60, 360, 360, 300)
	in.Goal.Date = today + 30
	p := mustMake(t, in)
	promise := Promise{Day: p.Days[0].Day, Tasks: p.Days[0].Tasks}
	next := in
	next.Today, next.Past = today+1, []Promise{promise}

	q := mustMake(t, next)
	if len(q.Slips) != 1 || q.Slips[0].Day != today || len(q.Slips[0].Tasks) != len(promise.Tasks) || math.Abs(q.Slips[0].Minutes-p.Days[0].Planned) > 1e-6 {
		t.Fatalf("a day on which nothing was done: slips %+v, want all tasks of %+v", q.Slips, promise)
	}
	if !(q.Slips[0].Cost > 0) {
		t.Errorf("the slip costs %g, want more than nothing where minutes are short", q.Slips[0].Cost)
	}
	t.Logf("a day of %.0f minutes missed costs %.5f of the score", q.Slips[0].Minutes, q.Slips[0].Cost)

	next.Past = []Promise{promise, {Day: today - 40, Tasks: promise.Tasks}, {Day: today + 1, Tasks: promise.Tasks}}
	if r := mustMake(t, next); len(r.Slips) != 1 {
		t.Errorf("today's own and very old promises slipped too: %+v", r.Slips)
	}

	next.Done = []DoneDay{{Day: today, Minutes: p.Days[0].Planned}}
	if r := mustMake(t, next); len(r.Slips) != 0 {
		t.Errorf("the same minutes on other things count as lost: %+v", r.Slips)
	}

	next.Today, next.Past = today+3, []Promise{promise, {Day: today + 1, Tasks: promise.Tasks}}
	next.Done = []DoneDay{{Day: today + 1, Minutes: 5}, {Day: today + 2, Minutes: 20}}
	r := mustMake(t, next)
	lost := 0.0
	for _, s := range r.Slips {
		lost += s.Minutes
	}
	if want := 2*p.Days[0].Planned - 25; math.Abs(lost-want) > 1e-6 {
		t.Errorf("%g minutes lost, want %g: two days of %g less 5 and 20", lost, want, p.Days[0].Planned)
	}
	if len(r.Slips) == 2 && slices.ContainsFunc(r.Slips[1].Tasks, func(x Task) bool { return x.Kind == KindReview || x.Kind == KindLesson }) {
		t.Errorf("what waits since the first day is told again on the second: %+v", r.Slips[1])
	}

	// With time to spare a slip costs nothing.
	easy := next
	easy.Goal.Minutes = [7]int{240, 240, 240, 240, 240, 240, 240}
	easy.Stock, easy.Lessons = nil, nil
	for _, s := range mustMake(t, easy).Slips {
		if s.Cost > 0.002 {
			t.Errorf("a slip costs %g though there is time to spare", s.Cost)
		}
	}
}

// What was planned this morning keeps its ticks while the rest of the day is planned anew.
func TestTodayHasItsTicks(t *testing.T) {
	in := course(rand.New(rand.NewPCG(9, 9)), 60, 360, 360, 300)
	in.Seen = map[string]int{KindQuestion: 40, KindTerm: 7}
	in.Past = []Promise{{Day: today, Seen: in.Seen, Tasks: []Task{
		{Kind: KindReview, Count: 3, Cards: []string{"c0000", "c0001", "gone"}, Minutes: 3},
		{Kind: KindLesson, Ref: "l00", Count: 1, Minutes: 15},
		{Kind: KindQuestion, Areas: []string{"a00"}, Count: 5, Minutes: 10},
		{Kind: KindQuestion, Areas: []string{"a01"}, Count: 5, Minutes: 10},
		{Kind: KindMock, Ref: "cpc", Count: 1, Minutes: 240},
	}}}
	done := func() (out []int) {
		for _, task := range mustMake(t, in).Today {
			out = append(out, task.Done)
		}
		return out
	}
	for i := range in.Cards {
		in.Cards[i].Last = min(in.Cards[i].Last, today-1)
	}
	if got, want := done(), []int{1, 0, 0, 0, 0}; !slices.Equal(got, want) { // a card that is gone waits for nobody
		t.Errorf("in the morning %v is done, want %v", got, want)
	}
	in.Cards[0].Last, in.Lessons[0].Done, in.Sat = today, true, []Day{today}
	in.Seen = map[string]int{KindQuestion: 47, KindTerm: 7}
	if got, want := done(), []int{2, 1, 5, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("after seven questions, a card, a lesson and a mock %v is done, want %v", got, want)
	}
	if p := mustMake(t, in); len(p.Slips) != 0 {
		t.Errorf("today slips before it is over: %+v", p.Slips)
	}
}

// New items count for the day on which they were answered.
func TestNewItemsSlipByDay(t *testing.T) {
	in := course(rand.New(rand.NewPCG(9, 9)), 0, 360, 0, 50)
	ten := []Task{{Kind: KindQuestion, Areas: []string{"a00"}, Count: 10, Minutes: 20, Gain: 0.002}}
	in.Past = []Promise{{Day: today - 2, Tasks: ten, Seen: map[string]int{KindQuestion: 100}}, {Day: today - 1, Tasks: ten, Seen: map[string]int{KindQuestion: 110}}}
	in.Seen = map[string]int{KindQuestion: 114}
	in.Done = []DoneDay{{Day: today - 2, Minutes: 20}, {Day: today - 1, Minutes: 8}}
	p := mustMake(t, in)
	if len(p.Slips) != 1 || p.Slips[0].Day != today-1 || p.Slips[0].Tasks[0].Count != 6 || p.Slips[0].Minutes != 12 {
		t.Errorf("slips %+v, want six questions of yesterday in 12 minutes", p.Slips)
	}
}

func TestDay(t *testing.T) {
	d, err := ParseDay("2026-11-17")
	if err != nil || d != today || d.String() != "2026-11-17" || d.Weekday() != 1 {
		t.Errorf("2026-11-17 is %d %v, weekday %d (%v)", d, d, d.Weekday(), err)
	}
	for _, bad := range []string{"", "2026-02-30", "17.11.2026", "2026-11-17T00:00:00Z"} {
		if _, err := ParseDay(bad); err == nil {
			t.Errorf("%q is taken for a date", bad)
		}
	}
}

// BenchmarkMake is the size asked for: 180 days, 360 questions, 90 lessons, 1,500 cards.
func BenchmarkMake(b *testing.B) {
	in := course(rand.New(rand.NewPCG(7, 7)), 90, 360, 600, 1500)
	in.Goal.Date = today + 180
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Make(in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMakeToday plans the first day alone.
func BenchmarkMakeToday(b *testing.B) {
	in := course(rand.New(rand.NewPCG(7, 7)), 90, 360, 600, 1500)
	in.Goal.Date, in.Through = today+180, today
	for b.Loop() {
		if _, err := Make(in); err != nil {
			b.Fatal(err)
		}
	}
}

func TestCurve(t *testing.T) {
	m := memory.Default()
	c := newCurve(m)
	for x := 1e-4; x < 1e6; x *= 1.07 {
		if got, want := c.at(x), m.Retrievability(memory.State{Stability: 1, Difficulty: 5}, x); math.Abs(got-want) > 1e-4 {
			t.Errorf("recall after %g stabilities is %g, want %g", x, got, want)
		}
	}
	if got := c.at(1e12); !(got > 0 && got < 0.1) {
		t.Errorf("recall after ages is %g", got)
	}
}
