package standing

import (
	"fmt"
	"math"
	"slices"
	"time"

	"crosswalk/progress/ability"
	"crosswalk/progress/memory"
)

// Version grows with each change of the fold, so that snapshots of an older one are computed anew.
const Version = 1

// How much an answer says of the ability. The three are chosen by simulation: `learnersim weights` has learners from two worlds, in both of
// which some answers are known from last time, sit an exam that was foretold to them; docs/readiness.md has the figures.
const (
	// RepeatWeight is what any answer but the first to an item counts, wherever it is given: who has seen the explanation answers from memory
	// of it more than from ability. Counted fully such answers make forecasts of the score 4 points too high even where nobody learns, and
	// the ranges of the chance hold the truth of 66 in 100. From 0.1 to 0.2 all aims are met. A small weight foretells too little in a world
	// where people learn (with 0.1 the score is 1.6 points higher than foretold, for whoever has answered the whole bank would stand still), a
	// large one too much where they do not (with 0.2 1.1 points lower); 0.15 errs by about the same in both.
	RepeatWeight = 0.15
	// LessonWeight is what an answer to a question inside a lesson counts: the rule it asks for stands right above. From 0.25 to 1 it makes no
	// difference that shows.
	LessonWeight = 0.5
	// HalfLife is the days after which evidence counts half: people learn and forget, and who answered so long ago was another. Where abilities
	// stand still no half-life makes a difference that shows. Where they move, and a fifth stop for weeks before the exam, a shorter one makes
	// ranges wider than they need be: with 90 days those of the chance hold the truth of 94 in 100, with 60 of 95.
	HalfLife = 90.0
)

// RecentCases is how many of the newest first submissions of cases are held.
const RecentCases = 20

// Config is what a Standing is folded with.
type Config struct {
	Areas   []string // in which ability is estimated; answers in others are tallied only
	Ability *ability.Model
	Memory  memory.Model
	Catalog Catalog
}

// Standing is a fold of a learner's record. The zero value is no use; see New. It may be read by many goroutines as long as none applies.
type Standing struct {
	cfg     Config
	ability *ability.Learner
	known   map[string]bool // areas of cfg
	own     *owner
	f       fold
}

// fold is the state, all of which goes into a snapshot. The values of maps are replaced and never changed in place, but for tallies and for
// the histories of cards, which grow.
type fold struct {
	through      string // id of the last entry
	entries      int
	day          int // the latest study day so far
	first, last  int64
	questions    int
	correct      int
	seconds      int
	lastExam     string
	exams        int
	examItems    int
	placed       int
	cards        map[string]card
	lines        map[string][]string // case -> its cards
	items        map[string]Item
	tallies      map[string]*tally
	days         []Day // by day
	cases        CaseTotals
	audits       AuditTotals
	findings     map[string]FindingCount
	recent       []CaseDone
	today        int // the study day of undoable
	undoable     []reviewed
	questionPace pace
	casePace     pace
	cardPace     pace
}

// New is the standing of an empty record.
func New(cfg Config) *Standing {
	s := &Standing{cfg: cfg, ability: cfg.Ability.NewLearner(cfg.Areas...), known: map[string]bool{}, own: new(owner)}
	for _, a := range cfg.Areas {
		s.known[a] = true
	}
	s.f.cards, s.f.lines, s.f.items = map[string]card{}, map[string][]string{}, map[string]Item{}
	s.f.tallies, s.f.findings = map[string]*tally{}, map[string]FindingCount{}
	return s
}

// Apply folds the next entry. Entries come in the order of their ids; one that is not after the last is an error, and so is a grade that is
// none, and then nothing has changed.
func (s *Standing) Apply(e Entry) error {
	if e.ID <= s.f.through {
		return fmt.Errorf("entry %s comes after %s: entries are folded in the order of their ids", e.ID, s.f.through)
	}
	if e.Grade < 0 || e.Grade > memory.Easy {
		return fmt.Errorf("entry %s: %w: %d", e.ID, memory.ErrGrade, e.Grade)
	}
	s.f.through = e.ID
	s.f.entries++
	s.pass(e.Day)
	if s.f.today != e.Day {
		s.f.today, s.f.undoable = e.Day, nil
	}
	switch {
	case e.Undoes != "":
		s.undo(e.Undoes)
	case e.Of != "":
		s.regrade(e)
	case e.Kind == Term || e.Kind == Line:
		s.review(e.ID, CardID(e.Kind, e.Item), e.Kind, e.Item, e.Day, s.gradeOf(&e))
		s.worked(&e).Reviews++
		if facts, ok := s.factsOf(&e); ok && e.Correct {
			s.f.cardPace.add(e.Seconds, facts.Pace)
		}
	default:
		s.answer(&e)
	}
	return nil
}

// pass lets evidence fade up to a day. A clock that went back lets no time go by.
func (s *Standing) pass(day int) {
	if s.f.entries > 1 && day > s.f.day {
		s.ability.Fade(math.Exp2(-float64(day-s.f.day) / HalfLife))
	}
	if s.f.entries == 1 || day > s.f.day {
		s.f.day = day
	}
}

