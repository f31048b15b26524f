package plan

import (
	"container/heap"
	"math"
	"slices"
)

// choice is a day while it is filled.
type choice struct {
	day     Day
	minutes int
	left    float64
	reviews []*card // best first; they are taken for done when the day is full
	tasks   []Task  // all others
	fresh   []newCards
}

// newCards is what new items are expected to leave for review: mult cards of an area set.
type newCards struct {
	at      []int
	units   float64 // each
	mult    float64
	minutes float64 // of a review, each
	answers float64 // questions that one practises like
}

// epsilon keeps sums of minutes from missing the last task for a rounding error.
const epsilon = 1e-9

// day fills a day and carries its effects over to the next.
func (e *engine) day(d Day) DayPlan {
	c := &choice{day: d, minutes: e.room(d)}
	e.keep = e.m.Retrievability(fading, float64(e.exam-d))
	c.left = float64(c.minutes)
	for _, k := range e.waking[d-e.today] {
		if k.wakes == d && !k.awake { // it may have been reviewed ahead since, and wakes later then
			k.awake = true
			e.awake = append(e.awake, k)
		}
	}
	if m, ok := e.mocks[d]; ok {
		e.takeMock(c, m)
	}
	if c.left > 0 {
		e.fill(c)
	}
	if c.left >= 1 {
		e.ahead(c)
	}
	out := e.close(c)
	_, out.Expected = e.scores()
	return out
}

// fill takes what has the best gain for a minute until the day is full.
func (e *engine) fill(c *choice) {
	e.queue = e.queue[:0]
	short := math.Inf(1) // minutes of the shortest review
	for _, k := range e.awake {
		if (1-k.idle)*k.value < e.cut*k.minutes { // even full recall would not be worth it
			continue
		}
		if k.fresh <= c.day {
			e.refresh(k, c.day)
		}
		if k.ratio > LeastWorth {
			e.queue = append(e.queue, k)
			short = min(short, k.minutes)
		}
	}
	heap.Init(&e.queue)
	if !e.tally.counted {
		e.tally.counted, e.tally.pending = true, len(e.queue)
		for _, k := range e.queue {
			e.tally.pendingNeeds += k.minutes
		}
	}
	_, mock := e.mocks[c.day]
	if !mock && c.day < e.freeze {
		e.credit += e.pace * float64(c.minutes)
		if math.IsInf(e.pace, 1) {
			e.credit = e.pace
		}
	}
	keep := e.keep
	// What the last review of a full day was worth, with some room for the next days to be easier, spares looking at most cards.
	defer func() {
		e.cut = 0
		if n := len(c.reviews); n > 0 && c.left < 1 {
			e.cut = 0.7 * c.reviews[n-1].ratio
		}
	}()
	best, known, misfits := offer{}, false, 0
	for c.left > epsilon && misfits < mostMisfits {
		if !known || best.minutes > c.left+epsilon && len(c.reviews) > 0 {
			best, known = offer{}, true
			if !mock && c.day < e.freeze && e.credit > 0 {
				best = e.bestNew(c, keep)
			}
		}
		if c.left+epsilon < short {
			e.queue = e.queue[:0]
		}
		if len(e.queue) > 0 && e.queue[0].ratio >= best.ratio {
			if !c.review(heap.Pop(&e.queue).(*card)) {
				misfits++
			}
			continue
		}
		if best.ratio <= LeastWorth {
			return
		}
		e.take(c, best, keep)
		known = false
	}
}

// ahead fills what is left of a day with cards whose time has not come, those first that are least sure at the exam for what they count: in time that is
// there anyway repetition is better than nothing, as long as it is worth LeastWorth.
func (e *engine) ahead(c *choice) {
	taken := map[*card]bool{}
	for _, k := range c.reviews {
		taken[k] = true
	}
	keep := e.keep
	e.queue = e.queue[:0]
	for _, k := range e.cards {
		if k.last >= c.day || taken[k] {
			continue
		}
		k.ratio = (k.value*(1-k.idle)/4 + e.practiceOf(k, keep)) / k.minutes
		k.fresh = c.day + 1
		if k.ratio > LeastWorth {
			e.queue = append(e.queue, k)
		}
	}
	heap.Init(&e.queue)
	for misfits := 0; len(e.queue) > 0 && misfits < mostMisfits && c.left > epsilon; {
		if !c.review(heap.Pop(&e.queue).(*card)) {
			misfits++
		}
	}
}

// review takes a card into the day, if there is time for it.
func (c *choice) review(k *card) bool {
	if k.minutes > c.left+epsilon {
		return false
	}
	c.reviews = append(c.reviews, k)
	c.left -= k.minutes
	return true
}

