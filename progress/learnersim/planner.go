package learnersim

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"crosswalk/progress/ability"
	"crosswalk/progress/memory"
	"crosswalk/progress/plan"
)

// PlanWorld is how the learners of the plan study learn and forget. It is none of the planner's models.
//
// Memory is that of Pavlik and Anderson ("Practice and forgetting effects on vocabulary memory: an activation-based model of the spacing effect",
// Cognitive Science 29, 2005): every look at a fact leaves a trace that fades as a power of time, the faster the stronger the fact was in mind
// at that moment; the sum of the traces gives the chance of recall. Ability in an area grows with each lesson and answer towards a ceiling, at
// a rate of the learner's own, and sinks back without practice. An item of the exam is answered by the fact itself or, without it, by ability,
// or by a guess.
type PlanWorld struct {
	Name   string
	Terms  int     // of each area
	Hidden float64 // facts that only lessons hold, for each question of the bank

	Shares [3]float64 // of the exam: facts of questions, of terms, of lessons only
	FactSD float64    // spread of how well facts are kept, in units of activation

	Start, StartSD, Alike float64 // abilities at the start: mean, spread, correlation between areas
	Ceiling               float64
	Lesson, Answer        float64 // share of the way to Ceiling that a lesson and an answer take
	Sink                  float64 // share of what was gained that is lost in a day
	Wander                float64 // chance change of a day

	Activation, Decay, Cost, Threshold, Noise float64 // of memory: mean of the learners, and the parameters a, c, τ and s of the source
	LearnerSD                                 float64 // spread between learners of activation, and of the logarithms of their rates
	Slip                                      float64
}

// PlanWorlds are two worlds that the planner knows nothing of: in one the exam asks mostly for facts that one can have met, in the other mostly for what
// only ability answers.
func PlanWorlds() []PlanWorld {
	w := PlanWorld{
		Name: "facts", Terms: 14, Hidden: 1.2, Shares: [3]float64{0.45, 0.15, 0.4}, FactSD: 0.35,
		Start: -1, StartSD: 0.8, Alike: 0.5, Ceiling: 2, Lesson: 0.1, Answer: 0.012, Sink: 0.004, Wander: 0.01,
		Activation: 0.7, Decay: 0.177, Cost: 0.217, Threshold: -0.704, Noise: 0.3, LearnerSD: 0.25, Slip: 0.03,
	}
	s := w
	s.Name, s.Shares, s.Lesson, s.Answer, s.Sink = "ability", [3]float64{0.15, 0.05, 0.8}, 0.15, 0.025, 0.002
	return []PlanWorld{w, s}
}

// student is a learner of the plan study with what nobody is told.
type student struct {
	c       *course
	rnd     *rand.Rand
	now     float64 // days
	theta   []float64
	base    []float64
	bright  float64 // activation of all facts
	rate    float64
	pace    float64 // minutes taken for a minute expected
	traces  [][]trace
	read    []bool
	met     []bool // questions and terms answered
	state   []memory.State
	last    []plan.Day
	ability *ability.Learner
	counts  []int // questions answered by area
	rights  []int // of those, rightly the first time
}

type trace struct{ at, decay float64 }

// inSeconds is the time of memory in a day: of the seconds out of a session one in forty counts (h = 0.025 of the source).
const inSeconds = 86400 * 0.025

func (c *course) student(m *ability.Model, rnd *rand.Rand) *student {
	w, n := c.w, len(c.areas)
	s := &student{
		c: c, rnd: rnd, theta: make([]float64, n), base: make([]float64, n), traces: make([][]trace, len(c.facts)), read: make([]bool, len(c.lessons)),
		met: make([]bool, len(c.facts)), state: make([]memory.State, len(c.facts)), last: make([]plan.Day, len(c.facts)), counts: make([]int, n), rights: make([]int, n),
	}
	z := rnd.NormFloat64()
	var ids []string
	for a, area := range c.areas {
		s.base[a] = w.Start + w.StartSD*(math.Sqrt(w.Alike)*z+math.Sqrt(1-w.Alike)*rnd.NormFloat64())
		s.theta[a] = s.base[a]
		ids = append(ids, area.ID)
	}
	s.bright = w.Activation + w.LearnerSD*rnd.NormFloat64()
	s.rate = math.Exp(w.LearnerSD * rnd.NormFloat64())
	s.pace = math.Exp(0.15 * rnd.NormFloat64())
	s.ability = m.NewLearner(ids...)
	return s
}

