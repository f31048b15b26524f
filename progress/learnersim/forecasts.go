package learnersim

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"golang.org/x/sync/errgroup"

	"crosswalk/progress/readiness"
)

// Trial is what Readiness does. The zero values of Learners, Schools and Draws stand for 5,000, one for each 100 learners and 400.
type Trial struct {
	World    World
	Seed     uint64
	Learners int
	Schools  int
	Cohort   int // learners whose answers the difficulties of the bank are learnt from before; 0: they are the authors'
	Draws    int
	Doubt    *readiness.Doubt
	Record   func(areas []string) (Record, error)
}

// Outcome is a learner who was foretold an exam and sat it.
type Outcome struct {
	Forecast readiness.Forecast
	Truth    float64   // chance of passing
	Mocks    []float64 // shares right, in time
	Result   float64   // share right on the exam
	Passed   bool
}

// Sat lives through the learners of a trial and gives one outcome each, in order. The error is the context's, or what the record says.
func (t Trial) Sat(ctx context.Context) ([]Outcome, error) {
	if t.Learners == 0 {
		t.Learners = 5000
	}
	if t.Schools == 0 {
		t.Schools = max(1, t.Learners/100)
	}
	if t.Draws == 0 {
		t.Draws = 400
	}
	schools := make([]*school, t.Schools)
	forms := make([]readiness.Form, t.Schools)
	areas, _ := t.areas()
	for i := range schools {
		schools[i] = newSchool(t.World, rand.New(rand.NewPCG(t.Seed, uint64(i)<<32|0xb00c)))
		if err := schools[i].calibrate(t.Cohort, rand.New(rand.NewPCG(t.Seed, uint64(i)<<32|0xca1))); err != nil {
			return nil, err
		}
		forms[i] = schools[i].foreseen()
	}
	out := make([]Outcome, t.Learners)
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range out {
		if running.Err() != nil {
			break
		}
		group.Go(func() (err error) {
			n := i % t.Schools
			if out[i], err = t.one(schools[n], forms[n], areas, uint64(i)); err != nil {
				return fmt.Errorf("learner %d of %s: %w", i, t.World.Name, err)
			}
			return nil
		})
	}
	if err := cmp.Or(group.Wait(), ctx.Err()); err != nil {
		return nil, err
	}
	return out, nil
}

func (t Trial) one(s *school, form readiness.Form, areas []string, i uint64) (Outcome, error) {
	p := s.person(rand.New(rand.NewPCG(t.Seed, i)))
	r, err := t.Record(areas)
	if err != nil {
		return Outcome{}, err
	}
	h, err := p.study(r.Apply)
	if err != nil {
		return Outcome{}, err
	}
	l, e, err := r.On(p.today)
	if err != nil {
		return Outcome{}, err
	}
	f, err := readiness.Predict(l, form, e, readiness.Options{Seed: i, Draws: t.Draws, Doubt: t.Doubt, Now: start.AddDate(0, 0, p.today)})
	if err != nil {
		return Outcome{}, err
	}
	o := Outcome{Forecast: f, Mocks: h.mocks, Truth: p.chance(), Result: p.sit()}
	o.Passed = o.Result >= t.World.Pass-1e-9
	return o, nil
}

// Calibration says how forecasts fared in a trial.
type Calibration struct {
	World    string
	Learners int
	Foretold int // those with the minimum of evidence
	Track    readiness.TrackRecord
	Chance   float64 // share of the learners whose true chance of passing lies in the range
	Width    float64 // mean width of that range

	ByAnswers []Class // by how many answers there were

	// Of those who sat two mocks: the Brier scores of the forecast, of the pass rate, of taking the mean of the last two mocks against the line for
	// pass or fail, and of the best logistic curve through that mean, fitted to these very learners afterwards.
	WithMocks                              int
	Brier, BrierRate, BrierLine, BrierBest float64
}