// practiceOf is what a review is worth as practice of its areas.
func (e *engine) practiceOf(k *card, keep float64) float64 {
	gain := 0.0
	for _, a := range k.areas {
		ar := &e.areas[a]
		gain += ar.slope * keep * PracticeLogits * k.answers / float64(len(k.areas)) / (ar.answered + PracticeHead)
	}
	return gain
}

// mostMisfits bounds the search for a short review that fills the last minute of a day.
const mostMisfits = 20

// offer is something new that could be done next.
type offer struct {
	ratio   float64 // gain for a minute, what it opens and what it will need in reviews included
	gain    float64 // its own
	lesson  int     // or -1
	stock   int
	count   int
	minutes float64
}

// bestNew finds the best new work that fits the day. The zero offer: there is none.
func (e *engine) bestNew(c *choice, keep float64) offer {
	best := offer{lesson: -1}
	// A lesson may push out reviews that gain less, which then wait a day, and it may be longer than the day when it is alone in it.
	for i := range e.lessons {
		l := &e.lessons[i]
		if l.Done || l.loop {
			continue
		}
		gain, minutes, first := 0.0, 0.0, -1
		for _, n := range l.needs {
			if e.lessons[n].Done {
				continue
			}
			if first < 0 {
				first = n
			}
			gain += e.lessonGain(&e.lessons[n], keep)
			minutes += float64(e.lessons[n].Minutes)
		}
		if r := gain / minutes; r > best.ratio {
			f := &e.lessons[first]
			o := offer{ratio: r, gain: e.lessonGain(f, keep), lesson: first, count: 1, minutes: float64(f.Minutes)}
			if e.fits(c, o) {
				best = o
			}
		}
	}
	up := e.upkeep[e.exam-c.day]
	for i := range e.stock {
		s := &e.stock[i]
		if s.Count == 0 || s.lesson >= 0 && !e.lessons[s.lesson].Done {
			continue
		}
		n := min(s.kind.block, s.Count, int((c.left+epsilon)/s.minutes))
		if n <= 0 {
			if len(c.tasks) > 0 || len(c.reviews) > 0 || s.minutes <= float64(c.minutes) {
				continue
			}
			n = 1
		}
		gain, later := 0.0, 0.0
		for _, a := range s.at {
			ar := &e.areas[a]
			part := float64(n) / float64(len(s.at))
			ready, wrong := ar.ready(), ar.wrong(s.Kind)
			gain += ready * (ar.slope*keep*ar.practice(part*s.kind.answers) + ar.unit*part*s.kind.units*wrong*up.recall)
			later += part * wrong * s.kind.cards * up.reviews * e.again(s.kind, s.Kind)
		}
		minutes := float64(n) * s.minutes
		if r := gain / (minutes + later); r > best.ratio {
			best = offer{ratio: r, gain: gain, lesson: -1, stock: i, count: n, minutes: minutes}
		}
	}
	return best
}

// again is the minutes of a review of what new items leave behind.
func (e *engine) again(k kind, name string) float64 {
	if name == KindCase {
		return kindOf(KindLine).again
	}
	return k.again
}

func (e *engine) lessonGain(l *lesson, keep float64) float64 {
	gain := 0.0
	for k, a := range l.at {
		ar := &e.areas[a]
		gain += ar.slope * keep * ar.taught(l.step[k])
		// Questions of the area are worth more from then on.
		gain += ar.slope * keep * (1 - Unread) * ar.practice(blockQuestions) * float64(l.Minutes) / float64(len(l.at)) / max(ar.lessons, 1)
	}
	return gain
}

// fits reports whether a lesson can be put into the day, reviews that gain less given up.
func (e *engine) fits(c *choice, o offer) bool {
	if o.minutes <= c.left+epsilon {
		return true
	}
	if o.minutes > float64(c.minutes) {
		// It fits no such day: it is done alone, where reviews would not gain more in its time.
		if len(c.tasks) > 0 || o.minutes <= float64(e.longest) {
			return false
		}
		return e.given(c, math.Inf(1)) < max(o.gain, o.ratio*o.minutes)
	}
	free := c.left
	for _, k := range c.reviews {
		free += k.minutes
	}
	return o.minutes <= free+epsilon && e.given(c, o.minutes) < max(o.gain, o.ratio*o.minutes)
}

// given is the gain of the reviews that make way, the least first, for so many minutes.
func (e *engine) given(c *choice, minutes float64) float64 {
	left, lost := c.left, 0.0
	for i := len(c.reviews) - 1; i >= 0 && left+epsilon < minutes; i-- {
		left += c.reviews[i].minutes
		lost += c.reviews[i].gain * c.reviews[i].value
	}
	return lost
}