// activation of a fact, -Inf for one never met.
func (s *student) activation(f int) float64 {
	sum := 0.0
	for _, t := range s.traces[f] {
		sum += math.Pow(max((s.now-t.at)*inSeconds, 1), -t.decay)
	}
	return s.bright + s.c.facts[f].hold + math.Log(sum)
}

func (s *student) recall(f int) float64 {
	if len(s.traces[f]) == 0 {
		return 0
	}
	return 1 / (1 + math.Exp((s.c.w.Threshold-s.activation(f))/s.c.w.Noise))
}

// chance of a right answer to a question about a fact with so much left to guessing.
func (s *student) chance(f int, guess float64) float64 {
	fact := &s.c.facts[f]
	able := 1 / (1 + math.Exp(fact.difficulty-s.theta[fact.area]))
	knows := 1 - (1-s.recall(f))*(1-able)
	return guess*(1-knows) + (1-s.c.w.Slip)*knows
}

// look leaves a trace of a fact.
func (s *student) look(f int) {
	decay := s.c.w.Decay
	if len(s.traces[f]) > 0 {
		decay += s.c.w.Cost * math.Exp(s.activation(f))
	}
	s.traces[f] = append(s.traces[f], trace{s.now, decay})
}

func (s *student) grow(a int, share float64) {
	s.theta[a] += max(s.c.w.Ceiling-s.theta[a], 0) * min(share*s.rate, 0.9)
}

// study reads a lesson and gives the minutes that it took.
func (s *student) study(i int) float64 {
	l := &s.c.lessons[i]
	s.read[i] = true
	share := s.c.w.Lesson * l.worth / math.Sqrt(max(float64(len(l.areas)), 1))
	for _, r := range l.requires {
		if !s.read[r] {
			share /= 2
		}
	}
	for _, a := range l.areas {
		s.grow(a, share)
	}
	for _, f := range l.facts {
		if s.rnd.Float64() < 0.7 {
			s.look(f)
		}
	}
	return float64(l.minutes) * s.pace
}

// guessing of the answers to questions and terms.
var guessing = [...]float64{inQuestion: 0.25, inTerm: 0}

// answer answers the question or names the term of a fact, as new or in review, and gives the minutes.
func (s *student) answer(f int, today plan.Day, mm memory.Model) float64 {
	fact := &s.c.facts[f]
	right := s.rnd.Float64() < s.chance(f, guessing[fact.kind])
	s.look(f) // the explanation is read
	first := !s.met[f]
	s.met[f] = true
	minutes, share := 2.0, s.c.w.Answer
	if fact.kind == inTerm {
		minutes, share = 0.4, s.c.w.Answer/4
	}
	if !first {
		minutes, share = minutes/2, share/3
	}
	s.grow(fact.area, share)
	if fact.kind == inQuestion {
		weight := 1.0
		if !first {
			weight = 0.25
		}
		score := 0.0
		if right {
			score = 1
		}
		it := ability.Item{ID: "q", Area: s.c.areas[fact.area].ID, Options: 4}
		_ = s.ability.ObserveWeighted(it, score, weight)
		if first {
			s.counts[fact.area]++
			if right {
				s.rights[fact.area]++
			}
		}
	}
	grade := memory.Good
	if !right {
		grade = memory.Again
	}
	switch {
	case !s.state[f].New():
		s.state[f], _ = mm.Next(s.state[f], int(today-s.last[f]), grade)
		s.last[f] = today
	case !right || fact.kind == inTerm: // questions answered rightly make no card
		s.state[f], _ = mm.Next(memory.State{}, 0, grade)
		s.last[f] = today
	}
	return minutes * s.pace
}

