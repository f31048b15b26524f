package itemstats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Level says how urgent a flag is.
type Level int

// The levels, the most urgent first.
const (
	Check Level = 1 // something is likely wrong: look at the key
	Look  Level = 2 // the item does its work badly
	Note  Level = 3 // good to know
)

// FlagKind names what a flag is about. The set is closed and part of the output format.
type FlagKind string

// The kinds of flags.
const (
	FlagKey      FlagKind = "key"      // a wrong answer draws the strong
	FlagNegative FlagKind = "negative" // the weak get it right more often
	FlagDrift    FlagKind = "drift"    // easier or harder than it was, for the same people
	FlagWeak     FlagKind = "weak"     // it hardly tells the strong from the weak
	FlagMisfit   FlagKind = "misfit"   // answers do not follow ability
	FlagHard     FlagKind = "hard"     // no better than guessing
	FlagEasy     FlagKind = "easy"     // nearly all have it right
	FlagIdle     FlagKind = "idle"     // an option that nobody takes
	FlagSlow     FlagKind = "slow"     // it takes far longer than its pace
	FlagLeft     FlagKind = "left"     // many leave it out
	FlagFew      FlagKind = "few"      // too few answers to judge it
)

// Flag is something to look at, in words with the figures that raised it.
type Flag struct {
	Kind  FlagKind `json:"kind"`
	Level Level    `json:"level"`
	Text  string   `json:"text"`
}

// The bounds of flags. Those of Check and Look ask that chance alone be an unlikely reason, so that a sound item is seldom flagged; the simulation in
// the tests says how seldom.
const (
	keyChance      = 0.03 // of an option without any draw looking so by chance, shared among the wrong options of the item; one that draws the weak, as it should, looks so far less often
	negativeChance = 0.01 // of a point-biserial of 0 being so far below
	weakBelow      = 0.15 // the upper end of the range of the point-biserial; R. L. Ebel, "Essentials of Educational Measurement", 1972, calls an index below 0.19 poor
	easyAbove      = 0.95 // the lower end of the range of the facility
	guessing       = 0.05 // the upper end of the range of the facility lies less than this above guessing
	misfitAbove    = 1.3  // mean square; B. D. Wright and J. M. Linacre, "Reasonable mean-square fit values", Rasch Measurement Transactions 8, 1994
	misfitZ        = 3.0
	driftAdjusted  = 0.05
	driftLeast     = 0.10 // of a point
	idleShare      = 0.02
	idleFrom       = 50 // responses
	slowShare      = 1.5
	leftShare      = 0.05 // the lower end of the range of the share that left it out
)

