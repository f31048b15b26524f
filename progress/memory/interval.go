package memory

import "math"

// Policy says how sure a learner wants to be. The zero Policy is 90 % and no limit but a century.
type Policy struct {
	Retention float64 `json:"retention"` // the chance of recall at which to review again, 0 to 1; 0 stands for 0.9
	MaxDays   int     `json:"maxDays"`   // the longest interval in days, as the days to the exam; 0 stands for 36,500
}

func (p Policy) filled() Policy {
	if p.Retention == 0 {
		p.Retention = 0.9
	}
	if p.MaxDays <= 0 {
		p.MaxDays = maxStability
	}
	return p
}

// Days is the whole number of days, at least 1, to wait before the next review: Interval rounded to the nearest, at most p.MaxDays. For a
// card never reviewed it is 0: now.
func (m Model) Days(s State, p Policy) int {
	if s.New() {
		return 0
	}
	p = p.filled()
	return int(min(max(math.RoundToEven(m.Interval(s, p.Retention)), 1), float64(p.MaxDays)))
}

// Fuzz moves an interval of at least 3 days a little, so that cards learnt together do not stay due together: evenly over a window of
// one day and 15 % of the days from 2.5 to 7, 10 % of those to 20 and 5 % beyond, to either side (FUZZ_RANGES of py-fsrs), at least 2 days
// and at most maxDays (0: 36,500). The same days and seed give the same answer; take the seed from the card and its count of reviews.
func Fuzz(days, maxDays int, seed uint64) int {
	if maxDays <= 0 {
		maxDays = maxStability
	}
	days = min(days, maxDays)
	if days < 3 {
		return days
	}
	low, high := fuzzWindow(days)
	high = min(high, maxDays)
	low = min(low, high)
	return low + int(mix(seed)%uint64(high-low+1))
}

func fuzzWindow(days int) (low, high int) {
	d := float64(days)
	delta := 1.0
	for _, r := range [...]struct{ from, to, share float64 }{{2.5, 7, 0.15}, {7, 20, 0.1}, {20, math.Inf(1), 0.05}} {
		delta += r.share * max(min(d, r.to)-r.from, 0)
	}
	return max(2, int(math.RoundToEven(d-delta))), int(math.RoundToEven(d + delta))
}

// mix spreads a seed over 64 bits (the finaliser of SplitMix64; Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
// OOPSLA 2014), because the seeds of neighbouring cards are neighbours.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