// sleep brings the student to the next morning.
func (s *student) sleep() {
	s.now = math.Floor(s.now) + 1
	for a := range s.theta {
		s.theta[a] += s.c.w.Sink*(s.base[a]-s.theta[a]) + s.c.w.Wander*s.rnd.NormFloat64()
	}
	s.ability.Fade(math.Exp2(-1.0 / 90))
}

// score is the expected share right at the exam: no luck with the form is in it.
func (s *student) score() float64 {
	sum, items := 0.0, 0.0
	for a, area := range s.c.areas {
		for kind, share := range s.c.w.Shares {
			own := s.c.byArea[kind][a]
			mean := 0.0
			for _, f := range own {
				mean += s.chance(f, 0.25)
			}
			sum += float64(area.Items) * share * mean / float64(len(own))
		}
		items += float64(area.Items)
	}
	return sum / items
}

// A way of studying does the work of one day, at most so many minutes, and gives those that it took.
type way func(s *student, today, exam plan.Day, minutes float64) float64

// live goes through all days to the exam and gives the expected score there and the minutes that were studied. What a day takes too long is taken off
// the next one, so that every way has the same minutes.
func (s *student) live(days, minutes int, w way) (score, used float64) {
	const start plan.Day = 20700
	exam := start + plan.Day(days)
	owed := 0.0
	for d := start; d < exam; d++ {
		s.now = float64(d-start) + 0.5
		room := float64(minutes) - owed
		took := 0.0
		if room > 0 {
			took = w(s, d, exam, room)
		}
		used += took
		owed = max(took-room, 0)
		s.sleep()
	}
	s.now = float64(days) + 0.5
	return s.score(), used
}

// dueFirst reviews what is due, the longest overdue first, then goes on with new material in the given order, and when that is at its end reviews
// ahead what will be due first, so that no minute is left.
func dueFirst(mm memory.Model, order []int) way {
	next := 0
	return func(s *student, today, exam plan.Day, minutes float64) float64 {
		took := 0.0
		type due struct {
			fact int
			at   plan.Day
		}
		var cards []due
		for f := range s.state {
			if !s.state[f].New() && s.last[f] < today {
				// No card waits beyond the exam.
				wait := mm.Days(s.state[f], memory.Policy{MaxDays: max(int(exam-s.last[f])-1, 1)})
				cards = append(cards, due{f, s.last[f] + plan.Day(wait)})
			}
		}
		slices.SortStableFunc(cards, func(a, b due) int { return int(a.at - b.at) })
		for len(cards) > 0 && cards[0].at <= today && took < minutes {
			took += s.answer(cards[0].fact, today, mm)
			cards = cards[1:]
		}
		for took < minutes && next < len(order) {
			if i := order[next]; i < 0 {
				took += s.study(-1 - i)
			} else {
				took += s.answer(i, today, mm)
			}
			next++
		}
		for len(cards) > 0 && took < minutes {
			took += s.answer(cards[0].fact, today, mm)
			cards = cards[1:]
		}
		return took
	}
}

// planned follows the planner, which sees only what the program would: answers, cards and lessons done. It plans anew each day, and again
// where time is left. foretold is what it expects of the exam when half of the days are gone.
func planned(mm memory.Model, foretold *float64, errs *error) way {
	first := plan.Day(0)
	return func(s *student, today, exam plan.Day, minutes float64) float64 {
		if first == 0 {
			first = today
		}
		if today == (first+exam)/2 {
			in := s.input(today, exam, int(minutes))
			in.Through = 0
			p, err := plan.Make(in)
			*foretold, *errs = p.Expected, err
		}
		took := 0.0
		for range 3 {
			room := int(minutes - took + 0.5)
			if room < 1 {
				break
			}
			p, err := plan.Make(s.input(today, exam, room))
			if err != nil {
				*errs = err
				return 0
			}
			before := took
			for _, t := range p.Days[0].Tasks {
				took += s.follow(t, today, mm, minutes-took)
			}
			if took == before {
				break
			}
		}
		return took
	}
}

