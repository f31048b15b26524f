package readiness

import (
	"math"

	"crosswalk/progress/itemstats"
)

// Past is a forecast with what came of the exam that it was made before.
type Past struct {
	Chance    float64 `json:"chance"` // as in Forecast
	Score     float64 `json:"score"`
	ScoreLow  float64 `json:"scoreLow"`
	ScoreHigh float64 `json:"scoreHigh"`
	Passed    bool    `json:"passed"`
	Result    float64 `json:"result"` // share right, 0 to 1
}

// TrackRecord says how past forecasts fared.
type TrackRecord struct {
	N        int     `json:"n"`
	Passed   int     `json:"passed"`
	Bins     []Bin   `json:"bins"`     // the classes of chance, lowest first, empty ones too
	Error    float64 `json:"error"`    // expected calibration error: mean distance between foretold and seen over the bins, by their size
	Brier    float64 `json:"brier"`    // mean square distance between the chance and 1 for passed, 0 for failed
	RateOnly float64 `json:"rateOnly"` // the Brier score of foretelling everyone the pass rate of these exams
	Inside   int     `json:"inside"`   // results within the range of the score
	ScoreOff float64 `json:"scoreOff"` // mean distance between predicted and real share right, 0 to 1
	ScoreLag float64 `json:"scoreLag"` // mean of real less predicted share right
}

// Bin is a class of forecasts with about the same chance.
type Bin struct {
	From   float64 `json:"from"`
	To     float64 `json:"to"`
	N      int     `json:"n"`
	Said   float64 `json:"said"`   // mean chance foretold
	Passed float64 `json:"passed"` // share that passed
	Low    float64 `json:"low"`    // 90 % interval of the share for this number of exams (Wilson 1927)
	High   float64 `json:"high"`
}

// Track compares forecasts with what came, in as many classes of equal width as given (10 when 0). Without any the figures are 0.
func Track(past []Past, bins int) TrackRecord {
	if bins <= 0 {
		bins = 10
	}
	t := TrackRecord{N: len(past), Bins: make([]Bin, bins)}
	for i := range t.Bins {
		t.Bins[i].From, t.Bins[i].To = float64(i)/float64(bins), float64(i+1)/float64(bins)
	}
	for _, p := range past {
		b := &t.Bins[min(max(int(p.Chance*float64(bins)), 0), bins-1)]
		b.N++
		b.Said += p.Chance
		came := 0.0
		if p.Passed {
			t.Passed++
			b.Passed++
			came = 1
		}
		t.Brier += (p.Chance - came) * (p.Chance - came)
		if p.ScoreLow-1e-9 <= p.Result && p.Result <= p.ScoreHigh+1e-9 {
			t.Inside++
		}
		t.ScoreOff += math.Abs(p.Result - p.Score)
		t.ScoreLag += p.Result - p.Score
	}
	if t.N == 0 {
		return t
	}
	n := float64(t.N)
	for i := range t.Bins {
		b := &t.Bins[i]
		if b.N == 0 {
			continue
		}
		m := float64(b.N)
		b.Said /= m
		b.Passed /= m
		b.Low, b.High = itemstats.Wilson(b.Passed, m, itemstats.Z90)
		t.Error += m / n * math.Abs(b.Said-b.Passed)
	}
	rate := float64(t.Passed) / n
	t.RateOnly = rate * (1 - rate)
	t.Brier /= n
	t.ScoreOff /= n
	t.ScoreLag /= n
	return t
}
