package standing

import (
	"math"
	"slices"
	"strings"
	"time"

	"crosswalk/progress/memory"
)

// CardID is the id of the card of an item: question/ID, term/ID or line/CASE/LINE/TRAP.
func CardID(kind, item string) string { return kind + "/" + item }

// LineItem is the item of a card of a case line.
func LineItem(caseID, line, trap string) string { return caseID + "/" + line + "/" + trap }

// ParseCardID takes an id apart. ok is false for what is no id of a card.
func ParseCardID(id string) (kind, item string, ok bool) {
	kind, item, _ = strings.Cut(id, "/")
	switch {
	case item == "":
	case kind == Question || kind == Term:
		return kind, item, !strings.Contains(item, "/")
	case kind == Line:
		_, _, _, ok = ParseLine(item)
		return kind, item, ok
	}
	return "", "", false
}

// ParseLine takes the item of a line's card apart.
func ParseLine(item string) (caseID, line, trap string, ok bool) {
	p := strings.Split(item, "/")
	if len(p) != 3 || p[0] == "" || p[2] == "" {
		return "", "", "", false
	}
	return p[0], p[1], p[2], true
}

// Card is one thing to remember.
type Card struct {
	ID    string
	Kind  string // Question, Term or Line
	Item  string
	State memory.State
	Day   int          // study day of the last review
	Last  memory.Grade // of the last review
}

// card is a Card as it is folded, with the history that its state comes of.
type card struct {
	state   memory.State
	day     int
	history []memory.Review
	own     *owner // whose history it is: another standing's may not be added to in place
}

// owner tells the histories that a standing made from those that it took over from the one it is a clone of.
type owner struct{ _ byte }

// reviewed is a review that can still be graded by hand or taken back: those of one study day.
type reviewed struct {
	id   string
	card string
	// was is the grade before it was given by hand; 0 for a review of its own.
	was memory.Grade
}

// review adds a review to a card, which it makes if need be.
func (s *Standing) review(id, cardID, kind, item string, day int, g memory.Grade) {
	c := s.f.cards[cardID]
	days := 0
	if !c.state.New() {
		days = max(day-c.day, 0) // a clock that went back
	}
	next, err := s.cfg.Memory.Next(c.state, days, g)
	if err != nil { // neither the grade nor the state can be impossible here
		return
	}
	if c.own != s.own {
		c.history, c.own = append(make([]memory.Review, 0, len(c.history)+2), c.history...), s.own
	}
	c.history = append(c.history, memory.Review{Days: days, Grade: g})
	c.state, c.day = next, day
	s.f.cards[cardID] = c
	s.f.undoable = append(s.f.undoable, reviewed{id: id, card: cardID})
}

// replay sets a card to a shorter or changed history.
func (s *Standing) replay(cardID string, history []memory.Review, day int) {
	if len(history) == 0 {
		delete(s.f.cards, cardID)
		return
	}
	c := card{day: day, history: history, own: s.own}
	for _, r := range history {
		c.state, _ = s.cfg.Memory.Next(c.state, r.Days, r.Grade)
	}
	s.f.cards[cardID] = c
}

// lastOf is the place of an entry in today's reviews if nothing was done with its card after it, else -1.
func (s *Standing) lastOf(id string) int {
	for i := len(s.f.undoable) - 1; i >= 0; i-- {
		if u := s.f.undoable[i]; u.id == id {
			for _, later := range s.f.undoable[i+1:] {
				if later.card == u.card {
					return -1
				}
			}
			return i
		}
	}
	return -1
}

// regrade puts a grade given by hand in the place of the one that was inferred from an attempt of the same study day.
func (s *Standing) regrade(e Entry) {
	i := slices.IndexFunc(s.f.undoable, func(u reviewed) bool { return u.id == e.Of })
	if i < 0 || e.Grade == 0 {
		return
	}
	id := s.f.undoable[i].card
	for _, later := range s.f.undoable[i+1:] { // an answer after it: the grade comes too late
		if later.card == id && later.was == 0 {
			return
		}
	}
	c := s.f.cards[id]
	history := slices.Clone(c.history)
	last := &history[len(history)-1]
	was := last.Grade
	last.Grade = e.Grade
	s.replay(id, history, c.day)
	s.f.undoable = append(s.f.undoable, reviewed{id: e.ID, card: id, was: was})
}