// flag sets the flags of an item, the most urgent first.
func (s *Stats) flag(lim Limits) {
	add := func(k FlagKind, l Level, text string, args ...any) {
		s.Flags = append(s.Flags, Flag{k, l, strings.ReplaceAll(fmt.Sprintf(text, args...), " -", " −")}) // a true minus sign
	}
	s.Flags = []Flag{}
	s.flagKey(add)
	if r := s.PointBiserial; r != nil {
		switch {
		case r.Value < 0 && above(-r.Value, s.Judged) < negativeChance:
			add(FlagNegative, Check, "The weak get it right more often than the strong (point-biserial: %.2f): check the key and the wording.", r.Value)
		case r.High < weakBelow && s.Facility != nil && s.Facility.Value > 0.1 && s.Facility.Value < 0.95:
			add(FlagWeak, Look, "It hardly tells the strong from the weak: point-biserial %.2f, at most %.2f.", r.Value, r.High)
		}
	}
	if d := s.Drift; d != nil && d.Adjusted < driftAdjusted && math.Abs(d.Change) >= driftLeast {
		way, why := "easier", "it may have become known, or is taught better"
		if d.Change < 0 {
			way, why = "harder", "a rule or code may have changed under it"
		}
		add(FlagDrift, Check, "It has become %s for the same people: %.0f %% right earlier, %.0f %% later; %s.", way, 100*d.Early, 100*d.Late, why)
	}
	s.flagFit(add)
	if f := s.Facility; f != nil && s.N >= lim.Item {
		switch {
		case f.High < s.Item.Floor+guessing:
			add(FlagHard, Look, "%.0f %% have it right, no more than by guessing: check the key, then whether it was taught.", 100*f.Value)
		case f.Low > easyAbove:
			add(FlagEasy, Note, "%.0f %% have it right: it says little of anyone.", 100*f.Value)
		}
	}
	if s.N >= idleFrom {
		for _, o := range s.Options {
			if o.Label != "" && !o.Typed && !o.Right && o.Share < idleShare {
				add(FlagIdle, Note, "Hardly anyone takes option %s (%.0f %%): it draws nobody.", o.Label, 100*o.Share)
			}
		}
	}
	if t := s.Time; t != nil && t.N >= lim.Item && t.Pace > 0 && t.Median > slowShare*float64(t.Pace) {
		add(FlagSlow, Note, "Half take longer than %.0f seconds; its pace is %d.", t.Median, t.Pace)
	}
	if left := s.N - s.Answered; left > 0 && s.N >= lim.Item {
		share := float64(left) / float64(s.N)
		if low, _ := Wilson(share, float64(s.N), Z90); low > leftShare {
			add(FlagLeft, Note, "%.0f %% leave it out.", 100*share)
		}
	}
	if s.Judged < lim.Item {
		add(FlagFew, Note, "Too few answers to judge it: %d by people who have answered enough else, and %d are needed.", s.Judged, lim.Item)
	}
	slices.SortStableFunc(s.Flags, func(a, b Flag) int { return cmp.Compare(a.Level, b.Level) })
}

// flagKey asks whether a wrong answer draws the strong: whether those who take it do better elsewhere than those who are right, and beyond chance either
// than these or than all who do not take it.
func (s *Stats) flagKey(add func(FlagKind, Level, string, ...any)) {
	wrong := 0
	var right []float64
	for _, o := range s.Options {
		switch {
		case o.Right:
			right = append(right, o.rests...)
		case !o.Left() && o.Others == 0:
			wrong++
		}
	}
	for _, o := range s.Options {
		if o.Right || o.Left() || o.Others > 0 || o.PointBiserial == nil || o.Mean == nil || len(right) > 0 && mean(right) >= *o.Mean {
			continue
		}
		chance := min(above(*o.PointBiserial, s.Judged), better(o.rests, right))
		if chance > keyChance/float64(max(1, wrong)) {
			continue
		}
		than := "; nobody gives the key's answer"
		if len(right) > 0 {
			than = fmt.Sprintf(", those who take the key's (%s) %.0f %%", s.Item.keyText(), 100*mean(right))
		}
		what := "Option " + o.Label
		if o.Typed {
			what = "The answer " + o.Label
		}
		add(FlagKey, Check, "%s draws the strong: those who take it have %.0f %% right elsewhere%s. Check the key.", what, 100**o.Mean, than)
	}
}

// better is the one-sided chance of a mean so far above another if there were no difference, by Welch's test with normal quantiles; 1 with fewer than
// five in either.
func better(x, y []float64) float64 {
	const least = 5
	if len(x) < least || len(y) < least {
		return 1
	}
	se := math.Sqrt(variance(x)/float64(len(x)) + variance(y)/float64(len(y)))
	if se < 1e-9 {
		return 1
	}
	return upper((mean(x) - mean(y)) / se)
}

func (s *Stats) flagFit(add func(FlagKind, Level, string, ...any)) {
	r := s.Rasch
	if r == nil || r.Infit == nil {
		return
	}
	if *r.Infit > misfitAbove && *r.InfitZ > misfitZ || *r.Outfit > misfitAbove && *r.OutfitZ > misfitZ {
		add(FlagMisfit, Look, "Answers do not follow ability: infit %.2f, outfit %.2f, where 1 is as foretold.", *r.Infit, *r.Outfit)
	}
}

// Worst is the level of the most urgent flag, and how many of that level there are; 0 without a flag.
func (s Stats) Worst() (level Level, n int) {
	for _, f := range s.Flags {
		if level == 0 || f.Level == level {
			level = f.Level
			n++
		}
	}
	return level, n
}
