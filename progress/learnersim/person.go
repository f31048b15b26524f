package learnersim

import (
	"math"
	"math/rand/v2"
)

// person is a learner with what nobody is told.
type person struct {
	s     *school
	rnd   *rand.Rand
	theta []float64 // abilities now
	base  []float64 // abilities at the start, to which forgetting leads
	gap   []float64 // by which abilities in an exam differ
	slip  float64
	slow  bool
	seen  map[int]int // number of an item: day last answered
	likes []float64   // how readily each area is practised, cumulative
	today int
}

func (s *school) person(rnd *rand.Rand) *person {
	w := s.w
	n := len(w.Areas)
	p := &person{s: s, rnd: rnd, theta: make([]float64, n), base: make([]float64, n), gap: make([]float64, n), likes: make([]float64, n), seen: map[int]int{}}
	z, y := rnd.NormFloat64(), rnd.NormFloat64()
	common := w.Gap*rnd.NormFloat64() - w.Nerves
	sum := 0.0
	for a, area := range w.Areas {
		own := math.Sqrt(1 - s.loading[a]*s.loading[a] - s.second[a]*s.second[a])
		p.base[a] = w.Prior.Mean + w.Prior.SD*(s.loading[a]*z+s.second[a]*y+own*rnd.NormFloat64())
		p.theta[a] = p.base[a]
		p.gap[a] = common + w.GapArea*rnd.NormFloat64()
		sum += float64(area.Items) * math.Exp(0.6*rnd.NormFloat64())
		p.likes[a] = sum
	}
	p.slip = w.Slip * rnd.ExpFloat64()
	p.slow = rnd.Float64() < w.Slow
	return p
}

// wake brings the person to a day.
func (p *person) wake(day int) {
	w := p.s.w
	for ; p.today < day; p.today++ {
		for a := range p.theta {
			p.theta[a] += w.Forget*(p.base[a]-p.theta[a]) + w.Wander*p.rnd.NormFloat64()
		}
	}
}

// choose picks a question to practise: mostly one not seen yet, in an area that the person likes.
func (p *person) choose() *item {
	u := p.rnd.Float64() * p.likes[len(p.likes)-1]
	a := 0
	for p.likes[a] < u {
		a++
	}
	own := p.s.byArea[a]
	again := p.rnd.Float64() < 0.2
	for try := range 12 {
		n := own[p.rnd.IntN(len(own))]
		if _, seen := p.seen[n]; seen == again || try == 11 {
			return &p.s.items[n]
		}
	}
	return &p.s.items[own[0]]
}

// answer gives a question an answer, and learns from its explanation. easier is by how much the moment makes it so.
func (p *person) answer(it *item, easier float64) (right bool) {
	w := p.s.w
	chance := it.chance(p.theta[it.area]+easier, p.slip)
	if it.number >= 0 {
		if day, seen := p.seen[it.number]; seen {
			chance += (1 - chance) * w.Remember * math.Exp(-float64(p.today-day)/w.Fades)
		}
		p.seen[it.number] = p.today
	}
	right = p.rnd.Float64() < chance
	p.theta[it.area] += w.Learn * (w.Ceiling - p.theta[it.area])
	return right
}

// missed is how many of the last items of a form are not reached, of those who are slow.
func (p *person) missed(rnd *rand.Rand, items int) int {
	if !p.slow {
		return 0
	}
	return rnd.IntN(1 + items/12)
}

// sit gives the share right on a new form of the exam.
func (p *person) sit() float64 {
	day := p.s.w.Day * p.rnd.NormFloat64()
	form := p.s.form(p.rnd)
	reached := len(form) - p.missed(p.rnd, len(form))
	right := 0
	for i := range form {
		it := &form[i]
		chance := blind(it)
		if i < reached {
			chance = it.chance(p.theta[it.area]+p.gap[it.area]+day, p.slip)
		}
		if p.rnd.Float64() < chance {
			right++
		}
	}
	return float64(right) / float64(len(form))
}

// blind is the chance of a mark made without reading.
func blind(it *item) float64 {
	if it.Options == 0 {
		return 0
	}
	return 1 / float64(it.Options)
}

// chance is the truth that a forecast wants to know: how often the person would pass, over forms and days. It is the mean over sittings of
// the chance of each, and has a standard error of less than a point.
func (p *person) chance() float64 {
	const sittings = 60
	rnd := rand.New(rand.NewPCG(p.rnd.Uint64(), 1))
	sum := 0.0
	for n := range sittings {
		// The days are spread evenly over their distribution.
		day := p.s.w.Day * math.Sqrt2 * math.Erfinv(2*(float64(n)+rnd.Float64())/sittings-1)
		form := p.s.form(rnd)
		reached := len(form) - p.missed(rnd, len(form))
		mean, variance := 0.0, 0.0
		for i := range form {
			it := &form[i]
			c := blind(it)
			if i < reached {
				c = it.chance(p.theta[it.area]+p.gap[it.area]+day, p.slip)
			}
			mean += c
			variance += c * (1 - c)
		}
		need := math.Ceil(p.s.w.Pass*float64(len(form)) - 1e-9)
		sum += math.Erfc((need-0.5-mean)/math.Sqrt(2*variance)) / 2
	}
	return sum / sittings
}
