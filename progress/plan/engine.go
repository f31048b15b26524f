package plan

import (
	"container/heap"
	"math"
	"slices"

	"crosswalk/progress/memory"
)

// engine makes one plan.
type engine struct {
	in      *Input
	m       memory.Model
	today   Day
	exam    Day // of the goal, or as far as is planned
	freeze  Day
	areas   []area
	at      map[string]int
	cards   []*card
	lessons []lesson
	stock   []stock
	upkeep  []upkeep
	curve   *curve
	mocks   map[Day]Mock
	credit  float64   // minutes of new work that the even spread allows by now
	pace    float64   // minutes of new work for a minute of study; +Inf for no limit
	keep    float64   // share of what practice adds today that is left at the exam
	cut     float64   // gain for a minute under which no review is thought of today
	queue   queue     // of awake, for the day at hand
	waking  [][]*card // by days from today: those to think of from then on
	awake   []*card
	longest int // minutes of the longest day left
	extra   int // minutes that today has besides
	tally   tally
}

// tally counts what warnings tell.
type tally struct {
	minutes, used float64
	pending       int     // cards with gain on the first day with minutes
	pendingNeeds  float64 // minutes
	counted       bool
}

// card is a card, or the cards that are to be expected of new items: mult of them.
type card struct {
	id      string
	place   int
	state   memory.State
	last    Day
	mult    float64
	minutes float64 // of a review of all mult
	value   float64 // expected share of the exam for recall 1 of all mult
	areas   []int
	answers float64 // questions that a review practises like, mult included
	share   float64 // units in each of the areas, mult included
	idle    float64 // recall at the exam without another review
	ratio   float64 // gain for a minute, as of fresh
	gain    float64 // recall at the exam that a review adds, as of fresh
	failed  float64 // stability after a failure, 0 until it is asked for
	wakes   Day
	awake   bool
	fresh   Day // until which ratio and gain are taken to hold
}

type lesson struct {
	Lesson
	at    []int // areas in the exam
	step  []float64
	needs []int // lessons required, directly or not, in the order to read them, itself last
	loop  bool
}

type stock struct {
	Stock
	kind    kind
	at      []int
	lesson  int // -1: none
	minutes float64
}

func newEngine(in *Input) *engine {
	e := &engine{in: in, m: memory.Default(), today: in.Today, exam: min(in.Goal.Date, in.Today+mostDays), at: map[string]int{}, mocks: map[Day]Mock{}}
	if in.Memory != nil {
		e.m = *in.Memory
	}
	e.curve = newCurve(e.m)
	e.freeze = in.Goal.Date - FreezeDays
	if len(in.Cards) == 0 {
		e.freeze = in.Goal.Date
	}
	total := 0.0
	for _, a := range in.Areas {
		total += a.Weight
	}
	for i, a := range in.Areas {
		e.areas = append(e.areas, newArea(a, total))
		e.at[a.ID] = i
	}
	days := max(int(e.exam-e.today), 0)
	e.upkeep = upkeeps(e.m, days)
	e.waking = make([][]*card, days+1)
	e.takeLessons()
	e.takeStock()
	e.takeCards()
	for i := range e.areas {
		a := &e.areas[i]
		if a.units > 0 {
			a.unit = a.weight * (1 - a.floor) * Coverage / a.units
		}
		a.renew()
	}
	for _, c := range e.cards {
		for _, a := range c.areas {
			c.value += e.areas[a].unit * c.share
		}
		e.wake(c, e.earliest(c, e.today))
	}
	return e
}

