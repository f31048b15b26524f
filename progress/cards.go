package progress

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"crosswalk/progress/memory"
	"crosswalk/progress/standing"
	"crosswalk/quizzes"
)

// Retention is the chance of recall at which a card is due.
const Retention = 0.9

// forecastDays is how far a queue looks ahead.
const forecastDays = 30

// CardInfo is a card as lists show it: what it is of, and how well it is remembered.
type CardInfo struct {
	ID      string  // question/ID, line/CASE/LINE/TRAP or term/ID
	Kind    string  // question, line or term
	Title   string  // of the question or case, name of the term
	Area    string  // the first of the item
	Item    string  // id of the question, the case or the term
	Line    string  // of a line: the key line's code, or "+" and the code that should not be there
	Trap    string  // of a line: laterality, seventh-character, ...
	New     bool    // never reviewed
	Due     string  // study day on which it is due, "" when new
	Late    int     // days that it is overdue
	Recall  float64 // chance of recall today, 0 to 1
	Days    float64 // until recall falls to Retention
	Reviews int
	Lapses  int
	Last    memory.Grade

	usefulness float64
}

// ReviewQueue is what there is to review.
type ReviewQueue struct {
	Day      string         // study day
	Cards    []CardInfo     // due, the most useful first, at most as many as asked for
	Due      int            // all that are due
	ByKind   map[string]int // of those
	Total    int            // cards there are
	Recall   float64        // share of all cards that would be recalled today, 0 without cards
	New      []CardInfo     // terms of lessons that are done and were never reviewed, in the order of the course, at most as many as asked for
	NewTerms int            // all of those
	Ahead    []DueDay       // today and the next 30 days
}

// DueDay is a day to come.
type DueDay struct {
	Day    string
	Due    int     // cards that come due, today those overdue too
	Recall float64 // share of all cards that would be recalled then, without a review until then
}

// deck is a learner's cards with what is needed to say when they are due.
type deck struct {
	s      *Service
	st     *standing.Standing
	course *Course
	open   map[string]SittingID // items of exams that are not handed in
	loc    *time.Location
	today  int
	exam   int // study day of the exam, 0 for none to come
	share  map[string]float64
}

func (s *Service) deckOf(ctx context.Context, a Actor) (*deck, error) {
	if a.Learner == "" {
		return nil, fmt.Errorf("start as a guest or sign in: %w", ErrForbidden)
	}
	l, err := s.Learner(ctx, a, a.Learner)
	if err != nil {
		return nil, err
	}
	d := &deck{s: s, course: s.Course(), loc: l.Location()}
	d.today = StudyDayNumber(s.now(), d.loc)
	if d.st, err = s.standingOf(ctx, a.org(), l); err != nil {
		return nil, err
	}
	if d.open, err = s.openItems(ctx, a); err != nil {
		return nil, err
	}
	g, ok, err := s.Goal(ctx, a, a.Learner)
	if err != nil {
		return nil, err
	}
	if day, valid := DayNumber(g.Date); ok && valid && day > d.today {
		d.exam = day
		if bp, err := s.items().Blueprint(g.Exam); err == nil {
			d.share = areaShares(bp)
		}
	}
	return d, nil
}

// areaShares is the part of each area in the score of an exam; those of a domain share what it has evenly, and whole charts count in cases.
func areaShares(bp *quizzes.Blueprint) map[string]float64 {
	out := map[string]float64{}
	sum := 0.0
	for _, slot := range bp.Slots {
		for _, area := range slot.Areas {
			out[area] += float64(slot.Scored) / float64(len(slot.Areas))
		}
		sum += float64(slot.Scored)
	}
	charts := float64(bp.Charts.Count * bp.Charts.Weight)
	out["cases"] += charts
	if sum += charts; sum > 0 {
		for area := range out {
			out[area] /= sum
		}
	}
	return out
}

// due is the study day on which a card is due: when recall has fallen to Retention, but not after the day of the exam. Cards that were
// learnt together come a little apart.
func (d *deck) due(c standing.Card) int {
	most := 0
	if d.exam > c.Day {
		most = d.exam - c.Day
	}
	days := d.st.Memory().Days(c.State, memory.Policy{Retention: Retention, MaxDays: most})
	h := fnv.New64a()
	h.Write([]byte(c.ID))
	return c.Day + max(memory.Fuzz(days, most, h.Sum64()+uint64(c.State.Reviews)), 1)
}

