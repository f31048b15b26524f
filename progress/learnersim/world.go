package learnersim

import (
	"fmt"
	"math"
	"math/rand/v2"

	"crosswalk/progress/ability"
	"crosswalk/progress/readiness"
)

// Area is a part of the exam and of the bank.
type Area struct {
	ID    string
	Items int // on a form
	Bank  int // questions of the bank
}

// CPC is the blueprint of the CPC exam with a bank of the size of the one that ships.
func CPC() []Area {
	return []Area{
		{"cpt-10000", 6, 10}, {"cpt-20000", 6, 9}, {"cpt-30000", 6, 10}, {"cpt-40000", 6, 10}, {"cpt-50000", 6, 10}, {"cpt-60000", 6, 10},
		{"em", 6, 8}, {"anesthesia", 4, 7}, {"radiology", 6, 9}, {"pathology", 6, 9}, {"medicine", 6, 10}, {"terminology", 4, 8}, {"anatomy", 4, 6},
		{"icd10cm", 5, 21}, {"hcpcs", 3, 9}, {"guidelines", 7, 51}, {"compliance", 3, 18}, {"cases", 10, 21},
	}
}

// World says how people are and how they answer. Abilities and difficulties are in logits.
type World struct {
	Name  string
	Areas []Area
	Pass  float64 // share of a form that must be right

	// The people at the start.
	Prior  ability.Prior
	Uneven float64 // the correlation of an area with the others is off Prior.Correlation by up to this, to either side
	Second float64 // share of an area's spread that a second talent has, which helps in every other area and hurts in the rest

	// How they change. All are 0 where abilities stand still.
	Learn   float64 // share of the way to Ceiling that one answer with its explanation takes, in its area
	Ceiling float64
	Forget  float64 // share of what was learnt that is lost in a day
	Wander  float64 // standard deviation of a day's chance change

	Pause float64 // share of the people who stop for up to 110 days before the exam

	// How they answer.
	Eliminate float64 // share of those who do not know that rule one option of a choice out
	Blind     float64 // chance of a right written answer without knowing
	Slip      float64 // mean chance of a wrong answer in spite of knowing
	Slopes    float64 // spread of the logarithm of how sharply items tell
	Remember  float64 // chance to know the answer to a question seen the same day before
	Fades     float64 // days in which that falls to a third
	JustRead  float64 // how much easier a question is right after its lesson
	Partial   float64 // mean credit for a wrong written answer in practice

	// The questions.
	Authors float64 // spread of a difficulty around its author's
	Bank    float64 // spread by area of the bank's difficulties around what the authors meant
	Exam    float64 // spread by area of the exam's difficulties around what the bank's authors say of such items

	// The exam.
	Day     float64 // spread of a sitting: everything is easier or harder
	Nerves  float64 // how much harder everything is in an exam
	Gap     float64 // spread by person between practice and exam
	GapArea float64 // the same by person and area
	Slow    float64 // share of the people who do not get to the end of a form
}

// Ours is the model that the program assumes: the prior of ability with abilities that stand still, guessing by the number of options,
// difficulties off the authors' by what calibration assumes, and days and exams that differ as the doubts of the forecast say.
func Ours() World {
	return World{
		Name: "ours", Areas: CPC(), Pass: 0.7, Prior: ability.DefaultPrior(), Authors: ability.AuthorSpread, Day: 0.15, Gap: 0.15, GapArea: 0.3,
		Remember: 0.4, Fades: 20,
	}
}

// Differs is a world that the model does not assume, in every respect that World has.
func Differs() World {
	return World{
		Name: "differs", Areas: CPC(), Pass: 0.7, Prior: ability.Prior{Mean: -0.35, SD: 0.9, Correlation: 0.55}, Uneven: 0.3, Second: 0.12,
		Learn: 0.012, Ceiling: 2.4, Forget: 0.006, Wander: 0.02, Pause: 0.2,
		Eliminate: 0.35, Blind: 0.03, Slip: 0.03, Slopes: 0.25, Remember: 0.6, Fades: 25, JustRead: 0.7, Partial: 0.3,
		Authors: 0.9, Bank: 0.3, Exam: 0.25, Day: 0.2, Nerves: 0.05, Gap: 0.1, GapArea: 0.2, Slow: 0.25,
	}
}