// follow does a task; what does not fit the minutes any more is left.
func (s *student) follow(t plan.Task, today plan.Day, mm memory.Model, room float64) float64 {
	took := 0.0
	switch t.Kind {
	case plan.KindReview:
		for _, id := range t.Cards {
			if took >= room {
				break
			}
			took += s.answer(number(id), today, mm)
		}
	case plan.KindLesson:
		if took < room {
			took += s.study(number(t.Ref))
		}
	case plan.KindQuestion, plan.KindTerm:
		kind := inQuestion
		if t.Kind == plan.KindTerm {
			kind = inTerm
		}
		left := t.Count
		for _, a := range t.Areas {
			for _, f := range s.c.byArea[kind][number(a)] {
				if !s.met[f] && left > 0 && took < room {
					left--
					took += s.answer(f, today, mm)
				}
			}
		}
	}
	return took
}

// input is the student as the program sees them.
func (s *student) input(today, exam plan.Day, minutes int) plan.Input {
	in := plan.Input{Today: today, Through: today, Goal: plan.Goal{Exam: "cpc", Date: exam}}
	for i := range in.Goal.Minutes {
		in.Goal.Minutes[i] = minutes
	}
	for a, area := range s.c.areas {
		e, _ := s.ability.Area(area.ID)
		it := ability.Item{Options: 4}
		in.Areas = append(in.Areas, plan.Area{
			ID: name(a), Weight: float64(area.Items), Expected: it.Chance(e.Mean), SD: (it.Chance(e.High) - it.Chance(e.Low)) / 3.3, Floor: 0.25,
			Answered: s.counts[a], Known: s.rights[a],
		})
		for kind, k := range []string{plan.KindQuestion, plan.KindTerm} {
			n := 0
			for _, f := range s.c.byArea[kind][a] {
				if !s.met[f] {
					n++
				}
				if !s.state[f].New() {
					in.Cards = append(in.Cards, plan.Card{ID: name(f), Kind: k, Areas: []string{name(a)}, State: s.state[f], Last: s.last[f]})
				}
			}
			in.Stock = append(in.Stock, plan.Stock{Kind: k, Areas: []string{name(a)}, Count: n})
		}
	}
	for i, l := range s.c.lessons {
		pl := plan.Lesson{ID: name(i), Minutes: l.minutes, Done: s.read[i]}
		for _, a := range l.areas {
			pl.Areas = append(pl.Areas, name(a))
		}
		for _, r := range l.requires {
			pl.Requires = append(pl.Requires, name(r))
		}
		in.Lessons = append(in.Lessons, pl)
	}
	return in
}

// name and number are the ids that the planner knows facts, areas and lessons by.
func name(n int) string { return strconv.Itoa(n) }

func number(id string) int {
	n, err := strconv.Atoi(id)
	if err != nil {
		panic("an id that the study has not given: " + id)
	}
	return n
}

// PlanOptions says how much is simulated. The zero value is the whole study.
type PlanOptions struct {
	Seed     uint64
	Learners int   // of each cell; 0 stands for 60
	Minutes  []int // a day; nil: 20, 45, 90
	Days     []int // to the exam; nil: 30, 60, 120
}