// info describes a card; ok is false for one of an item that is no longer in force.
func (d *deck) info(c standing.Card) (CardInfo, bool) {
	out := CardInfo{ID: c.ID, Kind: c.Kind, Item: c.Item, New: c.State.New(), Reviews: c.State.Reviews, Lapses: c.State.Lapses, Last: c.Last}
	switch c.Kind {
	case standing.Question:
		it, ok := d.s.items().Item(KindQuestion, c.Item)
		if !ok {
			return out, false
		}
		out.Title, out.Area = it.Title, firstOf(it.Areas)
	case standing.Line:
		caseID, line, trap, _ := standing.ParseLine(c.Item)
		it, ok := d.s.items().Item(KindCase, caseID)
		if !ok || !keyHasLine(it, line) {
			return out, false
		}
		out.Item, out.Line, out.Trap, out.Title, out.Area = caseID, line, trap, it.Title, firstOf(it.Areas)
	case standing.Term:
		t, ok := d.course.Term(c.Item)
		if !ok {
			return out, false
		}
		out.Title, out.Area = t.Name, t.Area
	default:
		return out, false
	}
	if !out.New {
		due := d.due(c)
		out.Due, out.Late = DayText(due), max(d.today-due, 0)
		out.Recall = d.recall(c, d.today)
		out.Days = d.st.Memory().Interval(c.State, Retention)
	}
	return out, true
}

func (d *deck) recall(c standing.Card, day int) float64 {
	return d.st.Memory().Retrievability(c.State, float64(day-c.Day))
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// Due says what the actor has to review on the present study day: at most limit cards (0: 50), those first whose loss would cost most in
// the exam of the goal: the chance that they are forgotten, by the share of their area. Cards of items in an exam that is not handed in are
// left out, as if they were not there.
func (s *Service) Due(ctx context.Context, a Actor, limit int) (ReviewQueue, error) {
	d, err := s.deckOf(ctx, a)
	if err != nil {
		return ReviewQueue{}, fmt.Errorf("due: %w", err)
	}
	limit = limitOr(limit, 50, 1000)
	q := ReviewQueue{Day: DayText(d.today), ByKind: map[string]int{}, Ahead: make([]DueDay, forecastDays+1)}
	for i := range q.Ahead {
		q.Ahead[i].Day = DayText(d.today + i)
	}
	for _, c := range d.st.Cards() {
		info, ok := d.info(c)
		if _, sealed := d.open[info.Item]; !ok || sealed {
			continue
		}
		q.Total++
		ahead := max(d.due(c)-d.today, 0)
		if ahead <= forecastDays {
			q.Ahead[ahead].Due++
		}
		for i := range q.Ahead {
			q.Ahead[i].Recall += d.recall(c, d.today+i)
		}
		if ahead > 0 {
			continue
		}
		q.Due++
		q.ByKind[c.Kind]++
		info.usefulness = (1 - info.Recall) * d.weight(info.Area)
		q.Cards = append(q.Cards, info)
	}
	for i := range q.Ahead {
		q.Ahead[i].Recall /= float64(max(q.Total, 1))
	}
	q.Recall = q.Ahead[0].Recall
	slices.SortFunc(q.Cards, func(x, y CardInfo) int {
		return cmp.Or(cmp.Compare(y.usefulness, x.usefulness), cmp.Compare(x.ID, y.ID))
	})
	q.Cards = q.Cards[:min(limit, len(q.Cards))]
	marks, err := s.st.LessonMarks(ctx, a.org(), a.Learner)
	if err != nil {
		return ReviewQueue{}, fmt.Errorf("due: %w", err)
	}
	for _, t := range d.newTerms(marks) {
		if q.NewTerms++; len(q.New) < limit {
			q.New = append(q.New, t)
		}
	}
	return q, nil
}

// weight is how much an area counts in the exam of the goal. One that is not in it still counts a little: what is due there was learnt once.
func (d *deck) weight(area string) float64 {
	if d.share == nil {
		return 1
	}
	return 0.02 + d.share[area]
}

// newTerms lists the terms of lessons that are done and have no card, in the order of the course.
func (d *deck) newTerms(marks map[string]LessonMark) []CardInfo {
	var out []CardInfo
	seen := map[string]bool{}
	for _, l := range d.course.Lessons {
		if !marks[l.ID].Done {
			continue
		}
		for _, id := range l.Terms {
			t, ok := d.course.Term(id)
			if _, have := d.st.Card(standing.CardID(standing.Term, id)); !ok || have || seen[id] {
				continue
			}
			seen[id] = true
			out = append(out, CardInfo{ID: standing.CardID(standing.Term, id), Kind: standing.Term, Title: t.Name, Area: t.Area, Item: id, New: true})
		}
	}
	return out
}