// undo takes a review of the same study day back; what is not the last of its card stays.
func (s *Standing) undo(id string) {
	i := s.lastOf(id)
	if i < 0 {
		return
	}
	u := s.f.undoable[i]
	c := s.f.cards[u.card]
	history := slices.Clone(c.history)
	n := len(history) - 1
	day := c.day
	if u.was != 0 {
		history[n].Grade = u.was
	} else {
		day -= history[n].Days
		history = history[:n]
	}
	s.replay(u.card, history, day)
	s.f.undoable = slices.Delete(slices.Clone(s.f.undoable), i, i+1)
}

// reviewLines reviews the cards of a case by a submission, and makes those of its traps.
func (s *Standing) reviewLines(e *Entry) {
	missed := map[string]bool{}
	var order []string
	for _, m := range e.Missed {
		if trap := Trap(m.Finding); trap != "" {
			item := LineItem(e.Item, m.Line, trap)
			if !missed[item] {
				missed[item] = true
				order = append(order, item)
			}
		}
	}
	right := *e
	right.Correct = true
	for _, item := range s.f.lines[e.Item] {
		g := memory.Again
		if !missed[item] {
			g = s.gradeOf(&right)
		}
		s.review(e.ID, CardID(Line, item), Line, item, e.Day, g)
	}
	for _, item := range order {
		if !slices.Contains(s.f.lines[e.Item], item) {
			s.f.lines[e.Item] = append(s.f.lines[e.Item][:len(s.f.lines[e.Item]):len(s.f.lines[e.Item])], item)
			s.review(e.ID, CardID(Line, item), Line, item, e.Day, memory.Again)
		}
	}
}

// gradeOf is the grade given by hand, or the one inferred from the answer and its time.
func (s *Standing) gradeOf(e *Entry) memory.Grade {
	if e.Grade != 0 {
		return e.Grade
	}
	f, _ := s.factsOf(e)
	p := &s.f.cardPace
	switch e.Kind {
	case Question:
		p = &s.f.questionPace
	case Case:
		p = &s.f.casePace
	}
	return memory.Infer(e.Correct, time.Duration(e.Seconds)*time.Second, p.of(f.Pace))
}

// pace is how quick a learner is beside the usual pace of items: memory.Pace over items whose usual times differ. Each time is taken as its
// share of the item's own, the sum is that of the logarithms, and the usual pace counts as five answers.
type pace struct {
	sum float64
	n   int
}

const (
	paceWorth = 5
	paceLimit = 2.0794415416798357 // ln 8: further off, the page was left open
)

func (p *pace) add(seconds int, usual time.Duration) {
	if seconds <= 0 || usual <= 0 {
		return
	}
	share := float64(seconds) / usual.Seconds()
	p.sum += min(max(math.Log(share), -paceLimit), paceLimit)
	p.n++
}

func (p *pace) of(usual time.Duration) time.Duration {
	if usual <= 0 {
		return 0
	}
	return time.Duration(float64(usual) * math.Exp(p.sum/float64(paceWorth+p.n)))
}

// Card gives a card; ok is false when there is none.
func (s *Standing) Card(id string) (Card, bool) {
	c, ok := s.f.cards[id]
	if !ok {
		return Card{}, false
	}
	return c.card(id), true
}

func (c card) card(id string) Card {
	kind, item, _ := strings.Cut(id, "/")
	return Card{ID: id, Kind: kind, Item: item, State: c.state, Day: c.day, Last: c.history[len(c.history)-1].Grade}
}

// Cards lists all cards by id.
func (s *Standing) Cards() []Card {
	out := make([]Card, 0, len(s.f.cards))
	for id, c := range s.f.cards {
		out = append(out, c.card(id))
	}
	slices.SortFunc(out, func(a, b Card) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Histories are the reviews of all cards, oldest first, by id of the card: what memory.Fit learns from.
func (s *Standing) Histories() [][]memory.Review {
	ids := make([]string, 0, len(s.f.cards))
	for id := range s.f.cards {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	out := make([][]memory.Review, len(ids))
	for i, id := range ids {
		out[i] = slices.Clone(s.f.cards[id].history)
	}
	return out
}

// Reviewed reports whether an entry of the standing's latest study day reviewed a card, so that it can be graded by hand or taken back.
func (s *Standing) Reviewed(entry, card string) bool {
	return slices.ContainsFunc(s.f.undoable, func(u reviewed) bool { return u.id == entry && u.card == card })
}

// After is the state of a card, or of a new one, after a review of each grade on a study day.
func (s *Standing) After(id string, day int) [memory.Easy + 1]memory.State {
	c := s.f.cards[id]
	var out [memory.Easy + 1]memory.State
	for g := memory.Again; g <= memory.Easy; g++ {
		days := 0
		if !c.state.New() {
			days = max(day-c.day, 0)
		}
		out[g], _ = s.cfg.Memory.Next(c.state, days, g)
	}
	return out
}
