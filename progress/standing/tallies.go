package standing

import (
	"cmp"
	"math/bits"
	"slices"
	"time"
)

// SeriesWindow is how many answers back a Point of a series looks.
const SeriesWindow = 20

// Item is where a learner is with a question or a case.
type Item struct {
	Tries, Wrong   int   // Wrong: not all right, not clean
	Correct        bool  // the last answer was all right, clean
	Clean          bool  // one of them was
	Last10, Best10 int   // scores in tenths of a per cent
	Day            int   // study day of the last answer
	At             int64 // its instant in milliseconds
	Context        string
}

// Day is what was done on one study day.
type Day struct {
	Day       int // days since 1970-01-01
	Questions int
	Correct   int
	Cases     int
	Audits    int
	Reviews   int // of terms and case lines
	Seconds   int
}

// CaseTotals are the figures over all submissions of cases; sums are of tenths of a per cent.
type CaseTotals struct {
	Submitted, Different, Clean int
	Learning, Audit             int
}

func (t *CaseTotals) add(e *Entry, again bool) {
	t.Submitted++
	if !again {
		t.Different++
	}
	if e.Correct {
		t.Clean++
	}
	t.Learning += tenths(e.Score)
	t.Audit += e.Audit10
}

// AuditTotals are the figures over all audit drills.
type AuditTotals struct {
	Answered, Right int
	Learning        int // sum of tenths of a per cent
}

func (t *AuditTotals) add(e *Entry) {
	t.Answered++
	t.Learning += tenths(e.Score)
	if e.Correct {
		t.Right++
	}
}

// FindingCount is how often one kind of error was found in cases.
type FindingCount struct {
	Finding string
	Count   int
	Cases   int // in how many submissions
}

// CaseDone is the first submission of a case.
type CaseDone struct {
	ID        string // of the attempt
	Case      string
	Setting   string
	Context   string
	At        int64 // milliseconds
	Day       int
	Seconds   int
	Percent10 int
	Audit10   int
	Clean     bool
}

// Counts are answers to questions.
type Counts struct {
	Seen            int // different questions answered
	Answered        int // answers, repeats included
	Correct         int
	FirstTry        int // different questions, by the first answer to each
	FirstTryCorrect int
	LastCorrect     int // different questions whose latest answer was right
}

// Area is what was done in one area. A case counts in each of its areas.
type Area struct {
	Area string
	Counts
	Cases    int // submissions
	Learning int // sum of their learning scores, tenths of a per cent
	LastAt   time.Time
	Series   []Point
}

// Point is the right answers among the last SeriesWindow of an area at the end of a study day.
type Point struct {
	Day   int
	Right int
	N     int
}

// tally is an Area as it is folded.
type tally struct {
	area   Area
	lastMS int64
	last   map[string]bool // question -> was the latest answer right
	window uint32          // the last SeriesWindow answers, the newest lowest
}

func (t *tally) add(e *Entry) {
	t.lastMS = max(t.lastMS, e.At.UnixMilli())
	if e.Kind == Case {
		t.area.Cases++
		t.area.Learning += tenths(e.Score)
		return
	}
	a := &t.area
	a.Answered++
	was, again := t.last[e.Item]
	if !again {
		a.Seen++
		a.FirstTry++
		if e.Correct {
			a.FirstTryCorrect++
		}
	}
	if again && was {
		a.LastCorrect--
	}
	t.window = t.window << 1 & (1<<SeriesWindow - 1)
	if e.Correct {
		a.Correct++
		a.LastCorrect++
		t.window |= 1
	}
	t.last[e.Item] = e.Correct
	p := Point{Day: e.Day, Right: bits.OnesCount32(t.window), N: min(a.Answered, SeriesWindow)}
	if n := len(a.Series); n > 0 && a.Series[n-1].Day == e.Day {
		a.Series[n-1] = p
	} else {
		a.Series = append(a.Series, p)
	}
}

func tenths(score float64) int { return int(score*1000 + 0.5) }

func (s *Standing) countFindings(found []string) {
	for i, f := range found {
		c := s.f.findings[f]
		c.Finding = f
		c.Count++
		if !slices.Contains(found[:i], f) {
			c.Cases++
		}
		s.f.findings[f] = c
	}
}

// Totals are the sums over the record.
type Totals struct {
	Questions, Correct int // answers to questions, and right ones
	Seconds            int
	Exams              int // sittings of exams
	ExamItems          int // answers in them
	Placed             int // answers in placement tests
	First, Last        time.Time
	Cases              CaseTotals
	Audits             AuditTotals
}

// Totals gives the sums.
func (s *Standing) Totals() Totals {
	f := &s.f
	return Totals{
		Questions: f.questions, Correct: f.correct, Seconds: f.seconds, Exams: f.exams, ExamItems: f.examItems, Placed: f.placed,
		First: instant(f.first), Last: instant(f.last), Cases: f.cases, Audits: f.audits,
	}
}

// Areas lists those with an answer, by id. Their series are the standing's own: they may not be changed.
func (s *Standing) Areas() []Area {
	out := make([]Area, 0, len(s.f.tallies))
	for id := range s.f.tallies {
		a, _ := s.Area(id)
		out = append(out, a)
	}
	slices.SortFunc(out, func(x, y Area) int { return cmp.Compare(x.Area, y.Area) })
	return out
}

// Area gives one; ok is false for one without an answer.
func (s *Standing) Area(id string) (a Area, ok bool) {
	t := s.f.tallies[id]
	if t == nil {
		return Area{Area: id}, false
	}
	a = t.area
	a.Area, a.LastAt = id, instant(t.lastMS)
	return a, true
}

// Days lists the study days with an entry, oldest first. The slice may not be changed.
func (s *Standing) Days() []Day { return s.f.days }

// Today is what was done on a study day.
func (s *Standing) Today(day int) Day {
	if i, ok := slices.BinarySearchFunc(s.f.days, day, func(d Day, n int) int { return d.Day - n }); ok {
		return s.f.days[i]
	}
	return Day{Day: day}
}

// Findings lists the kinds of errors in cases, the most frequent first.
func (s *Standing) Findings() []FindingCount {
	out := make([]FindingCount, 0, len(s.f.findings))
	for _, f := range s.f.findings {
		out = append(out, f)
	}
	slices.SortFunc(out, func(x, y FindingCount) int {
		return cmp.Or(y.Count-x.Count, cmp.Compare(x.Finding, y.Finding))
	})
	return out
}

// Recent lists the newest first submissions of cases, at most RecentCases, oldest first. The slice may not be changed.
func (s *Standing) Recent() []CaseDone { return s.f.recent }

// Item is where the learner is with a question or case; ok is false for one never answered.
func (s *Standing) Item(kind, id string) (it Item, ok bool) {
	it, ok = s.f.items[kind+"/"+id]
	return it, ok
}

// EachItem calls f with the kind, id and state of everything that was answered, in no order.
func (s *Standing) EachItem(f func(kind, id string, it Item)) {
	for key, it := range s.f.items {
		kind, id := key, ""
		for i := range key {
			if key[i] == '/' {
				kind, id = key[:i], key[i+1:]
				break
			}
		}
		f(kind, id, it)
	}
}