// PlanCell is what came of one budget. Scores are expected shares right at the exam, means over the learners.
type PlanCell struct {
	World         string
	Minutes, Days int
	Learners      int
	Nothing       float64 // without any study
	DueFirst      float64 // due reviews first, then new material in the order of the catalogue
	ByWeight      float64 // the same, but new material by the weight of its area in the exam
	Planner       float64
	Gain          Interval   // of the planner over DueFirst
	GainByWeight  Interval   // and over ByWeight
	Better        float64    // share of the learners with whom the planner does better than DueFirst
	Used          [3]float64 // minutes studied: DueFirst, ByWeight, Planner
	Foretold      float64    // what the planner expected of the exam half way there
	Off           float64    // mean distance of that from what came
}

// Interval is a mean with its 95 % interval.
type Interval struct{ Mean, Low, High float64 }

// Plans runs the study: each learner lives through the same preparation once for each way, with the same course, abilities, memory and minutes.
// It stops between learners when ctx is done, with its error.
func Plans(ctx context.Context, w PlanWorld, opt PlanOptions) ([]PlanCell, error) {
	if opt.Learners == 0 {
		opt.Learners = 60
	}
	if opt.Minutes == nil {
		opt.Minutes = []int{20, 45, 90}
	}
	if opt.Days == nil {
		opt.Days = []int{30, 60, 120}
	}
	am, err := ability.NewModel(ability.DefaultPrior())
	if err != nil {
		return nil, err
	}
	mm := memory.Default()
	var out []PlanCell
	for _, days := range opt.Days {
		for _, minutes := range opt.Minutes {
			lives := make([]planLife, opt.Learners)
			var wg sync.WaitGroup
			turns := make(chan struct{}, runtime.GOMAXPROCS(0))
			for n := range lives {
				wg.Add(1)
				turns <- struct{}{}
				go func() {
					defer func() { <-turns; wg.Done() }()
					l := &lives[n]
					if l.err = ctx.Err(); l.err != nil {
						return
					}
					c := newCourse(w, rand.New(rand.NewPCG(opt.Seed, uint64(n/5)))) // five learners to a course
					ways := [...]way{
						func(*student, plan.Day, plan.Day, float64) float64 { return 0 },
						dueFirst(mm, c.inOrder()), dueFirst(mm, c.byWeight()), planned(mm, &l.foretold, &l.err),
					}
					for k, w := range ways {
						l.score[k], l.used[k] = c.student(am, rand.New(rand.NewPCG(opt.Seed+1, uint64(n)))).live(days, minutes, w)
					}
				}()
			}
			wg.Wait()
			c := PlanCell{World: w.Name, Minutes: minutes, Days: days, Learners: opt.Learners}
			if err := c.take(lives); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// planLife is what came of one learner's preparation in each way: nothing, due first, by weight, planned.
type planLife struct {
	score, used [4]float64
	foretold    float64
	err         error
}

func (c *PlanCell) take(lives []planLife) error {
	n := float64(len(lives))
	var order, weight []float64
	for _, l := range lives {
		if l.err != nil {
			return l.err
		}
		c.Nothing += l.score[0] / n
		c.DueFirst += l.score[1] / n
		c.ByWeight += l.score[2] / n
		c.Planner += l.score[3] / n
		for k := range c.Used {
			c.Used[k] += l.used[k+1] / n
		}
		c.Foretold += l.foretold / n
		c.Off += math.Abs(l.foretold-l.score[3]) / n
		order, weight = append(order, l.score[3]-l.score[1]), append(weight, l.score[3]-l.score[2])
		if l.score[3] > l.score[1] {
			c.Better += 1 / n
		}
	}
	c.Gain, c.GainByWeight = interval(order), interval(weight)
	return nil
}

// interval is the mean of differences with its 95 % interval by the normal approximation.
func interval(xs []float64) Interval {
	n := float64(len(xs))
	mean, ss := 0.0, 0.0
	for _, x := range xs {
		mean += x / n
	}
	for _, x := range xs {
		ss += (x - mean) * (x - mean)
	}
	half := 1.96 * math.Sqrt(ss/(n-1)/n)
	return Interval{mean, mean - half, mean + half}
}