// inExam gives the places of the areas that are in the exam.
func (e *engine) inExam(ids []string) []int {
	out := make([]int, 0, len(ids))
	for _, id := range ids {
		if i, ok := e.at[id]; ok && e.areas[i].weight > 0 && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

func (e *engine) takeLessons() {
	index := map[string]int{}
	for i, l := range e.in.Lessons {
		index[l.ID] = i
		at := e.inExam(l.Areas)
		e.lessons = append(e.lessons, lesson{Lesson: l, at: at})
		for _, a := range at {
			part := float64(l.Minutes) / float64(len(at))
			e.areas[a].lessons += part
			if l.Done {
				e.areas[a].read += part
			}
		}
	}
	for i := range e.lessons {
		l := &e.lessons[i]
		for _, a := range l.at {
			part := float64(l.Minutes) / float64(len(l.at))
			l.step = append(l.step, min(LessonLogits*part/e.areas[a].lessons, MostLessonLogits))
		}
	}
	// What a lesson needs is found depth first. A lesson in a circle, or one that needs such a lesson, is never planned.
	const (
		unseen = iota
		open
		closed
	)
	mark := make([]int, len(e.lessons))
	var visit func(i int) bool
	visit = func(i int) bool {
		l := &e.lessons[i]
		switch mark[i] {
		case open:
			l.loop = true
			return false
		case closed:
			return !l.loop
		}
		mark[i] = open
		for _, id := range l.Requires {
			j, ok := index[id]
			if !ok || e.lessons[j].Done {
				continue
			}
			if !visit(j) {
				l.loop = true
				continue
			}
			for _, n := range e.lessons[j].needs {
				if !slices.Contains(l.needs, n) {
					l.needs = append(l.needs, n)
				}
			}
		}
		l.needs = append(l.needs, i)
		mark[i] = closed
		return !l.loop
	}
	for i := range e.lessons {
		if !e.lessons[i].Done {
			visit(i)
		}
	}
}

func (e *engine) takeStock() {
	index := map[string]int{}
	for i, l := range e.lessons {
		index[l.ID] = i
	}
	for _, s := range e.in.Stock {
		st := stock{Stock: s, kind: kindOf(s.Kind), at: e.inExam(s.Areas), lesson: -1, minutes: s.Minutes}
		if i, ok := index[s.Lesson]; ok && s.Lesson != "" {
			st.lesson = i
		}
		if st.minutes == 0 {
			st.minutes = st.kind.first
		}
		for _, a := range st.at {
			e.areas[a].units += st.kind.units * float64(s.Count) / float64(len(st.at))
		}
		if len(st.at) > 0 && st.Count > 0 {
			e.stock = append(e.stock, st)
		}
	}
}

func (e *engine) takeCards() {
	e.cards = make([]*card, 0, len(e.in.Cards)+256)
	for _, c := range e.in.Cards {
		at := e.inExam(c.Areas)
		if len(at) == 0 {
			continue
		}
		k := kindOf(c.Kind)
		n := &card{id: c.ID, place: len(e.cards), state: c.State, last: min(c.Last, e.today), mult: 1, minutes: c.Minutes, areas: at, share: k.units / float64(len(at)), answers: k.answers * ReviewPractice}
		if n.minutes == 0 {
			n.minutes = k.again
		}
		for _, a := range at {
			e.areas[a].units += n.share
		}
		now := e.m.Retrievability(n.state, float64(e.today-n.last))
		n.idle = e.m.Retrievability(n.state, float64(e.exam-n.last))
		for _, a := range at {
			e.areas[a].today += n.share * (now - e.areas[a].known)
			e.areas[a].recall += n.share * (n.idle - e.areas[a].known)
		}
		e.cards = append(e.cards, n)
	}
}

// wake has a card looked at on a day.
func (e *engine) wake(c *card, d Day) {
	if d < e.exam {
		k := max(d-e.today, 0)
		e.waking[k] = append(e.waking[k], c)
		c.wakes = e.today + k
	}
}

// earliest is the first day on which a review of a card is thought of: when its recall has fallen to 95 %. A review sooner hardly makes the
// memory more stable and could only lift recall at the exam if that is near, so that in the last two weeks every card is thought of.
func (e *engine) earliest(c *card, from Day) Day {
	d := c.last + Day(math.Ceil(e.m.Interval(c.state, 0.95)))
	return max(min(max(d, c.last+1), max(e.exam-14, c.last+1)), from)
}

// refresh works out what a review on day d gives at the exam.
func (e *engine) refresh(c *card, d Day) {
	waited := int(d - c.last)
	if waited < 1 { // the exam asks days later: what another look on the same day does is not worth its minutes
		c.gain, c.ratio, c.fresh = 0, 0, d+1
		return
	}
	// As after, but what a failure leaves is worked out only the first time: it hardly depends on the day.
	p, left := e.curve.at(float64(waited)/c.state.Stability), float64(e.exam-d)
	good, _ := e.m.Next(c.state, waited, memory.Good)
	if c.failed == 0 {
		bad, _ := e.m.Next(c.state, waited, memory.Again)
		c.failed = bad.Stability
	}
	c.gain = max(p*e.curve.at(left/good.Stability)+(1-p)*e.curve.at(left/c.failed)-c.idle, 0)
	c.ratio = 0
	if c.gain >= LeastRecall {
		c.ratio = (c.gain*c.value + e.practiceOf(c, e.keep)) / c.minutes
	}
	// It changes as slowly as recall does.
	c.fresh = d + Day(max(1, waited/2))
}

// after is the recall at the exam to be expected after a review on day d, which succeeds with the chance p and leaves the memory good, or bad.
func (e *engine) after(c *card, d Day) (recall, p float64, good, bad memory.State) {
	waited, left := int(d-c.last), float64(e.exam-d)
	p = e.curve.at(float64(waited) / c.state.Stability)
	good, _ = e.m.Next(c.state, waited, memory.Good)
	bad, _ = e.m.Next(c.state, waited, memory.Again)
	return p*e.curve.at(left/good.Stability) + (1-p)*e.curve.at(left/bad.Stability), p, good, bad
}

// settle is the state to go on with after a review on day d: one memory in place of the two that it may have come to, with the recall at the
// exam that is to be expected of them.
func (e *engine) settle(c *card, d Day) (recall float64, s memory.State) {
	recall, p, good, bad := e.after(c, d)
	s = good
	s.Difficulty = p*good.Difficulty + (1-p)*bad.Difficulty
	if stabilities := e.m.Interval(memory.State{Stability: 1, Difficulty: 5}, recall); stabilities > 0 {
		s.Stability = min(max(float64(e.exam-d)/stabilities, bad.Stability), good.Stability)
	}
	return recall, s
}

// curve is the forgetting curve over the days divided by the stability, in a table: the same power is asked for a hundred thousand times. Lines
// between 64 points for each doubling of 1 + x are off by less than 1e-4.
type curve [64*27 + 1]float64

func newCurve(m memory.Model) *curve {
	c := &curve{}
	for i := range c {
		v := math.Float64frombits(1023<<52 + uint64(i)<<46)
		c[i] = m.Retrievability(memory.State{Stability: 1, Difficulty: 5}, v-1)
	}
	return c
}

func (c *curve) at(x float64) float64 {
	bits := math.Float64bits(1+x) - 1023<<52
	i := min(bits>>46, uint64(len(c)-2))
	part := float64(bits&(1<<46-1)) / (1 << 46)
	return c[i] + part*(c[i+1]-c[i])
}

// run plans all days.
func (e *engine) run() Plan {
	p := Plan{Goal: e.in.Goal, Made: e.today, Freeze: max(e.freeze, e.today), Days: []DayPlan{}}
	p.Now, p.Without = e.scores()
	p.Expected = p.Without
	if e.in.Goal.Date <= e.today {
		w := Warning{Kind: WarnToday}
		if n := int(e.today - e.in.Goal.Date); n > 0 {
			w = Warning{Kind: WarnPast, Count: n}
		}
		p.Without, p.Expected = p.Now, p.Now
		p.Warnings = []Warning{w}
		return p
	}
	e.placeMocks()
	e.spread()
	last := e.exam - 1
	if e.in.Through != 0 {
		last = min(last, e.in.Through)
	}
	for d := e.today; d <= last; d++ {
		p.Days = append(p.Days, e.day(d))
	}
	_, p.Expected = e.scores()
	p.Warnings = e.warnings(&p, last == e.exam-1)
	return p
}

// scores is the expected share today and at the exam as things stand.
func (e *engine) scores() (now, exam float64) {
	for i := range e.areas {
		a := &e.areas[i]
		now += a.score(0, a.today)
		exam += a.score(a.gain, a.recall)
	}
	return now, exam
}

// room is the minutes of a day that are left.
func (e *engine) room(d Day) int {
	m := e.in.Goal.minutes(d)
	if d == e.today {
		m = max(m-int(math.Ceil(e.in.Spent)), 0) + e.extra
	}
	return m
}

// spread finds how much of each day new work may take, so that it is even where there is more time than work.
func (e *engine) spread() {
	total, fresh := 0.0, 0.0
	for d := e.today; d < e.exam; d++ {
		m := e.room(d)
		e.longest = max(e.longest, m)
		total += float64(m)
		if _, mock := e.mocks[d]; d < e.freeze && !mock {
			fresh += float64(m)
		}
	}
	e.tally.minutes = total
	work := 0.0
	for i := range e.lessons {
		if l := &e.lessons[i]; !l.Done && !l.loop && len(l.at) > 0 {
			work += float64(l.Minutes)
		}
	}
	for i := range e.stock {
		work += float64(e.stock[i].Count) * e.stock[i].minutes
	}
	e.pace = math.Inf(1)
	if room := spreadOver * fresh; room > 0 && work < room {
		e.pace = work / room
	}
}

// queue orders candidate cards by their gain for a minute, best first; equals by their place, so that the plan is always the same.
type queue []*card

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].ratio != q[j].ratio {
		return q[i].ratio > q[j].ratio
	}
	return q[i].place < q[j].place
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*card)) }
func (q *queue) Pop() any {
	n := len(*q) - 1
	x := (*q)[n]
	*q = (*q)[:n]
	return x
}

var _ heap.Interface = (*queue)(nil)