// item is a question with what nobody is told.
type item struct {
	ability.Item         // as its author sees it
	number       int     // in the bank; -1 for one of an exam
	area         int     // in World.Areas
	truth        float64 // difficulty
	slope        float64
	guess        float64 // chance of a right answer without knowing
}

// chance of a right answer.
func (it *item) chance(theta, slip float64) float64 {
	known := 1 / (1 + math.Exp(-it.slope*(theta-it.truth)))
	return it.guess*(1-known) + max(1-slip, it.guess)*known
}

// school is a bank with the exam that it prepares for. Learners of one school share them.
type school struct {
	w       World
	items   []item  // the bank
	byArea  [][]int // numbers of items
	offExam []float64
	loading []float64 // of each area on the talent common to all
	second  []float64 // and on the other one
	spread  []float64 // of the difficulties by number of the item, where the bank is calibrated; else nil
}

func newSchool(w World, rnd *rand.Rand) *school {
	s := &school{w: w, byArea: make([][]int, len(w.Areas))}
	for a, area := range w.Areas {
		off := w.Bank * rnd.NormFloat64()
		s.offExam = append(s.offExam, w.Exam*rnd.NormFloat64())
		for range area.Bank {
			it := s.write(rnd, a, off)
			it.number = len(s.items)
			it.ID = fmt.Sprintf("%s-%d", area.ID, len(s.byArea[a])+1)
			s.byArea[a] = append(s.byArea[a], it.number)
			s.items = append(s.items, it)
		}
		rho := w.Prior.Correlation + w.Uneven*(2*rnd.Float64()-1)
		rho = min(max(rho, 0.05), 0.95-w.Second)
		s.loading = append(s.loading, math.Sqrt(rho))
		s.second = append(s.second, math.Sqrt(w.Second)*float64(1-2*(a%2)))
	}
	return s
}

// levels are the authors' difficulties, as often as in the bank that ships: two in five are easy, two middling.
var levels = []int{1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 2, 3, 5, 4, 1, 2, 3, 3, 2, 3}

// write makes a question of an area. off is how much harder such questions are than their author says.
func (s *school) write(rnd *rand.Rand, a int, off float64) item {
	w := s.w
	it := item{Item: ability.Item{Area: w.Areas[a].ID, Difficulty: ability.AuthorDifficulty(levels[rnd.IntN(len(levels))]), Options: 4}, number: -1, area: a}
	if rnd.IntN(3) == 0 {
		it.Options = 0 // a written answer, as a third of the bank's
	}
	it.truth = it.Difficulty + off + w.Authors*rnd.NormFloat64()
	it.slope = math.Exp(w.Slopes * rnd.NormFloat64())
	switch {
	case it.Options == 0:
		it.guess = w.Blind
	case rnd.Float64() < w.Eliminate:
		it.guess = 1 / float64(it.Options-1-rnd.IntN(2))
	default:
		it.guess = 1 / float64(it.Options)
	}
	return it
}

// form draws what an exam asks: new items, of the kind that the bank has.
func (s *school) form(rnd *rand.Rand) []item {
	var out []item
	for a, area := range s.w.Areas {
		for range area.Items {
			out = append(out, s.write(rnd, a, s.offExam[a]))
		}
	}
	rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// foreseen is the form as the forecast sees it: the pool is the bank by its authors' figures.
func (s *school) foreseen() readiness.Form {
	f := readiness.Form{Exam: "cpc", PassPercent: 100 * s.w.Pass}
	for a, area := range s.w.Areas {
		p := readiness.Part{Area: area.ID, Name: area.ID, Items: area.Items}
		for _, n := range s.byArea[a] {
			p.Pool = append(p.Pool, s.items[n].Item)
			if s.spread != nil {
				p.Spread = append(p.Spread, s.spread[n])
			}
		}
		f.Parts = append(f.Parts, p)
	}
	return f
}
