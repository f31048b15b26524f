package memory

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Grade says how well a review went; the numbers are those of every FSRS project.
type Grade int

// The four grades. Only Again is a failure of recall.
const (
	Again Grade = iota + 1
	Hard
	Good
	Easy
)

// ErrGrade is what is returned for a grade other than the four.
var ErrGrade = errors.New("no such grade")

func (g Grade) check() error {
	if g < Again || g > Easy {
		return fmt.Errorf("%w: %d; use 1 (again), 2 (hard), 3 (good) or 4 (easy)", ErrGrade, int(g))
	}
	return nil
}

// String is the grade in lower case: again, hard, good, easy.
func (g Grade) String() string {
	if g.check() != nil {
		return fmt.Sprintf("Grade(%d)", int(g))
	}
	return [...]string{"again", "hard", "good", "easy"}[g-1]
}

// The shares of an item's pace at which an inferred grade changes.
const (
	rapid = 0.1 // faster than this, the item was not read
	quick = 0.5 // up to this, easy
	slow  = 2.0 // from this on, hard
)

// Infer is the grade of an answer that was not graded by hand. A wrong answer is Again whatever its time. A right one is Good within
// half to twice the item's pace, Easy if quicker, Hard if slower. A right one in less than a tenth of the pace is Hard: it was not read,
// so that luck is the likelier explanation (the normative threshold of 10 %, NT10, of Wise and Ma, "Setting response time thresholds for
// a CAT item pool", NCME 2012). Without a time or a pace (0 or less) a right answer is Good.
func Infer(correct bool, took, pace time.Duration) Grade {
	if !correct {
		return Again
	}
	if took <= 0 || pace <= 0 {
		return Good
	}
	switch share := float64(took) / float64(pace); {
	case share < rapid || share >= slow:
		return Hard
	case share <= quick:
		return Easy
	}
	return Good
}

// paceWorth is how many answers the assumed pace is worth.
const paceWorth = 5

// Pace is the usual time of an item, of the learner or of many: the geometric mean of the times of its right answers, in which the
// assumed pace (say, the time that a question has in the exam) counts as five of them. The mean is geometric because times are about
// lognormal (van der Linden, "A lognormal model for response times on test items", Journal of Educational and Behavioral Statistics 31,
// 2006). A time more than eight times off the assumed pace counts as eight times off, so that a page left open overnight does not matter;
// times of 0 or less are left out. An assumed pace of 0 or less gives 0, for which Infer does not look at times.
func Pace(assumed time.Duration, times []time.Duration) time.Duration {
	if assumed <= 0 {
		return 0
	}
	sum, n := 0.0, float64(paceWorth)
	limit := math.Log(8)
	for _, t := range times {
		if t <= 0 {
			continue
		}
		sum += min(max(math.Log(float64(t)/float64(assumed)), -limit), limit)
		n++
	}
	return time.Duration(float64(assumed) * math.Exp(sum/n))
}