// Class is the learners of a trial with about as many answers, repeats left out.
type Class struct {
	From, To int
	N        int
	Error    float64 // expected calibration error, in 10 bins
	Width    float64 // mean width of the range of the chance
	Chance   float64 // share of the learners whose true chance lies in it
	ScoreOff float64 // mean distance of predicted and real score
}

// classes of the number of answers.
var classes = [][2]int{{60, 89}, {90, 129}, {130, 179}, {180, 236}}

// Judge compares forecasts with what came.
func Judge(t Trial, outcomes []Outcome) Calibration {
	c := Calibration{World: t.World.Name, Learners: len(outcomes)}
	var past []readiness.Past
	var means []float64
	var passed []bool
	inside, n, rate := 0.0, 0.0, 0.0
	for _, o := range outcomes {
		f := o.Forecast
		if !f.Enough {
			continue
		}
		past = append(past, o.past())
		n++
		if f.Low <= o.Truth && o.Truth <= f.High {
			inside++
		}
		c.Width += f.High - f.Low
		if len(o.Mocks) < 2 {
			continue
		}
		mean := (o.Mocks[len(o.Mocks)-1] + o.Mocks[len(o.Mocks)-2]) / 2
		means, passed = append(means, mean), append(passed, o.Passed)
		came := score(o.Passed)
		rate += came
		c.WithMocks++
		c.Brier += (f.Chance - came) * (f.Chance - came)
		line := score(mean >= t.World.Pass-1e-9)
		c.BrierLine += (line - came) * (line - came)
	}
	c.Foretold = len(past)
	c.Track = readiness.Track(past, 10)
	for _, k := range classes {
		c.ByAnswers = append(c.ByAnswers, class(outcomes, k[0], k[1]))
	}
	if n > 0 {
		c.Chance, c.Width = inside/n, c.Width/n
	}
	if m := float64(c.WithMocks); m > 0 {
		rate /= m
		c.Brier, c.BrierLine, c.BrierRate = c.Brier/m, c.BrierLine/m, rate*(1-rate)
		c.BrierBest = bestCurve(means, passed)
	}
	return c
}

func (o Outcome) past() readiness.Past {
	f := o.Forecast
	return readiness.Past{Chance: f.Chance, Score: f.Score, ScoreLow: f.ScoreLow, ScoreHigh: f.ScoreHigh, Passed: o.Passed, Result: o.Result}
}

func class(outcomes []Outcome, from, to int) Class {
	c := Class{From: from, To: to}
	var past []readiness.Past
	for _, o := range outcomes {
		f := o.Forecast
		if !f.Enough || f.Evidence.Answers < from || f.Evidence.Answers > to {
			continue
		}
		past = append(past, o.past())
		c.Width += f.High - f.Low
		if f.Low <= o.Truth && o.Truth <= f.High {
			c.Chance++
		}
	}
	if c.N = len(past); c.N > 0 {
		t := readiness.Track(past, 10)
		c.Error, c.ScoreOff = t.Error, t.ScoreOff
		c.Width, c.Chance = c.Width/float64(c.N), c.Chance/float64(c.N)
	}
	return c
}

// bestCurve is the Brier score of the logistic curve in x that fits best (Newton's method on the likelihood).
func bestCurve(x []float64, passed []bool) float64 {
	a, b := 0.0, 0.0
	mean := 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for range 25 {
		var ga, gb, haa, hab, hbb float64
		for i, v := range x {
			v = 10 * (v - mean)
			p := 1 / (1 + math.Exp(-a-b*v))
			d := score(passed[i]) - p
			w := p * (1 - p)
			ga, gb = ga+d, gb+d*v
			haa, hab, hbb = haa+w, hab+w*v, hbb+w*v*v
		}
		det := haa*hbb - hab*hab
		if det < 1e-9 {
			break
		}
		a += (hbb*ga - hab*gb) / det
		b += (haa*gb - hab*ga) / det
	}
	sum := 0.0
	for i, v := range x {
		d := score(passed[i]) - 1/(1+math.Exp(-a-b*10*(v-mean)))
		sum += d * d
	}
	return sum / float64(len(x))
}
