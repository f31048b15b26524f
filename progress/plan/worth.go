package plan

import (
	"math"

	"crosswalk/progress/memory"
)

// The model of worth. All are our assumptions: no published figure is known for this field. They were set so that a few hours in one area are worth
// about half a logit, as readiness takes it; PracticeLogits and Coverage were then lowered (from 0.35 and 0.5) after a look at learnersim with
// seed 1, where the plans became a little better and Expected less hopeful. The figures in the docs are of another seed.
const (
	// LessonLogits is what reading all lessons of an area adds to the ability in it, for one who knows half of what it asks.
	LessonLogits = 1.0
	// MostLessonLogits bounds what a single lesson adds, where an area has but one or two.
	MostLessonLogits = 0.5
	// PracticeLogits times ln((n+PracticeHead) / PracticeHead) is what n questions add: 20 questions 0.22, 100 questions 0.48.
	PracticeLogits = 0.2
	// PracticeHead is the number of questions that anyone is taken to have seen before.
	PracticeHead = 10
	// ReviewPractice is how much a review practises its areas, as a share of a new question.
	ReviewPractice = 1.0 / 3
	// Unread is what new questions are worth before any lesson of their area is read, as a share of what they are worth after all: the
	// explanation of an answer says less to someone who never met the idea.
	Unread = 0.6
	// Coverage is the share of an area's items in the exam that rest on facts as Crosswalk's cards hold them; the rest rests on ability alone.
	Coverage = 0.35
	// FadeDays is the stability of what lessons and practice add to ability.
	FadeDays = 60
	// LeastWorth is the gain for a minute below which time is better left free: an hour for three hundredths of an item of a hundred.
	LeastWorth = 5e-6
	// LeastRecall is the gain in recall at the exam below which a card is left alone.
	LeastRecall = 0.01
	// KeptRecall is the recall at which the reviews that a new fact will need are reckoned.
	KeptRecall = 0.85
	// FreezeDays before the exam nothing new comes: what is learnt then is mostly forgotten or uncertain, and takes the time of what is known.
	// Without any card there is nothing to repeat, and new things come until the end.
	FreezeDays = 3
	// spreadOver is the share of the time left that new work is spread over where there is more time than work.
	spreadOver = 0.8
	// Blocks of new items, so that a day has drills of a few areas and not one question of each.
	blockQuestions, blockTerms, blockCases = 5, 5, 1
)

// kind is what is assumed of one kind of item.
type kind struct {
	units   float64 // facts that it stands for
	answers float64 // questions that it practises like
	first   float64 // minutes at first
	again   float64 // minutes of a review
	cards   float64 // that come of it when all of it is wrong
	block   int
}

// kindOf gives the kind; the zero kind for an unknown one. Minutes of questions are those that the CPC leaves for one (2.4, less what a drill
// saves by its feedback at once), of cases those of the settings' paces about; a line of a case teaches more than its code, since the same trap
// waits in other charts.
func kindOf(k string) kind {
	switch k {
	case KindQuestion:
		return kind{units: 1, answers: 1, first: 2, again: 1, cards: 1, block: blockQuestions}
	case KindLine:
		return kind{units: 1.5, answers: 1, again: 1}
	case KindTerm:
		return kind{units: 0.3, answers: 0.1, first: 0.4, again: 0.2, cards: 1, block: blockTerms}
	case KindCase:
		return kind{units: 3, answers: 4, first: 12, again: 1, cards: 2, block: blockCases}
	}
	return kind{}
}

// area is what the plan knows of an area while it is made.
type area struct {
	id       string
	weight   float64 // share of the exam
	floor    float64
	start    float64 // logits of the general share today
	steep    float64 // how much of a logit shows in the expected share when the ability is not known well
	gain     float64 // logits added by the plan, as they are at the exam
	answered float64
	units    float64
	known    float64 // general share today
	recall   float64 // sum over cards of units × (recall at the exam - known)
	today    float64 // the same of recall today
	lessons  float64 // minutes of all its lessons, each divided by the number of its areas
	read     float64 // of those, done
	slope    float64 // expected share of the exam for a logit, at the present gain
	unit     float64 // expected share of the exam for one unit of recall
	general  float64
}

// newArea takes the expected share of today apart.
func newArea(a Area, total float64) area {
	s := area{id: a.ID, weight: a.Weight / total, floor: a.Floor, answered: float64(a.Answered), units: float64(a.Known)}
	k := min(max((a.Expected-a.Floor)/(1-a.Floor), 0.02), 0.98)
	s.start, s.known = math.Log(k/(1-k)), k
	// A curve averaged over a normal ability is flatter (MacKay's approximation, as in package ability). The spread in logits is that of
	// the share over the slope there.
	sd := min(a.SD/((1-a.Floor)*k*(1-k)), 2)
	s.steep = 1 / math.Sqrt(1+math.Pi*sd*sd/8)
	return s
}

// renew works the slope out again after a change of gain.
func (s *area) renew() {
	s.general = 1 / (1 + math.Exp(-s.start-s.steep*s.gain))
	s.slope = s.weight * (1 - s.floor) * s.steep * s.general * (1 - s.general)
}

// score is what the area adds to the expected share, were the gain and the recall of the cards these.
func (s *area) score(gain, recall float64) float64 {
	g := 1 / (1 + math.Exp(-s.start-s.steep*gain))
	if s.units > 0 {
		g += Coverage * recall / s.units
	}
	return s.weight * (s.floor + (1-s.floor)*min(max(g, 0), 1))
}

// taught is the logits that a lesson adds whose share of the lessons comes to so many logits for someone who knows half: a lesson teaches a share of
// what is not known yet, so that it moves a beginner further than one who knows most.
func (s *area) taught(logits float64) float64 {
	return logits * min(0.5/s.general, 4)
}

// practice is the logits that n more questions add.
func (s *area) practice(n float64) float64 {
	return PracticeLogits * math.Log1p(n/(s.answered+PracticeHead))
}

// ready is what new questions are worth by the lessons read.
func (s *area) ready() float64 {
	if s.lessons == 0 {
		return 1
	}
	return Unread + (1-Unread)*s.read/s.lessons
}

// wrong is the chance that a new item shows something that is not known.
func (s *area) wrong(kind string) float64 {
	if kind == KindQuestion {
		return (1 - s.general) * (1 - s.floor)
	}
	return 1 - s.general
}

// upkeep is what a new fact needs and gives when it is learnt a number of days before the exam.
type upkeep struct {
	recall  float64 // at the exam
	reviews float64
}

// upkeeps works out upkeep for each number of days up to n: from a first failure, each review when recall has fallen to KeptRecall.
func upkeeps(m memory.Model, n int) []upkeep {
	out := make([]upkeep, n+1)
	type step struct {
		day   int
		state memory.State
	}
	// The path does not depend on the exam, so that one serves all: before the exam as many of its reviews are done as fall before it.
	s, _ := m.Next(memory.State{}, 0, memory.Again)
	path := []step{{0, s}}
	for day := 0; day <= n; {
		wait := max(1, int(m.Interval(s, KeptRecall)))
		day += wait
		s, _ = m.Next(s, wait, memory.Good)
		path = append(path, step{day, s})
	}
	at := 0
	for d := range out {
		for at+1 < len(path) && path[at+1].day < d {
			at++
		}
		// Some of the reviews fail on the way and are done again.
		again := 1 + (1 - KeptRecall)
		out[d] = upkeep{recall: m.Retrievability(path[at].state, float64(d-path[at].day)), reviews: float64(at) * again}
	}
	return out
}