// take puts an offer into the day.
func (e *engine) take(c *choice, o offer, keep float64) {
	e.credit -= o.minutes
	for len(c.reviews) > 0 && o.minutes > c.left+epsilon {
		last := len(c.reviews) - 1
		c.left += c.reviews[last].minutes
		c.reviews = c.reviews[:last]
	}
	c.left -= o.minutes
	if o.lesson >= 0 {
		l := &e.lessons[o.lesson]
		l.Done = true
		for k, a := range l.at {
			ar := &e.areas[a]
			ar.gain += keep * ar.taught(l.step[k])
			ar.read += float64(l.Minutes) / float64(len(l.at))
			ar.renew()
		}
		c.tasks = append(c.tasks, Task{Kind: KindLesson, Ref: l.ID, Count: 1, Minutes: o.minutes, Gain: o.gain})
		return
	}
	s := &e.stock[o.stock]
	s.Count -= o.count
	part := float64(o.count) / float64(len(s.at))
	wrong := 0.0
	for _, a := range s.at {
		ar := &e.areas[a]
		wrong += ar.wrong(s.Kind) / float64(len(s.at))
		ar.gain += ar.ready() * keep * ar.practice(part*s.kind.answers)
		ar.answered += part * s.kind.answers
		ar.renew()
	}
	if mult := wrong * float64(o.count) * s.kind.cards; mult > 0.01 {
		c.fresh = append(c.fresh, newCards{at: s.at, units: s.kind.units / s.kind.cards, mult: mult, minutes: e.again(s.kind, s.Kind), answers: s.kind.answers / s.kind.cards})
	}
	for i := range c.tasks {
		t := &c.tasks[i]
		// Terms are learnt in one go, whatever their areas; a drill and a chart have their own.
		if t.Kind == s.Kind && (s.Kind == KindTerm || slices.Equal(t.Areas, s.Areas)) {
			for _, a := range s.Areas {
				if !slices.Contains(t.Areas, a) {
					t.Areas = append(slices.Clone(t.Areas), a)
				}
			}
			t.Count, t.Minutes, t.Gain = t.Count+o.count, t.Minutes+o.minutes, t.Gain+o.gain
			return
		}
	}
	c.tasks = append(c.tasks, Task{Kind: s.Kind, Areas: s.Areas, Count: o.count, Minutes: o.minutes, Gain: o.gain})
}

// close ends a day: its reviews and new items have their effect on memory.
func (e *engine) close(c *choice) DayPlan {
	out := DayPlan{Day: c.day, Minutes: c.minutes, Off: slices.Contains(e.in.Goal.Off, c.day), Tasks: []Task{}}
	review := Task{Kind: KindReview}
	expected := 0.0
	keep := e.keep
	for _, k := range c.reviews {
		recall, s := e.settle(k, c.day)
		review.Minutes += k.minutes
		review.Gain += (recall-k.idle)*k.value + e.practiceOf(k, keep)
		expected += k.mult
		if k.id != "" && c.day < e.today+DetailDays {
			review.Cards = append(review.Cards, k.id)
		}
		for _, a := range k.areas {
			ar := &e.areas[a]
			n := k.answers / float64(len(k.areas))
			ar.recall += k.share * (recall - k.idle)
			ar.gain += keep * ar.practice(n)
			ar.answered += n
		}
		k.state, k.last, k.idle, k.fresh, k.ratio, k.failed = s, c.day, recall, c.day+1, 0, 0
		e.wake(k, e.earliest(k, c.day+1))
	}
	for i := range e.areas {
		e.areas[i].renew()
	}
	if len(c.reviews) > 0 {
		review.Count = max(int(math.Round(expected)), 1)
		if review.Minutes >= leastReview || len(review.Cards) > 0 {
			out.Tasks = append(out.Tasks, review)
		}
		reviewed := c.day
		e.awake = slices.DeleteFunc(e.awake, func(k *card) bool {
			k.awake = k.last != reviewed
			return !k.awake
		})
	}
	for _, f := range c.fresh {
		e.keepNew(f, c.day)
	}
	slices.SortStableFunc(c.tasks, func(a, b Task) int { return taskOrder(a.Kind) - taskOrder(b.Kind) })
	out.Tasks = append(out.Tasks, c.tasks...)
	for _, t := range out.Tasks {
		out.Planned += t.Minutes
	}
	e.tally.used += out.Planned
	return out
}

// leastReview is the minutes under which reviews of cards that are only to be expected are not worth telling.
const leastReview = 0.5

// taskOrder is the order in a day: what is remembered first, while one is awake, then what is read, then what is tried.
func taskOrder(kind string) int {
	return slices.Index([]string{KindMock, KindReview, KindLesson, KindTerm, KindQuestion, KindCase}, kind)
}