func (s *Standing) factsOf(e *Entry) (Facts, bool) {
	if f, ok := s.cfg.Catalog.Facts(e.Kind, e.Item); ok {
		return f, true
	}
	if e.Facts != nil {
		return *e.Facts, true
	}
	return Facts{}, false
}

// answer folds an attempt.
func (s *Standing) answer(e *Entry) {
	f := &s.f
	if f.first == 0 || e.At.UnixMilli() < f.first {
		f.first = e.At.UnixMilli()
	}
	f.last = max(f.last, e.At.UnixMilli())
	day := s.worked(e)
	if e.Kind == Audit { // a kind of its own: work done, and no figure of questions, cases or areas
		day.Audits++
		f.audits.add(e)
		return
	}
	key := e.Kind + "/" + e.Item
	item, again := f.items[key]
	facts, known := s.factsOf(e)
	for _, id := range e.Areas {
		t := f.tallies[id]
		if t == nil {
			t = &tally{last: map[string]bool{}}
			f.tallies[id] = t
		}
		t.add(e)
		if s.known[id] && known {
			// What the catalogue says is within the model's bounds, so that there is no error to come back.
			_ = s.ability.ObserveWeighted(ability.Item{ID: e.Item, Area: id, Difficulty: facts.Difficulty, Options: facts.Options}, evidence(e), weight(e, item.Tries))
		}
	}
	switch e.Context {
	case InExam:
		f.examItems++
		if e.Ref != f.lastExam {
			f.lastExam = e.Ref
			f.exams++
		}
	case InPlacement:
		f.placed++
	}
	item.Tries++
	item.Correct = e.Correct
	item.Day, item.Context = e.Day, e.Context
	item.At = e.At.UnixMilli()
	item.Last10 = int(math.Round(e.Score * 1000))
	item.Best10 = max(item.Best10, item.Last10)
	item.Clean = item.Clean || e.Correct
	if !e.Correct {
		item.Wrong++
	}
	f.items[key] = item
	switch e.Kind {
	case Question:
		f.questions++
		day.Questions++
		if e.Correct {
			f.correct++
			day.Correct++
		}
		id := CardID(Question, e.Item)
		if _, there := f.cards[id]; there || !e.Correct {
			s.review(e.ID, id, Question, e.Item, e.Day, s.gradeOf(e))
		}
		if e.Correct {
			f.questionPace.add(e.Seconds, facts.Pace)
		}
	case Case:
		day.Cases++
		f.cases.add(e, again)
		s.countFindings(e.Findings)
		if !again {
			f.recent = append(f.recent[:len(f.recent):len(f.recent)], CaseDone{
				ID: e.ID, Case: e.Item, Setting: facts.Setting, Context: e.Context, At: e.At.UnixMilli(), Day: e.Day, Seconds: e.Seconds,
				Percent10: item.Last10, Audit10: e.Audit10, Clean: e.Correct,
			})
			if n := len(f.recent); n > RecentCases {
				f.recent = f.recent[n-RecentCases:]
			}
		}
		s.reviewLines(e)
		f.casePace.add(e.Seconds, facts.Pace)
	}
}

// evidence is the score by which an answer tells of ability. An exam gives no credit for a part of an answer, and so a question is right or
// wrong: with partial credit forecasts of the score come out 2.5 points higher where every third question is written. A case, which no
// exam asks as a whole, has its learning score.
func evidence(e *Entry) float64 {
	switch {
	case e.Kind == Case:
		return min(max(e.Score, 0), 1)
	case e.Correct:
		return 1
	}
	return 0
}

// weight is what an answer counts after so many tries at the item before.
func weight(e *Entry, before int) float64 {
	w := 1.0
	if before > 0 {
		w = RepeatWeight
	}
	if e.Context == InLesson {
		w *= LessonWeight
	}
	return w
}

// worked counts the time of an entry to its day, and gives the day. It is good until the next call.
func (s *Standing) worked(e *Entry) *Day {
	f := &s.f
	at, there := slices.BinarySearchFunc(f.days, e.Day, func(d Day, n int) int { return d.Day - n })
	if !there {
		f.days = slices.Insert(f.days, at, Day{Day: e.Day})
	}
	d := &f.days[at]
	d.Seconds += e.Seconds
	f.seconds += e.Seconds
	return d
}

// Ability is what the answers say of the ability on a study day: a copy, the caller's own.
func (s *Standing) Ability(day int) *ability.Learner {
	l := s.ability.Clone()
	if s.f.entries > 0 && day > s.f.day {
		l.Fade(math.Exp2(-float64(day-s.f.day) / HalfLife))
	}
	return l
}

// Through is the id of the last entry, "" for none; Entries how many there were.
func (s *Standing) Through() string { return s.f.through }

// Entries is the number of entries that were folded.
func (s *Standing) Entries() int { return s.f.entries }

// Size is about how many bytes it takes in memory.
func (s *Standing) Size() int {
	n := 4096 + len(s.cfg.Areas)*2600 + len(s.f.cards)*260 + len(s.f.items)*220 + len(s.f.days)*56
	for _, t := range s.f.tallies {
		n += 300 + len(t.area.Series)*24 + len(t.last)*50
	}
	return n
}

// Memory is the model that the cards are folded with.
func (s *Standing) Memory() memory.Model { return s.cfg.Memory }

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
