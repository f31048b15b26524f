package readiness

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTrack(t *testing.T) {
	past := []Past{
		{Chance: 0.05, Score: 0.6, ScoreLow: 0.5, ScoreHigh: 0.7, Passed: false, Result: 0.55},
		{Chance: 0.25, Score: 0.65, ScoreLow: 0.55, ScoreHigh: 0.75, Passed: true, Result: 0.76},
		{Chance: 0.2, Score: 0.65, ScoreLow: 0.55, ScoreHigh: 0.75, Passed: false, Result: 0.55},
		{Chance: 1, Score: 0.9, ScoreLow: 0.8, ScoreHigh: 0.95, Passed: true, Result: 0.95},
	}
	got := Track(past, 5)
	close := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s %g, want %g", what, got, want)
		}
	}
	close("Brier", got.Brier, (0.0025+0.5625+0.04+0)/4)
	close("rate only", got.RateOnly, 0.25)
	close("error", got.Error, 0.25*0.05+0.5*math.Abs(0.225-0.5))
	close("score off", got.ScoreOff, (0.05+0.11+0.1+0.05)/4)
	close("score lag", got.ScoreLag, (-0.05+0.11-0.1+0.05)/4)
	if got.N != 4 || got.Passed != 2 || got.Inside != 3 {
		t.Errorf("%+v", got)
	}
	if b := got.Bins[1]; b.N != 2 || b.Passed != 0.5 || math.Abs(b.Said-0.225) > 1e-9 || !(b.Low < 0.2 && b.High > 0.8) {
		t.Errorf("second class %+v", b)
	}
	if b := got.Bins[4]; b.N != 1 || b.To != 1 {
		t.Errorf("a chance of 1 belongs to the last class, which is %+v", b)
	}
	if b := got.Bins[2]; b.N != 0 || b.Low != 0 {
		t.Errorf("an empty class is %+v", b)
	}
	if none := Track(nil, 0); len(none.Bins) != 10 || none.Brier != 0 || none.Error != 0 {
		t.Errorf("without forecasts %+v", none)
	}
}

// TestTrackTells: forecasts that are right have a small error, and those too sure of themselves a large one.
func TestTrackTells(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var honest, boastful []Past
	for range 20_000 {
		p := rnd.Float64()
		passed := rnd.Float64() < p
		honest = append(honest, Past{Chance: p, Passed: passed})
		boastful = append(boastful, Past{Chance: min(max(2*p-0.5, 0), 1), Passed: passed})
	}
	h, b := Track(honest, 10), Track(boastful, 10)
	if h.Error > 0.02 || b.Error < 0.08 || h.Brier >= b.Brier || h.Brier >= h.RateOnly {
		t.Errorf("honest %.3f (Brier %.3f), boastful %.3f (%.3f), rate %.3f", h.Error, h.Brier, b.Error, b.Brier, h.RateOnly)
	}
}
