package plan

import (
	"math"
)

// warnings tells what a learner should know. Of a plan that does not reach the exam only what concerns today is told.
func (e *engine) warnings(p *Plan, whole bool) []Warning {
	var out []Warning
	if e.in.Goal.Date > e.exam {
		out = append(out, Warning{Kind: WarnFar, Count: int(e.exam - e.today)})
	}
	loops, long, longest := 0, 0, 0
	for _, l := range e.lessons {
		switch {
		case l.loop:
			loops++
		case !e.wasDone(l.ID) && len(l.at) > 0 && e.longest > 0 && l.Minutes > e.longest:
			long++
			longest = max(longest, l.Minutes)
		}
	}
	if loops > 0 {
		out = append(out, Warning{Kind: WarnLoop, Count: loops})
	}
	if e.tally.minutes == 0 {
		return append(out, Warning{Kind: WarnNoTime, Count: int(e.exam - e.today)})
	}
	if long > 0 {
		out = append(out, Warning{Kind: WarnLongTask, Count: long, Minutes: e.longest, Needed: longest})
	}
	if len(p.Days) > 0 {
		if m := p.Days[0].Minutes; m > 0 && e.tally.pendingNeeds > 1.5*float64(m) {
			out = append(out, Warning{Kind: WarnOverloaded, Count: e.tally.pending, Minutes: m, Needed: ceil(e.tally.pendingNeeds)})
		}
	}
	if shortest := e.shortestMock(); shortest > 0 && len(e.mocks) == 0 && len(e.in.Sat) == 0 && e.exam-e.today >= 7 {
		out = append(out, Warning{Kind: WarnNoMock, Minutes: e.longest, Needed: shortest})
	}
	if !whole {
		return out
	}
	return append(out, e.leftOver()...)
}

// leftOver tells what does not fit until the exam, or that all does.
func (e *engine) leftOver() []Warning {
	cards, lessons, fresh := Warning{Kind: WarnCards}, Warning{Kind: WarnLessons}, Warning{Kind: WarnNew}
	need := 0.0
	for _, c := range e.cards {
		if c.id != "" && c.idle < CardsBelow {
			cards.Count++
			need += c.minutes
		}
	}
	cards.Needed = ceil(need)
	for _, l := range e.lessons {
		if !l.Done && !l.loop && len(l.at) > 0 {
			lessons.Count++
			lessons.Needed += l.Minutes
		}
	}
	need = 0
	for _, s := range e.stock {
		fresh.Count += s.Count
		need += float64(s.Count) * s.minutes
	}
	fresh.Needed = ceil(need)
	var out []Warning
	for _, w := range []Warning{cards, lessons, fresh} {
		if w.Count > 0 {
			out = append(out, w)
		}
	}
	if len(out) == 0 && e.tally.used < 0.9*e.tally.minutes {
		out = append(out, Warning{Kind: WarnFreeTime, Minutes: int(e.tally.minutes), Needed: ceil(e.tally.used)})
	}
	return out
}

func (e *engine) wasDone(id string) bool {
	for i := range e.in.Lessons {
		if e.in.Lessons[i].ID == id {
			return e.in.Lessons[i].Done
		}
	}
	return false
}

func (e *engine) shortestMock() int {
	shortest := 0
	for _, m := range e.in.Mocks {
		if shortest == 0 || m.Minutes < shortest {
			shortest = m.Minutes
		}
	}
	return shortest
}

func ceil(x float64) int { return int(math.Ceil(x - epsilon)) }
