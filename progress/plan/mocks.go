package plan

import (
	"cmp"
	"math"
	"slices"

	"crosswalk/progress/memory"
)

// fading is how what lessons and practice add to ability is kept.
var fading = memory.State{Stability: FadeDays, Difficulty: 5}

// keepNew makes the cards that new items are expected to leave behind. To find that something is not known is no loss, so that a new card never
// lowers what is expected.
func (e *engine) keepNew(f newCards, d Day) {
	s, _ := e.m.Next(memory.State{}, 0, memory.Again)
	// The cards are split into parts of at most one, so that a day can take some of them.
	for left := f.mult; left > 0.01; left-- {
		mult := min(left, 1)
		c := &card{place: len(e.cards), state: s, last: d, mult: mult, minutes: mult * f.minutes, answers: mult * f.answers * ReviewPractice, areas: f.at, share: mult * f.units / float64(len(f.at))}
		c.idle = e.m.Retrievability(s, float64(e.exam-d))
		for _, a := range f.at {
			c.value += e.areas[a].unit * c.share
			e.areas[a].recall += c.share * max(c.idle-e.areas[a].known, 0)
		}
		e.cards = append(e.cards, c)
		e.wake(c, d+1)
	}
}

// mock windows, in days before the exam: one to learn what is missing while there is time to, and one to practise the day itself.
var mockWindows = [...][2]Day{{24, 15}, {10, 5}}

// placeMocks puts the mocks on the days with the most minutes of their windows. The longest mock is taken that at least half fits the day; a
// window in which one was sat already is done.
func (e *engine) placeMocks() {
	mocks := slices.Clone(e.in.Mocks)
	slices.SortStableFunc(mocks, func(a, b Mock) int { return cmp.Compare(b.Minutes, a.Minutes) })
	for _, w := range mockWindows {
		from, to := e.in.Goal.Date-w[0], e.in.Goal.Date-w[1]
		if slices.ContainsFunc(e.in.Sat, func(d Day) bool { return d >= from-2 && d <= to+2 }) {
			continue
		}
		best, most := Day(0), 0
		for d := max(from, e.today); d <= to && d < e.exam; d++ {
			m := e.in.Goal.minutes(d)
			if d == e.today {
				m = e.room(d)
			}
			if m > most || m == most && m > 0 && away(d, from, to) < away(best, from, to) {
				best, most = d, m
			}
		}
		for _, m := range mocks {
			if most > 0 && 2*most >= m.Minutes {
				e.mocks[best] = m
				break
			}
		}
	}
}

// away is the distance from the middle of a window.
func away(d, from, to Day) float64 { return math.Abs(float64(d) - float64(from+to)/2) }

// takeMock puts a mock into a day. It is worth what its items are as practice; what it shows of the day itself is not reckoned.
func (e *engine) takeMock(c *choice, m Mock) {
	keep := e.m.Retrievability(fading, float64(e.exam-c.day))
	gain := 0.0
	for i := range e.areas {
		ar := &e.areas[i]
		n := ar.weight * float64(m.Items)
		step := keep * ar.practice(n)
		gain += ar.slope * step
		ar.gain += step
		ar.answered += n
		ar.renew()
	}
	c.left = max(c.left-float64(m.Minutes), 0)
	c.tasks = append(c.tasks, Task{Kind: KindMock, Ref: m.ID, Count: 1, Minutes: float64(m.Minutes), Gain: gain})
}
