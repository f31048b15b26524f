package learnersim

import (
	"math"
	"math/rand/v2"

	"crosswalk/progress/ability"
)

// Answer is one entry of a simulated record.
type Answer struct {
	Item    ability.Item // as its author sees it
	Context string       // drill, lesson or exam
	Day     int          // study day, from 0
	Seconds int
	Score   float64 // with partial credit
	Correct bool
	Again   bool // the question was answered before
}

// history is what a person does before the exam, told to record answer by answer.
type history struct {
	days  int // on the last of which the exam is near
	mocks []float64
}

// study lives through a person's preparation. The plan is drawn: 10 to 90 days, 50 to 700 answers, for most two mock exams.
func (p *person) study(record func(Answer) error) (history, error) {
	h := history{days: 10 + p.rnd.IntN(81)}
	answers := int(math.Exp(math.Log(50) + p.rnd.Float64()*math.Log(14)))
	mocks := map[int]bool{}
	if p.rnd.Float64() < 0.7 {
		mocks[h.days*6/10], mocks[h.days*9/10] = true, true
	}
	// Two days in three are study days; the answers are dealt out to them unevenly.
	var days []int
	for d := range h.days {
		if d == 0 || p.rnd.IntN(3) > 0 {
			days = append(days, d)
		}
	}
	load := map[int]int{}
	for range answers {
		d := days[p.rnd.IntN(len(days))]
		if p.rnd.IntN(4) == 0 {
			d = days[min(len(days)-1, int(float64(len(days))*math.Sqrt(p.rnd.Float64())))] // more towards the end
		}
		load[d]++
	}
	for d := range h.days {
		p.wake(d)
		if mocks[d] {
			share, err := p.mock(record)
			if err != nil {
				return h, err
			}
			h.mocks = append(h.mocks, share)
		}
		for range load[d] {
			context, easier := "drill", 0.0
			if p.rnd.IntN(8) == 0 {
				context, easier = "lesson", p.s.w.JustRead
			}
			if err := p.give(record, p.choose(), context, easier); err != nil {
				return h, err
			}
		}
	}
	idle := p.rnd.IntN(4)
	if p.rnd.Float64() < p.s.w.Pause {
		idle = 10 + p.rnd.IntN(101)
	}
	p.wake(h.days + idle)
	return h, nil
}

// give answers a question of the bank and records it.
func (p *person) give(record func(Answer) error, it *item, context string, easier float64) error {
	_, again := p.seen[it.number]
	right := p.answer(it, easier)
	score := 0.0
	switch {
	case right:
		score = 1
	case it.Options == 0 && p.s.w.Partial > 0:
		score = p.s.w.Partial * p.rnd.Float64() * 2
	}
	seconds := int(80 * math.Exp(0.4*p.rnd.NormFloat64()))
	return record(Answer{Item: it.Item, Context: context, Day: p.today, Seconds: seconds, Score: score, Correct: right, Again: again})
}

// mock sits an exam of the bank's questions, unseen ones first, and gives the share right.
func (p *person) mock(record func(Answer) error) (float64, error) {
	day := p.s.w.Day*p.rnd.NormFloat64() - p.s.w.Nerves
	var form []*item
	for a, area := range p.s.w.Areas {
		var fresh, old []int
		for _, n := range p.s.byArea[a] {
			if _, seen := p.seen[n]; seen {
				old = append(old, n)
			} else {
				fresh = append(fresh, n)
			}
		}
		shuffle(p.rnd, fresh)
		shuffle(p.rnd, old)
		for _, n := range append(fresh, old...)[:area.Items] {
			form = append(form, &p.s.items[n])
		}
	}
	p.rnd.Shuffle(len(form), func(i, j int) { form[i], form[j] = form[j], form[i] })
	right, reached := 0, len(form)-p.missed(p.rnd, len(form))
	for i, it := range form {
		if i >= reached {
			// A mark without reading; what is not read is not learnt and not remembered.
			hit := p.rnd.Float64() < blind(it)
			if hit {
				right++
			}
			_, again := p.seen[it.number]
			if err := record(Answer{Item: it.Item, Context: "exam", Day: p.today, Score: score(hit), Correct: hit, Again: again}); err != nil {
				return 0, err
			}
			continue
		}
		_, again := p.seen[it.number]
		hit := p.answer(it, day)
		if hit {
			right++
		}
		if err := record(Answer{Item: it.Item, Context: "exam", Day: p.today, Seconds: 100, Score: score(hit), Correct: hit, Again: again}); err != nil {
			return 0, err
		}
	}
	return float64(right) / float64(len(form)), nil
}

func score(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

func shuffle(rnd *rand.Rand, s []int) {
	rnd.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}
